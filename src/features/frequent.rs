//! Which features occur often enough to become columns?
//!
//! Most n-grams occur once: a map of all of them is several times larger than the rows. So keys are first counted in a
//! sketch, where several may share a counter, and only those whose counter tells that they may be frequent are counted
//! exactly: in maps by their first bits, a batch of statements at a time. Names are made in the end.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};

use foldhash::fast::FixedState;
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::features::family::{Family, Sink};
use crate::features::settings::FeatureSettings;
use crate::features::spares::{Spare, Spares};
use crate::features::vectorizer::{Keys, Part, Vectorizer};
use crate::statement::Statement;
use crate::text::Span;

/// Maps that keys are dealt into.
const N_PARTS: usize = 64;
/// Statements that one thread reads at a time.
const CHUNK: usize = 256;
/// Statements whose keys are held at once.
const BATCH: usize = 16 * CHUNK;
/// Least and greatest logarithm of the number of counters, a byte each.
const SKETCH_BITS: [u32; 2] = [16, 26];
/// Counters stop here: far from 255, as threads may pass it together.
const MAX_COUNTED: u32 = 100;

/// A key that occurs often enough.
#[derive(Debug, Clone, Copy)]
struct Frequent {
    /// Number of the first statement that has it.
    first: u32,
    key: u64,
    /// Statements that have it.
    count: u32,
    /// What these count together, in parts of [`WHOLE`].
    weight: u64,
}

/// Family, name and number of statements of each feature that occurs often enough for its family, in no order that
/// means anything, but always in the same. `empty` is a vectorizer of the wanted settings without columns; `weights` says what
/// each statement counts (all 1 where absent): as many as a family asks for beyond [`FeatureSettings::min_documents`], else one.
///
/// # Errors
/// [`crate::error::ErrorKind::Data`] for more statements than a `u32` counts.
pub(super) fn frequent(
    empty: &Vectorizer,
    statements: &[&Statement],
    weights: Option<&[f64]>,
) -> Result<Vec<(Family, String, u32)>> {
    if u32::try_from(statements.len()).is_err() {
        return Err(Error::data("more statements than can be counted; split the file"));
    }
    let weights: Option<Vec<u64>> = weights.map(|weights| weights.iter().map(|&weight| parts_of(weight)).collect());
    let weights = weights.as_deref();
    let spares = &Spares::default();
    let mut found = counted(empty, statements, weights, &Sketch::of(empty, statements, spares), spares);
    found.par_sort_unstable_by_key(|f| (f.first, f.key));
    Ok(names(empty, statements, weights, &found, spares))
}

/// How often keys occur at most: counters that several keys may share.
struct Sketch {
    counters: Vec<AtomicU8>,
    enough: u8,
}

impl Sketch {
    fn of(empty: &Vectorizer, statements: &[&Statement], spares: &Spares) -> Self {
        let n_bytes: usize = statements.iter().map(|s| s.text.len()).sum();
        let [least, most] = SKETCH_BITS;
        let bits = n_bytes.max(1).ilog2().clamp(least, most);
        let enough = empty.settings().min_documents.clamp(1, MAX_COUNTED) as u8;
        let sketch = Self { counters: (0..1_usize << bits).map(|_| AtomicU8::new(0)).collect(), enough };
        let buffers = || (spares.take(empty), Keys(Vec::new()));
        statements.par_iter().for_each_init(buffers, |(spare, keys), statement| {
            empty.keys_into(statement, spare.workspace(), keys);
            keys.0.iter().for_each(|&key| sketch.count(key));
        });
        sketch
    }

    fn counter(&self, key: u64) -> &AtomicU8 {
        &self.counters[key as usize & (self.counters.len() - 1)]
    }

