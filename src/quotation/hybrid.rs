//! The learned extractor with the rules as its second reader.
//!
//! The chain was learnt from one kind of paper. Where it finds no source, the rules' one is taken; what stands between
//! marks and only the rules attribute (interviews, an unusual verb) is added.

use crate::document::Document;
use crate::lang::Language;
use crate::quotation::claim::{before_object, named_source, plausibility, whole_source};
use crate::quotation::closing::{drop_dateline, is_around_cue, is_closed_by_cue};
use crate::quotation::coordination::split_at_cues;
use crate::quotation::dialogue::is_dialogue;
use crate::quotation::extent::{cut_addressee, cut_before_marks, cut_behind_marks, cut_front, split_at_questions};
use crate::quotation::nested::{ends_before, is_cut_short, is_within, join_enclosed};
use crate::quotation::phrase::is_bare_noun_phrase;
use crate::quotation::plain_report::is_plain_report;
use crate::quotation::source::View;
use crate::quotation::unsaid::is_unsaid;
use crate::quotation::{Attribution, Extractor, Passage, Rules, SpeakerRanker, Tagger};
use crate::text::{Span, folded, tokens};

/// A [`Tagger`] together with [`Rules`].
#[derive(Debug, Clone)]
pub struct Hybrid {
    tagger: Tagger,
}

impl Hybrid {
    /// Around this tagger.
    pub fn new(tagger: Tagger) -> Self {
        Self { tagger }
    }
}

/// Rules that sure of whole sentences between marks are believed where the chain takes words outside of them for said.
const SURE_QUOTATION: f64 = 0.9;
/// Tokens of such a sentence at least (behind a colon any), and words outside of marks that the chain takes with it at most.
const MIN_SENTENCE: usize = 5;
const MAX_OUTSIDE: usize = 8;
/// The chain is read down to this part of its own threshold.
const WEAK: f64 = 0.3;
/// How sure a report without marks is that only the rules read, by the share of them that is right.
const READ: f64 = 0.8;
/// Rules that sure confirm what the chain is not sure of.
const AGREES: f64 = 0.65;
/// Rules that sure of a content are believed that what the chain takes for a source is a part of it.
const NESTING: f64 = 0.8;
/// Rules that sure of a quotation between marks are believed where the chain says nothing.
const SURE: f64 = 0.7;

