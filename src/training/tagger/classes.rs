//! Classes of words learnt from plain text: words with the same neighbours share a class.
//!
//! Each frequent word is a vector of how often each of the most frequent words stands before and behind it (positive
//! pointwise mutual information, damped), cut to its principal directions, grouped by spherical k-means. What results is near
//! to parts of speech. Nothing is random; sums are made in a fixed order.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::error::{Error, Result};
use crate::quotation::tagger::hash::word;
use crate::text::{TokenKind, fold_word, tokens_into};

/// Words that serve as neighbours.
const N_NEIGHBOURS: usize = 600;
/// Principal directions kept.
const N_DIRECTIONS: usize = 64;
/// Rounds of finding directions, and of grouping.
const N_ROUNDS: usize = 8;
const N_GROUPINGS: usize = 25;

/// Classes of words, learnt from plain text by [`WordClasses::learn`]; no classes by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WordClasses {
    /// Hash of a word, its coarse class and its fine class, ascending; classes count from 1.
    pub(crate) words: Vec<(u32, u8, u8)>,
}

impl WordClasses {
    /// Classes of the `n_words` most frequent words of `texts`: at most 255 coarse and 255 fine ones. Some minutes for
    /// 10 million words.
    pub fn learn<'t>(texts: impl Iterator<Item = &'t str>, n_words: usize, n_coarse: usize, n_fine: usize) -> Self {
        let mut neighbours = Neighbours::default();
        texts.for_each(|t| neighbours.add(t));
        let mut words = neighbours.classes(n_words, n_coarse, n_fine);
        words.sort_unstable();
        Self { words }
    }

    /// Six bytes a word: hash (little-endian), coarse and fine class.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.words.iter().flat_map(|w| w.0.to_le_bytes().into_iter().chain([w.1, w.2])).collect()
    }

    /// The classes in bytes of [`WordClasses::to_bytes`].
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Data`] if the bytes are no such list.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let words: Vec<_> =
            bytes.chunks_exact(6).map(|b| (u32::from_le_bytes([b[0], b[1], b[2], b[3]]), b[4], b[5])).collect();
        if !bytes.len().is_multiple_of(6) || words.windows(2).any(|w| w[0].0 >= w[1].0) {
            return Err(Error::data("no list of word classes"));
        }
        Ok(Self { words })
    }

    /// Coarse and fine class of a word hash, 0 where it has none.
    pub(crate) fn of(&self, hash: u32) -> (u8, u8) {
        self.words.binary_search_by_key(&hash, |w| w.0).map_or((0, 0), |i| (self.words[i].1, self.words[i].2))
    }
}

/// Counts of words and of their neighbours in plain texts.
#[derive(Debug, Default)]
struct Neighbours {
    /// All texts as word hashes; 0 between paragraphs.
    stream: Vec<u32>,
    counts: HashMap<u32, u32, FixedState>,
}

impl Neighbours {
    /// Counts one text.
    fn add(&mut self, text: &str) {
        let mut tokens = Vec::new();
        let mut folded = String::new();
        for line in text.lines() {
            tokens.clear();
            tokens_into(line, 0, &mut tokens);
            for token in &tokens {
                let surface = token.span.of(line);
                let hash = if token.kind == TokenKind::Number {
                    word(b"0")
                } else if matches!(surface, "\"" | "“" | "”" | "''" | "``") {
                    word(b"\"")
                } else {
                    fold_word(surface, &mut folded);
                    word(folded.as_bytes())
                };
                *self.counts.entry(hash).or_default() += 1;
                self.stream.push(hash);
            }
            self.stream.push(0);
        }
    }

    /// Classes of the `n_words` most frequent words.
    fn classes(&self, n_words: usize, n_coarse: usize, n_fine: usize) -> Vec<(u32, u8, u8)> {
        let mut words: Vec<(u32, u32)> = self.counts.iter().map(|(&h, &n)| (h, n)).filter(|w| w.1 >= 5).collect();
        words.sort_unstable_by_key(|&(hash, n)| (std::cmp::Reverse(n), hash));
        words.truncate(n_words);
        let number: HashMap<u32, u32, FixedState> = words.iter().zip(0..).map(|(w, i)| (w.0, i)).collect();
        let vectors = self.vectors(&words, &number);
        let points = directions(&vectors);
        let fine = group(&points, n_fine.min(255));
        let coarse = group(&points, n_coarse.min(255));
        words.iter().zip(coarse.iter().zip(&fine)).map(|(w, (&c, &f))| (w.0, c + 1, f + 1)).collect()
    }

    fn vectors(&self, words: &[(u32, u32)], number: &HashMap<u32, u32, FixedState>) -> Vec<Vec<f32>> {
        let width = 2 * (N_NEIGHBOURS + 1);
        let mut vectors = vec![vec![0.0_f32; width]; words.len()];
        let ids: Vec<u32> = self
            .stream
            .iter()
            .map(|h| if *h == 0 { u32::MAX } else { number.get(h).copied().unwrap_or(u32::MAX - 1) })
            .collect();
        for pair in ids.windows(2) {
            let (a, b) = (pair[0] as usize, pair[1] as usize);
            // Neighbour 0 is the edge of a paragraph.
            let column = |x: usize| match x {
                x if x == u32::MAX as usize => Some(0),
                x if x < N_NEIGHBOURS => Some(x + 1),
                _ => None,
            };
            if let (Some(v), Some(c)) = (vectors.get_mut(a), column(b)) {
                v[N_NEIGHBOURS + 1 + c] += 1.0;
            }
            if let (Some(v), Some(c)) = (vectors.get_mut(b), column(a)) {
                v[c] += 1.0;
            }
        }
        let mut columns = vec![0.0_f64; width];
        for v in &vectors {
            columns.iter_mut().zip(v).for_each(|(c, x)| *c += f64::from(*x));
        }
        let all: f64 = columns.iter().sum::<f64>().max(1.0);
        for v in &mut vectors {
            let row: f64 = v.iter().map(|x| f64::from(*x)).sum::<f64>().max(1.0);
            for (x, c) in v.iter_mut().zip(&columns) {
                if *x > 0.0 {
                    let expected = row * c / all;
                    // Small counts say little: damped as if one more had been expected.
                    *x = (f64::from(*x) / (expected + 1.0)).ln().max(0.0) as f32;
                }
            }
        }
        vectors
    }
}

/// The vectors along their principal directions (orthogonal iteration), scaled to length 1.
fn directions(vectors: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let width = vectors.first().map_or(0, Vec::len);
    let k = N_DIRECTIONS.min(width);
    let mut state = 1_u64;
    let mut basis: Vec<Vec<f32>> = (0..k)
        .map(|_| {
            (0..width)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (state >> 40) as f32 / (1 << 24) as f32 - 0.5
                })
                .collect()
        })
        .collect();
    orthogonal(&mut basis);
    for _ in 0..N_ROUNDS {
        let mut next = vec![vec![0.0_f32; width]; k];
        for v in vectors {
            for (b, n) in basis.iter().zip(&mut next) {
                let p = dot(v, b);
                if p != 0.0 {
                    n.iter_mut().zip(v).for_each(|(x, y)| *x += p * y);
                }
            }
        }
        basis = next;
        orthogonal(&mut basis);
    }
    vectors.iter().map(|v| unit(basis.iter().map(|b| dot(v, b)).collect())).collect()
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 16];
    for (x, y) in a.chunks_exact(16).zip(b.chunks_exact(16)) {
        for i in 0..16 {
            sums[i] += x[i] * y[i];
        }
    }
    let rest = a.len() / 16 * 16;
    sums.iter().sum::<f32>() + a[rest..].iter().zip(&b[rest..]).map(|(x, y)| x * y).sum::<f32>()
}

fn unit(mut v: Vec<f32>) -> Vec<f32> {
    let length = dot(&v, &v).sqrt().max(1e-12);
    v.iter_mut().for_each(|x| *x /= length);
    v
}

fn orthogonal(basis: &mut [Vec<f32>]) {
    for i in 0..basis.len() {
        let (done, rest) = basis.split_at_mut(i);
        let v = &mut rest[0];
        for b in done.iter() {
            let p = dot(v, b);
            v.iter_mut().zip(b).for_each(|(x, y)| *x -= p * y);
        }
        *v = unit(std::mem::take(v));
    }
}

/// Spherical k-means; begins with evenly spaced words, which are sorted by frequency.
fn group(points: &[Vec<f32>], k: usize) -> Vec<u8> {
    let k = k.min(points.len()).max(1);
    // The most frequent words are the most different: every second seed is one of them.
    let mut centres: Vec<Vec<f32>> = (0..k)
        .filter_map(|c| {
            points.get(if c % 2 == 0 { c / 2 } else { (c * points.len() / k / 4).max(k) % points.len() }).cloned()
        })
        .collect();
    let mut groups = vec![0_u8; points.len()];
    for _ in 0..N_GROUPINGS {
        for (point, g) in points.iter().zip(&mut groups) {
            let mut best = (f32::MIN, 0);
            for (c, centre) in centres.iter().enumerate() {
                let p = dot(point, centre);
                if p > best.0 {
                    best = (p, c);
                }
            }
            *g = best.1 as u8;
        }
        for c in &mut centres {
            c.iter_mut().for_each(|x| *x *= 1e-3);
        }
        for (point, &g) in points.iter().zip(&groups) {
            centres[g as usize].iter_mut().zip(point).for_each(|(x, y)| *x += y);
        }
        centres = centres.into_iter().map(unit).collect();
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_the_same_places_share_a_class() {
        let mut neighbours = Neighbours::default();
        for name in ["smith", "jones", "brown"] {
            for verb in ["said", "added", "noted"] {
                for place in ["paris", "london", "rome"] {
                    neighbours.add(&format!("mr {name} {verb} that the city of {place} was far\n").repeat(8));
                }
            }
        }
        let classes = neighbours.classes(100, 6, 8);
        let fine = |w: &str| classes.iter().find(|c| c.0 == word(w.as_bytes())).unwrap().2;
        assert_eq!(fine("paris"), fine("rome"));
        assert_eq!(fine("smith"), fine("jones"));
        assert_eq!(fine("said"), fine("noted"));
        assert_ne!(fine("said"), fine("paris"));
    }
}
