//! Evaluation, comparison, agreement and prevalence as people run them.

use demarche::dataset::Dataset;
use demarche::dataset::csv::{CsvOptions, read_dataset};
use demarche::evaluation::Bootstrap;
use demarche::model::Model;
use demarche::pipeline::prevalence::{prevalence, unlabelled};
use serde_json::Value;

use crate::scene::{QUOTES, Scene, json, root, rows};

fn shipped(name: &str) -> Option<Model> {
    let bytes = std::fs::read(root().join(format!("models/{name}.model"))).unwrap_or_default();
    if bytes.is_empty() {
        eprintln!("models/{name}.model is not there; nothing to check");
        return None;
    }
    Some(Model::from_bytes(&bytes).unwrap())
}

fn labelled(csv: &str) -> Dataset {
    let bytes = std::fs::read(root().join(csv)).unwrap();
    read_dataset(csv, bytes.as_slice(), &CsvOptions::default()).unwrap().0
}

#[test]
fn details_are_given_where_asked_for() {
    let scene = Scene::new();
    // Half of the speakers are new, and some rows are wrong.
    let turned =
        QUOTES.replace("Ines Maro", "Somebody New").replacen("call-for-dialogue,neutral", "praise,negative", 3);
    scene.write("turned.csv", &turned);
    let arguments = [
        "evaluate",
        "small.model",
        "turned.csv",
        "-f",
        "json",
        "--slice",
        "seen-speaker",
        "--slice",
        "country",
        "--errors",
        "4",
        "--label-errors",
        "5",
        "--speaker-swaps",
        "3",
    ];
    let found = json(&scene, &arguments);
    let slices = found["slices"].as_array().unwrap();
    let of = |column: &str, value: &str| {
        let is_it = |s: &&Value| s["column"] == column && s["value"] == value && s["task"] == "stance";
        slices.iter().find(is_it).unwrap_or_else(|| panic!("no slice {column} = {value}"))
    };
    let n_new = rows(turned.as_bytes()).iter().filter(|r| r["speaker"] == "Somebody New").count();
    assert_eq!(of("seen-speaker", "new")["n_rows"], n_new);
    assert_eq!(of("seen-speaker", "seen")["n_rows"], 60 - n_new);
    assert!(of("seen-speaker", "new")["warnings"][0].as_str().unwrap().starts_with("only "));
    assert!(of("seen-speaker", "seen")["macro_f1"]["low"].is_number());
    assert!(slices.iter().any(|s| s["column"] == "country"));

    let errors = found["errors"].as_array().unwrap();
    let of_stance: Vec<&Value> = errors.iter().filter(|e| e["task"] == "stance").collect();
    assert!(of_stance.len() >= 3 && of_stance.windows(2).all(|w| w[0]["loss"].as_f64() >= w[1]["loss"].as_f64()));
    let first = of_stance[0];
    assert_eq!(first["labels"], serde_json::json!(["praise"]));
    assert!(first["line"].as_u64().unwrap() >= 2 && !first["text"].as_str().unwrap().is_empty());
    let why = first["why"].as_array().unwrap();
    assert!(why.iter().any(|w| w["label"] == "praise" && w["missed"] == true), "{first}");
    assert!(why.iter().all(|w| w["contributions"].as_array().unwrap().len() <= 5));

    let suspects = found["label_errors"].as_array().unwrap();
    assert!(
        suspects.iter().any(|s| s["task"] == "stance" && s["label"] == "praise" && s["given"] == true),
        "{suspects:?}"
    );
    let swap = &found["speaker_swap"]["stance"];
    assert!(swap["n_swaps"] == 3 && (0.0..=1.0).contains(&swap["flip_rate"]["value"].as_f64().unwrap()));
    assert!(found["drift"]["unknown_words"]["training"].is_number());
    assert!(
        found["tasks"]["sentiment"]["confusion"].is_array() && found["tasks"]["stance"]["missed_and_wrong"].is_array()
    );

    for (words, column) in [("did you mean \"country\"", "contry"), ("known: seen-speaker", "nonsense")] {
        let run = scene.run(&["evaluate", "small.model", "quotes.csv", "--slice", column]);
        assert!(run.code == 2 && run.stderr.contains(words), "{}", run.stderr);
    }
}

