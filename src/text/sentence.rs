//! Ends of sentences.

use crate::lang::Language;
use crate::text::{Token, TokenKind, folded};

/// Whether the mark (or dotted word, as "U.S.") `tokens[i]` ends a sentence, judged by its neighbours alone.
///
/// A full stop ends one unless the word before it is an abbreviation or an initial; question and exclamation marks
/// and an ellipsis end one where a capital, a number or an opening mark follows. Closing marks directly behind belong
/// to the sentence.
#[inline]
pub fn sentence_ends_after(text: &str, tokens: &[Token], i: usize, lang: &Language) -> bool {
    let Some(token) = tokens.get(i) else { return true };
    // Most tokens end in another byte than the marks (the last one of "…").
    let last = token.span.end.checked_sub(1).and_then(|end| text.as_bytes().get(end));
    if !matches!(last, Some(b'.' | b'!' | b'?' | 0xa6)) {
        return false;
    }
    mark_ends_sentence(text, tokens, i, lang)
}

fn mark_ends_sentence(text: &str, tokens: &[Token], i: usize, lang: &Language) -> bool {
    let token = tokens[i];
    let mark = token.span.of(text);
    let dotted = token.kind == TokenKind::Word && mark.ends_with('.');
    if !dotted && !matches!(mark, "." | "!" | "?" | "…") {
        return false;
    }
    let mut next = i + 1;
    let mut end = token.span.end;
    while let Some(t) = tokens.get(next).filter(|t| t.span.start == end && is_closer(t.span.of(text))) {
        end = t.span.end;
        next += 1;
    }
    let Some(following) = tokens.get(next) else { return true };
    if following.span.start == end {
        return false;
    }
    let opening = following.kind == TokenKind::Mark
        && !matches!(following.span.of(text), "," | ";" | ":" | "-" | "–" | "—" | ")" | "&" | "%");
    if !following.capital && following.kind != TokenKind::Number && !opening {
        return false;
    }
    if dotted {
        // "in the U.S. The talks" ends a sentence, "the U.S. Senate" does not: only the next word can tell.
        return following.capital && lang.begins_sentence(&folded(following.span.of(text)));
    }
    if mark == "." && i > 0 && tokens[i - 1].is_word() && tokens[i - 1].span.end == token.span.start {
        let before = tokens[i - 1];
        let word = before.span.of(text);
        let initial = before.capital && word.chars().count() == 1 && word != "I";
        return !initial && !lang.is_abbreviation(&folded(word));
    }
    true
}

fn is_closer(mark: &str) -> bool {
    matches!(mark, "\"" | "”" | "’" | "'" | "''" | "»" | "“" | ")" | "]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokens;

    #[test]
    fn sentences_end_where_a_reader_stops() {
        let lang = crate::lang::language("en").unwrap();
        for (text, sentences) in [
            ("Mr. Smith left. He won.", vec!["Mr. Smith left.", "He won."]),
            ("On Feb. 3 John F. Kennedy spoke.", vec!["On Feb. 3 John F. Kennedy spoke."]),
            ("Why? Because! It is so.", vec!["Why?", "Because!", "It is so."]),
            ("It cost 1.5 dollars... and more.", vec!["It cost 1.5 dollars... and more."]),
            ("He is in the U.S. The U.S. Senate met.", vec!["He is in the U.S.", "The U.S. Senate met."]),
        ] {
            let tokens = tokens(text);
            let mut start = 0;
            let mut found = Vec::new();
            for i in (0..tokens.len()).filter(|&i| sentence_ends_after(text, &tokens, i, lang)) {
                found.push(text[start..tokens[i].span.end].trim_matches(['"', ' ']));
                start = tokens[i].span.end;
            }
            let expected: Vec<&str> = sentences.iter().map(|s| s.trim_matches(['"', ' '])).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
