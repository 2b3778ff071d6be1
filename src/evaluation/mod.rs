//! How good is a model; is B better than A?
//!
//! Everything starts from [`Predictions`] of one task: what is true, what the model says, and which rows belong
//! together. [`Figures`] are the figures of one model, a [`Comparison`] those of two on the same rows; a [`Gate`] asks
//! one question about them. Intervals and tests resample groups (speakers, articles), not rows, because rows of one
//! group are alike.
//!
//! # Examples
//! ```
//! use demarche::evaluation::{Bootstrap, Figures, Predictions};
//! use demarche::label::{LabelSet, Task, TaskKind};
//!
//! let labels = LabelSet::from_names(["negative", "neutral", "positive"])?;
//! let predictions = Predictions {
//!     task: Task { name: "sentiment".to_owned(), kind: TaskKind::Single, labels },
//!     gold: vec![Some(vec![0]), Some(vec![1]), None],
//!     probabilities: vec![0.7, 0.2, 0.1, 0.5, 0.4, 0.1, 0.1, 0.1, 0.8],
//!     predicted: vec![vec![0], vec![0], vec![2]],
//!     groups: vec![0, 1, 1],
//! };
//! let figures = Figures::of(&predictions)?.with_intervals(&predictions, &Bootstrap::default())?;
//! assert_eq!((figures.n_rows, figures.accuracy), (2, 0.5));
//! # Ok::<(), demarche::error::Error>(())
//! ```

mod agreement;
mod baseline;
mod bootstrap;
mod calibration;
mod comparison;
mod counts;
mod coverage;
mod drift;
mod gate;
mod metrics;
mod mistakes;
mod predictions;
mod prevalence;
mod resampled;
mod significance;
mod slices;
mod summary;
mod swap;

pub use agreement::{Agreement, Codings, LabelAgreement};
pub use baseline::majority;
pub use bootstrap::Bootstrap;
pub use comparison::{Change, Compare, Comparison, Comparisons, Delta, Direction, Flip, LabelChange};
pub use counts::Counts;
pub use coverage::{Abstention, CoveragePoint, SHARES};
pub use drift::{Drift, Shift, TrainingRecord, unknown_words, unknown_words_out_of_fold};
pub use gate::{Gate, GateResult};
pub use metrics::{Estimate, Figures, LabelFigures, leak_gap};
pub use mistakes::{Mistake, Suspect, mistakes, suspects};
pub use predictions::Predictions;
pub use prevalence::{ErrorRates, Prevalence, Sample, Shares, Unlabelled};
pub use resampled::CorrectedT;
pub use significance::{McNemar, holm};
pub use slices::{LabelShare, Slice, slices};
pub use summary::{ErrorRow, Evaluation, SuspectRow, Why};
pub use swap::{SpeakerSwap, SwappedRow};
