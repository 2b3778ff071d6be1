//! How many of many texts hold a label? Shares corrected for the errors of the classifier.
//!
//! Counting what a classifier says is biased: with 5 % false alarms a label that holds in 1 % of the rows is counted in
//! about 6 %. The corrections take that how the classifier errs was measured on held-out rows, and that texts of one label
//! look alike in training and here although the shares differ (prior shift).

use serde::Serialize;
use serde_json::Value;

use crate::dataset::random::Random;
use crate::error::{Error, Result};
use crate::evaluation::bootstrap::{Bootstrap, interval, numbered};
use crate::evaluation::metrics::{Estimate, as_map};
use crate::label::{Task, TaskKind};

/// Steps of an expectation-maximisation at most; it ends earlier when no share changes by more than [`TOLERANCE`].
const MAX_STEPS: usize = 2000;
const TOLERANCE: f64 = 1e-7;
/// Below this difference of the true and the false positive rate a count can not be corrected.
const LEAST_SKILL: f64 = 0.02;

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

/// How a classifier errs on one task, measured on rows that it was not fitted on, and its shares in training.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorRates {
    /// Multi: one table a label, rows by "does not hold, holds", columns by "not predicted, predicted". Single: one table,
    /// rows by the label that holds, columns by the label predicted and, last, none predicted.
    tables: Vec<Vec<Vec<f64>>>,
    /// Share of rows with each label in training.
    priors: Vec<f64>,
}

