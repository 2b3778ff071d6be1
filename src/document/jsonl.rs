//! Articles as JSON Lines: one object a line.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::document::records::MAX_COLUMNS;
use crate::document::{ArticleColumns, Document, Raw, path_of, stem};
use crate::error::{Error, Result};
use crate::text::check_utf8;

/// Cap on one line, in bytes.
pub const MAX_LINE: u64 = 64 << 20;

/// Reads one JSON object a line; blank lines are skipped. One line at a time in memory.
pub struct Objects<R> {
    name: String,
    reader: BufReader<R>,
    line: u64,
    byte: u64,
    bytes: Vec<u8>,
    failed: bool,
    /// Whether a line was read that is not blank.
    begun: bool,
    unasked: Vec<String>,
    /// Keys whose arrays are joined, with what stands for an empty one.
    joined: Vec<(String, &'static str)>,
}

/// The text values of one object under the keys asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object {
    /// Its line, from 1.
    pub line: u64,
    /// A value for each key asked for, in that order; numbers and truth values as text, `null` as `None`.
    pub values: Vec<Option<String>>,
}

impl<R: Read> Objects<R> {
    /// Objects of `reader`, which begins at byte `first_byte` of the file called `name`, without byte order mark.
    pub fn new(name: &str, reader: R, first_byte: u64) -> Self {
        let reader = BufReader::with_capacity(64 << 10, reader);
        Self {
            name: name.to_owned(),
            reader,
            line: 0,
            byte: first_byte,
            bytes: Vec::new(),
            failed: false,
            begun: false,
            unasked: Vec::new(),
            joined: Vec::new(),
        }
    }

    /// The same; an array or object under one of these keys is taken for `null`.
    #[must_use]
    pub fn without_nested(self, unasked: &[&str]) -> Self {
        Self { unasked: unasked.iter().map(|k| (*k).to_owned()).collect(), ..self }
    }

