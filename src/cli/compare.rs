//! `demarche compare`: two models on the same labelled rows.

use std::path::PathBuf;

use crate::cli::Outcome;
use crate::cli::details::{value, write_figures};
use crate::cli::evaluate::named;
use crate::cli::options::{JudgeArgs, labelled, model};
use crate::error::Result;
use crate::evaluation::{Bootstrap, Compare};
use crate::pipeline::evaluate::compare;
use crate::report::text;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Gates speak of new minus old (macro_f1, micro_f1, accuracy, ece, brier, log_loss, f1:LABEL, flip_rate), or of one model
(new.macro_f1, old.macro_f1); a task may stand in front (sentiment.macro_f1). Without it the first task is meant.

Examples:
  demarche compare old.model mine.model test.csv
  demarche compare old.model mine.model test.csv --gate 'macro_f1>=-0.01' --gate 'flip_rate<=0.1'
  demarche compare default mine.model test.csv -f json")]
pub(super) struct Args {
    /// The model in use; \"default\" is the shipped model
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The model that may replace it
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Labelled CSV
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    judge: JudgeArgs,
    /// Flips to list in the table
    #[arg(long, default_value_t = 20, value_name = "N", help_heading = "Output")]
    flips: usize,
}

pub(super) fn run(args: &Args, quiet: bool) -> Result<Outcome> {
    let (old, new) = (model(named(&args.old))?, model(named(&args.new))?);
    let (dataset, _) = labelled(&args.file, &args.judge.columns.options(), quiet)?;
    let bootstrap = Bootstrap { seed: args.judge.seed, ..Bootstrap::default() };
    let settings = Compare { bootstrap, ..Compare::default() };
    let mut comparisons = compare(&old, &new, &dataset, &args.judge.columns.group_columns, &settings)
        .map_err(|e| e.in_file(&args.file))?;
    comparisons.gates = args.judge.gates.iter().map(|g| g.check(&comparisons.tasks)).collect::<Result<_>>()?;
    let ids: Vec<String> = dataset.examples.iter().map(|e| e.id.clone()).collect();
    let title = "demarche compare";
    write_figures(
        args.judge.format,
        title,
        &comparisons.gates,
        || text::comparison(&comparisons, &ids, args.flips),
        || {
            let mut value = value(&comparisons)?;
            for flip in value["flips"].as_array_mut().into_iter().flatten() {
                let id = flip["row"].as_u64().and_then(|row| ids.get(usize::try_from(row).ok()?));
                flip["id"] = serde_json::json!(id);
            }
            Ok(value)
        },
    )?;
    Ok(if comparisons.gates.iter().all(|g| g.holds) { Outcome::Done } else { Outcome::No })
}
