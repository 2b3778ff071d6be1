//! `demarche score`: articles, or rows that already are quotations, with the labels of a model.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use rayon::prelude::*;
use serde_json::json;

use crate::cli::Outcome;
use crate::cli::extract::write_json;
use crate::cli::input::{Input, documents};
use crate::cli::options::{ArticleArgs, ColumnArgs, NameArgs, RecordFormat, model};
use crate::cli::output::{Output, counter, say, write_error};
use crate::dataset::csv::{StatementRow, read_statements};
use crate::document::Document;
use crate::error::{Error, ErrorKind, Result};
use crate::features::Workspace;
use crate::model::{Model, Scores};
use crate::pipeline::{self, Scored};
use crate::report::csv::{RecordWriter, StatementWriter};
use crate::report::{Offsets, json, text};
use crate::statement::Statement;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  demarche score data/articles
  demarche score articles.jsonl -m mine.model -f jsonl -o scores.jsonl
  demarche score articles/ -f jsonl --explain 5 | jq .
  demarche score --statements quotes.csv -f csv -o scored.csv")]
pub(super) struct Args {
    #[command(flatten)]
    articles: ArticleArgs,
    /// A CSV or JSONL of quotations to score instead of articles
    #[arg(long, value_name = "FILE", conflicts_with = "paths", help_heading = "Input")]
    statements: Option<PathBuf>,
    #[command(flatten)]
    names: NameArgs,
    /// As on train, so that the same arguments can be given: label columns of the file are carried along, not read
    #[arg(long = "task", value_name = "NAME[=KIND]", hide_short_help = true, help_heading = "Input")]
    _tasks: Vec<String>,
    /// As on train: scoring needs no groups
    #[arg(long = "group-column", value_name = "NAME", hide_short_help = true, help_heading = "Input")]
    _group_columns: Vec<String>,
    /// Model file; the shipped model unless given
    #[arg(short, long, value_name = "FILE", env = "DEMARCHE_MODEL", help_heading = "Model")]
    model: Option<PathBuf>,
    /// Say nothing on labels whose probability is nearer to their threshold than this
    #[arg(long, value_name = "WIDTH", help_heading = "Model")]
    abstain: Option<f64>,
    /// Format of the output
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Output")]
    format: RecordFormat,
    /// Add the N largest contributions to each label that holds
    #[arg(long, default_value_t = 0, value_name = "N", help_heading = "Output")]
    explain: usize,
    /// File to write to instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Args, quiet: bool) -> Result<Outcome> {
    let mut model = model(args.model.as_deref())?;
    if let Some(band) = args.abstain {
        if !(0.0..=1.0).contains(&band) {
            return Err(Error::usage("--abstain must lie between 0 and 1"));
        }
        model = model.with_abstain_band(band);
    }
    if let Some(path) = &args.statements {
        return score_statements(args, path, &model, quiet);
    }
    let mut output = Output::new(args.output.as_deref(), args.format == RecordFormat::Table)?;
    let extractor = args.articles.extractor()?;
    let step = |workspace: &mut Workspace, document: &Document| -> Result<Vec<Scored>> {
        let mut scored = pipeline::score(document, extractor.as_ref(), &model, args.explain > 0, workspace)?;
        scored.retain(|s| s.quotation.confidence >= args.articles.min_confidence);
        Ok(scored)
    };
    let mut tally = Tally::default();
    let record = |document: &Document, scored: &Scored, offsets: &Offsets| {
        json::scored(document, scored, &model, offsets, args.explain)
    };
    if args.format == RecordFormat::Csv {
        let mut writer = RecordWriter::new(&mut output, Some(&model), args.articles.raw_csv)?;
        each_article(
            &args.articles,
            &|| model.vectorizer().workspace(),
            &step,
            &mut tally,
            |document, scored: Vec<Scored>| {
                let offsets = Offsets::new(&document.text, args.articles.unit());
                scored.iter().try_for_each(|s| writer.write(&record(document, s, &offsets)))
            },
        )?;
        writer.finish()?;
    } else {
        each_article(
            &args.articles,
            &|| model.vectorizer().workspace(),
            &step,
            &mut tally,
            |document, scored: Vec<Scored>| {
                let offsets = Offsets::new(&document.text, args.articles.unit());
                if args.format == RecordFormat::Table && !scored.is_empty() {
                    writeln!(output, "{}", text::article_heading(document)).map_err(write_error)?;
                }
                scored.iter().try_for_each(|s| match args.format {
                    RecordFormat::Table => {
                        let mut page = text::quotation(document, &s.quotation, Some((&model, &s.scores)));
                        for explanation in &s.explanations {
                            page.push_str(&text::explanation(
                                &model,
                                &s.statement,
                                &s.scores,
                                explanation,
                                args.explain,
                            ));
                        }
                        writeln!(output, "{page}").map_err(write_error)
                    }
                    _ => write_json(&mut output, &record(document, s, &offsets)),
                })
            },
        )?;
    }
    output.finish()?;
    tally.close(quiet)
}

