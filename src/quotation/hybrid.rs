//! The learned extractor with the rules as its second reader.
//!
//! The chain was learnt from one kind of paper. Where it finds no source, the rules' one is taken; what stands between
//! marks and only the rules attribute (interviews, an unusual verb) is added.

use crate::document::Document;
use crate::lang::Language;
use crate::quotation::{Attribution, Extractor, Passage, Rules, Tagger};
use crate::text::{Span, folded, tokens};

/// A [`Tagger`] together with [`Rules`].
#[derive(Debug, Clone)]
pub struct Hybrid {
    tagger: Tagger,
}

impl Hybrid {
    /// Around this tagger.
    pub fn new(tagger: Tagger) -> Self {
        Self { tagger }
    }
}

/// Rules that sure of a quotation between marks are believed where the chain says nothing.
const SURE: f64 = 0.7;

impl Extractor for Hybrid {
    fn attributions(&self, document: &Document, passages: &[Passage], lang: &Language) -> Vec<Attribution> {
        let mut found = self.tagger.attributions(document, passages, lang);
        let light = |a: &Attribution| {
            !is_quoted(a, passages) && a.cue.is_some_and(|cue| is_light(cue.of(&document.text), lang))
        };
        for ruled in Rules.attributions(document, passages, lang) {
            let mut touching = found.iter_mut().filter(|f| common(&f.content, &ruled.content) > 0).peekable();
            if touching.peek().is_none() {
                if ruled.confidence >= SURE && is_quoted(&ruled, passages) {
                    found.push(ruled);
                }
                continue;
            }
            let same = |f: &&mut Attribution| {
                let shared = common(&f.content, &ruled.content);
                let longer = length(&f.content).max(length(&ruled.content));
                2 * shared >= longer || f.source.is_none() && 10 * shared >= 9 * length(&ruled.content)
            };
            if let Some(same) = touching.find(same)
                && (same.source.is_none() || light(same))
                && let Some(source) = ruled.source
            {
                if same.content.iter().any(|c| c.overlaps(source)) {
                    // The chain read over source and cue as if they were said.
                    *same = Attribution { confidence: same.confidence.min(ruled.confidence), ..ruled };
                } else {
                    same.source = Some(source);
                    same.cue = same.cue.or(ruled.cue);
                    same.inferred = ruled.inferred;
                }
            }
        }
        let agentless = |a: &Attribution| {
            a.source.is_none()
                && !is_quoted(a, passages)
                && a.cue.is_some_and(|cue| is_passive(cue.of(&document.text), lang))
        };
        found.retain(|a| !light(a) && !agentless(a));
        found
    }
}

/// Whether a cue only looks like one ("commenting on", "referring to").
fn is_light(cue: &str, lang: &Language) -> bool {
    let words: Vec<String> = tokens(cue).iter().map(|t| folded(t.span.of(cue))).collect();
    lang.light_cue(&words).is_some_and(|n| n == words.len())
}

/// Whether a cue is a passive ("are expected"): without a source nobody says it.
fn is_passive(cue: &str, lang: &Language) -> bool {
    tokens(cue).first().is_some_and(|t| lang.is_passive_auxiliary(&folded(t.span.of(cue))))
}

fn length(spans: &[Span]) -> usize {
    spans.iter().map(Span::len).sum()
}

/// Bytes that two contents share.
fn common(a: &[Span], b: &[Span]) -> usize {
    let shared = |x: &Span, y: &Span| x.end.min(y.end).saturating_sub(x.start.max(y.start));
    a.iter().map(|x| b.iter().map(|y| shared(x, y)).sum::<usize>()).sum()
}

/// Whether a content stands between marks from its first word on, or is a turn of an interview.
fn is_quoted(attribution: &Attribution, passages: &[Passage]) -> bool {
    let Some(passage) = passages.get(attribution.paragraph) else { return false };
    let turn = attribution.source.is_some() && attribution.cue.is_none();
    turn || attribution
        .content
        .first()
        .is_some_and(|span| passage.tokens_in(*span).next().is_some_and(|i| passage.depth[i] > 0))
}
