//! Figures that would mislead: on rows that were learnt from, on no row, over other groups, of too few rows.

use serde_json::Value;

use crate::scene::{QUOTES, Scene, json, rows, small_model};

/// `QUOTES` with other words in all but the first `n` rows.
fn mostly_new(n: usize) -> String {
    let word =
        |line: &str| line.replace("we", "they").replace("the", "that").replace("to", "for").replace("of", "about");
    QUOTES.lines().enumerate().map(|(i, line)| if i > n { word(line) } else { line.to_owned() } + "\n").collect()
}

#[test]
fn rows_that_were_learnt_from_are_counted_by_all_who_judge() {
    let scene = Scene::new();
    // One row less, and the rest in another order: no longer the bytes of the training file.
    let mut lines: Vec<&str> = QUOTES.lines().skip(2).collect();
    lines.reverse();
    scene.write("most.csv", format!("{}\n{}\n", QUOTES.lines().next().unwrap(), lines.join("\n")));
    let note = "59 of 59 row(s) have a text that";
    let found = json(&scene, &["evaluate", "small.model", "most.csv", "-f", "json"]);
    assert_eq!(found["data"]["n_learnt"], 59);
    assert!(found["notes"][0].as_str().unwrap().starts_with(note), "{}", found["notes"]);
    assert!(scene.text(&["evaluate", "small.model", "most.csv"]).contains(note));
    let found = json(&scene, &["compare", "small.model", "small.model", "most.csv", "-f", "json"]);
    assert_eq!((&found["old"]["model"]["n_learnt"], &found["new"]["model"]["n_learnt"]), (&59.into(), &59.into()));
    assert!(found["notes"][1].as_str().unwrap().starts_with(note), "{}", found["notes"]);
    let found = json(&scene, &["prevalence", "small.model", "most.csv", "--labelled", "most.csv", "-f", "json"]);
    assert_eq!((&found["data"]["n_learnt"], &found["data"]["n_labelled_learnt"]), (&59.into(), &59.into()));
    assert!(found["notes"][0].as_str().unwrap().starts_with(note));
    assert!(scene.text(&["prevalence", "small.model", "most.csv"]).contains(note));

    scene.write("new.csv", mostly_new(3));
    let found = json(&scene, &["evaluate", "small.model", "new.csv", "-f", "json"]);
    assert!(found["data"]["n_learnt"].as_u64().unwrap() < 30, "{}", found["data"]);
}

#[test]
fn a_gate_on_no_row_does_not_hold() {
    let scene = Scene::new();
    let header: Vec<&str> = QUOTES.lines().next().unwrap().split(',').collect();
    let renamed = QUOTES.replacen(&header.join(","), &header.join(",").replace("speaker", "who"), 1);
    scene.write("nobody.csv", renamed);
    let run = scene.run(&["evaluate", "small.model", "nobody.csv", "--gate", "swap_flip_rate<=0.1"]);
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(run.code == 1 && text.contains("value not measured, does not hold"), "{text}");
    assert!(text.contains("0 rows have a speaker"), "{text}");
    let run = scene.run(&["evaluate", "small.model", "nobody.csv", "--gate", "swap_flip_rate<=0.1", "-f", "json"]);
    let found: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!((&found["gates"][0]["value"], &found["gates"][0]["holds"]), (&Value::Null, &Value::Bool(false)));
}

#[test]
fn a_label_column_of_another_name_is_the_models_only_task() {
    let scene = Scene::new();
    let two: String = rows(QUOTES.as_bytes())
        .iter()
        .map(|r| format!("\"{}\",{}\n", r["text"].replace('"', "\"\""), r["sentiment"]))
        .collect();
    scene.write("two.csv", format!("text,label\n{two}"));
    scene.text(&["train", "two.csv", "-c", "2", "--folds", "3", "--no-other-splits", "-o", "two.model", "-q"]);
    scene.write("names.csv", format!("review,opinion\n{two}"));
    let arguments =
        ["evaluate", "two.model", "names.csv", "-f", "json", "--text-column", "review", "--task", "opinion"];
    let found = json(&scene, &arguments);
    assert_eq!(found["tasks"]["label"]["n_rows"], 60);
    let found = json(&scene, &[&["compare", "two.model"], &arguments[1..]].concat());
    assert_eq!(found["delta"]["tasks"]["label"]["flip_rate"], 0.0);
    let more = [
        "prevalence",
        "two.model",
        "names.csv",
        "--text-column",
        "review",
        "--labelled",
        "names.csv",
        "--task",
        "opinion",
    ];
    assert!(scene.text(&more).contains("60 labelled rows beside"));

    // A label that the model lacks: an error with its column, or left out.
    scene.write("new.csv", format!("text,label\n{two}So be it,mixed\n"));
    let run = scene.run(&["evaluate", "two.model", "new.csv"]);
    assert!(
        run.code == 4 && run.stderr.contains("new.csv:62: column \"label\": unknown label \"mixed\""),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("--lenient"), "{}", run.stderr);
    let run = scene.run(&["evaluate", "two.model", "new.csv", "--lenient", "-f", "json"]);
    let found: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(found["tasks"]["label"]["n_rows"], 60);
    assert!(run.stderr.contains("warning: ") && run.stderr.contains("\"mixed\""), "{}", run.stderr);
}

