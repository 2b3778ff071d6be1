//! Articles in which people marked who said what, and their states.

use serde::Deserialize;

use crate::document::{Document, Part as DocumentPart, PartKind};
use crate::error::{Error, Result};
use crate::lang::Language;
use crate::quotation::tagger::decode::{GAP, OUTSIDE, Part, allowed};
use crate::quotation::{Passage, passages};
use crate::text::Span;

/// An article with its attributions; one line of the training file, see `data/README-extractor.md`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct AnnotatedArticle {
    /// Its name.
    pub id: String,
    /// Its text; every line that is not empty is a paragraph.
    pub text: String,
    /// Who said what in it. A token belongs to at most one of them.
    pub attributions: Vec<AnnotatedAttribution>,
    /// How many times the article counts: 1 unless said, at most [`AnnotatedArticle::MAX_WEIGHT`].
    #[serde(default = "once")]
    pub weight: usize,
}

fn once() -> usize {
    1
}

/// One attribution: spans `[start, end)` in Unicode scalars of the article's text.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct AnnotatedAttribution {
    /// The words that name who said it.
    pub source: Option<Vec<(usize, usize)>>,
    /// The reporting words.
    #[serde(default)]
    pub cue: Vec<(usize, usize)>,
    /// What was said.
    pub content: Vec<(usize, usize)>,
    /// Full name of who said it, where it is known.
    #[serde(default)]
    pub speaker: Option<String>,
}

impl AnnotatedArticle {
    /// The largest weight.
    pub const MAX_WEIGHT: usize = 100;

    /// The article in one line of JSON.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Data`] if the line is no such article, a span does not fit its text or the weight is out
    /// of range.
    pub fn from_json(line: &str) -> Result<Self> {
        let article: Self =
            serde_json::from_str(line).map_err(|e| Error::data(format!("no annotated article: {e}")).caused_by(e))?;
        if !(1..=Self::MAX_WEIGHT).contains(&article.weight) {
            let weight = article.weight;
            return Err(Error::data(format!("article \"{}\": weight {weight} is not in 1..=100", article.id)));
        }
        let n_chars = article.text.chars().count();
        for attribution in &article.attributions {
            let source = attribution.source.iter().flatten();
            if source.chain(&attribution.cue).chain(&attribution.content).any(|&(s, e)| s > e || e > n_chars) {
                return Err(Error::data(format!("article \"{}\": a span lies outside of its text", article.id)));
            }
        }
        Ok(article)
    }

    /// The article as the extractor reads it.
    pub fn document(&self) -> Document {
        let mut document = Document { id: self.id.clone(), text: self.text.clone(), ..Document::default() };
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            let span = Span::new(start, start + line.len()).trimmed(&self.text);
            if !span.is_empty() {
                document.parts.push(DocumentPart { kind: PartKind::Paragraph, span });
            }
            start += line.len();
        }
        document
    }
}

/// One attribution within one article, in tokens.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gold {
    /// (passage, first token, one past the last), in order.
    pub(crate) content: Vec<(usize, usize, usize)>,
    /// The first stretch of the cue.
    pub(crate) cue: Option<(usize, usize, usize)>,
    /// The first stretch of the source.
    pub(crate) source: Option<(usize, usize, usize)>,
}

/// An article made ready for learning.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// Its text.
    pub(crate) document: Document,
    /// Its paragraphs.
    pub(crate) passages: Vec<Passage>,
    /// A state for every token of every paragraph.
    pub(crate) states: Vec<Vec<u8>>,
    /// Its attributions.
    pub(crate) gold: Vec<Gold>,
    /// How many times the chain learns from it.
    pub(crate) weight: usize,
}

