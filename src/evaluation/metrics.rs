//! The figures of one model on one task.

use serde::{Serialize, Serializer};

use crate::error::{Error, Result};
use crate::evaluation::bootstrap::Bootstrap;
use crate::evaluation::calibration::{Reliability, brier, log_loss};
use crate::evaluation::counts::Counts;
use crate::evaluation::coverage::{Abstention, CoveragePoint, abstention, curve};
use crate::evaluation::mistakes::missed_and_wrong;
use crate::evaluation::predictions::Predictions;
use crate::label::TaskKind;

/// A figure and its 95 % interval.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// The figure on the rows as they are.
    pub value: f64,
    /// Lower end; `None` where no interval was computed, or the rows form a single group.
    pub low: Option<f64>,
    /// Upper end, as `low`.
    pub high: Option<f64>,
}

/// Figures of one model on the labelled rows of one task; all but `log_loss` and `brier` lie in 0..=1.
///
/// They are those of scikit-learn with `zero_division=0`; each field says what differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Name of the task; in files it is the key.
    #[serde(skip)]
    pub task: String,
    /// Labelled rows.
    pub n_rows: usize,
    /// Groups that those rows form.
    pub n_groups: usize,
    /// Mean F1 over the labels that hold in at least one row (see [`Counts::macro_f1`]).
    pub macro_f1: Estimate,
    /// F1 over all decisions together.
    pub micro_f1: f64,
    /// The 95 % interval of `micro_f1`: its low and high end.
    pub micro_f1_interval: Option<(f64, f64)>,
    /// Share of rows whose predicted labels are exactly those that hold.
    pub accuracy: f64,
    /// By label, in the task's order.
    #[serde(serialize_with = "as_map")]
    pub labels: Vec<(String, LabelFigures)>,
    /// Expected calibration error, 15 bins of equal mass. Multi: mean over labels. Single: of the most probable label.
    pub ece: f64,
    /// Squared error of the probabilities. Multi: mean over labels, in 0..=1. Single: sum over classes, in 0..=2.
    pub brier: f64,
    /// Negative log likelihood in nats, probabilities clipped at 1e-15. Multi: mean over labels.
    pub log_loss: f64,
    /// Precision of the surest part of what the model says; nothing is abstained from.
    pub coverage: Vec<CoveragePoint>,
    /// What is left where the model abstains, if it does. All other figures are without abstaining.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abstention: Option<Abstention>,
    /// Single only: rows by label that holds (outer) and label predicted (inner), in the task's order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confusion: Option<Vec<Vec<usize>>>,
    /// Multi only: rows by label missed (outer) and label wrongly given (inner), in the task's order; the last outer
    /// entry is "none missed", the last inner one "none given".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missed_and_wrong: Option<Vec<Vec<usize>>>,
}

/// Figures of one label.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LabelFigures {
    /// Share of the predicted that hold; 0 where none was predicted.
    pub precision: f64,
    /// Share of those that hold that were predicted; 0 where none holds.
    pub recall: f64,
    /// Their harmonic mean; 0 where it is not defined.
    pub f1: f64,
    /// Sum over thresholds of precision x gain in recall, as `average_precision_score`; 0 where no row holds it.
    pub average_precision: f64,
    /// Rows where it holds.
    pub support: usize,
    /// Rows where it was predicted.
    pub n_predicted: usize,
    /// Probability from which on the model says it holds, if the model says so by a threshold.
    pub threshold: Option<f64>,
}

impl Figures {
    /// The figures of `predictions`, without intervals and thresholds.
    ///
    /// Time O(rows x labels x log rows).
    ///
    /// # Errors
    /// As [`Predictions::check`].
    pub fn of(predictions: &Predictions) -> Result<Self> {
        predictions.check()?;
        let counts = Counts::of(predictions);
        let labels = predictions.task.labels.names().zip(&counts).enumerate().map(|(label, (name, counts))| {
            let figures = LabelFigures {
                precision: counts.precision(),
                recall: counts.recall(),
                f1: counts.f1(),
                average_precision: average_precision(predictions, label),
                support: usize::try_from(counts.support()).unwrap_or(0),
                n_predicted: usize::try_from(counts.true_positives + counts.false_positives).unwrap_or(0),
                threshold: None,
            };
            (name.to_owned(), figures)
        });
        let n_rows = predictions.labelled().count();
        let n_right = predictions.labelled().filter(|row| row.gold == row.predicted).count();
        let mut groups: Vec<usize> = predictions.labelled().map(|row| row.group).collect();
        groups.sort_unstable();
        groups.dedup();
        Ok(Self {
            task: predictions.task.name.clone(),
            n_rows,
            n_groups: groups.len(),
            macro_f1: Estimate { value: Counts::macro_f1(&counts), low: None, high: None },
            micro_f1: Counts::micro_f1(&counts),
            micro_f1_interval: None,
            accuracy: n_right as f64 / n_rows as f64,
            labels: labels.collect(),
            ece: Reliability::of(predictions).ece(|_| 1),
            brier: brier(predictions),
            log_loss: log_loss(predictions),
            coverage: curve(predictions),
            abstention: None,
            confusion: confusion(predictions),
            missed_and_wrong: (predictions.task.kind == TaskKind::Multi).then(|| missed_and_wrong(predictions)),
        })
    }

