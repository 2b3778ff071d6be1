//! Which group goes into which fold, so that every fold has its share of every label?

use crate::dataset::random::Random;

/// What a group holds: (counted thing, how many rows of it), things ascending. Thing 0 is the row itself.
pub(super) type Holdings = Vec<(usize, usize)>;

/// A fold in `0..n_folds` for each group.
///
/// Greedy iterative stratification after Sechidis et al. 2011, "On the stratification of multi-label data", section 4,
/// for groups: the group that holds the largest share of any label (or of all rows) comes first, and each group goes
/// to the fold that lacks most of what it holds. Lacking is measured per label as a share of all its rows, so that rare
/// labels weigh most. Ties are broken by `seed`. No fold is empty if there are as many groups as folds. Time
/// O(groups x folds x labels of a group).
pub(super) fn stratified(groups: &[Holdings], n_folds: usize, seed: u64) -> Vec<usize> {
    let mut random = Random::new(seed);
    let n_things = groups.iter().flatten().map(|(thing, _)| thing + 1).max().unwrap_or(0);
    let mut totals = vec![0usize; n_things];
    for (thing, count) in groups.iter().flatten() {
        totals[*thing] += count;
    }
    let share = |&(thing, count): &(usize, usize)| count as f64 / totals[thing] as f64;
    let largest_share = |group: &Holdings| group.iter().map(share).fold(0.0, f64::max);

    let mut order: Vec<usize> = (0..groups.len()).collect();
    random.shuffle(&mut order);
    order.sort_by(|&a, &b| largest_share(&groups[b]).total_cmp(&largest_share(&groups[a])));

    let mut held = vec![vec![0usize; n_things]; n_folds];
    let mut fold_of = vec![0; groups.len()];
    for group in order {
        // Which fold adds least to the sum of squared (held / total - 1 / n_folds): the one that holds least of this.
        let costs: Vec<f64> = held
            .iter()
            .map(|fold| groups[group].iter().map(|h| share(h) * fold[h.0] as f64 / totals[h.0] as f64).sum())
            .collect();
        let least = costs.iter().copied().fold(f64::INFINITY, f64::min);
        let best: Vec<usize> = (0..n_folds).filter(|&fold| costs[fold] <= least).collect();
        let fold = best[random.below(best.len())];
        fold_of[group] = fold;
        for &(thing, count) in &groups[group] {
            held[fold][thing] += count;
        }
    }
    fold_of
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rare_label_reaches_every_fold() {
        // 1,000 single rows; thing 1 holds for every second, thing 2 for five of them.
        let groups: Vec<Holdings> = (0..1000)
            .map(|i| {
                let mut holdings = vec![(0, 1)];
                if i % 2 == 0 {
                    holdings.push((1, 1));
                }
                if i % 200 == 7 {
                    holdings.push((2, 1));
                }
                holdings
            })
            .collect();
        let fold_of = stratified(&groups, 5, 0);
        for fold in 0..5 {
            let count = |thing: usize| {
                let here = groups.iter().zip(&fold_of).filter(|(_, f)| **f == fold);
                here.filter(|(g, _)| g.iter().any(|h| h.0 == thing)).count()
            };
            assert_eq!((count(0), count(1), count(2)), (200, 100, 1), "fold {fold}");
        }
    }

    #[test]
    fn no_fold_is_empty_with_as_many_groups_as_folds() {
        let groups = vec![vec![(0, 900), (1, 900)], vec![(0, 1), (2, 1)], vec![(0, 1), (3, 1)]];
        let mut fold_of = stratified(&groups, 3, 5);
        fold_of.sort_unstable();
        assert_eq!(fold_of, [0, 1, 2]);
    }
}
