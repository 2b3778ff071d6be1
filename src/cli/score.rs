//! `demarche score`: articles, or rows that already are quotations, with the labels of a model.

use std::path::PathBuf;

use crate::cli::Outcome;
use crate::cli::articles::{self, Job};
use crate::cli::extract::rendered;
use crate::cli::options::{ArticleArgs, NameArgs, RecordFormat, model};
use crate::cli::paths::keep_apart;
use crate::cli::statements;
use crate::error::{Error, Result};
use crate::pipeline::{self, Scored};
use crate::report::columns::Columns;
use crate::report::{Offsets, Unit, csv, json, text};

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
    pub(super) articles: ArticleArgs,
    /// A CSV or JSONL of quotations to score instead of articles
    #[arg(long, value_name = "FILE", conflicts_with = "paths", help_heading = "Input")]
    statements: Option<PathBuf>,
    #[command(flatten)]
    pub(super) names: NameArgs,
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
    /// Format of the output; unless given by the ending of --output, else table
    #[arg(short, long, value_enum, value_name = "FORMAT", help_heading = "Output")]
    format: Option<RecordFormat>,
    /// Add the N largest contributions to each label that holds
    #[arg(long, default_value_t = 0, value_name = "N", help_heading = "Output")]
    pub(super) explain: usize,
    /// File to write to instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(super) output: Option<PathBuf>,
}

impl Args {
    pub(super) fn format(&self) -> RecordFormat {
        RecordFormat::chosen(self.format, self.output.as_deref())
    }
}

pub(super) fn run(args: &Args, quiet: bool) -> Result<Outcome> {
    let format = args.format();
    match (&args.statements, args.articles.of_articles()) {
        (Some(_), Some(flag)) => {
            return Err(Error::usage(format!("{flag} is of articles; rows of --statements are scored as they are")));
        }
        (None, _) if args.names.any() => {
            return Err(Error::usage("--speaker-column and its like name columns of --statements; articles have none"));
        }
        _ => {}
    }
    if let Some(output) = &args.output {
        keep_apart(output, args.statements.iter().chain(&args.model).map(PathBuf::as_path))?;
    }
    if args.explain > 0 && format == RecordFormat::Csv && args.statements.is_some() {
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
        return statements::run(args, path, &model, quiet);
    }
    let extractor = args.articles.extractor()?;
    let columns = Columns::new(Some(&model), args.explain > 0, args.articles.unit() == Unit::Both);
    let head = if format == RecordFormat::Csv { csv::header(&columns, args.articles.raw_csv)? } else { Vec::new() };
    articles::run(
        &Job {
            articles: &args.articles,
            format,
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
                rendered(format, &columns, args.articles.raw_csv, document, found, first, &show, &|s| {
                    json::scored(document, s, &model, &offsets, args.explain)
                })
            },
        },
        quiet,
    )
}
