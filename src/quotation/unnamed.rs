//! Sources that are no persons with a name: bodies ("the ministry", "Pyongyang"), groups, unnamed officials.

use std::ops::Range;

use crate::lang::{Language, OrganizationType, SourceKind, TermKind};
use crate::quotation::Speaker;
use crate::quotation::apposition::{bare_organization, phrase_role};
use crate::quotation::bodies::without_form;
use crate::quotation::role::collective_at_end;
use crate::quotation::source::View;
use crate::quotation::speaker::{Referent, Resolver};

impl Resolver<'_> {
    /// A body ("the ministry", "Pyongyang") or a group ("officials").
    pub(super) fn body(&self, view: View<'_>, range: Range<usize>, at: usize) -> Referent {
        let speaker = self.unnamed(view, range.clone());
        let kind = collective_at_end(&view.words(&noun_range(view, &range)), self.lang);
        // "the United States", "the Netherlands"
        let country = || {
            let start = range.start + usize::from(view.folded(range.start) == "the");
            let words: Vec<&str> = (start..range.end).map(|i| view.folded(i)).collect();
            start + 1 < range.end
                && self.lang.country_at(&words).is_some_and(|c| c.0 == words.len() && c.2 == TermKind::Name)
        };
        if matches!(kind, Some(SourceKind::Plural)) && !country() {
            return Referent::Unnamed(speaker);
        }
        // "Finance Ministry data"
        let figures = self.owner_of_figures(view, &range);
        let named = |name: String, mut speaker: Speaker| {
            let name = without_form(&name, self.lang).to_owned();
            speaker.organization = Some(bare_organization(&name, self.lang));
            speaker.name = Some(name);
            speaker.description = None;
            Referent::Body(speaker)
        };
        if let Some(name) = figures {
            let body = self.bodies().called(&[&crate::text::folded(&name)], at, self.lang).map(|b| b.name.clone());
            return named(body.unwrap_or(name), speaker);
        }
        // "An Post", "An Garda Síochána": no article of English.
        if is_foreign_article(view, range.start) && range.len() > 1 {
            return named(view.spaced(&head_range(view, &range)), speaker);
        }
        if let Some(name) = self.apposed_body(view, &range) {
            return named(name, speaker);
        }
        let head = head_range(view, &range);
        let mut start = head.start;
        // "No Big Ships" is a name, "no official" is none.
        let negated = |i: usize| view.word(i) == "No" && i + 1 < head.end && view.is_capital(i + 1);
        while start < head.end && (view.tables(start).is_determiner() && !negated(start) || view.is_mark(start)) {
            start += 1;
        }
        // "The army's Sixth Division": a body with a name of its own inside one without.
        let owned = (start..head.end)
            .rfind(|&i| view.is_possessive(i))
            .filter(|&i| !view.is_capital(i) && i + 2 < head.end)
            .filter(|&i| (i + 1..head.end).all(|j| view.is_word(j) && view.is_capital(j)));
        start = owned.map_or(start, |i| i + 1);
        // "Australia’s foreign ministry" is the foreign ministry.
        if start + 1 < head.end
            && view.is_possessive(start)
            && self.lang.is_country_term(view.folded(start).trim_end_matches("'s"))
            && matches!(kind, Some(SourceKind::Institution | SourceKind::Media))
        {
            start += usize::from(noun_range(view, &head).end > start + 2);
        }
        let name = start..head.end;
        if name.is_empty() {
            return Referent::Unnamed(speaker);
        }
        let words: Vec<&str> =
            name.clone().filter(|&i| view.is_word(i)).map(|i| view.folded(i).trim_end_matches("'s")).collect();
        let noun = noun_range(view, &range);
        let capital = (name.start.max(noun.start)..name.end.min(noun.end))
            .any(|i| view.is_name_word(i) && !self.is_common(view, &name, i, kind));
        // "an American couple", "Denmark's government": the head noun is no name.
        let plain_head =
            view.is_word(noun.end - 1) && !view.is_capital(noun.end - 1) && kind != Some(SourceKind::Media);
        let head_word = view.folded(noun_range(view, &range).end - 1);
        let is_source =
            kind == Some(SourceKind::Institution) || kind.is_none() && self.lang.is_organization_head(head_word);
        // Which of several companies "the company" means is asked for elsewhere.
        let bare = words.len() == 1 && !capital && self.is_body_noun(view, &range, kind);
        if (is_source || capital && words.len() == 1)
            && self.lang.country_at(&words).is_none()
            && let Some(body) = self.bodies().called(&words, at, self.lang)
            && (!bare || words.iter().all(|w| body.has_word(w)))
        {
            return named(body.name.clone(), speaker);
        }
        let text = || view.spaced(&name);
        if capital && !(plain_head && is_described(view, &noun)) {
            // Small words in front describe the name ("stallholder Mercy Achieng").
            let first = name.clone().find(|&i| view.is_capital(i)).unwrap_or(name.start);
            let small_head = view.is_word(name.end - 1) && !view.is_capital(name.end - 1);
            let from = if small_head || name.clone().any(|i| matches!(view.folded(i), "of" | "for" | "in")) {
                name.start
            } else {
                first
            };
            // "The Harbour Star newspaper"
            let medium = kind == Some(SourceKind::Media)
                && name.end - from > 1
                && view.lang.is_medium(view.word(name.end - 1))
                && view.is_capital(name.end - 2)
                && !view.tables(name.end - 2).is_country_term();
            let text = view.spaced(&(from..name.end - usize::from(medium)));
            let document = matches!(kind, Some(SourceKind::Document));
            return if document {
                Referent::Unnamed(speaker)
            } else {
                named(text.trim_end_matches("’s").trim_end_matches("'s").to_owned(), speaker)
            };
        }
        // "Italy's data protection authority"
        let ministry = self.lang.organization_head(head_word) == Some(OrganizationType::Ministry);
        let owned = || start > head.start && view.is_possessive(start - 1) && is_public(&words, self.lang);
        if is_source && words.len() > 1 && (ministry || owned()) {
            return named(text(), speaker);
        }
        Referent::Unnamed(speaker)
    }

    /// Offices of a state that the article never names by a proper name are called as it calls them: "the central bank".
    pub(super) fn public_body(&self, words: &[&str], as_is: Referent) -> Referent {
        match as_is {
            Referent::Unnamed(mut speaker) if is_public(words, self.lang) => {
                let name = speaker.description.take().unwrap_or_default();
                let name = name.strip_prefix("the ").unwrap_or(&name).to_owned();
                speaker.organization = Some(bare_organization(&name, self.lang));
                speaker.name = Some(name);
                Referent::Body(speaker)
            }
            other => other,
        }
    }

    /// Whether word `i` of a phrase has its capital only because it begins a sentence ("Pickets said").
    fn is_common(&self, view: View<'_>, name: &Range<usize>, i: usize, kind: Option<SourceKind>) -> bool {
        // "'...,' Jeremias said": no beginning of a sentence.
        let inside = i > 1 && view.depth(i - 1) > 0 && view.word(i - 2) == ",";
        if i > 0 && (!view.is_mark(i - 1) || inside) {
            return false;
        }
        let tables = view.tables(i);
        let alone = i == name.start && !(i + 1 < name.end && view.is_name_word(i + 1));
        let word = view.folded(i);
        let is_word = kind.is_some_and(|k| k != SourceKind::Institution && k != SourceKind::Media)
            || tables.is_collective()
            || tables.is_role()
            || tables.is_organization_head()
            || tables.is_role_modifier()
            || word.ends_with('s')
            || name.len() > 1;
        alone
            && is_word
            && !self.words.is_proper(word)
            && self.lang.country_term(word.trim_end_matches("'s")).is_none()
            && self.lang.organization_at([word]).is_none()
    }

    /// Whose figures a phrase names: "Finance Ministry data", "INM figures".
    fn owner_of_figures(&self, view: View<'_>, range: &Range<usize>) -> Option<String> {
        let last = range.end.checked_sub(1).filter(|_| range.len() > 1)?;
        if !view.lang.is_figures_noun(view.folded(last)) {
            return None;
        }
        let start = range.start + usize::from(view.tables(range.start).is_determiner());
        let body = start..last;
        let capital = !body.is_empty() && body.clone().all(|i| view.is_name_word(i));
        let letters = |i: usize| view.word(i).len() > 2 && view.word(i).chars().all(|c| c.is_ascii_uppercase());
        let known = body.clone().any(|i| view.tables(i).is_organization_head()) || body.len() == 1 && letters(start);
        (capital && known).then(|| view.spaced(&body))
    }

    /// The name of a body behind what it is: "the manufacturer, Orthelian Ltd".
    fn apposed_body(&self, view: View<'_>, range: &Range<usize>) -> Option<String> {
        let comma = range.clone().find(|&i| view.word(i) == ",")?;
        let initials = |i: usize| view.word(i).contains('.') || view.word(i).chars().all(|c| c.is_ascii_uppercase());
        let small = view.is_word(comma - 1)
            && !view.is_capital(comma - 1)
            && (range.start..comma).all(|i| !view.is_name_word(i) || i == range.start || initials(i));
        let first = comma + 1 + usize::from(view.folded(comma + 1) == "the");
        let end = (first..range.end).find(|&i| matches!(view.word(i), "," | "(")).unwrap_or(range.end);
        let body = view.tables(comma - 1).is_organization_head()
            || collective_at_end(&view.words(&(range.start..comma)), self.lang) == Some(SourceKind::Institution)
            || collective_at_end(&view.words(&(range.start..comma)), self.lang) == Some(SourceKind::Plural)
                && end - first == 1;
        let name = first < end && (first..end).all(|i| !view.is_word(i) || view.is_name_word(i) || i > first);
        if !(small && body && name && view.is_name_word(first) && view.is_name_word(end - 1)) {
            return None;
        }
        Some(view.spaced(&(first..end)))
    }

    /// What a phrase says of somebody without a name.
    pub(super) fn unnamed(&self, view: View<'_>, range: Range<usize>) -> Speaker {
        let range = described(view, range);
        let role = phrase_role(view, range.clone(), false);
        let mut text = view.spaced(&range);
        let n = range.len();
        let first = view.tables(range.start);
        if n > 1 && (first.is_determiner() || first.is_pronoun() || first.is_role() || first.is_collective())
            || n == 1
            || self.is_common(view, &range, range.start, None)
        {
            let first = text.chars().next().map_or(0, char::len_utf8);
            text = text[..first].to_lowercase() + &text[first..];
        }
        // "The official" is the one described before.
        if n == 2 && view.folded(range.start) == "the" {
            let noun = view.folded(range.start + 1);
            let same = self.spoken.iter().rev().take(12).find_map(|r| match r {
                Referent::Unnamed(s) if s.description.as_deref().is_some_and(|d| is_noun_of(d, noun, self.lang)) => {
                    Some(s.clone())
                }
                _ => None,
            });
            if let Some(same) = same {
                return same;
            }
        }
        let words = |i: usize| (i..range.end).map(|j| view.bare(j));
        let begins_country = |i: &usize| view.is_capital(*i) && view.bare_tables(*i).begins_country();
        let country = range.clone().filter(begins_country).find_map(|i| self.lang.country_at(words(i)).map(|c| c.1));
        let begins_body = |i: &usize| view.is_capital(*i) && view.bare_tables(*i).begins_organization();
        let organization = range.clone().filter(begins_body).find_map(|i| {
            let (n, found) = self.lang.organization_at(words(i))?;
            // "Electoral Commission" inside a longer name is not the known body of that name.
            let inside = i > range.start && view.is_capital(i - 1) && self.lang.country_at(words(i - 1)).is_none();
            let country = if inside { "" } else { found.country };
            Some((view.span(&(i..i + n)).of(view.text).to_owned(), country))
        });
        let named =
            organization.as_ref().map(|o| o.0.clone()).or_else(|| role.as_ref().and_then(|r| r.organization.clone()));
        Speaker {
            name: None,
            description: (!text.is_empty()).then_some(text),
            role: role.as_ref().map(|r| r.class.name().to_owned()),
            organization: named.map(|n| bare_organization(&n, self.lang)),
            country: country.or(organization.map(|o| o.1).filter(|c| !c.is_empty())).map(str::to_owned),
        }
    }
}

