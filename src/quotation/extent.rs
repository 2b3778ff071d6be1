//! Where a quotation ends: what stands behind its marks, and who is announced between two of them.

use std::ops::Range;

use crate::lang::Language;
use crate::quotation::facts::is_person_noun;
use crate::quotation::source::View;
use crate::quotation::{Attribution, Passage};
use crate::text::Span;

/// Tokens of whom, where and when something is said at most.
const MAX_ADDRESSEE: usize = 8;
/// Words in front of a colon that name who speaks, and tokens of the whole clause there, at most.
const MAX_SUBJECT: usize = 9;
const MAX_CLAUSE: usize = 30;

/// Behind a sentence between marks, a new sentence outside of them is no part of what is said: `"..., but my aunt says no."
/// The hall laughed.`
pub(super) fn cut_behind_marks(view: View<'_>, content: &mut [Span], cue: Option<Span>) {
    for span in content.iter_mut().filter(|s| view.passage.span.contains(**s)) {
        let range = view.passage.tokens_in(*span);
        let Some(depth) = range.clone().next().map(|i| view.depth(i)).filter(|&d| d > 0) else { continue };
        let number = depth as usize - 1;
        let (stretch, inner) = (view.passage.quoted_tokens(number), view.passage.quoted[number].inner);
        // "Thank God!" and was led away; "Never!", he wrote later.
        let goes_on = |i: usize| matches!(view.word(i), "and" | ",") && !inner.of(view.text).ends_with('.');
        let ends = stretch.end < range.end
            && inner.of(view.text).ends_with(['.', '!', '?', '…'])
            && (view.is_capital(stretch.end) || goes_on(stretch.end))
            && cue.is_some_and(|c| c.end <= view.passage.tokens[stretch.end].span.start);
        if ends && (stretch.end..range.end).all(|i| view.depth(i) == 0) {
            *span = Span::new(span.start.max(inner.start), inner.end).trimmed(view.text);
        }
    }
}

/// Words outside of marks in front of the second half of a broken sentence are no part of it: `"We came at six," she said,
/// shifting the child, "and it is cold."`
pub(super) fn cut_before_marks(view: View<'_>, content: &mut [Span]) {
    let Some((first, rest)) = content.split_first_mut() else { return };
    let quoted = view.passage.tokens_in(*first).all(|i| view.depth(i) > 0);
    if !quoted || !first.of(view.text).trim_end().ends_with([',', '!', '?', '…', '—', '–']) {
        return;
    }
    for span in rest.iter_mut().filter(|s| view.passage.span.contains(**s)) {
        let range = view.passage.tokens_in(*span);
        let Some(begin) = range.clone().find(|&i| view.depth(i) > 0) else { continue };
        let inner = view.passage.quoted[view.depth(begin) as usize - 1].inner;
        let adjunct = (range.start + 2..=range.start + 12).contains(&begin) && view.word(begin - 1) == ",";
        if adjunct && view.depth(range.start) == 0 && span.end <= inner.end + 4 {
            *span = Span::new(inner.start, span.end.min(inner.end).max(inner.start));
        }
    }
}

/// To whom, where and when something was said is no part of it: "told the BBC he had seen it", "said under oath that it was".
pub(super) fn cut_addressee(view: View<'_>, content: &mut [Span], cue: Option<Span>) {
    let (Some(span), Some(cue)) = (content.first_mut(), cue) else { return };
    if !view.passage.span.contains(*span) || !view.passage.span.contains(cue) {
        return;
    }
    let (range, cue) = (view.passage.tokens_in(*span), view.passage.tokens_in(cue));
    if cue.is_empty() || cue.end != range.start || range.len() < 3 {
        return;
    }
    if let Some(start) = behind_addressee(view, &range, view.folded(cue.end - 1)) {
        span.start = view.passage.tokens[start].span.start;
    }
}

