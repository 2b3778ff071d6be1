//! All figures of one model, as they are written: `demarche.evaluation/1`.

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::evaluation::drift::{Drift, TrainingRecord};
use crate::evaluation::metrics::{Figures, leak_gap};
use crate::evaluation::mistakes::Suspect;
use crate::evaluation::slices::Slice;
use crate::evaluation::swap::SpeakerSwap;

/// All figures of one model.
///
/// Written as `schema`, `model`, `data`, `tasks` (those of the headline split), `splits`, `leak_gap` (of the first
/// task: macro F1 of the random split minus that of held-out speakers), `baselines`, `slices`, `errors` and `label_errors` (where asked for) and `notes`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evaluation {
    /// What is known of the model.
    pub model: Value,
    /// What is known of the rows.
    pub data: Value,
    /// One a task.
    pub tasks: Vec<Figures>,
    /// By split, where rows were split: name and one entry a task. The headline split comes first.
    pub splits: Vec<(String, Vec<Figures>)>,
    /// By baseline, on the rows of the headline split: name and one entry a task.
    pub baselines: Vec<(String, Vec<Figures>)>,
    /// Figures of parts of the rows, where asked for.
    pub slices: Vec<Slice>,
    /// The rows that are most wrong, where asked for.
    pub errors: Vec<ErrorRow>,
    /// Labels of the file that may be wrong, where asked for.
    pub label_errors: Vec<SuspectRow>,
    /// Labels under other speakers, one a task, where asked for.
    pub speaker_swap: Vec<SpeakerSwap>,
    /// How far the rows are from those of training; `None` at training.
    pub drift: Option<Drift>,
    /// What the model keeps of its training rows; `None` elsewhere.
    pub training: Option<TrainingRecord>,
    /// What was odd.
    pub notes: Vec<String>,
}

/// A row on which the model is wrong, with what made it so.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ErrorRow {
    /// Name of the task.
    pub task: String,
    /// Name of the row.
    pub id: String,
    /// Its line in the file, from 1.
    pub line: u64,
    /// What was classified.
    pub text: String,
    /// Labels that hold.
    pub labels: Vec<String>,
    /// Labels that the model gives.
    pub predicted: Vec<String>,
    /// Negative log likelihood of the row, in nats; see [`crate::evaluation::Mistake`].
    pub loss: f64,
    /// One entry for each wrong and each missed label.
    pub why: Vec<Why>,
}

/// Why a label was wrongly given or missed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Why {
    /// The label.
    pub label: String,
    /// Whether it holds, and was missed; else it was wrongly given.
    pub missed: bool,
    /// Its probability by the model.
    pub probability: f64,
    /// The largest contributions to its logit: name of the feature and value. Empty where the model that judged the row
    /// is not at hand, as out of fold.
    pub contributions: Vec<(String, f64)>,
}

/// A label of the file that may be wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SuspectRow {
    /// Name of the task.
    pub task: String,
    /// Name of the row.
    pub id: String,
    /// Its line in the file, from 1.
    pub line: u64,
    /// What was classified.
    pub text: String,
    /// The label in question.
    #[serde(flatten)]
    pub suspect: Suspect,
}

impl Evaluation {
    /// Macro F1 of the random split minus that of held-out speakers, of task number `task`: how much a random split
    /// flatters. `None` where one of the two was not worked out.
    pub fn leak_gap(&self, task: usize) -> Option<f64> {
        let figures = |name: &str| self.splits.iter().find(|s| s.0 == name).and_then(|s| s.1.get(task));
        Some(leak_gap(figures("random")?, figures("speaker")?))
    }
}

impl Serialize for Evaluation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema", "demarche.evaluation/1")?;
        map.serialize_entry("model", &self.model)?;
        map.serialize_entry("data", &self.data)?;
        map.serialize_entry("tasks", &ByTask(&self.tasks))?;
        map.serialize_entry("splits", &ByName(&self.splits))?;
        map.serialize_entry("leak_gap", &self.leak_gap(0))?;
        map.serialize_entry("baselines", &ByName(&self.baselines))?;
        if let Some(drift) = &self.drift {
            map.serialize_entry("drift", drift)?;
        }
        if let Some(training) = &self.training {
            map.serialize_entry("training", training)?;
        }
        // Only where asked for: a model's own header must hold no rows of its data.
        if !self.slices.is_empty() {
            map.serialize_entry("slices", &self.slices)?;
        }
        if !self.errors.is_empty() {
            map.serialize_entry("errors", &self.errors)?;
        }
        if !self.label_errors.is_empty() {
            map.serialize_entry("label_errors", &self.label_errors)?;
        }
        if !self.speaker_swap.is_empty() {
            map.serialize_entry("speaker_swap", &Swaps(&self.speaker_swap))?;
        }
        map.serialize_entry("notes", &self.notes)?;
        map.end()
    }
}

struct Swaps<'a>(&'a [SpeakerSwap]);

impl Serialize for Swaps<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|swap| (&swap.task, swap)))
    }
}

struct ByTask<'a>(&'a [Figures]);

impl Serialize for ByTask<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|f| (&f.task, f)))
    }
}

struct ByName<'a>(&'a [(String, Vec<Figures>)]);

impl Serialize for ByName<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, figures)| (name, ByTask(figures))))
    }
}
