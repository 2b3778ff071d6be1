//! Rows that are quotations already: their statement, and their cells as read.

use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

use crate::dataset::csv::{ColumnNames, CsvOptions, FieldSpec, guard};
use crate::dataset::shortened;
use crate::document::InputFormat;
use crate::document::jsonl::Objects;
use crate::document::records::Record;
use crate::document::source::{Begun, Source};
use crate::document::table::{Header, Table};
use crate::error::{Error, Result};
use crate::label::{NONE, TaskKind};
use crate::quotation::Kind;
use crate::statement::Statement;
use crate::text::{Span, nearest};

/// Where the known columns stand.
pub(crate) struct Fields {
    text: usize,
    pub(crate) id: Option<usize>,
    pub(crate) article: Option<usize>,
    pub(crate) outlet: Option<usize>,
    pub(crate) date: Option<usize>,
    speaker: Option<usize>,
    holder: Option<usize>,
    role: Option<usize>,
    organization: Option<usize>,
    country: Option<usize>,
    cue: Option<usize>,
    kind: Option<usize>,
    target: Option<usize>,
    speaker_place: Option<Place>,
    target_place: Option<Place>,
    weight: Option<(String, usize)>,
    /// The columns that a model takes as features, where they are there.
    fields: Vec<(FieldSpec, usize)>,
    /// Those of them that are not.
    pub(crate) absent: Vec<String>,
    kind_name: String,
    text_name: String,
}

/// The two columns that say where in the text something is named.
struct Place {
    start: usize,
    end: usize,
    start_name: String,
    end_name: String,
}

impl Fields {
    /// Finds the columns; those with another name than the codebook's, and those to group by, must be there. The
    /// columns `labels` say nothing of a statement: no model learns from its labels, so none may look at them either.
    pub(crate) fn new(header: &Header, options: &CsvOptions, labels: &[usize]) -> Result<Self> {
        let (names, usual) = (&options.columns, ColumnNames::default());
        let all = &usual;
        let mut absent = Vec::new();
        let mut find = |name: &String, usual: &String| -> Result<Option<usize>> {
            let is_optional = options.optional.contains(name);
            let found = match header.column(name) {
                None if is_optional => header.column(usual),
                None if name != usual => Some(header.require(name)?),
                found => found,
            };
            if is_optional && found.is_none() && ![&all.id, &all.article].contains(&usual) {
                absent.push(name.clone());
            }
            Ok(found.filter(|at| !labels.contains(at)))
        };
        let place = |name: &String| -> Result<Option<Place>> {
            let is_label = header.column(name).is_some_and(|at| labels.contains(&at));
            Ok(Place::new(header, name)?.filter(|_| !is_label))
        };
        for column in &options.group_columns {
            header.require(column)?;
        }
        let mut found = Self {
            text: text_column(header, &names.text)?,
            id: find(&names.id, &usual.id)?,
            article: find(&names.article, &usual.article)?,
            outlet: find(&names.outlet, &usual.outlet)?,
            date: find(&names.date, &usual.date)?,
            speaker: find(&names.speaker, &usual.speaker)?,
            holder: find(&names.holder, &usual.holder)?,
            role: find(&names.role, &usual.role)?,
            organization: find(&names.organization, &usual.organization)?,
            country: find(&names.country, &usual.country)?,
            cue: find(&names.cue, &usual.cue)?,
            kind: find(&names.kind, &usual.kind)?,
            target: find(&names.target, &usual.target)?,
            speaker_place: place(&names.speaker)?,
            target_place: place(&names.target)?,
            weight: options
                .weight
                .as_ref()
                .map(|name| header.require(name).map(|at| (name.clone(), at)))
                .transpose()?,
            fields: Vec::new(),
            absent: Vec::new(),
            kind_name: names.kind.clone(),
            text_name: names.text.clone(),
        };
        for field in &options.fields {
            match header.column(&field.column) {
                Some(at) => found.fields.push((field.clone(), at)),
                None if field.is_optional => absent.push(field.column.clone()),
                None => header.require(&field.column).map(|_| ())?,
            }
        }
        found.absent = absent;
        Ok(found)
    }

