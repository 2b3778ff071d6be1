//! Fits the ranker of speakers: whom "he", "the minister" and "they" mean in articles that name the speakers.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2};

use crate::document::plain;
use crate::error::{Error, ErrorKind, Result};
use crate::lang::Language;
use crate::quotation::ask::Asked;
use crate::quotation::home::home_country;
use crate::quotation::ranker::{N_SIGNS, Question, SpeakerRanker, by_hand};
use crate::quotation::speaker::{Referent, Resolver};
use crate::quotation::tagger::logistic::Logistic;
use crate::quotation::topic::{Said, Topics, is_demanded};
use crate::quotation::vocabulary::Vocabulary;
use crate::quotation::{Attribution, Passage, passages};
use crate::text::{Span, folded};
use crate::training::tagger::corpus::{AnnotatedArticle, AnnotatedAttribution};
use crate::training::tagger::rankers::Rows;

/// Penalty on squared weights; they are what is added to the table set by hand.
const ALPHA: f64 = 40.0;
/// The score by hand is one more sign; written larger, it costs less of the penalty than all others.
const HAND_SCALE: f64 = 4.0;
/// So much of the table set by hand is added to what was learnt: articles of one kind teach their own habits (docs/EXTRACTOR.md).
const HAND_SHARE: f64 = 0.5;
/// With fewer questions of a kind the table set by hand is kept.
const MIN_QUESTIONS: usize = 30;

/// Articles in which unnamed sources are described are annotated by hand throughout: their questions count so many times.
/// The others' names come from automatic coreference.
const BY_HAND_COUNTS: usize = 6;

/// Differences of the signs of a right and a wrong candidate.
#[derive(Debug, Default)]
struct Pairs {
    values: Vec<f64>,
    n_questions: usize,
}

impl Pairs {
    fn push(&mut self, asked: &Asked, right: &[bool], reliable: bool) {
        let mut any = false;
        for (good, _) in asked.candidates.iter().zip(right).filter(|(_, right)| **right) {
            for (bad, _) in asked.candidates.iter().zip(right).filter(|(_, right)| !**right) {
                for _ in 0..if reliable { BY_HAND_COUNTS } else { 1 } {
                    self.values.extend(good.signs.iter().zip(&bad.signs).map(|(a, b)| a - b));
                }
                any = true;
            }
        }
        self.n_questions += usize::from(any);
    }

    /// Weights under which the right candidates win: a logistic regression on the differences, each in both directions.
    /// Reference: Herbrich et al. 2000, "Large margin rank boundaries for ordinal regression" (pairs), with logistic loss.
    fn fit(self, question: Question) -> Result<Logistic> {
        if self.n_questions < MIN_QUESTIONS {
            return Ok(Logistic::default());
        }
        let failed = |e: &dyn std::fmt::Display| {
            Error::new(ErrorKind::Numeric, format!("ranker of speakers can not be fitted: {e}"))
        };
        let n = self.values.len() / N_SIGNS;
        let hand = by_hand(question);
        let mut values = Vec::with_capacity(2 * n * (N_SIGNS + 1));
        for difference in self.values.chunks_exact(N_SIGNS) {
            values.extend_from_slice(difference);
            values.push(HAND_SCALE * difference.iter().zip(&hand).map(|(d, w)| d * w).sum::<f64>());
        }
        let mirrored: Vec<f64> = values.iter().map(|v| -v).collect();
        values.extend(mirrored);
        let records = Array2::from_shape_vec((2 * n, N_SIGNS + 1), values).map_err(|e| failed(&e))?;
        let targets: Array1<bool> = (0..2 * n).map(|i| i < n).collect();
        let data = DatasetBase::new(records, targets);
        let fitted = LogisticRegression::default()
            .alpha(ALPHA)
            .with_intercept(false)
            .max_iterations(500)
            .fit(&data)
            .map_err(|e| failed(&e))?;
        // linfa-logistic chooses the positive class: its labels tell which.
        let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
        let mut weights: Vec<f64> = fitted.params().iter().map(|w| sign * w).collect();
        let scale = HAND_SHARE + HAND_SCALE * weights.pop().unwrap_or_default();
        weights.iter_mut().zip(&hand).for_each(|(w, h)| *w += scale * h);
        weights.push(0.0);
        if weights.iter().any(|w| !w.is_finite()) {
            return Err(failed(&"a weight is not finite"));
        }
        Ok(Logistic { weights })
    }
}

