//! How far do coders agree? Krippendorff's alpha and F1, with intervals.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::evaluation::bootstrap::{Bootstrap, interval, numbered};
use crate::evaluation::counts::{Counts, GroupCounts};
use crate::evaluation::metrics::{Estimate, as_map};
use crate::evaluation::predictions::Predictions;
use crate::label::{Task, TaskKind};

/// What several coders said of the same units in one task.
#[derive(Debug, Clone, PartialEq)]
pub struct Codings {
    /// The task.
    pub task: Task,
    /// `n_units` x `n_coders`: the label numbers that a coder gave, ascending; `None` where a coder did not label the unit.
    pub codes: Vec<Vec<Option<Vec<usize>>>>,
    /// Number of the group of each unit; groups are what intervals resample.
    pub groups: Vec<usize>,
}

/// How far coders agree on one task.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Agreement {
    /// Name of the task; in files it is the key.
    #[serde(skip)]
    pub task: String,
    /// Coders.
    pub n_coders: usize,
    /// Units that at least two coders labelled; all figures are about them.
    pub n_units: usize,
    /// Groups that those units form.
    pub n_groups: usize,
    /// Krippendorff's alpha. Single: nominal. Multi: over sets of labels with the MASI distance. Not a number (`null`)
    /// where all codings are the same, so that nothing could differ.
    pub alpha: Estimate,
    /// Share of pairs of codings that are identical.
    pub identical: Estimate,
    /// Mean F1 over the labels that anyone gave.
    pub macro_f1: Estimate,
    /// F1 of all decisions together, one coder against the other; the same whichever is called right.
    pub micro_f1: Estimate,
    /// By label, in the task's order.
    #[serde(serialize_with = "as_map")]
    pub labels: Vec<(String, LabelAgreement)>,
    /// Numbers of the units on which two codings differ, ascending.
    pub disputed: Vec<usize>,
}

/// How far coders agree on one label.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LabelAgreement {
    /// Krippendorff's nominal alpha of "holds" against "does not".
    pub alpha: Estimate,
    /// F1 of one coder against the other.
    pub f1: Estimate,
    /// How often it was given, over all coders.
    pub n_given: usize,
}

