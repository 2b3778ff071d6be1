//! Reported speech without marks that the rules read so surely that they are believed where the chain says nothing.

use std::ops::Range;

use crate::lang::CueClass;
use crate::quotation::Attribution;
use crate::quotation::extent::behind_addressee;
use crate::quotation::facts::is_person_noun;
use crate::quotation::source::View;

/// Tokens of a reported clause at least, behind a pronoun, and in front of its source at most.
const MIN_CLAUSE: usize = 5;
pub(super) const MIN_PRONOUN_CLAUSE: usize = 3;
const MAX_FRONT: usize = 4;
/// Tokens between a cue and its "that" at most, and of whom something is asked or accused.
const MAX_ADJUNCT: usize = 9;
const MAX_OBJECT: usize = 12;

/// The tokens of content, cue and source, where each is one stretch.
pub(super) fn tokens(view: View<'_>, attribution: &Attribution) -> Option<[Range<usize>; 3]> {
    let [content] = attribution.content.as_slice() else { return None };
    Some([*content, attribution.cue?, attribution.source?].map(|span| view.passage.tokens_in(span)))
}

/// "Ann Lowe reckons the wall will hold", "The port says 40 ships are late", "The port tweets: All ships are late": a source at
/// the beginning of its sentence, the cue right behind it, and a whole clause.
///
/// What is posted goes on to the end of its paragraph: the content is made longer.
pub(super) fn is_plain_report(view: View<'_>, attribution: &mut Attribution) -> bool {
    let Some([content, cue, source]) = tokens(view, attribution) else { return false };
    if source.is_empty() || content.is_empty() || content.start < cue.end || source.end > cue.start {
        return false;
    }
    let Some(verb) = verb(view, &cue) else { return false };
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
                || view.tables(sentence.start).is_conjunction())
        || is_behind_front(view, sentence.start, source.start);
    // Words between marks are a part of what is said, and no whole sentence.
    let mixed = outside(&source) && outside(&(cue.start..content.start)) && view.depth(content.start) == 0;
    if !opens || !mixed || !speaks(view, &source) {
        return false;
    }
    let gap = cue.end..content.start;
    let colon = gap.len() == 1 && view.word(cue.end) == ":" && cue.len() == 1;
    let that =
        !gap.is_empty() && view.tables(gap.end - 1).is_complementizer() && is_adjunct(view, &(gap.start..gap.end - 1))
            || view.tables(cue.end - 1).is_complementizer() && gap.is_empty();
    // "told NEI the dam was safe"
    let named = |i: usize| view.is_name_word(i) || view.tables(i).is_addressee();
    let told = matches!(view.folded(verb), "told" | "tells") && !gap.is_empty() && gap.clone().all(named);
    if colon {
        let posts = view.lang.is_posting_verb(view.folded(cue.start)) && content.len() >= 3 && outside(&content);
        let end = view.passage.tokens.len();
        if posts && source.start == 0 && outside(&(content.end..end)) {
            attribution.content[0].end = view.passage.span.end.max(attribution.content[0].end);
            attribution.content[0] = attribution.content[0].trimmed(view.text);
        }
        return posts;
    }
    let held = that && (holds(view, verb) || cue.len() > 1 && view.lang.opens_set_cue(view.folded(verb)));
    let friends =
        || view.folded(verb) == "told" && gap.is_empty() && behind_addressee(view, &content, "told").is_some();
    (told || friends()) && is_clause(view, &content)
        || (gap.is_empty() || that) && reports(view, verb, that) && is_clause(view, &content)
        || held && !view.is_possessive(source.end - 1) && begins_clause(view, &content)
        || gap.is_empty()
            && (view.lang.is_opinion_verb(view.folded(verb)) && is_sure_clause(view, &content)
                || demands(view, verb, cue.end, &content)
                || accuses(view, verb, &content)
                || promises(view, verb, &content))
}

