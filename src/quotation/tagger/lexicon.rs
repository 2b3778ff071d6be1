//! What is known of single words: learnt classes, keyed by hash.

/// What is known of one word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct WordInfo {
    /// Coarse distributional class, 0 for unknown words.
    pub(crate) coarse: u8,
    /// Fine distributional class, 0 for unknown words.
    pub(crate) fine: u8,
    /// How often the word is a cue: 0 never to 4 mostly.
    pub(crate) cue: u8,
    /// How often the word stands in a source: 0 never to 4 mostly.
    pub(crate) source: u8,
}

/// A table from word hashes to [`WordInfo`], open addressing, at most half full.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lexicon {
    slots: Vec<(u32, WordInfo)>,
}

impl Lexicon {
    /// A table of these words; hash 0 is no word.
    pub(crate) fn new(words: &[(u32, WordInfo)]) -> Self {
        let mut slots = vec![(0, WordInfo::default()); (words.len() * 2).next_power_of_two().max(2)];
        let mask = slots.len() - 1;
        for &(hash, info) in words.iter().filter(|w| w.0 != 0) {
            let mut at = hash as usize & mask;
            while slots[at].0 != 0 && slots[at].0 != hash {
                at = (at + 1) & mask;
            }
            slots[at] = (hash, info);
        }
        Self { slots }
    }

    /// What is known of the word with this hash.
    #[inline]
    pub(crate) fn get(&self, hash: u32) -> WordInfo {
        if self.slots.is_empty() {
            return WordInfo::default();
        }
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let (key, info) = self.slots[at];
            if key == hash {
                return info;
            }
            if key == 0 {
                return WordInfo::default();
            }
            at = (at + 1) & mask;
        }
    }

    /// The words in order of their hashes.
    pub(crate) fn sorted(&self) -> Vec<(u32, WordInfo)> {
        let mut words: Vec<_> = self.slots.iter().copied().filter(|s| s.0 != 0).collect();
        words.sort_unstable_by_key(|w| w.0);
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_again() {
        let info = |i: u32| WordInfo { fine: i as u8, ..WordInfo::default() };
        let words: Vec<_> = (1..100).map(|i| (i * 64, info(i))).collect();
        let lexicon = Lexicon::new(&words);
        assert!(words.iter().all(|&(hash, info)| lexicon.get(hash) == info));
        assert_eq!(lexicon.get(7), WordInfo::default());
        assert_eq!(lexicon.sorted(), words);
        assert_eq!(Lexicon::default().get(7), WordInfo::default());
    }
}
