//! What the chain thinks of each token: sums of weights.
//!
//! The same sums as those of the features that [`encode`](super::features::encode) lists, with less work: most of them
//! depend on a single word, so they are added up once a word type and kept; others stay alike over a sentence, a quoted
//! stretch or the way between two cues. Only what depends on several words is looked up for every token. Measured on 2 MB
//! of articles: 22 look-ups a token in place of 52, see `cargo bench --bench stages`.

use crate::lang::word_hash;
use crate::quotation::passage::Passage;
use crate::quotation::tagger::decode::Row;
use crate::quotation::tagger::features::{
    COMMA, N_FEATURES, Near, PAD, Scratch, Seen, bucket, encode, nearest, place_of, quote_of, setting_of, shape,
};
use crate::quotation::tagger::hash::{one, three, two, word};
use crate::quotation::tagger::lexicon::Lexicon;
use crate::quotation::tagger::weights::{Batch, Sum, Weights};
use crate::text::{Token, TokenKind, fold_word};

/// Word types that are kept; beyond this all are forgotten, so that memory stays bounded on any input.
const MAX_TYPES: usize = 1 << 15;
/// Features that are looked up together, give or take a sentence: what belongs to them fits the cache.
const MAX_BATCH: usize = 1 << 12;
/// Surrounding of a token outside of all marks.
const OUT: u32 = 0;
/// Surrounding of a token that stands, with its neighbours, between marks.
const IN: u32 = 21;

/// What is known of one token.
#[derive(Debug, Clone, Copy, Default)]
struct Atom {
    word: u32,
    /// Coarse class and shape.
    class: u32,
    /// Fine class, else shape.
    fine: u32,
    /// Cue and source class.
    kind: u32,
    cue: u8,
    shape: u8,
    /// 0 outside marks, 1 inside, 2 opening mark, 3 closing mark.
    quote: u8,
    /// Number of its word type.
    id: u32,
}

/// Sums of the features that depend on one word alone. What is of use outside marks stands in front, in whole cache lines.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
struct Known {
    /// One before, one behind, two before, two behind the token.
    around: [Sum; 4],
    /// As the token before where no cue stands before.
    no_cue_before: Sum,
    /// Outside of marks.
    out: Alone,
    /// Inside marks.
    quoted: Alone,
    /// As the token itself, at the edge of marks.
    edge: Sum,
}

/// Sums for the token itself.
#[derive(Debug, Clone, Copy, Default)]
struct Alone {
    /// Always.
    here: Sum,
    /// Where no cue stands before it.
    no_cue: Sum,
    /// Where no comma stands before it.
    no_comma: Sum,
}

/// Word types as written, with what is known of them.
#[derive(Debug, Default)]
struct Types {
    /// Numbers of types + 1, open addressing, at most half full.
    slots: Vec<u32>,
    entries: Vec<Entry>,
    known: Vec<Known>,
    /// What of the words does not fit the entries.
    rest: Vec<u8>,
    folded: String,
}

/// One word type: a cache line.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
struct Entry {
    hash: u64,
    /// The first bytes of the word as written.
    front: [u8; FRONT],
    /// Where the others begin in `rest`.
    rest: u32,
    length: u32,
    atom: Atom,
}

/// Bytes of a word in its entry.
const FRONT: usize = 16;

impl Seen for Atom {
    fn word(&self) -> u32 {
        self.word
    }

    fn is_cue(&self) -> bool {
        self.cue >= 2 && self.quote == 0
    }

    fn is_comma(&self) -> bool {
        self.shape == COMMA
    }
}

/// Memory that is reused from paragraph to paragraph and from article to article; bound to one table of weights.
#[derive(Debug, Default)]
pub(crate) struct Scorer {
    types: Types,
    atoms: Vec<Atom>,
    left: Vec<Near>,
    right: Vec<Near>,
    ways: Vec<Way>,
    batch: Batch,
    scratch: Scratch,
    touched: i16,
}

