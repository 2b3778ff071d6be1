//! Are probabilities as true as they say? ECE, Brier score, log loss.

use crate::evaluation::predictions::{LabelledRow, Predictions};
use crate::label::TaskKind;

/// Bins of the expected calibration error.
const N_BINS: u64 = 15;
/// Probabilities are kept this far from 0 and 1 before their logarithm is taken.
const CLIP: f64 = 1e-15;

/// Probabilities of one kind of event, sorted once, so that their ECE can be computed for many resamples of rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reliability {
    /// For each label (or once for the top label): (probability, whether it came true, labelled row), ascending.
    events: Vec<Vec<(f64, bool, usize)>>,
}

impl Reliability {
    /// Multi: one list of events a label. Single: one list, of the label with the highest probability of each row.
    pub(super) fn of(predictions: &Predictions) -> Self {
        let n_labels = predictions.task.labels.len();
        let mut events = match predictions.task.kind {
            TaskKind::Multi => vec![Vec::new(); n_labels],
            TaskKind::Single => vec![Vec::new()],
        };
        for (i, row) in predictions.labelled().enumerate() {
            match predictions.task.kind {
                TaskKind::Multi => {
                    for (label, &p) in row.probabilities.iter().enumerate() {
                        events[label].push((p, row.gold.contains(&label), i));
                    }
                }
                TaskKind::Single => {
                    let (top, p) = top(row.probabilities);
                    events[0].push((p, row.gold.contains(&top), i));
                }
            }
        }
        for list in &mut events {
            list.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        }
        Self { events }
    }

    /// Expected calibration error with 15 bins of equal mass, where labelled row i comes `times(i)` times; the mean
    /// over the lists of events.
    ///
    /// A bin adds |mean probability - share that came true| x its share of rows. Equal probabilities are never cut: all
    /// go into the bin of their middle rank, so that the order of rows does not matter. Reference: Nguyen and O'Connor
    /// 2015, "Posterior calibration and exploratory analysis", section 3.
    pub(super) fn ece(&self, times: impl Fn(usize) -> u32) -> f64 {
        let sum: f64 = self.events.iter().map(|events| ece_of(events, &times)).sum();
        if self.events.is_empty() { 0.0 } else { sum / self.events.len() as f64 }
    }
}

impl Reliability {
    /// Root mean square calibration error with the same bins, less what chance adds to it: the square of a bin's gap is
    /// lessened by y (1 - y) / (n - 1), the variance of its share y that came true. The mean of the squares over the lists
    /// of events, then the root; 0 where chance explains all of it.
    ///
    /// [`Reliability::ece`] of a perfectly calibrated model is above 0 on few rows; this one is 0 on average.
    /// Reference: Kumar, Liang and Ma 2019, "Verified uncertainty calibration", definition 2.4 and section 4.
    pub(super) fn debiased_rms(&self) -> f64 {
        let sum: f64 = self.events.iter().map(|events| debiased_square_of(events)).sum();
        if self.events.is_empty() { 0.0 } else { (sum / self.events.len() as f64).max(0.0).sqrt() }
    }
}

fn debiased_square_of(events: &[(f64, bool, usize)]) -> f64 {
    let n = events.len() as u64;
    // Of each bin: events, the sum of their probabilities, the number that came true.
    let mut bins = [(0.0, 0.0, 0.0); N_BINS as usize];
    let mut rank = 0u64;
    for run in events.chunk_by(|a, b| a.0 == b.0) {
        let mass = run.len() as u64;
        let bin = &mut bins[((2 * rank + mass - 1) * N_BINS / (2 * n)) as usize];
        bin.0 += mass as f64;
        bin.1 += run[0].0 * mass as f64;
        bin.2 += run.iter().filter(|e| e.1).count() as f64;
        rank += mass;
    }
    // A bin of one event says nothing of its own variance.
    let squares = bins.iter().filter(|(mass, ..)| *mass > 1.0).map(|(mass, sum, n_true)| {
        let share = n_true / mass;
        mass * ((sum / mass - share).powi(2) - share * (1.0 - share) / (mass - 1.0))
    });
    squares.sum::<f64>() / (n as f64).max(1.0)
}

