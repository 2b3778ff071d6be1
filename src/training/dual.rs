//! Dual coordinate descent for L2 logistic regression, with Newton's method for the last digits.
//!
//! One row at a time is brought to its optimum, in a random order of fixed seed. The intercept of this part has a small
//! penalty, which Newton's method, starting from its result, takes away again: the optimum is that of
//! [`fit_binary`](crate::training::logistic::fit_binary), to the same tolerance.
//!
//! Reference: Yu, Huang, Lin 2011, "Dual coordinate descent methods for logistic regression and maximum entropy models"
//! (Machine Learning 85), algorithm 5.

use linfa::ParamGuard;

use crate::dataset::random::Random;
use crate::error::Result;
use crate::features::sparse::{RowView, SparseRows};
use crate::training::logistic::{BinaryFit, FitReport, Inputs, LabelTargets, LogisticParams};
use crate::training::observed::Observed;

/// Value of the intercept's column: a larger one is penalised less and slower to converge.
const INTERCEPT: f64 = 3.0;
/// Passes over the rows after which Newton's method takes over at the latest.
const MAX_PASSES: usize = 30;
/// Newton takes over when no row's derivative is above this share of the first pass's.
const ENOUGH: f64 = 0.02;
/// Derivative at which a row is done: Newton's method brings the last digits.
const ROW_TOLERANCE: f64 = 1e-3;
/// Newton steps for one row.
const MAX_STEPS: usize = 20;

/// Fits one label by dual coordinate descent; arguments, result and errors are those of
/// [`fit_binary`](crate::training::logistic::fit_binary). The report counts Newton's iterations only.
///
/// # Errors
/// As `fit_binary`.
pub fn fit_dual(
    rows: &SparseRows,
    targets: &[bool],
    row_weights: Option<&[f64]>,
    penalty: Option<&[f64]>,
    params: &LogisticParams,
    warm: Option<&BinaryFit>,
) -> Result<BinaryFit> {
    let checked = params.check_ref()?;
    let observed = Observed::once(rows);
    let inputs = Inputs::checked(&observed, row_weights, penalty, checked)?;
    let costs = inputs.costs(&LabelTargets { targets, factor: checked.positive_weight() })?;
    // A neighbour on the path of costs is nearer than anything that passes over the rows would find.
    let start = match warm {
        Some(warm) => warm.clone(),
        None => {
            let (weights, intercept) = descend(rows, targets, &costs, inputs.penalty());
            let report = FitReport {
                objective: f64::INFINITY,
                gradient_ratio: 1.0,
                constant_gradient: 0.0,
                n_iterations: 0,
                n_hessian_products: 0,
                converged: false,
            };
            BinaryFit { weights, intercept, report }
        }
    };
    let finite = start.intercept.is_finite() && start.weights.iter().all(|weight| weight.is_finite());
    inputs.fit(targets, finite.then_some(&start))
}

/// Passes over the rows until little changes; weights and intercept.
fn descend(rows: &SparseRows, targets: &[bool], costs: &[f64], penalty: &[f64]) -> (Vec<f64>, f64) {
    let mut sums = [0.0, 0.0];
    targets.iter().zip(costs).for_each(|(&target, cost)| sums[usize::from(target)] += cost);
    let base = (sums[1] / sums[0]).ln();
    let n_rows = rows.n_rows();
    let mut weights = vec![0.0; rows.n_columns()];
    let mut intercept = base;
    let square = |row: RowView<'_>| -> f64 {
        row.iter().map(|(column, value)| value * value / penalty[column]).sum::<f64>() + INTERCEPT * INTERCEPT
    };
    let squares: Vec<f64> = rows.iter().map(square).collect();
    // Each row's dual variable as a share of its cost; at the start that of the constant model is known, but its
    // weights are not small: a small share leaves the weights near 0.
    let mut shares: Vec<f64> =
        costs.iter().map(|cost| if *cost > 0.0 { 0.001_f64.min(1e-8 / cost) } else { 0.0 }).collect();
    for (i, row) in rows.iter().enumerate() {
        pull(row, penalty, signed(targets[i], shares[i] * costs[i]), &mut weights, &mut intercept);
    }
    let mut order: Vec<usize> = (0..n_rows).filter(|&i| costs[i] > 0.0).collect();
    let mut random = Random::new(0);
    let mut first = None;
    for _ in 0..MAX_PASSES {
        random.shuffle(&mut order);
        let mut largest: f64 = 0.0;
        for &i in &order {
            let (row, cost) = (rows.row(i), costs[i]);
            let margin = signed(targets[i], row.dot(&weights) + intercept);
            let old = shares[i];
            let (share, gradient) = best_share(old, squares[i] * cost, margin);
            largest = largest.max(gradient.abs());
            if share != old {
                shares[i] = share;
                pull(row, penalty, signed(targets[i], (share - old) * cost), &mut weights, &mut intercept);
            }
        }
        let first = *first.get_or_insert(largest);
        if largest <= ENOUGH * first {
            break;
        }
    }
    (weights, intercept)
}

