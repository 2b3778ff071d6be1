//! Attributions by rules: cues, the phrases beside them, and what stands between marks.
//!
//! A sentence at a time. A cue with a subject makes an attribution; where the reported words stand before it
//! ("...", she said), that part is the content, else what follows ("she said that ..."). Quoted sentences without a cue
//! go on with the attribution before them.

use std::ops::Range;

use crate::document::Document;
use crate::lang::{CueClass, Language};
use crate::quotation::cue::{
    Cue, accused_of, behind_adjunct, cues, ends_aside, goes_on, is_fronted_only, reports_clause, wants,
};
use crate::quotation::dialogue::{dialogue, is_dialogue};
use crate::quotation::floating::{join_quoted_sentences, main_subject, merge_paragraphs, quoted_without_cue};
use crate::quotation::source::{View, subject_after, subject_before};
use crate::quotation::{Attribution, Extractor, Passage};
use crate::text::Span;

/// The extractor that needs no model.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules;

/// An attribution in tokens.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) content: Vec<Range<usize>>,
    pub(super) cue: Option<Range<usize>>,
    pub(super) source: Option<Range<usize>>,
    pub(super) confidence: f64,
    pub(super) inferred: bool,
}

impl Extractor for Rules {
    fn attributions(&self, document: &Document, passages: &[Passage], lang: &Language) -> Vec<Attribution> {
        let mut out: Vec<Attribution> = Vec::new();
        for passage in passages {
            let view = View { text: &document.text, passage, lang };
            let mut found: Vec<Found> = Vec::new();
            if is_dialogue(view.text, passage)
                && let Some(turn) = dialogue(view)
            {
                out.extend(attribution(view, turn));
                continue;
            }
            for sentence in &passage.sentences {
                sentence_attributions(view, sentence, &mut found);
            }
            join_quoted_sentences(view, &mut found);
            let continued = merge_paragraphs(passages, passage, &mut found, &mut out, view);
            out.extend(found.into_iter().skip(usize::from(continued)).filter_map(|f| attribution(view, f)));
        }
        out
    }
}

fn attribution(view: View<'_>, found: Found) -> Option<Attribution> {
    let content: Vec<Span> = found.content.iter().map(|r| content_span(view, r)).filter(|s| !s.is_empty()).collect();
    (!content.is_empty()).then(|| Attribution {
        content,
        cue: found.cue.map(|r| view.span(&r)),
        source: found.source.map(|r| view.span(&r)),
        paragraph: view.passage.index,
        confidence: found.confidence,
        inferred: found.inferred,
    })
}

/// Bytes of a content: what stands inside the marks where they enclose all of it.
pub(super) fn content_span(view: View<'_>, range: &Range<usize>) -> Span {
    let mut range = range.clone();
    let is_edge = |i: usize| {
        view.is_mark(i)
            && view.depth(i) == 0
            && !matches!(view.word(i), "[" | "(" | "$" | "£" | "€" | "#" | "@" | ")" | "]" | "%")
    };
    while !range.is_empty() && is_edge(range.start) {
        range.start += 1;
    }
    while !range.is_empty() && is_edge(range.end - 1) {
        range.end -= 1;
    }
    if range.is_empty() {
        return Span::new(view.passage.span.start, view.passage.span.start);
    }
    let (first, last) = (view.depth(range.start), view.depth(range.end - 1));
    if first > 0 && first == last {
        let quoted = &view.passage.quoted[first as usize - 1];
        let span = view.span(&range);
        return Span::new(span.start.max(quoted.inner.start), span.end.min(quoted.inner.end)).trimmed(view.text);
    }
    view.span(&range)
}

