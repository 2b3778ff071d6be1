//! The country that an article is at home in, for speakers of whose country it says nothing: by more words than
//! [`crate::quotation::home::home_country`], whose answer holders and targets are resolved with.

use std::collections::BTreeMap;

use smallvec::SmallVec;

use crate::document::{Document, PartKind};
use crate::lang::{Language, OrganizationType, RoleClass, word_hash};
use crate::quotation::cast::Cast;
use crate::quotation::role::{organization_type_of, with_words};
use crate::quotation::speaker::Resolver;
use crate::quotation::vocabulary::Vocabulary;
use crate::quotation::{Passage, Speaker};

/// The home country leads the next one by this factor, and has so many words.
const LEAD_FACTOR: f64 = 1.3;
const MIN_WORDS: u32 = 2;
/// What the agency of a country in the dateline tells.
const AGENCY: u32 = 8;
/// So far from the beginning the name of an agency stands.
const DATELINE_TOKENS: usize = 16;

/// The agencies that datelines name, also one in front of the first paragraph: "Riyadh, 14 May, SPA -- ".
fn agencies(document: &Document, passages: &[Passage], lang: &Language) -> SmallVec<[&'static str; 2]> {
    let mut out = SmallVec::new();
    let mut read = |passage: &Passage| {
        for (i, token) in passage.tokens.iter().enumerate().take(DATELINE_TOKENS) {
            let word = token.span.of(&document.text);
            let apart = i == 0 || matches!(passage.tokens[i - 1].span.of(&document.text), "(" | "/" | "," | "[");
            if apart && (2..=9).contains(&word.len()) && word.starts_with(char::is_uppercase) {
                let capitals = word.chars().all(char::is_uppercase) || word.len() > 4;
                out.extend(lang.agency(passage.folded(i)).filter(|_| capitals));
            }
        }
    };
    for part in document.parts.iter().filter(|p| p.kind == PartKind::Dateline) {
        read(&Passage::bare(&document.text, part.span, usize::MAX, lang));
    }
    passages.iter().take(1).for_each(read);
    out
}

/// Where an article is at home.
pub(super) struct Homeland {
    country: Option<&'static str>,
}

