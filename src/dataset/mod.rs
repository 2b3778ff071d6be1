//! Which rows may be learnt from, and which are held back?
//!
//! A [`Dataset`] is labelled statements with everything that splits need (speaker, article, outlet, date).

pub mod csv;
pub mod duplicates;
pub mod learnt;
pub mod random;
pub mod scored;
pub mod split;
mod stratify;
mod time;

use crate::error::{Error, Result};
use crate::label::{Label, LabelSet, Task};
use crate::statement::Statement;

/// Labelled statements and the tasks they are labelled for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dataset {
    /// The tasks, in the order of [`Example::labels`].
    pub tasks: Vec<Task>,
    /// The rows in file order.
    pub examples: Vec<Example>,
    /// Rows whose labels a machine gave (a "silver standard"): learnt from, but never tested, counted or decided by.
    pub silver: Vec<Silver>,
}

/// A row that is only learnt from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Silver {
    /// The row.
    pub example: Example,
    /// What it counts, beside 1 of the rows that are tested and times its own weight; above 0.
    pub weight: f64,
}

/// One statement with its labels.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Example {
    /// Unique name: the `id` column, else the row number counted from 1.
    pub id: String,
    /// Line in its file on which the row begins, from 1.
    pub line: u64,
    /// What is classified.
    pub statement: Statement,
    /// For each task the label numbers that hold, ascending; `None` where it is not labelled (never a negative).
    pub labels: Vec<Option<Vec<usize>>>,
    /// What it counts when weights are fitted, above 0; `None`: 1. Figures count each row once.
    pub weight: Option<f64>,
    /// The article it stands in.
    pub article: Option<String>,
    /// Who published it.
    pub outlet: Option<String>,
    /// Its date as written.
    pub date: Option<String>,
    /// All further columns as (name, cell), in file order, kept and ignored.
    pub extra: Vec<(String, String)>,
}

impl Dataset {
    /// This data set with the rows of another behind; labels are matched by name, new ones are added behind the known.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Data`] if the tasks differ in name or kind.
    pub fn joined(mut self, other: Dataset) -> Result<Dataset> {
        let examples = self.take_over(other)?;
        self.examples.extend(examples);
        Ok(self)
    }

    /// Each row counts `weight` (above 0) times what it counted when weights are fitted.
    pub fn weigh(&mut self, weight: f64) {
        if weight != 1.0 {
            self.examples.iter_mut().for_each(|e| e.weight = Some(e.weight.unwrap_or(1.0) * weight));
        }
    }

    /// This data set with the rows of another as [`Dataset::silver`], each counting `weight`.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Usage`] for a weight that is not above 0; else as [`Dataset::joined`]; and [`crate::error::ErrorKind::Data`] for a label that no other row has: nothing could tell whether it is
    /// learnt well.
    pub fn with_silver(mut self, other: Dataset, weight: f64) -> Result<Dataset> {
        if !(weight.is_finite() && weight > 0.0) {
            return Err(Error::usage(format!("the weight of silver rows must be above 0, not {weight}")));
        }
        let known: Vec<usize> = self.tasks.iter().map(|t| t.labels.len()).collect();
        let examples = self.take_over(other)?;
        for (task, n) in self.tasks.iter().zip(known) {
            if let Some(name) = task.labels.names().nth(n) {
                return Err(Error::data(format!(
                    "{}: the label \"{name}\" is not among those of the other files; silver rows bring no labels of their own",
                    task.name
                )));
            }
        }
        self.silver.extend(examples.into_iter().map(|example| Silver { example, weight }));
        Ok(self)
    }

    /// The rows of another data set with the label numbers of this one, which takes up its new labels.
    fn take_over(&mut self, other: Dataset) -> Result<Vec<Example>> {
        let same = self.tasks.len() == other.tasks.len()
            && self.tasks.iter().zip(&other.tasks).all(|(a, b)| a.name == b.name && a.kind == b.kind);
        if !same {
            let names = |tasks: &[Task]| tasks.iter().map(|t| t.name.as_str()).collect::<Vec<_>>().join(", ");
            return Err(Error::data(format!(
                "has the label columns {}, the files before have {}",
                names(&other.tasks),
                names(&self.tasks)
            )));
        }
        let mut numbers: Vec<Vec<usize>> = Vec::new();
        for (mine, theirs) in self.tasks.iter_mut().zip(&other.tasks) {
            let mut labels: Vec<Label> = mine.labels.iter().cloned().collect();
            let map = theirs.labels.iter().map(|label| {
                labels.iter().position(|l| l.name == label.name).unwrap_or_else(|| {
                    labels.push(label.clone());
                    labels.len() - 1
                })
            });
            numbers.push(map.collect());
            mine.labels = LabelSet::from_labels(labels)?;
        }
        let mut examples = other.examples;
        for example in &mut examples {
            for (labels, numbers) in example.labels.iter_mut().zip(&numbers) {
                if let Some(labels) = labels {
                    labels.iter_mut().for_each(|k| *k = numbers[*k]);
                    labels.sort_unstable();
                }
            }
        }
        Ok(examples)
    }
}

/// The first 40 characters of a cell.
pub(crate) fn shortened(cell: &str) -> String {
    let mut short: String = cell.chars().take(40).collect();
    if short.len() < cell.len() {
        short.push('…');
    }
    short
}
