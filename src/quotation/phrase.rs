//! Noun phrases of a stretch of text, without a parser: words between words of grammar, cut at verbs.

use std::ops::Range;

use crate::quotation::source::View;
use crate::text::TokenKind;

/// Words of a phrase at most.
const MAX_WORDS: usize = 6;

/// The noun phrases among these tokens, in order, without articles. A genitive ends a phrase ("China's" and "licensing
/// system" are two).
pub(super) fn noun_phrases(view: View<'_>, content: &Range<usize>, out: &mut Vec<Range<usize>>) {
    let mut i = content.start;
    while i < content.end {
        if is_break(view, i) || is_verb(view, i, content, false) {
            i += 1;
            continue;
        }
        let start = i;
        i += 1;
        let mut after = 0;
        while i < content.end && i - start < 2 * MAX_WORDS && !is_genitive(view, i - 1) {
            let inner = is_inner_hyphen(view, i) && i + 1 < content.end;
            if !inner && is_break(view, i) {
                break;
            }
            if !inner && is_verb(view, i, content, true) {
                after = i + 1;
                break;
            }
            i += 1 + usize::from(inner);
        }
        let mut end = i;
        while end > start && !view.is_word(end - 1) {
            end -= 1;
        }
        if end > start {
            out.push(start..end);
        }
        i = i.max(after);
    }
}

/// "China's", "the farmers'".
pub(super) fn is_genitive(view: View<'_>, i: usize) -> bool {
    let word = view.folded(i);
    view.tables(i).is_genitive()
        || word.as_bytes().last() == Some(&b's')
            && matches!(view.word(i + 1), "'" | "’")
            && view.passage.tokens[i].span.end == view.passage.tokens[i + 1].span.start
            && view.passage.tokens.get(i + 2).is_some_and(|t| t.kind == TokenKind::Word)
            && view.depth(i + 1) == view.depth(i)
}

fn is_inner_hyphen(view: View<'_>, i: usize) -> bool {
    let tokens = &view.passage.tokens;
    i > 0
        && i + 1 < tokens.len()
        && view.is_mark(i)
        && matches!(view.word(i), "-" | "‑")
        && tokens[i - 1].span.end == tokens[i].span.start
        && tokens[i].span.end == tokens[i + 1].span.start
}

/// Whether a token can not be part of a noun phrase.
fn is_break(view: View<'_>, i: usize) -> bool {
    if !view.is_word(i) {
        return true;
    }
    let tables = view.tables(i);
    // "US" is no pronoun.
    let in_capitals = |written: &str| written.len() > 1 && written.bytes().all(|b| b.is_ascii_uppercase());
    if view.is_capital(i) && in_capitals(view.word(i)) {
        return false;
    }
    let word = view.folded(i);
    if tables.is_function_word() || tables.is_numeral() {
        return true;
    }
    if word.as_bytes().contains(&b'\'')
        && let Some((stem, end)) = word.split_once('\'')
        && (end != "s" && !stem.is_empty() && end.len() < 3 || view.lang.is_contracted(stem))
    {
        return true;
    }
    if view.is_capital(i) {
        return tables.is_time_word() || tables.is_adverb() && word.len() < 7;
    }
    tables.is_adverb()
}

