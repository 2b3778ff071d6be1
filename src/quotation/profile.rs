//! Role, organization and country of the speakers, when it is known who they are: from all that the article says beside
//! their names, not only from the phrase of one mention.
//!
//! Names, holders and targets are resolved before and stay as they are.

use std::collections::HashMap;
use std::rc::Rc;

use foldhash::fast::FixedState;

use crate::lang::{CueClass, Language, OrganizationType, RoleClass, SourceKind};
use crate::quotation::homeland::Homeland;
use crate::quotation::mention::name_run;
use crate::quotation::office::{leader_of, member_of};
use crate::quotation::role::{collective_at_end, with_words};
use crate::quotation::source::{View, spaced};
use crate::quotation::speaker::{Referent, Resolver};
use crate::quotation::telling::{Org, Stand, Told, Weight};
use crate::quotation::whose::MAX_BODIES;
use crate::quotation::{Attribution, Speaker};

/// So many mentions of a person are looked at.
const MAX_MENTIONS: usize = 16;
/// So many tokens in front of a name and in an aside behind it.
const MAX_BEFORE: usize = 14;
const MAX_ASIDE: usize = 20;

/// What an article tells of somebody.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Profile {
    class: Option<(Weight, RoleClass)>,
    organization: Option<Org>,
    country: Option<&'static str>,
    chamber: Option<&'static str>,
    /// The age is given, as of somebody who is nothing else.
    aged: bool,
    denied: Option<RoleClass>,
    /// The name is that of a body.
    body: bool,
    /// The words are those for a document.
    document: bool,
}

impl Profile {
    pub(super) fn take(&mut self, told: Told) {
        self.country = self.country.or(told.country);
        self.chamber = self.chamber.or(told.chamber);
        self.denied = self.denied.or(told.denied);
        let better = told.class.is_some_and(|t| self.class.is_none_or(|c| t.0 < c.0));
        if better {
            self.class = told.class;
        }
        if told.organization.is_some() && (self.organization.is_none() || better) {
            self.organization = told.organization;
        }
    }
}

/// The profiles of an article's speakers, each made once.
#[derive(Default)]
pub(super) struct Profiles {
    persons: HashMap<usize, Rc<Profile>, FixedState>,
    described: HashMap<String, Rc<Profile>, FixedState>,
}

impl Profiles {
    /// Completes the speaker of an attribution that has just been resolved.
    pub(super) fn complete(
        &mut self,
        resolver: &Resolver<'_>,
        attribution: &Attribution,
        home: &Homeland,
        speaker: &mut Speaker,
    ) {
        let person = match resolver.spoken.last() {
            Some(Referent::Person(i)) if speaker.name.as_ref() == Some(&resolver.cast.persons[*i].name) => Some(*i),
            _ => None,
        };
        if let Some(i) = person {
            let profile = self.persons.entry(i).or_insert_with(|| Rc::new(resolver.profile(i))).clone();
            resolver.apply(&profile, speaker);
        } else if let Some(description) = speaker.description.clone() {
            let profile = self
                .described
                .entry(description)
                .or_insert_with(|| Rc::new(resolver.describe(attribution, speaker)))
                .clone();
            resolver.apply(&profile, speaker);
        }
        let told = person.and_then(|i| self.persons.get(&i)).is_some_and(|p| p.country.is_some());
        if !told {
            home.complete(resolver, speaker);
        } else if speaker.country.as_deref() == Some("") {
            speaker.country = None;
        }
    }
}

/// Whether a description is that of a document: "an audit by the regulator", "papers seen by the agency".
fn is_document(description: &str, lang: &Language) -> bool {
    with_words(description, |words| {
        let first = words.iter().take_while(|w| lang.is_determiner(w) || lang.is_pronoun(w)).count();
        let stops =
            |w: &str| lang.is_preposition(w) || lang.tables(w).ends_phrase() || w.ends_with("ed") || w == "seen";
        let end = (first + 1..words.len()).find(|&i| stops(words[i])).unwrap_or(words.len());
        let Some(head) = words.get(first..end).and_then(|w| w.last()) else { return false };
        collective_at_end(&words[first..end], lang) == Some(SourceKind::Document) || lang.is_paper(head)
    })
}

