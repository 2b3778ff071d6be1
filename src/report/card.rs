//! The card of a model, in Markdown: what it is, what it was made from, how good it is.

use std::fmt::Write;

use serde_json::Value;

use crate::error::escape;
use crate::model::Model;
use crate::report::text::{counted, kind_name};

/// How a card begins.
pub const HEADING: &str = "# Model card";

/// Number of features; where an L1 penalty left most without weights, how many have some.
fn features(model: &Model) -> String {
    let (n, n_weighted) = (model.header().n_features, model.n_weighted());
    let weighted = if 2 * n_weighted < n { format!("{n_weighted} with weights of ") } else { String::new() };
    format!("{weighted}{n} ({} outputs)", model.n_outputs())
}

/// The card of `model`; what came from outside is escaped, so that it can be shown on a terminal.
pub fn card(model: &Model) -> String {
    let header = model.header();
    let mut out = String::new();
    let _ = writeln!(out, "{HEADING}: {} {}\n", header.name, header.version);
    let _ = writeln!(out, "| | |\n| --- | --- |");
    let codebook = header.codebook.as_deref().unwrap_or("labels of the training file");
    let provenance = &header.provenance;
    for (name, value) in [
        ("id", model.id().to_owned()),
        ("codebook", codebook.to_owned()),
        ("features", features(model)),
        ("stems", header.stemmer.clone()),
        ("made by", format!("demarche {}", provenance.tool)),
        ("command", format!("`{}`", provenance.command)),
        ("solver", provenance.solver.clone()),
        ("seed", provenance.seed.to_string()),
    ] {
        let _ = writeln!(out, "| {name} | {value} |");
    }
    let _ = writeln!(out, "\n## Training data\n\n| file | rows | blake3 |\n| --- | ---: | --- |");
    for file in &provenance.data {
        let _ = writeln!(out, "| {} | {} | `{}` |", file.name, file.n_rows, file.blake3);
    }
    for (task, figures) in header.tasks.iter().map(|t| (t, header.evaluation["tasks"].get(&t.task.name))) {
        let _ = writeln!(out, "\n## {} ({})\n", task.task.name, kind_name(task.task.kind));
        let _ = writeln!(out, "{}; {}.\n", counted(task.n_rows, "labelled row"), task.calibration);
        splits(&mut out, &header.evaluation, &task.task.name);
        let _ = writeln!(
            out,
            "\n| label | rows | precision | recall | F1 | average precision | threshold |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
        );
        for (k, label) in task.task.labels.names().enumerate() {
            let figure =
                |key: &str| percent(figures.and_then(|f| f["labels"].get(label)).map_or(&Value::Null, |l| &l[key]));
            let threshold = task.thresholds.get(k).map_or_else(|| "-".to_owned(), |t| format!("{t:.3}"));
            let _ = writeln!(
                out,
                "| {label} | {} | {} | {} | {} | {} | {threshold} |",
                task.n_positives[k],
                figure("precision"),
                figure("recall"),
                figure("f1"),
                figure("average_precision")
            );
        }
        out.push_str(&coverage(figures.unwrap_or(&Value::Null)));
        slices(&mut out, &header.evaluation["slices"], &task.task.name);
    }
    training(&mut out, &header.evaluation["training"]);
    if !provenance.notes.is_empty() {
        let _ = writeln!(out, "\n## Notes\n");
        for note in &provenance.notes {
            let _ = writeln!(out, "- {note}");
        }
    }
    let settings = serde_json::to_string_pretty(&header.features).unwrap_or_default();
    let _ = writeln!(out, "\n## Features\n\n```json\n{settings}\n```");
    escape(&out)
}

/// Precision of the surest part of what the model says, and what abstaining leaves.
fn coverage(figures: &Value) -> String {
    let mut out = String::new();
    if let Some(points) = figures["coverage"].as_array().filter(|points| !points.is_empty()) {
        let share = |value: &Value| value.as_f64().map_or_else(|| "-".to_owned(), |v| format!("{:.0}", 100.0 * v));
        let line = format!(" --- |{}", " ---: |".repeat(points.len()));
        let _ = writeln!(
            out,
            "\n| surest part of what it says, percent | {} |\n|{line}\n| precision | {} |",
            points.iter().map(|p| share(&p["coverage"])).collect::<Vec<_>>().join(" | "),
            points.iter().map(|p| percent(&p["precision"])).collect::<Vec<_>>().join(" | ")
        );
    }
    if let Some(abstention) = figures.get("abstention") {
        let (coverage, precision) = (percent(&abstention["coverage"]), percent(&abstention["precision"]));
        let _ = writeln!(out, "\nWith abstaining it says {coverage} % of that with a precision of {precision}.");
    }
    out
}

