//! From the source's words to the speaker: full name, role, organization, country; and whose position it is.

use std::ops::Range;

use crate::document::Document;
use crate::lang::{CueClass, Gender, Language, Number, Pronoun, SourceKind};
use crate::quotation::cast::{Cast, Role, phrase_role};
use crate::quotation::role::collective_at_end;
use crate::quotation::source::{View, subject_before};
use crate::quotation::{Attribution, Holder, Passage, Speaker};
use crate::text::Span;

/// Who a mention means.
#[derive(Debug, Clone, PartialEq)]
enum Referent {
    /// A person of the cast.
    Person(usize),
    /// A body that the article names, as it names it.
    Body(Speaker),
    /// Somebody without a name.
    Unnamed(Speaker),
}

/// Resolves sources one after another, remembering who spoke last.
pub(super) struct Resolver<'a> {
    document: &'a Document,
    passages: &'a [Passage],
    lang: &'a Language,
    cast: Cast,
    /// Who spoke, by attribution so far.
    spoken: Vec<Referent>,
    /// Whose position was reported last, where it was another's.
    last_holder: Option<Referent>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(document: &'a Document, passages: &'a [Passage], lang: &'a Language) -> Self {
        let cast = Cast::new(document, passages, lang);
        Self { document, passages, lang, cast, spoken: Vec::new(), last_holder: None }
    }

    /// The speaker and the holder of the next attribution in text order, and how sure that is.
    pub(super) fn resolve(&mut self, attribution: &Attribution) -> (Speaker, Holder, f64) {
        let view = View { text: &self.document.text, passage: &self.passages[attribution.paragraph], lang: self.lang };
        let (referent, sureness) = match attribution.source {
            Some(source) => self.referent(view, view.passage.tokens_in(source), source.start, None),
            None => (self.spoken.last().cloned(), if attribution.inferred { 0.7 } else { 0.4 }),
        };
        let Some(referent) = referent else {
            let speaker =
                attribution.source.map_or_else(Speaker::default, |s| self.unnamed(view, view.passage.tokens_in(s)));
            let holder = Holder { name: None, same_as_speaker: true };
            if attribution.source.is_some() {
                self.spoken.push(Referent::Unnamed(speaker.clone()));
            }
            return (speaker, holder, sureness);
        };
        let speaker = self.speaker(&referent, view, attribution.source);
        let other = self.holder(view, attribution, &referent);
        let holder = match &other {
            Some(other) => {
                let name = self.speaker(other, view, None);
                Holder { name: name.name.or(name.description), same_as_speaker: false }
            }
            None => Holder { name: speaker.name.clone(), same_as_speaker: true },
        };
        self.spoken.push(referent);
        if other.is_some() {
            self.last_holder = other;
        }
        (speaker, holder, sureness)
    }

    /// Who the words of `range` mean at byte `at`. `except`: who they can not mean.
    fn referent(
        &self,
        view: View<'_>,
        range: Range<usize>,
        at: usize,
        except: Option<&Referent>,
    ) -> (Option<Referent>, f64) {
        let words: Vec<String> = range.clone().filter(|&i| view.is_word(i)).map(|i| view.folded(i)).collect();
        if let [only] = words.as_slice()
            && let Some(pronoun) = self.lang.pronoun(only)
        {
            return match pronoun.number {
                Number::Singular if pronoun.person == 3 => self.pronoun(view, told(pronoun), at, except),
                _ if pronoun.person == 1 => (self.spoken.last().cloned(), 0.5),
                _ => (self.plural(except), 0.5),
            };
        }
        if let Some(person) = self.named_person(view, range.clone(), at) {
            return (Some(Referent::Person(person)), 0.95);
        }
        if let Some(role) = phrase_role(view, range.clone(), false) {
            if self.is_definite(view, &range)
                && let Some(person) = self.by_role(&role, at, except)
            {
                return (Some(Referent::Person(person)), 0.85);
            }
            return (Some(Referent::Unnamed(self.unnamed(view, range))), 0.8);
        }
        (Some(self.body(view, range, at)), 0.8)
    }

    /// A person of the cast whose name stands in the phrase, the last one ("... chairperson Valentina Matviyenko").
    fn named_person(&self, view: View<'_>, range: Range<usize>, at: usize) -> Option<usize> {
        let mut gender = None;
        let mut end = range.end;
        while end > range.start {
            let i = end - 1;
            if !(view.is_word(i) && view.is_capital(i)) {
                end -= 1;
                continue;
            }
            let mut start = i;
            while start > range.start {
                let before = start - 1;
                let joins = view.is_mark(before) && matches!(view.word(before), "-" | "‑" | ".")
                    || view.is_word(before)
                        && (view.is_capital(before)
                            || matches!(view.word(start), "-" | "‑")
                            || view.lang.is_name_particle(&view.folded(before)));
                if !joins {
                    break;
                }
                start = before;
            }
            for from in start..end {
                let mut words: Vec<String> = Vec::new();
                for j in from..end {
                    if view.is_mark(j) {
                        continue;
                    }
                    let mut word = view.folded(j);
                    if let Some(bare) = word.strip_suffix("'s") {
                        word = bare.to_owned();
                    }
                    if j > from && matches!(view.word(j - 1), "-" | "‑") {
                        if let Some(last) = words.last_mut() {
                            *last = format!("{last}-{word}");
                        }
                    } else {
                        words.push(word);
                    }
                }
                if let Some(honorific) =
                    words.first().and_then(|w| self.lang.title(&format!("{}.", w.trim_end_matches('.'))))
                {
                    gender = Some(honorific).filter(|g| matches!(g, Gender::Female | Gender::Male)).or(gender);
                }
                if let Some(person) = self.cast.by_name(&words, at, gender, self.lang) {
                    return Some(person);
                }
            }
            end = start;
        }
        None
    }

    fn is_definite(&self, view: View<'_>, range: &Range<usize>) -> bool {
        let first = view.folded(range.start);
        !matches!(first.as_str(), "a" | "an" | "another" | "one" | "some")
            && collective_at_end(&view.words(range), view.lang) != Some(SourceKind::Plural)
    }

    /// The person to whom the article gives this role, by synonyms and by the words around the role noun.
    fn by_role(&self, role: &Role, at: usize, except: Option<&Referent>) -> Option<usize> {
        let score = |i: usize| -> Option<(usize, usize, usize)> {
            let person = &self.cast.persons[i];
            if except == Some(&Referent::Person(i)) {
                return None;
            }
            // "The speaker" means a chairperson, not a leader of the same synonym group: the class decides, then the words.
            let best = person.roles.iter().filter_map(|r| {
                let common = r.modifiers.intersection(&role.modifiers).count();
                let bodies = |r: &Role| r.modifiers.iter().filter(|m| m.starts_with('#')).cloned().collect::<Vec<_>>();
                let (theirs, mine) = (bodies(r), bodies(role));
                let clash = r.country.is_some() && role.country.is_some() && r.country != role.country;
                let foreign = !theirs.is_empty() && !mine.is_empty() && !theirs.iter().any(|b| mine.contains(b));
                let same = r.class == role.class && self.lang.are_related_roles(r.group, role.group);
                let fits = same || common > 0 && self.lang.are_related_roles(r.group, role.group);
                (fits && !clash && !foreign).then_some(2 * common + if same { 3 } else { 0 })
            });
            let common = best.max()?;
            let spoke = self.spoken.iter().rev().position(|s| *s == Referent::Person(i)).map_or(0, |p| usize::MAX - p);
            Some((common, spoke, person.last_mention_before(at)?))
        };
        (0..self.cast.persons.len()).filter_map(|i| score(i).map(|s| (s, i))).max().map(|(_, i)| i)
    }

    /// The person whom "he" or "she" means: who spoke last, else who was mentioned last, of that gender.
    fn pronoun(
        &self,
        view: View<'_>,
        gender: Option<Gender>,
        at: usize,
        except: Option<&Referent>,
    ) -> (Option<Referent>, f64) {
        let fits = |i: usize| {
            let known = self.cast.persons[i].gender;
            (gender.is_none() || known.is_none() || known == gender) && except != Some(&Referent::Person(i))
        };
        let same = |i: usize| gender.is_some() && self.cast.persons[i].gender == gender;
        // A person who is the subject of an earlier sentence of the paragraph comes before who spoke last.
        let sentence_start = view
            .passage
            .sentences
            .iter()
            .filter(|s| view.span(s).start <= at)
            .map(|s| view.span(s).start)
            .last()
            .unwrap_or(at);
        let here = (0..self.cast.persons.len())
            .filter(|&i| same(i) && fits(i))
            .filter_map(|i| {
                self.cast.persons[i]
                    .mentions
                    .iter()
                    .copied()
                    .filter(|&m| m >= view.passage.span.start && m < sentence_start && self.is_outside_marks(view, m))
                    .next()
                    .map(|m| (m, i))
            })
            .min();
        let last = self.spoken.iter().rev().take(6).find_map(|s| match s {
            Referent::Person(i) if fits(*i) => Some(*i),
            _ => None,
        });
        match (here, last) {
            (Some((_, i)), Some(l)) if i == l => (Some(Referent::Person(i)), 0.9),
            (Some((_, i)), None) => (Some(Referent::Person(i)), 0.75),
            (_, Some(l)) => (Some(Referent::Person(l)), if same(l) { 0.85 } else { 0.65 }),
            (None, None) => {
                let mentioned = (0..self.cast.persons.len())
                    .filter(|&i| fits(i))
                    .filter_map(|i| self.cast.persons[i].last_mention_before(at).map(|m| (same(i), m, i)))
                    .max();
                match mentioned {
                    Some((_, _, i)) => (Some(Referent::Person(i)), 0.6),
                    None => (None, 0.3),
                }
            }
        }
    }

    fn is_outside_marks(&self, view: View<'_>, byte: usize) -> bool {
        let token = view.passage.tokens.partition_point(|t| t.span.end <= byte);
        view.passage.depth.get(token).is_none_or(|&d| d == 0)
    }

    /// Whom "they" means: the last body or unnamed group that spoke, else whoever spoke last.
    fn plural(&self, except: Option<&Referent>) -> Option<Referent> {
        let is_body = |r: &&Referent| !matches!(r, Referent::Person(_)) && except != Some(r);
        self.spoken.iter().rev().take(4).find(is_body).or(self.spoken.last()).filter(|r| except != Some(r)).cloned()
    }

    /// A body ("the ministry", "Pyongyang") or a group ("officials").
    fn body(&self, view: View<'_>, range: Range<usize>, at: usize) -> Referent {
        let speaker = self.unnamed(view, range.clone());
        let capital = range.clone().any(|i| view.is_name_word(i));
        let named = |name: String, mut speaker: Speaker| {
            speaker.organization = speaker.organization.or_else(|| Some(name.clone()));
            speaker.name = Some(name);
            speaker.description = None;
            Referent::Body(speaker)
        };
        let kind = collective_at_end(&view.words(&range), self.lang);
        if capital && kind != Some(SourceKind::Plural) {
            let name = speaker.description.clone().unwrap_or_default();
            return named(strip_determiner(&name, self.lang), speaker);
        }
        // "the ministry": the fullest capitalised name with that noun which stands before.
        let head = view.folded(range.end - 1);
        if kind == Some(SourceKind::Institution)
            && let Some(name) = self.institution_called(&head, at)
        {
            return named(name, speaker);
        }
        Referent::Unnamed(speaker)
    }

    fn institution_called(&self, head: &str, before: usize) -> Option<String> {
        let mut best: Option<String> = None;
        for passage in self.passages.iter().take_while(|p| p.span.start < before) {
            let view = View { text: &self.document.text, passage, lang: self.lang };
            for i in (0..passage.tokens.len())
                .filter(|&i| view.is_capital(i) && view.folded(i) == head && passage.tokens[i].span.end <= before)
            {
                let mut start = i;
                while start > 0
                    && view.is_word(start - 1)
                    && (view.is_capital(start - 1) && !view.lang.begins_sentence(&view.folded(start - 1))
                        || matches!(view.word(start - 1), "of" | "for" | "and")
                            && start > 1
                            && view.is_capital(start - 2))
                {
                    start -= 1;
                }
                let mut end = i + 1;
                while end < passage.tokens.len()
                    && view.is_word(end)
                    && (view.is_capital(end)
                        || matches!(view.word(end), "of" | "for" | "and")
                            && end + 1 < passage.tokens.len()
                            && view.is_capital(end + 1))
                {
                    end += 1;
                }
                let name = view.span(&(start..end)).of(view.text).to_owned();
                if end - start > 1 && best.as_ref().is_none_or(|b| name.len() > b.len()) {
                    best = Some(name);
                }
            }
        }
        best
    }

    /// What a phrase says of somebody without a name.
    fn unnamed(&self, view: View<'_>, range: Range<usize>) -> Speaker {
        let role = phrase_role(view, range.clone(), false);
        let text = view.span(&range).of(view.text).split_whitespace().collect::<Vec<_>>().join(" ");
        let words: Vec<String> = range.clone().map(|i| view.folded(i)).collect();
        let country = (0..words.len()).find_map(|i| self.lang.country_at(&words[i..]).map(|(_, code, _)| code));
        let organization = (0..words.len()).find_map(|i| {
            let (n, found) = self.lang.organization_at(&words[i..])?;
            Some((view.span(&(range.start + i..range.start + i + n)).of(view.text).to_owned(), found.country))
        });
        Speaker {
            name: None,
            description: (!text.is_empty()).then_some(text),
            role: role.as_ref().map(|r| r.class.name().to_owned()),
            organization: organization
                .as_ref()
                .map(|o| o.0.clone())
                .or_else(|| role.as_ref().and_then(|r| r.organization.clone())),
            country: country.or(organization.map(|o| o.1).filter(|c| !c.is_empty())).map(str::to_owned),
        }
    }

    fn speaker(&self, referent: &Referent, view: View<'_>, source: Option<Span>) -> Speaker {
        match referent {
            Referent::Body(speaker) | Referent::Unnamed(speaker) => speaker.clone(),
            Referent::Person(i) => {
                let person = &self.cast.persons[*i];
                let mut speaker = Speaker { name: Some(person.name.clone()), ..Speaker::default() };
                let here = source.and_then(|s| phrase_role(view, view.passage.tokens_in(s), false));
                for role in person.roles.iter().chain(&here) {
                    speaker.role.get_or_insert_with(|| role.class.name().to_owned());
                    if speaker.organization.is_none() {
                        speaker.organization.clone_from(&role.organization);
                    }
                    if speaker.country.is_none() {
                        speaker.country = role.country.map(str::to_owned);
                    }
                }
                speaker
            }
        }
    }

    /// Whose position the content reports, where that is not the speaker's: the subject of a clause of wanting,
    /// hoping or saying with which the content begins ("He expects Russia to help", she said).
    fn holder(&self, view: View<'_>, attribution: &Attribution, speaker: &Referent) -> Option<Referent> {
        let first = *attribution.content.first()?;
        let tokens = view.passage.tokens_in(first);
        let sentence_end = tokens
            .clone()
            .find(|&i| matches!(view.word(i), "." | "!" | "?") && i + 1 < tokens.end)
            .unwrap_or(tokens.end);
        // Token depth is that of the whole content: a subject may stand inside the marks like the rest.
        let flat = flattened(view, tokens.start..sentence_end);
        let flat_view = View { passage: &flat, ..view };
        let n = flat.tokens.len();
        for i in 0..n {
            let word = flat_view.folded(i);
            let phrase = self.lang.cue_phrase((i..n.min(i + 6)).map(|j| flat_view.folded(j)));
            let class = match phrase {
                Some((_, class)) => class,
                None => match self.lang.cue_class(&word) {
                    Some(class) if is_position(class) && flat_view.is_word(i) && !flat_view.is_capital(i) => class,
                    _ => continue,
                },
            };
            let Some(subject) = subject_before(flat_view, i, 0) else { continue };
            // Only the main clause tells whose position it is, not a clause behind "because" or "who".
            let subordinate =
                (0..subject.start).any(|j| self.lang.ends_phrase(&flat_view.folded(j)) && !flat_view.is_capital(j));
            if subject.start > 8 || subordinate {
                return None;
            }
            // In reported speech "she said she hopes" both are one; between marks "she hopes" is another.
            let quoted = view.depth(tokens.start + subject.start) > 0;
            if !quoted && subject.len() == 1 && self.can_be(speaker, &flat_view.folded(subject.start)) {
                return None;
            }
            if subject.len() == 1 && self.lang.pronoun(&flat_view.folded(subject.start)).is_some_and(|p| p.person != 3)
            {
                return None;
            }
            let at = flat_view.span(&subject).start;
            let pronoun = subject.len() == 1 && self.lang.pronoun(&flat_view.folded(subject.start)).is_some();
            if pronoun && let Some(holder) = self.held_before(flat_view, &subject, speaker) {
                return Some(holder);
            }
            let (referent, _) = self.referent(flat_view, subject, at, Some(speaker));
            return match referent? {
                same if same == *speaker => None,
                Referent::Unnamed(_) => None,
                Referent::Body(body) if !wants(class) && body.country.is_none() => None,
                other => Some(other),
            };
        }
        None
    }

    /// Whether a pronoun can mean the speaker.
    fn can_be(&self, speaker: &Referent, word: &str) -> bool {
        let Some(pronoun) = self.lang.pronoun(word) else { return false };
        match speaker {
            Referent::Person(i) => {
                pronoun.number != Number::Plural
                    && self.cast.persons[*i].gender.is_none_or(|g| told(pronoun).is_none_or(|p| p == g))
            }
            _ => told(pronoun).is_none(),
        }
    }

    /// Who held the position reported before, if the pronoun can mean that one.
    fn held_before(&self, view: View<'_>, subject: &Range<usize>, speaker: &Referent) -> Option<Referent> {
        let pronoun = self.lang.pronoun(&view.folded(subject.start))?;
        let holder = self.last_holder.as_ref().filter(|h| *h != speaker)?;
        let fits = match holder {
            Referent::Person(i) => {
                pronoun.number == Number::Plural
                    || self.cast.persons[*i].gender.is_none_or(|g| told(pronoun).is_none_or(|p| p == g))
            }
            _ => pronoun.number == Number::Plural,
        };
        fits.then(|| holder.clone())
    }
}

/// Cues in a content that give a position, not a fact.
fn is_position(class: CueClass) -> bool {
    !matches!(class, CueClass::Know)
}

fn wants(class: CueClass) -> bool {
    matches!(class, CueClass::Hope | CueClass::Demand | CueClass::Think | CueClass::Fear)
}

/// The tokens of a range as a passage of their own, outside all marks.
fn flattened(view: View<'_>, range: Range<usize>) -> Passage {
    let tokens = view.passage.tokens[range.clone()].to_vec();
    let depth = vec![0; tokens.len()];
    Passage {
        index: view.passage.index,
        span: view.span(&range),
        tokens,
        quoted: Vec::new(),
        depth,
        sentences: Vec::new(),
    }
}

fn strip_determiner(name: &str, lang: &Language) -> String {
    match name.split_once(' ') {
        Some((first, rest)) if lang.is_determiner(&crate::text::folded(first)) => rest.to_owned(),
        _ => name.to_owned(),
    }
}

/// The gender of the person that a pronoun means, where it tells one.
fn told(pronoun: &Pronoun) -> Option<Gender> {
    Some(pronoun.gender).filter(|g| matches!(g, Gender::Female | Gender::Male))
}
