//! `demarche compare`: two models, or two recipes of training, on the same labelled rows.

use std::path::PathBuf;
use std::time::Instant;

use serde_json::{Value, json};

use crate::cli::Outcome;
use crate::cli::details::{n_speaker_swaps, swaps, value, write_figures};
use crate::cli::evaluate::named;
use crate::cli::options::{JudgeArgs, labelled_for, model};
use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::evaluation::{Bootstrap, Compare, Comparison, Comparisons, GateResult};
use crate::features::SparseRow;
use crate::model::Model;
use crate::pipeline::compare::compare;
use crate::report::comparison;

#[derive(Debug, clap::Args)]
#[command(
    override_usage = "demarche compare [OPTIONS] <OLD> <NEW> <FILE>\n       demarche compare [OPTIONS] --old-args <ARGS> --new-args <ARGS> <FILE>",
    after_help = "\
Gates speak of new minus old (macro_f1, micro_f1, accuracy, ece, brier, log_loss, f1:LABEL, flip_rate,
swap_flip_rate, swap_decision_flip_rate), or of one model (new.macro_f1, old.macro_f1); a task may stand in front (sentiment.macro_f1, new.sentiment.macro_f1). Without it the
first task is meant. docs/TESTING-MODELS.md shows a test in continuous integration.

Examples:
  demarche compare old.model mine.model test.csv
  demarche compare old.model mine.model test.csv --gate 'macro_f1>=-0.01' --gate 'flip_rate<=0.1'
  demarche compare default mine.model test.csv -f json
  demarche compare old.model mine.model test.csv -f junit --gate 'macro_f1>=-0.01' > models.xml
  demarche compare --old-args='--word-ngrams 1' --new-args='--word-ngrams 3' labels.csv    two recipes, cross-validated"
)]
pub(super) struct Args {
    /// The model in use, the model that may replace it ("default" is the shipped model), and a labelled CSV; with recipes
    /// the labelled CSV alone
    #[arg(required = true, num_args = 1..=3, value_name = "OLD NEW FILE")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    judge: JudgeArgs,
    /// Arguments of `demarche train` of the recipe in use, as one word: --old-args='-c 1,2 --word-ngrams 2'; quotation marks
    /// inside as in a shell
    #[cfg(feature = "train")]
    #[arg(long, value_name = "ARGS", requires = "new_args", allow_hyphen_values = true, help_heading = "Recipes")]
    old_args: Option<String>,
    /// Arguments of `demarche train` of the recipe that may replace it
    #[cfg(feature = "train")]
    #[arg(long, value_name = "ARGS", requires = "old_args", allow_hyphen_values = true, help_heading = "Recipes")]
    new_args: Option<String>,
    /// Cross-validations, each with other folds
    #[cfg(feature = "train")]
    #[arg(long, default_value_t = 2, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=100), help_heading = "Recipes")]
    repeats: u16,
    /// Flips to list in the table
    #[arg(long, default_value_t = 20, value_name = "N", help_heading = "Output")]
    flips: usize,
    /// Measure how many rows a second each model scores on one thread; differs from run to run
    #[arg(long, help_heading = "Output")]
    speed: bool,
    /// Score each row with a speaker as if N other speakers of the file had said it, and as if nobody had; 10 where a gate
    /// asks for swap_flip_rate
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = swaps, help_heading = "Output")]
    speaker_swaps: usize,
}

pub(super) fn run(args: &Args, quiet: bool) -> Result<Outcome> {
    #[cfg(feature = "train")]
    if let (Some(old), Some(new)) = (&args.old_args, &args.new_args) {
        return recipes::run(args, old, new, quiet);
    }
    let [old_path, new_path, file] = args.paths.as_slice() else {
        return Err(Error::usage("compare needs OLD NEW FILE: two models and a labelled CSV"));
    };
    let (old, new) = (model(named(old_path))?, model(named(new_path))?);
    let mut options = args.judge.columns.options(Some(&new));
    for field in args.judge.columns.options(Some(&old)).fields {
        if options.fields.iter().all(|f| f.column != field.column) {
            options.fields.push(field);
        }
    }
    let (dataset, read) = labelled_for(&new, file, &mut options, quiet)?;
    let n_swaps = n_speaker_swaps(args.speaker_swaps, &args.judge.gates);
    let mut comparisons = compare(&old, &new, &dataset, &args.judge.columns.groups(&new), &settings(args), n_swaps)
        .map_err(|e| e.in_file(file))?;
    // Models of older versions know whole files only.
    for (which, model) in [("old", &old), ("new", &new)].into_iter().filter(|(_, m)| m.learnt().bytes().is_empty()) {
        if model.header().provenance.data.iter().any(|d| d.blake3 == read.blake3) {
            let note = format!("the {which} model was trained on this very file: its figures flatter it");
            comparisons.notes.push(note);
        }
    }
    if args.speed {
        comparisons.old_model["rows_per_second"] = json!(rows_per_second(&old, &dataset));
        comparisons.new_model["rows_per_second"] = json!(rows_per_second(&new, &dataset));
    }
    comparisons.gates = ask(args, &comparisons.tasks)?;
    close(args, &dataset, comparisons, String::new(), None)
}

