//! Datelines: place, date and agency before the first words of an article.

/// Agencies whose name in brackets or between slashes makes a dateline of what stands before it.
const AGENCIES: &[&str] = &[
    "afp",
    "ani",
    "ansa",
    "ap",
    "associated press",
    "bloomberg",
    "bna",
    "cbn",
    "cbn news",
    "cbs news",
    "cnn",
    "dpa",
    "dw",
    "efe",
    "fars",
    "interfax",
    "irna",
    "kuna",
    "kyodo",
    "mna",
    "pti",
    "reuters",
    "ria",
    "ria novosti",
    "sana",
    "spa",
    "sputnik",
    "tasnim",
    "tass",
    "thomson reuters foundation",
    "upi",
    "wam",
    "xinhua",
    "yonhap",
    "анса",
    "интерфакс",
    "рейтер",
    "риа новости",
    "тасс",
];

/// Beginnings of the names of months and weekdays.
const DAYS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "sept",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

/// Words in capitals before a dash that are no places.
const NO_PLACES: &[&str] = &[
    "AD",
    "ANALYSIS",
    "BREAKING",
    "COMMENTARY",
    "CORRECTION",
    "EDITORIAL",
    "EXCLUSIVE",
    "FACTBOX",
    "FILE",
    "FILE PHOTO",
    "IAEA",
    "LIVE",
    "MORE",
    "NATO",
    "NOTE",
    "OPEC",
    "OPINION",
    "PHOTO",
    "PHOTOS",
    "READ",
    "RELATED",
    "UNESCO",
    "UNHCR",
    "UNICEF",
    "UPDATE",
    "UPDATED",
    "URGENT",
    "VIDEO",
    "WATCH",
    "WIKILEAKS",
];

/// A dateline has to end within this many bytes.
const MAX_BYTES: usize = 140;

/// How sure a dateline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Certainty {
    /// A place in capitals and a dash: only believed at the beginning of the body.
    Place,
    /// An agency or a date stands in it.
    Full,
}

/// Length in bytes of the dateline with which `text` (without white space before it) begins, and how sure it is.
/// What ends it (dash, full stop after the agency) belongs to it. O(1).
pub(crate) fn dateline(text: &str) -> Option<(usize, Certainty)> {
    let mut cut = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    let head = &text[..cut];
    let first = head.chars().next()?;
    if !first.is_uppercase() && first != '(' && first != '/' || begins_in_small_letters(head.as_bytes()) {
        return None;
    }
    let bytes = head.as_bytes();
    // Without a bracket, slash or dash (the others begin with this byte) there is none.
    if memchr::memchr3(b'(', b'/', b'-', bytes).is_none() && memchr::memchr(0xe2, bytes).is_none() {
        return None;
    }
    for (at, c) in head.char_indices() {
        let front = &head[..at];
        let (end, agency) = match c {
            '(' | '/' => match agency_end(head, at, c) {
                Some((end, agency)) => (Some(end), agency),
                None => continue,
            },
            '–' | '—' | '―' => (dash_end(head, at), Agency::Absent),
            '-' if front.ends_with(char::is_whitespace) => (dash_end(head, at), Agency::Absent),
            _ => continue,
        };
        let end = end?;
        let certainty = check(front, agency)?;
        let sure = certainty == Certainty::Full || begins_sentence(&text[end..]);
        return sure.then_some((end, certainty));
    }
    None
}

/// Whether the second word is in small letters and joins no places, as in most sentences ("The minister ..."): then what
/// stands before any mark is no place.
fn begins_in_small_letters(head: &[u8]) -> bool {
    let letters = |from: usize| head[from..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let first = letters(0);
    if first == 0 || head.get(first) != Some(&b' ') || !head.get(first + 1).is_some_and(u8::is_ascii_lowercase) {
        return false;
    }
    let second = first + 1;
    !matches!(&head[second..second + letters(second)], b"and" | b"de" | b"al")
}

/// What stands in the brackets of a dateline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Agency {
    /// No name.
    Absent,
    /// Some name.
    Unknown,
    /// A known agency without a dash or full stop after it.
    Bare,
    /// A known agency with one.
    Known,
}

