//! Which rows may be learnt from, and which are held back?
//!
//! A [`Dataset`] is labelled statements with everything that splits need (speaker, article, outlet, date).

pub mod csv;
pub mod duplicates;
pub mod random;
pub mod scored;
pub mod split;
mod stratify;
mod time;

use crate::error::{Error, Result};
use crate::label::{Label, LabelSet, Task};
use crate::statement::Statement;

/// Labelled statements and the tasks they are labelled for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dataset {
    /// The tasks, in the order of [`Example::labels`].
    pub tasks: Vec<Task>,
    /// The rows in file order.
    pub examples: Vec<Example>,
}

/// One statement with its labels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Example {
    /// Unique name: the `id` column, else the row number counted from 1.
    pub id: String,
    /// Line in its file on which the row begins, from 1.
    pub line: u64,
    /// What is classified.
    pub statement: Statement,
    /// For each task the label numbers that hold, ascending; `None` where it is not labelled (never a negative).
    pub labels: Vec<Option<Vec<usize>>>,
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
        for mut example in other.examples {
            for (labels, numbers) in example.labels.iter_mut().zip(&numbers) {
                if let Some(labels) = labels {
                    labels.iter_mut().for_each(|k| *k = numbers[*k]);
                    labels.sort_unstable();
                }
            }
            self.examples.push(example);
        }
        Ok(self)
    }
}
