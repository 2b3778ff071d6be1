//! A conditional random field fitted by AdaGrad, one paragraph a step.
//!
//! Reference: Lafferty et al. 2001; Duchi et al. 2011. The penalty of a weight is spread over the tokens in which its
//! feature occurs, so that rare features are held back and a step costs only what it touches.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::quotation::tagger::decode::{Marginals, N_STATES, Row, Transitions, add};
use crate::quotation::tagger::features::N_FEATURES;

/// A feature that is too rare to learn from.
const RARE: u32 = u32::MAX;
/// Gradients below this teach nothing and are skipped.
const SMALL: f32 = 1e-3;

/// How a field is fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct FieldSettings {
    /// Passes over all paragraphs.
    pub(crate) passes: usize,
    /// Size of a step.
    pub(crate) rate: f32,
    /// Strength of the penalty on squared weights.
    pub(crate) l2: f32,
    /// A feature counts if it occurs in this many tokens.
    pub(crate) min_count: u32,
    /// Order of the paragraphs.
    pub(crate) seed: u64,
}

/// Paragraphs as feature numbers and states.
#[derive(Debug, Default)]
pub(crate) struct Sequences {
    features: Vec<u32>,
    states: Vec<u8>,
    /// Token ranges.
    starts: Vec<usize>,
    /// Hash of each feature, by number.
    hashes: Vec<u32>,
    counts: Vec<u32>,
    numbers: HashMap<u32, u32, FixedState>,
}

/// A fitted field: weights by feature hash.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    /// (hash, weights, tokens that have the feature), ascending.
    pub(crate) weights: Vec<(u32, Row, u32)>,
    /// Scores between states.
    pub(crate) transitions: Transitions,
}

impl Sequences {
    pub(crate) fn new() -> Self {
        Self { starts: vec![0], ..Self::default() }
    }

    /// Adds a paragraph: [`N_FEATURES`] hashes and one state a token.
    pub(crate) fn push(&mut self, hashes: &[u32], states: &[u8]) {
        if states.is_empty() {
            return;
        }
        for &hash in hashes {
            if hash == 0 {
                self.features.push(RARE);
                continue;
            }
            let next = self.hashes.len() as u32;
            let number = *self.numbers.entry(hash).or_insert(next);
            if number == next {
                self.hashes.push(hash);
                self.counts.push(0);
            }
            self.counts[number as usize] += 1;
            self.features.push(number);
        }
        self.states.extend_from_slice(states);
        self.starts.push(self.states.len());
    }

    /// Whether there is no token.
    pub(crate) fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// Renumbers the features: the rare ones are dropped.
    fn drop_rare(&mut self, min_count: u32) {
        let mut renumbered = vec![RARE; self.hashes.len()];
        let (mut hashes, mut counts) = (Vec::new(), Vec::new());
        for (old, new) in renumbered.iter_mut().enumerate() {
            if self.counts[old] >= min_count {
                *new = hashes.len() as u32;
                hashes.push(self.hashes[old]);
                counts.push(self.counts[old]);
            }
        }
        for feature in &mut self.features {
            if *feature != RARE {
                *feature = renumbered[*feature as usize];
            }
        }
        self.numbers = HashMap::default();
        self.hashes = hashes;
        self.counts = counts;
    }