fn signed(target: bool, value: f64) -> f64 {
    if target { value } else { -value }
}

/// Adds `amount` x row to the weights.
fn pull(row: RowView<'_>, penalty: &[f64], amount: f64, weights: &mut [f64], intercept: &mut f64) {
    for (column, value) in row.iter() {
        weights[column] += amount * value / penalty[column];
    }
    *intercept += amount * INTERCEPT * INTERCEPT;
}

/// The share s in 0..1 at which `curvature/2 (s - old)^2 + margin (s - old) + s ln s + (1-s) ln(1-s)` is the least, and
/// the derivative at `old`. Newton's method on the smaller of s and 1 - s, which keeps both away from 0.
fn best_share(old: f64, curvature: f64, margin: f64) -> (f64, f64) {
    let at_old = margin + (old / (1.0 - old)).ln();
    // From the side on which the optimum lies: there the variable is small and its logarithm matters.
    let low = margin - curvature * (old - 0.5) > 0.0;
    let (start, offset, sign) = if low { (old, old, 1.0) } else { (1.0 - old, 1.0 - old, -1.0) };
    let mut z = if start <= 0.5 { start } else { 0.1 * start };
    for _ in 0..MAX_STEPS {
        let gradient = curvature * (z - offset) + sign * margin + (z / (1.0 - z)).ln();
        if gradient.abs() < ROW_TOLERANCE {
            break;
        }
        let step = gradient / (curvature + 1.0 / (z * (1.0 - z)));
        let moved = z - step;
        z = if moved <= 0.0 { 0.1 * z } else { moved.min(1.0 - 1e-15) };
        if z < 1e-300 {
            break;
        }
    }
    let share = if low { z } else { 1.0 - z };
    (share.clamp(1e-300, 1.0 - 1e-16), at_old)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::logistic::fit_binary;
    use crate::training::logistic::tests::{Problem, problem, random};

    #[test]
    fn one_row_is_brought_to_its_optimum() {
        let mut next = random(1);
        for _ in 0..1_000 {
            let (old, curvature, margin) = (1e-8 + 0.999 * next(), 100.0 * next(), 60.0 * next() - 30.0);
            let (share, _) = best_share(old, curvature, margin);
            let derivative = curvature * (share - old) + margin + (share / (1.0 - share)).ln();
            assert!(
                derivative.abs() < 2.0 * ROW_TOLERANCE || !(1e-12..=1.0 - 1e-12).contains(&share),
                "{old} {curvature} {margin}: {share}"
            );
        }
    }

    #[test]
    fn the_optimum_is_that_of_newton() {
        for (share, cost) in [(0.05, 1.0), (0.5, 0.1), (0.5, 100.0), (0.95, 1.0)] {
            let Problem { rows, targets } = problem(300, 40, share, 2);
            let mut next = random(3);
            let weights: Vec<f64> = (0..300).map(|_| (3.0 * next()).floor()).collect();
            let penalty: Vec<f64> = (0..40).map(|_| 0.5 + next()).collect();
            let params = LogisticParams::default().cost(cost).tolerance(1e-8).positive_weight(2.0);
            let dual = fit_dual(&rows, &targets, Some(&weights), Some(&penalty), &params, None).unwrap();
            let newton = fit_binary(&rows, &targets, Some(&weights), Some(&penalty), &params, None).unwrap();
            assert!(dual.report.converged && newton.report.converged);
            assert!((dual.report.objective / newton.report.objective - 1.0).abs() < 1e-10);
            for (a, b) in dual.weights.iter().zip(&newton.weights) {
                assert!((a - b).abs() < 1e-5, "{share} {cost}: {a} {b}");
            }
        }
    }

    #[test]
    fn coordinate_descent_alone_comes_near() {
        let Problem { rows, targets } = problem(400, 60, 0.3, 4);
        let newton = fit_binary(&rows, &targets, None, None, &LogisticParams::default().tolerance(1e-8), None).unwrap();
        let (weights, intercept) = descend(&rows, &targets, &[1.0; 400], &[1.0; 60]);
        let loss = rows
            .iter()
            .zip(&targets)
            .map(|(row, &target)| (-signed(target, row.dot(&weights) + intercept)).exp().ln_1p());
        let objective = loss.sum::<f64>() + 0.5 * weights.iter().map(|w| w * w).sum::<f64>();
        let gap = objective / newton.report.objective - 1.0;
        assert!((0.0..2e-3).contains(&gap), "{gap:e}");
    }
}