#[test]
fn a_model_without_speaker_features_does_not_care_who_speaks() {
    let scene = Scene::new();
    scene.text(&[
        "train",
        "quotes.csv",
        "-c",
        "2",
        "--speaker-features",
        "none",
        "--keep-names",
        "-o",
        "deaf.model",
        "-q",
    ]);
    let arguments = [
        "evaluate",
        "deaf.model",
        "quotes.csv",
        "--gate",
        "swap_flip_rate<=0",
        "--gate",
        "sentiment.swap_flip_rate<=0",
    ];
    assert_eq!(scene.run(&arguments).code, 0);
    let swap = &json(&scene, &["evaluate", "deaf.model", "quotes.csv", "--speaker-swaps", "5", "-f", "json"])["speaker_swap"]
        ["stance"];
    assert_eq!((swap["mean_change"].as_f64(), swap["flip_rate_without"]["value"].as_f64()), (Some(0.0), Some(0.0)));
    let gate = [
        "compare",
        "deaf.model",
        "small.model",
        "quotes.csv",
        "--gate",
        "swap_flip_rate<=1",
        "--gate",
        "old.swap_flip_rate<=0",
    ];
    assert_eq!(scene.run(&gate).code, 0);
}

#[test]
fn train_gives_details_out_of_fold_and_keeps_rows_out_of_the_model() {
    let scene = Scene::new();
    let arguments = ["train", "quotes.csv", "-c", "2", "--folds", "3", "-o", "a.model", "-q", "-f", "json"];
    let details = ["--errors", "3", "--label-errors", "3", "--slice", "kind"];
    let found = json(&scene, &[&arguments[..], &details[..]].concat());
    assert!(!found["errors"].as_array().unwrap().is_empty());
    assert!(found["errors"][0]["why"][0]["contributions"].as_array().unwrap().is_empty());
    assert_eq!(found["training"]["n_speakers"], 15);
    let model = Model::from_bytes(&scene.read("a.model")).unwrap();
    let kept = &model.header().evaluation;
    assert!(kept.get("errors").is_none() && kept.get("label_errors").is_none());
    assert!(kept["slices"].is_array() && kept["training"]["unknown_words"].is_number());
    let card = String::from_utf8(scene.read("a.md")).unwrap();
    assert!(card.contains("| kind: direct |") && card.contains("- 15 speakers\n"), "{card}");
    // Out of fold a speaker is seen where a row of another fold has the same: never under a split by speaker.
    let values = |split: &str| -> Vec<String> {
        let arguments = ["train", "quotes.csv", "-c", "2", "--folds", "3", "-o", "c.model", "-q", "-f", "json"];
        let found = json(&scene, &[&arguments[..], &["--slice", "seen-speaker", "--split", split]].concat());
        found["slices"].as_array().unwrap().iter().map(|s| s["value"].as_str().unwrap().to_owned()).collect()
    };
    assert!(values("speaker").iter().all(|v| v == "new") && values("random").contains(&"seen".to_owned()));
    let text = String::from_utf8_lossy(&scene.read("a.model")).into_owned();
    assert!(!text.contains("Ines Maro") && !text.contains("ines maro"), "the model holds a list of people");
    // What is only shown must not change the model.
    scene.text(&[
        "train",
        "quotes.csv",
        "-c",
        "2",
        "--folds",
        "3",
        "-o",
        "b.model",
        "-q",
        "--slice",
        "kind",
        "--name",
        "a",
    ]);
    let (a, b) =
        (Model::from_bytes(&scene.read("a.model")).unwrap(), Model::from_bytes(&scene.read("b.model")).unwrap());
    assert_eq!(a.header().evaluation, b.header().evaluation);
}

