//! Which of two columns is the text and which the label, where their names do not say so plainly.

use std::collections::BTreeSet;
use std::io::Read;

use crate::dataset::csv::{ColumnNames, CsvOptions, TaskSpec, guard};
use crate::document::source::Source;
use crate::error::Result;
use crate::label::TaskKind;

/// What texts are called elsewhere, in lower case.
const TEXTS: [&str; 15] = [
    "body",
    "comment",
    "content",
    "document",
    "headline",
    "message",
    "post",
    "quotation",
    "quote",
    "review",
    "sentence",
    "statement",
    "text",
    "tweet",
    "utterance",
];
/// What labels are called elsewhere, in lower case.
const LABELS: [&str; 9] = ["annotation", "category", "class", "code", "label", "labels", "rating", "tag", "topic"];
/// Rows that are looked at.
const ROWS: usize = 200;
/// With fewer rows cells tell nothing.
const MIN_ROWS: usize = 4;
/// Most texts have so many words or more ...
const MIN_WORDS: usize = 4;
/// ... and labels so many at most.
const MAX_WORDS: usize = 3;
/// A label comes so many times on average.
const MIN_TIMES: usize = 2;

/// The beginning of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The names of the columns.
    pub header: Vec<String>,
    /// Cells of the first rows (at most 200, up to one that can not be read), where there are two columns.
    pub rows: Vec<Vec<String>>,
}

/// The beginning of a labelled file.
///
/// # Errors
/// As [`crate::dataset::csv::read_dataset`] for a header that can not be read.
pub fn read_head(name: &str, reader: impl Read) -> Result<Head> {
    let mut table = guard::table(name, Source::new(name, reader)?)?;
    let mut rows = Vec::new();
    if table.header().names.len() == 2 {
        // Of what is wrong with a row is told when all are read.
        while let Some(row) = table.next_row().ok().flatten().filter(|_| rows.len() < ROWS) {
            rows.push(row.cells);
        }
    }
    Ok(Head { header: table.header().names.clone(), rows })
}

impl CsvOptions {
    /// These options for a file that begins so, and what was guessed, in words. Where a file has two columns, their names are
    /// matched without regard to case; if one is known to be the text or the label, the other is the other; if none is, the
    /// cells tell, as long as they leave no doubt. Only what nobody named is guessed.
    #[must_use]
    pub fn for_head(mut self, head: &Head) -> (Self, Option<String>) {
        let [a, b] = head.header.as_slice() else { return (self, None) };
        // The number of the one column that is called so.
        let only = |names: &[&str]| -> Option<usize> {
            let is = |column: &String| names.iter().any(|name| column.to_lowercase() == name.to_lowercase());
            match (is(a), is(b)) {
                (true, false) => Some(0),
                (false, true) => Some(1),
                _ => None,
            }
        };
        let names_text = self.columns.text != ColumnNames::default().text;
        let names_label = !self.tasks.is_empty();
        let mut usual = self.usual_tasks.clone();
        for (column, kind) in
            [("stance", TaskKind::Multi), ("sentiment", TaskKind::Single), ("label", TaskKind::Single)]
        {
            usual.push(TaskSpec { column: column.to_owned(), kind: Some(kind) });
        }
        let asked = if names_label { &self.tasks } else { &usual };
        let asked: Vec<&str> = asked.iter().map(|t| t.column.as_str()).collect();
        let exact = |name: &str| head.header.iter().position(|column| column == name);
        let named_text = exact(&self.columns.text).or_else(|| only(&[&self.columns.text]));
        let (text, label, is_guess) = match (named_text, only(&asked)) {
            (Some(text), Some(label)) => (text, Some(label), false),
            (Some(text), None) if names_label => (text, None, false),
            (Some(text), None) => (text, Some(1 - text), true),
            (None, Some(label)) if !names_text => (1 - label, Some(label), true),
            (None, None) if !names_text && !names_label => {
                let found = match (only(&TEXTS), only(&LABELS)) {
                    (Some(text), Some(label)) => Some(text).filter(|text| *text != label),
                    (Some(text), None) => Some(text),
                    (None, Some(label)) => Some(1 - label),
                    (None, None) => [0, 1].into_iter().find(|&text| head.is_text_beside_label(text)),
                };
                let Some(text) = found else { return (self, None) };
                (text, Some(1 - text), true)
            }
            _ => return (self, None),
        };
        // A speaker is neither, whatever stands beside it.
        let is_known = |at: usize| self.columns.names().contains(&head.header[at].to_lowercase().as_str());
        let label = label.filter(|&label| !is_guess || !is_known(label));
        if label == Some(text) || (named_text.is_none() && is_known(text)) {
            return (self, None);
        }
        let note = label.filter(|_| is_guess).map(|label| {
            format!(
                "column \"{}\" is taken for the text and \"{}\" for the label; --text-column and --task say otherwise",
                head.header[text], head.header[label]
            )
        });
        self.columns.text.clone_from(&head.header[text]);
        if let Some(label) = label.filter(|_| !names_label) {
            let column = &head.header[label];
            let is_exact = usual.iter().any(|t| t.column == *column);
            let alike = usual.iter().find(|t| t.column.to_lowercase() == column.to_lowercase());
            let only_task = if let [task] = self.usual_tasks.as_slice() { task.kind } else { None };
            if !is_exact {
                let kind = alike.map_or(only_task, |t| t.kind);
                self.tasks.push(TaskSpec { column: column.clone(), kind });
            }
        }
        (self, note)
    }
}

