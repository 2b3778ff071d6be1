//! Which files do arguments name? And is none of them the file that is written?

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use glob::MatchOptions;
use walkdir::WalkDir;

use crate::cli::input::{Input, check_regular};
use crate::document::{ARCHIVE_ENDINGS, COMPRESSION_ENDINGS, InputFormat};
use crate::error::{Error, ErrorKind, Result};

/// What arguments name.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What is to be read, in order, each real file once.
    pub(super) inputs: Vec<Input>,
    /// Paths of lists and parts of folders that can not be read.
    pub(super) faults: Vec<Error>,
    /// Links to folders, links to nothing, pipes and devices that are passed over in folders and under patterns.
    pub(super) n_links: u64,
    /// Whether the file that is written would have been read.
    pub(super) has_output: bool,
}

/// Looks for files.
#[derive(Debug, Default)]
pub(super) struct Search {
    found: Found,
    /// Where results are written.
    own: Vec<PathBuf>,
    seen: BTreeSet<PathBuf>,
    /// Files that were come by.
    n_files: u64,
}

impl Search {
    /// For a run that writes to `output`: that file, and what it is made from, are never read.
    pub(super) fn new(output: Option<&Path>) -> Self {
        Self { own: output.map(written).unwrap_or_default(), ..Self::default() }
    }

    /// Takes what `arguments` name, in their order: files as they are; folders with everything below that ends as
    /// [`InputFormat::ENDINGS`] and those of archives and compressions say, sorted, without hidden files; patterns (`*`, `?`,
    /// `[...]`) where no such file exists; `-` for standard input. No argument is standard input, unless that is a terminal.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] for a path that is missing, can not be read or is neither file nor folder;
    /// [`ErrorKind::NothingFound`] if a folder or pattern yields nothing; [`ErrorKind::Usage`] if there is no argument and
    /// nothing is piped in, a pattern is malformed, `-` comes twice, or the output is named.
    pub(super) fn arguments(&mut self, arguments: &[PathBuf]) -> Result<()> {
        self.arguments_from(arguments, io::stdin().is_terminal())
    }

    fn arguments_from(&mut self, arguments: &[PathBuf], terminal: bool) -> Result<()> {
        if arguments.is_empty() {
            if terminal {
                return Err(Error::usage("nothing to read; name files or folders, or pipe text in"));
            }
            self.found.inputs.push(Input::Stdin);
        }
        arguments.iter().try_for_each(|argument| {
            if self.own.contains(&real(argument)) && !argument.is_dir() {
                return Err(is_input(argument));
            }
            self.argument(argument)
        })
    }

    /// Takes the paths of a list. One that can not be read is a fault, and the others follow.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] as [`Search::arguments`].
    pub(super) fn list(&mut self, paths: &[PathBuf]) -> Result<()> {
        paths.iter().try_for_each(|path| match self.argument(path) {
            Err(error) if *error.kind() != ErrorKind::Usage => {
                self.found.faults.push(error);
                Ok(())
            }
            result => result,
        })
    }

    /// What was found.
    pub(super) fn found(self) -> Found {
        self.found
    }

