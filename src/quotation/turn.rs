//! Quotations without a source beside them: the sentence in front tells whose they are, or two speakers take turns.

use std::ops::Range;

use crate::lang::{Gender, SourceKind};
use crate::quotation::ask::Introduced;
use crate::quotation::cast::At;
use crate::quotation::mention::name_words;
use crate::quotation::source::{View, subject_after, subject_before};
use crate::quotation::speaker::{Referent, Resolver, told};
use crate::quotation::unnamed::is_noun_of;
use crate::quotation::{Attribution, Speaker};
use crate::text::Span;

/// A sentence that tells who speaks next has so many tokens at most.
const MAX_SENTENCE: usize = 40;
/// Somebody who is spoken to is named within so many bytes behind the speaker.
const MAX_ADDRESS: usize = 80;
/// The other one of two who talk spoke so few paragraphs before.
const MAX_APART: usize = 5;

/// Somebody without a name who spoke so many paragraphs before may be "she".
const MAX_SILENT: usize = 1;

/// How an attribution ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    /// The paragraph of its last words.
    paragraph: usize,
    /// Whether it ended in a question.
    question: bool,
    /// Whether it was an answer of whom nothing but the question before told.
    answer: bool,
    source: Option<Span>,
}

/// "The judge" at the beginning of a sentence or behind its first comma, where a verb follows.
fn described_subject(view: View<'_>, sentence: &Range<usize>) -> Option<Range<usize>> {
    let begin = |i: usize| i == sentence.start || view.word(i - 1) == ",";
    let the = (sentence.start..sentence.end.min(sentence.start + 8))
        .find(|&i| view.depth(i) == 0 && view.folded(i) == "the" && begin(i))?;
    let end = sentence.end.min(the + 5);
    let small = |i: &usize| view.is_word(*i) && view.depth(*i) == 0 && !view.tables(*i).is_preposition();
    let role = |i: usize| view.lang.role_at((i..end).map(|k| view.folded(k)).collect::<Vec<_>>()).map(|r| i + r.0);
    let behind = (the + 1..end).take_while(small).filter(|&i| view.tables(i).begins_role()).find_map(role)?;
    let verb = |i: usize| {
        let tables = view.tables(i);
        view.is_word(i)
            && !view.is_capital(i)
            && !tables.is_role()
            && !tables.is_preposition()
            && !tables.is_conjunction()
    };
    (behind < sentence.end && verb(behind)).then_some(the..behind)
}