fn ece_of(events: &[(f64, bool, usize)], times: &impl Fn(usize) -> u32) -> f64 {
    let n: u64 = events.iter().map(|&(_, _, row)| u64::from(times(row))).sum();
    // Of each bin: the sum of its probabilities less the number that came true.
    let mut gaps = [0.0; N_BINS as usize];
    let mut rank = 0u64;
    for run in events.chunk_by(|a, b| a.0 == b.0) {
        let (mut mass, mut n_true) = (0u64, 0u64);
        for &(_, came_true, row) in run {
            let count = u64::from(times(row));
            mass += count;
            n_true += if came_true { count } else { 0 };
        }
        if mass > 0 {
            let bin = ((2 * rank + mass - 1) * N_BINS / (2 * n)) as usize;
            gaps[bin] += run[0].0 * mass as f64 - n_true as f64;
            rank += mass;
        }
    }
    if n == 0 { 0.0 } else { gaps.iter().map(|gap| gap.abs()).sum::<f64>() / n as f64 }
}

/// The label with the highest probability (the first of equals) and that probability.
fn top(probabilities: &[f64]) -> (usize, f64) {
    let mut best = (0, 0.0);
    for (label, &p) in probabilities.iter().enumerate() {
        if p > best.1 {
            best = (label, p);
        }
    }
    best
}

/// Brier score: squared error of the probabilities. Multi: the mean over labels, in 0..=1. Single: the sum over
/// classes, in 0..=2. Reference: Brier 1950; scikit-learn's `brier_score_loss(scale_by_half=False)`.
pub(super) fn brier(predictions: &Predictions) -> f64 {
    let squared = |row: &LabelledRow<'_>| -> f64 {
        let labels = row.probabilities.iter().enumerate();
        labels.map(|(label, p)| (p - f64::from(u8::from(row.gold.contains(&label)))).powi(2)).sum()
    };
    let mean = mean(predictions.labelled().map(|row| squared(&row)));
    match predictions.task.kind {
        TaskKind::Multi => mean / predictions.task.labels.len().max(1) as f64,
        TaskKind::Single => mean,
    }
}

/// Negative log likelihood a row, natural logarithm; probabilities are clipped to 1e-15..=1 - 1e-15. Multi: the mean
/// over labels of the binary log loss. Single: of the class that holds.
pub(super) fn log_loss(predictions: &Predictions) -> f64 {
    let clip = |p: f64| p.clamp(CLIP, 1.0 - CLIP);
    let loss = |p: f64| -clip(p).ln();
    let binary = |row: &LabelledRow<'_>| -> f64 {
        let labels = row.probabilities.iter().enumerate();
        labels.map(|(label, &p)| if row.gold.contains(&label) { loss(p) } else { -(1.0 - clip(p)).ln() }).sum()
    };
    match predictions.task.kind {
        TaskKind::Multi => {
            mean(predictions.labelled().map(|row| binary(&row))) / predictions.task.labels.len().max(1) as f64
        }
        TaskKind::Single => mean(
            predictions.labelled().map(|row| row.gold.iter().map(|&label| loss(row.probabilities[label])).sum::<f64>()),
        ),
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut n) = (0.0, 0usize);
    for value in values {
        sum += value;
        n += 1;
    }
    if n == 0 { 0.0 } else { sum / n as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::predictions::tests::example;

    #[test]
    fn ece_of_known_cases() {
        let sure = |p: f64, n_true: usize, n: usize| -> f64 {
            let events: Vec<_> = (0..n).map(|i| (p, i >= n - n_true, i)).collect();
            ece_of(&events, &|_| 1)
        };
        assert!((sure(0.8, 8, 10) - 0.0).abs() < 1e-12);
        assert!((sure(0.8, 5, 10) - 0.3).abs() < 1e-12);
        assert_eq!(ece_of(&[], &|_| 1), 0.0);
    }

    #[test]
    fn what_chance_adds_is_taken_off() {
        let mut random = crate::dataset::random::Random::new(3);
        let (mut plain, mut debiased) = (0.0, 0.0);
        for _ in 0..200 {
            // 150 events that come true exactly as often as they say.
            let mut events: Vec<(f64, bool, usize)> = Vec::new();
            for i in 0..150 {
                let p = random.uniform();
                events.push((p, random.uniform() < p, i));
            }
            events.sort_by(|a, b| a.0.total_cmp(&b.0));
            plain += ece_of(&events, &|_| 1) / 200.0;
            debiased += debiased_square_of(&events) / 200.0;
        }
        assert!(plain > 0.07 && debiased.abs() < 0.001, "{plain} {debiased}");
    }

    #[test]
    fn rows_that_come_twice_are_rows_counted_twice() {
        let once = example(TaskKind::Multi, 60, 5, 8);
        let mut twice = once.clone();
        twice.gold.extend(once.gold.clone());
        twice.predicted.extend(once.predicted.clone());
        twice.groups.extend(once.groups.clone());
        twice.probabilities.extend(once.probabilities.clone());
        assert_eq!(Reliability::of(&once).ece(|_| 2), Reliability::of(&twice).ece(|_| 1));
    }
}
