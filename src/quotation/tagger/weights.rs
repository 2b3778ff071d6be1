//! Weights by feature hash, small enough to stay in the cache.

// Loops over the index of whole rows become whole registers; the iterators of `zip` were not inlined here.
#![allow(clippy::needless_range_loop)]

use crate::quotation::tagger::decode::{N_STATES, Row};

/// Largest quantised weight.
const TOP: f32 = 127.0;
/// Lanes of a slot: a weight for every state, then the four bytes of the hash.
const LANES: usize = 16;
/// A feature stands at most so many places behind its own: look-ups stay short for any file.
const MAX_RUN: usize = 32;

/// Sums of weights by state; the last lanes hold nothing of use, they make additions whole registers.
pub(crate) type Sum = [i16; LANES];

/// A feature: its weights and its hash, four features a cache line.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(16))]
struct Slot([u8; LANES]);

impl Slot {
    fn new(key: u32, weights: &[u8; N_STATES]) -> Self {
        let mut lanes = [0; LANES];
        lanes[..N_STATES].copy_from_slice(weights);
        lanes[N_STATES..].copy_from_slice(&key.to_le_bytes());
        Self(lanes)
    }

    #[inline]
    fn key(&self) -> u32 {
        u32::from_le_bytes([self.0[12], self.0[13], self.0[14], self.0[15]])
    }

    #[inline]
    fn add_to(&self, sum: &mut Sum) {
        for i in 0..LANES {
            sum[i] = sum[i].wrapping_add(i16::from(i8::from_le_bytes([self.0[i]])));
        }
    }
}

/// Bits that are set in a number below 128: not every processor counts them in one step.
const ONES: [u8; 128] = {
    let mut ones = [0; 128];
    let mut i = 1;
    while i < ones.len() {
        ones[i] = ones[i / 2] + i as u8 % 2;
        i += 1;
    }
    ones
};

/// Weights by feature hash, in order of the hashes without gaps.
///
/// The first bits of a hash name its place; a map of bits tells which places are taken, and how many are taken before.
/// A taken place is that of the feature, or of one before it that was pushed on. Nearly half of the features of a text
/// have no weight: the map answers for most of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Weights {
    /// The first one is no feature's and has no weights.
    slots: Vec<Slot>,
    /// For eight places each: a bit for each that is taken and, above, the number of the first slot of one of them.
    places: Vec<u32>,
    shift: u32,
    scale: Row,
}

impl Weights {
    /// Rounds weights, which ascend by hash, to 8 bits, with one scale a state.
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

    /// A table of rounded weights, which ascend by hash; hash 0 is no feature.
    pub(crate) fn from_quantised(features: &[(u32, [i8; N_STATES])], scale: Row) -> Self {
        let (keys, rows): (Vec<_>, Vec<_>) = features.iter().map(|f| (f.0, f.1.map(|w| w.to_le_bytes()[0]))).unzip();
        Self::from_rows(&keys, &rows, scale)
    }

    /// As [`Weights::from_quantised`], of hashes and the bytes of their weights. What would stand too far from its place is
    /// left out (none of 125,000 hashes; it needs a file made for it).
    pub(crate) fn from_rows(keys: &[u32], rows: &[[u8; N_STATES]], scale: Row) -> Self {
        let bits = (keys.len() * 8).next_power_of_two().trailing_zeros().clamp(5, 28);
        let shift = 32 - bits;
        let mut slots = Vec::with_capacity(keys.len() + 1);
        slots.push(Slot::default());
        let mut places = vec![0_u32; ((1 << bits) + MAX_RUN).div_ceil(8)];
        let mut free = 0;
        for (&key, weights) in keys.iter().zip(rows).filter(|f| *f.0 != 0) {
            let home = (key >> shift) as usize;
            let place = home.max(free);
            if place - home < MAX_RUN {
                slots.push(Slot::new(key, weights));
                places[place / 8] |= 1 << (place % 8);
                free = place + 1;
            }
        }
        let mut first = 1;
        for here in &mut places {
            let n = here.count_ones();
            *here |= first << 8;
            first += n;
        }
        Self { slots, places, shift, scale }
    }

