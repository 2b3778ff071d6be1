//! Logistic regression with an elastic net (L1 and L2) penalty: few weights are not 0, so that a model can be read.
//!
//! Reference: Yuan, Ho, Lin 2012, "An improved GLMNET for L1-regularized logistic regression" (JMLR 13): Newton steps
//! whose inner problem is solved by coordinate descent over the columns that can move; Zou and Hastie 2005 for the
//! penalty.

use linfa::ParamGuard;

use crate::error::{Error, ErrorKind, Result};
use crate::features::sparse::SparseRows;
use crate::training::logistic::{BinaryFit, FitReport, Inputs, LabelTargets, LogisticParams, Warm, log_odds, logistic};
use crate::training::newton::{NORM, Search, not_finite, search};
use crate::training::observed::Observed;

/// Passes over the columns in one Newton step.
const MAX_INNER: usize = 1_000;
/// An inner problem is solved until what is left of its gradient is this share of that of the step before.
const INNER_SHARE: f64 = 0.1;

/// Fits one label with the penalty `p_j (l1_ratio |w_j| + (1 - l1_ratio) / 2 w_j^2)` instead of `p_j / 2 w_j^2`; else
/// the problem of [`fit_binary`](crate::training::logistic::fit_binary). `l1_ratio` 1 is the lasso, 0 the ridge.
///
/// The fit ends when the estimated gap is `tolerance^2 / 2` x the objective, and the least subgradient 10 `tolerance` x
/// that of the constant model. Time O(non-zeros of moving columns) a pass; memory 8 bytes a non-zero, for the
/// columns.
///
/// # Errors
/// As `fit_binary`; [`ErrorKind::Usage`] if `l1_ratio` is not in 0..=1.
///
/// # Examples
/// ```
/// use demarche::features::sparse::{RowView, SparseRows};
/// use demarche::training::elastic_net::fit_elastic_net;
/// use demarche::training::logistic::LogisticParams;
///
/// let mut rows = SparseRows::new(2);
/// for (value, noise) in [(-2.0, 0.1), (-1.0, -0.1), (1.0, 0.1), (2.0, -0.1)] {
///     rows.push(RowView { columns: &[0, 1], values: &[value, noise] });
/// }
/// let targets = [false, false, true, true];
/// let fit = fit_elastic_net(&rows, &targets, None, None, 1.0, &LogisticParams::default(), None)?;
/// assert!(fit.weights[0] > 0.0 && fit.weights[1] == 0.0);
/// # Ok::<(), demarche::error::Error>(())
/// ```
pub fn fit_elastic_net(
    rows: &SparseRows,
    targets: &[bool],
    row_weights: Option<&[f64]>,
    penalty: Option<&[f64]>,
    l1_ratio: f64,
    params: &LogisticParams,
    warm: Option<&BinaryFit>,
) -> Result<BinaryFit> {
    if !(0.0..=1.0).contains(&l1_ratio) {
        return Err(Error::usage(format!("the L1 ratio must lie between 0 and 1, not {l1_ratio}")));
    }
    let checked = params.check_ref()?;
    let observed = Observed::once(rows);
    let inputs = Inputs::checked(&observed, row_weights, penalty, checked)?;
    let costs = inputs.costs(&LabelTargets { targets, factor: checked.positive_weight() })?;
    if let Some(warm) = warm {
        Warm::new(warm).checked(rows.n_columns())?;
    }
    let columns = Columns::of(rows);
    let l1: Vec<f64> = inputs.penalty().iter().map(|p| l1_ratio * p).collect();
    let l2: Vec<f64> = inputs.penalty().iter().map(|p| (1.0 - l1_ratio) * p).collect();
    let problem = Problem { columns: &columns, targets, costs: &costs, l1: &l1, l2: &l2 };
    problem.minimise(warm, checked.tolerance(), checked.max_iterations())
}

/// The rows by column.
struct Columns {
    starts: Vec<usize>,
    rows: Vec<u32>,
    values: Vec<f32>,
}

impl Columns {
    fn of(all: &SparseRows) -> Self {
        let mut starts = vec![0usize; all.n_columns() + 1];
        for row in all.iter() {
            row.columns.iter().for_each(|&column| starts[column as usize + 1] += 1);
        }
        for column in 0..all.n_columns() {
            starts[column + 1] += starts[column];
        }
        let mut next = starts.clone();
        let (mut rows, mut values) = (vec![0; all.n_nonzeros()], vec![0.0; all.n_nonzeros()]);
        for (i, row) in all.iter().enumerate() {
            for (&column, &value) in row.columns.iter().zip(row.values) {
                let at = next[column as usize];
                (rows[at], values[at]) = (i as u32, value);
                next[column as usize] += 1;
            }
        }
        Self { starts, rows, values }
    }

