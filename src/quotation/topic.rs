//! What a quotation is about: names and noun phrases of its content, ranked; nothing where no one is likely enough.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::FixedState;

use crate::document::{Document, PartKind};
use crate::lang::{CueClass, TermKind};
use crate::quotation::mention::name_run;
use crate::quotation::phrase::{is_genitive, noun_phrases};
use crate::quotation::source::{View, bare};
use crate::quotation::speaker::Resolver;
use crate::quotation::tagger::logistic::Logistic;
use crate::quotation::{Attribution, Holder, Passage, Speaker};
use crate::text::{folded, tokens};

/// Number of signs of a phrase.
pub(crate) const N_TOPIC: usize = 52;
/// What is known of a phrase, see [`Topics::phrases`].
pub(crate) type TopicSigns = [f64; N_TOPIC];

/// A phrase is given only if it is at least so likely to be the target.
const LIKELY: f64 = 0.5;
/// At most so many phrases of a content are compared.
const MAX_PHRASES: usize = 24;

/// Weights by hand: those that logistic regression gave on own articles, rounded (docs/EXTRACTOR.md).
pub(crate) const BY_HAND: [f64; N_TOPIC + 1] = [
    0.48, -0.42, 0.39, 0.36, 0.06, 0.06, 0.16, -0.42, 0.36, 1.00, -0.20, 0.60, 0.41, 0.18, 0.60, 0.63, -0.29, -1.11,
    1.20, 0.57, -0.51, 0.13, 0.00, 0.56, 0.42, -0.38, -0.38, -0.89, -0.13, -0.64, 0.18, 0.10, 0.07, 0.80, -1.75, 0.29,
    0.66, -0.44, -0.21, 0.96, -0.58, -0.60, 0.21, -0.08, 0.21, -0.33, 0.21, -0.24, -0.16, -0.36, -0.05, -1.06, 1.40,
];

/// How often a word stands in an article.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    n: u32,
    /// ... with a capital behind another word.
    proper: u32,
    headline: bool,
    lead: bool,
}

/// The words of an article.
#[derive(Debug, Default)]
pub(crate) struct Topics<'a> {
    counts: HashMap<&'a str, Count, FixedState>,
}

/// A phrase that can be the target.
#[derive(Debug, Clone)]
pub(crate) struct Phrase {
    pub(crate) text: String,
    pub(crate) signs: TopicSigns,
}

/// Whose words a content holds.
pub(crate) struct Said<'s> {
    pub(crate) attribution: &'s Attribution,
    pub(crate) speaker: &'s Speaker,
    pub(crate) holder: &'s Holder,
    /// Country of the holder.
    pub(crate) own: Option<&'s str>,
}

impl<'a> Topics<'a> {
    pub(crate) fn new(document: &Document, passages: &'a [Passage]) -> Self {
        let mut topics = Self::default();
        for passage in passages {
            for i in (0..passage.tokens.len()).filter(|&i| passage.tokens[i].is_word()) {
                let count = topics.counts.entry(bare(passage.folded(i))).or_default();
                count.n += 1;
                count.proper += u32::from(passage.tokens[i].capital && i > 0 && passage.tokens[i - 1].is_word());
                count.lead |= passage.index < 2;
            }
        }
        for part in document.parts.iter().filter(|p| matches!(p.kind, PartKind::Headline | PartKind::Subheadline)) {
            let text = part.span.of(&document.text);
            for token in tokens(text) {
                if let Some(count) = topics.counts.get_mut(bare(&folded(token.span.of(text)))) {
                    count.headline = true;
                }
            }
        }
        topics
    }

    /// The likeliest phrase of a content, where it is likely enough.
    pub(crate) fn target(&self, resolver: &Resolver<'_>, said: &Said<'_>, weights: &Logistic) -> Option<String> {
        let by_hand;
        let weights = if weights.weights.len() == N_TOPIC + 1 {
            weights
        } else {
            by_hand = Logistic { weights: BY_HAND.to_vec() };
            &by_hand
        };
        let phrases = self.phrases(resolver, said);
        let mut best: Option<(f64, &Phrase)> = None;
        for phrase in &phrases {
            let p = weights.probability(&phrase.signs);
            if best.is_none_or(|b| p > b.0) {
                best = Some((p, phrase));
            }
        }
        best.filter(|b| b.0 >= LIKELY).map(|b| b.1.text.clone())
    }

