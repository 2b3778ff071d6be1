//! The program as people run it: exit codes, streams, files, inputs.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use demarche::model::FORMAT_VERSION;

use crate::scene::{QUOTES, Scene, demarche, small_model_bytes};

/// Every command with arguments that work.
const WORKING: [&[&str]; 15] = [
    &["score", "articles", "-m", "small.model"],
    &["score", "articles", "-m", "small.model", "-f", "jsonl", "--explain", "3"],
    &["score", "articles", "-m", "small.model", "-f", "csv"],
    &["score", "--statements", "quotes.csv", "-m", "small.model"],
    &["extract", "articles"],
    &["extract", "articles", "--for-labelling"],
    &["train", "quotes.csv", "-c", "2", "-o", "out.model"],
    &["evaluate", "small.model", "quotes.csv"],
    &["compare", "small.model", "small.model", "quotes.csv", "--gate", "macro_f1>=0"],
    &["compare", "--old-args=-c 1", "--new-args=-c 2", "quotes.csv", "--repeats", "1"],
    &["prevalence", "small.model", "quotes.csv"],
    &["agree", "quotes.csv", "quotes.csv"],
    &["explain", "-m", "small.model", "We are ready for talks"],
    &["inspect", "small.model"],
    &["inspect", "small.model", "-f", "markdown"],
];

#[test]
fn every_command_runs() {
    let scene = Scene::new();
    for arguments in WORKING {
        let run = scene.run(arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.stderr);
        assert!(!run.stdout.is_empty(), "{arguments:?} says nothing");
        assert!(!run.stdout.contains(&0x1b) && !run.stderr.contains('\u{1b}'), "{arguments:?}: escapes in a pipe");
    }
    assert!(scene.names().iter().all(|n| !n.starts_with(".tmp")), "{:?}", scene.names());
}

#[test]
fn quiet_keeps_words_out_and_words_never_mix_with_data() {
    let scene = Scene::new();
    for arguments in WORKING {
        let (loud, quiet) = (scene.run(arguments), scene.run(&[arguments, &["-q"]].concat()));
        assert_eq!(quiet.stderr, "", "{arguments:?}");
        assert_eq!(loud.stdout, quiet.stdout, "{arguments:?}");
    }
    let run = scene.run(&["score", "articles", "-m", "small.model", "-f", "jsonl"]);
    assert!(run.stderr.starts_with("5 quotations, 3 speakers, 3 articles"), "{}", run.stderr);
    assert!(run.stdout.split(|b| *b == b'\n').all(|l| l.is_empty() || l.starts_with(b"{")));
}

