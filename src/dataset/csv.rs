//! Reading and writing labelled CSV.
