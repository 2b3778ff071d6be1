//! What the tagger sees of a token: a fixed number of hashed features. Reading goes a shorter way to the same sums, see
//! `score`.

use crate::quotation::passage::Passage;
use crate::quotation::tagger::hash::{one, three, two, word};
use crate::quotation::tagger::lexicon::{Lexicon, WordInfo};
use crate::text::{TokenKind, fold_word};

/// Hashed features of one token; 0 stands for "absent".
pub(crate) const N_FEATURES: usize = 52;

/// What every mark of quotation looks like to the chain.
pub(crate) const MARK: &str = "\"";

/// Shape of a comma.
pub(crate) const COMMA: u8 = 10;

/// Tokens beyond either end of a paragraph that windows look at.
pub(crate) const PAD: usize = 2;

/// What is known of one token before its neighbours are looked at.
#[derive(Debug, Clone, Copy, Default)]
struct Atom {
    /// Hash of the folded word.
    word: u32,
    /// Hash of its last three bytes.
    suffix: u32,
    info: WordInfo,
    /// Case and kind of characters.
    shape: u8,
    /// 0 outside marks, 1 inside, 2 opening mark, 3 closing mark.
    quote: u8,
}

/// Where the nearest cue-like word is.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Near {
    /// Its hash; 0: there is none.
    pub(crate) word: u32,
    /// Hash of the word behind it.
    pub(crate) next: u32,
    /// Tokens from there.
    pub(crate) distance: u32,
    /// Commas between, with the token itself.
    pub(crate) commas: u32,
}

impl Atom {
    /// Whether it is a cue-like word outside of marks.
    fn is_cue(&self) -> bool {
        self.info.cue >= 2 && self.quote == 0
    }
}

/// For each token the nearest cue-like word of its sentence on either side. `atoms`: one for each token and one more.
fn nearest(passage: &Passage, atoms: &[Atom], left: &mut Vec<Near>, right: &mut Vec<Near>) {
    for side in [&mut *left, &mut *right] {
        side.clear();
        side.resize(passage.tokens.len(), Near::default());
    }
    let step = |near: &mut Near, i: usize, out: &mut Near| {
        if near.word != 0 {
            near.distance += 1;
            near.commas += u32::from(atoms[i].shape == COMMA);
        }
        *out = *near;
        if atoms[i].is_cue() {
            *near = Near { word: atoms[i].word, next: atoms[i + 1].word, distance: 0, commas: 0 };
        }
    };
    for sentence in &passage.sentences {
        let mut near = Near::default();
        for i in sentence.clone() {
            step(&mut near, i, &mut left[i]);
        }
        near = Near::default();
        for i in sentence.clone().rev() {
            step(&mut near, i, &mut right[i]);
        }
    }
}

/// Memory that is reused from paragraph to paragraph.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    atoms: Vec<Atom>,
    left: Vec<Near>,
    right: Vec<Near>,
    folded: String,
}

/// Small numbers as they are, larger ones in steps.
#[inline]
pub(crate) fn bucket(n: usize) -> u32 {
    const LAST: usize = 50;
    const BUCKETS: [u8; LAST + 1] = {
        let mut buckets = [0; LAST + 1];
        let mut n = 0;
        while n <= LAST {
            buckets[n] = match n {
                0..=4 => n as u8,
                5..=6 => 5,
                7..=9 => 6,
                10..=14 => 7,
                15..=24 => 8,
                25..=49 => 9,
                _ => 10,
            };
            n += 1;
        }
        buckets
    };
    u32::from(BUCKETS[n.min(LAST)])
}

/// Case and kind of characters of a token.
pub(crate) fn shape(text: &str, kind: TokenKind, capital: bool) -> u8 {
    match kind {
        TokenKind::Mark => match text.as_bytes() {
            b"," => COMMA,
            b"." => 11,
            b":" => 12,
            b";" => 13,
            b"?" | b"!" => 14,
            b"-" => 15,
            b"(" | b"[" => 17,
            b")" | b"]" => 18,
            _ if matches!(text, "–" | "—") => 16,
            _ => 19,
        },
        TokenKind::Number => 2,
        TokenKind::Word if !capital => {
            if text.as_bytes()[0].is_ascii_digit() {
                3
            } else if text.contains(['\'', '’']) {
                4
            } else {
                1
            }
        }
        TokenKind::Word => {
            let mut rest = text.chars().skip(1);
            if text.ends_with('.') {
                5
            } else if text.len() == 1 {
                6
            } else if text.contains(['\'', '’']) {
                7
            } else if rest.all(char::is_uppercase) {
                8
            } else {
                9
            }
        }
    }
}

