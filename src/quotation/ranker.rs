//! Which candidate does a source mean? A linear ranker over signs of candidates.

use serde::{Deserialize, Serialize};

use crate::quotation::tagger::logistic::Logistic;

/// Number of signs of a candidate.
pub(crate) const N_SIGNS: usize = 59;
/// Signs of a candidate, in the order of [`Sign`].
pub(crate) type Signs = [f64; N_SIGNS];

/// What is known of a candidate for a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[rustfmt::skip]
pub(crate) enum Sign {
    // What it is; none of these: the words as they stand, for somebody whom the article does not name.
    Person, Body, Unnamed,
    // Who spoke: last, 1 / rank among the last, the last person of all, logarithm of how often, in this paragraph.
    SpokeLast, SpokeLately, LastPerson, Spoke, SpokeHere,
    // Where it is mentioned before: logarithm of the paragraphs between, in this paragraph, root of the mentions between, how often.
    Distance, Here, Between, Mentions,
    // First subject of this sentence, of the sentence before, of this paragraph.
    SubjectHere, SubjectBefore, SubjectParagraph,
    // Named in what is reported; the gender is the same, or not known; a name of one word; has a role; is named first of all.
    InContent, SameGender, NoGender, ShortName, HasRole, First,
    // How its roles fit the description: at all, class and group, description without more words, group, common words,
    // another body, another country.
    Fits, SameRole, BareRole, SameGroup, CommonWords, OtherBody, OtherCountry,
    // No role at all; the only one whose role fits; is named only later.
    NoRole, OnlyOne, Later,
    // How a body fits the head noun: same type, in its name, in what is said of it, by all words.
    SameType, InName, InApposition, Called,
    // The words as they stand: more than article and noun; a phrase behind the noun; no such words before.
    Longer, Complement, FirstTime,
    // "The diplomat" for a minister; "his wife", "the family's lawyer"; "a former auditor".
    Loose, Possessive, Indefinite,
    // What is told of somebody: the head noun, a word like it, other words, the same nation, the same age, the only one of
    // whom the head or the nation or the age is told; has roles of another walk of life, of the same one, and none fits.
    Told, Akin, ToldWords, Nation, SameAge, OnlyTold, Clash, SameWalk,
    // Named before in the same sentence; of two who spoke last the other; speaks next, and is not named before; no one else
    // before has no other role; a given name or a title tells that it is a person.
    InSentence, SpokeBefore, SpeaksNext, OnlyOpen, KnownName,
    // The words as they stand: the head is no role noun; a nation or party; an age; of somebody it is told.
    AgentHead, GroupHead, AgeHead, SomeTold,
    // Words of the description of which nothing is told.
    Untold,
}

/// What kind of source is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Question {
    /// "he", "her"
    Pronoun,
    /// "the minister", "the company"
    Description,
    /// "it", "they"
    Plural,
}

/// Weights of the signs by kind of source. Without learnt ones a table set by hand is used.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpeakerRanker {
    pub(crate) pronoun: Logistic,
    pub(crate) description: Logistic,
    pub(crate) plural: Logistic,
    /// Phrases of a content as its target.
    pub(crate) target: Logistic,
}

/// The ranker of extractors that learnt none.
pub(crate) static BY_HAND: SpeakerRanker = SpeakerRanker {
    pronoun: Logistic { weights: Vec::new() },
    description: Logistic { weights: Vec::new() },
    plural: Logistic { weights: Vec::new() },
    target: Logistic { weights: Vec::new() },
};

use Sign::{
    AgeHead, AgentHead, Akin, BareRole, Between, Body, Called, Clash, CommonWords, Distance, First, FirstTime, Fits,
    GroupHead, HasRole, Here, InApposition, InContent, InName, InSentence, Indefinite, KnownName, LastPerson, Later,
    Loose, Mentions, Nation, NoRole, OnlyOne, OnlyOpen, OnlyTold, OtherBody, OtherCountry, Person, Possessive, SameAge,
    SameGender, SameGroup, SameRole, SameType, SameWalk, ShortName, SomeTold, SpeaksNext, SpokeBefore, SpokeLast,
    SpokeLately, SubjectBefore, SubjectHere, SubjectParagraph, Told, ToldWords, Unnamed, Untold,
};

/// Set by hand, then by a random coordinate search on the 1,435 matched "he" and "she" of PolNeAR train.
const PRONOUN: &[(Sign, f64)] = &[
    (SameGender, 2.0),
    (SubjectHere, 0.2),
    (SubjectBefore, 2.2),
    (SubjectParagraph, 1.2),
    (LastPerson, 1.0),
    (SpokeLast, 0.8),
    (Between, -0.5),
    (Here, 1.3),
    (InContent, -1.5),
    (Mentions, 0.3),
    (ShortName, -1.0),
    (HasRole, 0.4),
    (Unnamed, -6.0),
];

