//! The learned extractor with the rules as its second reader.
//!
//! The chain was learnt from one kind of paper. Where it finds no source, the rules' one is taken; what stands between
//! marks and only the rules attribute (interviews, an unusual verb) is added.

use crate::document::Document;
use crate::lang::Language;
use crate::quotation::claim::{named_source, plausibility, whole_source};
use crate::quotation::dialogue::is_dialogue;
use crate::quotation::phrase::is_bare_noun_phrase;
use crate::quotation::source::View;
use crate::quotation::{Attribution, Extractor, Passage, Rules, SpeakerRanker, Tagger};
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

/// The chain is read down to this part of its own threshold.
const WEAK: f64 = 0.3;
/// Rules that sure confirm what the chain is not sure of.
const AGREES: f64 = 0.65;
/// Rules that sure of a content are believed that what the chain takes for a source is a part of it.
const NESTING: f64 = 0.8;
/// Rules that sure of a quotation between marks are believed where the chain says nothing.
const SURE: f64 = 0.7;

impl Extractor for Hybrid {
    fn attributions(&self, document: &Document, passages: &[Passage], lang: &Language) -> Vec<Attribution> {
        if self.tagger.lang() != lang.code {
            // The chain knows one language; the rules know all that have tables.
            return Rules.attributions(document, passages, lang);
        }
        let threshold = self.tagger.threshold();
        let mut found = self.tagger.attributions_down_to(WEAK * threshold, document, passages);
        let view = |a: &Attribution| View { text: &document.text, passage: &passages[a.paragraph], lang };
        for one in &mut found {
            if let Some(source) = one.source {
                one.source = whole_source(view(one), source, one).filter(|_| !is_nobody(view(one), source));
            }
        }
        let light = |a: &Attribution| a.cue.is_some_and(|cue| is_light(view(a), cue)) && !is_quoted(a, passages);
        let spoken = |a: &Attribution| is_dialogue(&document.text, &passages[a.paragraph]);
        found.retain(|a| !spoken(a));
        // What the chain is less sure of counts where the rules read the same.
        let sure = |a: &Attribution| a.confidence >= if is_quoted(a, passages) { threshold / 2.0 } else { threshold };
        let mut confirmed: Vec<bool> = found.iter().map(sure).collect();
        for ruled in Rules.attributions(document, passages, lang) {
            if spoken(&ruled) {
                confirmed.push(true);
                found.push(ruled);
                continue;
            }
            let touching: Vec<usize> =
                (0..found.len()).filter(|&i| common(&found[i].content, &ruled.content) > 0).collect();
            if touching.iter().all(|&i| !confirmed[i]) && ruled.confidence >= SURE && is_quoted(&ruled, passages) {
                confirmed.push(true);
                found.push(ruled);
                continue;
            }
            join_parts(&mut found, &touching, &ruled, passages);
            let same = touching.iter().copied().filter(|&i| i < found.len()).find(|&i| {
                let shared = common(&found[i].content, &ruled.content);
                let longer = length(&found[i].content).max(length(&ruled.content));
                2 * shared >= longer || found[i].source.is_none() && 10 * shared >= 9 * length(&ruled.content)
            });
            if let Some(i) = same {
                confirmed[i] |= ruled.confidence >= AGREES;
                add_parts(&mut found, i, &ruled, passages);
            }
            let (Some(i), Some(source)) = (same, ruled.source) else { continue };
            let one = &mut found[i];
            let is_part = one.source.is_some_and(|s| s != source && source.contains(s));
            if is_part {
                // "a professor" of "X, a professor": the longer phrase tells who it is.
                one.source = Some(source);
            } else if one.source.is_none_or(|s| is_empty_source(s.of(&document.text), lang))
                || light(one)
                || plausibility(view(one), &ruled, &[])
                    > plausibility(view(one), one, if ruled.confidence >= NESTING { &ruled.content } else { &[] })
            {
                let nested = one.source.is_some_and(|s| ruled.content.iter().any(|c| c.overlaps(s)));
                if nested || one.content.iter().any(|c| c.overlaps(source)) {
                    // "Rome wants a deal, he said" is his word about Rome, or the chain read over source and cue as if they were said.
                    *one = Attribution { confidence: one.confidence.min(ruled.confidence), ..ruled };
                } else {
                    one.source = Some(source);
                    one.cue = one.cue.or(ruled.cue);
                    one.inferred = ruled.inferred;
                }
            }
        }
        for one in &mut found {
            one.source = one.source.map(|source| named_source(view(one), source, one));
        }
        let agentless = |a: &Attribution| {
            a.source.is_none()
                && !is_quoted(a, passages)
                && a.cue.is_some_and(|cue| is_passive(cue.of(&document.text), lang))
        };
        let act = |a: &Attribution| !is_quoted(a, passages) && is_act(view(a), a);
        let mut confirmed = confirmed.into_iter();
        found.retain(|a| {
            confirmed.next() == Some(true) && !a.content.is_empty() && !light(a) && !agentless(a) && !act(a)
        });
        found
    }

