//! Truncated Newton method for multinomial (softmax) logistic regression with an L2 penalty on sparse rows: one model
//! for all labels of a task in which exactly one holds.
//!
//! As [`newton`](crate::training::newton), with all classes in one problem: the weights of one column lie side by side,
//! and each Hessian product reads the matrix once. Reference: Hastie, Tibshirani and Friedman 2009, section 4.4; Lin,
//! Weng, Keerthi 2008, "Trust region Newton method for large-scale logistic regression", for the outer and inner steps.

use linfa::ParamGuard;

use crate::error::{Error, ErrorKind, Result};
use crate::features::sparse::{RowView, SparseRows};
use crate::training::logistic::{BinaryFit, FitReport, Inputs, LogisticParams, same_length};
use crate::training::newton::{DECREASE, INNER_GAIN, MAX_HALVINGS, MAX_INNER, ROUNDING, Search, Size, not_finite};

/// The classes of a row pull at each other, which the diagonal of the Hessian does not see: it takes the gap to the
/// optimum for smaller than it is, measured up to 12 times (test `the_default_tolerance_...`).
const COUPLING: f64 = 0.05;

/// Fits all classes together: `cost * sum_i r_i (log sum_k exp(m_ik) - m_iy) + 1/2 sum_jk p_j w_jk^2` with
/// `m_ik = w_k.x_i + b_k` is the least. The result has one fit a class, each with the same report; the probability of a
/// class is the softmax over their logits. The intercepts are not penalised and sum to 0, as do the weights of a column.
///
/// `classes` holds one class number a row, below `n_classes`; a class without rows gets no weights and the intercept of
/// half a row. Row weights, penalties, `warm` and the tolerance are those of
/// [`fit_binary`](crate::training::logistic::fit_binary); `positive_weight` must be 1. Time O(non-zeros x classes) a
/// Hessian product; memory 32 bytes a row and class and 64 bytes a column and class.
///
/// # Errors
/// As `fit_binary`; [`ErrorKind::Usage`] for a class number out of range or a positive weight other than 1;
/// [`ErrorKind::Data`] if fewer than two classes have rows.
///
/// # Examples
/// ```
/// use demarche::features::sparse::{RowView, SparseRows};
/// use demarche::training::logistic::LogisticParams;
/// use demarche::training::multinomial::fit_multinomial;
///
/// let mut rows = SparseRows::new(1);
/// for value in [-2.0, -1.0, 0.1, -0.1, 1.0, 2.0] {
///     rows.push(RowView { columns: &[0], values: &[value] });
/// }
/// let fits = fit_multinomial(&rows, &[0, 0, 1, 1, 2, 2], 3, None, None, &LogisticParams::default(), None)?;
/// assert!(fits[0].weights[0] < 0.0 && fits[2].weights[0] > 0.0 && fits[0].report.converged);
/// # Ok::<(), demarche::error::Error>(())
/// ```
pub fn fit_multinomial(
    rows: &SparseRows,
    classes: &[usize],
    n_classes: usize,
    row_weights: Option<&[f64]>,
    penalty: Option<&[f64]>,
    params: &LogisticParams,
    warm: Option<&[BinaryFit]>,
) -> Result<Vec<BinaryFit>> {
    let max_iterations = params.check_ref()?.max_iterations();
    fit_limited(rows, classes, n_classes, row_weights, penalty, params, warm, max_iterations)
}

