//! Multinomial (softmax) logistic regression with an L2 penalty on sparse rows: one model for all labels of a task in
//! which exactly one holds.
//!
//! Fitted by dual coordinate descent, and by Newton's method where that is slow, with all classes in one problem.
//! Reference: Hastie, Tibshirani and Friedman 2009, section 4.4.

use linfa::ParamGuard;

use crate::error::{Error, ErrorKind, Result};
use crate::features::sparse::SparseRows;
use crate::training::dual;
use crate::training::logistic::{BinaryFit, Inputs, LogisticParams, Warm, same_length};
use crate::training::newton::{Loss, Minimum, Problem, Start};
use crate::training::observed::Observed;

/// Fits all classes together: `cost * sum_i r_i (log sum_k exp(m_ik) - m_iy) + 1/2 sum_jk p_j w_jk^2` with
/// `m_ik = w_k.x_i + b_k` is the least. The result has one fit a class, each with the same report; the probability of a
/// class is the softmax over their logits. The intercepts are not penalised and sum to 0, as do the weights of a column.
///
/// `classes` holds one class number a row, below `n_classes`; a class without rows gets no weights and the intercept of
/// half a row. Row weights, penalties, `warm` and the tolerance are those of
/// [`fit_binary`](crate::training::logistic::fit_binary); `positive_weight` must be 1. Time O(non-zeros x classes) a
/// pass; memory 16 bytes an observation and class and 8 bytes a column and class (Newton: 64).
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
    let warm: Option<Vec<Warm<'_>>> = warm.map(|warm| warm.iter().map(Warm::new).collect());
    let warm = warm.as_deref();
    fit_limited(&Observed::once(rows), classes, n_classes, row_weights, penalty, params, warm, max_iterations)
}

/// [`fit_multinomial`] of observed rows; with no iterations it tells objective and gradient of `warm`.
#[allow(clippy::too_many_arguments, reason = "the limit beside the arguments of the public function")]
pub(super) fn fit_limited(
    observed: &Observed<'_>,
    classes: &[usize],
    n_classes: usize,
    row_weights: Option<&[f64]>,
    penalty: Option<&[f64]>,
    params: &LogisticParams,
    warm: Option<&[Warm<'_>]>,
    max_iterations: usize,
) -> Result<Vec<BinaryFit>> {
    let checked = params.check_ref()?;
    let inputs = Inputs::checked(observed, row_weights, penalty, checked)?;
    let rows = observed.rows();
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
    let loss = Softmax { gold: &gold, n_classes: present.len(), costs: &costs };
    let problem = Problem { rows: observed, loss, penalty: inputs.penalty() };
    let base: Vec<f64> = present.iter().map(|&class| (sums[class] / total).ln()).collect();
    let start = warm.map(|warm| start(rows.n_columns(), n_classes, &present, warm)).transpose()?;
    let factor = warm.and_then(|warm| warm.first()).map_or(1.0, |warm| warm.factor);
    let tolerance = checked.tolerance();
    let end = match present.len() {
        2 => minimise::<2>(&problem, base, start, factor, tolerance, max_iterations)?,
        3 => minimise::<3>(&problem, base, start, factor, tolerance, max_iterations)?,
        4 => minimise::<4>(&problem, base, start, factor, tolerance, max_iterations)?,
        5 => minimise::<5>(&problem, base, start, factor, tolerance, max_iterations)?,
        _ => minimise::<0>(&problem, base, start, factor, tolerance, max_iterations)?,
    };
    Ok(fits(&end, rows.n_columns(), n_classes, &present, checked.cost() * 0.5 / total))
}

/// Coordinate descent, where it may take any steps.
fn minimise<const N: usize>(
    problem: &Problem<'_, Softmax<'_>>,
    base: Vec<f64>,
    start: Option<Start>,
    factor: f64,
    tolerance: f64,
    max_iterations: usize,
) -> Result<Minimum> {
    match max_iterations {
        0 => problem.minimise::<N>(base, start, tolerance, 0),
        _ => dual::minimise::<N, _>(problem, base, start, factor, tolerance, max_iterations),
    }
}

/// Cross entropy of the classes of a row; the probabilities are kept.
pub(super) struct Softmax<'a> {
    pub(super) gold: &'a [u32],
    n_classes: usize,
    pub(super) costs: &'a [f64],
}

