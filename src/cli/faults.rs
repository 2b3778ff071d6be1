//! Errors of a run, told as they come: of one kind in one file the first, then their number.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::cli::output::say;
use crate::error::{Error, escape};
use crate::report::counted;

/// Errors of one kind that are told of a file.
const MOST: u64 = 20;
/// Kinds that are told apart.
const KINDS: usize = 64;

/// What was told of the file that is being read.
#[derive(Default)]
pub(super) struct Faults {
    path: Option<PathBuf>,
    told: BTreeMap<String, u64>,
    n_more: u64,
}

impl Faults {
    /// Tells this error, unless enough of its kind are told of its file.
    pub(super) fn tell(&mut self, error: &Error) {
        if let Some(line) = self.end_of_file(error) {
            say(&line);
        }
        if self.is_news(error) {
            say(&format!("demarche: {error}"));
        }
    }

    /// Tells how many errors of the last file were not told.
    pub(super) fn close(&mut self) {
        if let Some(line) = self.rest() {
            say(&line);
        }
    }

    /// What is left to say of the last file, where `error` is of another.
    fn end_of_file(&mut self, error: &Error) -> Option<String> {
        if error.position().path == self.path {
            return None;
        }
        let rest = self.rest();
        self.path = error.position().path.clone();
        self.told.clear();
        rest
    }

    fn is_news(&mut self, error: &Error) -> bool {
        let mut kind = kind(error.message());
        if self.told.len() >= KINDS && !self.told.contains_key(&kind) {
            kind.clear();
        }
        let n = self.told.entry(kind).or_default();
        *n += 1;
        self.n_more += u64::from(*n > MOST);
        *n <= MOST
    }

    fn rest(&mut self) -> Option<String> {
        let n = std::mem::take(&mut self.n_more);
        let path = self.path.as_ref().map(|p| format!("{}: ", escape(&p.to_string_lossy()))).unwrap_or_default();
        (n > 0).then(|| format!("demarche: {path}... and {}", counted(n, "more error")))
    }
}

/// What is the same in all errors of a kind: their words without numbers and names.
fn kind(message: &str) -> String {
    let outside = message.split('"').step_by(2).flat_map(str::chars);
    outside.filter(|c| !c.is_ascii_digit()).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn of_each_kind_and_file_the_first_are_told() {
        let mut faults = Faults::default();
        let error = |path: &str, line: u64, what: &str| Error::data(what).in_file(Path::new(path)).at_line(line);
        let mut n_told = 0;
        for line in 1..=1_000 {
            n_told += u64::from(faults.end_of_file(&error("a", line, "")).is_some());
            n_told += u64::from(faults.is_news(&error("a", line, &format!("{line} cells, \"x{line}\" is wrong"))));
        }
        assert_eq!(n_told, MOST);
        assert!(faults.is_news(&error("a", 1_001, "no text")), "another kind");
        assert_eq!(faults.end_of_file(&error("b", 1, "")).as_deref(), Some("demarche: a: ... and 980 more errors"));
        assert!(faults.is_news(&error("b", 1, "no text")), "another file");
        assert_eq!(faults.rest(), None);
    }
}
