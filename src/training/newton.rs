//! Truncated Newton method with a line search for L2 logistic regression on sparse rows, several labels side by side.
//!
//! The inner problem is solved by conjugate gradients with a diagonal preconditioner. Each inner step reads the
//! matrix once: a row's dot product and its contribution to the result are done while the row is in the cache.
//! Margins of the direction are added up on the way, so that the line search never reads the matrix.
//!
//! The labels of a problem are independent: each has its own steps and ends by itself. They only share the reading of the matrix: the numbers of one column lie side by side, so that one access
//! serves all. `data/quotes.csv`, 14 labels: docs/LEARNING.md has the gain.
//!
//! Reference: Lin, Weng, Keerthi 2008, "Trust region Newton method for large-scale logistic regression" (JMLR 9);
//! Galli, Lin 2021, "A study on truncated Newton methods for linear classification" (line search, stopping rule);
//! Hsia, Chiang, Lin 2018, "Preconditioned conjugate gradient methods in truncated Newton frameworks".

use crate::error::{Error, ErrorKind, Result};
use crate::features::sparse::RowView;
use crate::training::logistic::FitReport;
use crate::training::observed::{Observed, ObservedRow};

/// Sufficient decrease that a step must bring (Armijo).
pub(super) const DECREASE: f64 = 0.01;
/// Inner steps end when the last one brought less than this share of the average gain of a step.
///
/// 0.25 instead of LIBLINEAR's 0.5: 31574 x 77986 sentences, cost 10, `benches/solver.py`: 52 instead of 61 products.
pub(super) const INNER_GAIN: f64 = 0.25;
/// The gradient norm must come down to this times the tolerance. The gap to the optimum decides, the norm only guards it:
/// with 1 the last Newton step went unused (8739 x 41386 rows, cost 1, `benches/solver.py`: 19 instead of 16 products,
/// a gap of 2e-8 instead of 6e-8 where 5e-7 was asked for).
pub(super) const NORM: f64 = 10.0;
/// No inner problem takes more steps than this, however badly scaled the columns are.
pub(super) const MAX_INNER: usize = 1_000;
/// Halvings of a step before the direction is given up.
pub(super) const MAX_HALVINGS: usize = 40;
/// Gains below this share of the objective can not be told from rounding.
pub(super) const ROUNDING: f64 = 1e-10;

/// One number a label.
type Lanes<const N: usize> = [f64; N];

/// Binary problems of `N` labels on the same rows, for each
/// `sum_i costs[i] * log(1 + exp(-y_i * (w.x_i + b))) + 1/2 sum_j penalty[j] * w_j^2` over the observations i.
///
/// The caller has checked that the lengths agree, all numbers are finite, costs >= 0 and penalties > 0.
pub(crate) struct Problem<'a, const N: usize> {
    pub(crate) rows: &'a Observed<'a>,
    /// Of each row, as `costs`: the cost of both observations where a row has two.
    pub(crate) targets: Vec<[bool; N]>,
    pub(crate) costs: Vec<Lanes<N>>,
    pub(crate) penalty: &'a [f64],
}

/// Where the minimisation of one label ended.
pub(crate) struct Minimum {
    pub(crate) weights: Vec<f64>,
    pub(crate) intercept: f64,
    pub(crate) report: FitReport,
    /// Whether it goes on from here, in a smaller problem.
    pub(crate) is_running: bool,
}

/// Where the minimisation of one label begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start<'a> {
    pub(crate) weights: &'a [f64],
    pub(crate) intercept: f64,
    /// Gradient norm of the constant model where it is known, which saves reading the matrix once.
    pub(crate) scale: Option<f64>,
}

impl Minimum {
    /// A start from here.
    pub(crate) fn as_start(&self) -> Start<'_> {
        Start { weights: &self.weights, intercept: self.intercept, scale: Some(self.report.constant_gradient) }
    }
}

/// Everything the iterations write to; made once.
struct Work<const N: usize> {
    weights: Vec<Lanes<N>>,
    intercepts: Lanes<N>,
    margins: Vec<Lanes<N>>,
    step_margins: Vec<Lanes<N>>,
    direction_margins: Vec<Lanes<N>>,
    residuals: Vec<Lanes<N>>,
    curvatures: Vec<Lanes<N>>,
    /// Gradient and diagonal of the Hessian of one column side by side: both are touched together.
    slopes: Vec<[Lanes<N>; 2]>,
    bias_slope: [Lanes<N>; 2],
    step: Vec<Lanes<N>>,
    bias_step: Lanes<N>,
    direction: Vec<Lanes<N>>,
    product: Vec<Lanes<N>>,
    rest: Vec<Lanes<N>>,
}

