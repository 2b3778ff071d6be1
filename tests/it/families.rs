//! Which features each family makes, where they point to, and what the columns of a file do.

use demarche::dataset::csv::{CsvOptions, FieldSpec, read_dataset};
use demarche::features::{
    Family, FeatureColumn, FeatureSettings, LexiconSettings, Part, SparseRow, SpeakerSettings, TargetSettings,
    Vectorizer,
};
use demarche::model::Model;
use demarche::statement::Statement;
use demarche::text::Span;
use demarche::training::trainer::TrainSettings;

use crate::scene::{Scene, model};

/// Every family off, and each n-gram a feature from its first row on.
fn nothing() -> FeatureSettings {
    FeatureSettings {
        word_ngrams: 1,
        character_ngrams: (0, 0),
        negation: false,
        cue: false,
        speaker: SpeakerSettings::none(),
        target: TargetSettings::default(),
        lexicon: LexiconSettings::default(),
        min_target_rows: 0,
        min_documents: 1,
        ..FeatureSettings::default()
    }
}

fn about(text: &str, target: &str) -> Statement {
    Statement { text: text.to_owned(), target: Some(target.to_owned()), ..Statement::default() }
}

/// The features of one family in `statement` with the words they point to, sorted, by a vectorizer fitted on it alone.
fn features(statement: &Statement, settings: &FeatureSettings, family: Family) -> Vec<(String, String)> {
    let vectorizer = Vectorizer::fit(&[statement], settings).unwrap();
    let found = vectorizer.occurrences(statement, &mut vectorizer.workspace());
    let mut out: Vec<(String, String)> = found
        .iter()
        .filter(|o| vectorizer.family(o.column) == family)
        .map(|o| {
            let name = vectorizer.names().nth(o.column as usize).unwrap().split_once(':').unwrap().1.to_owned();
            (name, o.span.map(|s| s.of(&statement.text).to_owned()).unwrap_or_default())
        })
        .collect();
    out.sort();
    out
}