impl Resolver<'_> {
    fn apply(&self, profile: &Profile, speaker: &mut Speaker) {
        let denied = profile.denied.map(RoleClass::name);
        let known = speaker.role.take().filter(|r| Some(r.as_str()) != denied);
        // "Its secretary, Dawn X": a part of the name is no newspaper.
        let is_name = |o: &String| speaker.name.as_ref().is_some_and(|n| n.split(' ').any(|w| w == o) && n != o);
        let office = |o: &String| {
            let first = o.split(' ').next().unwrap_or_default().to_lowercase();
            let last = o.rsplit(' ').next().unwrap_or_default().to_lowercase();
            let title = self.lang.is_office_noun(&last);
            o.contains(' ') && (title || o.contains(" of ") && self.lang.role(&first).is_some())
        };
        if speaker.organization.as_ref().is_some_and(|o| is_name(o) || office(o)) {
            speaker.organization = None;
        }
        let class = profile.class.map(|c| (c.0, c.1.name()));
        // What the mentions told before counts more than a title.
        let member = profile.organization.as_ref().and_then(|o| member_of(o, self.lang));
        speaker.role = match class {
            Some((Weight::Title, _)) if known.is_none() && member.is_some() => member.map(|m| m.name().to_owned()),
            Some((weight, class)) if weight < Weight::Title || known.is_none() => Some(class.to_owned()),
            _ => known.or_else(|| class.map(|c| c.1.to_owned())),
        };
        if profile.body || profile.document {
            speaker.role = Some(if profile.body { "institution" } else { "document" }.to_owned());
        }
        if speaker.role.is_none() && profile.aged && profile.organization.is_none() {
            speaker.role = Some(RoleClass::Civilian.name().to_owned());
        }
        if let Some(organization) = profile.organization.as_ref().filter(|o| !office(&o.name)) {
            speaker.organization = Some(organization.name.clone());
        }
        let own = profile.organization.as_ref().and_then(|o| o.country);
        let country = profile.country.or(own);
        if let Some(country) = country {
            // Empty: between countries.
            speaker.country = Some(country.to_owned());
        }
        if speaker.role.is_none()
            && let Some(kind) = member
        {
            speaker.role = Some(kind.name().to_owned());
        }
        if speaker.organization.is_none()
            && let Some(word) = profile.chamber
        {
            speaker.organization = self.chamber(word).map(|o| o.name);
        }
    }

    /// The parliament, council or court of the article with this word in its name.
    fn chamber(&self, word: &str) -> Option<Org> {
        let kind = match word {
            "council" => OrganizationType::Local,
            "court" => OrganizationType::Court,
            _ => OrganizationType::Parliament,
        };
        let fits = |b: &&crate::quotation::bodies::Body<'_>| {
            b.kind() == Some(kind)
                && !(b.n_words() == 2 && matches!(b.word(0), Some("upper" | "lower")))
                && (word.is_empty() || b.has_word(word))
                && !b.has_word("committee")
                && self.is_body(b)
        };
        let all = self.bodies().before(usize::MAX).take(MAX_BODIES).filter(fits);
        let body = all.max_by_key(|b| (self.bodies().n_mentions(&b.name), b.n_words(), usize::MAX - b.byte))?;
        Some(self.org(&body.name, body.kind()))
    }

    /// What the words of a source without a name tell.
    fn describe(&self, attribution: &Attribution, speaker: &Speaker) -> Profile {
        let document = speaker.description.as_deref().is_some_and(|d| is_document(d, self.lang));
        let mut profile = Profile { document, ..Profile::default() };
        let Some(source) = attribution.source else { return profile };
        let view = self.view_at(source.start);
        let range = view.passage.tokens_in(source);
        // A pronoun or a label: the description is of another mention.
        let description = speaker.description.as_deref().unwrap_or_default();
        if range.is_empty() || range.len() == 1 && description.contains(' ') {
            let last = description.rsplit(' ').next().unwrap_or_default();
            let class = self.lang.occupation(last).or_else(|| self.lang.role(last).map(|r| r.class));
            profile.class = class.filter(|_| !profile.document).map(|c| (Weight::Title, c));
            return profile;
        }
        if profile.document {
            profile.take(self.tell_document(view, &range, source.start));
            return profile;
        }
        profile.take(self.tell(view, &range, Stand::Alone, source.start));
        profile
    }

    /// What the article tells of person `i` of its cast.
    fn profile(&self, i: usize) -> Profile {
        let mut profile = Profile::default();
        let person = &self.cast.persons[i];
        if person.words.len() > 1
            && person
                .words
                .last()
                .is_some_and(|w| self.lang.is_body_tail(w) && (person.gender.is_none() || w.ends_with('s')))
        {
            profile.body = true;
            profile.organization = Some(self.org(&person.name, None));
            return profile;
        }
        for &byte in person.mentions.iter().take(MAX_MENTIONS) {
            let view = self.view_at(byte);
            let tokens = &view.passage.tokens;
            let start = tokens.partition_point(|t| t.span.start < byte);
            // A mention in a headline stands in no paragraph.
            let is_in = (view.passage.span.start..view.passage.span.end).contains(&byte);
            if !is_in || start >= tokens.len() || view.depth(start) > 0 {
                continue;
            }
            let end = name_run(view, start).end;
            if view.is_possessive(end - 1) && person.mentions.len() > 1 {
                // "X's adviser" is told of the adviser; what stands in front is X's.
                let (told, _) = self.before(view, start, byte);
                told.into_iter().for_each(|t| profile.take(t));
                continue;
            }
            let (told, from) = self.before(view, start, byte);
            told.into_iter().for_each(|t| profile.take(t));
            // "X QC", "X MP"
            let letters = match view.word(end - 1) {
                "SC" | "QC" | "KC" => Some(RoleClass::Lawyer),
                "MP" | "MEP" | "MSP" | "MLA" | "TD" | "MHA" | "MLC" => Some(RoleClass::Legislator),
                _ => None,
            };
            if let Some(class) = letters.filter(|_| end > start + 1) {
                let chamber = (class == RoleClass::Legislator).then_some("");
                profile.take(Told { class: Some((Weight::Rank, class)), chamber, ..Told::default() });
            }
            self.behind(view, end, byte, &mut profile);
            if let Some(told) = self.before_comma(view, from, byte) {
                profile.take(told);
            }
        }
        profile
    }

    /// What stands directly in front of a name, and where that begins.
    fn before(&self, view: View<'_>, start: usize, byte: usize) -> (Option<Told>, usize) {
        let lowest = start.saturating_sub(MAX_BEFORE);
        let lang = self.lang;
        let mut from = start;
        let mut small = 0;
        while from > lowest {
            let i = from - 1;
            if view.depth(i) > 0 {
                break;
            }
            if view.is_mark(i) {
                // "Federation Council (upper house of parliament) Chairperson X"
                let open =
                    (view.word(i) == ")").then(|| (i.saturating_sub(12)..i).rev().find(|&j| view.word(j) == "("));
                if let Some(open) = open.flatten() {
                    from = open;
                    continue;
                }
                let joins = matches!(view.word(i), "-" | "‑" | "&" | "'" | "’" | "/")
                    || view.word(i) == "."
                        && i > 0
                        && view.passage.tokens[i - 1].span.end == view.passage.tokens[i].span.start
                        && (view.tables(i - 1).is_dotted_title() || view.tables(i - 1).is_abbreviation())
                        && view.is_capital(i - 1);
                if !joins {
                    break;
                }
                from = i;
                continue;
            }
            let tables = view.tables(i);
            // "managing director", "Under Secretary"
            let joined = || {
                let both = format!("{} {}", view.bare(i), view.bare(from));
                from < start && (lang.role(&both).is_some() || lang.occupation(&both).is_some())
            };
            if tables.is_determiner() || tables.is_pronoun() {
                from = i;
                // "spokesman for the council X", "adviser to the minister X"
                let linked = i > 0 && matches!(view.folded(i - 1), "of" | "for" | "to" | "at");
                if linked && (small > 0 || view.is_capital(i + 1)) {
                    continue;
                }
                break;
            }
            if !view.is_capital(i) {
                let link = matches!(view.folded(i), "of" | "for" | "and" | "to" | "on" | "at" | "in");
                if link {
                    // Only behind a role noun: "Minister of Agriculture X".
                    let noun = (i.saturating_sub(5)..i).any(|j| {
                        view.is_word(j) && (view.bare_tables(j).is_role() || lang.occupation(view.bare(j)).is_some())
                    });
                    if !noun || from == start {
                        break;
                    }
                    from = i;
                    continue;
                }
                let stops = tables.ends_phrase()
                    || tables.is_auxiliary()
                    || tables.is_preposition()
                    || tables.is_conjunction()
                    || tables.is_time_word()
                    || tables.is_verb() && !tables.is_role() && !tables.is_organization_head()
                    || tables.is_adverb()
                    || tables.is_cue() && !tables.is_also_noun() && !tables.is_role();
                small += 1;
                if stops && !joined() || small > 6 {
                    break;
                }
            } else if (tables.is_time_word()
                || tables.begins_sentence() && !tables.is_role() && !tables.is_role_modifier())
                && !joined()
            {
                break;
            }
            from = i;
        }
        if from == start {
            return (None, start);
        }
        let mut told = self.tell(view, &(from..start), Stand::Before, byte);
        // "Labour's X", "Eritrea's X"
        if view.is_possessive(start - 1) {
            told.class = None;
            told.organization = told.organization.filter(|o| o.kind.is_some());
        }
        (Some(told), from)
    }

    /// An apposition in front of a name: "The president of the union, X".
    fn before_comma(&self, view: View<'_>, from: usize, byte: usize) -> Option<Told> {
        let comma = from.checked_sub(1).filter(|&c| view.word(c) == "," && view.depth(c) == 0)?;
        let mut start = comma;
        while start > 0 && comma - start < MAX_ASIDE {
            let i = start - 1;
            let tables = view.tables(i);
            let joins = matches!(view.word(i), "-" | "‑" | "&" | "'" | "’");
            // "director of rail safety": behind a preposition stands no verb.
            let governed = i > 0 && view.tables(i - 1).is_preposition();
            let verb = tables.is_cue() && !tables.is_also_noun() && !tables.is_role();
            let stops = view.depth(i) > 0
                || view.is_mark(i) && !joins
                || view.is_word(i)
                    && !view.is_capital(i)
                    && (tables.ends_phrase() || tables.is_auxiliary() || verb && !governed);
            if stops {
                break;
            }
            start = i;
        }
        // From the first article or office on: "In Lagos the chairman of X, Y" .
        let opens = |i: usize| {
            let tables = view.tables(i);
            let behind = i > start && (view.tables(i - 1).is_preposition() || view.is_possessive(i - 1));
            !behind
                && (tables.is_determiner()
                    || tables.is_pronoun()
                    || tables.is_role()
                    || tables.is_role_modifier()
                    || view.is_capital(i))
        };
        let first = (start..comma).find(|&i| opens(i))?;
        if matches!(view.folded(first), "one" | "among") {
            return None;
        }
        let told = self.tell(view, &(first..comma), Stand::Beside, byte);
        told.class
            .is_some_and(|c| {
                c.0 < Weight::Private || view.tables(first).is_determiner() || view.tables(first).is_pronoun()
            })
            .then_some(told)
    }

    /// Appositions, bodies, relative clauses and predicates behind a name.
    fn behind(&self, view: View<'_>, end: usize, byte: usize, profile: &mut Profile) {
        let n = view.passage.tokens.len();
        let outside = |i: usize| i < n && view.depth(i) == 0;
        let close = |from: usize| {
            (from..n.min(from + MAX_ASIDE)).find(|&i| {
                view.depth(i) > 0
                    || view.is_mark(i)
                        && matches!(view.word(i), "," | "." | ";" | ":" | "—" | "–" | "(" | ")" | "?" | "!")
                        && !(view.word(i) == "."
                            && i > 0
                            && view.tables(i - 1).is_abbreviation()
                            && i + 1 < n
                            && view.is_word(i + 1)
                            && view.is_capital(i + 1))
            })
        };
        let mut at = end;
        if outside(at) && matches!(view.folded(at), "of" | "at" | "from") {
            self.member(view, at, byte, profile);
        }
        if self.predicate(view, at, byte, profile) {
            return;
        }
        for _ in 0..3 {
            if !outside(at) || !matches!(view.word(at), "," | "(") {
                return;
            }
            let from = at + 1;
            let Some(to) = close(from).or(Some(n).filter(|n| n - from < MAX_ASIDE)) else { return };
            if from >= to {
                return;
            }
            let tables = view.tables(from);
            let word = view.folded(from);
            if !view.is_word(from) || word == "aged" {
                profile.aged |= to - from <= 2;
                if to - from > 2 {
                    return;
                }
            } else if word == "who" {
                self.relative(view, from + 1, to, byte, profile);
                return;
            } else if matches!(word, "of" | "at" | "from") {
                self.member(view, from, byte, profile);
            } else {
                let noun = tables.is_determiner()
                    || tables.is_pronoun()
                    || tables.is_role()
                    || tables.is_role_modifier()
                    || view.is_capital(from)
                    || tables.is_organization_head()
                    || self.lang.occupation(view.bare(from)).is_some()
                    || self.lang.opens_aside(word)
                    || word == "until";
                let clause = (from..to).take_while(|&i| !view.tables(i).ends_phrase()).any(|i| {
                    view.is_word(i)
                        && !view.is_capital(i)
                        && (view.tables(i).is_auxiliary()
                            || view.tables(i).is_subject_pronoun() && !view.tables(i).is_determiner()
                            || view.tables(i).cue_class() == Some(CueClass::Say) && !view.tables(i).is_also_noun())
                });
                if !noun || clause {
                    return;
                }
                let mut told = self.tell(view, &(from..to), Stand::Beside, byte);
                // Somebody else's name stands there: "X, Mayor Y and Z".
                let named = (from..to).rev().take(1).any(|i| {
                    view.is_capital(i) && !view.tables(from).is_determiner() && self.cast.has_word(view.bare(i))
                });
                if named && told.organization.is_none() {
                    return;
                }
                // "X (Labour)", "X (Lib Dem)"
                if told.organization.is_none() && view.word(at) == "(" && to - from <= 2 {
                    let words = (from..to).map(|i| view.bare(i)).collect::<Vec<_>>().join(" ");
                    if self.lang.is_party_word(&words) {
                        let name = spaced(view.span(&(from..to)).of(view.text));
                        told.organization = Some(Org { name, kind: Some(OrganizationType::Party), country: None });
                    }
                }
                let party = view.word(at) == "("
                    && to - from <= 3
                    && told.organization.as_ref().is_some_and(|o| o.kind == Some(OrganizationType::Party));
                if party && told.class.is_none() {
                    told.class = Some((Weight::Rank, RoleClass::Legislator));
                } else if told.class.is_none() {
                    told.organization = None;
                    told.country = told.country.filter(|_| to - from <= 2);
                }
                profile.take(told);
            }
            at = to;
            if outside(at) && view.word(at) == ")" {
                at += 1;
            }
            if outside(at) && view.word(at) == "," && self.predicate(view, at + 1, byte, profile) {
                return;
            }
        }
    }

    /// "X is the head of Y", "X has led Y since May", from the verb on; whether it is one.
    fn predicate(&self, view: View<'_>, verb: usize, byte: usize, profile: &mut Profile) -> bool {
        let n = view.passage.tokens.len();
        let mut at = verb;
        if at < n && view.folded(at) == "has" {
            at += 1;
        }
        if at + 1 >= n || view.depth(at) > 0 || view.depth(at + 1) > 0 {
            return false;
        }
        let close = (at + 1..n.min(at + MAX_ASIDE)).find(|&i| {
            view.depth(i) > 0
                || view.is_mark(i) && !matches!(view.word(i), "-" | "'" | "’" | "&")
                || view.tables(i).ends_phrase()
        });
        let to = close.unwrap_or(n.min(at + MAX_ASIDE));
        match view.folded(at) {
            word if at == verb && self.lang.links_role(word) => {
                if view.tables(at + 1).is_determiner() {
                    let told = self.tell(view, &(at + 1..to), Stand::Beside, byte);
                    if told.class.is_some() {
                        profile.take(told);
                    }
                }
                true
            }
            word if self.lang.is_lead_verb(word) || self.lang.is_lead_participle(word) => {
                let known = (at > verb) != self.lang.is_lead_verb(word);
                let mut told = self.tell_body(view, &(at + 1..to), byte);
                told.class =
                    told.organization.as_ref().and_then(|o| leader_of(o, self.lang)).map(|c| (Weight::Office, c));
                if known && told.class.is_some() {
                    profile.take(told);
                }
                known
            }
            _ => false,
        }
    }
}
