//! Which format is this, and how do its articles come out one by one?

use std::io::Read;
use std::path::Path;

use crate::document::jsonl::JsonDocuments;
use crate::document::source::{ByteStream, Source, read_at_most};
use crate::document::table::{Header, TableDocuments, separator_of};
use crate::document::unpack::uncompressed;
use crate::document::{Document, Raw, path_of, stem};
use crate::error::{Error, Result};
use crate::text::Charset;

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
    /// One web page: its article is looked for.
    Html,
    /// RSS or Atom: an article an entry.
    Feed,
    /// One JSON object a line.
    Jsonl,
    /// A table with a column of texts, separated by commas, semicolons or tabs.
    Csv,
    /// Parquet or Arrow IPC with a column of texts; known by its first bytes.
    Columns,
}

/// Which column of a table, or key of JSON Lines, holds what of an article. Only that of the text must be there, and those whose
/// names are not the usual ones: in tables in the header, in JSON Lines anywhere or nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleColumns {
    /// Its words.
    pub text: String,
    /// Its unique name.
    pub id: String,
    /// Its headline.
    pub title: String,
    /// Who published it.
    pub outlet: String,
    /// When.
    pub date: String,
    /// Its language.
    pub lang: String,
}

impl Default for ArticleColumns {
    /// The names of the fields.
    fn default() -> Self {
        let [text, id, title, outlet, date, lang] =
            ["text", "id", "title", "outlet", "date", "lang"].map(str::to_owned);
        Self { text, id, title, outlet, date, lang }
    }
}

impl ArticleColumns {
    /// The names of what is known of an article.
    pub(super) fn facts(&self) -> [&str; 5] {
        [&self.id, &self.title, &self.outlet, &self.date, &self.lang]
    }

    /// The columns of the text and of each fact, where it is there.
    ///
    /// # Errors
    /// As [`Header::require`].
    pub(super) fn of(&self, header: &Header) -> Result<(usize, [Option<usize>; 5])> {
        let text = header.require(&self.text)?;
        let usual = Self::default();
        let mut found = [None; 5];
        for ((found, name), usual) in found.iter_mut().zip(self.facts()).zip(usual.facts()) {
            *found = if name == usual { header.column(name) } else { Some(header.require(name)?) };
            *found = found.filter(|at| *at != text);
        }
        Ok((text, found))
    }
}

/// How articles are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadOptions {
    /// How they are written down.
    pub format: InputFormat,
    /// Columns or keys that hold the text and what is known of an article.
    pub columns: ArticleColumns,
    /// Cap on an article of plain text, a web page or a feed, in bytes.
    pub max_text_bytes: u64,
    /// The encoding of texts, pages, JSON Lines and tables without a byte order mark.
    pub charset: Charset,
    /// So many bytes at most may come out of a compressed one.
    pub max_ratio: u64,
    /// The language of all articles, whatever they say; without it each says it, or is looked at.
    pub language: Option<String>,
}

impl Default for ReadOptions {
    /// Format, encoding and language by themselves, column `text`, 64 MB, at most 250 bytes out of one.
    fn default() -> Self {
        Self {
            format: InputFormat::Auto,
            columns: ArticleColumns::default(),
            max_text_bytes: 64 << 20,
            charset: Charset::Auto,
            max_ratio: 250,
            language: None,
        }
    }
}

impl InputFormat {
    /// Endings of files that hold articles, without those of compressions and archives.
    pub const ENDINGS: [&str; 16] = [
        "txt", "text", "html", "htm", "xhtml", "rss", "atom", "xml", "jsonl", "ndjson", "json", "csv", "tsv",
        "parquet", "arrow", "feather",
    ];

    /// The format of the file called `name` that begins with `head` (without byte order mark): `.txt`, `.jsonl`,
    /// `.ndjson`, `.json`, `.csv` and `.tsv` decide, with or without the ending of a compression; else a first line that
    /// begins an object, a page or a feed or is a header row with `text_column`; else [`InputFormat::Text`]. Never
    /// [`InputFormat::Auto`].
    pub fn detect(name: &str, head: &[u8], text_column: &str) -> Self {
        let ending = Path::new(uncompressed(name)).extension().and_then(|e| e.to_str()).unwrap_or_default();
        match ending.to_ascii_lowercase().as_str() {
            "txt" | "text" => return InputFormat::Text,
            "jsonl" | "ndjson" | "json" => return InputFormat::Jsonl,
            "csv" | "tsv" => return InputFormat::Csv,
            "rss" | "atom" => return InputFormat::Feed,
            _ => {}
        }
        if let Some(format) = markup(head.trim_ascii_start()) {
            return format;
        }
        if matches!(ending.to_ascii_lowercase().as_str(), "html" | "htm" | "xhtml") {
            return InputFormat::Html;
        }
        if ending.eq_ignore_ascii_case("xml") {
            return InputFormat::Feed;
        }
        let line = head.trim_ascii_start().split(|b| matches!(b, b'\n' | b'\r')).next().unwrap_or_default();
        // An array or an object over several lines is JSON as well: its reader says what to do.
        let json = head.trim_ascii_start();
        let json = json.strip_prefix(b"[").map_or(json, <[u8]>::trim_ascii_start);
        let object = json.strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
        if object.is_some_and(|rest| rest.starts_with(b"\"") || rest.starts_with(b"}")) {
            return InputFormat::Jsonl;
        }
        if names_column(line, text_column) { InputFormat::Csv } else { InputFormat::Text }
    }
}

