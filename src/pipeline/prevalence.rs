//! Rows whose labels are not known -> shares of labels.

use serde_json::json;

use crate::dataset::scored::{Said, ScoredRow};
use crate::dataset::{Dataset, Example};
use crate::error::Result;
use crate::evaluation::{Bootstrap, ErrorRates, Prevalence, Sample, Unlabelled};
use crate::model::{Model, TaskModel};
use crate::pipeline::evaluate::{decided, groups, learnt_note, n_learnt, predictions};
use crate::pipeline::score_statements;
use crate::statement::Statement;

/// What `model` says of rows whose labels are not known, without abstaining (as its error rates were measured), one entry a
/// task. Groups as in [`groups`].
pub fn unlabelled(model: &Model, examples: &[Example], group_columns: &[String]) -> Vec<Unlabelled> {
    let statements: Vec<&Statement> = examples.iter().map(|e| &e.statement).collect();
    let scores = score_statements(model, &statements);
    let groups = groups(examples, group_columns);
    model
        .tasks()
        .enumerate()
        .map(|(t, task)| Unlabelled {
            task: task.clone(),
            probabilities: scores.iter().flat_map(|s| s.tasks[t].probabilities.iter().copied()).collect(),
            predicted: scores.iter().map(|s| decided(model, t, s)).collect(),
            groups: groups.clone(),
        })
        .collect()
}

/// As [`unlabelled`], of `rows` that `model` has scored already; `examples` are theirs.
pub fn scored(model: &Model, rows: &[ScoredRow], examples: &[Example], group_columns: &[String]) -> Vec<Unlabelled> {
    let groups = groups(examples, group_columns);
    let of_task = |(t, task): (usize, &TaskModel)| Unlabelled {
        task: task.task.clone(),
        probabilities: rows.iter().flat_map(|row| row.tasks[t].probabilities.iter().copied()).collect(),
        predicted: rows.iter().map(|row| with_abstained(task, &row.tasks[t])).collect(),
        groups: groups.clone(),
    };
    model.header().tasks.iter().enumerate().map(of_task).collect()
}

/// The labels that were said, and those that would have been without abstaining.
fn with_abstained(task: &TaskModel, said: &Said) -> Vec<usize> {
    let all = task.decide_all(&said.probabilities);
    let unsaid = said.abstained.iter().filter(|k| all.contains(k));
    let mut labels: Vec<usize> = said.labels.iter().chain(unsaid).copied().collect();
    labels.sort_unstable();
    labels
}

/// Shares of the labels of each task. `sample`: labelled rows of the same population. Error rates are those that the model
/// holds; of a model without figures those on the sample.
///
/// # Errors
/// As [`ErrorRates::of_model`], [`Unlabelled::prevalence`] and [`predictions`].
pub fn prevalence(
    model: &Model,
    rows: &[Unlabelled],
    sample: Option<&Dataset>,
    group_columns: &[String],
    bootstrap: &Bootstrap,
) -> Result<Vec<Prevalence>> {
    let judged = sample.map(|dataset| predictions(model, dataset, group_columns)).transpose()?;
    let mut found = Vec::new();
    for (rows, task) in rows.iter().zip(&model.header().tasks) {
        let sample = judged.iter().flatten().find(|p| p.task == task.task).and_then(|p| {
            let labelled: Vec<usize> = (0..p.gold.len()).filter(|&row| p.gold[row].is_some()).collect();
            let part = p.select(&labelled);
            let rows = Unlabelled {
                task: part.task,
                probabilities: part.probabilities,
                predicted: part.predicted,
                groups: part.groups,
            };
            (!labelled.is_empty()).then(|| Sample { rows, gold: part.gold.into_iter().flatten().collect() })
        });
        let stored = ErrorRates::of_model(&model.header().evaluation, &task.task, &task.n_positives, task.n_rows);
        let rates = match (stored, &sample) {
            (Ok(rates), _) => rates,
            (Err(_), Some(sample)) => {
                let priors = task.n_positives.iter().map(|&k| k as f64 / task.n_rows.max(1) as f64).collect();
                ErrorRates::measured(&task.task, &sample.gold, &sample.rows.predicted, priors)
            }
            (Err(error), None) => return Err(error),
        };
        found.push(rows.prevalence(&rates, sample.as_ref(), bootstrap)?);
    }
    Ok(found)
}

/// How many of the rows, and of the labelled sample, `model` has learnt from (see [`n_learnt`]), and what that means.
pub fn learnt(model: &Model, examples: &[Example], sample: Option<&Dataset>) -> (serde_json::Value, Vec<String>) {
    let n = n_learnt(model, examples);
    let mut record = json!({"n_rows": examples.len(), "n_learnt": n});
    let mut notes: Vec<String> = learnt_note("the model", "its errors", n, examples).into_iter().collect();
    if let Some(sample) = sample {
        let n = n_learnt(model, &sample.examples);
        record["n_labelled_learnt"] = json!(n);
        notes.extend(
            learnt_note("the model", "it", n, &sample.examples).map(|note| format!("of the labelled sample {note}")),
        );
    }
    (record, notes)
}

/// The shares as they are written: `demarche.prevalence/1`. `data`, `notes`: as of [`learnt`].
pub fn record(
    model: &Model,
    prevalences: &[Prevalence],
    data: &serde_json::Value,
    notes: &[String],
) -> serde_json::Value {
    let tasks: serde_json::Map<String, serde_json::Value> =
        prevalences.iter().map(|p| (p.task.clone(), json!(p))).collect();
    json!({"schema": "demarche.prevalence/1", "model": model.record(), "data": data, "tasks": tasks, "notes": notes})
}
