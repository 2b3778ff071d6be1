//! Two models on the same rows: what changed, and is it more than chance?

use std::collections::BTreeMap;

use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::evaluation::bootstrap::{Bootstrap, interval, numbered};
use crate::evaluation::calibration::Reliability;
use crate::evaluation::counts::{Counts, GroupCounts};
use crate::evaluation::gate::GateResult;
use crate::evaluation::metrics::{Figures, as_map};
use crate::evaluation::predictions::Predictions;
use crate::evaluation::significance::{McNemar, holm, randomization};
use crate::evaluation::slices::standard_error;
use crate::evaluation::swap::SpeakerSwap;

/// How to compare: draws of the intervals and of the randomization test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compare {
    /// Intervals: 1,000 draws with seed 0 by default. The seed serves the randomization test too.
    pub bootstrap: Bootstrap,
    /// Draws of the randomization test; 10,000 by default.
    pub n_swaps: usize,
}

impl Default for Compare {
    fn default() -> Self {
        Self { bootstrap: Bootstrap::default(), n_swaps: 10_000 }
    }
}

/// Old and new model on the labelled rows of one task.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Name of the task.
    pub task: String,
    /// The old model, with intervals.
    pub old: Figures,
    /// The new model, with intervals.
    pub new: Figures,
    /// New less old.
    pub delta: Delta,
    /// Every label decision that changed, by row, then label.
    pub flips: Vec<Flip>,
    /// Labels of the old model under other speakers, where asked for.
    pub old_swap: Option<SpeakerSwap>,
    /// Labels of the new model under other speakers, where asked for.
    pub new_swap: Option<SpeakerSwap>,
}

/// New less old, with what chance alone would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Delta {
    /// Macro F1; above 0 the new model is better. The p value is that of the randomization test.
    pub macro_f1: Change,
    /// Micro F1, as `macro_f1`.
    pub micro_f1: Change,
    /// Share of rows that are exactly right.
    pub accuracy: f64,
    /// McNemar's test of the rows that are exactly right.
    pub accuracy_mcnemar: McNemar,
    /// Expected calibration error; below 0 the new model is better.
    pub ece: Change,
    /// Brier score; below 0 the new model is better.
    pub brier: f64,
    /// Log loss; below 0 the new model is better.
    pub log_loss: f64,
    /// Share of labelled rows whose predicted labels changed, in 0..=1.
    pub flip_rate: f64,
    /// Standard error of the change in macro F1: standard deviation of its bootstrap draws; `None` without draws.
    pub macro_f1_standard_error: Option<f64>,
    /// The smallest change in macro F1 that rows like these would show in four of five such comparisons: 2.8 x the
    /// standard error (1.96 for the 5 % level, two-sided, and 0.84 for a power of 80 %).
    pub minimum_detectable_macro_f1: Option<f64>,
    /// By label, in the task's order.
    #[serde(serialize_with = "as_map")]
    pub labels: Vec<(String, LabelChange)>,
}

/// A difference, new less old, with its 95 % interval and p value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Change {
    /// The difference on the rows as they are.
    pub value: f64,
    /// Lower end: both models on the same resampled groups; `None` without draws.
    pub low: Option<f64>,
    /// Upper end, as `low`.
    pub high: Option<f64>,
    /// How often chance alone makes a difference at least as large, two-sided; `None` where it is not tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_value: Option<f64>,
}

/// What changed on one label.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LabelChange {
    /// Its F1.
    pub f1: Change,
    /// McNemar's test of the decisions on this label; `p_holm` is corrected for the number of labels.
    pub mcnemar: McNemar,
}

/// A label decision that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flip {
    /// Number of the row in the [`Predictions`], from 0; written from 1, as rows without an id are called.
    #[serde(serialize_with = "from_one")]
    pub row: usize,
    /// The label.
    pub label: String,
    /// Whether the new model gives or takes it.
    pub direction: Direction,
    /// Whether the old model was right about this label.
    pub old_right: bool,
    /// Whether the new model is.
    pub new_right: bool,
}

fn from_one<S: Serializer>(row: &usize, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_u64(*row as u64 + 1)
}

/// Which way a decision changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Only the new model says that the label holds.
    On,
    /// Only the old model does.
    Off,
}