#[test]
fn exit_codes_say_what_happened() {
    let scene = Scene::new();
    scene.write("dull.txt", "It rained in the hills for two days.\n");
    scene.write("empty.csv", "text,stance\n");
    scene.write("bad.csv", QUOTES.replacen("call-for-dialogue", "call-for-dialog", 1));
    scene.write("latin1.txt", b"Jos\xe9 said it.");
    let model = small_model_bytes();
    let flipped = |at: usize| {
        let mut bytes = model.to_vec();
        bytes[at] ^= 1;
        bytes
    };
    scene.write("flipped.model", flipped(model.len() / 2));
    scene.write("cut.model", &model[..model.len() - 7]);
    scene.write("newer.model", [&model[..8], &(FORMAT_VERSION + 1).to_le_bytes(), &model[12..]].concat());
    scene.write("nothing.model", "");
    for (code, words, arguments) in [
        (1, "", &["compare", "small.model", "small.model", "quotes.csv", "--gate", "macro_f1>=0.01"][..]),
        (1, "", &["evaluate", "small.model", "quotes.csv", "--gate", "macro_f1>1"]),
        (2, "--nonsense", &["score", "articles", "--nonsense"]),
        (2, "unrecognized subcommand", &["scroe"]),
        (2, "did you mean \"macro_f1\"", &["evaluate", "small.model", "quotes.csv", "--gate", "macrof1>0"]),
        (2, "--threads", &["score", "articles", "-j", "0"]),
        (
            2,
            "--explain has no place in the rows of --statements",
            &["score", "--statements", "quotes.csv", "-m", "small.model", "-f", "csv", "--explain", "3"],
        ),
        (2, "--abstain", &["score", "articles", "-m", "small.model", "--abstain", "2"]),
        (2, "cost C", &["train", "quotes.csv", "-o", "x.model", "-c", "0"]),
        (2, "another name for --output", &["train", "quotes.csv", "-o", "x.md"]),
        (2, "another name for --output", &["train", "quotes.csv", "-o", "-"]),
        (2, "comes twice", &["train", "quotes.csv", "-o", "x.model", "--task", "stance", "--task", "stance=multi"]),
        (2, "did you mean \"praise\"", &["explain", "-m", "small.model", "--label", "prase", "We thank them"]),
        (3, "no quotation found", &["extract", "dull.txt"]),
        (3, "no quotation found", &["score", "dull.txt", "-m", "small.model"]),
        (3, "no file matches", &["extract", "*.xml"]),
        (
            4,
            "bad.csv:2: column \"stance\": unknown label \"call-for-dialog\"; did you mean \"call-for-dialogue\"?",
            &["train", "bad.csv", "-o", "x.model"],
        ),
        (4, "no row below the header", &["evaluate", "small.model", "empty.csv"]),
        (4, "latin1.txt:1: byte 3: invalid UTF-8", &["extract", "latin1.txt", "--encoding", "utf-8"]),
        (4, "no column \"words\"", &["train", "quotes.csv", "--text-column", "words", "-o", "x.model"]),
        (4, "the statement is empty", &["explain", "-m", "small.model", " "]),
        (5, "gone.txt: can not read", &["extract", "gone.txt"]),
        (5, "gone.model: can not", &["score", "articles", "-m", "gone.model"]),
        (5, "gone.csv", &["train", "gone.csv", "-o", "x.model"]),
        (5, "nowhere/x.model", &["train", "quotes.csv", "-c", "2", "-o", "nowhere/x.model"]),
        (5, "damaged or cut short", &["score", "articles", "-m", "flipped.model"]),
        (5, "damaged or cut short", &["inspect", "cut.model"]),
        (5, "format 3", &["compare", "small.model", "newer.model", "quotes.csv"]),
        (5, "no demarche model file", &["evaluate", "nothing.model", "quotes.csv"]),
        (5, "no demarche model file", &["explain", "-m", "quotes.csv", "We thank them"]),
    ] {
        let run = scene.run(arguments);
        assert_eq!(run.code, code, "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{arguments:?}: {words:?} is not in {:?}", run.stderr);
    }
    assert!(!scene.path("x.model").exists() && !scene.path("x.md").exists());
}

#[cfg(unix)]
#[test]
fn devices_and_pipes_are_no_model_and_no_data() {
    let scene = Scene::new();
    for arguments in [
        &["inspect", "/dev/zero"][..],
        &["score", "articles", "-m", "/dev/zero"],
        &["extract", "/dev/zero"],
        &["evaluate", "small.model", "/dev/zero"],
        &["score", "--statements", "/dev/zero", "-m", "small.model"],
    ] {
        let run = scene.run(arguments);
        assert!(
            run.code == 5 && run.stderr.contains("not a regular file"),
            "{arguments:?}: {} {}",
            run.code,
            run.stderr
        );
    }
}