/// 0 outside marks, 1 inside, 2 opening mark, 3 closing mark.
#[inline]
pub(crate) fn quote_of(passage: &Passage, i: usize) -> u8 {
    let Some(stretch) = passage.depth[i].checked_sub(1) else { return 0 };
    let (stretch, span) = (passage.quoted[stretch as usize], passage.tokens[i].span);
    if span.end <= stretch.inner.start {
        2
    } else if span.start >= stretch.inner.end {
        3
    } else {
        1
    }
}

/// A neighbour without marks of quotation.
const NO_MARKS: u32 = 3;

/// Where paragraph `k` stands: its number, and what marks the paragraphs before and behind have.
pub(crate) fn place_of(passages: &[Passage], k: usize) -> u32 {
    let neighbour = |other: Option<&Passage>| match other {
        None => 0,
        Some(p) if p.quoted.first().is_some_and(|q| q.outer.start == p.span.start) => {
            1 + u32::from(!p.quoted[0].closed)
        }
        Some(p) if p.quoted.is_empty() => NO_MARKS,
        Some(_) => 4,
    };
    let before = neighbour(k.checked_sub(1).and_then(|b| passages.get(b)));
    // The end of the text is like a paragraph without marks: one appended must change nothing before it.
    let after = passages.get(k + 1).map_or(NO_MARKS, |p| neighbour(Some(p)));
    (k.min(2) as u32) << 8 | before << 4 | after
}

/// What a sentence has: cues, opening marks, and whether the one before ends with a mark of quotation.
pub(crate) fn setting_of(cues: usize, quotes: usize, previous_quoted: bool) -> u32 {
    (cues.min(3) as u32) << 4 | (quotes.min(2) as u32) << 1 | u32::from(previous_quoted)
}

/// The atoms of a passage, with [`PAD`] empty ones before and behind.
fn atoms(text: &str, passage: &Passage, lexicon: &Lexicon, scratch: &mut Scratch) {
    let atoms = &mut scratch.atoms;
    atoms.clear();
    atoms.resize(PAD, Atom { word: 1, ..Atom::default() });
    for (i, token) in passage.tokens.iter().enumerate() {
        let surface = token.span.of(text);
        let quote = quote_of(passage, i);
        // All marks of quotation look alike: straight and curly ones give the same result.
        fold_word(if quote > 1 { MARK } else { surface }, &mut scratch.folded);
        let bytes = scratch.folded.as_bytes();
        let hash = if token.kind == TokenKind::Number { word(b"0") } else { word(bytes) };
        atoms.push(Atom {
            word: if quote > 1 { 3 + u32::from(quote) } else { hash },
            suffix: word(&bytes[bytes.len().saturating_sub(3)..]),
            info: lexicon.get(hash),
            shape: shape(surface, token.kind, token.capital),
            quote,
        });
    }
    atoms.resize(atoms.len() + PAD, Atom { word: 2, ..Atom::default() });
}

