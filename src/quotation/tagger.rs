//! The learned extractor: a linear chain over the tokens of a paragraph, then links between its segments.

pub(crate) mod decode;
pub(crate) mod features;
mod file;
pub(crate) mod hash;
pub(crate) mod lexicon;
pub(crate) mod link;
pub(crate) mod weights;

pub use file::{MAX_TAGGER_FILE, TAGGER_FORMAT};

use crate::document::Document;
use crate::lang::Language;
use crate::quotation::passage::Passage;
use crate::quotation::tagger::decode::{N_STATES, Row, Segment, Transitions, segments};
use crate::quotation::tagger::features::{N_FEATURES, Scratch, encode};
use crate::quotation::tagger::lexicon::Lexicon;
use crate::quotation::tagger::link::{Linker, link};
use crate::quotation::tagger::weights::Weights;
use crate::quotation::{Attribution, Extractor};
use crate::text::Span;

/// A trained extractor of attributions.
#[derive(Debug, Clone)]
pub struct Tagger {
    lang: String,
    lexicon: Lexicon,
    weights: Weights,
    transitions: Transitions,
    linker: Linker,
    notes: Vec<String>,
}

impl Tagger {
    pub(crate) fn from_parts(lang: &str, lexicon: Lexicon, weights: &[(u32, Row)], transitions: Transitions) -> Self {
        Self {
            lang: lang.to_owned(),
            lexicon,
            weights: Weights::new(weights),
            transitions,
            linker: Linker::default(),
            notes: Vec::new(),
        }
    }

    /// ISO 639-1 code of the language that it was trained for.
    pub fn lang(&self) -> &str {
        &self.lang
    }

    /// The states of one paragraph.
    fn tag(&self, text: &str, passages: &[Passage], k: usize, memory: &mut Memory) {
        memory.hashes.clear();
        encode(text, passages, k, &self.lexicon, &mut memory.scratch, &mut memory.hashes);
        memory.scores.clear();
        memory.scores.extend(memory.hashes.chunks_exact(N_FEATURES).map(|h| self.weights.score(h)));
        self.transitions.viterbi(&memory.scores, &mut memory.back, &mut memory.states);
    }
}

/// Memory that is reused from paragraph to paragraph.
#[derive(Default)]
struct Memory {
    scratch: Scratch,
    hashes: Vec<u32>,
    scores: Vec<Row>,
    back: Vec<[u8; N_STATES]>,
    states: Vec<u8>,
}

impl Extractor for Tagger {
    fn attributions(&self, document: &Document, passages: &[Passage], _lang: &Language) -> Vec<Attribution> {
        let mut memory = Memory::default();
        let mut out = Vec::new();
        for (k, passage) in passages.iter().enumerate() {
            self.tag(&document.text, passages, k, &mut memory);
            let segments = segments(&memory.states);
            for l in link(passage, &segments) {
                let span = |s: &Segment| passage.span_of(&(s.start..s.end));
                let content: Vec<Span> = l.content.iter().map(|&c| span(&segments[c])).collect();
                out.push(Attribution {
                    content,
                    cue: l.cue.map(|c| span(&segments[c])),
                    source: l.source.map(|c| span(&segments[c])),
                    paragraph: passage.index,
                    confidence: 1.0,
                    inferred: false,
                });
            }
        }
        out
    }
}
