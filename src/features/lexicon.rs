//! How good or bad the words are: sums of a lexicon's values, negations turned round; around the target where it is named.

use std::collections::BTreeMap;

use crate::features::family::{Family, Sink, string_key};
use crate::features::target::Place;
use crate::features::word::Word;

/// Words and their values, from -4 (worst) to 4 (best), with which a user completes or replaces the shipped lexicon.
pub type OwnLexicon = BTreeMap<String, f32>;

/// Words on either side of the target that count as beside it.
const BESIDE: u32 = 3;

/// Sends the sums to `sink`. `places`: empty where the target is not named.
pub(super) fn emit(words: &[Word], places: &[Place], sink: &mut impl Sink) {
    let clauses: Vec<u32> = words.iter().filter(|w| w.is_target()).map(|w| w.clause).collect();
    let mut nearest: Option<(u32, usize)> = None;
    for (i, word) in words.iter().enumerate() {
        let valence = word.valence();
        if valence == 0.0 {
            continue;
        }
        let sign = if valence > 0.0 { "positive" } else { "negative" };
        let strength = valence.abs();
        send(sign, strength, word, sink);
        let Some(place) = places.get(i) else { continue };
        send(&format!("{sign} near target"), strength * place.weight(), word, sink);
        let side = if place.after { "after" } else { "before" };
        send(&format!("{sign} {side} target"), strength * place.weight(), word, sink);
        if place.distance <= BESIDE {
            send(&format!("{sign} beside target"), strength, word, sink);
        }
        if clauses.contains(&word.clause) {
            send(&format!("{sign} in clause of target"), strength, word, sink);
        }
        if nearest.is_none_or(|(distance, _)| place.distance < distance) {
            nearest = Some((place.distance, i));
        }
    }
    if let Some((_, i)) = nearest {
        let valence = words[i].valence();
        let sign = if valence > 0.0 { "positive" } else { "negative" };
        send(&format!("{sign} nearest to target"), valence.abs(), &words[i], sink);
    }
}

fn send(name: &str, value: f32, word: &Word, sink: &mut impl Sink) {
    sink.weighed(Family::Lexicon, string_key(Family::Lexicon, name), Some(word.span), value, || name.to_owned());
}
