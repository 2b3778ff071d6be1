//! The model file: one self-contained file without code in it.
//!
//! ```text
//! 8 bytes   "DEMARCHE"
//! u32       format version
//! u32       bytes of the header (at most 16 MiB)
//! header    JSON, see [`Header`]
//! names     of the features in column order, each with a line feed
//! f32 x n_features               inverse document frequencies
//! f64 x n_outputs                intercepts
//! f32 x n_outputs                scales of the weights
//! 1 bit x n_features             whether it has a weight for any output; the first in the lowest bit of the first byte
//! i16 or i8 x n_outputs          for each feature that has: its weights in steps of their scale, or the roots of these
//! n_learnt_bytes                 digest of the texts learnt from, see [`LearntTexts`]; none in older files
//! 32 bytes  blake3 of everything before
//! ```
//! Whether weights have 16 or 8 bits is told by their length: 16 `weight x scale`, 8 `root x |root| x scale`. Features without weights (elastic net; very small ones) have names and frequencies
//! still: the length of a block, by which all values are divided, counts them.
//!
//! All numbers are little-endian. Sizes are checked against the length of the file before anything is allocated.

use std::borrow::Cow;

use crate::dataset::learnt::LearntTexts;
use crate::error::{Error, ErrorKind, Result};
use crate::features::Vectorizer;
use crate::model::{Header, Model};

const MAGIC: &[u8; 8] = b"DEMARCHE";
const CHECKSUM: usize = 32;
/// The format that this version writes and reads.
pub const FORMAT_VERSION: u32 = 3;
/// Outputs up to which the weights of a feature are left out where all are 0: a small file must not ask for much memory.
const MAX_ROW: usize = 256;
/// Largest header in bytes.
pub const MAX_HEADER: usize = 16 << 20;

/// One of the features that speak most for a label.
#[derive(Debug, Clone, PartialEq)]
pub struct TopFeature {
    /// Its name.
    pub name: String,
    /// Weight x idf: what one occurrence adds to the logit before the block is scaled.
    pub weight: f64,
}

