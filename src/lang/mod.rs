//! Which words and marks does this language use? Tables, one folder a language; no logic but look-ups.
//!
//! Words are given folded (lower case, straight apostrophes). Tables are sorted by their keys; tests see to it.

pub mod en;
mod index;
mod tables;
pub mod template;

use std::sync::OnceLock;

pub use tables::Tables;

use crate::lang::index::Index;
pub(crate) use crate::lang::index::word_hash;

/// What a reporting verb says of the speaker's stance to what is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "named by their verbs: to say, to claim, to demand ...")]
pub enum CueClass {
    Say,
    Claim,
    Demand,
    Warn,
    Promise,
    Refuse,
    Deny,
    Praise,
    Criticize,
    Hope,
    Fear,
    Think,
    Know,
    Ask,
    Announce,
    Argue,
    Write,
}

impl CueClass {
    /// Its name in features.
    pub fn name(self) -> &'static str {
        match self {
            Self::Say => "say",
            Self::Claim => "claim",
            Self::Demand => "demand",
            Self::Warn => "warn",
            Self::Promise => "promise",
            Self::Refuse => "refuse",
            Self::Deny => "deny",
            Self::Praise => "praise",
            Self::Criticize => "criticize",
            Self::Hope => "hope",
            Self::Fear => "fear",
            Self::Think => "think",
            Self::Know => "know",
            Self::Ask => "ask",
            Self::Announce => "announce",
            Self::Argue => "argue",
            Self::Write => "write",
        }
    }
}

/// What a word tells of a person's gender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gender {
    /// A woman.
    Female,
    /// A man.
    Male,
    /// A person of either gender.
    Either,
    /// No person.
    Neuter,
}

/// Grammatical number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "grammar")]
pub enum Number {
    Singular,
    Plural,
    Either,
}

/// Grammatical case, as far as pronouns show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "grammar")]
pub enum Case {
    Subject,
    Object,
    Possessive,
    Determiner,
    Reflexive,
    Any,
}

/// One form of a pronoun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pronoun {
    /// The form.
    pub form: &'static str,
    /// 1, 2 or 3.
    pub person: u8,
    /// Gender of whom it means.
    pub gender: Gender,
    /// Number of whom it means.
    pub number: Number,
    /// What it can be in a sentence.
    pub case: Case,
}

/// What kind of person a role noun names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "named by their members")]
pub enum RoleClass {
    HeadOfState,
    HeadOfGovernment,
    Minister,
    Diplomat,
    Spokesperson,
    LegislativeLeader,
    Legislator,
    PartyLeader,
    Candidate,
    RegionalLeader,
    Official,
    Military,
    Police,
    Judiciary,
    Lawyer,
    IgoOfficial,
    CentralBanker,
    Expert,
    Business,
    Union,
    Activist,
    Religious,
    Journalist,
    Medical,
    Culture,
    Sport,
    Civilian,
    UnnamedSource,
}

impl RoleClass {
    /// All classes.
    pub const ALL: [RoleClass; 28] = [
        Self::HeadOfState,
        Self::HeadOfGovernment,
        Self::Minister,
        Self::Diplomat,
        Self::Spokesperson,
        Self::LegislativeLeader,
        Self::Legislator,
        Self::PartyLeader,
        Self::Candidate,
        Self::RegionalLeader,
        Self::Official,
        Self::Military,
        Self::Police,
        Self::Judiciary,
        Self::Lawyer,
        Self::IgoOfficial,
        Self::CentralBanker,
        Self::Expert,
        Self::Business,
        Self::Union,
        Self::Activist,
        Self::Religious,
        Self::Journalist,
        Self::Medical,
        Self::Culture,
        Self::Sport,
        Self::Civilian,
        Self::UnnamedSource,
    ];

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::HeadOfState => "head of state",
            Self::HeadOfGovernment => "head of government",
            Self::Minister => "minister",
            Self::Diplomat => "diplomat",
            Self::Spokesperson => "spokesperson",
            Self::LegislativeLeader => "legislative leader",
            Self::Legislator => "legislator",
            Self::PartyLeader => "party leader",
            Self::Candidate => "candidate",
            Self::RegionalLeader => "regional leader",
            Self::Official => "official",
            Self::Military => "military",
            Self::Police => "police",
            Self::Judiciary => "judiciary",
            Self::Lawyer => "lawyer",
            Self::IgoOfficial => "igo official",
            Self::CentralBanker => "central banker",
            Self::Expert => "expert",
            Self::Business => "business",
            Self::Union => "union",
            Self::Activist => "activist",
            Self::Religious => "religious",
            Self::Journalist => "journalist",
            Self::Medical => "medical",
            Self::Culture => "culture",
            Self::Sport => "sport",
            Self::Civilian => "civilian",
            Self::UnnamedSource => "unnamed source",
        }
    }
}

