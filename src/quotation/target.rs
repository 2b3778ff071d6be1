//! At whom a quotation is directed: an actor named in it.

use std::collections::BTreeMap;

use crate::document::Document;
use crate::lang::{Language, TermKind};
use crate::quotation::source::View;
use crate::quotation::{Attribution, Passage, Speaker};

/// A second actor within this distance of the best leaves it open who is meant.
const MARGIN: i32 = 2;

/// The country that the content is about, and whether it says so itself ("As for the US"); `None` where it names none,
/// or several alike. Every mention counts by its
/// place: what opens the content ("As for the US"), what a preposition of address precedes ("from Washington", "on North
/// Korea"), and what is asked to act ("expects the US to"). The speaker's own country and the holder's are left out.
pub(super) fn target(
    document: &Document,
    passages: &[Passage],
    attribution: &Attribution,
    speaker: &Speaker,
    holder_country: Option<&str>,
    lang: &Language,
) -> Option<(String, bool)> {
    let mut scores: BTreeMap<&'static str, (i32, bool)> = BTreeMap::new();
    let mut topic = None;
    for (part, span) in attribution.content.iter().enumerate() {
        let first = passages.partition_point(|p| p.span.end <= span.start);
        for passage in passages[first..].iter().take_while(|p| p.span.start < span.end) {
            let view = View { text: &document.text, passage, lang };
            let tokens = passage.tokens_in(*span);
            let mut i = tokens.start;
            while i < tokens.end {
                if !view.is_capital(i) || !view.tables(i).begins_country() {
                    i += 1;
                    continue;
                }
                let words = (i..tokens.end.min(i + 6)).map(|j| view.folded(j));
                let Some((n, code, kind)) = lang.country_at(words).filter(|c| is_written(view, i, c.0)) else {
                    i += 1;
                    continue;
                };
                let before = (i.saturating_sub(3)..i)
                    .rev()
                    .find(|&j| j >= tokens.start && !view.tables(j).is_determiner() && !view.is_mark(j));
                let before = before.map_or("", |j| view.folded(j));
                let opens = part == 0 && i <= tokens.start + 4;
                if opens && before == "for" && tokens.start + 1 < tokens.end && view.folded(tokens.start) == "as" {
                    topic = Some(code);
                }
                let asked = view.folded(i + n) == "to" || view.tables(i + n).is_auxiliary();
                let weight = match kind {
                    // "the Korean Peninsula", "Russian gas": no actor.
                    TermKind::Adjective => 0,
                    TermKind::Person => 1,
                    TermKind::Name | TermKind::Capital => {
                        2 + i32::from(matches!(before, "from" | "on" | "against" | "by" | "with" | "to" | "at"))
                            + i32::from(asked)
                    }
                };
                let entry = scores.entry(code).or_insert((0, false));
                entry.0 += weight;
                entry.1 |= weight >= 2;
                i += n;
            }
        }
    }
    let own = |code: &str| speaker.country.as_deref() == Some(code) || holder_country == Some(code);
    let name = |code: &'static str| lang.country(code).map_or_else(|| code.to_owned(), |c| title_case(c.name));
    if let Some(code) = topic.filter(|c| !own(c)) {
        return Some((name(code), true));
    }
    let mut ranked: Vec<(i32, &'static str)> =
        scores.iter().filter(|(c, s)| s.1 && !own(c)).map(|(c, s)| (s.0, *c)).collect();
    ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    match ranked.as_slice() {
        [(_, only)] => Some((name(only), false)),
        [(best, code), (next, _), ..] if best - next >= MARGIN => Some((name(code), false)),
        _ => None,
    }
}

/// "us" and "polish" name no country, "US" and "Polish" do.
fn is_written(view: View<'_>, i: usize, n: usize) -> bool {
    let text = view.span(&(i..i + n)).of(view.text);
    let key = view.words(&(i..i + n)).join(" ");
    !text.chars().any(char::is_lowercase) || !view.lang.needs_capitals(&key)
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
