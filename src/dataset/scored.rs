//! Rows that a model has scored already: JSON Lines of `demarche score`.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde_json::Value;

use crate::dataset::Example;
use crate::error::{Error, ErrorKind, Result};
use crate::label::Task;
use crate::statement::Statement;

/// Longest line in bytes.
const MAX_LINE: u64 = 64 << 20;

/// What a model said of one row in one task.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Said {
    /// Of each label.
    pub probabilities: Vec<f64>,
    /// Numbers of the labels that hold, ascending.
    pub labels: Vec<usize>,
    /// Numbers of the labels that were not sure enough to be said; with a band also some that do not reach their threshold.
    pub abstained: Vec<usize>,
}

/// What a model said of one row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScoredRow {
    /// Its text, speaker and article, without labels.
    pub example: Example,
    /// By task.
    pub tasks: Vec<Said>,
    /// Whether its article is a copy of an earlier one.
    pub is_copy: bool,
}

/// Whether a file begins like JSON Lines of scored rows.
pub fn is_scored(head: &[u8]) -> bool {
    let head = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head).trim_ascii_start();
    head.starts_with(b"{") && head.windows(10).take(1 << 16).any(|w| w == b"\"demarche.")
}

/// Rows scored by the model with this `id` and these `tasks`. `name`: the path, for messages.
///
/// # Errors
/// [`ErrorKind::Data`] with file and line for a line that is no scored row, or was scored by another model;
/// [`ErrorKind::Io`] if reading fails.
pub fn read_scored(name: &str, reader: impl Read, tasks: &[&Task], id: &str) -> Result<Vec<ScoredRow>> {
    let path = Path::new(name);
    let mut reader = BufReader::new(reader);
    let mut rows = Vec::new();
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        (&mut reader).take(MAX_LINE + 1).read_until(b'\n', &mut bytes).map_err(|e| Error::io(path, "read", e))?;
        if bytes.is_empty() {
            break;
        }
        let fault = |message: String| Error::data(message).in_file(path).at_line(line);
        if bytes.len() as u64 > MAX_LINE {
            return Err(fault(format!("a line of more than {} MB", MAX_LINE >> 20)));
        }
        let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
        if text.trim_ascii().is_empty() {
            continue;
        }
        let value: Value = serde_json::from_slice(text)
            .map_err(|e| Error::new(ErrorKind::Data, format!("no JSON object: {e}")).in_file(path).at_line(line))?;
        rows.push(row(&value, tasks, id, line, rows.len()).map_err(|e| e.in_file(path).at_line(line))?);
    }
    if rows.is_empty() {
        return Err(Error::data("no scored row").in_file(path));
    }
    Ok(rows)
}

fn row(value: &Value, tasks: &[&Task], id: &str, line: u64, n_before: usize) -> Result<ScoredRow> {
    let by = value["model"]["id"].as_str().unwrap_or("no model");
    if by != id {
        return Err(Error::data(format!("scored by {by}, the model given is {id}; score anew with it")));
    }
    let scores = tasks.iter().map(|task| {
        let found = &value["tasks"][&task.name];
        let wrong = || Error::data(format!("no probabilities and labels of task \"{}\"", task.name));
        let probabilities: Option<Vec<f64>> =
            task.labels.names().map(|label| found["probabilities"][label].as_f64()).collect();
        let numbers = |names: &Value| -> Result<Vec<usize>> {
            let names = names.as_array().into_iter().flatten();
            names.map(|label| task.labels.require(label.as_str().unwrap_or_default())).collect()
        };
        if !found["labels"].is_array() {
            return Err(wrong());
        }
        let mut labels = numbers(&found["labels"])?;
        labels.sort_unstable();
        Ok(Said { probabilities: probabilities.ok_or_else(wrong)?, labels, abstained: numbers(&found["abstained"])? })
    });
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Ok(ScoredRow {
        is_copy: !value["article"]["duplicate_of"].is_null(),
        tasks: scores.collect::<Result<_>>()?,
        example: Example {
            id: text(&value["quotation"]["id"])
                .or_else(|| text(&value["id"]))
                .unwrap_or_else(|| (n_before + 1).to_string()),
            line,
            statement: Statement {
                text: text(&value["quotation"]["text"]).or_else(|| text(&value["text"])).unwrap_or_default(),
                speaker: text(&value["speaker"]["name"]),
                ..Statement::default()
            },
            article: text(&value["article"]["id"]),
            outlet: text(&value["article"]["outlet"]),
            date: text(&value["article"]["date"]),
            ..Example::default()
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{LabelSet, TaskKind};

    #[test]
    fn rows_of_the_same_model_are_read() {
        let labels = LabelSet::from_names(["a", "b"]).unwrap();
        let task = Task { name: "t".to_owned(), kind: TaskKind::Multi, labels };
        let good = "{\"schema\":\"demarche.quotation/1\",\"article\":{\"id\":\"x\"},\"speaker\":{\"name\":\"Roe\"},\"tasks\":{\"t\":{\"labels\":[\"b\"],\"probabilities\":{\"a\":0.1,\"b\":0.9}}},\"model\":{\"id\":\"m\"}}\n";
        assert!(is_scored(good.as_bytes()) && !is_scored(b"{\"text\": \"x\"}") && !is_scored(b"id,text\n"));
        let read = |text: &str, id: &str| read_scored("s.jsonl", text.as_bytes(), &[&task], id);
        let rows = read(&format!("{good}\n{good}"), "m").unwrap();
        let said = Said { probabilities: vec![0.1, 0.9], labels: vec![1], abstained: vec![] };
        assert_eq!((rows.len(), &rows[1].tasks[0]), (2, &said));
        let unsure = good.replace("[\"b\"]", "[],\"abstained\":[\"b\"]");
        assert_eq!(read(&unsure, "m").unwrap()[0].tasks[0], Said { labels: vec![], abstained: vec![1], ..said });
        assert_eq!((rows[1].example.line, rows[1].example.article.as_deref()), (3, Some("x")));
        assert!(read(good, "other").unwrap_err().to_string().starts_with("s.jsonl:1: scored by m"));
        for (from, to) in [("\"b\"]", "\"c\"]"), ("0.9", "null"), ("{\"schema", "{schema"), ("\"labels\"", "\"x\"")] {
            assert!(read(&good.replacen(from, to, 1), "m").is_err(), "{to}");
        }
        assert!(read("\n", "m").is_err());
    }
}
