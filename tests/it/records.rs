//! What `extract` and `score` write, field by field against the schema.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::scene::{HARBOUR, QUOTES, Scene, header, rows};

/// Types of the schema; `Maybe` ones are `null` where unknown, never empty.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    MaybeText,
    Count,
    Flag,
    Share,
    Any,
}
use Shape::{Any, Count, Flag, MaybeText, Share, Text};

const QUOTATION: &[(&str, Shape)] = &[
    ("/schema", Text),
    ("/article/id", Text),
    ("/article/path", MaybeText),
    ("/article/title", MaybeText),
    ("/article/outlet", MaybeText),
    ("/article/date", MaybeText),
    ("/article/lang", MaybeText),
    ("/quotation/id", Text),
    ("/quotation/kind", Text),
    ("/quotation/content", Any),
    ("/quotation/text", Text),
    ("/quotation/paragraph", Count),
    ("/cue", Any),
    ("/source", Any),
    ("/speaker/name", MaybeText),
    ("/speaker/description", MaybeText),
    ("/speaker/role", MaybeText),
    ("/speaker/organization", MaybeText),
    ("/speaker/country", MaybeText),
    ("/holder/name", MaybeText),
    ("/holder/same_as_speaker", Flag),
    ("/target", MaybeText),
    ("/confidence", Share),
    ("/warnings", Any),
];
const PLACE: &[(&str, Shape)] = &[("/text", Text), ("/start", Count), ("/end", Count)];
const MODEL: &[(&str, Shape)] = &[("/id", Text), ("/name", Text), ("/version", Text)];
const EXPLANATION: &[(&str, Shape)] = &[
    ("/task", Text),
    ("/label", Text),
    ("/intercept", Any),
    ("/logit", Any),
    ("/speaker_share", Share),
    ("/contributions", Any),
];

/// Exactly these fields are there, each of its shape.
fn check(value: &Value, shapes: &[(&str, Shape)]) {
    for (pointer, shape) in shapes {
        let found = value.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is missing in {value}"));
        let holds = match shape {
            Text => found.as_str().is_some_and(|s| !s.is_empty()),
            MaybeText => found.is_null() || found.as_str().is_some_and(|s| !s.is_empty()),
            Count => found.is_u64(),
            Flag => found.is_boolean(),
            Share => found.as_f64().is_some_and(|x| (0.0..=1.0).contains(&x)),
            Any => true,
        };
        assert!(holds, "{pointer} is {found}");
    }
    let known: BTreeSet<&str> = shapes.iter().map(|(p, _)| p.split('/').nth(1).unwrap()).collect();
    let found: BTreeSet<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(found, known, "other fields than the schema's");
}

/// `text[start..end]` counted in bytes or in Unicode scalar values.
fn slice(text: &str, start: &Value, end: &Value, bytes: bool) -> String {
    let (start, end) = (start.as_u64().unwrap() as usize, end.as_u64().unwrap() as usize);
    assert!(start < end);
    if bytes { text[start..end].to_owned() } else { text.chars().skip(start).take(end - start).collect() }
}

/// The text of the article that a record belongs to.
fn article_text(scene: &Scene, record: &Value) -> String {
    match record["article"]["id"].as_str().unwrap() {
        "harbour" => HARBOUR.to_owned(),
        id => {
            let lines = String::from_utf8(scene.read("articles/two.jsonl")).unwrap();
            let found = lines.lines().map(|l| serde_json::from_str::<Value>(l).unwrap()).find(|v| v["id"] == id);
            found.unwrap()["text"].as_str().unwrap().to_owned()
        }
    }
}

fn check_extracted(scene: &Scene, record: &Value, bytes: bool) {
    assert_eq!(record["schema"], "demarche.quotation/1");
    assert!(matches!(record["quotation"]["kind"].as_str().unwrap(), "direct" | "indirect" | "mixed"));
    let text = article_text(scene, record);
    let spans = record["quotation"]["content"].as_array().unwrap();
    let pieces: Vec<String> = spans.iter().map(|s| slice(&text, &s[0], &s[1], bytes)).collect();
    assert_eq!(record["quotation"]["text"], pieces.join(" "));
    for pair in spans.windows(2) {
        assert!(pair[0][1].as_u64() <= pair[1][0].as_u64(), "content goes forward");
    }
    if record["quotation"]["kind"] == "direct" {
        for piece in &pieces {
            assert!(
                !piece.starts_with(['"', '“', '«', '„']) && !piece.ends_with(['"', '”', '»']),
                "outer marks in {piece}"
            );
        }
    }
    for name in ["cue", "source"].into_iter().filter(|n| !record[n].is_null()) {
        check(&record[name], PLACE);
        assert_eq!(record[name]["text"], slice(&text, &record[name]["start"], &record[name]["end"], bytes));
    }
    assert!(record["warnings"].as_array().unwrap().iter().all(|w| w.as_str().is_some_and(|w| !w.is_empty())));
    let speaker = &record["speaker"];
    assert!(speaker["name"].is_null() || speaker["description"].is_null(), "a description is for those without a name");
}

