//! One run over articles: read, worked on by all cores, written in order; it can be stopped and go on.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::cli::Outcome;
use crate::cli::faults::Faults;
use crate::cli::input::{Input, each_raw};
use crate::cli::options::{ArticleArgs, RecordFormat};
use crate::cli::output::{Progress, say};
use crate::cli::paths::Found;
use crate::cli::signals::Signals;
use crate::cli::sink::{Rendered, Sink};
use crate::document::copies::{Copies, Sketch};
use crate::document::{Document, Raw};
use crate::error::{Error, ErrorKind, Result};
use crate::lang::word_hash;
use crate::pipeline::ordered::{Feed, guarded, ordered};
use crate::pipeline::{Scored, language_of};
use crate::quotation::Quotation;
use crate::report::columns::Columns;
use crate::report::counted;

/// Text of a chunk, in bytes: enough that handing it over costs nothing, little enough for constant memory. Peak on 70 MB of
/// articles and two threads (`score - -j 2 -f jsonl`): 135 MB; with 128 KB 175 MB, and the same time.
const CHUNK: usize = 32 << 10;
/// Speakers that are told apart for the closing line.
const MAX_SPEAKERS: usize = 65_536;

/// Writes the quotations of an article down; see [`Job::render`].
type Render<'j, T> = dyn Fn(&Document, &[T], Option<&str>) -> Result<Rendered> + Sync + 'j;

/// What a command does with each article.
pub(super) struct Job<'j, T, S> {
    /// Which articles.
    pub(super) articles: &'j ArticleArgs,
    /// How the results are written down.
    pub(super) format: RecordFormat,
    /// Where to.
    pub(super) output: Option<&'j Path>,
    /// The columns, for formats that have some; `None` for tables to be labelled, which have their own.
    pub(super) columns: Option<Columns>,
    /// What stands before all results.
    pub(super) head: Vec<u8>,
    /// Everything besides the articles that the results depend on.
    pub(super) settings: String,
    /// What articles on one thread share.
    pub(super) state: &'j (dyn Fn() -> S + Sync),
    /// The quotations of an article.
    pub(super) step: &'j (dyn Fn(&mut S, &Document) -> Result<Vec<T>> + Sync),
    /// Their form; the text is the id of the article of which this one is a copy.
    pub(super) render: &'j Render<'j, T>,
}

/// What is handed to a thread.
enum Item {
    Article(Box<Raw>),
    /// It was done before the run was stopped: only what is known of it is needed.
    Seen(Box<Raw>),
    /// Done before, and nothing of it is needed.
    Gone,
    Broken(Error),
}

/// What comes back.
enum Done<T> {
    Article { document: Box<Document>, found: Vec<T>, rendered: Rendered, sketch: Option<Sketch> },
    Skipped { id: String, code: String, sketch: Option<Sketch>, seen: bool },
    Seen { id: String, sketch: Option<Sketch> },
    Gone,
    Failed { error: Error, id: Option<String>, sketch: Option<Sketch> },
}

