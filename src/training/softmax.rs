//! Newton's method for a temperature and offsets of a softmax: few unknowns, so the Hessian is kept whole.

/// Tiny penalty on the offsets and on the scale's distance from 1: keeps labels without rows and separable rows finite,
/// and makes the offsets sum to 0.
const RIDGE: f64 = 1e-2;
const MAX_ITERATIONS: usize = 100;
/// Mean gradient at which the fit ends.
const TOLERANCE: f64 = 1e-9;
/// Gains below this share of the objective can not be told from rounding.
const ROUNDING: f64 = 1e-13;

/// What is fitted: `softmax(scale * logit_k + offsets[k])`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Map {
    pub(crate) scale: f64,
    pub(crate) offsets: Vec<f64>,
}

/// Turns logits into probabilities that sum to 1.
pub(crate) fn normalise(row: &mut [f64]) {
    let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    row.iter_mut().for_each(|logit| *logit = (*logit - largest).exp());
    let sum: f64 = row.iter().sum();
    row.iter_mut().for_each(|probability| *probability /= sum);
}

/// Mean log loss; 0 for no rows. `logits` holds as many values a row as there are offsets.
pub(crate) fn log_loss(logits: &[f64], gold: &[usize], scale: f64, offsets: &[f64]) -> f64 {
    loss(logits, gold, scale, offsets) / gold.len().max(1) as f64
}

fn loss(logits: &[f64], gold: &[usize], scale: f64, offsets: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (row, &label) in logits.chunks_exact(offsets.len().max(1)).zip(gold) {
        let mapped = || row.iter().zip(offsets).map(|(logit, offset)| scale * logit + offset);
        let largest = mapped().fold(f64::NEG_INFINITY, f64::max);
        let rest: f64 = mapped().map(|logit| (logit - largest).exp()).sum();
        sum += largest + rest.ln() - (scale * row[label] + offsets[label]);
    }
    sum
}

fn objective(logits: &[f64], gold: &[usize], map: &Map) -> f64 {
    let squares: f64 = map.offsets.iter().map(|offset| offset * offset).sum();
    loss(logits, gold, map.scale, &map.offsets) + 0.5 * RIDGE * (squares + (map.scale - 1.0).powi(2))
}

/// Scale (or 1 where it is not to be fitted) and offsets of the least log loss; `None` where no optimum is found.
///
/// Time O(rows x labels^2) an iteration.
pub(crate) fn fit(logits: &[f64], gold: &[usize], n_labels: usize, with_scale: bool) -> Option<Map> {
    let mut map = Map { scale: 1.0, offsets: vec![0.0; n_labels] };
    let n = n_labels + usize::from(with_scale);
    let mut value = objective(logits, gold, &map);
    let mut row_probabilities = vec![0.0; n_labels];
    for _ in 0..MAX_ITERATIONS {
        let mut gradient: Vec<f64> = map.offsets.iter().map(|offset| RIDGE * offset).collect();
        gradient.resize(n, RIDGE * (map.scale - 1.0));
        let mut hessian = vec![0.0; n * n];
        (0..n).for_each(|i| hessian[i * n + i] = RIDGE);
        for (row, &label) in logits.chunks_exact(n_labels).zip(gold) {
            for ((p, logit), offset) in row_probabilities.iter_mut().zip(row).zip(&map.offsets) {
                *p = map.scale * logit + offset;
            }
            normalise(&mut row_probabilities);
            add_row(row, label, &row_probabilities, with_scale, &mut gradient, &mut hessian);
        }
        let size = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
        if size <= TOLERANCE * gold.len() as f64 {
            return Some(map);
        }
        let mut step: Vec<f64> = gradient.iter().map(|g| -g).collect();
        solve(&mut hessian, &mut step)?;
        let slope: f64 = step.iter().zip(&gradient).map(|(s, g)| s * g).sum();
        // Rounding hides any further gain: this is the optimum as far as it can be seen.
        if -slope <= ROUNDING * value.abs() {
            return Some(map);
        }
        let mut rate = 1.0;
        loop {
            let mut moved = map.clone();
            moved.offsets.iter_mut().zip(&step).for_each(|(offset, s)| *offset += rate * s);
            if with_scale {
                moved.scale += rate * step[n_labels];
            }
            let new_value = objective(logits, gold, &moved);
            if new_value <= value + 1e-4 * rate * slope {
                (map, value) = (moved, new_value);
                break;
            }
            rate *= 0.5;
            if rate < 1e-10 {
                return None;
            }
        }
    }
    None
}