    fn speakers(&self) -> &SpeakerRanker {
        self.tagger.speakers()
    }
}

/// Whether a cue only looks like one ("commenting on", "referring to").
fn is_light(view: View<'_>, cue: Span) -> bool {
    let words = view.passage.tokens_in(cue);
    view.tables(words.start).begins_light_cue()
        && view.lang.light_cue(words.clone().map(|i| view.folded(i))).is_some_and(|n| n == words.len())
}

/// Whether what follows the cue is a bare noun phrase: "praised the deal", "mentioned the decision".
fn is_act(view: View<'_>, attribution: &Attribution) -> bool {
    let (Some(cue), [content]) = (attribution.cue, attribution.content.as_slice()) else { return false };
    let (cue, content) = (view.passage.tokens_in(cue), view.passage.tokens_in(*content));
    !cue.is_empty()
        && cue.end == content.start
        && view.tables(cue.end - 1).is_act_cue()
        && is_bare_noun_phrase(view, &content)
}

/// Makes one of attributions that the rules hold for parts of one quotation (`"A," she said. "B."`), where only one of
/// them has a cue. The first one keeps its place; the others lose their content and are dropped at the end.
fn join_parts(found: &mut [Attribution], touching: &[usize], ruled: &Attribution, passages: &[Passage]) {
    let [first, rest @ ..] = touching else { return };
    let inside = |a: &Attribution| 10 * common(&a.content, &ruled.content) >= 9 * length(&a.content);
    let n_cues = touching.iter().filter(|&&i| found[i].cue.is_some()).count();
    let parts = !rest.is_empty() && n_cues <= 1 && ruled.content.len() > 1 && is_quoted(ruled, passages);
    if !parts || !touching.iter().all(|&i| inside(&found[i])) {
        return;
    }
    for &i in rest {
        let other = found[i].clone();
        found[i].content.clear();
        let one = &mut found[*first];
        one.content.extend(other.content);
        one.content.sort_unstable();
        one.cue = one.cue.or(other.cue);
        one.source = one.source.or(other.source);
    }
}

/// Gives quotation `i` the quoted parts that only the rules see: the `"B."` of `"A," she said. "B."`.
fn add_parts(found: &mut [Attribution], i: usize, ruled: &Attribution, passages: &[Passage]) {
    if ruled.content.len() < 2 || ruled.confidence < SURE || !is_quoted(ruled, passages) {
        return;
    }
    let alone = |span: &Span| found.iter().all(|a| a.content.iter().all(|c| !c.overlaps(*span)));
    let parts: Vec<Span> = ruled.content.iter().copied().filter(alone).collect();
    let one = &mut found[i];
    one.content.extend(parts);
    one.content.sort_unstable();
}

/// Whether a word that the chain takes for a source can not be one: "Then, more gently: ...", "Nobody".
fn is_nobody(view: View<'_>, source: Span) -> bool {
    let words = view.passage.tokens_in(source);
    if words.len() != 1 {
        return false;
    }
    let tables = view.tables(words.start);
    let word = view.folded(words.start);
    tables.is_adverb() && !tables.is_role() && !(view.is_capital(words.start) && tables.is_given_name())
        || matches!(word, "more" | "less" | "nobody" | "nothing" | "none" | "something" | "anything" | "everything")
}

/// Whether the words name nobody ("who", "then").
fn is_empty_source(source: &str, lang: &Language) -> bool {
    let words = tokens(source);
    match words.as_slice() {
        [only] => {
            let word = folded(only.span.of(source));
            !only.capital
                && lang.pronoun(&word).is_none()
                && lang.role(&word).is_none()
                && lang.collective(&word).is_none()
        }
        _ => false,
    }
}

/// Whether a cue is a passive ("are expected"): without a source nobody says it.
fn is_passive(cue: &str, lang: &Language) -> bool {
    tokens(cue).first().is_some_and(|t| lang.is_passive_auxiliary(&folded(t.span.of(cue))))
}

fn length(spans: &[Span]) -> usize {
    spans.iter().map(Span::len).sum()
}

/// Bytes that two contents share.
#[inline]
fn common(a: &[Span], b: &[Span]) -> usize {
    // Spans of a content stand in order: most pairs of contents stand wholly apart.
    let ([a_first, ..], [.., a_last], [b_first, ..], [.., b_last]) = (a, a, b, b) else { return 0 };
    if a_last.end <= b_first.start || b_last.end <= a_first.start { 0 } else { common_of_near(a, b) }
}

fn common_of_near(a: &[Span], b: &[Span]) -> usize {
    let mut n = 0;
    for x in a {
        for y in b.iter().filter(|y| x.overlaps(**y)) {
            n += x.end.min(y.end) - x.start.max(y.start);
        }
    }
    n
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
