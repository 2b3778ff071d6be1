//! Labelled statements as tables: strict reading (commas; tabs or semicolons where the header has some and no comma), writing for
//! labelling (commas).
//!
//! Whatever is wrong is an error with file, line, column and what to do; up to 20 are reported at once, so that a file
//! can be mended in one go. With [`CsvOptions::lenient`] bad rows are passed over and become warnings.
//!
//! ```
//! use demarche::dataset::csv::{CsvOptions, read_dataset};
//!
//! let file = "text,stance,speaker\nWe hope so,positive-expectation,Roe\nNo,none,Doe\n";
//! let (dataset, warnings) = read_dataset("train.csv", file.as_bytes(), &CsvOptions::default()).unwrap();
//! assert_eq!(dataset.examples[1].labels[0], Some(vec![]));
//! assert_eq!(dataset.tasks[0].labels.names().collect::<Vec<_>>(), ["positive-expectation"]);
//! ```

mod codings;
mod duplicates;
mod guard;
mod guess;
mod labels;
mod lexicon;
mod places;
mod problems;
mod statements;
mod write;

use std::io::Read;
use std::path::Path;

use crate::dataset::csv::labels::Column;
use crate::dataset::csv::problems::Problems;
use crate::dataset::csv::statements::Fields;
use crate::dataset::{Dataset, Example};
use crate::document::records::Record;
use crate::document::source::Source;
use crate::document::table::Header;
use crate::error::{Error, Result};
use crate::label::{Codebook, TaskKind, given, is_scored};

pub use codings::{CodedFiles, CodedUnit, CodingOptions, read_codings};
pub use duplicates::check_files;
pub use guard::guarded;
pub use guess::{Head, read_head};
pub use labels::check_for_training;
pub use lexicon::read_lexicon;
pub use statements::{StatementRow, StatementRows, read_keys, read_statements};
pub use write::{QuotationRow, write_for_labelling, write_labelling_rows};

/// A label column and its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskSpec {
    /// The name of the column and of the task.
    pub column: String,
    /// How many labels may hold at once; `None`: `Multi` if the codebook says so or a cell holds a bar or `none`.
    pub kind: Option<TaskKind>,
}

/// Which column holds what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnNames {
    /// The content; the one column that must be there. Where `speaker` or `target` has a column of its name and `_start`
    /// and one with `_end` beside it, these say where in the text it stands, in Unicode scalar values, half-open.
    pub text: String,
    /// Unique names of rows.
    pub id: String,
    /// Who said it.
    pub speaker: String,
    /// Whose position it is.
    pub holder: String,
    /// Role of the speaker.
    pub role: String,
    /// Organization of the speaker.
    pub organization: String,
    /// Country of the speaker.
    pub country: String,
    /// Reporting words.
    pub cue: String,
    /// `direct`, `indirect` or `mixed`.
    pub kind: String,
    /// At what the position is directed.
    pub target: String,
    /// The article it stands in.
    pub article: String,
    /// Who published it.
    pub outlet: String,
    /// When.
    pub date: String,
}

impl ColumnNames {
    /// All names.
    fn names(&self) -> [&str; 13] {
        [
            &self.id,
            &self.text,
            &self.speaker,
            &self.holder,
            &self.role,
            &self.organization,
            &self.country,
            &self.cue,
            &self.kind,
            &self.target,
            &self.article,
            &self.outlet,
            &self.date,
        ]
    }
}

impl Default for ColumnNames {
    /// The names of the codebook.
    fn default() -> Self {
        let name = |n: &str| n.to_owned();
        Self {
            text: name("text"),
            id: name("id"),
            speaker: name("speaker"),
            holder: name("holder"),
            role: name("role"),
            organization: name("organization"),
            country: name("country"),
            cue: name("cue"),
            kind: name("kind"),
            target: name("target"),
            article: name("article"),
            outlet: name("outlet"),
            date: name("date"),
        }
    }
}

