//! Where exactly does a content begin and end?
//!
//! The chain decides token by token; here whole spans are compared. Candidates are the spans around a content that the chain
//! finds likely; a logistic ranker chooses by the chain's probability of the span and by what one sees of the whole.
//! Reference: Scheible et al. 2016 (spans beat token decisions on indirect quotations).

use crate::quotation::passage::Passage;
use crate::quotation::tagger::decode::{Marginals, Part, Segment};
use crate::quotation::tagger::logistic::Logistic;
use crate::text::TokenKind;

/// Number of features of a candidate.
pub(crate) const N_SPAN: usize = 38;
/// Features of a candidate.
pub(crate) type SpanFeatures = [f64; N_SPAN];
/// Tokens that either end may move.
const REACH: usize = 25;
/// Candidates looked at on either end.
const N_ENDS: usize = 4;
/// Smallest probability of a candidate end.
const LIKELY: f32 = 0.02;

/// A candidate span with its features.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Candidate {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) features: SpanFeatures,
}

/// The spans that content number `i` may have, the chain's own first.
pub(crate) fn candidates(
    text: &str,
    passage: &Passage,
    segments: &[Segment],
    i: usize,
    marginals: &Marginals,
) -> Vec<Candidate> {
    let segment = segments[i];
    let floor = if i > 0 { segments[i - 1].end } else { 0 };
    let ceiling = segments.get(i + 1).map_or(passage.tokens.len(), |s| s.start);
    let part = segment.part;
    let mut starts: Vec<(f32, usize)> = (floor.max(segment.start.saturating_sub(REACH))
        ..segment.end.min(segment.start + REACH))
        .map(|s| (marginals.begins(part, s), s))
        .filter(|s| s.0 >= LIKELY && s.1 != segment.start && may_begin(passage, s.1))
        .collect();
    top(&mut starts);
    let mut ends: Vec<(f32, usize)> = (segment.end.saturating_sub(REACH).max(segment.start + 1)
        ..=ceiling.min(segment.end + REACH))
        .map(|e| (marginals.ends(part, e), e))
        .filter(|e| e.0 >= LIKELY && e.1 != segment.end && may_end(passage, e.1))
        .collect();
    top(&mut ends);
    starts.insert(0, (0.0, segment.start));
    ends.insert(0, (0.0, segment.end));
    let mut out = Vec::with_capacity(starts.len() * ends.len());
    if starts.len() == 1 && ends.len() == 1 {
        // Nothing to choose from: four contents of ten.
        out.push(Candidate { start: segment.start, end: segment.end, features: [0.0; N_SPAN] });
        return out;
    }
    let view = View { text, passage, marginals, segment, floor, ceiling };
    let first = starts.iter().map(|s| s.1).min().unwrap_or(segment.start);
    let last = ends.iter().map(|e| e.1).max().unwrap_or(segment.end);
    let along = view.along(first, last);
    let ends: Vec<End> = ends.iter().map(|e| view.end(e.1)).collect();
    for &(_, at) in &starts {
        let start = view.start(at);
        // Sums from this start on, in order: those of all ends that lie on the way.
        let mut sums = vec![marginals.log_begins(part, at); last - first + 1];
        for i in at + 1..last {
            sums[i + 1 - first] = sums[i - first] + along[i - first].log_goes_on;
        }
        for end in ends.iter().filter(|e| e.at > at) {
            let log_span = sums[end.at - first] + end.log_ends;
            let features = features(&view, &start, end, log_span, &along[at - first], &along[end.at - first]);
            out.push(Candidate { start: at, end: end.at, features });
        }
    }
    out
}

fn top(ends: &mut Vec<(f32, usize)>) {
    ends.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ends.truncate(N_ENDS);
}

/// A span is not cut inside a quoted stretch unless the chain does so.
fn may_begin(passage: &Passage, i: usize) -> bool {
    let d = passage.depth[i];
    d == 0 || i == 0 || passage.depth[i - 1] != d
}

fn may_end(passage: &Passage, i: usize) -> bool {
    i == 0 || i >= passage.depth.len() || passage.depth[i] == 0 || passage.depth[i] != passage.depth[i - 1]
}

/// Where a content is, with what is asked of it.
struct View<'a> {
    text: &'a str,
    passage: &'a Passage,
    marginals: &'a Marginals,
    segment: Segment,
    floor: usize,
    ceiling: usize,
}

/// What the way from the first candidate's start has up to a token, without it.
#[derive(Debug, Clone, Copy, Default)]
struct Along {
    commas: usize,
    /// Opening brackets less closing ones.
    open: isize,
    /// Tokens between marks.
    quoted: usize,
    /// "That" outside of marks.
    that: usize,
    /// Of this token: see [`Marginals::log_goes_on`].
    log_goes_on: f32,
    /// Whether this token is a "that" outside of marks.
    is_that: bool,
}

/// What a candidate's start is like.
struct Start {
    at: usize,
    begins: f32,
    /// Number of its sentence.
    sentence: usize,
    /// First token between marks from there on.
    quoted_from: usize,
}

