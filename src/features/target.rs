//! What stands around the target: word n-grams near it with their side, its clause, and words weighed by distance.

use crate::features::family::{Family, Sink, combine, hash_bytes, ngram_start};
use crate::features::settings::TargetSettings;
use crate::features::stems::StemCache;
use crate::features::word::{Word, stems_of};

/// Where a word stands from the nearest mention of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Words from it, 0 for the target itself.
    pub(super) distance: u32,
    /// Whether it stands behind the target.
    pub(super) after: bool,
}

/// The place of each word; `out` stays empty where no word names the target. O(words).
pub(super) fn places(words: &[Word], out: &mut Vec<Place>) {
    out.clear();
    if !words.iter().any(Word::is_target) {
        return;
    }
    let mut last: Option<u32> = None;
    for word in words {
        last = if word.is_target() { Some(0) } else { last.map(|d| d + 1) };
        out.push(Place { distance: last.unwrap_or(u32::MAX), after: true });
    }
    let mut next: Option<u32> = None;
    for (word, place) in words.iter().zip(out.iter_mut()).rev() {
        next = if word.is_target() { Some(0) } else { next.map(|d| d + 1) };
        if let Some(distance) = next.filter(|&d| d < place.distance) {
            *place = Place { distance, after: false };
        }
    }
}

/// Distance at which a word counts half.
const HALF: f32 = 4.0;

impl Place {
    /// How much a word counts at its distance.
    pub(super) fn weight(self) -> f32 {
        1.0 / (1.0 + self.distance as f32 / HALF)
    }
}

/// Sends the n-grams around the target to `sink`. `places` as [`places`] gives them, not empty.
pub(super) fn emit(
    text: &str,
    words: &[Word],
    places: &[Place],
    settings: &TargetSettings,
    stems: &StemCache,
    sink: &mut impl Sink,
) {
    if settings.window > 0 {
        window(text, words, places, settings.window, stems, sink);
    }
    if settings.clause {
        clause(text, words, stems, sink);
    }
    if settings.near {
        for (i, (word, place)) in words.iter().zip(places).enumerate().filter(|(_, (w, _))| !w.is_target()) {
            let key = combine(ngram_start(Family::Near), word.hash);
            let name = || stems_of(text, &words[i..=i], stems);
            sink.weighed(Family::Near, key, Some(word.span), place.weight(), name);
        }
    }
}

/// N-grams of up to three words that lie wholly on one side of the target, at most `reach` words from it.
fn window(text: &str, words: &[Word], places: &[Place], reach: usize, stems: &StemCache, sink: &mut impl Sink) {
    for (i, first) in words.iter().enumerate() {
        let side = if places[i].after { ">" } else { "<" };
        let mut key = combine(ngram_start(Family::Window), hash_bytes(side.as_bytes()));
        for (n, (word, place)) in words[i..].iter().zip(&places[i..]).take(3).enumerate() {
            let is_outside = word.is_target() || place.after != places[i].after || place.distance as usize > reach;
            if is_outside || (n > 0 && word.starts) {
                break;
            }
            key = combine(key, word.hash);
            let name = || format!("{side} {}", stems_of(text, &words[i..=i + n], stems));
            let span = crate::text::Span::new(first.span.start, word.span.end);
            sink.feature(Family::Window, key, Some(span), name);
        }
    }
}

/// Words and pairs of the clauses in which the target is named.
fn clause(text: &str, words: &[Word], stems: &StemCache, sink: &mut impl Sink) {
    for range in words.chunk_by(|a, b| a.clause == b.clause) {
        if !range.iter().any(Word::is_target) {
            continue;
        }
        for (i, word) in range.iter().enumerate() {
            let key = combine(ngram_start(Family::Clause), word.hash);
            sink.feature(Family::Clause, key, Some(word.span), || stems_of(text, &range[i..=i], stems));
            let Some(next) = range.get(i + 1) else { continue };
            let span = crate::text::Span::new(word.span.start, next.span.end);
            let name = || stems_of(text, &range[i..=i + 1], stems);
            sink.feature(Family::Clause, combine(key, next.hash), Some(span), name);
        }
    }
}
