//! The words that name who said it: noun phrases to the left and the right of a cue.
//!
//! There is no parser: a phrase is grown word by word from the cue and cut where no name, role or pronoun can go on.

use std::ops::Range;

use smallvec::SmallVec;

use crate::lang::{Language, Tables};
use crate::quotation::Passage;
use crate::text::{Span, TokenKind};

/// Longest phrase in tokens.
const MAX_TOKENS: usize = 22;

/// A folded word without its genitive.
pub(super) fn bare(word: &str) -> &str {
    word.strip_suffix("'s").unwrap_or(word)
}

/// A text with one blank between its words.
pub(super) fn spaced(text: &str) -> String {
    let bytes = text.as_bytes();
    let is_plain = |i: usize| match bytes[i] {
        b' ' => i > 0 && i + 1 < bytes.len() && bytes[i + 1] != b' ',
        byte => byte.is_ascii_graphic(),
    };
    // Nearly all are so already.
    if (0..bytes.len()).all(is_plain) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// A passage with what is needed to look at its words.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(super) text: &'a str,
    pub(super) passage: &'a Passage,
    pub(super) lang: &'a Language,
}

impl<'a> View<'a> {
    #[inline]
    pub(super) fn word(&self, i: usize) -> &'a str {
        self.passage.word(self.text, i)
    }

    #[inline]
    pub(super) fn folded(&self, i: usize) -> &'a str {
        self.passage.folded(i)
    }

    /// Which tables hold token `i`.
    #[inline]
    pub(super) fn tables(&self, i: usize) -> Tables {
        self.passage.tables(i)
    }

    /// Which tables hold token `i` without its genitive.
    #[inline]
    pub(super) fn bare_tables(&self, i: usize) -> Tables {
        let tables = self.tables(i);
        if tables.is_genitive() { self.lang.tables(bare(self.folded(i))) } else { tables }
    }

    /// Folded token `i` without its genitive.
    #[inline]
    pub(super) fn bare(&self, i: usize) -> &'a str {
        let word = self.folded(i);
        if self.tables(i).is_genitive() { &word[..word.len() - 2] } else { word }
    }

    /// Whether token `i` is written as a genitive.
    #[inline]
    pub(super) fn is_possessive(&self, i: usize) -> bool {
        self.tables(i).is_genitive() && (self.word(i).ends_with("'s") || self.word(i).ends_with("’s"))
    }

    /// The sentence of token `i`, found by halves: a line can have 100,000.
    pub(super) fn sentence_of(&self, i: usize) -> Option<&'a Range<usize>> {
        let sentences = &self.passage.sentences;
        sentences.get(sentences.partition_point(|s| s.end <= i)).filter(|s| s.contains(&i))
    }

    /// The words of a range as they are written, parted by one blank.
    pub(super) fn spaced(&self, range: &Range<usize>) -> String {
        spaced(self.span(range).of(self.text))
    }

    #[inline]
    pub(super) fn is_mark(&self, i: usize) -> bool {
        self.passage.tokens[i].kind == TokenKind::Mark
    }

    #[inline]
    pub(super) fn is_word(&self, i: usize) -> bool {
        self.passage.tokens[i].is_word()
    }

    #[inline]
    pub(super) fn is_capital(&self, i: usize) -> bool {
        self.passage.tokens[i].capital
    }

    #[inline]
    pub(super) fn depth(&self, i: usize) -> u32 {
        self.passage.depth[i]
    }

    #[inline]
    pub(super) fn span(&self, range: &Range<usize>) -> Span {
        self.passage.span_of(range)
    }

    /// Whether token `i` joins words without blanks on both sides ("Jong-un", "Asia/Pacific").
    fn is_inner_mark(&self, i: usize) -> bool {
        let tokens = &self.passage.tokens;
        matches!(self.word(i), "-" | "‑" | "/" | "&" | "'" | "’" | "." | "–")
            && i > 0
            && i + 1 < tokens.len()
            && tokens[i - 1].span.end == tokens[i].span.start
            && (tokens[i].span.end == tokens[i + 1].span.start || self.word(i) == ".")
            || self.word(i) == "&"
            || self.is_plural_genitive(i)
            || self.is_small_genitive(i)
    }

    /// "the carriers' association"
    fn is_small_genitive(&self, i: usize) -> bool {
        let tokens = &self.passage.tokens;
        matches!(self.word(i), "'" | "’")
            && i > 0
            && i + 1 < tokens.len()
            && tokens[i - 1].span.end == tokens[i].span.start
            && tokens[i].span.end < tokens[i + 1].span.start
            && self.folded(i - 1).ends_with('s')
            && !tokens[i + 1].capital
            && self.depth(i) == 0
            && (self.tables(i + 1).is_organization_head() || self.tables(i + 1).is_role())
    }

    /// "the Tenants' Association"
    pub(super) fn is_plural_genitive(&self, i: usize) -> bool {
        let tokens = &self.passage.tokens;
        matches!(self.word(i), "'" | "’")
            && i > 0
            && i + 1 < tokens.len()
            && tokens[i - 1].span.end == tokens[i].span.start
            && self.folded(i - 1).ends_with('s')
            && tokens[i - 1].capital
            && tokens[i + 1].capital
            && self.depth(i) == 0
    }

    /// Whether a capitalised token can be part of a name: no month, weekday or word that begins sentences.
    pub(super) fn is_name_word(&self, i: usize) -> bool {
        if !self.is_word(i) || !self.is_capital(i) {
            return false;
        }
        let tables = self.tables(i);
        !tables.is_time_word() && !tables.begins_sentence()
    }

    pub(super) fn is_source_noun(&self, i: usize) -> bool {
        let tables = self.tables(i);
        tables.is_role() || tables.is_collective()
    }

    /// Whether a cue of several words may begin at token `i`, with the next token before token `end`.
    #[inline]
    pub(super) fn may_begin_cue(&self, i: usize, end: usize) -> bool {
        self.tables(i).begins_cue_phrase()
            && i + 1 < end.min(self.passage.tokens.len())
            && self.lang.may_begin_cue(self.passage.hash(i), self.passage.hash(i + 1))
    }

    /// The folded words of a range, marks as words of their own.
    pub(super) fn words(&self, range: &Range<usize>) -> SmallVec<[&'a str; 8]> {
        range.clone().map(|i| self.folded(i)).collect()
    }
}

