//! Which weights fit the rows best?

pub mod tagger;
