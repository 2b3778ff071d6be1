//! Inputs: files and standard input, and the articles in them.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::document::{Document, Raw, ReadOptions, STDIN, Stream, each_article};
use crate::error::{Error, ErrorKind, Result};

/// One thing to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// A regular file.
    File(PathBuf),
}

impl Input {
    /// Its path, or `<stdin>`, for messages and ids.
    pub fn name(&self) -> String {
        match self {
            Input::Stdin => STDIN.to_owned(),
            Input::File(path) => path.to_string_lossy().into_owned(),
        }
    }

    /// Its size in bytes and the time of its last change in nanoseconds; `None` for what is no file.
    pub fn stamp(&self) -> Option<(u64, u128)> {
        let Input::File(path) = self else { return None };
        let metadata = path.metadata().ok()?;
        let changed = metadata.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
        Some((metadata.len(), changed.as_nanos()))
    }

    /// Its bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] naming the path if it can not be opened or is no regular file.
    pub fn open(&self) -> Result<Box<dyn Read + Send>> {
        match self {
            Input::Stdin => Ok(Box::new(io::stdin())),
            Input::File(path) => Ok(Box::new(regular(path)?)),
        }
    }

    /// Its bytes, as a stream that can be read from any place where it is a file. `n_read` counts those that were read.
    ///
    /// # Errors
    /// As [`Input::open`].
    pub fn stream(&self, n_read: &Arc<AtomicU64>) -> Result<Stream<'static>> {
        let n_read = Arc::clone(n_read);
        match self {
            Input::Stdin => Ok(Stream::Pipe(Box::new(Counted { inner: io::stdin(), n_read }))),
            Input::File(path) => Ok(Stream::File(Box::new(Counted { inner: regular(path)?, n_read }))),
        }
    }
}

/// A regular file, opened. Looked at before that: a named pipe would block.
fn regular(path: &Path) -> Result<File> {
    let fault = |e| Error::io(path, "open", e);
    check_regular(path, &path.metadata().map_err(fault)?)?;
    File::open(path).map_err(fault)
}

pub(super) fn check_regular(path: &Path, metadata: &Metadata) -> Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let message = if metadata.is_dir() {
        "a folder; name a file"
    } else {
        "not a regular file; pipe it in and name \"-\" instead"
    };
    Err(Error::new(ErrorKind::Io, message).in_file(path))
}

/// Counts the bytes that are read.
struct Counted<R> {
    inner: R,
    n_read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(bytes)?;
        self.n_read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

impl<R: Seek> Seek for Counted<R> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// Hands the articles of all `inputs` to `sink`, in order. What can not be opened, and each broken record, is an error in
/// its place; `sink` decides whether to go on.
pub fn each_raw(
    inputs: &[Input],
    options: &ReadOptions,
    n_read: &Arc<AtomicU64>,
    sink: &mut dyn FnMut(Result<Raw>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    inputs.iter().try_for_each(|input| match input.stream(n_read) {
        Ok(stream) => each_article(&input.name(), stream, options, sink),
        Err(error) => sink(Err(error)),
    })
}

/// The articles of all `inputs` with their parts, all in memory.
pub fn documents(inputs: &[Input], options: &ReadOptions) -> Vec<Result<Document>> {
    let mut all = Vec::new();
    let language = options.language.as_deref();
    let _ = each_raw(inputs, options, &Arc::default(), &mut |raw| {
        all.push(raw.map(|r| r.document(language)));
        ControlFlow::Continue(())
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_inputs_do_not_stop_the_others() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("e.csv"), "text\nHe said it.\n").unwrap();
        let inputs = ["gone.txt", "e.csv"].map(|name| Input::File(root.path().join(name)));
        let found = documents(&inputs, &ReadOptions::default());
        assert!(found[0].is_err());
        assert_eq!(found[1].as_ref().unwrap().text, "He said it.");
    }
}
