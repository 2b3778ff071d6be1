//! Word n-grams of stems, with slots for names and marks for negation.

use crate::features::family::{Family, Sink, combine, hash_bytes, ngram_start};
use crate::features::vectorizer::StemCache;
use crate::lang::Language;
use crate::statement::Statement;
use crate::text::{Span, Token, TokenKind};

/// One word of a statement, ready for n-grams.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    /// Hash of its stem, or of its slot.
    hash: u64,
    /// Where it stands in the statement's text.
    span: Span,
    /// Which slot it became.
    slot: Option<Slot>,
    /// Whether a negation governs it.
    negated: bool,
    /// Whether a new sentence or clause begins with it: n-grams do not reach over.
    starts: bool,
}

/// What a name is replaced by, so that a model can not learn who is disliked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Speaker,
    Holder,
    Target,
    Number,
    Question,
}

impl Slot {
    fn text(self) -> &'static str {
        match self {
            Slot::Speaker => "<speaker>",
            Slot::Holder => "<holder>",
            Slot::Target => "<target>",
            Slot::Number => "<number>",
            Slot::Question => "<question>",
        }
    }
}

/// Turns the tokens of a statement's text into words: stems hashed, names masked, negation scopes marked.
pub(super) fn words(
    statement: &Statement,
    tokens: &[Token],
    lang: &Language,
    mask_names: bool,
    stems: &mut StemCache,
    out: &mut Vec<Word>,
) {
    out.clear();
    let text = &statement.text;
    let mut starts = true;
    let mut negated = false;
    for token in tokens {
        let word = token.span.of(text);
        match token.kind {
            TokenKind::Mark => {
                if word == "?" {
                    out.push(Word {
                        hash: hash_bytes(Slot::Question.text().as_bytes()),
                        span: token.span,
                        slot: Some(Slot::Question),
                        negated: false,
                        starts: true,
                    });
                }
                if matches!(word, "." | "!" | "?" | ";" | ":" | "…") {
                    starts = true;
                }
                if matches!(word, "." | "!" | "?" | ";" | ":" | "…" | ",") {
                    negated = false;
                }
            }
            TokenKind::Number => {
                out.push(Word {
                    hash: hash_bytes(Slot::Number.text().as_bytes()),
                    span: token.span,
                    slot: Some(Slot::Number),
                    negated: false,
                    starts,
                });
                starts = false;
            }
            TokenKind::Word => {
                let (hash, flags) = stems.look_up(word, lang);
                if flags.ends_negation {
                    negated = false;
                }
                out.push(Word { hash, span: token.span, slot: None, negated, starts });
                starts = false;
                if flags.negates {
                    negated = true;
                }
            }
        }
    }
    if mask_names {
        for (name, slot) in
            [(&statement.speaker, Slot::Speaker), (&statement.holder, Slot::Holder), (&statement.target, Slot::Target)]
        {
            if let Some(name) = name {
                mask(text, name, slot, stems, lang, out);
            }
        }
    }
}

/// Replaces mentions of `name` by one word: the whole name, or its last word alone where that is capitalised.
fn mask(text: &str, name: &str, slot: Slot, stems: &mut StemCache, lang: &Language, words: &mut Vec<Word>) {
    let name_tokens = crate::text::tokens(name);
    let parts: Vec<u64> =
        name_tokens.iter().filter(|t| t.is_word()).map(|t| stems.look_up(t.span.of(name), lang).0).collect();
    let (Some(&last), true) = (parts.last(), parts.len() <= 8) else { return };
    let last_is_name = name_tokens.last().is_some_and(|t| t.capital && t.span.len() > 2);
    let capital = |w: &Word| w.span.of(text).chars().next().is_some_and(char::is_uppercase);
    let mut kept = 0;
    let mut i = 0;
    while i < words.len() {
        let whole = words.len() - i >= parts.len()
            && words[i..i + parts.len()].iter().zip(&parts).all(|(w, &p)| w.hash == p && w.slot.is_none());
        let single = last_is_name && words[i].hash == last && words[i].slot.is_none() && capital(&words[i]);
        let mut word = words[i];
        if whole || single {
            let n = if whole { parts.len() } else { 1 };
            word.hash = hash_bytes(slot.text().as_bytes());
            word.span = Span::new(word.span.start, words[i + n - 1].span.end);
            word.slot = Some(slot);
            i += n;
        } else {
            i += 1;
        }
        words[kept] = word;
        kept += 1;
    }
    words.truncate(kept);
}

/// Sends the word n-grams of 1 to `longest` words, and the negated words, to `sink`.
pub(super) fn emit(
    text: &str,
    words: &[Word],
    longest: usize,
    negation: bool,
    stems: &StemCache,
    sink: &mut impl Sink,
) {
    let name = |range: &[Word]| {
        range
            .iter()
            .map(|w| w.slot.map_or_else(|| stems.stem_of(w.span.of(text)), |s| s.text().to_owned()))
            .collect::<Vec<_>>()
            .join(" ")
    };
    for (i, first) in words.iter().enumerate() {
        let mut key = ngram_start(Family::Word);
        for n in 1..=longest.min(words.len() - i) {
            let word = &words[i + n - 1];
            if n > 1 && word.starts {
                break;
            }
            key = combine(key, word.hash);
            let span = Span::new(first.span.start, word.span.end);
            sink.feature(Family::Word, key, Some(span), || name(&words[i..i + n]));
        }
        if negation && first.negated && longest > 0 {
            let key = combine(ngram_start(Family::Negated), first.hash);
            sink.feature(Family::Negated, key, Some(first.span), || name(&words[i..=i]));
        }
    }
}
