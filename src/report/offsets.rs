//! Byte offsets of a text to the offsets that users want.

use crate::text::Span;

/// What offsets count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    /// Unicode scalar values, as Python and R count.
    #[default]
    Scalars,
    /// Bytes of the UTF-8 form.
    Bytes,
    /// Scalars, and bytes beside them.
    Both,
}

/// Converts byte offsets of one text.
pub struct Offsets {
    /// Scalars before every 64th byte; empty where each byte is a scalar.
    marks: Vec<usize>,
    unit: Unit,
}

const STEP: usize = 64;

impl Offsets {
    /// For `text`. Linear time, an eighth of the text's memory (none for ASCII text).
    pub fn new(text: &str, unit: Unit) -> Self {
        if text.is_ascii() {
            return Self { marks: Vec::new(), unit };
        }
        let mut n = 0;
        let (chunks, rest) = text.as_bytes().as_chunks::<STEP>();
        let mut marks = Vec::with_capacity(chunks.len() + 1);
        for chunk in chunks {
            marks.push(n);
            // In a byte, which holds it: so the processor adds many at once.
            let mut here = 0_u8;
            for &byte in chunk {
                here += u8::from(!is_continuation(byte));
            }
            n += usize::from(here);
        }
        if !rest.is_empty() {
            marks.push(n);
        }
        Self { marks, unit }
    }

    /// The offset of byte `at` of `text`, the text it was made for.
    pub fn of(&self, text: &str, at: usize) -> usize {
        match self.unit {
            Unit::Bytes => at,
            Unit::Scalars | Unit::Both => self.scalar(text, at),
        }
    }

    /// Whether bytes are wanted besides scalars.
    pub fn has_both(&self) -> bool {
        self.unit == Unit::Both
    }

    /// The scalars before byte `at`, whatever the unit.
    pub fn scalar(&self, text: &str, at: usize) -> usize {
        if self.marks.is_empty() {
            return at;
        }
        let at = at.min(text.len());
        let mark = (at / STEP).min(self.marks.len().saturating_sub(1));
        let rest = text.as_bytes()[mark * STEP..at].iter().filter(|&&b| !is_continuation(b)).count();
        self.marks.get(mark).copied().unwrap_or(0) + rest
    }

    /// Both ends of a span.
    pub fn span(&self, text: &str, span: Span) -> [usize; 2] {
        [self.of(text, span.start), self.of(text, span.end)]
    }
}

fn is_continuation(byte: u8) -> bool {
    // 0b10xx_xxxx: as signed numbers the smallest.
    byte.cast_signed() < -64
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn counts_scalars(text in "\\PC{0,300}") {
            let (scalars, bytes) = (Offsets::new(&text, Unit::Scalars), Offsets::new(&text, Unit::Bytes));
            for (n, (i, _)) in text.char_indices().enumerate() {
                assert_eq!(scalars.of(&text, i), n);
                assert_eq!(bytes.of(&text, i), i);
            }
            assert_eq!(scalars.of(&text, text.len()), text.chars().count());
        }
    }
}
