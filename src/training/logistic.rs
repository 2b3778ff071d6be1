//! Binary logistic regression with an L2 penalty on sparse rows; one classifier a label for many labels.

use linfa::ParamGuard;
use ndarray::Array1;
use rayon::prelude::*;

use crate::error::{Error, ErrorKind, Result};
use crate::features::sparse::SparseRows;
use crate::model::sigmoid;
use crate::training::newton::{Loss, Minimum, Problem, Start};
use crate::training::observed::Observed;

/// Parameters of a logistic regression; checked once, when a fit begins.
///
/// The fit minimises `cost * sum_i r_i * c(y_i) * log(1 + exp(-y_i (w.x_i + b))) + 1/2 sum_j p_j w_j^2` over the
/// weights w and the intercept b, which is not penalised. r are row weights, c is `positive_weight` for positive rows
/// and 1 for the others, p are the penalties of the columns. Reference: Lin, Weng, Keerthi 2008.
///
/// # Examples
/// ```
/// use demarche::features::sparse::{RowView, SparseRows};
/// use demarche::training::logistic::{LogisticParams, fit_binary};
///
/// let mut rows = SparseRows::new(1);
/// for value in [-2.0, -1.0, 1.0, 2.0] {
///     rows.push(RowView { columns: &[0], values: &[value] });
/// }
/// let params = LogisticParams::default().cost(10.0);
/// let fit = fit_binary(&rows, &[false, false, true, true], None, None, &params, None)?;
/// assert!(fit.report.converged && fit.weights[0] > 1.0 && fit.intercept.abs() < 1e-3);
/// # Ok::<(), demarche::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LogisticParams(CheckedLogisticParams);

/// Parameters that passed the check of [`LogisticParams`].
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedLogisticParams {
    cost: f64,
    tolerance: f64,
    max_iterations: usize,
    positive_weight: f64,
}

impl Default for LogisticParams {
    /// Cost 1, tolerance 1e-3, at most 100 iterations, positives weigh 1.
    fn default() -> Self {
        Self(CheckedLogisticParams { cost: 1.0, tolerance: 1e-3, max_iterations: 100, positive_weight: 1.0 })
    }
}

impl LogisticParams {
    /// Weight of the loss against the penalty, above 0: larger fits the rows more closely.
    #[must_use]
    pub fn cost(mut self, cost: f64) -> Self {
        self.0.cost = cost;
        self
    }

    /// How near to the optimum the fit ends, above 0, below 1: the estimated gap comes down to `tolerance^2 / 2` of the
    /// objective, 1e-3 gives a relative gap below 1e-6, 1e-4 below 1e-8. The gradient norm must be at most 10 x
    /// `tolerance` of that of the constant model as well.
    #[must_use]
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.0.tolerance = tolerance;
        self
    }

    /// Newton iterations after which the fit ends without having converged.
    #[must_use]
    pub fn max_iterations(mut self, max_iterations: usize) -> Self {
        self.0.max_iterations = max_iterations;
        self
    }

    /// Factor on the weight of each positive row, above 0.
    #[must_use]
    pub fn positive_weight(mut self, positive_weight: f64) -> Self {
        self.0.positive_weight = positive_weight;
        self
    }
}

impl CheckedLogisticParams {
    /// Weight of the loss against the penalty.
    pub fn cost(&self) -> f64 {
        self.cost
    }

    /// Share of the constant model's gradient norm at which a fit ends.
    pub fn tolerance(&self) -> f64 {
        self.tolerance
    }

    /// Newton iterations after which a fit ends.
    pub fn max_iterations(&self) -> usize {
        self.max_iterations
    }

    /// Factor on the weight of each positive row.
    pub fn positive_weight(&self) -> f64 {
        self.positive_weight
    }

    /// [`fit_binary`] with penalty 1, from the constant model.
    pub(crate) fn fit_rows(&self, rows: &SparseRows, targets: &[bool], weights: Option<&[f64]>) -> Result<BinaryFit> {
        Inputs::checked(&Observed::once(rows), weights, None, self)?.fit(targets, None)
    }
}

