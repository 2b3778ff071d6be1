//! Tables of what goes beyond the figures: confusion, slices, worst rows, doubtful labels, drift, other speakers.

use std::fmt::Write;

use crate::error::escape;
use crate::evaluation::{Drift, ErrorRow, Evaluation, Figures, Shift, Slice, SpeakerSwap, SuspectRow};
use crate::report::text::style::{AGAINST, BOLD, DIM, FOR, RESET};
use crate::report::text::{estimate, line};

/// Pairs of labels that are listed of a confusion that is too large for a table.
const N_PAIRS: usize = 10;
/// Labels up to which a confusion is shown as a table.
const MAX_TABLE: usize = 8;

/// All details of an evaluation that were asked for.
pub fn details(evaluation: &Evaluation) -> String {
    let mut out = String::new();
    if let Some(drift) = &evaluation.drift {
        out.push_str(&drift_table(drift));
    }
    out.push_str(&swaps(&evaluation.speaker_swap));
    out.push_str(&slice_tables(&evaluation.slices));
    out.push_str(&errors(&evaluation.errors));
    out.push_str(&suspects(&evaluation.label_errors));
    out
}

/// What is taken for what: a table for few labels, else the most frequent pairs.
pub fn confusion(figures: &Figures) -> String {
    let names: Vec<&str> = figures.labels.iter().map(|(name, _)| name.as_str()).collect();
    let mut out = String::new();
    if let Some(table) = figures.confusion.as_ref().filter(|t| t.len() <= MAX_TABLE) {
        let _ = write!(out, "\n  {:<24}", "holds \\ predicted");
        names.iter().for_each(|name| {
            let _ = write!(out, " {:>12}", line(name, 12));
        });
        for (name, row) in names.iter().zip(table) {
            let _ = write!(out, "\n  {:<24}", line(name, 24));
            row.iter().for_each(|n| {
                let _ = write!(out, " {n:>12}");
            });
        }
        out.push('\n');
    } else if let Some(table) = figures.confusion.as_ref().or(figures.missed_and_wrong.as_ref()) {
        let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
        for (missed, row) in table.iter().enumerate() {
            pairs.extend(row.iter().enumerate().filter(|(w, n)| *w != missed && **n > 0).map(|(w, n)| (*n, missed, w)));
        }
        pairs.sort_by(|a, b| b.0.cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        if !pairs.is_empty() {
            let _ = writeln!(out, "\n  {:<24} {:<24} {:>6}", "missed", "given instead", "rows");
        }
        for &(n, missed, wrong) in pairs.iter().take(N_PAIRS) {
            let name = |k: usize| names.get(k).map_or("(nothing)", |name| name);
            let _ = writeln!(out, "  {:<24} {:<24} {n:>6}", line(name(missed), 24), line(name(wrong), 24));
        }
    }
    out
}

fn drift_table(drift: &Drift) -> String {
    let mut out = String::new();
    let mut rows: Vec<(String, &Shift)> = drift.unknown_words.iter().map(|s| ("unknown words".to_owned(), s)).collect();
    rows.extend(drift.confidence.iter().map(|(task, s)| (format!("{task}: mean top probability"), s)));
    let _ = writeln!(out, "{BOLD}drift{RESET}  {:<32} {:<22} {:>12}", "percent", "these rows", "at training");
    for (name, shift) in rows {
        let training = shift.training.map_or_else(|| "-".to_owned(), |t| format!("{:.1}", 100.0 * t));
        let mark = if shift.is_notable() { format!("  {AGAINST}differs{RESET}") } else { String::new() };
        let _ = writeln!(out, "       {:<32} {:<22} {training:>12}{mark}", line(&name, 32), estimate(&shift.here));
    }
    out.push('\n');
    out
}

/// Labels under other speakers.
pub fn swaps(swaps: &[SpeakerSwap]) -> String {
    swaps.iter().fold(String::new(), |mut out, swap| {
        if swap.n_rows == 0 || swap.n_swaps == 0 {
            let _ = writeln!(
                out,
                "{BOLD}{}{RESET}  {} rows have a speaker, and there is none to change places with: not measured\n",
                swap.task, swap.n_rows
            );
            return out;
        }
        let _ = writeln!(
            out,
            "{BOLD}{}{RESET}  the same words of {} rows by {} other speakers; percent\n  \
             rows whose labels change {}; single decisions that change {};\n  \
             rows whose labels change without a speaker {}; a probability changes by {:.2} points on average\n",
            swap.task,
            swap.n_rows,
            swap.n_swaps,
            estimate(&swap.flip_rate),
            estimate(&swap.decision_flip_rate),
            estimate(&swap.flip_rate_without),
            100.0 * swap.mean_change
        );
        out
    })
}

fn slice_tables(slices: &[Slice]) -> String {
    let mut out = String::new();
    for part in slices.chunk_by(|a, b| (&a.column, &a.task) == (&b.column, &b.task)) {
        let _ = writeln!(
            out,
            "{BOLD}{}{RESET}  by {}; percent with 95 % intervals",
            part[0].task,
            line(&part[0].column, 40)
        );
        let _ = writeln!(
            out,
            "  {:<24} {:>6} {:>6} {:<22} {:<22} {:<22}",
            "value", "rows", "groups", "macro F1", "micro F1", "accuracy"
        );
        for slice in part {
            let few = if slice.warnings.iter().any(|w| w.starts_with("only")) { " few rows" } else { "" };
            let _ = writeln!(
                out,
                "  {:<24} {:>6} {:>6} {:<22} {:<22} {:<22}{few}",
                line(&slice.value, 24),
                slice.n_rows,
                slice.n_groups,
                estimate(&slice.macro_f1),
                estimate(&slice.micro_f1),
                estimate(&slice.accuracy)
            );
            for warning in slice.warnings.iter().filter(|w| !w.starts_with("only")) {
                let _ = writeln!(out, "  {:<24} {AGAINST}!{RESET} {}", "", line(warning, 100));
            }
        }
        out.push('\n');
    }
    out
}

fn errors(errors: &[ErrorRow]) -> String {
    let mut out = String::new();
    for part in errors.chunk_by(|a, b| a.task == b.task) {
        let _ = writeln!(out, "{BOLD}{}{RESET}  the rows that are most wrong", part[0].task);
        for error in part {
            let names = |labels: &[String]| if labels.is_empty() { "none".to_owned() } else { labels.join("|") };
            let _ = writeln!(
                out,
                "  {} (line {})  holds {}, given {}; loss {:.2}\n    {DIM}{}{RESET}",
                line(&error.id, 30),
                error.line,
                names(&error.labels),
                names(&error.predicted),
                error.loss,
                line(&error.text, 105)
            );
            for why in &error.why {
                let what = if why.missed { "missed" } else { "wrongly given" };
                let features = why.contributions.iter().map(|(feature, value)| {
                    let tint = if *value >= 0.0 { FOR } else { AGAINST };
                    format!("{tint}{} {value:+.2}{RESET}", line(feature, 40))
                });
                let features: Vec<String> = features.collect();
                let _ = writeln!(out, "    {what} {} ({:.2})  {}", why.label, why.probability, features.join(", "));
            }
        }
        out.push('\n');
    }
    out
}

fn suspects(suspects: &[SuspectRow]) -> String {
    let mut out = String::new();
    for part in suspects.chunk_by(|a, b| a.task == b.task) {
        let _ = writeln!(
            out,
            "{BOLD}{}{RESET}  labels of the file that may be wrong; probability by the model that they are right",
            part[0].task
        );
        for row in part {
            let what = match (&row.suspect.suggested, row.suspect.given) {
                (Some(other), _) => format!("{} → {other}?", row.suspect.label),
                (None, true) => format!("has {}", row.suspect.label),
                (None, false) => format!("lacks {}", row.suspect.label),
            };
            let _ = writeln!(
                out,
                "  {:.3}  {} (line {})  {}\n    {DIM}{}{RESET}",
                row.suspect.probability,
                line(&row.id, 30),
                row.line,
                escape(&what),
                line(&row.text, 105)
            );
        }
        out.push('\n');
    }
    out
}
