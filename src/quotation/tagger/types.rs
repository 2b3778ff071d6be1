//! Word types as written, with the sums of what depends on them alone: made once and kept from article to article.

use crate::lang::word_hash;
use crate::quotation::tagger::batch::Batch;
use crate::quotation::tagger::features::{MARK, shape};
use crate::quotation::tagger::hash::{one, three, two, word};
use crate::quotation::tagger::lexicon::Lexicon;
use crate::quotation::tagger::weights::{Sum, Weights, add};
use crate::text::{Token, TokenKind, fold_word};

/// Word types that are kept; beyond this all are forgotten, so that memory stays bounded on any input.
pub(super) const MAX_TYPES: usize = 1 << 15;

/// Surrounding of a token outside of all marks.
pub(super) const OUT: u32 = 0;

/// Surrounding of a token that stands, with its neighbours, between marks.
pub(super) const IN: u32 = 21;

/// What is known of one token.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Atom {
    pub(super) word: u32,
    /// Coarse class and shape.
    pub(super) class: u32,
    /// Fine class, else shape.
    pub(super) fine: u32,
    /// Cue and source class.
    pub(super) kind: u32,
    pub(super) cue: u8,
    pub(super) shape: u8,
    /// 0 outside marks, 1 inside, 2 opening mark, 3 closing mark.
    pub(super) quote: u8,
    /// Number of its word type.
    pub(super) id: u32,
}

/// Sums of the features that depend on one word alone. What is of use outside marks stands in front, in whole cache lines.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
pub(super) struct Known {
    /// One before, one behind, two before, two behind the token.
    pub(super) around: [Sum; 4],
    /// As the token before where no cue stands before.
    pub(super) no_cue_before: Sum,
    /// Outside of marks.
    pub(super) out: Alone,
    /// Inside marks.
    pub(super) quoted: Alone,
    /// As the token itself, at the edge of marks.
    pub(super) edge: Sum,
}

/// Sums for the token itself.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Alone {
    /// Always.
    pub(super) here: Sum,
    /// Where no cue stands before it.
    pub(super) no_cue: Sum,
    /// Where no comma stands before it.
    pub(super) no_comma: Sum,
}

/// Word types as written, with what is known of them.
#[derive(Debug, Default)]
pub(super) struct Types {
    /// Numbers of types + 1, open addressing, at most half full.
    pub(super) slots: Vec<u32>,
    pub(super) entries: Vec<Entry>,
    pub(super) known: Vec<Known>,
    /// What of the words does not fit the entries.
    pub(super) rest: Vec<u8>,
    pub(super) folded: String,
    batch: Batch,
}

/// One word type: a cache line.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
pub(super) struct Entry {
    pub(super) hash: u64,
    /// The first bytes of the word as written.
    pub(super) front: u128,
    /// Where the others begin in `rest`.
    pub(super) rest: u32,
    pub(super) length: u32,
    pub(super) atom: Atom,
}

/// On the way to the word type of a token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way {
    pub(super) hash: u64,
    pub(super) front: u128,
    pub(super) slot: u32,
    pub(super) quote: u8,
}

/// Bytes of a word in its entry.
const FRONT: usize = 16;

impl Atom {
    /// Whether it is a cue-like word outside of marks.
    pub(super) fn is_cue(&self) -> bool {
        self.cue >= 2 && self.quote == 0
    }
}

impl Types {
    pub(super) fn clear(&mut self) {
        *self = Self { folded: std::mem::take(&mut self.folded), ..Self::default() };
    }

    /// What stands in the slot of a hash.
    #[inline]
    pub(super) fn slot(&self, hash: u64) -> u32 {
        let at = hash as usize & self.slots.len().wrapping_sub(1);
        self.slots.get(at).copied().unwrap_or(0)
    }

    /// The atom of a word type if `slot` holds it.
    #[inline]
    pub(super) fn at(&self, slot: u32, way: &Way, written: &[u8]) -> Option<Atom> {
        let entry = self.entries.get((slot as usize).wrapping_sub(1))?;
        let n = written.len();
        let is = entry.hash == way.hash
            && entry.length as usize == n
            && entry.front == way.front
            && (n <= FRONT || self.rest[entry.rest as usize..].starts_with(&written[FRONT..]));
        is.then_some(entry.atom)
    }

