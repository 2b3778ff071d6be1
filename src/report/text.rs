//! Tables and pages for people, as text.

use std::fmt::Write;

use crate::document::Document;
use crate::error::{escape, is_unprintable};
use crate::evaluation::{Comparisons, Estimate, Evaluation, Figures, GateResult};
use crate::label::TaskKind;
use crate::model::{Explanation, Model, Scores};
use crate::quotation::{Quotation, Speaker};
use crate::statement::Statement;

/// Escape sequences for a terminal; the front end takes them out where colour is not wanted.
pub mod style {
    /// Bold.
    pub const BOLD: &str = "\u{1b}[1m";
    /// Faint.
    pub const DIM: &str = "\u{1b}[2m";
    /// For words that speak for a label.
    pub const FOR: &str = "\u{1b}[32m";
    /// For words that speak against it.
    pub const AGAINST: &str = "\u{1b}[31m";
    /// Labels.
    pub const LABEL: &str = "\u{1b}[36m";
    /// Back to normal.
    pub const RESET: &str = "\u{1b}[0m";
}
use style::{AGAINST, BOLD, DIM, FOR, LABEL, RESET};

/// `text` on one line, without characters that could harm a terminal, cut to `width` characters.
pub fn line(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut n = 0;
    for word in text.split_whitespace() {
        if n > 0 {
            out.push(' ');
            n += 1;
        }
        for c in word.chars() {
            if n + 1 >= width {
                out.push('…');
                return out;
            }
            if is_unprintable(c) {
                out.extend(c.escape_unicode())
            } else {
                out.push(c)
            }
            n += 1;
        }
    }
    out
}

/// The line that begins the quotations of an article.
pub fn article_heading(document: &Document) -> String {
    let mut facts: Vec<String> = Vec::new();
    facts.extend(document.outlet.clone());
    facts.extend(document.date.clone());
    let title = document.title.as_deref().unwrap_or(&document.id);
    let facts = if facts.is_empty() { String::new() } else { format!(" ({})", line(&facts.join(", "), 60)) };
    let path = document.path.as_deref().unwrap_or(&document.id);
    format!("{BOLD}{}{RESET}{facts}\n{DIM}{}{RESET}\n", line(title, 110), line(path, 110))
}

/// What stands in place of the quotations of a copy; `first`: the id of the article of which it is one.
pub fn copy_of(first: &str, n_quotations: usize) -> String {
    let all = if n_quotations == 1 { "its quotation".to_owned() } else { format!("its {n_quotations} quotations") };
    format!("  {DIM}a copy of \"{}\": {all} stand there and are not counted again{RESET}\n\n", line(first, 80))
}

/// One quotation: who, what, and (where it was scored) the labels with their probabilities.
pub fn quotation(document: &Document, quotation: &Quotation, scored: Option<(&Model, &Scores)>) -> String {
    let mut out = String::new();
    let who = speaker(&quotation.speaker);
    let holder = match (&quotation.holder.name, quotation.holder.same_as_speaker) {
        (Some(name), false) => format!(", for {}", line(name, 50)),
        _ => String::new(),
    };
    let target = quotation.target.as_deref().map(|t| format!(" → {}", line(t, 40))).unwrap_or_default();
    let place = format!("¶{} {}", quotation.paragraph + 1, quotation.kind.name());
    let _ = writeln!(out, "  {place:<14} {BOLD}{who}{RESET}{holder}{target}");
    let _ = writeln!(out, "  {:<14} {}", "", line(&quotation.text(document), 105));
    if let Some((model, scores)) = scored {
        let _ = writeln!(out, "  {:<14} {}", "", labels(model, scores));
    }
    out
}

