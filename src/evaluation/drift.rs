//! Are these rows like those that a model was trained on? What a model keeps of its training rows to tell.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::dataset::split::{Folds, Split};
use crate::dataset::{Dataset, Example};
use crate::error::Result;
use crate::evaluation::metrics::Estimate;
use crate::features::FeatureSettings;
use crate::statement::Statement;
use crate::text::{Stemmer, TokenKind, fold_word, tokens};

/// Hexadecimal digits of one speaker.
const DIGITS: usize = 8;

/// What a model keeps of its training rows beside weights and figures: whom it met, and how sure it was.
///
/// Names of speakers are kept as 32-bit hashes: enough to say that a speaker was met (a new name is taken for one of
/// 10,000 known ones once in 400,000), and no list of people to read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TrainingRecord {
    /// Speakers in the training rows.
    pub n_speakers: usize,
    /// Their hashes, ascending, eight hexadecimal digits each.
    pub speakers: String,
    /// Share of words in held-out rows that the rows learnt from did not have often enough; `None` for a model without
    /// words.
    pub unknown_words: Option<f64>,
    /// By task, the mean probability of the most probable label on held-out rows.
    pub confidence: Vec<(String, f64)>,
}

impl TrainingRecord {
    /// The record in the figures that a model holds; `None` where there is none, as in models of older versions.
    pub fn of_model(evaluation: &Value) -> Option<Self> {
        serde_json::from_value(evaluation.get("training")?.clone()).ok()
    }

    /// The hashes of all speakers of these rows: how many, and in the form of [`TrainingRecord::speakers`].
    pub fn speakers_of(examples: &[Example]) -> (usize, String) {
        let hashes: BTreeSet<String> =
            examples.iter().filter_map(|e| Split::Speaker.value(e)).map(|name| speaker_hash(&name)).collect();
        (hashes.len(), hashes.into_iter().collect())
    }

    /// Whether the speaker of `example` was met in training; `None` where it has none.
    pub fn knows_speaker(&self, example: &Example) -> Option<bool> {
        let hash = speaker_hash(&Split::Speaker.value(example)?);
        let at = |i: usize| self.speakers.get(i * DIGITS..(i + 1) * DIGITS).unwrap_or_default();
        let (mut low, mut high) = (0, self.speakers.len() / DIGITS);
        while low < high {
            let middle = low + (high - low) / 2;
            match at(middle).cmp(hash.as_str()) {
                std::cmp::Ordering::Equal => return Some(true),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Some(false)
    }
}

fn speaker_hash(name: &str) -> String {
    blake3::hash(name.as_bytes()).to_hex()[..DIGITS].to_owned()
}

/// How far rows are from those of training.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Drift {
    /// Share of words that the model does not have; `None` for a model without words.
    pub unknown_words: Option<Shift>,
    /// By task, the mean probability of the most probable label.
    #[serde(serialize_with = "by_task")]
    pub confidence: Vec<(String, Shift)>,
}

/// A figure of these rows beside that of held-out training rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Shift {
    /// On these rows.
    pub here: Estimate,
    /// On held-out training rows; `None` where the model does not say.
    pub training: Option<f64>,
}

impl Shift {
    /// Whether chance does not explain the difference, and it is more than a tenth of the figure at training.
    pub fn is_notable(&self) -> bool {
        let (Some(training), Some(low), Some(high)) = (self.training, self.here.low, self.here.high) else {
            return false;
        };
        !(low..=high).contains(&training) && (self.here.value - training).abs() > 0.1 * training.abs()
    }
}

fn by_task<S: Serializer>(pairs: &[(String, Shift)], serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(task, shift)| (task, shift)))
}

/// Words of statements as the single-word features have them.
struct Words {
    stemmer: Stemmer,
    mask_names: bool,
    folded: String,
}

impl Words {
    fn new(settings: &FeatureSettings) -> Result<Self> {
        let stemmer = if settings.stemming { Stemmer::new(&settings.lang)? } else { Stemmer::identity() };
        Ok(Self { stemmer, mask_names: settings.mask_names, folded: String::new() })
    }

    /// Calls `each` with every word; words of the names that training masks are passed over.
    fn each<'s>(&self, statement: &'s Statement, mut each: impl FnMut(&'s str)) {
        let names = [&statement.speaker, &statement.holder, &statement.target];
        let names: Vec<&str> = names.into_iter().flatten().flat_map(|n| n.split_whitespace()).collect();
        for token in tokens(&statement.text).iter().filter(|t| t.kind == TokenKind::Word) {
            let word = token.span.of(&statement.text);
            if !(self.mask_names && token.capital && names.contains(&word)) {
                each(word);
            }
        }
    }

    fn stem(&mut self, word: &str) -> String {
        fold_word(word, &mut self.folded);
        self.stemmer.stem(&self.folded)
    }
}

/// For each statement how many of its words the vocabulary lacks, and how many it has in all. `vocabulary`: the names of
/// a model's features; `None` where no single word is among them.
///
/// # Errors
/// [`crate::error::ErrorKind::Usage`] if the language of the settings has no stemmer.
pub fn unknown_words<'v>(
    statements: &[&Statement],
    vocabulary: impl IntoIterator<Item = &'v str>,
    settings: &FeatureSettings,
) -> Result<Option<Vec<(usize, usize)>>> {
    let known: HashSet<&str> = vocabulary.into_iter().filter_map(|name| name.strip_prefix("word:")).collect();
    // Buckets of hashed features say of no word whether it was met.
    if known.is_empty() || settings.hash_bits > 0 {
        return Ok(None);
    }
    let mut words = Words::new(settings)?;
    let mut is_unknown: HashMap<&str, bool> = HashMap::new();
    let mut counts = vec![(0, 0); statements.len()];
    for (statement, count) in statements.iter().zip(&mut counts) {
        let mut found = Vec::new();
        words.each(statement, |word| found.push(word));
        for word in found {
            let unknown = match is_unknown.get(word) {
                Some(&unknown) => unknown,
                None => {
                    let unknown = !known.contains(words.stem(word).as_str());
                    is_unknown.insert(word, unknown);
                    unknown
                }
            };
            count.0 += usize::from(unknown);
            count.1 += 1;
        }
    }
    Ok(Some(counts))
}

