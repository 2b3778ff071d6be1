//! Minimal pairs of `tests/behaviour/*.toml`: what must change in the answer of the shipped model, and what must not.
//!
//! A pair has two statements, `a` and `b`, that differ in one thing. Relations:
//!
//! - `drops`: the probability of the label is clearly higher in `a` than in `b`: odds of 1.5 at least.
//! - `stays`: the label is decided in the same way in both, or its probability differs by less than 0.1.
//!
//! The share of pairs that hold is printed by phenomenon (`cargo test --test it behaviour -- --nocapture`).

use std::collections::{BTreeMap, BTreeSet};

use demarche::features::SparseRow;
use demarche::model::Model;
use demarche::statement::Statement;

use crate::scene::root;

/// The least number of pairs; the share that must hold over all and in each phenomenon.
const N_PAIRS: usize = 600;
const OVERALL: f64 = 0.85;
const EACH: f64 = 0.70;

/// Odds of the label in `a` over those in `b` where a pair of the relation `drops` holds.
const ODDS: f64 = 1.5;
/// Difference of probabilities below which a pair of the relation `stays` holds even over a threshold.
const SAME: f64 = 0.1;

/// One side: the words of a quotation, or a table that also has its cue, speaker and target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(untagged)]
enum Side {
    Text(String),
    Parts(Parts),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    text: String,
    cue: Option<String>,
    speaker: Option<String>,
    role: Option<String>,
    country: Option<String>,
    target: Option<String>,
}

impl Side {
    fn statement(&self) -> Statement {
        match self {
            Self::Text(text) => Statement { text: text.clone(), cue: Some("said".to_owned()), ..Statement::default() },
            Self::Parts(p) => Statement {
                text: p.text.clone(),
                cue: Some(p.cue.clone().unwrap_or_else(|| "said".to_owned())),
                speaker: p.speaker.clone(),
                role: p.role.clone(),
                country: p.country.clone(),
                target: p.target.clone(),
                ..Statement::default()
            },
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Relation {
    Drops,
    Stays,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    /// A stance label, or `negative`, `neutral` or `positive`.
    label: String,
    relation: Relation,
    a: Side,
    b: Side,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Phenomenon {
    pair: Vec<Pair>,
}

/// All pairs by phenomenon: the name of the file.
fn phenomena() -> BTreeMap<String, Vec<Pair>> {
    let folder = root().join("tests/behaviour");
    let mut found = BTreeMap::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let read: Phenomenon = toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        found.insert(path.file_stem().unwrap().to_string_lossy().into_owned(), read.pair);
    }
    found
}

/// Probability of the label and whether it is given.
fn answer(model: &Model, side: &Side, label: &str) -> (f64, bool) {
    let scores = model.score(&side.statement(), &mut model.vectorizer().workspace(), &mut SparseRow::default());
    for (task, score) in model.tasks().zip(&scores.tasks) {
        if let Some(k) = task.labels.iter().position(|l| l.name == label) {
            return (score.probabilities[k], score.labels.contains(&k));
        }
    }
    panic!("the shipped model has no label {label}");
}

fn holds(model: &Model, pair: &Pair) -> bool {
    let (a, given_a) = answer(model, &pair.a, &pair.label);
    let (b, given_b) = answer(model, &pair.b, &pair.label);
    match pair.relation {
        Relation::Drops => a / (1.0 - a) >= ODDS * b / (1.0 - b),
        Relation::Stays => given_a == given_b || (a - b).abs() < SAME,
    }
}

#[test]
fn pairs_are_many_and_differ() {
    let phenomena = phenomena();
    let mut seen = BTreeSet::new();
    for (name, pairs) in &phenomena {
        for pair in pairs {
            assert!(pair.a != pair.b, "{name}: both sides are the same: {:?}", pair.a);
            assert!(seen.insert((&pair.a, &pair.b, &pair.label)), "{name}: a pair stands twice: {:?}", pair.a);
        }
    }
    assert!(seen.len() >= N_PAIRS, "{} pairs of {N_PAIRS}", seen.len());
}

#[test]
fn shipped_model_behaves() {
    let path = root().join("models/diplomatic-core-en-2.model");
    let model = Model::from_bytes(&std::fs::read(path).unwrap()).unwrap();
    let (mut n, mut n_hold) = (0, 0);
    let mut faults = Vec::new();
    for (name, pairs) in phenomena() {
        let failed: Vec<&Pair> = pairs.iter().filter(|p| !holds(&model, p)).collect();
        let share = 1.0 - failed.len() as f64 / pairs.len() as f64;
        eprintln!("{name:<16} {:>4} pairs, {:>5.1} % hold", pairs.len(), 100.0 * share);
        if std::env::var_os("VERBOSE").is_some() {
            for pair in &failed {
                eprintln!("    {:?} {}: {:?} | {:?}", pair.relation, pair.label, pair.a, pair.b);
            }
        }
        n += pairs.len();
        n_hold += pairs.len() - failed.len();
        if share < EACH {
            faults.push(format!("{name}: {:.1} % hold, the floor is {:.0} %", 100.0 * share, 100.0 * EACH));
        }
    }
    let share = n_hold as f64 / n as f64;
    eprintln!("{:<16} {n:>4} pairs, {:>5.1} % hold", "all", 100.0 * share);
    if share < OVERALL {
        faults.push(format!("all: {:.1} % hold, the floor is {:.0} %", 100.0 * share, 100.0 * OVERALL));
    }
    assert!(faults.is_empty(), "{}", faults.join("; "));
}
