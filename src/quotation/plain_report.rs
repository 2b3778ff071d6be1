//! Reported speech without marks that the rules read so surely that they are believed where the chain says nothing.

use std::ops::Range;

use crate::lang::CueClass;
use crate::quotation::Attribution;
use crate::quotation::facts::is_person_noun;
use crate::quotation::source::View;

/// Tokens of a reported clause at least, and in front of its source at most.
const MIN_CLAUSE: usize = 5;
const MAX_FRONT: usize = 4;

/// "Ann Lowe reckons the wall will hold", "The port says 40 ships are late", "The port tweets: All ships are late": a source at
/// the beginning of its sentence, the cue right behind it, and a whole clause.
pub(super) fn is_plain_report(view: View<'_>, attribution: &Attribution) -> bool {
    let ([content], Some(cue), Some(source)) = (attribution.content.as_slice(), attribution.cue, attribution.source)
    else {
        return false;
    };
    let all = |span| view.passage.tokens_in(span);
    let (content, cue, source) = (all(*content), all(cue), all(source));
    if source.is_empty() || cue.len() != 1 || source.end != cue.start || content.start < cue.end {
        return false;
    }
    let Some(sentence) = view.passage.sentences.iter().find(|s| s.contains(&cue.start)) else { return false };
    let outside = |range: &Range<usize>| range.clone().all(|i| view.depth(i) == 0);
    let opens = source.start <= sentence.start + MAX_FRONT
        && (source.start == sentence.start || view.is_mark(source.start - 1) || view.tables(sentence.start).is_conjunction());
    if !opens || !outside(sentence) || !speaks(view, &source) {
        return false;
    }
    let gap = cue.end..content.start;
    let colon = gap.len() == 1 && view.word(cue.end) == ":";
    let that = gap.len() == 1 && view.tables(cue.end).is_complementizer();
    if colon {
        return posts(view.folded(cue.start)) && content.len() >= 3;
    }
    (gap.is_empty() || that) && reports(view, cue.start, that) && is_clause(view, &content)
}

/// Verbs by which something is written where everybody reads it.
fn posts(word: &str) -> bool {
    matches!(
        word,
        "emails" | "messages" | "posted" | "posts" | "texts" | "tweeted" | "tweets" | "writes" | "wrote" | "says" | "adds"
    )
}

/// A finite verb that reports and is seldom another word.
fn reports(view: View<'_>, cue: usize, that: bool) -> bool {
    let tables = view.tables(cue);
    let word = view.folded(cue);
    let plain = matches!(word, "reckons" | "reckoned" | "says" | "said" | "insists" | "insisted" | "thinks" | "believes");
    let class = matches!(tables.cue_class(), Some(CueClass::Say | CueClass::Claim | CueClass::Argue | CueClass::Warn | CueClass::Announce));
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
        !view.is_capital(i) && (tables.is_auxiliary() || tables.is_verb() && !tables.is_also_noun() || view.folded(i).ends_with("ed"))
    };
    let first = view.tables(content.start);
    content.len() >= MIN_CLAUSE
        && !first.is_preposition()
        && !first.is_conjunction()
        && view.folded(content.start) != "to"
        && content.clone().skip(1).any(finite)
}
