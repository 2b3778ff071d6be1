//! Where the time goes from an article to scored quotations, one stage after another, on one thread.
//!
//! `cargo bench --bench stages -- [ARTICLES.jsonl]`: one object a line with a key `text`; without it the articles in `data/`
//! over and over. Times are CPU time of this thread where the system tells it (Linux), so that a busy machine disturbs less;
//! of several runs the shortest counts. The last line is a checksum of everything found: it must not change where only the
//! speed should.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::time::Instant;

use demarche::document::{Document, plain};
use demarche::features::SparseRow;
use demarche::lang::language;
use demarche::model::{Model, Scores};
use demarche::pipeline;
use demarche::quotation::{Extractor, Hybrid, Passage, Quotation, Rules, Tagger, passages, quotations};
use demarche::statement::Statement;

/// Bytes of articles if none are given.
const FILL: usize = 2_000_000;

fn texts(path: Option<&String>) -> Vec<String> {
    if let Some(path) = path {
        let text = |l: &str| serde_json::from_str::<serde_json::Value>(l).unwrap()["text"].as_str().unwrap().to_owned();
        return std::fs::read_to_string(path).unwrap().lines().map(text).collect();
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data/articles");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let once: Vec<String> = files.iter().map(|f| std::fs::read_to_string(f).unwrap()).collect();
    let n = FILL / once.iter().map(String::len).sum::<usize>().max(1) + 1;
    (0..n).flat_map(|_| once.iter().cloned()).collect()
}

/// Seconds of CPU time of this thread, else of the clock.
fn now(start: Instant) -> f64 {
    let ticks = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let ticks = ticks.and_then(|s| s.split(' ').next().and_then(|n| n.parse::<f64>().ok()));
    ticks.map_or_else(|| start.elapsed().as_secs_f64(), |ns| ns / 1e9)
}

/// Prints the shortest time of `runs` and gives what the last one made.
fn stage<T>(name: &str, bytes: usize, runs: usize, mut f: impl FnMut() -> T) -> T {
    let start = Instant::now();
    let mut best = f64::MAX;
    let mut made = None;
    for _ in 0..runs {
        let before = now(start);
        made = Some(std::hint::black_box(f()));
        best = best.min(now(start) - before);
    }
    println!("{name:<44} {:8.1} ms {:8.1} MB/s", best * 1e3, bytes as f64 / 1e6 / best);
    made.unwrap()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let runs = std::env::var("RUNS").ok().and_then(|r| r.parse().ok()).unwrap_or(5);
    let only = std::env::var("ONLY").unwrap_or_default();
    let wanted = |name: &str| only.is_empty() || name.contains(&only);
    let lang = language("en").unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/models/");
    let extractor = std::fs::read(format!("{folder}extractor-en.extractor")).unwrap();
    let file = std::fs::read(format!("{folder}diplomatic-core-en-2.model")).unwrap();
    let texts = texts(arguments.first());
    let bytes: usize = texts.iter().map(String::len).sum();
    println!("{} articles, {:.2} MB", texts.len(), bytes as f64 / 1e6);
    let tagger = stage("load the extractor", extractor.len(), runs, || Tagger::from_bytes(&extractor).unwrap());
    let model = stage("load the model", file.len(), runs, || Model::from_bytes(&file).unwrap());
    let hybrid = Hybrid::new(tagger.clone());
    let documents: Vec<Document> =
        stage("text to parts", bytes, runs, || texts.iter().map(|t| plain::document(t.clone(), None)).collect());
    let cut: Vec<Vec<Passage>> = stage("parts to tokens, marks, sentences", bytes, runs, || {
        documents.iter().map(|d| passages(d, lang)).collect()
    });
    let pairs = || documents.iter().zip(&cut);
    for (name, extractor) in [("tagger", &tagger as &dyn Extractor), ("rules", &Rules), ("tagger and rules", &hybrid)] {
        if wanted(name) {
            stage(name, bytes, runs, || pairs().map(|(d, p)| extractor.attributions(d, p, lang).len()).sum::<usize>());
        }
    }
    let found: Vec<Vec<Quotation>> = stage("parts to quotations with speakers", bytes, runs, || {
        documents.iter().map(|d| quotations(d, &hybrid, lang)).collect()
    });
    stage("text to quotations with speakers", bytes, runs, || {
        texts.iter().map(|t| quotations(&plain::document(t.clone(), None), &hybrid, lang).len()).sum::<usize>()
    });
    let mut workspace = model.vectorizer().workspace();
    let n: usize = stage("text to scored quotations", bytes, runs, || {
        let mut score = |d: &Document| pipeline::score(d, &hybrid, &model, false, &mut workspace).unwrap().len();
        texts.iter().map(|t| score(&plain::document(t.clone(), None))).sum()
    });
    let statements: Vec<Statement> =
        documents.iter().zip(&found).flat_map(|(d, q)| q.iter().map(|q| pipeline::statement(d, q))).collect();
    let (mut row, mut scores) = (SparseRow::default(), Scores::default());
    let mut scored = |name: &str, statements: &[Statement]| {
        let size: usize = statements.iter().map(|s| s.text.len()).sum();
        let sum: f64 = stage(name, size, runs, || {
            let mut sum = |s: &Statement| {
                model.score_into(s, &mut workspace, &mut row, &mut scores);
                scores.tasks.iter().flat_map(|t| &t.probabilities).sum::<f64>()
            };
            statements.iter().map(&mut sum).sum()
        });
        println!("    {} rows, {} bytes each", statements.len(), size / statements.len().max(1));
        sum
    };
    let all = scored("quotations to probabilities", &statements);
    let bare: Vec<Statement> =
        statements.iter().map(|s| Statement { text: s.text.clone(), ..Statement::default() }).collect();
    let alone = scored("bare texts to probabilities", &bare);
    let mut checksum = blake3::Hasher::new();
    for quotations in &found {
        checksum.update(format!("{quotations:?}").as_bytes());
    }
    checksum.update(format!("{all:.6} {alone:.6}").as_bytes());
    println!("{n} quotations, checksum {}", &checksum.finalize().to_hex()[..16]);
}
