use super::*;
use crate::features::sparse::{RowView, SparseRow};
use crate::training::dual::fit_label;

pub(crate) struct Problem {
    pub(crate) rows: SparseRows,
    pub(crate) targets: Vec<bool>,
}

/// Uniform numbers in 0..1 (splitmix64): tests need the same ones forever.
pub(crate) fn random(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Half-filled rows with noisy targets of which about `share` are positive.
pub(crate) fn problem(n_rows: usize, n_columns: usize, share: f64, seed: u64) -> Problem {
    let mut next = random(seed);
    let truth: Vec<f64> = (0..n_columns).map(|_| 4.0 * next() - 2.0).collect();
    let mut rows = SparseRows::new(n_columns);
    let mut scores = Vec::new();
    for _ in 0..n_rows {
        let mut row = SparseRow::default();
        for column in 0..n_columns {
            if next() < 0.5 {
                row.columns.push(column as u32);
                row.values.push((2.0 * next() - 1.0) as f32);
            }
        }
        rows.push(row.view());
        scores.push(row.view().dot(&truth) + 2.0 * next() - 1.0);
    }
    let mut sorted = scores.clone();
    sorted.sort_by(f64::total_cmp);
    let cut = sorted[((1.0 - share) * n_rows as f64) as usize];
    Problem { rows, targets: scores.iter().map(|&score| score >= cut).collect() }
}

fn params() -> LogisticParams {
    LogisticParams::default().tolerance(1e-9)
}

fn assert_near(a: &BinaryFit, b: &BinaryFit) {
    assert!(a.report.converged && b.report.converged, "{:?} {:?}", a.report, b.report);
    assert!((a.intercept - b.intercept).abs() < 1e-6, "{} {}", a.intercept, b.intercept);
    for (x, y) in a.weights.iter().zip(&b.weights) {
        assert!((x - y).abs() < 1e-6, "{x} {y}");
    }
}

#[test]
fn the_default_tolerance_gives_a_relative_gap_below_1e_6() {
    for (share, cost) in [(0.05, 1.0), (0.05, 10.0), (0.5, 0.1), (0.5, 1.0), (0.5, 100.0), (0.05, 1000.0), (0.95, 1.0)]
    {
        let Problem { rows, targets } = problem(500, 60, share, 7);
        let rough = fit_binary(&rows, &targets, None, None, &LogisticParams::default().cost(cost), None).unwrap();
        let exact = fit_binary(&rows, &targets, None, None, &params().cost(cost), None).unwrap();
        let gap = rough.report.objective / exact.report.objective - 1.0;
        assert!(exact.report.converged && (-1e-12..1e-6).contains(&gap), "{share} {cost}: {gap:e} {:?}", exact.report);
    }
}

#[test]
fn the_reported_objective_is_the_documented_one() {
    let Problem { rows, targets } = problem(100, 8, 0.3, 8);
    let mut next = random(9);
    let weights: Vec<f64> = (0..100).map(|_| next()).collect();
    let penalty: Vec<f64> = (0..8).map(|_| 0.5 + next()).collect();
    let params = params().cost(3.0).positive_weight(2.0);
    let fit = fit_binary(&rows, &targets, Some(&weights), Some(&penalty), &params, None).unwrap();
    let objective = |fit: &BinaryFit| {
        let loss = rows.iter().enumerate().map(|(i, row)| {
            let logit = row.dot(&fit.weights) + fit.intercept;
            let (sign, class) = if targets[i] { (1.0, 2.0) } else { (-1.0, 1.0) };
            3.0 * weights[i] * class * (-sign * logit).exp().ln_1p()
        });
        loss.sum::<f64>() + 0.5 * fit.weights.iter().zip(&penalty).map(|(w, p)| p * w * w).sum::<f64>()
    };
    assert!((objective(&fit) / fit.report.objective - 1.0).abs() < 1e-12);
    for change in 0..9 {
        let mut moved = fit.clone();
        *moved.weights.get_mut(change).unwrap_or(&mut moved.intercept) += 1e-3;
        assert!(objective(&moved) > fit.report.objective, "{change}");
    }
}

#[test]
fn a_weight_counts_as_so_many_rows() {
    let Problem { rows, targets } = problem(60, 6, 0.4, 10);
    let numbers: Vec<usize> = (0..60).flat_map(|i| vec![i; i % 3]).collect();
    let weights: Vec<f64> = (0..60).map(|i| (i % 3) as f64).collect();
    let repeated: Vec<bool> = numbers.iter().map(|&i| targets[i]).collect();
    let a = fit_binary(&rows, &targets, Some(&weights), None, &params(), None).unwrap();
    let b = fit_binary(&rows.select(&numbers), &repeated, None, None, &params(), None).unwrap();
    assert_near(&a, &b);
    let doubled: Vec<f64> = targets.iter().map(|&t| if t { 2.0 } else { 1.0 }).collect();
    let a = fit_binary(&rows, &targets, Some(&doubled), None, &params(), None).unwrap();
    let b = fit_binary(&rows, &targets, None, None, &params().positive_weight(2.0), None).unwrap();
    assert_near(&a, &b);
}

#[test]
fn a_penalty_counts_as_a_scaled_column() {
    let Problem { rows, targets } = problem(80, 3, 0.5, 11);
    let mut scaled = SparseRows::new(3);
    for row in rows.iter() {
        let values: Vec<f32> = row.iter().map(|(c, v)| (v / [1.0, 2.0, 0.5][c]) as f32).collect();
        scaled.push(RowView { columns: row.columns, values: &values });
    }
    let a = fit_binary(&rows, &targets, None, Some(&[1.0, 4.0, 0.25]), &params(), None).unwrap();
    let mut b = fit_binary(&scaled, &targets, None, None, &params(), None).unwrap();
    for (weight, scale) in b.weights.iter_mut().zip([1.0, 2.0, 0.5]) {
        *weight /= scale;
    }
    assert_near(&a, &b);
}

#[test]
fn a_warm_start_saves_work_and_ends_at_the_same_place() {
    let Problem { rows, targets } = problem(400, 50, 0.3, 12);
    let cold = fit_binary(&rows, &targets, None, None, &params(), None).unwrap();
    let again = fit_binary(&rows, &targets, None, None, &params(), Some(&cold)).unwrap();
    assert_eq!((again.report.n_iterations, &again.weights), (0, &cold.weights));
    let near = fit_binary(&rows, &targets, None, None, &params().cost(1.1), Some(&cold)).unwrap();
    let far = fit_binary(&rows, &targets, None, None, &params().cost(1.1), None).unwrap();
    assert!(near.report.n_hessian_products < far.report.n_hessian_products);
    assert_near(&near, &far);
    // On a path of costs the gradient of the constant model is taken over instead of computed.
    let (observed, params) = (Observed::once(&rows), params().cost(2.0));
    let inputs = Inputs::checked(&observed, None, None, &params.0).unwrap();
    let label = LabelTargets { targets: &targets, factor: 1.0 };
    let (near, far) =
        (inputs.newton(&label, Some(&Warm::on_the_path(&cold, 2.0)), 100), inputs.newton(&label, None, 100));
    let (near, far) = (near.unwrap(), far.unwrap());
    assert_near(&near, &far);
    assert!((near.report.constant_gradient / far.report.constant_gradient - 1.0).abs() < 1e-9);
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let Problem { rows, .. } = problem(150, 40, 0.5, 13);
    let mut next = random(14);
    let targets: Vec<Vec<bool>> = (0..5).map(|_| (0..150).map(|_| next() < 0.3).collect()).collect();
    let fit = |n_threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        pool.install(|| fit_one_vs_rest(&rows, &targets, None, None, &LogisticParams::default(), None).unwrap())
    };
    let one = fit(1);
    assert_eq!(one, fit(3));
    let single = fit_binary(&rows, &targets[4], None, None, &LogisticParams::default(), None).unwrap();
    assert_eq!(one[4], single);
}

