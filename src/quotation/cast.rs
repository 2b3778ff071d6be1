//! The persons of an article: full names, genders, roles, and where each is mentioned.
//!
//! Full names are collected first, so that a family name finds its owner wherever the full name stands. Names in
//! paragraphs count more than those of captions and headlines, which run into credits and other words.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use foldhash::fast::FixedState;
use smallvec::SmallVec;

use crate::document::{Document, PartKind};
use crate::lang::{Gender, Language, word_hash};
use crate::quotation::Passage;
use crate::quotation::apposition::Role;
use crate::quotation::mention::{Around, Mention, find_mentions};
use crate::quotation::source::{View, spaced};
use crate::quotation::vocabulary::Vocabulary;
use crate::text::Span;

/// At most so many persons with one family name are compared with a new name: keeps hostile texts linear.
const MAX_NAMESAKES: usize = 64;
/// At most so many persons with a role are compared with a description.
const MAX_ROLE_HOLDERS: usize = 200;

/// A person of the article.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Person {
    /// The fullest name.
    pub(crate) name: String,
    /// Folded words of the name.
    pub(super) words: Vec<String>,
    pub(super) gender: Option<Gender>,
    pub(super) roles: Vec<Role>,
    /// Where the person is mentioned, by byte, ascending.
    pub(super) mentions: Vec<usize>,
}

/// One mention of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    pub(super) byte: usize,
    pub(super) person: usize,
    pub(super) quoted: bool,
    pub(super) subject: bool,
}

/// The persons of an article in the order of their first mention.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cast {
    pub(crate) persons: Vec<Person>,
    /// All mentions by byte.
    pub(super) mentions: Vec<At>,
    /// Persons by the hash of each word of their names, and those with roles by first mention.
    by_word: HashMap<u64, SmallVec<[usize; 2]>, FixedState>,
    role_holders: Vec<usize>,
}

impl Person {
    /// The word by which others call the person: the family name.
    pub(super) fn surname(&self, lang: &Language) -> &str {
        let first = self.words.first().map_or("", String::as_str);
        if (2..=4).contains(&self.words.len()) && lang.is_surname_first(first) && !lang.is_given_name(first) {
            return first;
        }
        self.words.iter().rev().find(|w| !lang.is_name_suffix(w)).map_or("", String::as_str)
    }

    /// A person of whom only this name is known.
    fn called(mention: &Mention<'_>, text: &str) -> Self {
        let words = mention.words.iter().map(|w| w.clone().into_owned()).collect();
        let name = spaced(mention.name.of(text));
        Self { name, words, gender: None, roles: Vec::new(), mentions: Vec::new() }
    }

    fn has_word(&self, word: &str) -> bool {
        self.words.iter().any(|w| w == word)
    }

    /// Whether the family name has a part between hyphens that is `word` ("Kwok-Leung", "al-Mudhaffar").
    fn has_part(&self, word: &str) -> bool {
        let last = self.words.last().filter(|w| self.words.len() > 1 && w.len() > word.len() && word.len() > 2);
        last.is_some_and(|w| w.split('-').any(|part| part == word))
    }

    pub(super) fn last_mention_before(&self, byte: usize) -> Option<usize> {
        let n = self.mentions.partition_point(|&m| m < byte);
        n.checked_sub(1).map(|i| self.mentions[i])
    }

    fn take(&mut self, mention: &Mention<'_>) {
        self.mentions.push(mention.span.start);
        self.gender = self.gender.or(mention.gender).or(mention.role.as_ref().and_then(|r| r.gender));
        if let Some(role) = &mention.role
            && self.roles.len() < 8
            && !self.roles.contains(role)
        {
            self.roles.push(role.clone());
        }
    }
}

