//! A small logistic regression over dense features, as the ranker of links, spans and attributions.

use serde::{Deserialize, Serialize};

/// Weights of a fitted regression; the last one is the intercept. Without weights every probability is 1/2.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Logistic {
    /// Weights in order of the features, then the intercept.
    pub(crate) weights: Vec<f64>,
}

impl Logistic {
    /// Logarithm of the odds for these features.
    pub(crate) fn logit(&self, features: &[f64]) -> f64 {
        let Some((intercept, weights)) = self.weights.split_last() else { return 0.0 };
        intercept + weights.iter().zip(features).map(|(w, x)| w * x).sum::<f64>()
    }

    /// Probability for these features.
    pub(crate) fn probability(&self, features: &[f64]) -> f64 {
        1.0 / (1.0 + (-self.logit(features)).exp())
    }

    /// Whether all weights are finite, and as many as `n_features` need (or none at all).
    pub(crate) fn fits(&self, n_features: usize) -> bool {
        (self.weights.is_empty() || self.weights.len() == n_features + 1) && self.weights.iter().all(|w| w.is_finite())
    }
}
