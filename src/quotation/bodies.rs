//! The bodies that an article names: ministries, agencies, companies; and which one "the ministry" means.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::document::Document;
use crate::lang::{Language, OrganizationType, SourceKind};
use crate::quotation::Passage;
use crate::quotation::source::{View, bare};

/// So many names with one word are compared at most: keeps hostile texts linear.
const MAX_COMPARED: usize = 64;

/// A name of a body where it stands.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) name: String,
    pub(super) byte: usize,
    words: Vec<String>,
    kind: Option<OrganizationType>,
    /// Head nouns that the article uses of it beside its name ("Northline, the shipping company").
    about: Vec<String>,
}

impl Body {
    /// Whether a head noun of this type fits: by type, in the name, in what is said of it.
    pub(super) fn fits(&self, head: &str, kind: Option<OrganizationType>) -> [bool; 3] {
        let in_name = self.words.iter().any(|w| w == head || head.len() >= 4 && w.ends_with(head));
        [kind.is_some() && self.kind == kind, in_name, self.about.iter().any(|w| w == head)]
    }
}

/// All names of bodies in the paragraphs of an article, in order.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    list: Vec<Body>,
    by_word: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
    /// Words with a capital that no sentence begins with: names, wherever they stand.
    proper: HashSet<String>,
}

