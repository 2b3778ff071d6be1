//! Labelled statements to a calibrated model, with out-of-fold predictions for honest figures.
//!
//! Every number that a model is judged by comes from rows that it was not fitted on. Cost, calibration and thresholds
//! are chosen out of fold too, and for the figures of one fold from the other folds only.

use rayon::prelude::*;

use crate::dataset::Dataset;
use crate::dataset::split::{Folds, Split, folds};
use crate::error::{Error, Result};
use crate::features::{FeatureSettings, Part, SparseRows, Vectorizer};
use crate::label::{Task, TaskKind};
use crate::model::{Header, Model, Provenance, TaskModel, decide, probabilities};
use crate::statement::Statement;
use crate::training::calibration::Calibration;
use crate::training::dense::fit_dense;
use crate::training::logistic::{BinaryFit, FitReport, LogisticParams, fit_one_vs_rest};
use crate::training::threshold::best_f1;

/// Which solver fits the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Solver {
    /// Our sparse trust-region Newton method.
    Newton,
    /// linfa-logistic on dense rows; small data only.
    Linfa,
}

impl Solver {
    /// Its name on the command line and in the model.
    pub fn name(self) -> &'static str {
        match self {
            Solver::Newton => "newton",
            Solver::Linfa => "linfa",
        }
    }
}

/// How to train.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainSettings {
    /// Features.
    pub features: FeatureSettings,
    /// Costs C to choose from; one value fixes it. Larger C follows the rows more closely.
    pub costs: Vec<f64>,
    /// Weight of positives in proportion to their rarity; spoils probabilities before calibration, off by default.
    pub balanced: bool,
    /// Which solver.
    pub solver: Solver,
    /// The split of the headline figures, by which cost, calibration and thresholds are chosen.
    pub split: Split,
    /// Further splits whose figures are worked out for comparison.
    pub other_splits: Vec<Split>,
    /// Folds of each split.
    pub n_folds: usize,
    /// Seed of the folds.
    pub seed: u64,
}

impl Default for TrainSettings {
    fn default() -> Self {
        Self {
            features: FeatureSettings::default(),
            costs: vec![0.5, 1.0, 2.0, 4.0, 8.0, 16.0],
            balanced: false,
            solver: Solver::Newton,
            split: Split::Speaker,
            other_splits: vec![Split::Random],
            n_folds: 5,
            seed: 0,
        }
    }
}

impl TrainSettings {
    fn check(&self) -> Result<()> {
        if self.costs.is_empty() || !self.costs.iter().all(|c| c.is_finite() && *c > 0.0) {
            return Err(Error::usage("cost C must be a number above 0"));
        }
        if self.solver == Solver::Linfa && self.balanced {
            return Err(Error::usage("the linfa solver has no class weights; leave --balanced out"));
        }
        if self.solver == Solver::Linfa && self.features.speaker.any() && self.features.speaker.dropout {
            return Err(Error::usage("the linfa solver has no row weights; switch speaker dropout off"));
        }
        self.features.checked().map(|_| ())
    }
}

/// Predictions for rows by models that were not fitted on them. Arrays have one entry a row of the data set.
#[derive(Debug, Clone)]
pub struct OutOfFold {
    /// How the rows were split.
    pub split: Split,
    /// The folds.
    pub folds: Folds,
    /// One entry a task.
    pub tasks: Vec<OutOfFoldTask>,
}

/// Out-of-fold predictions of one task.
#[derive(Debug, Clone)]
pub struct OutOfFoldTask {
    /// Calibrated probabilities, `n_rows x n_labels`; calibration fitted on the other folds.
    pub probabilities: Vec<f64>,
    /// Labels that hold by thresholds chosen on the other folds; `None` for rows that no fold tests.
    pub predicted: Vec<Option<Vec<usize>>>,
}

/// A trained model and how it does on rows that it has not seen.
pub struct Trained {
    /// Fitted on all rows.
    pub model: Model,
    /// The headline split first.
    pub out_of_fold: Vec<OutOfFold>,
    /// What was odd: fits that did not converge, labels with few rows.
    pub notes: Vec<String>,
}

