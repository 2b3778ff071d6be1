//! demarche: a stance and sentiment classifier toolkit for news.

#[cfg(feature = "cli")]
pub mod cli;
pub mod dataset;
pub mod document;
pub mod error;
pub mod evaluation;
pub mod features;
pub mod label;
pub mod lang;
pub mod model;
pub mod quotation;
pub mod report;
pub mod statement;
pub mod text;
#[cfg(feature = "train")]
pub mod training;
