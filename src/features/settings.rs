//! Which families of features a model uses; recorded in the model.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::features::Family;
use crate::features::column::FeatureColumn;
use crate::features::hashed;
use crate::features::lexicon::OwnLexicon;

/// The version of the settings that this version of demarche writes; it reads all up to it. Models of version 1 have none
/// of the families that came later.
pub const SETTINGS_VERSION: u32 = 3;
/// Most words that a skip-gram may leave out.
const MAX_SKIPPED: usize = 8;

fn first_version() -> u32 {
    1
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Which features stand for a statement. Defaults are those of the shipped model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureSettings {
    /// Which settings there are: [`SETTINGS_VERSION`] or an earlier one.
    #[serde(default = "first_version")]
    pub version: u32,
    /// ISO 639-1 code of the language: its stems, negations and names of roles.
    pub lang: String,
    /// Whether words are stemmed.
    pub stemming: bool,
    /// Longest word n-gram; 0 switches the family off.
    pub word_ngrams: usize,
    /// Most words between the two of a skip-gram; 0 switches the family off.
    #[serde(default)]
    pub skip_grams: usize,
    /// Shortest and longest character n-gram within words; (0, 0) switches the family off.
    pub character_ngrams: (usize, usize),
    /// Whether words in the scope of a negation also count as negated words.
    pub negation: bool,
    /// Whether the words and the class of the cue, and the kind of the quotation, are features.
    pub cue: bool,
    /// Whether names of speaker, holder and target in the text become slots.
    pub mask_names: bool,
    /// Which speaker features are on.
    pub speaker: SpeakerSettings,
    /// Features relative to the target, where the text names it.
    #[serde(default)]
    pub target: TargetSettings,
    /// The lexicon of good and bad words.
    #[serde(default)]
    pub lexicon: LexiconSettings,
    /// Rows that a target must have to get its own copies of words, phrases and characters; 0 switches copies off. There
    /// are none either unless such targets have half of the rows.
    #[serde(default)]
    pub min_target_rows: u32,
    /// The targets that have copies, ascending; found in training.
    #[serde(default)]
    pub targets: Vec<String>,
    /// Columns of the file that are features.
    #[serde(default)]
    pub columns: Vec<FeatureColumn>,
    /// Text features are hashed to two to the power of this many columns a family, 8 to 24, and lose their names; 0: they
    /// keep them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hash_bits: u32,
    /// Rows in which a feature must occur. Large files ask for more of phrases (one row in 13,000) and of character
    /// n-grams (one in 2,000), so that models stay small.
    pub min_documents: u32,
    /// Rows in which a phrase or skip-gram must occur, in place of what the size of the data set says; 0: that.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub min_phrase_documents: u32,
    /// Length of each family's block, by family name; 1 where absent. A block of length s has 1/s² of the penalty.
    pub block_lengths: std::collections::BTreeMap<String, f64>,
}

/// Which properties of the speaker are features.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpeakerSettings {
    /// Class of the role (minister, spokesperson ...).
    pub role: bool,
    /// Type of the organization (ministry, parliament ...).
    pub organization: bool,
    /// Country.
    pub country: bool,
    /// Whether the position is somebody else's than the speaker's.
    pub holder: bool,
    /// The name itself, for speakers with at least [`super::speaker::MIN_IDENTITY`] statements. Off by default: it
    /// flatters on known speakers and harms on new ones.
    pub identity: bool,
    /// Whether training also uses each row once without its speaker block, each copy at half weight.
    pub dropout: bool,
}

/// Which features look at the words from the target on. [`Default`]: none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetSettings {
    /// Words on each side of the target whose n-grams count with their side; 0 switches the family off.
    pub window: usize,
    /// Whether the words of the target's clause count once more.
    pub clause: bool,
    /// Whether words count once more, by their distance.
    pub near: bool,
    /// Whether the words between speaker and target, where both are named, count once more.
    pub between: bool,
}

impl TargetSettings {
    /// All of them, as the shipped model has them.
    pub fn all() -> Self {
        Self { window: 5, clause: true, near: true, between: true }
    }

    /// Whether any family looks at the target's place.
    pub(super) fn any(&self) -> bool {
        self.window > 0 || self.clause || self.near
    }
}

/// Which words are good or bad. [`Default`]: no lexicon.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LexiconSettings {
    /// Whether the shipped lexicon is used.
    pub shipped: bool,
    /// Words of the user; they come before the shipped ones.
    pub own: OwnLexicon,
}

impl LexiconSettings {
    /// Whether there are any words.
    pub fn any(&self) -> bool {
        self.shipped || !self.own.is_empty()
    }
}

impl Default for SpeakerSettings {
    fn default() -> Self {
        Self { role: true, organization: true, country: true, holder: true, identity: false, dropout: true }
    }
}

