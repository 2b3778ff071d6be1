//! Dialogues with dashes: a paragraph that begins with a dash is spoken, a dash behind a comma or full stop begins and ends
//! the reporting clause ("— Yes, — she said. — We knew.").

use std::ops::Range;

use crate::quotation::Passage;
use crate::quotation::cue::cues;
use crate::quotation::rules::{Found, n_words};
use crate::quotation::source::{View, subject_after, subject_before};

/// Such an attribution is sure where a cue was found, and less where a speaker only goes on.
const CONFIDENCE: [f64; 2] = [0.8, 0.55];

/// Whether a paragraph is a turn of a dialogue: it begins with a dash that stands apart from its first word.
pub(super) fn is_dialogue(text: &str, passage: &Passage) -> bool {
    let first = passage.tokens.first().zip(passage.tokens.get(1));
    matches!(passage.word(text, 0), "—" | "–" | "―")
        && first.is_some_and(|(dash, word)| word.is_word() && dash.span.end < word.span.start)
}

/// The one attribution of such a paragraph.
pub(super) fn dialogue(view: View<'_>) -> Option<Found> {
    let n = view.passage.tokens.len();
    let tokens = &view.passage.tokens;
    let is_dash = |i: usize| {
        matches!(view.word(i), "—" | "–" | "―")
            && (i == 0 || tokens[i - 1].span.end < tokens[i].span.start)
            && i + 1 < n
            && tokens[i].span.end < tokens[i + 1].span.start
    };
    let dashes: Vec<usize> = (0..n).filter(|&i| is_dash(i)).chain([n]).collect();
    let parts: Vec<Range<usize>> = dashes.windows(2).map(|w| w[0] + 1..w[1]).filter(|r| !r.is_empty()).collect();
    let report = parts.iter().enumerate().skip(1).find_map(|(k, part)| {
        let cue = cues(view, part).into_iter().next()?;
        let before = subject_before(view, cue.tokens.start, part.start);
        let source = before.or_else(|| subject_after(view, cue.tokens.end - 1, part.end))?;
        // The clause begins with its subject or its verb.
        (cue.tokens.start.min(source.start) <= part.start + 1).then_some((k, cue.tokens, source))
    });
    let spoken = |k: usize| report.as_ref().is_none_or(|r| r.0 != k);
    let mut content: Vec<Range<usize>> =
        parts.iter().enumerate().filter(|(k, _)| spoken(*k)).map(|(_, part)| part.clone()).collect();
    content.retain(|part| n_words(view, part) > 0);
    if content.is_empty() {
        return None;
    }
    let inferred = report.is_none();
    let (cue, source) = report.map_or((None, None), |(_, cue, source)| (Some(cue), Some(source)));
    Some(Found { content, cue, source, confidence: CONFIDENCE[usize::from(inferred)], inferred })
}
