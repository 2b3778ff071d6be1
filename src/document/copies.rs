//! Does this article repeat an earlier one? Wire copy stands in many papers, with another headline and some words changed.
//!
//! Crates were looked at (gaoya 0.2: 59 packages, one of them a beta, and an index without a bound); what is needed are 150
//! lines over a fixed amount of memory, so they stand here. References: Broder 1997, "On the resemblance and containment of
//! documents"; Li, Owen and Zhang 2012, "One permutation hashing"; Shrivastava and Li 2014, "Densifying one permutation
//! hashing via rotation".

use std::collections::{HashMap, VecDeque};
use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use crate::document::runs::{ALPHANUMERIC, runs};
use crate::document::{Document, PartKind};
use crate::lang::word_hash;

/// Values of a sketch.
const BINS: usize = 64;
/// Values that must agree for two articles to be compared ...
const ROWS: usize = 4;
/// ... in at least one of so many places.
const BANDS: usize = 12;
/// Words of a shingle.
const SHINGLE: usize = 4;
/// Shorter articles repeat nothing.
const MIN_SHINGLES: usize = 24;
/// Agreement of sketches from which on one is a copy: about the share of shingles that two articles have in common.
const SIMILAR: usize = 45;
/// Articles remembered unless told otherwise: about 30 MB.
pub const WINDOW: usize = 50_000;

/// What an article is recognised by: minima of the hashes of its shingles of words, without case and punctuation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch([u16; BINS]);

impl Sketch {
    /// The sketch of the paragraphs of `document`; `None` under 27 words. O(bytes).
    pub fn new(document: &Document) -> Option<Self> {
        let mut last = [0u64; SHINGLE];
        let (mut n, mut bins) = (0usize, [u64::MAX; BINS]);
        let (mut text, mut word) = (String::new(), String::new());
        let paragraphs = document.parts.iter().filter(|p| p.kind == PartKind::Paragraph);
        for part in paragraphs {
            // Case does not count.
            text.clear();
            text.push_str(part.span.of(&document.text));
            text.make_ascii_lowercase();
            let is_ascii = text.is_ascii();
            for piece in runs(&text, &ALPHANUMERIC, char::is_alphanumeric) {
                let hash = if is_ascii || piece.is_ascii() {
                    word_hash(piece.as_bytes())
                } else {
                    word.clear();
                    word.extend(piece.chars().flat_map(char::to_lowercase));
                    word_hash(word.as_bytes())
                };
                last = [last[1], last[2], last[3], hash];
                n += 1;
                if n >= SHINGLE {
                    let shingle = last.iter().fold(0, |h: u64, w| (h.rotate_left(23) ^ w).wrapping_mul(MIX));
                    let shingle = shingle ^ shingle >> 32;
                    let bin = &mut bins[(shingle % BINS as u64) as usize];
                    *bin = (*bin).min(shingle / BINS as u64);
                }
            }
        }
        (n >= SHINGLE + MIN_SHINGLES - 1).then(|| Self(densified(&bins)))
    }

    fn agreement(&self, other: &Self) -> usize {
        self.0.iter().zip(&other.0).filter(|(a, b)| a == b).count()
    }

    fn bands(&self) -> impl Iterator<Item = u64> {
        let hasher = FixedState::with_seed(1);
        self.0.chunks(ROWS).take(BANDS).enumerate().map(move |(i, rows)| hasher.hash_one((i, rows)))
    }
}

/// Odd, with bits all over: 2^64 divided by the golden ratio.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// Empty bins take the value of the next one that is not, marked by the distance.
fn densified(bins: &[u64; BINS]) -> [u16; BINS] {
    let mut out = [0; BINS];
    for (i, value) in out.iter_mut().enumerate() {
        let next = (0..BINS).find(|d| bins[(i + d) % BINS] != u64::MAX).unwrap_or(0);
        *value = (bins[(i + next) % BINS] as u16).wrapping_add((next as u16).wrapping_mul(0x9e37));
    }
    out
}

/// The articles seen last, by their sketches. Memory is bounded by the number that are remembered.
#[derive(Debug)]
pub struct Copies {
    firsts: VecDeque<(Sketch, String)>,
    n_forgotten: u64,
    by_band: HashMap<u64, u64, FixedState>,
    window: usize,
}

