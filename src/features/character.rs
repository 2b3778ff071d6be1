//! Character n-grams within words, the word's edges marked by a blank.

use crate::features::family::{Family, Sink, combine, hash_bytes, ngram_start};
use crate::features::word::Word;
use crate::text::{Token, TokenKind, fold_word};

/// Sends the n-grams of `shortest..=longest` characters of each folded word to `sink`; a blank stands for each edge.
/// `words` are those of the tokens; names behind a slot are left out.
pub(super) fn emit(
    text: &str,
    tokens: &[Token],
    words: &[Word],
    (shortest, longest): (usize, usize),
    buffer: &mut String,
    sink: &mut impl Sink,
) {
    let start = ngram_start(Family::Character);
    let mut padded = String::new();
    let mut starts: Vec<usize> = Vec::new();
    let mut masked = words.iter().filter(|w| w.is_masked()).map(|w| w.span).peekable();
    for token in tokens.iter().filter(|t| t.kind != TokenKind::Mark) {
        while masked.next_if(|m| m.end <= token.span.start).is_some() {}
        if masked.peek().is_some_and(|m| m.overlaps(token.span)) {
            continue;
        }
        fold_word(token.span.of(text), buffer);
        padded.clear();
        padded.push(' ');
        padded.push_str(buffer);
        padded.push(' ');
        starts.clear();
        starts.extend(padded.char_indices().map(|(i, _)| i));
        starts.push(padded.len());
        let n_chars = starts.len() - 1;
        for n in shortest..=longest.min(n_chars) {
            for i in 0..=n_chars - n {
                let gram = &padded[starts[i]..starts[i + n]];
                let key = combine(start, hash_bytes(gram.as_bytes()));
                sink.feature(Family::Character, key, Some(token.span), || gram.to_owned());
            }
        }
    }
}