/// Labels that hold with their probabilities, tasks parted by a bar.
pub fn labels(model: &Model, scores: &Scores) -> String {
    if scores.unknown {
        return format!("{DIM}no word of it is known to the model{RESET}");
    }
    let parts = model.tasks().zip(&scores.tasks).map(|(task, scores)| {
        let show = |&k: &usize| format!("{LABEL}{}{RESET} {:.2}", task.labels.name(k), scores.probabilities[k]);
        let mut shown: Vec<String> = scores.labels.iter().map(show).collect();
        shown.extend(
            scores
                .abstained
                .iter()
                .map(|k| format!("{DIM}{} {:.2} ?{RESET}", task.labels.name(*k), scores.probabilities[*k])),
        );
        if shown.is_empty() { format!("{DIM}none{RESET}") } else { shown.join(" · ") }
    });
    parts.collect::<Vec<_>>().join(&format!(" {DIM}|{RESET} "))
}

fn speaker(speaker: &Speaker) -> String {
    let who = speaker.name.as_deref().or(speaker.description.as_deref()).unwrap_or("unknown speaker");
    let facts: Vec<&str> = [&speaker.role, &speaker.organization, &speaker.country]
        .into_iter()
        .filter_map(|f| f.as_deref())
        .filter(|f| *f != who)
        .collect();
    if facts.is_empty() { line(who, 60) } else { format!("{} ({})", line(who, 60), line(&facts.join(", "), 70)) }
}

/// An explanation: the words tinted by what they add, then the list of contributions.
pub fn explanation(
    model: &Model,
    statement: &Statement,
    scores: &Scores,
    explanation: &Explanation,
    n: usize,
) -> String {
    let mut out = String::new();
    let tasks: Vec<_> = model.tasks().collect();
    let task = tasks[explanation.task];
    let probability = scores.tasks[explanation.task].probabilities[explanation.label];
    let _ = writeln!(
        out,
        "{} = {LABEL}{}{RESET}  probability {probability:.3}  logit {:+.3} = intercept {:+.3} + contributions {:+.3}",
        task.name,
        task.labels.name(explanation.label),
        explanation.logit,
        explanation.intercept,
        explanation.logit - explanation.intercept
    );
    let _ = writeln!(out, "  {}", tinted(statement, explanation));
    for c in explanation.clone().shortened(n).contributions {
        let tint = if c.value >= 0.0 { FOR } else { AGAINST };
        let words = c.span.map(|s| format!("  “{}”", line(s.of(&statement.text), 60))).unwrap_or_default();
        let _ = writeln!(out, "  {tint}{:+.3}{RESET}  {}{DIM}{words}{RESET}", c.value, line(&c.feature, 60));
    }
    let _ = writeln!(out, "  speaker features: {:.0} % of all contributions", 100.0 * explanation.speaker_share);
    out
}

/// The statement's words, each tinted by the sum of its shares in the contributions.
fn tinted(statement: &Statement, explanation: &Explanation) -> String {
    let text = &statement.text;
    let tokens = crate::text::tokens(text);
    let mut sums = vec![0.0; tokens.len()];
    for c in &explanation.contributions {
        let Some(span) = c.span else { continue };
        let inside: Vec<usize> = (0..tokens.len()).filter(|&i| span.overlaps(tokens[i].span)).collect();
        for &i in &inside {
            sums[i] += c.value / inside.len() as f64;
        }
    }
    let most = sums.iter().fold(0.0f64, |m, s| m.max(s.abs()));
    let mut out = String::new();
    let mut at = 0;
    for (token, sum) in tokens.iter().zip(&sums) {
        out.push_str(&line_keep(&text[at..token.span.start]));
        let word = line_keep(token.span.of(text));
        if most > 0.0 && sum.abs() > 0.15 * most {
            let tint = if *sum > 0.0 { FOR } else { AGAINST };
            let bold = if sum.abs() > 0.5 * most { BOLD } else { "" };
            let _ = write!(out, "{tint}{bold}{word}{RESET}");
        } else {
            out.push_str(&word);
        }
        at = token.span.end;
    }
    out.push_str(&line_keep(&text[at..]));
    out
}

fn line_keep(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            if c.is_whitespace() {
                vec![' ']
            } else if is_unprintable(c) {
                c.escape_unicode().collect()
            } else {
                vec![c]
            }
        })
        .collect()
}

