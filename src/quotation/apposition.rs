//! Roles beside a name: in front of it, in an apposition before or behind it.

use std::collections::BTreeSet;
use std::ops::Range;

use smallvec::SmallVec;

use crate::lang::{CueClass, Gender, Language, RoleClass, TermKind};
use crate::quotation::role::{refs, role_phrase};
use crate::quotation::source::{View, spaced};
use crate::text::folded;

/// A role that the article gives to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Role {
    pub(super) class: RoleClass,
    /// Roles of one group are synonyms (speaker, chairperson, head).
    pub(super) group: &'static str,
    /// Folded words of the phrase besides the role noun, with the synonyms of its organization.
    pub(super) modifiers: BTreeSet<String>,
    pub(super) organization: Option<String>,
    pub(super) country: Option<&'static str>,
    /// The gender that the role noun tells.
    pub(super) gender: Option<Gender>,
}

/// The role of a person whose name is `name` and begins, with titles and roles, at `run_start`.
pub(super) fn role_beside(view: View<'_>, run_start: usize, name: &Range<usize>) -> Option<Role> {
    role_before(view, run_start, name.start)
        .or_else(|| role_before_comma(view, run_start))
        .or_else(|| role_behind(view, name.end))
}

/// The role in front of a name: "Russian Federation Council (upper house of parliament) Chairperson".
fn role_before(view: View<'_>, run_start: usize, name_start: usize) -> Option<Role> {
    // Lower-case words directly before the run ("North Korean leader Kim") and everything of the run before the name.
    // "the head of X", "a spokesman for the X": the name is what the role belongs to.
    let small = |i: usize| view.is_word(i) && !view.is_capital(i);
    let link = |i: usize| small(i) && (view.tables(i).is_preposition() || view.tables(i).is_conjunction());
    let before = run_start.checked_sub(1);
    if run_start == name_start
        && before.is_some_and(|b| link(b) || small(b) && view.tables(b).is_determiner() && b > 0 && link(b - 1))
    {
        return None;
    }
    let mut start = run_start;
    let mut budget = 14;
    while start > 0 && budget > 0 {
        let i = start - 1;
        budget -= 1;
        if view.depth(i) != view.depth(run_start) {
            break;
        }
        let tables = view.tables(i);
        if view.is_mark(i) {
            match view.word(i) {
                ")" => match (i.saturating_sub(12)..i).rev().find(|&j| view.word(j) == "(") {
                    Some(open) => {
                        start = open;
                        continue;
                    }
                    None => break,
                },
                "-" | "‑" | "&" | "/" => {}
                // "Minister of Economy, Trade and Industry X"
                "," if i > 1 && view.is_capital(i - 1) && view.tables(i - 1).is_portfolio() && start < run_start => {}
                _ => break,
            }
        } else if !(view.is_capital(i)
            || tables.is_role()
            || tables.is_organization_head()
            || tables.is_role_modifier()
            || view.lang.joins_name(view.folded(i)))
        {
            break;
        }
        start = i;
    }
    phrase_role(view, start..name_start, true)
}

/// The role in front of a name in apposition: "The leader of the opposition, X,".
fn role_before_comma(view: View<'_>, run_start: usize) -> Option<Role> {
    let comma = run_start.checked_sub(1).filter(|&c| view.word(c) == "," && view.depth(c) == view.depth(run_start))?;
    let mut start = comma;
    while start > 0
        && comma - start < 12
        && view.is_word(start - 1)
        && !view.tables(start - 1).ends_phrase()
        && !view.tables(start - 1).is_auxiliary()
        && view.tables(start - 1).cue_class().is_none_or(|_| view.tables(start - 1).is_also_noun())
    {
        start -= 1;
    }
    let ends_in_role = view.tables(comma.checked_sub(1)?).is_role();
    let role = phrase_role(view, start..comma, true)?;
    let linked = (start..comma).any(|i| matches!(view.word(i), "of" | "for" | "at"));
    (ends_in_role || linked).then_some(role)
}

/// The role in an apposition behind a name: "X, the upper house chief,".
fn role_behind(view: View<'_>, from: usize) -> Option<Role> {
    let n = view.passage.tokens.len();
    if from + 1 >= n || view.word(from) != "," || view.depth(from) > 0 {
        return None;
    }
    let first = view.tables(from + 1);
    if !(first.is_determiner() || first.is_role() || view.is_capital(from + 1) || first.is_role_modifier()) {
        return None;
    }
    let end = (from + 1..n.min(from + 18))
        .find(|&i| view.depth(i) > 0 || view.is_mark(i) && matches!(view.word(i), "," | "." | ";" | "—" | "("))
        .unwrap_or(n.min(from + 18));
    // A verb or cue would make it a clause of its own.
    let clause = (from + 1..end).any(|i| {
        view.is_word(i)
            && !view.is_capital(i)
            && (view.tables(i).is_auxiliary()
                || view.tables(i).is_subject_pronoun()
                || view.tables(i).cue_class() == Some(CueClass::Say))
    });
    if clause { None } else { phrase_role(view, from + 1..end, false) }
}

