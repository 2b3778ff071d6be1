//! Tests of the library and the program from outside.

mod cases;
mod seeds;