    /// Names and noun phrases of a content in order, without articles; neither the speaker nor the holder.
    pub(crate) fn phrases(&self, resolver: &Resolver<'_>, said: &Said<'_>) -> Vec<Phrase> {
        let mut out: Vec<Phrase> = Vec::new();
        let mut found = Vec::new();
        let mut n_before = 0;
        for (part, span) in said.attribution.content.iter().enumerate() {
            let first = resolver.passages.partition_point(|p| p.span.end <= span.start);
            for passage in resolver.passages[first..].iter().take_while(|p| p.span.start < span.end) {
                let view = View { text: &resolver.document.text, passage, lang: resolver.lang };
                let content = passage.tokens_in(*span);
                found.clear();
                noun_phrases(view, &content, &mut found);
                for range in found.iter().take(MAX_PHRASES.saturating_sub(out.len())) {
                    let words = (content.start..range.start).filter(|&i| view.is_word(i)).count();
                    let place =
                        Where { view, content: &content, part, n_words: n_before + words, n_phrases: out.len() };
                    if let Some(phrase) = self.phrase(resolver, range.clone(), &place, said) {
                        out.push(phrase);
                    }
                }
                n_before += content.clone().filter(|&i| view.is_word(i)).count();
            }
        }
        let n = (1.0 + out.len() as f64).ln();
        out.iter_mut().for_each(|p| p.signs[17] = n);
        out
    }

    /// A noun phrase as it can be given: a person by the full name, nobody's own name, no bare adjective of a nation.
    fn phrase(
        &self,
        resolver: &Resolver<'_>,
        mut range: Range<usize>,
        place: &Where<'_>,
        said: &Said<'_>,
    ) -> Option<Phrase> {
        let view = place.view;
        let lang = view.lang;
        let opens_sentence = |i: usize| {
            i == 0
                || view.is_mark(i - 1)
                    && !matches!(view.word(i - 1), "," | "-" | "‑" | "'" | "’" | "(" | ";" | "–" | "—")
        };
        let is_proper = |i: usize| {
            view.is_capital(i)
                && (!opens_sentence(i)
                    || self.counts.get(bare(view.folded(i))).is_some_and(|c| c.proper > 0)
                    || lang.country_term(bare(view.folded(i))).is_some()
                    || view.tables(i).is_given_name()
                    || range.len() > 1 && i + 1 < range.end && view.is_capital(i + 1))
        };
        let first_name = range.clone().find(|&i| view.is_word(i) && is_proper(i));
        let mut person = None;
        if let Some(first) = first_name {
            let nation = nation_at(view, first, range.end);
            if nation.is_some_and(|n| n.0 == range.end && n.1 == TermKind::Adjective)
                && first == range.start
                && !is_genitive(view, range.end - 1)
                && !(range.start > place.content.start && view.folded(range.start - 1) == "the")
            {
                return None;
            }
            // "North Korean leader Kim Jong-un", "foreign minister X": the name alone.
            let mut name = nation.map_or(first, |n| n.0);
            while name < range.end && !(view.is_word(name) && view.is_capital(name)) {
                name += 1;
            }
            if name < range.end && name_run(view, name).end >= range.end && nation_at(view, name, range.end).is_none() {
                person = resolver.named_person(view, name..range.end, view.passage.tokens[name].span.start);
                if person.is_some() || name > range.start && view.is_source_noun(name - 1) {
                    range.start = name;
                }
            }
        }
        let text = match person {
            Some(i) => resolver.cast.persons[i].name.clone(),
            None => {
                let text = view.span(&range).of(view.text).split_whitespace().collect::<Vec<_>>().join(" ");
                text.trim_end_matches("'s").trim_end_matches("’s").to_owned()
            }
        };
        if is_own(&text, said) {
            return None;
        }
        let signs = self.signs(&range, place, said, first_name.is_some(), person.is_some());
        Some(Phrase { text, signs })
    }

