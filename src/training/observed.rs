//! Rows as a fit observes them: with speaker dropout most rows twice, which have all but a few columns in common.

use std::ops::Range;

use crate::features::sparse::{RowView, SparseRows};

/// Sparse rows, of which those with values in some columns are observed twice: with and without these values, each at
/// half the weight of the row.
///
/// What both observations share is read once: half the time of rows that are written down twice.
pub(crate) struct Observed<'a> {
    rows: &'a SparseRows,
    /// Where the values stand in each row that its second observation lacks; empty if there is no dropout at all.
    dropped: Vec<Range<u32>>,
    n_observations: usize,
}

/// One row in three parts; the outer two are common to its observations.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ObservedRow<'a> {
    /// Number of its first observation.
    pub(crate) at: usize,
    pub(crate) before: RowView<'a>,
    pub(crate) dropped: RowView<'a>,
    pub(crate) after: RowView<'a>,
}

impl ObservedRow<'_> {
    /// Whether it is observed twice.
    #[inline]
    pub(crate) fn is_double(&self) -> bool {
        !self.dropped.columns.is_empty()
    }

    #[inline]
    pub(crate) fn n_observations(&self) -> usize {
        if self.is_double() { 2 } else { 1 }
    }

    /// The share of the row's weight that each of its observations has.
    #[inline]
    pub(crate) fn share(&self) -> f64 {
        if self.is_double() { 0.5 } else { 1.0 }
    }
}

impl<'a> Observed<'a> {
    /// Each row once.
    pub(crate) fn once(rows: &'a SparseRows) -> Self {
        Self { rows, dropped: Vec::new(), n_observations: rows.n_rows() }
    }

    /// Each row that has values in `columns` twice, once without them.
    pub(crate) fn with_dropout(rows: &'a SparseRows, columns: &Range<u32>) -> Self {
        if columns.is_empty() {
            return Self::once(rows);
        }
        let part = |row: RowView<'_>| {
            let at = |limit: u32| row.columns.partition_point(|&column| column < limit) as u32;
            at(columns.start)..at(columns.end)
        };
        let dropped: Vec<Range<u32>> = rows.iter().map(part).collect();
        let n_double = dropped.iter().filter(|part| !part.is_empty()).count();
        if n_double == 0 {
            return Self::once(rows);
        }
        Self { rows, dropped, n_observations: rows.n_rows() + n_double }
    }

    pub(crate) fn rows(&self) -> &'a SparseRows {
        self.rows
    }

    pub(crate) fn n_columns(&self) -> usize {
        self.rows.n_columns()
    }

    pub(crate) fn n_observations(&self) -> usize {
        self.n_observations
    }

    /// The rows in order.
    #[inline]
    pub(crate) fn iter(&self) -> impl Iterator<Item = ObservedRow<'a>> + '_ {
        self.part(0..self.rows.n_rows(), 0)
    }

    /// Those of the rows `numbers` that there are, in order; `at` is the first observation of the first one.
    #[inline]
    pub(crate) fn part(&self, numbers: Range<usize>, mut at: usize) -> impl Iterator<Item = ObservedRow<'a>> + '_ {
        (numbers.start..numbers.end.min(self.rows.n_rows())).map(move |i| {
            let row = self.rows.row(i);
            let cut =
                |range: Range<usize>| RowView { columns: &row.columns[range.clone()], values: &row.values[range] };
            let (start, end, n) = match self.dropped.get(i) {
                Some(part) => (part.start as usize, part.end as usize, row.columns.len()),
                None => (row.columns.len(), row.columns.len(), row.columns.len()),
            };
            let observed = ObservedRow { at, before: cut(0..start), dropped: cut(start..end), after: cut(end..n) };
            at += observed.n_observations();
            observed
        })
    }

    /// Row and share of its weight, of each observation.
    #[inline]
    pub(crate) fn observations(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        (0..self.rows.n_rows()).flat_map(|i| {
            let is_double = self.dropped.get(i).is_some_and(|part| !part.is_empty());
            let (copies, share) = if is_double { (2, 0.5) } else { (1, 1.0) };
            std::iter::repeat_n((i, share), copies)
        })
    }

    /// All observations as rows of their own, for solvers that know nothing of them: rows, and what
    /// [`Observed::observations`] says of each.
    pub(crate) fn written_out(&self) -> (SparseRows, Vec<(usize, f64)>) {
        let mut rows = SparseRows::new(self.rows.n_columns());
        for (i, row) in self.iter().enumerate() {
            rows.push(self.rows.row(i));
            if row.is_double() {
                let columns = [row.before.columns, row.after.columns].concat();
                let values = [row.before.values, row.after.values].concat();
                rows.push(RowView { columns: &columns, values: &values });
            }
        }
        (rows, self.observations().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_dropped_columns_are_observed_twice() {
        let mut rows = SparseRows::new(6);
        rows.push(RowView { columns: &[0, 2, 3, 5], values: &[1.0, 2.0, 3.0, 4.0] });
        rows.push(RowView { columns: &[0, 5], values: &[5.0, 6.0] });
        rows.push(RowView { columns: &[2], values: &[7.0] });
        let observed = Observed::with_dropout(&rows, &(2..4));
        assert_eq!(observed.n_observations(), 5);
        assert_eq!(observed.observations().collect::<Vec<_>>(), [(0, 0.5), (0, 0.5), (1, 1.0), (2, 0.5), (2, 0.5)]);
        let parts: Vec<_> =
            observed.iter().map(|r| (r.at, r.before.columns, r.dropped.columns, r.after.columns)).collect();
        let none: &[u32] = &[];
        assert_eq!(parts, [(0, &[0][..], &[2, 3][..], &[5][..]), (2, &[0], none, &[5]), (3, none, &[2], none)]);
        let (written, _) = observed.written_out();
        assert_eq!(
            written.iter().map(|r| r.columns.to_vec()).collect::<Vec<_>>(),
            [vec![0, 2, 3, 5], vec![0, 5], vec![0, 5], vec![2], vec![]]
        );
        for nothing in
            [Observed::once(&rows), Observed::with_dropout(&rows, &(4..5)), Observed::with_dropout(&rows, &(2..2))]
        {
            assert_eq!((nothing.n_observations(), nothing.iter().filter(ObservedRow::is_double).count()), (3, 0));
        }
    }
}