impl ParamGuard for LogisticParams {
    type Checked = CheckedLogisticParams;
    type Error = Error;

    fn check_ref(&self) -> Result<&CheckedLogisticParams> {
        let CheckedLogisticParams { cost, tolerance, max_iterations, positive_weight } = self.0;
        for (name, value) in [("cost", cost), ("positive weight", positive_weight)] {
            if !(value.is_finite() && value > 0.0) {
                return Err(Error::usage(format!("the {name} must be a number above 0, not {value}")));
            }
        }
        if !(tolerance > 0.0 && tolerance < 1.0) {
            return Err(Error::usage(format!("the tolerance must lie between 0 and 1, not {tolerance}")));
        }
        if max_iterations == 0 {
            return Err(Error::usage("at least one iteration must be allowed"));
        }
        Ok(&self.0)
    }

    fn check(self) -> Result<CheckedLogisticParams> {
        self.check_ref()?;
        Ok(self.0)
    }
}

/// Weights and intercept of one label, with what the solver reports.
#[derive(Debug, Clone, PartialEq)]
pub struct BinaryFit {
    /// One weight a column.
    pub weights: Vec<f64>,
    /// The logit of a row without values.
    pub intercept: f64,
    /// How the fit went.
    pub report: FitReport,
}

impl From<Minimum> for BinaryFit {
    fn from(end: Minimum) -> Self {
        Self { weights: end.weights, intercept: end.intercepts.iter().sum(), report: end.report }
    }
}

impl BinaryFit {
    pub(crate) fn is_finite(&self) -> bool {
        self.intercept.is_finite() && self.weights.iter().all(|weight| weight.is_finite())
    }
}

/// How a fit went.
#[derive(Debug, Clone, PartialEq)]
pub struct FitReport {
    /// Value of the objective at the end.
    pub objective: f64,
    /// Gradient norm at the end as a share of that of the constant model, in the metric of the penalty.
    pub gradient_ratio: f64,
    /// Gradient norm of the constant model, in the same metric; 0 where the solver does not say.
    pub constant_gradient: f64,
    /// Newton (or L-BFGS) iterations; 0 where the solver does not say.
    pub n_iterations: usize,
    /// Products with the Hessian; 0 where the solver makes none.
    pub n_hessian_products: usize,
    /// Whether gradient and estimated gap came down to the tolerance.
    pub converged: bool,
}

/// Fits one label.
///
/// `targets` and `row_weights` (1 each where `None`) hold one value a row, `penalty` (1 each where `None`) one a column.
/// Rows of weight 0 are ignored. `warm` is a fit of the same columns to start from. Time O(non-zeros) a Hessian product,
/// memory 48 bytes a row and 64 bytes a column. A fit that did not converge is not an error: see [`FitReport`].
///
/// # Errors
/// [`ErrorKind::Usage`] for parameters, weights or penalties out of range and for lengths that differ;
/// [`ErrorKind::Columns`] where `warm` has other columns; [`ErrorKind::Data`] if there are no rows or all rows have
/// the same target; [`ErrorKind::Numeric`] for numbers that are not finite.
pub fn fit_binary(
    rows: &SparseRows,
    targets: &[bool],
    row_weights: Option<&[f64]>,
    penalty: Option<&[f64]>,
    params: &LogisticParams,
    warm: Option<&BinaryFit>,
) -> Result<BinaryFit> {
    let observed = Observed::once(rows);
    Inputs::checked(&observed, row_weights, penalty, params.check_ref()?)?.fit(targets, warm)
}