    /// Refuses a text or a feature that is a label column: who learns a label from its own cell learns nothing.
    pub(crate) fn check_labels(&self, header: &Header, labels: &[usize]) -> Result<()> {
        if labels.contains(&self.text) {
            let message = format!("column \"{}\" is the text and can not be the label too; see --task", self.text_name);
            return Err(header.fault(message));
        }
        if let Some((field, _)) = self.fields.iter().find(|(_, at)| labels.contains(at)) {
            let message = format!("column \"{}\" is a label column; it can not be learnt from as well", field.column);
            return Err(header.fault(message));
        }
        Ok(())
    }

    /// Whether column number `at` goes into the statement or its place.
    pub(crate) fn is_known(&self, at: usize) -> bool {
        let known = [
            self.id,
            self.article,
            self.outlet,
            self.date,
            self.speaker,
            self.holder,
            self.role,
            self.organization,
            self.country,
            self.cue,
            self.kind,
            self.target,
        ];
        let places = [&self.speaker_place, &self.target_place].into_iter().flatten();
        at == self.text || known.contains(&Some(at)) || places.into_iter().any(|p| p.start == at || p.end == at)
    }

    /// What one row counts, where a column says it.
    pub(crate) fn weight(&self, row: &Record) -> Result<Option<f64>> {
        let Some((name, at)) = &self.weight else { return Ok(None) };
        let Some(cell) = cell(row, Some(*at)) else { return Ok(None) };
        match cell.parse::<f64>() {
            Ok(weight) if weight.is_finite() && weight > 0.0 => Ok(Some(weight)),
            _ => {
                let message =
                    format!("\"{}\" is no weight; write a number above 0, or nothing for 1", shortened(&cell));
                Err(Error::data(message).in_column(name))
            }
        }
    }

    /// The statement of one row.
    pub(crate) fn statement(&self, row: &Record) -> Result<Statement> {
        let text = &row.cells[self.text];
        if text.trim().is_empty() {
            return Err(Error::data("empty text; fill it in or remove the row").in_column(&self.text_name));
        }
        let cell = |at| cell(row, at);
        let kind = cell(self.kind).map(|k| Kind::from_name(&k)).transpose();
        Ok(Statement {
            text: text.clone(),
            cue: cell(self.cue),
            kind: kind.map_err(|e| e.in_column(&self.kind_name))?,
            speaker: cell(self.speaker),
            holder: cell(self.holder),
            target: cell(self.target),
            role: cell(self.role),
            organization: cell(self.organization),
            country: cell(self.country),
            speaker_span: self.speaker_place.as_ref().map(|p| p.span(row, text)).transpose()?.flatten(),
            target_span: self.target_place.as_ref().map(|p| p.span(row, text)).transpose()?.flatten(),
            fields: self.fields.iter().filter_map(|(f, at)| f.cell(row, *at).transpose()).collect::<Result<_>>()?,
        })
    }
}

/// The column of the text; it alone must be there, so that the error says how to name another.
fn text_column(header: &Header, name: &str) -> Result<usize> {
    if nearest(name, header.names.iter().map(String::as_str)).is_some() {
        return header.require(name);
    }
    header.column(name).ok_or_else(|| {
        header.fault(format!(
            "no column \"{name}\"; name the column of the text with --text-column; the file has: {}",
            header.names.join(", ")
        ))
    })
}

impl FieldSpec {
    /// The name of the column and its cell, if there is something in it.
    fn cell(&self, row: &Record, at: usize) -> Result<Option<(String, String)>> {
        let Some(cell) = cell(row, Some(at)) else { return Ok(None) };
        if self.is_number && cell.parse::<f64>().ok().is_none_or(|x| !x.is_finite()) {
            let message = format!(
                "\"{}\" is no number; write one as 12.5, or leave the cell empty if it is not known",
                shortened(&cell)
            );
            return Err(Error::data(message).in_column(&self.column));
        }
        Ok(Some((self.column.clone(), cell)))
    }
}

