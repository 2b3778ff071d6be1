//! What a quotation is about: names and noun phrases of its content, ranked; nothing where no one is likely enough.

use std::ops::Range;
use std::sync::LazyLock;

use crate::lang::{CueClass, Language, TermKind};
use crate::quotation::mention::name_run;
use crate::quotation::phrase::{is_genitive, noun_phrases};
use crate::quotation::source::View;
use crate::quotation::speaker::Resolver;
use crate::quotation::tagger::logistic::Logistic;
use crate::quotation::vocabulary::Vocabulary;
use crate::quotation::{Attribution, Holder, Speaker};
use crate::text::TokenKind;

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

/// What quotations of an article are about.
#[derive(Debug)]
pub(crate) struct Topics<'a> {
    words: &'a Vocabulary,
}

/// A phrase that can be the target, where it stands.
pub(crate) struct Phrase<'v> {
    range: Range<usize>,
    /// Whether it has a name in it, and the person of the cast whose name it is.
    name: bool,
    person: Option<usize>,
    view: View<'v>,
    content: Range<usize>,
    part: usize,
    /// Words of the content before it, and whether a sentence has ended among them.
    n_words: usize,
    later: bool,
}

impl Phrase<'_> {
    pub(crate) fn text(&self, resolver: &Resolver<'_>) -> String {
        match self.person {
            Some(i) => resolver.cast.persons[i].name.clone(),
            None => {
                let mut text = self.view.spaced(&self.range);
                text.truncate(without_genitive(self.view, &self.range, &text).len());
                text
            }
        }
    }
}

/// Whose words a content holds.
pub(crate) struct Said<'s> {
    pub(crate) attribution: &'s Attribution,
    pub(crate) speaker: &'s Speaker,
    pub(crate) holder: &'s Holder,
    /// Country of the holder.
    pub(crate) own: Option<&'s str>,
    /// Whether the cue demands.
    pub(crate) demanded: bool,
}

/// Whether the last word of a cue demands something.
pub(crate) fn is_demanded(attribution: &Attribution, text: &str, lang: &Language) -> bool {
    let word = attribution.cue.map(|c| c.of(text).rsplit(' ').next().unwrap_or_default());
    word.is_some_and(|w| lang.cue_class(w) == Some(CueClass::Demand))
}

