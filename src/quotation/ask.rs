//! Candidates for sources that do not name anybody: "he", "the minister", "the company", "they".

use std::collections::HashSet;
use std::ops::Range;

use crate::lang::{Gender, OrganizationType, RoleClass, SourceKind};
use crate::quotation::Speaker;
use crate::quotation::apposition::{Role, phrase_role};
use crate::quotation::cast::At;
use crate::quotation::facts::{Agreement, Described, HeadKind};
use crate::quotation::opener::is_based;
use crate::quotation::ranker::{N_SIGNS, Question, Sign, Signs};
use crate::quotation::source::View;
use crate::quotation::speaker::{Referent, Resolver};
use crate::quotation::unnamed::{is_noun_of, noun_range};
use crate::text::Span;

/// Persons are sought among so many mentions before the source.
const MAX_MENTIONS: usize = 40;
/// ... and among so many speakers before it.
const MAX_SPEAKERS: usize = 4;
/// Bodies and descriptions are sought among so many speakers before it.
const MAX_SPOKEN: usize = 12;
/// At most so many persons with a role, and bodies, are compared.
const MAX_COMPARED: usize = 40;

/// Whom a source can mean, with signs for a ranker.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) question: Question,
    pub(crate) candidates: Vec<Candidate>,
}

/// One of them.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) referent: Referent,
    pub(crate) signs: Signs,
}

/// Where a source stands and what it tells of whom it means.
pub(super) struct Place<'a> {
    pub(super) question: Question,
    pub(super) byte: usize,
    pub(super) gender: Option<Gender>,
    /// What is reported: who is named in it seldom says it.
    pub(super) content: &'a [Span],
    /// Whom it can not mean.
    pub(super) except: Option<&'a Referent>,
    /// The role that a description gives.
    pub(super) role: Option<Role>,
    /// The folded words of a description without its article.
    pub(super) words: Vec<&'a str>,
    /// What it tells as the description of one person.
    pub(super) described: Option<Described<'a>>,
    /// The words as they stand, for somebody without a name.
    pub(super) as_is: Option<Referent>,
    /// Whether the words tell whose relation it is ("his wife"), and whether they introduce somebody ("a former auditor").
    pub(super) possessive: bool,
    /// ... to a man or woman ("her neighbor").
    pub(super) relation: bool,
    pub(super) indefinite: bool,
}

/// How the roles of a person fit a description.
#[derive(Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    /// By class and group; else only as one official is any other.
    strict: bool,
    score: usize,
    common: usize,
    same: bool,
    bare: bool,
    group: bool,
    foreign: bool,
}

/// Somebody without a name whom the article introduces.
#[derive(Debug, Clone)]
pub(crate) struct Introduced {
    pub(super) byte: usize,
    /// The token behind it.
    pub(super) end: usize,
    gender: Option<Gender>,
    pub(super) speaker: Speaker,
    /// Whether it opens its sentence.
    subject: bool,
}

/// The phrases "a(n) ... role" and "his ... role" of a paragraph without a name beside them, in order.
pub(super) fn introduced(view: View<'_>) -> Vec<Introduced> {
    let mut out = Vec::new();
    let passage = view.passage;
    for i in 0..passage.tokens.len().saturating_sub(1) {
        let opens = (view.tables(i).is_determiner() || view.folded(i) == "one")
            && matches!(view.folded(i), "a" | "an" | "another" | "his" | "her" | "one");
        if !opens || view.depth(i) > 0 {
            continue;
        }
        // The role noun ends the phrase: no other noun, name or comma with a name behind it.
        let Some((at, n)) = (i + 1..passage.tokens.len().min(i + 5))
            .take_while(|&j| view.is_word(j) && !view.tables(j).is_preposition() && view.depth(j) == 0)
            .filter(|&j| view.tables(j).begins_role())
            .find_map(|j| {
                view.lang.role_at((j..passage.tokens.len().min(j + 4)).map(|k| view.folded(k))).map(|r| (j, r.0))
            })
        else {
            continue;
        };
        let end = at + n;
        let named = |j: usize| j < passage.tokens.len() && view.is_name_word(j);
        let apposed = view.word(end.min(passage.tokens.len() - 1)) == "," && named(end + 1);
        if named(end) || apposed || end < passage.tokens.len() && view.tables(end).is_role() {
            continue;
        }
        let Some(role) = phrase_role(view, i..end, true) else { continue };
        let text = view.spaced(&(i..end));
        let first = text.chars().next().map_or(0, char::len_utf8);
        let speaker = Speaker {
            description: Some(text[..first].to_lowercase() + &text[first..]),
            role: Some(role.class.name().to_owned()),
            country: role.country.map(str::to_owned),
            ..Speaker::default()
        };
        let subject = passage.sentences.iter().any(|s| i >= s.start && i <= s.start + 3);
        out.push(Introduced { byte: passage.tokens[i].span.start, end, gender: role.gender, speaker, subject });
    }
    out
}

