//! From logits to probabilities that hold: fitted on out-of-fold logits, so that the rows were unseen.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2};

use crate::error::{Error, ErrorKind, Result};
use crate::label::TaskKind;
use crate::model::logistic::{give_way, softplus};
use crate::model::{Rivalry, sigmoid};
use crate::training::logistic::same_length;
use crate::training::softmax;

/// Logits beyond this say no more than "certain" and are cut to it.
pub const MAX_LOGIT: f64 = 30.0;
/// Rows with and without a label that a calibration needs at least.
pub const MIN_ROWS: usize = 5;
/// Scale of a softmax whose logits say nothing of the labels: their order stays, their confidence goes.
pub const LEAST_SCALE: f64 = 0.1;
/// Keeps the slope finite where the logits separate the classes (Platt's smoothed targets can not be told to linfa).
const SLOPE_PENALTY: f64 = 1e-2;

/// A map from the logits of one row to its probabilities.
#[derive(Debug, Clone, PartialEq)]
pub enum Calibration {
    /// Task of kind multi: a line for each label, and how far it gives way to the others.
    Multi {
        /// One a label.
        lines: Vec<Platt>,
        /// One a label; see [`crate::model::TaskModel::rivalry`].
        rivalry: Vec<Rivalry>,
    },
    /// Task of kind single: the probabilities sum to 1.
    Single(Temperature),
}

impl Calibration {
    /// Fits the calibration of a task on out-of-fold `logits` (`gold.len()` rows of `n_labels`); `gold` holds the labels
    /// of each row.
    ///
    /// # Errors
    /// As [`Platt::fit`] and [`Temperature::fit`].
    pub fn fit(kind: TaskKind, n_labels: usize, logits: &[f64], gold: &[&[usize]]) -> Result<Self> {
        match kind {
            TaskKind::Multi => {
                let holds: Vec<Vec<bool>> =
                    (0..n_labels).map(|k| gold.iter().map(|labels| labels.contains(&k)).collect()).collect();
                let line = |k: usize| {
                    let scores: Vec<f64> = logits.iter().skip(k).step_by(n_labels).copied().collect();
                    Ok(Platt::fit(&scores, &holds[k])?.calibration)
                };
                let lines: Vec<Platt> = (0..n_labels).map(line).collect::<Result<_>>()?;
                let logits: Vec<f64> = logits.iter().enumerate().map(|(i, &l)| lines[i % n_labels].line(l)).collect();
                Ok(Self::Multi { rivalry: fit_rivalry(&logits, &holds), lines })
            }
            TaskKind::Single => {
                let first: Vec<usize> = gold.iter().map(|labels| labels.first().copied().unwrap_or(0)).collect();
                Ok(Self::Single(Temperature::fit(logits, n_labels, &first)?.calibration))
            }
        }
    }

    /// The straight line through which the logit of label `k` goes first: slope and offset. Both kinds of calibration have
    /// such lines, so that they can be folded into the weights.
    pub fn line(&self, k: usize) -> (f64, f64) {
        match self {
            Self::Multi { lines, .. } => lines.get(k).map_or((1.0, 0.0), |p| (p.slope, p.offset)),
            Self::Single(t) => (t.scale, t.offsets.get(k).copied().unwrap_or(0.0)),
        }
    }

    /// The logits of one row before the link, as a model with folded weights has them.
    pub(crate) fn logits(&self, logits: &[f64]) -> Vec<f64> {
        let line = |(k, logit): (usize, &f64)| {
            let (slope, offset) = self.line(k);
            slope * logit + offset
        };
        let mut logits: Vec<f64> = logits.iter().enumerate().map(line).collect();
        if let Self::Multi { rivalry, .. } = self {
            give_way(rivalry, &mut logits, &mut Vec::new());
        }
        logits
    }

    /// What it is, in words.
    pub fn describe(&self) -> String {
        match self {
            Self::Multi { .. } => {
                "Platt scaling of each label, fitted on out-of-fold logits and folded into the weights; a \
                                   label gives way to likelier others"
                    .to_owned()
            }
            Self::Single(t) => format!(
                "softmax with temperature {:.2} and an offset for each label, fitted on out-of-fold logits and folded into the weights",
                1.0 / t.scale
            ),
        }
    }
}

