//! How many of many texts hold a label? Shares corrected for the errors of the classifier.
//!
//! Counting what a classifier says is biased: with 5 % false alarms a label that holds in 1 % of the rows is counted in
//! about 6 %. The corrections take that how the classifier errs was measured on held-out rows, and that texts of one label
//! look alike in training and here although the shares differ (prior shift).

use serde::Serialize;

use crate::dataset::random::Random;
use crate::error::{Error, Result};
use crate::evaluation::adjustment::{Bins, ClassBins, adjusted_count, adjusted_counts, power};
use crate::evaluation::bootstrap::{Bootstrap, interval, numbered};
use crate::evaluation::metrics::{Estimate, as_map};
use crate::evaluation::rates::ErrorRates;
use crate::label::{Task, TaskKind};

/// Rows of a labelled sample below which it has no intervals: resampling few rows knows too little of those that were not drawn.
const MIN_SAMPLE: usize = 30;
/// Rows of a sample with a label, or without, below which its interval is too narrow.
const MIN_OF_LABEL: usize = 5;

/// What a model says of rows whose labels are not known.
#[derive(Debug, Clone, PartialEq)]
pub struct Unlabelled {
    /// The task, with the model's labels.
    pub task: Task,
    /// Probability of each label: `n_rows` x `n_labels`, row by row.
    pub probabilities: Vec<f64>,
    /// The label numbers that the model says hold, ascending; one entry a row.
    pub predicted: Vec<Vec<usize>>,
    /// Number of the group of each row.
    pub groups: Vec<usize>,
}

/// A labelled sample of the same population as the rows whose labels are not known.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// What the model says of it.
    pub rows: Unlabelled,
    /// The label numbers that hold, ascending; one entry a row.
    pub gold: Vec<Vec<usize>>,
}

/// Shares of the labels of one task among rows whose labels are not known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prevalence {
    /// Name of the task; in files it is the key.
    #[serde(skip)]
    pub task: String,
    /// Rows whose labels are not known.
    pub n_rows: usize,
    /// Groups that those rows form.
    pub n_groups: usize,
    /// Rows of the labelled sample; 0 without one.
    pub n_labelled: usize,
    /// By label, in the task's order.
    #[serde(serialize_with = "as_map")]
    pub labels: Vec<(String, Shares)>,
    /// What a reader must know.
    pub notes: Vec<String>,
}

/// Share of the rows with a label, by several estimators; each in 0..=1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Shares {
    /// Its share in the training rows.
    pub training: f64,
    /// Classify and count: the share of rows where it is predicted. Biased; shown to compare.
    pub count: Estimate,
    /// Adjusted count: the share under which the predictions are as frequent as they are, by the classifier's error rates
    /// on held-out rows. Multi: (count - false positive rate) / (true - false positive rate), cut to 0..=1. Single: the same
    /// by the confusion matrix, by maximum likelihood. Not a number where the classifier has no skill for the label.
    pub adjusted: Estimate,
    /// Expectation-maximisation on the probabilities: the share under which the calibrated probabilities, corrected for
    /// it, average to itself.
    pub em: Estimate,
    /// Prediction-powered: the mean probability, corrected by the labelled sample; `None` without one. Unbiased whatever
    /// the model does, because it takes the sample as drawn from these rows by chance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prediction_powered: Option<Estimate>,
    /// The share in the labelled sample alone; `None` without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<Estimate>,
}

impl Shares {
    /// Whether the intervals of two corrected estimates do not meet. They rest on one assumption, so that this refutes it.
    fn contradict(&self) -> bool {
        let all: Vec<Estimate> =
            [Some(self.adjusted), Some(self.em), self.prediction_powered].into_iter().flatten().collect();
        let apart = |a: &Estimate, b: &Estimate| matches!((a.high, b.low), (Some(high), Some(low)) if high < low);
        all.iter().any(|a| all.iter().any(|b| apart(a, b)))
    }
}

/// Probabilities of a task in bins.
enum TaskBins {
    /// Of each label.
    Multi(Vec<Bins>),
    /// Of all classes together.
    Single(ClassBins),
}

