//! Which rows may be learnt from, and which are held back?
//!
//! A [`Dataset`] is labelled statements with everything that splits need (speaker, article, outlet, date).

pub mod csv;
pub mod duplicates;
pub mod random;
pub mod split;
mod stratify;
mod time;

use crate::label::Task;
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
