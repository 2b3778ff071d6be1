//! Agreement of coders and shares of labels, for people; disputed rows as a table to settle.

use std::fmt::Write as _;
use std::io::Write;

use crate::dataset::csv::{CodedFiles, guarded};
use crate::error::{Error, ErrorKind, Result, escape};
use crate::evaluation::{Agreement, Estimate, Prevalence};
use crate::label::{JOIN, NONE, TaskKind};
use crate::report::text::style::{BOLD, RESET};
use crate::report::text::{counted, estimate, line, without_trailing_blanks};

/// How far coders agree, by task and label.
pub fn agreement(agreements: &[Agreement], coders: &[String]) -> String {
    let mut out = String::new();
    let names: Vec<String> = coders.iter().map(|c| line(c, 30)).collect();
    let _ = writeln!(out, "coders: {}\n", names.join(", "));
    for a in agreements {
        let _ = writeln!(
            out,
            "{BOLD}{}{RESET}  {} labelled by two coders or more, {}; F1 in percent, 95 % intervals",
            a.task,
            counted(a.n_units, "row"),
            counted(a.n_groups, "group")
        );
        let _ = writeln!(
            out,
            "  Krippendorff's alpha {}; identical {}; micro F1 {}; macro F1 {}",
            alpha(&a.alpha),
            estimate(&a.identical),
            estimate(&a.micro_f1),
            estimate(&a.macro_f1)
        );
        if a.alpha.value < 0.667 {
            let _ =
                writeln!(out, "  an alpha under 0.667 is too low even for tentative conclusions (Krippendorff 2018)");
        }
        let _ = writeln!(out, "\n  {:<24} {:>6}  {:<22} {:<22}", "label", "given", "alpha", "F1");
        for (name, label) in &a.labels {
            let _ = writeln!(
                out,
                "  {:<24} {:>6}  {:<22} {:<22}",
                line(name, 24),
                label.n_given,
                alpha(&label.alpha),
                estimate(&label.f1)
            );
        }
        let are = if a.disputed.len() == 1 { "is" } else { "are" };
        let _ = writeln!(out, "\n  {} {are} disputed\n", counted(a.disputed.len(), "row"));
    }
    without_trailing_blanks(&out)
}

/// Alpha as it is written in papers; it is no share.
fn alpha(e: &Estimate) -> String {
    match (e.low, e.high) {
        _ if e.value.is_nan() => "-".to_owned(),
        (Some(low), Some(high)) => format!("{:.3} [{low:.3}, {high:.3}]", e.value),
        _ => format!("{:.3}", e.value),
    }
}

/// The rows that coders dispute, as CSV: id, text, in which tasks, what each coder says, and empty label columns to fill in.
///
/// # Errors
/// [`ErrorKind::Io`] if writing fails.
pub fn write_disputed(writer: impl Write, files: &CodedFiles, agreements: &[Agreement]) -> Result<usize> {
    let fault = |e: csv::Error| Error::new(ErrorKind::Io, format!("can not write the table: {e}")).caused_by(e);
    let mut writer = csv::Writer::from_writer(writer);
    let mut header = vec!["id".to_owned(), "text".to_owned(), "disputed".to_owned()];
    for task in &files.tasks {
        header.extend(files.coders.iter().map(|coder| format!("{}_{coder}", task.name)));
    }
    header.extend(files.tasks.iter().map(|task| task.name.clone()));
    writer.write_record(header.iter().map(|c| guarded(c).as_bytes().to_vec())).map_err(fault)?;
    let mut n_rows = 0;
    for (u, unit) in files.units.iter().enumerate() {
        let disputed: Vec<&str> =
            agreements.iter().filter(|a| a.disputed.binary_search(&u).is_ok()).map(|a| a.task.as_str()).collect();
        if disputed.is_empty() {
            continue;
        }
        n_rows += 1;
        let mut cells = vec![unit.name.clone(), unit.text.clone().unwrap_or_default(), disputed.join("|")];
        for (task, codes) in files.tasks.iter().zip(&files.codes) {
            cells.extend(codes[u].iter().map(|code| match code {
                None => String::new(),
                Some(labels) if labels.is_empty() && task.kind == TaskKind::Multi => NONE.to_owned(),
                Some(labels) => labels.iter().map(|&k| task.labels.name(k)).collect::<Vec<_>>().join(&JOIN.to_string()),
            }));
        }
        cells.extend(files.tasks.iter().map(|_| String::new()));
        writer.write_record(cells.iter().map(|c| guarded(c).as_bytes().to_vec())).map_err(fault)?;
    }
    writer.flush().map_err(|e| fault(e.into()))?;
    Ok(n_rows)
}

/// Shares of labels by all estimators; `notes` are of all tasks.
pub fn prevalence(prevalences: &[Prevalence], notes: &[String]) -> String {
    let mut out = String::new();
    for p in prevalences {
        let sample = if p.n_labelled > 0 {
            format!(", {} beside", counted(p.n_labelled, "labelled row"))
        } else {
            String::new()
        };
        let _ = writeln!(
            out,
            "{BOLD}{}{RESET}  {}, {}{sample}; share of rows in percent with 95 % intervals",
            p.task,
            counted(p.n_rows, "row"),
            counted(p.n_groups, "group")
        );
        let _ = write!(
            out,
            "  {:<24} {:>8}  {:<20} {:<20} {:<20}",
            "label", "training", "count (biased)", "adjusted", "em"
        );
        if p.n_labelled > 0 {
            let _ = write!(out, " {:<20} {:<20}", "prediction-powered", "sample alone");
        }
        out.push('\n');
        for (name, s) in &p.labels {
            let _ = write!(
                out,
                "  {:<24} {:>8.1}  {:<20} {:<20} {:<20}",
                line(name, 24),
                100.0 * s.training,
                estimate(&s.count),
                estimate(&s.adjusted),
                estimate(&s.em)
            );
            for more in [s.prediction_powered, s.sample].iter().flatten() {
                let _ = write!(out, " {:<20}", estimate(more));
            }
            out.push('\n');
        }
        for note in &p.notes {
            let _ = writeln!(out, "  note: {}", escape(note));
        }
        out.push('\n');
    }
    for note in notes {
        let _ = writeln!(out, "note: {}", escape(note));
    }
    without_trailing_blanks(&out)
}
