//! Function words of English. Each table is sorted.

use crate::lang::CueClass;

/// Words before which a subject phrase ends when it is read from its verb to the left.
pub static PHRASE_ENDS: &[&str] = &[
    "after", "although", "as", "because", "before", "but", "even", "how", "if", "just", "once", "since", "so", "than",
    "that", "then", "though", "till", "unless", "until", "what", "when", "where", "whereas", "whether", "which",
    "while", "who", "whom", "whose", "why", "yet",
];

/// Words that join clauses or phrases.
pub static CONJUNCTIONS: &[&str] = &[
    "and", "as", "because", "but", "either", "if", "neither", "nor", "or", "plus", "so", "then", "though", "when",
    "whereas", "while", "yet",
];

/// Prepositions.
pub static PREPOSITIONS: &[&str] = &[
    "about", "above", "across", "after", "against", "ahead", "along", "alongside", "amid", "among", "around", "at",
    "before", "behind", "beside", "besides", "between", "beyond", "by", "despite", "down", "during", "except",
    "following", "for", "from", "given", "in", "inside", "into", "like", "near", "of", "off", "on", "onto", "outside",
    "over", "past", "per", "regarding", "since", "through", "throughout", "till", "to", "toward", "towards", "under",
    "unlike", "until", "up", "upon", "via", "with", "within", "without",
];

/// Determiners and possessives that begin a noun phrase.
pub static DETERMINERS: &[&str] = &[
    "a", "all", "an", "another", "any", "both", "each", "every", "few", "her", "his", "its", "many", "most", "much",
    "my", "no", "one", "other", "our", "several", "some", "such", "the", "their", "these", "this", "those", "your",
];

/// Auxiliaries: they stand between a subject and its verb and belong to the cue.
pub static AUXILIARIES: &[&str] = &[
    "are", "aren't", "be", "been", "being", "can", "can't", "cannot", "could", "couldn't", "did", "didn't", "do",
    "does", "doesn't", "don't", "had", "hadn't", "has", "hasn't", "have", "haven't", "having", "is", "isn't", "may",
    "might", "must", "should", "shouldn't", "was", "wasn't", "were", "weren't", "will", "won't", "would", "wouldn't",
];

/// Adverbs that stand between a subject and its verb; words on -ly are recognised by their ending.
pub static ADVERBS: &[&str] = &[
    "again", "ago", "almost", "already", "also", "always", "earlier", "even", "ever", "first", "further", "hence",
    "here", "however", "indeed", "instead", "just", "later", "long", "meanwhile", "much", "never", "nevertheless",
    "not", "now", "often", "once", "only", "out", "perhaps", "previously", "quite", "rather", "seldom", "since",
    "sometimes", "soon", "still", "then", "there", "therefore", "though", "thus", "today", "tomorrow", "too", "twice",
    "very", "well", "yesterday", "yet",
];

/// Words that tell when: they are no part of a name and no beginning of a content.
pub static TIME_WORDS: &[&str] = &[
    "afternoon", "ago", "april", "aug", "august", "dec", "december", "earlier", "evening", "feb", "february", "fri",
    "friday", "jan", "january", "jul", "july", "jun", "june", "last", "later", "mar", "march", "mon", "monday",
    "month", "morning", "night", "nov", "november", "oct", "october", "sat", "saturday", "sep", "sept", "september",
    "sun", "sunday", "thu", "thursday", "today", "tomorrow", "tonight", "tue", "tuesday", "wed", "wednesday", "week",
    "weekend", "year", "yesterday",
];

/// Words that, with a capital, begin a sentence and no name.
pub static SENTENCE_STARTERS: &[&str] = &[
    "a", "about", "according", "after", "all", "although", "among", "an", "and", "another", "any", "are", "as", "asked",
    "at", "because", "before", "both", "but", "by", "can", "despite", "did", "do", "does", "during", "each", "earlier",
    "even", "every", "few", "following", "for", "from", "given", "had", "has", "have", "he", "her", "here", "his",
    "how", "however", "i", "if", "in", "indeed", "instead", "is", "it", "its", "just", "last", "later", "let", "like",
    "many", "maybe", "meanwhile", "moreover", "most", "much", "my", "nevertheless", "next", "no", "nobody", "nor",
    "not", "nothing", "now", "of", "on", "once", "one", "only", "or", "other", "others", "our", "over", "perhaps",
    "please", "rather", "several", "she", "should", "since", "so", "some", "speaking", "still", "such", "thank",
    "thanks", "that", "the", "their", "then", "there", "therefore", "these", "they", "this", "those", "though",
    "through", "thus", "to", "today", "too", "two", "under", "unless", "unlike", "until", "very", "was", "we", "well",
    "were", "what", "when", "where", "whether", "which", "while", "who", "why", "will", "with", "within", "without",
    "would", "yes", "yesterday", "yet", "you", "your",
];

/// Words that begin a reported clause.
pub static COMPLEMENTIZERS: &[&str] = &["that", "whether"];

/// To whom a statement is made, right behind the cue.
pub static ADDRESSEES: &[&str] = &[
    "correspondents", "delegates", "her", "him", "investors", "journalists", "lawmakers", "legislators", "me",
    "members", "newsmen", "parliament", "reporters", "senators", "supporters", "them", "us", "viewers", "voters",
];

/// First words of phrases that stand before or behind a content and name its source ("according to X").
pub static ATTRIBUTIVES: &[&str] = &["according"];

/// Behind a family name.
pub static NAME_SUFFIXES: &[&str] = &["ii", "iii", "iv", "jr", "sr"];

/// Lower-case words that stand before a role noun and belong to the role.
pub static ROLE_MODIFIERS: &[&str] = &[
    "acting", "assistant", "associate", "chief", "co", "defence", "defense", "deputy", "executive", "federal", "first",
    "foreign", "former", "general", "high", "honorary", "interim", "interior", "joint", "junior", "lead", "longtime",
    "lower", "national", "newly", "outgoing", "permanent", "press", "prime", "principal", "regional", "retired",
    "second", "senior", "special", "state", "then", "top", "trade", "upper", "veteran", "vice",
];

/// Labels before the questions of an interview.
pub static QUESTION_LABELS: &[&str] = &["q", "question"];

/// Labels before the answers.
pub static ANSWER_LABELS: &[&str] = &["a", "answer"];

/// Words that give somebody's attitude but report nothing by themselves.
pub static ATTITUDES: &[(&str, CueClass)] = &[
    ("appreciates", CueClass::Praise), ("awaits", CueClass::Hope), ("considers", CueClass::Think),
    ("is determined", CueClass::Promise), ("is not ready", CueClass::Refuse), ("is ready", CueClass::Promise),
    ("is waiting for", CueClass::Hope), ("values", CueClass::Praise), ("waiting for", CueClass::Hope),
];

/// Forms of "be": with a participle they make a passive.
pub static PASSIVE_AUXILIARIES: &[&str] = &["are", "be", "been", "being", "is", "was", "were"];

/// Cues with an addressee behind them, so never with their subject there.
pub static ADDRESSED_CUES: &[&str] = &[
    "assured", "assures", "informed", "informs", "reassured", "reminded", "reminds", "tell", "tells", "told",
];
