//! Input that nobody would write: it may be refused, it must not break anything.

use std::time::{Duration, Instant};

use demarche::dataset::csv::{CsvOptions, read_dataset, read_statements};
use demarche::document::{Document, InputFormat, ReadOptions, plain, read_documents};
use demarche::error::ErrorKind;
use demarche::model::Model;
use demarche::pipeline;
use demarche::quotation::Rules;
use demarche::report::{card, text};
use demarche::statement::Statement;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::scene::{QUOTES, Scene, small_model, small_model_bytes};

/// Runs `check` on `cases` values, the same in every run.
fn for_all<S: Strategy>(cases: u32, values: S, check: impl Fn(S::Value)) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(config.rng_algorithm);
    let result = TestRunner::new_with_rng(config, rng).run(&values, |value| {
        check(value);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// Pieces that are likely to meet a special case, and any other characters.
fn odd_text(n_pieces: usize) -> impl Strategy<Value = String> {
    const PIECES: [&str; 44] = [
        "\"",
        "“",
        "”",
        "«",
        "»",
        "„",
        "''",
        "'",
        "’",
        "‘",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\u{2028}",
        "\u{85}",
        "\0",
        "\u{1b}[31m",
        "\u{202e}",
        "\u{200b}",
        "\u{feff}",
        "İ",
        "ẞ",
        "ŉ",
        "e\u{301}",
        "🙂",
        "[",
        "]",
        "(",
        " — ",
        ", ",
        ". ",
        "? ",
        "Maro said",
        " she told reporters",
        "According to ",
        "Foreign Minister ",
        "Tor Ekdal",
        "MOSCOW, May 1. /TASS/. ",
        "(c) AP Photo/Roe",
        "By Jane Roe",
        " that they must go",
        "=1+1",
        ",",
    ];
    let piece = prop_oneof![
        4 => proptest::sample::select(&PIECES[..]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => proptest::collection::vec(proptest::char::range('a', 'z'), 1..8).prop_map(|w| format!(" {}", w.into_iter().collect::<String>())),
    ];
    proptest::collection::vec(piece, 0..n_pieces).prop_map(|pieces| pieces.concat())
}

/// The file with its checksum made right again: what a careful attacker would send.
fn resealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let body = bytes.len().saturating_sub(32);
    bytes.truncate(body);
    let checksum = blake3::hash(&bytes);
    bytes.extend_from_slice(checksum.as_bytes());
    bytes
}

/// An error of the right kind, or a model that works and is written as it was read.
fn refused_or_sound(bytes: &[u8]) {
    let model = match Model::from_bytes(bytes) {
        Ok(model) => model,
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::Model | ErrorKind::Numeric), "{:?}: {error}", error.kind());
            return;
        }
    };
    let again = Model::from_bytes(&model.to_bytes().unwrap()).unwrap();
    let statement = Statement {
        text: "We are ready for talks, but they must not fail the 3 \"brave\" crews".to_owned(),
        speaker: Some("Tor Ekdal".to_owned()),
        role: Some("foreign minister".to_owned()),
        cue: Some("said".to_owned()),
        ..Statement::default()
    };
    let score = |m: &Model| m.score(&statement, &mut m.vectorizer().workspace(), &mut Default::default());
    let scores = score(&model);
    assert_eq!(score(&again), scores);
    for task in &scores.tasks {
        assert!(task.probabilities.iter().all(|p| (0.0..=1.0).contains(p)), "{task:?}");
    }
    let explanations = pipeline::explanations(&model, &statement, &scores, &mut model.vectorizer().workspace());
    let mut page = card::card(&model) + &text::top_features(&model, 3) + &text::labels(&model, &scores);
    for explanation in &explanations {
        page.push_str(&text::explanation(&model, &statement, &scores, explanation, 5));
    }
    only_own_escapes(&page);
}

/// No control character but line ends and the escapes for colour.
fn only_own_escapes(page: &str) {
    let mut plain = page.to_owned();
    for style in [
        text::style::BOLD,
        text::style::DIM,
        text::style::FOR,
        text::style::AGAINST,
        text::style::LABEL,
        text::style::RESET,
    ] {
        plain = plain.replace(style, "");
    }
    if let Some(bad) = plain.chars().find(|c| demarche::error::is_unprintable(*c)) {
        panic!("{bad:?} reaches a terminal in {plain:?}");
    }
}

