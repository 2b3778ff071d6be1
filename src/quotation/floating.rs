//! Quotations that no cue claims: joined to the attribution before them, or given to the subject of their sentence.

use std::ops::Range;

use crate::lang::CueClass;
use crate::quotation::cue::Cue;
use crate::quotation::extent::announcer;
use crate::quotation::rules::{Found, content_span, n_words, overlaps};
use crate::quotation::source::{View, subject_before};
use crate::quotation::{Attribution, Passage};

/// Quoted stretches that no cue claimed: whole sentences, and longer ones inside a sentence.
pub(super) fn quoted_without_cue(view: View<'_>, sentence: &Range<usize>, n_before: usize, found: &mut Vec<Found>) {
    // What is found here stands in front of what comes: only what was found before can overlap it.
    let n_found = found.len();
    let alone = sentence.clone().all(|j| view.is_mark(j) || view.depth(j) > 0);
    let mut i = sentence.start;
    while i < sentence.end {
        let depth = view.depth(i);
        if depth == 0 {
            i += 1;
            continue;
        }
        let stretch = view.passage.quoted_tokens(depth as usize - 1);
        let end = stretch.end.min(sentence.end).max(i + 1);
        let taken = found[n_before..n_found].iter().any(|f| overlaps(&(i..end), &f.content));
        if !taken {
            let stretch = i..end;
            let words = n_words(view, &(i..end));
            let after_colon = i > sentence.start && view.word(i - 1) == ":";
            if i == 0
                && let Some(source) = signature(view, end)
            {
                let source = Some(source);
                found.push(Found { content: vec![stretch], cue: None, source, confidence: 0.85, inferred: false });
            } else if after_colon
                && let Some(source) =
                    label(view, sentence.start..i - 1).or_else(|| announcer(view, sentence.start, i - 1))
            {
                let source = Some(source);
                found.push(Found { content: vec![stretch], cue: None, source, confidence: 0.85, inferred: false });
            } else if alone || after_colon {
                found.push(Found { content: vec![stretch], cue: None, source: None, confidence: 0.7, inferred: true });
            } else if words >= 4 {
                let source =
                    main_subject(view, sentence, &Cue { tokens: i..i, class: CueClass::Say, according: false });
                let confidence = if source.is_some() { 0.6 } else { 0.4 };
                found.push(Found { content: vec![stretch], cue: None, source, confidence, inferred: false });
            }
        }
        i = end;
    }
}

/// The speaker before a colon: `Cllr Ann Roe: "Point of order."`, `@ann_roe: "No power here."`, or the subject of the
/// clause there: `Our reporter Ann Roe is at the port: "..."`.
fn label(view: View<'_>, before: Range<usize>) -> Option<Range<usize>> {
    const LONGEST: usize = 10;
    if before.is_empty() || !before.clone().all(|i| view.depth(i) == 0) {
        return None;
    }
    if view.word(before.start) == "@" {
        return (before.len() == 2).then_some(before);
    }
    let verb = |i: usize| !view.is_capital(i) && (view.tables(i).is_auxiliary() || view.tables(i).is_cue());
    let all = before.len() <= LONGEST
        && before.clone().any(|i| view.is_name_word(i) && !view.tables(i).is_role())
        && !before.clone().any(verb)
        && !view.tables(before.start).is_cue()
        && before.clone().all(|i| !view.is_word(i) || view.is_capital(i) || is_part_of_label(view, i))
        && before.clone().all(|i| view.is_word(i) || matches!(view.word(i), "-" | "." | "," | "(" | ")" | "’" | "'"));
    let subject = subject_before(view, before.end, before.start);
    if all && let Some(whole) = subject.filter(|s| s.start == before.start) {
        let capital = view.is_capital(whole.start) && view.is_capital(whole.end - 1);
        return capital.then_some(whole);
    }
    None
}

/// Whether a small word can stand in a label: "Spokesman for the mine Ann Roe".
fn is_part_of_label(view: View<'_>, i: usize) -> bool {
    let tables = view.tables(i);
    tables.is_role()
        || tables.is_role_modifier()
        || tables.is_name_particle()
        || matches!(view.folded(i), "of" | "the" | "for")
}

