//! Labelled rows -> model with its own figures inside.

use std::collections::{BTreeMap, HashSet};

use serde_json::json;

use crate::dataset::learnt::LearntTexts;
use crate::dataset::split::{Folds, Split};
use crate::dataset::{Dataset, Example};
use crate::error::Result;
use crate::evaluation::{
    Bootstrap, Evaluation, Figures, LabelFigures, Predictions, TrainingRecord, majority, unknown_words_out_of_fold,
};
use crate::features::{FeatureSettings, LexiconSettings, SpeakerSettings, TargetSettings};
use crate::model::{DataFile, Header, Model};
use crate::pipeline::details::{Details, all_slices, error_rows, suspect_rows, top_probabilities};
use crate::pipeline::evaluate::{figures, groups};
use crate::training::decision::{DecisionSettings, ThresholdRule};
use crate::training::trainer::{OutOfFold, TrainSettings, train};

/// What a model is called and what it is made from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// Name of the model.
    pub name: String,
    /// Version of the model.
    pub version: String,
    /// Codebook, where the labels are of one.
    pub codebook: Option<String>,
    /// Columns of other names than the usual, by their usual name.
    pub columns: BTreeMap<String, String>,
    /// The command.
    pub command: String,
    /// The training files.
    pub data: Vec<DataFile>,
    /// Remarks for the card.
    pub notes: Vec<String>,
}