impl<'a> Topics<'a> {
    pub(crate) fn new(words: &'a Vocabulary) -> Self {
        Self { words }
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
        let mut best: Option<(f64, &Phrase<'_>)> = None;
        for (i, phrase) in phrases.iter().enumerate() {
            let p = weights.probability(&self.signs(phrase, i, phrases.len(), said));
            if best.is_none_or(|b| p > b.0) {
                best = Some((p, phrase));
            }
        }
        best.filter(|b| b.0 >= LIKELY).map(|b| b.1.text(resolver))
    }

    /// Names and noun phrases of a content in order, without articles; neither the speaker nor the holder.
    pub(crate) fn phrases<'v>(&self, resolver: &Resolver<'v>, said: &Said<'_>) -> Vec<Phrase<'v>> {
        let mut out: Vec<Phrase<'v>> = Vec::with_capacity(8);
        let mut found = Vec::with_capacity(MAX_PHRASES);
        let own = Own::new(said);
        let mut n_words = 0;
        for (part, span) in said.attribution.content.iter().enumerate() {
            let first = resolver.passages.partition_point(|p| p.span.end <= span.start);
            for passage in resolver.passages[first..].iter().take_while(|p| p.span.start < span.end) {
                let view = View { text: &resolver.document.text, passage, lang: resolver.lang };
                let content = passage.tokens_in(*span);
                found.clear();
                noun_phrases(view, &content, &mut found);
                let mut at = content.start;
                let mut later = part > 0;
                let mut read_to = |to: usize| {
                    for i in at..to {
                        match passage.tokens[i].kind {
                            TokenKind::Word => n_words += 1,
                            TokenKind::Mark => later |= matches!(view.word(i), "." | "!" | "?"),
                            TokenKind::Number => {}
                        }
                    }
                    at = to;
                    (n_words, later)
                };
                for range in found.iter().take(MAX_PHRASES.saturating_sub(out.len())) {
                    let (n_words, later) = read_to(range.start);
                    if let Some((range, name, person)) = self.phrase(resolver, range.clone(), view, &content, &own) {
                        let content = content.clone();
                        out.push(Phrase { range, name, person, view, content, part, n_words, later });
                    }
                }
                read_to(content.end);
            }
        }
        out
    }

    /// A noun phrase as it can be given, whether it has a name in it, and whose name it is: a person by the full name,
    /// nobody's own name, no bare adjective of a nation.
    fn phrase(
        &self,
        resolver: &Resolver<'_>,
        mut range: Range<usize>,
        view: View<'_>,
        content: &Range<usize>,
        own: &Own<'_>,
    ) -> Option<(Range<usize>, bool, Option<usize>)> {
        let opens_sentence = |i: usize| {
            i == 0
                || view.is_mark(i - 1)
                    && !matches!(view.word(i - 1), "," | "-" | "‑" | "'" | "’" | "(" | ";" | "–" | "—")
        };
        let is_proper = |i: usize| {
            view.is_capital(i)
                && (!opens_sentence(i)
                    || self.words.count(view.bare(i)).proper
                    || view.bare_tables(i).is_country_term()
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
                && !(range.start > content.start && view.folded(range.start - 1) == "the")
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
            Some(i) => resolver.cast.persons[i].name.as_str(),
            None => without_genitive(view, &range, view.span(&range).of(view.text)),
        };
        (!own.has(text)).then_some((range, first_name.is_some(), person))
    }

    /// The signs of phrase number `n_before` of `n_phrases`.
    pub(crate) fn signs(&self, phrase: &Phrase<'_>, n_before: usize, n_phrases: usize, said: &Said<'_>) -> TopicSigns {
        let Phrase { ref range, name, person, view, ref content, part, n_words, later } = *phrase;
        let lang = view.lang;
        let yes = |x: bool| f64::from(u8::from(x));
        let last = range.end - 1;
        let head = view.bare(last);
        let head_is = view.bare_tables(last);
        let previous = |i: usize| i.checked_sub(1).filter(|&b| b >= content.start);
        let word_at = |i: Option<usize>| i.map_or("", |i| view.folded(i));
        let numbered = previous(range.start)
            .is_some_and(|b| view.tables(b).is_numeral() || view.passage.tokens[b].kind == TokenKind::Number);
        let at = range.start - usize::from(numbered);
        let determiner = previous(at).filter(|&b| view.tables(b).is_determiner());
        let article = word_at(determiner);
        let at = at - usize::from(determiner.is_some());
        let before = word_at(previous(at));
        let before_at = view.tables(previous(at).unwrap_or(usize::MAX));
        let genitive_before = previous(range.start).is_some_and(|b| is_genitive(view, b));
        let genitive = is_genitive(view, last);
        let behind = if range.end < content.end { view.folded(range.end) } else { "" };
        let behind_at = view.tables(if range.end < content.end { range.end } else { usize::MAX });
        let is_mark = |w: &str| !w.chars().any(char::is_alphanumeric);
        let opens = part == 0
            && (at == content.start || at == content.start + 1 && (before_at.is_complementizer() || is_mark(before)));
        let sentence = before.is_empty() || matches!(before, "." | "!" | "?");
        let nation = if view.bare_tables(range.start).begins_country() {
            lang.country_at(range.clone().map(|i| view.bare(i)))
        } else {
            None
        };
        let country = nation.is_some_and(|c| c.0 == range.len() && c.2 != TermKind::Adjective);
        let own = nation.is_some_and(|c| said.own == Some(c.1));
        let count = self.words.count(head);
        let singular = if ends(head, b"s") { self.words.count(&head[..head.len() - 1]) } else { count };
        let n = (count.n + if ends(head, b"s") { singular.n } else { 0 }).max(1);
        let address = matches!(before, "against" | "with" | "on" | "towards" | "toward" | "about" | "over" | "from");
        let preposition = before_at.is_preposition();
        let verb = behind_at.is_auxiliary() || ends(behind, b"ed") || behind_at.is_verb() || behind_at.is_negation();
        let pronoun = view.tables(content.start).is_pronoun();
        let reporting = behind_at.cue_class();
        let attitude = if behind_at.begins_attitude() {
            lang.attitude((range.end..content.end.min(range.end + 6)).map(|j| view.folded(j))).map(|a| a.1)
        } else {
            None
        };
        let holds = attitude.or(reporting).filter(|_| !ends(behind, b"ing"));
        let demanded = said.demanded || content.start > 0 && view.folded(content.start - 1) == "on";
        [
            yes(opens),
            ln(1 + n_words),
            yes(article == "the"),
            yes(matches!(article, "a" | "an")),
            yes(name),
            yes(country),
            yes(person.is_some()),
            yes(matches!(article, "my" | "our" | "your" | "their" | "his" | "her" | "its")),
            yes(address),
            yes(before == "of"),
            yes(preposition && !address && before != "of"),
            yes(verb),
            yes(before_at.is_verb() || ends(before, b"ed") || ends(before, b"ing") || before_at.is_verb_or_noun()),
            ln(n as usize),
            yes(count.headline || singular.headline),
            ln(range.len()),
            ln(1 + content.len()),
            ln(1 + n_phrases),
            yes(n_before == 0),
            yes(n > 1),
            yes(view.depth(range.start) > 0),
            yes(head_is.is_organization_head() || head_is.is_role() || head_is.is_collective()),
            yes(range.clone().any(|i| view.tables(i).is_time_word())),
            yes(later),
            yes(pronoun),
            yes(matches!(behind, "of" | "on" | "for" | "to")),
            yes(own),
            yes(holds.is_some()),
            yes(matches!(holds, Some(CueClass::Hope | CueClass::Demand | CueClass::Think | CueClass::Fear))),
            yes(article.is_empty() && !numbered && !genitive_before && !name),
            yes(article.starts_with("th") && article != "the"),
            yes(matches!(article, "no" | "any" | "every" | "all" | "some" | "each" | "many" | "both")),
            yes(nation.is_some_and(|c| c.2 == TermKind::Adjective && c.0 < range.len())),
            yes(ends(head, b"s") && !ends(head, b"ss")),
            yes(view.tables(last).is_measure()),
            yes(ends(head, b"ion") || ends(head, b"ment") || ends(head, b"ity") || ends(head, b"ing")),
            yes(before_at.cue_class() == Some(CueClass::Demand)),
            yes(numbered),
            yes(genitive),
            yes(genitive_before),
            yes(before_at.is_auxiliary() || before.starts_with("n't")),
            yes(behind.is_empty()),
            yes(behind == "to"),
            yes(count.lead || singular.lead),
            yes(head_is.is_role()),
            yes(head_is.is_organization_head()),
            yes(sentence),
            yes(before == "," || before == "and" || before == "or"),
            yes(demanded && behind == "to"),
            yes(demanded),
            yes(opens && behind_at.is_auxiliary() && article == "the"),
            yes(own && opens),
        ]
    }
}

/// The country named at token `i`: where its name ends, and how it is named.
fn nation_at(view: View<'_>, i: usize, end: usize) -> Option<(usize, TermKind)> {
    if !view.bare_tables(i).begins_country() {
        return None;
    }
    view.lang.country_at((i..end.min(i + 6)).map(|j| view.bare(j))).map(|(n, _, kind)| (i + n, kind))
}

/// The text of a phrase without a genitive at its end.
fn without_genitive<'t>(view: View<'_>, range: &Range<usize>, text: &'t str) -> &'t str {
    if !view.tables(range.end - 1).is_genitive() {
        return text;
    }
    text.trim_end_matches("'s").trim_end_matches("’s")
}

/// Whether a word ends so: inlined, where `str::ends_with` calls.
fn ends<const N: usize>(word: &str, ending: &[u8; N]) -> bool {
    word.as_bytes().last_chunk() == Some(ending)
}

/// Logarithm of a number of words; those of short contents, which nearly all are, are worked out once.
fn ln(n: usize) -> f64 {
    static SMALL: LazyLock<[f64; 128]> = LazyLock::new(|| std::array::from_fn(|n| (n as f64).ln()));
    SMALL.get(n).copied().unwrap_or_else(|| (n as f64).ln())
}

/// The names of speaker and holder.
struct Own<'s> {
    names: [Option<&'s str>; 3],
    /// One bit for each letter with which a word of them begins, whatever its case: most phrases begin with another.
    initials: u32,
}

impl<'s> Own<'s> {
    fn new(said: &Said<'s>) -> Self {
        let names = [&said.speaker.name, &said.speaker.organization, &said.holder.name].map(|n| n.as_deref());
        let words = names.iter().flatten().flat_map(|n| n.split(' ')).filter_map(|w| w.bytes().next());
        Self { names, initials: words.fold(0, |all, b| all | initial(b)) }
    }

    /// Whether a phrase is one of them, or a part of it.
    fn has(&self, text: &str) -> bool {
        let first = text.bytes().next().filter(u8::is_ascii_alphanumeric);
        if first.is_some_and(|b| self.initials & initial(b) == 0) {
            return false;
        }
        let within = |name: &str| text.split_whitespace().all(|w| name.split(' ').any(|n| n.eq_ignore_ascii_case(w)));
        self.names.into_iter().flatten().any(within)
    }
}

/// The bit of a byte, the same for a letter in both cases.
fn initial(byte: u8) -> u32 {
    1 << (byte & 31)
}
