//! Beyond the figures: slices, worst rows, doubtful labels, drift, other speakers.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::dataset::random::Random;
use crate::dataset::split::Split;
use crate::dataset::{Dataset, Example};
use crate::error::{Error, Result};
use crate::evaluation::{
    Bootstrap, Drift, ErrorRow, Predictions, Shift, Slice, SpeakerSwap, SuspectRow, SwappedRow, TrainingRecord, Why,
    mistakes, slices, suspects, unknown_words,
};
use crate::features::{Family, Part, SparseRow};
use crate::model::Model;
use crate::statement::Statement;
use crate::text::nearest;

/// Name of the slices by whether a model met the speaker in training.
pub const SEEN_SPEAKER: &str = "seen-speaker";
/// Contributions told of each wrong label.
const N_CONTRIBUTIONS: usize = 5;

/// What is asked for beyond the figures. Nothing by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// Columns to slice by; [`SEEN_SPEAKER`] too.
    pub slices: Vec<String>,
    /// Rows to list that are most wrong, a task.
    pub n_errors: usize,
    /// Labels to list that may be wrong in the file, a task.
    pub n_label_errors: usize,
    /// Other speakers to give each row; 0 leaves the question out.
    pub n_speaker_swaps: usize,
}

/// The slices of all tasks by each of `columns`. `seen`: for [`SEEN_SPEAKER`], whether the speaker of each row was learnt
/// from; `None` where that is not known.
///
/// # Errors
/// [`crate::error::ErrorKind::Usage`] if no row has a value in a column, or the model does not know its speakers.
pub fn all_slices(
    predictions: &[Predictions],
    dataset: &Dataset,
    columns: &[String],
    seen: Option<&[Option<bool>]>,
    bootstrap: &Bootstrap,
) -> Result<Vec<Slice>> {
    let mut found = Vec::new();
    for column in columns {
        let values = slice_values(dataset, column, seen)?;
        for p in predictions {
            found.extend(slices(p, column, &values, bootstrap)?);
        }
    }
    Ok(found)
}

/// Whether the model whose training `record` tells of met the speaker of each row; `None` where it does not say.
pub(super) fn seen_in_training(record: Option<&TrainingRecord>, examples: &[Example]) -> Option<Vec<Option<bool>>> {
    let record = record.filter(|r| r.n_speakers > 0)?;
    Some(examples.iter().map(|e| record.knows_speaker(e)).collect())
}

fn slice_values(dataset: &Dataset, column: &str, seen: Option<&[Option<bool>]>) -> Result<Vec<Option<String>>> {
    let examples = &dataset.examples;
    if column == SEEN_SPEAKER {
        let seen = seen.ok_or_else(|| {
            Error::usage(format!(
                "--slice {SEEN_SPEAKER}: the model does not say which speakers it was trained on; train anew with speakers"
            ))
        })?;
        let name = |seen: &Option<bool>| seen.map(|seen| if seen { "seen" } else { "new" }.to_owned());
        return Ok(seen.iter().map(name).collect());
    }
    let split: Split = column.parse()?;
    let values: Vec<Option<String>> = examples.iter().map(|e| split.value(e)).collect();
    if values.iter().any(Option::is_some) {
        return Ok(values);
    }
    if dataset.tasks.iter().any(|task| task.name == column) {
        return Err(Error::usage(format!(
            "--slice {column}: it is a label column; what the model makes of each label stands in the table of labels"
        )));
    }
    if ["id", "text"].contains(&column) {
        return Err(Error::usage(format!(
            "--slice {column}: rows have one each of their own; slice by a column whose values rows share"
        )));
    }
    // Only what this file can be sliced by.
    let usual =
        ["speaker", "holder", "target", "role", "organization", "country", "cue", "kind", "article", "outlet", "date"];
    let has = |name: &&str| name.parse::<Split>().is_ok_and(|s| examples.iter().any(|e| s.value(e).is_some()));
    let known = seen.map(|_| SEEN_SPEAKER).into_iter().chain(usual.into_iter().filter(has));
    let known: Vec<&str> = known.collect();
    let columns = examples.first().map(|e| e.extra.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>());
    let all = || known.iter().copied().chain(columns.iter().flatten().copied()).filter(|name| *name != column);
    Err(Error::usage(match nearest(column, all()) {
        Some(near) => {
            format!("no row has a value in column \"{column}\", so it has no slices; did you mean \"{near}\"?")
        }
        None if all().next().is_none() => {
            format!("no row has a value in column \"{column}\", so it has no slices; no other column has any")
        }
        None => format!(
            "no row has a value in column \"{column}\", so it has no slices; known: {}",
            all().collect::<Vec<_>>().join(", ")
        ),
    }))
}