#[test]
fn rows_observed_twice_count_as_two_rows_of_half_the_weight() {
    let Problem { rows, .. } = problem(200, 30, 0.5, 17);
    let mut sparse = SparseRows::new(30);
    for (i, row) in rows.iter().enumerate() {
        // Every third row has nothing to drop.
        let keep = |column: u32| i % 3 > 0 || !(8..12).contains(&column);
        let pairs = row.columns.iter().zip(row.values).filter(|(column, _)| keep(**column));
        let (columns, values): (Vec<u32>, Vec<f32>) = pairs.map(|(column, value)| (*column, *value)).unzip();
        sparse.push(RowView { columns: &columns, values: &values });
    }
    let mut next = random(18);
    let targets: Vec<Vec<bool>> = (0..5).map(|_| (0..200).map(|_| next() < 0.2).collect()).collect();
    let params = params().cost(10.0);
    let observed = Observed::with_dropout(&sparse, &(8..12));
    let inputs = Inputs::checked(&observed, None, None, &params.0).unwrap();
    let (written, observations) = observed.written_out();
    let weights: Vec<f64> = observations.iter().map(|(_, share)| *share).collect();
    for targets in &targets {
        let label = LabelTargets { targets, factor: 1.0 };
        let targets: Vec<bool> = observations.iter().map(|(row, _)| targets[*row]).collect();
        let expected = fit_binary(&written, &targets, Some(&weights), None, &params, None).unwrap();
        assert_near(&inputs.newton(&label, None, 100).unwrap(), &expected);
        assert_near(&fit_label(&inputs, &label, None).unwrap(), &expected);
    }
}

