//! The same input gives the same bytes: on any number of threads, in every run, in every folder.

use crate::scene::{QUOTES, Scene, dataset, header, rows};

/// A file large enough that work is really shared out.
fn many_articles(scene: &Scene) {
    for i in 0..40 {
        let text = crate::scene::HARBOUR.replace("Ekdal", &format!("Ekdal{i}"));
        scene.write(&format!("articles/n{i}.txt"), text);
    }
    let mut table = String::from(QUOTES.lines().next().unwrap());
    table.push('\n');
    for i in 0..20 {
        for line in QUOTES.lines().skip(1) {
            let (id, rest) = line.split_once(',').unwrap();
            table.push_str(&format!("{id}-{i},{rest}\n"));
        }
    }
    scene.write("many.csv", table);
}

#[test]
fn any_number_of_threads() {
    let scene = Scene::new();
    many_articles(&scene);
    for arguments in [
        &["score", "articles", "-m", "small.model", "-f", "jsonl", "--explain", "4"][..],
        &["score", "--statements", "many.csv", "-m", "small.model", "-f", "csv"],
        &["score", "--statements", "many.csv", "-m", "small.model", "-f", "jsonl", "--explain", "2"],
        &["score", "--statements", "many.csv", "-m", "small.model"],
        &["extract", "articles", "--for-labelling"],
        &[
            "evaluate",
            "small.model",
            "quotes.csv",
            "-f",
            "json",
            "--slice",
            "country",
            "--speaker-swaps",
            "3",
            "--errors",
            "3",
        ],
        &["prevalence", "small.model", "quotes.csv", "--labelled", "quotes.csv", "-f", "json"],
        &["agree", "quotes.csv", "quotes.csv", "-f", "json"],
        &["compare", "small.model", "small.model", "quotes.csv", "-f", "json"],
    ] {
        let one = scene.text(&[arguments, &["-j", "1"]].concat());
        let two = scene.text(&[arguments, &["-j", "2"]].concat());
        let three = scene.command(arguments).env("DEMARCHE_THREADS", "3").output().unwrap().stdout;
        assert!(one == two && one.as_bytes() == three, "{arguments:?}");
    }
}

#[test]
fn training_twice() {
    let scene = Scene::new();
    let train = |extra: &[&str]| {
        let arguments = [&["train", "quotes.csv", "-c", "1,4", "-o", "x/mine.model"][..], extra].concat();
        std::fs::create_dir_all(scene.path("x")).unwrap();
        let figures = scene.text(&arguments);
        (scene.read("x/mine.model"), scene.read("x/mine.md"), figures)
    };
    let one = train(&["-j", "1"]);
    assert!(one == train(&["-j", "2"]), "two threads give another model");
    assert!(one == train(&["--threads=3", "--quiet"]), "three threads give another model");
    assert!(one.0 == train(&["-f", "json"]).0, "how figures are shown is no part of a model");
    assert!(one.0 == train(&["--format=json", "-q"]).0);
    assert!(one.0 != train(&["--seed", "7"]).0, "the seed is recorded");
    // Each solver shares its work out in its own way; none may depend on threads.
    for solver in ["newton", "multinomial", "dual", "elastic-net", "linfa"] {
        let on = |threads| train(&["--solver", solver, "--no-other-splits", "-j", threads]);
        assert!(on("1") == on("8"), "{solver}: eight threads give another model");
    }
}

#[test]
fn from_extraction_to_training_and_back() {
    let scene = Scene::new();
    for row in rows(QUOTES.as_bytes()) {
        let article = format!("Talks\n\nOSLO, May 1. \"{},\" {} said on Monday.\n", row["text"], row["speaker"]);
        scene.write(&format!("articles/{}.txt", row["id"]), article);
    }
    scene.text(&["extract", "articles", "--for-labelling", "-o", "to-label.csv"]);
    let table = scene.read("to-label.csv");
    let columns = header(&table);
    assert_eq!(
        columns.join(","),
        "id,text,stance,sentiment,speaker,holder,role,organization,country,cue,kind,target,article,outlet,date,lang,coder"
    );
    let extracted = scene.lines(&["extract", "articles", "-f", "jsonl"]);
    let mut labelled = csv::Writer::from_writer(Vec::new());
    labelled.write_record(&columns).unwrap();
    for (mut row, quotation) in rows(&table).into_iter().zip(&extracted) {
        assert_eq!(row["id"], quotation["quotation"]["id"].as_str().unwrap());
        assert_eq!(row["text"], quotation["quotation"]["text"].as_str().unwrap());
        assert_eq!(row["speaker"], quotation["speaker"]["name"].as_str().unwrap_or_default());
        assert!(row["stance"].is_empty() && row["sentiment"].is_empty());
        let negative = row["text"].contains("failed");
        row.insert("stance".to_owned(), if negative { "criticism" } else { "none" }.to_owned());
        row.insert("sentiment".to_owned(), if negative { "negative" } else { "neutral" }.to_owned());
        labelled.write_record(columns.iter().map(|c| &row[c])).unwrap();
    }
    let labelled = String::from_utf8(labelled.into_inner().unwrap()).unwrap();
    assert_eq!(dataset(&labelled).examples.len(), extracted.len());
    scene.write("labelled.csv", labelled);
    let run = scene.run(&["train", "labelled.csv", "-c", "1", "--split", "article", "-o", "own.model"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let scored = scene.lines(&["score", "articles/harbour.txt", "-m", "own.model", "-f", "jsonl"]);
    assert_eq!(scored.last().unwrap()["tasks"]["stance"]["labels"][0], "criticism");
}
