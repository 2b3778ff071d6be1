//! What a single line of an article is, by its words alone: site furniture, credits, bylines, captions.
//!
//! Lines are compared in lower case with the tables of `words`.

use crate::document::dateline::{is_date, is_day_name};
use crate::document::runs::{ALPHABETIC, runs};
use crate::document::units::ends_sentence;
use crate::document::words::{
    BEGINNINGS, BUTTONS, CAPTIONS, CONSENT_BUTTONS, CONSENTS, CREDIT_ENDS, CREDITS, ENDINGS, INNER_CREDITS, LINES,
    LINK_HEADINGS, PRIVACY, REPORTED_BY, TIME_WORDS, TIMES, VERBS,
};

/// What a line is when nothing around it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineKind {
    /// Links, buttons, advertisements, times, copyright.
    Furniture,
    /// Who wrote it.
    Byline,
    /// Who made a picture.
    Credit,
    /// Words under a picture with who made it.
    Caption,
    /// Anything else.
    Other,
}

/// Lines longer than this (bytes) are text.
const MAX_BYTES: usize = 420;

/// What `line` (trimmed) is by its words. O(1): long lines are [`LineKind::Other`] by their length.
pub(crate) fn line_kind(line: &str) -> LineKind {
    if line.len() > MAX_BYTES {
        return LineKind::Other;
    }
    let (lower, n_words) = lowered(line);
    if is_furniture(line, &lower, n_words) {
        return LineKind::Furniture;
    }
    if is_byline(line, &lower, n_words) {
        return LineKind::Byline;
    }
    let kind = if is_credit(&lower, n_words) {
        LineKind::Credit
    } else if is_caption(&lower, n_words) {
        LineKind::Caption
    } else {
        return LineKind::Other;
    };
    // words of somebody: text, whatever else stands in the line
    if is_speech(line) { LineKind::Other } else { kind }
}

/// The words of `line` in lower case with straight apostrophes, one blank between two (line ends of wrapped lines and hard
/// blanks count as blanks), and how many they are.
fn lowered(line: &str) -> (String, usize) {
    if let Some(lower) = lowered_at_once(line) {
        let n_words = 1 + memchr::memchr_iter(b' ', lower.as_bytes()).count();
        return (lower, n_words);
    }
    let mut lower = String::with_capacity(line.len() + 8);
    let mut n_words = 0;
    for word in line.split_whitespace() {
        if n_words > 0 {
            lower.push(' ');
        }
        n_words += 1;
        if word.is_ascii() {
            let start = lower.len();
            lower.push_str(word);
            lower[start..].make_ascii_lowercase();
        } else {
            lower.push_str(&word.to_lowercase().replace('’', "'"));
        }
    }
    (lower, n_words)
}

/// [`lowered`] for lines that have one blank between two words, as most have: copied as a whole, but for what is not ASCII.
/// `None` where that is not enough.
fn lowered_at_once(line: &str) -> Option<String> {
    let bytes = line.as_bytes();
    let is_blank = |b: u8| b == b' ' || (b'\t'..=b'\r').contains(&b);
    // No early end: so the compiler looks at many bytes at once.
    let control = bytes.iter().fold(false, |any, b| any | (b'\t'..=b'\r').contains(b));
    let twice = bytes.iter().zip(bytes.get(1..)?).fold(false, |any, (a, b)| any | (*a == b' ' && *b == b' '));
    if control || twice || is_blank(*bytes.first()?) || is_blank(*bytes.last()?) {
        return None;
    }
    let mut lower = String::with_capacity(line.len() + 8);
    if line.is_ascii() {
        lower.push_str(line);
        lower.make_ascii_lowercase();
        return Some(lower);
    }
    let mut rest = line;
    while let Some(at) = rest.bytes().position(|b| !b.is_ascii()) {
        let start = lower.len();
        lower.push_str(&rest[..at]);
        lower[start..].make_ascii_lowercase();
        let c = rest[at..].chars().next()?;
        match c {
            '’' => lower.push('\''),
            // In lower case it depends on the letters beside it.
            'Σ' => return None,
            _ if c.is_whitespace() => return None,
            _ => lower.extend(c.to_lowercase()),
        }
        rest = &rest[at + c.len_utf8()..];
    }
    let start = lower.len();
    lower.push_str(rest);
    lower[start..].make_ascii_lowercase();
    Some(lower)
}

