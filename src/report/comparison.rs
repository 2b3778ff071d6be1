//! Two models, or two recipes of training, side by side.

use std::fmt::Write;

use serde_json::Value;

use crate::error::escape;
use crate::evaluation::{Change, Comparison, Comparisons};
use crate::report::details::swaps;
use crate::report::text::style::{BOLD, RESET};
use crate::report::text::{counted, gates, line, without_trailing_blanks};

/// Two models on the same rows. `ids`: names of the rows; `n_flips`: changed decisions to list.
pub fn comparison(comparisons: &Comparisons, ids: &[String], n_flips: usize) -> String {
    let mut out = String::new();
    let name = |m: &Value| {
        let field = |k: &str| m.get(k).and_then(Value::as_str).unwrap_or("?").to_owned();
        match m.get("arguments").and_then(Value::as_str) {
            Some(arguments) => line(&format!("train {arguments}"), 200),
            None => line(&format!("{} {} ({})", field("name"), field("version"), field("id")), 200),
        }
    };
    let _ = writeln!(out, "old  {}\nnew  {}\n", name(&comparisons.old_model), name(&comparisons.new_model));
    out.push_str(&facts(&comparisons.old_model, &comparisons.new_model));
    for c in &comparisons.tasks {
        figures(&mut out, c);
        labels(&mut out, c);
        flips(&mut out, c, ids, n_flips);
        for (which, swap) in [("old", &c.old_swap), ("new", &c.new_swap)] {
            if let Some(swap) = swap {
                let _ = write!(out, "\n{which}  {}", swaps(std::slice::from_ref(swap)).trim_end());
                out.push('\n');
            }
        }
        out.push('\n');
    }
    for note in &comparisons.notes {
        let _ = writeln!(out, "note: {}", escape(note));
    }
    out.push_str(&gates(&comparisons.gates));
    without_trailing_blanks(&out)
}

