//! Which format is this, and how do its articles come out one by one?

use std::io::Read;
use std::path::Path;

use crate::document::jsonl::JsonDocuments;
use crate::document::source::{ByteStream, Source, read_at_most};
use crate::document::table::TableDocuments;
use crate::document::{Document, path_of, plain, stem};
use crate::error::{Error, Result};
use crate::text::decode;

/// The name of what has none.
pub const STDIN: &str = "<stdin>";

/// How articles are written down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum InputFormat {
    /// By the ending of the file name, else by its first bytes.
    #[default]
    Auto,
    /// One article of plain text.
    Text,
    /// One JSON object a line.
    Jsonl,
    /// A table with a column of texts.
    Csv,
}

/// How articles are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadOptions {
    /// How they are written down.
    pub format: InputFormat,
    /// Column or key that holds the text.
    pub text_column: String,
    /// Cap on an article of plain text, in bytes.
    pub max_text_bytes: u64,
}

impl Default for ReadOptions {
    /// Format by itself, column `text`, 64 MB.
    fn default() -> Self {
        Self { format: InputFormat::Auto, text_column: "text".to_owned(), max_text_bytes: 64 << 20 }
    }
}

impl InputFormat {
    /// The format of the file called `name` that begins with `head` (without byte order mark): `.txt`, `.jsonl`,
    /// `.ndjson`, `.json` and `.csv` decide; else a first line that begins an object or is a header row with
    /// `text_column`; else [`InputFormat::Text`]. Never [`InputFormat::Auto`].
    pub fn detect(name: &str, head: &[u8], text_column: &str) -> Self {
        let ending = Path::new(name).extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
        match ending.as_str() {
            "txt" | "text" => return InputFormat::Text,
            "jsonl" | "ndjson" | "json" => return InputFormat::Jsonl,
            "csv" => return InputFormat::Csv,
            _ => {}
        }
        let line = head.trim_ascii_start().split(|b| matches!(b, b'\n' | b'\r')).next().unwrap_or_default();
        let object = line.strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
        if object.is_some_and(|rest| rest.starts_with(b"\"") || rest.starts_with(b"}")) {
            return InputFormat::Jsonl;
        }
        let mut names = line.split(|b| *b == b',').map(|n| n.trim_ascii().trim_ascii_start());
        let is_text =
            |n: &[u8]| n.strip_prefix(b"\"").and_then(|n| n.strip_suffix(b"\"")).unwrap_or(n) == text_column.as_bytes();
        if line.contains(&b',') && names.any(is_text) { InputFormat::Csv } else { InputFormat::Text }
    }
}

/// Articles in the order of their file. A broken record comes as an error with its place, and the next ones follow.
pub struct Documents<'a>(Kind<'a>);

enum Kind<'a> {
    Text(Option<Box<Document>>),
    Jsonl(JsonDocuments<ByteStream<'a>>),
    Csv(TableDocuments<ByteStream<'a>>),
}

impl Iterator for Documents<'_> {
    type Item = Result<Document>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Kind::Text(document) => document.take().map(|d| Ok(*d)),
            Kind::Jsonl(documents) => documents.next(),
            Kind::Csv(documents) => documents.next(),
        }
    }
}

/// Articles of `reader`. `name`: the path for ids and messages, or [`STDIN`]. JSON Lines and tables are read one article
/// at a time.
///
/// # Errors
/// [`crate::error::ErrorKind::Data`] for a text that is not UTF-8 (line and byte), is larger than
/// [`ReadOptions::max_text_bytes`], or a table without the column; [`crate::error::ErrorKind::Io`] if reading fails.
///
/// # Examples
/// ```
/// use demarche::document::{ReadOptions, STDIN, read_documents};
///
/// let lines = b"{\"text\": \"He said it.\"}\n{\"text\": 1}".as_slice();
/// let documents: Vec<_> = read_documents(STDIN, lines, &ReadOptions::default()).unwrap().collect();
/// assert_eq!(documents[0].as_ref().unwrap().id, "stdin:1");
/// ```
pub fn read_documents<'a>(name: &str, reader: impl Read + Send + 'a, options: &ReadOptions) -> Result<Documents<'a>> {
    if options.format == InputFormat::Text {
        return text_document(name, reader, options);
    }
    let format = options.format;
    let Source { reader, head, first_byte } = Source::new(name, reader)?;
    let format = match format {
        InputFormat::Auto => InputFormat::detect(name, &head, &options.text_column),
        given => given,
    };
    Ok(Documents(match format {
        InputFormat::Jsonl => Kind::Jsonl(JsonDocuments::new(name, reader, first_byte, &options.text_column)),
        InputFormat::Csv => Kind::Csv(TableDocuments::new(name, reader, first_byte, &options.text_column)?),
        InputFormat::Auto | InputFormat::Text => {
            let mark: &[u8] = if first_byte > 0 { b"\xef\xbb\xbf" } else { b"" };
            return text_document(name, mark.chain(reader), options);
        }
    }))
}