/// Which bytes the texts of a table (all of three bytes and more) have in a place.
const fn bytes_at(place: usize, table: &[&str]) -> [bool; 256] {
    let mut bytes = [false; 256];
    let mut i = 0;
    while i < table.len() {
        bytes[table[i].as_bytes()[place] as usize] = true;
        i += 1;
    }
    bytes
}

/// The first and third bytes of the texts of a table: most lines begin otherwise, and no text of it has to be compared.
const fn heads(table: &[&str]) -> [[bool; 256]; 2] {
    [bytes_at(0, table), bytes_at(2, table)]
}

/// Whether `lower` begins with a text of `table`, which has these heads.
fn begins(lower: &str, table: &[&str], [first, third]: &[[bool; 256]; 2]) -> bool {
    let may = matches!(lower.as_bytes(), [a, _, c, ..] if first[usize::from(*a)] && third[usize::from(*c)]);
    let first = lower.as_bytes().first();
    may && table.iter().any(|t| t.as_bytes().first() == first && lower.starts_with(t))
}

/// Whether links follow below `line`.
pub(crate) fn is_link_heading(line: &str) -> bool {
    line.len() <= 40 && LINK_HEADINGS.contains(&line.to_lowercase().trim_end_matches([':', '.', '…']))
}

/// Whether `line` holds a reporting verb in the tense of headlines ("says"), or none and a colon before a quotation.
pub(crate) fn quotes_as_headlines_do(line: &str) -> bool {
    let has = |verbs: &[&str]| line.split(|c: char| !c.is_alphabetic()).any(|w| verbs.contains(&w));
    let present =
        ["says", "say", "tells", "warns", "vows", "urges", "asks", "adds", "insists", "claims", "stresses", "believes"];
    !has(&["said", "told", "added", "asked", "wrote"])
        && (has(&present) || line.contains(": \"") || line.contains(": “"))
}

/// Bytes of the longest text of [`LINES`].
const MAX_LINE: usize = {
    let (mut longest, mut i) = (0, 0);
    while i < LINES.len() {
        if LINES[i].len() > longest {
            longest = LINES[i].len();
        }
        i += 1;
    }
    longest
};

fn is_furniture(line: &str, lower: &str, n_words: usize) -> bool {
    const HEADS: [[bool; 256]; 2] = heads(BEGINNINGS);
    let bare = lower.trim_end_matches([':', '.', '…', '›', '»', '>', '!']).trim();
    let lone_marks = !lower.chars().any(char::is_alphanumeric) && !lower.chars().any(|c| "\"“”«»".contains(c));
    lone_marks
        || is_consent(lower, n_words)
        || (bare.len() <= MAX_LINE && LINES.contains(&bare))
        || (n_words <= 40 && begins(lower, BEGINNINGS, &HEADS) && is_call(lower, n_words) && !is_speech(line))
        || (n_words <= 14 && ENDINGS.iter().any(|e| bare.ends_with(e)) && !is_speech(line))
        || (n_words <= 16 && is_follow(lower))
        || is_time(lower, n_words)
        || (n_words <= 10
            && lower.starts_with(['s', 't', 'e', 'f', 'p', 'п'])
            && words(lower).all(|w| BUTTONS.contains(&w)))
}

