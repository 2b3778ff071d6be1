//! Records of a comma-separated file, strictly after RFC 4180, each with the line on which it begins.
//!
//! The `csv` crate is made to read whatever it is given: an unclosed quote swallows the rest of the file without an
//! error, stray quotes and NUL bytes pass, and no size is capped. A labelled file must not lose rows silently, so the
//! records are split here; that crate writes files and checks this reader in tests.

use std::io::Read;
use std::path::Path;

use crate::error::{Error, Result};
use crate::text::check_utf8;

/// Cap on one cell, in bytes.
pub const MAX_CELL: usize = 16 << 20;
/// Cap on the columns of a table.
pub const MAX_COLUMNS: usize = 4096;
/// Cap on one record, in bytes.
const MAX_RECORD: usize = 64 << 20;
/// A quoted cell over more lines than this is taken for an unclosed quote.
const MAX_CELL_LINES: u64 = 10_000;

/// One record with its place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Line on which it begins, from 1.
    pub line: u64,
    /// Its cells, unquoted.
    pub cells: Vec<String>,
}

/// Splits a stream into records; blank lines are skipped. LF, CR LF and CR alone end a record.
pub struct Records<R> {
    name: String,
    separator: u8,
    reader: R,
    buffer: Vec<u8>,
    at: usize,
    line: u64,
    byte: u64,
    after_cr: bool,
    failed: bool,
    raw: Vec<u8>,
    cells: Vec<Cell>,
}

/// Where a cell stands in the raw record.
struct Cell {
    start: usize,
    end: usize,
    quoted: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    CellStart,
    Plain,
    Quoted,
    /// After a quote inside a quoted cell: it closes the cell, or the first half of a doubled one.
    Closing,
}

impl<R: Read> Records<R> {
    /// Records of `reader`, which begins at byte `first_byte` of the file called `name` and holds no byte order mark.
    pub fn new(name: &str, reader: R, first_byte: u64) -> Self {
        Self {
            name: name.to_owned(),
            separator: b',',
            reader,
            buffer: Vec::new(),
            at: 0,
            line: 1,
            byte: first_byte,
            after_cr: false,
            failed: false,
            raw: Vec::new(),
            cells: Vec::new(),
        }
    }

    /// The same with another separator. Between tabs, where few writers quote, a quotation mark inside a cell is one.
    #[must_use]
    pub fn separated_by(self, separator: u8) -> Self {
        Self { separator, ..self }
    }

    /// The next record; `None` at the end. After an error reading goes on at the next line.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Data`] with file and line for quotes that are unclosed (the line where the quote
    /// opened), stray or followed by text, for invalid UTF-8 and NUL (with the byte), and for more than the caps
    /// allow; [`crate::error::ErrorKind::Io`] if reading fails.
    pub fn next_record(&mut self) -> Result<Option<Record>> {
        let result = self.read_record();
        result.map_err(|e| e.in_file(Path::new(&self.name)))
    }

