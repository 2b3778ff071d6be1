//! Is a model as good on parts of the rows: on new speakers, on indirect speech, in each country?

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::Result;
use crate::evaluation::bootstrap::{Bootstrap, interval, numbered};
use crate::evaluation::counts::{Counts, GroupCounts};
use crate::evaluation::metrics::{Estimate, as_map};
use crate::evaluation::predictions::Predictions;

/// Values of a column that get a slice of their own; the rest are taken together.
const MAX_SLICES: usize = 30;
/// Rows that a value needs for a slice of its own.
const MIN_ROWS: usize = 10;
/// Name of the slice of the rarer values.
const OTHER: &str = "(other)";
/// Name of the slice of rows without a value.
const MISSING: &str = "(none)";
/// Fewer rows or groups than these say little, and the slice says so.
const FEW_ROWS: usize = 50;
const FEW_GROUPS: usize = 10;

/// Figures of one task on the rows that share a value in a column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Slice {
    /// Name of the task.
    pub task: String,
    /// The column, as it was asked for.
    pub column: String,
    /// The shared value; `(other)` for the rarer ones together, `(none)` for rows without one.
    pub value: String,
    /// Labelled rows.
    pub n_rows: usize,
    /// Groups that those rows form.
    pub n_groups: usize,
    /// Macro F1 over the labels that hold in the slice.
    pub macro_f1: Estimate,
    /// Micro F1.
    pub micro_f1: Estimate,
    /// Share of rows that are exactly right.
    pub accuracy: Estimate,
    /// By label: how much more often it is predicted than it holds.
    #[serde(serialize_with = "as_map")]
    pub labels: Vec<(String, LabelShare)>,
    /// What a reader must know: few rows, labels that are given too often or too seldom.
    pub warnings: Vec<String>,
}

/// How often a label holds, and how often it is predicted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LabelShare {
    /// Share of rows where it holds.
    pub labelled: f64,
    /// Predicted share less labelled share, with its interval.
    pub excess: Estimate,
}

/// The slices of one task by a column, largest first. `values` has the value of each row of `predictions`.
///
/// At most 30 values have a slice of their own, each with at least 10 rows. Intervals resample groups. A label is warned of where it is predicted
/// more often or more seldom than it holds by over three standard errors. Time O(draws x rows x labels) in all.
///
/// # Errors
/// As [`Predictions::check`].
pub fn slices(
    predictions: &Predictions,
    column: &str,
    values: &[Option<String>],
    bootstrap: &Bootstrap,
) -> Result<Vec<Slice>> {
    predictions.check()?;
    let mut rows_of: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for row in predictions.labelled() {
        let value = values.get(row.number).and_then(Option::as_deref).unwrap_or(MISSING);
        rows_of.entry(value).or_default().push(row.number);
    }
    let mut parts: Vec<(&str, Vec<usize>)> = rows_of.into_iter().collect();
    // Stable: equally large ones stay in the order of their values.
    parts.sort_by_key(|(_, rows)| std::cmp::Reverse(rows.len()));
    let n_own = parts.iter().take(MAX_SLICES).take_while(|(_, rows)| rows.len() >= MIN_ROWS).count();
    // A single rare value is shown as it is.
    if parts.len() > n_own + 1 {
        let mut rest: Vec<usize> = parts.split_off(n_own).into_iter().flat_map(|(_, rows)| rows).collect();
        rest.sort_unstable();
        parts.push((OTHER, rest));
    }
    Ok(parts.into_iter().map(|(value, rows)| slice(predictions, column, value, &rows, bootstrap)).collect())
}