/// A banner that asks the reader to allow cookies: in the words of the site, whoever is said to say them.
fn is_consent(lower: &str, n_words: usize) -> bool {
    const HEADS: [[bool; 256]; 2] = heads(CONSENTS);
    let asks = || CONSENT_BUTTONS.iter().any(|b| lower.contains(b));
    n_words <= 80 && begins(lower, CONSENTS, &HEADS) && lower.contains("cookies")
        || n_words <= 60 && begins(lower, PRIVACY, &PRIVACY_HEADS) && asks()
}

const PRIVACY_HEADS: [[bool; 256]; 2] = heads(PRIVACY);

/// Whether a line with a furniture beginning calls its reader: a sentence about somebody else ("Support for the party
/// fell.", "Visit of the minister ...") is text.
fn is_call(lower: &str, n_words: usize) -> bool {
    let ambiguous = [
        "get the ",
        "get our ",
        "support ",
        "visit ",
        "listen to ",
        "subscribe ",
        "more from ",
        "most popular",
        "got a tip",
    ];
    let named = [
        "newsletter",
        "inbox",
        "sign up",
        "podcast",
        "homepage",
        "email",
        "e-mail",
        "journalism",
        "subscri",
        "@",
        ".com",
        "app",
    ];
    !ambiguous.iter().any(|a| lower.starts_with(a))
        || named.iter().any(|n| lower.contains(n))
        || (n_words <= 5 && !ends_sentence(lower))
}

/// "Follow Jane Roe on Twitter".
fn is_follow(lower: &str) -> bool {
    let rest = lower.trim_start_matches(['-', '—', '–', '•', ' ']).strip_prefix("follow ");
    rest.is_some_and(|r| ["twitter", "facebook", "instagram", "telegram", "@"].iter().any(|n| r.contains(n)))
}

fn is_time(lower: &str, n_words: usize) -> bool {
    if !((1..=14).contains(&n_words) && lower.bytes().any(|b| b.is_ascii_digit())) {
        return false;
    }
    let clock = |w: &str| {
        w.starts_with(|c: char| c.is_ascii_digit())
            && w.len() <= 12
            && w.bytes().all(|b| b.is_ascii_digit() || b":.-/apmhztdrn".contains(&b))
    };
    let when = |w: &str| clock(w) || is_day_name(w) || TIME_WORDS.contains(&w);
    let says_when = n_words <= 12 && (is_date(lower) || words(lower).all(when));
    let published = TIMES.iter().any(|t| lower.starts_with(t))
        && words(lower).filter(|w| when(w)).count() * 2 >= n_words.saturating_sub(2);
    // "Source: Xinhua | 2019-06-02 11:06:23 | Editor: huaxia"
    let in_bars = n_words <= 12 && lower.contains(" | ") && words(lower).any(|w| clock(w) && w.len() >= 4);
    says_when || published || in_bars
}

fn words(lower: &str) -> impl Iterator<Item = &str> {
    lower
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '|' | '/' | '(' | ')' | '•'))
        .map(|w| w.trim_matches(['.', ':', '-', '–', '—']))
        .filter(|w| !w.is_empty())
}

fn is_byline(line: &str, lower: &str, n_words: usize) -> bool {
    let contributed = [
        "contributed to this report",
        "contributed to this story",
        "contributed to this article",
        "contributed reporting",
    ];
    const HEADS: [[bool; 256]; 2] = heads(REPORTED_BY);
    let bare = lower.trim_end_matches(['.', ')']);
    begins(lower, REPORTED_BY, &HEADS)
        || (n_words <= 40 && contributed.iter().any(|c| bare.ends_with(c)))
        || (n_words <= 16 && lower.starts_with("by ") && !ends_sentence(line) && is_names(&line[3..]))
}

/// Whether every word of `text` is part of names: begins with a capital, or joins them.
pub(crate) fn is_names(text: &str) -> bool {
    let joins = ["and", "of", "for", "the", "in", "at", "de", "von", "van", "al", "bin", "|"];
    let mut any = false;
    text.split_whitespace().all(|w| {
        let capital = w.trim_start_matches(['(', '@']).starts_with(char::is_uppercase);
        any |= capital;
        capital || joins.contains(&w)
    }) && any
}

