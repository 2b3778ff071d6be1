//! 95 % intervals by resampling groups of rows.

use rayon::prelude::*;

use crate::dataset::random::Random;
use crate::error::Result;
use crate::evaluation::counts::{Counts, GroupCounts};
use crate::evaluation::metrics::Estimate;
use crate::evaluation::predictions::Predictions;

/// Percentile bootstrap over groups: as many groups as there are, drawn with replacement, many times.
///
/// The interval goes from the 2.5th to the 97.5th percentile of the draws (linear between order statistics). Rows of
/// one speaker or article are alike, so that resampling rows would give intervals that are too narrow. Draws run on
/// all threads, each with numbers of its own: any number of threads gives the same interval, and so does any order of
/// rows. Reference: Davison and Hinkley 1997, sections 3.8 and 5.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bootstrap {
    /// Number of draws; 0 for no interval. 1,000 by default.
    pub n_draws: usize,
    /// Seed of the draws. 0 by default.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self { n_draws: 1000, seed: 0 }
    }
}

impl Bootstrap {
    /// Macro and micro F1 with their intervals. Time O(draws x groups x labels per group).
    ///
    /// # Errors
    /// As [`Predictions::check`].
    pub fn f1(&self, predictions: &Predictions) -> Result<(Estimate, Estimate)> {
        predictions.check()?;
        let groups: Vec<usize> = predictions.labelled().map(|row| row.group).collect();
        let (group_of, n_groups) = numbered(&groups);
        let table = GroupCounts::of(predictions, &group_of, n_groups);
        let whole = Counts::of(predictions);
        let draws = self.draws(n_groups, |multiplicities| {
            let counts = table.sum(multiplicities);
            (Counts::macro_f1_of_draw(&counts, &whole), Counts::micro_f1(&counts))
        });
        let (macros, micros) = draws.into_iter().unzip();
        Ok((interval(Counts::macro_f1(&whole), macros), interval(Counts::micro_f1(&whole), micros)))
    }

    /// Any figure with its interval: `figure` gets how often each row comes (1 for all rows gives its value). `groups`
    /// holds the group of each row. Time O(draws x (rows + the figure)).
    pub fn estimate(&self, groups: &[usize], figure: impl Fn(&[u32]) -> f64 + Sync) -> Estimate {
        let (group_of, n_groups) = numbered(groups);
        let draws = self.draws(n_groups, |multiplicities| {
            let rows: Vec<u32> = group_of.iter().map(|&group| multiplicities[group]).collect();
            figure(&rows)
        });
        interval(figure(&vec![1; groups.len()]), draws)
    }

    /// `figure` of every draw, in order; it gets how often each group comes. No draws where there is one group only.
    pub(super) fn draws<T: Send>(&self, n_groups: usize, figure: impl Fn(&[u32]) -> T + Sync) -> Vec<T> {
        let n_draws = if n_groups < 2 { 0 } else { self.n_draws };
        (0..n_draws)
            .into_par_iter()
            .map_init(
                || vec![0; n_groups],
                |multiplicities, draw| {
                    multiplicities.fill(0);
                    let mut random = Random::stream(self.seed, draw as u64);
                    for _ in 0..n_groups {
                        multiplicities[random.below(n_groups)] += 1;
                    }
                    figure(multiplicities)
                },
            )
            .collect()
    }
}

/// The groups renumbered to `0..n_groups` in ascending order, and how many there are.
pub(super) fn numbered(groups: &[usize]) -> (Vec<usize>, usize) {
    let mut distinct = groups.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    (groups.iter().map(|group| distinct.partition_point(|other| other < group)).collect(), distinct.len())
}

/// `value` with the percentile interval of `draws`.
pub(super) fn interval(value: f64, mut draws: Vec<f64>) -> Estimate {
    draws.sort_by(f64::total_cmp);
    Estimate { value, low: percentile(&draws, 0.025), high: percentile(&draws, 0.975) }
}

