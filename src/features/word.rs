//! Word n-grams of stems, with slots for names and marks for negation.

use crate::features::family::{Family, Sink, combine, hash_bytes, ngram_start};
use crate::features::settings::FeatureSettings;
use crate::features::stems::StemCache;
use crate::lang::Language;
use crate::statement::Statement;
use crate::text::{Span, Token, TokenKind, hashtag_words};

/// One word of a statement, ready for n-grams.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    /// Hash of its stem, or of its slot.
    pub(super) hash: u64,
    /// Where it stands in the statement's text.
    pub(super) span: Span,
    /// Which slot it became.
    slot: Option<Slot>,
    /// Whom it names.
    role: Option<Slot>,
    /// Whether a negation governs it.
    pub(super) negated: bool,
    /// Whether a new sentence or clause begins with it: n-grams do not reach over.
    pub(super) starts: bool,
    /// Number of its clause in the text.
    pub(super) clause: u32,
    /// Its value in the lexicon, 0 where it is not in it.
    valence: f32,
}

/// What is left of a word's value under a negation. Reference: Hutto and Gilbert 2014 (VADER), section 3.3.
const NEGATION_FACTOR: f32 = -0.74;

impl Word {
    /// Whether it names the target.
    pub(super) fn is_target(&self) -> bool {
        self.role == Some(Slot::Target)
    }

    /// Whether it names the speaker.
    pub(super) fn is_speaker(&self) -> bool {
        self.role == Some(Slot::Speaker)
    }

    /// Whether a slot stands for a name.
    pub(super) fn is_masked(&self) -> bool {
        matches!(self.slot, Some(Slot::Speaker | Slot::Holder | Slot::Target))
    }

    /// Its value in the lexicon, turned round by a negation.
    pub(super) fn valence(&self) -> f32 {
        if self.negated { NEGATION_FACTOR * self.valence } else { self.valence }
    }
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

/// Turns the tokens of a statement's text into words: stems hashed, names found and masked, negation scopes marked.
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
    let mut clause = 0;
    let slot = |slot: Slot, span: Span, starts: bool, clause: u32| Word {
        hash: hash_bytes(slot.text().as_bytes()),
        span,
        slot: Some(slot),
        role: None,
        negated: false,
        starts,
        clause,
        valence: 0.0,
    };
    let bytes = |t: &Token| text.as_bytes().get(t.span.start..t.span.end).unwrap_or_default();
    let mut tag_start = None;
    stems.prepare(tokens.iter().filter(|t| t.is_word()).map(bytes));
    for token in tokens {
        let word = token.span.of(text);
        match token.kind {
            TokenKind::Mark => {
                let mark = only_char(word);
                if mark == Some('#') {
                    tag_start = Some(token.span.end);
                }
                if mark == Some('?') {
                    out.push(slot(Slot::Question, token.span, true, clause));
                }
                if matches!(mark, Some('.' | '!' | '?' | ';' | ':' | '…')) {
                    starts = true;
                }
                if matches!(mark, Some('.' | '!' | '?' | ';' | ':' | '…' | ',')) {
                    negated = false;
                }
                if !matches!(mark, Some('\'' | '’' | '-' | '$' | '%' | '#' | '@')) {
                    clause += 1;
                }
            }
            TokenKind::Number => {
                out.push(slot(Slot::Number, token.span, starts, clause));
                starts = false;
            }
            TokenKind::Word => {
                let (hash, flags) = stems.look_up_next(word, lang);
                if flags.ends_negation {
                    negated = false;
                    clause += 1;
                }
                let valence = flags.valence;
                let word_of = |hash, span, negated, starts, valence| Word {
                    hash,
                    span,
                    slot: None,
                    role: None,
                    negated,
                    starts,
                    clause,
                    valence,
                };
                out.push(word_of(hash, token.span, negated, starts, valence));
                starts = false;
                if flags.negates {
                    negated = true;
                }
                if tag_start == Some(token.span.start) {
                    // A hashtag is a word, and each of its words is one: "#StopTheWar".
                    for part in hashtag_words(word) {
                        let (hash, flags) = stems.look_up(part.of(word), lang);
                        let span = Span::new(token.span.start + part.start, token.span.start + part.end);
                        out.push(word_of(hash, span, negated, false, flags.valence));
                        negated |= flags.negates;
                    }
                }
            }
        }
    }
    let names = [
        (&statement.speaker, statement.speaker_span, Slot::Speaker),
        (&statement.holder, None, Slot::Holder),
        (&statement.target, statement.target_span, Slot::Target),
    ];
    for (name, span, slot) in names {
        match (span, name) {
            // A place that is given is the only one: the same word elsewhere can mean another.
            (Some(span), _) => mark(span, slot, mask_names, out),
            (None, Some(name)) => mask(text, name, slot, mask_names, stems, lang, out),
            (None, None) => {}
        }
    }
}