/// `sigmoid(slope * logit + offset)`. Reference: Platt 1999, "Probabilistic outputs for support vector machines".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Platt {
    /// Factor on the logit, above 0: the order of rows stays as it is.
    pub slope: f64,
    /// Added to the scaled logit.
    pub offset: f64,
}

/// `softmax(scale * logit_k + offset_k)`. Reference: Guo et al. 2017, "On calibration of modern neural networks"
/// (temperature 1 / scale; the offsets are those of vector scaling).
#[derive(Debug, Clone, PartialEq)]
pub struct Temperature {
    /// Factor on all logits, above 0.
    pub scale: f64,
    /// Added to the scaled logits, one a label; they sum to 0.
    pub offsets: Vec<f64>,
}

/// A calibration with what it brought on the rows it was fitted on.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibrated<C> {
    /// The fitted map.
    pub calibration: C,
    /// Mean log loss (natural logarithm) of the logits as they are.
    pub log_loss_before: f64,
    /// Mean log loss of the calibrated logits.
    pub log_loss_after: f64,
    /// What kept the full calibration from being used, if anything.
    pub note: Option<CalibrationNote>,
}

/// Why a calibration is not the full one.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalibrationNote {
    /// Fewer than [`MIN_ROWS`] rows with the label, or (single) in fewer than two labels: left as it is.
    FewPositives,
    /// Fewer than [`MIN_ROWS`] rows without the label: left as it is.
    FewNegatives,
    /// The fitted slope was not positive (the logits say nothing): slope 1 (single: [`LEAST_SCALE`]), the mean
    /// probability is the prevalence.
    SlopeNotPositive,
    /// The solver failed or did not improve on the logits: slope 1 (single: [`LEAST_SCALE`]), the mean probability is
    /// the prevalence.
    NotFitted,
}

impl Platt {
    /// Leaves probabilities as they are.
    pub const IDENTITY: Self = Self { slope: 1.0, offset: 0.0 };

    /// Probability for a logit, in 0..=1.
    pub fn apply(self, logit: f64) -> f64 {
        sigmoid(self.line(logit))
    }

    fn line(self, logit: f64) -> f64 {
        self.slope * clip(logit) + self.offset
    }

    /// Fits slope and offset on the logits of rows that the model had not seen.
    ///
    /// With fewer than [`MIN_ROWS`] rows with or without the label the result is [`Platt::IDENTITY`] with a note.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for lengths that differ, [`ErrorKind::Numeric`] for logits that are not finite.
    pub fn fit(logits: &[f64], gold: &[bool]) -> Result<Calibrated<Self>> {
        same_length("logits", logits.len(), "gold labels", gold.len())?;
        let logits = clipped(logits)?;
        let n_positives = gold.iter().filter(|&&label| label).count();
        let before = Self::IDENTITY.log_loss(&logits, gold);
        let unchanged = |note| Calibrated {
            calibration: Self::IDENTITY,
            log_loss_before: before,
            log_loss_after: before,
            note: Some(note),
        };
        if n_positives < MIN_ROWS {
            return Ok(unchanged(CalibrationNote::FewPositives));
        }
        if gold.len() - n_positives < MIN_ROWS {
            return Ok(unchanged(CalibrationNote::FewNegatives));
        }
        let (calibration, note) = match fit_line(&logits, gold) {
            Some(line) if line.slope <= 0.0 => (None, Some(CalibrationNote::SlopeNotPositive)),
            Some(line) if line.log_loss(&logits, gold) <= before + 1e-9 => (Some(line), None),
            _ => (None, Some(CalibrationNote::NotFitted)),
        };
        let calibration = calibration.unwrap_or_else(|| Self::of_prevalence(&logits, n_positives));
        let log_loss_after = calibration.log_loss(&logits, gold);
        Ok(Calibrated { calibration, log_loss_before: before, log_loss_after, note })
    }

    /// Slope 1 and the offset at which the mean probability is the share of positives, by bisection.
    fn of_prevalence(logits: &[f64], n_positives: usize) -> Self {
        // The logits are cut to +-30 and both classes have rows, so that the root lies well inside.
        let (mut low, mut high) = (-3.0 * MAX_LOGIT, 3.0 * MAX_LOGIT);
        for _ in 0..80 {
            let offset = 0.5 * (low + high);
            let expected: f64 = logits.iter().map(|logit| sigmoid(logit + offset)).sum();
            if expected < n_positives as f64 { low = offset } else { high = offset }
        }
        Self { slope: 1.0, offset: 0.5 * (low + high) }
    }

