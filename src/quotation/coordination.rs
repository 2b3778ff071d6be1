//! Two reports of one speaker that the chain took for one: "She said the road was open and warned that the bridge was not."

use std::ops::Range;

use crate::lang::Language;
use crate::quotation::plain_report::demands;
use crate::quotation::source::View;
use crate::quotation::{Attribution, Passage};
use crate::text::Span;

/// Tokens in front of the first verb of a reported clause that are looked at.
const MAX_SUBJECT: usize = 12;

/// A second report within what the first one is taken to say: its conjunction, its cue and where its words begin.
struct Second {
    conjunction: usize,
    cue: Range<usize>,
    content: usize,
}

/// Parts contents in which a second finite cue with the same subject stands.
pub(super) fn split_at_cues(text: &str, passages: &[Passage], lang: &Language, found: &mut Vec<Attribution>) {
    let mut i = 0;
    while i < found.len() {
        let view = View { text, passage: &passages[found[i].paragraph], lang };
        if let Some(second) = second_report(view, &found[i]) {
            let tokens = &view.passage.tokens;
            let whole = found[i].content[0];
            let content = vec![Span::new(tokens[second.content].span.start, whole.end)];
            let cue = Some(view.span(&second.cue));
            let last = second.conjunction - 1 - usize::from(view.word(second.conjunction - 1) == ",");
            found[i].content[0].end = tokens[last].span.end;
            let rest = Attribution { content, cue, ..found[i].clone() };
            // The rest is looked at in its turn; the order is restored by whoever shows them.
            found.push(rest);
        }
        i += 1;
    }
}

