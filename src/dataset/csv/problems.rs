//! Problems of a file, collected so that all are told at once.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};

/// So many problems are told; of the rest the number.
const MAX_TOLD: usize = 20;

/// Collects errors and warnings of one file.
pub(crate) struct Problems {
    file: PathBuf,
    lenient: bool,
    /// The first problems in the order in which they were found, with their lines.
    told: Vec<(u64, Error)>,
    n_found: usize,
    bad_lines: BTreeSet<u64>,
    warnings: Vec<String>,
}

impl Problems {
    pub(crate) fn new(name: &str, lenient: bool) -> Self {
        let (told, bad_lines, warnings) = (Vec::new(), BTreeSet::new(), Vec::new());
        Self { file: Path::new(name).to_path_buf(), lenient, told, n_found: 0, bad_lines, warnings }
    }

    /// Something wrong with the row at `line`.
    pub(crate) fn row(&mut self, error: Error, line: u64) {
        self.bad_lines.insert(line);
        self.n_found += 1;
        if self.told.len() < 5 * MAX_TOLD {
            let error = if error.position().line.is_none() { error.at_line(line) } else { error };
            self.told.push((line, error.in_file(&self.file)));
        }
    }

    /// Something wrong with the file as a whole; only a warning if lenient.
    pub(crate) fn file(&mut self, error: Error) {
        let error = error.in_file(&self.file);
        if self.lenient {
            self.warnings.push(error.to_string());
        } else {
            self.n_found += 1;
            self.told.push((0, error));
        }
    }

    /// Something odd.
    pub(crate) fn warn(&mut self, message: impl Into<String>) {
        self.warnings.push(Error::data(message).in_file(&self.file).to_string());
    }

    /// Whether something was wrong with the row at `line`.
    pub(crate) fn is_bad(&self, line: u64) -> bool {
        self.bad_lines.contains(&line)
    }

    /// The warnings; if lenient with the rows passed over.
    ///
    /// # Errors
    /// All problems in one error, unless lenient. It has kind and position of the first.
    pub(crate) fn finish(mut self) -> Result<Vec<String>> {
        self.told.sort_by_key(|(line, _)| *line);
        let n_more = self.n_found - self.told.len().min(MAX_TOLD);
        self.told.truncate(MAX_TOLD);
        let more = (n_more > 0).then(|| format!("and {n_more} more problem(s)"));
        if self.lenient {
            if self.n_found > 0 {
                self.warn(format!("{} bad row(s) passed over", self.bad_lines.len()));
            }
            self.warnings.extend(self.told.iter().map(|(_, e)| e.to_string()).chain(more));
            return Ok(self.warnings);
        }
        let mut told = self.told.into_iter().map(|(_, e)| e);
        let Some(first) = told.next() else { return Ok(self.warnings) };
        let rest: Vec<String> = told.map(|e| e.to_string()).chain(more).collect();
        if rest.is_empty() { Err(first) } else { Err(joined(&first, &rest)) }
    }
}

/// `first`, with the text of the others below it.
fn joined(first: &Error, rest: &[String]) -> Error {
    let kind: ErrorKind = first.kind().clone();
    let mut error = Error::new(kind, format!("{}\n{}", first.message(), rest.join("\n")));
    let position = first.position();
    if let Some(path) = &position.path {
        error = error.in_file(path);
    }
    if let Some(line) = position.line {
        error = error.at_line(line);
    }
    if let Some(column) = &position.column {
        error = error.in_column(column);
    }
    match position.byte {
        Some(byte) => error.at_byte(byte),
        None => error,
    }
}
