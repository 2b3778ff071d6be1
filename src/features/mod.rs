//! Which numbers stand for a statement?
//!
//! Features come in families, one file each; each family is a block of its own unit length. A [`Vectorizer`] learns
//! vocabulary and document frequencies once, from the training rows; afterwards a statement gives the same row alone
//! and in any company.

mod between;
mod character;
pub mod column;
mod cue;
mod family;
mod frequent;
mod hashed;
mod lexicon;
pub mod settings;
mod spares;
pub mod sparse;
pub mod speaker;
mod stems;
mod target;
mod topic;
mod vectorizer;
mod vocabulary;
mod word;

pub use column::{ColumnKind, FeatureColumn};
pub use family::Family;
pub use lexicon::OwnLexicon;
pub use settings::{FeatureSettings, LexiconSettings, SpeakerSettings, TargetSettings};
pub use sparse::{RowView, SparseRow, SparseRows};
pub use vectorizer::{Occurrence, Part, Vectorizer, Workspace};
