//! Label cells: their kind, the labels that occur, and what each row says.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;

use crate::dataset::Dataset;
use crate::dataset::csv::TaskSpec;
use crate::dataset::csv::problems::Problems;
use crate::dataset::shortened;
use crate::error::{Error, Result, is_unprintable};
use crate::label::{Codebook, JOIN, LabelSet, NONE, Task, TaskKind};
use crate::text::edit_distance;

/// Cap on the labels of a task.
const MAX_LABELS: usize = 1000;
/// So many labels are named in an error.
const MAX_TOLD: usize = 20;
/// A label has at most this many characters; a longer cell is text in the wrong column.
const MAX_LABEL_CHARS: usize = 200;

/// A label column with its cells, trimmed, one a row.
pub(crate) struct Column {
    pub(crate) at: usize,
    pub(crate) spec: TaskSpec,
    pub(crate) cells: Vec<String>,
}

/// For each row the numbers of its labels; `None` where it has none written.
pub(crate) type Labels = Vec<Option<Vec<usize>>>;

impl Column {
    pub(crate) fn new(at: usize, spec: TaskSpec) -> Self {
        Self { at, spec, cells: Vec::new() }
    }

    /// The task, and the labels of each row. `lines`: the line of each row.
    pub(crate) fn task(
        &self,
        lines: &[u64],
        codebook: Option<&Codebook>,
        problems: &mut Problems,
    ) -> Result<(Task, Labels)> {
        let name = &self.spec.column;
        let counts = self.counts();
        let known = self.known(codebook, &counts);
        let kind = self.spec.kind.or(known.as_ref().map(|t| t.kind)).unwrap_or_else(|| self.guess());
        let all = match &known {
            Some(task) => task.labels.clone(),
            None => {
                let is_label = |name: &&str| kind == TaskKind::Single || *name != NONE;
                let mut names: Vec<&str> = counts.keys().copied().filter(is_label).collect();
                // What can be no label is told of its row, when that is read.
                names.retain(|n| {
                    n.chars().count() <= MAX_LABEL_CHARS && !n.contains(is_unprintable) && !n.contains('\n')
                });
                if names.len() > MAX_LABELS {
                    let message = format!("{} different labels; is this a label column?", names.len());
                    return Err(Error::data(message).in_column(name));
                }
                self.warn(kind, &names, &counts, problems);
                for error in lookalikes(&counts) {
                    problems.file(error.in_column(name));
                }
                LabelSet::from_names(names)?
            }
        };
        let mut used = BTreeSet::new();
        let mut labels: Labels = Vec::new();
        for (cell, line) in self.cells.iter().zip(lines) {
            let row = parse(cell, kind, &all).unwrap_or_else(|error| {
                problems.row(error.in_column(name), *line);
                None
            });
            used.extend(row.iter().flatten().copied());
            labels.push(row);
        }
        if used.is_empty() {
            return Ok((Task { name: name.clone(), kind, labels: all }, labels));
        }
        // Only labels that occur can be learnt.
        let absent: Vec<&str> = all.names().enumerate().filter(|(i, _)| !used.contains(i)).map(|(_, n)| n).collect();
        if !absent.is_empty() {
            problems.warn(format!("column \"{name}\": no row has {}", absent.join(", ")));
        }
        let numbers: BTreeMap<usize, usize> = used.iter().enumerate().map(|(new, old)| (*old, new)).collect();
        labels.iter_mut().flatten().flatten().for_each(|l| *l = numbers[l]);
        let kept =
            LabelSet::from_labels(all.iter().enumerate().filter(|(i, _)| used.contains(i)).map(|(_, l)| l.clone()))?;
        Ok((Task { name: name.clone(), kind, labels: kept }, labels))
    }

    /// Warnings where labels may mean something else: several that are joined otherwise than by a bar, a missing value, and `none`
    /// in a column of which nobody said how many labels hold.
    fn warn(&self, kind: TaskKind, names: &[&str], counts: &BTreeMap<&str, usize>, problems: &mut Problems) {
        let column = &self.spec.column;
        let is_joined = |name: &&&str| {
            let mut parts = name.split([';', ',']).map(str::trim).filter(|part| !part.is_empty());
            name.contains([';', ',']) && parts.any(|part| names.contains(&part))
        };
        if let Some(first) = names.iter().find(is_joined) {
            problems.warn(format!(
                "column \"{column}\": {} label(s) look like several, first \"{first}\"; several labels of a row are joined by \"{JOIN}\"",
                names.iter().filter(is_joined).count()
            ));
        }
        for name in names.iter().filter(|name| is_missing(name)) {
            problems.warn(format!(
                "column \"{column}\": \"{name}\" is taken for a label, in {} row(s); if it says that there is none, leave the cell empty",
                counts[name]
            ));
        }
        if self.spec.kind.is_none() && kind == TaskKind::Multi && !self.has_bar() {
            problems.warn(format!(
                "column \"{column}\": \"none\" is read as \"no label\", and several labels may hold; where it is a class of its own, \
                 say --task {column}=single"
            ));
        }
    }