impl Codings {
    /// The figures of agreement. Intervals resample groups.
    ///
    /// Units with fewer than two codings count nowhere. With more than two coders F1 and identity are taken over all
    /// pairs. Time O(draws x (groups x labels + distinct sets squared)). Reference: Krippendorff 2018, "Content analysis",
    /// chapter 12; Passonneau 2006, "Measuring agreement on set-valued items" (MASI).
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Data`] if no unit has two codings, or the lists do not fit together.
    pub fn agreement(&self, bootstrap: &Bootstrap) -> Result<Agreement> {
        let name = &self.task.name;
        let n_coders = self.codes.first().map_or(0, Vec::len);
        let n_labels = self.task.labels.len();
        let is_sound = |code: &Vec<usize>| {
            code.windows(2).all(|w| w[0] < w[1]) && code.last().is_none_or(|&label| label < n_labels)
        };
        if self.groups.len() != self.codes.len()
            || self.codes.iter().any(|unit| unit.len() != n_coders)
            || !self.codes.iter().flatten().flatten().all(is_sound)
        {
            return Err(Error::data(format!("task \"{name}\": codings do not fit together")));
        }
        // Units that two coders labelled, with their codings.
        let units: Vec<(usize, Vec<&[usize]>)> = self
            .codes
            .iter()
            .enumerate()
            .map(|(u, unit)| (u, unit.iter().flatten().map(Vec::as_slice).collect::<Vec<_>>()))
            .filter(|(_, codes)| codes.len() >= 2)
            .collect();
        if units.is_empty() {
            return Err(Error::data(format!("task \"{name}\": no unit was labelled by two coders")));
        }
        let groups: Vec<usize> = units.iter().map(|(u, _)| self.groups[*u]).collect();
        let (group_of, n_groups) = numbered(&groups);

        let distance = match self.task.kind {
            TaskKind::Single => |a: &[usize], b: &[usize]| f64::from(u8::from(a != b)),
            TaskKind::Multi => masi,
        };
        let whole = Alpha::new(units.iter().map(|(_, codes)| codes.clone()), &group_of, n_groups, distance);
        let (absent, present): (&[usize], &[usize]) = (&[], &[0]);
        let by_label: Vec<Alpha> = (0..n_labels)
            .map(|label| {
                let codes = units.iter().map(|(_, codes)| {
                    codes.iter().map(|code| if code.contains(&label) { present } else { absent }).collect()
                });
                Alpha::new(codes, &group_of, n_groups, |a, b| f64::from(u8::from(a != b)))
            })
            .collect();
        let (pairs, pair_groups) = self.pairs(&units, &group_of);
        let table = GroupCounts::of(&pairs, &pair_groups, n_groups);
        let (mut n_pairs, mut n_same) = (vec![0u64; n_groups], vec![0u64; n_groups]);
        for (row, &group) in pairs.labelled().zip(&pair_groups) {
            n_pairs[group] += 1;
            n_same[group] += u64::from(row.gold == row.predicted);
        }
        // Alpha, identity, macro F1, micro F1, then alpha and F1 of each label.
        let figures = |times: &[u32]| -> Vec<f64> {
            let counts = table.sum(times);
            let sum = |of: &[u64]| -> f64 { of.iter().zip(times).map(|(n, t)| (n * u64::from(*t)) as f64).sum() };
            let mut out =
                vec![whole.of(times), sum(&n_same) / sum(&n_pairs), macro_f1(&counts), Counts::micro_f1(&counts)];
            out.extend(by_label.iter().map(|alpha| alpha.of(times)));
            out.extend(counts.iter().map(Counts::f1));
            out
        };
        let values = figures(&vec![1; n_groups]);
        let draws = bootstrap.draws(n_groups, figures);
        let estimate = |i: usize| {
            // A draw without variation says nothing.
            interval(values[i], draws.iter().map(|draw| draw[i]).filter(|value| !value.is_nan()).collect())
        };
        let mut n_given = vec![0; n_labels];
        units.iter().flat_map(|(_, codes)| codes.iter().copied().flatten()).for_each(|&label| n_given[label] += 1);
        let labels = self.task.labels.names().enumerate().map(|(k, label)| {
            let (alpha, f1) = (estimate(4 + k), estimate(4 + n_labels + k));
            (label.to_owned(), LabelAgreement { alpha, f1, n_given: n_given[k] })
        });
        let differ = |codes: &[&[usize]]| codes.windows(2).any(|w| w[0] != w[1]);
        Ok(Agreement {
            task: name.clone(),
            n_coders,
            n_units: units.len(),
            n_groups,
            alpha: estimate(0),
            identical: estimate(1),
            macro_f1: estimate(2),
            micro_f1: estimate(3),
            labels: labels.collect(),
            disputed: units.iter().filter(|(_, codes)| differ(codes)).map(|(u, _)| *u).collect(),
        })
    }

    /// Every pair of codings of a unit as a row, the earlier coder's as what holds, and the group of each.
    fn pairs(&self, units: &[(usize, Vec<&[usize]>)], group_of: &[usize]) -> (Predictions, Vec<usize>) {
        let (mut gold, mut predicted, mut groups) = (Vec::new(), Vec::new(), Vec::new());
        for ((_, codes), &group) in units.iter().zip(group_of) {
            for (i, one) in codes.iter().enumerate() {
                for other in &codes[i + 1..] {
                    gold.push(Some(one.to_vec()));
                    predicted.push(other.to_vec());
                    groups.push(group);
                }
            }
        }
        let probabilities = vec![0.0; gold.len() * self.task.labels.len()];
        (Predictions { task: self.task.clone(), gold, probabilities, predicted, groups: groups.clone() }, groups)
    }
}

/// Mean F1 over the labels that anyone gave: other than for a model, neither side is the truth.
fn macro_f1(counts: &[Counts]) -> f64 {
    let given: Vec<&Counts> =
        counts.iter().filter(|c| c.true_positives + c.false_positives + c.false_negatives > 0).collect();
    given.iter().map(|c| c.f1()).sum::<f64>() / given.len().max(1) as f64
}

/// MASI distance of two sets: 1 - Jaccard x (1 for equal sets, 2/3 for one inside the other, 1/3 for some overlap).
fn masi(a: &[usize], b: &[usize]) -> f64 {
    let n_both = a.iter().filter(|label| b.contains(label)).count();
    let n_any = a.len() + b.len() - n_both;
    if n_any == 0 {
        return 0.0;
    }
    let monotonicity = if a == b {
        1.0
    } else if n_both == a.len() || n_both == b.len() {
        2.0 / 3.0
    } else {
        1.0 / 3.0
    };
    1.0 - n_both as f64 / n_any as f64 * monotonicity
}

/// The parts of Krippendorff's alpha by group, so that a resampled alpha is a sum over groups.
struct Alpha {
    /// Distance of the distinct values, `n_values` x `n_values`.
    distances: Vec<f64>,
    n_values: usize,
    /// Of each group: the sum over its units of the distances within pairs, each unit divided by its codings less one.
    observed: Vec<f64>,
    /// Of each group: (value, how often).
    values: Vec<Vec<(usize, u32)>>,
}

impl Alpha {
    fn new<'c>(
        units: impl Iterator<Item = Vec<&'c [usize]>>,
        group_of: &[usize],
        n_groups: usize,
        distance: fn(&[usize], &[usize]) -> f64,
    ) -> Self {
        let mut numbers: BTreeMap<&[usize], usize> = BTreeMap::new();
        let mut observed = vec![0.0; n_groups];
        let mut counted: Vec<BTreeMap<usize, u32>> = vec![BTreeMap::new(); n_groups];
        for (codes, &group) in units.zip(group_of) {
            let mut within = 0.0;
            for (i, one) in codes.iter().enumerate() {
                within += codes[i + 1..].iter().map(|other| 2.0 * distance(one, other)).sum::<f64>();
                let next = numbers.len();
                let value = *numbers.entry(*one).or_insert(next);
                *counted[group].entry(value).or_insert(0) += 1;
            }
            observed[group] += within / (codes.len() as f64 - 1.0);
        }
        let n_values = numbers.len();
        let mut distances = vec![0.0; n_values * n_values];
        for (one, &i) in &numbers {
            for (other, &j) in &numbers {
                distances[i * n_values + j] = distance(one, other);
            }
        }
        let values = counted.into_iter().map(|counts| counts.into_iter().collect()).collect();
        Self { distances, n_values, observed, values }
    }

    /// Alpha where each group comes `times` times: 1 - observed / expected disagreement; not a number where nothing
    /// could differ.
    fn of(&self, times: &[u32]) -> f64 {
        let mut counts = vec![0.0; self.n_values];
        let mut within = 0.0;
        for ((values, observed), &t) in self.values.iter().zip(&self.observed).zip(times).filter(|(_, t)| **t > 0) {
            within += f64::from(t) * observed;
            values.iter().for_each(|&(value, n)| counts[value] += f64::from(t) * f64::from(n));
        }
        let n: f64 = counts.iter().sum();
        let expected: f64 = counts
            .iter()
            .zip(self.distances.chunks(self.n_values.max(1)))
            .filter(|(count, _)| **count > 0.0)
            .map(|(count, row)| count * row.iter().zip(&counts).map(|(d, other)| d * other).sum::<f64>())
            .sum();
        if expected > 0.0 { 1.0 - (n - 1.0) * within / expected } else { f64::NAN }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::label::LabelSet;

    #[derive(Deserialize)]
    struct Case {
        name: String,
        kind: TaskKind,
        n_labels: usize,
        codes: Vec<Vec<Option<Vec<usize>>>>,
        alpha: f64,
        label_alpha: Vec<Option<f64>>,
        micro_f1: f64,
        label_f1: Vec<f64>,
    }

    /// Cases of `tests/expected/agreement.json`, written by `tests/expected/agreement.py` with the package `krippendorff`
    /// and scikit-learn.
    #[test]
    fn figures_are_those_of_the_krippendorff_package() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/expected/agreement.json");
        let cases: Vec<Case> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert!(cases.len() >= 8);
        for case in cases {
            let labels = LabelSet::from_names((0..case.n_labels).map(|i| format!("l{i}"))).unwrap();
            let groups = (0..case.codes.len()).collect();
            let task = Task { name: "t".to_owned(), kind: case.kind, labels };
            let found =
                Codings { task, codes: case.codes, groups }.agreement(&Bootstrap { n_draws: 0, seed: 0 }).unwrap();
            let same = |what: &str, found: f64, wanted: f64| {
                assert!((found - wanted).abs() < 1e-9, "{}: {what}: {found}, not {wanted}", case.name);
            };
            same("alpha", found.alpha.value, case.alpha);
            same("micro F1", found.micro_f1.value, case.micro_f1);
            for (k, (name, label)) in found.labels.iter().enumerate() {
                same(&format!("F1 of {name}"), label.f1.value, case.label_f1[k]);
                match case.label_alpha[k] {
                    Some(alpha) => same(&format!("alpha of {name}"), label.alpha.value, alpha),
                    None => assert!(label.alpha.value.is_nan(), "{}: {name}", case.name),
                }
            }
        }
    }

    fn codings(codes: Vec<Vec<Option<Vec<usize>>>>) -> Codings {
        let labels = LabelSet::from_names(["a", "b", "c"]).unwrap();
        let groups = (0..codes.len()).map(|u| u / 2).collect();
        Codings { task: Task { name: "t".to_owned(), kind: TaskKind::Multi, labels }, codes, groups }
    }

    #[test]
    fn chance_gives_no_agreement_and_the_interval_holds_zero() {
        let mut random = crate::dataset::random::Random::new(5);
        let mut code = || Some((0..3).filter(|_| random.below(3) == 0).collect::<Vec<usize>>());
        let all = codings((0..400).map(|_| vec![code(), code()]).collect());
        let found = all.agreement(&Bootstrap::default()).unwrap();
        assert!(found.alpha.low.unwrap() < 0.0 && found.alpha.high.unwrap() > 0.0, "{:?}", found.alpha);
        assert!(found.alpha.low.unwrap() > -0.2 && found.alpha.high.unwrap() < 0.2);
        assert_eq!((found.n_units, found.n_groups, found.n_coders), (400, 200, 2));
        let same = codings(all.codes.iter().map(|unit| vec![unit[0].clone(), unit[0].clone()]).collect());
        let found = same.agreement(&Bootstrap::default()).unwrap();
        assert_eq!((found.alpha.value, found.micro_f1.value, found.disputed.len()), (1.0, 1.0, 0));
    }

    #[test]
    fn what_can_not_be_compared_is_refused() {
        let alone = codings(vec![vec![Some(vec![0]), None], vec![None, Some(vec![1])]]);
        assert!(alone.agreement(&Bootstrap::default()).unwrap_err().to_string().contains("two coders"));
        let ragged = codings(vec![vec![Some(vec![0]), None], vec![Some(vec![1])]]);
        assert!(ragged.agreement(&Bootstrap::default()).is_err());
        let unknown = codings(vec![vec![Some(vec![0]), Some(vec![9])]]);
        assert!(unknown.agreement(&Bootstrap::default()).is_err());
        let never = codings(vec![vec![Some(vec![]), Some(vec![])]]).agreement(&Bootstrap::default()).unwrap();
        assert!(never.alpha.value.is_nan());
        assert!(serde_json::to_value(&never).unwrap()["alpha"]["value"].is_null());
    }
}