/// Whether a word stands in a description before its first preposition: "people close to the company" are no company.
pub(super) fn is_noun_of(description: &str, word: &str, lang: &Language) -> bool {
    let mut own = description.split(' ').take_while(|w| *w != "close" && !lang.tables(w).is_preposition());
    own.any(|w| w == word)
}

/// Whether the words of a description name an office of a state ("government", "central bank", "data protection authority").
fn is_public(words: &[&str], lang: &Language) -> bool {
    let Some((head, before)) = words.split_last() else { return false };
    let Some(first) = before.first() else {
        return lang.is_state_office(head);
    };
    !lang.tells_which(first)
        && (lang.is_state_head(head)
            || *head == "bank" && *first == "central"
            || *head == "office" && words.iter().any(|w| lang.is_state_field(w)))
}

/// A phrase without the times and adverbs around it: "The United States on Tuesday", "her ministry later".
pub(super) fn trimmed(view: View<'_>, mut range: Range<usize>) -> Range<usize> {
    let time = |i: usize| view.tables(i).is_time_word();
    let small = |i: usize| view.is_word(i) && !view.is_capital(i);
    // "last night campaigners"
    if range.len() > 2
        && small(range.end - 1)
        && matches!(view.folded(range.start), "last" | "this")
        && time(range.start + 1)
    {
        range.start += 2;
    }
    let day = (range.start + 1..range.end.saturating_sub(1)).find(|&i| {
        view.folded(i) == "on" && time(i + 1) && view.is_capital(i + 1) && view.passage.tokens[i + 1].is_word()
    });
    range.end = day.unwrap_or(range.end);
    while range.len() > 1 {
        let last = range.end - 1;
        let tables = view.tables(last);
        let adverb = small(last) && (tables.is_adverb() || matches!(view.folded(last), "both" | "later" | "too"));
        let week = range.len() > 2
            && small(last)
            && time(last)
            && matches!(view.folded(last - 1), "last" | "this" | "earlier");
        // "the reply", "sources close to the family"
        let noun = {
            let before = view.tables(last - 1);
            before.is_determiner() || before.is_preposition() || before.is_pronoun() || view.is_possessive(last - 1)
        };
        if (noun || !adverb) && !week || view.is_source_noun(last) || matches!(view.word(last - 1), "-" | "‑") {
            break;
        }
        range.end -= 1 + usize::from(week);
    }
    range
}

