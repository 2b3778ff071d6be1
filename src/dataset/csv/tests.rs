use proptest::prelude::*;

use super::*;
use crate::error::ErrorKind;
use crate::quotation::Kind;

fn read(text: &str) -> Result<(Dataset, Vec<String>)> {
    read_dataset("t.csv", text.as_bytes(), &CsvOptions::default())
}

fn error(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

fn with_task(text: &str, column: &str, kind: Option<TaskKind>) -> Result<(Dataset, Vec<String>)> {
    let tasks = vec![TaskSpec { column: column.to_owned(), kind }];
    read_dataset("t.csv", text.as_bytes(), &CsvOptions { tasks, ..CsvOptions::default() })
}

fn names(dataset: &Dataset, task: usize) -> Vec<&str> {
    dataset.tasks[task].labels.names().collect()
}

#[test]
fn rows_become_examples() {
    let text = "id,text,stance,sentiment,speaker,kind,article,note\r\n\
                a,\"We hope\nso\", praise | demand ,neutral,Roe,direct,x1, n \r\n\r\nb,No,none,,,,,\r\nc,Yes,,negative,,,,\r\n";
    let (dataset, warnings) = read(text).unwrap();
    assert_eq!(names(&dataset, 0), ["demand", "praise"], "order of the codebook");
    assert!(!dataset.tasks[0].labels.iter().next().unwrap().definition.is_empty());
    assert_eq!(names(&dataset, 1), ["negative", "neutral"]);
    let [a, b, c] = dataset.examples.as_slice() else { panic!("three rows") };
    assert_eq!((a.id.as_str(), a.line, a.statement.text.as_str()), ("a", 2, "We hope\nso"));
    assert_eq!(a.labels, [Some(vec![0, 1]), Some(vec![1])]);
    assert_eq!((a.statement.kind, a.article.as_deref()), (Some(Kind::Direct), Some("x1")));
    assert_eq!(a.extra, [("note".to_owned(), " n ".to_owned())]);
    assert_eq!((b.line, &b.labels), (5, &vec![Some(vec![]), None]));
    assert_eq!((c.line, &c.labels, &c.statement.speaker), (6, &vec![None, Some(vec![0])], &None));
    assert_eq!(warnings.len(), 2, "labels of the codebook that no row has: {warnings:?}");
}

#[test]
fn offsets_that_belong_to_no_character_count_are_refused() {
    let row = |i: usize, start: usize, end: usize, target: &str| {
        format!("Ünder fire Mr Roe met Ann Doe in town {i},{target},{start},{end},x\n")
    };
    let file = |rows: &dyn Fn(usize) -> String| {
        format!("text,target,target_start,target_end,label\n{}", (0..40).map(rows).collect::<String>())
    };
    // Characters, and "she" for a name that the text does not have.
    assert!(read(&file(&|i| row(i, 14, 17, "Roe"))).is_ok());
    assert!(read(&file(&|i| row(i, 14, 17, "He"))).is_ok());
    assert!(read(&file(&|i| row(i, if i < 2 { 15 } else { 14 }, 17, "Roe"))).is_ok(), "two slips");
    let bytes = error(&file(&|i| row(i, 15, 18, "Roe")));
    assert!(
        bytes.starts_with("t.csv:2: column \"target_start\": 40 of 40 places begin or end inside a word"),
        "{bytes}"
    );
    assert!(
        bytes.contains("first \"oe \" where the column says \"Roe\"") && bytes.contains("are these bytes"),
        "{bytes}"
    );
    let other = error(&file(&|i| row(i, 22, 25, "Roe")));
    assert!(other.contains("do not hold the name") && other.contains("first \"Ann\""), "{other}");
    let options = CsvOptions { lenient: true, ..CsvOptions::default() };
    let (dataset, warnings) = read_dataset("t.csv", file(&|i| row(i, 15, 18, "Roe")).as_bytes(), &options).unwrap();
    assert_eq!(dataset.examples.len(), 40);
    assert!(warnings.iter().any(|w| w.contains("inside a word")));
}

#[test]
fn rows_of_different_files_are_compared_too() {
    let part = |name: &str, text: &str| read_dataset(name, text.as_bytes(), &CsvOptions::default()).unwrap().0;
    let joined = |second: &str| {
        let first = part("a.csv", "text,label\nOne more,x\nTwo more,y\n");
        let second = part("b.csv", second);
        let files = [("a.csv".to_owned(), 2), ("b.csv".to_owned(), second.examples.len())];
        (first.joined(second).unwrap(), files)
    };
    let (mut same, files) = joined("text,label\nThree,y\nOne  more,x\n");
    let warnings = check_files(&mut same, &files, false).unwrap();
    assert_eq!(
        warnings,
        ["b.csv: 1 row(s) repeat those of other files with the same labels, first line 3 (as a.csv:2)"]
    );
    let (mut other, files) = joined("text,label\nThree,x\nTwo more,x\nFour,z\n");
    let error = check_files(&mut other.clone(), &files, false).unwrap_err().to_string();
    assert_eq!(
        error,
        "b.csv:3: column \"label\": same text and speaker as a.csv:3, but labelled \"x\" here and \"y\" there; make them \
         agree or remove one"
    );
    let warnings = check_files(&mut other, &files, true).unwrap();
    assert!(warnings[1].contains("a.csv:3"), "{warnings:?}");
    assert_eq!(
        other.examples.iter().map(|e| e.statement.text.as_str()).collect::<Vec<_>>(),
        ["One more", "Two more", "Three", "Four"]
    );
}

#[test]
fn tabs_and_semicolons_part_cells_where_the_header_has_no_comma() {
    for text in ["text;label\n\"So; it, is\";a\n", "text\tlabel\nSo; it, is\ta\n", "text,label\n\"So; it, is\",a\n"] {
        let (dataset, _) = read(text).unwrap();
        assert_eq!((dataset.examples[0].statement.text.as_str(), names(&dataset, 0)), ("So; it, is", vec!["a"]));
    }
}

#[test]
fn labels_joined_by_other_marks_are_warned_of() {
    let text = "text,topic\na,x|y\nb,x;y\nc,none\nd,\"x, z\"\n";
    let (dataset, warnings) = with_task(text, "topic", None).unwrap();
    assert_eq!(dataset.tasks[0].kind, TaskKind::Multi);
    assert!(warnings[0].contains("2 label(s) look like several, first \"x, z\""), "{warnings:?}");
    let many: String = (0..400).map(|i| format!("row {i},l{}\n", i * 7919)).collect();
    let error = check_for_training(&read(&format!("text,label\n{many}")).unwrap().0, 2).unwrap_err().to_string();
    assert!(error.contains("and 380 more; is this a label column?") && error.len() < 600, "{error}");
}

#[test]
fn headers_are_checked() {
    assert!(error("").contains("empty file"));
    assert!(error("text,label\n").contains("no row below the header"));
    assert_eq!(error("Text,label\na,b\n"), "t.csv:1: no column \"text\"; did you mean \"Text\"?");
    assert!(error("review,opinion\na,b\n").contains("with --text-column; the file has: review, opinion"));
    assert!(error("text,text,label\na,b,c\n").contains("columns 1 and 2 are both called \"text\""));
    assert!(error("text,,label\na,b,c\n").contains("column 2 has no name"));
    assert!(error(",row,text,label\na,b,c,d\n").contains("column 1 has no name"));
    // Names of rows, as R and pandas write them.
    let (dataset, _) = read(",text,label\n1,b,c\n").unwrap();
    assert_eq!(dataset.examples[0].extra, [("row".to_owned(), "1".to_owned())]);
    let packed = read_dataset("t.csv.gz", &b"\x1f\x8b\x08rest"[..], &CsvOptions::default()).unwrap_err().to_string();
    assert_eq!(packed, "t.csv.gz: the file is compressed (gzip); unpack it first");
    assert!(error("text,labl\na,b\n").contains("name the label column with --task; the file has: text, labl"));
    let options = CsvOptions { group_columns: vec!["outlets".into()], ..CsvOptions::default() };
    let result = read_dataset("t.csv", "text,label,outlet\na,b,c\n".as_bytes(), &options);
    assert!(result.unwrap_err().to_string().contains("did you mean \"outlet\"?"));
    let columns = ColumnNames { speaker: "who".into(), ..ColumnNames::default() };
    let options = CsvOptions { columns, ..CsvOptions::default() };
    let (dataset, _) = read_dataset("t.csv", "text,label,who\na,b,Roe\n".as_bytes(), &options).unwrap();
    assert_eq!(dataset.examples[0].statement.speaker.as_deref(), Some("Roe"));
    assert!(read_dataset("t.csv", "text,label\na,b\n".as_bytes(), &options).is_err());
}

#[test]
fn misspelt_labels_find_the_nearest() {
    let text = "text,stance\na,praise\nb,postive-expectation\nc,positive-expectation\nd,banana\ne,demand\n";
    let error = read(text).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UnknownLabel { nearest: Some(n), .. } if n == "positive-expectation"));
    let lines: Vec<String> = error.to_string().lines().map(str::to_owned).collect();
    let first =
        "t.csv:3: column \"stance\": unknown label \"postive-expectation\"; did you mean \"positive-expectation\"?";
    assert_eq!(lines[0], first);
    assert!(lines[1].starts_with("t.csv:5: column \"stance\": unknown label \"banana\""));
    assert_eq!((error.position().line, error.position().column.as_deref()), (Some(3), Some("stance")));
}

