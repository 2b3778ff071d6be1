//! Rows to probabilities.

use crate::features::{Part, RowView, SparseRow, Workspace};
use crate::label::TaskKind;
use crate::model::Model;
use crate::statement::Statement;

/// What a model says of one statement.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scores {
    /// One entry a task, in the model's order.
    pub tasks: Vec<TaskScores>,
    /// Whether the text had no feature that the model knows: then no label is given.
    pub unknown: bool,
}

/// What a model says of one statement in one task. Arrays follow the task's labels.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TaskScores {
    /// Linear scores: intercept + sum of contributions.
    pub logits: Vec<f64>,
    /// Calibrated, each in 0..=1; they sum to 1 only where exactly one label holds.
    pub probabilities: Vec<f64>,
    /// Numbers of the labels that hold, ascending.
    pub labels: Vec<usize>,
    /// Numbers of the labels too near to their threshold to say.
    pub abstained: Vec<usize>,
}

impl Model {
    /// Probability of each label of each task for one statement.
    ///
    /// The same whether the statement is scored alone or among others. `workspace` comes from
    /// [`crate::features::Vectorizer::workspace`] and is reused. Time: linear in the text, times the labels.
    /// Reference: Hastie, Tibshirani and Friedman 2009, section 4.4 (logistic), with one-vs-rest outputs; the tasks in
    /// which one label holds share their probability by softmax.
    pub fn score(&self, statement: &Statement, workspace: &mut Workspace, row: &mut SparseRow) -> Scores {
        self.vectorizer.transform_into(statement, Part::Whole, workspace, row);
        let unknown = !row.columns.iter().any(|&c| self.vectorizer.family(c).is_text());
        let mut scores = self.score_row(row.view());
        if unknown {
            scores.unknown = true;
            for task in &mut scores.tasks {
                task.labels.clear();
                task.abstained.clear();
            }
        }
        scores
    }

    /// As [`Model::score`], for a row of this model's vectorizer.
    pub fn score_row(&self, row: RowView<'_>) -> Scores {
        let logits = self.logits(row);
        let mut from = 0;
        let tasks = self
            .header
            .tasks
            .iter()
            .map(|t| {
                let logits = logits[from..from + t.task.labels.len()].to_vec();
                from += logits.len();
                let probabilities = t.probabilities(&logits);
                let (labels, abstained) = t.decide(&probabilities);
                TaskScores { logits, probabilities, labels, abstained }
            })
            .collect();
        Scores { tasks, unknown: false }
    }

    /// Linear scores of all outputs.
    pub fn logits(&self, row: RowView<'_>) -> Vec<f64> {
        let n = self.intercepts.len();
        let mut sums = vec![0.0; n];
        for (column, value) in row.iter() {
            for (sum, &weight) in sums.iter_mut().zip(&self.weights[column * n..(column + 1) * n]) {
                *sum += value * f64::from(weight);
            }
        }
        let logits: Vec<f64> =
            sums.iter().zip(&self.scales).zip(&self.intercepts).map(|((sum, &s), b)| sum * f64::from(s) + b).collect();
        logits
    }

    /// This model with another abstain band in every task (see [`crate::model::TaskModel::abstain_band`]) instead of
    /// what training chose: 0 switches abstaining off.
    #[must_use]
    pub fn with_abstain_band(mut self, band: f64) -> Self {
        for task in &mut self.header.tasks {
            task.abstain_band = band.clamp(0.0, 1.0);
            task.sure.clear();
        }
        self
    }
}

/// Logits to probabilities: each by itself (multi), or by softmax (single).
pub fn probabilities(kind: TaskKind, logits: &[f64]) -> Vec<f64> {
    match kind {
        TaskKind::Multi => logits.iter().map(|&l| sigmoid(l)).collect(),
        TaskKind::Single => {
            let max = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let powers: Vec<f64> = logits.iter().map(|&l| (l - max).exp()).collect();
            let sum: f64 = powers.iter().sum();
            powers.iter().map(|p| p / sum).collect()
        }
    }
}

/// `1 / (1 + e^-x)` without overflow.
pub fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_do_not_overflow() {
        assert_eq!(sigmoid(-1e4), 0.0);
        assert_eq!(sigmoid(1e4), 1.0);
        let p = probabilities(TaskKind::Single, &[1e4, -1e4, 0.0]);
        assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-12 && p[0] == 1.0);
    }
}
