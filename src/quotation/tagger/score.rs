//! What the chain thinks of each token: sums of weights.
//!
//! The same sums as those of the features that [`encode`](super::features::encode) lists, with less work: most of them
//! depend on a single word, so they are added up once a word type and kept; others stay alike over a sentence, a quoted
//! stretch or the way between two cues. Only what depends on several words is looked up for every token. Measured on 2 MB
//! of articles: 15 look-ups a token in place of 52, see `cargo bench --bench stages`.

use crate::quotation::passage::Passage;
use crate::quotation::tagger::batch::Batch;
use crate::quotation::tagger::decode::Row;
use crate::quotation::tagger::features::{
    COMMA, N_FEATURES, Near, PAD, Scratch, bucket, encode, place_of, quote_of, setting_of,
};
use crate::quotation::tagger::hash::{one, three, two};
use crate::quotation::tagger::lexicon::Lexicon;
use crate::quotation::tagger::types::{Atom, IN, MAX_TYPES, OUT, Types, Way, edge_of, front, type_hash};
use crate::quotation::tagger::weights::{Sum, Weights, add};

/// Features of one token that are looked up, at most.
const MAX_HASHES: usize = 32;

/// A cue-like word of a sentence.
#[derive(Debug, Clone, Copy)]
struct Cue {
    at: usize,
    word: u32,
    /// The word behind it.
    next: u32,
    /// Commas of the sentence before it.
    commas: u32,
}

impl Cue {
    /// It as the nearest one, `distance` tokens and so many commas away.
    fn near(self, distance: usize, commas: u32) -> Near {
        Near { word: self.word, next: self.next, distance: distance as u32, commas }
    }
}

/// Memory that is reused from paragraph to paragraph and from article to article; bound to one table of weights.
#[derive(Debug, Default)]
pub(crate) struct Scorer {
    types: Types,
    atoms: Vec<Atom>,
    cues: Vec<Cue>,
    ways: Vec<Way>,
    small: Small,
    batch: Batch,
    scratch: Scratch,
    touched: i16,
}

/// A sum that is kept as long as what it depends on stays the same.
struct Kept<K> {
    key: Option<K>,
    sum: Sum,
}

impl<K: PartialEq> Kept<K> {
    fn new() -> Self {
        Self { key: None, sum: Sum::default() }
    }

    #[inline]
    fn get(&mut self, key: K, make: impl FnOnce() -> Sum) -> &Sum {
        if self.key.as_ref() != Some(&key) {
            self.sum = make();
            self.key = Some(key);
        }
        &self.sum
    }
}

/// The number of each feature of a template whose values are small, found when it is first asked for: neither hash nor
/// look-up, 15 instructions in place of 70. Indices are below `N`.
#[derive(Debug)]
struct Numbers<const N: usize>(Vec<u32>);

impl<const N: usize> Default for Numbers<N> {
    fn default() -> Self {
        Self(vec![UNKNOWN; N])
    }
}

/// The number of a feature that was not asked for yet.
const UNKNOWN: u32 = u32::MAX;

impl<const N: usize> Numbers<N> {
    /// The number of the feature with this index and hash, 0 where it has no weight.
    #[inline]
    fn get(&mut self, index: usize, weights: &Weights, hash: impl FnOnce() -> u32) -> u32 {
        let Some(number) = self.0.get_mut(index) else { return weights.find(hash()) };
        if *number == UNKNOWN {
            *number = weights.find(hash());
        }
        *number
    }
}

/// Shapes, classes of cues and sources, steps of distance, and what a token can be with respect to marks: bounds of what
/// [`shape`] and [`bucket`] give, and of what a sound file says of words.
const SHAPES: usize = 20;
const KINDS: usize = 40;
const STEPS: usize = 11;
const QUOTES: usize = 4;

/// Numbers of the features of four templates.
#[derive(Debug, Default)]
struct Small {
    shapes: Numbers<{ SHAPES * SHAPES * SHAPES }>,
    kinds: Numbers<{ KINDS * KINDS * KINDS }>,
    cues: Numbers<{ STEPS * STEPS * QUOTES * 16 }>,
    places: Numbers<{ STEPS * STEPS * QUOTES }>,
}

