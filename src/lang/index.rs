//! Which tables of a language hold a word: one look-up in a hash map in place of many binary searches.
//!
//! Extraction of 2,000 articles (11.6 MB, `demarche extract -j 1`) spent two thirds of its time in binary searches of
//! the tables before. Made on first use, once for each language and process.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::lang::Language;

macro_rules! marks {
    ($($(#[$doc:meta])* $name:ident = $bit:expr,)*) => {
        $($(#[$doc])* pub(super) const $name: u64 = 1 << $bit;)*
    };
}

marks! {
    CUE = 0,
    RARELY_CUE = 1,
    NEEDS_CLAUSE = 2,
    ALSO_NOUN = 3,
    ATTRIBUTIVE = 4,
    PRONOUN = 5,
    TITLE = 6,
    GIVEN_NAME = 7,
    NICKNAME = 8,
    SURNAME_FIRST = 9,
    PARTICLE = 10,
    NAME_SUFFIX = 11,
    ROLE = 12,
    ROLE_MODIFIER = 13,
    COLLECTIVE = 14,
    ORGANIZATION = 15,
    ORGANIZATION_HEAD = 16,
    COUNTRY_TERM = 17,
    CAPITALS = 18,
    NEGATION = 19,
    NEGATION_END = 20,
    TIME = 21,
    SENTENCE_START = 22,
    PHRASE_END = 23,
    CONJUNCTION = 24,
    PREPOSITION = 25,
    DETERMINER = 26,
    AUXILIARY = 27,
    ADVERB = 28,
    COMPLEMENTIZER = 29,
    ADDRESSEE = 30,
    PASSIVE_AUXILIARY = 31,
    ADDRESSED_CUE = 32,
    QUESTION_LABEL = 33,
    ANSWER_LABEL = 34,
    CUE_PHRASE = 35,
    LIGHT_CUE = 36,
    /// First word of a cue of several words.
    FIRST_OF_CUE = 40,
    FIRST_OF_LIGHT_CUE = 41,
    FIRST_OF_ROLE = 42,
    FIRST_OF_ORGANIZATION = 43,
    FIRST_OF_COUNTRY = 44,
    FIRST_OF_ATTITUDE = 45,
}

/// For each key of the tables, and each first word of a key of several words, the tables that hold it.
#[derive(Debug)]
pub(super) struct Index {
    marks: HashMap<&'static str, u64, FixedState>,
}

impl Index {
    pub(super) fn new(lang: &Language) -> Self {
        let mut index = Self { marks: HashMap::with_capacity_and_hasher(1 << 15, FixedState::with_seed(0)) };
        index.keys(CUE, lang.cues.iter().map(|c| c.0));
        index.keys(RARELY_CUE, lang.rarely_cues.iter().copied());
        index.keys(NEEDS_CLAUSE, lang.cue_needs_clause.iter().copied());
        index.keys(ALSO_NOUN, lang.cue_also_noun.iter().copied());
        index.keys(ATTRIBUTIVE, lang.attributives.iter().copied());
        index.keys(PRONOUN, lang.pronouns.iter().map(|p| p.form));
        index.keys(TITLE, lang.titles.iter().map(|t| t.0));
        index.keys(GIVEN_NAME, lang.given_names.iter().map(|n| n.0));
        index.keys(NICKNAME, lang.nicknames.iter().map(|n| n.0));
        index.keys(SURNAME_FIRST, lang.surname_first.iter().map(|n| n.0));
        index.keys(PARTICLE, lang.surname_particles.iter().copied());
        index.keys(NAME_SUFFIX, lang.name_suffixes.iter().copied());
        index.keys(ROLE, lang.roles.iter().map(|r| r.name));
        index.keys(ROLE_MODIFIER, lang.role_modifiers.iter().copied());
        index.keys(COLLECTIVE, lang.collective_sources.iter().map(|c| c.0));
        index.keys(ORGANIZATION, lang.organizations.iter().map(|o| o.name));
        index.keys(ORGANIZATION_HEAD, lang.organization_heads.iter().map(|o| o.0));
        index.keys(COUNTRY_TERM, lang.country_terms.iter().map(|c| c.0));
        index.keys(CAPITALS, lang.capitals_only.iter().copied());
        index.keys(NEGATION, lang.negations.iter().copied());
        index.keys(NEGATION_END, lang.negation_enders.iter().copied());
        index.keys(TIME, lang.time_words.iter().copied());
        index.keys(SENTENCE_START, lang.sentence_starters.iter().copied());
        index.keys(PHRASE_END, lang.phrase_ends.iter().copied());
        index.keys(CONJUNCTION, lang.conjunctions.iter().copied());
        index.keys(PREPOSITION, lang.prepositions.iter().copied());
        index.keys(DETERMINER, lang.determiners.iter().copied());
        index.keys(AUXILIARY, lang.auxiliaries.iter().copied());
        index.keys(ADVERB, lang.adverbs.iter().copied());
        index.keys(COMPLEMENTIZER, lang.complementizers.iter().copied());
        index.keys(ADDRESSEE, lang.addressees.iter().copied());
        index.keys(PASSIVE_AUXILIARY, lang.passive_auxiliaries.iter().copied());
        index.keys(ADDRESSED_CUE, lang.addressed_cues.iter().copied());
        index.keys(QUESTION_LABEL, lang.question_labels.iter().copied());
        index.keys(ANSWER_LABEL, lang.answer_labels.iter().copied());
        index.keys(CUE_PHRASE, lang.cue_phrases.iter().map(|c| c.0));
        index.keys(LIGHT_CUE, lang.light_cues.iter().copied());
        index.first_words(FIRST_OF_CUE, lang.cue_phrases.iter().map(|c| c.0));
        index.first_words(FIRST_OF_LIGHT_CUE, lang.light_cues.iter().copied());
        index.first_words(FIRST_OF_ROLE, lang.roles.iter().map(|r| r.name));
        index.first_words(FIRST_OF_ORGANIZATION, lang.organizations.iter().map(|o| o.name));
        index.first_words(FIRST_OF_COUNTRY, lang.country_terms.iter().map(|c| c.0));
        index.first_words(FIRST_OF_ATTITUDE, lang.attitudes.iter().map(|a| a.0));
        index
    }

    fn keys(&mut self, mark: u64, keys: impl Iterator<Item = &'static str>) {
        for key in keys {
            *self.marks.entry(key).or_insert(0) |= mark;
        }
    }

    fn first_words(&mut self, mark: u64, keys: impl Iterator<Item = &'static str>) {
        self.keys(mark, keys.map(|key| key.split(' ').next().unwrap_or(key)));
    }

    /// The marks of a word or key; 0 where no table holds it.
    pub(super) fn of(&self, word: &str) -> u64 {
        self.marks.get(word).copied().unwrap_or(0)
    }
}
