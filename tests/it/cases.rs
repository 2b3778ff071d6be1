//! Quotations of `tests/cases/<lang>/*.toml`, and what holds for every text.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use demarche::document::plain;
use demarche::lang::language;
use demarche::quotation::{Extractor, Hybrid, Quotation, Rules, Tagger, quotations};
use proptest::prelude::*;

fn extracted(text: &str) -> Vec<Quotation> {
    extracted_by(&Rules, text)
}

fn extracted_by(extractor: &dyn Extractor, text: &str) -> Vec<Quotation> {
    quotations(&plain::document(text.to_owned(), None), extractor, language("en").expect("English is there"))
}

fn files(lang: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(lang);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder of cases").map(|f| f.expect("a file").path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "toml"));
    files.sort();
    files
}

/// The value of a quotation under the key of a case; `None` for null.
fn value(quotation: &Quotation, text: &str, key: &str) -> Option<String> {
    match key {
        "kind" => Some(quotation.kind.name().to_owned()),
        "content" => Some(quotation.content.iter().map(|s| s.of(text)).collect::<Vec<_>>().join(" / ")),
        "cue" => quotation.cue.map(|s| s.of(text).to_owned()),
        "source" => quotation.source.map(|s| s.of(text).to_owned()),
        "speaker" => quotation.speaker.name.clone(),
        "description" => quotation.speaker.description.clone(),
        "role" => quotation.speaker.role.clone(),
        "organization" => quotation.speaker.organization.clone(),
        "country" => quotation.speaker.country.clone(),
        "holder" => quotation.holder.name.clone().filter(|_| !quotation.holder.same_as_speaker),
        "target" => quotation.target.clone(),
        _ => Some(format!("unknown key {key}")),
    }
}

/// Keys that are compared even where a case does not name them: absent means null.
const ALWAYS: [&str; 3] = ["cue", "speaker", "holder"];

fn check(extractor: &dyn Extractor, case: &toml::Table, problems: &mut String) {
    let string = |key: &str| case.get(key).and_then(toml::Value::as_str).unwrap_or_default();
    let (name, text) = (string("name"), string("text"));
    let more = case.get("more").and_then(toml::Value::as_bool).unwrap_or(false);
    let none = Vec::new();
    let expected = case.get("quotation").and_then(toml::Value::as_array).unwrap_or(&none);
    let found = extracted_by(extractor, text);
    if found.len() != expected.len() {
        let all: Vec<_> = found.iter().map(|q| value(q, text, "content").unwrap_or_default()).collect();
        let _ = writeln!(problems, "{name}: {} quotations, expected {}: {all:?}", found.len(), expected.len());
        return;
    }
    for (quotation, expected) in found.iter().zip(expected) {
        let expected = expected.as_table().expect("a table");
        let wanted = |key: &str| match expected.get(key) {
            Some(toml::Value::Array(parts)) => {
                Some(parts.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join(" / "))
            }
            other => other.and_then(toml::Value::as_str).map(str::to_owned),
        };
        let always = ALWAYS.iter().copied().filter(|_| !more).filter(|k| !expected.contains_key(*k));
        for key in expected.keys().map(String::as_str).chain(always) {
            let is = value(quotation, text, key);
            if is != wanted(key) {
                let _ = writeln!(problems, "{name}: {key} is {is:?}, expected {:?}", wanted(key));
            }
        }
    }
}