    fn argument(&mut self, argument: &Path) -> Result<()> {
        if argument.as_os_str() == "-" {
            if self.found.inputs.contains(&Input::Stdin) {
                return Err(twice());
            }
            self.found.inputs.push(Input::Stdin);
            return Ok(());
        }
        match argument.metadata() {
            Ok(metadata) if metadata.is_dir() => self.folder(argument),
            Ok(metadata) => {
                check_regular(argument, &metadata)?;
                self.file(argument.to_path_buf());
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && is_pattern(argument) => self.pattern(argument),
            Err(error) => Err(Error::io(argument, "read", error)),
        }
    }

    /// Takes a file, unless it is taken already or written by this run.
    fn file(&mut self, path: PathBuf) {
        self.n_files += 1;
        let real = real(&path);
        match self.own.iter().position(|own| *own == real) {
            Some(at) => self.found.has_output |= at == 0,
            None if self.seen.insert(real) => self.found.inputs.push(Input::File(path)),
            None => {}
        }
    }

    fn folder(&mut self, root: &Path) -> Result<()> {
        let mut any = false;
        for entry in WalkDir::new(root).sort_by_file_name().into_iter().filter_entry(|e| !is_hidden(e)) {
            let Some(path) = self.entry(entry, root)? else { continue };
            // Links to files are followed, links to folders are not: they could lead in circles.
            if path.is_file() && is_article(&path) {
                any = true;
                self.file(path);
            }
        }
        if any {
            return Ok(());
        }
        let message = format!(
            "no file in this folder ends in .{} or an archive's ending, with or without .{}",
            InputFormat::ENDINGS.join(", ."),
            COMPRESSION_ENDINGS.join(", .")
        );
        Err(Error::new(ErrorKind::NothingFound, message).in_file(root))
    }

    /// The path of what stands in a folder; `None` for what is passed over.
    fn entry(&mut self, entry: walkdir::Result<walkdir::DirEntry>, root: &Path) -> Result<Option<PathBuf>> {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let (path, is_root) = (error.path().unwrap_or(root).to_path_buf(), error.depth() == 0);
                let error = Error::io(&path, "read", error.into());
                return if is_root {
                    Err(error)
                } else {
                    self.found.faults.push(error);
                    Ok(None)
                };
            }
        };
        if entry.depth() > 0 && !entry.file_type().is_dir() && !entry.path().is_file() {
            self.found.n_links += 1;
            return Ok(None);
        }
        Ok(Some(entry.into_path()))
    }

    fn pattern(&mut self, pattern: &Path) -> Result<()> {
        let text = pattern.to_str().unwrap_or_default();
        let n = self.n_files;
        if text.split('/').any(|part| part == "**") {
            self.below(pattern, text)?
        } else {
            self.beside(pattern, text)?
        }
        if self.n_files == n {
            return Err(Error::new(ErrorKind::NothingFound, "no file matches this pattern").in_file(pattern));
        }
        Ok(())
    }

    /// The matches of a pattern without `**`.
    fn beside(&mut self, pattern: &Path, text: &str) -> Result<()> {
        for path in glob::glob_with(text, MATCHING).map_err(|e| malformed(pattern, &e))? {
            let path = path.map_err(|e| {
                let path = e.path().to_path_buf();
                Error::io(&path, "read", e.into())
            })?;
            self.matched(path)?;
        }
        Ok(())
    }

    /// The matches of a pattern with `**`. The crate `glob` follows links to folders there, which can lead in circles.
    fn below(&mut self, pattern: &Path, text: &str) -> Result<()> {
        // "a/**" means what is in all folders there.
        let is_open = text.ends_with("**");
        let text = if is_open { format!("{text}/*") } else { text.to_owned() };
        let compiled = glob::Pattern::new(&text).map_err(|e| malformed(pattern, &e))?;
        let fixed: PathBuf = Path::new(&text).components().take_while(|c| !is_pattern(c.as_ref())).collect();
        let is_here = fixed.as_os_str().is_empty();
        let root = if is_here { PathBuf::from(".") } else { fixed };
        for entry in WalkDir::new(&root).sort_by_file_name().into_iter().filter_entry(|e| !is_hidden(e)) {
            let Some(path) = self.entry(entry, &root)? else { continue };
            let path = if is_here { path.strip_prefix(".").map(Path::to_path_buf).unwrap_or(path) } else { path };
            if compiled.matches_path_with(&path, MATCHING) && (!is_open || path.is_file() && is_article(&path)) {
                self.matched(path)?;
            }
        }
        Ok(())
    }

    fn matched(&mut self, path: PathBuf) -> Result<()> {
        match path.metadata() {
            Ok(metadata) if metadata.is_file() => self.file(path),
            // A folder without articles among others is no fault.
            Ok(metadata) if metadata.is_dir() => match self.folder(&path) {
                Err(error) if *error.kind() == ErrorKind::NothingFound => {}
                result => return result,
            },
            _ => self.found.n_links += 1,
        }
        Ok(())
    }
}

