//! Which numbers stand for a statement?

pub mod sparse;