#[test]
fn slices_that_can_not_be_are_told_why() {
    let scene = Scene::new();
    let stderr = |column: &str| scene.run(&["evaluate", "small.model", "quotes.csv", "--slice", column]).stderr;
    assert!(stderr("id").contains("of their own") && stderr("text").contains("of their own"));
    assert!(stderr("stance").contains("is a label column"));
    assert!(stderr("nothing").contains("known: seen-speaker, speaker"));
}

#[test]
fn a_sample_of_a_few_rows_has_no_intervals() {
    let scene = Scene::new();
    let few: Vec<&str> = QUOTES.lines().take(9).collect();
    scene.write("few.csv", few.join("\n") + "\n");
    let found = json(&scene, &["prevalence", "small.model", "quotes.csv", "--labelled", "few.csv", "-f", "json"]);
    let stance = &found["tasks"]["stance"];
    let powered = &stance["labels"]["praise"]["prediction_powered"];
    assert!(powered["value"].is_number() && powered["low"].is_null(), "{powered}");
    assert!(stance["notes"].to_string().contains("8 labelled row(s) are too few"), "{}", stance["notes"]);
    let run = scene.run(&["prevalence", "small.model", "quotes.csv", "--task", "stance"]);
    assert!(run.code == 2 && run.stderr.contains("--labelled"), "{}", run.stderr);
    scene.write("typo.csv", QUOTES.replacen(",praise,", ",prase,", 1));
    let run = scene.run(&["prevalence", "small.model", "quotes.csv", "--labelled", "typo.csv"]);
    assert!(run.code == 4 && run.stderr.contains("typo.csv:"), "{}", run.stderr);
}

#[test]
fn recipes_are_judged_by_the_means_over_folds() {
    let scene = Scene::new();
    let arguments = [
        "compare",
        "--old-args=-c 0.1 --folds 3 --character-ngrams 0-0",
        "--new-args=-c 4 --folds 3 --character-ngrams 0-0",
        "quotes.csv",
        "-f",
        "json",
        "--gate",
        "macro_f1>=-1",
        "--gate",
        "new.sentiment.log_loss<=9",
    ];
    let found = json(&scene, &arguments);
    let means = &found["cross_validation"]["tasks"];
    assert_eq!(found["gates"][0]["value"], means["stance"]["macro_f1"]["change"]["value"]);
    assert_eq!(found["gates"][1]["value"], means["sentiment"]["log_loss"]["new"]);
    assert_ne!(found["gates"][0]["value"], found["delta"]["tasks"]["stance"]["macro_f1"]["value"], "the first alone");
}

#[test]
fn intervals_of_training_have_the_groups_that_were_asked_for() {
    let scene = Scene::new();
    let header = QUOTES.lines().next().unwrap();
    let outlets = QUOTES.lines().skip(1).enumerate().map(|(i, line)| format!("{line},o{}\n", i % 6));
    scene.write("outlets.csv", format!("{header},outlet\n{}", outlets.collect::<String>()));
    let train =
        ["train", "outlets.csv", "-c", "2", "--folds", "3", "--no-other-splits", "-o", "a.model", "-q", "-f", "json"];
    let n_groups = |more: &[&str]| json(&scene, &[&train[..], more].concat())["tasks"]["stance"]["n_groups"].clone();
    assert_eq!(n_groups(&[]), 15, "speakers");
    assert_eq!(n_groups(&["--group-column", "outlet"]), 6);
    assert_eq!(n_groups(&["--split", "outlet"]), 6);
    assert_eq!(n_groups(&["--split", "speaker", "--group-column", "outlet"]), 6);
}