/// The figures of one task under every split and baseline.
fn splits(out: &mut String, evaluation: &Value, task: &str) {
    let _ = writeln!(
        out,
        "| rows held out by | macro F1 | micro F1 | accuracy | ECE | Brier |\n| --- | --- | --- | ---: | ---: | ---: |"
    );
    for part in ["splits", "baselines"] {
        for (name, tasks) in evaluation[part].as_object().into_iter().flatten() {
            let Some(f) = tasks.get(task) else { continue };
            let name = if part == "baselines" { format!("baseline: {name}") } else { name.clone() };
            let macro_f1 = interval(&f["macro_f1"]["value"], &f["macro_f1"]["low"], &f["macro_f1"]["high"]);
            let micro = &f["micro_f1_interval"];
            let micro_f1 = interval(&f["micro_f1"], &micro[0], &micro[1]);
            let brier = f["brier"].as_f64().map_or_else(|| "-".to_owned(), |b| format!("{b:.3}"));
            let _ = writeln!(
                out,
                "| {name} | {macro_f1} | {micro_f1} | {} | {} | {brier} |",
                percent(&f["accuracy"]),
                percent(&f["ece"])
            );
        }
    }
    let gap = |split: &str| evaluation["splits"][split][task]["macro_f1"]["value"].as_f64();
    if let (Some(random), Some(speaker)) = (gap("random"), gap("speaker")) {
        let _ = writeln!(
            out,
            "\nLeak gap (random minus held-out speakers): {:+.1} points of macro F1.",
            100.0 * (random - speaker)
        );
    }
}

/// The figures of parts of the held-out rows, where they were asked for.
fn slices(out: &mut String, slices: &Value, task: &str) {
    let of_task = |s: &&Value| s["task"].as_str() == Some(task);
    let mut rows = slices.as_array().into_iter().flatten().filter(of_task).peekable();
    if rows.peek().is_some() {
        let _ = writeln!(
            out,
            "\n| part of the held-out rows | rows | macro F1 | accuracy | |\n| --- | ---: | --- | --- | --- |"
        );
    }
    for slice in rows {
        let text = |key: &str| slice[key].as_str().unwrap_or("?").replace(['|', '\n'], " ");
        let figure = |key: &str| interval(&slice[key]["value"], &slice[key]["low"], &slice[key]["high"]);
        let warnings: Vec<&str> =
            slice["warnings"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let _ = writeln!(
            out,
            "| {}: {} | {} | {} | {} | {} |",
            text("column"),
            text("value"),
            slice["n_rows"],
            figure("macro_f1"),
            figure("accuracy"),
            warnings.join("; ").replace(['|', '\n'], " ")
        );
    }
}

/// What the rows were like, so that others can be told from them.
fn training(out: &mut String, training: &Value) {
    let Some(n_speakers) = training["n_speakers"].as_u64() else { return };
    let _ = writeln!(out, "\n## Rows learnt from\n\n- {}", counted(n_speakers, "speaker"));
    if training["unknown_words"].is_number() {
        let _ = writeln!(out, "- {} % of the words of held-out rows are unknown", percent(&training["unknown_words"]));
    }
    for pair in training["confidence"].as_array().into_iter().flatten() {
        let task = pair[0].as_str().unwrap_or("?");
        let _ = writeln!(out, "- {task}: mean probability of the most probable label {} %", percent(&pair[1]));
    }
}

fn percent(value: &Value) -> String {
    value.as_f64().map_or_else(|| "-".to_owned(), |v| format!("{:.1}", 100.0 * v))
}

fn interval(value: &Value, low: &Value, high: &Value) -> String {
    match (low.as_f64(), high.as_f64()) {
        (Some(_), Some(_)) => format!("{} [{}, {}]", percent(value), percent(low), percent(high)),
        _ => percent(value),
    }
}
