//! The source keeps its order: rooms import upwards only, and every room says which question it answers.

use std::path::{Path, PathBuf};

/// The rooms in order: each imports only from those before it.
const ROOMS: [&str; 16] = [
    "error",
    "lang",
    "text",
    "document",
    "quotation",
    "statement",
    "label",
    "dataset",
    "features",
    "model",
    "training",
    "evaluation",
    "pipeline",
    "report",
    "server",
    "cli",
];

/// A source file: its path below `src`, its room (none for lib.rs and main.rs), its text.
struct Source {
    path: String,
    room: Option<usize>,
    text: String,
}

impl Source {
    /// Lines with their numbers, without comments, and without the tests at the end of the file.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines().take_while(|(_, l)| l.trim() != "#[cfg(test)]")
    }

    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let code = |l: &'_ str| if l.trim_start().starts_with("//") { 0 } else { l.len() };
        self.text.lines().enumerate().map(move |(i, l)| (i + 1, &l[..code(l)]))
    }

    fn room_name(&self) -> &str {
        self.room.map_or("", |r| ROOMS[r])
    }
}

fn sources() -> Vec<Source> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders: Vec<PathBuf> = vec![src.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let below = path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/");
                let first = below.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
                let room = ROOMS.iter().position(|r| *r == first);
                assert!(room.is_some() || first == "lib" || first == "main", "src/{below} belongs to no room");
                sources.push(Source { path: below, room, text: std::fs::read_to_string(&path).unwrap() });
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(sources.len() > 50, "only {} source files found", sources.len());
    sources
}

/// All faults at once: whoever broke the order wants the whole list.
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} fault(s):\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn rooms_import_only_from_rooms_above() {
    let mut faults = Vec::new();
    for source in sources() {
        let Some(room) = source.room else { continue };
        for (number, line) in source.lines() {
            let at = |what: String| format!("src/{}:{number}: {what}", source.path);
            for (from, _) in line.match_indices("crate::") {
                // `$crate::` of macros counts as well; "demarche_crate::" does not exist.
                let rest = &line[from + "crate::".len()..];
                let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                match ROOMS.iter().position(|r| *r == name) {
                    None => faults.push(at(format!("`crate::{rest}` names no room"))),
                    Some(named) if named > room => faults.push(at(format!("{} imports from {name}", ROOMS[room]))),
                    Some(_) => {}
                }
            }
            if line.contains("super::super") {
                faults.push(at("`super::super`; name the room".to_owned()));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn what_a_room_never_does() {
    let mut faults = Vec::new();
    for source in sources().iter().filter(|s| s.path != "main.rs" && !s.path.ends_with("/tests.rs")) {
        let room = source.room_name();
        for (number, line) in source.code() {
            let mut fault = |what: &str| faults.push(format!("src/{}:{number}: {what}: {}", source.path, line.trim()));
            if !matches!(room, "training")
                && (line.contains("linfa::") || line.contains("linfa_logistic") || line.contains("ndarray"))
            {
                fault("only training knows linfa and ndarray");
            }
            if !matches!(room, "cli" | "server") {
                if line.contains("std::fs")
                    || line.contains("File::")
                    || line.contains("std::env::")
                    || line.contains("process::exit")
                {
                    fault("only the front ends open paths and read the environment");
                }
                if line.contains("std::net") || line.contains("SystemTime") || line.contains("Instant::") {
                    fault("same input, same output");
                }
            }
            if matches!(room, "model" | "features" | "text" | "lang" | "quotation" | "evaluation")
                && line.contains("clap")
            {
                fault("arguments belong to the front ends");
            }
            if line.contains(".unwrap()") {
                fault("library code does not unwrap");
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn files_are_short_and_rooms_begin_with_their_question() {
    let mut faults = Vec::new();
    for source in sources() {
        let n_lines = source.text.lines().count();
        if n_lines > 600 && source.room_name() != "lang" {
            faults.push(format!("src/{}: {n_lines} lines; split it by subject", source.path));
        }
        let first = source.text.lines().next().unwrap_or_default();
        if !first.starts_with("//! ") && !source.path.ends_with("/tests.rs") {
            faults.push(format!("src/{}: does not begin with what it is", source.path));
        }
        let is_room = source.path == format!("{}/mod.rs", source.room_name())
            || source.path == format!("{}.rs", source.room_name());
        if is_room && !first.contains('?') {
            faults.push(format!("src/{}: the first line is no question: {first}", source.path));
        }
        if source.path.split('/').any(|p| {
            matches!(p.trim_end_matches(".rs"), "util" | "utils" | "common" | "shared" | "core" | "misc" | "manager")
        }) {
            faults.push(format!("src/{}: such a name says nothing", source.path));
        }
    }
    assert_none(&faults);
}

#[test]
fn every_room_is_there() {
    let all = sources();
    let lib = &all.iter().find(|s| s.path == "lib.rs").unwrap().text;
    let mut at = 0;
    for room in ROOMS.iter().filter(|r| **r != "server") {
        let found = lib[at..]
            .find(&format!("pub mod {room};"))
            .unwrap_or_else(|| panic!("lib.rs: {room} is missing or out of order"));
        at += found;
    }
}
