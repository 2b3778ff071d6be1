//! From which probability on is a label given? Chosen on held-out rows; a label is given where `probability >= threshold`.

use crate::error::{Error, ErrorKind, Result};
use crate::training::logistic::same_length;

/// The threshold of a label with fewer than two positive rows: too few to choose one.
pub const DEFAULT_THRESHOLD: f64 = 0.5;

/// Positive rows that count as much as the probabilities do when the best F1 is looked for.
const PRIOR_POSITIVES: f64 = 200.0;

/// A threshold and how well the rows it was chosen on are told apart by it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// Smallest probability that gives the label, in 0..=1: the middle between two neighbouring probabilities.
    pub value: f64,
    /// Share of correct rows among those given the label; 0 where none is.
    pub precision: f64,
    /// Share of those given the label among the positive rows; 0 where there is none.
    pub recall: f64,
    /// Harmonic mean of precision and recall; 0 where no given label is correct.
    pub f1: f64,
}

/// The threshold with the best F1 to be expected of further rows, for calibrated probabilities; of equally good ones the
/// highest.
///
/// The rows at hand have a best threshold that is partly chance. So hits and positives are counted for a share of
/// n / (n + 200), n the number of positive rows, and for the rest are what the probabilities say. Measured on news
/// quotations not chosen on, mean F1 of 14 labels: chosen on 300 rows 53.5 -> 55.3, on 1,000 55.0 -> 55.4, on 3,500 56.2 ->
/// 56.0 (all labels together 59.3 -> 59.4). Reference: Lipton, Elkan and Narayanaswamy 2014, "Optimal thresholding of
/// classifiers to maximize F1 measure" (the expected F1). The figures of the result are counts of the rows at hand.
///
/// With fewer than two positive rows it is [`DEFAULT_THRESHOLD`]. Time O(rows x log rows).
///
/// # Errors
/// [`ErrorKind::Usage`] for lengths that differ, [`ErrorKind::Data`] for no rows, [`ErrorKind::Numeric`] for
/// probabilities that are not in 0..=1.
pub fn best_f1(probabilities: &[f64], gold: &[bool]) -> Result<Threshold> {
    let curve = Curve::new(probabilities, gold)?;
    if curve.n_positives < 2 {
        return Ok(curve.at(DEFAULT_THRESHOLD));
    }
    let n_positives = curve.n_positives as f64;
    let counted = n_positives / (n_positives + PRIOR_POSITIVES);
    let mixed = |count: f64, expected: f64| counted * count + (1.0 - counted) * expected;
    let positives = mixed(n_positives, curve.cuts.last().map_or(0.0, |all| all.expected));
    let f1 = |cut: &Cut| 2.0 * mixed(cut.hits as f64, cut.expected) / (cut.given as f64 + positives);
    let (mut best, mut best_f1) = (curve.cuts[0], f1(&curve.cuts[0]));
    for &cut in &curve.cuts[1..] {
        let f1 = f1(&cut);
        if f1 > best_f1 {
            (best, best_f1) = (cut, f1);
        }
    }
    Ok(curve.threshold(best))
}

/// The threshold with the best recall among those of at least this precision; of equally good ones the highest.
///
/// `None` where no threshold reaches it, or with fewer than two positive rows.
///
/// # Errors
/// As [`best_f1`]; [`ErrorKind::Usage`] if `precision` is not in 0..=1.
pub fn for_precision(probabilities: &[f64], gold: &[bool], precision: f64) -> Result<Option<Threshold>> {
    let precision = share("precision", precision)?;
    let curve = Curve::new(probabilities, gold)?;
    let mut best: Option<Cut> = None;
    for &cut in &curve.cuts {
        if cut.hits as f64 >= precision * cut.given as f64 && best.is_none_or(|best| cut.hits > best.hits) {
            best = Some(cut);
        }
    }
    Ok(best.filter(|_| curve.n_positives >= 2).map(|cut| curve.threshold(cut)))
}

