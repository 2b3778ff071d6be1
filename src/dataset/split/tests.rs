use super::*;
use crate::dataset::random::Random;
use crate::label::{LabelSet, Task, TaskKind};
use crate::statement::Statement;

fn dataset(n: usize) -> Dataset {
    let mut random = Random::new(11);
    let task = |name: &str, kind, labels: [&str; 3]| Task {
        name: name.to_owned(),
        kind,
        labels: LabelSet::from_names(labels).unwrap(),
    };
    let examples = (0..n).map(|i| {
        let words: Vec<String> = (0..12).map(|_| format!("w{}", random.below(5000))).collect();
        let stance = (0..3).filter(|label| random.below(3 + 8 * label) == 0).collect();
        let speaker = random.below(n / 4 + 1);
        Example {
            id: (i + 1).to_string(),
            line: i as u64 + 2,
            statement: Statement {
                text: words.join(" "),
                speaker: (i % 10 != 0).then(|| format!("Speaker  {speaker}")),
                ..Statement::default()
            },
            labels: vec![Some(stance), (i % 7 != 0).then(|| vec![random.below(3)])],
            date: Some(format!("2020-{:02}-{:02}", 1 + random.below(12), 1 + random.below(28))),
            extra: vec![("coder".to_owned(), format!("c{}", i % 6))],
            ..Example::default()
        }
    });
    Dataset {
        examples: examples.collect(),
        tasks: vec![
            task("stance", TaskKind::Multi, ["a", "b", "c"]),
            task("sentiment", TaskKind::Single, ["negative", "neutral", "positive"]),
        ],
        ..Dataset::default()
    }
}

#[test]
fn a_label_of_one_group_alone_is_refused() {
    let mut data = dataset(300);
    let split = Split::Column("coder".to_owned());
    let check = |data: &Dataset, split: &Split| folds(data, split, 3, 0).unwrap().check_labels(data, split);
    assert!(check(&data, &split).is_ok());
    for example in &mut data.examples {
        // Only coder c4 says "positive".
        let is_c4 = example.extra[0].1 == "c4";
        if let Some(labels) = example.labels[1].as_mut().filter(|l| (l[0] == 2) != is_c4) {
            labels[0] = if is_c4 { 2 } else { 1 };
        }
    }
    let error = check(&data, &split).unwrap_err().to_string();
    assert!(error.starts_with("column \"sentiment\": all ") && error.contains("row(s) with \"positive\""), "{error}");
    assert!(error.contains("have the coder \"c4\"") && error.contains("--split"), "{error}");
    assert!(check(&data, &Split::Random).is_ok());
}

#[test]
fn groups_stay_whole_and_labels_are_balanced() {
    let mut data = dataset(1200);
    data.examples[5].statement.speaker = Some("ANNA  b".to_owned());
    data.examples[900].statement.speaker = Some(" Anna B".to_owned());
    let made = folds(&data, &Split::Speaker, 5, 0).unwrap();
    assert_eq!(made.fold_of[5], made.fold_of[900]);
    let mut fold_of_speaker = HashMap::new();
    for (example, fold) in data.examples.iter().zip(&made.fold_of) {
        if let Some(speaker) = Split::Speaker.value(example) {
            assert_eq!(fold_of_speaker.entry(speaker).or_insert(*fold), fold);
        }
    }
    for label in 0..3 {
        let count = |rows: &[usize]| {
            rows.iter().filter(|&&r| data.examples[r].labels[0].as_ref().unwrap().contains(&label)).count()
        };
        let all = count(&(0..1200).collect::<Vec<_>>()) as f64;
        for fold in 0..5 {
            let share = count(&made.test_rows(fold)) as f64 / all;
            assert!((share - 0.2).abs() < 0.03, "label {label}, fold {fold}: {share}");
        }
    }
    assert!(made.notes[0].starts_with("119 of 1200 rows have no speaker"), "{:?}", made.notes);
}

#[test]
fn every_row_is_tested_once_and_the_seed_decides() {
    let data = dataset(300);
    let made = folds(&data, &Split::Random, 4, 1).unwrap();
    let mut tested: Vec<usize> = made.tested().flat_map(|f| made.test_rows(f)).collect();
    tested.sort_unstable();
    assert_eq!(tested, (0..300).collect::<Vec<_>>());
    for fold in 0..4 {
        assert_eq!(made.train_rows(fold).len() + made.test_rows(fold).len(), 300);
        assert!((70..=80).contains(&made.test_rows(fold).len()));
    }
    assert_eq!(made, folds(&data, &Split::Random, 4, 1).unwrap());
    assert_ne!(made.fold_of, folds(&data, &Split::Random, 4, 2).unwrap().fold_of);
    assert_eq!(made.n_groups, 300);
}

