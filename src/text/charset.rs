//! Encodings other than UTF-8: named by people, declared by files, or guessed.

#[cfg(feature = "formats")]
use crate::error::Error;
use crate::error::Result;
use crate::text::decode::decode;

/// Bytes that a guess is made from.
#[cfg(feature = "formats")]
const GUESS: usize = 256 << 10;

/// How bytes become text where no byte order mark decides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8 where the bytes are UTF-8 but for a few, else what the file declares, else a guess.
    #[default]
    Auto,
    /// UTF-8 and nothing else.
    Utf8,
    /// This one, after the Encoding Standard of the web.
    #[cfg(feature = "formats")]
    Other(&'static encoding_rs::Encoding),
}

/// A text and how it was decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text, without byte order mark.
    pub text: String,
    /// The encoding, where nothing but a guess speaks for it.
    pub guessed: Option<&'static str>,
}

impl Charset {
    /// The one with this name ("utf-8", "windows-1251", "koi8-r", "latin1" ...), "auto" for [`Charset::Auto`].
    ///
    /// # Examples
    /// ```
    /// use demarche::text::Charset;
    /// assert_eq!(Charset::named("UTF-8"), Some(Charset::Utf8));
    /// assert_eq!(Charset::named("klingon"), None);
    /// ```
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim();
        if name.eq_ignore_ascii_case("auto") {
            return Some(Self::Auto);
        }
        if name.eq_ignore_ascii_case("utf-8") || name.eq_ignore_ascii_case("utf8") {
            return Some(Self::Utf8);
        }
        #[cfg(feature = "formats")]
        return encoding_rs::Encoding::for_label(name.as_bytes())
            .map(|e| if e == encoding_rs::UTF_8 { Self::Utf8 } else { Self::Other(e) });
        #[cfg(not(feature = "formats"))]
        None
    }

    /// The text of `bytes`. `declared`: the name that the file gives its encoding, if it gives one; it counts only for
    /// [`Charset::Auto`]. A few broken places in what else is UTF-8 become U+FFFD: fewer than there are continuation
    /// bytes, or as many where UTF-8 was asked for or a mark says it. O(bytes).
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Data`] with line and byte of the first place that is not valid, of the first NUL, or,
    /// for a guess, of the first control character that no text holds.
    pub fn decode(self, bytes: &[u8], declared: Option<&str>) -> Result<Decoded> {
        let sure = |text| Decoded { text, guessed: None };
        let marked = bytes.strip_prefix(b"\xef\xbb\xbf");
        if self == Self::Utf8 || marked.is_some() {
            return nearly_utf8(marked.unwrap_or(bytes), 1).map_or_else(|| decode(bytes), Ok).map(sure);
        }
        if has_mark(bytes) {
            return decode(bytes).map(sure);
        }
        if self == Self::Auto
            && let Some(text) = nearly_utf8(bytes, 0)
        {
            return Ok(sure(text));
        }
        #[cfg(feature = "formats")]
        {
            let (encoding, guessed) = match self {
                Self::Other(encoding) => (encoding, false),
                _ if std::str::from_utf8(bytes).is_ok() && !without_mark(bytes) => return decode(bytes).map(sure),
                _ => match declared.and_then(Self::named) {
                    Some(Self::Other(encoding)) => (encoding, false),
                    _ => (guess(bytes), true),
                },
            };
            let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
            if had_errors && guessed {
                // Nothing fits better: the error of UTF-8 names the place.
                return decode(bytes).map(sure);
            }
            check_text(&text, encoding.name(), had_errors)?;
            Ok(Decoded { text: text.into_owned(), guessed: guessed.then(|| encoding.name()) })
        }
        #[cfg(not(feature = "formats"))]
        {
            let _ = declared;
            decode(bytes).map(sure)
        }
    }

    /// The encoding to read a stream of records with that begins with `head`; `None` for UTF-8. A few broken places among
    /// valid ones are no other encoding: they cost their records.
    #[cfg(feature = "formats")]
    pub(crate) fn of_stream(self, head: &[u8]) -> Option<(&'static encoding_rs::Encoding, bool)> {
        match self {
            Self::Utf8 => None,
            Self::Other(encoding) => Some((encoding, false)),
            Self::Auto if without_mark(head) => Some((guess(head), true)),
            Self::Auto => {
                // The last line may be cut inside a character.
                let whole = head.iter().rposition(|b| *b == b'\n').map_or(head, |end| &head[..end]);
                let lines = whole.split(|b| *b == b'\n').filter(|l| !l.is_ascii());
                let (good, bad): (Vec<_>, Vec<_>) = lines.partition(|l| std::str::from_utf8(l).is_ok());
                // One odd line is a broken record.
                (bad.len() > good.len() && bad.len() > 1).then(|| (guess(head), true))
            }
        }
    }
}

/// The text of bytes that are UTF-8 but for fewer places than it has continuation bytes and `more`: these become U+FFFD. Letters of
/// other encodings are hardly ever valid UTF-8 by chance, so in those the broken places are most. `None` for all
/// others, for valid UTF-8, and for what is no text.
fn nearly_utf8(bytes: &[u8], more: usize) -> Option<String> {
    std::str::from_utf8(bytes).err()?;
    let (mut n_good, mut n_bad) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        n_good += chunk.valid().len() - chunk.valid().chars().count();
        n_bad += usize::from(!chunk.invalid().is_empty());
    }
    if n_bad >= n_good + more {
        return None;
    }
    let text = String::from_utf8_lossy(bytes).into_owned();
    let is_text = |c: char| !c.is_ascii_control() || matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1a}');
    text.chars().all(is_text).then_some(text)
}

fn has_mark(bytes: &[u8]) -> bool {
    [&b"\xff\xfe"[..], b"\xfe\xff", b"\xef\xbb\xbf"].iter().any(|mark| bytes.starts_with(mark))
}

/// Whether these are UTF-16 that begins with no mark: of Latin, Cyrillic and Greek text every other byte is small.
#[cfg(feature = "formats")]
fn without_mark(bytes: &[u8]) -> bool {
    utf16(bytes).is_some()
}

#[cfg(feature = "formats")]
fn utf16(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let (pairs, _) = bytes[..bytes.len().min(4096)].as_chunks::<2>();
    let zeros = |side: usize| pairs.iter().filter(|p| p[side] == 0).count();
    let blank = |pair: [u8; 2]| pairs.iter().filter(|p| matches!(**p, [a, b] if [a, b] == pair)).count();
    if pairs.len() < 8 {
        return None;
    }
    // Blanks and line ends stand in any script; a NUL on both sides is no text.
    let (le, be) = (blank([b' ', 0]) + blank([b'\n', 0]), blank([0, b' ']) + blank([0, b'\n']));
    let least = pairs.len() / 40;
    if zeros(1) > zeros(0) && zeros(1) > least && le > 4 * be && zeros(0) <= least {
        Some(encoding_rs::UTF_16LE)
    } else if zeros(0) > zeros(1) && zeros(0) > least && be > 4 * le && zeros(1) <= least {
        Some(encoding_rs::UTF_16BE)
    } else {
        None
    }
}

#[cfg(feature = "formats")]
fn guess(bytes: &[u8]) -> &'static encoding_rs::Encoding {
    if let Some(encoding) = utf16(bytes) {
        return encoding;
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(GUESS)], bytes.len() <= GUESS);
    detector.guess(None, chardetng::Utf8Detection::Deny)
}

#[cfg(feature = "formats")]
fn check_text(text: &str, encoding: &str, had_errors: bool) -> Result<()> {
    use crate::text::decode::{check_utf8, n_line_ends};
    let fault = |at: usize, message: String| Err(Error::data(message).at_line(1 + n_line_ends(&text.as_bytes()[..at])));
    if had_errors && let Some(at) = text.find('\u{fffd}') {
        return fault(at, format!("invalid {encoding}; name the right one with --encoding"));
    }
    // What controls are left over says that this is no text.
    if let Some(at) = text.find(|c: char| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1a}'))
    {
        return fault(at, format!("a control character, read as {encoding}; this is not a text file"));
    }
    check_utf8(text.as_bytes(), 1, 0).map(|_| ())
}

/// Turns a stream of another encoding into UTF-8, a piece at a time; what is invalid becomes U+FFFD.
#[cfg(feature = "formats")]
pub(crate) struct Transcoder<R> {
    reader: R,
    decoder: encoding_rs::Decoder,
    input: Vec<u8>,
    output: Vec<u8>,
    at: usize,
    ended: bool,
}

#[cfg(feature = "formats")]
impl<R: std::io::Read> Transcoder<R> {
    pub(crate) fn new(reader: R, encoding: &'static encoding_rs::Encoding) -> Self {
        let decoder = encoding.new_decoder_without_bom_handling();
        Self { reader, decoder, input: vec![0; 16 << 10], output: Vec::new(), at: 0, ended: false }
    }
}

#[cfg(feature = "formats")]
impl<R: std::io::Read> std::io::Read for Transcoder<R> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        while self.at == self.output.len() {
            if self.ended {
                return Ok(0);
            }
            let n = self.reader.read(&mut self.input)?;
            self.ended = n == 0;
            let room = self.decoder.max_utf8_buffer_length(n).unwrap_or(64 << 10);
            self.output.resize(room, 0);
            let (_, _, written, _) = self.decoder.decode_to_utf8(&self.input[..n], &mut self.output, self.ended);
            self.output.truncate(written);
            self.at = 0;
        }
        let n = bytes.len().min(self.output.len() - self.at);
        bytes[..n].copy_from_slice(&self.output[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

#[cfg(test)]
#[cfg(feature = "formats")]
mod tests {
    use std::io::Read;

    use super::*;

    const RUSSIAN: &str =
        "Министр иностранных дел заявил в понедельник, что переговоры продолжатся на следующей неделе.\n";

    fn auto(bytes: &[u8]) -> Decoded {
        Charset::Auto.decode(bytes, None).unwrap()
    }

    #[test]
    fn encodings_are_guessed_and_said() {
        for name in ["windows-1251", "KOI8-U", "IBM866", "UTF-16LE"] {
            let bytes = match name {
                "UTF-16LE" => RUSSIAN.encode_utf16().flat_map(u16::to_le_bytes).collect(),
                _ => encoding_rs::Encoding::for_label(name.as_bytes()).unwrap().encode(RUSSIAN).0.into_owned(),
            };
            let found = auto(&bytes);
            assert_eq!((found.text.as_str(), found.guessed), (RUSSIAN, Some(name)));
            let mut stream = String::new();
            let (encoding, guessed) = Charset::Auto.of_stream(&bytes.repeat(3)).unwrap();
            Transcoder::new(bytes.as_slice(), encoding).read_to_string(&mut stream).unwrap();
            assert_eq!((stream.as_str(), guessed), (RUSSIAN, true), "{name}");
        }
        let french = auto(b"Le ministre a d\xe9clar\xe9 \x93nous sommes pr\xeats\x94 \xe0 la pr\xe9sidente");
        assert_eq!(french.guessed, Some("windows-1252"));
        assert!(french.text.contains("“nous sommes prêts”"));
    }

    #[test]
    fn what_is_sure_is_no_guess() {
        assert_eq!(auto("Zoë — 🙂".as_bytes()), Decoded { text: "Zoë — 🙂".to_owned(), guessed: None });
        assert_eq!(auto(b"\xef\xbb\xbfa").guessed, None);
        let declared = Charset::Auto.decode(b"\xcf\xf0\xe8", Some("windows-1251")).unwrap();
        assert_eq!(declared, Decoded { text: "При".to_owned(), guessed: None });
        let named = Charset::named("latin1").unwrap().decode(b"Jos\xe9", None).unwrap();
        assert_eq!(named, Decoded { text: "José".to_owned(), guessed: None });
        assert!(Charset::Utf8.decode(b"Jos\xe9", None).unwrap_err().to_string().contains("byte 3: invalid UTF-8"));
    }

    #[test]
    fn a_few_broken_bytes_are_no_other_encoding() {
        let quoted = "“We are ready,” she said.";
        let broken = [quoted.as_bytes(), b" Caf\xe9. ", &quoted.as_bytes()[..2]].concat();
        let want = format!("{quoted} Caf\u{fffd}. \u{fffd}");
        assert_eq!(auto(&broken), Decoded { text: want.clone(), guessed: None });
        let marked = [b"\xef\xbb\xbf", broken.as_slice()].concat();
        assert_eq!(auto(&marked).text, want);
        assert_eq!(Charset::Utf8.decode(&broken, None).unwrap().text, want);
        let cut = &"éé".as_bytes()[..3];
        assert_eq!(Charset::Utf8.decode(cut, None).unwrap().text, "é\u{fffd}");
        assert_eq!(auto(b"CAF\xc9\x94 \xe9t\xe9").guessed, Some("windows-1252"), "valid by chance once");
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for bytes in [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x03\x20"[..], b"a\0b", b"\xff\xfb\x90\x64\0\x0f\x01\x02"] {
            assert!(Charset::Auto.decode(bytes, None).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn one_broken_line_is_no_encoding() {
        assert_eq!(Charset::Auto.of_stream("{\"a\":\"é\"}\n".as_bytes()), None);
        assert_eq!(Charset::Auto.of_stream(b"{\"a\":\"\xff\"}\n"), None);
        assert_eq!(
            Charset::Auto.of_stream(b"{\"a\":\"\xc3\xa9\"}\n{\"a\":\"\xc3\xa9\"}\n{\"a\":\"\xff\"}\n{\"a\":\"\xc3"),
            None
        );
    }
}