impl Extractor for Hybrid {
    fn attributions(&self, document: &Document, passages: &[Passage], lang: &Language) -> Vec<Attribution> {
        if self.tagger.lang() != lang.code {
            // The chain knows one language; the rules know all that have tables.
            return Rules.attributions(document, passages, lang);
        }
        let threshold = self.tagger.threshold();
        let mut found = self.tagger.attributions_down_to(WEAK * threshold, document, passages);
        let view = |a: &Attribution| View { text: &document.text, passage: &passages[a.paragraph], lang };
        for one in &mut found {
            if let Some(source) = one.source {
                one.source = whole_source(view(one), source, one).filter(|_| !is_nobody(view(one), source));
            }
            drop_unsaid(view(one), &mut one.content);
            drop_far_source(view(one), one);
        }
        let light = |a: &Attribution| a.cue.is_some_and(|cue| is_light(view(a), cue)) && !is_quoted(a, passages);
        let spoken = |a: &Attribution| is_dialogue(&document.text, &passages[a.paragraph]);
        found.retain(|a| !spoken(a));
        // What the chain is less sure of counts where the rules read the same.
        let sure = |a: &Attribution| a.confidence >= if is_quoted(a, passages) { threshold / 2.0 } else { threshold };
        let mut confirmed: Vec<bool> = found.iter().map(sure).collect();
        let mut reach = Reach::of(&found);
        for mut ruled in Rules.attributions(document, passages, lang) {
            reach.grow(&found);
            if spoken(&ruled) {
                confirmed.push(true);
                found.push(ruled);
                continue;
            }
            let touching = reach.touching(&found, &ruled, passages);
            let enclosed = |one| is_around_cue(view(one), one) || is_closed_by_cue(view(one), one);
            let whole = ruled.confidence >= SURE && enclosed(&ruled);
            // "It made no mention of rain, he added": what the chain read inside is a part of what is said.
            if whole && !touching.is_empty() && touching.iter().all(|&i| is_within(&found[i], &ruled, passages)) {
                for &i in &touching {
                    found[i].content.clear();
                }
                confirmed.push(true);
                found.push(ruled);
                continue;
            }
            let read = is_plain_report(view(&ruled), &mut ruled);
            let plain = read && touching.iter().all(|&i| !confirmed[i]);
            // "The brigade that holds it says"
            if let Some(source) = ruled.source
                && let Some(main) = before_object(view(&ruled), &view(&ruled).passage.tokens_in(source))
            {
                ruled.source = Some(view(&ruled).span(&main));
            }
            // The chain read over the cue of a report that stands behind a long aside.
            if let [i] = touching.as_slice()
                && found[*i].content.iter().any(|c| ruled.cue.is_some_and(|cue| c.contains(cue)))
                && found[*i].source != ruled.source
                && !is_quoted(&found[*i], passages)
                && read
            {
                confirmed[*i] = true;
                found[*i] = ruled;
                continue;
            }
            if whole {
                drop_dateline(view(&ruled), &mut ruled);
            }
            if touching.is_empty() && (plain || whole) {
                ruled.confidence = ruled.confidence.max(READ);
            }
            if touching.iter().all(|&i| !confirmed[i])
                && (touching.is_empty() && (plain || whole) || ruled.confidence >= SURE && is_quoted(&ruled, passages))
            {
                confirmed.push(true);
                found.push(ruled);
                continue;
            }
            // "... in June, while Ann Lowe expects rain" is her own word.
            if let [i] = touching.as_slice()
                && read
                && let Some(end) = ends_before(view(&ruled), &found[*i], &ruled)
            {
                found[*i].content[0].end = end;
                confirmed.push(true);
                found.push(ruled);
                continue;
            }
            if let [i] = touching.as_slice()
                && read
                && is_cut_short(view(&ruled), &found[*i], &ruled)
            {
                found[*i].content[0].end = ruled.content[0].end;
                confirmed[*i] = true;
                continue;
            }
            if is_sure_quotation(view(&ruled), &ruled) {
                for &i in &touching {
                    let over = |one: &Attribution| {
                        let read = |s: &Span| one.content.iter().any(|c| c.overlaps(*s));
                        ruled.cue.iter().chain(&ruled.source).any(read)
                    };
                    let before = over(&found[i]);
                    keep_quoted(view(&ruled), &mut found[i].content, ruled.content[0]);
                    // The chain read over cue and source: `"..." said the keeper` as the words of "a man called Lowe".
                    if touching.len() == 1 && before && !over(&found[i]) {
                        (found[i].source, found[i].cue) = (ruled.source, ruled.cue);
                        confirmed[i] = true;
                    }
                }
            }
            join_parts(&mut found, &touching, &ruled, passages);
            join_enclosed(view(&ruled), &mut found, &touching, &ruled);
            let same = touching.iter().copied().filter(|&i| i < found.len()).find(|&i| {
                let shared = common(&found[i].content, &ruled.content);
                let longer = length(&found[i].content).max(length(&ruled.content));
                2 * shared >= longer || found[i].source.is_none() && 10 * shared >= 9 * length(&ruled.content)
            });
            // What the chain was not sure of stands elsewhere.
            if same.is_none() && (plain || whole && touching.iter().all(|&i| !confirmed[i])) {
                confirmed.push(true);
                found.push(ruled);
                continue;
            }
            if let Some(i) = same {
                confirmed[i] |= ruled.confidence >= AGREES || plain;
                let (one, whole) = (&mut found[i].content, &ruled.content);
                if read && one.len() == 1 && whole[0].start == one[0].start && whole[0].end > one[0].end {
                    // What is posted goes on to the end of its paragraph.
                    let posted = whole[0].start > 1 && whole[0].end == passages[ruled.paragraph].span.end;
                    let colon = posted && document.text[..whole[0].start].trim_end().ends_with(':');
                    one[0].end = if colon { whole[0].end } else { one[0].end };
                }
                add_parts(&mut found, i, &ruled, passages);
            }
            let (Some(i), Some(source)) = (same, ruled.source) else { continue };
            let one = &mut found[i];
            let is_part = one.source.is_some_and(|s| s != source && source.contains(s));
            if is_part {
                // "a professor" of "X, a professor": the longer phrase tells who it is.
                one.source = Some(source);
            } else if one.source.is_none_or(|s| is_empty_source(s.of(&document.text), lang))
                || light(one)
                || reads_over(view(one), one, &ruled)
                || plausibility(view(one), &ruled, &[])
                    > plausibility(view(one), one, if ruled.confidence >= NESTING { &ruled.content } else { &[] })
            {
                let nested = one.source.is_some_and(|s| ruled.content.iter().any(|c| c.overlaps(s)));
                if nested || one.content.iter().any(|c| c.overlaps(source)) {
                    // "Rome wants a deal, he said" is his word about Rome, or the chain read over source and cue as if they were said.
                    *one = Attribution { confidence: one.confidence.min(ruled.confidence), ..ruled };
                } else {
                    one.source = Some(source);
                    one.cue = one.cue.or(ruled.cue);
                    one.inferred = ruled.inferred;
                }
            }
        }
        for one in &mut found {
            one.source = one.source.map(|source| named_source(view(one), source, one));
            cut_behind_marks(view(one), &mut one.content, one.cue);
            cut_before_marks(view(one), &mut one.content);
            cut_front(view(one), one);
            cut_addressee(view(one), &mut one.content, one.cue);
        }
        let agentless = |a: &Attribution| {
            a.source.is_none()
                && !is_quoted(a, passages)
                && a.cue.is_some_and(|cue| is_passive(cue.of(&document.text), lang))
        };
        let act = |a: &Attribution| !is_quoted(a, passages) && is_act(view(a), a) || is_unsaid(view(a), a);
        let mut confirmed = confirmed.into_iter();
        found.retain(|a| {
            confirmed.next() == Some(true) && !a.content.is_empty() && !light(a) && !agentless(a) && !act(a)
        });
        split_at_questions(&document.text, passages, lang, &mut found);
        split_at_cues(&document.text, passages, lang, &mut found);
        found
    }

