//! Trains or loads an extractor, writes its predictions for a gold file, and measures its speed.
//!
//! `cargo bench --bench extractor -- TRAIN.jsonl GOLD.jsonl PREDICTIONS.jsonl [MODEL]`: trains (and writes MODEL if it
//! does not exist yet), else loads MODEL.
#![allow(clippy::print_stderr, clippy::unwrap_used, missing_docs)]

use std::io::Write;
use std::time::Instant;

use demarche::lang::language;
use demarche::quotation::{Extractor, Tagger, passages};
use demarche::text::Span;
use demarche::training::tagger::{AnnotatedArticle, TaggerSettings, WordClasses, train_tagger};

fn read(path: &str) -> Vec<AnnotatedArticle> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().filter(|l| !l.trim().is_empty()).map(|l| AnnotatedArticle::from_json(l).unwrap()).collect()
}

fn setting<T: std::str::FromStr>(name: &str, value: &mut T) {
    if let Some(v) = std::env::var(name).ok().and_then(|v| v.parse().ok()) {
        *value = v;
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let [train, rest @ ..] = arguments.as_slice() else { return };
    let lang = language("en").unwrap();
    let train = read(train);
    let mut settings = TaggerSettings::default();
    setting("PASSES", &mut settings.passes);
    setting("RATE", &mut settings.rate);
    setting("L2", &mut settings.l2);
    setting("MIN_COUNT", &mut settings.min_count);
    setting("SEED", &mut settings.seed);
    setting("MAX_FEATURES", &mut settings.max_features);
    setting("BOLDNESS", &mut settings.boldness);
    setting("FOLDS", &mut settings.n_folds);
    let start = Instant::now();
    let saved = std::env::var("MODEL").ok();
    let bytes = saved.as_ref().and_then(|path| std::fs::read(path).ok()).unwrap_or_else(|| {
        let classes = classes();
        let progress = |s: &str| eprintln!("{:6.1} s  {s}", start.elapsed().as_secs_f64());
        let bytes = train_tagger(&train, &classes, &settings, &progress).unwrap().to_bytes().unwrap();
        if let Some(path) = &saved {
            std::fs::write(path, &bytes).unwrap();
        }
        bytes
    });
    eprintln!("{} bytes", bytes.len());
    let tagger = Tagger::from_bytes(&bytes).unwrap();
    for pair in rest.chunks_exact(2) {
        let mut out = std::io::BufWriter::new(std::fs::File::create(&pair[1]).unwrap());
        for article in read(&pair[0]) {
            let line = predict(&tagger, &article, lang);
            writeln!(out, "{line}").unwrap();
        }
    }
    speed(&tagger, &train, lang);
}

fn classes() -> WordClasses {
    if let Some(bytes) = std::env::var("CLASSES").ok().and_then(|p| std::fs::read(p).ok()) {
        return WordClasses::from_bytes(&bytes).unwrap();
    }
    let Ok(path) = std::env::var("PLAIN") else { return WordClasses::default() };
    let (mut n_words, mut n_coarse, mut n_fine) = (20_000, 60, 250);
    setting("N_WORDS", &mut n_words);
    setting("N_COARSE", &mut n_coarse);
    setting("N_FINE", &mut n_fine);
    let texts: Vec<String> = std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap()["text"].as_str().unwrap().to_owned())
        .collect();
    let classes = WordClasses::learn(texts.iter().map(String::as_str), n_words, n_coarse, n_fine);
    if let Ok(path) = std::env::var("CLASSES") {
        std::fs::write(path, classes.to_bytes()).unwrap();
    }
    classes
}

fn predict(tagger: &Tagger, article: &AnnotatedArticle, lang: &'static demarche::lang::Language) -> serde_json::Value {
    let document = article.document();
    let passages = passages(&document, lang);
    let mut char_of = vec![0; document.text.len() + 1];
    for (n, (i, _)) in document.text.char_indices().enumerate() {
        char_of[i] = n;
    }
    char_of[document.text.len()] = document.text.chars().count();
    let pair = |s: &Span| [char_of[s.start], char_of[s.end]];
    let quotes: Vec<_> = tagger
        .attributions(&document, &passages, lang)
        .iter()
        .map(|a| {
            serde_json::json!({
                "content": a.content.iter().map(pair).collect::<Vec<_>>(),
                "source": a.source.as_ref().map(pair),
                "cue": a.cue.as_ref().map(pair),
                "confidence": a.confidence,
            })
        })
        .collect();
    serde_json::json!({"id": article.id, "quotes": quotes})
}

fn speed(tagger: &Tagger, articles: &[AnnotatedArticle], lang: &'static demarche::lang::Language) {
    let documents: Vec<_> = articles.iter().map(AnnotatedArticle::document).collect();
    let bytes: usize = documents.iter().map(|d| d.text.len()).sum();
    let mut best = f64::MAX;
    let mut split = f64::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        let cut: Vec<_> = documents.iter().map(|d| passages(d, lang)).collect();
        split = split.min(start.elapsed().as_secs_f64());
        let n: usize = documents.iter().zip(&cut).map(|(d, p)| tagger.attributions(d, p, lang).len()).sum();
        let time = start.elapsed().as_secs_f64();
        best = best.min(time);
        std::hint::black_box(n);
    }
    let mb = bytes as f64 / 1e6;
    eprintln!("{mb:.2} MB: {best:.3} s, {:.2} MB/s (passages alone {split:.3} s)", mb / best);
}
