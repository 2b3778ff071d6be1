//! Which shares explain what a classifier says, if it errs as it is known to?

/// Steps of an expectation-maximisation at most; it ends earlier when no share changes by more than [`TOLERANCE`].
const MAX_STEPS: usize = 2000;
const TOLERANCE: f64 = 1e-7;
/// A row is not less or more likely where a label holds by such a part of it: that is rounding.
const NO_INFORMATION: f64 = 1e-9;
/// Below this difference of the true and the false positive rate a count can not be corrected.
const LEAST_SKILL: f64 = 0.02;

/// How much to trust the model: the factor of its probabilities under which the prediction-powered mean varies least.
pub(super) fn power(unlabelled: &[f64], labelled: &[f64], truth: &[f64]) -> f64 {
    let n = truth.len() as f64;
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len().max(1) as f64;
    let (mean_p, mean_y) = (mean(labelled), mean(truth));
    let covariance = labelled.iter().zip(truth).map(|(p, y)| (p - mean_p) * (y - mean_y)).sum::<f64>() / n.max(1.0);
    let pooled: Vec<f64> = labelled.iter().chain(unlabelled).copied().collect();
    let mean_all = mean(&pooled);
    let variance = pooled.iter().map(|p| (p - mean_all).powi(2)).sum::<f64>() / pooled.len().max(1) as f64;
    let factor = covariance / ((1.0 + n / unlabelled.len().max(1) as f64) * variance);
    if factor.is_finite() { factor.clamp(0.0, 1.0) } else { 0.0 }
}

/// The share under which a label is counted as often as it is, by the rates in `table` (rows by what holds).
pub(super) fn adjusted_count(count: f64, table: &[Vec<f64>]) -> f64 {
    let rate = |row: &[f64]| row[1] / (row[0] + row[1]);
    let (false_rate, true_rate) = (rate(&table[0]), rate(&table[1]));
    let skill = true_rate - false_rate;
    // Also where a rate is not defined.
    if skill >= LEAST_SKILL { ((count - false_rate) / skill).clamp(0.0, 1.0) } else { f64::NAN }
}

/// The mixture of the rows of `table` (as shares) under which the predictions `given` are most likely: the inverse of the
/// confusion matrix where that gives shares, else the nearest shares by likelihood.
pub(super) fn adjusted_counts(given: &[f64], table: &[Vec<f64>], priors: &[f64]) -> Vec<f64> {
    let rates: Vec<Vec<f64>> = table
        .iter()
        .map(|row| {
            let sum: f64 = row.iter().sum();
            row.iter().map(|c| if sum > 0.0 { c / sum } else { 0.0 }).collect()
        })
        .collect();
    let n_rows: f64 = given.iter().sum::<f64>().max(1.0);
    let mut shares = started(priors);
    for _ in 0..MAX_STEPS {
        let mut next = vec![0.0; shares.len()];
        for (j, &n) in given.iter().enumerate().filter(|(_, n)| **n > 0.0) {
            let all: f64 = rates.iter().zip(&shares).map(|(row, share)| row[j] * share).sum();
            if all > 0.0 {
                next.iter_mut()
                    .zip(&rates)
                    .zip(&shares)
                    .for_each(|((next, row), share)| *next += n * row[j] * share / all);
            }
        }
        if settle(&mut shares, next, n_rows) {
            break;
        }
    }
    shares
}

/// Probabilities of one label, equal or nearly equal ones together, so that a draw works on few of them.
pub(super) struct Bins {
    bin_of: Vec<usize>,
    probabilities: Vec<f64>,
}

impl Bins {
    pub(super) fn exact(column: Vec<f64>) -> Self {
        Self { bin_of: (0..column.len()).collect(), probabilities: column }
    }

    /// Bins of 0.05 in the logit.
    pub(super) fn coarse(column: &[f64]) -> Self {
        let number =
            |p: f64| ((p.clamp(1e-9, 1.0 - 1e-9) / (1.0 - p.clamp(1e-9, 1.0 - 1e-9))).ln() * 20.0).round() as i64;
        let mut numbers: Vec<i64> = column.iter().map(|&p| number(p)).collect();
        let of_row = numbers.clone();
        numbers.sort_unstable();
        numbers.dedup();
        let bin_of: Vec<usize> = of_row.iter().map(|n| numbers.partition_point(|m| m < n)).collect();
        let mut sums = vec![(0.0, 0.0); numbers.len()];
        bin_of.iter().zip(column).for_each(|(&bin, p)| {
            sums[bin].0 += p;
            sums[bin].1 += 1.0;
        });
        Self { bin_of, probabilities: sums.iter().map(|(sum, n)| sum / n).collect() }
    }