/// What a run over articles came to.
#[derive(Debug)]
pub(super) struct Tally {
    n_articles: usize,
    n_quotations: usize,
    n_failed: usize,
    speakers: BTreeSet<String>,
    first_error: Option<Error>,
    started: Instant,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            n_articles: 0,
            n_quotations: 0,
            n_failed: 0,
            speakers: BTreeSet::new(),
            first_error: None,
            started: Instant::now(),
        }
    }
}

impl Tally {
    /// The closing line, and how the command ends: a broken article is an error when all others are written.
    pub(super) fn close(self, quiet: bool) -> Result<Outcome> {
        if !quiet {
            let failed = if self.n_failed > 0 { format!(", {} failed", self.n_failed) } else { String::new() };
            say(&format!(
                "{} quotations, {} speakers, {} articles{failed}, {:.2} s",
                self.n_quotations,
                self.speakers.len(),
                self.n_articles,
                self.started.elapsed().as_secs_f64()
            ));
            if self.n_quotations == 0 && self.n_failed == 0 {
                say("no quotation found: no paragraph with quotation marks, a reporting verb or \"according to\"");
            }
        }
        match self.first_error {
            Some(error) => Err(error),
            None if self.n_quotations == 0 => Ok(Outcome::Nothing),
            None => Ok(Outcome::Done),
        }
    }
}

/// What the results of one article tell the tally.
pub(super) trait Quoted {
    fn speaker(&self) -> Option<&str>;
}

impl Quoted for Scored {
    fn speaker(&self) -> Option<&str> {
        self.quotation.speaker.name.as_deref()
    }
}

impl Quoted for crate::quotation::Quotation {
    fn speaker(&self) -> Option<&str> {
        self.speaker.name.as_deref()
    }
}

/// Articles in memory at a time: enough for all cores, few enough for constant memory.
const BATCH_BYTES: usize = 4 << 20;

/// Runs `step` on every article, in parallel, and hands the results to `write` in input order. Articles that follow each
/// other on one thread share what `state` makes (buffers; the stems of words met before). A broken article is
/// reported at once and does not stop the others.
pub(super) fn each_article<T: Quoted + Send, S>(
    args: &ArticleArgs,
    state: &(dyn Fn() -> S + Sync),
    step: &(dyn Fn(&mut S, &Document) -> Result<Vec<T>> + Sync),
    tally: &mut Tally,
    mut write: impl FnMut(&Document, Vec<T>) -> Result<()>,
) -> Result<()> {
    let inputs = args.inputs()?;
    let options = args.read_options();
    let failed = |error: Error, tally: &mut Tally| {
        say(&format!("demarche: {error}"));
        tally.n_failed += 1;
        tally.first_error.get_or_insert(Error::new(error.kind().clone(), "some input could not be read; see above"));
    };
    let mut all = documents(&inputs, &options);
    let bar = counter("articles");
    loop {
        let mut batch: Vec<Document> = Vec::new();
        let mut n_bytes = 0;
        let mut errors = Vec::new();
        while n_bytes < BATCH_BYTES {
            match all.next() {
                None => break,
                Some(Ok(document)) => {
                    n_bytes += document.text.len();
                    batch.push(document);
                }
                Some(Err(error)) => errors.push(error),
            }
        }
        if batch.is_empty() && errors.is_empty() {
            bar.finish_and_clear();
            return Ok(());
        }
        errors.into_iter().for_each(|e| failed(e, tally));
        bar.inc(batch.len() as u64);
        let results: Vec<Result<Vec<T>>> = batch.par_iter().map_init(state, step).collect();
        for (document, result) in batch.iter().zip(results) {
            match result {
                Ok(found) => {
                    tally.n_articles += 1;
                    tally.n_quotations += found.len();
                    tally.speakers.extend(found.iter().filter_map(|f| f.speaker().map(str::to_owned)));
                    write(document, found)?;
                }
                Err(error) => failed(error, tally),
            }
        }
    }
}

