//! `demarche extract`: the quotations of articles.

use std::io::Write;
use std::path::PathBuf;

use crate::cli::Outcome;
use crate::cli::articles::{self, Job};
use crate::cli::options::{ArticleArgs, RecordFormat};
use crate::cli::output::{Output, write_error};
use crate::cli::sink::Rendered;
use crate::dataset::csv::{QuotationRow, write_for_labelling, write_labelling_rows};
use crate::document::Document;
use crate::error::{Error, Result};
use crate::pipeline;
use crate::quotation::Quotation;
use crate::report::columns::Columns;
use crate::report::json::Record;
use crate::report::lines::push_line;
use crate::report::{Offsets, Unit, csv, json, text};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  demarche extract articles/ -f jsonl
  demarche extract articles/ --for-labelling -o to-label.csv     then fill in stance and sentiment
  cat article.txt | demarche extract")]
pub(super) struct Args {
    #[command(flatten)]
    articles: ArticleArgs,
    /// Format of the output; unless given by the ending of --output, else table
    #[arg(short, long, value_enum, value_name = "FORMAT", help_heading = "Output")]
    format: Option<RecordFormat>,
    /// A CSV with the columns of the codebook and empty label columns
    #[arg(long, help_heading = "Output")]
    for_labelling: bool,
    /// File to write to instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Args, quiet: bool) -> Result<Outcome> {
    let extractor = args.articles.extractor()?;
    let raw = args.articles.raw_csv;
    let format = RecordFormat::chosen(args.format, args.output.as_deref());
    let is_other = if args.format.is_some() {
        format != RecordFormat::Csv
    } else {
        !matches!(format, RecordFormat::Table | RecordFormat::Csv)
    };
    if args.for_labelling && is_other {
        return Err(Error::usage("--for-labelling writes CSV; leave out --format, and let --output end in .csv"));
    }
    let columns = Columns::new(None, false, args.articles.unit() == Unit::Both);
    let head = match format {
        _ if args.for_labelling => {
            let mut head = Vec::new();
            write_for_labelling(&mut head, [], raw)?;
            head
        }
        RecordFormat::Csv => csv::header(&columns, raw)?,
        _ => Vec::new(),
    };
    articles::run(
        &Job {
            articles: &args.articles,
            format,
            output: args.output.as_deref(),
            columns: (!args.for_labelling).then(|| columns.clone()),
            head,
            settings: format!("extract {}", args.for_labelling),
            state: &|| (),
            step: &|(), document| {
                let keep = |q: &Quotation| args.articles.is_sure(q);
                Ok(pipeline::extract(document, extractor.as_ref())?.into_iter().filter(keep).collect())
            },
            render: &|document, found: &[Quotation], first| {
                let offsets = Offsets::new(&document.text, args.articles.unit());
                if args.for_labelling {
                    // Copies are labelled once.
                    let rows = found.iter().filter(|_| first.is_none()).map(|q| labelling_row(document, q, &offsets));
                    let mut bytes = Vec::new();
                    write_labelling_rows(&mut bytes, rows, raw)?;
                    return Ok(Rendered::Bytes(bytes));
                }
                rendered(format, &columns, raw, document, found, first, &|q| text::quotation(document, q, None), &|q| {
                    json::extracted(document, q, &offsets)
                })
            },
        },
        quiet,
    )
}

/// The quotations of an article in `format`. `first`: the article of which this one is a copy. `show` makes text for
/// people of one quotation, `record` a record.
#[expect(clippy::too_many_arguments, reason = "what formats need besides each other")]
pub(super) fn rendered<'a, T>(
    format: RecordFormat,
    columns: &Columns,
    raw: bool,
    document: &Document,
    found: &'a [T],
    first: Option<&'a str>,
    show: &dyn Fn(&T) -> String,
    record: &dyn Fn(&'a T) -> Record<'a>,
) -> Result<Rendered> {
    let record = |item: &'a T| {
        let mut record = record(item);
        record.article.duplicate_of = first;
        record
    };
    Ok(Rendered::Bytes(match format {
        RecordFormat::Table if found.is_empty() => Vec::new(),
        RecordFormat::Table => {
            let mut page = text::article_heading(document) + "\n";
            match first {
                // Its quotations stand under the first.
                Some(first) => page += &text::copy_of(first, found.len()),
                None => found.iter().for_each(|item| page.extend([show(item).as_str(), "\n"])),
            }
            page.into_bytes()
        }
        RecordFormat::Jsonl => {
            // About the length of most records.
            let mut bytes = Vec::with_capacity(1024 * found.len());
            for item in found {
                push_line(&record(item), &mut bytes).map_err(|e| write_error(std::io::Error::from(e)))?;
            }
            bytes
        }
        RecordFormat::Csv => csv::rows(columns, found.iter().map(record), raw)?,
        #[cfg(feature = "parquet")]
        RecordFormat::Parquet | RecordFormat::Arrow => {
            return Ok(Rendered::Rows(found.iter().map(|item| columns.row(&record(item))).collect()));
        }
    }))
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
