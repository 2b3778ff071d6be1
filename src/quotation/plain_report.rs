//! Reported speech without marks that the rules read so surely that they are believed where the chain says nothing.

use std::ops::Range;

use crate::lang::CueClass;
use crate::quotation::Attribution;
use crate::quotation::facts::is_person_noun;
use crate::quotation::source::View;

/// Tokens of a reported sentence at least, and behind its cue at most.
const MIN_REPORTED: usize = 8;
const MAX_TAIL: usize = 12;
/// Tokens of a dateline at most.
const MAX_DATELINE: usize = 12;
/// Tokens of a reported clause at least, and in front of its source at most.
const MIN_CLAUSE: usize = 5;
const MAX_FRONT: usize = 4;

/// The tokens of content, cue and source, where each is one stretch.
fn tokens(view: View<'_>, attribution: &Attribution) -> Option<[Range<usize>; 3]> {
    let [content] = attribution.content.as_slice() else { return None };
    Some([*content, attribution.cue?, attribution.source?].map(|span| view.passage.tokens_in(span)))
}

/// "Ann Lowe reckons the wall will hold", "The port says 40 ships are late", "The port tweets: All ships are late": a source at
/// the beginning of its sentence, the cue right behind it, and a whole clause.
///
/// What is posted goes on to the end of its paragraph: the content is made longer.
pub(super) fn is_plain_report(view: View<'_>, attribution: &mut Attribution) -> bool {
    let Some([content, cue, source]) = tokens(view, attribution) else { return false };
    if source.is_empty() || cue.len() != 1 || content.start < cue.end || source.end > cue.start {
        return false;
    }
    // "Ann Lowe, prosecuting, said", "Ann Lowe, who kept goats, always maintained"
    let adverbs = (source.end..cue.start).rev().take_while(|&i| view.is_word(i) && view.tables(i).is_adverb()).count();
    let aside = source.end..cue.start - adverbs;
    let longest = if view.folded(aside.start + 1) == "who" || view.folded(aside.start + 1) == "which" { 26 } else { 6 };
    let comma = |i: usize| view.word(i) == "," && view.depth(i) == 0;
    let apart = (3..=longest).contains(&aside.len()) && comma(aside.start) && comma(aside.end - 1);
    let close = aside.is_empty() || aside.len() == 1 && comma(aside.start);
    if !close && !apart {
        return false;
    }
    let Some(sentence) = view.sentence_of(cue.start) else { return false };
    let outside = |range: &Range<usize>| range.clone().all(|i| view.depth(i) == 0);
    let behind = source.start > sentence.start && view.word(source.start - 1) == ",";
    let participle = behind && view.folded(sentence.start).ends_with("ing");
    let opens = participle
        || source.start <= sentence.start + MAX_FRONT
            && (source.start == sentence.start
                || view.is_mark(source.start - 1)
                || view.tables(sentence.start).is_conjunction());
    // Words between marks are a part of what is said, and no whole sentence.
    let mixed = outside(&source) && outside(&(cue.start..content.start)) && view.depth(content.start) == 0;
    if !opens || !mixed || !speaks(view, &source) {
        return false;
    }
    let gap = cue.end..content.start;
    let colon = gap.len() == 1 && view.word(cue.end) == ":";
    let that = gap.len() == 1 && view.tables(cue.end).is_complementizer();
    // "told NEI the dam was safe"
    let named = |i: usize| view.is_name_word(i) || view.tables(i).is_addressee();
    let told = matches!(view.folded(cue.start), "told" | "tells") && !gap.is_empty() && gap.clone().all(named);
    if colon {
        let posts = posts(view.folded(cue.start)) && content.len() >= 3 && outside(&content);
        let end = view.passage.tokens.len();
        if posts && source.start == 0 && outside(&(content.end..end)) {
            attribution.content[0].end = view.passage.span.end.max(attribution.content[0].end);
            attribution.content[0] = attribution.content[0].trimmed(view.text);
        }
        return posts;
    }
    told && is_clause(view, &content)
        || (gap.is_empty() || that) && reports(view, cue.start, that) && is_clause(view, &content)
}

/// Whether a whole sentence is reported before its cue: "The gates were opened on time, Minister Ann Lowe said here today."
pub(super) fn is_closed_by_cue(view: View<'_>, attribution: &Attribution) -> bool {
    let Some([content, cue, source]) = tokens(view, attribution) else { return false };
    let Some(sentence) = view.sentence_of(content.start) else { return false };
    let tables = view.tables(cue.start);
    let report = matches!(tables.cue_class(), Some(CueClass::Say | CueClass::Announce)) && !tables.is_rarely_cue()
        || matches!(view.folded(cue.start), "reckons" | "reckoned" | "insists" | "insisted" | "thinks" | "believes");
    let says = cue.len() == 1 && report && !view.folded(cue.start).ends_with("ing");
    let finite = |i: usize| {
        let tables = view.tables(i);
        tables.is_auxiliary() || tables.is_verb() || view.folded(i).ends_with("ed") && !view.is_capital(i)
    };
    // A dateline may stand in front.
    let opens = content.start <= sentence.start + 1
        || content.start <= sentence.start + MAX_DATELINE && view.is_mark(content.start - 1);
    let tail = (cue.end..sentence.end).take_while(|&i| view.word(i) != ",");
    says && content.len() >= MIN_REPORTED
        && opens
        && content.end + 1 == source.start
        && view.word(content.end) == ","
        && source.end == cue.start
        && content.clone().any(finite)
        && tail.clone().count() <= MAX_TAIL
        && tail.clone().all(|i| view.depth(i) == 0)
}

/// Verbs by which something is written where everybody reads it.
fn posts(word: &str) -> bool {
    matches!(
        word,
        "emails"
            | "messages"
            | "posted"
            | "posts"
            | "texts"
            | "tweeted"
            | "tweets"
            | "writes"
            | "wrote"
            | "says"
            | "adds"
    )
}

/// A finite verb that reports and is seldom another word.
fn reports(view: View<'_>, cue: usize, that: bool) -> bool {
    let tables = view.tables(cue);
    let word = view.folded(cue);
    let plain =
        matches!(word, "reckons" | "reckoned" | "says" | "said" | "insists" | "insisted" | "thinks" | "believes");
    let class = matches!(
        tables.cue_class(),
        Some(CueClass::Say | CueClass::Claim | CueClass::Argue | CueClass::Warn | CueClass::Announce | CueClass::Know)
    );
    plain || that && class && !tables.is_rarely_cue() && !word.ends_with("ing")
}

/// A name, a pronoun of one person, a role, or a body in capitals.
fn speaks(view: View<'_>, source: &Range<usize>) -> bool {
    let last = source.end - 1;
    let tables = view.tables(last);
    let pronoun = source.len() == 1 && matches!(view.folded(last), "he" | "she");
    pronoun || view.is_name_word(last) || tables.is_role() || tables.is_collective() || is_person_noun(view, last)
}

/// Whether a clause with a subject and a finite verb stands here.
fn is_clause(view: View<'_>, content: &Range<usize>) -> bool {
    let finite = |i: usize| {
        let tables = view.tables(i);
        !view.is_capital(i)
            && (tables.is_auxiliary() || tables.is_verb() && !tables.is_also_noun() || view.folded(i).ends_with("ed"))
    };
    let first = view.tables(content.start);
    content.len() >= MIN_CLAUSE
        && !first.is_preposition()
        && !first.is_conjunction()
        && view.folded(content.start) != "to"
        && content.clone().skip(1).any(finite)
}