/// Fits each label against the rest, in parallel. The result does not depend on the number of threads.
///
/// `targets` holds for each label one value a row; `warm` one earlier fit a label. Else as [`fit_binary`].
///
/// # Errors
/// As [`fit_binary`]; with several failing labels the first one's error.
pub fn fit_one_vs_rest(
    rows: &SparseRows,
    targets: &[Vec<bool>],
    row_weights: Option<&[f64]>,
    penalty: Option<&[f64]>,
    params: &LogisticParams,
    warm: Option<&[BinaryFit]>,
) -> Result<Vec<BinaryFit>> {
    let observed = Observed::once(rows);
    let inputs = Inputs::checked(&observed, row_weights, penalty, params.check_ref()?)?;
    let labels: Vec<LabelTargets<'_>> =
        targets.iter().map(|targets| LabelTargets { targets, factor: params.0.positive_weight }).collect();
    let warm: Option<Vec<Warm<'_>>> = warm.map(|warm| warm.iter().map(Warm::new).collect());
    Inputs::each(&labels, warm.as_deref(), |label, warm| inputs.newton(label, warm, params.0.max_iterations))
}

/// An earlier fit to start from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Warm<'a> {
    pub(crate) fit: &'a BinaryFit,
    /// The present cost over that of the fit, as far as is known.
    pub(crate) factor: f64,
    /// Gradient norm of the constant model where it is known.
    pub(crate) scale: Option<f64>,
}

impl<'a> Warm<'a> {
    pub(crate) fn new(fit: &'a BinaryFit) -> Self {
        Self { fit, factor: 1.0, scale: None }
    }

    /// A fit of the same rows and weights whose cost was `1 / factor` of the present one: the gradient of the constant
    /// model grows with the cost.
    pub(crate) fn on_the_path(fit: &'a BinaryFit, factor: f64) -> Self {
        let scale = factor * fit.report.constant_gradient;
        Self { fit, factor, scale: (scale > 0.0).then_some(scale) }
    }

    /// Where Newton's method begins, if the fit has so many columns.
    pub(super) fn starts(&self, n_columns: usize) -> Result<Start> {
        let fit = self.checked(n_columns)?;
        Ok(Start { weights: fit.weights.clone(), intercepts: vec![fit.intercept], scale: self.scale })
    }

    /// The fit, if it has so many columns.
    pub(crate) fn checked(&self, n_columns: usize) -> Result<&'a BinaryFit> {
        let (expected, found) = (n_columns, self.fit.weights.len());
        if expected != found {
            let kind = ErrorKind::Columns { expected, found };
            return Err(Error::new(kind, format!("the earlier fit has {found} columns, the rows have {expected}")));
        }
        if !self.fit.is_finite() {
            return Err(Error::new(ErrorKind::Numeric, "the earlier fit has weights that are not finite"));
        }
        Ok(self.fit)
    }
}

/// The rows of one label, and the factor on the weight of its positive ones.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LabelTargets<'a> {
    pub(crate) targets: &'a [bool],
    pub(crate) factor: f64,
}

/// What all labels share, checked once.
pub(crate) struct Inputs<'a> {
    observed: &'a Observed<'a>,
    row_weights: Option<&'a [f64]>,
    penalty: Vec<f64>,
    params: &'a CheckedLogisticParams,
}

impl<'a> Inputs<'a> {
    pub(crate) fn checked(
        observed: &'a Observed<'a>,
        row_weights: Option<&'a [f64]>,
        penalty: Option<&[f64]>,
        params: &'a CheckedLogisticParams,
    ) -> Result<Self> {
        let rows = observed.rows();
        if rows.n_rows() == 0 {
            return Err(Error::data("there are no rows to fit; are all of them unlabelled or held out?"));
        }
        for (i, row) in rows.iter().enumerate() {
            if row.columns.iter().any(|&column| column as usize >= rows.n_columns()) {
                let found = row.columns.iter().max().map_or(0, |&column| column as usize + 1);
                let kind = ErrorKind::Columns { expected: rows.n_columns(), found };
                return Err(Error::new(kind, format!("row {} has a column that the vocabulary lacks", i + 1)));
            }
            if row.values.iter().any(|value| !value.is_finite()) {
                return Err(Error::new(ErrorKind::Numeric, format!("row {} has a value that is not finite", i + 1)));
            }
        }
        if let Some(weights) = row_weights {
            same_length("row weights", weights.len(), "rows", rows.n_rows())?;
            in_range("row weight", weights, |weight| weight >= 0.0)?;
        }
        if let Some(penalty) = penalty {
            same_length("penalties", penalty.len(), "columns", rows.n_columns())?;
            in_range("penalty", penalty, |penalty| penalty > 0.0)?;
        }
        let penalty = penalty.map_or_else(|| vec![1.0; rows.n_columns()], <[f64]>::to_vec);
        Ok(Self { observed, row_weights, penalty, params })
    }

