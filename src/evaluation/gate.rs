//! Gates: conditions on figures that a new model must meet.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::evaluation::agreement::Agreement;
use crate::evaluation::comparison::{Comparison, Delta};
use crate::evaluation::metrics::Figures;
use crate::evaluation::swap::SpeakerSwap;
use crate::text::nearest;

/// Names of figures; a label's F1 is `f1:LABEL`, its agreement `alpha:LABEL`.
const NAMES: [&str; 10] = [
    "macro_f1",
    "micro_f1",
    "accuracy",
    "ece",
    "brier",
    "log_loss",
    "flip_rate",
    "swap_flip_rate",
    "swap_decision_flip_rate",
    "alpha",
];
/// Figures of one label.
const LABEL_NAMES: [&str; 2] = ["f1", "alpha"];
/// Differences below this are rounding: 0.60 - 0.61 meets `>=-0.01`.
const ROUNDING: f64 = 1e-9;

/// One condition, as `macro_f1>=-0.01`.
///
/// `[old.|new.][TASK.]FIGURE OPERATOR NUMBER`. Without `old.` or `new.` it asks about the change, new less old; with
/// them about that model alone. Without a task it asks about the first. Figures: `macro_f1`, `micro_f1`, `accuracy`,
/// `ece`, `brier`, `log_loss`, `f1:LABEL`, `flip_rate` (the share of rows whose labels changed; without `old.` or
/// `new.`), `swap_flip_rate` and `swap_decision_flip_rate` (the share of rows, and of decisions, that change with the speaker; see
/// [`SpeakerSwap`]), and of agreement `alpha` and
/// `alpha:LABEL`. Operators: `>=`, `<=`, `>`, `<`; differences below 1e-9 count as none.
///
/// # Examples
/// ```
/// use demarche::evaluation::Gate;
///
/// let gate: Gate = "new.stance.f1:denial >= 0.5".parse()?;
/// assert_eq!(gate.to_string(), "new.stance.f1:denial >= 0.5");
/// assert!("makro_f1>=0".parse::<Gate>().unwrap_err().to_string().contains("did you mean \"macro_f1\"?"));
/// # Ok::<(), demarche::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    expression: String,
    side: Side,
    task: Option<String>,
    figure: Figure,
    operator: Operator,
    bound: f64,
}

/// What came of a gate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GateResult {
    /// The condition as it was written.
    pub expression: String,
    /// The figure it asks about; not a number (in JSON `null`) where no row measures it.
    pub value: f64,
    /// Whether it is met.
    pub holds: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Old,
    New,
    Change,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Figure {
    Named(&'static str),
    OfLabel(&'static str, String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    AtLeast,
    AtMost,
    Above,
    Below,
}

impl Operator {
    fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Self::AtLeast => value >= bound - ROUNDING,
            Self::AtMost => value <= bound + ROUNDING,
            Self::Above => value > bound + ROUNDING,
            Self::Below => value < bound - ROUNDING,
        }
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.expression)
    }
}

impl FromStr for Gate {
    type Err = Error;

