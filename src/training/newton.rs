//! Truncated Newton method with a line search for L2 logistic regression on sparse rows.
//!
//! The inner problem is solved by conjugate gradients with a diagonal preconditioner. Each inner step reads the
//! matrix once: a row's dot product and its contribution to the result are done while the row is in the cache.
//! Margins of the direction are added up on the way, so that the line search never reads the matrix.
//!
//! Reference: Lin, Weng, Keerthi 2008, "Trust region Newton method for large-scale logistic regression" (JMLR 9);
//! Galli, Lin 2021, "A study on truncated Newton methods for linear classification" (line search, stopping rule);
//! Hsia, Chiang, Lin 2018, "Preconditioned conjugate gradient methods in truncated Newton frameworks".

use crate::error::{Error, ErrorKind, Result};
use crate::features::sparse::{RowView, SparseRows};

/// Sufficient decrease that a step must bring (Armijo).
pub(super) const DECREASE: f64 = 0.01;
/// Inner steps end when the last one brought less than this share of the average gain of a step.
///
/// 0.25 instead of LIBLINEAR's 0.5: 31574 x 77986 sentences, cost 10, `benches/solver.py`: 52 instead of 61 products.
pub(super) const INNER_GAIN: f64 = 0.25;
/// No inner problem takes more steps than this, however badly scaled the columns are.
pub(super) const MAX_INNER: usize = 1_000;
/// Halvings of a step before the direction is given up.
pub(super) const MAX_HALVINGS: usize = 40;
/// Gains below this share of the objective can not be told from rounding.
pub(super) const ROUNDING: f64 = 1e-10;

/// One binary problem: `sum_i costs[i] * log(1 + exp(-y_i * (w.x_i + b))) + 1/2 sum_j penalty[j] * w_j^2`.
///
/// The caller has checked that the lengths agree, all numbers are finite, costs >= 0 and penalties > 0.
pub(crate) struct Problem<'a> {
    pub(crate) rows: &'a SparseRows,
    pub(crate) targets: &'a [bool],
    pub(crate) costs: &'a [f64],
    pub(crate) penalty: &'a [f64],
}

/// Where a minimisation ended.
pub(crate) struct Minimum {
    pub(crate) weights: Vec<f64>,
    pub(crate) intercept: f64,
    pub(crate) objective: f64,
    /// Gradient norm of the constant model.
    pub(crate) scale: f64,
    pub(crate) gradient_ratio: f64,
    pub(crate) n_iterations: usize,
    pub(crate) n_hessian_products: usize,
    pub(crate) converged: bool,
}

/// Gradient and diagonal of the Hessian of one column side by side: both are touched together.
type Slope = [f64; 2];

/// Everything the iterations write to; made once.
struct Work {
    margins: Vec<f64>,
    step_margins: Vec<f64>,
    direction_margins: Vec<f64>,
    residuals: Vec<f64>,
    curvatures: Vec<f64>,
    slopes: Vec<Slope>,
    bias_slope: Slope,
    step: Vec<f64>,
    bias_step: f64,
    direction: Vec<f64>,
    product: Vec<f64>,
    rest: Vec<f64>,
}

/// What the inner iterations found out about the step.
struct Inner {
    n_products: usize,
    /// Gradient times step: twice the predicted gain, negative.
    slope: f64,
}

/// Two measures of a gradient.
pub(super) struct Size {
    /// Its norm in the metric of the penalty.
    pub(super) norm: f64,
    /// Its square over the diagonal of the Hessian: about twice the gap to the optimum.
    pub(super) energy: f64,
}

/// How a line search ended.
pub(super) enum Search {
    /// The objective fell as it should.
    Fell,
    /// The gain is too small to be seen in the objective; the whole step was taken, the gradient will tell.
    Blind,
    /// No length of the step brought a gain.
    Failed,
}

