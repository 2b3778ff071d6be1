//! Which solver fits a task: one classifier a label, or one for all labels together.

use std::fmt;
use std::str::FromStr;

use linfa::ParamGuard;

use crate::error::{Error, Result};
use crate::label::TaskKind;
use crate::training::dense::{fit_dense, fit_dense_multinomial};
use crate::training::dual::fit_label;
use crate::training::elastic_net::fit_elastic_net;
use crate::training::logistic::{BinaryFit, FitReport, Inputs, LabelTargets, LogisticParams, Warm};
use crate::training::multinomial::fit_limited;
use crate::training::observed::Observed;

/// Which solver fits the weights.
///
/// # Examples
/// ```
/// use demarche::label::TaskKind;
/// use demarche::training::solver::Solver;
///
/// assert_eq!("auto".parse::<Solver>()?.resolved(TaskKind::Single), Solver::Multinomial);
/// # Ok::<(), demarche::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Solver {
    /// Multinomial for tasks in which one label holds, dual for the others.
    #[default]
    Auto,
    /// Sparse truncated Newton, one classifier a label.
    Newton,
    /// Dual coordinate descent, all labels of a task together; tasks in which any number hold are fitted by dual.
    Multinomial,
    /// Dual coordinate descent, one classifier a label, and Newton where it is slow; the optimum is Newton's.
    Dual,
    /// L1 and L2 penalty, one classifier a label: few features, a model that can be read.
    ElasticNet,
    /// linfa-logistic on dense rows; small data only.
    Linfa,
}

impl Solver {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Auto, Self::Newton, Self::Multinomial, Self::Dual, Self::ElasticNet, Self::Linfa];

    /// Its name on the command line and in the model.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Newton => "newton",
            Self::Multinomial => "multinomial",
            Self::Dual => "dual",
            Self::ElasticNet => "elastic-net",
            Self::Linfa => "linfa",
        }
    }

    /// The solver that fits a task of this kind.
    #[must_use]
    pub fn resolved(self, kind: TaskKind) -> Self {
        match (self, kind) {
            (Self::Auto, TaskKind::Single) => Self::Multinomial,
            (Self::Auto | Self::Multinomial, TaskKind::Multi) => Self::Dual,
            (solver, _) => solver,
        }
    }
}

impl FromStr for Solver {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|solver| solver.name() == name).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            Error::usage(format!("unknown solver \"{name}\"; known: {known}"))
        })
    }
}

impl fmt::Display for Solver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The labels of one task on the rows that are labelled for it.
#[derive(Clone, Copy)]
pub(crate) struct TaskRows<'a> {
    pub(crate) kind: TaskKind,
    pub(crate) n_labels: usize,
    pub(crate) rows: &'a Observed<'a>,
    /// Labels of each row, ascending.
    pub(crate) labels: &'a [&'a [usize]],
    /// What each row counts, where they do not count alike.
    pub(crate) weights: Option<&'a [f64]>,
}

/// How a task is fitted.
#[derive(Debug, Clone)]
pub(crate) struct FitSettings {
    pub(crate) solver: Solver,
    pub(crate) balanced: bool,
    /// What the rows that have each label count beside the others; empty: 1.
    pub(crate) class_weights: Vec<f64>,
    /// Share of L1 in the penalty of the elastic net.
    pub(crate) l1_ratio: f64,
    pub(crate) params: LogisticParams,
}

impl FitSettings {
    fn class_weight(&self, label: usize) -> f64 {
        self.class_weights.get(label).copied().unwrap_or(1.0)
    }
}

