//! The learned extractor: a linear chain over the tokens of a paragraph, then links between its segments.

mod batch;
pub(crate) mod boundary;
pub(crate) mod confidence;
pub(crate) mod decode;
pub(crate) mod features;
mod file;
pub(crate) mod hash;
pub(crate) mod lexicon;
pub(crate) mod link;
pub(crate) mod logistic;
mod score;
mod types;
pub(crate) mod weights;

pub use file::{MAX_TAGGER_FILE, TAGGER_FORMAT};

use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use crate::document::Document;
use crate::lang::Language;
use crate::quotation::passage::Passage;
use crate::quotation::tagger::boundary::{N_SPAN, candidates, choose};
use crate::quotation::tagger::confidence::N_ATTRIBUTION;
use crate::quotation::tagger::decode::{Marginals, Part, Row, Segment, Transitions, segments};
use crate::quotation::tagger::lexicon::Lexicon;
use crate::quotation::tagger::link::{Link, Linker};
use crate::quotation::tagger::logistic::Logistic;
use crate::quotation::tagger::score::Scorer;
use crate::quotation::tagger::weights::Weights;
use crate::quotation::{Attribution, Extractor, SpeakerRanker};
use crate::text::Span;

/// A trained extractor of attributions.
#[derive(Debug, Clone)]
pub struct Tagger {
    lang: String,
    lexicon: Lexicon,
    weights: Weights,
    transitions: Transitions,
    rankers: Rankers,
    notes: Vec<String>,
    pool: Pool,
}

/// Memory of the threads that read: what it holds of word types is of use for the next article.
#[derive(Debug, Default)]
struct Pool(Mutex<Vec<Memory>>);

impl Clone for Pool {
    fn clone(&self) -> Self {
        Self::default()
    }
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
    /// Whom "he" and "the minister" mean; files of format 1 have none.
    #[serde(default)]
    pub(crate) speakers: SpeakerRanker,
}

impl Rankers {
    fn is_sound(&self) -> bool {
        self.linker.is_sound()
            && self.boundary.fits(N_SPAN)
            && self.confidence.fits(N_ATTRIBUTION)
            && self.threshold.is_finite()
            && self.speakers.is_sound()
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
            pool: Pool::default(),
        }
    }

    /// The same tagger with these rankers.
    pub(crate) fn with_rankers(mut self, rankers: Rankers) -> Self {
        self.rankers = rankers;
        self
    }

    pub(crate) fn rankers(&self) -> &Rankers {
        &self.rankers
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
        memory.scores.clear();
        memory.scorer.score(text, passages, k, &self.lexicon, &self.weights, &mut memory.scores);
        self.transitions.viterbi(&memory.scores, &mut memory.best, &mut memory.states);
        let found = segments(&memory.states);
        if found.iter().any(|s| s.part.is_content()) {
            memory.marginals.run(&memory.scores);
        }
        found
    }

    /// Segments with their final edges, links and confidences of paragraph `k`.
    pub(crate) fn read(&self, text: &str, passages: &[Passage], k: usize, memory: &mut Memory) -> Reading {
        self.read_down_to(self.rankers.threshold, text, passages, k, memory)
    }

    /// Below this confidence the tagger alone believes in nothing (in half of it where marks stand).
    pub(crate) fn threshold(&self) -> f64 {
        self.rankers.threshold
    }

    fn read_down_to(&self, threshold: f64, text: &str, passages: &[Passage], k: usize, memory: &mut Memory) -> Reading {
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
        snap(passage, &mut segments);
        let mut links = self.rankers.linker.link(passage, &segments);
        for l in links.iter_mut().filter(|l| l.source.is_none()) {
            if let Some(source) = l.cue.and_then(|c| hidden_source(&segments, c, &memory.marginals)) {
                l.source = Some(segments.len());
                segments.push(source);
            }
        }
        let links = links
            .into_iter()
            .map(|l| {
                let p = self.rankers.confidence.probability(&confidence::features(
                    passage,
                    &segments,
                    &l,
                    &memory.marginals,
                ));
                (l, p)
            })
            .filter(|(l, p)| {
                // What stands between marks is nearly always right as such, even where its extent is doubtful.
                let quoted =
                    l.content.iter().any(|&c| passage.depth[segments[c].start..segments[c].end].iter().any(|&d| d > 0));
                *p >= if quoted { threshold / 2.0 } else { threshold }
            })
            .collect();
        Reading { segments, links }
    }
}

/// Tokens that may stand between a cue and a source that the chain nearly found.
const SOURCE_REACH: usize = 8;
/// Probability from which on such a source counts.
const SOURCE_LIKELY: f32 = 0.2;