    /// What a weight of 1 stands for, by state.
    pub(crate) fn scale(&self) -> Row {
        self.scale
    }

    /// The features in order of their hashes.
    pub(crate) fn sorted(&self) -> Vec<(u32, [i8; N_STATES])> {
        let weights = |slot: &Slot| std::array::from_fn(|i| i8::from_le_bytes([slot.0[i]]));
        self.slots.iter().map(|s| (s.key(), weights(s))).filter(|f| f.0 != 0).collect()
    }

    /// The number of the slot of a feature, or 0.
    #[inline]
    pub(crate) fn find(&self, hash: u32) -> u32 {
        let at = self.place(hash);
        self.checked(hash, at, self.key(at))
    }

    /// The number of the slot that a feature has, if it has one and was not pushed on; 0: it has none.
    ///
    /// Nothing here depends on a guess: three features of five are there, in no order, and a branch would often be guessed
    /// wrongly.
    #[inline]
    pub(super) fn place(&self, hash: u32) -> u32 {
        let place = hash >> self.shift;
        let here = self.places.get(place as usize / 8).copied().unwrap_or(0);
        // The bit of the place becomes the uppermost of the lower byte, those of the places before it stand below.
        let bits = (here << (!place & 7)) as u8;
        let taken = (bits as i8 >> 7) as u32;
        ((here >> 8) + u32::from(ONES[bits as usize & 127])) & taken
    }

    /// The hash in slot number `at`.
    #[inline]
    pub(super) fn key(&self, at: u32) -> u32 {
        self.slots.get(at as usize).map_or(0, Slot::key)
    }

    /// The number of the slot of a feature, or 0, by its [place](Self::place) and the hash that stands there.
    #[inline]
    fn checked(&self, hash: u32, at: u32, key: u32) -> u32 {
        if key.wrapping_sub(1) < hash.wrapping_sub(1) {
            // Seldom: the place is taken by a feature that was pushed on, or that stands before this one.
            return self.pushed(hash, at as usize);
        }
        at & u32::from(key == hash).wrapping_neg()
    }

    /// The number of the slot of a feature behind `at`, or 0.
    #[cold]
    #[inline(never)]
    fn pushed(&self, hash: u32, at: usize) -> u32 {
        let behind = (at + 1..self.slots.len()).take(MAX_RUN - 1).find(|&i| self.slots[i].key() >= hash);
        behind.filter(|&i| self.slots[i].key() == hash).map_or(0, |i| i as u32)
    }

    /// Sum of the weights of these features.
    pub(crate) fn sum(&self, hashes: &[u32]) -> Sum {
        let mut sum = Sum::default();
        self.add(&mut sum, hashes);
        sum
    }

    /// Sum of sums that are known and of features whose number is known (see [`Weights::find`]). Not inlined, see
    /// [`Weights::add`].
    #[inline(never)]
    pub(crate) fn sum_of<const N: usize, const M: usize>(&self, known: &[&Sum; N], numbers: &[u32; M]) -> Sum {
        let mut sum = Sum::default();
        known.iter().for_each(|k| add(&mut sum, k));
        for slot in numbers.iter().filter_map(|&i| self.slots.get(i as usize)) {
            slot.add_to(&mut sum);
        }
        sum
    }

    /// Not inlined: where the compiler sees the sum made, it keeps its numbers one by one, not in whole registers.
    #[inline(never)]
    fn add(&self, sum: &mut Sum, hashes: &[u32]) {
        for &hash in hashes {
            if let Some(slot) = self.slots.get(self.find(hash) as usize) {
                slot.add_to(sum);
            }
        }
    }