/// The character of a mark of one.
fn only_char(mark: &str) -> Option<char> {
    let mut chars = mark.chars();
    chars.next().filter(|_| chars.next().is_none())
}

/// Makes the words in `span` one slot, or only marks them.
fn mark(span: Span, slot: Slot, mask_names: bool, words: &mut Vec<Word>) {
    let is_inside = |w: &Word| w.role.is_none() && w.span.overlaps(span);
    let Some(first) = words.iter().position(is_inside) else { return };
    let n = words[first..].iter().take_while(|w| is_inside(w)).count();
    name_words(words, first, n, slot, mask_names);
    if mask_names {
        words.drain(first + 1..first + n);
    }
}

/// Gives `n` words from `first` on the role; masked, the first stands for all of them.
fn name_words(words: &mut [Word], first: usize, n: usize, slot: Slot, mask_names: bool) {
    let end = words[first + n - 1].span.end;
    for word in &mut words[first..first + n] {
        word.role = Some(slot);
        if mask_names {
            word.hash = hash_bytes(slot.text().as_bytes());
            word.slot = Some(slot);
            word.valence = 0.0;
            word.span = Span::new(word.span.start, end);
        }
    }
}

/// Finds mentions of `name` (the whole name, or its last word alone where that is capitalised) and replaces each by one
/// word, or only marks them.
fn mask(
    text: &str,
    name: &str,
    slot: Slot,
    mask_names: bool,
    stems: &mut StemCache,
    lang: &Language,
    words: &mut Vec<Word>,
) {
    let name_tokens = crate::text::tokens(name);
    let parts: Vec<u64> =
        name_tokens.iter().filter(|t| t.is_word()).map(|t| stems.look_up(t.span.of(name), lang).0).collect();
    let (Some(&last), true) = (parts.last(), parts.len() <= 8) else { return };
    let last_is_name = name_tokens.last().is_some_and(|t| t.capital && t.span.len() > 2);
    let capital = |w: &Word| w.span.of(text).chars().next().is_some_and(char::is_uppercase);
    let is_free = |w: &Word| w.slot.is_none() && w.role.is_none();
    let mut kept = 0;
    let mut i = 0;
    while i < words.len() {
        let whole = words.len() - i >= parts.len()
            && words[i..i + parts.len()].iter().zip(&parts).all(|(w, &p)| w.hash == p && is_free(w));
        let single = last_is_name && words[i].hash == last && is_free(&words[i]) && capital(&words[i]);
        let n = if whole { parts.len() } else { 1 };
        if whole || single {
            name_words(words, i, n, slot, mask_names);
        }
        let n_left = if mask_names { 1 } else { n };
        words.copy_within(i..i + n_left, kept);
        kept += n_left;
        i += n;
    }
    words.truncate(kept);
}

/// The stems of some words, parted by blanks: the name of their n-gram.
pub(super) fn stems_of(text: &str, words: &[Word], stems: &StemCache) -> String {
    let stem = |w: &Word| w.slot.map_or_else(|| stems.stem_of(w.span.of(text)), |s| s.text().to_owned());
    words.iter().map(stem).collect::<Vec<_>>().join(" ")
}

/// Sends the word n-grams, the skip-grams and the negated words to `sink`.
///
/// Reference: Guthrie et al. 2006, "A closer look at skip-gram modelling".
pub(super) fn emit(text: &str, words: &[Word], settings: &FeatureSettings, stems: &StemCache, sink: &mut impl Sink) {
    let longest = settings.word_ngrams;
    let name = |range: &[Word]| stems_of(text, range, stems);
    let [single, several, apart, governed] =
        [Family::Word, Family::Phrase, Family::Skip, Family::Negated].map(ngram_start);
    for (i, first) in words.iter().enumerate() {
        let mut key = several;
        for n in 1..=longest.min(words.len() - i) {
            let word = &words[i + n - 1];
            if n > 1 && word.starts {
                break;
            }
            key = combine(key, word.hash);
            let span = Span::new(first.span.start, word.span.end);
            if n == 1 {
                let key = combine(single, word.hash);
                sink.feature(Family::Word, key, Some(span), || name(&words[i..=i]));
            } else {
                sink.feature(Family::Phrase, key, Some(span), || name(&words[i..i + n]));
            }
        }
        if settings.skip_grams > 0 {
            let key = combine(apart, first.hash);
            let behind = words[i + 1..].iter().take(1 + settings.skip_grams).take_while(|w| !w.starts);
            for word in behind.skip(1) {
                let span = Span::new(first.span.start, word.span.end);
                sink.feature(Family::Skip, combine(key, word.hash), Some(span), || name(&[*first, *word]));
            }
        }
        if settings.negation && first.negated && longest > 0 {
            let key = combine(governed, first.hash);
            sink.feature(Family::Negated, key, Some(first.span), || name(&words[i..=i]));
        }
    }
}
