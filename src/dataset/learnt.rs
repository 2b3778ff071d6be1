//! Which texts were learnt from? A digest that a model keeps: large enough to tell, too small to hold a text.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::dataset::Dataset;
use crate::dataset::duplicates::normalized;

/// Bits that one text sets.
const N_PROBES: u64 = 7;
/// Bits of a text in digests of up to [`ROOMY`] bits: 1 of 5,000 other texts is taken for a known one ...
const MOST_BITS: usize = 20;
/// ... and at least in larger ones: 1 of 120.
const LEAST_BITS: usize = 10;
/// 256 kB.
const ROOMY: usize = 1 << 21;

/// A Bloom filter of texts, compared by their words: case, punctuation and white space do not count.
///
/// It answers "was about this text learnt from?": never no for one that was, seldom yes for one that was not. Texts can
/// not be read from it, but who has a text can ask for it. The same texts give the same bytes in any order.
/// Reference: Bloom 1970, "Space/time trade-offs in hash coding with allowable errors".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LearntTexts {
    bits: Cow<'static, [u8]>,
}

impl LearntTexts {
    /// The digest of all rows of `dataset` that teach something: those with a label in any task, and the silver ones.
    pub fn of(dataset: &Dataset) -> Self {
        let labelled = dataset.examples.iter().filter(|e| e.labels.iter().any(Option::is_some));
        let silver = dataset.silver.iter().map(|s| &s.example);
        Self::of_texts(labelled.chain(silver).map(|e| e.statement.text.as_str()))
    }

    fn of_texts<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let keys: BTreeSet<(u64, u64)> = texts.filter_map(key).collect();
        let n_bits = (keys.len() * MOST_BITS).min(ROOMY).max(keys.len() * LEAST_BITS);
        let mut bits = vec![0u8; n_bits.div_ceil(8)];
        let n_bits = 8 * bits.len() as u64;
        for bit in keys.into_iter().flat_map(|key| places(key, n_bits)) {
            bits[bit / 8] |= 1 << (bit % 8);
        }
        Self { bits: Cow::Owned(bits) }
    }

    /// The digest with these bytes, as [`LearntTexts::bytes`] gave them.
    pub fn from_bytes(bits: Cow<'static, [u8]>) -> Self {
        Self { bits }
    }

    /// Its bytes; none where no text is known of.
    pub fn bytes(&self) -> &[u8] {
        &self.bits
    }

    /// How many of these texts are known, about: what it takes for known by mistake is taken off, and where that explains all,
    /// none is. `None` for an empty digest, as models of older versions have.
    pub fn n_known<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> Option<usize> {
        if self.bits.is_empty() {
            return None;
        }
        let n_bits = 8 * self.bits.len() as u64;
        let is_set = |bit: usize| self.bits[bit / 8] >> (bit % 8) & 1 == 1;
        let (mut n, mut n_hits) = (0usize, 0usize);
        for text in texts {
            n += 1;
            n_hits += usize::from(key(text).is_some_and(|key| places(key, n_bits).all(is_set)));
        }
        let n_set: u64 = self.bits.iter().map(|byte| u64::from(byte.count_ones())).sum();
        let rate = (n_set as f64 / n_bits as f64).powi(N_PROBES as i32);
        let mistaken = rate * n as f64;
        // By chance there are three standard deviations more at most.
        if n_hits as f64 <= mistaken + 3.0 * mistaken.sqrt() {
            return Some(0);
        }
        Some(((n_hits as f64 - mistaken) / (1.0 - rate).max(f64::MIN_POSITIVE)).round().min(n as f64) as usize)
    }
}

/// Two independent hashes of the words of a text; `None` for one without a letter or digit.
fn key(text: &str) -> Option<(u64, u64)> {
    let words = normalized(text);
    if words.is_empty() {
        return None;
    }
    let hash = blake3::hash(words.as_bytes());
    let number = |at: usize| hash.as_bytes()[at..at + 8].iter().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
    Some((number(0), number(8)))
}

/// The bits of a text among `n_bits`. Reference: Kirsch and Mitzenmacher 2006, "Less hashing, same performance".
fn places((a, b): (u64, u64), n_bits: u64) -> impl Iterator<Item = usize> {
    (0..N_PROBES).map(move |i| (a.wrapping_add(i.wrapping_mul(b | 1)) % n_bits) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(from: usize, to: usize) -> Vec<String> {
        (from..to).map(|i| format!("We will answer step {i}, and they know it.")).collect()
    }

    fn digest(texts: &[String]) -> LearntTexts {
        LearntTexts::of_texts(texts.iter().map(String::as_str))
    }

    #[test]
    fn what_was_learnt_from_is_counted_whatever_its_case() {
        let learnt = texts(0, 3000);
        let known = digest(&learnt);
        assert_eq!(known.bytes().len(), 7500);
        let asked: Vec<String> = texts(1000, 5000).iter().map(|t| format!("\"{}\"", t.to_uppercase())).collect();
        let n = known.n_known(asked.iter().map(String::as_str)).unwrap();
        assert!((1995..=2005).contains(&n), "{n}");
        let none = texts(5000, 9000);
        assert_eq!(known.n_known(none.iter().map(String::as_str)), Some(0));
        assert_eq!(known.n_known(["...", "We will answer step 7 and they know it"]), Some(1));
        assert_eq!(LearntTexts::default().n_known(["..."]), None);
    }

    #[test]
    fn the_order_of_rows_does_not_matter() {
        let mut all = texts(0, 500);
        let first = digest(&all);
        all.reverse();
        all.push(all[3].clone());
        assert_eq!(digest(&all), first);
    }

    #[test]
    fn many_texts_have_fewer_bits_each() {
        let known = digest(&texts(0, 230_000));
        assert!(known.bytes().len() < 300_000, "{}", known.bytes().len());
        let other = texts(230_000, 250_000);
        assert_eq!(known.n_known(other.iter().map(String::as_str)), Some(0));
        let mixed = texts(220_000, 240_000);
        let n = known.n_known(mixed.iter().map(String::as_str)).unwrap();
        assert!((9950..=10_050).contains(&n), "{n}");
    }
}