impl Resolver<'_> {
    /// Who says what stands without a source.
    pub(super) fn without_source(&self, view: View<'_>, attribution: &Attribution) -> (Option<Referent>, f64) {
        let first = view.passage.tokens_in(attribution.content[0]).start;
        let before = (0..first).rev().find(|&i| view.depth(i) == 0 && view.is_word(i));
        let told = self.remark(view, first).or_else(|| self.beside_cue(view, attribution)).or_else(|| match before {
            // Of reported speech only the speaker before tells.
            _ if view.passage.depth.get(first).is_none_or(|d| *d == 0) => self.named_around(view, attribution),
            Some(before) => view
                .passage
                .sentences
                .iter()
                .find(|s| s.contains(&before))
                .and_then(|s| self.announced(view, s.start..before + 1, &attribution.content)),
            None => self.answering(view).or_else(|| self.narrated_before(view, &attribution.content)),
        });
        match told {
            Some(referent) => (Some(referent), 0.6),
            None => (self.spoken.last().cloned(), if attribution.inferred { 0.7 } else { 0.4 }),
        }
    }

    /// Who stands right beside a cue for which no source was found: "..., the air force of Ardan reported".
    fn beside_cue(&self, view: View<'_>, attribution: &Attribution) -> Option<Referent> {
        let cue = view.passage.tokens_in(attribution.cue?);
        let sentence = view.sentence_of(cue.start).filter(|s| !cue.is_empty() && cue.end <= s.end)?;
        let joined = cue.start > sentence.start && view.tables(cue.start - 1).is_conjunction();
        let free = |r: &Range<usize>| {
            let span = view.span(r);
            !attribution.content.iter().any(|c| c.overlaps(span))
        };
        let before = subject_before(view, cue.start, sentence.start).filter(|r| !joined && free(r));
        let range = before.or_else(|| subject_after(view, cue.end - 1, sentence.end).filter(free))?;
        self.source(view, view.span(&range), &attribution.content).0
    }

    /// The only person named in the sentence of reported words, outside of them: "..., in the words of the planner Ann Lowe".
    fn named_around(&self, view: View<'_>, attribution: &Attribution) -> Option<Referent> {
        let content = attribution.content.first()?;
        let sentences = &view.passage.sentences;
        let sentence = sentences.get(sentences.partition_point(|s| view.span(s).end <= content.start))?;
        let span = view.span(sentence);
        let from = self.cast.mentions.partition_point(|m| m.byte < span.start);
        let said = |byte: usize| attribution.content.iter().any(|c| c.start <= byte && byte < c.end);
        let mut here = self.cast.mentions[from..].iter().take_while(|m| m.byte < span.end);
        let mut around = here.by_ref().filter(|m| !m.quoted && !said(m.byte));
        let one = around.next().filter(|m| self.is_known_name(m.person))?;
        around.all(|m| m.person == one.person).then_some(Referent::Person(one.person))
    }

    /// Persons whom a description names as the subject of the sentence with byte `at` or of the one before: "The judge told
    /// jurors ... she said". `near`: mentions before, the latest first.
    pub(super) fn add_described(&self, view: View<'_>, at: usize, from: usize, content: &[Span], near: &mut Vec<At>) {
        let here = self.view_at(from);
        let views = [Some(here), (here.passage.index != view.passage.index).then_some(view)];
        for view in views.into_iter().flatten() {
            let sentences = view.passage.sentences.iter().filter(|s| {
                let span = view.span(s);
                span.end > from && span.start < at
            });
            for sentence in sentences {
                let Some(range) = described_subject(view, sentence) else { continue };
                let byte = view.passage.tokens[range.start].span.start;
                let quoted = content.iter().any(|c| c.start <= byte && byte < c.end);
                if byte < from || byte >= at || quoted {
                    continue;
                }
                if let (Some(Referent::Person(person)), _) = self.referent(view, range, byte, None, &[]) {
                    let i = near.partition_point(|m| m.byte > byte);
                    near.insert(i, At { byte, person, quoted: false, subject: true });
                }
            }
        }
    }

    /// Somebody without a name whom "the official" means behind "a senior official", where nobody is named between, and "the
    /// same official" anywhere behind him.
    pub(super) fn introduced_alike(&self, view: View<'_>, range: &Range<usize>, at: usize) -> Option<Referent> {
        let head = view.folded(range.end.checked_sub(1)?);
        let noun = |s: &Speaker| s.description.as_deref().is_some_and(|d| is_noun_of(d, head, self.lang));
        if view.folded(range.start) != "the" {
            return None;
        }
        if range.len() > 2 && view.folded(range.start + 1) == "same" {
            let said = |r: &&Referent| matches!(r, Referent::Unnamed(s) if noun(s));
            return self.spoken.iter().rev().take(12).find(said).cloned();
        }
        if range.len() != 2 {
            return None;
        }
        let here = view.passage.index;
        let before = here.checked_sub(1).map_or(&[][..], |i| self.introduced(i));
        let lately = self.introduced(here).iter().rev().chain(before.iter().rev());
        let one = lately
            .skip_while(|i| i.byte >= at)
            .take(3)
            .find(|i| i.speaker.description.as_deref().is_some_and(|d| d.ends_with(head)))?;
        let named = self.cast.mentions_before(at).take_while(|m| m.byte > one.byte).any(|m| !m.quoted);
        if named {
            return None;
        }
        let said = |r: &&Referent| matches!(r, Referent::Unnamed(s) if noun(s));
        let said = self.spoken.iter().rev().take(3).find(said).cloned();
        said.or_else(|| Some(Referent::Unnamed(self.whole_phrase(one))))
    }

    /// Somebody introduced with what stands behind: "a senior official of the power department".
    fn whole_phrase(&self, one: &Introduced) -> Speaker {
        let view = self.view_at(one.byte);
        let n = view.passage.tokens.len().min(one.end + 8);
        let links = one.end < n && matches!(view.folded(one.end), "of" | "at" | "for" | "from" | "with" | "in");
        let part = |i: &usize| {
            let tables = view.tables(*i);
            let verb = tables.is_auxiliary() || tables.is_verb() || tables.is_cue() || tables.ends_phrase();
            let noun = !verb || view.is_capital(*i);
            view.is_word(*i) && view.depth(*i) == 0 && noun && !tables.is_time_word()
        };
        let end = (one.end + 1..n).take_while(part).last().filter(|_| links && one.end < n).map(|i| i + 1);
        let mut speaker = one.speaker.clone();
        if let (Some(end), Some(description)) = (end, &mut speaker.description) {
            description.push(' ');
            description.push_str(&view.spaced(&(one.end..end)));
        }
        speaker
    }

    /// The document that the sentence before has as its subject: "The draft is 40 pages long. It says ..."
    pub(super) fn document_before(&self, view: View<'_>, it: usize) -> Option<Referent> {
        if view.folded(it) != "it" {
            return None;
        }
        let sentences = &view.passage.sentences;
        let here = sentences.partition_point(|s| s.end <= it);
        let before = sentences.get(here.checked_sub(1)?)?;
        if sentences.get(here).is_none_or(|s| it > s.start + 1) || view.depth(it) > 0 {
            return None;
        }
        let first = before.start;
        let article = matches!(view.folded(first), "the" | "a" | "an");
        let small = |i: &usize| view.is_word(*i) && view.depth(*i) == 0 && !view.tables(*i).is_preposition();
        let noun = (first + 1..before.end.min(first + 5))
            .take_while(small)
            .find(|&i| !view.is_capital(i) && self.lang.collective(view.folded(i)) == Some(SourceKind::Document))?;
        let next = noun + 1;
        let verb = next < before.end && (view.tables(next).is_auxiliary() || view.tables(next).is_verb());
        let aside = next < before.end && view.word(next) == ",";
        (article && (verb || aside)).then(|| Referent::Unnamed(self.unnamed(view, first..next)))
    }

    /// The body whose statement "the statement" is: the last to speak, in a statement.
    pub(super) fn issuer(&self, view: View<'_>, range: &Range<usize>, at: usize) -> Option<Referent> {
        let noun = view.folded(range.end.checked_sub(1)?);
        let bare = range.len() == 2 && view.folded(range.start) == "the";
        if !bare || !view.lang.is_statement_noun(noun) {
            return None;
        }
        let ((referent, &paragraph), &end) =
            self.spoken.iter().zip(&self.spoken_in).zip(&self.spoken_at).next_back()?;
        if !matches!(referent, Referent::Body(_)) || paragraph + MAX_APART < view.passage.index {
            return None;
        }
        // The sentence in which that body speaks tells of a statement.
        let before = self.view_at(end.min(at));
        let sentences = &before.passage.sentences;
        let told = sentences.get(sentences.partition_point(|s| before.span(s).end < end))?;
        told.clone().any(|i| before.folded(i) == noun).then(|| referent.clone())
    }

    /// Takes note of how an attribution ends.
    pub(super) fn take_turn(&mut self, attribution: &Attribution) {
        let Some(last) = attribution.content.last() else { return };
        let question = last.of(&self.document.text).trim_end().ends_with('?');
        let view = self.view_at(last.start);
        let answer = attribution.source.is_none() && self.is_answer(view);
        let paragraph = view.passage.index;
        self.turn = Some(Turn { paragraph, question, answer, source: attribution.source });
    }

    /// Whose words a noun announces: "Her verdict? '...'", "Ann Lowe's answer: '...'", "this from Ann Lowe: '...'"; else the
    /// subject of the sentence.
    fn announced(&self, view: View<'_>, sentence: Range<usize>, content: &[Span]) -> Option<Referent> {
        let mark = view.word(sentence.end);
        let noun = (2..=6).contains(&sentence.len()) && matches!(mark, "?" | ":");
        let whose = self.lang.pronoun(view.folded(sentence.start)).filter(|p| p.person == 3 && told(p).is_some());
        let verb =
            |i: usize| view.tables(i).is_auxiliary() || view.tables(i).is_cue() && !view.tables(i).is_also_noun();
        if noun && !view.tables(sentence.start).is_subject_pronoun() && whose.is_some() && !sentence.clone().any(verb) {
            let at = view.passage.tokens[sentence.start].span.start;
            return self.referent(view, sentence.start..sentence.start + 1, at, None, content).0;
        }
        // "Ann's answer to the mayor?"
        let owner = sentence.clone().take(4).find(|&i| view.is_possessive(i));
        if matches!(mark, "?" | ":")
            && sentence.len() <= 10
            && let Some(owner) = owner
                .filter(|&o| (sentence.start..=o).all(|i| view.is_name_word(i)) && !(o + 1..sentence.end).any(verb))
        {
            let at = view.passage.tokens[sentence.start].span.start;
            if let Some(person) =
                self.cast.by_name(&name_words(view, sentence.start..owner + 1), at + 1, None, self.lang)
            {
                return Some(Referent::Person(person));
            }
        }
        let from = sentence.clone().rev().take(12).find(|&i| matches!(view.folded(i), "from" | "by"));
        if mark == ":"
            && let Some(from) = from
            && let Some(person) = self.named_person(view, from + 1..sentence.end, view.passage.tokens[from].span.start)
        {
            return Some(Referent::Person(person));
        }
        let only = || {
            let span = view.span(&sentence);
            let from = self.cast.mentions.partition_point(|m| m.byte < span.start);
            let mut here = self.cast.mentions[from..].iter().take_while(|m| m.byte < span.end).filter(|m| !m.quoted);
            let one = here.next().filter(|_| mark == ":" && sentence.len() <= MAX_SENTENCE)?;
            here.all(|m| m.person == one.person).then_some(Referent::Person(one.person))
        };
        self.narrated(view, sentence.clone(), content).or_else(only)
    }

    /// Whose words a content at token `first` is behind "Ann Lowe's remark last week that".
    fn remark(&self, view: View<'_>, first: usize) -> Option<Referent> {
        let that = first.checked_sub(usize::from(first > 0 && !view.tables(first).is_complementizer()))?;
        if !view.tables(that).is_complementizer() || view.depth(that) > 0 {
            return None;
        }
        let small = |i: usize| view.is_word(i) && view.depth(i) == 0 && !view.is_possessive(i);
        let noun = (0..that).rev().take(5).take_while(|&i| small(i)).last()?;
        let owner = noun.checked_sub(1).filter(|&o| view.is_possessive(o) && view.is_name_word(o))?;
        let word = view.folded(noun);
        let said = view.tables(noun).is_cue() && view.tables(noun).is_also_noun() || view.lang.is_claim_noun(word);
        let start = (0..=owner).rev().take_while(|&i| view.is_name_word(i) || view.word(i) == "-").last()?;
        let words = name_words(view, start..owner + 1);
        let at = view.passage.tokens[start].span.start;
        let person = (0..words.len()).find_map(|n| self.cast.by_name(&words[n..], at + 1, None, self.lang));
        person.filter(|_| said).map(Referent::Person)
    }

    /// Who is spoken to right before: "'...,' he told his guest, the novelist Ann Lowe. / '...,' she said."
    pub(super) fn addressee(&self, view: View<'_>, gender: Gender, at: usize) -> Option<usize> {
        let turn = self.turn.filter(|t| t.paragraph + 1 == view.passage.index)?;
        let Some(Referent::Person(last)) = self.spoken.last() else { return None };
        let other = self.cast.persons[*last].gender.is_some_and(|g| g != gender);
        let source = turn.source.filter(|_| other)?;
        let from = self.cast.mentions.partition_point(|m| m.byte < source.end);
        let to = self.cast.mentions.partition_point(|m| m.byte < view.passage.span.start.min(at));
        let named = self.cast.mentions.get(from..to)?.iter().find(|m| !m.quoted)?;
        let fits = self.cast.persons[named.person].gender.is_none_or(|g| g == gender);
        let near = named.byte.saturating_sub(source.end) < MAX_ADDRESS;
        (fits && near && named.person != *last).then_some(named.person)
    }

    /// Somebody without a name who has just spoken, where nobody is named between who could be meant: "A former nurse, who
    /// can not be named, said ... / '...,' she said."
    pub(super) fn spoke_unnamed(&self, view: View<'_>, gender: Gender, at: usize) -> Option<Referent> {
        let other = |r: &Referent| match r {
            Referent::Person(i) => self.cast.persons[*i].gender.is_some_and(|g| g != gender),
            Referent::Body(_) => true,
            Referent::Unnamed(_) => false,
        };
        // Who is of the other gender, and bodies, may have spoken between.
        let lately = self.spoken.iter().zip(&self.spoken_in).zip(&self.spoken_at).rev().take(3);
        let ((referent, &paragraph), &from) = lately.into_iter().find(|((r, _), _)| !other(r))?;
        let Referent::Unnamed(speaker) = referent else { return None };
        if paragraph + MAX_SILENT < view.passage.index || !self.is_one_person(speaker, gender) {
            return None;
        }
        let start = self.cast.mentions.partition_point(|m| m.byte < from);
        let mut between = self.cast.mentions[start..].iter().take_while(|m| m.byte < at).filter(|m| !m.quoted);
        let may = |i: usize| self.cast.persons[i].gender.is_none_or(|g| g == gender);
        (!between.any(|m| may(m.person))).then(|| referent.clone())
    }

    /// Whether a description tells of one person who can have this gender.
    fn is_one_person(&self, speaker: &Speaker, gender: Gender) -> bool {
        let Some(description) = speaker.description.as_deref() else { return false };
        let mut words = description.split(' ');
        let first = words.next().unwrap_or_default();
        let one = self.lang.is_single_indefinite(first);
        let head = words.clone().take_while(|w| !matches!(*w, "of" | "for" | "at" | "in" | "from" | "with" | "who"));
        let head = head.last().unwrap_or_default().trim_end_matches(',');
        let role = self.lang.role(head);
        let fits = role.is_some_and(|r| r.gender == gender || !matches!(r.gender, Gender::Female | Gender::Male));
        one && (fits || role.is_none() && self.lang.is_agent(head)) && self.lang.collective(head).is_none()
    }

    /// The subject of a sentence in front of a quotation: "Asked about this, X smiled." or "She shrugged."
    fn narrated(&self, view: View<'_>, sentence: Range<usize>, content: &[Span]) -> Option<Referent> {
        let span = view.span(&sentence);
        // What was reported with this sentence is by the same speaker.
        let reported = self.turn.and_then(|t| t.source).is_some_and(|s| span.contains(s));
        if reported || sentence.len() > MAX_SENTENCE {
            return None;
        }
        let from = self.cast.mentions.partition_point(|m| m.byte < span.start);
        let verb = |i: usize| view.tables(i).is_auxiliary() || view.tables(i).is_verb() || view.tables(i).is_cue();
        // "And Ann Lowe?"
        if sentence.len() <= 5 && view.word(sentence.end) == "?" && !sentence.clone().any(verb) {
            return None;
        }
        let announces = view.word(sentence.end) == ":" && !view.tables(sentence.start).is_cue();
        let named = self.cast.mentions[from..].iter().take_while(|m| m.byte < span.end).find(|m| {
            let person = &self.cast.persons[m.person];
            let known = self.is_known_name(m.person) || !person.roles.is_empty();
            !m.quoted && m.subject && (known || announces || self.spoken.contains(&Referent::Person(m.person)))
        });
        let pronoun = sentence.clone().find(|&i| {
            let third = || self.lang.pronoun(view.folded(i)).is_some_and(|p| p.person == 3 && told(p).is_some());
            view.depth(i) == 0 && view.tables(i).is_subject_pronoun() && third()
        });
        match (named, pronoun.map(|i| (i, view.passage.tokens[i].span.start))) {
            (Some(named), Some((_, at))) if named.byte < at => Some(Referent::Person(named.person)),
            (Some(named), None) => Some(Referent::Person(named.person)),
            (_, Some((i, at))) => self.referent(view, i..i + 1, at, None, content).0,
            (None, None) => None,
        }
    }

    /// The subject of the last sentence of the paragraph before, where nobody speaks in that.
    fn narrated_before(&self, view: View<'_>, content: &[Span]) -> Option<Referent> {
        let before = self.passages.get(view.passage.index.checked_sub(1)?)?;
        let silent = self.turn.is_none_or(|t| t.paragraph < before.index);
        if before.quoted.iter().any(|q| !q.closed) {
            return None;
        }
        let view = View { passage: before, ..view };
        if !silent {
            // "...," the mayor said. Asked about this, Ann Lowe smiled.": what stands behind the last report.
            let last = before.sentences.last()?;
            let spoke = self.spoken_at.last().is_some_and(|&at| at >= view.span(last).start);
            let asked = last.clone().any(|i| matches!(view.folded(i), "asked" | "pressed" | "questioned"));
            return if spoke || !asked { None } else { self.narrated(view, last.clone(), content) };
        }
        before.sentences.iter().rev().find_map(|s| self.narrated(view, s.clone(), content))
    }

    /// Whether a paragraph is nothing but a quotation that follows a question or an answer.
    fn is_answer(&self, view: View<'_>) -> bool {
        let Some(turn) = self.turn.filter(|t| t.paragraph + 1 == view.passage.index) else { return false };
        let closed = self.passages.get(turn.paragraph).is_some_and(|p| p.quoted.last().is_some_and(|q| q.closed));
        let whole = (0..view.passage.tokens.len()).all(|i| view.depth(i) > 0 || view.is_mark(i));
        (turn.question || turn.answer) && closed && whole
    }

    /// Who answers a question: the one who spoke before the one who asks.
    fn answering(&self, view: View<'_>) -> Option<Referent> {
        if !self.is_answer(view) {
            return None;
        }
        let asks = self.spoken.last()?;
        let lately = self.spoken.iter().zip(&self.spoken_in).rev();
        let near = lately.take_while(|s| s.1 + MAX_APART >= view.passage.index).map(|s| s.0);
        near.clone().find(|s| *s != asks).cloned()
    }
}