    /// Share of a label that holds or not: that under which its probabilities, which are calibrated for a share of
    /// `prior`, are most likely. Row i comes `times[i]` times.
    ///
    /// Where EM would end, by Newton's method on the slope of the likelihood, which falls: 6 steps instead of hundreds. Where
    /// all shares are as likely, because no row tells anything, it is `prior`.
    pub(super) fn em(&self, times: &[u32], prior: f64) -> f64 {
        if prior <= 0.0 || prior >= 1.0 {
            return prior.clamp(0.0, 1.0);
        }
        let mut masses = vec![0.0; self.probabilities.len()];
        self.bin_of.iter().zip(times).for_each(|(&bin, &t)| masses[bin] += f64::from(t));
        // How much likelier a row is where the label holds, and where it does not.
        let ratios: Vec<[f64; 3]> = self
            .probabilities
            .iter()
            .zip(masses)
            .filter(|(_, mass)| *mass > 0.0)
            .map(|(p, mass)| [p / prior, (1.0 - p) / (1.0 - prior), mass])
            .collect();
        if ratios.iter().all(|[with, without, _]| (with - without).abs() < NO_INFORMATION) {
            return prior;
        }
        let slope = |share: f64| {
            ratios.iter().fold((0.0, 0.0), |(slope, bend), [with, without, mass]| {
                let part = (with - without) / (share * with + (1.0 - share) * without);
                (slope + mass * part, bend - mass * part * part)
            })
        };
        let (mut low, mut high, mut share) = (0.0, 1.0, prior);
        for _ in 0..MAX_STEPS {
            let (slope, bend) = slope(share);
            if slope > 0.0 {
                low = share
            } else {
                high = share
            }
            let newton = share - slope / bend;
            let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
            let moved = (next - share).abs();
            share = next;
            if moved < TOLERANCE {
                break;
            }
        }
        share
    }
}

/// Probabilities of classes of which one holds, equal or nearly equal rows together.
pub(super) struct ClassBins {
    n_classes: usize,
    bin_of: Vec<usize>,
    /// Bins x classes.
    probabilities: Vec<f64>,
}

impl ClassBins {
    /// Each row for itself.
    pub(super) fn exact(probabilities: &[f64], n_classes: usize) -> Self {
        let n_rows = probabilities.len() / n_classes.max(1);
        Self { n_classes, bin_of: (0..n_rows).collect(), probabilities: probabilities.to_vec() }
    }

    /// Bins of 0.1 in the logarithm of each probability.
    pub(super) fn coarse(probabilities: &[f64], n_classes: usize) -> Self {
        let number = |p: &f64| (p.max(1e-4).ln() * 10.0).round() as i32;
        let of_row: Vec<Vec<i32>> =
            probabilities.chunks(n_classes.max(1)).map(|row| row.iter().map(number).collect()).collect();
        let mut numbers = of_row.clone();
        numbers.sort_unstable();
        numbers.dedup();
        let bin_of: Vec<usize> = of_row.iter().map(|n| numbers.partition_point(|m| m < n)).collect();
        let mut sums = vec![0.0; numbers.len() * n_classes];
        let mut counts = vec![0.0; numbers.len()];
        for (row, &bin) in probabilities.chunks(n_classes.max(1)).zip(&bin_of) {
            counts[bin] += 1.0;
            sums[bin * n_classes..].iter_mut().zip(row).for_each(|(sum, p)| *sum += p);
        }
        for (sums, count) in sums.chunks_mut(n_classes.max(1)).zip(counts) {
            sums.iter_mut().for_each(|sum| *sum /= count);
        }
        Self { n_classes, bin_of, probabilities: sums }
    }

