//! `demarche prevalence`: shares of labels among rows whose labels are not known, corrected for the model's errors.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use crate::cli::Outcome;
use crate::cli::details::{SummaryFormat, write_figures};
use crate::cli::evaluate::named;
use crate::cli::input::Input;
use crate::cli::options::{ColumnArgs, labelled_as_learnt, model};
use crate::cli::output::say;
use crate::dataset::Example;
use crate::dataset::csv::read_statements;
use crate::dataset::scored::{is_scored, read_scored};
use crate::error::{Error, ErrorKind, Result};
use crate::evaluation::{Bootstrap, Unlabelled};
use crate::label::Task;
use crate::model::Model;
use crate::pipeline::prevalence::{learnt, prevalence, record, scored, unlabelled};
use crate::report::{coders, counted};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Counting what a model says is biased where it errs. adjusted undoes the error rates that the model showed on held-out rows;
em corrects its probabilities for the shift of the shares; with --labelled, prediction-powered needs no assumption but that
those rows were drawn from the same texts by chance.

Examples:
  demarche prevalence mine.model statements.csv
  demarche score articles/ -m mine.model -f jsonl -o scores.jsonl && demarche prevalence mine.model scores.jsonl
  demarche prevalence mine.model statements.csv --labelled sample.csv -f json")]
pub(super) struct Args {
    /// Model file; "default" is the shipped model
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// CSV or JSONL of statements, or JSONL of `demarche score`; label columns are not read
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Labelled CSV of rows drawn by chance from the same texts
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    labelled: Option<PathBuf>,
    #[command(flatten)]
    columns: ColumnArgs,
    /// Format of the output
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Output")]
    format: SummaryFormat,
    /// Seed of the intervals
    #[arg(long, default_value_t = 0, value_name = "N", help_heading = "Output")]
    seed: u64,
}

pub(super) fn run(args: &Args, quiet: bool) -> Result<Outcome> {
    if args.labelled.is_none() && !args.columns.tasks.is_empty() {
        return Err(Error::usage("--task names the label column of --labelled; give that too, or leave --task out"));
    }
    let model = model(named(&args.model))?;
    let sample = args
        .labelled
        .as_ref()
        .map(|path| labelled_as_learnt(&model, path, &args.columns, quiet).map_err(|e| e.in_file(path)))
        .transpose()?;
    let (rows, examples) = rows(&args.file, &model, &args.columns, quiet)?;
    if rows.iter().all(|task| task.predicted.is_empty()) {
        return Err(Error::data("no row below the header; nothing to count").in_file(&args.file));
    }
    let bootstrap = Bootstrap { seed: args.seed, ..Bootstrap::default() };
    let columns = &args.columns.groups(&model);
    let sample_file = args.labelled.as_deref().unwrap_or(&args.file);
    let found = prevalence(&model, &rows, sample.as_ref().map(|(dataset, _)| dataset), columns, &bootstrap)
        .map_err(|e| if *e.kind() == ErrorKind::Model { e } else { e.in_file(sample_file) })?;
    let title = format!("demarche prevalence: {}", model.header().name);
    let (data, notes) = learnt(&model, &examples, sample.as_ref().map(|(dataset, _)| dataset));
    let text = || coders::prevalence(&found, &notes);
    write_figures(args.format.into(), &title, &[], text, || Ok(record(&model, &found, &data, &notes)))?;
    Ok(Outcome::Done)
}

/// What the model says of the rows of a file, scored already or not; and these rows.
fn rows(path: &Path, model: &Model, columns: &ColumnArgs, quiet: bool) -> Result<(Vec<Unlabelled>, Vec<Example>)> {
    let input = if path.as_os_str() == "-" { Input::Stdin } else { Input::File(path.to_path_buf()) };
    let mut reader = BufReader::with_capacity(64 << 10, input.open()?);
    let head = reader.fill_buf().map_err(|e| Error::io(path, "read", e))?;
    if is_scored(head) {
        let tasks: Vec<&Task> = model.tasks().collect();
        let mut rows = read_scored(&input.name(), reader, &tasks, model.id())?;
        let n_all = rows.len();
        rows.retain(|row| !row.is_copy);
        if rows.len() < n_all && !quiet {
            say(&format!(
                "{} of articles that are copies of earlier ones left out, as score counts them",
                counted(n_all - rows.len(), "row")
            ));
        }
        let examples: Vec<Example> = rows.iter().map(|row| row.example.clone()).collect();
        return Ok((scored(model, &rows, &examples, &columns.groups(model)), examples));
    }
    // Label columns of an unlabelled file are cells like others.
    let options = columns.options(Some(model));
    let mut statements = read_statements(&input.name(), reader, &options)?;
    if !quiet {
        for column in statements.absent() {
            say(&format!(
                "warning: {}: no column \"{column}\", which the model has learnt from; scored without it",
                input.name()
            ));
        }
    }
    let header = statements.header().to_vec();
    let mut examples = Vec::new();
    for row in &mut statements {
        match row {
            Ok(row) => {
                let extra: Vec<(String, String)> = header.iter().cloned().zip(row.cells).collect();
                let cell = |name: &str| extra.iter().find(|(n, _)| n == name).map(|(_, cell)| cell.trim().to_owned());
                let article = cell(&options.columns.article).filter(|c| !c.is_empty());
                examples.push(Example {
                    id: row.id,
                    line: row.line,
                    statement: row.statement,
                    article,
                    extra,
                    ..Example::default()
                });
            }
            Err(error) if columns.lenient => {
                if !quiet {
                    say(&format!("warning: {error}"));
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok((unlabelled(model, &examples, &columns.groups(model)), examples))
}
