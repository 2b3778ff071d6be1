//! Rows that weights are fitted on: all of them, and fold after fold.

use std::ops::Range;

use rayon::prelude::*;

use crate::dataset::split::Folds;
use crate::dataset::{Dataset, Example, Silver};
use crate::error::Result;
use crate::features::{Family, Part, SparseRows, Vectorizer};
use crate::statement::Statement;
use crate::training::logistic::{BinaryFit, LogisticParams, Warm};
use crate::training::observed::Observed;
use crate::training::order::ColumnOrder;
use crate::training::solver::{FitSettings, TaskRows};
use crate::training::trainer::{TrainSettings, held_out, labelled_rows, n_outputs_before};

/// Tolerance of the fits that only judge: a relative gap of at most 5e-7. With 1e-2 training takes two thirds of the time, but
/// calibration then depends on how far each solver went (tests/it/learning.rs).
const FOLD_TOLERANCE: f64 = 1e-3;
/// By how much a loss must exceed the least for the search of a cost to end at once.
const WELL_ABOVE: f64 = 2e-3;

/// Rows of training examples.
pub(super) struct TrainRows<'a> {
    pub(super) vectorizer: Vectorizer,
    /// With their columns in `order`, as all weights that are fitted on them.
    rows: SparseRows,
    pub(super) order: ColumnOrder,
    /// Columns of the speaker, if rows are to be learnt from without them as well.
    dropped: Range<u32>,
    /// The example of each row; the silver ones stand behind.
    examples: Vec<&'a Example>,
    /// What each counts; `None` where all count 1.
    weights: Option<Vec<f64>>,
}

impl<'a> TrainRows<'a> {
    pub(super) fn new(
        mut examples: Vec<&'a Example>,
        silver: Vec<&'a Silver>,
        settings: &TrainSettings,
    ) -> Result<Self> {
        let features = &settings.features;
        let of_files: Option<Vec<f64>> = (!silver.is_empty())
            .then(|| std::iter::repeat_n(1.0, examples.len()).chain(silver.iter().map(|s| s.weight)).collect());
        examples.extend(silver.into_iter().map(|s| &s.example));
        let statements: Vec<&Statement> = examples.iter().map(|e| &e.statement).collect();
        // A row's own weight says how much its labels matter, not how often its words were seen.
        let vectorizer = Vectorizer::fit_weighted(&statements, of_files.as_deref(), features)?;
        let is_weighted = of_files.is_some() || examples.iter().any(|e| e.weight.is_some());
        let weights = is_weighted.then(|| {
            let of_file = |r: usize| of_files.as_ref().map_or(1.0, |w| w[r]);
            examples.iter().enumerate().map(|(r, e)| of_file(r) * e.weight.unwrap_or(1.0)).collect()
        });
        let rows = vectorizer.transform(&statements, Part::Whole);
        let speaker = vectorizer.columns_of(Family::Speaker);
        let order = ColumnOrder::frequent_first(&rows, &speaker);
        let dropout = features.speaker.any() && features.speaker.dropout;
        let dropped = if dropout { 0..speaker.len() as u32 } else { 0..0 };
        Ok(Self { rows: order.rows(rows), vectorizer, order, dropped, examples, weights })
    }

    /// One fit a label of task number `t`, on the rows that are labelled for it.
    pub(super) fn fit(
        &self,
        dataset: &Dataset,
        t: usize,
        cost: f64,
        tolerance: f64,
        settings: &TrainSettings,
        warm: Option<&[Warm<'_>]>,
    ) -> Result<Vec<BinaryFit>> {
        let labels_of = |r: usize| self.examples[r].labels[t].as_deref();
        let labelled: Vec<usize> = (0..self.examples.len()).filter(|&r| labels_of(r).is_some()).collect();
        let selected;
        let rows = if labelled.len() == self.examples.len() {
            &self.rows
        } else {
            selected = self.rows.select(&labelled);
            &selected
        };
        let labels: Vec<&[usize]> = labelled.iter().map(|&r| labels_of(r).unwrap_or_default()).collect();
        let task = &dataset.tasks[t];
        let rows = &Observed::with_dropout(rows, &self.dropped);
        let weights: Option<Vec<f64>> = self.weights.as_ref().map(|w| labelled.iter().map(|&r| w[r]).collect());
        let task_rows = TaskRows {
            kind: task.kind,
            n_labels: task.labels.len(),
            rows,
            labels: &labels,
            weights: weights.as_deref(),
        };
        let params = LogisticParams::default().cost(cost).tolerance(tolerance);
        let class_weight = |label| settings.class_weights.get(&(task.name.clone(), label)).copied().unwrap_or(1.0);
        let fit = FitSettings {
            solver: settings.solver,
            balanced: settings.balanced,
            class_weights: task.labels.names().map(|n| class_weight(n.to_owned())).collect(),
            l1_ratio: settings.l1_ratio,
            params,
        };
        task_rows.fit(&fit, warm)
    }
}

/// One fold of a cross-validation: rows that are learnt from, and rows that are tested.
struct FoldRows<'a> {
    learnt: TrainRows<'a>,
    test: Vec<usize>,
    test_rows: SparseRows,
}