#[test]
fn files_appear_whole_or_not_at_all() {
    let scene = Scene::new();
    let before = scene.names();
    for arguments in [
        &["score", "articles", "-m", "gone.model", "-f", "jsonl", "-o", "out.jsonl"][..],
        &["score", "gone.txt", "-m", "small.model", "-f", "jsonl", "-o", "out.jsonl"],
        &["extract", "gone.txt", "--for-labelling", "-o", "out.csv"],
        &["score", "--statements", "articles/harbour.txt", "-m", "small.model", "-f", "csv", "-o", "out.csv"],
        &["train", "articles/two.jsonl", "-o", "out.model"],
    ] {
        assert_ne!(scene.run(arguments).code, 0, "{arguments:?}");
        assert_eq!(scene.names(), before, "{arguments:?} left something behind");
    }
    for format in ["table", "jsonl", "csv"] {
        let arguments = ["score", "articles", "-m", "small.model", "-f", format];
        scene.text(&[&arguments[..], &["-o", "out.txt"]].concat());
        assert_eq!(scene.read("out.txt"), scene.text(&arguments).into_bytes(), "{format}");
        std::fs::remove_file(scene.path("out.txt")).unwrap();
        assert_eq!(scene.names(), before);
    }
}

#[cfg(unix)]
#[test]
fn links_devices_and_permissions_stay_as_they_are() {
    use std::os::unix::fs::{FileTypeExt, MetadataExt, symlink};
    let scene = Scene::new();
    let extract = |output: &str| scene.text(&["extract", "articles", "-f", "jsonl", "-o", output]);
    // Through a link, so that nothing is harmed should it be replaced.
    symlink("/dev/null", scene.path("null")).unwrap();
    extract("null");
    assert!(scene.path("null").metadata().unwrap().file_type().is_char_device());
    scene.write("real.jsonl", "old");
    symlink("real.jsonl", scene.path("link.jsonl")).unwrap();
    extract("link.jsonl");
    assert!(scene.path("link.jsonl").symlink_metadata().unwrap().is_symlink());
    assert!(scene.read("real.jsonl").starts_with(b"{"));
    let command = scene.command(&[]);
    let line = format!("umask 077; {} extract articles -f jsonl -o private", command.get_program().display());
    let status = std::process::Command::new("sh").args(["-c", &line]).current_dir(scene.path("")).output().unwrap();
    assert!(status.status.success(), "{status:?}");
    assert_eq!(scene.path("private").metadata().unwrap().mode() & 0o777, 0o600);
    assert_eq!(scene.run(&["extract", "articles", "-o", "articles"]).code, 5);
    assert!(scene.names().iter().all(|n| !n.starts_with(".tmp")));
}

