//! `demarche inspect`: a model's card and its top features.

use std::io::Write;
use std::path::PathBuf;

use serde_json::json;

use crate::cli::Outcome;
use crate::cli::evaluate::named;
use crate::cli::extract::write_json;
use crate::cli::options::model;
use crate::cli::output::{Output, write_error};
use crate::error::Result;
use crate::report::{card, text};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  demarche inspect mine.model
  demarche inspect mine.model -f markdown > CARD.md
  demarche inspect default --top 30")]
pub(super) struct Args {
    /// Model file; "default" is the shipped model
    #[arg(value_name = "MODEL", default_value = "default")]
    model: PathBuf,
    /// Features to list for and against each label
    #[arg(short, long, default_value_t = 12, value_name = "N")]
    top: usize,
    /// Format of the output
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Card and top features
    #[default]
    Table,
    /// The card alone, in Markdown
    Markdown,
    /// Header and top features
    Json,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let model = model(named(&args.model))?;
    let mut output = Output::new(None, args.format == Format::Table)?;
    match args.format {
        Format::Table => {
            write!(output, "{}\n## Top features\n\n{}", card::card(&model), text::top_features(&model, args.top))
                .map_err(write_error)?;
        }
        Format::Markdown => write!(output, "{}", card::card(&model)).map_err(write_error)?,
        Format::Json => {
            let features = |list: Vec<crate::model::TopFeature>| -> serde_json::Value {
                list.into_iter().map(|f| json!({"feature": f.name, "weight": f.weight})).collect()
            };
            let mut top = serde_json::Map::new();
            for (t, task) in model.tasks().enumerate() {
                for (k, label) in task.labels.names().enumerate() {
                    let (for_it, against) = model.top_features(t, k, args.top);
                    top.insert(
                        format!("{}.{label}", task.name),
                        json!({"for": features(for_it), "against": features(against)}),
                    );
                }
            }
            write_json(&mut output, &json!({"model": model.record(), "header": model.header(), "top_features": top}))?;
        }
    }
    output.finish()?;
    Ok(Outcome::Done)
}
