//! `demarche train`: a labelled CSV to a model.

mod features;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::cli::Outcome;
use crate::cli::details::DetailArgs;
use crate::cli::extract::write_json;
use crate::cli::options::{ColumnArgs, FigureFormat, labelled, unusual};
use crate::cli::output::{Output, progress, say, write_error, write_file};
use crate::cli::paths::keep_apart;
use crate::cli::train::features::FeatureArgs;
use crate::dataset::csv::{FieldSpec, check_files, check_for_training};
use crate::dataset::split::Split;
use crate::dataset::{Dataset, Example};
use crate::error::{Error, Result};
use crate::evaluation::Bootstrap;
use crate::features::{ColumnKind, FeatureColumn, FeatureSettings};
use crate::label::{Codebook, TaskKind};
use crate::model::Precision;
use crate::pipeline::train::{Origin, train_with};
use crate::report::{card, text};
use crate::training::decision::{CalibrationKind, DecisionSettings};
use crate::training::solver::Solver;
use crate::training::trainer::TrainSettings;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The file is read strictly: every malformed row, unknown label or conflict stops with its line. An empty label cell means
\"not labelled\", never \"no label\"; write none where you looked and nothing applies.

Examples:
  demarche train labels.csv -o mine.model
  demarche train data/quotes.csv more.csv -o mine.model --split article
  demarche train reviews.csv --task label=single --text-column review -o reviews.model")]
pub(super) struct Args {
    /// Labelled CSV files; several are joined. FILE=2: its rows count twice when weights are fitted, and once in figures
    #[arg(required = true, value_name = "FILE[=WEIGHT]", value_parser = parse_weighted)]
    files: Vec<(PathBuf, f64)>,
    /// A file like the others whose labels a machine gave: its rows are learnt from, but no figure, cost or threshold comes from
    /// them; those of a tested speaker or article, and copies of tested rows, are left out while these are tested. FILE=0.5: each
    /// counts half. Repeatable
    #[arg(long = "silver", value_name = "FILE[=WEIGHT]", value_parser = parse_weighted)]
    silver: Vec<(PathBuf, f64)>,
    /// The model file to write; its card is written beside it, ending in .md
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: PathBuf,
    /// Format of the figures
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Output")]
    format: FigureFormat,
    /// Name of the model; the file's name unless given
    #[arg(long, value_name = "NAME", help_heading = "Output")]
    name: Option<String>,
    /// Version of the model
    #[arg(long, default_value = "1", value_name = "VERSION", help_heading = "Output")]
    model_version: String,
    /// A remark for the card: where texts and labels come from, what they are not good for. Repeatable
    #[arg(long = "note", value_name = "TEXT", help_heading = "Output")]
    notes: Vec<String>,
    #[command(flatten)]
    columns: ColumnArgs,
    #[command(flatten)]
    details: DetailArgs,
    #[command(flatten)]
    features: FeatureArgs,
    /// Cost C: larger follows the rows more closely. Several, parted by commas, are chosen from out of fold
    #[arg(short = 'c', long, value_delimiter = ',', value_name = "C", help_heading = "Learning")]
    cost: Vec<f64>,
    /// Column of what each row counts when weights are fitted: numbers above 0, an empty cell 1. Figures count each row once
    #[arg(long, value_name = "NAME", help_heading = "Learning")]
    weight_column: Option<String>,
    /// Weight positives by their rarity
    #[arg(long, help_heading = "Learning")]
    balanced: bool,
    /// What rows with a label count when it is learnt, beside those without. Repeatable, TASK:LABEL=N for one task
    #[arg(long = "class-weight", value_name = "[TASK:]LABEL=N", value_parser = parse_class_weight, help_heading = "Learning")]
    class_weights: Vec<(String, f64)>,
    /// Keep 8 bits of each weight instead of 16: half the file, less memory traffic, probabilities that differ by up to a percent
    #[arg(long, help_heading = "Output")]
    compact: bool,
    /// Which solver; linfa is for small data only
    #[arg(long, value_enum, default_value_t, value_name = "NAME", help_heading = "Learning")]
    solver: Solver,
    /// Share of L1 in the penalty of the solver elastic-net: 1 keeps the fewest features [default: 0.5]
    #[arg(long, value_name = "SHARE", help_heading = "Learning")]
    l1_ratio: Option<f64>,
    /// How probabilities are made true: line (Platt or temperature) or isotonic (a table after it; 1,000 rows or more)
    #[arg(long, value_enum, default_value_t, value_name = "KIND", help_heading = "Learning")]
    calibration: CalibrationKind,
    /// Which probability gives a label: best-f1, precision=0.8 or recall=0.9, chosen out of fold. Repeatable, TASK:RULE
    /// for one task
    #[arg(long = "threshold", value_name = "[TASK:]RULE", help_heading = "Learning")]
    thresholds: Vec<String>,
    /// Say nothing where a label is not sure enough for precision=0.75, or but for the surest coverage=0.5, of what it
    /// would say. Repeatable, TASK:RULE for one task
    #[arg(long = "abstain", value_name = "[TASK:]RULE", help_heading = "Learning")]
    abstains: Vec<String>,
    /// What rows of a fold share for the headline figures: speaker, article, outlet, time, random, or a column. Without
    /// it: speaker where rows have one, else article, else random
    #[arg(long, value_name = "SPLIT", help_heading = "Evaluation")]
    split: Option<Split>,
    /// Further splits to give figures for, parted by commas; the random one shows how much rows of one speaker flatter
    #[arg(long, default_value = "random", value_delimiter = ',', value_name = "SPLIT", help_heading = "Evaluation")]
    other_splits: Vec<Split>,
    /// Only the headline split
    #[arg(long, conflicts_with = "other_splits", help_heading = "Evaluation")]
    no_other_splits: bool,
    /// Folds; 0 holds no rows back: one --cost, no figures, probabilities as they come
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u16).range(0..=100), help_heading = "Evaluation")]
    folds: u16,
    /// Seed of folds and intervals
    #[arg(long, default_value_t = 0, value_name = "N", help_heading = "Evaluation")]
    seed: u64,
}

