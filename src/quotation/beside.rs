//! Sources whose speaker stands beside them: labels, appositions, honorifics.

use std::ops::Range;

use crate::lang::{Gender, OrganizationType, RoleClass, SourceKind};
use crate::quotation::apposition::{Role, bare_organization};
use crate::quotation::facts::is_person_noun;
use crate::quotation::interview::CONFIDENCE;
use crate::quotation::mention::name_run;
use crate::quotation::opener::is_naming;
use crate::quotation::role::collective_at_end;
use crate::quotation::source::View;
use crate::quotation::speaker::{Referent, Resolver};
use crate::quotation::unnamed::noun_range;
use crate::quotation::{Attribution, Speaker};

/// Somebody who examines a witness spoke so few attributions and paragraphs before the first question.
const EXAMINED: usize = 6;
/// So many attributions in front of an interview are looked at.
const MAX_BEFORE: usize = 200;
/// Mentions that the first name of an article is worth where an interview does not say who answers.
const ADVANTAGE: usize = 2;

impl Resolver<'_> {
    /// Who asks and who answers in an interview.
    pub(super) fn label(&self, view: View<'_>, range: &Range<usize>) -> Option<Referent> {
        let begin = self.interview?;
        if range.len() != 1 || range.start != 0 {
            return None;
        }
        let word = view.folded(0);
        if self.lang.is_question_label(word) {
            if let Some(person) = self.examiner(view) {
                return Some(Referent::Person(person));
            }
            return Some(Referent::Unnamed(Speaker {
                description: Some("interviewer".to_owned()),
                ..Speaker::default()
            }));
        }
        if self.lang.is_answer_label(word) { self.interviewee(begin) } else { None }
    }

    /// Who answers without a label, where the article is such an interview.
    pub(super) fn answers(&self, attribution: &Attribution) -> Option<Referent> {
        let begin = self.interview?;
        let answer = attribution.source.is_none() && attribution.cue.is_none() && attribution.confidence == CONFIDENCE;
        if answer { self.interviewee(begin) } else { None }
    }

    /// Who is named and speaks most in front of an interview that begins at byte `begin`; whom the first paragraph names
    /// first has an advantage.
    fn interviewee(&self, begin: usize) -> Option<Referent> {
        let first = self.passages.first().map_or(0, |p| p.span.start);
        let first = self.cast.mentions.iter().find(|m| m.byte >= first && m.subject).map(|m| m.person);
        let mut spoke = vec![0; self.cast.persons.len()];
        for (referent, _) in self.spoken.iter().zip(&self.spoken_at).take(MAX_BEFORE).take_while(|s| *s.1 < begin) {
            if let Referent::Person(i) = referent {
                spoke[*i] += 1;
            }
        }
        let named = |i: &usize| {
            let person = &self.cast.persons[*i];
            let before = person.mentions.partition_point(|&m| m < begin);
            (
                if person.words.len() > 1 && before > 0 {
                    before + spoke[*i] + if first == Some(*i) { ADVANTAGE } else { 0 }
                } else {
                    0
                },
                usize::MAX - person.mentions.first().copied().unwrap_or(0),
            )
        };
        (0..self.cast.persons.len()).filter(|i| named(i).0 > 0).max_by_key(named).map(Referent::Person)
    }

    /// The person whose name follows a role as apposition, where the source ends before it ("the minister, X, said").
    pub(super) fn apposed(&self, view: View<'_>, range: &Range<usize>) -> Option<usize> {
        let n = view.passage.tokens.len();
        // "its envoy in Vienna, X"
        let place = range.end < n && matches!(view.folded(range.end), "in" | "of" | "to" | "for" | "at");
        let part = |i: &usize| view.is_word(*i) && view.depth(*i) == 0 && !view.tables(*i).is_auxiliary();
        let behind = (range.end..n.min(range.end + 6)).take_while(part).last().map_or(range.end, |i| i + 1);
        let comma = if place { behind } else { range.end };
        if comma + 1 >= n || view.word(comma) != "," || view.depth(comma) > 0 {
            return None;
        }
        let begin = self.apposition(view, comma + 1)?;
        if range.clone().any(|i| view.is_name_word(i) && view.tables(i).is_given_name())
            || !range.clone().any(|i| view.tables(i).is_role())
        {
            return None;
        }
        let run = name_run(view, begin);
        if run.end < n && !matches!(view.word(run.end), "," | "." | "(") {
            return None;
        }
        self.named_person(view, run, view.passage.tokens[comma].span.start)
    }

    /// Who gives a name in the words of the source: "Its commander, a colonel who goes by the call sign Fox".
    pub(super) fn naming(&self, view: View<'_>, range: &Range<usize>) -> Option<usize> {
        let inside = |i: &usize| view.is_name_word(*i) && *i > range.start + 2 && view.depth(*i) == 0;
        let name = range.clone().filter(inside).find(|&i| is_naming(view, i))?;
        let role = (range.start..name).any(|i| view.tables(i).is_role());
        let run = name_run(view, name);
        let whole =
            role && run.end >= range.end && !(range.start..name - 1).any(|i| view.is_name_word(i) && i > range.start);
        whole.then(|| self.named_person(view, run, view.passage.tokens[range.start].span.start)).flatten()
    }

    /// Where the name begins in an apposition that begins at token `from`: "Ann Lowe", "the former sprinter Ann Lowe", "who
    /// goes by the name of Ann Lowe".
    fn apposition(&self, view: View<'_>, from: usize) -> Option<usize> {
        if view.is_capital(from) {
            return Some(from);
        }
        let n = view.passage.tokens.len().min(from + 9);
        let small = |i: usize| view.is_word(i) && view.depth(i) == 0;
        let name = (from..n).take_while(|&i| small(i)).find(|&i| view.is_capital(i))?;
        let tables = view.tables(from);
        let verb = |i: usize| view.tables(i).is_auxiliary() || view.tables(i).is_preposition();
        let noun = (tables.is_determiner() || tables.is_role() || tables.is_role_modifier())
            && name - from <= 5
            && !(from..name).any(verb)
            && (view.tables(name - 1).is_role() || self.lang.is_agent(view.folded(name - 1)));
        let called = (matches!(view.folded(from), "who" | "known") || tables.is_determiner()) && is_naming(view, name);
        (noun || called).then_some(name)
    }

    /// The person before an aside that is taken for the source: "X for his part", "X, two years from her pension,".
    pub(super) fn beside_aside(&self, view: View<'_>, range: &Range<usize>) -> Option<usize> {
        let before = range.start.checked_sub(1).filter(|&b| b > 0 && range.len() > 1)?;
        let pronoun = |i: usize| self.lang.pronoun(view.folded(i)).is_some_and(|p| p.person == 3);
        let part = view.folded(before) == "for" && pronoun(range.start) && view.folded(range.end - 1) == "part";
        let aside = view.word(before) == ","
            && range.end < view.passage.tokens.len()
            && view.word(range.end) == ","
            && (range.clone().all(|i| !view.is_capital(i)) || view.folded(range.start) == "one")
            && (range.clone().skip(1).any(pronoun)
                || view.folded(range.start) == "one" && view.folded(range.start + 1) == "of")
            && !view.tables(range.start).is_determiner();
        if !part && !aside {
            return None;
        }
        let end = if part && view.word(before - 1) == "," { before - 1 } else { before };
        let is_part = |i: usize| view.is_capital(i) || matches!(view.word(i), "-" | "‑");
        let start = (0..end).rev().take_while(|&i| is_part(i)).last()?;
        self.named_person(view, start..end, view.passage.tokens[range.start].span.start)
    }

    /// The lawyer whose questions to a witness stand behind "Q", where one spoke shortly before.
    fn examiner(&self, view: View<'_>) -> Option<usize> {
        let asks = |i: usize| {
            let is_counsel = |c: RoleClass| matches!(c, RoleClass::Lawyer | RoleClass::Judiciary);
            self.cast.persons[i].roles.iter().any(|r| is_counsel(r.class))
        };
        let lately = self.spoken.iter().zip(&self.spoken_in).rev().take(EXAMINED);
        lately.take_while(|s| s.1 + EXAMINED > view.passage.index).find_map(|(spoken, _)| match spoken {
            Referent::Person(i) if asks(*i) => Some(*i),
            _ => None,
        })
    }

    /// A body whose name follows what it is, where the source ends before it ("the farmers' union, the NFU-West, said"),
    /// and an account of a social network ("@somebody").
    pub(super) fn apposed_name(&self, view: View<'_>, range: &Range<usize>) -> Option<Referent> {
        let named = |name: String| {
            let organization = Some(bare_organization(&name, self.lang));
            Referent::Body(Speaker { name: Some(name), organization, ..Speaker::default() })
        };
        let n = view.passage.tokens.len();
        let first = range.start;
        if view.word(first) == "@" && range.len() == 2 && view.is_word(first + 1) {
            return Some(Referent::Body(Speaker { name: Some(view.spaced(range)), ..Speaker::default() }));
        }
        let comma = range.end;
        if comma + 2 >= n || view.word(comma) != "," || view.depth(comma) > 0 || !view.tables(first).is_determiner() {
            return None;
        }
        let noun = noun_range(view, range);
        let head = noun.end - 1;
        let body = view.tables(head).is_organization_head()
            || collective_at_end(&view.words(&noun), self.lang) == Some(SourceKind::Institution);
        if !body || range.clone().skip(1).any(|i| view.is_name_word(i)) {
            return None;
        }
        let start = comma + 1 + usize::from(view.folded(comma + 1) == "the");
        let run = if start < n && view.is_name_word(start) { name_run(view, start) } else { return None };
        let closed = run.end < n && view.word(run.end) == ",";
        let person = view.tables(start).is_given_name() || view.tables(start).is_title();
        (closed && !person).then(|| named(view.spaced(&run)))
    }

    /// The last one before byte `at` in front of whose name the words stand that capitals shorten: "the PM" of "Prime
    /// Minister Ann Lowe".
    pub(super) fn by_initials(&self, view: View<'_>, range: &Range<usize>, at: usize) -> Option<usize> {
        let letters = view.word(range.end.checked_sub(1)?);
        let short = (2..=4).contains(&letters.len()) && letters.bytes().all(|b| b.is_ascii_uppercase());
        if range.len() != 2 || !short || view.folded(range.start) != "the" {
            return None;
        }
        let folded = view.folded(range.end - 1);
        if self.lang.organization_at([folded]).is_some() || self.lang.country_at([folded]).is_some() {
            return None;
        }
        let has = |byte: usize| {
            let view = self.view_at(byte);
            let name = view.passage.tokens.partition_point(|t| t.span.start < byte);
            let first = name.checked_sub(letters.len());
            first.is_some_and(|f| letters.chars().zip(f..name).all(|(c, i)| view.word(i).starts_with(c)))
        };
        self.cast.mentions_before(at).take(200).find(|m| has(m.byte)).map(|m| m.person)
    }

    /// "His Excellency", "Her Royal Highness": where the pronoun stands that tells who it can be.
    pub(super) fn honorific(&self, view: View<'_>, range: &Range<usize>) -> Option<usize> {
        let last = range.end.checked_sub(1).filter(|_| (2..=3).contains(&range.len()))?;
        let possessive = self.lang.pronoun(view.folded(range.start)).is_some_and(|p| p.person == 3);
        (possessive && view.is_capital(last) && self.lang.is_honorific(view.folded(last))).then_some(range.start)
    }

    /// The last one before byte `at` whose name this honorific stood in front of.
    pub(super) fn honoured(&self, honorific: &str, gender: Gender, at: usize) -> Option<usize> {
        let has = |byte: usize| {
            let view = self.view_at(byte);
            let name = view.passage.tokens.partition_point(|t| t.span.start < byte);
            (name.saturating_sub(3)..name).any(|i| view.folded(i) == honorific)
        };
        let fits = |i: usize| self.cast.persons[i].gender.is_none_or(|g| g == gender);
        self.cast.mentions_before(at).take(200).find(|m| fits(m.person) && has(m.byte)).map(|m| m.person)
    }

    /// Whom the second paragraph names with whose words the first one begins: "A deckhand told a court ... Ann Lowe, 26,".
    pub(super) fn named_next(&self, view: View<'_>, range: &Range<usize>) -> Option<usize> {
        let the = view.folded(range.start) == "the";
        if view.passage.index > 0 || !the && !matches!(view.folded(range.start), "a" | "an") {
            return None;
        }
        let noun = noun_range(view, range);
        let head = noun.end - 1;
        let of_person = self.lang.role(view.folded(head)).is_some_and(|r| r.class != RoleClass::UnnamedSource)
            || is_person_noun(view, head)
                && self.lang.organization_head(view.folded(head)) != Some(OrganizationType::Company);
        let next = self.passages.get(1)?;
        let at = self.cast.mentions.partition_point(|m| m.byte < next.span.start);
        let mention = self.cast.mentions.get(at).filter(|m| m.byte < next.span.end && !m.quoted && m.subject)?;
        let person = &self.cast.persons[mention.person];
        let first_here = person.mentions.iter().all(|&m| m >= mention.byte || m < view.passage.span.start);
        let opens = next.tokens.partition_point(|t| t.span.start < mention.byte) <= 3;
        let gender = self.lang.role(view.folded(head)).map(|r| r.gender);
        let fits = gender.is_none_or(|g| person.gender.is_none_or(|p| p == g || g == Gender::Either));
        // "The head of the mission": nobody who is known to be something else now.
        let role = self.lang.role(view.folded(head));
        let alike = |r: &Role| r.modifiers.contains("former") || role.is_some_and(|role| role.class == r.class);
        let alike = !the || role.is_some() && range.len() > 2 && person.roles.iter().all(alike);
        (of_person && first_here && opens && fits && alike && person.words.len() > 1).then_some(mention.person)
    }
}