impl<'a> FoldRows<'a> {
    fn new(dataset: &'a Dataset, folds: &Folds, fold: usize, settings: &TrainSettings) -> Result<Self> {
        let examples = folds.train_rows(fold).into_iter().map(|row| &dataset.examples[row]).collect();
        let silver = folds.train_silver(fold).into_iter().map(|row| &dataset.silver[row]).collect();
        let learnt = TrainRows::new(examples, silver, settings)?;
        let test = folds.test_rows(fold);
        let statements: Vec<&Statement> = test.iter().map(|&i| &dataset.examples[i].statement).collect();
        let test_rows = learnt.order.rows(learnt.vectorizer.transform(&statements, Part::Whole));
        Ok(Self { learnt, test, test_rows })
    }
}

/// Raw logits of each row by models that were fitted without its fold.
pub(super) struct CrossLogits {
    /// For each cost `n_rows x n_outputs`.
    logits: Vec<Vec<f64>>,
    /// How many of the costs each task was fitted for.
    n_costs: Vec<usize>,
}

impl CrossLogits {
    /// The logits of the costs that task `t` was fitted for.
    pub(super) fn of_task(&self, t: usize) -> &[Vec<f64>] {
        &self.logits[..self.n_costs[t]]
    }

    /// Fits each task without each fold, along its costs. The rows of all folds are held at once where there are
    /// several costs, as the search of a cost ends for all folds together, else of as many as there are threads.
    pub(super) fn new(
        dataset: &Dataset,
        settings: &TrainSettings,
        costs: &[&[f64]],
        folds: &Folds,
        advance: &(dyn Fn() + Sync),
    ) -> Result<Self> {
        let n_outputs: usize = dataset.tasks.iter().map(|t| t.labels.len()).sum();
        let tested: Vec<usize> = folds.tested().collect();
        let n_most = costs.iter().map(|costs| costs.len()).max().unwrap_or(0);
        let mut found = Self {
            logits: vec![vec![0.0; dataset.examples.len() * n_outputs]; n_most],
            n_costs: costs.iter().map(|costs| costs.len()).collect(),
        };
        let n_at_once = if n_most > 1 { tested.len() } else { rayon::current_num_threads() };
        for some in tested.chunks(n_at_once.max(1)) {
            found.add(dataset, settings, costs, folds, some, advance)?;
        }
        Ok(found)
    }

    /// Fills in the logits of the rows that the folds `tested` test.
    fn add(
        &mut self,
        dataset: &Dataset,
        settings: &TrainSettings,
        costs: &[&[f64]],
        folds: &Folds,
        tested: &[usize],
        advance: &(dyn Fn() + Sync),
    ) -> Result<()> {
        let n_outputs: usize = dataset.tasks.iter().map(|t| t.labels.len()).sum();
        let fold_rows: Vec<FoldRows> =
            tested.par_iter().map(|&fold| FoldRows::new(dataset, folds, fold, settings)).collect::<Result<_>>()?;
        for (t, costs) in costs.iter().enumerate() {
            let first = n_outputs_before(dataset, t);
            let labelled = labelled_rows(dataset, t, folds, |_| true);
            let mut fits: Vec<Vec<BinaryFit>> = Vec::new();
            let mut losses = Vec::new();
            for (c, &cost) in costs.iter().enumerate() {
                let factor = cost / costs[c.saturating_sub(1)];
                fits = fold_rows
                    .par_iter()
                    .enumerate()
                    .map(|(i, fold)| {
                        let warm: Option<Vec<Warm<'_>>> =
                            fits.get(i).map(|fits| fits.iter().map(|fit| Warm::on_the_path(fit, factor)).collect());
                        fold.learnt.fit(dataset, t, cost, FOLD_TOLERANCE, settings, warm.as_deref())
                    })
                    .collect::<Result<_>>()?;
                for (fold, fits) in fold_rows.iter().zip(&fits) {
                    for (&row, values) in fold.test.iter().zip(fold.test_rows.iter()) {
                        for (k, fit) in fits.iter().enumerate() {
                            self.logits[c][row * n_outputs + first + k] = fit.intercept + values.dot(&fit.weights);
                        }
                    }
                }
                if c + 1 < costs.len() && costs.is_sorted() {
                    losses.push(held_out(dataset, t, &labelled, &self.logits[c]).log_loss()?);
                    if has_turned(&losses) {
                        self.n_costs[t] = c + 1;
                        break;
                    }
                }
            }
            tested.iter().for_each(|_| advance());
        }
        Ok(())
    }
}

/// Whether losses along rising costs are on the way up: the last one is well above the least, or the last two are above
/// it. Greater costs take longest to fit, and overfit more.
fn has_turned(losses: &[f64]) -> bool {
    let Some((last, before)) = losses.split_last() else { return false };
    let least = before.iter().copied().fold(f64::INFINITY, f64::min);
    *last > least * (1.0 + WELL_ABOVE) || losses.len() > 2 && *last > least && before[before.len() - 1] > least
}
