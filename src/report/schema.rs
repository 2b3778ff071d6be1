//! What the commands write, as JSON Schema (draft 2020-12) and as a table for the documentation.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use crate::report::columns::{Columns, Field, Kind};
use crate::report::json::QUOTATION_SCHEMA;

/// What there is a schema of.
pub const NAMES: [&str; 4] = ["quotation", "statement", "evaluation", "comparison"];

/// The JSON Schema called `name`, one of [`NAMES`].
pub fn json_schema(name: &str) -> Option<Value> {
    let (title, mut body) = match name {
        "quotation" => (QUOTATION_SCHEMA, quotation()),
        "statement" => (QUOTATION_SCHEMA, statement()),
        "evaluation" => ("demarche.evaluation/1", evaluation()),
        "comparison" => ("demarche.comparison/1", comparison()),
        _ => return None,
    };
    let schema = body.as_object_mut()?;
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("$id".to_owned(), json!(format!("urn:{}:{name}", title.replace('/', ":"))));
    schema.insert("title".to_owned(), json!(title));
    Some(body)
}

/// `extract -f jsonl` and `score -f jsonl`: one object a line.
fn quotation() -> Value {
    let columns = Columns::new(None, false, true);
    let mut top = object(Map::new());
    for field in columns.fields() {
        insert(&mut top, &field.name, leaf(field), !field.name.contains("byte"));
    }
    if let Some(properties) = top["properties"].as_object_mut() {
        properties["schema"] = json!({"const": QUOTATION_SCHEMA});
        properties["quotation"]["properties"]["kind"]["enum"] = json!(["direct", "mixed", "indirect"]);
        for place in ["cue", "source"] {
            // Where they are unknown, the whole is null; where they are known, all of it is.
            properties[place]["type"] = json!(["object", "null"]);
            for value in properties[place]["properties"].as_object_mut().into_iter().flat_map(Map::values_mut) {
                let known = value["type"][0].clone();
                value["type"] = known;
            }
        }
        let order = properties.remove("warnings");
        properties.insert("tasks".to_owned(), tasks());
        properties.insert("explanation".to_owned(), explanation());
        properties.insert("model".to_owned(), model());
        properties.extend(order.map(|o| ("warnings".to_owned(), o)));
    }
    top
}

/// `score --statements -f jsonl`: one object a line.
fn statement() -> Value {
    json!({
        "type": "object", "additionalProperties": false,
        "required": ["schema", "id", "text", "tasks", "model", "warnings"],
        "properties": {
            "schema": {"const": QUOTATION_SCHEMA},
            "id": {"type": "string", "description": "id of the row, else its number"},
            "text": {"type": "string", "description": "what was classified"},
            "tasks": tasks(), "explanation": explanation(), "model": model(),
            "warnings": {"type": "array", "items": {"type": "string"}}
        }
    })
}

fn tasks() -> Value {
    json!({
        "type": "object", "description": "by task (score only); in tables tasks.<task>.labels, .probabilities.<label>, .abstained",
        "additionalProperties": {
            "type": "object", "additionalProperties": false, "required": ["labels", "probabilities", "abstained"],
            "properties": {
                "labels": {"type": "array", "items": {"type": "string"}, "description": "labels that hold"},
                "probabilities": {"type": "object", "additionalProperties": {"type": "number", "minimum": 0, "maximum": 1}},
                "abstained": {"type": "array", "items": {"type": "string"}, "description": "labels not sure enough to be said"}
            }
        }
    })
}

fn explanation() -> Value {
    let number = json!({"type": "number"});
    json!({
        "type": "array", "description": "with --explain: intercept + contributions = logit",
        "items": {
            "type": "object", "additionalProperties": false,
            "required": ["task", "label", "intercept", "logit", "speaker_share", "contributions"],
            "properties": {
                "task": {"type": "string"}, "label": {"type": "string"}, "intercept": number, "logit": number,
                "speaker_share": {"type": "number", "minimum": 0, "maximum": 1},
                "contributions": {"type": "array", "items": {
                    "type": "object", "additionalProperties": false, "required": ["feature", "start", "end", "value"],
                    "properties": {
                        "feature": {"type": "string"}, "start": {"type": ["integer", "null"]},
                        "end": {"type": ["integer", "null"]}, "value": number
                    }
                }}
            }
        }
    })
}

fn model() -> Value {
    let text = json!({"type": "string"});
    json!({
        "type": "object", "description": "the model (score only)", "additionalProperties": false,
        "required": ["id", "name", "version"], "properties": {"id": text, "name": text, "version": text}
    })
}

