//! What an article leaves unsaid of its speakers: the country where it is at home, whose ministers and police need no
//! adjective in it, and that a ministry is an institution.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::FixedState;

use crate::document::{Document, PartKind};
use crate::lang::{Language, OrganizationType, SourceKind, TermKind};
use crate::quotation::homeland::Homeland;
use crate::quotation::role::{collective_at_end, organization_type_of, with_words};
use crate::quotation::source::bare;
use crate::quotation::{Passage, Speaker};

/// A dateline tells as much as so many mentions.
const DATELINE: u32 = 6;
/// So many paragraphs at the beginning count twice.
const LEAD: usize = 2;
/// The home country leads the next one by this factor.
const LEAD_FACTOR: f64 = 1.3;

/// ISO code of the country that an article is at home in, by its dateline and the places that it names; `None` where two
/// are as likely.
#[cfg(feature = "train")]
pub(crate) fn home_country(document: &Document, passages: &[Passage], lang: &Language) -> Option<&'static str> {
    most(&places(document, passages, &|_| false, lang))
}

/// How much the places that an article names speak for each country. `is_name`: whether the word at a byte belongs to
/// somebody's name ("Ada Lima", "Jordan Bell").
pub(super) fn places(
    document: &Document,
    passages: &[Passage],
    is_name: &dyn Fn(usize) -> bool,
    lang: &Language,
) -> BTreeMap<&'static str, u32> {
    let mut counts: BTreeMap<&'static str, u32> = BTreeMap::new();
    for part in document.parts.iter().filter(|p| p.kind == PartKind::Dateline) {
        let passage = Passage::bare(&document.text, part.span, usize::MAX, lang);
        count(&passage, &document.text, DATELINE, &|_| false, lang, &mut counts);
    }
    for passage in passages {
        let weight = if passage.index < LEAD { 2 } else { 1 };
        count(passage, &document.text, weight, is_name, lang, &mut counts);
    }
    counts
}

