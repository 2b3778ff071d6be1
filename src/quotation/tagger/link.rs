//! Which content, cue and source belong together?

use crate::quotation::passage::Passage;
use crate::quotation::tagger::decode::{Part, Segment};

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
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Linker {}

impl Linker {
    pub(crate) fn is_finite(&self) -> bool {
        true
    }
}

/// Number of sentence ends between two tokens.
fn sentences_between(passage: &Passage, a: usize, b: usize) -> usize {
    let of = |i: usize| passage.sentences.partition_point(|s| s.end <= i);
    of(a).abs_diff(of(b))
}

/// Distance of two segments in tokens, 0 where they touch.
fn gap(a: &Segment, b: &Segment) -> usize {
    if a.end <= b.start { b.start - a.end } else { a.start.saturating_sub(b.end) }
}

/// Links the segments of a paragraph.
pub(crate) fn link(passage: &Passage, segments: &[Segment]) -> Vec<Link> {
    let cues: Vec<usize> = (0..segments.len()).filter(|&i| segments[i].part == Part::Cue).collect();
    let mut links: Vec<Link> = cues.iter().map(|&c| Link { cue: Some(c), ..Link::default() }).collect();
    let mut alone = Vec::new();
    for (i, s) in segments.iter().enumerate().filter(|(_, s)| s.part.is_content()) {
        let cost = |c: usize| {
            let cue = &segments[c];
            let wrong_side = (s.part == Part::ContentBefore) != (cue.start > s.start);
            gap(s, cue) + 60 * sentences_between(passage, s.start, cue.start).min(9)
                + if wrong_side { 200 } else { 0 }
        };
        match (0..cues.len()).min_by_key(|&k| cost(cues[k])) {
            Some(k) => links[k].content.push(i),
            None => alone.push(Link { content: vec![i], ..Link::default() }),
        }
    }
    let sources: Vec<usize> = (0..segments.len()).filter(|&i| segments[i].part.is_source()).collect();
    for l in &mut links {
        let Some(cue) = l.cue.map(|c| segments[c]) else { continue };
        let cost = |s: &Segment| {
            let wrong_side = (s.part == Part::SourceBefore) != (cue.start > s.start);
            gap(s, &cue) + 60 * sentences_between(passage, s.start, cue.start).min(9) + if wrong_side { 40 } else { 0 }
        };
        l.source = sources.iter().copied().filter(|&s| cost(&segments[s]) < 60).min_by_key(|&s| (cost(&segments[s]), s));
    }
    links.retain(|l| !l.content.is_empty());
    links.extend(alone);
    links.sort_by_key(|l| l.content.first().map_or(0, |&c| segments[c].start));
    links
}