    fn speakers(&self) -> &SpeakerRanker {
        self.tagger.speakers()
    }
}

/// Which of many attributions can touch another: those of the chain stand in order of their paragraphs, those added behind
/// them in order of the text. Comparing each with each took minutes for an article of 100,000 quotations.
struct Reach {
    n_chain: usize,
    /// For each attribution the furthest end of it and of those before it, of the chain and of the added apart.
    ends: Vec<usize>,
}

impl Reach {
    fn of(found: &[Attribution]) -> Self {
        let mut reach = Self { n_chain: found.len(), ends: Vec::with_capacity(found.len()) };
        reach.grow(found);
        reach
    }

    /// Takes in what was added.
    fn grow(&mut self, found: &[Attribution]) {
        for (i, one) in found.iter().enumerate().skip(self.ends.len()) {
            let end = one.content.iter().map(|c| c.end).max().unwrap_or(0);
            let before = if i == 0 || i == self.n_chain { 0 } else { self.ends[i - 1] };
            self.ends.push(end.max(before));
        }
    }

    /// The attributions that share content with `ruled`, in order.
    fn touching(&self, found: &[Attribution], ruled: &Attribution, passages: &[Passage]) -> Vec<usize> {
        let ([first, ..], [.., last]) = (ruled.content.as_slice(), ruled.content.as_slice()) else { return Vec::new() };
        let (chain, added) = self.ends.split_at(self.n_chain);
        let from = chain.partition_point(|&end| end <= first.start);
        let to = found[..self.n_chain].partition_point(|a| passages[a.paragraph].span.start < last.end);
        let behind = self.n_chain + added.partition_point(|&end| end <= first.start);
        let near = (from..to).chain(behind..found.len());
        near.filter(|&i| common(&found[i].content, &ruled.content) > 0).collect()
    }
}

