//! What an article tells of its persons beside their names: the words that introduce them, their ages and countries.

use std::ops::Range;

use crate::document::Document;
use crate::lang::{Language, OrganizationType, SourceKind, TermKind};
use crate::quotation::Passage;
use crate::quotation::cast::Cast;
use crate::quotation::mention::{name_run, particle_before};
use crate::quotation::source::View;
use crate::quotation::unnamed::noun_range;

/// So many mentions of a person are looked at.
const MAX_MENTIONS: usize = 24;
/// So many tokens in front of a name, behind it, and of the sentence that names somebody first.
const MAX_BEFORE: usize = 12;
const MAX_BEHIND: usize = 24;
const MAX_SENTENCE: usize = 50;

/// What is told of one person.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts<'a> {
    /// Folded words of appositions, titles, relative clauses and of "X is a ...".
    words: Vec<&'a str>,
    /// Words of the sentence that names the person first.
    around: Vec<&'a str>,
    /// Synonym groups of the role nouns among them.
    groups: Vec<&'static str>,
    countries: Vec<&'static str>,
    age: Option<u16>,
}

/// A definite description of one person.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Described<'a> {
    pub(super) head: &'a str,
    /// Synonym group of the head, where it is a role.
    group: Option<&'static str>,
    pub(super) kind: HeadKind,
    others: Vec<&'a str>,
    country: Option<&'static str>,
    age: Option<u16>,
}

/// What kind of word a description ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeadKind {
    Role,
    Agent,
    /// "the American", "the Republican"
    Group,
    /// "the 31-year-old"
    Age,
}

/// How well a description and what is told of somebody agree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Agreement {
    /// The head is told, itself or by a synonym.
    pub(super) told: bool,
    /// ... not itself, but a word like it ("the keeper" of somebody who keeps).
    pub(super) akin: bool,
    /// Other words that are told.
    pub(super) others: usize,
    /// ... and that are not, without those that grade an office ("former", "senior").
    pub(super) untold: usize,
    pub(super) nation: bool,
    pub(super) other_nation: bool,
    pub(super) age: bool,
    pub(super) other_age: bool,
}

impl<'a> Facts<'a> {
    /// What the article tells of person `i` of its cast.
    pub(super) fn of(
        cast: &Cast,
        i: usize,
        document: &'a Document,
        passages: &'a [Passage],
        lang: &'a Language,
    ) -> Self {
        let mut facts = Self::default();
        let person = &cast.persons[i];
        for role in &person.roles {
            facts.groups.push(role.group);
            facts.countries.extend(role.country);
        }
        for (n, &byte) in person.mentions.iter().take(MAX_MENTIONS).enumerate() {
            let k = passages.partition_point(|p| p.span.end <= byte);
            let Some(passage) = passages.get(k).filter(|p| p.span.start <= byte) else { continue };
            let view = View { text: &document.text, passage, lang };
            let start = passage.tokens.partition_point(|t| t.span.start < byte);
            if start >= passage.tokens.len() || view.depth(start) > 0 {
                continue;
            }
            let end = name_run(view, start).end;
            facts.take(view, before(view, particle_before(view, start)));
            facts.behind(view, end);
            if n == 0
                && let Some(sentence) = passage.sentences.iter().find(|s| s.contains(&start))
            {
                let words = sentence.clone().take(MAX_SENTENCE).filter(|j| !(start..end).contains(j));
                facts.around.extend(words.filter(|&j| is_content(view, j)).map(|j| view.bare(j)));
            }
        }
        facts
    }

