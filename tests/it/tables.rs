//! Tables that people bring and that the program wrote: what comes back from its own files, which columns are which, and what is told.

use crate::scene::{QUOTES, Run, Scene, header, rows};

/// 60 rows of two columns with the labels -1, 0 and 1; some texts begin as formulas do.
fn marked(text: &str, label: &str) -> String {
    let mark = |sentiment: &str| match sentiment {
        "negative" => "-1",
        "neutral" => "0",
        _ => "1",
    };
    let row = |(i, r): (usize, &std::collections::BTreeMap<String, String>)| {
        let front = ["", "@friend ", "=", "'- "][i % 4];
        format!("\"{front}{}\",{}\n", r["text"].replace('"', "\"\""), mark(&r["sentiment"]))
    };
    let rows = rows(QUOTES.as_bytes());
    format!("{text},{label}\n{}", rows.iter().enumerate().map(row).collect::<String>())
}

fn train(scene: &Scene, file: &str, model: &str) -> Run {
    let run = scene.run(&["train", file, "-c", "2", "--folds", "3", "--no-other-splits", "-o", model]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    run
}

#[test]
fn own_tables_are_read_as_they_were_before() {
    let scene = Scene::new();
    scene.write("num.csv", marked("text", "label"));
    train(&scene, "num.csv", "num.model");
    scene.text(&["score", "--statements", "num.csv", "-m", "num.model", "-f", "csv", "-o", "scored.csv"]);
    let table = rows(&scene.read("scored.csv"));
    let texts: Vec<&str> = table.iter().map(|r| r["text"].as_str()).collect();
    assert!(texts[1].starts_with("'@") && texts[2].starts_with("'=") && texts[3].starts_with("''- "), "{texts:?}");
    assert!(table.iter().any(|r| r["label.given"] == "-1") && table.iter().all(|r| !r["label"].starts_with('\'')));

    let tasks =
        |file: &str| crate::scene::json(&scene, &["evaluate", "num.model", file, "-f", "json"])["tasks"].clone();
    assert_eq!(tasks("num.csv"), tasks("scored.csv"));
    let agreed = scene.run(&["agree", "scored.csv", "num.csv", "-f", "json"]);
    let found: serde_json::Value = serde_json::from_slice(&agreed.stdout).unwrap();
    assert_eq!((&found["tasks"]["label"]["n_units"], agreed.stderr.as_str()), (&60.into(), ""));
    train(&scene, "scored.csv", "again.model");
    let labels = |model: &str| {
        crate::scene::json(&scene, &["inspect", model, "-f", "json"])["header"]["tasks"][0]["task"]["labels"].clone()
    };
    assert_eq!(labels("again.model"), labels("num.model"));

    let rescored = |file: &str, more: &[&str]| {
        scene.text(&[&["score", "--statements", file, "-m", "num.model", "-f", "csv"], more].concat())
    };
    assert_eq!(rescored("scored.csv", &[]).as_bytes(), scene.read("scored.csv"), "scored again");
    assert_eq!(rescored("scored.csv", &["--raw-csv"]), rescored("num.csv", &["--raw-csv"]));

    scene.write("other.csv", marked("text", "label").replace(",1\n", ",-1\n"));
    scene.text(&["agree", "num.csv", "other.csv", "--disputed", "settle.csv"]);
    let settle = rows(&scene.read("settle.csv"));
    assert!(!settle.is_empty() && settle.iter().all(|r| r["label_other"] == "-1"), "{settle:?}");
}

#[test]
fn json_lines_keep_labels_and_further_keys() {
    let scene = Scene::new();
    let lines = "{\"id\":7,\"text\":\"We hope for talks\",\"stance\":[\"praise\",\"demand\"],\"meta\":{\"a\":1}}\n\
                 {\"text\":\"They failed\",\"stance\":[],\"sentiment\":\"negative\",\"note\":\"=1\"}\n\
                 {\"id\":\"-x\",\"text\":\"No\",\"stance\":null}\n";
    scene.write("s.jsonl", lines);
    let arguments = ["score", "--statements", "s.jsonl", "-m", "small.model", "-f", "csv"];
    let table = scene.text(&arguments);
    let names = header(table.as_bytes());
    assert_eq!(names[..6], ["id", "text", "stance.given", "sentiment.given", "note", "stance"]);
    let found = rows(table.as_bytes());
    let column = |name: &str| found.iter().map(|r| r[name].as_str()).collect::<Vec<_>>();
    assert_eq!(column("id"), ["7", "", "'-x"]);
    assert_eq!(column("stance.given"), ["praise|demand", "none", ""]);
    assert_eq!(column("sentiment.given"), ["", "negative", ""]);
    assert_eq!(column("note"), ["", "'=1", ""]);
    let piped = scene.run_with(&["score", "--statements", "-", "-m", "small.model", "-f", "csv"], lines);
    assert_eq!(String::from_utf8(piped.stdout).unwrap(), table, "{}", piped.stderr);
    scene.write("s.csv", &table);
    let judged = crate::scene::json(&scene, &["evaluate", "small.model", "s.csv", "--lenient", "-f", "json"]);
    assert_eq!(judged["tasks"]["stance"]["n_rows"], 2);
}

#[test]
fn line_breaks_in_labels_are_told_with_their_place() {
    let scene = Scene::new();
    scene.write("nl.csv", "text,label\nhello one,a\nhello two,\"b\nc\"\nhello three,a\nhello four,\"b\nc\"\n");
    let run = scene.run(&["train", "nl.csv", "-o", "x.model", "-c", "1", "--folds", "2"]);
    let message =
        "nl.csv:3: column \"label\": a line break in the label that begins with \"b\"; is this the label column?";
    assert!(run.code == 4 && run.stderr.contains(message), "{}", run.stderr);
    assert!(run.stderr.contains("the same in line 6"), "{}", run.stderr);
}

#[test]
fn two_columns_need_no_flags_and_guesses_are_told() {
    let scene = Scene::new();
    for (text, label, is_told) in [
        ("text", "label", false),
        ("Text", "Label", false),
        ("Tweet", "Sentiment", true),
        ("review", "rating", true),
        ("said", "how", true),
    ] {
        scene.write("two.csv", marked(text, label));
        let run = train(&scene, "two.csv", "two.model");
        let note = format!("note: two.csv: column \"{text}\" is taken for the text and \"{label}\" for the label;");
        assert_eq!(run.stderr.contains(&note), is_told, "{text}: {}", run.stderr);
        assert!(!scene.run(&["evaluate", "two.model", "two.csv"]).stderr.contains("is taken for"), "the model knows");
    }
    // The model of said and how, on a file that calls them otherwise.
    scene.write("other.csv", marked("Said", "How"));
    let run = scene.run(&["evaluate", "two.model", "other.csv"]);
    assert!(run.code == 0 && !run.stderr.contains("is taken for"), "{}", run.stderr);
    scene.write("other.csv", "said,how\nyes,no\nno,yes\n");
    let run = scene.run(&["train", "other.csv", "-o", "x.model"]);
    assert!(run.code == 4 && run.stderr.contains("other.csv:1: no column"), "{}", run.stderr);
}

#[test]
fn what_is_no_labelled_table_is_told() {
    let scene = Scene::new();
    scene.write("s.jsonl", "{\"text\":\"Yes\",\"label\":\"a\"}\n");
    scene.write("s.parquet", b"PAR1\x15\xff\x00");
    scene.write("s.arrow", b"ARROW1\x00\x00\xff");
    scene.write("a.csv", "tweet,sentiment\nYes,neutral\n");
    let score = ["score", "-m", "small.model", "--statements"];
    for (code, words, arguments) in [
        (4, "s.jsonl: this is JSON Lines, where a table as CSV is needed", &["evaluate", "small.model", "s.jsonl"][..]),
        (4, "s.jsonl: this is JSON Lines", &["agree", "s.jsonl", "a.csv"]),
        (4, "s.parquet: this is Parquet, where a table as CSV is needed", &[&score[..], &["s.parquet"]].concat()),
        (4, "s.arrow: this is Arrow IPC", &["train", "s.arrow", "-o", "x.model"]),
        (
            4,
            "a.csv:1: no column \"id\" or \"text\" to join rows by; name one with --id-column or --text-column",
            &["agree", "a.csv", "a.csv"],
        ),
        (5, "articles: a folder; name a file", &["inspect", "articles"]),
        (5, "articles: a folder; name a file", &["evaluate", "small.model", "articles"]),
    ] {
        let run = scene.run(arguments);
        assert!(run.code == code && run.stderr.contains(words), "{arguments:?}: {} {}", run.code, run.stderr);
    }
    assert!(scene.text(&["help", "inspect"]).contains("Model file; \"default\" is the shipped model"));
}

#[cfg(unix)]
#[test]
fn a_device_is_no_model() {
    let run = Scene::new().run(&["inspect", "/dev/zero"]);
    assert!(run.code == 5 && run.stderr.contains("/dev/zero: not a regular file; a model is read"), "{}", run.stderr);
}
