//! The bodies that an article names: ministries, agencies, companies; and which one "the ministry" means.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::FixedState;

use crate::document::Document;
use crate::lang::{Language, OrganizationType, SourceKind, word_hash};
use crate::quotation::Passage;
use crate::quotation::source::{View, spaced};

/// So many names with one word are compared at most: keeps hostile texts linear.
const MAX_COMPARED: usize = 64;

/// A name of a body where it stands.
#[derive(Debug)]
pub(super) struct Body<'a> {
    pub(super) name: String,
    pub(super) byte: usize,
    words: Vec<&'a str>,
    kind: Option<OrganizationType>,
    /// Head nouns that the article uses of it beside its name ("Northline, the shipping company").
    about: Vec<&'a str>,
}

impl Body<'_> {
    pub(super) fn kind(&self) -> Option<OrganizationType> {
        self.kind
    }

    pub(super) fn has_word(&self, word: &str) -> bool {
        self.words.contains(&word)
    }

    pub(super) fn word(&self, i: usize) -> Option<&str> {
        self.words.get(i).copied()
    }

    pub(super) fn n_words(&self) -> usize {
        self.words.len()
    }

    /// Whether a head noun of this type fits: by type, in the name, in what is said of it.
    pub(super) fn fits(&self, head: &str, kind: Option<OrganizationType>, lang: &Language) -> [bool; 3] {
        let in_name = self.words.iter().any(|&w| w == head || head.len() >= 4 && w.ends_with(head));
        let names = |is: fn(&Language, &str) -> bool| self.words.iter().any(|w| is(lang, w));
        let akin = match head {
            "regulator" | "watchdog" => names(Language::is_regulator_word),
            "bank" | "lender" => names(Language::is_bank_word),
            _ => false,
        };
        [akin || kind.is_some() && self.kind == kind, in_name, self.about.contains(&head)]
    }
}

/// All names of bodies in the paragraphs of an article, in order.
#[derive(Debug, Default)]
pub(super) struct Bodies<'a> {
    list: Vec<Body<'a>>,
    /// By the hash of a word, and of a name.
    by_word: HashMap<u64, Vec<usize>, FixedState>,
    by_name: HashMap<u64, Vec<usize>, FixedState>,
}

impl<'a> Bodies<'a> {
    pub(super) fn new(document: &'a Document, passages: &'a [Passage], lang: &'a Language) -> Self {
        let mut bodies = Self::default();
        for passage in passages {
            let view = View { text: &document.text, passage, lang };
            let mut i = 0;
            while i < passage.tokens.len() {
                if view.is_word(i)
                    && !view.is_capital(i)
                    && view.depth(i) == 0
                    && passage.tables(i).is_organization_head()
                {
                    // "its foreign ministry"
                    let mut start = i;
                    while start > 0
                        && i - start < 3
                        && view.tables(start - 1).is_role_modifier()
                        && !view.is_capital(start - 1)
                    {
                        start -= 1;
                    }
                    if start < i {
                        bodies.add(view, start..i + 1);
                    }
                }
                if !(view.is_word(i) && view.is_capital(i)) || view.depth(i) > 0 {
                    i += 1;
                    continue;
                }
                let run = body_run(view, i);
                i = run.end.max(i + 1);
                bodies.add(view, run);
            }
        }
        bodies
    }