#[test]
fn other_labels_come_from_the_file() {
    let (dataset, _) = read("text,stance\na,pro\nb,con\nc,praise|con\nd,none\n").unwrap();
    assert_eq!(names(&dataset, 0), ["con", "praise", "pro"], "one known label of three does not make it ours");
    let options = CsvOptions { codebook: Some(Codebook::diplomatic_core()), ..CsvOptions::default() };
    assert!(read_dataset("t.csv", "text,stance\na,pro\n".as_bytes(), &options).is_err(), "a given codebook binds");
    let (dataset, _) = read("text,label\na,1\nb,2\nc,NONE\n").unwrap();
    assert_eq!((names(&dataset, 0), dataset.tasks[0].kind), (vec!["1", "2", "NONE"], TaskKind::Single));
}

#[test]
fn kinds_are_guessed_and_checked() {
    let kind = |text: &str| with_task(text, "x", None).unwrap().0.tasks[0].kind;
    assert_eq!(kind("text,x\na,p\nb,q\n"), TaskKind::Single);
    assert_eq!(kind("text,x\na,p|r\nb,q\n"), TaskKind::Multi);
    assert_eq!(kind("text,x\na,p\nb,none\n"), TaskKind::Multi);
    let single = |text: &str| with_task(text, "x", Some(TaskKind::Single)).unwrap_err().to_string();
    assert!(single("text,x\na,p\nb,p|q\n").starts_with("t.csv:3: column \"x\": several labels"));
    let (dataset, _) = with_task("text,x\na,p\nb,none\nc,none\n", "x", Some(TaskKind::Single)).unwrap();
    assert_eq!((names(&dataset, 0), dataset.examples[1].labels[0].as_deref()), (vec!["none", "p"], Some(&[0][..])));
    let (dataset, warnings) = read("text,label\na,p\nb,none\n").unwrap();
    assert_eq!((names(&dataset, 0), warnings.len()), (vec!["none", "p"], 0));
    let (_, warnings) = with_task("text,x\na,p\nb,none\n", "x", None).unwrap();
    assert!(
        warnings[0].contains("read as \"no label\"") && warnings[0].ends_with("say --task x=single"),
        "{warnings:?}"
    );
    assert!(error("text,sentiment\na,none\nb,neutral\n").contains("\"none\" is none of the labels (negative, neutral"));
    assert!(with_task("text,x\na,p\n", "xx", None).unwrap_err().to_string().contains("did you mean \"x\"?"));
}

