//! Where results go: standard output, or a file that appears only when it is complete.

use std::fs::File;
use std::io::IsTerminal;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anstream::AutoStream;
use anstream::adapter::StripBytes;
use tempfile::NamedTempFile;

use crate::cli::input::Input;
use crate::error::{Error, Result, escape, is_unprintable};

/// A place to write results to. Nothing is seen of a file before [`Output::finish`].
pub(super) enum Output {
    /// Data: every byte as it is.
    Stdout(BufWriter<io::Stdout>),
    /// Data on a terminal: what could change it is escaped.
    Terminal(BufWriter<io::Stdout>, Escaping),
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

    /// As [`Output::new`] for text that is data. On a terminal control and direction characters are escaped, in JSON
    /// (`json`) so that it stays the same JSON.
    pub(super) fn data(path: Option<&Path>, json: bool) -> Result<Self> {
        if path.is_none_or(|p| p.as_os_str() == "-") && io::stdout().is_terminal() {
            return Ok(Self::Terminal(BufWriter::new(io::stdout()), Escaping::new(json)));
        }
        Self::new(path, false)
    }

    /// Writes what is buffered; a file is synced and takes its name.
    pub(super) fn finish(self) -> Result<()> {
        let writer = match self {
            Self::Stdout(mut stdout) | Self::Terminal(mut stdout, _) => return stdout.flush().map_err(write_error),
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
            Self::Terminal(stdout, escaping) => {
                stdout.write_all(escaping.push(bytes).as_bytes())?;
                Ok(bytes.len())
            }
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
            Self::Stdout(stdout) | Self::Terminal(stdout, _) => stdout.flush(),
            Self::Page(stdout) => stdout.flush(),
            Self::File(file) | Self::PageFile(file, _) => file.flush(),
        }
    }
}

/// Takes the power over a terminal from text that comes in pieces.
pub(super) struct Escaping {
    json: bool,
    // A character that is not complete yet.
    rest: Vec<u8>,
}

impl Escaping {
    fn new(json: bool) -> Self {
        Self { json, rest: Vec::new() }
    }

    fn push(&mut self, bytes: &[u8]) -> String {
        self.rest.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.rest) {
            Err(e) if e.error_len().is_none() => e.valid_up_to(),
            _ => self.rest.len(),
        };
        let text = String::from_utf8_lossy(&self.rest[..whole]).into_owned();
        self.rest.drain(..whole);
        if !self.json {
            return text.split('\r').map(escape).collect::<Vec<_>>().join("\r");
        }
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            if is_unprintable(c) {
                c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out += &format!("\\u{unit:04x}"));
            } else {
                out.push(c);
            }
        }
        out
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
    pub(super) fn new(path: &Path) -> io::Result<Self> {
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

    pub(super) fn finish(self) -> io::Result<()> {
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
    let bar = match style {
        Ok(style) => bar.with_style(style.progress_chars("=> ")),
        Err(_) => bar,
    };
    // At once: the first step may take half a minute.
    bar.tick();
    bar
}

/// How far a run over articles is, on standard error: a line that is drawn again on a terminal, where the results go
/// somewhere else; a line now and then for logs.
pub(super) struct Progress {
    bar: indicatif::ProgressBar,
    logs: bool,
    n_bytes: Option<u64>,
    n_read: Arc<AtomicU64>,
    started: Instant,
    shown: Instant,
}

impl Progress {
    const LOG: Duration = Duration::from_secs(30);
    const DRAW: Duration = Duration::from_millis(100);

    /// `n_read` counts the bytes read from `inputs`; `to_stdout`: results go to standard output.
    pub(super) fn new(inputs: &[Input], n_read: Arc<AtomicU64>, quiet: bool, to_stdout: bool) -> Self {
        let terminal = io::stderr().is_terminal();
        let draws = terminal && !(to_stdout && io::stdout().is_terminal());
        let n_bytes = inputs.iter().map(|i| i.stamp().map(|(n, _)| n)).sum::<Option<u64>>();
        let template = match n_bytes {
            Some(_) => "[{bar:30}] {percent} % {msg}",
            None => "{spinner} {msg}",
        };
        let bar = match indicatif::ProgressStyle::with_template(template) {
            Ok(style) if draws => {
                let bar = n_bytes.map_or_else(indicatif::ProgressBar::new_spinner, indicatif::ProgressBar::new);
                bar.with_style(style.progress_chars("=> "))
            }
            _ => indicatif::ProgressBar::hidden(),
        };
        let now = Instant::now();
        Self { bar, logs: !terminal && !quiet, n_bytes, n_read, started: now, shown: now }
    }

    /// `n` articles are through.
    pub(super) fn tick(&mut self, n: u64) {
        // Looking at the clock is cheap, but not for every one of a million short articles.
        if !n.is_multiple_of(16) || self.shown.elapsed() < if self.logs { Self::LOG } else { Self::DRAW } {
            return;
        }
        if self.bar.is_hidden() && !self.logs {
            return;
        }
        self.shown = Instant::now();
        let seconds = self.started.elapsed().as_secs_f64();
        let read = self.n_read.load(Ordering::Relaxed);
        let mut line = format!("{n} articles, {:.0} a second", n as f64 / seconds);
        if let Some(all) = self.n_bytes.filter(|_| read > 0) {
            let left = seconds * (all.saturating_sub(read) as f64) / read as f64;
            line += &format!(", {}", remaining(left));
            if self.logs {
                line = format!("{} %, {line}", 100 * read.min(all) / all.max(1));
            }
        }
        if self.logs {
            say(&line);
        } else {
            self.bar.set_position(read.min(self.n_bytes.unwrap_or(read)));
            self.bar.set_message(line);
        }
    }

    /// Takes the line away.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

/// Seconds as people say them.
fn remaining(seconds: f64) -> String {
    match seconds.round() as u64 {
        s @ ..100 => format!("{s} s left"),
        s @ ..6000 => format!("{} min left", s.div_ceil(60)),
        s => format!("{:.1} h left", s as f64 / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_on_a_terminal_are_harmless_and_json_stays_json() {
        let text = "{\"a\":\"x\u{202e}y\u{9b}2J\u{e0041}é\"}\n";
        let mut json = Escaping::new(true);
        let shown: String = text.as_bytes().chunks(1).map(|b| json.push(b)).collect();
        assert!(shown.is_ascii() || !shown.chars().any(|c| c != '\n' && is_unprintable(c)), "{shown:?}");
        let (a, b): (serde_json::Value, serde_json::Value) =
            (serde_json::from_str(text).unwrap(), serde_json::from_str(&shown).unwrap());
        assert_eq!(a, b);
        assert_eq!(Escaping::new(false).push(b"a\x1b[2J,b\r\n"), "a\\u{1b}[2J,b\r\n");
    }

    #[test]
    fn time_left_is_said_as_people_do() {
        assert_eq!([9.6, 600.0, 7200.0].map(remaining), ["10 s left", "10 min left", "2.0 h left"]);
    }
}