fn is_credit(lower: &str, n_words: usize) -> bool {
    let bare = lower.trim_matches(['(', ')', '.', '[', ']']);
    (n_words <= 12
        && CREDITS.iter().any(|c| lower.starts_with(c))
        && !(lower.starts_with("file photo:") && n_words > 6))
        || (n_words <= 12 && lower.starts_with("(c) ") && (lower.contains('/') || lower.contains("photo")))
        || (n_words <= 12 && lower.starts_with('(') && lower.ends_with(')') && lower.contains(" photo: "))
        || (n_words <= 6 && CREDIT_ENDS.iter().any(|e| bare.ends_with(e)))
}

fn is_caption(lower: &str, n_words: usize) -> bool {
    const HEADS: [[bool; 256]; 2] = heads(CAPTIONS);
    let bare = lower.trim_end_matches([')', '.', ']']);
    let tail = || {
        let mut at = lower.len().saturating_sub(90);
        while !lower.is_char_boundary(at) {
            at -= 1;
        }
        &lower[at..]
    };
    let inner =
        || INNER_CREDITS.iter().any(|c| tail().rfind(c).is_some_and(|i| tail()[i..].split_whitespace().count() <= 8));
    begins(lower, CAPTIONS, &HEADS)
        || bare.ends_with("file photo")
        || (n_words <= 60 && ends_in_credit(lower))
        || (n_words <= 60 && lower.ends_with([')', ']']) && CREDIT_ENDS.iter().any(|e| bare.ends_with(e)))
        || (n_words <= 60 && (!ends_sentence(lower) || lower.ends_with(')')) && inner())
}

/// "... in 2012. (Thomas Peter/Reuters)": the last brackets hold two or three names, two of them with a slash between.
fn ends_in_credit(lower: &str) -> bool {
    let Some((_, inside)) = lower.strip_suffix(')').and_then(|l| l.rsplit_once('(')) else { return false };
    let n_words = inside.split_whitespace().count();
    let names = inside.chars().all(|c| c.is_alphabetic() || " .-'/".contains(c));
    (2..=5).contains(&n_words) && names && inside.matches('/').count() == 1 && !inside.contains(" / ")
}

/// Whether `text` holds quotation marks and a reporting verb, or a colon before a quotation mark. O(bytes).
pub(crate) fn is_speech(text: &str) -> bool {
    const FIRST: [bool; 256] = bytes_at(0, VERBS);
    let is_verb = |w: &str| {
        let first = w.as_bytes()[0];
        (3..=24).contains(&w.len())
            && (FIRST[usize::from(first.to_ascii_lowercase())] || !first.is_ascii())
            && match w.bytes().all(|b| b.is_ascii_lowercase()) {
                true => VERBS.binary_search(&w),
                false => VERBS.binary_search(&w.to_lowercase().as_str()),
            }
            .is_ok()
    };
    has_quotation_mark(text)
        && ([": \"", ": “", ": «"].iter().any(|mark| text.contains(mark))
            || runs(text, &ALPHABETIC, char::is_alphabetic).any(is_verb))
}