/// A role noun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Role {
    /// The noun or noun phrase.
    pub name: &'static str,
    /// Its class.
    pub class: RoleClass,
    /// Roles of one group stand for each other.
    pub group: &'static str,
    /// The gender it tells.
    pub gender: Gender,
}

/// What kind of thing a source noun names that is not one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// A body that speaks ("the ministry").
    Institution,
    /// Several persons without names ("officials").
    Plural,
    /// Something written ("the report").
    Document,
    /// A newspaper, agency or broadcaster.
    Media,
}

/// What kind of body an organization is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "named by their members")]
pub enum OrganizationType {
    Executive,
    Ministry,
    Parliament,
    Party,
    Court,
    Military,
    Police,
    CentralBank,
    Igo,
    Ngo,
    Company,
    Media,
    University,
    Religious,
    ArmedGroup,
    Local,
    Sport,
    Union,
    Other,
}

impl OrganizationType {
    /// Its name in features.
    pub fn name(self) -> &'static str {
        match self {
            Self::Executive => "executive",
            Self::Ministry => "ministry",
            Self::Parliament => "parliament",
            Self::Party => "party",
            Self::Court => "court",
            Self::Military => "military",
            Self::Police => "police",
            Self::CentralBank => "central bank",
            Self::Igo => "igo",
            Self::Ngo => "ngo",
            Self::Company => "company",
            Self::Media => "media",
            Self::University => "university",
            Self::Religious => "religious",
            Self::ArmedGroup => "armed group",
            Self::Local => "local",
            Self::Sport => "sport",
            Self::Union => "union",
            Self::Other => "other",
        }
    }
}

/// A body with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Organization {
    /// Its words, parted by one blank.
    pub name: &'static str,
    /// What kind of body it is.
    pub kind: OrganizationType,
    /// ISO code of its country; empty where it has none.
    pub country: &'static str,
    /// Names of one group are the same body.
    pub group: &'static str,
}

/// A state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country {
    /// ISO 3166 two-letter code.
    pub iso: &'static str,
    /// Its usual name.
    pub name: &'static str,
    /// Other names.
    pub others: &'static [&'static str],
    /// Adjectives.
    pub adjectives: &'static [&'static str],
    /// Nouns for its people.
    pub persons: &'static [&'static str],
    /// Capitals, also of the past.
    pub capitals: &'static [&'static str],
}

/// How a term names a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "grammar")]
pub enum TermKind {
    Name,
    Adjective,
    Person,
    Capital,
}

/// Where the family name comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "named by their languages")]
pub enum NameOrder {
    Chinese,
    Korean,
    Vietnamese,
    EastAsian,
    Japanese,
    Hungarian,
    Cambodian,
}

/// The tables of a language by word; made on first use.
#[derive(Debug)]
pub struct WordIndex(OnceLock<Index>);

impl WordIndex {
    /// An index that is still to be made.
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }
}

impl Default for WordIndex {
    fn default() -> Self {
        Self::new()
    }
}

