//! In which language is this article? An answer only where there is no doubt.

use whatlang::{Lang, Script};

use crate::document::runs::{ALPHANUMERIC, runs};
use crate::document::{Document, PartKind};

/// Letters needed; shorter texts get no answer.
const MIN_LETTERS: usize = 240;
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

/// ISO 639-1 code of the language of the paragraphs of `document`, where it is sure: texts of at least 240 letters. Reads
/// the first 900 characters of them.
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
    // A character of Chinese or Japanese says more than a letter.
    let script = whatlang::detect_script(sample)?;
    let least = if matches!(script, Script::Mandarin | Script::Hiragana | Script::Katakana) { 60 } else { MIN_LETTERS };
    if n_letters < least {
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
    (found.is_reliable() && found.confidence() >= SURE).then(|| code(found.lang())).flatten()
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

/// The two-letter code.
fn code(lang: Lang) -> Option<&'static str> {
    const CODES: [(&str, &str); 66] = [
        ("afr", "af"),
        ("aka", "ak"),
        ("amh", "am"),
        ("ara", "ar"),
        ("aze", "az"),
        ("bel", "be"),
        ("ben", "bn"),
        ("bul", "bg"),
        ("cat", "ca"),
        ("ces", "cs"),
        ("cmn", "zh"),
        ("cym", "cy"),
        ("dan", "da"),
        ("deu", "de"),
        ("ell", "el"),
        ("eng", "en"),
        ("epo", "eo"),
        ("est", "et"),
        ("fin", "fi"),
        ("fra", "fr"),
        ("guj", "gu"),
        ("heb", "he"),
        ("hin", "hi"),
        ("hrv", "hr"),
        ("hun", "hu"),
        ("hye", "hy"),
        ("ind", "id"),
        ("ita", "it"),
        ("jav", "jv"),
        ("jpn", "ja"),
        ("kan", "kn"),
        ("kat", "ka"),
        ("khm", "km"),
        ("kor", "ko"),
        ("lat", "la"),
        ("lav", "lv"),
        ("lit", "lt"),
        ("mal", "ml"),
        ("mar", "mr"),
        ("mkd", "mk"),
        ("mya", "my"),
        ("nep", "ne"),
        ("nld", "nl"),
        ("nob", "no"),
        ("ori", "or"),
        ("pan", "pa"),
        ("pes", "fa"),
        ("pol", "pl"),
        ("por", "pt"),
        ("ron", "ro"),
        ("rus", "ru"),
        ("sin", "si"),
        ("slk", "sk"),
        ("slv", "sl"),
        ("sna", "sn"),
        ("spa", "es"),
        ("srp", "sr"),
        ("swe", "sv"),
        ("tam", "ta"),
        ("tel", "te"),
        ("tgl", "tl"),
        ("tha", "th"),
        ("tuk", "tk"),
        ("tur", "tr"),
        ("ukr", "uk"),
        ("urd", "ur"),
    ];
    const MORE: [(&str, &str); 4] = [("uzb", "uz"), ("vie", "vi"), ("yid", "yi"), ("zul", "zu")];
    CODES.iter().chain(&MORE).find(|(three, _)| *three == lang.code()).map(|(_, two)| *two)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_a_code() {
        let without: Vec<&str> = Lang::all().iter().filter(|l| code(**l).is_none()).map(|l| l.code()).collect();
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