/// Where a whole sentence stands between marks, words outside of all marks are no part of what is said beside it: the chain
/// linked them by mistake ("the rival Morcha, claimed: "The posts were vacant."").
fn drop_unsaid(view: View<'_>, content: &mut Vec<Span>) {
    if content.len() < 2 {
        return;
    }
    let is_sentence = |span: &Span| {
        let range = view.passage.tokens_in(*span);
        let depth = view.depth(range.start);
        let first = range.start + usize::from(view.is_mark(range.start));
        let is_whole = range.len() > 3 || span.of(view.text).ends_with([',', '.', '!', '?', '…']);
        depth > 0 && is_whole && view.is_capital(first) && range.clone().all(|i| view.depth(i) == depth)
    };
    drop_adjuncts(view, content);
    if content.iter().any(is_sentence) {
        content.retain(|span| view.passage.tokens_in(*span).any(|i| view.depth(i) > 0));
    }
}

/// Behind a quotation that ends within its marks, words that tell how, when or to whom it was said are no part of it:
/// `"No," she said with a smile, "not yet"`.
fn drop_adjuncts(view: View<'_>, content: &mut Vec<Span>) {
    let quoted = |span: &Span| view.passage.tokens_in(*span).all(|i| view.depth(i) > 0);
    let ends = |span: &Span| span.of(view.text).trim_end().ends_with([',', '!', '?', '…']);
    if !content.first().is_some_and(|first| quoted(first) && ends(first)) {
        return;
    }
    let finite = |i: usize| {
        let tables = view.tables(i);
        tables.is_auxiliary() || tables.is_verb() || tables.is_cue() || view.folded(i).ends_with("ed")
    };
    content.retain(|span| {
        let mut range = view.passage.tokens_in(*span);
        let clause = view.lang.begins_time_clause(view.folded(range.start));
        let outside = range.clone().all(|i| view.depth(i) == 0);
        !outside || !clause && range.any(finite)
    });
}

/// Cue and source of a sentence between marks that stand two sentences or more before it are another's: "The farmers are
/// not sure. Ann Lowe, who keeps goats, spat. 'Ask the bank.'"
fn drop_far_source(view: View<'_>, one: &mut Attribution) {
    let (Some(source), [first, ..]) = (one.source, one.content.as_slice()) else { return };
    let sentences = &view.passage.sentences;
    let sentence = |at: usize| sentences.partition_point(|s| view.span(s).end <= at);
    let range = view.passage.tokens_in(*first);
    let alone = range.start.checked_sub(usize::from(range.start > 0 && view.is_mark(range.start - 1)));
    let begins = alone.is_some_and(|i| sentences.iter().any(|s| s.start == i)) && view.depth(range.start) > 0;
    let cue_far = one.cue.is_none_or(|c| c.end <= first.start && sentence(c.start) + 1 < sentence(first.start));
    if begins && cue_far && source.end <= first.start && sentence(source.start) + 1 < sentence(first.start) {
        (one.source, one.cue, one.inferred) = (None, None, true);
    }
}

/// Whether the rules read a whole sentence between marks, with cue and source, behind a colon, behind its cue or at the
/// beginning of a sentence: its extents are surer than the chain's.
fn is_sure_quotation(view: View<'_>, ruled: &Attribution) -> bool {
    let Some(first) = ruled.content.first() else { return false };
    let cue = ruled.cue.filter(|_| ruled.source.is_some() && ruled.confidence >= SURE_QUOTATION);
    let range = view.passage.tokens_in(*first);
    let Some(depth) = range.clone().next().map(|i| view.depth(i)).filter(|&d| d > 0) else { return false };
    let stretch = &view.passage.quoted[depth as usize - 1];
    let begin = view.passage.quoted_tokens(depth as usize - 1).start;
    let begins = || cue.is_some() && view.passage.sentences.iter().any(|s| s.start == begin);
    let opens = match begin.checked_sub(1) {
        None => cue.is_some(),
        Some(before) => {
            view.word(before) == ":" || cue.is_some_and(|c| c.contains(view.passage.tokens[before].span)) || begins()
        }
    };
    opens
        && (range.len() >= MIN_SENTENCE || begin > 0 && view.word(begin - 1) == ":")
        && stretch.inner.start == first.start
        && stretch.closed
        && range.clone().all(|i| view.depth(i) == depth)
        && view.is_capital(range.start)
        && first.of(view.text).ends_with([',', '.', '!', '?', '…'])
}

