//! Reporting words where they stand, and what their form and place tell.

use std::ops::Range;

use crate::lang::CueClass;
use crate::quotation::opener::is_naming;
use crate::quotation::source::{View, subject_after, subject_before};

/// A cue in a sentence.
#[derive(Debug, Clone)]
pub(super) struct Cue {
    pub(super) tokens: Range<usize>,
    pub(super) class: CueClass,
    pub(super) according: bool,
}

/// The cues of a sentence outside marks, in order.
pub(super) fn cues(view: View<'_>, sentence: &Range<usize>) -> Vec<Cue> {
    let mut out = Vec::new();
    let mut i = sentence.start;
    while i < sentence.end {
        if view.depth(i) > 0 || !view.tables(i).begins_cue() {
            i += 1;
            continue;
        }
        let tables = view.tables(i);
        let rest = (i..sentence.end.min(i + 8)).map(|j| view.folded(j));
        if view.may_begin_cue(i, sentence.end)
            && let Some((n, class)) = view.lang.cue_phrase(rest)
        {
            let according = tables.is_attributive();
            if !according && tables.is_preposition() {
                i += 1;
                continue;
            }
            out.push(Cue { tokens: i..i + n, class, according });
            i += n;
            continue;
        }
        if tables.is_cue()
            && (!view.is_capital(i) || opens_sentence(view, i, sentence))
            && !is_noun_here(view, i, sentence)
            && !(i + 1 < sentence.end && view.is_name_word(i + 1) && is_naming(view, i + 1))
            && let Some(class) = view.lang.cue_class(view.folded(i))
        {
            let mut start = i;
            while start > sentence.start && view.depth(start - 1) == 0 && view.tables(start - 1).is_auxiliary() {
                start -= 1;
            }
            if is_passive(view, start, i) {
                i += 1;
                continue;
            }
            out.push(Cue { tokens: start..i + 1, class, according: false });
        }
        i += 1;
    }
    out
}

/// Whether a report begins with its verb: "Said one neighbour: ..."
fn opens_sentence(view: View<'_>, i: usize, sentence: &Range<usize>) -> bool {
    let tables = view.tables(i);
    let said = view.lang.is_opening_verb(view.folded(i));
    let next = || (i + 1 < sentence.end).then(|| view.tables(i + 1));
    i == sentence.start
        && said
        && tables.cue_class() == Some(CueClass::Say)
        && next().is_some_and(|t| {
            view.is_name_word(i + 1) || t.is_determiner() || t.is_pronoun() || view.folded(i + 1) == "one"
        })
}

/// Whether a form of "be" makes the cue a passive: who is told, asked or expected does not speak.
fn is_passive(view: View<'_>, start: usize, cue: usize) -> bool {
    let adverb = |i: usize| view.lang.is_adverb(view.folded(i));
    let last = (start..cue).rev().find(|&i| !adverb(i));
    let behind = cue.checked_sub(1).filter(|&b| start == cue && adverb(b)).and_then(|b| b.checked_sub(1));
    let passive = last.or(behind).is_some_and(|i| view.tables(i).is_passive_auxiliary());
    passive && !view.folded(cue).ends_with("ing")
}

/// Whether a word that can be a cue is a noun or an infinitive where it stands.
fn is_noun_here(view: View<'_>, i: usize, sentence: &Range<usize>) -> bool {
    if i == sentence.start {
        return false;
    }
    // "In his programme notes he had written that"
    let front = view.tables(sentence.start).is_preposition() && view.tables(i).is_also_noun();
    let next = i + 1 < sentence.end && view.depth(i + 1) == 0 && view.tables(i + 1).is_subject_pronoun();
    if front && next && !(sentence.start..i).any(|j| view.tables(j).is_auxiliary() || view.word(j) == ",") {
        return true;
    }
    let before = view.tables(i - 1);
    before.is_determiner() || view.folded(i - 1) == "to" || before.is_preposition() && !view.folded(i).ends_with("ing")
}