    /// The apposition, relative clause, age or predicate behind a name.
    fn behind(&mut self, view: View<'a>, end: usize) {
        let n = view.passage.tokens.len().min(end + MAX_BEHIND);
        let outside = |i: usize| i < n && view.depth(i) == 0;
        let stop = |from: usize| {
            (from..n)
                .find(|&i| view.depth(i) > 0 || matches!(view.word(i), "," | "." | ";" | ":" | "—" | "–" | "(" | ")"))
        };
        let mut at = end;
        if outside(at) && matches!(view.folded(at), "of" | "from") {
            let to = stop(at).unwrap_or(n).min(at + 6);
            self.take(view, at..to);
            return;
        }
        if outside(at) && view.lang.links_role(view.folded(at)) {
            let noun = outside(at + 1) && (view.tables(at + 1).is_determiner() || view.tables(at + 1).is_role());
            let to = stop(at + 1).unwrap_or(n);
            if noun {
                self.take(view, at + 1..to);
            } else if to == at + 2 {
                self.take_age(view, at + 1);
            }
            return;
        }
        // "X, 31, a pitcher from Osaka, who ...": up to three asides.
        for _ in 0..3 {
            if !outside(at) || !matches!(view.word(at), "," | "(") {
                return;
            }
            let from = at + 1;
            let to = stop(from).unwrap_or(n);
            if from >= to {
                return;
            }
            let tables = view.tables(from);
            let word = view.folded(from);
            let is_number = !view.is_word(from);
            let noun = is_number
                || tables.is_determiner()
                || tables.is_role()
                || tables.is_role_modifier()
                || view.is_capital(from)
                || view.lang.opens_aside(word)
                || matches!(word, "who" | "whose" | "aged")
                || view.word(at) == "(";
            // "With X visiting, Y stressed": a clause of its own, not an aside.
            let relative = matches!(word, "who" | "whose");
            let is_verb = |i: usize| {
                let tables = view.tables(i);
                view.is_word(i)
                    && !view.is_capital(i)
                    && (tables.is_auxiliary() || tables.is_cue() && !tables.is_also_noun())
            };
            if !noun
                || !relative
                    && (from..to).take_while(|&i| !matches!(view.folded(i), "who" | "which" | "that")).any(is_verb)
            {
                return;
            }
            self.take_age(view, from + usize::from(word == "aged"));
            self.take(view, from..to);
            at = to;
            if outside(at) && view.word(at) == ")" {
                at += 1;
            }
        }
    }

    fn take_age(&mut self, view: View<'_>, i: usize) {
        let alone = i + 1 >= view.passage.tokens.len() || !view.is_word(i + 1);
        if self.age.is_none() && alone {
            self.age = age(view, i);
        }
    }

    fn take(&mut self, view: View<'a>, range: Range<usize>) {
        let words = |i: usize| (i..range.end).map(|j| view.bare(j));
        for i in range.clone() {
            if self.age.is_none() && view.folded(i + 2) == "year" {
                self.age = age(view, i);
            }
            let tables = view.bare_tables(i);
            if tables.begins_role()
                && let Some((_, role)) = view.lang.role_at(words(i))
            {
                self.groups.push(role.group);
            }
            if view.is_capital(i)
                && tables.begins_country()
                && let Some((_, code, _)) = view.lang.country_at(words(i))
            {
                self.countries.push(code);
            }
            if is_content(view, i) {
                self.words.push(view.bare(i));
            }
        }
    }

    /// How well `description` agrees with these facts.
    pub(super) fn agree(&self, description: &Described<'_>, lang: &Language) -> Agreement {
        let told = |word: &str| self.words.contains(&word);
        let by_role = description.group.is_some_and(|g| self.groups.contains(&g));
        let is_head_told = told(description.head) || by_role;
        let related = || description.group.is_some_and(|g| self.groups.iter().any(|o| lang.are_related_roles(g, o)));
        let like = |list: &[&str]| list.iter().any(|w| is_akin(w, description.head));
        let is_told = |w: &&&str| told(w) || self.around.contains(w);
        let others = description.others.iter().filter(is_told).count();
        let plain = |w: &&&str| !is_told(w) && !lang.is_role_modifier(w) && !lang.is_country_term(w) && **w != "former";
        Agreement {
            told: is_head_told,
            akin: !is_head_told && (related() || like(&self.words) || like(&self.around)),
            others,
            untold: description.others.iter().filter(plain).count(),
            nation: description.country.is_some_and(|c| self.countries.contains(&c)),
            other_nation: description
                .country
                .is_some_and(|c| !self.countries.is_empty() && !self.countries.contains(&c)),
            age: description.age.is_some() && description.age == self.age,
            other_age: description.age.is_some() && self.age.is_some() && description.age != self.age,
        }
    }
}

