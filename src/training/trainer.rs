//! Labelled statements to a calibrated model, with out-of-fold predictions for honest figures.
//!
//! Every number that a model is judged by comes from rows that it was not fitted on. Cost, calibration and thresholds
//! are chosen out of fold too, and for the figures of one fold from the other folds only (but the search of a cost ends for
//! all folds at once, where their loss together rises).

mod rows;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::dataset::split::{Folds, Split, folds};
use crate::dataset::{Dataset, Example, shortened};
use crate::error::{Error, Result};
use crate::features::FeatureSettings;
use crate::label::{Task, TaskKind};
use crate::model::{Header, Model, Precision, Provenance, TaskModel};
use crate::statement::Statement;
use crate::training::decision::{Decision, DecisionSettings, HeldOut};
use crate::training::solver::Solver;
use crate::training::trainer::rows::{CrossLogits, TrainRows};

/// Tolerance of the fits whose weights are kept: a relative gap of at most 5e-9.
const FINAL_TOLERANCE: f64 = 1e-4;
/// Rows that a label needs for figures that say something.
const FEW_POSITIVES: usize = 10;

/// How to train.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainSettings {
    /// Features.
    pub features: FeatureSettings,
    /// Costs C to choose from; one value fixes it. Larger C follows the rows more closely.
    pub costs: Vec<f64>,
    /// Weight of positives in proportion to their rarity; spoils probabilities before calibration, off by default.
    pub balanced: bool,
    /// What rows with a label count when it is learnt, beside those without, by task and label; 1 where nothing is said.
    pub class_weights: BTreeMap<(String, String), f64>,
    /// How many bits the model keeps of each weight.
    pub precision: Precision,
    /// Which solver.
    pub solver: Solver,
    /// Share of L1 in the penalty of [`Solver::ElasticNet`], in 0..=1.
    pub l1_ratio: f64,
    /// What held-out rows decide in all tasks.
    pub decisions: DecisionSettings,
    /// What they decide in the tasks of these names instead.
    pub task_decisions: BTreeMap<String, DecisionSettings>,
    /// The split of the headline figures, by which cost, calibration and thresholds are chosen.
    pub split: Split,
    /// Columns whose rows belong together in the intervals of figures, the first counting most; none: that of the split, else
    /// the speaker, then the article.
    pub group_columns: Vec<String>,
    /// Further splits whose figures are worked out for comparison.
    pub other_splits: Vec<Split>,
    /// Folds of each split; 0: no rows are held back, so that there are no figures and no calibration. Then there must
    /// be one cost.
    pub n_folds: usize,
    /// Seed of the folds.
    pub seed: u64,
}

