//! Would the same words get the same labels from another mouth?

use serde::Serialize;

use crate::evaluation::bootstrap::Bootstrap;
use crate::evaluation::metrics::Estimate;

/// What becomes of the labels of one task when only the speaker changes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpeakerSwap {
    /// Name of the task.
    #[serde(skip)]
    pub task: String,
    /// Rows with a speaker.
    pub n_rows: usize,
    /// Other speakers that each was given; 0 where there is no other.
    pub n_swaps: usize,
    /// Share of (row, other speaker) whose labels differ from those with the true speaker.
    pub flip_rate: Estimate,
    /// Share of (row, other speaker, label) whose decision differs.
    pub decision_flip_rate: Estimate,
    /// Share of rows whose labels differ where no speaker is known.
    pub flip_rate_without: Estimate,
    /// Mean absolute change of a probability under another speaker.
    pub mean_change: f64,
}

/// What one row came to.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SwappedRow {
    /// Other speakers under whom its labels differ.
    pub n_flips: usize,
    /// Sum over the other speakers of the share of labels whose decision differs.
    pub decisions: f64,
    /// Whether its labels differ without a speaker.
    pub flips_without: bool,
    /// Sum over the other speakers of the mean absolute change over labels.
    pub change: f64,
}

impl SpeakerSwap {
    /// The figures of these rows, not numbers where there is none. `groups`: the group of each, for the intervals.
    pub fn of(task: &str, rows: &[SwappedRow], groups: &[usize], n_swaps: usize, bootstrap: &Bootstrap) -> Self {
        let mean = |value: &(dyn Fn(&SwappedRow) -> f64 + Sync)| {
            bootstrap.estimate(groups, |times| {
                let n: f64 = times.iter().map(|&t| f64::from(t)).sum();
                rows.iter().zip(times).map(|(row, &t)| f64::from(t) * value(row)).sum::<f64>() / n
            })
        };
        let each = n_swaps as f64;
        Self {
            task: task.to_owned(),
            n_rows: rows.len(),
            n_swaps,
            flip_rate: mean(&|row| row.n_flips as f64 / each),
            decision_flip_rate: mean(&|row| row.decisions / each),
            flip_rate_without: mean(&|row| f64::from(u8::from(row.flips_without))),
            mean_change: rows.iter().map(|row| row.change / each).sum::<f64>() / rows.len() as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_means_over_rows_and_speakers() {
        let row =
            |n_flips, flips_without, change| SwappedRow { n_flips, decisions: change / 2.0, flips_without, change };
        let rows = [row(1, true, 0.5), row(0, false, 0.1), row(3, false, 0.6)];
        let swap = SpeakerSwap::of("stance", &rows, &[0, 1, 2], 4, &Bootstrap::default());
        assert!((swap.flip_rate.value - 1.0 / 3.0).abs() < 1e-12);
        assert!((swap.flip_rate_without.value - 1.0 / 3.0).abs() < 1e-12);
        assert!((swap.mean_change - 0.1).abs() < 1e-12);
        assert!((swap.decision_flip_rate.value - 0.05).abs() < 1e-12);
        assert!(swap.flip_rate.low.unwrap() >= 0.0 && swap.flip_rate.high.unwrap() <= 0.75);
    }
}
