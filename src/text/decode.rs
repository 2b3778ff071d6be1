//! Bytes to text: the byte order mark decides, otherwise strict UTF-8.

use crate::error::{Error, Result};

/// The text that `bytes` hold, without a byte order mark; line ends stay as they are.
///
/// UTF-8 and UTF-16 with a byte order mark are known by it; everything else must be UTF-8. O(bytes).
///
/// # Errors
/// [`crate::error::ErrorKind::Data`] with line and byte (of `bytes`) of the first place that is not valid in the
/// encoding, or of the first NUL.
///
/// # Examples
/// ```
/// assert_eq!(demarche::text::decode(b"\xef\xbb\xbfYes").unwrap(), "Yes");
/// let error = demarche::text::decode(b"a\nb\xff").unwrap_err();
/// assert_eq!((error.position().line, error.position().byte), (Some(2), Some(3)));
/// ```
pub fn decode(bytes: &[u8]) -> Result<String> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => decode_utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => decode_utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => Ok(check_utf8(rest, 1, 3)?.to_owned()),
        _ => Ok(check_utf8(bytes, 1, 0)?.to_owned()),
    }
}

/// `bytes` as text, if they are UTF-8 without NUL. They begin at `first_line` (from 1) and `first_byte` (from 0) of
/// their file, so that an error names the place in the file.
///
/// # Errors
/// As [`decode`].
pub fn check_utf8(bytes: &[u8], first_line: u64, first_byte: u64) -> Result<&str> {
    let place =
        |at: usize, error: Error| error.at_line(first_line + n_line_ends(&bytes[..at])).at_byte(first_byte + at as u64);
    let text = std::str::from_utf8(bytes)
        .map_err(|e| place(e.valid_up_to(), Error::data("invalid UTF-8; save the file as UTF-8")))?;
    match memchr::memchr(0, bytes) {
        Some(at) => Err(place(at, Error::data("NUL byte; this is not a text file, or it is UTF-16 without its mark"))),
        None => Ok(text),
    }
}

/// Number of line ends in `bytes`: LF, CR LF and CR alone count one each.
pub fn n_line_ends(bytes: &[u8]) -> u64 {
    let ends = |i: usize| match bytes[i] {
        b'\n' => true,
        b'\r' => bytes.get(i + 1) != Some(&b'\n'),
        _ => false,
    };
    (0..bytes.len()).filter(|i| ends(*i)).count() as u64
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String> {
    let mut text = String::with_capacity(bytes.len());
    let (pairs, rest) = bytes.as_chunks::<2>();
    // The mark stands before the first unit.
    let mut byte = 2u64;
    for unit in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        let fault = |message: &str| Error::data(message).at_line(1 + n_line_ends(text.as_bytes())).at_byte(byte);
        match unit {
            Ok('\0') => return Err(fault("NUL character; this is not a text file")),
            Ok(c) => {
                byte += 2 * c.len_utf16() as u64;
                text.push(c);
            }
            Err(_) => return Err(fault("invalid UTF-16; save the file as UTF-8")),
        }
    }
    if !rest.is_empty() {
        let line = 1 + n_line_ends(text.as_bytes());
        return Err(Error::data("half a UTF-16 character at the end; the file is cut off").at_line(line).at_byte(byte));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(bytes).collect()
    }

    fn place(bytes: &[u8]) -> (Option<u64>, Option<u64>) {
        let error = decode(bytes).unwrap_err();
        (error.position().line, error.position().byte)
    }

    #[test]
    fn marks_decide_the_encoding() {
        for text in ["", "a\r\nb", "Москва — 🙂"] {
            assert_eq!(decode(&utf16(text, u16::to_le_bytes)).unwrap(), text);
            assert_eq!(decode(&utf16(text, u16::to_be_bytes)).unwrap(), text);
            assert_eq!(decode(text.as_bytes()).unwrap(), text);
        }
        assert_eq!(decode(b"\xef\xbb\xbfa").unwrap(), "a");
    }

    #[test]
    fn faults_name_line_and_byte() {
        assert_eq!(place(b"a\r\nb\rc\n\xe9"), (Some(4), Some(7)));
        assert_eq!(place(b"\xef\xbb\xbfa\n\0"), (Some(2), Some(5)));
        assert_eq!(place(b"\xff\xfea\0\n\0\x00\xd8"), (Some(2), Some(6)));
        assert_eq!(place(b"\xff\xfea\0b"), (Some(1), Some(4)));
        assert_eq!(place(b"\xfe\xff\0a\0\0"), (Some(1), Some(4)));
    }
}