#[test]
fn what_may_mean_something_else_is_told() {
    let warnings = |text: &str| read(text).unwrap().1;
    let told = warnings("text,label\na,NA\nb,x\nc,NA\n");
    assert_eq!(
        told,
        [
            "t.csv: column \"label\": \"NA\" is taken for a label, in 2 row(s); if it says that there is none, leave the cell empty"
        ]
    );
    let told = warnings("text,label,speaker\na,x,NA\nb,y,Roe\nc,y,NA\n");
    assert!(told[0].contains("(NA, NULL ...) in lines 2, 4; these rows count as one"), "{told:?}");
    let told = warnings("text,label\na,x\nb,y\nc,x;y\n");
    assert!(told[0].contains("1 label(s) look like several, first \"x;y\""), "{told:?}");
    let told = warnings("text,label,label.p.x,label.p.y\na,x,0.9,0.1\nb,y,0.2,0.8\n");
    assert!(told[0].contains("so a model gave them"), "{told:?}");
    // The labels that the file had before a model wrote over them.
    let (dataset, told) = read("text,label.given,label,label.p.x,label.p.y\na,y,x,0.9,0.1\nb,x,y,0.2,0.8\n").unwrap();
    assert_eq!((dataset.examples[0].labels[0].as_deref(), told.len()), (Some(&[1][..]), 0));
}