/// The same share on held-out rows of training: a word of a row counts as unknown where fewer than
/// [`FeatureSettings::min_documents`] rows of the other folds have it. `None` for settings without words.
///
/// One pass over the words; no model is fitted.
///
/// # Errors
/// As [`unknown_words`].
pub fn unknown_words_out_of_fold(dataset: &Dataset, folds: &Folds, settings: &FeatureSettings) -> Result<Option<f64>> {
    if settings.word_ngrams == 0 || settings.hash_bits > 0 {
        return Ok(None);
    }
    let mut words = Words::new(settings)?;
    let mut number_of: HashMap<&str, usize> = HashMap::new();
    let mut number_of_stem: HashMap<String, usize> = HashMap::new();
    // Rows by stem and fold.
    let mut n_rows: Vec<u32> = Vec::new();
    let mut rows: Vec<Vec<usize>> = Vec::with_capacity(dataset.examples.len());
    for (example, &fold) in dataset.examples.iter().zip(&folds.fold_of) {
        let mut found = Vec::new();
        words.each(&example.statement, |word| found.push(word));
        let numbers: Vec<usize> = found
            .into_iter()
            .map(|word| match number_of.get(word) {
                Some(&number) => number,
                None => {
                    let next = number_of_stem.len();
                    let number = *number_of_stem.entry(words.stem(word)).or_insert(next);
                    number_of.insert(word, number);
                    number
                }
            })
            .collect();
        n_rows.resize(number_of_stem.len() * folds.n_folds, 0);
        let mut distinct = numbers.clone();
        distinct.sort_unstable();
        distinct.dedup();
        distinct.iter().for_each(|number| n_rows[number * folds.n_folds + fold] += 1);
        rows.push(numbers);
    }
    let (mut n_unknown, mut n_words) = (0usize, 0usize);
    for (numbers, &fold) in rows.iter().zip(&folds.fold_of) {
        for number in numbers {
            let by_fold = &n_rows[number * folds.n_folds..(number + 1) * folds.n_folds];
            let elsewhere = by_fold.iter().sum::<u32>() - by_fold[fold];
            n_unknown += usize::from(elsewhere < settings.min_documents);
            n_words += 1;
        }
    }
    Ok((n_words > 0).then(|| n_unknown as f64 / n_words as f64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::split::folds;

    fn example(text: &str, speaker: &str) -> Example {
        let speaker = Some(speaker.to_owned()).filter(|s| !s.is_empty());
        Example {
            statement: Statement { text: text.to_owned(), speaker, ..Statement::default() },
            ..Example::default()
        }
    }

    #[test]
    fn speakers_of_training_are_known_again() {
        let met: Vec<Example> = (0..300).map(|i| example("x", &format!("Speaker {i}"))).collect();
        let (n_speakers, speakers) = TrainingRecord::speakers_of(&met);
        let record = TrainingRecord { n_speakers, speakers, ..TrainingRecord::default() };
        assert_eq!((record.n_speakers, record.speakers.len()), (300, 2400));
        assert!(met.iter().all(|e| record.knows_speaker(e) == Some(true)));
        assert_eq!(record.knows_speaker(&example("x", "SPEAKER  17")), Some(true));
        assert_eq!(record.knows_speaker(&example("x", "Nobody Known")), Some(false));
        assert_eq!(record.knows_speaker(&example("x", "")), None);
        // A file from elsewhere may hold anything.
        let odd = TrainingRecord { speakers: "é".repeat(31), ..record.clone() };
        assert_eq!(odd.knows_speaker(&example("x", "Nobody Known")), Some(false));
        let value = serde_json::json!({"training": record});
        assert_eq!(TrainingRecord::of_model(&value), Some(record));
        assert_eq!(TrainingRecord::of_model(&serde_json::json!({"training": 3})), None);
    }

    #[test]
    fn words_are_counted_by_their_stems_and_names_are_passed_over() {
        let vocabulary = ["word:talk", "word:we", "phrase:we talk"];
        let settings = FeatureSettings::default();
        let said = example("We talked; Roe balks", "Jane Roe");
        let found = unknown_words(&[&said.statement], vocabulary, &settings).unwrap();
        assert_eq!(found, Some(vec![(1, 3)]));
        assert_eq!(unknown_words(&[&said.statement], vocabulary[2..].iter().copied(), &settings).unwrap(), None);
    }

    #[test]
    fn held_out_words_are_unknown_where_other_folds_lack_them() {
        let texts = ["alpha beta", "alpha gamma", "alpha delta", "alpha beta"];
        let dataset = Dataset { examples: texts.map(|t| example(t, "")).to_vec(), ..Dataset::default() };
        let folds = folds(&dataset, &Split::Random, 2, 0).unwrap();
        let settings = FeatureSettings { min_documents: 1, ..FeatureSettings::default() };
        let share = unknown_words_out_of_fold(&dataset, &folds, &settings).unwrap().unwrap();
        // The two equal texts are one group, so that "beta" is in one fold alone; gamma and delta are too.
        let apart = folds.fold_of[1] != folds.fold_of[2];
        assert!((share - 0.5).abs() < 1e-12, "{share} {apart}");
    }
}