/// The `n` worst rows of each task. `model`: the model that judged them, for the explanations; `None` out of fold.
///
/// # Errors
/// As [`Predictions::check`].
pub fn error_rows(
    predictions: &[Predictions],
    dataset: &Dataset,
    model: Option<&Model>,
    n: usize,
) -> Result<Vec<ErrorRow>> {
    let mut found = Vec::new();
    let mut workspace = model.map(|m| m.vectorizer().workspace());
    for p in predictions.iter().filter(|_| n > 0) {
        let (labels, n_labels) = (&p.task.labels, p.task.labels.len());
        let names = |of: &[usize]| of.iter().map(|&k| labels.name(k).to_owned()).collect();
        for mistake in mistakes(p, n)? {
            let example = &dataset.examples[mistake.row];
            let mut why: Vec<Why> = [(&mistake.wrong, false), (&mistake.missed, true)]
                .into_iter()
                .flat_map(|(of, missed)| of.iter().map(move |&k| (k, missed)))
                .map(|(k, missed)| Why {
                    label: labels.name(k).to_owned(),
                    missed,
                    probability: p.probabilities[mistake.row * n_labels + k],
                    contributions: Vec::new(),
                })
                .collect();
            if let (Some(model), Some(workspace)) = (model, workspace.as_mut()) {
                explain(model, p, example, &mistake.wrong, &mistake.missed, workspace, &mut why);
            }
            found.push(ErrorRow {
                task: p.task.name.clone(),
                id: example.id.clone(),
                line: example.line,
                text: example.statement.text.clone(),
                labels: p.gold[mistake.row].as_deref().map(names).unwrap_or_default(),
                predicted: names(&p.predicted[mistake.row]),
                loss: mistake.loss,
                why,
            });
        }
    }
    Ok(found)
}

/// Adds the contributions to the labels of `why`, which are first the wrong, then the missed.
fn explain(
    model: &Model,
    predictions: &Predictions,
    example: &Example,
    wrong: &[usize],
    missed: &[usize],
    workspace: &mut crate::features::Workspace,
    why: &mut [Why],
) {
    let Some((t, task)) = model.tasks().enumerate().find(|(_, task)| task.name == predictions.task.name) else {
        return;
    };
    let labels = wrong.iter().chain(missed).filter_map(|&k| task.labels.index(predictions.task.labels.name(k)));
    let pairs: Vec<(usize, usize)> = labels.map(|k| (t, k)).collect();
    for (why, explanation) in why.iter_mut().zip(model.explain(&example.statement, &pairs, workspace)) {
        why.contributions = summed(explanation.contributions.into_iter().map(|c| (c.feature, c.value)));
        why.contributions.truncate(N_CONTRIBUTIONS);
    }
}

/// Contributions by feature, the largest first: here a feature stands without its place in the text, so that one that is met
/// in three places would look like a slip.
fn summed(contributions: impl Iterator<Item = (String, f64)>) -> Vec<(String, f64)> {
    let mut sums: BTreeMap<String, f64> = BTreeMap::new();
    for (feature, value) in contributions {
        *sums.entry(feature).or_insert(0.0) += value;
    }
    let mut sums: Vec<(String, f64)> = sums.into_iter().collect();
    sums.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    sums
}

/// The `n` labels of each task that are most likely to be wrong in the file.
///
/// # Errors
/// As [`Predictions::check`].
pub fn suspect_rows(predictions: &[Predictions], dataset: &Dataset, n: usize) -> Result<Vec<SuspectRow>> {
    let mut found = Vec::new();
    for p in predictions.iter().filter(|_| n > 0) {
        found.extend(suspects(p, n)?.into_iter().map(|suspect| {
            let example = &dataset.examples[suspect.row];
            SuspectRow {
                task: p.task.name.clone(),
                id: example.id.clone(),
                line: example.line,
                text: example.statement.text.clone(),
                suspect,
            }
        }));
    }
    Ok(found)
}

/// How far the rows are from those that `model` was trained on. `groups`: the group of each, for the intervals.
///
/// # Errors
/// As [`unknown_words`].
pub fn drift(
    model: &Model,
    statements: &[&Statement],
    predictions: &[Predictions],
    groups: &[usize],
    bootstrap: &Bootstrap,
) -> Result<Drift> {
    let record = TrainingRecord::of_model(&model.header().evaluation);
    let counts = unknown_words(statements, model.vectorizer().names(), model.vectorizer().settings())?;
    let unknown_words = counts.map(|counts| Shift {
        here: bootstrap.estimate(groups, |times| {
            let sum = |of: &dyn Fn(&(usize, usize)) -> usize| -> f64 {
                counts.iter().zip(times).map(|(count, &t)| (of(count) * t as usize) as f64).sum()
            };
            sum(&|c| c.0) / sum(&|c| c.1).max(1.0)
        }),
        training: record.as_ref().and_then(|r| r.unknown_words),
    });
    let confidence = predictions.iter().map(|p| {
        let top = top_probabilities(p);
        let here = bootstrap.estimate(groups, |times| {
            let n: f64 = times.iter().map(|&t| f64::from(t)).sum();
            top.iter().zip(times).map(|(p, &t)| p * f64::from(t)).sum::<f64>() / n.max(1.0)
        });
        let recorded = record.as_ref().and_then(|r| r.confidence.iter().find(|(task, _)| *task == p.task.name));
        (p.task.name.clone(), Shift { here, training: recorded.map(|(_, value)| *value) })
    });
    Ok(Drift { unknown_words, confidence: confidence.collect() })
}