    /// # Errors
    /// [`crate::error::ErrorKind::Usage`] if it is no condition or names no known figure.
    fn from_str(expression: &str) -> Result<Self> {
        let expression = expression.trim();
        let wrong = |what: String| Error::usage(format!("gate \"{expression}\": {what}"));
        // The last one, because a label may hold such a sign.
        let Some(at) = expression.rfind(['<', '>']) else {
            return Err(wrong("no >=, <=, > or <; write a gate as \"macro_f1>=-0.01\"".to_owned()));
        };
        let (name, rest) = (expression[..at].trim(), &expression[at + 1..]);
        let (operator, number) = match (expression.as_bytes()[at], rest.strip_prefix('=')) {
            (b'>', Some(number)) => (Operator::AtLeast, number),
            (b'>', None) => (Operator::Above, rest),
            (_, Some(number)) => (Operator::AtMost, number),
            (_, None) => (Operator::Below, rest),
        };
        let bound = number.trim().parse::<f64>().ok().filter(|b| b.is_finite());
        let bound = bound.ok_or_else(|| wrong(format!("\"{}\" is not a number", number.trim())))?;

        let (path, label) = match name.split_once(':') {
            Some((path, label)) => (path.trim(), Some(label.trim())),
            None => (name, None),
        };
        let (prefix, figure) = path.rsplit_once('.').unwrap_or(("", path));
        let of = |names: &[&'static str]| names.iter().find(|known| **known == figure).copied();
        let figure = match (of(&NAMES), of(&LABEL_NAMES), label) {
            (Some(known), _, None) => Figure::Named(known),
            (_, Some(known), Some(label)) if !label.is_empty() => Figure::OfLabel(known, label.to_owned()),
            _ => return Err(wrong(unknown_figure(figure, label))),
        };
        let (side, task) = match prefix.split_once('.').unwrap_or((prefix, "")) {
            ("old", task) => (Side::Old, task),
            ("new", task) => (Side::New, task),
            _ => (Side::Change, prefix),
        };
        if side != Side::Change && figure == Figure::Named("flip_rate") {
            return Err(wrong("flip_rate belongs to both models; leave out \"old.\" or \"new.\"".to_owned()));
        }
        let is_loss = matches!(figure, Figure::Named("log_loss"));
        let most = if figure == Figure::Named("brier") { 2.0 } else { 1.0 };
        if !is_loss && bound.abs() > most {
            return Err(wrong(format!(
                "no such figure is beyond {most}; figures are shares of 1, so that 30 percent are 0.3"
            )));
        }
        let task = Some(task.to_owned()).filter(|t| !t.is_empty());
        Ok(Self { expression: expression.to_owned(), side, task, figure, operator, bound })
    }
}

fn unknown_figure(figure: &str, label: Option<&str>) -> String {
    let known = format!("known figures: {}, f1:LABEL, alpha:LABEL", NAMES.join(", "));
    match (label, nearest(figure, NAMES)) {
        (Some(_), _) => format!("only f1 and alpha take a label, as f1:LABEL; {known}"),
        (None, Some(near)) => format!("unknown figure \"{figure}\"; did you mean \"{near}\"? {known}"),
        (None, None) => format!("unknown figure \"{figure}\"; {known}"),
    }
}

impl Gate {
    /// Asks about the comparisons of two models, one a task.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Usage`] if the task or the label is not known, or the figure was not worked out.
    pub fn check(&self, comparisons: &[Comparison]) -> Result<GateResult> {
        let names: Vec<&str> = comparisons.iter().map(|c| c.task.as_str()).collect();
        let comparison = &comparisons[self.find_task(&names)?];
        let (old, new) = (comparison.old_swap.as_ref(), comparison.new_swap.as_ref());
        let value = match self.side {
            // Both models have the same rows: without one that has the label their F1 is 0, and so is the change.
            Side::Change if self.is_unmeasured(&comparison.new) => f64::NAN,
            Side::Old => self.value_of(&comparison.old, old)?,
            Side::New => self.value_of(&comparison.new, new)?,
            Side::Change => self.change_of(&comparison.delta, old.zip(new))?,
        };
        Ok(self.result(value))
    }

    /// Asks about the figures of one model, one a task: absolute values, with `new.` or without. `swaps` as in
    /// [`crate::evaluation::Evaluation::speaker_swap`].
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Usage`] if the task or the label is not known, the figure was not worked out, or the
    /// gate needs two models.
    pub fn check_alone(&self, figures: &[Figures], swaps: &[SpeakerSwap]) -> Result<GateResult> {
        if self.side == Side::Old || self.figure == Figure::Named("flip_rate") {
            return Err(self.wrong("it needs two models to compare"));
        }
        let names: Vec<&str> = figures.iter().map(|f| f.task.as_str()).collect();
        let figures = &figures[self.find_task(&names)?];
        let value = self.value_of(figures, swaps.iter().find(|s| s.task == figures.task))?;
        Ok(self.result(value))
    }

    /// Asks about the agreement of coders, one a task.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Usage`] if the task, the label or the figure is not one of agreement.
    pub fn check_agreement(&self, agreements: &[Agreement]) -> Result<GateResult> {
        let names: Vec<&str> = agreements.iter().map(|a| a.task.as_str()).collect();
        let agreement = &agreements[self.find_task(&names)?];
        let value = match (&self.figure, self.side) {
            (Figure::Named("alpha"), Side::Change) => agreement.alpha.value,
            (Figure::Named("macro_f1"), Side::Change) => agreement.macro_f1.value,
            (Figure::Named("micro_f1"), Side::Change) => agreement.micro_f1.value,
            (Figure::Named("accuracy"), Side::Change) => agreement.identical.value,
            (Figure::OfLabel(name, label), Side::Change) => {
                let found = agreement.labels.iter().find(|(other, _)| other == label).map(|(_, l)| l);
                let found =
                    found.ok_or_else(|| self.unknown_label(label, agreement.labels.iter().map(|(n, _)| n.as_str())))?;
                if *name == "f1" { found.f1.value } else { found.alpha.value }
            }
            _ => return Err(self.wrong("agreement has alpha, macro_f1, micro_f1, accuracy, f1:LABEL and alpha:LABEL")),
        };
        Ok(self.result(value))
    }

    /// Whether it asks what becomes of labels under other speakers, which is worked out only on demand.
    pub fn needs_speaker_swap(&self) -> bool {
        matches!(self.figure, Figure::Named("swap_flip_rate" | "swap_decision_flip_rate"))
    }

