//! What did the person ask for? One file a command.

mod agree;
mod articles;
mod compare;
mod details;
mod evaluate;
mod explain;
mod extract;
mod faults;
pub mod input;
mod inspect;
mod journal;
mod options;
mod output;
mod paths;
mod prevalence;
mod schema;
mod score;
mod signals;
mod sink;
mod statements;
#[cfg(feature = "train")]
mod train;
#[cfg(feature = "train")]
mod train_extractor;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::{Error, ErrorKind, Result};
use output::{is_closed_pipe, say};

const LONG_ABOUT: &str = "\
Finds who said what in news articles, and how they stand to it.

  demarche score articles/                          quotations with stance and sentiment, by the shipped model
  demarche extract articles/ --for-labelling -o to-label.csv
  demarche train labels.csv -o mine.model           your own labels, from any CSV
  demarche score articles/ -m mine.model -f jsonl -o scores.jsonl
  demarche explain \"We expect reciprocal steps from Washington\"
  demarche evaluate mine.model test.csv
  demarche compare old.model mine.model test.csv --gate 'macro_f1>=-0.01'
  demarche inspect mine.model";

const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 the answer is no (a gate does not hold); 2 usage; 3 ran, nothing found; 4 bad input data;
5 a model or file can not be read or written; 130 interrupted.
Data goes to standard output, words for people to standard error. Nothing is ever sent over a network.";

#[derive(Debug, Parser)]
#[command(name = "demarche", version, about = "Who said what in the news, and how they stand to it", long_about = LONG_ABOUT, after_help = EXIT_CODES, max_term_width = 110)]
struct Cli {
    /// Threads to use; all cores unless given. Results are the same for any number
    #[arg(short = 'j', long, global = true, value_name = "N", env = "DEMARCHE_THREADS", help_heading = "General")]
    threads: Option<usize>,
    /// Only results and errors, no remarks
    #[arg(short, long, global = true, help_heading = "General")]
    quiet: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "one value a run; smaller without training")]
enum Command {
    /// Score articles, or rows that already are quotations
    Score(score::Args),
    /// Find the quotations of articles: content, cue, source, speaker, holder
    Extract(extract::Args),
    /// Train a model on a labelled CSV; prints figures for rows held out
    #[cfg(feature = "train")]
    Train(train::Args),
    /// Train the extractor of quotations on annotated articles
    #[cfg(feature = "train")]
    TrainExtractor(train_extractor::Args),
    /// Figures of a model on a labelled CSV that it was not trained on
    Evaluate(evaluate::Args),
    /// Compare two models on the same labelled CSV; gates for tests
    Compare(compare::Args),
    /// Shares of labels in many texts, corrected for the model's errors
    Prevalence(prevalence::Args),
    /// How far coders agree: Krippendorff's alpha, F1, disputed rows
    Agree(agree::Args),
    /// Show word by word why a statement gets its labels
    Explain(explain::Args),
    /// Show a model's card and the features that speak for each label
    Inspect(inspect::Args),
    /// Print the JSON Schema of what the commands write
    Schema(schema::Args),
}

/// How a command ended when nothing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    /// A gate does not hold.
    No,
    /// It ran, and there was nothing.
    Nothing,
    /// A signal stopped it; its exit code.
    Stopped(u8),
}

/// Runs the program with these arguments (the first is its name) and gives its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    match dispatch(cli) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::No) => ExitCode::from(1),
        Ok(Outcome::Nothing) => ExitCode::from(3),
        Ok(Outcome::Stopped(code)) => ExitCode::from(code),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("demarche: {error}"));
            ExitCode::from(exit_code(&error))
        }
    }
}

fn dispatch(cli: Cli) -> Result<Outcome> {
    if let Some(n) = cli.threads {
        if n == 0 || n > 4096 {
            return Err(Error::usage("--threads must lie between 1 and 4096"));
        }
        rayon::ThreadPoolBuilder::new()
            .num_threads(n)
            .build_global()
            .map_err(|e| Error::usage(format!("can not use {n} threads: {e}")))?;
    }
    let quiet = cli.quiet;
    match cli.command {
        Command::Score(args) => score::run(&args, quiet),
        Command::Extract(args) => extract::run(&args, quiet),
        #[cfg(feature = "train")]
        Command::Train(args) => train::run(&args, quiet),
        #[cfg(feature = "train")]
        Command::TrainExtractor(args) => train_extractor::run(&args, quiet),
        Command::Evaluate(args) => evaluate::run(&args, quiet),
        Command::Compare(args) => compare::run(&args, quiet),
        Command::Prevalence(args) => prevalence::run(&args, quiet),
        Command::Agree(args) => agree::run(&args, quiet),
        Command::Explain(args) => explain::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Schema(args) => schema::run(&args),
    }
}

fn exit_code(error: &Error) -> u8 {
    match error.kind() {
        ErrorKind::Usage => 2,
        ErrorKind::NothingFound => 3,
        ErrorKind::Data | ErrorKind::UnknownLabel { .. } | ErrorKind::Columns { .. } | ErrorKind::Numeric => 4,
        ErrorKind::Model | ErrorKind::Io => 5,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn arguments_are_well_formed() {
        super::Cli::command().debug_assert();
    }
}