fn check_all(extractor: &dyn Extractor, folder: &str) {
    let mut problems = String::new();
    for file in files(folder) {
        let text = std::fs::read_to_string(&file).expect("a readable file");
        let table: toml::Table = text.parse().unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        for case in table["case"].as_array().expect("cases") {
            check(extractor, case.as_table().expect("a table"), &mut problems);
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

#[test]
fn cases_of_english() {
    check_all(&Rules, "en");
}

/// What the shipped extractor, which reads with the chain first, makes of `learned/*.toml`.
#[test]
fn cases_of_the_shipped_extractor() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/extractor-en.extractor");
    let tagger = Tagger::from_bytes(&std::fs::read(path).expect("shipped")).expect("sound");
    check_all(&Hybrid::new(tagger), "en/learned");
}

/// Sentences from words that matter to the rules, so that random texts reach all of them.
fn texts() -> impl Strategy<Value = String> {
    let words = [
        "said",
        "\"",
        "“",
        "”",
        "''",
        ",",
        ".",
        ":",
        "(",
        ")",
        "[",
        "]",
        "Ana Ruiz",
        "she",
        "He",
        "they",
        "the minister",
        "according to",
        "that",
        "who",
        "expects",
        "Pyongyang",
        "of",
        "for",
        "Senate",
        "President",
        "Mr.",
        "Q:",
        "A:",
        "\n\n",
        "-",
        "’s",
        "‘",
        "’",
        "told",
        "adding",
        "and",
        "to",
        "the US",
        "Ministry of Energy",
        "it",
        "went on",
        "é",
        "—",
        "\u{a0}",
        "1994",
        "if",
        "not",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..60).prop_map(|w| w.join(" "))
}

fn spans_hold(text: &str) {
    for quotation in extracted(text) {
        for span in quotation.content.iter().chain(&quotation.cue).chain(&quotation.source) {
            assert!(text.get(span.start..span.end).is_some(), "{span:?} in {text:?}");
        }
        assert!((0.0..=1.0).contains(&quotation.confidence));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(text in "\\PC{0,200}") {
        spans_hold(&text);
    }

    #[test]
    fn any_sentence_is_read(text in texts()) {
        spans_hold(&text);
    }
}

const ARTICLE: &str = "Minister Olga Brandt met Senator Paul Ndiaye in Dakar on Monday.\n\n\
    \"We don't fear the vote,\" she said. \"It will come.\"\n\n\
    According to the senator, the fleet \"will leave\" in May. He hopes that the talks go on, Brandt added.";

#[test]
fn curly_marks_change_nothing() {
    let mut open = false;
    let curly: String = ARTICLE
        .chars()
        .map(|c| match c {
            '"' => {
                open = !open;
                if open { '“' } else { '”' }
            }
            '\'' => '’',
            other => other,
        })
        .collect();
    let seen = |text: &str| -> Vec<String> {
        let straight = |s: String| s.replace(['“', '”'], "\"").replace('’', "'");
        extracted(text)
            .iter()
            .map(|q| {
                straight(
                    ["kind", "content", "cue", "source", "speaker", "holder"]
                        .map(|k| value(q, text, k).unwrap_or_default())
                        .join(" | "),
                )
            })
            .collect()
    };
    assert!(!seen(ARTICLE).is_empty());
    assert_eq!(seen(ARTICLE), seen(&curly));
}

#[test]
fn an_unrelated_paragraph_behind_changes_nothing() {
    for behind in [
        "The harbour froze over in January, for the third time in ten years.",
        // Places and money tell where an article is at home: these stand behind all that is said in it.
        "France beat Denmark in Copenhagen, and the French will play in Paris and Lyon for €40,000 and €60,000.",
    ] {
        assert_eq!(extracted(ARTICLE), extracted(&format!("{ARTICLE}\n\n{behind}")), "{behind}");
    }
}

#[test]
fn long_articles_take_linear_time() {
    let names: String = (0..10_000).fold(String::new(), |mut text, i| {
        let _ = write!(
            text,
            "\"It is done,\" Minister Anna Name{} said. She added that nobody would pay for it twice.\n\n",
            i % 7_000
        );
        text
    });
    let start = std::time::Instant::now();
    assert!(extracted(&names).len() > 10_000);
    // Two seconds in release; tests are built with less optimisation.
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    // Text that runs on without an end.
    for (again, behind) in [
        ("Anna Berg Carl Doe Eva Fisk ", " said: \u{201c}Go.\u{201d}"),
        ("said, ", ""),
        ("\u{ab} \u{bb} \u{201e} \u{201c}", ""),
    ] {
        let start = std::time::Instant::now();
        extracted(&(again.repeat(20_000) + behind));
        assert!(start.elapsed().as_secs() < 20, "{again}: {:?}", start.elapsed());
    }
    // Titles that are asked of the whole article are asked of it once: each time took minutes here.
    let start = std::time::Instant::now();
    extracted(&"Ma Lee spoke. ".repeat(100_000));
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}