impl Model {
    /// The bytes of its file; the same model gives the same bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Model`] if the header is larger than [`MAX_HEADER`] or can not be written as JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let header = serde_json::to_vec(&self.header)
            .map_err(|e| Error::new(ErrorKind::Model, "header can not be written").caused_by(e))?;
        let length = u32::try_from(header.len()).ok().filter(|&l| l as usize <= MAX_HEADER);
        let length = length.ok_or_else(|| Error::new(ErrorKind::Model, "header of the model is larger than 16 MiB"))?;
        let mut out = Vec::new();
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&header);
        for name in self.vectorizer.names() {
            out.extend_from_slice(name.as_bytes());
            out.push(b'\n');
        }
        self.vectorizer.idf().iter().for_each(|v| out.extend_from_slice(&v.to_le_bytes()));
        self.intercepts.iter().for_each(|v| out.extend_from_slice(&v.to_le_bytes()));
        self.scales.iter().for_each(|v| out.extend_from_slice(&v.to_le_bytes()));
        let mut weighted = self.weighted();
        if self.n_outputs() > MAX_ROW {
            weighted.fill(true);
        }
        out.extend(
            weighted.chunks(8).map(|eight| (0..).zip(eight).fold(0, |byte, (i, &bit)| byte | u8::from(bit) << i)),
        );
        let rows = self.weights.chunks((self.width * self.n_outputs()).max(1)).zip(&weighted);
        rows.filter(|(_, is_weighted)| **is_weighted).for_each(|(row, _)| out.extend_from_slice(row));
        out.extend_from_slice(self.learnt.bytes());
        out.extend_from_slice(blake3::hash(&out).as_bytes());
        Ok(out)
    }

    /// Whether each feature has a weight for any label.
    fn weighted(&self) -> Vec<bool> {
        self.weights
            .chunks((self.width * self.n_outputs()).max(1))
            .map(|row| row.iter().any(|&byte| byte != 0))
            .collect()
    }

    /// Number of features that have a weight for any label: with an L1 penalty few.
    pub fn n_weighted(&self) -> usize {
        self.weighted().into_iter().filter(|is_weighted| *is_weighted).count()
    }

    /// The model in these bytes of a file.
    ///
    /// # Errors
    /// [`ErrorKind::Model`] if it is no model file, of another format version, damaged, or made with other stems;
    /// [`ErrorKind::Numeric`] if it holds a number that is not finite.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let body = bytes.len().saturating_sub(CHECKSUM);
        let version = bytes.get(8..12);
        let known = bytes.get(..8) == Some(MAGIC) && version == Some(&FORMAT_VERSION.to_le_bytes());
        if known && blake3::hash(&bytes[..body]).as_bytes() != &bytes[body..] {
            return Err(damaged());
        }
        let (names, weights) = (|text: &str| Cow::Owned(text.to_owned()), |bytes: &[u8]| Cow::Owned(bytes.to_owned()));
        Self::read(bytes, names, weights)
    }

    /// As [`Model::from_bytes`], for bytes that are part of the program: neither compared with their checksum nor copied
    /// (but for weights of which some are left out).
    ///
    /// # Errors
    /// As [`Model::from_bytes`], but for damage that only the checksum tells.
    pub fn from_static(bytes: &'static [u8]) -> Result<Self> {
        Self::read(bytes, Cow::Borrowed, Cow::Borrowed)
    }

    /// `own_text` and `own_bytes` tell how names and weights are kept.
    fn read<'a>(
        bytes: &'a [u8],
        own_text: impl FnOnce(&'a str) -> Cow<'static, str>,
        own_bytes: impl Fn(&'a [u8]) -> Cow<'static, [u8]>,
    ) -> Result<Self> {
        let wrong = |what: &str| Error::new(ErrorKind::Model, what.to_owned());
        if bytes.get(..8) != Some(MAGIC) {
            return Err(wrong("this is no demarche model file"));
        }
        let number = |at: usize| bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
        let version = number(8).ok_or_else(damaged)?;
        if version != FORMAT_VERSION {
            return Err(wrong(&format!(
                "model file has format {version}, this is demarche {} which reads format {FORMAT_VERSION}; train anew, or use the build that wrote it",
                env!("CARGO_PKG_VERSION")
            )));
        }
        let n_header = number(12).ok_or_else(damaged)? as usize;
        let body = bytes.len().checked_sub(CHECKSUM).filter(|&n| n >= 16).ok_or_else(damaged)?;
        if n_header > MAX_HEADER || 16 + n_header > body {
            return Err(damaged());
        }
        let header: Header = serde_json::from_slice(&bytes[16..16 + n_header])
            .map_err(|e| wrong(&format!("header of the model can not be read: {e}")).caused_by(e))?;
        if header.stemmer != crate::text::STEMMER {
            return Err(wrong(&format!(
                "model was made with the stems of {}, this version has {}; train anew",
                header.stemmer,
                crate::text::STEMMER
            )));
        }
        let n_outputs: usize = header.tasks.iter().map(|t| t.task.labels.len()).sum();
        let n_features = header.n_features;
        let sizes = || -> Option<[usize; 7]> {
            let idf = n_features.checked_mul(4)?;
            let intercepts = n_outputs.checked_mul(8)?;
            let scales = n_outputs.checked_mul(4)?;
            let sizes = [header.n_name_bytes, idf, intercepts, scales, n_features.div_ceil(8)];
            let before = sizes.iter().try_fold(0usize, |sum, &n| sum.checked_add(n))?;
            let weights = (body - 16 - n_header).checked_sub(before)?.checked_sub(header.n_learnt_bytes)?;
            Some([sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], weights, header.n_learnt_bytes])
        };
        let mut at = 16 + n_header;
        let arrays = sizes().ok_or_else(damaged)?.map(|n| {
            at += n;
            &bytes[at - n..at]
        });
        let names = std::str::from_utf8(arrays[0]).map_err(|_| damaged())?;
        let floats = |bytes: &[u8]| -> Vec<f32> {
            bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
        };
        let intercepts = arrays[2]
            .chunks_exact(8)
            .map(|b| f64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]))
            .collect();
        let vectorizer = Vectorizer::from_parts(header.features.clone(), own_text(names), floats(arrays[1]))
            .map_err(|e| wrong(e.message()))?;
        let width = width(arrays[4], n_features, arrays[5].len(), n_outputs).ok_or_else(damaged)?;
        let weights = if n_features.checked_mul(width * n_outputs) == Some(arrays[5].len()) {
            own_bytes(arrays[5])
        } else {
            let filled = || filled_in(arrays[4], arrays[5], n_features, width * n_outputs);
            Cow::Owned((n_outputs <= MAX_ROW).then(filled).flatten().ok_or_else(damaged)?)
        };
        let learnt = LearntTexts::from_bytes(own_bytes(arrays[6]));
        let (scales, id) = (floats(arrays[3]), id(bytes));
        let model = Self { header, vectorizer, weights, width, scales, intercepts, learnt, id };
        model.check()?;
        Ok(model)
    }

    /// The `n` features that speak most for label `label` of task `task`, and the `n` that speak most against it.
    pub fn top_features(&self, task: usize, label: usize, n: usize) -> (Vec<TopFeature>, Vec<TopFeature>) {
        let before: usize = self.tasks().take(task).map(|t| t.labels.len()).sum();
        let output = before + label;
        let weight = |c: usize| self.weight(c, output) * f64::from(self.vectorizer.idf()[c]);
        let mut order: Vec<usize> = (0..self.vectorizer.n_features()).collect();
        order.sort_by(|&a, &b| weight(b).total_cmp(&weight(a)).then(a.cmp(&b)));
        let top = |c: &usize| TopFeature { name: self.vectorizer.name(*c as u32).to_owned(), weight: weight(*c) };
        (
            order.iter().take(n).filter(|&&c| weight(c) > 0.0).map(top).collect(),
            order.iter().rev().take(n).filter(|&&c| weight(c) < 0.0).map(top).collect(),
        )
    }
}