/// Minimises the problem from `start` or the constant model (weights 0, intercept at the log odds), until the gradient
/// norm is `tolerance` x that of the constant model and the gap to the optimum is about `tolerance^2 / 2` x the objective.
///
/// The norm alone says too little where rows are almost separable: there the objective itself becomes small.
///
/// # Errors
/// [`ErrorKind::Numeric`] if the objective or the gradient stops being finite.
pub(crate) fn minimise(
    problem: &Problem<'_>,
    start: Option<(&[f64], f64)>,
    tolerance: f64,
    max_iterations: usize,
) -> Result<Minimum> {
    let n_rows = problem.rows.n_rows();
    let n_columns = problem.rows.n_columns();
    let base = problem.log_odds();
    let mut work = Work {
        margins: vec![base; n_rows],
        step_margins: vec![0.0; n_rows],
        direction_margins: vec![0.0; n_rows],
        residuals: vec![0.0; n_rows],
        curvatures: vec![0.0; n_rows],
        slopes: vec![[0.0; 2]; n_columns],
        bias_slope: [0.0; 2],
        step: vec![0.0; n_columns],
        bias_step: 0.0,
        direction: vec![0.0; n_columns],
        product: vec![0.0; n_columns],
        rest: vec![0.0; n_columns],
    };
    let mut minimum = Minimum {
        weights: vec![0.0; n_columns],
        intercept: base,
        objective: problem.loss(&mut work, 0.0),
        scale: 0.0,
        gradient_ratio: 1.0,
        n_iterations: 0,
        n_hessian_products: 0,
        converged: false,
    };
    problem.gradient(&minimum.weights, &mut work);
    // A gradient below this is rounding: where no column helps, the constant model is the optimum.
    let floor = f64::EPSILON * problem.costs.iter().sum::<f64>();
    minimum.scale = problem.gradient_size(&work).norm.max(floor);
    if let Some((weights, intercept)) = start {
        minimum.weights.copy_from_slice(weights);
        minimum.intercept = intercept;
        for (margin, row) in work.margins.iter_mut().zip(problem.rows.iter()) {
            *margin = dot(row, weights) + intercept;
        }
        minimum.objective = problem.loss(&mut work, 0.0) + problem.ridge(weights);
        problem.gradient(weights, &mut work);
    }
    let mut blind_from = None;
    loop {
        let Size { norm, energy } = problem.gradient_size(&work);
        if !(norm.is_finite() && minimum.objective.is_finite()) {
            return Err(not_finite());
        }
        minimum.gradient_ratio = norm / minimum.scale;
        let goal = Size { norm: tolerance * minimum.scale + floor, energy: tolerance * tolerance * minimum.objective };
        minimum.converged = norm <= goal.norm && energy <= goal.energy;
        let stalled = blind_from.is_some_and(|before| energy >= before);
        if minimum.converged || stalled || minimum.n_iterations == max_iterations {
            return Ok(minimum);
        }
        let inner = problem.solve_step(&mut work, &goal);
        minimum.n_iterations += 1;
        minimum.n_hessian_products += inner.n_products;
        match problem.line_search(&mut minimum, &mut work, inner.slope)? {
            Search::Fell => blind_from = None,
            Search::Blind => blind_from = Some(energy),
            Search::Failed => return Ok(minimum),
        }
        problem.gradient(&minimum.weights, &mut work);
    }
}