impl Copies {
    /// Remembers the last `window` articles that repeat no other.
    pub fn new(window: usize) -> Self {
        let by_band = HashMap::with_hasher(FixedState::with_seed(2));
        Self { firsts: VecDeque::new(), n_forgotten: 0, by_band, window: window.max(1) }
    }

    /// The id of the first article of which the one with this sketch is a copy (about 7 of 10 shingles in common);
    /// otherwise `None`, and it is remembered as `id`. A copy of a copy is compared with the first.
    pub fn first_of(&mut self, sketch: &Sketch, id: &str) -> Option<String> {
        let mut best: Option<(usize, u64)> = None;
        for band in sketch.bands() {
            let Some(&number) = self.by_band.get(&band) else { continue };
            let agreement = self.first(number).map_or(0, |(other, _)| sketch.agreement(other));
            if agreement >= SIMILAR && best.is_none_or(|(most, _)| agreement > most) {
                best = Some((agreement, number));
            }
        }
        if let Some((_, number)) = best {
            return self.first(number).map(|(_, id)| id.clone());
        }
        let number = self.n_forgotten + self.firsts.len() as u64;
        self.firsts.push_back((sketch.clone(), id.to_owned()));
        for band in sketch.bands() {
            self.by_band.insert(band, number);
        }
        if self.firsts.len() > self.window
            && let Some((old, _)) = self.firsts.pop_front()
        {
            for band in old.bands() {
                if self.by_band.get(&band) == Some(&self.n_forgotten) {
                    self.by_band.remove(&band);
                }
            }
            self.n_forgotten += 1;
        }
        None
    }

    fn first(&self, number: u64) -> Option<&(Sketch, String)> {
        self.firsts.get(usize::try_from(number.checked_sub(self.n_forgotten)?).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::plain;

    /// An article of its own, of 120 words.
    fn words(seed: u64) -> Vec<String> {
        // SplitMix64.
        let random = |i: u64| {
            let z = (seed << 32 | i).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        (0..120).map(|i| format!("w{}", random(i + 1) % 5000)).collect()
    }

    fn sketch(words: &[String]) -> Sketch {
        Sketch::new(&plain::document(format!("He said {}.", words.join(" ")), None)).unwrap()
    }

    #[test]
    fn copies_are_found_and_others_are_not() {
        let mut copies = Copies::new(1000);
        for i in 0..500 {
            assert_eq!(copies.first_of(&sketch(&words(i)), &i.to_string()), None, "{i}");
        }
        let (mut cut, mut changed) = (0, 0);
        for i in 0..500 {
            let whole = words(i);
            assert_eq!(copies.first_of(&sketch(&whole), "x"), Some(i.to_string()), "the same");
            let upper: Vec<String> = whole.iter().map(|w| w.to_uppercase()).collect();
            assert_eq!(copies.first_of(&sketch(&upper), "x"), Some(i.to_string()), "in capitals");
            cut += usize::from(copies.first_of(&sketch(&whole[..108]), "y") == Some(i.to_string()));
            let mut other = whole.clone();
            other[30] = "else".to_owned();
            other[90] = "other".to_owned();
            changed += usize::from(copies.first_of(&sketch(&other), "z") == Some(i.to_string()));
        }
        assert!(cut > 480 && changed > 480, "of 500: {cut} without the last tenth, {changed} with two words changed");
    }

    #[test]
    fn half_the_words_are_no_copy() {
        let mut copies = Copies::new(1000);
        let wrong = (0..200).filter(|&i| {
            copies.first_of(&sketch(&words(i)), "a");
            let mixed: Vec<String> = words(i)[..70].iter().cloned().chain(words(i + 10_000)).take(120).collect();
            copies.first_of(&sketch(&mixed), "b").is_some()
        });
        assert!(wrong.count() <= 4);
    }

    #[test]
    fn short_texts_repeat_nothing_and_old_ones_are_forgotten() {
        assert_eq!(Sketch::new(&plain::document("He said it. ".repeat(5), None)), None);
        let mut copies = Copies::new(10);
        for i in 0..30 {
            copies.first_of(&sketch(&words(i)), &i.to_string());
        }
        assert!(copies.firsts.len() == 10 && copies.by_band.len() <= 10 * BANDS);
        assert_eq!(copies.first_of(&sketch(&words(25)), "x").as_deref(), Some("25"));
        assert_eq!(copies.first_of(&sketch(&words(3)), "x"), None);
    }
}
