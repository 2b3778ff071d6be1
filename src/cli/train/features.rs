//! The flags of `demarche train` that choose features.

use std::path::PathBuf;

use crate::dataset::csv::read_lexicon;
use crate::error::{Error, Result};
use crate::features::settings::SETTINGS_VERSION;
use crate::features::{
    ColumnKind, FeatureColumn, FeatureSettings, LexiconSettings, OwnLexicon, SpeakerSettings, TargetSettings,
};

#[derive(Debug, Clone, clap::Args)]
pub(super) struct FeatureArgs {
    /// Language of stems and word tables
    #[arg(long, default_value = "en", value_name = "CODE", help_heading = "Features")]
    lang: String,
    /// Longest word n-gram; 0 switches words off
    #[arg(long, default_value_t = 3, value_name = "N", help_heading = "Features")]
    word_ngrams: usize,
    /// Also pairs of words with 1 to N others between them (skip-grams): better from some 30,000 rows on, in twice the time
    #[arg(long, default_value_t = 0, value_name = "N", help_heading = "Features")]
    skip_grams: usize,
    /// Character n-grams within words, as 3-5; 0-0 switches them off
    #[arg(long, default_value = "2-5", value_name = "FROM-TO", value_parser = parse_range, help_heading = "Features")]
    character_ngrams: (usize, usize),
    /// Words as they are instead of stems
    #[arg(long, help_heading = "Features")]
    no_stemming: bool,
    /// No marks for words in the scope of a negation
    #[arg(long, help_heading = "Features")]
    no_negation: bool,
    /// No features of the cue
    #[arg(long, help_heading = "Features")]
    no_cue: bool,
    /// Leave the names of speaker, holder and target in the text
    #[arg(long, help_heading = "Features")]
    keep_names: bool,
    /// Speaker features: role, organization, country, holder, identity; none switches all off; +identity adds it
    #[arg(long, default_value = "role,organization,country,holder", value_name = "LIST", help_heading = "Features")]
    speaker_features: String,
    /// No copy of each row without its speaker features
    #[arg(long, help_heading = "Features")]
    no_speaker_dropout: bool,
    /// Words on each side of the target whose n-grams count with their side; 0 switches them off
    #[arg(long, default_value_t = 5, value_name = "N", help_heading = "Features")]
    target_window: usize,
    /// No features of the target's clause
    #[arg(long, help_heading = "Features")]
    no_clause: bool,
    /// No words weighed by their distance from the target
    #[arg(long, help_heading = "Features")]
    no_distance: bool,
    /// No features of the words between speaker and target
    #[arg(long, help_heading = "Features")]
    no_between: bool,
    /// Rows that a target must have to get its own copies of words, phrases and characters; 0 for none. There are none
    /// either unless such targets have half of the rows
    #[arg(long, default_value_t = 50, value_name = "N", help_heading = "Features")]
    min_target_rows: u32,
    /// Without the shipped lexicon of good and bad words
    #[arg(long, help_heading = "Features")]
    no_lexicon: bool,
    /// A CSV with the columns word and value (above 0 good, below bad): words that the lexicon lacks, or values to replace
    #[arg(long, value_name = "FILE", help_heading = "Features")]
    lexicon: Option<PathBuf>,
    /// Further columns to learn from, parted by commas: numbers where all cells are, else categories; NAME=category and
    /// NAME=number say which
    #[arg(long, value_delimiter = ',', value_name = "LIST", value_parser = parse_column, help_heading = "Features")]
    feature_columns: Vec<FeatureColumn>,
    /// Rows in which a feature must occur; of files above 26,000 rows more for phrases and skip-grams, above 4,000 for
    /// characters. Silver rows count by their weight there, and together as much as one row
    #[arg(long, default_value_t = 2, value_name = "N", help_heading = "Features")]
    min_documents: u32,
    /// Rows in which a phrase or skip-gram must occur, whatever the size of the file; silver rows count by their weight
    #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N", help_heading = "Features")]
    min_phrase_documents: u32,
    /// Hash text features to two to the power of N columns a family (8 to 24): bounded size, but their names are lost
    #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N", help_heading = "Features")]
    hash_bits: u32,
    /// Length of a family's block, as character=0.5; shorter is penalised more. Repeatable
    #[arg(long = "block", value_name = "FAMILY=LENGTH", value_parser = parse_block, help_heading = "Features")]
    blocks: Vec<(String, f64)>,
}