    fn read_record(&mut self) -> Result<Option<Record>> {
        self.raw.clear();
        self.cells.clear();
        let Some(mut byte) = self.skip_blank_lines()? else { return Ok(None) };
        let (first_line, first_byte) = (self.line, self.byte - 1);
        let mut state = State::CellStart;
        let (mut start, mut opened) = (0, first_line);
        let separator = self.separator;
        loop {
            match (state, byte) {
                (State::CellStart | State::Plain | State::Closing, b)
                    if b == separator || matches!(b, b'\n' | b'\r') =>
                {
                    self.end_cell(start, state)?;
                    if byte != separator {
                        break;
                    }
                    start = self.raw.len() + 1;
                    state = State::CellStart;
                }
                (State::CellStart, b'"') => {
                    opened = self.line;
                    state = State::Quoted;
                }
                (State::CellStart, _) => state = State::Plain,
                (State::Plain, b'"') if separator != b'\t' => {
                    let message = "a quotation mark inside a cell that is not quoted; put the cell in quotes and \
                                   double those inside";
                    return Err(self.fault(self.line, message));
                }
                (State::Quoted, b'"') => state = State::Closing,
                (State::Closing, b'"') => state = State::Quoted,
                (State::Closing, _) if opened < self.line => {
                    let message = format!(
                        "the quote opened here is not closed properly: text follows its end on line {}; close it, and \
                         double quotes inside a cell",
                        self.line
                    );
                    return Err(self.fault(opened, message));
                }
                (State::Closing, _) => {
                    let message = "text after the closing quote; double quotes inside a quoted cell";
                    return Err(self.fault(opened, message));
                }
                (State::Plain | State::Quoted, _) => {}
            }
            self.raw.push(byte);
            if matches!(state, State::Plain | State::Quoted) {
                self.take_plain(state);
            }
            if self.raw.len() - start.min(self.raw.len()) > MAX_CELL || self.raw.len() > MAX_RECORD {
                let what = if state == State::Quoted { "; is the quote that opened here closed?" } else { "" };
                return Err(self.fault(opened, format!("a cell of more than 16 MB or a row of more than 64 MB{what}")));
            }
            if state == State::Quoted && self.line - opened > MAX_CELL_LINES {
                let message = "the quote opened here runs over more than 10000 lines; close it";
                return Err(self.fault(opened, message));
            }
            byte = match self.next_byte()? {
                Some(byte) => byte,
                None if state == State::Quoted => {
                    let n = self.line - opened + 1;
                    let message = format!("the quote opened here is never closed and swallows {n} line(s); close it");
                    return Err(Error::data(message).at_line(opened));
                }
                None => {
                    self.end_cell(start, state)?;
                    break;
                }
            };
        }
        let text = check_utf8(&self.raw, first_line, first_byte)?;
        let cells = self.cells.iter().map(|c| match &text[c.start..c.end] {
            cell if c.quoted && cell.contains('"') => cell.replace("\"\"", "\""),
            cell => cell.to_owned(),
        });
        Ok(Some(Record { line: first_line, cells: cells.collect() }))
    }

    /// Takes the bytes of the buffer that stand before the next one which means something in this state.
    ///
    /// 16 or 32 bytes are looked at at once: reading rows of 126 bytes of text takes a third of the time of
    /// [`Self::next_byte`] alone.
    fn take_plain(&mut self, state: State) {
        let rest = &self.buffer[self.at..];
        // A cell over its cap stops where it always did.
        let rest = &rest[..rest.len().min(MAX_CELL.saturating_sub(self.raw.len()))];
        let stop = match state {
            State::Quoted => memchr::memchr3(b'"', b'\n', b'\r', rest),
            _ => {
                let end = memchr::memchr3(self.separator, b'\n', b'\r', rest).unwrap_or(rest.len());
                Some(memchr::memchr(b'"', &rest[..end]).unwrap_or(end))
            }
        };
        let plain = &rest[..stop.unwrap_or(rest.len())];
        if !plain.is_empty() {
            self.raw.extend_from_slice(plain);
            self.at += plain.len();
            self.byte += plain.len() as u64;
            self.after_cr = false;
        }
    }

    /// The first byte of the next line that is not blank.
    fn skip_blank_lines(&mut self) -> Result<Option<u8>> {
        loop {
            match self.next_byte()? {
                Some(b'\n' | b'\r') => {}
                other => return Ok(other),
            }
        }
    }

    fn end_cell(&mut self, start: usize, state: State) -> Result<()> {
        let end = self.raw.len();
        let quoted = state == State::Closing;
        let edge = usize::from(quoted);
        self.cells.push(Cell { start: start + edge, end: end - edge, quoted });
        if self.cells.len() > MAX_COLUMNS {
            return Err(self.fault(self.line, format!("more than {MAX_COLUMNS} columns")));
        }
        Ok(())
    }

    /// An error at `line`; what is left of the present line is passed over.
    fn fault(&mut self, line: u64, message: impl Into<String>) -> Error {
        while let Ok(Some(byte)) = self.next_byte() {
            if byte == b'\n' || byte == b'\r' {
                break;
            }
        }
        Error::data(message).at_line(line)
    }

