//! Truncated Newton method with a line search for smooth losses with an L2 penalty on sparse rows.
//!
//! The inner problem is solved by conjugate gradients with a diagonal preconditioner. Each inner step reads the
//! matrix once: a row's margins and its contribution to the result are done while the row is in the cache.
//! Margins of the direction are added up on the way, so that the line search never reads the matrix.
//!
//! What is minimised is told by a [`Loss`]: of one label against the rest, or of all classes together, whose numbers lie
//! side by side.
//!
//! Reference: Lin, Weng, Keerthi 2008, "Trust region Newton method for large-scale logistic regression" (JMLR 9);
//! Galli, Lin 2021, "A study on truncated Newton methods for linear classification" (line search, stopping rule);
//! Hsia, Chiang, Lin 2018, "Preconditioned conjugate gradient methods in truncated Newton frameworks".

use crate::error::{Error, ErrorKind, Result};
use crate::features::sparse::RowView;
use crate::training::lanes::{add, add_row, margins};
use crate::training::logistic::FitReport;
use crate::training::observed::Observed;

/// Sufficient decrease that a step must bring (Armijo).
const DECREASE: f64 = 0.01;
/// Inner steps end when the last one brought less than this share of the average gain of a step.
///
/// 0.25 instead of LIBLINEAR's 0.5: 31574 x 77986 sentences, cost 10, `benches/solver.py`: 52 instead of 61 products.
const INNER_GAIN: f64 = 0.25;
/// The gradient norm must come down to this times the tolerance. The gap to the optimum decides, the norm only guards it:
/// with 1 the last Newton step went unused (8739 x 41386 rows, cost 1, `benches/solver.py`: 19 instead of 16 products,
/// a gap of 2e-8 instead of 6e-8 where 5e-7 was asked for).
pub(super) const NORM: f64 = 10.0;
/// No inner problem takes more steps than this, however badly scaled the columns are.
const MAX_INNER: usize = 1_000;
/// Halvings of a step before the direction is given up.
const MAX_HALVINGS: usize = 40;
/// Gains below this share of the objective can not be told from rounding.
const ROUNDING: f64 = 1e-10;

/// What is lost on one observation, and its derivatives by the margins of the classes.
///
/// `share` is the part of the row's cost that the observation has.
pub(super) trait Loss {
    /// What the estimated gap is multiplied by: the diagonal of the Hessian does not see how classes pull at each other.
    const GAP: f64;

    /// Margins of an observation.
    fn n_classes(&self) -> usize;
    /// Numbers that are kept of an observation for its derivatives.
    fn n_kept(&self) -> usize;
    /// Costs of all rows.
    fn total_cost(&self) -> f64;
    /// The loss at `margins`; leaves in `kept` what the derivatives need.
    fn loss(&self, row: usize, share: f64, margins: &[f64], kept: &mut [f64]) -> f64;
    /// Adds first derivatives, and the diagonal of the second.
    fn add_slopes(&self, row: usize, share: f64, kept: &[f64], residuals: &mut [f64], curvatures: &mut [f64]);
    /// Adds the product of the second derivatives with `margins`.
    fn add_bend(&self, row: usize, share: f64, kept: &[f64], margins: &[f64], pulls: &mut [f64]);
}

/// The sum of the losses of all observations, and `1/2 sum_jk penalty[j] w_jk^2`.
///
/// Lengths agree, all numbers are finite, costs >= 0, penalties > 0, and each class has a cost.
pub(super) struct Problem<'a, L> {
    pub(super) rows: &'a Observed<'a>,
    pub(super) loss: L,
    pub(super) penalty: &'a [f64],
}

/// Where a minimisation ended; `weights` has the classes of one column side by side.
pub(super) struct Minimum {
    pub(super) weights: Vec<f64>,
    pub(super) intercepts: Vec<f64>,
    pub(super) report: FitReport,
}

/// Where a minimisation begins; `weights` as in [`Minimum`].
pub(super) struct Start {
    pub(super) weights: Vec<f64>,
    pub(super) intercepts: Vec<f64>,
    /// Gradient norm of the constant model where it is known, which saves reading the matrix once.
    pub(super) scale: Option<f64>,
}

