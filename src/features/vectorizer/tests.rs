use super::*;
use crate::features::settings::{LexiconSettings, TargetSettings};

fn statements() -> Vec<Statement> {
    let of = |text: &str, target: Option<&str>| Statement {
        text: text.to_owned(),
        target: target.map(str::to_owned),
        cue: Some("warned".to_owned()),
        ..Statement::default()
    };
    vec![
        of("We hope that Varga will not break the good talks, and the talks will go on", Some("Varga")),
        of("Sanctions are a bad threat to our common trade", None),
        of("Varga broke the agreement; breaking agreements is what Varga does", Some("Varga")),
        of("The common good needs trade, not threats", None),
    ]
}

/// As many families as need no columns, each feature from its first row on.
fn settings(hash_bits: u32) -> FeatureSettings {
    FeatureSettings {
        hash_bits,
        min_documents: 1,
        skip_grams: 2,
        min_target_rows: 1,
        target: TargetSettings::all(),
        lexicon: LexiconSettings { shipped: true, ..LexiconSettings::default() },
        ..FeatureSettings::default()
    }
}

#[test]
fn what_occurs_is_what_stands_in_the_row() {
    let statements = statements();
    let rows: Vec<&Statement> = statements.iter().collect();
    // Of 8 bits so few buckets that features of one statement meet.
    for bits in [0, 8, 20] {
        // Of the last one no name has to be known.
        let vectorizer = Vectorizer::fit(&rows[..3], &settings(bits)).unwrap();
        let (mut workspace, mut row) = (vectorizer.workspace(), SparseRow::default());
        for statement in &statements {
            vectorizer.transform_into(statement, Part::Whole, &mut workspace, &mut row);
            let occurrences = vectorizer.occurrences(statement, &mut workspace);
            let found: Vec<&[Occurrence]> = occurrences.chunk_by(|a, b| a.column == b.column).collect();
            let columns: Vec<u32> = found.iter().map(|run| run[0].column).collect();
            assert_eq!(columns, row.columns, "{bits} bits: {}", statement.text);
            assert!(columns.len() > 10, "{bits} bits: {columns:?}");
            for (run, value) in found.iter().zip(&row.values) {
                let sum: f64 = run.iter().map(|o| o.value).sum();
                assert!((sum - f64::from(*value)).abs() < 1e-6, "{bits} bits: {sum} {value}");
            }
        }
    }
}

#[test]
fn a_workspace_of_another_vectorizer_is_made_anew() {
    let statements = statements();
    let rows: Vec<&Statement> = statements.iter().collect();
    let plain = FeatureSettings { stemming: false, lexicon: LexiconSettings::default(), ..settings(0) };
    let fits = [(&rows[..], settings(0)), (&rows[..2], settings(0)), (&rows[..], plain), (&rows[..], settings(9))];
    let vectorizers = fits.map(|(rows, settings)| Vectorizer::fit(rows, &settings).unwrap());
    let mut shared = vectorizers[0].workspace();
    for _ in 0..2 {
        for vectorizer in &vectorizers {
            for statement in &statements {
                let (mut row, mut own) = (SparseRow::default(), SparseRow::default());
                vectorizer.transform_into(statement, Part::Whole, &mut shared, &mut row);
                vectorizer.transform_into(statement, Part::Whole, &mut vectorizer.workspace(), &mut own);
                assert_eq!((&row.columns, &row.values), (&own.columns, &own.values), "{}", statement.text);
            }
        }
    }
}

#[test]
fn skip_grams_are_pairs_with_words_between_in_one_sentence() {
    let text = "Lift every old sanction. Talks help";
    let statement = Statement { text: text.to_owned(), ..Statement::default() };
    let names = |skip_grams: usize| -> Vec<String> {
        let settings = FeatureSettings { min_documents: 1, skip_grams, ..FeatureSettings::default() };
        let vectorizer = Vectorizer::fit(&[&statement], &settings).unwrap();
        let columns = vectorizer.columns_of(Family::Skip);
        let found = vectorizer.occurrences(&statement, &mut vectorizer.workspace());
        for occurrence in found.iter().filter(|o| columns.contains(&o.column)) {
            let span = occurrence.span.expect("a place in the text").of(text);
            let (first, last) = (span.split(' ').next().unwrap(), span.split(' ').next_back().unwrap());
            let name = format!(
                "skip:{} {}",
                vectorizer.workspace().stems.stemmer.stem(&first.to_lowercase()),
                vectorizer.workspace().stems.stemmer.stem(last)
            );
            assert_eq!(vectorizer.name(occurrence.column), name);
        }
        columns.map(|c| vectorizer.name(c).to_owned()).collect()
    };
    assert_eq!(names(0), [""; 0]);
    assert_eq!(names(1), ["skip:everi sanction", "skip:lift old"]);
    assert_eq!(names(8), ["skip:everi sanction", "skip:lift old", "skip:lift sanction"]);
    let far = FeatureSettings { skip_grams: 9, ..FeatureSettings::default() };
    assert!(far.checked().is_err());
}

#[test]
fn rows_count_by_their_weights_where_phrases_must_be_frequent() {
    let of = |text: &str| Statement { text: text.to_owned(), ..Statement::default() };
    let (good, silver, twice) = (of("Ease the sanctions"), of("Keep old promises"), of("Say hapax legomenon"));
    let mut rows: Vec<(&Statement, f64)> = vec![(&good, 1.0); 3];
    rows.extend([(&silver, 0.3); 10]);
    rows.extend([(&twice, 0.15); 2]);
    let settings = FeatureSettings { min_phrase_documents: 3, ..FeatureSettings::default() };
    let names = |rows: &[(&Statement, f64)]| -> String {
        let (statements, weights): (Vec<&Statement>, Vec<f64>) = rows.iter().copied().unzip();
        Vectorizer::fit_weighted(&statements, Some(&weights), &settings).unwrap().names().collect::<Vec<_>>().join("\n")
    };
    let found = names(&rows);
    // Ten times 0.3 is 3, whatever floating point numbers say.
    assert!(found.contains("phrase:eas the") && found.contains("phrase:keep old"), "{found}");
    assert!(!found.contains("hapax"), "{found}");
    rows.reverse();
    assert_eq!(names(&rows), found);
    rows.retain(|r| r.1 != 0.3);
    rows.extend([(&silver, 0.3); 9]);
    assert!(!names(&rows).contains("phrase:keep old"));
}

#[test]
fn words_of_hashtags_are_words() {
    let statement = Statement { text: "No talks #StopTheWar #peace".to_owned(), ..Statement::default() };
    let settings = FeatureSettings { min_documents: 1, word_ngrams: 2, ..FeatureSettings::default() };
    let vectorizer = Vectorizer::fit(&[&statement], &settings).unwrap();
    let found = vectorizer.occurrences(&statement, &mut vectorizer.workspace());
    let place = |name: &str| {
        let of = |o: &&Occurrence| vectorizer.name(o.column) == name;
        found.iter().find(of).map(|o| o.span.unwrap().of(&statement.text))
    };
    assert_eq!((place("word:stopthewar"), place("word:war")), (Some("StopTheWar"), Some("War")));
    assert_eq!((place("phrase:the war"), place("word:peac")), (Some("TheWar"), Some("peace")));
}
