//! Which rows does a model get most wrong, and which labels in the file may themselves be wrong?

use serde::Serialize;

use crate::error::Result;
use crate::evaluation::predictions::{LabelledRow, Predictions};
use crate::label::TaskKind;

/// Probabilities are kept this far from 0 and 1 before their logarithm is taken.
const CLIP: f64 = 1e-15;

/// A row on which the model is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Mistake {
    /// Number of the row in the [`Predictions`], from 0.
    pub row: usize,
    /// Negative log likelihood of its labels under the model, in nats, summed over labels: how sure and wrong it was.
    pub loss: f64,
    /// Labels given that do not hold, ascending.
    pub wrong: Vec<usize>,
    /// Labels that hold and were not given, ascending.
    pub missed: Vec<usize>,
}

/// The `n` rows with a wrong label, largest loss first; equal ones in the order of the rows.
///
/// # Errors
/// As [`Predictions::check`].
pub fn mistakes(predictions: &Predictions, n: usize) -> Result<Vec<Mistake>> {
    predictions.check()?;
    let mut found: Vec<Mistake> = predictions
        .labelled()
        .filter(|row| row.gold != row.predicted)
        .map(|row| Mistake {
            row: row.number,
            loss: loss(&row, predictions.task.kind),
            wrong: without(row.predicted, row.gold),
            missed: without(row.gold, row.predicted),
        })
        .collect();
    found.sort_by(|a, b| b.loss.total_cmp(&a.loss));
    found.truncate(n);
    Ok(found)
}

fn loss(row: &LabelledRow<'_>, kind: TaskKind) -> f64 {
    let negative_log = |p: f64| -p.clamp(CLIP, 1.0).ln();
    let labels = row.probabilities.iter().enumerate();
    labels
        .map(|(label, &p)| match (row.gold.contains(&label), kind) {
            (true, _) => negative_log(p),
            (false, TaskKind::Multi) => negative_log(1.0 - p),
            (false, TaskKind::Single) => 0.0,
        })
        .sum()
}

fn without(labels: &[usize], others: &[usize]) -> Vec<usize> {
    labels.iter().copied().filter(|label| !others.contains(label)).collect()
}

/// What is given where a label is missed: `n_labels + 1` rows by missed label, as many columns by wrongly given label.
/// The last row counts labels given where none was missed, the last column labels missed where nothing was given for
/// them. A row with two missed and three wrong labels counts in six cells.
pub(super) fn missed_and_wrong(predictions: &Predictions) -> Vec<Vec<usize>> {
    let n = predictions.task.labels.len();
    let mut table = vec![vec![0; n + 1]; n + 1];
    for row in predictions.labelled().filter(|row| row.gold != row.predicted) {
        let (mut missed, mut wrong) = (without(row.gold, row.predicted), without(row.predicted, row.gold));
        if missed.is_empty() {
            missed.push(n);
        }
        if wrong.is_empty() {
            wrong.push(n);
        }
        for &m in &missed {
            wrong.iter().for_each(|&w| table[m][w] += 1);
        }
    }
    table
}

/// A label in the file that may be wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suspect {
    /// Number of the row in the [`Predictions`], from 0.
    pub row: usize,
    /// The label in question.
    pub label: String,
    /// Multi: whether the file has it; then the model says it does not hold. Single: whether the file has this label
    /// (`suggested` is what the model says instead).
    pub given: bool,
    /// Single: the label that the model finds instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggested: Option<String>,
    /// Probability by the model that what the file says of the label is right. The list is sorted by it.
    pub probability: f64,
}