/// Where the dashes at `at` end.
fn dash_end(head: &str, at: usize) -> Option<usize> {
    let dashes = head[at..].trim_start_matches(['-', '–', '—', '―']);
    Some(head.len() - dashes.len()).filter(|_| !dashes.is_empty())
}

/// The end of `(AP) —`, `/TASS/.` or `(CNN)` at `at`, with the dash or full stop after it. `None` where the slash
/// parts two places ("PARIS/BERLIN").
fn agency_end(head: &str, at: usize, open: char) -> Option<(usize, Agency)> {
    let inside = &head[at + 1..];
    let length = inside.find(if open == '(' { ')' } else { '/' }).filter(|n| (1..=48).contains(n))?;
    let known = is_agency(&inside[..length]);
    let after = at + 1 + length + 1;
    let rest = head[after..].trim_start();
    let dashes = rest.trim_start_matches(['-', '–', '—', '―']);
    let stop = rest.strip_prefix('.').filter(|_| known);
    let end = if dashes.len() < rest.len() { Some(dashes) } else { stop };
    match end {
        _ if open == '/' && !known => None,
        Some(end) => {
            // "Erfurt (tdn) - ": the letters of a small agency.
            let short = (3..=5).contains(&length) && inside.bytes().take(length).all(|b| b.is_ascii_lowercase());
            Some((head.len() - end.len(), if known || short { Agency::Known } else { Agency::Unknown }))
        }
        None if known || is_letters(&inside[..length]) && dated(&head[..at]) => Some((after, Agency::Bare)),
        None => None,
    }
}

/// The letters of an agency that no table has: "NEI".
fn is_letters(name: &str) -> bool {
    (2..=6).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_uppercase())
}

/// "Shillong, Sep 21 " before an agency: a place and a day.
fn dated(front: &str) -> bool {
    front.split_once(',').is_some_and(|(_, day)| is_date(day.trim()))
}

fn is_agency(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let known = |n: &str| AGENCIES.contains(&n.trim());
    known(&name) || name.split(['/', ',']).any(known) || name.starts_with("tass ")
}

/// Whether everything in `front` (what stands before the dash or the agency) is place or date.
fn check(front: &str, agency: Agency) -> Option<Certainty> {
    let mut segments = front.split(',').map(|s| s.trim().trim_end_matches('.')).filter(|s| !s.is_empty());
    let Some(place) = segments.next() else { return (agency >= Agency::Bare).then_some(Certainty::Full) };
    // "MOSCOW. March 3 (Interfax) -"
    let after_stop = place.split_once(". ").filter(|(_, rest)| is_date(rest));
    let (place, rest) = after_stop.map_or((place, None), |(place, rest)| (place, Some(rest)));
    let mut date = rest.is_some();
    for segment in segments {
        let is_date = is_date(segment);
        date |= is_date;
        if !is_date && !is_region(segment) {
            return None;
        }
    }
    let in_small_letters = agency == Agency::Known || (agency == Agency::Bare && front.trim().len() <= 24);
    let fits = is_place_in_capitals(place) || (in_small_letters && is_region(place) && !place.starts_with("The "));
    let certainty = if date || agency != Agency::Absent { Certainty::Full } else { Certainty::Place };
    (fits && !NO_PLACES.contains(&place)).then_some(certainty)
}