/// What the inner iterations found out about the steps.
struct Inner<const N: usize> {
    n_products: [usize; N],
    /// Gradient times step: twice the predicted gain, negative.
    slope: Lanes<N>,
}

/// Two measures of a gradient.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    /// Its norm in the metric of the penalty.
    pub(super) norm: f64,
    /// Its square over the diagonal of the Hessian: about twice the gap to the optimum.
    pub(super) energy: f64,
}

/// How a line search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Search {
    /// The objective fell as it should.
    Fell,
    /// The gain is too small to be seen in the objective; the whole step was taken, the gradient will tell.
    Blind,
    /// No length of the step brought a gain.
    Failed,
}

/// Minimises each problem from `start` (one entry a label) or the constant model (weights 0, intercept at the log odds),
/// until the gap to the optimum is about `tolerance^2 / 2` x the objective and the norm of the gradient at most
/// `10 tolerance` x that of the constant model. With half of the labels done it ends as well: see
/// [`Minimum::is_running`].
///
/// The norm alone says too little where rows are almost separable: there the objective itself becomes small.
///
/// # Errors
/// [`ErrorKind::Numeric`] if an objective or a gradient stops being finite.
pub(crate) fn minimise<const N: usize>(
    problem: &Problem<'_, N>,
    start: Option<&[Start<'_>]>,
    tolerance: f64,
    max_iterations: usize,
) -> Result<Vec<Minimum>> {
    let (n_observations, n_columns) = (problem.rows.n_observations(), problem.rows.n_columns());
    let zeros = |n: usize| vec![[0.0; N]; n];
    let base = problem.log_odds();
    let mut work = Work {
        weights: zeros(n_columns),
        intercepts: base,
        margins: vec![base; n_observations],
        step_margins: zeros(n_observations),
        direction_margins: zeros(n_observations),
        residuals: zeros(n_observations),
        curvatures: zeros(n_observations),
        slopes: vec![[[0.0; N]; 2]; n_columns],
        bias_slope: [[0.0; N]; 2],
        step: zeros(n_columns),
        bias_step: [0.0; N],
        direction: zeros(n_columns),
        product: zeros(n_columns),
        rest: zeros(n_columns),
    };
    let mut running = [true; N];
    // A gradient below this is rounding: where no column helps, the constant model is the optimum.
    let floor = problem.total_costs().map(|cost| f64::EPSILON * cost);
    let mut objective = [0.0; N];
    let known: Option<Vec<f64>> = start.and_then(|start| start.iter().map(|start| start.scale).collect());
    let scale: Lanes<N> = match known {
        Some(known) => std::array::from_fn(|k| known[k].max(floor[k])),
        None => {
            objective = problem.loss(&mut work, &[0.0; N], &running);
            problem.gradient(&mut work);
            let sizes = problem.gradient_size(&work);
            std::array::from_fn(|k| sizes[k].norm.max(floor[k]))
        }
    };
    if let Some(start) = start {
        for (k, start) in start.iter().enumerate().take(N) {
            work.weights.iter_mut().zip(start.weights).for_each(|(to, from)| to[k] = *from);
            work.intercepts[k] = start.intercept;
        }
        problem.set_margins(&mut work);
        objective = problem.loss(&mut work, &[0.0; N], &running);
        let ridge = problem.ridge(&work.weights);
        (0..N).for_each(|k| objective[k] += ridge[k]);
        problem.gradient(&mut work);
    }
    let report = |k: usize| FitReport {
        objective: objective[k],
        gradient_ratio: 1.0,
        constant_gradient: scale[k],
        n_iterations: 0,
        n_hessian_products: 0,
        converged: false,
    };
    let mut reports: [FitReport; N] = std::array::from_fn(report);
    let mut blind_from: [Option<f64>; N] = [None; N];
    loop {
        let sizes = problem.gradient_size(&work);
        let mut goals = sizes;
        for k in lanes(running) {
            let (Size { norm, energy }, report) = (sizes[k], &mut reports[k]);
            if !(norm.is_finite() && report.objective.is_finite()) {
                return Err(not_finite());
            }
            report.gradient_ratio = norm / scale[k];
            goals[k] =
                Size { norm: NORM * tolerance * scale[k] + floor[k], energy: tolerance * tolerance * report.objective };
            report.converged = norm <= goals[k].norm && energy <= goals[k].energy;
            let stalled = blind_from[k].is_some_and(|before| energy >= before);
            running[k] = !(report.converged || stalled || report.n_iterations == max_iterations);
        }
        // Half of the labels are done: the others go on in a problem of half the width.
        if lanes(running).count() <= N / 2 {
            break;
        }
        let inner = problem.solve_step(&mut work, &goals, running);
        let found = problem.line_search(&mut reports, &mut work, &inner.slope, running)?;
        for k in lanes(running) {
            reports[k].n_iterations += 1;
            reports[k].n_hessian_products += inner.n_products[k];
            match found[k] {
                Search::Fell => blind_from[k] = None,
                Search::Blind => blind_from[k] = Some(sizes[k].energy),
                Search::Failed => running[k] = false,
            }
        }
        problem.gradient(&mut work);
    }
    let minimum = |(k, report): (usize, FitReport)| Minimum {
        weights: work.weights.iter().map(|w| w[k]).collect(),
        intercept: work.intercepts[k],
        report,
        is_running: running[k],
    };
    Ok(reports.into_iter().enumerate().map(minimum).collect())
}

impl<const N: usize> Problem<'_, N> {
    /// Logarithm of the cost of positives over that of negatives: the best intercept of a model without weights.
    fn log_odds(&self) -> Lanes<N> {
        let mut sums = [[0.0; 2]; N];
        for (targets, costs) in self.targets.iter().zip(&self.costs) {
            (0..N).for_each(|k| sums[k][usize::from(targets[k])] += costs[k]);
        }
        sums.map(|[without, with]| (with / without).ln())
    }

    fn total_costs(&self) -> Lanes<N> {
        let mut sums = [0.0; N];
        self.costs.iter().for_each(|costs| add(&mut sums, 1.0, costs));
        sums
    }

    fn ridge(&self, weights: &[Lanes<N>]) -> Lanes<N> {
        let mut sums = [0.0; N];
        for (w, p) in weights.iter().zip(self.penalty) {
            (0..N).for_each(|k| sums[k] += p * w[k] * w[k]);
        }
        sums.map(|sum| 0.5 * sum)
    }

    /// Margins of all observations by the weights.
    fn set_margins(&self, work: &mut Work<N>) {
        for row in self.rows.iter() {
            let [whole, without] = margins(&row, &work.weights, &work.intercepts);
            work.margins[row.at] = whole;
            if row.is_double() {
                work.margins[row.at + 1] = without;
            }
        }
    }

    /// Loss at `margins + rate * step_margins` of the `wanted` labels; leaves the first and second derivative of each
    /// observation in `work`.
    fn loss(&self, work: &mut Work<N>, rate: &Lanes<N>, wanted: &[bool; N]) -> Lanes<N> {
        let mut sums = [0.0; N];
        for (o, (row, share)) in self.rows.observations().enumerate() {
            let (targets, costs) = (&self.targets[row], &self.costs[row]);
            for k in 0..N {
                if !wanted[k] {
                    continue;
                }
                let (target, cost) = (targets[k], share * costs[k]);
                let margin = work.margins[o][k] + rate[k] * work.step_margins[o][k];
                let towards = if target { margin } else { -margin };
                // One exponential serves loss, probability and curvature, and can not overflow.
                let small = (-towards.abs()).exp();
                let share = 1.0 / (1.0 + small);
                let (wrong, lost) =
                    if towards > 0.0 { (small * share, small.ln_1p()) } else { (share, small.ln_1p() - towards) };
                sums[k] += cost * lost;
                work.residuals[o][k] = if target { -cost * wrong } else { cost * wrong };
                work.curvatures[o][k] = cost * small * share * share;
            }
        }
        sums
    }

    /// Gradient and diagonal of the Hessian, from the derivatives of the observations.
    fn gradient(&self, work: &mut Work<N>) {
        for ((slope, w), &p) in work.slopes.iter_mut().zip(&work.weights).zip(self.penalty) {
            *slope = [w.map(|w| p * w), [p; N]];
        }
        let mut bias = [[0.0; N]; 2];
        for row in self.rows.iter() {
            let mut pulls = [work.residuals[row.at], work.curvatures[row.at]];
            if row.is_double() {
                add_slopes(row.dropped, &pulls, &mut work.slopes);
                add(&mut pulls[0], 1.0, &work.residuals[row.at + 1]);
                add(&mut pulls[1], 1.0, &work.curvatures[row.at + 1]);
            }
            add(&mut bias[0], 1.0, &pulls[0]);
            add(&mut bias[1], 1.0, &pulls[1]);
            add_slopes(row.before, &pulls, &mut work.slopes);
            add_slopes(row.after, &pulls, &mut work.slopes);
        }
        work.bias_slope = bias;
    }

    /// How large the gradient of each label is.
    fn gradient_size(&self, work: &Work<N>) -> [Size; N] {
        let [bias, bias_diagonal] = &work.bias_slope;
        let mut norm = bias.map(|b| b * b);
        let mut energy: Lanes<N> = std::array::from_fn(|k| norm[k] / bias_diagonal[k].max(f64::MIN_POSITIVE));
        for ([gradient, diagonal], p) in work.slopes.iter().zip(self.penalty) {
            for k in 0..N {
                let square = gradient[k] * gradient[k];
                norm[k] += square / p;
                energy[k] += square / diagonal[k];
            }
        }
        std::array::from_fn(|k| Size { norm: norm[k].sqrt(), energy: energy[k] })
    }

    /// Solves `H step = -gradient` roughly for the labels that are `live`, into `work.step` and `work.step_margins`.
    ///
    /// What is left of the gradient after the step is about the rest of this system: it is never solved more closely
    /// than half of `goals`. A label that is done has the direction 0 until all are.
    fn solve_step(&self, work: &mut Work<N>, goals: &[Size; N], mut live: [bool; N]) -> Inner<N> {
        work.step.fill([0.0; N]);
        work.step_margins.fill([0.0; N]);
        work.bias_step = [0.0; N];
        let bias_diagonal = work.bias_slope[1].map(|d| d.max(f64::MIN_POSITIVE));
        let mut bias_rest = work.bias_slope[0].map(|g| -g);
        let mut bias_direction: Lanes<N> =
            std::array::from_fn(|k| if live[k] { bias_rest[k] / bias_diagonal[k] } else { 0.0 });
        let mut energy: Lanes<N> = std::array::from_fn(|k| bias_rest[k] * bias_direction[k]);
        for (j, ([gradient, diagonal], &p)) in work.slopes.iter().zip(self.penalty).enumerate() {
            let (rest, direction, product) = (&mut work.rest[j], &mut work.direction[j], &mut work.product[j]);
            for k in 0..N {
                rest[k] = -gradient[k];
                direction[k] = if live[k] { rest[k] / diagonal[k] } else { 0.0 };
                product[k] = p * direction[k];
                energy[k] += rest[k] * direction[k];
            }
        }
        let (mut gain, mut n_products) = ([0.0; N], [0; N]);
        (0..N).for_each(|k| live[k] &= energy[k] > 0.0);
        while live.contains(&true) {
            let bias_product = self.hessian_product(work, &bias_direction);
            let mut bend: Lanes<N> = std::array::from_fn(|k| bias_direction[k] * bias_product[k]);
            for (direction, product) in work.direction.iter().zip(&work.product) {
                (0..N).for_each(|k| bend[k] += direction[k] * product[k]);
            }
            let mut rate = [0.0; N];
            for k in lanes(live) {
                n_products[k] += 1;
                rate[k] = energy[k] / bend[k];
                if !(rate[k].is_finite() && rate[k] > 0.0) {
                    // Numbers that are not finite must not come back as 0 times infinity.
                    (live[k], rate[k], bias_direction[k]) = (false, 0.0, 0.0);
                    let all = work.direction.iter_mut().chain(&mut work.product).chain(&mut work.direction_margins);
                    all.for_each(|lanes| lanes[k] = 0.0);
                }
            }
            for (sum, margin) in work.step_margins.iter_mut().zip(&work.direction_margins) {
                (0..N).for_each(|k| sum[k] += rate[k] * margin[k]);
            }
            let (mut new_energy, mut norm) = ([0.0; N], [0.0; N]);
            for k in 0..N {
                work.bias_step[k] += rate[k] * bias_direction[k];
                bias_rest[k] -= rate[k] * bias_product[k];
                norm[k] = bias_rest[k] * bias_rest[k];
                new_energy[k] = norm[k] / bias_diagonal[k];
            }
            for (j, ([_, diagonal], &p)) in work.slopes.iter().zip(self.penalty).enumerate() {
                let (step, rest) = (&mut work.step[j], &mut work.rest[j]);
                let (direction, product) = (&work.direction[j], &work.product[j]);
                for k in 0..N {
                    step[k] += rate[k] * direction[k];
                    rest[k] -= rate[k] * product[k];
                    let square = rest[k] * rest[k];
                    new_energy[k] += square / diagonal[k];
                    norm[k] += square / p;
                }
            }
            let mut keep = [0.0; N];
            for k in lanes(live) {
                // The model's gain grows by rate * energy / 2 in each step (exact arithmetic).
                let added = 0.5 * rate[k] * energy[k];
                gain[k] += added;
                let enough = norm[k].sqrt() <= 0.5 * goals[k].norm && new_energy[k] <= 0.25 * goals[k].energy;
                let slow = n_products[k] as f64 * added <= INNER_GAIN * gain[k];
                live[k] = !(enough || slow || n_products[k] == MAX_INNER) && new_energy[k] > 0.0;
                keep[k] = new_energy[k] / energy[k];
                energy[k] = new_energy[k];
            }
            if !live.contains(&true) {
                break;
            }
            for k in 0..N {
                let next = bias_rest[k] / bias_diagonal[k] + keep[k] * bias_direction[k];
                bias_direction[k] = if live[k] { next } else { 0.0 };
            }
            for (j, ([_, diagonal], &p)) in work.slopes.iter().zip(self.penalty).enumerate() {
                let (rest, direction, product) = (&work.rest[j], &mut work.direction[j], &mut work.product[j]);
                for k in 0..N {
                    let next = rest[k] / diagonal[k] + keep[k] * direction[k];
                    direction[k] = if live[k] { next } else { 0.0 };
                    product[k] = p * direction[k];
                }
            }
        }
        Inner { n_products, slope: gain.map(|gain| -2.0 * gain) }
    }

    /// Adds the loss part of Hessian x direction to `work.product`; the result is the intercepts' part.
    ///
    /// `work.direction_margins` receives the direction's margin of each observation.
    fn hessian_product(&self, work: &mut Work<N>, bias_direction: &Lanes<N>) -> Lanes<N> {
        let mut bias = [0.0; N];
        for row in self.rows.iter() {
            let [whole, without] = margins(&row, &work.direction, bias_direction);
            let curvature = &work.curvatures[row.at];
            let mut pull: Lanes<N> = std::array::from_fn(|k| curvature[k] * whole[k]);
            work.direction_margins[row.at] = whole;
            if row.is_double() {
                add_row(row.dropped, &pull, &mut work.product);
                let curvature = &work.curvatures[row.at + 1];
                (0..N).for_each(|k| pull[k] += curvature[k] * without[k]);
                work.direction_margins[row.at + 1] = without;
            }
            add(&mut bias, 1.0, &pull);
            add_row(row.before, &pull, &mut work.product);
            add_row(row.after, &pull, &mut work.product);
        }
        bias
    }

    /// Goes along each step as far as its objective falls enough. `slope` is the gradient times the step.
    fn line_search(
        &self,
        reports: &mut [FitReport; N],
        work: &mut Work<N>,
        slope: &Lanes<N>,
        running: [bool; N],
    ) -> Result<[Search; N]> {
        let (mut linear, mut square) = ([0.0; N], [0.0; N]);
        for ((s, w), &p) in work.step.iter().zip(&work.weights).zip(self.penalty) {
            for k in 0..N {
                linear[k] += p * s[k] * w[k];
                square[k] += p * s[k] * s[k];
            }
        }
        let ridge = self.ridge(&work.weights);
        let mut found = [Search::Failed; N];
        let mut rate: Lanes<N> = running.map(|running| if running { 1.0 } else { 0.0 });
        let mut searching = running;
        for _ in 0..MAX_HALVINGS {
            let loss = self.loss(work, &rate, &searching);
            for k in lanes(searching) {
                let rate = &mut rate[k];
                let objective = loss[k] + ridge[k] + *rate * (linear[k] + 0.5 * *rate * square[k]);
                let before = &mut reports[k].objective;
                let blind = -slope[k] <= ROUNDING * before.abs();
                if objective.is_finite() && (blind || objective <= *before + DECREASE * *rate * slope[k]) {
                    (*before, searching[k]) = (objective, false);
                    found[k] = if blind { Search::Blind } else { Search::Fell };
                } else {
                    *rate *= 0.5;
                }
            }
            if !searching.contains(&true) {
                break;
            }
        }
        for k in lanes(searching) {
            if !reports[k].objective.is_finite() {
                return Err(not_finite());
            }
            rate[k] = 0.0;
        }
        (0..N).for_each(|k| work.intercepts[k] += rate[k] * work.bias_step[k]);
        for (w, s) in work.weights.iter_mut().zip(&work.step) {
            (0..N).for_each(|k| w[k] += rate[k] * s[k]);
        }
        for (margin, step) in work.margins.iter_mut().zip(&work.step_margins) {
            (0..N).for_each(|k| margin[k] += rate[k] * step[k]);
        }
        Ok(found)
    }
}

