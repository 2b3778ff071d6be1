//! What only looks like reported speech: who is asked, who keeps silent, what is done to a thing or a person.

use std::ops::Range;

use crate::quotation::Attribution;
use crate::quotation::phrase::is_bare_noun_phrase;
use crate::quotation::source::View;
use crate::text::Span;

/// Words of a person's name with what stands in front at most.
const MAX_PERSON: usize = 6;

/// Whether nobody says what stands outside marks in this attribution.
pub(super) fn is_unsaid(view: View<'_>, attribution: &Attribution) -> bool {
    let (Some(cue), [.., content]) = (attribution.cue, attribution.content.as_slice()) else { return false };
    let (cue, content) = (view.passage.tokens_in(cue), view.passage.tokens_in(*content));
    if attribution.content.len() == 1 && is_title(view, &cue, &content) {
        return true;
    }
    if attribution.content.len() > 1 {
        let short = attribution.content.len() == 2 && view.passage.tokens_in(attribution.content[0]).len() <= 3;
        return short && attribution.source.is_none() && is_asked(view, &cue, &content, None);
    }
    if cue.is_empty() || content.is_empty() || content.clone().any(|i| view.depth(i) > 0) {
        return false;
    }
    is_asked(view, &cue, &content, attribution.source)
        || keeps_silent(view, &cue, &content)
        || withholds(view, &cue, &content, attribution.source)
        || points_elsewhere(view, &cue, &content)
        || is_told_of(view, &cue, &content)
        || is_object(view, &cue, &content)
        || is_person(view, &cue, &content)
}

/// "Asked whether it would rain, she shrugged", "the mayor was asked if it would rain": nobody has said that it would.
fn is_asked(view: View<'_>, cue: &Range<usize>, content: &Range<usize>, source: Option<Span>) -> bool {
    let asked = |i: usize| view.lang.is_questioned(view.folded(i));
    let Some(verb) = cue.clone().find(|&i| asked(i)) else { return false };
    let about = verb + 1 < cue.end && matches!(view.folded(verb + 1), "about" | "on");
    let passive = (verb.saturating_sub(3)..verb).any(|i| view.tables(i).is_passive_auxiliary());
    // A participle: begins its sentence, or stands between commas ("Lowe, asked whether it would rain, said").
    let goes_on = |i: usize| {
        let tables = view.tables(i);
        !view.is_capital(i) && (tables.is_cue() || tables.is_auxiliary() || tables.is_subject_pronoun())
    };
    let closed =
        content.end + 1 < view.passage.tokens.len() && view.word(content.end) == "," && goes_on(content.end + 1);
    let begins = view.sentence_of(verb).is_some_and(|s| s.start == verb)
        || verb > 0 && (view.word(verb - 1) == "," && closed || view.folded(verb - 1) == "when");
    let own = source.is_some_and(|s| {
        let range = view.passage.tokens_in(s);
        range.end <= verb && view.word(range.end) != "," || range.start == verb + 1
    });
    let opens = |i: usize| view.lang.begins_question(view.folded(i));
    let asks = about || (content.start..content.end.min(content.start + 4)).any(opens) || opens(verb + 1);
    asks && (passive || begins && !own) || about && is_bare_noun_phrase(view, content)
}

/// The name of a work: "The book is called "Fog Signal"".
fn is_title(view: View<'_>, cue: &Range<usize>, content: &Range<usize>) -> bool {
    let Some(last) = cue.end.checked_sub(1).filter(|_| !cue.is_empty()) else { return false };
    let called = view.lang.is_titling(view.folded(last));
    let passive = (last.saturating_sub(3)..last).any(|i| view.tables(i).is_passive_auxiliary());
    let mut words = content.clone().filter(|&i| view.is_word(i));
    let title = words.clone().count() <= 6 && view.depth(content.start) > 0;
    called
        && passive
        && title
        && words.all(|i| view.is_capital(i) || view.tables(i).is_preposition() || view.tables(i).is_determiner())
}

/// "declined to comment", "refused to be named".
fn keeps_silent(view: View<'_>, cue: &Range<usize>, content: &Range<usize>) -> bool {
    let silent = view.lang.is_refusal(view.folded(cue.end - 1));
    let to = content.start;
    let verb = match view.folded(to + 1) {
        "be" => view.folded(to + 2),
        verb => verb,
    };
    silent && view.folded(to) == "to" && view.lang.is_declined(verb)
}

/// "did not say when", "would not be drawn on it", "made no secret of", "said nothing about the bill": nothing was said.
fn withholds(view: View<'_>, cue: &Range<usize>, content: &Range<usize>, source: Option<Span>) -> bool {
    let neither = source.is_some_and(|s| {
        let first = view.passage.tokens_in(s).start;
        matches!(view.folded(first), "neither" | "nobody" | "none")
    });
    let negated = neither
        || cue.clone().any(|i| {
            view.tables(i).is_negation()
                || view.lang.is_refusal(view.folded(i))
                || matches!(view.folded(i), "refusing" | "neither")
        });
    let silent = |i: usize| {
        view.lang.is_disclosure(view.folded(i))
            || matches!(view.folded(i), "said" | "say" | "says") && i + 1 < cue.end && view.folded(i + 1) == "nothing"
    };
    let guilty = cue.clone().any(|i| view.folded(i) == "guilty");
    let that = view.folded(content.start) == "that" && !cue.clone().any(|i| view.folded(i) == "comment");
    guilty || negated && cue.clone().any(silent) && !that
}

