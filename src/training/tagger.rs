//! Fits the learned extractor to annotated articles.

mod classes;
mod corpus;
mod crf;
mod rankers;
mod speakers;

pub use classes::WordClasses;
pub use corpus::{AnnotatedArticle, AnnotatedAttribution};

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::lang::language;
use crate::quotation::Tagger;
use crate::quotation::tagger::decode::{OUTSIDE, Part, Row, Transitions};
use crate::quotation::tagger::features::{Scratch, encode};
use crate::quotation::tagger::lexicon::{Lexicon, WordInfo};
use crate::text::folded;
use corpus::{Prepared, prepare};
use crf::{FieldSettings, Sequences};
use rankers::fit_rankers;
use speakers::fit_speakers;

/// How an extractor is trained.
#[derive(Debug, Clone, PartialEq)]
pub struct TaggerSettings {
    /// ISO 639-1 code of the articles' language.
    pub lang: String,
    /// Passes over the articles.
    pub passes: usize,
    /// Size of a step.
    pub rate: f32,
    /// Strength of the penalty on squared weights.
    pub l2: f32,
    /// A feature counts if it occurs in this many tokens.
    pub min_count: u32,
    /// Added to the score of beginning a cue or an outside content: larger finds more, smaller finds surer.
    pub boldness: f32,
    /// Features kept in the file.
    pub max_features: usize,
    /// Parts of the articles that are held out in turn, so that the rankers see the chain on articles it does not know; 0: no
    /// rankers.
    pub n_folds: usize,
    /// Order of the paragraphs.
    pub seed: u64,
}

impl Default for TaggerSettings {
    fn default() -> Self {
        Self {
            lang: "en".to_owned(),
            passes: 15,
            rate: 0.05,
            l2: 30.0,
            min_count: 2,
            max_features: 60_000,
            boldness: 1.0,
            n_folds: 4,
            seed: 1,
        }
    }
}

