//! From logits to probabilities that hold: fitted on out-of-fold logits, so that the rows were unseen.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2};

use crate::error::{Error, ErrorKind, Result};
use crate::label::TaskKind;
use crate::model::sigmoid;
use crate::training::logistic::same_length;
use crate::training::softmax;

/// Logits beyond this say no more than "certain" and are cut to it.
pub const MAX_LOGIT: f64 = 30.0;
/// Rows with and without a label that a calibration needs at least.
pub const MIN_ROWS: usize = 5;
/// Keeps the slope finite where the logits separate the classes (Platt's smoothed targets can not be told to linfa).
const SLOPE_PENALTY: f64 = 1e-2;

/// A map from the logits of one row to its probabilities.
#[derive(Debug, Clone, PartialEq)]
pub enum Calibration {
    /// Task of kind multi: each label for itself.
    Multi(Vec<Platt>),
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
                let column = |k: usize| {
                    let scores: Vec<f64> = logits.iter().skip(k).step_by(n_labels).copied().collect();
                    let holds: Vec<bool> = gold.iter().map(|labels| labels.contains(&k)).collect();
                    Ok(Platt::fit(&scores, &holds)?.calibration)
                };
                Ok(Self::Multi((0..n_labels).map(column).collect::<Result<_>>()?))
            }
            TaskKind::Single => {
                let first: Vec<usize> = gold.iter().map(|labels| labels.first().copied().unwrap_or(0)).collect();
                Ok(Self::Single(Temperature::fit(logits, n_labels, &first)?.calibration))
            }
        }
    }

    /// The straight line through which the logit of label `k` goes before the link: slope and offset. Both kinds of
    /// calibration are such lines, so that they can be folded into the weights.
    pub fn line(&self, k: usize) -> (f64, f64) {
        match self {
            Self::Multi(labels) => labels.get(k).map_or((1.0, 0.0), |p| (p.slope, p.offset)),
            Self::Single(t) => (t.scale, t.offsets.get(k).copied().unwrap_or(0.0)),
        }
    }

    /// The logits of one row after their lines.
    pub(crate) fn lines(&self, logits: &[f64]) -> Vec<f64> {
        let line = |(k, logit): (usize, &f64)| {
            let (slope, offset) = self.line(k);
            slope * logit + offset
        };
        logits.iter().enumerate().map(line).collect()
    }

    /// What it is, in words.
    pub fn describe(&self) -> String {
        match self {
            Self::Multi(_) => {
                "Platt scaling of each label, fitted on out-of-fold logits and folded into the weights".to_owned()
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
    /// The fitted slope was not positive (the logits say nothing): slope 1, the mean probability is the prevalence.
    SlopeNotPositive,
    /// The solver failed or did not improve on the logits: slope 1, the mean probability is the prevalence.
    NotFitted,
}

impl Calibration {
    /// Turns the logits of one row into probabilities, in place.
    ///
    /// # Errors
    /// [`ErrorKind::Columns`] if the row has another number of labels.
    pub fn apply(&self, row: &mut [f64]) -> Result<()> {
        let expected = match self {
            Self::Multi(labels) => labels.len(),
            Self::Single(temperature) => temperature.offsets.len(),
        };
        if row.len() != expected {
            let kind = ErrorKind::Columns { expected, found: row.len() };
            return Err(Error::new(kind, format!("{} logits for {expected} calibrated labels", row.len())));
        }
        match self {
            Self::Multi(labels) => {
                for (logit, label) in row.iter_mut().zip(labels) {
                    *logit = label.apply(*logit);
                }
            }
            Self::Single(temperature) => temperature.apply(row),
        }
        Ok(())
    }
}

impl Platt {
    /// Leaves probabilities as they are.
    pub const IDENTITY: Self = Self { slope: 1.0, offset: 0.0 };

    /// Probability for a logit, in 0..=1.
    pub fn apply(self, logit: f64) -> f64 {
        sigmoid(self.slope * clip(logit) + self.offset)
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
        let losses = logits.iter().zip(gold).map(|(&logit, &label)| {
            let logit = self.slope * clip(logit) + self.offset;
            let towards = if label { logit } else { -logit };
            (-towards.abs()).exp().ln_1p() + (-towards).max(0.0)
        });
        losses.sum::<f64>() / logits.len().max(1) as f64
    }
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
    /// Logits beyond the number of offsets are not touched; [`Calibration::apply`] checks the length.
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
        let fit = |with_scale| {
            let map = softmax::fit(&logits, gold, n_labels, with_scale)?;
            Some(Self { scale: map.scale, offsets: map.offsets })
        };
        let (calibration, note) = match fit(true) {
            Some(full) if full.scale > 0.0 => (full, None),
            failed => {
                let note = failed.map_or(CalibrationNote::NotFitted, |_| CalibrationNote::SlopeNotPositive);
                (fit(false).unwrap_or(identity), Some(note))
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
    fn opposite_logits_and_missing_labels_give_a_sane_softmax() {
        let (logits, gold) = single(3_000, &Temperature { scale: 1.0, offsets: vec![0.0; 3] });
        let opposite: Vec<f64> = logits.iter().map(|logit| -logit).collect();
        let fit = Temperature::fit(&opposite, 3, &gold).unwrap();
        assert_eq!((fit.calibration.scale, fit.note), (1.0, Some(CalibrationNote::SlopeNotPositive)));
        let two: Vec<usize> = gold.iter().map(|&label| label.min(1)).collect();
        let fit = Temperature::fit(&logits, 3, &two).unwrap();
        let mut row = [1.0, 0.5, 2.0];
        Calibration::Single(fit.calibration).apply(&mut row).unwrap();
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

    #[test]
    fn apply_checks_the_number_of_labels() {
        let multi = Calibration::Multi(vec![Platt::IDENTITY; 2]);
        let mut row = [0.0, 1e9];
        multi.apply(&mut row).unwrap();
        assert!(row[0] == 0.5 && row[1] <= 1.0);
        assert_eq!(multi.apply(&mut [0.0]).unwrap_err().kind(), &ErrorKind::Columns { expected: 2, found: 1 });
    }
}
