//! Which content, cue and source belong together?
//!
//! Every content looks for its cue and every cue for its source among the segments of the paragraph; contents of one cue are one
//! attribution. A logistic ranker decides; before it is fitted, the nearest on the right side wins.

use serde::{Deserialize, Serialize};

use crate::quotation::passage::Passage;
use crate::quotation::tagger::decode::{Part, Segment};
use crate::quotation::tagger::logistic::Logistic;

/// Number of features of a pair.
pub(crate) const N_PAIR: usize = 20;
/// Features of a pair of segments.
pub(crate) type Pair = [f64; N_PAIR];

/// One attribution within a paragraph, as segment numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Link {
    /// Contents, ascending.
    pub(crate) content: Vec<usize>,
    /// Its cue.
    pub(crate) cue: Option<usize>,
    /// Its source.
    pub(crate) source: Option<usize>,
}

/// What was learnt of links.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Linker {
    /// Content to cue.
    pub(crate) cue: Logistic,
    /// Cue to source.
    pub(crate) source: Logistic,
    /// A cue has no source if none is as likely as this.
    pub(crate) source_threshold: f64,
}

impl Linker {
    pub(crate) fn is_sound(&self) -> bool {
        self.cue.fits(N_PAIR) && self.source.fits(N_PAIR) && self.source_threshold.is_finite()
    }

    /// Links the segments of a paragraph.
    pub(crate) fn link(&self, passage: &Passage, segments: &[Segment]) -> Vec<Link> {
        let numbers = |keep: fn(Part) -> bool| -> Vec<usize> {
            (0..segments.len()).filter(|&i| keep(segments[i].part)).collect()
        };
        let (cues, sources) = (numbers(|p| p == Part::Cue), numbers(Part::is_source));
        let mut links: Vec<Link> = cues.iter().map(|&c| Link { cue: Some(c), ..Link::default() }).collect();
        let mut alone = Vec::new();
        for i in numbers(Part::is_content) {
            match best(&self.cue, passage, segments, i, &cues) {
                Some((k, _)) => links[k].content.push(i),
                None => alone.push(Link { content: vec![i], ..Link::default() }),
            }
        }
        links.retain(|l| !l.content.is_empty());
        for l in &mut links {
            let Some(cue) = l.cue else { continue };
            l.source = best(&self.source, passage, segments, cue, &sources)
                .filter(|b| b.1 >= self.source_threshold)
                .map(|b| sources[b.0]);
        }
        links.extend(alone);
        links.sort_by_key(|l| l.content.first().map_or(0, |&c| segments[c].start));
        links
    }
}

/// The best of `candidates` for segment `i`: its number among them and its probability.
fn best(
    ranker: &Logistic,
    passage: &Passage,
    segments: &[Segment],
    i: usize,
    candidates: &[usize],
) -> Option<(usize, f64)> {
    // Only the nearest few can be meant; this keeps a paragraph of a thousand segments linear.
    let at = candidates.partition_point(|&c| c < i);
    let near = at.saturating_sub(4)..(at + 4).min(candidates.len());
    let mut best: Option<(usize, f64)> = None;
    for k in near {
        let features = pair(passage, segments, i, candidates[k]);
        let p = if ranker.weights.is_empty() {
            -features[0] - 4.0 * features[5] + 4.0 * features[6]
        } else {
            ranker.probability(&features)
        };
        if best.is_none_or(|b| p > b.1) {
            best = Some((k, p));
        }
    }
    best
}

/// Number of the sentence of a token.
fn sentence_of(passage: &Passage, i: usize) -> usize {
    passage.sentences.partition_point(|s| s.end <= i)
}

/// Features of segment `i` (a content or a cue) with segment `c` (a cue or a source).
pub(crate) fn pair(passage: &Passage, segments: &[Segment], i: usize, c: usize) -> Pair {
    let (a, b) = (&segments[i], &segments[c]);
    let follows = b.start > a.start;
    let gap = if follows { b.start.saturating_sub(a.end) } else { a.start.saturating_sub(b.end) };
    let sentences = sentence_of(passage, a.start).abs_diff(sentence_of(passage, b.start));
    let agrees = match (a.part, b.part) {
        (Part::ContentBefore, _) | (_, Part::SourceAfter) => follows,
        (Part::ContentAfter, _) | (_, Part::SourceBefore) => !follows,
        _ => true,
    };
    // A source that stands after its cue follows the cue.
    let between = if i < c { &segments[i + 1..c] } else { &segments[c + 1..i] };
    // The first few tell enough, and keep a paragraph of a million marks linear.
    let count = |keep: fn(Part) -> bool| between.iter().take(32).filter(|s| keep(s.part)).count().min(3) as f64;
    let yes = |b: bool| f64::from(u8::from(b));
    let quoted = passage.depth[a.start] > 0;
    let (cues, contents, sources) = (count(|p| p == Part::Cue), count(Part::is_content), count(Part::is_source));
    [
        (1.0 + gap as f64).ln(),
        yes(gap == 0),
        yes(gap <= 2),
        yes(gap <= 6),
        yes(sentences == 0),
        (sentences.min(4)) as f64,
        yes(agrees),
        yes(agrees && sentences == 0),
        yes(agrees) * (1.0 + gap as f64).ln(),
        cues,
        yes(cues == 0.0),
        contents,
        yes(contents == 0.0),
        sources,
        yes(sources == 0.0),
        yes(follows),
        yes(quoted),
        yes(quoted && follows),
        yes(quoted && sentences > 0),
        yes(agrees && cues == 0.0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quotation::passage::one::paragraph;

    #[test]
    fn without_a_ranker_the_nearest_on_the_right_side_wins() {
        let text = "A lot, he said. B more, she added.";
        let (_, passages) = paragraph(text);
        let segment = |part, start, end| Segment { part, start, end };
        let segments = [
            segment(Part::ContentBefore, 0, 2),
            segment(Part::SourceBefore, 3, 4),
            segment(Part::Cue, 4, 5),
            segment(Part::ContentBefore, 6, 8),
            segment(Part::SourceBefore, 9, 10),
            segment(Part::Cue, 10, 11),
        ];
        let links = Linker { source_threshold: -99.0, ..Linker::default() }.link(&passages[0], &segments);
        assert_eq!(links[0], Link { content: vec![0], cue: Some(2), source: Some(1) });
        assert_eq!(links[1], Link { content: vec![3], cue: Some(5), source: Some(4) });
    }
}