fn settings(args: &Args) -> Compare {
    Compare { bootstrap: Bootstrap { seed: args.judge.seed, ..Bootstrap::default() }, ..Compare::default() }
}

/// Asks the gates about `judged`.
fn ask(args: &Args, judged: &[Comparison]) -> Result<Vec<GateResult>> {
    args.judge.gates.iter().map(|gate| gate.check(judged)).collect()
}

/// Writes the comparison, behind `before`.
fn close(
    args: &Args,
    dataset: &Dataset,
    comparisons: Comparisons,
    before: String,
    cross_validation: Option<Value>,
) -> Result<Outcome> {
    let ids: Vec<String> = dataset.examples.iter().map(|e| e.id.clone()).collect();
    let file = args.paths.last().and_then(|p| p.file_name()).map_or("?".into(), |n| n.to_string_lossy());
    write_figures(
        args.judge.format,
        &format!("demarche compare on {file}"),
        &comparisons.gates,
        || format!("{before}{}", comparison::comparison(&comparisons, &ids, args.flips)),
        || {
            let mut value = value(&comparisons)?;
            for flip in value["flips"].as_array_mut().into_iter().flatten() {
                let id = flip["row"].as_u64().and_then(|row| ids.get(usize::try_from(row).ok()?.checked_sub(1)?));
                flip["id"] = json!(id);
            }
            if let Some(folds) = cross_validation {
                value["cross_validation"] = folds;
            }
            Ok(value)
        },
    )?;
    Ok(if comparisons.gates.iter().all(|g| g.holds) { Outcome::Done } else { Outcome::No })
}

/// Statements that a model scores in a second on one thread: the best of three rounds over all rows.
fn rows_per_second(model: &Model, dataset: &Dataset) -> f64 {
    let (mut workspace, mut row) = (model.vectorizer().workspace(), SparseRow::default());
    let mut best = 0.0f64;
    for _ in 0..3 {
        let started = Instant::now();
        for example in &dataset.examples {
            std::hint::black_box(model.score(&example.statement, &mut workspace, &mut row));
        }
        best = best.max(dataset.examples.len() as f64 / started.elapsed().as_secs_f64().max(1e-9));
    }
    best.round()
}

#[cfg(feature = "train")]
mod recipes {
    use std::path::Path;

    use super::*;
    use crate::cli::options::labelled;
    use crate::cli::output::progress;
    use crate::cli::train::Recipe;
    use crate::dataset::csv::check_for_training;
    use crate::error::ErrorKind;
    use crate::pipeline::recipes::compare_recipes;

    pub(super) fn run(args: &Args, old: &str, new: &str, quiet: bool) -> Result<Outcome> {
        let [file] = args.paths.as_slice() else {
            return Err(Error::usage("recipes are compared on one labelled CSV; leave the models out"));
        };
        let unused = [(args.speed, "--speed"), (args.speaker_swaps > 0, "--speaker-swaps")];
        if let Some((_, flag)) = unused.iter().find(|(is_set, _)| *is_set) {
            return Err(Error::usage(format!("{flag} is for two models; recipes have one model a fold")));
        }
        let recipe = |words: &str, flag: &str| {
            Recipe::parse(words, &args.judge.columns, args.judge.seed).map_err(|e| in_flag(e, flag, file))
        };
        let (old_recipe, new_recipe) = (recipe(old, "--old-args")?, recipe(new, "--new-args")?);
        let mut options = args.judge.columns.options(None);
        options.fields = old_recipe.fields();
        let more = new_recipe.fields().into_iter();
        let more: Vec<_> = more.filter(|f| options.fields.iter().all(|other| other.column != f.column)).collect();
        options.fields.extend(more);
        let (dataset, _) = labelled(file, &mut options, quiet)?;
        check_for_training(&dataset, 2).map_err(|e| e.in_file(file))?;
        let settings_of = |recipe: &Recipe, flag: &str| recipe.settings(&dataset).map_err(|e| in_flag(e, flag, file));
        let (old_settings, new_settings) =
            (settings_of(&old_recipe, "--old-args")?, settings_of(&new_recipe, "--new-args")?);
        let bar = progress(1, "cross-validating");
        let n_repeats = usize::from(args.repeats);
        let found =
            compare_recipes(&dataset, &old_settings, &new_settings, n_repeats, &settings(args), &|done, all| {
                bar.set_length(all as u64);
                bar.set_position(done as u64);
            })
            .map_err(|e| if *e.kind() == ErrorKind::Usage { e } else { e.in_file(file) })?;
        bar.finish_and_clear();
        let comparisons = Comparisons {
            old_model: json!({"arguments": old}),
            new_model: json!({"arguments": new}),
            tasks: found.comparisons.clone(),
            gates: ask(args, &found.judged())?,
            ..Comparisons::default()
        };
        close(args, &dataset, comparisons, comparison::cross_validation(&found), Some(found.record()))
    }

    fn in_flag(error: Error, flag: &str, file: &Path) -> Error {
        match error.kind() {
            ErrorKind::Usage => Error::usage(format!("{flag}: {}", error.message())),
            _ => error.in_file(file),
        }
    }
}
