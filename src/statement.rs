//! What exactly is classified?
//!
//! A [`Statement`] is a quotation without its document: content, cue, kind and speaker. Training makes it from a row
//! of a labelled file, scoring from an extracted quotation; both ways meet here, so that they can not prepare text
//! differently.

use serde::{Deserialize, Serialize};

use crate::quotation::Kind;
use crate::text::Span;

/// One quotation as the classifier sees it. Unknown parts are `None`, never empty text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The content: what was said.
    pub text: String,
    /// The reporting words ("said", "according to").
    pub cue: Option<String>,
    /// How it is reported.
    pub kind: Option<Kind>,
    /// Who said it: the fullest name.
    pub speaker: Option<String>,
    /// Whose position it is; `None` means the speaker's.
    pub holder: Option<String>,
    /// At whom or what the position is directed.
    pub target: Option<String>,
    /// Role of the speaker, as text ("foreign minister").
    pub role: Option<String>,
    /// Organization of the speaker.
    pub organization: Option<String>,
    /// Country of the speaker: ISO 3166 two-letter code or name.
    pub country: Option<String>,
    /// Where the speaker is named in `text`, in bytes of `text`; `None`: wherever the name stands.
    pub speaker_span: Option<Span>,
    /// Where the target is named in `text`, in bytes of `text`; `None`: wherever the name stands.
    pub target_span: Option<Span>,
    /// Cells of the columns that a model takes as features, as (column, cell); empty cells are left out.
    pub fields: Vec<(String, String)>,
}