impl Head {
    /// Whether the cells of one of two columns are clearly texts (several words, hardly any twice) and those of the other clearly
    /// labels (short, few different ones).
    fn is_text_beside_label(&self, text: usize) -> bool {
        let cells =
            |at: usize| self.rows.iter().filter_map(move |row| row.get(at)).map(|c| c.trim()).filter(|c| !c.is_empty());
        let n_words = |cell: &str| cell.split_whitespace().count();
        let n_different = |at: usize| cells(at).collect::<BTreeSet<_>>().len();
        let (n_texts, n_labels) = (cells(text).count(), cells(1 - text).count());
        let n_long = cells(text).filter(|c| n_words(c) >= MIN_WORDS).count();
        n_texts >= MIN_ROWS
            && 2 * n_long > n_texts
            && 10 * n_different(text) >= 9 * n_texts
            && n_labels >= MIN_ROWS
            && MIN_TIMES * n_different(1 - text) <= n_labels
            && cells(1 - text).all(|c| n_words(c) <= MAX_WORDS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(options: CsvOptions, header: [&str; 2], rows: &[[&str; 2]]) -> (String, Vec<TaskSpec>, bool) {
        let rows = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
        let (options, note) = options.for_head(&Head { header: header.map(str::to_owned).to_vec(), rows });
        (options.columns.text, options.tasks, note.is_some())
    }

    /// Text, label column that had to be named, and whether it is told.
    fn columns(header: [&str; 2]) -> (String, Option<String>, bool) {
        let (text, tasks, is_told) = guessed(CsvOptions::default(), header, &[]);
        (text, tasks.first().map(|t| t.column.clone()), is_told)
    }

    fn owned(text: &str, task: Option<&str>, is_told: bool) -> (String, Option<String>, bool) {
        (text.to_owned(), task.map(str::to_owned), is_told)
    }

    #[test]
    fn of_two_columns_the_unknown_one_is_clear() {
        assert_eq!(columns(["text", "label"]), owned("text", None, false));
        assert_eq!(columns(["review", "label"]), owned("review", None, true));
        assert_eq!(columns(["sentiment", "tweet"]), owned("tweet", None, true));
        assert_eq!(columns(["text", "mood"]), owned("text", Some("mood"), true));
        assert_eq!(columns(["text", "content"]), owned("text", Some("content"), true), "the usual name first");
        assert_eq!(columns(["text", "speaker"]), owned("text", None, false), "a speaker is no label");
        assert_eq!(columns(["id", "label"]), owned("text", None, false), "nor is an id a text");
        assert_eq!(columns(["a", "b"]), owned("text", None, false), "nothing tells");
    }

    #[test]
    fn names_are_known_in_any_case_and_under_other_words() {
        assert_eq!(columns(["Text", "Label"]), owned("Text", Some("Label"), false));
        assert_eq!(columns(["Tweet", "Sentiment"]), owned("Tweet", Some("Sentiment"), true));
        for [text, label] in [
            ["sentence", "class"],
            ["review", "rating"],
            ["content", "topic"],
            ["quote", "code"],
            ["Comment", "mood"],
            ["x", "CLASS"],
        ] {
            assert_eq!(columns([text, label]), owned(text, Some(label), true));
            assert_eq!(columns([label, text]), owned(text, Some(label), true));
        }
        assert_eq!(columns(["content", "comment"]), owned("text", None, false), "two texts");
        assert_eq!(columns(["sentence", "id"]), owned("sentence", None, false), "an id is no label");
        let spec = |column: &str, kind| TaskSpec { column: column.to_owned(), kind };
        let model = CsvOptions { usual_tasks: vec![spec("mood", Some(TaskKind::Multi))], ..CsvOptions::default() };
        let found = guessed(model.clone(), ["Mood", "said"], &[]);
        assert_eq!(found, ("said".to_owned(), vec![spec("Mood", Some(TaskKind::Multi))], true));
        let found = guessed(model, ["class", "sentence"], &[]);
        assert_eq!(
            found,
            ("sentence".to_owned(), vec![spec("class", Some(TaskKind::Multi))], true),
            "the model's only task"
        );
    }

    #[test]
    fn what_was_named_is_not_guessed() {
        let text = CsvOptions {
            columns: ColumnNames { text: "said".to_owned(), ..ColumnNames::default() },
            ..CsvOptions::default()
        };
        assert_eq!(guessed(text.clone(), ["sentence", "class"], &[]), ("said".to_owned(), vec![], false));
        assert_eq!(guessed(text, ["said", "class"], &[]).1[0].column, "class");
        let spec = TaskSpec { column: "mood".to_owned(), kind: None };
        let task = CsvOptions { tasks: vec![spec.clone()], ..CsvOptions::default() };
        assert_eq!(guessed(task.clone(), ["sentence", "class"], &[]), ("text".to_owned(), vec![spec.clone()], false));
        assert_eq!(guessed(task.clone(), ["label", "mood"], &[]), ("label".to_owned(), vec![spec], true));
        let same =
            CsvOptions { tasks: vec![TaskSpec { column: "text".to_owned(), kind: None }], ..CsvOptions::default() };
        assert_eq!(guessed(same, ["text", "x"], &[]).0, "text");
    }

    #[test]
    fn cells_tell_where_no_name_does() {
        let rows = [
            ["a fine day for all", "yes"],
            ["a poor day for us", "no"],
            ["not a day to see", "no"],
            ["what a day it was", "yes"],
        ];
        let told = |rows: &[[&str; 2]]| {
            let (text, tasks, is_told) = guessed(CsvOptions::default(), ["a", "b"], rows);
            is_told.then(|| (text, tasks[0].column.clone()))
        };
        assert_eq!(told(&rows), Some(("a".to_owned(), "b".to_owned())));
        assert_eq!(told(&rows.map(|[a, b]| [b, a])), Some(("b".to_owned(), "a".to_owned())));
        assert_eq!(told(&rows[..3]), None, "too few rows");
        let with = |at: usize, row| {
            let mut rows = rows;
            rows[at] = row;
            told(&rows)
        };
        assert_eq!(with(1, rows[0]), None, "texts that repeat");
        assert_eq!(with(0, ["a fine day", "a long word of praise"]), None, "a long label");
        assert_eq!(with(0, ["a fine day", "other"]), None, "labels that do not repeat");
        assert_eq!(told(&rows.map(|[_, b]| [b, b])), None, "two labels");
        let names = guessed(CsvOptions::default(), ["a", "speaker"], &rows);
        assert!(!names.2 && names.1.is_empty(), "a speaker is no label");
    }

    #[test]
    fn a_head_ends_where_rows_break() {
        let head = read_head("t.csv", "a,b\n1,2\n3\n4,5\n".as_bytes()).unwrap();
        assert_eq!((head.header.len(), head.rows.len()), (2, 1));
        let many = format!("a,b\n{}", "1,2\n".repeat(300));
        assert_eq!(read_head("t.csv", many.as_bytes()).unwrap().rows.len(), ROWS);
    }
}
