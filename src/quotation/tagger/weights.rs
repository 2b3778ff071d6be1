//! Weights by feature hash, small enough to stay in the cache.

use crate::quotation::tagger::decode::{N_STATES, Row};

/// Largest quantised weight.
const TOP: f32 = 127.0;

/// One feature: its hash and a weight for every state; four of them fill a cache line.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    key: u32,
    weights: [i8; N_STATES],
}

/// Weights by feature hash: open addressing, at most two thirds full.
#[derive(Debug, Clone, Default)]
pub(crate) struct Weights {
    slots: Vec<Slot>,
    /// One bit for every value of the first [`Weights::filter_bits`] bits of a hash: most features of a text have no weight, and this
    /// tells so without a walk to the slots.
    filter: Vec<u64>,
    scale: Row,
}

const FILTER_BITS: u32 = 21;

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
        Self::from_quantised(&features, scale)
    }

    /// A table of rounded weights; hash 0 is no feature.
    pub(crate) fn from_quantised(features: &[(u32, [i8; N_STATES])], scale: Row) -> Self {
        let mut slots = vec![Slot::default(); (features.len() * 3 / 2 + 1).next_power_of_two()];
        let mut filter = vec![0_u64; 1 << (FILTER_BITS - 6)];
        let mask = slots.len() - 1;
        for &(key, weights) in features.iter().filter(|f| f.0 != 0) {
            let mut at = key as usize & mask;
            while slots[at].key != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = Slot { key, weights };
            let bit = key >> (32 - FILTER_BITS);
            filter[bit as usize / 64] |= 1 << (bit % 64);
        }
        Self { slots, filter, scale }
    }

    /// What a weight of 1 stands for, by state.
    pub(crate) fn scale(&self) -> Row {
        self.scale
    }

    /// The features in order of their hashes.
    pub(crate) fn sorted(&self) -> Vec<(u32, [i8; N_STATES])> {
        let mut all: Vec<_> = self.slots.iter().filter(|s| s.key != 0).map(|s| (s.key, s.weights)).collect();
        all.sort_unstable_by_key(|f| f.0);
        all
    }

    /// Sum of the weights of these features for every state.
    pub(crate) fn score(&self, hashes: &[u32]) -> Row {
        let mask = self.slots.len().wrapping_sub(1);
        let mut sum = [0_i32; N_STATES];
        for &hash in hashes {
            let bit = hash >> (32 - FILTER_BITS);
            if self.filter.get(bit as usize / 64).is_none_or(|f| f >> (bit % 64) & 1 == 0) {
                continue;
            }
            let mut at = hash as usize & mask;
            loop {
                let slot = &self.slots[at];
                if slot.key == hash && hash != 0 {
                    for (s, &x) in sum.iter_mut().zip(&slot.weights) {
                        *s += i32::from(x);
                    }
                    break;
                }
                if slot.key == 0 {
                    break;
                }
                at = (at + 1) & mask;
            }
        }
        let mut out = self.scale;
        for (x, s) in out.iter_mut().zip(sum) {
            *x *= s as f32;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_weights_are_near() {
        let weights: Vec<(u32, Row)> = (1..500_u32)
            .map(|i| (i.wrapping_mul(2_654_435_761), std::array::from_fn(|s| ((i as usize + s) % 17) as f32 - 8.0)))
            .collect();
        let table = Weights::new(&weights);
        for (hash, row) in &weights {
            let found = table.score(&[0, *hash]);
            assert!(found.iter().zip(row).all(|(a, b)| (a - b).abs() < 0.04), "{found:?} {row:?}");
        }
        assert_eq!(table.score(&[77]), [0.0; N_STATES]);
        assert_eq!(Weights::default().score(&[77]), [0.0; N_STATES]);
        let again = Weights::from_quantised(&table.sorted(), table.scale());
        assert_eq!(again.score(&[weights[3].0, weights[9].0]), table.score(&[weights[3].0, weights[9].0]));
    }
}
