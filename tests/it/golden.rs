//! Exact outputs of the commands on small fixed inputs. `UPDATE_GOLDEN=1 cargo test --test it golden` writes them anew.

use std::path::PathBuf;

use crate::scene::{Scene, root};

/// What may differ from one processor to the next: digits beyond the sixth, and the model's id with them.
fn settled(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("blake3:") {
        out.push_str(&rest[..at]);
        let id = rest[at + 7..].chars().take_while(char::is_ascii_hexdigit).count();
        out.push_str("blake3:ID");
        rest = &rest[at + 7 + id..];
    }
    out.push_str(rest);
    let version = env!("CARGO_PKG_VERSION");
    let out = out
        .replace(&format!("demarche {version}"), "demarche VERSION")
        .replace(&format!("\"tool\":\"{version}\""), "\"tool\":\"VERSION\"");
    let mut settled = String::new();
    let mut number = String::new();
    for c in out.chars().chain(['\0']) {
        // Digits behind a letter are part of a word or a hash.
        let begins = c.is_ascii_digit() && !settled.ends_with(|p: char| p.is_alphanumeric());
        if (number.is_empty() && begins)
            || (!number.is_empty() && (c.is_ascii_alphanumeric() || matches!(c, '.' | '-')))
        {
            number.push(c);
            continue;
        }
        settled.push_str(&shortened(&number));
        number.clear();
        if c != '\0' {
            settled.push(c);
        }
    }
    settled
}

/// A number of many digits, with five; anything else as it is.
fn shortened(number: &str) -> String {
    let digits = number.chars().filter(char::is_ascii_digit).count();
    match number.parse::<f64>() {
        Ok(value) if value.is_finite() && number.contains(['.', 'e']) && digits > 6 => {
            let short = format!("{value:.5}");
            let short = short.trim_end_matches('0').trim_end_matches('.');
            if short.trim_start_matches(['-', '0', '.']).is_empty() { "0".to_owned() } else { short.to_owned() }
        }
        _ => number.to_owned(),
    }
}

fn check(scene: &Scene, name: &str, arguments: &[&str], code: i32) {
    let run = scene.run(arguments);
    assert_eq!(run.code, code, "{arguments:?}: {}", run.stderr);
    let found = settled(&String::from_utf8(run.stdout).unwrap());
    let path: PathBuf = root().join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &found).unwrap();
        return;
    }
    let wanted = std::fs::read_to_string(&path).unwrap_or_default();
    if found != wanted {
        let line = found.lines().zip(wanted.lines()).position(|(f, w)| f != w);
        let line = line.unwrap_or_else(|| found.lines().count().min(wanted.lines().count()));
        panic!(
            "demarche {}: differs from tests/golden/{name} in line {}\n found: {}\nwanted: {}\n(UPDATE_GOLDEN=1 writes it anew)",
            arguments.join(" "),
            line + 1,
            found.lines().nth(line).unwrap_or("(end)"),
            wanted.lines().nth(line).unwrap_or("(end)")
        );
    }
}

/// The other model of the comparison: fewer features, another cost.
fn second_model(scene: &Scene) {
    let arguments = [
        "train",
        "quotes.csv",
        "-c",
        "0.1",
        "--word-ngrams",
        "1",
        "--speaker-features",
        "none",
        "-o",
        "second.model",
        "-q",
    ];
    scene.text(&arguments);
}

#[test]
fn quotations_look_as_ever() {
    let scene = Scene::new();
    for (name, arguments) in [
        ("extract.txt", &["extract", "articles"][..]),
        ("extract.jsonl", &["extract", "articles", "-f", "jsonl"]),
        ("extract.csv", &["extract", "articles", "-f", "csv"]),
        ("to-label.csv", &["extract", "articles", "--for-labelling"]),
        ("score.txt", &["score", "articles", "-m", "small.model"]),
        ("score-explain.txt", &["score", "articles/two.jsonl", "-m", "small.model", "--explain", "3"]),
        ("score.jsonl", &["score", "articles", "-m", "small.model", "-f", "jsonl", "--explain", "2"]),
        ("score.csv", &["score", "articles", "-m", "small.model", "-f", "csv"]),
        ("score-abstain.txt", &["score", "articles", "-m", "small.model", "--abstain", "0.2"]),
        (
            "explain.txt",
            &["explain", "-m", "small.model", "--cue", "urged", "We are ready for talks, but they must not fail us"],
        ),
        (
            "explain.json",
            &[
                "explain",
                "-m",
                "small.model",
                "-f",
                "json",
                "--top",
                "4",
                "--label",
                "demand",
                "They must leave at once",
            ],
        ),
    ] {
        check(&scene, name, arguments, 0);
    }
}

#[test]
fn figures_look_as_ever() {
    let scene = Scene::new();
    second_model(&scene);
    scene.write(
        "other-coder.csv",
        crate::scene::QUOTES.replacen("praise", "criticism", 2).replacen("neutral", "positive", 4),
    );
    for (code, name, arguments) in [
        (0, "evaluate.txt", &["evaluate", "small.model", "quotes.csv"][..]),
        (
            0,
            "evaluate-details.txt",
            &[
                "evaluate",
                "small.model",
                "quotes.csv",
                "--slice",
                "kind",
                "--errors",
                "2",
                "--label-errors",
                "2",
                "--speaker-swaps",
                "3",
            ],
        ),
        (0, "prevalence.txt", &["prevalence", "small.model", "quotes.csv", "--labelled", "quotes.csv"]),
        (0, "agree.txt", &["agree", "quotes.csv", "other-coder.csv"]),
        (0, "evaluate.json", &["evaluate", "small.model", "quotes.csv", "-f", "json"]),
        (
            1,
            "compare.txt",
            &[
                "compare",
                "small.model",
                "second.model",
                "quotes.csv",
                "--gate",
                "macro_f1>=-0.01",
                "--gate",
                "flip_rate<=1",
            ],
        ),
        (
            0,
            "compare.json",
            &["compare", "second.model", "small.model", "quotes.csv", "-f", "json", "--gate", "macro_f1>=0"],
        ),
        (0, "train.txt", &["train", "quotes.csv", "-c", "1,4", "--folds", "3", "-o", "third.model"]),
        (0, "inspect.txt", &["inspect", "small.model", "--top", "5"]),
        (0, "inspect.json", &["inspect", "second.model", "-f", "json", "--top", "3"]),
    ] {
        check(&scene, name, arguments, code);
    }
}

#[test]
fn help_looks_as_ever() {
    let scene = Scene::new();
    check(&scene, "help.txt", &["--help"], 0);
    for command in
        ["score", "extract", "train", "evaluate", "compare", "prevalence", "agree", "explain", "inspect", "schema"]
    {
        check(&scene, &format!("help-{command}.txt"), &[command, "--help"], 0);
        let help = scene.text(&[command, "--help"]);
        assert!(help.contains("Examples:"), "{command} --help has no examples");
    }
}
