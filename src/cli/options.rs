//! Arguments that several commands share.

#[cfg(feature = "train")]
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::details::JudgeFormat;
use crate::cli::input::Input;
use crate::cli::output::say;
use crate::cli::paths::{Found, Search, keep_apart, listed};
use crate::dataset::Dataset;
use crate::dataset::csv::{ColumnNames, CsvOptions, FieldSpec, Head, TaskSpec, read_dataset, read_head};
use crate::document::{ArticleColumns, InputFormat, ReadOptions, two_letters};
use crate::error::{Error, ErrorKind, Result};
use crate::evaluation::Gate;
use crate::features::{ColumnKind, FeatureColumn};
use crate::label::TaskKind;
use crate::model::{DataFile, Model};
use crate::pipeline::evaluate::leave_out_unknown_labels;
use crate::quotation::{Extractor, Hybrid, Quotation, Rules, Tagger};
use crate::report::Unit;
use crate::text::Charset;

/// Cap on a model file in bytes; what is cut off fails the checksum.
const MAX_MODEL: u64 = 4 << 30;
/// The shipped model.
static EMBEDDED: &[u8] = include_bytes!("../../models/diplomatic-core-en-2.model");

/// The shipped extractor.
static EMBEDDED_EXTRACTOR: &[u8] = include_bytes!("../../models/extractor-en.extractor");

/// Which articles to read and how.
#[derive(Debug, Clone, Args)]
pub(super) struct ArticleArgs {
    /// Files, folders, patterns, or - for standard input
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// How the input is written down
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Input")]
    pub(super) input: InputArg,
    /// Column or key of the article's text [default: text]
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub(super) text_column: Option<String>,
    /// Column or key of the unique name of an article, or of a row of --statements [default: id]
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub(super) id_column: Option<String>,
    /// Column or key of the headline [default: title]
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    title_column: Option<String>,
    /// Column or key of who published it [default: outlet]
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    outlet_column: Option<String>,
    /// Column or key of the day [default: date]
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    date_column: Option<String>,
    /// Largest article of plain text or HTML, or feed, in megabytes
    #[arg(long, default_value_t = 64, value_name = "MB", help_heading = "Input")]
    pub(super) max_size: u64,
    /// Refuse compressed files that expand more than so many times
    #[arg(long, default_value_t = 250, value_name = "N", help_heading = "Input")]
    pub(super) max_ratio: u64,
    /// Encoding of the input: a name as windows-1251, or auto: a byte order mark, UTF-8, what a page declares, a guess
    #[arg(long, default_value = "auto", value_parser = parse_charset, value_name = "NAME", help_heading = "Input")]
    pub(super) encoding: Charset,
    /// Language of all articles as a two-letter code, or auto: what each says, else what a long text clearly is
    #[arg(long, default_value = "auto", value_parser = parse_lang, value_name = "CODE", help_heading = "Input")]
    pub(super) lang: LangArg,
    /// A file that lists paths to read, one a line, or - for standard input
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    files_from: Option<PathBuf>,
    /// What offsets count
    #[arg(long, value_enum, default_value_t, value_name = "UNIT", help_heading = "Output")]
    pub(super) offsets: OffsetsArg,
    /// Leave out quotations of less confidence than this (0 to 1)
    #[arg(long, default_value_t = 0.0, value_name = "C", help_heading = "Output")]
    pub(super) min_confidence: f64,
    /// Go on where the same command was stopped, instead of starting anew
    #[arg(long, requires = "output", help_heading = "Output")]
    pub(super) resume: bool,
    /// Do not look for articles that are copies of earlier ones (wire copy)
    #[arg(long, help_heading = "Copies")]
    pub(super) no_copies: bool,
    /// Articles remembered when looking for copies
    #[arg(long, default_value_t = crate::document::copies::WINDOW, value_name = "N", help_heading = "Copies")]
    pub(super) copies_window: usize,
    /// No apostrophe before cells that a spreadsheet would run as a formula
    #[arg(long, help_heading = "Output")]
    pub(super) raw_csv: bool,
    /// Which extractor finds the quotations
    #[arg(long, value_enum, default_value_t, value_name = "NAME", help_heading = "Extraction")]
    pub(super) extractor: ExtractorArg,
    /// File of `demarche train-extractor` to find quotations with; the shipped one unless given
    #[arg(long, value_name = "FILE", help_heading = "Extraction")]
    extractor_model: Option<PathBuf>,
}