impl Scorer {
    /// The atoms of a passage, with [`PAD`] empty ones before and behind; `false` where it has too many word types.
    fn read(&mut self, text: &str, passage: &Passage, lexicon: &Lexicon, weights: &Weights) -> bool {
        if self.types.known.is_empty() || self.types.known.len() > MAX_TYPES {
            self.types.clear();
            self.types.pad(1, weights);
            self.types.pad(2, weights);
        }
        self.atoms.clear();
        self.atoms.resize(PAD, self.types.entries[0].atom);
        // The slots are read for all tokens first, then each line of the entries and their sums is touched: many are waited for
        // at once, one after another in the loops that need them they would not be.
        self.ways.clear();
        let bytes = text.as_bytes();
        for (i, &token) in passage.tokens.iter().enumerate() {
            let quote = quote_of(passage, i);
            let front = front(bytes, token.span.start, token.span.len());
            let written = &bytes[token.span.start..token.span.end];
            let hash = type_hash(front, written, token.kind, edge_of(quote));
            self.ways.push(Way { hash, front, slot: self.types.slot(hash), quote });
        }
        let mut touched = 0;
        for way in &self.ways {
            let id = (way.slot as usize).wrapping_sub(1);
            let (Some(entry), Some(k)) = (self.types.entries.get(id), self.types.known.get(id)) else { continue };
            touched ^= entry.length as i16 ^ k.around[0][0] ^ k.around[2][0] ^ k.no_cue_before[0] ^ k.out.no_cue[0];
            touched ^= if way.quote == 1 { k.quoted.here[0] ^ k.quoted.no_comma[0] } else { 0 };
        }
        self.touched = std::hint::black_box(touched);
        for (&token, way) in passage.tokens.iter().zip(&self.ways) {
            let atom = match self.types.at(way.slot, way, &bytes[token.span.start..token.span.end]) {
                Some(atom) => atom,
                None if self.types.known.len() > 2 * MAX_TYPES => return false,
                None => self.types.atom(token.span.of(text), token, way, lexicon, weights),
            };
            self.atoms.push(Atom { quote: way.quote, ..atom });
        }
        self.atoms.resize(self.atoms.len() + PAD, self.types.entries[1].atom);
        true
    }

    /// As [`Scorer::score`], by looking up every feature of every token.
    fn score_all(
        &mut self,
        text: &str,
        passages: &[Passage],
        k: usize,
        lexicon: &Lexicon,
        weights: &Weights,
        out: &mut Vec<Row>,
    ) {
        let mut hashes = Vec::new();
        encode(text, passages, k, lexicon, &mut self.scratch, &mut hashes);
        out.extend(hashes.as_chunks::<N_FEATURES>().0.iter().map(|h| weights.scores(&weights.sum(h))));
    }