impl Place {
    /// The columns `<name>_start` and `<name>_end`, where the file has them.
    fn new(header: &Header, name: &str) -> Result<Option<Self>> {
        let (start_name, end_name) = (format!("{name}_start"), format!("{name}_end"));
        match (header.column(&start_name), header.column(&end_name)) {
            (Some(start), Some(end)) => Ok(Some(Self { start, end, start_name, end_name })),
            (None, None) => Ok(None),
            (Some(_), None) => {
                Err(header
                    .fault(format!("a column \"{start_name}\" without \"{end_name}\"; add it, or rename the first")))
            }
            (None, Some(_)) => {
                Err(header
                    .fault(format!("a column \"{end_name}\" without \"{start_name}\"; add it, or rename the first")))
            }
        }
    }

    /// The place in bytes; `None` where both cells are empty. The cells count Unicode scalar values of `text`.
    fn span(&self, row: &Record, text: &str) -> Result<Option<Span>> {
        let number = |at: usize, name: &str| -> Result<Option<usize>> {
            let Some(cell) = cell(row, Some(at)) else { return Ok(None) };
            // Tables written with missing numbers often have "73.0".
            let whole = cell.strip_suffix(".0").unwrap_or(&cell);
            whole.parse().map(Some).map_err(|_| {
                let message = format!(
                    "\"{}\" is no offset; write the number of characters before it, from 0, or leave both cells empty",
                    shortened(&cell)
                );
                Error::data(message).in_column(name)
            })
        };
        let (start, end) = match (number(self.start, &self.start_name)?, number(self.end, &self.end_name)?) {
            (None, None) => return Ok(None),
            (Some(start), Some(end)) => (start, end),
            (Some(_), None) => {
                return Err(Error::data("an end is missing where the start is given").in_column(&self.end_name));
            }
            (None, Some(_)) => {
                return Err(Error::data("a start is missing where the end is given").in_column(&self.start_name));
            }
        };
        if start >= end {
            let message =
                format!("ends at {end}, not after its start at {start}; the end is one past the last character");
            return Err(Error::data(message).in_column(&self.end_name));
        }
        let byte = |at: usize| text.char_indices().map(|(i, _)| i).chain([text.len()]).nth(at);
        match (byte(start), byte(end)) {
            (Some(start), Some(end)) => Ok(Some(Span::new(start, end))),
            _ => {
                let n = text.chars().count();
                let message = format!(
                    "{start} to {end} lies outside the text of {n} characters; offsets count Unicode characters, not bytes"
                );
                Err(Error::data(message).in_column(&self.end_name))
            }
        }
    }
}

/// The cell in column `at`, trimmed; `None` where it is empty or there is no such column.
pub(crate) fn cell(row: &Record, at: Option<usize>) -> Option<String> {
    let cell = row.cells.get(at?)?.trim();
    (!cell.is_empty()).then(|| cell.to_owned())
}

/// One row: what is classified, and its cells as read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatementRow {
    /// The `id` column, else the row number counted from 1.
    pub id: String,
    /// Line on which the row begins, from 1.
    pub line: u64,
    /// What is classified.
    pub statement: Statement,
    /// Its cells in the order of [`StatementRows::header`], as read.
    pub cells: Vec<String>,
}

/// Statements in file order, one at a time in memory. A bad row comes as an error with its place, and the next follow.
pub struct StatementRows<R> {
    rows: Rows<R>,
    header: Header,
    fields: Fields,
    n_rows: u64,
    /// The columns that are handed out, where they are not those of the header: their names and numbers.
    kept: Option<(Vec<String>, Vec<usize>)>,
    /// Whether they are quotations that this program found.
    is_found: bool,
}