/// The threshold with the best precision; of equally good ones the lowest, which gives the label most often.
///
/// With fewer than two positive rows it is [`DEFAULT_THRESHOLD`].
///
/// # Errors
/// As [`best_f1`].
pub fn most_precise(probabilities: &[f64], gold: &[bool]) -> Result<Threshold> {
    let curve = Curve::new(probabilities, gold)?;
    if curve.n_positives < 2 {
        return Ok(curve.at(DEFAULT_THRESHOLD));
    }
    let mut best = curve.cuts[0];
    for &cut in &curve.cuts[1..] {
        if wider(cut.hits, best.given) >= wider(best.hits, cut.given) {
            best = cut;
        }
    }
    Ok(curve.threshold(best))
}

/// As [`for_precision`], where all rows would be given the label: one positive row is enough, and a threshold of 0 is
/// right where all rows together reach the precision.
///
/// # Errors
/// As [`for_precision`].
pub fn for_precision_from(probabilities: &[f64], gold: &[bool], precision: f64) -> Result<Option<Threshold>> {
    let precision = share("precision", precision)?;
    let curve = Curve::new(probabilities, gold)?;
    let reaches = |cut: &&Cut| cut.hits > 0 && cut.hits as f64 >= precision * cut.given as f64;
    Ok(curve.cuts.iter().rev().find(reaches).map(|&cut| curve.threshold(cut)))
}

/// The probability from which on the most probable share `coverage` of rows lies; of equal ones all or none, whichever
/// is nearer.
///
/// # Errors
/// As [`best_f1`]; [`ErrorKind::Usage`] if `coverage` is not in 0..=1.
pub fn for_coverage(probabilities: &[f64], coverage: f64) -> Result<f64> {
    let wanted = share("coverage", coverage)? * probabilities.len() as f64;
    if probabilities.is_empty() {
        return Ok(0.0);
    }
    let curve = Curve::new(probabilities, &vec![true; probabilities.len()])?;
    let distance = |cut: &Cut| (cut.given as f64 - wanted).abs();
    let best = curve.cuts.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
    Ok(best.map_or(0.0, |cut| cut.threshold))
}

/// The threshold with the best precision among those of at least this recall; of equally good ones the highest.
///
/// `None` with fewer than two positive rows.
///
/// # Errors
/// As [`best_f1`]; [`ErrorKind::Usage`] if `recall` is not in 0..=1.
pub fn for_recall(probabilities: &[f64], gold: &[bool], recall: f64) -> Result<Option<Threshold>> {
    let recall = share("recall", recall)?;
    let curve = Curve::new(probabilities, gold)?;
    let mut best: Option<Cut> = None;
    for &cut in &curve.cuts {
        let reaches = cut.hits as f64 >= recall * curve.n_positives as f64;
        if reaches && best.is_none_or(|best| wider(cut.hits, best.given) > wider(best.hits, cut.given)) {
            best = Some(cut);
        }
    }
    Ok(best.filter(|_| curve.n_positives >= 2).map(|cut| curve.threshold(cut)))
}

/// What happens when the threshold lies just below one of the probabilities.
#[derive(Clone, Copy)]
struct Cut {
    threshold: f64,
    lowest: f64,
    given: usize,
    hits: usize,
    /// Hits as the probabilities say.
    expected: f64,
}

/// All thresholds that tell rows apart, from the highest down.
struct Curve {
    cuts: Vec<Cut>,
    n_positives: usize,
}

