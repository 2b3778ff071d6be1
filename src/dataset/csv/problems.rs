//! Problems of a file, collected so that all are told at once.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};

/// So many problems are told; of the rest the number.
const MAX_TOLD: usize = 20;
/// So many lines are listed on which the same is wrong.
const MAX_LISTED: usize = 12;

/// Collects errors and warnings of one file.
pub(crate) struct Problems {
    file: PathBuf,
    lenient: bool,
    /// The first problems in the order in which they were found, with the lines on which the same is wrong.
    told: Vec<(Error, Vec<u64>)>,
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
        let is_same =
            |told: &Error| told.message() == error.message() && told.position().column == error.position().column;
        if let Some((_, lines)) = self.told.iter_mut().find(|(told, _)| is_same(told)) {
            lines.push(line);
        } else if self.told.len() < 5 * MAX_TOLD {
            let error = if error.position().line.is_none() { error.at_line(line) } else { error };
            self.told.push((error.in_file(&self.file), vec![line]));
        }
    }

    /// Something wrong with the file as a whole; only a warning if lenient.
    pub(crate) fn file(&mut self, error: Error) {
        let error = error.in_file(&self.file);
        if self.lenient {
            self.warnings.push(error.to_string());
        } else {
            self.n_found += 1;
            self.told.push((error, vec![0]));
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
        self.told.iter_mut().for_each(|(_, lines)| lines.sort_unstable());
        self.told.sort_by_key(|(_, lines)| lines.first().copied());
        self.told.truncate(MAX_TOLD);
        let n_more = self.n_found - self.told.iter().map(|(_, lines)| lines.len()).sum::<usize>();
        let more = (n_more > 0).then(|| format!("and {n_more} more problem(s)"));
        let mut first = None;
        let mut told = Vec::new();
        for (error, lines) in std::mem::take(&mut self.told) {
            told.push(error.to_string());
            if let Some(rest) = lines.get(1..).filter(|rest| !rest.is_empty()) {
                told.push(format!("the same in {}", listed(rest.iter().copied())));
            }
            first.get_or_insert(error);
        }
        if self.lenient {
            if self.n_found > 0 {
                self.warn(format!("{} bad row(s) passed over", self.bad_lines.len()));
            }
            self.warnings.extend(told.into_iter().chain(more));
            return Ok(self.warnings);
        }
        let Some(first) = first else { return Ok(self.warnings) };
        let rest: Vec<String> = told.into_iter().skip(1).chain(more).collect();
        if rest.is_empty() { Err(first) } else { Err(joined(&first, &rest)) }
    }
}

/// "line 3", "lines 3, 4, 9 and 12 more".
pub(crate) fn listed(lines: impl ExactSizeIterator<Item = u64>) -> String {
    let n_more = lines.len().saturating_sub(MAX_LISTED);
    let word = if lines.len() == 1 { "line" } else { "lines" };
    let first: Vec<String> = lines.take(MAX_LISTED).map(|line| line.to_string()).collect();
    let more = if n_more > 0 { format!(" and {n_more} more") } else { String::new() };
    format!("{word} {}{more}", first.join(", "))
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
