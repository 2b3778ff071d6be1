//! Which body the words of a phrase name or mean: "the ministry's", "its", "of the Zeeland Institute".

use std::ops::Range;

use smallvec::SmallVec;

use crate::lang::{OrganizationType, RoleClass, SourceKind};
use crate::quotation::apposition::bare_organization;
use crate::quotation::bodies::{Body, without_form};
use crate::quotation::source::{View, spaced};
use crate::quotation::speaker::Resolver;
use crate::quotation::telling::{Head, Org, Word};

/// So many names of bodies are compared with a phrase: keeps hostile texts linear.
pub(super) const MAX_BODIES: usize = 96;

impl Resolver<'_> {
    /// Whether a name of a body is one: no run of capitals with somebody's office or name.
    pub(super) fn is_body(&self, b: &Body<'_>) -> bool {
        let lang = self.lang;
        // "Undersecretary of the Ministry" is a run of capitals, no body.
        let first = b.word(0).unwrap_or_default();
        let person = self.cast.has_word(first) && b.word(1).is_some_and(|w| self.cast.has_word(w));
        let part = b.n_words() == 2 && matches!(first, "upper" | "lower");
        let office = lang.role(first).is_some() && b.n_words() > 1;
        // "Energy Minister Kalina Toneva", "Bank of Urland Deputy Governor Ada Ilan"
        let named = (1..b.n_words()).any(|i| {
            let word = |i: usize| b.word(i).unwrap_or_default();
            let head = lang.role(word(i - 1)).is_some() || lang.occupation(word(i - 1)).is_some();
            head && self.cast.has_word(word(i)) && lang.organization_head(word(i)).is_none()
        });
        !person && !part && !office && !named
    }

    /// The body that the words of a name, or of "the ministry", mean: the fullest name with all of them; of a head noun alone
    /// the last body of its kind before byte `at`, else the first behind it.
    pub(super) fn find_body(&self, words: &[&str], at: usize) -> Option<&Body<'_>> {
        let lang = self.lang;
        let is_name = |b: &&Body<'_>| self.is_body(b);
        let with_words = self.bodies().with_words(words, MAX_BODIES);
        let best = with_words.filter(is_name).max_by_key(|b| (b.n_words(), b.byte < at, b.byte));
        if best.is_some() || words.len() != 1 {
            return best;
        }
        let kind = lang.organization_head(words[0])?;
        let fits = |b: &&Body<'_>| b.kind() == Some(kind) && b.n_words() > 1;
        let before = self.bodies().before(at).take(MAX_BODIES).filter(fits).find(is_name);
        let all = || self.bodies().before(usize::MAX).take(MAX_BODIES);
        before.or_else(|| all().filter(fits).filter(is_name).last())
    }

    /// Whose "its" is: the first body of the sentence so far, else of the sentence before, else the last named.
    pub(super) fn owner(&self, view: View<'_>, i: usize) -> Option<Org> {
        let byte = view.passage.tokens[i].span.start;
        let n = view.passage.sentences.partition_point(|s| s.start <= i);
        let mut from = byte;
        let fits = |b: &&Body<'_>| b.kind().is_some() && b.n_words() > 0 && self.is_body(b);
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
    pub(super) fn owning_country(&self, view: View<'_>, i: usize) -> Option<&'static str> {
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
    pub(super) fn affine(&self, head: &Head, ends: bool) -> Option<Org> {
        if !ends {
            return None;
        }
        let kind = match head.group {
            "governor" | "deputy governor" | "central bank governor" => OrganizationType::CentralBank,
            group if self.lang.heads_company(group) => OrganizationType::Company,
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
    pub(super) fn is_sport(&self) -> bool {
        let n = |words: &[&str]| words.iter().filter(|w| self.words.count(w).n > 0).count();
        let games = n(self.lang.game_words);
        games > 0 && games + n(self.lang.contest_words) >= 4
    }

    /// Whether the article is about the police and no army.
    pub(super) fn is_police(&self) -> bool {
        let n = |word: &str| self.words.count(word).n;
        n("police") > 1 && self.lang.army_words.iter().all(|w| n(w) == 0)
    }

    /// The ministry that the article names for one of these words.
    pub(super) fn ministry<'w>(&self, words: impl Iterator<Item = &'w str>) -> Option<Org> {
        let fields: SmallVec<[&str; 4]> = words.filter(|w| self.lang.tables(w).is_portfolio()).collect();
        let body = self.bodies().before(usize::MAX).find(|b| {
            b.kind() == Some(OrganizationType::Ministry) && fields.iter().any(|f| b.has_word(f)) && self.is_body(b)
        })?;
        Some(self.org(&body.name, body.kind()))
    }

    /// An organization by its name.
    pub(super) fn org(&self, name: &str, kind: Option<OrganizationType>) -> Org {
        let lang = self.lang;
        let name = without_form(name.trim_end_matches("’s").trim_end_matches("'s"), lang);
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
    pub(super) fn body_at(
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
                let link = lang.joins_name(folded[end]) || folded[end] == "&";
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
                    || lang.is_small_head(w)
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
            let links = |w: Option<&&str>| w.is_none_or(|w| lang.follows_head(w));
            let headed = (0..run.len()).any(|i| is_head(run[i]) && links(run.get(i + 1)));
            let formed = lang.is_legal_form(view.word(words[end - 1].at.start));
            let named = self.find_body(run, at);
            if let Some(body) = named.filter(|_| run.len() > 1 || headed || !lang.is_country_term(run[0])) {
                return Some(self.org(&body.name, body.kind()));
            }
            let empty = |w: &&str| {
                let tables = lang.tables(w);
                tables.is_portfolio() || tables.is_time_word() || tables.begins_sentence() || lang.is_empty_in_name(w)
            };
            if run.iter().all(empty) || view.folded(words[start].at.start.saturating_sub(1)) == "del" {
                return None;
            }
            let acronym = run.len() == 1
                && (2..=6).contains(&run[0].len())
                && view.word(words[start].at.start).chars().all(char::is_uppercase);
            let of_country = run.len() > 1 && run.iter().any(|w| lang.is_country_term(w));
            let person = run.iter().any(|w| self.cast.has_word(w)) && !headed && !formed && !of_country;
            // "Leeds", but not "Leeds General Infirmary"
            let place = lang.city_at(run.iter()).is_some_and(|c| c.0 == run.len())
                || run.len() == 1 && lang.home_words.binary_search_by(|h| h.0.cmp(run[0])).is_ok();
            // "NPA spokesperson"
            let beside = acronym && end == words.len() && !lang.is_common_acronym(run[0]);
            if headed && run.len() > 1 || formed || acronym && whole || beside {
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
        let own = lang.is_own_body(folded[last]);
        let described =
            folded.iter().any(|w| lang.tells_no_body(w) && words.len() < 3 || lang.tables(w).is_time_word());
        (own && !described && words.len() > 1 && folded.iter().all(|w| w.len() > 2)).then(|| {
            let from = (0..words.len()).rev().take_while(|&i| !words[i].genitive).last().unwrap_or(0);
            (from < last).then(|| self.org(&name(from..words.len()), lang.organization_head(folded[last])))
        })?
    }
}
