//! Sentences that are reported without marks in front of their cue or around it.

use std::ops::Range;

use crate::lang::CueClass;
use crate::quotation::Attribution;
use crate::quotation::plain_report::{MIN_PRONOUN_CLAUSE, is_finite, speaks, tokens, verb};
use crate::quotation::source::View;

/// Tokens of a reported sentence at least, and behind its cue at most.
const MIN_REPORTED: usize = 8;
const MAX_TAIL: usize = 12;
/// Tokens of a dateline at most.
const MAX_DATELINE: usize = 12;

/// Whether a whole sentence is reported before its cue: "The gates were opened on time, Minister Ann Lowe said here today.",
/// "The toll could rise, said a doctor in Zouar."
pub(super) fn is_closed_by_cue(view: View<'_>, attribution: &Attribution) -> bool {
    let Some([content, cue, source]) = tokens(view, attribution) else { return false };
    let content = behind_dateline(view, &content);
    let Some(sentence) = view.sentence_of(content.start) else { return false };
    if source.is_empty() {
        return false;
    }
    let fronted = view.tables(cue.start).is_attributive() && cue.start == sentence.start;
    if fronted {
        // "According to Ann Lowe, the phone rang unanswered."
        let adjacent = cue.end == source.start && content.start == source.end + 1;
        return adjacent && content.clone().skip(1).any(|i| is_outer_verb(view, i));
    }
    let parted = content.clone().any(|i| {
        view.depth(i) == 0 && (matches!(view.word(i), ";" | ":") || matches!(view.folded(i), "while" | "whereas"))
    });
    let asked = view.lang.is_approached(view.folded(content.start));
    if view.word(content.end) != "," || parted || asked {
        return false;
    }
    // A dateline may stand in front.
    let opens = content.start <= sentence.start + 1
        || content.start <= sentence.start + MAX_DATELINE && view.is_mark(content.start - 1);
    if view.tables(cue.start).is_attributive() {
        let adjacent = content.end + 1 == cue.start && cue.end == source.start;
        return opens && adjacent && is_main_clause(view, &content);
    }
    let Some(verb) = verb(view, &cue) else { return false };
    let tail = (cue.end.max(source.end)..sentence.end).take_while(|&i| view.word(i) != ",");
    let short = tail.clone().count() <= MAX_TAIL && tail.clone().all(|i| view.depth(i) == 0);
    let comma = |i: usize| view.word(i) == "," && i == source.end && source.clone().any(|k| view.word(k) == ",");
    let adverbs = (source.end..cue.start).all(|i| view.is_word(i) && view.tables(i).is_adverb() || comma(i));
    let behind = source.end <= cue.start && content.end + 1 == source.start && adverbs;
    let inverted = cue.len() == 1 && content.end + 1 == cue.start && cue.end == source.start;
    let long = cue.len() == 1
        && source.end == cue.start
        && content.len() >= MIN_REPORTED
        && content.clone().any(|i| is_outer_verb(view, i));
    if !opens || !short {
        return false;
    }
    behind && closes(view, verb) && (long || is_main_clause(view, &content))
        || inverted
            && view.lang.is_inverting_verb(view.folded(verb))
            && (is_main_clause(view, &content) || is_unbroken(view, &content))
            && (speaks(view, &source)
                || view.tables(source.start).is_determiner()
                || view.tables(source.start).is_role())
            && (source.end >= sentence.end || view.is_mark(source.end) || !view.tables(source.end).is_auxiliary())
}

/// Where the report begins behind a dateline at the beginning of its paragraph: "NEW DELHI: India", "Lima, May 2 (NEI) - Peru".
fn behind_dateline(view: View<'_>, content: &Range<usize>) -> Range<usize> {
    let part = |i: &usize| {
        view.depth(*i) == 0
            && (view.is_capital(*i) || !view.is_word(*i) && !matches!(view.word(*i), ":" | "—" | "–" | "―"))
    };
    let end = content.start + content.clone().take(MAX_DATELINE).take_while(part).count();
    let upper = view.word(content.start).len() > 2 && !view.word(content.start).bytes().any(|b| b.is_ascii_lowercase());
    let dash = end > content.start && end + 2 < content.end && view.is_mark(end) && view.depth(end) == 0;
    if content.start == 0 && dash && upper { end + 1..content.end } else { content.clone() }
}

/// Leaves out a dateline of what is reported.
pub(super) fn drop_dateline(view: View<'_>, attribution: &mut Attribution) {
    if let [content] = attribution.content.as_mut_slice() {
        let range = behind_dateline(view, &view.passage.tokens_in(*content));
        if !range.is_empty() {
            content.start = content.start.max(view.passage.tokens[range.start].span.start);
        }
    }
}

/// Whether words stand here without a comma or a relative clause: in front of "says Ann Lowe" a sentence whose verb no table has.
fn is_unbroken(view: View<'_>, content: &Range<usize>) -> bool {
    let first = view.tables(content.start);
    let plain = |i: usize| view.is_word(i) && !view.tables(i).ends_phrase();
    content.len() > MIN_PRONOUN_CLAUSE
        && !first.is_preposition()
        && !first.is_conjunction()
        && content.clone().all(plain)
}