fn sentence_attributions(view: View<'_>, sentence: &Range<usize>, found: &mut Vec<Found>) {
    let cues = cues(view, sentence);
    let mut covered: Vec<Range<usize>> = Vec::new();
    let n_before = found.len();
    // The words reported before a cue belong to the last such cue ("X expects ..., Y said"): these first.
    for (n, cue) in cues.iter().enumerate().rev() {
        if covered.iter().any(|c| c.contains(&cue.tokens.start)) {
            continue;
        }
        let limit = cues.get(n + 1).map_or(sentence.end, |c| c.tokens.start);
        if let Some(one) = reported_before(view, sentence, cue, limit, found) {
            covered.extend(one.content.iter().cloned());
            covered.push(one.cue.clone().map_or(cue.tokens.clone(), |c| c));
            found.push(one);
        }
    }
    for (n, cue) in cues.iter().enumerate() {
        if covered.iter().any(|c| c.contains(&cue.tokens.start)) {
            continue;
        }
        let next = cues[n + 1..].iter().find(|c| !covered.iter().any(|r| r.contains(&c.tokens.start)));
        let joined = cues[n + 1..].iter().find(|c| {
            let before = c.tokens.start.saturating_sub(1);
            view.tables(before).is_conjunction()
                && before > cue.tokens.end
                && view.depth(before) == 0
                && is_past(view, c)
        });
        if let Some(one) = reported_after(view, sentence, cue, [next, joined], &covered, &found[n_before..]) {
            covered.extend(one.content.iter().cloned());
            covered.push(cue.tokens.clone());
            found.push(one);
        }
    }
    quoted_without_cue(view, sentence, n_before, found);
    found[n_before..].sort_by_key(|f| f.content[0].start);
}

/// `CONTENT, subject cue ...` and `CONTENT, cue subject ...`.
fn reported_before(view: View<'_>, sentence: &Range<usize>, cue: &Cue, limit: usize, found: &[Found]) -> Option<Found> {
    if cue.according {
        let comma = previous_mark(view, cue.tokens.start, sentence.start)?;
        let content = sentence.start..comma;
        if n_words(view, &content) < 3 || is_covered(&content, found) {
            return None;
        }
        let source = attributed_to(view, cue, sentence)?;
        let mut parts = vec![content];
        if source.end < sentence.end && view.word(source.end) == "," {
            let rest = source.end + 1..sentence.end;
            if n_words(view, &rest) >= 4 && !view.tables(rest.start).is_determiner() && !starts_clause(view, rest.start)
            {
                parts.push(rest);
            }
        }
        return Some(Found {
            content: parts,
            cue: Some(cue.tokens.clone()),
            source: Some(source),
            confidence: 0.8,
            inferred: false,
        });
    }
    let inverted = cue.tokens.start > sentence.start && !view.tables(cue.tokens.start).is_auxiliary() && {
        let before = cue.tokens.start - 1;
        (view.depth(before) > 0
            || view.word(before) == "," && !is_fronted_only(cue.class) && !ends_aside(view, sentence, cue))
            && !view.tables(cue.tokens.end - 1).is_addressed_cue()
            && !view.folded(cue.tokens.end - 1).ends_with("ing")
    };
    let (source, clause_start, clause_end) = if inverted {
        let source = subject_after(view, cue.tokens.end - 1, sentence.end)?;
        let end = source.end.max(cue.tokens.end);
        (source, cue.tokens.start, end)
    } else {
        let source = subject_before(view, cue.tokens.start, sentence.start)?;
        let start = source.start;
        (source, start, cue.tokens.end)
    };
    if clause_start <= sentence.start {
        return None;
    }
    let before = clause_start - 1;
    let after_quote = view.depth(before) > 0;
    let after_comma = view.word(before) == "," && view.depth(before) == 0;
    // "..." — she said.
    let after_dash = matches!(view.word(before), "—" | "–" | "-")
        && view.depth(before) == 0
        && before > sentence.start
        && view.depth(before - 1) > 0;
    if !after_quote && !after_comma && !after_dash {
        return None;
    }
    let mut content = sentence.start..if after_comma || after_dash { before } else { clause_start };
    if view.tables(content.start).is_attributive() && view.depth(content.start) == 0 {
        return None;
    }
    // "The ship, she said, would leave on Friday.", "The ship, she said in an email, would leave."
    let clause_end = if inverted { clause_end } else { behind_adjunct(view, clause_end, sentence.end) };
    let enclosed = after_comma
        && !inverted
        && clause_end < sentence.end
        && view.word(clause_end) == ","
        && view.depth(clause_end) == 0;
    let rest = clause_end + 1..sentence.end;
    let enclosed = enclosed
        && view.depth(content.start) == 0
        && n_words(view, &rest) >= 2
        && view.depth(rest.start) == 0
        && (!starts_clause(view, rest.start) || goes_on(view, &rest));
    // An earlier attribution in the sentence ends where this content begins.
    if let Some(end) = found
        .iter()
        .flat_map(|f| f.content.iter().chain(&f.cue).chain(&f.source))
        .filter(|r| r.start < content.end && r.end > content.start)
        .map(|r| r.end)
        .max()
    {
        content.start = content.start.max(end);
        if content.is_empty() {
            return None;
        }
    }
    let quoted_before = last_quoted(view, &content);
    let ends_quoted = content.end > content.start && view.depth(content.end - 1) > 0;
    if ends_quoted {
        // Unquoted words before the quotation: part of the clause ("The talks "were good," he said") or an own one.
        if let Some(stretch) = quoted_before
            && stretch.start > content.start
            && !reads_on(view, &content, &stretch)
        {
            content.start = stretch.start;
        }
    } else if n_words(view, &content) < if enclosed { 1 } else { 3 } || !reports_clause(view, cue) {
        return None;
    } else if !inverted && follows_clause(view, clause_end, sentence.end) {
        // "On Monday, he said the talks ..." has its content behind the cue.
        if n_words(view, &content) < 6
            || view.folded(content.start).ends_with("ing") && !content.clone().any(|i| view.tables(i).is_auxiliary())
            || view.tables(content.start).is_preposition()
            || view.tables(content.start).is_conjunction()
        {
            return None;
        }
    }
    let mut parts = vec![content];
    if enclosed {
        parts.push(rest);
    } else if let Some(rest) = continuation(view, clause_end, sentence.end.min(limit.max(clause_end))) {
        parts.push(rest);
    } else if let Some(rest) = continuation(view, clause_end, sentence.end)
        && view.depth(rest.start) > 0
    {
        parts.push(rest);
    }
    let confidence = if ends_quoted { 0.97 } else { 0.8 };
    Some(Found { content: parts, cue: Some(cue.tokens.clone()), source: Some(source), confidence, inferred: false })
}

