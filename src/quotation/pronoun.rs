//! Whom "he" and "she" mean: candidates of the article, told apart by a weighted sum of simple signs.

use crate::lang::Gender;
use crate::quotation::cast::Cast;
use crate::text::Span;

/// Number of signs of a candidate.
pub(crate) const N_SIGNS: usize = 12;

/// Weights of the signs, in the order they stand in [`candidates`]. Set by hand, then by a random coordinate search on the
/// 1,435 matched "he" and "she" of PolNeAR train (silver names: 1,014 right before the search, 1,021 after).
pub(crate) const WEIGHTS: [f64; N_SIGNS] = [2.0, 0.2, 2.2, 1.2, 1.0, 0.8, -0.5, 1.3, -1.5, 0.3, -1.0, 0.4];

/// Candidates are sought among so many mentions before the pronoun.
const MAX_MENTIONS: usize = 40;
/// ... and among so many speakers before it.
const MAX_SPEAKERS: usize = 4;

/// What is known where the pronoun stands.
pub(super) struct Place<'a> {
    pub(super) byte: usize,
    pub(super) gender: Option<Gender>,
    /// Where the paragraph begins, the sentence of the pronoun, and the sentence before it.
    pub(super) passage: usize,
    pub(super) sentence: usize,
    pub(super) sentence_before: usize,
    /// Persons who spoke, the last one first; `None` for others.
    pub(super) spoken: &'a [Option<usize>],
    /// What is reported: who is named in it seldom says it.
    pub(super) content: &'a [Span],
    pub(super) except: Option<usize>,
}

/// A person whom the pronoun can mean.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Candidate {
    pub(crate) person: usize,
    pub(crate) signs: [f64; N_SIGNS],
}

impl Candidate {
    fn score(&self) -> f64 {
        self.signs.iter().zip(WEIGHTS).map(|(s, w)| s * w).sum()
    }
}

/// The candidates of a pronoun, in the order of their persons.
pub(super) fn candidates(cast: &Cast, place: &Place<'_>) -> Vec<Candidate> {
    let mut persons: Vec<usize> = cast.mentions_before(place.byte).take(MAX_MENTIONS).map(|m| m.person).collect();
    persons.extend(place.spoken.iter().take(MAX_SPEAKERS).flatten());
    persons.sort_unstable();
    persons.dedup();
    persons.retain(|&i| {
        let known = cast.persons[i].gender;
        Some(i) != place.except && (place.gender.is_none() || known.is_none() || known == place.gender)
    });
    // One walk over the mentions serves all candidates.
    let near: Vec<_> = cast.mentions_before(place.byte).take(MAX_MENTIONS).collect();
    let first_subject = |from: usize, to: usize| {
        near.iter()
            .rev()
            .find(|m| m.byte >= from && m.byte < to && !m.quoted && m.subject && persons.contains(&m.person))
            .map(|m| m.person)
    };
    let subject_before = first_subject(place.sentence_before, place.sentence);
    let subject_here = first_subject(place.sentence, place.byte);
    let subject_passage = first_subject(place.passage, place.sentence);
    let spoken_last = place.spoken.iter().take(MAX_SPEAKERS).flatten().next().copied();
    persons
        .iter()
        .map(|&i| {
            let person = &cast.persons[i];
            let outside = near.iter().find(|m| {
                m.person == i && !m.quoted && !place.content.iter().any(|c| c.start <= m.byte && m.byte < c.end)
            });
            let last = outside.map(|m| m.byte);
            let in_content = outside.is_none();
            let n_between = near.iter().take_while(|m| Some(m.byte) != last).filter(|m| !m.quoted).count().min(10);
            let is = |x: bool| f64::from(u8::from(x));
            let signs = [
                is(place.gender.is_some() && person.gender == place.gender),
                is(subject_here == Some(i)),
                is(subject_before == Some(i)),
                is(subject_passage == Some(i)),
                is(spoken_last == Some(i)),
                is(place.spoken.first() == Some(&Some(i))),
                (n_between as f64).sqrt(),
                is(last.is_some_and(|m| m >= place.passage)),
                is(in_content && spoken_last != Some(i)),
                (person.mentions.len() as f64).ln(),
                is(person.words.len() < 2),
                is(!person.roles.is_empty()),
            ];
            Candidate { person: i, signs }
        })
        .collect()
}

/// The likeliest candidate and how sure that is, by the distance to the next one.
pub(super) fn choose(candidates: &[Candidate]) -> Option<(usize, f64)> {
    let mut scores: Vec<(f64, usize)> = candidates.iter().map(|c| (c.score(), c.person)).collect();
    scores.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let best = scores.first()?;
    let total: f64 = scores.iter().map(|s| (s.0 - best.0).exp()).sum();
    Some((best.1, 0.4 + 0.55 / total))
}
