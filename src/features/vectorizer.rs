//! Statements to sparse rows: vocabulary and document frequencies, fitted once.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use crate::error::{Error, ErrorKind, Result};
use crate::features::family::{Family, Measure, Sink, combine, hash_bytes, ngram_start, string_key};
use crate::features::frequent::frequent;
use crate::features::settings::FeatureSettings;
use crate::features::spares::{Spare, Spares};
use crate::features::sparse::{SparseRow, SparseRows};
use crate::features::stems::StemCache;
use crate::features::vocabulary::{Columns, Names};
use crate::features::{between, character, column, cue, hashed, lexicon, speaker, target, topic, word};
use crate::lang::{Language, language};
use crate::statement::Statement;
use crate::text::{Span, Stemmer, Token, tokens_into};

/// Turns statements into rows. Made by [`Vectorizer::fit`] or read from a model file.
pub struct Vectorizer {
    /// No other in this process has it.
    id: u64,
    settings: FeatureSettings,
    lang: &'static Language,
    /// Names in column order: families in order, names ascending within each.
    names: Names,
    /// Inverse document frequency of each column; 1 in families that do not come from the text.
    idf: Vec<f32>,
    /// First column of each family, and one past the last column of all.
    blocks: [u32; Family::ALL.len() + 1],
    columns: Columns,
    /// Length of each family's block.
    lengths: [f64; Family::ALL.len()],
}

/// Buffers that one thread reuses for statement after statement; holds the stem of every word met so far.
///
/// What it remembers belongs to one vectorizer: another one empties it first.
pub struct Workspace {
    /// Of the vectorizer.
    id: u64,
    tokens: Vec<Token>,
    words: Vec<word::Word>,
    places: Vec<target::Place>,
    buffer: String,
    keys: Vec<u64>,
    /// Columns with the bits of their inverse document frequencies: one number each, in the order of the columns.
    hits: Vec<u64>,
    values: Vec<(u32, f32)>,
    stems: StemCache,
    characters: character::KnownWords,
    cues: cue::Cues,
}

/// Statements that are transformed before their rows are put together.
const TRANSFORMED: usize = 16_384;

/// What of a statement becomes features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Everything.
    Whole,
    /// Everything but the speaker block (speaker dropout in training).
    WithoutSpeaker,
}

/// One place where a feature of the vocabulary occurs in a statement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Occurrence {
    /// The feature.
    pub column: u32,
    /// Bytes of the statement's text; `None` for features of cue and speaker.
    pub span: Option<Span>,
    /// Its share of the feature's value in the row; the shares of one column add up to that value.
    pub value: f64,
}

impl Vectorizer {
    /// Learns the vocabulary and the document frequencies of `statements`.
    ///
    /// What occurs in [`FeatureSettings::min_documents`] statements becomes a feature, identities from
    /// [`speaker::MIN_IDENTITY`] on. Columns are ordered by family and name, so that the
    /// order of the statements does not matter. Inverse document frequency: `ln((1 + n) / (1 + df)) + 1`.
    /// Reference: Manning, Raghavan and Schuetze 2008, section 6.2 (smoothed as in scikit-learn).
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for settings that can not work, [`ErrorKind::Data`] if no feature is left.
    pub fn fit(statements: &[&Statement], settings: &FeatureSettings) -> Result<Self> {
        Self::fit_weighted(statements, None, settings)
    }

    /// As [`Vectorizer::fit`], with a weight for each statement: rows in which a feature must occur beyond
    /// [`FeatureSettings::min_documents`] count as much as their weights say (three good rows as ten silver ones at 0.3), and all
    /// rows of a feature count together as much as one.
    ///
    /// # Errors
    /// As [`Vectorizer::fit`].
    pub(crate) fn fit_weighted(
        statements: &[&Statement],
        weights: Option<&[f64]>,
        settings: &FeatureSettings,
    ) -> Result<Self> {
        settings.checked()?;
        let settings = &FeatureSettings {
            targets: topic::targets(statements, settings.min_target_rows),
            columns: settings.columns.iter().map(|c| c.clone().fitted(statements)).collect(),
            ..settings.clone()
        };
        let empty = Self::from_parts(settings.clone(), Cow::Borrowed(""), Vec::new())?;
        let mut features = frequent(&empty, statements, weights)?;
        let rare_identity = |family: Family, name: &str, count: u32| {
            family == Family::Speaker && name.starts_with(speaker::IDENTITY) && count < speaker::MIN_IDENTITY
        };
        features.retain(|(family, name, count)| !rare_identity(*family, name, *count));
        features.sort_unstable();
        if features.is_empty() {
            return Err(Error::data("no feature occurs often enough; give more rows or a lower --min-documents"));
        }
        let n = statements.len() as f64;
        let idf = |family: Family, count: u32| {
            if family.has_idf() { (((1.0 + n) / (1.0 + f64::from(count))).ln() + 1.0) as f32 } else { 1.0 }
        };
        let idfs = features.iter().map(|(family, _, count)| idf(*family, *count)).collect();
        let names: String = features.iter().map(|(family, name, _)| format!("{}:{name}\n", family.name())).collect();
        Self::from_parts(settings.clone(), Cow::Owned(names), idfs)
    }

