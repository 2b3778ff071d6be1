//! Stem hash and grammar of words as written, worked out once for each word and thread.

use crate::features::family::hash_bytes;
use crate::features::settings::LexiconSettings;
use crate::lang::{Language, word_hash};
use crate::text::{Stemmer, fold_word};

/// What a word does to negation, and its value in the lexicon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct WordFlags {
    pub(super) negates: bool,
    pub(super) ends_negation: bool,
    pub(super) valence: f32,
}

/// The words met so far. A table of its own, keyed by the hash that the features need anyway, with all words in one
/// string: a word takes one walk to the slots and one to the string. Against `HashMap<Box<str>, _>` the whole of
/// `score --statements` takes 6 % fewer instructions (200 rows of `data/quotes.csv`, `benches/instructions.sh`).
pub(super) struct StemCache {
    pub(super) stemmer: Stemmer,
    lexicon: LexiconSettings,
    /// Open addressing, at most half full; a length of 0 is free.
    slots: Vec<Slot>,
    n_known: usize,
    words: String,
    buffer: String,
}

#[derive(Clone, Copy)]
struct Slot {
    hash: u64,
    stem: u64,
    /// Where the word stands in `words`.
    start: u32,
    len: u8,
    flags: WordFlags,
}

const FREE: Slot = Slot {
    hash: 0,
    stem: 0,
    start: 0,
    len: 0,
    flags: WordFlags { negates: false, ends_negation: false, valence: 0.0 },
};
/// After so many words the cache begins anew: memory stays bounded on any input (8 MB of slots, and the words). News have
/// about 100,000 words in 100 MB.
const MAX_KNOWN: usize = 1 << 17;
/// Longer words are worked out each time.
const MAX_LENGTH: usize = 64;
/// A word stands at most so far from its place: a text made so that all its words share one costs no more than others.
const MAX_STEPS: usize = 64;
/// Slots at first: little work for one statement.
const FIRST: usize = 256;

impl StemCache {
    pub(super) fn new(stemmer: Stemmer, lexicon: LexiconSettings) -> Self {
        Self { stemmer, lexicon, slots: vec![FREE; FIRST], n_known: 0, words: String::new(), buffer: String::new() }
    }

    #[inline]
    pub(super) fn look_up(&mut self, word: &str, lang: &Language) -> (u64, WordFlags) {
        let hash = word_hash(word.as_bytes());
        let mask = self.slots.len() - 1;
        for step in 0..MAX_STEPS {
            let slot = &self.slots[(hash as usize + step) & mask];
            // Equal hashes are not enough: another word could have the same.
            if slot.hash == hash
                && self.words.as_bytes()[slot.start as usize..][..slot.len as usize] == *word.as_bytes()
            {
                return (slot.stem, slot.flags);
            }
            if slot.len == 0 {
                break;
            }
        }
        self.work_out(word, hash, lang)
    }

    #[cold]
    fn work_out(&mut self, word: &str, hash: u64, lang: &Language) -> (u64, WordFlags) {
        fold_word(word, &mut self.buffer);
        let own = self.lexicon.own.get(&self.buffer).copied();
        let shipped = || if self.lexicon.shipped { lang.valence(&self.buffer) } else { 0.0 };
        let flags = WordFlags {
            negates: lang.is_negation(&self.buffer),
            ends_negation: lang.ends_negation(&self.buffer),
            valence: own.unwrap_or_else(shipped),
        };
        let stem = hash_bytes(self.stemmer.stem(&self.buffer).as_bytes());
        if (1..=MAX_LENGTH).contains(&word.len()) {
            self.add(Slot { hash, stem, start: 0, len: word.len() as u8, flags }, word);
        }
        (stem, flags)
    }

    fn add(&mut self, slot: Slot, word: &str) {
        if self.n_known == MAX_KNOWN {
            self.slots.fill(FREE);
            self.words.clear();
            self.n_known = 0;
        }
        if 2 * (self.n_known + 1) > self.slots.len() {
            let larger = vec![FREE; 2 * self.slots.len()];
            let old = std::mem::replace(&mut self.slots, larger);
            old.into_iter().filter(|s| s.len > 0).for_each(|s| self.put(s));
        }
        // At most MAX_KNOWN x MAX_LENGTH bytes, which fit.
        self.put(Slot { start: self.words.len() as u32, ..slot });
        self.words.push_str(word);
        self.n_known += 1;
    }

    fn put(&mut self, slot: Slot) {
        let mask = self.slots.len() - 1;
        let mut near = (0..MAX_STEPS).map(|step| (slot.hash as usize + step) & mask);
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
        let words = ["Talks", "talks", "not", "but", "", "Москва", &"x".repeat(300)];
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