fn slice(predictions: &Predictions, column: &str, value: &str, rows: &[usize], bootstrap: &Bootstrap) -> Slice {
    let part = predictions.select(rows);
    let groups: Vec<usize> = part.labelled().map(|row| row.group).collect();
    let (group_of, n_groups) = numbered(&groups);
    let table = GroupCounts::of(&part, &group_of, n_groups);
    let (mut sizes, mut right) = (vec![0u64; n_groups], vec![0u64; n_groups]);
    for (row, &group) in part.labelled().zip(&group_of) {
        sizes[group] += 1;
        right[group] += u64::from(row.gold == row.predicted);
    }
    // Macro F1, micro F1, accuracy, then the excess of each label.
    let figures = |times: &[u32]| -> Vec<f64> {
        let counts = table.sum(times);
        let sum = |of: &[u64]| -> f64 { of.iter().zip(times).map(|(n, t)| (n * u64::from(*t)) as f64).sum() };
        let n_rows = sum(&sizes).max(1.0);
        let mut figures = vec![Counts::macro_f1(&counts), Counts::micro_f1(&counts), sum(&right) / n_rows];
        figures.extend(counts.iter().map(|c| (c.false_positives - c.false_negatives) as f64 / n_rows));
        figures
    };
    let whole = figures(&vec![1; n_groups]);
    let draws = bootstrap.draws(n_groups, figures);
    let estimate = |i: usize| interval(whole[i], draws.iter().map(|draw| draw[i]).collect());
    let counts = table.sum(&vec![1; n_groups]);
    let labels: Vec<(String, LabelShare)> = part
        .task
        .labels
        .names()
        .enumerate()
        .map(|(k, name)| {
            let labelled = counts[k].support() as f64 / rows.len().max(1) as f64;
            (name.to_owned(), LabelShare { labelled, excess: estimate(3 + k) })
        })
        .collect();
    let mut warnings = Vec::new();
    if rows.len() < FEW_ROWS || n_groups < FEW_GROUPS {
        warnings.push(format!("only {} rows in {n_groups} groups", rows.len()));
    }
    for (k, (name, share)) in labels.iter().enumerate() {
        let error = standard_error(draws.iter().map(|draw| draw[3 + k]));
        if error
            .is_some_and(|e| share.excess.value.abs() > 3.0 * e && share.excess.value.abs() * rows.len() as f64 >= 3.0)
        {
            warnings.push(format!(
                "{name} is predicted in {:.1} % of rows and holds in {:.1} %",
                100.0 * (share.labelled + share.excess.value),
                100.0 * share.labelled
            ));
        }
    }
    Slice {
        task: part.task.name.clone(),
        column: column.to_owned(),
        value: value.to_owned(),
        n_rows: rows.len(),
        n_groups,
        macro_f1: estimate(0),
        micro_f1: estimate(1),
        accuracy: estimate(2),
        labels,
        warnings,
    }
}

/// Standard deviation of bootstrap draws; `None` for fewer than two.
pub(super) fn standard_error(draws: impl Iterator<Item = f64> + Clone) -> Option<f64> {
    let n = draws.clone().count() as f64;
    let mean = draws.clone().sum::<f64>() / n;
    (n > 1.0).then(|| (draws.map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::metrics::Figures;
    use crate::evaluation::predictions::tests::example;
    use crate::label::TaskKind;

    fn by_parity(n: usize) -> Vec<Option<String>> {
        (0..n).map(|i| (i % 5 != 0).then(|| if i % 2 == 0 { "even" } else { "odd" }.to_owned())).collect()
    }

    #[test]
    fn slices_part_the_rows_and_have_their_own_figures() {
        for kind in [TaskKind::Multi, TaskKind::Single] {
            let predictions = example(kind, 400, 60, 4);
            let found = slices(&predictions, "parity", &by_parity(400), &Bootstrap::default()).unwrap();
            assert_eq!(found.len(), 3);
            assert_eq!(found.iter().map(|s| s.n_rows).sum::<usize>(), predictions.labelled().count());
            for slice in &found {
                let mut alone = predictions.clone();
                for (row, value) in by_parity(400).iter().enumerate() {
                    if value.as_deref().unwrap_or("(none)") != slice.value {
                        alone.gold[row] = None;
                    }
                }
                let figures = Figures::of(&alone).unwrap().with_intervals(&alone, &Bootstrap::default()).unwrap();
                assert_eq!(figures.macro_f1, slice.macro_f1);
                assert_eq!((figures.accuracy, figures.n_groups), (slice.accuracy.value, slice.n_groups));
            }
        }
    }

    #[test]
    fn a_label_given_too_often_in_one_part_is_told() {
        let mut predictions = example(TaskKind::Multi, 600, 100, 2);
        for row in (0..600).step_by(2) {
            predictions.predicted[row] = vec![0, 1, 2, 3];
        }
        let values: Vec<Option<String>> = (0..600).map(|i| Some((i % 2).to_string())).collect();
        let found = slices(&predictions, "half", &values, &Bootstrap::default()).unwrap();
        let of = |value: &str| found.iter().find(|s| s.value == value).unwrap();
        assert_eq!(of("0").warnings.len(), 4, "{:?}", of("0").warnings);
        assert!(of("0").labels[0].1.excess.low.unwrap() > 0.5);
    }

    #[test]
    fn rare_values_go_together_and_small_slices_say_so() {
        let predictions = example(TaskKind::Single, 700, 40, 6);
        let values: Vec<Option<String>> = (0..700).map(|i| Some(format!("v{}", i % 40))).collect();
        let found = slices(&predictions, "many", &values, &Bootstrap { n_draws: 20, seed: 0 }).unwrap();
        assert_eq!((found.len(), found[30].value.as_str()), (31, "(other)"));
        assert!(found[0].warnings[0].starts_with("only "), "{:?}", found[0].warnings);
        let rare: Vec<Option<String>> = (0..700).map(|i| Some(format!("v{}", i / 5))).collect();
        let found = slices(&predictions, "rare", &rare, &Bootstrap { n_draws: 20, seed: 0 }).unwrap();
        assert_eq!((found.len(), found[0].value.as_str()), (1, "(other)"));
    }
}
