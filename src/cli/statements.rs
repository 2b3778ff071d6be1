//! `demarche score --statements`: rows that are quotations already.

use std::io::{Cursor, Read};
use std::path::Path;
use std::time::Instant;

use serde_json::Value;

use crate::cli::Outcome;
use crate::cli::faults::Faults;
use crate::cli::input::Input;
use crate::cli::options::{ColumnArgs, RecordFormat};
use crate::cli::output::{say, write_error};
use crate::cli::score::Args;
use crate::cli::sink::{Rendered, Sink};
use crate::dataset::csv::{CsvOptions, StatementRow, StatementRows, read_keys, read_statements};
use crate::error::{Error, ErrorKind, Result};
use crate::features::{SparseRow, Workspace};
use crate::model::{Model, Scores};
use crate::pipeline::{
    self,
    ordered::{fetched, guarded},
};
use crate::report::statements::StatementColumns;
use crate::report::{Offsets, counted, json, text};

/// Rows that are handed to a thread at a time ...
const ROWS: usize = 512;
/// ... if their texts have no more bytes than this.
const BYTES: usize = 1 << 18;

/// What rows on one thread share.
struct State {
    workspace: Workspace,
    row: SparseRow,
    scores: Scores,
}

/// What came of some rows.
struct Done {
    rendered: Rendered,
    n_rows: usize,
    errors: Vec<Error>,
}

pub(super) fn run(args: &Args, path: &Path, model: &Model, quiet: bool) -> Result<Outcome> {
    let started = Instant::now();
    let input = if path.as_os_str() == "-" { Input::Stdin } else { Input::File(path.to_path_buf()) };
    let columns = ColumnArgs {
        text_column: args.articles.text_column.clone(),
        id_column: args.articles.id_column.clone(),
        names: args.names.clone(),
        ..ColumnArgs::default()
    };
    let options = columns.options(Some(model));
    let format = args.format();
    let mut rows = rows(&input, &options, format)?;
    for column in rows.absent().iter().filter(|_| !quiet) {
        say(&format!(
            "warning: {}: no column \"{column}\", which the model has learnt from; scored without it",
            input.name()
        ));
    }
    if args.articles.resume {
        return Err(Error::usage("--resume goes on with articles; rows are scored in seconds, start anew"));
    }
    let columns = StatementColumns::new(rows.header(), model);
    let head = if format == RecordFormat::Csv { columns.header(args.articles.raw_csv) } else { Vec::new() };
    let mut sink = Sink::unnoted(format, args.output.as_deref(), columns.fields(), &head)?;
    let mut next = || {
        let (mut chunk, mut n_bytes) = (Vec::new(), 0);
        while chunk.len() < ROWS && n_bytes < BYTES {
            let Some(row) = rows.next() else { break };
            n_bytes += row.as_ref().map_or(0, |r| r.statement.text.len());
            chunk.push(row);
        }
        (!chunk.is_empty()).then_some(chunk)
    };
    let page = Page { args, format, model, columns: &columns, input: input.name(), record: model.record() };
    let (mut n_rows, mut n_failed) = (0, 0);
    let mut faults = Faults::default();
    fetched(
        rayon::current_num_threads(),
        &mut next,
        &|| page.state(),
        &|state, chunk| page.done(state, chunk),
        &mut |done: Result<Done>| {
            let done = done?;
            done.errors.iter().for_each(|error| faults.tell(error));
            n_failed += done.errors.len();
            n_rows += done.n_rows;
            sink.write(done.rendered)
        },
    )?;
    faults.close();
    sink.finish()?;
    if !quiet {
        say(&format!("{}, {:.2} s", counted(n_rows, "statement"), started.elapsed().as_secs_f64()));
    }
    match (n_failed, n_rows) {
        (0, 0) => Ok(Outcome::Nothing),
        (0, _) => Ok(Outcome::Done),
        (n, _) => {
            Err(Error::new(ErrorKind::Data, format!("{} could not be read or scored; see above", counted(n, "row"))))
        }
    }
}

/// The rows of a file. A table has a column for each key of JSON Lines, so that they are read twice, and held if they come once.
fn rows(input: &Input, options: &CsvOptions, format: RecordFormat) -> Result<StatementRows<Box<dyn Read + Send>>> {
    let name = input.name();
    if matches!(format, RecordFormat::Table | RecordFormat::Jsonl) {
        return read_statements(&name, input.open()?, options);
    }
    let mut first = Held { reader: input.open()?, bytes: (*input == Input::Stdin).then(Vec::new) };
    let keys = read_keys(&name, &mut first, options)?;
    let reader = match first.bytes {
        Some(bytes) => Box::new(Cursor::new(bytes).chain(first.reader)),
        None => input.open()?,
    };
    let rows = read_statements(&name, reader, options)?;
    Ok(match keys {
        Some(keys) => rows.with_keys(&keys, options),
        None => rows,
    })
}

