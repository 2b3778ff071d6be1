//! `demarche score`: articles, or rows that already are quotations, with the labels of a model.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use serde_json::json;

use crate::cli::Outcome;
use crate::cli::articles::{self, Job};
use crate::cli::extract::{rendered, write_json};
use crate::cli::input::Input;
use crate::cli::options::{ArticleArgs, ColumnArgs, NameArgs, RecordFormat, model};
use crate::cli::output::{Output, say, write_error};
use crate::dataset::csv::{StatementRow, read_statements};
use crate::error::{Error, ErrorKind, Result};
use crate::features::Workspace;
use crate::model::{Model, Scores};
use crate::pipeline::{self, Scored};
use crate::report::columns::Columns;
use crate::report::csv::{self, StatementWriter};
use crate::report::{Offsets, Unit, json, text};
use crate::statement::Statement;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  demarche score data/articles
  demarche score articles.jsonl -m mine.model -f jsonl -o scores.jsonl
  demarche score articles/ -f jsonl --explain 5 | jq .
  demarche score archive.tar.gz feed.rss page.html -f parquet -o scores.parquet
  demarche score huge.jsonl.zst -f jsonl -o scores.jsonl --resume     goes on where it was stopped
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
    if args.explain > 0 && args.format == RecordFormat::Csv && args.statements.is_some() {
        return Err(Error::usage("--explain has no place in the rows of --statements; use -f jsonl, or leave it out"));
    }
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
    let extractor = args.articles.extractor()?;
    let columns = Columns::new(Some(&model), args.explain > 0, args.articles.unit() == Unit::Both);
    let head =
        if args.format == RecordFormat::Csv { csv::header(&columns, args.articles.raw_csv)? } else { Vec::new() };
    articles::run(
        &Job {
            articles: &args.articles,
            format: args.format,
            output: args.output.as_deref(),
            columns: Some(columns.clone()),
            head,
            settings: format!("score {} {:?} {}", model.record(), args.abstain, args.explain),
            state: &|| model.vectorizer().workspace(),
            step: &|workspace, document| {
                let mut scored = pipeline::score(document, extractor.as_ref(), &model, args.explain > 0, workspace)?;
                scored.retain(|s| args.articles.is_sure(&s.quotation));
                Ok(scored)
            },
            render: &|document, found, first| {
                let show = |s: &Scored| {
                    let mut page = text::quotation(document, &s.quotation, Some((&model, &s.scores)));
                    let explained = s.explanations.iter();
                    page.extend(explained.map(|e| text::explanation(&model, &s.statement, &s.scores, e, args.explain)));
                    page
                };
                let offsets = Offsets::new(&document.text, args.articles.unit());
                let record = |s: &Scored| json::scored(document, s, &model, &offsets, args.explain);
                rendered(args.format, &columns, args.articles.raw_csv, document, found, first, &show, &record)
            },
        },
        quiet,
    )
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
    for column in rows.absent().iter().filter(|_| !quiet) {
        say(&format!(
            "warning: {}: no column \"{column}\", which the model has learnt from; scored without it",
            input.name()
        ));
    }
    if args.articles.resume {
        return Err(Error::usage("--resume goes on with articles; rows are scored in seconds, start anew"));
    }
    #[cfg(feature = "parquet")]
    if args.format.target().is_some() {
        return Err(Error::usage(
            "rows of --statements are written as table, jsonl or csv, with the columns of the input",
        ));
    }
    let mut output = match args.format {
        RecordFormat::Table => Output::new(args.output.as_deref(), true)?,
        format => Output::data(args.output.as_deref(), format == RecordFormat::Jsonl)?,
    };
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
