//! The persons of an article: full names, genders, roles.
//!
//! Names are runs of capitalised words; what stands before the name ("Russian Federation Council Chairperson") or
//! behind it in an apposition (", the upper house chief,") tells its roles, by which later descriptions find it.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::document::{Document, PartKind};
use crate::lang::{Gender, Language, RoleClass, TermKind};
use crate::quotation::Passage;
use crate::quotation::role::role_phrase;
use crate::quotation::source::View;
use crate::text::{Span, Token, tokens_into};

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
}

/// A person of the article.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Person {
    /// The fullest name.
    pub(super) name: String,
    /// Folded words of the name.
    pub(super) words: Vec<String>,
    pub(super) gender: Option<Gender>,
    pub(super) roles: Vec<Role>,
    /// Where the person is mentioned, by byte, ascending.
    pub(super) mentions: Vec<usize>,
}

impl Person {
    /// The word by which others call the person: the family name.
    pub(super) fn surname(&self, lang: &Language) -> &str {
        let first = self.words.first().map_or("", String::as_str);
        if self.words.len() >= 2 && self.words.len() <= 4 && is_surname_first(first, lang) && !lang.is_given_name(first)
        {
            return first;
        }
        self.words.iter().rev().find(|w| !lang.is_name_suffix(w)).map_or("", String::as_str)
    }

    pub(super) fn last_mention_before(&self, byte: usize) -> Option<usize> {
        let n = self.mentions.partition_point(|&m| m < byte);
        n.checked_sub(1).map(|i| self.mentions[i])
    }
}

/// The persons of an article in the order of their first mention.
#[derive(Debug, Clone, Default)]
pub(super) struct Cast {
    pub(super) persons: Vec<Person>,
}

/// A mention of a name.
struct Mention {
    words: Vec<String>,
    name: String,
    at: usize,
    gender: Option<Gender>,
    role: Option<Role>,
    sure: bool,
}

impl Cast {
    /// Reads all parts of the article that can hold names.
    pub(super) fn new(document: &Document, passages: &[Passage], lang: &Language) -> Self {
        let mut mentions: Vec<Mention> = Vec::new();
        for passage in passages {
            find_mentions(View { text: &document.text, passage, lang }, &mut mentions);
        }
        for part in &document.parts {
            if matches!(part.kind, PartKind::Headline | PartKind::Subheadline | PartKind::Caption) {
                let passage = bare_passage(&document.text, part.span);
                find_mentions(View { text: &document.text, passage: &passage, lang }, &mut mentions);
            }
        }
        mentions.sort_by_key(|m| m.at);
        let mut cast = Self::default();
        // Full names first, so that a surname finds its owner wherever the full name stands.
        for mention in mentions.iter().filter(|m| m.words.len() >= 2 && m.sure) {
            cast.add(mention, lang);
        }
        for mention in mentions.iter().filter(|m| m.words.len() < 2 || !m.sure) {
            cast.add_short(mention, lang);
        }
        for person in &mut cast.persons {
            person.mentions.sort_unstable();
            if person.gender.is_none() {
                person.gender = person
                    .words
                    .iter()
                    .skip(1)
                    .find_map(|w| lang.patronymic(w))
                    .or_else(|| person.words.iter().find_map(|w| lang.given_name(w)))
                    .filter(|g| matches!(g, Gender::Female | Gender::Male));
            }
        }
        cast.persons.sort_by_key(|p| p.mentions.first().copied());
        cast
    }

    fn add(&mut self, mention: &Mention, lang: &Language) {
        let same = self.persons.iter_mut().find(|p| same_person(&p.words, &mention.words, lang));
        let person = match same {
            Some(person) => person,
            None => {
                self.persons.push(Person {
                    name: mention.name.clone(),
                    words: mention.words.clone(),
                    gender: None,
                    roles: Vec::new(),
                    mentions: Vec::new(),
                });
                self.persons.last_mut().expect("just pushed")
            }
        };
        if mention.words.len() > person.words.len() {
            person.words.clone_from(&mention.words);
            person.name.clone_from(&mention.name);
        }
        person.take(mention);
    }

