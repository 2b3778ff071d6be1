//! One spelling for words that look alike: NFC, lower case, straight apostrophes, no invisible characters.

use unicode_normalization::{UnicodeNormalization, is_nfc_quick};

/// Writes the folded form of `word` into `out` (which is emptied first): lower case, NFC, `’` as `'`, no format
/// characters. ASCII words take the fast way.
///
/// # Examples
/// ```
/// let mut out = String::new();
/// demarche::text::fold_word("Don\u{2019}T\u{ad}", &mut out);
/// assert_eq!(out, "don't");
/// ```
pub fn fold_word(word: &str, out: &mut String) {
    out.clear();
    if word.is_ascii() {
        out.push_str(word);
        out.make_ascii_lowercase();
        return;
    }
    // Nothing to compose, no case; it took six times as long below.
    if word.chars().all(|c| c.is_ascii() || is_punctuation(c)) {
        out.extend(word.chars().map(|c| straight(c).to_ascii_lowercase()));
        return;
    }
    let lower = word.chars().filter(|&c| !is_invisible(c)).map(straight).flat_map(char::to_lowercase);
    if is_nfc_quick(word.chars()) == unicode_normalization::IsNormalized::Yes {
        out.extend(lower);
    } else {
        out.extend(lower.nfc());
    }
}

/// The folded form of `word`; see [`fold_word`].
pub fn folded(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    fold_word(word, &mut out);
    out
}

/// A key under which texts that differ only in case, punctuation and spacing are the same.
///
/// # Examples
/// ```
/// use demarche::text::text_key;
/// assert_eq!(text_key("“We hope so,”"), text_key("we  hope so."));
/// ```
pub fn text_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let mut word = String::new();
    for token in crate::text::tokens(text) {
        if token.kind != crate::text::TokenKind::Mark {
            fold_word(token.span.of(text), &mut word);
            if !key.is_empty() {
                key.push(' ');
            }
            key.push_str(word.trim_end_matches('.'));
        }
    }
    key
}

/// Whether it is a dash, a quotation mark, a bullet or an ellipsis: known without a look into the tables of Unicode. They are
/// nearly all that is not ASCII in English news.
pub(crate) fn is_punctuation(c: char) -> bool {
    ('\u{2010}'..='\u{2027}').contains(&c)
}

fn straight(c: char) -> char {
    if matches!(c, '\u{2018}' | '\u{2019}' | '\u{02bc}') { '\'' } else { c }
}

/// Format characters that do not show: soft hyphen, zero-width, direction marks, byte order mark.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composed_and_decomposed_are_one() {
        assert_eq!(folded("E\u{301}TAT"), folded("État"));
        assert_eq!(folded("\u{feff}Yes"), "yes");
        assert_eq!(folded("İstanbul"), "i\u{307}stanbul");
    }

    #[test]
    fn punctuation_is_as_in_other_words() {
        for c in '\u{2010}'..='\u{2027}' {
            // With the letter behind it the word goes the long way.
            let long = folded(&format!("A{c}B\u{e9}"));
            assert_eq!(folded(&format!("A{c}B")), long.trim_end_matches('\u{e9}'), "{c:?}");
        }
    }
}
