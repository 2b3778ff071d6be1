//! Dual coordinate descent for logistic regression with an L2 penalty on sparse rows: of one label, or of all classes.
//!
//! Each observation has dual variables: the shares of its cost with which it pulls at the weights. One observation after
//! the other is brought to its optimum, in an order of fixed seed. How far they were off is about the gap between primal
//! and dual; what it comes to is worked out exactly in the end. Intercepts are free: their condition (all pulls sum to 0) is
//! met by a multiplier, which is the intercept.
//!
//! Where passes over the rows hardly help (large costs on rows that can be separated), Newton's method goes on from there.
//!
//! Reference: Yu, Huang, Lin 2011, "Dual coordinate descent methods for logistic regression and maximum entropy models"
//! (Machine Learning 85), algorithms 5 and 6, with other variables; Bertsekas 1982, chapter 2, for the multiplier.

mod variable;

use linfa::ParamGuard;

use crate::dataset::random::Random;
use crate::error::Result;
use crate::features::sparse::{RowView, SparseRows};
use crate::training::dual::variable::Variable;
use crate::training::lanes::{add, add_row, margins};
use crate::training::logistic::{BinaryFit, FitReport, Inputs, LabelTargets, LogisticParams, Logit, Warm, log_odds};
use crate::training::newton::{Minimum, Problem, Start};
use crate::training::observed::{Observed, ObservedRow};

/// Rows that are visited in their order; the order of these blocks is random. 31574 x 77986 sentences, cost 10: ten
/// passes take 0.05 s, 0.11 s with rows in random order, which are read from all over the memory.
const BLOCK: usize = 16;
/// Passes by which it is judged how many are needed.
const TRIAL: usize = 6;
/// Newton's method takes over where more passes than this are to be expected. A pass takes about as long as a product
/// with the Hessian.
const MAX_PASSES: f64 = 60.0;
/// The multiplier's penalty over the sum of all costs: with more of it the intercept lags behind, with less all rows pull
/// at each other through it. 31574 x 77986 sentences, costs 1 and 10, passes to a gap of 5e-7: 6 and 12; with an eighth 8 and
/// 31, with eight times as much 9 and 12.
const INTERCEPT: f64 = 250.0;

/// Fits one label by dual coordinate descent; arguments, result and errors are those of
/// [`fit_binary`](crate::training::logistic::fit_binary). The fit ends when the gap between primal and dual is
/// `tolerance^2 / 2` of the objective. Time O(non-zeros) a pass, memory 24 bytes an observation and 8 a column.
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
    let label = LabelTargets { targets, factor: checked.positive_weight() };
    fit_label(&inputs, &label, warm.map(Warm::new).as_ref())
}

/// [`fit_dual`] of observed rows.
pub(crate) fn fit_label(inputs: &Inputs<'_>, label: &LabelTargets<'_>, warm: Option<&Warm<'_>>) -> Result<BinaryFit> {
    let costs = inputs.costs(label)?;
    let loss = Logit { targets: label.targets, costs: &costs };
    let problem = Problem { rows: inputs.observed(), loss, penalty: inputs.penalty() };
    let start = warm.map(|warm| warm.starts(inputs.observed().n_columns())).transpose()?;
    let factor = warm.map_or(1.0, |warm| warm.factor);
    let params = inputs.params();
    let base = vec![log_odds(label.targets, &costs)];
    minimise::<1, _>(&problem, base, start, factor, params.tolerance(), params.max_iterations()).map(BinaryFit::from)
}