    /// Mean log loss; 0 for no rows.
    fn log_loss(self, logits: &[f64], gold: &[bool]) -> f64 {
        let losses = logits.iter().zip(gold).map(|(&logit, &label)| log_loss(self.line(logit), label));
        losses.sum::<f64>() / logits.len().max(1) as f64
    }
}

/// Keeps the rivalry of labels with few rows near 0.
const RIVALRY_PENALTY: f64 = 10.0;

/// How far each label gives way to the others: the factor on the sum of `ln(1 + e^logit)` over the other labels, which is
/// minus the logarithm of the probability that none of them holds, and the offset that goes with it.
///
/// Labels are fitted one by one, but texts have hardly room for two: where another label is likely, most are less likely than
/// their own words say. A matrix of all pairs fits no better (docs/FEATURES.md). `logits`: after `lines`; `holds`: for each
/// label one entry a row.
fn fit_rivalry(logits: &[f64], holds: &[Vec<bool>]) -> Vec<Rivalry> {
    let n = holds.len();
    let all: Vec<f64> = logits.chunks(n.max(1)).map(|row| row.iter().map(|&l| softplus(l)).sum()).collect();
    let of_label = |(k, holds): (usize, &Vec<bool>)| {
        let own: Vec<f64> = logits.iter().skip(k).step_by(n).copied().collect();
        let others: Vec<f64> = own.iter().zip(&all).map(|(&own, all)| all - softplus(own)).collect();
        fit_plane(&own, &others, holds)
    };
    holds.iter().enumerate().map(of_label).collect()
}

/// The logistic regression on `logit + offset + factor * other`, by damped Newton steps; 0 and 0 where the label or its
/// opposite is too rare.
fn fit_plane(logits: &[f64], others: &[f64], holds: &[bool]) -> Rivalry {
    let n_positives = holds.iter().filter(|&&label| label).count();
    if n_positives < MIN_ROWS || holds.len() - n_positives < MIN_ROWS {
        return Rivalry::default();
    }
    let rows = || logits.iter().zip(others).zip(holds);
    let objective = |a: f64, b: f64| {
        let losses = rows().map(|((logit, other), &label)| log_loss(logit + a + b * other, label));
        losses.sum::<f64>() + 0.5 * RIVALRY_PENALTY * b * b
    };
    let (mut a, mut b) = (0.0, 0.0);
    let mut now = objective(a, b);
    for _ in 0..30 {
        let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.0, RIVALRY_PENALTY * b, 1e-9, 0.0, RIVALRY_PENALTY);
        for ((logit, other), &label) in rows() {
            let p = sigmoid(logit + a + b * other);
            let (error, curvature) = (p - f64::from(u8::from(label)), p * (1.0 - p));
            (ga, gb) = (ga + error, gb + error * other);
            (haa, hab, hbb) = (haa + curvature, hab + curvature * other, hbb + curvature * other * other);
        }
        let determinant = haa * hbb - hab * hab;
        let (da, db) = ((hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant);
        let step = (0..20).map(|halvings| 0.5_f64.powi(halvings)).find_map(|step| {
            let then = objective(a - step * da, b - step * db);
            (then < now).then_some((step, then))
        });
        let Some((step, then)) = step else { break };
        (a, b) = (a - step * da, b - step * db);
        let gain = now - then;
        now = then;
        if gain < 1e-9 * now {
            break;
        }
    }
    Rivalry { offset: a, factor: b }
}

/// `-ln` of the probability of what is true.
fn log_loss(logit: f64, label: bool) -> f64 {
    softplus(if label { -logit } else { logit })
}