/// Who signs the quotation that ends before token `end`: `"I am ashamed." — Ann Roe, a teacher`, the whole of a paragraph.
fn signature(view: View<'_>, end: usize) -> Option<Range<usize>> {
    const LONGEST: usize = 12;
    let n = view.passage.tokens.len();
    let is_dash = |i: usize| matches!(view.word(i), "—" | "–" | "―" | "-" | "--");
    let start = (end..n.min(end + 2)).take_while(|&i| is_dash(i)).last()? + 1;
    // "— this from Ann Roe, passing by"
    let this = matches!(view.folded(start), "this" | "that" | "it") && view.folded(start + 1) == "from";
    let start = if this { start + 2 } else { start };
    let last = (start..n).find(|&i| view.is_mark(i) && view.word(i) != "." && view.word(i) != "-").unwrap_or(n);
    let longest = if this { last - start } else { n - start };
    let role = || view.tables(start).is_role() && (start..last).any(|i| view.is_name_word(i));
    let is_name = start < n && longest <= LONGEST && view.is_word(start) && (view.is_capital(start) || role());
    let plain = || (start..n).all(|i| view.depth(i) == 0);
    (is_name && plain()).then(|| start..(start..last).rev().find(|&i| view.is_word(i)).map_or(last, |i| i + 1))
}

/// Joins quoted sentences without a cue to the attribution before them in the paragraph: `"A," she said. "B."`
pub(super) fn join_quoted_sentences(view: View<'_>, found: &mut Vec<Found>) {
    if !found.iter().skip(1).any(|f| f.inferred && f.source.is_none()) {
        return;
    }
    let mut out: Vec<Found> = Vec::with_capacity(found.len());
    for one in found.drain(..) {
        if one.inferred
            && one.source.is_none()
            && let Some(last) = out.last_mut()
            && last.content.iter().any(|c| view.depth(c.start) > 0 || view.depth(c.end - 1) > 0)
            && !asks_between(view, last, &one)
        {
            last.content.extend(one.content);
            continue;
        }
        out.push(one);
    }
    *found = out;
}

/// Whether a question stands between two quotations: "'Debt,' she said. And after that? 'More debt.'", "Asked about rain, he
/// grinned. 'Umbrellas.'"
fn asks_between(view: View<'_>, last: &Found, next: &Found) -> bool {
    let from = last.content.iter().map(|c| c.end).max().unwrap_or(0);
    let to = next.content.first().map_or(from, |c| c.start);
    let outside = |i: &usize| view.depth(*i) == 0;
    (from..to).filter(outside).any(|i| view.word(i) == "?" || view.is_capital(i) && view.folded(i) == "asked")
}

/// A paragraph that goes on with the quotation of the one before: its first attribution joins the last one there.
/// Returns whether it did.
pub(super) fn merge_paragraphs(
    passages: &[Passage],
    passage: &Passage,
    found: &mut [Found],
    out: &mut [Attribution],
    view: View<'_>,
) -> bool {
    let (Some(first), Some(last)) = (found.first(), out.last_mut()) else { return false };
    let Some(before) = passage.index.checked_sub(1).and_then(|i| passages.get(i)) else { return false };
    let open_before = before.quoted.last().is_some_and(|q| !q.closed);
    let begins = first.content.first().is_some_and(|c| c.start == 0 || view.depth(c.start) == 1);
    let ends_before = last.content.last().is_some_and(|s| before.span.contains(*s));
    if open_before && begins && ends_before && first.source.is_none() {
        last.content.extend(first.content.iter().map(|r| content_span(view, r)));
        return true;
    }
    false
}

/// The subject of the sentence's first clause, for participles ("X arrived, saying ...").
pub(super) fn main_subject(view: View<'_>, sentence: &Range<usize>, cue: &Cue) -> Option<Range<usize>> {
    (sentence.start + 1..cue.tokens.start.min(sentence.start + 25))
        .filter(|&i| view.depth(i) == 0 && view.is_word(i) && !view.is_capital(i))
        .filter(|&i| view.tables(i).is_cue() || view.tables(i).is_auxiliary() || view.folded(i).ends_with("ed"))
        .find_map(|i| subject_before(view, i, sentence.start))
}