fn check_tasks(tasks: &Value) {
    for (name, task) in tasks.as_object().unwrap() {
        let fields: Vec<&str> = task.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields, ["labels", "probabilities", "abstained"]);
        let probabilities = task["probabilities"].as_object().unwrap();
        let values: Vec<f64> = probabilities.values().map(|p| p.as_f64().unwrap()).collect();
        assert!(values.iter().all(|p| (0.0..=1.0).contains(p)), "{name}: {values:?}");
        let labels = task["labels"].as_array().unwrap();
        assert!(
            labels
                .iter()
                .chain(task["abstained"].as_array().unwrap())
                .all(|l| probabilities.contains_key(l.as_str().unwrap()))
        );
        if name == "sentiment" {
            assert!((values.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{values:?}");
            let best = values.iter().copied().fold(0.0, f64::max);
            for label in labels {
                assert_eq!(probabilities[label.as_str().unwrap()].as_f64(), Some(best));
            }
            assert!(labels.len() <= 1);
        }
    }
}

/// Intercept and contributions add up to the logit, the logit to the probability; places lie on the words.
fn check_explanation(record: &Value, text: &str, n_at_most: usize) {
    let explanations = record["explanation"].as_array().unwrap();
    assert!(!explanations.is_empty());
    for e in explanations {
        check(e, EXPLANATION);
        let contributions = e["contributions"].as_array().unwrap();
        assert!(contributions.len() <= n_at_most + 1, "{} contributions", contributions.len());
        let sum: f64 = contributions.iter().map(|c| c["value"].as_f64().unwrap()).sum();
        let (intercept, logit) = (e["intercept"].as_f64().unwrap(), e["logit"].as_f64().unwrap());
        assert!((intercept + sum - logit).abs() < 1e-9, "{intercept} + {sum} is not {logit}");
        let task = &record["tasks"][e["task"].as_str().unwrap()];
        let p = task["probabilities"][e["label"].as_str().unwrap()].as_f64().unwrap();
        if e["task"] == "stance" {
            assert!((1.0 / (1.0 + (-logit).exp()) - p).abs() < 1e-9, "{logit} gives {p}");
        }
        for c in contributions {
            assert_eq!(c["start"].is_null(), c["end"].is_null());
            let feature = c["feature"].as_str().unwrap();
            if let Some(word) = feature.strip_prefix("word:").filter(|w| w.chars().all(char::is_alphabetic)) {
                let found = slice(text, &c["start"], &c["end"], false).to_lowercase();
                assert_eq!(found.chars().next(), word.chars().next(), "{feature} stands on {found:?}");
            }
        }
    }
}

#[test]
fn extracted_records_follow_the_schema() {
    let scene = Scene::new();
    let records = scene.lines(&["extract", "articles", "-f", "jsonl"]);
    let in_bytes = scene.lines(&["extract", "articles", "-f", "jsonl", "--offsets", "bytes"]);
    assert_eq!(records.len(), 5);
    for (record, in_bytes) in records.iter().zip(&in_bytes) {
        check(record, QUOTATION);
        check_extracted(&scene, record, false);
        check_extracted(&scene, in_bytes, true);
        assert_eq!(record["quotation"]["id"], in_bytes["quotation"]["id"], "ids do not hang on the unit");
    }
    assert_ne!(records[2]["quotation"]["content"], in_bytes[2]["quotation"]["content"], "curly marks take three bytes");
    let ids: BTreeSet<&str> = records.iter().map(|r| r["quotation"]["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), records.len());
    let order: Vec<&str> = records.iter().map(|r| r["article"]["id"].as_str().unwrap()).collect();
    assert_eq!(order, ["harbour", "harbour", "harbour", "harbour", "w-1"]);
    assert_eq!(records[4]["article"]["outlet"], "Wire");
    assert_eq!(records[4]["article"]["date"], "2020-01-02");
}

#[test]
fn scored_records_follow_the_schema() {
    let scene = Scene::new();
    let plain = scene.lines(&["score", "articles", "-m", "small.model", "-f", "jsonl"]);
    let explained = scene.lines(&["score", "articles", "-m", "small.model", "-f", "jsonl", "--explain", "3"]);
    let extracted = scene.lines(&["extract", "articles", "-f", "jsonl"]);
    let shapes = [QUOTATION, &[("/tasks", Any), ("/model", Any)]].concat();
    for ((plain, mut explained), extracted) in plain.iter().zip(explained).zip(extracted) {
        check(plain, &shapes);
        check_extracted(&scene, plain, false);
        check_tasks(&plain["tasks"]);
        check(&plain["model"], MODEL);
        assert!(plain["model"]["id"].as_str().unwrap().starts_with("blake3:"));
        check_explanation(&explained, &article_text(&scene, &explained), 3);
        explained.as_object_mut().unwrap().shift_remove("explanation");
        assert_eq!(&explained, plain, "an explanation changes nothing");
        for (key, value) in extracted.as_object().unwrap() {
            assert_eq!(&plain[key], value, "score and extract differ in {key}");
        }
    }
}

#[test]
fn tables_hold_the_same_as_objects() {
    let scene = Scene::new();
    for command in [&["score", "articles", "-m", "small.model"][..], &["extract", "articles"]] {
        let objects = scene.lines(&[command, &["-f", "jsonl"]].concat());
        let table = scene.text(&[command, &["-f", "csv"]].concat());
        let mut flat: Vec<(String, Value)> = Vec::new();
        flatten("", &objects[0], &mut flat);
        let names: Vec<String> = flat.iter().map(|(n, _)| n.clone()).collect();
        assert_eq!(header(table.as_bytes()), names, "columns are the flattened keys, in their order");
        let rows = rows(table.as_bytes());
        assert_eq!(rows.len(), objects.len());
        for (row, object) in rows.iter().zip(&objects) {
            let mut flat = Vec::new();
            flatten("", object, &mut flat);
            for (name, value) in flat.iter().filter(|(n, _)| n != "quotation.content") {
                let cell = match value {
                    Value::Null => String::new(),
                    Value::String(s) => s.clone(),
                    Value::Array(list) => list.iter().map(|v| v.as_str().unwrap()).collect::<Vec<_>>().join("|"),
                    other => other.to_string(),
                };
                assert_eq!(row[name], cell, "{name}");
            }
        }
    }
}

/// Nested fields with dots; `cue` and `source` have theirs even where they are unknown.
fn flatten(prefix: &str, value: &Value, out: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                flatten(&if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") }, value, out);
            }
        }
        Value::Null if matches!(prefix, "cue" | "source") => {
            out.extend(["text", "start", "end"].map(|f| (format!("{prefix}.{f}"), Value::Null)));
        }
        other => out.push((prefix.to_owned(), other.clone())),
    }
}

#[test]
fn statements_keep_ids_order_and_columns() {
    let scene = Scene::new();
    scene.write("in.csv", "note,id,text,x y,speaker\nfirst,z9,We are ready for talks,\"a,b\",Tor Ekdal\n=1+1,a1,They failed,,\n,,Zzyx qwrt,,\n");
    let table = scene.text(&["score", "--statements", "in.csv", "-m", "small.model", "-f", "csv"]);
    let columns = header(table.as_bytes());
    assert_eq!(columns[..7], ["note", "id", "text", "x y", "speaker", "stance", "stance.p.call-for-dialogue"]);
    assert_eq!(columns[11..], ["sentiment", "sentiment.p.negative", "sentiment.p.neutral", "sentiment.p.positive"]);
    let found = rows(table.as_bytes());
    assert_eq!(found.iter().map(|r| r["id"].as_str()).collect::<Vec<_>>(), ["z9", "a1", ""]);
    assert_eq!((found[0]["x y"].as_str(), found[1]["note"].as_str()), ("a,b", "'=1+1"));
    let raw = scene.text(&["score", "--statements", "in.csv", "-m", "small.model", "-f", "csv", "--raw-csv"]);
    assert_eq!(rows(raw.as_bytes())[1]["note"], "=1+1");
    let objects =
        scene.lines(&["score", "--statements", "in.csv", "-m", "small.model", "-f", "jsonl", "--explain", "5"]);
    assert_eq!(objects.iter().map(|o| o["id"].as_str().unwrap()).collect::<Vec<_>>(), ["z9", "a1", "3"]);
    for (object, row) in objects.iter().zip(&found) {
        check_tasks(&object["tasks"]);
        check_explanation(object, object["text"].as_str().unwrap(), 5);
        for (task, scores) in object["tasks"].as_object().unwrap() {
            for (label, p) in scores["probabilities"].as_object().unwrap() {
                assert_eq!(row[&format!("{task}.p.{label}")], p.to_string(), "{task} {label}");
            }
        }
    }
    assert_eq!(found[2]["stance"], "none");
}

#[test]
fn renamed_columns_are_found() {
    let scene = Scene::new();
    let renamed = QUOTES.replacen("id,text,", "key,content,", 1).replacen(",speaker,", ",who,", 1);
    scene.write("renamed.csv", renamed);
    let own =
        ["--statements", "renamed.csv", "--text-column", "content", "--id-column", "key", "--speaker-column", "who"];
    let arguments = ["-m", "small.model", "-f", "jsonl"];
    let renamed = scene.text(&[&["score"][..], &own, &arguments].concat());
    assert_eq!(renamed, scene.text(&[&["score", "--statements", "quotes.csv"][..], &arguments].concat()));
}

#[test]
fn both_ways_give_the_same_probabilities() {
    let scene = Scene::new();
    let scored = scene.lines(&["score", "articles", "-m", "small.model", "-f", "jsonl"]);
    scene.text(&["extract", "articles", "--for-labelling", "-o", "rows.csv"]);
    let table = scene.read("rows.csv");
    let batch = scene.lines(&["score", "--statements", "rows.csv", "-m", "small.model", "-f", "jsonl"]);
    assert_eq!(batch.len(), scored.len());
    for ((record, row), statement) in scored.iter().zip(rows(&table)).zip(&batch) {
        assert_eq!(record["tasks"], statement["tasks"], "article and statement, {}", row["text"]);
        assert_eq!(record["quotation"]["id"], statement["id"]);
        let mut alone = csv::Writer::from_writer(Vec::new());
        alone.write_record(row.keys()).unwrap();
        alone.write_record(row.values()).unwrap();
        scene.write("alone.csv", alone.into_inner().unwrap());
        let alone = scene.lines(&["score", "--statements", "alone.csv", "-m", "small.model", "-f", "jsonl"]);
        assert_eq!(alone[0]["tasks"], statement["tasks"], "alone and in a batch");
        let mut flags = Vec::new();
        for name in ["speaker", "holder", "role", "organization", "country", "cue", "kind", "target"] {
            if !row[name].is_empty() {
                flags.push(format!("--{name}={}", row[name]));
            }
        }
        let mut arguments = vec!["explain", "-m", "small.model", "-f", "json", "--top", "1000"];
        arguments.extend(flags.iter().map(String::as_str).chain([row["text"].as_str()]));
        let explained = scene.lines(&arguments).remove(0);
        assert_eq!(explained["tasks"], statement["tasks"], "explain gives other figures");
        check_explanation(&explained, &row["text"], 1000);
    }
    let jsonl: String = rows(&table).iter().map(|r| format!("{}\n", serde_json::to_string(r).unwrap())).collect();
    scene.write("rows.jsonl", jsonl);
    let lines = scene.lines(&["score", "--statements", "rows.jsonl", "-m", "small.model", "-f", "jsonl"]);
    assert_eq!(lines, batch, "rows as JSON Lines");
}

#[test]
fn figures_follow_the_schema() {
    let scene = Scene::new();
    let evaluation = scene.lines(&["evaluate", "small.model", "quotes.csv", "-f", "json"]).remove(0);
    let trained = scene.lines(&["train", "quotes.csv", "-c", "2", "-o", "t.model", "-f", "json"]).remove(0);
    for value in [&evaluation, &trained] {
        assert_eq!(value["schema"], "demarche.evaluation/1");
        check(&value["model"], MODEL);
        let stance = &value["tasks"]["stance"];
        let macro_f1 = &stance["macro_f1"];
        assert!(
            macro_f1["low"].as_f64() <= macro_f1["value"].as_f64()
                && macro_f1["value"].as_f64() <= macro_f1["high"].as_f64()
        );
        for key in ["micro_f1", "ece", "brier", "log_loss"] {
            assert!(stance[key].is_number() || stance[key]["value"].is_number(), "{key}: {stance}");
        }
        let label = &stance["labels"]["praise"];
        for key in ["precision", "recall", "f1", "average_precision", "support", "threshold"] {
            assert!(label[key].is_number(), "{key}: {label}");
        }
        assert_eq!(label["support"], 10);
    }
    for split in ["speaker", "random"] {
        assert!(trained["splits"][split]["stance"]["macro_f1"]["value"].is_number(), "{}", trained["splits"]);
    }
    assert!(trained["leak_gap"].is_number() || trained["leak_gap"].is_object());
    let arguments = [
        "compare",
        "small.model",
        "t.model",
        "quotes.csv",
        "-f",
        "json",
        "--gate",
        "macro_f1>=-1",
        "--gate",
        "flip_rate<=1",
    ];
    let comparison = scene.lines(&arguments).remove(0);
    assert_eq!(comparison["schema"], "demarche.comparison/1");
    for key in ["old", "new", "delta", "flips", "gates"] {
        assert!(!comparison[key].is_null(), "{key} is missing");
    }
    let header = scene.lines(&["inspect", "t.model", "-f", "json"]).remove(0);
    assert_eq!(header["header"]["provenance"]["costs"], serde_json::json!([2.0, 2.0]));
    assert_eq!(comparison["gates"].as_array().unwrap().len(), 2);
    for gate in comparison["gates"].as_array().unwrap() {
        assert!(gate["expression"].is_string() && gate["value"].is_number() && gate["holds"] == true);
    }
}
