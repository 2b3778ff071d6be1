//! Rows times numbers of which several lie side by side: one a class for each column.
//!
//! `N` is how many, or 0 for any: with a known number the inner loops have no counter.

use crate::features::sparse::RowView;
use crate::training::observed::ObservedRow;

/// Margins of a row's observations in all classes, one after the other.
#[inline]
pub(super) fn margins<const N: usize>(row: &ObservedRow<'_>, weights: &[f64], intercepts: &[f64], out: &mut [f64]) {
    let n = if N == 0 { intercepts.len() } else { N };
    let (first, second) = out.split_at_mut(n);
    first.copy_from_slice(&intercepts[..n]);
    add_dot::<N>(row.before, weights, first);
    add_dot::<N>(row.after, weights, first);
    if row.is_double() {
        second[..n].copy_from_slice(first);
        add_dot::<N>(row.dropped, weights, first);
    }
}

/// Adds value x weights over a row.
#[inline]
fn add_dot<const N: usize>(row: RowView<'_>, weights: &[f64], out: &mut [f64]) {
    let n = if N == 0 { out.len() } else { N };
    if let Some(out) = out.first_chunk_mut::<N>().filter(|_| N > 0) {
        // In registers, in two chains: half the time of adding to memory.
        let (mut even, mut odd) = ([0.0; N], [0.0; N]);
        let ((columns, last), (values, last_value)) = (row.columns.as_chunks::<2>(), row.values.as_chunks::<2>());
        if let (&[column], &[value]) = (last, last_value) {
            add::<N>(&mut even, f64::from(value), &weights[column as usize * n..]);
        }
        for (column, value) in columns.iter().zip(values) {
            add::<N>(&mut even, f64::from(value[0]), &weights[column[0] as usize * n..]);
            add::<N>(&mut odd, f64::from(value[1]), &weights[column[1] as usize * n..]);
        }
        add::<N>(&mut even, 1.0, &odd);
        add::<N>(out, 1.0, &even);
    } else {
        for (&column, &value) in row.columns.iter().zip(row.values) {
            add::<N>(out, f64::from(value), &weights[column as usize * n..]);
        }
    }
}

/// Adds `factor` x the numbers of one column to those of another.
#[inline]
pub(super) fn add<const N: usize>(out: &mut [f64], factor: f64, from: &[f64]) {
    match (out.first_chunk_mut::<N>(), from.first_chunk::<N>()) {
        (Some(out), Some(from)) if N > 0 => (0..N).for_each(|k| out[k] += factor * from[k]),
        _ => out.iter_mut().zip(from).for_each(|(out, from)| *out += factor * from),
    }
}

/// Adds value x `pulls` to the numbers of each of a row's columns.
#[inline]
pub(super) fn add_row<const N: usize>(row: RowView<'_>, pulls: &[f64], out: &mut [f64]) {
    let n = if N == 0 { pulls.len() } else { N };
    for (&column, &value) in row.columns.iter().zip(row.values) {
        let at = column as usize * n;
        add::<N>(&mut out[at..at + n], f64::from(value), pulls);
    }
}