/// [`fit_multinomial`]; with no iterations it tells objective and gradient of `warm`.
#[allow(clippy::too_many_arguments, reason = "the limit beside the arguments of the public function")]
pub(super) fn fit_limited(
    rows: &SparseRows,
    classes: &[usize],
    n_classes: usize,
    row_weights: Option<&[f64]>,
    penalty: Option<&[f64]>,
    params: &LogisticParams,
    warm: Option<&[BinaryFit]>,
    max_iterations: usize,
) -> Result<Vec<BinaryFit>> {
    let checked = params.check_ref()?;
    let inputs = Inputs::checked(rows, row_weights, penalty, checked)?;
    same_length("classes", classes.len(), "rows", rows.n_rows())?;
    if checked.positive_weight() != 1.0 {
        return Err(Error::usage("a multinomial fit has no positive class; weigh the rows instead"));
    }
    if let Some(class) = classes.iter().find(|&&class| class >= n_classes) {
        return Err(Error::usage(format!("class number {class} of {n_classes} classes")));
    }
    let costs: Vec<f64> =
        (0..rows.n_rows()).map(|i| checked.cost() * row_weights.map_or(1.0, |weights| weights[i])).collect();
    let mut sums = vec![0.0; n_classes];
    for (&class, &cost) in classes.iter().zip(&costs) {
        sums[class] += cost;
    }
    let total: f64 = sums.iter().sum();
    if !total.is_finite() {
        return Err(Error::new(ErrorKind::Numeric, "cost times row weights is not finite; lower one of them"));
    }
    let present: Vec<usize> = (0..n_classes).filter(|&class| sums[class] > 0.0).collect();
    if present.len() < 2 {
        return Err(Error::data("fewer than two labels have rows; a task needs rows of two labels at least"));
    }
    let number: Vec<u32> = (0..n_classes).map(|k| present.iter().position(|&p| p == k).unwrap_or(0) as u32).collect();
    let gold: Vec<u32> = classes.iter().map(|&class| number[class]).collect();
    let problem = Problem { rows, gold: &gold, n_classes: present.len(), costs: &costs, penalty: inputs.penalty() };
    let base: Vec<f64> = present.iter().map(|&class| (sums[class] / total).ln()).collect();
    let start = warm.map(|warm| start(rows.n_columns(), n_classes, &present, warm)).transpose()?;
    let end = match present.len() {
        2 => problem.minimise::<2>(base, start, checked.tolerance(), max_iterations)?,
        3 => problem.minimise::<3>(base, start, checked.tolerance(), max_iterations)?,
        4 => problem.minimise::<4>(base, start, checked.tolerance(), max_iterations)?,
        5 => problem.minimise::<5>(base, start, checked.tolerance(), max_iterations)?,
        _ => problem.minimise::<0>(base, start, checked.tolerance(), max_iterations)?,
    };
    Ok(fits(&end, rows.n_columns(), n_classes, &present, checked.cost() * 0.5 / total))
}

/// The weights of an earlier fit, column after column, with the intercepts.
fn start(n_columns: usize, n_classes: usize, present: &[usize], warm: &[BinaryFit]) -> Result<(Vec<f64>, Vec<f64>)> {
    same_length("labels of the earlier fit", warm.len(), "labels", n_classes)?;
    let mut weights = vec![0.0; n_columns * present.len()];
    let mut intercepts = vec![0.0; present.len()];
    for (k, &class) in present.iter().enumerate() {
        let fit = &warm[class];
        let (expected, found) = (n_columns, fit.weights.len());
        if expected != found {
            let kind = ErrorKind::Columns { expected, found };
            return Err(Error::new(kind, format!("the earlier fit has {found} columns, the rows have {expected}")));
        }
        if !(fit.intercept.is_finite() && fit.weights.iter().all(|weight| weight.is_finite())) {
            return Err(Error::new(ErrorKind::Numeric, "the earlier fit has weights that are not finite"));
        }
        intercepts[k] = fit.intercept;
        for (column, &weight) in fit.weights.iter().enumerate() {
            weights[column * present.len() + k] = weight;
        }
    }
    Ok((weights, intercepts))
}

