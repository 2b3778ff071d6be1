//! Quotations and scored rows as CSV: the same fields as JSON, flattened with dots.

use std::io::Write;

use serde_json::Value;

use crate::dataset::csv::guarded;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Model, Scores};
use crate::report::json::Record;

/// Writes records as rows, the header first.
pub struct RecordWriter<W: Write> {
    writer: csv::Writer<W>,
    outputs: Vec<(String, Vec<String>)>,
    raw: bool,
}

const FIELDS: [&str; 26] = [
    "schema",
    "article.id",
    "article.path",
    "article.title",
    "article.outlet",
    "article.date",
    "article.lang",
    "quotation.id",
    "quotation.kind",
    "quotation.content",
    "quotation.text",
    "quotation.paragraph",
    "cue.text",
    "cue.start",
    "cue.end",
    "source.text",
    "source.start",
    "source.end",
    "speaker.name",
    "speaker.description",
    "speaker.role",
    "speaker.organization",
    "speaker.country",
    "holder.name",
    "holder.same_as_speaker",
    "target",
];

impl<W: Write> RecordWriter<W> {
    /// Writes the header. `model`: whose labels get columns. `raw`: no guard against formulas.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if writing fails.
    pub fn new(writer: W, model: Option<&Model>, raw: bool) -> Result<Self> {
        let mut writer = csv::Writer::from_writer(writer);
        let outputs: Vec<(String, Vec<String>)> = model
            .map(|m| m.tasks().map(|t| (t.name.clone(), t.labels.names().map(str::to_owned).collect())).collect())
            .unwrap_or_default();
        let mut header: Vec<String> = FIELDS.map(str::to_owned).to_vec();
        header.push("confidence".to_owned());
        for (task, labels) in &outputs {
            header.push(format!("tasks.{task}.labels"));
            header.extend(labels.iter().map(|l| format!("tasks.{task}.probabilities.{l}")));
            header.push(format!("tasks.{task}.abstained"));
        }
        if !outputs.is_empty() {
            header.extend(["model.id", "model.name", "model.version"].map(str::to_owned));
        }
        header.push("warnings".to_owned());
        writer.write_record(&header).map_err(fault)?;
        Ok(Self { writer, outputs, raw })
    }

    /// Writes one record.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if writing fails.
    pub fn write(&mut self, record: &Record) -> Result<()> {
        let value = serde_json::to_value(record)
            .map_err(|e| Error::new(ErrorKind::Io, "record can not be written").caused_by(e))?;
        let at = |path: &str| path.split('.').try_fold(&value, |v, key| v.get(key));
        let mut cells: Vec<String> = FIELDS
            .iter()
            .map(|field| {
                if *field == "quotation.content" {
                    record.quotation.content.iter().map(|[s, e]| format!("{s}-{e}")).collect::<Vec<_>>().join(";")
                } else {
                    at(field).map(cell).unwrap_or_default()
                }
            })
            .collect();
        cells.push(record.confidence.to_string());
        for (task, labels) in &self.outputs {
            // Labels hold no dots that could split a path: they are looked up as keys.
            let scores = value.get("tasks").and_then(|t| t.get(task));
            let list = |key: &str| scores.and_then(|s| s.get(key)).map(cell).unwrap_or_default();
            cells.push(list("labels"));
            let probabilities = scores.and_then(|s| s.get("probabilities"));
            cells.extend(labels.iter().map(|l| probabilities.and_then(|p| p.get(l)).map(cell).unwrap_or_default()));
            cells.push(list("abstained"));
        }
        if !self.outputs.is_empty() {
            cells.extend(["model.id", "model.name", "model.version"].map(|f| at(f).map(cell).unwrap_or_default()));
        }
        cells.push(record.warnings.join("; "));
        let raw = self.raw;
        self.writer.write_record(cells.iter().map(|c| guard(c, raw))).map_err(fault)
    }

    /// Writes what is buffered.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if writing fails.
    pub fn finish(mut self) -> Result<()> {
        self.writer.flush().map_err(|e| fault(e.into()))
    }
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
        writer.write_record(header).map_err(fault)?;
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
            out.extend(scores.probabilities.iter().map(f64::to_string));
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
