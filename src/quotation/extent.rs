//! Where a quotation ends: what stands behind its marks, and who is announced between two of them.

use std::ops::Range;

use crate::quotation::facts::is_person_noun;
use crate::quotation::source::View;
use crate::text::Span;

/// Words in front of a colon that name who speaks, and tokens of the whole clause there, at most.
const MAX_SUBJECT: usize = 9;
const MAX_CLAUSE: usize = 30;

/// Behind a sentence between marks, a new sentence outside of them is no part of what is said: `"..., but my aunt says no."
/// The hall laughed.`
pub(super) fn cut_behind_marks(view: View<'_>, content: &mut [Span]) {
    for span in content.iter_mut().filter(|s| view.passage.span.contains(**s)) {
        let range = view.passage.tokens_in(*span);
        let Some(depth) = range.clone().next().map(|i| view.depth(i)).filter(|&d| d > 0) else { continue };
        let number = depth as usize - 1;
        let (stretch, inner) = (view.passage.quoted_tokens(number), view.passage.quoted[number].inner);
        let ends = stretch.end < range.end
            && inner.of(view.text).ends_with(['.', '!', '?', '…'])
            && view.passage.sentences.iter().any(|s| s.start == stretch.end);
        if ends && (stretch.end..range.end).all(|i| view.depth(i) == 0) {
            *span = Span::new(span.start.max(inner.start), inner.end).trimmed(view.text);
        }
    }
}

/// Who is said to be somehow in front of the colon at token `colon`, which a quotation follows: "Her husband Rab" of "Her
/// husband Rab is less amused: ". No pronoun; the clause begins at token `from`.
pub(super) fn announcer(view: View<'_>, from: usize, colon: usize) -> Option<Range<usize>> {
    let outside = |i: usize| view.depth(i) == 0;
    let whole = from + 1 < colon && colon - from <= MAX_CLAUSE && (from..=colon).all(outside) && view.word(colon) == ":";
    if !whole || view.tables(from).is_subject_pronoun() || !view.is_word(from) {
        return None;
    }
    let verb = |i: usize| {
        let tables = view.tables(i);
        !view.is_capital(i) && (tables.is_auxiliary() || tables.is_verb() && !tables.is_also_noun())
    };
    let part = |i: usize| {
        let tables = view.tables(i);
        (view.is_word(i) || matches!(view.word(i), "-" | "‑" | "’" | "'"))
            && !tables.ends_phrase()
            && !tables.is_conjunction()
            && (!tables.is_preposition() || view.folded(i) == "of" && i > from)
    };
    let end = (from + 1..colon.min(from + MAX_SUBJECT)).find(|&i| verb(i))?;
    let subject = from..end;
    // "Her husband Rab", "Lowe", "The keeper": the last word is the person.
    let last = end - 1;
    let person = view.is_name_word(last) || view.tables(last).is_role() || is_person_noun(view, last);
    let told = !view.is_possessive(last) && subject.clone().all(part);
    let opens = view.is_name_word(from) || view.tables(from).is_determiner() || view.tables(from).is_role();
    let thing = view.tables(last).is_organization_head() || view.tables(last).is_time_word();
    (person && told && opens && !thing).then_some(subject)
}

/// Who is announced between two parts of a quotation, and is not its source: `"No," she said. Her father is blunter: "Never."`
pub(super) fn announced_between(view: View<'_>, between: Span, source: Option<Span>) -> Option<Range<usize>> {
    let range = view.passage.tokens_in(between);
    let colon = range.clone().rev().find(|&i| view.depth(i) == 0).filter(|&i| view.word(i) == ":")?;
    let sentence = view.passage.sentences.iter().find(|s| s.contains(&colon))?;
    let from = Some(sentence.start).filter(|s| range.contains(s))?;
    let subject = announcer(view, from, colon)?;
    let in_source = |word: &str| source.is_some_and(|s| view.passage.tokens_in(s).any(|i| view.bare(i) == word));
    let same = subject.clone().any(|i| view.is_name_word(i) && in_source(view.bare(i)));
    (!same).then_some(subject)
}
