//! Who does what to whom: the words between speaker and target and beside them, where the text names both.

use crate::features::family::{Family, Sink, combine, hash_bytes, ngram_start, string_key};
use crate::features::stems::StemCache;
use crate::features::word::{Word, stems_of};
use crate::text::Span;

/// Words beside speaker and target that count.
const BESIDE: usize = 3;

/// Sends the order of the nearest pair of speaker and target, the n-grams of up to three words between them, and those
/// of the words just after the speaker and just before the target to `sink`.
pub(super) fn emit(text: &str, words: &[Word], stems: &StemCache, sink: &mut impl Sink) {
    let Some((speaker, target)) = nearest_pair(words) else { return };
    let order = if speaker < target { "order=speaker first" } else { "order=target first" };
    sink.feature(Family::Between, string_key(Family::Between, order), Some(words[target].span), || order.to_owned());
    let (low, high) = (speaker.min(target), speaker.max(target));
    ngrams(text, words, low + 1..high, "between", stems, sink);
    ngrams(text, words, speaker + 1..(speaker + 1 + BESIDE).min(words.len()), "after", stems, sink);
    ngrams(text, words, target.saturating_sub(BESIDE)..target, "before", stems, sink);
}

/// The word of the speaker and the word of the target that stand nearest to each other. O(words).
fn nearest_pair(words: &[Word]) -> Option<(usize, usize)> {
    let (mut speaker, mut target) = (None, None);
    let mut best: Option<(usize, usize)> = None;
    for (i, word) in words.iter().enumerate() {
        if word.is_speaker() {
            speaker = Some(i);
        } else if word.is_target() {
            target = Some(i);
        } else {
            continue;
        }
        if let (Some(s), Some(t)) = (speaker, target)
            && best.is_none_or(|(a, b): (usize, usize)| s.abs_diff(t) < a.abs_diff(b))
        {
            best = Some((s, t));
        }
    }
    best
}

fn ngrams(
    text: &str,
    words: &[Word],
    range: std::ops::Range<usize>,
    place: &str,
    stems: &StemCache,
    sink: &mut impl Sink,
) {
    for i in range.clone() {
        let mut key = combine(ngram_start(Family::Between), hash_bytes(place.as_bytes()));
        for end in i + 1..=range.end.min(i + 3) {
            key = combine(key, words[end - 1].hash);
            let span = Span::new(words[i].span.start, words[end - 1].span.end);
            let name = || format!("{place} {}", stems_of(text, &words[i..end], stems));
            sink.feature(Family::Between, key, Some(span), name);
        }
    }
}
