//! Two recipes of training x labelled rows -> comparison by nested cross-validation.

use serde_json::{Value, json};

use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::evaluation::{Compare, Comparison, CorrectedT, Figures, Predictions};
use crate::pipeline::evaluate::groups;
use crate::pipeline::train::{group_columns, split_predictions};
use crate::training::trainer::{OutOfFold, TrainSettings, train};

/// Figures that are tested over folds.
const FIGURES: [&str; 4] = ["macro_f1", "micro_f1", "accuracy", "log_loss"];

/// The values of [`FIGURES`].
fn values(f: &Figures) -> [f64; 4] {
    [f.macro_f1.value, f.micro_f1, f.accuracy, f.log_loss]
}

/// Two recipes on the folds of the same rows.
#[derive(Debug, Clone, PartialEq)]
pub struct RecipeComparison {
    /// Folds of each cross-validation.
    pub n_folds: usize,
    /// Cross-validations, each with folds of its own.
    pub n_repeats: usize,
    /// By task and figure, with the means of old and new over all folds.
    pub tasks: Vec<(String, Vec<FoldFigure>)>,
    /// The held-out rows of the first cross-validation, as of two models, one a task.
    pub comparisons: Vec<Comparison>,
}

/// One figure of two recipes over the folds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FoldFigure {
    /// Its name.
    pub name: &'static str,
    /// Mean over the folds of the old recipe.
    pub old: f64,
    /// Mean over the folds of the new recipe.
    pub new: f64,
    /// New less old.
    pub change: CorrectedT,
}

impl RecipeComparison {
    /// What gates ask: [`RecipeComparison::comparisons`], with the means over all folds in place of the figures that have some.
    pub fn judged(&self) -> Vec<Comparison> {
        let mut judged = self.comparisons.clone();
        for (comparison, (_, figures)) in judged.iter_mut().zip(&self.tasks) {
            let Comparison { old, new, delta, .. } = comparison;
            for f in figures {
                let change = f.change.value;
                match f.name {
                    "macro_f1" => {
                        (old.macro_f1.value, new.macro_f1.value, delta.macro_f1.value) = (f.old, f.new, change);
                    }
                    "micro_f1" => (old.micro_f1, new.micro_f1, delta.micro_f1.value) = (f.old, f.new, change),
                    "accuracy" => (old.accuracy, new.accuracy, delta.accuracy) = (f.old, f.new, change),
                    _ => (old.log_loss, new.log_loss, delta.log_loss) = (f.old, f.new, change),
                }
            }
        }
        judged
    }

    /// As it is written, under `cross_validation`.
    pub fn record(&self) -> Value {
        let figures = |list: &Vec<FoldFigure>| -> serde_json::Map<String, Value> {
            list.iter().map(|f| (f.name.to_owned(), json!({"old": f.old, "new": f.new, "change": f.change}))).collect()
        };
        let tasks: serde_json::Map<String, Value> =
            self.tasks.iter().map(|(task, list)| (task.clone(), Value::Object(figures(list)))).collect();
        json!({"n_folds": self.n_folds, "n_repeats": self.n_repeats, "tasks": tasks})
    }
}

/// Compares two recipes by `n_repeats` cross-validations with the same folds for both.
///
/// Cost, calibration and thresholds of a fold are chosen on the other folds only, by each recipe for itself. `old` must
/// agree with `new` in split, number of folds and seed. `progress(done, all)` counts fits.
///
/// # Errors
/// As [`train`]; [`crate::error::ErrorKind::Usage`] where the recipes do not have the same folds.
pub fn compare_recipes(
    dataset: &Dataset,
    old: &TrainSettings,
    new: &TrainSettings,
    n_repeats: usize,
    compare: &Compare,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<RecipeComparison> {
    if (&old.split, old.n_folds, old.seed) != (&new.split, new.n_folds, new.seed) {
        return Err(Error::usage("the recipes differ in --split, --folds or --seed; compare them on the same folds"));
    }
    let row_groups = groups(&dataset.examples, &group_columns(old));
    let n_runs = 2 * n_repeats.max(1);
    let mut differences: Vec<Vec<[Vec<f64>; 2]>> =
        vec![vec![[Vec::new(), Vec::new()]; FIGURES.len()]; dataset.tasks.len()];
    let mut comparisons = Vec::new();
    let mut shares = Vec::new();
    for repeat in 0..n_repeats.max(1) {
        let mut sides: Vec<(OutOfFold, Vec<Predictions>)> = Vec::new();
        for (side, recipe) in [old, new].into_iter().enumerate() {
            let settings =
                TrainSettings { seed: recipe.seed + repeat as u64, other_splits: Vec::new(), ..recipe.clone() };
            let done = 2 * repeat + side;
            let mut trained =
                train(dataset, &settings, &|step, all| progress(done * all + step, n_runs * all))?.out_of_fold;
            let headline = trained.swap_remove(0);
            let predictions = split_predictions(dataset, &headline, &row_groups);
            sides.push((headline, predictions));
        }
        if sides[0].0.folds != sides[1].0.folds {
            return Err(Error::usage("the recipes make other folds of these rows; compare them on the same folds"));
        }
        let folds = &sides[0].0.folds;
        for fold in folds.tested() {
            let test = folds.test_rows(fold);
            shares.push(test.len() as f64 / folds.train_rows(fold).len().max(1) as f64);
            for t in 0..dataset.tasks.len() {
                for (side, (_, predictions)) in sides.iter().enumerate() {
                    // A fold without a row that is labelled for the task has no figures.
                    let Ok(figures) = Figures::of(&predictions[t].select(&test)) else { continue };
                    values(&figures).iter().zip(&mut differences[t]).for_each(|(v, of)| of[side].push(*v));
                }
            }
        }
        if repeat == 0 {
            let pairs = sides[0].1.iter().zip(&sides[1].1);
            comparisons = pairs.map(|(old, new)| compare.run(old, new)).collect::<Result<_>>()?;
        }
    }
    let ratio = shares.iter().sum::<f64>() / shares.len().max(1) as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let figure = |(i, [old, new]): (usize, &[Vec<f64>; 2])| FoldFigure {
        name: FIGURES[i],
        old: mean(old),
        new: mean(new),
        change: CorrectedT::new(&new.iter().zip(old).map(|(n, o)| n - o).collect::<Vec<_>>(), ratio),
    };
    let tasks = dataset.tasks.iter().zip(&differences);
    Ok(RecipeComparison {
        n_folds: old.n_folds,
        n_repeats: n_repeats.max(1),
        tasks: tasks.map(|(task, of)| (task.name.clone(), of.iter().enumerate().map(figure).collect())).collect(),
        comparisons,
    })
}