impl Cast {
    /// Reads all parts of the article that can hold names. `sources`: spans that an extractor takes for speakers, by
    /// start; a name in one of them needs no other sign of being one.
    pub(super) fn new(
        document: &Document,
        passages: &[Passage],
        words: &Vocabulary,
        sources: &[Span],
        lang: &Language,
    ) -> Self {
        let around: Vec<Passage> = document
            .parts
            .iter()
            .filter(|p| matches!(p.kind, PartKind::Headline | PartKind::Subheadline | PartKind::Caption))
            .map(|part| Passage::bare(&document.text, part.span, usize::MAX, lang))
            .collect();
        let read_with = Around { sources, burmese: OnceCell::new() };
        let mut mentions: Vec<Mention<'_>> = Vec::new();
        for passage in passages {
            let n_before = mentions.len();
            let view = View { text: &document.text, passage, lang };
            find_mentions(view, &read_with, &mut mentions);
            called_he(view, &mut mentions[n_before..]);
        }
        let mut others: Vec<Mention<'_>> = Vec::new();
        for passage in &around {
            find_mentions(View { text: &document.text, passage, lang }, &read_with, &mut others);
        }
        promote(&mut mentions, words, &document.text, lang);
        let mut cast = Self::default();
        let is_full = |m: &&Mention<'_>| m.words.len() >= 2 && m.sure;
        let steps =
            [(&mentions, true, true), (&mentions, false, true), (&others, true, false), (&others, false, false)];
        for (list, full, body) in steps {
            for mention in list.iter().filter(|m| is_full(m) == full) {
                // "Witness Describes Oath": of headlines only names that the text has, or that are known ones.
                let first = mention.words.first().map_or("", Cow::as_ref);
                if full
                    && !body
                    && !lang.is_given_name(first)
                    && !lang.is_surname_first(first)
                    && !cast.has_last(mention)
                {
                    continue;
                }
                let text = &document.text;
                let person =
                    if full { Some(cast.add(mention, body, text, lang)) } else { cast.add_short(mention, text, lang) };
                if let Some(person) = person {
                    let (quoted, subject) = (mention.quoted, mention.subject);
                    cast.mentions.push(At { byte: mention.span.start, person, quoted, subject });
                }
            }
        }
        for person in &mut cast.persons {
            person.mentions.sort_unstable();
            if person.gender.is_none() {
                let patronymic = person.words.iter().skip(1).find_map(|w| lang.patronymic(w));
                // "Kim Jong-un": the name behind the family name tells, which can be a given name elsewhere.
                let eastern = person.words.first().is_some_and(|w| lang.is_surname_first(w))
                    && (person.words.len() == 3 || person.words.len() == 2 && person.words[1].contains('-'));
                let given = person.words.iter().skip(usize::from(eastern)).find_map(|w| lang.given_name(w));
                let told = patronymic.or(given);
                person.gender = told.filter(|g| matches!(g, Gender::Female | Gender::Male));
            }
        }
        cast.mentions.sort_by_key(|m| m.byte);
        cast.genders_by_pronoun(document, passages, lang);
        cast.role_holders = (0..cast.persons.len()).filter(|&i| !cast.persons[i].roles.is_empty()).collect();
        let persons = &cast.persons;
        cast.role_holders.sort_by_key(|&i| persons[i].mentions.first().copied());
        cast
    }