/// A source beside cue number `c` that the best way through the chain leaves out, though it is likely.
fn hidden_source(segments: &[Segment], c: usize, marginals: &Marginals) -> Option<Segment> {
    let cue = segments[c];
    let floor = if c > 0 && segments[c - 1].start < cue.start { segments[c - 1].end } else { 0 };
    let ceiling = segments.get(c + 1).filter(|s| s.start >= cue.end).map_or(marginals.len(), |s| s.start);
    let sides = [
        (Part::SourceBefore, cue.start.saturating_sub(SOURCE_REACH).max(floor)..cue.start),
        (Part::SourceAfter, cue.end..ceiling.min(cue.end + SOURCE_REACH)),
    ];
    let mut best: Option<(f32, Segment)> = None;
    for (part, range) in sides {
        for start in range.clone() {
            let p = marginals.part(part, start);
            if p >= SOURCE_LIKELY && best.is_none_or(|b| p > b.0) {
                let goes_on = |i: &usize| marginals.part(part, *i) >= p / 2.0;
                let first = (range.start..start).rev().take_while(goes_on).last().unwrap_or(start);
                let end = (start + 1..range.end).take_while(goes_on).last().map_or(start + 1, |i| i + 1);
                best = Some((p, Segment { part, start: first, end }));
            }
        }
    }
    best.map(|b| b.1)
}

/// Tokens by which a content may grow to fill its quoted stretch.
const SNAP: usize = 3;

/// A content that begins with a quoted stretch or inside it holds all of it, up to the next segment, if little is missing.
fn snap(passage: &Passage, segments: &mut [Segment]) {
    for i in 0..segments.len() {
        let Segment { part, start, end } = segments[i];
        let stretch = passage.depth[start];
        if !part.is_content() || stretch == 0 {
            continue;
        }
        let range = passage.quoted_tokens(stretch as usize - 1);
        let floor = if i > 0 { segments[i - 1].end } else { 0 };
        let ceiling = segments.get(i + 1).map_or(passage.tokens.len(), |s| s.start);
        let (first, last) = (start.min(range.start.max(floor)), end.max(range.end.min(ceiling)));
        // Where much is missing the marks are paired wrongly more often than the chain errs.
        if (start - first) + (last - end) <= SNAP {
            (segments[i].start, segments[i].end) = (first, last);
        }
    }
}

/// The bytes of a content without its outer marks: those of the one stretch that it fills.
fn content_span(passage: &Passage, segment: &Segment) -> Span {
    let span = passage.span_of(&(segment.start..segment.end));
    let stretch = passage.depth[segment.start];
    if stretch == 0 || passage.depth[segment.end - 1] != stretch {
        return span;
    }
    let inner = passage.quoted[stretch as usize - 1].inner;
    let inside = Span::new(span.start.max(inner.start), span.end.min(inner.end));
    if inside.is_empty() { span } else { inside }
}

/// Memory that is reused from paragraph to paragraph.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    scorer: Scorer,
    scores: Vec<Row>,
    best: Vec<Row>,
    states: Vec<u8>,
    pub(crate) marginals: Marginals,
}

impl Tagger {
    /// The attributions of a document that are at least so sure.
    pub(crate) fn attributions_down_to(
        &self,
        threshold: f64,
        document: &Document,
        passages: &[Passage],
    ) -> Vec<Attribution> {
        let kept = self.pool.0.lock().ok().and_then(|mut pool| pool.pop());
        let mut memory = kept.unwrap_or_else(|| self.memory());
        let mut out = Vec::new();
        for (k, passage) in passages.iter().enumerate() {
            let reading = self.read_down_to(threshold, &document.text, passages, k, &mut memory);
            let span = |i: usize| {
                let s = reading.segments[i];
                passage.span_of(&(s.start..s.end))
            };
            for (l, confidence) in &reading.links {
                out.push(Attribution {
                    content: l.content.iter().map(|&c| content_span(passage, &reading.segments[c])).collect(),
                    cue: l.cue.map(span),
                    source: l.source.map(span),
                    paragraph: passage.index,
                    confidence: *confidence,
                    inferred: false,
                });
            }
        }
        if let Ok(mut pool) = self.pool.0.lock() {
            pool.push(memory);
        }
        out
    }
}

impl Extractor for Tagger {
    fn attributions(&self, document: &Document, passages: &[Passage], _lang: &Language) -> Vec<Attribution> {
        self.attributions_down_to(self.rankers.threshold, document, passages)
    }

    fn speakers(&self) -> &SpeakerRanker {
        &self.rankers.speakers
    }
}