fn second_report(view: View<'_>, one: &Attribution) -> Option<Second> {
    let ([content], Some(cue), Some(_)) = (one.content.as_slice(), one.cue, one.source) else { return None };
    let cue = view.passage.tokens_in(cue);
    if !view.passage.span.contains(*content) || cue.is_empty() || content.start < view.span(&cue).end {
        return None;
    }
    let range = view.passage.tokens_in(*content);
    let first = cue.clone().rev().find(|&i| view.tables(i).is_cue())?;
    let tense = tense(view.folded(first), view.lang)?;
    let end = view.sentence_of(range.start).map_or(range.end, |s| s.end.min(range.end));
    let joins = |k: usize| view.depth(k) == 0 && matches!(view.folded(k), "and" | "but");
    let mut conjunctions = (range.start + 2..end.saturating_sub(3)).filter(|&k| joins(k));
    conjunctions.find_map(|k| {
        let verb = k + 1 + usize::from(view.tables(k + 1).is_adverb());
        let (cue_end, fixed) = cue_at(view, verb, end)?;
        let outside = (k..cue_end).all(|i| view.depth(i) == 0);
        let same = outside && !view.is_capital(verb) && self::tense(view.folded(verb), view.lang) == Some(tense);
        let content = words_at(view, verb, cue_end, end)?;
        // What has no finite verb, or a subject that can not speak, does not go on with a verb of saying.
        let comma = view.word(k - 1) == "," && view.tables(cue_end).is_complementizer();
        let free = fixed || comma || !has_finite(view, &(range.start..k)) || !speaks(view, &range);
        (same && free && end - content >= 3).then_some(Second { conjunction: k, cue: verb..cue_end, content })
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tense {
    Past,
    Present,
}

/// The tense of a finite form, as far as its ending tells.
fn tense(word: &str, lang: &Language) -> Option<Tense> {
    match word {
        _ if lang.is_irregular_past(word) => Some(Tense::Past),
        _ if word.ends_with("ed") => Some(Tense::Past),
        _ if word.ends_with('s') && !word.ends_with("ss") => Some(Tense::Present),
        _ => None,
    }
}

/// Where a cue that begins at token `verb` ends, and whether it is a set phrase that nobody but the speaker can go on with.
fn cue_at(view: View<'_>, verb: usize, end: usize) -> Option<(usize, bool)> {
    let word = |i: usize| if verb + i < end { view.folded(verb + i) } else { "" };
    match [word(0), word(1), word(2), word(3)] {
        ["let", "it", "be", "known"] => Some((verb + 4, true)),
        ["made" | "makes", "it" | "its", "clear" | "plain", _] => Some((verb + 3, true)),
        ["called" | "calls", "for" | "on", _, _] | ["warned" | "warns", "of", _, _] => Some((verb + 1, false)),
        _ => view.tables(verb).is_cue().then_some((verb + 1, false)),
    }
}

/// Where the words that a cue reports begin, where no doubt is that it reports some.
fn words_at(view: View<'_>, verb: usize, cue_end: usize, end: usize) -> Option<usize> {
    if cue_end + 2 >= end {
        return None;
    }
    let word = view.folded(verb);
    let next = view.tables(cue_end);
    if next.is_complementizer() || cue_end > verb + 1 {
        return Some(cue_end);
    }
    let to = view.folded(cue_end) == "to";
    let clause = || {
        let subject = next.is_determiner() || next.is_subject_pronoun() || view.is_capital(cue_end);
        let helper = (cue_end + 1..end)
            .take(MAX_SUBJECT)
            .find(|&i| view.tables(i).is_auxiliary() || view.tables(i).ends_phrase());
        view.is_word(cue_end)
            && !next.is_preposition()
            && !to
            && (subject || helper.is_some())
            && helper.is_some_and(|i| view.tables(i).is_auxiliary())
    };
    let reports = match word {
        _ if view.lang.is_clause_verb(word) => clause() || view.depth(cue_end) > 0,
        _ if view.lang.is_promise_verb(word) => to,
        "called" | "calls" => matches!(view.folded(cue_end), "for" | "on"),
        _ => false,
    };
    let warned = matches!(word, "warned" | "warns") && view.folded(cue_end) == "of";
    let accused =
        matches!(word, "accused" | "accuses") && (cue_end + 1..end).take(MAX_SUBJECT).any(|i| view.folded(i) == "of");
    let asks = || demands(view, verb, verb + 1, &(cue_end..end));
    (reports || warned || accused || asks()).then_some(cue_end)
}

/// Whether a finite verb stands among these tokens.
fn has_finite(view: View<'_>, range: &Range<usize>) -> bool {
    range.clone().any(|i| view.depth(i) == 0 && (view.tables(i).is_auxiliary() || view.folded(i).ends_with("ed")))
}

/// Whether the subject of a reported clause can speak itself, so that its second verb can be its own.
fn speaks(view: View<'_>, range: &Range<usize>) -> bool {
    let start = range.start + usize::from(view.tables(range.start).is_complementizer());
    let verb = |i: &usize| {
        let tables = view.tables(*i);
        !tables.is_auxiliary() && (*i == start || !tables.is_verb())
    };
    (start..range.end).take(MAX_SUBJECT).take_while(verb).any(|i| {
        let tables = view.tables(i);
        tables.is_subject_pronoun() || view.is_name_word(i) || tables.is_role() || tables.is_collective()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::language;
    use crate::quotation::passage::one::{paragraph, span};

    fn split(text: &str, [source, cue, content]: [&str; 3]) -> Vec<String> {
        let lang = language("en").unwrap();
        let (_, passages) = paragraph(text);
        let span = |part| span(text, part);
        let mut found = vec![Attribution {
            content: vec![span(content)],
            cue: Some(span(cue)),
            source: Some(span(source)),
            paragraph: 0,
            confidence: 1.0,
            inferred: false,
        }];
        split_at_cues(text, &passages, lang, &mut found);
        found.iter().map(|a| format!("{} | {}", a.cue.unwrap().of(text), a.content[0].of(text))).collect()
    }

    #[test]
    fn a_second_cue_reports_for_itself() {
        let road = "The keeper said the road was open and warned that the bridge was not.";
        let whole = "the road was open and warned that the bridge was not";
        assert_eq!(
            split(road, ["The keeper", "said", whole]),
            ["said | the road was open", "warned | that the bridge was not"]
        );
        let crew = "The mayor urged the crews to rest and said the gates would open at noon.";
        let whole = "the crews to rest and said the gates would open at noon";
        assert_eq!(
            split(crew, ["The mayor", "urged", whole]),
            ["urged | the crews to rest", "said | the gates would open at noon"]
        );
    }

    #[test]
    fn whom_the_report_tells_of_may_speak_himself() {
        let tom = "The keeper said Tom Roe had called and told the crew to go home.";
        let whole = "Tom Roe had called and told the crew to go home";
        assert_eq!(split(tom, ["The keeper", "said", whole]), [format!("said | {whole}")]);
    }
}