/// The subject that ends just before token `cue`, not reaching before token `from`. Auxiliaries and adverbs between
/// are skipped, and so is an aside between commas or brackets.
pub(super) fn subject_before(view: View<'_>, cue: usize, from: usize) -> Option<Range<usize>> {
    let mut end = cue;
    while end > from && view.depth(end - 1) == 0 && view.is_word(end - 1) && is_filler(view, end - 1) {
        end -= 1;
    }
    if end > from
        && view.depth(end - 1) == 0
        && matches!(view.word(end - 1), "," | "—" | "–" | "-")
        && !view.is_inner_mark(end - 1)
    {
        // "X, who replaced Y in July, said"
        let mark = view.word(end - 1);
        let lowest = from.max((end - 1).saturating_sub(30));
        let mut open = end - 1;
        loop {
            if open == lowest {
                return None;
            }
            open -= 1;
            if view.depth(open) == 0 && view.word(open) == mark && !view.is_inner_mark(open) {
                break;
            }
            if let Some(start) = nickname_start(view, open) {
                open = start.max(lowest);
                continue;
            }
            if view.depth(open) > 0 || matches!(view.word(open), ";" | ":" | "." if !view.is_inner_mark(open)) {
                return None;
            }
        }
        let main = phrase_ending_at(view, open, from).map(|p| before_clause(view, p, from));
        let main = main.or_else(|| phrase_ending_at(view, clause_comma(view, open, from)?, from));
        // "His cellmate, the monk Ann Lowe, said": of a noun that is in no table the name behind it tells.
        let aside = open + 1..end - 1;
        let names = aside.clone().filter(|&i| view.is_name_word(i)).count();
        let named = aside.len() > 1
            && view.is_name_word(end - 2)
            && (names > 1 || view.tables(open + 1).is_determiner())
            && aside.clone().all(|i| view.depth(i) == 0 && !view.tables(i).is_auxiliary());
        let Some(main) = main else { return named.then_some(aside) };
        // "X, a doctor, said" and "the doctor, X, said" are one phrase; "X, who replaced Y, said" is X alone.
        let first = view.tables(open + 1);
        let clause = first.ends_phrase() || first.is_preposition() || view.folded(open + 1).ends_with("ing");
        return Some(if clause { main } else { main.start..end - 1 });
    }
    phrase_ending_at(view, end, from)
}

