//! What is chosen on held-out rows of a task: calibration, thresholds, and from when on a label is sure.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::label::{Task, TaskKind};
use crate::model::{LineTable, TaskModel, probabilities};
use crate::training::calibration::{Calibration, Platt, Temperature};
use crate::training::isotonic;
use crate::training::threshold::{self, best_f1, for_precision, for_precision_from, for_recall, most_precise};

/// How probabilities are made true.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CalibrationKind {
    /// A straight line in the logit: Platt scaling of each label, or temperature with offsets where one label holds.
    /// Folded into the weights, so that explanations are exact up to the probability.
    #[default]
    Line,
    /// The line, then a monotone table after the link function; needs [`isotonic::MIN_ROWS`] labelled rows, with fewer
    /// the line alone is used.
    Isotonic,
}

/// Which probability gives a label.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum ThresholdRule {
    /// The best F1 of the label to be expected; see [`best_f1`].
    #[default]
    BestF1,
    /// The best recall at this precision or more; where none reaches it, the most precise threshold.
    Precision(f64),
    /// The best precision at this recall or more; where none reaches it, as [`ThresholdRule::BestF1`].
    Recall(f64),
}

/// When a label that would be given is not said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AbstainRule {
    /// So that what is said reaches this precision (multi: of each label; single: of all).
    Precision(f64),
    /// So that this share of what would be given, the most probable, is said.
    Coverage(f64),
}

/// What held-out rows decide, for all tasks or for one.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct DecisionSettings {
    /// How probabilities are made true.
    pub calibration: CalibrationKind,
    /// Which probability gives a label; only where any number of labels hold.
    pub threshold: ThresholdRule,
    /// When nothing is said; `None`: never.
    pub abstain: Option<AbstainRule>,
}

fn share_of(rule: &str, name: &str) -> Option<Result<f64>> {
    let value = rule.strip_prefix(name)?.strip_prefix('=')?;
    let share = value.parse::<f64>().ok().filter(|share| *share > 0.0 && *share <= 1.0);
    Some(share.ok_or_else(|| Error::usage(format!("\"{rule}\": {name} must be a number above 0 and at most 1"))))
}

impl FromStr for ThresholdRule {
    type Err = Error;

    fn from_str(rule: &str) -> Result<Self> {
        if rule == "best-f1" {
            return Ok(Self::BestF1);
        }
        let precision = share_of(rule, "precision").map(|share| share.map(Self::Precision));
        precision.or_else(|| share_of(rule, "recall").map(|share| share.map(Self::Recall))).unwrap_or_else(|| {
            let known = "best-f1, precision=0.8 or recall=0.9";
            Err(Error::usage(format!(
                "unknown rule for thresholds \"{rule}\"; write {known}, after TASK: for one task"
            )))
        })
    }
}

impl FromStr for AbstainRule {
    type Err = Error;

    fn from_str(rule: &str) -> Result<Self> {
        let precision = share_of(rule, "precision").map(|share| share.map(Self::Precision));
        precision.or_else(|| share_of(rule, "coverage").map(|share| share.map(Self::Coverage))).unwrap_or_else(|| {
            let known = "precision=0.75 or coverage=0.5";
            Err(Error::usage(format!(
                "unknown rule for abstaining \"{rule}\"; write {known}, after TASK: for one task"
            )))
        })
    }
}

impl fmt::Display for ThresholdRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BestF1 => f.write_str("best F1"),
            Self::Precision(share) => write!(f, "precision of at least {share}"),
            Self::Recall(share) => write!(f, "recall of at least {share}"),
        }
    }
}

impl fmt::Display for AbstainRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Precision(share) => write!(f, "precision of at least {share}"),
            Self::Coverage(share) => write!(f, "coverage of {share}"),
        }
    }
}

/// Out-of-fold logits of one task with what is true.
pub(crate) struct HeldOut<'a> {
    pub(crate) task: &'a Task,
    /// `gold.len() x n_labels`.
    pub(crate) logits: Vec<f64>,
    /// Labels of each row, ascending.
    pub(crate) gold: Vec<&'a [usize]>,
}

/// What was chosen on held-out rows.
#[derive(Debug, Clone)]
pub(crate) struct Decision {
    pub(crate) calibration: Calibration,
    /// A model of this task without weights: its tables, thresholds and sureness.
    pub(crate) model: TaskModel,
    pub(crate) notes: Vec<String>,
}