    fn result(&self, value: f64) -> GateResult {
        // What is not defined meets no condition.
        GateResult { expression: self.expression.clone(), value, holds: self.operator.holds(value, self.bound) }
    }

    fn wrong(&self, what: &str) -> Error {
        Error::usage(format!("gate \"{}\": {what}", self.expression))
    }

    /// The place of the gate's task in `names`; the first where it names none.
    fn find_task(&self, names: &[&str]) -> Result<usize> {
        let place = match &self.task {
            Some(task) => names.iter().position(|name| name == task),
            None => (!names.is_empty()).then_some(0),
        };
        let task = self.task.as_deref().unwrap_or_default();
        place.ok_or_else(|| self.wrong(&unknown("task", task, names)))
    }

    fn value_of(&self, figures: &Figures, swap: Option<&SpeakerSwap>) -> Result<f64> {
        match &self.figure {
            Figure::OfLabel("f1", label) => {
                let found = figures.label(label).map(|l| if l.support > 0 { l.f1 } else { f64::NAN });
                found.ok_or_else(|| self.unknown_label(label, figures.labels.iter().map(|(name, _)| name.as_str())))
            }
            Figure::Named("macro_f1") => Ok(figures.macro_f1.value),
            Figure::Named("micro_f1") => Ok(figures.micro_f1),
            Figure::Named("accuracy") => Ok(figures.accuracy),
            Figure::Named("ece") => Ok(figures.ece),
            Figure::Named("brier") => Ok(figures.brier),
            Figure::Named("log_loss") => Ok(figures.log_loss),
            Figure::Named(name @ ("swap_flip_rate" | "swap_decision_flip_rate")) => {
                swap.map(|s| of_swap(name, s)).ok_or_else(|| self.no_swap())
            }
            _ => Err(self.only_of_coders()),
        }
    }

    fn change_of(&self, delta: &Delta, swaps: Option<(&SpeakerSwap, &SpeakerSwap)>) -> Result<f64> {
        match &self.figure {
            Figure::OfLabel("f1", label) => {
                let found = delta.labels.iter().find(|(name, _)| name == label).map(|(_, l)| l.f1.value);
                found.ok_or_else(|| self.unknown_label(label, delta.labels.iter().map(|(name, _)| name.as_str())))
            }
            Figure::Named("macro_f1") => Ok(delta.macro_f1.value),
            Figure::Named("micro_f1") => Ok(delta.micro_f1.value),
            Figure::Named("accuracy") => Ok(delta.accuracy),
            Figure::Named("ece") => Ok(delta.ece.value),
            Figure::Named("brier") => Ok(delta.brier),
            Figure::Named("log_loss") => Ok(delta.log_loss),
            Figure::Named("flip_rate") => Ok(delta.flip_rate),
            Figure::Named(name @ ("swap_flip_rate" | "swap_decision_flip_rate")) => {
                let change = swaps.map(|(old, new)| of_swap(name, new) - of_swap(name, old));
                change.ok_or_else(|| self.no_swap())
            }
            _ => Err(self.only_of_coders()),
        }
    }

    /// Whether it asks about a label that no row has.
    fn is_unmeasured(&self, figures: &Figures) -> bool {
        matches!(&self.figure, Figure::OfLabel(_, label) if figures.label(label).is_some_and(|l| l.support == 0))
    }

    fn no_swap(&self) -> Error {
        self.wrong("labels under other speakers were not worked out; no row has a speaker")
    }

    fn only_of_coders(&self) -> Error {
        self.wrong("alpha is a figure of coders; ask it of demarche agree")
    }

    fn unknown_label<'a>(&self, label: &str, names: impl Iterator<Item = &'a str>) -> Error {
        self.wrong(&unknown("label", label, &names.collect::<Vec<_>>()))
    }
}

fn of_swap(name: &str, swap: &SpeakerSwap) -> f64 {
    if name == "swap_flip_rate" { swap.flip_rate.value } else { swap.decision_flip_rate.value }
}

fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("unknown {what} \"{name}\"; did you mean \"{near}\"?"),
        None => format!("unknown {what} \"{name}\"; known: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::comparison::Compare;
    use crate::evaluation::predictions::tests::example;
    use crate::label::TaskKind;

    fn comparisons() -> Vec<Comparison> {
        let old = example(TaskKind::Multi, 100, 20, 0);
        let mut new = old.clone();
        for row in 0..50 {
            new.predicted[row] = old.gold[row].clone().unwrap_or_default();
        }
        let mut single = example(TaskKind::Single, 100, 20, 0);
        single.task.name = "sentiment.v2".to_owned();
        let compare = Compare::default();
        vec![compare.run(&old, &new).unwrap(), compare.run(&single, &single).unwrap()]
    }

    #[test]
    fn the_value_asked_for() {
        let all = comparisons();
        let (stance, sentiment) = (&all[0], &all[1]);
        for (expression, value, holds) in [
            ("macro_f1>=-0.01", stance.delta.macro_f1.value, true),
            ("macro_f1<0", stance.delta.macro_f1.value, false),
            ("stance.micro_f1 > 0", stance.delta.micro_f1.value, true),
            ("new.macro_f1>=0.999", stance.new.macro_f1.value, false),
            ("old.stance.f1:b >= 0", stance.old.label("b").unwrap().f1, true),
            ("f1:b>=0", stance.delta.labels[1].1.f1.value, true),
            ("flip_rate<=0.05", stance.delta.flip_rate, false),
            ("sentiment.v2.flip_rate<=0", 0.0, true),
            ("sentiment.v2.ece<1e-3", 0.0, true),
            ("new.sentiment.v2.brier<=2", sentiment.new.brier, true),
            ("old.log_loss<=+9.5", stance.old.log_loss, true),
            ("accuracy>0", stance.delta.accuracy, true),
            ("log_loss<2.5", stance.delta.log_loss, true),
        ] {
            let gate: Gate = expression.parse().unwrap();
            let result = gate.check(&all).unwrap();
            assert_eq!(result, GateResult { expression: expression.to_owned(), value, holds });
        }
    }

    #[test]
    fn one_model_alone() {
        let figures = [comparisons()[0].new.clone()];
        let check = |expression: &str| expression.parse::<Gate>().unwrap().check_alone(&figures, &[]);
        assert_eq!(check("stance.macro_f1>=0.1").unwrap().value, figures[0].macro_f1.value);
        assert!(check("flip_rate<=0.1").unwrap_err().to_string().contains("two models"));
        assert!(check("old.ece<=0.1").is_err());
    }

    #[test]
    fn what_no_row_measures_meets_no_gate() {
        let mut all = comparisons();
        for comparison in &mut all[..1] {
            for figures in [&mut comparison.old, &mut comparison.new] {
                figures.labels.iter_mut().filter(|(name, _)| name == "b").for_each(|(_, l)| l.support = 0);
            }
            let swap = SpeakerSwap::of("stance", &[], &[], 10, &crate::evaluation::Bootstrap::default());
            assert!(swap.flip_rate.value.is_nan() && swap.mean_change.is_nan());
            (comparison.old_swap, comparison.new_swap) = (Some(swap.clone()), Some(swap));
        }
        for expression in
            ["f1:b>=-1", "f1:b<=1", "new.f1:b>=0", "swap_flip_rate<=0.1", "new.swap_decision_flip_rate<=1"]
        {
            let result = expression.parse::<Gate>().unwrap().check(&all).unwrap();
            assert!(result.value.is_nan() && !result.holds, "{expression}");
        }
        assert!("f1:c>=-1".parse::<Gate>().unwrap().check(&all).unwrap().holds);
    }

    #[test]
    fn rounding_does_not_fail_a_gate() {
        assert!(Operator::AtLeast.holds(0.59 - 0.60, -0.01) && Operator::AtMost.holds(0.1 + 0.2, 0.3));
        assert!(!Operator::Above.holds(0.1 + 0.2, 0.3) && !Operator::AtLeast.holds(-0.010_001, -0.01));
    }

    #[test]
    fn mistakes_are_named() {
        let all = comparisons();
        for (expression, expected) in [
            ("macro_f1", "no >=, <=, > or <"),
            ("macro_f1>=", "\"\" is not a number"),
            ("macro_f1>=nan", "\"nan\" is not a number"),
            ("macro_f1>=60", "shares of 1, so that 30 percent are 0.3"),
            ("new.brier<=3", "no such figure is beyond 2"),
            ("macro_f1=>0", "unknown figure \"macro_f1=\"; did you mean \"macro_f1\"?"),
            ("f2>=0", "known figures: macro_f1, micro_f1"),
            ("macro_f1:a>=0", "only f1 and alpha take a label"),
            ("f1:>=0", "only f1 and alpha take a label"),
            ("new.flip_rate<0.1", "belongs to both models"),
            ("stanse.macro_f1>=0", "unknown task \"stanse\"; did you mean \"stance\"?"),
            ("f1:xyz>=0", "unknown label \"xyz\"; known: a, b, c, d"),
            ("new.f1:xyz>=0", "unknown label \"xyz\""),
        ] {
            let error = expression.parse::<Gate>().and_then(|gate| gate.check(&all)).unwrap_err();
            assert!(error.to_string().contains(expected), "{expression}: {error}");
            assert_eq!(error.kind(), &crate::error::ErrorKind::Usage);
        }
        assert!("macro_f1>0".parse::<Gate>().unwrap().check(&[]).is_err());
    }
}