/// "X, facing a challenge in Iowa, a swing state, said": where a phrase begins a clause of its own behind a comma, the
/// phrase before that comma.
fn before_clause(view: View<'_>, phrase: Range<usize>, from: usize) -> Range<usize> {
    let first = view.tables(phrase.start);
    let open = first.is_determiner() || first.is_subject_pronoun() || view.is_capital(phrase.start);
    let behind_relative = phrase.start > from && view.tables(phrase.start - 1).ends_phrase();
    if open && !behind_relative {
        return phrase;
    }
    let main = clause_comma(view, phrase.end, from).and_then(|comma| phrase_ending_at(view, comma, from));
    main.filter(|m| m.clone().any(|i| view.is_name_word(i) || view.is_source_noun(i))).unwrap_or(phrase)
}

/// The comma before `end` behind which a participle, relative or prepositional clause begins.
fn clause_comma(view: View<'_>, end: usize, from: usize) -> Option<usize> {
    let lowest = from.max(end.saturating_sub(MAX_TOKENS));
    (lowest..end).rev().take_while(|&i| view.depth(i) == 0 && !matches!(view.word(i), ";" | ":")).find(|&i| {
        let next = view.tables(i + 1);
        view.word(i) == ","
            && (next.ends_phrase() || next.is_preposition() || next.is_role() || view.folded(i + 1).ends_with("ing"))
    })
}

/// The first token of a nickname in marks that ends at token `i` ("Rosalind “Rosie” Tremblay").
fn nickname_start(view: View<'_>, i: usize) -> Option<usize> {
    if view.depth(i) == 0 {
        return None;
    }
    let stretch = view.passage.quoted_tokens(view.depth(i) as usize - 1);
    let short = stretch.end == i + 1
        && (3..=4).contains(&stretch.len())
        && stretch.start > 0
        && view.is_name_word(stretch.start - 1);
    (short && stretch.clone().all(|j| view.is_mark(j) || view.is_capital(j))).then_some(stretch.start)
}

fn phrase_ending_at(view: View<'_>, end: usize, from: usize) -> Option<Range<usize>> {
    if end <= from {
        return None;
    }
    let lowest = from.max(end.saturating_sub(MAX_TOKENS));
    let mut start = end;
    while start > lowest {
        let i = start - 1;
        if view.depth(i) > 0 {
            match nickname_start(view, i) {
                Some(open) if open > lowest && start < end && view.is_capital(start) => {
                    start = open;
                    continue;
                }
                _ => break,
            }
        }
        if view.is_mark(i) {
            if matches!(view.word(i), ")" | "]") {
                let open = (lowest..i).rev().find(|&j| matches!(view.word(j), "(" | "["));
                match open {
                    Some(open) if open > lowest => {
                        start = open;
                        continue;
                    }
                    _ => break,
                }
            }
            if view.is_inner_mark(i) {
                start = i;
                continue;
            }
            break;
        }
        if !view.is_capital(i) {
            let tables = view.tables(i);
            let verb = tables.is_cue() && !tables.is_also_noun() && !view.is_source_noun(i) || tables.is_auxiliary();
            if tables.ends_phrase() || i + 1 < end && verb {
                break;
            }
        }
        start = i;
    }
    trim_left(view, start..end)
}

/// Cuts what can not begin a subject, and gives the phrase if its head can speak.
fn trim_left(view: View<'_>, mut range: Range<usize>) -> Option<Range<usize>> {
    let head = range.clone().rev().find(|&i| view.is_word(i) && !in_brackets(view, &range, i))?;
    let head_is = view.tables(head);
    if head_is.is_pronoun() {
        return head_is.is_subject_pronoun().then_some(head..head + 1);
    }
    while range.start < range.end {
        let i = range.start;
        let tables = view.tables(i);
        let is_opener = view.is_mark(i)
            || tables.is_conjunction()
            || tables.is_time_word()
            || view.passage.tokens[i].kind == TokenKind::Number && range.len() > 1 && !view.is_source_noun(i + 1);
        if is_opener {
            range.start += 1;
        } else if tables.is_preposition() {
            // "On Saturday Matviyenko": the subject begins after the phrase of the preposition.
            let next = (i + 1..range.end).find(|&j| {
                view.tables(j).is_determiner() && j > i + 1
                    || view.is_name_word(j)
                        && j > i + 1
                        && !view.is_name_word(j - 1)
                        && !view.tables(j - 1).is_determiner()
                        && !view.is_inner_mark(j - 1)
            });
            range.start = next?;
        } else {
            break;
        }
    }
    if range.is_empty() {
        return None;
    }
    if head_is.is_genitive() {
        return None;
    }
    let hyphenated = head > range.start + 1 && view.is_inner_mark(head - 1) && view.is_name_word(head - 2);
    let speaks = view.is_name_word(head)
        || hyphenated
        || view.is_source_noun(head)
        || range.clone().any(|i| view.is_source_noun(i));
    speaks.then_some(range)
}