impl HeldOut<'_> {
    /// Mean log loss of the calibrated probabilities: what a cost is judged by. Calibration has three numbers a label
    /// at most, so that fitting and judging it on the same rows flatters no cost.
    pub(crate) fn log_loss(&self) -> Result<f64> {
        let (kind, n) = (self.task.kind, self.task.labels.len());
        let calibration = Calibration::fit(kind, n, &self.logits, &self.gold)?;
        let losses = self.gold.iter().zip(self.logits.chunks(n.max(1))).map(|(gold, logits)| {
            let p = probabilities(kind, &calibration.logits(logits));
            let of_label = |k: usize| match (kind, gold.contains(&k)) {
                (TaskKind::Single, false) => 0.0,
                (_, holds) => -(if holds { p[k] } else { 1.0 - p[k] }).max(1e-15).ln(),
            };
            (0..n).map(of_label).sum::<f64>()
        });
        Ok(losses.sum::<f64>() / self.gold.len().max(1) as f64)
    }

    /// Calibration, thresholds and sureness by these rows.
    pub(crate) fn decide(&self, settings: &DecisionSettings) -> Result<Decision> {
        let (kind, n) = (self.task.kind, self.task.labels.len());
        let calibration = Calibration::fit(kind, n, &self.logits, &self.gold)?;
        let mut described = calibration.describe();
        let mut decision = Decision { model: plain(self.task), notes: Vec::new(), calibration };
        if let Calibration::Multi { rivalry, .. } = &decision.calibration {
            decision.model.rivalry.clone_from(rivalry);
        }
        let name = &self.task.name;
        if settings.calibration == CalibrationKind::Isotonic {
            if self.gold.len() < isotonic::MIN_ROWS {
                decision.notes.push(format!(
                    "{name}: {} labelled rows are too few for isotonic calibration (at least {}); a line was used",
                    self.gold.len(),
                    isotonic::MIN_ROWS
                ));
            } else {
                let all = self.probabilities(&decision);
                decision.model.tables = (0..n)
                    .map(|k| isotonic::fit(&column(&all, k, n), &self.holds(k)))
                    .collect::<Result<Vec<LineTable>>>()?;
                described.push_str(", then an isotonic table of each label");
            }
        }
        let all = self.probabilities(&decision);
        if kind == TaskKind::Multi {
            for k in 0..n {
                let (scores, holds) = (column(&all, k, n), self.holds(k));
                let wanted = match settings.threshold {
                    ThresholdRule::BestF1 => Some(best_f1(&scores, &holds)?),
                    ThresholdRule::Precision(share) => for_precision(&scores, &holds, share)?,
                    ThresholdRule::Recall(share) => for_recall(&scores, &holds, share)?,
                };
                let threshold = match (wanted, settings.threshold) {
                    (Some(wanted), _) => wanted,
                    // Who wants precision is not helped by a label that is given more freely.
                    (None, ThresholdRule::Precision(_)) => most_precise(&scores, &holds)?,
                    (None, _) => best_f1(&scores, &holds)?,
                };
                if wanted.is_none() {
                    let (rule, label) = (settings.threshold, self.task.labels.name(k));
                    let instead = match rule {
                        _ if holds.iter().filter(|holds| **holds).count() < 2 => {
                            format!("too few rows have it, {} was used", threshold.value)
                        }
                        ThresholdRule::Precision(_) => format!("the most precise has {:.2}", threshold.precision),
                        _ => "best F1 was used".to_owned(),
                    };
                    decision.notes.push(format!("{name}: no threshold gives \"{label}\" a {rule}; {instead}"));
                }
                decision.model.thresholds.push(threshold.value);
            }
            described.push_str(&format!("; thresholds for {}", settings.threshold));
        }
        if let Some(rule) = settings.abstain {
            self.abstain(rule, &all, &mut decision)?;
            described.push_str(&format!("; abstains for a {rule}"));
        }
        decision.model.calibration = described;
        Ok(decision)
    }

    fn abstain(&self, rule: AbstainRule, all: &[f64], decision: &mut Decision) -> Result<()> {
        let n = self.task.labels.len();
        // What would be given: label, probability, whether it holds.
        let given: Vec<(usize, f64, bool)> = all
            .chunks(n.max(1))
            .zip(&self.gold)
            .flat_map(|(p, gold)| {
                decision.model.decide_all(p).into_iter().map(|k| (k, p[k], gold.contains(&k))).collect::<Vec<_>>()
            })
            .collect();
        let mut sure_enough = |given: Vec<&(usize, f64, bool)>, share: f64, what: &str| -> Result<f64> {
            let (scores, holds): (Vec<f64>, Vec<bool>) = given.into_iter().map(|g| (g.1, g.2)).unzip();
            let found = if scores.is_empty() { None } else { for_precision_from(&scores, &holds, share)? };
            if found.is_none() {
                decision
                    .notes
                    .push(format!("{}: {what} reaches no precision of {share}; it is never said", self.task.name));
            }
            Ok(found.map_or(NEVER, |threshold| threshold.value))
        };
        decision.model.sure = match (rule, self.task.kind) {
            (AbstainRule::Precision(share), TaskKind::Single) => {
                vec![sure_enough(given.iter().collect(), share, "the most probable label")?]
            }
            (AbstainRule::Precision(share), TaskKind::Multi) => (0..n)
                .map(|k| {
                    let what = format!("label \"{}\"", self.task.labels.name(k));
                    sure_enough(given.iter().filter(|g| g.0 == k).collect(), share, &what)
                })
                .collect::<Result<_>>()?,
            (AbstainRule::Coverage(share), kind) => {
                let scores: Vec<f64> = given.iter().map(|g| g.1).collect();
                let cut = threshold::for_coverage(&scores, share)?;
                match kind {
                    TaskKind::Single => vec![cut],
                    TaskKind::Multi => decision.model.thresholds.iter().map(|t| t.max(cut)).collect(),
                }
            }
        };
        Ok(())
    }

    /// Calibrated probabilities of all rows.
    fn probabilities(&self, decision: &Decision) -> Vec<f64> {
        self.logits.chunks(self.task.labels.len().max(1)).flat_map(|logits| decision.probabilities(logits)).collect()
    }

    fn holds(&self, k: usize) -> Vec<bool> {
        self.gold.iter().map(|gold| gold.contains(&k)).collect()
    }
}