impl Problem<'_> {
    /// Logarithm of the cost of positives over that of negatives: the best intercept of a model without weights.
    fn log_odds(&self) -> f64 {
        let mut sums = [0.0, 0.0];
        for (&target, &cost) in self.targets.iter().zip(self.costs) {
            sums[usize::from(target)] += cost;
        }
        (sums[1] / sums[0]).ln()
    }

    fn ridge(&self, weights: &[f64]) -> f64 {
        0.5 * weights.iter().zip(self.penalty).map(|(w, p)| p * w * w).sum::<f64>()
    }

    /// Loss at `margins + rate * step_margins`; leaves each row's first and second derivative in `work`.
    fn loss(&self, work: &mut Work, rate: f64) -> f64 {
        let mut sum = 0.0;
        let margins = work.margins.iter().zip(&work.step_margins);
        let derivatives = work.residuals.iter_mut().zip(&mut work.curvatures);
        for (((&margin, &step), (residual, curvature)), (&target, &cost)) in
            margins.zip(derivatives).zip(self.targets.iter().zip(self.costs))
        {
            let margin = margin + rate * step;
            let towards = if target { margin } else { -margin };
            // One exponential serves loss, probability and curvature, and can not overflow.
            let small = (-towards.abs()).exp();
            let share = 1.0 / (1.0 + small);
            let (wrong, lost) =
                if towards > 0.0 { (small * share, small.ln_1p()) } else { (share, small.ln_1p() - towards) };
            sum += cost * lost;
            *residual = if target { -cost * wrong } else { cost * wrong };
            *curvature = cost * small * share * share;
        }
        sum
    }

    /// Gradient and diagonal of the Hessian, from the rows' derivatives.
    fn gradient(&self, weights: &[f64], work: &mut Work) {
        for ((slope, &w), &p) in work.slopes.iter_mut().zip(weights).zip(self.penalty) {
            *slope = [p * w, p];
        }
        work.bias_slope = [0.0, 0.0];
        for ((row, &residual), &curvature) in self.rows.iter().zip(&work.residuals).zip(&work.curvatures) {
            work.bias_slope[0] += residual;
            work.bias_slope[1] += curvature;
            for (&column, &value) in row.columns.iter().zip(row.values) {
                let value = f64::from(value);
                let slope = &mut work.slopes[column as usize];
                slope[0] += residual * value;
                slope[1] += curvature * value * value;
            }
        }
    }

    /// How large the gradient is.
    fn gradient_size(&self, work: &Work) -> Size {
        let [bias, bias_diagonal] = work.bias_slope;
        let mut size = Size { norm: bias * bias, energy: bias * bias / bias_diagonal.max(f64::MIN_POSITIVE) };
        for (&[gradient, diagonal], p) in work.slopes.iter().zip(self.penalty) {
            size.norm += gradient * gradient / p;
            size.energy += gradient * gradient / diagonal;
        }
        size.norm = size.norm.sqrt();
        size
    }

    /// Solves `H step = -gradient` roughly, into `work.step` and `work.step_margins`.
    ///
    /// What is left of the gradient after the step is about the rest of this system: it is never solved more closely
    /// than half of `goal`.
    fn solve_step(&self, work: &mut Work, goal: &Size) -> Inner {
        work.step.fill(0.0);
        work.step_margins.fill(0.0);
        work.bias_step = 0.0;
        let bias_diagonal = work.bias_slope[1].max(f64::MIN_POSITIVE);
        let mut bias_rest = -work.bias_slope[0];
        let mut bias_direction = bias_rest / bias_diagonal;
        let mut energy = bias_rest * bias_direction;
        for (((rest, direction), product), (slope, &p)) in work
            .rest
            .iter_mut()
            .zip(&mut work.direction)
            .zip(&mut work.product)
            .zip(work.slopes.iter().zip(self.penalty))
        {
            *rest = -slope[0];
            *direction = -slope[0] / slope[1];
            *product = p * *direction;
            energy += *rest * *direction;
        }
        let mut gain = 0.0;
        let mut n_products = 0;
        while energy > 0.0 && n_products < MAX_INNER {
            let bias_product = self.hessian_product(work, bias_direction);
            n_products += 1;
            let bend = bias_direction * bias_product
                + work.direction.iter().zip(&work.product).map(|(d, h)| d * h).sum::<f64>();
            let rate = energy / bend;
            if !(rate.is_finite() && rate > 0.0) {
                break;
            }
            for (sum, &margin) in work.step_margins.iter_mut().zip(&work.direction_margins) {
                *sum += rate * margin;
            }
            work.bias_step += rate * bias_direction;
            bias_rest -= rate * bias_product;
            let mut new_energy = bias_rest * bias_rest / bias_diagonal;
            let mut norm = bias_rest * bias_rest;
            for ((step, rest), ((&direction, &product), (slope, &p))) in work
                .step
                .iter_mut()
                .zip(&mut work.rest)
                .zip(work.direction.iter().zip(&work.product).zip(work.slopes.iter().zip(self.penalty)))
            {
                *step += rate * direction;
                *rest -= rate * product;
                let square = *rest * *rest;
                new_energy += square / slope[1];
                norm += square / p;
            }
            // The model's gain grows by rate * energy / 2 in each step (exact arithmetic).
            let added = 0.5 * rate * energy;
            gain += added;
            let enough = norm.sqrt() <= 0.5 * goal.norm && new_energy <= 0.25 * goal.energy;
            if enough || n_products as f64 * added <= INNER_GAIN * gain {
                break;
            }
            let keep = new_energy / energy;
            energy = new_energy;
            bias_direction = bias_rest / bias_diagonal + keep * bias_direction;
            for ((direction, product), (&rest, (slope, &p))) in work
                .direction
                .iter_mut()
                .zip(&mut work.product)
                .zip(work.rest.iter().zip(work.slopes.iter().zip(self.penalty)))
            {
                *direction = rest / slope[1] + keep * *direction;
                *product = p * *direction;
            }
        }
        Inner { n_products, slope: -2.0 * gain }
    }

    /// Adds the loss part of Hessian x direction to `work.product`; the result is the intercept's part.
    ///
    /// `work.direction_margins` receives the direction's margin of each row.
    fn hessian_product(&self, work: &mut Work, bias_direction: f64) -> f64 {
        let mut bias = 0.0;
        for ((row, &curvature), out) in self.rows.iter().zip(&work.curvatures).zip(&mut work.direction_margins) {
            let margin = dot(row, &work.direction) + bias_direction;
            *out = margin;
            let pull = curvature * margin;
            bias += pull;
            for (&column, &value) in row.columns.iter().zip(row.values) {
                work.product[column as usize] += pull * f64::from(value);
            }
        }
        bias
    }

    /// Goes along the step as far as the objective falls enough. `slope` is the gradient times the step.
    fn line_search(&self, minimum: &mut Minimum, work: &mut Work, slope: f64) -> Result<Search> {
        let (mut linear, mut square) = (0.0, 0.0);
        for ((&s, &w), &p) in work.step.iter().zip(&minimum.weights).zip(self.penalty) {
            linear += p * s * w;
            square += p * s * s;
        }
        let ridge = self.ridge(&minimum.weights);
        let blind = -slope <= ROUNDING * minimum.objective.abs();
        let mut rate = 1.0;
        for _ in 0..MAX_HALVINGS {
            let objective = self.loss(work, rate) + ridge + rate * (linear + 0.5 * rate * square);
            if objective.is_finite() && (blind || objective <= minimum.objective + DECREASE * rate * slope) {
                minimum.objective = objective;
                minimum.intercept += rate * work.bias_step;
                for (w, s) in minimum.weights.iter_mut().zip(&work.step) {
                    *w += rate * s;
                }
                for (margin, step) in work.margins.iter_mut().zip(&work.step_margins) {
                    *margin += rate * step;
                }
                return Ok(if blind { Search::Blind } else { Search::Fell });
            }
            rate *= 0.5;
        }
        if minimum.objective.is_finite() { Ok(Search::Failed) } else { Err(not_finite()) }
    }
}

/// Sum of value x weight over a row in two chains, which hides the latency of additions.
fn dot(row: RowView<'_>, weights: &[f64]) -> f64 {
    let (mut even, mut odd) = (0.0, 0.0);
    let (columns, values) = (row.columns.chunks_exact(2), row.values.chunks_exact(2));
    if let (&[column], &[value]) = (columns.remainder(), values.remainder()) {
        even = f64::from(value) * weights[column as usize];
    }
    for (column, value) in columns.zip(values) {
        even += f64::from(value[0]) * weights[column[0] as usize];
        odd += f64::from(value[1]) * weights[column[1] as usize];
    }
    even + odd
}

pub(super) fn not_finite() -> Error {
    Error::new(
        ErrorKind::Numeric,
        "the objective is no longer finite; scale the columns, or lower the cost or the row weights",
    )
}