    /// A vectorizer with this vocabulary: names as [`Vectorizer::names`] gives them, each with a line
    /// feed, with their idf.
    ///
    /// # Errors
    /// [`ErrorKind::Model`] if the names are not in column order, repeat, or belong to no family;
    /// [`ErrorKind::Usage`] for settings that can not work, or if the language has no stemmer or no tables.
    pub fn from_parts(settings: FeatureSettings, names: Cow<'static, str>, idf: Vec<f32>) -> Result<Self> {
        let damaged = |what: &str| Error::new(ErrorKind::Model, format!("vocabulary of the model is damaged: {what}"));
        settings.checked()?;
        let lang = language(&settings.lang)
            .ok_or_else(|| Error::usage(format!("no word tables for language \"{}\"", settings.lang)))?;
        Stemmer::new(&settings.lang)?;
        let names = Names::new(names).ok_or_else(|| damaged("more than 4 GB of names"))?;
        if names.len() != idf.len() || u32::try_from(names.len()).is_err() {
            return Err(damaged("names and frequencies differ in number"));
        }
        // ln(1 + n) + 1 at most; more would overflow in a row.
        if !idf.iter().all(|idf| (0.0..=100.0).contains(idf)) {
            return Err(damaged("a frequency out of bounds"));
        }
        let mut blocks = [0u32; Family::ALL.len() + 1];
        let mut keys = Vec::with_capacity(names.len());
        let mut previous: Option<(Family, &str)> = None;
        for (column, name) in names.iter().enumerate() {
            let (family, rest) = match previous.and_then(|(f, _)| Some((f, without_family(name, f)?))) {
                Some(same) => same,
                None => {
                    let (family, rest) = name.split_once(':').ok_or_else(|| damaged("a name without a family"))?;
                    (Family::from_name(family).ok_or_else(|| damaged("an unknown family"))?, rest)
                }
            };
            if previous.is_some_and(|p| p.0 > family || p.0 == family && !ascends(p.1, rest)) {
                return Err(damaged("names out of order"));
            }
            previous = Some((family, rest));
            blocks[family as usize + 1] = column as u32 + 1;
            let key = if settings.hash_bits > 0 && hashed::is_hashed(family) {
                hashed::name_key(family, rest, settings.hash_bits).ok_or_else(|| damaged("a name of no bucket"))?
            } else {
                name_key(family, rest)
            };
            keys.push(key);
        }
        let columns = Columns::of(&keys, &idf).ok_or_else(|| damaged("two names with one key"))?;
        for family in 1..blocks.len() {
            blocks[family] = blocks[family].max(blocks[family - 1]);
        }
        let lengths = Family::ALL.map(|family| settings.block_lengths.get(family.name()).copied().unwrap_or(1.0));
        // Only for telling two apart: the numbers reach no row and no file.
        static N_MADE: AtomicU64 = AtomicU64::new(0);
        let id = N_MADE.fetch_add(1, Ordering::Relaxed);
        Ok(Self { id, settings, lang, names, idf, blocks, columns, lengths })
    }

    /// The settings it was fitted with.
    pub fn settings(&self) -> &FeatureSettings {
        &self.settings
    }

    /// Number of columns.
    pub fn n_features(&self) -> usize {
        self.names.len()
    }

