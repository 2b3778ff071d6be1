//! Roles, organizations and countries in a phrase of words.
//!
//! Works on folded words, so that the words of an article ("the Russian senate speaker") and the cells of a labelled
//! file ("deputy foreign minister") are read alike.

use std::collections::BTreeSet;

use smallvec::SmallVec;

use crate::lang::{Gender, Language, Organization, OrganizationType, RoleClass, SourceKind, Tables};
use crate::quotation::source::bare;
use crate::text::{folded, tokens};

/// A role that a phrase gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolePhrase {
    /// What kind of person.
    pub class: RoleClass,
    /// Synonym group of the role noun.
    pub group: &'static str,
    /// The gender that the role noun tells.
    pub gender: Option<Gender>,
    /// The phrase's other words, `@` with the codes of countries and `#` with the groups of organizations.
    pub modifiers: BTreeSet<String>,
    /// Where the role noun stands: first word and number of words.
    pub head: (usize, usize),
    /// The organization, as word range of the phrase.
    pub organization: Option<(usize, usize)>,
    /// ISO code of the country.
    pub country: Option<&'static str>,
}

/// The role nouns in `words`, longest first from the left, none inside brackets: first word, number of words, role.
fn role_nouns(
    words: &[&str],
    marks: &[Tables],
    lang: &Language,
) -> SmallVec<[(usize, usize, &'static crate::lang::Role); 4]> {
    let mut out = SmallVec::new();
    let mut depth = 0usize;
    let mut i = 0;
    while i < words.len() {
        match words[i] {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        let role = if depth == 0 && marks[i].begins_role() { lang.role_at(&words[i..]) } else { None };
        match role {
            Some((n, role)) => {
                out.push((i, n, role));
                i += n;
            }
            None => i += 1,
        }
    }
    out
}

/// Bodies and countries named in `words`, in order: first word, number of words, what.
fn names(
    words: &[&str],
    marks: &[Tables],
    is_capital: &dyn Fn(usize) -> bool,
    lang: &Language,
) -> Vec<(usize, usize, Named)> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < words.len() {
        let is_head = marks[i].is_organization_head();
        let body = if marks[i].begins_organization() { lang.organization_at(&words[i..]) } else { None };
        let body = body
            .filter(|(n, _)| *n > 1 || is_head || words[i].len() > 2)
            .filter(|(n, _)| (i..i + n).any(is_capital) || is_head);
        let country = if marks[i].begins_country() { lang.country_at(&words[i..]) } else { None };
        match (body, country) {
            (Some((n, body)), country) if country.is_none_or(|c| n >= c.0) => {
                out.push((i, n, Named::Body(body)));
                i += n;
            }
            (_, Some((n, code, _))) => {
                out.push((i, n, Named::Country(code)));
                i += n;
            }
            _ => i += 1,
        }
    }
    out
}

enum Named {
    Body(&'static Organization),
    Country(&'static str),
}

/// The role that a phrase gives: of several role nouns the last before "of", "for", "at" or "in", else the last.
///
/// `is_capital` tells which words are written with a capital: "who" and "conservatives" name no body, "WHO" does.
pub fn role_phrase(words: &[&str], is_capital: &dyn Fn(usize) -> bool, lang: &Language) -> Option<RolePhrase> {
    let marks: SmallVec<[Tables; 16]> = words.iter().map(|w| lang.tables(w)).collect();
    let nouns = role_nouns(words, &marks, lang);
    let cut = nouns.iter().map(|(i, n, _)| i + n).find(|&end| {
        words.get(end).is_some_and(|w| matches!(*w, "of" | "for" | "at" | "in" | "to" | "with" | "close" | "familiar"))
    });
    let (first, n, role) = *match cut {
        Some(end) => nouns.iter().find(|(i, n, _)| i + n == end),
        None => nouns.last(),
    }?;
    let mut modifiers = BTreeSet::new();
    let is_head = |i: usize| (first..first + n).contains(&i);
    for (i, word) in words.iter().enumerate().filter(|(i, _)| !is_head(*i)) {
        let is_content = !marks[i].is_determiner()
            && !marks[i].is_preposition()
            && !marks[i].is_conjunction()
            && word.chars().any(char::is_alphanumeric);
        if is_content {
            modifiers.insert(bare(word).to_owned());
        }
    }
    let (mut organization, mut country, mut kind) = (None, None, None);
    for (i, n, named) in names(words, &marks, is_capital, lang) {
        if is_head(i) && n <= 1 {
            continue;
        }
        match named {
            Named::Body(body) => {
                modifiers.insert(format!("#{}", body.group));
                organization.get_or_insert((i, n));
                kind = kind.or(Some(body.kind));
                if !body.country.is_empty() {
                    country = country.or(Some(body.country));
                }
            }
            Named::Country(code) => {
                modifiers.insert(format!("@{code}"));
                country = Some(code);
            }
        }
    }
    // Any upper house is "the upper house": a common sign beside the names of both.
    for i in (0..words.len()).filter(|&i| marks[i].begins_chamber()) {
        let chamber = (1..=3.min(words.len() - i)).rev().find_map(|n| lang.chamber(&words[i..i + n].join(" ")));
        if let Some(chamber) = chamber {
            modifiers.insert(format!("#{chamber}"));
        }
    }
    if kind.is_none() {
        let mut heads = (0..words.len()).filter(|&i| !is_head(i) && marks[i].is_organization_head());
        kind = heads.find_map(|i| lang.organization_head(words[i]));
    }
    let class = refined(role, kind, country.is_some());
    let gender = Some(role.gender).filter(|g| matches!(g, Gender::Female | Gender::Male));
    Some(RolePhrase { class, group: role.group, gender, modifiers, head: (first, n), organization, country })
}

/// What a chair, head, leader or president leads tells the class better than the noun.
fn refined(role: &crate::lang::Role, kind: Option<OrganizationType>, has_country: bool) -> RoleClass {
    let leads = matches!(role.group, "chair" | "president" | "director" | "secretary-general" | "general secretary");
    match kind {
        Some(OrganizationType::Parliament) if leads => RoleClass::LegislativeLeader,
        Some(OrganizationType::Party) if leads => RoleClass::PartyLeader,
        Some(OrganizationType::CentralBank) if leads || role.group == "governor" => RoleClass::CentralBanker,
        Some(OrganizationType::Igo) if leads => RoleClass::IgoOfficial,
        Some(OrganizationType::Company | OrganizationType::Media) if leads => RoleClass::Business,
        Some(OrganizationType::Union) if leads => RoleClass::Union,
        Some(OrganizationType::Ngo) if leads => RoleClass::Activist,
        Some(OrganizationType::Military | OrganizationType::ArmedGroup) if leads => RoleClass::Military,
        Some(OrganizationType::Police) if leads => RoleClass::Police,
        Some(OrganizationType::Court) if leads => RoleClass::Judiciary,
        Some(OrganizationType::University) if leads => RoleClass::Expert,
        None if role.name == "leader" && has_country => RoleClass::HeadOfState,
        _ => role.class,
    }
}

/// The folded words of a text, marks as words of their own.
fn words_of(text: &str) -> Vec<String> {
    tokens(text).iter().map(|t| folded(t.span.of(text))).collect()
}

/// What `look` makes of the folded words of a text, marks as words of their own.
pub(super) fn with_words<R>(text: &str, look: impl FnOnce(&[&str]) -> R) -> R {
    if !text.is_ascii() {
        return look(&refs(&words_of(text)));
    }
    let lower = text.to_ascii_lowercase();
    let words: SmallVec<[&str; 12]> = tokens(&lower).iter().map(|t| t.span.of(&lower)).collect();
    look(&words)
}

pub(super) fn refs(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

/// Class of a role as a file names it: one of [`RoleClass::name`], or free text ("deputy foreign minister").
pub fn role_class(text: &str, lang: &Language) -> Option<RoleClass> {
    let words = words_of(text);
    let name = words.join(" ");
    RoleClass::ALL
        .into_iter()
        .find(|c| c.name() == name)
        .or_else(|| role_phrase(&refs(&words), &|_| true, lang).map(|r| r.class))
}

/// ISO code of a country as a file names it: the code itself, a name, or a capital.
pub fn country_code(text: &str, lang: &Language) -> Option<&'static str> {
    let trimmed = text.trim();
    lang.country(trimmed).map(|c| c.iso).or_else(|| lang.country_term(&words_of(trimmed).join(" ")).map(|c| c.0))
}

/// Type of an organization as a file names it: a known body, else by its head noun.
pub fn organization_type(text: &str, lang: &Language) -> Option<OrganizationType> {
    with_words(text, |words| organization_type_of(words, lang))
}

/// ... of its folded words.
pub(super) fn organization_type_of(words: &[&str], lang: &Language) -> Option<OrganizationType> {
    let known = (0..words.len())
        .find_map(|i| lang.organization_at(&words[i..]).filter(|(n, _)| i + n == words.len() || *n > 1));
    known.map(|(_, body)| body.kind).or_else(|| words.iter().rev().find_map(|w| lang.organization_head(w)))
}

/// The longest role noun or collective at the end of `words` that can speak in the plural or as a body.
pub fn collective_at_end(words: &[&str], lang: &Language) -> Option<SourceKind> {
    let words = &words[words.len().saturating_sub(3)..];
    let joined = words.join(" ");
    let mut at = 0;
    words.iter().find_map(|word| {
        let found = lang.collective(&joined[at..]);
        at += word.len() + 1;
        found
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::language;

    #[test]
    fn roles_of_phrases() {
        let lang = language("en").unwrap();
        for (text, class, country) in [
            (
                "Russian Federation Council (upper house of parliament) Chairperson",
                RoleClass::LegislativeLeader,
                Some("RU"),
            ),
            ("the Russian senate speaker", RoleClass::LegislativeLeader, Some("RU")),
            ("North Korean leader", RoleClass::HeadOfState, Some("KP")),
            ("deputy foreign minister", RoleClass::Minister, None),
            ("a spokesman for the ministry", RoleClass::Spokesperson, None),
            ("President of the Romanian Senate", RoleClass::LegislativeLeader, Some("RO")),
            ("US President", RoleClass::HeadOfState, Some("US")),
        ] {
            let role = role_phrase(&refs(&words_of(text)), &|_| true, lang).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((role.class, role.country), (class, country), "{text}");
        }
        assert_eq!(role_class("legislative leader", lang), Some(RoleClass::LegislativeLeader));
        assert_eq!(country_code("RU", lang), Some("RU"));
        assert_eq!(country_code("Kenya", lang), Some("KE"));
        assert_eq!(organization_type("Ministry of Water", lang), Some(OrganizationType::Ministry));
    }
}