#[test]
fn the_two_codings_of_the_shipped_data_agree_as_its_readme_says() {
    let scene = Scene::new();
    let file = root().join("data/quotes-coders.csv");
    let file = file.to_str().unwrap();
    let found = json(&scene, &["agree", file, "-f", "json", "--disputed", "to-settle.csv", "-q"]);
    let figure = |task: &str, key: &str| found["tasks"][task][key]["value"].as_f64().unwrap();
    assert!((figure("stance", "micro_f1") - 0.940).abs() < 0.0005);
    assert!((figure("stance", "identical") - 0.907).abs() < 0.0005);
    assert!((figure("sentiment", "identical") - 0.942).abs() < 0.0005);
    assert_eq!(found["tasks"]["stance"]["n_units"], 7190);
    let label = |name: &str| found["tasks"]["stance"]["labels"][name]["f1"]["value"].as_f64().unwrap();
    for (name, f1) in [("positive-expectation", 0.98), ("call-for-easing", 0.93), ("demand", 0.88)] {
        assert!((label(name) - f1).abs() < 0.005, "{name}: {}", label(name));
    }
    let alpha = &found["tasks"]["stance"]["alpha"];
    assert!(alpha["low"].as_f64() < alpha["value"].as_f64() && alpha["value"].as_f64() < alpha["high"].as_f64());

    let settle = rows(&scene.read("to-settle.csv"));
    let n_adjudicated = ["data/quotes.csv", "data/quotes-test.csv", "data/quotes-near.csv"]
        .iter()
        .flat_map(|f| rows(&std::fs::read(root().join(f)).unwrap()))
        .filter(|r| r["coder"] == "adjudicated")
        .count();
    assert_eq!(settle.len(), n_adjudicated, "data/README.md: the rows on which the codings differed");
    assert!(settle.iter().all(|r| r["stance_a"] != r["stance_b"] || r["sentiment_a"] != r["sentiment_b"]));
    assert!(settle.iter().all(|r| r["stance"].is_empty()));

    assert_eq!(scene.run(&["agree", file, "--gate", "alpha>=0.8", "--gate", "alpha:demand>=0.8"]).code, 0);
    let run = scene.run(&["agree", file, "--gate", "sentiment.f1:negative>=0.99"]);
    assert!(run.code == 1 && String::from_utf8_lossy(&run.stdout).contains("does not hold"));
    assert_eq!(scene.run(&["agree", file, "--gate", "ece<=1"]).code, 2);
    assert_eq!(scene.run(&["agree", "quotes.csv"]).code, 4);
    assert_eq!(scene.run(&["agree", "quotes.csv", "quotes.csv", "--coder-column", "kind"]).code, 2);
}

/// Rows of one label kept, and of all others every fourth: a shift of shares that leaves the texts of each label as they
/// were. Over all labels the corrected shares must be much nearer than the count.
#[test]
fn corrected_shares_are_nearer_than_counts_on_real_texts() {
    let Some(model) = shipped("diplomatic-core-en-1") else { return };
    let data = labelled("data/quotes-test.csv");
    let bootstrap = Bootstrap { n_draws: 100, ..Bootstrap::default() };
    let (mut off, mut n_held) = ([0.0; 3], [0; 3]);
    let mut n_labels = 0;
    for (t, task) in data.tasks.iter().enumerate() {
        for (k, name) in task.labels.names().enumerate().filter(|(_, name)| *name != "neutral") {
            let mut n_others = 0;
            let mut examples = data.examples.clone();
            examples.retain(|e| {
                let holds = e.labels[t].as_ref().is_some_and(|l| l.contains(&k));
                n_others += usize::from(!holds);
                holds || n_others % 4 == 0
            });
            let holds = examples.iter().filter(|e| e.labels[t].as_ref().is_some_and(|l| l.contains(&k))).count();
            let share = holds as f64 / examples.len() as f64;
            let found = prevalence(&model, &unlabelled(&model, &examples, &[]), None, &[], &bootstrap).unwrap();
            let of_task = found.iter().find(|p| p.task == task.name).unwrap();
            let shares = of_task.labels.iter().find(|(label, _)| label == name).unwrap().1;
            for (i, estimate) in [shares.count, shares.adjusted, shares.em].into_iter().enumerate() {
                off[i] += (estimate.value - share).abs();
                n_held[i] += usize::from(estimate.low.unwrap() <= share && share <= estimate.high.unwrap());
            }
            n_labels += 1;
        }
    }
    assert_eq!(n_labels, 16);
    assert!(off[1] < 0.8 * off[0] && off[2] < 0.7 * off[0], "sums of errors of count, adjusted, em: {off:?}");
    assert!(n_held[1] >= 13 && n_held[2] >= 12 && n_held[0] <= 11, "intervals that hold the share, of 16: {n_held:?}");
}

