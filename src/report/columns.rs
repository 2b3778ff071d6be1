//! The columns of a quotation: one list for CSV, Parquet, Arrow, the JSON Schema and the documentation.

use serde_json::Value;

use crate::model::Model;
use crate::report::json::{Place, Record};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number from 0.
    Count,
    /// A number in 0..=1.
    Share,
    /// True or false.
    Flag,
    /// Texts; in CSV joined by `|` (warnings by `; `).
    Texts,
    /// Pairs of offsets, half-open; in CSV `start-end` joined by `;`.
    Spans,
    /// A JSON value; in tables as text.
    Json,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name: keys of JSON joined by dots.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be unknown.
    pub nullable: bool,
    /// What it means.
    pub meaning: &'static str,
}

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Unknown.
    Null,
    /// Of [`Kind::Text`] and [`Kind::Json`].
    Text(String),
    /// Of [`Kind::Count`].
    Count(u64),
    /// Of [`Kind::Share`].
    Share(f64),
    /// Of [`Kind::Flag`].
    Flag(bool),
    /// Of [`Kind::Texts`].
    Texts(Vec<String>),
    /// Of [`Kind::Spans`].
    Spans(Vec<[usize; 2]>),
}

impl Cell {
    /// As the text of a cell; nothing for null.
    pub fn text(&self, field: &Field) -> String {
        match self {
            Self::Null => String::new(),
            Self::Text(text) => text.clone(),
            Self::Count(n) => n.to_string(),
            // As JSON writes it: the same digits in every format.
            Self::Share(x) => Value::from(*x).to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Texts(list) => list.join(if field.name == "warnings" { "; " } else { "|" }),
            Self::Spans(spans) => spans.iter().map(|[s, e]| format!("{s}-{e}")).collect::<Vec<_>>().join(";"),
        }
    }
}

/// Name, kind, whether it may be unknown, meaning.
type Row = (&'static str, Kind, bool, &'static str);

const FRONT: [Row; 10] = [
    ("schema", Kind::Text, false, "name and version of this schema"),
    ("article.id", Kind::Text, false, "name of the article: a column or key of the input, else from the file's name"),
    ("article.path", Kind::Text, true, "where it was read from; members of archives follow the archive's path"),
    ("article.title", Kind::Text, true, "headline"),
    ("article.outlet", Kind::Text, true, "who published it"),
    ("article.date", Kind::Text, true, "date of publication, ISO 8601 where the input has it"),
    ("article.lang", Kind::Text, true, "ISO 639-1 code: as the input says, else as the text clearly is"),
    (
        "article.duplicate_of",
        Kind::Text,
        true,
        "id of the earlier article that this one is a copy of (wire copy); unknown for the first: count those",
    ),
    ("quotation.id", Kind::Text, false, "hash of article id and content: the same in every run"),
    ("quotation.kind", Kind::Text, false, "direct, mixed or indirect"),
];
const CONTENT: Row = (
    "quotation.content",
    Kind::Spans,
    false,
    "half-open offsets of the words that were said, in Unicode scalars (--offsets)",
);
const CONTENT_BYTES: Row =
    ("quotation.content_bytes", Kind::Spans, false, "the same in bytes of the text's UTF-8 form (--offsets both)");
const QUOTATION: [Row; 2] = [
    ("quotation.text", Kind::Text, false, "the content, its parts joined by one blank"),
    ("quotation.paragraph", Kind::Count, false, "number of the paragraph, from 0"),
];
const CUE: [Row; 5] = [
    ("cue.text", Kind::Text, true, "the reporting words"),
    ("cue.start", Kind::Count, true, "offset of the first"),
    ("cue.end", Kind::Count, true, "offset behind the last"),
    ("cue.start_byte", Kind::Count, true, "the same in bytes (--offsets both)"),
    ("cue.end_byte", Kind::Count, true, "the same in bytes (--offsets both)"),
];
const SOURCE: [Row; 5] = [
    ("source.text", Kind::Text, true, "the words that name who said it"),
    ("source.start", Kind::Count, true, "offset of the first"),
    ("source.end", Kind::Count, true, "offset behind the last"),
    ("source.start_byte", Kind::Count, true, "the same in bytes (--offsets both)"),
    ("source.end_byte", Kind::Count, true, "the same in bytes (--offsets both)"),
];
const BACK: [Row; 9] = [
    ("speaker.name", Kind::Text, true, "the fullest name of the speaker in the article"),
    ("speaker.description", Kind::Text, true, "the words for somebody whom the article does not name"),
    ("speaker.role", Kind::Text, true, "class of the role"),
    ("speaker.organization", Kind::Text, true, "organization as the article names it"),
    ("speaker.country", Kind::Text, true, "ISO 3166 two-letter code"),
    ("holder.name", Kind::Text, true, "whose position it is"),
    ("holder.same_as_speaker", Kind::Flag, false, "whether the speaker speaks for itself"),
    ("target", Kind::Text, true, "at whom or what it is directed"),
    ("confidence", Kind::Share, false, "how sure the extractor is"),
];
const EXPLANATION: Row = ("explanation", Kind::Json, false, "contributions to each label that holds (--explain)");
const MODEL: [Row; 3] = [
    ("model.id", Kind::Text, false, "hash of the model's file"),
    ("model.name", Kind::Text, false, "name of the model"),
    ("model.version", Kind::Text, false, "version of the model"),
];
const WARNINGS: Row = ("warnings", Kind::Texts, false, "what a reader should know");