fn parse_range(text: &str) -> std::result::Result<(usize, usize), String> {
    let (from, to) = text.split_once('-').ok_or("write it as 3-5")?;
    Ok((from.parse().map_err(|_| "write it as 3-5")?, to.parse().map_err(|_| "write it as 3-5")?))
}

fn parse_column(text: &str) -> std::result::Result<FeatureColumn, String> {
    let (name, kind) = match text.trim().split_once('=') {
        None => (text.trim(), None),
        Some((name, "category")) => (name, Some(ColumnKind::Category)),
        Some((name, "number")) => (name, Some(ColumnKind::Number)),
        Some((_, kind)) => return Err(format!("unknown kind \"{kind}\"; use category or number")),
    };
    if name.is_empty() { Err("the column has no name".to_owned()) } else { Ok(FeatureColumn::new(name, kind)) }
}

fn parse_block(text: &str) -> std::result::Result<(String, f64), String> {
    let (family, length) = text.split_once('=').ok_or("write it as character=0.5")?;
    Ok((family.to_owned(), length.parse().map_err(|_| "the length is no number")?))
}

impl FeatureArgs {
    pub(super) fn settings(&self) -> Result<FeatureSettings> {
        let mut speaker = SpeakerSettings::none();
        let list = self.speaker_features.trim();
        let list = match list.strip_prefix('+') {
            Some(more) => format!("role,organization,country,holder,{more}"),
            None => list.to_owned(),
        };
        for name in list.split(',').map(str::trim).filter(|n| !n.is_empty() && *n != "none") {
            match name {
                "role" => speaker.role = true,
                "organization" => speaker.organization = true,
                "country" => speaker.country = true,
                "holder" => speaker.holder = true,
                "identity" => speaker.identity = true,
                _ => {
                    return Err(Error::usage(format!(
                        "unknown speaker feature \"{name}\"; known: role, organization, country, holder, identity, none"
                    )));
                }
            }
        }
        speaker.dropout = speaker.any() && !self.no_speaker_dropout;
        let settings = FeatureSettings {
            version: SETTINGS_VERSION,
            lang: self.lang.clone(),
            stemming: !self.no_stemming,
            word_ngrams: self.word_ngrams,
            skip_grams: self.skip_grams,
            character_ngrams: self.character_ngrams,
            negation: !self.no_negation,
            cue: !self.no_cue,
            mask_names: !self.keep_names,
            speaker,
            target: TargetSettings {
                window: self.target_window,
                clause: !self.no_clause,
                near: !self.no_distance,
                between: !self.no_between,
            },
            lexicon: LexiconSettings { shipped: !self.no_lexicon, own: self.own_lexicon()? },
            min_target_rows: self.min_target_rows,
            targets: Vec::new(),
            columns: self.feature_columns.clone(),
            hash_bits: self.hash_bits,
            min_documents: self.min_documents,
            min_phrase_documents: self.min_phrase_documents,
            block_lengths: FeatureSettings::default()
                .block_lengths
                .into_iter()
                .chain(self.blocks.iter().cloned())
                .collect(),
        };
        settings.checked().map(|_| ())?;
        Ok(settings)
    }

    /// The file of own words, if one is given.
    pub(super) fn lexicon(&self) -> Option<&PathBuf> {
        self.lexicon.as_ref()
    }

    fn own_lexicon(&self) -> Result<OwnLexicon> {
        let Some(path) = &self.lexicon else { return Ok(OwnLexicon::new()) };
        let file = std::fs::File::open(path).map_err(|e| Error::io(path, "read the lexicon", e))?;
        read_lexicon(&path.to_string_lossy(), file)
    }
}
