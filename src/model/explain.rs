//! Why a label got its logit: exact contributions, placed on the words.

use crate::features::{Family, SparseRow, Workspace};
use crate::model::logistic::softplus;
use crate::model::{Model, Rivalry};
use crate::statement::Statement;
use crate::text::Span;

/// Weight x value of one feature at one place, or what another label takes away.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// Name of the feature, with its family ("word:reciproc step"); "rival:" and the name of another label that this one
    /// gives way to, by how likely that one is.
    pub feature: String,
    /// Bytes of the statement's text; `None` for cue, speaker and rivals.
    pub span: Option<Span>,
    /// What it adds to the logit.
    pub value: f64,
}

/// Why one label got its logit. `intercept` + the sum of all contributions is `logit`, up to rounding (1e-9).
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Number of the task.
    pub task: usize,
    /// Number of the label in the task.
    pub label: usize,
    /// The logit before any feature.
    pub intercept: f64,
    /// The logit that the probability is made from.
    pub logit: f64,
    /// Share of the speaker features in the sum of absolute contributions, in 0..=1.
    pub speaker_share: f64,
    /// All contributions, largest absolute value first.
    pub contributions: Vec<Contribution>,
}

impl Explanation {
    /// The `n` largest contributions; all others are added up into one more, called "other", so that the sum stays.
    #[must_use]
    pub fn shortened(mut self, n: usize) -> Self {
        if self.contributions.len() > n {
            let rest: f64 = self.contributions.drain(n..).map(|c| c.value).sum();
            self.contributions.push(Contribution { feature: "other".to_owned(), span: None, value: rest });
        }
        self
    }
}

impl Model {
    /// Explains the logits of the given (task, label) pairs for one statement.
    pub fn explain(
        &self,
        statement: &Statement,
        pairs: &[(usize, usize)],
        workspace: &mut Workspace,
    ) -> Vec<Explanation> {
        let mut row = SparseRow::default();
        let scores = self.score(statement, workspace, &mut row);
        let linear = self.linear(row.view());
        let occurrences = self.vectorizer.occurrences(statement, workspace);
        pairs
            .iter()
            .filter_map(|&(task, label)| {
                let first: usize = self.header.tasks.get(..task)?.iter().map(|t| t.task.labels.len()).sum();
                let (output, model) = (first + label, self.header.tasks.get(task)?);
                let logit = *scores.tasks.get(task)?.logits.get(label)?;
                let (mut speaker, mut all) = (0.0, 0.0);
                let mut contributions: Vec<Contribution> = occurrences
                    .iter()
                    .map(|o| {
                        let value = o.value * self.weight(o.column as usize, output);
                        all += value.abs();
                        if self.vectorizer.family(o.column) == Family::Speaker {
                            speaker += value.abs();
                        }
                        let feature = self.vectorizer.name(o.column).to_owned();
                        Contribution { feature, span: o.span, value }
                    })
                    .collect();
                let rivalry = model.rivalry.get(label);
                if let Some(Rivalry { factor, .. }) = rivalry {
                    for (k, name) in model.task.labels.names().enumerate().filter(|(k, _)| *k != label) {
                        let value = factor * softplus(linear[first + k]);
                        all += value.abs();
                        contributions.push(Contribution { feature: format!("rival:{name}"), span: None, value });
                    }
                }
                contributions.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()));
                let speaker_share = if all > 0.0 { speaker / all } else { 0.0 };
                Some(Explanation {
                    task,
                    label,
                    intercept: self.intercepts[output] + rivalry.map_or(0.0, |r| r.offset),
                    logit,
                    speaker_share,
                    contributions,
                })
            })
            .collect()
    }
}
