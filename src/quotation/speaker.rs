//! From the source's words to the speaker: full name, role, organization, country.
//!
//! Works from the spans of an [`Attribution`] alone, whoever found them; a source may be a little shorter or longer than
//! the phrase that names the speaker.

use std::cell::OnceCell;
use std::ops::Range;

use crate::document::Document;
use crate::lang::{Gender, Language, Number, Pronoun, RoleClass, SourceKind};
use crate::quotation::apposition::{Role, bare_organization, phrase_role};
use crate::quotation::ask::{Asked, Introduced, Place, introduced};
use crate::quotation::bodies::Bodies;
use crate::quotation::cast::Cast;
use crate::quotation::claim::{antecedent, is_relative};
use crate::quotation::facts::{Described, Facts};
use crate::quotation::mention::{name_run, name_words, particle_before};
use crate::quotation::opener::{has_age, is_before_office};
use crate::quotation::ranker::{Question, SpeakerRanker};
use crate::quotation::role::collective_at_end;
use crate::quotation::source::View;
use crate::quotation::turn::Turn;
use crate::quotation::unnamed::{noun_range, trimmed};
use crate::quotation::vocabulary::Vocabulary;
use crate::quotation::{Attribution, Holder, Passage, Speaker};
use crate::text::Span;

/// Who a mention means.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Referent {
    /// A person of the cast.
    Person(usize),
    /// A body that the article names, as it names it.
    Body(Speaker),
    /// Somebody without a name.
    Unnamed(Speaker),
}

/// Tokens of a name at most.
const MAX_NAME: usize = 16;

/// What the words of a source tell.
enum Answer {
    /// Who it is, and how sure that is.
    Known(Option<Referent>, f64),
    /// Several can be meant.
    Open(Asked),
}

/// Resolves sources one after another, remembering who spoke last.
pub(crate) struct Resolver<'a> {
    pub(super) document: &'a Document,
    pub(super) passages: &'a [Passage],
    pub(super) lang: &'a Language,
    pub(crate) cast: Cast,
    pub(super) words: &'a Vocabulary,
    /// Found when first asked for, as is what follows.
    bodies: OnceCell<Bodies<'a>>,
    /// Where the interview of the article begins.
    pub(super) interview: Option<usize>,
    ranker: &'a SpeakerRanker,
    /// Whom each paragraph introduces without a name.
    introduced: Vec<OnceCell<Vec<Introduced>>>,
    /// Who spoke, by attribution so far, and in which paragraph.
    pub(crate) spoken: Vec<Referent>,
    pub(super) spoken_in: Vec<usize>,
    /// ... and behind which byte: the end of the source.
    pub(super) spoken_at: Vec<usize>,
    /// What is told of each person of the cast.
    facts: Vec<OnceCell<Facts<'a>>>,
    /// The sources of all attributions, by start.
    pub(super) sources: Vec<Span>,
    /// Whose position was reported last, where it was another's.
    pub(super) last_holder: Option<Referent>,
    /// How the last attribution ended.
    pub(super) turn: Option<Turn>,
}

impl<'a> Resolver<'a> {
    /// `attributions` in text order; `interview`: the byte where the turns of an interview begin, if it is one.
    pub(crate) fn new(
        document: &'a Document,
        passages: &'a [Passage],
        words: &'a Vocabulary,
        attributions: &[Attribution],
        interview: Option<usize>,
        ranker: &'a SpeakerRanker,
        lang: &'a Language,
    ) -> Self {
        let mut sources: Vec<Span> = attributions.iter().filter_map(|a| a.source).collect();
        sources.sort_by_key(|s| (s.end, s.start));
        let cast = Cast::new(document, passages, words, &sources, lang);
        sources.sort_by_key(|s| (s.start, s.end));
        Self {
            sources,
            document,
            passages,
            lang,
            facts: vec![OnceCell::new(); cast.persons.len()],
            cast,
            words,
            bodies: OnceCell::new(),
            interview,
            ranker,
            introduced: vec![OnceCell::new(); passages.len()],
            spoken: Vec::new(),
            spoken_in: Vec::new(),
            spoken_at: Vec::new(),
            last_holder: None,
            turn: None,
        }
    }