/// Bytes of a weight where so many bytes of weights belong to the features whose bit is set; `None` where they do not fit,
/// or a bit is set behind the last feature.
fn width(bits: &[u8], n_features: usize, n_bytes: usize, n_outputs: usize) -> Option<usize> {
    let n_set: usize = bits.iter().map(|byte| byte.count_ones() as usize).sum();
    let behind = bits.last().filter(|_| !n_features.is_multiple_of(8)).map_or(0, |last| last >> (n_features % 8));
    let n_weights = n_set.checked_mul(n_outputs).filter(|_| behind == 0)?;
    [2, 1].into_iter().find(|width| n_weights.checked_mul(*width) == Some(n_bytes))
}

/// The weights of all features, `size` bytes each, where only those whose bit is set have some; `None` where they
/// are more than memory has addresses.
fn filled_in(bits: &[u8], weights: &[u8], n_features: usize, size: usize) -> Option<Vec<u8>> {
    let is_weighted = |i: usize| bits[i / 8] >> (i % 8) & 1 == 1;
    if size == 0 {
        return None;
    }
    let mut all = vec![0; n_features.checked_mul(size)?];
    let to = all.chunks_exact_mut(size).enumerate().filter(|(i, _)| is_weighted(*i));
    to.zip(weights.chunks_exact(size)).for_each(|((_, to), from)| to.copy_from_slice(from));
    Some(all)
}

fn damaged() -> Error {
    Error::new(ErrorKind::Model, "model file is damaged or cut short; copy it again or train anew")
}

/// The identity of a model file: its own checksum, shortened.
pub(super) fn id(bytes: &[u8]) -> String {
    let checksum = &bytes[bytes.len().saturating_sub(CHECKSUM)..];
    let hex: String = checksum.iter().take(16).map(|b| format!("{b:02x}")).collect();
    format!("blake3:{hex}")
}