const MATCHING: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

fn malformed(pattern: &Path, error: &glob::PatternError) -> Error {
    Error::usage(format!("bad pattern: {error}")).in_file(pattern)
}

fn twice() -> Error {
    Error::usage("\"-\" comes twice; standard input can be read once")
}

fn is_input(path: &Path) -> Error {
    Error::usage("this file is read and would be written over; name another one with --output").in_file(path)
}

/// Refuses to write to `output` if that is one of the files that are read: it would be lost.
///
/// # Errors
/// [`ErrorKind::Usage`] naming the file.
pub(super) fn keep_apart<'p>(output: &Path, inputs: impl IntoIterator<Item = &'p Path>) -> Result<()> {
    let own = written(output);
    inputs.into_iter().find(|input| own.contains(&real(input))).map_or(Ok(()), |input| Err(is_input(input)))
}

/// The files that a run writes with its results in `output`: that, and what it grows in.
fn written(output: &Path) -> Vec<PathBuf> {
    if output.as_os_str() == "-" {
        return Vec::new();
    }
    let output = real(output);
    let beside = |ending: &str| {
        let mut name = output.clone().into_os_string();
        name.push(ending);
        PathBuf::from(name)
    };
    let parts = [".part", ".part.json", ".part.json.new"].map(beside);
    std::iter::once(output).chain(parts).collect()
}

/// The path without links; of a file that is not there yet, that of its folder with its name.
fn real(path: &Path) -> PathBuf {
    let folder = || {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(folder.canonicalize().ok()?.join(path.file_name()?))
    };
    path.canonicalize().ok().or_else(folder).unwrap_or_else(|| path.to_path_buf())
}

/// The paths in a list: one a line, or ended by NULs as `find -print0` writes them; `-` is standard input.
///
/// # Errors
/// [`ErrorKind::Io`] if the list can not be read, [`ErrorKind::Data`] if it is not UTF-8 or larger than 256 MB,
/// [`ErrorKind::NothingFound`] if it is empty.
pub(super) fn listed(list: &Path) -> Result<Vec<PathBuf>> {
    use std::io::Read;
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
        return Err(twice());
    }
    Ok(paths)
}

fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '['])
}