    /// The atom of the word type of a token.
    pub(super) fn atom(
        &mut self,
        written: &str,
        token: Token,
        way: &Way,
        lexicon: &Lexicon,
        weights: &Weights,
    ) -> Atom {
        let (hash, edge) = (way.hash, edge_of(way.quote));
        if self.slots.len() < 2 * self.known.len() + 2 {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at] != 0 {
            if let Some(atom) = self.at(self.slots[at], way, written.as_bytes()) {
                return atom;
            }
            at = (at + 1) & mask;
        }
        self.slots[at] = self.known.len() as u32 + 1;
        // All marks of quotation look alike: straight and curly ones give the same result.
        fold_word(if edge > 1 { MARK } else { written }, &mut self.folded);
        let bytes = self.folded.as_bytes();
        let lower = if token.kind == TokenKind::Number { word(b"0") } else { word(bytes) };
        let suffix = word(&bytes[bytes.len().saturating_sub(3)..]);
        let info = lexicon.get(lower);
        let shape = shape(written, token.kind, token.capital);
        let atom = Atom {
            word: if edge > 1 { 3 + u32::from(edge) } else { lower },
            class: u32::from(info.coarse) << 8 | u32::from(shape),
            fine: if info.fine > 0 { u32::from(info.fine) } else { 256 + u32::from(shape) },
            kind: u32::from(info.cue) << 3 | u32::from(info.source),
            cue: info.cue,
            shape,
            quote: 0,
            id: 0,
        };
        self.push(way, written, atom, suffix, weights)
    }

    /// An atom beyond either end of a paragraph.
    pub(super) fn pad(&mut self, word: u32, weights: &Weights) -> Atom {
        let way = Way { hash: 0, front: 0, slot: 0, quote: 0 };
        self.push(&way, "", Atom { word, fine: 256, ..Atom::default() }, 0, weights)
    }

    fn push(&mut self, way: &Way, written: &str, atom: Atom, suffix: u32, weights: &Weights) -> Atom {
        let atom = Atom { id: self.known.len() as u32, ..atom };
        let (rest, length) = (self.rest.len() as u32, written.len() as u32);
        self.entries.push(Entry { hash: way.hash, front: way.front, rest, length, atom });
        self.rest.extend(written.as_bytes().get(FRONT..).unwrap_or_default());
        self.known.push(known(&atom, suffix, weights, &mut self.batch));
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

/// The sums of a word type, all looked up together.
fn known(a: &Atom, suffix: u32, weights: &Weights, batch: &mut Batch) -> Known {
    let mut put = |hashes: &[u32]| {
        hashes.iter().for_each(|&hash| batch.put(hash));
        batch.end(Sum::default());
    };
    put(&[one(1, a.word), one(13, suffix), one(19, a.class), one(33, a.fine)]);
    put(&[one(2, a.word), one(14, suffix), one(20, a.class), one(34, a.fine)]);
    put(&[one(3, a.word), one(21, a.class), one(35, a.fine)]);
    put(&[one(4, a.word), one(22, a.class)]);
    put(&[one(5, a.word), one(23, a.class)]);
    put(&[three(55, 0, a.word, 0)]);
    for (q3, q) in [(OUT, 0), (IN, 1)] {
        put(&[two(40, a.kind, q3), two(42, q3, a.word)]);
        put(&[three(54, 0, a.word, q), three(56, 0, 0, a.class)]);
        put(&[three(63, 1, a.word, q)]);
    }
    let mut sums = [Sum::default(); 12];
    let mut next = sums.iter_mut();
    batch.finish(weights, |sum| next.next().into_iter().for_each(|s| *s = *sum));
    let [edge, m1, p1, m2, p2, no_cue_before, out @ .., q0, q1, q2] = sums;
    let alone = |[mut here, no_cue, no_comma]: [Sum; 3]| {
        add(&mut here, &edge);
        Alone { here, no_cue, no_comma }
    };
    let (out, quoted) = (alone(out), alone([q0, q1, q2]));
    Known { around: [m1, p1, m2, p2], no_cue_before, out, quoted, edge }
}

/// 2 for an opening mark of quotation, 3 for a closing one, else 0.
#[inline]
pub(super) fn edge_of(quote: u8) -> u8 {
    if quote > 1 { quote } else { 0 }
}

/// The first bytes of a word that stands at `start` and has `length` bytes, zeros behind.
#[inline]
pub(super) fn front(text: &[u8], start: usize, length: usize) -> u128 {
    if let Some(front) = text.get(start..).and_then(|t| t.first_chunk::<FRONT>()) {
        let front = u128::from_le_bytes(*front);
        return if length < FRONT { front & !(u128::MAX << (8 * length)) } else { front };
    }
    // At the very end of a text.
    let mut out = [0; FRONT];
    let word = text.get(start..start + length).unwrap_or_default();
    out.iter_mut().zip(word).for_each(|(o, b)| *o = *b);
    u128::from_le_bytes(out)
}

/// Hash of a word type, of whose word `front` is the first part.
#[inline]
pub(super) fn type_hash(front: u128, written: &[u8], kind: TokenKind, edge: u8) -> u64 {
    let key =
        if written.len() <= FRONT { front as u64 ^ ((front >> 64) as u64).rotate_left(31) } else { word_hash(written) };
    let key = key ^ (written.len() as u64) << 8 ^ u64::from(edge << 2 | kind as u8);
    let key = (key ^ key >> 32).wrapping_mul(0x9FB2_1C65_1E98_DF25);
    key ^ key >> 29
}