fn score_statements(args: &Args, path: &std::path::Path, model: &Model, quiet: bool) -> Result<Outcome> {
    let started = Instant::now();
    let input = if path.as_os_str() == "-" { Input::Stdin } else { Input::File(path.to_path_buf()) };
    let columns = ColumnArgs {
        text_column: args.articles.text_column.clone(),
        names: args.names.clone(),
        ..ColumnArgs::default()
    };
    let options = columns.options(Some(model));
    let mut rows = read_statements(&input.name(), input.open()?, &options)?;
    let header = rows.header().to_vec();
    for column in rows.absent() {
        say(&format!(
            "warning: {}: no column \"{column}\", which the model has learnt from; scored without it",
            input.name()
        ));
    }
    let mut output = Output::new(args.output.as_deref(), args.format == RecordFormat::Table)?;
    let mut csv_writer = match args.format {
        RecordFormat::Csv => Some(StatementWriter::new(Vec::new(), &header, model, args.articles.raw_csv)?),
        _ => None,
    };
    let (mut n_rows, mut n_failed) = (0usize, 0usize);
    let mut workspace = model.vectorizer().workspace();
    loop {
        let batch: Vec<Result<StatementRow>> = rows.by_ref().take(8192).collect();
        if batch.is_empty() {
            break;
        }
        let (good, bad): (Vec<_>, Vec<_>) = batch.into_iter().partition(Result::is_ok);
        for error in bad.into_iter().filter_map(Result::err) {
            say(&format!("demarche: {error}"));
            n_failed += 1;
        }
        let good: Vec<StatementRow> = good.into_iter().flatten().collect();
        let statements: Vec<&Statement> = good.iter().map(|r| &r.statement).collect();
        let scores = pipeline::score_statements(model, &statements);
        for (row, scores) in good.iter().zip(&scores) {
            n_rows += 1;
            match &mut csv_writer {
                Some(writer) => writer.write(&row.cells, model, scores)?,
                None => write_statement(args, &mut output, row, model, scores, &mut workspace)?,
            }
        }
        if let Some(writer) = &mut csv_writer {
            output.write_all(&writer.take_bytes()?).map_err(write_error)?;
        }
    }
    output.finish()?;
    if !quiet {
        say(&format!("{n_rows} statements, {:.2} s", started.elapsed().as_secs_f64()));
    }
    match (n_failed, n_rows) {
        (0, 0) => Ok(Outcome::Nothing),
        (0, _) => Ok(Outcome::Done),
        (n, _) => Err(Error::new(ErrorKind::Data, format!("{n} rows could not be read; see above"))),
    }
}

fn write_statement(
    args: &Args,
    output: &mut Output,
    row: &StatementRow,
    model: &Model,
    scores: &Scores,
    workspace: &mut Workspace,
) -> Result<()> {
    let explanations =
        if args.explain > 0 { pipeline::explanations(model, &row.statement, scores, workspace) } else { Vec::new() };
    if args.format == RecordFormat::Table {
        let mut page = format!(
            "{}  {}\n    {}\n",
            text::line(&row.id, 20),
            text::line(&row.statement.text, 100),
            text::labels(model, scores)
        );
        for explanation in &explanations {
            page.push_str(&text::explanation(model, &row.statement, scores, explanation, args.explain));
        }
        return writeln!(output, "{page}").map_err(write_error);
    }
    let offsets = Offsets::new(&row.statement.text, args.articles.unit());
    let warnings: Vec<&str> = if scores.unknown { vec![json::UNKNOWN] } else { Vec::new() };
    let mut record = json!({"schema": json::QUOTATION_SCHEMA, "id": row.id, "text": row.statement.text, "tasks": json::tasks(model, scores)});
    if args.explain > 0 {
        record["explanation"] =
            json::explanation(model, &explanations, args.explain, |s| offsets.span(&row.statement.text, s));
    }
    record["model"] = model.record();
    record["warnings"] = json!(warnings);
    write_json(output, &record)
}
