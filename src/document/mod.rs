//! What are the parts of this article?
//!
//! A [`Document`] is the decoded text as read, with its [`Part`]s: header lines, headline, captions, dateline,
//! paragraphs. Only paragraphs can hold quotations. All spans are bytes of [`Document::text`].

mod codes;
#[cfg(feature = "parquet")]
mod columns;
pub mod copies;
mod dateline;
#[cfg(feature = "formats")]
mod feed;
mod furniture;
#[cfg(feature = "formats")]
mod html;
pub mod jsonl;
#[cfg(feature = "formats")]
mod language;
pub mod plain;
mod raw;
mod reader;
pub mod records;
mod runs;
pub mod source;
pub mod table;
#[cfg(feature = "formats")]
mod tame;
mod units;
mod unpack;
mod words;

use serde::{Deserialize, Serialize};

use crate::text::Span;

pub use codes::two_letters;
pub use raw::Raw;
pub use reader::{ArticleColumns, Documents, InputFormat, ReadOptions, STDIN, read_documents};
pub use unpack::{ARCHIVE_ENDINGS, COMPRESSION_ENDINGS, ReadSeek, Sink, Stream, each_article};

/// The file name of `name` without folders and ending (nor that of a compression), for ids; "stdin" where nothing is left.
pub fn stem(name: &str) -> &str {
    let stem = std::path::Path::new(unpack::uncompressed(name)).file_stem().and_then(|s| s.to_str());
    let stem = stem.unwrap_or_default();
    if stem.is_empty() || name == STDIN { "stdin" } else { stem }
}

/// [`Document::path`] of what was read from `name`.
pub(crate) fn path_of(name: &str) -> Option<String> {
    (name != STDIN).then(|| name.to_owned())
}

/// One article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Its name: a column or key of the input, else made from the file name.
    pub id: String,
    /// Where it was read from; `None` for stdin.
    pub path: Option<String>,
    /// Headline.
    pub title: Option<String>,
    /// Who published it.
    pub outlet: Option<String>,
    /// Date of publication, ISO 8601 where it is known.
    pub date: Option<String>,
    /// ISO 639-1 code of its language.
    pub lang: Option<String>,
    /// The decoded text exactly as read.
    pub text: String,
    /// Its parts in order; they do not overlap.
    pub parts: Vec<Part>,
    /// The encoding that the text was decoded from, where nothing but a guess speaks for it.
    pub guessed_encoding: Option<&'static str>,
    /// What was odd while reading, in words.
    pub warnings: Vec<String>,
}

/// A stretch of a document and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// Where it is, without white space at its edges.
    pub span: Span,
}

/// What a part of an article is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartKind {
    /// Site furniture before the headline ("All news", section names, dates, share buttons).
    Header,
    /// The headline.
    Headline,
    /// A line under the headline that sums up the article.
    Subheadline,
    /// The words under a picture.
    Caption,
    /// Who made a picture ("(c) AP Photo/Name").
    Credit,
    /// Place, date and agency before the first words ("MOSCOW, September 10. /TASS/.").
    Dateline,
    /// Who wrote it ("By Jane Roe", "Reporting by ...; editing by ...").
    Byline,
    /// A heading between paragraphs.
    Crosshead,
    /// Body text.
    Paragraph,
    /// Site furniture after the body (links, tags, copyright).
    Footer,
}
