//! Which steps lead from an article to scored quotations? The one path for every front end.

use rayon::prelude::*;

use crate::document::Document;
use crate::error::{Error, Result};
use crate::features::{SparseRow, Workspace};
use crate::lang::{Language, language};
use crate::model::{Explanation, Model, Scores};
use crate::quotation::{Extractor, Quotation, quotations};
use crate::statement::Statement;

pub mod compare;
pub mod details;
pub mod evaluate;
pub mod ordered;
pub mod prevalence;
#[cfg(feature = "train")]
pub mod recipes;
#[cfg(feature = "train")]
pub mod train;

/// A quotation with what the model says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// The quotation.
    pub quotation: Quotation,
    /// What was classified.
    pub statement: Statement,
    /// Probabilities and labels.
    pub scores: Scores,
    /// Why: one entry for each label that holds (the most probable one where none does), empty unless asked for.
    pub explanations: Vec<Explanation>,
}

/// The tables for the language of a document, English where it says none.
///
/// # Errors
/// [`crate::error::ErrorKind::Data`] if there are no tables for it.
pub fn language_of(document: &Document) -> Result<&'static Language> {
    let code = document.lang.as_deref().unwrap_or("en");
    let short = code.split(['-', '_']).next().unwrap_or(code).to_ascii_lowercase();
    language(&short).ok_or_else(|| {
        Error::data(format!(
            "article \"{}\" is in \"{code}\", and there are no word tables for that language",
            document.id
        ))
    })
}

/// The quotations of a document.
///
/// # Errors
/// As [`language_of`].
pub fn extract(document: &Document, extractor: &dyn Extractor) -> Result<Vec<Quotation>> {
    Ok(quotations(document, extractor, language_of(document)?))
}

/// The statement that stands for a quotation: what is classified.
pub fn statement(document: &Document, quotation: &Quotation) -> Statement {
    let speaker = &quotation.speaker;
    Statement {
        text: quotation.text(document),
        cue: quotation.cue.map(|s| s.of(&document.text).to_owned()),
        kind: Some(quotation.kind),
        speaker: speaker.name.clone(),
        holder: quotation.holder.name.clone().filter(|_| !quotation.holder.same_as_speaker),
        target: quotation.target.clone(),
        role: speaker.role.clone(),
        organization: speaker.organization.clone(),
        country: speaker.country.clone(),
        ..Statement::default()
    }
}

/// The scored quotations of a document. `explain`: whether to add explanations.
///
/// # Errors
/// As [`language_of`].
pub fn score(
    document: &Document,
    extractor: &dyn Extractor,
    model: &Model,
    explain: bool,
    workspace: &mut Workspace,
) -> Result<Vec<Scored>> {
    let mut row = SparseRow::default();
    let scored = extract(document, extractor)?.into_iter().map(|quotation| {
        let statement = statement(document, &quotation);
        let scores = model.score(&statement, workspace, &mut row);
        let explanations = if explain { explanations(model, &statement, &scores, workspace) } else { Vec::new() };
        Scored { quotation, statement, scores, explanations }
    });
    Ok(scored.collect())
}

/// What a model says of each statement, in order; in parallel, and the same as each alone.
pub fn score_statements(model: &Model, statements: &[&Statement]) -> Vec<Scores> {
    let state = || (model.vectorizer().workspace(), SparseRow::default());
    let scored = statements.par_iter().with_min_len(64);
    scored.map_init(state, |(workspace, row), s| model.score(s, workspace, row)).collect()
}

/// Explanations of the labels that hold; of the most probable label where none does.
pub fn explanations(
    model: &Model,
    statement: &Statement,
    scores: &Scores,
    workspace: &mut Workspace,
) -> Vec<Explanation> {
    let mut pairs = Vec::new();
    for (t, task) in scores.tasks.iter().enumerate() {
        let best =
            (0..task.probabilities.len()).max_by(|&a, &b| task.probabilities[a].total_cmp(&task.probabilities[b]));
        if task.labels.is_empty() {
            pairs.extend(best.map(|k| (t, k)));
        }
        pairs.extend(task.labels.iter().map(|&k| (t, k)));
    }
    model.explain(statement, &pairs, workspace)
}