impl ArticleArgs {
    /// What is to be read by a run that writes to `output`.
    pub(super) fn inputs(&self, output: Option<&Path>) -> Result<Found> {
        if !(0.0..=1.0).contains(&self.min_confidence) {
            return Err(Error::usage("--min-confidence must lie between 0 and 1"));
        }
        if let Some(output) = output {
            keep_apart(output, self.files_from.iter().chain(&self.extractor_model).map(PathBuf::as_path))?;
        }
        let mut search = Search::new(output);
        if !self.paths.is_empty() || self.files_from.is_none() {
            search.arguments(&self.paths)?;
        }
        if let Some(list) = &self.files_from {
            search.list(&listed(list)?)?;
        }
        Ok(search.found())
    }

    /// Whether a quotation is as sure as wanted; compared as it is printed, to three digits.
    pub(super) fn is_sure(&self, quotation: &Quotation) -> bool {
        (quotation.confidence * 1000.0).round() / 1000.0 >= self.min_confidence
    }

    pub(super) fn read_options(&self) -> ReadOptions {
        let format = match self.input {
            InputArg::Auto => InputFormat::Auto,
            InputArg::Txt => InputFormat::Text,
            InputArg::Html => InputFormat::Html,
            InputArg::Feed => InputFormat::Feed,
            InputArg::Jsonl => InputFormat::Jsonl,
            InputArg::Csv => InputFormat::Csv,
            InputArg::Columns => InputFormat::Columns,
        };
        ReadOptions {
            format,
            columns: self.columns(),
            max_text_bytes: self.max_size.saturating_mul(1 << 20),
            charset: self.encoding,
            max_ratio: self.max_ratio,
            language: self.lang.0.map(str::to_owned),
        }
    }

    fn columns(&self) -> ArticleColumns {
        let usual = ArticleColumns::default();
        let name = |flag: &Option<String>, usual: String| flag.clone().unwrap_or(usual);
        ArticleColumns {
            text: name(&self.text_column, usual.text),
            id: name(&self.id_column, usual.id),
            title: name(&self.title_column, usual.title),
            outlet: name(&self.outlet_column, usual.outlet),
            date: name(&self.date_column, usual.date),
            lang: usual.lang,
        }
    }

    pub(super) fn unit(&self) -> Unit {
        match self.offsets {
            OffsetsArg::Chars => Unit::Scalars,
            OffsetsArg::Bytes => Unit::Bytes,
            OffsetsArg::Both => Unit::Both,
        }
    }

