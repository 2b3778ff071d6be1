//! The commands of the README run as they stand there.

use std::path::Path;
use std::process::Command;

use crate::scene::{demarche, root};

/// Lines of the ```sh blocks that call the program, but for those marked `# not run`.
fn commands(readme: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_shell = false;
    let mut whole = String::new();
    for line in readme.lines() {
        if let Some(kind) = line.trim_start().strip_prefix("```") {
            in_shell = !in_shell && matches!(kind.trim(), "sh" | "bash" | "shell");
            continue;
        }
        let line = line.trim().trim_start_matches("$ ");
        whole.push_str(line.trim_end_matches('\\'));
        if in_shell && line.ends_with('\\') {
            continue;
        }
        let command = std::mem::take(&mut whole);
        let calls = command.starts_with("demarche ")
            || command.starts_with("cargo run --release -- ")
            || command.contains("| demarche ");
        if in_shell && calls && !command.contains("# not run") {
            found.push(command.replacen("cargo run --release -- ", "demarche ", 1));
        }
    }
    found
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, target).unwrap();
        }
    }
}

#[test]
fn commands_are_found() {
    let readme = "x\n```sh\ndemarche score a \\\n  -f csv\ndemarche serve # not run\ncat a | demarche score\nls\n```\n`demarche z`\n```text\ndemarche no\n```\n";
    assert_eq!(commands(readme), ["demarche score a -f csv", "cat a | demarche score"]);
}

#[cfg(unix)]
#[test]
fn the_readme_runs() {
    let Ok(readme) = std::fs::read_to_string(root().join("README.md")) else {
        eprintln!("no README.md yet; nothing to run");
        return;
    };
    if std::fs::read_dir(root().join("models")).unwrap().any(|e| e.unwrap().metadata().unwrap().len() == 0) {
        eprintln!("a model is an empty placeholder; the README's commands need it");
        return;
    }
    let commands = commands(&readme);
    assert!(!commands.is_empty(), "no command of demarche in a ```sh block of README.md");
    let folder = tempfile::tempdir().unwrap();
    for name in ["data", "models"] {
        copy(&root().join(name), &folder.path().join(name));
    }
    // What the README calls the user's own files: articles, and a labelled table with rows held out.
    copy(&root().join("data/articles"), &folder.path().join("articles"));
    for (name, first) in [("labels.csv", 0), ("test.csv", 3)] {
        every_sixth_row(first, &folder.path().join(name));
    }
    std::fs::copy(newest_model(), folder.path().join("old.model")).unwrap();
    let program = Path::new(demarche().get_program()).parent().unwrap().to_path_buf();
    let path =
        std::env::join_paths([program].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())))
            .unwrap();
    let mut faults = Vec::new();
    for command in commands {
        let output = Command::new("sh")
            .args(["-c", &command])
            .current_dir(folder.path())
            .env("PATH", &path)
            .env_remove("DEMARCHE_MODEL")
            .output()
            .unwrap();
        // A gate that does not hold is an answer, not a fault of the README.
        let is_answer = output.status.code() == Some(1) && command.contains("--gate");
        if !output.status.success() && !is_answer {
            faults.push(format!(
                "{command}\n  {:?}: {}",
                output.status.code(),
                String::from_utf8_lossy(&output.stderr)
            ));
        }
    }
    assert!(faults.is_empty(), "{} command(s) of the README fail:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn what_the_readme_shows_is_what_is_printed() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let shown = readme.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let output = demarche().args(["score", "data/articles", "-q"]).current_dir(root()).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains(shown), "README.md shows\n{shown}\nwhich is not in\n{printed}");
}

/// Rows of the shipped data, few enough to train on in a test.
#[cfg(unix)]
fn every_sixth_row(first: usize, to: &Path) {
    let mut reader = csv::Reader::from_path(root().join("data/quotes.csv")).unwrap();
    let mut writer = csv::Writer::from_path(to).unwrap();
    writer.write_record(reader.headers().unwrap()).unwrap();
    reader.records().skip(first).step_by(6).for_each(|row| writer.write_record(&row.unwrap()).unwrap());
}

#[cfg(unix)]
fn newest_model() -> std::path::PathBuf {
    let mut all: Vec<_> = std::fs::read_dir(root().join("models")).unwrap().map(|e| e.unwrap().path()).collect();
    all.retain(|p| p.extension().is_some_and(|e| e == "model"));
    all.sort();
    all.pop().unwrap()
}
