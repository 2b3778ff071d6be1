//! Which words and marks does this language use? Tables, one folder a language; no logic but look-ups.
//!
//! Words are given folded (lower case, straight apostrophes). Tables are sorted by their keys; tests see to it.

pub mod en;
mod index;
pub mod template;

use std::sync::OnceLock;

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

/// Which tables of a language hold a word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tables(u64);

impl Tables {
    /// Whether it is a cue or the first word of one.
    pub fn begins_cue(self) -> bool {
        self.0 & (index::CUE | index::FIRST_OF_CUE) != 0
    }

    /// Whether it is the head noun of names of bodies.
    pub fn is_organization_head(self) -> bool {
        self.0 & index::ORGANIZATION_HEAD != 0
    }

    /// Whether it is a word of grammar, at which a noun phrase ends.
    pub fn is_function_word(self) -> bool {
        const WORDS: u64 = index::PREPOSITION
            | index::CONJUNCTION
            | index::DETERMINER
            | index::AUXILIARY
            | index::PRONOUN
            | index::PHRASE_END
            | index::COMPLEMENTIZER
            | index::NEGATION;
        self.0 & WORDS != 0
    }

    /// Whether it is a form of a verb that is hardly ever a noun.
    pub fn is_verb(self) -> bool {
        self.0 & index::VERB != 0
    }

    /// Whether it is a number word.
    pub fn is_numeral(self) -> bool {
        self.0 & index::NUMERAL != 0
    }

    /// Whether it is a noun that only measures.
    pub fn is_measure(self) -> bool {
        self.0 & (index::MEASURE | index::TIME) != 0
    }

    /// Whether it is a determiner or possessive.
    pub fn is_determiner(self) -> bool {
        self.0 & index::DETERMINER != 0
    }

    /// Whether it is a preposition.
    pub fn is_preposition(self) -> bool {
        self.0 & index::PREPOSITION != 0
    }

    /// Whether it is an auxiliary.
    pub fn is_auxiliary(self) -> bool {
        self.0 & index::AUXILIARY != 0
    }

    /// Whether it is a form of a verb and of a noun.
    pub fn is_verb_or_noun(self) -> bool {
        self.0 & index::VERB_OR_NOUN != 0
    }
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

fn has(table: &[&str], word: &str) -> bool {
    table.binary_search(&word).is_ok()
}

fn find<V: Copy>(table: &[(&str, V)], word: &str) -> Option<V> {
    table.binary_search_by(|(key, _)| (*key).cmp(word)).ok().map(|i| table[i].1)
}

#[expect(missing_docs, reason = "each is one look-up, named by its table")]
impl Language {
    /// Which tables hold a word: for a token that is looked at often, asked once.
    pub fn tables(&self, word: &str) -> Tables {
        Tables(self.marks(word))
    }

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

    pub fn is_attributive(&self, word: &str) -> bool {
        self.marks(word) & index::ATTRIBUTIVE != 0
    }

    pub fn is_act_cue(&self, word: &str) -> bool {
        self.marks(word) & index::ACT_CUE != 0
    }

    pub fn is_rarely_cue(&self, word: &str) -> bool {
        self.marks(word) & index::RARELY_CUE != 0
    }

    pub fn needs_clause(&self, word: &str) -> bool {
        self.marks(word) & index::NEEDS_CLAUSE != 0
    }

