//! From probabilities to labels: thresholds, and when nothing is said.

use crate::label::TaskKind;
use crate::model::logistic::link_into;
use crate::model::{TaskModel, TaskScores};

impl TaskModel {
    /// Calibrated probabilities for the logits of one row: the link function, then the tables where there are some.
    ///
    /// Where one label holds, tables change each label by itself and the sum is brought back to 1.
    pub fn probabilities(&self, logits: &[f64]) -> Vec<f64> {
        let mut out = Vec::with_capacity(logits.len());
        self.probabilities_into(logits, &mut out);
        out
    }

    fn probabilities_into(&self, logits: &[f64], out: &mut Vec<f64>) {
        link_into(self.task.kind, logits, out);
        if self.tables.is_empty() {
            return;
        }
        out.iter_mut().zip(&self.tables).for_each(|(p, table)| *p = table.apply(*p));
        if self.task.kind == TaskKind::Single {
            let sum: f64 = out.iter().sum();
            if sum <= 0.0 {
                return link_into(self.task.kind, logits, out);
            }
            out.iter_mut().for_each(|p| *p /= sum);
        }
    }

    /// Which labels hold and which are abstained from.
    pub fn decide(&self, probabilities: &[f64]) -> (Vec<usize>, Vec<usize>) {
        decide(self.task.kind, probabilities, &self.thresholds, self.abstain_band, &self.sure)
    }

    /// Probabilities and labels for the logits in `scores`.
    pub(super) fn score_into(&self, scores: &mut TaskScores) {
        let TaskScores { logits, probabilities, labels, abstained } = scores;
        self.probabilities_into(logits, probabilities);
        let band = self.abstain_band;
        decide_into(self.task.kind, probabilities, &self.thresholds, band, &self.sure, labels, abstained);
    }

    /// Which labels hold if nothing is abstained from.
    pub fn decide_all(&self, probabilities: &[f64]) -> Vec<usize> {
        decide(self.task.kind, probabilities, &self.thresholds, 0.0, &[]).0
    }
}

/// Which labels hold and which are abstained from; see [`TaskModel`].
///
/// Where any number of labels hold, `thresholds` is as long as `probabilities`, as is `sure` unless it is empty. Where one
/// holds, `thresholds` is not looked at and `sure` has one value for all labels or none.
pub fn decide(
    kind: TaskKind,
    probabilities: &[f64],
    thresholds: &[f64],
    band: f64,
    sure: &[f64],
) -> (Vec<usize>, Vec<usize>) {
    let (mut labels, mut abstained) = (Vec::new(), Vec::new());
    decide_into(kind, probabilities, thresholds, band, sure, &mut labels, &mut abstained);
    (labels, abstained)
}

/// As [`decide`], into two lists, which are emptied first.
fn decide_into(
    kind: TaskKind,
    probabilities: &[f64],
    thresholds: &[f64],
    band: f64,
    sure: &[f64],
    labels: &mut Vec<usize>,
    abstained: &mut Vec<usize>,
) {
    labels.clear();
    abstained.clear();
    match kind {
        TaskKind::Multi => {
            debug_assert_eq!(probabilities.len(), thresholds.len(), "a threshold for each label");
            debug_assert!(sure.is_empty() || sure.len() == probabilities.len(), "no limit or one for each label");
            for (k, (&p, &threshold)) in probabilities.iter().zip(thresholds).enumerate() {
                let unsure = p >= threshold && sure.get(k).is_some_and(|&sure| p < sure);
                if unsure || (p - threshold).abs() < band {
                    abstained.push(k);
                } else if p >= threshold {
                    labels.push(k);
                }
            }
        }
        TaskKind::Single => {
            // Of equal ones the first.
            let better = |k: usize, other: Option<usize>| {
                other.is_none_or(|o| probabilities[k].total_cmp(&probabilities[o]).is_gt())
            };
            let (mut best, mut second) = (None, None);
            for k in 0..probabilities.len() {
                if better(k, best) {
                    (best, second) = (Some(k), best);
                } else if better(k, second) {
                    second = Some(k);
                }
            }
            let unsure = |best: usize| sure.first().is_some_and(|&sure| probabilities[best] < sure);
            match (best, second) {
                (Some(best), Some(second)) if unsure(best) || probabilities[best] - probabilities[second] < band => {
                    abstained.extend([best.min(second), best.max(second)]);
                }
                (Some(best), None) if unsure(best) => abstained.push(best),
                (best, _) => labels.extend(best),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_follow_thresholds_and_band() {
        let multi = |band| decide(TaskKind::Multi, &[0.2, 0.5, 0.8], &[0.3, 0.5, 0.7], band, &[]);
        assert_eq!(multi(0.0), (vec![1, 2], vec![]));
        assert_eq!(multi(0.05), (vec![2], vec![1]));
        assert_eq!(decide(TaskKind::Single, &[0.2, 0.5, 0.3], &[], 0.0, &[]), (vec![1], vec![]));
        assert_eq!(decide(TaskKind::Single, &[0.2, 0.41, 0.39], &[], 0.05, &[]), (vec![], vec![1, 2]));
    }

    #[test]
    fn what_is_not_sure_is_not_said() {
        let multi = |sure: &[f64]| decide(TaskKind::Multi, &[0.2, 0.5, 0.8], &[0.3, 0.5, 0.7], 0.0, sure);
        assert_eq!(multi(&[0.9, 0.6, 0.8]), (vec![2], vec![1]));
        assert_eq!(multi(&[0.9, 0.5, 2.0]), (vec![1], vec![2]));
        let single = |sure: f64| decide(TaskKind::Single, &[0.2, 0.5, 0.3], &[], 0.0, &[sure]);
        assert_eq!(single(0.5), (vec![1], vec![]));
        assert_eq!(single(0.6), (vec![], vec![1, 2]));
    }
}
