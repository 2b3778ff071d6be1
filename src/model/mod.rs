//! How likely is each label, and why?
//!
//! A [`Model`] is everything that scoring needs: codebook, feature settings, vocabulary, weights, thresholds, and the
//! figures that it was judged by. Calibration is folded into the weights, so that the probability of a label is the
//! link function of its logit and nothing else (where any number of labels hold, a label gives way to likelier ones before it,
//! see [`TaskModel::rivalry`]); isotonic calibration, where it was asked for, is a stored [`LineTable`]
//! after the link function, and explanations add up to the logit before it.

mod decision;
mod explain;
mod file;
pub(crate) mod logistic;
mod table;

pub use decision::decide;
pub use explain::{Contribution, Explanation};
pub use file::{FORMAT_VERSION, MAX_HEADER, TopFeature};
pub use logistic::{Scores, TaskScores, probabilities, sigmoid};
pub use table::LineTable;

use std::collections::BTreeMap;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::dataset::learnt::LearntTexts;
use crate::error::{Error, ErrorKind, Result, is_unprintable};
use crate::features::{FeatureSettings, Vectorizer};
use crate::label::{NONE, Task, TaskKind};

/// A trained model.
pub struct Model {
    header: Header,
    vectorizer: Vectorizer,
    /// `n_features x n_outputs`, feature after feature: one feature's weights lie together in memory, as in the file. A
    /// weight is a number times the scale of its output: an `i16` (little-endian), or in models of many weights the
    /// [`signed_square`] of one byte.
    weights: Cow<'static, [u8]>,
    /// Bytes of a weight: 1 or 2.
    width: usize,
    /// One an output.
    scales: Vec<f32>,
    /// One an output.
    intercepts: Vec<f64>,
    /// Which texts it has learnt from.
    learnt: LearntTexts,
    /// "blake3:" and the first 32 hexadecimal digits of the checksum of its file.
    id: String,
}

/// What a model says of itself: everything in its file but the arrays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Name and version of the codebook, where its labels are of one.
    pub codebook: Option<String>,
    /// The stemming rules it was made with; others would make other features.
    pub stemmer: String,
    /// Its features.
    pub features: FeatureSettings,
    /// Columns of the training file that were called otherwise than usual, by their usual name ("text": "review").
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
    /// Columns whose rows belong together, before speaker and article: those of its own figures, for intervals of others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group_columns: Vec<String>,
    /// Its tasks; their labels in order are the outputs.
    pub tasks: Vec<TaskModel>,
    /// Number of features.
    pub n_features: usize,
    /// Bytes of all names of features, each with a line feed.
    pub n_name_bytes: usize,
    /// Bytes of the digest of the texts it has learnt from; 0 where it has none, as models of older versions.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub n_learnt_bytes: usize,
    /// How it was made.
    pub provenance: Provenance,
    /// The figures it was judged by, in the shape of `evaluate --format json`; `null` where it never was.
    pub evaluation: serde_json::Value,
}

fn is_zero(n: &usize) -> bool {
    *n == 0
}

/// One task of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskModel {
    /// Name, kind and labels.
    pub task: Task,
    /// Multi: from which probability on each label holds. Single: empty.
    pub thresholds: Vec<f64>,
    /// Multi: labels whose probability is nearer to their threshold than this are abstained from. Single: nothing is
    /// said where the best two labels are nearer to each other than this. 0 switches it off.
    pub abstain_band: f64,
    /// The probability from which on a label is sure enough to be said: labels that reach their threshold but not this
    /// are abstained from. Multi: one a label. Single: one, for the most probable label. Empty: all are sure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sure: Vec<f64>,
    /// Multi: how far each label gives way to the others. Empty: none does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rivalry: Vec<Rivalry>,
    /// Isotonic calibration, one table a label, applied after the link function; empty where a line is enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<LineTable>,
    /// Rows by label that the weights were learnt from.
    pub n_positives: Vec<usize>,
    /// Rows that are labelled for the task.
    pub n_rows: usize,
    /// How the probabilities were calibrated, in words.
    pub calibration: String,
}

impl TaskModel {
    /// Whether it ever leaves unsaid what is not sure enough.
    pub fn abstains(&self) -> bool {
        self.abstain_band > 0.0 || !self.sure.is_empty()
    }
}

/// How far a label gives way to the others of its task: `offset + factor * sum(ln(1 + e^logit))`, the sum being over the other
/// labels, is added to its logit. It is minus the logarithm of the probability that none of them holds, were they independent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rivalry {
    /// Added whatever the others are.
    pub offset: f64,
    /// Below 0: likelier others take away from this label.
    pub factor: f64,
}

