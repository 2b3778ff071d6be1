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

/// Features of tokens that are looked up together, and the sums of their weights.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    hashes: Vec<u32>,
    /// Where the hashes of each token end.
    ends: Vec<u32>,
    /// A sum a token: what it is before the weights are added, and then what it is with them.
    sums: Vec<Sum>,
    /// Features whose place is taken: hash and slot; and where those of each token end.
    taken: Vec<(u32, u32)>,
    taken_ends: Vec<u32>,
    /// Slots of features that are there.
    found: Vec<u32>,
    found_ends: Vec<u32>,
    /// Features whose place is taken by a smaller hash: token, hash and slot.
    pushed: Vec<(u32, u32, u32)>,
}

impl Batch {
    /// Begins with no token.
    pub(crate) fn clear(&mut self) {
        self.hashes.clear();
        self.ends.clear();
        self.sums.clear();
    }

    /// Adds a token: the sum of what is known of it, and the features that are still to be looked up.
    #[inline]
    pub(crate) fn push(&mut self, sum: Sum, hashes: &[u32]) {
        self.hashes.extend_from_slice(hashes);
        self.ends.push(self.hashes.len() as u32);
        self.sums.push(sum);
    }

    /// Features that are to be looked up.
    pub(crate) fn len(&self) -> usize {
        self.hashes.len()
    }
}

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

/// 32 places: which are taken, and the number of the first slot that belongs to one of them.
#[derive(Debug, Clone, Copy, Default)]
struct Places {
    taken: u32,
    first: u32,
}

/// Weights by feature hash, in order of the hashes without gaps.
///
/// The first bits of a hash name its place; a map of bits tells which places are taken, and how many are taken before.
/// A taken place is that of the feature, or of one before it that was pushed on. Most features of a text have no weight:
/// the map (an eighth of the slots) answers for them alone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Weights {
    slots: Vec<Slot>,
    places: Vec<Places>,
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
        let mut places = vec![Places::default(); ((1 << bits) + MAX_RUN).div_ceil(32) + 1];
        let mut free = 0;
        for (&key, weights) in keys.iter().zip(rows).filter(|f| *f.0 != 0) {
            let home = (key >> shift) as usize;
            let place = home.max(free);
            if place - home < MAX_RUN {
                slots.push(Slot::new(key, weights));
                places[place / 32].taken |= 1 << (place % 32);
                free = place + 1;
            }
        }
        let mut first = 0;
        for p in &mut places {
            p.first = first;
            first += p.taken.count_ones();
        }
        // What is looked up in vain may name the slot behind the last.
        slots.push(Slot::default());
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

    /// The slot of a feature.
    fn find(&self, hash: u32) -> Option<&Slot> {
        let place = (hash >> self.shift) as usize;
        let here = self.places.get(place / 32).filter(|p| p.taken >> (place % 32) & 1 == 1)?;
        let before = here.taken & ((1 << (place % 32)) - 1);
        self.pushed(hash, here.first + before.count_ones())
    }

    /// The slot of a feature at `at` or behind.
    fn pushed(&self, hash: u32, at: u32) -> Option<&Slot> {
        let behind = self.slots.iter().skip(at as usize).take(MAX_RUN);
        behind.take_while(|s| s.key() <= hash && s.key() != 0).find(|s| s.key() == hash)
    }

    /// Sum of the weights of these features.
    pub(crate) fn sum(&self, hashes: &[u32]) -> Sum {
        let mut sum = Sum::default();
        hashes.iter().filter_map(|&hash| self.find(hash)).for_each(|slot| slot.add_to(&mut sum));
        sum
    }

    /// Adds to the sum of each token the weights of its features, and appends the scores of its states to `out`.
    ///
    /// Three loops over all tokens: the map leaves out what has no weight; the hashes of the slots are read; their weights
    /// are added. No look-up waits for another, and there is no branch to guess wrongly: the processor fetches many cache
    /// lines at once. One feature after another ([`Weights::sum`]) took twice as long (`cargo bench --bench stages`).
    pub(crate) fn scores_of(&self, batch: &mut Batch, out: &mut Vec<Row>) {
        let (Some(last_place), Some(last_slot)) = (self.places.len().checked_sub(1), self.slots.len().checked_sub(1))
        else {
            out.extend(batch.sums.iter().map(|s| self.scores(s)));
            return;
        };
        let Batch { hashes, ends, sums, taken, taken_ends, found, found_ends, pushed } = batch;
        taken.resize(hashes.len(), (0, 0));
        taken_ends.clear();
        let (mut start, mut n) = (0, 0);
        for &end in ends.iter() {
            for &hash in &hashes[start..end as usize] {
                let place = (hash >> self.shift) as usize;
                let here = self.places[(place / 32).min(last_place)];
                let before = here.taken & ((1 << (place % 32)) - 1);
                taken[n] = (hash, here.first + before.count_ones());
                n += (here.taken >> (place % 32) & 1) as usize;
            }
            start = end as usize;
            taken_ends.push(n as u32);
        }
        found.resize(n, 0);
        pushed.resize(n, (0, 0, 0));
        found_ends.clear();
        let (mut start, mut n_found, mut n_pushed) = (0, 0, 0);
        for (token, &end) in taken_ends.iter().enumerate() {
            for &(hash, at) in &taken[start..end as usize] {
                let key = self.slots[(at as usize).min(last_slot)].key();
                found[n_found] = at;
                n_found += usize::from(key == hash);
                pushed[n_pushed] = (token as u32, hash, at);
                n_pushed += usize::from(key < hash);
            }
            start = end as usize;
            found_ends.push(n_found as u32);
        }
        // Seldom: the place is taken by a feature that was pushed on, or that stands before this one.
        for &(token, hash, at) in &pushed[..n_pushed] {
            if let Some(slot) = self.pushed(hash, at) {
                slot.add_to(&mut sums[token as usize]);
            }
        }
        let mut start = 0;
        for (&end, sum) in found_ends.iter().zip(sums) {
            let mut sum = *sum;
            for &at in &found[start..end as usize] {
                self.slots[(at as usize).min(last_slot)].add_to(&mut sum);
            }
            start = end as usize;
            out.push(self.scores(&sum));
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

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_batch_gives_what_each_token_gives_alone() {
        // Crowded, so that many are pushed from their places.
        let features: Vec<(u32, [i8; N_STATES])> =
            (1..=4000_u32).map(|i| (i * i * 60 + 7, std::array::from_fn(|s| (i as usize * (s + 3)) as i8))).collect();
        let table = Weights::from_quantised(&features, [0.5; N_STATES]);
        let mut batch = Batch::default();
        for _ in 0..2 {
            let tokens: Vec<Vec<u32>> = (0..300_u32)
                .map(|t| (0..t % 30).map(|i| (t * 13 + i) * (t * 13 + i) * 60 + 7 - i % 2).collect())
                .collect();
            batch.clear();
            tokens.iter().for_each(|hashes| batch.push([2; LANES], hashes));
            let mut out = Vec::new();
            table.scores_of(&mut batch, &mut out);
            for (hashes, row) in tokens.iter().zip(&out) {
                let mut sum = table.sum(hashes);
                sum.iter_mut().for_each(|s| *s = s.wrapping_add(2));
                assert_eq!(*row, table.scores(&sum));
            }
            assert_eq!(out.len(), 300);
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