    fn next_byte(&mut self) -> Result<Option<u8>> {
        if self.at == self.buffer.len() && !self.refill()? {
            return Ok(None);
        }
        let byte = self.buffer[self.at];
        self.at += 1;
        self.byte += 1;
        if byte == b'\r' || (byte == b'\n' && !self.after_cr) {
            self.line += 1;
        }
        self.after_cr = byte == b'\r';
        Ok(Some(byte))
    }

    fn refill(&mut self) -> Result<bool> {
        if self.failed {
            return Ok(false);
        }
        self.buffer.resize(64 << 10, 0);
        let n = loop {
            match self.reader.read(&mut self.buffer) {
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        self.at = 0;
        // A stream that fails is at its end: who goes on after an error must not go on for ever.
        self.failed = n.is_err();
        self.buffer.truncate(*n.as_ref().unwrap_or(&0));
        n.map(|n| n > 0).map_err(|e| Error::io(Path::new(&self.name), "read", e))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &[u8]) -> Vec<std::result::Result<(u64, Vec<String>), String>> {
        let mut records = Records::new("t.csv", text, 0);
        let mut out = Vec::new();
        loop {
            match records.next_record() {
                Ok(Some(r)) => out.push(Ok((r.line, r.cells))),
                Ok(None) => return out,
                Err(e) => out.push(Err(e.to_string())),
            }
        }
    }

    fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
        read(text.as_bytes()).into_iter().map(|r| r.unwrap()).collect()
    }

    fn error(text: &[u8]) -> String {
        read(text).into_iter().find_map(|r| r.err()).unwrap()
    }

    #[test]
    fn records_know_their_lines_whatever_ends_them() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "", "\"x\"\"y", "z\",", "1,2"].join(end);
            let inner = format!("x\"y{end}z");
            let want = vec![(1, vec!["a", "b"]), (3, vec![inner.as_str(), ""]), (5, vec!["1", "2"])];
            let want: Vec<_> = want.into_iter().map(|(l, c)| (l, c.into_iter().map(str::to_owned).collect())).collect();
            assert_eq!(rows(&text), want, "{end:?}");
        }
    }

    #[test]
    fn quotes_that_go_wrong_are_reported_where_they_opened() {
        assert!(error(b"a,b\n1,\"x\n2,y\n").starts_with("t.csv:2: the quote opened here is never closed"));
        assert!(error(b"a,b\n1,\"x\n2,\"y\"\n").starts_with("t.csv:2: the quote opened here is not closed properly"));
        assert!(error(b"a,b\n\"x\"y,2\n").starts_with("t.csv:2: text after the closing quote"));
        assert!(error(b"a,b\n\nx \"y\",2\n").starts_with("t.csv:3: a quotation mark inside a cell"));
        let many = format!("a\n\"{}\"\n", "x\n".repeat(10_002));
        assert!(error(many.as_bytes()).starts_with("t.csv:2: the quote opened here runs over"));
        let after = read(b"a,b\n1 \"x\",2\n3,4\n");
        assert_eq!(after[2].as_ref().unwrap().0, 3, "reading goes on at the next line");
    }

    #[test]
    fn bytes_that_are_no_text_are_reported_with_line_and_byte() {
        assert!(error(b"a,b\n\"x\ny\xff\",2\n").starts_with("t.csv:3: byte 8: invalid UTF-8"));
        assert!(error(b"a,b\n1,\0\n").starts_with("t.csv:2: byte 6: NUL byte"));
    }

    #[test]
    fn sizes_are_capped() {
        assert!(error(&[b"a\n\"".as_slice(), &vec![b'x'; MAX_CELL + 9]].concat()).contains("16 MB"));
        assert!(error(",".repeat(MAX_COLUMNS).as_bytes()).contains("4096 columns"));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in prop::collection::vec(prop::sample::select(b"ab,\"\n\r\0\xff\xc3".to_vec()), 0..80)) {
            read(&bytes);
        }

        #[test]
        fn reads_what_the_csv_crate_writes(table in prop::collection::vec(
            prop::collection::vec("[ab,\"\n\r é]{0,5}", 2), 1..6)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            table.iter().for_each(|row| writer.write_record(row).unwrap());
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let found: Vec<_> = rows(&text).into_iter().map(|(_, cells)| cells).collect();
            prop_assert_eq!(found, table);
        }
    }
}