/// `evaluate -f json` and `train -f json`: one object. More figures may be added.
fn evaluation() -> Value {
    let figures = json!({
        "type": "object", "required": ["macro_f1", "micro_f1", "labels", "ece", "brier", "log_loss"],
        "properties": {
            "macro_f1": {"type": "object", "required": ["value", "low", "high"]},
            "labels": {"type": "object", "additionalProperties": {
                "type": "object", "required": ["precision", "recall", "f1", "average_precision", "support", "threshold"]
            }}
        }
    });
    json!({
        "type": "object", "required": ["schema", "model", "data", "tasks"],
        "properties": {
            "schema": {"const": "demarche.evaluation/1"}, "model": {"type": "object"}, "data": {"type": ["object", "array"]},
            "tasks": {"type": "object", "additionalProperties": figures}
        }
    })
}

/// `compare -f json`: one object. More figures may be added.
fn comparison() -> Value {
    json!({
        "type": "object", "required": ["schema", "old", "new", "delta", "flips", "gates"],
        "properties": {
            "schema": {"const": "demarche.comparison/1"}, "flips": {"type": "array"},
            "gates": {"type": "array", "items": {
                "type": "object", "required": ["expression", "value", "holds"],
                "properties": {"expression": {"type": "string"}, "value": {"type": ["number", "null"]}, "holds": {"type": "boolean"}}
            }}
        }
    })
}

fn object(properties: Map<String, Value>) -> Value {
    json!({"type": "object", "additionalProperties": false, "required": [], "properties": properties})
}

/// Puts a property under its path, with the objects on the way.
fn insert(parent: &mut Value, path: &str, value: Value, required: bool) {
    let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
    if let Some(list) = parent["required"].as_array_mut()
        && required
        && !list.contains(&json!(key))
    {
        list.push(json!(key));
    }
    let Some(properties) = parent["properties"].as_object_mut() else { return };
    match rest {
        None => {
            properties.insert(key.to_owned(), value);
        }
        Some(rest) => {
            let child = properties.entry(key).or_insert_with(|| object(Map::new()));
            insert(child, rest, value, required);
        }
    }
}

fn leaf(field: &Field) -> Value {
    let kind = |name: &str| if field.nullable { json!([name, "null"]) } else { json!(name) };
    let mut value = match field.kind {
        Kind::Text | Kind::Json => json!({"type": kind("string"), "minLength": 1}),
        Kind::Count => json!({"type": kind("integer"), "minimum": 0}),
        Kind::Share => json!({"type": kind("number"), "minimum": 0, "maximum": 1}),
        Kind::Flag => json!({"type": kind("boolean")}),
        Kind::Texts => json!({"type": "array", "items": {"type": "string"}}),
        Kind::Spans => {
            let offset = json!({"type": "integer", "minimum": 0});
            json!({"type": "array", "items": {"type": "array", "items": offset, "minItems": 2, "maxItems": 2}})
        }
    };
    value["description"] = json!(field.meaning);
    value
}

/// The columns of quotations as a table in Markdown: name, type in JSON, in Arrow and Parquet, meaning.
pub fn markdown() -> String {
    let mut out = String::from("| field | JSON | Arrow, Parquet | meaning |\n| --- | --- | --- | --- |\n");
    let columns = Columns::new(None, false, true);
    let (warnings, fields) = columns.fields().split_last().map_or((None, &[][..]), |(w, f)| (Some(w), f));
    let scored = [
        ("tasks.<task>.labels", Kind::Texts, "labels that hold (score only)"),
        ("tasks.<task>.probabilities.<label>", Kind::Share, "probability of each label (score only)"),
        ("tasks.<task>.abstained", Kind::Texts, "labels not sure enough to be said (score only)"),
        ("explanation", Kind::Json, "contributions to each label that holds (--explain); in tables as JSON text"),
        ("model.id, .name, .version", Kind::Text, "the model (score only)"),
    ];
    let mut row = |name: &str, kind: Kind, nullable: bool, meaning: &str| {
        let (json, arrow) = match kind {
            Kind::Text => ("string", "utf8"),
            Kind::Count => ("integer", "int64"),
            Kind::Share => ("number, 0 to 1", "float64"),
            Kind::Flag => ("boolean", "bool"),
            Kind::Texts => ("array of strings", "list<utf8>"),
            Kind::Spans => ("array of [start, end]", "list<struct<start: int64, end: int64>>"),
            Kind::Json => ("array of objects", "utf8"),
        };
        let or_null = if nullable { " or null" } else { "" };
        let _ = writeln!(out, "| `{name}` | {json}{or_null} | {arrow} | {meaning} |");
    };
    fields.iter().for_each(|f| row(&f.name, f.kind, f.nullable, f.meaning));
    scored.iter().for_each(|(name, kind, meaning)| row(name, *kind, false, meaning));
    warnings.iter().for_each(|f| row(&f.name, f.kind, f.nullable, f.meaning));
    out
}