    fn add(&mut self, view: View<'a>, mut run: Range<usize>) {
        // "The" belongs to a name where a capital is no matter of the sentence's beginning ("in The Baltic Review").
        let begins = run.start == 0 || !view.is_word(run.start - 1);
        while run.len() > 1
            && begins
            && (view.tables(run.start).begins_sentence() || view.tables(run.start).is_determiner())
        {
            run.start += 1;
        }
        // "Ann Lowe of the Congress"
        if view.tables(run.start).is_given_name()
            && let Some(of) = run.clone().skip(2).take(3).find(|&i| view.folded(i) == "of")
            && !run.clone().take_while(|&i| i < of).any(|i| view.tables(i).is_organization_head())
        {
            run.start = of + 1 + usize::from(view.folded(of + 1) == "the");
        }
        if run.is_empty() || run.clone().all(|i| view.tables(i).is_time_word()) {
            return;
        }
        let is_head = |i: &usize| view.is_word(*i) && view.bare_tables(*i).is_organization_head();
        let has_head = run.clone().any(|i| is_head(&i));
        let begins = run.clone().find(|&i| view.is_word(i)).is_some_and(|i| view.bare_tables(i).begins_organization());
        let words = || run.clone().filter(|&i| view.is_word(i)).map(|i| view.bare(i));
        let n_words = words().count();
        let known = if begins { view.lang.organization_at(words()) } else { None };
        let known = known.filter(|(n, _)| *n == n_words).map(|(_, o)| o.kind);
        let about = if known.is_none() { nouns_beside(view, &run) } else { Vec::new() };
        // "Norlund AB"
        let formed = n_words > 1 && view.lang.is_legal_form(view.word(run.end - 1));
        // "Ann Lowe KC, prosecuting": letters behind a person's name.
        let letters = view.word(run.end - 1);
        let lettered = (2..=3).contains(&letters.len()) && letters.bytes().all(|b| b.is_ascii_uppercase());
        if known.is_none() && lettered && !has_head && n_words == 3 && view.tables(run.start).is_given_name() {
            return;
        }
        let initials = || -> String {
            run.clone().filter(|&i| view.is_capital(i)).filter_map(|i| view.folded(i).chars().next()).collect()
        };
        // "the Aviation Incident Unit (AIU)", "the Bureau of Records (BDR)"
        let alias = bracketed(view, run.end).filter(|a| has_head || known.is_some() || *a == initials());
        if about.is_empty() && known.is_none() && !formed && alias.is_none() && (!has_head || n_words < 2) {
            return;
        }
        let words: Vec<&str> = words().collect();
        let head = || words.iter().rev().find_map(|w| view.lang.organization_head(w));
        let kind = known.or_else(head).or_else(|| about.iter().find_map(|w| view.lang.organization_head(w)));
        let kind = kind.or(formed.then_some(OrganizationType::Company));
        let span = view.span(&run);
        let name = view.text[span.start..span.end].trim_end_matches("'s").trim_end_matches("’s");
        let at = self.list.len();
        let initials = initials();
        let short = (initials.len() > 1).then_some(initials.as_str());
        for word in words.iter().copied().chain(short).chain(alias.filter(|a| Some(*a) != short)) {
            let list = self.by_word.entry(word_hash(word.as_bytes())).or_default();
            if list.last() != Some(&at) {
                list.push(at);
            }
        }
        let name = without_form(&spaced(name), view.lang).to_owned();
        self.by_name.entry(word_hash(name.as_bytes())).or_default().push(at);
        self.list.push(Body { name, byte: span.start, words, kind, about });
    }

    /// The body that a phrase with these words and this head noun means at byte `before`: the fullest name with all of
    /// the words, else (for a bare head noun) the last body of its type.
    pub(super) fn called(&self, words: &[&str], before: usize, lang: &Language) -> Option<&Body<'a>> {
        let head = *words.last()?;
        let fitting = self
            .by_word
            .get(&word_hash(head.as_bytes()))
            .into_iter()
            .flatten()
            .rev()
            .map(|&i| &self.list[i])
            .filter(|b| b.byte < before)
            .take(MAX_COMPARED);
        let is_initials = |b: &Body<'_>| words.len() == 1 && !b.words.contains(&head);
        let best = fitting
            .filter(|b| is_initials(b) || words.iter().all(|w| b.words.contains(w)))
            .max_by_key(|b| b.words.len());
        if best.is_some() || words.len() > 1 {
            return best;
        }
        let kind = lang.organization_head(head)?;
        let end = self.list.partition_point(|b| b.byte < before);
        self.list[..end].iter().rev().take(MAX_COMPARED).find(|b| b.kind == Some(kind))
    }

    /// Bodies named before `byte`, the latest first.
    pub(super) fn before(&self, byte: usize) -> impl Iterator<Item = &Body<'a>> + Clone {
        self.list[..self.list.partition_point(|b| b.byte < byte)].iter().rev()
    }

    /// The last mention of a body with this name before `byte`.
    /// Those of the last `n` bodies that have all of these words, of which there is one at least; the last first.
    pub(super) fn with_words<'s, 'w>(&'s self, words: &'w [&'w str], n: usize) -> impl Iterator<Item = &'s Body<'a>> {
        let first = words.first().and_then(|word| self.by_word.get(&word_hash(word.as_bytes())));
        let from = self.list.len().saturating_sub(n);
        let found = first.into_iter().flatten().rev().take_while(move |&&at| at >= from).map(|&at| &self.list[at]);
        found.filter(|body| words.iter().all(|word| body.has_word(word)))
    }

    pub(super) fn by_name(&self, name: &str, byte: usize) -> Option<&Body<'a>> {
        self.by_name.get(&word_hash(name.as_bytes()))?.iter().rev().map(|&i| &self.list[i]).find(|b| b.byte < byte)
    }

    pub(super) fn n_mentions(&self, name: &str) -> usize {
        self.by_name.get(&word_hash(name.as_bytes())).map_or(0, Vec::len)
    }

    /// The first body named between two bytes.
    pub(super) fn first_between(&self, from: usize, to: usize) -> Option<&Body<'a>> {
        let i = self.list.partition_point(|b| b.byte < from);
        self.list.get(i).filter(|b| b.byte < to)
    }
}

/// A company's name without its legal form.
pub(super) fn without_form<'n>(name: &'n str, lang: &Language) -> &'n str {
    let cut = name.rsplit_once(' ').filter(|(_, last)| lang.is_cut_form(last.trim_end_matches('.')));
    cut.map_or(name, |(rest, _)| rest.trim_end_matches(','))
}