    /// Shares of the classes by EM, with probabilities that are calibrated for shares of `priors`; row i comes `times[i]`
    /// times.
    ///
    /// Two steps of EM are carried on in their direction (SQUAREM), unless that is less likely: tens instead of hundreds
    /// of steps. Reference: Varadhan and Roland 2008, "Simple and globally convergent methods for accelerating the
    /// convergence of any EM algorithm".
    pub(super) fn em(&self, times: &[u32], priors: &[f64]) -> Vec<f64> {
        let mut masses = vec![0.0; self.probabilities.len() / self.n_classes.max(1)];
        self.bin_of.iter().zip(times).for_each(|(&bin, &t)| masses[bin] += f64::from(t));
        let mut shares = started(priors);
        let mut n_steps = 0;
        while n_steps < MAX_STEPS {
            let Some((first, _)) = self.step(&masses, priors, &shares) else { break };
            let moved = shares.iter().zip(&first).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            let Some((second, likelihood)) = self.step(&masses, priors, &first) else { break };
            n_steps += 3;
            if moved < TOLERANCE {
                return second;
            }
            let norm = |of: &dyn Fn(usize) -> f64| (0..shares.len()).map(|k| of(k).powi(2)).sum::<f64>().sqrt();
            let pace = |k: usize| first[k] - shares[k];
            let change = |k: usize| second[k] - first[k] - pace(k);
            let far = (norm(&pace) / norm(&change)).clamp(1.0, 1e3);
            let ahead: Vec<f64> = (0..shares.len())
                .map(|k| (shares[k] + 2.0 * far * pace(k) + far * far * change(k)).max(1e-3 * second[k]))
                .collect();
            let sum: f64 = ahead.iter().sum();
            let ahead: Vec<f64> = ahead.iter().map(|share| share / sum).collect();
            shares = match self.step(&masses, priors, &ahead) {
                Some((next, reached)) if sum.is_finite() && reached >= likelihood => next,
                _ => second,
            };
        }
        shares
    }

    /// The shares after one step of EM, and the log-likelihood of the shares before it; `None` where no row counts.
    fn step(&self, masses: &[f64], priors: &[f64], shares: &[f64]) -> Option<(Vec<f64>, f64)> {
        let ratios: Vec<f64> =
            shares.iter().zip(priors).map(|(share, prior)| if *prior > 0.0 { share / prior } else { 0.0 }).collect();
        let (mut next, mut likelihood) = (vec![0.0; shares.len()], 0.0);
        for (row, mass) in self.probabilities.chunks(self.n_classes.max(1)).zip(masses).filter(|(_, m)| **m > 0.0) {
            let all: f64 = row.iter().zip(&ratios).map(|(p, ratio)| p * ratio).sum();
            if all > 0.0 {
                let factor = mass / all;
                next.iter_mut().zip(row).zip(&ratios).for_each(|((next, p), ratio)| *next += factor * p * ratio);
                likelihood += mass * all.ln();
            }
        }
        let sum: f64 = next.iter().sum();
        if sum <= 0.0 {
            return None;
        }
        next.iter_mut().for_each(|share| *share /= sum);
        Some((next, likelihood))
    }
}

/// Where a search for shares begins: at those of training, none of them 0.
fn started(priors: &[f64]) -> Vec<f64> {
    let raised: Vec<f64> = priors.iter().map(|p| p + 1e-6).collect();
    let sum: f64 = raised.iter().sum();
    raised.iter().map(|p| p / sum).collect()
}

