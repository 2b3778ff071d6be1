//! Is a difference more than chance?

use rayon::prelude::*;
use serde::Serialize;

use crate::dataset::random::Random;
use crate::evaluation::counts::{Counts, GroupCounts};

/// McNemar's exact test of two models on the same decisions.
///
/// It counts the decisions that only one model got right and asks how likely so uneven a share is if both are equally
/// good: two-sided binomial probability. It takes rows as independent; where they come in groups, trust the
/// randomization test of [`crate::evaluation::Change`] more. Reference: Fagerland, Lydersen and Laake 2013, "The
/// McNemar test for binary matched-pairs data".
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct McNemar {
    /// Decisions that only the old model got right.
    pub only_old_right: usize,
    /// Decisions that only the new model got right.
    pub only_new_right: usize,
    /// Exact two-sided p value.
    pub p_value: f64,
    /// Mid-p value: less conservative, and rarely above its level.
    pub mid_p: f64,
    /// The exact p value after Holm's correction for the number of labels; `None` outside such a family.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_holm: Option<f64>,
}

impl McNemar {
    /// The test of these counts. Time O(the smaller count).
    pub fn new(only_old_right: usize, only_new_right: usize) -> Self {
        let n = (only_old_right + only_new_right) as f64;
        let least = only_old_right.min(only_new_right);
        // Logarithm of the probability of k out of n at 1/2, from k = 0 upwards.
        let mut log_p = -n * std::f64::consts::LN_2;
        let mut below = 0.0;
        for k in 0..least {
            below += log_p.exp();
            log_p += ((n - k as f64) / (k as f64 + 1.0)).ln();
        }
        let at = log_p.exp();
        Self {
            only_old_right,
            only_new_right,
            p_value: (2.0 * (below + at)).min(1.0),
            mid_p: (2.0 * below + at).min(1.0),
            p_holm: None,
        }
    }
}

/// Holm's correction: p values that may be read against one level although there are several, in the same order.
///
/// Reference: Holm 1979, "A simple sequentially rejective multiple test procedure".
///
/// # Examples
/// ```
/// assert_eq!(demarche::evaluation::holm(&[0.01, 0.5, 0.02]), [0.03, 0.5, 0.04]);
/// ```
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut corrected = vec![0.0; p_values.len()];
    let mut largest = 0.0f64;
    for (rank, &i) in order.iter().enumerate() {
        largest = largest.max((p_values[i] * (p_values.len() - rank) as f64).min(1.0));
        corrected[i] = largest;
    }
    corrected
}

/// Two-sided p values of the differences in macro and micro F1 by approximate randomization.
///
/// If both models are equally good, it does not matter whose predictions are called new: in each draw the two are
/// swapped for every group with probability 1/2. The p value is (1 + draws with at least the observed difference) /
/// (1 + draws). Same on any number of threads. Reference: Yeh 2000, "More accurate tests for the statistical
/// significance of result differences", with groups in place of sentences.
pub(super) fn randomization(
    old: &GroupCounts,
    new: &GroupCounts,
    n_groups: usize,
    n_draws: usize,
    seed: u64,
) -> (f64, f64) {
    let everyone = vec![1; n_groups];
    let (old_sum, new_sum) = (old.sum(&everyone), new.sum(&everyone));
    // Groups on which both models say the same change nothing when they are swapped.
    let differing: Vec<usize> = (0..n_groups).filter(|&group| old.group(group) != new.group(group)).collect();
    let distance = |a: &[Counts], b: &[Counts]| {
        ((Counts::macro_f1(a) - Counts::macro_f1(b)).abs(), (Counts::micro_f1(a) - Counts::micro_f1(b)).abs())
    };
    let observed = distance(&old_sum, &new_sum);
    let (n_macro, n_micro) = (0..n_draws)
        .into_par_iter()
        .map(|draw| {
            let mut random = Random::stream(seed, draw as u64);
            let (mut a, mut b) = (old_sum.clone(), new_sum.clone());
            let mut bits = 0u64;
            for (i, &group) in differing.iter().enumerate() {
                if i % 64 == 0 {
                    bits = random.next_u64();
                }
                if bits & 1 == 1 {
                    for &(label, counts) in old.group(group) {
                        a[label] -= counts;
                        b[label] += counts;
                    }
                    for &(label, counts) in new.group(group) {
                        a[label] += counts;
                        b[label] -= counts;
                    }
                }
                bits >>= 1;
            }
            let drawn = distance(&a, &b);
            // Sums in another order may differ in the last bit.
            (usize::from(drawn.0 >= observed.0 - 1e-12), usize::from(drawn.1 >= observed.1 - 1e-12))
        })
        .reduce(|| (0, 0), |x, y| (x.0 + y.0, x.1 + y.1));
    let p_value = |n: usize| (1 + n) as f64 / (1 + n_draws) as f64;
    (p_value(n_macro), p_value(n_micro))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mcnemar_gives_known_values() {
        // R: binom.test(min, n)$p.value, and that less dbinom(min, n, 0.5).
        for (old, new, exact, mid) in [
            (0, 0, 1.0, 1.0),
            (1, 0, 1.0, 0.5),
            (0, 5, 0.0625, 0.03125),
            (5, 5, 1.0, 1.0),
            (2, 10, 0.038_574_218_75, 0.022_460_937_5),
            (12, 5, 0.143_463_134_765_625, 0.096_252_441_406_25),
        ] {
            let found = McNemar::new(old, new);
            assert!((found.p_value - exact).abs() < 1e-12, "{found:?}");
            assert!((found.mid_p - mid).abs() < 1e-12, "{found:?}");
        }
        let many = McNemar::new(20_000, 20_400);
        assert!((many.p_value - 0.047_1).abs() < 0.000_5, "{many:?}");
    }

    #[derive(serde::Deserialize)]
    struct Expected {
        mcnemar: Vec<Pair>,
        holm: Vec<Family>,
    }

    #[derive(serde::Deserialize)]
    struct Pair {
        only_old: usize,
        only_new: usize,
        exact: f64,
        mid: f64,
    }

    #[derive(serde::Deserialize)]
    struct Family {
        p: Vec<f64>,
        holm: Vec<f64>,
    }

    /// `tests/expected/significance.json`, written by `tests/expected/significance.py`.
    #[test]
    fn values_are_those_of_statsmodels() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/expected/significance.json");
        let expected: Expected = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert!(expected.mcnemar.len() > 20 && expected.holm.len() == 3);
        for pair in expected.mcnemar {
            let found = McNemar::new(pair.only_old, pair.only_new);
            let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
            assert!(
                near(found.p_value, pair.exact) && near(found.mid_p, pair.mid),
                "{found:?}: {} {}",
                pair.exact,
                pair.mid
            );
        }
        for family in expected.holm {
            let found = holm(&family.p);
            assert!(found.iter().zip(&family.holm).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
        }
    }

    #[test]
    fn holm_never_goes_down() {
        assert_eq!(holm(&[0.04, 0.01, 0.03, 0.9]), [0.09, 0.04, 0.09, 0.9]);
        assert_eq!(holm(&[]), Vec::<f64>::new());
        assert_eq!(holm(&[0.7, 0.8]), [1.0, 1.0]);
    }
}
