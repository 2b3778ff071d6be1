//! Two models x labelled rows -> comparison, on the labels that both have.

use serde_json::{Value, json};

use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::evaluation::{Compare, Comparison, Comparisons, Predictions};
use crate::label::{Label, LabelSet, Task, TaskKind};
use crate::model::{Model, Scores};
use crate::pipeline::details::speaker_swap;
use crate::pipeline::evaluate::{copies_note, decided, groups, learnt_note, n_learnt};
use crate::pipeline::score_statements;
use crate::statement::Statement;

/// Two models on the same labelled rows, task by task. `n_speaker_swaps` as in
/// [`crate::pipeline::details::Details::n_speaker_swaps`].
///
/// Where the models have not the same labels they are compared on those that both have, and a note says so: other labels
/// count as not given in a task where any number holds, and rows with another label are left out where one holds.
///
/// # Errors
/// [`crate::error::ErrorKind::Data`] if the models and the rows share no task or no label, or no row is labelled.
pub fn compare(
    old: &Model,
    new: &Model,
    dataset: &Dataset,
    group_columns: &[String],
    compare: &Compare,
    n_speaker_swaps: usize,
) -> Result<Comparisons> {
    let statements: Vec<&Statement> = dataset.examples.iter().map(|e| &e.statement).collect();
    let groups = groups(&dataset.examples, group_columns);
    let scores = [old, new].map(|model| score_statements(model, &statements));
    let swaps = [old, new].map(|model| match n_speaker_swaps {
        0 => Vec::new(),
        n => speaker_swap(model, &statements, &groups, n, &compare.bootstrap),
    });
    let mut notes = Vec::new();
    let mut tasks: Vec<Comparison> = Vec::new();
    // Two models of one task each are compared on it, whatever each calls it.
    let alone = old.tasks().len() == 1 && new.tasks().len() == 1;
    for (o, task) in old.tasks().enumerate() {
        let same = |other: &Task| other.kind == task.kind && (alone || other.name == task.name);
        let Some(n) = new.tasks().position(same) else { continue };
        let others = &new.header().tasks[n].task;
        let of_file = |other: &Task| same(other) && [&task.name, &others.name].contains(&&other.name);
        let Some(d) = dataset.tasks.iter().position(of_file) else { continue };
        if others.name != task.name {
            notes.push(format!("{}: the new model calls this task {}", task.name, others.name));
        }
        let labels = shared_labels(task, others, &dataset.tasks[d], &mut notes)?;
        let shared = Task { name: task.name.clone(), kind: task.kind, labels };
        let rows = |side: usize, m: usize| projected(&shared, [old, new][side], m, dataset, d, &scores[side], &groups);
        let mut comparison = compare.run(&rows(0, o), &rows(1, n))?;
        let swap = |side: usize, name: &str| swaps[side].iter().find(|s| s.task == name).cloned();
        (comparison.old_swap, comparison.new_swap) = (swap(0, &task.name), swap(1, &others.name));
        tasks.push(comparison);
    }
    if tasks.is_empty() {
        return Err(no_task(old, new, dataset));
    }
    let [old_model, new_model] = [("the old model", old), ("the new model", new)].map(|(name, model)| {
        let n_learnt = n_learnt(model, &dataset.examples);
        notes.extend(learnt_note(name, "it", n_learnt, &dataset.examples));
        facts(model, n_learnt)
    });
    notes.extend(copies_note(&dataset.examples, &groups));
    Ok(Comparisons { old_model: old_model?, new_model: new_model?, tasks, notes, ..Comparisons::default() })
}