/// [`Problem::minimise`] by dual coordinate descent, and by Newton's method from there where it is slow. `factor` is the
/// present cost over that of `start`. `N` as there.
///
/// # Errors
/// As there.
pub(super) fn minimise<const N: usize, L: Variable>(
    problem: &Problem<'_, L>,
    base: Vec<f64>,
    start: Option<Start>,
    factor: f64,
    tolerance: f64,
    max_iterations: usize,
) -> Result<Minimum> {
    let mut descent = Descent::<N, L>::new(problem, &base, start.as_ref(), factor);
    let end = descent.run(tolerance);
    let Descent { weights, intercepts, .. } = descent;
    let is_finite = weights.iter().chain(&intercepts).all(|number| number.is_finite());
    if !end.converged {
        let start = is_finite.then_some(Start { weights, intercepts, scale: None });
        let mut minimum = problem.minimise::<N>(base, start, tolerance, max_iterations)?;
        minimum.report.n_iterations += end.n_passes;
        return Ok(minimum);
    }
    let report = FitReport {
        objective: end.objective,
        gradient_ratio: 0.0,
        constant_gradient: 0.0,
        n_iterations: end.n_passes,
        n_hessian_products: 0,
        converged: true,
    };
    Ok(Minimum { weights, intercepts, report })
}

/// Variables of the dual, and what follows from them. Classes of a column or an observation lie side by side.
struct Descent<'a, const N: usize, L> {
    rows: &'a Observed<'a>,
    loss: &'a L,
    penalty: &'a [f64],
    n: usize,
    /// Whether all penalties are 1.
    is_even: bool,
    /// Number of the first observation of each block.
    blocks: Vec<usize>,
    /// Squared length of each observation.
    squares: Vec<f64>,
    /// What a pull adds to the intercepts.
    step: f64,
    weights: Vec<f64>,
    intercepts: Vec<f64>,
    logits: Vec<f64>,
    shares: Vec<f64>,
    /// Sums of all pulls: 0 at the optimum.
    imbalance: Vec<f64>,
}

/// What a pass over the rows saw.
#[derive(Debug, Clone, Copy, Default)]
struct Passed {
    /// How far the variables were off when they were visited: about the gap between primal and dual.
    distance: f64,
    /// Loss of the rows that begin a block, and their cost.
    sampled: [f64; 2],
}

/// How a descent ended.
struct End {
    objective: f64,
    n_passes: usize,
    converged: bool,
}