/// How a model was made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Version of demarche.
    pub tool: String,
    /// The command, or a description of the call.
    pub command: String,
    /// The training files: name and blake3 of the bytes.
    pub data: Vec<DataFile>,
    /// Seed of folds and intervals.
    pub seed: u64,
    /// Cost C of the solver, one a task.
    pub costs: Vec<f64>,
    /// Which solver.
    pub solver: String,
    /// Whether each fit converged, and other remarks.
    pub notes: Vec<String>,
}

/// One training file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataFile {
    /// File name without folders.
    pub name: String,
    /// blake3 of its bytes, hexadecimal.
    pub blake3: String,
    /// Rows.
    pub n_rows: usize,
}

/// How many bits a model keeps of each weight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 16, in steps of 1/32767 of the largest of its output: the loss of the fit rises by some 1e-8 of itself.
    #[default]
    Full,
    /// 8, the nearest of the squares of -127..=127 in steps of 1/127² of the largest (small weights, which most are, by less
    /// than large ones): half the file and less memory traffic, and probabilities that differ by up to a percent.
    Compact,
}

/// The square of a number of 8 bits (two's complement, in -128..=127), with its sign: in -16384..=16129.
const fn signed_square(root: u8) -> i16 {
    let root = root.cast_signed() as i16;
    root * root.abs()
}

/// [`signed_square`] of every byte: half the instructions of working it out for each weight.
static SQUARES: [f64; 256] = {
    let mut squares = [0.0; 256];
    let mut i = 0;
    while i < squares.len() {
        squares[i] = signed_square(i as u8) as f64;
        i += 1;
    }
    squares
};

/// The byte whose [`signed_square`] is nearest to `x`, of those in -127..=127.
fn signed_root(x: f32) -> u8 {
    let below = x.abs().sqrt().floor().min(126.0);
    // The middle of two squares is x² + x + 1/2.
    let root = if x.abs() > below * below + below + 0.5 { below + 1.0 } else { below };
    (root.copysign(x) as i8).cast_unsigned()
}

impl Model {
    /// A model of these parts. `weights` is `n_features x n_outputs`, feature after feature; `intercepts` has one
    /// value an output; outputs are the labels of all tasks in order. Sets the counts and the stemmer in the header.
    ///
    /// Weights are rounded; the rounded weights are the model (explanations stay exact).
    ///
    /// # Errors
    /// [`ErrorKind::Numeric`] if a number is not finite, [`ErrorKind::Model`] if the sizes do not fit.
    pub fn from_parts(
        header: Header,
        vectorizer: Vectorizer,
        weights: &[f32],
        intercepts: Vec<f64>,
        precision: Precision,
    ) -> Result<Self> {
        if !weights.iter().all(|w| w.is_finite()) {
            return Err(Error::new(ErrorKind::Numeric, "model holds a weight that is not finite"));
        }
        let n_outputs = intercepts.len().max(1);
        let width = if precision == Precision::Compact { 1 } else { 2 };
        let largest = f32::from(if width == 1 { signed_square(i8::MAX.cast_unsigned()) } else { i16::MAX });
        let mut scales = vec![f32::MIN_POSITIVE; intercepts.len()];
        for row in weights.chunks(n_outputs) {
            for (scale, weight) in scales.iter_mut().zip(row) {
                *scale = scale.max(weight.abs() / largest);
            }
        }
        let in_steps = weights.chunks(n_outputs).flat_map(|row| row.iter().zip(&scales).map(|(w, s)| w / s));
        // In range by the choice of the scale; the cast of a float saturates anyway.
        let weights = match width {
            1 => in_steps.map(signed_root).collect(),
            _ => in_steps.flat_map(|w| (w.round() as i16).to_le_bytes()).collect(),
        };
        Self::assembled(header, vectorizer, weights, width, scales, intercepts, LearntTexts::default())
    }

    fn assembled(
        mut header: Header,
        vectorizer: Vectorizer,
        weights: Vec<u8>,
        width: usize,
        scales: Vec<f32>,
        intercepts: Vec<f64>,
        learnt: LearntTexts,
    ) -> Result<Self> {
        header.n_learnt_bytes = learnt.bytes().len();
        header.n_features = vectorizer.n_features();
        header.n_name_bytes = vectorizer.names().map(|n| n.len() + 1).sum();
        header.features = vectorizer.settings().clone();
        header.stemmer = crate::text::STEMMER.to_owned();
        let weights = Cow::Owned(weights);
        let mut model = Self { header, vectorizer, weights, width, scales, intercepts, learnt, id: String::new() };
        model.check()?;
        model.id = file::id(&model.to_bytes()?);
        Ok(model)
    }

    /// The same model with another description; the counts, features and labels of `header` are not taken over.
    ///
    /// # Errors
    /// As [`Model::from_parts`].
    pub fn with_header(self, header: Header) -> Result<Self> {
        let header = Header { tasks: self.header.tasks, ..header };
        let weights = self.weights.into_owned();
        Self::assembled(header, self.vectorizer, weights, self.width, self.scales, self.intercepts, self.learnt)
    }

