//! Where the results of a run go: straight to a stream, or into a file by way of its journal.

use std::io::Write;
#[cfg(feature = "parquet")]
use std::io::{IsTerminal, stdout};
use std::path::Path;

use anstream::adapter::strip_bytes;

use crate::cli::articles::Tally;
use crate::cli::journal::{Journal, Note};
use crate::cli::options::RecordFormat;
use crate::cli::output::{Output, write_error};
use crate::error::{Error, Result};
#[cfg(feature = "parquet")]
use crate::report::arrow::{Batches, Target, convert};
#[cfg(feature = "parquet")]
use crate::report::columns::Cell;
use crate::report::columns::{Columns, Field};

/// The results of one article.
pub(super) enum Rendered {
    /// As they stand in the output.
    Bytes(Vec<u8>),
    /// As rows of columns.
    #[cfg(feature = "parquet")]
    Rows(Vec<Vec<Cell>>),
}

enum Place {
    Stream(Output),
    File(Box<Journal>),
    /// Parquet has to be made from the whole.
    #[cfg(feature = "parquet")]
    Spool(std::fs::File, Output),
}

/// The way of results out of the program.
pub(super) struct Sink {
    place: Place,
    is_page: bool,
    #[cfg(feature = "parquet")]
    batches: Option<(Batches, Target)>,
    /// Whether all results handed in are written, not some of them waiting for a batch to fill.
    settled: bool,
}

impl Sink {
    /// Into `path`, or to standard output. `head` goes before all results. With `resume`, goes on where the same run (by
    /// its `fingerprint`) was stopped; then its note comes with it.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Usage`] for columns on a terminal, or if there is nothing that could go on;
    /// [`crate::error::ErrorKind::Io`] if nothing can be written.
    pub(super) fn new(
        format: RecordFormat,
        path: Option<&Path>,
        columns: Option<&Columns>,
        head: &[u8],
        resume: bool,
        fingerprint: &dyn Fn() -> String,
    ) -> Result<(Self, Option<Note>)> {
        let is_page = format == RecordFormat::Table && columns.is_some();
        let file = path.filter(|p| p.as_os_str() != "-" && !p.metadata().is_ok_and(|m| !m.is_file() && !m.is_dir()));
        if resume && file.is_none() {
            return Err(Error::usage("--resume needs a file to go on with; name it with --output"));
        }
        let (place, note) = match file {
            Some(path) => {
                let (journal, note) = Journal::new(path, fingerprint(), resume)?;
                (Place::File(Box::new(journal)), note)
            }
            None => (Self::stream(format, path, is_page)?, None),
        };
        let fields = columns.map(Columns::fields).unwrap_or_default();
        let mut sink = Self::assembled(place, format, is_page, fields, note.is_some())?;
        if note.is_none() && !head.is_empty() {
            sink.put(head)?;
        }
        Ok((sink, note))
    }

    /// As [`Sink::new`] for a run of seconds, which can not be resumed: a file appears when it is complete. `fields`: the
    /// columns.
    pub(super) fn unnoted(format: RecordFormat, path: Option<&Path>, fields: &[Field], head: &[u8]) -> Result<Self> {
        let is_page = format == RecordFormat::Table;
        let place = match Self::stream(format, path, is_page)? {
            #[cfg(feature = "parquet")]
            Place::Stream(output @ Output::File(_)) if format.target().is_some() => Place::Spool(spool()?, output),
            place => place,
        };
        let mut sink = Self::assembled(place, format, is_page, fields, false)?;
        sink.put(head)?;
        Ok(sink)
    }

    #[cfg_attr(not(feature = "parquet"), expect(unused_variables, reason = "there are no columns"))]
    fn assembled(place: Place, format: RecordFormat, is_page: bool, fields: &[Field], goes_on: bool) -> Result<Self> {
        #[cfg(feature = "parquet")]
        let batches = match format.target() {
            Some(target) => Some((Batches::new(fields, goes_on)?, target)),
            None => None,
        };
        Ok(Self {
            place,
            is_page,
            #[cfg(feature = "parquet")]
            batches,
            settled: true,
        })
    }

