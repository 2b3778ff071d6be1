//! All figures of one model, as they are written: `demarche.evaluation/1`.

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::evaluation::metrics::{Figures, leak_gap};

/// All figures of one model.
///
/// Written as `schema`, `model`, `data`, `tasks` (those of the headline split), `splits`, `leak_gap` (of the first
/// task: macro F1 of the random split minus that of held-out speakers), `baselines` and `notes`.
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
    /// What was odd.
    pub notes: Vec<String>,
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
        map.serialize_entry("notes", &self.notes)?;
        map.end()
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
