//! A user's lexicon: words with values.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use crate::document::source::Source;
use crate::document::table::Table;
use crate::error::{Error, Result};
use crate::text::{folded, tokens};

/// Most words of a lexicon: it is written into each model.
const MAX_WORDS: usize = 200_000;
/// Largest absolute value of a word.
const MAX_VALUE: f32 = 100.0;

/// The words of a CSV with the columns `word` and `value`, in lower case; above 0 is good, below bad. The shipped lexicon
/// goes from -4 to 4.
///
/// # Errors
/// [`crate::error::ErrorKind::Data`] with file and line: a missing column, a cell that is not one word, a value that is
/// no number or beyond 100, a word that comes twice, more than 200,000 words.
pub fn read_lexicon(name: &str, reader: impl Read + Send) -> Result<BTreeMap<String, f32>> {
    let Source { reader, first_byte, .. } = Source::new(name, reader)?;
    let mut table = Table::new(name, reader, first_byte)?;
    let (word_at, value_at) = (table.header().require("word")?, table.header().require("value")?);
    let mut lexicon = BTreeMap::new();
    while let Some(row) = table.next_row()? {
        let fault = |message: String, column: &str| {
            Err(Error::data(message).in_column(column).in_file(Path::new(name)).at_line(row.line))
        };
        let word = folded(row.cells[word_at].trim());
        if !matches!(tokens(&word)[..], [token] if token.is_word()) {
            return fault(format!("\"{word}\" is not one word; leave out phrases and signs"), "word");
        }
        let cell = row.cells[value_at].trim();
        let Some(value) = cell.parse::<f32>().ok().filter(|v| v.abs() <= MAX_VALUE) else {
            return fault(format!("\"{cell}\" is no number from -{MAX_VALUE} to {MAX_VALUE}"), "value");
        };
        if lexicon.contains_key(&word) {
            return fault(format!("\"{word}\" comes twice; keep one"), "word");
        }
        if lexicon.len() == MAX_WORDS {
            return fault(format!("more than {MAX_WORDS} words; leave out the rare ones"), "word");
        }
        lexicon.insert(word, value);
    }
    if lexicon.is_empty() {
        return Err(Error::data("no word below the header").in_file(Path::new(name)));
    }
    Ok(lexicon)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_and_faults_are_placed() {
        let read = |text: &str| read_lexicon("l.csv", text.as_bytes());
        let words = read("word,value\nSplendid,3\nnaïve,-1.5\n").unwrap();
        assert_eq!(
            words.iter().map(|(w, v)| (w.as_str(), *v)).collect::<Vec<_>>(),
            [("naïve", -1.5), ("splendid", 3.0)]
        );
        for (text, place) in [
            ("word,value\ngood,3\nvery good,3\n", "l.csv:3: column \"word\""),
            ("word,value\ngood,three\n", "l.csv:2: column \"value\""),
            ("word,value\ngood,inf\n", "l.csv:2: column \"value\""),
            ("word,value\ngood,1\nGood,2\n", "l.csv:3: column \"word\""),
            ("word,valu\ngood,1\n", "l.csv:1: no column \"value\"; did you mean \"valu\"?"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.starts_with(place), "{error}");
        }
    }
}
