//! Which solver fits a task: one classifier a label, or one for all labels together.

use std::fmt;
use std::str::FromStr;

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::features::sparse::SparseRows;
use crate::label::TaskKind;
use crate::training::dense::{fit_dense, fit_dense_multinomial};
use crate::training::dual::fit_dual;
use crate::training::elastic_net::fit_elastic_net;
use crate::training::logistic::{BinaryFit, FitReport, LogisticParams, fit_one_vs_rest};
use crate::training::multinomial::fit_multinomial;

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
    /// Multinomial for tasks in which one label holds, Newton for the others.
    #[default]
    Auto,
    /// Sparse truncated Newton, one classifier a label.
    Newton,
    /// Sparse truncated Newton, all labels of a task together; tasks in which any number hold are fitted by Newton.
    Multinomial,
    /// Dual coordinate descent, one classifier a label; the optimum is Newton's.
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
            (Self::Auto | Self::Multinomial, TaskKind::Multi) => Self::Newton,
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
#[derive(Debug, Clone, Copy)]
pub(crate) struct TaskRows<'a> {
    pub(crate) kind: TaskKind,
    pub(crate) n_labels: usize,
    pub(crate) rows: &'a SparseRows,
    pub(crate) weights: &'a [f64],
    /// Labels of each row, ascending.
    pub(crate) labels: &'a [&'a [usize]],
}

/// How a task is fitted.
#[derive(Debug, Clone)]
pub(crate) struct FitSettings {
    pub(crate) solver: Solver,
    pub(crate) balanced: bool,
    /// Share of L1 in the penalty of the elastic net.
    pub(crate) l1_ratio: f64,
    pub(crate) params: LogisticParams,
}

impl TaskRows<'_> {
    /// One fit a label. A label that all rows or no row have gets no weights.
    pub(crate) fn fit(&self, settings: &FitSettings, warm: Option<&[BinaryFit]>) -> Result<Vec<BinaryFit>> {
        let solver = settings.solver.resolved(self.kind);
        let together = self.kind == TaskKind::Single && matches!(solver, Solver::Multinomial | Solver::Linfa);
        // A task of one label, or with rows of one label only, is constant for any solver.
        if together && self.counts().iter().filter(|&&n| n > 0).count() > 1 {
            return self.fit_together(solver, settings, warm);
        }
        let targets: Vec<Vec<bool>> =
            (0..self.n_labels).map(|k| self.labels.iter().map(|l| l.contains(&k)).collect()).collect();
        let fittable: Vec<usize> =
            (0..self.n_labels).filter(|&k| targets[k].iter().any(|&y| y) && !targets[k].iter().all(|&y| y)).collect();
        let fitted: Vec<Result<BinaryFit>> = fittable
            .par_iter()
            .map(|&k| self.fit_label(&targets[k], solver, settings, warm.map(|warm| &warm[k])))
            .collect();
        let mut fits: Vec<BinaryFit> = targets.iter().map(|y| constant(y, self.rows.n_columns())).collect();
        for (k, fit) in fittable.into_iter().zip(fitted) {
            fits[k] = fit?;
        }
        Ok(fits)
    }

    fn fit_label(
        &self,
        targets: &[bool],
        solver: Solver,
        settings: &FitSettings,
        warm: Option<&BinaryFit>,
    ) -> Result<BinaryFit> {
        let n_positives = targets.iter().filter(|&&y| y).count() as f64;
        let rarity = (targets.len() as f64 / n_positives - 1.0).clamp(1.0, 100.0);
        let params = settings.params.clone().positive_weight(if settings.balanced { rarity } else { 1.0 });
        let weights = Some(self.weights);
        match solver {
            Solver::Linfa => fit_dense(self.rows, targets, weights, None, &params),
            Solver::Dual => fit_dual(self.rows, targets, weights, None, &params, warm),
            Solver::ElasticNet => fit_elastic_net(self.rows, targets, weights, None, settings.l1_ratio, &params, warm),
            _ => {
                let targets = [targets.to_vec()];
                let fits =
                    fit_one_vs_rest(self.rows, &targets, weights, None, &params, warm.map(std::slice::from_ref))?;
                fits.into_iter().next().ok_or_else(|| Error::data("no label to fit"))
            }
        }
    }

    /// All labels of a task in which exactly one holds.
    fn fit_together(
        &self,
        solver: Solver,
        settings: &FitSettings,
        warm: Option<&[BinaryFit]>,
    ) -> Result<Vec<BinaryFit>> {
        let classes: Vec<usize> = self.labels.iter().map(|l| l.first().copied().unwrap_or(0)).collect();
        if solver == Solver::Linfa {
            return fit_dense_multinomial(self.rows, &classes, self.n_labels, &settings.params);
        }
        let mut weights = self.weights.to_vec();
        if settings.balanced {
            let counts = self.counts();
            let mean = classes.len() as f64 / counts.iter().filter(|&&n| n > 0).count() as f64;
            for (weight, &class) in weights.iter_mut().zip(&classes) {
                *weight *= (mean / counts[class] as f64).clamp(0.01, 100.0);
            }
        }
        fit_multinomial(self.rows, &classes, self.n_labels, Some(&weights), None, &settings.params, warm)
    }

    fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.n_labels];
        self.labels.iter().copied().flatten().for_each(|&k| counts[k] += 1);
        counts
    }
}

/// Says always or never, as all rows do, with the smoothed share as its probability.
fn constant(targets: &[bool], n_columns: usize) -> BinaryFit {
    let n_positives = targets.iter().filter(|&&y| y).count() as f64;
    let share = (n_positives + 0.5) / (targets.len() as f64 + 1.0);
    let report =
        FitReport { objective: 0.0, gradient_ratio: 0.0, n_iterations: 0, n_hessian_products: 0, converged: true };
    BinaryFit { weights: vec![0.0; n_columns], intercept: (share / (1.0 - share)).ln(), report }
}