    /// The speaker and the holder of the next attribution in text order, and how sure that is.
    pub(crate) fn resolve(&mut self, attribution: &Attribution) -> (Speaker, Holder, f64) {
        let at = attribution.source.map_or(attribution.content[0].start, |s| s.start);
        let view = self.view_at(at);
        let (referent, sureness) = match attribution.source {
            Some(source) => self.source(view, source, &attribution.content),
            None => match self.answers(attribution) {
                Some(answers) => (Some(answers), 0.9),
                None => self.without_source(view, attribution),
            },
        };
        self.take_turn(attribution);
        let Some(referent) = referent else {
            let source = attribution.source.map(|s| view.passage.tokens_in(s)).filter(|r| !is_relative(view, r));
            let told = source.is_some();
            let speaker = source.map_or_else(Speaker::default, |r| self.unnamed(view, r));
            let holder = Holder { name: None, same_as_speaker: true };
            if told {
                self.remember(Referent::Unnamed(speaker.clone()), view, attribution);
            }
            return (speaker, holder, sureness);
        };
        let speaker = self.speaker(&referent, view, attribution.source);
        let other = self.holder(attribution, &referent);
        let holder = match &other {
            Some(other) => {
                let name = self.speaker(other, view, None);
                let described = name.description.map(|d| strip_determiner(&d, self.lang));
                Holder { name: name.name.or(described), same_as_speaker: false }
            }
            None => Holder { name: speaker.name.clone(), same_as_speaker: true },
        };
        self.remember(referent, view, attribution);
        if other.is_some() {
            self.last_holder = other;
        }
        (speaker, holder, sureness)
    }

