//! How does it look? Results to bytes: JSONL, CSV, Parquet, Arrow, text, Markdown. Computes no figure.

#[cfg(feature = "parquet")]
pub mod arrow;
pub mod card;
pub mod coders;
pub mod columns;
pub mod comparison;
pub mod csv;
pub mod details;
pub mod json;
pub mod junit;
pub mod lines;
pub mod markdown;
pub mod offsets;
pub mod schema;
pub mod statements;
pub mod text;

pub use offsets::{Offsets, Unit};
pub use text::counted;