/// A reader that keeps what it has read, where there is a place for it.
struct Held<R> {
    reader: R,
    bytes: Option<Vec<u8>>,
}

impl<R: Read> Read for Held<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.reader.read(buffer)?;
        if let Some(bytes) = &mut self.bytes {
            bytes.extend_from_slice(&buffer[..n]);
        }
        Ok(n)
    }
}

/// How rows are written down.
struct Page<'a> {
    args: &'a Args,
    format: RecordFormat,
    model: &'a Model,
    columns: &'a StatementColumns,
    /// Name of the file.
    input: String,
    /// The model's.
    record: Value,
}

impl Page<'_> {
    fn state(&self) -> State {
        let workspace = self.model.vectorizer().workspace();
        State { workspace, row: SparseRow::default(), scores: Scores::default() }
    }

    /// What goes wrong in a row, even a panic, costs this row alone.
    fn done(&self, state: &mut State, chunk: Vec<Result<StatementRow>>) -> Result<Done> {
        let mut bytes = Vec::new();
        #[cfg(feature = "parquet")]
        let mut cells = Vec::new();
        let (mut n_rows, mut errors) = (0, Vec::new());
        for row in chunk {
            let row = match row {
                Ok(row) => row,
                Err(error) => {
                    errors.push(error);
                    continue;
                }
            };
            let n_bytes = bytes.len();
            let scored = guarded(state, &|| self.state(), |State { workspace, row: buffer, scores }| -> Result<()> {
                self.model.score_into(&row.statement, workspace, buffer, scores);
                match self.format {
                    RecordFormat::Csv => {
                        self.columns.write(&row.cells, self.model, scores, self.args.articles.raw_csv, &mut bytes)?;
                    }
                    RecordFormat::Jsonl => self.json(&row, scores, workspace, &mut bytes)?,
                    RecordFormat::Table => self.text(&row, scores, workspace, &mut bytes),
                    #[cfg(feature = "parquet")]
                    RecordFormat::Parquet | RecordFormat::Arrow => {
                        cells.push(self.columns.row(&row.cells, self.model, scores));
                    }
                }
                Ok(())
            });
            match scored {
                Some(result) => result?,
                None => {
                    bytes.truncate(n_bytes);
                    let message = format!("row \"{}\" could not be scored; please report it with the row", row.id);
                    errors.push(Error::data(message).in_file(Path::new(&self.input)).at_line(row.line));
                    continue;
                }
            }
            n_rows += 1;
        }
        let rendered = Rendered::Bytes(bytes);
        #[cfg(feature = "parquet")]
        let rendered = if self.format.target().is_some() { Rendered::Rows(cells) } else { rendered };
        Ok(Done { rendered, n_rows, errors })
    }

    fn text(&self, row: &StatementRow, scores: &Scores, workspace: &mut Workspace, out: &mut Vec<u8>) {
        let (id, content) = (text::line(&row.id, 20), text::line(&row.statement.text, 100));
        let mut page = format!("{id}  {content}\n    {}\n", text::labels(self.model, scores));
        if self.args.explain > 0 {
            for explanation in &pipeline::explanations(self.model, &row.statement, scores, workspace) {
                page += &text::explanation(self.model, &row.statement, scores, explanation, self.args.explain);
            }
        }
        out.extend_from_slice(page.as_bytes());
        out.push(b'\n');
    }

    fn json(&self, row: &StatementRow, scores: &Scores, workspace: &mut Workspace, out: &mut Vec<u8>) -> Result<()> {
        let explanation = (self.args.explain > 0).then(|| {
            let offsets = Offsets::new(&row.statement.text, self.args.articles.unit());
            let explanations = pipeline::explanations(self.model, &row.statement, scores, workspace);
            let place = |s| offsets.span(&row.statement.text, s);
            json::explanation(self.model, &explanations, self.args.explain, place)
        });
        let record = json::StatementRecord {
            schema: json::QUOTATION_SCHEMA,
            id: &row.id,
            text: &row.statement.text,
            tasks: json::Tasks { model: self.model, scores },
            explanation,
            model: &self.record,
            warnings: if scores.unknown { &[json::UNKNOWN] } else { &[] },
        };
        serde_json::to_writer(&mut *out, &record).map_err(|e| write_error(std::io::Error::from(e)))?;
        out.push(b'\n');
        Ok(())
    }
}