fn parse_weighted(text: &str) -> std::result::Result<(PathBuf, f64), String> {
    Ok(match text.rsplit_once('=').and_then(|(path, weight)| Some((path, weight.parse::<f64>().ok()?))) {
        Some((path, weight)) if weight.is_finite() && weight > 0.0 => (path.into(), weight),
        Some((_, weight)) => return Err(format!("the weight must be above 0, not {weight}")),
        None => (text.into(), 1.0),
    })
}

fn parse_class_weight(text: &str) -> std::result::Result<(String, f64), String> {
    let (label, weight) = text.rsplit_once('=').ok_or("give LABEL=N, as praise=2")?;
    match weight.parse::<f64>() {
        Ok(weight) if weight.is_finite() && weight > 0.0 => Ok((label.to_owned(), weight)),
        _ => Err(format!("the weight must be a number above 0, not {weight}")),
    }
}

impl ValueEnum for Solver {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Auto => "The fastest exact one: multinomial where one label holds, else dual",
            Self::Newton => "Sparse truncated Newton, one classifier a label",
            Self::Multinomial => "Dual coordinate descent, softmax over all labels of a task in which one holds",
            Self::Dual => "Dual coordinate descent, one classifier a label; Newton where that is slow",
            Self::ElasticNet => "L1 and L2 penalty, one classifier a label: few features, a model that can be read",
            Self::Linfa => "linfa-logistic on dense rows",
        };
        Some(PossibleValue::new(self.name()).help(help))
    }
}

impl ValueEnum for CalibrationKind {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Line, Self::Isotonic]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Line => PossibleValue::new("line").help("A straight line in the logit, folded into the weights"),
            Self::Isotonic => PossibleValue::new("isotonic").help("The line, then a monotone table"),
        })
    }
}

impl Args {
    /// The weights of classes by task and label.
    fn class_weights(&self, dataset: &Dataset) -> Result<BTreeMap<(String, String), f64>> {
        let mut found = BTreeMap::new();
        for (name, weight) in &self.class_weights {
            let n = found.len();
            for task in &dataset.tasks {
                let of_task = name.strip_prefix(&format!("{}:", task.name)).unwrap_or(name);
                if task.labels.index(of_task).is_some() {
                    found.insert((task.name.clone(), of_task.to_owned()), *weight);
                }
            }
            if found.len() == n {
                let known: Vec<&str> = dataset.tasks.iter().flat_map(|t| t.labels.names()).collect();
                let message =
                    format!("--class-weight: no further label is called \"{name}\"; the file has {}", known.join(", "));
                return Err(Error::usage(message));
            }
        }
        Ok(found)
    }