/// How labelled files are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CsvOptions {
    /// Which column holds what. A name other than the codebook's must be in the header.
    pub columns: ColumnNames,
    /// Label columns; none: `stance` and `sentiment` where present, else `label`.
    pub tasks: Vec<TaskSpec>,
    /// Label columns to use where the file has them and `tasks` is empty, before the codebook's: those of a model.
    pub usual_tasks: Vec<TaskSpec>,
    /// Columns whose name comes from a model: the file can do without them.
    pub optional: Vec<String>,
    /// Columns that a model takes as features.
    pub fields: Vec<FieldSpec>,
    /// The column of what each row counts when weights are fitted: numbers above 0, an empty cell 1.
    pub weight: Option<String>,
    /// Columns that must be there because a split groups by them.
    pub group_columns: Vec<String>,
    /// The labels that may occur; `None`: the shipped codebook for a task of its name if more than half of the
    /// column's labels are in it, else the labels of the file.
    pub codebook: Option<Codebook>,
    /// Whether bad rows are passed over with a warning.
    pub lenient: bool,
}

/// A column that a model takes as a feature.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSpec {
    /// The name of the column.
    pub column: String,
    /// Whether each of its cells must be a number or empty.
    pub is_number: bool,
    /// Whether the file can do without it.
    pub is_optional: bool,
}

impl CsvOptions {
    /// The keys that are read from JSON Lines.
    fn keys(&self) -> Vec<String> {
        let names = &self.columns;
        let places = [&names.speaker, &names.target].map(|n| [format!("{n}_start"), format!("{n}_end")]);
        let mut keys: Vec<String> = names.names().into_iter().map(str::to_owned).chain(places.concat()).collect();
        keys.extend(self.fields.iter().map(|f| f.column.clone()).filter(|c| !names.names().contains(&c.as_str())));
        keys
    }
}

/// Labelled statements of `reader`, and what was odd in words. `name`: the path, for messages.
///
/// Needs a header row and the text column. Rows keep their order; a row without a label in any task is kept. A task has
/// the labels that occur, in the order of the codebook where one is used, else sorted. Text and further columns stay as
/// they are; all other cells are trimmed, and empty ones are `None`. O(bytes x labels) time, the whole file in memory.
///
/// # Errors
/// [`crate::error::ErrorKind::Data`] or [`crate::error::ErrorKind::UnknownLabel`], one line of text for each of the
/// first 20 problems, with the position of the first: malformed records, header and rows; empty text; labels that are
/// unknown, repeated, joined in a `Single` task or alike but for case, blanks or one letter; ids that come twice;
/// duplicates with conflicting labels; offsets of which many cut words or miss the name that they should hold. [`crate::error::ErrorKind::Usage`] if a task is named twice,
/// [`crate::error::ErrorKind::Io`] if reading fails.
pub fn read_dataset(name: &str, reader: impl Read + Send, options: &CsvOptions) -> Result<(Dataset, Vec<String>)> {
    let mut table = guard::table(name, Source::new(name, reader)?)?;
    let mut problems = Problems::new(name, options.lenient);
    let tasks = task_columns(table.header(), options);
    let labels: Vec<usize> = tasks.iter().flatten().map(|(at, _)| *at).collect();
    let fields = Fields::new(table.header(), options, &labels)?;
    let tasks = tasks?;
    fields.check_labels(table.header(), &labels)?;
    let mut columns: Vec<Column> = tasks.into_iter().map(|(at, spec)| Column::new(at, spec)).collect();
    let mut examples: Vec<Example> = Vec::new();
    let mut n_rows = 0;
    loop {
        match table.next_row() {
            Ok(Some(row)) => {
                n_rows += 1;
                match example(&fields, &columns, &table.header().names, &row, n_rows) {
                    Ok(example) => {
                        columns.iter_mut().for_each(|c| c.cells.push(row.cells[c.at].trim().to_owned()));
                        examples.push(example);
                    }
                    Err(error) => problems.row(error.in_file(Path::new(name)), row.line),
                }
            }
            Ok(None) => break,
            Err(error) if error.position().line.is_none() => return Err(error),
            Err(error) => {
                n_rows += 1;
                let line = error.position().line.unwrap_or_default();
                problems.row(error, line);
            }
        }
    }
    if n_rows == 0 {
        return Err(Error::data("no row below the header; nothing to read").in_file(Path::new(name)));
    }
    let lines: Vec<u64> = examples.iter().map(|e| e.line).collect();
    let mut tasks = Vec::new();
    for column in &columns {
        let (task, labels) = column.task(&lines, options.codebook.as_ref(), &mut problems)?;
        tasks.push(task);
        examples.iter_mut().zip(labels).for_each(|(example, labels)| example.labels.push(labels));
    }
    for (task, column) in tasks.iter().zip(&columns) {
        let header = &table.header().names;
        if header[column.at] == task.name && is_scored(header, &task.name) {
            problems.warn(format!(
                "column \"{0}\": the labels stand beside probabilities (\"{0}.p. ...\"), so a model gave them; unless people checked \
                 them, figures on them flatter",
                task.name
            ));
        }
    }
    warn_of_missing(&examples, &options.columns, &mut problems);
    for column in &fields.absent {
        problems.warn(format!("no column \"{column}\", which the model has learnt from; scored without it"));
    }
    places::check(&examples, &options.columns.speaker, &options.columns.target, &mut problems);
    duplicates::check(&examples, &tasks, &mut problems);
    examples.retain(|e| !problems.is_bad(e.line));
    let warnings = problems.finish()?;
    Ok((Dataset { tasks, examples, ..Dataset::default() }, warnings))
}