    /// The same figures with 95 % intervals of macro and micro F1, over groups of the same `predictions`.
    ///
    /// # Errors
    /// As [`Predictions::check`].
    pub fn with_intervals(mut self, predictions: &Predictions, bootstrap: &Bootstrap) -> Result<Self> {
        let (macro_f1, micro_f1) = bootstrap.f1(predictions)?;
        self.macro_f1 = macro_f1;
        self.micro_f1_interval = micro_f1.low.zip(micro_f1.high);
        Ok(self)
    }

    /// The same figures, with the threshold of each label, in the task's order.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Data`] if there is not one threshold a label.
    pub fn with_thresholds(mut self, thresholds: &[f64]) -> Result<Self> {
        if thresholds.len() != self.labels.len() {
            let (found, n_labels) = (thresholds.len(), self.labels.len());
            return Err(Error::data(format!("task \"{}\": {found} thresholds for {n_labels} labels", self.task)));
        }
        for ((_, figures), threshold) in self.labels.iter_mut().zip(thresholds) {
            figures.threshold = Some(*threshold);
        }
        Ok(self)
    }

    /// The same figures with what is left of `predictions` where row i abstains from the labels `abstained[i]`.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Data`] if there is not one list a row.
    pub fn with_abstention(mut self, predictions: &Predictions, abstained: &[Vec<usize>]) -> Result<Self> {
        self.abstention = abstention(predictions, abstained)?;
        Ok(self)
    }

    /// The figures of the label called `name`.
    pub fn label(&self, name: &str) -> Option<&LabelFigures> {
        self.labels.iter().find(|(label, _)| label == name).map(|(_, figures)| figures)
    }
}

/// How much of a model's macro F1 comes from having met the speakers: that of a random split less that of a split by
/// speaker. Above 0.02 or so the model knows people rather than words.
pub fn leak_gap(random: &Figures, speaker: &Figures) -> f64 {
    random.macro_f1.value - speaker.macro_f1.value
}

/// Writes (name, value) pairs as a map in their order.
pub(super) fn as_map<S: Serializer, V: Serialize>(
    pairs: &[(String, V)],
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(name, value)| (name, value)))
}

fn average_precision(predictions: &Predictions, label: usize) -> f64 {
    let mut ranked: Vec<(f64, bool)> =
        predictions.labelled().map(|row| (row.probabilities[label], row.gold.contains(&label))).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let support = ranked.iter().filter(|(_, holds)| *holds).count();
    let (mut n_seen, mut n_held, mut sum) = (0, 0, 0.0);
    for run in ranked.chunk_by(|a, b| a.0 == b.0) {
        let gained = run.iter().filter(|(_, holds)| *holds).count();
        n_seen += run.len();
        n_held += gained;
        sum += gained as f64 * n_held as f64 / n_seen as f64;
    }
    if support == 0 { 0.0 } else { sum / support as f64 }
}

