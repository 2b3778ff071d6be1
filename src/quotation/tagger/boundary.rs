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
    for &(_, start) in &starts {
        for &(_, end) in ends.iter().filter(|e| e.1 > start) {
            let features = features(text, passage, segment, start, end, marginals, floor, ceiling);
            out.push(Candidate { start, end, features });
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

#[allow(clippy::too_many_arguments)]
fn features(
    text: &str,
    passage: &Passage,
    segment: Segment,
    start: usize,
    end: usize,
    marginals: &Marginals,
    floor: usize,
    ceiling: usize,
) -> SpanFeatures {
    let part: Part = segment.part;
    let yes = |b: bool| f64::from(u8::from(b));
    let last = passage.sentences.partition_point(|s| s.end < end);
    let sentence_end = passage.sentences.get(last).map_or(end, |s| s.end);
    // Final marks are no words: a span that ends before them ends with its sentence.
    let to_end = (end..sentence_end).filter(|&i| passage.tokens[i].kind != TokenKind::Mark).count();
    let first = passage.sentences.partition_point(|s| s.end <= start);
    let next = passage.word(text, end);
    let commas = (start..end).filter(|&i| passage.word(text, i) == ",").count();
    let open = (start..end).filter(|&i| matches!(passage.word(text, i), "(" | "[")).count();
    let closed = (start..end).filter(|&i| matches!(passage.word(text, i), ")" | "]")).count();
    let quoted = passage.depth[start..end].iter().filter(|&&d| d > 0).count();
    let length = (end - start) as f64;
    let before = if start > 0 { passage.word(text, start - 1) } else { "" };
    let at = passage.word(text, start);
    // Words before the first mark, where there is one.
    let unquoted_first = if quoted > 0 { passage.depth[start..end].iter().take_while(|&&d| d == 0).count() } else { 0 };
    let has_that = (start + 1..end).any(|i| passage.depth[i] == 0 && passage.word(text, i) == "that");
    let moved_mark =
        end < passage.depth.len() && passage.depth[end] > 0 && passage.depth[end] == passage.depth[end - 1];
    [
        f64::from(marginals.log_span(part, start, end)).max(-20.0),
        f64::from(marginals.begins(part, start)),
        f64::from(marginals.ends(part, end)),
        yes(start == segment.start),
        yes(end == segment.end),
        yes(start == segment.start && end == segment.end),
        yes(to_end == 0),
        yes(to_end == 0 && part == Part::ContentAfter),
        yes(end == ceiling),
        yes(start == floor),
        yes(passage.sentences.get(first).is_some_and(|s| s.start == start)),
        yes(first == last),
        (1.0 + length).ln(),
        yes(length <= 2.0),
        yes(length <= 4.0),
        yes(next == ","),
        yes(matches!(next, "and" | "or" | "but")),
        yes(end < passage.tokens.len() && passage.tokens[end].kind == TokenKind::Word),
        commas.min(5) as f64,
        yes(open != closed),
        yes(quoted > 0),
        yes(quoted == end - start),
        yes(to_end == 0) * f64::from(marginals.ends(part, end)),
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
