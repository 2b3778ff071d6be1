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
/// Questions of an interview without labels at least, and tokens of one at most.
const MIN_QUESTIONS: usize = 3;
const MAX_QUESTION: usize = 70;
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

/// The answers of an interview without labels, and the paragraph of its first question: paragraphs that call somebody "you" take turns with those of an "I".
pub(crate) fn answers(document: &Document, passages: &[Passage], lang: &Language) -> (Vec<Attribution>, usize) {
    let view = |p| View { text: &document.text, passage: p, lang };
    // Most articles have fewer, and their words need no look: 2 % of the instructions of `extract`.
    let asks = |p: &&Passage| p.tokens.last().is_some_and(|t| t.span.of(&document.text) == "?");
    if passages.iter().filter(asks).count() < MIN_QUESTIONS {
        return (Vec::new(), 0);
    }
    let kinds: Vec<Voice> = passages.iter().map(|p| voice(view(p))).collect();
    let Some(begin) = kinds.iter().position(|k| *k == Voice::Asks) else { return (Vec::new(), 0) };
    let mut out: Vec<Attribution> = Vec::new();
    let (mut n_asked, mut n_questions, mut n_own, mut in_answer) = (0, 0, 0, true);
    for (passage, kind) in passages.iter().zip(&kinds).skip(begin) {
        // Behind a question stands an answer, whatever its words.
        let asks = in_answer && matches!(kind, Voice::Asks | Voice::Calls);
        if asks {
            n_asked += 1;
            n_questions += usize::from(*kind == Voice::Asks);
            in_answer = false;
            continue;
        }
        n_own += usize::from(*kind == Voice::Own);
        match out.last_mut().filter(|_| in_answer) {
            Some(last) => last.content.push(passage.span),
            None => out.push(Attribution {
                content: vec![passage.span],
                cue: None,
                source: None,
                paragraph: passage.index,
                confidence: CONFIDENCE,
                inferred: false,
            }),
        }
        in_answer = true;
    }
    // A column that asks its readers has paragraphs of its writer between, most of them without an "I", and reports.
    let n = passages.len() - begin;
    let reports = passages[begin..].iter().filter(|p| reports(view(p))).count();
    let alternate = 5 * n_asked >= 2 * n && n_questions >= MIN_QUESTIONS && 2 * n_own >= out.len() && 6 * reports <= n;
    if alternate { (out, begin) } else { (Vec::new(), 0) }
}

/// Who a paragraph without a label seems to be by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Voice {
    /// A question to "you".
    Asks,
    /// Short words to "you" without an "I".
    Calls,
    /// Words of an "I" or "we".
    Own,
    Other,
}

fn voice(view: View<'_>) -> Voice {
    let n = view.passage.tokens.len();
    let outside = |is: fn(&Language, &str) -> bool| (0..n).any(|i| view.depth(i) == 0 && is(view.lang, view.folded(i)));
    let you = n <= MAX_QUESTION && outside(Language::is_addressing_word);
    let own = outside(Language::is_own_word);
    let question = n > 0 && view.word(n - 1) == "?";
    match (you, own) {
        (true, false) if question => Voice::Asks,
        (true, false) => Voice::Calls,
        (_, true) => Voice::Own,
        _ => Voice::Other,
    }
}

/// Whether a paragraph reports a whole quotation between marks: `"...," she said.`
fn reports(view: View<'_>) -> bool {
    let n = view.passage.tokens.len();
    let said = |i: usize| view.depth(i) == 0 && view.lang.is_speech_verb(view.folded(i));
    let third = |i: usize| {
        let beside = if i > 0 { view.folded(i - 1) } else { "" };
        matches!(beside, "he" | "she") || i + 1 < n && view.depth(i) == 0 && i > 0 && view.depth(i - 1) > 0
    };
    (0..n).any(|i| said(i) && third(i)) && view.passage.quoted.iter().any(|q| q.inner.len() > 30)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::plain;
    use crate::lang::language;
    use crate::quotation::passages;

    fn n_answers(text: &str) -> usize {
        let (document, lang) = (plain::document(text.to_owned(), None), language("en").unwrap());
        answers(&document, &passages(&document, lang), lang).0.len()
    }

    #[test]
    fn paragraphs_that_take_turns_are_an_interview() {
        let interview = "The painter Ines Calvo has just sold her last canvas.\n\n\
            Your pictures are all of one tree. Why do you paint it?\n\nI can see it from my bed.\n\n\
            Did you ever think of leaving?\n\nI did, until my mother died.\n\nThen I stopped.\n\n\
            Is it true that you hate your dealer?\n\nHe sells. I paint.";
        assert_eq!(n_answers(interview), 3);
        let column = "Have you ever wondered why your bus is late?\n\nThe road is narrow. The council has known it.\n\n\
            Do you remember the tram?\n\nIt ran every six minutes and cost a penny.\n\n\
            Would you pay for it again?\n\nThe council says that a tram would cost nine million.";
        assert_eq!(n_answers(column), 0);
    }
}