impl Loss for Softmax<'_> {
    /// Measured up to 400 times at large costs (test `the_default_tolerance_...`), where steps are few but long.
    const GAP: f64 = 0.002;

    #[inline]
    fn n_classes(&self) -> usize {
        self.n_classes
    }

    #[inline]
    fn n_kept(&self) -> usize {
        self.n_classes
    }

    fn total_cost(&self) -> f64 {
        self.costs.iter().sum()
    }

    #[inline]
    fn loss(&self, row: usize, share: f64, margins: &[f64], kept: &mut [f64]) -> f64 {
        let largest = margins.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut total = 0.0;
        for (kept, margin) in kept.iter_mut().zip(margins) {
            *kept = (margin - largest).exp();
            total += *kept;
        }
        kept.iter_mut().for_each(|kept| *kept /= total);
        share * self.costs[row] * (total.ln() - (margins[self.gold[row] as usize] - largest))
    }

    #[inline]
    fn add_slopes(&self, row: usize, share: f64, kept: &[f64], residuals: &mut [f64], curvatures: &mut [f64]) {
        let (gold, cost) = (self.gold[row] as usize, share * self.costs[row]);
        for (k, p) in kept.iter().enumerate() {
            residuals[k] += cost * (p - f64::from(u8::from(k == gold)));
            curvatures[k] += cost * p * (1.0 - p);
        }
    }

    #[inline]
    fn add_bend(&self, row: usize, share: f64, kept: &[f64], margins: &[f64], pulls: &mut [f64]) {
        let cost = share * self.costs[row];
        let mean: f64 = kept.iter().zip(margins).map(|(p, m)| p * m).sum();
        for ((pull, p), margin) in pulls.iter_mut().zip(kept).zip(margins) {
            *pull += cost * p * (margin - mean);
        }
    }
}

