//! The learned extractor: a linear chain over the tokens of a paragraph, then links between its segments.

pub(crate) mod boundary;
pub(crate) mod confidence;
pub(crate) mod decode;
pub(crate) mod features;
mod file;
pub(crate) mod hash;
pub(crate) mod lexicon;
pub(crate) mod link;
pub(crate) mod logistic;
pub(crate) mod weights;

pub use file::{MAX_TAGGER_FILE, TAGGER_FORMAT};

use serde::{Deserialize, Serialize};

use crate::document::Document;
use crate::lang::Language;
use crate::quotation::passage::Passage;
use crate::quotation::tagger::boundary::{N_SPAN, candidates, choose};
use crate::quotation::tagger::confidence::N_ATTRIBUTION;
use crate::quotation::tagger::decode::{Marginals, N_STATES, Row, Segment, Transitions, segments};
use crate::quotation::tagger::features::{N_FEATURES, Scratch, encode};
use crate::quotation::tagger::lexicon::Lexicon;
use crate::quotation::tagger::link::{Link, Linker};
use crate::quotation::tagger::logistic::Logistic;
use crate::quotation::tagger::weights::Weights;
use crate::quotation::{Attribution, Extractor};

/// A trained extractor of attributions.
#[derive(Debug, Clone)]
pub struct Tagger {
    lang: String,
    lexicon: Lexicon,
    weights: Weights,
    transitions: Transitions,
    rankers: Rankers,
    notes: Vec<String>,
}

/// What decides over the segments that the chain finds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rankers {
    /// What belongs together.
    pub(crate) linker: Linker,
    /// Where contents begin and end.
    pub(crate) boundary: Logistic,
    /// Whether an attribution is one.
    pub(crate) confidence: Logistic,
    /// Attributions less sure than this are dropped.
    pub(crate) threshold: f64,
}

impl Rankers {
    fn is_sound(&self) -> bool {
        self.linker.is_sound() && self.boundary.fits(N_SPAN) && self.confidence.fits(N_ATTRIBUTION) && self.threshold.is_finite()
    }
}

/// What the chain finds in one paragraph.
pub(crate) struct Reading {
    pub(crate) segments: Vec<Segment>,
    pub(crate) links: Vec<(Link, f64)>,
}

impl Tagger {
    pub(crate) fn from_parts(lang: &str, lexicon: Lexicon, weights: &[(u32, Row)], transitions: Transitions) -> Self {
        Self {
            lang: lang.to_owned(),
            lexicon,
            weights: Weights::new(weights),
            transitions,
            rankers: Rankers::default(),
            notes: Vec::new(),
        }
    }

    /// The same tagger with these rankers.
    pub(crate) fn with_rankers(mut self, rankers: Rankers) -> Self {
        self.rankers = rankers;
        self
    }

    /// ISO 639-1 code of the language that it was trained for.
    pub fn lang(&self) -> &str {
        &self.lang
    }

    /// Memory for [`Tagger::segments`].
    pub(crate) fn memory(&self) -> Memory {
        let mut memory = Memory::default();
        memory.marginals.set(&self.transitions);
        memory
    }

    /// The segments of paragraph `k` as the chain finds them; probabilities are left in `memory` where there are any.
    pub(crate) fn segments(&self, text: &str, passages: &[Passage], k: usize, memory: &mut Memory) -> Vec<Segment> {
        memory.hashes.clear();
        encode(text, passages, k, &self.lexicon, &mut memory.scratch, &mut memory.hashes);
        memory.scores.clear();
        memory.scores.extend(memory.hashes.as_chunks::<N_FEATURES>().0.iter().map(|h| self.weights.score(h)));
        self.transitions.viterbi(&memory.scores, &mut memory.back, &mut memory.states);
        let found = segments(&memory.states);
        if found.iter().any(|s| s.part.is_content()) {
            memory.marginals.run(&memory.scores);
        }
        found
    }

    /// Segments with their final edges, links and confidences of paragraph `k`.
    pub(crate) fn read(&self, text: &str, passages: &[Passage], k: usize, memory: &mut Memory) -> Reading {
        let passage = &passages[k];
        let mut segments = self.segments(text, passages, k, memory);
        if !segments.iter().any(|s| s.part.is_content()) {
            return Reading { segments, links: Vec::new() };
        }
        if !self.rankers.boundary.weights.is_empty() {
            for i in 0..segments.len() {
                if segments[i].part.is_content() {
                    let candidates = candidates(text, passage, &segments, i, &memory.marginals);
                    if let Some((start, end)) = choose(&self.rankers.boundary, &candidates) {
                        (segments[i].start, segments[i].end) = (start, end);
                    }
                }
            }
        }
        let links = self.rankers.linker.link(passage, &segments);
        let links = links
            .into_iter()
            .map(|l| {
                let p = self.rankers.confidence.probability(&confidence::features(passage, &segments, &l, &memory.marginals));
                (l, p)
            })
            .filter(|(l, p)| {
                // What stands between marks is nearly always right as such, even where its extent is doubtful.
                let quoted = l.content.iter().any(|&c| passage.depth[segments[c].start..segments[c].end].iter().any(|&d| d > 0));
                *p >= if quoted { self.rankers.threshold / 2.0 } else { self.rankers.threshold }
            })
            .collect();
        Reading { segments, links }
    }
}

/// Memory that is reused from paragraph to paragraph.
#[derive(Default)]
pub(crate) struct Memory {
    scratch: Scratch,
    hashes: Vec<u32>,
    scores: Vec<Row>,
    back: Vec<[u8; N_STATES]>,
    states: Vec<u8>,
    pub(crate) marginals: Marginals,
}

impl Extractor for Tagger {
    fn attributions(&self, document: &Document, passages: &[Passage], _lang: &Language) -> Vec<Attribution> {
        let mut memory = self.memory();
        let mut out = Vec::new();
        for (k, passage) in passages.iter().enumerate() {
            let reading = self.read(&document.text, passages, k, &mut memory);
            let span = |i: usize| {
                let s = reading.segments[i];
                passage.span_of(&(s.start..s.end))
            };
            for (l, confidence) in &reading.links {
                out.push(Attribution {
                    content: l.content.iter().map(|&c| span(c)).collect(),
                    cue: l.cue.map(span),
                    source: l.source.map(span),
                    paragraph: passage.index,
                    confidence: *confidence,
                    inferred: false,
                });
            }
        }
        out
    }
}