/// Whether a source stands behind a phrase of place or time, behind the apposition of a name, or behind another clause:
/// "In the port, Ann Lowe", "The envoy, Ann Lowe,", "...; she", "..., while Ann Lowe".
fn is_behind_front(view: View<'_>, from: usize, source: usize) -> bool {
    const LONGEST: usize = 14;
    let Some(before) = source.checked_sub(1).filter(|&b| b > from && view.depth(b) == 0) else { return false };
    if view.word(before) == ";" || matches!(view.folded(before), "while" | "whereas") && view.word(before - 1) == "," {
        return true;
    }
    let first = view.tables(from);
    let opens = first.is_preposition() || first.is_determiner() || view.is_name_word(from);
    let part = |i: usize| {
        let tables = view.tables(i);
        let verb = tables.is_auxiliary() || tables.is_cue() && !tables.is_also_noun() || tables.is_verb();
        view.depth(i) == 0
            && (view.is_word(i) || view.word(i) != "," && view.is_mark(i))
            && (view.is_capital(i) || !verb)
    };
    view.word(before) == "," && before - from <= LONGEST && opens && (from..before).all(part)
}

/// The verb of a cue, where its auxiliaries leave no doubt that somebody speaks: "has warned", "would confirm", "called on".
pub(super) fn verb(view: View<'_>, cue: &Range<usize>) -> Option<usize> {
    let first = cue.clone().find(|&i| !view.tables(i).is_auxiliary() && !view.tables(i).is_adverb())?;
    let sure = |i: usize| {
        let word = view.folded(i);
        let goes_on = (view.lang.is_third_person_be(word) || word == "am") && view.folded(first).ends_with("ing");
        goes_on || view.lang.is_sure_auxiliary(word) || view.tables(i).is_adverb()
    };
    let plain = (cue.start..first).all(|i| sure(i) && !view.tables(i).is_negation());
    let is = |i: usize| view.lang.is_third_person_be(view.folded(i));
    let participle = view.folded(first).ends_with("ing") && cue.start == first && !(first > 0 && is(first - 1));
    (plain && !participle && view.is_word(first)).then_some(first)
}

/// Whether words between a cue and "that" tell to whom, where and when it was said, and nothing else.
fn is_adjunct(view: View<'_>, gap: &Range<usize>) -> bool {
    let Some(first) = gap.clone().next() else { return true };
    let tables = view.tables(first);
    let opens = tables.is_preposition()
        || tables.is_adverb()
        || tables.is_time_word()
        || tables.is_addressee()
        || view.lang.begins_adjunct(view.folded(first))
        || view.word(first) == "," && gap.len() == 3 && view.word(first + 2) == ",";
    let part = |i: usize| {
        let tables = view.tables(i);
        view.depth(i) == 0
            && (view.is_word(i) || view.word(i) == "," && gap.len() == 3)
            && !tables.is_auxiliary()
            && (!tables.is_verb() || view.is_capital(i))
            && (!tables.is_cue() || tables.is_also_noun())
    };
    opens && gap.len() <= MAX_ADJUNCT && gap.clone().all(part)
}

/// A finite verb that reports and is seldom another word.
fn reports(view: View<'_>, cue: usize, that: bool) -> bool {
    let tables = view.tables(cue);
    let word = view.folded(cue);
    let plain = view.lang.is_sure_report_verb(word);
    let class = matches!(
        tables.cue_class(),
        Some(CueClass::Say | CueClass::Claim | CueClass::Argue | CueClass::Warn | CueClass::Announce | CueClass::Know)
    );
    plain || that && class && !tables.is_rarely_cue() && !word.ends_with("ing")
}

/// A verb that reports a clause behind "that", be it seldom a cue elsewhere.
fn holds(view: View<'_>, verb: usize) -> bool {
    let tables = view.tables(verb);
    let word = view.folded(verb);
    let class = matches!(
        tables.cue_class(),
        Some(
            CueClass::Say
                | CueClass::Write
                | CueClass::Claim
                | CueClass::Argue
                | CueClass::Warn
                | CueClass::Announce
                | CueClass::Know
                | CueClass::Think
                | CueClass::Hope
                | CueClass::Fear
                | CueClass::Deny
                | CueClass::Demand
                | CueClass::Promise
        )
    );
    class && !word.ends_with("ing") || view.lang.is_complaint_verb(word)
}

