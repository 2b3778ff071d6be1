//! The same logistic regression through linfa-logistic (L-BFGS on a dense matrix): `--solver linfa`, for small data.
//!
//! linfa's objective is `sum_i log(1 + exp(-y_i (w.x_i + b))) + alpha/2 |w|^2` with a free intercept, so that
//! `alpha = 1 / cost` gives the optimum of [`fit_binary`](crate::training::logistic::fit_binary) and an objective that
//! is `cost` times smaller.

use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use linfa_logistic::{LogisticRegression, MultiLogisticRegression};
use ndarray::{Array1, Array2};

use crate::error::{Error, ErrorKind, Result};
use crate::features::sparse::SparseRows;
use crate::training::logistic::{BinaryFit, Inputs, LabelTargets, LogisticParams, Warm};
use crate::training::multinomial;
use crate::training::observed::Observed;

/// Largest number of cells (rows x columns) of the dense matrix: 160 MB.
pub const MAX_CELLS: usize = 20_000_000;
/// Largest absolute value of a cell: at 1e100 the line search of linfa-logistic 0.8.1 does not come back.
pub const MAX_VALUE: f32 = 1e4;
/// L-BFGS iterations for each Newton iteration that the parameters allow.
const ITERATIONS_EACH: u64 = 10;

/// Fits one label as [`fit_binary`](crate::training::logistic::fit_binary) does, through linfa-logistic.
///
/// Ten L-BFGS iterations are allowed for each of `max_iterations`; linfa does not tell how many it made, so the report
/// says 0. Objective, gradient and convergence are measured here, as linfa does not report them. Time and memory
/// O(rows x columns).
///
/// # Errors
/// As `fit_binary`; [`ErrorKind::Usage`] as well for more than [`MAX_CELLS`] cells, values beyond [`MAX_VALUE`], and for
/// row weights, penalties or a positive weight other than 1; [`ErrorKind::Numeric`] where linfa's line search fails.
pub fn fit_dense(
    rows: &SparseRows,
    targets: &[bool],
    row_weights: Option<&[f64]>,
    penalty: Option<&[f64]>,
    params: &LogisticParams,
) -> Result<BinaryFit> {
    let checked = params.check_ref()?;
    let observed = Observed::once(rows);
    let inputs = Inputs::checked(&observed, row_weights, penalty, checked)?;
    if [row_weights, penalty].into_iter().flatten().flatten().any(|&value| value != 1.0)
        || checked.positive_weight() != 1.0
    {
        return Err(Error::usage(
            "the solver linfa knows neither row weights nor column penalties; use the solver newton",
        ));
    }
    let matrix = dense(rows)?;
    // Checks the targets, and gives the start and the gradient norm that the tolerance refers to.
    let label = LabelTargets { targets, factor: 1.0 };
    let constant = inputs.newton(&label, None, 0)?;
    let dataset = DatasetBase::new(matrix, Array1::from(targets.to_vec()));
    let rounding = f64::EPSILON * targets.len() as f64;
    let tolerance = 0.5 * checked.tolerance() * constant.report.constant_gradient / checked.cost() + rounding;
    // linfa takes the more frequent class as positive: its log odds are never below 0.
    let mut start = Array1::zeros(rows.n_columns() + 1);
    start[rows.n_columns()] = constant.intercept.abs();
    let model = LogisticRegression::<f64>::new()
        .alpha(1.0 / checked.cost())
        .gradient_tolerance(tolerance)
        .initial_params(start)
        .max_iterations((checked.max_iterations() as u64).saturating_mul(ITERATIONS_EACH))
        .fit(&dataset)
        .map_err(failed)?;
    // 0.8.1 calls the more frequent class positive, whatever its name: only `labels` tells which one it took.
    let sign = if model.labels().pos.class { 1.0 } else { -1.0 };
    let weights: Vec<f64> = model.params().iter().map(|weight| sign * weight).collect();
    let intercept = sign * model.intercept();
    let found = BinaryFit { weights, intercept, report: constant.report };
    if !found.is_finite() {
        return Err(Error::new(ErrorKind::Numeric, "the solver linfa found weights that are not finite"));
    }
    // linfa returns Ok at the iteration limit as well: the gradient has the last word.
    inputs.newton(&label, Some(&Warm::new(&found)), 0)
}