/// Labels that the model finds wrong with as much confidence as it usually has when it is right (confident learning).
///
/// Multi: a label that is given, where the model's probability of its absence is at least the mean of that over the rows
/// without it; and the reverse. Single: a row where another label's probability reaches the mean over the rows that have
/// that label, and is higher than that of the given one. Least probable first, at most `n`. It is sound only where no
/// row was learnt from by the model that judges it. Reference: Northcutt, Jiang and Chuang 2021, "Confident learning",
/// section 3.
///
/// # Errors
/// As [`Predictions::check`].
pub fn suspects(predictions: &Predictions, n: usize) -> Result<Vec<Suspect>> {
    predictions.check()?;
    let names: Vec<&str> = predictions.task.labels.names().collect();
    let n_labels = names.len();
    // By label: the mean confidence in its presence where it holds, and in its absence where it does not.
    let (mut sums, mut counts) = (vec![[0.0; 2]; n_labels], vec![[0usize; 2]; n_labels]);
    for row in predictions.labelled() {
        for (label, &p) in row.probabilities.iter().enumerate() {
            let holds = row.gold.contains(&label);
            sums[label][usize::from(holds)] += if holds { p } else { 1.0 - p };
            counts[label][usize::from(holds)] += 1;
        }
    }
    let usual = |label: usize, holds: bool| {
        let side = usize::from(holds);
        if counts[label][side] == 0 { f64::INFINITY } else { sums[label][side] / counts[label][side] as f64 }
    };
    let mut found = Vec::new();
    for row in predictions.labelled() {
        let suspect = |label: usize, given: bool, suggested: Option<usize>, probability: f64| Suspect {
            row: row.number,
            label: names[label].to_owned(),
            given,
            suggested: suggested.map(|k| names[k].to_owned()),
            probability,
        };
        match predictions.task.kind {
            TaskKind::Multi => {
                for (label, &p) in row.probabilities.iter().enumerate() {
                    let given = row.gold.contains(&label);
                    let (agrees, opposes) = if given { (p, 1.0 - p) } else { (1.0 - p, p) };
                    if opposes > agrees && opposes >= usual(label, !given) {
                        found.push(suspect(label, given, None, agrees));
                    }
                }
            }
            TaskKind::Single => {
                let Some(&given) = row.gold.first() else { continue };
                let p = row.probabilities[given];
                let other = (0..n_labels)
                    .filter(|&k| k != given && row.probabilities[k] > p && row.probabilities[k] >= usual(k, true))
                    .reduce(|best, k| if row.probabilities[k] > row.probabilities[best] { k } else { best });
                found.extend(other.map(|k| suspect(given, true, Some(k), p)));
            }
        }
    }
    found.sort_by(|a: &Suspect, b| a.probability.total_cmp(&b.probability));
    found.truncate(n);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::random::Random;
    use crate::evaluation::predictions::tests::example;
    use crate::label::{LabelSet, Task};

    #[test]
    fn worst_rows_come_first() {
        for kind in [TaskKind::Multi, TaskKind::Single] {
            let predictions = example(kind, 200, 30, 3);
            let all = mistakes(&predictions, usize::MAX).unwrap();
            let n_wrong = predictions.labelled().filter(|r| r.gold != r.predicted).count();
            assert_eq!(all.len(), n_wrong);
            assert!(all.windows(2).all(|w| w[0].loss >= w[1].loss));
            assert!(all.iter().all(|m| !(m.wrong.is_empty() && m.missed.is_empty())));
            assert_eq!(mistakes(&predictions, 3).unwrap(), all[..3]);
        }
    }

    #[test]
    fn missed_and_wrong_labels_meet_in_the_table() {
        let labels = LabelSet::from_names(["a", "b"]).unwrap();
        let predictions = Predictions {
            task: Task { name: "t".to_owned(), kind: TaskKind::Multi, labels },
            gold: vec![Some(vec![0]), Some(vec![0, 1]), Some(vec![]), Some(vec![1]), None],
            probabilities: vec![0.5; 10],
            predicted: vec![vec![1], vec![1], vec![0], vec![1], vec![0]],
            groups: vec![0; 5],
        };
        assert_eq!(missed_and_wrong(&predictions), [[0, 1, 1], [0, 0, 0], [1, 0, 0]]);
    }

    /// Labels that were turned on purpose are found among the first.
    #[test]
    fn turned_labels_are_suspected() {
        for kind in [TaskKind::Multi, TaskKind::Single] {
            let mut random = Random::new(9);
            let labels = LabelSet::from_names(["a", "b", "c"]).unwrap();
            let mut made = Predictions {
                task: Task { name: "t".to_owned(), kind, labels },
                gold: Vec::new(),
                probabilities: Vec::new(),
                predicted: Vec::new(),
                groups: Vec::new(),
            };
            let mut turned = Vec::new();
            for row in 0..400 {
                let truth = random.below(3);
                let sure = 0.6 + random.below(390) as f64 / 1000.0;
                made.probabilities.extend((0..3).map(|k| if k == truth { sure } else { (1.0 - sure) / 2.0 }));
                made.predicted.push(vec![truth]);
                made.groups.push(row);
                let is_turned = row % 20 == 7;
                made.gold.push(Some(vec![if is_turned { (truth + 1) % 3 } else { truth }]));
                if is_turned {
                    turned.push(row);
                }
            }
            let found = suspects(&made, 1000).unwrap();
            assert!(found.iter().all(|s| turned.contains(&s.row)), "{kind:?}: only turned rows are suspected");
            let mut rows: Vec<usize> = found.iter().map(|s| s.row).collect();
            rows.sort_unstable();
            rows.dedup();
            assert!(rows.len() >= 8, "{kind:?}: {} of {} found", rows.len(), turned.len());
            assert!(found.windows(2).all(|w| w[0].probability <= w[1].probability));
            assert_eq!(found[0].suggested.is_some(), kind == TaskKind::Single);
        }
    }
}