/// Where rows come from.
enum Rows<R> {
    Table(Table<Begun<R>>),
    Objects(Objects<Begun<R>>),
}

impl<R: Read> StatementRows<R> {
    /// The names of all columns in file order; of JSON Lines the keys that are read, or those of [`StatementRows::with_keys`].
    pub fn header(&self) -> &[String] {
        self.kept.as_ref().map_or(&self.header.names, |(names, _)| names)
    }

    /// The same; of JSON Lines all `keys` of the file ([`read_keys`]) become cells, arrays under them joined by a bar, empty ones `none` where any
    /// number of the model's labels may hold. Of quotations that this program found, the keys stay as they are.
    #[must_use]
    pub fn with_keys(mut self, keys: &[String], options: &CsvOptions) -> Self {
        self.rows = match self.rows {
            Rows::Objects(objects) if !self.is_found => {
                let asked = self.header.names.clone();
                let is_around =
                    |key: &str| asked.iter().any(|a| a.strip_prefix(key).is_some_and(|r| r.starts_with('.')));
                let inner = asked.iter().filter(|a| a.contains('.') && !keys.contains(a));
                let kept: Vec<String> = keys.iter().filter(|k| !is_around(k)).chain(inner).cloned().collect();
                let added: Vec<String> = kept.iter().filter(|k| !asked.contains(k)).cloned().collect();
                let is_multi =
                    |key: &str| options.usual_tasks.iter().any(|t| t.column == key && t.kind == Some(TaskKind::Multi));
                let joined = added.iter().map(|key| (key.clone(), if is_multi(key) { NONE } else { "" })).collect();
                self.header.names.extend(added);
                let places = kept.iter().filter_map(|key| self.header.column(key)).collect();
                self.kept = Some((kept, places));
                Rows::Objects(objects.with_joined(joined))
            }
            rows => rows,
        };
        self
    }

    /// The optional feature columns that are not there.
    pub fn absent(&self) -> &[String] {
        &self.fields.absent
    }

    fn next_row(&mut self) -> Result<Option<StatementRow>> {
        self.n_rows += 1;
        let row = match &mut self.rows {
            Rows::Table(table) => table.next_row()?,
            Rows::Objects(objects) => {
                let keys: Vec<&str> = self.header.names.iter().map(String::as_str).collect();
                let object = objects.next_object(&keys)?;
                let cells = |values: Vec<Option<String>>| values.into_iter().map(Option::unwrap_or_default).collect();
                object.map(|o| Record { line: o.line, cells: cells(o.values) })
            }
        };
        let Some(row) = row else { return Ok(None) };
        let place = |e: Error| e.in_file(Path::new(&self.header.file)).at_line(row.line);
        let mut statement = self.fields.statement(&row).map_err(place)?;
        if self.is_found && statement.holder == statement.speaker {
            // As in the statement of a quotation.
            statement.holder = None;
        }
        let id = cell(&row, self.fields.id).unwrap_or_else(|| self.n_rows.to_string());
        let mut cells = row.cells;
        if let Some((_, places)) = &self.kept {
            cells = places.iter().map(|&at| std::mem::take(&mut cells[at])).collect();
        }
        Ok(Some(StatementRow { id, line: row.line, statement, cells }))
    }
}

impl<R: Read> Iterator for StatementRows<R> {
    type Item = Result<StatementRow>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_row().transpose()
    }
}

