//! Text features as numbers of buckets instead of names: a vocabulary whose size is known before the texts are.
//!
//! Features of one bucket can not be told apart, and their names are lost. Reference: Weinberger et al. 2009, "Feature
//! hashing for large scale multitask learning".

use crate::features::family::{Family, Sink, combine, ngram_start};
use crate::text::Span;

/// Bits that may be asked for.
pub(super) const BITS: std::ops::RangeInclusive<u32> = 8..=24;

/// Whether the features of a family are hashed: those whose number grows with the text.
pub(super) fn is_hashed(family: Family) -> bool {
    family.is_text() && family != Family::Lexicon
}

/// The key of a bucket.
fn bucket_key(family: Family, bucket: u64) -> u64 {
    combine(ngram_start(family), bucket + 1)
}

/// The name of a bucket.
fn name(bucket: u64) -> String {
    format!("#{bucket:x}")
}

/// The key of the bucket with this name, if it is one of so many bits.
pub(super) fn name_key(family: Family, name: &str, bits: u32) -> Option<u64> {
    let bucket = u64::from_str_radix(name.strip_prefix('#')?, 16).ok()?;
    (bucket >> bits == 0 && self::name(bucket) == name).then(|| bucket_key(family, bucket))
}

/// Passes features on by their buckets.
pub(super) struct Hashed<'a, S> {
    inner: &'a mut S,
    bits: u32,
}

impl<'a, S: Sink> Hashed<'a, S> {
    pub(super) fn new(inner: &'a mut S, bits: u32) -> Self {
        Self { inner, bits }
    }
}

impl<S: Sink> Sink for Hashed<'_, S> {
    fn feature(&mut self, family: Family, key: u64, span: Option<Span>, name: impl FnOnce() -> String) {
        if is_hashed(family) {
            let bucket = key >> (64 - self.bits);
            self.inner.feature(family, bucket_key(family, bucket), span, || self::name(bucket));
        } else {
            self.inner.feature(family, key, span, name);
        }
    }

    fn weighed(&mut self, family: Family, key: u64, span: Option<Span>, value: f32, name: impl FnOnce() -> String) {
        if is_hashed(family) {
            let bucket = key >> (64 - self.bits);
            self.inner.weighed(family, bucket_key(family, bucket), span, value, || self::name(bucket));
        } else {
            self.inner.weighed(family, key, span, value, name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_buckets_give_their_keys() {
        assert_eq!(name_key(Family::Word, &name(0x1f), 8), Some(bucket_key(Family::Word, 0x1f)));
        assert_ne!(name_key(Family::Word, "#1f", 8), name_key(Family::Phrase, "#1f", 8));
        for bad in ["1f", "#", "#1F", "#01f", "#100", "#word", "#-1"] {
            assert_eq!(name_key(Family::Word, bad, 8), None, "{bad}");
        }
    }
}