fn names(statement: &Statement, settings: &FeatureSettings, family: Family) -> Vec<String> {
    features(statement, settings, family).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn windows_stand_on_their_side_of_the_target() {
    let settings = FeatureSettings { target: TargetSettings { window: 2, ..TargetSettings::default() }, ..nothing() };
    let statement = about("Critics of the mayor attacked Varga over one bad deal", "Varga");
    assert_eq!(
        names(&statement, &settings, Family::Window),
        ["< attack", "< mayor", "< mayor attack", "> one", "> over", "> over one"]
    );
    assert!(names(&about("The deal is off", "Varga"), &settings, Family::Window).is_empty(), "no target, no window");
    let kept = FeatureSettings { mask_names: false, ..settings };
    let found = features(&about("They like Ada Varga", "Ada Varga"), &kept, Family::Window);
    assert_eq!(found.iter().map(|(_, words)| words.as_str()).collect::<Vec<_>>(), ["like", "They", "They like"]);
}

#[test]
fn the_clause_ends_at_marks_and_conjunctions() {
    let settings =
        FeatureSettings { target: TargetSettings { clause: true, ..TargetSettings::default() }, ..nothing() };
    let found =
        names(&about("The war goes on, Varga hopes for talks but doubts remain", "Varga"), &settings, Family::Clause);
    assert_eq!(found, ["<target>", "<target> hope", "for", "for talk", "hope", "hope for", "talk"]);
}

#[test]
fn words_count_less_the_farther_the_target_is() {
    let settings = FeatureSettings { target: TargetSettings { near: true, ..TargetSettings::default() }, ..nothing() };
    let statement = about("Varga lies and cheats and everybody in town has known about all that for years", "Varga");
    let vectorizer = Vectorizer::fit(&[&statement], &settings).unwrap();
    let occurrences = vectorizer.occurrences(&statement, &mut vectorizer.workspace());
    let value = |name: &str| {
        let column = vectorizer.names().position(|n| n == name).unwrap() as u32;
        occurrences.iter().find(|o| o.column == column).unwrap().value
    };
    assert!(value("near:lie") > value("near:cheat") && value("near:cheat") > value("near:year"));
    assert!((value("near:lie") / value("near:year") - (1.0 + 14.0 / 4.0) / (1.0 + 1.0 / 4.0)).abs() < 1e-5);
}

#[test]
fn words_between_speaker_and_target_tell_who_does_what() {
    let settings =
        FeatureSettings { target: TargetSettings { between: true, ..TargetSettings::default() }, ..nothing() };
    let statement =
        Statement { speaker: Some("Orban".to_owned()), ..about("Orban sharply attacked Varga over it", "Varga") };
    assert_eq!(
        names(&statement, &settings, Family::Between),
        [
            "after <target>",
            "after attack",
            "after attack <target>",
            "after sharpli",
            "after sharpli attack",
            "after sharpli attack <target>",
            "before <speaker>",
            "before <speaker> sharpli",
            "before <speaker> sharpli attack",
            "before attack",
            "before sharpli",
            "before sharpli attack",
            "between attack",
            "between sharpli",
            "between sharpli attack",
            "order=speaker first"
        ]
    );
    let turned = Statement { text: "Varga was attacked by Orban".to_owned(), ..statement.clone() };
    assert!(names(&turned, &settings, Family::Between).contains(&"order=target first".to_owned()));
    let alone = Statement { speaker: None, ..statement };
    assert!(names(&alone, &settings, Family::Between).is_empty());
}

#[test]
fn the_lexicon_knows_sign_side_and_negation() {
    let lexicon = LexiconSettings { shipped: true, own: [("krumm".to_owned(), -2.0)].into() };
    let settings = FeatureSettings { lexicon, ..nothing() };
    let of = |text: &str, target: &str| features(&about(text, target), &settings, Family::Lexicon);
    let has =
        |found: &[(String, String)], name: &str, words: &str| found.contains(&(name.to_owned(), words.to_owned()));
    let plain = of("A good plan", "nobody");
    assert_eq!(plain, [("positive".to_owned(), "good".to_owned())], "without a place only the whole counts");
    let turned = of("This is not good", "nobody");
    assert!(has(&turned, "negative", "good") && !has(&turned, "positive", "good"));
    let placed = of("A terrible day for Varga, yet the crowd in the square and on the roofs was happy", "Varga");
    for name in ["negative", "negative before target", "negative beside target", "negative in clause of target"] {
        assert!(has(&placed, name, "terrible"), "{name}: {placed:?}");
    }
    assert!(has(&placed, "positive after target", "happy") && !has(&placed, "positive beside target", "happy"));
    assert!(has(&placed, "negative nearest to target", "terrible"));
    assert!(has(&of("Ein krumm Ding", "nobody"), "negative", "krumm"), "words of the user");
    let off = FeatureSettings { lexicon: LexiconSettings::default(), ..nothing() };
    assert!(names(&about("A good plan", "plan"), &off, Family::Lexicon).is_empty());
}

#[test]
fn frequent_targets_have_copies() {
    let texts = ["they lie", "they help", "we lie", "we help"];
    let rows: Vec<Statement> =
        texts.iter().map(|t| about(t, "Some Party")).chain([about("they lie", "A Man")]).collect();
    let all: Vec<&Statement> = rows.iter().collect();
    let fitted = |min_target_rows: u32| {
        Vectorizer::fit(&all, &FeatureSettings { min_target_rows, min_documents: 2, ..nothing() }).unwrap()
    };
    let copies = fitted(4);
    assert_eq!(copies.settings().targets, ["some party"]);
    let names: Vec<&str> = copies.names().collect();
    assert!(names.contains(&"topic:some party") && names.contains(&"topic-word:some party|lie"));
    assert!(names.iter().all(|n| !n.contains("a man")), "{names:?}");
    let of = |statement: &Statement| {
        let mut row = SparseRow::default();
        copies.transform_into(statement, Part::Whole, &mut copies.workspace(), &mut row);
        row.columns.iter().map(|&c| names[c as usize].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        of(&about("they lie", "Some party")),
        ["word:lie", "word:they", "topic:some party", "topic-word:some party|lie", "topic-word:some party|they"]
    );
    assert_eq!(of(&about("they lie", "A Man")), ["word:lie", "word:they"]);
    assert!(fitted(0).settings().targets.is_empty() && fitted(5).settings().targets.is_empty());
}

#[test]
fn columns_are_categories_or_standardised_numbers() {
    let row = |party: &str, year: &str| Statement {
        text: "we hope".to_owned(),
        fields: [("party", party), ("year", year)]
            .into_iter()
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(n, c)| (n.to_owned(), c.to_owned()))
            .collect(),
        ..Statement::default()
    };
    let rows = [row("left", "2000"), row("right\nwing", "2010"), row("left", ""), row("", "2020")];
    let all: Vec<&Statement> = rows.iter().collect();
    let columns = vec![FeatureColumn::new("party", None), FeatureColumn::new("year", None)];
    let vectorizer = Vectorizer::fit(&all, &FeatureSettings { columns, ..nothing() }).unwrap();
    let names: Vec<&str> = vectorizer.names().collect();
    for name in ["category:party=left", "category:party=right wing", "number:year", "number:year is missing"] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    let value = |statement: &Statement, name: &str| {
        let mut row = SparseRow::default();
        vectorizer.transform_into(statement, Part::Whole, &mut vectorizer.workspace(), &mut row);
        let at = row.columns.iter().position(|&c| names[c as usize] == name);
        at.map(|i| row.values[i])
    };
    let deviation = (200f32 / 3.0).sqrt();
    assert!((value(&rows[0], "number:year").unwrap() + 10.0 / deviation).abs() < 1e-5);
    assert_eq!(value(&rows[1], "number:year"), Some(0.0));
    assert_eq!((value(&rows[2], "number:year"), value(&rows[2], "number:year is missing")), (None, Some(1.0)));
    assert_eq!(value(&rows[3], "number:year is missing"), None);
    assert_eq!(value(&row("", "1e9"), "number:year"), Some(5.0), "cut off");
}

/// Rows with targets at offsets, a party and a year; what is said of the target decides the label.
fn votes(n: usize) -> String {
    let mut out = String::from("text,target,target_start,target_end,party,year,label\n");
    let (good, bad) = (["splendid", "honest", "brave"], ["awful", "corrupt", "weak"]);
    for i in 0..n {
        let (a, b) = (good[i % 3], bad[(i / 3) % 3]);
        let (first, second) = if i % 2 == 0 { (a, b) } else { (b, a) };
        let text = format!("Señor Müller was {first} – Señora Müller was {second} on day {i}");
        let (start, end) = if i % 4 < 2 { (6, 12) } else { (text.chars().position(|c| c == '–').unwrap() + 9, 0) };
        let end = if end == 0 { start + 6 } else { end };
        let label = if (i % 2 == 0) == (i % 4 < 2) { "positive" } else { "negative" };
        let year = if i % 5 == 0 { String::new() } else { (2000 + i % 7).to_string() };
        out.push_str(&format!("{text},Müller,{start},{end},{},{year},{label}\n", ["left", "right"][i % 2]));
    }
    out
}

fn voted() -> Model {
    let columns = vec![FeatureColumn::new("party", None), FeatureColumn::new("year", None)];
    let features = FeatureSettings { columns, character_ngrams: (2, 4), ..FeatureSettings::default() };
    let fields = ["party", "year"].map(|c| FieldSpec { column: c.to_owned(), ..FieldSpec::default() }).to_vec();
    let options = CsvOptions { fields, ..CsvOptions::default() };
    let data = read_dataset("votes.csv", votes(120).as_bytes(), &options).unwrap().0;
    let settings = TrainSettings {
        features,
        costs: vec![4.0],
        n_folds: 3,
        split: demarche::dataset::split::Split::Random,
        other_splits: Vec::new(),
        ..TrainSettings::default()
    };
    demarche::training::trainer::train(&data, &settings, &|_, _| {}).unwrap().model
}

#[test]
fn explanations_are_exact_with_every_family() {
    let model = voted();
    let model = Model::from_bytes(&model.to_bytes().unwrap()).unwrap();
    let families: Vec<Family> =
        (0..model.vectorizer().n_features() as u32).map(|c| model.vectorizer().family(c)).collect();
    for family in [
        Family::Word,
        Family::Phrase,
        Family::Character,
        Family::Window,
        Family::Clause,
        Family::Topic,
        Family::TopicWord,
        Family::TopicPhrase,
        Family::TopicCharacter,
        Family::Category,
        Family::Near,
        Family::Lexicon,
        Family::Number,
    ] {
        assert!(families.contains(&family), "{family:?} has no feature here");
    }
    let text = "Señor Müller was awful and Müller was not splendid – but brave";
    let (first, second) = (text.find("Müller").unwrap(), text.rfind("Müller").unwrap());
    let places = [Some(first), None, Some(second)];
    for (i, place) in places.into_iter().enumerate() {
        let statement = Statement {
            target_span: place.map(|start| Span::new(start, start + "Müller".len())),
            fields: vec![
                ("party".to_owned(), "left".to_owned()),
                ("year".to_owned(), ["2003", "", "2001"][i].to_owned()),
            ],
            ..about(text, "Müller")
        };
        let mut workspace = model.vectorizer().workspace();
        let scores = model.score(&statement, &mut workspace, &mut SparseRow::default());
        for explanation in model.explain(&statement, &[(0, 0), (0, 1)], &mut workspace) {
            let sum: f64 = explanation.contributions.iter().map(|c| c.value).sum();
            assert!((explanation.intercept + sum - explanation.logit).abs() < 1e-9);
            assert_eq!(explanation.logit, scores.tasks[0].logits[explanation.label]);
            for contribution in &explanation.contributions {
                let family = contribution.feature.split(':').next().and_then(Family::from_name).unwrap();
                assert_eq!(contribution.span.is_some(), family.is_text(), "{}", contribution.feature);
                assert!(contribution.span.is_none_or(|s| !s.of(text).is_empty()), "{}", contribution.feature);
            }
        }
    }
}

#[test]
fn the_place_of_the_target_decides() {
    let model = voted();
    let text = "Señor Müller was honest – Señora Müller was corrupt on day 7";
    let score = |start: usize| {
        let statement =
            Statement { target_span: Some(Span::new(start, start + "Müller".len())), ..about(text, "Müller") };
        let scores = model.score(&statement, &mut model.vectorizer().workspace(), &mut SparseRow::default());
        let label = scores.tasks[0].labels[0];
        model.tasks().next().unwrap().labels.name(label).to_owned()
    };
    let (first, second) = (text.find("Müller").unwrap(), text.rfind("Müller").unwrap());
    assert_eq!((score(first).as_str(), score(second).as_str()), ("positive", "negative"));
}

#[test]
fn settings_of_the_first_version_have_no_later_family() {
    let mut settings = serde_json::to_value(FeatureSettings::default()).unwrap();
    let fields = settings.as_object_mut().unwrap();
    for later in ["version", "target", "lexicon", "min_target_rows", "targets", "columns"] {
        fields.remove(later).unwrap();
    }
    let old: FeatureSettings = serde_json::from_value(settings.clone()).unwrap();
    assert_eq!(old.version, 1);
    assert!(!old.lexicon.any() && old.target == TargetSettings::default() && old.columns.is_empty());
    let newer = FeatureSettings { version: 99, ..FeatureSettings::default() };
    assert!(newer.checked().unwrap_err().to_string().contains("features are of version 99"));
}

#[test]
fn a_file_of_two_columns_needs_no_flags() {
    for (header, names) in [("text,label", "label"), ("review,label", "label"), ("text,mood", "mood")] {
        let scene = Scene::new();
        let mut table = format!("{header}\n");
        for i in 0..30 {
            table.push_str(if i % 2 == 0 { "what a fine day" } else { "what a bad night" });
            table.push_str(&format!(" in town{0} with number {0} and friend{0},{1}\n", i / 2, ["good", "bad"][i % 2]));
        }
        scene.write("two.csv", table);
        scene.text(&["train", "two.csv", "-o", "two.model", "-c", "1", "--folds", "2", "-q"]);
        let judged = scene.lines(&["evaluate", "two.model", "two.csv", "-f", "json", "-q"]);
        assert_eq!(judged[0]["tasks"][names]["macro_f1"]["value"], 1.0, "{header}");
        let scored = scene.text(&["score", "--statements", "two.csv", "-m", "two.model", "-f", "csv", "-q"]);
        assert!(scored.lines().next().unwrap().contains(&format!("{names}.p.good")), "{scored}");
    }
}

#[test]
fn scoring_takes_the_columns_of_the_model() {
    let scene = Scene::new();
    scene
        .write("votes.csv", votes(60).replace("text,target,target_start,target_end", "words,whom,whom_start,whom_end"));
    let train = [
        "train",
        "votes.csv",
        "-o",
        "v.model",
        "-c",
        "4",
        "--folds",
        "2",
        "--split",
        "random",
        "--text-column",
        "words",
        "--target-column",
        "whom",
        "--feature-columns",
        "party,year",
    ];
    assert_eq!(scene.run(&train).code, 0);
    let evaluated = scene.lines(&["evaluate", "v.model", "votes.csv", "-f", "json", "-q"]);
    assert_eq!(evaluated[0]["tasks"]["label"]["macro_f1"]["value"], 1.0);
    let score = |file: &str| scene.run(&["score", "--statements", file, "-m", "v.model", "-f", "csv"]);
    let whole = score("votes.csv");
    assert!(whole.code == 0 && !whole.stderr.contains("warning"), "{}", whole.stderr);
    scene.write("some.csv", "words,whom,party\nMüller was splendid,Müller,left\n");
    let some = score("some.csv");
    assert_eq!(some.code, 0);
    assert!(some.stderr.contains("warning: ") && some.stderr.contains("no column \"year\""), "{}", some.stderr);
    assert!(!some.stderr.contains("\"party\""), "{}", some.stderr);
    scene.write("wrong.csv", "words,year\nMüller was splendid,soon\n");
    let wrong = score("wrong.csv");
    assert_eq!(wrong.code, 4);
    assert!(wrong.stderr.contains("wrong.csv:2: column \"year\": \"soon\" is no number"), "{}", wrong.stderr);
    let misspelt =
        scene.run(&["train", "votes.csv", "-o", "w.model", "--text-column", "words", "--feature-columns", "partey"]);
    assert_eq!(misspelt.code, 4);
    assert!(misspelt.stderr.contains("no column \"partey\"; did you mean \"party\"?"), "{}", misspelt.stderr);
}

#[test]
fn a_lexicon_of_the_user_goes_into_the_model() {
    let scene = Scene::new();
    let rows =
        |word: &str, label: &str| (0..12).map(|i| format!("this is {word} number{i},{label}\n")).collect::<String>();
    scene.write("t.csv", format!("text,label\n{}{}", rows("flurbig", "good"), rows("knarzig", "bad")));
    scene.write("l.csv", "word,value\nflurbig,3\nflausig,3\nknarzig,-3\n");
    let train =
        ["train", "t.csv", "-o", "m.model", "-c", "1", "--folds", "2", "--lexicon", "l.csv", "--no-lexicon", "-q"];
    assert_eq!(scene.run(&train).code, 0);
    // A word that no row has, known from the lexicon alone.
    let scores = scene.lines(&["explain", "-m", "m.model", "-f", "json", "this is flausig"]);
    assert_eq!(scores[0]["tasks"]["label"]["labels"][0], "good", "{}", scores[0]);
    scene.write("bad.csv", "word,value\nflurbig,very\n");
    let bad = scene.run(&["train", "t.csv", "-o", "m.model", "--lexicon", "bad.csv"]);
    assert_eq!(bad.code, 4);
    assert!(bad.stderr.contains("bad.csv:2: column \"value\""), "{}", bad.stderr);
}

#[test]
fn models_of_text_alone_do_not_change_with_a_target() {
    let plain = FeatureSettings { target: TargetSettings::default(), mask_names: false, ..nothing() };
    let settings = TrainSettings { features: plain, costs: vec![1.0], n_folds: 3, ..TrainSettings::default() };
    let model = model(crate::scene::QUOTES, &settings);
    let score = |s: &Statement| model.score(s, &mut model.vectorizer().workspace(), &mut SparseRow::default());
    let text = "We are ready for talks with the union";
    let bare = Statement { text: text.to_owned(), ..Statement::default() };
    assert_eq!(score(&bare), score(&about(text, "union")));
}
