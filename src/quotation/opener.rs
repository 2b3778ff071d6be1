//! Words in front of a name that are written like a part of it, and given names that are written like a title or a day.

use std::ops::Range;

use crate::lang::Gender;
use crate::quotation::facts::is_person_noun;
use crate::quotation::source::View;

/// Whether token `i`, a title that is also a given name, is one here: "farm manager Dean Holt", "Earl Holt, 41,".
pub(super) fn is_given_title(view: View<'_>, i: usize, run: &Range<usize>) -> bool {
    if i + 2 != run.end || view.word(i + 1) == "." {
        return false;
    }
    // "Mayor Don Holt"
    if i > run.start {
        let whole = view.lang.role_at([view.folded(run.start), view.folded(i)]).is_some_and(|r| r.0 == 2);
        let office = |j: usize| view.tables(j).is_role() && !view.tables(j).is_given_name() && !whole;
        return i == run.start + 1 && office(run.start) && !matches!(view.folded(i), "lord" | "king" | "prince");
    }
    let number = |j: usize| view.passage.tokens.get(j).is_some_and(|t| t.kind == crate::text::TokenKind::Number);
    let aged = view.word(run.end) == "," && number(run.end + 1);
    let before = i.checked_sub(1).filter(|&b| view.is_word(b) && !view.is_capital(b));
    aged || before.is_some_and(|b| view.tables(b).is_role() || view.lang.is_agent(view.folded(b)))
}

/// The gender that the possessive before an honorific tells ("Her Excellency").
pub(super) fn honorific_gender(view: View<'_>, i: usize) -> Option<Gender> {
    let before = i.checked_sub(1).filter(|_| view.lang.is_honorific(view.folded(i)))?;
    let before = if view.folded(before) == "royal" { before.checked_sub(1)? } else { before };
    view.lang.pronoun(view.folded(before)).map(|p| p.gender).filter(|g| matches!(g, Gender::Female | Gender::Male))
}

/// "a driver, Sunday Okafor, said": the name of a day that is somebody's given name.
pub(super) fn is_given_day(view: View<'_>, run: &Range<usize>) -> bool {
    let n = view.passage.tokens.len();
    let whole = run.len() == 2 && view.is_word(run.start + 1) && !view.tables(run.start + 1).is_time_word();
    let Some(before) = run.start.checked_sub(1).filter(|_| whole) else { return false };
    let small = |i: usize| view.is_word(i) && !view.is_capital(i);
    let what = |i: usize| view.is_word(i) && (view.tables(i).is_role() || view.lang.is_agent(view.folded(i)));
    let behind_role = what(before) || view.word(before) == "," && before > 0 && what(before - 1);
    let closes = run.end >= n
        || matches!(view.word(run.end), "," | "(" | ".")
        || small(run.end) && (view.tables(run.end).is_cue() || view.tables(run.end).is_auxiliary());
    behind_role && closes
}

/// Whether the first word of a sentence was written together with the full name behind it: "Heartbroken Ann Lowe",
/// "Tell Ann Lowe".
pub(super) fn is_glued(view: View<'_>, run: &Range<usize>) -> bool {
    let i = run.start;
    let opens = i == 0 || view.is_mark(i - 1) || view.depth(i - 1) != view.depth(i);
    let plain = |j: usize| view.is_word(j) && !view.is_mark(j);
    if !opens || run.len() < 3 || !(i..i + 3).all(plain) {
        return false;
    }
    let (first, second, word) = (view.tables(i), view.tables(i + 1), view.folded(i));
    let participle = word.len() > 5 && word.ends_with("ed") && !view.lang.is_name_in_ed(word);
    second.is_given_name()
        && !second.is_name_particle()
        && !first.is_given_name()
        && !first.is_surname_first()
        && (first.is_cue()
            || first.is_verb()
            || first.is_adverb()
            || first.is_preposition()
            || first.is_conjunction()
            || first.is_auxiliary()
            || first.ends_phrase()
            || participle
            || view.lang.is_epithet(word))
}

/// Whether token `i` begins its sentence.
pub(super) fn begins_sentence(view: View<'_>, i: usize) -> bool {
    view.sentence_of(i).is_some_and(|s| s.start == i)
}

/// "Reacting," at the beginning of a sentence.
pub(super) fn opens_clause(view: View<'_>, name: &Range<usize>) -> bool {
    name.end < view.passage.tokens.len() && view.word(name.end) == "," && begins_sentence(view, name.start)
}

/// "captain Will Lowe", "his captain, Will Lowe": behind a role and perhaps a comma.
pub(super) fn is_behind_role(view: View<'_>, i: usize) -> bool {
    let comma = usize::from(i > 1 && view.word(i - 1) == ",");
    i > comma && view.tables(i - 1 - comma).is_role()
}

/// Whether a preposition stands before a name and the small words of its office: "by Ann Lowe", "by moderator Ann Lowe".
pub(super) fn is_prefixed(view: View<'_>, start: usize) -> bool {
    let office = |i: &usize| {
        let tables = view.tables(*i);
        !view.is_capital(*i) && (tables.is_role() || tables.is_role_modifier())
    };
    let office = (0..start).rev().take(4).take_while(office).last().unwrap_or(start);
    office > 0 && view.tables(office - 1).is_preposition()
}

