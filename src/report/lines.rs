//! A record of a quotation as a line of JSON.

use serde::Serialize;

use crate::report::json::{Place, Record};

/// Appends a record and a line end as serde_json writes it (a test compares them).
///
/// serde_json looks at each byte of each text, and writes each bracket and comma by itself: that took ten times as many
/// instructions, 3 % of extraction.
///
/// # Errors
/// Those of serde_json, of which a record has no cause.
pub fn push_line(record: &Record<'_>, out: &mut Vec<u8>) -> serde_json::Result<()> {
    let mut line = Line { out };
    line.text("{\"schema\":", record.schema)?;
    let a = &record.article;
    line.text(",\"article\":{\"id\":", a.id)?;
    line.maybe(",\"path\":", a.path)?;
    line.maybe(",\"title\":", a.title)?;
    line.maybe(",\"outlet\":", a.outlet)?;
    line.maybe(",\"date\":", a.date)?;
    line.maybe(",\"lang\":", a.lang)?;
    line.maybe(",\"duplicate_of\":", a.duplicate_of)?;
    let q = &record.quotation;
    line.text("},\"quotation\":{\"id\":", &q.id)?;
    line.text(",\"kind\":", q.kind)?;
    line.value(",\"content\":", &q.content)?;
    if let Some(bytes) = &q.content_bytes {
        line.value(",\"content_bytes\":", bytes)?;
    }
    line.text(",\"text\":", &q.text)?;
    line.value(",\"paragraph\":", &q.paragraph)?;
    line.place("},\"cue\":", record.cue.as_ref())?;
    line.place(",\"source\":", record.source.as_ref())?;
    let s = &record.speaker;
    line.maybe(",\"speaker\":{\"name\":", s.name)?;
    line.maybe(",\"description\":", s.description)?;
    line.maybe(",\"role\":", s.role)?;
    line.maybe(",\"organization\":", s.organization)?;
    line.maybe(",\"country\":", s.country)?;
    line.maybe("},\"holder\":{\"name\":", record.holder.name)?;
    line.value(",\"same_as_speaker\":", &record.holder.same_as_speaker)?;
    line.maybe("},\"target\":", record.target)?;
    line.value(",\"confidence\":", &record.confidence)?;
    if let Some(tasks) = &record.tasks {
        line.value(",\"tasks\":", tasks)?;
    }
    if let Some(explanation) = &record.explanation {
        line.value(",\"explanation\":", explanation)?;
    }
    if let Some(model) = &record.model {
        line.value(",\"model\":", model)?;
    }
    line.put(",\"warnings\":[");
    for (i, warning) in record.warnings.iter().enumerate() {
        line.text(if i > 0 { "," } else { "" }, warning)?;
    }
    line.put("]}\n");
    Ok(())
}

/// Where a line is written; the text in front of a value holds its key.
struct Line<'o> {
    out: &'o mut Vec<u8>,
}

impl Line<'_> {
    fn put(&mut self, bytes: &str) {
        self.out.extend_from_slice(bytes.as_bytes());
    }

    fn text(&mut self, before: &str, text: &str) -> serde_json::Result<()> {
        self.put(before);
        // No early end: so the compiler looks at many bytes at once.
        let is_plain = text.bytes().fold(true, |plain, b| plain & (b >= b' ') & (b != b'"') & (b != b'\\'));
        if !is_plain {
            return serde_json::to_writer(&mut *self.out, text);
        }
        self.out.push(b'"');
        self.put(text);
        self.out.push(b'"');
        Ok(())
    }

    fn maybe(&mut self, before: &str, text: Option<&str>) -> serde_json::Result<()> {
        match text {
            Some(text) => self.text(before, text)?,
            None => {
                self.put(before);
                self.put("null");
            }
        }
        Ok(())
    }

    fn value(&mut self, before: &str, value: &impl Serialize) -> serde_json::Result<()> {
        self.put(before);
        serde_json::to_writer(&mut *self.out, value)
    }

    fn place(&mut self, before: &str, place: Option<&Place<'_>>) -> serde_json::Result<()> {
        self.put(before);
        let Some(place) = place else {
            self.put("null");
            return Ok(());
        };
        self.text("{\"text\":", place.text)?;
        self.value(",\"start\":", &place.start)?;
        self.value(",\"end\":", &place.end)?;
        if let (Some(start), Some(end)) = (place.start_byte, place.end_byte) {
            self.value(",\"start_byte\":", &start)?;
            self.value(",\"end_byte\":", &end)?;
        }
        self.put("}");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::plain;
    use crate::report::json::{ModelRecord, extracted};
    use crate::report::{Offsets, Unit};

    #[test]
    fn lines_are_as_serde_writes_them() {
        let text = "Ärger\n\n\"We are\tready for a \\ and \u{7f}’,\" Tor Ekdal, the minister, said, \"and will \u{1} stay so.\"\n\n\
                    The firm said it was not.";
        for (title, unit) in [(None, Unit::Both), (Some("a \"b\" \u{8}".to_owned()), Unit::Scalars)] {
            let mut document = plain::document(text.to_owned(), title);
            document.id = "a/\"1\"".to_owned();
            document.warnings = vec!["one".to_owned(), "\ttwo\n".to_owned()];
            let offsets = Offsets::new(&document.text, unit);
            let found = crate::pipeline::extract(&document, &crate::quotation::Rules).unwrap();
            assert!(found.len() > 1, "{found:?}");
            for quotation in &found {
                let mut record = extracted(&document, quotation, &offsets);
                let model = ModelRecord { id: "blake3:0", name: "a \"b\"", version: "2" };
                for explanation in [None, Some(json!([{"label": "a\"b", "logit": 0.25}]))] {
                    record.model = explanation.is_some().then_some(model);
                    record.explanation = explanation;
                    let mut line = Vec::new();
                    push_line(&record, &mut line).unwrap();
                    assert_eq!(String::from_utf8(line).unwrap(), serde_json::to_string(&record).unwrap() + "\n");
                }
            }
        }
    }
}