impl ErrorRates {
    /// The rates in the figures that a model holds: those of the headline split, out of fold. `task`, `n_positives` and
    /// `n_rows` as in [`crate::model::TaskModel`].
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Model`] if the model holds no figures for the task.
    pub fn of_model(evaluation: &Value, task: &Task, n_positives: &[usize], n_rows: usize) -> Result<Self> {
        let none = || {
            Error::new(
                crate::error::ErrorKind::Model,
                format!("the model holds no out-of-fold figures for \"{}\"; train anew with this version", task.name),
            )
        };
        let figures = evaluation.get("tasks").and_then(|t| t.get(&task.name)).ok_or_else(none)?;
        let n = task.labels.len();
        let tables = match task.kind {
            TaskKind::Multi => {
                let all = figures["n_rows"].as_f64().ok_or_else(none)?;
                task.labels
                    .names()
                    .map(|name| {
                        let label = figures["labels"].get(name).ok_or_else(none)?;
                        let figure = |key: &str| label[key].as_f64().filter(|v| v.is_finite() && *v >= 0.0);
                        let (support, recall) =
                            (figure("support").ok_or_else(none)?, figure("recall").ok_or_else(none)?);
                        let hits = (recall * support).round();
                        // Models of older versions do not say how often a label was predicted.
                        let of_precision = figure("precision").filter(|p| *p > 0.0).map(|p| (hits / p).round());
                        let given = figure("n_predicted").or(of_precision).unwrap_or(0.0);
                        let false_alarms = (given - hits).max(0.0);
                        Ok(vec![
                            vec![(all - support - false_alarms).max(0.0), false_alarms],
                            vec![(support - hits).max(0.0), hits],
                        ])
                    })
                    .collect::<Result<_>>()?
            }
            TaskKind::Single => {
                let rows = figures["confusion"].as_array().filter(|rows| rows.len() == n).ok_or_else(none)?;
                let table = rows.iter().enumerate().map(|(k, row)| {
                    let mut row: Vec<f64> = row.as_array()?.iter().map(Value::as_f64).collect::<Option<_>>()?;
                    let support = figures["labels"].get(task.labels.name(k))?["support"].as_f64()?;
                    row.push((support - row.iter().sum::<f64>()).max(0.0));
                    (row.len() == n + 1 && row.iter().all(|c| c.is_finite() && *c >= 0.0)).then_some(row)
                });
                vec![table.collect::<Option<Vec<_>>>().ok_or_else(none)?]
            }
        };
        let priors = n_positives.iter().map(|&k| k as f64 / n_rows.max(1) as f64).collect();
        Ok(Self { tables, priors })
    }

    /// The same, measured on labelled rows: `gold` and `predicted` have one entry a row.
    pub fn measured(task: &Task, gold: &[Vec<usize>], predicted: &[Vec<usize>], priors: Vec<f64>) -> Self {
        let n = task.labels.len();
        let rows = || gold.iter().zip(predicted);
        let tables = match task.kind {
            TaskKind::Multi => (0..n)
                .map(|k| {
                    let mut table = vec![vec![0.0; 2]; 2];
                    rows().for_each(|(g, p)| table[usize::from(g.contains(&k))][usize::from(p.contains(&k))] += 1.0);
                    table
                })
                .collect(),
            TaskKind::Single => {
                let mut table = vec![vec![0.0; n + 1]; n];
                rows().for_each(|(g, p)| {
                    if let Some(row) = g.first().and_then(|&k| table.get_mut(k)) {
                        row[p.first().map_or(n, |&k| k.min(n))] += 1.0;
                    }
                });
                vec![table]
            }
        };
        Self { tables, priors }
    }

    /// Another draw of the same tables: each row of a table as if its counts were drawn anew (Dirichlet, half a count
    /// added to each cell).
    fn redrawn(&self, random: &mut Random) -> Self {
        let row =
            |row: &Vec<f64>, random: &mut Random| -> Vec<f64> { row.iter().map(|c| random.gamma(c + 0.5)).collect() };
        let tables = self.tables.iter().map(|table| table.iter().map(|counts| row(counts, random)).collect()).collect();
        Self { tables, priors: self.priors.clone() }
    }
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
        let exact: Vec<Bins> = self.columns().into_iter().map(Bins::exact).collect();
        let coarse: Vec<Bins> = self.columns().iter().map(|column| Bins::coarse(column)).collect();
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
            "count is biased by the model's errors; adjusted and em assume that texts with a label look as they did in training"
                .to_owned(),
        ];
        let without_skill: Vec<&str> =
            labels.iter().filter(|(_, s)| s.adjusted.value.is_nan()).map(|(name, _)| name.as_str()).collect();
        if !without_skill.is_empty() {
            notes.push(format!("the model can not tell apart, so no count is adjusted: {}", without_skill.join(", ")));
        }
        Ok(Prevalence {
            task: self.task.name.clone(),
            n_rows: self.predicted.len(),
            n_groups,
            n_labelled: sample.map_or(0, |s| s.gold.len()),
            labels,
            notes,
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

    /// Count, adjusted count and EM of every label, where row i comes `times[i]` times.
    fn shares(&self, times: &[u32], rates: &ErrorRates, bins: &[Bins]) -> Vec<f64> {
        let n = self.task.labels.len();
        let n_rows: f64 = times.iter().map(|&t| f64::from(t)).sum::<f64>().max(1.0);
        // One more for rows without a prediction.
        let mut given = vec![0.0; n + 1];
        for (labels, &t) in self.predicted.iter().zip(times) {
            labels.iter().for_each(|&k| given[k] += f64::from(t));
            given[n] += if labels.is_empty() { f64::from(t) } else { 0.0 };
        }
        let count: Vec<f64> = given[..n].iter().map(|g| g / n_rows).collect();
        let (adjusted, em) = match self.task.kind {
            TaskKind::Multi => (
                (0..n).map(|k| adjusted_count(count[k], &rates.tables[k])).collect(),
                (0..n).map(|k| bins[k].em(times, rates.priors[k])).collect(),
            ),
            TaskKind::Single => (
                adjusted_counts(&given, &rates.tables[0], &rates.priors),
                em_classes(&self.probabilities, times, &rates.priors),
            ),
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
                (
                    interval(value.clamp(0.0, 1.0), draws),
                    interval(only, sample_draws.iter().map(|(_, alone)| *alone).collect()),
                )
            })
            .collect()
    }
}

/// How much to trust the model: the factor of its probabilities under which the prediction-powered mean varies least.
fn power(unlabelled: &[f64], labelled: &[f64], truth: &[f64]) -> f64 {
    let n = truth.len() as f64;
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len().max(1) as f64;
    let (mean_p, mean_y) = (mean(labelled), mean(truth));
    let covariance = labelled.iter().zip(truth).map(|(p, y)| (p - mean_p) * (y - mean_y)).sum::<f64>() / n.max(1.0);
    let pooled: Vec<f64> = labelled.iter().chain(unlabelled).copied().collect();
    let mean_all = mean(&pooled);
    let variance = pooled.iter().map(|p| (p - mean_all).powi(2)).sum::<f64>() / pooled.len().max(1) as f64;
    let factor = covariance / ((1.0 + n / unlabelled.len().max(1) as f64) * variance);
    if factor.is_finite() { factor.clamp(0.0, 1.0) } else { 0.0 }
}

fn adjusted_count(count: f64, table: &[Vec<f64>]) -> f64 {
    let rate = |row: &[f64]| row[1] / (row[0] + row[1]);
    let (false_rate, true_rate) = (rate(&table[0]), rate(&table[1]));
    let skill = true_rate - false_rate;
    // Also where a rate is not defined.
    if skill >= LEAST_SKILL { ((count - false_rate) / skill).clamp(0.0, 1.0) } else { f64::NAN }
}

/// The mixture of the rows of `table` (as shares) under which the predictions `given` are most likely: the inverse of the
/// confusion matrix where that gives shares, else the nearest shares by likelihood.
fn adjusted_counts(given: &[f64], table: &[Vec<f64>], priors: &[f64]) -> Vec<f64> {
    let rates: Vec<Vec<f64>> = table
        .iter()
        .map(|row| {
            let sum: f64 = row.iter().sum();
            row.iter().map(|c| if sum > 0.0 { c / sum } else { 0.0 }).collect()
        })
        .collect();
    let n_rows: f64 = given.iter().sum::<f64>().max(1.0);
    let mut shares = started(priors);
    for _ in 0..MAX_STEPS {
        let mut next = vec![0.0; shares.len()];
        for (j, &n) in given.iter().enumerate().filter(|(_, n)| **n > 0.0) {
            let all: f64 = rates.iter().zip(&shares).map(|(row, share)| row[j] * share).sum();
            if all > 0.0 {
                next.iter_mut()
                    .zip(&rates)
                    .zip(&shares)
                    .for_each(|((next, row), share)| *next += n * row[j] * share / all);
            }
        }
        if settle(&mut shares, next, n_rows) {
            break;
        }
    }
    shares
}

/// Probabilities of one label, equal or nearly equal ones together, so that a draw works on few of them.
struct Bins {
    bin_of: Vec<usize>,
    probabilities: Vec<f64>,
}

impl Bins {
    fn exact(column: Vec<f64>) -> Self {
        Self { bin_of: (0..column.len()).collect(), probabilities: column }
    }

    /// Bins of 0.05 in the logit.
    fn coarse(column: &[f64]) -> Self {
        let number =
            |p: f64| ((p.clamp(1e-9, 1.0 - 1e-9) / (1.0 - p.clamp(1e-9, 1.0 - 1e-9))).ln() * 20.0).round() as i64;
        let mut numbers: Vec<i64> = column.iter().map(|&p| number(p)).collect();
        let of_row = numbers.clone();
        numbers.sort_unstable();
        numbers.dedup();
        let bin_of: Vec<usize> = of_row.iter().map(|n| numbers.partition_point(|m| m < n)).collect();
        let mut sums = vec![(0.0, 0.0); numbers.len()];
        bin_of.iter().zip(column).for_each(|(&bin, p)| {
            sums[bin].0 += p;
            sums[bin].1 += 1.0;
        });
        Self { bin_of, probabilities: sums.iter().map(|(sum, n)| sum / n).collect() }
    }

    /// Share of a label that holds or not, by EM on its probabilities, which are calibrated for a share of `prior`; row i
    /// comes `times[i]` times.
    fn em(&self, times: &[u32], prior: f64) -> f64 {
        if prior <= 0.0 || prior >= 1.0 {
            return prior.clamp(0.0, 1.0);
        }
        let mut masses = vec![0.0; self.probabilities.len()];
        self.bin_of.iter().zip(times).for_each(|(&bin, &t)| masses[bin] += f64::from(t));
        let n = masses.iter().sum::<f64>().max(1.0);
        let mut share = prior;
        for _ in 0..MAX_STEPS {
            let (with, without) = (share / prior, (1.0 - share) / (1.0 - prior));
            let sum: f64 = self
                .probabilities
                .iter()
                .zip(&masses)
                .map(|(p, mass)| {
                    let (yes, no) = (p * with, (1.0 - p) * without);
                    if yes + no > 0.0 { mass * yes / (yes + no) } else { 0.0 }
                })
                .sum();
            let moved = (sum / n - share).abs();
            share = sum / n;
            if moved < TOLERANCE {
                break;
            }
        }
        share
    }
}

/// Shares of classes of which one holds, by EM on `probabilities` (rows x classes), calibrated for shares of `priors`.
fn em_classes(probabilities: &[f64], times: &[u32], priors: &[f64]) -> Vec<f64> {
    let n_rows: f64 = times.iter().map(|&t| f64::from(t)).sum::<f64>().max(1.0);
    let mut shares = started(priors);
    for _ in 0..MAX_STEPS {
        let ratios: Vec<f64> =
            shares.iter().zip(priors).map(|(share, prior)| if *prior > 0.0 { share / prior } else { 0.0 }).collect();
        let mut next = vec![0.0; shares.len()];
        let mut corrected = vec![0.0; shares.len()];
        for (row, &t) in probabilities.chunks(shares.len().max(1)).zip(times).filter(|(_, t)| **t > 0) {
            let mut all = 0.0;
            for ((c, p), ratio) in corrected.iter_mut().zip(row).zip(&ratios) {
                *c = p * ratio;
                all += *c;
            }
            if all > 0.0 {
                next.iter_mut().zip(&corrected).for_each(|(next, c)| *next += f64::from(t) * c / all);
            }
        }
        if settle(&mut shares, next, n_rows) {
            break;
        }
    }
    shares
}

/// Where a search for shares begins: at those of training, none of them 0.
fn started(priors: &[f64]) -> Vec<f64> {
    let raised: Vec<f64> = priors.iter().map(|p| p + 1e-6).collect();
    let sum: f64 = raised.iter().sum();
    raised.iter().map(|p| p / sum).collect()
}

/// Takes `next` (sums over rows) as shares; whether nothing moved any more.
fn settle(shares: &mut Vec<f64>, mut next: Vec<f64>, n_rows: f64) -> bool {
    next.iter_mut().for_each(|n| *n /= n_rows);
    let sum: f64 = next.iter().sum();
    if sum <= 0.0 {
        return true;
    }
    next.iter_mut().for_each(|n| *n /= sum);
    let moved = shares.iter().zip(&next).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    *shares = next;
    moved < TOLERANCE
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
        for broken in [serde_json::json!(null), serde_json::json!({"tasks": {"t": {"n_rows": 3, "labels": []}}})] {
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