impl Curve {
    fn new(probabilities: &[f64], gold: &[bool]) -> Result<Self> {
        same_length("probabilities", probabilities.len(), "gold labels", gold.len())?;
        if probabilities.is_empty() {
            return Err(Error::data("there are no rows to choose a threshold on"));
        }
        if let Some(i) = probabilities.iter().position(|p| !(0.0..=1.0).contains(p)) {
            let message = format!("probability {} is not in 0..=1: {}", i + 1, probabilities[i]);
            return Err(Error::new(ErrorKind::Numeric, message));
        }
        let mut pairs: Vec<(f64, bool)> = probabilities.iter().copied().zip(gold.iter().copied()).collect();
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut cuts = Vec::new();
        let (mut given, mut hits, mut expected) = (0, 0, 0.0);
        for group in pairs.chunk_by(|a, b| a.0 == b.0) {
            given += group.len();
            hits += group.iter().filter(|pair| pair.1).count();
            expected += group[0].0 * group.len() as f64;
            let (upper, lower) = (group[0].0, pairs.get(given).map_or(0.0, |pair| pair.0));
            let middle = lower + 0.5 * (upper - lower);
            // Between two adjacent floating point numbers there is no middle.
            let threshold = if middle > lower { middle } else { upper };
            cuts.push(Cut { threshold, lowest: upper, given, hits, expected });
        }
        Ok(Self { cuts, n_positives: hits })
    }

    /// Figures at a threshold that was not chosen here.
    fn at(&self, threshold: f64) -> Threshold {
        let cut = self.cuts.iter().rev().find(|cut| cut.lowest >= threshold);
        let (given, hits) = cut.map_or((0, 0), |cut| (cut.given, cut.hits));
        self.threshold(Cut { threshold, lowest: threshold, given, hits, expected: 0.0 })
    }

    fn threshold(&self, cut: Cut) -> Threshold {
        let ratio = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        Threshold {
            value: cut.threshold,
            precision: ratio(cut.hits, cut.given),
            recall: ratio(cut.hits, self.n_positives),
            f1: ratio(2 * cut.hits, cut.given + self.n_positives),
        }
    }
}

fn wider(a: usize, b: usize) -> u128 {
    a as u128 * b as u128
}