/// All cells of the rows, if there are not too many.
fn dense(rows: &SparseRows) -> Result<Array2<f64>> {
    if rows.n_rows().checked_mul(rows.n_columns()).is_none_or(|cells| cells > MAX_CELLS) {
        let (n_rows, n_columns) = (rows.n_rows(), rows.n_columns());
        return Err(Error::usage(format!(
            "{n_rows} rows x {n_columns} columns are too many for the solver linfa (at most {MAX_CELLS} cells); use the \
             solver newton"
        )));
    }
    if rows.iter().any(|row| row.values.iter().any(|value| value.abs() > MAX_VALUE)) {
        return Err(Error::usage(format!("the solver linfa needs values of at most {MAX_VALUE}; scale the columns")));
    }
    let mut matrix = Array2::<f64>::zeros((rows.n_rows(), rows.n_columns()));
    for (row, mut cells) in rows.iter().zip(matrix.rows_mut()) {
        for (column, value) in row.iter() {
            cells[column] = value;
        }
    }
    Ok(matrix)
}

/// Fits all classes together as [`multinomial::fit_multinomial`] does, through linfa-logistic. As [`fit_dense`].
///
/// # Errors
/// As `fit_multinomial`, and as [`fit_dense`].
pub fn fit_dense_multinomial(
    rows: &SparseRows,
    classes: &[usize],
    n_classes: usize,
    params: &LogisticParams,
) -> Result<Vec<BinaryFit>> {
    let checked = params.check_ref()?;
    // Checks rows and classes, and gives the start; linfa panics without rows.
    let observed = Observed::once(rows);
    let mut fits = multinomial::fit_limited(&observed, classes, n_classes, None, None, params, None, 0)?;
    let matrix = dense(rows)?;
    let dataset = DatasetBase::new(matrix, Array1::from(classes.to_vec()));
    let model = MultiLogisticRegression::<f64>::new()
        .alpha(1.0 / checked.cost())
        .gradient_tolerance(1e-2 * checked.tolerance() * classes.len() as f64)
        .max_iterations((checked.max_iterations() as u64).saturating_mul(ITERATIONS_EACH))
        .fit(&dataset)
        .map_err(failed)?;
    let (weights, intercepts) = (model.params(), model.intercept());
    if !weights.iter().chain(intercepts).all(|number| number.is_finite()) {
        return Err(Error::new(ErrorKind::Numeric, "the solver linfa found weights that are not finite"));
    }
    let mean = intercepts.sum() / intercepts.len().max(1) as f64;
    for (k, &class) in model.classes().iter().enumerate() {
        fits[class].weights = weights.column(k).to_vec();
        fits[class].intercept = intercepts[k] - mean;
    }
    // linfa returns Ok at the iteration limit as well: the gradient has the last word.
    let found: Vec<Warm<'_>> = fits.iter().map(Warm::new).collect();
    multinomial::fit_limited(&observed, classes, n_classes, None, None, params, Some(&found), 0)
}