/// Whether this begins a page or a feed.
fn markup(head: &[u8]) -> Option<InputFormat> {
    let mut rest = head;
    // Declarations and comments stand before the first element.
    while rest.starts_with(b"<?") || rest.starts_with(b"<!") {
        let is_page = rest.get(..14).is_some_and(|d| d.eq_ignore_ascii_case(b"<!doctype html"));
        if is_page {
            return Some(InputFormat::Html);
        }
        let end: &[u8] = if rest.starts_with(b"<!--") { b"-->" } else { b">" };
        let at = rest.windows(end.len()).position(|w| w == end)?;
        rest = rest[at + end.len()..].trim_ascii_start();
    }
    let name = rest.strip_prefix(b"<")?;
    let name = &name[..name.iter().position(|b| !(b.is_ascii_alphanumeric() || *b == b':')).unwrap_or(name.len())];
    match name.to_ascii_lowercase().as_slice() {
        b"rss" | b"feed" | b"rdf:rdf" => Some(InputFormat::Feed),
        b"html" | b"head" | b"body" | b"article" | b"div" | b"main" | b"section" => Some(InputFormat::Html),
        _ => None,
    }
}

/// Whether this line is a header row in which one of the names is `column`.
fn names_column(line: &[u8], column: &str) -> bool {
    let unquoted = |n: &[u8]| {
        let n = n.trim_ascii();
        n.strip_prefix(b"\"").and_then(|n| n.strip_suffix(b"\"")).unwrap_or(n) == column.as_bytes()
    };
    [b',', b'\t', b';'].iter().any(|s| line.contains(s) && line.split(|b| b == s).any(unquoted))
}

/// Articles in the order of their file. A broken record comes as an error with its place, and the next ones follow.
pub struct Documents<'a> {
    kind: Kind<'a>,
    guessed: Option<&'static str>,
    language: Option<String>,
}

enum Kind<'a> {
    Text(Option<Box<Raw>>),
    #[cfg(feature = "formats")]
    Feed(std::vec::IntoIter<Raw>),
    Jsonl(JsonDocuments<ByteStream<'a>>),
    Csv(TableDocuments<ByteStream<'a>>),
}

impl Documents<'_> {
    /// The articles before their parts are known.
    pub fn raw(&mut self) -> impl Iterator<Item = Result<Raw>> {
        std::iter::from_fn(|| self.next_raw())
    }

    fn next_raw(&mut self) -> Option<Result<Raw>> {
        let raw = match &mut self.kind {
            Kind::Text(raw) => raw.take().map(|r| Ok(*r)),
            #[cfg(feature = "formats")]
            Kind::Feed(entries) => entries.next().map(Ok),
            Kind::Jsonl(articles) => articles.next(),
            Kind::Csv(articles) => articles.next(),
        };
        let guessed = self.guessed;
        raw.map(|r| r.map(|r| Raw { facts: Document { guessed_encoding: guessed, ..r.facts }, ..r }))
    }
}

