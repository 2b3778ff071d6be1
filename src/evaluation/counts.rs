//! Hits and misses per label, and the F1 figures made of them.

use std::ops::{AddAssign, SubAssign};

use crate::evaluation::predictions::Predictions;

/// How often a label was rightly given, wrongly given and wrongly missed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows where the label holds and was predicted.
    pub true_positives: i64,
    /// Rows where the label was predicted and does not hold.
    pub false_positives: i64,
    /// Rows where the label holds and was not predicted.
    pub false_negatives: i64,
}

impl Counts {
    /// Rows where the label holds.
    pub fn support(&self) -> i64 {
        self.true_positives + self.false_negatives
    }

    /// Share of the predicted that hold; 0 where nothing was predicted.
    pub fn precision(&self) -> f64 {
        ratio(self.true_positives, self.true_positives + self.false_positives)
    }

    /// Share of those that hold that were predicted; 0 where the label never holds.
    pub fn recall(&self) -> f64 {
        ratio(self.true_positives, self.support())
    }

    /// Harmonic mean of precision and recall, 2 tp / (2 tp + fp + fn); 0 where that is 0 / 0.
    pub fn f1(&self) -> f64 {
        ratio(2 * self.true_positives, 2 * self.true_positives + self.false_positives + self.false_negatives)
    }

    /// The unweighted mean of F1 over the labels that hold somewhere (support above 0); 0 if there is none.
    ///
    /// A label without support is left out although it may have been predicted: its F1 would be 0 for one false alarm
    /// and 0 for a hundred. scikit-learn's `f1_score(average="macro", labels=<those with support>)`.
    pub fn macro_f1(labels: &[Self]) -> f64 {
        let (mut sum, mut n) = (0.0, 0);
        for counts in labels.iter().filter(|c| c.support() > 0) {
            sum += counts.f1();
            n += 1;
        }
        if n == 0 { 0.0 } else { sum / f64::from(n) }
    }

    /// [`Counts::macro_f1`] of rows drawn from those of `whole`. A label that no drawn row has counts as in `whole`: left out, a rare and
    /// hard one would move the mean upwards in every draw that misses it.
    pub(super) fn macro_f1_of_draw(draw: &[Self], whole: &[Self]) -> f64 {
        let labels = draw.iter().zip(whole).filter(|(_, whole)| whole.support() > 0);
        let (sum, n) = labels.fold((0.0, 0), |(sum, n), (drawn, whole)| {
            (sum + if drawn.support() > 0 { drawn.f1() } else { whole.f1() }, n + 1)
        });
        if n == 0 { 0.0 } else { sum / f64::from(n) }
    }

    /// F1 of all decisions on all labels together. With exactly one label a row that is the accuracy.
    pub fn micro_f1(labels: &[Self]) -> f64 {
        let mut sum = Self::default();
        for counts in labels {
            sum += *counts;
        }
        sum.f1()
    }

    /// The counts of every label over all labelled rows.
    pub(super) fn of(predictions: &Predictions) -> Vec<Self> {
        let mut labels = vec![Self::default(); predictions.task.labels.len()];
        for row in predictions.labelled() {
            add_row(&mut labels, row.gold, row.predicted);
        }
        labels
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.true_positives += other.true_positives;
        self.false_positives += other.false_positives;
        self.false_negatives += other.false_negatives;
    }
}

impl SubAssign for Counts {
    fn sub_assign(&mut self, other: Self) {
        self.true_positives -= other.true_positives;
        self.false_positives -= other.false_positives;
        self.false_negatives -= other.false_negatives;
    }
}

fn ratio(part: i64, whole: i64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn add_row(labels: &mut [Counts], gold: &[usize], predicted: &[usize]) {
    for &label in predicted {
        if gold.contains(&label) { labels[label].true_positives += 1 } else { labels[label].false_positives += 1 }
    }
    for &label in gold.iter().filter(|label| !predicted.contains(label)) {
        labels[label].false_negatives += 1;
    }
}

/// Counts per group and label, so that a resampled figure is a sum over groups and not over rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GroupCounts {
    n_labels: usize,
    /// The groups' counts that are not all 0, as (label, counts), group after group.
    cells: Vec<(usize, Counts)>,
    /// Where each group's cells begin, and where the last ends.
    starts: Vec<usize>,
}

impl GroupCounts {
    /// The counts by group; `group_of` numbers the groups of the labelled rows in order, in `0..n_groups`.
    pub(super) fn of(predictions: &Predictions, group_of: &[usize], n_groups: usize) -> Self {
        let n_labels = predictions.task.labels.len();
        let mut rows_of = vec![Vec::new(); n_groups];
        for (row, &group) in predictions.labelled().zip(group_of) {
            rows_of[group].push(row);
        }
        let (mut cells, mut starts) = (Vec::new(), vec![0]);
        let mut labels = vec![Counts::default(); n_labels];
        for rows in rows_of {
            labels.fill(Counts::default());
            for row in rows {
                add_row(&mut labels, row.gold, row.predicted);
            }
            cells.extend(labels.iter().copied().enumerate().filter(|(_, c)| *c != Counts::default()));
            starts.push(cells.len());
        }
        Self { n_labels, cells, starts }
    }

    /// The counts of group number `group` that are not all 0, as (label, counts).
    pub(super) fn group(&self, group: usize) -> &[(usize, Counts)] {
        &self.cells[self.starts[group]..self.starts[group + 1]]
    }

    /// The counts of all labels when each group comes as often as `multiplicities` says.
    pub(super) fn sum(&self, multiplicities: &[u32]) -> Vec<Counts> {
        let mut labels = vec![Counts::default(); self.n_labels];
        for (group, &times) in multiplicities.iter().enumerate().filter(|(_, times)| **times > 0) {
            let times = i64::from(times);
            for (label, counts) in self.group(group) {
                labels[*label] += Counts {
                    true_positives: times * counts.true_positives,
                    false_positives: times * counts.false_positives,
                    false_negatives: times * counts.false_negatives,
                };
            }
        }
        labels
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::predictions::tests::example;
    use crate::label::TaskKind;

    #[test]
    fn sum_over_groups_is_the_sum_over_rows() {
        let predictions = example(TaskKind::Multi, 200, 12, 3);
        let group_of: Vec<usize> = predictions.labelled().map(|r| r.group / 3).collect();
        let table = GroupCounts::of(&predictions, &group_of, 12);
        assert_eq!(table.sum(&[1; 12]), Counts::of(&predictions));
    }

    #[test]
    fn nothing_divided_by_nothing_is_zero() {
        let none = Counts::default();
        assert_eq!((none.precision(), none.recall(), none.f1()), (0.0, 0.0, 0.0));
        let false_alarm = Counts { false_positives: 1, ..none };
        let perfect = Counts { true_positives: 2, ..none };
        assert_eq!(Counts::macro_f1(&[none, false_alarm, perfect]), 1.0);
        assert_eq!(Counts::micro_f1(&[none, false_alarm, perfect]), 0.8);
        assert_eq!((Counts::macro_f1(&[]), Counts::micro_f1(&[])), (0.0, 0.0));
    }
}
