//! Rows to probabilities.

use crate::features::{Part, RowView, SparseRow, Workspace};
use crate::label::TaskKind;
use crate::model::{Model, Rivalry, SQUARES};
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
    /// Intercept + sum of contributions, of which one for each other label where labels give way to others.
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
        let mut scores = Scores::default();
        self.score_into(statement, workspace, row, &mut scores);
        scores
    }

    /// As [`Model::score`], into `scores`, whose memory is used again.
    pub fn score_into(
        &self,
        statement: &Statement,
        workspace: &mut Workspace,
        row: &mut SparseRow,
        scores: &mut Scores,
    ) {
        self.vectorizer.transform_into(statement, Part::Whole, workspace, row);
        self.score_row_into(row.view(), scores);
        if !row.columns.iter().any(|&c| self.vectorizer.family(c).is_text()) {
            scores.unknown = true;
            for task in &mut scores.tasks {
                task.labels.clear();
                task.abstained.clear();
            }
        }
    }

    /// As [`Model::score`], for a row of this model's vectorizer.
    pub fn score_row(&self, row: RowView<'_>) -> Scores {
        let mut scores = Scores::default();
        self.score_row_into(row, &mut scores);
        scores
    }

    fn score_row_into(&self, row: RowView<'_>, scores: &mut Scores) {
        scores.unknown = false;
        scores.tasks.resize_with(self.header.tasks.len(), TaskScores::default);
        // No allocation for the usual number of labels.
        let (mut few, mut many) = ([0.0; 32], Vec::new());
        let n = self.intercepts.len();
        let logits = if n <= few.len() {
            &mut few[..n]
        } else {
            many.resize(n, 0.0);
            &mut many[..]
        };
        self.add_logits(row, logits);
        let mut from = 0;
        for (task, scores) in self.header.tasks.iter().zip(&mut scores.tasks) {
            let to = from + task.task.labels.len();
            scores.logits.clear();
            scores.logits.extend_from_slice(&logits[from..to]);
            give_way(&task.rivalry, &mut scores.logits, &mut scores.probabilities);
            task.score_into(scores);
            from = to;
        }
    }

    /// Linear scores of all outputs, before labels give way to others.
    pub(super) fn linear(&self, row: RowView<'_>) -> Vec<f64> {
        let mut logits = vec![0.0; self.intercepts.len()];
        self.add_logits(row, &mut logits);
        logits
    }

    /// Makes zeros the linear scores of all outputs.
    fn add_logits(&self, row: RowView<'_>, sums: &mut [f64]) {
        let n = sums.len();
        self.touch(row.columns);
        for (column, value) in row.iter() {
            let weights = &self.weights[self.width * column * n..self.width * (column + 1) * n];
            if self.width == 1 {
                for (sum, &root) in sums.iter_mut().zip(weights) {
                    *sum += value * SQUARES[root as usize];
                }
            } else {
                for (sum, &weight) in sums.iter_mut().zip(weights.as_chunks::<2>().0) {
                    *sum += value * f64::from(i16::from_le_bytes(weight));
                }
            }
        }
        for ((sum, &scale), intercept) in sums.iter_mut().zip(&self.scales).zip(&self.intercepts) {
            *sum = *sum * f64::from(scale) + intercept;
        }
    }

    /// Reads the weights that are going to be added, so that they come into the cache side by side and not one after another:
    /// three quarters of the time of [`Self::add_logits`] were waits for them.
    fn touch(&self, columns: &[u32]) {
        let n = self.intercepts.len();
        if n == 0 {
            return;
        }
        let ends = |&column: &u32| {
            let first = self.width * column as usize * n;
            self.weights[first] ^ self.weights[first + self.width * n - 1]
        };
        std::hint::black_box(columns.iter().map(ends).fold(0, |all, x| all ^ x));
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
    let mut out = Vec::with_capacity(logits.len());
    link_into(kind, logits, &mut out);
    out
}

/// As [`probabilities`], into `out`, which is emptied first.
pub(super) fn link_into(kind: TaskKind, logits: &[f64], out: &mut Vec<f64>) {
    out.clear();
    match kind {
        TaskKind::Multi => out.extend(logits.iter().map(|&l| sigmoid(l))),
        TaskKind::Single => {
            let max = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            out.extend(logits.iter().map(|&l| (l - max).exp()));
            let sum: f64 = out.iter().sum();
            out.iter_mut().for_each(|p| *p /= sum);
        }
    }
}

/// Lets each label give way to the others, in place: see [`Rivalry`]. `memory` is used again.
pub(crate) fn give_way(rivalry: &[Rivalry], logits: &mut [f64], memory: &mut Vec<f64>) {
    if rivalry.is_empty() {
        return;
    }
    memory.clear();
    memory.extend(logits.iter().map(|&l| softplus(l)));
    let all: f64 = memory.iter().sum();
    for ((logit, rivalry), own) in logits.iter_mut().zip(rivalry).zip(memory) {
        *logit += rivalry.offset + rivalry.factor * (all - *own);
    }
}

/// `ln(1 + e^x)` without overflow.
pub(crate) fn softplus(x: f64) -> f64 {
    (-x.abs()).exp().ln_1p() + x.max(0.0)
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