fn failed(error: linfa_logistic::error::Error) -> Error {
    Error::new(ErrorKind::Numeric, format!("the solver linfa gave up ({error}); use the solver newton"))
        .caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::logistic::fit_binary;
    use crate::training::logistic::tests::{Problem, problem};

    #[test]
    fn both_solvers_reach_the_same_optimum() {
        // Share of positives, seed: rare (linfa flips its classes), even, frequent.
        for (share, seed) in [(0.1, 1), (0.5, 2), (0.9, 3)] {
            let Problem { rows, targets } = problem(200, 12, share, seed);
            for cost in [0.1, 1.0, 10.0] {
                let params = LogisticParams::default().cost(cost).tolerance(1e-7).max_iterations(500);
                let own = fit_binary(&rows, &targets, None, None, &params, None).unwrap();
                let linfa = fit_dense(&rows, &targets, None, None, &params).unwrap();
                assert!(own.report.converged, "{share} {cost}: {:?}", own.report);
                let gap = (own.report.objective - linfa.report.objective).abs() / own.report.objective;
                assert!(gap < 1e-6, "{share} {cost}: {:?} {:?}", own.report, linfa.report);
                assert!((own.intercept - linfa.intercept).abs() < 1e-4, "{share} {cost}");
                for (a, b) in own.weights.iter().zip(&linfa.weights) {
                    assert!((a - b).abs() < 1e-4, "{share} {cost}: {a} {b}");
                }
            }
        }
    }

    #[test]
    fn an_unfinished_fit_is_reported() {
        let Problem { rows, targets } = problem(200, 30, 0.5, 4);
        let params = LogisticParams::default().cost(100.0).tolerance(1e-9).max_iterations(1);
        let fit = fit_dense(&rows, &targets, None, None, &params).unwrap();
        assert!(!fit.report.converged && fit.report.gradient_ratio > 1e-9);
    }

    #[test]
    fn extreme_but_allowed_input_comes_back() {
        for value in [1e-30, 1.0, MAX_VALUE] {
            for cost in [1e-10, 1.0, 1e10] {
                let mut rows = SparseRows::new(3);
                for i in 0..40_u16 {
                    let values = [value, value * f32::from(i % 7) / 7.0, -value * f32::from(i % 3) / 2.0];
                    rows.push(crate::features::sparse::RowView { columns: &[0, 1, 2], values: &values });
                }
                let targets: Vec<bool> = (0..40).map(|i| i % 5 == 0).collect();
                match fit_dense(&rows, &targets, None, None, &LogisticParams::default().cost(cost)) {
                    Ok(fit) => assert!(fit.weights.iter().all(|weight| weight.is_finite())),
                    Err(error) => assert_eq!(error.kind(), &ErrorKind::Numeric),
                }
            }
        }
        let mut empty = SparseRows::new(0);
        for _ in 0..4 {
            empty.push(crate::features::sparse::RowView { columns: &[], values: &[] });
        }
        let fit = fit_dense(&empty, &[true, false, false, false], None, None, &LogisticParams::default());
        assert!(fit.is_ok_and(|fit| fit.report.converged));
    }

    #[test]
    fn what_linfa_can_not_do_is_refused() {
        let Problem { rows, targets } = problem(20, 3, 0.5, 5);
        let params = LogisticParams::default();
        let kind = |error: Result<BinaryFit>| error.unwrap_err().kind().clone();
        assert_eq!(kind(fit_dense(&rows, &targets, Some(&[2.0; 20]), None, &params)), ErrorKind::Usage);
        assert_eq!(kind(fit_dense(&rows, &targets, None, Some(&[1.0, 1.0, 0.5]), &params)), ErrorKind::Usage);
        assert_eq!(
            kind(fit_dense(&rows, &targets, None, None, &params.clone().positive_weight(2.0))),
            ErrorKind::Usage
        );
        assert!(fit_dense(&rows, &targets, Some(&[1.0; 20]), Some(&[1.0; 3]), &params).is_ok());
        assert_eq!(kind(fit_dense(&rows, &[true; 20], None, None, &params)), ErrorKind::Data);
        let mut wide = SparseRows::new(MAX_CELLS);
        for _ in 0..2 {
            wide.push(crate::features::sparse::RowView { columns: &[0], values: &[1.0] });
        }
        assert_eq!(kind(fit_dense(&wide, &[true, false], None, None, &params)), ErrorKind::Usage);
        let mut unscaled = SparseRows::new(1);
        for value in [1e30, 1.0] {
            unscaled.push(crate::features::sparse::RowView { columns: &[0], values: &[value] });
        }
        assert_eq!(kind(fit_dense(&unscaled, &[true, false], None, None, &params)), ErrorKind::Usage);
    }
}
