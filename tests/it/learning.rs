//! What is learnt, and that figures speak of rows that were not learnt from.

use demarche::dataset::Dataset;
use demarche::dataset::csv::{CsvOptions, TaskSpec, read_dataset, read_statements};
use demarche::dataset::split::Split;
use demarche::evaluation::{Bootstrap, Evaluation};
use demarche::features::{Family, FeatureSettings, SparseRow, SpeakerSettings};
use demarche::label::TaskKind;
use demarche::model::{Model, Scores};
use demarche::pipeline::evaluate::evaluate;
use demarche::pipeline::score_statements;
use demarche::pipeline::train::{Origin, train_model};
use demarche::statement::Statement;
use demarche::training::solver::Solver;
use demarche::training::trainer::{TrainSettings, train};

use crate::scene::{QUOTES, dataset, small_model};

fn scores(model: &Model, data: &Dataset) -> Vec<Scores> {
    score_statements(model, &data.examples.iter().map(|e| &e.statement).collect::<Vec<_>>())
}

/// Random numbers that are the same everywhere (SplitMix64, Steele et al. 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.roll() % n
    }

    fn share(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A word that no stemmer shortens: consonants only.
    fn word(&mut self) -> String {
        (0..9).map(|_| char::from(b"bcdfghjklmnpqrtvwxz"[self.below(19) as usize])).collect()
    }
}

fn plain_features() -> FeatureSettings {
    FeatureSettings {
        word_ngrams: 1,
        negation: false,
        cue: false,
        speaker: SpeakerSettings::none(),
        min_documents: 1,
        ..FeatureSettings::default()
    }
}

fn trained(dataset: &Dataset, settings: &TrainSettings) -> (Model, Evaluation) {
    let bootstrap = Bootstrap { n_draws: 50, ..Bootstrap::default() };
    train_model(dataset, settings, &Origin::default(), &bootstrap, &|_, _| {}).unwrap()
}

fn probabilities(all: &[Scores]) -> Vec<f64> {
    all.iter().flat_map(|s| s.tasks.iter().flat_map(|t| t.probabilities.iter().copied())).collect()
}

