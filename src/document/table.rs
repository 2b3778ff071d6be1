//! Tables: a checked header row and rows of the same width; articles from one column of text.

use std::io::Read;
use std::path::Path;

use crate::document::records::{Record, Records};
use crate::document::source::{Begun, Source};
use crate::document::{ArticleColumns, Document, Raw, path_of, stem};
use crate::error::{Error, Result};
use crate::text::nearest;

/// The names of the columns of one file, in their order; unique and not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The path of the file, for messages.
    pub file: String,
    /// The line on which it stands, from 1; 0 where names do not stand in the file.
    pub line: u64,
    /// The names.
    pub names: Vec<String>,
}

impl Header {
    /// The number of the column called `column`, from 0.
    pub fn column(&self, column: &str) -> Option<usize> {
        self.names.iter().position(|c| c == column)
    }

    /// The number of the column called `column`, from 0.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Data`] if it is missing, with the nearest name or all names.
    pub fn require(&self, column: &str) -> Result<usize> {
        self.column(column).ok_or_else(|| {
            let hint = match nearest(column, self.names.iter().map(String::as_str)) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("the file has: {}", self.names.join(", ")),
            };
            self.fault(format!("no column \"{column}\"; {hint}"))
        })
    }

    /// A [`crate::error::ErrorKind::Data`] error about the header row.
    pub fn fault(&self, message: impl Into<String>) -> Error {
        let error = Error::data(message).in_file(Path::new(&self.file));
        if self.line > 0 { error.at_line(self.line) } else { error }
    }
}

/// A table of separated cells: its header, then its rows one at a time.
pub struct Table<R> {
    header: Header,
    records: Records<R>,
    /// What is done to each cell that is read.
    change: Option<fn(&mut String)>,
}

/// What a first column without a name is called.
const ROW_NAMES: &str = "row";
/// First bytes of files that have to be unpacked first, and what they are called.
const PACKED: [(&[u8], &str); 4] =
    [(b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "Zstandard"), (b"BZh", "bzip2"), (b"PK\x03\x04", "zip")];
/// First bytes of files that hold rows and are no table of text, and what they are called.
const OTHERS: [(&[u8], &str); 4] =
    [(b"{\"", "JSON Lines"), (b"PAR1", "Parquet"), (b"ARROW1", "Arrow IPC"), (b"\xff\xff\xff\xff", "Arrow IPC")];

/// What separates the cells of the table called `name` that begins with `head`: tabs or semicolons where its header has some and no
/// comma, in `.tsv` tabs in any case.
pub(super) fn separator_of(name: &str, head: &[u8]) -> u8 {
    let header = head.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let has = |mark: u8| header.contains(&mark);
    let is_tsv = name.to_ascii_lowercase().ends_with(".tsv");
    match (has(b'\t'), has(b';'), has(b',')) {
        (true, _, has_comma) if is_tsv || !has_comma => b'\t',
        (_, true, false) => b';',
        _ => b',',
    }
}

impl<R: Read> Table<Begun<R>> {
    /// As [`Table::new`], with the separator that the header shows.
    ///
    /// # Errors
    /// As [`Table::new`]; [`crate::error::ErrorKind::Data`] for a file that is compressed, and for JSON Lines, Parquet and Arrow.
    pub fn detected(name: &str, source: Source<R>) -> Result<Self> {
        let Source { reader, head, first_byte, .. } = source;
        if let Some((_, packing)) = PACKED.iter().find(|(mark, _)| head.starts_with(mark)) {
            let message = format!("the file is compressed ({packing}); unpack it first");
            return Err(Error::data(message).in_file(Path::new(name)));
        }
        if let Some((_, format)) = OTHERS.iter().find(|(mark, _)| head.starts_with(mark)) {
            let message = format!("this is {format}, where a table as CSV is needed; save the rows as CSV");
            return Err(Error::data(message).in_file(Path::new(name)));
        }
        Self::separated_by(separator_of(name, &head), name, reader, first_byte)
    }
}

impl<R: Read> Table<R> {
    /// Reads the header row. Names are taken without white space at their edges.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Data`] if there is no header row, a name but the first is empty, or one comes twice;
    /// [`crate::error::ErrorKind::Io`] if reading fails.
    pub fn new(name: &str, reader: R, first_byte: u64) -> Result<Self> {
        Self::separated_by(b',', name, reader, first_byte)
    }

