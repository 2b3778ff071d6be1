//! What a quotation is about: names and noun phrases of its content, ranked; nothing where no one is likely enough.

use std::collections::HashMap;
use std::ops::Range;

use crate::document::{Document, PartKind};
use crate::lang::Language;
use crate::quotation::mention::name_run;
use crate::quotation::source::View;
use crate::quotation::tagger::logistic::Logistic;
use crate::quotation::{Attribution, Passage, Speaker};
use crate::text::{folded, tokens};

/// Number of signs of a phrase.
pub(crate) const N_TOPIC: usize = 26;
/// What is known of a phrase, see [`Topics::phrases`].
pub(crate) type TopicSigns = [f64; N_TOPIC];

/// A phrase is given only if it is at least so likely to be the target.
const LIKELY: f64 = 0.45;
/// At most so many phrases of a content are compared, and words of a phrase.
const MAX_PHRASES: usize = 24;
const MAX_WORDS: usize = 4;

/// Weights by hand: those that logistic regression gave on own articles, rounded (docs/EXTRACTOR.md).
pub(crate) const BY_HAND: [f64; N_TOPIC + 1] = [
    1.6, -0.5, 0.4, 0.0, 0.3, 0.0, -0.5, 0.0, 0.6, -0.8, -0.8, 0.3, 0.4, 0.2, 0.2, 0.1, -0.1, -0.6, 0.5, 0.2, 0.0, 0.0,
    -1.5, -0.8, -0.5, 0.0, -0.6,
];

/// How often words stand in an article, and which stand in its headline.
#[derive(Debug, Default)]
pub(crate) struct Topics {
    counts: HashMap<String, u32>,
    headline: Vec<String>,
}

/// A phrase that can be the target.
#[derive(Debug, Clone)]
pub(crate) struct Phrase {
    pub(crate) text: String,
    pub(crate) signs: TopicSigns,
}

impl Topics {
    pub(crate) fn new(document: &Document, passages: &[Passage]) -> Self {
        let mut topics = Self::default();
        for passage in passages {
            for i in (0..passage.tokens.len()).filter(|&i| passage.tokens[i].is_word()) {
                match topics.counts.get_mut(passage.folded(i)) {
                    Some(n) => *n += 1,
                    None => {
                        topics.counts.insert(passage.folded(i).to_owned(), 1);
                    }
                }
            }
        }
        for part in document.parts.iter().filter(|p| matches!(p.kind, PartKind::Headline | PartKind::Subheadline)) {
            let text = part.span.of(&document.text);
            topics.headline.extend(tokens(text).iter().map(|t| folded(t.span.of(text))));
        }
        topics
    }

    /// The likeliest phrase of a content, where it is likely enough.
    pub(crate) fn target(
        &self,
        document: &Document,
        passages: &[Passage],
        attribution: &Attribution,
        speaker: &Speaker,
        weights: &Logistic,
        lang: &Language,
    ) -> Option<String> {
        let by_hand = Logistic { weights: if weights.weights.is_empty() { BY_HAND.to_vec() } else { Vec::new() } };
        let weights = if weights.weights.is_empty() { &by_hand } else { weights };
        let phrases = self.phrases(document, passages, attribution, speaker, lang);
        let mut best: Option<(f64, &Phrase)> = None;
        for phrase in &phrases {
            let p = weights.probability(&phrase.signs);
            if best.is_none_or(|b| p > b.0) {
                best = Some((p, phrase));
            }
        }
        best.filter(|b| b.0 >= LIKELY).map(|b| b.1.text.clone())
    }

    /// Names and noun phrases of a content in order, without articles; the speaker is none of them.
    pub(crate) fn phrases(
        &self,
        document: &Document,
        passages: &[Passage],
        attribution: &Attribution,
        speaker: &Speaker,
        lang: &Language,
    ) -> Vec<Phrase> {
        let mut out: Vec<Phrase> = Vec::new();
        let mut n_before = 0;
        for (part, span) in attribution.content.iter().enumerate() {
            let first = passages.partition_point(|p| p.span.end <= span.start);
            for passage in passages[first..].iter().take_while(|p| p.span.start < span.end) {
                let view = View { text: &document.text, passage, lang };
                let content = passage.tokens_in(*span);
                let mut i = content.start;
                while i < content.end && out.len() < MAX_PHRASES {
                    let Some(phrase) = phrase_at(view, i, &content) else {
                        n_before += usize::from(view.is_word(i));
                        i += 1;
                        continue;
                    };
                    let text = view.span(&phrase).of(view.text).split_whitespace().collect::<Vec<_>>().join(" ");
                    let text = text.trim_end_matches("'s").trim_end_matches("’s").to_owned();
                    if !is_own(&text, speaker) {
                        let signs = self.signs(view, &phrase, &content, part, n_before, out.len(), lang);
                        out.push(Phrase { text, signs });
                    }
                    n_before += phrase.len();
                    i = phrase.end;
                }
            }
        }
        let n = (1.0 + out.len() as f64).ln();
        out.iter_mut().for_each(|p| p.signs[17] = n);
        out
    }