/// Fits a model on `dataset`. `progress(done, all)` is called now and then, from any thread.
///
/// # Errors
/// [`crate::error::ErrorKind::Usage`] for settings that can not work, [`crate::error::ErrorKind::Data`] for rows that
/// can not be learnt from (too few groups, a task without positives), [`crate::error::ErrorKind::Numeric`] where a fit
/// stops being finite.
pub fn train(dataset: &Dataset, settings: &TrainSettings, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Trained> {
    settings.check()?;
    let headline = folds(dataset, &settings.split, settings.n_folds, settings.seed)?;
    let others: Vec<(Split, Folds)> = settings
        .other_splits
        .iter()
        .filter(|s| **s != settings.split)
        .map(|s| Ok((s.clone(), folds(dataset, s, settings.n_folds, settings.seed)?)))
        .collect::<Result<_>>()?;
    let n_steps = (1 + others.len()) * settings.n_folds + 1;
    let step = std::sync::atomic::AtomicUsize::new(0);
    let advance = || progress(1 + step.fetch_add(1, std::sync::atomic::Ordering::Relaxed), n_steps);

    let logits = cross_logits(dataset, settings, &settings.costs, &headline, &advance)?;
    let chosen: Vec<usize> =
        (0..dataset.tasks.len()).map(|t| best_cost(dataset, t, &logits, &settings.costs, |_| true)).collect();
    let mut out_of_fold = vec![OutOfFold {
        split: settings.split.clone(),
        tasks: (0..dataset.tasks.len())
            .map(|t| out_of_fold_task(dataset, t, &headline, &logits, &settings.costs))
            .collect::<Result<_>>()?,
        folds: headline.clone(),
    }];
    for (split, folds) in others {
        // Only the headline split chooses a cost: here each task has the chosen one.
        let mut costs: Vec<f64> = chosen.iter().map(|&c| settings.costs[c]).collect();
        costs.sort_by(f64::total_cmp);
        costs.dedup();
        let logits = cross_logits(dataset, settings, &costs, &folds, &advance)?;
        let tasks = (0..dataset.tasks.len())
            .map(|t| {
                let cost = settings.costs[chosen[t]];
                let c = costs.iter().position(|&x| x == cost).unwrap_or(0);
                out_of_fold_task(dataset, t, &folds, &logits[c..=c], &costs[c..=c])
            })
            .collect::<Result<_>>()?;
        out_of_fold.push(OutOfFold { split, tasks, folds });
    }

    let all: Vec<usize> = (0..dataset.examples.len()).collect();
    let rows = TrainRows::new(dataset, &all, &settings.features)?;
    let mut notes = headline.notes.clone();
    let n_features = rows.vectorizer.n_features();
    let n_outputs: usize = dataset.tasks.iter().map(|t| t.labels.len()).sum();
    let mut weights = vec![0f32; n_features * n_outputs];
    let mut intercepts = Vec::with_capacity(n_outputs);
    let mut tasks = Vec::new();
    for (t, task) in dataset.tasks.iter().enumerate() {
        let cost = settings.costs[chosen[t]];
        let fits = rows.fit(dataset, t, cost, settings, None)?;
        for (label, fit) in task.labels.names().zip(&fits) {
            if !fit.report.converged {
                notes.push(format!(
                    "{}: label \"{label}\" did not converge in {} iterations (gradient at {:.1e} of its start)",
                    task.name, fit.report.n_iterations, fit.report.gradient_ratio
                ));
            }
        }
        let tested = labelled_rows(dataset, t, &headline, |_| true);
        let calibration = calibration(dataset, task, t, &tested, &logits[chosen[t]])?;
        let thresholds = thresholds(dataset, task, t, &tested, &logits[chosen[t]], &calibration)?;
        let first = intercepts.len();
        // Calibration is linear in the logit: folded into the weights it leaves explanations exact.
        for (k, fit) in fits.iter().enumerate() {
            let (slope, offset) = calibration.line(k);
            for (column, weight) in fit.weights.iter().enumerate() {
                weights[column * n_outputs + first + k] = (slope * weight) as f32;
            }
            intercepts.push(slope * fit.intercept + offset);
        }
        let labelled = dataset.examples.iter().filter_map(|e| e.labels[t].as_ref());
        let mut n_positives = vec![0; task.labels.len()];
        labelled.clone().flatten().for_each(|&k| n_positives[k] += 1);
        tasks.push(TaskModel {
            task: task.clone(),
            thresholds,
            abstain_band: 0.0,
            n_positives,
            n_rows: labelled.count(),
            calibration: format!("{}; cost C = {cost}", calibration.describe()),
        });
    }
    advance();
    let header = Header {
        name: "model".to_owned(),
        version: "1".to_owned(),
        codebook: None,
        stemmer: String::new(),
        features: settings.features.clone(),
        columns: std::collections::BTreeMap::new(),
        tasks,
        n_features: 0,
        n_name_bytes: 0,
        provenance: Provenance {
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            seed: settings.seed,
            costs: chosen.iter().map(|&c| settings.costs[c]).collect(),
            solver: settings.solver.name().to_owned(),
            notes: notes.clone(),
            ..Provenance::default()
        },
        evaluation: serde_json::Value::Null,
    };
    let model = Model::from_parts(header, rows.vectorizer, &weights, intercepts)?;
    Ok(Trained { model, out_of_fold, notes })
}

/// Rows of training examples, with the copies of speaker dropout.
struct TrainRows {
    vectorizer: Vectorizer,
    rows: SparseRows,
    weights: Vec<f64>,
    /// The example of each row.
    examples: Vec<usize>,
}

impl TrainRows {
    fn new(dataset: &Dataset, examples: &[usize], features: &FeatureSettings) -> Result<Self> {
        let statements: Vec<&Statement> = examples.iter().map(|&i| &dataset.examples[i].statement).collect();
        let vectorizer = Vectorizer::fit(&statements, features)?;
        let whole = vectorizer.transform(&statements, Part::Whole);
        if !(features.speaker.any() && features.speaker.dropout) {
            return Ok(Self {
                vectorizer,
                rows: whole,
                weights: vec![1.0; examples.len()],
                examples: examples.to_vec(),
            });
        }
        let without = vectorizer.transform(&statements, Part::WithoutSpeaker);
        let mut rows = SparseRows::new(vectorizer.n_features());
        let (mut weights, mut owners) = (Vec::new(), Vec::new());
        for (i, &example) in examples.iter().enumerate() {
            let copies = if whole.row(i) == without.row(i) { 1 } else { 2 };
            for row in [whole.row(i), without.row(i)].into_iter().take(copies) {
                rows.push(row);
                weights.push(1.0 / copies as f64);
                owners.push(example);
            }
        }
        Ok(Self { vectorizer, rows, weights, examples: owners })
    }

    /// One fit a label of task number `t`, on the rows that are labelled for it.
    fn fit(
        &self,
        dataset: &Dataset,
        t: usize,
        cost: f64,
        settings: &TrainSettings,
        warm: Option<&[BinaryFit]>,
    ) -> Result<Vec<BinaryFit>> {
        let labelled: Vec<usize> =
            (0..self.examples.len()).filter(|&r| dataset.examples[self.examples[r]].labels[t].is_some()).collect();
        let all = labelled.len() == self.examples.len();
        let selected;
        let rows = if all {
            &self.rows
        } else {
            selected = self.rows.select(&labelled);
            &selected
        };
        let weights: Vec<f64> = labelled.iter().map(|&r| self.weights[r]).collect();
        let n_labels = dataset.tasks[t].labels.len();
        let holds =
            |r: usize, k: usize| dataset.examples[self.examples[r]].labels[t].as_ref().is_some_and(|l| l.contains(&k));
        let targets: Vec<Vec<bool>> = (0..n_labels).map(|k| labelled.iter().map(|&r| holds(r, k)).collect()).collect();
        let fittable: Vec<usize> =
            (0..n_labels).filter(|&k| targets[k].iter().any(|&y| y) && !targets[k].iter().all(|&y| y)).collect();
        let mut fits: Vec<BinaryFit> = targets.iter().map(|y| constant_fit(y, rows.n_columns())).collect();
        let params = LogisticParams::default().cost(cost);
        let chosen: Vec<Vec<bool>> = fittable.iter().map(|&k| targets[k].clone()).collect();
        let fitted = match settings.solver {
            Solver::Newton if settings.balanced => fittable
                .par_iter()
                .map(|&k| {
                    let n_positives = targets[k].iter().filter(|&&y| y).count() as f64;
                    let params =
                        params.clone().positive_weight((labelled.len() as f64 / n_positives - 1.0).clamp(1.0, 100.0));
                    fit_one_vs_rest(rows, std::slice::from_ref(&targets[k]), Some(&weights), None, &params, None)
                })
                .collect::<Result<Vec<_>>>()?
                .concat(),
            Solver::Newton => {
                let warm: Option<Vec<BinaryFit>> = warm.map(|w| fittable.iter().map(|&k| w[k].clone()).collect());
                fit_one_vs_rest(rows, &chosen, Some(&weights), None, &params, warm.as_deref())?
            }
            Solver::Linfa => {
                chosen.iter().map(|y| fit_dense(rows, y, Some(&weights), None, &params)).collect::<Result<_>>()?
            }
        };
        for (k, fit) in fittable.into_iter().zip(fitted) {
            fits[k] = fit;
        }
        Ok(fits)
    }
}

/// Says always or never, as all rows do, with the smoothed share as its probability.
fn constant_fit(targets: &[bool], n_columns: usize) -> BinaryFit {
    let n_positives = targets.iter().filter(|&&y| y).count() as f64;
    let share = (n_positives + 0.5) / (targets.len() as f64 + 1.0);
    let report =
        FitReport { objective: 0.0, gradient_ratio: 0.0, n_iterations: 0, n_hessian_products: 0, converged: true };
    BinaryFit { weights: vec![0.0; n_columns], intercept: (share / (1.0 - share)).ln(), report }
}

/// Raw logits of each row by the model that was fitted without its fold: for each cost `n_rows x n_outputs`.
fn cross_logits(
    dataset: &Dataset,
    settings: &TrainSettings,
    costs: &[f64],
    folds: &Folds,
    advance: &(dyn Fn() + Sync),
) -> Result<Vec<Vec<f64>>> {
    let n_outputs: usize = dataset.tasks.iter().map(|t| t.labels.len()).sum();
    let tested: Vec<usize> = folds.tested().collect();
    let by_fold: Vec<(Vec<usize>, Vec<Vec<f64>>)> = tested
        .par_iter()
        .map(|&fold| {
            let rows = TrainRows::new(dataset, &folds.train_rows(fold), &settings.features)?;
            let test = folds.test_rows(fold);
            let statements: Vec<&Statement> = test.iter().map(|&i| &dataset.examples[i].statement).collect();
            let test_rows = rows.vectorizer.transform(&statements, Part::Whole);
            let mut logits = vec![vec![0.0; test.len() * n_outputs]; costs.len()];
            let mut first = 0;
            for (t, task) in dataset.tasks.iter().enumerate() {
                let mut warm: Option<Vec<BinaryFit>> = None;
                for (c, &cost) in costs.iter().enumerate() {
                    let fits = rows.fit(dataset, t, cost, settings, warm.as_deref())?;
                    for (i, row) in test_rows.iter().enumerate() {
                        for (k, fit) in fits.iter().enumerate() {
                            logits[c][i * n_outputs + first + k] = fit.intercept + row.dot(&fit.weights);
                        }
                    }
                    warm = Some(fits);
                }
                first += task.labels.len();
            }
            advance();
            Ok((test, logits))
        })
        .collect::<Result<_>>()?;
    let mut all = vec![vec![0.0; dataset.examples.len() * n_outputs]; costs.len()];
    for (test, logits) in &by_fold {
        for (c, logits) in logits.iter().enumerate() {
            for (i, &row) in test.iter().enumerate() {
                all[c][row * n_outputs..(row + 1) * n_outputs]
                    .copy_from_slice(&logits[i * n_outputs..(i + 1) * n_outputs]);
            }
        }
    }
    Ok(all)
}

fn n_outputs_before(dataset: &Dataset, t: usize) -> usize {
    dataset.tasks[..t].iter().map(|t| t.labels.len()).sum()
}

/// Rows that a fold tests, that are labelled for task `t`, and whose fold `wanted` accepts.
fn labelled_rows(dataset: &Dataset, t: usize, folds: &Folds, wanted: impl Fn(usize) -> bool) -> Vec<usize> {
    let tested = folds.tested();
    (0..dataset.examples.len())
        .filter(|&i| {
            tested.contains(&folds.fold_of[i]) && wanted(folds.fold_of[i]) && dataset.examples[i].labels[t].is_some()
        })
        .collect()
}

fn gold(dataset: &Dataset, row: usize, t: usize) -> &[usize] {
    dataset.examples[row].labels[t].as_deref().unwrap_or_default()
}

/// The logits of one task on some rows, `rows x n_labels`.
fn task_logits(dataset: &Dataset, t: usize, rows: &[usize], logits: &[f64]) -> Vec<f64> {
    let n_outputs: usize = dataset.tasks.iter().map(|t| t.labels.len()).sum();
    let (first, n) = (n_outputs_before(dataset, t), dataset.tasks[t].labels.len());
    rows.iter().flat_map(|&r| logits[r * n_outputs + first..][..n].iter().copied()).collect()
}

fn calibration(dataset: &Dataset, task: &Task, t: usize, rows: &[usize], logits: &[f64]) -> Result<Calibration> {
    let scores = task_logits(dataset, t, rows, logits);
    let gold: Vec<&[usize]> = rows.iter().map(|&r| gold(dataset, r, t)).collect();
    Calibration::fit(task.kind, task.labels.len(), &scores, &gold)
}

fn thresholds(
    dataset: &Dataset,
    task: &Task,
    t: usize,
    rows: &[usize],
    logits: &[f64],
    calibration: &Calibration,
) -> Result<Vec<f64>> {
    if task.kind == TaskKind::Single {
        return Ok(Vec::new());
    }
    let n = task.labels.len();
    let scores = task_logits(dataset, t, rows, logits);
    let calibrated: Vec<f64> = scores.chunks(n).flat_map(|l| calibrated(task.kind, l, calibration)).collect();
    (0..n)
        .map(|k| {
            let scores: Vec<f64> = calibrated.iter().skip(k).step_by(n).copied().collect();
            let holds: Vec<bool> = rows.iter().map(|&r| gold(dataset, r, t).contains(&k)).collect();
            Ok(best_f1(&scores, &holds)?.value)
        })
        .collect()
}

/// Calibrated probabilities of one row, exactly as the model with its folded weights gives them.
fn calibrated(kind: TaskKind, logits: &[f64], calibration: &Calibration) -> Vec<f64> {
    let lines: Vec<f64> = logits
        .iter()
        .enumerate()
        .map(|(k, l)| {
            let (slope, offset) = calibration.line(k);
            slope * l + offset
        })
        .collect();
    probabilities(kind, &lines)
}

/// The number of the cost with the least log loss over the folds that `wanted` accepts.
fn best_cost(dataset: &Dataset, t: usize, logits: &[Vec<f64>], costs: &[f64], wanted: impl Fn(usize) -> bool) -> usize {
    let rows: Vec<usize> =
        (0..dataset.examples.len()).filter(|&i| dataset.examples[i].labels[t].is_some() && wanted(i)).collect();
    let kind = dataset.tasks[t].kind;
    let n = dataset.tasks[t].labels.len();
    let loss = |c: usize| -> f64 {
        let scores = task_logits(dataset, t, &rows, &logits[c]);
        rows.iter()
            .zip(scores.chunks(n))
            .map(|(&r, l)| {
                let p = probabilities(kind, l);
                let gold = gold(dataset, r, t);
                (0..n)
                    .map(|k| {
                        let holds = gold.contains(&k);
                        match kind {
                            TaskKind::Single if !holds => 0.0,
                            _ => -(if holds { p[k] } else { 1.0 - p[k] }).max(1e-15).ln(),
                        }
                    })
                    .sum::<f64>()
            })
            .sum()
    };
    let losses: Vec<f64> = (0..costs.len()).map(loss).collect();
    (0..costs.len()).min_by(|&a, &b| losses[a].total_cmp(&losses[b])).unwrap_or(0)
}

/// Predictions for each fold with cost, calibration and thresholds chosen on the other folds.
fn out_of_fold_task(
    dataset: &Dataset,
    t: usize,
    folds: &Folds,
    logits: &[Vec<f64>],
    costs: &[f64],
) -> Result<OutOfFoldTask> {
    let task = &dataset.tasks[t];
    let n = task.labels.len();
    let n_rows = dataset.examples.len();
    let mut out =
        OutOfFoldTask { probabilities: vec![1.0 / n.max(1) as f64; n_rows * n], predicted: vec![None; n_rows] };
    for fold in folds.tested() {
        let is_tested = folds.tested();
        let others = labelled_rows(dataset, t, folds, |f| f != fold);
        let cost =
            best_cost(dataset, t, logits, costs, |i| folds.fold_of[i] != fold && is_tested.contains(&folds.fold_of[i]));
        let calibration = calibration(dataset, task, t, &others, &logits[cost])?;
        let thresholds = thresholds(dataset, task, t, &others, &logits[cost], &calibration)?;
        let test = folds.test_rows(fold);
        for (&row, l) in test.iter().zip(task_logits(dataset, t, &test, &logits[cost]).chunks(n)) {
            let probabilities = calibrated(task.kind, l, &calibration);
            out.predicted[row] = Some(decide(task.kind, &probabilities, &thresholds, 0.0).0);
            out.probabilities[row * n..(row + 1) * n].copy_from_slice(&probabilities);
        }
    }
    Ok(out)
}
