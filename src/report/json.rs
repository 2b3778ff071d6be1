//! The record of one quotation, as JSON: schema `demarche.quotation/1`.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::document::Document;
use crate::label::LabelSet;
use crate::model::{Explanation, Model, Scores};
use crate::pipeline::Scored;
use crate::quotation::Quotation;
use crate::report::Offsets;
use crate::text::Span;

/// Name and version of the schema of quotations.
pub const QUOTATION_SCHEMA: &str = "demarche.quotation/1";

/// The record of one quotation; fields in the order of the schema.
#[derive(Clone, Serialize)]
pub struct Record<'a> {
    /// Always [`QUOTATION_SCHEMA`].
    pub schema: &'static str,
    /// The article it stands in.
    pub article: ArticleRecord<'a>,
    /// What was said.
    pub quotation: QuotationRecord<'a>,
    /// The reporting words.
    pub cue: Option<Place<'a>>,
    /// The words that name who said it.
    pub source: Option<Place<'a>>,
    /// Who said it.
    pub speaker: SpeakerRecord<'a>,
    /// Whose position it is.
    pub holder: HolderRecord<'a>,
    /// At whom or what it is directed.
    pub target: Option<&'a str>,
    /// In 0..=1.
    pub confidence: f64,
    /// Labels and probabilities by task; absent in extraction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tasks: Option<Tasks<'a>>,
    /// Contributions; absent unless asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Value>,
    /// The model; absent in extraction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelRecord<'a>>,
    /// What a reader should know.
    pub warnings: Vec<&'a str>,
}

/// The model in a record, as [`Model::record`].
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ModelRecord<'a> {
    /// See [`Model::id`].
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
}

/// An article in a record.
#[derive(Debug, Clone, Serialize)]
pub struct ArticleRecord<'a> {
    /// Its name.
    pub id: &'a str,
    /// Where it was read from.
    pub path: Option<&'a str>,
    /// Headline.
    pub title: Option<&'a str>,
    /// Who published it.
    pub outlet: Option<&'a str>,
    /// Date.
    pub date: Option<&'a str>,
    /// Language.
    pub lang: Option<&'a str>,
    /// The id of the earlier article that this one is a copy of.
    pub duplicate_of: Option<&'a str>,
}

/// A quotation in a record.
#[derive(Debug, Clone, Serialize)]
pub struct QuotationRecord<'a> {
    /// Hash of article id and content spans: the same in every run.
    pub id: String,
    /// "direct", "mixed" or "indirect".
    pub kind: &'static str,
    /// Half-open offsets of the content.
    pub content: Vec<[usize; 2]>,
    /// The same in bytes, where both are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_bytes: Option<Vec<[usize; 2]>>,
    /// The content, its spans joined by one blank.
    pub text: Cow<'a, str>,
    /// Number of the paragraph, from 0.
    pub paragraph: usize,
}

/// Words of an article and where they stand.
#[derive(Debug, Clone, Serialize)]
pub struct Place<'a> {
    /// The words.
    pub text: &'a str,
    /// Offset of the first.
    pub start: usize,
    /// Offset behind the last.
    pub end: usize,
    /// The first in bytes, where both are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_byte: Option<usize>,
    /// The end in bytes, where both are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_byte: Option<usize>,
}

/// A speaker in a record.
#[derive(Debug, Clone, Serialize)]
pub struct SpeakerRecord<'a> {
    /// The fullest name in the article.
    pub name: Option<&'a str>,
    /// The words for somebody without a name.
    pub description: Option<&'a str>,
    /// Class of the role.
    pub role: Option<&'a str>,
    /// Organization.
    pub organization: Option<&'a str>,
    /// ISO 3166 two-letter code.
    pub country: Option<&'a str>,
}

/// A holder in a record.
#[derive(Debug, Clone, Serialize)]
pub struct HolderRecord<'a> {
    /// The fullest name.
    pub name: Option<&'a str>,
    /// Whether the speaker speaks for itself.
    pub same_as_speaker: bool,
}

/// The record of an extracted quotation. `offsets` must be made for the document's text.
pub fn extracted<'a>(document: &'a Document, quotation: &'a Quotation, offsets: &Offsets) -> Record<'a> {
    let text = &document.text;
    let place = |span: Span| {
        let [start, end] = offsets.span(text, span);
        let bytes = offsets.has_both().then_some(span);
        Place { text: span.of(text), start, end, start_byte: bytes.map(|s| s.start), end_byte: bytes.map(|s| s.end) }
    };
    let speaker = &quotation.speaker;
    Record {
        schema: QUOTATION_SCHEMA,
        article: ArticleRecord {
            id: &document.id,
            path: document.path.as_deref(),
            title: document.title.as_deref(),
            outlet: document.outlet.as_deref(),
            date: document.date.as_deref(),
            lang: document.lang.as_deref(),
            duplicate_of: None,
        },
        quotation: QuotationRecord {
            id: quotation_id(document, quotation, offsets),
            kind: quotation.kind.name(),
            content: quotation.content.iter().map(|s| offsets.span(text, *s)).collect(),
            content_bytes: offsets.has_both().then(|| quotation.content.iter().map(|s| [s.start, s.end]).collect()),
            text: match quotation.content[..] {
                [only] => Cow::Borrowed(only.of(text)),
                _ => Cow::Owned(quotation.text(document)),
            },
            paragraph: quotation.paragraph,
        },
        cue: quotation.cue.map(place),
        source: quotation.source.map(place),
        speaker: SpeakerRecord {
            name: speaker.name.as_deref(),
            description: speaker.description.as_deref(),
            role: speaker.role.as_deref(),
            organization: speaker.organization.as_deref(),
            country: speaker.country.as_deref(),
        },
        holder: HolderRecord {
            name: quotation.holder.name.as_deref(),
            same_as_speaker: quotation.holder.same_as_speaker,
        },
        target: quotation.target.as_deref(),
        confidence: rounded(quotation.confidence),
        tasks: None,
        explanation: None,
        model: None,
        warnings: document.warnings.iter().chain(&quotation.warnings).map(String::as_str).collect(),
    }
}

