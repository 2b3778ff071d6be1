//! What a phrase beside a name, or in place of one, tells of somebody: class of the role, organization, country.
//!
//! Other than [`crate::quotation::role::role_phrase`], which finds out whom a phrase means and is a feature of statements,
//! this is asked when the speaker is known: it may read more and changes nobody's name.

use std::borrow::Cow;
use std::ops::Range;

use smallvec::SmallVec;

use crate::lang::{Language, OrganizationType, RoleClass, SourceKind};
use crate::quotation::apposition::bare_organization;
use crate::quotation::bodies::{Body, without_form};
use crate::quotation::profile::member_of;
use crate::quotation::source::{View, spaced};
use crate::quotation::speaker::Resolver;

/// An organization in a phrase.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Org {
    pub(super) name: String,
    pub(super) kind: Option<OrganizationType>,
    /// Empty where it stands between countries.
    pub(super) country: Option<&'static str>,
}

/// So many names of bodies are compared with a phrase: keeps hostile texts linear.
const MAX_BODIES: usize = 96;

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
struct Word<'a> {
    text: Cow<'a, str>,
    /// Its tokens.
    at: Range<usize>,
    capital: bool,
    genitive: bool,
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
struct Head {
    first: usize,
    end: usize,
    class: RoleClass,
    group: &'static str,
    known: bool,
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
fn singular(word: &str) -> Option<String> {
    if let Some(stem) = word.strip_suffix("men").filter(|s| s.len() > 2 || s.is_empty() || *s == "wo") {
        return Some(format!("{stem}man"));
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return Some(format!("{stem}y"));
    }
    word.strip_suffix('s').filter(|s| s.len() > 2 && !s.ends_with('s')).map(str::to_owned)
}

/// Words whose class is not what somebody does: kin, authors of something.
fn is_private(class: RoleClass, group: &str) -> bool {
    class == RoleClass::Civilian || class == RoleClass::UnnamedSource || matches!(group, "author" | "ally" | "man")
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
                "his" | "her" | "my" | "our" | "your" => kin = true,
                _ => {}
            }
            words = rest;
        }
        let mut title = None;
        if stand == Stand::Before {
            while let [rest @ .., last] = words {
                let is_title = last.capital
                    && (lang.title(&last.text).is_some()
                        || lang.title(&format!("{}.", last.text)).is_some()
                        || lang.title_role(&last.text).is_some()
                        || &*last.text == "tan");
                let office = rest.last().is_some_and(|w| {
                    lang.occupation(&format!("{} {}", w.text, last.text)).is_some()
                        || lang.role(&format!("{} {}", w.text, last.text)).is_some()
                });
                // "Police Captain X", "Congress Senator X": with words in front it is a role as others are.
                let honour = matches!(
                    &*last.text,
                    "prince"
                        | "princess"
                        | "chief"
                        | "sheikh"
                        | "lord"
                        | "lady"
                        | "doctor"
                        | "baroness"
                        | "king"
                        | "queen"
                        | "father"
                        | "brother"
                        | "sister"
                        | "mother"
                        | "uncle"
                        | "aunt"
                );
                let plain = lang.role(&last.text).is_some() && !honour && lang.title_role(&last.text).is_none();
                if !is_title || office || plain {
                    break;
                }
                title = title.or_else(|| self.title(&last.text));
                // "Chief Musa X": no office.
                if &*last.text == "chief" && rest.is_empty() {
                    told.denied = Some(RoleClass::Official);
                }
                told.chamber = told.chamber.or_else(|| chamber(&last.text));
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
        let is_leader = head.as_ref().is_some_and(|h| {
            matches!(
                h.group,
                "chair"
                    | "president"
                    | "founder"
                    | "chief executive"
                    | "ceo"
                    | "owner"
                    | "secretary-general"
                    | "general secretary"
            )
        });
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
            if matches!(preposition, "of" | "for" | "at" | "with" | "from" | "in" | "to") {
                let any = matches!(preposition, "at" | "with" | "for" | "from") || preposition == "of" && is_leader;
                let found = self.body_at(view, &words[next + 1..stop], at, Some(&mut told.country), true);
                let place = matches!(preposition, "in" | "from" | "of");
                organization = found.filter(|o| any && !place || o.kind.is_some() || preposition == "of" && any);
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
        let text = || words.iter().map(|w| &*w.text).collect::<SmallVec<[&str; 12]>>();
        let former = text().iter().any(|w| {
            matches!(*w, "former" | "ex" | "late" | "retired" | "then" | "previous" | "outgoing")
                || w.starts_with("ex-")
        });
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
            let author = head.group == "author"
                && words[end..].iter().any(|w| matches!(&*w.text, "bill" | "law" | "motion" | "amendment"));
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
            told.chamber = told.chamber.or_else(|| words[head.first..head.end].iter().find_map(|w| chamber(&w.text)));
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
        told
    }

    /// What belonging to the body in these words tells.
    pub(super) fn tell_body(&self, view: View<'_>, range: &Range<usize>, at: usize) -> Told {
        let words = words_of(view, range);
        let mut told = Told::default();
        told.organization = self.body_at(view, &words, at, Some(&mut told.country), true);
        told
    }

    /// The role noun of the words up to `end`.
    fn head(&self, words: &[Word<'_>], end: usize, stand: Stand) -> Option<Head> {
        let lang = self.lang;
        let mut found: Option<Head> = None;
        let mut i = 0;
        while i < end {
            let joined = |n: usize| {
                let mut key = String::new();
                for word in &words[i..i + n] {
                    if !key.is_empty() {
                        key.push(' ');
                    }
                    key.push_str(&word.text);
                }
                key
            };
            let at = (1..=4.min(end - i)).rev().find_map(|n| {
                if words[i..i + n - 1].iter().any(|w| w.genitive) {
                    return None;
                }
                let key = joined(n);
                let cut = key.strip_suffix("-designate").or_else(|| key.strip_suffix("-elect")).unwrap_or(&key);
                let look = |key: &str| {
                    let role = lang.role(key);
                    let class = lang.occupation(key).or(role.map(|r| r.class))?;
                    Some((class, role.map_or("", |r| r.group)))
                };
                let found = look(cut).or_else(|| {
                    (i + n == end && stand == Stand::Alone).then(|| singular(cut)).flatten().and_then(|k| look(&k))
                });
                let found = found.or_else(|| cut.split_once("co-").filter(|c| c.0.is_empty()).and_then(|c| look(c.1)));
                found.map(|(class, group)| (n, class, group))
            });
            match at {
                Some((n, class, _))
                    if stand == Stand::Before
                        && matches!(class, RoleClass::Military | RoleClass::Religious | RoleClass::HeadOfState)
                        && let Some(before) = found.as_mut().filter(|f| f.end == i && f.class != class) =>
                {
                    // "Foreign Minister Air Chief Marshal X"
                    before.end = i + n;
                    i += n;
                }
                Some((n, class, group)) => {
                    found = Some(Head { first: i, end: i + n, class, group, known: true });
                    i += n;
                }
                None => i += 1,
            }
        }
        if let Some(head) = found
            && (head.end == end || stand != Stand::Before && head.end + 1 == end && words[head.end].capital)
        {
            return Some(head);
        }
        // "a palaeobotanist", "locksmith X"
        let last = words[..end].last().filter(|w| !w.genitive)?;
        let word = singular(&last.text).filter(|_| stand == Stand::Alone);
        let word = word.as_deref().unwrap_or(&last.text);
        let expert = ["ologist", "icist", "ographer", "onomist", "ometrist"].iter().any(|e| word.ends_with(e));
        let people = matches!(word, "people" | "family" | "locals" | "couple");
        let body = lang.organization_head(word).is_some() || lang.collective(word).is_some() || word.ends_with("maker");
        let indefinite = end > 1 || !last.capital;
        let thing = matches!(
            word,
            "member"
                | "letter"
                | "paper"
                | "number"
                | "counterpart"
                | "other"
                | "another"
                | "figure"
                | "order"
                | "offer"
                | "answer"
                | "poster"
                | "majority"
                | "quarter"
                | "chapter"
                | "matter"
                | "motor"
                | "power"
                | "water"
                | "border"
                | "winter"
                | "summer"
                | "former"
                | "latter"
                | "minister"
                | "partner"
        );
        let agent = !last.capital
            && word.len() > 4
            && lang.is_agent(word)
            && !lang.is_country_term(word)
            && !body
            && !thing
            && indefinite
            && stand != Stand::Alone;
        let class = if expert {
            RoleClass::Expert
        } else if people || agent {
            RoleClass::Civilian
        } else {
            return None;
        };
        Some(Head { first: end - 1, end, class, group: "", known: expert })
    }

    /// What a title tells.
    fn title(&self, word: &str) -> Option<(Weight, RoleClass)> {
        let lang = self.lang;
        if let Some(class) = lang.title_role(word) {
            return Some((Weight::Rank, class));
        }
        match word {
            "dr" | "doctor" => Some((Weight::Title, RoleClass::Expert)),
            "president" => Some((Weight::Office, RoleClass::HeadOfState)),
            "mr" | "mrs" | "ms" | "miss" | "sir" | "dame" | "lord" | "lady" | "chief" | "prince" | "princess"
            | "excellency" => None,
            _ => {
                let role =
                    lang.role(word).filter(|r| !is_private(r.class, r.group) && r.class != RoleClass::HeadOfState)?;
                Some((Weight::Rank, role.class))
            }
        }
    }

    /// The class of a role noun with what it belongs to.
    fn class(
        &self,
        head: &Head,
        modifiers: &[Word<'_>],
        organization: Option<&Org>,
        country: Option<&'static str>,
        kin: bool,
        stand: Stand,
    ) -> Option<RoleClass> {
        use OrganizationType as T;
        let has = |list: &[&str]| modifiers.iter().any(|w| list.contains(&&*w.text));
        let base = head.class;
        let kind = organization.and_then(|o| o.kind);
        // "a marine acoustician at X University"
        if !head.known
            && let Some(class) = organization.and_then(|o| member_of(o, self.lang)).filter(|c| *c == RoleClass::Expert)
        {
            return Some(class);
        }
        let in_sport =
            matches!(base, RoleClass::Business | RoleClass::Official | RoleClass::Military | RoleClass::PartyLeader)
                && stand != Stand::Alone
                && matches!(kind, None | Some(T::Sport));
        if in_sport && self.is_sport() {
            return Some(RoleClass::Sport);
        }
        // "the Icelandic veteran X" fought in no war.
        if head.group == "veteran"
            && !modifiers.is_empty()
            && !has(&["war", "army", "navy", "combat", "military", "marine", "air", "decorated", "wounded"])
        {
            return None;
        }
        if base == RoleClass::Spokesperson {
            // "Opposition defence spokesman": one of a shadow cabinet.
            let shadow = has(&["opposition", "shadow"])
                && modifiers.iter().any(|w| self.lang.tables(&w.text).is_portfolio() && &*w.text != "opposition");
            return Some(if shadow { RoleClass::Legislator } else { base });
        }
        if has(&["opposition"]) && matches!(head.group, "chair" | "opposition leader") {
            return Some(RoleClass::PartyLeader);
        }
        let officer = head.group == "officer" && head.end - head.first == 1;
        if officer {
            return Some(match kind {
                Some(T::Police) => RoleClass::Police,
                _ if has(&["police"]) => RoleClass::Police,
                _ if has(&["press", "media", "information"]) => RoleClass::Spokesperson,
                Some(T::Military) | None
                    if modifiers.is_empty() || has(&["army", "military", "naval", "navy", "senior", "commanding"]) =>
                {
                    base
                }
                _ => RoleClass::Official,
            });
        }
        if head.group == "deputy"
            || head.group == "lawmaker" && head.end - head.first == 1 && self.is_word(head, modifiers, "deputy")
        {
            // "her deputy" sits in no parliament.
            if kin {
                return None;
            }
        }
        let local = matches!(kind, Some(T::Local));
        if matches!(head.group, "member") || base == RoleClass::CentralBanker && head.group == "board member" {
            return match kind {
                Some(T::CentralBank) => Some(RoleClass::CentralBanker),
                Some(T::Parliament | T::Party) => Some(RoleClass::Legislator),
                Some(T::Local) => Some(RoleClass::RegionalLeader),
                _ => None,
            };
        }
        let broad = matches!(
            base,
            RoleClass::Official
                | RoleClass::Business
                | RoleClass::IgoOfficial
                | RoleClass::HeadOfState
                | RoleClass::Military
        );
        let lead = leads(head)
            || broad && matches!(head.group, "manager" | "official" | "adviser" | "coordinator" | "founder" | "owner");
        if let Some(organization) = organization {
            let folded = organization.name.to_lowercase();
            let words: SmallVec<[&str; 8]> =
                folded.split([' ', '-']).map(|w| w.trim_end_matches(['\'', '’'])).collect();
            let any = |is: fn(&Language, &str) -> bool| words.iter().any(|w| is(self.lang, w.trim_end_matches("'s")));
            if matches!(head.group, "governor" | "deputy governor" | "central bank governor")
                && kind == Some(T::CentralBank)
            {
                return Some(RoleClass::CentralBanker);
            }
            let union = kind == Some(T::Union);
            if union
                && (lead || head.group.ends_with("secretary"))
                && !any(Language::is_sport_word)
                && !any(Language::is_trade_word)
            {
                return Some(RoleClass::Union);
            }
            if lead {
                if any(Language::is_sport_word) || kind == Some(T::Sport) {
                    return Some(RoleClass::Sport);
                }
                if any(Language::is_trade_word)
                    && matches!(kind, Some(T::Other | T::Union | T::Ngo | T::Parliament) | None)
                {
                    return Some(RoleClass::Business);
                }
                if any(Language::is_research_word) && matches!(kind, Some(T::Ngo | T::Other | T::University) | None) {
                    return Some(RoleClass::Expert);
                }
                let class = match kind {
                    Some(T::Parliament)
                        if words
                            .iter()
                            .any(|w| matches!(*w, "committee" | "subcommittee" | "caucus" | "commission")) =>
                    {
                        RoleClass::Legislator
                    }
                    Some(T::Parliament) if head.group == "chair" || head.group == "president" => {
                        RoleClass::LegislativeLeader
                    }
                    Some(T::Party)
                        if matches!(head.group, "chair" | "president" | "general secretary" | "party leader") =>
                    {
                        RoleClass::PartyLeader
                    }
                    Some(T::CentralBank) => RoleClass::CentralBanker,
                    Some(T::Igo) if base != RoleClass::Business => RoleClass::IgoOfficial,
                    Some(T::Company | T::Media) if base != RoleClass::Expert => RoleClass::Business,
                    Some(T::Ngo) if base != RoleClass::Business => RoleClass::Activist,
                    Some(T::Military | T::ArmedGroup) => RoleClass::Military,
                    Some(T::Police) => RoleClass::Police,
                    Some(T::Court) if head.group == "president" => RoleClass::Judiciary,
                    Some(T::University) => RoleClass::Expert,
                    Some(T::Religious) => RoleClass::Religious,
                    Some(T::Ministry | T::Executive | T::Other | T::Local)
                        if base == RoleClass::HeadOfState
                            || head.group == "secretary-general"
                            || head.group == "manager" =>
                    {
                        RoleClass::Official
                    }
                    None if head.group == "president" => RoleClass::Business,
                    _ if base == RoleClass::IgoOfficial => RoleClass::Official,
                    _ => base,
                };
                return Some(class);
            }
            if local && base == RoleClass::Business {
                return Some(RoleClass::Official);
            }
        }
        if organization.is_none() && head.group == "director-general" {
            return Some(RoleClass::Official);
        }
        // "managing director" alone is one of a company more often than of the Monetary Fund.
        if base == RoleClass::IgoOfficial && head.group == "managing director" {
            return Some(RoleClass::Business);
        }
        if head.group == "president" && stand != Stand::Before && country.is_none() && !modifiers.is_empty() {
            return Some(RoleClass::Official);
        }
        Some(base)
    }

    fn is_word(&self, head: &Head, modifiers: &[Word<'_>], _word: &str) -> bool {
        head.first == modifiers.len() && head.class == RoleClass::Legislator && head.group == "deputy"
    }

    /// The body that the words of a name, or of "the ministry", mean: the fullest name with all of them; of a head noun alone
    /// the last body of its kind before byte `at`, else the first behind it.
    fn find_body(&self, words: &[&str], at: usize) -> Option<&Body<'_>> {
        let lang = self.lang;
        // "Undersecretary of the Ministry" is a run of capitals, no body.
        let is_name = |b: &&Body<'_>| {
            let first = b.word(0).unwrap_or_default();
            let person = self.cast.has_word(first) && b.word(1).is_some_and(|w| self.cast.has_word(w));
            !person
                && !(b.n_words() == 2 && matches!(first, "upper" | "lower"))
                && (lang.role(first).is_none() || b.n_words() < 2)
        };
        let all = || self.bodies().before(usize::MAX).take(MAX_BODIES).filter(is_name);
        let best =
            all().filter(|b| words.iter().all(|w| b.has_word(w))).max_by_key(|b| (b.n_words(), b.byte < at, b.byte));
        if best.is_some() || words.len() != 1 {
            return best;
        }
        let kind = lang.organization_head(words[0])?;
        let fits = |b: &&Body<'_>| b.kind() == Some(kind) && b.n_words() > 1;
        let before = self.bodies().before(at).take(MAX_BODIES).filter(is_name).find(fits);
        before.or_else(|| all().filter(fits).last())
    }

    /// Whose "its" is: the first body of the sentence so far, else of the sentence before, else the last named.
    fn owner(&self, view: View<'_>, i: usize) -> Option<Org> {
        let byte = view.passage.tokens[i].span.start;
        let n = view.passage.sentences.partition_point(|s| s.start <= i);
        let mut from = byte;
        let fits = |b: &&Body<'_>| b.kind().is_some() && b.n_words() > 0;
        for k in (0..n).rev().take(2) {
            let to = from;
            from = view.span(&view.passage.sentences[k]).start;
            if let Some(body) = self.bodies().before(to).take_while(|b| b.byte >= from).filter(fits).last() {
                return Some(self.org(&body.name, body.kind()));
            }
        }
        let body = self.bodies().before(from).take(MAX_BODIES).find(fits)?;
        Some(self.org(&body.name, body.kind()))
    }

    /// ... the country that the sentence before, or this one up to token `i`, begins with.
    fn owning_country(&self, view: View<'_>, i: usize) -> Option<&'static str> {
        let n = view.passage.sentences.partition_point(|s| s.start <= i);
        (0..n).rev().take(2).find_map(|k| {
            let sentence = view.passage.sentences[k].clone();
            let mut named = (sentence.start..sentence.end.min(i))
                .filter(|&j| view.is_capital(j) && view.bare_tables(j).begins_country());
            named.find_map(|j| self.lang.country_at((j..sentence.end).map(|k| view.bare(k))).map(|c| c.1))
        })
    }

    /// The body that an office without one belongs to: "Governor X" where one central bank is named, "Chairman X" where one
    /// company is.
    fn affine(&self, head: &Head, ends: bool) -> Option<Org> {
        if !ends {
            return None;
        }
        let kind = match head.group {
            "governor" | "deputy governor" | "central bank governor" => OrganizationType::CentralBank,
            "chief executive" | "ceo" | "chief financial officer" | "chief operating officer" => {
                OrganizationType::Company
            }
            "chair" if head.class == RoleClass::Official => OrganizationType::Company,
            _ => return None,
        };
        let mut named: SmallVec<[(&Body<'_>, usize); 8]> = SmallVec::new();
        for body in
            self.bodies().before(usize::MAX).take(MAX_BODIES).filter(|b| self.org(&b.name, b.kind()).kind == Some(kind))
        {
            match named.iter_mut().find(|n| n.0.name.contains(&body.name) || body.name.contains(&n.0.name)) {
                Some(n) => *n = (if n.0.name.len() >= body.name.len() { n.0 } else { body }, n.1 + 1),
                None => named.push((body, 1)),
            }
        }
        // Most mentions are shorter than the name: "Norlund" of Norlund AB.
        let times = |b: &Body<'_>| b.word(0).map_or(0, |w| self.words.count(w).n);
        let (body, _) = *named.iter().max_by_key(|n| (times(n.0), n.1))?;
        let clear = named.iter().filter(|n| 2 * times(n.0) > times(body)).count() == 1;
        (clear && times(body) > 1).then(|| self.org(&body.name, body.kind()))
    }

    /// Whether the article is about a game or a race.
    fn is_sport(&self) -> bool {
        const WORDS: [&str; 20] = [
            "match",
            "goal",
            "goals",
            "striker",
            "goalkeeper",
            "league",
            "cup",
            "stadium",
            "peloton",
            "champion",
            "season",
            "coach",
            "fans",
            "referee",
            "penalty",
            "stage",
            "race",
            "riders",
            "innings",
            "midfielder",
        ];
        WORDS.iter().filter(|w| self.words.count(w).n > 0).count() >= 4
    }

    /// The ministry that the article names for one of these words.
    fn ministry<'w>(&self, words: impl Iterator<Item = &'w str>) -> Option<Org> {
        let fields: SmallVec<[&str; 4]> = words.filter(|w| self.lang.tables(w).is_portfolio()).collect();
        let body = self
            .bodies()
            .before(usize::MAX)
            .find(|b| b.kind() == Some(OrganizationType::Ministry) && fields.iter().any(|f| b.has_word(f)))?;
        Some(self.org(&body.name, body.kind()))
    }

    /// An organization by its name.
    pub(super) fn org(&self, name: &str, kind: Option<OrganizationType>) -> Org {
        let lang = self.lang;
        let name = without_form(name.trim_end_matches("’s").trim_end_matches("'s"));
        let bare = bare_organization(name, lang);
        let folded = bare.to_lowercase();
        let words: SmallVec<[&str; 8]> = folded.split(' ').collect();
        let known = lang.organization_at(&words).filter(|(n, _)| *n == words.len()).map(|k| k.1);
        let country = known.map(|k| k.country).filter(|_| !lang.is_shared_body(&folded));
        let country = country.or_else(|| {
            let all = name.to_lowercase();
            let all: SmallVec<[&str; 8]> =
                all.split(' ').map(|w| w.trim_end_matches("'s").trim_end_matches("’s")).collect();
            (0..all.len()).find_map(|i| lang.country_at(&all[i..]).map(|c| c.1))
        });
        let head = || words.iter().rev().find_map(|w| lang.organization_head(w));
        let of = words.iter().position(|w| matches!(*w, "of" | "for")).unwrap_or(words.len());
        let main = words[..of].iter().rev().find_map(|w| lang.organization_head(w));
        Org { kind: known.map(|k| k.kind).or(main).or(kind).or_else(head), name: bare, country }
    }

    /// The body that these words name or mean. `country`: takes the one they name. `whole`: the words are nothing but its name.
    fn body_at(
        &self,
        view: View<'_>,
        words: &[Word<'_>],
        at: usize,
        mut country: Option<&mut Option<&'static str>>,
        whole: bool,
    ) -> Option<Org> {
        let lang = self.lang;
        let mut words = words;
        while let [first, rest @ ..] = words
            && (lang.is_determiner(&first.text) || lang.is_pronoun(&first.text))
            && !(first.capital && !rest.is_empty() && &*first.text != "the")
        {
            words = rest;
        }
        let folded: SmallVec<[&str; 8]> = words.iter().map(|w| &*w.text).collect();
        if words.is_empty() {
            return None;
        }
        let capital = |i: usize| words[i].capital;
        for i in 0..words.len() {
            if capital(i)
                && let Some((n, code, _)) = lang.country_at(&folded[i..])
            {
                if let Some(country) = country.as_mut() {
                    country.get_or_insert(code);
                }
                if n == words.len() {
                    return None;
                }
            }
        }
        let name = |r: Range<usize>| {
            let tokens = words[r.start].at.start..words[r.end - 1].at.end;
            spaced(view.span(&tokens).of(view.text))
        };
        // A known body.
        for i in 0..words.len() {
            if let Some((n, body)) = lang.organization_at(&folded[i..])
                && (n > 1 || folded[i].len() > 2)
                && (capital(i) || n > 1 && lang.is_shared_body(body.name))
                && !(i > 0 && capital(i - 1) && lang.country_term(folded[i - 1]).is_none())
                && !(i + n < words.len() && capital(i + n) && !words[i + n - 1].genitive)
            {
                return Some(self.org(&name(i..i + n), Some(body.kind)));
            }
        }
        // "Local 914"
        if let [local, number, ..] = words
            && local.capital
            && &*local.text == "local"
            && number.text.chars().all(|c| c.is_ascii_digit())
        {
            return Some(Org { name: name(0..2), kind: Some(OrganizationType::Union), country: None });
        }
        // Capitals: the longest run that ends the words, or the first.
        let start = (0..words.len()).find(|&i| capital(i));
        if let Some(start) = start {
            let mut end = start + 1;
            while end < words.len() {
                let link = matches!(folded[end], "of" | "for" | "and" | "&" | "the");
                let next = words.get(end + 1).is_some_and(|w| w.capital || &*w.text == "the");
                if !(capital(end) || link && next) || words[end - 1].genitive && !capital(end) {
                    break;
                }
                end += 1;
            }
            // "the Finance ministry", "Deakin university"
            let small_head = |w: &str| {
                use OrganizationType as T;
                let kind = lang.organization_head(w);
                matches!(kind, Some(T::University | T::Ministry | T::Court | T::Police | T::CentralBank))
                    || matches!(w, "council" | "bank" | "union" | "commission")
            };
            if end < words.len() && small_head(folded[end]) {
                end += 1;
            }
            let run = &folded[start..end];
            let is_head = |w: &str| {
                lang.organization_head(w).is_some()
                    || lang.is_sport_word(w)
                    || lang.is_research_word(w)
                    || lang.is_body_tail(w)
            };
            let links = |w: Option<&&str>| w.is_none_or(|w| matches!(*w, "of" | "for" | "and" | "in" | "on"));
            let headed = (0..run.len()).any(|i| is_head(run[i]) && links(run.get(i + 1)));
            let formed = lang.is_legal_form(view.word(words[end - 1].at.start));
            let named = self.find_body(run, at);
            if let Some(body) = named.filter(|_| run.len() > 1 || headed || !lang.is_country_term(run[0])) {
                return Some(self.org(&body.name, body.kind()));
            }
            let empty = |w: &&str| {
                let tables = lang.tables(w);
                tables.is_portfolio()
                    || tables.is_time_word()
                    || tables.begins_sentence()
                    || matches!(*w, "and" | "of" | "the" | "services")
            };
            if run.iter().all(empty) || view.folded(words[start].at.start.saturating_sub(1)) == "del" {
                return None;
            }
            let acronym = run.len() == 1
                && (2..=6).contains(&run[0].len())
                && view.word(words[start].at.start).chars().all(char::is_uppercase);
            let of_country = run.len() > 1 && run.iter().any(|w| lang.is_country_term(w));
            let person = run.iter().any(|w| self.cast.has_word(w)) && !headed && !formed && !of_country;
            let place =
                lang.city_at(run.iter()).is_some() || lang.home_words.binary_search_by(|h| h.0.cmp(run[0])).is_ok();
            if headed && run.len() > 1 || formed || acronym && whole {
                return Some(self.org(&name(start..end), None));
            }
            if whole && !person && !place && run.len() > 1 {
                return Some(self.org(&name(start..end), None));
            }
            if whole && !person && !place && !headed && start == 0 && end == words.len() {
                return Some(Org { name: name(start..end), kind: None, country: None });
            }
        }
        // "the ministry", "the archive institute", "guild"
        let last = words.len() - 1;
        let is_body =
            |w: &str| lang.organization_head(w).is_some() || lang.collective(w) == Some(SourceKind::Institution);
        if !is_body(folded[last]) {
            return None;
        }
        let named = self.find_body(&folded, at);
        let named = named.or_else(|| self.find_body(&folded[last..], at).filter(|_| !whole));
        if let Some(body) = named {
            return Some(self.org(&body.name, body.kind()));
        }
        let own = matches!(
            folded[last],
            "ministry"
                | "department"
                | "agency"
                | "institute"
                | "council"
                | "commission"
                | "court"
                | "office"
                | "bank"
                | "university"
                | "police"
                | "board"
                | "authority"
                | "federation"
                | "association"
                | "union"
                | "directorate"
                | "service"
                | "hospital"
        );
        let described = folded.iter().any(|w| {
            matches!(*w, "one" | "two" | "foreign" | "local" | "main") && words.len() < 3
                || lang.tables(w).is_time_word()
        });
        (own && !described && words.len() > 1 && folded.iter().all(|w| w.len() > 2)).then(|| {
            let from = (0..words.len()).rev().take_while(|&i| !words[i].genitive).last().unwrap_or(0);
            (from < last).then(|| self.org(&name(from..words.len()), lang.organization_head(folded[last])))
        })?
    }
}

fn leads(head: &Head) -> bool {
    matches!(
        head.group,
        "chair"
            | "president"
            | "director"
            | "secretary-general"
            | "general secretary"
            | "director-general"
            | "managing director"
            | "deputy chair"
            | "deputy director"
            | "vice president"
            | "manager"
            | "party leader"
            | "chief executive"
            | "founder"
            | "secretary"
            | "official"
            | "adviser"
            | "coordinator"
    )
}

/// The word in the name of the chamber that a legislator of this title sits in; empty for any.
fn chamber(word: &str) -> Option<&'static str> {
    Some(match word {
        "senator" | "sen" => "senate",
        "congressman" | "congresswoman" | "congressperson" => "congress",
        "councillor" | "councilor" | "councilman" | "councilwoman" | "cllr" | "coun" => "council",
        "mp" | "mps" | "lawmaker" | "deputy" | "speaker" | "legislator" | "parliamentarian" => "",
        "judge" | "justice" | "magistrate" => "court",
        _ => return None,
    })
}
