//! Arguments for what goes beyond the figures, and the formats in which figures are written.

use std::io::Write;

use clap::ValueEnum;
use serde::Serialize;
use serde_json::Value;

use crate::cli::extract::write_json;
use crate::cli::output::{Output, write_error};
use crate::error::{Error, Result};
use crate::evaluation::{Gate, GateResult};
use crate::pipeline::details::Details;
use crate::report::{junit, markdown};

/// Other speakers that each row is given where a gate asks what that changes.
const N_SWAPS: usize = 10;
const MAX_SWAPS: usize = 1000;

/// What is asked for beyond the figures.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct DetailArgs {
    /// Figures of the rows of each value of a column: speaker, kind, country, ..., any other column, or seen-speaker
    /// (whether the model met the speaker in training). Repeatable
    #[arg(long = "slice", value_name = "COLUMN", help_heading = "Details")]
    pub(super) slices: Vec<String>,
    /// List the N rows of each task that are most wrong; evaluate adds the features that made them so
    #[arg(long, default_value_t = 0, value_name = "N", help_heading = "Details")]
    pub(super) errors: usize,
    /// List the N labels of each task that are most likely to be wrong in the file
    #[arg(long, default_value_t = 0, value_name = "N", help_heading = "Details")]
    pub(super) label_errors: usize,
}

impl DetailArgs {
    pub(super) fn details(&self, n_speaker_swaps: usize) -> Details {
        Details {
            slices: self.slices.clone(),
            n_errors: self.errors,
            n_label_errors: self.label_errors,
            n_speaker_swaps,
        }
    }
}

/// A number of other speakers; more than 1,000 would change nothing but the time.
pub(super) fn swaps(text: &str) -> std::result::Result<usize, String> {
    let n = text.parse().ok().filter(|n| *n <= MAX_SWAPS);
    n.ok_or_else(|| format!("give a number from 0 to {MAX_SWAPS}"))
}

/// Other speakers that each row is given: as asked for, or because a gate needs them.
pub(super) fn n_speaker_swaps(asked: usize, gates: &[Gate]) -> usize {
    if asked == 0 && gates.iter().any(Gate::needs_speaker_swap) { N_SWAPS } else { asked }
}

/// How figures are written down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum JudgeFormat {
    /// For people
    #[default]
    Table,
    /// One JSON object
    Json,
    /// Gates as tests, in JUnit XML
    Junit,
    /// The table and the gates for a job summary
    Markdown,
}

/// How figures without gates are written down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum SummaryFormat {
    /// For people
    #[default]
    Table,
    /// One JSON object
    Json,
    /// The table for a job summary
    Markdown,
}

impl From<SummaryFormat> for JudgeFormat {
    fn from(format: SummaryFormat) -> Self {
        match format {
            SummaryFormat::Table => Self::Table,
            SummaryFormat::Json => Self::Json,
            SummaryFormat::Markdown => Self::Markdown,
        }
    }
}

/// Writes figures in any format. `text`: the table with the gates at its end. `json`: the object.
pub(super) fn write_figures(
    format: JudgeFormat,
    title: &str,
    gates: &[GateResult],
    text: impl FnOnce() -> String,
    json: impl FnOnce() -> Result<Value>,
) -> Result<()> {
    let mut output = Output::new(None, format == JudgeFormat::Table)?;
    match format {
        JudgeFormat::Table => output.write_all(text().as_bytes()).map_err(write_error)?,
        JudgeFormat::Json => write_json(&mut output, &json()?)?,
        JudgeFormat::Junit => {
            output.write_all(junit::junit(title, gates, &plain(&text())).as_bytes()).map_err(write_error)?;
        }
        JudgeFormat::Markdown => {
            output.write_all(markdown::page(title, gates, &plain(&text())).as_bytes()).map_err(write_error)?;
        }
    }
    output.finish()
}

/// Text without the escapes for colour.
fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// Figures as a JSON value.
pub(super) fn value(figures: &impl Serialize) -> Result<Value> {
    serde_json::to_value(figures).map_err(|e| Error::data(format!("figures can not be written: {e}")))
}