    /// Whether a cell has several labels.
    fn has_bar(&self) -> bool {
        self.cells.iter().any(|c| c.contains(JOIN))
    }

    /// The kind of the task by what was asked for, the shipped codebook, or the cells.
    pub(crate) fn kind(&self) -> TaskKind {
        let known = || self.known(None, &self.counts()).map(|task| task.kind);
        self.spec.kind.or_else(known).unwrap_or_else(|| self.guess())
    }

    /// How many rows have each label (also `none`).
    fn counts(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        let is_multi = self.spec.kind != Some(TaskKind::Single);
        for cell in &self.cells {
            let split = cell.split(|c| is_multi && c == JOIN).map(str::trim);
            split.filter(|l| !l.is_empty() && !l.contains(JOIN)).for_each(|l| *counts.entry(l).or_insert(0) += 1);
        }
        counts
    }

    /// The task of the codebook that this column is labelled after.
    fn known(&self, given: Option<&Codebook>, counts: &BTreeMap<&str, usize>) -> Option<Task> {
        if let Some(codebook) = given {
            return codebook.task(&self.spec.column).cloned();
        }
        let task = Codebook::diplomatic_core().task(&self.spec.column).cloned()?;
        let labels = || counts.keys().filter(|l| **l != NONE);
        let n_known = labels().filter(|l| task.labels.index(l).is_some()).count();
        (n_known * 2 > labels().count() || labels().count() == 0).then_some(task)
    }

    fn guess(&self) -> TaskKind {
        if self.has_bar() || self.cells.iter().any(|c| c == NONE) { TaskKind::Multi } else { TaskKind::Single }
    }
}

/// The labels of one cell, ascending; `None` for an empty cell.
fn parse(cell: &str, kind: TaskKind, known: &LabelSet) -> Result<Option<Vec<usize>>> {
    if cell.is_empty() {
        return Ok(None);
    }
    if kind == TaskKind::Single {
        if cell.contains(JOIN) {
            return Err(Error::data(format!(
                "several labels \"{cell}\" where one is allowed; keep one, or make the task multi"
            )));
        }
        if cell == NONE && known.index(NONE).is_none() {
            let names = known.names().collect::<Vec<_>>().join(", ");
            return Err(Error::data(format!(
                "\"none\" is none of the labels ({names}); leave the cell empty where the row is not labelled"
            )));
        }
        return require(cell, known).map(|l| Some(vec![l]));
    }
    let names: Vec<&str> = cell.split(JOIN).map(str::trim).collect();
    if names == [NONE] {
        return Ok(Some(Vec::new()));
    }
    let mut labels = BTreeSet::new();
    for name in names {
        if name.is_empty() {
            return Err(Error::data(format!("a bar without a label beside it in \"{cell}\"; remove it")));
        }
        if name == NONE {
            return Err(Error::data(format!("\"none\" beside other labels in \"{cell}\"; keep one or the other")));
        }
        if !labels.insert(require(name, known)?) {
            return Err(Error::data(format!("label \"{name}\" comes twice in \"{cell}\"; remove one")));
        }
    }
    Ok(Some(labels.into_iter().collect()))
}

fn require(name: &str, known: &LabelSet) -> Result<usize> {
    if name.chars().count() > MAX_LABEL_CHARS {
        return Err(Error::data(format!(
            "a label of more than {MAX_LABEL_CHARS} characters; is this the label column?"
        )));
    }
    if let Some((first, _)) = name.split_once(['\n', '\r']) {
        return Err(Error::data(format!(
            "a line break in the label that begins with \"{}\"; is this the label column? if so, remove it",
            shortened(first)
        )));
    }
    if name.contains(is_unprintable) {
        return Err(Error::data(format!("invisible characters in the label \"{name}\"; remove them")));
    }
    known.require(name)
}