/// Runs `job` to its end, or until a signal stops it.
pub(super) fn run<T: Quoted + Send, S>(job: &Job<'_, T, S>, quiet: bool) -> Result<Outcome> {
    let Found { inputs, faults: missing, n_links, has_output } = job.articles.inputs(job.output)?;
    let mut faults = Faults::default();
    let is_noted = !inputs.contains(&Input::Stdin);
    if job.articles.resume && !is_noted {
        return Err(Error::usage(
            "--resume reads again what it has read, and of standard input nothing tells that it is the same; name a file",
        ));
    }
    if inputs.is_empty() && !missing.is_empty() {
        missing.iter().for_each(|error| faults.tell(error));
        return Err(Error::new(missing[0].kind().clone(), "nothing could be read; see above"));
    }
    if has_output && !quiet {
        say("the file to write to lies among those to read; it is not read");
    }
    let options = job.articles.read_options();
    let signals = Signals::watch();
    let started = Instant::now();
    let (mut sink, note) =
        Sink::new(job.format, job.output, job.columns.as_ref(), &job.head, job.articles.resume, &|| {
            fingerprint(&inputs, job)
        })?;
    let n_done = note.as_ref().map_or(0, |n| n.n_items);
    let is_new = note.is_none();
    let mut tally = note.map(|n| n.tally).unwrap_or_default();
    if is_new {
        tally.n_links = n_links;
        missing.iter().for_each(|error| tally.fail(error, &mut faults));
    }
    if n_done > 0 && !quiet {
        say(&format!("going on after {}", counted(n_done, "article")));
    }
    let window = if job.articles.no_copies { 0 } else { job.articles.copies_window };
    let mut copies = (window > 0).then(|| Copies::new(window));
    let n_read = Arc::<AtomicU64>::default();
    let mut progress = Progress::new(&inputs, Arc::clone(&n_read), quiet, job.output.is_none());
    let language = options.language.clone();
    let remembers = copies.is_some();
    let read = move |feed: &mut Feed<Item>| reader(&inputs, &options, &n_read, n_done, remembers, feed);
    let step = |state: &mut S, item: Item| work(job, state, language.as_deref(), remembers, item);
    let mut n_items = 0u64;
    let mut keep = |done: Done<T>| -> Result<()> {
        n_items += 1;
        let mut first_of =
            |sketch: Option<&Sketch>, id: &str| copies.as_mut().zip(sketch).and_then(|(c, s)| c.first_of(s, id));
        match done {
            Done::Gone => {}
            Done::Seen { id, sketch } => {
                first_of(sketch.as_ref(), &id);
            }
            Done::Skipped { id, code, sketch, seen } => {
                first_of(sketch.as_ref(), &id);
                if !seen {
                    tally.skip(&id, code, quiet);
                }
            }
            Done::Failed { error, id, sketch } => {
                first_of(sketch.as_ref(), id.as_deref().unwrap_or_default());
                tally.fail(&error, &mut faults);
            }
            Done::Article { document, found, rendered, sketch } => {
                let first = first_of(sketch.as_ref(), &document.id);
                tally.count(&document, &found, first.is_some());
                let rendered = match &first {
                    None => rendered,
                    // Copies are few: they are written again, with what is known only now.
                    Some(_) => (job.render)(&document, &found, first.as_deref())?,
                };
                sink.write(rendered)?;
            }
        }
        progress.tick(n_items);
        if n_items > n_done { sink.settle(n_items, &tally) } else { Ok(()) }
    };
    let is_over = || signals.code().is_some();
    let result = ordered(rayon::current_num_threads(), read, job.state, &step, &is_over, &mut keep);
    progress.clear();
    faults.close();
    match (result, signals.code()) {
        (Err(error), _) => {
            sink.fail();
            Err(error)
        }
        (Ok(()), None) => {
            sink.finish()?;
            tally.close(quiet, started, job.articles.min_confidence > 0.0)
        }
        (Ok(()), Some(code)) => {
            let kept = sink.stop(n_items, n_done, &tally, is_noted)?;
            say(&format!("stopped after {}; {kept}", counted(tally.n_articles, "article")));
            Ok(Outcome::Stopped(code))
        }
    }
}

/// Everything that the results depend on, as one hash.
fn fingerprint<T, S>(inputs: &[Input], job: &Job<'_, T, S>) -> String {
    let mut hash = blake3::Hasher::new();
    let mut articles = job.articles.clone();
    articles.resume = false;
    let settings = [env!("CARGO_PKG_VERSION"), &job.settings, &format!("{:?} {articles:?}", job.format)];
    settings.iter().for_each(|s| {
        hash.update(s.as_bytes());
        hash.update(b"\0");
    });
    for input in inputs {
        hash.update(input.name().as_bytes());
        hash.update(format!("\0{:?}\n", input.stamp()).as_bytes());
    }
    hash.finalize().to_hex().to_string()
}

/// Reads all articles in chunks; the first `n_done` are only looked at.
fn reader(
    inputs: &[Input],
    options: &crate::document::ReadOptions,
    n_read: &Arc<AtomicU64>,
    n_done: u64,
    remembers: bool,
    feed: &mut Feed<Item>,
) {
    let (mut chunk, mut n_bytes, mut n) = (Vec::new(), 0, 0u64);
    let mut take = |article: Result<Raw>| -> ControlFlow<()> {
        n += 1;
        let item = match article {
            Ok(raw) if n > n_done => Item::Article(Box::new(raw)),
            Ok(raw) if remembers => Item::Seen(Box::new(raw)),
            Err(error) if n > n_done => Item::Broken(error),
            _ => Item::Gone,
        };
        n_bytes += match &item {
            Item::Article(raw) | Item::Seen(raw) => raw.facts.text.len() + 256,
            Item::Broken(_) | Item::Gone => 256,
        };
        chunk.push(item);
        if n_bytes < CHUNK {
            return ControlFlow::Continue(());
        }
        n_bytes = 0;
        feed.send(std::mem::take(&mut chunk))
    };
    // A reader of a foreign format that gives up must not take the run with it.
    let result = catch_unwind(AssertUnwindSafe(|| each_raw(inputs, options, n_read, &mut take)));
    let flow = result
        .unwrap_or_else(|_| take(Err(Error::data("the reader of this format gave up; what follows is not read"))));
    if flow.is_continue() && !chunk.is_empty() {
        let _ = feed.send(chunk);
    }
}