#[test]
fn labels_of_people_stay_beside_those_of_a_model() {
    let scene = Scene::new();
    let score = ["score", "--statements", "quotes.csv", "-m", "small.model", "-f", "csv", "-o", "scored.csv", "-q"];
    scene.text(&score);
    let scored = scene.read("scored.csv");
    for (row, before) in rows(&scored).iter().zip(rows(QUOTES.as_bytes())) {
        assert_eq!((&row["stance.given"], &row["sentiment.given"]), (&before["stance"], &before["sentiment"]));
    }
    let figures = |file: &str| json(&scene, &["evaluate", "small.model", file, "-f", "json"])["tasks"].clone();
    assert_eq!(figures("scored.csv"), figures("quotes.csv"));
    // Scored again: the first labels stay.
    let again = [&["score", "--statements", "scored.csv"], &score[3..7], &["-o", "again.csv"]].concat();
    scene.text(&again);
    assert_eq!(scene.read("again.csv"), scored);
    // Without them it is said whose labels these are.
    let text = String::from_utf8(scored).unwrap();
    scene.write("bare.csv", text.replacen(".given", ".old", 2));
    let run = scene.run(&["evaluate", "small.model", "bare.csv"]);
    assert!(run.code == 0 && run.stderr.contains("so a model gave them"), "{}", run.stderr);
}

#[test]
fn copies_of_articles_are_counted_once() {
    let scene = Scene::new();
    let article = String::from_utf8(scene.read("articles/harbour.txt")).unwrap();
    let line = |id: &str| format!("{}\n", serde_json::json!({"id": id, "text": article}));
    for (name, text) in [("one", line("a")), ("two", line("a") + &line("b"))] {
        scene.write(&format!("{name}.jsonl"), text);
        let (input, output) = (format!("{name}.jsonl"), format!("{name}-scored.jsonl"));
        scene.text(&["score", &input, "-m", "small.model", "-f", "jsonl", "-o", &output, "-q"]);
    }
    let shares = |file: &str| json(&scene, &["prevalence", "small.model", file, "-f", "json"])["tasks"].clone();
    assert_eq!(shares("two-scored.jsonl"), shares("one-scored.jsonl"));
    let run = scene.run(&["prevalence", "small.model", "two-scored.jsonl"]);
    assert!(run.stderr.contains("of articles that are copies of earlier ones left out"), "{}", run.stderr);
}

#[test]
fn training_says_what_columns_do_and_do_not_do() {
    let scene = Scene::new();
    let bridges = ["ferry", "bridge", "tunnel", "canal"];
    let row = |i: usize| {
        let (of, tone) = (bridges[i % 4], if i.is_multiple_of(2) { "for" } else { "against" });
        format!("Item {i}: they are {tone} the {of} of the north,the {of},{tone},{}\n", 1 + i % 3)
    };
    let table: String = (0..48).map(row).collect();
    scene.write("weighed.csv", format!("text,target,label,weight\n{table}"));
    let train = ["train", "weighed.csv", "-c", "2", "--folds", "3", "--no-other-splits", "-o"];
    let plain = scene.run(&[&train[..], &["plain.model"]].concat());
    assert!(plain.stderr.contains("the words of the target are taken out"), "{}", plain.stderr);
    assert!(plain.stderr.contains("the column \"weight\" is not used"), "{}", plain.stderr);
    let named = ["named.model", "--keep-names", "--weight-column", "weight"];
    let weighed = scene.run(&[&train[..], &named].concat());
    assert!(weighed.code == 0 && !weighed.stderr.contains("note:"), "{}", weighed.stderr);
    // All weights 1 are no weights; others change what is learnt.
    scene.write(
        "ones.csv",
        format!("text,target,label,weight\n{}", table.replace(",2\n", ",1\n").replace(",3\n", ",1\n")),
    );
    let logit = |file: &str, flags: &[&str]| {
        let model = "w.model";
        scene.text(&[&["train", file, "-c", "2", "--folds", "0", "-q", "-o", model], flags].concat());
        let found = json(&scene, &["explain", "-m", model, "--label", "for", "-f", "json", "They are for the ferry"]);
        found["explanation"][0]["logit"].as_f64().unwrap()
    };
    let by_weight = ["--weight-column", "weight"];
    assert_eq!(logit("ones.csv", &by_weight), logit("ones.csv", &[]));
    assert_ne!(logit("weighed.csv", &by_weight), logit("weighed.csv", &[]));
    // A file's weight is that of all its rows.
    scene.write("twos.csv", String::from_utf8(scene.read("ones.csv")).unwrap().replace(",1\n", ",2\n"));
    assert_eq!(logit("twos.csv", &by_weight), logit("ones.csv=2", &[]));
    assert_ne!(logit("ones.csv=2", &[]), logit("ones.csv", &[]));
    let nothing = scene.run(&["train", "ones.csv=0", "-o", "n.model"]);
    assert!(nothing.code == 2 && nothing.stderr.contains("the weight must be above 0"), "{}", nothing.stderr);
    // In a task of classes, the weight of a class is that of its rows.
    let double = table.lines().map(|l| {
        let weight = if l.contains(",for,") { 2 } else { 1 };
        format!("{},{weight}\n", &l[..l.rfind(',').unwrap()])
    });
    scene.write("double.csv", format!("text,target,label,weight\n{}", double.collect::<String>()));
    assert_eq!(logit("double.csv", &by_weight), logit("double.csv", &["--class-weight", "for=2"]));
    let unknown = scene.run(&[&train[..], &["u.model", "--class-weight", "pro=2"]].concat());
    assert!(
        unknown.code == 2 && unknown.stderr.contains("called \"pro\"; the file has against, for"),
        "{}",
        unknown.stderr
    );
    let linfa = scene.run(&[&train[..], &["l.model", "--solver", "linfa"], &by_weight].concat());
    assert!(linfa.code == 2 && linfa.stderr.contains("no row weights"), "{}", linfa.stderr);
}

