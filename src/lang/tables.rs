//! Yes or no: which tables hold a word.

use crate::lang::index::word_hash;
use crate::lang::{CueClass, Language, index};

/// Which tables of a language hold a word. Asked once for a token that is looked at often: that took 20 % of the time of
/// extraction off against asking by the word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tables(u64);

macro_rules! predicates {
    ($($(#[doc = $doc:literal])+ $name:ident: $marks:expr;)*) => {
        impl Tables {
            $($(#[doc = $doc])+
            #[inline]
            pub fn $name(self) -> bool {
                self.0 & ($marks) != 0
            })*
        }

        impl Language {
            $($(#[doc = $doc])+
            pub fn $name(&self, word: &str) -> bool {
                self.tables(word).$name()
            })*
        }
    };
}

predicates! {
    /// Whether it is a cue or the first word of one.
    begins_cue: index::CUE | index::FIRST_OF_CUE;
    /// Whether it is the first word of what only looks like a cue.
    begins_light_cue: index::FIRST_OF_LIGHT_CUE;
    /// Whether it is a cue.
    is_cue: index::CUE;
    /// Whether it is a pronoun.
    is_pronoun: index::PRONOUN;
    /// Whether it is a pronoun that can be a subject.
    is_subject_pronoun: index::SUBJECT_PRONOUN;
    /// Whether it is a title before names.
    is_title: index::TITLE;
    /// Whether it is a given name.
    is_given_name: index::GIVEN_NAME;
    /// Whether it is a family name that stands first.
    is_surname_first: index::SURNAME_FIRST;
    /// Whether it is a role noun.
    is_role: index::ROLE;
    /// Whether it names a source that is not one person.
    is_collective: index::COLLECTIVE;
    /// Whether it is the head noun of names of bodies.
    is_organization_head: index::ORGANIZATION_HEAD;
    /// Whether it names a country, its people or its capital.
    is_country_term: index::COUNTRY_TERM;
    /// Whether it is the first word of such a term.
    begins_country: index::COUNTRY_TERM | index::FIRST_OF_COUNTRY;
    /// Whether it is the first word of such a term, or a city, or the first word of one.
    begins_place: index::COUNTRY_TERM | index::FIRST_OF_COUNTRY | index::CITY | index::FIRST_OF_CITY;
    /// Whether it is a role noun or the first word of one.
    begins_role: index::ROLE | index::FIRST_OF_ROLE;
    /// Whether it is the name of a body or the first word of one.
    begins_organization: index::ORGANIZATION | index::FIRST_OF_ORGANIZATION;
    /// Whether it begins a sequence that gives an attitude.
    begins_attitude: index::FIRST_OF_ATTITUDE;
    /// Whether it is the first word of a cue of several words.
    begins_cue_phrase: index::FIRST_OF_CUE;
    /// Whether it begins the name of a chamber of a parliament.
    begins_chamber: index::FIRST_OF_CHAMBER;
    /// Whether it, with a full stop, is a title.
    is_dotted_title: index::DOTTED_TITLE;
    /// Whether a word behind "minister of" names what a minister looks after.
    is_portfolio: index::PORTFOLIO;
    /// Whether it ends in "'s".
    is_genitive: index::GENITIVE;
    /// Whether it is a form of a verb that is hardly ever a noun.
    is_verb: index::VERB;
    /// Whether it is a form of a verb and of a noun.
    is_verb_or_noun: index::VERB_OR_NOUN;
    /// Whether it is a number word.
    is_numeral: index::NUMERAL;
    /// Whether it is a noun that only measures.
    is_measure: index::MEASURE | index::TIME;
    /// Whether it is a word of grammar, at which a noun phrase ends.
    is_function_word: index::PREPOSITION | index::CONJUNCTION | index::DETERMINER | index::AUXILIARY | index::PRONOUN | index::PHRASE_END | index::COMPLEMENTIZER | index::NEGATION;
    /// Whether it is an adjective that reports speech ("reported", "alleged").
    is_attributive: index::ATTRIBUTIVE;
    /// Whether the cue also tells of an act ("welcomed"): a noun phrase behind it is no content.
    is_act_cue: index::ACT_CUE;
    /// Whether the cue seldom reports.
    is_rarely_cue: index::RARELY_CUE;
    /// Whether the cue needs a clause behind it.
    needs_clause: index::NEEDS_CLAUSE;
    /// Whether the cue is a noun as well.
    is_also_noun: index::ALSO_NOUN;
    /// Whether the word (without its full stop) is an abbreviation.
    is_abbreviation: index::ABBREVIATION;
    /// Whether it is a particle of names ("von").
    is_name_particle: index::PARTICLE;
    /// Whether it stands before roles ("deputy").
    is_role_modifier: index::ROLE_MODIFIER;
    /// Whether a term counts only where it is written in capitals ("US", "WHO").
    needs_capitals: index::CAPITALS;
    /// Whether it negates.
    is_negation: index::NEGATION;
    /// Whether a negation ends before it.
    ends_negation: index::NEGATION_END;
    /// Whether it tells a time.
    is_time_word: index::TIME;
    /// Whether the word, with a capital, begins a sentence and no name.
    begins_sentence: index::SENTENCE_START;
    /// Whether a noun phrase ends before it.
    ends_phrase: index::PHRASE_END;
    /// Whether it is a conjunction.
    is_conjunction: index::CONJUNCTION;
    /// Whether it is a preposition.
    is_preposition: index::PREPOSITION;
    /// Whether it is a determiner.
    is_determiner: index::DETERMINER;
    /// Whether it is an auxiliary verb.
    is_auxiliary: index::AUXILIARY;
    /// Whether it is an adverb, by its table or its ending.
    is_adverb: index::ADVERB;
    /// Whether it begins a clause that is said.
    is_complementizer: index::COMPLEMENTIZER;
    /// Whether it names whom something is said to.
    is_addressee: index::ADDRESSEE;
    /// Whether the cue always has an addressee behind it ("told").
    is_addressed_cue: index::ADDRESSED_CUE;
    /// Whether the word makes a passive with a participle.
    is_passive_auxiliary: index::PASSIVE_AUXILIARY;
    /// Whether the word labels the questions of an interview.
    is_question_label: index::QUESTION_LABEL;
    /// Whether the word labels the answers of an interview.
    is_answer_label: index::ANSWER_LABEL;
}

impl Tables {
    /// The class of a cue.
    #[inline]
    pub fn cue_class(self) -> Option<CueClass> {
        let class = (self.0 >> index::CUE_CLASS & index::CUE_CLASSES) as usize;
        class.checked_sub(1).and_then(|class| CueClass::ALL.get(class).copied())
    }
}

impl Language {
    /// Which tables hold a word, and what its ending tells.
    pub fn tables(&self, word: &str) -> Tables {
        self.tables_by(word_hash(word.as_bytes()), word.as_bytes())
    }

    /// ... of a word whose hash is known.
    #[inline]
    pub(crate) fn tables_by(&self, hash: u64, word: &[u8]) -> Tables {
        // The last byte first: most words have another.
        let ending = self.adverb_ending.as_bytes();
        let adverb = word.len() > 4 && word.last() == ending.last() && word.ends_with(ending);
        let genitive = word.last_chunk() == Some(b"'s");
        let ending = if adverb { index::ADVERB } else { 0 } | if genitive { index::GENITIVE } else { 0 };
        Tables(self.index().of_hash(hash) | ending)
    }
}
