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
    if is_relative(view, &range) {
        // "X, whose ward it is and who grew up there, said": the cue's subject is X. Of "X, who said" it is "who".
        let cue = attribution.cue.map(|c| view.passage.tokens_in(c).start);
        let main = cue.is_some_and(|c| c > range.end + 1 && view.word(c - 1) == ",");
        let main = if main { antecedent(view, range.start) } else { None };
        return main.map(|r| view.span(&r)).or(cue.map(|_| source));
    }
    if let Some(main) = before_object(view, &range) {
        return Some(view.span(&main));
    }
    range.start = behind_content(view, &range, attribution);
    if view.tables(range.start).ends_phrase() && !view.is_capital(range.start) && range.len() > 1 {
        let begin = sentence_start(view, range.start);
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
        // "Lowe of Roe & Partners"
        let firm = view.word(before) == "&" && before > 0 || view.word(range.start) == "&";
        if !(inside || capital || firm && (view.is_mark(before) || view.is_name_word(before))) {
            break;
        }
        range.start = before;
    }
    range.start = behind_name(view, &range, &is_free);
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
    range.end = behind_bracket(view, &range, &is_free).unwrap_or(range.end);
    // "a man named Lowe"
    let named = matches!(view.passage.tokens.get(range.end).map(|_| view.folded(range.end)), Some("named" | "called"));
    if named
        && range.end + 1 < tokens.len()
        && is_free(range.end)
        && is_free(range.end + 1)
        && view.is_name_word(range.end + 1)
    {
        range.end = (range.end + 1..tokens.len()).take_while(|&i| view.is_name_word(i) && is_free(i)).last()? + 1;
    }
    Some(view.span(&range))
}

/// "The brigade that holds it now says" of which "it" was found: the brigade.
pub(super) fn before_object(view: View<'_>, range: &Range<usize>) -> Option<Range<usize>> {
    let object = range.len() == 1 && matches!(view.folded(range.start), "it" | "him" | "her" | "them" | "you");
    let begin = sentence_start(view, range.start);
    let verb = range.start.checked_sub(1).filter(|&v| object && v > begin + 1)?;
    let tables = view.tables(verb);
    let acts = view.is_word(verb)
        && !view.is_capital(verb)
        && !(tables.is_conjunction() || tables.is_complementizer() || tables.ends_phrase() || tables.is_auxiliary())
        && !(tables.is_preposition() || tables.is_adverb());
    let that = (begin + 1..verb).rev().take(4).find(|&i| matches!(view.folded(i), "that" | "which" | "who"))?;
    let plain = (that..=range.start).all(|i| view.is_word(i) && view.depth(i) == 0);
    let noun = that - 1;
    let the = (begin..noun).rev().take(4).find(|&i| view.tables(i).is_determiner())?;
    let whole = (the..that).all(|i| view.is_word(i) && !view.tables(i).is_auxiliary() && !view.tables(i).is_cue());
    (acts && plain && whole && the == begin).then_some(the..that)
}

/// Where "Director (Health) Ann Lowe" ends of which "Director" or "Director (Health" was found.
fn behind_bracket(view: View<'_>, range: &Range<usize>, is_free: &dyn Fn(usize) -> bool) -> Option<usize> {
    let n = view.passage.tokens.len();
    let open = (range.start + 1..n.min(range.end + 1)).find(|&i| view.word(i) == "(")?;
    let close = (open + 1..n.min(open + 6)).find(|&i| view.word(i) == ")")?;
    let name = (close + 1..n).take_while(|&i| view.is_name_word(i) && view.depth(i) == 0 && is_free(i));
    let end = name.last().filter(|_| close >= range.end && is_free(open) && view.is_capital(open - 1))?;
    (end > close + 1).then_some(end + 1)
}

/// Where "Ann Lowe of Roe & Partners" begins of which "Roe & Partners" was found.
fn behind_name(view: View<'_>, range: &Range<usize>, is_free: &dyn Fn(usize) -> bool) -> usize {
    let of = range.start.checked_sub(1).filter(|&o| view.word(o) == "of" && is_free(o));
    let (Some(of), true) = (of, range.clone().any(|i| view.word(i) == "&")) else { return range.start };
    let part =
        |i: usize| is_free(i) && view.depth(i) == 0 && (view.is_name_word(i) || matches!(view.word(i), "." | "-"));
    let begin = sentence_start(view, of);
    (begin..of).rev().take_while(|&i| part(i)).filter(|&i| view.is_name_word(i)).last().unwrap_or(range.start)
}

/// Where a source begins that the chain began within the reported words: "the dean" of "‘Or,’ as the dean puts it".
fn behind_content(view: View<'_>, range: &Range<usize>, attribution: &Attribution) -> usize {
    let reported = |i: &usize| attribution.content.iter().any(|c| c.overlaps(view.passage.tokens[*i].span));
    let Some(last) = range.clone().rev().find(reported).filter(|_| range.clone().take(2).any(|i| reported(&i))) else {
        return range.start;
    };
    let opens = |i: &usize| view.is_word(*i) && !view.tables(*i).ends_phrase() && !view.tables(*i).is_preposition();
    (last + 1..range.end).find(opens).unwrap_or(range.start)
}

/// A source with the name to which it is an apposition, and the one of whom its relative clause tells.
pub(super) fn named_source(view: View<'_>, source: Span, attribution: &Attribution) -> Span {
    let range = view.passage.tokens_in(source);
    if range.is_empty() {
        return source;
    }
    if let Some(start) = named_in_front(view, &range, attribution) {
        return view.span(&(start..range.end));
    }
    match end_of_clause(view, &range, attribution) {
        Some(main) => view.span(&main),
        None => source,
    }
}