/// Whether a new clause begins at a token: a participle, conjunction or relative pronoun.
fn starts_clause(view: View<'_>, at: usize) -> bool {
    let word = view.folded(at);
    word.ends_with("ing") || view.tables(at).is_conjunction() || view.tables(at).ends_phrase()
}

/// What goes on behind `"A," he said, "B"` or `The deal, he said, would fail`.
fn continuation(view: View<'_>, from: usize, to: usize) -> Option<Range<usize>> {
    // The rest of the attribution clause ("told reporters in Paris on Monday") up to a comma, colon or mark.
    let mut i = from;
    while i < to && view.depth(i) == 0 && !matches!(view.word(i), "," | ":" | ";" | "—" | "–") {
        i += 1;
    }
    if i >= to {
        return None;
    }
    if view.depth(i) > 0 {
        let stretch = view.passage.quoted_tokens(view.depth(i) as usize - 1);
        let is_long = n_words(view, &stretch) >= 4;
        return (is_long && i == from).then_some(stretch);
    }
    let next = i + 1;
    if next >= to {
        return None;
    }
    // "said the officer, Ann Lowe, "B"": behind an apposition.
    let plain = |i: usize| {
        let tables = view.tables(i);
        view.depth(i) == 0 && !tables.is_auxiliary() && (!tables.is_cue() || tables.is_also_noun())
    };
    let apposed = || {
        let comma = (next..to.min(next + 10)).take_while(|&i| plain(i)).find(|&i| view.word(i) == ",")?;
        (comma > next && comma + 1 < to && view.depth(comma + 1) > 0).then_some(comma + 1)
    };
    let next = if view.word(i) == "," && view.depth(next) == 0 { apposed()? } else { next };
    if view.depth(next) > 0 {
        return Some(next..view.passage.quoted_tokens(view.depth(next) as usize - 1).end.min(to).max(next + 1));
    }
    None
}

