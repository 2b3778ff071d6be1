//! What goes in stays as it is, is read once, and what is wrong with it is told.

use crate::scene::{HARBOUR, QUOTES, Scene};

#[test]
fn no_output_destroys_an_input() {
    let scene = Scene::new();
    scene.write("a.md", QUOTES);
    scene.write("words.md", "word,value\ngrand,1\n");
    scene.write("notes.md", "My notes.\n");
    scene.write("list.txt", "articles/harbour.txt\n");
    let files = ["quotes.csv", "a.md", "words.md", "notes.md", "list.txt", "articles/two.jsonl", "small.model"];
    let before = files.map(|f| scene.read(f));
    for arguments in [
        &["extract", "articles/two.jsonl", "-o", "articles/two.jsonl"][..],
        &["extract", "articles/harbour.txt", "articles/two.jsonl", "-o", "articles/../articles/two.jsonl"],
        &["extract", "--files-from", "list.txt", "-o", "list.txt"],
        &["score", "--statements", "quotes.csv", "-m", "small.model", "-f", "csv", "-o", "quotes.csv"],
        &["score", "articles", "-m", "small.model", "-o", "small.model"],
        &["train", "quotes.csv", "-c", "2", "-o", "quotes.csv"],
        &["train", "a.md", "quotes.csv", "-c", "2", "-o", "quotes.csv"],
        &["train", "a.md", "-c", "2", "-o", "a.model"],
        &["train", "quotes.csv", "--lexicon", "words.md", "-c", "2", "-o", "words.model"],
        &["train", "quotes.csv", "-c", "2", "-o", "notes.model"],
        &["train-extractor", "articles/two.jsonl", "-o", "articles/two.jsonl"],
        &["agree", "quotes.csv", "a.md", "--disputed", "quotes.csv"],
    ] {
        let run = scene.run(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains("another"), "{arguments:?}: what to do: {}", run.stderr);
        assert!(files.iter().zip(&before).all(|(f, b)| scene.read(f) == *b), "{arguments:?}");
    }
    assert!(!scene.path("a.model").exists());
}

#[test]
fn results_in_the_folder_of_articles_are_no_articles() {
    let scene = Scene::new();
    let arguments = ["extract", "articles", "--for-labelling", "-o", "articles/to-label.csv"];
    assert_eq!(scene.run(&arguments).code, 0);
    let first = scene.read("articles/to-label.csv");
    scene.write("articles/to-label.csv.part.json", "{}");
    for _ in 0..2 {
        let run = scene.run(&arguments);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert_eq!(scene.read("articles/to-label.csv"), first);
        assert!(run.stderr.contains("it is not read"), "{}", run.stderr);
    }
}

#[test]
fn the_ending_of_the_output_gives_its_format() {
    let scene = Scene::new();
    for (name, format) in [("x.jsonl", "jsonl"), ("x.csv", "csv"), ("x.txt", "table")] {
        scene.text(&["extract", "articles", "-o", name]);
        scene.text(&["extract", "articles", "-f", format, "-o", "asked"]);
        assert!(scene.read(name) == scene.read("asked"), "{name}");
    }
    scene.text(&["extract", "articles", "-f", "table", "-o", "y.csv"]);
    assert!(scene.read("y.csv") == scene.read("x.txt"), "what is asked for goes before the ending");
    #[cfg(feature = "parquet")]
    {
        scene.text(&["score", "articles", "-m", "small.model", "-o", "x.parquet"]);
        scene.text(&["score", "--statements", "quotes.csv", "-m", "small.model", "-o", "x.arrow"]);
        assert!(scene.read("x.parquet").starts_with(b"PAR1") && scene.read("x.arrow").starts_with(b"ARROW1"));
    }
    let labels = scene.text(&["extract", "articles", "--for-labelling"]);
    assert_eq!(scene.text(&["extract", "articles", "--for-labelling", "-f", "csv"]), labels);
    for more in [["-f", "jsonl"], ["-o", "x.parquet"]] {
        assert_eq!(scene.run(&[&["extract", "articles", "--for-labelling"][..], &more].concat()).code, 2);
    }
}

