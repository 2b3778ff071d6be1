//! linfa's interface over [`SparseRows`]: `Fit`, `Predict` and `DatasetBase` work on them as on dense arrays.

use linfa::DatasetBase;
use linfa::dataset::Records;
use linfa::traits::{Fit, PredictInplace};
use ndarray::Array1;

use crate::error::{Error, ErrorKind, Result};
use crate::features::sparse::SparseRows;
use crate::training::logistic::{CheckedLogisticParams, Logistic};

impl Records for SparseRows {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.n_rows()
    }

    fn nfeatures(&self) -> usize {
        self.n_columns()
    }
}

impl From<linfa::error::Error> for Error {
    fn from(error: linfa::error::Error) -> Self {
        let kind = match error {
            linfa::error::Error::Parameters(_) | linfa::error::Error::Priors(_) => ErrorKind::Usage,
            linfa::error::Error::NotConverged(_) => ErrorKind::Numeric,
            _ => ErrorKind::Data,
        };
        Self::new(kind, error.to_string()).caused_by(error)
    }
}

/// [`fit_binary`](crate::training::logistic::fit_binary) on a linfa dataset, with the dataset's weights where it has
/// any. `LogisticParams` fit too: linfa checks them first.
impl Fit<SparseRows, Array1<bool>, Error> for CheckedLogisticParams {
    type Object = Logistic;

    fn fit(&self, dataset: &DatasetBase<SparseRows, Array1<bool>>) -> Result<Logistic> {
        let targets = dataset.targets.to_vec();
        let weights: Option<Vec<f64>> = dataset.weights().map(|w| w.iter().map(|&w| f64::from(w)).collect());
        Ok(Logistic::new(self.fit_rows(&dataset.records, &targets, weights.as_deref())?))
    }
}

/// True where the probability is at least one half. As linfa prescribes, rows with other columns than the fit's panic;
/// [`Logistic::predict_probabilities`] returns an error instead.
impl PredictInplace<SparseRows, Array1<bool>> for Logistic {
    fn predict_inplace<'a>(&'a self, rows: &'a SparseRows, targets: &mut Array1<bool>) {
        assert_eq!(rows.n_rows(), targets.len(), "one target a row");
        assert_eq!(rows.n_columns(), self.fit().weights.len(), "the columns that the weights were fitted on");
        for (target, row) in targets.iter_mut().zip(rows.iter()) {
            *target = row.dot(&self.fit().weights) + self.fit().intercept >= 0.0;
        }
    }

    fn default_target(&self, rows: &SparseRows) -> Array1<bool> {
        Array1::default(rows.n_rows())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::sparse::RowView;
    use crate::training::logistic::{LogisticParams, fit_binary};
    use linfa::traits::Predict;

    fn dataset() -> DatasetBase<SparseRows, Array1<bool>> {
        let mut rows = SparseRows::new(2);
        for (value, other) in [(-2.0, 1.0), (-1.0, 0.5), (0.5, 0.0), (1.0, 1.0), (2.0, -0.5)] {
            rows.push(RowView { columns: &[0, 1], values: &[value, other] });
        }
        DatasetBase::new(rows, Array1::from(vec![false, false, true, false, true]))
    }

    #[test]
    fn fits_and_predicts_through_the_traits_of_linfa() {
        let dataset = dataset();
        let params = LogisticParams::default().cost(10.0);
        let model = params.fit(&dataset).unwrap();
        let direct = fit_binary(&dataset.records, &dataset.targets.to_vec(), None, None, &params, None).unwrap();
        assert_eq!(model.fit(), &direct);
        let probabilities = model.predict_probabilities(&dataset.records).unwrap();
        let predicted: Array1<bool> = model.predict(&dataset);
        assert_eq!(predicted, probabilities.mapv(|p| p >= 0.5));
        assert_eq!(
            model.predict_probabilities(&SparseRows::new(3)).unwrap_err().kind(),
            &ErrorKind::Columns { expected: 2, found: 3 }
        );
    }

    #[test]
    fn weights_of_the_dataset_count() {
        let params = LogisticParams::default().tolerance(1e-8);
        let plain = params.fit(&dataset()).unwrap();
        let weighted = params.fit(&dataset().with_weights(Array1::from(vec![1.0, 1.0, 1.0, 0.0, 1.0]))).unwrap();
        assert!(weighted.fit().weights[0] > plain.fit().weights[0]);
    }

    #[test]
    fn bad_parameters_are_caught_by_the_guard() {
        let error = LogisticParams::default().cost(f64::NAN).fit(&dataset()).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Usage);
    }
}