    /// The same; the values of an array under one of these keys are joined by a bar, objects under it are taken for `null`. Beside each
    /// what stands for an empty array.
    #[must_use]
    pub fn with_joined(self, joined: Vec<(String, &'static str)>) -> Self {
        Self { joined, ..self }
    }

    /// The keys of all objects that are left, in the order in which they first come; not those that hold nothing but objects. Lines that
    /// can not be read have none.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Data`] for more keys than a table may have columns; [`crate::error::ErrorKind::Io`] if reading fails.
    pub fn all_keys(mut self) -> Result<Vec<String>> {
        let (mut keys, mut seen) = (Vec::new(), BTreeSet::new());
        loop {
            match self.read_line() {
                Ok(false) => return Ok(keys),
                Ok(true) => {}
                Err(error) if self.failed => return Err(error.in_file(Path::new(&self.name))),
                Err(_) => continue,
            }
            let Ok(Pairs(pairs)) = serde_json::from_slice(&self.bytes) else { continue };
            for (key, _) in pairs.into_iter().filter(|(key, value)| !key.is_empty() && !value.is_object()) {
                if seen.insert(key.clone()) {
                    keys.push(key);
                }
            }
            if keys.len() > MAX_COLUMNS {
                let error = Error::data(format!("more than {MAX_COLUMNS} keys")).at_line(self.line);
                return Err(error.in_file(Path::new(&self.name)));
            }
        }
    }

    /// The values under `keys` of the next object; `None` at the end. "a.b" is also "b" in the object under "a". After an error
    /// reading goes on at the next line.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Data`] with file and line if a line is no JSON object, is not UTF-8, holds a NUL, has
    /// a key twice, has an array or object under one of `keys`, or is longer than 64 MB;
    /// [`crate::error::ErrorKind::Io`] if reading fails.
    pub fn next_object(&mut self, keys: &[&str]) -> Result<Option<Object>> {
        let file = self.name.clone();
        loop {
            match self.read_line() {
                Ok(false) => return Ok(None),
                Ok(true) if self.bytes.trim_ascii().is_empty() => {}
                Ok(true) if !std::mem::replace(&mut self.begun, true) && is_spread(&self.bytes) => {
                    // No line of it can be read.
                    self.failed = true;
                    let message = "JSON, but not one object a line; turn it into JSON Lines: jq -c '.[]' FILE for an array, jq -c \
                                   . FILE for objects over several lines";
                    return Err(Error::data(message).at_line(self.line).in_file(Path::new(&file)));
                }
                Ok(true) => return self.parse(keys).map(Some).map_err(|e| e.in_file(Path::new(&file))),
                Err(error) => return Err(error.in_file(Path::new(&file))),
            }
        }
    }

    fn read_line(&mut self) -> Result<bool> {
        self.byte += self.bytes.len() as u64;
        self.bytes.clear();
        self.line += 1;
        if self.failed {
            return Ok(false);
        }
        // A stream that fails is at its end: who goes on after an error must not go on for ever.
        let mut io = |e| {
            self.failed = true;
            Error::io(Path::new(&self.name), "read", e)
        };
        (&mut self.reader).take(MAX_LINE + 1).read_until(b'\n', &mut self.bytes).map_err(&mut io)?;
        if self.bytes.len() as u64 > MAX_LINE {
            self.byte += self.reader.skip_until(b'\n').map_err(&mut io)? as u64;
            return Err(Error::data("a line of more than 64 MB; put one object on each line").at_line(self.line));
        }
        Ok(!self.bytes.is_empty())
    }

    fn parse(&self, keys: &[&str]) -> Result<Object> {
        let text = check_utf8(&self.bytes, self.line, self.byte)?;
        let mut parser = serde_json::Deserializer::from_str(text);
        let mut values = vec![None; keys.len()];
        let read = Keys { keys, unasked: &self.unasked, joined: &self.joined, front: "", values: &mut values }
            .deserialize(&mut parser);
        read.and_then(|()| parser.end()).map_err(|e| {
            let message = e.to_string();
            let what = message.split(" at line ").next().unwrap_or_default();
            let byte = self.byte + e.column().saturating_sub(1) as u64;
            Error::data(format!("not a JSON object: {what}")).at_line(self.line).at_byte(byte).caused_by(e)
        })?;
        if let Some(at) = values.iter().position(|v| v.as_ref().is_some_and(|v| v.contains('\0'))) {
            return Err(
                Error::data(format!("key \"{}\" holds a NUL character; remove it", keys[at])).at_line(self.line)
            );
        }
        Ok(Object { line: self.line, values })
    }
}

/// Whether this begins a JSON array, or an object that goes on on other lines.
fn is_spread(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line == b"{"
        || line.strip_prefix(b"[").is_some_and(|rest| matches!(rest.trim_ascii_start(), [] | [b'{' | b']', ..]))
}

/// Reads an object and keeps the values under some keys.
struct Keys<'k> {
    keys: &'k [&'k str],
    unasked: &'k [String],
    joined: &'k [(String, &'static str)],
    /// The keys of the objects around it, each with a dot behind.
    front: &'k str,
    values: &'k mut Vec<Option<String>>,
}

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("one object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<(), A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            let whole =
                if self.front.is_empty() { Cow::Borrowed(&key) } else { Cow::Owned(format!("{}{key}", self.front)) };
            let is_around = |k: &&str| k.strip_prefix(whole.as_str()).is_some_and(|rest| rest.starts_with('.'));
            match self.keys.iter().position(|k| *k == *whole) {
                Some(at) => {
                    let joined = self.joined.iter().find(|(key, _)| *key == *whole);
                    let nested = match joined {
                        Some((_, empty)) => Nested::Joined(empty),
                        None if self.unasked.contains(&whole) => Nested::LeftOut,
                        None => Nested::Refused,
                    };
                    self.values[at] = map.next_value_seed(Scalar { key: &whole, nested })?;
                }
                None if self.keys.iter().any(is_around) => {
                    let front = format!("{whole}.");
                    map.next_value_seed(Inner(Keys { front: &front, values: &mut *self.values, ..self }))?;
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            if seen.contains(&key) {
                return Err(serde::de::Error::custom(format!("key \"{key}\" comes twice; remove one")));
            }
            seen.insert(key);
        }
        Ok(())
    }
}

/// An object inside another; anything else there is passed over.
struct Inner<'k>(Keys<'k>);

impl<'de> DeserializeSeed<'de> for Inner<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Inner<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> std::result::Result<(), A::Error> {
        self.0.visit_map(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> std::result::Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> std::result::Result<(), E> {
        Ok(())
    }
}

/// The keys and values of an object in their order.
struct Pairs(Vec<(String, serde_json::Value)>);

impl<'de> serde::Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor).map(Self)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Vec<(String, serde_json::Value)>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("one object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(pairs)
    }
}

/// One value as text.
struct Scalar<'k> {
    key: &'k str,
    nested: Nested,
}