/// Whether a sentence is reported around its cue: "The charcoal, she complained, had gone up."
pub(super) fn is_around_cue(view: View<'_>, attribution: &Attribution) -> bool {
    let ([a, b], Some(cue), Some(source)) = (attribution.content.as_slice(), attribution.cue, attribution.source)
    else {
        return false;
    };
    let [a, b, cue, source] = [*a, *b, cue, source].map(|span| view.passage.tokens_in(span));
    let Some(sentence) = view.sentence_of(a.start) else { return false };
    let parted = b.clone().any(|i| view.depth(i) == 0 && view.word(i) == ";");
    let outside = a.clone().all(|i| view.depth(i) == 0) && !b.is_empty() && view.depth(b.start) == 0 && !parted;
    let closed = b.end <= sentence.end && b.end + 3 > sentence.end;
    let around = a.end + 1 == source.start && source.end <= cue.start && cue.end < b.start;
    let commas = || view.word(a.end) == "," && view.word(b.start - 1) == ",";
    let pronoun = source.len() == 1 && view.tables(source.start).is_subject_pronoun();
    outside
        && closed
        && around
        && commas()
        && a.start <= sentence.start + 1
        && (pronoun || speaks(view, &source))
        && verb(view, &cue).is_some()
}

/// A finite verb outside of marks.
fn is_outer_verb(view: View<'_>, i: usize) -> bool {
    view.depth(i) == 0 && is_finite(view, i)
}

/// Whether a clause begins with its subject and has a verb of its own in front of its first comma: not "Ann Lowe, who".
fn is_main_clause(view: View<'_>, content: &Range<usize>) -> bool {
    let first = view.tables(content.start);
    let asked = view.folded(content.start).ends_with("ing") || view.folded(content.start).ends_with("ed");
    if content.len() < MIN_PRONOUN_CLAUSE
        || first.is_preposition()
        || first.is_conjunction()
        || first.ends_phrase()
        || asked
    {
        return false;
    }
    let mut verbs = 0;
    for i in (content.start + 1..content.end).take_while(|&i| view.word(i) != ",") {
        let relative = view.is_word(i) && view.lang.begins_relative(view.folded(i));
        let by = i + 1 < content.end && matches!(view.folded(i + 1), "by" | "in") && !view.tables(i).is_auxiliary();
        let infinitive = view.folded(i - 1) == "to";
        if is_outer_verb(view, i) && !by && !infinitive {
            let chain = verbs > 0 && is_outer_verb(view, i - 1);
            verbs += if chain { 0 } else { 1 };
        }
        verbs -= i32::from(relative);
    }
    verbs > 0
}

/// Verbs behind a sentence that was said, written, thought or shown.
fn closes(view: View<'_>, verb: usize) -> bool {
    let word = view.folded(verb);
    let tables = view.tables(verb);
    view.lang.is_inverting_verb(word)
        || matches!(tables.cue_class(), Some(CueClass::Say | CueClass::Announce)) && !tables.is_rarely_cue()
        || view.lang.is_closing_verb(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::language;
    use crate::quotation::passage::one::paragraph;
    use crate::quotation::{Extractor, Rules};

    /// What the rules read before or around a cue.
    fn said(text: &str) -> Vec<String> {
        let lang = language("en").unwrap();
        let (document, passages) = paragraph(text);
        let view = View { text, passage: &passages[0], lang };
        let found = Rules.attributions(&document, &passages, lang);
        let whole = found.into_iter().filter(|a| is_closed_by_cue(view, a) || is_around_cue(view, a));
        whole.map(|a| a.content.iter().map(|c| c.of(text)).collect::<Vec<_>>().join(" / ")).collect()
    }

    #[test]
    fn sentences_end_at_their_cue_or_stand_around_it() {
        for (text, content) in [
            ("The toll could rise, a doctor said.", "The toll could rise"),
            ("The toll could rise, said a doctor in the port.", "The toll could rise"),
            ("The wall has been repaired, the company has told a committee.", "The wall has been repaired"),
            ("The dam has cost nine million, the bank estimates.", "The dam has cost nine million"),
            ("The wall was weak, according to Ann Lowe.", "The wall was weak"),
            ("According to Ann Lowe, the wall was weak.", "the wall was weak"),
            ("The charcoal, she complained, had gone up.", "The charcoal / had gone up"),
            (
                "The road is shut, she said in a letter, and the bridge is open.",
                "The road is shut / and the bridge is open",
            ),
        ] {
            assert_eq!(said(text), [content], "{text}");
        }
    }

    #[test]
    fn subjects_and_questions_are_not_said() {
        for text in [
            "Ann Lowe, who got to the port at nine, said the captain was asleep.",
            "Asked whether the dam was safe, the minister said.",
            "In a letter to the board, the company said.",
        ] {
            assert_eq!(said(text), [""; 0], "{text}");
        }
    }
}