/// Takes the words outside of marks beside the sentence `quoted` from the content that holds it.
fn keep_quoted(view: View<'_>, content: &mut Vec<Span>, quoted: Span) {
    let outside = |c: &Span| view.passage.tokens_in(*c).filter(|&i| view.is_word(i) && view.depth(i) == 0).count();
    let Some(at) = content.iter().position(|c| c.contains(quoted)) else { return };
    let whole = content[at];
    if view.passage.span.contains(whole) && (1..=MAX_OUTSIDE).contains(&outside(&whole)) {
        let inside =
            view.passage.quoted.iter().map(|q| q.inner).filter(|q| whole.contains(*q) && q.start >= quoted.start);
        content.splice(at..=at, inside.collect::<Vec<_>>());
    }
}

/// Whether a cue only looks like one ("commenting on", "referring to").
fn is_light(view: View<'_>, cue: Span) -> bool {
    let words = view.passage.tokens_in(cue);
    view.tables(words.start).begins_light_cue()
        && view.lang.light_cue(words.clone().map(|i| view.folded(i))).is_some_and(|n| n == words.len())
}

/// Whether what follows the cue is a bare noun phrase: "praised the deal", "mentioned the decision".
fn is_act(view: View<'_>, attribution: &Attribution) -> bool {
    let (Some(cue), [content]) = (attribution.cue, attribution.content.as_slice()) else { return false };
    let (cue, content) = (view.passage.tokens_in(cue), view.passage.tokens_in(*content));
    !cue.is_empty()
        && cue.end == content.start
        && view.tables(cue.end - 1).is_act_cue()
        && is_bare_noun_phrase(view, &content)
}

/// Makes one of attributions that the rules hold for parts of one quotation (`"A," she said. "B."`), where only one of
/// them has a cue. The first one keeps its place; the others lose their content and are dropped at the end.
fn join_parts(found: &mut [Attribution], touching: &[usize], ruled: &Attribution, passages: &[Passage]) {
    let [first, rest @ ..] = touching else { return };
    let inside = |a: &Attribution| 10 * common(&a.content, &ruled.content) >= 9 * length(&a.content);
    let n_cues = touching.iter().filter(|&&i| found[i].cue.is_some()).count();
    let parts = !rest.is_empty() && n_cues <= 1 && ruled.content.len() > 1 && is_quoted(ruled, passages);
    if !parts || !touching.iter().all(|&i| inside(&found[i])) {
        return;
    }
    for &i in rest {
        let other = found[i].clone();
        found[i].content.clear();
        let one = &mut found[*first];
        one.content.extend(other.content);
        one.content.sort_unstable();
        one.cue = one.cue.or(other.cue);
        one.source = one.source.or(other.source);
    }
}

/// Whether the chain took a noun for the cue and read over source and cue: "notes" of "In his notes he had written that".
fn reads_over(view: View<'_>, one: &Attribution, ruled: &Attribution) -> bool {
    let (Some(cue), Some(source), Some(said)) = (one.cue, ruled.source, ruled.cue) else { return false };
    let noun = view.passage.tokens_in(cue).all(|i| view.tables(i).is_also_noun());
    let inside = |s: Span| one.content.first().is_some_and(|c| c.contains(s));
    noun && ruled.confidence >= NESTING && inside(source) && inside(said)
}

