//! How does a classifier err? Its error rates on rows that it was not fitted on.

use serde_json::Value;

use crate::dataset::random::Random;
use crate::error::{Error, ErrorKind, Result};
use crate::label::{Task, TaskKind};

/// Rows that a model file may speak of at most: it comes from outside.
const MOST: f64 = 1e12;

/// How a classifier errs on one task, measured on rows that it was not fitted on, and its shares in training.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorRates {
    /// Multi: one table a label, rows by "does not hold, holds", columns by "not predicted, predicted". Single: one table,
    /// rows by the label that holds, columns by the label predicted and, last, none predicted.
    pub(super) tables: Vec<Vec<Vec<f64>>>,
    /// Share of rows with each label in training.
    pub(super) priors: Vec<f64>,
}

impl ErrorRates {
    /// The rates in the figures that a model holds: those of the headline split, out of fold. `task`, `n_positives` and
    /// `n_rows` as in [`crate::model::TaskModel`].
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Model`] if the model holds no figures for the task.
    pub fn of_model(evaluation: &Value, task: &Task, n_positives: &[usize], n_rows: usize) -> Result<Self> {
        let none = || {
            Error::new(
                ErrorKind::Model,
                format!(
                    "the model holds no figures of held-out rows for \"{}\", as none trained with --folds 0 does; train anew with folds, \
                     or give rows with --labelled",
                    task.name
                ),
            )
        };
        let figures = evaluation.get("tasks").and_then(|t| t.get(&task.name)).ok_or_else(none)?;
        let n = task.labels.len();
        let tables = match task.kind {
            TaskKind::Multi => {
                let all = figures["n_rows"].as_f64().filter(|v| (0.0..=MOST).contains(v)).ok_or_else(none)?;
                task.labels
                    .names()
                    .map(|name| {
                        let label = figures["labels"].get(name).ok_or_else(none)?;
                        let figure = |key: &str| label[key].as_f64().filter(|v| (0.0..=MOST).contains(v));
                        let (support, recall) =
                            (figure("support").ok_or_else(none)?, figure("recall").ok_or_else(none)?);
                        let hits = (recall * support).round();
                        // Models of older versions do not say how often a label was predicted.
                        let of_precision = figure("precision").filter(|p| *p > 0.0).map(|p| (hits / p).round());
                        let given = figure("n_predicted").or(of_precision).unwrap_or(0.0);
                        let false_alarms = (given - hits).max(0.0);
                        Ok(vec![
                            vec![(all - support - false_alarms).max(0.0), false_alarms],
                            vec![(support - hits).max(0.0), hits],
                        ])
                    })
                    .collect::<Result<_>>()?
            }
            TaskKind::Single => {
                let rows = figures["confusion"].as_array().filter(|rows| rows.len() == n).ok_or_else(none)?;
                let table = rows.iter().enumerate().map(|(k, row)| {
                    let mut row: Vec<f64> = row.as_array()?.iter().map(Value::as_f64).collect::<Option<_>>()?;
                    let support = figures["labels"].get(task.labels.name(k))?["support"].as_f64()?;
                    row.push((support - row.iter().sum::<f64>()).max(0.0));
                    (row.len() == n + 1 && row.iter().all(|c| (0.0..=MOST).contains(c))).then_some(row)
                });
                vec![table.collect::<Option<Vec<_>>>().ok_or_else(none)?]
            }
        };
        let priors = n_positives.iter().map(|&k| k as f64 / n_rows.max(1) as f64).collect();
        Ok(Self { tables, priors })
    }

    /// The same, measured on labelled rows: `gold` and `predicted` have one entry a row.
    pub fn measured(task: &Task, gold: &[Vec<usize>], predicted: &[Vec<usize>], priors: Vec<f64>) -> Self {
        let n = task.labels.len();
        let rows = || gold.iter().zip(predicted);
        let tables = match task.kind {
            TaskKind::Multi => (0..n)
                .map(|k| {
                    let mut table = vec![vec![0.0; 2]; 2];
                    rows().for_each(|(g, p)| table[usize::from(g.contains(&k))][usize::from(p.contains(&k))] += 1.0);
                    table
                })
                .collect(),
            TaskKind::Single => {
                let mut table = vec![vec![0.0; n + 1]; n];
                rows().for_each(|(g, p)| {
                    if let Some(row) = g.first().and_then(|&k| table.get_mut(k)) {
                        row[p.first().map_or(n, |&k| k.min(n))] += 1.0;
                    }
                });
                vec![table]
            }
        };
        Self { tables, priors }
    }

    /// Another draw of the same tables: each row of a table as if its counts were drawn anew (Dirichlet, half a count
    /// added to each cell).
    pub(super) fn redrawn(&self, random: &mut Random) -> Self {
        let row =
            |row: &Vec<f64>, random: &mut Random| -> Vec<f64> { row.iter().map(|c| random.gamma(c + 0.5)).collect() };
        let tables = self.tables.iter().map(|table| table.iter().map(|counts| row(counts, random)).collect()).collect();
        Self { tables, priors: self.priors.clone() }
    }
}