    /// What held-out rows decide, for all tasks and for single ones. A task's own rules go before those for all.
    fn decisions(&self, dataset: &Dataset) -> Result<(DecisionSettings, BTreeMap<String, DecisionSettings>)> {
        let mut all = DecisionSettings { calibration: self.calibration, ..DecisionSettings::default() };
        for rule in self.thresholds.iter().filter(|rule| !rule.contains(':')) {
            all.threshold = rule.parse()?;
            if dataset.tasks.iter().all(|task| task.kind == TaskKind::Single) {
                return Err(Error::usage(
                    "in each task of the file the most probable label holds: there are no thresholds; see --abstain, or --task \
                     NAME=multi",
                ));
            }
        }
        for rule in self.abstains.iter().filter(|rule| !rule.contains(':')) {
            all.abstain = Some(rule.parse()?);
        }
        let mut single = BTreeMap::new();
        let task = |name: &str| {
            dataset.tasks.iter().find(|task| task.name == name).ok_or_else(|| {
                let known = dataset.tasks.iter().map(|t| t.name.as_str()).collect::<Vec<_>>().join(", ");
                Error::usage(format!("no task is called \"{name}\"; the file has {known}"))
            })
        };
        for (name, rule) in self.thresholds.iter().filter_map(|rule| rule.split_once(':')) {
            if task(name)?.kind == TaskKind::Single {
                return Err(Error::usage(format!(
                    "in task \"{name}\" the most probable label holds: it has no thresholds; see --abstain"
                )));
            }
            single.entry(name.to_owned()).or_insert(all).threshold = rule.parse()?;
        }
        for (name, rule) in self.abstains.iter().filter_map(|rule| rule.split_once(':')) {
            single.entry(task(name)?.name.clone()).or_insert(all).abstain = Some(rule.parse()?);
        }
        Ok((all, single))
    }
}

/// What the arguments say of the training.
fn settings(args: &Args, features: FeatureSettings, dataset: &Dataset) -> Result<TrainSettings> {
    let mut grouped = args.columns.group_columns.iter().map(|c| c.parse::<Split>()).collect::<Result<Vec<_>>>()?;
    let split = match &args.split {
        Some(split) => split.clone(),
        None if grouped.is_empty() => default_split(dataset),
        None => grouped.remove(0),
    };
    if args.l1_ratio.is_some() && args.solver != Solver::ElasticNet {
        return Err(Error::usage("--l1-ratio is for --solver elastic-net; give that too, or leave it out"));
    }
    let (decisions, task_decisions) = args.decisions(dataset)?;
    let defaults = TrainSettings::default();
    Ok(TrainSettings {
        features,
        costs: if args.cost.is_empty() { defaults.costs } else { args.cost.clone() },
        balanced: args.balanced,
        class_weights: args.class_weights(dataset)?,
        precision: if args.compact { Precision::Compact } else { Precision::Full },
        l1_ratio: args.l1_ratio.unwrap_or(defaults.l1_ratio),
        decisions,
        task_decisions,
        solver: args.solver,
        other_splits: if args.no_other_splits { Vec::new() } else { [grouped, args.other_splits.clone()].concat() },
        split,
        group_columns: args.columns.group_columns.clone(),
        n_folds: usize::from(args.folds),
        seed: args.seed,
    })
}

/// A recipe of training: arguments of `demarche train` that say how to learn. Columns and the seed are those of the
/// comparison.
pub(super) struct Recipe {
    args: Args,
    features: FeatureSettings,
}

impl Recipe {
    /// The recipe in one line of arguments, parted and quoted as in a shell.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Usage`] for a quotation mark that is not closed, and for arguments that `train` does not
    /// know, or that name a file or a column that the comparison names.
    pub(super) fn parse(words: &str, columns: &ColumnArgs, seed: u64) -> Result<Self> {
        #[derive(Debug, clap::Parser)]
        struct Line {
            #[command(flatten)]
            args: Args,
        }
        let words = shlex::split(words).ok_or_else(|| Error::usage("a quotation mark is not closed"))?;
        let fixed = ["train", "-", "--output=recipe.model"].map(str::to_owned);
        let parsed = <Line as clap::Parser>::try_parse_from(fixed.into_iter().chain(words));
        let mut args = parsed
            .map_err(|e| {
                let text = e.to_string();
                let what = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
                Error::usage(format!("{what}; give arguments of demarche train that say how to learn"))
            })?
            .args;
        if args.files.len() > 1 || !args.silver.is_empty() || args.weight_column.is_some() {
            return Err(Error::usage("a recipe names no file and no column of weights"));
        }
        if args.columns != ColumnArgs::default() {
            return Err(Error::usage(
                "the columns are those of the comparison; name them beside --old-args and --new-args",
            ));
        }
        args.columns = columns.clone();
        args.seed = seed;
        let features = args.features.settings()?;
        Ok(Self { args, features })
    }

