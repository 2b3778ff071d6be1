//! How a quotation is reported.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// How a quotation is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// All words stand inside quotation marks.
    Direct,
    /// Some words do.
    Mixed,
    /// None does.
    Indirect,
}

impl Kind {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Direct => "direct",
            Kind::Mixed => "mixed",
            Kind::Indirect => "indirect",
        }
    }

    /// The kind called `name`.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Data`] if there is none.
    pub fn from_name(name: &str) -> Result<Self> {
        match name {
            "direct" => Ok(Kind::Direct),
            "mixed" => Ok(Kind::Mixed),
            "indirect" => Ok(Kind::Indirect),
            _ => Err(Error::data(format!("unknown kind \"{name}\"; known: direct, mixed, indirect"))),
        }
    }
}