/// The labels that are marked.
fn lanes<const N: usize>(marked: [bool; N]) -> impl Iterator<Item = usize> {
    (0..N).filter(move |&k| marked[k])
}

/// Margins of a row's observations, whole and without what is dropped.
#[inline]
fn margins<const N: usize>(row: &ObservedRow<'_>, weights: &[Lanes<N>], intercepts: &Lanes<N>) -> [Lanes<N>; 2] {
    let mut without = dot(row.before, weights);
    if !row.after.columns.is_empty() {
        add(&mut without, 1.0, &dot(row.after, weights));
    }
    add(&mut without, 1.0, intercepts);
    if !row.is_double() {
        return [without, without];
    }
    let mut whole = dot(row.dropped, weights);
    add(&mut whole, 1.0, &without);
    [whole, without]
}

#[inline]
fn add<const N: usize>(to: &mut Lanes<N>, factor: f64, from: &Lanes<N>) {
    (0..N).for_each(|k| to[k] += factor * from[k]);
}

/// Sum of value x weight over a row in two chains, which hides the latency of additions.
#[inline]
fn dot<const N: usize>(row: RowView<'_>, weights: &[Lanes<N>]) -> Lanes<N> {
    let (mut even, mut odd) = ([0.0; N], [0.0; N]);
    let ((columns, last), (values, last_value)) = (row.columns.as_chunks::<2>(), row.values.as_chunks::<2>());
    if let (&[column], &[value]) = (last, last_value) {
        add(&mut even, f64::from(value), &weights[column as usize]);
    }
    for (column, value) in columns.iter().zip(values) {
        add(&mut even, f64::from(value[0]), &weights[column[0] as usize]);
        add(&mut odd, f64::from(value[1]), &weights[column[1] as usize]);
    }
    add(&mut even, 1.0, &odd);
    even
}

/// Adds `pull` x row.
#[inline]
fn add_row<const N: usize>(row: RowView<'_>, pull: &Lanes<N>, out: &mut [Lanes<N>]) {
    for (&column, &value) in row.columns.iter().zip(row.values) {
        add(&mut out[column as usize], f64::from(value), pull);
    }
}

/// Adds what a row pulls at gradient and diagonal.
#[inline]
fn add_slopes<const N: usize>(row: RowView<'_>, [residual, curvature]: &[Lanes<N>; 2], out: &mut [[Lanes<N>; 2]]) {
    for (&column, &value) in row.columns.iter().zip(row.values) {
        let value = f64::from(value);
        let [gradient, diagonal] = &mut out[column as usize];
        add(gradient, value, residual);
        add(diagonal, value * value, curvature);
    }
}

pub(super) fn not_finite() -> Error {
    Error::new(
        ErrorKind::Numeric,
        "the objective is no longer finite; scale the columns, or lower the cost or the row weights",
    )
}