/// The tables of one language.
#[expect(missing_docs, reason = "each table is documented where it stands, in en.rs and template.rs")]
pub struct Language {
    pub code: &'static str,
    pub name: &'static str,
    pub cues: &'static [(&'static str, CueClass)],
    pub cue_needs_clause: &'static [&'static str],
    pub cue_also_noun: &'static [&'static str],
    pub act_cues: &'static [&'static str],
    pub rarely_cues: &'static [&'static str],
    pub cue_phrases: &'static [(&'static str, CueClass)],
    pub light_cues: &'static [&'static str],
    pub attributives: &'static [&'static str],
    pub pronouns: &'static [Pronoun],
    pub titles: &'static [(&'static str, Gender)],
    pub abbreviations: &'static [&'static str],
    pub given_names: &'static [(&'static str, Gender)],
    pub nicknames: &'static [(&'static str, &'static str)],
    pub surname_first: &'static [(&'static str, NameOrder)],
    pub surname_particles: &'static [&'static str],
    pub name_suffixes: &'static [&'static str],
    pub patronymic_suffixes: &'static [(&'static str, Gender)],
    pub roles: &'static [Role],
    pub related_role_groups: &'static [(&'static str, &'static str)],
    pub role_modifiers: &'static [&'static str],
    pub chambers: &'static [(&'static str, &'static str)],
    pub portfolios: &'static [&'static str],
    pub agent_endings: &'static [&'static str],
    pub collective_sources: &'static [(&'static str, SourceKind)],
    pub organizations: &'static [Organization],
    pub organization_heads: &'static [(&'static str, OrganizationType)],
    pub countries: &'static [Country],
    pub country_terms: &'static [(&'static str, &'static str, TermKind)],
    pub cities: &'static [(&'static str, &'static str)],
    pub capitals_only: &'static [&'static str],
    pub negations: &'static [&'static str],
    pub negation_enders: &'static [&'static str],
    pub valences: &'static [(&'static str, i8)],
    pub time_words: &'static [&'static str],
    pub sentence_starters: &'static [&'static str],
    pub phrase_ends: &'static [&'static str],
    pub conjunctions: &'static [&'static str],
    pub prepositions: &'static [&'static str],
    pub determiners: &'static [&'static str],
    pub auxiliaries: &'static [&'static str],
    pub adverbs: &'static [&'static str],
    pub adverb_ending: &'static str,
    pub complementizers: &'static [&'static str],
    pub addressees: &'static [&'static str],
    pub addressed_cues: &'static [&'static str],
    pub passive_auxiliaries: &'static [&'static str],
    pub question_labels: &'static [&'static str],
    pub answer_labels: &'static [&'static str],
    pub attitudes: &'static [(&'static str, CueClass)],
    pub verbs: &'static [&'static str],
    pub verbs_or_nouns: &'static [&'static str],
    pub numerals: &'static [&'static str],
    pub measures: &'static [&'static str],
    pub index: WordIndex,
}

/// The languages that have tables.
static LANGUAGES: [&Language; 1] = [&en::ENGLISH];

/// The tables of the language with this ISO 639-1 code.
pub fn language(code: &str) -> Option<&'static Language> {
    LANGUAGES.into_iter().find(|l| l.code == code)
}

fn find<V: Copy>(table: &[(&str, V)], word: &str) -> Option<V> {
    table.binary_search_by(|(key, _)| (*key).cmp(word)).ok().map(|i| table[i].1)
}

#[expect(missing_docs, reason = "each is one look-up, named by its table")]
impl Language {
    /// The tables that hold a word, as bits of [`index`].
    #[inline]
    fn marks(&self, word: &str) -> u64 {
        self.index.0.get_or_init(|| Index::new(self)).of(word)
    }