    /// The further columns that it learns from.
    pub(super) fn fields(&self) -> Vec<FieldSpec> {
        self.features.columns.iter().map(field).collect()
    }

    /// The settings for these rows.
    ///
    /// # Errors
    /// As `train`.
    pub(super) fn settings(&self, dataset: &Dataset) -> Result<TrainSettings> {
        settings(&self.args, self.features.clone(), dataset)
    }
}

pub(super) fn run(args: &Args, quiet: bool) -> Result<Outcome> {
    let is_card = args.output.extension().is_some_and(|e| e.eq_ignore_ascii_case("md"));
    if is_card || args.output.as_os_str() == "-" {
        return Err(Error::usage(
            "a model is written to a file of its own, its card beside it to .md; use another name for --output",
        ));
    }
    let card_path = args.output.with_extension("md");
    let inputs = args.files.iter().chain(&args.silver).map(|(path, _)| path).chain(args.features.lexicon());
    for written in [&args.output, &card_path] {
        keep_apart(written, inputs.clone().map(PathBuf::as_path))?;
    }
    check_card(&card_path)?;
    let mut features = args.features.settings()?;
    if args.solver == Solver::Linfa && std::mem::take(&mut features.speaker.dropout) && !quiet {
        say("note: the linfa solver has no row weights; trained without speaker dropout");
    }
    let mut data: Option<Dataset> = None;
    let mut files = Vec::new();
    let mut options = args.columns.options(None);
    options.fields = features.columns.iter().map(field).collect();
    options.weight.clone_from(&args.weight_column);
    for (path, weight) in &args.files {
        let (mut dataset, file) = labelled(path, &mut options, quiet)?;
        dataset.weigh(*weight);
        files.push(file);
        data = Some(match data {
            None => dataset,
            Some(first) => first.joined(dataset).map_err(|e| e.in_file(path))?,
        });
    }
    let mut dataset = data.unwrap_or_default();
    if args.files.len() > 1 {
        let names = args.files.iter().map(|(path, _)| path.to_string_lossy().into_owned());
        let files: Vec<(String, usize)> = names.zip(files.iter().map(|f| f.n_rows)).collect();
        let warnings = check_files(&mut dataset, &files, args.columns.lenient)?;
        if !quiet {
            warnings.iter().for_each(|w| say(&format!("warning: {w}")));
        }
    }
    check_for_training(&dataset, 2).map_err(|e| e.in_file(&args.files[0].0))?;
    for (path, weight) in &args.silver {
        let (silver, file) = labelled(path, &mut options, quiet)?;
        files.push(file);
        dataset = dataset.with_silver(silver, *weight).map_err(|e| e.in_file(path))?;
    }
    if !quiet {
        remarks(args, &features, &dataset).iter().for_each(|remark| say(&format!("note: {remark}")));
    }
    let settings = settings(args, features, &dataset)?;
    let codebook = Codebook::diplomatic_core();
    let of_codebook = dataset
        .tasks
        .iter()
        .all(|t| codebook.task(&t.name).is_some_and(|c| t.labels.names().all(|n| c.labels.index(n).is_some())));
    let origin = Origin {
        name: args.name.clone().unwrap_or_else(|| stem(&args.output)),
        version: args.model_version.clone(),
        codebook: of_codebook.then(|| format!("{} {}", codebook.name, codebook.version)),
        columns: unusual(&options.columns),
        command: command(),
        data: files,
        notes: args.notes.clone(),
    };
    let bar = progress(1, "training");
    let bootstrap = Bootstrap { seed: args.seed, ..Bootstrap::default() };
    let details = args.details.details(0);
    let (model, evaluation) = train_with(&dataset, &settings, &origin, &bootstrap, &details, &|done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    })
    // Of several files the line alone does not tell which.
    .map_err(|e| match args.files.as_slice() {
        [(file, _)] if e.position().line.is_some() => e.in_file(file),
        _ => e,
    })?;
    bar.finish_and_clear();
    let bytes = model.to_bytes()?;
    write_file(&args.output, &bytes)?;
    write_file(&card_path, card::card(&model).as_bytes())?;
    let mut output = Output::new(None, args.format == FigureFormat::Table)?;
    match args.format {
        FigureFormat::Json => write_json(&mut output, &evaluation)?,
        FigureFormat::Table => {
            use std::io::Write;
            write!(output, "{}", text::evaluation(&evaluation)).map_err(write_error)?;
        }
    }
    output.finish()?;
    if !quiet {
        say(&format!(
            "wrote {} ({}, {} features, {}) and {}",
            args.output.display(),
            size(bytes.len()),
            model.vectorizer().n_features(),
            model.id(),
            card_path.display()
        ));
    }
    Ok(Outcome::Done)
}

