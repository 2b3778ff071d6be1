//! Families of features, and the keys by which features are looked up.

use crate::lang::word_hash;
use crate::text::Span;

/// A family of features: a block of columns with its own length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Single words.
    Word,
    /// Word n-grams of two and three words.
    Phrase,
    /// Pairs of words with others between them (skip-grams).
    Skip,
    /// Words in the scope of a negation.
    Negated,
    /// Character n-grams within words.
    Character,
    /// Words and class of the cue, and kind of the quotation.
    Cue,
    /// Properties of the speaker.
    Speaker,
    /// Word n-grams near the target, with the side on which they stand.
    Window,
    /// Words of the clause that names the target.
    Clause,
    /// Word n-grams between speaker and target, and beside them.
    Between,
    /// The target, where a model has several.
    Topic,
    /// Copies of `Word`, one a target.
    TopicWord,
    /// Copies of `Phrase`, one a target.
    TopicPhrase,
    /// Copies of `Character`, one a target.
    TopicCharacter,
    /// Cells of columns of words that the user names.
    Category,
    /// Words, weighed by how near the target is.
    Near,
    /// Sums of the lexicon's values.
    Lexicon,
    /// Cells of columns of numbers that the user names.
    Number,
}

/// How the value of a feature in a row is worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// `(1 + ln count) x idf`, the block scaled to its length.
    Count,
    /// `sum of values x idf`, the block scaled to its length.
    Sum,
    /// `s / sqrt(s² + 15)` for the sum s of the values, times the length of the block: the whole row counts, not the
    /// share. Reference: Hutto and Gilbert 2014, VADER's normalisation.
    Squashed,
    /// The value times the length of the block.
    Plain,
}

impl Family {
    /// All families in the order of their columns; those that are not counted stand last.
    pub const ALL: [Family; 18] = [
        Family::Word,
        Family::Phrase,
        Family::Skip,
        Family::Negated,
        Family::Character,
        Family::Cue,
        Family::Speaker,
        Family::Window,
        Family::Clause,
        Family::Between,
        Family::Topic,
        Family::TopicWord,
        Family::TopicPhrase,
        Family::TopicCharacter,
        Family::Category,
        Family::Near,
        Family::Lexicon,
        Family::Number,
    ];

    /// Its name, which begins the names of its features ("word:peac talk").
    pub fn name(self) -> &'static str {
        match self {
            Family::Word => "word",
            Family::Phrase => "phrase",
            Family::Skip => "skip",
            Family::Negated => "negated",
            Family::Character => "character",
            Family::Cue => "cue",
            Family::Speaker => "speaker",
            Family::Window => "window",
            Family::Clause => "clause",
            Family::Between => "between",
            Family::Topic => "topic",
            Family::TopicWord => "topic-word",
            Family::TopicPhrase => "topic-phrase",
            Family::TopicCharacter => "topic-character",
            Family::Category => "category",
            Family::Near => "near",
            Family::Lexicon => "lexicon",
            Family::Number => "number",
        }
    }

    /// The family called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.name() == name)
    }

    /// Whether it comes from the words of the quotation itself.
    pub fn is_text(self) -> bool {
        !matches!(self, Family::Cue | Family::Speaker | Family::Topic | Family::Category | Family::Number)
    }

    /// Whether its features are weighed by the rarity of their terms.
    pub(super) fn has_idf(self) -> bool {
        self.is_text() && self != Family::Lexicon
    }

    /// How its values are worked out.
    pub(super) fn measure(self) -> Measure {
        match self {
            Family::Near => Measure::Sum,
            Family::Lexicon => Measure::Squashed,
            Family::Number => Measure::Plain,
            _ => Measure::Count,
        }
    }

    /// The family that holds the copies of its features, one a target.
    pub(super) fn copies(self) -> Option<Self> {
        match self {
            Family::Word => Some(Family::TopicWord),
            Family::Phrase => Some(Family::TopicPhrase),
            Family::Character => Some(Family::TopicCharacter),
            _ => None,
        }
    }

    /// Hash with which every key of the family begins.
    fn seed(self) -> u64 {
        hash_bytes(self.name().as_bytes())
    }
}

/// What receives the features of a statement, one call an occurrence.
pub(super) trait Sink {
    /// `key` identifies the feature; `span` is where it stands in the statement's text (`None` for the families that
    /// do not come from the text); `name` is its name without the family.
    fn feature(&mut self, family: Family, key: u64, span: Option<Span>, name: impl FnOnce() -> String);

    /// A feature of a family whose values are not counted but summed.
    fn weighed(&mut self, family: Family, key: u64, span: Option<Span>, value: f32, name: impl FnOnce() -> String);
}

/// Key of a feature that is one string.
#[inline]
pub(super) fn string_key(family: Family, name: &str) -> u64 {
    combine(family.seed(), hash_bytes(name.as_bytes()))
}

/// Key of the n-gram whose key so far is `key` (start with [`ngram_start`]) and whose next word has this hash.
#[inline]
pub(super) fn combine(key: u64, word: u64) -> u64 {
    mix(key.rotate_left(23) ^ word)
}

/// Key of the empty n-gram.
pub(super) fn ngram_start(family: Family) -> u64 {
    family.seed()
}

/// Hash of a word. Keys are not stored, so that another function makes no other model, as long as it gives different keys
/// to different features (checked when a vocabulary is built).
#[inline]
pub(super) fn hash_bytes(bytes: &[u8]) -> u64 {
    mix(word_hash(bytes))
}

/// The finisher of MurmurHash3: every input bit changes about half of the output bits.
#[inline]
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    x = (x ^ (x >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}