    /// Persons whose name has this word, the latest first.
    fn with_word<'a>(&'a self, word: &str) -> impl Iterator<Item = usize> + 'a {
        let list = self.by_word.get(&word_hash(word.as_bytes()));
        list.into_iter().flat_map(|list| list.iter().rev().take(MAX_NAMESAKES).copied())
    }

    /// Whether the word at a byte belongs to a mention of somebody.
    pub(super) fn is_name(&self, byte: usize) -> bool {
        let n = self.mentions.partition_point(|m| m.byte <= byte);
        n.checked_sub(1).is_some_and(|i| {
            let mention = &self.mentions[i];
            let person = &self.persons[mention.person];
            mention.byte == byte || person.words.len() > 1 && byte < mention.byte + person.name.len()
        })
    }

    /// How often a word with this hash stands there as a name of somebody.
    pub(super) fn n_named(&self, hash: u64) -> u32 {
        let persons = self.by_word.get(&hash).into_iter().flatten();
        persons.map(|&i| u32::try_from(self.persons[i].mentions.len()).unwrap_or(u32::MAX)).fold(0, u32::saturating_add)
    }

    /// Whether somebody's name has this word.
    pub(super) fn has_word(&self, word: &str) -> bool {
        self.by_word.contains_key(&word_hash(word.as_bytes()))
    }

    fn has_last(&self, mention: &Mention<'_>) -> bool {
        mention.words.last().is_some_and(|w| self.has_word(w))
    }

    fn add(&mut self, mention: &Mention<'_>, body: bool, text: &str, lang: &Language) -> usize {
        let ends = [mention.words.last(), mention.words.first()];
        let same = ends
            .into_iter()
            .flatten()
            .flat_map(|w| self.with_word(w))
            .find(|&i| same_person(&self.persons[i].words, &mention.words, lang));
        let i = same.unwrap_or_else(|| {
            self.persons.push(Person::called(mention, text));
            self.persons.len() - 1
        });
        let person = &mut self.persons[i];
        if body && same.is_some() {
            // "Elizabeth Warren Hammers Bank": a headline among the paragraphs.
            let acts = |w: &str| lang.is_verb(w) || lang.is_cue(w);
            let (known, new) = (&person.words, &mention.words);
            let begins_alike = known.iter().zip(new).all(|(a, b)| a == b);
            let longer = new.len() > known.len() && !(begins_alike && new[known.len()..].iter().any(|w| acts(w)));
            let headline = known.len() > new.len() && begins_alike && known[new.len()..].iter().any(|w| acts(w));
            if longer || headline {
                let Person { name, words, .. } = Person::called(mention, text);
                (person.name, person.words) = (name, words);
            }
        }
        person.take(mention);
        let parts = mention.words.iter().skip(1).filter(|w| w.contains('-')).flat_map(|w| w.split('-'));
        let parts = parts.filter(|p| p.len() > 2);
        for word in mention.words.iter().map(Cow::as_ref).chain(parts) {
            let list = self.by_word.entry(word_hash(word.as_bytes())).or_default();
            if list.last() != Some(&i) && !list.iter().rev().take(MAX_NAMESAKES).any(|&j| j == i) {
                list.push(i);
            }
        }
        i
    }

    fn add_short(&mut self, mention: &Mention<'_>, text: &str, lang: &Language) -> Option<usize> {
        let last = mention.words.last()?.as_ref();
        // Somebody may be called by a name in the middle, if nobody else has it.
        let only = {
            let mut all = self.with_word(last);
            all.next().filter(|_| all.next().is_none())
        };
        let owner = self
            .with_word(last)
            .filter(|&i| {
                let p = &self.persons[i];
                let clash = mention.gender.is_some() && p.gender.is_some() && p.gender != mention.gender;
                !clash
                    && (mention.words.iter().all(|w| p.has_word(w)) || mention.words.len() == 1 && p.has_part(last))
                    && (mention.words.len() > 1
                        || p.surname(lang) == last
                        || p.has_part(last)
                        || p.words.last().is_some_and(|w| w == last)
                        || only == Some(i))
            })
            // The one named last before this mention, else the one named next.
            .min_by_key(|&i| {
                let mentions = &self.persons[i].mentions;
                let before = mentions.iter().rev().take(32).filter(|&&m| m < mention.span.start).max();
                // "Lowe" is Ann Lowe rather than Tom Lowe-Roe.
                let part = !self.persons[i].has_word(last);
                match before {
                    Some(m) => (part, 0, mention.span.start - m),
                    None => (
                        part,
                        1,
                        mentions.iter().take(32).map(|&m| m.abs_diff(mention.span.start)).min().unwrap_or(usize::MAX),
                    ),
                }
            });
        match owner {
            Some(i) => {
                self.persons[i].take(mention);
                Some(i)
            }
            None => mention.sure.then(|| self.add(mention, true, text, lang)),
        }
    }

    /// Persons without a known gender get that of the pronouns behind them, where nobody else can be meant.
    fn genders_by_pronoun(&mut self, document: &Document, passages: &[Passage], lang: &Language) {
        let mut votes: Vec<(i32, i32)> = vec![(0, 0); self.persons.len()];
        for passage in passages {
            let from = self.mentions.partition_point(|m| m.byte < passage.span.start);
            let to = self.mentions.partition_point(|m| m.byte < passage.span.end);
            let here = &self.mentions[from..to];
            let Some(first) = here.first().filter(|m| !m.quoted) else { continue };
            let view = View { text: &document.text, passage, lang };
            let second = here.iter().find(|m| m.person != first.person && !m.quoted).map_or(usize::MAX, |m| m.byte);
            if self.persons[first.person].gender.is_some() {
                continue;
            }
            for i in 0..passage.tokens.len() {
                let start = passage.tokens[i].span.start;
                if start <= first.byte || passage.depth[i] > 0 {
                    continue;
                }
                if start >= second {
                    break;
                }
                if !view.tables(i).is_pronoun() {
                    continue;
                }
                match lang.pronoun(view.folded(i)).filter(|p| p.person == 3).map(|p| p.gender) {
                    Some(Gender::Female) => votes[first.person].0 += 1,
                    Some(Gender::Male) => votes[first.person].1 += 1,
                    _ => {}
                }
            }
        }
        for (person, (female, male)) in self.persons.iter_mut().zip(votes) {
            if person.gender.is_none() && female != male {
                person.gender = Some(if female > male { Gender::Female } else { Gender::Male });
            }
        }
    }

    /// The person whose name is, or ends like, these folded words; the last one mentioned before `byte`.
    pub(super) fn by_name(
        &self,
        words: &[Cow<'_, str>],
        byte: usize,
        gender: Option<Gender>,
        lang: &Language,
    ) -> Option<usize> {
        let words: SmallVec<[&str; 4]> = words.iter().map(Cow::as_ref).filter(|w| !lang.is_name_suffix(w)).collect();
        let last = *words.last()?;
        let rank = |i: usize| {
            let p = &self.persons[i];
            let only = self.with_word(last).nth(1).is_none();
            let part = words.len() == 1 && p.has_part(last);
            let whole = only
                || part
                || p.surname(lang) == last
                || p.words.last().is_some_and(|w| w == last)
                || p.words.first().is_some_and(|w| w == last);
            let fits = (words.iter().all(|w| p.has_word(w)) || part) && (words.len() > 1 || whole);
            let owner = words.len() > 1 || p.surname(lang) == last;
            let same = gender.is_some() && p.gender == gender;
            let known = p.last_mention_before(byte + 1);
            fits.then_some((same, p.words.len() > 1 || words.len() > 1, owner, known, p.mentions.len()))
        };
        self.with_word(last).filter_map(|i| rank(i).map(|r| (r, i))).max().map(|(_, i)| i)
    }

    /// Persons with a role who are named before `byte`, the latest first.
    pub(super) fn role_holders_before(&self, byte: usize) -> impl Iterator<Item = usize> + '_ {
        let n = self.role_holders.partition_point(|&i| self.persons[i].mentions.first().is_some_and(|&m| m < byte));
        self.role_holders[..n].iter().rev().take(MAX_ROLE_HOLDERS).copied()
    }

    /// Persons who are named between `byte` and `to`.
    pub(super) fn named_between(&self, byte: usize, to: usize) -> impl Iterator<Item = usize> + '_ {
        let from = self.mentions.partition_point(|m| m.byte < byte);
        self.mentions[from..].iter().take_while(move |m| m.byte < to).take(16).map(|m| m.person)
    }

    /// The mentions before `byte`, the latest first.
    pub(super) fn mentions_before(&self, byte: usize) -> impl Iterator<Item = &At> {
        self.mentions[..self.mentions.partition_point(|m| m.byte < byte)].iter().rev()
    }
}