/// Whether a token is a verb by its form and its neighbours. `inside`: a phrase has begun before it.
fn is_verb(view: View<'_>, i: usize, content: &Range<usize>, inside: bool) -> bool {
    let word = view.folded(i);
    let tables = view.tables(i);
    let before = i.checked_sub(1).filter(|&b| b >= content.start);
    let opens = before.is_none_or(|b| view.is_mark(b) && !is_inner_hyphen(view, b));
    if view.is_capital(i) && !opens {
        return false;
    }
    let next = if i + 1 < content.end { i + 1 } else { view.passage.tokens.len() };
    let behind = view.tables(next);
    let goes_on = behind.is_function_word() || next < content.end && view.is_capital(next);
    let ends = next >= content.end || view.passage.tokens.get(next).is_some_and(|t| t.kind == TokenKind::Mark);
    let at_before = before.map_or_else(Default::default, |b| view.tables(b));
    let word_before = before.map_or("", |b| view.folded(b));
    if tables.is_verb() && view.lang.is_quantifier(word_before) {
        return true;
    }
    let determined = at_before.is_determiner()
        || at_before.is_numeral()
        || before.is_some_and(|b| is_genitive(view, b) || view.passage.tokens[b].kind == TokenKind::Number);
    if determined {
        return false;
    }
    if tables.is_verb() {
        return true;
    }
    let modal = at_before.is_auxiliary() && !at_before.is_passive_auxiliary() && !word_before.starts_with("ha")
        || at_before.is_negation();
    let to = word_before == "to";
    if modal && !word.ends_with('s') {
        return true;
    }
    if to && (tables.is_verb_or_noun() || !word.ends_with('s') && behind.is_function_word()) {
        return true;
    }
    if at_before.is_subject_pronoun() {
        return true;
    }
    if word.len() > 4 && word.ends_with("ing") {
        return if inside { behind.is_determiner() || behind.is_preposition() && !is_of(view, next) } else { true };
    }
    if word.len() > 4 && word.ends_with("ed") && !word.ends_with("eed") {
        return inside || goes_on || ends;
    }
    if tables.is_cue() && !tables.is_also_noun() {
        return true;
    }
    tables.is_verb_or_noun()
        && (inside || opens && !word.ends_with('s'))
        && (behind.is_determiner()
            || view.folded(next) == "to"
            || behind.is_pronoun()
            || behind.is_complementizer()
            || next < content.end && view.is_capital(next) && !view.is_capital(i))
}

fn is_of(view: View<'_>, i: usize) -> bool {
    view.folded(i) == "of"
}

/// Whether tokens are a noun phrase without a clause: no verb but infinitives and participles.
pub(super) fn is_bare_noun_phrase(view: View<'_>, tokens: &Range<usize>) -> bool {
    let first = tokens.start;
    let opens = view.tables(first);
    if tokens.is_empty() || view.tables(first).is_complementizer() || view.tables(first).is_subject_pronoun() {
        return false;
    }
    let noun = opens.is_determiner() || view.is_capital(first) || is_genitive(view, first);
    let mut seen_to = false;
    noun && !tokens.clone().any(|i| {
        let before = if i > first { view.folded(i - 1) } else { "" };
        seen_to |= before == "to";
        // "to suspend tests and destroy the site"
        let joined = matches!(before, "and" | "or") && seen_to;
        let infinitive = before == "to" || joined;
        let finite = view.tables(i).is_auxiliary()
            || !infinitive && !view.folded(i).ends_with("ing") && is_verb(view, i, tokens, i > first);
        finite || matches!(view.word(i), "." | ";" | ":" | "?")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::language;
    use crate::quotation::passage::one::paragraph;

    fn with_all(text: &str, look: impl Fn(View<'_>, Range<usize>)) {
        let lang = language("en").unwrap();
        let (document, all) = paragraph(text);
        let view = View { text: &document.text, passage: &all[0], lang };
        look(view, 0..all[0].tokens.len());
    }

    #[test]
    fn phrases_end_at_verbs_and_words_of_grammar() {
        for (text, phrases) in [
            ("Lima expects the shipping talks in Quito", vec!["Lima", "shipping talks", "Quito"]),
            // A noun that is a verb as well, before "to": taken for the verb.
            ("the shipping talks to resume", vec!["shipping"]),
            ("It's time the Peruvian side answered", vec!["time", "Peruvian side"]),
            ("China's licensing system will hold", vec!["China's", "licensing system"]),
            ("we want a single-dose vaccine against two fevers", vec!["single-dose vaccine", "fevers"]),
            ("Lima hopes to sell its copper", vec!["Lima", "copper"]),
        ] {
            with_all(text, |view, all| {
                let mut out = Vec::new();
                noun_phrases(view, &all, &mut out);
                let found: Vec<&str> = out.iter().map(|r| view.span(r).of(view.text)).collect();
                assert_eq!(found, phrases, "{text}");
            });
        }
    }

    #[test]
    fn bare_noun_phrases_have_no_clause() {
        for (text, bare) in [
            ("the island's decision to close its harbour and destroy its fleet", true),
            ("Lima’s offer", true),
            ("the harbour was closed", false),
            ("that the harbour closed", false),
            ("he left", false),
        ] {
            with_all(text, |view, all| assert_eq!(is_bare_noun_phrase(view, &all), bare, "{text}"));
        }
    }
}
