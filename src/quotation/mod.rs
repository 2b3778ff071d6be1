//! Who said what, at which bytes?
//!
//! An [`Extractor`] finds [`Attribution`]s (content, cue, source: spans); afterwards each source is resolved to a
//! [`Speaker`] and a holder. Extractors can be exchanged; what follows them is the same.

mod kind;
pub mod marks;
mod passage;
pub mod tagger;

pub use kind::Kind;
pub use passage::{Passage, passages};
pub use tagger::Tagger;

use crate::document::Document;
use crate::lang::Language;
use crate::text::Span;

/// One act of reporting: spans only. Spans of content do not hold the outer marks.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribution {
    /// What was said, in order; several spans where the cue stands between.
    pub content: Vec<Span>,
    /// The reporting words.
    pub cue: Option<Span>,
    /// The words that name who said it.
    pub source: Option<Span>,
    /// Number of the paragraph in which it begins.
    pub paragraph: usize,
    /// How sure the extractor is that this is an attribution with these words, in 0..=1.
    pub confidence: f64,
    /// Whether the source was not found beside the quotation but taken from the one before.
    pub inferred: bool,
}

/// Finds attributions.
pub trait Extractor: Sync {
    /// The attributions of a document in text order. Never fails; linear in the text.
    fn attributions(&self, document: &Document, passages: &[Passage], lang: &Language) -> Vec<Attribution>;
}
