//! Columns that the user names: words as categories, numbers standardised.

use serde::{Deserialize, Serialize};

use crate::features::family::{Family, Sink, string_key};
use crate::statement::Statement;

/// A column that becomes features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureColumn {
    /// Its name in the file.
    pub name: String,
    /// What its cells are; `None`: numbers if all of them are, found out in training.
    pub kind: Option<ColumnKind>,
    /// Mean of its numbers in training.
    pub mean: f64,
    /// Standard deviation of its numbers in training, above 0.
    pub deviation: f64,
}

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnKind {
    /// Each different cell is a feature of its own.
    Category,
    /// The cell is the value.
    Number,
}

/// Longest category in characters; the rest of a cell is cut off.
const MAX_CATEGORY: usize = 100;
/// Standardised numbers are cut off at this distance from the mean.
const MAX_DEVIATIONS: f64 = 5.0;

impl FeatureColumn {
    /// The column called `name`; what it holds is found out in training unless `kind` says it.
    pub fn new(name: impl Into<String>, kind: Option<ColumnKind>) -> Self {
        Self { name: name.into(), kind, mean: 0.0, deviation: 1.0 }
    }

    /// This column with its kind: as given, else numbers if all cells of `statements` are. Also the place of a cell that is no
    /// number among more that are: a slip, or the sign of a category.
    #[must_use]
    pub fn settled(mut self, statements: &[&Statement]) -> (Self, Option<usize>) {
        if self.kind.is_some() {
            return (self, None);
        }
        let (mut n_cells, mut n_numbers, mut odd) = (0, 0, None);
        for (i, cell) in statements.iter().enumerate().filter_map(|(i, s)| Some((i, cell(s, &self.name)?))) {
            n_cells += 1;
            match number(cell) {
                Some(_) => n_numbers += 1,
                None => odd = odd.or(Some(i)),
            }
        }
        let all = n_numbers == n_cells && n_cells > 0;
        self.kind = Some(if all { ColumnKind::Number } else { ColumnKind::Category });
        (self, odd.filter(|_| 2 * n_numbers > n_cells))
    }

    /// This column with kind, mean and standard deviation as in `statements`.
    #[must_use]
    pub(super) fn fitted(self, statements: &[&Statement]) -> Self {
        let (mut column, _) = self.settled(statements);
        let numbers: Vec<f64> = statements.iter().filter_map(|s| cell(s, &column.name).and_then(number)).collect();
        if column.kind == Some(ColumnKind::Number) && !numbers.is_empty() {
            let n = numbers.len() as f64;
            column.mean = numbers.iter().sum::<f64>() / n;
            let variance = numbers.iter().map(|x| (x - column.mean).powi(2)).sum::<f64>() / n;
            column.deviation = if variance > 0.0 && variance.is_finite() { variance.sqrt() } else { 1.0 };
            column.mean = if column.mean.is_finite() { column.mean } else { 0.0 };
        }
        column
    }
}

/// The cell of a column as a number, if it is a finite one.
pub fn number(cell: &str) -> Option<f64> {
    cell.trim().parse::<f64>().ok().filter(|x| x.is_finite())
}

fn cell<'s>(statement: &'s Statement, name: &str) -> Option<&'s str> {
    statement.fields.iter().find(|(column, _)| column == name).map(|(_, cell)| cell.as_str())
}

/// Sends the cells of `columns` to `sink`; an empty one gives no category, and of numbers a feature that says so.
pub(super) fn emit(statement: &Statement, columns: &[FeatureColumn], sink: &mut impl Sink) {
    for column in columns {
        let cell = cell(statement, &column.name);
        if column.kind == Some(ColumnKind::Number) {
            let (value, name) = match cell.and_then(number) {
                Some(x) => {
                    let z = ((x - column.mean) / column.deviation).clamp(-MAX_DEVIATIONS, MAX_DEVIATIONS);
                    (z as f32, one_line(&column.name))
                }
                None => (1.0, format!("{} is missing", one_line(&column.name))),
            };
            sink.weighed(Family::Number, string_key(Family::Number, &name), None, value, || name.clone());
        } else if let Some(cell) = cell {
            let category: String = one_line(cell).chars().take(MAX_CATEGORY).collect();
            let name = format!("{}={category}", one_line(&column.name));
            sink.feature(Family::Category, string_key(Family::Category, &name), None, || name.clone());
        }
    }
}

/// Without line breaks and runs of white space, which would end the name of a feature in the model file.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