    pub(crate) fn observed(&self) -> &'a Observed<'a> {
        self.observed
    }

    pub(crate) fn params(&self) -> &'a CheckedLogisticParams {
        self.params
    }

    /// The penalty of each column.
    pub(crate) fn penalty(&self) -> &[f64] {
        &self.penalty
    }

    pub(crate) fn fit(&self, targets: &[bool], warm: Option<&BinaryFit>) -> Result<BinaryFit> {
        let label = LabelTargets { targets, factor: self.params.positive_weight };
        self.newton(&label, warm.map(Warm::new).as_ref(), self.params.max_iterations)
    }

    /// One fit a label by `fit`, in parallel.
    pub(crate) fn each(
        labels: &[LabelTargets<'_>],
        warm: Option<&[Warm<'_>]>,
        fit: impl Fn(&LabelTargets<'_>, Option<&Warm<'_>>) -> Result<BinaryFit> + Sync,
    ) -> Result<Vec<BinaryFit>> {
        if let Some(warm) = warm {
            same_length("labels of the earlier fit", warm.len(), "labels", labels.len())?;
        }
        let fits: Vec<Result<BinaryFit>> =
            labels.par_iter().enumerate().map(|(k, label)| fit(label, warm.map(|warm| &warm[k]))).collect();
        // Collected in order first: which error is returned must not depend on which thread was faster.
        fits.into_iter().collect()
    }

    /// Newton's method from `warm`; with no iterations it tells objective and gradient of `warm`.
    pub(crate) fn newton(
        &self,
        label: &LabelTargets<'_>,
        warm: Option<&Warm<'_>>,
        max_iterations: usize,
    ) -> Result<BinaryFit> {
        let costs = self.costs(label)?;
        let start = warm.map(|warm| warm.starts(self.observed.n_columns())).transpose()?;
        let base = vec![log_odds(label.targets, &costs)];
        let loss = Logit { targets: label.targets, costs: &costs };
        let problem = Problem { rows: self.observed, loss, penalty: &self.penalty };
        problem.minimise::<1>(base, start, self.params.tolerance, max_iterations).map(BinaryFit::from)
    }

    /// Cost of each row, if both classes have some.
    pub(crate) fn costs(&self, label: &LabelTargets<'_>) -> Result<Vec<f64>> {
        same_length("targets", label.targets.len(), "rows", self.observed.rows().n_rows())?;
        let mut counts = [0_usize; 2];
        let mut costs = Vec::with_capacity(label.targets.len());
        for (i, &target) in label.targets.iter().enumerate() {
            let weight = self.row_weights.map_or(1.0, |weights| weights[i]);
            let class = if target { label.factor } else { 1.0 };
            let cost = self.params.cost * weight * class;
            counts[usize::from(target)] += usize::from(cost > 0.0);
            costs.push(cost);
        }
        if !costs.iter().sum::<f64>().is_finite() {
            return Err(Error::new(ErrorKind::Numeric, "cost times row weights is not finite; lower one of them"));
        }
        match counts {
            [0, 0] => Err(Error::data("all rows weigh nothing; there is nothing to fit")),
            [_, 0] => Err(Error::data("no row is positive; a label needs rows with it and rows without it")),
            [0, _] => Err(Error::data("all rows are positive; a label needs rows with it and rows without it")),
            _ => Ok(costs),
        }
    }
}

/// Logistic loss of one label; first and second derivative are kept.
pub(super) struct Logit<'a> {
    pub(super) targets: &'a [bool],
    pub(super) costs: &'a [f64],
}