/// Logistic regression on one column; `None` where linfa fails or returns no numbers.
fn fit_line(logits: &[f64], gold: &[bool]) -> Option<Platt> {
    let column = Array2::from_shape_vec((logits.len(), 1), logits.to_vec()).ok()?;
    let dataset = DatasetBase::new(column, Array1::from(gold.to_vec()));
    let model = LogisticRegression::<f64>::new()
        .alpha(SLOPE_PENALTY)
        .gradient_tolerance(1e-6 * logits.len() as f64)
        .fit(&dataset)
        .ok()?;
    // 0.8.1 calls the more frequent class positive: only `labels` tells which one it took.
    let sign = if model.labels().pos.class { 1.0 } else { -1.0 };
    let line = Platt { slope: sign * *model.params().first()?, offset: sign * model.intercept() };
    (line.slope.is_finite() && line.offset.is_finite()).then_some(line)
}

impl Temperature {
    /// Plain softmax over this many labels.
    pub fn identity(n_labels: usize) -> Self {
        Self { scale: 1.0, offsets: vec![0.0; n_labels] }
    }

    /// Turns the logits of one row into probabilities that sum to 1, in place.
    ///
    /// Logits beyond the number of offsets are not touched.
    pub fn apply(&self, row: &mut [f64]) {
        for (logit, offset) in row.iter_mut().zip(&self.offsets) {
            *logit = self.scale * clip(*logit) + offset;
        }
        let n_labels = row.len().min(self.offsets.len());
        softmax::normalise(&mut row[..n_labels]);
    }

    /// Fits scale and offsets on the logits of rows that the model had not seen, by minimising the log loss.
    ///
    /// `logits` holds `n_labels` values a row, row after row; `gold` the number of each row's label. With fewer than two
    /// labels of at least [`MIN_ROWS`] rows the result is plain softmax with a note.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for lengths that differ or a label number out of range, [`ErrorKind::Numeric`] for logits
    /// that are not finite.
    pub fn fit(logits: &[f64], n_labels: usize, gold: &[usize]) -> Result<Calibrated<Self>> {
        same_length("logits", logits.len(), "rows x labels", gold.len().saturating_mul(n_labels))?;
        if let Some(label) = gold.iter().find(|&&label| label >= n_labels) {
            return Err(Error::usage(format!("label number {label} of {n_labels} labels")));
        }
        let logits = clipped(logits)?;
        let identity = Self::identity(n_labels);
        let before = softmax::log_loss(&logits, gold, identity.scale, &identity.offsets);
        let mut counts = vec![0; n_labels];
        gold.iter().for_each(|&label| counts[label] += 1);
        if counts.iter().filter(|&&count| count >= MIN_ROWS).count() < 2 {
            let note = Some(CalibrationNote::FewPositives);
            return Ok(Calibrated { calibration: identity, log_loss_before: before, log_loss_after: before, note });
        }
        let full = softmax::fit(&logits, gold, n_labels, true);
        let (calibration, note) = match full.map(|map| Self { scale: map.scale, offsets: map.offsets }) {
            Some(full) if full.scale > 0.0 => (full, None),
            failed => {
                let note = failed.map_or(CalibrationNote::NotFitted, |_| CalibrationNote::SlopeNotPositive);
                // Convex: where the best scale is not positive, the best allowed one is the least.
                let shrunk: Vec<f64> = logits.iter().map(|logit| LEAST_SCALE * logit).collect();
                let map = softmax::fit(&shrunk, gold, n_labels, false);
                let least = map.map(|map| Self { scale: LEAST_SCALE, offsets: map.offsets });
                (least.unwrap_or(identity), Some(note))
            }
        };
        let log_loss_after = softmax::log_loss(&logits, gold, calibration.scale, &calibration.offsets);
        Ok(Calibrated { calibration, log_loss_before: before, log_loss_after, note })
    }
}

fn clip(logit: f64) -> f64 {
    logit.clamp(-MAX_LOGIT, MAX_LOGIT)
}