    /// The flag that says how articles are read, if one is given: rows that are quotations already have no use for it.
    pub(super) fn of_articles(&self) -> Option<&'static str> {
        let given = [
            ("--input", self.input != InputArg::Auto),
            ("--files-from", self.files_from.is_some()),
            ("--title-column", self.title_column.is_some()),
            ("--outlet-column", self.outlet_column.is_some()),
            ("--date-column", self.date_column.is_some()),
            ("--encoding", !matches!(self.encoding, Charset::Auto | Charset::Utf8)),
            ("--lang", self.lang.is_some()),
            ("--min-confidence", self.min_confidence > 0.0),
            ("--no-copies", self.no_copies),
            ("--extractor", self.extractor != ExtractorArg::Learned),
            ("--extractor-model", self.extractor_model.is_some()),
        ];
        given.into_iter().find_map(|(flag, is_given)| is_given.then_some(flag))
    }

    pub(super) fn extractor(&self) -> Result<Box<dyn Extractor>> {
        match (self.extractor, &self.extractor_model) {
            (ExtractorArg::Rules, None) => Ok(Box::new(Rules)),
            (ExtractorArg::Rules, Some(_)) => Err(Error::usage("--extractor rules needs no --extractor-model")),
            (ExtractorArg::Learned, None) => Ok(Box::new(Hybrid::new(Tagger::from_bytes(EMBEDDED_EXTRACTOR)?))),
            (ExtractorArg::Learned, Some(path)) => {
                let bytes = std::fs::read(path).map_err(|e| Error::io(path, "read the extractor", e))?;
                Ok(Box::new(Hybrid::new(Tagger::from_bytes(&bytes).map_err(|e| e.in_file(path))?)))
            }
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum InputArg {
    /// By its first bytes and the file's name
    #[default]
    Auto,
    /// One article of plain text a file
    Txt,
    /// One web page a file
    Html,
    /// RSS or Atom
    Feed,
    /// One JSON object a line
    Jsonl,
    /// A table with a column of texts; commas, semicolons or tabs
    #[value(alias = "tsv")]
    Csv,
    /// Parquet or Arrow IPC with a column of texts
    #[value(alias = "parquet", alias = "arrow")]
    Columns,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum OffsetsArg {
    /// Unicode scalar values, as Python and R count
    #[default]
    Chars,
    /// Bytes of the UTF-8 form
    Bytes,
    /// Characters, and bytes beside them
    Both,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ExtractorArg {
    /// A linear chain learnt from annotated articles
    #[default]
    Learned,
    /// Quotation marks, cues and phrases; needs no model
    Rules,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RecordFormat {
    /// For people
    Table,
    /// One JSON object a quotation
    Jsonl,
    /// Rows, nested fields with dots
    Csv,
    /// Parquet, with the columns of CSV
    #[cfg(feature = "parquet")]
    Parquet,
    /// Arrow IPC, with the columns of CSV: a file, or a stream on standard output
    #[cfg(feature = "parquet")]
    #[value(alias = "feather")]
    Arrow,
}

impl RecordFormat {
    /// The format that was asked for: by name, else by the ending of the file to write to.
    pub(super) fn chosen(given: Option<Self>, output: Option<&Path>) -> Self {
        let ending = || output?.extension()?.to_str().map(str::to_ascii_lowercase);
        given.unwrap_or_else(|| match ending().as_deref() {
            Some("jsonl" | "ndjson" | "json") => Self::Jsonl,
            Some("csv") => Self::Csv,
            #[cfg(feature = "parquet")]
            Some("parquet") => Self::Parquet,
            #[cfg(feature = "parquet")]
            Some("arrow" | "feather") => Self::Arrow,
            _ => Self::Table,
        })
    }
}

#[cfg(feature = "parquet")]
impl RecordFormat {
    /// The file that columns become, if this is a format of columns.
    pub(super) fn target(self) -> Option<crate::report::arrow::Target> {
        match self {
            Self::Parquet => Some(crate::report::arrow::Target::Parquet),
            Self::Arrow => Some(crate::report::arrow::Target::Arrow),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum FigureFormat {
    /// For people
    #[default]
    Table,
    /// One JSON object
    Json,
}

/// Which columns of a labelled CSV hold what. Without a flag the name that a model was trained with, else the usual one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub(super) struct ColumnArgs {
    /// A label column and its kind: NAME, NAME=multi or NAME=single. Repeatable; without it stance and sentiment are
    /// used where the file has them, else label. Of a model with one task: the column that holds it, whatever its name
    #[arg(long = "task", value_name = "NAME[=KIND]", value_parser = parse_task, help_heading = "Columns")]
    pub(super) tasks: Vec<TaskSpec>,
    /// Column of the text [default: text]
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    pub(super) text_column: Option<String>,
    /// Column of unique names of rows [default: id]
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    pub(super) id_column: Option<String>,
    #[command(flatten)]
    pub(super) names: NameArgs,
    /// Column of the article [default: article]
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    pub(super) article_column: Option<String>,
    /// Column of the day, for --split time [default: date]
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    pub(super) date_column: Option<String>,
    /// A column whose rows belong together: for folds, and for the intervals of figures. Repeatable, the first counts most;
    /// without it the speaker, then the article
    #[arg(long = "group-column", value_name = "NAME", help_heading = "Columns")]
    pub(super) group_columns: Vec<String>,
    /// Pass over bad rows with a warning instead of stopping
    #[arg(long, help_heading = "Columns")]
    pub(super) lenient: bool,
}

/// Columns of rows that are labelled or only to be scored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub(super) struct NameArgs {
    /// Column of the speaker [default: speaker]; NAME_start and NAME_end, where the file has them, say where the text
    /// names it (Unicode characters, end excluded)
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    pub(super) speaker_column: Option<String>,
    /// Column of who holds the position, if not the speaker [default: holder]
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    pub(super) holder_column: Option<String>,
    /// Column of the target [default: target]; NAME_start and NAME_end as for the speaker
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    pub(super) target_column: Option<String>,
    /// Column of the cue [default: cue]
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    pub(super) cue_column: Option<String>,
}

impl NameArgs {
    /// Whether any column is named.
    pub(super) fn any(&self) -> bool {
        let names = [&self.speaker_column, &self.holder_column, &self.target_column, &self.cue_column];
        names.into_iter().any(Option::is_some)
    }
}

/// What is asked of figures on a labelled file.
#[derive(Debug, Clone, Args)]
pub(super) struct JudgeArgs {
    #[command(flatten)]
    pub(super) columns: ColumnArgs,
    /// Exit with 1 unless this holds, as 'macro_f1>=0.6' or 'sentiment.f1:negative>0.5'. Repeatable
    #[arg(long = "gate", value_name = "EXPRESSION", help_heading = "Output")]
    pub(super) gates: Vec<Gate>,
    /// Format of the output
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Output")]
    pub(super) format: JudgeFormat,
    /// Seed of intervals and tests
    #[arg(long, default_value_t = 0, value_name = "N", help_heading = "Output")]
    pub(super) seed: u64,
}

/// The language of all articles, if it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LangArg(Option<&'static str>);

impl LangArg {
    fn is_some(self) -> bool {
        self.0.is_some()
    }
}

fn parse_lang(code: &str) -> std::result::Result<LangArg, String> {
    if code.trim().eq_ignore_ascii_case("auto") {
        return Ok(LangArg(None));
    }
    let found = two_letters(code).filter(|two| code.trim().eq_ignore_ascii_case(two));
    found.map(|two| LangArg(Some(two))).ok_or_else(|| {
        let meant = two_letters(code).map_or("en", |two| two);
        format!("no two-letter code of a language; write {meant}, or auto")
    })
}

fn parse_charset(name: &str) -> std::result::Result<Charset, String> {
    Charset::named(name)
        .ok_or_else(|| "no such encoding; try utf-8, windows-1251, windows-1252, koi8-r or auto".to_owned())
}

pub(super) fn parse_task(text: &str) -> std::result::Result<TaskSpec, String> {
    let (column, kind) = match text.split_once('=') {
        None => (text, None),
        Some((column, "multi")) => (column, Some(TaskKind::Multi)),
        Some((column, "single")) => (column, Some(TaskKind::Single)),
        Some((_, kind)) => return Err(format!("unknown kind \"{kind}\"; use multi or single")),
    };
    if column.is_empty() {
        Err("the column has no name".to_owned())
    } else {
        Ok(TaskSpec { column: column.to_owned(), kind })
    }
}

impl ColumnArgs {
    /// How to read a file for a model, or to train one.
    pub(super) fn options(&self, model: Option<&Model>) -> CsvOptions {
        let usual = ColumnNames::default();
        let name = |flag: &Option<String>, usual: &str| -> String {
            let learnt = || model.and_then(|m| m.header().columns.get(usual).cloned());
            flag.clone().or_else(learnt).unwrap_or_else(|| usual.to_owned())
        };
        CsvOptions {
            columns: ColumnNames {
                text: name(&self.text_column, &usual.text),
                id: name(&self.id_column, &usual.id),
                speaker: name(&self.names.speaker_column, &usual.speaker),
                holder: name(&self.names.holder_column, &usual.holder),
                target: name(&self.names.target_column, &usual.target),
                cue: name(&self.names.cue_column, &usual.cue),
                article: name(&self.article_column, &usual.article),
                date: name(&self.date_column, &usual.date),
                ..usual
            },
            tasks: self.tasks.clone(),
            optional: self.learnt(model),
            usual_tasks: model.map(tasks).unwrap_or_default(),
            fields: model.map(fields).unwrap_or_default(),
            group_columns: self.group_columns.clone(),
            weight: None,
            codebook: None,
            lenient: self.lenient,
        }
    }
}

impl ColumnArgs {
    /// The columns whose rows belong together: those asked for, else those of the model's own figures.
    pub(super) fn groups(&self, model: &Model) -> Vec<String> {
        if self.group_columns.is_empty() { model.header().group_columns.clone() } else { self.group_columns.clone() }
    }

    /// The columns whose names are the model's, but for the text.
    fn learnt(&self, model: Option<&Model>) -> Vec<String> {
        let given = [
            ("speaker", &self.names.speaker_column),
            ("holder", &self.names.holder_column),
            ("target", &self.names.target_column),
            ("cue", &self.names.cue_column),
            ("id", &self.id_column),
            ("article", &self.article_column),
        ];
        let learnt = |usual: &str| model.and_then(|m| m.header().columns.get(usual).cloned());
        given.into_iter().filter(|(_, flag)| flag.is_none()).filter_map(|(usual, _)| learnt(usual)).collect()
    }
}

/// Reads a labelled CSV to judge `model` by: as [`labelled`]. The label column that was named is that of the model's only task.
pub(super) fn labelled_for(
    model: &Model,
    path: &Path,
    options: &mut CsvOptions,
    quiet: bool,
) -> Result<(Dataset, DataFile)> {
    let only = if let [task] = &model.tasks().collect::<Vec<_>>()[..] { Some((*task).clone()) } else { None };
    if let ([spec], Some(task)) = (options.tasks.as_mut_slice(), &only) {
        spec.kind = spec.kind.or(Some(task.kind));
    }
    let (mut dataset, file) = labelled(path, options, quiet)?;
    if let ([_], [found], Some(task)) = (options.tasks.as_slice(), dataset.tasks.as_mut_slice(), only) {
        found.name = task.name;
    }
    Ok((dataset, file))
}

/// As [`labelled_for`]; if lenient, labels that the model lacks are left out with a warning.
pub(super) fn labelled_as_learnt(
    model: &Model,
    path: &Path,
    columns: &ColumnArgs,
    quiet: bool,
) -> Result<(Dataset, DataFile)> {
    let (mut dataset, file) = labelled_for(model, path, &mut columns.options(Some(model)), quiet)?;
    if columns.lenient {
        let warnings = leave_out_unknown_labels(model, &mut dataset);
        if !quiet {
            warnings.iter().for_each(|w| say(&format!("warning: {}: {w}", path.display())));
        }
    }
    Ok((dataset, file))
}

/// The label columns of a model.
fn tasks(model: &Model) -> Vec<TaskSpec> {
    model.tasks().map(|t| TaskSpec { column: t.name.clone(), kind: Some(t.kind) }).collect()
}

/// The feature columns of a model, as they are read.
fn fields(model: &Model) -> Vec<FieldSpec> {
    let columns = &model.header().features.columns;
    let field = |c: &FeatureColumn| FieldSpec {
        column: c.name.clone(),
        is_number: c.kind == Some(ColumnKind::Number),
        is_optional: true,
    };
    columns.iter().map(field).collect()
}

/// The names of columns that are not the usual ones, by the usual name: what a model keeps.
#[cfg(feature = "train")]
pub(super) fn unusual(columns: &ColumnNames) -> BTreeMap<String, String> {
    let usual = ColumnNames::default();
    let pairs = [
        (&usual.text, &columns.text),
        (&usual.id, &columns.id),
        (&usual.article, &columns.article),
        (&usual.speaker, &columns.speaker),
        (&usual.holder, &columns.holder),
        (&usual.target, &columns.target),
        (&usual.cue, &columns.cue),
    ];
    pairs.into_iter().filter(|(usual, name)| usual != name).map(|(u, n)| (u.clone(), n.clone())).collect()
}

/// Reads a labelled CSV; its warnings go to standard error. Also gives its name, hash and number of rows. `options` are
/// completed from the beginning of the file; what is guessed is told.
pub(super) fn labelled(path: &Path, options: &mut CsvOptions, quiet: bool) -> Result<(Dataset, DataFile)> {
    let is_stdin = path.as_os_str() == "-";
    let input = if is_stdin { Input::Stdin } else { Input::File(path.to_path_buf()) };
    let name = input.name();
    let mut hasher = blake3::Hasher::new();
    let complete = |options: &mut CsvOptions, head: &Head| {
        let (completed, guess) = std::mem::take(options).for_head(head);
        *options = completed;
        if let Some(guess) = guess.filter(|_| !quiet) {
            say(&format!("note: {name}: {guess}"));
        }
    };
    let (dataset, warnings) = if is_stdin || !path.is_file() {
        // What can not be opened twice (a pipe) is held: the header tells how to read it.
        let mut bytes = Vec::new();
        input.open()?.read_to_end(&mut bytes).map_err(|e| Error::io(path, "read", e))?;
        hasher.update(&bytes);
        complete(options, &read_head(&name, bytes.as_slice())?);
        read_dataset(&name, bytes.as_slice(), options)?
    } else {
        complete(options, &read_head(&name, input.open()?)?);
        let mut hashed = Hashed { reader: input.open()?, hasher: &mut hasher };
        let read = read_dataset(&name, &mut hashed, options)?;
        std::io::copy(&mut hashed, &mut std::io::sink()).map_err(|e| Error::io(path, "read", e))?;
        read
    };
    if !quiet {
        warnings.iter().for_each(|w| say(&format!("warning: {w}")));
    }
    let name = path.file_name().map_or_else(|| input.name(), |n| n.to_string_lossy().into_owned());
    let file = DataFile { name, blake3: hasher.finalize().to_hex().to_string(), n_rows: dataset.examples.len() };
    Ok((dataset, file))
}

/// A reader whose bytes are hashed on the way.
struct Hashed<'a, R> {
    reader: R,
    hasher: &'a mut blake3::Hasher,
}

impl<R: Read> Read for Hashed<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.reader.read(buffer)?;
        self.hasher.update(&buffer[..n]);
        Ok(n)
    }
}

/// The model in a file, or the shipped one.
pub(super) fn model(path: Option<&Path>) -> Result<Model> {
    match path {
        None => Model::from_static(EMBEDDED),
        Some(path) => {
            let mut bytes = Vec::new();
            if path.metadata().is_ok_and(|m| !m.is_file() && !m.is_dir()) {
                let message = "not a regular file; a model is read from a file alone";
                return Err(Error::new(ErrorKind::Io, message).in_file(path));
            }
            let file = Input::File(path.to_path_buf()).open()?;
            file.take(MAX_MODEL).read_to_end(&mut bytes).map_err(|e| Error::io(path, "read the model", e))?;
            Model::from_bytes(&bytes).map_err(|e| e.in_file(path))
        }
    }
}