    /// Names of the columns in order, each "family:name".
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter()
    }

    /// Name of a column.
    pub fn name(&self, column: u32) -> &str {
        self.names.name(column as usize)
    }

    /// Inverse document frequencies in column order.
    pub fn idf(&self) -> &[f32] {
        &self.idf
    }

    /// The family of a column.
    pub fn family(&self, column: u32) -> Family {
        let block = self.blocks[1..].iter().position(|&end| column < end);
        Family::ALL[block.unwrap_or(Family::ALL.len() - 1)]
    }

    /// The columns of a family.
    pub fn columns_of(&self, family: Family) -> std::ops::Range<u32> {
        self.blocks[family as usize]..self.blocks[family as usize + 1]
    }

    /// Fresh buffers for one thread.
    pub fn workspace(&self) -> Workspace {
        let stemmer = if self.settings.stemming {
            Stemmer::new(&self.settings.lang).unwrap_or_else(|_| Stemmer::identity())
        } else {
            Stemmer::identity()
        };
        Workspace {
            id: self.id,
            tokens: Vec::new(),
            words: Vec::new(),
            places: Vec::new(),
            buffer: String::new(),
            keys: Vec::new(),
            hits: Vec::new(),
            values: Vec::new(),
            stems: StemCache::new(stemmer, self.settings.lexicon.clone()),
            characters: character::KnownWords::default(),
            cues: cue::Cues::default(),
        }
    }

    /// Writes the row of `statement` into `row`. Cost: linear in the text.
    ///
    /// Values: `(1 + ln tf) x idf`, each family scaled to its block length (1 unless set); of the lexicon and of columns of
    /// numbers see [`Family`]. Words that the vocabulary does not have count for nothing. A workspace of another vectorizer
    /// is made anew.
    pub fn transform_into(&self, statement: &Statement, part: Part, workspace: &mut Workspace, row: &mut SparseRow) {
        if workspace.id != self.id {
            *workspace = self.workspace();
        }
        let (mut keys, mut values) = (std::mem::take(&mut workspace.keys), std::mem::take(&mut workspace.values));
        keys.clear();
        values.clear();
        let looker = &mut Looker { columns: &self.columns, keys: &mut keys, values: &mut values };
        let mut hits = std::mem::take(&mut workspace.hits);
        hits.clear();
        self.look_up(statement, part, workspace, looker, Some(&self.columns), &mut hits);
        self.columns.retain_likely(&mut keys);
        self.columns.append_hits(&keys, &mut hits);
        hits.sort_unstable();
        row.clear();
        for run in hits.chunk_by(|a, b| a == b) {
            let tf = if run.len() == 1 { 1.0 } else { 1.0 + (run.len() as f32).ln() };
            row.columns.push((run[0] >> 32) as u32);
            row.values.push(tf * f32::from_bits(run[0] as u32));
        }
        // Stable: the values of a column are added in the order of the text.
        values.sort_by_key(|&(column, _)| column);
        for run in values.chunk_by(|a, b| a.0 == b.0) {
            let column = run[0].0;
            let sum: f32 = run.iter().map(|&(_, value)| value).sum();
            row.columns.push(column);
            row.values.push(match self.family(column).measure() {
                Measure::Squashed => sum / (sum * sum + 15.0).sqrt(),
                _ => sum * self.idf[column as usize],
            });
        }
        (workspace.keys, workspace.values, workspace.hits) = (keys, values, hits);
        self.scale_blocks(row);
    }

    /// Sends the features of a statement to `sink`, but n-grams of characters, where they can be kept by word, to `hits`: see
    /// [`character::KnownWords::append_hits`].
    fn look_up(
        &self,
        statement: &Statement,
        part: Part,
        workspace: &mut Workspace,
        sink: &mut impl Sink,
        columns: Option<&Columns>,
        hits: &mut Vec<u64>,
    ) {
        // Characters that are hashed, or have copies for the target, are not kept by word.
        if self.settings.hash_bits > 0 || topic::topic(statement, &self.settings.targets).is_some() {
            return self.emit(statement, part, workspace, sink);
        }
        self.emit_all(statement, part, false, workspace, sink);
        if self.settings.character_ngrams.1 > 0 {
            let Workspace { tokens, words, buffer, characters, .. } = workspace;
            let words = character::unmasked(tokens, words).map(|t| t.span.of(&statement.text));
            characters.append_hits(words, self.settings.character_ngrams, buffer, columns, hits);
        }
    }

    /// The keys of all features of a statement, as often as they occur, into `keys`; `workspace` of this vectorizer, which
    /// has no columns.
    pub(super) fn keys_into(&self, statement: &Statement, workspace: &mut Workspace, keys: &mut Keys) {
        keys.0.clear();
        let mut of_characters = std::mem::take(&mut workspace.hits);
        of_characters.clear();
        self.look_up(statement, Part::Whole, workspace, keys, None, &mut of_characters);
        keys.0.extend_from_slice(&of_characters);
        workspace.hits = of_characters;
    }

    /// The rows of many statements, in parallel; the same for any number of threads.
    pub fn transform(&self, statements: &[&Statement], part: Part) -> SparseRows {
        let spares = Spares::default();
        let of_chunk = |(spare, row): &mut (Spare<'_>, SparseRow), chunk: &[&Statement]| {
            let mut rows = SparseRows::new(self.n_features());
            for statement in chunk {
                self.transform_into(statement, part, spare.workspace(), row);
                rows.push(row.view());
            }
            rows
        };
        let buffers = || (spares.take(self), SparseRow::default());
        // Batches: what threads have made is not held a second time for all rows.
        let mut all = SparseRows::new(self.n_features());
        for batch in statements.chunks(TRANSFORMED) {
            let chunks: Vec<SparseRows> = batch.par_chunks(TRANSFORMED / 32).map_init(buffers, of_chunk).collect();
            chunks.iter().for_each(|chunk| all.append(chunk));
        }
        all
    }

    /// Where each feature of the row of `statement` stands in its text, in column order then text order.
    pub fn occurrences(&self, statement: &Statement, workspace: &mut Workspace) -> Vec<Occurrence> {
        let mut row = SparseRow::default();
        self.transform_into(statement, Part::Whole, workspace, &mut row);
        let mut found = Locator { columns: &self.columns, found: Vec::new() };
        self.emit(statement, Part::Whole, workspace, &mut found);
        let mut found = found.found;
        found.sort_by_key(|&(column, span, _)| (column, span.map(|s| (s.start, s.end))));
        let mut out = Vec::with_capacity(found.len());
        for (run, (_, value)) in found.chunk_by(|a, b| a.0 == b.0).zip(row.view().iter()) {
            let sum: f64 = run.iter().map(|&(_, _, part)| f64::from(part)).sum();
            let scale = if sum == 0.0 { 0.0 } else { value / sum };
            out.extend(run.iter().map(|&(column, span, part)| Occurrence {
                column,
                span,
                value: f64::from(part) * scale,
            }));
        }
        out
    }

    fn scale_blocks(&self, row: &mut SparseRow) {
        let mut start = 0;
        while let Some(&first) = row.columns.get(start) {
            let family = self.family(first);
            let limit = self.blocks[family as usize + 1];
            let end = start + row.columns[start..].partition_point(|&c| c < limit);
            let block = &mut row.values[start..end];
            let norm = match family.measure() {
                Measure::Count | Measure::Sum => block.iter().map(|&v| f64::from(v) * f64::from(v)).sum::<f64>().sqrt(),
                Measure::Squashed | Measure::Plain => 1.0,
            };
            if norm > 0.0 {
                let scale = (self.lengths[family as usize] / norm) as f32;
                block.iter_mut().for_each(|v| *v *= scale);
            }
            start = end.max(start + 1);
        }
    }

    pub(super) fn emit(&self, statement: &Statement, part: Part, workspace: &mut Workspace, sink: &mut impl Sink) {
        match self.settings.hash_bits {
            0 => self.emit_topic(statement, part, workspace, sink),
            bits => self.emit_topic(statement, part, workspace, &mut hashed::Hashed::new(sink, bits)),
        }
    }

    fn emit_topic(&self, statement: &Statement, part: Part, workspace: &mut Workspace, sink: &mut impl Sink) {
        match topic::topic(statement, &self.settings.targets) {
            Some(topic) => self.emit_all(statement, part, true, workspace, &mut topic::Copies::new(sink, topic)),
            None => self.emit_all(statement, part, true, workspace, sink),
        }
    }

    /// `characters`: whether to send those as well.
    fn emit_all(
        &self,
        statement: &Statement,
        part: Part,
        characters: bool,
        workspace: &mut Workspace,
        sink: &mut impl Sink,
    ) {
        let settings = &self.settings;
        let text = &statement.text;
        workspace.tokens.clear();
        tokens_into(text, 0, &mut workspace.tokens);
        let needs_places = settings.target.any() || settings.lexicon.any();
        let with_characters = settings.character_ngrams.1 > 0;
        workspace.words.clear();
        if settings.word_ngrams > 0
            || settings.skip_grams > 0
            || needs_places
            || settings.target.between
            || with_characters && settings.mask_names
        {
            let (tokens, words, stems) = (&workspace.tokens, &mut workspace.words, &mut workspace.stems);
            word::words(statement, tokens, self.lang, settings.mask_names, stems, words);
            word::emit(text, words, settings, stems, sink);
        }
        if needs_places {
            let (words, places, stems) = (&workspace.words, &mut workspace.places, &workspace.stems);
            target::places(words, places);
            if !places.is_empty() {
                target::emit(text, words, places, &settings.target, stems, sink);
            }
            if settings.lexicon.any() {
                lexicon::emit(words, places, sink);
            }
        }
        if settings.target.between {
            between::emit(text, &workspace.words, &workspace.stems, sink);
        }
        if with_characters && characters {
            let (tokens, words, buffer) = (&workspace.tokens, &workspace.words, &mut workspace.buffer);
            character::emit(text, tokens, words, settings.character_ngrams, buffer, sink);
        }
        if settings.cue {
            cue::emit(statement, self.lang, &workspace.stems.stemmer, &mut workspace.cues, sink);
        }
        if settings.speaker.any() && part == Part::Whole {
            speaker::emit(statement, settings.speaker, self.lang, sink);
        }
        column::emit(statement, &settings.columns, sink);
    }
}