/// Gives quotation `i` the quoted parts that only the rules see: the `"B."` of `"A," she said. "B."`.
fn add_parts(found: &mut [Attribution], i: usize, ruled: &Attribution, passages: &[Passage]) {
    if ruled.content.len() < 2 || ruled.confidence < SURE || !is_quoted(ruled, passages) {
        return;
    }
    let alone = |span: &Span| found.iter().all(|a| a.content.iter().all(|c| !c.overlaps(*span)));
    let parts: Vec<Span> = ruled.content.iter().copied().filter(alone).collect();
    let one = &mut found[i];
    one.content.extend(parts);
    one.content.sort_unstable();
}

/// Whether a word that the chain takes for a source can not be one: "Then, more gently: ...", "Nobody".
fn is_nobody(view: View<'_>, source: Span) -> bool {
    let words = view.passage.tokens_in(source);
    if words.len() != 1 {
        return false;
    }
    let tables = view.tables(words.start);
    let word = view.folded(words.start);
    tables.is_adverb() && !tables.is_role() && !(view.is_capital(words.start) && tables.is_given_name())
        || view.lang.is_indefinite_pronoun(word)
}

/// Whether the words name nobody ("who", "then").
fn is_empty_source(source: &str, lang: &Language) -> bool {
    let words = tokens(source);
    match words.as_slice() {
        [only] => {
            let word = folded(only.span.of(source));
            !only.capital
                && lang.pronoun(&word).is_none()
                && lang.role(&word).is_none()
                && lang.collective(&word).is_none()
        }
        _ => false,
    }
}

/// Whether a cue is a passive ("are expected"): without a source nobody says it.
fn is_passive(cue: &str, lang: &Language) -> bool {
    tokens(cue).first().is_some_and(|t| lang.is_passive_auxiliary(&folded(t.span.of(cue))))
}

fn length(spans: &[Span]) -> usize {
    spans.iter().map(Span::len).sum()
}

/// Bytes that two contents share.
#[inline]
fn common(a: &[Span], b: &[Span]) -> usize {
    // Spans of a content stand in order: most pairs of contents stand wholly apart.
    let ([a_first, ..], [.., a_last], [b_first, ..], [.., b_last]) = (a, a, b, b) else { return 0 };
    if a_last.end <= b_first.start || b_last.end <= a_first.start { 0 } else { common_of_near(a, b) }
}

fn common_of_near(a: &[Span], b: &[Span]) -> usize {
    let mut n = 0;
    for x in a {
        for y in b.iter().filter(|y| x.overlaps(**y)) {
            n += x.end.min(y.end) - x.start.max(y.start);
        }
    }
    n
}

