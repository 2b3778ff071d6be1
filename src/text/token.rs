//! Tokens: words, numbers and single marks.

use crate::text::{Span, is_invisible, is_punctuation};

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Letters, with inner apostrophes, and abbreviations with inner full stops ("don't", "U.S.", "B2B").
    Word,
    /// Digits, with inner separators ("1,000.5").
    Number,
    /// One other character that is not white space; two straight apostrophes are one mark.
    Mark,
}

/// A word, number or mark of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Where it stands.
    pub span: Span,
    /// What it is made of.
    pub kind: TokenKind,
    /// Whether its first character is an upper-case letter.
    pub capital: bool,
}

impl Token {
    /// Whether it is a word.
    #[inline]
    pub fn is_word(&self) -> bool {
        self.kind == TokenKind::Word
    }
}

/// The tokens of `text`, in order. Linear time.
///
/// # Examples
/// ```
/// let text = "Don't cut U.S. aid by 1,500, \"she\" said.";
/// let words: Vec<&str> = demarche::text::tokens(text).iter().map(|t| t.span.of(text)).collect();
/// assert_eq!(words, ["Don't", "cut", "U.S.", "aid", "by", "1,500", ",", "\"", "she", "\"", "said", "."]);
/// ```
pub fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::with_capacity(text.len() / 5);
    tokens_into(text, 0, &mut out);
    out
}

/// Appends the tokens of `text` to `out`; spans are moved by `offset` bytes (where `text` begins in its document).
pub fn tokens_into(text: &str, offset: usize, out: &mut Vec<Token>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if byte.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let start = at;
        if byte.is_ascii_alphabetic()
            && let Some(end) = plain_end(bytes, at)
        {
            at = end;
            let span = Span::new(offset + start, offset + at);
            out.push(Token { span, kind: TokenKind::Word, capital: byte.is_ascii_uppercase() });
            continue;
        }
        let (class, width) = classify(text, at);
        // Inside a word they belong to it.
        if !byte.is_ascii() && text[at..].starts_with(is_invisible) {
            at += width;
            continue;
        }
        let kind = match class {
            Class::Space => {
                at += width;
                continue;
            }
            Class::Letter => {
                at = word_end(text, at);
                TokenKind::Word
            }
            Class::Digit => {
                at = number_end(text, at);
                if at < bytes.len() && classify(text, at).0 == Class::Letter {
                    at = word_end(text, at);
                    TokenKind::Word
                } else {
                    TokenKind::Number
                }
            }
            Class::Other => {
                at += width;
                if byte == b'\'' && bytes.get(at) == Some(&b'\'') || byte == b'`' && bytes.get(at) == Some(&b'`') {
                    at += 1;
                }
                TokenKind::Mark
            }
        };
        let capital = if byte.is_ascii() {
            byte.is_ascii_uppercase()
        } else {
            text[start..].chars().next().is_some_and(char::is_uppercase)
        };
        out.push(Token { span: Span::new(offset + start, offset + at), kind, capital });
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Letter,
    Digit,
    Other,
}

/// Whether a byte is an ASCII letter or digit.
const IN_WORDS: [bool; 256] = {
    let mut all = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        all[byte] = matches!(ASCII[byte], Class::Letter | Class::Digit);
        byte += 1;
    }
    all
};

const ASCII: [Class; 128] = {
    let mut classes = [Class::Other; 128];
    let mut byte = 0;
    while byte < 128 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => Class::Letter,
            b'0'..=b'9' => Class::Digit,
            b' ' | b'\t'..=b'\r' => Class::Space,
            _ => Class::Other,
        };
        byte += 1;
    }
    classes
};

/// Class and width in bytes of the character at byte `at`, which is a character boundary inside `text`.
#[inline]
fn classify(text: &str, at: usize) -> (Class, usize) {
    match ASCII.get(usize::from(text.as_bytes()[at])) {
        Some(&class) => (class, 1),
        None => classify_wide(text, at),
    }
}

fn classify_wide(text: &str, at: usize) -> (Class, usize) {
    let Some(c) = text[at..].chars().next() else { return (Class::Space, 1) };
    let class = if is_punctuation(c) {
        Class::Other
    } else if c.is_alphabetic() || is_joiner(c) {
        Class::Letter
    } else if c.is_numeric() {
        Class::Digit
    } else if c.is_whitespace() {
        Class::Space
    } else {
        Class::Other
    };
    (class, c.len_utf8())
}

/// Combining marks and invisible joiners stay inside the word they stand in.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{ad}' | '\u{200b}'..='\u{200d}'
        | '\u{2060}' | '\u{fe00}'..='\u{fe0f}')
}

/// Where a word ends that is ASCII alone, and that nothing joins to what follows, as most are: one look into a table a byte.
#[inline]
fn plain_end(bytes: &[u8], start: usize) -> Option<usize> {
    let n = bytes[start..].iter().take_while(|&&b| IN_WORDS[usize::from(b)]).count();
    (!may_go_on(bytes, start + n, n)).then_some(start + n)
}