#[test]
fn weights_are_numbers_above_0() {
    let options = CsvOptions { weight: Some("w".to_owned()), ..CsvOptions::default() };
    let read = |cells: &str| read_dataset("t.csv", format!("text,label,w\n{cells}").as_bytes(), &options);
    let (dataset, _) = read("a,x,2.5\nb,y,\n").unwrap();
    assert_eq!((dataset.examples[0].weight, dataset.examples[1].weight), (Some(2.5), None));
    for cell in ["0", "-1", "inf", "NaN", "much"] {
        let message = read(&format!("a,x,1\nb,y,{cell}\n")).unwrap_err().to_string();
        assert!(message.starts_with("t.csv:3: column \"w\": ") && message.contains("is no weight"), "{message}");
    }
    assert!(read_dataset("t.csv", "text,label\na,x\n".as_bytes(), &options).is_err(), "no such column");
}

#[test]
fn multi_cells_are_checked() {
    for (cell, what) in [
        ("praise|praise", "comes twice"),
        ("none|praise", "\"none\" beside other labels"),
        ("praise|", "a bar without a label"),
        ("praise||demand", "a bar without a label"),
    ] {
        let message = error(&format!("text,stance\nz,praise|demand\na,{cell}\n"));
        assert!(message.starts_with("t.csv:3: column \"stance\": ") && message.contains(what), "{cell}: {message}");
    }
}

#[test]
fn lookalike_labels_are_told_with_counts() {
    let alike = |a: &str, b: &str| with_task(&format!("text,x\na,{a}\nb,{b}\nc,{b}\n"), "x", None);
    let message = alike("Favor", "favor").unwrap_err().to_string();
    assert!(message.contains("labels \"Favor\" (1 row(s)) and \"favor\" (2 row(s)) look alike"), "{message}");
    for (a, b) in [("in favour", "in-favour"), ("against", "aganst"), ("cafe\u{301}", "café"), ("a\u{200b}b", "ab")] {
        assert!(alike(a, b).is_err(), "{a:?} {b:?}");
    }
    for (a, b) in [("pro", "con"), ("1", "2"), ("class-1", "class-2"), ("favor", "against"), ("p", "n")] {
        assert!(alike(a, b).is_ok(), "{a:?} {b:?}");
    }
}

