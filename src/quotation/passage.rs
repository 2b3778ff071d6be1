//! A paragraph as extractors see it: tokens, quoted stretches, sentences.

use std::ops::Range;

use crate::document::{Document, PartKind};
use crate::lang::{Language, Tables, word_hash};
use crate::quotation::marks::{Quoted, opens, quoted};
use crate::text::{Span, Token, TokenKind, fold_word, sentence_ends_after, tokens_into};

/// One paragraph of a document.
#[derive(Debug, Clone)]
pub struct Passage {
    /// Its number among the document's paragraphs.
    pub index: usize,
    /// Where it stands.
    pub span: Span,
    /// Its tokens; spans are those of the document.
    pub tokens: Vec<Token>,
    /// What stands between marks, in order.
    pub quoted: Vec<Quoted>,
    /// For each token 0 outside marks, else 1 + the number of its quoted stretch; marks count as inside.
    pub depth: Vec<u32>,
    /// Token ranges of the sentences; a sentence never ends inside a quoted stretch.
    pub sentences: Vec<Range<usize>>,
    /// The paragraph in lower case, and behind it the folded forms of words that are not ASCII alone: made once, looked at
    /// often.
    folded: String,
    /// What is known of each token.
    words: Vec<Word>,
}

/// A token as the tables of a language know it.
#[derive(Debug, Clone, Copy)]
struct Word {
    /// Where its folded form stands in [`Passage::folded`].
    start: u32,
    end: u32,
    /// Hash of that form.
    hash: u64,
    /// Which tables hold it.
    tables: Tables,
}

/// The paragraphs of a document, in order.
pub fn passages(document: &Document, lang: &Language) -> Vec<Passage> {
    let text = &document.text;
    let spans: Vec<Span> = document.parts.iter().filter(|p| p.kind == PartKind::Paragraph).map(|p| p.span).collect();
    spans
        .iter()
        .enumerate()
        .map(|(index, &span)| {
            let next_opens = spans.get(index + 1).is_some_and(|&next| opens(text, next));
            passage(text, span, index, next_opens, lang)
        })
        .collect()
}

fn passage(text: &str, span: Span, index: usize, next_opens: bool, lang: &Language) -> Passage {
    let mut passage = Passage::bare(text, span, index, lang);
    passage.quoted = quoted(text, span, next_opens);
    let mut at = 0;
    for (i, stretch) in passage.quoted.iter().enumerate() {
        while at < passage.tokens.len() && passage.tokens[at].span.start < stretch.outer.start {
            at += 1;
        }
        while at < passage.tokens.len() && passage.tokens[at].span.start < stretch.outer.end {
            passage.depth[at] = i as u32 + 1;
            at += 1;
        }
    }
    passage.sentences = sentences(text, &passage, lang);
    passage
}

impl Passage {
    /// A stretch of text without marks and sentences: its tokens alone.
    pub(super) fn bare(text: &str, span: Span, index: usize, lang: &Language) -> Self {
        let paragraph = span.of(text);
        // Few paragraphs have more.
        let mut tokens = Vec::with_capacity(span.len() / 4 + 4);
        tokens_into(paragraph, span.start, &mut tokens);
        let mut folded = String::with_capacity(span.len() + 16);
        folded.push_str(paragraph);
        folded.make_ascii_lowercase();
        let is_ascii = paragraph.is_ascii();
        let mut words = Vec::with_capacity(tokens.len());
        let mut word = String::new();
        for token in &tokens {
            let (mut start, mut end) = (token.span.start - span.start, token.span.end - span.start);
            if !is_ascii && !paragraph.as_bytes()[start..end].is_ascii() {
                fold_word(&paragraph[start..end], &mut word);
                start = folded.len();
                folded.push_str(&word);
                end = folded.len();
            }
            let word = &folded.as_bytes()[start..end];
            let hash = word_hash(word);
            words.push(Word { start: start as u32, end: end as u32, hash, tables: lang.tables_by(hash, word) });
        }
        let depth = vec![0; tokens.len()];
        Passage { index, span, tokens, quoted: Vec::new(), depth, sentences: Vec::new(), folded, words }
    }

    /// Some of its tokens as a passage of their own, outside all marks.
    pub(super) fn flattened(&self, range: &Range<usize>) -> Self {
        let tokens = self.tokens[range.clone()].to_vec();
        let mut folded = String::with_capacity(8 * tokens.len());
        let mut words = Vec::with_capacity(tokens.len());
        for i in range.clone() {
            let start = folded.len() as u32;
            folded.push_str(self.folded(i));
            words.push(Word { start, end: folded.len() as u32, ..self.words[i] });
        }
        let depth = vec![0; tokens.len()];
        let span = self.span_of(range);
        Passage { index: self.index, span, tokens, quoted: Vec::new(), depth, sentences: Vec::new(), folded, words }
    }

    /// Folded text of token `i`; empty where there is none.
    #[inline]
    pub fn folded(&self, i: usize) -> &str {
        self.words.get(i).map_or("", |w| &self.folded[w.start as usize..w.end as usize])
    }