/// What stands in front of a clause that is reported right behind its cue is no part of it: "Under the plan, she said each
/// side". Beside the cue it is the source that the chain read over: "The port had hoped to open".
pub(super) fn cut_front(view: View<'_>, one: &mut Attribution) {
    let ([first, second, ..], Some(cue)) = (one.content.as_slice(), one.cue) else { return };
    let first = *first;
    let [a, b, cue] = [first, *second, cue].map(|s| view.passage.tokens_in(s));
    let outside = a.clone().all(|i| view.depth(i) == 0) && !b.is_empty() && view.depth(b.start) == 0;
    // "which, she said, was old": the chain takes the pronoun for a part of what is said.
    let pronoun = a.len() <= 2 && view.lang.is_wh_pronoun(view.folded(a.start));
    if a.is_empty() || !outside || a.end > cue.start || cue.end != b.start || pronoun {
        return;
    }
    one.content.remove(0);
    let tables = view.tables(a.start);
    let names = tables.is_determiner() || view.is_name_word(a.start);
    let participle = |i: usize| ["ed", "en", "wn"].iter().any(|end| view.folded(i).ends_with(end));
    let passive = cue.clone().any(|i| view.tables(i).is_passive_auxiliary()) && cue.clone().any(participle);
    let beside = a.end == cue.start && a.len() <= MAX_SUBJECT && names && !tables.is_preposition() && !passive;
    if one.source.is_none() && beside {
        one.source = Some(first);
    }
}

/// Where the reported clause begins behind an addressee or an adjunct.
pub(super) fn behind_addressee(view: View<'_>, range: &Range<usize>, verb: &str) -> Option<usize> {
    let told = view.lang.takes_addressee(verb);
    let said = view.lang.takes_adjunct(verb);
    let (first, opens) = (range.start, view.tables(range.start));
    let part = |i: &usize| {
        let tables = view.tables(*i);
        view.depth(*i) == 0
            && view.is_word(*i)
            && !tables.is_auxiliary()
            && !tables.is_conjunction()
            && (!tables.is_verb() || view.is_capital(*i))
    };
    let adjunct =
        said && (opens.is_preposition() || opens.is_adverb() || opens.is_time_word()) && !opens.is_complementizer();
    if !told && !adjunct || opens.is_complementizer() || opens.is_subject_pronoun() {
        return None;
    }
    let that = (first..range.end).take(MAX_ADDRESSEE + 1).find(|&i| view.tables(i).is_complementizer());
    if let Some(that) = that.filter(|&t| view.folded(t) == "that" && (first..t).all(|i| part(&i))) {
        return Some(that);
    }
    let ends = (first + 1..range.end).take(MAX_ADDRESSEE);
    if adjunct {
        // "said afterwards the pair had agreed"
        let next = view.tables(first + 1);
        let clause = next.is_determiner() || next.is_subject_pronoun();
        let when = view.lang.is_adverb_of_time(view.folded(first));
        let how = view.folded(first).ends_with("ly") && !opens.is_preposition();
        return ((when || how) && clause && part(&first)).then_some(first + 1);
    }
    let pronoun = ends.clone().find(|&i| view.tables(i).is_subject_pronoun() && !view.is_capital(i));
    if let Some(it) = pronoun.filter(|&p| (first..p).all(|i| part(&i))) {
        return Some(it);
    }
    // "told BBC Radio Leeds the offer was worth 9%", "told this newspaper the minister was"
    let names = first + usize::from(opens.is_determiner());
    let end = (names..range.end)
        .take_while(|&i| view.is_name_word(i) && view.depth(i) == 0 && !view.is_possessive(i))
        .last()
        .map_or(names, |i| i + 1);
    let end = if end == names
        && view.is_word(names)
        && (view.tables(names).is_addressee() || view.tables(names).is_collective())
    {
        names + 1
    } else {
        end
    };
    let clause = end > names && end + 1 < range.end && view.tables(end).is_determiner() && !view.is_possessive(end - 1);
    let helper =
        || (end + 1..range.end).take(MAX_ADDRESSEE).any(|i| view.tables(i).is_auxiliary() || view.tables(i).is_verb());
    (clause && helper()).then_some(end)
}