impl Compare {
    /// Compares two models on the same rows.
    ///
    /// Intervals are paired: each draw resamples the groups once and takes both models on them. Time O(draws x rows x
    /// labels). Same result on any number of threads.
    ///
    /// # Errors
    /// As [`Predictions::check`]; [`crate::error::ErrorKind::Data`] if task, labels, rows, gold or groups differ.
    pub fn run(&self, old: &Predictions, new: &Predictions) -> Result<Comparison> {
        same_rows(old, new)?;
        let old_figures = Figures::of(old)?.with_intervals(old, &self.bootstrap)?;
        let new_figures = Figures::of(new)?.with_intervals(new, &self.bootstrap)?;

        let groups: Vec<usize> = old.labelled().map(|row| row.group).collect();
        let (group_of, n_groups) = numbered(&groups);
        let tables = [old, new].map(|p| GroupCounts::of(p, &group_of, n_groups));
        let reliabilities = [old, new].map(Reliability::of);
        let wholes = [old, new].map(Counts::of);
        // Of each draw: macro F1, micro F1, ECE, then F1 by label; new less old.
        let differences = |multiplicities: &[u32]| -> Vec<f64> {
            let [old_row, new_row] = [0, 1].map(|model| {
                let counts = tables[model].sum(multiplicities);
                let ece = reliabilities[model].ece(|row| multiplicities[group_of[row]]);
                let mut figures =
                    vec![Counts::macro_f1_of_draw(&counts, &wholes[model]), Counts::micro_f1(&counts), ece];
                figures.extend(counts.iter().map(Counts::f1));
                figures
            });
            new_row.iter().zip(&old_row).map(|(new, old)| new - old).collect()
        };
        let values = differences(&vec![1; n_groups]);
        let draws = self.bootstrap.draws(n_groups, differences);
        let change = |i: usize, p_value: Option<f64>| {
            let estimate = interval(values[i], draws.iter().map(|draw| draw[i]).collect());
            Change { value: estimate.value, low: estimate.low, high: estimate.high, p_value }
        };
        let error = standard_error(draws.iter().map(|draw| draw[0]));
        let (macro_p, micro_p) =
            randomization(&tables[0], &tables[1], n_groups, self.n_swaps, self.bootstrap.seed.wrapping_add(1));

        let tests = label_tests(old, new);
        let labels = old.task.labels.names().zip(tests).enumerate();
        let delta = Delta {
            macro_f1: change(0, Some(macro_p)),
            micro_f1: change(1, Some(micro_p)),
            accuracy: new_figures.accuracy - old_figures.accuracy,
            accuracy_mcnemar: row_test(old, new),
            ece: change(2, None),
            brier: new_figures.brier - old_figures.brier,
            log_loss: new_figures.log_loss - old_figures.log_loss,
            flip_rate: flip_rate(old, new),
            macro_f1_standard_error: error,
            minimum_detectable_macro_f1: error.map(|error| 2.8 * error),
            labels: labels
                .map(|(i, (name, mcnemar))| (name.to_owned(), LabelChange { f1: change(3 + i, None), mcnemar }))
                .collect(),
        };
        Ok(Comparison {
            task: old.task.name.clone(),
            old: old_figures,
            new: new_figures,
            delta,
            flips: flips(old, new),
            old_swap: None,
            new_swap: None,
        })
    }
}

fn same_rows(old: &Predictions, new: &Predictions) -> Result<()> {
    let name = &old.task.name;
    let differ = |what: String| Err(Error::data(format!("task \"{name}\": {what}; compare models on the same rows")));
    if *name != new.task.name || old.task.kind != new.task.kind || !old.task.labels.names().eq(new.task.labels.names())
    {
        return differ(format!("the new model's task \"{}\" has another name, kind or labels", new.task.name));
    }
    if old.gold.len() != new.gold.len() {
        return differ(format!("{} rows of the old model, {} of the new", old.gold.len(), new.gold.len()));
    }
    if let Some(row) = (0..old.gold.len()).find(|&row| old.gold[row] != new.gold[row]) {
        return differ(format!("row {row} has other gold labels for the new model"));
    }
    if old.groups != new.groups {
        return differ("the rows are grouped otherwise for the new model".to_owned());
    }
    Ok(())
}

fn label_tests(old: &Predictions, new: &Predictions) -> Vec<McNemar> {
    let mut only_right = vec![(0, 0); old.task.labels.len()];
    for (before, after) in old.labelled().zip(new.labelled()) {
        for (label, (only_old, only_new)) in only_right.iter_mut().enumerate() {
            let holds = before.gold.contains(&label);
            let old_right = before.predicted.contains(&label) == holds;
            let new_right = after.predicted.contains(&label) == holds;
            *only_old += usize::from(old_right && !new_right);
            *only_new += usize::from(new_right && !old_right);
        }
    }
    let mut tests: Vec<McNemar> = only_right.into_iter().map(|(old, new)| McNemar::new(old, new)).collect();
    let corrected = holm(&tests.iter().map(|test| test.p_value).collect::<Vec<_>>());
    for (test, p) in tests.iter_mut().zip(corrected) {
        test.p_holm = Some(p);
    }
    tests
}