/// The error of models and rows that share no task, with what would help.
fn no_task(old: &Model, new: &Model, dataset: &Dataset) -> Error {
    let names = |tasks: &mut dyn Iterator<Item = &Task>| {
        let kind = |task: &Task| if task.kind == TaskKind::Multi { "multi" } else { "single" };
        tasks.map(|t| format!("{}={}", t.name, kind(t))).collect::<Vec<_>>().join(", ")
    };
    let shared = old.tasks().find(|o| new.tasks().any(|n| n.name == o.name && n.kind == o.kind));
    let advice = match shared {
        Some(task) => {
            format!("call the label column of the file \"{}\" (for models with one task --task COLUMN does)", task.name)
        }
        None => "train one of them anew with a label column of the other's name and kind".to_owned(),
    };
    Error::data(format!(
        "the two models and the file share no task; the old model has {}, the new {}, the file {}; {advice}",
        names(&mut old.tasks()),
        names(&mut new.tasks()),
        names(&mut dataset.tasks.iter())
    ))
}

/// Which model it is, how large, and how many of the rows it has learnt from.
fn facts(model: &Model, n_learnt: Option<usize>) -> Result<Value> {
    let mut facts = model.record();
    facts["n_bytes"] = json!(model.to_bytes()?.len());
    facts["n_features"] = json!(model.vectorizer().n_features());
    facts["n_learnt"] = json!(n_learnt);
    Ok(facts)
}

/// The labels that both models have, in the old one's order; a note where these are not all.
fn shared_labels(old: &Task, new: &Task, file: &Task, notes: &mut Vec<String>) -> Result<LabelSet> {
    let shared: Vec<Label> = old.labels.iter().filter(|l| new.labels.index(&l.name).is_some()).cloned().collect();
    if shared.is_empty() {
        return Err(Error::data(format!("task \"{}\": the two models share no label", old.name)));
    }
    let lacks = |of: &Task| -> Vec<String> {
        let is_shared = |name: &str| shared.iter().any(|l| l.name == name);
        of.labels.names().filter(|name| !is_shared(name)).map(str::to_owned).collect()
    };
    let parts: Vec<String> = [("the old model", old), ("the new model", new), ("the file", file)]
        .into_iter()
        .map(|(who, task)| (who, lacks(task)))
        .filter(|(_, more)| !more.is_empty())
        .map(|(who, more)| format!("{who} also has {}", more.join(", ")))
        .collect();
    if !parts.is_empty() {
        let what = match old.kind {
            TaskKind::Multi => "these are not counted",
            TaskKind::Single => "rows with these are left out",
        };
        notes.push(format!(
            "{}: compared on the {} labels that both models have; {}; {what}",
            old.name,
            shared.len(),
            parts.join("; ")
        ));
    }
    LabelSet::from_labels(shared)
}

/// What a model says of the labels of `shared`, as [`decided`].
fn projected(
    shared: &Task,
    model: &Model,
    m: usize,
    dataset: &Dataset,
    d: usize,
    scores: &[Scores],
    groups: &[usize],
) -> Predictions {
    let labels = &model.header().tasks[m].task.labels;
    let numbers =
        |labels: &LabelSet| -> Vec<Option<usize>> { labels.names().map(|n| shared.labels.index(n)).collect() };
    let (of_file, of_model) = (numbers(&dataset.tasks[d].labels), numbers(labels));
    let mapped = |labels: &[usize], numbers: &[Option<usize>]| {
        let mut found: Vec<usize> = labels.iter().filter_map(|&k| numbers[k]).collect();
        found.sort_unstable();
        found
    };
    let places: Vec<Option<usize>> = shared.labels.names().map(|name| labels.index(name)).collect();
    Predictions {
        task: shared.clone(),
        gold: dataset
            .examples
            .iter()
            .map(|e| {
                let gold = mapped(e.labels[d].as_ref()?, &of_file);
                (shared.kind == TaskKind::Multi || !gold.is_empty()).then_some(gold)
            })
            .collect(),
        probabilities: scores
            .iter()
            .flat_map(|s| places.iter().map(|k| k.map_or(0.0, |k| s.tasks[m].probabilities[k])))
            .collect(),
        predicted: scores.iter().map(|s| mapped(&decided(model, m, s), &of_model)).collect(),
        groups: groups.to_vec(),
    }
}
