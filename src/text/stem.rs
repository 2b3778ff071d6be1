//! Stems of words, by the Snowball rules of `rust-stemmers`.

use rust_stemmers::{Algorithm, Stemmer as Snowball};

use crate::error::{Error, Result};

/// Name and version of the stemming rules; part of a model, because other stems make another model.
pub const STEMMER: &str = "rust-stemmers 1.2";

/// Stems folded words of one language.
pub struct Stemmer {
    snowball: Option<Snowball>,
}

impl Stemmer {
    /// The stemmer of a language (ISO 639-1 code).
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Usage`] if there is none for it.
    pub fn new(lang: &str) -> Result<Self> {
        let algorithm = match lang {
            "ar" => Algorithm::Arabic,
            "da" => Algorithm::Danish,
            "de" => Algorithm::German,
            "el" => Algorithm::Greek,
            "en" => Algorithm::English,
            "es" => Algorithm::Spanish,
            "fi" => Algorithm::Finnish,
            "fr" => Algorithm::French,
            "hu" => Algorithm::Hungarian,
            "it" => Algorithm::Italian,
            "nl" => Algorithm::Dutch,
            "no" => Algorithm::Norwegian,
            "pt" => Algorithm::Portuguese,
            "ro" => Algorithm::Romanian,
            "ru" => Algorithm::Russian,
            "sv" => Algorithm::Swedish,
            "ta" => Algorithm::Tamil,
            "tr" => Algorithm::Turkish,
            _ => {
                return Err(Error::usage(format!(
                    "no stemmer for language \"{lang}\"; use one of ar, da, de, el, en, es, fi, fr, hu, it, nl, no, pt, ro, ru, sv, ta, tr, or --no-stemming"
                )));
            }
        };
        Ok(Self { snowball: Some(Snowball::create(algorithm)) })
    }

    /// Leaves words as they are.
    pub fn identity() -> Self {
        Self { snowball: None }
    }

    /// The stem of a folded word; the word itself where the rules leave nothing of it.
    pub fn stem(&self, word: &str) -> String {
        let Some(snowball) = &self.snowball else { return word.to_owned() };
        let stem = snowball.stem(word);
        if stem.is_empty() { word.to_owned() } else { stem.into_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_stems() {
        let stemmer = Stemmer::new("en").unwrap();
        assert_eq!(stemmer.stem("reciprocal"), stemmer.stem("reciprocity"));
        assert_eq!(stemmer.stem("russia's"), stemmer.stem("russia"));
        assert!(!stemmer.stem("'s").is_empty());
        assert!(Stemmer::new("xx").is_err());
        assert_eq!(Stemmer::identity().stem("steps"), "steps");
    }
}
