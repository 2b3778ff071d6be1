//! What a phrase beside a name, or in place of one, tells of somebody: class of the role, organization, country.
//!
//! Other than [`crate::quotation::role::role_phrase`], which finds out whom a phrase means and is a feature of statements,
//! this is asked when the speaker is known: it may read more and changes nobody's name.

use std::borrow::Cow;
use std::ops::Range;

use smallvec::SmallVec;

use crate::lang::{OrganizationType, RoleClass};
use crate::quotation::source::{View, spaced};
use crate::quotation::speaker::Resolver;
use crate::quotation::whose::MAX_BODIES;

/// An organization in a phrase.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Org {
    pub(super) name: String,
    pub(super) kind: Option<OrganizationType>,
    /// Empty where it stands between countries.
    pub(super) country: Option<&'static str>,
}

/// How much a class tells: what somebody does now, a rank in front of the name, what they did, what they are besides, a
/// title that many have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    Office,
    Rank,
    Former,
    Private,
    Title,
}

/// What a phrase tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Told {
    pub(super) class: Option<(Weight, RoleClass)>,
    pub(super) organization: Option<Org>,
    pub(super) country: Option<&'static str>,
    /// Whether the role is one of a parliament or council, which the phrase need not name.
    pub(super) chamber: Option<&'static str>,
    /// A class that the noun alone would have, and this phrase shows to be wrong.
    pub(super) denied: Option<RoleClass>,
}

/// A word of a phrase; those that hyphens join are one.
#[derive(Debug, Clone)]
pub(super) struct Word<'a> {
    pub(super) text: Cow<'a, str>,
    /// Its tokens.
    pub(super) at: Range<usize>,
    pub(super) capital: bool,
    pub(super) genitive: bool,
}

/// Where a phrase stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// Before the name, up to it.
    Before,
    /// In an apposition.
    Beside,
    /// Instead of a name.
    Alone,
}

/// The role noun of a phrase.
pub(super) struct Head {
    pub(super) first: usize,
    pub(super) end: usize,
    pub(super) class: RoleClass,
    pub(super) group: &'static str,
    pub(super) known: bool,
}

