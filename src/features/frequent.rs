//! Which features occur often enough to become columns?
//!
//! Most n-grams occur once: a map of all of them is several times larger than the rows, and each look-up in it misses
//! the cache. Here the keys of all statements are dealt into parts by their first bits, each part is sorted, and
//! what is rare is gone before anything gets a name. 100,000 sentences, 394,000 of 4.5 million n-grams kept:
//! `benches/train.py` has the figures.

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::features::family::{Family, Sink};
use crate::features::settings::FeatureSettings;
use crate::features::vectorizer::{Part, Vectorizer};
use crate::statement::Statement;
use crate::text::Span;

/// Parts that keys are dealt into; each is sorted by itself.
const N_PARTS: usize = 256;
/// Pairs of key and statement that are held at once, 16 bytes each: with more text, keys are counted in several passes.
const MAX_PAIRS: usize = 40_000_000;
/// Statements that one thread reads at a time.
const CHUNK: usize = 1024;

/// A key that occurs often enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Frequent {
    /// Number of the first statement that has it.
    first: u32,
    key: u64,
    /// Statements that have it.
    count: u32,
}

/// Family, name and number of statements of each feature that occurs often enough for its family, in no order that
/// means anything, but always in the same. `empty` is a vectorizer of the wanted settings without columns.
///
/// # Errors
/// [`crate::error::ErrorKind::Data`] for more statements than a `u32` counts.
pub(super) fn frequent(empty: &Vectorizer, statements: &[&Statement]) -> Result<Vec<(Family, String, u32)>> {
    if u32::try_from(statements.len()).is_err() {
        return Err(Error::data("more statements than can be counted; split the file"));
    }
    let n_bytes: usize = statements.iter().map(|s| s.text.len()).sum();
    // Words give half a key a byte of text, characters about one a length.
    let (shortest, longest) = empty.settings().character_ngrams;
    let of_characters = if longest > 0 { n_bytes.saturating_mul(1 + longest - shortest) } else { 0 };
    let n_passes = 1 + (n_bytes / 2 + of_characters) / MAX_PAIRS;
    let mut found = Vec::new();
    for pass in 0..n_passes {
        found.extend(count(empty, statements, (pass as u64, n_passes as u64)));
    }
    found.par_sort_unstable();
    Ok(names(empty, statements, &found))
}

/// The frequent ones among the keys of one pass.
fn count(empty: &Vectorizer, statements: &[&Statement], (pass, n_passes): (u64, u64)) -> Vec<Frequent> {
    let min_documents = empty.settings().min_documents;
    let chunks: Vec<Vec<Vec<(u64, u32)>>> = statements
        .par_chunks(CHUNK)
        .enumerate()
        .map(|(chunk, statements)| {
            let mut workspace = empty.workspace();
            let mut parts = vec![Vec::new(); N_PARTS];
            let mut keys = Keys(Vec::new());
            for (i, statement) in statements.iter().enumerate() {
                keys.0.clear();
                empty.emit(statement, Part::Whole, &mut workspace, &mut keys);
                keys.0.sort_unstable();
                keys.0.dedup();
                let number = (chunk * CHUNK + i) as u32;
                for &key in keys.0.iter().filter(|&&key| n_passes == 1 || key % n_passes == pass) {
                    parts[(key >> 56) as usize].push((key, number));
                }
            }
            parts
        })
        .collect();
    let frequent: Vec<Vec<Frequent>> = (0..N_PARTS)
        .into_par_iter()
        .map(|part| {
            let mut pairs: Vec<(u64, u32)> = chunks.iter().flat_map(|parts| parts[part].iter().copied()).collect();
            pairs.sort_unstable();
            let runs = pairs.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() >= min_documents as usize);
            runs.map(|run| Frequent { first: run[0].1, key: run[0].0, count: run.len() as u32 }).collect()
        })
        .collect();
    frequent.concat()
}

/// Names of the keys, each made once, in the first statement that has it. `found` ascends.
fn names(empty: &Vectorizer, statements: &[&Statement], found: &[Frequent]) -> Vec<(Family, String, u32)> {
    let n_rows = statements.len();
    let named: Vec<Vec<(Family, String, u32)>> = statements
        .par_chunks(CHUNK)
        .enumerate()
        .map(|(chunk, statements)| {
            let mut workspace = empty.workspace();
            let mut at = found.partition_point(|f| (f.first as usize) < chunk * CHUNK);
            let mut names = Vec::new();
            for (i, statement) in statements.iter().enumerate() {
                let own = found[at..].partition_point(|f| f.first as usize == chunk * CHUNK + i);
                if own > 0 {
                    let own = &found[at..at + own];
                    let (settings, is_named) = (empty.settings(), vec![false; own.len()]);
                    let mut namer = Namer { settings, n_rows, own, is_named, names: &mut names };
                    empty.emit(statement, Part::Whole, &mut workspace, &mut namer);
                }
                at += own;
            }
            names
        })
        .collect();
    named.concat()
}

/// Collects the keys of one statement.
struct Keys(Vec<u64>);

impl Sink for Keys {
    fn feature(&mut self, _: Family, key: u64, _: Option<Span>, _: impl FnOnce() -> String) {
        self.0.push(key);
    }
    fn weighed(&mut self, _: Family, key: u64, _: Option<Span>, _: f32, _: impl FnOnce() -> String) {
        self.0.push(key);
    }
}

/// Names the keys that are first met in one statement.
struct Namer<'a> {
    settings: &'a FeatureSettings,
    n_rows: usize,
    /// Ascending by key.
    own: &'a [Frequent],
    is_named: Vec<bool>,
    names: &'a mut Vec<(Family, String, u32)>,
}

impl Sink for Namer<'_> {
    fn feature(&mut self, family: Family, key: u64, _: Option<Span>, name: impl FnOnce() -> String) {
        let Ok(at) = self.own.binary_search_by_key(&key, |f| f.key) else { return };
        let is_first = !std::mem::replace(&mut self.is_named[at], true);
        if is_first && self.own[at].count >= self.settings.min_documents_of(family, self.n_rows) {
            self.names.push((family, name(), self.own[at].count));
        }
    }
    fn weighed(&mut self, family: Family, key: u64, span: Option<Span>, _: f32, name: impl FnOnce() -> String) {
        self.feature(family, key, span, name);
    }
}