/// Whether a word may go on at `at`, behind a stretch of `n` ASCII letters. A full stop joins single letters only.
#[inline]
fn may_go_on(bytes: &[u8], at: usize, n: usize) -> bool {
    bytes.get(at).is_some_and(|&b| !b.is_ascii() || b == b'\'' || b == b'.' && n == 1)
}

fn word_end(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    let start = at;
    loop {
        let run = at;
        // Most words are ASCII alone, and end at a blank or mark that joins nothing: one look into a table a byte.
        at += bytes[at..].iter().take_while(|&&b| IN_WORDS[usize::from(b)]).count();
        if !may_go_on(bytes, at, at - run) {
            return at;
        }
        let mut letters = at - run;
        while at < bytes.len() {
            match classify(text, at) {
                (Class::Letter | Class::Digit, width) => at += width,
                _ => break,
            }
            letters += 1;
        }
        let Some(&next) = bytes.get(at) else { return at };
        let is_letter = |i: usize| i < bytes.len() && matches!(classify(text, i).0, Class::Letter | Class::Digit);
        if next == b'\'' && is_letter(at + 1) {
            at += 1;
        } else if bytes[at..].starts_with("\u{2019}".as_bytes()) && is_letter(at + 3) {
            at += 3;
        } else if next == b'.' && letters == 1 && (is_letter(at + 1) || at - start > 1) {
            // "U.S." and "p.m.": single letters with full stops; the last full stop belongs to it.
            let single_follows = is_letter(at + 1) && !is_letter(at + 1 + classify(text, at + 1).1);
            if single_follows {
                at += 1;
            } else {
                let dotted = bytes[start..at].contains(&b'.');
                return if dotted { at + 1 } else { at };
            }
        } else {
            return at;
        }
    }
}

fn number_end(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    loop {
        while at < bytes.len() {
            match classify(text, at) {
                (Class::Digit, width) => at += width,
                _ => break,
            }
        }
        let separator = matches!(bytes.get(at), Some(b'.' | b',' | b':'));
        if separator && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
            at += 1;
        } else {
            return at;
        }
    }
}

/// The words of a hashtag of several, without its mark: parts that begin with capitals, and digits.
///
/// # Examples
/// ```
/// let of = |tag: &'static str| -> Vec<&str> { demarche::text::hashtag_words(tag).map(|s| s.of(tag)).collect() };
/// assert_eq!(of("StopTheWar2016"), ["Stop", "The", "War", "2016"]);
/// assert_eq!(of("USElection"), ["US", "Election"]);
/// assert_eq!(of("brexit"), [""; 0]);
/// ```
pub fn hashtag_words(tag: &str) -> impl Iterator<Item = Span> {
    let chars: Vec<(usize, char)> = tag.char_indices().collect();
    let begins = |i: usize| {
        let (before, here) = (chars[i - 1].1, chars[i].1);
        let is_last_capital = || chars.get(i + 1).is_some_and(|(_, next)| next.is_lowercase());
        here.is_numeric() != before.is_numeric() || here.is_uppercase() && (!before.is_uppercase() || is_last_capital())
    };
    let mut starts: Vec<usize> = (1..chars.len()).filter(|&i| begins(i)).map(|i| chars[i].0).collect();
    if !starts.is_empty() {
        starts.insert(0, 0);
    }
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([tag.len()]).collect();
    starts.into_iter().zip(ends).map(|(start, end)| Span::new(start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        tokens(text).iter().map(|t| t.span.of(text)).collect()
    }

    #[test]
    fn cuts_as_a_reader_would() {
        assert_eq!(
            words("J.D. Vance at 5 p.m. in the U.S."),
            ["J.D.", "Vance", "at", "5", "p.m.", "in", "the", "U.S."]
        );
        assert_eq!(words("Kim Jong-un’s plan"), ["Kim", "Jong", "-", "un’s", "plan"]);
        assert_eq!(words("''Yes,'' he said"), ["''", "Yes", ",", "''", "he", "said"]);
        assert_eq!(words("It ended. He left"), ["It", "ended", ".", "He", "left"]);
        assert_eq!(words("plan B. It"), ["plan", "B", ".", "It"]);
        assert_eq!(words("3rd 1.5m 2015-16"), ["3rd", "1.5m", "2015", "-", "16"]);
        assert_eq!(words("Путин\u{a0}сказал"), ["Путин", "сказал"]);
        assert_eq!(words("e\u{301}tat"), ["e\u{301}tat"]);
        assert_eq!(words("go\u{201d}\u{200b} said\u{ad}\u{200f} Ann"), ["go", "\u{201d}", "said\u{ad}", "Ann"]);
        assert_eq!(words(""), [""; 0]);
    }

    proptest::proptest! {
        #[test]
        fn tokens_cover_everything_but_white_space(text in "\\PC*") {
            let mut at = 0;
            for token in tokens(&text) {
                let apart = |c: char| c.is_whitespace() || is_invisible(c);
                assert!(text[at..token.span.start].chars().all(apart), "{text:?}");
                assert!(!token.span.is_empty());
                at = token.span.end;
            }
            assert!(text[at..].chars().all(|c| c.is_whitespace() || is_invisible(c)));
        }
    }
}