fn text_document<'a>(name: &str, mut reader: impl Read, options: &ReadOptions) -> Result<Documents<'a>> {
    let fault = |e: Error| e.in_file(Path::new(name));
    let max = options.max_text_bytes;
    let bytes = read_at_most(name, &mut reader, max.saturating_add(1))?;
    if bytes.len() as u64 > max {
        return Err(fault(Error::data(format!("an article of more than {max} bytes; raise the limit or split it"))));
    }
    let text = decode(&bytes).map_err(fault)?;
    let document = Document { id: stem(name).to_owned(), path: path_of(name), ..plain::document(text, None) };
    Ok(Documents(Kind::Text(Some(Box::new(document)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, bytes: &[u8]) -> Vec<Result<Document>> {
        read_documents(name, bytes, &ReadOptions::default()).unwrap().collect()
    }

    #[test]
    fn endings_decide_then_first_bytes() {
        let detect = |name, head: &str| InputFormat::detect(name, head.as_bytes(), "text");
        assert_eq!(detect("a.TXT", "{\"text\""), InputFormat::Text);
        assert_eq!(detect("a.ndjson", ""), InputFormat::Jsonl);
        assert_eq!(detect("a.csv", ""), InputFormat::Csv);
        assert_eq!(detect(STDIN, "\n { \"text\": 1}"), InputFormat::Jsonl);
        assert_eq!(detect(STDIN, "id,\"text\"\r\n1,2"), InputFormat::Csv);
        assert_eq!(detect(STDIN, "{Note} He said it, the text"), InputFormat::Text);
        assert_eq!(detect(STDIN, "The minister, he said"), InputFormat::Text);
    }

    #[test]
    fn texts_are_named_after_their_file() {
        let documents = read("news/x.y.txt", b"\xef\xbb\xbfHe said it to them.");
        let document = documents[0].as_ref().unwrap();
        assert_eq!((document.id.as_str(), document.text.as_str()), ("x.y", "He said it to them."));
        assert_eq!(document.path.as_deref(), Some("news/x.y.txt"));
        let stdin = read(STDIN, b"\xff\xfeY\0e\0s\0");
        let stdin = stdin[0].as_ref().unwrap();
        assert_eq!((stdin.id.as_str(), stdin.path.as_ref(), stdin.text.as_str()), ("stdin", None, "Yes"));
    }

    #[test]
    fn tables_give_an_article_a_row() {
        let table = b"outlet,text,id\nX,\"Talks go on\n\nHe said it to them.\",a1\nY,short\n,He said.,\n";
        let documents = read("t.csv", table);
        let first = documents[0].as_ref().unwrap();
        assert_eq!(
            (first.id.as_str(), first.title.as_deref(), first.outlet.as_deref()),
            ("a1", Some("Talks go on"), Some("X"))
        );
        assert!(documents[1].as_ref().unwrap_err().to_string().starts_with("t.csv:5: 2 cell(s)"));
        assert_eq!(documents[2].as_ref().unwrap().id, "t:6");
        let error = read_documents("t.csv", b"id,Text\n".as_slice(), &ReadOptions::default()).err().unwrap();
        assert_eq!(error.to_string(), "t.csv:1: no column \"text\"; did you mean \"Text\"?");
    }

    #[test]
    fn a_stream_that_fails_ends() {
        struct Failing;
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("gone"))
            }
        }
        let head = |text: &str| text.repeat(70_000 / text.len());
        for (name, text) in [("a.jsonl", head("{\"text\":\"a\"}\n")), ("a.csv", "text\n".to_owned() + &head("a\n"))] {
            let reader = text.as_bytes().chain(Failing);
            let n_errors =
                read_documents(name, reader, &ReadOptions::default()).unwrap().filter(Result::is_err).count();
            assert_eq!(n_errors, 1, "{name}");
        }
    }

    #[test]
    fn large_and_foreign_texts_are_refused() {
        let options = ReadOptions { max_text_bytes: 4, ..ReadOptions::default() };
        assert!(read_documents("a.txt", b"12345".as_slice(), &options).is_err());
        assert!(read_documents("a.txt", b"1234".as_slice(), &options).is_ok());
        let error = read_documents("a.txt", b"a\nb\xff".as_slice(), &ReadOptions::default()).err().unwrap();
        assert_eq!(error.to_string(), "a.txt:2: byte 3: invalid UTF-8; save the file as UTF-8");
    }
}