/// A figure with its interval, in percent.
fn estimate(e: &Estimate) -> String {
    match (e.low, e.high) {
        (Some(low), Some(high)) => format!("{:.1} [{:.1}, {:.1}]", 100.0 * e.value, 100.0 * low, 100.0 * high),
        _ => format!("{:.1}", 100.0 * e.value),
    }
}

fn micro(f: &Figures) -> String {
    let (low, high) = f.micro_f1_interval.unzip();
    estimate(&Estimate { value: f.micro_f1, low, high })
}

/// The figures of a model, in percent with 95 % intervals.
pub fn evaluation(evaluation: &Evaluation) -> String {
    let mut out = String::new();
    let rows: Vec<(&str, &[Figures])> = if evaluation.splits.is_empty() {
        vec![("this file", &evaluation.tasks)]
    } else {
        evaluation.splits.iter().map(|(n, f)| (n.as_str(), f.as_slice())).collect()
    };
    let baselines = evaluation.baselines.iter().map(|(n, f)| (n.as_str(), f.as_slice()));
    for (t, task) in evaluation.tasks.iter().enumerate() {
        let _ = writeln!(
            out,
            "{BOLD}{}{RESET}  {} labelled rows, {} groups; percent with 95 % intervals",
            task.task, task.n_rows, task.n_groups
        );
        let _ = writeln!(
            out,
            "  {:<24} {:<22} {:<22} {:>8} {:>6} {:>7}",
            "rows held out by", "macro F1", "micro F1", "accuracy", "ECE", "Brier"
        );
        for (name, figures) in rows.iter().copied().chain(baselines.clone()) {
            let Some(f) = figures.get(t) else { continue };
            let _ = writeln!(
                out,
                "  {:<24} {:<22} {:<22} {:>8.1} {:>6.1} {:>7.3}",
                name,
                estimate(&f.macro_f1),
                micro(f),
                100.0 * f.accuracy,
                100.0 * f.ece,
                f.brier
            );
        }
        if let Some(gap) = evaluation.leak_gap(t) {
            let _ =
                writeln!(out, "  leak gap (random minus held-out speakers): {:+.1} points of macro F1", 100.0 * gap);
        }
        let _ = writeln!(
            out,
            "\n  {:<24} {:>9} {:>7} {:>6} {:>6} {:>8} {:>10}",
            "label", "precision", "recall", "F1", "AP", "support", "threshold"
        );
        for (name, l) in &task.labels {
            let threshold = l.threshold.map_or_else(|| "-".to_owned(), |t| format!("{t:.3}"));
            let _ = writeln!(
                out,
                "  {:<24} {:>9.1} {:>7.1} {:>6.1} {:>6.1} {:>8} {:>10}",
                name,
                100.0 * l.precision,
                100.0 * l.recall,
                100.0 * l.f1,
                100.0 * l.average_precision,
                l.support,
                threshold
            );
        }
        out.push('\n');
    }
    for note in &evaluation.notes {
        let _ = writeln!(out, "note: {}", escape(note));
    }
    out
}

