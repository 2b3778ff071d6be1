//! Tables and pages for people, as text.

use std::fmt::Write;

use crate::document::Document;
use crate::error::{escape, is_unprintable};
use crate::evaluation::{Estimate, Evaluation, Figures, GateResult};
use crate::label::TaskKind;
use crate::model::{Explanation, Model, Scores};
use crate::quotation::{Quotation, Speaker};
use crate::report::details;
use crate::report::junit::number;
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

/// A number of things as people say it: "1 article", "2 articles", "2 copies".
pub fn counted<N: std::fmt::Display + PartialEq + From<u8>>(n: N, thing: &str) -> String {
    match thing.strip_suffix('y') {
        _ if n == N::from(1) => format!("1 {thing}"),
        Some(stem) => format!("{n} {stem}ies"),
        None => format!("{n} {thing}s"),
    }
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
        let first = tokens.partition_point(|t| t.span.end <= span.start);
        let inside = first..tokens.partition_point(|t| t.span.start < span.end).max(first);
        let share = c.value / inside.len() as f64;
        sums[inside].iter_mut().for_each(|sum| *sum += share);
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

/// A table without the blanks at the end of its lines, as columns leave them that are padded.
pub(super) fn without_trailing_blanks(table: &str) -> String {
    table.lines().flat_map(|line| [line.trim_end_matches(' '), "\n"]).collect()
}

/// A figure with its interval, in percent.
pub(super) fn estimate(e: &Estimate) -> String {
    if e.value.is_nan() {
        return "-".to_owned();
    }
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
            "{BOLD}{}{RESET}  {}, {}; percent with 95 % intervals",
            task.task,
            counted(task.n_rows, "labelled row"),
            counted(task.n_groups, "group")
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
                line(name, 24),
                100.0 * l.precision,
                100.0 * l.recall,
                100.0 * l.f1,
                100.0 * l.average_precision,
                l.support,
                threshold
            );
        }
        out.push_str(&coverage(task));
        out.push_str(&details::confusion(task));
        out.push('\n');
    }
    out.push_str(&details::details(evaluation));
    for note in &evaluation.notes {
        let _ = writeln!(out, "note: {}", escape(note));
    }
    without_trailing_blanks(&out)
}

/// Precision of the surest part of what a model says, and what abstaining leaves.
fn coverage(figures: &Figures) -> String {
    let mut out = String::new();
    if !figures.coverage.is_empty() {
        let list = |of: &dyn Fn(&crate::evaluation::CoveragePoint) -> String| {
            figures.coverage.iter().map(of).collect::<Vec<_>>().join(" / ")
        };
        let _ = writeln!(
            out,
            "\n  precision of the surest {} % of what it says: {}",
            list(&|p| format!("{:.0}", 100.0 * p.coverage)),
            list(&|p| format!("{:.1}", 100.0 * p.precision))
        );
    }
    if let Some(a) = figures.abstention {
        let _ = writeln!(
            out,
            "  with abstaining: says {:.1} % of it with a precision of {:.1}",
            100.0 * a.coverage,
            100.0 * a.precision
        );
    }
    out
}

/// What was asked of the figures, and whether it holds.
pub fn gates(gates: &[GateResult]) -> String {
    gates.iter().fold(String::new(), |mut out, gate| {
        let holds = if gate.holds { format!("{FOR}holds{RESET}") } else { format!("{AGAINST}does not hold{RESET}") };
        let _ = writeln!(out, "gate {}: value {}, {holds}", escape(&gate.expression), number(gate.value));
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