/// Who is said to be somehow in front of the colon at token `colon`, which a quotation follows: "Her husband Rab" of "Her
/// husband Rab is less amused: ". No pronoun; the clause begins at token `from`.
pub(super) fn announcer(view: View<'_>, from: usize, colon: usize) -> Option<Range<usize>> {
    let outside = |i: usize| view.depth(i) == 0;
    let whole =
        from + 1 < colon && colon - from <= MAX_CLAUSE && (from..=colon).all(outside) && view.word(colon) == ":";
    if !whole || view.tables(from).is_subject_pronoun() || !view.is_word(from) {
        return None;
    }
    let verb = |i: usize| {
        let tables = view.tables(i);
        !view.is_capital(i) && (tables.is_auxiliary() || tables.is_verb() && !tables.is_also_noun())
    };
    let part = |i: usize| {
        let tables = view.tables(i);
        (view.is_word(i) || matches!(view.word(i), "-" | "‑" | "’" | "'"))
            && !tables.ends_phrase()
            && !tables.is_conjunction()
            && (!tables.is_preposition() || view.folded(i) == "of" && i > from)
    };
    let end = (from + 1..colon.min(from + MAX_SUBJECT)).find(|&i| verb(i))?;
    let subject = from..end;
    // "Her husband Rab", "Lowe", "The keeper": the last word is the person.
    let last = end - 1;
    let person = view.is_name_word(last) || view.tables(last).is_role() || is_person_noun(view, last);
    let told = !view.is_possessive(last) && subject.clone().all(part);
    let opens = view.is_name_word(from) || view.tables(from).is_determiner() || view.tables(from).is_role();
    let thing = view.tables(last).is_organization_head() || view.tables(last).is_time_word();
    (person && told && opens && !thing).then_some(subject)
}

/// Whether a word, as [`View::bare`] gives it, stands in a stretch of the paragraph.
fn has_word(view: View<'_>, span: Span, word: &str) -> bool {
    view.passage.tokens_in(span).any(|i| view.bare(i) == word)
}

/// Who is announced between two parts of a quotation, and is not its source: `"No," she said. Her father is blunter: "Never."`
fn announced_between(view: View<'_>, between: Span, source: Option<Span>) -> Option<Range<usize>> {
    let range = view.passage.tokens_in(between);
    let colon = range.clone().rev().find(|&i| view.depth(i) == 0).filter(|&i| view.word(i) == ":")?;
    let sentence = view.sentence_of(colon)?;
    let from = Some(sentence.start).filter(|s| range.contains(s))?;
    let subject = announcer(view, from, colon)?;
    let in_source = |i: usize| source.is_some_and(|s| has_word(view, s, view.bare(i)));
    let same = subject.clone().any(|i| view.is_name_word(i) && in_source(i));
    (!same).then_some(subject)
}

/// Parts of a quotation that a question parts: "'Debt,' she said. And after that? 'More debt.'"
pub(super) fn split_at_questions(text: &str, passages: &[Passage], lang: &Language, found: &mut Vec<Attribution>) {
    let mut out = Vec::with_capacity(found.len());
    for mut one in found.drain(..) {
        let view = View { text, passage: &passages[one.paragraph], lang };
        let asks = |from: usize, to: usize| {
            let between = view.passage.tokens_in(Span::new(from, to.max(from)));
            let mut outside = between.filter(|&i| view.depth(i) == 0);
            outside.any(|i| view.word(i) == "?" || view.word(i) == "Asked")
        };
        let cue = one.cue.map_or(usize::MAX, |c| c.start);
        let others = |from: usize, to: usize| other_acts(view, Span::new(from, to.max(from)), one.source);
        let announced = |k: usize| {
            let between = Span::new(one.content[k - 1].end, one.content[k].start.max(one.content[k - 1].end));
            announced_between(view, between, one.source)
        };
        let at = (1..one.content.len()).find(|&k| {
            let (before, next) = (one.content[k - 1], one.content[k]);
            let quoted = view.passage.tokens_in(next).all(|i| view.depth(i) > 0);
            quoted
                && view.passage.span.contains(next)
                && cue < next.start
                && (asks(before.end, next.start) || others(before.end, next.start) || announced(k).is_some())
        });
        let source = at.and_then(announced).map(|r| view.span(&r));
        let rest = at.map(|k| one.content.split_off(k));
        let (confidence, paragraph) = (one.confidence, one.paragraph);
        out.push(one);
        if let Some(content) = rest {
            let inferred = source.is_none();
            out.push(Attribution { content, cue: None, source, paragraph, confidence, inferred });
        }
    }
    *found = out;
}

