//! Features of many sums, looked up together.

use crate::quotation::tagger::weights::{Sum, Weights};

/// Features that are looked up together, at most: those of two dozen tokens.
const BATCH: usize = 512;

/// Sums of which some features are still to be looked up.
///
/// First all places are read, then what stands there, then the weights are added, in loops so short that the processor waits
/// for dozens of cache lines at once; feature by feature a quarter of the chain's time went by waiting for hashes alone. More
/// instructions by a tenth, less time.
#[derive(Debug)]
pub(super) struct Batch {
    hashes: [u32; BATCH],
    places: [u32; BATCH],
    keys: [u32; BATCH],
    n: usize,
    /// What each sum begins with, and where its features end.
    sums: Vec<(Sum, usize)>,
}

impl Default for Batch {
    fn default() -> Self {
        Self { hashes: [0; BATCH], places: [0; BATCH], keys: [0; BATCH], n: 0, sums: Vec::new() }
    }
}

impl Batch {
    /// One more feature of the next sum.
    #[inline]
    pub(super) fn put(&mut self, hash: u32) {
        self.hashes[self.n % BATCH] = hash;
        self.n += 1;
    }

    /// A sum of `known` and the features that were put since the sum before.
    #[inline]
    pub(super) fn end(&mut self, known: Sum) {
        self.sums.push((known, self.n.min(BATCH)));
    }

    /// Whether there is room for so many features more.
    #[inline]
    pub(super) fn has_room(&self, n: usize) -> bool {
        self.n + n <= BATCH
    }

    /// Hands over all sums in order and forgets them.
    pub(super) fn finish(&mut self, weights: &Weights, mut each: impl FnMut(&Sum)) {
        let n = self.n.min(BATCH);
        for i in 0..n {
            self.places[i] = weights.place(self.hashes[i]);
        }
        for i in 0..n {
            self.keys[i] = weights.key(self.places[i]);
        }
        let mut start = 0;
        for (mut sum, end) in self.sums.drain(..) {
            weights.add_found(&mut sum, &self.hashes[start..end], &self.places[start..end], &self.keys[start..end]);
            each(&sum);
            start = end;
        }
        self.n = 0;
    }
}
