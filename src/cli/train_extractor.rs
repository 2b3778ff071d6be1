//! `demarche train-extractor`: annotated articles to an extractor.

use std::io::Read;
use std::path::PathBuf;

use crate::cli::Outcome;
use crate::cli::input::{Input, documents};
use crate::cli::output::{say, write_file};
use crate::cli::paths::{Search, keep_apart};
use crate::document::{Document, ReadOptions};
use crate::error::{Error, Result};
use crate::quotation::Tagger;
use crate::quotation::tagger::MAX_TAGGER_FILE;
use crate::report::counted;
use crate::training::tagger::{AnnotatedArticle, TaggerSettings, WordClasses, train_speakers, train_tagger};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The form of the articles is described in data/README-extractor.md: one JSON object a line with id, text and attributions.

Examples:
  demarche train-extractor articles.jsonl -o mine.extractor
  demarche train-extractor articles.jsonl --raw-text crawl.jsonl -o mine.extractor
  demarche train-extractor articles.jsonl --base models/extractor-en.extractor -o mine.extractor
  demarche extract news/ --extractor-model mine.extractor")]
pub(super) struct Args {
    /// Annotated articles, one JSON object a line
    #[arg(value_name = "ARTICLES")]
    articles: PathBuf,
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Articles without annotations (JSONL, text or CSV) to learn classes of words from; millions of words help
    #[arg(long, value_name = "PATH")]
    raw_text: Vec<PathBuf>,
    /// Keep this extractor as it is and learn only whom "he" and "the minister" mean
    #[arg(long, value_name = "FILE")]
    base: Option<PathBuf>,
    /// Passes over the articles
    #[arg(long, default_value_t = TaggerSettings::default().passes, value_name = "N")]
    passes: usize,
    /// Strength of the penalty on squared weights
    #[arg(long, default_value_t = TaggerSettings::default().l2, value_name = "X")]
    l2: f32,
    /// Features kept in the file
    #[arg(long, default_value_t = TaggerSettings::default().max_features, value_name = "N")]
    max_features: usize,
    /// Larger finds more, smaller finds surer
    #[arg(long, default_value_t = TaggerSettings::default().boldness, value_name = "X", allow_negative_numbers = true)]
    boldness: f32,
    /// Seed of the order of paragraphs
    #[arg(long, default_value_t = TaggerSettings::default().seed, value_name = "N")]
    seed: u64,
}

/// Classes of this many frequent words, in this many coarse and fine classes (docs/EXTRACTOR.md).
const WORD_CLASSES: (usize, usize, usize) = (20_000, 60, 250);

pub(super) fn run(args: &Args, quiet: bool) -> Result<Outcome> {
    let path = &args.articles;
    keep_apart(&args.output, std::iter::once(path).chain(&args.base).map(PathBuf::as_path))?;
    let mut text = String::new();
    Input::File(path.clone()).open()?.read_to_string(&mut text).map_err(|e| Error::io(path, "read", e))?;
    let articles = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(i, line)| AnnotatedArticle::from_json(line).map_err(|e| e.in_file(path).at_line(i as u64 + 1)))
        .collect::<Result<Vec<_>>>()?;
    let progress = |words: &str| {
        if !quiet {
            say(words);
        }
    };
    if let Some(base) = &args.base {
        let mut bytes = Vec::new();
        let most = MAX_TAGGER_FILE as u64 + 1;
        let file = Input::File(base.clone()).open()?;
        file.take(most).read_to_end(&mut bytes).map_err(|e| Error::io(base, "read", e))?;
        let base = Tagger::from_bytes(&bytes).map_err(|e| e.in_file(base))?;
        return write(args, &train_speakers(&base, &articles, &progress)?, articles.len(), quiet);
    }
    let classes = if args.raw_text.is_empty() {
        WordClasses::default()
    } else {
        let mut search = Search::new(Some(&args.output));
        search.arguments(&args.raw_text)?;
        let found = search.found();
        if let Some(error) = found.faults.into_iter().next() {
            return Err(error);
        }
        let options = ReadOptions::default();
        let raw: Vec<Document> = documents(&found.inputs, &options).into_iter().collect::<Result<_>>()?;
        if !quiet {
            say(&format!("learning classes of words from {}", counted(raw.len(), "article")));
        }
        let (n_words, n_coarse, n_fine) = WORD_CLASSES;
        WordClasses::learn(raw.iter().map(|d| d.text.as_str()), n_words, n_coarse, n_fine)
    };
    let settings = TaggerSettings {
        passes: args.passes,
        l2: args.l2,
        max_features: args.max_features,
        boldness: args.boldness,
        seed: args.seed,
        ..TaggerSettings::default()
    };
    write(args, &train_tagger(&articles, &classes, &settings, &progress)?, articles.len(), quiet)
}

fn write(args: &Args, tagger: &Tagger, n_articles: usize, quiet: bool) -> Result<Outcome> {
    let bytes = tagger.to_bytes()?;
    write_file(&args.output, &bytes)?;
    if !quiet {
        say(&format!(
            "wrote {} ({:.1} MB) from {}",
            args.output.display(),
            bytes.len() as f64 / 1e6,
            counted(n_articles, "article")
        ));
    }
    Ok(Outcome::Done)
}
