//! From probabilities to labels: thresholds, and when nothing is said.

use crate::label::TaskKind;
use crate::model::{TaskModel, probabilities};

impl TaskModel {
    /// Calibrated probabilities for the logits of one row: the link function, then the tables where there are some.
    ///
    /// Where one label holds, tables change each label by itself and the sum is brought back to 1.
    pub fn probabilities(&self, logits: &[f64]) -> Vec<f64> {
        let mut probabilities = probabilities(self.task.kind, logits);
        if self.tables.is_empty() {
            return probabilities;
        }
        let before = probabilities.clone();
        probabilities.iter_mut().zip(&self.tables).for_each(|(p, table)| *p = table.apply(*p));
        if self.task.kind == TaskKind::Single {
            let sum: f64 = probabilities.iter().sum();
            if sum <= 0.0 {
                return before;
            }
            probabilities.iter_mut().for_each(|p| *p /= sum);
        }
        probabilities
    }

    /// Which labels hold and which are abstained from.
    pub fn decide(&self, probabilities: &[f64]) -> (Vec<usize>, Vec<usize>) {
        decide(self.task.kind, probabilities, &self.thresholds, self.abstain_band, &self.sure)
    }

    /// Which labels hold if nothing is abstained from.
    pub fn decide_all(&self, probabilities: &[f64]) -> Vec<usize> {
        decide(self.task.kind, probabilities, &self.thresholds, 0.0, &[]).0
    }
}

/// Which labels hold and which are abstained from; see [`TaskModel`].
///
/// `thresholds` has one value a label (multi) or none; `sure` one a label (multi), one for all (single), or none.
pub fn decide(
    kind: TaskKind,
    probabilities: &[f64],
    thresholds: &[f64],
    band: f64,
    sure: &[f64],
) -> (Vec<usize>, Vec<usize>) {
    match kind {
        TaskKind::Multi => {
            let given = |k: usize| probabilities[k] >= thresholds[k];
            let unsure = |k: usize| given(k) && sure.get(k).is_some_and(|&sure| probabilities[k] < sure);
            let near = |k: usize| unsure(k) || (probabilities[k] - thresholds[k]).abs() < band;
            let all = 0..probabilities.len();
            (all.clone().filter(|&k| !near(k) && given(k)).collect(), all.filter(|&k| near(k)).collect())
        }
        TaskKind::Single => {
            let mut order: Vec<usize> = (0..probabilities.len()).collect();
            order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]).then(a.cmp(&b)));
            let unsure = |best: usize| sure.first().is_some_and(|&sure| probabilities[best] < sure);
            match order[..] {
                [best, second, ..] if unsure(best) || probabilities[best] - probabilities[second] < band => {
                    (Vec::new(), vec![best.min(second), best.max(second)])
                }
                [best] if unsure(best) => (Vec::new(), vec![best]),
                [best, ..] => (vec![best], Vec::new()),
                [] => (Vec::new(), Vec::new()),
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