fn share(name: &str, value: f64) -> Result<f64> {
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(Error::usage(format!("{name} {value} is not in 0..=1"))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::logistic::tests::random;

    #[test]
    fn the_best_f1_lies_in_the_middle_of_two_probabilities() {
        let best = best_f1(&[0.9, 0.2, 0.8, 0.4], &[true, false, true, false]).unwrap();
        assert!((best.value - 0.6).abs() < 1e-12);
        assert_eq!((best.precision, best.recall, best.f1), (1.0, 1.0, 1.0));
    }

    #[test]
    fn rows_of_equal_probability_stay_together() {
        let best = best_f1(&[0.7, 0.7, 0.7, 0.1], &[true, false, true, true]).unwrap();
        assert!((best.value - 0.4).abs() < 1e-12 && (best.f1 - 4.0 / 6.0).abs() < 1e-12, "{best:?}");
        let all_equal = best_f1(&[0.3; 4], &[true, false, true, false]).unwrap();
        assert!(all_equal.value <= 0.3 && all_equal.recall == 1.0);
        let zeros = best_f1(&[0.0; 2], &[true, true]).unwrap();
        assert_eq!((zeros.value, zeros.f1), (0.0, 1.0));
    }

    #[test]
    fn fewer_than_two_positives_keep_the_default() {
        let only = best_f1(&[0.5, 0.7, 0.1], &[true, false, false]).unwrap();
        assert_eq!((only.value, only.precision, only.recall), (0.5, 0.5, 1.0));
        assert_eq!(best_f1(&[0.2], &[false]).unwrap().value, 0.5);
        assert_eq!(for_precision(&[0.9, 0.1], &[true, false], 0.5).unwrap(), None);
        assert_eq!(for_recall(&[0.9, 0.1], &[true, false], 0.5).unwrap(), None);
    }

    #[test]
    fn wanted_precision_and_recall_are_met() {
        let probabilities = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4];
        let gold = [true, true, false, true, false, true];
        let precise = for_precision(&probabilities, &gold, 0.75).unwrap().unwrap();
        assert!((precise.value - 0.55).abs() < 1e-12 && precise.recall == 0.75 && precise.precision == 0.75);
        let complete = for_recall(&probabilities, &gold, 0.5).unwrap().unwrap();
        assert!((complete.value - 0.75).abs() < 1e-12 && complete.precision == 1.0);
        assert_eq!(for_precision(&[0.9, 0.5, 0.4], &[false, true, true], 0.9).unwrap(), None);
    }

    /// A single rare row below many does not decide: two of three probable rows hold, and one of a hundred improbable ones.
    #[test]
    fn chance_among_the_improbable_does_not_decide() {
        let probabilities = [vec![0.6; 3], vec![0.1], vec![0.02; 99]].concat();
        let gold: Vec<bool> = (0..103).map(|i| i < 2 || i == 3).collect();
        let best = best_f1(&probabilities, &gold).unwrap();
        assert!((best.value - 0.35).abs() < 1e-12, "{best:?}");
        // Many such rows do.
        let many = |n: usize| (probabilities.repeat(n), gold.repeat(n));
        let (probabilities, gold) = many(1000);
        assert!((best_f1(&probabilities, &gold).unwrap().value - 0.06).abs() < 1e-12);
    }

    #[test]
    fn the_most_precise_gives_most() {
        let best = most_precise(&[0.9, 0.8, 0.7, 0.6, 0.5], &[false, true, true, true, false]).unwrap();
        assert!((best.value - 0.55).abs() < 1e-12 && best.precision == 0.75, "{best:?}");
        let sure = most_precise(&[0.9, 0.8, 0.7], &[true, true, false]).unwrap();
        assert!((sure.value - 0.75).abs() < 1e-12 && sure.precision == 1.0, "{sure:?}");
        assert_eq!(most_precise(&[0.9, 0.8], &[true, false]).unwrap().value, DEFAULT_THRESHOLD);
    }

    /// Against trying each probability and each middle, and the figures against a plain count.
    #[test]
    fn no_other_threshold_is_better() {
        let mut next = random(3);
        for _ in 0..50 {
            let probabilities: Vec<f64> = (0..30).map(|_| (next() * 12.0).floor() / 12.0).collect();
            let gold: Vec<bool> = probabilities.iter().map(|p| next() < *p).collect();
            if gold.iter().filter(|&&g| g).count() < 2 {
                continue;
            }
            let n_positives = gold.iter().filter(|&&g| g).count() as f64;
            let f1 = |threshold: f64, counted: f64| {
                let of = |p: f64, g: bool| counted * f64::from(u8::from(g)) + (1.0 - counted) * p;
                let rows = || probabilities.iter().zip(&gold);
                let given = rows().filter(|(p, _)| **p >= threshold);
                let hits: f64 = given.clone().map(|(&p, &g)| of(p, g)).sum();
                2.0 * hits / (given.count() as f64 + rows().map(|(&p, &g)| of(p, g)).sum::<f64>())
            };
            let best = best_f1(&probabilities, &gold).unwrap();
            assert!((best.f1 - f1(best.value, 1.0)).abs() < 1e-12);
            let counted = n_positives / (n_positives + 200.0);
            let value = f1(best.value, counted);
            assert!((0..=24).all(|i| f1(f64::from(i) / 24.0, counted) <= value + 1e-12));
        }
    }

    #[test]
    fn bad_input_is_an_error() {
        assert_eq!(best_f1(&[], &[]).unwrap_err().kind(), &ErrorKind::Data);
        assert_eq!(best_f1(&[0.1], &[]).unwrap_err().kind(), &ErrorKind::Usage);
        assert_eq!(best_f1(&[f64::NAN, 0.2], &[true, true]).unwrap_err().kind(), &ErrorKind::Numeric);
        assert_eq!(for_recall(&[0.1], &[true], 1.5).unwrap_err().kind(), &ErrorKind::Usage);
    }
}
