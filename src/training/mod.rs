//! Which weights fit the rows best?

pub mod calibration;
pub mod dense;
pub mod logistic;
mod newton;
pub mod records;
mod softmax;
pub mod tagger;
pub mod threshold;
pub mod trainer;
