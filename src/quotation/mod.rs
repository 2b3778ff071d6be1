//! Who said what, at which bytes?

mod kind;

pub use kind::Kind;
