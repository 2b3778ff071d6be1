//! Cells that a spreadsheet would run as a formula: an apostrophe goes in front of them, and comes off where our own tables are read.

use std::borrow::Cow;
use std::io::Read;

use crate::dataset::csv::write::HEADER;
use crate::document::source::{Begun, Source};
use crate::document::table::Table;
use crate::error::Result;

/// What formulas begin with (the last four are full-width).
const BEGINNINGS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// `cell` with an apostrophe in front if it begins with `=`, `+`, `-`, `@` (also full-width), a tab or a carriage return:
/// spreadsheets would take it for a formula. A plain number ("-1", "+2.5e-3") stays as it is.
///
/// Apostrophes that stand before such a character get one more, so that taking one off gives back any cell.
pub fn guarded(cell: &str) -> Cow<'_, str> {
    if is_formula(cell) && !is_number(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// Takes off the apostrophe of [`guarded`].
fn unguard(cell: &mut String) {
    if cell.starts_with('\'') && is_formula(cell) {
        cell.remove(0);
    }
}

fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(BEGINNINGS)
}

/// Whether this is a sign or none, digits, and perhaps decimals and an exponent.
fn is_number(cell: &str) -> bool {
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let unsigned = |text: &str| text.strip_prefix(['+', '-']).map_or(text.len(), str::len);
    let cell = &cell[cell.len() - unsigned(cell)..];
    let (number, exponent) = cell.split_once(['e', 'E']).unwrap_or((cell, "0"));
    let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
    let exponent = &exponent[exponent.len() - unsigned(exponent)..];
    [whole, decimals, exponent].into_iter().all(are_digits)
}

/// The table of a source; of one that this program wrote, names and cells without the apostrophes of [`guarded`].
pub(crate) fn table<R: Read>(name: &str, source: Source<R>) -> Result<Table<Begun<R>>> {
    let table = Table::detected(name, source)?;
    let is_own = is_own(&table.header().names);
    Ok(if is_own { table.with_cells(unguard) } else { table })
}

/// Whether this program wrote the table with this header: rows with probabilities, found quotations, rows to label or to settle.
fn is_own(header: &[String]) -> bool {
    let has = |name: &str| header.iter().any(|n| n == name);
    let is_probability = |name: &String| name.split_once(".p.").is_some_and(|(task, _)| has(task));
    let is_disputed =
        matches!(header, [id, text, disputed, ..] if id == "id" && text == "text" && disputed == "disputed");
    header.iter().any(is_probability) || has("quotation.text") || HEADER.into_iter().all(has) || is_disputed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_guarded_and_numbers_are_not() {
        for cell in [
            "=a", "+a", "-a", "@a", "\ta", "\ra", "＝a", "＋a", "－a", "＠a", "-", "-1+1", "-1|1", "-1e", "-.", "+1.",
            "--1",
        ] {
            assert_eq!(guarded(cell), format!("'{cell}"));
        }
        for cell in ["", "a=b", "-1", "+1", "-3.5", "0", "+2.50e-3", "-1E+5", "'a", "'"] {
            assert_eq!(guarded(cell), cell);
        }
    }

    #[test]
    fn what_is_guarded_comes_back() {
        for cell in ["=a", "-1", "-a", "'-a", "''=a", "'-1", "'tis", "'", "", "a"] {
            let mut back = guarded(cell).into_owned();
            unguard(&mut back);
            assert_eq!(back, cell);
        }
        let mut older = "'-1".to_owned();
        unguard(&mut older);
        assert_eq!(older, "-1", "numbers had an apostrophe too");
    }

    #[test]
    fn only_own_tables_lose_apostrophes() {
        let read = |text: &str| {
            let mut table = table("t.csv", Source::new("t.csv", text.as_bytes()).unwrap()).unwrap();
            (table.header().names.clone(), table.next_row().unwrap().unwrap().cells)
        };
        assert_eq!(read("text,label\n'=a,'-b\n").1, ["'=a", "'-b"]);
        assert_eq!(read("text,label,label.p.x\n'=a,'-b,1\n").1, ["=a", "-b", "1"]);
        assert_eq!(read("text,a.p.x\n'=a,1\n").1, ["'=a", "1"], "probabilities stand beside labels");
        assert_eq!(read("quotation.text\n'@a\n").1, ["@a"]);
        assert_eq!(
            read("id,text,disputed,label_a,label_b,label\n1,'tis,label,'-b,'+b,\n").1[1..5],
            ["'tis", "label", "-b", "+b"]
        );
        let (names, cells) = read("text,'=task,'=task.p.x\n'=a,'-b,1\n");
        assert_eq!((names[1].as_str(), cells[1].as_str()), ("=task", "-b"));
    }
}