#[test]
fn rows_are_checked_and_all_told() {
    let text = "text,label,kind\n ,x,\nb,x\nc,x,loud\nd,y,mixed\n";
    let message = error(text);
    let lines: Vec<&str> = message.lines().collect();
    assert!(lines[0].starts_with("t.csv:2: column \"text\": empty text"));
    assert!(lines[1].starts_with("t.csv:3: 2 cell(s) where the header has 3"));
    assert!(lines[2].starts_with("t.csv:4: column \"kind\": unknown kind \"loud\""));
    let many = format!("text,label\n{}", " ,x\n".repeat(50));
    let message = error(&many);
    let same = "the same in lines 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 and 37 more";
    assert_eq!((message.lines().count(), message.lines().last()), (2, Some(same)));
    let kinds: String = (0..30).map(|i| format!("a{i},x,loud{i}\n")).collect();
    let message = error(&format!("text,label,kind\n{kinds}"));
    assert_eq!((message.lines().count(), message.lines().last()), (21, Some("and 10 more problem(s)")));
    let options = CsvOptions { lenient: true, ..CsvOptions::default() };
    let (dataset, warnings) = read_dataset("t.csv", text.as_bytes(), &options).unwrap();
    assert_eq!((dataset.examples.len(), dataset.examples[0].line), (1, 5));
    assert_eq!(warnings[0], "t.csv: 3 bad row(s) passed over");
    assert_eq!(warnings.len(), 4);
}

#[test]
fn bytes_and_quotes_are_checked() {
    let read = |bytes: &[u8]| read_dataset("t.csv", bytes, &CsvOptions::default()).unwrap_err().to_string();
    assert!(read(b"text,label\na,x\n\xff,x\n").starts_with("t.csv:3: byte 15: invalid UTF-8"));
    assert!(read(b"text,label\na\0,x\n").starts_with("t.csv:2: byte 12: NUL"));
    assert!(read(b"text,label\n\"a,x\nb,x\n").starts_with("t.csv:2: the quote opened here is never closed"));
    let utf16: Vec<u8> = "\u{feff}text,label\na,x\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(read_dataset("t.csv", utf16.as_slice(), &CsvOptions::default()).unwrap().0.examples.len(), 1);
    let marked = b"\xef\xbb\xbftext,label\ra,x\r".as_slice();
    assert_eq!(read_dataset("t.csv", marked, &CsvOptions::default()).unwrap().0.examples[0].line, 2);
}

#[test]
fn duplicates_conflict_or_are_told() {
    let message = error("text,label,speaker\nWe  hope,x,R\nother,x,R\nWe hope,y,R\n");
    assert!(message.starts_with("t.csv:4: column \"label\": same text and speaker as line 2"), "{message}");
    assert!(read("text,label,speaker\na,x,R\na,y,D\n").is_ok(), "another speaker");
    assert!(read("text,label,target\na,x,R\na,y,D\n").is_ok(), "another target");
    let (_, warnings) = read("text,label\na,x\nb,y\na,x\na,x\n").unwrap();
    assert_eq!(warnings, ["t.csv: 2 row(s) repeat an earlier one with the same labels, first line 4 (as line 2)"]);
    assert!(error("id,text,label\n1,a,x\n1,b,y\n").contains("id \"1\" stands on line 2 already"));
}

#[test]
fn training_needs_enough_of_each_label() {
    let check = |text: &str| check_for_training(&read(text).unwrap().0, 2).map_err(|e| e.to_string());
    assert_eq!(check("text,label\na,x\nb,x\nc,y\nd,y\n"), Ok(()));
    assert!(check("text,label\na,x\nb,x\nc,y\n").unwrap_err().contains("fewer than 2 rows with: y (1)"));
    assert!(check("text,label\na,x\nb,x\n").unwrap_err().contains("1 label(s) in the file; at least 2"));
    assert!(check("text,stance\na,praise\nb,praise\nc,none\n").unwrap_err().contains("rows without: praise (2)"));
    assert!(check("text,stance\na,\n").unwrap_err().contains("no labelled row"));
}