    /// As [`Weights::add`], of features whose places and what stands there are known.
    #[inline(never)]
    pub(super) fn add_found(&self, sum: &mut Sum, hashes: &[u32], places: &[u32], keys: &[u32]) {
        for ((&hash, &at), &key) in hashes.iter().zip(places).zip(keys) {
            if let Some(slot) = self.slots.get(self.checked(hash, at, key) as usize) {
                slot.add_to(sum);
            }
        }
    }

    /// The score of every state for a sum of weights.
    #[inline]
    pub(crate) fn scores(&self, sum: &Sum) -> Row {
        let mut out = self.scale;
        for i in 0..N_STATES {
            out[i] *= f32::from(sum[i]);
        }
        out
    }
}

/// Adds one sum to another.
#[inline]
pub(crate) fn add(sum: &mut Sum, other: &Sum) {
    for i in 0..LANES {
        sum[i] = sum[i].wrapping_add(other[i]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quotation::tagger::batch::Batch;

    #[test]
    fn rounded_weights_are_near() {
        let mut weights: Vec<(u32, Row)> = (1..500_u32)
            .map(|i| (i.wrapping_mul(2_654_435_761), std::array::from_fn(|s| ((i as usize + s) % 17) as f32 - 8.0)))
            .collect();
        weights.sort_unstable_by_key(|w| w.0);
        let table = Weights::new(&weights);
        let score = |table: &Weights, hashes: &[u32]| table.scores(&table.sum(hashes));
        for (hash, row) in &weights {
            let found = score(&table, &[*hash]);
            assert!(found.iter().zip(row).all(|(a, b)| (a - b).abs() < 0.04), "{found:?} {row:?}");
            assert_eq!(score(&table, &[hash + 1, hash - 1]), [0.0; N_STATES]);
        }
        assert_eq!(score(&table, &[u32::MAX, 0, 77]), [0.0; N_STATES]);
        assert_eq!(score(&Weights::default(), &[77]), [0.0; N_STATES]);
        let again = Weights::from_quantised(&table.sorted(), table.scale());
        assert_eq!(score(&again, &[weights[3].0, weights[9].0]), score(&table, &[weights[3].0, weights[9].0]));
    }

    #[test]
    fn known_sums_and_features_are_added() {
        // Crowded, so that many are pushed from their places.
        let features: Vec<(u32, [i8; N_STATES])> =
            (1..=4000_u32).map(|i| (i * i * 60 + 7, std::array::from_fn(|s| (i as usize * (s + 3)) as i8))).collect();
        let table = Weights::from_quantised(&features, [0.5; N_STATES]);
        let kept = table.sorted();
        let mut batch = Batch::default();
        for t in 0..300_u32 {
            let hashes: Vec<u32> = (0..t % 30).map(|i| (t * 13 + i) * (t * 13 + i) * 60 + 7 - i % 2).collect();
            hashes.iter().for_each(|&h| batch.put(h));
            batch.end(table.sum_of(&[&[2; LANES], &[3; LANES]], &[table.find(7), table.find(67)]));
            let mut row = Row::default();
            batch.finish(&table, |sum| row = table.scores(sum));
            let weight = |hash: &u32, s: usize| kept.iter().find(|f| f.0 == *hash).map_or(0, |f| i16::from(f.1[s]));
            let expected: Row = std::array::from_fn(|s| {
                f32::from(5 + weight(&67, s) + hashes.iter().map(|h| weight(h, s)).sum::<i16>()) / 2.0
            });
            assert_eq!(row, expected);
        }
    }

    #[test]
    fn crowded_hashes_are_found_up_to_a_bound() {
        let features: Vec<(u32, [i8; N_STATES])> = (1..=100).map(|i| (i, [i as i8; N_STATES])).collect();
        let table = Weights::from_quantised(&features, [1.0; N_STATES]);
        for i in 1..=200 {
            let expected = if i <= MAX_RUN as u32 { i as i16 } else { 0 };
            assert_eq!(table.sum(&[i])[0], expected, "{i}");
        }
        assert_eq!(table.sorted().len(), MAX_RUN);
    }
}