    /// How many of `words` the longest key that they begin with has, and what `get` makes of that key. At most 6
    /// words; no look-up where no key begins with the first word (mark `first`).
    fn longest<V>(
        &self,
        first: u64,
        words: impl IntoIterator<Item = impl AsRef<str>>,
        get: impl Fn(&str) -> Option<V>,
    ) -> Option<(usize, V)> {
        let index = self.index.0.get_or_init(|| Index::new(self));
        let mut words = words.into_iter().take(6);
        let one = words.next()?;
        let one = one.as_ref();
        if index.of(one) & first == 0 {
            return None;
        }
        let mut found = get(one).map(|value| (1, value));
        let Some(two) = words.next() else { return found };
        // Most texts have such words without the second word of a key: no string is made for them.
        if index.of_pair(one, two.as_ref()) & first == 0 {
            return found;
        }
        let mut key = String::with_capacity(32);
        key.push_str(one);
        for (n, word) in std::iter::once(two).chain(words).enumerate() {
            key.push(' ');
            key.push_str(word.as_ref());
            if let Some(value) = get(&key) {
                found = Some((n + 2, value));
            }
        }
        found
    }

    pub fn cue_class(&self, word: &str) -> Option<CueClass> {
        if self.marks(word) & index::CUE == 0 {
            return None;
        }
        find(self.cues, word)
    }

    /// The longest cue of several words at the beginning of `words`: its length in words and its class.
    pub fn cue_phrase(&self, words: impl IntoIterator<Item = impl AsRef<str>>) -> Option<(usize, CueClass)> {
        self.longest(index::FIRST_OF_CUE, words, |key| {
            (self.marks(key) & index::CUE_PHRASE != 0).then(|| find(self.cue_phrases, key)).flatten()
        })
        .filter(|(n, _)| *n > 1)
    }

    /// The longest sequence at the beginning of `words` that only looks like a cue.
    pub fn light_cue(&self, words: impl IntoIterator<Item = impl AsRef<str>>) -> Option<usize> {
        self.longest(index::FIRST_OF_LIGHT_CUE, words, |key| (self.marks(key) & index::LIGHT_CUE != 0).then_some(()))
            .map(|(n, ())| n)
    }