impl Resolver<'_> {
    /// The candidates of a source, persons first.
    pub(super) fn ask(&self, view: View<'_>, place: Place<'_>) -> Asked {
        let mut near: Vec<At> = self.cast.mentions_before(place.byte).take(MAX_MENTIONS).copied().collect();
        let sentences = self.sentences(view, place.byte);
        if place.question == Question::Pronoun {
            self.add_described(view, place.byte, sentences[1], place.content, &mut near);
        }
        let mut candidates = self.persons(view, &place, &near, &sentences);
        if place.question == Question::Plural
            || place.question == Question::Description && place.described.is_none() && !place.words.is_empty()
        {
            self.add_bodies(view, &place, &sentences, &mut candidates);
        }
        self.add_unnamed(view, &place, &mut candidates);
        if let Some(as_is) = &place.as_is {
            let mut signs = [0.0; N_SIGNS];
            let mut set = |sign: Sign, x: f64| signs[sign as usize] = x;
            set(Sign::Possessive, yes(place.possessive));
            set(Sign::Indefinite, yes(place.indefinite));
            set(Sign::Longer, yes(place.words.len() > 1));
            set(Sign::Complement, yes(place.words.iter().any(|w| matches!(*w, "of" | "for" | "at" | "in"))));
            let head = place.words.last().copied().unwrap_or_default();
            let said = |r: &Referent| matches!(r, Referent::Unnamed(s) if s.description.as_deref().is_some_and(|d| d.split(' ').any(|w| w == head)));
            set(Sign::FirstTime, yes(!self.spoken.iter().rev().take(MAX_SPOKEN).any(said)));
            let kind = place.described.as_ref().map(|d| d.kind);
            set(Sign::AgentHead, yes(kind == Some(HeadKind::Agent)));
            set(Sign::GroupHead, yes(kind == Some(HeadKind::Group)));
            set(Sign::AgeHead, yes(kind == Some(HeadKind::Age)));
            let told = |c: &Candidate| c.signs[Sign::Told as usize] + c.signs[Sign::Fits as usize] > 0.0;
            set(Sign::SomeTold, yes(candidates.iter().any(told)));
            candidates.push(Candidate { referent: as_is.clone(), signs });
        }
        Asked { question: place.question, candidates }
    }

    /// Where the sentence of byte `at`, the one before, and the paragraph begin.
    fn sentences(&self, view: View<'_>, at: usize) -> [usize; 3] {
        let n = view.passage.sentences.partition_point(|s| view.span(s).start <= at);
        let start = |k: usize| view.passage.sentences.get(k).map_or(view.passage.span.start, |s| view.span(s).start);
        let sentence = start(n.saturating_sub(1));
        let before = match n.checked_sub(2) {
            Some(k) => start(k),
            None => match view.passage.index.checked_sub(1).and_then(|i| self.passages.get(i)) {
                Some(before) => before.sentences.last().map_or(before.span.start, |s| before.span_of(s).start),
                None => sentence,
            },
        };
        [sentence, before, view.passage.span.start]
    }

    /// Paragraphs between byte `at` and the paragraph of `view`.
    fn distance(&self, view: View<'_>, at: usize) -> f64 {
        let then = self.passages.partition_point(|p| p.span.end <= at);
        (1.0 + view.passage.index.saturating_sub(then) as f64).ln()
    }

    /// Signs of having spoken: also true of bodies and descriptions.
    fn spoke(&self, view: View<'_>, referent: &Referent, signs: &mut Signs) {
        let mut rank = None;
        let mut times = 0;
        for (i, _) in self.spoken.iter().rev().take(200).enumerate().filter(|(_, r)| is_same(r, referent)) {
            rank = rank.or(Some(i).filter(|&i| i < MAX_SPOKEN));
            times += 1;
        }
        signs[Sign::SpokeLast as usize] = yes(rank == Some(0));
        signs[Sign::SpokeLately as usize] = rank.map_or(0.0, |r| 1.0 / (1.0 + r as f64));
        signs[Sign::Spoke as usize] = (1.0 + times as f64).ln();
        let here = rank.and_then(|r| self.spoken_in.len().checked_sub(r + 1)).map(|i| self.spoken_in[i]);
        signs[Sign::SpokeHere as usize] = yes(here == Some(view.passage.index));
    }

    fn persons(&self, view: View<'_>, place: &Place<'_>, near: &[At], sentences: &[usize; 3]) -> Vec<Candidate> {
        let mut persons: Vec<usize> = near.iter().map(|m| m.person).collect();
        let spoken_persons = || {
            self.spoken.iter().rev().take(6).filter_map(|r| match r {
                Referent::Person(i) => Some(*i),
                _ => None,
            })
        };
        persons.extend(spoken_persons().take(MAX_SPEAKERS));
        let here = self.passages.partition_point(|p| p.span.end <= place.byte);
        let soon = self.passages.get(here + 2).or(self.passages.last()).map_or(place.byte, |p| p.span.end);
        if place.role.is_some() {
            persons.extend(self.cast.role_holders_before(place.byte).take(MAX_COMPARED));
        }
        if place.described.is_some() {
            let soon = self.cast.named_between(place.byte, soon);
            persons.extend(soon.filter(|&i| self.is_named_later(i, place.byte)));
        }
        persons.sort_unstable();
        persons.dedup();
        let last_person = spoken_persons().next();
        match place.question {
            Question::Plural => persons.retain(|&i| last_person == Some(i)),
            Question::Description if place.described.is_none() => persons.clear(),
            _ => {}
        }
        let fits: Vec<Option<Fit>> =
            persons.iter().map(|&i| place.role.as_ref().and_then(|role| self.fit(role, i))).collect();
        let n_fitting = fits.iter().flatten().filter(|f| f.strict).count();
        let agreement =
            |i: usize| place.described.as_ref().map(|d| self.facts(i).agree(d, self.lang)).unwrap_or_default();
        let agreements: Vec<Agreement> = persons.iter().map(|&i| agreement(i)).collect();
        let [sentence, before, passage] = *sentences;
        let is_salient = |i: usize| {
            spoken_persons().any(|s| s == i)
                || near.iter().take_while(|m| m.byte >= before.min(passage)).any(|m| m.person == i)
                || self.is_named_later(i, place.byte)
        };
        let keep = |i: usize, fit: Option<Fit>, told: Agreement| {
            let person = &self.cast.persons[i];
            let known = person.gender;
            let gender = place.gender.is_none() || known.is_none() || known == place.gender;
            // Somebody of whom nothing of the kind is told may be "the lawyer" too, if just named.
            let role = place.described.is_none()
                || !told.other_nation
                    && !told.other_age
                    && (fit.is_some()
                        || told.told
                        || told.age
                        || told.nation
                        // Whose position is told, and whose relation somebody is, is seldom left to be guessed.
                        || place.except.is_none() && !place.relation && is_salient(i));
            let introduced = !place.indefinite
                || fit.is_some_and(|f| f.strict && (f.same || f.common > 0))
                    && person.mentions.first().is_some_and(|&m| m > place.byte);
            place.except != Some(&Referent::Person(i)) && gender && role && introduced
        };
        let kept: Vec<(usize, Option<Fit>, Agreement)> = persons
            .into_iter()
            .zip(fits)
            .zip(agreements)
            .map(|((i, fit), told)| (i, fit, told))
            .filter(|&(i, fit, told)| keep(i, fit, told))
            .collect();
        let is_told = |a: &Agreement| a.told || a.nation || a.age;
        let n_told = kept.iter().filter(|k| is_told(&k.2) || k.1.is_some_and(|f| f.strict)).count();
        let is_kept = |person: usize| kept.binary_search_by_key(&person, |k| k.0).is_ok();
        let speaks_next = place.described.as_ref().and_then(|_| self.speaks_next(place.byte));
        let is_open = |k: &&(usize, Option<Fit>, Agreement)| {
            let person = &self.cast.persons[k.0];
            let may = is_told(&k.2) || k.1.is_some() || person.roles.is_empty();
            may && self.is_known_name(k.0) && person.last_mention_before(place.byte).is_some()
        };
        let open: Vec<usize> = kept.iter().filter(is_open).map(|k| k.0).collect();
        let first_subject = |from: usize, to: usize| {
            let fits = |m: &&At| m.byte >= from && m.byte < to && !m.quoted && m.subject && is_kept(m.person);
            near.iter().rev().find(fits).map(|m| m.person)
        };
        let subjects =
            [first_subject(sentence, place.byte), first_subject(before, sentence), first_subject(passage, sentence)];
        let first = self.cast.mentions.iter().find(|m| self.cast.persons[m.person].words.len() > 1).map(|m| m.person);
        let out = kept.iter().map(|&(i, fit, told)| {
            let person = &self.cast.persons[i];
            let referent = Referent::Person(i);
            let mut signs = [0.0; N_SIGNS];
            self.spoke(view, &referent, &mut signs);
            let outside = near.iter().find(|m| {
                m.person == i && !m.quoted && !place.content.iter().any(|c| c.start <= m.byte && m.byte < c.end)
            });
            let last = outside.map(|m| m.byte);
            let n_between = near.iter().take_while(|m| Some(m.byte) != last).filter(|m| !m.quoted).count().min(10);
            let mut set = |sign: Sign, x: f64| signs[sign as usize] = x;
            set(Sign::Person, 1.0);
            set(Sign::LastPerson, yes(last_person == Some(i)));
            let mentioned = person.last_mention_before(place.byte).filter(|_| !self.is_named_later(i, place.byte));
            set(Sign::Distance, mentioned.map_or(0.0, |m| self.distance(view, m)));
            set(Sign::Later, yes(mentioned.is_none()));
            set(Sign::Here, yes(last.is_some_and(|m| m >= passage)));
            set(Sign::Between, (n_between as f64).sqrt());
            set(Sign::Mentions, (person.mentions.len().max(1) as f64).ln());
            set(Sign::SubjectHere, yes(subjects[0] == Some(i)));
            set(Sign::SubjectBefore, yes(subjects[1] == Some(i)));
            set(Sign::SubjectParagraph, yes(subjects[2] == Some(i)));
            set(Sign::InContent, yes(outside.is_none() && last_person != Some(i)));
            set(Sign::SameGender, yes(place.gender.is_some() && person.gender == place.gender));
            set(Sign::NoGender, yes(place.gender.is_some() && person.gender.is_none()));
            set(Sign::ShortName, yes(person.words.len() < 2));
            set(Sign::HasRole, yes(!person.roles.is_empty()));
            set(Sign::First, yes(first == Some(i)));
            if let Some(fit) = fit {
                set(Sign::Fits, yes(fit.strict));
                set(Sign::Loose, yes(!fit.strict));
                set(Sign::SameRole, yes(fit.same));
                set(Sign::BareRole, yes(fit.bare && !fit.same));
                set(Sign::SameGroup, yes(fit.group));
                set(Sign::CommonWords, fit.common.min(3) as f64);
                set(Sign::OtherBody, yes(fit.foreign && fit.common == 0));
                set(Sign::OnlyOne, yes(n_fitting == 1));
            } else {
                let asked = place.role.as_ref().filter(|_| !told.told);
                let walk = |r: &Role| asked.is_some_and(|a| walk_of(a.class) == walk_of(r.class));
                set(Sign::NoRole, yes(asked.is_some()));
                set(Sign::SameWalk, yes(person.roles.iter().any(walk)));
                set(Sign::Clash, yes(asked.is_some() && !person.roles.is_empty() && !person.roles.iter().any(walk)));
            }
            if place.described.is_some() {
                set(Sign::Told, yes(told.told));
                set(Sign::Akin, yes(told.akin && !told.told));
                set(Sign::ToldWords, told.others.min(3) as f64);
                set(Sign::Untold, told.untold.min(3) as f64);
                set(Sign::Nation, yes(told.nation));
                set(Sign::SameAge, yes(told.age));
                set(Sign::OnlyTold, yes(n_told == 1 && (is_told(&told) || fit.is_some_and(|f| f.strict))));
                set(Sign::InSentence, yes(last.is_some_and(|m| m >= sentence)));
                set(Sign::SpeaksNext, yes(mentioned.is_none() && speaks_next == Some(i)));
                set(Sign::OnlyOpen, yes(open == [i]));
                set(Sign::KnownName, yes(self.is_known_name(i)));
                set(Sign::SpokeBefore, yes(spoken_persons().find(|&s| Some(s) != last_person) == Some(i)));
            }
            Candidate { referent, signs }
        });
        out.collect()
    }

    /// The person named in the next sources behind byte `at`.
    fn speaks_next(&self, at: usize) -> Option<usize> {
        let from = self.sources.partition_point(|s| s.start <= at);
        let named = |s: &Span| {
            let k = self.cast.mentions.partition_point(|m| m.byte < s.start);
            self.cast.mentions.get(k).filter(|m| m.byte < s.end).map(|m| m.person)
        };
        self.sources[from..].iter().take(3).find_map(named)
    }

    /// Whether no paragraph names a person before byte `at`, but one behind it.
    fn is_named_later(&self, person: usize, at: usize) -> bool {
        let mentions = &self.cast.persons[person].mentions;
        let first = self.passages.first().map_or(0, |p| p.span.start);
        let from = mentions.partition_point(|&m| m < first);
        mentions.get(from).is_some_and(|&m| m > at)
    }

    /// Whether more than capital letters tells that a name is that of a person.
    pub(super) fn is_known_name(&self, person: usize) -> bool {
        let person = &self.cast.persons[person];
        let known = |w: &String| self.lang.is_given_name(w) || self.lang.is_surname_first(w);
        person.gender.is_some() || person.words.iter().take(2).any(known)
    }

    /// How well a person's roles fit a description; `None` if none does or the country is another.
    fn fit(&self, role: &Role, person: usize) -> Option<Fit> {
        let has_body = |r: &Role| r.modifiers.iter().any(|m| m.starts_with('#'));
        let mine = has_body(role);
        let fit = |r: &Role| {
            let common = r.modifiers.intersection(&role.modifiers).count();
            // "The Senate president" names no country, although one country's senate is known best by that name.
            let named = |c: &str| role.modifiers.contains(&format!("@{c}"));
            let clash = role.modifiers.iter().any(|m| m.starts_with('@')) && r.country.is_some_and(|c| !named(c));
            // Leaders of all kinds are chairs, but only those of parliaments are called "the speaker".
            let clash = clash || role.class == RoleClass::LegislativeLeader && r.class != role.class && common == 0;
            let shared = |m: &String| m.starts_with('#') && role.modifiers.contains(m);
            let foreign = mine && has_body(r) && !r.modifiers.iter().any(shared);
            // "The speaker" means a chairperson, not a leader of the same synonym group: the class decides, then the words.
            let related = self.lang.are_related_roles(r.group, role.group);
            let same = r.class == role.class && related;
            let unmarked = role.modifiers.is_empty() || r.modifiers.is_empty();
            let bare = (role.modifiers.is_empty() || unmarked && r.class == role.class) && related;
            let fits = same || bare || common > 0 && related || common > 1 && r.class == role.class;
            let group = r.group == role.group;
            let score = 2 * common + if same { 3 } else { usize::from(bare) * 2 } + usize::from(group);
            let score = if foreign && common == 0 { 1 } else { score };
            // "The senior Russian diplomat" may be a deputy minister, "the official" anybody in office.
            let loose = !foreign && (is_broad(role.class) && is_office(r.class) || unmarked && r.class == role.class);
            ((fits || loose) && !clash).then_some(Fit { strict: fits, score, common, same, bare, group, foreign })
        };
        self.cast.persons[person].roles.iter().filter_map(fit).max()
    }

    fn add_bodies(&self, view: View<'_>, place: &Place<'_>, sentences: &[usize; 3], out: &mut Vec<Candidate>) {
        let [sentence, _, passage] = *sentences;
        let head = place.words.last().copied().unwrap_or_default();
        let kind = self.lang.organization_head(head);
        let called = self.bodies().called(&place.words, place.byte, self.lang).map(|b| b.name.as_str());
        let first_here = self.bodies().first_between(sentence, place.byte).map(|b| b.name.as_str());
        let first_passage = self.bodies().first_between(passage, place.byte).map(|b| b.name.as_str());
        let mut seen: HashSet<&str> = HashSet::new();
        let mut push = |name: &str, referent: Referent, last: Option<usize>, fits: [bool; 3], n: usize| {
            if place.except == Some(&referent) {
                return;
            }
            let mut signs = [0.0; N_SIGNS];
            self.spoke(view, &referent, &mut signs);
            let mut set = |sign: Sign, x: f64| signs[sign as usize] = x;
            set(Sign::Body, 1.0);
            set(Sign::Distance, last.map_or(0.0, |m| self.distance(view, m)));
            set(Sign::Here, yes(last.is_some_and(|m| m >= passage)));
            set(Sign::SubjectHere, yes(first_here == Some(name)));
            set(Sign::SubjectParagraph, yes(first_passage == Some(name)));
            set(Sign::Mentions, (n.max(1) as f64).ln());
            set(Sign::SameType, yes(fits[0]));
            set(Sign::InName, yes(fits[1]));
            set(Sign::InApposition, yes(fits[2]));
            set(Sign::Called, yes(called == Some(name)));
            out.push(Candidate { referent, signs });
        };
        for referent in self.spoken.iter().rev().take(MAX_SPOKEN) {
            let Referent::Body(speaker) = referent else { continue };
            let Some(name) = speaker.name.as_deref() else { continue };
            if seen.insert(name) {
                let body = self.bodies().by_name(name, place.byte);
                let fits = body.map_or([false; 3], |b| b.fits(head, kind, self.lang));
                push(name, referent.clone(), body.map(|b| b.byte), fits, self.bodies().n_mentions(name));
            }
        }
        for body in self.bodies().before(place.byte).take(MAX_COMPARED) {
            if seen.insert(&body.name) {
                let organization = Some(crate::quotation::apposition::bare_organization(&body.name, self.lang));
                let speaker = Speaker { name: Some(body.name.clone()), organization, ..Speaker::default() };
                let fits = body.fits(head, kind, self.lang);
                push(&body.name, Referent::Body(speaker), Some(body.byte), fits, self.bodies().n_mentions(&body.name));
            }
        }
    }

    fn add_unnamed(&self, view: View<'_>, place: &Place<'_>, out: &mut Vec<Candidate>) {
        if place.question == Question::Pronoun {
            self.add_introduced(view, place, out);
        }
        let head = place.words.last().copied().unwrap_or_default();
        let reach = if place.question == Question::Description { MAX_SPOKEN } else { 2 };
        let mut seen: Vec<&Speaker> = Vec::new();
        for referent in self.spoken.iter().rev().take(reach) {
            let Referent::Unnamed(speaker) = referent else { continue };
            if seen.contains(&speaker) || place.except == Some(referent) || place.as_is.as_ref() == Some(referent) {
                continue;
            }
            let Some(description) = speaker.description.as_deref() else { continue };
            let in_name = is_noun_of(description, head, self.lang);
            if place.question == Question::Description && !in_name {
                continue;
            }
            seen.push(speaker);
            let mut signs = [0.0; N_SIGNS];
            self.spoke(view, referent, &mut signs);
            signs[Sign::Unnamed as usize] = 1.0;
            signs[Sign::InName as usize] = yes(in_name);
            out.push(Candidate { referent: referent.clone(), signs });
        }
    }

    /// Somebody without a name whom a sentence before introduces ("An old man waved. He said ...").
    fn add_introduced(&self, view: View<'_>, place: &Place<'_>, out: &mut Vec<Candidate>) {
        let [sentence, before, passage] = self.sentences(view, place.byte);
        let from = before.min(passage);
        // Two paragraphs at most: the sentence before is in this one or ends the one before it.
        let here = view.passage.index;
        let before_here = here.checked_sub(1).map_or(&[][..], |i| self.introduced(i));
        let lately = self.introduced(here).iter().rev().chain(before_here.iter().rev());
        for one in lately.skip_while(|i| i.byte >= place.byte).take_while(|i| i.byte >= from).take(3) {
            let told = one.gender.is_none() || place.gender.is_none() || one.gender == place.gender;
            let referent = Referent::Unnamed(one.speaker.clone());
            let known =
                out.iter().any(|c| c.referent == referent) || self.spoken.iter().rev().take(2).any(|r| *r == referent);
            let quoted = place.content.iter().any(|c| c.start <= one.byte && one.byte < c.end);
            if !told || known || quoted || place.except == Some(&referent) {
                continue;
            }
            let mut signs = [0.0; N_SIGNS];
            let mut set = |sign: Sign, x: f64| signs[sign as usize] = x;
            set(Sign::Unnamed, 1.0);
            set(Sign::FirstTime, 1.0);
            set(Sign::SameGender, yes(one.gender.is_some() && one.gender == place.gender));
            set(Sign::Here, yes(one.byte >= passage));
            set(Sign::SubjectHere, yes(one.byte >= sentence && one.subject));
            set(Sign::SubjectBefore, yes(one.byte < sentence && one.byte >= before && one.subject));
            set(Sign::SubjectParagraph, yes(one.byte >= passage && one.byte < sentence && one.subject));
            out.push(Candidate { referent, signs });
        }
    }

    /// The folded words of a description up to its head noun, without article and possessive.
    pub(super) fn description_words<'v>(&self, view: View<'v>, range: &Range<usize>) -> Vec<&'v str> {
        let mut noun = noun_range(view, range);
        while noun.len() > 1 && (view.tables(noun.start).is_determiner() || view.tables(noun.start).is_pronoun()) {
            noun.start += 1;
        }
        noun.filter(|&i| view.is_word(i)).map(|i| view.folded(i).trim_end_matches("'s")).collect()
    }

    /// Whether a phrase can mean a body named elsewhere: "the company", no name, no group, no document.
    pub(super) fn is_body_noun(&self, view: View<'_>, range: &Range<usize>, kind: Option<SourceKind>) -> bool {
        let words = self.description_words(view, range);
        let head = words.last().copied().unwrap_or_default();
        // "the Swedish battery maker" too
        let nation = |i: usize| view.bare_tables(i).is_country_term() && i + 1 < range.end || is_based(view, i);
        let small = noun_range(view, range).all(|i| !view.is_name_word(i) || i == range.start || nation(i));
        let type_of = self.lang.organization_head(head);
        small
            && type_of != Some(OrganizationType::Police)
            && view.folded(range.start).starts_with("the")
            && (matches!(kind, Some(SourceKind::Institution | SourceKind::Media))
                || kind.is_none() && type_of.is_some())
    }
}