/// Head nouns of bodies in an apposition behind a name, and directly before it: "the union, X", "X, a shipping company".
fn nouns_beside<'a>(view: View<'a>, run: &Range<usize>) -> Vec<&'a str> {
    let n = view.passage.tokens.len();
    let lang = view.lang;
    let is_noun = |i: usize| {
        let tables = view.tables(i);
        view.is_word(i)
            && !view.is_capital(i)
            && (tables.is_organization_head()
                || tables.is_collective() && lang.collective(view.folded(i)) == Some(SourceKind::Institution))
    };
    let mut out = Vec::new();
    if is_company(view, run) {
        out.push("company");
    }
    // "In Minsk, the committee said": a place.
    let place = run.start.checked_sub(1).is_some_and(|b| view.lang.links_place(view.folded(b)));
    if !place && run.end + 1 < n && view.word(run.end) == "," && view.depth(run.end) == 0 {
        let article = view.tables(run.end + 1).is_determiner() || view.folded(run.end + 1) == "which";
        if article {
            let last = n.min(run.end + 12);
            let end = (run.end + 1..last).find(|&i| view.is_mark(i)).unwrap_or(last);
            let head =
                (run.end + 2..end).take_while(|&i| !view.tables(i).is_preposition()).filter(|&i| is_noun(i)).last();
            out.extend(head.map(|i| view.folded(i)));
        }
    }
    if let Some(before) = run.start.checked_sub(1) {
        let before = if view.word(before) == "," { before.checked_sub(1) } else { Some(before) };
        out.extend(before.filter(|&i| is_noun(i)).map(|i| view.folded(i)));
    }
    out
}

/// The capitals in brackets at token `i`, folded: "(AIU)".
fn bracketed<'a>(view: View<'a>, i: usize) -> Option<&'a str> {
    let n = view.passage.tokens.len();
    if i + 2 >= n || view.word(i) != "(" || view.word(i + 2) != ")" {
        return None;
    }
    let word = view.word(i + 1);
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    ((2..=8).contains(&word.len()) && capitals > 1 && word.chars().all(char::is_alphanumeric))
        .then(|| view.folded(i + 1))
}

/// Whether what stands beside a name is told of companies: "shares of X", "the chief executive of X", "X's profits", "A & B".
fn is_company(view: View<'_>, run: &Range<usize>) -> bool {
    let n = view.passage.tokens.len();
    let small = |i: usize| i < n && view.is_word(i) && !view.is_capital(i) && view.depth(i) == 0;
    let first = view.bare_tables(run.start);
    let n_words = run.clone().filter(|&i| view.is_word(i)).count();
    let person = first.is_given_name() || first.is_title() || first.is_surname_first() && n_words < 4;
    let place = n_words == 1 && (first.is_country_term() || first.is_time_word());
    let country = || view.lang.country_at(run.clone().map(|i| view.bare(i))).is_some();
    if person || place || view.depth(run.start) > 0 || country() {
        return false;
    }
    if n_words > 1 && run.clone().any(|i| view.word(i) == "&") {
        return true;
    }
    let noun = |i: usize| small(i) && view.lang.tells_of_company(view.folded(i));
    let officer = |i: usize| {
        small(i)
            && matches!(
                (view.folded(i), view.folded(i + 1)),
                ("chief", "executive") | ("managing", "director") | ("chief", "financial") | ("chief", "operating")
            )
    };
    let link = |i: usize| view.lang.links_company(view.folded(i));
    let before = run.start >= 2
        && link(run.start - 1)
        && (noun(run.start - 2)
            || run.start > 2 && officer(run.start - 3)
            || view.lang.is_workforce(view.folded(run.start - 2)) && view.folded(run.start - 1) == "at");
    let genitive = view.is_possessive(run.end - 1);
    let behind = run.end < n && (noun(run.end) || officer(run.end)) && (n_words > 1 || !genitive);
    before || behind
}

/// Capitalised words, also joined by "of", "for", "and".
fn body_run(view: View<'_>, start: usize) -> Range<usize> {
    let n = view.passage.tokens.len();
    let is_capital = |i: usize| i < n && view.is_word(i) && view.is_capital(i) && view.depth(i) == 0;
    let mut end = start + 1;
    while end < n && view.depth(end) == 0 {
        if view.is_possessive(end - 1) {
            break;
        }
        if !is_capital(end) || view.tables(end).is_time_word() {
            let link = view.lang.joins_name(view.folded(end)) || matches!(view.folded(end), "&" | "-");
            let linked = link && (is_capital(end + 1) || view.folded(end + 1) == "the" && is_capital(end + 2));
            let and = || view.folded(end) == "and" && !(start..end).any(|i| matches!(view.folded(i), "of" | "for"));
            let plural_genitive = || matches!(view.word(end), "'" | "’") && is_capital(end + 1);
            if !(linked && !and() || plural_genitive()) {
                break;
            }
        }
        end += 1;
    }
    start..end
}
