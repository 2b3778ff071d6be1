//! The file of a tagger: one self-contained file without code or words in it.
//!
//! ```text
//! 8 bytes   "DEMTAGGR"
//! u32       format version
//! u32       bytes of the header (at most 1 MiB)
//! header    JSON, see [`Header`]
//! u32 x n_words, then 4 x u8 x n_words          hashes of words, ascending, and what is known of them
//! u32 x n_features, then i8 x n_features x 12   hashes of features, ascending, and their weights
//! 32 bytes  blake3 of everything before
//! ```
//! All numbers are little-endian. Sizes are checked against the length of the file before anything is allocated.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::quotation::tagger::decode::{N_STATES, NEVER, Row, Transitions};
use crate::quotation::tagger::lexicon::{Lexicon, WordInfo};
use crate::quotation::tagger::weights::Weights;
use crate::quotation::tagger::{Pool, Rankers, Tagger};

const MAGIC: &[u8; 8] = b"DEMTAGGR";
const CHECKSUM: usize = 32;
/// The format of tagger files that this version writes; it reads format 1 too, which has no ranker of speakers.
pub const TAGGER_FORMAT: u32 = 2;
const MAX_HEADER: usize = 1 << 20;
/// Largest file in bytes.
pub const MAX_TAGGER_FILE: usize = 6_000_000;

/// What a tagger says of itself, and its small arrays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    /// ISO 639-1 code of its language.
    lang: String,
    n_words: usize,
    n_features: usize,
    /// What a weight of 1 stands for, by state.
    scale: Row,
    start: Row,
    end: Row,
    between: Vec<Row>,
    rankers: Rankers,
    /// How it was made, in words.
    notes: Vec<String>,
}

impl Tagger {
    /// The bytes of its file; the same tagger gives the same bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Model`] if the file would be larger than [`MAX_TAGGER_FILE`].
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let words = self.lexicon.sorted();
        let features = self.weights.sorted();
        let header = Header {
            lang: self.lang.clone(),
            n_words: words.len(),
            n_features: features.len(),
            scale: self.weights.scale(),
            start: self.transitions.start,
            end: self.transitions.end,
            between: self.transitions.between.to_vec(),
            rankers: self.rankers.clone(),
            notes: self.notes.clone(),
        };
        let header = serde_json::to_vec(&header)
            .map_err(|e| Error::new(ErrorKind::Model, "header can not be written").caused_by(e))?;
        let mut out = Vec::new();
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&TAGGER_FORMAT.to_le_bytes());
        out.extend_from_slice(&(header.len() as u32).to_le_bytes());
        out.extend_from_slice(&header);
        words.iter().for_each(|w| out.extend_from_slice(&w.0.to_le_bytes()));
        words.iter().for_each(|w| out.extend_from_slice(&[w.1.coarse, w.1.fine, w.1.cue, w.1.source]));
        features.iter().for_each(|f| out.extend_from_slice(&f.0.to_le_bytes()));
        features.iter().for_each(|f| out.extend(f.1.iter().map(|w| w.to_le_bytes()[0])));
        out.extend_from_slice(blake3::hash(&out).as_bytes());
        if out.len() > MAX_TAGGER_FILE || header.len() > MAX_HEADER {
            return Err(Error::new(ErrorKind::Model, format!("extractor model would take {} bytes", out.len())));
        }
        Ok(out)
    }

    /// The tagger in these bytes of a file.
    ///
    /// # Errors
    /// [`ErrorKind::Model`] if it is no tagger file, of another format version, or damaged; [`ErrorKind::Numeric`] if
    /// it holds a number that is not finite.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let wrong = |what: String| Error::new(ErrorKind::Model, what);
        let damaged = || wrong("extractor model is damaged or cut short; copy it again or train anew".to_owned());
        if bytes.get(..8) != Some(MAGIC) {
            return Err(wrong("this is no demarche extractor model".to_owned()));
        }
        let number = |at: usize| bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
        let version = number(8).ok_or_else(damaged)?;
        if !(1..=TAGGER_FORMAT).contains(&version) {
            return Err(wrong(format!(
                "extractor model has format {version}, this is demarche {} which reads formats 1 to {TAGGER_FORMAT}; train anew or use the version that wrote it",
                env!("CARGO_PKG_VERSION")
            )));
        }
        let n_header = number(12).ok_or_else(damaged)? as usize;
        let body = bytes.len().checked_sub(CHECKSUM).filter(|&n| n >= 16).ok_or_else(damaged)?;
        if bytes.len() > MAX_TAGGER_FILE || n_header > MAX_HEADER || 16 + n_header > body {
            return Err(damaged());
        }
        if blake3::hash(&bytes[..body]).as_bytes() != &bytes[body..] {
            return Err(damaged());
        }
        let header: Header = serde_json::from_slice(&bytes[16..16 + n_header])
            .map_err(|e| wrong(format!("header of the extractor model can not be read: {e}")).caused_by(e))?;
        let sizes = || -> Option<[usize; 4]> {
            let words = header.n_words.checked_mul(4)?;
            let keys = header.n_features.checked_mul(4)?;
            let weights = header.n_features.checked_mul(N_STATES)?;
            let all = words.checked_mul(2)?.checked_add(keys)?.checked_add(weights)?;
            (all == body - 16 - n_header && header.between.len() == N_STATES).then_some([words, words, keys, weights])
        };
        let mut at = 16 + n_header;
        let arrays = sizes().ok_or_else(damaged)?.map(|n| {
            at += n;
            &bytes[at - n..at]
        });
        let hashes = |bytes: &[u8]| -> Vec<u32> {
            bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
        };
        let (words, keys) = (hashes(arrays[0]), hashes(arrays[2]));
        if [&words, &keys].iter().any(|h| h.first() == Some(&0) || h.windows(2).any(|w| w[0] >= w[1])) {
            return Err(damaged());
        }
        let info = arrays[1].chunks_exact(4).map(|b| WordInfo { coarse: b[0], fine: b[1], cue: b[2], source: b[3] });
        let words: Vec<(u32, WordInfo)> = words.into_iter().zip(info).collect();
        let mut transitions = Transitions::new();
        (transitions.start, transitions.end) = (header.start, header.end);
        transitions.between.copy_from_slice(&header.between);
        let numbers = header.between.iter().chain([&header.start, &header.end, &header.scale]).flatten();
        if !numbers.into_iter().all(|w| w.is_finite() && w.abs() <= -NEVER) || !header.rankers.is_sound() {
            return Err(Error::new(ErrorKind::Numeric, "extractor model holds a number that can not be"));
        }
        transitions.forbid();
        Ok(Self {
            lang: header.lang,
            lexicon: Lexicon::new(&words),
            weights: Weights::from_rows(&keys, arrays[3].as_chunks::<N_STATES>().0, header.scale),
            transitions,
            rankers: header.rankers,
            notes: header.notes,
            pool: Pool::default(),
        })
    }
}