impl SpeakerSettings {
    /// Every speaker feature off.
    pub fn none() -> Self {
        Self { role: false, organization: false, country: false, holder: false, identity: false, dropout: false }
    }

    /// Whether any speaker feature is on.
    pub fn any(&self) -> bool {
        self.role || self.organization || self.country || self.holder || self.identity
    }
}

impl Default for FeatureSettings {
    fn default() -> Self {
        Self {
            version: SETTINGS_VERSION,
            lang: "en".to_owned(),
            stemming: true,
            word_ngrams: 3,
            skip_grams: 0,
            character_ngrams: (2, 5),
            negation: true,
            cue: true,
            mask_names: true,
            speaker: SpeakerSettings::default(),
            target: TargetSettings::all(),
            lexicon: LexiconSettings { shipped: true, own: OwnLexicon::new() },
            min_target_rows: 50,
            targets: Vec::new(),
            columns: Vec::new(),
            hash_bits: 0,
            min_documents: 2,
            min_phrase_documents: 0,
            // Chosen by cross-validation and on the dev parts of three data sets; docs/FEATURES.md has the trials.
            block_lengths: [("cue", 0.7), ("negated", 0.75), ("phrase", 0.5), ("topic-phrase", 0.5), ("word", 0.5)]
                .map(|(n, l)| (n.to_owned(), l))
                .into(),
        }
    }
}

impl FeatureSettings {
    /// Rows in which a feature of `family` must occur to be kept from `n_rows` rows.
    pub(super) fn min_documents_of(&self, family: Family, n_rows: usize) -> u32 {
        let one_in = match family {
            Family::Phrase | Family::Skip | Family::TopicPhrase if self.min_phrase_documents > 0 => {
                return self.min_phrase_documents;
            }
            Family::Phrase | Family::Skip | Family::TopicPhrase => 13_000,
            Family::Character | Family::TopicCharacter => 2_000,
            _ => return self.min_documents,
        };
        self.min_documents.max(u32::try_from(n_rows / one_in).unwrap_or(u32::MAX))
    }

    /// These settings, if they can work.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Usage`] if a range is out of bounds or every family is off.
    pub fn checked(&self) -> Result<&Self> {
        let (shortest, longest) = self.character_ngrams;
        if self.version == 0 || self.version > SETTINGS_VERSION {
            return Err(Error::usage(format!(
                "features are of version {}, this is demarche {} which knows up to version {SETTINGS_VERSION}; use a newer one",
                self.version,
                env!("CARGO_PKG_VERSION")
            )));
        }
        if self.hash_bits > 0 && !hashed::BITS.contains(&self.hash_bits) {
            return Err(Error::usage(format!("features are hashed to 8 to 24 bits, not {}", self.hash_bits)));
        }
        if self.word_ngrams > 3 {
            return Err(Error::usage("word n-grams go up to 3 words"));
        }
        if self.skip_grams > MAX_SKIPPED {
            return Err(Error::usage(format!("skip-grams leave out up to {MAX_SKIPPED} words")));
        }
        if longest > 8 || shortest > longest || (longest > 0 && shortest == 0) {
            return Err(Error::usage("character n-grams go from 1 to 8 characters, shortest first, as in 3-5"));
        }
        if self.word_ngrams == 0
            && self.skip_grams == 0
            && longest == 0
            && !self.cue
            && !self.speaker.any()
            && self.columns.is_empty()
        {
            return Err(Error::usage("every family of features is off; switch one on"));
        }
        if !self.targets.windows(2).all(|w| w[0] < w[1]) {
            return Err(Error::usage("targets are out of order"));
        }
        let ok = |c: &FeatureColumn| c.mean.is_finite() && c.deviation.is_finite() && c.deviation > 0.0;
        if !self.columns.iter().all(ok) || !self.lexicon.own.values().all(|v| v.is_finite()) {
            return Err(Error::usage("a column or a word of the lexicon has a number that is not finite"));
        }
        for (i, column) in self.columns.iter().enumerate() {
            if self.columns[..i].iter().any(|c| c.name == column.name) {
                return Err(Error::usage(format!("feature column \"{}\" comes twice", column.name)));
            }
        }
        for (name, length) in &self.block_lengths {
            if crate::features::Family::from_name(name).is_none() {
                let known = crate::features::Family::ALL.map(crate::features::Family::name).join(", ");
                return Err(Error::usage(format!("unknown family of features \"{name}\"; known: {known}")));
            }
            if !(length.is_finite() && (1e-3..=1e3).contains(length)) {
                return Err(Error::usage(format!("block length of \"{name}\" must lie between 0.001 and 1000")));
            }
        }
        Ok(self)
    }
}