/// The role that a phrase names. `last`: the role noun must stand at its end, as before a name.
pub(super) fn phrase_role(view: View<'_>, range: Range<usize>, last: bool) -> Option<Role> {
    // Most phrases have none.
    if !range.clone().any(|i| view.bare_tables(i).begins_role()) {
        return None;
    }
    let words: SmallVec<[&str; 16]> = range.clone().map(|i| view.bare(i)).collect();
    let phrase = role_phrase(&words, &|i| view.is_capital(range.start + i), view.lang)?;
    let end = phrase.head.0 + phrase.head.1;
    if last {
        let is_link = words.get(end).is_some_and(|w| view.lang.is_preposition(w));
        let plain = words[end..].iter().any(|w| {
            w.chars().any(char::is_alphanumeric)
                && view.lang.title(w).is_none()
                && !view.lang.tables(w).is_dotted_title()
        });
        if plain && !is_link {
            return None;
        }
    }
    let organization = phrase
        .organization
        .map(|(first, n)| view.span(&(range.start + first..range.start + first + n)).of(view.text).to_owned())
        .or_else(|| capitalised_organization(view, &range));
    Some(Role {
        class: phrase.class,
        group: phrase.group,
        modifiers: phrase.modifiers,
        organization,
        country: phrase.country,
        gender: phrase.gender,
    })
}

/// A run of capitalised words with an organization's head noun in it ("Kiel Economic Institute").
fn capitalised_organization(view: View<'_>, range: &Range<usize>) -> Option<String> {
    let mut i = range.start;
    while i < range.end {
        if !(view.is_word(i) && view.is_capital(i)) {
            i += 1;
            continue;
        }
        let mut end = i;
        while end < range.end
            && (view.is_word(end) && view.is_capital(end)
                || end + 1 < range.end
                    && end > i
                    && ((view.lang.joins_name(view.word(end)) || matches!(view.word(end), "-" | "&"))
                        && view.is_capital(end + 1)))
        {
            end += 1;
        }
        let words = i..end;
        if words.clone().any(|j| view.tables(j).is_organization_head()) {
            return Some(view.span(&words).of(view.text).to_owned());
        }
        i = end.max(i + 1);
    }
    None
}

/// The name of a body without "the" and without the adjective of its country ("Russian Federation Council").
pub(super) fn bare_organization(name: &str, lang: &Language) -> String {
    if name.is_ascii() {
        let lower = name.to_ascii_lowercase();
        return without_country(name, &lower.split_ascii_whitespace().collect::<SmallVec<[&str; 8]>>(), lang);
    }
    let words: Vec<String> = name.split_whitespace().map(folded).collect();
    without_country(name, &refs(&words), lang)
}

/// ... `words`: its folded words.
fn without_country(name: &str, words: &[&str], lang: &Language) -> String {
    let cut = |n: usize| {
        let rest = (0..n).fold(name, |rest, _| {
            let rest = rest.trim_start();
            rest.find(char::is_whitespace).map_or("", |end| &rest[end..])
        });
        spaced(rest.trim())
    };
    let the = usize::from(words.len() > 1 && words.first().is_some_and(|w| lang.is_determiner(w)));
    let Some((n, _, kind)) = lang
        .country_at(&words[the..])
        .filter(|c| c.2 == TermKind::Adjective || lang.organization_at(&words[the + 1..]).is_some())
    else {
        return cut(the);
    };
    // "Russian Federation" is a name of the state too: the shortest adjective is tried first.
    let n = (1..=n).find(|&n| lang.is_country_term(&words[the..the + n].join(" "))).unwrap_or(n);
    let rest = &words[the + n..];
    let known = lang.organization_at(rest).is_some_and(|(k, _)| k == rest.len());
    let whole = lang.organization_at(&words[the..]).is_some_and(|(k, _)| k == words.len() - the);
    let headed = rest.len() > 1 && rest.iter().any(|w| lang.is_organization_head(w));
    let _ = kind;
    if known || !whole && headed { cut(the + n) } else { cut(the) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::language;

    #[test]
    fn organizations_lose_their_country() {
        let lang = language("en").unwrap();
        for (name, bare) in [
            ("Russian Federation Council", "Federation Council"),
            ("the Kazakh Senate", "Senate"),
            ("World Health Organization", "World Health Organization"),
            ("North Korea", "North Korea"),
        ] {
            assert_eq!(bare_organization(name, lang), bare);
        }
    }
}
