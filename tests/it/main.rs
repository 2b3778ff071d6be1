//! Tests of the whole: the library through its public face, and the program as people run it. One file a subject.

#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::panic, reason = "a test that fails says so by a panic")]

mod cases;
mod layers;
mod seeds;

#[cfg(all(feature = "cli", feature = "train"))]
mod scene;

#[cfg(all(feature = "cli", feature = "train"))]
mod behaviour;
#[cfg(all(feature = "cli", feature = "train"))]
mod cli;
#[cfg(all(feature = "cli", feature = "train"))]
mod confidence;
#[cfg(all(feature = "cli", feature = "train"))]
mod families;
#[cfg(all(feature = "cli", feature = "train", feature = "formats", feature = "parquet"))]
mod formats;
#[cfg(all(feature = "cli", feature = "train"))]
mod golden;
#[cfg(all(feature = "cli", feature = "train"))]
mod hashing;
#[cfg(all(feature = "cli", feature = "train"))]
mod hostile;
#[cfg(all(feature = "cli", feature = "train"))]
mod inputs;
#[cfg(all(feature = "cli", feature = "train"))]
mod judging;
#[cfg(all(feature = "cli", feature = "train"))]
mod learning;
#[cfg(all(feature = "cli", feature = "train"))]
mod misleading;
#[cfg(all(feature = "cli", feature = "train"))]
mod models;
#[cfg(all(feature = "cli", feature = "train"))]
mod readme;
#[cfg(all(feature = "cli", feature = "train"))]
mod records;
#[cfg(all(feature = "cli", feature = "train", feature = "parquet"))]
mod resume;
#[cfg(all(feature = "cli", feature = "train"))]
mod same_bytes;
#[cfg(all(feature = "cli", feature = "train"))]
mod speed;
#[cfg(all(feature = "cli", feature = "train"))]
mod tables;