impl Iterator for Documents<'_> {
    type Item = Result<Document>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_raw().map(|raw| raw.map(|r| r.document(self.language.as_deref())))
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
pub fn read_documents<'a>(name: &str, reader: impl Read + 'a, options: &ReadOptions) -> Result<Documents<'a>> {
    let mut documents = Documents { kind: Kind::Text(None), guessed: None, language: options.language.clone() };
    if matches!(options.format, InputFormat::Text | InputFormat::Html | InputFormat::Feed) {
        (documents.kind, documents.guessed) = whole(name, reader, options, options.format)?;
        return Ok(documents);
    }
    // The bytes as they are: texts and pages find out their encoding from all of them.
    let mut reader: ByteStream<'a> = Box::new(reader);
    let head = read_at_most(name, &mut reader, 64 << 10)?;
    let mark = if head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let format = match options.format {
        InputFormat::Auto if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") => None,
        InputFormat::Auto => Some(InputFormat::detect(name, &head[mark..], &options.columns.text)),
        given => Some(given),
    };
    let reader = std::io::Cursor::new(head).chain(reader);
    if let Some(format @ (InputFormat::Text | InputFormat::Html | InputFormat::Feed)) = format {
        (documents.kind, documents.guessed) = whole(name, reader, options, format)?;
        return Ok(documents);
    }
    let source = Source::with_charset(name, reader, options.charset)?;
    documents.guessed = source.guessed;
    let format = format.unwrap_or_else(|| InputFormat::detect(name, &source.head, &options.columns.text));
    let Source { reader, head, first_byte, .. } = source;
    let reader: ByteStream<'a> = Box::new(reader);
    documents.kind = match format {
        InputFormat::Jsonl => Kind::Jsonl(JsonDocuments::new(name, reader, first_byte, &options.columns)),
        InputFormat::Csv => {
            let separator = separator_of(uncompressed(name), &head);
            Kind::Csv(TableDocuments::new(name, reader, first_byte, separator, &options.columns)?)
        }
        InputFormat::Columns => {
            return Err(Error::data("neither Parquet nor Arrow IPC").in_file(Path::new(name)));
        }
        // Text of UTF-16 with its mark, which is UTF-8 by now.
        InputFormat::Auto | InputFormat::Text | InputFormat::Html | InputFormat::Feed => {
            whole(name, reader, options, format)?.0
        }
    };
    Ok(documents)
}

/// What has to be read as a whole.
fn whole<'a>(
    name: &str,
    mut reader: impl Read,
    options: &ReadOptions,
    format: InputFormat,
) -> Result<(Kind<'a>, Option<&'static str>)> {
    let fault = |e: Error| e.in_file(Path::new(name));
    let max = options.max_text_bytes;
    let bytes = read_at_most(name, &mut reader, max.saturating_add(1))?;
    if bytes.len() as u64 > max {
        return Err(fault(Error::data(format!("an article of more than {max} bytes; raise the limit or split it"))));
    }
    let declared = if format == InputFormat::Text { None } else { declared_charset(&bytes) };
    let decoded = options.charset.decode(&bytes, declared.as_deref()).map_err(fault)?;
    drop(bytes);
    let text = decoded.text;
    let facts = Document { id: stem(name).to_owned(), path: path_of(name), text, ..Document::default() };
    let kind = match format {
        #[cfg(feature = "formats")]
        InputFormat::Feed => Kind::Feed(crate::document::feed::entries(name, &facts.text)?.into_iter()),
        #[cfg(feature = "formats")]
        InputFormat::Html => Kind::Text(Some(Box::new(Raw { facts, is_page: true, ..Raw::default() }))),
        #[cfg(not(feature = "formats"))]
        InputFormat::Feed | InputFormat::Html => {
            return Err(fault(Error::data("this build reads no HTML; it lacks the feature \"formats\" of cargo")));
        }
        _ => Kind::Text(Some(Box::new(Raw::plain(facts, None)))),
    };
    Ok((kind, decoded.guessed))
}

/// The name of the encoding that a page or feed declares near its beginning.
fn declared_charset(bytes: &[u8]) -> Option<String> {
    let head = bytes[..bytes.len().min(4096)].to_ascii_lowercase();
    let find = |key: &[u8]| {
        let at = head.windows(key.len()).position(|w| w == key)? + key.len();
        let rest = head[at..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
        let rest = rest.strip_prefix(b"\"").or(rest.strip_prefix(b"'")).unwrap_or(rest);
        let end = rest.iter().position(|b| !(b.is_ascii_alphanumeric() || b"-_:.".contains(b))).unwrap_or(rest.len());
        String::from_utf8(rest[..end].to_vec()).ok().filter(|n| !n.is_empty())
    };
    let from_xml = if head.starts_with(b"<?xml") { find(b"encoding") } else { None };
    from_xml.or_else(|| find(b"charset"))
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
        assert_eq!(detect(STDIN, "[{\"text\": 1}]"), InputFormat::Jsonl);
        assert_eq!(detect(STDIN, "{\n  \"text\": 1}"), InputFormat::Jsonl);
        assert_eq!(detect(STDIN, "[Note] He said it"), InputFormat::Text);
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
        let strict = ReadOptions { charset: Charset::Utf8, ..ReadOptions::default() };
        let error = read_documents("a.txt", b"a\nb\xff".as_slice(), &strict).err().unwrap();
        assert_eq!(error.to_string(), "a.txt:2: byte 3: invalid UTF-8; save the file as UTF-8");
    }
}