    /// Which tables hold token `i`.
    #[inline]
    pub fn tables(&self, i: usize) -> Tables {
        self.words.get(i).map(|w| w.tables).unwrap_or_default()
    }

    /// Hash of the folded token `i`, which there is.
    #[inline]
    pub(super) fn hash(&self, i: usize) -> u64 {
        self.words[i].hash
    }

    /// Text of token `i`.
    #[inline]
    pub fn word<'t>(&self, text: &'t str, i: usize) -> &'t str {
        self.tokens.get(i).map_or("", |t| t.span.of(text))
    }

    /// Bytes from the first to the last token of a token range.
    pub fn span_of(&self, range: &Range<usize>) -> Span {
        match self.tokens.get(range.clone()) {
            Some([first, .., last]) => Span::new(first.span.start, last.span.end),
            Some([only]) => only.span,
            _ => Span::new(self.span.start, self.span.start),
        }
    }

    /// The tokens that touch a byte range.
    pub fn tokens_in(&self, span: Span) -> Range<usize> {
        let start = self.tokens.partition_point(|t| t.span.end <= span.start);
        let end = self.tokens.partition_point(|t| t.span.start < span.end);
        start..end.max(start)
    }

    /// Token range of quoted stretch number `i`, with its marks.
    pub fn quoted_tokens(&self, i: usize) -> Range<usize> {
        self.tokens_in(self.quoted[i].outer)
    }
}

/// Outside of marks a sentence is cut behind so many tokens: no writer's are so long, and what compares the parts of a sentence
/// takes linear time on any text.
const MAX_SENTENCE: usize = 1_000;

fn sentences(text: &str, passage: &Passage, lang: &Language) -> Vec<Range<usize>> {
    let tokens = &passage.tokens;
    let mut out = Vec::new();
    let mut start = 0;
    let mut i = 0;
    while i < tokens.len() {
        let ends = if passage.depth[i] > 0 {
            let stretch = passage.depth[i] as usize - 1;
            i = passage.quoted_tokens(stretch).end.max(i + 1) - 1;
            ends_after_stretch(text, passage, stretch, i)
        } else {
            i - start >= MAX_SENTENCE || sentence_ends_after(text, tokens, i, lang)
        };
        i += 1;
        if ends && i < tokens.len() {
            // A bracket directly behind still belongs to the sentence.
            while i < tokens.len() && passage.depth[i] == 0 && matches!(passage.word(text, i), ")" | "]") {
                i += 1;
            }
            out.push(start..i);
            start = i;
        }
    }
    if start < tokens.len() {
        out.push(start..tokens.len());
    }
    out
}

/// Whether the sentence ends with a quoted stretch whose last token is `last`: its last word is followed by a final
/// mark, and what comes next is no attribution ("... so." Putin said).
fn ends_after_stretch(text: &str, passage: &Passage, stretch: usize, last: usize) -> bool {
    let tokens = &passage.tokens;
    let inner = passage.quoted[stretch].inner.of(text);
    let Some(next) = tokens.get(last + 1) else { return true };
    if !inner.ends_with(['.', '!', '?', '…']) {
        return false;
    }
    if passage.depth[last + 1] > 0 {
        return true;
    }
    if next.kind == TokenKind::Mark || !next.capital {
        return matches!(next.span.of(text), "[" | "(" | "*" | "•");
    }
    !attribution_follows(text, passage, last + 1)
}

/// Whether the words from token `from` on are "Name said." or "He told reporters," and then stop.
fn attribution_follows(text: &str, passage: &Passage, from: usize) -> bool {
    let window = from..(from + 14).min(passage.tokens.len());
    let mut cue = None;
    for i in window {
        let word = passage.word(text, i);
        if passage.depth[i] > 0 {
            return false;
        }
        if passage.tokens[i].kind == TokenKind::Mark {
            match word {
                "." | "!" | "?" => return cue.is_some(),
                "," => return cue.is_some_and(|c| i - c <= 4),
                "-" | "'" | "’" => {}
                _ => return false,
            }
        } else if cue.is_none() && i > from && passage.tables(i).is_cue() {
            cue = Some(i);
        } else if cue.is_some_and(|c| i == c + 1 && word == "that" || i - c > 6) {
            return false;
        }
    }
    cue.is_some()
}

/// An English text of one paragraph, as tests need it.
#[cfg(test)]
pub(super) mod one {
    use crate::document::{Document, Part, PartKind};
    use crate::lang::language;
    use crate::quotation::passage::{Passage, passages};
    use crate::text::Span;

    /// The document of the paragraph and its passage.
    pub(crate) fn paragraph(text: &str) -> (Document, Vec<Passage>) {
        let parts = vec![Part { kind: PartKind::Paragraph, span: Span::new(0, text.len()) }];
        let document = Document { parts, text: text.to_owned(), ..Document::default() };
        let passages = passages(&document, language("en").unwrap());
        (document, passages)
    }

    /// Where a part of the text stands first.
    pub(crate) fn span(text: &str, part: &str) -> Span {
        let start = text.find(part).unwrap();
        Span::new(start, start + part.len())
    }
}