#[test]
fn every_byte_of_data_arrives() {
    let scene = Scene::new();
    scene.write(
        "odd.txt",
        "Odd\n\nOSLO, May 1. \"We are \u{7f}ready\u{9b}1m for \u{1b}[31mtalks\u{200b} now,\" Tor Ekdal said.\n",
    );
    for format in ["jsonl", "csv"] {
        let arguments = ["extract", "odd.txt", "-f", format];
        let text = scene.text(&arguments);
        assert!(text.contains('\u{7f}') && text.contains("ready\u{9b}1m"), "{format}: {text:?}");
        scene.text(&[&arguments[..], &["-o", "out"]].concat());
        assert_eq!(scene.read("out"), text.into_bytes(), "{format}");
    }
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let scene = Scene::new();
    let article = "\n\n\"We are ready for talks with all neighbours,\" Tor Ekdal said.".repeat(4000);
    scene.write("long.txt", format!("Long talks\n\nOSLO, May 1. The session began at noon.{article}"));
    let mut table = String::from("text\n");
    table.push_str(&"We are ready for talks\n".repeat(20_000));
    scene.write("long.csv", table);
    for arguments in [
        &["extract", "long.txt", "-f", "jsonl"][..],
        &["extract", "long.txt", "-f", "csv"],
        &["extract", "long.txt", "--for-labelling"],
        &["extract", "long.txt"],
        &["score", "--statements", "long.csv", "-m", "small.model", "-f", "csv"],
        &["score", "--statements", "long.csv", "-m", "small.model", "-f", "jsonl"],
    ] {
        let mut child = std::process::Command::new(demarche().get_program())
            .current_dir(scene.path(""))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::with_capacity(64, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        let words = String::from_utf8(output.stderr).unwrap();
        assert!(!first.is_empty(), "{arguments:?}");
        assert!(output.status.success() && words.is_empty(), "{arguments:?}: {:?} {words}", output.status);
    }
}

#[test]
fn colour_only_where_it_is_wanted() {
    let scene = Scene::new();
    let arguments = ["score", "articles", "-m", "small.model"];
    let with = |name: &str, value: &str| scene.command(&arguments).env(name, value).output().unwrap().stdout;
    assert!(!with("NO_COLOR", "1").contains(&0x1b));
    assert!(with("CLICOLOR_FORCE", "1").contains(&0x1b));
    let forced =
        scene.command(&["score", "articles", "-m", "small.model", "-f", "csv"]).env("CLICOLOR_FORCE", "1").output();
    assert!(!forced.unwrap().stdout.contains(&0x1b));
}

#[test]
fn standard_input_folders_and_patterns_give_the_same_as_files() {
    let scene = Scene::new();
    let article = scene.read("articles/harbour.txt");
    let strip = |values: Vec<serde_json::Value>| -> Vec<serde_json::Value> {
        values
            .into_iter()
            .map(|mut v| {
                v["article"]["id"] = serde_json::Value::Null;
                v["article"]["path"] = serde_json::Value::Null;
                v["quotation"]["id"] = serde_json::Value::Null;
                v
            })
            .collect()
    };
    for command in [&["extract"][..], &["score", "-m", "small.model"]] {
        let from_file = scene.lines(&[command, &["articles/harbour.txt", "-f", "jsonl"]].concat());
        for dash in [&["-f", "jsonl"][..], &["-", "-f", "jsonl"]] {
            let run = scene.run_with(&[command, dash].concat(), article.clone());
            assert_eq!(run.code, 0, "{}", run.stderr);
            let lines: Vec<serde_json::Value> = run
                .stdout
                .split(|b| *b == b'\n')
                .filter(|l| !l.is_empty())
                .map(|l| serde_json::from_slice(l).unwrap())
                .collect();
            assert_eq!(lines[0]["article"]["id"], "stdin");
            assert!(lines[0]["article"]["path"].is_null());
            assert_eq!(strip(lines), strip(from_file.clone()));
        }
        let folder = scene.text(&[command, &["articles", "-f", "jsonl"]].concat());
        let pattern = scene.text(&[command, &["articles/*", "-f", "jsonl"]].concat());
        let files = scene.text(&[command, &["articles/harbour.txt", "articles/two.jsonl", "-f", "jsonl"]].concat());
        assert!(folder == pattern && folder == files, "{command:?}");
    }
    let words = "We are ready for talks";
    let spoken = scene.text(&["explain", "-m", "small.model", words]);
    let run = scene.run_with(&["explain", "-m", "small.model", "-"], format!("{words}\n"));
    assert_eq!(String::from_utf8(run.stdout).unwrap(), spoken);
    let file = scene.text(&["score", "--statements", "quotes.csv", "-m", "small.model", "-f", "csv"]);
    let run = scene.run_with(&["score", "--statements", "-", "-m", "small.model", "-f", "csv"], QUOTES);
    assert_eq!(String::from_utf8(run.stdout).unwrap(), file);
}

#[test]
fn a_broken_article_does_not_stop_the_others() {
    let scene = Scene::new();
    scene.write("articles/a.txt", b"a\0");
    scene.write("articles/b.jsonl", "{\"words\": 1}\n{\"text\": \"\\\"We will go,\\\" Tor Ekdal said.\"}\n");
    let run = scene.run(&["extract", "articles", "-f", "jsonl"]);
    assert_eq!(run.code, 4);
    assert!(run.stderr.contains("a.txt") && run.stderr.contains("b.jsonl:1"), "{}", run.stderr);
    assert_eq!(String::from_utf8(run.stdout).unwrap().lines().count(), 6);
}
