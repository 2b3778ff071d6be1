//! `demarche extract`: the quotations of articles.

use std::io::Write;
use std::path::PathBuf;

use crate::cli::Outcome;
use crate::cli::options::{ArticleArgs, RecordFormat};
use crate::cli::output::{Output, write_error};
use crate::cli::score::{Tally, each_article};
use crate::dataset::csv::{QuotationRow, write_for_labelling};
use crate::document::Document;
use crate::error::Result;
use crate::pipeline;
use crate::quotation::Quotation;
use crate::report::csv::RecordWriter;
use crate::report::{Offsets, json, text};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  demarche extract articles/ -f jsonl
  demarche extract articles/ --for-labelling -o to-label.csv     then fill in stance and sentiment
  cat article.txt | demarche extract")]
pub(super) struct Args {
    #[command(flatten)]
    articles: ArticleArgs,
    /// Format of the output
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Output")]
    format: RecordFormat,
    /// A CSV with the columns of the codebook and empty label columns
    #[arg(long, conflicts_with = "format", help_heading = "Output")]
    for_labelling: bool,
    /// File to write to instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Args, quiet: bool) -> Result<Outcome> {
    let mut output = Output::new(args.output.as_deref(), args.format == RecordFormat::Table && !args.for_labelling)?;
    let extractor = args.articles.extractor()?;
    let keep = |q: &Quotation| q.confidence >= args.articles.min_confidence;
    let step = |(): &mut (), document: &Document| -> Result<Vec<Quotation>> {
        Ok(pipeline::extract(document, extractor.as_ref())?.into_iter().filter(keep).collect())
    };
    let mut tally = Tally::default();
    if args.for_labelling {
        let mut rows = Vec::new();
        each_article(&args.articles, &|| (), &step, &mut tally, |document, quotations: Vec<Quotation>| {
            let offsets = Offsets::new(&document.text, args.articles.unit());
            rows.extend(quotations.iter().map(|q| labelling_row(document, q, &offsets)));
            Ok(())
        })?;
        write_for_labelling(&mut output, rows, args.articles.raw_csv)?;
    } else if args.format == RecordFormat::Csv {
        let mut writer = RecordWriter::new(&mut output, None, args.articles.raw_csv)?;
        each_article(&args.articles, &|| (), &step, &mut tally, |document, quotations: Vec<Quotation>| {
            let offsets = Offsets::new(&document.text, args.articles.unit());
            quotations.iter().try_for_each(|q| writer.write(&json::extracted(document, q, &offsets)))
        })?;
        writer.finish()?;
    } else {
        each_article(&args.articles, &|| (), &step, &mut tally, |document, quotations: Vec<Quotation>| {
            let offsets = Offsets::new(&document.text, args.articles.unit());
            if args.format == RecordFormat::Table && !quotations.is_empty() {
                writeln!(output, "{}", text::article_heading(document)).map_err(write_error)?;
            }
            quotations.iter().try_for_each(|q| match args.format {
                RecordFormat::Table => writeln!(output, "{}", text::quotation(document, q, None)).map_err(write_error),
                _ => write_json(&mut output, &json::extracted(document, q, &offsets)),
            })
        })?;
    }
    output.finish()?;
    tally.close(quiet)
}

pub(super) fn write_json(output: &mut Output, record: &impl serde::Serialize) -> Result<()> {
    serde_json::to_writer(&mut *output, record).map_err(|e| write_error(std::io::Error::from(e)))?;
    output.write_all(b"\n").map_err(write_error)
}

fn labelling_row(document: &Document, quotation: &Quotation, offsets: &Offsets) -> QuotationRow {
    let statement = pipeline::statement(document, quotation);
    let text = |x: Option<String>| x.unwrap_or_default();
    QuotationRow {
        id: json::quotation_id(document, quotation, offsets),
        text: statement.text.split_whitespace().collect::<Vec<_>>().join(" "),
        speaker: text(statement.speaker),
        holder: text(statement.holder),
        role: text(statement.role),
        organization: text(statement.organization),
        country: text(statement.country),
        cue: text(statement.cue),
        kind: quotation.kind.name().to_owned(),
        target: text(statement.target),
        article: document.id.clone(),
        outlet: text(document.outlet.clone()),
        date: text(document.date.clone()),
        lang: document.lang.clone().unwrap_or_else(|| "en".to_owned()),
        ..QuotationRow::default()
    }
}