fn is_hidden(entry: &walkdir::DirEntry) -> bool {
    entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.')
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

    fn found(root: &Path, arguments: &[&str], output: Option<&str>) -> Result<Found> {
        let arguments: Vec<PathBuf> =
            arguments.iter().map(|a| if *a == "-" { a.into() } else { root.join(a) }).collect();
        let mut search = Search::new(output.map(|o| root.join(o)).as_deref());
        search.arguments_from(&arguments, true)?;
        Ok(search.found())
    }

    fn short(root: &Path, found: &Found) -> Vec<String> {
        found.inputs.iter().map(|i| i.name().replace(&format!("{}/", root.display()), "")).collect()
    }

    #[test]
    fn arguments_are_expanded_in_order() {
        let root = tree();
        let names = |arguments: &[&str]| short(root.path(), &found(root.path(), arguments, None).unwrap());
        assert_eq!(names(&[""]), ["a.jsonl", "b.txt", "d/e.CSV"]);
        assert_eq!(names(&["c.md", "-", "d", "b.txt", "b.txt"]), ["c.md", "<stdin>", "d/e.CSV", "b.txt"]);
        assert_eq!(names(&["*.[jt]*"]), ["a.jsonl", "b.txt"].map(str::to_owned).to_vec(), "hidden files stay hidden");
        assert_eq!(names(&["**/*.CSV", "**"]), ["d/e.CSV", "a.jsonl", "b.txt"]);
        assert_eq!(names(&["**/d"]), ["d/e.CSV"], "a folder under a pattern");
    }

    #[test]
    fn what_is_not_there_is_named() {
        let root = tree();
        let kind = |a: &[&str]| found(root.path(), a, None).unwrap_err().kind().clone();
        assert_eq!(kind(&["x.txt"]), ErrorKind::Io);
        assert_eq!(kind(&["*.xml"]), ErrorKind::NothingFound);
        assert_eq!(kind(&["**/*.xml"]), ErrorKind::NothingFound);
        assert_eq!(kind(&["b.txt", "*.xml"]), ErrorKind::NothingFound);
        assert_eq!(kind(&["f"]), ErrorKind::NothingFound);
        assert_eq!(kind(&["-", "-"]), ErrorKind::Usage);
        assert_eq!(kind(&[]), ErrorKind::Usage);
        let mut piped = Search::default();
        piped.arguments_from(&[], false).unwrap();
        assert_eq!(piped.found().inputs, [Input::Stdin]);
        let error = found(root.path(), &["x.txt"], None).unwrap_err();
        assert!(error.position().path.as_ref().is_some_and(|p| p.ends_with("x.txt")));
        #[cfg(unix)]
        assert_eq!(*Search::default().argument(Path::new("/dev/zero")).unwrap_err().kind(), ErrorKind::Io);
    }

    #[test]
    fn what_is_written_is_not_read() {
        let root = tree();
        for name in ["d/e.CSV.part", "d/e.CSV.part.json"] {
            std::fs::write(root.path().join(name), "text\nHe said it.\n").unwrap();
        }
        let all = found(root.path(), &[""], Some("d/e.CSV")).unwrap();
        assert!(all.has_output);
        assert_eq!(short(root.path(), &all), ["a.jsonl", "b.txt"]);
        assert_eq!(
            short(root.path(), &found(root.path(), &["b.txt", "d/*"], Some("d/../d/e.CSV")).unwrap()),
            ["b.txt"]
        );
        assert!(!found(root.path(), &[""], Some("new.csv")).unwrap().has_output);
        let kind = |a: &str, o: &str| found(root.path(), &[a], Some(o)).unwrap_err().kind().clone();
        assert_eq!(kind("b.txt", "d/../b.txt"), ErrorKind::Usage);
        assert_eq!(kind("d/e.CSV.part", "d/e.CSV"), ErrorKind::Usage);
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(root.path().join("b.txt"), root.path().join("link.txt")).unwrap();
            assert_eq!(kind("b.txt", "link.txt"), ErrorKind::Usage, "through the link");
            let path = |name: &str| root.path().join(name);
            assert!(keep_apart(&path("b.txt"), [path("a.jsonl").as_path(), &path("link.txt")]).is_err());
            assert!(keep_apart(&path("new.txt"), [path("a.jsonl").as_path(), &path("link.txt")]).is_ok());
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_nowhere_twice() {
        use std::os::unix::fs::symlink;
        let root = tree();
        let path = |name: &str| root.path().join(name);
        symlink("..", path("d/up")).unwrap();
        symlink("..", path("d/again")).unwrap();
        symlink("gone", path("d/dead.txt")).unwrap();
        symlink("../b.txt", path("d/b.txt")).unwrap();
        for (arguments, want, n_links) in [
            (&["d"][..], &["d/b.txt", "d/e.CSV"][..], 3),
            (&["d/**/*.txt"], &["d/b.txt"], 3),
            (&["b.txt", "d/*.txt"], &["b.txt"], 1),
            (&["d/**"], &["d/b.txt", "d/e.CSV"], 3),
        ] {
            let found = found(root.path(), arguments, None).unwrap();
            assert_eq!(
                (short(root.path(), &found), found.n_links),
                (want.iter().map(|w| (*w).to_owned()).collect(), n_links)
            );
        }
    }

    #[test]
    fn a_list_goes_on_after_what_is_missing() {
        let root = tree();
        let path = |name: &str| root.path().join(name);
        let mut search = Search::new(None);
        search.list(&[path("gone.txt"), path("b.txt"), path("f"), path("d")]).unwrap();
        let found = search.found();
        assert_eq!(short(root.path(), &found), ["b.txt", "d/e.CSV"]);
        assert_eq!(
            found.faults.iter().map(Error::kind).collect::<Vec<_>>(),
            [&ErrorKind::Io, &ErrorKind::NothingFound]
        );
    }
}