const DESCRIPTION: &[(Sign, f64)] = &[
    (Person, 1.5),
    (Fits, 1.5),
    (SameRole, 3.0),
    (BareRole, 2.0),
    (SameGroup, 1.0),
    (CommonWords, 2.0),
    (OtherBody, -1.5),
    (OtherCountry, -9.0),
    (NoRole, -1.5),
    (Clash, -3.0),
    (Told, 2.5),
    (Akin, 1.0),
    (ToldWords, 0.5),
    (Nation, 1.5),
    (SameAge, 5.0),
    (OnlyTold, 0.5),
    (Here, 0.5),
    (SpeaksNext, 2.5),
    (OnlyOpen, 0.5),
    (KnownName, 0.7),
    (SameWalk, -0.3),
    (InSentence, -1.5),
    (SpokeBefore, 0.3),
    (AgentHead, 1.0),
    (Untold, -0.4),
    (GroupHead, -0.5),
    (AgeHead, -0.5),
    (SomeTold, -0.5),
    (OnlyOne, 0.5),
    (Later, -1.5),
    (SpokeLast, 0.5),
    (SpokeLately, 1.0),
    (Distance, -0.2),
    (Body, -0.7),
    (SameType, 1.5),
    (InName, 1.0),
    (InApposition, 1.5),
    (Called, 2.5),
    (Unnamed, 0.3),
    (FirstTime, 0.3),
    (First, 0.0),
    (Loose, -1.5),
    (Possessive, 4.0),
    (Indefinite, 2.0),
];

const PLURAL: &[(Sign, f64)] = &[
    (Person, -5.0),
    (Body, 1.0),
    (Unnamed, 1.0),
    (SpokeLast, 4.0),
    (SpokeLately, 1.5),
    (Here, 2.0),
    (SubjectHere, 1.0),
    (SubjectParagraph, 0.8),
];

/// The weights set by hand, one a sign.
#[cfg(feature = "train")]
pub(crate) fn by_hand(question: Question) -> Signs {
    let mut weights = [0.0; N_SIGNS];
    for &(sign, weight) in table(question) {
        weights[sign as usize] = weight;
    }
    weights
}

fn table(question: Question) -> &'static [(Sign, f64)] {
    match question {
        Question::Pronoun => PRONOUN,
        Question::Description => DESCRIPTION,
        Question::Plural => PLURAL,
    }
}

impl SpeakerRanker {
    pub(crate) fn is_sound(&self) -> bool {
        [&self.pronoun, &self.description, &self.plural].iter().all(|l| l.weights.len() <= N_SIGNS + 1)
            && [&self.pronoun, &self.description, &self.plural].iter().all(|l| l.weights.iter().all(|w| w.is_finite()))
            && self.target.weights.iter().all(|w| w.is_finite())
    }

    /// A number that is larger for likelier candidates.
    fn score(&self, question: Question, signs: &Signs) -> f64 {
        let learnt = match question {
            Question::Pronoun => &self.pronoun,
            Question::Description => &self.description,
            Question::Plural => &self.plural,
        };
        // Signs that came after the extractor was trained, all where it learnt none, weigh as the table says.
        let known = learnt.weights.len().saturating_sub(1).min(N_SIGNS);
        let by_hand = table(question).iter().filter(|t| t.0 as usize >= known);
        let score: f64 = learnt.weights[..known].iter().zip(signs).map(|(w, x)| w * x).sum();
        score + by_hand.map(|&(sign, weight)| weight * signs[sign as usize]).sum::<f64>()
    }

    /// The likeliest of `candidates`, the first of equals, and its share of all odds; `None` without candidates.
    pub(crate) fn best<'c>(
        &self,
        question: Question,
        candidates: impl Iterator<Item = &'c Signs>,
    ) -> Option<(usize, f64)> {
        let scores: Vec<f64> = candidates.map(|signs| self.score(question, signs)).collect();
        let mut best = 0;
        for (i, score) in scores.iter().enumerate() {
            if score.total_cmp(&scores[best]).is_gt() {
                best = i;
            }
        }
        let top = *scores.get(best)?;
        let total: f64 = scores.iter().map(|s| (s - top).exp()).sum();
        Some((best, 1.0 / total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_candidate_wins_and_shares_the_odds() {
        let mut same = [0.0; N_SIGNS];
        same[SameGender as usize] = 1.0;
        let ranker = SpeakerRanker::default();
        let (best, share) = ranker.best(Question::Pronoun, [[0.0; N_SIGNS], same].iter()).unwrap();
        assert_eq!(best, 1);
        assert!((share - 1.0 / (1.0 + (-2.0_f64).exp())).abs() < 1e-12);
        let mut weights = vec![0.0; N_SIGNS + 1];
        weights[SameGender as usize] = -1.0;
        let learnt = SpeakerRanker { pronoun: Logistic { weights }, ..SpeakerRanker::default() };
        assert!(learnt.is_sound());
        assert_eq!(learnt.best(Question::Pronoun, [[0.0; N_SIGNS], same].iter()).map(|b| b.0), Some(0));
        assert_eq!(ranker.best(Question::Plural, [].iter()), None);
    }

    #[test]
    fn signs_have_their_places() {
        assert_eq!(Untold as usize, N_SIGNS - 1);
    }
}