impl<'a> Described<'a> {
    /// Reads a phrase as the description of one person; `None` where it is none by its head noun.
    pub(super) fn new(view: View<'a>, range: &Range<usize>, role: Option<&'static str>) -> Option<Self> {
        let noun = noun_range(view, range);
        let lang = view.lang;
        let last = noun.clone().rev().find(|&i| view.is_word(i))?;
        // "the mother-of-three" is a mother.
        let parent = last.checked_sub(4).filter(|&p| {
            p >= noun.start && view.folded(last - 2) == "of" && view.word(last - 1) == "-" && view.word(p + 1) == "-"
        });
        let head = parent.map_or(view.bare(last), |p| view.bare(p));
        let definite = matches!(view.folded(noun.start), "the" | "that" | "this");
        let aged = noun.clone().find(|&i| view.folded(i + 2) == "year" && view.folded(i + 4) == "old");
        let nation = |i: usize| {
            let is_term = view.is_capital(i) && view.bare_tables(i).is_country_term();
            is_term.then(|| lang.country_term(view.bare(i))).flatten()
        };
        let kind = if role.is_some() {
            HeadKind::Role
        } else if parent.is_some() && definite {
            HeadKind::Agent
        } else if !definite || head.ends_with('s') && aged.is_none() {
            return None;
        } else if aged.is_some_and(|i| i + 4 == last) {
            HeadKind::Age
        } else if nation(last).is_some_and(|n| matches!(n.1, TermKind::Person | TermKind::Adjective))
            && (aged.is_some() || !view.lang.is_people_adjective(head))
            || view.is_capital(last) && is_party(head, lang)
        {
            HeadKind::Group
        } else if is_person_noun(view, last) || last >= 4 && view.folded(last - 2) == "in" && view.word(last - 1) == "-"
        {
            // "the keeper", "the upper house's second-in-command"
            HeadKind::Agent
        } else {
            return None;
        };
        // Names in front belong to bodies, except of nations and parties ("the Labour veteran"), and before those ("the
        // Wyoming Republican").
        let small = |i: usize| {
            kind == HeadKind::Group && i + 1 == last
                || !view.is_name_word(i)
                || i == noun.start
                || nation(i).is_some()
                || is_party(view.bare(i), lang)
        };
        if kind != HeadKind::Role && !(noun.start..last).all(small) {
            return None;
        }
        let others = range.clone().filter(|&i| i != last && is_content(view, i)).map(|i| view.bare(i)).collect();
        let country = range.clone().find_map(|i| {
            let words = (i..range.end.min(i + 3)).map(|j| view.bare(j));
            (view.is_capital(i) && view.bare_tables(i).begins_country())
                .then(|| lang.country_at(words).map(|c| c.1))
                .flatten()
        });
        // "the director, 29"
        let behind = (range.end >= 2 && range.len() > 2 && view.word(range.end - 2) == ",").then_some(range.end - 1);
        let age = aged.or(behind).and_then(|i| age(view, i));
        Some(Self { head, group: role, kind, others, country, age })
    }
}

/// The words in front of a name that tell of the person, with an apposition before a comma.
fn before(view: View<'_>, start: usize) -> Range<usize> {
    let mut from = start;
    let lowest = start.saturating_sub(MAX_BEFORE);
    while from > lowest {
        let i = from - 1;
        let tables = view.tables(i);
        let word = view.folded(i);
        let of = matches!(word, "of" | "for" | "and");
        let stops = view.depth(i) > 0
            || view.is_mark(i)
                && !(matches!(view.word(i), "-" | "‑" | "(" | ")") || view.word(i) == "," && from == start)
            || view.is_word(i)
                && !view.is_capital(i)
                && !of
                && (tables.ends_phrase()
                    || tables.is_auxiliary()
                    || tables.is_preposition()
                    || tables.is_verb()
                    || tables.is_cue() && !tables.is_also_noun());
        if stops {
            break;
        }
        from = i;
        if tables.is_determiner() && !matches!(i.checked_sub(1).map_or("", |b| view.folded(b)), "of" | "for") {
            break;
        }
    }
    from..start
}