/// A longer name counts as one where its last word stands elsewhere as somebody's short name.
fn promote(mentions: &mut [Mention<'_>], words: &Vocabulary, text: &str, lang: &Language) {
    // "Interestingly Blocher": the first word of a sentence is cut where the rest is a name elsewhere.
    let is_word = |w: &str| {
        let tables = lang.tables(w);
        tables.is_adverb() || tables.is_preposition() || tables.is_determiner() || tables.is_cue() || words.is_small(w)
    };
    let opens = |m: &Mention<'_>| m.opens && m.words.len() >= 2 && is_word(&m.words[0]);
    let mut cut: Vec<usize> = (0..mentions.len()).filter(|&i| opens(&mentions[i])).collect();
    if !cut.is_empty() {
        let elsewhere: HashSet<&[Cow<'_, str>], FixedState> =
            mentions.iter().filter(|m| !m.opens).map(|m| m.words.as_slice()).collect();
        cut.retain(|&i| elsewhere.contains(&mentions[i].words[1..]) && !elsewhere.contains(&mentions[i].words[..]));
    }
    for mention in cut {
        let mention = &mut mentions[mention];
        let first = mention.name.of(text).split_whitespace().next().map_or(0, str::len);
        mention.name.start += first;
        mention.span.start += first;
        mention.words.remove(0);
    }
    let is_short = |m: &&Mention<'_>| m.words.len() == 1 && (m.sure || m.in_source);
    let short: HashSet<u64, FixedState> =
        mentions.iter().filter(is_short).map(|m| word_hash(m.words[0].as_bytes())).collect();
    let is_short = |word: &str| short.contains(&word_hash(word.as_bytes()));
    for mention in mentions.iter_mut().filter(|m| !m.sure && m.words.len() >= 2) {
        let eastern = mention.words.len() == 2 && !mention.opens && is_short(&mention.words[0]);
        mention.sure = eastern || mention.words.last().is_some_and(|w| is_short(w));
    }
}

/// A full name is a person's where "he", "she", "his" or "her" follows before anybody else is named, and where a quotation
/// follows the sentence that it opens ("X shook his head. “Never.”") or is announced by it ("In the words of X: “Never.”").
fn called_he(view: View<'_>, mentions: &mut [Mention<'_>]) {
    const MAX_TOKENS: usize = 40;
    for k in 0..mentions.len() {
        let mention = &mentions[k];
        if mention.sure || mention.quoted || mention.words.len() < 2 {
            continue;
        }
        let range = view.passage.tokens_in(mention.name);
        let sentences = &view.passage.sentences;
        let n_begun = sentences.partition_point(|s| s.start <= range.start);
        let Some(sentence) = n_begun.checked_sub(1).map(|s| sentences[s].clone()) else { continue };
        let span = view.span(&sentence);
        let next = mentions[k + 1..].iter().find(|m| !m.quoted).map_or(usize::MAX, |m| m.span.start);
        let first = k == 0 || mentions[k - 1].span.end <= span.start || mentions[k - 1].quoted;
        let begins = range.start == sentence.start || view.word(range.start - 1) == ",";
        let small = |i: usize| view.is_word(i) && !view.is_capital(i);
        let goes_on = range.end < sentence.end && (view.word(range.end) == "," || small(range.end));
        let quoted = |i: usize| view.passage.depth.get(i).is_some_and(|d| *d > 0);
        let announces = (range.end..sentence.end).find(|&i| view.depth(i) > 0 || view.word(i) == ":");
        let announces = announces.is_some_and(|i| view.word(i) == ":" && quoted(i + 1));
        let alone = first && next >= span.end && announces;
        let opens = mention.subject && begins && goes_on;
        let n = view.passage.tokens.len().min(range.end + MAX_TOKENS);
        let pronoun = (range.end..n)
            .take_while(|&i| view.passage.tokens[i].span.start < next)
            .filter(|&i| view.depth(i) == 0 && view.tables(i).is_pronoun())
            .find_map(|i| view.lang.pronoun(view.folded(i)).filter(|p| p.person == 3).map(|p| p.gender));
        let gender = pronoun.filter(|g| opens && matches!(g, Gender::Female | Gender::Male));
        let acts = opens && first && next >= span.end && quoted(sentence.end);
        let mention = &mut mentions[k];
        mention.sure = gender.is_some() || alone || acts;
        mention.gender = mention.gender.or(gender);
    }
}

fn same_person(a: &[String], b: &[Cow<'_, str>], lang: &Language) -> bool {
    let a: SmallVec<[&str; 4]> = a.iter().map(String::as_str).filter(|w| !lang.is_name_suffix(w)).collect();
    let b: SmallVec<[&str; 4]> = b.iter().map(Cow::as_ref).filter(|w| !lang.is_name_suffix(w)).collect();
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    if short.len() < 2 {
        return false;
    }
    let is_initial =
        |s: &str, l: &str| s.trim_end_matches('.').chars().count() == 1 && l.starts_with(s.trim_end_matches('.'));
    let same_given = |s: &str, l: &str| s == l || is_initial(s, l) || is_initial(l, s) || same_given_name(s, l, lang);
    is_inside(short, long, lang)
        || short.last() == long.last() && same_given(short[0], long[0])
        || short.iter().all(|w| long.contains(w)) && (short.last() == long.last() || short.first() == long.first())
}

/// Whether a family name of several words stands in a longer name: "De la Espina" in "Ana de la Espina Roldán", "Van der
/// Elst" in "Jan van der Elst-Maes".
fn is_inside(short: &[&str], long: &[&str], lang: &Language) -> bool {
    if !lang.tables(short[0]).is_name_particle() {
        return false;
    }
    let same = |s: &str, l: &str, last: bool| s == l || last && l.split('-').next() == Some(s);
    (1..long.len()).any(|from| {
        let part = &long[from..];
        part.len() >= short.len()
            && short.iter().zip(part).enumerate().all(|(k, (s, l))| same(s, l, k + 1 == short.len()))
    })
}

/// Whether two given names are forms of one ("bill" and "william").
fn same_given_name(a: &str, b: &str, lang: &Language) -> bool {
    let full = |w: &str| lang.full_given_name(w).map_or_else(|| w.to_owned(), str::to_owned);
    full(a) == full(b)
}