#[test]
fn scored_rows_and_statements_give_the_same_shares() {
    let scene = Scene::new();
    scene.text(&[
        "score",
        "--statements",
        "quotes.csv",
        "-m",
        "small.model",
        "-f",
        "jsonl",
        "-o",
        "scored.jsonl",
        "-q",
    ]);
    let tasks = |file: &str| json(&scene, &["prevalence", "small.model", file, "-f", "json"])["tasks"].clone();
    let (scored, statements) = (tasks("scored.jsonl"), tasks("quotes.csv"));
    for label in ["praise", "demand"] {
        for figure in ["count", "adjusted", "em"] {
            let value = |from: &Value| from["stance"]["labels"][label][figure]["value"].as_f64().unwrap();
            assert!((value(&scored) - value(&statements)).abs() < 1e-6, "{label}: {figure}");
        }
    }
    let with = json(&scene, &["prevalence", "small.model", "quotes.csv", "--labelled", "quotes.csv", "-f", "json"]);
    assert_eq!(with["schema"], "demarche.prevalence/1");
    assert_eq!(with["tasks"]["stance"]["n_labelled"], 60);
    let praise = &with["tasks"]["stance"]["labels"]["praise"];
    assert!((praise["prediction_powered"]["value"].as_f64().unwrap() - 10.0 / 60.0).abs() < 1e-6);
    assert!(scene.text(&["prevalence", "small.model", "quotes.csv"]).contains("count (biased)"));
    // Articles scored by the model, and by another.
    scene.text(&["score", "articles", "-m", "small.model", "-f", "jsonl", "-o", "articles.jsonl", "-q"]);
    assert_eq!(tasks("articles.jsonl")["stance"]["n_rows"], 5);
    scene.text(&["train", "quotes.csv", "-c", "1", "-o", "other.model", "-q"]);
    let run = scene.run(&["prevalence", "other.model", "articles.jsonl"]);
    assert!(run.code == 4 && run.stderr.contains("articles.jsonl:1: scored by blake3:"), "{}", run.stderr);
}

#[test]
fn models_with_other_labels_are_compared_on_those_they_share() {
    let scene = Scene::new();
    // Few enough known labels for the file not to be taken for one of the shipped codebook.
    let renamed =
        [("call-for-dialogue", "invitation"), ("demand", "order"), ("commitment", "vow"), (",positive,", ",glad,")]
            .into_iter()
            .chain([(",negative,", ",sad,")])
            .fold(QUOTES.to_owned(), |text, (from, to)| text.replace(from, to));
    scene.write("renamed.csv", &renamed);
    let kinds = ["--task", "stance=multi", "--task", "sentiment=single"];
    scene.text(&[&["train", "renamed.csv", "-c", "2", "-o", "renamed.model", "-q"], &kinds[..]].concat());
    let found = json(&scene, &["compare", "small.model", "renamed.model", "quotes.csv", "-f", "json"]);
    let notes = found["notes"].as_array().unwrap();
    assert!(notes[0].as_str().unwrap().starts_with(
        "stance: compared on the 2 labels that both models have; the old model also has call-for-dialogue, demand, commitment; \
         the new model also has invitation, order, vow"
    ), "{notes:?}");
    assert!(notes[1].as_str().unwrap().ends_with("rows with these are left out"), "{notes:?}");
    assert!(found["delta"]["tasks"]["stance"]["labels"].get("call-for-dialogue").is_none());
    // Rows of the classes that only one has are left out.
    let n_neutral = rows(QUOTES.as_bytes()).iter().filter(|r| r["sentiment"] == "neutral").count();
    assert_eq!(found["old"]["tasks"]["sentiment"]["n_rows"], n_neutral);
    assert!(found["old"]["model"]["n_bytes"].as_u64() > Some(1000) && found["new"]["model"]["n_features"].is_u64());
    scene.write("strange.csv", "text,tone\nWe thank them,up\nWe fear them,down\n");
    let run = scene.run(&["compare", "small.model", "renamed.model", "strange.csv", "--task", "tone"]);
    assert!(run.code == 4 && run.stderr.contains("share no task"), "{}", run.stderr);
}