/// A ranker fitted to the articles' speakers, and how many questions of each kind it saw.
pub(crate) fn fit_speakers(articles: &[AnnotatedArticle], lang: &Language) -> Result<(SpeakerRanker, [usize; 3])> {
    let mut topics = Rows::default();
    let mut pairs = [Pairs::default(), Pairs::default(), Pairs::default()];
    for article in articles {
        let document = plain::document(article.text.clone(), None);
        let passages = passages(&document, lang);
        if passages.is_empty() || document.text != article.text {
            continue;
        }
        let gold = attributions(article, &passages);
        let reliable = article.attributions.iter().any(|a| a.description.is_some() || a.target.is_some());
        let spans: Vec<Attribution> = gold.iter().map(|g| g.1.clone()).collect();
        let first = SpeakerRanker::default();
        let words = Vocabulary::new(&document, &passages);
        let about = Topics::new(&words);
        let home = home_country(&document, &passages, lang);
        let mut resolver = Resolver::new(&document, &passages, &words, &spans, None, &first, lang);
        for (annotated, attribution) in &gold {
            if let Some(asked) = resolver.asked(attribution) {
                let view = resolver.view_at(attribution.source.map_or(0, |s| s.start));
                let right: Vec<bool> = asked
                    .candidates
                    .iter()
                    .map(|c| is_meant(&resolver.speaker(&c.referent, view, None), annotated))
                    .collect();
                if right.contains(&true) {
                    let kind = match asked.question {
                        Question::Pronoun => 0,
                        Question::Description => 1,
                        Question::Plural => 2,
                    };
                    pairs[kind].push(&asked, &right, reliable);
                }
            }
            let (speaker, holder, _) = resolver.resolve(attribution);
            // Whole articles without targets are of a set that has none.
            if article.attributions.iter().any(|a| a.target.is_some()) {
                let held_in = resolver.holder_country(&holder);
                let own = if holder.same_as_speaker { speaker.country.as_deref().or(home) } else { held_in.as_deref() };
                let demanded = is_demanded(attribution, &document.text, lang);
                let said = Said { attribution, speaker: &speaker, holder: &holder, own, demanded };
                let phrases = about.phrases(&resolver, &said);
                for (i, phrase) in phrases.iter().enumerate() {
                    let right = annotated.target.as_deref().is_some_and(|t| is_target(&phrase.text(&resolver), t));
                    topics.push(&about.signs(phrase, i, phrases.len(), &said), right);
                }
            }
            // What follows is learnt as if all before had been resolved rightly.
            if let Some(name) = &annotated.speaker
                && let Some(person) = resolver.cast.persons.iter().position(|p| same(&p.name, name))
                && let Some(last) = resolver.spoken.last_mut()
            {
                *last = Referent::Person(person);
            }
        }
    }
    let n = [0, 1, 2].map(|i: usize| pairs[i].n_questions);
    let [pronoun, description, plural] = pairs;
    Ok((
        SpeakerRanker {
            pronoun: pronoun.fit(Question::Pronoun)?,
            description: description.fit(Question::Description)?,
            plural: plural.fit(Question::Plural)?,
            target: topics.fit()?,
        },
        n,
    ))
}

/// Whether a phrase is the annotated target: the same words, or the one within the other.
fn is_target(phrase: &str, target: &str) -> bool {
    let (a, b) = (format!(" {} ", folded(phrase)), format!(" {} ", folded(target)));
    a.contains(&b) || b.contains(&a)
}

fn same(a: &str, b: &str) -> bool {
    let (a, b) = (folded(a), folded(b));
    a.trim_start_matches("the ") == b.trim_start_matches("the ")
}

/// Whether a speaker is the one whom the annotation names or describes.
fn is_meant(speaker: &crate::quotation::Speaker, annotated: &AnnotatedAttribution) -> bool {
    match (&annotated.speaker, &annotated.description) {
        (Some(name), _) => speaker.name.as_deref().is_some_and(|n| same(n, name)),
        (None, Some(description)) => {
            speaker.name.is_none() && speaker.description.as_deref().is_some_and(|d| same(d, description))
        }
        (None, None) => false,
    }
}

/// The attributions of an article that lie in its paragraphs, in order.
fn attributions<'a>(
    article: &'a AnnotatedArticle,
    passages: &[Passage],
) -> Vec<(&'a AnnotatedAttribution, Attribution)> {
    let mut bytes: Vec<usize> = article.text.char_indices().map(|(i, _)| i).collect();
    bytes.push(article.text.len());
    let span = |s: &(usize, usize)| Span::new(bytes[s.0], bytes[s.1]);
    let place = |at: usize| {
        let k = passages.partition_point(|p| p.span.end <= at);
        passages.get(k).filter(|p| p.span.start <= at).map(|_| k)
    };
    let mut out: Vec<(&AnnotatedAttribution, Attribution)> = article
        .attributions
        .iter()
        .filter_map(|annotated| {
            let mut content: Vec<Span> = annotated.content.iter().map(span).filter(|s| !s.is_empty()).collect();
            content.sort_unstable();
            let paragraph = place(content.first()?.start)?;
            let source =
                annotated.source.as_ref().and_then(|s| s.first()).map(span).filter(|s| place(s.start).is_some());
            let cue = annotated.cue.first().map(span);
            Some((annotated, Attribution { content, cue, source, paragraph, confidence: 1.0, inferred: false }))
        })
        .collect();
    out.sort_by_key(|a| (a.1.content[0].start, a.1.content[0].end));
    out
}