/// One fit a class; a class without rows has the share `least` of all rows before any feature.
fn fits(end: &Minimum, n_columns: usize, n_classes: usize, present: &[usize], least: f64) -> Vec<BinaryFit> {
    let n = present.len();
    let report = FitReport {
        objective: end.objective,
        gradient_ratio: end.gradient_ratio,
        n_iterations: end.n_iterations,
        n_hessian_products: end.n_hessian_products,
        converged: end.converged,
    };
    let mean = end.intercepts.iter().sum::<f64>() / n as f64;
    let largest = end.intercepts.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = end.intercepts.iter().map(|b| (b - largest).exp()).sum();
    let absent = largest + sum.ln() + least.ln() - mean;
    (0..n_classes)
        .map(|class| match present.iter().position(|&p| p == class) {
            Some(k) => BinaryFit {
                weights: (0..n_columns).map(|column| end.weights[column * n + k]).collect(),
                intercept: end.intercepts[k] - mean,
                report: report.clone(),
            },
            None => BinaryFit { weights: vec![0.0; n_columns], intercept: absent, report: report.clone() },
        })
        .collect()
}

/// Lengths agree, all numbers are finite, costs >= 0, penalties > 0, and every class has a cost.
struct Problem<'a> {
    rows: &'a SparseRows,
    gold: &'a [u32],
    n_classes: usize,
    costs: &'a [f64],
    penalty: &'a [f64],
}

/// Where a minimisation ended; `weights` has the classes of one column side by side.
struct Minimum {
    weights: Vec<f64>,
    intercepts: Vec<f64>,
    objective: f64,
    gradient_ratio: f64,
    n_iterations: usize,
    n_hessian_products: usize,
    converged: bool,
}

