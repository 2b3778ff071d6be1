//! Hashes that are part of the file format: the same on every machine and in every version.

/// Hash of the bytes of a folded word; never 0.
pub(crate) fn word(bytes: &[u8]) -> u32 {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64 ^ bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let chunk: [u8; 8] = chunk.try_into().unwrap_or_default();
        state = fold(state ^ u64::from_le_bytes(chunk));
    }
    let mut last = [0; 8];
    last[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
    let state = fold(state ^ u64::from_le_bytes(last));
    (state as u32).max(1)
}

/// Hash of template `t` with one value; never 0.
#[inline]
pub(crate) fn one(t: u32, a: u32) -> u32 {
    two(t, a, 0)
}

/// Hash of template `t` with two values in order; never 0.
#[inline]
pub(crate) fn two(t: u32, a: u32, b: u32) -> u32 {
    let state = (u64::from(a) << 32 | u64::from(b)) ^ u64::from(t).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (fold(state) as u32).max(1)
}

/// Hash of three values in order; never 0.
#[inline]
pub(crate) fn three(t: u32, a: u32, b: u32, c: u32) -> u32 {
    two(t, two(t, a, b), c)
}

#[inline]
fn fold(x: u64) -> u64 {
    let x = (x ^ x >> 32).wrapping_mul(0x9FB2_1C65_1E98_DF25);
    x ^ x >> 29
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_template_matter_and_values_stay() {
        assert_ne!(two(1, 5, 6), two(1, 6, 5));
        assert_ne!(one(1, 5), one(2, 5));
        assert_ne!(word(b"said"), word(b"says"));
        assert_ne!(word(b""), 0);
        // Part of the file format: a change makes all shipped models useless.
        assert_eq!(word(b"said"), word("said".as_bytes()));
    }
}