/// Warns of speakers and articles that are what programs write for a missing value: all such rows would be of one.
fn warn_of_missing(examples: &[Example], columns: &ColumnNames, problems: &mut Problems) {
    type Cell = fn(&Example) -> Option<&str>;
    let cells: [(&str, Cell); 2] =
        [(&columns.speaker, |e| e.statement.speaker.as_deref()), (&columns.article, |e| e.article.as_deref())];
    for (column, cell) in cells {
        let missing = examples.iter().filter(|e| cell(e).is_some_and(labels::is_missing));
        let lines: Vec<u64> = missing.map(|e| e.line).collect();
        if !lines.is_empty() {
            problems.warn(format!(
                "column \"{column}\": a missing value is written out (NA, NULL ...) in {}; these rows count as one, leave the cells empty",
                problems::listed(lines.into_iter())
            ));
        }
    }
}

fn example(fields: &Fields, tasks: &[Column], header: &[String], row: &Record, number: u64) -> Result<Example> {
    let statement = fields.statement(row)?;
    let cell = |at: Option<usize>| statements::cell(row, at);
    let is_extra = |at: usize| !fields.is_known(at) && tasks.iter().all(|t| t.at != at);
    let extra = header.iter().zip(&row.cells).enumerate().filter(|(at, _)| is_extra(*at));
    let extra = extra.map(|(_, (name, cell))| (name.clone(), cell.clone()));
    Ok(Example {
        id: cell(fields.id).unwrap_or_else(|| number.to_string()),
        line: row.line,
        statement,
        labels: Vec::new(),
        weight: fields.weight(row)?,
        article: cell(fields.article),
        outlet: cell(fields.outlet),
        date: cell(fields.date),
        extra: extra.collect(),
    })
}

/// The label columns: those asked for, else those of the codebook, else `label`; where a model wrote over them, what the file had
/// before.
fn task_columns(header: &Header, options: &CsvOptions) -> Result<Vec<(usize, TaskSpec)>> {
    if let Some(twice) =
        options.tasks.iter().enumerate().find(|(i, t)| options.tasks[..*i].iter().any(|o| o.column == t.column))
    {
        return Err(Error::usage(format!("task \"{}\" comes twice; name each label column once", twice.1.column)));
    }
    let at = |name: &str| header.column(&given(name)).or_else(|| header.column(name));
    if !options.tasks.is_empty() {
        let require = |name: &str| at(name).map_or_else(|| header.require(name), Ok);
        return options.tasks.iter().map(|t| Ok((require(&t.column)?, t.clone()))).collect();
    }
    let of_model: Vec<(usize, TaskSpec)> =
        options.usual_tasks.iter().filter_map(|t| Some((at(&t.column)?, t.clone()))).collect();
    if !of_model.is_empty() {
        return Ok(of_model);
    }
    let found = |names: &[&str], kind: Option<TaskKind>| -> Vec<(usize, TaskSpec)> {
        let spec = |n: &&str| Some((at(n)?, TaskSpec { column: (*n).to_owned(), kind }));
        names.iter().filter_map(spec).collect()
    };
    let mut tasks = found(&["stance"], Some(TaskKind::Multi));
    tasks.extend(found(&["sentiment"], Some(TaskKind::Single)));
    if tasks.is_empty() {
        tasks = found(&["label"], Some(TaskKind::Single));
    }
    if tasks.is_empty() {
        return Err(header.fault(format!(
            "no column \"stance\", \"sentiment\" or \"label\"; name the label column with --task; the file has: {}",
            header.names.join(", ")
        )));
    }
    Ok(tasks)
}

#[cfg(test)]
mod tests;