/// Whether "An" stands before a name that begins with a consonant, which no English article does.
pub(super) fn is_foreign_article(view: View<'_>, i: usize) -> bool {
    let next = view.word(i + 1);
    let consonant = next.chars().next().is_some_and(|c| c.is_uppercase() && !"AEIOUHÁÉÍÓÚ".contains(c));
    view.word(i) == "An" && consonant && next.chars().skip(1).any(char::is_lowercase)
}

/// Whether the capitals of a phrase whose head noun is small only describe: "an American couple", "Denmark's government".
fn is_described(view: View<'_>, noun: &Range<usize>) -> bool {
    let article = view.tables(noun.start).is_determiner() && !view.folded(noun.start).starts_with("the");
    let all = noun.clone().filter(|&i| view.is_name_word(i)).all(|i| {
        // "the South African forward"
        let two = |i: usize| view.lang.country_at([view.bare(i), view.bare(i + 1)]).is_some_and(|c| c.0 == 2);
        view.lang.is_country_term(view.folded(i).trim_end_matches("'s"))
            || i + 1 < noun.end && two(i)
            || i > noun.start && two(i - 1)
            || view.word(i).ends_with("'s")
            || view.word(i).ends_with("’s")
    });
    let head = view.folded(noun.end - 1);
    let ministry = view.lang.organization_head(head) == Some(OrganizationType::Ministry);
    // "the Romanian railway company" is one body, "Belgian police" and "Denmark's government" are not.
    let body = view.folded(noun.start) == "the" && view.lang.collective(head) == Some(SourceKind::Institution);
    (article || all) && !ministry && !body
}