impl Bodies {
    pub(super) fn new(document: &Document, passages: &[Passage], lang: &Language) -> Self {
        let mut bodies = Self::default();
        for passage in passages {
            let view = View { text: &document.text, passage, lang };
            for i in 1..passage.tokens.len() {
                let inside = view.is_word(i) && view.is_capital(i) && view.is_word(i - 1);
                if inside && !bodies.proper.contains(view.folded(i)) {
                    bodies.proper.insert(view.folded(i).to_owned());
                }
            }
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

    fn add(&mut self, view: View<'_>, mut run: Range<usize>) {
        // "The" belongs to a name where a capital is no matter of the sentence's beginning ("in The Baltic Review").
        let begins = run.start == 0 || !view.is_word(run.start - 1);
        while run.len() > 1
            && begins
            && (view.tables(run.start).begins_sentence() || view.tables(run.start).is_determiner())
        {
            run.start += 1;
        }
        let words: Vec<String> =
            run.clone().filter(|&i| view.is_word(i)).map(|i| bare(view.folded(i)).to_owned()).collect();
        let known = view.lang.organization_at(&words).filter(|(n, _)| *n == words.len()).map(|(_, o)| o.kind);
        let head = words.iter().rev().find_map(|w| view.lang.organization_head(w));
        let kind = known.or(head);
        let about = if known.is_none() { nouns_beside(view, &run) } else { Vec::new() };
        if about.is_empty() && (kind.is_none() || words.len() < 2 && known.is_none()) {
            return;
        }
        let kind = kind.or_else(|| about.iter().find_map(|w| view.lang.organization_head(w)));
        let span = view.span(&run);
        let name = view.text[span.start..span.end].trim_end_matches("'s").trim_end_matches("’s");
        let initials: String =
            run.clone().filter(|&i| view.is_capital(i)).filter_map(|i| view.folded(i).chars().next()).collect();
        let at = self.list.len();
        for word in words.iter().cloned().chain((initials.len() > 1).then_some(initials)) {
            let list = self.by_word.entry(word).or_default();
            if list.last() != Some(&at) {
                list.push(at);
            }
        }
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let name = without_form(&name).to_owned();
        self.by_name.entry(name.clone()).or_default().push(at);
        self.list.push(Body { name, byte: span.start, words, kind, about });
    }

    /// The body that a phrase with these words and this head noun means at byte `before`: the fullest name with all of
    /// the words, else (for a bare head noun) the last body of its type.
    pub(super) fn called(&self, words: &[&str], before: usize, lang: &Language) -> Option<&Body> {
        let head = *words.last()?;
        let fitting = self
            .by_word
            .get(head)
            .into_iter()
            .flatten()
            .rev()
            .map(|&i| &self.list[i])
            .filter(|b| b.byte < before)
            .take(MAX_COMPARED);
        let is_initials = |b: &Body| words.len() == 1 && !b.words.iter().any(|w| w == head);
        let best = fitting
            .filter(|b| is_initials(b) || words.iter().all(|w| b.words.iter().any(|o| o == w)))
            .max_by_key(|b| b.words.len());
        if best.is_some() || words.len() > 1 {
            return best;
        }
        let kind = lang.organization_head(head)?;
        let end = self.list.partition_point(|b| b.byte < before);
        self.list[..end].iter().rev().take(MAX_COMPARED).find(|b| b.kind == Some(kind))
    }

    /// Bodies named before `byte`, the latest first.
    pub(super) fn before(&self, byte: usize) -> impl Iterator<Item = &Body> {
        self.list[..self.list.partition_point(|b| b.byte < byte)].iter().rev()
    }

    /// The last mention of a body with this name before `byte`.
    pub(super) fn by_name(&self, name: &str, byte: usize) -> Option<&Body> {
        self.by_name.get(name)?.iter().rev().map(|&i| &self.list[i]).find(|b| b.byte < byte)
    }

    pub(super) fn n_mentions(&self, name: &str) -> usize {
        self.by_name.get(name).map_or(0, Vec::len)
    }

    /// Whether a word stands with a capital inside a sentence somewhere.
    pub(super) fn is_proper(&self, word: &str) -> bool {
        self.proper.contains(word)
    }

    /// The first body named between two bytes.
    pub(super) fn first_between(&self, from: usize, to: usize) -> Option<&Body> {
        let i = self.list.partition_point(|b| b.byte < from);
        self.list.get(i).filter(|b| b.byte < to)
    }
}

/// A company's name without its legal form.
pub(super) fn without_form(name: &str) -> &str {
    let cut = name.rsplit_once(' ').filter(|(_, last)| {
        matches!(last.trim_end_matches('.'), "Ltd" | "Inc" | "plc" | "PLC" | "LLC" | "GmbH" | "Pty" | "Corp")
    });
    cut.map_or(name, |(rest, _)| rest.trim_end_matches(','))
}

/// Head nouns of bodies in an apposition behind a name, and directly before it: "the union, X", "X, a shipping company".
fn nouns_beside(view: View<'_>, run: &Range<usize>) -> Vec<String> {
    let n = view.passage.tokens.len();
    let lang = view.lang;
    let is_noun = |i: usize| {
        let word = view.folded(i);
        view.is_word(i)
            && !view.is_capital(i)
            && (lang.is_organization_head(word) || lang.collective(word) == Some(SourceKind::Institution))
    };
    let mut out: Vec<String> = Vec::new();
    if run.end + 1 < n && view.word(run.end) == "," && view.depth(run.end) == 0 {
        let article = view.tables(run.end + 1).is_determiner() || view.folded(run.end + 1) == "which";
        let end = (run.end + 1..n.min(run.end + 12)).find(|&i| view.is_mark(i)).unwrap_or(n.min(run.end + 12));
        if article {
            let head =
                (run.end + 2..end).take_while(|&i| !view.tables(i).is_preposition()).filter(|&i| is_noun(i)).last();
            out.extend(head.map(|i| view.folded(i).to_owned()));
        }
    }
    if let Some(before) = run.start.checked_sub(1) {
        let before = if view.word(before) == "," { before.checked_sub(1) } else { Some(before) };
        out.extend(before.filter(|&i| is_noun(i)).map(|i| view.folded(i).to_owned()));
    }
    out
}

/// Capitalised words, also joined by "of", "for", "and".
fn body_run(view: View<'_>, start: usize) -> Range<usize> {
    let n = view.passage.tokens.len();
    let is_capital = |i: usize| i < n && view.is_word(i) && view.is_capital(i) && view.depth(i) == 0;
    let mut end = start + 1;
    while end < n && view.depth(end) == 0 {
        let ends = view.word(end - 1).ends_with("'s") || view.word(end - 1).ends_with("’s");
        if ends {
            break;
        }
        let link = matches!(view.folded(end), "of" | "for" | "and" | "&" | "-" | "the");
        let linked = link && (is_capital(end + 1) || view.folded(end + 1) == "the" && is_capital(end + 2));
        let plural_genitive = matches!(view.word(end), "'" | "’") && is_capital(end + 1);
        let and = view.folded(end) == "and" && !(start..end).any(|i| matches!(view.folded(i), "of" | "for"));
        if !(is_capital(end) && !view.tables(end).is_time_word() || linked && !and || plural_genitive) {
            break;
        }
        end += 1;
    }
    start..end
}