#[test]
fn recipes_are_compared_by_nested_cross_validation() {
    let scene = Scene::new();
    let arguments = |old: &'static str, new: &'static str| {
        vec!["compare", "--old-args", old, "--new-args", new, "quotes.csv", "--repeats", "2"]
    };
    let found = json(&scene, &[arguments("-c 2 --folds 3", "-c 0.001 --folds 3"), vec!["-f", "json"]].concat());
    let macro_f1 = &found["cross_validation"]["tasks"]["stance"]["macro_f1"];
    assert_eq!(
        (&macro_f1["change"]["n_differences"], &found["cross_validation"]["n_repeats"]),
        (&Value::from(6), &Value::from(2))
    );
    let mean = |key: &str| macro_f1[key].as_f64().unwrap();
    assert!((mean("new") - mean("old") - macro_f1["change"]["value"].as_f64().unwrap()).abs() < 1e-9);
    assert!(found["flips"].is_array() && found["delta"]["tasks"]["sentiment"]["macro_f1"]["p_value"].is_number());
    let same = json(&scene, &[arguments("-c 2 --folds 3", "-c 2 --folds 3"), vec!["-f", "json"]].concat());
    assert_eq!(same["cross_validation"]["tasks"]["stance"]["log_loss"]["change"]["p_value"], 1.0);
    assert!(same["flips"].as_array().unwrap().is_empty());
    for (words, old, new, more) in [
        ("--old-args: unexpected argument '--wrd-ngrams'", "--wrd-ngrams 1", "", None),
        ("--new-args: a recipe names no file", "", "more.csv", None),
        ("--old-args: a quotation mark is not closed", "--name 'unclosed", "", None),
        ("--new-args: the columns are those of the comparison", "", "--text-column 'the text'", None),
        ("differ in --split, --folds or --seed", "", "--folds 4", None),
        ("--speed is for two models", "", "", Some("--speed")),
    ] {
        let run = scene.run(&[arguments(old, new), more.into_iter().collect()].concat());
        assert!(run.code == 2 && run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    assert_eq!(scene.run(&["compare", "small.model", "quotes.csv"]).code, 2);
    // A column whose name has a blank is named between quotation marks.
    scene.write("blank.csv", QUOTES.replacen(",kind,", ",the kind,", 1));
    let recipes = ["--old-args=-c 1 --folds 3 --feature-columns 'the kind'", "--new-args=-c 1 --folds 3"];
    let found = json(&scene, &[&["compare", "blank.csv", "--repeats", "1", "-f", "json"], &recipes[..]].concat());
    let log_loss = &found["cross_validation"]["tasks"]["stance"]["log_loss"];
    assert_ne!(log_loss["old"], log_loss["new"], "the column is not learnt from");
}

#[test]
fn train_tells_of_odd_cells_and_rare_labels() {
    let scene = Scene::new();
    let row = |i: usize| {
        let label = ["rare", "often", "seldom"][if i < 4 { 0 } else { 1 + i % 2 }];
        let year = if i == 6 { "n/a".to_owned() } else { (1990 + i).to_string() };
        format!("statement {i} of the {label} kind,{label},{year}\n")
    };
    scene.write(
        "years.csv",
        std::iter::once("text,label,year\n".to_owned()).chain((0..40).map(row)).collect::<String>(),
    );
    let train = |columns: &str| {
        scene.run(&["train", "years.csv", "-o", "y.model", "-c", "1", "--folds", "2", "--feature-columns", columns])
    };
    let text = |stdout: Vec<u8>| String::from_utf8(stdout).unwrap();
    let run = train("year");
    let told = text(run.stdout);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains(" kB, "), "{}", run.stderr);
    assert!(told.contains("as categories, though most cells are numbers: line 8 has \"n/a\""), "{told}");
    assert!(told.contains("note: label: fewer than 10 rows have rare (4); "), "{told}");
    assert!(told.lines().all(|line| !line.ends_with(' ')), "{told}");
    assert!(!text(train("year=category").stdout).contains("categories"));
    let refused = train("year=number");
    assert_eq!(refused.code, 4);
    assert!(refused.stderr.contains("years.csv:8: column \"year\": \"n/a\" is no number"), "{}", refused.stderr);
    let leak = train("label");
    assert_eq!(leak.code, 4);
    assert!(leak.stderr.contains("column \"label\" is a label column"), "{}", leak.stderr);
}

#[test]
fn figures_come_in_every_format() {
    let scene = Scene::new();
    let commands: [&[&str]; 3] = [
        &["evaluate", "small.model", "quotes.csv", "--gate", "macro_f1>=0.5", "--gate", "macro_f1>1"],
        &["compare", "small.model", "small.model", "quotes.csv", "--gate", "macro_f1>=0", "--gate", "flip_rate>0"],
        &["agree", "quotes.csv", "turned.csv", "--gate", "alpha>=0.5", "--gate", "alpha>1"],
    ];
    scene.write("turned.csv", QUOTES.replacen("praise", "demand", 2));
    for command in commands {
        for (format, held, fails) in [
            ("table", "holds", "does not hold"),
            ("json", "\"holds\":true", "\"holds\":false"),
            ("junit", "tests=\"2\" failures=\"1\"", "<failure message="),
            ("markdown", "- ✅ `", "- ❌ `"),
        ] {
            let run = scene.run(&[command, &["-f", format]].concat());
            let text = String::from_utf8(run.stdout).unwrap();
            assert_eq!(run.code, 1, "{command:?} {format}: {}", run.stderr);
            assert!(text.contains(held) && text.contains(fails), "{command:?} {format}: {text}");
            assert!(!text.contains('\u{1b}'));
        }
    }
}

/// The script and the workflow of docs/TESTING-MODELS.md, run on the shipped versions as a user's CI would.
#[cfg(unix)]
#[test]
fn the_documented_test_of_models_runs() {
    let page = std::fs::read_to_string(root().join("docs/TESTING-MODELS.md")).unwrap();
    let block = |from: &str| -> String {
        let start = page.find(from).unwrap_or_else(|| panic!("no {from} in docs/TESTING-MODELS.md")) + from.len();
        page[start..].split("\n```").next().unwrap().to_owned()
    };
    let script = block("```sh\n");
    assert!(script.starts_with("#!/bin/sh\n# test-models.sh"));
    assert!(block("```yaml\n").contains("run: sh test-models.sh"));
    if shipped("diplomatic-core-en-1").is_none() || shipped("diplomatic-core-en-2").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let copy = |from: &str, to: &str| std::fs::copy(root().join(from), folder.path().join(to)).unwrap();
    copy("models/diplomatic-core-en-1.model", "old.model");
    copy("models/diplomatic-core-en-2.model", "new.model");
    copy("data/quotes-test.csv", "test.csv");
    copy("data/quotes-coders.csv", "coders.csv");
    std::fs::write(folder.path().join("test-models.sh"), &script).unwrap();
    let program = std::path::PathBuf::from(crate::scene::demarche().get_program());
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let run = || {
        let mut shell = std::process::Command::new("sh");
        shell.arg("test-models.sh").current_dir(folder.path()).env("PATH", &path).env_remove("DEMARCHE_MODEL");
        shell.output().unwrap()
    };
    let output = run();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let report = std::fs::read_to_string(folder.path().join("models.xml")).unwrap();
    assert!(report.contains("failures=\"0\"") && report.contains("macro_f1&gt;=-0.05"), "{report}");
    // A model that is worse ends it with 1.
    let scene = Scene::new();
    let half: String = QUOTES.lines().take(41).map(|l| format!("{l}\n")).collect();
    scene.write("half.csv", half);
    scene.text(&["train", "half.csv", "-c", "1", "--folds", "2", "-o", "worse.model", "-q", "--word-ngrams", "1"]);
    std::fs::copy(scene.path("worse.model"), folder.path().join("new.model")).unwrap();
    assert_eq!(run().status.code(), Some(1));
}
