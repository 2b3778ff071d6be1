//! The order of columns while weights are fitted: what most rows have stands first.
//!
//! Vocabularies are in the order of names, so that each cache line holds one frequent column among rare ones. Side by
//! side the frequent ones fit into the nearest caches.

use std::ops::Range;

use crate::features::sparse::SparseRows;

/// A permutation of columns.
#[derive(Debug, Clone)]
pub(crate) struct ColumnOrder {
    /// The old number of each new column.
    old: Vec<u32>,
    /// The new number of each old column.
    new: Vec<u32>,
}

impl ColumnOrder {
    /// The columns in `first`, then the others, each by how many of `rows` have it, the most frequent first.
    pub(crate) fn frequent_first(rows: &SparseRows, first: &Range<u32>) -> Self {
        let mut counts = vec![0u32; rows.n_columns()];
        rows.iter().flat_map(|row| row.columns).for_each(|&column| counts[column as usize] += 1);
        let mut old: Vec<u32> = (0..rows.n_columns() as u32).collect();
        old.sort_by_key(|&c| (!first.contains(&c), std::cmp::Reverse(counts[c as usize]), c));
        let mut new = vec![0; old.len()];
        old.iter().enumerate().for_each(|(i, &column)| new[column as usize] = i as u32);
        Self { old, new }
    }

    /// The rows with their columns in this order.
    pub(crate) fn rows(&self, mut rows: SparseRows) -> SparseRows {
        rows.renumber(&self.new);
        rows
    }

    /// The old number of each new column.
    pub(crate) fn old(&self) -> &[u32] {
        &self.old
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::sparse::RowView;

    #[test]
    fn frequent_columns_come_first_behind_those_that_are_named() {
        let mut rows = SparseRows::new(5);
        rows.push(RowView { columns: &[0, 2, 4], values: &[1.0, 2.0, 3.0] });
        rows.push(RowView { columns: &[1, 4], values: &[4.0, 5.0] });
        rows.push(RowView { columns: &[2, 4], values: &[6.0, 7.0] });
        let order = ColumnOrder::frequent_first(&rows, &(1..2));
        assert_eq!(order.old(), [1, 4, 2, 0, 3]);
        let ordered = order.rows(rows);
        let first = ordered.row(0);
        assert_eq!((first.columns, first.values), (&[1, 2, 3][..], &[3.0, 2.0, 1.0][..]));
        assert_eq!(ordered.row(1).columns, [0, 1]);
    }
}