impl Unlabelled {
    /// Shares of all labels. `rates`: the classifier's errors; `sample`: labelled rows of the same population, if any.
    ///
    /// Intervals resample groups of rows, of the sample, and the counts behind the error rates; the errors of the
    /// calibration itself are not in them. Time O(draws x (rows x labels + steps)).
    /// References: Forman 2008, "Quantifying counts and costs via classification" (adjusted count); Saerens, Latinne and
    /// Decaestecker 2002, "Adjusting the outputs of a classifier to new a priori probabilities"; Angelopoulos, Duchi and
    /// Zrnic 2023, "PPI++: efficient prediction-powered inference".
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Data`] if there is no row, or the lists do not fit together.
    pub fn prevalence(&self, rates: &ErrorRates, sample: Option<&Sample>, bootstrap: &Bootstrap) -> Result<Prevalence> {
        self.check()?;
        if let Some(sample) = sample {
            sample.rows.check()?;
            if sample.gold.len() != sample.rows.predicted.len() || sample.rows.task != self.task {
                return Err(Error::data(format!("task \"{}\": the labelled sample does not fit", self.task.name)));
            }
        }
        let n_labels = self.task.labels.len();
        let (group_of, n_groups) = numbered(&self.groups);
        let exact = self.bins(Bins::exact, ClassBins::exact);
        let coarse = self.bins(|column| Bins::coarse(&column), ClassBins::coarse);
        let whole = self.shares(&vec![1; self.predicted.len()], rates, &exact);
        let draws: Vec<Vec<f64>> = bootstrap.draws(n_groups, |multiplicities| {
            let times: Vec<u32> = group_of.iter().map(|&group| multiplicities[group]).collect();
            // A stream of its own for the rates, told apart by the draw itself.
            let mut random = Random::new(bootstrap.seed ^ fingerprint(multiplicities));
            self.shares(&times, &rates.redrawn(&mut random), &coarse)
        });
        let estimate =
            |i: usize| interval(whole[i], draws.iter().map(|draw| draw[i]).filter(|value| !value.is_nan()).collect());
        let powered = sample.map(|sample| self.prediction_powered(sample, &group_of, n_groups, bootstrap));
        let labels: Vec<(String, Shares)> = self
            .task
            .labels
            .names()
            .enumerate()
            .map(|(k, name)| {
                let shares = Shares {
                    training: rates.priors.get(k).copied().unwrap_or(0.0),
                    count: estimate(k),
                    adjusted: estimate(n_labels + k),
                    em: estimate(2 * n_labels + k),
                    prediction_powered: powered.as_ref().map(|p| p[k].0),
                    sample: powered.as_ref().map(|p| p[k].1),
                };
                (name.to_owned(), shares)
            })
            .collect();
        let mut notes = vec![
            "count is biased by the model's errors; adjusted and em assume that texts with a label look as they did in training; \
             em's intervals leave out the error of the calibration and hold less often than 95 times in 100"
                .to_owned(),
        ];
        let without_skill: Vec<&str> =
            labels.iter().filter(|(_, s)| s.adjusted.value.is_nan()).map(|(name, _)| name.as_str()).collect();
        if !without_skill.is_empty() {
            notes.push(format!("the model can not tell apart, so no count is adjusted: {}", without_skill.join(", ")));
        }
        let contradicted: Vec<&str> =
            labels.iter().filter(|(_, s)| s.contradict()).map(|(name, _)| name.as_str()).collect();
        if !contradicted.is_empty() {
            notes.push(format!(
                "the estimators contradict each other, so texts with these labels look otherwise than in training: {}; {}",
                contradicted.join(", "),
                if sample.is_some() { "trust prediction-powered" } else { "label a sample drawn by chance and give it too" }
            ));
        }
        notes.extend(sample.and_then(|sample| self.few_labelled(sample)));
        Ok(Prevalence {
            task: self.task.name.clone(),
            n_rows: self.predicted.len(),
            n_groups,
            n_labelled: sample.map_or(0, |s| s.gold.len()),
            labels,
            notes,
        })
    }

    /// A note where the sample says little, of all labels or of some.
    fn few_labelled(&self, sample: &Sample) -> Option<String> {
        let n = sample.gold.len();
        if n < MIN_SAMPLE {
            return Some(format!(
                "{n} labelled row(s) are too few for intervals of prediction-powered and sample alone; label {MIN_SAMPLE} at least, \
                 100 and more to rely on them"
            ));
        }
        let has = |k: usize| sample.gold.iter().filter(|g| g.contains(&k)).count();
        let few = self.task.labels.names().enumerate().filter(|(k, _)| has(*k).min(n - has(*k)) < MIN_OF_LABEL);
        let few: Vec<&str> = few.map(|(_, name)| name).collect();
        (!few.is_empty()).then(|| {
            format!(
                "fewer than {MIN_OF_LABEL} labelled rows have, or have not, {}; their intervals of prediction-powered and sample alone \
                 are too narrow",
                few.join(", ")
            )
        })
    }

    fn check(&self) -> Result<()> {
        let (n_rows, n_labels) = (self.predicted.len(), self.task.labels.len());
        let fits = self.probabilities.len() == n_rows.saturating_mul(n_labels)
            && self.groups.len() == n_rows
            && self.probabilities.iter().all(|p| (0.0..=1.0).contains(p))
            && self.predicted.iter().flatten().all(|&label| label < n_labels);
        if !fits {
            return Err(Error::data(format!(
                "task \"{}\": rows and probabilities do not fit together",
                self.task.name
            )));
        }
        if n_rows == 0 {
            return Err(Error::data(format!("task \"{}\": no row to count", self.task.name)));
        }
        Ok(())
    }

    /// The probabilities of each label, label after label.
    fn columns(&self) -> Vec<Vec<f64>> {
        let n = self.task.labels.len();
        (0..n).map(|k| self.probabilities.iter().skip(k).step_by(n).copied().collect()).collect()
    }

    /// The probabilities in bins: of each label, or of all classes together.
    fn bins(&self, label: impl Fn(Vec<f64>) -> Bins, classes: impl Fn(&[f64], usize) -> ClassBins) -> TaskBins {
        match self.task.kind {
            TaskKind::Multi => TaskBins::Multi(self.columns().into_iter().map(label).collect()),
            TaskKind::Single => TaskBins::Single(classes(&self.probabilities, self.task.labels.len())),
        }
    }

    /// Count, adjusted count and EM of every label, where row i comes `times[i]` times.
    fn shares(&self, times: &[u32], rates: &ErrorRates, bins: &TaskBins) -> Vec<f64> {
        let n = self.task.labels.len();
        let n_rows: f64 = times.iter().map(|&t| f64::from(t)).sum::<f64>().max(1.0);
        // One more for rows without a prediction.
        let mut given = vec![0.0; n + 1];
        for (labels, &t) in self.predicted.iter().zip(times) {
            labels.iter().for_each(|&k| given[k] += f64::from(t));
            given[n] += if labels.is_empty() { f64::from(t) } else { 0.0 };
        }
        let count: Vec<f64> = given[..n].iter().map(|g| g / n_rows).collect();
        let (adjusted, em) = match bins {
            TaskBins::Multi(labels) => (
                (0..n).map(|k| adjusted_count(count[k], &rates.tables[k])).collect(),
                (0..n).map(|k| labels[k].em(times, rates.priors[k])).collect(),
            ),
            TaskBins::Single(classes) => {
                (adjusted_counts(&given, &rates.tables[0], &rates.priors), classes.em(times, &rates.priors))
            }
        };
        [count, adjusted, em].concat()
    }

    /// By label: the prediction-powered estimate, and that of the sample alone.
    fn prediction_powered(
        &self,
        sample: &Sample,
        group_of: &[usize],
        n_groups: usize,
        bootstrap: &Bootstrap,
    ) -> Vec<(Estimate, Estimate)> {
        let (here, labelled) = (self.columns(), sample.rows.columns());
        let (sample_group, n_sample_groups) = numbered(&sample.rows.groups);
        (0..self.task.labels.len())
            .map(|k| {
                let truth: Vec<f64> = sample.gold.iter().map(|g| f64::from(u8::from(g.contains(&k)))).collect();
                let lambda = power(&here[k], &labelled[k], &truth);
                // Of each group: rows and the sum of its values.
                let sums = |values: &mut dyn Iterator<Item = f64>, groups: &[usize], n: usize| {
                    let mut sums = vec![(0.0, 0.0); n];
                    groups.iter().zip(values).for_each(|(&g, v)| {
                        sums[g].0 += 1.0;
                        sums[g].1 += v;
                    });
                    sums
                };
                let unlabelled = sums(&mut here[k].iter().map(|p| lambda * p), group_of, n_groups);
                let corrections = sums(
                    &mut truth.iter().zip(&labelled[k]).map(|(y, p)| y - lambda * p),
                    &sample_group,
                    n_sample_groups,
                );
                let alone = sums(&mut truth.iter().copied(), &sample_group, n_sample_groups);
                let mean = |sums: &[(f64, f64)], times: &[u32]| {
                    let (n, sum) = sums.iter().zip(times).fold((0.0, 0.0), |(n, sum), ((rows, of), &t)| {
                        (n + f64::from(t) * rows, sum + f64::from(t) * of)
                    });
                    sum / f64::max(n, 1.0)
                };
                // The sample's own share has its mean here too, so that both intervals rest on the same draws.
                let sample_draws =
                    bootstrap.draws(n_sample_groups, |times| (mean(&corrections, times), mean(&alone, times)));
                let other = Bootstrap { seed: bootstrap.seed.wrapping_add(1), ..*bootstrap };
                let here_draws = other.draws(n_groups, |times| mean(&unlabelled, times));
                let ones = |n: usize| vec![1; n];
                let value = mean(&unlabelled, &ones(n_groups)) + mean(&corrections, &ones(n_sample_groups));
                let draws = sample_draws.iter().zip(&here_draws).map(|((c, _), u)| (c + u).clamp(0.0, 1.0)).collect();
                let only = mean(&alone, &ones(n_sample_groups));
                if sample.gold.len() < MIN_SAMPLE {
                    return (interval(value.clamp(0.0, 1.0), Vec::new()), interval(only, Vec::new()));
                }
                (
                    interval(value.clamp(0.0, 1.0), draws),
                    interval(only, sample_draws.iter().map(|(_, alone)| *alone).collect()),
                )
            })
            .collect()
    }
}

/// A number that tells draws apart; the same on every machine.
fn fingerprint(multiplicities: &[u32]) -> u64 {
    multiplicities.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &m| (hash ^ u64::from(m)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::LabelSet;

    /// Rows of known shares, with calibrated probabilities of a classifier trained at `prior`, and what truly holds. A row's
    /// evidence is normal around +1 or -1; the threshold is that of probability 0.5.
    fn shifted(n: usize, share: f64, prior: f64, random: &mut Random) -> (Unlabelled, Vec<Vec<usize>>) {
        let (mut probabilities, mut predicted, mut gold) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..n {
            let holds = random.uniform() < share;
            let evidence = random.normal() + if holds { 1.0 } else { -1.0 };
            // Log odds of two normals a distance of 2 apart, and of the share in training.
            let p = 1.0 / (1.0 + (-(2.0 * evidence + (prior / (1.0 - prior)).ln())).exp());
            probabilities.push(p);
            predicted.push(if p >= 0.5 { vec![0] } else { vec![] });
            gold.push(if holds { vec![0] } else { vec![] });
        }
        let task = Task { name: "t".to_owned(), kind: TaskKind::Multi, labels: LabelSet::from_names(["a"]).unwrap() };
        (Unlabelled { task, probabilities, predicted, groups: (0..n).collect() }, gold)
    }

    #[test]
    fn corrected_shares_are_nearer_than_the_count_where_shares_shift() {
        let mut random = Random::new(4);
        let prior = 0.3;
        let (training, gold) = shifted(8000, prior, prior, &mut random);
        let rates = ErrorRates::measured(&training.task, &gold, &training.predicted, vec![prior]);
        for share in [0.05, 0.6, 0.9] {
            let (here, truth) = shifted(4000, share, prior, &mut random);
            let true_share = truth.iter().filter(|g| !g.is_empty()).count() as f64 / 4000.0;
            let found = here.prevalence(&rates, None, &Bootstrap { n_draws: 200, seed: 0 }).unwrap();
            let shares = found.labels[0].1;
            let off = |e: Estimate| (e.value - true_share).abs();
            assert!(off(shares.count) > 0.04, "{share}: {shares:?}");
            for corrected in [shares.adjusted, shares.em] {
                assert!(off(corrected) < 0.25 * off(shares.count), "{share}: {shares:?}");
                assert!(
                    corrected.low.unwrap() < true_share && true_share < corrected.high.unwrap(),
                    "{share}: {shares:?}"
                );
            }
        }
    }

    #[test]
    fn intervals_hold_the_true_share_as_often_as_they_say() {
        let mut random = Random::new(11);
        let (training, gold) = shifted(2000, 0.3, 0.3, &mut random);
        let rates = ErrorRates::measured(&training.task, &gold, &training.predicted, vec![0.3]);
        let mut held = [0; 3];
        let n_runs = 60;
        for _ in 0..n_runs {
            let (here, _) = shifted(800, 0.5, 0.3, &mut random);
            let (rows, gold) = shifted(200, 0.5, 0.3, &mut random);
            let sample = Sample { rows, gold };
            let found = here.prevalence(&rates, Some(&sample), &Bootstrap { n_draws: 200, seed: 1 }).unwrap();
            let s = found.labels[0].1;
            // The share of the population, not of the rows drawn: rows are resampled too.
            for (n, e) in held.iter_mut().zip([s.adjusted, s.em, s.prediction_powered.unwrap()]) {
                *n += usize::from(e.low.unwrap() <= 0.5 && 0.5 <= e.high.unwrap());
            }
        }
        assert!(held.iter().all(|&n| n >= n_runs * 85 / 100), "{held:?} of {n_runs}");
    }

    #[test]
    fn a_labelled_sample_mends_a_model_that_is_wrong_here() {
        let mut random = Random::new(6);
        let (mut here, truth) = shifted(6000, 0.4, 0.3, &mut random);
        let (mut rows, gold) = shifted(400, 0.4, 0.3, &mut random);
        // Here the model is too sure of the label: no prior shift, but another relation of words and label.
        here.probabilities.iter_mut().chain(&mut rows.probabilities).for_each(|p| *p = p.sqrt());
        let rates = ErrorRates::measured(&here.task, &gold, &rows.predicted, vec![0.3]);
        let sample = Sample { rows, gold };
        let found = here.prevalence(&rates, Some(&sample), &Bootstrap::default()).unwrap();
        let shares = found.labels[0].1;
        let true_share = truth.iter().filter(|g| !g.is_empty()).count() as f64 / 6000.0;
        let (powered, alone) = (shares.prediction_powered.unwrap(), shares.sample.unwrap());
        let width = |e: Estimate| e.high.unwrap() - e.low.unwrap();
        assert!((powered.value - true_share).abs() < 0.05 && width(powered) < 0.85 * width(alone), "{shares:?}");
        assert!(powered.low.unwrap() < true_share && true_share < powered.high.unwrap());
        assert!((shares.em.value - true_share).abs() > 0.1, "{shares:?}");
        assert_eq!(found.n_labelled, 400);
        assert!(found.notes.iter().any(|n| n.contains("contradict") && n.ends_with("trust prediction-powered")));
    }

    #[test]
    fn classes_are_corrected_by_the_confusion_matrix() {
        let mut random = Random::new(8);
        let labels = LabelSet::from_names(["a", "b", "c"]).unwrap();
        let task = Task { name: "t".to_owned(), kind: TaskKind::Single, labels };
        let draw = |shares: [f64; 3], n: usize, random: &mut Random| {
            let (mut gold, mut predicted, mut probabilities) = (Vec::new(), Vec::new(), Vec::new());
            for _ in 0..n {
                let u = random.uniform();
                let truth = if u < shares[0] {
                    0
                } else if u < shares[0] + shares[1] {
                    1
                } else {
                    2
                };
                let said = if random.uniform() < 0.7 { truth } else { random.below(3) };
                gold.push(vec![truth]);
                predicted.push(vec![said]);
                // What the prediction says by Bayes where all classes are equally frequent.
                probabilities.extend((0..3).map(|k| if k == said { 0.8 } else { 0.1 }));
            }
            (Unlabelled { task: task.clone(), probabilities, predicted, groups: (0..n).collect() }, gold)
        };
        let (training, gold) = draw([1.0 / 3.0; 3], 6000, &mut random);
        let rates = ErrorRates::measured(&task, &gold, &training.predicted, vec![1.0 / 3.0; 3]);
        let (here, truth) = draw([0.75, 0.2, 0.05], 5000, &mut random);
        let found = here.prevalence(&rates, None, &Bootstrap { n_draws: 100, seed: 0 }).unwrap();
        for (k, (_, s)) in found.labels.iter().enumerate() {
            let share = truth.iter().filter(|g| g[0] == k).count() as f64 / 5000.0;
            let off = |e: Estimate| (e.value - share).abs();
            assert!(off(s.adjusted) < 0.03 && off(s.em) < 0.03, "{k}: {share} {s:?}");
            // The share of the middle class hardly shifts, so that its count is hardly off.
            assert!(k == 1 || off(s.count) > 0.04, "{k}: {share} {s:?}");
        }
        let sum: f64 = found.labels.iter().map(|(_, s)| s.adjusted.value).sum();
        assert!((sum - 1.0).abs() < 1e-9);
    }

    #[test]
    fn rates_come_from_the_figures_of_a_model() {
        let (training, gold) = shifted(900, 0.3, 0.3, &mut Random::new(1));
        let predictions = crate::evaluation::Predictions {
            task: training.task.clone(),
            gold: gold.iter().cloned().map(Some).collect(),
            probabilities: training.probabilities.clone(),
            predicted: training.predicted.clone(),
            groups: training.groups.clone(),
        };
        let figures = crate::evaluation::Figures::of(&predictions).unwrap();
        let mut evaluation = serde_json::json!({"tasks": {"t": figures}});
        let measured = ErrorRates::measured(&training.task, &gold, &training.predicted, vec![0.3]);
        assert_eq!(ErrorRates::of_model(&evaluation, &training.task, &[270], 900).unwrap(), measured);
        // As models before this version wrote it.
        evaluation["tasks"]["t"]["labels"]["a"].as_object_mut().unwrap().remove("n_predicted");
        assert_eq!(ErrorRates::of_model(&evaluation, &training.task, &[270], 900).unwrap(), measured);
        let absurd = serde_json::json!({"support": 1e300, "recall": 1, "precision": 1e-300, "n_predicted": -1});
        for broken in [
            serde_json::json!(null),
            serde_json::json!({"tasks": {"t": {"n_rows": 3, "labels": []}}}),
            serde_json::json!({"tasks": {"t": {"n_rows": 3, "labels": {"a": absurd}}}}),
        ] {
            assert!(ErrorRates::of_model(&broken, &training.task, &[270], 900).is_err());
        }
    }

    #[test]
    fn a_label_without_skill_is_not_corrected() {
        let (here, gold) = shifted(300, 0.3, 0.3, &mut Random::new(3));
        let never = vec![Vec::new(); 300];
        let rates = ErrorRates::measured(&here.task, &gold, &never, vec![0.3]);
        let found = here.prevalence(&rates, None, &Bootstrap { n_draws: 20, seed: 0 }).unwrap();
        assert!(found.labels[0].1.adjusted.value.is_nan());
        assert!(found.notes[1].contains("can not tell apart"), "{:?}", found.notes);
        assert!(Unlabelled { groups: vec![], ..here }.prevalence(&rates, None, &Bootstrap::default()).is_err());
    }
}
