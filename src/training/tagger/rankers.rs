//! Fits the rankers to what the chain finds in articles that it was not trained on.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2};

use crate::error::{Error, ErrorKind, Result};
use crate::quotation::Passage;
use crate::quotation::tagger::boundary::candidates;
use crate::quotation::tagger::confidence;
use crate::quotation::tagger::decode::{Part, Segment};
use crate::quotation::tagger::link::{Linker, pair};
use crate::quotation::tagger::logistic::Logistic;
use crate::quotation::tagger::{Rankers, Tagger};
use crate::training::tagger::corpus::{Gold, Prepared};

/// Penalty of the rankers: they have few weights and many rows.
const ALPHA: f64 = 1.0;

/// Dense rows with a yes or no each.
#[derive(Debug, Default)]
pub(super) struct Rows {
    values: Vec<f64>,
    targets: Vec<bool>,
}

impl Rows {
    pub(super) fn push(&mut self, features: &[f64], target: bool) {
        self.values.extend_from_slice(features);
        self.targets.push(target);
    }

    pub(super) fn fit(self) -> Result<Logistic> {
        let n = self.targets.len();
        let n_yes = self.targets.iter().filter(|&&t| t).count();
        if n_yes == 0 || n_yes == n {
            return Ok(Logistic::default());
        }
        let failed =
            |e: &dyn std::fmt::Display| Error::new(ErrorKind::Numeric, format!("ranker can not be fitted: {e}"));
        let records = Array2::from_shape_vec((n, self.values.len() / n), self.values).map_err(|e| failed(&e))?;
        let data = DatasetBase::new(records, Array1::from_vec(self.targets));
        let fitted =
            LogisticRegression::default().alpha(ALPHA).max_iterations(300).fit(&data).map_err(|e| failed(&e))?;
        // linfa-logistic 0.8 takes the class with more rows as the positive one: its labels tell which.
        let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
        let mut weights: Vec<f64> = fitted.params().iter().map(|w| sign * w).collect();
        weights.push(sign * fitted.intercept());
        if weights.iter().any(|w| !w.is_finite()) {
            return Err(failed(&"a weight is not finite"));
        }
        Ok(Logistic { weights })
    }
}

/// Rankers fitted to pairs of a tagger and an article that it does not know.
pub(crate) fn fit_rankers(articles: &[(&Tagger, &Prepared)]) -> Result<Rankers> {
    let mut rankers = Rankers::default();
    let (mut cues, mut sources, mut spans) = (Rows::default(), Rows::default(), Rows::default());
    for (tagger, article) in articles {
        let mut memory = tagger.memory();
        for (k, passage) in article.passages.iter().enumerate() {
            let segments = tagger.segments(&article.document.text, &article.passages, k, &mut memory);
            for (i, segment) in segments.iter().enumerate() {
                if segment.part.is_content() {
                    let Some((gold, span)) = content_of(&article.gold, passage, k, segment) else { continue };
                    push_links(
                        &mut cues,
                        passage,
                        &segments,
                        i,
                        |s| s.part == Part::Cue,
                        gold.cue.filter(|c| c.0 == k),
                        false,
                    );
                    let all = candidates(&article.document.text, passage, &segments, i, &memory.marginals);
                    let right = |c: &(usize, usize)| words(passage, c.0, c.1) == words(passage, span.0, span.1);
                    if all.len() > 1 && all.iter().any(|c| right(&(c.start, c.end))) {
                        all.iter().for_each(|c| spans.push(&c.features, right(&(c.start, c.end))));
                    }
                } else if segment.part == Part::Cue {
                    let gold = article.gold.iter().find(|g| g.cue.is_some_and(|c| touches(c, k, segment)));
                    if let Some(gold) = gold {
                        let source = gold.source.filter(|s| s.0 == k);
                        push_links(&mut sources, passage, &segments, i, |s| s.part.is_source(), source, true);
                    }
                }
            }
        }
    }
    rankers.boundary = spans.fit()?;
    rankers.linker = Linker { cue: cues.fit()?, source: sources.fit()?, source_threshold: 0.2 };
    fit_confidence(articles, &mut rankers)?;
    Ok(rankers)
}

/// Candidates of segment `i` near it, as the linker looks at them.
fn push_links(
    rows: &mut Rows,
    passage: &Passage,
    segments: &[Segment],
    i: usize,
    keep: fn(&Segment) -> bool,
    gold: Option<(usize, usize, usize)>,
    also_none: bool,
) {
    let all: Vec<usize> = (0..segments.len()).filter(|&c| keep(&segments[c])).collect();
    let at = all.partition_point(|&c| c < i);
    let near = &all[at.saturating_sub(4)..(at + 4).min(all.len())];
    let right = |c: usize| gold.is_some_and(|g| touches(g, g.0, &segments[c]));
    if also_none || near.iter().any(|&c| right(c)) {
        near.iter().for_each(|&c| rows.push(&pair(passage, segments, i, c), right(c)));
    }
}

