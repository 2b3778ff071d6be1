//! Rows that were quotations already, with what a model says of them: their own columns in front.

use std::borrow::Cow;

use crate::dataset::csv::guarded;
use crate::error::{Error, ErrorKind, Result};
use crate::label::{NONE, TaskKind, given, is_scored};
use crate::model::{Model, Scores};
use crate::report::columns::{Cell, Field, Kind};
use crate::report::csv::{end_row, push_cell};

/// Rows of a table with the model's columns behind: `stance`, `stance.p.<label>` ..., and `stance.abstained` where the model was
/// trained to abstain or has a band. Labels that the input has in a column of the task's name stay as `stance.given`; of columns
/// that this program wrote before, the new ones take the place.
#[derive(Debug, Clone)]
pub struct StatementColumns {
    /// Numbers of the columns of the input that stay.
    kept: Vec<usize>,
    fields: Vec<Field>,
}

impl StatementColumns {
    /// For rows with these columns.
    pub fn new(input: &[String], model: &Model) -> Self {
        let mut own = Vec::new();
        for task_model in &model.header().tasks {
            let task = &task_model.task;
            let field = |name, kind, meaning| Field { name, kind, nullable: false, meaning };
            own.push(field(task.name.clone(), Kind::Texts, "labels that hold"));
            let name = |label| format!("{}.p.{label}", task.name);
            let probability = |label| field(name(label), Kind::Share, "probability of the label");
            own.extend(task.labels.names().map(probability));
            if task_model.abstains() {
                let name = format!("{}.abstained", task.name);
                own.push(field(name, Kind::Texts, "labels that are not sure enough to be said"));
            }
        }
        let is_given = |name: &str| {
            let is_task = model.header().tasks.iter().any(|t| t.task.name == name);
            is_task && !is_scored(input, name) && !input.contains(&given(name))
        };
        let is_own = |name: &str| own.iter().any(|f| f.name == name);
        let kept: Vec<usize> = (0..input.len()).filter(|&i| !is_own(&input[i]) || is_given(&input[i])).collect();
        let cell = |&i: &usize| {
            let (name, meaning) = match &input[i] {
                name if is_own(name) => (given(name), "labels of the input"),
                name => (name.clone(), "as in the input"),
            };
            Field { name, kind: Kind::Text, nullable: true, meaning }
        };
        let fields = kept.iter().map(cell).chain(own.iter().cloned()).collect();
        Self { kept, fields }
    }

    /// The columns in order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The header row as CSV. `raw`: no guard against formulas.
    pub fn header(&self, raw: bool) -> Vec<u8> {
        let mut out = Vec::new();
        self.fields.iter().for_each(|f| push(&f.name, raw, &mut out));
        end_row(&mut out);
        out
    }

    /// One row as values: of the input what is not empty.
    pub fn row(&self, cells: &[String], model: &Model, scores: &Scores) -> Vec<Cell> {
        let mut row = Vec::with_capacity(self.fields.len());
        let text = |&i: &usize| cells.get(i).filter(|c| !c.is_empty()).map_or(Cell::Null, |c| Cell::Text(c.clone()));
        row.extend(self.kept.iter().map(text));
        for (task_model, scores) in model.header().tasks.iter().zip(&scores.tasks) {
            let names = |labels: &[usize]| labels.iter().map(|&k| task_model.task.labels.name(k).to_owned()).collect();
            row.push(Cell::Texts(names(&scores.labels)));
            row.extend(scores.probabilities.iter().map(|&p| Cell::Share(p)));
            if task_model.abstains() {
                row.push(Cell::Texts(names(&scores.abstained)));
            }
        }
        row
    }

    /// Appends one row as CSV: the input's cells, then labels and probabilities. `raw`: no guard against formulas.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if a number can not be written.
    pub fn write(&self, cells: &[String], model: &Model, scores: &Scores, raw: bool, out: &mut Vec<u8>) -> Result<()> {
        self.kept.iter().for_each(|&i| push(cells.get(i).map_or("", String::as_str), raw, out));
        for (task_model, scores) in model.header().tasks.iter().zip(&scores.tasks) {
            let labels = &task_model.task.labels;
            let push_labels = |numbers: &[usize], nothing: &str, out: &mut Vec<u8>| match numbers {
                [] => push(nothing, raw, out),
                [only] => push(labels.name(*only), raw, out),
                all => push(&all.iter().map(|&k| labels.name(k)).collect::<Vec<_>>().join("|"), raw, out),
            };
            // Where labels are abstained from, it is not said that none holds.
            let multi = task_model.task.kind == TaskKind::Multi;
            push_labels(&scores.labels, if multi && scores.abstained.is_empty() { NONE } else { "" }, out);
            for p in &scores.probabilities {
                // As JSON writes it: the same digits in every format. Nothing in it needs quotes.
                if p.is_finite() {
                    serde_json::to_writer(&mut *out, p)
                        .map_err(|e| Error::new(ErrorKind::Io, format!("can not write the table: {e}")))?;
                }
                out.push(b',');
            }
            if task_model.abstains() {
                push_labels(&scores.abstained, "", out);
            }
        }
        end_row(out);
        Ok(())
    }
}

/// Appends a cell and a comma.
fn push(cell: &str, raw: bool, out: &mut Vec<u8>) {
    let cell = if raw { Cow::Borrowed(cell) } else { guarded(cell) };
    push_cell(cell.as_bytes(), out);
    out.push(b',');
}
