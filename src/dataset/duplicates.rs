//! Near-duplicate texts: wire copy that would stand on both sides of a split.

use std::collections::HashMap;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;

/// Longest list of earlier rows under one shingle that a row is compared with. Keeps files made from one template in
/// linear time; the rows of such a list are mostly in one set already.
const MAX_CANDIDATES: usize = 500;
/// Ranks of shingles of two rows and more begin here.
const REPEATED: u64 = 1 << 63;
/// Words of a shingle.
const SHINGLE: usize = 3;
/// Least Jaccard similarity of near duplicates, as a fraction: a word put into a text of 12, or replaced in one of 14, leaves as much.
/// With 4/5 (25 and 29 words) copies of usual quotations with a word more stood on both sides of a split, and random labels
/// reached 87 points of macro F1.
const SIMILAR: (usize, usize) = (3, 5);

/// Sets of rows that can not be told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicates {
    /// For each row the number of its set: the first row of that set.
    pub set_of: Vec<usize>,
    /// Rows that have at least one near duplicate.
    pub n_rows: usize,
    /// Sets of two rows and more.
    pub n_sets: usize,
}

/// Finds the texts that are the same but for case, punctuation and a few words.
///
/// Two texts belong together if their lower-case alphanumeric words are the same, or if the Jaccard similarity of
/// their sets of word 3-shingles is at least 0.6; belonging is passed on (a to b, b to c). Texts without a letter or
/// digit belong to no other. Pairs are found exactly, by prefix filtering over shingles from rare to frequent, but for
/// shingles of more than 500 rows, where the last 500 are compared. Time: about linear in the number of words.
/// Reference: Bayardo, Ma and Srikant 2007, "Scaling up all pairs similarity search".
pub fn near_duplicates<S: AsRef<str>>(texts: &[S]) -> Duplicates {
    let mut sets = UnionFind::new(texts.len());
    let mut first_with: HashMap<String, usize> = HashMap::new();
    let mut distinct = Vec::new();
    for (row, text) in texts.iter().enumerate() {
        let words = normalized(text.as_ref());
        if words.is_empty() {
            continue;
        }
        let found = shingles(&words);
        let first = *first_with.entry(words).or_insert(row);
        if first == row {
            distinct.push((row, found));
        } else {
            sets.union(first, row);
        }
    }
    drop(first_with);
    rank_by_frequency(&mut distinct);
    join_similar(&distinct, &mut sets);

    let set_of: Vec<usize> = (0..texts.len()).map(|row| sets.find(row)).collect();
    let mut sizes = vec![0usize; texts.len()];
    for &set in &set_of {
        sizes[set] += 1;
    }
    let n_sets = sizes.iter().filter(|&&size| size > 1).count();
    let n_rows = sizes.iter().filter(|&&size| size > 1).sum();
    Duplicates { set_of, n_rows, n_sets }
}

/// The words of a text in lower case, without what is neither letter nor digit, parted by blanks.
pub(super) fn normalized(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        let start = out.len();
        if word.is_ascii() {
            out.push_str(word);
            out[start..].make_ascii_lowercase();
        } else {
            out.push_str(&word.to_lowercase());
        }
    }
    out
}