#[test]
fn the_iteration_limit_is_reported() {
    let Problem { rows, targets } = problem(200, 30, 0.5, 15);
    let fit = fit_binary(&rows, &targets, None, None, &params().max_iterations(1), None).unwrap();
    assert_eq!((fit.report.converged, fit.report.n_iterations), (false, 1));
}

#[test]
fn hostile_scales_end_in_an_error_or_a_finite_fit() {
    for (value, cost) in [(f32::MAX, 1.0), (f32::MAX, 1e300), (1e30, 1e-300), (f32::MIN_POSITIVE, 1e300), (1.0, 1e300)]
    {
        let mut rows = SparseRows::new(2);
        for (a, b) in [(value, -1.0), (-value, 1.0), (value, 1.0), (0.0, value)] {
            rows.push(RowView { columns: &[0, 1], values: &[a, b] });
        }
        match fit_binary(&rows, &[true, false, true, false], None, None, &params().cost(cost), None) {
            Ok(fit) => assert!(fit.weights.iter().all(|w| w.is_finite()) && fit.report.objective.is_finite()),
            Err(error) => assert_eq!(error.kind(), &ErrorKind::Numeric, "{value} {cost}"),
        }
    }
}

#[test]
fn separable_rows_and_empty_rows_have_a_finite_optimum() {
    let mut rows = SparseRows::new(1);
    for value in [-1.0, -0.5, 0.5, 1.0] {
        rows.push(RowView { columns: &[0], values: &[value] });
    }
    let fit = fit_binary(&rows, &[false, false, true, true], None, None, &params().cost(1e6), None).unwrap();
    assert!(fit.report.converged && fit.weights[0] > 10.0, "{:?}", fit.report);
    let mut empty = SparseRows::new(0);
    for _ in 0..4 {
        empty.push(RowView { columns: &[], values: &[] });
    }
    let fit = fit_binary(&empty, &[true, false, false, false], None, None, &params(), None).unwrap();
    assert!((sigmoid(fit.intercept) - 0.25).abs() < 1e-12 && fit.report.converged);
    let warm = BinaryFit { intercept: 3.0, ..fit.clone() };
    let again = fit_binary(&empty, &[true, false, false, false], None, None, &params(), Some(&warm)).unwrap();
    assert!((again.intercept - fit.intercept).abs() < 1e-6 && again.report.converged, "{:?}", again.report);
}

#[test]
fn input_that_can_not_be_fitted_is_named() {
    let Problem { rows, targets } = problem(10, 2, 0.5, 16);
    let fit = |rows: &SparseRows, targets: &[bool], weights: Option<&[f64]>, penalty: Option<&[f64]>| {
        fit_binary(rows, targets, weights, penalty, &params(), None).unwrap_err().kind().clone()
    };
    assert_eq!(fit(&SparseRows::new(2), &[], None, None), ErrorKind::Data);
    assert_eq!(fit(&rows, &[true; 10], None, None), ErrorKind::Data);
    assert_eq!(fit(&rows, &[false; 10], None, None), ErrorKind::Data);
    assert_eq!(fit(&rows, &targets[1..], None, None), ErrorKind::Usage);
    assert_eq!(fit(&rows, &targets, Some(&[1.0; 9]), None), ErrorKind::Usage);
    assert_eq!(fit(&rows, &targets, Some(&[-1.0; 10]), None), ErrorKind::Usage);
    assert_eq!(fit(&rows, &targets, Some(&[0.0; 10]), None), ErrorKind::Data);
    assert_eq!(fit(&rows, &targets, Some(&[f64::NAN; 10]), None), ErrorKind::Numeric);
    assert_eq!(fit(&rows, &targets, None, Some(&[0.0, 1.0])), ErrorKind::Usage);
    let mut broken = SparseRows::new(1);
    broken.push(RowView { columns: &[0], values: &[f32::NAN] });
    broken.push(RowView { columns: &[0], values: &[1.0] });
    assert_eq!(fit(&broken, &[true, false], None, None), ErrorKind::Numeric);
    let other = fit_binary(&broken.select(&[1, 1]), &[true, false], None, None, &params(), None).unwrap();
    let error = fit_binary(&rows, &targets, None, None, &params(), Some(&other)).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Columns { expected: 2, found: 1 });
    for bad in [params().cost(0.0), params().tolerance(0.0), params().max_iterations(0), params().positive_weight(-1.0)]
    {
        assert_eq!(bad.check_ref().unwrap_err().kind(), &ErrorKind::Usage);
    }
}
