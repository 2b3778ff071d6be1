//! English.

mod capitals;
mod countries;
mod cues;
mod family_names;
mod given_names;
mod grammar;
mod organizations;
mod phrase_words;
mod phrases;
mod rarely_cues;
mod roles;
mod sources;
mod titles;
mod valences;

use crate::lang::{Language, WordIndex};

/// The tables of English.
pub static ENGLISH: Language = Language {
    code: "en",
    name: "English",
    cues: cues::CUES,
    cue_needs_clause: cues::CUE_NEEDS_CLAUSE,
    cue_also_noun: cues::CUE_ALSO_NOUN,
    rarely_cues: rarely_cues::RARELY_CUES,
    cue_phrases: phrases::CUE_PHRASES,
    light_cues: phrases::LIGHT_CUES,
    attributives: phrase_words::ATTRIBUTIVES,
    pronouns: grammar::PRONOUNS,
    titles: titles::TITLES,
    abbreviations: titles::ABBREVIATIONS,
    given_names: given_names::GIVEN_NAMES,
    nicknames: given_names::NICKNAMES,
    surname_first: family_names::SURNAME_FIRST,
    surname_particles: family_names::SURNAME_PARTICLES,
    name_suffixes: phrase_words::NAME_SUFFIXES,
    patronymic_suffixes: family_names::PATRONYMIC_SUFFIXES,
    roles: roles::ROLES,
    related_role_groups: roles::RELATED_ROLE_GROUPS,
    role_modifiers: phrase_words::ROLE_MODIFIERS,
    chambers: phrase_words::CHAMBERS,
    collective_sources: sources::COLLECTIVE_SOURCES,
    organizations: organizations::ORGANIZATIONS,
    organization_heads: organizations::ORGANIZATION_HEADS,
    countries: countries::COUNTRIES,
    country_terms: countries::COUNTRY_TERMS,
    capitals_only: capitals::CAPITALS_ONLY,
    negations: grammar::NEGATIONS,
    negation_enders: grammar::NEGATION_ENDERS,
    valences: valences::VALENCES,
    time_words: phrase_words::TIME_WORDS,
    sentence_starters: phrase_words::SENTENCE_STARTERS,
    phrase_ends: phrase_words::PHRASE_ENDS,
    conjunctions: phrase_words::CONJUNCTIONS,
    prepositions: phrase_words::PREPOSITIONS,
    determiners: phrase_words::DETERMINERS,
    auxiliaries: phrase_words::AUXILIARIES,
    adverbs: phrase_words::ADVERBS,
    adverb_ending: "ly",
    complementizers: phrase_words::COMPLEMENTIZERS,
    addressees: phrase_words::ADDRESSEES,
    addressed_cues: phrase_words::ADDRESSED_CUES,
    passive_auxiliaries: phrase_words::PASSIVE_AUXILIARIES,
    question_labels: phrase_words::QUESTION_LABELS,
    answer_labels: phrase_words::ANSWER_LABELS,
    attitudes: phrase_words::ATTITUDES,
    index: WordIndex::new(),
};