#[test]
fn names_and_groups_are_those_of_the_training() {
    let scene = Scene::new();
    let row = |i: usize| {
        format!("r{i},\"Item {i}: we {} it\",{},p{}\n", ["want", "fear"][i % 2], ["for", "against"][i % 2], i / 4)
    };
    let table: String = (0..48).map(row).collect();
    scene.write("named.csv", format!("nr,text,label,paper\n{table}"));
    let train =
        ["train", "named.csv", "-o", "named.model", "--id-column", "nr", "--group-column", "paper", "-c", "2", "-q"];
    scene.text(&train);
    let scored = scene.lines(&["score", "--statements", "named.csv", "-m", "named.model", "-f", "jsonl"]);
    assert_eq!((&scored[0]["id"], &scored[47]["id"]), (&"r0".into(), &"r47".into()));
    let found = json(&scene, &["evaluate", "named.model", "named.csv", "-f", "json"]);
    assert_eq!(found["tasks"]["label"]["n_groups"], 12);
    // Other files may lack these columns, or have the usual ones.
    scene.write("usual.csv", format!("id,text,label,outlet\n{table}"));
    let scored = scene.lines(&["score", "--statements", "usual.csv", "-m", "named.model", "-f", "jsonl"]);
    assert_eq!(scored[0]["id"], "r0");
    let run = scene.run(&["evaluate", "named.model", "usual.csv", "-f", "json"]);
    let found: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert!(found["tasks"]["label"]["n_groups"] == 48 && !run.stderr.contains("no column"), "{}", run.stderr);
}

/// Abstaining says less of what a model knows: its figures and shares stay those of all that it would say.
#[test]
fn abstaining_changes_no_figure_and_no_share() {
    let scene = Scene::new();
    scene.write("unsure.model", small_model().with_abstain_band(0.6).to_bytes().unwrap());
    let (models, turned) = (["small", "unsure"], QUOTES.replacen("praise,positive", "demand,negative", 4));
    scene.write("turned.csv", turned);
    for model in models {
        let (file, output) = (format!("{model}.model"), format!("{model}.jsonl"));
        scene.text(&["score", "--statements", "turned.csv", "-m", &file, "-f", "jsonl", "-o", &output, "-q"]);
    }
    let said = |file: &str| String::from_utf8(scene.read(file)).unwrap();
    let n_unsure = said("unsure.jsonl").matches("\"abstained\":[\"").count();
    assert!(n_unsure > 40 && !said("small.jsonl").contains("\"abstained\":[\""), "{n_unsure} times unsure");
    for rows in ["turned.csv", "MODEL.jsonl"] {
        let [all, unsure] = models.map(|model| {
            let (file, rows) = (format!("{model}.model"), rows.replace("MODEL", model));
            json(&scene, &["prevalence", &file, &rows, "--labelled", "turned.csv", "-f", "json"])["tasks"].clone()
        });
        assert_eq!(all, unsure, "{rows}");
    }
    let judged = json(&scene, &["evaluate", "unsure.model", "turned.csv", "-f", "json"]);
    let compared = json(&scene, &["compare", "small.model", "unsure.model", "turned.csv", "-f", "json"]);
    for task in ["stance", "sentiment"] {
        for figure in ["macro_f1", "micro_f1", "accuracy", "coverage"] {
            let of = |side: &str| compared[side]["tasks"][task][figure].clone();
            assert_eq!((of("old"), of("new")), (of("new"), judged["tasks"][task][figure].clone()), "{task} {figure}");
        }
        assert_eq!(compared["delta"]["tasks"][task]["flip_rate"], 0.0);
    }
}