    fn add_short(&mut self, mention: &Mention, lang: &Language) {
        let last = mention.words.last().map_or("", String::as_str);
        let owner = self
            .persons
            .iter_mut()
            .filter(|p| {
                p.words.len() >= 2
                    && mention.words.iter().all(|w| p.words.contains(w))
                    && (p.surname(lang) == last || p.words.last().is_some_and(|w| w == last) || mention.words.len() > 1)
            })
            .min_by_key(|p| p.mentions.iter().map(|&m| m.abs_diff(mention.at)).min());
        if let Some(owner) = owner {
            owner.take(mention);
        } else if mention.sure {
            self.add(mention, lang);
        }
    }

    /// The person whose name is, or ends like, these folded words; the last one mentioned before `byte`.
    pub(super) fn by_name(
        &self,
        words: &[String],
        byte: usize,
        gender: Option<Gender>,
        lang: &Language,
    ) -> Option<usize> {
        let words: Vec<&String> = words.iter().filter(|w| !lang.is_name_suffix(w)).collect();
        let last = words.last()?;
        let fits = |p: &Person| {
            words.iter().all(|w| p.words.contains(w))
                && (words.len() > 1
                    || p.surname(lang) == last.as_str()
                    || p.words.last() == Some(*last)
                    || p.words.first() == Some(*last))
        };
        let mut fitting: Vec<usize> = (0..self.persons.len()).filter(|&i| fits(&self.persons[i])).collect();
        if fitting.len() > 1 && gender.is_some() {
            let same: Vec<usize> = fitting.iter().copied().filter(|&i| self.persons[i].gender == gender).collect();
            if !same.is_empty() {
                fitting = same;
            }
        }
        let surname_owner = |i: usize| words.len() > 1 || self.persons[i].surname(lang) == last.as_str();
        fitting.into_iter().max_by_key(|&i| (surname_owner(i), self.persons[i].last_mention_before(byte)))
    }
}

impl Person {
    fn take(&mut self, mention: &Mention) {
        self.mentions.push(mention.at);
        self.gender = self.gender.or(mention.gender);
        if let Some(role) = &mention.role
            && !self.roles.contains(role)
        {
            self.roles.push(role.clone());
        }
    }
}

fn same_person(a: &[String], b: &[String], lang: &Language) -> bool {
    let core = |w: &[String]| -> Vec<String> { w.iter().filter(|w| !lang.is_name_suffix(w)).cloned().collect() };
    let (a, b) = (core(a), core(b));
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    if short.len() < 2 {
        return false;
    }
    let initial_of = |s: &String, l: &String| {
        s == l
            || s.trim_end_matches('.').len() == 1 && l.starts_with(s.trim_end_matches('.'))
            || same_given_name(s, l, lang)
    };
    short.last() == long.last() && initial_of(&short[0], &long[0])
        || short.iter().all(|w| long.contains(w)) && (short.last() == long.last() || short.first() == long.first())
}

fn is_surname_first(word: &str, lang: &Language) -> bool {
    lang.surname_order(word).is_some()
}

/// Whether two given names are forms of one ("bill" and "william").
fn same_given_name(a: &str, b: &str, lang: &Language) -> bool {
    let full = |w: &str| lang.full_given_name(w).map_or_else(|| w.to_owned(), str::to_owned);
    full(a) == full(b)
}

fn bare_passage(text: &str, span: Span) -> Passage {
    let mut tokens: Vec<Token> = Vec::new();
    tokens_into(span.of(text), span.start, &mut tokens);
    let depth = vec![0; tokens.len()];
    Passage { index: usize::MAX, span, tokens, quoted: Vec::new(), depth, sentences: Vec::new() }
}