/// Trains a model, works out its figures on rows that it was not fitted on, and puts them inside it.
///
/// # Errors
/// As [`train`].
pub fn train_model(
    dataset: &Dataset,
    settings: &TrainSettings,
    origin: &Origin,
    bootstrap: &Bootstrap,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<(Model, Evaluation)> {
    train_with(dataset, settings, origin, bootstrap, &Details::default(), progress)
}

/// As [`train_model`], with details of the held-out rows in the evaluation (not in the model, which must hold no rows).
///
/// # Errors
/// As [`train`] and [`all_slices`].
pub fn train_with(
    dataset: &Dataset,
    settings: &TrainSettings,
    origin: &Origin,
    bootstrap: &Bootstrap,
    details: &Details,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<(Model, Evaluation)> {
    let trained = train(dataset, settings, progress)?;
    let row_groups = groups(&dataset.examples, &group_columns(settings));
    let mut evaluation = Evaluation {
        data: json!({
            "n_rows": dataset.examples.len(),
            "n_groups": trained.out_of_fold.first().map(|o| o.folds.n_groups),
            "n_folds": settings.n_folds,
        }),
        notes: trained.notes.clone(),
        ..Evaluation::default()
    };
    for out_of_fold in &trained.out_of_fold {
        let figures = split_figures(dataset, out_of_fold, &row_groups, bootstrap)?;
        evaluation.splits.push((out_of_fold.split.to_string(), figures));
    }
    evaluation.tasks = evaluation.splits.first().map(|split| split.1.clone()).unwrap_or_default();
    for (figures, task) in evaluation.tasks.iter_mut().zip(&trained.model.header().tasks) {
        if !task.thresholds.is_empty() {
            *figures = figures.clone().with_thresholds(&task.thresholds)?;
        }
    }
    evaluation.notes.extend(evaluation.tasks.iter().filter_map(|figures| reached(figures, settings)));
    if let Some(headline) = trained.out_of_fold.first() {
        evaluation.baselines = baselines(dataset, settings, headline, &row_groups)?;
    }
    let mut header: Header = trained.model.header().clone();
    header.name.clone_from(&origin.name);
    header.version.clone_from(&origin.version);
    header.codebook.clone_from(&origin.codebook);
    header.columns.clone_from(&origin.columns);
    header.group_columns = group_columns(settings);
    header.provenance.command.clone_from(&origin.command);
    header.provenance.data.clone_from(&origin.data);
    header.provenance.notes = origin.notes.iter().chain(&trained.notes).cloned().collect();
    // Without folds there are no rows that the model can be judged by.
    let mut held_out = Vec::new();
    if let Some(headline) = trained.out_of_fold.first() {
        held_out = split_predictions(dataset, headline, &row_groups);
        evaluation.training = Some(training_record(dataset, settings, headline, &held_out)?);
        let seen = seen_in_other_folds(dataset, &headline.folds);
        evaluation.slices = all_slices(&held_out, dataset, &details.slices, Some(&seen), bootstrap)?;
    }
    evaluation.model = json!({"name": origin.name, "version": origin.version});
    header.evaluation = serde_json::to_value(&evaluation).unwrap_or_default();
    let model = trained.model.with_learnt(LearntTexts::of(dataset)).with_header(header)?;
    evaluation.model = model.record();
    evaluation.errors = error_rows(&held_out, dataset, None, details.n_errors)?;
    evaluation.label_errors = suspect_rows(&held_out, dataset, details.n_label_errors)?;
    Ok((model, evaluation))
}

/// Where thresholds are to reach a share, which labels do so on rows that did not choose them.
fn reached(figures: &Figures, settings: &TrainSettings) -> Option<String> {
    let rule = settings.task_decisions.get(&figures.task).unwrap_or(&settings.decisions).threshold;
    let (share, name, of): (f64, &str, fn(&LabelFigures) -> f64) = match rule {
        _ if figures.labels.iter().all(|(_, l)| l.threshold.is_none()) => return None,
        ThresholdRule::Precision(share) => (share, "precision", |l| l.precision),
        ThresholdRule::Recall(share) => (share, "recall", |l| l.recall),
        ThresholdRule::BestF1 => return None,
    };
    let (reach, miss): (Vec<_>, Vec<_>) = figures.labels.iter().partition(|(_, l)| of(l) >= share);
    let missed: Vec<String> = miss.iter().map(|(label, l)| format!("{label} ({:.2})", of(l))).collect();
    (!missed.is_empty()).then(|| {
        format!(
            "{}: thresholds were chosen for a {name} of {share}; on rows that did not choose them {} of {} labels reach it, and not {}",
            figures.task,
            reach.len(),
            figures.labels.len(),
            missed.join(", ")
        )
    })
}

/// The columns whose groups intervals resample, before speaker and article: those asked for, else that of the split.
pub(super) fn group_columns(settings: &TrainSettings) -> Vec<String> {
    match &settings.split {
        _ if !settings.group_columns.is_empty() => settings.group_columns.clone(),
        Split::Column(_) | Split::Outlet => vec![settings.split.to_string()],
        _ => Vec::new(),
    }
}

/// Whether the speaker of each row is among the rows that are learnt from when its fold is tested.
fn seen_in_other_folds(dataset: &Dataset, folds: &Folds) -> Vec<Option<bool>> {
    let mut learnt: Vec<HashSet<String>> = Vec::new();
    for fold in 0..folds.n_folds {
        let rows = folds.train_rows(fold);
        learnt.push(rows.into_iter().filter_map(|row| Split::Speaker.value(&dataset.examples[row])).collect());
    }
    let seen = |(example, &fold): (&Example, &usize)| Some(learnt[fold].contains(&Split::Speaker.value(example)?));
    dataset.examples.iter().zip(&folds.fold_of).map(seen).collect()
}

/// What the model keeps of its training rows.
fn training_record(
    dataset: &Dataset,
    settings: &TrainSettings,
    headline: &OutOfFold,
    held_out: &[Predictions],
) -> Result<TrainingRecord> {
    let (n_speakers, speakers) = TrainingRecord::speakers_of(&dataset.examples);
    let confidence = held_out.iter().zip(&headline.tasks).map(|(p, tested)| {
        let top = top_probabilities(p);
        let tested: Vec<f64> =
            top.into_iter().zip(&tested.predicted).filter_map(|(p, t)| t.as_ref().map(|_| p)).collect();
        (p.task.name.clone(), tested.iter().sum::<f64>() / tested.len().max(1) as f64)
    });
    Ok(TrainingRecord {
        n_speakers,
        speakers,
        unknown_words: unknown_words_out_of_fold(dataset, &headline.folds, &settings.features)?,
        confidence: confidence.collect(),
    })
}

/// The rows that a fold of the split tests, as predictions of each task.
pub(super) fn split_predictions(dataset: &Dataset, out_of_fold: &OutOfFold, groups: &[usize]) -> Vec<Predictions> {
    dataset
        .tasks
        .iter()
        .zip(&out_of_fold.tasks)
        .enumerate()
        .map(|(t, (task, predicted))| Predictions {
            task: task.clone(),
            gold: dataset
                .examples
                .iter()
                .zip(&predicted.predicted)
                .map(|(e, p)| p.as_ref().and_then(|_| e.labels[t].clone()))
                .collect(),
            probabilities: predicted.probabilities.clone(),
            predicted: predicted.predicted.iter().map(|p| p.clone().unwrap_or_default()).collect(),
            groups: groups.to_vec(),
        })
        .collect()
}

fn split_figures(
    dataset: &Dataset,
    out_of_fold: &OutOfFold,
    groups: &[usize],
    bootstrap: &Bootstrap,
) -> Result<Vec<Figures>> {
    let predictions = split_predictions(dataset, out_of_fold, groups);
    predictions
        .iter()
        .zip(&out_of_fold.tasks)
        .map(|(p, task)| {
            let figures = figures(p, &[], bootstrap)?;
            let abstains = task.abstained.iter().any(|labels| !labels.is_empty());
            if abstains { figures.with_abstention(p, &task.abstained) } else { Ok(figures) }
        })
        .collect()
}

/// What says nothing of the words: the label shares, and the speaker's name alone, on the headline split.
fn baselines(
    dataset: &Dataset,
    settings: &TrainSettings,
    headline: &OutOfFold,
    groups: &[usize],
) -> Result<Vec<(String, Vec<Figures>)>> {
    let shares = split_predictions(dataset, headline, groups)
        .into_iter()
        .map(|p| Figures::of(&majority(&p.task, &p.gold, p.gold.clone(), p.groups.clone())?))
        .collect::<Result<_>>()?;
    let mut out = vec![("majority".to_owned(), shares)];
    if dataset.examples.iter().any(|e| e.statement.speaker.is_some()) {
        let features = FeatureSettings {
            word_ngrams: 0,
            skip_grams: 0,
            character_ngrams: (0, 0),
            cue: false,
            negation: false,
            target: TargetSettings::default(),
            lexicon: LexiconSettings::default(),
            min_target_rows: 0,
            columns: Vec::new(),
            speaker: SpeakerSettings { identity: true, ..SpeakerSettings::none() },
            ..settings.features.clone()
        };
        let identity = TrainSettings {
            features,
            other_splits: Vec::new(),
            costs: vec![1.0],
            decisions: DecisionSettings::default(),
            task_decisions: Default::default(),
            ..settings.clone()
        };
        // With few repeated speakers no name becomes a feature: then there is nothing to compare with.
        if let Ok(trained) = train(dataset, &identity, &|_, _| {}) {
            let figures = split_predictions(dataset, &trained.out_of_fold[0], groups)
                .iter()
                .map(Figures::of)
                .collect::<Result<_>>()?;
            out.push(("speaker name alone".to_owned(), figures));
        }
    }
    Ok(out)
}