    fn n(&self) -> usize {
        self.starts.len() - 1
    }

    fn column(&self, j: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = self.starts[j]..self.starts[j + 1];
        self.rows[range.clone()].iter().zip(&self.values[range]).map(|(&i, &v)| (i as usize, f64::from(v)))
    }
}

struct Problem<'a> {
    columns: &'a Columns,
    targets: &'a [bool],
    costs: &'a [f64],
    l1: &'a [f64],
    l2: &'a [f64],
}

/// Gradient of the smooth part and its curvature, of all columns and the intercept.
struct Slopes {
    gradient: Vec<f64>,
    curvature: Vec<f64>,
    bias: [f64; 2],
}

impl Problem<'_> {
    fn minimise(&self, warm: Option<&BinaryFit>, tolerance: f64, max_iterations: usize) -> Result<BinaryFit> {
        let (n, n_rows) = (self.columns.n(), self.targets.len());
        let mut weights = vec![0.0; n];
        let mut intercept = log_odds(self.targets, self.costs);
        let mut margins = vec![intercept; n_rows];
        let (mut residuals, mut curvatures) = (vec![0.0; n_rows], vec![0.0; n_rows]);
        let mut loss = self.loss(&margins, None, Some((&mut residuals, &mut curvatures)));
        let floor = f64::EPSILON * self.costs.iter().sum::<f64>();
        let mut slopes = self.slopes(&weights, &residuals, &curvatures);
        let scale = self.violation(&weights, &slopes).0.max(floor);
        if let Some(warm) = warm {
            weights.clone_from(&warm.weights);
            intercept = warm.intercept;
            margins.fill(intercept);
            for (j, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight != 0.0) {
                self.columns.column(j).for_each(|(i, value)| margins[i] += weight * value);
            }
            loss = self.loss(&margins, None, Some((&mut residuals, &mut curvatures)));
            slopes = self.slopes(&weights, &residuals, &curvatures);
        }
        let mut report = FitReport {
            objective: loss + self.penalty(&weights),
            gradient_ratio: 1.0,
            constant_gradient: 0.0,
            n_iterations: 0,
            n_hessian_products: 0,
            converged: false,
        };
        let mut inner_share = INNER_SHARE;
        let mut before = f64::INFINITY;
        loop {
            let (norm, energy) = self.violation(&weights, &slopes);
            if !(norm.is_finite() && report.objective.is_finite()) {
                return Err(not_finite());
            }
            report.gradient_ratio = norm / scale;
            report.converged =
                norm <= NORM * tolerance * scale + floor && energy <= tolerance * tolerance * report.objective;
            if report.converged || report.n_iterations == max_iterations {
                break;
            }
            // A step that hardly helped was not solved closely enough.
            inner_share = if energy > 0.25 * before { (0.1 * inner_share).max(1e-6) } else { inner_share };
            before = energy;
            let (step, bias_step, step_margins, n_passes) =
                self.solve_step(&weights, &slopes, &curvatures, inner_share * energy);
            report.n_iterations += 1;
            report.n_hessian_products += n_passes;
            let predicted = self.predicted(&weights, &step, bias_step, &slopes);
            let at = |rate: f64| -> Vec<f64> { weights.iter().zip(&step).map(|(w, s)| w + rate * s).collect() };
            let before = report.objective;
            let (found, rate, value) = search(before, predicted, |rate| {
                self.loss(&margins, Some((rate, &step_margins)), None) + self.penalty(&at(rate))
            })?;
            if found == Search::Failed {
                break;
            }
            let stalled = found == Search::Blind && value >= before;
            weights = at(rate);
            report.objective = value;
            intercept += rate * bias_step;
            margins.iter_mut().zip(&step_margins).for_each(|(margin, s)| *margin += rate * s);
            self.loss(&margins, None, Some((&mut residuals, &mut curvatures)));
            slopes = self.slopes(&weights, &residuals, &curvatures);
            if stalled {
                let (norm, energy) = self.violation(&weights, &slopes);
                report.gradient_ratio = norm / scale;
                report.converged =
                    norm <= NORM * tolerance * scale + floor && energy <= tolerance * tolerance * report.objective;
                break;
            }
        }
        if weights.iter().all(|w| w.is_finite()) && intercept.is_finite() {
            Ok(BinaryFit { weights, intercept, report })
        } else {
            Err(Error::new(ErrorKind::Numeric, "the weights are no longer finite; lower the cost or scale the columns"))
        }
    }

    fn penalty(&self, weights: &[f64]) -> f64 {
        weights.iter().zip(self.l1.iter().zip(self.l2)).map(|(w, (l1, l2))| l1 * w.abs() + 0.5 * l2 * w * w).sum()
    }

    /// Loss at the margins, or at a rate along a step; leaves each row's derivatives where asked.
    fn loss(&self, margins: &[f64], step: Option<(f64, &[f64])>, derivatives: Option<(&mut [f64], &mut [f64])>) -> f64 {
        let margin = |i: usize| margins[i] + step.map_or(0.0, |(rate, step)| rate * step[i]);
        let of_row = |i: usize| {
            let [lost, residual, curvature] = logistic(self.targets[i], margin(i));
            (self.costs[i] * lost, self.costs[i] * residual, self.costs[i] * curvature)
        };
        match derivatives {
            None => (0..margins.len()).map(|i| of_row(i).0).sum(),
            Some((residuals, curvatures)) => (0..margins.len())
                .map(|i| {
                    let (lost, residual, curvature) = of_row(i);
                    (residuals[i], curvatures[i]) = (residual, curvature);
                    lost
                })
                .sum(),
        }
    }

    fn slopes(&self, weights: &[f64], residuals: &[f64], curvatures: &[f64]) -> Slopes {
        let of_column = |j: usize| {
            self.columns.column(j).fold((self.l2[j] * weights[j], self.l2[j]), |(gradient, curvature), (i, value)| {
                (gradient + residuals[i] * value, curvature + curvatures[i] * value * value)
            })
        };
        let (gradient, curvature) = (0..weights.len()).map(of_column).unzip();
        Slopes { gradient, curvature, bias: [residuals.iter().sum(), curvatures.iter().sum()] }
    }

    /// Norm of the least subgradient, and its square over the curvature: about twice the gap to the optimum.
    fn violation(&self, weights: &[f64], slopes: &Slopes) -> (f64, f64) {
        let [bias, bias_curvature] = slopes.bias;
        let (mut norm, mut energy) = (bias * bias, bias * bias / bias_curvature.max(f64::MIN_POSITIVE));
        for (j, &weight) in weights.iter().enumerate() {
            let v = least(weight, slopes.gradient[j], self.l1[j]);
            norm += v * v / (self.l1[j] + self.l2[j]);
            energy += v * v / slopes.curvature[j].max(f64::MIN_POSITIVE);
        }
        (norm.sqrt(), energy)
    }

    /// What the step gains by the gradient and the penalty, negative.
    fn predicted(&self, weights: &[f64], step: &[f64], bias_step: f64, slopes: &Slopes) -> f64 {
        let of_column = |j: usize| {
            let change = (weights[j] + step[j]).abs() - weights[j].abs();
            slopes.gradient[j] * step[j] + self.l1[j] * change
        };
        (0..weights.len()).map(of_column).sum::<f64>() + slopes.bias[0] * bias_step
    }

    /// The quadratic model with the penalty, solved by coordinate descent until the energy that is left is `goal`:
    /// step, the intercept's, their margins, passes.
    ///
    /// Columns at 0 whose gradient leaves them there by a margin are passed over until the rest is solved.
    fn solve_step(
        &self,
        weights: &[f64],
        slopes: &Slopes,
        curvatures: &[f64],
        goal: f64,
    ) -> (Vec<f64>, f64, Vec<f64>, usize) {
        let n = weights.len();
        let mut step = vec![0.0; n];
        let mut bias_step = 0.0;
        let mut margins = vec![0.0; self.targets.len()];
        let bias_curvature = slopes.bias[1].max(f64::MIN_POSITIVE);
        let mut active: Vec<usize> =
            (0..n).filter(|&j| weights[j] != 0.0 || least(0.0, slopes.gradient[j], self.l1[j]) != 0.0).collect();
        for pass in 1..=MAX_INNER {
            let mut energy = 0.0;
            active.retain(|&j| {
                let curvature = slopes.curvature[j];
                if curvature <= 0.0 {
                    return false;
                }
                let pulled: f64 = self.columns.column(j).map(|(i, value)| curvatures[i] * margins[i] * value).sum();
                let gradient = slopes.gradient[j] + pulled + self.l2[j] * step[j];
                let at = weights[j] + step[j];
                let violation = least(at, gradient, self.l1[j]);
                energy += violation * violation / curvature;
                let moved = soft(at - gradient / curvature, self.l1[j] / curvature);
                let change = moved - at;
                if change != 0.0 {
                    step[j] += change;
                    self.columns.column(j).for_each(|(i, value)| margins[i] += change * value);
                }
                true
            });
            let gradient = slopes.bias[0] + margins.iter().zip(curvatures).map(|(m, c)| m * c).sum::<f64>();
            energy += gradient * gradient / bias_curvature;
            let change = -gradient / bias_curvature;
            bias_step += change;
            margins.iter_mut().for_each(|margin| *margin += change);
            if energy <= goal {
                return (step, bias_step, margins, pass);
            }
        }
        (step, bias_step, margins, MAX_INNER)
    }
}