/// Hashes of the distinct word 3-shingles; of a shorter text none, as it can only match exactly.
fn shingles(words: &str) -> Vec<u64> {
    let hasher = FixedState::with_seed(0);
    let words: Vec<&str> = words.split(' ').collect();
    let mut hashes: Vec<u64> = words.windows(SHINGLE).map(|window| hasher.hash_one(window)).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// Replaces hashes by ranks, from the rarest shingle to the most frequent, ascending within each row. Those of a single
/// row keep their hash, below [`REPEATED`]: they are most of all, and match nothing.
fn rank_by_frequency(rows: &mut [(usize, Vec<u64>)]) {
    let mut all: Vec<u64> = rows.iter().flat_map(|(_, hashes)| hashes.iter().copied()).collect();
    all.sort_unstable();
    let runs = all.chunk_by(|a, b| a == b).filter(|run| run.len() > 1);
    let mut repeated: Vec<(usize, u64)> = runs.map(|run| (run.len(), run[0])).collect();
    drop(all);
    repeated.sort_unstable();
    let mut rank_of: HashMap<u64, u64, FixedState> = HashMap::with_hasher(FixedState::with_seed(0));
    rank_of.extend(repeated.iter().enumerate().map(|(rank, (_, hash))| (*hash, REPEATED | rank as u64)));
    for (_, hashes) in rows {
        for hash in hashes.iter_mut() {
            *hash = rank_of.get(hash).copied().unwrap_or(*hash & !REPEATED);
        }
        hashes.sort_unstable();
    }
}

/// Unites all pairs of rows with Jaccard similarity of at least [`SIMILAR`].
fn join_similar(rows: &[(usize, Vec<u64>)], sets: &mut UnionFind) {
    let (part, whole) = SIMILAR;
    let mut rows_with: HashMap<u64, Vec<usize>, FixedState> = HashMap::with_hasher(FixedState::with_seed(0));
    for (i, (row, ranks)) in rows.iter().enumerate() {
        // Two similar sets share a shingle among the first |x| - ceil(SIMILAR |x|) + 1 of each.
        let prefix = if ranks.is_empty() { 0 } else { ranks.len() - (part * ranks.len()).div_ceil(whole) + 1 };
        for rank in ranks[..prefix].iter().filter(|rank| **rank >= REPEATED) {
            let earlier = rows_with.entry(*rank).or_default();
            for &j in &earlier[earlier.len().saturating_sub(MAX_CANDIDATES)..] {
                let (other_row, other) = &rows[j];
                let (short, long) = (ranks.len().min(other.len()), ranks.len().max(other.len()));
                if whole * short >= part * long && sets.find(*row) != sets.find(*other_row) && similar(ranks, other) {
                    sets.union(*row, *other_row);
                }
            }
            earlier.push(i);
        }
    }
}

fn similar(a: &[u64], b: &[u64]) -> bool {
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => (i, j, shared) = (i + 1, j + 1, shared + 1),
        }
    }
    SIMILAR.1 * shared >= SIMILAR.0 * (a.len() + b.len() - shared)
}

/// Sets that grow together; each is known by its smallest member.
#[derive(Debug, Clone)]
pub(super) struct UnionFind {
    parent: Vec<usize>,
}

impl UnionFind {
    /// `n` sets of one member.
    pub(super) fn new(n: usize) -> Self {
        Self { parent: (0..n).collect() }
    }

    /// The smallest member of the set of `member`.
    pub(super) fn find(&mut self, mut member: usize) -> usize {
        while self.parent[member] != member {
            self.parent[member] = self.parent[self.parent[member]];
            member = self.parent[member];
        }
        member
    }

    /// Makes one set of the two.
    pub(super) fn union(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        self.parent[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::random::Random;

    #[test]
    fn case_punctuation_and_a_few_words_do_not_matter() {
        let long = "we call on all sides to show restraint and to return to the table of talks without any conditions \
                    because nobody wants another war on the peninsula";
        let texts = [
            "We will respond in kind.".to_owned(),
            long.to_owned(),
            "\"WE will respond -- in kind\"".to_owned(),
            format!("{long} today"),
            "we will never respond in kind".to_owned(),
            "they indeed will answer every step of ours with a step of theirs".to_owned(),
            "they will answer every step of ours with a step of theirs".to_owned(),
            "...".to_owned(),
            "!".to_owned(),
            "Yes".to_owned(),
        ];
        let found = near_duplicates(&texts);
        assert_eq!(found.set_of, [0, 1, 0, 1, 4, 5, 5, 7, 8, 9]);
        assert_eq!((found.n_rows, found.n_sets), (6, 3));
    }

    #[test]
    fn same_pairs_as_by_comparing_all() {
        let mut random = Random::new(1);
        let mut texts: Vec<String> = Vec::new();
        for i in 0..300 {
            let mut words: Vec<String> = if i % 3 == 0 || texts.is_empty() {
                (0..10 + random.below(30)).map(|_| format!("w{}", random.below(40))).collect()
            } else {
                texts[random.below(texts.len())].split(' ').map(str::to_owned).collect()
            };
            let at = random.below(words.len());
            words[at] = format!("w{}", random.below(40));
            texts.push(words.join(" "));
        }
        let found = near_duplicates(&texts);
        let all: Vec<_> = texts.iter().map(|t| shingles(&normalized(t))).collect();
        let mut sets = UnionFind::new(texts.len());
        for i in 0..all.len() {
            for j in 0..i {
                if similar(&all[i], &all[j]) {
                    sets.union(i, j);
                }
            }
        }
        assert_eq!(found.set_of, (0..texts.len()).map(|i| sets.find(i)).collect::<Vec<_>>());
        assert!(found.n_sets > 10);
    }
}
