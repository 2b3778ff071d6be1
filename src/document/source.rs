//! What stands between a stream of bytes and the readers of formats: the byte order mark and the first bytes.

use std::io::{Chain, Cursor, Read};
use std::path::Path;

use crate::error::{Error, Result};
use crate::text::{Charset, decode};

/// Cap on streams that have to be read as a whole because they are UTF-16, in bytes.
const MAX_UTF16: u64 = 256 << 20;
/// Bytes looked at to tell formats apart.
const HEAD: u64 = 64 << 10;

/// A stream of bytes.
pub type ByteStream<'a> = Box<dyn Read + 'a>;

/// A stream whose mark is taken off and whose first bytes are known.
pub struct Source<R> {
    /// What is left to read, beginning with `head`; UTF-8 if the file is what it should be.
    pub reader: Begun<R>,
    /// The first bytes (at most 64 KiB).
    pub head: Vec<u8>,
    /// Bytes of the file before `reader` (the mark).
    pub first_byte: u64,
    /// The encoding, where nothing but a guess speaks for it.
    pub guessed: Option<&'static str>,
}

/// A stream from its first byte on, of which some were read already.
pub struct Begun<R>(Inner<R>);

/// First bytes that were read already, then the rest.
type Resumed<R> = Chain<Cursor<Vec<u8>>, R>;

enum Inner<R> {
    /// The whole was read.
    Whole(Cursor<Vec<u8>>),
    Plain(Resumed<R>),
    /// The same, decoded.
    #[cfg(feature = "formats")]
    Decoded(Resumed<crate::text::Transcoder<Resumed<R>>>),
}

impl<R: Read> Read for Begun<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match &mut self.0 {
            Inner::Whole(bytes) => bytes.read(buffer),
            Inner::Plain(stream) => stream.read(buffer),
            #[cfg(feature = "formats")]
            Inner::Decoded(stream) => stream.read(buffer),
        }
    }
}

impl<R: Read> Source<R> {
    /// The stream without its mark. UTF-16 (known by its mark) is read as a whole, at most 256 MB, and becomes UTF-8.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Io`] if reading fails, [`crate::error::ErrorKind::Data`] for broken UTF-16.
    pub fn new(name: &str, reader: R) -> Result<Self> {
        Self::with_charset(name, reader, Charset::Utf8)
    }

    /// As [`Source::new`], and without a mark decoded as `charset` says, a piece at a time.
    ///
    /// # Errors
    /// As [`Source::new`].
    pub fn with_charset(name: &str, mut reader: R, charset: Charset) -> Result<Self> {
        let mut head = read_at_most(name, &mut reader, HEAD)?;
        if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
            head.extend(read_at_most(name, &mut reader, MAX_UTF16)?);
            if head.len() as u64 > MAX_UTF16 {
                return Err(Error::data("more than 256 MB of UTF-16; save the file as UTF-8").in_file(Path::new(name)));
            }
            let text = decode(&head).map_err(|e| e.in_file(Path::new(name)))?.into_bytes();
            let head = text[..text.len().min(1 << 16)].to_vec();
            return Ok(Self { reader: Begun(Inner::Whole(Cursor::new(text))), head, first_byte: 0, guessed: None });
        }
        let mut first_byte = 0;
        if head.starts_with(b"\xef\xbb\xbf") {
            head.drain(..3);
            first_byte = 3;
        }
        #[cfg(feature = "formats")]
        if first_byte == 0
            && let Some((encoding, is_guess)) = charset.of_stream(&head)
        {
            let mut reader = crate::text::Transcoder::new(Cursor::new(head).chain(reader), encoding);
            let head = read_at_most(name, &mut reader, HEAD)?;
            let guessed = is_guess.then(|| encoding.name());
            let reader = Begun(Inner::Decoded(Cursor::new(head.clone()).chain(reader)));
            return Ok(Self { reader, head, first_byte, guessed });
        }
        #[cfg(not(feature = "formats"))]
        let _ = charset;
        let reader = Begun(Inner::Plain(Cursor::new(head.clone()).chain(reader)));
        Ok(Self { reader, head, first_byte, guessed: None })
    }
}

/// At most `limit` bytes of `reader`; fewer only at its end.
///
/// # Errors
/// [`crate::error::ErrorKind::Io`] naming `name`.
pub fn read_at_most(name: &str, reader: &mut (impl Read + ?Sized), limit: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(limit).read_to_end(&mut bytes).map_err(|e| Error::io(Path::new(name), "read", e))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> (String, u64) {
        let mut source = Source::new("x", bytes).unwrap();
        let mut text = String::new();
        source.reader.read_to_string(&mut text).unwrap();
        assert!(text.as_bytes().starts_with(&source.head));
        (text, source.first_byte)
    }

    #[test]
    fn marks_are_taken_off() {
        assert_eq!(all(b"abc"), ("abc".to_owned(), 0));
        assert_eq!(all(b"\xef\xbb\xbfabc"), ("abc".to_owned(), 3));
        assert_eq!(all(b"\xff\xfea\0b\0"), ("ab".to_owned(), 0));
        let long = "x".repeat(200_000);
        assert_eq!(all(long.as_bytes()).0, long);
    }
}