    /// As [`Table::new`], with another separator than commas.
    ///
    /// # Errors
    /// As [`Table::new`].
    pub fn separated_by(separator: u8, name: &str, reader: R, first_byte: u64) -> Result<Self> {
        let mut records = Records::new(name, reader, first_byte).separated_by(separator);
        let file = Path::new(name);
        let Some(first) = records.next_record()? else {
            return Err(Error::data("empty file; the first row must name the columns").in_file(file));
        };
        let mut header: Vec<String> = first.cells.iter().map(|c| c.trim().to_owned()).collect();
        // R and pandas write the names of rows under no name.
        if let [first, rest @ ..] = header.as_mut_slice()
            && first.is_empty()
            && !rest.is_empty()
            && rest.iter().all(|name| name != ROW_NAMES)
        {
            ROW_NAMES.clone_into(first);
        }
        let fault = |message: String| Err(Error::data(message).in_file(file).at_line(first.line));
        if let [only] = header.as_slice()
            && let Some((mark, word)) =
                [('\t', "tabs"), (';', "semicolons")].into_iter().find(|(c, _)| only.contains(*c))
        {
            return fault(format!("columns seem to be separated by {word} ({mark:?}); save with commas"));
        }
        for (i, column) in header.iter().enumerate() {
            if column.is_empty() {
                return fault(format!("column {} has no name; name it or remove it", i + 1));
            }
            if let Some(j) = header[..i].iter().position(|c| c == column) {
                let (j, i) = (j + 1, i + 1);
                return fault(format!("columns {j} and {i} are both called \"{column}\"; rename one"));
            }
        }
        Ok(Self { header: Header { file: name.to_owned(), line: first.line, names: header }, records, change: None })
    }

    /// The same, with a change made to each name and each cell.
    #[must_use]
    pub fn with_cells(mut self, change: fn(&mut String)) -> Self {
        self.header.names.iter_mut().for_each(change);
        self.change = Some(change);
        self
    }

    /// The names of the columns.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The next row, as wide as the header; `None` at the end. After an error reading goes on at the next line.
    ///
    /// # Errors
    /// As [`Records::next_record`], and [`crate::error::ErrorKind::Data`] for a row of another width.
    pub fn next_row(&mut self) -> Result<Option<Record>> {
        let Some(mut row) = self.records.next_record()? else { return Ok(None) };
        let (found, wanted) = (row.cells.len(), self.header.names.len());
        if found != wanted {
            let message = format!(
                "{found} cell(s) where the header has {wanted}; put cells with commas or line breaks in quotes"
            );
            return Err(Error::data(message).in_file(Path::new(&self.header.file)).at_line(row.line));
        }
        if let Some(change) = self.change {
            row.cells.iter_mut().for_each(change);
        }
        Ok(Some(row))
    }
}

/// Articles of a table, one a row, one at a time in memory.
pub struct TableDocuments<R> {
    table: Table<R>,
    text: usize,
    // id, title, outlet, date, lang: where present
    columns: [Option<usize>; 5],
}

impl<R: Read> TableDocuments<R> {
    /// Articles in these columns of a table with this separator.
    ///
    /// # Errors
    /// As [`Table::new`] and [`Header::require`].
    pub fn new(name: &str, reader: R, first_byte: u64, separator: u8, columns: &ArticleColumns) -> Result<Self> {
        let table = Table::separated_by(separator, name, reader, first_byte)?;
        let (text, columns) = columns.of(&table.header)?;
        Ok(Self { table, text, columns })
    }
}

impl<R: Read> Iterator for TableDocuments<R> {
    type Item = Result<Raw>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut row = match self.table.next_row() {
            Ok(row) => row?,
            Err(error) => return Some(Err(error)),
        };
        let mut cell = |i: Option<usize>| {
            let cell = std::mem::take(i.and_then(|i| row.cells.get_mut(i))?);
            Some(cell.trim().to_owned()).filter(|c| !c.is_empty())
        };
        let [id, title, outlet, date, lang] = self.columns.map(&mut cell);
        let name = &self.table.header.file;
        let id = id.unwrap_or_else(|| format!("{}:{}", stem(name), row.line));
        let text = std::mem::take(&mut row.cells[self.text]);
        let path = path_of(name);
        let facts = Document { id, path, title, outlet, date, lang, text, ..Document::default() };
        Some(Ok(Raw::plain(facts, Some(row.line))))
    }
}