    /// Fits a field. `progress` is told the pass and the mean log-likelihood of a token.
    pub(crate) fn fit(mut self, settings: &FieldSettings, progress: &mut dyn FnMut(usize, f64)) -> Field {
        self.drop_rare(settings.min_count);
        let n = self.hashes.len();
        let mut weights = vec![[0.0_f32; N_STATES]; n];
        let mut squares = vec![[1e-4_f32; N_STATES]; n];
        let penalty: Vec<f32> = self.counts.iter().map(|&c| settings.l2 / c as f32).collect();
        let mut transitions = Transitions::new();
        let mut transition_squares = [[1e-2_f32; N_STATES]; N_STATES + 2];
        let mut marginals = Marginals::default();
        let mut scores: Vec<Row> = Vec::new();
        let mut order: Vec<usize> = (0..self.starts.len() - 1).collect();
        let mut random = settings.seed;
        for pass in 0..settings.passes {
            shuffle(&mut order, &mut random);
            let mut likelihood = 0.0;
            for &s in &order {
                let range = self.starts[s]..self.starts[s + 1];
                scores.clear();
                for i in range.clone() {
                    let mut row = [0.0; N_STATES];
                    for &f in self.of(i) {
                        if f != RARE {
                            add(&mut row, &weights[f as usize]);
                        }
                    }
                    scores.push(row);
                }
                marginals.set(&transitions);
                marginals.run(&scores);
                let gold = &self.states[range.clone()];
                likelihood += gold_score(gold, &scores, &transitions) - marginals.log_z();
                let mut expected = [[0.0_f32; N_STATES]; N_STATES];
                for (j, i) in range.clone().enumerate() {
                    let mut gradient = marginals.at(j);
                    if j == 0 {
                        let mut g = gradient;
                        g[gold[0] as usize] -= 1.0;
                        step(&mut transitions.start, &mut transition_squares[N_STATES], &g, settings.rate, 0.0);
                    } else {
                        marginals.expected(j, &mut expected);
                        expected[gold[j - 1] as usize][gold[j] as usize] -= 1.0;
                    }
                    if j + 1 == gold.len() {
                        let mut g = gradient;
                        g[gold[j] as usize] -= 1.0;
                        step(&mut transitions.end, &mut transition_squares[N_STATES + 1], &g, settings.rate, 0.0);
                    }
                    gradient[gold[j] as usize] -= 1.0;
                    if gradient.iter().all(|g| g.abs() < SMALL) {
                        continue;
                    }
                    for &f in &self.features[i * N_FEATURES..(i + 1) * N_FEATURES] {
                        if f != RARE {
                            let f = f as usize;
                            step(&mut weights[f], &mut squares[f], &gradient, settings.rate, penalty[f]);
                        }
                    }
                }
                for from in 0..N_STATES {
                    step(
                        &mut transitions.between[from],
                        &mut transition_squares[from],
                        &expected[from],
                        settings.rate,
                        0.0,
                    );
                }
                transitions.forbid();
            }
            progress(pass + 1, likelihood / self.states.len() as f64);
        }
        let mut weights: Vec<(u32, Row, u32)> =
            self.hashes.iter().zip(weights).zip(&self.counts).map(|((&hash, row), &n)| (hash, row, n)).collect();
        weights.sort_unstable_by_key(|w| w.0);
        Field { weights, transitions }
    }

    fn of(&self, i: usize) -> &[u32] {
        &self.features[i * N_FEATURES..(i + 1) * N_FEATURES]
    }
}

#[inline]
fn step(weights: &mut Row, squares: &mut Row, gradient: &Row, rate: f32, penalty: f32) {
    for ((w, q), g) in weights.iter_mut().zip(squares).zip(gradient) {
        let g = g + penalty * *w;
        *q += g * g;
        *w -= rate * g / q.sqrt();
    }
}

fn gold_score(gold: &[u8], scores: &[Row], t: &Transitions) -> f64 {
    let mut sum = f64::from(t.start[gold[0] as usize]) + f64::from(t.end[gold[gold.len() - 1] as usize]);
    for (i, &state) in gold.iter().enumerate() {
        sum += f64::from(scores[i][state as usize]);
        if i > 0 {
            sum += f64::from(t.between[gold[i - 1] as usize][state as usize]);
        }
    }
    sum
}

/// Fisher-Yates with a generator of its own: the same order everywhere.
fn shuffle(order: &mut [usize], random: &mut u64) {
    for i in (1..order.len()).rev() {
        *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(i, (*random >> 33) as usize % (i + 1));
    }
}