/// Whether an office in small words and a name stand behind words that end before token `end`: "Northline Sugar managing
/// director Ann Lowe". `to`: where the name must begin before.
pub(super) fn is_before_office(view: View<'_>, end: usize, to: usize) -> bool {
    let part = |i: &usize| {
        let tables = view.tables(*i);
        let joint = matches!(view.word(*i), "-" | "‑");
        let small = view.is_word(*i) && !view.is_capital(*i) && !tables.is_auxiliary() && !tables.ends_phrase();
        view.depth(*i) == 0 && (joint || small && !tables.is_preposition() && !tables.is_determiner())
    };
    let last = (end..to.min(end + 5)).take_while(part).last();
    last.is_some_and(|i| view.tables(i).is_role() && i + 1 < to && view.is_name_word(i + 1) && view.depth(i + 1) == 0)
}

/// Whether "-based" stands behind token `i`: "Lisbon-based".
pub(super) fn is_based(view: View<'_>, i: usize) -> bool {
    i + 2 < view.passage.tokens.len() && view.word(i + 1) == "-" && view.folded(i + 2) == "based"
}

/// Whether token `i` is a title only behind the one at `start`: "Tan Sri Ann Lowe".
pub(super) fn is_second_title(view: View<'_>, i: usize, start: usize) -> bool {
    i == start + 1 && view.folded(start) == "tan" && matches!(view.folded(i), "sri" | "seri")
}

/// The gender that "Ma" or "Ko" tells before a name where [`has_burmese_titles`].
pub(super) fn burmese_title(view: View<'_>, i: usize) -> Option<Gender> {
    match view.word(i) {
        "Ma" => Some(Gender::Female),
        "Ko" => Some(Gender::Male),
        _ => None,
    }
}

/// Whether an article calls somebody "U" or "Daw". It reads all of the text: ask once.
pub(super) fn has_burmese_titles(text: &str) -> bool {
    let titled = |title: &str| {
        text.match_indices(title).take(50).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let behind = text[at + title.len()..].chars().next();
            before.is_none_or(|c| !c.is_alphanumeric() && c != '.') && behind.is_some_and(char::is_uppercase)
        })
    };
    titled("U ") || titled("Daw ")
}

/// Whether an age stands behind a name that ends before token `end`: "Lowe, 31, rides".
pub(super) fn has_age(view: View<'_>, end: usize) -> bool {
    let tokens = &view.passage.tokens;
    let number = || view.word(end + 1).parse::<u16>().is_ok_and(|n| (5..=110).contains(&n));
    let plain = || view.word(end) == "," && number() && matches!(view.word(end + 2), "," | ".");
    let bracket = || view.word(end) == "(" && number() && view.word(end + 2) == ")";
    // "Lowe, aged 31"
    let told = || view.word(end) == "," && view.folded(end + 1) == "aged";
    end + 2 < tokens.len() && (plain() || bracket() || told())
}

/// "Ann Lowe, who rides": behind no article, no "of", and no comma, of which the words in front may be told.
pub(super) fn is_who(view: View<'_>, run: &Range<usize>, end: usize) -> bool {
    let n = view.passage.tokens.len();
    let free = run.start.checked_sub(1).is_none_or(|b| {
        let tables = view.tables(b);
        !tables.is_determiner() && !tables.is_preposition() && view.word(b) != ","
    });
    run.len() >= 2 && free && end + 1 < n && view.word(end) == "," && view.folded(end + 1) == "who"
}

/// Whether a name begins with initials: "J.P. Lowe", "S. Lowe".
pub(super) fn has_initials(view: View<'_>, name: &Range<usize>) -> bool {
    let initials = view.word(name.start).chars().filter(|c| *c != '.').count();
    let dotted = view.word(name.start).ends_with('.') || view.word(name.start + 1) == ".";
    let last = view.word(name.end - 1).chars().filter(|c| c.is_lowercase()).count();
    name.len() >= 2 && dotted && initials <= 2 && last >= 2
}

/// Whether the words before token `i` say that a name follows: "who goes by the name of", "who gave her name as".
pub(super) fn is_naming(view: View<'_>, i: usize) -> bool {
    let word = |n: usize| i.checked_sub(n).map_or("", |j| view.folded(j));
    let name = word(2) == "name" && matches!(word(1), "of" | "as") && !matches!(word(4), "in" | "under" | "on");
    // "who goes by the call sign"
    let sign = view.lang.is_alias_noun(word(1)) && (3..=5).any(|n| view.lang.links_alias(word(n)));
    name || sign || matches!(word(2), "goes" | "went" | "going") && word(1) == "by" || is_called(view, i)
}

/// Whether "a fisherman called" stands before token `i`.
fn is_called(view: View<'_>, i: usize) -> bool {
    let Some(noun) = i.checked_sub(2) else { return false };
    let small = |j: usize| view.is_word(j) && !view.is_capital(j);
    let person = || view.tables(noun).is_role() || is_person_noun(view, noun);
    let article = || (noun.saturating_sub(3)..noun).any(|j| matches!(view.folded(j), "a" | "an" | "one"));
    matches!(view.folded(i - 1), "called" | "named") && small(noun) && person() && article()
}