    /// The order in which threads count does not matter: a counter is full, or it is not.
    fn count(&self, key: u64) {
        let counter = self.counter(key);
        if counter.load(Ordering::Relaxed) < self.enough {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn may_be_frequent(&self, key: u64) -> bool {
        self.counter(key).load(Ordering::Relaxed) >= self.enough
    }
}

/// Parts of a statement that counts in full: whole numbers add up to the same in any order.
const WHOLE: u64 = 1 << 20;

/// A weight in parts of [`WHOLE`]; the cast saturates.
fn parts_of(weight: f64) -> u64 {
    (weight * WHOLE as f64).round() as u64
}

/// What is known of a key while statements are read.
struct Count {
    first: u32,
    last: u32,
    n: u32,
    weight: u64,
}

/// The frequent ones among all keys; `weights` in parts of [`WHOLE`].
fn counted(
    empty: &Vectorizer,
    statements: &[&Statement],
    weights: Option<&[u64]>,
    sketch: &Sketch,
    spares: &Spares,
) -> Vec<Frequent> {
    let mut maps: Vec<HashMap<u64, Count, FixedState>> = (0..N_PARTS).map(|_| HashMap::default()).collect();
    for (batch, statements) in statements.chunks(BATCH).enumerate() {
        let buffers = || (spares.take(empty), Keys(Vec::new()));
        let dealt = |(spare, keys): &mut (Spare<'_>, Keys), (chunk, statements): (usize, &[&Statement])| {
            let mut parts = vec![Vec::new(); N_PARTS];
            for (i, statement) in statements.iter().enumerate() {
                empty.keys_into(statement, spare.workspace(), keys);
                let number = (batch * BATCH + chunk * CHUNK + i) as u32;
                for &key in keys.0.iter().filter(|&&key| sketch.may_be_frequent(key)) {
                    parts[key as usize >> 58 & (N_PARTS - 1)].push((key, number));
                }
            }
            parts
        };
        let chunks: Vec<Vec<Vec<(u64, u32)>>> =
            statements.par_chunks(CHUNK).enumerate().map_init(buffers, dealt).collect();
        maps.par_iter_mut().enumerate().for_each(|(part, map)| {
            for &(key, number) in chunks.iter().flat_map(|parts| &parts[part]) {
                let weight = weights.and_then(|w| w.get(number as usize)).copied().unwrap_or(WHOLE);
                let count = map.entry(key).or_insert(Count { first: number, last: number, n: 1, weight });
                if count.last != number {
                    (count.last, count.n, count.weight) = (number, count.n + 1, count.weight.saturating_add(weight));
                }
            }
        });
    }
    let min_documents = empty.settings().min_documents;
    let of_map = |map: HashMap<u64, Count, FixedState>| -> Vec<Frequent> {
        let frequent = map.into_iter().filter(|(_, count)| count.n >= min_documents);
        frequent
            .map(|(key, count)| Frequent { first: count.first, key, count: count.n, weight: count.weight })
            .collect()
    };
    maps.into_iter().flat_map(of_map).collect()
}

/// Names of the keys, each made once, in the first statement that has it. `found` ascends; `weights` in parts of [`WHOLE`].
fn names(
    empty: &Vectorizer,
    statements: &[&Statement],
    weights: Option<&[u64]>,
    found: &[Frequent],
    spares: &Spares,
) -> Vec<(Family, String, u32)> {
    let sum = |weights: &[u64]| weights.iter().fold(0, |sum: u64, &weight| sum.saturating_add(weight));
    let n_rows = weights.map_or(statements.len(), |weights| sum(weights).div_ceil(WHOLE) as usize);
    let named: Vec<Vec<(Family, String, u32)>> = statements
        .par_chunks(CHUNK)
        .enumerate()
        .map(|(chunk, statements)| {
            let mut spare = spares.take(empty);
            let mut at = found.partition_point(|f| (f.first as usize) < chunk * CHUNK);
            let mut names = Vec::new();
            for (i, statement) in statements.iter().enumerate() {
                let own = found[at..].partition_point(|f| f.first as usize == chunk * CHUNK + i);
                if own > 0 {
                    let own = &found[at..at + own];
                    let (settings, is_named) = (empty.settings(), vec![false; own.len()]);
                    let mut namer = Namer { settings, n_rows, own, is_named, names: &mut names };
                    empty.emit(statement, Part::Whole, spare.workspace(), &mut namer);
                }
                at += own;
            }
            names
        })
        .collect();
    named.concat()
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
        let wanted = self.settings.min_documents_of(family, self.n_rows);
        // A weight was rounded by half a part at most. What stands in so few silver rows that they count less than one good row
        // is chance, or one quotation that was written down twice.
        let Frequent { count, weight, .. } = self.own[at];
        let least = if wanted > self.settings.min_documents { wanted } else { 1 };
        let is_frequent = weight + u64::from(count) >= u64::from(least) * WHOLE;
        if is_first && is_frequent {
            self.names.push((family, name(), self.own[at].count));
        }
    }
    fn weighed(&mut self, family: Family, key: u64, span: Option<Span>, _: f32, name: impl FnOnce() -> String) {
        self.feature(family, key, span, name);
    }
}
