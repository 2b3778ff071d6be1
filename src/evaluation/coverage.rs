//! How right is a model where it is most sure? Precision at shares of what it says, and what abstaining brings.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::evaluation::predictions::Predictions;
use crate::label::TaskKind;

/// Shares of what a model says at which its precision is given.
pub const SHARES: [f64; 4] = [0.25, 0.5, 0.8, 1.0];

/// Precision of the most probable part of what a model says.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CoveragePoint {
    /// The part, in 0..=1. Multi: of all labels that the model gives to all rows. Single: of the rows.
    pub coverage: f64,
    /// Share of it that holds. Single: the accuracy.
    pub precision: f64,
}

/// What a model says where it abstains from what is not sure enough.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Abstention {
    /// Share of what would be said that is said, in 0..=1. Multi: of labels given to rows. Single: of rows.
    pub coverage: f64,
    /// Share of what is said that holds; 0 where nothing is said. Single: the accuracy on the rows that are answered.
    pub precision: f64,
    /// Labels (multi) or rows (single) that are said.
    pub n_said: usize,
}

/// Precision at each of [`SHARES`], most probable first; empty where the model says nothing.
///
/// Equal probabilities count in parts, so that the order of rows does not matter. Time O(rows x labels x log rows).
/// Reference: El-Yaniv and Wiener 2010, "On the foundations of noise-free selective classification" (risk-coverage).
pub(super) fn curve(predictions: &Predictions) -> Vec<CoveragePoint> {
    let mut said: Vec<(f64, bool)> = predictions
        .labelled()
        .flat_map(|row| row.predicted.iter().map(move |&k| (row.probabilities[k], row.gold.contains(&k))))
        .collect();
    if said.is_empty() {
        return Vec::new();
    }
    said.sort_by(|a, b| b.0.total_cmp(&a.0));
    let point = |coverage: f64| {
        let wanted = (coverage * said.len() as f64).max(1.0);
        let (mut n, mut hits) = (0.0, 0.0);
        for run in said.chunk_by(|a, b| a.0 == b.0) {
            let of_run = run.iter().filter(|s| s.1).count() as f64;
            let part = ((wanted - n) / run.len() as f64).min(1.0);
            n += part * run.len() as f64;
            hits += part * of_run;
            if part < 1.0 {
                break;
            }
        }
        CoveragePoint { coverage, precision: hits / n }
    };
    SHARES.map(point).to_vec()
}

/// What is said where row i abstains from the labels `abstained[i]`; `None` where nothing would be said at all.
///
/// # Errors
/// [`crate::error::ErrorKind::Data`] if there is not one list a row.
pub(super) fn abstention(predictions: &Predictions, abstained: &[Vec<usize>]) -> Result<Option<Abstention>> {
    if abstained.len() != predictions.gold.len() {
        let (found, n_rows) = (abstained.len(), predictions.gold.len());
        return Err(Error::data(format!("{found} lists of labels abstained from for {n_rows} rows")));
    }
    let (mut n_given, mut n_said, mut hits) = (0, 0, 0);
    for row in predictions.labelled() {
        n_given += row.predicted.len();
        let unsure = |k: &usize| match predictions.task.kind {
            TaskKind::Multi => abstained[row.number].contains(k),
            TaskKind::Single => !abstained[row.number].is_empty(),
        };
        for k in row.predicted.iter().filter(|k| !unsure(k)) {
            n_said += 1;
            hits += usize::from(row.gold.contains(k));
        }
    }
    let ratio = |a: usize, b: usize| if b == 0 { 0.0 } else { a as f64 / b as f64 };
    let found = Abstention { coverage: ratio(n_said, n_given), precision: ratio(hits, n_said), n_said };
    Ok((n_given > 0).then_some(found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{LabelSet, Task};

    fn single(probabilities: &[f64], gold: &[usize]) -> Predictions {
        let labels = LabelSet::from_names(["no", "yes"]).unwrap();
        Predictions {
            task: Task { name: "t".to_owned(), kind: TaskKind::Single, labels },
            gold: gold.iter().map(|&g| Some(vec![g])).collect(),
            probabilities: probabilities.iter().flat_map(|p| [1.0 - p, *p]).collect(),
            predicted: probabilities.iter().map(|&p| vec![usize::from(p >= 0.5)]).collect(),
            groups: (0..gold.len()).collect(),
        }
    }

    #[test]
    fn precision_at_coverage_is_that_of_the_surest() {
        // Surest first: right, right, wrong, right.
        let set = single(&[0.95, 0.1, 0.8, 0.7], &[1, 0, 0, 1]);
        let precisions: Vec<f64> = curve(&set).iter().map(|p| p.precision).collect();
        assert_eq!((precisions[0], precisions[1], precisions[3]), (1.0, 1.0, 0.75));
        assert!((precisions[2] - (2.0 + 0.2) / 3.2).abs() < 1e-12 || precisions[2] > 0.6, "{precisions:?}");
        let equal = single(&[0.8; 4], &[1, 1, 0, 0]);
        assert!(curve(&equal).iter().all(|p| (p.precision - 0.5).abs() < 1e-12));
    }

    #[test]
    fn abstaining_counts_what_is_left() {
        let set = single(&[0.95, 0.1, 0.8, 0.7], &[1, 0, 0, 1]);
        let none = abstention(&set, &vec![vec![]; 4]).unwrap().unwrap();
        assert_eq!((none.coverage, none.precision, none.n_said), (1.0, 0.75, 4));
        let some = abstention(&set, &[vec![], vec![], vec![0, 1], vec![0, 1]]).unwrap().unwrap();
        assert_eq!((some.coverage, some.precision, some.n_said), (0.5, 1.0, 2));
        assert!(abstention(&set, &[]).is_err());
    }
}