/// Runs of capitalised words, with what stands around them.
fn find_mentions(view: View<'_>, out: &mut Vec<Mention>) {
    let n = view.passage.tokens.len();
    let mut i = 0;
    while i < n {
        if !view.is_word(i) || !view.is_capital(i) {
            i += 1;
            continue;
        }
        let run = name_run(view, i);
        let end = run.end;
        if let Some(mention) = mention(view, run) {
            out.push(mention);
        }
        i = end.max(i + 1);
    }
}

/// The longest stretch of capitalised words, initials, inner hyphens and particles from token `start` on.
fn name_run(view: View<'_>, start: usize) -> Range<usize> {
    let n = view.passage.tokens.len();
    let mut end = start + 1;
    while end < n && view.depth(end) == view.depth(start) {
        let tokens = &view.passage.tokens;
        let touches = tokens[end - 1].span.end == tokens[end].span.start;
        let word = view.word(end);
        if view.word(end - 1).ends_with("'s") || view.word(end - 1).ends_with("’s") {
            break;
        }
        if view.is_word(end) {
            let follows_hyphen = matches!(view.word(end - 1), "-" | "‑") && touches;
            if view.is_capital(end) || follows_hyphen {
                end += 1;
            } else if view.lang.is_name_particle(&view.folded(end))
                && end + 1 < n
                && view.is_word(end + 1)
                && (view.is_capital(end + 1)
                    || end + 2 < n && view.lang.is_name_particle(&view.folded(end + 1)) && view.is_capital(end + 2))
            {
                end += 1;
            } else {
                break;
            }
        } else if touches
            && (matches!(word, "-" | "‑")
                && end + 1 < n
                && view.is_word(end + 1)
                && tokens[end].span.end == tokens[end + 1].span.start
                || word == "."
                    && view.is_capital(end - 1)
                    && (view.word(end - 1).chars().count() == 1 || view.lang.is_abbreviation(&view.folded(end - 1)))
                    && end + 1 < n
                    && view.is_capital(end + 1))
        {
            end += 1;
        } else {
            break;
        }
    }
    start..end
}

