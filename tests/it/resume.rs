//! Runs that are stopped: by signals, by force, again and again; in the end nobody can tell.

#![cfg(unix)]

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::scene::{Scene, demarche};

/// Articles that take some seconds; one in nine is a copy, one in fifty is broken.
fn articles(n: usize) -> String {
    let mut out = String::new();
    for i in 0..n {
        if i % 50 == 49 {
            out.push_str("{\"id\": \"broken\"}\n");
            continue;
        }
        let k = if i % 9 == 8 { i - 8 } else { i };
        let body: String = (0..12)
            .map(|p| {
                format!(
                    "\"We are ready for talks about line {k} and bridge {p},\" Foreign Minister Tor Ekdal{k} said on Monday. The sides had \
                     met {k} times in house {p}, he told reporters, and promised that plan {} would follow.\n\n",
                    k * 31 + p
                )
            })
            .collect();
        out += &format!(
            "{}\n",
            json!({"id": format!("a{i}"), "text": format!("Talks on line {k}\n\nOSLO, May 1. {body}")})
        );
    }
    out
}

fn start(scene: &Scene, arguments: &[&str]) -> Child {
    Command::new(demarche().get_program())
        .current_dir(scene.path(""))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap()
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

/// Waits until a run has noted that it is on its way.
fn wait_for_note(scene: &Scene, child: &mut Child, output: &str) -> bool {
    let note = scene.path(&format!("{output}.part.json"));
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(60) {
        if note.exists() {
            return true;
        }
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("no note of {output} after a minute");
}

#[test]
fn killed_runs_go_on_and_end_the_same() {
    let scene = Scene::new();
    scene.write("many.jsonl", articles(4800));
    for (format, n_kills) in [("jsonl", 4), ("csv", 1), ("table", 1), ("parquet", 2), ("arrow", 1)] {
        let common =
            ["score", "many.jsonl", "-m", "small.model", "--extractor", "rules", "-f", format, "-j", "2", "-o"];
        let whole = scene.run(&[&common[..], &["whole"]].concat());
        assert_eq!(whole.code, 4, "broken records are told: {}", whole.stderr);
        let arguments = [&common[..], &["out", "--resume"]].concat();
        let mut n_killed = 0;
        for i in 0..n_kills {
            let mut child = start(&scene, &arguments);
            // The first run has no note; later ones have, so they are given some time.
            let goes = wait_for_note(&scene, &mut child, "out");
            std::thread::sleep(Duration::from_millis(40 * i));
            if goes && child.try_wait().unwrap().is_none() {
                n_killed += 1;
            }
            let _ = child.kill();
            child.wait().unwrap();
        }
        assert!(n_killed > 0, "{format}: too fast to be killed");
        let last = scene.run(&arguments);
        assert_eq!(last.code, 4, "{format}: {}", last.stderr);
        assert!(scene.read("out") == scene.read("whole"), "{format}: another result after {n_killed} kills");
        let closing = |text: &str| {
            text.lines().rfind(|l| l.contains(" quotations, ")).unwrap().rsplit_once(", ").unwrap().0.to_owned()
        };
        assert_eq!(closing(&last.stderr), closing(&whole.stderr), "{format}");
        assert!(scene.names().iter().all(|n| !n.contains(".part")), "{:?}", scene.names());
        for name in ["out", "whole"] {
            std::fs::remove_file(scene.path(name)).unwrap();
        }
    }
}

#[test]
fn a_signal_keeps_what_is_written() {
    let scene = Scene::new();
    scene.write("many.jsonl", articles(6000));
    let base = ["extract", "many.jsonl", "--extractor", "rules", "-f", "jsonl"];
    let whole = scene.run(&base);
    for (name, code) in [("-INT", 130), ("-TERM", 143)] {
        // The note of the run before must not be taken for this one's.
        let _ = std::fs::remove_file(scene.path("out.jsonl.part.json"));
        let mut child = start(&scene, &[&base[..], &["-o", "out.jsonl"]].concat());
        assert!(wait_for_note(&scene, &mut child, "out.jsonl"));
        signal(&child, name);
        let output = child.wait_with_output().unwrap();
        let words = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{words}");
        assert!(
            words.contains("stopped after") && words.contains("out.jsonl.part") && words.contains("--resume"),
            "{words}"
        );
        let part = scene.read("out.jsonl.part");
        assert!(!part.is_empty() && whole.stdout.starts_with(&part) && part.ends_with(b"\n"));
        assert!(!scene.path("out.jsonl").exists());
    }
    // Other arguments are another run.
    let other = scene.run(&["extract", "many.jsonl", "-f", "jsonl", "-o", "out.jsonl", "--resume"]);
    assert!(other.code == 2 && other.stderr.contains("was asked for something else"), "{}", other.stderr);
    let last = scene.run(&[&base[..], &["-o", "out.jsonl", "--resume"]].concat());
    assert!(last.stderr.contains("going on after"), "{}", last.stderr);
    assert!(scene.read("out.jsonl") == whole.stdout);
}

#[test]
fn a_signal_ends_a_run_that_waits_for_input() {
    let scene = Scene::new();
    let mut child = start(&scene, &["extract", "-f", "jsonl", "--extractor", "rules"]);
    std::thread::sleep(Duration::from_millis(500));
    signal(&child, "-INT");
    let started = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(started.elapsed() < Duration::from_secs(20), "it waits on");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn there_must_be_a_file_to_go_on_with() {
    let scene = Scene::new();
    assert_eq!(scene.run(&["extract", "articles", "--resume"]).code, 2);
    assert_eq!(scene.run(&["extract", "articles", "--resume", "-o", "-"]).code, 2);
    // Nothing was stopped: it starts.
    let run = scene.run(&["extract", "articles", "-f", "jsonl", "--resume", "-o", "new.jsonl"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    scene.write("bad.jsonl.part", "");
    scene.write("bad.jsonl.part.json", "{");
    let run = scene.run(&["extract", "articles", "-f", "jsonl", "--resume", "-o", "bad.jsonl"]);
    assert!(run.code == 4 && run.stderr.contains("leave out --resume"), "{}", run.stderr);
}