#[test]
fn what_was_found_can_be_scored() {
    let scene = Scene::new();
    scene.text(&["extract", "articles", "-o", "found.jsonl"]);
    scene.text(&["extract", "articles", "-o", "found.csv"]);
    let ids = |name: &str| -> Vec<String> {
        let lines = scene.lines(&["score", "--statements", name, "-m", "small.model", "-f", "jsonl"]);
        lines.iter().map(|l| l["id"].as_str().unwrap().to_owned() + l["text"].as_str().unwrap()).collect()
    };
    let found = scene.lines(&["extract", "articles", "-f", "jsonl"]);
    let wanted: Vec<String> = found
        .iter()
        .map(|l| l["quotation"]["id"].as_str().unwrap().to_owned() + l["quotation"]["text"].as_str().unwrap())
        .collect();
    assert!(!wanted.is_empty());
    assert_eq!(ids("found.jsonl"), wanted);
    assert_eq!(ids("found.csv"), wanted);
    // An object that nothing asks for is no fault; one in place of a speaker is.
    scene.write("own.jsonl", "{\"text\": \"We thank them\", \"article\": {\"id\": 1}}\n");
    assert_eq!(ids("own.jsonl").len(), 1);
    scene.write("bad.jsonl", "{\"text\": \"We thank them\", \"speaker\": {\"name\": 1}}\n");
    let run = scene.run(&["score", "--statements", "bad.jsonl", "-m", "small.model"]);
    assert!(run.code == 4 && run.stderr.contains("an object under key \"speaker\""), "{}", run.stderr);
}

