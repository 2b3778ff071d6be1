//! What did the person ask for? One file per command; no logic worth a test of its own.

pub mod input;
