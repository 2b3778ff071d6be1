//! Stretches of letters, or of letters and digits.

use crate::text::is_punctuation;

/// Which ASCII characters are letters.
pub(super) const ALPHABETIC: [bool; 256] = table(false);
/// Which ASCII characters are letters or digits.
pub(super) const ALPHANUMERIC: [bool; 256] = table(true);

const fn table(digits: bool) -> [bool; 256] {
    let mut all = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        let b = byte as u8;
        all[byte] = b.is_ascii_alphabetic() || digits && b.is_ascii_digit();
        byte += 1;
    }
    all
}

/// The stretches of `text` whose characters all belong to it: ASCII ones by the table `ascii`, others by `wide`, which
/// does not hold for punctuation. A look into a table a byte; [`str::split`] took four times as long.
pub(super) fn runs<'t>(
    text: &'t str,
    ascii: &'static [bool; 256],
    wide: fn(char) -> bool,
) -> impl Iterator<Item = &'t str> {
    let bytes = text.as_bytes();
    let is_in = move |at: usize| {
        let c = text[at..].chars().next().unwrap_or_default();
        (!is_punctuation(c) && wide(c), c.len_utf8())
    };
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = loop {
            match bytes.get(at)? {
                b if ascii[usize::from(*b)] => break at,
                b if b.is_ascii() => at += 1,
                _ => match is_in(at) {
                    (true, _) => break at,
                    (false, width) => at += width,
                },
            }
        };
        loop {
            at += bytes[at..].iter().take_while(|&&b| ascii[usize::from(b)]).count();
            match bytes.get(at).filter(|b| !b.is_ascii()).map(|_| is_in(at)) {
                Some((true, width)) => at += width,
                _ => return Some(&text[start..at]),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn finds_what_split_finds(text in "\\PC*|[a-z0-9é\u{a0} .]*") {
            let words: Vec<&str> = runs(&text, &ALPHANUMERIC, char::is_alphanumeric).collect();
            let split: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
            assert_eq!(words, split);
            let words: Vec<&str> = runs(&text, &ALPHABETIC, char::is_alphabetic).collect();
            let split: Vec<&str> = text.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).collect();
            assert_eq!(words, split);
        }
    }
}