fn percentile(sorted: &[f64], share: f64) -> Option<f64> {
    let at = share * sorted.len().saturating_sub(1) as f64;
    let (below, above) = (sorted.get(at.floor() as usize)?, sorted.get(at.ceil() as usize)?);
    Some(below + (above - below) * at.fract())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::predictions::tests::example;
    use crate::label::TaskKind;

    #[test]
    fn interval_holds_the_value() {
        for seed in 0..10 {
            for kind in [TaskKind::Multi, TaskKind::Single] {
                let (macro_f1, micro_f1) = Bootstrap::default().f1(&example(kind, 300, 60, seed)).unwrap();
                for found in [macro_f1, micro_f1] {
                    let (low, high) = (found.low.unwrap(), found.high.unwrap());
                    assert!(low < found.value && found.value < high, "{found:?}");
                    assert!(high - low < 0.3);
                }
            }
        }
    }

    #[test]
    fn a_rare_label_that_is_not_drawn_lifts_no_mean() {
        // Label 2 holds in one row, and is missed; left out of the draws without it, the others would make 1.
        let labels = crate::label::LabelSet::from_names(["a", "b", "c"]).unwrap();
        let task = crate::label::Task { name: "t".to_owned(), kind: TaskKind::Single, labels };
        let gold: Vec<usize> = (0..40).map(|i| if i == 7 { 2 } else { i % 2 }).collect();
        let predicted: Vec<Vec<usize>> = (0..40).map(|i| vec![i % 2]).collect();
        let probabilities = predicted.iter().flat_map(|p| (0..3).map(|k| f64::from(u8::from(p[0] == k)))).collect();
        let gold = gold.into_iter().map(|k| Some(vec![k])).collect();
        let predictions = Predictions { task, gold, probabilities, predicted, groups: (0..40).collect() };
        let (found, _) = Bootstrap::default().f1(&predictions).unwrap();
        assert!(found.value < 0.66 && found.high.unwrap() <= 2.0 / 3.0 + 1e-9, "{found:?}");
    }

    #[test]
    fn same_on_any_number_of_threads() {
        let predictions = example(TaskKind::Multi, 200, 50, 1);
        let on = |n_threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
            pool.install(|| Bootstrap::default().f1(&predictions).unwrap())
        };
        assert_eq!(on(1), on(3));
        let other = Bootstrap { seed: 1, ..Bootstrap::default() }.f1(&predictions).unwrap();
        assert_ne!(on(1), other);
    }

    #[test]
    fn mean_has_the_interval_of_the_textbook() {
        // Mean of 0/1 values with share 0.5 over 400 rows: standard error 0.025.
        let groups: Vec<usize> = (0..400).collect();
        let mean = |times: &[u32]| times.iter().step_by(2).sum::<u32>() as f64 / times.iter().sum::<u32>() as f64;
        let found = Bootstrap { n_draws: 4000, seed: 3 }.estimate(&groups, mean);
        assert_eq!(found.value, 0.5);
        assert!((found.low.unwrap() - 0.451).abs() < 0.004 && (found.high.unwrap() - 0.549).abs() < 0.004);
        // The same rows in pairs that are alike: the interval is wider by the root of 2.
        let pairs: Vec<usize> = (0..400).map(|i| i / 4 * 2 + i % 2).collect();
        let wide = Bootstrap { n_draws: 4000, seed: 3 }.estimate(&pairs, mean);
        assert!(wide.high.unwrap() - wide.low.unwrap() > 1.3 * (found.high.unwrap() - found.low.unwrap()));
    }

    #[test]
    fn one_group_has_no_interval() {
        let mut predictions = example(TaskKind::Single, 30, 1, 1);
        predictions.groups.fill(usize::MAX);
        let (macro_f1, _) = Bootstrap::default().f1(&predictions).unwrap();
        assert_eq!((macro_f1.low, macro_f1.high), (None, None));
    }
}
