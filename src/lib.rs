//! Stance and sentiment of quotations in news: who said what, how they stand to it, and why the model thinks so.
//!
//! Two ways meet in [`statement::Statement`]:
//!
//! ```text
//! score:  file -> Document -> Quotation -> Statement -> row -> probabilities -> report
//! train:  CSV  -> Dataset (Statement + labels) -> folds -> rows -> weights -> Model -> file -> comparison
//! ```
//!
//! Each module is a room that imports only from rooms above it in this list; its first line is the question that it
//! answers.

pub mod error;

pub mod lang;

pub mod text;

pub mod document;

pub mod quotation;

pub mod statement;

pub mod label;

pub mod dataset;

pub mod features;

pub mod model;

#[cfg(feature = "train")]
pub mod training;

pub mod evaluation;

pub mod pipeline;

pub mod report;

#[cfg(feature = "cli")]
pub mod cli;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
