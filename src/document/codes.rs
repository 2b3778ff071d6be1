//! Languages as files name them, and their two-letter codes.

/// Codes of ISO 639-1, each with those of ISO 639-2 (both sets) and -3 and the English name, where files may have them.
const LANGUAGES: &[(&str, &[&str])] = &[
    ("af", &["afr", "afrikaans"]),
    ("ak", &["aka", "akan"]),
    ("am", &["amh", "amharic"]),
    ("ar", &["ara", "arabic"]),
    ("az", &["aze", "azerbaijani"]),
    ("be", &["bel", "belarusian"]),
    ("bg", &["bul", "bulgarian"]),
    ("bn", &["ben", "bengali"]),
    ("bs", &["bos", "bosnian"]),
    ("ca", &["cat", "catalan"]),
    ("cs", &["ces", "cze", "czech"]),
    ("cy", &["cym", "wel", "welsh"]),
    ("da", &["dan", "danish"]),
    ("de", &["deu", "ger", "german"]),
    ("el", &["ell", "gre", "greek"]),
    ("en", &["eng", "english"]),
    ("eo", &["epo", "esperanto"]),
    ("es", &["spa", "spanish"]),
    ("et", &["est", "estonian"]),
    ("eu", &["eus", "baq", "basque"]),
    ("fa", &["fas", "per", "pes", "persian", "farsi"]),
    ("fi", &["fin", "finnish"]),
    ("fr", &["fra", "fre", "french"]),
    ("ga", &["gle", "irish"]),
    ("gl", &["glg", "galician"]),
    ("gu", &["guj", "gujarati"]),
    ("he", &["heb", "hebrew"]),
    ("hi", &["hin", "hindi"]),
    ("hr", &["hrv", "croatian"]),
    ("hu", &["hun", "hungarian"]),
    ("hy", &["hye", "arm", "armenian"]),
    ("id", &["ind", "indonesian"]),
    ("is", &["isl", "ice", "icelandic"]),
    ("it", &["ita", "italian"]),
    ("ja", &["jpn", "japanese"]),
    ("jv", &["jav", "javanese"]),
    ("ka", &["kat", "geo", "georgian"]),
    ("kk", &["kaz", "kazakh"]),
    ("km", &["khm", "khmer"]),
    ("kn", &["kan", "kannada"]),
    ("ko", &["kor", "korean"]),
    ("ku", &["kur", "kurdish"]),
    ("ky", &["kir", "kyrgyz"]),
    ("la", &["lat", "latin"]),
    ("lt", &["lit", "lithuanian"]),
    ("lv", &["lav", "latvian"]),
    ("mk", &["mkd", "mac", "macedonian"]),
    ("ml", &["mal", "malayalam"]),
    ("mn", &["mon", "mongolian"]),
    ("mr", &["mar", "marathi"]),
    ("ms", &["msa", "may", "malay"]),
    ("mt", &["mlt", "maltese"]),
    ("my", &["mya", "bur", "burmese"]),
    ("nb", &["nob"]),
    ("ne", &["nep", "nepali"]),
    ("nl", &["nld", "dut", "dutch"]),
    ("nn", &["nno"]),
    ("no", &["nor", "norwegian"]),
    ("or", &["ori", "odia"]),
    ("pa", &["pan", "punjabi"]),
    ("pl", &["pol", "polish"]),
    ("ps", &["pus", "pashto"]),
    ("pt", &["por", "portuguese"]),
    ("ro", &["ron", "rum", "romanian"]),
    ("ru", &["rus", "russian"]),
    ("si", &["sin", "sinhala"]),
    ("sk", &["slk", "slo", "slovak"]),
    ("sl", &["slv", "slovenian"]),
    ("sn", &["sna", "shona"]),
    ("so", &["som", "somali"]),
    ("sq", &["sqi", "alb", "albanian"]),
    ("sr", &["srp", "serbian"]),
    ("sv", &["swe", "swedish"]),
    ("sw", &["swa", "swahili"]),
    ("ta", &["tam", "tamil"]),
    ("te", &["tel", "telugu"]),
    ("tg", &["tgk", "tajik"]),
    ("th", &["tha", "thai"]),
    ("tk", &["tuk", "turkmen"]),
    ("tl", &["tgl", "tagalog"]),
    ("tr", &["tur", "turkish"]),
    ("uk", &["ukr", "ukrainian"]),
    ("ur", &["urd", "urdu"]),
    ("uz", &["uzb", "uzbek"]),
    ("vi", &["vie", "vietnamese"]),
    ("yi", &["yid", "yiddish"]),
    ("zh", &["zho", "chi", "cmn", "chinese"]),
    ("zu", &["zul", "zulu"]),
];

/// The other codes of ISO 639-1.
const OTHERS: &str = "\
    aa ab ae an as av ay ba bh bi bm bo br ce ch co cr cu cv dv dz ee ff fj fo fy gd gn gv ha ho ht hz ia ie ig ii \
    ik io iu kg ki kj kl kr ks kv kw lb lg li ln lo lu mg mh mi na nd ng nr nv ny oc oj om os pi qu rm rn rw sa sc \
    sd se sg sm ss st su ti tn to ts tt tw ty ug ve vo wa wo xh yo za";

/// The ISO 639-1 code of a language that is named in one of the usual ways: "en", "EN", "en-US", "en_GB", "eng", "English".
/// `None` for what is no language or has no such code.
///
/// # Examples
/// ```
/// use demarche::document::two_letters;
/// assert_eq!([two_letters("en-US"), two_letters("GER"), two_letters("zz9")], [Some("en"), Some("de"), None]);
/// ```
pub fn two_letters(name: &str) -> Option<&'static str> {
    let name = name.trim();
    let end = name.find(|c: char| !c.is_alphanumeric()).unwrap_or(name.len());
    let first = name[..end].to_ascii_lowercase();
    // Short words are codes only where nothing but a region follows.
    if first.len() <= 3 && !name[end..].is_empty() && !name[end..].starts_with(['-', '_']) {
        return None;
    }
    let known = LANGUAGES.iter().find(|(two, others)| *two == first || others.contains(&first.as_str()));
    known.map(|(two, _)| *two).or_else(|| OTHERS.split(' ').find(|two| *two == first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_known_by_their_names() {
        for (name, want) in [
            ("en", Some("en")),
            (" EN ", Some("en")),
            ("en-US", Some("en")),
            ("en_GB.UTF-8", Some("en")),
            ("eng", Some("en")),
            ("English (US)", Some("en")),
            ("fre", Some("fr")),
            ("zh-Hans", Some("zh")),
            ("fo", Some("fo")),
            ("", None),
            ("-", None),
            ("zz9", None),
            ("mixed", None),
            ("no language", None),
            ("en, fr", None),
        ] {
            assert_eq!(two_letters(name), want, "{name}");
        }
    }

    #[test]
    fn no_name_means_two_languages() {
        let mut names: Vec<&str> =
            LANGUAGES.iter().flat_map(|(two, others)| [*two].into_iter().chain(others.iter().copied())).collect();
        names.extend(OTHERS.split(' '));
        let n = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), n);
        assert!(names.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase())));
    }
}
