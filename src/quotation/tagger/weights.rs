//! Weights by feature hash, small enough to stay in the cache.

use crate::quotation::tagger::decode::{N_STATES, Row};
use crate::quotation::tagger::features::N_FEATURES;

/// Largest quantised weight.
const TOP: f32 = 127.0;

/// Features of one bucket.
const WIDTH: usize = 4;

/// Some features, one cache line: their hashes (0: none) and a weight for every state.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
struct Bucket {
    keys: [u32; WIDTH],
    weights: [[i8; N_STATES]; WIDTH],
}

/// Weights by feature hash: every feature stands in the bucket that its hash names, and nowhere else.
#[derive(Debug, Clone, Default)]
pub(crate) struct Weights {
    buckets: Vec<Bucket>,
    /// One bit for every value of the first [`FILTER_BITS`] bits of a hash: most features of a text have no weight, and
    /// this tells so without a walk to the buckets.
    filter: Vec<u64>,
    scale: Row,
}

const FILTER_BITS: u32 = 21;
const FILTER_WORDS: usize = 1 << (FILTER_BITS - 6);

impl Weights {
    /// Rounds weights to 8 bits, with one scale a state.
    pub(crate) fn new(weights: &[(u32, Row)]) -> Self {
        let mut scale = [0.0_f32; N_STATES];
        for (_, row) in weights {
            for (s, w) in scale.iter_mut().zip(row) {
                *s = s.max(w.abs());
            }
        }
        let scale = scale.map(|s| s.max(1e-9) / TOP);
        let features: Vec<(u32, [i8; N_STATES])> = weights
            .iter()
            .map(|(hash, row)| {
                let mut out = [0; N_STATES];
                for (o, (w, s)) in out.iter_mut().zip(row.iter().zip(&scale)) {
                    *o = (w / s).round().clamp(-TOP, TOP) as i8;
                }
                (*hash, out)
            })
            .filter(|f| f.1.iter().any(|&w| w != 0))
            .collect();
        Self::from_quantised(&fitting(features), scale)
    }

    /// A table of rounded weights; hash 0 is no feature. What finds its bucket full is left out, see [`fitting`].
    pub(crate) fn from_quantised(features: &[(u32, [i8; N_STATES])], scale: Row) -> Self {
        let mut buckets = vec![Bucket::default(); n_buckets(features.len())];
        let mut filter = vec![0_u64; FILTER_WORDS];
        let mask = buckets.len() - 1;
        for &(key, weights) in features.iter().filter(|f| f.0 != 0) {
            let bucket = &mut buckets[key as usize & mask];
            if let Some(free) = bucket.keys.iter().position(|&k| k == 0) {
                bucket.keys[free] = key;
                bucket.weights[free] = weights;
                let bit = key >> (32 - FILTER_BITS);
                filter[bit as usize / 64] |= 1 << (bit % 64);
            }
        }
        Self { buckets, filter, scale }
    }

    /// What a weight of 1 stands for, by state.
    pub(crate) fn scale(&self) -> Row {
        self.scale
    }

    /// The features in order of their hashes.
    pub(crate) fn sorted(&self) -> Vec<(u32, [i8; N_STATES])> {
        let pairs = self.buckets.iter().flat_map(|b| b.keys.into_iter().zip(b.weights));
        let mut all: Vec<_> = pairs.filter(|f| f.0 != 0).collect();
        all.sort_unstable_by_key(|f| f.0);
        all
    }

    /// Sum of the weights of these features for every state.
    ///
    /// Two steps without branches: the filter leaves out what has no weight, then the rest is looked up. A table of open
    /// addressing, with a branch a feature, took twice as long (`cargo bench --bench extractor`).
    #[inline]
    pub(crate) fn score(&self, hashes: &[u32; N_FEATURES]) -> Row {
        let Some(filter) = self.filter.first_chunk::<FILTER_WORDS>() else { return [0.0; N_STATES] };
        let mut kept = [0_u32; N_FEATURES];
        let mut n = 0;
        for &hash in hashes {
            let bit = hash >> (32 - FILTER_BITS);
            kept[n.min(N_FEATURES - 1)] = hash;
            n += (filter[bit as usize / 64] >> (bit % 64) & 1) as usize;
        }
        let mask = self.buckets.len().wrapping_sub(1);
        let mut sum = [0_i16; N_STATES];
        for &hash in &kept[..n] {
            let bucket = &self.buckets[hash as usize & mask];
            let (mut which, mut found) = (0, false);
            for (i, &key) in bucket.keys.iter().enumerate() {
                which |= if key == hash { i } else { 0 };
                found |= key == hash;
            }
            let keep = -i16::from(found);
            for (s, &x) in sum.iter_mut().zip(&bucket.weights[which % WIDTH]) {
                *s += i16::from(x) & keep;
            }
        }
        let mut out = self.scale;
        for (x, s) in out.iter_mut().zip(sum) {
            *x *= f32::from(s);
        }
        out
    }
}

/// Buckets for this many features: less than half full.
fn n_buckets(n_features: usize) -> usize {
    (n_features.div_ceil(WIDTH) * 2).next_power_of_two()
}

/// The features that fit their buckets, the strongest first in each; about 1 in 100 does not.
fn fitting(mut features: Vec<(u32, [i8; N_STATES])>) -> Vec<(u32, [i8; N_STATES])> {
    let strength = |row: &[i8; N_STATES]| row.iter().map(|w| u32::from(w.unsigned_abs())).max();
    let n = n_buckets(features.len());
    features.sort_by(|a, b| strength(&b.1).cmp(&strength(&a.1)).then(a.0.cmp(&b.0)));
    let mut fill = vec![0_u8; n];
    features.retain(|f| {
        let fill = &mut fill[f.0 as usize & (n - 1)];
        *fill += 1;
        usize::from(*fill) <= WIDTH
    });
    // The number of buckets follows from the number of features: fewer of them must not move the others.
    if n_buckets(features.len()) < n {
        return fitting(features);
    }
    features.sort_unstable_by_key(|f| f.0);
    features
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row_of(hashes: &[u32]) -> [u32; N_FEATURES] {
        std::array::from_fn(|i| hashes.get(i).copied().unwrap_or(0))
    }

    #[test]
    fn rounded_weights_are_near() {
        let weights: Vec<(u32, Row)> = (1..500_u32)
            .map(|i| (i.wrapping_mul(2_654_435_761), std::array::from_fn(|s| ((i as usize + s) % 17) as f32 - 8.0)))
            .collect();
        let table = Weights::new(&weights);
        for (hash, row) in &weights {
            let found = table.score(&row_of(&[*hash]));
            assert!(found.iter().zip(row).all(|(a, b)| (a - b).abs() < 0.04), "{found:?} {row:?}");
        }
        assert_eq!(table.score(&row_of(&[77])), [0.0; N_STATES]);
        assert_eq!(Weights::default().score(&row_of(&[77])), [0.0; N_STATES]);
        let again = Weights::from_quantised(&table.sorted(), table.scale());
        assert_eq!(
            again.score(&row_of(&[weights[3].0, weights[9].0])),
            table.score(&row_of(&[weights[3].0, weights[9].0]))
        );
    }
}
