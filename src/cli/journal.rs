//! Results on their way into a file: what is written so far stands beside it, with a note of how far that is, so that a
//! run that was stopped, by a signal or by a power cut, can go on where it was.

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::cli::articles::Tally;
use crate::cli::output::Target;
use crate::error::{Error, Result};

/// Time between two notes; what is done after the last one is done again.
const INTERVAL: Duration = Duration::from_millis(500);
/// Cap on a note.
const MAX_NOTE: u64 = 64 << 20;

/// How far a run is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Note {
    /// What the run is asked for, and of which files: a hash.
    run: String,
    /// Articles and broken records that are through.
    pub(super) n_items: u64,
    /// Bytes of results.
    n_bytes: u64,
    /// What they came to.
    pub(super) tally: Tally,
}

/// Makes the file that is wanted from the results.
type Convert<'a> = dyn Fn(File, &mut Target) -> Result<()> + 'a;

/// The results of a run, on their way into the file at `path`.
pub(super) struct Journal {
    path: PathBuf,
    part: PathBuf,
    note: PathBuf,
    file: BufWriter<File>,
    run: String,
    n_bytes: u64,
    noted: Instant,
}

impl Journal {
    /// For results in `path`. With `resume`, goes on where a run of the same kind (`run`, a hash) was stopped: gives its note.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Io`] if the file can not be written, [`crate::error::ErrorKind::Usage`] if the stopped run was another one.
    pub(super) fn new(path: &Path, run: String, resume: bool) -> Result<(Self, Option<Note>)> {
        // A link stays a link: what it leads to is written.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        if path.is_dir() {
            return Err(Error::io(&path, "write", io::Error::other("this is a folder")));
        }
        let beside = |ending: &str| {
            let mut name = path.file_name().unwrap_or_default().to_os_string();
            name.push(ending);
            path.with_file_name(name)
        };
        let (part, note) = (beside(".part"), beside(".part.json"));
        let old = if resume { read_note(&note)? } else { None };
        if let Some(old) = &old
            && old.run != run
        {
            let message = "the run that was stopped read other files, or was asked for something else; use the same \
                           arguments, or leave out --resume to start anew";
            return Err(Error::usage(message).in_file(&part));
        }
        let fault = |e| Error::io(&path, "write", e);
        let file = match &old {
            None => {
                // What an older run left must not be taken for ours.
                remove(&note).map_err(fault)?;
                File::create(&part).map_err(fault)?
            }
            Some(old) => {
                let mut file = File::options().write(true).open(&part).map_err(|e| Error::io(&part, "go on in", e))?;
                if file.metadata().map_err(fault)?.len() < old.n_bytes {
                    let message = "shorter than the run that was stopped had noted; leave out --resume to start anew";
                    return Err(Error::data(message).in_file(&part));
                }
                file.set_len(old.n_bytes).map_err(fault)?;
                file.seek(SeekFrom::End(0)).map_err(fault)?;
                file
            }
        };
        let n_bytes = old.as_ref().map_or(0, |o| o.n_bytes);
        let file = BufWriter::with_capacity(1 << 16, file);
        Ok((Self { path, part, note, file, run, n_bytes, noted: Instant::now() }, old))
    }

    /// Whether a note is due.
    pub(super) fn is_due(&self) -> bool {
        self.noted.elapsed() >= INTERVAL
    }

    /// Notes that `n_items` are through and all their results written.
    pub(super) fn note(&mut self, n_items: u64, tally: &Tally) -> Result<()> {
        let note = Note { run: self.run.clone(), n_items, n_bytes: self.n_bytes, tally: tally.clone() };
        let mut write = || -> io::Result<()> {
            self.file.flush()?;
            self.file.get_ref().sync_data()?;
            // Always of one name: a run that is killed here leaves nothing that nobody would find.
            let new = self.note.with_extension("json.new");
            let mut file = File::create(&new)?;
            file.write_all(&serde_json::to_vec(&note)?)?;
            file.sync_data()?;
            fs::rename(&new, &self.note)
        };
        write().map_err(|e| Error::io(&self.note, "write", e))?;
        self.noted = Instant::now();
        Ok(())
    }

    /// Where the results are until all are there.
    pub(super) fn part(&self) -> &Path {
        &self.part
    }

    /// Something went wrong: with a note the run can go on when that is mended; without one nothing is left behind.
    pub(super) fn fail(self) {
        if !self.note.exists() {
            let _ = remove(&self.note.with_extension("json.new"));
            let _ = remove(&self.part);
        }
    }

    /// All results are written: the file takes its name. `convert` makes something else of them.
    pub(super) fn finish(mut self, convert: Option<&Convert<'_>>) -> Result<()> {
        let fault = |e| Error::io(&self.path, "write", e);
        self.file.flush().map_err(fault)?;
        match convert {
            None => {
                self.file.get_ref().sync_all().map_err(fault)?;
                fs::rename(&self.part, &self.path).map_err(fault)?;
            }
            Some(convert) => {
                let results = File::open(&self.part).map_err(fault)?;
                let mut target = Target::new(&self.path).map_err(fault)?;
                convert(results, &mut target).map_err(|e| e.in_file(&self.path))?;
                target.finish().map_err(fault)?;
                remove(&self.part).map_err(fault)?;
            }
        }
        remove(&self.note.with_extension("json.new")).map_err(fault)?;
        remove(&self.note).map_err(fault)
    }
}

impl Write for Journal {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.file.write(bytes)?;
        self.n_bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn read_note(path: &Path) -> Result<Option<Note>> {
    let bytes = match File::open(path) {
        Ok(file) => {
            let mut bytes = Vec::new();
            io::Read::read_to_end(&mut io::Read::take(file, MAX_NOTE), &mut bytes)
                .map_err(|e| Error::io(path, "read", e))?;
            bytes
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io(path, "read", error)),
    };
    let note = serde_json::from_slice(&bytes);
    note.map(Some).map_err(|e| {
        let message = "no note of a run that was stopped; leave out --resume to start anew";
        Error::data(message).in_file(path).caused_by(e)
    })
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}