#[test]
fn any_bytes_are_refused_as_a_model() {
    let magic = prop_oneof![Just(Vec::new()), Just(b"DEMARCHE".to_vec()), Just(small_model_bytes()[..16].to_vec())];
    let bytes = (magic, proptest::collection::vec(any::<u8>(), 0..300)).prop_map(|(a, b)| [a, b].concat());
    for_all(400, bytes, |bytes| {
        refused_or_sound(&bytes);
        refused_or_sound(&resealed(bytes));
    });
}

#[test]
fn changed_models_are_refused_or_sound() {
    let model = small_model_bytes();
    let edits = proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4);
    let cut = prop_oneof![3 => Just(model.len()), 1 => 0..model.len()];
    for_all(300, (edits, cut), |(edits, cut)| {
        let mut bytes = model.to_vec();
        for (at, value) in edits {
            bytes[at.index(model.len())] = value;
        }
        bytes.truncate(cut);
        refused_or_sound(&bytes);
        refused_or_sound(&resealed(bytes));
    });
}

/// The small model with another header, its length and checksum right.
fn with_header(header: &Value) -> Vec<u8> {
    let model = small_model_bytes();
    let n = u32::from_le_bytes(model[12..16].try_into().unwrap()) as usize;
    let header = serde_json::to_vec(header).unwrap();
    let length = u32::try_from(header.len()).unwrap().to_le_bytes();
    resealed([&model[..12], &length, &header, &model[16 + n..]].concat())
}

fn small_header() -> Value {
    let model = small_model_bytes();
    let n = u32::from_le_bytes(model[12..16].try_into().unwrap()) as usize;
    serde_json::from_slice(&model[16..16 + n]).unwrap()
}

#[test]
fn headers_with_odd_values_are_refused_or_sound() {
    let header = small_header();
    assert!(Model::from_bytes(&with_header(&header)).is_ok(), "the header alone changes nothing");
    let mut places = Vec::new();
    pointers("", &header, &mut places);
    let odd = [
        json!(null),
        json!(0),
        json!(-1),
        json!(1),
        json!(9),
        json!(u64::MAX),
        json!(u32::MAX),
        json!(1e308),
        json!(1e-308),
        json!(true),
        json!(""),
        json!("\u{1b}]0;x\u{7}"),
        json!("a\u{202e}b\nc|d"),
        json!("xx"),
        json!([]),
        json!([0, 4_000_000_000u64]),
        json!([7, 2]),
        json!({}),
        json!({"word": 1e300}),
    ];
    // Figures are for people only: a few of them stand for all.
    let is_figure = |p: &String| p.starts_with("/evaluation/");
    let few = places.iter().filter(|p| is_figure(p)).take(60).cloned();
    let places: Vec<String> = places.iter().filter(|p| !is_figure(p)).cloned().chain(few).collect();
    for place in &places {
        for value in &odd {
            let mut changed = header.clone();
            *changed.pointer_mut(place).unwrap() = value.clone();
            refused_or_sound(&with_header(&changed));
        }
    }
}

fn pointers(prefix: &str, value: &Value, out: &mut Vec<String>) {
    if !prefix.is_empty() {
        out.push(prefix.to_owned());
    }
    match value {
        Value::Object(fields) => {
            fields
                .iter()
                .for_each(|(k, v)| pointers(&format!("{prefix}/{}", k.replace('~', "~0").replace('/', "~1")), v, out));
        }
        Value::Array(list) => list.iter().enumerate().for_each(|(i, v)| pointers(&format!("{prefix}/{i}"), v, out)),
        _ => {}
    }
}

