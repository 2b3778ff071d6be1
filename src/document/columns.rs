//! Articles of Parquet and Arrow IPC files: an article a row, some rows at a time in memory.

use std::io::{self, Read, SeekFrom};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{ArrowError, DataType, SchemaRef, TimeUnit};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::reader::{ChunkReader, Length};

use crate::document::table::Header;
use crate::document::unpack::{ReadSeek, Sink};
use crate::document::{ArticleColumns, Document, Raw, ReadOptions, path_of, stem};
use crate::error::{Error, Result};

/// Rows decoded at a time.
const BATCH: usize = 64;
/// A column chunk that claims to be larger than this is refused.
const MAX_CHUNK: i64 = 4 << 30;

/// Hands each row of a Parquet (else Arrow IPC) file to `sink`.
pub(super) fn read(
    is_parquet: bool,
    name: &str,
    file: Box<dyn ReadSeek>,
    options: &ReadOptions,
    sink: &mut Sink<'_>,
) -> ControlFlow<()> {
    let result = if is_parquet { parquet(name, file, options, sink) } else { arrow(name, file, options, sink) };
    match result {
        Ok(flow) => flow,
        Err(error) => sink(Err(error.in_file(Path::new(name)))),
    }
}

fn damaged(what: &str, error: impl std::fmt::Display) -> Error {
    Error::data(format!("damaged {what} data ({error})"))
}

/// The decoders were written for honest files: a panic is the file's fault as well.
fn guarded<T>(what: &str, read: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(damaged(what, "the decoder gave up")))
}

fn parquet(name: &str, file: Box<dyn ReadSeek>, options: &ReadOptions, sink: &mut Sink<'_>) -> Result<ControlFlow<()>> {
    const WHAT: &str = "Parquet";
    // The decoder wants to share its source; nothing is read at two places at once.
    let bytes = Shared::new(file).map_err(|e| Error::io(Path::new(name), "read", e))?;
    let (mut batches, columns) = guarded(WHAT, || {
        let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(|e| damaged(WHAT, e))?;
        let chunks = || builder.metadata().row_groups().iter().flat_map(|g| g.columns());
        let foreign = |codec| match codec {
            Compression::BROTLI(_) => Some("Brotli"),
            Compression::LZO => Some("LZO"),
            _ => None,
        };
        if let Some(codec) = chunks().find_map(|c| foreign(c.compression())) {
            return Err(Error::data(format!(
                "Parquet packed with {codec} is not read; save it with Snappy or Zstandard"
            )));
        }
        if chunks().any(|c| c.uncompressed_size() > MAX_CHUNK) {
            return Err(Error::data("a column chunk of more than 4 GB; write smaller row groups"));
        }
        let wanted = wanted(name, builder.schema(), &options.columns)?;
        let mask = ProjectionMask::roots(builder.parquet_schema(), wanted.iter().copied());
        let builder = builder.with_projection(mask).with_batch_size(BATCH);
        let reader = builder.build().map_err(|e| damaged(WHAT, e))?;
        let columns = Columns::new(name, &arrow_array::RecordBatchReader::schema(&reader), &options.columns)?;
        Ok((reader, columns))
    })?;
    columns.rows(WHAT, name, &mut batches, sink)
}

fn arrow(
    name: &str,
    mut file: Box<dyn ReadSeek>,
    options: &ReadOptions,
    sink: &mut Sink<'_>,
) -> Result<ControlFlow<()>> {
    const WHAT: &str = "Arrow";
    let mut head = [0; 6];
    let io = |e| Error::io(Path::new(name), "read", e);
    file.read_exact(&mut head).map_err(io)?;
    file.rewind().map_err(io)?;
    if &head == b"ARROW1" {
        let (mut batches, columns) = guarded(WHAT, || {
            let reader = arrow_ipc::reader::FileReader::try_new_buffered(file, None).map_err(|e| damaged(WHAT, e))?;
            let columns = Columns::new(name, &reader.schema(), &options.columns)?;
            Ok((reader, columns))
        })?;
        columns.rows(WHAT, name, &mut batches, sink)
    } else {
        let (mut batches, columns) = guarded(WHAT, || {
            let reader = arrow_ipc::reader::StreamReader::try_new_buffered(file, None).map_err(|e| damaged(WHAT, e))?;
            let columns = Columns::new(name, &reader.schema(), &options.columns)?;
            Ok((reader, columns))
        })?;
        columns.rows(WHAT, name, &mut batches, sink)
    }
}

/// The numbers of the columns that are used.
fn wanted(name: &str, schema: &SchemaRef, columns: &ArticleColumns) -> Result<Vec<usize>> {
    let Columns { text, facts, path } = Columns::new(name, schema, columns)?;
    Ok([Some(text), path].into_iter().chain(facts).flatten().collect())
}

/// Where the columns are that are used.
struct Columns {
    text: usize,
    // As in `ArticleColumns::facts`.
    facts: [Option<usize>; 5],
    path: Option<usize>,
}

impl Columns {
    fn new(name: &str, schema: &SchemaRef, columns: &ArticleColumns) -> Result<Self> {
        let names = schema.fields().iter().map(|f| f.name().clone()).collect();
        let header = Header { file: name.to_owned(), line: 0, names };
        let (text, facts) = columns.of(&header)?;
        Ok(Self { text, facts, path: header.column("path").filter(|at| *at != text) })
    }

