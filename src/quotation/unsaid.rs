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
    let (Some(cue), [content]) = (attribution.cue, attribution.content.as_slice()) else { return false };
    let (cue, content) = (view.passage.tokens_in(cue), view.passage.tokens_in(*content));
    if cue.is_empty() || content.is_empty() || content.clone().any(|i| view.depth(i) > 0) {
        return false;
    }
    is_asked(view, &cue, &content, attribution.source)
        || keeps_silent(view, &cue, &content)
        || is_object(view, &cue, &content)
        || is_person(view, &cue, &content)
}

/// "Asked whether it would rain, she shrugged", "the mayor was asked if it would rain": nobody has said that it would.
fn is_asked(view: View<'_>, cue: &Range<usize>, content: &Range<usize>, source: Option<Span>) -> bool {
    let asked = |i: usize| matches!(view.folded(i), "asked" | "quizzed" | "questioned" | "pressed");
    let Some(verb) = cue.clone().find(|&i| asked(i)) else { return false };
    let about = verb + 1 < cue.end && matches!(view.folded(verb + 1), "about" | "on");
    let passive = (verb.saturating_sub(3)..verb).any(|i| view.tables(i).is_passive_auxiliary());
    // A participle: begins its sentence or stands behind the comma of a name, which the cue's source is not.
    let begins = view.passage.sentences.iter().any(|s| s.start == verb)
        || verb > 0 && (view.word(verb - 1) == "," || view.folded(verb - 1) == "when");
    let own = source.is_some_and(|s| {
        let range = view.passage.tokens_in(s);
        range.end <= verb && view.word(range.end) != ","
    });
    let opens = |i: usize| {
        matches!(view.folded(i), "whether" | "if" | "about" | "how" | "what" | "why" | "who" | "when" | "where")
    };
    let asks = about || (content.start..content.end.min(content.start + 4)).any(opens) || opens(verb + 1);
    asks && (passive || begins && !own) || about && is_bare_noun_phrase(view, content)
}

/// "declined to comment", "refused to be named".
fn keeps_silent(view: View<'_>, cue: &Range<usize>, content: &Range<usize>) -> bool {
    let silent = matches!(view.folded(cue.end - 1), "declined" | "declines" | "refused" | "refuses" | "declining");
    let to = content.start;
    let verb = match view.folded(to + 1) {
        "be" => view.folded(to + 2),
        verb => verb,
    };
    silent
        && view.folded(to) == "to"
        && matches!(verb, "comment" | "answer" | "respond" | "elaborate" | "named" | "identified" | "drawn" | "interviewed")
}

/// What is found, shared, expected or quoted, and no clause: "found the empty box", "expects revenue of nine billion".
fn is_object(view: View<'_>, cue: &Range<usize>, content: &Range<usize>) -> bool {
    let charged = |i: usize| view.folded(i) == "charged" && view.folded(i + 1) == "with";
    if cue.clone().any(charged) {
        return true;
    }
    let alone = content.len() == 1 && matches!(view.folded(content.start), "it" | "him" | "her" | "them" | "that" | "this" | "me" | "us")
        || content.len() == 3 && view.folded(content.start) == "all" && matches!(view.folded(content.end - 1), "them" | "it");
    if alone {
        return true;
    }
    let word = view.folded(cue.end - 1);
    let clause = |i: usize| view.tables(i).is_auxiliary() || view.tables(i).is_complementizer() || view.folded(i) == "to";
    let adjacent = cue.end == content.start;
    match word {
        "expects" | "expected" => {
            let number = content.clone().any(|i| view.word(i).starts_with(|c: char| c.is_ascii_digit()));
            adjacent && number && !content.clone().any(clause) && !view.is_capital(content.start)
        }
        "quoted" | "quotes" => adjacent && !content.clone().any(|i| clause(i) || view.folded(i) == "as"),
        "found" | "finds" => {
            let article = matches!(view.folded(content.start), "the" | "a" | "an" | "his" | "her");
            adjacent && article && is_bare_noun_phrase(view, content)
        }
        "shared" | "shares" | "embraced" | "embraces" | "refused" | "negotiated" | "published" | "met" | "carried" => {
            adjacent && is_bare_noun_phrase(view, content)
        }
        _ => false,
    }
}

/// Who is criticised, not what: "criticised referee Ann Lowe".
fn is_person(view: View<'_>, cue: &Range<usize>, content: &Range<usize>) -> bool {
    let verb = matches!(
        view.folded(cue.end - 1),
        "attacked" | "berated" | "blasted" | "criticised" | "criticized" | "mocked" | "rebuked" | "scolded" | "slammed" | "thanked"
    );
    let name = content.clone().rev().take_while(|&i| view.is_name_word(i)).count();
    let front = content.start..content.end - name;
    let role = front.clone().all(|i| view.is_word(i) && (view.tables(i).is_role() || view.tables(i).is_role_modifier() || view.tables(i).is_determiner()));
    verb && cue.end == content.start && content.len() <= MAX_PERSON && name >= 1 && role && (!front.is_empty() || name == 2 && view.tables(content.start).is_given_name())
}
