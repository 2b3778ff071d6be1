//! Is one recipe of training better than another? The corrected t test of repeated cross-validation.

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A mean difference over folds, new less old, with the corrected resampled t test.
///
/// Folds share most of their training rows, so that their differences are not independent and the usual t test is far too
/// sure: the variance is enlarged by the ratio of tested to learnt rows. Reference: Nadeau and Bengio 2003, "Inference for
/// the generalization error"; Bouckaert and Frank 2004 for repeated cross-validation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CorrectedT {
    /// Mean difference.
    pub value: f64,
    /// Lower end of its 95 % interval; `None` for fewer than two differences.
    pub low: Option<f64>,
    /// Upper end, as `low`.
    pub high: Option<f64>,
    /// Mean over its corrected standard error; `None` where all differences are equal.
    pub t: Option<f64>,
    /// Two-sided p value with one degree of freedom less than there are differences; 1 where all are 0.
    pub p_value: Option<f64>,
    /// Differences: folds times repeats.
    pub n_differences: usize,
}

impl CorrectedT {
    /// The test of these differences, one a fold. `ratio`: rows tested over rows learnt from, 1 / (folds - 1) in plain
    /// cross-validation.
    pub fn new(differences: &[f64], ratio: f64) -> Self {
        let n = differences.len() as f64;
        let value = if differences.is_empty() { 0.0 } else { differences.iter().sum::<f64>() / n };
        let mut test = Self { value, low: None, high: None, t: None, p_value: None, n_differences: differences.len() };
        let Some(distribution) = (n > 1.0).then(|| StudentsT::new(0.0, 1.0, n - 1.0).ok()).flatten() else {
            return test;
        };
        let variance = differences.iter().map(|d| (d - value).powi(2)).sum::<f64>() / (n - 1.0);
        let error = ((1.0 / n + ratio) * variance).sqrt();
        let reach = distribution.inverse_cdf(0.975) * error;
        (test.low, test.high) = (Some(value - reach), Some(value + reach));
        if error > 0.0 {
            let t = value / error;
            test.t = Some(t);
            test.p_value = Some((2.0 * distribution.cdf(-t.abs())).min(1.0));
        } else if value == 0.0 {
            test.p_value = Some(1.0);
        }
        test
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_scipy() {
        // scipy: m, s2 = mean(d), var(d, ddof=1); t = m / sqrt((1/10 + 1/4) * s2); p = 2 * t_dist.sf(abs(t), 9).
        let d = [0.012, 0.004, -0.003, 0.015, 0.008, 0.011, 0.002, 0.006, -0.001, 0.009];
        let test = CorrectedT::new(&d, 0.25);
        let near =
            |found: Option<f64>, wanted: f64| assert!((found.unwrap() - wanted).abs() < 1e-9, "{found:?} {wanted}");
        assert!((test.value - 0.0063).abs() < 1e-12);
        near(test.t, EXPECTED.0);
        near(test.p_value, EXPECTED.1);
        near(test.low, EXPECTED.2);
        near(test.high, EXPECTED.3);
        // The test without correction would call this significant.
        assert!(CorrectedT::new(&d, 0.0).p_value.unwrap() < 0.01 && test.p_value.unwrap() > 0.05);
    }

    /// t, p, low and high, by the lines above.
    const EXPECTED: (f64, f64, f64, f64) =
        (1.831975122930397, 0.10018088553283203, -0.00147935788933208, 0.014079357889332081);

    #[test]
    fn what_does_not_vary_is_no_fault() {
        assert_eq!(CorrectedT::new(&[0.0; 5], 0.25).p_value, Some(1.0));
        assert_eq!(CorrectedT::new(&[0.1; 5], 0.25).p_value, None);
        assert_eq!(CorrectedT::new(&[0.1], 0.25).low, None);
        assert_eq!(CorrectedT::new(&[], 0.25).value, 0.0);
    }
}