/// What a candidate's end is like.
struct End {
    at: usize,
    ends: f32,
    log_ends: f32,
    /// Number of the sentence of the last token.
    sentence: usize,
    /// Words from there to the end of the sentence: final marks are none, a span that ends before them ends with its
    /// sentence.
    words_left: usize,
}

impl View<'_> {
    fn along(&self, first: usize, last: usize) -> Vec<Along> {
        let mut now = Along::default();
        let mut out = Vec::with_capacity(last - first + 1);
        for i in first..=last {
            let word = self.passage.word(self.text, i);
            let is_quoted = self.passage.depth.get(i).is_some_and(|&d| d > 0);
            now.is_that = !is_quoted && word == "that";
            now.log_goes_on = if i > first { self.marginals.log_goes_on(self.segment.part, i) } else { 0.0 };
            out.push(now);
            now.commas += usize::from(word == ",");
            now.open += isize::from(matches!(word, "(" | "[")) - isize::from(matches!(word, ")" | "]"));
            now.quoted += usize::from(is_quoted);
            now.that += usize::from(now.is_that);
        }
        out
    }

    fn start(&self, at: usize) -> Start {
        let quoted = self.passage.depth[at..].iter().take(self.ceiling.saturating_sub(at)).position(|&d| d > 0);
        Start {
            at,
            begins: self.marginals.begins(self.segment.part, at),
            sentence: self.passage.sentences.partition_point(|s| s.end <= at),
            quoted_from: quoted.map_or(usize::MAX, |n| at + n),
        }
    }

    fn end(&self, at: usize) -> End {
        let sentence = self.passage.sentences.partition_point(|s| s.end < at);
        let sentence_end = self.passage.sentences.get(sentence).map_or(at, |s| s.end);
        End {
            at,
            ends: self.marginals.ends(self.segment.part, at),
            log_ends: self.marginals.log_ends(self.segment.part, at),
            sentence,
            words_left: (at..sentence_end).filter(|&i| self.passage.tokens[i].kind != TokenKind::Mark).count(),
        }
    }
}

fn features(view: &View<'_>, from: &Start, to: &End, log_span: f32, first: &Along, behind: &Along) -> SpanFeatures {
    let &View { text, passage, segment, floor, ceiling, .. } = view;
    let (start, end) = (from.at, to.at);
    let yes = |b: bool| f64::from(u8::from(b));
    let to_end = to.words_left;
    let next = passage.word(text, end);
    let commas = behind.commas - first.commas;
    let quoted = behind.quoted - first.quoted;
    let length = (end - start) as f64;
    let before = if start > 0 { passage.word(text, start - 1) } else { "" };
    let at = passage.word(text, start);
    // Words before the first mark, where there is one.
    let unquoted_first = if quoted > 0 { from.quoted_from - start } else { 0 };
    let has_that = behind.that - first.that > usize::from(first.is_that);
    let moved_mark =
        end < passage.depth.len() && passage.depth[end] > 0 && passage.depth[end] == passage.depth[end - 1];
    [
        f64::from(log_span).max(-20.0),
        f64::from(from.begins),
        f64::from(to.ends),
        yes(start == segment.start),
        yes(end == segment.end),
        yes(start == segment.start && end == segment.end),
        yes(to_end == 0),
        yes(to_end == 0 && segment.part == Part::ContentAfter),
        yes(end == ceiling),
        yes(start == floor),
        yes(passage.sentences.get(from.sentence).is_some_and(|s| s.start == start)),
        yes(from.sentence == to.sentence),
        (1.0 + length).ln(),
        yes(length <= 2.0),
        yes(length <= 4.0),
        yes(next == ","),
        yes(matches!(next, "and" | "or" | "but")),
        yes(end < passage.tokens.len() && passage.tokens[end].kind == TokenKind::Word),
        commas.min(5) as f64,
        yes(behind.open != first.open),
        yes(quoted > 0),
        yes(quoted == end - start),
        yes(to_end == 0) * f64::from(to.ends),
        (1.0 + to_end as f64).ln(),
        yes(start == floor && floor > 0),
        yes(before == ","),
        yes(before == ":"),
        yes(before == "that"),
        yes(at == "that"),
        yes(at == "to"),
        yes(matches!(at, "of" | "for" | "about" | "on" | "with" | "as" | "in" | "by")),
        yes(passage.depth[start] > 0),
        yes(passage.depth[start] > 0 && quoted == end - start),
        (1.0 + unquoted_first as f64).ln(),
        yes(unquoted_first > 0 && matches!(passage.word(text, start + unquoted_first - 1), "," | ":")),
        yes(has_that),
        yes(moved_mark),
        (1.0 + (start - floor) as f64).ln(),
    ]
}

/// The best candidate: `(start, end)`; the chain's own where nothing was learnt.
pub(crate) fn choose(ranker: &Logistic, candidates: &[Candidate]) -> Option<(usize, usize)> {
    let mut best: Option<(f64, &Candidate)> = None;
    for c in candidates {
        let p = ranker.logit(&c.features);
        if best.is_none_or(|b| p > b.0) {
            best = Some((p, c));
        }
    }
    best.map(|b| (b.1.start, b.1.end))
}