/// A task without anything chosen.
fn plain(task: &Task) -> TaskModel {
    TaskModel {
        task: task.clone(),
        thresholds: Vec::new(),
        abstain_band: 0.0,
        sure: Vec::new(),
        rivalry: Vec::new(),
        tables: Vec::new(),
        n_positives: Vec::new(),
        n_rows: 0,
        calibration: String::new(),
    }
}

/// No probability is as sure as this.
const NEVER: f64 = 2.0;

fn column(all: &[f64], k: usize, n: usize) -> Vec<f64> {
    all.iter().skip(k).step_by(n).copied().collect()
}

impl Decision {
    /// The choice where no rows were held out: logits as they are, thresholds of one half.
    pub(crate) fn unheld(task: &Task) -> Self {
        let n = task.labels.len();
        let (calibration, n_thresholds) = match task.kind {
            TaskKind::Multi => (Calibration::Multi { lines: vec![Platt::IDENTITY; n], rivalry: Vec::new() }, n),
            TaskKind::Single => (Calibration::Single(Temperature::identity(n)), 0),
        };
        let mut model = plain(task);
        model.thresholds = vec![threshold::DEFAULT_THRESHOLD; n_thresholds];
        model.calibration = "not calibrated: no rows were held out".to_owned();
        Self { calibration, model, notes: Vec::new() }
    }