/// Whether a reported clause follows the cue that ends before `from`: "that", or a subject, not the end or a comma.
fn follows_clause(view: View<'_>, from: usize, to: usize) -> bool {
    if from >= to || view.is_mark(from) && view.depth(from) == 0 && !matches!(view.word(from), ":") {
        return false;
    }
    if view.depth(from) > 0 {
        return true;
    }
    let first = view.tables(from);
    if first.is_complementizer() {
        return true;
    }
    let n = (from..to).take_while(|&i| view.depth(i) == 0 && !matches!(view.word(i), "," | "." | ";")).count();
    n >= 4 && !first.is_preposition() && !first.is_conjunction() && !first.is_time_word()
}

/// Whether the words between the start of `content` and the quoted stretch run on into it.
fn reads_on(view: View<'_>, content: &Range<usize>, stretch: &Range<usize>) -> bool {
    let before = stretch.start - 1;
    let n = stretch.start - content.start;
    view.depth(before) == 0
        && !matches!(view.word(before), ":" | ";" | ".")
        && n <= 40
        && !matches!(view.word(before), ",")
}

/// `subject cue (that) CONTENT`, `According to X, CONTENT`, `adding that CONTENT`.
fn reported_after(
    view: View<'_>,
    sentence: &Range<usize>,
    cue: &Cue,
    next: [Option<&Cue>; 2],
    covered: &[Range<usize>],
    found: &[Found],
) -> Option<Found> {
    if cue.according {
        let source = attributed_to(view, cue, sentence)?;
        let comma = (source.end..sentence.end).find(|&i| view.depth(i) == 0 && view.word(i) == ",")?;
        let content = comma + 1..sentence.end;
        return (n_words(view, &content) >= 3 && !overlaps(&content, covered)).then(|| Found {
            content: vec![content],
            cue: Some(cue.tokens.clone()),
            source: Some(source),
            confidence: 0.85,
            inferred: false,
        });
    }
    let participle = view.folded(cue.tokens.end - 1).ends_with("ing");
    let source = subject_before(view, cue.tokens.start, sentence.start);
    // "Said one stunned onlooker: ..."
    let inverted = || {
        let source = subject_after(view, cue.tokens.end - 1, sentence.end)?;
        (source.end < sentence.end && view.word(source.end) == ":" && view.depth(source.end) == 0).then_some(source)
    };
    let begins = cue.tokens.start == sentence.start && !participle && !cue.according;
    let inverted = if begins { inverted() } else { None };
    if let Some(source) = inverted {
        let content = source.end + 1..sentence.end;
        return (n_words(view, &content) >= 1 && view.depth(content.start) > 0 && !overlaps(&content, covered)).then(
            || Found {
                content: vec![content],
                cue: Some(cue.tokens.clone()),
                source: Some(source),
                confidence: 0.95,
                inferred: false,
            },
        );
    }
    let source = match source {
        Some(source) if !overlaps(&source, covered) => Some(source),
        _ if participle || follows_conjunction(view, cue, sentence) => {
            found.last().and_then(|f| f.source.clone()).or_else(|| main_subject(view, sentence, cue))
        }
        _ => None,
    }?;
    // "... if Congress approves a royalty": nobody has said so.
    let before = source.start.checked_sub(1).filter(|&b| b >= sentence.start).map_or("", |b| view.folded(b));
    if !participle && matches!(before, "if" | "unless" | "whether") {
        return None;
    }
    let mut start = cue.tokens.end;
    let explicit = skip_to_clause(view, &mut start, sentence.end);
    // "accused her of hiding it": whom one accuses is a part of what is said.
    if cue.class == CueClass::Criticize && accused_of(view, cue, sentence) {
        start = cue.tokens.end;
    }
    if participle
        && !explicit
        && cue.tokens.len() == 1
        && view.depth(start.min(sentence.end - 1)) == 0
        && !matches!(cue.class, CueClass::Say | CueClass::Claim | CueClass::Argue | CueClass::Warn | CueClass::Announce)
    {
        return None;
    }
    let cuts = next.into_iter().flatten().map(|n| clause_cut(view, start, n, sentence));
    let mut end = cuts.min().unwrap_or(sentence.end).max(start);
    if let Some(block) = covered.iter().filter(|c| c.start >= start).map(|c| c.start).min() {
        end = end.min(block);
    }
    let content = start..end;
    let quoted = last_quoted(view, &content);
    let begins_quoted = content.start < content.end && view.depth(content.start) > 0;
    let words = n_words(view, &content);
    let infinitive = start < content.end && view.folded(start) == "to" && wants(cue.class) && cue.tokens.len() == 1;
    let pronoun =
        start < content.end && view.tables(start).is_pronoun() && view.lang.is_subject_pronoun(view.folded(start));
    let gerund = cue.class == CueClass::Deny && start < content.end && view.folded(start).ends_with("ing");
    let enough = if gerund {
        words >= 2
    } else if pronoun {
        words >= 3
    } else if begins_quoted {
        words >= 1
    } else if quoted.is_some() {
        words >= 2
    } else {
        words >= if explicit { 3 } else { 4 }
    };
    if !enough || overlaps(&content, covered) {
        return None;
    }
    if !begins_quoted && quoted.is_none() && !(explicit || reports_clause(view, cue)) {
        return None;
    }
    if !explicit && !infinitive && quoted.is_none() && starts_phrase(view, start) {
        return None;
    }
    let mut content = content;
    if begins_quoted {
        // `She said: "A." ` ends with the marks, `she said "good words" and left` too.
        let stretch = view.passage.quoted_tokens(view.depth(content.start) as usize - 1);
        let inner = view.passage.quoted[view.depth(content.start) as usize - 1].inner.of(view.text);
        if inner.ends_with(['.', '!', '?', ',']) || stretch.end >= content.end.saturating_sub(1) {
            content.end = content.end.min(stretch.end);
        }
    }
    let confidence = if begins_quoted {
        0.95
    } else if explicit {
        0.8
    } else {
        0.65
    };
    Some(Found {
        content: vec![content],
        cue: Some(cue.tokens.clone()),
        source: Some(source),
        confidence,
        inferred: false,
    })
}

