//! Closed word classes: pronouns, negation, modality, conditions, questions.

use crate::lang::Case::{self, *};
use crate::lang::Gender::{self, Either, Female, Male, Neuter};
use crate::lang::{Number, Pronoun};

const fn p(form: &'static str, person: u8, gender: Gender, number: Number, case: Case) -> Pronoun {
    Pronoun { form, person, gender, number, case }
}

/// Personal pronouns, one entry a form ("her" as an object; the determiner is in [`POSSESSIVES`]).
#[rustfmt::skip]
pub(super) static PRONOUNS: &[Pronoun] = &[
    p("'em", 3, Either, Number::Plural, Object), p("he", 3, Male, Number::Singular, Subject),
    p("her", 3, Female, Number::Singular, Object), p("hers", 3, Female, Number::Singular, Possessive),
    p("herself", 3, Female, Number::Singular, Reflexive), p("him", 3, Male, Number::Singular, Object),
    p("himself", 3, Male, Number::Singular, Reflexive), p("his", 3, Male, Number::Singular, Possessive),
    p("i", 1, Either, Number::Singular, Subject), p("it", 3, Neuter, Number::Singular, Any),
    p("itself", 3, Neuter, Number::Singular, Reflexive), p("me", 1, Either, Number::Singular, Object),
    p("mine", 1, Either, Number::Singular, Possessive), p("myself", 1, Either, Number::Singular, Reflexive),
    p("one", 3, Either, Number::Singular, Any), p("oneself", 3, Either, Number::Singular, Reflexive),
    p("ours", 1, Either, Number::Plural, Possessive), p("ourselves", 1, Either, Number::Plural, Reflexive),
    p("she", 3, Female, Number::Singular, Subject), p("thee", 2, Either, Number::Singular, Object),
    p("theirs", 3, Either, Number::Plural, Possessive), p("them", 3, Either, Number::Plural, Object),
    p("themself", 3, Either, Number::Singular, Reflexive), p("themselves", 3, Either, Number::Plural, Reflexive),
    p("they", 3, Either, Number::Plural, Subject), p("thou", 2, Either, Number::Singular, Subject),
    p("us", 1, Either, Number::Plural, Object), p("we", 1, Either, Number::Plural, Subject),
    p("y'all", 2, Either, Number::Plural, Any), p("ye", 2, Either, Number::Plural, Subject),
    p("you", 2, Either, Number::Either, Any), p("yours", 2, Either, Number::Either, Possessive),
    p("yourself", 2, Either, Number::Singular, Reflexive), p("yourselves", 2, Either, Number::Plural, Reflexive),
];

/// Words that negate what follows.
#[rustfmt::skip]
pub(super) static NEGATIONS: &[&str] = &[
    "ain't", "aren't", "arent", "barely", "can't", "cannot", "cant", "couldn't", "didn't", "didnt", "doesn't",
    "doesnt", "don't", "dont", "hadn't", "hardly", "hasn't", "haven't", "isn't", "isnt", "mightn't", "mustn't", "n't",
    "nary", "naught", "needn't", "neither", "never", "no", "nobody", "none", "nor", "not", "nothing", "nought",
    "nowhere", "rarely", "scarcely", "seldom", "shan't", "shouldn't", "wasn't", "wasnt", "weren't", "without", "won't",
    "wont", "wouldn't",
];

/// Words that end the scope of a negation; punctuation is handled where sentences are cut.
#[rustfmt::skip]
pub(super) static NEGATION_ENDERS: &[&str] = &[
    "albeit", "although", "and", "because", "besides", "but", "despite", "except", "however", "instead",
    "nevertheless", "nonetheless", "notwithstanding", "or", "otherwise", "rather", "since", "so", "still", "then",
    "though", "unless", "until", "when", "where", "whereas", "which", "while", "who", "yet",
];