fn confusion(predictions: &Predictions) -> Option<Vec<Vec<usize>>> {
    if predictions.task.kind != TaskKind::Single {
        return None;
    }
    let n_labels = predictions.task.labels.len();
    let mut table = vec![vec![0; n_labels]; n_labels];
    for row in predictions.labelled() {
        if let (Some(&gold), Some(&predicted)) = (row.gold.first(), row.predicted.first()) {
            table[gold][predicted] += 1;
        }
    }
    Some(table)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::dataset::random::Random;
    use crate::evaluation::predictions::tests::example;
    use crate::label::{LabelSet, Task};

    /// One case of `tests/expected/metrics.json`, written by `tests/expected/metrics.py` with scikit-learn.
    #[derive(Deserialize)]
    struct Case {
        name: String,
        kind: TaskKind,
        n_labels: usize,
        gold: Vec<Vec<usize>>,
        predicted: Vec<Vec<usize>>,
        probabilities: Vec<f64>,
        expected: Expected,
    }

    #[derive(Deserialize)]
    struct Expected {
        precision: Vec<f64>,
        recall: Vec<f64>,
        f1: Vec<f64>,
        average_precision: Vec<f64>,
        support: Vec<usize>,
        macro_f1: f64,
        micro_f1: f64,
        accuracy: f64,
        ece: f64,
        brier: f64,
        log_loss: f64,
        confusion: Option<Vec<Vec<usize>>>,
    }

    fn cases() -> Vec<Case> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/expected/metrics.json");
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    }

    #[test]
    fn figures_are_those_of_scikit_learn() {
        for case in cases() {
            let labels = LabelSet::from_names((0..case.n_labels).map(|i| format!("l{i}"))).unwrap();
            let figures = Figures::of(&Predictions {
                task: Task { name: "task".to_owned(), kind: case.kind, labels },
                groups: (0..case.gold.len()).collect(),
                gold: case.gold.into_iter().map(Some).collect(),
                probabilities: case.probabilities,
                predicted: case.predicted,
            })
            .unwrap();
            let expected = case.expected;
            let same = |what: &str, found: f64, wanted: f64| {
                assert!((found - wanted).abs() < 1e-9, "{}: {what}: {found}, not {wanted}", case.name);
            };
            for (i, (name, label)) in figures.labels.iter().enumerate() {
                same(&format!("precision of {name}"), label.precision, expected.precision[i]);
                same(&format!("recall of {name}"), label.recall, expected.recall[i]);
                same(&format!("f1 of {name}"), label.f1, expected.f1[i]);
                same(&format!("ap of {name}"), label.average_precision, expected.average_precision[i]);
                assert_eq!(label.support, expected.support[i]);
            }
            same("macro f1", figures.macro_f1.value, expected.macro_f1);
            same("micro f1", figures.micro_f1, expected.micro_f1);
            same("accuracy", figures.accuracy, expected.accuracy);
            same("ece", figures.ece, expected.ece);
            same("brier", figures.brier, expected.brier);
            same("log loss", figures.log_loss, expected.log_loss);
            assert_eq!(figures.confusion, expected.confusion, "{}", case.name);
        }
    }

    #[test]
    fn order_of_rows_does_not_matter() {
        for kind in [TaskKind::Multi, TaskKind::Single] {
            let one = example(kind, 300, 40, 5);
            let mut order: Vec<usize> = (0..300).collect();
            Random::new(1).shuffle(&mut order);
            let other = Predictions {
                task: one.task.clone(),
                gold: order.iter().map(|&i| one.gold[i].clone()).collect(),
                probabilities: order.iter().flat_map(|&i| one.probabilities[i * 4..(i + 1) * 4].to_vec()).collect(),
                predicted: order.iter().map(|&i| one.predicted[i].clone()).collect(),
                groups: order.iter().map(|&i| one.groups[i]).collect(),
            };
            let figures = |p: &Predictions| Figures::of(p).unwrap().with_intervals(p, &Bootstrap::default()).unwrap();
            let (a, mut b) = (figures(&one), figures(&other));
            assert!((a.brier - b.brier).abs() < 1e-12 && (a.log_loss - b.log_loss).abs() < 1e-12);
            (b.brier, b.log_loss) = (a.brier, a.log_loss);
            assert_eq!(a, b);
        }
    }

    #[test]
    fn written_as_the_schema_says() {
        let predictions = example(TaskKind::Multi, 50, 10, 2);
        let figures = Figures::of(&predictions).unwrap().with_thresholds(&[0.1, 0.2, 0.3, 0.4]).unwrap();
        assert!(figures.clone().with_thresholds(&[0.1]).is_err());
        let text = serde_json::to_string(&figures).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["labels"]["b"]["threshold"], 0.2);
        assert_eq!(json["macro_f1"]["value"], figures.macro_f1.value);
        assert_eq!(json["micro_f1"], figures.micro_f1);
        assert!(json.get("task").is_none() && json.get("confusion").is_none());
        assert_eq!(figures.label("a").unwrap().threshold, Some(0.1));
    }

    #[test]
    fn gap_is_random_less_speaker() {
        let mut random = Figures::of(&example(TaskKind::Multi, 50, 10, 2)).unwrap();
        let mut speaker = random.clone();
        (random.macro_f1.value, speaker.macro_f1.value) = (0.75, 0.5);
        assert_eq!(leak_gap(&random, &speaker), 0.25);
    }
}