    pub fn is_also_noun(&self, word: &str) -> bool {
        self.marks(word) & index::ALSO_NOUN != 0
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

    /// Whether the word (without its full stop) is an abbreviation.
    pub fn is_abbreviation(&self, word: &str) -> bool {
        has(self.abbreviations, &format!("{word}."))
    }

    pub fn given_name(&self, word: &str) -> Option<Gender> {
        if self.marks(word) & index::GIVEN_NAME == 0 {
            return None;
        }
        find(self.given_names, word)
    }

    pub fn is_given_name(&self, word: &str) -> bool {
        self.given_name(word).is_some()
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

    pub fn is_name_particle(&self, word: &str) -> bool {
        self.marks(word) & index::PARTICLE != 0
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

    pub fn is_role_modifier(&self, word: &str) -> bool {
        self.marks(word) & index::ROLE_MODIFIER != 0
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

    /// Whether a term counts only where it is written in capitals ("US", "WHO").
    /// ISO code of the country of a city that is no capital.
    pub fn city(&self, name: &str) -> Option<&'static str> {
        find(self.cities, name)
    }

    pub fn needs_capitals(&self, term: &str) -> bool {
        self.marks(term) & index::CAPITALS != 0
    }

    pub fn is_negation(&self, word: &str) -> bool {
        self.marks(word) & index::NEGATION != 0
    }

    pub fn ends_negation(&self, word: &str) -> bool {
        self.marks(word) & index::NEGATION_END != 0
    }

    /// How good (up to 4) or bad (down to -4) the word is; 0 where the lexicon does not have it.
    pub fn valence(&self, word: &str) -> f32 {
        let at = self.valences.binary_search_by(|v| v.0.cmp(word));
        at.map_or(0.0, |i| f32::from(self.valences[i].1) / 10.0)
    }

    pub fn is_time_word(&self, word: &str) -> bool {
        self.marks(word) & index::TIME != 0
    }

    /// Whether the word, with a capital, begins a sentence and no name.
    pub fn begins_sentence(&self, word: &str) -> bool {
        self.marks(word) & index::SENTENCE_START != 0
    }

    pub fn ends_phrase(&self, word: &str) -> bool {
        self.marks(word) & index::PHRASE_END != 0
    }

    pub fn is_conjunction(&self, word: &str) -> bool {
        self.marks(word) & index::CONJUNCTION != 0
    }

    pub fn is_preposition(&self, word: &str) -> bool {
        self.marks(word) & index::PREPOSITION != 0
    }

    pub fn is_determiner(&self, word: &str) -> bool {
        self.marks(word) & index::DETERMINER != 0
    }

    pub fn is_auxiliary(&self, word: &str) -> bool {
        self.marks(word) & index::AUXILIARY != 0
    }

    pub fn is_adverb(&self, word: &str) -> bool {
        self.marks(word) & index::ADVERB != 0
            || !self.adverb_ending.is_empty() && word.len() > 4 && word.ends_with(self.adverb_ending)
    }

    pub fn is_complementizer(&self, word: &str) -> bool {
        self.marks(word) & index::COMPLEMENTIZER != 0
    }

    pub fn is_addressee(&self, word: &str) -> bool {
        self.marks(word) & index::ADDRESSEE != 0
    }

    /// Whether the cue always has an addressee behind it ("told").
    pub fn is_addressed_cue(&self, word: &str) -> bool {
        self.marks(word) & index::ADDRESSED_CUE != 0
    }

    /// Whether the word makes a passive with a participle.
    pub fn is_passive_auxiliary(&self, word: &str) -> bool {
        self.marks(word) & index::PASSIVE_AUXILIARY != 0
    }

    /// Whether the word labels the questions of an interview.
    pub fn is_question_label(&self, word: &str) -> bool {
        self.marks(word) & index::QUESTION_LABEL != 0
    }

    /// Whether the word labels the answers of an interview.
    pub fn is_answer_label(&self, word: &str) -> bool {
        self.marks(word) & index::ANSWER_LABEL != 0
    }

    /// The longest sequence at the beginning of `words` that gives somebody's attitude, without reporting words.
    pub fn attitude(&self, words: impl IntoIterator<Item = impl AsRef<str>>) -> Option<(usize, CueClass)> {
        self.longest(index::FIRST_OF_ATTITUDE, words, |key| find(self.attitudes, key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted<'a>(name: &str, keys: impl Iterator<Item = &'a str>) {
        let keys: Vec<&str> = keys.collect();
        for pair in keys.windows(2) {
            assert!(pair[0] < pair[1], "{name}: \"{}\" before \"{}\"", pair[0], pair[1]);
        }
        for key in keys {
            assert_eq!(key, key.to_lowercase(), "{name}");
            assert_eq!(key, key.split_whitespace().collect::<Vec<_>>().join(" "), "{name}");
        }
    }

    #[test]
    fn tables_are_sorted_lower_case_and_unique() {
        for lang in LANGUAGES.into_iter().chain([&template::TEMPLATE]) {
            for (name, table) in [
                ("cue_needs_clause", lang.cue_needs_clause),
                ("cue_also_noun", lang.cue_also_noun),
                ("rarely_cues", lang.rarely_cues),
                ("act_cues", lang.act_cues),
                ("light_cues", lang.light_cues),
                ("attributives", lang.attributives),
                ("abbreviations", lang.abbreviations),
                ("surname_particles", lang.surname_particles),
                ("name_suffixes", lang.name_suffixes),
                ("role_modifiers", lang.role_modifiers),
                ("portfolios", lang.portfolios),
                ("agent_endings", lang.agent_endings),
                ("capitals_only", lang.capitals_only),
                ("negations", lang.negations),
                ("negation_enders", lang.negation_enders),
                ("time_words", lang.time_words),
                ("sentence_starters", lang.sentence_starters),
                ("phrase_ends", lang.phrase_ends),
                ("conjunctions", lang.conjunctions),
                ("prepositions", lang.prepositions),
                ("determiners", lang.determiners),
                ("auxiliaries", lang.auxiliaries),
                ("adverbs", lang.adverbs),
                ("complementizers", lang.complementizers),
                ("addressees", lang.addressees),
                ("addressed_cues", lang.addressed_cues),
                ("passive_auxiliaries", lang.passive_auxiliaries),
                ("question_labels", lang.question_labels),
                ("answer_labels", lang.answer_labels),
                ("verbs", lang.verbs),
                ("verbs_or_nouns", lang.verbs_or_nouns),
                ("numerals", lang.numerals),
                ("measures", lang.measures),
            ] {
                sorted(name, table.iter().copied());
            }
            sorted("cues", lang.cues.iter().map(|c| c.0));
            sorted("cities", lang.cities.iter().map(|c| c.0));
            assert!(lang.cities.iter().all(|c| lang.country(c.1).is_some() && lang.country_term(c.0).is_none()));
            sorted("chambers", lang.chambers.iter().map(|c| c.0));
            sorted("cue_phrases", lang.cue_phrases.iter().map(|c| c.0));
            sorted("attitudes", lang.attitudes.iter().map(|a| a.0));
            sorted("pronouns", lang.pronouns.iter().map(|p| p.form));
            sorted("valences", lang.valences.iter().map(|v| v.0));
            assert!(lang.valences.iter().all(|v| (-40..=40).contains(&v.1)));
            sorted("titles", lang.titles.iter().map(|t| t.0));
            sorted("given_names", lang.given_names.iter().map(|t| t.0));
            sorted("nicknames", lang.nicknames.iter().map(|t| t.0));
            sorted("surname_first", lang.surname_first.iter().map(|t| t.0));
            sorted("roles", lang.roles.iter().map(|r| r.name));
            sorted("collective_sources", lang.collective_sources.iter().map(|s| s.0));
            sorted("organizations", lang.organizations.iter().map(|o| o.name));
            sorted("organization_heads", lang.organization_heads.iter().map(|o| o.0));
            sorted("country_terms", lang.country_terms.iter().map(|t| t.0));
            assert!(lang.countries.windows(2).all(|w| w[0].iso < w[1].iso));
            assert!(lang.related_role_groups.windows(2).all(|w| w[0] < w[1]));
            assert!(lang.country_terms.iter().all(|t| lang.country(t.1).is_some()));
        }
    }

    #[test]
    fn look_ups_find_the_longest() {
        let lang = language("en").unwrap();
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(lang.cue_class("said"), Some(CueClass::Say));
        assert_eq!(lang.cue_phrase(words("according to the ministry")).map(|p| p.0), Some(2));
        assert_eq!(lang.country_at(&words("north korean leader kim")).map(|c| (c.0, c.1)), Some((2, "KP")));
        assert_eq!(
            lang.organization_at(&words("federation council chairperson")).map(|o| (o.0, o.1.country)),
            Some((2, "RU"))
        );
        assert_eq!(lang.role("prime minister").map(|r| r.class), Some(RoleClass::HeadOfGovernment));
        assert!(lang.is_abbreviation("mr") && !lang.is_abbreviation("summit"));
    }
}
