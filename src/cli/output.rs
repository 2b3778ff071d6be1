//! Where results go: standard output, or a file that appears only when it is complete.

use std::fs::File;
use std::io::IsTerminal;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anstream::AutoStream;
use anstream::adapter::StripBytes;
use tempfile::NamedTempFile;

use crate::error::{Error, Result, escape};

/// A place to write results to. Nothing is seen of a file before [`Output::finish`].
pub(super) enum Output {
    /// Data: every byte as it is.
    Stdout(BufWriter<io::Stdout>),
    /// A page for people: colour where it is wanted.
    Page(BufWriter<AutoStream<io::Stdout>>),
    File(BufWriter<Target>),
    /// A page in a file: never with colour.
    PageFile(BufWriter<Target>, Box<StripBytes>),
}

impl Output {
    /// Standard output where `path` is `None` or `-`, else a new file beside `path`. `page`: text for people, with
    /// escapes for colour that are taken out where nobody sees them; else data, of which no byte is touched.
    pub(super) fn new(path: Option<&Path>, page: bool) -> Result<Self> {
        const BUFFER: usize = 1 << 16;
        match path.filter(|p| p.as_os_str() != "-") {
            None if page => Ok(Self::Page(BufWriter::with_capacity(BUFFER, AutoStream::auto(io::stdout())))),
            None => Ok(Self::Stdout(BufWriter::with_capacity(BUFFER, io::stdout()))),
            Some(path) => {
                let file =
                    BufWriter::with_capacity(BUFFER, Target::new(path).map_err(|e| Error::io(path, "write", e))?);
                Ok(if page { Self::PageFile(file, Box::default()) } else { Self::File(file) })
            }
        }
    }

    /// Writes what is buffered; a file is synced and takes its name.
    pub(super) fn finish(self) -> Result<()> {
        let writer = match self {
            Self::Stdout(mut stdout) => return stdout.flush().map_err(write_error),
            Self::Page(mut stdout) => return stdout.flush().map_err(write_error),
            Self::File(writer) | Self::PageFile(writer, _) => writer,
        };
        let target = writer.into_inner().map_err(|e| write_error(e.into_error()))?;
        let path = target.path.clone();
        target.finish().map_err(|e| Error::io(&path, "write", e))
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(stdout) => stdout.write(bytes),
            Self::Page(stdout) => stdout.write(bytes),
            Self::File(file) => file.write(bytes),
            Self::PageFile(file, strip) => {
                strip.strip_next(bytes).try_for_each(|plain| file.write_all(plain))?;
                Ok(bytes.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(stdout) => stdout.flush(),
            Self::Page(stdout) => stdout.flush(),
            Self::File(file) | Self::PageFile(file, _) => file.flush(),
        }
    }
}

/// Writes a whole file at once, so that a reader sees the old one or the new one.
#[cfg(feature = "train")]
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        let mut target = Target::new(path)?;
        target.write_all(bytes)?;
        target.finish()
    };
    write().map_err(|e| Error::io(path, "write", e))
}

/// A file to be written: beside its place until it is complete, or straight where there is a device or a pipe, which a
/// rename would replace.
pub(super) struct Target {
    path: PathBuf,
    file: TargetFile,
}

enum TargetFile {
    Beside(NamedTempFile),
    Straight(File),
}

impl Target {
    fn new(path: &Path) -> io::Result<Self> {
        // A link stays a link: what it leads to is written.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        let is_special = path.metadata().is_ok_and(|m| !m.is_file() && !m.is_dir());
        let file = if is_special {
            TargetFile::Straight(File::options().write(true).open(&path)?)
        } else {
            TargetFile::Beside(temporary(&path)?)
        };
        Ok(Self { path, file })
    }

    fn finish(self) -> io::Result<()> {
        match self.file {
            TargetFile::Straight(mut file) => file.flush(),
            TargetFile::Beside(file) => {
                file.as_file().sync_all()?;
                file.persist(&self.path).map_err(|e| e.error)?;
                #[cfg(unix)]
                File::open(folder(&self.path))?.sync_all()?;
                Ok(())
            }
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            TargetFile::Beside(file) => file.write(bytes),
            TargetFile::Straight(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.file {
            TargetFile::Beside(file) => file.flush(),
            TargetFile::Straight(file) => file.flush(),
        }
    }
}

/// A temporary file beside `path`, with the permissions of an ordinary new file.
fn temporary(path: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The mask of the user takes away what others may not do.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder(path))
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The error of a failed write; a closed pipe is recognised by [`is_closed_pipe`].
pub(super) fn write_error(error: io::Error) -> Error {
    Error::new(crate::error::ErrorKind::Io, format!("can not write: {error}")).caused_by(error)
}

/// Whether an error only says that nobody reads the output any more ("| head"): then there is nothing to report.
pub(super) fn is_closed_pipe(error: &Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(e) = cause {
        if e.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe) {
            return true;
        }
        if let Some(csv::ErrorKind::Io(e)) = e.downcast_ref::<csv::Error>().map(csv::Error::kind)
            && e.kind() == io::ErrorKind::BrokenPipe
        {
            return true;
        }
        cause = e.source();
    }
    false
}

/// A line for people on standard error, harmless to a terminal. Nobody reading it is no error.
pub(super) fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{}", escape(text));
}

/// A progress bar on standard error, only where that is a terminal.
#[cfg(feature = "train")]
pub(super) fn progress(n: u64, what: &'static str) -> indicatif::ProgressBar {
    if !io::stderr().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    let style = indicatif::ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len} {elapsed} (left {eta})");
    let bar = indicatif::ProgressBar::new(n).with_message(what);
    match style {
        Ok(style) => bar.with_style(style.progress_chars("=> ")),
        Err(_) => bar,
    }
}

/// A running count on standard error for work of unknown length: only where that is a terminal, and the results go
/// somewhere else.
pub(super) fn counter(what: &'static str) -> indicatif::ProgressBar {
    if !io::stderr().is_terminal() || io::stdout().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    let style = indicatif::ProgressStyle::with_template("{spinner} {pos} {msg}, {per_sec}, {elapsed}");
    let bar = indicatif::ProgressBar::new_spinner().with_message(what);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