/// The source behind "according to": also "him" and "them".
fn attributed_to(view: View<'_>, cue: &Cue, sentence: &Range<usize>) -> Option<Range<usize>> {
    let next = cue.tokens.end;
    let is_pronoun = next < sentence.end && view.lang.pronoun(view.folded(next)).is_some_and(|p| p.person == 3);
    if is_pronoun && (next + 1 >= sentence.end || view.is_mark(next + 1)) {
        return Some(next..next + 1);
    }
    subject_after(view, next - 1, sentence.end)
}

/// Moves `start` over addressee, place and time ("reporters in Paris on Monday") and over "that" or a colon; tells
/// whether "that", a colon, or marks showed where the content begins.
fn skip_to_clause(view: View<'_>, start: &mut usize, to: usize) -> bool {
    let from = *start;
    let mut behind_addressee = from;
    if from < to && view.tables(from).is_addressee() {
        behind_addressee += 1;
    }
    if behind_addressee + 1 < to
        && view.tables(behind_addressee).is_preposition()
        && view.tables(behind_addressee + 1).is_time_word()
    {
        behind_addressee += 2;
    }
    while behind_addressee < to && view.depth(behind_addressee) == 0 && view.tables(behind_addressee).is_time_word() {
        behind_addressee += 1;
    }
    // "told NEI the dam was safe"
    let told = from > 0 && matches!(view.folded(from - 1), "told" | "tells") && behind_addressee == from;
    let n_names = (from..to).take(4).take_while(|&i| view.is_name_word(i) && view.depth(i) == 0).count();
    if told && (1..=3).contains(&n_names) && from + n_names < to {
        let next = view.tables(from + n_names);
        let begins = next.is_subject_pronoun() || next.is_determiner() && !next.is_complementizer();
        behind_addressee += if begins { n_names } else { 0 };
    }
    for i in from..to.min(from + 25) {
        let word = view.folded(i);
        if view.depth(i) > 0 {
            // `told reporters in Paris "..."` begins with the marks, `said the vote was "..."` right behind the cue.
            let adjunct = behind_addressee == i
                || view.tables(behind_addressee).is_preposition() && i - behind_addressee <= 10
                || i > from && matches!(view.word(i - 1), "," | ":");
            *start = if adjunct { i } else { behind_addressee };
            return true;
        }
        // "expects the US to meet the terms that ...": a verb between parts "that" from the cue.
        let object = i > behind_addressee && behind_addressee == from && !view.tables(from).is_preposition();
        let tables = view.tables(i);
        if object && (word == "to" || tables.is_auxiliary()) {
            break;
        }
        if tables.is_complementizer() && (i == from || view.word(i - 1) != "," || i - from <= 12) {
            *start = i + 1;
            return true;
        }
        if word == ":" {
            *start = i + 1;
            return true;
        }
        if matches!(word, ";" | ".") {
            break;
        }
    }
    *start = behind_addressee;
    false
}