#[test]
fn time_learns_from_the_past_only() {
    let mut data = dataset(400);
    data.examples[3].date = None;
    data.examples[8].date = Some("2020-01-01".to_owned());
    data.examples[9].date = Some("2020-12-31T10:00:00Z".to_owned());
    data.examples[9].statement.text = data.examples[8].statement.text.to_uppercase();
    let made = folds(&data, &Split::Time, 5, 0).unwrap();
    assert!(made.test_rows(0).is_empty() && made.train_rows(0).is_empty());
    assert_eq!((made.fold_of[3], made.fold_of[8], made.fold_of[9]), (0, 4, 4));
    for fold in made.tested() {
        assert!((60..=100).contains(&made.test_rows(fold).len()));
        let date = |row: &usize| data.examples[*row].date.clone();
        let last_learnt = made.train_rows(fold).iter().filter_map(date).max().unwrap();
        let first_tested = made.test_rows(fold).iter().filter(|r| **r != 8).filter_map(date).min().unwrap();
        assert!(last_learnt < first_tested);
    }
    assert_eq!(made.notes.len(), 2);
    data.examples[7].date = Some("10.09.2018".to_owned());
    let made = folds(&data, &Split::Time, 5, 0).unwrap();
    assert_eq!(made.fold_of[7], 0);
    assert!(made.notes[2].contains("the first in line 9 (\"10.09.2018\")"), "{:?}", made.notes);
    data.examples.iter_mut().for_each(|e| e.date = Some("9/5/18".to_owned()));
    let error = folds(&data, &Split::Time, 5, 0).unwrap_err().to_string();
    assert!(error.starts_with("line 2: column \"date\": date \"9/5/18\" is not"), "{error}");
}

#[test]
fn near_duplicates_join_small_groups() {
    let mut data = dataset(60);
    for (row, example) in data.examples.iter_mut().enumerate() {
        example.extra = vec![("coder".to_owned(), format!("c{}", row / 2))];
    }
    for row in [0, 20, 40] {
        data.examples[row].statement.text = "The same words, three times.".to_owned();
    }
    let made = folds(&data, &Split::Column("coder".to_owned()), 3, 0).unwrap();
    assert_eq!(made.n_groups, 28);
    assert!(made.notes[0].starts_with("3 of 60 rows are near duplicates (sets: 1)"), "{:?}", made.notes);
    assert!([1, 20, 21, 40, 41].iter().all(|&row| made.fold_of[row] == made.fold_of[0]));
    assert_eq!(made.notes.len(), 1);
}

#[test]
fn near_duplicates_do_not_chain_large_groups() {
    let mut data = dataset(60);
    for row in [0, 20, 40] {
        data.examples[row].statement.text = "The same words, three times.".to_owned();
    }
    // Six coders of ten rows each; the three copies are of three coders.
    let by_coder = Split::Column("coder".to_owned());
    let made = folds(&data, &by_coder, 6, 0).unwrap();
    assert_eq!(made.n_groups, 6);
    assert!(made.notes[1].starts_with("1 sets of near duplicates would chain groups by coder"), "{:?}", made.notes);
    for fold in made.tested() {
        let (test, train) = (made.test_rows(fold), made.train_rows(fold));
        let copies = |rows: &[usize]| rows.iter().filter(|row| [0, 20, 40].contains(row)).count();
        assert!(copies(&test) == 0 || copies(&train) == 0, "fold {fold}");
        assert_eq!(test.len() + train.len(), if copies(&test) > 0 { 58 } else { 60 });
    }
    // The order of the rows does not matter.
    let mut reversed = data.clone();
    reversed.examples.reverse();
    let mut back = folds(&reversed, &by_coder, 6, 0).unwrap().fold_of;
    back.reverse();
    assert_eq!(back, made.fold_of);
    let error = folds(&data, &by_coder, 7, 0).unwrap_err();
    assert_eq!(error.to_string(), "6 groups by coder can not fill 7 folds; use 6 folds or fewer, or add rows");
}

#[test]
fn what_can_not_be_split_is_said() {
    let data = dataset(30);
    let message = |split: &str| folds(&data, &split.parse().unwrap(), 3, 0).unwrap_err().to_string();
    assert!(message("codr").ends_with("did you mean \"coder\"?"));
    assert!(message("outlet").starts_with("no row has a value for \"outlet\""));
    assert!(folds(&data, &Split::Random, 1, 0).is_err());
    assert!(folds(&Dataset::default(), &Split::Time, 2, 0).is_err());
    assert!(folds(&Dataset::default(), &Split::Random, 2, 0).is_err());
    assert!("".parse::<Split>().is_err());
}
