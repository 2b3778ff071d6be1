//! Character n-grams within words, the word's edges marked by a blank.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::features::family::{Family, Sink, combine, hash_bytes, ngram_start};
use crate::features::vocabulary::Columns;
use crate::features::word::Word;
use crate::text::{Token, TokenKind, fold_word};

/// Sends the n-grams of `shortest..=longest` characters of each folded word to `sink`; a blank stands for each edge.
/// `words` are those of the tokens; names behind a slot are left out.
pub(super) fn emit(
    text: &str,
    tokens: &[Token],
    words: &[Word],
    lengths: (usize, usize),
    buffer: &mut String,
    sink: &mut impl Sink,
) {
    let mut pad = Pad::default();
    for token in unmasked(tokens, words) {
        pad.each_ngram(token.span.of(text), lengths, buffer, |key, gram| {
            sink.feature(Family::Character, key, Some(token.span), || gram.to_owned());
        });
    }
}

/// The tokens whose n-grams count.
pub(super) fn unmasked<'t>(tokens: &'t [Token], words: &'t [Word]) -> impl Iterator<Item = &'t Token> {
    let mut masked = words.iter().filter(|w| w.is_masked()).map(|w| w.span).peekable();
    tokens.iter().filter(move |token| {
        if token.kind == TokenKind::Mark {
            return false;
        }
        while masked.next_if(|m| m.end <= token.span.start).is_some() {}
        masked.peek().is_none_or(|m| !m.overlaps(token.span))
    })
}

/// A word between blanks, and where its characters begin.
#[derive(Default)]
struct Pad {
    text: String,
    starts: Vec<usize>,
}

impl Pad {
    /// Tells key and characters of each n-gram of a word.
    fn each_ngram(
        &mut self,
        word: &str,
        (shortest, longest): (usize, usize),
        buffer: &mut String,
        mut tell: impl FnMut(u64, &str),
    ) {
        let family = ngram_start(Family::Character);
        let Self { text, starts } = self;
        fold_word(word, buffer);
        text.clear();
        text.push(' ');
        text.push_str(buffer);
        text.push(' ');
        starts.clear();
        starts.extend(text.char_indices().map(|(i, _)| i));
        starts.push(text.len());
        let n_chars = starts.len() - 1;
        for n in shortest..=longest.min(n_chars) {
            for i in 0..=n_chars - n {
                let gram = &text[starts[i]..starts[i + n]];
                tell(combine(family, hash_bytes(gram.as_bytes())), gram);
            }
        }
    }
}

/// The n-grams of each word met so far: those that are features, as `Columns` has them, or the keys of all.
///
/// `score --statements` of 200,000 sentences with the default features of training (lengths 2 to 5) takes a quarter less time.
#[derive(Default)]
pub(super) struct KnownWords {
    /// Where the features of a word stand in `hits`.
    places: HashMap<Box<str>, (u32, u32), FixedState>,
    hits: Vec<u64>,
    keys: Vec<u64>,
    pad: Pad,
}

/// After so many features (32 MB) all begins anew: memory stays bounded on any input.
const MAX_HITS: usize = 1 << 22;
/// As many words.
const MAX_WORDS: usize = 1 << 17;
/// Longer words are worked out each time.
const MAX_LENGTH: usize = 64;

impl KnownWords {
    /// Appends what [`emit`] would send of these words and `columns` has to `out`, in no order that means anything; the
    /// keys of all n-grams where there are no columns.
    pub(super) fn append_hits<'w>(
        &mut self,
        words: impl Iterator<Item = &'w str>,
        lengths: (usize, usize),
        buffer: &mut String,
        columns: Option<&Columns>,
        out: &mut Vec<u64>,
    ) {
        for word in words {
            if let Some(&(start, end)) = self.places.get(word) {
                out.extend_from_slice(&self.hits[start as usize..end as usize]);
                continue;
            }
            self.keys.clear();
            self.pad.each_ngram(word, lengths, buffer, |key, _| self.keys.push(key));
            let before = out.len();
            match columns {
                Some(columns) => {
                    columns.retain_likely(&mut self.keys);
                    columns.append_hits(&self.keys, out);
                }
                None => out.extend_from_slice(&self.keys),
            }
            if word.len() <= MAX_LENGTH {
                if self.places.len() == MAX_WORDS || self.hits.len() > MAX_HITS {
                    self.places.clear();
                    self.hits.clear();
                }
                let start = self.hits.len() as u32;
                self.hits.extend_from_slice(&out[before..]);
                self.places.insert(word.into(), (start, self.hits.len() as u32));
            }
        }
    }
}