impl TaskRows<'_> {
    /// One fit a label. A label that all rows or no row have gets no weights.
    pub(crate) fn fit(&self, settings: &FitSettings, warm: Option<&[Warm<'_>]>) -> Result<Vec<BinaryFit>> {
        let solver = settings.solver.resolved(self.kind);
        let together = self.kind == TaskKind::Single && matches!(solver, Solver::Multinomial | Solver::Linfa);
        // A task of one label, or with rows of one label only, is constant for any solver.
        if together && self.counts().iter().filter(|&&n| n > 0).count() > 1 {
            return self.fit_together(solver, settings, warm);
        }
        let n_rows = self.labels.len();
        let counts = self.counts();
        let fittable: Vec<usize> = (0..self.n_labels).filter(|&k| counts[k] > 0 && counts[k] < n_rows).collect();
        let targets: Vec<Vec<bool>> =
            fittable.iter().map(|k| self.labels.iter().map(|l| l.contains(k)).collect()).collect();
        let labels: Vec<LabelTargets<'_>> = targets
            .iter()
            .zip(&fittable)
            .map(|(targets, &k)| {
                let rarity = (n_rows as f64 / counts[k] as f64 - 1.0).clamp(1.0, 100.0);
                let factor = if settings.balanced { rarity } else { 1.0 } * settings.class_weight(k);
                LabelTargets { targets, factor }
            })
            .collect();
        let warm: Option<Vec<Warm<'_>>> = warm.map(|warm| fittable.iter().map(|&k| warm[k]).collect());
        let warm = warm.as_deref();
        let params = settings.params.check_ref()?;
        let inputs = || Inputs::checked(self.rows, self.weights, None, params);
        let fitted = match solver {
            _ if labels.is_empty() => Vec::new(),
            Solver::Auto | Solver::Dual => {
                let inputs = inputs()?;
                Inputs::each(&labels, warm, |label, warm| fit_label(&inputs, label, warm))?
            }
            Solver::Newton | Solver::Multinomial => {
                let inputs = inputs()?;
                Inputs::each(&labels, warm, |label, warm| inputs.newton(label, warm, params.max_iterations()))?
            }
            Solver::ElasticNet | Solver::Linfa => self.fit_written_out(&labels, solver, settings, warm)?,
        };
        let n_columns = self.rows.n_columns();
        let mut fits: Vec<BinaryFit> = counts.iter().map(|&n| constant(n, n_rows, n_columns)).collect();
        for (k, fit) in fittable.into_iter().zip(fitted) {
            fits[k] = fit;
        }
        Ok(fits)
    }

    /// The labels by solvers that take one at a time, and each observation as a row.
    fn fit_written_out(
        &self,
        labels: &[LabelTargets<'_>],
        solver: Solver,
        settings: &FitSettings,
        warm: Option<&[Warm<'_>]>,
    ) -> Result<Vec<BinaryFit>> {
        let (rows, observations) = self.rows.written_out();
        let weights: Vec<f64> = observations.iter().map(|(row, share)| share * self.weight(*row)).collect();
        Inputs::each(labels, warm, |label, warm| {
            let targets: Vec<bool> = observations.iter().map(|(row, _)| label.targets[*row]).collect();
            let params = settings.params.clone().positive_weight(label.factor);
            let (weights, warm) = (Some(&weights[..]), warm.map(|warm| warm.fit));
            match solver {
                Solver::Linfa => fit_dense(&rows, &targets, weights, None, &params),
                _ => fit_elastic_net(&rows, &targets, weights, None, settings.l1_ratio, &params, warm),
            }
        })
    }

    /// All labels of a task in which exactly one holds.
    fn fit_together(
        &self,
        solver: Solver,
        settings: &FitSettings,
        warm: Option<&[Warm<'_>]>,
    ) -> Result<Vec<BinaryFit>> {
        let classes: Vec<usize> = self.labels.iter().map(|l| l.first().copied().unwrap_or(0)).collect();
        if solver == Solver::Linfa {
            return fit_dense_multinomial(self.rows.rows(), &classes, self.n_labels, &settings.params);
        }
        let mut weights: Vec<f64> = (0..classes.len()).map(|row| self.weight(row)).collect();
        if settings.balanced {
            let counts = self.counts();
            let mean = classes.len() as f64 / counts.iter().filter(|&&n| n > 0).count() as f64;
            for (weight, &class) in weights.iter_mut().zip(&classes) {
                *weight *= (mean / counts[class] as f64).clamp(0.01, 100.0);
            }
        }
        weights.iter_mut().zip(&classes).for_each(|(weight, &class)| *weight *= settings.class_weight(class));
        let params = &settings.params;
        let max_iterations = params.check_ref()?.max_iterations();
        fit_limited(self.rows, &classes, self.n_labels, Some(&weights), None, params, warm, max_iterations)
    }

    fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row])
    }

    fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.n_labels];
        self.labels.iter().copied().flatten().for_each(|&k| counts[k] += 1);
        counts
    }
}

/// Says always or never, as all rows do, with the smoothed share as its probability.
fn constant(n_positives: usize, n_rows: usize, n_columns: usize) -> BinaryFit {
    let share = (n_positives as f64 + 0.5) / (n_rows as f64 + 1.0);
    let report = FitReport {
        objective: 0.0,
        gradient_ratio: 0.0,
        constant_gradient: 0.0,
        n_iterations: 0,
        n_hessian_products: 0,
        converged: true,
    };
    BinaryFit { weights: vec![0.0; n_columns], intercept: (share / (1.0 - share)).ln(), report }
}
