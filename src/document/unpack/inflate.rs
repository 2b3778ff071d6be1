//! Compressed streams, with a cap on how much they may expand.

use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::document::source::ByteStream;

/// Bytes that come out before the ratio is looked at.
const FREE: u64 = 16 << 20;
/// Largest window of Zstandard, as a power of two: what its own tool accepts.
const MAX_WINDOW: u32 = 27;

/// How a stream is compressed.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Gzip,
    Zstd,
    Bzip2,
}

/// What comes out of `reader`. More than `max_ratio` bytes for one (after the first 16 MB) are an error.
pub(super) fn inflate<'a>(kind: Kind, reader: ByteStream<'a>, max_ratio: u64) -> io::Result<ByteStream<'a>> {
    let read = Arc::new(AtomicU64::new(0));
    let counted = Counted { reader, read: Arc::clone(&read) };
    let what = match kind {
        Kind::Gzip => "gzip",
        Kind::Zstd => "Zstandard",
        Kind::Bzip2 => "bzip2",
    };
    let inner: ByteStream<'a> = match kind {
        Kind::Gzip => Box::new(flate2::read::MultiGzDecoder::new(BufReader::with_capacity(64 << 10, counted))),
        Kind::Bzip2 => Box::new(bzip2::read::MultiBzDecoder::new(BufReader::with_capacity(64 << 10, counted))),
        Kind::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::new(counted)?;
            decoder.window_log_max(MAX_WINDOW)?;
            Box::new(decoder)
        }
    };
    Ok(Box::new(Capped { inner, what, read, out: 0, max_ratio: max_ratio.max(1) }))
}

struct Counted<R> {
    reader: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let n = self.reader.read(bytes)?;
        self.read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

struct Capped<R> {
    inner: R,
    what: &'static str,
    read: Arc<AtomicU64>,
    out: u64,
    max_ratio: u64,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let damaged = |message: String| io::Error::new(io::ErrorKind::InvalidData, message);
        let n = match self.inner.read(bytes) {
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => return Err(e),
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => {
                return Err(damaged(format!("{} data that are cut off", self.what)));
            }
            Err(e) => return Err(damaged(format!("damaged {} data ({e})", self.what))),
        };
        self.out += n as u64;
        let read = self.read.load(Ordering::Relaxed).max(1);
        if self.out > FREE && self.out / read > self.max_ratio {
            let (what, max) = (self.what, self.max_ratio);
            return Err(damaged(format!("{what} data that expand more than {max} times; --max-ratio raises the cap")));
        }
        Ok(n)
    }
}
