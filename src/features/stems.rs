//! Stem hash and grammar of words as written, worked out once for each word and thread.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::features::family::hash_bytes;
use crate::features::settings::LexiconSettings;
use crate::lang::Language;
use crate::text::{Stemmer, fold_word};

/// What a word does to negation, and its value in the lexicon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct WordFlags {
    pub(super) negates: bool,
    pub(super) ends_negation: bool,
    pub(super) valence: f32,
}

/// The words met so far. Words of up to 16 bytes stand in the slots themselves, as two numbers that are compared at once:
/// against `HashMap<Box<str>, _>`, which follows a pointer for each word and calls `memcmp`, `score --statements` of
/// 200,000 sentences takes a tenth less time.
pub(super) struct StemCache {
    pub(super) stemmer: Stemmer,
    lexicon: LexiconSettings,
    /// Open addressing, at most half full; a length of 0 is free.
    slots: Vec<Slot>,
    n_known: usize,
    /// The words that are going to be looked up, and how many of them were.
    ahead: Vec<Option<[u64; 2]>>,
    n_looked_up: usize,
    /// Longer words, at most as many.
    long: HashMap<Box<str>, Entry, FixedState>,
    buffer: String,
}

/// The hash of the stem, and what the word does.
pub(super) type Entry = (u64, WordFlags);

/// Two in a cache line.
#[derive(Clone, Copy)]
#[repr(align(32))]
struct Slot {
    word: [u64; 2],
    stem: u64,
    valence: f32,
    len: u8,
    negates: bool,
    ends_negation: bool,
}

impl Slot {
    fn entry(&self) -> Entry {
        let Self { stem, valence, negates, ends_negation, .. } = *self;
        (stem, WordFlags { negates, ends_negation, valence })
    }
}

const FREE: Slot = Slot { word: [0; 2], stem: 0, valence: 0.0, len: 0, negates: false, ends_negation: false };
/// After so many words the cache begins anew: memory stays bounded on any input (8 MB of slots). News have about
/// 100,000 words in 100 MB.
const MAX_KNOWN: usize = 1 << 17;
/// Still longer words are worked out each time.
const MAX_LENGTH: usize = 64;
/// A word stands at most so far from its place: a text made so that all its words share one costs no more than others.
const MAX_STEPS: usize = 64;
/// Slots at first: little work for one statement.
const FIRST: usize = 256;

/// A word as two numbers, different for all words of its length; `None` for words of 0 or more than 16 bytes.
#[inline]
fn packed(word: &[u8]) -> Option<[u64; 2]> {
    let four = |at: usize| word[at..].first_chunk().map_or(0, |c| u64::from(u32::from_le_bytes(*c)));
    let eight = |at: usize| word[at..].first_chunk().map_or(0, |c| u64::from_le_bytes(*c));
    let n = word.len();
    match n {
        1..4 => Some([u64::from(word[0]) | u64::from(word[n / 2]) << 8 | u64::from(word[n - 1]) << 16, 0]),
        4..8 => Some([four(0) | four(n - 4) << 32, 0]),
        8..=16 => Some([eight(0), eight(n - 8)]),
        _ => None,
    }
}

/// Where the search for a word begins, before the mask.
#[inline]
fn place(word: [u64; 2]) -> usize {
    let x = (word[0] ^ word[1].rotate_left(29)).wrapping_mul(0x9FB2_1C65_1E98_DF25);
    (x ^ x >> 32) as usize
}

impl StemCache {
    pub(super) fn new(stemmer: Stemmer, lexicon: LexiconSettings) -> Self {
        let long = HashMap::with_hasher(FixedState::with_seed(0));
        Self {
            stemmer,
            lexicon,
            slots: vec![FREE; FIRST],
            n_known: 0,
            ahead: Vec::new(),
            n_looked_up: 0,
            long,
            buffer: String::new(),
        }
    }

    /// Hash of the stem of a word, and what it does.
    pub(super) fn look_up(&mut self, word: &str, lang: &Language) -> Entry {
        self.look_up_packed(word, packed(word.as_bytes()), lang)
    }