/// One row's part of gradient and Hessian; the scale is the last unknown.
fn add_row(
    row: &[f64],
    label: usize,
    probabilities: &[f64],
    with_scale: bool,
    gradient: &mut [f64],
    hessian: &mut [f64],
) {
    let (n, n_labels) = (gradient.len(), row.len());
    let mean: f64 = probabilities.iter().zip(row).map(|(p, logit)| p * logit).sum();
    for (i, &p) in probabilities.iter().enumerate() {
        gradient[i] += p;
        hessian[i * n + i] += p;
        for (j, &q) in probabilities.iter().enumerate() {
            hessian[i * n + j] -= p * q;
        }
        if with_scale {
            let part = p * (row[i] - mean);
            hessian[i * n + n_labels] += part;
            hessian[n_labels * n + i] += part;
            hessian[n_labels * n + n_labels] += part * (row[i] - mean);
        }
    }
    gradient[label] -= 1.0;
    if with_scale {
        gradient[n_labels] += mean - row[label];
    }
}

/// Solves `matrix x = right` in place by Cholesky's method; `None` if the matrix is not positive definite.
fn solve(matrix: &mut [f64], right: &mut [f64]) -> Option<()> {
    let n = right.len();
    for i in 0..n {
        for j in 0..=i {
            let inner: f64 = (0..j).map(|k| matrix[i * n + k] * matrix[j * n + k]).sum();
            let rest = matrix[i * n + j] - inner;
            if i > j {
                matrix[i * n + j] = rest / matrix[j * n + j];
            } else if rest > 0.0 {
                matrix[i * n + i] = rest.sqrt();
            } else {
                return None;
            }
        }
        let inner: f64 = (0..i).map(|k| matrix[i * n + k] * right[k]).sum();
        right[i] = (right[i] - inner) / matrix[i * n + i];
    }
    for i in (0..n).rev() {
        let inner: f64 = (i + 1..n).map(|k| matrix[k * n + i] * right[k]).sum();
        right[i] = (right[i] - inner) / matrix[i * n + i];
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cholesky_solves_and_refuses() {
        let mut right = [8.0, 7.0];
        solve(&mut [4.0, 2.0, 2.0, 3.0], &mut right).unwrap();
        assert!((right[0] - 1.25).abs() < 1e-12 && (right[1] - 1.5).abs() < 1e-12);
        assert!(solve(&mut [1.0, 2.0, 2.0, 1.0], &mut [1.0, 1.0]).is_none());
        assert!(solve(&mut [f64::NAN], &mut [1.0]).is_none());
    }

    #[test]
    fn the_optimum_is_better_than_its_neighbours() {
        let gold = [0, 1, 2, 0, 1, 0, 2, 2];
        let logits: Vec<f64> = (0..24).map(|i| f64::from(i * 7 % 11) / 3.0 - 1.5).collect();
        let best = fit(&logits, &gold, 3, true).unwrap();
        for unknown in 0..4 {
            for change in [-1e-3, 1e-3] {
                let mut moved = best.clone();
                *moved.offsets.get_mut(unknown).unwrap_or(&mut moved.scale) += change;
                assert!(objective(&logits, &gold, &moved) > objective(&logits, &gold, &best));
            }
        }
    }
}