fn words_of<'a>(view: View<'a>, range: &Range<usize>) -> SmallVec<[Word<'a>; 12]> {
    let mut out: SmallVec<[Word<'a>; 12]> = SmallVec::new();
    let tokens = &view.passage.tokens;
    let mut i = range.start;
    let mut joins = false;
    while i < range.end {
        if view.is_mark(i) {
            let mark = view.word(i);
            let inner = i > range.start && tokens[i - 1].span.end == tokens[i].span.start;
            joins = matches!(mark, "-" | "‑") && inner;
            if matches!(mark, "'" | "’") && inner {
                if let Some(last) = out.last_mut() {
                    last.genitive = true;
                }
            } else if matches!(mark, "(" | "[") {
                let close = (i..range.end).find(|&j| matches!(view.word(j), ")" | "]"));
                i = close.unwrap_or(range.end);
            } else if mark == "&" {
                out.push(Word { text: Cow::Borrowed("&"), at: i..i + 1, capital: true, genitive: false });
            }
            i += 1;
            continue;
        }
        match out.last_mut().filter(|_| joins) {
            Some(last) => {
                let text = last.text.to_mut();
                text.push('-');
                text.push_str(view.bare(i));
                last.at.end = i + 1;
                last.genitive = view.is_possessive(i);
            }
            None => out.push(Word {
                text: Cow::Borrowed(view.bare(i)),
                at: i..i + 1,
                capital: view.is_capital(i),
                genitive: view.is_possessive(i),
            }),
        }
        joins = false;
        i += 1;
    }
    out
}

/// A plural noun in the singular, if it looks like one.
pub(super) fn singular(word: &str) -> Option<String> {
    if let Some(stem) = word.strip_suffix("men").filter(|s| s.len() > 2 || s.is_empty() || *s == "wo") {
        return Some(format!("{stem}man"));
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return Some(format!("{stem}y"));
    }
    word.strip_suffix('s').filter(|s| s.len() > 2 && !s.ends_with('s')).map(str::to_owned)
}

/// Words whose class is not what somebody does: kin, authors of something.
pub(super) fn is_private(class: RoleClass, group: &str) -> bool {
    class == RoleClass::Civilian || class == RoleClass::UnnamedSource || matches!(group, "author" | "ally" | "man")
}

/// Whether people of a class have a party.
fn is_political(class: RoleClass) -> bool {
    matches!(
        class,
        RoleClass::Candidate
            | RoleClass::LegislativeLeader
            | RoleClass::Legislator
            | RoleClass::PartyLeader
            | RoleClass::RegionalLeader
            | RoleClass::Spokesperson
    )
}

impl Resolver<'_> {
    /// What a phrase tells of somebody named or meant at byte `at`.
    pub(super) fn tell(&self, view: View<'_>, range: &Range<usize>, stand: Stand, at: usize) -> Told {
        let lang = self.lang;
        let all = words_of(view, range);
        let mut words = &all[..];
        let mut told = Told::default();
        // "the", "its"
        let mut owner = None;
        let mut kin = false;
        while let [first, rest @ ..] = words
            && !rest.is_empty()
            && (lang.is_determiner(&first.text) || lang.is_pronoun(&first.text))
            && !(first.capital && first.text != "the" && first.text != "its" && first.at.start > range.start)
        {
            match &*first.text {
                "its" | "their" => owner = Some(first.at.start),
                word => kin |= lang.is_personal_possessive(word),
            }
            words = rest;
        }
        let mut title = None;
        if stand == Stand::Before {
            while let [rest @ .., last] = words {
                let is_title = last.capital
                    && !last.genitive
                    && (lang.title(&last.text).is_some()
                        || lang.title(&format!("{}.", last.text)).is_some()
                        || lang.title_role(&last.text).is_some()
                        || &*last.text == "tan");
                if !is_title {
                    break;
                }
                let office = rest.last().is_some_and(|w| {
                    let both = format!("{} {}", w.text, last.text);
                    lang.occupation(&both).is_some() || lang.role(&both).is_some()
                });
                // "Police Captain X", "Congress Senator X": with words in front it is a role as others are.
                let honour = lang.is_honorary_title(&last.text);
                let plain = lang.role(&last.text).is_some() && !honour && lang.title_role(&last.text).is_none();
                if office || plain {
                    break;
                }
                title = title.or_else(|| self.title(&last.text));
                // "Chief Musa X": no office.
                if &*last.text == "chief" && rest.is_empty() {
                    told.denied = Some(RoleClass::Official);
                }
                told.chamber = told.chamber.or_else(|| lang.seat(&last.text));
                words = rest;
            }
        }
        let end = words
            .iter()
            .enumerate()
            .skip(1)
            .find(|(_, w)| {
                !w.capital && (lang.is_preposition(&w.text) || lang.tables(&w.text).ends_phrase() || &*w.text == "seen")
            })
            .map_or(words.len(), |(i, _)| i);
        let head = self.head(words, end, stand);
        let noun_start = head.as_ref().map_or(end, |h| h.first);
        // Whose: "the ministry's", "Transport Canada's", "its".
        let whose = (0..noun_start).rev().find(|&i| words[i].genitive);
        let mut organization = None;
        if let Some(i) = whose {
            organization = self.body_at(view, &words[..=i], at, Some(&mut told.country), true);
        }
        let from = whose.map_or(0, |i| i + 1);
        if organization.is_none() && from < noun_start {
            organization = self.body_at(view, &words[from..noun_start], at, Some(&mut told.country), false);
        }
        // "a ministry official": one role noun of two words.
        if organization.is_none()
            && let Some(head) = head.as_ref().filter(|h| h.known && h.end - h.first > 1)
        {
            organization = self.body_at(view, &words[head.first..head.end - 1], at, None, false);
        }
        let is_leader = head.as_ref().is_some_and(|h| lang.heads_body(h.group));
        let mut next = end;
        while organization.is_none() && next < words.len() && head.is_some() {
            let preposition = &*words[next].text;
            let stop = words
                .iter()
                .enumerate()
                .skip(next + 1)
                .find(|(i, w)| {
                    let tables = lang.tables(&w.text);
                    // "the University of X", "the Centre for X"
                    let linked = matches!(&*w.text, "of" | "for")
                        && words.get(i - 1).is_some_and(|b| b.capital && lang.organization_head(&b.text).is_some())
                        && words.get(i + 1).is_some_and(|n| n.capital || &*n.text == "the");
                    !w.capital && (tables.is_preposition() && !linked || tables.ends_phrase() || &*w.text == "seen")
                })
                .map_or(words.len(), |(i, _)| i);
            if lang.links_office(preposition) {
                let any = lang.links_workplace(preposition) || preposition == "of" && is_leader;
                let found = self.body_at(view, &words[next + 1..stop], at, Some(&mut told.country), true);
                let place = matches!(preposition, "in" | "from" | "of");
                let tail = |o: &Org| o.name.rsplit(' ').next().is_some_and(|w| lang.is_body_tail(&w.to_lowercase()));
                organization =
                    found.filter(|o| any && !place || o.kind.is_some() || preposition == "of" && any || tail(o));
            } else {
                break;
            }
            if stop == next {
                break;
            }
            next = stop;
        }
        if organization.is_none()
            && let Some(i) = owner
            && head.is_some()
        {
            let state = head.as_ref().is_some_and(|h| {
                matches!(
                    h.class,
                    RoleClass::Minister | RoleClass::HeadOfState | RoleClass::HeadOfGovernment | RoleClass::Diplomat
                )
            });
            told.country = told.country.or_else(|| state.then(|| self.owning_country(view, i)).flatten());
            organization = self.owner(view, i);
        }
        // "Conservative leader X", "the Green senator"
        if organization.is_none()
            && let Some(head) = head.as_ref().filter(|h| is_political(h.class))
        {
            organization = (0..head.end - 1).find_map(|i| {
                let two = (i + 2 < head.end).then(|| format!("{} {}", words[i].text, words[i + 1].text));
                let n = match two {
                    Some(two) if lang.is_party_word(&two) => 2,
                    _ => usize::from(lang.is_party_word(&words[i].text)),
                };
                let tokens = words[i].at.start..words[i + n.max(1) - 1].at.end;
                let name = || spaced(view.span(&tokens).of(view.text));
                (n > 0 && words[i].capital).then(|| Org {
                    name: name(),
                    kind: Some(OrganizationType::Party),
                    country: None,
                })
            });
        }
        // "At Alder Forge Co. orders fell. President X said": the company's.
        if organization.is_none()
            && told.country.is_none()
            && stand == Stand::Before
            && head.as_ref().is_some_and(|h| h.group == "president" && h.end - h.first == 1 && h.end == words.len())
        {
            let from = view.passage.span.start;
            let company = self
                .bodies()
                .before(at)
                .take(MAX_BODIES)
                .take_while(|b| b.byte >= from)
                .find(|b| b.kind() == Some(OrganizationType::Company) && self.is_body(b));
            organization = company.map(|b| self.org(&b.name, b.kind()));
        }
        let text = || words.iter().map(|w| &*w.text).collect::<SmallVec<[&str; 12]>>();
        let former = text().iter().any(|w| lang.tells_past_office(w) || w.starts_with("ex-"));
        if let Some(head) = &head {
            let class = self.class(head, &words[..head.first], organization.as_ref(), told.country, kin, stand);
            // "its president", "president of Local 5": of no state.
            let of = words.get(end).is_some_and(|w| matches!(&*w.text, "of" | "at" | "for"));
            let heads_none = head.group == "president"
                && class == Some(RoleClass::HeadOfState)
                && told.country.is_none()
                && organization.is_none()
                && (owner.is_some() || of && words.get(end + 1).is_some_and(|w| &*w.text != "republic"));
            if heads_none {
                told.denied = class;
            } else if class.is_none() && matches!(head.class, RoleClass::Legislator | RoleClass::Military) {
                told.denied = Some(head.class);
            }
            // "the head of the Tyrolean government", "head of the district administration"
            let of_state = head.group == "chair" && organization.as_ref().is_none_or(|o| o.kind.is_none());
            let rest: &[Word<'_>] =
                if of_state && words.get(end).is_some_and(|w| &*w.text == "of") { &words[end + 1..] } else { &[] };
            let state = rest.iter().take(5).find_map(|w| match &*w.text {
                "government" => Some(RoleClass::HeadOfGovernment),
                "administration" if rest.len() > 2 => Some(RoleClass::RegionalLeader),
                _ => None,
            });
            let class = state.or(class);
            let author = head.group == "author" && words[end..].iter().any(|w| lang.is_bill(&w.text));
            let class = if author { Some(RoleClass::Legislator) } else { class };
            told.class = class.filter(|_| !heads_none).map(|class| {
                let private = class == RoleClass::Civilian || is_private(class, head.group) && !author;
                let weight = if private {
                    Weight::Private
                } else if former {
                    Weight::Former
                } else {
                    Weight::Office
                };
                (weight, class)
            });
            // "two people with knowledge of the talks"
            let informed = |w: &Word<'_>| lang.is_informed(&w.text);
            if stand == Stand::Alone
                && told.class.is_some_and(|c| c.1 == RoleClass::Civilian)
                && words[end..].iter().any(informed)
            {
                told.class = Some((Weight::Private, RoleClass::UnnamedSource));
            }
            told.chamber = told.chamber.or_else(|| words[head.first..head.end].iter().find_map(|w| lang.seat(&w.text)));
            // "Minister of Water", where the article names the ministry.
            if organization.is_none()
                && (head.group.ends_with("minister") || head.class == RoleClass::Minister)
                && told.class.is_some_and(|c| c.1 == RoleClass::Minister)
            {
                organization = self.ministry(words.iter().map(|w| &*w.text));
            }
        }
        if organization.is_none() && !former && owner.is_none() && !kin {
            organization = head
                .as_ref()
                .filter(|h| h.first == 0 || words[..h.first].iter().all(|w| lang.is_role_modifier(&w.text)))
                .and_then(|h| self.affine(h, end == words.len()));
            let governs = head.as_ref().is_some_and(|h| {
                h.first == 0 && h.end == words.len() && matches!(h.group, "governor" | "deputy governor")
            });
            let bank = governs
                && organization.is_none()
                && self.words.count("central").n > 0
                && self.words.count("bank").n > 0;
            if bank || organization.as_ref().is_some_and(|o| o.kind == Some(OrganizationType::CentralBank)) {
                told.class = Some((Weight::Office, RoleClass::CentralBanker));
            } else if organization.as_ref().is_some_and(|o| o.kind == Some(OrganizationType::Company)) {
                told.class = Some((Weight::Office, RoleClass::Business));
            }
        }
        // An earlier office is none of the body's; a body itself is no member of it.
        told.organization = organization.filter(|_| !former && (head.is_some() || stand != Stand::Alone));
        if told.class.is_none_or(|c| c.0 >= Weight::Private) && title.is_some() {
            told.class = title;
        }
        // "Commander X" of the police.
        if let Some(class) = told.class.as_mut().filter(|c| c.1 == RoleClass::Military)
            && told.organization.as_ref().is_none_or(|o| o.kind != Some(OrganizationType::Military))
            && self.is_police()
        {
            class.1 = RoleClass::Police;
        }
        told
    }

    /// Whose document it is: "a report by the regulator", "the ministry's note", "an Ardbeg Institute survey".
    pub(super) fn tell_document(&self, view: View<'_>, range: &Range<usize>, at: usize) -> Told {
        let all = words_of(view, range);
        let mut told = Told::default();
        let links = |w: &Word<'_>| !w.capital && self.lang.links_document(&w.text);
        let small = |w: &Word<'_>| !w.capital && self.lang.is_preposition(&w.text);
        let end = all.iter().position(small).unwrap_or(all.len());
        let before = &all[..end.saturating_sub(1)];
        if !before.is_empty() {
            told.organization = self.body_at(view, before, at, Some(&mut told.country), false);
        }
        if told.organization.is_none()
            && let Some(link) = all.iter().position(links)
        {
            let rest = &all[link + 1..];
            let stop = rest.iter().skip(1).position(|w| small(w) && &*w.text != "of" && &*w.text != "for");
            let words = &rest[..stop.map_or(rest.len(), |s| s + 1)];
            told.organization =
                self.body_at(view, words, at, Some(&mut told.country), true).filter(|o| o.kind.is_some());
        }
        told
    }

    /// What belonging to the body in these words tells.
    pub(super) fn tell_body(&self, view: View<'_>, range: &Range<usize>, at: usize) -> Told {
        let words = words_of(view, range);
        let mut told = Told::default();
        told.organization = self.body_at(view, &words, at, Some(&mut told.country), true);
        told
    }
}