/// Two measures of a gradient.
#[derive(Debug, Clone, Copy)]
struct Size {
    /// Its norm in the metric of the penalty.
    norm: f64,
    /// Its square over the diagonal of the Hessian: about twice the gap to the optimum.
    energy: f64,
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

/// Everything the iterations write to; made once. Margins have the classes of an observation side by side.
struct Work {
    margins: Vec<f64>,
    step_margins: Vec<f64>,
    direction_margins: Vec<f64>,
    kept: Vec<f64>,
    gradient: Vec<f64>,
    diagonal: Vec<f64>,
    step: Vec<f64>,
    direction: Vec<f64>,
    product: Vec<f64>,
    rest: Vec<f64>,
    bias: Bias,
    buffer: Vec<f64>,
}

/// The intercepts' part of everything.
struct Bias {
    gradient: Vec<f64>,
    diagonal: Vec<f64>,
    step: Vec<f64>,
    direction: Vec<f64>,
    product: Vec<f64>,
    rest: Vec<f64>,
}

impl<L: Loss> Problem<'_, L> {
    /// The minimum, from `start` or from the constant model of intercepts `base`: until the gap to the optimum is about
    /// `tolerance^2 / 2` x the objective and the norm of the gradient at most `10 tolerance` x that of the constant model.
    /// The norm alone says too little where rows are almost separable: there the objective itself becomes small.
    /// With no iterations it tells objective and gradient of `start`.
    ///
    /// `N` is the number of classes, or 0 for any: with a known number the inner loops have no counter. 8739 x 64081
    /// rows of three classes, cost 2: 0.9 instead of 1.4 CPU s (`cargo bench --bench solver`).
    ///
    /// # Errors
    /// [`ErrorKind::Numeric`] if the objective or its gradient stops being finite.
    pub(super) fn minimise<const N: usize>(
        &self,
        base: Vec<f64>,
        start: Option<Start>,
        tolerance: f64,
        max_iterations: usize,
    ) -> Result<Minimum> {
        let (n, n_observations) = (self.loss.n_classes(), self.rows.n_observations());
        let size = self.rows.n_columns() * n;
        let zeros = || vec![0.0; n];
        let mut work = Work {
            margins: (0..n_observations).flat_map(|_| base.iter().copied()).collect(),
            step_margins: vec![0.0; n_observations * n],
            direction_margins: vec![0.0; n_observations * n],
            kept: vec![0.0; n_observations * self.loss.n_kept()],
            gradient: vec![0.0; size],
            diagonal: vec![0.0; size],
            step: vec![0.0; size],
            direction: vec![0.0; size],
            product: vec![0.0; size],
            rest: vec![0.0; size],
            bias: Bias {
                gradient: zeros(),
                diagonal: zeros(),
                step: zeros(),
                direction: zeros(),
                product: zeros(),
                rest: zeros(),
            },
            buffer: vec![0.0; 2 * n],
        };
        let mut minimum = Minimum {
            weights: vec![0.0; size],
            intercepts: base,
            report: FitReport {
                objective: 0.0,
                gradient_ratio: 1.0,
                constant_gradient: 0.0,
                n_iterations: 0,
                n_hessian_products: 0,
                converged: false,
            },
        };
        // A gradient below this is rounding: where no column helps, the constant model is the optimum.
        let floor = f64::EPSILON * self.loss.total_cost();
        let scale = match start.as_ref().and_then(|start| start.scale) {
            Some(known) => known.max(floor),
            None => {
                minimum.report.objective = self.losses::<N>(&mut work, 0.0);
                self.gradient::<N>(&minimum.weights, &mut work);
                self.gradient_size(&work).norm.max(floor)
            }
        };
        minimum.report.constant_gradient = scale;
        if let Some(Start { weights, intercepts, .. }) = start {
            for row in self.rows.iter() {
                margins::<N>(&row, &weights, &intercepts, &mut work.margins[row.at * n..]);
            }
            (minimum.weights, minimum.intercepts) = (weights, intercepts);
            minimum.report.objective = self.losses::<N>(&mut work, 0.0) + self.ridge(&minimum.weights);
            self.gradient::<N>(&minimum.weights, &mut work);
        }
        let energy_share = L::GAP * tolerance * tolerance;
        let mut blind_from = None;
        loop {
            let Size { norm, energy } = self.gradient_size(&work);
            let report = &mut minimum.report;
            if !(norm.is_finite() && report.objective.is_finite()) {
                return Err(not_finite());
            }
            report.gradient_ratio = norm / scale;
            let goal = Size { norm: NORM * tolerance * scale + floor, energy: energy_share * report.objective };
            report.converged = norm <= goal.norm && energy <= goal.energy;
            let stalled = blind_from.is_some_and(|before| energy >= before);
            if report.converged || stalled || report.n_iterations == max_iterations {
                return Ok(minimum);
            }
            let slope = self.solve_step::<N>(&mut work, &goal, &mut report.n_hessian_products);
            report.n_iterations += 1;
            match self.line_search::<N>(&mut minimum, &mut work, slope)? {
                Search::Fell => blind_from = None,
                Search::Blind => blind_from = Some(energy),
                Search::Failed => return Ok(minimum),
            }
            self.gradient::<N>(&minimum.weights, &mut work);
        }
    }

