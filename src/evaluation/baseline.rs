//! The least that a model must beat.

use crate::error::{Error, Result};
use crate::evaluation::predictions::Predictions;
use crate::label::{Task, TaskKind};

/// What can be said without reading a word: predictions from the label shares of the training rows alone.
///
/// Multi: every label that holds in more than half of the labelled training rows. Single: the most frequent class
/// (the first of equals). The probability of a label is its share; scikit-learn's `DummyClassifier(strategy="prior")`.
/// `train` are the gold labels of the training rows; `gold` and `groups` are those of the rows to predict.
///
/// # Errors
/// [`crate::error::ErrorKind::Data`] if no training row is labelled, or a label number is out of range.
pub fn majority(
    task: &Task,
    train: &[Option<Vec<usize>>],
    gold: Vec<Option<Vec<usize>>>,
    groups: Vec<usize>,
) -> Result<Predictions> {
    let mut counts = vec![0usize; task.labels.len()];
    let mut n_rows = 0usize;
    for labels in train.iter().flatten() {
        n_rows += 1;
        for &label in labels {
            let out_of_range = || Error::data(format!("task \"{}\" has no label number {label}", task.name));
            *counts.get_mut(label).ok_or_else(out_of_range)? += 1;
        }
    }
    if n_rows == 0 {
        return Err(Error::data(format!("task \"{}\" has no labelled row to learn from", task.name)));
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let predicted: Vec<usize> = match task.kind {
        TaskKind::Multi => (0..counts.len()).filter(|&label| 2 * counts[label] > n_rows).collect(),
        TaskKind::Single => counts.iter().position(|&count| count == most).into_iter().collect(),
    };
    let shares: Vec<f64> = counts.iter().map(|&count| count as f64 / n_rows as f64).collect();
    let n_predicted = gold.len();
    Ok(Predictions {
        task: task.clone(),
        gold,
        probabilities: shares.repeat(n_predicted),
        predicted: vec![predicted; n_predicted],
        groups,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::LabelSet;

    #[test]
    fn most_frequent_class_or_frequent_labels() {
        let labels = LabelSet::from_names(["a", "b"]).unwrap();
        let task = |kind| Task { name: "t".to_owned(), kind, labels: labels.clone() };
        let train = [Some(vec![1]), None, Some(vec![0]), Some(vec![1]), Some(vec![0])];
        let single = majority(&task(TaskKind::Single), &train, vec![Some(vec![1])], vec![0]).unwrap();
        assert_eq!((single.predicted, single.probabilities), (vec![vec![0]], vec![0.5, 0.5]));
        let multi = majority(&task(TaskKind::Multi), &train, vec![Some(vec![1]), None], vec![0, 1]).unwrap();
        assert_eq!(multi.predicted, vec![Vec::<usize>::new(); 2]);
        multi.check().unwrap();
        let mostly_b = [Some(vec![1]), Some(vec![0, 1]), Some(vec![])];
        let multi = majority(&task(TaskKind::Multi), &mostly_b, vec![None], vec![0]).unwrap();
        assert_eq!(multi.predicted, vec![vec![1]]);
        assert!(majority(&task(TaskKind::Multi), &[None], vec![], vec![]).is_err());
        assert!(majority(&task(TaskKind::Multi), &[Some(vec![2])], vec![], vec![]).is_err());
    }
}