    /// Makes words ready for [`Self::look_up_next`].
    ///
    /// Their slots are read before the first look-up, so that they come into the cache side by side and not one after
    /// another: with the same for the slots of keys and for weights, `score --statements` of
    /// 200,000 sentences takes a sixth less time.
    pub(super) fn prepare<'w>(&mut self, words: impl Iterator<Item = &'w [u8]>) {
        self.ahead.clear();
        self.ahead.extend(words.map(packed));
        self.n_looked_up = 0;
        let mask = self.slots.len() - 1;
        let touched = self.ahead.iter().flatten().fold(0, |all, &key| all ^ self.slots[place(key) & mask].len);
        std::hint::black_box(touched);
    }

    /// As [`Self::look_up`] for the words of [`Self::prepare`] in their order.
    #[inline]
    pub(super) fn look_up_next(&mut self, word: &str, lang: &Language) -> Entry {
        let key = self.ahead[self.n_looked_up];
        self.n_looked_up += 1;
        self.look_up_packed(word, key, lang)
    }

    #[inline]
    fn look_up_packed(&mut self, word: &str, key: Option<[u64; 2]>, lang: &Language) -> Entry {
        let Some(key) = key else { return self.look_up_long(word, lang) };
        let mask = self.slots.len() - 1;
        let start = place(key);
        for step in 0..MAX_STEPS {
            let slot = &self.slots[start.wrapping_add(step) & mask];
            if slot.word == key && usize::from(slot.len) == word.len() {
                return slot.entry();
            }
            if slot.len == 0 {
                break;
            }
        }
        self.learn(word, key, lang)
    }

    #[cold]
    fn learn(&mut self, word: &str, key: [u64; 2], lang: &Language) -> Entry {
        let (stem, flags) = self.work_out(word, lang);
        let WordFlags { negates, ends_negation, valence } = flags;
        self.add(Slot { word: key, stem, valence, len: word.len() as u8, negates, ends_negation });
        (stem, flags)
    }

    #[cold]
    fn look_up_long(&mut self, word: &str, lang: &Language) -> Entry {
        if let Some(&entry) = self.long.get(word) {
            return entry;
        }
        let entry = self.work_out(word, lang);
        if (1..=MAX_LENGTH).contains(&word.len()) {
            if self.long.len() == MAX_KNOWN {
                self.long.clear();
            }
            self.long.insert(word.into(), entry);
        }
        entry
    }

    #[cold]
    fn work_out(&mut self, word: &str, lang: &Language) -> Entry {
        fold_word(word, &mut self.buffer);
        let own = self.lexicon.own.get(&self.buffer).copied();
        let shipped = || if self.lexicon.shipped { lang.valence(&self.buffer) } else { 0.0 };
        let flags = WordFlags {
            negates: lang.is_negation(&self.buffer),
            ends_negation: lang.ends_negation(&self.buffer),
            valence: own.unwrap_or_else(shipped),
        };
        (hash_bytes(self.stemmer.stem(&self.buffer).as_bytes()), flags)
    }

    fn add(&mut self, slot: Slot) {
        if self.n_known == MAX_KNOWN {
            self.slots.fill(FREE);
            self.n_known = 0;
        }
        if 2 * (self.n_known + 1) > self.slots.len() {
            let larger = vec![FREE; 2 * self.slots.len()];
            let old = std::mem::replace(&mut self.slots, larger);
            old.into_iter().filter(|s| s.len > 0).for_each(|s| self.put(s));
        }
        self.put(slot);
        self.n_known += 1;
    }

    fn put(&mut self, slot: Slot) {
        let mask = self.slots.len() - 1;
        let start = place(slot.word);
        let mut near = (0..MAX_STEPS).map(|step| start.wrapping_add(step) & mask);
        if let Some(at) = near.find(|&at| self.slots[at].len == 0) {
            self.slots[at] = slot;
        }
    }

    pub(super) fn stem_of(&self, word: &str) -> String {
        self.stemmer.stem(&crate::text::folded(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::language;

    #[test]
    fn a_word_is_the_same_first_again_and_after_the_cache_began_anew() {
        let lang = language("en").unwrap();
        let mut stems = StemCache::new(Stemmer::new("en").unwrap(), LexiconSettings::default());
        let words =
            ["Talks", "talks", "not", "but", "", "Москва", "Wortzusammensetzung", "a", "aa", "aaa", &"x".repeat(300)];
        let first: Vec<_> = words.iter().map(|w| stems.look_up(w, lang)).collect();
        assert_eq!(first[0], first[1]);
        assert!(first[2].1.negates && first[3].1.ends_negation);
        for i in 0..MAX_KNOWN + 10 {
            stems.look_up(&format!("w{i}"), lang);
            assert!(stems.n_known <= MAX_KNOWN && stems.slots.len() <= 2 * MAX_KNOWN);
        }
        let again: Vec<_> = words.iter().map(|w| stems.look_up(w, lang)).collect();
        assert_eq!(first, again);
        assert_eq!(words.map(|w| stems.look_up(w, lang)), again[..]);
    }
}