/// Whether a clause with its subject in front and an auxiliary behind it stands here: no noun with a participle.
fn is_sure_clause(view: View<'_>, content: &Range<usize>) -> bool {
    let first = view.tables(content.start);
    let subject =
        first.is_determiner() || first.is_subject_pronoun() || view.is_capital(content.start) || first.is_role();
    let helper = (content.start + 1..content.end)
        .take(MAX_OBJECT)
        .take_while(|&i| view.is_word(i))
        .find(|&i| view.tables(i).is_auxiliary() || view.tables(i).ends_phrase());
    is_clause(view, content)
        && (subject || view.passage.tokens[content.start].is_word())
        && helper.is_some_and(|i| view.tables(i).is_auxiliary())
}

/// "urged the parties to put civilians first", "called on her to resign": whom something is asked of, and what.
pub(super) fn demands(view: View<'_>, verb: usize, cue_end: usize, content: &Range<usize>) -> bool {
    let word = view.folded(verb);
    let on = cue_end - 1 > verb && view.lang.links_appeal(view.folded(cue_end - 1));
    let asks = view.lang.is_request_verb(word) || on && view.lang.is_appeal_verb(word);
    let first = view.tables(content.start);
    let object = view.is_word(content.start)
        && !first.is_preposition()
        && !first.is_complementizer()
        && !first.is_subject_pronoun()
        && !first.is_conjunction();
    let part = |i: &usize| {
        let tables = view.tables(*i);
        view.depth(*i) == 0
            && (view.is_word(*i) || matches!(view.word(*i), "," | "-" | "’" | "'"))
            && !tables.is_auxiliary()
            && !tables.ends_phrase()
            && (view.is_capital(*i) || !tables.is_verb())
    };
    let to = (content.start + 1..content.end).take(MAX_OBJECT).take_while(part).find(|&i| view.folded(i) == "to");
    // "to" in front of a base form
    let base = |i: usize| {
        let tables = view.tables(i);
        view.is_word(i)
            && !view.is_capital(i)
            && !tables.is_determiner()
            && !tables.is_pronoun()
            && !tables.is_preposition()
    };
    // "asked his department for a report", "wants the deadline moved"
    let objects = (content.start + 1..content.end).take(MAX_OBJECT / 2).take_while(part);
    let wished = matches!(word, "wants" | "wanted") && first.is_determiner();
    let other = objects.clone().find(|&i| match word {
        "asked" | "asks" | "pressed" => view.folded(i) == "for" && view.tables(i + 1).is_determiner(),
        "warned" => view.folded(i) == "against",
        _ => wished && i > content.start + 1 && view.folded(i).ends_with("ed"),
    });
    asks && object
        && (to.is_some_and(|i| i + 1 < content.end && base(i + 1)) || other.is_some_and(|i| i + 1 < content.end))
}

/// "accused the council of hiding it"
fn accuses(view: View<'_>, verb: usize, content: &Range<usize>) -> bool {
    let accused = matches!(view.folded(verb), "accused" | "accuses" | "accusing");
    let plain = |i: &usize| view.depth(*i) == 0 && !view.tables(*i).is_auxiliary();
    let of = (content.start + 1..content.end)
        .take(MAX_OBJECT)
        .take_while(plain)
        .find(|&i| view.folded(i) == "of" && view.folded(i + 1).ends_with("ing"));
    accused && of.is_some()
}

/// "promised to be back", "denies targeting anybody", "ruled out closing the yard"
fn promises(view: View<'_>, verb: usize, content: &Range<usize>) -> bool {
    let word = view.folded(verb);
    let first = view.folded(content.start);
    let promised = view.lang.is_promise_verb(word) || matches!(word, "hopes" | "hoped");
    let denied = view.lang.takes_gerund(word);
    promised && first == "to" && content.len() >= MIN_PRONOUN_CLAUSE
        || denied && first.ends_with("ing") && !view.is_capital(content.start) && content.len() >= 2
}

