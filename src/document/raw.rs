//! An article as it stands in its file, before anything is known of its parts.
//!
//! Readers run on one thread; what takes time (pages, parts, languages) is done in [`Raw::document`], on any thread.

use crate::document::{Document, plain, two_letters};

/// An article as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Raw {
    /// What is known of it; its text is as in the file, and it has no parts.
    pub facts: Document,
    /// Line of the file on which it begins, from 1, where it has one.
    pub line: Option<u64>,
    /// Whether the text is a web page.
    pub is_page: bool,
    /// Whether the text is a fragment of HTML (an entry of a feed).
    pub is_fragment: bool,
}

impl Raw {
    /// An article of plain text.
    pub fn plain(facts: Document, line: Option<u64>) -> Self {
        Self { facts, line, ..Self::default() }
    }

    /// The article with its parts. `language`: taken for that of the article, whatever it says; without it a long text
    /// that says nothing that is known as a language is looked at. Never fails. O(bytes).
    pub fn document(self, language: Option<&str>) -> Document {
        let Self { facts, is_page, is_fragment, .. } = self;
        #[cfg(feature = "formats")]
        let facts = match (is_page, is_fragment) {
            (true, _) => crate::document::html::page(facts),
            (_, true) => Document { text: crate::document::html::fragment(&facts.text), ..facts },
            _ => facts,
        };
        #[cfg(not(feature = "formats"))]
        let _ = (is_page, is_fragment);
        let Document { id, path, title, outlet, date, lang, text, guessed_encoding, warnings, .. } = facts;
        let read = plain::document(text, title);
        let lang = lang.as_deref().and_then(two_letters).map(str::to_owned);
        #[cfg(feature = "formats")]
        let lang = if is_page || lang.is_none() { crate::document::language::detect(&read).or(lang) } else { lang };
        let lang = language.map(str::to_owned).or(lang);
        let guess =
            guessed_encoding.map(|name| format!("read as {name}, which is a guess; --encoding names the right one"));
        let n_lost = read.text.matches('\u{fffd}').count();
        let lost = (n_lost > 0).then(|| {
            let (s, stands) = if n_lost == 1 { ("", "stands") } else { ("s", "stand") };
            format!("{n_lost} broken character{s} {stands} as U+FFFD: the file is damaged, or in another encoding than it says")
        });
        let warnings = warnings.into_iter().chain(guess).chain(lost).chain(read.warnings).collect();
        Document { id, path, outlet, date, lang, guessed_encoding, warnings, ..read }
    }
}