    /// What the article tells of a person of the cast.
    pub(super) fn facts(&self, person: usize) -> &Facts<'a> {
        self.facts[person].get_or_init(|| Facts::of(&self.cast, person, self.document, self.passages, self.lang))
    }

    /// The bodies that the article names.
    pub(super) fn bodies(&self) -> &Bodies<'a> {
        self.bodies.get_or_init(|| Bodies::new(self.document, self.passages, self.lang))
    }

    /// Whom a paragraph introduces without a name.
    pub(super) fn introduced(&self, paragraph: usize) -> &[Introduced] {
        let view = |passage| View { text: &self.document.text, passage, lang: self.lang };
        let all = self.introduced.get(paragraph).zip(self.passages.get(paragraph));
        all.map_or(&[], |(cell, passage)| cell.get_or_init(|| introduced(view(passage))))
    }

    /// Takes note of who spoke.
    fn remember(&mut self, referent: Referent, view: View<'_>, attribution: &Attribution) {
        self.spoken.push(referent);
        self.spoken_in.push(view.passage.index);
        self.spoken_at.push(attribution.source.map_or(attribution.content[0].start, |s| s.end));
    }

    /// The paragraph with byte `at`.
    pub(crate) fn view_at(&self, at: usize) -> View<'a> {
        let i = self.passages.partition_point(|p| p.span.end <= at).min(self.passages.len() - 1);
        View { text: &self.document.text, passage: &self.passages[i], lang: self.lang }
    }

    pub(super) fn source(&self, view: View<'_>, source: Span, content: &[Span]) -> (Option<Referent>, f64) {
        let range = view.passage.tokens_in(source);
        if let Some(label) = self.label(view, &range) {
            return (Some(label), 0.9);
        }
        let mut range = trimmed(view, range);
        // "who lives with her parents"
        if range.len() > 2 && is_relative(view, &(range.start..range.start + 1)) {
            range.end = range.start + 1;
        }
        if is_relative(view, &range) {
            // "X, who said": X, where a name stands there.
            let whose = antecedent(view, range.start).map(|r| before_aside(view, r)).or(aged(view, range.start));
            let name = whose.and_then(|r| {
                let start = r.clone().rev().take_while(|&i| view.is_name_word(i) || view.word(i) == "-").last()?;
                self.named_person(view, start..r.end, source.start)
            });
            if let Some(person) = name {
                return (Some(Referent::Person(person)), 0.8);
            }
            // "the union, which said": the union; "which suggests that": nobody.
            let body = antecedent(view, range.start)
                .map(|r| trimmed(view, r))
                .filter(|r| !r.is_empty() && r.end <= range.start);
            return match body {
                Some(body) => {
                    let at = view.passage.tokens[body.start].span.start;
                    let (referent, sureness) = self.referent(view, body, at, None, content);
                    (referent.filter(|r| !matches!(r, Referent::Person(_))), sureness)
                }
                None => (None, 0.4),
            };
        }
        if let Some(person) = self.naming(view, &range) {
            return (Some(Referent::Person(person)), 0.9);
        }
        if let Some(named) = self.apposed_name(view, &range) {
            return (Some(named), 0.9);
        }
        if let Some(person) = self.apposed(view, &range).or_else(|| self.beside_aside(view, &range)) {
            return (Some(Referent::Person(person)), 0.95);
        }
        self.referent(view, range, source.start, None, content)
    }

    #[cfg(feature = "train")]
    /// The candidates of a source that a ranker has to choose from; `None` where the words themselves tell.
    pub(crate) fn asked(&self, attribution: &Attribution) -> Option<Asked> {
        let source = attribution.source?;
        let view = self.view_at(source.start);
        let range = trimmed(view, view.passage.tokens_in(source));
        if self.label(view, &range).is_some()
            || self.apposed(view, &range).is_some()
            || self.beside_aside(view, &range).is_some()
        {
            return None;
        }
        match self.answer(view, range, source.start, None, &attribution.content) {
            Answer::Known(..) => None,
            Answer::Open(asked) => Some(asked),
        }
    }

    /// Who the words of `range` mean at byte `at`. `except`: who they can not mean.
    pub(super) fn referent(
        &self,
        view: View<'_>,
        range: Range<usize>,
        at: usize,
        except: Option<&Referent>,
        content: &[Span],
    ) -> (Option<Referent>, f64) {
        match self.answer(view, range, at, except, content) {
            Answer::Known(referent, sureness) => (referent, sureness),
            Answer::Open(asked) => match self.ranker.best(asked.question, asked.candidates.iter().map(|c| &c.signs)) {
                Some((i, share)) => (Some(asked.candidates[i].referent.clone()), 0.4 + 0.55 * share),
                None => (None, 0.3),
            },
        }
    }

    fn answer(
        &self,
        view: View<'_>,
        range: Range<usize>,
        at: usize,
        except: Option<&Referent>,
        content: &[Span],
    ) -> Answer {
        let place = |question: Question| Place {
            question,
            byte: at,
            gender: None,
            content,
            except,
            role: None,
            words: Vec::new(),
            described: None,
            as_is: None,
            possessive: false,
            relation: false,
            indefinite: false,
        };
        // "He, she went on, had promised": the words begin in front, the speaker is the last.
        let range = match range.clone().skip(2).find(|&i| view.tables(i).is_subject_pronoun()) {
            Some(i) if range.start + 2 == i && view.word(i - 1) == "," && view.tables(range.start).is_pronoun() => {
                i..i + 1
            }
            _ => range,
        };
        // "The guard who saw it, X": the name leads.
        let range = match range.start {
            start
                if range.len() > 2
                    && view.tables(start).is_pronoun()
                    && view.word(start + 1) == ","
                    && view.is_name_word(start + 2) =>
            {
                start + 2..range.end
            }
            _ => range,
        };
        if let Some(first) = self.honorific(view, &range)
            && let Some(gender) = self.lang.pronoun(view.folded(first)).and_then(told)
        {
            if let Some(person) = self.honoured(view.folded(range.end - 1), gender, at) {
                return Answer::Known(Some(Referent::Person(person)), 0.9);
            }
            return Answer::Open(self.ask(view, Place { gender: Some(gender), ..place(Question::Pronoun) }));
        }
        let mut words = range.clone().filter(|&i| view.is_word(i));
        let first = words.next();
        if let Some(first) = first
            && view.tables(first).is_pronoun()
            && (words.next().is_none() || view.word(first + 1) == "," || view.tables(first + 1).ends_phrase())
            && let Some(pronoun) = self.lang.pronoun(view.folded(first))
        {
            if let Some(document) = self.document_before(view, first) {
                return Answer::Known(Some(document), 0.7);
            }
            return match pronoun.number {
                Number::Singular
                    if let Some(gender) = told(pronoun).filter(|_| pronoun.person == 3)
                        && except.is_none()
                        && let Some(person) = self.addressee(view, gender, at) =>
                {
                    Answer::Known(Some(Referent::Person(person)), 0.7)
                }
                Number::Singular
                    if let Some(gender) = told(pronoun).filter(|_| pronoun.person == 3)
                        && except.is_none()
                        && let Some(unnamed) = self.spoke_unnamed(view, gender, at) =>
                {
                    Answer::Known(Some(unnamed), 0.7)
                }
                Number::Singular if pronoun.person == 3 && told(pronoun).is_some() => {
                    Answer::Open(self.ask(view, Place { gender: told(pronoun), ..place(Question::Pronoun) }))
                }
                _ if pronoun.person == 1 => Answer::Known(self.spoken.last().cloned(), 0.5),
                _ => Answer::Open(self.ask(view, place(Question::Plural))),
            };
        }
        if let Some(person) = self.named_person(view, range.clone(), at) {
            return Answer::Known(Some(Referent::Person(person)), 0.95);
        }
        if let Some(person) = self.named_next(view, &range) {
            return Answer::Known(Some(Referent::Person(person)), 0.7);
        }
        if let Some(person) = self.by_initials(view, &range, at) {
            return Answer::Known(Some(Referent::Person(person)), 0.8);
        }
        if let Some(unnamed) = self.introduced_alike(view, &range, at) {
            return Answer::Known(Some(unnamed), 0.7);
        }
        let whose = self.possessor(view, &range);
        let role = phrase_role(view, range.clone(), false);
        let collective = collective_at_end(&view.words(&noun_range(view, &range)), self.lang);
        if let Some(role) = role.filter(|_| collective.is_none()) {
            let as_is = Referent::Unnamed(self.unnamed(view, range.clone()));
            let indefinite = !self.is_definite(view, &range);
            // "A source close to Prime Minister X" is not X.
            if indefinite && (view.passage.index > 1 || role.class == RoleClass::UnnamedSource) {
                return Answer::Known(Some(as_is), 0.8);
            }
            let possessive =
                view.tables(range.start).is_pronoun() || noun_range(view, &range).any(|i| view.is_possessive(i));
            let words = self.description_words(view, &range);
            let gender = role.gender;
            let described =
                Described::new(view, &range, Some(role.group)).filter(|_| role.class != RoleClass::UnnamedSource);
            let place = Place {
                gender,
                described,
                role: Some(role),
                words,
                as_is: Some(as_is),
                possessive,
                relation: whose.is_some(),
                indefinite,
                ..place(Question::Description)
            };
            return Answer::Open(self.ask(view, place));
        }
        // "the keeper", "the 31-year-old", "the American"
        if collective.is_none()
            && let Some(described) = Described::new(view, &range, None)
        {
            let as_is = Some(Referent::Unnamed(self.unnamed(view, range.clone())));
            let words = self.description_words(view, &range);
            let gender = self.lang.role(described.head).and_then(|r| Some(r.gender).filter(|g| *g != Gender::Either));
            let place = Place { words, gender, described: Some(described), as_is, ..place(Question::Description) };
            return Answer::Open(self.ask(view, place));
        }
        // "his figures": whoever has them.
        if let Some(gender) = whose
            && collective == Some(SourceKind::Document)
            && view.folded(range.end - 1).ends_with('s')
        {
            return Answer::Open(self.ask(view, Place { gender: Some(gender), ..place(Question::Pronoun) }));
        }
        if let Some(issuer) = self.issuer(view, &range, at) {
            return Answer::Known(Some(issuer), 0.7);
        }
        let as_is = self.body(view, range.clone(), at);
        if matches!(as_is, Referent::Unnamed(_)) && self.is_body_noun(view, &range, collective) {
            let words = self.description_words(view, &range);
            let as_is = self.public_body(&words, as_is);
            let place = Place { words, as_is: Some(as_is), ..place(Question::Description) };
            return Answer::Open(self.ask(view, place));
        }
        Answer::Known(Some(as_is), 0.8)
    }

    /// The gender of the one whose words a phrase names ("his figures"); `None` for all other phrases.
    fn possessor(&self, view: View<'_>, range: &Range<usize>) -> Option<Gender> {
        let pronoun = self.lang.pronoun(view.folded(range.start)).filter(|_| range.len() > 1)?;
        (pronoun.person == 3).then(|| told(pronoun)).flatten()
    }

    /// A person of the cast whose name stands in the phrase: the last name that is not behind "of" or in a clause.
    pub(super) fn named_person(&self, view: View<'_>, range: Range<usize>, at: usize) -> Option<usize> {
        // "X, a spokesman for Y": the first name leads. "Council chairperson X": names follow roles.
        let mut gender = None;
        let mut i = range.start;
        let mut behind_of = false;
        let mut behind_to = false;
        while i < range.end {
            if view.is_mark(i) || !view.is_capital(i) {
                if view.is_mark(i) && matches!(view.word(i), "(" | "[") {
                    i = (i..range.end).find(|&j| matches!(view.word(j), ")" | "]")).map_or(range.end, |j| j + 1);
                    continue;
                }
                let tables = view.tables(i);
                if i > range.start && (tables.is_preposition() || tables.ends_phrase()) {
                    // "the president of X, Y": the name behind the comma; "President of the Senate Y": behind a body.
                    match (i..range.end).find(|&j| view.word(j) == ",") {
                        Some(comma) => i = comma,
                        None => {
                            behind_of = true;
                            behind_to |= matches!(view.folded(i), "to" | "for" | "by" | "with" | "near");
                        }
                    }
                }
                i += 1;
                continue;
            }
            let run = name_run(view, i);
            let end = run.end.min(range.end);
            // "the Harbour Pilots' Forum"
            if view.is_plural_genitive(end) {
                i = end + 1;
                let capital = |i: usize| i < range.end && view.is_word(i) && view.is_capital(i);
                // "Chairman of the Pilots' Forum Ann Lowe": behind the body's head a name may stand.
                while capital(i) && !(view.tables(i - 1).is_organization_head() && i > end + 1) {
                    i += 1;
                }
                behind_of = false;
                continue;
            }
            for from in i..end {
                if !view.is_word(from) {
                    continue;
                }
                let tables = view.tables(from);
                if tables.is_title() || tables.is_dotted_title() || view.folded(from).ends_with('.') {
                    let word = view.folded(from);
                    let title = self.lang.title(word).or_else(|| self.lang.dotted_title(word));
                    gender = title.filter(|g| matches!(g, Gender::Female | Gender::Male)).or(gender);
                }
                let begin = particle_before(view, from);
                for to in (from + 1..=end.min(from + MAX_NAME)).rev() {
                    if !self.can_end_name(view, begin, to - 1) {
                        continue;
                    }
                    let words = name_words(view, begin..to);
                    if let Some(person) = self.cast.by_name(&words, at, gender, self.lang) {
                        // "Trump aide", "Clinton campaign": the name is not the head.
                        let leads = end < range.end
                            && (view.is_word(end) && view.is_source_noun(end)
                                || is_before_office(view, end, range.end));
                        let whose = view.is_possessive(end - 1);
                        let behind_body = from > range.start
                            && (from > i || behind_of)
                            && (view.tables(from - 1).is_organization_head()
                                || view.tables(from - 1).is_role()
                                || view.lang.is_area(view.folded(from - 1)));
                        // "Secretary of State X", "commander in Korea Gen. X"
                        let ends =
                            from > i && end == range.end && self.cast.persons[person].words.len() > 1 && to - from > 1;
                        // "a source close to Prime Minister X"
                        let complement = behind_to && view.tables(from - 1).is_role() && from > i;
                        if !leads
                            && !whose
                            && !complement
                            && (!behind_of || behind_body || ends)
                            && (to == end || !self.is_body_run(view, from, end))
                        {
                            return Some(person);
                        }
                    }
                }
            }
            i = end.max(i + 1);
        }
        None
    }

    /// Whether a name of the cast can have token `i` as its last word: told by that word, for which no name is put together.
    fn can_end_name(&self, view: View<'_>, begin: usize, i: usize) -> bool {
        let joined = view.is_mark(i) || i > begin && view.is_mark(i - 1);
        joined || self.cast.has_word(view.bare(i)) || self.lang.is_name_suffix(view.bare(i))
    }

    /// Whether capitalised words name a body ("Trump Organization").
    fn is_body_run(&self, view: View<'_>, from: usize, to: usize) -> bool {
        (from..to).any(|i| view.tables(i).is_organization_head())
    }

    fn is_definite(&self, view: View<'_>, range: &Range<usize>) -> bool {
        let first = view.folded(range.start);
        !view.lang.is_indefinite_determiner(first)
            && collective_at_end(&view.words(range), view.lang) != Some(SourceKind::Plural)
    }

    pub(crate) fn speaker(&self, referent: &Referent, view: View<'_>, source: Option<Span>) -> Speaker {
        match referent {
            Referent::Body(speaker) | Referent::Unnamed(speaker) => speaker.clone(),
            Referent::Person(i) => {
                let person = &self.cast.persons[*i];
                let mut speaker = Speaker { name: Some(person.name.clone()), ..Speaker::default() };
                let mut take = |role: &Role| {
                    speaker.role.get_or_insert_with(|| role.class.name().to_owned());
                    if speaker.organization.is_none() {
                        speaker.organization = role.organization.as_ref().map(|o| bare_organization(o, self.lang));
                    }
                    if speaker.country.is_none() {
                        speaker.country = role.country.map(str::to_owned);
                    }
                    speaker.organization.is_some() && speaker.country.is_some()
                };
                // What is still unknown the words of the source may tell.
                let is_known = person.roles.iter().any(&mut take);
                if !is_known
                    && let Some(source) = source
                    && let Some(role) = phrase_role(view, view.passage.tokens_in(source), false)
                {
                    take(&role);
                }
                speaker
            }
        }
    }
}