impl<'a, const N: usize, L: Variable> Descent<'a, N, L> {
    /// From shares next to none, or those that pull as an earlier fit does.
    fn new(problem: &'a Problem<'a, L>, base: &[f64], start: Option<&Start>, factor: f64) -> Self {
        let Problem { rows, loss, penalty } = problem;
        let n = loss.n_classes();
        let is_even = penalty.iter().all(|&p| p == 1.0);
        let square = |row: RowView<'_>| -> f64 {
            if is_even {
                row.values.iter().map(|&v| f64::from(v) * f64::from(v)).sum()
            } else {
                row.iter().map(|(column, value)| value * value / penalty[column]).sum()
            }
        };
        let mut squares = Vec::with_capacity(rows.n_observations());
        let mut blocks = Vec::new();
        for (i, row) in rows.iter().enumerate() {
            if i % BLOCK == 0 {
                blocks.push(row.at);
            }
            let without = square(row.before) + square(row.after);
            if row.is_double() {
                squares.push(without + square(row.dropped));
            }
            squares.push(without);
        }
        let mut descent = Self {
            rows,
            loss,
            penalty,
            n,
            is_even,
            blocks,
            squares,
            step: INTERCEPT / loss.total_cost(),
            weights: vec![0.0; rows.n_columns() * n],
            intercepts: start.map_or(base, |start| &start.intercepts).to_vec(),
            logits: vec![0.0; rows.n_observations() * n],
            shares: vec![0.0; rows.n_observations() * n],
            imbalance: vec![0.0; n],
        };
        descent.set_shares(start, factor);
        descent
    }

    /// Shares, and the weights that follow from them.
    fn set_shares(&mut self, start: Option<&Start>, factor: f64) {
        let n = self.n;
        let (mut found, mut pulls) = (vec![0.0; 2 * n], vec![0.0; 2 * n]);
        for (i, row) in self.rows.iter().enumerate() {
            if let Some(start) = start {
                margins::<N>(&row, &start.weights, &start.intercepts, &mut found);
            }
            pulls.fill(0.0);
            for k in 0..row.n_observations() {
                let own = (row.at + k) * n..(row.at + k + 1) * n;
                let (logits, shares) = (&mut self.logits[own.clone()], &mut self.shares[own]);
                match start {
                    Some(_) => self.loss.near(i, &found[k * n..(k + 1) * n], factor, logits),
                    None => self.loss.nothing(i, logits),
                }
                self.loss.shares(logits, shares);
                let cost = row.share() * self.loss.cost(i);
                self.loss.add_pulls(i, cost, shares, &mut pulls[k * n..(k + 1) * n]);
            }
            self.pull(&row, &mut pulls);
        }
    }

    /// Passes over the rows in random order of their blocks, until the gap is small or more passes hardly help.
    fn run(&mut self, tolerance: f64) -> End {
        let goal = 0.5 * tolerance * tolerance;
        let total = self.loss.total_cost();
        let mut order: Vec<usize> = (0..self.blocks.len()).collect();
        let mut random = Random::new(0);
        let mut distances: Vec<f64> = Vec::new();
        loop {
            random.shuffle(&mut order);
            let Passed { distance, sampled: [lost, cost] } = self.pass(&order);
            add::<N>(&mut self.intercepts, self.step, &self.imbalance);
            // Single passes differ: what one gains is judged by the last three.
            let back = distances.len().min(3);
            let before = distances[distances.len() - back..].first().copied().unwrap_or(distance);
            let rate = (distance / before).powf(1.0 / back.max(1) as f64);
            distances.push(distance);
            let n_passes = distances.len();
            let expected = distance * rate.min(1.0);
            let objective = self.ridge() + lost / cost * total;
            if n_passes > 1 && expected <= goal * objective {
                let (objective, gap) = self.objective_and_gap();
                if gap <= goal * objective {
                    return End { objective, n_passes, converged: true };
                }
            }
            let needed = (goal * objective / expected).ln() / rate.ln();
            if n_passes >= TRIAL && !(rate < 1.0 && n_passes as f64 + needed <= MAX_PASSES) {
                return End { objective, n_passes, converged: false };
            }
        }
    }

    /// Brings the shares of each observation to their optimum, block after block.
    fn pass(&mut self, order: &[usize]) -> Passed {
        let n = if N == 0 { self.n } else { N };
        let mut passed = Passed::default();
        let (mut found, mut pulls, mut buffer) = (vec![0.0; 2 * n], vec![0.0; 2 * n], vec![0.0; 3 * n]);
        let (rows, loss) = (self.rows, self.loss);
        for &block in order {
            let first = block * BLOCK;
            for (i, row) in (first..).zip(rows.part(first..first + BLOCK, self.blocks[block])) {
                let cost = row.share() * loss.cost(i);
                if cost == 0.0 {
                    continue;
                }
                margins::<N>(&row, &self.weights, &self.intercepts, &mut found);
                pulls.fill(0.0);
                for k in 0..row.n_observations() {
                    let curvature = self.squares[row.at + k] + self.step;
                    let own = (row.at + k) * n..(row.at + k + 1) * n;
                    let (logits, shares) = (&mut self.logits[own.clone()], &mut self.shares[own]);
                    let (before, at) = found.split_at_mut(k * n);
                    if k > 0 {
                        // What both observations have in common has just been moved.
                        add::<N>(at, curvature, &pulls[..n]);
                    }
                    let (at, pulls) = (&at[..n], &mut pulls[k * n..(k + 1) * n]);
                    if i == first && before.is_empty() {
                        let [lost, _] = loss.loss_and_gap(i, at, logits, shares);
                        passed.sampled = [passed.sampled[0] + cost * lost, passed.sampled[1] + cost];
                    }
                    loss.add_pulls(i, -cost, shares, pulls);
                    passed.distance += cost * loss.improve(i, cost * curvature, at, logits, shares, &mut buffer);
                    loss.add_pulls(i, cost, shares, pulls);
                }
                self.pull(&row, &mut pulls);
            }
        }
        passed
    }

    /// Moves weights and intercepts by the pulls of a row's observations, which are overwritten.
    #[inline]
    fn pull(&mut self, row: &ObservedRow<'_>, pulls: &mut [f64]) {
        let n = if N == 0 { self.n } else { N };
        let (whole, without) = pulls.split_at_mut(n);
        if row.is_double() {
            self.pull_part(row.dropped, whole);
            add::<N>(whole, 1.0, without);
        }
        self.pull_part(row.before, whole);
        self.pull_part(row.after, whole);
        add::<N>(&mut self.imbalance, 1.0, whole);
        add::<N>(&mut self.intercepts, self.step, whole);
    }

    #[inline]
    fn pull_part(&mut self, part: RowView<'_>, pulls: &[f64]) {
        if self.is_even {
            return add_row::<N>(part, pulls, &mut self.weights);
        }
        for (column, value) in part.iter() {
            let at = column * self.n;
            add::<N>(&mut self.weights[at..at + self.n], value / self.penalty[column], pulls);
        }
    }

    fn ridge(&self) -> f64 {
        let squares = |weights: &[f64]| weights.iter().map(|w| w * w).sum::<f64>();
        0.5 * self.weights.chunks_exact(self.n).zip(self.penalty).map(|(w, p)| p * squares(w)).sum::<f64>()
    }

    /// The objective, and how far it is above that of the dual.
    fn objective_and_gap(&self) -> (f64, f64) {
        let n = self.n;
        let (mut objective, mut gap) = (self.ridge(), 0.0);
        let mut found = vec![0.0; 2 * n];
        for (i, row) in self.rows.iter().enumerate() {
            let cost = row.share() * self.loss.cost(i);
            margins::<N>(&row, &self.weights, &self.intercepts, &mut found);
            for (k, found) in found.chunks_exact(n).enumerate().take(row.n_observations()) {
                let own = (row.at + k) * n..(row.at + k + 1) * n;
                let [lost, above] = self.loss.loss_and_gap(i, found, &self.logits[own.clone()], &self.shares[own]);
                objective += cost * lost;
                gap += cost * above;
            }
        }
        (objective, gap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::logistic::fit_binary;
    use crate::training::logistic::tests::{Problem, problem, random};

    #[test]
    fn the_optimum_is_that_of_newton() {
        for (share, cost) in [(0.05, 1.0), (0.5, 0.1), (0.5, 1.0), (0.5, 100.0), (0.95, 1.0)] {
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
    fn descent_alone_gets_there_and_says_how_near_it_is() {
        let Problem { rows, targets } = problem(400, 60, 0.3, 4);
        let exact = LogisticParams::default().tolerance(1e-8);
        let newton = fit_binary(&rows, &targets, None, None, &exact, None).unwrap();
        for tolerance in [1e-2, 1e-3, 1e-4] {
            let params = LogisticParams::default().tolerance(tolerance);
            let fit = fit_dual(&rows, &targets, None, None, &params, None).unwrap();
            assert!(fit.report.n_hessian_products == 0 && fit.report.converged, "{tolerance}: {:?}", fit.report);
            let gap = fit.report.objective / newton.report.objective - 1.0;
            assert!((-1e-12..0.5 * tolerance * tolerance).contains(&gap), "{tolerance}: {gap:e}");
        }
    }

    #[test]
    fn a_warm_start_saves_passes_and_hard_problems_end_with_newton() {
        let Problem { rows, targets } = problem(400, 60, 0.3, 5);
        let params = |cost: f64| LogisticParams::default().tolerance(1e-4).cost(cost);
        let fit =
            |cost: f64, warm: Option<&BinaryFit>| fit_dual(&rows, &targets, None, None, &params(cost), warm).unwrap();
        let cold = fit(1.0, None);
        assert!(fit(1.0, Some(&cold)).report.n_iterations < cold.report.n_iterations);
        let hard = fit(1e5, None);
        assert!(hard.report.converged && hard.report.n_hessian_products > 0, "{:?}", hard.report);
    }
}