/// Everything the iterations write to; made once. Margins and probabilities have the classes of a row side by side.
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
    fn minimise<const N: usize>(
        &self,
        base: Vec<f64>,
        start: Option<(Vec<f64>, Vec<f64>)>,
        tolerance: f64,
        max_iterations: usize,
    ) -> Result<Minimum> {
        let (n, n_rows) = (self.n_classes, self.rows.n_rows());
        let size = self.rows.n_columns() * n;
        let zeros = || vec![0.0; n];
        let mut work = Work {
            margins: (0..n_rows).flat_map(|_| base.iter().copied()).collect(),
            step_margins: vec![0.0; n_rows * n],
            direction_margins: vec![0.0; n_rows * n],
            probabilities: vec![0.0; n_rows * n],
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
            objective: self.loss(&mut work, 0.0),
            gradient_ratio: 1.0,
            n_iterations: 0,
            n_hessian_products: 0,
            converged: false,
        };
        self.gradient::<N>(&minimum.weights, &mut work);
        // A gradient below this is rounding: where no column helps, the constant model is the optimum.
        let floor = f64::EPSILON * self.costs.iter().sum::<f64>();
        let scale = self.gradient_size(&work).norm.max(floor);
        if let Some((weights, intercepts)) = start {
            for (margins, row) in work.margins.chunks_exact_mut(n).zip(self.rows.iter()) {
                row_margins::<N>(row, &weights, &intercepts, margins);
            }
            (minimum.weights, minimum.intercepts) = (weights, intercepts);
            minimum.objective = self.loss(&mut work, 0.0) + self.ridge(&minimum.weights);
            self.gradient::<N>(&minimum.weights, &mut work);
        }
        let energy_share = COUPLING * tolerance * tolerance;
        let mut blind_from = None;
        loop {
            let Size { norm, energy } = self.gradient_size(&work);
            if !(norm.is_finite() && minimum.objective.is_finite()) {
                return Err(not_finite());
            }
            minimum.gradient_ratio = norm / scale;
            let goal = Size { norm: tolerance * scale + floor, energy: energy_share * minimum.objective };
            minimum.converged = norm <= goal.norm && energy <= goal.energy;
            let stalled = blind_from.is_some_and(|before| energy >= before);
            if minimum.converged || stalled || minimum.n_iterations == max_iterations {
                return Ok(minimum);
            }
            let slope = self.solve_step::<N>(&mut work, &goal, &mut minimum.n_hessian_products);
            minimum.n_iterations += 1;
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

    /// Loss at `margins + rate * step_margins`; leaves each row's probabilities in `work`.
    fn loss(&self, work: &mut Work, rate: f64) -> f64 {
        let n = self.n_classes;
        let mut sum = 0.0;
        let margins = work.margins.chunks_exact(n).zip(work.step_margins.chunks_exact(n));
        for (((margins, steps), out), (&gold, &cost)) in
            margins.zip(work.probabilities.chunks_exact_mut(n)).zip(self.gold.iter().zip(self.costs))
        {
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

    /// Gradient and diagonal of the Hessian, from the rows' probabilities.
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
        let (residuals, curvatures) = work.buffer.split_at_mut(n);
        for ((row, probabilities), (&gold, &cost)) in
            self.rows.iter().zip(work.probabilities.chunks_exact(n)).zip(self.gold.iter().zip(self.costs))
        {
            for (k, &p) in probabilities.iter().enumerate() {
                residuals[k] = cost * (p - f64::from(u8::from(k == gold as usize)));
                curvatures[k] = cost * p * (1.0 - p);
                bias_gradient[k] += residuals[k];
                bias_diagonal[k] += curvatures[k];
            }
            for (&column, &value) in row.columns.iter().zip(row.values) {
                let value = f64::from(value);
                let at = column as usize * n;
                let cells = work.gradient[at..at + n].iter_mut().zip(&mut work.diagonal[at..at + n]);
                for ((gradient, diagonal), (r, c)) in cells.zip(residuals.iter().zip(curvatures.iter())) {
                    *gradient += r * value;
                    *diagonal += c * value * value;
                }
            }
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
            let moves = work.direction.chunks_exact(n).zip(work.product.chunks_exact(n));
            let cells = work.step.chunks_exact_mut(n).zip(work.rest.chunks_exact_mut(n));
            for (((step, rest), (direction, product)), (diagonal, p)) in
                cells.zip(moves).zip(work.diagonal.chunks_exact(n).zip(self.penalty))
            {
                for k in 0..n {
                    step[k] += rate * direction[k];
                    rest[k] -= rate * product[k];
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
        for (((row, probabilities), margins), &cost) in self
            .rows
            .iter()
            .zip(work.probabilities.chunks_exact(n))
            .zip(work.direction_margins.chunks_exact_mut(n))
            .zip(self.costs)
        {
            row_margins::<N>(row, &work.direction, bias_direction, margins);
            let mean: f64 = probabilities.iter().zip(margins.iter()).map(|(p, m)| p * m).sum();
            for k in 0..n {
                pulls[k] = cost * probabilities[k] * (margins[k] - mean);
                bias_product[k] += pulls[k];
            }
            for (&column, &value) in row.columns.iter().zip(row.values) {
                let (at, value) = (column as usize * n, f64::from(value));
                work.product[at..at + n].iter_mut().zip(pulls.iter()).for_each(|(out, pull)| *out += pull * value);
            }
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
        let blind = -slope <= ROUNDING * minimum.objective.abs();
        let mut rate = 1.0;
        for _ in 0..MAX_HALVINGS {
            let objective = self.loss(work, rate) + ridge + rate * (linear + 0.5 * rate * square);
            if objective.is_finite() && (blind || objective <= minimum.objective + DECREASE * rate * slope) {
                minimum.objective = objective;
                let add = |to: &mut [f64], step: &[f64]| to.iter_mut().zip(step).for_each(|(to, s)| *to += rate * s);
                add(&mut minimum.intercepts, &work.bias.step);
                add(&mut minimum.weights, &work.step);
                add(&mut work.margins, &work.step_margins);
                return Ok(if blind { Search::Blind } else { Search::Fell });
            }
            rate *= 0.5;
        }
        if minimum.objective.is_finite() { Ok(Search::Failed) } else { Err(not_finite()) }
    }
}

/// Margins of one row in all classes.
fn row_margins<const N: usize>(row: RowView<'_>, weights: &[f64], intercepts: &[f64], out: &mut [f64]) {
    let n = if N == 0 { intercepts.len() } else { N };
    out[..n].copy_from_slice(&intercepts[..n]);
    for (&column, &value) in row.columns.iter().zip(row.values) {
        let (at, value) = (column as usize * n, f64::from(value));
        out[..n].iter_mut().zip(&weights[at..at + n]).for_each(|(out, weight)| *out += value * weight);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::dense::fit_dense_multinomial;
    use crate::training::logistic::fit_binary;
    use crate::training::logistic::tests::{problem, random};

    fn exact() -> LogisticParams {
        LogisticParams::default().tolerance(1e-8)
    }

    /// Rows with classes that follow their values; class 1 is rare.
    fn classes(n_rows: usize, n_classes: usize, seed: u64) -> (SparseRows, Vec<usize>) {
        let rows = problem(n_rows, 12, 0.5, seed).rows;
        let mut next = random(seed + 1);
        let truth: Vec<Vec<f64>> = (0..n_classes).map(|_| (0..12).map(|_| 3.0 * next() - 1.5).collect()).collect();
        let gold = rows.iter().map(|row| {
            let score = |k: usize| row.dot(&truth[k]) - f64::from(u8::from(k == 1));
            (0..n_classes).map(|k| (k, score(k) + next())).max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |best| best.0)
        });
        let gold = gold.collect();
        (rows, gold)
    }

    fn objective(rows: &SparseRows, gold: &[usize], fits: &[BinaryFit], cost: f64, penalty: &[f64]) -> f64 {
        let loss = rows.iter().zip(gold).map(|(row, &y)| {
            let logits: Vec<f64> = fits.iter().map(|fit| row.dot(&fit.weights) + fit.intercept).collect();
            logits.iter().map(|l| l.exp()).sum::<f64>().ln() - logits[y]
        });
        let squares = fits.iter().flat_map(|f| f.weights.iter().zip(penalty)).map(|(w, p)| 0.5 * p * w * w);
        cost * loss.sum::<f64>() + squares.sum::<f64>()
    }

    #[test]
    fn the_optimum_is_better_than_its_neighbours() {
        for n_classes in [2, 3, 7] {
            let (rows, gold) = classes(150, n_classes, 3);
            let penalty: Vec<f64> = (0..12).map(|j| 0.5 + f64::from(j) / 12.0).collect();
            let fits =
                fit_multinomial(&rows, &gold, n_classes, None, Some(&penalty), &exact().cost(3.0), None).unwrap();
            let best = objective(&rows, &gold, &fits, 3.0, &penalty);
            assert!(fits[0].report.converged && (best / fits[0].report.objective - 1.0).abs() < 1e-12);
            for k in 0..n_classes {
                for j in 0..13 {
                    let mut moved = fits.clone();
                    let fit = &mut moved[k];
                    *fit.weights.get_mut(j).unwrap_or(&mut fit.intercept) += 1e-3;
                    assert!(objective(&rows, &gold, &moved, 3.0, &penalty) > best, "{n_classes} {k} {j}");
                }
            }
            assert!(fits.iter().map(|f| f.intercept).sum::<f64>().abs() < 1e-9);
        }
    }

    #[test]
    fn linfa_reaches_the_same_optimum() {
        let (rows, gold) = classes(200, 4, 5);
        for cost in [0.1, 1.0, 10.0] {
            let own = fit_multinomial(&rows, &gold, 4, None, None, &exact().cost(cost), None).unwrap();
            let params = LogisticParams::default().cost(cost).tolerance(1e-7).max_iterations(500);
            let linfa = fit_dense_multinomial(&rows, &gold, 4, &params).unwrap();
            let penalty = [1.0; 12];
            let (a, b) =
                (objective(&rows, &gold, &own, cost, &penalty), objective(&rows, &gold, &linfa, cost, &penalty));
            assert!((a / b - 1.0).abs() < 1e-6, "{cost}: {a} {b}");
            for (x, y) in own.iter().zip(&linfa).flat_map(|(a, b)| a.weights.iter().zip(&b.weights)) {
                assert!((x - y).abs() < 1e-3, "{cost}: {x} {y}");
            }
        }
    }

    #[test]
    fn two_classes_are_a_binary_fit_of_twice_the_penalty() {
        // The difference w of two weight vectors w/2 and -w/2 is penalised with |w|^2 / 4.
        let set = problem(300, 10, 0.3, 6);
        let gold: Vec<usize> = set.targets.iter().map(|&t| usize::from(t)).collect();
        let two = fit_multinomial(&set.rows, &gold, 2, None, None, &exact(), None).unwrap();
        let one = fit_binary(&set.rows, &set.targets, None, Some(&[0.5; 10]), &exact(), None).unwrap();
        for (j, weight) in one.weights.iter().enumerate() {
            assert!((two[1].weights[j] - two[0].weights[j] - weight).abs() < 1e-6);
        }
        assert!((two[1].intercept - two[0].intercept - one.intercept).abs() < 1e-6);
    }

    #[test]
    fn the_default_tolerance_warm_starts_and_missing_classes() {
        let (rows, gold) = classes(400, 3, 7);
        for cost in [0.1, 10.0, 1000.0] {
            let rough =
                fit_multinomial(&rows, &gold, 3, None, None, &LogisticParams::default().cost(cost), None).unwrap();
            let best = fit_multinomial(&rows, &gold, 3, None, None, &exact().cost(cost), Some(&rough)).unwrap();
            let gap = rough[0].report.objective / best[0].report.objective - 1.0;
            assert!(best[0].report.converged && (-1e-12..1e-6).contains(&gap), "{cost}: {gap:e}");
            let again = fit_multinomial(&rows, &gold, 3, None, None, &exact().cost(cost), Some(&best)).unwrap();
            assert_eq!(again[0].report.n_iterations, 0);
        }
        let spread: Vec<usize> = gold.iter().map(|&k| 2 * k).collect();
        let near = fit_multinomial(&rows, &gold, 3, None, None, &exact(), None).unwrap();
        let far = fit_multinomial(&rows, &spread, 6, None, None, &exact(), None).unwrap();
        assert_eq!((&near[1].weights, near[1].intercept), (&far[2].weights, far[2].intercept));
        assert!(far[1].weights.iter().all(|&w| w == 0.0) && far[1].intercept < -4.0 && far[1].intercept.is_finite());
    }

    #[test]
    fn a_weight_counts_as_so_many_rows() {
        let (rows, gold) = classes(90, 3, 8);
        let numbers: Vec<usize> = (0..90).flat_map(|i| vec![i; i % 3]).collect();
        let weights: Vec<f64> = (0..90).map(|i| (i % 3) as f64).collect();
        let repeated: Vec<usize> = numbers.iter().map(|&i| gold[i]).collect();
        let a = fit_multinomial(&rows, &gold, 3, Some(&weights), None, &exact(), None).unwrap();
        let b = fit_multinomial(&rows.select(&numbers), &repeated, 3, None, None, &exact(), None).unwrap();
        for (x, y) in a.iter().zip(&b).flat_map(|(a, b)| a.weights.iter().zip(&b.weights)) {
            assert!((x - y).abs() < 1e-6);
        }
    }

    #[test]
    fn what_can_not_be_fitted_is_named() {
        let (rows, gold) = classes(20, 3, 9);
        let kind = |gold: &[usize], n: usize, params: &LogisticParams| {
            fit_multinomial(&rows, gold, n, None, None, params, None).unwrap_err().kind().clone()
        };
        assert_eq!(kind(&gold[1..], 3, &exact()), ErrorKind::Usage);
        assert_eq!(kind(&[3; 20], 3, &exact()), ErrorKind::Usage);
        assert_eq!(kind(&[1; 20], 3, &exact()), ErrorKind::Data);
        assert_eq!(kind(&gold, 3, &exact().positive_weight(2.0)), ErrorKind::Usage);
        let mut huge = SparseRows::new(1);
        for value in [f32::MAX, -f32::MAX, 1.0] {
            huge.push(RowView { columns: &[0], values: &[value] });
        }
        match fit_multinomial(&huge, &[0, 1, 2], 3, None, None, &exact().cost(1e300), None) {
            Ok(fits) => assert!(fits.iter().all(|f| f.weights.iter().all(|w| w.is_finite()))),
            Err(error) => assert_eq!(error.kind(), &ErrorKind::Numeric),
        }
    }
}