/// One article on one thread. What goes wrong, even a panic, costs this article alone.
fn work<T, S>(job: &Job<'_, T, S>, state: &mut S, language: Option<&str>, remembers: bool, item: Item) -> Done<T> {
    let (raw, seen) = match item {
        Item::Article(raw) => (raw, false),
        Item::Seen(raw) => (raw, true),
        Item::Gone => return Done::Gone,
        Item::Broken(error) => return Done::Failed { error, id: None, sketch: None },
    };
    let place = Place { id: raw.facts.id.clone(), path: raw.facts.path.clone(), line: raw.line };
    let parsed = catch_unwind(AssertUnwindSafe(|| {
        let document = raw.document(language);
        let sketch = if remembers { Sketch::new(&document) } else { None };
        (document, sketch)
    }));
    let Ok((document, sketch)) = parsed else {
        return if seen { Done::Gone } else { Done::Failed { error: place.gave_up(), id: None, sketch: None } };
    };
    let id = Some(document.id.clone());
    if language_of(&document).is_err() {
        let code = document.lang.unwrap_or_default();
        return Done::Skipped { id: document.id, code, sketch, seen };
    }
    if seen {
        return Done::Seen { id: document.id, sketch };
    }
    let result = guarded(state, job.state, |state| {
        let found = (job.step)(state, &document)?;
        let rendered = (job.render)(&document, &found, None)?;
        Ok((found, rendered))
    });
    match result {
        Some(Ok((found, rendered))) => Done::Article { document: Box::new(document), found, rendered, sketch },
        Some(Err(error)) => Done::Failed { error, id, sketch },
        None => Done::Failed { error: place.gave_up(), id, sketch },
    }
}

/// Where an article stands.
struct Place {
    id: String,
    path: Option<String>,
    line: Option<u64>,
}

impl Place {
    fn gave_up(&self) -> Error {
        let message = format!("article \"{}\" could not be worked on; please report it with the article", self.id);
        let error = Error::data(message);
        let error = self.path.iter().fold(error, |e, path| e.in_file(Path::new(path)));
        self.line.iter().fold(error, |e, line| e.at_line(*line))
    }
}

/// What a run over articles came to.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Tally {
    n_articles: u64,
    n_quotations: u64,
    n_copies: u64,
    n_copied: u64,
    n_failed: u64,
    failed_to_open: bool,
    // Articles by language, and by encoding.
    skipped: BTreeMap<String, u64>,
    guessed: BTreeMap<String, u64>,
    #[serde(default)]
    n_broken: u64,
    #[serde(default)]
    n_links: u64,
    // Hashes: names would take more room.
    speakers: BTreeSet<u64>,
}

impl Tally {
    fn fail(&mut self, error: &Error, faults: &mut Faults) {
        faults.tell(error);
        if self.n_failed == 0 {
            self.failed_to_open = *error.kind() == ErrorKind::Io;
        }
        self.n_failed += 1;
    }

    fn skip(&mut self, id: &str, code: String, quiet: bool) {
        if !self.skipped.contains_key(&code) && !quiet {
            say(&format!(
                "article \"{id}\" is in \"{code}\", and there are no word tables for that language: such articles are passed \
                 over (--lang en reads them as English)"
            ));
        }
        *self.skipped.entry(code).or_default() += 1;
    }

    fn count<T: Quoted>(&mut self, document: &Document, found: &[T], is_copy: bool) {
        if let Some(name) = document.guessed_encoding {
            *self.guessed.entry(name.to_owned()).or_default() += 1;
        }
        self.n_broken += u64::from(document.text.contains('\u{fffd}'));
        if is_copy {
            self.n_copies += 1;
            self.n_copied += found.len() as u64;
            return;
        }
        self.n_articles += 1;
        self.n_quotations += found.len() as u64;
        for name in found.iter().filter_map(Quoted::speaker) {
            if self.speakers.len() < MAX_SPEAKERS {
                self.speakers.insert(word_hash(name.as_bytes()));
            }
        }
    }