impl Homeland {
    /// `counts`: places that the article names in paragraphs and datelines, by country.
    pub(super) fn new(
        document: &Document,
        passages: &[Passage],
        mut counts: BTreeMap<&'static str, u32>,
        words: &Vocabulary,
        cast: &Cast,
        lang: &Language,
    ) -> Self {
        for part in &document.parts {
            let weight = match part.kind {
                PartKind::Dateline => 6,
                PartKind::Byline => 2,
                PartKind::Headline | PartKind::Subheadline => 1,
                _ => continue,
            };
            with_words(part.span.of(&document.text), |words| {
                for i in 0..words.len() {
                    let code = lang.home_word(word_hash(words[i].as_bytes())).map(|k| k.0);
                    let headline = || {
                        lang.country_at(&words[i..]).filter(|c| !lang.needs_capitals(words[i]) || c.0 > 1).map(|c| c.1)
                    };
                    let code = code.or_else(|| if weight < 6 { headline() } else { None });
                    let code = code.or_else(|| if weight == 2 { lang.city_at(&words[i..]).map(|c| c.1) } else { None });
                    if let Some(code) = code {
                        *counts.entry(code).or_insert(0) += weight;
                    }
                }
            });
        }
        words.each(|hash, n, proper| {
            if let Some((code, capital)) = lang.home_word(hash)
                && (proper || !capital)
            {
                let n = if capital { n.saturating_sub(cast.n_named(hash)) } else { n };
                *counts.entry(code).or_insert(0) += n.min(6);
            }
        });
        // "RAWALPINDI: ..."
        let first = passages.first().and_then(|p| p.tokens.first().map(|t| (p, t.span.of(&document.text))));
        if let Some((passage, _)) = first.filter(|f| f.1.len() > 3 && f.1.chars().all(char::is_uppercase)) {
            let place = lang.home_word(word_hash(passage.folded(0).as_bytes())).map(|k| k.0);
            let words = || (0..passage.tokens.len().min(4)).map(|i| passage.folded(i));
            let place =
                place.or_else(|| lang.country_at(words()).map(|c| c.1)).or_else(|| lang.city_at(words()).map(|c| c.1));
            if let Some(code) = place {
                *counts.entry(code).or_insert(0) += 6;
            }
        }
        for code in agencies(document, passages, lang) {
            *counts.entry(code).or_insert(0) += AGENCY;
        }
        counts.remove("EU");
        // The seats of bodies between countries.
        for (city, code) in [("brussels", "BE"), ("geneva", "CH"), ("hague", "NL"), ("strasbourg", "FR")] {
            if let Some(n) = counts.get_mut(code) {
                *n = n.saturating_sub(2 * words.count(city).n);
            }
        }
        let text = &document.text[..passages.last().map_or(0, |p| p.span.end)];
        for (sign, code) in lang.moneys {
            let letter = |at: usize| text[..at].ends_with(char::is_alphabetic);
            let n = text.match_indices(sign).filter(|m| !letter(m.0)).take(6).count();
            if n > 0 {
                *counts.entry(code).or_insert(0) += u32::try_from(n).unwrap_or(0);
            }
        }
        counts.retain(|_, n| *n > 0);
        let mut ranked: Vec<(u32, &'static str)> = counts.into_iter().map(|(c, n)| (n, c)).collect();
        ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        let country = match ranked.as_slice() {
            [(_, only)] => Some(*only),
            [(best, code), (next, _), ..] => {
                (*best >= MIN_WORDS && f64::from(*best) >= LEAD_FACTOR * f64::from(*next)).then_some(*code)
            }
            [] => None,
        };
        Self { country }
    }

    /// Role, organization and country of a body; the country of everybody of whom it is not told.
    pub(super) fn complete(&self, resolver: &Resolver<'_>, speaker: &mut Speaker) {
        let lang = resolver.lang;
        let named = speaker.organization.as_deref().or(speaker.name.as_deref()).unwrap_or_default();
        let folded = named.to_lowercase();
        if speaker.country.as_deref() == Some("") {
            speaker.country = None;
            return;
        }
        // "Senate": whose, the article tells.
        let table = lang.organization_at(folded.split(' ')).map(|o| o.1.country);
        let by_table = table.is_some() && speaker.country.as_deref() == table || speaker.country.is_none();
        if by_table && lang.is_shared_body(&folded) && !resolver.is_foreign(speaker) {
            speaker.country = self.country.map(str::to_owned);
        }
    }

    /// The article's own country.
    pub(super) fn country(&self) -> Option<&'static str> {
        self.country
    }

    /// Whether nobody can tell the country of a speaker by the article's: bodies and people between countries.
    pub(super) fn is_between(speaker: &Speaker, lang: &Language) -> bool {
        let role = speaker.role.as_deref();
        let international = |name: &str| {
            with_words(name, |words| {
                let first = words.iter().find(|w| !lang.is_determiner(w)).copied().unwrap_or_default();
                lang.opens_international(first)
                    || words.iter().any(|w| matches!(*w, "foreign" | "western"))
                    || organization_type_of(words, lang) == Some(OrganizationType::Igo)
            })
        };
        role == Some(RoleClass::IgoOfficial.name())
            || role == Some(RoleClass::Diplomat.name())
            || [&speaker.organization, &speaker.name, &speaker.description]
                .into_iter()
                .flatten()
                .any(|n| international(n))
    }
}

impl Resolver<'_> {
    /// Whether the words about a speaker name a country.
    fn is_foreign(&self, speaker: &Speaker) -> bool {
        [&speaker.name, &speaker.description]
            .into_iter()
            .flatten()
            .any(|text| with_words(text, |words| (0..words.len()).any(|i| self.lang.country_at(&words[i..]).is_some())))
    }
}