/// Whether a source is nothing but a relative pronoun.
pub(super) fn is_relative(view: View<'_>, range: &Range<usize>) -> bool {
    range.len() == 1 && matches!(view.folded(range.start), "who" | "which") && !view.is_capital(range.start)
}

/// "X, who had never boarded a boat, said" of which "a boat" was found: X.
fn end_of_clause(view: View<'_>, range: &Range<usize>, attribution: &Attribution) -> Option<Range<usize>> {
    let cue = view.passage.tokens_in(attribution.cue?);
    let beside = range.end < cue.start
        && view.word(range.end) == ","
        && (range.end + 1..cue.start).all(|i| view.is_word(i) && view.tables(i).is_adverb());
    let object = range.start.checked_sub(1).is_some_and(|b| {
        let tables = view.tables(b);
        view.is_word(b) && !tables.is_conjunction() && !tables.ends_phrase() && !tables.is_complementizer()
    });
    if !beside || !object {
        return None;
    }
    let begin = sentence_start(view, range.start);
    let clause = (begin + 1..range.start).rev().take_while(|&i| view.depth(i) > 0 || view.word(i) != ",");
    let who = clause.filter(|&i| view.depth(i) == 0 && view.folded(i) == "who").last()?;
    let main = (view.word(who - 1) == ",").then(|| antecedent(view, who)).flatten()?;
    main.clone().any(|i| view.is_name_word(i) || view.is_source_noun(i)).then_some(main)
}

/// Where the sentence of token `i` begins.
fn sentence_start(view: View<'_>, i: usize) -> usize {
    let sentences = &view.passage.sentences;
    sentences[..sentences.partition_point(|s| s.start <= i)].last().map_or(0, |s| s.start)
}

/// Of whom the relative pronoun at token `who` tells: "X, whose ward it is and who grew up there, said".
pub(super) fn antecedent(view: View<'_>, who: usize) -> Option<Range<usize>> {
    let begin = sentence_start(view, who);
    let relative = |i: usize| view.depth(i) == 0 && matches!(view.folded(i), "who" | "whose" | "which");
    let mut at = who;
    while at > begin && view.tables(at - 1).is_conjunction() {
        at = (begin..at - 1).rev().find(|&i| relative(i))?;
    }
    let before = at.checked_sub(1).filter(|&b| b >= begin)?;
    let end = if view.is_mark(before) { before } else { at };
    // "A former matron, who": a noun that no table has, at the beginning of its sentence.
    let small =
        |i: usize| view.is_word(i) && view.depth(i) == 0 && !view.tables(i).is_auxiliary() && !view.tables(i).is_cue();
    let article = view.lang.is_single_indefinite(view.folded(begin));
    let whole = article && (2..=5).contains(&(end - begin)) && (begin..end).all(small);
    subject_before(view, end, begin).or(whole.then_some(begin..end))
}

/// Where the name begins to which a source is an apposition: "X, a fund manager at Y," and "The guard who saw it, X,".
fn named_in_front(view: View<'_>, range: &Range<usize>, attribution: &Attribution) -> Option<usize> {
    let tables = view.tables(range.start);
    let begin = sentence_start(view, range.start);
    let comma = range.start.checked_sub(1).filter(|&c| c > begin)?;
    let n = view.passage.tokens.len();
    let is_free = |i: usize| {
        let span = view.passage.tokens[i].span;
        view.depth(i) == 0 && !attribution.content.iter().chain(&attribution.cue).any(|c| c.overlaps(span))
    };
    // "The guard who saw it, X, said" of which "it, X" was found
    if tables.is_pronoun() && range.len() > 2 && view.word(range.start + 1) == "," && view.is_name_word(range.start + 2)
    {
        let whole = view.tables(begin).is_determiner()
            && range.start - begin <= 12
            && (begin..range.start).all(|i| view.is_word(i) && is_free(i))
            && (begin..range.start).any(|i| matches!(view.folded(i), "who" | "that" | "which" | "whom"));
        return whole.then_some(begin);
    }
    let small =
        !view.is_capital(range.start) && (tables.is_determiner() || tables.is_role() || tables.is_role_modifier());
    if !small || view.word(comma) != "," || !is_free(comma) || !view.is_name_word(comma - 1) {
        return None;
    }
    let part = |i: usize| {
        view.is_name_word(i)
            || view.tables(i).is_name_particle() && view.is_word(i)
            || matches!(view.word(i), "-" | "‑" | "." | "’" | "'")
    };
    let start = (begin..comma).rev().take_while(|&i| part(i) && is_free(i)).last()?;
    let start = (start..comma).find(|&i| view.is_name_word(i))?;
    let two = (start..comma).filter(|&i| view.is_name_word(i)).count() >= 2;
    let cue = attribution.cue.map(|c| view.passage.tokens_in(c));
    let behind_cue = cue.as_ref().is_some_and(|c| c.end == start);
    let before = start.checked_sub(1).filter(|&b| b >= begin);
    let open = before.is_none_or(|b| {
        view.is_mark(b) && view.word(b) != "," || view.tables(b).is_conjunction() || view.tables(b).is_complementizer()
    });
    // The apposition ends where the cue's clause goes on.
    let closed = range.end >= n || view.word(range.end) == ",";
    let end = closed || behind_cue && view.is_mark(range.end);
    (two && (behind_cue || open) && end).then_some(start)
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
