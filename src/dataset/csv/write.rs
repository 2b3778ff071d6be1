//! Extracted quotations as a table to be labelled.

use std::borrow::Cow;
use std::io::Write;

use crate::dataset::csv::guarded;
use crate::error::{Error, ErrorKind, Result};

/// One quotation as text, a cell a field; unknown is empty. The order is that of the columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the codebook")]
pub struct QuotationRow {
    pub id: String,
    pub text: String,
    pub stance: String,
    pub sentiment: String,
    pub speaker: String,
    pub holder: String,
    pub role: String,
    pub organization: String,
    pub country: String,
    pub cue: String,
    pub kind: String,
    pub target: String,
    pub article: String,
    pub outlet: String,
    pub date: String,
    pub lang: String,
    pub coder: String,
}

/// The columns of rows to label.
pub(super) const HEADER: [&str; 17] = [
    "id",
    "text",
    "stance",
    "sentiment",
    "speaker",
    "holder",
    "role",
    "organization",
    "country",
    "cue",
    "kind",
    "target",
    "article",
    "outlet",
    "date",
    "lang",
    "coder",
];

impl QuotationRow {
    fn cells(&self) -> [&str; 17] {
        [
            &self.id,
            &self.text,
            &self.stance,
            &self.sentiment,
            &self.speaker,
            &self.holder,
            &self.role,
            &self.organization,
            &self.country,
            &self.cue,
            &self.kind,
            &self.target,
            &self.article,
            &self.outlet,
            &self.date,
            &self.lang,
            &self.coder,
        ]
    }
}

/// Writes `rows` with the codebook's columns and a header row, RFC 4180 with LF at line ends.
///
/// A cell that a spreadsheet would run as a formula gets an apostrophe in front ([`guarded`]), unless `raw`.
///
/// # Errors
/// [`ErrorKind::Io`] if writing fails.
pub fn write_for_labelling(
    mut writer: impl Write,
    rows: impl IntoIterator<Item = QuotationRow>,
    raw: bool,
) -> Result<()> {
    let mut header = csv::Writer::from_writer(&mut writer);
    header.write_record(HEADER).and_then(|()| header.flush().map_err(csv::Error::from)).map_err(fault)?;
    drop(header);
    write_labelling_rows(writer, rows, raw)
}

/// As [`write_for_labelling`], without the header row.
///
/// # Errors
/// [`ErrorKind::Io`] if writing fails.
pub fn write_labelling_rows(writer: impl Write, rows: impl IntoIterator<Item = QuotationRow>, raw: bool) -> Result<()> {
    let mut writer = csv::Writer::from_writer(writer);
    for row in rows {
        let cells = row.cells().map(|cell| if raw { Cow::Borrowed(cell) } else { guarded(cell) });
        writer.write_record(cells.iter().map(|c| c.as_bytes())).map_err(fault)?;
    }
    writer.flush().map_err(|e| fault(e.into()))
}

fn fault(error: csv::Error) -> Error {
    Error::new(ErrorKind::Io, format!("can not write the table: {error}")).caused_by(error)
}
