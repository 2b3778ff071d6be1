//! `demarche schema`: what the commands write, for programs that read it.

use std::io::Write;

use crate::cli::Outcome;
use crate::cli::output::{Output, write_error};
use crate::error::{Error, Result};
use crate::report::schema;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  demarche schema > quotation.schema.json
  demarche schema comparison
  demarche schema --markdown")]
pub(super) struct Args {
    /// quotation (extract, score), statement (score --statements), evaluation (evaluate, train) or comparison (compare)
    #[arg(value_name = "NAME", default_value = "quotation", value_parser = schema::NAMES)]
    name: String,
    /// The fields of quotations as a table in Markdown, with the types of Arrow and Parquet
    #[arg(long)]
    markdown: bool,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    if args.markdown && args.name != "quotation" {
        return Err(Error::usage("--markdown shows the fields of quotations; leave it out for the others"));
    }
    let text = if args.markdown {
        schema::markdown()
    } else {
        let schema = schema::json_schema(&args.name).ok_or_else(|| Error::usage("no such schema"))?;
        format!("{schema:#}\n")
    };
    let mut output = Output::new(None, false)?;
    output.write_all(text.as_bytes()).map_err(write_error)?;
    output.finish()?;
    Ok(Outcome::Done)
}
