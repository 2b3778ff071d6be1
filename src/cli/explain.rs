//! `demarche explain`: one statement, word by word.

use std::io::{Read, Write};
use std::path::PathBuf;

use serde_json::json;

use crate::cli::Outcome;
use crate::cli::extract::write_json;
use crate::cli::options::{FigureFormat, model};
use crate::cli::output::{Output, write_error};
use crate::error::{Error, ErrorKind, Result};
use crate::features::SparseRow;
use crate::model::Model;
use crate::pipeline;
use crate::quotation::Kind;
use crate::report::{Offsets, Unit, json, text};
use crate::statement::Statement;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  demarche explain \"We expect reciprocal steps from Washington\"
  demarche explain --cue warned --role \"foreign minister\" \"Any new sanctions will be answered\"
  demarche explain --label call-for-easing \"The sanctions must go\"")]
pub(super) struct Args {
    /// The words of the statement; - reads them from standard input
    #[arg(value_name = "TEXT")]
    text: String,
    /// Model file; the shipped model unless given
    #[arg(short, long, value_name = "FILE", env = "DEMARCHE_MODEL", help_heading = "Model")]
    model: Option<PathBuf>,
    /// Labels to explain; those that hold unless given
    #[arg(long = "label", value_name = "LABEL", help_heading = "Output")]
    labels: Vec<String>,
    /// Contributions to list for each label; the others are summed up
    #[arg(short, long, default_value_t = 12, value_name = "N", help_heading = "Output")]
    top: usize,
    /// Format of the output
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Output")]
    format: FigureFormat,
    /// Who says it
    #[arg(long, value_name = "NAME", help_heading = "Statement")]
    speaker: Option<String>,
    /// Whose position it is, where that is not the speaker's
    #[arg(long, value_name = "NAME", help_heading = "Statement")]
    holder: Option<String>,
    /// Role of the speaker
    #[arg(long, value_name = "ROLE", help_heading = "Statement")]
    role: Option<String>,
    /// Organization of the speaker
    #[arg(long, value_name = "NAME", help_heading = "Statement")]
    organization: Option<String>,
    /// Country of the speaker
    #[arg(long, value_name = "CODE", help_heading = "Statement")]
    country: Option<String>,
    /// Reporting words
    #[arg(long, value_name = "WORDS", help_heading = "Statement")]
    cue: Option<String>,
    /// direct, mixed or indirect
    #[arg(long, value_name = "KIND", value_parser = |k: &str| Kind::from_name(k).map_err(|e| e.to_string()), help_heading = "Statement")]
    kind: Option<Kind>,
    /// At whom or what it is directed
    #[arg(long, value_name = "NAME", help_heading = "Statement")]
    target: Option<String>,
    /// Cell of a column that the model has learnt from, as party=left. Repeatable
    #[arg(long = "field", value_name = "COLUMN=CELL", value_parser = parse_field, help_heading = "Statement")]
    fields: Vec<(String, String)>,
}

fn parse_field(text: &str) -> std::result::Result<(String, String), String> {
    let (column, cell) = text.split_once('=').ok_or("write it as party=left")?;
    Ok((column.to_owned(), cell.to_owned()))
}

/// The cells, if the model has learnt from their columns.
fn fields(given: &[(String, String)], model: &Model) -> Result<Vec<(String, String)>> {
    let columns = &model.header().features.columns;
    for (name, _) in given {
        if columns.iter().all(|c| c.name != *name) {
            let near = crate::text::nearest(name, columns.iter().map(|c| c.name.as_str()));
            let hint = near.map(|n| format!("; did you mean \"{n}\"?")).unwrap_or_default();
            return Err(Error::usage(format!("the model has not learnt from a column \"{name}\"{hint}")));
        }
    }
    Ok(given.to_vec())
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let model = model(args.model.as_deref())?;
    let mut words = args.text.clone();
    if words == "-" {
        words.clear();
        let read = std::io::stdin().take(16 << 20).read_to_string(&mut words);
        read.map_err(|e| Error::data(format!("can not read standard input as UTF-8 text: {e}")))?;
    }
    if words.trim().is_empty() {
        return Err(Error::new(ErrorKind::Data, "the statement is empty"));
    }
    let statement = Statement {
        text: words.trim().to_owned(),
        cue: args.cue.clone(),
        kind: args.kind,
        speaker: args.speaker.clone(),
        holder: args.holder.clone(),
        target: args.target.clone(),
        role: args.role.clone(),
        organization: args.organization.clone(),
        country: args.country.clone(),
        fields: fields(&args.fields, &model)?,
        ..Statement::default()
    };
    let mut workspace = model.vectorizer().workspace();
    let scores = model.score(&statement, &mut workspace, &mut SparseRow::default());
    let explanations = if args.labels.is_empty() {
        pipeline::explanations(&model, &statement, &scores, &mut workspace)
    } else {
        let find = |label: &String| {
            model.tasks().enumerate().find_map(|(t, task)| task.labels.index(label).map(|k| (t, k))).ok_or_else(|| {
                let names: Vec<&str> = model.tasks().flat_map(|t| t.labels.names()).collect();
                let nearest =
                    crate::text::nearest(label, names.iter().copied()).map(|n| format!("; did you mean \"{n}\"?"));
                Error::usage(format!("the model has no label \"{label}\"{}", nearest.unwrap_or_default()))
            })
        };
        let pairs: Vec<(usize, usize)> = args.labels.iter().map(find).collect::<Result<_>>()?;
        model.explain(&statement, &pairs, &mut workspace)
    };
    let mut output = Output::new(None, args.format == FigureFormat::Table)?;
    match args.format {
        FigureFormat::Json => {
            let offsets = Offsets::new(&statement.text, Unit::Scalars);
            let warnings: Vec<&str> = if scores.unknown { vec![json::UNKNOWN] } else { Vec::new() };
            write_json(
                &mut output,
                &json!({
                    "schema": json::QUOTATION_SCHEMA,
                    "text": statement.text,
                    "tasks": json::Tasks { model: &model, scores: &scores },
                    "explanation": json::explanation(&model, &explanations, args.top, |s| offsets.span(&statement.text, s)),
                    "model": model.record(),
                    "warnings": warnings,
                }),
            )?;
        }
        FigureFormat::Table => {
            writeln!(output, "{}\n", text::labels(&model, &scores)).map_err(write_error)?;
            for explanation in &explanations {
                writeln!(output, "{}", text::explanation(&model, &statement, &scores, explanation, args.top))
                    .map_err(write_error)?;
            }
        }
    }
    output.finish()?;
    Ok(Outcome::Done)
}