/// Whether a whole sentence between two parts of a quotation has another subject than the source: "'No,' Ann Lowe said. Tom
/// Roe raised a hand. 'Yes.'"
fn other_acts(view: View<'_>, between: Span, source: Option<Span>) -> bool {
    let Some(source) = source else { return false };
    let range = view.passage.tokens_in(between);
    let sentences = &view.passage.sentences;
    let Some(last) = sentences.iter().rev().find(|s| s.start > range.start && s.end <= range.end + 1) else {
        return false;
    };
    if !(last.clone().all(|i| view.depth(i) == 0 || i >= range.end)) || !view.is_name_word(last.start) {
        return false;
    }
    let name = last.clone().take_while(|&i| view.is_name_word(i) || view.tables(i).is_name_particle());
    let end = name.clone().last().map_or(last.start, |i| i + 1);
    let verb = end < last.end && view.is_word(end) && !view.is_capital(end) && !view.tables(end).is_preposition();
    let in_source = |i: usize| has_word(view, source, view.bare(i));
    let known = |i: usize| view.tables(i).is_pronoun() || view.tables(i).begins_sentence() || in_source(i);
    let named = view.passage.tokens_in(source).any(|i| view.is_name_word(i));
    named && verb && !view.is_possessive(end - 1) && !name.into_iter().any(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::language;
    use crate::quotation::passage::one::{paragraph, span};

    fn with(text: &str, parts: &[&str], cue: &str, cut: impl Fn(View<'_>, &mut Attribution)) -> Attribution {
        let lang = language("en").unwrap();
        let (_, passages) = paragraph(text);
        let span = |part| span(text, part);
        let content = parts.iter().map(|p| span(p)).collect();
        let cue = Some(span(cue));
        let mut one = Attribution { content, cue, source: None, paragraph: 0, confidence: 1.0, inferred: false };
        cut(View { text, passage: &passages[0], lang }, &mut one);
        one
    }

    #[test]
    fn addressees_and_adjuncts_are_not_said() {
        for (cue, content, said) in [
            ("told", "the BBC he had seen the ship", "he had seen the ship"),
            ("told", "members that the port was shut", "that the port was shut"),
            ("told", "BBC Radio Leeds the offer was worth nine million", "the offer was worth nine million"),
            ("said", "under oath that the port was shut", "that the port was shut"),
            ("said", "privately they had packed", "they had packed"),
            ("said", "the claim that the port was shut is old", "the claim that the port was shut is old"),
            ("told", "the crews to leave", "the crews to leave"),
        ] {
            let text = format!("She {cue} {content}.");
            let cut = |view: View<'_>, one: &mut Attribution| cut_addressee(view, &mut one.content, one.cue);
            assert_eq!(with(&text, &[content], cue, cut).content[0].of(&text), said, "{text}");
        }
    }

    #[test]
    fn what_stands_in_front_of_a_cue_is_its_source_or_nothing() {
        let plan = "Under the plan, she said each side would leave.";
        let one = with(plan, &["Under the plan", "each side would leave"], "said", cut_front);
        assert_eq!((one.content.len(), one.source), (1, None));
        let port = "The port had hoped to open the gates.";
        let one = with(port, &["The port", "to open the gates"], "had hoped", cut_front);
        assert_eq!((one.content.len(), one.source.map(|s| s.of(port))), (1, Some("The port")));
    }
}