/// ... and the country that leads.
pub(super) fn most(counts: &BTreeMap<&'static str, u32>) -> Option<&'static str> {
    let mut ranked: Vec<(u32, &'static str)> = counts.iter().map(|(c, n)| (*n, *c)).collect();
    ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    match ranked.as_slice() {
        [(n, only)] => (*n >= 2).then_some(only),
        [(best, code), (next, _), ..] => {
            (*best >= 3 && f64::from(*best) >= LEAD_FACTOR * f64::from(*next)).then_some(code)
        }
        [] => None,
    }
}

/// ... also as a genitive ("China's").
fn begins_place(passage: &Passage, i: usize, lang: &Language) -> bool {
    let tables = passage.tables(i);
    tables.begins_place() || tables.is_genitive() && lang.tables(bare(passage.folded(i))).begins_place()
}

fn count(
    passage: &Passage,
    text: &str,
    weight: u32,
    is_name: &dyn Fn(usize) -> bool,
    lang: &Language,
    counts: &mut BTreeMap<&'static str, u32>,
) {
    let tokens = &passage.tokens;
    let words = |i: usize| (i..tokens.len()).map(|j| bare(passage.folded(j)));
    let mut i = 0;
    while i < tokens.len() {
        if !tokens[i].capital || !begins_place(passage, i, lang) {
            i += 1;
            continue;
        }
        let country = lang.country_at(words(i)).filter(|(n, _, _)| {
            let span = tokens[i].span.start..tokens[i + n - 1].span.end;
            let key = || words(i).take(*n).collect::<Vec<&str>>().join(" ");
            !text[span].chars().any(char::is_lowercase) || !lang.needs_capitals(&key())
        });
        let (n, code, weight) = match country {
            Some((n, code, kind)) => (n, code, if kind == TermKind::Person { 0 } else { weight }),
            None => match lang.city_at(words(i)) {
                // "NIS 14 billion" is money.
                Some((1, _)) if weight < DATELINE && !tokens[i].span.of(text).chars().any(char::is_lowercase) => {
                    i += 1;
                    continue;
                }
                Some((n, code)) => (n, code, weight),
                None => {
                    i += 1;
                    continue;
                }
            },
        };
        if weight > 0 && !is_name(tokens[i].span.start) {
            *counts.entry(code).or_insert(0) += weight;
        }
        i += n;
    }
}

/// What the names and descriptions of an article tell of country and role: worked out once for each of them, as the same
/// speakers come again and again.
pub(super) struct Home<'a> {
    country: Option<&'static str>,
    lang: &'a Language,
    told: HashMap<String, Option<&'static str>, FixedState>,
    /// Of descriptions, and of names.
    roles: [HashMap<String, Option<&'static str>, FixedState>; 2],
}

impl<'a> Home<'a> {
    /// `country`: that of [`home_country`].
    pub(super) fn new(country: Option<&'static str>, lang: &'a Language) -> Self {
        Self { country, lang, told: HashMap::default(), roles: Default::default() }
    }

    fn told(&mut self, text: &str, whole: bool) -> Option<&'static str> {
        let lang = self.lang;
        known(&mut self.told, text, |text| told(text, whole, lang))
    }

    /// Gives a speaker of whose country the article says nothing the article's own, unless it is a body between countries.
    /// `is_person`: a name of somebody tells no country ("Ada Lima", "Jordan Bell").
    pub(super) fn at_home(&mut self, speaker: &mut Speaker, is_person: bool) {
        let named = speaker.name.as_deref().or(speaker.description.as_deref());
        let Some(words) = named.filter(|_| speaker.country.is_none()) else { return };
        let organization = speaker.organization.as_deref().unwrap_or_default();
        // A body whose table entry has no country stands between countries.
        let told = if is_person { None } else { self.told(words, speaker.name.is_some()) };
        let told = told.or_else(|| self.told(organization, true));
        let country = told.or(self.country).filter(|c| !c.is_empty());
        let between = Homeland::is_between(speaker, self.lang);
        if !between || country != self.country {
            speaker.country = country.map(str::to_owned);
        }
    }

    /// Names the role of a body or document: what it is.
    pub(super) fn body_role(&mut self, speaker: &mut Speaker) {
        if speaker.role.is_some() {
            return;
        }
        let Some(words) = speaker.name.as_deref().or(speaker.description.as_deref()) else { return };
        // A person has no body of the same name.
        let named = speaker.name.is_some();
        if named && speaker.organization.is_none() {
            return;
        }
        let lang = self.lang;
        let role = known(&mut self.roles[usize::from(named)], words, |words| role_of_body(words, named, lang));
        speaker.role = role.map(str::to_owned);
    }
}

/// What `find` gives for a text, kept.
fn known(
    all: &mut HashMap<String, Option<&'static str>, FixedState>,
    text: &str,
    find: impl FnOnce(&str) -> Option<&'static str>,
) -> Option<&'static str> {
    if let Some(found) = all.get(text) {
        return *found;
    }
    let found = find(text);
    all.insert(text.to_owned(), found);
    found
}

/// The country of the first body or country named in a text. `whole`: a body must be all of it, as a longer name can be
/// another's ("Upper Vale Council"); one that many countries have tells nothing.
fn told(text: &str, whole: bool, lang: &Language) -> Option<&'static str> {
    with_words(text, |words| {
        (0..words.len()).find_map(|i| {
            let body = lang.organization_at(&words[i..]);
            let alone = |n: usize| i + n == words.len() && words[..i].iter().all(|w| lang.is_determiner(w));
            let body = body.filter(|(n, o)| !lang.is_shared_body(o.name) && (!whole || alone(*n))).map(|o| o.1.country);
            body.or_else(|| lang.country_at(&words[i..]).map(|c| c.1))
        })
    })
}

/// The role of a body or document with this name, or description.
fn role_of_body(words: &str, named: bool, lang: &Language) -> Option<&'static str> {
    with_words(words, |own| {
        let is_article = |w: &&&str| lang.is_determiner(w) || lang.is_pronoun(w);
        let bare = &own[own.iter().take_while(is_article).count()..];
        let end = bare.iter().skip(1).position(|w| lang.is_preposition(w)).map_or(bare.len(), |p| p + 1);
        if lang.country_at(bare).is_some_and(|(n, _, _)| n == bare.len()) {
            return Some("government");
        }
        if collective_at_end(&bare[..end], lang) == Some(SourceKind::Document) {
            return Some("document");
        }
        match organization_type_of(own, lang) {
            Some(OrganizationType::Union) => Some("union"),
            Some(OrganizationType::Party) => Some("party"),
            Some(OrganizationType::Police) => Some("police"),
            Some(_) => Some("institution"),
            None if named => Some("institution"),
            None if matches!(
                collective_at_end(&bare[..end], lang),
                Some(SourceKind::Institution | SourceKind::Media)
            ) =>
            {
                Some("institution")
            }
            None => None,
        }
    })
}