fn age(view: View<'_>, i: usize) -> Option<u16> {
    if i >= view.passage.tokens.len() || view.is_mark(i) {
        return None;
    }
    view.word(i).parse().ok().filter(|n| (10..=110).contains(n))
}

fn is_content(view: View<'_>, i: usize) -> bool {
    view.is_word(i) && !view.tables(i).is_function_word() && view.word(i).len() > 2
}

/// Whether a noun with a capital means one of a party ("Republican", "Socialist").
pub(super) fn is_party(word: &str, lang: &Language) -> bool {
    let is_party = |words: &[&str]| lang.organization_at(words).is_some_and(|o| o.1.kind == OrganizationType::Party);
    let many = format!("{word}s");
    let tables = lang.tables(&many);
    tables.is_collective() && lang.collective(&many) == Some(SourceKind::Plural)
        || tables.begins_organization() && is_party(&[&many])
        || is_party(&[word, "party"])
}

/// Whether a small noun names what one person does or is, by its ending or as one of a group.
pub(super) fn is_person_noun(view: View<'_>, i: usize) -> bool {
    let word = view.folded(i);
    let tables = view.tables(i);
    let body = tables.is_organization_head() || tables.is_collective() || tables.is_measure();
    let known = view.lang.is_agent(word) || view.lang.is_person_noun(word);
    !view.is_capital(i) && !body && (known || view.lang.collective(&format!("{word}s")) == Some(SourceKind::Plural))
}

/// Whether two words share their beginning ("goalie", "goaltender"; "commission", "commissioner").
fn is_akin(a: &str, b: &str) -> bool {
    let shared: usize = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).map(|(x, _)| x.len_utf8()).sum();
    shared >= 4 && 5 * shared >= 3 * a.len().min(b.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::plain;
    use crate::lang::language;
    use crate::quotation::apposition::phrase_role;
    use crate::quotation::passages;
    use crate::quotation::vocabulary::Vocabulary;

    const TEXT: &str = "Osaka pitcher Daniel Moreno, 31, who keeps bees, won on Friday.\n\n\
        The 31-year-old smiled. The keeper waved. The American left. The senator spoke. The report said so.\n\n\
        American catcher Peter Collins, a former teacher, agreed.";

    fn all(text: &str) -> (Document, Vec<Passage>, &'static Language) {
        let lang = language("en").unwrap();
        let document = plain::document(text.to_owned(), None);
        let passages = passages(&document, lang);
        (document, passages, lang)
    }

    #[test]
    fn what_is_told_of_a_person_agrees_with_descriptions() {
        let (document, passages, lang) = all(TEXT);
        let words = Vocabulary::new(&document, &passages);
        let cast = Cast::new(&document, &passages, &words, &[], lang);
        let facts = |name: &str| {
            let i = cast.persons.iter().position(|p| p.name == name).unwrap();
            Facts::of(&cast, i, &document, &passages, lang)
        };
        let (moreno, collins) = (facts("Daniel Moreno"), facts("Peter Collins"));
        assert_eq!(moreno.age, Some(31));
        let view = View { text: &document.text, passage: &passages[1], lang };
        let describe = |words: &str| {
            let at = document.text.find(words).unwrap();
            let range = passages[1].tokens_in(crate::text::Span::new(at, at + words.len()));
            let role = phrase_role(view, range.clone(), false).map(|r| r.group);
            Described::new(view, &range, role)
        };
        let aged = describe("The 31-year-old").unwrap();
        assert_eq!(aged.kind, HeadKind::Age);
        assert!(moreno.agree(&aged, lang).age && !collins.agree(&aged, lang).age);
        let keeper = describe("The keeper").unwrap();
        assert!(moreno.agree(&keeper, lang).akin && !collins.agree(&keeper, lang).akin);
        let american = describe("The American").unwrap();
        assert_eq!(american.kind, HeadKind::Group);
        assert!(collins.agree(&american, lang).nation && !moreno.agree(&american, lang).nation);
        assert_eq!(describe("The senator").unwrap().kind, HeadKind::Role);
        assert_eq!(describe("The report"), None);
    }
}
