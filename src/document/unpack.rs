//! What is packed around articles: compression, archives, columns; known by first bytes, whatever the file is called.

use std::io::{Cursor, Read, Seek};
use std::ops::ControlFlow;
use std::path::Path;

use crate::document::source::{ByteStream, read_at_most};
use crate::document::{InputFormat, Raw, ReadOptions, read_documents};
use crate::error::{Error, Result};

#[cfg(feature = "formats")]
mod archive;
#[cfg(feature = "formats")]
mod inflate;

/// Endings of compressed files.
pub const COMPRESSION_ENDINGS: [&str; 5] = ["gz", "zst", "zstd", "bz2", "bz"];
/// Endings of archives.
pub const ARCHIVE_ENDINGS: [&str; 6] = ["zip", "tar", "tgz", "tbz2", "tbz", "tzst"];

/// Layers of compression and archives around an article.
const MAX_LAYERS: usize = 4;
/// Cap on what must be in memory as a whole because it can not be read from front to back, in bytes.
#[cfg(any(feature = "formats", feature = "parquet"))]
const MAX_IN_MEMORY: u64 = 256 << 20;

/// Bytes that can be read from any place.
pub trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// A stream of bytes: zip and Parquet need one that can be read from any place, and are held in memory otherwise.
pub enum Stream<'a> {
    /// From front to back.
    Pipe(ByteStream<'a>),
    /// From any place.
    File(Box<dyn ReadSeek>),
}

/// What a caller does with each article: it may end the reading.
pub type Sink<'s> = dyn FnMut(Result<Raw>) -> ControlFlow<()> + 's;

/// `name` without the endings of compressions.
pub(super) fn uncompressed(name: &str) -> &str {
    let mut name = name;
    while let Some((front, ending)) = name.rsplit_once('.') {
        if !COMPRESSION_ENDINGS.contains(&ending.to_ascii_lowercase().as_str()) {
            break;
        }
        name = front;
    }
    name
}

#[derive(Clone, Copy, PartialEq)]
enum Container {
    Gzip,
    Zstd,
    Bzip2,
    Zip,
    Tar,
    Parquet,
    Arrow,
    Foreign(&'static str),
}

fn container(head: &[u8]) -> Option<Container> {
    Some(match head {
        [0x1f, 0x8b, 8, ..] => Container::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Container::Zstd,
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, ..] => Container::Bzip2,
        [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, ..] => Container::Bzip2,
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Container::Zip,
        [b'P', b'A', b'R', b'1', ..] => Container::Parquet,
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] | [0xff, 0xff, 0xff, 0xff, _, _, 0, 0, ..] => Container::Arrow,
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Container::Foreign("xz"),
        [b'7', b'z', 0xbc, 0xaf, ..] => Container::Foreign("7-Zip"),
        [b'R', b'a', b'r', b'!', ..] => Container::Foreign("RAR"),
        [b'%', b'P', b'D', b'F', b'-', ..] => Container::Foreign("PDF"),
        _ if head.len() > 262 && &head[257..262] == b"ustar" => Container::Tar,
        _ => return None,
    })
}

/// Hands every article of `stream` to `sink`, in order: unpacks gzip, Zstandard and bzip2, opens zip and tar archives
/// (members with a known ending; nothing is written anywhere), reads Parquet and Arrow, and everything else as
/// [`read_documents`] does. What is broken comes as an error in its place, and the next article follows. One article at a
/// time is in memory; zip and Parquet on a [`Stream::Pipe`] are held as a whole, at most 256 MB.
///
/// Returns whether the end was reached: `Break` where `sink` said so.
///
/// # Examples
/// ```
/// use demarche::document::{ReadOptions, Stream, each_article};
///
/// let text = b"The minister said it.".as_slice();
/// let mut n = 0;
/// let _ = each_article("a.txt", Stream::Pipe(Box::new(text)), &ReadOptions::default(), &mut |article| {
///     n += usize::from(article.is_ok());
///     std::ops::ControlFlow::Continue(())
/// });
/// assert_eq!(n, 1);
/// ```
pub fn each_article(name: &str, stream: Stream<'_>, options: &ReadOptions, sink: &mut Sink<'_>) -> ControlFlow<()> {
    Unpacker { options, layer: 0 }.read(name, stream, sink)
}

/// Opens one layer and hands on what is inside.
#[derive(Clone, Copy)]
struct Unpacker<'o> {
    options: &'o ReadOptions,
    layer: usize,
}