/// Classes whose nouns are used of holders of many offices.
fn is_broad(class: RoleClass) -> bool {
    matches!(class, RoleClass::Official | RoleClass::Diplomat)
}

fn is_office(class: RoleClass) -> bool {
    matches!(
        class,
        RoleClass::HeadOfState
            | RoleClass::HeadOfGovernment
            | RoleClass::Minister
            | RoleClass::Diplomat
            | RoleClass::Spokesperson
            | RoleClass::Official
            | RoleClass::IgoOfficial
            | RoleClass::RegionalLeader
            | RoleClass::CentralBanker
    )
}

/// Roles of one walk of life are held by one person rather than those of two.
fn walk_of(class: RoleClass) -> u8 {
    match class {
        RoleClass::Expert | RoleClass::Medical => 1,
        RoleClass::Judiciary | RoleClass::Lawyer => 2,
        RoleClass::Military | RoleClass::Police => 3,
        RoleClass::Business | RoleClass::Union => 4,
        RoleClass::Culture | RoleClass::Journalist => 5,
        RoleClass::Sport => 6,
        RoleClass::Activist | RoleClass::Religious => 7,
        RoleClass::Civilian | RoleClass::UnnamedSource => 8,
        _ => 0,
    }
}

/// Equality, persons first: most who spoke are persons.
#[inline]
fn is_same(a: &Referent, b: &Referent) -> bool {
    match (a, b) {
        (Referent::Person(a), Referent::Person(b)) => a == b,
        (Referent::Person(_), _) | (_, Referent::Person(_)) => false,
        _ => a == b,
    }
}

pub(super) fn yes(x: bool) -> f64 {
    f64::from(u8::from(x))
}