/// Whether a content stands between marks from its first word on, or is a turn of an interview.
pub(super) fn is_quoted(attribution: &Attribution, passages: &[Passage]) -> bool {
    let Some(passage) = passages.get(attribution.paragraph) else { return false };
    let turn = attribution.source.is_some() && attribution.cue.is_none();
    turn || attribution
        .content
        .first()
        .is_some_and(|span| passage.tokens_in(*span).next().is_some_and(|i| passage.depth[i] > 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Part, PartKind};
    use crate::lang::language;
    use crate::quotation::passage::passages;

    fn read(text: &str) -> Vec<Passage> {
        let mut at = 0;
        let parts = text.split('\n').map(|line| {
            let span = Span::new(at, at + line.len());
            at += line.len() + 1;
            Part { kind: PartKind::Paragraph, span }
        });
        let document = Document { parts: parts.collect(), text: text.to_owned(), ..Document::default() };
        passages(&document, language("en").unwrap())
    }

    fn span(text: &str, part: &str) -> Span {
        let start = text.find(part).unwrap();
        Span::new(start, start + part.len())
    }

    #[test]
    fn words_outside_marks_are_not_said_beside_a_sentence() {
        let kept = |text: &str, parts: &[&str]| {
            let passages = read(text);
            let view = View { text, passage: &passages[0], lang: language("en").unwrap() };
            let mut content: Vec<Span> = parts.iter().map(|p| span(text, p)).collect();
            drop_unsaid(view, &mut content);
            content.iter().map(|c| c.of(text).to_owned()).collect::<Vec<_>>()
        };
        let rival = "Mr. Oduya, now of the rival Front, wrote: \"The seats were empty when I left.\"";
        let sentence = "The seats were empty when I left.";
        assert_eq!(kept(rival, &["Front", sentence]), [sentence]);
        let word = "\"Rain,\" she said, when she was back on her feet.";
        assert_eq!(kept(word, &["Rain,", "when she was back on her feet"]), ["Rain,"]);
        // Words between marks that are no sentence may go on outside.
        let mixed = "He called the plan \"a sham\" and vowed that it would fail.";
        assert_eq!(kept(mixed, &["a sham", "it would fail"]), ["a sham", "it would fail"]);
        let halves = "\"That bill,\" she said, \"has no friends left in this house.\"";
        let parts = ["That bill,", "has no friends left in this house."];
        assert_eq!(kept(halves, &parts), parts);
    }

    #[test]
    fn a_sentence_between_marks_is_all_that_is_said() {
        let kept = |text: &str, whole: &str, quoted: &str| {
            let passages = read(text);
            let view = View { text, passage: &passages[0], lang: language("en").unwrap() };
            let mut content = vec![span(text, whole)];
            keep_quoted(view, &mut content, span(text, quoted));
            content.iter().map(|c| c.of(text).to_owned()).collect::<Vec<_>>()
        };
        let neighbour = "Said one stunned neighbour: \"It was like a film.\"";
        let sentence = "It was like a film.";
        assert_eq!(kept(neighbour, "one stunned neighbour: \"It was like a film.\"", sentence), [sentence]);
        // More than a few words outside of marks are no slip of the chain.
        let long = "He said that in all the years at sea he had heard it once: \"It was like a film.\"";
        let all = "in all the years at sea he had heard it once: \"It was like a film.\"";
        assert_eq!(kept(long, all, sentence), [all]);
    }

    #[test]
    fn sources_two_sentences_before_are_anothers() {
        let far = |text: &str| {
            let passages = read(text);
            let view = View { text, passage: &passages[0], lang: language("en").unwrap() };
            let (content, cue) = (vec![span(text, "Ask the bank.")], Some(span(text, "are not sure")));
            let source = Some(span(text, "The farmers"));
            let mut one = Attribution { content, cue, source, paragraph: 0, confidence: 1.0, inferred: false };
            drop_far_source(view, &mut one);
            one.source.is_none()
        };
        assert!(far("The farmers are not sure whom to blame. Ann Lowe, who keeps goats, spat. \"Ask the bank.\""));
        assert!(!far("The farmers are not sure whom to blame. \"Ask the bank.\""));
    }

    #[test]
    fn touching_attributions_are_those_of_comparing_all() {
        let text = (0..40).map(|i| format!("\"Number {i} stays here,\" he said.")).collect::<Vec<_>>().join("\n");
        let passages = read(&text);
        let attribution = |spans: &[(usize, usize)]| Attribution {
            content: spans.iter().map(|&(s, e)| Span::new(s, e)).collect(),
            cue: None,
            source: None,
            paragraph: passages.partition_point(|p| p.span.end <= spans[0].0),
            confidence: 1.0,
            inferred: false,
        };
        let in_paragraph = |i: usize, from: usize, to: usize| {
            let start = passages[i].span.start;
            (start + from, start + to)
        };
        let mut found: Vec<Attribution> = (0..40).map(|i| attribution(&[in_paragraph(i, 1, 5 + i % 9)])).collect();
        let mut reach = Reach::of(&found);
        for i in 0..40 {
            let far = (i + i % 3).min(39);
            let ruled = attribution(&[in_paragraph(i, 3, 12), in_paragraph(far, 4, 14)]);
            reach.grow(&found);
            let all: Vec<usize> = (0..found.len()).filter(|&k| common(&found[k].content, &ruled.content) > 0).collect();
            assert_eq!(reach.touching(&found, &ruled, &passages), all, "{i}");
            if i % 2 == 0 {
                found.push(ruled);
            }
        }
    }
}