/// Statements of a table or of JSON Lines, labelled or not; the label columns of the model ([`CsvOptions::usual_tasks`]) are
/// cells that say nothing of a statement. `name`: the path, for messages. JSON Lines are known as in
/// [`InputFormat::detect`]; the names of columns are their keys, and other keys are left out unless [`StatementRows::with_keys`] names them. Quotations that this program
/// found (the schema `demarche.quotation/1`, as JSON Lines or CSV) are known by `quotation.text` where there is no text; their
/// target is no cell of the statement, as models learn from countries.
///
/// # Errors
/// [`crate::error::ErrorKind::Data`] for a bad header, or a missing column that [`CsvOptions`] asks for;
/// [`crate::error::ErrorKind::Io`] if reading fails. Rows: malformed records, empty text, an unknown kind.
pub fn read_statements<R: Read>(name: &str, reader: R, options: &CsvOptions) -> Result<StatementRows<R>> {
    let source = Source::new(name, reader)?;
    let mut options = Cow::Borrowed(options);
    let mut is_found = false;
    let (rows, header) = if InputFormat::detect(name, &source.head, &options.columns.text) == InputFormat::Jsonl {
        let first = Objects::new(name, source.head.as_slice(), 0).next_object(&[&options.columns.text, FOUND[0].1]);
        let has = |at: usize| matches!(&first, Ok(Some(o)) if o.values[at].is_some());
        if options.columns.text == FOUND[0].0 && has(1) && !has(0) {
            is_found = true;
            options.to_mut().columns.rename(|_| true);
        }
        let Source { reader, first_byte, .. } = source;
        let names = options.keys();
        let beside = [&options.columns.article, &options.columns.outlet, &options.columns.date].map(String::as_str);
        let objects = Objects::new(name, reader, first_byte).without_nested(&beside);
        (Rows::Objects(objects), Header { file: name.to_owned(), line: 0, names })
    } else {
        let table = guard::table(name, source)?;
        let header = table.header().clone();
        if options.columns.text == FOUND[0].0
            && header.column(FOUND[0].0).is_none()
            && header.column(FOUND[0].1).is_some()
        {
            is_found = true;
            options.to_mut().columns.rename(|found| header.column(found).is_some());
        }
        (Rows::Table(table), header)
    };
    let options = options.as_ref();
    let labels: Vec<usize> = options.usual_tasks.iter().filter_map(|t| header.column(&t.column)).collect();
    let mut fields = Fields::new(&header, options, &labels)?;
    if is_found {
        fields.target = None;
    }
    Ok(StatementRows { rows, header, fields, n_rows: 0, kept: None, is_found })
}

/// All keys of JSON Lines, for [`StatementRows::with_keys`]; `None` for a table, of which no more than the beginning is read.
///
/// # Errors
/// [`crate::error::ErrorKind::Data`] for more keys than a table may have columns; [`crate::error::ErrorKind::Io`] if reading fails.
pub fn read_keys(name: &str, reader: impl Read, options: &CsvOptions) -> Result<Option<Vec<String>>> {
    let source = Source::new(name, reader)?;
    let is_jsonl = InputFormat::detect(name, &source.head, &options.columns.text) == InputFormat::Jsonl;
    is_jsonl.then(|| Objects::new(name, source.reader, source.first_byte).all_keys()).transpose()
}

/// The usual names of columns, and those of the same in the quotations that this program finds. The first is the text.
const FOUND: [(&str, &str); 12] = [
    ("text", "quotation.text"),
    ("id", "quotation.id"),
    ("kind", "quotation.kind"),
    ("speaker", "speaker.name"),
    ("holder", "holder.name"),
    ("role", "speaker.role"),
    ("organization", "speaker.organization"),
    ("country", "speaker.country"),
    ("cue", "cue.text"),
    ("article", "article.id"),
    ("outlet", "article.outlet"),
    ("date", "article.date"),
];

impl ColumnNames {
    /// Takes the names that found quotations have for the usual ones, where the file `has` them.
    fn rename(&mut self, has: impl Fn(&str) -> bool) {
        let names = [
            &mut self.text,
            &mut self.id,
            &mut self.kind,
            &mut self.speaker,
            &mut self.holder,
            &mut self.role,
            &mut self.organization,
            &mut self.country,
            &mut self.cue,
            &mut self.article,
            &mut self.outlet,
            &mut self.date,
        ];
        for name in names {
            if let Some((_, found)) = FOUND.iter().find(|(usual, found)| name == usual && has(found)) {
                *name = (*found).to_owned();
            }
        }
    }
}