/// The person named by a run, if it names one.
fn mention(view: View<'_>, run: Range<usize>) -> Option<Mention> {
    let lang = view.lang;
    // Titles, roles and adjectives of nations in front are no part of the name.
    let mut start = run.start;
    let mut gender = None;
    let mut titled = false;
    for i in run.clone() {
        let word = view.folded(i);
        let dotted = view.passage.tokens.get(i + 1).is_some_and(|_| view.word(i + 1) == ".");
        let abbreviated = format!("{}.", word.trim_end_matches('.'));
        let title = if dotted { lang.title(&abbreviated) } else { lang.title(&word) };
        let known = |g: Gender| Some(g).filter(|g| matches!(g, Gender::Female | Gender::Male));
        if let Some(told) = title
            && i + 1 < run.end
            && (dotted || i == start || !lang.is_given_name(&word))
        {
            gender = known(told).or(gender);
            titled = true;
            start = i + 1 + usize::from(dotted);
        } else if i + 1 < run.end
            && (lang.organization_head(&word).is_some() || is_portfolio(view, i, run.start))
            && !lang.is_given_name(&word)
        {
            // "the Romanian Senate Doina Măgureanu", "Minister of Agriculture Xhevahir Çavolli"
            start = i + 1;
        } else if let Some(role) = lang.role(&word)
            && i + 1 < run.end
        {
            titled = true;
            gender = known(role.gender).or(gender);
            start = i + 1;
        } else if i == start && (lang.begins_sentence(&word) || lang.is_time_word(&word)) {
            start = i + 1;
        }
    }
    while start < run.end
        && (view.is_mark(start)
            || lang
                .country_term(&view.folded(start))
                .is_some_and(|t| t.1 == TermKind::Adjective || t.1 == TermKind::Name)
                && start + 1 < run.end
                && !lang.is_given_name(&view.folded(start)))
    {
        start += 1;
    }
    let mut end = run.end;
    // "Geraghty-Shaw SC": letters behind a name are no part of it.
    while end > start + 2 && is_post_nominal(view.word(end - 1)) && !is_post_nominal(view.word(end - 2)) {
        end -= 1;
    }
    let name = start..end;
    if name.is_empty() || is_month(view, &name) {
        return None;
    }
    let mut words = Vec::new();
    let mut joined = false;
    for i in name.clone() {
        if view.is_mark(i) {
            joined = view.word(i) != ".";
            continue;
        }
        let mut word = view.folded(i);
        if let Some(bare) = word.strip_suffix("'s") {
            word = bare.to_owned();
        }
        if joined {
            if let Some(last) = words.last_mut() {
                let last: &mut String = last;
                last.push('-');
                last.push_str(&word);
            }
            joined = false;
        } else {
            words.push(word);
        }
    }
    let first = words.first()?.clone();
    let last = words.last()?.clone();
    if words.len() > 5
        || words.iter().any(|w| lang.organization_head(w).is_some() && !lang.is_given_name(w))
        || lang.country_term(&words.join(" ")).is_some()
    {
        return None;
    }
    if words.len() == 1
        && (lang.is_time_word(&first)
            || lang.begins_sentence(&first)
            || lang.collective(&first).is_some()
            || lang.country_term(&first).is_some()
            || first.chars().count() < 2)
    {
        return None;
    }
    let before = role_before(view, run.start, start).or_else(|| role_before_comma(view, run.start));
    let behind = role_behind(view, run.end);
    let role = before.or(behind);
    let known = lang.is_given_name(&first)
        || is_surname_first(&first, lang) && words.len() <= 3
        || lang.is_given_name(&last) && is_surname_first(&first, lang);
    let cue_beside = name.end < view.passage.tokens.len()
        && view.is_word(name.end)
        && !view.is_capital(name.end)
        && lang.cue_class(&view.folded(name.end)).is_some()
        || run.start > 0
            && view.is_word(run.start - 1)
            && lang.cue_class(&view.folded(run.start - 1)).is_some()
            && !view.is_capital(run.start - 1);
    let sure = titled || known || role.is_some() || cue_beside && words.len() >= 2;
    let span = view.span(&name);
    let mut text = span.of(view.text).to_owned();
    for suffix in ["'s", "’s"] {
        if let Some(bare) = text.strip_suffix(suffix) {
            text = bare.to_owned();
        }
    }
    Some(Mention {
        words,
        name: text.split_whitespace().collect::<Vec<_>>().join(" "),
        at: span.start,
        gender,
        role,
        sure,
    })
}

fn is_post_nominal(word: &str) -> bool {
    (2..=3).contains(&word.len()) && word.chars().all(|c| c.is_ascii_uppercase())
}

/// "May" with a number or a preposition beside it.
fn is_month(view: View<'_>, name: &Range<usize>) -> bool {
    if name.len() != 1 || view.word(name.start) != "May" {
        return false;
    }
    let is_number = |i: usize| view.passage.tokens.get(i).is_some_and(|t| t.kind == crate::text::TokenKind::Number);
    let before = name.start.checked_sub(1);
    is_number(name.end)
        || before.is_some_and(|b| {
            is_number(b)
                || view.word(b) == ","
                || view.lang.is_preposition(&view.folded(b))
                || view.lang.is_time_word(&view.folded(b))
        })
}

/// Whether a word behind "of" names what a minister looks after ("Minister of Agriculture X").
fn is_portfolio(view: View<'_>, i: usize, run_start: usize) -> bool {
    let behind_of = run_start > 1
        && matches!(view.word(run_start - 1), "of" | "for")
        && view.lang.role(&view.folded(run_start - 2)).is_some();
    behind_of && view.lang.role(&format!("{} minister", view.folded(i))).is_some()
}

