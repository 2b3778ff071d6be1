//! Arguments that name inputs: files, folders, patterns, `-`.

use std::collections::BTreeSet;
use std::fs::{File, Metadata};
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use glob::MatchOptions;
use walkdir::WalkDir;

use crate::document::{Document, Documents, ReadOptions, STDIN, read_documents};
use crate::error::{Error, ErrorKind, Result};

/// Endings of the files that are taken from folders.
pub const ENDINGS: [&str; 6] = ["txt", "text", "jsonl", "ndjson", "json", "csv"];

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

    /// Its bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] naming the path if it can not be opened or is no regular file.
    pub fn open(&self) -> Result<Box<dyn Read + Send>> {
        match self {
            Input::Stdin => Ok(Box::new(io::stdin())),
            Input::File(path) => {
                let fault = |e| Error::io(path, "open", e);
                // Looked at before opening: a named pipe would block.
                check_regular(path, &path.metadata().map_err(fault)?)?;
                Ok(Box::new(File::open(path).map_err(fault)?))
            }
        }
    }

    /// Its articles.
    ///
    /// # Errors
    /// As [`Input::open`] and [`read_documents`].
    pub fn documents(&self, options: &ReadOptions) -> Result<Documents<'static>> {
        read_documents(&self.name(), self.open()?, options)
    }
}

/// The articles of all `inputs` in order. What can not be opened, and each broken record, is an error in its place; the
/// caller decides whether to go on.
pub fn documents<'a>(
    inputs: &'a [Input],
    options: &'a ReadOptions,
) -> impl Iterator<Item = Result<Document>> + Send + 'a {
    inputs.iter().flat_map(|input| {
        let (documents, error) = match input.documents(options) {
            Ok(documents) => (Some(documents), None),
            Err(error) => (None, Some(Err(error))),
        };
        documents.into_iter().flatten().chain(error)
    })
}

/// What `arguments` name, in their order, each file once: files as they are; folders with everything below that ends as
/// [`ENDINGS`] say, sorted, without hidden files; patterns (`*`, `?`, `[...]`) where no such file exists; `-` for
/// standard input. No argument is standard input, unless that is a terminal.
///
/// # Errors
/// [`ErrorKind::Io`] for a path that is missing, can not be read or is neither file nor folder;
/// [`ErrorKind::NothingFound`] if a folder or pattern yields nothing; [`ErrorKind::Usage`] if there is no argument and
/// nothing is piped in, a pattern is malformed, or `-` comes twice.
pub fn expand(arguments: &[PathBuf]) -> Result<Vec<Input>> {
    expand_from(arguments, io::stdin().is_terminal())
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
        let ending = entry.path().extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        // Links to files are followed, links to folders are not: they could lead in circles.
        if ENDINGS.contains(&ending.as_str()) && entry.path().is_file() {
            files.push(entry.into_path());
        }
    }
    if files.is_empty() {
        let message = format!("no file in this folder ends in .{}", ENDINGS.join(", ."));
        return Err(Error::new(ErrorKind::NothingFound, message).in_file(root));
    }
    Ok(files)
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
        let found: Vec<Result<Document>> = documents(&inputs, &options).collect();
        assert!(found[0].is_err());
        assert_eq!(found[1].as_ref().unwrap().text, "He said it.");
    }
}