#[test]
fn any_table_is_read_or_refused() {
    let noise = prop_oneof![
        odd_text(20),
        proptest::sample::select(vec![",", "\"", "\n", "\"\"", ",,,\n"]).prop_map(str::to_owned)
    ];
    let table = (any::<proptest::sample::Index>(), any::<proptest::sample::Index>(), noise, any::<bool>());
    for_all(400, table, |(from, to, noise, whole)| {
        let boundary = |i: proptest::sample::Index| {
            (0..=i.index(QUOTES.len())).rev().find(|at| QUOTES.is_char_boundary(*at)).unwrap()
        };
        let (from, to) = (boundary(from), boundary(to));
        let table = if whole { noise } else { format!("{}{noise}{}", &QUOTES[..from], &QUOTES[to..]) };
        for lenient in [false, true] {
            let options = CsvOptions { lenient, ..CsvOptions::default() };
            match read_dataset("t.csv", table.as_bytes(), &options) {
                Ok((dataset, _)) => {
                    for example in &dataset.examples {
                        assert!(!example.statement.text.trim().is_empty());
                        for (task, labels) in dataset.tasks.iter().zip(&example.labels) {
                            assert!(labels.iter().flatten().all(|l| *l < task.labels.len()));
                        }
                    }
                }
                Err(error) => only_own_escapes(&error.to_string()),
            }
        }
        if let Ok(rows) = read_statements("t.csv", table.as_bytes(), &CsvOptions::default()) {
            rows.flatten().for_each(|row| assert!(!row.statement.text.trim().is_empty()));
        }
    });
    for_all(200, proptest::collection::vec(any::<u8>(), 0..200), |bytes| {
        let _ = read_dataset("t.csv", bytes.as_slice(), &CsvOptions::default());
    });
}

/// Scores a document and checks every place in it.
fn score_soundly(document: &Document, model: &Model) {
    let whole = document.text.as_str();
    for part in &document.parts {
        assert!(
            whole.is_char_boundary(part.span.start)
                && whole.is_char_boundary(part.span.end)
                && part.span.end <= whole.len()
        );
    }
    let Ok(scored) = pipeline::score(document, &Rules, model, true, &mut model.vectorizer().workspace()) else {
        return;
    };
    for s in &scored {
        let places = s.quotation.content.iter().chain(&s.quotation.cue).chain(&s.quotation.source);
        for span in places {
            assert!(span.start < span.end && whole.is_char_boundary(span.start) && whole.is_char_boundary(span.end));
        }
        assert!(!s.statement.text.trim().is_empty());
        for explanation in &s.explanations {
            let sum: f64 = explanation.contributions.iter().map(|c| c.value).sum();
            assert!((explanation.intercept + sum - explanation.logit).abs() < 1e-9);
            for span in explanation.contributions.iter().filter_map(|c| c.span) {
                assert!(s.statement.text.get(span.start..span.end).is_some_and(|t| !t.is_empty()));
                assert!(whole.is_char_boundary(s.quotation.document_byte(span.start)));
            }
        }
        only_own_escapes(&text::quotation(document, &s.quotation, Some((model, &s.scores))));
    }
    only_own_escapes(&text::article_heading(document));
}

#[test]
fn any_article_is_scored_or_refused() {
    let model = small_model();
    for_all(400, odd_text(40), |article| {
        score_soundly(&plain::document(article.clone(), None), &model);
        for format in [InputFormat::Auto, InputFormat::Text, InputFormat::Jsonl, InputFormat::Csv] {
            let options = ReadOptions { format, ..ReadOptions::default() };
            let line = format!("{}\n{article}\n", json!({"id": article, "text": article, "title": article}));
            let table = format!("text,title\n\"{}\",x\n{article}\n", article.replace('"', "\"\""));
            for bytes in [article.as_bytes(), line.as_bytes(), table.as_bytes()] {
                let Ok(documents) = read_documents("odd", bytes, &options) else { continue };
                documents.flatten().for_each(|d| score_soundly(&d, &model));
            }
        }
    });
    for_all(300, proptest::collection::vec(any::<u8>(), 0..200), |bytes| {
        for format in [InputFormat::Text, InputFormat::Jsonl, InputFormat::Csv] {
            let options = ReadOptions { format, ..ReadOptions::default() };
            let Ok(documents) = read_documents("odd", bytes.as_slice(), &options) else { continue };
            documents.flatten().for_each(|d| score_soundly(&d, &model));
        }
    });
}

#[test]
fn long_inputs_take_linear_time() {
    let model = small_model();
    let sentence = "\"We are ready for talks,\" Tor Ekdal said. ";
    for (name, article) in [
        ("a megabyte of marks", "\"".repeat(1 << 20)),
        ("a megabyte of opening marks", "“".repeat(1 << 18)),
        ("a megabyte of mixed marks", "“\"«'".repeat(1 << 17)),
        ("a megabyte of brackets", "[(".repeat(1 << 19)),
        ("a megabyte in one word", "a".repeat(1 << 20)),
        ("a megabyte in one line", sentence.repeat((1 << 20) / sentence.len())),
        ("a megabyte without a full stop", "and he said that ".repeat((1 << 20) / 17)),
        ("a megabyte of names", "Tor Ekdal, ".repeat((1 << 20) / 11)),
        ("200,000 tiny paragraphs", "a\n\n".repeat(200_000)),
        ("20,000 open quotations", "\"He said it\n\n".repeat(20_000)),
    ] {
        let started = Instant::now();
        let document = plain::document(article, None);
        let read = started.elapsed();
        let n = pipeline::score(&document, &Rules, &model, false, &mut model.vectorizer().workspace()).unwrap().len();
        let all = started.elapsed();
        eprintln!("{name}: read {read:.2?}, all {all:.2?}, {n} quotations");
        assert!(all < Duration::from_secs(15), "{name} takes {all:?} ({read:?} of it to read)");
    }
}