/// The record of a scored quotation, with at most `n_contributions` contributions a label.
pub fn scored<'a>(
    document: &'a Document,
    scored: &'a Scored,
    model: &'a Model,
    offsets: &Offsets,
    n_contributions: usize,
) -> Record<'a> {
    let mut record = extracted(document, &scored.quotation, offsets);
    record.tasks = Some(Tasks { model, scores: &scored.scores });
    let header = model.header();
    record.model = Some(ModelRecord { id: model.id(), name: &header.name, version: &header.version });
    if n_contributions > 0 {
        let place = |span: Span| {
            let in_document =
                Span::new(scored.quotation.document_byte(span.start), scored.quotation.document_byte(span.end));
            offsets.span(&document.text, in_document)
        };
        record.explanation = Some(explanation(model, &scored.explanations, n_contributions, place));
    }
    if scored.scores.unknown {
        record.warnings.push(UNKNOWN);
    }
    record
}

/// The record of a row that was a quotation already.
#[derive(Serialize)]
pub struct StatementRecord<'a> {
    /// Always [`QUOTATION_SCHEMA`].
    pub schema: &'static str,
    /// Name of the row.
    pub id: &'a str,
    /// Its text.
    pub text: &'a str,
    /// Labels and probabilities by task.
    pub tasks: Tasks<'a>,
    /// Contributions; absent unless asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Value>,
    /// The model.
    pub model: &'a Value,
    /// What a reader should know.
    pub warnings: &'a [&'static str],
}

/// Labels and probabilities by task. Written at once, without a tree of values between: `score --statements -f jsonl` takes
/// half of the time.
#[derive(Clone, Copy)]
pub struct Tasks<'a> {
    /// The model.
    pub model: &'a Model,
    /// What it says.
    pub scores: &'a Scores,
}

impl Serialize for Tasks<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct OneTask<'a> {
            #[serde(serialize_with = "names")]
            labels: (&'a LabelSet, &'a [usize]),
            #[serde(serialize_with = "named")]
            probabilities: (&'a LabelSet, &'a [f64]),
            #[serde(serialize_with = "names")]
            abstained: (&'a LabelSet, &'a [usize]),
        }
        fn names<S: Serializer>((set, numbers): &(&LabelSet, &[usize]), serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(numbers.iter().map(|&k| set.name(k)))
        }
        fn named<S: Serializer>((set, shares): &(&LabelSet, &[f64]), serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_map(set.names().zip(*shares))
        }
        serializer.collect_map(self.model.tasks().zip(&self.scores.tasks).map(|(task, scores)| {
            let set = &task.labels;
            let labels = (set, &scores.labels[..]);
            let (probabilities, abstained) = ((set, &scores.probabilities[..]), (set, &scores.abstained[..]));
            (&task.name, OneTask { labels, probabilities, abstained })
        }))
    }
}

/// The warning of a statement in which the model knows no word.
pub const UNKNOWN: &str = "the model knows no word of this text; no label is given";

/// Explanations, each with its `n` largest contributions and the sum of the others, so that
/// intercept + contributions = logit. `place` turns bytes of the statement's text into offsets.
pub fn explanation(model: &Model, explanations: &[Explanation], n: usize, place: impl Fn(Span) -> [usize; 2]) -> Value {
    let tasks: Vec<_> = model.tasks().collect();
    explanations
        .iter()
        .map(|e| {
            let task = tasks[e.task];
            let contributions: Vec<Value> = e
                .clone()
                .shortened(n)
                .contributions
                .into_iter()
                .map(|c| {
                    let place = c.span.map(&place);
                    json!({"feature": c.feature, "start": place.map(|p| p[0]), "end": place.map(|p| p[1]), "value": c.value})
                })
                .collect();
            json!({
                "task": task.name, "label": task.labels.name(e.label), "intercept": e.intercept, "logit": e.logit,
                "speaker_share": e.speaker_share, "contributions": contributions
            })
        })
        .collect()
}

/// Hash of article id and content spans (in scalars), 16 hexadecimal digits. `offsets` must be made for the document's text.
pub fn quotation_id(document: &Document, quotation: &Quotation, offsets: &Offsets) -> String {
    let mut hashed = Vec::with_capacity(document.id.len() + 32 * quotation.content.len());
    hashed.extend_from_slice(document.id.as_bytes());
    for span in &quotation.content {
        for (before, at) in [(b'\0', span.start), (b'-', span.end)] {
            hashed.push(before);
            push_number(offsets.scalar(&document.text, at), &mut hashed);
        }
    }
    let hash = blake3::hash(&hashed);
    // Digits by hand: `format!` took as long as the hash.
    let digits = hash.as_bytes().iter().take(8).flat_map(|b| [b >> 4, b & 15]);
    digits.map(|d| char::from(b"0123456789abcdef"[usize::from(d)])).collect()
}

/// Appends a number in decimal digits.
fn push_number(n: usize, out: &mut Vec<u8>) {
    let from = out.len();
    let mut rest = n;
    loop {
        out.push(b'0' + (rest % 10) as u8);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out[from..].reverse();
}

/// Confidence is an estimate: three decimals say all that it knows.
fn rounded(x: f64) -> f64 {
    (x * 1000.0).round() / 1000.0
}
