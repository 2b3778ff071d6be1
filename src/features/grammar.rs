//! Person, modality, condition, question: classes of function words, whatever the topic.

use crate::features::family::{Family, Sink, string_key};
use crate::lang::Language;
use crate::text::{Token, TokenKind, fold_word};

/// Sends the classes of function words that occur, and which of them opens the text, to `sink`.
pub(super) fn emit(text: &str, tokens: &[Token], lang: &Language, buffer: &mut String, sink: &mut impl Sink) {
    let mut is_first = true;
    for token in tokens {
        let word = token.span.of(text);
        if token.kind == TokenKind::Mark {
            if word == "?" {
                send("question", token, sink);
            }
            continue;
        }
        fold_word(word, buffer);
        for (class, table) in [
            ("first person", lang.first_person),
            ("second person", lang.second_person),
            ("modal", lang.modals),
            ("hedge", lang.hedges),
            ("condition", lang.conditionals),
            ("negation", lang.negations),
        ] {
            if table.binary_search(&buffer.as_str()).is_ok() {
                send(class, token, sink);
            }
        }
        if std::mem::take(&mut is_first) {
            let name = format!("begins {buffer}");
            sink.feature(Family::Grammar, string_key(Family::Grammar, &name), Some(token.span), || name.clone());
        }
    }
}

fn send(class: &str, token: &Token, sink: &mut impl Sink) {
    sink.feature(Family::Grammar, string_key(Family::Grammar, class), Some(token.span), || class.to_owned());
}