/// On the way to the word type of a token.
#[derive(Debug, Clone, Copy)]
struct Way {
    hash: u64,
    slot: u32,
    quote: u8,
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

#[inline]
fn add(sum: &mut Sum, other: &Sum) {
    for i in 0..sum.len() {
        sum[i] = sum[i].wrapping_add(other[i]);
    }
}

impl Types {
    fn clear(&mut self) {
        *self = Self { folded: std::mem::take(&mut self.folded), ..Self::default() };
    }

    /// Whether the type with this entry is `written`.
    #[inline]
    fn is(&self, entry: &Entry, written: &[u8]) -> bool {
        let n = written.len();
        entry.length as usize == n
            && entry.front == front(written)
            && (n <= FRONT || self.rest[entry.rest as usize..].starts_with(&written[FRONT..]))
    }

    /// What stands in the slot of a hash.
    #[inline]
    fn slot(&self, hash: u64) -> u32 {
        let at = hash as usize & self.slots.len().wrapping_sub(1);
        self.slots.get(at).copied().unwrap_or(0)
    }

    /// The atom of a word type if `slot` holds it.
    #[inline]
    fn at(&self, slot: u32, hash: u64, written: &str) -> Option<Atom> {
        let entry = self.entries.get((slot as usize).wrapping_sub(1))?;
        (entry.hash == hash && self.is(entry, written.as_bytes())).then_some(entry.atom)
    }

    /// The atom of a word type; `edge`: 2 for an opening mark of quotation, 3 for a closing one, else 0.
    fn atom(&mut self, written: &str, token: Token, edge: u8, lexicon: &Lexicon, weights: &Weights) -> Atom {
        let hash = type_hash(written, token, edge);
        if self.slots.len() < 2 * self.known.len() + 2 {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at] != 0 {
            if let Some(atom) = self.at(self.slots[at], hash, written) {
                return atom;
            }
            at = (at + 1) & mask;
        }
        self.slots[at] = self.known.len() as u32 + 1;
        fold_word(written, &mut self.folded);
        let bytes = self.folded.as_bytes();
        let lower = if token.kind == TokenKind::Number { word(b"0") } else { word(bytes) };
        let suffix = word(&bytes[bytes.len().saturating_sub(3)..]);
        let info = lexicon.get(lower);
        let shape = shape(written, token.kind, token.capital);
        let atom = Atom {
            // All marks of quotation look alike: straight and curly ones give the same result.
            word: if edge > 1 { 3 + u32::from(edge) } else { lower },
            class: u32::from(info.coarse) << 8 | u32::from(shape),
            fine: if info.fine > 0 { u32::from(info.fine) } else { 256 + u32::from(shape) },
            kind: u32::from(info.cue) << 3 | u32::from(info.source),
            cue: info.cue,
            shape,
            quote: 0,
            id: 0,
        };
        self.push(hash, written, atom, suffix, weights)
    }

    /// An atom beyond either end of a paragraph.
    fn pad(&mut self, word: u32, weights: &Weights) -> Atom {
        self.push(0, "", Atom { word, fine: 256, ..Atom::default() }, 0, weights)
    }

    fn push(&mut self, hash: u64, written: &str, atom: Atom, suffix: u32, weights: &Weights) -> Atom {
        let atom = Atom { id: self.known.len() as u32, ..atom };
        let (rest, length) = (self.rest.len() as u32, written.len() as u32);
        self.entries.push(Entry { hash, front: front(written.as_bytes()), rest, length, atom });
        self.rest.extend(written.as_bytes().get(FRONT..).unwrap_or_default());
        self.known.push(known(&atom, suffix, weights));
        atom
    }