fn touches(gold: (usize, usize, usize), k: usize, segment: &Segment) -> bool {
    gold.0 == k && gold.1 < segment.end && segment.start < gold.2
}

/// The words (no marks) of a token range.
fn words(passage: &Passage, start: usize, end: usize) -> Vec<usize> {
    (start..end).filter(|&i| passage.tokens[i].kind != crate::text::TokenKind::Mark).collect()
}

/// The attribution whose content a segment is, with that content: half of their common words at least.
fn content_of<'g>(
    gold: &'g [Gold],
    passage: &Passage,
    k: usize,
    segment: &Segment,
) -> Option<(&'g Gold, (usize, usize))> {
    gold.iter().find_map(|g| {
        let span = g.content.iter().find(|&&c| {
            touches(c, k, segment) && {
                let all = words(passage, c.1.min(segment.start), c.2.max(segment.end)).len();
                let both = words(passage, c.1.max(segment.start), c.2.min(segment.end)).len();
                2 * both >= all && both > 0
            }
        })?;
        Some((g, (span.1, span.2)))
    })
}

/// What the tagger finds in an article: content words as (paragraph, token), features, and whether it is right.
fn fit_confidence(articles: &[(&Tagger, &Prepared)], rankers: &mut Rankers) -> Result<()> {
    let mut rows = Rows::default();
    let mut n_gold = 0;
    let mut found: Vec<(Vec<f64>, bool)> = Vec::new();
    for (tagger, article) in articles {
        let tagger = (*tagger).clone().with_rankers(rankers.clone());
        let mut memory = tagger.memory();
        let gold: Vec<Vec<(usize, usize)>> = article
            .gold
            .iter()
            .map(|g| content_words(article, g.content.iter().copied()))
            .filter(|w| !w.is_empty())
            .collect();
        n_gold += gold.len();
        let mut predicted = Vec::new();
        let mut features = Vec::new();
        for k in 0..article.passages.len() {
            let reading = tagger.read(&article.document.text, &article.passages, k, &mut memory);
            for (l, _) in &reading.links {
                let spans = l.content.iter().map(|&c| (k, reading.segments[c].start, reading.segments[c].end));
                predicted.push(content_words(article, spans));
                features.push(confidence::features(&article.passages[k], &reading.segments, l, &memory.marginals));
            }
        }
        let right = matched(&gold, &predicted);
        found.extend(features.into_iter().map(|f| f.to_vec()).zip(right));
    }
    found.iter().for_each(|(f, right)| rows.push(f, *right));
    rankers.confidence = rows.fit()?;
    let mut sure: Vec<(f64, bool)> =
        found.iter().map(|(f, right)| (rankers.confidence.probability(f), *right)).collect();
    sure.sort_by(|a, b| b.0.total_cmp(&a.0));
    // The threshold with the best F1.
    let (mut n_right, mut best) = (0.0, (0.0, 0.0));
    for (n, (p, right)) in sure.iter().enumerate() {
        n_right += f64::from(u8::from(*right));
        let f1 = 2.0 * n_right / (n as f64 + 1.0 + n_gold as f64);
        if f1 > best.0 {
            best = (f1, *p);
        }
    }
    rankers.threshold = (best.1 * 100.0).floor() / 100.0;
    Ok(())
}

fn content_words(article: &Prepared, spans: impl Iterator<Item = (usize, usize, usize)>) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> =
        spans.flat_map(|(k, s, e)| words(&article.passages[k], s, e).into_iter().map(move |i| (k, i))).collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// For each prediction whether it has a gold content of its own with at least half of their common words.
fn matched(gold: &[Vec<(usize, usize)>], predicted: &[Vec<(usize, usize)>]) -> Vec<bool> {
    let mut pairs = Vec::new();
    for (g, a) in gold.iter().enumerate() {
        for (p, b) in predicted.iter().enumerate() {
            if a.first() > b.last() || b.first() > a.last() {
                continue;
            }
            let both = a.iter().filter(|w| b.binary_search(w).is_ok()).count();
            let jaccard = both as f64 / (a.len() + b.len() - both).max(1) as f64;
            if jaccard >= 0.5 {
                pairs.push((jaccard, g, p));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let (mut taken, mut right) = (vec![false; gold.len()], vec![false; predicted.len()]);
    for (_, g, p) in pairs {
        if !taken[g] && !right[p] {
            taken[g] = true;
            right[p] = true;
        }
    }
    right
}
