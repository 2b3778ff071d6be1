//! Isotonic calibration: the rising line that fits held-out labels best, where there are many rows.

use crate::error::{Error, ErrorKind, Result};
use crate::model::LineTable;
use crate::training::logistic::same_length;

/// Rows that a task needs at least: with fewer, steps follow chance.
pub const MIN_ROWS: usize = 1_000;
/// Rows with and without a label that its table needs at least.
pub const MIN_OF_A_KIND: usize = 20;

/// The table that turns the probabilities of one label into the rising shares of rows where it holds; least squares by
/// pooling adjacent violators, then a line through the middles of the steps.
///
/// Shares are kept half a row away from 0 and 1. With fewer than [`MIN_OF_A_KIND`] rows with or without the label the
/// table is empty and changes nothing. Time O(rows x log rows). Reference: Barlow et al. 1972; Zadrozny and Elkan 2002.
///
/// # Errors
/// [`ErrorKind::Usage`] for lengths that differ, [`ErrorKind::Numeric`] for probabilities that are not in 0..=1.
pub fn fit(probabilities: &[f64], gold: &[bool]) -> Result<LineTable> {
    same_length("probabilities", probabilities.len(), "gold labels", gold.len())?;
    if let Some(p) = probabilities.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        return Err(Error::new(ErrorKind::Numeric, format!("probability {p} is not in 0..=1")));
    }
    let n_positives = gold.iter().filter(|&&holds| holds).count();
    if n_positives < MIN_OF_A_KIND || gold.len() - n_positives < MIN_OF_A_KIND {
        return Ok(LineTable::default());
    }
    let mut pairs: Vec<(f64, bool)> = probabilities.iter().copied().zip(gold.iter().copied()).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut steps: Vec<Step> = Vec::new();
    for run in pairs.chunk_by(|a, b| a.0 == b.0) {
        let n = run.len() as f64;
        let mut step = Step { n, sum: run[0].0 * n, hits: run.iter().filter(|pair| pair.1).count() as f64 };
        while let Some(before) = steps.last().filter(|before| before.share() >= step.share()) {
            step = Step { n: before.n + step.n, sum: before.sum + step.sum, hits: before.hits + step.hits };
            steps.pop();
        }
        steps.push(step);
    }
    let least = 0.5 / gold.len() as f64;
    let mut points: Vec<(f64, f64)> = Vec::with_capacity(steps.len());
    for step in &steps {
        let point = ((step.sum / step.n).clamp(0.0, 1.0), step.share().clamp(least, 1.0 - least));
        // Means of neighbouring steps can only meet by rounding.
        if points.last().is_none_or(|last| last.0 < point.0) {
            points.push(point);
        }
    }
    Ok(LineTable { points })
}

/// Rows that are given one share.
struct Step {
    n: f64,
    /// Of their probabilities.
    sum: f64,
    hits: f64,
}

impl Step {
    fn share(&self) -> f64 {
        self.hits / self.n
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::logistic::tests::random;

    #[test]
    fn a_bent_probability_is_straightened() {
        let mut next = random(1);
        let probabilities: Vec<f64> = (0..40_000).map(|_| next()).collect();
        let gold: Vec<bool> = probabilities.iter().map(|p| next() < p * p).collect();
        let table = fit(&probabilities, &gold).unwrap();
        for p in [0.1, 0.3, 0.5, 0.7, 0.9] {
            assert!((table.apply(p) - p * p).abs() < 0.03, "{p}: {}", table.apply(p));
        }
        assert!(table.points.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 < w[1].1));
    }

    /// Against the definition: the share at i is max over a <= i of min over b >= i of the mean of a..=b.
    #[test]
    fn steps_are_the_least_squares_ones() {
        let mut next = random(2);
        let probabilities: Vec<f64> = (0..120).map(|i| (f64::from(i) + 0.5) / 120.0).collect();
        let gold: Vec<bool> = probabilities.iter().map(|p| next() < 0.2 + 0.6 * p).collect();
        let table = fit(&probabilities, &gold).unwrap();
        let mean = |a: usize, b: usize| gold[a..=b].iter().filter(|&&g| g).count() as f64 / (b - a + 1) as f64;
        let share = |i: usize| {
            let worst = |a: usize| (i..120).map(|b| mean(a, b)).fold(f64::INFINITY, f64::min);
            (0..=i).map(worst).fold(0.0, f64::max).clamp(0.5 / 120.0, 1.0 - 0.5 / 120.0)
        };
        let shares: Vec<f64> = (0..120).map(share).collect();
        for &(x, y) in &table.points {
            let nearest = (x * 120.0 - 0.5).floor() as usize;
            assert!((shares[nearest] - y).abs() < 1e-12, "{x} {y} {}", shares[nearest]);
        }
    }

    #[test]
    fn few_rows_change_nothing_and_bad_ones_are_errors() {
        let gold: Vec<bool> = (0..100).map(|i| i < 19).collect();
        assert!(fit(&[0.5; 100], &gold).unwrap().points.is_empty());
        assert_eq!(fit(&[0.5], &[]).unwrap_err().kind(), &ErrorKind::Usage);
        assert_eq!(fit(&[1.5], &[true]).unwrap_err().kind(), &ErrorKind::Numeric);
    }
}
