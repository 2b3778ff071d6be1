//! Rows that say the same, and ids that come twice.

use std::collections::{BTreeMap, HashMap};

use unicode_normalization::UnicodeNormalization;

use crate::dataset::Example;
use crate::dataset::csv::problems::Problems;
use crate::error::Error;
use crate::label::{JOIN, NONE, Task};

/// Digest of what makes two rows the same statement: text, speaker, target, where the target stands, feature columns. The
/// words themselves would take the memory of the whole file once more.
type Key = blake3::Hash;

/// Reports ids that come twice, duplicates whose labels conflict, and (as a warning) those that agree.
pub(crate) fn check(examples: &[Example], tasks: &[Task], problems: &mut Problems) {
    let mut ids: BTreeMap<&str, u64> = BTreeMap::new();
    let mut seen: HashMap<Key, &Example> = HashMap::new();
    let (mut n_same, mut first_same) = (0usize, None);
    for example in examples {
        if problems.is_bad(example.line) {
            continue;
        }
        if let Some(line) = ids.insert(&example.id, example.line) {
            let message = format!("id \"{}\" stands on line {line} already; make ids unique", example.id);
            problems.row(Error::data(message), example.line);
            continue;
        }
        let key = key(example);
        let Some(first) = seen.get(&key) else {
            seen.insert(key, example);
            continue;
        };
        let conflict = (0..tasks.len()).find(|t| {
            let pair = (first.labels.get(*t), example.labels.get(*t));
            matches!(pair, (Some(Some(a)), Some(Some(b))) if a != b)
        });
        if let Some(task) = conflict {
            let (old, new) = (written(first, task, tasks), written(example, task, tasks));
            let message = format!(
                "same text and speaker as line {}, but labelled \"{new}\" here and \"{old}\" there; make them agree or \
                 remove one",
                first.line
            );
            problems.row(Error::data(message).in_column(&tasks[task].name), example.line);
        } else if first.labels == example.labels {
            n_same += 1;
            first_same = first_same.or(Some((example.line, first.line)));
        }
    }
    if let Some((line, first)) = first_same {
        problems.warn(format!(
            "{n_same} row(s) repeat an earlier one with the same labels, first line {line} (as line {first})"
        ));
    }
}

fn key(example: &Example) -> Key {
    let statement = &example.statement;
    let place = statement.target_span.map(|s| format!("{} {}", s.start, s.end));
    let text: String = statement.text.nfc().collect();
    let mut hasher = blake3::Hasher::new();
    // No cell can hold this byte alone: it is no part of UTF-8.
    let mut end = |part: &str| {
        hasher.update(part.as_bytes()).update(&[0xff]);
    };
    end(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    for part in [&statement.speaker, &statement.target, &place] {
        end(part.as_deref().unwrap_or_default());
    }
    statement.fields.iter().for_each(|(_, cell)| end(cell));
    hasher.finalize()
}

/// The labels of `example` as they stand in a cell.
fn written(example: &Example, task: usize, tasks: &[Task]) -> String {
    let labels = example.labels[task].as_deref().unwrap_or_default();
    let names: Vec<&str> = labels.iter().map(|l| tasks[task].labels.name(*l)).collect();
    if names.is_empty() { NONE.to_owned() } else { names.join(&JOIN.to_string()) }
}