/// "Ann Lowe, 28, who": the name before the age.
fn aged(view: View<'_>, who: usize) -> Option<Range<usize>> {
    let end = who.checked_sub(3).filter(|&e| e > 0 && has_age(view, e))?;
    let start = (0..end).rev().take_while(|&i| view.is_name_word(i) || view.word(i) == "-").last()?;
    Some(start..end)
}

/// "Ann Lowe, an MNA from Sanghar, who": the name in front of the indefinite phrase.
fn before_aside(view: View<'_>, range: Range<usize>) -> Range<usize> {
    let start = range.start;
    let aside = start > 1 && matches!(view.folded(start), "a" | "an") && view.word(start - 1) == ",";
    let name = (0..start.saturating_sub(1)).rev().take_while(|&i| view.is_name_word(i) || view.word(i) == "-").last();
    match name.filter(|n| aside && n + 2 < start) {
        Some(name) => name..start - 1,
        None => range,
    }
}

fn strip_determiner(name: &str, lang: &Language) -> String {
    // "Most members" are not the members.
    match name.split_once(' ') {
        Some((first, _)) if lang.is_part_determiner(&crate::text::folded(first)) => name.to_owned(),
        Some((first, rest)) if lang.is_determiner(&crate::text::folded(first)) => rest.to_owned(),
        _ => name.to_owned(),
    }
}

/// The gender of the person that a pronoun means, where it tells one.
pub(super) fn told(pronoun: &Pronoun) -> Option<Gender> {
    Some(pronoun.gender).filter(|g| matches!(g, Gender::Female | Gender::Male))
}