fn row_test(old: &Predictions, new: &Predictions) -> McNemar {
    let (mut only_old, mut only_new) = (0, 0);
    for (before, after) in old.labelled().zip(new.labelled()) {
        let (old_right, new_right) = (before.predicted == before.gold, after.predicted == after.gold);
        only_old += usize::from(old_right && !new_right);
        only_new += usize::from(new_right && !old_right);
    }
    McNemar::new(only_old, only_new)
}

fn flip_rate(old: &Predictions, new: &Predictions) -> f64 {
    let rows = old.labelled().zip(new.labelled());
    let (n_changed, n_rows) =
        rows.fold((0, 0), |(changed, n), (a, b)| (changed + usize::from(a.predicted != b.predicted), n + 1));
    n_changed as f64 / n_rows as f64
}

fn flips(old: &Predictions, new: &Predictions) -> Vec<Flip> {
    let mut flips = Vec::new();
    for (before, after) in old.labelled().zip(new.labelled()) {
        for (label, name) in old.task.labels.names().enumerate() {
            let (was_on, is_on) = (before.predicted.contains(&label), after.predicted.contains(&label));
            if was_on != is_on {
                let holds = before.gold.contains(&label);
                flips.push(Flip {
                    row: before.number,
                    label: name.to_owned(),
                    direction: if is_on { Direction::On } else { Direction::Off },
                    old_right: was_on == holds,
                    new_right: is_on == holds,
                });
            }
        }
    }
    flips
}

/// All tasks of two models, as it is written: `demarche.comparison/1`.
///
/// `old` and `new` are objects of `model` and `tasks`; `delta` holds `tasks`; `flips` say their `task`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Comparisons {
    /// What is known of the old model, written as it is.
    pub old_model: serde_json::Value,
    /// What is known of the new model, written as it is.
    pub new_model: serde_json::Value,
    /// One a task, in the order of the tasks.
    pub tasks: Vec<Comparison>,
    /// The gates that were asked for, in order.
    pub gates: Vec<GateResult>,
    /// What was odd, as labels that only one model has.
    pub notes: Vec<String>,
}

impl Serialize for Comparisons {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let by_task: Vec<&Comparison> = self.tasks.iter().collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema", "demarche.comparison/1")?;
        map.serialize_entry(
            "old",
            &Side {
                model: &self.old_model,
                tasks: ByTask(&by_task, |c| &c.old),
                speaker_swap: swaps(&self.tasks, |c| c.old_swap.as_ref()),
            },
        )?;
        map.serialize_entry(
            "new",
            &Side {
                model: &self.new_model,
                tasks: ByTask(&by_task, |c| &c.new),
                speaker_swap: swaps(&self.tasks, |c| c.new_swap.as_ref()),
            },
        )?;
        map.serialize_entry("delta", &Deltas { tasks: ByTask(&by_task, |c| &c.delta) })?;
        let flips = self.tasks.iter().flat_map(|c| c.flips.iter().map(|flip| TaskFlip { task: &c.task, flip }));
        map.serialize_entry("flips", &flips.collect::<Vec<_>>())?;
        map.serialize_entry("gates", &self.gates)?;
        map.serialize_entry("notes", &self.notes)?;
        map.end()
    }
}

#[derive(Serialize)]
struct Side<'a> {
    model: &'a serde_json::Value,
    tasks: ByTask<'a, Figures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    speaker_swap: Option<BTreeMap<&'a str, &'a SpeakerSwap>>,
}

/// The swaps of one side by task, where they were worked out.
fn swaps(
    comparisons: &[Comparison],
    of: fn(&Comparison) -> Option<&SpeakerSwap>,
) -> Option<BTreeMap<&str, &SpeakerSwap>> {
    let found: BTreeMap<&str, &SpeakerSwap> =
        comparisons.iter().filter_map(|c| Some((c.task.as_str(), of(c)?))).collect();
    (!found.is_empty()).then_some(found)
}

#[derive(Serialize)]
struct Deltas<'a> {
    tasks: ByTask<'a, Delta>,
}

#[derive(Serialize)]
struct TaskFlip<'a> {
    task: &'a str,
    #[serde(flatten)]
    flip: &'a Flip,
}

