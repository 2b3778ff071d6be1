//! Which labels exist, and what do they mean?
//!
//! A [`Task`] is one column of labels: [`TaskKind::Multi`] (any number hold, as stance) or [`TaskKind::Single`]
//! (exactly one holds, as sentiment). The toolkit takes any labels; [`Codebook::diplomatic_core`] is the shipped scheme.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result, is_unprintable};
pub use crate::text::nearest;

/// The word in a label cell of a [`TaskKind::Multi`] task that says "looked at, and no label applies"; where exactly one label
/// holds it is a label as any other.
pub const NONE: &str = "none";
/// What joins several labels in one cell.
pub const JOIN: char = '|';

/// The column of the labels that rows had before a model wrote its own into the column of the task.
pub fn given(task: &str) -> String {
    format!("{task}.given")
}

/// Whether the labels of a task stand beside probabilities of them (`stance.p.praise`): a model gave them.
pub fn is_scored(header: &[String], task: &str) -> bool {
    header.iter().any(|name| name.strip_prefix(task).is_some_and(|rest| rest.starts_with(".p.")))
}

/// How many labels of a task may hold at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TaskKind {
    /// Any number, also none.
    Multi,
    /// Exactly one.
    Single,
}

/// One label and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Its name, as in files.
    pub name: String,
    /// When it holds; empty where no codebook says so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub definition: String,
}

/// The labels of one task, in a fixed order; names are unique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LabelSet(Vec<Label>);

impl LabelSet {
    /// These labels, in this order.
    ///
    /// # Errors
    /// [`ErrorKind::Data`] if a name is empty, holds a bar or an invisible character, or comes twice.
    pub fn from_labels(labels: impl IntoIterator<Item = Label>) -> Result<Self> {
        Self(labels.into_iter().collect()).checked()
    }

    /// Labels with these names, in this order, without definitions.
    ///
    /// # Errors
    /// As [`LabelSet::from_labels`].
    pub fn from_names<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Result<Self> {
        Self::from_labels(names.into_iter().map(|n| Label { name: n.as_ref().to_owned(), definition: String::new() }))
    }

    /// This set, if its names can stand in a label column.
    ///
    /// # Errors
    /// As [`LabelSet::from_labels`].
    pub fn checked(self) -> Result<Self> {
        for (i, label) in self.0.iter().enumerate() {
            let name = &label.name;
            let is_odd = name.contains(|c| c == JOIN || c == '\n' || is_unprintable(c));
            if name.trim() != name || name.is_empty() || is_odd {
                return Err(Error::data(format!("\"{name}\" can not be a label name")));
            }
            if self.0[..i].iter().any(|other| other.name == *name) {
                return Err(Error::data(format!("label \"{name}\" comes twice")));
            }
        }
        Ok(self)
    }

    /// Number of labels.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no label.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The labels in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Label> {
        self.0.iter()
    }

    /// Their names in order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(|l| l.name.as_str())
    }

    /// The name of label number `index`; empty where there is no such label.
    pub fn name(&self, index: usize) -> &str {
        self.0.get(index).map_or("", |l| l.name.as_str())
    }

    /// The number of the label called `name`.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|l| l.name == name)
    }

    /// The number of the label called `name`.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownLabel`] with the nearest name, if one is near.
    pub fn require(&self, name: &str) -> Result<usize> {
        self.index(name).ok_or_else(|| {
            let nearest = nearest(name, self.names());
            let hint = match &nearest {
                Some(n) => format!("; did you mean \"{n}\"?"),
                None => format!("; known labels: {}", self.names().collect::<Vec<_>>().join(", ")),
            };
            let kind = ErrorKind::UnknownLabel { label: name.to_owned(), nearest };
            Error::new(kind, format!("unknown label \"{name}\"{hint}"))
        })
    }
}

/// One column of labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its name: the column in a labelled file, the key in outputs.
    pub name: String,
    /// How many labels may hold at once.
    pub kind: TaskKind,
    /// The labels; the order of all arrays over labels.
    pub labels: LabelSet,
}

/// The definitions of all classes: the tasks with their labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Codebook {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its tasks.
    pub tasks: Vec<Task>,
}

impl Codebook {
    /// The shipped scheme: 14 stance labels (several may hold) and three of sentiment (one holds).
    pub fn diplomatic_core() -> Self {
        let labels = |table: &[(&str, &str)]| {
            LabelSet(table.iter().map(|(n, d)| Label { name: (*n).to_owned(), definition: (*d).to_owned() }).collect())
        };
        Self {
            name: "diplomatic-core".to_owned(),
            version: "1".to_owned(),
            tasks: vec![
                Task { name: "stance".to_owned(), kind: TaskKind::Multi, labels: labels(STANCE) },
                Task { name: "sentiment".to_owned(), kind: TaskKind::Single, labels: labels(SENTIMENT) },
            ],
        }
    }

    /// The task called `name`.
    pub fn task(&self, name: &str) -> Option<&Task> {
        self.tasks.iter().find(|t| t.name == name)
    }
}

const STANCE: &[(&str, &str)] = &[
    ("call-for-reciprocity", "asks that steps be answered in kind, or ties own steps to another's"),
    ("call-for-dialogue", "asks for, offers or declares readiness for talks, a meeting, mediation, diplomacy"),
    (
        "call-for-easing",
        "wants pressure or hostilities lowered: sanctions relief, ceasefire, restraint, withdrawal, release",
    ),
    (
        "call-for-pressure",
        "wants or takes punitive measures against another: sanctions, tariffs, isolation, force, prosecution",
    ),
    ("demand", "asks, urges or requires a clear other to do or stop something that no call-for label covers"),
    ("commitment", "promises, offers, announces or reaffirms what its own side will do or refrain from"),
    ("refusal", "rejects a proposal, demand, term or talks; withholds what the other wants"),
    ("positive-expectation", "hopes, trusts or predicts that things will go well"),
    ("negative-expectation", "doubts, fears or predicts that things will go badly, with no addressee"),
    ("warning", "tells an addressee of harm that depends on a choice, or threatens"),
    ("concern", "states worry or alarm about a present state, naming no culprit"),
    ("denial", "answers an accusation, report or claim: untrue, no proof, not so"),
    ("praise", "approves, welcomes, thanks, endorses, backs, stands with an actor, act or state of affairs"),
    ("criticism", "disapproves, blames, accuses, complains, regrets what another did or did not do"),
];

const SENTIMENT: &[(&str, &str)] = &[
    ("negative", "hostile or disapproving tone towards the target"),
    ("neutral", "no evaluative tone, or mixed with no clear balance"),
    ("positive", "approving or friendly tone towards the target"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_labels_find_the_nearest() {
        let codebook = Codebook::diplomatic_core();
        let stance = &codebook.task("stance").unwrap().labels;
        let error = stance.require("postive-expectation").unwrap_err();
        assert_eq!(error.to_string(), "unknown label \"postive-expectation\"; did you mean \"positive-expectation\"?");
        assert_eq!(nearest("Call_For Dialogue", stance.names()).as_deref(), Some("call-for-dialogue"));
        assert_eq!(nearest("banana", stance.names()), None);
    }

    #[test]
    fn shipped_codebook_is_sound() {
        for task in Codebook::diplomatic_core().tasks {
            let labels = task.labels.checked().unwrap();
            assert!(labels.iter().all(|l| !l.definition.is_empty()));
        }
        assert!(LabelSet::from_names(["a", "a"]).is_err());
        assert!(LabelSet::from_names(["a|b"]).is_err());
    }
}
