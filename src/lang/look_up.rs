//! One look-up in the tables of a language: a word, or the longest key that some words begin with.

use crate::lang::index::{self, Index, word_hash};
use crate::lang::{
    Country, CueClass, Gender, Language, NameOrder, Organization, OrganizationType, Pronoun, Role, RoleClass,
    SourceKind, TermKind,
};

fn find<V: Copy>(table: &[(&str, V)], word: &str) -> Option<V> {
    table.binary_search_by(|(key, _)| (*key).cmp(word)).ok().map(|i| table[i].1)
}

#[expect(missing_docs, reason = "each is one look-up, named by its table")]
impl Language {
    /// The tables that hold a word, as bits of [`index`].
    #[inline]
    pub(super) fn marks(&self, word: &str) -> u64 {
        self.index().of(word)
    }

    #[inline]
    pub(super) fn index(&self) -> &Index {
        self.index.0.get_or_init(|| Index::new(self))
    }

    /// The entry of a table (by its mark) under a word, its key.
    #[inline]
    fn entry<'t, E>(&self, mark: u64, table: &'t [E], key: impl Fn(&E) -> &str, word: &str) -> Option<&'t E> {
        let place = self.index().place(mark, word)?;
        table.get(place).filter(|e| key(e) == word)
    }

    /// What a table (by its mark) says of a word.
    #[inline]
    fn marked<V: Copy>(&self, mark: u64, table: &[(&str, V)], word: &str) -> Option<V> {
        self.entry(mark, table, |e| e.0, word).map(|e| e.1)
    }

    /// How many of `words` the longest key of a table that they begin with has, and its entry. At most 6 words. `marks`: of
    /// first words and of whole keys.
    #[inline]
    fn longest<'t, E, W: AsRef<str>>(
        &self,
        marks: [u64; 2],
        table: &'t [E],
        key: impl Fn(&E) -> &str,
        words: impl IntoIterator<Item = W, IntoIter: Clone>,
    ) -> Option<(usize, &'t E)> {
        let words = words.into_iter();
        let is_key = |n: usize, key: &str| {
            let mut parts = key.split(' ');
            let begins = words.clone().take(n).all(|word| parts.next() == Some(word.as_ref()));
            begins && parts.next().is_none()
        };
        let mut longest = None;
        self.index().each_place(marks, words.clone(), |n, place| {
            let entry = table.get(place).filter(|e| is_key(n, key(e)));
            longest = entry.map(|e| (n, e)).or(longest);
        });
        longest
    }

    pub fn cue_class(&self, word: &str) -> Option<CueClass> {
        self.tables(word).cue_class()
    }

    /// The longest cue of several words at the beginning of `words`: its length in words and its class.
    pub fn cue_phrase(
        &self,
        words: impl IntoIterator<Item = impl AsRef<str>, IntoIter: Clone>,
    ) -> Option<(usize, CueClass)> {
        self.longest([index::FIRST_OF_CUE, index::CUE_PHRASE], self.cue_phrases, |c| c.0, words)
            .filter(|(n, _)| *n > 1)
            .map(|(n, c)| (n, c.1))
    }

    /// Whether a cue of several words may begin with the words of these hashes: nearly all that begin with the first of them
    /// go on otherwise.
    #[inline]
    pub(crate) fn may_begin_cue(&self, first: u64, second: u64) -> bool {
        self.index().of_pair(first, second) & index::FIRST_OF_CUE != 0
    }

    /// The longest sequence at the beginning of `words` that only looks like a cue.
    pub fn light_cue(&self, words: impl IntoIterator<Item = impl AsRef<str>, IntoIter: Clone>) -> Option<usize> {
        self.longest([index::FIRST_OF_LIGHT_CUE, index::LIGHT_CUE], self.light_cues, |c| c, words).map(|(n, _)| n)
    }

    pub fn pronoun(&self, word: &str) -> Option<&'static Pronoun> {
        self.entry(index::PRONOUN, self.pronouns, |p| p.form, word)
    }

    /// The gender that a title tells ([`Gender::Either`] where it tells none).
    pub fn title(&self, word: &str) -> Option<Gender> {
        self.marked(index::TITLE, self.titles, word)
    }

    /// ... of a word that a full stop follows ("Mr" + ".").
    pub fn dotted_title(&self, word: &str) -> Option<Gender> {
        let word = word.trim_end_matches('.');
        if self.marks(word) & index::DOTTED_TITLE == 0 {
            return None;
        }
        self.title(&format!("{word}."))
    }

    pub fn given_name(&self, word: &str) -> Option<Gender> {
        self.marked(index::GIVEN_NAME, self.given_names, word)
    }

    /// The full form of a short given name.
    pub fn full_given_name(&self, word: &str) -> Option<&'static str> {
        self.marked(index::NICKNAME, self.nicknames, word)
    }

    pub fn surname_order(&self, word: &str) -> Option<NameOrder> {
        self.marked(index::SURNAME_FIRST, self.surname_first, word)
    }

    pub fn is_name_suffix(&self, word: &str) -> bool {
        self.marks(word.trim_end_matches('.')) & index::NAME_SUFFIX != 0
    }

    pub fn patronymic(&self, word: &str) -> Option<Gender> {
        let long = |suffix: &str| suffix.len() > 3 && word.len() > suffix.len() + 2 && word.ends_with(suffix);
        self.patronymic_suffixes.iter().find(|(suffix, _)| long(suffix)).map(|(_, gender)| *gender)
    }

    /// The role that a noun or noun phrase names.
    pub fn role(&self, words: &str) -> Option<&'static Role> {
        self.entry(index::ROLE, self.roles, |r| r.name, words)
    }

    /// The longest role noun at the beginning of `words`, with its length in words.
    pub fn role_at(
        &self,
        words: impl IntoIterator<Item = impl AsRef<str>, IntoIter: Clone>,
    ) -> Option<(usize, &'static Role)> {
        self.longest([index::FIRST_OF_ROLE, index::ROLE], self.roles, |r| r.name, words)
    }

    /// Whether roles of the two groups can mean one person.
    pub fn are_related_roles(&self, a: &str, b: &str) -> bool {
        a == b
            || self.related_role_groups.binary_search(&(a, b)).is_ok()
            || self.related_role_groups.binary_search(&(b, a)).is_ok()
    }

    /// Which chamber of a parliament a name of one or two words is.
    pub fn chamber(&self, name: &str) -> Option<&'static str> {
        find(self.chambers, name)
    }

    /// Whether a word behind a possessive stands for a person ("excellency").
    pub fn is_honorific(&self, word: &str) -> bool {
        self.honorifics.binary_search(&word).is_ok()
    }

    /// Whether a word begins sentences before a full name ("heartbroken").
    pub fn is_epithet(&self, word: &str) -> bool {
        self.epithets.binary_search(&word).is_ok()
    }

    /// Whether a word, as it is written, is the legal form of a company ("AB").
    pub fn is_legal_form(&self, word: &str) -> bool {
        self.legal_forms.binary_search(&word).is_ok()
    }

    /// Whether a word ends like those for what a person does ("ranger", "planner").
    pub fn is_agent(&self, word: &str) -> bool {
        self.agent_endings.iter().any(|e| word.len() > e.len() + 2 && word.ends_with(e))
    }

    /// What kind of source a noun names that is not one person.
    pub fn collective(&self, word: &str) -> Option<SourceKind> {
        self.marked(index::COLLECTIVE, self.collective_sources, word)
    }

    /// The longest name of a body at the beginning of `words`, with its length in words.
    pub fn organization_at(
        &self,
        words: impl IntoIterator<Item = impl AsRef<str>, IntoIter: Clone>,
    ) -> Option<(usize, &'static Organization)> {
        let marks = [index::FIRST_OF_ORGANIZATION, index::ORGANIZATION];
        self.longest(marks, self.organizations, |o| o.name, words)
    }

    /// The type that a head noun gives to a body ("ministry").
    pub fn organization_head(&self, word: &str) -> Option<OrganizationType> {
        self.marked(index::ORGANIZATION_HEAD, self.organization_heads, word)
    }

    /// The longest term for a country at the beginning of `words`, with its length in words and the ISO code.
    pub fn country_at(
        &self,
        words: impl IntoIterator<Item = impl AsRef<str>, IntoIter: Clone>,
    ) -> Option<(usize, &'static str, TermKind)> {
        self.longest([index::FIRST_OF_COUNTRY, index::COUNTRY_TERM], self.country_terms, |t| t.0, words)
            .map(|(n, t)| (n, t.1, t.2))
    }

    /// The country that a term names: ISO code and what kind of term it is.
    pub fn country_term(&self, term: &str) -> Option<(&'static str, TermKind)> {
        self.entry(index::COUNTRY_TERM, self.country_terms, |t| t.0, term).map(|t| (t.1, t.2))
    }

    /// The state with this ISO code.
    pub fn country(&self, code: &str) -> Option<&'static Country> {
        self.countries.binary_search_by(|c| c.iso.cmp(code)).ok().map(|i| &self.countries[i])
    }

    /// The longest name of a city that is no capital at the beginning of `words`, with its length in words and the ISO
    /// code of its country.
    pub fn city_at(
        &self,
        words: impl IntoIterator<Item = impl AsRef<str>, IntoIter: Clone>,
    ) -> Option<(usize, &'static str)> {
        self.longest([index::FIRST_OF_CITY, index::CITY], self.cities, |c| c.0, words).map(|(n, c)| (n, c.1))
    }

    /// ISO code of the country of a city that is no capital.
    pub fn city(&self, name: &str) -> Option<&'static str> {
        self.marked(index::CITY, self.cities, name)
    }

    /// How good (up to 4) or bad (down to -4) the word is; 0 where the lexicon does not have it.
    pub fn valence(&self, word: &str) -> f32 {
        let at = self.valences.binary_search_by(|v| v.0.cmp(word));
        at.map_or(0.0, |i| f32::from(self.valences[i].1) / 10.0)
    }

    /// The longest sequence at the beginning of `words` that gives somebody's attitude, without reporting words.
    pub fn attitude(
        &self,
        words: impl IntoIterator<Item = impl AsRef<str>, IntoIter: Clone>,
    ) -> Option<(usize, CueClass)> {
        self.longest([index::FIRST_OF_ATTITUDE, index::ATTITUDE], self.attitudes, |a| a.0, words).map(|(n, a)| (n, a.1))
    }
}

