//! `demarche evaluate`: figures of a model on labelled rows.

use std::path::PathBuf;

use crate::cli::Outcome;
use crate::cli::details::{DetailArgs, n_speaker_swaps, swaps, value, write_figures};
use crate::cli::options::{JudgeArgs, labelled_as_learnt, model};
use crate::cli::output::say;
use crate::error::Result;
use crate::evaluation::{Bootstrap, GateResult};
use crate::pipeline::evaluate::evaluate_with;
use crate::report::text;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  demarche evaluate mine.model test.csv
  demarche evaluate mine.model test.csv -f json | jq .tasks.stance.macro_f1
  demarche evaluate mine.model test.csv --gate 'macro_f1>=0.6'      exit code 1 where it does not hold
  demarche evaluate mine.model test.csv --slice seen-speaker --slice kind --errors 10 --label-errors 10
  demarche evaluate mine.model test.csv --gate 'swap_flip_rate<=0.05'")]
pub(super) struct Args {
    /// Model file; "default" is the shipped model
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// Labelled CSV
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    judge: JudgeArgs,
    #[command(flatten)]
    details: DetailArgs,
    /// Score each row with a speaker as if N other speakers of the file had said it, and as if nobody had; 10 where a gate
    /// asks for swap_flip_rate
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = swaps, help_heading = "Details")]
    speaker_swaps: usize,
}

pub(super) fn run(args: &Args, quiet: bool) -> Result<Outcome> {
    let model = model(named(&args.model))?;
    let (dataset, file) = labelled_as_learnt(&model, &args.file, &args.judge.columns, quiet)?;
    let bootstrap = Bootstrap { seed: args.judge.seed, ..Bootstrap::default() };
    let details = args.details.details(n_speaker_swaps(args.speaker_swaps, &args.judge.gates));
    let mut evaluation = evaluate_with(&model, &dataset, &args.judge.columns.groups(&model), &bootstrap, &details)
        .map_err(|e| e.in_file(&args.file))?;
    let n_learnt = evaluation.data["n_learnt"].take();
    // Models of older versions know whole files only.
    if n_learnt.is_null() && model.header().provenance.data.iter().any(|d| d.blake3 == file.blake3) {
        evaluation.notes.push("the model was trained on this very file: these figures flatter it".to_owned());
    }
    evaluation.data =
        serde_json::json!({"name": file.name, "blake3": file.blake3, "n_rows": file.n_rows, "n_learnt": n_learnt});
    for (n_asked, n_found, what) in [
        (args.details.errors, evaluation.errors.len(), "errors"),
        (args.details.label_errors, evaluation.label_errors.len(), "label errors"),
    ] {
        if n_asked > 0 && n_found == 0 && !quiet {
            say(&format!("note: no {what} to list"));
        }
    }
    let gates = args.judge.gates.iter();
    let results: Vec<GateResult> =
        gates.map(|g| g.check_alone(&evaluation.tasks, &evaluation.speaker_swap)).collect::<Result<_>>()?;
    let title = format!("demarche evaluate: {} on {}", model.header().name, file.name);
    write_figures(
        args.judge.format,
        &title,
        &results,
        || format!("{}{}", text::evaluation(&evaluation), text::gates(&results)),
        || {
            let mut value = value(&evaluation)?;
            if !results.is_empty() {
                value["gates"] = serde_json::json!(results);
            }
            Ok(value)
        },
    )?;
    Ok(if results.iter().all(|g| g.holds) { Outcome::Done } else { Outcome::No })
}

/// `default` stands for the shipped model, unless a file is called so.
pub(super) fn named(path: &std::path::Path) -> Option<&std::path::Path> {
    if path.as_os_str() == "default" && !path.exists() { None } else { Some(path) }
}
