//! At whom a quotation is directed: an actor named in it.

use std::collections::BTreeMap;

use crate::document::Document;
use crate::lang::Language;
use crate::quotation::{Attribution, Passage, Speaker};
use crate::text::folded;

/// The one actor (a country or a body) that the content names besides the speaker's own; `None` where it names none
/// or several equally.
pub(super) fn target(
    document: &Document,
    passages: &[Passage],
    attribution: &Attribution,
    speaker: &Speaker,
    lang: &Language,
) -> Option<String> {
    let mut actors: BTreeMap<String, usize> = BTreeMap::new();
    for span in &attribution.content {
        let first = passages.partition_point(|p| p.span.end <= span.start);
        for passage in passages[first..].iter().take_while(|p| p.span.start < span.end) {
            let tokens = passage.tokens_in(*span);
            let words: Vec<String> = tokens.clone().map(|i| folded(passage.word(&document.text, i))).collect();
            // "us" and "polish" name no country, "US" and "Polish" do.
            let is_written = |i: usize, n: usize| {
                let text = passage.span_of(&(tokens.start + i..tokens.start + i + n)).of(&document.text);
                let key = words[i..i + n].join(" ");
                passage.tokens[tokens.start + i].capital
                    && (!lang.needs_capitals(&key) || !text.chars().any(char::is_lowercase))
            };
            let mut i = 0;
            while i < words.len() {
                if let Some((n, code, _)) = lang.country_at(&words[i..]).filter(|c| is_written(i, c.0)) {
                    if speaker.country.as_deref() != Some(code) {
                        *actors.entry(title_case(lang.country(code).map_or(code, |c| c.name))).or_insert(0) += 1;
                    }
                    i += n;
                } else {
                    i += 1;
                }
            }
        }
    }
    let most = actors.values().max().copied()?;
    let mut best = actors.into_iter().filter(|(_, n)| *n == most);
    let only = best.next()?;
    best.next().is_none().then_some(only.0)
}

/// Names of countries stand in the tables in lower case.
fn title_case(name: &str) -> String {
    let cap = |word: &str| {
        let mut chars = word.chars();
        let small = matches!(word, "and" | "of" | "the");
        match chars.next() {
            Some(first) if !small => first.to_uppercase().chain(chars).collect(),
            _ => word.to_owned(),
        }
    };
    name.split(' ').map(cap).collect::<Vec<String>>().join(" ")
}