/// A name, a pronoun of the third person, a role, or a body in capitals.
pub(super) fn speaks(view: View<'_>, source: &Range<usize>) -> bool {
    // "Ann Lowe, 58"
    let age = source.len() > 3 && view.word(source.end - 1).bytes().all(|b| b.is_ascii_digit());
    let last = source.end - if age && view.word(source.end - 2) == "," { 3 } else { 1 };
    let tables = view.tables(last);
    let pronoun = source.len() == 1 && matches!(view.folded(last), "he" | "she");
    pronoun
        || view.is_name_word(last)
        || tables.is_role()
        || tables.is_collective()
        || is_person_noun(view, last)
        || source.len() == 1 && matches!(view.folded(last), "they" | "it")
}

/// Whether what stands behind "that" can be a clause.
fn begins_clause(view: View<'_>, content: &Range<usize>) -> bool {
    let first = view.tables(content.start);
    content.len() >= MIN_PRONOUN_CLAUSE
        && !first.is_auxiliary()
        && !first.is_conjunction()
        && view.folded(content.start) != "to"
}

/// A finite verb, by its form.
pub(super) fn is_finite(view: View<'_>, i: usize) -> bool {
    let tables = view.tables(i);
    !view.is_capital(i)
        && (tables.is_auxiliary() || tables.is_verb() && !tables.is_also_noun() || view.folded(i).ends_with("ed"))
}

/// Whether a clause with a subject and a finite verb stands here.
fn is_clause(view: View<'_>, content: &Range<usize>) -> bool {
    let first = view.tables(content.start);
    let least = if first.is_subject_pronoun() { MIN_PRONOUN_CLAUSE } else { MIN_CLAUSE };
    content.len() >= least
        && !first.is_preposition()
        && !first.is_conjunction()
        && view.folded(content.start) != "to"
        && content.clone().skip(1).any(|i| is_finite(view, i))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::language;
    use crate::quotation::passage::one::paragraph;
    use crate::quotation::{Extractor, Rules};

    /// What the rules read as a plain report.
    fn said(text: &str) -> Vec<String> {
        let lang = language("en").unwrap();
        let (document, passages) = paragraph(text);
        let view = View { text, passage: &passages[0], lang };
        let found = Rules.attributions(&document, &passages, lang);
        let plain = found.into_iter().filter_map(|mut a| is_plain_report(view, &mut a).then_some(a));
        plain.map(|a| a.content[0].of(text).to_owned()).collect()
    }

    #[test]
    fn clauses_behind_verbs_of_thought_and_demand() {
        for (text, content) in [
            ("Ann Lowe doubts the old wall will hold.", "the old wall will hold"),
            ("The minister reckons it will reopen.", "it will reopen"),
            ("The envoy urged the crews to leave the port.", "the crews to leave the port"),
            ("She called on the council to open the gates.", "the council to open the gates"),
            ("The minister accused Peru and Chile of hiding the figures.", "Peru and Chile of hiding the figures"),
            ("The minister promised to keep the ferries running.", "to keep the ferries running"),
            ("The mayor denies taking money.", "taking money"),
            ("The minister has insisted throughout that the wall is safe.", "the wall is safe"),
            ("Ann Lowe said in a letter that the wall is safe.", "the wall is safe"),
            ("In Lima, the minister warned on Friday that the wall is weak.", "the wall is weak"),
        ] {
            assert_eq!(said(text), [content], "{text}");
        }
    }

    #[test]
    fn acts_are_no_reports() {
        for text in [
            "The minister called a meeting of the council on Friday.",
            "The council approved changes to the law.",
            "The claims that the ship sank were old.",
        ] {
            assert_eq!(said(text), [""; 0], "{text}");
        }
    }
}