    /// Calibrated probabilities of one row, exactly as the model with its folded weights gives them.
    pub(crate) fn probabilities(&self, logits: &[f64]) -> Vec<f64> {
        self.model.probabilities(&self.calibration.logits(logits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::LabelSet;
    use crate::training::logistic::tests::random;

    fn held_out(kind: TaskKind, n_rows: usize) -> (Task, Vec<f64>, Vec<Vec<usize>>) {
        let mut next = random(3);
        let labels = LabelSet::from_names(["a", "b", "c"]).unwrap();
        let task = Task { name: "t".to_owned(), kind, labels };
        let logits: Vec<f64> = (0..3 * n_rows).map(|_| 6.0 * next() - 3.0).collect();
        let gold = logits.chunks(3).map(|row| {
            let p = probabilities(kind, row);
            match kind {
                TaskKind::Multi => (0..3).filter(|&k| next() < p[k]).collect(),
                TaskKind::Single => {
                    let dice = next();
                    vec![if dice < p[0] {
                        0
                    } else if dice < p[0] + p[1] {
                        1
                    } else {
                        2
                    }]
                }
            }
        });
        let gold = gold.collect();
        (task, logits, gold)
    }

    fn decided(kind: TaskKind, n_rows: usize, settings: &DecisionSettings) -> (Decision, Vec<f64>, Vec<Vec<usize>>) {
        let (task, logits, gold) = held_out(kind, n_rows);
        let held = HeldOut { task: &task, logits: logits.clone(), gold: gold.iter().map(Vec::as_slice).collect() };
        (held.decide(settings).unwrap(), logits, gold)
    }

    #[test]
    fn what_is_said_reaches_the_wanted_precision() {
        for kind in [TaskKind::Multi, TaskKind::Single] {
            let settings = DecisionSettings { abstain: Some(AbstainRule::Precision(0.9)), ..Default::default() };
            let (decision, logits, gold) = decided(kind, 2_000, &settings);
            let (mut said, mut hits, mut abstained) = (0, 0, 0);
            for (row, gold) in logits.chunks(3).zip(&gold) {
                let (labels, unsure) = decision.model.decide(&decision.probabilities(row));
                said += labels.len();
                hits += labels.iter().filter(|k| gold.contains(k)).count();
                abstained += unsure.len();
            }
            assert!(hits as f64 >= 0.9 * said as f64 && said > 500 && abstained > 100, "{kind:?}: {hits} of {said}");
        }
    }

    #[test]
    fn the_wanted_coverage_is_met_and_the_impossible_is_said() {
        let settings = DecisionSettings { abstain: Some(AbstainRule::Coverage(0.25)), ..Default::default() };
        for kind in [TaskKind::Multi, TaskKind::Single] {
            let (decision, logits, _) = decided(kind, 2_000, &settings);
            let of = |f: &dyn Fn(&[f64]) -> usize| -> usize {
                logits.chunks(3).map(|r| f(&decision.probabilities(r))).sum()
            };
            let given = of(&|p| decision.model.decide_all(p).len());
            let said = of(&|p| decision.model.decide(p).0.len());
            assert!((said as f64 / given as f64 - 0.25).abs() < 0.002, "{said} of {given}");
        }
        let settings = DecisionSettings {
            threshold: ThresholdRule::Precision(1.0),
            abstain: Some(AbstainRule::Precision(1.0)),
            ..Default::default()
        };
        let (task, _, gold) = held_out(TaskKind::Multi, 300);
        let held = HeldOut { task: &task, logits: vec![0.0; 900], gold: gold.iter().map(Vec::as_slice).collect() };
        let decision = held.decide(&settings).unwrap();
        assert_eq!(decision.model.sure, [NEVER; 3]);
        assert_eq!(decision.notes.len(), 6, "{:?}", decision.notes);
    }

    #[test]
    fn isotonic_tables_need_rows_and_keep_the_sum() {
        let settings = DecisionSettings { calibration: CalibrationKind::Isotonic, ..Default::default() };
        let (decision, logits, _) = decided(TaskKind::Single, 1_500, &settings);
        assert_eq!(decision.model.tables.len(), 3);
        for row in logits.chunks(3) {
            assert!((decision.probabilities(row).iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
        let (few, ..) = decided(TaskKind::Multi, 999, &settings);
        assert!(few.model.tables.is_empty() && few.notes[0].contains("too few for isotonic"), "{:?}", few.notes);
    }

    #[test]
    fn rules_are_read() {
        assert_eq!("precision=0.8".parse::<ThresholdRule>().unwrap(), ThresholdRule::Precision(0.8));
        assert_eq!("recall=1".parse::<ThresholdRule>().unwrap(), ThresholdRule::Recall(1.0));
        assert_eq!("best-f1".parse::<ThresholdRule>().unwrap(), ThresholdRule::BestF1);
        assert_eq!("coverage=0.5".parse::<AbstainRule>().unwrap(), AbstainRule::Coverage(0.5));
        for bad in ["precision=0", "precision=1.5", "precision=x", "recall", "f1", ""] {
            assert!(bad.parse::<ThresholdRule>().is_err(), "{bad}");
            assert!(bad.parse::<AbstainRule>().is_err(), "{bad}");
        }
    }
}
