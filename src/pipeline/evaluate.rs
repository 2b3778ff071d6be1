//! Model x labelled rows -> predictions, figures.

use std::collections::HashMap;

use serde_json::json;

use crate::dataset::duplicates::near_duplicates;
use crate::dataset::split::Split;
use crate::dataset::{Dataset, Example};
use crate::error::{Error, Result};
use crate::evaluation::{Bootstrap, Evaluation, Figures, Predictions, TrainingRecord, majority};
use crate::label::Task;
use crate::model::{Model, Scores};
use crate::pipeline::details::{Details, all_slices, drift, error_rows, seen_in_training, speaker_swap, suspect_rows};
use crate::pipeline::score_statements;
use crate::statement::Statement;

/// What a model says of the rows of a data set: one entry for each task that both have, in the model's order.
///
/// Labels are matched by name. Intervals resample the groups of [`groups`].
///
/// # Errors
/// [`crate::error::ErrorKind::Data`] if the two share no task, or the data set has a label that the model lacks.
pub fn predictions(model: &Model, dataset: &Dataset, group_columns: &[String]) -> Result<Vec<Predictions>> {
    let shared: Vec<(usize, usize)> = model
        .tasks()
        .enumerate()
        .filter_map(|(m, task)| dataset.tasks.iter().position(|t| t.name == task.name).map(|d| (m, d)))
        .collect();
    if shared.is_empty() {
        let names =
            |tasks: &mut dyn Iterator<Item = &Task>| tasks.map(|t| t.name.clone()).collect::<Vec<_>>().join(", ");
        return Err(Error::data(format!(
            "the model has the tasks {}, the file has {}; give the label column the name of the model's task (for a model with one \
             task --task COLUMN does)",
            names(&mut model.tasks()),
            names(&mut dataset.tasks.iter())
        )));
    }
    let statements: Vec<&Statement> = dataset.examples.iter().map(|e| &e.statement).collect();
    let all = score_statements(model, &statements);
    let groups = groups(&dataset.examples, group_columns);
    shared.into_iter().map(|(m, d)| task_predictions(model, dataset, m, d, &all, &groups)).collect()
}

fn task_predictions(
    model: &Model,
    dataset: &Dataset,
    m: usize,
    d: usize,
    scores: &[Scores],
    groups: &[usize],
) -> Result<Predictions> {
    let task = &model.header().tasks[m].task;
    let names = &dataset.tasks[d].labels;
    let numbers: Vec<Option<usize>> = names.names().map(|n| task.labels.index(n)).collect();
    let gold = dataset
        .examples
        .iter()
        .map(|e| {
            e.labels[d]
                .as_ref()
                .map(|labels| {
                    let mut mapped = labels
                        .iter()
                        .map(|&k| {
                            numbers[k].map_or_else(
                                || Err(unknown_label(task, names.name(k)).at_line(e.line).in_column(&task.name)),
                                Ok,
                            )
                        })
                        .collect::<Result<Vec<usize>>>()?;
                    mapped.sort_unstable();
                    Ok(mapped)
                })
                .transpose()
        })
        .collect::<Result<_>>()?;
    Ok(Predictions {
        task: task.clone(),
        gold,
        probabilities: scores.iter().flat_map(|s| s.tasks[m].probabilities.iter().copied()).collect(),
        predicted: scores.iter().map(|s| decided(model, m, s)).collect(),
        groups: groups.to_vec(),
    })
}

/// The labels of one row in task `m` that figures and shares count: without abstaining; none where no word is known.
pub(super) fn decided(model: &Model, m: usize, scores: &Scores) -> Vec<usize> {
    if scores.unknown { Vec::new() } else { model.header().tasks[m].decide_all(&scores.tasks[m].probabilities) }
}

/// The error of a label that the model lacks.
fn unknown_label(task: &Task, name: &str) -> Error {
    let error = task.labels.require(name).err().unwrap_or_else(|| Error::data(format!("unknown label \"{name}\"")));
    let message = format!(
        "{}; the model has not learnt it: mend the label, or leave its rows out with --lenient",
        error.message()
    );
    Error::new(error.kind().clone(), message)
}

/// Takes the labels off rows that have one which `model` lacks, in the tasks that both have: what such a row should be
/// given can not be told. Returns a warning for each task with such rows.
pub fn leave_out_unknown_labels(model: &Model, dataset: &mut Dataset) -> Vec<String> {
    let mut warnings = Vec::new();
    for task in model.tasks() {
        let Some(d) = dataset.tasks.iter().position(|t| t.name == task.name) else { continue };
        let lacks: Vec<bool> = dataset.tasks[d].labels.names().map(|n| task.labels.index(n).is_none()).collect();
        let (mut n_rows, mut first) = (0, None);
        for example in &mut dataset.examples {
            let unknown = example.labels[d].iter().flatten().find(|k| lacks[**k]).copied();
            if let Some(k) = unknown {
                n_rows += 1;
                first = first.or(Some((example.line, k)));
                example.labels[d] = None;
            }
        }
        if let Some((line, k)) = first {
            warnings.push(format!(
                "column \"{}\": {n_rows} row(s) left out, as the model lacks their labels; first line {line}, \"{}\"",
                task.name,
                dataset.tasks[d].labels.name(k)
            ));
        }
    }
    warnings
}