    /// The same model, which keeps what texts it has learnt from. Its [`Model::id`] is told by [`Model::with_header`].
    #[must_use]
    pub fn with_learnt(self, learnt: LearntTexts) -> Self {
        Self { learnt, ..self }
    }

    /// Which texts it has learnt from; empty for models of older versions.
    pub fn learnt(&self) -> &LearntTexts {
        &self.learnt
    }

    /// What the model says of itself.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// "blake3:" and 32 hexadecimal digits: equal only for equal files.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Which model it is: `id`, `name`, `version`.
    pub fn record(&self) -> serde_json::Value {
        let Header { name, version, .. } = &self.header;
        serde_json::json!({"id": self.id, "name": name, "version": version})
    }

    /// Its vocabulary.
    pub fn vectorizer(&self) -> &Vectorizer {
        &self.vectorizer
    }

    /// Its tasks.
    pub fn tasks(&self) -> impl ExactSizeIterator<Item = &Task> {
        self.header.tasks.iter().map(|t| &t.task)
    }

    /// Number of labels over all tasks.
    pub fn n_outputs(&self) -> usize {
        self.intercepts.len()
    }

    /// Weight of a column for an output.
    fn weight(&self, column: usize, output: usize) -> f64 {
        let at = self.width * (column * self.intercepts.len() + output);
        let steps = match self.width {
            1 => signed_square(self.weights[at]),
            _ => i16::from_le_bytes([self.weights[at], self.weights[at + 1]]),
        };
        f64::from(steps) * f64::from(self.scales[output])
    }

    fn check(&self) -> Result<()> {
        let damaged = |what: String| Err(Error::new(ErrorKind::Model, format!("model is damaged: {what}")));
        let n_outputs: usize = self.tasks().map(|t| t.labels.len()).sum();
        if self.intercepts.len() != n_outputs
            || self.scales.len() != n_outputs
            || Some(self.weights.len()) != self.vectorizer.n_features().checked_mul(self.width * n_outputs)
        {
            return damaged("its arrays do not fit its labels".to_owned());
        }
        let numbers = self.header.tasks.iter().flat_map(|t| {
            t.thresholds
                .iter()
                .chain(&t.sure)
                .chain([&t.abstain_band])
                .chain(t.rivalry.iter().flat_map(|r| [&r.offset, &r.factor]))
        });
        if !(self.scales.iter().all(|s| s.is_finite())
            && self.vectorizer.idf().iter().all(|w| w.is_finite())
            && self.intercepts.iter().chain(numbers).all(|w| w.is_finite()))
        {
            return Err(Error::new(ErrorKind::Numeric, "model holds a number that is not finite"));
        }
        for (i, t) in self.header.tasks.iter().enumerate() {
            t.task.labels.clone().checked().map_err(|e| Error::new(ErrorKind::Model, e.message().to_owned()))?;
            if t.task.kind == TaskKind::Multi && t.task.labels.index(NONE).is_some() {
                return damaged(format!("task \"{}\" has a label \"{NONE}\", which says that none holds", t.task.name));
            }
            if t.task.name.is_empty() || t.task.name.contains(|c| c == '\n' || is_unprintable(c)) {
                return damaged("the name of a task is empty or not printable".to_owned());
            }
            let n_thresholds = if t.task.kind == TaskKind::Multi { t.task.labels.len() } else { 0 };
            if t.thresholds.len() != n_thresholds || t.n_positives.len() != t.task.labels.len() {
                return damaged(format!("task \"{}\" has the wrong number of thresholds", t.task.name));
            }
            let n_sure = if t.task.kind == TaskKind::Multi { t.task.labels.len() } else { 1 };
            let fits = |n: usize, expected: usize| n == 0 || n == expected;
            if !fits(t.sure.len(), n_sure)
                || !fits(t.rivalry.len(), n_thresholds)
                || !fits(t.tables.len(), t.task.labels.len())
                || !t.tables.iter().all(LineTable::is_sound)
            {
                return damaged(format!("task \"{}\" has tables that do not fit its labels", t.task.name));
            }
            if self.header.tasks[..i].iter().any(|other| other.task.name == t.task.name) {
                return damaged(format!("task \"{}\" comes twice", t.task.name));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_become_the_nearest_square() {
        for root in -127..=127_i8 {
            assert_eq!(signed_root(f32::from(signed_square(root.cast_unsigned()))).cast_signed(), root);
        }
        for x in (-16129..=16129).map(|x| x as f32).chain([0.4, 0.6, -0.6, 2.4, 2.6, 16_128.9, f32::MIN_POSITIVE]) {
            let distance = |root: u8| (f32::from(signed_square(root)) - x).abs();
            let nearest = (-127..=127_i8).map(|root| distance(root.cast_unsigned())).fold(f32::MAX, f32::min);
            assert_eq!(distance(signed_root(x)), nearest, "{x}");
        }
    }
}
