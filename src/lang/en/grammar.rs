//! Closed word classes: pronouns, negation, modality, conditions, questions.

use crate::lang::Case::{self, *};
use crate::lang::Gender::{self, Either, Female, Male, Neuter};
use crate::lang::{Number, Pronoun};

const fn p(form: &'static str, person: u8, gender: Gender, number: Number, case: Case) -> Pronoun {
    Pronoun { form, person, gender, number, case }
}

/// Personal pronouns, one entry a form ("her" as an object; the determiner is in [`POSSESSIVES`]).
#[rustfmt::skip]
pub static PRONOUNS: &[Pronoun] = &[
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

/// Possessive determiners.
#[rustfmt::skip]
pub static POSSESSIVES: &[Pronoun] = &[
    p("her", 3, Female, Number::Singular, Determiner), p("his", 3, Male, Number::Singular, Determiner),
    p("its", 3, Neuter, Number::Singular, Determiner), p("my", 1, Either, Number::Singular, Determiner),
    p("one's", 3, Either, Number::Singular, Determiner), p("our", 1, Either, Number::Plural, Determiner),
    p("their", 3, Either, Number::Plural, Determiner), p("thy", 2, Either, Number::Singular, Determiner),
    p("whose", 3, Either, Number::Either, Determiner), p("your", 2, Either, Number::Either, Determiner),
];

/// Words that negate what follows.
#[rustfmt::skip]
pub static NEGATIONS: &[&str] = &[
    "ain't", "aren't", "arent", "barely", "can't", "cannot", "cant", "couldn't", "didn't", "didnt", "doesn't",
    "doesnt", "don't", "dont", "hadn't", "hardly", "hasn't", "haven't", "isn't", "isnt", "mightn't", "mustn't", "n't",
    "nary", "naught", "needn't", "neither", "never", "no", "nobody", "none", "nor", "not", "nothing", "nought",
    "nowhere", "rarely", "scarcely", "seldom", "shan't", "shouldn't", "wasn't", "wasnt", "weren't", "without", "won't",
    "wont", "wouldn't",
];

/// Words that negate by meaning ("refuse", "without success"); counted apart because their scope is short.
#[rustfmt::skip]
pub static IMPLICIT_NEGATIONS: &[&str] = &[
    "abandon", "abandoned", "abandoning", "abandons", "absence", "absent", "abstain", "abstained", "abstains",
    "against", "avoid", "avoided", "avoiding", "avoids", "ban", "banned", "banning", "bans", "block", "blocked",
    "blocking", "blocks", "cancel", "canceled", "canceling", "cancelled", "cancelling", "cancels", "cease", "ceased",
    "ceases", "ceasing", "decline", "declined", "declines", "declining", "denied", "denies", "deny", "denying",
    "devoid", "dismiss", "dismissed", "dismisses", "dismissing", "doubt", "doubted", "doubting", "doubts", "drop",
    "dropped", "dropping", "drops", "end", "ended", "ending", "ends", "exclude", "excluded", "excludes", "excluding",
    "fail", "failed", "failing", "fails", "failure", "few", "forbade", "forbid", "forbidden", "forbidding", "forbids",
    "halt", "halted", "halting", "halts", "hinder", "hindered", "hinders", "ignore", "ignored", "ignores", "ignoring",
    "impede", "impeded", "impedes", "impossible", "incapable", "insufficient", "lack", "lacked", "lacking", "lacks",
    "little", "lose", "loses", "losing", "lost", "minus", "miss", "missed", "misses", "neglect", "neglected",
    "neglects", "oppose", "opposed", "opposes", "opposing", "prevent", "prevented", "preventing", "prevents",
    "prohibit", "prohibited", "prohibits", "quit", "quits", "quitting", "refrain", "refrained", "refraining",
    "refrains", "refusal", "refuse", "refused", "refuses", "refusing", "reject", "rejected", "rejecting", "rejection",
    "rejects", "reluctance", "reluctant", "reluctantly", "resist", "resisted", "resisting", "resists", "stop",
    "stopped", "stopping", "stops", "suspend", "suspended", "suspending", "suspends", "unable", "unless", "unlikely",
    "unwilling", "withdraw", "withdrawn", "withdraws", "withdrew",
];

/// Words that end the scope of a negation; punctuation is handled where sentences are cut.
#[rustfmt::skip]
pub static NEGATION_ENDERS: &[&str] = &[
    "albeit", "although", "and", "because", "besides", "but", "despite", "except", "however", "instead",
    "nevertheless", "nonetheless", "notwithstanding", "or", "otherwise", "rather", "since", "so", "still", "then",
    "though", "unless", "until", "when", "where", "whereas", "which", "while", "who", "yet",
];

/// Modal verbs and their clitics.
#[rustfmt::skip]
pub static MODALS: &[&str] = &[
    "'d", "'ll", "can", "can't", "cannot", "could", "couldn't", "dare", "gonna", "gotta", "may", "might", "mightn't",
    "must", "mustn't", "need", "needn't", "ought", "shall", "shan't", "should", "shouldn't", "wanna", "will", "won't",
    "would", "wouldn't",
];

/// Words by which a speaker commits only in part.
#[rustfmt::skip]
pub static HEDGES: &[&str] = &[
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
pub static CONDITIONALS: &[&str] = &[
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

/// Words that open a question.
#[rustfmt::skip]
pub static QUESTION_WORDS: &[&str] = &[
    "how", "however", "what", "whatever", "when", "whence", "whenever", "where", "wherever", "whether", "which",
    "whichever", "whither", "who", "whoever", "whom", "whose", "why",
];

/// Forms of "I" and "we".
#[rustfmt::skip]
pub static FIRST_PERSON: &[&str] = &[
    "i", "i'd", "i'll", "i'm", "i've", "let's", "me", "mine", "my", "myself", "our", "ours", "ourselves", "us", "we",
    "we'd", "we'll", "we're", "we've",
];

/// Forms of "you".
#[rustfmt::skip]
pub static SECOND_PERSON: &[&str] = &[
    "thee", "thou", "thy", "y'all", "you", "you'd", "you'll", "you're", "you've", "your", "yours", "yourself",
    "yourselves",
];

/// Words capitalised only because they begin a sentence or a headline; never the begin of a name.
#[rustfmt::skip]
pub static FUNCTION_WORDS: &[&str] = &[
    "a", "about", "above", "according", "accordingly", "across", "adding", "additionally", "advertisement", "after",
    "again", "against", "ago", "all", "allegedly", "almost", "alone", "along", "already", "also", "although", "always",
    "am", "amid", "amidst", "among", "an", "analysis", "and", "another", "answering", "any", "anybody", "anyone",
    "anything", "apparently", "appointed", "are", "aren't", "around", "as", "ask", "asked", "at", "away", "back",
    "based", "be", "because", "been", "before", "behind", "being", "below", "beside", "besides", "between", "beyond",
    "big", "born", "both", "breaking", "built", "but", "by", "call", "calling", "can", "can't", "caption", "certainly",
    "children", "citing", "clearly", "come", "commenting", "concerning", "consequently", "conversely", "could",
    "couldn't", "created", "critics", "currently", "despite", "did", "didn't", "do", "does", "doesn't", "don't",
    "down", "dozens", "due", "during", "each", "earlier", "early", "economic", "editorial", "eight", "either",
    "elected", "eleven", "elsewhere", "especially", "established", "even", "eventually", "every", "everybody",
    "everyone", "everything", "except", "excluding", "exclusive", "experts", "federal", "few", "fewer", "file",
    "finally", "first", "five", "following", "for", "former", "formerly", "fortunately", "founded", "four", "from",
    "furthermore", "generally", "get", "give", "given", "globally", "go", "good", "great", "had", "has", "have", "he",
    "he's", "help", "hence", "her", "here", "here's", "high", "his", "historically", "hopefully", "how", "how's",
    "however", "hundreds", "i", "i'm", "i've", "if", "image", "importantly", "in", "including", "indeed", "initially",
    "instead", "interestingly", "international", "into", "is", "isn't", "it", "it's", "its", "just", "keep", "know",
    "known", "last", "late", "later", "led", "less", "let", "let's", "like", "likewise", "listen", "local", "long",
    "look", "low", "make", "many", "may", "maybe", "meanwhile", "men", "might", "military", "millions", "more",
    "moreover", "most", "much", "must", "my", "named", "national", "nationally", "near", "nearly", "need", "neither",
    "never", "nevertheless", "new", "news", "next", "nine", "no", "nobody", "none", "nonetheless", "nor", "not",
    "notably", "nothing", "noting", "now", "obviously", "of", "off", "officers", "officially", "officials", "often",
    "oh", "ok", "okay", "old", "on", "once", "one", "only", "onto", "opinion", "or", "originally", "other", "others",
    "otherwise", "our", "out", "over", "overall", "particularly", "people", "per", "perhaps", "photo", "please",
    "police", "political", "previously", "private", "privately", "public", "publicly", "put", "rather", "read",
    "recently", "referring", "regarding", "reportedly", "reports", "residents", "responding", "sadly", "said", "same",
    "say", "saying", "says", "second", "see", "separately", "seven", "several", "shall", "share", "she", "she's",
    "should", "show", "similarly", "since", "six", "small", "so", "social", "some", "somebody", "someone", "something",
    "sometimes", "soon", "sorry", "sources", "speaking", "specifically", "still", "subscribe", "such", "surprisingly",
    "take", "talking", "tell", "ten", "than", "thank", "thanks", "that", "that's", "the", "their", "then", "there",
    "there's", "therefore", "these", "they", "they're", "they've", "think", "third", "this", "those", "though",
    "thousands", "three", "through", "throughout", "thus", "to", "today", "together", "told", "tomorrow", "tonight",
    "too", "toward", "towards", "try", "twelve", "twice", "two", "typically", "ultimately", "under", "unfortunately",
    "unless", "unlike", "until", "up", "update", "upon", "use", "usually", "via", "video", "want", "was", "wasn't",
    "watch", "we", "we're", "we've", "well", "were", "weren't", "what", "what's", "when", "where", "where's",
    "whereas", "whether", "which", "while", "who", "who's", "whom", "whose", "why", "will", "with", "within",
    "without", "witnesses", "women", "won't", "work", "would", "wouldn't", "yes", "yesterday", "yet", "you", "you're",
    "young", "your",
];
