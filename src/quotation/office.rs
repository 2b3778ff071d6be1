//! The class of a role noun with what stands beside it: which body it belongs to, which words describe it.

use smallvec::SmallVec;

use crate::lang::{Language, OrganizationType, RoleClass};
use crate::quotation::bodies::without_form;
use crate::quotation::speaker::Resolver;
use crate::quotation::telling::{Head, Org, Stand, Weight, Word, is_private, singular};

impl Resolver<'_> {
    /// The role noun of the words up to `end`.
    pub(super) fn head(&self, words: &[Word<'_>], end: usize, stand: Stand) -> Option<Head> {
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
        let expert = lang.is_scientist(word);
        let people = lang.is_group_of_people(word);
        let body = lang.organization_head(word).is_some() || lang.collective(word).is_some() || word.ends_with("maker");
        let indefinite = end > 1 || !last.capital;
        let thing = lang.is_no_agent(word);
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
    pub(super) fn title(&self, word: &str) -> Option<(Weight, RoleClass)> {
        let lang = self.lang;
        if let Some(class) = lang.title_role(word) {
            return Some((Weight::Rank, class));
        }
        match word {
            "dr" | "doctor" => Some((Weight::Title, RoleClass::Expert)),
            "president" => Some((Weight::Office, RoleClass::HeadOfState)),
            _ if lang.is_courtesy_title(word) => None,
            _ => {
                let role =
                    lang.role(word).filter(|r| !is_private(r.class, r.group) && r.class != RoleClass::HeadOfState)?;
                Some((Weight::Rank, role.class))
            }
        }
    }

    /// The class of a role noun with what it belongs to.
    pub(super) fn class(
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
        let describes = |is: fn(&Language, &str) -> bool| modifiers.iter().any(|w| is(self.lang, &w.text));
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
        if head.group == "veteran" && !modifiers.is_empty() && !describes(Language::is_war_word) {
            return None;
        }
        if base == RoleClass::Spokesperson {
            // "Opposition defence spokesman": one of a shadow cabinet.
            let field = |w: &Word<'_>| self.lang.tables(&w.text).is_portfolio() && &*w.text != "opposition";
            // ... and a party's "health spokeswoman".
            let of_party = kind == Some(T::Party)
                && modifiers.last().is_some_and(|w| field(w) && !matches!(&*w.text, "public" | "state"));
            let shadow = of_party || has(&["opposition", "shadow"]) && modifiers.iter().any(field);
            return Some(if shadow { RoleClass::Legislator } else { base });
        }
        // "the union's chairman"
        if kind.is_none() && has(&["union", "unions"]) && self.lang.leads_body(head.group) {
            return Some(RoleClass::Union);
        }
        // "health critic", "film critic"
        if head.group == "critic" && !modifiers.is_empty() {
            let field = modifiers.last().is_some_and(|w| self.lang.tables(&w.text).is_portfolio());
            let art = describes(Language::is_art);
            return if art {
                Some(RoleClass::Journalist)
            } else if field {
                Some(RoleClass::Legislator)
            } else {
                Some(base)
            };
        }
        if has(&["opposition"]) && matches!(head.group, "chair" | "deputy chair" | "opposition leader") {
            return Some(RoleClass::PartyLeader);
        }
        let officer = head.group == "officer" && head.end - head.first == 1;
        if officer {
            return Some(match kind {
                Some(T::Police) => RoleClass::Police,
                _ if has(&["police"]) => RoleClass::Police,
                _ if has(&["press", "media", "information"]) => RoleClass::Spokesperson,
                Some(T::Military) | None if modifiers.is_empty() || describes(Language::is_military_word) => base,
                _ => RoleClass::Official,
            });
        }
        // "her deputy" sits in no parliament.
        if head.group == "deputy" && kin {
            return None;
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
        let lead = self.lang.leads_body(head.group) || broad && self.lang.works_for_body(head.group);
        if let Some(organization) = organization {
            let folded = organization.name.to_lowercase();
            let words: SmallVec<[&str; 8]> =
                folded.split([' ', '-']).map(|w| w.trim_end_matches(['\'', '’'])).collect();
            let any = |is: fn(&Language, &str) -> bool| words.iter().any(|w| is(self.lang, w.trim_end_matches("'s")));
            // "Bank of Urland Deputy Governor X"
            let bank = kind == Some(T::CentralBank)
                || folded.starts_with("bank of ")
                || folded.contains("reserve bank")
                || folded.contains("central bank");
            if matches!(head.group, "governor" | "deputy governor" | "central bank governor") && bank {
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
                    && matches!(kind, Some(T::Other | T::Union | T::Ngo | T::Parliament | T::Local) | None)
                {
                    return Some(RoleClass::Business);
                }
                if any(Language::is_research_word) && matches!(kind, Some(T::Ngo | T::Other | T::University) | None) {
                    return Some(RoleClass::Expert);
                }
                let class = match kind {
                    Some(T::Parliament) if words.iter().any(|w| self.lang.is_committee(w)) => RoleClass::Legislator,
                    Some(T::Parliament) if head.group == "chair" || head.group == "president" => {
                        RoleClass::LegislativeLeader
                    }
                    Some(T::Party) if self.lang.heads_party(head.group) => RoleClass::PartyLeader,
                    Some(T::CentralBank) => RoleClass::CentralBanker,
                    Some(T::Igo) if base != RoleClass::Business => RoleClass::IgoOfficial,
                    Some(T::Company | T::Media) if base != RoleClass::Expert => RoleClass::Business,
                    Some(T::Ngo) => RoleClass::Activist,
                    Some(T::Military | T::ArmedGroup) => RoleClass::Military,
                    Some(T::Police) => RoleClass::Police,
                    Some(T::Court) if head.group == "president" => RoleClass::Judiciary,
                    Some(T::University) => RoleClass::Expert,
                    Some(T::Religious) => RoleClass::Religious,
                    Some(T::Local) if matches!(head.group, "chair" | "president") => RoleClass::RegionalLeader,
                    // "the head of the Catalan government"
                    Some(T::Executive | T::Local) if head.group == "chair" && words.last() == Some(&"government") => {
                        RoleClass::HeadOfGovernment
                    }
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
}

fn any_word(organization: &Org, is: impl Fn(&str) -> bool) -> bool {
    organization.name.to_lowercase().split([' ', '-']).any(|w| is(w.trim_end_matches(['\'', '’'])))
}

/// What somebody of an organization is, where no more is said.
pub(super) fn member_of(organization: &Org, lang: &crate::lang::Language) -> Option<RoleClass> {
    use OrganizationType as T;
    if any_word(organization, |w| lang.is_sport_word(w)) {
        return Some(RoleClass::Sport);
    }
    if any_word(organization, |w| lang.is_trade_word(w)) {
        return Some(RoleClass::Business);
    }
    if any_word(organization, |w| lang.is_research_word(w)) && organization.kind != Some(T::Ministry) {
        return Some(RoleClass::Expert);
    }
    if any_word(organization, |w| lang.is_finance_word(w)) {
        return Some(RoleClass::Expert);
    }
    match organization.kind? {
        T::University => Some(RoleClass::Expert),
        T::Ngo => Some(RoleClass::Activist),
        T::Union => Some(RoleClass::Union),
        T::Media => Some(RoleClass::Journalist),
        T::Military | T::ArmedGroup => Some(RoleClass::Military),
        T::Police => Some(RoleClass::Police),
        T::Ministry | T::Executive => Some(RoleClass::Official),
        T::Igo => Some(RoleClass::IgoOfficial),
        T::Parliament => Some(RoleClass::Legislator),
        T::Court => Some(RoleClass::Judiciary),
        T::CentralBank => Some(RoleClass::CentralBanker),
        T::Religious => Some(RoleClass::Religious),
        T::Company => Some(RoleClass::Business),
        T::Sport => Some(RoleClass::Sport),
        T::Local | T::Party | T::Other => None,
    }
}

/// What somebody who leads an organization is.
pub(super) fn leader_of(organization: &Org, lang: &crate::lang::Language) -> Option<RoleClass> {
    use OrganizationType as T;
    let committee = any_word(organization, |w| matches!(w, "committee" | "subcommittee"));
    match organization.kind {
        Some(T::Parliament) if committee => Some(RoleClass::Legislator),
        Some(T::Parliament) => Some(RoleClass::LegislativeLeader),
        Some(T::Party) => Some(RoleClass::PartyLeader),
        Some(T::Local) => Some(RoleClass::RegionalLeader),
        Some(T::Other) => Some(RoleClass::Official),
        _ => member_of(organization, lang).filter(|_| !without_form(&organization.name, lang).is_empty()),
    }
}
