//! Quotations as CSV: the same fields as JSON, flattened with dots; how cells are written.

use crate::dataset::csv::guarded;
use crate::error::{Error, ErrorKind, Result};
use crate::report::columns::Columns;
use crate::report::json::Record;

/// The header row of these columns. `raw`: no guard against formulas.
///
/// # Errors
/// [`ErrorKind::Io`] if it can not be written.
pub fn header(columns: &Columns, raw: bool) -> Result<Vec<u8>> {
    // Names of labels come from outside as well.
    bytes([columns.fields().iter().map(|f| guard(&f.name, raw)).collect::<Vec<_>>()])
}

/// Records as rows.
///
/// # Errors
/// [`ErrorKind::Io`] if they can not be written.
pub fn rows<'r>(columns: &Columns, records: impl IntoIterator<Item = Record<'r>>, raw: bool) -> Result<Vec<u8>> {
    bytes(records.into_iter().map(|record| {
        let row = columns.row(&record);
        columns.fields().iter().zip(&row).map(|(f, c)| guard(&c.text(f), raw)).collect::<Vec<_>>()
    }))
}

fn bytes(rows: impl IntoIterator<Item = Vec<Vec<u8>>>) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    rows.into_iter().try_for_each(|row| writer.write_record(row)).map_err(fault)?;
    writer.into_inner().map_err(|e| Error::new(ErrorKind::Io, format!("can not write the table: {e}")))
}

/// Turns the comma behind the last cell into the end of the row.
pub(super) fn end_row(out: &mut Vec<u8>) {
    out.pop();
    out.push(b'\n');
}

/// Appends a cell as the csv crate writes it (a test compares them): in quotes where it must.
///
/// The crate looks at a byte at a time, and takes a record of slices that guards and numbers had to be allocated for:
/// writing a scored row of 126 bytes of text and 17 probabilities took three times as long.
pub(super) fn push_cell(cell: &[u8], out: &mut Vec<u8>) {
    if memchr::memchr3(b',', b'"', b'\n', cell).is_none() && memchr::memchr(b'\r', cell).is_none() {
        return out.extend_from_slice(cell);
    }
    out.push(b'"');
    let mut start = 0;
    for at in memchr::memchr_iter(b'"', cell) {
        out.extend_from_slice(&cell[start..=at]);
        start = at;
    }
    out.extend_from_slice(&cell[start..]);
    out.push(b'"');
}

fn guard(cell: &str, raw: bool) -> Vec<u8> {
    if raw { cell.as_bytes().to_vec() } else { guarded(cell).as_bytes().to_vec() }
}

fn fault(error: csv::Error) -> Error {
    let is_pipe = matches!(error.kind(), csv::ErrorKind::Io(e) if e.kind() == std::io::ErrorKind::BrokenPipe);
    let message = if is_pipe { "closed pipe".to_owned() } else { format!("can not write the table: {error}") };
    Error::new(ErrorKind::Io, message).caused_by(error)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn cells_are_as_the_csv_crate_writes_them(cells in prop::collection::vec("[ab,\"\n\r é]{0,5}", 2..5)) {
            let mut own = Vec::new();
            for cell in &cells {
                push_cell(cell.as_bytes(), &mut own);
                own.push(b',');
            }
            end_row(&mut own);
            prop_assert_eq!(own, bytes([cells.iter().map(|c| c.as_bytes().to_vec()).collect::<Vec<_>>()]).unwrap());
        }
    }
}
