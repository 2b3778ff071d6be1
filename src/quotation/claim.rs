//! How likely it is, by its words and its place alone, that a phrase is the source of an attribution.
//!
//! The chain was learnt from one kind of paper and cuts names that it does not know; these checks hold for any text.

use std::ops::Range;

use crate::quotation::Attribution;
use crate::quotation::source::{View, subject_before};
use crate::text::Span;

/// Words between a source and its cue that are looked at.
const MAX_GAP: usize = 24;

/// A source that was cut in the middle of a name, grown to all of it; a relative clause ("who fled in 2007") gives way to
/// whom it tells of. `None` where nothing is left that can speak.
pub(super) fn whole_source(view: View<'_>, source: Span, attribution: &Attribution) -> Option<Span> {
    let mut range = view.passage.tokens_in(source);
    if range.is_empty() {
        return Some(source);
    }
    if view.tables(range.start).ends_phrase() && !view.is_capital(range.start) && range.len() > 1 {
        let begin = view.passage.sentences.iter().rev().find(|s| s.start <= range.start).map_or(0, |s| s.start);
        let comma = range.start.checked_sub(1).filter(|&c| c > begin);
        let end = comma.map(|c| if view.is_mark(c) { c } else { c + 1 })?;
        return subject_before(view, end, begin).map(|r| view.span(&r)).or(Some(source));
    }
    let tokens = &view.passage.tokens;
    let is_free = |i: usize| {
        let span = tokens[i].span;
        !attribution.content.iter().chain(&attribution.cue).any(|c| c.overlaps(span))
    };
    let touches = |a: usize, b: usize| tokens[a].span.end == tokens[b].span.start;
    let is_hyphen = |i: usize| matches!(view.word(i), "-" | "‑");
    // "min" of "Noh Jae-min", "Putin" of "Vladimir Putin"
    while range.start > 0 && view.depth(range.start - 1) == view.depth(range.start) && is_free(range.start - 1) {
        let before = range.start - 1;
        let inside = touches(before, range.start) && (is_hyphen(before) || is_hyphen(range.start));
        let capital = view.is_name_word(before)
            && view.is_name_word(range.start)
            && !view.word(before).ends_with("'s")
            && !view.word(before).ends_with("’s");
        if !(inside || capital) {
            break;
        }
        range.start = before;
    }
    while range.end < tokens.len() && view.depth(range.end) == view.depth(range.end - 1) && is_free(range.end) {
        let (last, next) = (range.end - 1, range.end);
        let inside = touches(last, next)
            && (is_hyphen(next) && next + 1 < tokens.len() && touches(next, next + 1) || is_hyphen(last));
        let capital = view.is_name_word(next) && view.is_name_word(last);
        if !(inside || capital) {
            break;
        }
        range.end = next + 1;
    }
    Some(view.span(&range))
}

/// A number that is larger for the likelier source of two attributions of one content. `content`: what the other one of
/// the two takes for the reported words; a source inside it speaks in the speaker's words only.
pub(super) fn plausibility(view: View<'_>, attribution: &Attribution, content: &[Span]) -> i32 {
    let Some(source) = attribution.source else { return -9 };
    let range = view.passage.tokens_in(source);
    if range.is_empty() {
        return -9;
    }
    let mut score = 0;
    if attribution.content.iter().chain(content).any(|c| c.overlaps(source)) {
        score -= 3;
    }
    if view.tables(range.start).ends_phrase() && !view.is_capital(range.start) {
        score -= 2;
    }
    if speaks(view, &range) {
        score += 2;
    }
    if attribution.cue.is_some_and(|cue| is_beside(view, &range, &view.passage.tokens_in(cue))) {
        score += 1;
    }
    score
}

/// Whether a phrase has a name, a pronoun, a role or a body in it.
fn speaks(view: View<'_>, range: &Range<usize>) -> bool {
    let pronoun = range.len() == 1 && view.tables(range.start).is_pronoun();
    pronoun || range.clone().any(|i| view.is_name_word(i) || view.is_source_noun(i))
}

/// Whether a phrase stands beside a cue: nothing between them but adverbs, auxiliaries and an aside between commas.
fn is_beside(view: View<'_>, range: &Range<usize>, cue: &Range<usize>) -> bool {
    if cue.is_empty() {
        return false;
    }
    let gap = if range.end <= cue.start { range.end..cue.start } else { cue.end..range.start };
    if gap.start > gap.end || gap.len() > MAX_GAP {
        return false;
    }
    let filler = |i: usize| view.lang.is_adverb(view.folded(i)) || view.tables(i).is_auxiliary();
    gap.clone().all(filler)
        || range.end <= cue.start
            && view.is_mark(gap.start)
            && gap.end > gap.start + 1
            && (gap.start + 1..gap.end).any(|i| view.is_mark(i))
            && gap.clone().all(|i| view.depth(i) == 0)
}
