//! What a model says of rows whose labels are known.

use crate::error::{Error, ErrorKind, Result};
use crate::label::{Task, TaskKind};

/// What a model says of the rows of one task, beside what is true.
///
/// All lists have one entry a row, in the same order. Figures do not depend on that order.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictions {
    /// The task.
    pub task: Task,
    /// The label numbers that truly hold, ascending; rows with `None` are not labelled and count nowhere.
    pub gold: Vec<Option<Vec<usize>>>,
    /// Probability of each label, in 0..=1: `n_rows` x `n_labels`, row by row.
    pub probabilities: Vec<f64>,
    /// The label numbers that the model says hold, ascending.
    pub predicted: Vec<Vec<usize>>,
    /// Number of the group of each row; groups are what intervals and tests resample.
    pub groups: Vec<usize>,
}

/// One labelled row.
#[derive(Debug, Clone, Copy)]
pub(super) struct LabelledRow<'a> {
    /// Its number among all rows.
    pub(super) number: usize,
    /// What holds.
    pub(super) gold: &'a [usize],
    /// What the model says.
    pub(super) predicted: &'a [usize],
    /// Probability of each label.
    pub(super) probabilities: &'a [f64],
    /// Its group.
    pub(super) group: usize,
}

impl Predictions {
    /// Checks that all lists fit together and that a row is labelled.
    ///
    /// # Errors
    /// [`ErrorKind::Columns`] if the probabilities do not have `n_rows` x `n_labels` numbers, [`ErrorKind::Numeric`] if
    /// one is not in 0..=1, else [`ErrorKind::Data`]: other lengths, labels out of range or order, a single-label row
    /// without exactly one gold label or with several predicted, no labelled row.
    pub fn check(&self) -> Result<()> {
        let (n_rows, n_labels) = (self.gold.len(), self.task.labels.len());
        let name = &self.task.name;
        if self.predicted.len() != n_rows || self.groups.len() != n_rows {
            let (n_predicted, n_groups) = (self.predicted.len(), self.groups.len());
            return Err(Error::data(format!(
                "task \"{name}\": {n_rows} rows with {n_predicted} predictions and {n_groups} groups"
            )));
        }
        if self.probabilities.len() != n_rows.saturating_mul(n_labels) {
            let kind =
                ErrorKind::Columns { expected: n_rows.saturating_mul(n_labels), found: self.probabilities.len() };
            let found = self.probabilities.len();
            return Err(Error::new(
                kind,
                format!("task \"{name}\": {found} probabilities for {n_rows} rows of {n_labels} labels"),
            ));
        }
        if let Some(i) = self.probabilities.iter().position(|p| !(0.0..=1.0).contains(p)) {
            let (row, p) = (i / n_labels, self.probabilities[i]);
            return Err(Error::new(
                ErrorKind::Numeric,
                format!("task \"{name}\": row {row}: probability {p} is not within 0 and 1"),
            ));
        }
        for (row, (gold, predicted)) in self.gold.iter().zip(&self.predicted).enumerate() {
            let sound = |labels: &[usize]| {
                labels.windows(2).all(|w| w[0] < w[1]) && labels.last().is_none_or(|&label| label < n_labels)
            };
            let gold_sound = gold.as_ref().is_none_or(|g| sound(g));
            let single = self.task.kind == TaskKind::Single;
            let one_label = !single || (gold.as_ref().is_none_or(|g| g.len() == 1) && predicted.len() <= 1);
            if !gold_sound || !sound(predicted) || !one_label {
                return Err(Error::data(format!("task \"{name}\": row {row}: labels do not fit the task")));
            }
        }
        if self.gold.iter().all(Option::is_none) {
            return Err(Error::data(format!("task \"{name}\" has no labelled row to evaluate")));
        }
        Ok(())
    }

    /// The predictions of these rows alone, in this order; numbers out of range are left out.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        let n_labels = self.task.labels.len();
        let rows = || rows.iter().copied().filter(|&row| row < self.gold.len());
        Self {
            task: self.task.clone(),
            gold: rows().map(|row| self.gold[row].clone()).collect(),
            probabilities: rows()
                .flat_map(|row| self.probabilities[row * n_labels..(row + 1) * n_labels].iter().copied())
                .collect(),
            predicted: rows().map(|row| self.predicted[row].clone()).collect(),
            groups: rows().map(|row| self.groups[row]).collect(),
        }
    }

    /// The labelled rows in order.
    pub(super) fn labelled(&self) -> impl Iterator<Item = LabelledRow<'_>> {
        let n_labels = self.task.labels.len();
        self.gold.iter().enumerate().filter_map(move |(number, gold)| {
            Some(LabelledRow {
                number,
                gold: gold.as_deref()?,
                predicted: &self.predicted[number],
                probabilities: &self.probabilities[number * n_labels..(number + 1) * n_labels],
                group: self.groups[number],
            })
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::dataset::random::Random;
    use crate::label::LabelSet;

    /// Random predictions of 4 labels that are right more often than not; every ninth row is not labelled.
    pub(in crate::evaluation) fn example(kind: TaskKind, n_rows: usize, n_groups: usize, seed: u64) -> Predictions {
        let mut random = Random::new(seed);
        let mut uniform = |below: usize| random.below(below);
        let mut made = Predictions {
            task: Task { name: "stance".to_owned(), kind, labels: LabelSet::from_names(["a", "b", "c", "d"]).unwrap() },
            gold: Vec::new(),
            probabilities: Vec::new(),
            predicted: Vec::new(),
            groups: Vec::new(),
        };
        for row in 0..n_rows {
            let gold: Vec<usize> = match kind {
                TaskKind::Single => vec![uniform(4)],
                TaskKind::Multi => (0..4).filter(|_| uniform(4) == 0).collect(),
            };
            let raw: Vec<f64> = (0..4)
                .map(|label| {
                    let boost = if gold.contains(&label) { 35 } else { 0 };
                    (1 + uniform(70) + boost) as f64 / 140.0
                })
                .collect();
            let sum: f64 = raw.iter().sum();
            let probabilities: Vec<f64> = match kind {
                TaskKind::Single => raw.iter().map(|p| p / sum).collect(),
                TaskKind::Multi => raw,
            };
            made.predicted.push(match kind {
                TaskKind::Multi => (0..4).filter(|&label| probabilities[label] >= 0.45).collect(),
                TaskKind::Single => {
                    let most = probabilities.iter().copied().fold(0.0, f64::max);
                    vec![probabilities.iter().position(|&p| p >= most).unwrap()]
                }
            });
            made.probabilities.extend(probabilities);
            made.gold.push((row % 9 != 8).then_some(gold));
            made.groups.push(uniform(n_groups) * 3);
        }
        made
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let good = example(TaskKind::Single, 20, 5, 0);
        good.check().unwrap();
        let refused = |change: fn(&mut Predictions)| {
            let mut bad = good.clone();
            change(&mut bad);
            bad.check().unwrap_err().to_string()
        };
        assert!(refused(|p| p.groups.truncate(3)).contains("3 groups"));
        assert!(refused(|p| p.probabilities.truncate(3)).contains("3 probabilities"));
        assert!(refused(|p| p.probabilities[5] = f64::NAN).contains("row 1: probability NaN"));
        assert!(refused(|p| p.gold[2] = Some(vec![7])).contains("row 2"));
        assert!(refused(|p| p.gold[2] = Some(vec![])).contains("row 2"));
        assert!(refused(|p| p.predicted[4] = vec![0, 1]).contains("row 4"));
        assert!(refused(|p| p.gold.fill(None)).contains("no labelled row"));
    }
}