/// What follows the family in a name that begins with it.
fn without_family(name: &str, family: Family) -> Option<&str> {
    name.strip_prefix(family.name())?.strip_prefix(':')
}

/// Whether `a` stands before `b`; the first bytes mostly tell, without a call.
fn ascends(a: &str, b: &str) -> bool {
    match (a.as_bytes().first_chunk(), b.as_bytes().first_chunk()) {
        (Some(x), Some(y)) if x != y => u64::from_be_bytes(*x) < u64::from_be_bytes(*y),
        _ => a < b,
    }
}

/// The key of the words of a name. Bytes: the search of `str::split` took a fifth of the start of `explain`.
fn words_key(family: Family, name: &str) -> u64 {
    let words = name.as_bytes().split(|&byte| byte == b' ');
    words.fold(ngram_start(family), |key, word| combine(key, hash_bytes(word)))
}

/// The key that a feature of this name has.
fn name_key(family: Family, name: &str) -> u64 {
    match family {
        Family::Between if name.starts_with("order=") => string_key(family, name),
        Family::Word
        | Family::Phrase
        | Family::Skip
        | Family::Negated
        | Family::Window
        | Family::Clause
        | Family::Between
        | Family::Near => words_key(family, name),
        Family::TopicWord => topic::copy_key(name, |rest| name_key(Family::Word, rest)),
        Family::TopicPhrase => topic::copy_key(name, |rest| name_key(Family::Phrase, rest)),
        Family::TopicCharacter => topic::copy_key(name, |rest| name_key(Family::Character, rest)),
        Family::Character
        | Family::Cue
        | Family::Speaker
        | Family::Topic
        | Family::Category
        | Family::Lexicon
        | Family::Number => string_key(family, name),
    }
}

