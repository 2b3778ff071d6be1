//! The dual variables of one observation, by the loss: its share of each class.
//!
//! Shares are kept as logits `t`. At the optimum they are the margins, but for a number that all classes have in common,
//! so that `t - margin` tells how far they are off without any exponential.

use crate::model::sigmoid;
use crate::training::logistic::{Logit, logistic};
use crate::training::multinomial::Softmax;
use crate::training::newton::Loss;

/// Logit of a share at the start, of next to nothing or next to all: then the weights are 0.
const FAR: f64 = 18.0;
/// Distance of logits from margins below which the gap is a square, to a third of a percent.
const NEAR: f64 = 0.01;
/// Newton steps for one variable.
const MAX_STEPS: usize = 30;
/// A variable is left when its derivative came down to this share of what it was.
const STEP_SHARE: f64 = 0.1;
/// Steps are not shortened below this share.
const LEAST_RATE: f64 = 1e-3;

/// A loss whose dual can be solved one observation after the other.
pub(in crate::training) trait Variable: Loss {
    /// Cost of a row.
    fn cost(&self, row: usize) -> f64;
    /// Logits of shares that pull at nothing.
    fn nothing(&self, row: usize, logits: &mut [f64]);
    /// Logits of the shares whose pulls are `1 / factor` of those that `margins` have.
    fn near(&self, row: usize, margins: &[f64], factor: f64, logits: &mut [f64]);
    /// The shares of logits.
    fn shares(&self, logits: &[f64], shares: &mut [f64]);
    /// Adds what an observation of these shares pulls at each class, times `by`.
    fn add_pulls(&self, row: usize, by: f64, shares: &[f64], pulls: &mut [f64]);
    /// Brings the shares to their optimum where pulls move the margins by `curvature`: nearly, and how far they were off
    /// (about the observation's part of the gap between primal and dual). `buffer` is three times as long as the logits.
    fn improve(
        &self,
        row: usize,
        curvature: f64,
        margins: &[f64],
        logits: &mut [f64],
        shares: &mut [f64],
        buffer: &mut [f64],
    ) -> f64;
    /// Loss at `margins`, and how far it is above what the shares say that it is at least.
    fn loss_and_gap(&self, row: usize, margins: &[f64], logits: &[f64], shares: &[f64]) -> [f64; 2];
}

/// One label: the share of the class that the row has not.
impl Variable for Logit<'_> {
    #[inline]
    fn cost(&self, row: usize) -> f64 {
        self.costs[row]
    }

    fn nothing(&self, _: usize, logits: &mut [f64]) {
        logits[0] = -FAR;
    }

    fn near(&self, row: usize, margins: &[f64], factor: f64, logits: &mut [f64]) {
        let share = (sigmoid(-self.signed(row, margins[0])) / factor).clamp(f64::MIN_POSITIVE, 0.999);
        logits[0] = (share / (1.0 - share)).ln();
    }

    #[inline]
    fn shares(&self, logits: &[f64], shares: &mut [f64]) {
        shares[0] = sigmoid(logits[0]);
    }

    #[inline]
    fn add_pulls(&self, row: usize, by: f64, shares: &[f64], pulls: &mut [f64]) {
        pulls[0] += self.signed(row, by * shares[0]);
    }

    #[inline]
    fn improve(
        &self,
        row: usize,
        curvature: f64,
        margins: &[f64],
        logits: &mut [f64],
        shares: &mut [f64],
        _: &mut [f64],
    ) -> f64 {
        let (mut logit, old, margin) = (logits[0], shares[0], self.signed(row, margins[0]));
        let mut slope = margin + logit;
        let (mut share, first) = (old, slope);
        // The optimum lies between the logit and the one at which the share would not matter.
        let (mut low, mut high) = if slope > 0.0 { (-margin, logit) } else { (logit, -margin) };
        for _ in 0..MAX_STEPS {
            let newton = logit - slope / (1.0 + curvature * share * (1.0 - share));
            logit = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
            share = sigmoid(logit);
            slope = curvature * (share - old) + margin + logit;
            if slope.abs() <= STEP_SHARE * first.abs() {
                break;
            }
            if slope > 0.0 { high = logit } else { low = logit }
        }
        (logits[0], shares[0]) = (logit, share);
        0.5 * old * (1.0 - old) * first * first
    }

    fn loss_and_gap(&self, row: usize, margins: &[f64], logits: &[f64], shares: &[f64]) -> [f64; 2] {
        let loss = |margin: f64| logistic(true, margin)[0];
        let (margin, logit, share) = (self.signed(row, margins[0]), logits[0], shares[0]);
        let (lost, off) = (loss(margin), logit + margin);
        let gap = if off.abs() < NEAR {
            0.5 * share * (1.0 - share) * off * off
        } else {
            lost + share * margin - loss(logit) - (1.0 - share) * logit
        };
        [lost, gap]
    }
}

