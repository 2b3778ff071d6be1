//! The bodies that an article names: ministries, agencies, companies; and which one "the ministry" means.

use std::collections::HashMap;
use std::ops::Range;

use crate::document::Document;
use crate::lang::{Language, OrganizationType};
use crate::quotation::Passage;
use crate::quotation::source::View;

/// So many names with one word are compared at most: keeps hostile texts linear.
const MAX_COMPARED: usize = 64;

/// A name of a body where it stands.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) name: String,
    pub(super) byte: usize,
    words: Vec<String>,
    kind: Option<OrganizationType>,
}

/// All names of bodies in the paragraphs of an article, in order.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    list: Vec<Body>,
    by_word: HashMap<String, Vec<usize>>,
}

impl Bodies {
    pub(super) fn new(document: &Document, passages: &[Passage], lang: &Language) -> Self {
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
                        && lang.is_role_modifier(view.folded(start - 1))
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
            && (view.lang.begins_sentence(view.folded(run.start)) || view.lang.is_determiner(view.folded(run.start)))
        {
            run.start += 1;
        }
        let words: Vec<String> =
            run.clone().filter(|&i| view.is_word(i)).map(|i| bare(view.folded(i)).to_owned()).collect();
        let known = view.lang.organization_at(&words).filter(|(n, _)| *n == words.len()).map(|(_, o)| o.kind);
        let head = words.iter().rev().find_map(|w| view.lang.organization_head(w));
        let kind = known.or(head);
        if kind.is_none() || words.len() < 2 && known.is_none() {
            return;
        }
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
        self.list.push(Body { name, byte: span.start, words, kind });
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

    /// The first body named between two bytes.
    pub(super) fn first_between(&self, from: usize, to: usize) -> Option<&Body> {
        let i = self.list.partition_point(|b| b.byte < from);
        self.list.get(i).filter(|b| b.byte < to)
    }
}

fn bare(word: &str) -> &str {
    word.strip_suffix("'s").unwrap_or(word)
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
        if !(is_capital(end) && !view.lang.is_time_word(view.folded(end)) || linked && !and || plural_genitive) {
            break;
        }
        end += 1;
    }
    start..end
}
