//! Interviews: paragraphs that begin with the name of who speaks ("Q: ...", "A. ...", "Laaneots: ...").

use std::collections::{BTreeMap, BTreeSet};

use crate::document::Document;
use crate::lang::Language;
use crate::quotation::source::View;
use crate::quotation::{Attribution, Passage};
use crate::text::Span;

/// How sure a turn is.
pub(super) const CONFIDENCE: f64 = 0.96;
/// Most words of a label.
const MAX_LABEL: usize = 5;
/// So many paragraphs without a label go on with the turn before, if another turn follows.
const MAX_CONTINUED: usize = 4;

/// The turns of an interview, in order; none where the article is no interview. Each covers whole paragraphs.
pub(crate) fn turns(document: &Document, passages: &[Passage], lang: &Language) -> Vec<Attribution> {
    let labels: Vec<Option<(Span, Span)>> =
        passages.iter().map(|p| label(View { text: &document.text, passage: p, lang })).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (label, _) in labels.iter().flatten() {
        *counts.entry(label.of(&document.text)).or_insert(0) += 1;
    }
    let is_label =
        |word: &str| lang.is_question_label(&word.to_lowercase()) || lang.is_answer_label(&word.to_lowercase());
    // Names before a colon make an interview only where two of them take turns.
    let repeated = counts.values().filter(|n| **n > 1).count();
    let formal = counts.keys().any(|l| lang.is_question_label(&l.to_lowercase()));
    if !(repeated >= 2 || formal && counts.len() >= 2) {
        return Vec::new();
    }
    let speaks =
        |span: &Span| is_label(span.of(&document.text)) || counts.get(span.of(&document.text)).is_some_and(|n| *n > 1);
    let mut out: Vec<Attribution> = Vec::new();
    let mut waiting: Vec<Span> = Vec::new();
    for (passage, label) in passages.iter().zip(&labels) {
        match label.filter(|(source, _)| speaks(source)) {
            Some((source, content)) => {
                if let Some(last) = out.last_mut()
                    && waiting.len() <= MAX_CONTINUED
                {
                    last.content.append(&mut waiting);
                }
                waiting.clear();
                out.push(Attribution {
                    content: vec![content],
                    cue: None,
                    source: Some(source),
                    paragraph: passage.index,
                    confidence: CONFIDENCE,
                    inferred: false,
                });
            }
            None => waiting.push(passage.span),
        }
    }
    out
}

/// The numbers of the paragraphs that the turns cover.
pub(super) fn covered(turns: &[Attribution], passages: &[Passage]) -> BTreeSet<usize> {
    let of = |span: &Span| passages.partition_point(|p| p.span.end <= span.start);
    turns.iter().flat_map(|t| &t.content).map(of).collect()
}

/// Label and words of a paragraph that begins with a label.
fn label(view: View<'_>) -> Option<(Span, Span)> {
    let tokens = &view.passage.tokens;
    let first = view.folded(0);
    let formal = view.lang.is_question_label(first) || view.lang.is_answer_label(first);
    let end = (1..tokens.len().min(MAX_LABEL + 1))
        .find(|&i| view.word(i) == ":" || formal && i == 1 && view.word(i) == ".")?;
    let named =
        (0..end).all(|i| view.depth(i) == 0 && (view.is_capital(i) || matches!(view.word(i), "." | "-" | "’" | "'")));
    if !named || end + 1 >= tokens.len() || view.depth(end + 1) > 0 && !formal {
        return None;
    }
    let content = Span::new(tokens[end + 1].span.start, view.passage.span.end).trimmed(view.text);
    (!content.is_empty()).then(|| (view.span(&(0..end)), content))
}
