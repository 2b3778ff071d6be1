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
            let words: Vec<String> = tokens.map(|i| folded(passage.word(&document.text, i))).collect();
            let mut i = 0;
            while i < words.len() {
                if let Some((n, code)) = lang.country_at(&words[i..]) {
                    if speaker.country.as_deref() != Some(code) {
                        *actors.entry(lang.country_name(code).to_owned()).or_insert(0) += 1;
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