/// One part of each comparison, as a map by task.
struct ByTask<'a, T>(&'a [&'a Comparison], fn(&Comparison) -> &T);

impl<T: Serialize> Serialize for ByTask<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|comparison| (&comparison.task, (self.1)(comparison))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::predictions::tests::example;
    use crate::label::TaskKind;

    /// The same rows with every `nth` row predicted as it is.
    fn improved(old: &Predictions, nth: usize) -> Predictions {
        let mut new = old.clone();
        for row in (0..old.gold.len()).step_by(nth) {
            if let Some(gold) = &old.gold[row] {
                new.predicted[row].clone_from(gold);
            }
        }
        new
    }

    #[test]
    fn the_same_model_does_not_differ() {
        let old = example(TaskKind::Multi, 200, 30, 0);
        let found = Compare::default().run(&old, &old).unwrap();
        assert_eq!((found.delta.macro_f1.value, found.delta.macro_f1.p_value), (0.0, Some(1.0)));
        assert_eq!((found.delta.flip_rate, found.delta.minimum_detectable_macro_f1), (0.0, Some(0.0)));
        assert!(found.flips.is_empty());
    }

    #[test]
    fn a_better_model_is_found_better() {
        for kind in [TaskKind::Multi, TaskKind::Single] {
            let old = example(kind, 400, 80, 1);
            let new = improved(&old, 2);
            let found = Compare::default().run(&old, &new).unwrap();
            let delta = &found.delta;
            for change in [delta.macro_f1, delta.micro_f1] {
                assert!(change.low.unwrap() > 0.0 && change.low.unwrap() < change.value);
                assert!(change.high.unwrap() > change.value);
                assert!(change.p_value.unwrap() < 0.001);
            }
            assert!((delta.macro_f1.value - (found.new.macro_f1.value - found.old.macro_f1.value)).abs() < 1e-12);
            let error = delta.macro_f1_standard_error.unwrap();
            let width = delta.macro_f1.high.unwrap() - delta.macro_f1.low.unwrap();
            assert!((width / (2.0 * 1.96 * error) - 1.0).abs() < 0.15);
            assert!(found.flips.iter().all(|flip| flip.new_right && !flip.old_right && flip.row % 2 == 0));
            let n_better: usize = delta.labels.iter().map(|(_, l)| l.mcnemar.only_new_right).sum();
            assert_eq!(n_better, found.flips.len());
            assert!(delta.labels.iter().all(|(_, l)| l.mcnemar.p_holm.unwrap() >= l.mcnemar.p_value));
            assert_eq!(delta.accuracy_mcnemar.only_old_right, 0);
        }
    }

    #[test]
    fn chance_alone_is_seldom_significant() {
        // Two predictions of the same quality for each row, dealt at random: p values are about uniform.
        let n_significant = (0..60)
            .filter(|&seed| {
                let (mut old, other) =
                    (example(TaskKind::Multi, 120, 40, seed), example(TaskKind::Multi, 120, 40, 999));
                let mut new = old.clone();
                for row in 0..120 {
                    let wrong = other.predicted[row].clone();
                    if (row * 7 + seed as usize).is_multiple_of(2) {
                        old.predicted[row] = wrong;
                    } else {
                        new.predicted[row] = wrong;
                    }
                }
                let compare = Compare { bootstrap: Bootstrap { n_draws: 50, seed: 0 }, n_swaps: 300 };
                compare.run(&old, &new).unwrap().delta.macro_f1.p_value.unwrap() < 0.05
            })
            .count();
        assert!(n_significant <= 9, "{n_significant} of 60");
    }

    #[test]
    fn other_rows_are_refused() {
        let old = example(TaskKind::Multi, 50, 10, 0);
        let refused = |change: fn(&mut Predictions)| {
            let mut new = old.clone();
            change(&mut new);
            Compare::default().run(&old, &new).unwrap_err().to_string()
        };
        assert!(refused(|p| p.gold[3] = None).contains("row 3"));
        assert!(refused(|p| p.groups[0] += 1).contains("grouped otherwise"));
        assert!(refused(|p| p.task.name = "x".to_owned()).contains("another name"));
        assert!(refused(|p| drop(p.gold.pop())).contains("50 rows of the old model, 49 of the new"));
    }

    #[test]
    fn written_as_the_schema_says() {
        let old = example(TaskKind::Multi, 50, 10, 0);
        let task = Compare::default().run(&old, &improved(&old, 3)).unwrap();
        let all = Comparisons { tasks: vec![task.clone()], ..Comparisons::default() };
        let text = serde_json::to_string(&all).unwrap();
        assert!(
            text.starts_with("{\"schema\":\"demarche.comparison/1\",\"old\":{\"model\":null,\"tasks\":{\"stance\":")
        );
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["delta"]["tasks"]["stance"]["macro_f1"]["value"], task.delta.macro_f1.value);
        assert_eq!(json["flips"][0]["task"], "stance");
        assert_eq!(json["flips"][0]["row"], task.flips[0].row + 1, "written from 1");
        assert_eq!(json["flips"][0]["new_right"], true);
        assert!(json["delta"]["tasks"]["stance"]["labels"]["a"]["mcnemar"]["p_holm"].is_number());
        assert_eq!(json["gates"], serde_json::json!([]));
    }
}