impl Unpacker<'_> {
    fn read(self, name: &str, mut stream: Stream<'_>, sink: &mut Sink<'_>) -> ControlFlow<()> {
        let head = match peek(name, &mut stream) {
            Ok(head) => head,
            Err(error) => return sink(Err(error)),
        };
        let Some(container) = container(&head) else {
            if self.options.format == InputFormat::Columns {
                return sink(Err(Error::data("neither Parquet nor Arrow IPC").in_file(Path::new(name))));
            }
            let reader: ByteStream<'_> = match stream {
                Stream::Pipe(reader) => reader,
                Stream::File(reader) => Box::new(reader),
            };
            return match read_documents(name, reader, self.options) {
                Ok(mut documents) => documents.raw().try_for_each(sink),
                Err(error) => sink(Err(error)),
            };
        };
        if self.layer >= MAX_LAYERS {
            let message = format!("more than {MAX_LAYERS} layers of compression and archives; unpack it first");
            return sink(Err(Error::data(message).in_file(Path::new(name))));
        }
        self.open(container, name, stream, sink)
    }

    fn open(self, container: Container, name: &str, stream: Stream<'_>, sink: &mut Sink<'_>) -> ControlFlow<()> {
        let refuse = |message: String| Err(Error::data(message).in_file(Path::new(name)));
        match container {
            Container::Foreign(what) => sink(refuse(format!("{what} is not read; convert or unpack it first"))),
            #[cfg(feature = "formats")]
            Container::Gzip | Container::Zstd | Container::Bzip2 => {
                let reader: ByteStream<'_> = match stream {
                    Stream::Pipe(reader) => reader,
                    Stream::File(reader) => Box::new(reader),
                };
                let kind = match container {
                    Container::Gzip => inflate::Kind::Gzip,
                    Container::Zstd => inflate::Kind::Zstd,
                    _ => inflate::Kind::Bzip2,
                };
                match inflate::inflate(kind, reader, self.options.max_ratio) {
                    Ok(reader) => self.deeper().read(name, Stream::Pipe(reader), sink),
                    Err(error) => sink(Err(Error::io(Path::new(name), "unpack", error))),
                }
            }
            #[cfg(feature = "formats")]
            Container::Tar => archive::tar(self.deeper(), name, stream, sink),
            #[cfg(feature = "formats")]
            Container::Zip => match seekable(name, stream) {
                Ok(file) => archive::zip(self.deeper(), name, file, sink),
                Err(error) => sink(Err(error)),
            },
            #[cfg(feature = "parquet")]
            Container::Parquet | Container::Arrow => match seekable(name, stream) {
                Ok(file) => {
                    crate::document::columns::read(container == Container::Parquet, name, file, self.options, sink)
                }
                Err(error) => sink(Err(error)),
            },
            #[allow(unreachable_patterns, reason = "what is left depends on the features")]
            _ => {
                drop(stream);
                sink(refuse("this build does not read this format; it lacks a feature of cargo".to_owned()))
            }
        }
    }

    #[cfg(feature = "formats")]
    fn deeper(self) -> Self {
        Self { layer: self.layer + 1, ..self }
    }
}

/// The first bytes, which stay in the stream.
fn peek(name: &str, stream: &mut Stream<'_>) -> Result<Vec<u8>> {
    const HEAD: u64 = 512;
    match stream {
        Stream::Pipe(reader) => {
            let head = read_at_most(name, reader, HEAD)?;
            let rest = std::mem::replace(reader, Box::new(std::io::empty()));
            *reader = Box::new(Cursor::new(head.clone()).chain(rest));
            Ok(head)
        }
        Stream::File(file) => {
            let head = read_at_most(name, file, HEAD)?;
            file.rewind().map_err(|e| Error::io(Path::new(name), "read", e))?;
            Ok(head)
        }
    }
}

/// The stream as one that can be read from any place, in memory if need be.
#[cfg(any(feature = "formats", feature = "parquet"))]
fn seekable(name: &str, stream: Stream<'_>) -> Result<Box<dyn ReadSeek>> {
    match stream {
        Stream::File(file) => Ok(file),
        Stream::Pipe(mut reader) => {
            let bytes = read_at_most(name, &mut reader, MAX_IN_MEMORY + 1)?;
            if bytes.len() as u64 > MAX_IN_MEMORY {
                let message = "more than 256 MB of zip, Parquet or Arrow in a stream; name the unpacked file instead";
                return Err(Error::data(message).in_file(Path::new(name)));
            }
            Ok(Box::new(Cursor::new(bytes)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_of_compressions_are_taken_off() {
        assert_eq!(uncompressed("a/b.jsonl.GZ"), "a/b.jsonl");
        assert_eq!(uncompressed("a.txt"), "a.txt");
        assert_eq!(uncompressed("gz"), "gz");
    }

    #[test]
    fn what_can_not_be_read_is_named() {
        for (bytes, word) in [(&b"%PDF-1.7\n"[..], "PDF"), (b"\xfd7zXZ\0\0\0", "xz"), (b"Rar!\x1a\x07\x01\0", "RAR")] {
            let mut errors = Vec::new();
            let _ = each_article("a.txt", Stream::Pipe(Box::new(bytes)), &ReadOptions::default(), &mut |a| {
                errors.extend(a.err().map(|e| e.to_string()));
                ControlFlow::Continue(())
            });
            assert!(errors.len() == 1 && errors[0].starts_with(&format!("a.txt: {word} is not read")), "{errors:?}");
        }
    }
}