    /// The closing line, and how the command ends: a broken article is an error when all others are written. `picks`: only
    /// quotations of some confidence are wanted.
    fn close(self, quiet: bool, started: Instant, picks: bool) -> Result<Outcome> {
        if !quiet {
            let more = if self.speakers.len() < MAX_SPEAKERS { "" } else { " or more" };
            let mut line = format!(
                "{}, {}{more}, {}",
                counted(self.n_quotations, "quotation"),
                counted(self.speakers.len(), "speaker"),
                counted(self.n_articles, "article")
            );
            let list = |counts: &BTreeMap<String, u64>| {
                counts.iter().map(|(name, n)| format!("{name} {n}")).collect::<Vec<_>>().join(", ")
            };
            if self.n_copies > 0 {
                let (copies, copied) = (counted(self.n_copies, "copy"), counted(self.n_copied, "quotation"));
                line += &format!(", {copies} of them ({copied}, not counted)");
            }
            if !self.skipped.is_empty() {
                line += &format!(", passed over by language: {}", list(&self.skipped));
            }
            if !self.guessed.is_empty() {
                line += &format!(", encodings guessed: {}", list(&self.guessed));
            }
            if self.n_broken > 0 {
                line += &format!(", broken characters (U+FFFD) in {}", counted(self.n_broken, "article"));
            }
            if self.n_links > 0 {
                let what = if self.n_links == 1 { "link or pipe" } else { "links and pipes" };
                line += &format!(", {} {what} passed over", self.n_links);
            }
            if self.n_failed > 0 {
                line += &format!(", {} failed", self.n_failed);
            }
            say(&format!("{line}, {:.2} s", started.elapsed().as_secs_f64()));
            if self.n_quotations == 0 && self.n_failed == 0 {
                say(&format!("no quotation found: {}", self.why_nothing(picks)));
            }
        }
        let kind = if self.failed_to_open { ErrorKind::Io } else { ErrorKind::Data };
        match self.n_failed {
            0 if self.n_quotations == 0 => Ok(Outcome::Nothing),
            0 => Ok(Outcome::Done),
            _ => Err(Error::new(kind, "some input could not be read; see above")),
        }
    }

    /// Why there is no quotation, as far as that is known.
    fn why_nothing(&self, picks: bool) -> &'static str {
        match (self.n_articles, self.skipped.is_empty()) {
            (0, true) => "no article in the input",
            (0, false) => "all articles are in languages without word tables; --lang en reads them as English",
            _ if picks => "none that is as sure as --min-confidence asks for",
            _ => "no paragraph with quotation marks, a reporting verb or \"according to\"",
        }
    }
}

/// What the results of one article tell the tally.
pub(super) trait Quoted {
    fn speaker(&self) -> Option<&str>;
}

impl Quoted for Scored {
    fn speaker(&self) -> Option<&str> {
        self.quotation.speaker.name.as_deref()
    }
}

impl Quoted for Quotation {
    fn speaker(&self) -> Option<&str> {
        self.speaker.name.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::sink::Rendered;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        articles: ArticleArgs,
        /// `--resume` needs it.
        #[arg(long)]
        #[allow(dead_code, reason = "only so that the arguments are complete")]
        output: Option<std::path::PathBuf>,
    }

    #[test]
    fn an_article_that_breaks_the_program_costs_itself() {
        let articles = Only::parse_from(["x", "--extractor", "rules", "a.jsonl"]).articles;
        let job = Job {
            articles: &articles,
            format: RecordFormat::Jsonl,
            output: None,
            columns: None,
            head: Vec::new(),
            settings: String::new(),
            state: &|| 0,
            step: &|n: &mut usize, document: &Document| -> Result<Vec<Quotation>> {
                *n += 1;
                assert!(document.id != "poison", "of no use to anybody");
                Ok(vec![Quotation { paragraph: *n, ..some_quotation() }])
            },
            render: &|_, found: &[Quotation], _| Ok(Rendered::Bytes(found[0].paragraph.to_string().into_bytes())),
        };
        let mut state = 5;
        let mut run = |id: &str| {
            let facts = Document { id: id.to_owned(), path: Some("a.jsonl".to_owned()), ..Document::default() };
            work(&job, &mut state, None, false, Item::Article(Box::new(Raw::plain(facts, Some(7)))))
        };
        assert!(matches!(run("a"), Done::Article { rendered: Rendered::Bytes(b), .. } if b == b"6"));
        let Done::Failed { error, .. } = run("poison") else { panic!("it was worked on") };
        assert!(error.to_string().starts_with("a.jsonl:7: article \"poison\" could not be worked on"), "{error}");
        assert!(
            matches!(run("b"), Done::Article { rendered: Rendered::Bytes(b), .. } if b == b"1"),
            "the state is fresh"
        );
    }

    fn some_quotation() -> Quotation {
        let document = crate::document::plain::document("\"We are ready,\" Tor Ekdal said.".to_owned(), None);
        crate::pipeline::extract(&document, &crate::quotation::Rules).unwrap().remove(0)
    }
}