    fn stream(format: RecordFormat, path: Option<&Path>, is_page: bool) -> Result<Place> {
        #[cfg(feature = "parquet")]
        if let Some(target) = format.target() {
            if path.is_none_or(|p| p.as_os_str() == "-") && stdout().is_terminal() {
                return Err(Error::usage("columns are no text; name a file with --output, or pipe them on"));
            }
            let output = Output::new(path, false)?;
            return Ok(match target {
                Target::Arrow => Place::Stream(output),
                Target::Parquet => Place::Spool(spool()?, output),
            });
        }
        let is_json = format == RecordFormat::Jsonl;
        Ok(Place::Stream(if is_page { Output::new(path, true)? } else { Output::data(path, is_json)? }))
    }

    /// Writes the results of one article.
    pub(super) fn write(&mut self, rendered: Rendered) -> Result<()> {
        match rendered {
            Rendered::Bytes(bytes) => self.put(&bytes),
            #[cfg(feature = "parquet")]
            Rendered::Rows(rows) => {
                let Some((batches, _)) = &mut self.batches else { return Ok(()) };
                let bytes = batches.push(rows)?;
                self.settled = bytes.is_some();
                self.put(&bytes.unwrap_or_default())
            }
        }
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        match &mut self.place {
            Place::Stream(output) => output.write_all(bytes),
            // A page in a file never has colour.
            Place::File(journal) if self.is_page => journal.write_all(&strip_bytes(bytes).into_vec()),
            Place::File(journal) => journal.write_all(bytes),
            #[cfg(feature = "parquet")]
            Place::Spool(file, _) => file.write_all(bytes),
        }
        .map_err(write_error)
    }

    /// Notes from time to time how far the run is: `n_items` are through.
    pub(super) fn settle(&mut self, n_items: u64, tally: &Tally) -> Result<()> {
        match &mut self.place {
            Place::File(journal) if self.settled && journal.is_due() => journal.note(n_items, tally),
            _ => Ok(()),
        }
    }

    /// Keeps what is written of a run that was stopped; says where it is. One that is stopped again before it came to where
    /// it was (`n_done` were through then) stays as it was. `goes_on`: whether `--resume` can go on with this run.
    pub(super) fn stop(mut self, n_items: u64, n_done: u64, tally: &Tally, goes_on: bool) -> Result<String> {
        if let Place::File(journal) = &mut self.place
            && self.settled
            && n_items > n_done
        {
            journal.note(n_items, tally)?;
        }
        match self.place {
            Place::File(journal) => {
                let more = if goes_on { "; the same command with --resume goes on" } else { "" };
                Ok(format!("results so far are in {}{more}", journal.part().display()))
            }
            Place::Stream(output) => output.finish().map(|()| "their results are written".to_owned()),
            #[cfg(feature = "parquet")]
            Place::Spool(..) => Ok("nothing is written, as Parquet is made from the whole".to_owned()),
        }
    }

    /// Something went wrong: what could go on stays, else nothing.
    pub(super) fn fail(self) {
        if let Place::File(journal) = self.place {
            journal.fail();
        }
    }

    /// All results are there.
    #[cfg_attr(not(feature = "parquet"), allow(unused_mut, reason = "only columns have something left to write"))]
    pub(super) fn finish(mut self) -> Result<()> {
        #[cfg(feature = "parquet")]
        if let Some((batches, target)) = self.batches.take() {
            let rest = batches.finish()?;
            self.put(&rest)?;
            return match self.place {
                Place::Stream(output) => output.finish(),
                Place::File(journal) => journal.finish(Some(&|stream, file| convert(stream, target, file))),
                Place::Spool(mut file, mut output) => {
                    std::io::Seek::rewind(&mut file).map_err(write_error)?;
                    convert(file, target, &mut output)?;
                    output.finish()
                }
            };
        }
        match self.place {
            Place::Stream(output) => output.finish(),
            Place::File(journal) => journal.finish(None),
            #[cfg(feature = "parquet")]
            Place::Spool(_, output) => output.finish(),
        }
    }
}

/// Where columns wait until the whole is there.
#[cfg(feature = "parquet")]
fn spool() -> Result<std::fs::File> {
    tempfile::tempfile().map_err(|e| Error::io(Path::new("temporary file"), "make", e))
}