/// Whether `text` holds a double quotation mark of any form.
pub(crate) fn has_quotation_mark(text: &str) -> bool {
    let bytes = text.as_bytes();
    // By their bytes: a character at a time took four times as long.
    memchr::memchr(b'"', bytes).is_some()
        || memchr::memchr3_iter(0xe2, 0xc2, 0xe3, bytes).any(|i| {
            // “ ” „ « » 「 『
            matches!(
                bytes[i..],
                [0xe2, 0x80, 0x9c..=0x9e, ..] | [0xc2, 0xab | 0xbb, ..] | [0xe3, 0x80, 0x8c | 0x8e, ..]
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_known_by_their_words() {
        use LineKind::*;
        for (line, kind) in [
            ("All news", Furniture),
            ("We use cookies. \"Reject them,\" says the box.", Furniture),
            ("This website uses cookies to know what you like.", Furniture),
            ("We value your privacy. Accept all or manage preferences.", Furniture),
            ("We use flour and salt, said the baker.", Other),
            ("\"We use cookies as bait,\" said the ranger.", Other),
            ("ADVERTISEMENT", Furniture),
            ("More On This...", Furniture),
            ("WORLD", Furniture),
            ("SHARE THIS ARTICLE Share Tweet Post Email", Furniture),
            ("7 years ago", Furniture),
            ("September 10, 2018", Furniture),
            ("10 Sep, 15:21", Furniture),
            ("MARCH 3, 2018 / 10:15 AM / UPDATED 2 YEARS AGO", Furniture),
            ("Updated at 7:16 a.m. ET Sunday", Furniture),
            ("Copyright © 2019 The Washington Times, LLC. Click here for reprint permission.", Furniture),
            ("Follow us on Twitter @CNNOpinion.", Furniture),
            ("Read more: Talks go on", Furniture),
            ("___", Furniture),
            ("CLICK HERE TO GET THE FOX NEWS APP", Furniture),
            ("Source: Xinhua | 2019-06-02 11:06:23 | Editor: huaxia", Furniture),
            ("By Jane Roe and John Doe, Reuters", Byline),
            ("Reporting by Jane Roe; Editing by John Doe", Byline),
            ("The Associated Press contributed to this report.", Byline),
            ("© AP Photo/Wong Maye-E", Credit),
            ("REUTERS/Jim Young", Credit),
            ("(Photo: Jason Stitt/Dreamstime)", Credit),
            ("Photo by Jane Roe", Credit),
            ("(c) AP Photo/Jane Roe", Credit),
            ("(Reuters photo: Jane Roe)", Credit),
            ("( PHOTOS: 10 quotes)", Furniture),
            ("Follow Jane Roe on Twitter: @roe", Furniture),
            ("A portrait of the president in Moscow in 2012. (Thomas Peter/Agency)", Caption),
            ("Saul Loeb/AFP/Getty Images", Credit),
            ("Image copyright Getty Images", Credit),
            ("North Korean leader Kim Jong-un  AP Photo/Wong Maye-E", Caption),
            ("Signs at an immigration reform rally in Chicago, March 27, 2014. (Jim Young/Reuters)", Caption),
            ("FILE - In this March 3 photo, the minister speaks", Caption),
            ("Enlarge this image toggle caption Evan Vucci/AP Evan Vucci/AP", Caption),
            ("The minister in Rome, March 3, 2018. REUTERS/Jane Roe", Caption),
        ] {
            assert_eq!(line_kind(line), kind, "{line}");
        }
    }

    #[test]
    fn text_is_no_furniture() {
        for line in [
            "Support for the party fell to 20 percent.",
            "Get the troops out, said the minister.",
            "\"Read more,\" he said.",
            "\"We share this,\" she told AP Photo/",
            "May will go on Friday.",
            "By Friday the talks had failed.",
            "Share prices fell.",
            "Trump and Kim held their first historic meeting in Singapore on June 12, 2018",
            "\"Click here,\" said Reuters/Ipsos pollsters",
            "The Reuters/Ipsos poll found support at 40 percent.",
            "Updated figures show that 40 percent of the 2,000 voters in the region want it",
            "Hanoi summit",
            "Jane Roe, Rome: \"I like it.\" (Photo: John Doe, AP)",
            "(C) membership in any religious organization.",
            "She shared a copy of the ruling on Twitter.",
            "The men follow the talks.",
        ] {
            assert_eq!(line_kind(line), LineKind::Other, "{line}");
        }
    }
}
