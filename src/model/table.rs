//! A monotone table after the link function: isotonic calibration.

use serde::{Deserialize, Serialize};

/// A rising line through points: turns one probability into another.
///
/// Between two points it is straight, before the first and behind the last it is level. It stands behind the link
/// function, so that logits, and the contributions that add up to them, are those before the table; the order of rows
/// stays as it is, but where the line is level rows become equal. Reference: Zadrozny and Elkan 2002, "Transforming
/// classifier scores into accurate multiclass probability estimates".
///
/// # Examples
/// ```
/// use demarche::model::LineTable;
///
/// let table = LineTable { points: vec![(0.2, 0.1), (0.6, 0.5)] };
/// let (low, middle, high) = (table.apply(0.0), table.apply(0.4), table.apply(1.0));
/// assert!(low == 0.1 && (middle - 0.3).abs() < 1e-12 && high == 0.5);
/// assert_eq!(LineTable::default().apply(0.7), 0.7);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineTable {
    /// (before, after), both in 0..=1; the first ascend, the second never fall. No points: nothing is changed.
    pub points: Vec<(f64, f64)>,
}

impl LineTable {
    /// The probability that stands for `probability`, in 0..=1.
    pub fn apply(&self, probability: f64) -> f64 {
        let at = self.points.partition_point(|point| point.0 <= probability);
        match (at.checked_sub(1).and_then(|i| self.points.get(i)), self.points.get(at)) {
            (Some(&(x, y)), Some(&(next_x, next_y))) => {
                let value = y + (next_y - y) * ((probability - x) / (next_x - x));
                // Rounding must not break the order.
                value.clamp(y, next_y)
            }
            (Some(&(_, y)), None) | (None, Some(&(_, y))) => y,
            (None, None) => probability,
        }
    }

    /// Whether the points are as they must be.
    pub(super) fn is_sound(&self) -> bool {
        self.points.iter().all(|&(x, y)| (0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y))
            && self.points.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 <= w[1].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_never_falls() {
        let table = LineTable { points: vec![(0.1, 0.05), (0.3, 0.05), (0.30001, 0.9), (1.0, 0.95)] };
        assert!(table.is_sound());
        let values: Vec<f64> = (0..=1000).map(|i| table.apply(f64::from(i) / 1000.0)).collect();
        assert!(values.windows(2).all(|w| w[0] <= w[1]), "{values:?}");
        assert!(!LineTable { points: vec![(0.1, 0.5), (0.2, 0.4)] }.is_sound());
        assert!(!LineTable { points: vec![(0.1, f64::NAN)] }.is_sound());
        assert!(!LineTable { points: vec![(0.1, 0.1), (0.1, 0.2)] }.is_sound());
    }
}
