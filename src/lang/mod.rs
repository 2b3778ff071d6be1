//! Which words and marks does this language use? Tables, one folder a language; no logic but look-ups.
//!
//! Words are given folded (lower case, straight apostrophes). Tables are sorted by their keys; tests see to it.

pub mod en;
mod index;
mod lists;
mod look_up;
mod tables;
pub mod template;

use std::collections::HashMap;
use std::sync::OnceLock;

use foldhash::fast::FixedState;

pub use tables::Tables;

use crate::lang::index::Index;
pub(crate) use crate::lang::index::word_hash;
use crate::lang::lists::{ClauseWords, NameWords, ReportWords};

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
    /// All classes, in order.
    pub(crate) const ALL: [Self; 17] = [
        Self::Say,
        Self::Claim,
        Self::Demand,
        Self::Warn,
        Self::Promise,
        Self::Refuse,
        Self::Deny,
        Self::Praise,
        Self::Criticize,
        Self::Hope,
        Self::Fear,
        Self::Think,
        Self::Know,
        Self::Ask,
        Self::Announce,
        Self::Argue,
        Self::Write,
    ];

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
pub struct WordIndex(OnceLock<Index>, OnceLock<HomeWords>);

/// By the hash of a word: the country whose it is, and whether it is written with a capital.
type HomeWords = HashMap<u64, (&'static str, bool), FixedState>;

impl WordIndex {
    /// An index that is still to be made.
    pub const fn new() -> Self {
        Self(OnceLock::new(), OnceLock::new())
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
    pub honorifics: &'static [&'static str],
    pub epithets: &'static [&'static str],
    pub legal_forms: &'static [&'static str],
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
    pub occupations: &'static [(&'static str, RoleClass)],
    pub title_roles: &'static [(&'static str, RoleClass)],
    pub home_words: &'static [(&'static str, &'static str)],
    pub small_home_words: &'static [&'static str],
    pub agencies: &'static [(&'static str, &'static str)],
    pub papers: &'static [&'static str],
    pub party_words: &'static [&'static str],
    pub moneys: &'static [(&'static str, &'static str)],
    pub shared_bodies: &'static [&'static str],
    pub body_tails: &'static [&'static str],
    pub sport_words: &'static [&'static str],
    pub trade_words: &'static [&'static str],
    pub research_words: &'static [&'static str],
    pub game_words: &'static [&'static str],
    pub contest_words: &'static [&'static str],
    pub army_words: &'static [&'static str],
    pub seats: &'static [(&'static str, &'static str)],
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
    pub positions: &'static [&'static str],
    pub verbs: &'static [&'static str],
    pub verbs_or_nouns: &'static [&'static str],
    pub numerals: &'static [&'static str],
    pub measures: &'static [&'static str],
    pub(crate) report_words: ReportWords,
    pub(crate) clause_words: ClauseWords,
    pub(crate) name_words: NameWords,
    pub index: WordIndex,
}

/// The languages that have tables.
static LANGUAGES: [&Language; 1] = [&en::ENGLISH];

/// The tables of the language with this ISO 639-1 code.
pub fn language(code: &str) -> Option<&'static Language> {
    LANGUAGES.into_iter().find(|l| l.code == code)
}

#[cfg(test)]
mod tests;