/// What becomes of an array or object where text is looked for.
#[derive(Clone, Copy, PartialEq)]
enum Nested {
    Refused,
    LeftOut,
    /// The values of an array are joined; this stands for an empty one.
    Joined(&'static str),
}

impl<'de> DeserializeSeed<'de> for Scalar<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

type Text<E> = std::result::Result<Option<String>, E>;

impl<'de> Visitor<'de> for Scalar<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "text under key \"{}\"", self.key)
    }

    fn visit_str<E>(self, value: &str) -> Text<E> {
        Ok(Some(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Text<E> {
        Ok(Some(value))
    }

    fn visit_bool<E>(self, value: bool) -> Text<E> {
        Ok(Some(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Text<E> {
        Ok(Some(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Text<E> {
        Ok(Some(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Text<E> {
        Ok(Some(value.to_string()))
    }

    fn visit_unit<E>(self) -> Text<E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Text<A::Error> {
        match self.nested {
            Nested::Refused => {}
            Nested::LeftOut => {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(None);
            }
            Nested::Joined(empty) => {
                let mut values: Vec<String> = Vec::new();
                while let Some(value) = seq.next_element_seed(Scalar { nested: Nested::LeftOut, ..self })? {
                    values.extend(value);
                }
                return Ok(Some(if values.is_empty() { empty.to_owned() } else { values.join("|") }));
            }
        }
        Err(serde::de::Error::custom(format!("an array under key \"{}\" where text is needed", self.key)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Text<A::Error> {
        if self.nested != Nested::Refused {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(None);
        }
        Err(serde::de::Error::custom(format!("an object under key \"{}\" where text is needed", self.key)))
    }
}

/// Articles of JSON Lines, one at a time in memory.
///
/// Keys: `text` (required), `id` (else file name and line), `title`, `outlet`, `date`, `lang`, `path`; others are ignored.
pub struct JsonDocuments<R> {
    objects: Objects<R>,
    columns: ArticleColumns,
}

impl<R: Read> JsonDocuments<R> {
    /// Articles of `reader`, as [`Objects::new`], with their facts under these keys.
    pub fn new(name: &str, reader: R, first_byte: u64, columns: &ArticleColumns) -> Self {
        Self { objects: Objects::new(name, reader, first_byte), columns: columns.clone() }
    }

    fn next_article(&mut self) -> Result<Option<Raw>> {
        let [id, title, outlet, date, lang] = self.columns.facts();
        let keys = [&self.columns.text, id, title, outlet, date, lang, "path"];
        let Some(object) = self.objects.next_object(&keys)? else { return Ok(None) };
        let name = &self.objects.name;
        let mut values = object.values.into_iter();
        let Some(text) = values.next().flatten() else {
            let message = format!("no text under key \"{}\"", self.columns.text);
            return Err(Error::data(message).in_file(Path::new(name)).at_line(object.line));
        };
        let mut next = || values.next().flatten().map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let id = next().unwrap_or_else(|| format!("{}:{}", stem(name), object.line));
        let (title, outlet, date, lang) = (next(), next(), next(), next());
        let path = next().or_else(|| path_of(name));
        let facts = Document { id, path, title, outlet, date, lang, text, ..Document::default() };
        Ok(Some(Raw::plain(facts, Some(object.line))))
    }
}

impl<R: Read> Iterator for JsonDocuments<R> {
    type Item = Result<Raw>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_article().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<std::result::Result<Document, String>> {
        JsonDocuments::new("data/a.jsonl", text, 0, &ArticleColumns::default())
            .map(|d| d.map(|d| d.document(None)).map_err(|e| e.to_string()))
            .collect()
    }

    fn error(text: &[u8]) -> String {
        read(text).into_iter().find_map(|d| d.err()).unwrap()
    }

    #[test]
    fn objects_become_documents() {
        let text = b"{\"id\":7,\"title\":\"T\",\"text\":\"T\\n\\nHe said it.\",\"outlet\":\"X\",\"date\":null,\"topic\":{\"a\":[1]}}\r\n\n \n{\"text\":\"Yes.\"}";
        let documents: Vec<Document> = read(text).into_iter().map(|d| d.unwrap()).collect();
        assert_eq!(documents[0].id, "7");
        assert_eq!(documents[0].title.as_deref(), Some("T"));
        assert_eq!(documents[0].date, None);
        assert_eq!(documents[0].parts.len(), 2);
        assert_eq!(documents[1].id, "a:4");
        assert_eq!(documents[1].path.as_deref(), Some("data/a.jsonl"));
    }

    #[test]
    fn broken_lines_are_named_and_passed_over() {
        assert_eq!(error(b"{\"text\":\"a\"}\n\n{\"id\":\"x\"}"), "data/a.jsonl:3: no text under key \"text\"");
        assert!(error(b"{\"text\":null}").contains("no text"));
        assert!(error(b"{\"text\":\"a\",\"x\":1,\"x\":2}").contains("key \"x\" comes twice"));
        assert!(error(b"{\"text\":[\"a\"]}").contains("an array under key \"text\""));
        assert!(error(b"[1]").starts_with("data/a.jsonl:1: byte 0: not a JSON object"));
        assert!(error(b"{\"text\":\"a\"} x").contains("trailing"));
        assert!(error(b"{\"text\":\"a\\u0000\"}").contains("NUL"));
        assert!(error(b"{}\n{\"text\":\"\xff\"}").starts_with("data/a.jsonl:1"));
        assert!(
            read(b"{}\n{\"text\":\"\xff\"}")[1].as_ref().unwrap_err().starts_with("data/a.jsonl:2: byte 12: invalid")
        );
        assert!(read(b"nonsense\n{\"text\":\"a\"}")[1].is_ok());
        let deep = format!("{{\"x\":{}", "[".repeat(300_000));
        assert!(error(deep.as_bytes()).contains("EOF"), "no overflow of the stack");
    }

    #[test]
    fn keys_lead_into_objects() {
        let read = |line: &str| {
            let mut objects = Objects::new("a.jsonl", line.as_bytes(), 0).without_nested(&["c"]);
            objects.next_object(&["a.b", "c", "d.e.f"]).map(|o| o.unwrap().values).map_err(|e| e.to_string())
        };
        let some = |v: &str| Some(v.to_owned());
        assert_eq!(
            read(r#"{"a":{"x":[1],"b":"y"},"c":{"x":{}},"d":{"e":{"f":2}}}"#).unwrap(),
            [some("y"), None, some("2")]
        );
        assert_eq!(read(r#"{"a.b":"y","a":["b"],"c":[[]],"d":{"e":null}}"#).unwrap(), [some("y"), None, None]);
        assert!(read(r#"{"a":{"b":{}}}"#).unwrap_err().contains("an object under key \"a.b\""));
        assert!(read(r#"{"a":{"b":1,"b":2}}"#).unwrap_err().contains("key \"b\" comes twice"));
    }

    #[test]
    fn keys_of_a_file_and_joined_arrays() {
        let text = "{\"b\":1,\"a\":{\"x\":1}}\nnonsense\n{\"a\":null,\"c\":[],\"\":2,\"d\":{}}";
        assert_eq!(Objects::new("a.jsonl", text.as_bytes(), 0).all_keys().unwrap(), ["b", "a", "c"]);
        let line = r#"{"a":["x",["y"],null,2],"b":[],"c":[],"d":{"x":1},"e":""}"#;
        let joined = [("a", "-"), ("b", "none"), ("c", ""), ("d", "none"), ("e", "none")];
        let joined = joined.map(|(key, empty)| (key.to_owned(), empty)).to_vec();
        let mut objects = Objects::new("a.jsonl", line.as_bytes(), 0).with_joined(joined);
        let some = |v: &str| Some(v.to_owned());
        let values = objects.next_object(&["a", "b", "c", "d", "e"]).unwrap().unwrap().values;
        assert_eq!(values, [some("x|2"), some("none"), some(""), None, some("")]);
        let many: String = (0..=MAX_COLUMNS).map(|i| format!("{{\"k{i}\":1}}\n")).collect();
        let error = Objects::new("a.jsonl", many.as_bytes(), 0).all_keys().unwrap_err().to_string();
        assert_eq!(error, "a.jsonl:4097: more than 4096 keys");
    }

    #[test]
    fn arrays_and_printed_objects_are_named_once() {
        for text in ["[{\"text\":\"a\"},\n{\"text\":\"b\"}]", "\n[\n{\"text\":\"a\"}\n]\n", "{\n  \"text\": \"a\"\n}\n"]
        {
            let found = read(text.as_bytes());
            assert!(found.len() == 1 && found[0].as_ref().is_err_and(|e| e.contains("jq -c '.[]' FILE")), "{found:?}");
        }
        assert_eq!(read(b"{\"text\":\"a\"}\n[{}]\n{\"text\":\"b\"}").len(), 3, "a broken line among good ones");
    }
}
