//! Quotations as Arrow columns: IPC streams, IPC files and Parquet, all with the same columns as CSV.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float64Builder, Int64Builder, ListBuilder, StringBuilder, StructBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::{FileWriter, StreamWriter};
use arrow_schema::{DataType, Field as ArrowField, Fields, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use crate::error::{Error, ErrorKind, Result};
use crate::report::columns::{Cell, Field, Kind};
use crate::report::json::QUOTATION_SCHEMA;

/// Rows of a batch.
const BATCH: usize = 2048;
/// Rows of a row group.
const ROW_GROUP: usize = 32 << 10;

fn fault(error: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Io, format!("can not write columns: {error}"))
}

fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Text | Kind::Json => DataType::Utf8,
        Kind::Count => DataType::Int64,
        Kind::Share => DataType::Float64,
        Kind::Flag => DataType::Boolean,
        Kind::Texts => DataType::List(Arc::new(ArrowField::new("item", DataType::Utf8, true))),
        Kind::Spans => DataType::List(Arc::new(ArrowField::new("item", DataType::Struct(span_fields()), true))),
    }
}

fn span_fields() -> Fields {
    Fields::from(vec![ArrowField::new("start", DataType::Int64, false), ArrowField::new("end", DataType::Int64, false)])
}

/// The columns as an Arrow schema; its metadata name ours.
pub fn schema(fields: &[Field]) -> SchemaRef {
    let columns: Vec<ArrowField> =
        fields.iter().map(|f| ArrowField::new(&f.name, data_type(f.kind), f.nullable)).collect();
    let metadata = HashMap::from([("schema".to_owned(), QUOTATION_SCHEMA.to_owned())]);
    Arc::new(Schema::new_with_metadata(columns, metadata))
}

/// Turns rows into an IPC stream, some at a time. How rows fall into batches depends on [`Batches::push`] alone.
pub struct Batches {
    kinds: Vec<Kind>,
    schema: SchemaRef,
    rows: Vec<Vec<Cell>>,
    writer: StreamWriter<Vec<u8>>,
}

impl Batches {
    /// For rows of these columns. `goes_on`: the stream has begun already, so that its schema is not written again.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if the schema can not be written.
    pub fn new(fields: &[Field], goes_on: bool) -> Result<Self> {
        let schema = schema(fields);
        let mut writer = StreamWriter::try_new(Vec::new(), &schema).map_err(fault)?;
        if goes_on {
            writer.get_mut().clear();
        }
        Ok(Self { kinds: fields.iter().map(|f| f.kind).collect(), schema, rows: Vec::new(), writer })
    }

    /// Adds the rows of one article. Gives the bytes that are ready, if the stream stands at the end of a batch: all rows
    /// so far are in it.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if they can not be written.
    pub fn push(&mut self, rows: Vec<Vec<Cell>>) -> Result<Option<Vec<u8>>> {
        self.rows.extend(rows);
        if self.rows.len() >= BATCH {
            self.write_batch()?;
        }
        Ok(self.rows.is_empty().then(|| std::mem::take(self.writer.get_mut())))
    }

    /// The last batch and the end of the stream.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if they can not be written.
    pub fn finish(mut self) -> Result<Vec<u8>> {
        self.write_batch()?;
        self.writer.finish().map_err(fault)?;
        self.writer.into_inner().map_err(fault)
    }

    fn write_batch(&mut self) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let arrays: Vec<ArrayRef> =
            self.kinds.iter().enumerate().map(|(i, kind)| column(*kind, self.rows.iter().map(|r| &r[i]))).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays).map_err(fault)?;
        self.rows.clear();
        self.writer.write(&batch).map_err(fault)
    }
}

fn column<'c>(kind: Kind, cells: impl Iterator<Item = &'c Cell>) -> ArrayRef {
    match kind {
        Kind::Text | Kind::Json => {
            let mut column = StringBuilder::new();
            cells.for_each(|c| column.append_option(if let Cell::Text(t) = c { Some(t) } else { None }));
            Arc::new(column.finish())
        }
        Kind::Count => {
            let mut column = Int64Builder::new();
            cells.for_each(|c| column.append_option(if let Cell::Count(n) = c { Some(*n as i64) } else { None }));
            Arc::new(column.finish())
        }
        Kind::Share => {
            let mut column = Float64Builder::new();
            cells.for_each(|c| column.append_option(if let Cell::Share(x) = c { Some(*x) } else { None }));
            Arc::new(column.finish())
        }
        Kind::Flag => {
            let mut column = BooleanBuilder::new();
            cells.for_each(|c| column.append_option(if let Cell::Flag(f) = c { Some(*f) } else { None }));
            Arc::new(column.finish())
        }
        Kind::Texts => {
            let mut column = ListBuilder::new(StringBuilder::new());
            for cell in cells {
                if let Cell::Texts(list) = cell {
                    list.iter().for_each(|t| column.values().append_value(t));
                }
                column.append(matches!(cell, Cell::Texts(_)));
            }
            Arc::new(column.finish())
        }
        Kind::Spans => {
            let mut column = ListBuilder::new(StructBuilder::from_fields(span_fields(), 0));
            for cell in cells {
                if let Cell::Spans(spans) = cell {
                    for span in spans {
                        for (i, at) in span.iter().enumerate() {
                            if let Some(values) = column.values().field_builder::<Int64Builder>(i) {
                                values.append_value(*at as i64);
                            }
                        }
                        column.values().append(true);
                    }
                }
                column.append(matches!(cell, Cell::Spans(_)));
            }
            Arc::new(column.finish())
        }
    }
}

/// Which file an IPC stream becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Parquet, compressed with Snappy.
    Parquet,
    /// An Arrow IPC file (Feather 2).
    Arrow,
}

/// Writes what the IPC `stream` of [`Batches`] holds as a file, a batch at a time.
///
/// # Errors
/// [`ErrorKind::Io`] if it can not be read or written.
pub fn convert(stream: impl Read, target: Target, writer: &mut (impl Write + Send)) -> Result<()> {
    let batches = StreamReader::try_new_buffered(stream, None).map_err(fault)?;
    let schema = batches.schema();
    match target {
        Target::Arrow => {
            let mut file = FileWriter::try_new(writer, &schema).map_err(fault)?;
            for batch in batches {
                file.write(&batch.map_err(fault)?).map_err(fault)?;
            }
            file.finish().map_err(fault)
        }
        Target::Parquet => {
            let settings = WriterProperties::builder()
                .set_compression(Compression::SNAPPY)
                .set_max_row_group_row_count(Some(ROW_GROUP))
                .set_created_by("demarche".to_owned())
                .build();
            let mut file = ArrowWriter::try_new(writer, schema, Some(settings)).map_err(fault)?;
            for batch in batches {
                file.write(&batch.map_err(fault)?).map_err(fault)?;
            }
            file.close().map(|_| ()).map_err(fault)
        }
    }
}
