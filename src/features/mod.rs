//! Which numbers stand for a statement?
//!
//! Features come in families, one file each; each family is a block of its own unit length. A [`Vectorizer`] learns
//! vocabulary and document frequencies once, from the training rows; afterwards a statement gives the same row alone
//! and in any company.

mod character;
mod cue;
mod family;
pub mod settings;
pub mod sparse;
pub mod speaker;
mod vectorizer;
mod word;

pub use family::Family;
pub use settings::{FeatureSettings, SpeakerSettings};
pub use sparse::{RowView, SparseRow, SparseRows};
pub use vectorizer::{Occurrence, Part, Vectorizer, Workspace};