/// The role in front of a name: "Russian Federation Council (upper house of parliament) Chairperson".
fn role_before(view: View<'_>, run_start: usize, name_start: usize) -> Option<Role> {
    // Lower-case words directly before the run ("North Korean leader Kim") and everything of the run before the name.
    let mut start = run_start;
    let mut budget = 14;
    while start > 0 && budget > 0 {
        let i = start - 1;
        budget -= 1;
        if view.depth(i) != view.depth(run_start) {
            break;
        }
        let word = view.folded(i);
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
                _ => break,
            }
        } else if !(view.is_capital(i)
            || view.lang.role(&word).is_some()
            || view.lang.organization_head(&word).is_some()
            || view.lang.is_role_modifier(&word)
            || matches!(word.as_str(), "of" | "the" | "for" | "and"))
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
        && !view.lang.ends_phrase(&view.folded(start - 1))
        && !view.lang.is_auxiliary(&view.folded(start - 1))
        && view.lang.cue_class(&view.folded(start - 1)).is_none_or(|_| view.lang.is_also_noun(&view.folded(start - 1)))
    {
        start -= 1;
    }
    let head = view.folded(comma.checked_sub(1)?);
    let ends_in_role = view.lang.role(&head).is_some();
    let role = phrase_role(view, start..comma, false)?;
    let linked = (start..comma).any(|i| matches!(view.word(i), "of" | "for" | "at"));
    (ends_in_role || linked).then_some(role)
}

/// The role in an apposition behind a name: "X, the upper house chief,".
fn role_behind(view: View<'_>, from: usize) -> Option<Role> {
    let n = view.passage.tokens.len();
    if from + 1 >= n || view.word(from) != "," || view.depth(from) > 0 {
        return None;
    }
    let end = (from + 1..n.min(from + 18))
        .find(|&i| view.depth(i) > 0 || matches!(view.word(i), "," | "." | ";" | "—" | "("))
        .unwrap_or(n.min(from + 18));
    let first = view.folded(from + 1);
    if !(view.lang.is_determiner(&first)
        || view.lang.role(&first).is_some()
        || view.is_capital(from + 1)
        || view.lang.is_role_modifier(&first))
    {
        return None;
    }
    // A verb or cue would make it a clause of its own.
    let clause = (from + 1..end).any(|i| {
        view.is_word(i)
            && !view.is_capital(i)
            && (view.lang.is_auxiliary(&view.folded(i)) || view.lang.is_subject_pronoun(&view.folded(i)))
    });
    if clause { None } else { phrase_role(view, from + 1..end, false) }
}

/// The role that a phrase names. `last`: the role noun must stand at its end, as before a name.
pub(super) fn phrase_role(view: View<'_>, range: Range<usize>, last: bool) -> Option<Role> {
    let words: Vec<String> =
        view.words(&range).into_iter().map(|w| w.strip_suffix("'s").map_or(w.clone(), str::to_owned)).collect();
    let phrase = role_phrase(&words, view.lang)?;
    let end = phrase.head.0 + phrase.head.1;
    if last {
        let is_link = words.get(end).is_some_and(|w| view.lang.is_preposition(w));
        let plain = words[end..].iter().any(|w| {
            w.chars().any(char::is_alphanumeric)
                && view.lang.title(w).is_none()
                && view.lang.title(&format!("{w}.")).is_none()
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
                    && (matches!(view.word(end), "of" | "for" | "and" | "the" | "-" | "&") && view.is_capital(end + 1)))
        {
            end += 1;
        }
        let words = i..end;
        if words.clone().any(|j| view.lang.organization_head(&view.folded(j)).is_some()) {
            return Some(view.span(&words).of(view.text).to_owned());
        }
        i = end.max(i + 1);
    }
    None
}
