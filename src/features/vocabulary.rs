//! The features of a vectorizer: their names, and the table that finds their columns by key.

use std::borrow::Cow;

/// Names in column order, one text without a string for each.
#[derive(Debug, Clone)]
pub(super) struct Names {
    /// Each name with a line feed.
    text: Cow<'static, str>,
    /// Where each ends, before its line feed.
    ends: Vec<u32>,
}

impl Names {
    /// Names as lines; `None` where the text is larger than 4 GB.
    pub(super) fn new(text: Cow<'static, str>) -> Option<Self> {
        u32::try_from(text.len()).ok()?;
        let mut ends = Vec::with_capacity(text.len() / 16);
        line_feeds(text.as_bytes(), |at| ends.push(at as u32));
        if !text.is_empty() && !text.ends_with('\n') {
            ends.push(text.len() as u32);
        }
        Some(Self { text, ends })
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn name(&self, column: usize) -> &str {
        let start = if column == 0 { 0 } else { self.ends[column - 1] as usize + 1 };
        &self.text[start..self.ends[column] as usize]
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|column| self.name(column))
    }
}

/// Tells where each line feed stands, in order.
///
/// Eight bytes at a time: a vocabulary of 3 MB takes a twelfth of the instructions of one byte at a time.
fn line_feeds(bytes: &[u8], mut f: impl FnMut(usize)) {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let (chunks, rest) = bytes.as_chunks::<8>();
    for (i, chunk) in chunks.iter().enumerate() {
        let x = u64::from_le_bytes(*chunk) ^ u64::from_le_bytes([b'\n'; 8]);
        // The highest bit of every byte that is zero.
        let mut zeros = !(((x & LOW) + LOW) | x | LOW);
        while zeros != 0 {
            f(8 * i + zeros.trailing_zeros() as usize / 8);
            zeros &= zeros - 1;
        }
    }
    let behind = 8 * chunks.len();
    rest.iter().enumerate().filter(|(_, b)| **b == b'\n').for_each(|(i, _)| f(behind + i));
}

/// Column and inverse document frequency by key.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    /// Open addressing, at most three quarters full.
    slots: Vec<Slot>,
    /// One bit for every value of the last bits of a key: most n-grams of a text are no features, and need no walk to the
    /// slots.
    filter: Vec<u64>,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    key: u64,
    /// [`FREE`] where there is none.
    column: u32,
    idf: f32,
}

const FREE: u32 = u32::MAX;
/// Keys whose slots are read together before they are filled.
const AHEAD: usize = 64;
/// Bits of the filter for every feature.
const FILTER: usize = 8;

impl Columns {
    fn new(n: usize) -> Self {
        let slots = vec![Slot { key: 0, column: FREE, idf: 0.0 }; (n + n / 3 + 1).next_power_of_two()];
        Self { slots, filter: vec![0; (FILTER * n / 64).next_power_of_two()] }
    }

    /// Columns and inverse document frequencies of features with these keys, in column order; `None` where two have one key.
    ///
    /// Some dozens at a time, their slots read ahead: one after another each would be waited for (`explain` in 10 ms less).
    pub(super) fn of(keys: &[u64], idf: &[f32]) -> Option<Self> {
        let mut columns = Self::new(keys.len());
        for (i, (keys, idf)) in keys.chunks(AHEAD).zip(idf.chunks(AHEAD)).enumerate() {
            columns.touch(keys);
            for (column, (&key, &idf)) in (AHEAD * i..).zip(keys.iter().zip(idf)) {
                if !columns.insert(key, column as u32, idf) {
                    return None;
                }
            }
        }
        Some(columns)
    }

    /// Adds a feature; `false` where the key is taken. At most as many as said in [`Columns::new`].
    fn insert(&mut self, key: u64, column: u32, idf: f32) -> bool {
        let mask = self.slots.len() - 1;
        let mut at = key as usize & mask;
        while self.slots[at].column != FREE {
            if self.slots[at].key == key {
                return false;
            }
            at = (at + 1) & mask;
        }
        self.slots[at] = Slot { key, column, idf };
        let (word, bit) = self.bit(key);
        self.filter[word] |= 1 << bit;
        true
    }