/// The probability of the most probable label of each row.
pub(super) fn top_probabilities(predictions: &Predictions) -> Vec<f64> {
    let n_labels = predictions.task.labels.len().max(1);
    predictions.probabilities.chunks(n_labels).map(|row| row.iter().copied().fold(0.0, f64::max)).collect()
}

/// What becomes of the labels when each statement with a speaker is put into the mouth of `n_swaps` other speakers of the
/// same rows, drawn by `seed`, and of none. Words stay as they are, names in them too: only role, organization, country,
/// identity and the like change. One entry a task of the model; `groups` has one number a statement.
pub fn speaker_swap(
    model: &Model,
    statements: &[&Statement],
    groups: &[usize],
    n_swaps: usize,
    bootstrap: &Bootstrap,
) -> Vec<SpeakerSwap> {
    let speaker = |s: &Statement| [&s.speaker, &s.role, &s.organization, &s.country].map(Clone::clone);
    let rows: Vec<usize> = (0..statements.len()).filter(|&i| speaker(statements[i])[0].is_some()).collect();
    let mut others: Vec<[Option<String>; 4]> = rows.iter().map(|&i| speaker(statements[i])).collect();
    others.sort();
    others.dedup();
    // A speaker alone has no others: nothing would change, and that would say nothing.
    let n_swaps = if others.len() > 1 { n_swaps } else { 0 };
    let n_tasks = model.tasks().len();
    let state = || (model.vectorizer().workspace(), SparseRow::default(), SparseRow::default());
    let swapped: Vec<Vec<SwappedRow>> = rows
        .par_iter()
        .map_init(state, |(workspace, words, other), &i| {
            let statement = statements[i];
            let own = speaker(statement);
            model.vectorizer().transform_into(statement, Part::Whole, workspace, words);
            let before = model.score_row(words.view());
            model.vectorizer().transform_into(statement, Part::WithoutSpeaker, workspace, words);
            let without = model.score_row(words.view());
            let mut found = vec![SwappedRow::default(); n_tasks];
            for (t, row) in found.iter_mut().enumerate() {
                row.flips_without = before.tasks[t].labels != without.tasks[t].labels;
            }
            // By the place of the row, so that any number of threads draws the same.
            let mut random = Random::stream(bootstrap.seed, i as u64);
            for _ in 0..n_swaps {
                let mut drawn = &others[random.below(others.len())];
                if *drawn == own {
                    let at = others.iter().position(|o| o == drawn).unwrap_or(0);
                    drawn = &others[(at + 1) % others.len()];
                }
                let [name, role, organization, country] = drawn.clone();
                let mut changed = statement.clone();
                (changed.speaker, changed.role) = (name, role);
                (changed.organization, changed.country) = (organization, country);
                model.vectorizer().transform_into(&changed, Part::Whole, workspace, other);
                let mixed = with_speaker_of(model, words, other);
                let after = model.score_row(mixed.view());
                for (t, row) in found.iter_mut().enumerate() {
                    let (a, b) = (&before.tasks[t], &after.tasks[t]);
                    row.n_flips += usize::from(a.labels != b.labels);
                    let only = |x: &[usize], y: &[usize]| x.iter().filter(|k| !y.contains(k)).count();
                    let n_differ = only(&a.labels, &b.labels) + only(&b.labels, &a.labels);
                    row.decisions += n_differ as f64 / a.probabilities.len().max(1) as f64;
                    let change: f64 = a.probabilities.iter().zip(&b.probabilities).map(|(a, b)| (a - b).abs()).sum();
                    row.change += change / a.probabilities.len().max(1) as f64;
                }
            }
            found
        })
        .collect();
    let groups: Vec<usize> = rows.iter().map(|&i| groups[i]).collect();
    let task = |(t, name): (usize, &str)| {
        let rows: Vec<SwappedRow> = swapped.iter().map(|row| row[t]).collect();
        SpeakerSwap::of(name, &rows, &groups, n_swaps, bootstrap)
    };
    model.tasks().map(|task| task.name.as_str()).enumerate().map(task).collect()
}

/// The row `words` with the speaker block of `other`: blocks are scaled one by one, so that the sum is what the words
/// would give in that mouth.
fn with_speaker_of(model: &Model, words: &SparseRow, other: &SparseRow) -> SparseRow {
    let is_speaker = |column: u32| model.vectorizer().family(column) == Family::Speaker;
    let speaker = other.columns.iter().zip(&other.values).filter(|(column, _)| is_speaker(**column));
    let mut pairs: Vec<(u32, f32)> =
        words.columns.iter().zip(&words.values).chain(speaker).map(|(column, value)| (*column, *value)).collect();
    pairs.sort_by_key(|(column, _)| *column);
    let (columns, values) = pairs.into_iter().unzip();
    SparseRow { columns, values }
}