    fn signs(&self, range: &Range<usize>, place: &Where<'_>, said: &Said<'_>, name: bool, person: bool) -> TopicSigns {
        let (view, content) = (place.view, place.content);
        let lang = view.lang;
        let yes = |x: bool| f64::from(u8::from(x));
        let last = range.end - 1;
        let head = bare(view.folded(last));
        let previous = |i: usize| i.checked_sub(1).filter(|&b| b >= content.start);
        let word_at = |i: Option<usize>| i.map_or("", |i| view.folded(i));
        let numbered = previous(range.start).is_some_and(|b| {
            view.tables(b).is_numeral() || view.passage.tokens[b].kind == crate::text::TokenKind::Number
        });
        let at = range.start - usize::from(numbered);
        let determiner = previous(at).filter(|&b| view.tables(b).is_determiner());
        let article = word_at(determiner);
        let at = at - usize::from(determiner.is_some());
        let before = word_at(previous(at));
        let genitive_before = previous(range.start).is_some_and(|b| is_genitive(view, b));
        let genitive = is_genitive(view, last);
        let behind = if range.end < content.end { view.folded(range.end) } else { "" };
        let behind_at = view.tables(if range.end < content.end { range.end } else { usize::MAX });
        let is_mark = |w: &str| !w.chars().any(char::is_alphanumeric);
        let opens = place.part == 0
            && (at == content.start || at == content.start + 1 && (lang.is_complementizer(before) || is_mark(before)));
        let sentence = before.is_empty() || matches!(before, "." | "!" | "?");
        let words = view.words(range);
        let stripped: Vec<&str> = words.iter().map(|w| bare(w)).collect();
        let nation = lang.country_at(&stripped);
        let country = nation.is_some_and(|c| c.0 == words.len() && c.2 != TermKind::Adjective);
        let own = nation.is_some_and(|c| said.own == Some(c.1));
        let count = self.counts.get(head).copied().unwrap_or_default();
        let singular = self.counts.get(head.strip_suffix('s').unwrap_or(head)).copied().unwrap_or_default();
        let n = (count.n + if singular.n > 0 && head.ends_with('s') { singular.n } else { 0 }).max(1);
        let address = matches!(before, "against" | "with" | "on" | "towards" | "toward" | "about" | "over" | "from");
        let preposition = lang.is_preposition(before);
        let verb =
            behind_at.is_auxiliary() || behind.ends_with("ed") || behind_at.is_verb() || lang.is_negation(behind);
        let pronoun = view.tables(content.start).is_pronoun();
        let capital_verb = lang.cue_class(behind);
        let attitude = lang.attitude((range.end..content.end.min(range.end + 6)).map(|j| view.folded(j))).map(|a| a.1);
        let holds = attitude.or(capital_verb).filter(|_| !behind.ends_with("ing"));
        let cue = said.attribution.cue.map(|c| c.of(view.text).rsplit(' ').next().unwrap_or_default());
        let demanded = cue.is_some_and(|c| lang.cue_class(c) == Some(CueClass::Demand))
            || content.start > 0 && view.folded(content.start - 1) == "on";
        let before_cue = lang.cue_class(before);
        let before_at = view.tables(previous(at).unwrap_or(usize::MAX));
        [
            yes(opens),
            (1.0 + place.n_words as f64).ln(),
            yes(article == "the"),
            yes(matches!(article, "a" | "an")),
            yes(name),
            yes(country),
            yes(person),
            yes(matches!(article, "my" | "our" | "your" | "their" | "his" | "her" | "its")),
            yes(address),
            yes(before == "of"),
            yes(preposition && !address && before != "of"),
            yes(verb),
            yes(before_at.is_verb()
                || before.ends_with("ed")
                || before.ends_with("ing")
                || before_at.is_verb_or_noun()),
            f64::from(n).ln(),
            yes(count.headline || singular.headline),
            (range.len() as f64).ln(),
            (1.0 + content.len() as f64).ln(),
            0.0,
            yes(place.n_phrases == 0),
            yes(n > 1),
            yes(view.depth(range.start) > 0),
            yes(lang.is_organization_head(head) || lang.is_role(head) || lang.is_collective(head)),
            yes(words.iter().any(|w| lang.is_time_word(w))),
            yes(place.part > 0 || (content.start..range.start).any(|i| matches!(view.word(i), "." | "!" | "?"))),
            yes(pronoun),
            yes(matches!(behind, "of" | "on" | "for" | "to")),
            yes(own),
            yes(holds.is_some()),
            yes(matches!(holds, Some(CueClass::Hope | CueClass::Demand | CueClass::Think | CueClass::Fear))),
            yes(article.is_empty() && !numbered && !genitive_before && !name),
            yes(article.starts_with("th") && article != "the"),
            yes(matches!(article, "no" | "any" | "every" | "all" | "some" | "each" | "many" | "both")),
            yes(nation.is_some_and(|c| c.2 == TermKind::Adjective && c.0 < words.len())),
            yes(head.ends_with('s') && !head.ends_with("ss")),
            yes(view.tables(last).is_measure()),
            yes(head.ends_with("ion") || head.ends_with("ment") || head.ends_with("ity") || head.ends_with("ing")),
            yes(matches!(before_cue, Some(CueClass::Demand))),
            yes(numbered),
            yes(genitive),
            yes(genitive_before),
            yes(lang.is_auxiliary(before) || before.starts_with("n't")),
            yes(behind.is_empty()),
            yes(behind == "to"),
            yes(count.lead || singular.lead),
            yes(lang.is_role(head)),
            yes(lang.is_organization_head(head)),
            yes(sentence),
            yes(before == "," || before == "and" || before == "or"),
            yes(demanded && behind == "to"),
            yes(demanded),
            yes(opens && behind_at.is_auxiliary() && article == "the"),
            yes(own && opens),
        ]
    }
}

/// Where a phrase stands.
struct Where<'v> {
    view: View<'v>,
    content: &'v Range<usize>,
    part: usize,
    n_words: usize,
    n_phrases: usize,
}

/// The country named at token `i`: where its name ends, and how it is named.
fn nation_at(view: View<'_>, i: usize, end: usize) -> Option<(usize, TermKind)> {
    let words = (i..end.min(i + 6)).map(|j| bare(view.folded(j)));
    let words: Vec<&str> = words.collect();
    view.lang.country_at(&words).map(|(n, _, kind)| (i + n, kind))
}

/// Whether a phrase is the speaker or the holder, or a part of the name.
fn is_own(text: &str, said: &Said<'_>) -> bool {
    let within = |name: &str| text.split(' ').all(|w| name.split(' ').any(|n| n.eq_ignore_ascii_case(w)));
    [&said.speaker.name, &said.speaker.organization, &said.holder.name].into_iter().flatten().any(|n| within(n))
}
