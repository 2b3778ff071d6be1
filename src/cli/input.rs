//! Arguments that name inputs: files, folders, patterns, `-`.

use std::collections::BTreeSet;
use std::fs::{File, Metadata};
use std::io::{self, IsTerminal, Read, Seek};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use glob::MatchOptions;
use walkdir::WalkDir;

use crate::document::{
    ARCHIVE_ENDINGS, COMPRESSION_ENDINGS, Document, InputFormat, Raw, ReadOptions, STDIN, Stream, each_article,
};
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

/// What `arguments` name, in their order, each file once: files as they are; folders with everything below that ends as
/// [`InputFormat::ENDINGS`] and those of archives and compressions say, sorted, without hidden files; patterns (`*`, `?`, `[...]`) where no such file exists; `-` for
/// standard input. No argument is standard input, unless that is a terminal.
///
/// # Errors
/// [`ErrorKind::Io`] for a path that is missing, can not be read or is neither file nor folder;
/// [`ErrorKind::NothingFound`] if a folder or pattern yields nothing; [`ErrorKind::Usage`] if there is no argument and
/// nothing is piped in, a pattern is malformed, or `-` comes twice.
pub fn expand(arguments: &[PathBuf]) -> Result<Vec<Input>> {
    expand_from(arguments, io::stdin().is_terminal())
}

/// The paths in a list: one a line, or ended by NULs as `find -print0` writes them; `-` is standard input.
///
/// # Errors
/// [`ErrorKind::Io`] if the list can not be read, [`ErrorKind::Data`] if it is not UTF-8 or larger than 256 MB,
/// [`ErrorKind::NothingFound`] if it is empty.
pub fn listed(list: &Path) -> Result<Vec<PathBuf>> {
    const MAX: u64 = 256 << 20;
    let input = if list.as_os_str() == "-" { Input::Stdin } else { Input::File(list.to_path_buf()) };
    let mut bytes = Vec::new();
    input.open()?.take(MAX).read_to_end(&mut bytes).map_err(|e| Error::io(list, "read the list", e))?;
    let text = String::from_utf8(bytes).ok().filter(|t| (t.len() as u64) < MAX);
    let text = text.ok_or_else(|| Error::data("no list of paths in UTF-8 of less than 256 MB").in_file(list))?;
    let end = if text.contains('\0') { '\0' } else { '\n' };
    let lines = text.split(end).map(|l| l.strip_suffix('\r').unwrap_or(l)).filter(|l| !l.trim().is_empty());
    let paths: Vec<PathBuf> = lines.map(PathBuf::from).collect();
    if paths.is_empty() {
        return Err(Error::new(ErrorKind::NothingFound, "this list names no file").in_file(list));
    }
    if input == Input::Stdin && paths.iter().any(|p| p.as_os_str() == "-") {
        return Err(Error::usage("\"-\" comes twice; standard input can be read once"));
    }
    Ok(paths)
}

fn expand_from(arguments: &[PathBuf], terminal: bool) -> Result<Vec<Input>> {
    if arguments.is_empty() {
        if terminal {
            return Err(Error::usage("nothing to read; name files or folders, or pipe text in"));
        }
        return Ok(vec![Input::Stdin]);
    }
    let mut inputs = Vec::new();
    for argument in arguments {
        if argument.as_os_str() == "-" {
            if inputs.contains(&Input::Stdin) {
                return Err(Error::usage("\"-\" comes twice; standard input can be read once"));
            }
            inputs.push(Input::Stdin);
        } else {
            inputs.extend(files(argument)?.into_iter().map(Input::File));
        }
    }
    let mut seen = BTreeSet::new();
    inputs.retain(|input| match input {
        Input::Stdin => true,
        Input::File(path) => seen.insert(path.clone()),
    });
    Ok(inputs)
}

/// The files that one argument names.
fn files(argument: &Path) -> Result<Vec<PathBuf>> {
    match argument.metadata() {
        Ok(metadata) => file_or_folder(argument, &metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound && is_pattern(argument) => matches(argument),
        Err(error) => Err(Error::io(argument, "read", error)),
    }
}

fn file_or_folder(path: &Path, metadata: &Metadata) -> Result<Vec<PathBuf>> {
    if metadata.is_dir() {
        return folder(path);
    }
    check_regular(path, metadata)?;
    Ok(vec![path.to_path_buf()])
}

fn check_regular(path: &Path, metadata: &Metadata) -> Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let message = "not a regular file; pipe it in and name \"-\" instead";
    Err(Error::new(ErrorKind::Io, message).in_file(path))
}

fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '['])
}