/// The columns of one run.
#[derive(Debug, Clone)]
pub struct Columns {
    fields: Vec<Field>,
    tasks: Vec<(String, Vec<String>)>,
    explained: bool,
    both: bool,
}

impl Columns {
    /// Of quotations; scored where there is a model (each task has its labels, a probability a label, and what it abstains
    /// from). `explained`: with contributions. `both`: with bytes besides scalars.
    pub fn new(model: Option<&Model>, explained: bool, both: bool) -> Self {
        let tasks: Vec<(String, Vec<String>)> = model
            .map(|m| m.tasks().map(|t| (t.name.clone(), t.labels.names().map(str::to_owned).collect())).collect())
            .unwrap_or_default();
        let field = |(name, kind, nullable, meaning): Row| Field { name: name.to_owned(), kind, nullable, meaning };
        let mut rows: Vec<Row> = FRONT.to_vec();
        rows.push(CONTENT);
        rows.extend(both.then_some(CONTENT_BYTES));
        rows.extend(QUOTATION);
        let n = if both { 5 } else { 3 };
        rows.extend(CUE.into_iter().take(n).chain(SOURCE.into_iter().take(n)).chain(BACK));
        let mut fields: Vec<Field> = rows.into_iter().map(field).collect();
        for (task, labels) in &tasks {
            let own = |name: String, kind, meaning| Field { name, kind, nullable: false, meaning };
            fields.push(own(format!("tasks.{task}.labels"), Kind::Texts, "labels that hold"));
            let probability = |l: &String| format!("tasks.{task}.probabilities.{l}");
            fields.extend(labels.iter().map(|l| own(probability(l), Kind::Share, "probability of the label")));
            fields.push(own(format!("tasks.{task}.abstained"), Kind::Texts, "labels not sure enough to be said"));
        }
        let explained = explained && model.is_some();
        fields.extend(explained.then(|| field(EXPLANATION)));
        fields.extend(MODEL.into_iter().filter(|_| model.is_some()).map(field));
        fields.push(field(WARNINGS));
        Self { fields, tasks, explained, both }
    }

    /// The columns in order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The values of a record, one a column.
    pub fn row(&self, record: &Record) -> Vec<Cell> {
        let text = |t: &str| Cell::Text(t.to_owned());
        let maybe = |t: Option<&str>| t.map_or(Cell::Null, text);
        let mut row = Vec::with_capacity(self.fields.len());
        let a = &record.article;
        row.extend([text(record.schema), text(a.id)]);
        row.extend([a.path, a.title, a.outlet, a.date, a.lang, a.duplicate_of].map(maybe));
        let q = &record.quotation;
        row.extend([text(&q.id), text(q.kind), Cell::Spans(q.content.clone())]);
        if self.both {
            row.push(Cell::Spans(q.content_bytes.clone().unwrap_or_default()));
        }
        row.extend([text(&q.text), Cell::Count(q.paragraph as u64)]);
        for place in [&record.cue, &record.source] {
            self.place(place.as_ref(), &mut row);
        }
        let s = &record.speaker;
        row.extend([s.name, s.description, s.role, s.organization, s.country].map(maybe));
        row.extend([maybe(record.holder.name), Cell::Flag(record.holder.same_as_speaker), maybe(record.target)]);
        row.push(Cell::Share(record.confidence));
        for (k, (_, labels)) in self.tasks.iter().enumerate() {
            let tasks = record.tasks.as_ref();
            let scores = tasks.and_then(|t| t.scores.tasks.get(k));
            let names = |numbers: &[usize]| numbers.iter().filter_map(|&n| labels.get(n).cloned()).collect();
            row.push(Cell::Texts(scores.map_or_else(Vec::new, |s| names(&s.labels))));
            let of = |n: usize| scores.and_then(|s| s.probabilities.get(n)).map_or(Cell::Null, |&p| Cell::Share(p));
            row.extend((0..labels.len()).map(of));
            row.push(Cell::Texts(scores.map_or_else(Vec::new, |s| names(&s.abstained))));
        }
        if self.explained {
            row.push(record.explanation.as_ref().map_or(Cell::Null, |e| Cell::Text(e.to_string())));
        }
        if let Some(model) = &record.model {
            row.extend([model.id, model.name, model.version].map(text));
        }
        row.push(Cell::Texts(record.warnings.iter().map(|w| (*w).to_owned()).collect()));
        row
    }

    fn place(&self, place: Option<&Place>, row: &mut Vec<Cell>) {
        let count = |n: Option<usize>| n.map_or(Cell::Null, |n| Cell::Count(n as u64));
        row.push(place.map_or(Cell::Null, |p| Cell::Text(p.text.to_owned())));
        row.extend([count(place.map(|p| p.start)), count(place.map(|p| p.end))]);
        if self.both {
            row.extend([count(place.and_then(|p| p.start_byte)), count(place.and_then(|p| p.end_byte))]);
        }
    }
}