    #[expect(clippy::too_many_arguments, reason = "one place calls it, with what it has just found")]
    fn signs(
        &self,
        view: View<'_>,
        phrase: &Range<usize>,
        content: &Range<usize>,
        part: usize,
        n_words: usize,
        n_phrases: usize,
        lang: &Language,
    ) -> TopicSigns {
        let yes = |x: bool| f64::from(u8::from(x));
        let head = view.folded(phrase.end - 1).trim_end_matches("'s");
        let determiner = phrase.start > content.start && lang.is_determiner(view.folded(phrase.start - 1));
        let article = if determiner { view.folded(phrase.start - 1) } else { "" };
        let at = phrase.start - usize::from(determiner);
        let before = if at > content.start { view.folded(at - 1) } else { "" };
        let behind = if phrase.end < content.end { view.folded(phrase.end) } else { "" };
        let is_mark = |w: &str| !w.chars().any(char::is_alphanumeric);
        let opens = part == 0 && at == content.start
            || part == 0 && at == content.start + 1 && (lang.is_complementizer(before) || is_mark(before));
        let sentence = before.is_empty() || matches!(before, "." | "!" | "?");
        let words: Vec<&str> = phrase.clone().map(|i| view.folded(i)).collect();
        let country = lang.country_at(&words).is_some();
        let capital = phrase.clone().all(|i| !view.is_word(i) || view.is_name_word(i) || i > phrase.start);
        let name = view.is_name_word(phrase.start) && !(sentence && phrase.len() == 1 && !country) && capital;
        let count = self.counts.get(head).copied().unwrap_or(1);
        let singular = head.strip_suffix('s').unwrap_or(head);
        let address = matches!(before, "against" | "with" | "on" | "towards" | "toward" | "about" | "over" | "from");
        let preposition = lang.is_preposition(before);
        let verb = lang.is_auxiliary(behind) || behind.ends_with("ed") || lang.is_negation(behind);
        let pronoun = lang.pronoun(view.folded(content.start)).is_some();
        let quoted = view.depth(phrase.start) > 0;
        [
            yes(opens),
            (1.0 + n_words as f64).ln(),
            yes(article.starts_with("the") || article.starts_with("th")),
            yes(matches!(article, "a" | "an")),
            yes(name),
            yes(country),
            yes(lang.is_given_name(words[0])),
            yes(matches!(article, "my" | "our" | "your" | "their" | "his" | "her" | "its")),
            yes(address),
            yes(before == "of"),
            yes(preposition && !address && before != "of"),
            yes(verb || behind == "to"),
            yes(!preposition && !opens && !sentence && !is_mark(before)),
            f64::from(count).ln(),
            yes(self.headline.iter().any(|w| w == head || w == singular || w.strip_suffix('s') == Some(head))),
            (phrase.len() as f64).ln(),
            (1.0 + content.len() as f64).ln(),
            0.0,
            yes(n_phrases == 0),
            yes(count > 1),
            yes(quoted),
            yes(lang.organization_head(head).is_some() || lang.role(head).is_some() || lang.collective(head).is_some()),
            yes(words.iter().any(|w| lang.is_time_word(w))),
            yes(part > 0 || (content.start..phrase.start).any(|i| matches!(view.word(i), "." | "!" | "?"))),
            yes(pronoun),
            yes(matches!(behind, "of" | "on" | "for" | "to")),
        ]
    }
}

/// Whether a phrase is the speaker, or a part of the speaker's name.
fn is_own(text: &str, speaker: &Speaker) -> bool {
    let words = text.split(' ');
    speaker.name.as_deref().is_some_and(|name| words.clone().all(|w| name.split(' ').any(|n| n == w)))
}

/// The phrase that begins at token `i`: a name, or the words behind a determiner or where a clause begins.
fn phrase_at(view: View<'_>, i: usize, content: &Range<usize>) -> Option<Range<usize>> {
    let lang = view.lang;
    if !view.is_word(i) {
        return None;
    }
    let word = view.folded(i);
    let is_stop = |j: usize| {
        let word = view.folded(j);
        !view.is_word(j)
            || lang.is_preposition(word)
            || lang.is_conjunction(word)
            || lang.is_determiner(word)
            || lang.is_auxiliary(word)
            || lang.pronoun(word).is_some()
            || lang.ends_phrase(word)
            || lang.is_negation(word)
            || !view.is_capital(j) && (lang.is_adverb(word) || lang.is_complementizer(word))
    };
    if view.is_name_word(i) && !is_stop(i) && i > content.start {
        let run = name_run(view, i);
        return Some(run.start..run.end.min(content.end));
    }
    if is_stop(i) {
        return None;
    }
    let before = i.checked_sub(1).filter(|&b| b >= content.start);
    let determined = before.is_some_and(|b| lang.is_determiner(view.folded(b)));
    let opens = before.is_none_or(|b| view.is_mark(b) || lang.is_complementizer(view.folded(b)));
    let behind_preposition = before.is_some_and(|b| lang.is_preposition(view.folded(b)) && view.folded(b) != "to");
    if !(determined || (opens || behind_preposition) && (word.ends_with('s') || view.is_capital(i)))
        || word.ends_with("ing")
    {
        return None;
    }
    let mut end = i + 1;
    while end < content.end && end - i < MAX_WORDS && !is_stop(end) {
        let word = view.folded(end);
        let verb =
            word.ends_with("ed") || lang.cue_class(word).is_some() && !lang.is_also_noun(word) || word.ends_with("ing");
        let behind_plural = view.folded(end - 1).ends_with('s') && !view.folded(end - 1).ends_with("ss");
        if verb || behind_plural {
            break;
        }
        end += 1;
    }
    Some(i..end)
}