/// A tagger fitted to `articles`. `progress` is told in words how far it is.
///
/// # Errors
/// [`crate::error::ErrorKind::Usage`] for an unknown language, [`crate::error::ErrorKind::Data`] if there is nothing to learn from.
pub fn train_tagger(
    articles: &[AnnotatedArticle],
    classes: &WordClasses,
    settings: &TaggerSettings,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Tagger> {
    let lang =
        language(&settings.lang).ok_or_else(|| Error::usage(format!("unknown language \"{}\"", settings.lang)))?;
    let prepared: Vec<Prepared> = articles.iter().map(|a| prepare(a, lang)).collect();
    // The chain of all articles, then one without each part; side by side, each on one thread in fixed order.
    let n_folds = if settings.n_folds >= 2 { settings.n_folds } else { 0 };
    let mut folds = (0..=n_folds)
        .into_par_iter()
        .map(|k| {
            let known = prepared.iter().enumerate().filter(|(i, _)| k == 0 || i % n_folds != k - 1).map(|p| p.1);
            let quiet = |_: &str| ();
            fit_chain(&known.collect::<Vec<_>>(), classes, settings, if k == 0 { progress } else { &quiet })
        })
        .collect::<Result<Vec<_>>>()?;
    let chain = folds.remove(0);
    if folds.is_empty() {
        return Ok(chain);
    }
    let unknown: Vec<(&Tagger, &Prepared)> =
        prepared.iter().enumerate().map(|(i, p)| (&folds[i % folds.len()], p)).collect();
    let mut rankers = fit_rankers(&unknown)?;
    progress(&format!("rankers; threshold {}", rankers.threshold));
    rankers.speakers = speakers(articles, lang, progress)?;
    Ok(chain.with_rankers(rankers))
}

/// `base` with nothing new but its ranker of speakers, fitted to the speakers that `articles` name.
///
/// # Errors
/// [`crate::error::ErrorKind::Usage`] if the base is of an unknown language, [`crate::error::ErrorKind::Data`] if there is
/// nothing to learn from.
pub fn train_speakers(base: &Tagger, articles: &[AnnotatedArticle], progress: &dyn Fn(&str)) -> Result<Tagger> {
    let lang = language(base.lang()).ok_or_else(|| Error::usage(format!("unknown language \"{}\"", base.lang())))?;
    if articles.is_empty() {
        return Err(Error::data("no articles to learn from"));
    }
    let mut rankers = base.rankers().clone();
    rankers.speakers = speakers(articles, lang, progress)?;
    Ok(base.clone().with_rankers(rankers))
}

fn speakers(
    articles: &[AnnotatedArticle],
    lang: &crate::lang::Language,
    progress: &dyn Fn(&str),
) -> Result<crate::quotation::SpeakerRanker> {
    let (ranker, [pronouns, descriptions, plurals]) = fit_speakers(articles, lang)?;
    progress(&format!("speakers: {pronouns} pronouns, {descriptions} descriptions, {plurals} plurals"));
    Ok(ranker)
}

/// The chain alone.
fn fit_chain(
    prepared: &[&Prepared],
    classes: &WordClasses,
    settings: &TaggerSettings,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Tagger> {
    let lexicon = lexicon(prepared, classes);
    let mut sequences = Sequences::new();
    let mut scratch = Scratch::default();
    let mut hashes = Vec::new();
    for article in prepared {
        for k in 0..article.passages.len() {
            hashes.clear();
            encode(&article.document.text, &article.passages, k, &lexicon, &mut scratch, &mut hashes);
            for _ in 0..article.weight {
                sequences.push(&hashes, &article.states[k]);
            }
        }
    }
    if sequences.is_empty() {
        return Err(Error::data("no articles to learn from"));
    }
    let field = sequences.fit(
        &FieldSettings {
            passes: settings.passes,
            rate: settings.rate,
            l2: settings.l2,
            min_count: settings.min_count,
            seed: settings.seed,
        },
        &mut |pass, likelihood| progress(&format!("pass {pass}: log-likelihood of a token {likelihood:.4}")),
    );
    let mut transitions = field.transitions;
    embolden(&mut transitions, settings.boldness);
    let weights = strongest(field.weights, settings.max_features);
    Ok(Tagger::from_parts(&settings.lang, lexicon, &weights, transitions))
}

/// Makes beginning an attribution easier from outside of all.
fn embolden(transitions: &mut Transitions, boldness: f32) {
    for part in Part::ALL {
        transitions.between[OUTSIDE][part.begin()] += boldness;
        transitions.start[part.begin()] += boldness;
    }
}

/// The features with the largest weights, in order of their hashes; one that many tokens have counts for more.
fn strongest(weights: Vec<(u32, Row, u32)>, n: usize) -> Vec<(u32, Row)> {
    let strength = |row: &Row, n: u32| row.iter().fold(0.0_f32, |a, w| a.max(w.abs())) * (1.0 + n as f32).ln();
    let mut ranked: Vec<(f32, u32, Row)> =
        weights.into_iter().map(|(hash, row, n)| (strength(&row, n), hash, row)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.truncate(n);
    let mut kept: Vec<(u32, Row)> = ranked.into_iter().map(|(_, hash, row)| (hash, row)).collect();
    kept.sort_unstable_by_key(|w| w.0);
    kept
}

/// How often words are cues and sources.
fn lexicon(articles: &[&Prepared], classes: &WordClasses) -> Lexicon {
    let mut counts: std::collections::BTreeMap<u32, [u32; 3]> = std::collections::BTreeMap::new();
    for article in articles {
        for (passage, states) in article.passages.iter().zip(&article.states) {
            for (i, &state) in states.iter().enumerate() {
                if !passage.tokens[i].is_word() {
                    continue;
                }
                let hash =
                    crate::quotation::tagger::hash::word(folded(passage.word(&article.document.text, i)).as_bytes());
                let n = counts.entry(hash).or_default();
                n[0] += 1;
                if state >= 2 {
                    let part = Part::ALL[(state as usize - 2) / 2];
                    n[1] += u32::from(part == Part::Cue);
                    n[2] += u32::from(part.is_source());
                }
            }
        }
    }
    for &(hash, ..) in &classes.words {
        counts.entry(hash).or_default();
    }
    let class = |n: u32, all: u32| -> u8 {
        if n == 0 {
            return 0;
        }
        let share = f64::from(n) / (f64::from(all) + 1.0);
        match share {
            s if s > 0.6 => 4,
            s if s > 0.3 => 3,
            s if s > 0.1 => 2,
            s if s > 0.02 => 1,
            _ => 0,
        }
    };
    let words: Vec<(u32, WordInfo)> = counts
        .into_iter()
        .map(|(hash, n)| {
            let (coarse, fine) = classes.of(hash);
            (hash, WordInfo { coarse, fine, cue: class(n[1], n[0]), source: class(n[2], n[0]) })
        })
        .filter(|(_, info)| *info != WordInfo::default())
        .collect();
    Lexicon::new(&words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Document, Part as DocumentPart, PartKind};
    use crate::error::ErrorKind;
    use crate::quotation::{Extractor, passages};
    use crate::text::Span;

    fn articles() -> Vec<AnnotatedArticle> {
        let mut out = Vec::new();
        for (i, name) in ["Mr. Roe", "Ms. Doe", "Mr. Smith", "Ann Jones", "The minister", "He"].iter().enumerate() {
            for (verb, said) in
                [("said", "the talks have failed"), ("added", "we will not go there"), ("warned", "it may rain")]
            {
                let indirect = format!("{name} {verb} that {said}.");
                let n = name.chars().count();
                let (v, c) = (n + 1, n + 1 + verb.len() + 1);
                let start = indirect.chars().count() + 1;
                let direct = format!("\"{said},\" {name} {verb} on Monday.");
                let s = start + said.len() + 4;
                let json = serde_json::json!({"id": format!("{i}{verb}"), "text": format!("{indirect}\n{direct}\nIt was cold."), "attributions": [
                    {"source": [[0, n]], "cue": [[v, v + verb.len()]], "content": [[c, c + 5 + said.len()]]},
                    {"source": [[s, s + n]], "cue": [[s + n + 1, s + n + 1 + verb.len()]], "content": [[start, start + said.len() + 3]]}]});
                out.push(AnnotatedArticle::from_json(&json.to_string()).unwrap());
            }
        }
        out
    }

    fn small() -> TaggerSettings {
        TaggerSettings { passes: 8, l2: 1.0, min_count: 1, n_folds: 2, ..TaggerSettings::default() }
    }

    fn trained() -> Tagger {
        train_tagger(&articles(), &WordClasses::default(), &small(), &|_| ()).unwrap()
    }

    fn found(tagger: &Tagger, text: &str) -> Vec<(String, String, String)> {
        let mut document = Document { text: text.to_owned(), ..Document::default() };
        let whole = Span::new(0, text.len()).trimmed(text);
        document.parts = vec![DocumentPart { kind: PartKind::Paragraph, span: whole }];
        let lang = language("en").unwrap();
        let of = |s: Option<Span>| s.map_or(String::new(), |s| s.of(text).to_owned());
        let attributions = tagger.attributions(&document, &passages(&document, lang), lang);
        attributions.iter().map(|a| (of(a.content.first().copied()), of(a.cue), of(a.source))).collect()
    }

    #[test]
    fn learns_saves_and_finds() {
        let tagger = trained();
        let bytes = tagger.to_bytes().unwrap();
        assert_eq!(bytes, trained().to_bytes().unwrap(), "the same articles give the same bytes");
        let again = Tagger::from_bytes(&bytes).unwrap();
        assert_eq!(bytes, again.to_bytes().unwrap());
        let triple = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        for (text, expected) in [
            ("Mr. Roe added that the talks have failed.", triple("that the talks have failed", "added", "Mr. Roe")),
            ("\"we will not go there,\" Ms. Doe said on Monday.", triple("we will not go there,", "said", "Ms. Doe")),
            ("“we will not go there,” Ms. Doe said on Monday.", triple("we will not go there,", "said", "Ms. Doe")),
        ] {
            assert_eq!(found(&again, text), [expected]);
        }
        assert!(found(&again, "It was cold.").is_empty());
    }

    #[test]
    fn damaged_files_are_errors() {
        let bytes = trained().to_bytes().unwrap();
        for n in (0..bytes.len()).step_by(997).chain([0, 7, 8, 12, 16, bytes.len() - 1]) {
            assert_eq!(Tagger::from_bytes(&bytes[..n]).unwrap_err().kind(), &ErrorKind::Model, "cut at {n}");
            let mut flipped = bytes.clone();
            flipped[n] ^= 1;
            assert!(Tagger::from_bytes(&flipped).is_err(), "flipped at {n}");
        }
    }

    #[test]
    fn nothing_to_learn_from_is_an_error() {
        let error = train_tagger(&[], &WordClasses::default(), &small(), &|_| ()).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Data);
        let settings = TaggerSettings { lang: "xx".to_owned(), ..small() };
        let error = train_tagger(&articles(), &WordClasses::default(), &settings, &|_| ()).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Usage);
        assert!(
            AnnotatedArticle::from_json(r#"{"id":"a","text":"x","attributions":[{"source":null,"content":[[0,2]]}]}"#)
                .is_err()
        );
    }

    #[test]
    fn odd_text_takes_linear_time() {
        let tagger = trained();
        for unit in
            ["\"", "“", "\" said ", "said that ", "he said, \"no\" ", "x", "’", "\u{301}", "it may rain, he said. "]
        {
            let text = unit.repeat(200_000 / unit.len());
            let start = std::time::Instant::now();
            found(&tagger, &text);
            assert!(start.elapsed().as_secs() < 10, "{unit:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*|([\"“”'‘’a-c., ]|said|that|\n)*") {
            static TAGGER: std::sync::OnceLock<Tagger> = std::sync::OnceLock::new();
            found(TAGGER.get_or_init(trained), &text);
        }
    }
}
