//! The words of an article: how often each stands in it, and how it is written.
//!
//! Words are known by their hashes, as in the tables of a language: one table in place of three of strings.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::document::{Document, PartKind};
use crate::lang::word_hash;
use crate::quotation::Passage;
use crate::quotation::source::bare;
use crate::text::{folded, tokens};

/// What an article tells of a word.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Count {
    /// How often it stands in the paragraphs, also as a genitive.
    pub(super) n: u32,
    /// Somewhere with a capital behind another word, also as a genitive.
    pub(super) proper: bool,
    pub(super) headline: bool,
    pub(super) lead: bool,
    /// The same without genitives.
    inside: bool,
    /// Somewhere without a capital, not as a genitive.
    small: bool,
}

/// The words of an article.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    words: HashMap<u64, Count, FixedState>,
}

impl Vocabulary {
    pub(crate) fn new(document: &Document, passages: &[Passage]) -> Self {
        let n_tokens: usize = passages.iter().map(|p| p.tokens.len()).sum();
        // About two of five tokens are new words.
        let mut words: HashMap<u64, Count, FixedState> =
            HashMap::with_capacity_and_hasher(n_tokens / 2, FixedState::default());
        for passage in passages {
            let mut behind_word = false;
            for (i, token) in passage.tokens.iter().enumerate() {
                let behind = std::mem::replace(&mut behind_word, token.is_word());
                if !token.is_word() {
                    continue;
                }
                let proper = token.capital && behind;
                let mut count = words.entry(passage.hash(i)).or_default();
                count.inside |= proper;
                count.small |= !token.capital;
                if passage.tables(i).is_genitive() {
                    count = words.entry(word_hash(bare(passage.folded(i)).as_bytes())).or_default();
                }
                count.n += 1;
                count.proper |= proper;
                count.lead |= passage.index < 2;
            }
        }
        for part in document.parts.iter().filter(|p| matches!(p.kind, PartKind::Headline | PartKind::Subheadline)) {
            let text = part.span.of(&document.text);
            for token in tokens(text) {
                if let Some(count) = words.get_mut(&word_hash(bare(&folded(token.span.of(text))).as_bytes())) {
                    count.headline = true;
                }
            }
        }
        Self { words }
    }

    /// Gives `see` each word's hash, how often it stands there, and whether with a capital inside a sentence.
    pub(super) fn each(&self, mut see: impl FnMut(u64, u32, bool)) {
        for (hash, count) in &self.words {
            see(*hash, count.n, count.proper);
        }
    }

    /// What is known of a folded word without its genitive.
    pub(super) fn count(&self, word: &str) -> Count {
        self.words.get(&word_hash(word.as_bytes())).copied().unwrap_or_default()
    }

    /// Whether a folded word stands with a capital inside a sentence somewhere.
    pub(super) fn is_proper(&self, word: &str) -> bool {
        self.count(word).inside
    }

    /// Whether a folded word stands without a capital somewhere.
    pub(super) fn is_small(&self, word: &str) -> bool {
        self.count(word).small
    }
}