impl Default for TrainSettings {
    fn default() -> Self {
        Self {
            features: FeatureSettings::default(),
            costs: vec![0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0],
            balanced: false,
            class_weights: BTreeMap::new(),
            precision: Precision::default(),
            solver: Solver::Auto,
            l1_ratio: 0.5,
            decisions: DecisionSettings::default(),
            task_decisions: BTreeMap::new(),
            split: Split::Speaker,
            group_columns: Vec::new(),
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
        if self.n_folds == 0 && self.costs.len() > 1 {
            return Err(Error::usage("without folds no cost can be chosen; give one with --cost"));
        }
        let wanted = [self.decisions].into_iter().chain(self.task_decisions.values().copied());
        if self.n_folds == 0 && wanted.into_iter().any(|d| d != DecisionSettings::default()) {
            return Err(Error::usage(
                "without folds there are no rows to choose thresholds, abstaining or a calibration by; leave them out, or \
                 give --folds",
            ));
        }
        if !(0.0..=1.0).contains(&self.l1_ratio) {
            return Err(Error::usage(format!("the L1 ratio must lie between 0 and 1, not {}", self.l1_ratio)));
        }
        if self.solver == Solver::Linfa && (self.balanced || !self.class_weights.is_empty()) {
            return Err(Error::usage("the linfa solver has no class weights; leave --balanced and --class-weight out"));
        }
        if self.solver == Solver::Linfa && self.features.speaker.any() && self.features.speaker.dropout {
            return Err(Error::usage("the linfa solver has no row weights; switch speaker dropout off"));
        }
        self.features.checked().map(|_| ())
    }

    fn decision(&self, task: &str) -> DecisionSettings {
        self.task_decisions.get(task).copied().unwrap_or(self.decisions)
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
    /// Labels that are not said because they are not sure enough.
    pub abstained: Vec<Vec<usize>>,
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
    let (settings, column_notes) = &with_columns(dataset, settings);
    let mut all = dataset.examples.iter().chain(dataset.silver.iter().map(|s| &s.example));
    let is_weighted = dataset.silver.iter().any(|s| s.weight != 1.0) || all.any(|e| e.weight.is_some());
    if settings.solver == Solver::Linfa && is_weighted {
        return Err(Error::usage("the linfa solver has no row weights; leave those of rows and of silver files out"));
    }
    let n_splits = 1 + settings.other_splits.iter().filter(|s| **s != settings.split).count();
    let n_steps = n_splits * settings.n_folds * dataset.tasks.len() + 1;
    let step = std::sync::atomic::AtomicUsize::new(0);
    let advance = || progress(1 + step.fetch_add(1, std::sync::atomic::Ordering::Relaxed), n_steps);
    let Chosen { costs, decisions, out_of_fold, mut notes } =
        if settings.n_folds == 0 { unheld(dataset, settings) } else { held_back(dataset, settings, &advance)? };

    notes.extend(column_notes.iter().cloned());
    notes.extend(few_positives(dataset));
    if settings.solver == Solver::Multinomial {
        let multi = dataset.tasks.iter().filter(|task| task.kind == TaskKind::Multi);
        notes.extend(multi.map(|task| {
            let solver = settings.solver.resolved(task.kind);
            format!("{}: the solver multinomial is for tasks in which one label holds; fitted by {solver}", task.name)
        }));
    }
    if settings.features.hash_bits > 0 {
        notes.push(format!(
            "text features are hashed to 2^{} columns a family: their names are lost, inspect and explain show numbers",
            settings.features.hash_bits
        ));
    }
    if !dataset.silver.is_empty() {
        notes.push(format!(
            "{} more rows are only learnt from (--silver): none is tested, counted or decided by",
            dataset.silver.len()
        ));
    }
    let rows = TrainRows::new(dataset.examples.iter().collect(), dataset.silver.iter().collect(), settings)?;
    let n_features = rows.vectorizer.n_features();
    let n_outputs: usize = dataset.tasks.iter().map(|t| t.labels.len()).sum();
    let mut weights = vec![0f32; n_features * n_outputs];
    let mut intercepts = Vec::with_capacity(n_outputs);
    let mut tasks = Vec::new();
    for (t, (task, decision)) in dataset.tasks.iter().zip(decisions).enumerate() {
        let cost = costs[t];
        let fits = rows.fit(dataset, t, cost, FINAL_TOLERANCE, settings, None)?;
        for (label, fit) in task.labels.names().zip(&fits) {
            // linfa does not tell its iterations, and stops by the gradient alone.
            let is_linfa = settings.solver == Solver::Linfa;
            let stopped_well = is_linfa && fit.report.gradient_ratio <= FINAL_TOLERANCE;
            if !fit.report.converged && !stopped_well {
                let within =
                    if is_linfa { String::new() } else { format!(" in {} iterations", fit.report.n_iterations) };
                notes.push(format!(
                    "{}: label \"{label}\" did not converge{within} (gradient at {:.1e} of its start)",
                    task.name, fit.report.gradient_ratio
                ));
            }
        }
        notes.extend(decision.notes);
        let calibration = decision.calibration;
        let first = intercepts.len();
        // Calibration is linear in the logit: folded into the weights it leaves explanations exact.
        for (k, fit) in fits.iter().enumerate() {
            let (slope, offset) = calibration.line(k);
            for (&column, weight) in rows.order.old().iter().zip(&fit.weights) {
                weights[column as usize * n_outputs + first + k] = (slope * weight) as f32;
            }
            intercepts.push(slope * fit.intercept + offset);
        }
        let labelled = dataset.examples.iter().filter_map(|e| e.labels[t].as_ref());
        tasks.push(TaskModel {
            n_positives: n_positives(dataset, t),
            n_rows: labelled.count(),
            calibration: format!("{}; cost C = {cost}", decision.model.calibration),
            ..decision.model
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
        group_columns: Vec::new(),
        tasks,
        n_features: 0,
        n_name_bytes: 0,
        n_learnt_bytes: 0,
        provenance: Provenance {
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            seed: settings.seed,
            costs,
            solver: solver_names(dataset, settings.solver),
            notes: notes.clone(),
            ..Provenance::default()
        },
        evaluation: serde_json::Value::Null,
    };
    let model = Model::from_parts(header, rows.vectorizer, &weights, intercepts, settings.precision)?;
    Ok(Trained { model, out_of_fold, notes })
}

/// The settings with the kinds of all feature columns: by all rows, so that no fold takes a column otherwise than the
/// model. And what was odd in them.
fn with_columns(dataset: &Dataset, settings: &TrainSettings) -> (TrainSettings, Vec<String>) {
    let mut settings = settings.clone();
    let mut notes = Vec::new();
    let examples: Vec<&Example> = dataset.examples.iter().chain(dataset.silver.iter().map(|s| &s.example)).collect();
    let statements: Vec<&Statement> = examples.iter().map(|e| &e.statement).collect();
    for column in &mut settings.features.columns {
        let (settled, odd) = column.clone().settled(&statements);
        if let Some(i) = odd {
            let cell = statements[i].fields.iter().find(|(name, _)| *name == settled.name);
            notes.push(format!(
                "column \"{0}\" is learnt from as categories, though most cells are numbers: line {1} has \"{2}\"; \
                 {0}=number refuses such cells, {0}=category keeps this remark away",
                settled.name,
                examples[i].line,
                cell.map_or_else(String::new, |(_, cell)| shortened(cell))
            ));
        }
        *column = settled;
    }
    (settings, notes)
}

/// Rows that have each label of task number `t`.
fn n_positives(dataset: &Dataset, t: usize) -> Vec<usize> {
    let mut counts = vec![0; dataset.tasks[t].labels.len()];
    dataset.examples.iter().filter_map(|e| e.labels[t].as_ref()).flatten().for_each(|&k| counts[k] += 1);
    counts
}

/// A note for each task that names labels of which little can be learnt or judged.
fn few_positives(dataset: &Dataset) -> Vec<String> {
    let of_task = |(t, task): (usize, &Task)| {
        let few = task.labels.names().zip(n_positives(dataset, t)).filter(|(_, n)| *n < FEW_POSITIVES);
        let few: Vec<String> = few.map(|(name, n)| format!("{name} ({n})")).collect();
        let (name, few) = (&task.name, (!few.is_empty()).then(|| few.join(", "))?);
        Some(format!("{name}: fewer than {FEW_POSITIVES} rows have {few}; their figures and thresholds say little"))
    };
    dataset.tasks.iter().enumerate().filter_map(of_task).collect()
}

/// What is settled before the weights that are kept are fitted; lists have one entry a task.
struct Chosen {
    costs: Vec<f64>,
    decisions: Vec<Decision>,
    out_of_fold: Vec<OutOfFold>,
    notes: Vec<String>,
}

/// What is chosen where no rows are held back: nothing.
fn unheld(dataset: &Dataset, settings: &TrainSettings) -> Chosen {
    Chosen {
        costs: vec![settings.costs[0]; dataset.tasks.len()],
        decisions: dataset.tasks.iter().map(Decision::unheld).collect(),
        out_of_fold: Vec::new(),
        notes: vec![
            "no rows were held back: there are no figures, and the probabilities are not calibrated".to_owned(),
        ],
    }
}

/// Cost, calibration and thresholds by rows that were held back, and predictions for them.
fn held_back(dataset: &Dataset, settings: &TrainSettings, advance: &(dyn Fn() + Sync)) -> Result<Chosen> {
    let headline = folds(dataset, &settings.split, settings.n_folds, settings.seed)?;
    headline.check_labels(dataset, &settings.split)?;
    let others: Vec<(Split, Folds)> = settings
        .other_splits
        .iter()
        .filter(|s| **s != settings.split)
        .map(|s| Ok((s.clone(), folds(dataset, s, settings.n_folds, settings.seed)?)))
        .collect::<Result<_>>()?;
    let costs = vec![&settings.costs[..]; dataset.tasks.len()];
    let logits = CrossLogits::new(dataset, settings, &costs, &headline, advance)?;
    let (mut chosen, mut decisions) = (Vec::new(), Vec::new());
    for (t, task) in dataset.tasks.iter().enumerate() {
        let tested = labelled_rows(dataset, t, &headline, |_| true);
        let logits = logits.of_task(t);
        let cost = best_cost(dataset, t, &tested, logits)?;
        decisions.push(held_out(dataset, t, &tested, &logits[cost]).decide(&settings.decision(&task.name))?);
        chosen.push(settings.costs[cost]);
    }
    let mut out_of_fold = vec![OutOfFold {
        split: settings.split.clone(),
        tasks: (0..dataset.tasks.len())
            .map(|t| out_of_fold_task(dataset, t, &headline, logits.of_task(t), settings))
            .collect::<Result<_>>()?,
        folds: headline.clone(),
    }];
    for (split, folds) in others {
        // Only the headline split chooses a cost: here each task has the chosen one.
        let costs: Vec<&[f64]> = chosen.iter().map(std::slice::from_ref).collect();
        let logits = CrossLogits::new(dataset, settings, &costs, &folds, advance)?;
        let tasks = (0..chosen.len())
            .map(|t| out_of_fold_task(dataset, t, &folds, logits.of_task(t), settings))
            .collect::<Result<_>>()?;
        out_of_fold.push(OutOfFold { split, tasks, folds });
    }
    let mut notes = headline.notes;
    for other in &out_of_fold[1..] {
        let unsound = other.folds.check_labels(dataset, &other.split).err();
        notes.extend(unsound.map(|e| format!("the figures by {} say little: {}", other.split, e.message())));
    }
    Ok(Chosen { costs: chosen, decisions, out_of_fold, notes })
}

/// The solvers that the tasks are fitted by, each once.
fn solver_names(dataset: &Dataset, solver: Solver) -> String {
    let mut names: Vec<&str> = dataset.tasks.iter().map(|task| solver.resolved(task.kind).name()).collect();
    names.dedup();
    names.join(", ")
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

/// Logits and labels of one task on some rows.
fn held_out<'a>(dataset: &'a Dataset, t: usize, rows: &[usize], logits: &[f64]) -> HeldOut<'a> {
    HeldOut {
        task: &dataset.tasks[t],
        logits: task_logits(dataset, t, rows, logits),
        gold: rows.iter().map(|&r| gold(dataset, r, t)).collect(),
    }
}

/// The number of the cost with the least calibrated log loss on `rows`; of equal ones the smallest cost.
fn best_cost(dataset: &Dataset, t: usize, rows: &[usize], logits: &[Vec<f64>]) -> Result<usize> {
    if logits.len() == 1 || rows.is_empty() {
        return Ok(0);
    }
    let losses: Vec<f64> =
        logits.par_iter().map(|l| held_out(dataset, t, rows, l).log_loss()).collect::<Result<_>>()?;
    Ok((0..losses.len()).min_by(|&a, &b| losses[a].total_cmp(&losses[b])).unwrap_or(0))
}

/// Predictions for each fold with cost, calibration and thresholds chosen on the other folds.
fn out_of_fold_task(
    dataset: &Dataset,
    t: usize,
    folds: &Folds,
    logits: &[Vec<f64>],
    settings: &TrainSettings,
) -> Result<OutOfFoldTask> {
    let task = &dataset.tasks[t];
    let n = task.labels.len();
    let n_rows = dataset.examples.len();
    let decided: Vec<(Vec<usize>, usize, Decision)> = folds
        .tested()
        .into_par_iter()
        .map(|fold| {
            let others = labelled_rows(dataset, t, folds, |f| f != fold);
            let cost = best_cost(dataset, t, &others, logits)?;
            let decision = held_out(dataset, t, &others, &logits[cost]).decide(&settings.decision(&task.name))?;
            Ok((folds.test_rows(fold), cost, decision))
        })
        .collect::<Result<_>>()?;
    let mut out = OutOfFoldTask {
        probabilities: vec![1.0 / n.max(1) as f64; n_rows * n],
        predicted: vec![None; n_rows],
        abstained: vec![Vec::new(); n_rows],
    };
    for (test, cost, decision) in &decided {
        for (&row, l) in test.iter().zip(task_logits(dataset, t, test, &logits[*cost]).chunks(n)) {
            let probabilities = decision.probabilities(l);
            out.predicted[row] = Some(decision.model.decide_all(&probabilities));
            out.abstained[row] = decision.model.decide(&probabilities).1;
            out.probabilities[row * n..(row + 1) * n].copy_from_slice(&probabilities);
        }
    }
    Ok(out)
}