    pub fn pronoun(&self, word: &str) -> Option<&'static Pronoun> {
        if self.marks(word) & index::PRONOUN == 0 {
            return None;
        }
        self.pronouns.binary_search_by(|p| p.form.cmp(word)).ok().map(|i| &self.pronouns[i])
    }

    pub fn is_subject_pronoun(&self, word: &str) -> bool {
        self.pronoun(word).is_some_and(|p| matches!(p.case, Case::Subject | Case::Any)) && word != "one"
    }

    /// The gender that a title tells ([`Gender::Either`] where it tells none).
    pub fn title(&self, word: &str) -> Option<Gender> {
        if self.marks(word) & index::TITLE == 0 {
            return None;
        }
        find(self.titles, word)
    }

    pub fn given_name(&self, word: &str) -> Option<Gender> {
        if self.marks(word) & index::GIVEN_NAME == 0 {
            return None;
        }
        find(self.given_names, word)
    }

    /// The full form of a short given name.
    pub fn full_given_name(&self, word: &str) -> Option<&'static str> {
        if self.marks(word) & index::NICKNAME == 0 {
            return None;
        }
        find(self.nicknames, word)
    }

    pub fn surname_order(&self, word: &str) -> Option<NameOrder> {
        if self.marks(word) & index::SURNAME_FIRST == 0 {
            return None;
        }
        find(self.surname_first, word)
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
        if self.marks(words) & index::ROLE == 0 {
            return None;
        }
        self.roles.binary_search_by(|r| r.name.cmp(words)).ok().map(|i| &self.roles[i])
    }

    /// The longest role noun at the beginning of `words`, with its length in words.
    pub fn role_at(&self, words: &[impl AsRef<str>]) -> Option<(usize, &'static Role)> {
        self.longest(index::FIRST_OF_ROLE, words, |key| self.role(key))
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

    /// Whether a word ends like those for what a person does ("ranger", "planner").
    pub fn is_agent(&self, word: &str) -> bool {
        self.agent_endings.iter().any(|e| word.len() > e.len() + 2 && word.ends_with(e))
    }

    /// Whether a word behind "minister of" names what a minister looks after.
    pub fn is_portfolio(&self, word: &str) -> bool {
        self.portfolios.binary_search(&word).is_ok()
    }

    /// What kind of source a noun names that is not one person.
    pub fn collective(&self, word: &str) -> Option<SourceKind> {
        if self.marks(word) & index::COLLECTIVE == 0 {
            return None;
        }
        find(self.collective_sources, word)
    }

    /// The longest name of a body at the beginning of `words`, with its length in words.
    pub fn organization_at(&self, words: &[impl AsRef<str>]) -> Option<(usize, &'static Organization)> {
        self.longest(index::FIRST_OF_ORGANIZATION, words, |key| {
            if self.marks(key) & index::ORGANIZATION == 0 {
                return None;
            }
            self.organizations.binary_search_by(|o| o.name.cmp(key)).ok().map(|i| &self.organizations[i])
        })
    }

    /// The type that a head noun gives to a body ("ministry").
    pub fn organization_head(&self, word: &str) -> Option<OrganizationType> {
        if self.marks(word) & index::ORGANIZATION_HEAD == 0 {
            return None;
        }
        find(self.organization_heads, word)
    }

    /// The longest term for a country at the beginning of `words`, with its length in words and the ISO code.
    pub fn country_at(&self, words: &[impl AsRef<str>]) -> Option<(usize, &'static str, TermKind)> {
        self.longest(index::FIRST_OF_COUNTRY, words, |key| self.country_term(key))
            .map(|(n, (code, kind))| (n, code, kind))
    }

    /// The country that a term names: ISO code and what kind of term it is.
    pub fn country_term(&self, term: &str) -> Option<(&'static str, TermKind)> {
        if self.marks(term) & index::COUNTRY_TERM == 0 {
            return None;
        }
        let i = self.country_terms.binary_search_by(|t| t.0.cmp(term)).ok()?;
        Some((self.country_terms[i].1, self.country_terms[i].2))
    }

    /// The state with this ISO code.
    pub fn country(&self, code: &str) -> Option<&'static Country> {
        self.countries.binary_search_by(|c| c.iso.cmp(code)).ok().map(|i| &self.countries[i])
    }

    /// The longest name of a city that is no capital at the beginning of `words`, with its length in words and the ISO
    /// code of its country.
    pub fn city_at(&self, words: &[impl AsRef<str>]) -> Option<(usize, &'static str)> {
        self.longest(index::FIRST_OF_CITY, words, |key| self.city(key))
    }

    /// ISO code of the country of a city that is no capital.
    pub fn city(&self, name: &str) -> Option<&'static str> {
        if self.marks(name) & index::CITY == 0 {
            return None;
        }
        find(self.cities, name)
    }

    /// How good (up to 4) or bad (down to -4) the word is; 0 where the lexicon does not have it.
    pub fn valence(&self, word: &str) -> f32 {
        let at = self.valences.binary_search_by(|v| v.0.cmp(word));
        at.map_or(0.0, |i| f32::from(self.valences[i].1) / 10.0)
    }

    pub fn is_adverb(&self, word: &str) -> bool {
        self.marks(word) & index::ADVERB != 0
            || !self.adverb_ending.is_empty() && word.len() > 4 && word.ends_with(self.adverb_ending)
    }

    /// The longest sequence at the beginning of `words` that gives somebody's attitude, without reporting words.
    pub fn attitude(&self, words: impl IntoIterator<Item = impl AsRef<str>>) -> Option<(usize, CueClass)> {
        self.longest(index::FIRST_OF_ATTITUDE, words, |key| find(self.attitudes, key))
    }
}

#[cfg(test)]
mod tests;