    fn grow(&mut self) {
        let n = (4 * self.known.len()).next_power_of_two().max(1 << 10);
        self.slots = vec![0; n];
        // The two pads are not looked up.
        for id in 2..self.known.len() {
            let mut at = self.entries[id].hash as usize & (n - 1);
            while self.slots[at] != 0 {
                at = (at + 1) & (n - 1);
            }
            self.slots[at] = id as u32 + 1;
        }
    }
}

/// The sums of a word type.
fn known(a: &Atom, suffix: u32, weights: &Weights) -> Known {
    let base = [one(1, a.word), one(13, suffix), one(19, a.class), one(33, a.fine)];
    let alone = |q3: u32, q: u32| {
        let mut here = weights.sum(&base);
        add(&mut here, &weights.sum(&[two(40, a.kind, q3), two(42, q3, a.word)]));
        let no_cue = weights.sum(&[three(54, 0, a.word, q), three(56, 0, 0, a.class)]);
        Alone { here, no_cue, no_comma: weights.sum(&[three(63, 1, a.word, q)]) }
    };
    Known {
        around: [
            weights.sum(&[one(2, a.word), one(14, suffix), one(20, a.class), one(34, a.fine)]),
            weights.sum(&[one(3, a.word), one(21, a.class), one(35, a.fine)]),
            weights.sum(&[one(4, a.word), one(22, a.class)]),
            weights.sum(&[one(5, a.word), one(23, a.class)]),
        ],
        no_cue_before: weights.sum(&[three(55, 0, a.word, 0)]),
        out: alone(OUT, 0),
        quoted: alone(IN, 1),
        edge: weights.sum(&base),
    }
}

/// 2 for an opening mark of quotation, 3 for a closing one, else 0.
#[inline]
fn edge_of(quote: u8) -> u8 {
    if quote > 1 { quote } else { 0 }
}

#[inline]
fn type_hash(written: &str, token: Token, edge: u8) -> u64 {
    word_hash(written.as_bytes()) ^ u64::from(edge << 2 | token.kind as u8)
}

/// The first bytes of a word, zeros behind.
#[inline]
fn front(word: &[u8]) -> [u8; FRONT] {
    if let Some(front) = word.first_chunk() {
        return *front;
    }
    let mut out = [0; FRONT];
    for (o, b) in out.iter_mut().zip(word) {
        *o = *b;
    }
    out
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
        // The slots are read for all tokens first, then the entries: many cache lines are waited for at once.
        self.ways.clear();
        for (i, &token) in passage.tokens.iter().enumerate() {
            let quote = quote_of(passage, i);
            let hash = type_hash(token.span.of(text), token, edge_of(quote));
            self.ways.push(Way { hash, slot: self.types.slot(hash), quote });
        }
        for (&token, way) in passage.tokens.iter().zip(&self.ways) {
            let written = token.span.of(text);
            let atom = match self.types.at(way.slot, way.hash, written) {
                Some(atom) => atom,
                None if self.types.known.len() > 2 * MAX_TYPES => return false,
                None => self.types.atom(written, token, edge_of(way.quote), lexicon, weights),
            };
            self.atoms.push(Atom { quote: way.quote, ..atom });
        }
        // Each line of the sums is touched now, many at once: one after another they would be waited for.
        let mut touched = 0;
        for atom in &self.atoms {
            let k = &self.types.known[atom.id as usize];
            touched ^= k.around[0][0] ^ k.around[2][0] ^ k.no_cue_before[0] ^ k.out.no_cue[0];
            touched ^= if atom.quote == 1 { k.quoted.here[0] ^ k.quoted.no_comma[0] } else { 0 };
        }
        self.touched = std::hint::black_box(touched);
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
        nearest(passage, &self.atoms[PAD..], &mut self.left, &mut self.right);
        let n = passage.tokens.len();
        let place = place_of(passages, k);
        let (a, known) = (&self.atoms, &self.types.known);
        let batch = &mut self.batch;
        batch.clear();
        let mut hashes = [0_u32; 32];
        let mut between_cues = Kept::new();
        let mut in_stretch = Kept::new();
        for (s, sentence) in passage.sentences.iter().enumerate() {
            let here = &a[PAD + sentence.start..PAD + sentence.end];
            let quotes = here.iter().filter(|x| x.quote == 2).count();
            let cues = here.iter().filter(|x| x.cue >= 2 && x.quote == 0).count();
            let setting = setting_of(cues, quotes, s > 0 && a[PAD + sentence.start - 1].quote > 0);
            let first = here[0].word;
            let of_place = two(69, s.min(3) as u32, place << 4 | setting);
            let in_sentence = [OUT, IN].map(|q3| weights.sum(&[two(41, q3, place), two(43, q3, setting), of_place]));
            let mut comma_word = 1;
            for i in sentence.clone() {
                let c = PAD + i;
                let at = &a[c];
                let (m1, m2, p1, p2) = (&a[c - 1], &a[c - 2], &a[c + 1], &a[c + 2]);
                let q = u32::from(at.quote);
                let q3 = u32::from(m1.quote) << 4 | q << 2 | u32::from(p1.quote);
                let (left, right) = (self.left[i], self.right[i]);
                let (ld, rd) = (bucket(left.distance as usize), bucket(right.distance as usize));
                let mut n_hashes = 0;
                let mut put = |hash: u32| {
                    hashes[n_hashes & 31] = hash;
                    n_hashes += 1;
                };
                let k = &known[at.id as usize];
                let alone = if q == 0 { &k.out } else { &k.quoted };
                let mut sum = if q3 == OUT || q3 == IN { alone.here } else { k.edge };
                match q3 {
                    OUT => add(&mut sum, &in_sentence[0]),
                    IN => add(&mut sum, &in_sentence[1]),
                    _ => {
                        put(two(40, at.kind, q3));
                        put(two(41, q3, place));
                        put(two(42, q3, at.word));
                        put(two(43, q3, setting));
                        put(of_place);
                    }
                }
                add(&mut sum, &known[m1.id as usize].around[0]);
                add(&mut sum, &known[p1.id as usize].around[1]);
                add(&mut sum, &known[m2.id as usize].around[2]);
                add(&mut sum, &known[p2.id as usize].around[3]);
                put(two(8, m1.word, at.word));
                put(two(9, at.word, p1.word));
                put(one(17, u32::from(at.shape) << 16 | u32::from(m1.shape) << 8 | u32::from(p1.shape)));
                put(two(26, m1.class, at.class));
                put(two(27, at.class, p1.class));
                put(three(30, m1.class, at.class, p1.class));
                put(three(31, m2.class, m1.class, at.class));
                put(three(32, at.class, p1.class, p2.class));
                put(two(37, at.fine, p1.fine));
                put(three(38, m1.kind, at.kind, p1.kind));
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
                    add(&mut sum, in_stretch.get((stretch, q), make));
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
                add(&mut sum, between_cues.get(key, make));
                if left.word == 0 {
                    add(&mut sum, &known[m1.id as usize].no_cue_before);
                    if q < 2 {
                        add(&mut sum, &alone.no_cue);
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
                put(three(61, ld, rd, q << 4 | right.commas.min(3) << 2 | left.commas.min(3)));
                if comma_word == 1 && q < 2 {
                    add(&mut sum, &alone.no_comma);
                } else {
                    put(three(63, comma_word, at.word, q));
                }
                let (from_start, to_end) = (bucket(i - sentence.start), bucket(sentence.end - 1 - i));
                put(two(65, first, from_start));
                put(three(68, from_start, to_end, q));
                put(two(70, setting, at.class));
                put(three(71, m2.fine, m1.fine, at.fine));
                put(three(72, at.fine, p1.fine, p2.fine));
                put(three(73, m1.fine, at.fine, p1.fine));
                batch.push(sum, &hashes[..n_hashes.min(32)]);
                if at.shape == COMMA && at.quote == 0 {
                    comma_word = p1.word;
                }
            }
            if batch.len() > MAX_BATCH {
                weights.scores_of(batch, out);
                batch.clear();
            }
        }
        weights.scores_of(batch, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Document, Part, PartKind};
    use crate::lang::language;
    use crate::quotation::passage::passages;
    use crate::quotation::tagger::decode::N_STATES;
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