/// Where questions are sent is no answer, and what is pointed to is no clause.
fn points_elsewhere(view: View<'_>, cue: &Range<usize>, content: &Range<usize>) -> bool {
    let last = view.folded(cue.end - 1);
    let sent = cue.clone().any(|i| matches!(view.folded(i), "refer" | "referred" | "refers"))
        && content.clone().take(3).any(|i| view.lang.is_question_noun(view.folded(i)));
    let points = matches!(last, "to" | "on")
        && view.lang.is_pointing_verb(view.folded(cue.start))
        && is_bare_noun_phrase(view, content);
    sent || points
}

/// Who is asked, expected or said to do something says nothing: "The ports will be asked to", "is thought to resist".
fn is_told_of(view: View<'_>, cue: &Range<usize>, content: &Range<usize>) -> bool {
    let named = |i: usize| view.lang.tells_of_subject(view.folded(i));
    let Some(verb) = cue.clone().rev().find(|&i| named(i)) else { return false };
    let passive = (cue.start..verb).any(|i| view.tables(i).is_passive_auxiliary());
    let appointed = matches!(view.folded(verb), "appointed" | "pronounced" | "known");
    let to = view.folded(cue.end - 1) == "to" || view.folded(content.start) == "to";
    passive && (to || appointed)
}

/// What is found, shared, expected or quoted, and no clause: "found the empty box", "expects revenue of nine billion".
fn is_object(view: View<'_>, cue: &Range<usize>, content: &Range<usize>) -> bool {
    let charged = |i: usize| view.folded(i) == "charged" && view.folded(i + 1) == "with";
    if cue.clone().any(charged) {
        return true;
    }
    let pronoun = |i: usize| view.lang.is_person_object(view.folded(i));
    let all = content.len() == 3 && view.folded(content.start) == "all" && view.folded(content.end - 1) == "them";
    let alone = content.len() == 1 && pronoun(content.start) || all;
    if alone {
        return true;
    }
    let word = view.folded(cue.end - 1);
    let clause =
        |i: usize| view.tables(i).is_auxiliary() || view.tables(i).is_complementizer() || view.folded(i) == "to";
    let adjacent = cue.end == content.start;
    match word {
        "expects" | "expect" => {
            let range = |i: usize| view.word(i + 1).starts_with(|c: char| c.is_ascii_digit());
            let clause = |i: usize| clause(i) && !(view.folded(i) == "to" && range(i));
            let number = content.clone().any(|i| view.word(i).starts_with(|c: char| c.is_ascii_digit()));
            adjacent && number && !content.clone().any(clause) && !view.is_capital(content.start)
        }
        "quoted" | "quotes" => adjacent && !content.clone().any(|i| clause(i) || view.folded(i) == "as"),
        "found" | "finds" => {
            let article = view.lang.is_article_or_his(view.folded(content.start));
            adjacent && article && is_bare_noun_phrase(view, content)
        }
        _ if view.lang.is_decision_verb(word) => adjacent && (is_bare_noun_phrase(view, content) || content.len() == 1),
        _ if view.lang.is_handling_verb(word) => adjacent && is_bare_noun_phrase(view, content),
        _ => false,
    }
}

/// Who is criticised, not what: "criticised referee Ann Lowe".
fn is_person(view: View<'_>, cue: &Range<usize>, content: &Range<usize>) -> bool {
    let verb = view.lang.is_reproach(view.folded(cue.end - 1));
    let name = content.clone().rev().take_while(|&i| view.is_name_word(i)).count();
    let front = content.start..content.end - name;
    let role = front.clone().all(|i| {
        view.is_word(i)
            && (view.tables(i).is_role() || view.tables(i).is_role_modifier() || view.tables(i).is_determiner())
    });
    verb && cue.end == content.start
        && content.len() <= MAX_PERSON
        && name >= 1
        && role
        && (!front.is_empty() || name == 2 && view.tables(content.start).is_given_name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::language;
    use crate::quotation::passage::one::{paragraph, span};

    fn unsaid(text: &str, [source, cue, content]: [&str; 3]) -> bool {
        let lang = language("en").unwrap();
        let (_, passages) = paragraph(text);
        let span = |part| span(text, part);
        let one = Attribution {
            content: vec![span(content)],
            cue: Some(span(cue)),
            source: Some(span(source)),
            paragraph: 0,
            confidence: 1.0,
            inferred: false,
        };
        is_unsaid(View { text, passage: &passages[0], lang }, &one)
    }

    #[test]
    fn silence_and_bare_objects_say_nothing() {
        for (text, parts) in [
            ("She did not say when it would open.", ["She", "did not say", "when it would open"]),
            ("The port would not be drawn on the cost.", ["The port", "would not be drawn on", "the cost"]),
            ("The army did not respond to a request.", ["The army", "did not respond to", "a request"]),
            ("The port said nothing about the cost.", ["The port", "said nothing about", "the cost"]),
            ("The treasury is thought to resist it.", ["The treasury", "is thought", "to resist it"]),
            ("A spokesman referred questions to the army.", ["A spokesman", "referred", "questions to the army"]),
            ("The council rejected the charge.", ["The council", "rejected", "the charge"]),
        ] {
            assert!(unsaid(text, parts), "{text}");
        }
        for (text, parts) in [
            ("She did not say that it would open.", ["She", "did not say", "that it would open"]),
            ("The mayor denied the charge was new.", ["The mayor", "denied", "the charge was new"]),
            ("The port does not expect rain.", ["The port", "does not expect", "rain"]),
        ] {
            assert!(!unsaid(text, parts), "{text}");
        }
    }
}