fn starts_phrase(view: View<'_>, at: usize) -> bool {
    at < view.passage.tokens.len() && {
        let tables = view.tables(at);
        tables.is_preposition() || tables.is_conjunction() || view.is_mark(at) && view.depth(at) == 0
    }
}

/// Where a content that is followed by another cue ends: before that cue's clause if a comma or conjunction parts them.
fn clause_cut(view: View<'_>, start: usize, next: &Cue, sentence: &Range<usize>) -> usize {
    let subject = subject_before(view, next.tokens.start, start).map_or(next.tokens.start, |s| s.start);
    let mut cut = subject;
    if cut > start && view.tables(cut - 1).is_conjunction() {
        cut -= 1;
    }
    let parted = cut > start && view.depth(cut - 1) == 0 && matches!(view.word(cut - 1), "," | ";" | "—");
    if parted && cut - start >= 3 { cut - 1 } else { sentence.end }
}

/// Whether a cue is a verb in the past ("and said that"): it goes on with the subject of the clause before.
fn is_past(view: View<'_>, cue: &Cue) -> bool {
    let word = view.folded(cue.tokens.start);
    (word == "said" || word == "told" || word.ends_with("ed")) && cue.tokens.start > 0
}

fn follows_conjunction(view: View<'_>, cue: &Cue, sentence: &Range<usize>) -> bool {
    cue.tokens.start > sentence.start && view.tables(cue.tokens.start - 1).is_conjunction()
}

fn last_quoted(view: View<'_>, range: &Range<usize>) -> Option<Range<usize>> {
    let i = range.clone().rev().find(|&i| view.depth(i) > 0)?;
    let stretch = view.passage.quoted_tokens(view.depth(i) as usize - 1);
    Some(stretch.start.max(range.start)..stretch.end.min(range.end))
}

fn previous_mark(view: View<'_>, at: usize, from: usize) -> Option<usize> {
    let before = at.checked_sub(1).filter(|&b| b >= from)?;
    if view.word(before) == "," && view.depth(before) == 0 {
        return Some(before);
    }
    // "The talks failed according to officials." has no comma; a quotation mark may stand before it.
    Some(at)
}

pub(super) fn n_words(view: View<'_>, range: &Range<usize>) -> usize {
    range.clone().filter(|&i| !view.is_mark(i)).count()
}

pub(super) fn overlaps(range: &Range<usize>, others: &[Range<usize>]) -> bool {
    others.iter().any(|o| o.start < range.end && range.start < o.end)
}

fn is_covered(range: &Range<usize>, found: &[Found]) -> bool {
    found.iter().any(|f| overlaps(range, &f.content))
}
