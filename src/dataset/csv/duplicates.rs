//! Rows that say the same, and ids that come twice.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::dataset::csv::problems::Problems;
use crate::dataset::{Dataset, Example};
use crate::error::{Error, Result};
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
        if let Some(error) = conflict(first, example, tasks, &format!("line {}", first.line)) {
            problems.row(error, example.line);
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

/// Reports what `check` does of rows of different files: `files` has the name and the number of rows of each, in the order in
/// which the rows of `dataset` stand. If `lenient`, later rows whose labels conflict are taken out.
///
/// # Errors
/// [`crate::error::ErrorKind::Data`] for conflicts, those of one file at once.
pub fn check_files(dataset: &mut Dataset, files: &[(String, usize)], lenient: bool) -> Result<Vec<String>> {
    let mut seen: HashMap<Key, (usize, usize)> = HashMap::new();
    let (mut warnings, mut bad) = (Vec::new(), BTreeSet::new());
    let mut begin = 0;
    for (number, (file, n_rows)) in files.iter().enumerate() {
        let mut problems = Problems::new(file, lenient);
        let (mut n_same, mut first_same) = (0usize, None);
        for row in begin..(begin + n_rows).min(dataset.examples.len()) {
            let example = &dataset.examples[row];
            // Rows of one file were compared when it was read.
            let &mut (of_file, first) = seen.entry(key(example)).or_insert((number, row));
            if of_file == number {
                continue;
            }
            let first = &dataset.examples[first];
            let place = format!("{}:{}", files[of_file].0, first.line);
            if let Some(error) = conflict(first, example, &dataset.tasks, &place) {
                bad.insert(row);
                problems.row(error, example.line);
            } else if first.labels == example.labels {
                n_same += 1;
                first_same = first_same.or(Some((example.line, place)));
            }
        }
        if let Some((line, place)) = first_same {
            problems.warn(format!(
                "{n_same} row(s) repeat those of other files with the same labels, first line {line} (as {place})"
            ));
        }
        warnings.extend(problems.finish()?);
        begin += n_rows;
    }
    let mut row = 0..;
    dataset.examples.retain(|_| row.next().is_none_or(|row| !bad.contains(&row)));
    Ok(warnings)
}

/// The error of two rows that say the same, where their labels differ; `place`: where the first stands.
fn conflict(first: &Example, example: &Example, tasks: &[Task], place: &str) -> Option<Error> {
    let task = (0..tasks.len()).find(|t| {
        let pair = (first.labels.get(*t), example.labels.get(*t));
        matches!(pair, (Some(Some(a)), Some(Some(b))) if a != b)
    })?;
    let (old, new) = (written(first, task, tasks), written(example, task, tasks));
    let message = format!(
        "same text and speaker as {place}, but labelled \"{new}\" here and \"{old}\" there; make them agree or remove one"
    );
    Some(Error::data(message).in_column(&tasks[task].name))
}

fn key(example: &Example) -> Key {
    let statement = &example.statement;
    let place = statement.target_span.map(|s| format!("{} {}", s.start, s.end));
    // Nearly all texts are in this form already.
    let text: Cow<'_, str> = match is_nfc_quick(statement.text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(&statement.text),
        _ => Cow::Owned(statement.text.nfc().collect()),
    };
    let mut hasher = blake3::Hasher::new();
    // No cell can hold this byte alone: it is no part of UTF-8.
    let mut end = |part: &str| {
        hasher.update(part.as_bytes()).update(&[0xff]);
    };
    let mut words = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    end(&words);
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
