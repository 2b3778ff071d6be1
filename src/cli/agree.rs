//! `demarche agree`: how far coders agree.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::Outcome;
use crate::cli::details::{JudgeFormat, write_figures};
use crate::cli::input::Input;
use crate::cli::options::parse_task;
use crate::cli::output::{Output, say};
use crate::cli::paths::keep_apart;
use crate::dataset::csv::{CodingOptions, TaskSpec, read_codings};
use crate::error::Result;
use crate::evaluation::{Agreement, Bootstrap, Codings, Gate, GateResult};
use crate::report::{coders, counted, text};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Files are joined by the id column; where one has none, all by the text. An empty label cell means \"not labelled\"; none means \"no label\".

Examples:
  demarche agree anna.csv ben.csv
  demarche agree all.csv --coder-column coder --disputed to-settle.csv
  demarche agree data/quotes-coders.csv                         columns stance_a, stance_b, sentiment_a, sentiment_b
  demarche agree anna.csv ben.csv --gate 'alpha>=0.667'         exit code 1 where it does not hold")]
pub(super) struct Args {
    /// CSV files, one a coder; or one file with --coder-column, or with a column a coder (stance_a, stance_b)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Column that names the coder, of a single file
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    coder_column: Option<String>,
    /// A label column and its kind: NAME, NAME=multi or NAME=single. Repeatable; without it stance, sentiment and label
    /// are used where the files have them
    #[arg(long = "task", value_name = "NAME[=KIND]", value_parser = parse_task, help_heading = "Columns")]
    tasks: Vec<TaskSpec>,
    /// Column of the text
    #[arg(long, default_value = "text", value_name = "NAME", help_heading = "Columns")]
    text_column: String,
    /// Column of unique names of rows
    #[arg(long, default_value = "id", value_name = "NAME", help_heading = "Columns")]
    id_column: String,
    /// Column whose rows belong together, for the intervals; without it the speaker, then the article, then the row
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    group_column: Option<String>,
    /// File for the rows on which coders differ, with empty label columns to settle them
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    disputed: Option<PathBuf>,
    /// Exit with 1 unless this holds, as 'alpha>=0.667', 'sentiment.alpha>=0.8' or 'alpha:praise>0.6'. Repeatable
    #[arg(long = "gate", value_name = "EXPRESSION", help_heading = "Output")]
    gates: Vec<Gate>,
    /// Format of the output
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Output")]
    format: JudgeFormat,
    /// Seed of the intervals
    #[arg(long, default_value_t = 0, value_name = "N", help_heading = "Output")]
    seed: u64,
}

pub(super) fn run(args: &Args, quiet: bool) -> Result<Outcome> {
    if let Some(path) = &args.disputed {
        keep_apart(path, args.files.iter().map(PathBuf::as_path))?;
    }
    let options = CodingOptions {
        tasks: args.tasks.clone(),
        id_column: args.id_column.clone(),
        text_column: args.text_column.clone(),
        coder_column: args.coder_column.clone(),
        group_column: args.group_column.clone(),
    };
    let open = |path: &PathBuf| {
        let input = if path.as_os_str() == "-" { Input::Stdin } else { Input::File(path.clone()) };
        Ok((input.name(), input.open()?))
    };
    let (files, warnings) = read_codings(args.files.iter().map(open).collect::<Result<_>>()?, &options)?;
    if !quiet {
        warnings.iter().for_each(|w| say(&format!("warning: {w}")));
    }
    let bootstrap = Bootstrap { seed: args.seed, ..Bootstrap::default() };
    let mut names: Vec<&str> = files.units.iter().filter_map(|u| u.group.as_deref()).collect();
    names.sort_unstable();
    names.dedup();
    let group =
        |(u, group): (usize, Option<&str>)| group.map_or(names.len() + u, |g| names.partition_point(|n| *n < g));
    let groups: Vec<usize> = files.units.iter().map(|u| u.group.as_deref()).enumerate().map(group).collect();
    let agreements: Vec<Agreement> = files
        .tasks
        .iter()
        .zip(&files.codes)
        .map(|(task, codes)| {
            Codings { task: task.clone(), codes: codes.clone(), groups: groups.clone() }.agreement(&bootstrap)
        })
        .collect::<Result<_>>()?;
    let gates: Vec<GateResult> = args.gates.iter().map(|g| g.check_agreement(&agreements)).collect::<Result<_>>()?;
    if let Some(path) = &args.disputed {
        let mut output = Output::new(Some(path), false)?;
        let n_rows = coders::write_disputed(&mut output, &files, &agreements)?;
        output.finish()?;
        if !quiet {
            say(&format!("wrote {} to {}", counted(n_rows, "disputed row"), path.display()));
        }
    }
    write_figures(
        args.format,
        "demarche agree",
        &gates,
        || format!("{}{}", coders::agreement(&agreements, &files.coders), text::gates(&gates)),
        || {
            let name = |u: &usize| files.units[*u].name.clone();
            let tasks: serde_json::Map<String, serde_json::Value> = agreements
                .iter()
                .map(|a| {
                    let mut value = json!(a);
                    value["disputed"] = json!(a.disputed.iter().map(name).collect::<Vec<_>>());
                    (a.task.clone(), value)
                })
                .collect();
            Ok(json!({"schema": "demarche.agreement/1", "coders": files.coders, "tasks": tasks, "gates": gates}))
        },
    )?;
    Ok(if gates.iter().all(|g| g.holds) { Outcome::Done } else { Outcome::No })
}