    /// Appends the scores of every token of passage number `k` to `out`. `weights` and `lexicon` are the same in every
    /// call.
    pub(crate) fn score(
        &mut self,
        text: &str,
        passages: &[Passage],
        k: usize,
        lexicon: &Lexicon,
        weights: &Weights,
        out: &mut Vec<Row>,
    ) {
        let passage = &passages[k];
        if !self.read(text, passage, lexicon, weights) {
            return self.score_all(text, passages, k, lexicon, weights, out);
        }
        let n = passage.tokens.len();
        let place = place_of(passages, k);
        let (a, known, small) = (&self.atoms, &self.types.known, &mut self.small);
        let batch = &mut self.batch;
        let nothing = Sum::default();
        out.reserve(n);
        let mut between_cues = Kept::new();
        let mut in_stretch = Kept::new();
        for (s, sentence) in passage.sentences.iter().enumerate() {
            let here = &a[PAD + sentence.start..PAD + sentence.end];
            let quotes = here.iter().filter(|x| x.quote == 2).count();
            self.cues.clear();
            let mut commas = 0;
            for (i, atom) in here.iter().enumerate() {
                if atom.is_cue() {
                    let at = sentence.start + i;
                    self.cues.push(Cue { at, word: atom.word, next: a[PAD + at + 1].word, commas });
                }
                commas += u32::from(atom.shape == COMMA);
            }
            let setting = setting_of(self.cues.len(), quotes, s > 0 && a[PAD + sentence.start - 1].quote > 0);
            let first = here[0].word;
            let of_place = two(69, s.min(3) as u32, place << 4 | setting);
            let in_sentence = [OUT, IN].map(|q3| weights.sum(&[two(41, q3, place), two(43, q3, setting), of_place]));
            let mut comma_word = 1;
            let (mut before, mut behind) = (None, self.cues.iter().copied().peekable());
            let mut commas = 0;
            for i in sentence.clone() {
                let c = PAD + i;
                let at = &a[c];
                let (m1, m2, p1, p2) = (&a[c - 1], &a[c - 2], &a[c + 1], &a[c + 2]);
                let q = u32::from(at.quote);
                let q3 = u32::from(m1.quote) << 4 | q << 2 | u32::from(p1.quote);
                let is_comma = u32::from(at.shape == COMMA);
                let mut passed = None;
                if behind.peek().is_some_and(|c| c.at == i) {
                    passed = behind.next();
                }
                commas += is_comma;
                let left = before.map_or(Near::default(), |c: Cue| c.near(i - c.at, commas - c.commas));
                let right = behind.peek().map_or(Near::default(), |c| c.near(c.at - i, c.commas + is_comma - commas));
                before = passed.or(before);
                let (ld, rd) = (bucket(left.distance as usize), bucket(right.distance as usize));
                if !batch.has_room(MAX_HASHES) {
                    batch.finish(weights, |sum| out.push(weights.scores(sum)));
                }
                let mut put = |hash: u32| batch.put(hash);
                let k = &known[at.id as usize];
                let alone = if q == 0 { &k.out } else { &k.quoted };
                let before_it = &known[m1.id as usize];
                // Added up at the end, all in one loop: so they stay in whole registers.
                let mut sums = [&nothing; 11];
                sums[0] = if q3 == OUT || q3 == IN { &alone.here } else { &k.edge };
                match q3 {
                    OUT => sums[1] = &in_sentence[0],
                    IN => sums[1] = &in_sentence[1],
                    _ => {
                        put(two(40, at.kind, q3));
                        put(two(41, q3, place));
                        put(two(42, q3, at.word));
                        put(two(43, q3, setting));
                        put(of_place);
                    }
                }
                sums[2] = &before_it.around[0];
                sums[3] = &known[p1.id as usize].around[1];
                sums[4] = &known[m2.id as usize].around[2];
                sums[5] = &known[p2.id as usize].around[3];
                put(two(8, m1.word, at.word));
                put(two(9, at.word, p1.word));
                let [s0, s1, s2] = [at, m1, p1].map(|x| u32::from(x.shape));
                let shapes =
                    small.shapes.get((s0 as usize * SHAPES + s1 as usize) * SHAPES + s2 as usize, weights, || {
                        one(17, s0 << 16 | s1 << 8 | s2)
                    });
                put(two(26, m1.class, at.class));
                put(two(27, at.class, p1.class));
                put(three(30, m1.class, at.class, p1.class));
                put(three(31, m2.class, m1.class, at.class));
                put(three(32, at.class, p1.class, p2.class));
                put(two(37, at.fine, p1.fine));
                let kinds = if m1.kind.max(at.kind).max(p1.kind) < KINDS as u32 {
                    (m1.kind as usize * KINDS + at.kind as usize) * KINDS + p1.kind as usize
                } else {
                    usize::MAX
                };
                let kinds = small.kinds.get(kinds, weights, || three(38, m1.kind, at.kind, p1.kind));
                put(three(39, m2.kind << 8 | m1.kind, at.kind, p1.kind << 8 | p2.kind));
                let stretch = passage.depth[i];
                if stretch > 0 {
                    let make = || {
                        let range = passage.quoted_tokens(stretch as usize - 1);
                        let before = &a[PAD + range.start - 1];
                        let (behind, behind2) = (&a[PAD + range.end], &a[PAD + range.end + 1]);
                        let length = bucket(range.len().saturating_sub(2));
                        let last = u32::from(a[(PAD + range.end).saturating_sub(2)].shape);
                        let opens = u32::from(a[PAD + range.start + 1].shape);
                        let edges = u32::from(range.start == 0) << 8 | u32::from(range.end == n);
                        weights.sum(&[
                            three(46, before.word, length, q),
                            three(47, behind.word, length, last << 2 | q),
                            three(48, last << 8 | opens, length, q),
                            three(49, behind.kind << 8 | behind.class, behind2.kind << 8 | behind2.class, q),
                            three(51, place, edges, q),
                        ])
                    };
                    sums[6] = in_stretch.get((stretch, q), make);
                }
                let key = (left.word, left.next, right.word, right.next, q);
                let make = || {
                    let mut sum = weights.sum(&[
                        three(53, left.word, left.next, q),
                        three(58, right.word, right.next, q),
                        three(62, left.word, right.word, q),
                    ]);
                    if left.word == 0 {
                        add(&mut sum, &weights.sum(&[two(52, 0, 0)]));
                    }
                    if right.word == 0 {
                        add(&mut sum, &weights.sum(&[two(57, 0, 0)]));
                    }
                    sum
                };
                sums[7] = between_cues.get(key, make);
                if left.word == 0 {
                    sums[8] = &before_it.no_cue_before;
                    if q < 2 {
                        sums[9] = &alone.no_cue;
                    } else {
                        put(three(54, 0, at.word, q));
                        put(three(56, 0, 0, at.class));
                    }
                } else {
                    put(two(52, left.word, ld));
                    put(three(54, left.word, at.word, q));
                    put(three(55, left.word, m1.word, left.commas.min(3)));
                    put(three(56, ld, left.commas.min(3), at.class));
                }
                if right.word != 0 {
                    put(two(57, right.word, rd));
                }
                let marks = q << 4 | right.commas.min(3) << 2 | left.commas.min(3);
                let cues = small.cues.get(
                    ((ld as usize * STEPS) + rd as usize) * QUOTES * 16 + marks as usize,
                    weights,
                    || three(61, ld, rd, marks),
                );
                if comma_word == 1 && q < 2 {
                    sums[10] = &alone.no_comma;
                } else {
                    put(three(63, comma_word, at.word, q));
                }
                let (from_start, to_end) = (bucket(i - sentence.start), bucket(sentence.end - 1 - i));
                put(two(65, first, from_start));
                let places = small.places.get(
                    (from_start as usize * STEPS + to_end as usize) * QUOTES + q as usize,
                    weights,
                    || three(68, from_start, to_end, q),
                );
                put(two(70, setting, at.class));
                put(three(71, m2.fine, m1.fine, at.fine));
                put(three(72, at.fine, p1.fine, p2.fine));
                put(three(73, m1.fine, at.fine, p1.fine));
                batch.end(weights.sum_of(&sums, &[shapes, kinds, cues, places]));
                if at.shape == COMMA && at.quote == 0 {
                    comma_word = p1.word;
                }
            }
        }
        batch.finish(weights, |sum| out.push(weights.scores(sum)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Document, Part, PartKind};
    use crate::lang::language;
    use crate::quotation::passage::passages;
    use crate::quotation::tagger::decode::N_STATES;
    use crate::quotation::tagger::hash::word;
    use crate::quotation::tagger::lexicon::WordInfo;
    use crate::text::Span;

    const TEXT: &[&str] = &[
        "\u{201c}The talks, in June, went on,\u{201d} said Ms. Orr on Monday, adding that she \"hoped\" so. U.S. aid fell 3 percent.",
        "He said: \"No. We said it before; they said nothing.",
        "\"Yes (of course),\" she said, \u{201c}and\u{201d} said no more \u{2013} he hoped.",
        "\"",
        "...",
    ];

    /// Weights for some of the features that the texts have, and the reference: the sum over all features.
    #[test]
    fn sums_are_those_of_all_features() {
        let text = TEXT.join("\n");
        let mut at = 0;
        let parts = TEXT.iter().map(|line| {
            let span = Span::new(at, at + line.len());
            at += line.len() + 1;
            Part { kind: PartKind::Paragraph, span }
        });
        let document = Document { parts: parts.collect(), text: text.clone(), ..Document::default() };
        let passages = passages(&document, language("en").unwrap());
        let info = |n: u8| WordInfo { coarse: n, fine: 3 * n, cue: n, source: n / 2 };
        let lexicon = Lexicon::new(&[
            (word(b"said"), info(4)),
            (word(b"adding"), info(2)),
            (word(b"she"), info(1)),
            (word(b"hoped"), info(3)),
        ]);
        let mut scratch = Scratch::default();
        let mut all = Vec::new();
        for k in 0..passages.len() {
            encode(&text, &passages, k, &lexicon, &mut scratch, &mut all);
        }
        let mut known: Vec<u32> = all.iter().copied().filter(|h| *h != 0 && h % 3 > 0).collect();
        known.sort_unstable();
        known.dedup();
        let features: Vec<(u32, [i8; N_STATES])> =
            known.iter().map(|&h| (h, std::array::from_fn(|i| (h >> i) as i8))).collect();
        let weights = Weights::from_quantised(&features, [1.0; N_STATES]);
        let mut scorer = Scorer::default();
        for _ in 0..2 {
            let (mut fast, mut reference) = (Vec::new(), Vec::new());
            for k in 0..passages.len() {
                scorer.score(&text, &passages, k, &lexicon, &weights, &mut fast);
                scorer.score_all(&text, &passages, k, &lexicon, &weights, &mut reference);
            }
            assert_eq!(fast.len(), all.len() / N_FEATURES);
            assert_eq!(fast, reference);
        }
    }
}