/// An earlier fit with its weights column after column.
fn start(n_columns: usize, n_classes: usize, present: &[usize], warm: &[Warm<'_>]) -> Result<Start> {
    same_length("labels of the earlier fit", warm.len(), "labels", n_classes)?;
    let mut weights = vec![0.0; n_columns * present.len()];
    let mut intercepts = vec![0.0; present.len()];
    for (k, &class) in present.iter().enumerate() {
        let fit = warm[class].checked(n_columns)?;
        intercepts[k] = fit.intercept;
        for (column, &weight) in fit.weights.iter().enumerate() {
            weights[column * present.len() + k] = weight;
        }
    }
    Ok(Start { weights, intercepts, scale: warm.first().and_then(|warm| warm.scale) })
}

/// One fit a class; a class without rows has the share `least` of all rows before any feature.
fn fits(end: &Minimum, n_columns: usize, n_classes: usize, present: &[usize], least: f64) -> Vec<BinaryFit> {
    let n = present.len();
    let report = &end.report;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::sparse::RowView;
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
            // Nearer than this, at the cost 1000, rounding hides the rest of the gradient.
            let exact = LogisticParams::default().tolerance(1e-6);
            let best = fit_multinomial(&rows, &gold, 3, None, None, &exact.clone().cost(cost), Some(&rough)).unwrap();
            let gap = rough[0].report.objective / best[0].report.objective - 1.0;
            assert!(best[0].report.converged && (-1e-12..1e-6).contains(&gap), "{cost}: {gap:e}");
            let again = fit_multinomial(&rows, &gold, 3, None, None, &exact.cost(cost), Some(&best)).unwrap();
            assert!(again[0].report.n_iterations <= best[0].report.n_iterations, "{cost}");
        }
        let spread: Vec<usize> = gold.iter().map(|&k| 2 * k).collect();
        let near = fit_multinomial(&rows, &gold, 3, None, None, &exact(), None).unwrap();
        let far = fit_multinomial(&rows, &spread, 6, None, None, &exact(), None).unwrap();
        assert_eq!((&near[1].weights, near[1].intercept), (&far[2].weights, far[2].intercept));
        assert!(far[1].weights.iter().all(|&w| w == 0.0) && far[1].intercept < -4.0 && far[1].intercept.is_finite());
    }

    /// Rows with values in the columns 8 to 11, but for each third.
    fn with_speakers(rows: &SparseRows) -> SparseRows {
        let mut sparse = SparseRows::new(rows.n_columns());
        for (i, row) in rows.iter().enumerate() {
            let keep = |column: u32| i % 3 > 0 || !(8..12).contains(&column);
            let pairs = row.columns.iter().zip(row.values).filter(|(column, _)| keep(**column));
            let (columns, values): (Vec<u32>, Vec<f32>) = pairs.map(|(column, value)| (*column, *value)).unzip();
            sparse.push(RowView { columns: &columns, values: &values });
        }
        sparse
    }

    fn assert_near(a: &[BinaryFit], b: &[BinaryFit]) {
        assert_eq!(a.len(), b.len());
        for (a, b) in a.iter().zip(b) {
            assert!(a.report.converged && b.report.converged, "{:?} {:?}", a.report, b.report);
            let numbers = |fit: &BinaryFit| [&fit.weights[..], &[fit.intercept]].concat();
            for (x, y) in numbers(a).iter().zip(&numbers(b)) {
                assert!((x - y).abs() < 1e-6, "{x} {y}");
            }
        }
    }

    #[test]
    fn rows_observed_twice_count_as_two_rows_of_half_the_weight() {
        // Numbers of classes with loops of their own, and one without.
        for n_classes in [2, 3, 7] {
            let (rows, gold) = classes(200, n_classes, 17);
            let sparse = with_speakers(&rows);
            let row_weights: Vec<f64> = (0..200).map(|i| 0.5 + f64::from(i % 4)).collect();
            let observed = Observed::with_dropout(&sparse, &(8..12));
            assert!((210..400).contains(&observed.n_observations()));
            let params = exact().cost(10.0);
            let fit = |warm: Option<&[Warm<'_>]>| {
                fit_limited(&observed, &gold, n_classes, Some(&row_weights), None, &params, warm, 1000).unwrap()
            };
            let (written, observations) = observed.written_out();
            let weights: Vec<f64> = observations.iter().map(|(row, share)| share * row_weights[*row]).collect();
            let repeated: Vec<usize> = observations.iter().map(|(row, _)| gold[*row]).collect();
            let twice = fit_multinomial(&written, &repeated, n_classes, Some(&weights), None, &params, None).unwrap();
            let fits = fit(None);
            assert_near(&fits, &twice);
            assert!((fits[0].report.objective / twice[0].report.objective - 1.0).abs() < 1e-12);
            // Dropout is something else than none.
            let once = fit_multinomial(&sparse, &gold, n_classes, Some(&row_weights), None, &params, None).unwrap();
            assert!((once[0].weights[9] - fits[0].weights[9]).abs() > 1e-3);
        }
    }

    #[test]
    fn on_the_path_of_costs_the_fits_are_those_from_nothing() {
        let (rows, gold) = classes(300, 3, 19);
        let sparse = with_speakers(&rows);
        let observed = Observed::with_dropout(&sparse, &(8..12));
        let fit = |cost: f64, warm: Option<&[Warm<'_>]>| {
            fit_limited(&observed, &gold, 3, None, None, &exact().cost(cost), warm, 1000).unwrap()
        };
        let mut path = fit(0.25, None);
        for cost in [0.5, 1.0, 2.0, 4.0, 8.0] {
            let warm: Vec<Warm<'_>> = path.iter().map(|fit| Warm::on_the_path(fit, 2.0)).collect();
            let (near, cold) = (fit(cost, Some(&warm)), fit(cost, None));
            assert_near(&near, &cold);
            path = near;
        }
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