#[test]
fn flags_that_would_do_nothing_are_refused() {
    let scene = Scene::new();
    let rows = ["score", "--statements", "quotes.csv", "-m", "small.model"];
    for more in [&["--extractor", "rules"][..], &["--input", "csv"], &["--lang", "en"], &["--no-copies"]] {
        let run = scene.run(&[&rows[..], more].concat());
        assert!(run.code == 2 && run.stderr.contains(more[0]), "{more:?}: {}", run.stderr);
    }
    for arguments in [
        &["score", "articles", "-m", "small.model", "--cue-column", "foo"][..],
        &["schema", "--markdown", "comparison"],
        &["extract", "articles", "--lang", "english"],
        &["extract", "articles", "--lang", "ENG"],
        &["extract", "articles", "--lang", "zz9"],
        &["extract", "articles", "--lang", ""],
        &["extract", "-", "--resume", "-o", "x.jsonl"],
    ] {
        let run = scene.run(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn languages_are_two_letters() {
    let scene = Scene::new();
    for lang in ["eng", "English", "en-US", "EN"] {
        let article = serde_json::json!({"text": HARBOUR, "lang": lang});
        scene.write("a.jsonl", article.to_string());
        let lines = scene.lines(&["extract", "a.jsonl", "-f", "jsonl"]);
        assert!(!lines.is_empty() && lines.iter().all(|l| l["article"]["lang"] == "en"), "{lang}: {lines:?}");
    }
    scene.write("a.jsonl", serde_json::json!({"text": HARBOUR, "lang": "mixed"}).to_string());
    let lines = scene.lines(&["extract", "a.jsonl", "-f", "jsonl"]);
    assert!(!lines.is_empty() && lines[0]["article"]["lang"] != "mixed", "what is no language is looked at: {lines:?}");
}

#[test]
fn nothing_found_says_why() {
    let scene = Scene::new();
    scene.write("dull.txt", "It rained in the hills for two days.\n");
    scene.write("none.jsonl", "\n");
    scene.write("german.jsonl", "{\"text\": \"\\\"Ja\\\", sagte er.\", \"lang\": \"de\"}\n");
    for (words, arguments) in [
        ("no paragraph with quotation marks", &["dull.txt"][..]),
        ("no article in the input", &["none.jsonl"]),
        ("languages without word tables", &["german.jsonl"]),
        ("--min-confidence", &["articles", "--min-confidence", "1"]),
    ] {
        let run = scene.run(&[&["extract"], arguments].concat());
        assert_eq!(run.code, 3, "{arguments:?}: {}", run.stderr);
        let why: Vec<&str> = run.stderr.lines().filter(|l| l.starts_with("no quotation found")).collect();
        assert!(why.len() == 1 && why[0].contains(words), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn errors_of_one_kind_are_counted() {
    let scene = Scene::new();
    let good = serde_json::json!({"text": HARBOUR}).to_string();
    scene.write("many.jsonl", "{\"id\": 1}\n".repeat(1_000) + &good);
    scene.write("rows.jsonl", "{\"id\": 1}\n".repeat(1_000) + "{\"text\": \"We thank them\"}\n");
    for arguments in
        [&["extract", "many.jsonl", "-q"][..], &["score", "--statements", "rows.jsonl", "-m", "small.model", "-q"]]
    {
        let run = scene.run(arguments);
        assert_eq!(run.code, 4);
        assert!(!run.stdout.is_empty());
        assert!(run.stderr.lines().count() < 25 && run.stderr.contains("... and 980 more errors"), "{}", run.stderr);
    }
    scene.write("array.json", format!("[{good},\n{good}]"));
    let run = scene.run(&["extract", "array.json"]);
    assert!(run.code == 4 && run.stderr.contains("jq -c '.[]'"), "{}", run.stderr);
    let piped = scene.run_with(&["extract", "-"], format!("[\n{good}\n]"));
    assert!(piped.code == 4 && piped.stderr.contains("jq -c '.[]'"), "{}", piped.stderr);
}

#[test]
fn a_list_goes_on_after_a_missing_path() {
    let scene = Scene::new();
    scene.write("list", "articles/harbour.txt\ngone.txt\narticles/two.jsonl\n");
    let run = scene.run(&["extract", "--files-from", "list", "-f", "jsonl"]);
    assert!(run.code == 5 && run.stderr.contains("gone.txt: can not read"), "{}", run.stderr);
    assert_eq!(String::from_utf8(run.stdout).unwrap(), scene.text(&["extract", "articles", "-f", "jsonl"]));
    scene.write("list", "gone.txt\n");
    let run = scene.run(&["extract", "--files-from", "list", "-o", "x.jsonl"]);
    assert!(run.code == 5 && !scene.path("x.jsonl").exists(), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn links_that_are_passed_over_are_counted() {
    use std::os::unix::fs::symlink;
    let scene = Scene::new();
    symlink("..", scene.path("articles/up")).unwrap();
    symlink("gone.txt", scene.path("articles/dead.txt")).unwrap();
    let once = scene.run(&["extract", "articles"]);
    assert!(once.code == 0 && once.stderr.contains(", 2 links and pipes passed over,"), "{}", once.stderr);
    let pattern = scene.run(&["extract", "articles/**/*.txt", "articles/**/*.jsonl"]);
    assert!(once.stdout == pattern.stdout, "each real file once");
}

#[test]
fn a_few_broken_bytes_cost_a_few_characters() {
    let scene = Scene::new();
    let curly = HARBOUR.replacen('"', "“", 1).replacen('"', "”", 1).replacen('"', "“", 1).replacen('"', "”", 1);
    let n =
        scene.run(&["extract", "articles/harbour.txt", "-f", "jsonl"]).stdout.iter().filter(|b| **b == b'\n').count();
    scene.write(
        "broken.txt",
        [curly.as_bytes(), b"\nThe caf\xe9 was closed on that day and stayed so. \xe2\x80"].concat(),
    );
    for more in [&[][..], &["--encoding", "utf-8"]] {
        let run = scene.run(&[&["extract", "broken.txt", "-f", "jsonl"][..], more].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        let lines = String::from_utf8(run.stdout).unwrap();
        assert_eq!(lines.lines().count(), n);
        assert!(lines.lines().all(|l| l.contains("2 broken characters stand as U+FFFD")), "{lines}");
        assert!(run.stderr.contains("broken characters (U+FFFD) in 1 article,"), "{}", run.stderr);
    }
}

#[test]
fn columns_of_articles_are_named_by_flags() {
    let scene = Scene::new();
    let article = "\"\"\"We will go,\"\" Tor Ekdal said.\"";
    scene.write("a.csv", format!("Titel;Datum;url;body\nThe port;2024-03-04;http://x/1;{article}\n"));
    let run = scene.run(&["extract", "a.csv"]);
    assert!(run.stderr.contains("no column \"text\"; the file has: Titel, Datum, url, body"), "{}", run.stderr);
    let flags = ["--text-column", "body", "--id-column", "url", "--title-column", "Titel", "--date-column", "Datum"];
    let article =
        |file: &str| scene.lines(&[&["extract", file, "-f", "jsonl"], &flags[..]].concat())[0]["article"].clone();
    let found = article("a.csv");
    assert_eq!((&found["id"], &found["title"]), (&"http://x/1".into(), &"The port".into()));
    assert_eq!(found["date"], "2024-03-04");
    let row = serde_json::json!({"Titel": "The port", "Datum": "2024-03-04", "url": "http://x/1", "body": "\"We will go,\" Tor Ekdal said."});
    scene.write("a.jsonl", format!("{row}\n"));
    let same = article("a.jsonl");
    assert_eq!((&same["id"], &same["title"], &same["date"]), (&found["id"], &found["title"], &found["date"]));
    let wrong = scene.run(&["extract", "a.csv", "--text-column", "body", "--date-column", "Datun"]);
    assert!(wrong.code == 4 && wrong.stderr.contains("did you mean \"Datum\"?"), "{}", wrong.stderr);
}