/// The least subgradient in one column: 0 where the weight is best at 0.
fn least(weight: f64, gradient: f64, l1: f64) -> f64 {
    if weight > 0.0 {
        gradient + l1
    } else if weight < 0.0 {
        gradient - l1
    } else {
        soft(gradient, l1)
    }
}

/// `value` brought nearer to 0 by `by`, at most to 0.
fn soft(value: f64, by: f64) -> f64 {
    value.signum() * (value.abs() - by).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::logistic::fit_binary;
    use crate::training::logistic::tests::{Problem as Set, problem, random};

    fn exact() -> LogisticParams {
        LogisticParams::default().tolerance(1e-7)
    }

    #[test]
    fn without_l1_it_is_the_ridge() {
        for (share, cost) in [(0.1, 1.0), (0.5, 10.0)] {
            let Set { rows, targets } = problem(200, 20, share, 1);
            let net = fit_elastic_net(&rows, &targets, None, None, 0.0, &exact().cost(cost), None).unwrap();
            let ridge = fit_binary(&rows, &targets, None, None, &exact().cost(cost), None).unwrap();
            assert!(net.report.converged, "{:?}", net.report);
            assert!((net.report.objective / ridge.report.objective - 1.0).abs() < 1e-10);
            for (a, b) in net.weights.iter().zip(&ridge.weights) {
                assert!((a - b).abs() < 1e-5, "{a} {b}");
            }
        }
    }

    #[test]
    fn the_optimum_is_better_than_its_neighbours() {
        let Set { rows, targets } = problem(300, 30, 0.4, 2);
        let mut next = random(3);
        let weights: Vec<f64> = (0..300).map(|_| 2.0 * next()).collect();
        let penalty: Vec<f64> = (0..30).map(|_| 0.5 + next()).collect();
        for (ratio, cost) in [(1.0, 0.05), (1.0, 1.0), (0.5, 0.3), (0.1, 10.0)] {
            let params = exact().cost(cost).positive_weight(1.5);
            let fit = fit_elastic_net(&rows, &targets, Some(&weights), Some(&penalty), ratio, &params, None).unwrap();
            let objective = |w: &[f64], b: f64| {
                let loss: f64 = rows
                    .iter()
                    .enumerate()
                    .map(|(i, row)| {
                        let logit = row.dot(w) + b;
                        let (sign, class) = if targets[i] { (1.0, 1.5) } else { (-1.0, 1.0) };
                        cost * weights[i] * class * (-sign * logit).exp().ln_1p()
                    })
                    .sum();
                let net = |(w, p): (&f64, &f64)| p * (ratio * w.abs() + 0.5 * (1.0 - ratio) * w * w);
                loss + w.iter().zip(&penalty).map(net).sum::<f64>()
            };
            let best = objective(&fit.weights, fit.intercept);
            assert!(fit.report.converged && (best / fit.report.objective - 1.0).abs() < 1e-12, "{:?}", fit.report);
            for j in 0..31 {
                for change in [-1e-3, 1e-3] {
                    let (mut w, mut b) = (fit.weights.clone(), fit.intercept);
                    *w.get_mut(j).unwrap_or(&mut b) += change;
                    assert!(objective(&w, b) > best, "{ratio} {cost} {j}");
                }
            }
        }
    }

    #[test]
    fn more_l1_keeps_fewer_weights_and_warm_starts_save_work() {
        let Set { rows, targets } = problem(400, 60, 0.3, 4);
        let fit = |ratio: f64, cost: f64, warm: Option<&BinaryFit>| {
            fit_elastic_net(&rows, &targets, None, None, ratio, &exact().cost(cost), warm).unwrap()
        };
        let n = |fit: &BinaryFit| fit.weights.iter().filter(|w| **w != 0.0).count();
        let (few, more, all) = (fit(1.0, 0.05, None), fit(1.0, 0.5, None), fit(0.0, 0.5, None));
        assert!(n(&few) < n(&more) && n(&more) < n(&all) && n(&all) == 60, "{} {} {}", n(&few), n(&more), n(&all));
        assert_eq!(fit(1.0, 0.5, Some(&more)).report.n_iterations, 0);
        let near = fit(1.0, 0.5, Some(&few));
        assert!((near.report.objective / more.report.objective - 1.0).abs() < 1e-10);
        let kind = fit_elastic_net(&rows, &targets, None, None, 1.5, &exact(), None).unwrap_err().kind().clone();
        assert_eq!(kind, ErrorKind::Usage);
        let none = fit(1.0, 1e-6, None);
        assert!(n(&none) == 0 && none.report.converged, "{:?}", none.report);
    }
}