fn clipped(logits: &[f64]) -> Result<Vec<f64>> {
    if let Some(i) = logits.iter().position(|logit| !logit.is_finite()) {
        return Err(Error::new(ErrorKind::Numeric, format!("logit {} is not finite", i + 1)));
    }
    Ok(logits.iter().copied().map(clip).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::logistic::tests::random;

    /// Logits whose probability is `sigmoid(slope * logit + offset)`.
    fn binary(n: usize, slope: f64, offset: f64) -> (Vec<f64>, Vec<bool>) {
        let mut next = random(1);
        let logits: Vec<f64> = (0..n).map(|_| 8.0 * next() - 4.0).collect();
        let gold = logits.iter().map(|&logit| next() < sigmoid(slope * logit + offset)).collect();
        (logits, gold)
    }

    #[test]
    fn a_known_slope_and_offset_are_found() {
        // The second is mostly positive, the third mostly negative: linfa flips its classes between them.
        for (slope, offset) in [(0.5, 0.0), (0.7, 2.0), (2.0, -3.0)] {
            let (logits, gold) = binary(40_000, slope, offset);
            let fit = Platt::fit(&logits, &gold).unwrap();
            assert!((fit.calibration.slope / slope - 1.0).abs() < 0.05, "{fit:?}");
            assert!((fit.calibration.offset - offset).abs() < 0.1, "{fit:?}");
            assert!(fit.log_loss_after < fit.log_loss_before && fit.note.is_none());
        }
    }

    #[test]
    fn logits_that_say_nothing_or_the_opposite_give_the_prevalence() {
        let (logits, gold) = binary(5_000, -1.0, -1.0);
        let fit = Platt::fit(&logits, &gold).unwrap();
        assert_eq!((fit.calibration.slope, fit.note), (1.0, Some(CalibrationNote::SlopeNotPositive)));
        let mean = logits.iter().map(|&logit| fit.calibration.apply(logit)).sum::<f64>() / 5_000.0;
        let share = gold.iter().filter(|&&label| label).count() as f64 / 5_000.0;
        assert!((mean - share).abs() < 1e-9);
    }

    #[test]
    fn few_rows_of_a_class_leave_it_as_it_is() {
        let logits = vec![1.0; 20];
        let gold: Vec<bool> = (0..20).map(|i| i < 4).collect();
        let fit = Platt::fit(&logits, &gold).unwrap();
        assert_eq!((fit.calibration, fit.note), (Platt::IDENTITY, Some(CalibrationNote::FewPositives)));
        let gold: Vec<bool> = gold.iter().map(|label| !label).collect();
        assert_eq!(Platt::fit(&logits, &gold).unwrap().note, Some(CalibrationNote::FewNegatives));
        assert_eq!(Platt::fit(&[], &[]).unwrap().log_loss_after, 0.0);
    }

    #[test]
    fn separable_and_huge_logits_stay_finite() {
        let logits: Vec<f64> = (0..40).map(|i| if i < 20 { -1e300 } else { 1e300 }).collect();
        let gold: Vec<bool> = (0..40).map(|i| i >= 20).collect();
        for scale in [1e-301, 1e-300, 1.0] {
            let logits: Vec<f64> = logits.iter().map(|logit| logit * scale).collect();
            let fit = Platt::fit(&logits, &gold).unwrap();
            assert!(fit.calibration.slope > 0.0 && fit.calibration.slope < 1e3, "{fit:?}");
            assert!(fit.log_loss_after <= fit.log_loss_before + 1e-9);
        }
        assert_eq!(Platt::fit(&[f64::NAN], &[true]).unwrap_err().kind(), &ErrorKind::Numeric);
        assert_eq!(Platt::fit(&[0.0], &[]).unwrap_err().kind(), &ErrorKind::Usage);
    }

    /// Rows of three labels whose probabilities are those of `truth`.
    fn single(n: usize, truth: &Temperature) -> (Vec<f64>, Vec<usize>) {
        let mut next = random(2);
        let (mut logits, mut gold) = (Vec::new(), Vec::new());
        for _ in 0..n {
            let row: Vec<f64> = (0..3).map(|_| 6.0 * next() - 3.0).collect();
            let mut probabilities = row.clone();
            truth.apply(&mut probabilities);
            let dice = next();
            gold.push(if dice < probabilities[0] {
                0
            } else {
                1 + usize::from(dice > probabilities[0] + probabilities[1])
            });
            logits.extend(row);
        }
        (logits, gold)
    }

    #[test]
    fn a_known_temperature_and_offsets_are_found() {
        for truth in [
            Temperature { scale: 0.4, offsets: vec![0.5, 0.0, -0.5] },
            Temperature { scale: 1.8, offsets: vec![-1.0, 2.0, -1.0] },
        ] {
            let (logits, gold) = single(30_000, &truth);
            let fit = Temperature::fit(&logits, 3, &gold).unwrap();
            assert!((fit.calibration.scale / truth.scale - 1.0).abs() < 0.05, "{fit:?}");
            for (found, offset) in fit.calibration.offsets.iter().zip(&truth.offsets) {
                assert!((found - offset).abs() < 0.1, "{fit:?}");
            }
            assert!(fit.log_loss_after < fit.log_loss_before && fit.note.is_none());
            assert!(fit.calibration.offsets.iter().sum::<f64>().abs() < 1e-6);
        }
    }

    #[test]
    fn labels_that_exclude_each_other_give_way() {
        // Two labels whose words say "both", of which one holds at a time; a third that has nothing to do with them.
        let mut next = random(5);
        let (mut logits, mut gold) = (Vec::new(), Vec::new());
        for _ in 0..4_000 {
            let row = [4.0 * next() - 2.0, 4.0 * next() - 2.0, 4.0 * next() - 2.0];
            let first = next() < sigmoid(row[0] - row[1]);
            let third = next() < sigmoid(row[2]);
            logits.extend(row);
            gold.push(
                [(first, 0), (!first, 1), (third, 2)].iter().filter(|l| l.0).map(|l| l.1).collect::<Vec<usize>>(),
            );
        }
        let gold: Vec<&[usize]> = gold.iter().map(Vec::as_slice).collect();
        let fit = Calibration::fit(TaskKind::Multi, 3, &logits, &gold).unwrap();
        let Calibration::Multi { lines, rivalry } = &fit else { panic!("{fit:?}") };
        assert!(rivalry[0].factor < -0.4 && rivalry[1].factor < -0.4 && rivalry[2].factor.abs() < 0.1, "{rivalry:?}");
        let alone = Calibration::Multi { lines: lines.clone(), rivalry: Vec::new() };
        let loss = |c: &Calibration, k: usize| {
            let row = |(l, g): (&[f64], &&[usize])| log_loss(c.logits(l)[k], g.contains(&k));
            logits.chunks(3).zip(&gold).map(row).sum::<f64>() / gold.len() as f64
        };
        assert!(loss(&fit, 0) < loss(&alone, 0) - 0.02 && loss(&fit, 1) < loss(&alone, 1) - 0.02);
        // The mean probability of a label is its share.
        let share = gold.iter().filter(|g| g.contains(&0)).count() as f64;
        let expected: f64 = logits.chunks(3).map(|l| sigmoid(fit.logits(l)[0])).sum();
        assert!((expected / share - 1.0).abs() < 0.01, "{expected} {share}");
    }

    #[test]
    fn opposite_logits_and_missing_labels_give_a_sane_softmax() {
        let (logits, gold) = single(3_000, &Temperature { scale: 1.0, offsets: vec![0.0; 3] });
        let opposite: Vec<f64> = logits.iter().map(|logit| -logit).collect();
        let fit = Temperature::fit(&opposite, 3, &gold).unwrap();
        assert_eq!((fit.calibration.scale, fit.note), (LEAST_SCALE, Some(CalibrationNote::SlopeNotPositive)));
        let two: Vec<usize> = gold.iter().map(|&label| label.min(1)).collect();
        let fit = Temperature::fit(&logits, 3, &two).unwrap();
        let mut row = [1.0, 0.5, 2.0];
        fit.calibration.apply(&mut row);
        assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12 && row[2] < 0.01, "{row:?}");
        assert_eq!(Temperature::fit(&logits, 3, &[0; 3_000]).unwrap().note, Some(CalibrationNote::FewPositives));
        assert_eq!(Temperature::fit(&[0.0; 3], 3, &[3]).unwrap_err().kind(), &ErrorKind::Usage);
    }

    #[test]
    fn separable_rows_keep_a_finite_scale() {
        let gold: Vec<usize> = (0..60).map(|i| i % 3).collect();
        let logits: Vec<f64> =
            gold.iter().flat_map(|&g| (0..3).map(move |k| if k == g { 1.0 } else { -1.0 })).collect();
        let fit = Temperature::fit(&logits, 3, &gold).unwrap();
        assert!(fit.calibration.scale > 1.0 && fit.calibration.scale < 1e3 && fit.note.is_none(), "{fit:?}");
    }
}