    fn rows(
        &self,
        what: &str,
        name: &str,
        batches: &mut dyn Iterator<Item = std::result::Result<RecordBatch, ArrowError>>,
        sink: &mut Sink<'_>,
    ) -> Result<ControlFlow<()>> {
        let mut number = 0u64;
        loop {
            let batch = guarded(what, || batches.next().transpose().map_err(|e| damaged(what, e)))?;
            let Some(batch) = batch else { return Ok(ControlFlow::Continue(())) };
            for row in 0..batch.num_rows() {
                number += 1;
                if sink(self.article(name, &batch, row, number)).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
    }

    fn article(&self, name: &str, batch: &RecordBatch, row: usize, number: u64) -> Result<Raw> {
        let fault = |message: String| Err(Error::data(format!("row {number}: {message}")).in_file(Path::new(name)));
        let text = match cell(batch.column(self.text).as_ref(), row) {
            Ok(Some(text)) => text,
            Ok(None) => return fault("no text".to_owned()),
            Err(kind) => return fault(format!("the text is of type {kind}; it must be text")),
        };
        if text.contains('\0') {
            return fault("the text holds a NUL character; remove it".to_owned());
        }
        let value = |at: Option<usize>| {
            let value = at.and_then(|at| cell(batch.column(at).as_ref(), row).ok().flatten());
            value.map(|v| v.trim().to_owned()).filter(|v| !v.is_empty())
        };
        let [id, title, outlet, date, lang] = self.facts.map(value);
        let facts = Document {
            id: id.unwrap_or_else(|| format!("{}:{number}", stem(name))),
            title,
            outlet,
            date,
            lang,
            path: value(self.path).or_else(|| path_of(name)),
            text,
            ..Document::default()
        };
        Ok(Raw::plain(facts, None))
    }
}

/// A cell as text, `None` for null.
///
/// # Errors
/// The type, if it is none that can be written as text.
fn cell(column: &dyn Array, row: usize) -> std::result::Result<Option<String>, String> {
    if column.is_null(row) {
        return Ok(None);
    }
    macro_rules! number {
        ($type:ty) => {
            column.as_primitive::<$type>().value(row).to_string()
        };
    }
    Ok(Some(match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
        DataType::LargeUtf8 => column.as_string::<i64>().value(row).to_owned(),
        DataType::Utf8View => column.as_string_view().value(row).to_owned(),
        DataType::Dictionary(_, _) => {
            let dictionary = column.as_any_dictionary();
            let key = dictionary.normalized_keys().get(row).copied().unwrap_or_default();
            return cell(dictionary.values().as_ref(), key);
        }
        DataType::Boolean => column.as_boolean().value(row).to_string(),
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Float32 => number!(Float32Type),
        DataType::Float64 => number!(Float64Type),
        DataType::Date32 => date(i64::from(column.as_primitive::<Date32Type>().value(row))),
        DataType::Date64 => date(column.as_primitive::<Date64Type>().value(row).div_euclid(86_400_000)),
        DataType::Timestamp(unit, _) => {
            let (value, per_second) = match unit {
                TimeUnit::Second => (column.as_primitive::<TimestampSecondType>().value(row), 1),
                TimeUnit::Millisecond => (column.as_primitive::<TimestampMillisecondType>().value(row), 1000),
                TimeUnit::Microsecond => (column.as_primitive::<TimestampMicrosecondType>().value(row), 1_000_000),
                TimeUnit::Nanosecond => (column.as_primitive::<TimestampNanosecondType>().value(row), 1_000_000_000),
            };
            let seconds = value.div_euclid(per_second);
            let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
            if second == 0 {
                date(day)
            } else {
                format!("{}T{:02}:{:02}:{:02}Z", date(day), second / 3600, second / 60 % 60, second % 60)
            }
        }
        DataType::Null => return Ok(None),
        other => return Err(other.to_string()),
    }))
}

/// A day counted from 1970-01-01, as ISO 8601. Reference: H. Hinnant, "chrono-compatible low-level date algorithms".
fn date(day: i64) -> String {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let m = (5 * of_year + 2) / 153;
    let (month, day) = (if m < 10 { m + 3 } else { m - 9 }, of_year - (153 * m + 2) / 5 + 1);
    format!("{:04}-{month:02}-{day:02}", year + era * 400 + i64::from(month <= 2))
}

/// A source that the decoder can read at any place.
#[derive(Clone)]
struct Shared {
    file: Arc<Mutex<Box<dyn ReadSeek>>>,
    length: u64,
}

impl Shared {
    fn new(mut file: Box<dyn ReadSeek>) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        Ok(Self { file: Arc::new(Mutex::new(file)), length })
    }

    fn read_at(&self, start: u64, bytes: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(start))?;
        file.read(bytes)
    }
}

impl Length for Shared {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Shared {
    type T = At;

    fn get_read(&self, start: u64) -> parquet::errors::Result<At> {
        Ok(At { source: self.clone(), at: start })
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        let end = start.checked_add(length as u64).filter(|end| *end <= self.length);
        if end.is_none() {
            return Err(parquet::errors::ParquetError::EOF("the file is cut off".to_owned()));
        }
        let mut bytes = Vec::with_capacity(length);
        At { source: self.clone(), at: start }.take(length as u64).read_to_end(&mut bytes)?;
        if bytes.len() < length {
            return Err(parquet::errors::ParquetError::EOF("the file is cut off".to_owned()));
        }
        Ok(bytes.into())
    }
}

/// Reads a [`Shared`] from one place on.
struct At {
    source: Shared,
    at: u64,
}

impl Read for At {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read_at(self.at, bytes)?;
        self.at += n as u64;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates() {
        for (day, want) in [(0, "1970-01-01"), (19_782, "2024-02-29"), (-1, "1969-12-31"), (11_016, "2000-02-29")] {
            assert_eq!(date(day), want);
        }
    }
}
