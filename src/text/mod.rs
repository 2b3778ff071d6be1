//! Where are sentences, tokens, stems? Pure functions over `&str`, of no single language.

mod charset;
mod decode;
mod nearest;
mod normalize;
mod sentence;
mod span;
mod stem;
mod token;

#[cfg(feature = "formats")]
pub(crate) use charset::Transcoder;
pub use charset::{Charset, Decoded};
pub use decode::{check_utf8, decode, n_line_ends};
pub use nearest::{edit_distance, nearest};
pub use normalize::{fold_word, folded, text_key};
pub(crate) use normalize::{is_invisible, is_punctuation};
pub use sentence::sentence_ends_after;
pub use span::Span;
pub use stem::{STEMMER, Stemmer};
pub use token::{Token, TokenKind, hashtag_words, tokens, tokens_into};