/// Appends [`N_FEATURES`] hashes for every token of passage number `k` to `out`.
pub(crate) fn encode(
    text: &str,
    passages: &[Passage],
    k: usize,
    lexicon: &Lexicon,
    scratch: &mut Scratch,
    out: &mut Vec<u32>,
) {
    let passage = &passages[k];
    atoms(text, passage, lexicon, scratch);
    nearest(passage, &scratch.atoms[PAD..], &mut scratch.left, &mut scratch.right);
    let n = passage.tokens.len();
    let place = place_of(passages, k);
    let a = &scratch.atoms;
    for (s, sentence) in passage.sentences.iter().enumerate() {
        let atoms_here = &a[PAD + sentence.start..PAD + sentence.end];
        let quotes = atoms_here.iter().filter(|x| x.quote == 2).count();
        let cues = atoms_here.iter().filter(|x| x.info.cue >= 2 && x.quote == 0).count();
        let setting = setting_of(cues, quotes, s > 0 && a[PAD + sentence.start - 1].quote > 0);
        let first = atoms_here[0].word;
        let mut comma_word = 1;
        for i in sentence.clone() {
            let c = PAD + i;
            let at = a[c];
            let (m1, m2, p1, p2) = (a[c - 1], a[c - 2], a[c + 1], a[c + 2]);
            let stretch = passage.depth[i];
            let q3 = u32::from(m1.quote) << 4 | u32::from(at.quote) << 2 | u32::from(p1.quote);
            let q = u32::from(at.quote);
            let (left, right) = (scratch.left[i], scratch.right[i]);
            let cl = |x: &Atom| u32::from(x.info.coarse) << 8 | u32::from(x.shape);
            let fine = |x: &Atom| if x.info.fine > 0 { u32::from(x.info.fine) } else { 256 + u32::from(x.shape) };
            let ld = bucket(left.distance as usize);
            let rd = bucket(right.distance as usize);
            let mut t = 0;
            let mut put = |hash: u32| {
                out.push(hash);
                t += 1;
            };
            // Words around.
            put(one(1, at.word));
            put(one(2, m1.word));
            put(one(3, p1.word));
            put(one(4, m2.word));
            put(one(5, p2.word));
            put(two(8, m1.word, at.word));
            put(two(9, at.word, p1.word));
            // Endings and shapes.
            put(one(13, at.suffix));
            put(one(14, m1.suffix));
            put(one(17, u32::from(at.shape) << 16 | u32::from(m1.shape) << 8 | u32::from(p1.shape)));
            // Classes around.
            put(one(19, cl(&at)));
            put(one(20, cl(&m1)));
            put(one(21, cl(&p1)));
            put(one(22, cl(&m2)));
            put(one(23, cl(&p2)));
            put(two(26, cl(&m1), cl(&at)));
            put(two(27, cl(&at), cl(&p1)));
            put(three(30, cl(&m1), cl(&at), cl(&p1)));
            put(three(31, cl(&m2), cl(&m1), cl(&at)));
            put(three(32, cl(&at), cl(&p1), cl(&p2)));
            put(one(33, fine(&at)));
            put(one(34, fine(&m1)));
            put(one(35, fine(&p1)));
            put(two(37, fine(&at), fine(&p1)));
            // Cue and source classes.
            let kind = |x: &Atom| u32::from(x.info.cue) << 3 | u32::from(x.info.source);
            put(three(38, kind(&m1), kind(&at), kind(&p1)));
            put(three(39, kind(&m2) << 8 | kind(&m1), kind(&at), kind(&p1) << 8 | kind(&p2)));
            put(two(40, kind(&at), q3));
            // Quotation marks.
            put(two(41, q3, place));
            put(two(42, q3, at.word));
            put(two(43, q3, setting));
            if stretch > 0 {
                let range = passage.quoted_tokens(stretch as usize - 1);
                let outside_left = a[PAD + range.start - 1];
                let outside_right = a[PAD + range.end];
                let outside_right2 = a[PAD + range.end + 1];
                let length = bucket(range.len().saturating_sub(2));
                let last = a[(PAD + range.end).saturating_sub(2)];
                let opens = a[PAD + range.start + 1].shape;
                put(three(46, outside_left.word, length, q));
                put(three(47, outside_right.word, length, u32::from(last.shape) << 2 | q));
                put(three(48, u32::from(last.shape) << 8 | u32::from(opens), length, q));
                put(three(
                    49,
                    kind(&outside_right) << 8 | cl(&outside_right),
                    kind(&outside_right2) << 8 | cl(&outside_right2),
                    q,
                ));
                put(three(51, place, u32::from(range.start == 0) << 8 | u32::from(range.end == n), q));
            } else {
                (0..5).for_each(|_| put(0));
            }
            // The nearest cue on either side.
            put(two(52, left.word, ld));
            put(three(53, left.word, left.next, q));
            put(three(54, left.word, at.word, q));
            put(three(55, left.word, m1.word, left.commas.min(3)));
            put(three(56, ld, left.commas.min(3), cl(&at)));
            put(two(57, right.word, rd));
            put(three(58, right.word, right.next, q));
            put(three(61, ld, rd, q << 4 | right.commas.min(3) << 2 | left.commas.min(3)));
            put(three(62, left.word, right.word, q));
            // Commas and the clause.
            put(three(63, comma_word, at.word, q));
            put(two(65, first, bucket(i - sentence.start)));
            // Position.
            put(three(68, bucket(i - sentence.start), bucket(sentence.end - 1 - i), q));
            put(two(69, s.min(3) as u32, place << 4 | setting));
            put(two(70, setting, cl(&at)));
            // Wider class windows.
            put(three(71, fine(&m2), fine(&m1), fine(&at)));
            put(three(72, fine(&at), fine(&p1), fine(&p2)));
            put(three(73, fine(&m1), fine(&at), fine(&p1)));
            debug_assert_eq!(t, N_FEATURES);
            if at.shape == COMMA && at.quote == 0 {
                comma_word = p1.word;
            }
        }
    }
}