impl Loss for Logit<'_> {
    const GAP: f64 = 1.0;

    #[inline]
    fn n_classes(&self) -> usize {
        1
    }

    #[inline]
    fn n_kept(&self) -> usize {
        2
    }

    fn total_cost(&self) -> f64 {
        self.costs.iter().sum()
    }

    #[inline]
    fn loss(&self, row: usize, share: f64, margins: &[f64], kept: &mut [f64]) -> f64 {
        let (target, cost) = (self.targets[row], share * self.costs[row]);
        let [lost, residual, curvature] = logistic(target, margins[0]);
        (kept[0], kept[1]) = (cost * residual, cost * curvature);
        cost * lost
    }

    #[inline]
    fn add_slopes(&self, _: usize, _: f64, kept: &[f64], residuals: &mut [f64], curvatures: &mut [f64]) {
        residuals[0] += kept[0];
        curvatures[0] += kept[1];
    }

    #[inline]
    fn add_bend(&self, _: usize, _: f64, kept: &[f64], margins: &[f64], pulls: &mut [f64]) {
        pulls[0] += kept[1] * margins[0];
    }
}

/// Logistic loss at a margin, with its first and second derivative.
#[inline]
pub(crate) fn logistic(target: bool, margin: f64) -> [f64; 3] {
    let towards = if target { margin } else { -margin };
    // One exponential serves loss, probability and curvature, and can not overflow.
    let small = (-towards.abs()).exp();
    let share = 1.0 / (1.0 + small);
    let (wrong, lost) = if towards > 0.0 { (small * share, small.ln_1p()) } else { (share, small.ln_1p() - towards) };
    [lost, if target { -wrong } else { wrong }, small * share * share]
}

/// Logarithm of the cost of positives over that of negatives: the best intercept of a model without weights.
pub(crate) fn log_odds(targets: &[bool], costs: &[f64]) -> f64 {
    let mut sums = [0.0, 0.0];
    targets.iter().zip(costs).for_each(|(&target, cost)| sums[usize::from(target)] += cost);
    (sums[1] / sums[0]).ln()
}

pub(crate) fn same_length(what: &str, found: usize, of: &str, expected: usize) -> Result<()> {
    if found == expected { Ok(()) } else { Err(Error::usage(format!("there are {found} {what} for {expected} {of}"))) }
}

fn in_range(what: &str, values: &[f64], holds: impl Fn(f64) -> bool) -> Result<()> {
    for (i, &value) in values.iter().enumerate() {
        if !value.is_finite() {
            return Err(Error::new(ErrorKind::Numeric, format!("{what} {} is not finite", i + 1)));
        }
        if !holds(value) {
            return Err(Error::usage(format!("{what} {} is out of range: {value}", i + 1)));
        }
    }
    Ok(())
}

/// A fitted logistic regression of one label, as linfa's traits give it.
#[derive(Debug, Clone, PartialEq)]
pub struct Logistic {
    fit: BinaryFit,
}

impl Logistic {
    /// A predictor with the weights of `fit`.
    pub fn new(fit: BinaryFit) -> Self {
        Self { fit }
    }

    /// Weights, intercept and report.
    pub fn fit(&self) -> &BinaryFit {
        &self.fit
    }

    /// Probability of the label for each row, in 0..=1, not calibrated.
    ///
    /// # Errors
    /// [`ErrorKind::Columns`] if the rows have other columns than those that the weights were fitted on.
    pub fn predict_probabilities(&self, rows: &SparseRows) -> Result<Array1<f64>> {
        let (expected, found) = (self.fit.weights.len(), rows.n_columns());
        if expected != found {
            let kind = ErrorKind::Columns { expected, found };
            return Err(Error::new(kind, format!("the rows have {found} columns, the fit has {expected}")));
        }
        Ok(rows.iter().map(|row| sigmoid(row.dot(&self.fit.weights) + self.fit.intercept)).collect())
    }
}

#[cfg(test)]
pub(crate) mod tests;
