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

/// Modal verbs and their clitics.
#[rustfmt::skip]
#[expect(dead_code, reason = "kept for features of certainty and address")]
pub(super) static MODALS: &[&str] = &[
    "'d", "'ll", "can", "can't", "cannot", "could", "couldn't", "dare", "gonna", "gotta", "may", "might", "mightn't",
    "must", "mustn't", "need", "needn't", "ought", "shall", "shan't", "should", "shouldn't", "wanna", "will", "won't",
    "would", "wouldn't",
];

/// Words by which a speaker commits only in part.
#[rustfmt::skip]
#[expect(dead_code, reason = "kept for features of certainty and address")]
pub(super) static HEDGES: &[&str] = &[
    "about", "alleged", "allegedly", "almost", "apparent", "apparently", "appear", "appeared", "appears",
    "approximately", "arguably", "around", "assume", "assumed", "assumes", "basically", "believe", "believes", "can",
    "conceivably", "could", "doubt", "doubtful", "doubts", "essentially", "estimated", "expected", "fairly", "feel",
    "feels", "generally", "guess", "hopefully", "indicate", "indicated", "indicates", "kind", "largely", "likely",
    "mainly", "may", "maybe", "might", "mostly", "nearly", "occasionally", "often", "ostensibly", "partially",
    "partly", "perhaps", "plausible", "possible", "possibly", "potential", "potentially", "practically", "preferably",
    "presumably", "presumed", "probable", "probably", "purported", "purportedly", "quite", "rather", "relatively",
    "reported", "reportedly", "roughly", "seem", "seemed", "seeming", "seemingly", "seems", "should", "sometimes",
    "somewhat", "sort", "suggest", "suggested", "suggesting", "suggests", "suppose", "supposedly", "suspected", "tend",
    "tended", "tends", "tentatively", "think", "thinks", "typically", "uncertain", "unclear", "unlikely", "unsure",
    "usually", "virtually", "would",
];

/// Words and word sequences that tie a statement to a condition.
#[rustfmt::skip]
#[expect(dead_code, reason = "kept for features of certainty and address")]
pub(super) static CONDITIONALS: &[&str] = &[
    "as a condition", "as a precondition", "as long as", "as soon as", "assuming", "assuming that", "barring",
    "before we", "but for", "conditional on", "conditioned on", "contingent on", "contingent upon", "dependent on",
    "depending on", "even if", "except if", "given that", "if", "if and only if", "if and when", "if not", "if only",
    "if so", "in case", "in exchange for", "in return", "in return for", "in so far as", "in the event",
    "in the event of", "in the event that", "in which case", "inasmuch as", "insofar as", "lest", "not unless",
    "not until", "on condition", "on condition that", "on the condition", "on the condition that", "once", "only if",
    "only when", "or else", "otherwise", "provided", "provided that", "providing", "providing that", "save if",
    "should there be", "so long as", "subject to", "suppose", "supposing", "the moment", "unless", "until",
    "were there to", "what if", "when and if", "whenever", "whether or not", "without which",
];

/// Forms of "I" and "we".
#[rustfmt::skip]
#[expect(dead_code, reason = "kept for features of certainty and address")]
pub(super) static FIRST_PERSON: &[&str] = &[
    "i", "i'd", "i'll", "i'm", "i've", "let's", "me", "mine", "my", "myself", "our", "ours", "ourselves", "us", "we",
    "we'd", "we'll", "we're", "we've",
];

/// Forms of "you".
#[rustfmt::skip]
#[expect(dead_code, reason = "kept for features of certainty and address")]
pub(super) static SECOND_PERSON: &[&str] = &[
    "thee", "thou", "thy", "y'all", "you", "you'd", "you'll", "you're", "you've", "your", "yours", "yourself",
    "yourselves",
];