fn largest_difference(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn both_solvers_reach_the_same_optimum() {
    let data = dataset(QUOTES);
    for cost in [0.3, 1.0, 4.0] {
        let features = FeatureSettings { min_documents: 5, ..plain_features() };
        let newton = TrainSettings { features, costs: vec![cost], n_folds: 3, ..TrainSettings::default() };
        let linfa = TrainSettings { solver: Solver::Linfa, ..newton.clone() };
        let (newton, linfa) = (trained(&data, &newton).0, trained(&data, &linfa).0);
        let difference =
            largest_difference(&probabilities(&scores(&newton, &data)), &probabilities(&scores(&linfa, &data)));
        assert!(difference < 1e-3, "C = {cost}: probabilities differ by {difference}");
    }
}

#[test]
fn alone_and_among_others_a_statement_scores_the_same() {
    let (model, data) = (small_model(), dataset(QUOTES));
    let batch = scores(&model, &data);
    let mut shared = (model.vectorizer().workspace(), SparseRow::default());
    for (example, batch) in data.examples.iter().zip(&batch) {
        let alone = model.score(&example.statement, &mut model.vectorizer().workspace(), &mut SparseRow::default());
        let reused = model.score(&example.statement, &mut shared.0, &mut shared.1);
        let bits =
            |s: &Scores| probabilities(std::slice::from_ref(s)).into_iter().map(f64::to_bits).collect::<Vec<_>>();
        assert_eq!(bits(&alone), bits(batch));
        assert_eq!(bits(&reused), bits(batch));
        assert_eq!(&alone, batch);
    }
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let data = dataset(QUOTES);
    let mut reversed = data.clone();
    reversed.examples.reverse();
    let settings = TrainSettings { costs: vec![2.0], n_folds: 3, ..TrainSettings::default() };
    let ((model, figures), (other, other_figures)) = (trained(&data, &settings), trained(&reversed, &settings));
    assert!(model.vectorizer().names().eq(other.vectorizer().names()));
    assert_eq!(model.vectorizer().idf(), other.vectorizer().idf());
    // Folds are dealt out by group, so the held-out figures agree too.
    for (a, b) in figures.tasks.iter().zip(&other_figures.tasks) {
        assert!(
            (a.macro_f1.value - b.macro_f1.value).abs() < 1e-6,
            "{}: {} and {}",
            a.task,
            a.macro_f1.value,
            b.macro_f1.value
        );
        // Folds are fitted to a gap of 5e-7, and where in it dual descent ends hangs on the order.
        assert!((a.brier - b.brier).abs() < 2e-5, "{}: {} and {}", a.task, a.brier, b.brier);
    }
    let difference = largest_difference(&probabilities(&scores(&model, &data)), &probabilities(&scores(&other, &data)));
    // A gap of 5e-9 of an objective of some hundreds bounds the distance of two solutions by 2e-3, that of probabilities by a quarter of it;
    // 1.4e-4 was seen.
    assert!(difference < 4e-4, "probabilities differ by {difference}");
    // A model's figures on a file do not hang on the order of that file.
    let bootstrap = Bootstrap { n_draws: 0, ..Bootstrap::default() };
    let (a, b) =
        (evaluate(&model, &data, &[], &bootstrap).unwrap(), evaluate(&model, &reversed, &[], &bootstrap).unwrap());
    for (a, b) in a.tasks.iter().zip(&b.tasks) {
        assert!((a.macro_f1.value - b.macro_f1.value).abs() < 1e-12 && (a.ece - b.ece).abs() < 1e-12);
        assert!((a.log_loss - b.log_loss).abs() < 1e-9);
    }
}

#[test]
fn unseen_speakers_and_masked_names_are_no_features() {
    let speaker = SpeakerSettings { identity: true, ..SpeakerSettings::default() };
    let settings = TrainSettings {
        features: FeatureSettings { speaker, min_documents: 1, ..FeatureSettings::default() },
        costs: vec![2.0],
        n_folds: 3,
        ..TrainSettings::default()
    };
    let table = QUOTES
        .replace("We thank the doctors", "Nwosu thanks the doctors")
        .replace("There were forty", "Demir saw forty");
    // A name becomes a feature from five statements on.
    let table = table.replace("Pavel Cerny", "Ines Maro");
    let model = trained(&dataset(&table), &settings).0;
    let names: Vec<&str> = model.vectorizer().names().collect();
    let identities = || names.iter().filter(|n| n.starts_with("speaker:") && n.to_lowercase().contains("maro"));
    assert_eq!(identities().count(), 1, "{names:?}");
    for name in ["nwosu", "demir", "ekdal"] {
        let words: Vec<_> = names.iter().filter(|n| !n.starts_with("speaker:") && n.contains(name)).collect();
        assert!(words.is_empty(), "the name of a speaker became a word: {words:?}");
    }
    let statement = |speaker: Option<&str>| Statement {
        text: "We are ready for talks".to_owned(),
        speaker: speaker.map(str::to_owned),
        ..Statement::default()
    };
    let vectorizer = model.vectorizer();
    let of_speaker = |s: &Statement| -> Vec<String> {
        let found = vectorizer.occurrences(s, &mut vectorizer.workspace());
        found
            .iter()
            .filter(|o| vectorizer.family(o.column) == Family::Speaker)
            .map(|o| names[o.column as usize].to_owned())
            .collect()
    };
    assert!(of_speaker(&statement(Some("Ines Maro"))).iter().any(|n| n.to_lowercase().contains("maro")));
    assert_eq!(of_speaker(&statement(Some("Nobody Known"))), of_speaker(&statement(None)));
    let mut workspace = vectorizer.workspace();
    let mut score = |s: &Statement| model.score(s, &mut workspace, &mut SparseRow::default());
    assert_eq!(score(&statement(Some("Nobody Known"))), score(&statement(None)));
}

#[test]
fn speaker_dropout_touches_only_rows_with_a_speaker() {
    let model = |table: &str, dropout: bool| {
        let speaker = SpeakerSettings { dropout, ..SpeakerSettings::default() };
        let features = FeatureSettings { speaker, ..FeatureSettings::default() };
        let split = Split::Random;
        trained(
            &dataset(table),
            &TrainSettings { features, split, costs: vec![2.0], n_folds: 3, ..TrainSettings::default() },
        )
        .0
    };
    let data = dataset(QUOTES);
    let difference = |table: &str| {
        let (with, without) = (model(table, true), model(table, false));
        largest_difference(
            &probabilities(&scores(&with, &data)),
            &probabilities(&score_statements(
                &without,
                &data.examples.iter().map(|e| &e.statement).collect::<Vec<_>>(),
            )),
        )
    };
    // Without its columns no row has a speaker block: a copy of each row would change nothing but the time.
    let anonymous: String = {
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(["id", "text", "stance", "sentiment", "cue"]).unwrap();
        crate::scene::rows(QUOTES.as_bytes())
            .iter()
            .for_each(|r| out.write_record(["id", "text", "stance", "sentiment", "cue"].map(|c| &r[c])).unwrap());
        String::from_utf8(out.into_inner().unwrap()).unwrap()
    };
    assert_eq!(difference(&anonymous), 0.0);
    assert!(difference(QUOTES) > 1e-4, "dropout changes something where speakers are known");
}

#[test]
fn held_out_rows_are_not_learnt_from() {
    // No word comes in two rows: whoever knows the label has seen the row.
    let mut dice = Dice(1);
    let mut table = String::from("text,label,stance,speaker\n");
    for i in 0..240 {
        let words: Vec<String> = (0..5).map(|_| dice.word()).collect();
        let (label, stance) = (dice.below(2), ["none", "praise"][dice.below(2) as usize]);
        table.push_str(&format!("{},side-{label},{stance},Speaker{}\n", words.join(" "), i % 60));
    }
    let tasks = vec![
        TaskSpec { column: "label".to_owned(), kind: Some(TaskKind::Single) },
        TaskSpec { column: "stance".to_owned(), kind: Some(TaskKind::Multi) },
    ];
    let data = read_dataset("noise.csv", table.as_bytes(), &CsvOptions { tasks, ..CsvOptions::default() }).unwrap().0;
    for character_ngrams in [(0, 0), (2, 4)] {
        let features = FeatureSettings { character_ngrams, ..plain_features() };
        let settings = TrainSettings { features, costs: vec![1.0, 100.0], ..TrainSettings::default() };
        let (model, held_out) = trained(&data, &settings);
        let seen = evaluate(&model, &data, &[], &Bootstrap { n_draws: 0, ..Bootstrap::default() }).unwrap();
        for split in held_out.splits.iter().map(|(_, f)| f).chain([&held_out.tasks]) {
            for figures in split {
                let share = figures.accuracy;
                assert!((0.38..0.62).contains(&share), "{}: {share} of held-out noise is right", figures.task);
                // Bins of 16 rows: exact probabilities of a half would show 0.10, with a standard deviation of 0.02; memorised rows 0.4.
                assert!(figures.ece < 0.2, "{}: noise deserves no confidence, ECE {}", figures.task, figures.ece);
            }
        }
        // What says nothing out of fold is calibrated to nothing, so the ranks tell what was memorised.
        for figures in &seen.tasks {
            let precision = figures.labels.iter().map(|(_, l)| l.average_precision).fold(1.0, f64::min);
            assert!(
                precision > 0.95 || character_ngrams.1 == 0,
                "{}: {precision} on rows that were learnt",
                figures.task
            );
        }
    }
}

#[test]
fn silver_rows_teach_and_are_never_tested() {
    // What a row says is known by one word of its speaker, which stands in four rows: his, or in silver rows of nobody.
    let mut dice = Dice(3);
    let (mut gold, mut own, mut strange) = (String::new(), String::new(), String::new());
    let header = "text,label,speaker,date\n";
    [&mut gold, &mut own, &mut strange].into_iter().for_each(|table| table.push_str(header));
    for i in 0..200 {
        let (word, label) = (dice.word(), dice.below(2));
        let mut row = |speaker: &str, year: usize| {
            let noise: Vec<String> = (0..5).map(|_| dice.word()).collect();
            format!("{word} {},side-{label},{speaker},{year}-05-0{}\n", noise.join(" "), 1 + i % 9)
        };
        let speaker = format!("Speaker{i}");
        let first = row(&speaker, 2001 + i / 20);
        gold.push_str(&first);
        // Of the speaker, and a copy of the row by nobody: neither may help while the row is tested.
        own.push_str(&row(&speaker, 2050));
        own.push_str(&first.replace(&speaker, ""));
        (0..3).for_each(|_| strange.push_str(&row("", 2000)));
    }
    let read = |table: &str| read_dataset("x.csv", table.as_bytes(), &CsvOptions::default()).unwrap().0;
    let features = FeatureSettings { character_ngrams: (0, 0), ..plain_features() };
    let right = |silver: &str, split: Split, weight: f64| {
        let data = read(&gold).with_silver(read(silver), weight).unwrap();
        let features = features.clone();
        let settings = TrainSettings { features, costs: vec![4.0], split, ..TrainSettings::default() };
        let (model, held_out) = trained(&data, &settings);
        assert_eq!(model.header().tasks[0].n_rows, 200);
        assert_eq!(held_out.data["n_rows"], 200);
        held_out.tasks[0].accuracy
    };
    for split in [Split::Speaker, Split::Time] {
        let share = right(&strange, split.clone(), 1.0);
        assert!(share > 0.9, "{split}: {share} with rows that tell");
    }
    for split in [Split::Speaker, Split::Time] {
        let share = right(&own, split.clone(), 1.0);
        assert!((0.35..0.65).contains(&share), "{split}: {share} with rows that must not tell");
    }
    let share = right(&strange, Split::Speaker, 1e-6);
    assert!((0.35..0.65).contains(&share), "{share} with rows that count nothing");
    let foreign = read("text,label\nfoo bar,side-0\nbaz,side-9\n");
    assert!(read(&gold).with_silver(foreign, 1.0).unwrap_err().to_string().contains("side-9"));
}

#[test]
fn out_of_fold_predictions_come_from_models_without_the_row() {
    let data = dataset(QUOTES);
    let settings = TrainSettings {
        costs: vec![2.0],
        n_folds: 3,
        other_splits: vec![Split::Random, Split::Article],
        ..TrainSettings::default()
    };
    let trained = train(&data, &settings, &|_, _| {}).unwrap();
    assert_eq!(trained.out_of_fold.len(), 3);
    for out_of_fold in &trained.out_of_fold {
        let folds = &out_of_fold.folds;
        for fold in 0..folds.n_folds {
            let (learnt, tested) = (folds.train_rows(fold), folds.test_rows(fold));
            assert!(!tested.is_empty() && tested.iter().all(|t| !learnt.contains(t)));
            if out_of_fold.split == Split::Speaker {
                let speaker = |i: &usize| data.examples[*i].statement.speaker.clone();
                assert!(tested.iter().all(|t| learnt.iter().all(|l| speaker(l) != speaker(t))));
            }
        }
        for task in &out_of_fold.tasks {
            assert!(task.predicted.iter().all(Option::is_some));
        }
    }
    // A row's own label reaches its prediction only by the calibration of its fold, whose logits on the other folds come
    // from models that know the row: two numbers out of all rows. Were the row learnt from, it would follow the change.
    let mut changed = data.clone();
    changed.examples[3].labels[1] = Some(vec![0]);
    let again = train(&changed, &settings, &|_, _| {}).unwrap();
    for (a, b) in trained.out_of_fold.iter().zip(&again.out_of_fold) {
        if a.folds.fold_of != b.folds.fold_of {
            continue;
        }
        let row = 3 * 3..4 * 3;
        let difference = largest_difference(&a.tasks[1].probabilities[row.clone()], &b.tasks[1].probabilities[row]);
        // Its label takes part in the calibration of the other folds, nowhere else.
        assert!(difference < 0.08, "{}: a row's own label changes its prediction by {difference}", a.split);
    }
}

#[test]
fn probabilities_come_true_as_often_as_they_say() {
    // Each word speaks for the label to a degree; the label is thrown with the chance that they give.
    let mut dice = Dice(7);
    let words: Vec<(String, f64)> = (0..60).map(|_| (dice.word(), 3.0 * dice.share() - 1.5)).collect();
    let mut table = String::from("text,label,stance\n");
    for _ in 0..1000 {
        let chosen: Vec<&(String, f64)> = (0..8).map(|_| &words[dice.below(60) as usize]).collect();
        let chance = |slope: f64| 1.0 / (1.0 + (-slope * chosen.iter().map(|w| w.1).sum::<f64>() / 2.0).exp());
        let (side, stance) = (dice.share() < chance(1.0), dice.share() < chance(-0.7));
        let text = chosen.iter().map(|w| w.0.as_str()).collect::<Vec<_>>().join(" ");
        table.push_str(&format!(
            "{text} {},{},{}\n",
            dice.word(),
            if side { "for" } else { "against" },
            if stance { "praise" } else { "none" }
        ));
    }
    let tasks = vec![
        TaskSpec { column: "label".to_owned(), kind: Some(TaskKind::Single) },
        TaskSpec { column: "stance".to_owned(), kind: Some(TaskKind::Multi) },
    ];
    let data = read_dataset("coins.csv", table.as_bytes(), &CsvOptions { tasks, ..CsvOptions::default() }).unwrap().0;
    let settings = TrainSettings {
        features: plain_features(),
        costs: vec![0.1, 1.0, 10.0],
        split: Split::Random,
        other_splits: Vec::new(),
        ..TrainSettings::default()
    };
    let (_, held_out) = trained(&data, &settings);
    for figures in &held_out.tasks {
        assert!(figures.ece < 0.1, "{}: ECE {}", figures.task, figures.ece);
        assert!(figures.accuracy > 0.55, "{}: {} right; the words say more", figures.task, figures.accuracy);
    }
}

#[test]
fn weights_that_are_all_0_are_left_out_of_the_file() {
    let data = dataset(QUOTES);
    let settings = TrainSettings {
        features: plain_features(),
        solver: Solver::ElasticNet,
        costs: vec![0.3],
        n_folds: 0,
        ..TrainSettings::default()
    };
    let (model, _) = trained(&data, &settings);
    let bytes = model.to_bytes().unwrap();
    let (n, n_weighted) = (model.header().n_features, model.n_weighted());
    assert!(0 < n_weighted && 2 * n_weighted < n, "{n_weighted} of {n}");
    let header = serde_json::to_vec(model.header()).unwrap().len();
    let (names, outputs) = (model.header().n_name_bytes, model.n_outputs());
    let others = 16 + header + names + 4 * n + 12 * outputs + n.div_ceil(8) + 32;
    let learnt = model.header().n_learnt_bytes;
    assert!(learnt > 0);
    assert_eq!(bytes.len(), others + 2 * outputs * n_weighted + learnt);
    let again = Model::from_bytes(&bytes).unwrap();
    assert_eq!(probabilities(&scores(&model, &data)), probabilities(&scores(&again, &data)));
    assert_eq!(again.to_bytes().unwrap(), bytes);
    for at in [others - 32 - n.div_ceil(8), bytes.len() - 33] {
        assert!(Model::from_bytes(&[&bytes[..at], &bytes[at + 1..]].concat()).is_err(), "byte {at} is missing");
    }
    // A bit more, a bit less, a bit behind the last feature, each with the right checksum.
    let first_bit = others - 32 - n.div_ceil(8);
    let first_weighted = (0..n).find(|i| bytes[first_bit + i / 8] >> (i % 8) & 1 == 1).unwrap();
    let first_plain = (0..n).find(|i| bytes[first_bit + i / 8] >> (i % 8) & 1 == 0).unwrap();
    for bit in [first_weighted, first_plain].into_iter().chain((n % 8 > 0).then_some(n)) {
        let mut wrong = bytes[..bytes.len() - 32].to_vec();
        wrong[first_bit + bit / 8] ^= 1 << (bit % 8);
        wrong.extend_from_slice(blake3::hash(&wrong).as_bytes());
        assert!(Model::from_bytes(&wrong).is_err(), "bit {bit}");
    }
    let old = [&bytes[..8], &2_u32.to_le_bytes(), &bytes[12..]].concat();
    let message = Model::from_bytes(&old).err().unwrap().to_string();
    assert!(message.contains("has format 2") && message.contains("train anew"), "{message}");
}

#[test]
fn label_columns_say_nothing_of_a_statement() {
    let csv = "text,speaker,kind\nAnn hopes so,Ann,direct\n";
    let first = |tasks: &[&str]| {
        let spec = |column: &&str| TaskSpec { column: (*column).to_owned(), kind: Some(TaskKind::Single) };
        let options = CsvOptions { usual_tasks: tasks.iter().map(spec).collect(), ..CsvOptions::default() };
        read_statements("rows.csv", csv.as_bytes(), &options).unwrap().next().unwrap().unwrap().statement
    };
    assert_eq!(first(&[]).speaker.as_deref(), Some("Ann"));
    let statement = first(&["speaker", "kind"]);
    assert_eq!((statement.speaker, statement.kind, statement.text.as_str()), (None, None, "Ann hopes so"));
}