#[test]
fn label_columns_are_not_learnt_from() {
    let spec = |column: &str| TaskSpec { column: column.to_owned(), kind: Some(TaskKind::Single) };
    let field = |column: &str| FieldSpec { column: column.to_owned(), ..FieldSpec::default() };
    let text = "text,kind,speaker,speaker_start,speaker_end\na,direct,R,0,1\nb,mixed,D,0,1\n";
    let options = CsvOptions { tasks: vec![spec("kind"), spec("speaker")], ..CsvOptions::default() };
    let (data, _) = read_dataset("t.csv", text.as_bytes(), &options).unwrap();
    let statement = &data.examples[0].statement;
    assert_eq!((statement.kind, &statement.speaker, statement.speaker_span), (None, &None, None));
    assert_eq!(data.tasks[0].labels.names().collect::<Vec<_>>(), ["direct", "mixed"]);
    let refused = |options: CsvOptions| read_dataset("t.csv", text.as_bytes(), &options).unwrap_err().to_string();
    let twice = refused(CsvOptions { fields: vec![field("kind")], ..options });
    assert_eq!(twice, "t.csv:1: column \"kind\" is a label column; it can not be learnt from as well");
    let same = refused(CsvOptions { tasks: vec![spec("text")], ..CsvOptions::default() });
    assert_eq!(same, "t.csv:1: column \"text\" is the text and can not be the label too; see --task");
}

#[test]
fn odd_characters_in_labels_are_told_of_their_line() {
    let message = error("text,label\na,x\nb,x\u{1b}[31m\n");
    assert_eq!(message, "t.csv:3: column \"label\": invisible characters in the label \"x\\u{1b}[31m\"; remove them");
}

#[test]
fn statements_keep_their_cells() {
    let text = "n,text,speaker\n 1 ,We hope,Roe\n2,,\n3,Yes,\n";
    let rows = read_statements("t.csv", text.as_bytes(), &CsvOptions::default()).unwrap();
    assert_eq!(rows.header(), ["n", "text", "speaker"]);
    let rows: Vec<Result<StatementRow>> = rows.collect();
    let first = rows[0].as_ref().unwrap();
    assert_eq!((first.id.as_str(), first.cells[0].as_str(), first.line), ("1", " 1 ", 2));
    assert!(rows[1].as_ref().unwrap_err().to_string().starts_with("t.csv:3: column \"text\": empty text"));
    assert_eq!(rows[2].as_ref().unwrap().id, "3");
}

#[test]
fn statements_come_from_json_lines_too() {
    let text =
        "{\"text\":\"We hope\",\"id\":7,\"speaker\":null,\"stance\":[\"praise\"]}\n{\"id\":1}\n{\"text\":\"No\"}";
    let rows = read_statements("s.jsonl", text.as_bytes(), &CsvOptions::default()).unwrap();
    let rows: Vec<Result<StatementRow>> = rows.collect();
    let first = rows[0].as_ref().unwrap();
    assert_eq!((first.id.as_str(), first.statement.text.as_str(), &first.statement.speaker), ("7", "We hope", &None));
    assert!(rows[1].as_ref().unwrap_err().to_string().starts_with("s.jsonl:2: column \"text\": empty text"));
    assert_eq!(rows[2].as_ref().unwrap().id, "3");
}

#[test]
fn written_rows_are_guarded_and_read_back() {
    let row =
        QuotationRow { id: "q".into(), text: "=1+1, \"yes\"\nno".into(), speaker: "＠x".into(), ..Default::default() };
    let write = |raw| {
        let mut bytes = Vec::new();
        write_for_labelling(&mut bytes, [row.clone()], raw).unwrap();
        bytes
    };
    let (dataset, _) = read_dataset("t.csv", write(false).as_slice(), &CsvOptions::default()).unwrap();
    let statement = &dataset.examples[0].statement;
    assert_eq!((statement.text.as_str(), statement.speaker.as_deref()), (row.text.as_str(), Some("＠x")));
    assert!(String::from_utf8(write(false)).unwrap().contains("\"'=1+1, "));
    let (dataset, _) = read_dataset("t.csv", write(true).as_slice(), &CsvOptions::default()).unwrap();
    assert_eq!(dataset.examples[0].statement.text, row.text);
    assert_eq!(dataset.examples[0].labels, [None, None], "not labelled yet");
}