/// Whether a cell is what programs write for a missing value.
pub(crate) fn is_missing(cell: &str) -> bool {
    matches!(cell, "NA" | "N/A" | "n/a" | "#N/A" | "NaN" | "nan" | "NULL" | "null" | "None" | "<NA>")
}

/// Pairs of labels that are alike but for case, blanks, Unicode form, invisible characters or one letter.
fn lookalikes(counts: &BTreeMap<&str, usize>) -> Vec<Error> {
    let plain = |name: &str| -> Vec<char> {
        let visible = name.nfc().filter(|c| !is_unprintable(*c)).flat_map(char::to_lowercase);
        visible.map(|c| if c == '_' || c.is_whitespace() { '-' } else { c }).take(MAX_LABEL_CHARS).collect()
    };
    let names: Vec<(&str, usize, Vec<char>)> = counts.iter().map(|(n, c)| (*n, *c, plain(n))).collect();
    let mut errors = Vec::new();
    for (i, (a, n_a, plain_a)) in names.iter().enumerate() {
        for (b, n_b, plain_b) in &names[i + 1..] {
            if are_alike(plain_a, plain_b) {
                let message = format!(
                    "labels \"{a}\" ({n_a} row(s)) and \"{b}\" ({n_b} row(s)) look alike; if they are one, write it one way; \
                     if not, rename one"
                );
                errors.push(Error::data(message));
            }
        }
    }
    errors
}

/// Equal, or one letter apart in words of five letters and more ("1" and "2", "pro" and "con" are labels of their own).
fn are_alike(a: &[char], b: &[char]) -> bool {
    let letters = |word: &[char]| word.iter().filter(|c| !c.is_numeric()).count();
    let without_digits = |word: &[char]| -> Vec<char> { word.iter().copied().filter(|c| !c.is_numeric()).collect() };
    a == b
        || (letters(a) >= 5
            && letters(b) >= 5
            && a.len().abs_diff(b.len()) <= 1
            && without_digits(a) != without_digits(b)
            && edit_distance(a, b) == 1)
}

/// The first names, and how many more there are.
fn told(names: &[String]) -> String {
    let first = names.iter().take(MAX_TOLD).cloned().collect::<Vec<_>>().join(", ");
    let n_more = names.len().saturating_sub(MAX_TOLD);
    if n_more > 0 { format!("{first} and {n_more} more; is this a label column?") } else { first }
}

/// Whether each task of `dataset` can be learnt: two labels of a `Single` task and one of a `Multi` task, each with at
/// least `min_positives` rows (2 is the least that can be split), and for `Multi` as many rows without it.
///
/// # Errors
/// [`crate::error::ErrorKind::Data`] naming the task and each label with its count.
pub fn check_for_training(dataset: &Dataset, min_positives: usize) -> Result<()> {
    if dataset.tasks.is_empty() {
        return Err(Error::data("no label column; nothing can be learnt"));
    }
    for (t, task) in dataset.tasks.iter().enumerate() {
        let fault = |message: String| Err(Error::data(message).in_column(&task.name));
        let rows: Vec<&Vec<usize>> = dataset.examples.iter().filter_map(|e| e.labels.get(t)?.as_ref()).collect();
        if rows.is_empty() {
            return fault("no labelled row; label some, or leave the task out".to_owned());
        }
        let n_least = if task.kind == TaskKind::Single { 2 } else { 1 };
        if task.labels.len() < n_least {
            return fault(format!("{} label(s) in the file; at least {n_least} are needed", task.labels.len()));
        }
        let mut counts = vec![0; task.labels.len()];
        for label in rows.iter().flat_map(|r| r.iter()) {
            if let Some(count) = counts.get_mut(*label) {
                *count += 1;
            }
        }
        let list = |bad: &dyn Fn(usize) -> bool| -> Vec<String> {
            let named = task.labels.names().zip(&counts);
            named.filter(|(_, c)| bad(**c)).map(|(n, c)| format!("{n} ({c})")).collect()
        };
        let few = list(&|c| c < min_positives);
        if !few.is_empty() {
            let few = told(&few);
            return fault(format!(
                "fewer than {min_positives} rows with: {few}; label more rows, or remove these labels"
            ));
        }
        let always = list(&|c| task.kind == TaskKind::Multi && rows.len() - c < min_positives);
        if !always.is_empty() {
            let always = told(&always);
            return fault(format!(
                "fewer than {min_positives} rows without: {always}; label rows where it does not hold"
            ));
        }
    }
    Ok(())
}