/// "MOSCOW", "NEW YORK", "PARIS/BERLIN", "WASHINGTON and BEIJING".
fn is_place_in_capitals(place: &str) -> bool {
    let n_words = place.split_whitespace().count();
    let words = place.split([' ', '/', '\u{a0}']).filter(|w| !w.is_empty() && !matches!(*w, "and" | "и" | "de" | "al"));
    let mut letters = 0;
    for word in words {
        if !word.chars().all(|c| c.is_uppercase() || matches!(c, '.' | '\'' | '’' | '-')) {
            return false;
        }
        letters += word.chars().filter(|c| c.is_alphabetic()).count();
    }
    letters >= 3 && n_words <= 6
}

/// "Iowa", "N.H.", "South Carolina", "D.C", "Russia".
fn is_region(segment: &str) -> bool {
    let mut words = segment.split_whitespace();
    segment.split_whitespace().count() <= 3
        && words
            .all(|w| w.starts_with(char::is_uppercase) && w.chars().all(|c| c.is_alphabetic() || ".-'’".contains(c)))
}

/// "March 3", "Oct. 3", "27 февраля", "2019", "Sept 10 2018", "Monday".
pub(crate) fn is_date(segment: &str) -> bool {
    let mut n = 0;
    segment.split_whitespace().all(|word| {
        n += 1;
        let word = word.trim_matches(['.', ',']);
        let number = !word.is_empty() && word.len() <= 4 && word.bytes().all(|b| b.is_ascii_digit());
        number || is_day_name(word)
    }) && (1..=4).contains(&n)
}

/// Whether `word` names a month or a weekday.
pub(crate) fn is_day_name(word: &str) -> bool {
    word.len() <= 20 && DAYS.contains(&word.to_lowercase().as_str())
}

fn begins_sentence(rest: &str) -> bool {
    rest.trim_start()
        .chars()
        .next()
        .is_some_and(|c| !c.is_lowercase() && !matches!(c, '-' | '–' | '—' | ',' | '.' | ')'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datelines_are_cut_at_their_end() {
        for (front, rest) in [
            ("MOSCOW, February 27. /TASS/.", " Moscow expects"),
            ("UNITED NATIONS, September 10. /TASS/.", " The"),
            ("NAIROBI (Reuters) -", " Kenya"),
            ("LIMA, March 3 -", " Peru"),
            ("GENEVA —", " The talks"),
            ("WASHINGTON, D.C. (AP) —", " A man"),
            ("BEIJING, Oct. 3 (Xinhua) --", " China"),
            ("PARIS/BERLIN (Reuters) -", " France"),
            ("PARIS/BERLIN, March 3 (Reuters) -", " France"),
            ("SEOUL/WASHINGTON —", " Kim"),
            ("CHARLESTON, S.C. (Reuters) -", " The"),
            ("LA MALBAIE, Quebec (Reuters) -", " The"),
            ("WASHINGTON (CBSDC/AP) —", " The"),
            ("Washington (CNN)", " President Barack"),
            ("Washington (CNN) --", " President"),
            ("(CNN) –", " The latest"),
            ("(CNN)", " Investigators are"),
            ("WINSTON-SALEM, N.C. –", " The"),
            ("МОСКВА, 27 февраля. /ТАСС/.", " Москва"),
            ("LONDON—", "Prime Minister"),
            ("WASHINGTON –", " “We will”"),
        ] {
            let text = format!("{front}{rest} says something, and so on.");
            assert_eq!(dateline(&text).map(|(n, _)| &text[..n]), Some(front), "{text}");
        }
    }

    #[test]
    fn other_beginnings_are_no_datelines() {
        for text in [
            "NATO — The alliance said so.",
            "GENEVA — where talks are held — is cold.",
            "FILE - In this March 3, 2014, file photo",
            "President Barack Obama (D) - who said",
            "U.S. military officials gave varying – The",
            "Russia - the largest country - said",
            "\"MOSCOW (Reuters) - Yes\"",
            "The AP (AP) is an agency",
            "Kim, Trump and Putin — The three",
            "",
            "MOSCOW",
            "МОСКВА —",
        ] {
            assert_eq!(dateline(text), None, "{text}");
        }
    }
}
