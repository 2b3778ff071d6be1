//! Quotations and scored rows as CSV: the same fields as JSON, flattened with dots.

use std::io::Write;

use serde_json::{Value, json};

use crate::dataset::csv::guarded;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Model, Scores};
use crate::report::columns::Columns;
use crate::report::json::Record;

/// The header row of these columns. `raw`: no guard against formulas.
///
/// # Errors
/// [`ErrorKind::Io`] if it can not be written.
pub fn header(columns: &Columns, raw: bool) -> Result<Vec<u8>> {
    // Names of labels come from outside as well.
    bytes([columns.fields().iter().map(|f| guard(&f.name, raw)).collect::<Vec<_>>()])
}

/// Records as rows.
///
/// # Errors
/// [`ErrorKind::Io`] if they can not be written.
pub fn rows<'r>(columns: &Columns, records: impl IntoIterator<Item = &'r Record>, raw: bool) -> Result<Vec<u8>> {
    bytes(records.into_iter().map(|record| {
        let row = columns.row(record);
        columns.fields().iter().zip(&row).map(|(f, c)| guard(&c.text(f), raw)).collect::<Vec<_>>()
    }))
}

fn bytes(rows: impl IntoIterator<Item = Vec<Vec<u8>>>) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    rows.into_iter().try_for_each(|row| writer.write_record(row)).map_err(fault)?;
    writer.into_inner().map_err(|e| Error::new(ErrorKind::Io, format!("can not write the table: {e}")))
}

/// Rows of a table with the model's columns behind: `stance`, `stance.p.<label>` ...; columns of the input that have
/// such a name are replaced.
pub struct StatementWriter<W: Write> {
    writer: csv::Writer<W>,
    kept: Vec<usize>,
    raw: bool,
}

impl<W: Write> StatementWriter<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if writing fails.
    pub fn new(writer: W, input: &[String], model: &Model, raw: bool) -> Result<Self> {
        let mut writer = csv::Writer::from_writer(writer);
        let mut own = Vec::new();
        for task in model.tasks() {
            own.push(task.name.clone());
            own.extend(task.labels.names().map(|l| format!("{}.p.{l}", task.name)));
        }
        let kept: Vec<usize> = (0..input.len()).filter(|&i| !own.contains(&input[i])).collect();
        let header = kept.iter().map(|&i| &input[i]).chain(&own);
        writer.write_record(header.map(|c| guard(c, raw))).map_err(fault)?;
        Ok(Self { writer, kept, raw })
    }

    /// Writes one row: the input's cells, then labels and probabilities.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if writing fails.
    pub fn write(&mut self, cells: &[String], model: &Model, scores: &Scores) -> Result<()> {
        let mut out: Vec<String> = self.kept.iter().map(|&i| cells.get(i).cloned().unwrap_or_default()).collect();
        for (task, scores) in model.tasks().zip(&scores.tasks) {
            let names: Vec<&str> = scores.labels.iter().map(|&k| task.labels.name(k)).collect();
            let is_empty = names.is_empty() && task.kind == crate::label::TaskKind::Multi;
            out.push(if is_empty { crate::label::NONE.to_owned() } else { names.join("|") });
            out.extend(scores.probabilities.iter().map(|p| cell(&json!(p))));
        }
        let raw = self.raw;
        self.writer.write_record(out.iter().map(|c| guard(c, raw))).map_err(fault)
    }
}

impl StatementWriter<Vec<u8>> {
    /// What was written since the last call.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if the buffer can not be flushed.
    pub fn take_bytes(&mut self) -> Result<Vec<u8>> {
        self.writer.flush().map_err(|e| fault(e.into()))?;
        let fresh = csv::Writer::from_writer(Vec::new());
        let full = std::mem::replace(&mut self.writer, fresh);
        full.into_inner().map_err(|e| Error::new(ErrorKind::Io, format!("can not write the table: {e}")))
    }
}

/// A value as a cell: nothing for null, lists joined by a bar.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(s) => s.clone(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join("|"),
        other => other.to_string(),
    }
}

fn guard(cell: &str, raw: bool) -> Vec<u8> {
    if raw { cell.as_bytes().to_vec() } else { guarded(cell).as_bytes().to_vec() }
}

fn fault(error: csv::Error) -> Error {
    let is_pipe = matches!(error.kind(), csv::ErrorKind::Io(e) if e.kind() == std::io::ErrorKind::BrokenPipe);
    let message = if is_pipe { "closed pipe".to_owned() } else { format!("can not write the table: {error}") };
    Error::new(ErrorKind::Io, message).caused_by(error)
}
