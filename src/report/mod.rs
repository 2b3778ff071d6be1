//! How does it look? Results to bytes: JSONL, CSV, text, Markdown. Computes no figure.

pub mod card;
pub mod coders;
pub mod comparison;
pub mod csv;
pub mod details;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod offsets;
pub mod text;

pub use offsets::{Offsets, Unit};