/// The group of each row: its cell in the first of `columns` that it has one in, else its speaker, else its article, else
/// itself.
pub fn groups(examples: &[Example], columns: &[String]) -> Vec<usize> {
    let named = columns.iter().filter_map(|c| c.parse::<Split>().ok());
    let splits: Vec<Split> = named.chain([Split::Speaker, Split::Article]).collect();
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let key = |e: &Example| splits.iter().find_map(|s| s.value(e).map(|value| format!("{s} {value}")));
    examples
        .iter()
        .enumerate()
        .map(|(i, e)| {
            let next = numbers.len();
            *numbers.entry(key(e).unwrap_or_else(|| format!("row {i}"))).or_insert(next)
        })
        .collect()
}

/// How many rows have a text that the model has learnt from, about; `None` for models that do not say, as those of older
/// versions.
pub fn n_learnt(model: &Model, examples: &[Example]) -> Option<usize> {
    model.learnt().n_known(examples.iter().map(|e| e.statement.text.as_str()))
}

/// The remark on [`n_learnt`], where there are any; `model` and `it` say whose figures they are.
pub(super) fn learnt_note(model: &str, it: &str, n_learnt: Option<usize>, examples: &[Example]) -> Option<String> {
    let n = n_learnt.filter(|&n| n > 0)?;
    Some(format!(
        "{n} of {} row(s) have a text that {model} has learnt from (the same words); these figures flatter {it}",
        examples.len()
    ))
}

/// The remark on rows that copy earlier ones of other groups, where more than one row in twenty does: fewer hardly change an interval.
pub(super) fn copies_note(examples: &[Example], groups: &[usize]) -> Option<String> {
    let texts: Vec<&str> = examples.iter().map(|e| e.statement.text.as_str()).collect();
    let first = near_duplicates(&texts).set_of;
    let n = (0..texts.len()).filter(|&row| groups[first[row]] != groups[row]).count();
    (20 * n > texts.len()).then(|| {
        format!(
            "{n} of {} row(s) are copies (but for a few words) of rows that count as independent of them: intervals are too narrow \
             and p values too small; join such rows by --group-column, or leave them out",
            texts.len()
        )
    })
}

/// All figures of a model on labelled rows that it was not fitted on.
///
/// # Errors
/// As [`predictions`]; [`crate::error::ErrorKind::Data`] if no row is labelled.
pub fn evaluate(
    model: &Model,
    dataset: &Dataset,
    group_columns: &[String],
    bootstrap: &Bootstrap,
) -> Result<Evaluation> {
    evaluate_with(model, dataset, group_columns, bootstrap, &Details::default())
}

/// As [`evaluate`], with the details that are asked for.
///
/// # Errors
/// As [`evaluate`] and [`all_slices`].
pub fn evaluate_with(
    model: &Model,
    dataset: &Dataset,
    group_columns: &[String],
    bootstrap: &Bootstrap,
    details: &Details,
) -> Result<Evaluation> {
    let predictions = predictions(model, dataset, group_columns)?;
    let n_learnt = n_learnt(model, &dataset.examples);
    let mut evaluation = Evaluation {
        model: model.record(),
        data: json!({"n_rows": dataset.examples.len(), "n_learnt": n_learnt}),
        notes: learnt_note("the model", "it", n_learnt, &dataset.examples).into_iter().collect(),
        ..Evaluation::default()
    };
    let mut baseline = Vec::new();
    for p in &predictions {
        let task = model.header().tasks.iter().find(|t| t.task == p.task);
        let mut of_task = figures(p, task.map(|t| t.thresholds.as_slice()).unwrap_or_default(), bootstrap)?;
        if let Some(task) = task.filter(|t| t.abstain_band > 0.0 || !t.sure.is_empty()) {
            let rows = p.probabilities.chunks(task.task.labels.len().max(1));
            let abstained: Vec<Vec<usize>> = rows.map(|row| task.decide(row).1).collect();
            of_task = of_task.with_abstention(p, &abstained)?;
        }
        evaluation.tasks.push(of_task);
        baseline.push(Figures::of(&majority(&p.task, &p.gold, p.gold.clone(), p.groups.clone())?)?);
    }
    evaluation.baselines.push(("majority".to_owned(), baseline));
    let record = TrainingRecord::of_model(&model.header().evaluation);
    let seen = seen_in_training(record.as_ref(), &dataset.examples);
    evaluation.slices = all_slices(&predictions, dataset, &details.slices, seen.as_deref(), bootstrap)?;
    evaluation.errors = error_rows(&predictions, dataset, Some(model), details.n_errors)?;
    evaluation.label_errors = suspect_rows(&predictions, dataset, details.n_label_errors)?;
    let statements: Vec<&Statement> = dataset.examples.iter().map(|e| &e.statement).collect();
    let groups = groups(&dataset.examples, group_columns);
    evaluation.notes.extend(copies_note(&dataset.examples, &groups));
    evaluation.drift = Some(drift(model, &statements, &predictions, &groups, bootstrap)?);
    if details.n_speaker_swaps > 0 {
        let all = speaker_swap(model, &statements, &groups, details.n_speaker_swaps, bootstrap);
        let is_here = |task: &str| predictions.iter().any(|p| p.task.name == task);
        evaluation.speaker_swap = all.into_iter().filter(|swap| is_here(&swap.task)).collect();
    }
    Ok(evaluation)
}

/// Figures with intervals, and with thresholds where the task has some.
pub(super) fn figures(predictions: &Predictions, thresholds: &[f64], bootstrap: &Bootstrap) -> Result<Figures> {
    let figures = Figures::of(predictions)?.with_intervals(predictions, bootstrap)?;
    if thresholds.is_empty() { Ok(figures) } else { figures.with_thresholds(thresholds) }
}
