//! Readings of the chain that stand within those of the rules, or the other way round.

use crate::quotation::hybrid::is_quoted;
use crate::quotation::source::View;
use crate::quotation::{Attribution, Passage};
use crate::text::Span;

/// Whether what the chain found stands, with its own cue, within the words that the rules hold for reported.
pub(super) fn is_within(one: &Attribution, ruled: &Attribution, passages: &[Passage]) -> bool {
    let ([first, ..], [.., last]) = (ruled.content.as_slice(), ruled.content.as_slice()) else { return false };
    let whole = Span::new(first.start, last.end);
    let parts = ruled.content.len() > 1 && one.content != ruled.content;
    let nested = |s: &Span| ruled.content.iter().any(|c| c.contains(*s));
    let passage = &passages[one.paragraph];
    let marked =
        one.cue != ruled.cue && one.content.iter().any(|c| passage.tokens_in(*c).any(|i| passage.depth[i] > 0));
    !is_quoted(one, passages)
        && !marked
        && one.content.iter().all(|c| whole.contains(*c))
        && (one.cue.as_ref().is_some_and(nested) || parts && (one.cue.is_none() || one.cue == ruled.cue))
}

/// Where a content of the chain ends that goes on over ", while" to another's cue and words.
pub(super) fn ends_before(view: View<'_>, one: &Attribution, ruled: &Attribution) -> Option<usize> {
    let ([content], [said], Some(cue), Some(source)) =
        (one.content.as_slice(), ruled.content.as_slice(), ruled.cue, ruled.source)
    else {
        return None;
    };
    let inside = [*said, cue, source].iter().all(|s| content.contains(*s) && view.passage.span.contains(*s));
    let range = view.passage.tokens_in(source);
    let mark = range.start.checked_sub(1).filter(|_| inside && !range.is_empty())?;
    let end = if view.word(mark) == ";" { mark } else { mark.checked_sub(1)? };
    let parted = view.word(end) == ";" || view.word(end) == "," && matches!(view.folded(mark), "while" | "whereas");
    let at = view.passage.tokens[end].span.start;
    (parted && view.depth(end) == 0 && at > content.start).then_some(at)
}

/// Whether the chain broke a reported clause off in front of its verb: "that her client" of "that her client, a chain in
/// Ohio, is waiting".
pub(super) fn is_cut_short(view: View<'_>, one: &Attribution, ruled: &Attribution) -> bool {
    let ([short], [whole]) = (one.content.as_slice(), ruled.content.as_slice()) else { return false };
    let same = one.cue.zip(ruled.cue).is_some_and(|(a, b)| a.overlaps(b)) && short.overlaps(*whole);
    let finite = |i: usize| {
        let tables = view.tables(i);
        tables.is_auxiliary() || tables.is_verb() || view.folded(i).ends_with("ed") || view.folded(i) == "to"
    };
    same && short.start <= whole.start
        && short.end < whole.end
        && whole.start < short.end
        && !view.passage.tokens_in(*short).any(finite)
}

/// Makes one of the two attributions that the chain sees in "The report, she noted, puts the cost at nine million", which
/// the rules hold for one sentence around its cue.
pub(super) fn join_enclosed(view: View<'_>, found: &mut [Attribution], touching: &[usize], ruled: &Attribution) {
    let ([first, second], [a, b], Some(cue)) = (touching, ruled.content.as_slice(), ruled.cue) else { return };
    let around = a.end < cue.start && cue.end < b.start && ruled.source.is_some();
    let outside = |s: &Span| view.passage.tokens_in(*s).all(|i| view.depth(i) == 0);
    let same = found[*first].cue == Some(cue) && found[*second].cue.is_some_and(|c| b.contains(c) || c.end == b.start);
    if around && same && ruled.content.iter().all(outside) {
        found[*first].content.clone_from(&ruled.content);
        found[*second].content.clear();
    }
}
