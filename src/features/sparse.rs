//! Sparse rows: one statement as sorted (column, value) pairs.

/// One sparse row that the caller owns and reuses. Columns ascend, without repeats.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SparseRow {
    /// Column numbers, ascending.
    pub columns: Vec<u32>,
    /// Their values, aligned with `columns`.
    pub values: Vec<f32>,
}

impl SparseRow {
    /// Empties the row and keeps its memory.
    pub fn clear(&mut self) {
        self.columns.clear();
        self.values.clear();
    }

    /// The row as a view.
    #[inline]
    pub fn view(&self) -> RowView<'_> {
        RowView { columns: &self.columns, values: &self.values }
    }
}

/// A borrowed sparse row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RowView<'a> {
    /// Column numbers, ascending.
    pub columns: &'a [u32],
    /// Their values, aligned with `columns`.
    pub values: &'a [f32],
}

impl RowView<'_> {
    /// The (column, value) pairs in order.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.columns.iter().zip(self.values).map(|(&c, &v)| (c as usize, f64::from(v)))
    }

    /// Sum of value x weight over the row, added in column order in double precision.
    #[inline]
    pub fn dot(&self, weights: &[f64]) -> f64 {
        self.iter().map(|(c, v)| v * weights[c]).sum()
    }
}

/// Many sparse rows in compressed form (CSR): 8 bytes a non-zero value.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseRows {
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
    n_columns: usize,
}

impl SparseRows {
    /// No rows yet, of `n_columns` columns.
    pub fn new(n_columns: usize) -> Self {
        Self { starts: vec![0], columns: Vec::new(), values: Vec::new(), n_columns }
    }

    /// Appends a row. Columns must ascend and lie below `n_columns`.
    pub fn push(&mut self, row: RowView<'_>) {
        debug_assert!(row.columns.windows(2).all(|w| w[0] < w[1]));
        debug_assert!(row.columns.last().is_none_or(|&c| (c as usize) < self.n_columns));
        self.columns.extend_from_slice(row.columns);
        self.values.extend_from_slice(row.values);
        self.starts.push(self.columns.len());
    }

    /// Row number `i`.
    #[inline]
    pub fn row(&self, i: usize) -> RowView<'_> {
        let range = self.starts[i]..self.starts[i + 1];
        RowView { columns: &self.columns[range.clone()], values: &self.values[range] }
    }

    /// All rows in order.
    #[inline]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = RowView<'_>> {
        (0..self.n_rows()).map(|i| self.row(i))
    }

    /// Number of rows.
    #[inline]
    pub fn n_rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of columns.
    #[inline]
    pub fn n_columns(&self) -> usize {
        self.n_columns
    }

    /// Number of stored values.
    pub fn n_nonzeros(&self) -> usize {
        self.columns.len()
    }

    /// Appends all rows of another matrix of as many columns.
    pub(crate) fn append(&mut self, other: &Self) {
        let before = self.columns.len();
        self.columns.extend_from_slice(&other.columns);
        self.values.extend_from_slice(&other.values);
        self.starts.extend(other.starts[1..].iter().map(|start| before + start));
    }

    /// Gives each column the number in `new`, a permutation, and puts the values of each row in the new order.
    #[cfg(feature = "train")]
    pub(crate) fn renumber(&mut self, new: &[u32]) {
        let mut pairs: Vec<(u32, f32)> = Vec::new();
        for i in 0..self.n_rows() {
            let range = self.starts[i]..self.starts[i + 1];
            let (columns, values) = (&mut self.columns[range.clone()], &mut self.values[range]);
            pairs.clear();
            pairs.extend(columns.iter().zip(values.iter()).map(|(&column, &value)| (new[column as usize], value)));
            pairs.sort_unstable_by_key(|&(column, _)| column);
            for ((column, value), pair) in columns.iter_mut().zip(values).zip(&pairs) {
                (*column, *value) = *pair;
            }
        }
    }

    /// The rows with these numbers, in this order.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        let mut selected = Self::new(self.n_columns);
        for &i in rows {
            selected.push(self.row(i));
        }
        selected
    }
}