/// What a column does, or does not, that may not be what is expected of it.
fn remarks(args: &Args, features: &FeatureSettings, dataset: &Dataset) -> Vec<String> {
    let mut remarks = Vec::new();
    let names_target = |e: &&Example| {
        let s = &e.statement;
        s.target_span.is_some() || s.target.as_ref().is_some_and(|target| s.text.contains(target.as_str()))
    };
    let n = dataset.examples.iter().filter(names_target).count();
    if features.mask_names && 2 * n > dataset.examples.len() {
        remarks.push(
            "the words of the target are taken out of the texts where they stand, so that labels are learnt from what is said of it; \
             --keep-names leaves them in"
                .to_owned(),
        );
    }
    let has_weight = |e: &Example| e.extra.iter().any(|(name, _)| name == "weight");
    if args.weight_column.is_none() && dataset.examples.first().is_some_and(has_weight) {
        remarks.push("the column \"weight\" is not used; --weight-column weight lets each row count by it".to_owned());
    }
    remarks
}

/// Refuses to write a card over a file that is none.
fn check_card(path: &Path) -> Result<()> {
    use std::io::Read;
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(16).read_to_end(&mut head));
    if read.is_err() || head.is_empty() || head.starts_with(card::HEADING.as_bytes()) {
        return Ok(());
    }
    let message = "the card of the model would be written over this file, which is no card; move it, or use another name for \
                   --output";
    Err(Error::usage(message).in_file(path))
}

fn size(n_bytes: usize) -> String {
    if n_bytes < 1_000_000 {
        format!("{} kB", n_bytes.div_ceil(1000))
    } else {
        format!("{:.1} MB", n_bytes as f64 / 1e6)
    }
}

fn field(column: &FeatureColumn) -> FieldSpec {
    FieldSpec { column: column.name.clone(), is_number: column.kind == Some(ColumnKind::Number), is_optional: false }
}

fn default_split(dataset: &Dataset) -> Split {
    let share = |has: &dyn Fn(&crate::dataset::Example) -> bool| {
        dataset.examples.iter().filter(|e| has(e)).count() * 2 > dataset.examples.len()
    };
    if share(&|e| e.statement.speaker.is_some()) {
        Split::Speaker
    } else if share(&|e| e.article.is_some()) {
        Split::Article
    } else {
        Split::Random
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(|| "model".to_owned(), |s| s.to_string_lossy().into_owned())
}

/// The command as typed, without folders, output, threads and notes: the same training gives the same bytes wherever
/// it runs.
fn command() -> String {
    let mut words = Vec::new();
    let mut skip = false;
    for word in std::env::args().skip(1) {
        if std::mem::take(&mut skip) {
            continue;
        }
        match word.as_str() {
            "-o" | "--output" | "-j" | "--threads" | "--note" | "-f" | "--format" | "--errors" | "--label-errors" => {
                skip = true;
            }
            "-q" | "--quiet" => {}
            _ if [
                "--output=",
                "--threads=",
                "--note=",
                "--format=",
                "--errors=",
                "--label-errors=",
                "-o",
                "-j",
                "-f",
            ]
            .iter()
            .any(|flag| word.starts_with(flag)) => {}
            _ => words.push(file_name(&word)),
        }
    }
    format!("demarche {}", words.join(" "))
}

fn file_name(word: &str) -> String {
    if word.starts_with('-') {
        return word.to_owned();
    }
    Path::new(word).file_name().map_or_else(|| word.to_owned(), |n| n.to_string_lossy().into_owned())
}