/// Two models on the same rows.
pub fn comparison(comparisons: &Comparisons, ids: &[String], n_flips: usize) -> String {
    let mut out = String::new();
    let name = |m: &serde_json::Value| {
        let field = |k: &str| m.get(k).and_then(|v| v.as_str()).unwrap_or("?").to_owned();
        line(&format!("{} {} ({})", field("name"), field("version"), field("id")), 200)
    };
    let _ = writeln!(out, "old  {}\nnew  {}\n", name(&comparisons.old_model), name(&comparisons.new_model));
    for c in &comparisons.tasks {
        let p = |p: Option<f64>| p.map_or_else(|| "-".to_owned(), |p| format!("{p:.3}"));
        let _ = writeln!(out, "{BOLD}{}{RESET}  {} labelled rows, {} groups", c.task, c.old.n_rows, c.old.n_groups);
        let _ = writeln!(out, "  {:<24} {:>7} {:>7}  {:<22} {:>7}", "figure, percent", "old", "new", "new - old", "p");
        for (label, old, new, change) in [
            ("macro F1", c.old.macro_f1.value, c.new.macro_f1.value, &c.delta.macro_f1),
            ("micro F1", c.old.micro_f1, c.new.micro_f1, &c.delta.micro_f1),
            ("ECE", c.old.ece, c.new.ece, &c.delta.ece),
        ] {
            let delta = estimate(&Estimate { value: change.value, low: change.low, high: change.high });
            let _ = writeln!(
                out,
                "  {label:<24} {:>7.1} {:>7.1}  {delta:<22} {:>7}",
                100.0 * old,
                100.0 * new,
                p(change.p_value)
            );
        }
        if let Some(least) = c.delta.minimum_detectable_macro_f1 {
            let _ = writeln!(
                out,
                "  a difference of macro F1 under {:.1} points can not be told from chance on these rows",
                100.0 * least
            );
        }
        let _ = writeln!(
            out,
            "\n  {:<24} {:>7} {:>7} {:>7}  {:>9} {:>9} {:>8}",
            "label", "F1 old", "F1 new", "delta", "lost", "won", "p (Holm)"
        );
        for ((name, change), (old, new)) in c.delta.labels.iter().zip(c.old.labels.iter().zip(&c.new.labels)) {
            let test = &change.mcnemar;
            let _ = writeln!(
                out,
                "  {name:<24} {:>7.1} {:>7.1} {:>+7.1}  {:>9} {:>9} {:>8}",
                100.0 * old.1.f1,
                100.0 * new.1.f1,
                100.0 * change.f1.value,
                test.only_old_right,
                test.only_new_right,
                p(test.p_holm)
            );
        }
        let _ = writeln!(out, "\n  {} flips, {:.1} % of rows with one", c.flips.len(), 100.0 * c.delta.flip_rate);
        for flip in c.flips.iter().take(n_flips) {
            let right = match (flip.old_right, flip.new_right) {
                (true, _) => "right → wrong",
                (_, true) => "wrong → right",
                _ => "wrong → wrong",
            };
            let id = ids.get(flip.row).map_or("?", String::as_str);
            let _ = writeln!(
                out,
                "  {:<14} {:<24} {:<4} {right}",
                line(id, 14),
                flip.label,
                format!("{:?}", flip.direction).to_lowercase()
            );
        }
        if c.flips.len() > n_flips {
            let _ = writeln!(out, "  … and {} more; all with --format json", c.flips.len() - n_flips);
        }
        out.push('\n');
    }
    out.push_str(&gates(&comparisons.gates));
    out
}

/// What was asked of the figures, and whether it holds.
pub fn gates(gates: &[GateResult]) -> String {
    gates.iter().fold(String::new(), |mut out, gate| {
        let holds = if gate.holds { format!("{FOR}holds{RESET}") } else { format!("{AGAINST}does not hold{RESET}") };
        let _ = writeln!(out, "gate {}: value {:.4}, {holds}", escape(&gate.expression), gate.value);
        out
    })
}

/// The features that speak most for and against each label.
pub fn top_features(model: &Model, n: usize) -> String {
    let mut out = String::new();
    for (t, task) in model.tasks().enumerate() {
        for (k, label) in task.labels.names().enumerate() {
            let (for_it, against) = model.top_features(t, k, n);
            let list = |features: &[crate::model::TopFeature]| {
                features
                    .iter()
                    .map(|f| format!("{} {:+.2}", line(&f.name, 40), f.weight))
                    .collect::<Vec<_>>()
                    .join(", ")
            };
            let _ = writeln!(
                out,
                "{} = {LABEL}{label}{RESET}\n  {FOR}for{RESET}      {}\n  {AGAINST}against{RESET}  {}",
                task.name,
                list(&for_it),
                list(&against)
            );
        }
    }
    out
}

/// How many labels of a task are usual: used in headings.
pub fn kind_name(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Multi => "any number of labels",
        TaskKind::Single => "exactly one label",
    }
}
