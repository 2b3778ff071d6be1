//! How it is reported: words and class of the cue, kind of the quotation.

use crate::features::family::{Family, Sink, string_key};
use crate::lang::Language;
use crate::statement::Statement;
use crate::text::{fold_word, tokens};

/// Sends the cue's stems, their pairs, the cue's class and the quotation's kind to `sink`.
pub(super) fn emit(
    statement: &Statement,
    lang: &Language,
    stem: impl Fn(&str) -> String,
    buffer: &mut String,
    sink: &mut impl Sink,
) {
    let mut send = |name: String| sink.feature(Family::Cue, string_key(Family::Cue, &name), None, || name.clone());
    if let Some(kind) = statement.kind {
        send(format!("kind={}", kind.name()));
    }
    let Some(cue) = &statement.cue else { return };
    let mut previous: Option<String> = None;
    let mut class = None;
    for token in tokens(cue).iter().filter(|t| t.is_word()).take(12) {
        fold_word(token.span.of(cue), buffer);
        class = lang.cue_class(buffer).or(class);
        let stem = stem(buffer);
        if let Some(previous) = previous {
            send(format!("{previous} {stem}"));
        }
        send(stem.clone());
        previous = Some(stem);
    }
    if let Some(class) = class {
        send(format!("class={}", class.name()));
    }
}