/// Collects keys.
pub(super) struct Keys(pub(super) Vec<u64>);

impl Sink for Keys {
    fn feature(&mut self, _: Family, key: u64, _: Option<Span>, _: impl FnOnce() -> String) {
        self.0.push(key);
    }
    fn weighed(&mut self, _: Family, key: u64, _: Option<Span>, _: f32, _: impl FnOnce() -> String) {
        self.0.push(key);
    }
}

struct Looker<'v> {
    columns: &'v Columns,
    keys: &'v mut Vec<u64>,
    values: &'v mut Vec<(u32, f32)>,
}

impl Sink for Looker<'_> {
    fn feature(&mut self, _: Family, key: u64, _: Option<Span>, _: impl FnOnce() -> String) {
        self.keys.push(key);
    }
    fn weighed(&mut self, _: Family, key: u64, _: Option<Span>, value: f32, _: impl FnOnce() -> String) {
        if let Some((column, _)) = self.columns.get(key) {
            self.values.push((column, value));
        }
    }
}

struct Locator<'v> {
    columns: &'v Columns,
    found: Vec<(u32, Option<Span>, f32)>,
}

impl Sink for Locator<'_> {
    fn feature(&mut self, _: Family, key: u64, span: Option<Span>, _: impl FnOnce() -> String) {
        if let Some((column, _)) = self.columns.get(key) {
            self.found.push((column, span, 1.0));
        }
    }
    fn weighed(&mut self, _: Family, key: u64, span: Option<Span>, value: f32, _: impl FnOnce() -> String) {
        if let Some((column, _)) = self.columns.get(key) {
            self.found.push((column, span, value));
        }
    }
}

#[cfg(test)]
mod tests;