#[test]
fn names_do_not_reach_a_terminal_raw() {
    let scene = Scene::new();
    let bad = "Tor\u{1b}]0;owned\u{7} \u{202e}Ekdal\u{9b}2J";
    let article = json!({"id": bad, "title": bad, "outlet": bad, "date": bad,
        "text": format!("Talks\n\nOSLO, May 1. \"We are \u{1b}[2Jready for talks\u{200b},\" minister {bad} said.")});
    scene.write("articles/bad\u{1b}[2J.jsonl", format!("{article}\n{{\"id\": \"{}\"}}\n", "x\\u001b[2J"));
    let labelled = QUOTES.replace("praise", "pra\u{1b}[2Jise");
    scene.write("bad\u{1b}[2J.csv", labelled);
    let forced = |arguments: &[&str]| {
        let output = scene.command(arguments).env("CLICOLOR_FORCE", "1").output().unwrap();
        only_own_escapes(&String::from_utf8(output.stdout).unwrap());
        only_own_escapes(&String::from_utf8(output.stderr).unwrap());
    };
    forced(&["score", "articles", "-m", "small.model", "--explain", "3"]);
    forced(&["extract", "articles"]);
    forced(&["extract", "gone\u{1b}[2J"]);
    forced(&["train", "bad\u{1b}[2J.csv", "-c", "2", "-o", "bad\u{1b}[2J.model"]);
    forced(&["train", "quotes.csv", "-c", "2", "-o", "good\u{1b}[2J.model"]);
    forced(&["inspect", "good\u{1b}[2J.model"]);
    forced(&["evaluate", "small.model", "bad\u{1b}[2J.csv"]);
    forced(&["compare", "good\u{1b}[2J.model", "small.model", "quotes.csv", "--gate", "macro_f1>=-1"]);
    forced(&["explain", "-m", "small.model", "We are \u{1b}[2Jready\u{202e} for talks"]);
    forced(&["explain", "-m", "small.model", "--label", "\u{1b}[2J", "We are ready"]);
}

#[test]
fn a_spreadsheet_finds_no_formula() {
    let scene = Scene::new();
    let row = json!({"id": "=1+1", "title": "@SUM(A1)", "outlet": "+1+1", "text": "Talks\n\nOSLO, May 1. \"=HYPERLINK(we are ready for talks),\" Tor Ekdal said."});
    scene.write("f.jsonl", row.to_string());
    scene.write("s.csv", "id,text,=A1\n-1,@we are ready for talks,\t1\n2,＝1 they failed,-2+3\n");
    for (arguments, guards) in [
        (&["extract", "f.jsonl", "-f", "csv"][..], true),
        (&["extract", "f.jsonl", "--for-labelling"], true),
        (&["score", "f.jsonl", "-m", "small.model", "-f", "csv"], true),
        (&["score", "--statements", "s.csv", "-m", "small.model", "-f", "csv"], true),
        (&["score", "--statements", "s.csv", "-m", "small.model", "-f", "csv", "--raw-csv"], false),
        (&["extract", "f.jsonl", "-f", "csv", "--raw-csv"], false),
    ] {
        let table = scene.text(arguments);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(table.as_bytes());
        let cells: Vec<String> =
            reader.records().flat_map(|r| r.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect();
        // Numbers are safe, whatever they begin with.
        let is_formula =
            |c: &&String| c.starts_with(['=', '+', '-', '@', '\t', '\r', '＝']) && c.parse::<f64>().is_err();
        let formulas: Vec<&String> = cells.iter().filter(is_formula).collect();
        assert_eq!(formulas.is_empty(), guards, "{arguments:?}: {formulas:?}");
    }
}