    #[inline]
    fn bit(&self, key: u64) -> (usize, u32) {
        ((key >> 38) as usize & (self.filter.len() - 1), (key >> 32) as u32 % 64)
    }

    /// Column and inverse document frequency of a feature.
    #[inline]
    pub(super) fn get(&self, key: u64) -> Option<(u32, f32)> {
        let mask = self.slots.len() - 1;
        let mut at = key as usize & mask;
        loop {
            let slot = &self.slots[at];
            if slot.column == FREE {
                return None;
            }
            if slot.key == key {
                return Some((slot.column, slot.idf));
            }
            at = (at + 1) & mask;
        }
    }

    /// Appends column (high half) and inverse document frequency (its bits, low half) of each key that is a feature.
    pub(super) fn append_hits(&self, keys: &[u64], out: &mut Vec<u64>) {
        self.touch(keys);
        let found = keys.iter().filter_map(|&key| self.get(key));
        out.extend(found.map(|(column, idf)| u64::from(column) << 32 | u64::from(idf.to_bits())));
    }

    /// Reads the slots of keys that are going to be looked up, so that they come into the cache side by side and not one
    /// after another (see `StemCache::prepare`).
    fn touch(&self, keys: &[u64]) {
        let mask = self.slots.len() - 1;
        std::hint::black_box(keys.iter().fold(0, |all, &key| all ^ self.slots[key as usize & mask].column));
    }

    /// Leaves only keys that may be features: nearly all others are dropped. The order stays.
    ///
    /// A loop of its own, without branches: look-ups one after another, each with its branch, took half as long again
    /// (`cargo bench --bench stages`).
    pub(super) fn retain_likely(&self, keys: &mut Vec<u64>) {
        let mut n = 0;
        for i in 0..keys.len() {
            let key = keys[i];
            let (word, bit) = self.bit(key);
            keys[n] = key;
            n += (self.filter[word] >> bit & 1) as usize;
        }
        keys.truncate(n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lines() {
        let names = Names::new(Cow::Borrowed("word:a\nphrase:a b\n")).unwrap();
        assert_eq!(names.iter().collect::<Vec<_>>(), ["word:a", "phrase:a b"]);
        assert_eq!(Names::new(Cow::Borrowed("")).unwrap().len(), 0);
        assert_eq!(Names::new(Cow::Borrowed("a\nb")).unwrap().name(1), "b");
        let text: String = (0..200).map(|i| format!("{}\u{b}é\n", "x".repeat(i * 7 % 19))).collect();
        let names = Names::new(Cow::Owned(text.clone())).unwrap();
        assert!(names.iter().eq(text.lines()));
    }

    #[test]
    fn columns_are_found_by_their_keys() {
        let key = |i: u64| i.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut columns = Columns::new(100);
        assert!((0..100).all(|i| columns.insert(key(i), i as u32, i as f32)));
        assert!(!columns.insert(key(7), 100, 0.0));
        assert!((0..100).all(|i| columns.get(key(i)) == Some((i as u32, i as f32))));
        assert_eq!(columns.get(key(1000)), None);
        let (mut keys, idf) = ((0..100).map(key).collect::<Vec<u64>>(), [1.5; 100]);
        let all = Columns::of(&keys, &idf).unwrap();
        assert!((0..100).all(|i| all.get(key(i)) == Some((i as u32, 1.5))));
        keys[99] = keys[3];
        assert!(Columns::of(&keys, &idf).is_none());
        let mut keys: Vec<u64> = (90..1000).map(key).collect();
        columns.retain_likely(&mut keys);
        assert!(keys.len() < 400 && (90..100).all(|i| keys[i - 90] == key(i as u64)));
        assert_eq!(Columns::new(0).get(5), None);
    }
}
