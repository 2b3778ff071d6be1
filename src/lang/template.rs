//! An empty language to copy: it compiles and is tested, so that a new file starts from something that works.
//!
//! 1. Copy this file to `lang/<code>/mod.rs` and rename [`TEMPLATE`]; put each table you fill into `lang/<code>/<subject>.rs`.
//!    An empty table is never wrong, it only finds less.
//! 2. Keys are lower case, words parted by one blank, sorted by byte order, unique.
//! 3. Most rewarding first: `cues`, `cue_phrases`, `pronouns`, `titles`, `abbreviations`, `roles`, `collective_sources`,
//!    `country_terms`, and the function words at the end.
//! 4. Declare the module in `lang/mod.rs`, add one line to `LANGUAGES` there, and add `tests/cases/<code>/`.

use crate::lang::lists::{ClauseWords, NameWords, ReportWords};
use crate::lang::{Language, WordIndex};

/// A language without any word: every look-up answers "not known".
pub static TEMPLATE: Language = Language {
    // ISO 639-1, lower case.
    code: "xx",
    // In English, for messages.
    name: "Template",
    // Every inflected form of a reporting verb with its class: ("said", CueClass::Say).
    cues: &[],
    // Forms of `cues` that report only where a clause or a quotation follows: "think", "show", "report".
    cue_needs_clause: &[],
    // Forms of `cues` that are as often a noun: "claims", "state".
    cue_also_noun: &[],
    // Forms of `cues` that tell of an act where a bare noun phrase follows: "welcomed the decision".
    act_cues: &[],
    // Forms of `cues` that seldom report.
    rarely_cues: &[],
    // Cues of several words, the verb inflected: ("went on to say", CueClass::Say).
    cue_phrases: &[],
    // Word sequences that look like cues and are not: "commenting on", "known as".
    light_cues: &[],
    // First words of cues that name the source behind them: "according" to X.
    attributives: &[],
    // Personal pronouns, one entry a form.
    pronouns: &[],
    // Words before a name, with gender where it is known: ("mrs.", Gender::Female).
    titles: &[],
    // Abbreviations, with their full stop, after which a sentence goes on: "dr.".
    abbreviations: &[],
    // Given names with gender.
    given_names: &[],
    // Short forms of given names: ("bill", "william").
    nicknames: &[],
    // Family names that stand before the given name, with the region of use.
    surname_first: &[],
    // Lower-case words inside family names: "de", "van", "bin".
    // Honorifics behind a possessive that stand for a person: his "excellency".
    honorifics: &[],
    // Adjectives and nouns with which stories begin before a full name: "heartbroken".
    epithets: &[],
    // Legal forms of companies behind their names, as they are written.
    legal_forms: &[],
    surname_particles: &[],
    // Behind a family name: "jr".
    name_suffixes: &[],
    // Endings of patronymics with gender: ("ovna", Gender::Female).
    patronymic_suffixes: &[],
    // Role nouns with class, synonym group and gender.
    roles: &[],
    // Pairs of synonym groups that can mean one person.
    related_role_groups: &[],
    // Lower-case words before a role noun that belong to the role: "deputy", "foreign".
    role_modifiers: &[],
    // Names of the chambers of parliaments and which chamber they are: ("senate", "upper house").
    chambers: &[],
    // Words behind "Minister of" and before the name: "agriculture", "resources".
    portfolios: &[],
    // Endings of words for what a person does: "er", "ist".
    agent_endings: &[],
    // Nouns that can speak without being a person: "ministry", "report".
    collective_sources: &[],
    // Bodies by name.
    organizations: &[],
    // Head nouns that tell the type of an unknown body: ("ministry", OrganizationType::Ministry).
    organization_heads: &[],
    // States, sorted by ISO code; then every term for them, sorted by term.
    countries: &[],
    country_terms: &[],
    // Terms that count only when written in capitals: "us", "who".
    capitals_only: &[],
    // Cities besides the capitals and their countries: ("mombasa", "KE").
    cities: &[],
    // What a person does beside the roles, and what titles tell: ("seamstress", RoleClass::Civilian).
    occupations: &[],
    title_roles: &[],
    // Words at which the country of an article is known: ("crore", "IN"); those that are written small.
    home_words: &[],
    small_home_words: &[],
    agencies: &[],
    papers: &[],
    party_words: &[],
    moneys: &[],
    // Names of bodies that several countries have: "senate".
    shared_bodies: &[],
    // Last words of names that are no persons': "ferries".
    body_tails: &[],
    // Words in the names of bodies of sport, trade and research.
    sport_words: &[],
    trade_words: &[],
    research_words: &[],
    // Words of games alone, those that other contests have too, and words of armies.
    game_words: &[],
    contest_words: &[],
    army_words: &[],
    // What members of chambers are called, and the word in the chamber's name: ("senator", "senate").
    seats: &[],
    // Words that negate what follows, and words that end such a scope.
    negations: &[],
    negation_enders: &[],
    // How good or bad words are, in tenths from -40 to 40: ("awful", -20).
    valences: &[],
    // Months, weekdays, "today".
    time_words: &[],
    // Words that, with a capital, begin a sentence and no name.
    sentence_starters: &[],
    // Words before which a subject ends when it is read from its verb to the left: "that", "who", "because".
    phrase_ends: &[],
    conjunctions: &[],
    prepositions: &[],
    determiners: &[],
    auxiliaries: &[],
    adverbs: &[],
    // Ending by which most adverbs are known.
    adverb_ending: "",
    // Words that begin a reported clause: "that".
    complementizers: &[],
    // To whom a statement is made, right behind the cue: "reporters".
    addressees: &[],
    // Cues that always have an addressee: "told".
    addressed_cues: &[],
    // Forms of "be" in passives.
    passive_auxiliaries: &[],
    // Labels before the questions of an interview: "q".
    question_labels: &[],
    // Labels before the answers: "a".
    answer_labels: &[],
    // Verbs that give an attitude without reporting it: ("waiting for", CueClass::Hope).
    attitudes: &[],
    // Verbs that tell what somebody holds ("expects"), as they are written.
    positions: &[],
    // Forms of verbs that are hardly ever nouns, and those that are nouns as well: where noun phrases end.
    verbs: &[],
    verbs_or_nouns: &[],
    // Number words, and nouns that only measure: "million", "tonnes".
    numerals: &[],
    measures: &[],
    // Short lists, documented in `lang/lists.rs`; to fill some: `ReportWords { is_refusal: ..., ..ReportWords::NONE }`.
    report_words: ReportWords::NONE,
    clause_words: ClauseWords::NONE,
    name_words: NameWords::NONE,
    // Made by the program.
    index: WordIndex::new(),
};