fn in_brackets(view: View<'_>, range: &Range<usize>, i: usize) -> bool {
    (range.start..i).rev().find_map(|j| match view.word(j) {
        "(" | "[" => Some(true),
        ")" | "]" => Some(false),
        _ => None,
    }) == Some(true)
        && (i..range.end).any(|j| matches!(view.word(j), ")" | "]"))
}

/// The subject that begins just after token `cue` ("said Putin"), not reaching token `to`.
pub(super) fn subject_after(view: View<'_>, cue: usize, to: usize) -> Option<Range<usize>> {
    let mut start = cue + 1;
    while start < to && view.depth(start) == 0 && view.is_word(start) && view.tables(start).is_adverb() {
        start += 1;
    }
    if start >= to || view.depth(start) > 0 {
        return None;
    }
    let first = view.tables(start);
    if first.is_subject_pronoun() {
        return Some(start..start + 1);
    }
    let begins = view.is_word(start) && !first.ends_phrase() && !first.is_preposition() && !first.is_conjunction();
    if !begins {
        return None;
    }
    let mut end = start;
    let mut last_was_role = false;
    while end < to.min(start + MAX_TOKENS) && view.depth(end) == 0 {
        let word = view.word(end);
        if view.is_mark(end) {
            if view.is_inner_mark(end) && end > start {
                end += 1;
                continue;
            }
            break;
        }
        let lower = view.folded(end);
        let tables = view.tables(end);
        if !view.is_capital(end) && end > start {
            if tables.is_time_word() || tables.ends_phrase() || tables.is_subject_pronoun() || tables.is_auxiliary() {
                break;
            }
            if tables.is_preposition() {
                let links =
                    matches!(lower, "of" | "for" | "at" | "with" | "from" | "to") && last_was_role || lower == "of";
                if !links {
                    break;
                }
            } else if tables.is_cue() && !view.is_source_noun(end) {
                break;
            }
        }
        if view.is_capital(end) && tables.is_time_word() {
            break;
        }
        last_was_role = view.is_source_noun(end) || last_was_role && !word.is_empty();
        end += 1;
    }
    while end > start
        && (view.is_mark(end - 1)
            || view.tables(end - 1).is_preposition()
            || view.tables(end - 1).is_conjunction()
            || view.tables(end - 1).is_adverb() && !view.is_capital(end - 1))
    {
        end -= 1;
    }
    let range = start..end;
    if range.is_empty() {
        return None;
    }
    let speaks = range.clone().any(|i| view.is_name_word(i) || view.is_source_noun(i));
    if !speaks && first.is_determiner() && end + 1 < to && view.word(end) == "," {
        // "said her navigator, Ann Lowe, who"
        let name = (end + 1..to.min(end + 6)).take_while(|&i| view.depth(i) == 0 && view.is_name_word(i)).last()? + 1;
        let closed = name >= view.passage.tokens.len() || matches!(view.word(name), "," | "." | ";");
        return (closed && name > end + 2).then_some(start..name);
    }
    speaks.then_some(range)
}

/// Adverbs and auxiliaries between a subject and its verb.
fn is_filler(view: View<'_>, i: usize) -> bool {
    let tables = view.tables(i);
    let is_adverb = |i: usize| !view.is_capital(i) && view.tables(i).is_adverb();
    // "he very diplomatically and correctly stated"
    let between = || {
        view.folded(i) == "and" && i > 0 && is_adverb(i - 1) && i + 1 < view.passage.tokens.len() && is_adverb(i + 1)
    };
    !view.is_capital(i) && (tables.is_auxiliary() || tables.is_adverb() || between())
}
