//! The minimiser of a multinomial fit: Newton steps over all classes at once.

use crate::error::Result;
use crate::features::sparse::RowView;
use crate::training::logistic::FitReport;
use crate::training::newton::{
    DECREASE, INNER_GAIN, MAX_HALVINGS, MAX_INNER, NORM, ROUNDING, Search, Size, not_finite,
};
use crate::training::observed::{Observed, ObservedRow};

/// The classes of a row pull at each other, which the diagonal of the Hessian does not see: it takes the gap to the
/// optimum for smaller than it is, measured up to 12 times (test `the_default_tolerance_...`).
const COUPLING: f64 = 0.05;

/// Lengths agree, all numbers are finite, costs >= 0, penalties > 0, and every class has a cost.
pub(super) struct Problem<'a> {
    pub(super) rows: &'a Observed<'a>,
    /// Of each row, as `costs`: the cost of both observations where a row has two.
    pub(super) gold: &'a [u32],
    pub(super) n_classes: usize,
    pub(super) costs: &'a [f64],
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
    /// Gradient norm of the constant model where it is known.
    pub(super) scale: Option<f64>,
}

/// Everything the iterations write to; made once. Margins and probabilities have the classes of an observation side by
/// side.
struct Work {
    margins: Vec<f64>,
    step_margins: Vec<f64>,
    direction_margins: Vec<f64>,
    probabilities: Vec<f64>,
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

impl Problem<'_> {
    /// As [`crate::training::newton::minimise`], from `start` or from the constant model of intercepts `base`.
    ///
    /// `N` is the number of classes, or 0 for any: with a known number the inner loops have no counter. 8739 x 64081
    /// rows of three classes, cost 2: 0.9 instead of 1.4 CPU s (`cargo bench --bench solver`).
    pub(super) fn minimise<const N: usize>(
        &self,
        base: Vec<f64>,
        start: Option<Start>,
        tolerance: f64,
        max_iterations: usize,
    ) -> Result<Minimum> {
        let (n, n_observations) = (self.n_classes, self.rows.n_observations());
        let size = self.rows.n_columns() * n;
        let zeros = || vec![0.0; n];
        let mut work = Work {
            margins: (0..n_observations).flat_map(|_| base.iter().copied()).collect(),
            step_margins: vec![0.0; n_observations * n],
            direction_margins: vec![0.0; n_observations * n],
            probabilities: vec![0.0; n_observations * n],
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
        let floor = f64::EPSILON * self.costs.iter().sum::<f64>();
        let scale = match start.as_ref().and_then(|start| start.scale) {
            Some(known) => known.max(floor),
            None => {
                minimum.report.objective = self.loss(&mut work, 0.0);
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
            minimum.report.objective = self.loss(&mut work, 0.0) + self.ridge(&minimum.weights);
            self.gradient::<N>(&minimum.weights, &mut work);
        }
        let energy_share = COUPLING * tolerance * tolerance;
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
            match self.line_search(&mut minimum, &mut work, slope)? {
                Search::Fell => blind_from = None,
                Search::Blind => blind_from = Some(energy),
                Search::Failed => return Ok(minimum),
            }
            self.gradient::<N>(&minimum.weights, &mut work);
        }
    }

    fn ridge(&self, weights: &[f64]) -> f64 {
        let squares = |weights: &[f64]| weights.iter().map(|w| w * w).sum::<f64>();
        0.5 * weights.chunks_exact(self.n_classes).zip(self.penalty).map(|(w, p)| p * squares(w)).sum::<f64>()
    }

    /// Loss at `margins + rate * step_margins`; leaves the probabilities of each observation in `work`.
    fn loss(&self, work: &mut Work, rate: f64) -> f64 {
        let n = self.n_classes;
        let mut sum = 0.0;
        let margins = work.margins.chunks_exact(n).zip(work.step_margins.chunks_exact(n));
        for (((margins, steps), out), (row, share)) in
            margins.zip(work.probabilities.chunks_exact_mut(n)).zip(self.rows.observations())
        {
            let (gold, cost) = (self.gold[row], share * self.costs[row]);
            let mut largest = f64::NEG_INFINITY;
            for ((out, margin), step) in out.iter_mut().zip(margins).zip(steps) {
                *out = margin + rate * step;
                largest = largest.max(*out);
            }
            let of_gold = out[gold as usize] - largest;
            let mut total = 0.0;
            for out in out.iter_mut() {
                *out = (*out - largest).exp();
                total += *out;
            }
            sum += cost * (total.ln() - of_gold);
            out.iter_mut().for_each(|out| *out /= total);
        }
        sum
    }

    /// Gradient and diagonal of the Hessian, from the probabilities of the observations.
    fn gradient<const N: usize>(&self, weights: &[f64], work: &mut Work) {
        let n = if N == 0 { self.n_classes } else { N };
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
        for ((row, &gold), &cost) in self.rows.iter().zip(self.gold).zip(self.costs) {
            let cost = if row.is_double() { 0.5 * cost } else { cost };
            let pulls = |at: usize, k: usize| {
                let p = work.probabilities[at * n + k];
                (cost * (p - f64::from(u8::from(k == gold as usize))), cost * p * (1.0 - p))
            };
            for k in 0..n {
                (residuals[k], curvatures[k]) = pulls(row.at, k);
            }
            if row.is_double() {
                add_row(row.dropped, residuals, curvatures);
                for k in 0..n {
                    let (residual, curvature) = pulls(row.at + 1, k);
                    residuals[k] += residual;
                    curvatures[k] += curvature;
                }
            }
            for k in 0..n {
                bias_gradient[k] += residuals[k];
                bias_diagonal[k] += curvatures[k];
            }
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
        let cells = work.gradient.chunks_exact(self.n_classes).zip(work.diagonal.chunks_exact(self.n_classes));
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
        let n = if N == 0 { self.n_classes } else { N };
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
        let n = if N == 0 { self.n_classes } else { N };
        for ((product, direction), &p) in
            work.product.chunks_exact_mut(n).zip(work.direction.chunks_exact(n)).zip(self.penalty)
        {
            product.iter_mut().zip(direction).for_each(|(product, direction)| *product = p * direction);
        }
        let Bias { direction: bias_direction, product: bias_product, .. } = &mut work.bias;
        bias_product.fill(0.0);
        let pulls = &mut work.buffer[..n];
        let product = &mut work.product;
        let mut add_row = |row: RowView<'_>, pulls: &[f64]| {
            for (&column, &value) in row.columns.iter().zip(row.values) {
                let (at, value) = (column as usize * n, f64::from(value));
                add::<N>(&mut product[at..at + n], value, pulls);
            }
        };
        for (row, &cost) in self.rows.iter().zip(self.costs) {
            let at = row.at * n;
            margins::<N>(&row, &work.direction, bias_direction, &mut work.direction_margins[at..]);
            let add_pulls = |at: usize, cost: f64, pulls: &mut [f64]| {
                let (margins, probabilities) = (&work.direction_margins[at..at + n], &work.probabilities[at..at + n]);
                let mean: f64 = probabilities.iter().zip(margins).map(|(p, m)| p * m).sum();
                for k in 0..n {
                    pulls[k] += cost * probabilities[k] * (margins[k] - mean);
                }
            };
            pulls.fill(0.0);
            if row.is_double() {
                add_pulls(at, 0.5 * cost, pulls);
                add_row(row.dropped, pulls);
                add_pulls(at + n, 0.5 * cost, pulls);
            } else {
                add_pulls(at, cost, pulls);
            }
            bias_product.iter_mut().zip(pulls.iter()).for_each(|(sum, pull)| *sum += pull);
            add_row(row.before, pulls);
            add_row(row.after, pulls);
        }
    }

    /// Goes along the step as far as the objective falls enough. `slope` is the gradient times the step.
    fn line_search(&self, minimum: &mut Minimum, work: &mut Work, slope: f64) -> Result<Search> {
        let (mut linear, mut square) = (0.0, 0.0);
        let n = self.n_classes;
        for ((s, w), p) in work.step.chunks_exact(n).zip(minimum.weights.chunks_exact(n)).zip(self.penalty) {
            for (s, w) in s.iter().zip(w) {
                linear += p * s * w;
                square += p * s * s;
            }
        }
        let ridge = self.ridge(&minimum.weights);
        let before = minimum.report.objective;
        let blind = -slope <= ROUNDING * before.abs();
        let mut rate = 1.0;
        for _ in 0..MAX_HALVINGS {
            let objective = self.loss(work, rate) + ridge + rate * (linear + 0.5 * rate * square);
            if objective.is_finite() && (blind || objective <= before + DECREASE * rate * slope) {
                minimum.report.objective = objective;
                let add = |to: &mut [f64], step: &[f64]| to.iter_mut().zip(step).for_each(|(to, s)| *to += rate * s);
                add(&mut minimum.intercepts, &work.bias.step);
                add(&mut minimum.weights, &work.step);
                add(&mut work.margins, &work.step_margins);
                return Ok(if blind { Search::Blind } else { Search::Fell });
            }
            rate *= 0.5;
        }
        if before.is_finite() { Ok(Search::Failed) } else { Err(not_finite()) }
    }
}

/// Margins of a row's observations in all classes, one after the other.
#[inline]
fn margins<const N: usize>(row: &ObservedRow<'_>, weights: &[f64], intercepts: &[f64], out: &mut [f64]) {
    let n = if N == 0 { intercepts.len() } else { N };
    let (first, second) = out.split_at_mut(n);
    first.copy_from_slice(&intercepts[..n]);
    add_dot::<N>(row.before, weights, first);
    add_dot::<N>(row.after, weights, first);
    if row.is_double() {
        second[..n].copy_from_slice(first);
        add_dot::<N>(row.dropped, weights, first);
    }
}

/// Adds value x weights over a row.
#[inline]
fn add_dot<const N: usize>(row: RowView<'_>, weights: &[f64], out: &mut [f64]) {
    let n = if N == 0 { out.len() } else { N };
    if let Some(out) = out.first_chunk_mut::<N>().filter(|_| N > 0) {
        // In registers, in two chains: half the time of adding to memory.
        let (mut even, mut odd) = ([0.0; N], [0.0; N]);
        let ((columns, last), (values, last_value)) = (row.columns.as_chunks::<2>(), row.values.as_chunks::<2>());
        if let (&[column], &[value]) = (last, last_value) {
            add::<N>(&mut even, f64::from(value), &weights[column as usize * n..]);
        }
        for (column, value) in columns.iter().zip(values) {
            add::<N>(&mut even, f64::from(value[0]), &weights[column[0] as usize * n..]);
            add::<N>(&mut odd, f64::from(value[1]), &weights[column[1] as usize * n..]);
        }
        add::<N>(&mut even, 1.0, &odd);
        add::<N>(out, 1.0, &even);
    } else {
        for (&column, &value) in row.columns.iter().zip(row.values) {
            add::<N>(out, f64::from(value), &weights[column as usize * n..]);
        }
    }
}

/// Adds `factor` x the numbers of one column to those of another.
#[inline]
fn add<const N: usize>(out: &mut [f64], factor: f64, from: &[f64]) {
    match (out.first_chunk_mut::<N>(), from.first_chunk::<N>()) {
        (Some(out), Some(from)) if N > 0 => (0..N).for_each(|k| out[k] += factor * from[k]),
        _ => out.iter_mut().zip(from).for_each(|(out, from)| *out += factor * from),
    }
}
