//! Where are sentences, tokens, stems? Pure functions over `&str`, of no single language.

mod span;

pub use span::Span;
