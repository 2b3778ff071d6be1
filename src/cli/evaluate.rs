//! `demarche evaluate`: figures of a model on labelled rows.

use std::io::Write;
use std::path::PathBuf;

use crate::cli::Outcome;
use crate::cli::extract::write_json;
use crate::cli::options::{FigureFormat, JudgeArgs, labelled, model};
use crate::cli::output::{Output, write_error};
use crate::error::{Error, Result};
use crate::evaluation::{Bootstrap, GateResult};
use crate::pipeline::evaluate::evaluate;
use crate::report::text;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  demarche evaluate mine.model test.csv
  demarche evaluate mine.model test.csv -f json | jq .tasks.stance.macro_f1
  demarche evaluate mine.model test.csv --gate 'macro_f1>=0.6'      exit code 1 where it does not hold")]
pub(super) struct Args {
    /// Model file; \"default\" is the shipped model
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// Labelled CSV
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    judge: JudgeArgs,
}

pub(super) fn run(args: &Args, quiet: bool) -> Result<Outcome> {
    let model = model(named(&args.model))?;
    let (dataset, file) = labelled(&args.file, &mut args.judge.columns.options(Some(&model)), quiet)?;
    let bootstrap = Bootstrap { seed: args.judge.seed, ..Bootstrap::default() };
    let mut evaluation =
        evaluate(&model, &dataset, &args.judge.columns.group_columns, &bootstrap).map_err(|e| e.in_file(&args.file))?;
    if model.header().provenance.data.iter().any(|d| d.blake3 == file.blake3) {
        evaluation.notes.push("the model was trained on this very file: these figures flatter it".to_owned());
    }
    evaluation.data = serde_json::json!({"name": file.name, "blake3": file.blake3, "n_rows": file.n_rows});
    let results: Vec<GateResult> =
        args.judge.gates.iter().map(|g| g.check_alone(&evaluation.tasks)).collect::<Result<_>>()?;
    let mut output = Output::new(None, args.judge.format == FigureFormat::Table)?;
    match args.judge.format {
        FigureFormat::Table => {
            write!(output, "{}{}", text::evaluation(&evaluation), text::gates(&results)).map_err(write_error)?;
        }
        FigureFormat::Json => {
            let mut value = serde_json::to_value(&evaluation)
                .map_err(|e| Error::data(format!("figures can not be written: {e}")))?;
            if !results.is_empty() {
                value["gates"] = serde_json::json!(results);
            }
            write_json(&mut output, &value)?;
        }
    }
    output.finish()?;
    Ok(if results.iter().all(|g| g.holds) { Outcome::Done } else { Outcome::No })
}

/// `default` stands for the shipped model, unless a file is called so.
pub(super) fn named(path: &std::path::Path) -> Option<&std::path::Path> {
    if path.as_os_str() == "default" && !path.exists() { None } else { Some(path) }
}