fn matches(pattern: &Path) -> Result<Vec<PathBuf>> {
    let text = pattern.to_str().unwrap_or_default();
    let options = MatchOptions { require_literal_leading_dot: true, ..MatchOptions::new() };
    let found =
        glob::glob_with(text, options).map_err(|e| Error::usage(format!("bad pattern: {e}")).in_file(pattern))?;
    let mut files = Vec::new();
    for path in found {
        let path = path.map_err(|e| {
            let path = e.path().to_path_buf();
            Error::io(&path, "read", e.into())
        })?;
        let metadata = path.metadata().map_err(|e| Error::io(&path, "read", e))?;
        if metadata.is_file() || metadata.is_dir() {
            files.extend(file_or_folder(&path, &metadata)?);
        }
    }
    if files.is_empty() {
        return Err(Error::new(ErrorKind::NothingFound, "no file matches this pattern").in_file(pattern));
    }
    Ok(files)
}

fn folder(root: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let is_hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
    let walk = WalkDir::new(root).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(|e| e.depth() == 0 || !is_hidden(e.file_name())) {
        let entry = entry.map_err(|e| {
            let path = e.path().unwrap_or(root).to_path_buf();
            Error::io(&path, "read", e.into())
        })?;
        // Links to files are followed, links to folders are not: they could lead in circles.
        if is_article(entry.path()) && entry.path().is_file() {
            files.push(entry.into_path());
        }
    }
    if files.is_empty() {
        let message = format!(
            "no file in this folder ends in .{} or an archive's ending, with or without .{}",
            InputFormat::ENDINGS.join(", ."),
            COMPRESSION_ENDINGS.join(", .")
        );
        return Err(Error::new(ErrorKind::NothingFound, message).in_file(root));
    }
    Ok(files)
}

/// Whether a file of a folder is taken, by its ending: a format or an archive, or either compressed.
fn is_article(path: &Path) -> bool {
    let ending = |p: &Path| p.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let mut path = path.to_path_buf();
    let mut last = ending(&path);
    while COMPRESSION_ENDINGS.contains(&last.as_str()) {
        path.set_extension("");
        last = ending(&path);
    }
    InputFormat::ENDINGS.contains(&last.as_str()) || ARCHIVE_ENDINGS.contains(&last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for name in ["b.txt", "a.jsonl", "c.md", ".hidden.txt", "d/e.CSV", "d/.x/y.txt", "f/none.md"] {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "text\nHe said it.\n").unwrap();
        }
        root
    }

    fn names(root: &Path, arguments: &[&str]) -> Result<Vec<String>> {
        let arguments: Vec<PathBuf> =
            arguments.iter().map(|a| if *a == "-" { a.into() } else { root.join(a) }).collect();
        let short = |i: Input| i.name().replace(&format!("{}/", root.display()), "");
        Ok(expand_from(&arguments, true)?.into_iter().map(short).collect())
    }

    #[test]
    fn arguments_are_expanded_in_order() {
        let root = tree();
        let names = |arguments: &[&str]| names(root.path(), arguments).unwrap();
        assert_eq!(names(&[""]), ["a.jsonl", "b.txt", "d/e.CSV"]);
        assert_eq!(names(&["c.md", "-", "d", "b.txt", "b.txt"]), ["c.md", "<stdin>", "d/e.CSV", "b.txt"]);
        assert_eq!(names(&["*.[jt]*"]), ["a.jsonl", "b.txt"].map(str::to_owned).to_vec(), "hidden files stay hidden")
    }

    #[test]
    fn what_is_not_there_is_named() {
        let root = tree();
        let kind = |a: &[&str]| names(root.path(), a).unwrap_err().kind().clone();
        assert_eq!(kind(&["x.txt"]), ErrorKind::Io);
        assert_eq!(kind(&["*.xml"]), ErrorKind::NothingFound);
        assert_eq!(kind(&["f"]), ErrorKind::NothingFound);
        assert_eq!(kind(&["-", "-"]), ErrorKind::Usage);
        assert_eq!(kind(&[]), ErrorKind::Usage);
        assert_eq!(expand_from(&[], false).unwrap(), [Input::Stdin]);
        let error = names(root.path(), &["x.txt"]).unwrap_err();
        assert!(error.position().path.as_ref().is_some_and(|p| p.ends_with("x.txt")));
        #[cfg(unix)]
        assert_eq!(*expand_from(&["/dev/zero".into()], true).unwrap_err().kind(), ErrorKind::Io);
    }

    #[test]
    fn broken_inputs_do_not_stop_the_others() {
        let root = tree();
        let inputs = [Input::File(root.path().join("gone.txt")), Input::File(root.path().join("d/e.CSV"))];
        let options = ReadOptions::default();
        let found = documents(&inputs, &options);
        assert!(found[0].is_err());
        assert_eq!(found[1].as_ref().unwrap().text, "He said it.");
    }
}
