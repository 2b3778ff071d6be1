//! What went wrong, where, and of which kind?
//!
//! One [`Error`] for the whole crate. Its text says where, what and what to do; its [`ErrorKind`] is for code.

use std::fmt;
use std::path::{Path, PathBuf};

/// Result with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// An error with its kind, its position and its cause. One word wide.
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    position: Position,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What kind of thing went wrong; front ends choose exit codes and exceptions by it.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorKind {
    /// An argument or a parameter that can not work (exit code 2).
    Usage,
    /// Everything ran, and there was nothing: no article, no quotation (exit code 3).
    NothingFound,
    /// Input data that is malformed or can not be learnt from (exit code 4).
    Data,
    /// A label that the codebook does not have, with the nearest one that it has (exit code 4).
    UnknownLabel {
        /// The label as read.
        label: String,
        /// The most similar known label, if one is near.
        nearest: Option<String>,
    },
    /// A row made with another vocabulary than the model's (exit code 4).
    Columns {
        /// Columns that the model has.
        expected: usize,
        /// Columns that the row has.
        found: usize,
    },
    /// Numbers that stopped being finite, or a fit that can not be done (exit code 4).
    Numeric,
    /// A model file that is damaged, foreign or of another version (exit code 5).
    Model,
    /// A file or folder that can not be read or written (exit code 5).
    Io,
}

/// Where something went wrong; each part is present where it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Position {
    /// The file.
    pub path: Option<PathBuf>,
    /// The line, counted from 1.
    pub line: Option<u64>,
    /// The column of a table, by its name.
    pub column: Option<String>,
    /// The byte, counted from 0.
    pub byte: Option<u64>,
}

impl Error {
    /// An error of `kind`. `message`: what happened and what to do, lower case, no full stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, position: Position::default(), message: message.into(), source: None }))
    }

    /// A [`ErrorKind::Data`] error.
    pub fn data(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Data, message)
    }

    /// A [`ErrorKind::Usage`] error.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// An [`ErrorKind::Io`] error for `path`, with its cause; [`ErrorKind::Data`] where the bytes were read and are damaged.
    pub fn io(path: &Path, doing: &str, source: std::io::Error) -> Self {
        let damaged = matches!(source.kind(), std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof);
        let kind = if damaged { ErrorKind::Data } else { ErrorKind::Io };
        Self::new(kind, format!("can not {doing}: {}", lower_first(&source.to_string())))
            .in_file(path)
            .caused_by(source)
    }

    /// The same error, in this file (unless a file is set already).
    #[must_use]
    pub fn in_file(mut self, path: &Path) -> Self {
        self.0.position.path.get_or_insert_with(|| path.to_path_buf());
        self
    }

    /// The same error, at this line (from 1).
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        self.0.position.line = Some(line);
        self
    }

    /// The same error, in this column of a table.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        self.0.position.column = Some(column.into());
        self
    }

    /// The same error, at this byte (from 0).
    #[must_use]
    pub fn at_byte(mut self, byte: u64) -> Self {
        self.0.position.byte = Some(byte);
        self
    }

    /// The same error, with its cause kept for [`std::error::Error::source`].
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// What kind of error this is.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Where it happened.
    pub fn position(&self) -> &Position {
        &self.0.position
    }

    /// What happened and what to do, without the position.
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let position = &self.0.position;
        if let Some(path) = &position.path {
            write!(f, "{}:", escape(&path.to_string_lossy()))?;
        }
        if let Some(line) = position.line {
            if position.path.is_none() {
                write!(f, "line ")?;
            }
            write!(f, "{line}:")?;
        }
        if position.path.is_some() || position.line.is_some() {
            write!(f, " ")?;
        }
        if let Some(column) = &position.column {
            write!(f, "column \"{}\": ", escape(column))?;
        }
        if let Some(byte) = position.byte {
            write!(f, "byte {byte}: ")?;
        }
        write!(f, "{}", escape(&self.0.message))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|s| s as _)
    }
}

/// `text` with control, direction and other invisible characters written as escapes, safe for a terminal.
///
/// # Examples
/// ```
/// assert_eq!(demarche::error::escape("a\u{1b}[31m\u{202e}b"), "a\\u{1b}[31m\\u{202e}b");
/// ```
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unprintable(c) { out.extend(c.escape_unicode()) } else { out.push(c) }
    }
    out
}

/// Whether `c` can change a terminal or hide text: controls, bidirectional marks, format characters.
pub fn is_unprintable(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_says_where_and_what() {
        let error = Error::data("unknown label \"x\"").in_file(Path::new("train.csv")).at_line(17).in_column("stance");
        assert_eq!(error.to_string(), "train.csv:17: column \"stance\": unknown label \"x\"");
        assert_eq!(Error::data("empty").at_line(3).to_string(), "line 3: empty");
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }
}