#[test]
fn models_that_call_their_one_task_otherwise_are_compared() {
    let scene = Scene::new();
    let two: String = rows(QUOTES.as_bytes())
        .iter()
        .map(|r| format!("\"{}\",{}\n", r["text"].replace('"', "\"\""), r["sentiment"]))
        .collect();
    for name in ["label", "tone"] {
        let (file, model) = (format!("{name}.csv"), format!("{name}.model"));
        scene.write(&file, format!("text,{name}\n{two}"));
        scene.text(&["train", &file, "--task", name, "-c", "2", "--folds", "0", "-o", &model, "-q"]);
    }
    let compare = ["compare", "label.model", "tone.model"];
    for more in [&["label.csv"][..], &["tone.csv"], &["label.csv", "--task", "label"], &["tone.csv", "--task", "tone"]]
    {
        let found = json(&scene, &[&compare, more, &["-f", "json"]].concat());
        assert_eq!(found["new"]["tasks"]["label"]["n_rows"], 60, "{more:?}");
        assert_eq!(found["notes"][0], "label: the new model calls this task tone");
    }
    // Where that can not be, the advice is what helps.
    let stderr = |old: &str, new: &str| {
        let run = scene.run(&["compare", old, new, "tone.csv", "--task", "tone"]);
        assert_eq!(run.code, 4, "{}", run.stderr);
        run.stderr
    };
    assert!(
        stderr("label.model", "small.model").contains("has label=single, the new stance=multi, sentiment=single, the")
    );
    assert!(stderr("label.model", "small.model").contains("train one of them anew with a label column"));
    assert!(stderr("small.model", "small.model").contains("call the label column of the file \"stance\""));
}

#[test]
fn copies_that_count_as_independent_are_told() {
    let scene = Scene::new();
    let table: String = rows(QUOTES.as_bytes())
        .iter()
        .enumerate()
        .map(|(i, r)| format!("g{i},\"{}\",{}\n", r["text"].replace('"', "\"\""), r["sentiment"]))
        .collect();
    let (header, note) = ("set,text,sentiment\n", "120 of 180 row(s) are copies");
    scene.write("once.csv", format!("{header}{table}"));
    scene.write("thrice.csv", format!("{header}{}", table.repeat(3)));
    for command in [&["evaluate", "small.model"][..], &["compare", "small.model", "small.model"]] {
        let notes = |more: &[&str]| json(&scene, &[command, more, &["-f", "json"]].concat())["notes"].to_string();
        assert!(notes(&["thrice.csv"]).contains(note), "{command:?}");
        assert!(!notes(&["thrice.csv", "--group-column", "set"]).contains("are copies"), "{command:?}");
        assert!(!notes(&["once.csv"]).contains("are copies"), "{command:?}");
    }
}

#[test]
fn small_things_of_figures() {
    let scene = Scene::new();
    // The same model twice: no difference that could be found.
    let text = scene.text(&["compare", "small.model", "small.model", "quotes.csv"]);
    assert!(text.contains("0 flips") && !text.contains("a true difference"), "{text}");
    let two: String = (0..20).map(|i| format!("We {0} item {i},{0}\n", ["thank", "fear"][i % 2])).collect();
    scene.write("two.csv", format!("text,label\n{two}"));
    scene.text(&["train", "two.csv", "-c", "1", "--folds", "0", "-o", "two.model", "-q"]);
    let run = scene.run(&["evaluate", "two.model", "two.csv", "--slice", "nope"]);
    assert!(run.code == 2 && run.stderr.trim_end().ends_with("no other column has any"), "{}", run.stderr);
    // Rows without an id are called by their number, from 1.
    let bare: String = QUOTES.lines().map(|l| format!("{}\n", l.split_once(',').unwrap().1)).collect();
    assert!(QUOTES.starts_with("id,"));
    scene.write("bare.csv", bare);
    scene.text(&["train", "bare.csv", "-c", "0.01", "--word-ngrams", "1", "--folds", "0", "-o", "weak.model", "-q"]);
    let found = json(&scene, &["compare", "weak.model", "small.model", "bare.csv", "-f", "json"]);
    let flips = found["flips"].as_array().unwrap();
    let id = |flip: &Value| flip["id"].as_str()?.parse::<u64>().ok();
    assert!(!flips.is_empty() && flips.iter().all(|f| id(f).is_some() && id(f) == f["row"].as_u64()), "{flips:?}");
}
