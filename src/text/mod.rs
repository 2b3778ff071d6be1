//! Where are sentences, tokens, stems? Pure functions over `&str`, of no single language.

mod decode;
mod nearest;
mod span;

pub use decode::{check_utf8, decode, n_line_ends};
pub use nearest::{edit_distance, nearest};
pub use span::Span;
