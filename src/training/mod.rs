//! Which weights fit the rows best?

pub mod calibration;
pub mod decision;
pub mod dense;
pub mod dual;
pub mod elastic_net;
pub mod isotonic;
mod lanes;
pub mod logistic;
pub mod multinomial;
mod newton;
mod observed;
mod order;
pub mod records;
mod softmax;
pub mod solver;
pub mod tagger;
pub mod threshold;
pub mod trainer;
