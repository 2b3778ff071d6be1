//! Binary logistic regression with an L2 penalty on sparse rows; one classifier a label for many labels.

use linfa::ParamGuard;
use ndarray::Array1;
use rayon::prelude::*;

use crate::error::{Error, ErrorKind, Result};
use crate::features::sparse::SparseRows;
use crate::model::sigmoid;
use crate::training::newton::{Minimum, Problem, Start, minimise};
use crate::training::observed::Observed;

/// Labels that are fitted side by side. `data/quotes.csv`, 14 labels, three folds, costs 1 and 16: 12.1 CPU s, with eight
/// 13.2, with one 13.1 (one run each on a busy machine: a small gain, as labels wait for the slowest).
const MOST_LABELS: usize = 4;

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
        Self { weights: end.weights, intercept: end.intercept, report: end.report }
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

/// Fits each label against the rest, up to four labels side by side, such groups in parallel. The result does not depend
/// on the number of threads.
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
    inputs.fit_all(&labels, warm.as_deref())
}

/// An earlier fit to start from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Warm<'a> {
    pub(crate) fit: &'a BinaryFit,
    /// Gradient norm of the constant model where it is known.
    pub(crate) scale: Option<f64>,
}

impl<'a> Warm<'a> {
    pub(crate) fn new(fit: &'a BinaryFit) -> Self {
        Self { fit, scale: None }
    }

    /// A fit of the same rows and weights whose cost was `1 / factor` of the present one: the gradient of the constant
    /// model grows with the cost.
    pub(crate) fn on_the_path(fit: &'a BinaryFit, factor: f64) -> Self {
        let scale = factor * fit.report.constant_gradient;
        Self { fit, scale: (scale > 0.0).then_some(scale) }
    }

    /// Where the solver begins, if the fit has so many columns.
    pub(crate) fn start(&self, n_columns: usize) -> Result<Start<'a>> {
        let (expected, found) = (n_columns, self.fit.weights.len());
        if expected != found {
            let kind = ErrorKind::Columns { expected, found };
            return Err(Error::new(kind, format!("the earlier fit has {found} columns, the rows have {expected}")));
        }
        if !(self.fit.intercept.is_finite() && self.fit.weights.iter().all(|weight| weight.is_finite())) {
            return Err(Error::new(ErrorKind::Numeric, "the earlier fit has weights that are not finite"));
        }
        Ok(Start { weights: &self.fit.weights, intercept: self.fit.intercept, scale: self.scale })
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

    /// The penalty of each column.
    pub(crate) fn penalty(&self) -> &[f64] {
        &self.penalty
    }

    pub(crate) fn fit(&self, targets: &[bool], warm: Option<&BinaryFit>) -> Result<BinaryFit> {
        let start = warm.map(|warm| Warm::new(warm).start(self.observed.n_columns())).transpose()?;
        self.minimise(targets, start, self.params.max_iterations).map(BinaryFit::from)
    }

    /// One fit a label, in groups of labels side by side.
    pub(crate) fn fit_all(&self, labels: &[LabelTargets<'_>], warm: Option<&[Warm<'_>]>) -> Result<Vec<BinaryFit>> {
        if let Some(warm) = warm {
            same_length("labels of the earlier fit", warm.len(), "labels", labels.len())?;
        }
        let mut groups = Vec::new();
        let mut first = 0;
        while first < labels.len() {
            let size = (labels.len() - first).min(MOST_LABELS);
            groups.push(first..first + size);
            first += size;
        }
        let n_columns = self.observed.n_columns();
        let fits: Vec<Result<Vec<Minimum>>> = groups
            .into_par_iter()
            .map(|group| {
                let start = warm.map(|warm| warm[group.clone()].iter().map(|w| w.start(n_columns)).collect());
                let start: Option<Vec<Start<'_>>> = start.transpose()?;
                self.minimise_labels(&labels[group], start.as_deref(), self.params.max_iterations)
            })
            .collect();
        // Collected in order first: which error is returned must not depend on which thread was faster.
        let mut all = Vec::with_capacity(labels.len());
        for group in fits {
            all.extend(group?.into_iter().map(BinaryFit::from));
        }
        Ok(all)
    }

    /// One to [`MOST_LABELS`] labels side by side.
    fn minimise_labels(
        &self,
        labels: &[LabelTargets<'_>],
        start: Option<&[Start<'_>]>,
        max_iterations: usize,
    ) -> Result<Vec<Minimum>> {
        let mut ends = match labels.len() {
            4 => self.minimise_group::<4>(labels, start, max_iterations)?,
            3 => self.minimise_group::<3>(labels, start, max_iterations)?,
            2 => self.minimise_group::<2>(labels, start, max_iterations)?,
            _ => self.minimise_group::<1>(labels, start, max_iterations)?,
        };
        let rest: Vec<usize> = (0..ends.len()).filter(|&k| ends[k].is_running).collect();
        if let Some(done) = rest.first().map(|&k| ends[k].report.n_iterations) {
            let others: Vec<LabelTargets<'_>> = rest.iter().map(|&k| labels[k]).collect();
            let start: Vec<Start<'_>> = rest.iter().map(|&k| ends[k].as_start()).collect();
            let found = self.minimise_labels(&others, Some(&start), max_iterations - done)?;
            for (k, mut end) in rest.into_iter().zip(found) {
                end.report.n_iterations += ends[k].report.n_iterations;
                end.report.n_hessian_products += ends[k].report.n_hessian_products;
                ends[k] = end;
            }
        }
        Ok(ends)
    }

    fn minimise_group<const N: usize>(
        &self,
        labels: &[LabelTargets<'_>],
        start: Option<&[Start<'_>]>,
        max_iterations: usize,
    ) -> Result<Vec<Minimum>> {
        let n_rows = self.observed.rows().n_rows();
        let (mut targets, mut costs) = (vec![[false; N]; n_rows], vec![[0.0; N]; n_rows]);
        for (k, label) in labels.iter().enumerate().take(N) {
            same_length("targets", label.targets.len(), "rows", n_rows)?;
            targets.iter_mut().zip(label.targets).for_each(|(to, from)| to[k] = *from);
            costs.iter_mut().zip(self.costs(label)?).for_each(|(to, from)| to[k] = from);
        }
        let problem = Problem { rows: self.observed, targets, costs, penalty: &self.penalty };
        minimise(&problem, start, self.params.tolerance, max_iterations)
    }

    /// Newton's method from `start`; with no iterations it tells objective and gradient of `start`.
    pub(crate) fn minimise(
        &self,
        targets: &[bool],
        start: Option<Start<'_>>,
        max_iterations: usize,
    ) -> Result<Minimum> {
        let label = LabelTargets { targets, factor: self.params.positive_weight };
        let ends = self.minimise_group::<1>(&[label], start.as_ref().map(std::slice::from_ref), max_iterations)?;
        ends.into_iter().next().ok_or_else(|| Error::data("no label to fit"))
    }

    /// Cost of each row, if both classes have some.
    pub(crate) fn costs(&self, label: &LabelTargets<'_>) -> Result<Vec<f64>> {
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