/// Cuts an article into paragraphs and tokens and gives every token its state.
pub(crate) fn prepare(article: &AnnotatedArticle, lang: &Language) -> Prepared {
    let document = article.document();
    let passages = passages(&document, lang);
    let mut bytes: Vec<usize> = document.text.char_indices().map(|(i, _)| i).collect();
    bytes.push(document.text.len());
    let mut states: Vec<Vec<u8>> = passages.iter().map(|p| vec![OUTSIDE as u8; p.tokens.len()]).collect();
    let mut all = Vec::new();
    for attribution in &article.attributions {
        let place = |spans: &[(usize, usize)], is_content: bool| -> Vec<(usize, usize, usize)> {
            let mut out = Vec::new();
            for &(s, e) in spans {
                let span = Span::new(bytes[s], bytes[e]);
                let first = passages.partition_point(|p| p.span.end <= span.start);
                for (k, passage) in passages.iter().enumerate().skip(first) {
                    if passage.span.start >= span.end {
                        break;
                    }
                    let tokens = passage.tokens_in(span);
                    let (start, end) = edges(&document.text, passage, tokens.start, tokens.end, is_content);
                    if start < end {
                        out.push((k, start, end));
                    }
                }
            }
            out.sort_unstable();
            out
        };
        let gold = Gold {
            content: place(&attribution.content, true),
            cue: place(&attribution.cue, false).first().copied(),
            source: place(attribution.source.as_deref().unwrap_or_default(), false).first().copied(),
        };
        mark(&gold, &mut states);
        if !gold.content.is_empty() {
            all.push(gold);
        }
    }
    states.iter_mut().for_each(|states| repair(states));
    Prepared { document, passages, states, gold: all, weight: article.weight }
}

/// Makes the first token of every part its beginning, also where two attributions overlap.
fn repair(states: &mut [u8]) {
    for i in 0..states.len() {
        let before = if i > 0 { states[i - 1] as usize } else { OUTSIDE };
        if !allowed(before, states[i] as usize) {
            states[i] -= 1;
        }
    }
}

/// One convention for the edges: marks of a quoted stretch belong to the content that touches them from inside,
/// other marks at the edges do not.
fn edges(text: &str, passage: &Passage, mut start: usize, mut end: usize, is_content: bool) -> (usize, usize) {
    let is_mark = |i: usize| passage.tokens[i].kind == crate::text::TokenKind::Mark;
    let closes = |i: usize| matches!(passage.word(text, i), ")" | "]" | "%");
    let opens = |i: usize| matches!(passage.word(text, i), "(" | "[" | "$" | "#" | "@" | "£" | "€");
    while start < end && passage.depth[start] == 0 && is_mark(start) && !opens(start) {
        start += 1;
    }
    while end > start && passage.depth[end - 1] == 0 && is_mark(end - 1) && !closes(end - 1) {
        end -= 1;
    }
    if is_content && start < end {
        if passage.depth[start] > 0 {
            let range = passage.quoted_tokens(passage.depth[start] as usize - 1);
            if start == range.start + 1 {
                start = range.start;
            }
        }
        if passage.depth[end - 1] > 0 {
            let range = passage.quoted_tokens(passage.depth[end - 1] as usize - 1);
            if (end..range.end).all(is_mark) {
                end = range.end;
            }
        }
    }
    (start, end)
}

fn mark(gold: &Gold, states: &mut [Vec<u8>]) {
    let mut put = |part: Part, (k, start, end): (usize, usize, usize)| {
        for (i, state) in states[k][start..end].iter_mut().enumerate() {
            if *state == OUTSIDE as u8 || *state == GAP as u8 {
                *state = (part.begin() + usize::from(i > 0)) as u8;
            }
        }
    };
    if let Some(cue) = gold.cue {
        put(Part::Cue, cue);
    }
    if let Some(source) = gold.source {
        put(if gold.cue.is_some_and(|c| c > source) { Part::SourceBefore } else { Part::SourceAfter }, source);
    }
    for &content in &gold.content {
        put(if gold.cue.is_some_and(|c| c > content) { Part::ContentBefore } else { Part::ContentAfter }, content);
    }
    // Between the first and the last part of the paragraph in which the cue stands.
    if let Some(cue) = gold.cue {
        let here = || gold.content.iter().chain(&gold.source).chain([&cue]).filter(|s| s.0 == cue.0);
        let first = here().map(|s| s.1).min().unwrap_or(cue.1);
        let last = here().map(|s| s.2).max().unwrap_or(cue.2);
        for state in &mut states[cue.0][first..last] {
            if *state == OUTSIDE as u8 {
                *state = GAP as u8;
            }
        }
    }
}