/// Whether a cue reports a clause without "that" or marks: seldom ones do not.
pub(super) fn reports_clause(view: View<'_>, cue: &Cue) -> bool {
    if cue.tokens.len() > 1 && view.lang.is_rarely_cue(&view.words(&cue.tokens).join(" ")) {
        return false;
    }
    !view.tables(cue.tokens.end - 1).is_rarely_cue()
}

/// Classes whose content can be an infinitive ("expects to win", "threatened to resign").
pub(super) fn wants(class: CueClass) -> bool {
    matches!(class, CueClass::Hope | CueClass::Promise | CueClass::Demand | CueClass::Refuse | CueClass::Warn)
}

/// Classes whose verbs do not stand before their subject behind a comma.
pub(super) fn is_fronted_only(class: CueClass) -> bool {
    matches!(class, CueClass::Hope | CueClass::Demand | CueClass::Fear | CueClass::Praise | CueClass::Criticize)
}

/// Whether the comma before a cue ends an aside behind the subject ("The firm, which owns the ship, said it ..."), and
/// no name ends the clause behind the cue ("..., said X.").
pub(super) fn ends_aside(view: View<'_>, sentence: &Range<usize>, cue: &Cue) -> bool {
    let Some(subject) = subject_before(view, cue.tokens.start, sentence.start) else { return false };
    if subject.end >= cue.tokens.start {
        return false;
    }
    let behind = subject_after(view, cue.tokens.end - 1, sentence.end);
    let closes = behind.is_some_and(|b| {
        let next = view.folded(b.end);
        if next == "to" {
            return false;
        }
        b.end >= sentence.end
            || view.is_mark(b.end) && view.depth(b.end) == 0 && !matches!(view.word(b.end), "-" | "‑" | "’" | "'")
            || view.lang.is_preposition(next)
            || view.lang.is_time_word(next)
    });
    !closes
}

/// The comma behind words that tell how, when or where it was said, of which a preposition or an adverb is the first; else
/// `from`.
pub(super) fn behind_adjunct(view: View<'_>, from: usize, to: usize) -> usize {
    const LONGEST: usize = 6;
    let part = |i: &usize| {
        let tables = view.tables(*i);
        view.is_word(*i) && view.depth(*i) == 0 && !tables.is_auxiliary() && !tables.is_cue() && !tables.ends_phrase()
    };
    let opens = from < to && {
        let tables = view.tables(from);
        tables.is_preposition() || tables.is_adverb() || tables.is_time_word()
    };
    let end = from + (from..to).take(LONGEST).take_while(part).count();
    if opens && end + 2 < to && view.word(end) == "," && view.depth(end) == 0 { end } else { from }
}

/// Whether what stands behind an enclosed cue goes on with the reported clause: "..., she said, and the road is open".
pub(super) fn goes_on(view: View<'_>, rest: &Range<usize>) -> bool {
    let joins = view.lang.joins_clause(view.folded(rest.start));
    let next = rest.start + 1 + usize::from(view.tables(rest.start + 1).is_adverb());
    joins && next < rest.end && !view.tables(next).is_cue() && !view.tables(next).is_auxiliary()
}

/// Whether whom one accuses stands behind the cue: "accused Ann Lowe and her party of hiding it".
pub(super) fn accused_of(view: View<'_>, cue: &Cue, sentence: &Range<usize>) -> bool {
    const MAX_OBJECT: usize = 14;
    let verb = matches!(view.folded(cue.tokens.end - 1), "accused" | "accuses" | "accusing");
    let from = cue.tokens.end;
    let plain = |i: &usize| {
        let tables = view.tables(*i);
        view.depth(*i) == 0 && !tables.is_auxiliary() && !tables.is_complementizer() && view.word(*i) != ":"
    };
    let longest = if verb { MAX_OBJECT } else { 2 };
    (from..sentence.end.min(from + longest)).take_while(plain).skip(1).any(|i| view.folded(i) == "of")
}
