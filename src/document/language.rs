//! In which language is this article? An answer only where there is no doubt.

use whatlang::Script;

use crate::document::runs::{ALPHANUMERIC, runs};
use crate::document::{Document, PartKind, two_letters};

/// Letters needed; shorter texts get no answer.
const MIN_LETTERS: usize = 240;
/// The same where they are not Latin.
const MIN_FOREIGN: usize = 60;
/// Characters looked at: enough to be sure, and a hundredth of the time that extraction takes.
const SAMPLE: usize = 900;
/// Of 100 words of English news at least 25 are among [`ENGLISH`]; of other languages hardly one.
const ENGLISH_SHARE: f64 = 0.12;
/// Trigrams alone must be this sure.
const SURE: f64 = 0.9;

/// Words of English that no other language has, or nearly none; see [`packed`].
const ENGLISH: [u64; 26] = {
    let words = [
        "and", "are", "as", "at", "been", "by", "for", "from", "had", "has", "have", "he", "his", "is", "it", "its",
        "of", "on", "said", "that", "the", "this", "to", "was", "which", "with",
    ];
    let mut out = [0; 26];
    let mut i = 0;
    while i < words.len() {
        out[i] = packed(words[i].as_bytes());
        i += 1;
    }
    out
};

/// A short word of ASCII letters in any case as one number: comparing texts took three times as long.
const fn packed(word: &[u8]) -> u64 {
    let mut out = 0;
    let mut i = 0;
    while i < word.len() {
        out = out << 8 | word[i].to_ascii_lowercase() as u64;
        i += 1;
    }
    out
}

/// ISO 639-1 code of the language of the paragraphs of `document`, where it is sure: texts of at least 240 letters, or 60 that
/// are not Latin. Reads the first 900 characters of them.
pub(super) fn detect(document: &Document) -> Option<String> {
    let mut sample = String::with_capacity(2 * SAMPLE);
    let mut left = SAMPLE;
    for part in document.parts.iter().filter(|p| p.kind == PartKind::Paragraph) {
        let paragraph = part.span.of(&document.text);
        let end = paragraph.char_indices().nth(left).map_or(paragraph.len(), |(at, _)| at);
        sample.push_str(&paragraph[..end]);
        left -= paragraph[..end].chars().count();
        sample.push(' ');
        if left == 0 {
            break;
        }
    }
    language(&sample).map(str::to_owned)
}

fn language(sample: &str) -> Option<&'static str> {
    let ascii = sample.bytes().filter(u8::is_ascii_alphabetic).count();
    let others = sample.bytes().filter(|b| !b.is_ascii()).count();
    let (n, english) = english_words(sample);
    let is_english = |share: f64| f64::from(english) >= share * f64::from(n);
    // Latin letters beyond doubt: no character has to be looked up.
    if ascii >= MIN_LETTERS && ascii > 9 * others && is_english(ENGLISH_SHARE) {
        return Some("en");
    }
    let n_letters = sample.chars().filter(|c| c.is_alphabetic()).count();
    let script = whatlang::detect_script(sample)?;
    // Letters that are not Latin say by themselves that this is not English; then the likeliest language is said.
    let is_foreign = script != Script::Latin && n_letters > 3 * ascii;
    if n_letters < if script == Script::Latin { MIN_LETTERS } else { MIN_FOREIGN } {
        return None;
    }
    if script == Script::Latin && 10 * ascii > 9 * n_letters {
        if is_english(ENGLISH_SHARE) {
            return Some("en");
        }
        // A few English words in every hundred: lists, verses, telegrams. No other language is claimed.
        if is_english(0.05) {
            return None;
        }
    }
    let found = whatlang::detect(sample)?;
    (is_foreign || found.is_reliable() && found.confidence() >= SURE)
        .then(|| two_letters(found.lang().code()))
        .flatten()
}

/// How many words the sample has, and how many of them are among [`ENGLISH`].
fn english_words(sample: &str) -> (u32, u32) {
    let (mut n, mut english) = (0, 0);
    for word in runs(sample, &ALPHANUMERIC, char::is_alphanumeric) {
        n += 1;
        // None of them is longer.
        english += u32::from(word.len() <= 5 && ENGLISH.contains(&packed(word.as_bytes())));
    }
    (n, english)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_a_code() {
        let without: Vec<&str> =
            whatlang::Lang::all().iter().filter(|l| two_letters(l.code()).is_none()).map(|l| l.code()).collect();
        assert!(without.is_empty(), "{without:?}");
    }

    #[test]
    fn long_texts_are_known() {
        for (lang, text) in [
            (
                "en",
                "The minister said on Monday that the talks would go on, and that both sides had agreed to meet in the capital next week. ",
            ),
            (
                "de",
                "Der Minister sagte am Montag, die Gespräche würden fortgesetzt, und beide Seiten hätten sich auf ein Treffen in der Hauptstadt geeinigt. ",
            ),
            (
                "fr",
                "Le ministre a déclaré lundi que les pourparlers se poursuivraient et que les deux parties étaient convenues de se réunir dans la capitale. ",
            ),
            (
                "ru",
                "Министр заявил в понедельник, что переговоры продолжатся и что стороны договорились встретиться в столице на следующей неделе. ",
            ),
            (
                "es",
                "El ministro dijo el lunes que las conversaciones continuarían y que ambas partes habían acordado reunirse en la capital la próxima semana. ",
            ),
            (
                "zh",
                "外交部长星期一表示，会谈将继续进行，双方已同意下周在首都会面，讨论边境铁路和港口的问题，并希望尽快达成协议，双方都对结果表示满意。",
            ),
        ] {
            assert_eq!(language(&text.repeat(3)), Some(lang), "{text}");
        }
    }

    #[test]
    fn the_script_alone_says_what_is_not_english() {
        let russian = "Министр иностранных дел заявил в понедельник, что переговоры продолжатся на следующей неделе. \
                       «Мы готовы», — сказал он журналистам. Стороны договорились встретиться снова, сообщает агентство. \
                       Об этом пишет газета.";
        let n = russian.chars().filter(|c| c.is_alphabetic()).count();
        assert!((120..MIN_LETTERS).contains(&n), "{n} letters");
        assert_eq!(language(russian), Some("ru"));
        let names = format!(
            "The word means this: {}. It is old, the minister of culture said of it on Monday.",
            &russian[..35]
        );
        assert_eq!(language(&names), None, "an English text with some foreign words");
    }

    #[test]
    fn short_or_odd_english_is_never_anything_else() {
        for text in [
            "Ministers met.",
            "Angela Merkel, Emmanuel Macron, Giuseppe Conte, Pedro Sánchez, Mateusz Morawiecki, Andrej Babiš, Viktor Orbán.",
            "\"No,\" Herr Müller told Die Zeit. \"Nein, nein, nein,\" he said of the Bundestag's Haushaltsausschuss vote. He left.",
            "Real Madrid 2 Barcelona 1. Atlético 3 Sevilla 0. Valencia 1 Villarreal 1. Getafe 0 Betis 2. Girona 1 Alavés 1. Celta 2 Mallorca 0. \
             Osasuna 1 Cádiz 0. Granada 0 Almería 0. Las Palmas 2 Rayo Vallecano 1. Real Sociedad 3 Athletic Bilbao 2, the league's table said.",
        ] {
            let found = language(text);
            assert!(found.is_none() || found == Some("en"), "{found:?}: {text}");
        }
    }
}