impl Logit<'_> {
    #[inline]
    fn signed(&self, row: usize, value: f64) -> f64 {
        if self.targets[row] { value } else { -value }
    }
}

/// All classes of a row: shares that sum to 1.
impl Variable for Softmax<'_> {
    #[inline]
    fn cost(&self, row: usize) -> f64 {
        self.costs[row]
    }

    fn nothing(&self, row: usize, logits: &mut [f64]) {
        logits.fill(0.0);
        logits[self.gold[row] as usize] = FAR;
    }

    fn near(&self, row: usize, margins: &[f64], factor: f64, logits: &mut [f64]) {
        let largest = margins.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = margins.iter().map(|margin| (margin - largest).exp()).sum();
        for (k, (logit, margin)) in logits.iter_mut().zip(margins).enumerate() {
            let share = (margin - largest).exp() / total / factor;
            let rest = if k == self.gold[row] as usize { 1.0 - 1.0 / factor } else { 0.0 };
            *logit = (share + rest).clamp(1e-9, 1.0).ln();
        }
    }

    #[inline]
    fn shares(&self, logits: &[f64], shares: &mut [f64]) {
        softmax(logits, shares);
    }

    #[inline]
    fn add_pulls(&self, row: usize, by: f64, shares: &[f64], pulls: &mut [f64]) {
        pulls.iter_mut().zip(shares).for_each(|(pull, share)| *pull -= by * share);
        pulls[self.gold[row] as usize] += by;
    }

    /// Newton's method for `t - margins + curvature (softmax t - old) = 0`. The derivative is a diagonal but for one
    /// direction; steps are halved until what is left of the equation becomes smaller.
    #[inline]
    fn improve(
        &self,
        _: usize,
        curvature: f64,
        margins: &[f64],
        logits: &mut [f64],
        shares: &mut [f64],
        buffer: &mut [f64],
    ) -> f64 {
        let n = logits.len();
        let (old, rest) = buffer.split_at_mut(n);
        let (slopes, steps) = rest.split_at_mut(n);
        old.copy_from_slice(shares);
        // What all have in common changes no share: without it the slopes sum to 0.
        let common = margins.iter().zip(logits.iter()).map(|(m, t)| m - t).sum::<f64>() / n as f64;
        logits.iter_mut().for_each(|t| *t += common);
        let set_slopes = |logits: &[f64], shares: &[f64], slopes: &mut [f64]| -> f64 {
            for k in 0..n {
                slopes[k] = logits[k] - margins[k] + curvature * (shares[k] - old[k]);
            }
            slopes.iter().map(|s| s * s).sum()
        };
        let first = set_slopes(logits, shares, slopes);
        let center: f64 = slopes.iter().zip(shares.iter()).map(|(s, p)| s * p).sum();
        let off = slopes.iter().zip(shares.iter()).map(|(s, p)| 0.5 * p * (s - center) * (s - center)).sum();
        let mut size = first;
        for _ in 0..MAX_STEPS {
            let (mut top, mut bottom) = (0.0, 0.0);
            for (p, slope) in shares.iter().zip(slopes.iter()) {
                let part = p / (1.0 + curvature * p);
                top += part * slope;
                bottom += part;
            }
            for k in 0..n {
                steps[k] = (slopes[k] + shares[k] * curvature * top / bottom) / (1.0 + curvature * shares[k]);
                logits[k] -= steps[k];
            }
            let mut rate = 1.0;
            loop {
                softmax(logits, shares);
                let left = set_slopes(logits, shares, slopes);
                if left < size || rate < LEAST_RATE {
                    size = left;
                    break;
                }
                rate *= 0.5;
                logits.iter_mut().zip(steps.iter()).for_each(|(t, step)| *t += rate * step);
            }
            if size <= STEP_SHARE * STEP_SHARE * first {
                break;
            }
        }
        off
    }

    fn loss_and_gap(&self, row: usize, margins: &[f64], logits: &[f64], shares: &[f64]) -> [f64; 2] {
        let total = log_sum_exp(margins);
        let lost = total - margins[self.gold[row] as usize];
        let off = |k: usize| logits[k] - margins[k];
        let center: f64 = shares.iter().enumerate().map(|(k, p)| p * off(k)).sum();
        let is_near = (0..logits.len()).all(|k| (off(k) - center).abs() < NEAR);
        let gap = if is_near {
            shares.iter().enumerate().map(|(k, p)| 0.5 * p * (off(k) - center) * (off(k) - center)).sum()
        } else {
            center - log_sum_exp(logits) + total
        };
        [lost, gap]
    }
}

#[inline]
fn softmax(logits: &[f64], shares: &mut [f64]) {
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut total = 0.0;
    for (share, logit) in shares.iter_mut().zip(logits) {
        *share = (logit - largest).exp();
        total += *share;
    }
    shares.iter_mut().for_each(|share| *share /= total);
}

fn log_sum_exp(logits: &[f64]) -> f64 {
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    largest + logits.iter().map(|logit| (logit - largest).exp()).sum::<f64>().ln()
}