/// Size, and speed where it was measured.
fn facts(old: &Value, new: &Value) -> String {
    let mut out = String::new();
    for (key, name, unit, digits) in [
        ("n_bytes", "size, MB", 1e6, 2),
        ("n_features", "features", 1.0, 0),
        ("rows_per_second", "rows a second, one thread", 1.0, 0),
    ] {
        if let (Some(old), Some(new)) = (old.get(key).and_then(Value::as_f64), new.get(key).and_then(Value::as_f64)) {
            let _ = writeln!(
                out,
                "{name:<26} {:>10.digits$} {:>10.digits$}  {:+.1} %",
                old / unit,
                new / unit,
                100.0 * (new / old - 1.0)
            );
        }
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

fn figures(out: &mut String, c: &Comparison) {
    let (rows, groups) = (counted(c.old.n_rows, "labelled row"), counted(c.old.n_groups, "group"));
    let _ = writeln!(out, "{BOLD}{}{RESET}  {rows}, {groups}", c.task);
    let _ = writeln!(out, "  {:<24} {:>7} {:>7}  {:<22} {:>7}", "figure, percent", "old", "new", "new - old", "p");
    let mut row = |name: &str, old: f64, new: f64, delta: String, p: Option<f64>| {
        let _ = writeln!(out, "  {name:<24} {:>7.1} {:>7.1}  {delta:<22} {:>7}", 100.0 * old, 100.0 * new, p_value(p));
    };
    let d = &c.delta;
    row("macro F1", c.old.macro_f1.value, c.new.macro_f1.value, change(&d.macro_f1), d.macro_f1.p_value);
    row("micro F1", c.old.micro_f1, c.new.micro_f1, change(&d.micro_f1), d.micro_f1.p_value);
    let accuracy = format!("{:+.1}", 100.0 * d.accuracy);
    row("accuracy (McNemar)", c.old.accuracy, c.new.accuracy, accuracy, Some(d.accuracy_mcnemar.p_value));
    row("ECE", c.old.ece, c.new.ece, change(&d.ece), None);
    for (name, old, new, delta) in
        [("Brier", c.old.brier, c.new.brier, d.brier), ("log loss", c.old.log_loss, c.new.log_loss, d.log_loss)]
    {
        let _ = writeln!(out, "  {name:<24} {old:>7.3} {new:>7.3}  {delta:<+22.3} {:>7}", "-");
    }
    // Models that say the same have none that could be told.
    if let Some(least) = d.minimum_detectable_macro_f1.map(|least| 100.0 * least).filter(|least| *least >= 0.05) {
        let _ = writeln!(
            out,
            "  a true difference of {least:.1} points of macro F1 is found on such rows in 8 of 10 cases, a smaller one more seldom"
        );
    }
}

fn labels(out: &mut String, c: &Comparison) {
    let _ = writeln!(
        out,
        "\n  {:<24} {:>7} {:>7}  {:<22} {:>6} {:>6} {:>8}",
        "label", "F1 old", "F1 new", "new - old", "lost", "won", "p (Holm)"
    );
    for ((name, of), (old, new)) in c.delta.labels.iter().zip(c.old.labels.iter().zip(&c.new.labels)) {
        let _ = writeln!(
            out,
            "  {:<24} {:>7.1} {:>7.1}  {:<22} {:>6} {:>6} {:>8}",
            line(name, 24),
            100.0 * old.1.f1,
            100.0 * new.1.f1,
            change(&of.f1),
            of.mcnemar.only_old_right,
            of.mcnemar.only_new_right,
            p_value(of.mcnemar.p_holm)
        );
    }
}

fn flips(out: &mut String, c: &Comparison, ids: &[String], n_flips: usize) {
    let _ = writeln!(out, "\n  {} flips, {:.1} % of rows with one", c.flips.len(), 100.0 * c.delta.flip_rate);
    if n_flips > 0 && !c.flips.is_empty() {
        let _ = writeln!(out, "  {:<14} {:<24} {:<4} was → is", "row", "label", "now");
    }
    for flip in c.flips.iter().take(n_flips) {
        let right = match (flip.old_right, flip.new_right) {
            (true, _) => "right → wrong",
            (_, true) => "wrong → right",
            _ => "wrong → wrong",
        };
        let id = ids.get(flip.row).map_or("?", String::as_str);
        let direction = format!("{:?}", flip.direction).to_lowercase();
        let _ = writeln!(out, "  {:<14} {:<24} {direction:<4} {right}", line(id, 14), line(&flip.label, 24));
    }
    if c.flips.len() > n_flips {
        let _ = writeln!(out, "  … and {} more; all with --format json", c.flips.len() - n_flips);
    }
}

/// A difference in points with its sign, and its interval.
fn change(change: &Change) -> String {
    signed(change.value, change.low.zip(change.high), 100.0, 1)
}

/// `value x unit` with its sign, and its interval.
fn signed(value: f64, interval: Option<(f64, f64)>, unit: f64, digits: usize) -> String {
    match interval {
        _ if value.is_nan() => "-".to_owned(),
        Some((low, high)) => {
            format!("{:+.digits$} [{:+.digits$}, {:+.digits$}]", unit * value, unit * low, unit * high)
        }
        None => format!("{:+.digits$}", unit * value),
    }
}

fn p_value(p: Option<f64>) -> String {
    p.map_or_else(|| "-".to_owned(), |p| if p < 0.001 { "<0.001".to_owned() } else { format!("{p:.3}") })
}

/// Two recipes over folds.
#[cfg(feature = "train")]
pub fn cross_validation(found: &crate::pipeline::recipes::RecipeComparison) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{BOLD}nested cross-validation{RESET}  {} folds, {} times; corrected resampled t test (Nadeau and Bengio 2003)",
        found.n_folds, found.n_repeats
    );
    let _ = writeln!(
        out,
        "  {:<24} {:<10} {:>7} {:>7}  {:<24} {:>7} {:>7}",
        "task", "figure", "old", "new", "new - old", "t", "p"
    );
    for (task, figures) in &found.tasks {
        for f in figures {
            let in_percent = f.name != "log_loss";
            let (unit, digits) = if in_percent { (100.0, 1) } else { (1.0, 3) };
            let delta = signed(f.change.value, f.change.low.zip(f.change.high), unit, digits);
            let t = f.change.t.map_or_else(|| "-".to_owned(), |t| format!("{t:.2}"));
            let _ = writeln!(
                out,
                "  {:<24} {:<10} {:>7.digits$} {:>7.digits$}  {delta:<24} {t:>7} {:>7}",
                line(task, 24),
                f.name,
                unit * f.old,
                unit * f.new,
                p_value(f.change.p_value)
            );
        }
    }
    out.push_str(
        "\ngates on macro_f1, micro_f1, accuracy and log_loss ask about these means; the tables below, and all other gates, are of the \
         held-out rows of the first cross-validation\n\n",
    );
    without_trailing_blanks(&out)
}