proptest! {
    #[test]
    fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), lenient: bool) {
        let options = CsvOptions { lenient, ..CsvOptions::default() };
        let _ = read_dataset("t.csv", bytes.as_slice(), &options);
        let with_header = [b"text,stance,sentiment,label\n".as_slice(), &bytes].concat();
        let _ = read_dataset("t.csv", with_header.as_slice(), &options);
    }

    #[test]
    fn never_panics_on_likely_cells(cells in prop::collection::vec(prop::sample::select(vec![
        "a", "praise", "|", "none", ",", "\n", "\"", "negative", " ", "\r", "é"]), 0..60), lenient: bool) {
        let text = format!("text,stance,sentiment\n{}", cells.concat());
        let options = CsvOptions { lenient, ..CsvOptions::default() };
        if let Ok((dataset, _)) = read_dataset("t.csv", text.as_bytes(), &options) {
            for example in &dataset.examples {
                for (task, labels) in dataset.tasks.iter().zip(&example.labels) {
                    let labels = labels.as_deref().unwrap_or_default();
                    prop_assert!(labels.is_sorted() && labels.iter().all(|l| *l < task.labels.len()));
                }
            }
        }
    }
}

#[test]
fn offsets_count_characters_of_the_text() {
    let text =
        "text,label,target,target_start,target_end\nÇa va – \u{1f642} Müller est là,a,Müller,10,16\nno place,b,,,\n";
    let data = read(text).unwrap().0;
    let statement = &data.examples[0].statement;
    assert_eq!(statement.target_span.unwrap().of(&statement.text), "Müller");
    assert_eq!(data.examples[1].statement.target_span, None);
    assert!(data.examples[0].extra.is_empty());
    let float = read("text,label,target_start,target_end\nWe hope,a,0.0,2.0\nb,b,,\n").unwrap().0;
    assert_eq!(float.examples[0].statement.target_span.map(|s| (s.start, s.end)), Some((0, 2)));
    for (row, place) in [
        ("We hope,a,3,8", "t.csv:2: column \"target_end\": 3 to 8 lies outside the text of 7 characters"),
        ("Äh,a,0,3", "t.csv:2: column \"target_end\": 0 to 3 lies outside the text of 2 characters"),
        ("We hope,a,3,3", "t.csv:2: column \"target_end\": ends at 3, not after"),
        ("We hope,a,-1,3", "t.csv:2: column \"target_start\": \"-1\" is no offset"),
        ("We hope,a,0,99999999999999999999", "t.csv:2: column \"target_end\""),
        ("We hope,a,3,", "t.csv:2: column \"target_end\": an end is missing"),
        ("We hope,a,,3", "t.csv:2: column \"target_start\": a start is missing"),
    ] {
        let message = error(&format!("text,label,target_start,target_end\n{row}\nb,b,,\n"));
        assert!(message.starts_with(place), "{message}");
    }
    let message = error("text,label,speaker_start\na,b,1\n");
    assert!(message.contains("a column \"speaker_start\" without \"speaker_end\""), "{message}");
}

#[test]
fn feature_columns_are_kept_with_the_statement() {
    let field = |column: &str, is_number| FieldSpec { column: column.to_owned(), is_number, is_optional: false };
    let options = CsvOptions { fields: vec![field("party", false), field("year", true)], ..CsvOptions::default() };
    let read = |text: &str| read_dataset("t.csv", text.as_bytes(), &options);
    let data = read("text,label,party,year\na,x,left, 2001 \nb,y,,\n").unwrap().0;
    let cells = |i: usize| data.examples[i].statement.fields.iter().map(|(_, c)| c.as_str()).collect::<Vec<_>>();
    assert_eq!((cells(0), cells(1)), (vec!["left", "2001"], vec![]));
    let message = read("text,label,party,year\na,x,left,soon\nb,y,,NaN\n").unwrap_err().to_string();
    assert!(message.contains("t.csv:2: column \"year\": \"soon\" is no number"), "{message}");
    assert!(message.contains("t.csv:3: column \"year\": \"NaN\" is no number"), "{message}");
    let message = read("text,label,partys,year\na,x,left,1\n").unwrap_err().to_string();
    assert!(message.contains("no column \"party\"; did you mean \"partys\"?"), "{message}");
}