/// Takes `next` (sums over rows) as shares; whether nothing moved any more.
fn settle(shares: &mut Vec<f64>, mut next: Vec<f64>, n_rows: f64) -> bool {
    next.iter_mut().for_each(|n| *n /= n_rows);
    let sum: f64 = next.iter().sum();
    if sum <= 0.0 {
        return true;
    }
    next.iter_mut().for_each(|n| *n /= sum);
    let moved = shares.iter().zip(&next).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    *shares = next;
    moved < TOLERANCE
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shares of classes by nothing but steps of EM; `row` has a probability for each class.
    fn plain_em(rows: &[Vec<f64>], times: &[u32], priors: &[f64]) -> Vec<f64> {
        let n: f64 = times.iter().map(|&t| f64::from(t)).sum();
        let mut shares = priors.to_vec();
        for _ in 0..200_000 {
            let mut next = vec![0.0; shares.len()];
            for (row, &t) in rows.iter().zip(times) {
                let parts: Vec<f64> = (0..shares.len()).map(|k| shares[k] * row[k] / priors[k]).collect();
                let sum: f64 = parts.iter().sum();
                next.iter_mut().zip(&parts).for_each(|(next, part)| *next += f64::from(t) * part / sum / n);
            }
            let moved = shares.iter().zip(&next).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            shares = next;
            if moved < 1e-13 {
                break;
            }
        }
        shares
    }

    /// Numbers in 0..1, the same ones forever.
    fn numbers(n: usize) -> Vec<f64> {
        (1..=n).map(|i| (i as f64 * 0.618_033_988_749_895).fract()).collect()
    }

    #[test]
    fn newton_ends_where_em_does() {
        for (prior, power) in [(0.3, 1.0), (0.1, 3.0), (0.7, 0.4), (0.02, 6.0)] {
            // Low, middling and high probabilities, of which the mean is not the prior.
            let column: Vec<f64> = numbers(60).iter().map(|x| 0.01 + 0.98 * x.powf(power)).collect();
            let times: Vec<u32> = (0..60).map(|i| i % 4).collect();
            let rows: Vec<Vec<f64>> = column.iter().map(|&p| vec![p, 1.0 - p]).collect();
            let plain = plain_em(&rows, &times, &[prior, 1.0 - prior])[0];
            let found = Bins::exact(column.clone()).em(&times, prior);
            assert!((found - plain).abs() < 1e-6, "{prior}: {found} {plain}");
            assert!((found - prior).abs() > 0.01 && found > 0.0 && found < 1.0, "{prior}: {found}");
            let coarse = Bins::coarse(&column).em(&times, prior);
            assert!((coarse - plain).abs() < 0.005, "{prior}: {coarse} {plain}");
        }
    }

    #[test]
    fn shares_of_classes_end_where_em_does() {
        for priors in [[0.5, 0.3, 0.2], [0.1, 0.1, 0.8], [0.34, 0.33, 0.33]] {
            let numbers = numbers(180);
            let rows: Vec<Vec<f64>> = numbers
                .chunks(3)
                .map(|x| {
                    let raw: Vec<f64> = x.iter().zip(&priors).map(|(x, prior)| prior * (4.0 * x).exp()).collect();
                    let sum: f64 = raw.iter().sum();
                    raw.iter().map(|r| r / sum).collect()
                })
                .collect();
            // Rows of the first class more often.
            let times: Vec<u32> = rows.iter().map(|row| if row[0] > 0.5 { 5 } else { 1 }).collect();
            let plain = plain_em(&rows, &times, &priors);
            let flat = rows.concat();
            let near = |found: &[f64], limit: f64| {
                assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-9);
                let furthest = found.iter().zip(&plain).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                assert!(furthest < limit, "{priors:?}: {found:?} {plain:?}");
            };
            near(&ClassBins::exact(&flat, 3).em(&times, &priors), 1e-5);
            near(&ClassBins::coarse(&flat, 3).em(&times, &priors), 0.01);
            assert!(plain.iter().zip(&priors).any(|(a, b)| (a - b).abs() > 0.01), "{plain:?}");
        }
    }

    #[test]
    fn rows_that_tell_nothing_leave_the_shares_as_they_were() {
        for prior in [0.01, 0.3, 1.0 / 3.0, 0.9] {
            for bins in [Bins::exact(vec![prior; 7]), Bins::coarse(&[prior; 7])] {
                for times in [[1; 7], [0, 3, 1, 0, 0, 2, 1], [0; 7]] {
                    assert_eq!(bins.em(&times, prior), prior);
                }
            }
            let priors = [prior, 0.6 * (1.0 - prior), 0.4 * (1.0 - prior)];
            let flat = priors.repeat(7);
            for bins in [ClassBins::exact(&flat, 3), ClassBins::coarse(&flat, 3)] {
                for times in [[1; 7], [0; 7]] {
                    let found = bins.em(&times, &priors);
                    assert!(found.iter().zip(&priors).all(|(a, b)| (a - b).abs() < 1e-5), "{found:?} {priors:?}");
                }
            }
        }
        assert!(Bins::exact(vec![0.0; 3]).em(&[1; 3], 0.2) < 1e-6, "that nothing holds is told by each row");
    }
}