/// The words that describe: without numbers in front ("17.45 A hydro official") and a relative clause behind a comma.
fn described(view: View<'_>, mut range: Range<usize>) -> Range<usize> {
    while range.len() > 1
        && !view.is_word(range.start)
        && (range.start + 1..range.end.min(range.start + 4)).any(|i| view.tables(i).is_determiner())
    {
        range.start += 1;
    }
    if let Some(who) = (range.start + 1..range.end).find(|&i| matches!(view.folded(i), "who" | "which" | "that")) {
        range.end = who;
    }
    // "a spokesman for the institute in a statement"
    let written = (range.start + 1..range.end.saturating_sub(2)).find(|&i| {
        view.folded(i) == "in"
            && matches!(view.folded(i + 1), "a" | "an")
            && view.lang.collective(view.folded(range.end - 1)) == Some(SourceKind::Document)
    });
    range.end = written.unwrap_or(range.end);
    // "a report by experts made public in July", "a letter, seen by the agency,"
    let told = (range.start + 2..range.end).find(|&i| match view.folded(i) {
        "made" => i + 1 < range.end && view.folded(i + 1) == "public",
        word => view.lang.tells_of_document(word) && view.word(i - 1) == ",",
    });
    if let Some(told) = told
        && (range.start..told).any(|i| view.lang.collective(view.folded(i)) == Some(SourceKind::Document))
    {
        range.end = told - usize::from(view.word(told - 1) == ",");
    }
    // "an aide, granted anonymity", "an aide, on condition of anonymity"
    let hidden = (range.start + 1..range.end.saturating_sub(1)).find(|&i| {
        view.word(i) == ","
            && (view.lang.tells_of_anonymity(view.folded(i + 1))
                || view.folded(i + 1) == "on" && view.folded(i + 2) == "condition")
    });
    range.end = hidden.unwrap_or(range.end);
    let clause = (range.start + 1..range.end).find(|&i| {
        view.word(i) == ","
            && (i + 1 == range.end || view.tables(i + 1).ends_phrase() || view.tables(i + 1).is_adverb())
    });
    if let Some(comma) = clause {
        range.end = comma;
    }
    range
}

/// A phrase up to its first comma, bracket, relative clause or prepositional phrase that is no part of the name.
fn head_range(view: View<'_>, range: &Range<usize>) -> Range<usize> {
    let end = (range.start + 1..range.end)
        .find(|&i| {
            matches!(view.word(i), "," | "(" | "—" | "–")
                || matches!(view.folded(i), "who" | "which" | "that" | "at" | "on")
                || view.folded(i) == "in" && !(i + 1 < range.end && view.is_capital(i + 1))
        })
        .unwrap_or(range.end);
    range.start..end
}

/// A phrase up to the first preposition: its last word is the head noun.
pub(super) fn noun_range(view: View<'_>, range: &Range<usize>) -> Range<usize> {
    let head = head_range(view, range);
    let end = (head.start + 1..head.end)
        .find(|&i| {
            let next = |i: usize| i + 1 < head.end && view.tables(i + 1).is_preposition();
            // "the second-in-command" ends in its last word.
            !view.is_capital(i)
                && !matches!(view.word(i - 1), "-" | "‑")
                && (view.tables(i).is_preposition()
                    || view.folded(i).ends_with("ed") && next(i) && !view.is_source_noun(i))
        })
        .unwrap_or(head.end);
    head.start..end
}