/// Tables that are asked only when the speakers of an article are known, or of few words.
#[expect(missing_docs, reason = "each is one look-up, named by its table")]
impl Language {
    /// The country that a word with this hash belongs to, and whether it is written with a capital.
    pub(crate) fn home_word(&self, hash: u64) -> Option<(&'static str, bool)> {
        let small = |w: &str| self.small_home_words.binary_search(&w).is_ok();
        let made = || self.home_words.iter().map(|(w, code)| (word_hash(w.as_bytes()), (*code, !small(w)))).collect();
        self.index.1.get_or_init(made).get(&hash).copied()
    }

    /// Whether a verb tells what somebody holds, no act.
    pub fn is_position(&self, word: &str) -> bool {
        self.positions.binary_search(&word).is_ok()
    }

    /// The country of a news agency.
    pub fn agency(&self, word: &str) -> Option<&'static str> {
        find(self.agencies, word)
    }

    /// Whether a noun is one for something written or counted.
    pub fn is_paper(&self, word: &str) -> bool {
        self.papers.binary_search(&word).is_ok()
    }

    /// Whether a word in front of an office, or in brackets behind a name, is a party.
    pub fn is_party_word(&self, words: &str) -> bool {
        self.party_words.binary_search(&words).is_ok()
    }

    pub fn occupation(&self, words: &str) -> Option<RoleClass> {
        find(self.occupations, words)
    }

    /// What a title without its full stop tells.
    pub fn title_role(&self, word: &str) -> Option<RoleClass> {
        find(self.title_roles, word)
    }

    /// The word in the name of the chamber that somebody of this title sits in; empty for any.
    pub(crate) fn seat(&self, title: &str) -> Option<&'static str> {
        find(self.seats, title)
    }

    /// Whether several countries have a body of this name.
    pub fn is_shared_body(&self, words: &str) -> bool {
        self.shared_bodies.binary_search(&words).is_ok()
    }

    /// Whether a name that ends in this word is no person's ("ferries").
    pub fn is_body_tail(&self, word: &str) -> bool {
        self.body_tails.binary_search(&word).is_ok()
    }

    pub fn is_sport_word(&self, word: &str) -> bool {
        self.sport_words.binary_search(&word).is_ok()
    }

    pub fn is_trade_word(&self, word: &str) -> bool {
        self.trade_words.binary_search(&word).is_ok()
    }

    pub fn is_research_word(&self, word: &str) -> bool {
        self.research_words.binary_search(&word).is_ok()
    }
}