    fn ridge(&self, weights: &[f64]) -> f64 {
        let squares = |weights: &[f64]| weights.iter().map(|w| w * w).sum::<f64>();
        0.5 * weights.chunks_exact(self.loss.n_classes()).zip(self.penalty).map(|(w, p)| p * squares(w)).sum::<f64>()
    }

    /// Loss at `margins + rate * step_margins`; leaves what is kept of each observation in `work`.
    fn losses<const N: usize>(&self, work: &mut Work, rate: f64) -> f64 {
        let n = self.n::<N>();
        let mut sum = 0.0;
        let at = &mut work.buffer[..n];
        let margins = work.margins.chunks_exact(n).zip(work.step_margins.chunks_exact(n));
        let kept = work.kept.chunks_exact_mut(self.loss.n_kept());
        for (((margins, steps), kept), (row, share)) in margins.zip(kept).zip(self.rows.observations()) {
            at.iter_mut().zip(margins).zip(steps).for_each(|((at, margin), step)| *at = margin + rate * step);
            sum += self.loss.loss(row, share, at, kept);
        }
        sum
    }

    /// Gradient and diagonal of the Hessian, from the probabilities of the observations.
    fn gradient<const N: usize>(&self, weights: &[f64], work: &mut Work) {
        let n = self.n::<N>();
        for (((gradient, diagonal), w), &p) in work
            .gradient
            .chunks_exact_mut(n)
            .zip(work.diagonal.chunks_exact_mut(n))
            .zip(weights.chunks_exact(n))
            .zip(self.penalty)
        {
            gradient.iter_mut().zip(w).for_each(|(gradient, w)| *gradient = p * w);
            diagonal.fill(p);
        }
        let Bias { gradient: bias_gradient, diagonal: bias_diagonal, .. } = &mut work.bias;
        bias_gradient.fill(0.0);
        bias_diagonal.fill(0.0);
        let (residuals, curvatures) = work.buffer[..2 * n].split_at_mut(n);
        let (gradient, diagonal) = (&mut work.gradient, &mut work.diagonal);
        let mut add_row = |row: RowView<'_>, residuals: &[f64], curvatures: &[f64]| {
            for (&column, &value) in row.columns.iter().zip(row.values) {
                let (at, value) = (column as usize * n, f64::from(value));
                add::<N>(&mut gradient[at..at + n], value, residuals);
                add::<N>(&mut diagonal[at..at + n], value * value, curvatures);
            }
        };
        let n_kept = self.loss.n_kept();
        for (i, row) in self.rows.iter().enumerate() {
            let share = row.share();
            let add_slopes = |o: usize, residuals: &mut [f64], curvatures: &mut [f64]| {
                self.loss.add_slopes(i, share, &work.kept[o * n_kept..(o + 1) * n_kept], residuals, curvatures);
            };
            residuals.fill(0.0);
            curvatures.fill(0.0);
            add_slopes(row.at, residuals, curvatures);
            if row.is_double() {
                add_row(row.dropped, residuals, curvatures);
                add_slopes(row.at + 1, residuals, curvatures);
            }
            add::<N>(bias_gradient, 1.0, residuals);
            add::<N>(bias_diagonal, 1.0, curvatures);
            add_row(row.before, residuals, curvatures);
            add_row(row.after, residuals, curvatures);
        }
        // A class that is certain everywhere has no curvature; its intercept must not divide by 0.
        bias_diagonal.iter_mut().for_each(|d| *d = d.max(f64::MIN_POSITIVE));
    }

    /// How large the gradient is.
    fn gradient_size(&self, work: &Work) -> Size {
        let mut size = Size { norm: 0.0, energy: 0.0 };
        for (g, d) in work.bias.gradient.iter().zip(&work.bias.diagonal) {
            size.norm += g * g;
            size.energy += g * g / d;
        }
        let cells = {
            let n = self.loss.n_classes();
            work.gradient.chunks_exact(n).zip(work.diagonal.chunks_exact(n))
        };
        for ((gradient, diagonal), p) in cells.zip(self.penalty) {
            for (g, d) in gradient.iter().zip(diagonal) {
                size.norm += g * g / p;
                size.energy += g * g / d;
            }
        }
        size.norm = size.norm.sqrt();
        size
    }

    /// Solves `H step = -gradient` roughly by conjugate gradients; the result is the gradient times the step.
    fn solve_step<const N: usize>(&self, work: &mut Work, goal: &Size, n_products: &mut usize) -> f64 {
        let n = self.n::<N>();
        work.step.fill(0.0);
        work.step_margins.fill(0.0);
        work.bias.step.fill(0.0);
        let mut energy = 0.0;
        for i in 0..n {
            let bias = &mut work.bias;
            bias.rest[i] = -bias.gradient[i];
            bias.direction[i] = bias.rest[i] / bias.diagonal[i];
            energy += bias.rest[i] * bias.direction[i];
        }
        for (((rest, direction), gradient), diagonal) in
            work.rest.iter_mut().zip(&mut work.direction).zip(&work.gradient).zip(&work.diagonal)
        {
            *rest = -gradient;
            *direction = *rest / diagonal;
            energy += *rest * *direction;
        }
        let (mut gain, mut n_inner) = (0.0, 0);
        while energy > 0.0 && n_inner < MAX_INNER {
            self.hessian_product::<N>(work);
            n_inner += 1;
            let inner = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            let bend = inner(&work.bias.direction, &work.bias.product) + inner(&work.direction, &work.product);
            let rate = energy / bend;
            if !(rate.is_finite() && rate > 0.0) {
                break;
            }
            for (sum, margin) in work.step_margins.iter_mut().zip(&work.direction_margins) {
                *sum += rate * margin;
            }
            let (mut new_energy, mut norm) = (0.0, 0.0);
            for i in 0..n {
                let bias = &mut work.bias;
                bias.step[i] += rate * bias.direction[i];
                bias.rest[i] -= rate * bias.product[i];
                new_energy += bias.rest[i] * bias.rest[i] / bias.diagonal[i];
                norm += bias.rest[i] * bias.rest[i];
            }
            for (j, p) in self.penalty.iter().enumerate() {
                let cells = j * n..(j + 1) * n;
                add::<N>(&mut work.step[cells.clone()], rate, &work.direction[cells.clone()]);
                let (rest, diagonal) = (&mut work.rest[cells.clone()], &work.diagonal[cells.clone()]);
                add::<N>(rest, -rate, &work.product[cells]);
                for k in 0..n {
                    let square = rest[k] * rest[k];
                    new_energy += square / diagonal[k];
                    norm += square / p;
                }
            }
            let added = 0.5 * rate * energy;
            gain += added;
            let enough = norm.sqrt() <= 0.5 * goal.norm && new_energy <= 0.25 * goal.energy;
            if enough || n_inner as f64 * added <= INNER_GAIN * gain {
                break;
            }
            let keep = new_energy / energy;
            energy = new_energy;
            for i in 0..n {
                work.bias.direction[i] = work.bias.rest[i] / work.bias.diagonal[i] + keep * work.bias.direction[i];
            }
            for ((direction, rest), diagonal) in work.direction.iter_mut().zip(&work.rest).zip(&work.diagonal) {
                *direction = rest / diagonal + keep * *direction;
            }
        }
        *n_products += n_inner;
        -2.0 * gain
    }

    /// Hessian x direction into `product`; `direction_margins` receives the direction's margins of each row.
    fn hessian_product<const N: usize>(&self, work: &mut Work) {
        let n = self.n::<N>();
        for ((product, direction), &p) in
            work.product.chunks_exact_mut(n).zip(work.direction.chunks_exact(n)).zip(self.penalty)
        {
            product.iter_mut().zip(direction).for_each(|(product, direction)| *product = p * direction);
        }
        let Bias { direction: bias_direction, product: bias_product, .. } = &mut work.bias;
        bias_product.fill(0.0);
        let pulls = &mut work.buffer[..n];
        let product = &mut work.product;
        let n_kept = self.loss.n_kept();
        for (i, row) in self.rows.iter().enumerate() {
            let (at, share) = (row.at * n, row.share());
            margins::<N>(&row, &work.direction, bias_direction, &mut work.direction_margins[at..]);
            let add_bend = |o: usize, pulls: &mut [f64]| {
                let kept = &work.kept[o * n_kept..(o + 1) * n_kept];
                self.loss.add_bend(i, share, kept, &work.direction_margins[o * n..(o + 1) * n], pulls);
            };
            pulls.fill(0.0);
            add_bend(row.at, pulls);
            if row.is_double() {
                add_row::<N>(row.dropped, pulls, product);
                add_bend(row.at + 1, pulls);
            }
            add::<N>(bias_product, 1.0, pulls);
            add_row::<N>(row.before, pulls, product);
            add_row::<N>(row.after, pulls, product);
        }
    }

    /// Goes along the step as far as the objective falls enough. `slope` is the gradient times the step.
    fn line_search<const N: usize>(&self, minimum: &mut Minimum, work: &mut Work, slope: f64) -> Result<Search> {
        let (mut linear, mut square) = (0.0, 0.0);
        let n = self.loss.n_classes();
        for ((s, w), p) in work.step.chunks_exact(n).zip(minimum.weights.chunks_exact(n)).zip(self.penalty) {
            for (s, w) in s.iter().zip(w) {
                linear += p * s * w;
                square += p * s * s;
            }
        }
        let ridge = self.ridge(&minimum.weights);
        let before = minimum.report.objective;
        let objective = |rate: f64| self.losses::<N>(work, rate) + ridge + rate * (linear + 0.5 * rate * square);
        let (found, rate, objective) = search(before, slope, objective)?;
        if found != Search::Failed {
            minimum.report.objective = objective;
            let add = |to: &mut [f64], step: &[f64]| to.iter_mut().zip(step).for_each(|(to, s)| *to += rate * s);
            add(&mut minimum.intercepts, &work.bias.step);
            add(&mut minimum.weights, &work.step);
            add(&mut work.margins, &work.step_margins);
        }
        Ok(found)
    }

    /// The number of classes, known where `N` is.
    #[inline]
    fn n<const N: usize>(&self) -> usize {
        if N == 0 { self.loss.n_classes() } else { N }
    }
}

/// Halves a step of length 1 until the objective at this length of it falls enough: how it ended, the length, the
/// objective there. `slope` is the gain that the gradient predicts for the whole step, negative.
///
/// # Errors
/// [`ErrorKind::Numeric`] where nothing is finite.
pub(super) fn search(before: f64, slope: f64, mut objective: impl FnMut(f64) -> f64) -> Result<(Search, f64, f64)> {
    let blind = -slope <= ROUNDING * before.abs();
    let mut rate = 1.0;
    for _ in 0..MAX_HALVINGS {
        let found = objective(rate);
        if found.is_finite() && (blind || found <= before + DECREASE * rate * slope) {
            return Ok((if blind { Search::Blind } else { Search::Fell }, rate, found));
        }
        rate *= 0.5;
    }
    if before.is_finite() { Ok((Search::Failed, 0.0, before)) } else { Err(not_finite()) }
}

pub(super) fn not_finite() -> Error {
    Error::new(
        ErrorKind::Numeric,
        "the objective is no longer finite; scale the columns, or lower the cost or the row weights",
    )
}
