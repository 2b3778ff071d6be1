//! Which tables of a language hold a word: one look-up in a hash table in place of many binary searches.
//!
//! Extraction of 2,000 articles (11.6 MB, `demarche extract -j 1`) spent two thirds of its time in binary searches of
//! the tables before. Made on first use, once for each language and process.

use crate::lang::{Case, Language};

macro_rules! marks {
    ($($(#[$doc:meta])* $name:ident = $bit:expr,)*) => {
        $($(#[$doc])* pub(super) const $name: u64 = 1 << $bit;)*
        #[cfg(test)]
        const BITS: &[u32] = &[$($bit),*];
    };
}

marks! {
    CUE = 0,
    RARELY_CUE = 1,
    NEEDS_CLAUSE = 2,
    ALSO_NOUN = 3,
    ATTRIBUTIVE = 4,
    PRONOUN = 5,
    TITLE = 6,
    GIVEN_NAME = 7,
    NICKNAME = 8,
    SURNAME_FIRST = 9,
    PARTICLE = 10,
    NAME_SUFFIX = 11,
    ROLE = 12,
    ROLE_MODIFIER = 13,
    COLLECTIVE = 14,
    ORGANIZATION = 15,
    ORGANIZATION_HEAD = 16,
    COUNTRY_TERM = 17,
    CAPITALS = 18,
    NEGATION = 19,
    NEGATION_END = 20,
    TIME = 21,
    SENTENCE_START = 22,
    PHRASE_END = 23,
    CONJUNCTION = 24,
    PREPOSITION = 25,
    DETERMINER = 26,
    AUXILIARY = 27,
    ADVERB = 28,
    COMPLEMENTIZER = 29,
    ADDRESSEE = 30,
    PASSIVE_AUXILIARY = 31,
    ADDRESSED_CUE = 32,
    QUESTION_LABEL = 33,
    ANSWER_LABEL = 34,
    CUE_PHRASE = 35,
    LIGHT_CUE = 36,
    CITY = 47,
    /// The key is the abbreviation without its full stop.
    ABBREVIATION = 48,
    VERB = 37,
    VERB_OR_NOUN = 38,
    NUMERAL = 39,
    MEASURE = 46,
    ACT_CUE = 50,
    ATTITUDE = 61,
    /// First word of a cue of several words.
    FIRST_OF_CUE = 40,
    FIRST_OF_LIGHT_CUE = 41,
    FIRST_OF_ROLE = 42,
    FIRST_OF_ORGANIZATION = 43,
    FIRST_OF_COUNTRY = 44,
    FIRST_OF_ATTITUDE = 45,
    FIRST_OF_CITY = 49,
    /// A pronoun that can be a subject.
    SUBJECT_PRONOUN = 56,
    /// The key is a title without its full stop.
    DOTTED_TITLE = 57,
    PORTFOLIO = 58,
    /// First word of the name of a chamber.
    FIRST_OF_CHAMBER = 59,
    /// Of words, not of tables: ends in "'s".
    GENITIVE = 60,
}

/// 1 + the class of a cue stands in the bits from this one on, up to 55: no search where the marks are known.
pub(super) const CUE_CLASS: u32 = 51;
pub(super) const CUE_CLASSES: u64 = 31;

/// The tables that are asked what they say of a key, not only whether they have it.
const WITH_VALUES: u64 = CUE
    | PRONOUN
    | TITLE
    | GIVEN_NAME
    | NICKNAME
    | SURNAME_FIRST
    | ROLE
    | COLLECTIVE
    | ORGANIZATION
    | ORGANIZATION_HEAD
    | COUNTRY_TERM
    | CITY
    | CUE_PHRASE
    | LIGHT_CUE
    | ATTITUDE;

/// For each key of the tables, and each first word of a key of several words, the tables that hold it.
///
/// Words are known by 64-bit hashes, which differ for all keys (a test sees to it). Another word with the hash of a key
/// would be taken for it: by chance once in 10^15 words.
#[derive(Debug)]
pub(super) struct Index {
    words: Marks,
    /// The first two words of keys of several words.
    pairs: Marks,
    /// 1 + the place of a key in its table, by its hash (of several words also by that of their hashes, so that no key has to
    /// be put together) and the mark of the table.
    places: Marks,
}

impl Index {
    pub(super) fn new(lang: &Language) -> Self {
        let (mut n_keys, mut n_pairs, mut n_places) = (0_usize, 0_usize, 0_usize);
        each_key(lang, &mut |marks, key| {
            n_keys += 1 + usize::from(matches!(key, Key::Phrase(..)));
            n_places += usize::from(marks & WITH_VALUES != 0);
            n_pairs += usize::from(!matches!(key, Key::Whole(_)));
        });
        let mut index =
            Self { words: Marks::new(n_keys), pairs: Marks::new(n_pairs), places: Marks::new(n_places + n_pairs) };
        let mut n_of = [0; u64::BITS as usize];
        each_key(lang, &mut |marks, key| {
            let (key, whole, begins) = match key {
                Key::Whole(key) => (key, marks, 0),
                Key::Begins(key) => (key, 0, marks),
                Key::Phrase(begins, key) => (key, marks, begins),
            };
            let place = (whole & WITH_VALUES != 0).then(|| {
                let n = &mut n_of[whole.trailing_zeros() as usize];
                *n += 1;
                *n
            });
            if whole != 0 {
                let hash = word_hash(key.as_bytes());
                index.words.add(hash, whole);
                if let Some(place) = place {
                    index.places.add(pair_hash(hash, whole), place);
                }
            }
            if begins == 0 {
                return;
            }
            let mut words = key.as_bytes().split(|&b| b == b' ').map(word_hash);
            let first = words.next().unwrap_or_default();
            index.words.add(first, begins);
            if let Some(second) = words.next() {
                let pair = pair_hash(first, second);
                let (chain, n_more) = words.fold((pair, 0), |(chain, n), word| (pair_hash(chain, word), n + 1));
                index.pairs.add(pair, begins | OF_TWO_WORDS << n_more.min(MAX_WORDS - 2));
                if let Some(place) = place {
                    index.places.add(pair_hash(chain, whole), place);
                }
            }
        });
        index
    }

    /// The marks of a word or key; 0 where no table holds it.
    #[inline]
    pub(super) fn of(&self, word: &str) -> u64 {
        self.of_hash(word_hash(word.as_bytes()))
    }

    /// Where the table with this mark may have a word: there or nowhere. A binary search took five times as long.
    #[inline]
    pub(super) fn place(&self, mark: u64, word: &str) -> Option<usize> {
        let hash = word_hash(word.as_bytes());
        if self.words.of(hash) & mark == 0 {
            return None;
        }
        self.place_by(mark, hash)
    }

    #[inline]
    fn place_by(&self, mark: u64, hash: u64) -> Option<usize> {
        (self.places.of(pair_hash(hash, mark)) as usize).checked_sub(1)
    }

    /// The marks of first words whose keys begin with the words of these hashes (and of the lengths of the keys).
    #[inline]
    pub(super) fn of_pair(&self, first: u64, second: u64) -> u64 {
        self.pairs.of(pair_hash(first, second))
    }

    /// The marks of a word or key with this hash.
    #[inline]
    pub(super) fn of_hash(&self, hash: u64) -> u64 {
        self.words.of(hash)
    }

    /// Where the table with the mark `whole` may have the keys that `words` begin with: `found` is told their lengths in words
    /// and their places, the shortest first. `first`: its mark `FIRST_OF_...`; nothing more is looked up where no key has the
    /// first word, or the first two, or so many words.
    #[inline]
    pub(super) fn each_place(
        &self,
        [first, whole]: [u64; 2],
        mut words: impl Iterator<Item = impl AsRef<str>>,
        mut found: impl FnMut(usize, usize),
    ) {
        let Some(one) = words.next() else { return };
        let mut chain = word_hash(one.as_ref().as_bytes());
        let marks = self.words.of(chain);
        if marks & first == 0 {
            return;
        }
        if marks & whole != 0
            && let Some(place) = self.place_by(whole, chain)
        {
            found(1, place);
        }
        let mut lengths = 0;
        for (n, word) in (2..=MAX_WORDS).zip(words) {
            chain = pair_hash(chain, word_hash(word.as_ref().as_bytes()));
            if n == 2 {
                let pair = self.pairs.of(chain);
                lengths = if pair & first == 0 { 0 } else { pair & LENGTHS };
            }
            if lengths & 1 != 0
                && let Some(place) = self.place_by(whole, chain)
            {
                found(n, place);
            }
            lengths >>= 1;
            if lengths == 0 {
                return;
            }
        }
    }
}

/// Keys have at most so many words.
const MAX_WORDS: usize = 6;
/// The first of the marks in [`Index::pairs`] that tell how many words keys have, from 2 on; of the tables' marks only those of
/// first words stand there.
const OF_TWO_WORDS: u64 = 1;
const LENGTHS: u64 = (OF_TWO_WORDS << (MAX_WORDS - 1)) - 1;

/// Marks by hash.
#[derive(Debug)]
struct Marks {
    /// (hash, marks), open addressing, at most half full; no marks: a free slot.
    slots: Vec<(u64, u64)>,
    /// One bit for every value of the last bits of a hash: words of no table, which most are, need no walk to the slots.
    filter: Vec<u64>,
}

/// Bits of the filter for every key.
const FILTER: usize = 8;

impl Marks {
    fn new(n: usize) -> Self {
        let slots = vec![(0, 0); (2 * n).next_power_of_two().max(2)];
        Self { slots, filter: vec![0; (FILTER * n / 64).next_power_of_two().max(1)] }
    }

    fn add(&mut self, hash: u64, marks: u64) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at].1 != 0 && self.slots[at].0 != hash {
            at = (at + 1) & mask;
        }
        self.slots[at] = (hash, self.slots[at].1 | marks);
        let bit = hash >> 32;
        let word = (bit as usize / 64) & (self.filter.len() - 1);
        self.filter[word] |= 1 << (bit % 64);
    }

    #[inline]
    fn of(&self, hash: u64) -> u64 {
        let bit = hash >> 32;
        if self.filter[(bit as usize / 64) & (self.filter.len() - 1)] >> (bit % 64) & 1 == 0 {
            return 0;
        }
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let (key, marks) = self.slots[at];
            if key == hash || marks == 0 {
                return marks;
            }
            at = (at + 1) & mask;
        }
    }
}

fn pair_hash(first: u64, second: u64) -> u64 {
    (first.rotate_left(21) ^ second).wrapping_mul(0x9FB2_1C65_1E98_DF25).rotate_left(32)
}

/// What of a key is marked.
enum Key {
    Whole(&'static str),
    /// Its first word, and its first two.
    Begins(&'static str),
    /// All of these; the mark is that of the first words.
    Phrase(u64, &'static str),
}

/// Hash of a short string, for tables in memory.
#[inline]
pub(crate) fn word_hash(bytes: &[u8]) -> u64 {
    let four = |at: usize| bytes[at..].first_chunk().map_or(0, |c| u64::from(u32::from_le_bytes(*c)));
    let eight = |at: usize| bytes[at..].first_chunk().map_or(0, |c| u64::from_le_bytes(*c));
    let mix = |x: u64| {
        let x = (x ^ x >> 32).wrapping_mul(0x9FB2_1C65_1E98_DF25);
        x ^ x >> 29
    };
    let n = bytes.len();
    let start = (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    match n {
        0 => start,
        1..4 => mix(start ^ (u64::from(bytes[0]) | u64::from(bytes[n / 2]) << 8 | u64::from(bytes[n - 1]) << 16)),
        4..8 => mix(start ^ (four(0) | four(n - 4) << 32)),
        8..16 => mix(mix(start ^ eight(0)).rotate_left(32) ^ eight(n - 8)),
        _ => {
            let whole = (0..n / 8).fold(start, |h, i| mix(h ^ eight(8 * i)));
            mix(whole.rotate_left(32) ^ eight(n - 8))
        }
    }
}

/// Every key of every table with its mark.
fn each_key(lang: &Language, f: &mut dyn FnMut(u64, Key)) {
    lang.cues.iter().map(|c| c.0).for_each(|k| f(CUE, Key::Whole(k)));
    lang.cues.iter().for_each(|c| f((1 + c.1 as u64) << CUE_CLASS, Key::Whole(c.0)));
    lang.act_cues.iter().copied().for_each(|k| f(ACT_CUE, Key::Whole(k)));
    lang.rarely_cues.iter().copied().for_each(|k| f(RARELY_CUE, Key::Whole(k)));
    lang.cue_needs_clause.iter().copied().for_each(|k| f(NEEDS_CLAUSE, Key::Whole(k)));
    lang.cue_also_noun.iter().copied().for_each(|k| f(ALSO_NOUN, Key::Whole(k)));
    lang.attributives.iter().copied().for_each(|k| f(ATTRIBUTIVE, Key::Whole(k)));
    lang.pronouns.iter().map(|p| p.form).for_each(|k| f(PRONOUN, Key::Whole(k)));
    let subjects = lang.pronouns.iter().filter(|p| matches!(p.case, Case::Subject | Case::Any) && p.form != "one");
    subjects.for_each(|p| f(SUBJECT_PRONOUN, Key::Whole(p.form)));
    lang.titles.iter().map(|t| t.0).for_each(|k| f(TITLE, Key::Whole(k)));
    lang.titles.iter().filter_map(|t| t.0.strip_suffix('.')).for_each(|k| f(DOTTED_TITLE, Key::Whole(k)));
    lang.portfolios.iter().copied().for_each(|k| f(PORTFOLIO, Key::Whole(k)));
    lang.chambers.iter().map(|c| c.0).for_each(|k| f(FIRST_OF_CHAMBER, Key::Begins(k)));
    lang.given_names.iter().map(|n| n.0).for_each(|k| f(GIVEN_NAME, Key::Whole(k)));
    lang.nicknames.iter().map(|n| n.0).for_each(|k| f(NICKNAME, Key::Whole(k)));
    lang.surname_first.iter().map(|n| n.0).for_each(|k| f(SURNAME_FIRST, Key::Whole(k)));
    lang.surname_particles.iter().copied().for_each(|k| f(PARTICLE, Key::Whole(k)));
    lang.name_suffixes.iter().copied().for_each(|k| f(NAME_SUFFIX, Key::Whole(k)));
    lang.roles.iter().map(|r| r.name).for_each(|k| f(ROLE, Key::Phrase(FIRST_OF_ROLE, k)));
    lang.role_modifiers.iter().copied().for_each(|k| f(ROLE_MODIFIER, Key::Whole(k)));
    lang.collective_sources.iter().map(|c| c.0).for_each(|k| f(COLLECTIVE, Key::Whole(k)));
    lang.organizations.iter().map(|o| o.name).for_each(|k| f(ORGANIZATION, Key::Phrase(FIRST_OF_ORGANIZATION, k)));
    lang.organization_heads.iter().map(|o| o.0).for_each(|k| f(ORGANIZATION_HEAD, Key::Whole(k)));
    lang.country_terms.iter().map(|c| c.0).for_each(|k| f(COUNTRY_TERM, Key::Phrase(FIRST_OF_COUNTRY, k)));
    lang.cities.iter().map(|c| c.0).for_each(|k| f(CITY, Key::Phrase(FIRST_OF_CITY, k)));
    let bare = |a: &'static str| a.strip_suffix('.').unwrap_or(a);
    lang.abbreviations.iter().for_each(|a| f(ABBREVIATION, Key::Whole(bare(a))));
    lang.capitals_only.iter().copied().for_each(|k| f(CAPITALS, Key::Whole(k)));
    lang.negations.iter().copied().for_each(|k| f(NEGATION, Key::Whole(k)));
    lang.negation_enders.iter().copied().for_each(|k| f(NEGATION_END, Key::Whole(k)));
    lang.time_words.iter().copied().for_each(|k| f(TIME, Key::Whole(k)));
    lang.sentence_starters.iter().copied().for_each(|k| f(SENTENCE_START, Key::Whole(k)));
    lang.phrase_ends.iter().copied().for_each(|k| f(PHRASE_END, Key::Whole(k)));
    lang.conjunctions.iter().copied().for_each(|k| f(CONJUNCTION, Key::Whole(k)));
    lang.prepositions.iter().copied().for_each(|k| f(PREPOSITION, Key::Whole(k)));
    lang.determiners.iter().copied().for_each(|k| f(DETERMINER, Key::Whole(k)));
    lang.auxiliaries.iter().copied().for_each(|k| f(AUXILIARY, Key::Whole(k)));
    lang.adverbs.iter().copied().for_each(|k| f(ADVERB, Key::Whole(k)));
    lang.complementizers.iter().copied().for_each(|k| f(COMPLEMENTIZER, Key::Whole(k)));
    lang.addressees.iter().copied().for_each(|k| f(ADDRESSEE, Key::Whole(k)));
    lang.passive_auxiliaries.iter().copied().for_each(|k| f(PASSIVE_AUXILIARY, Key::Whole(k)));
    lang.addressed_cues.iter().copied().for_each(|k| f(ADDRESSED_CUE, Key::Whole(k)));
    lang.question_labels.iter().copied().for_each(|k| f(QUESTION_LABEL, Key::Whole(k)));
    lang.answer_labels.iter().copied().for_each(|k| f(ANSWER_LABEL, Key::Whole(k)));
    lang.verbs.iter().copied().for_each(|k| f(VERB, Key::Whole(k)));
    lang.verbs_or_nouns.iter().copied().for_each(|k| f(VERB_OR_NOUN, Key::Whole(k)));
    lang.numerals.iter().copied().for_each(|k| f(NUMERAL, Key::Whole(k)));
    lang.measures.iter().copied().for_each(|k| f(MEASURE, Key::Whole(k)));
    lang.cue_phrases.iter().map(|c| c.0).for_each(|k| f(CUE_PHRASE, Key::Phrase(FIRST_OF_CUE, k)));
    lang.light_cues.iter().copied().for_each(|k| f(LIGHT_CUE, Key::Phrase(FIRST_OF_LIGHT_CUE, k)));
    lang.attitudes.iter().map(|a| a.0).for_each(|k| f(ATTITUDE, Key::Phrase(FIRST_OF_ATTITUDE, k)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_apart() {
        let unique: std::collections::BTreeSet<_> = BITS.iter().collect();
        assert_eq!(unique.len(), BITS.len());
        assert!(BITS.iter().all(|&bit| CUE_CLASSES << CUE_CLASS >> bit & 1 == 0));
    }

    #[test]
    fn every_key_has_its_marks_and_no_other() {
        let lang = crate::lang::language("en").unwrap();
        let index = Index::new(lang);
        let mut marks = std::collections::BTreeMap::new();
        let mut n_of = std::collections::BTreeMap::new();
        each_key(lang, &mut |mark, key| {
            let (whole, begins) = match key {
                Key::Whole(key) => (Some(key), None),
                Key::Begins(key) => (None, Some((mark, key))),
                Key::Phrase(begins, key) => (Some(key), Some((begins, key))),
            };
            if let Some((first, key)) = begins {
                *marks.entry(key.split(' ').next().unwrap()).or_insert(0) |= first;
            }
            if let Some(key) = whole {
                *marks.entry(key).or_insert(0) |= mark;
                let n = n_of.entry(mark).or_insert(0);
                assert_eq!(index.place(mark, key), (mark & WITH_VALUES != 0).then_some(*n), "{key}");
                *n += 1;
            }
        });
        assert!(marks.iter().all(|(key, &m)| index.of(key) == m));
        assert_eq!(index.words.slots.iter().filter(|s| s.1 != 0).count(), marks.len());
        assert_eq!(index.of("no such word"), 0);
        assert_eq!(index.of(""), 0);
        let lengths = |words: [&'static str; 3]| {
            let mut lengths = Vec::new();
            index.each_place([FIRST_OF_CUE, CUE_PHRASE], words.into_iter(), |n, _| lengths.push(n));
            lengths
        };
        assert_eq!(lengths(["according", "to", "him"]), [2]);
        assert!(lengths(["to", "according", "to"]).is_empty());
    }
}
