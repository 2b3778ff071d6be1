//! The states of the chain, and how the best way through them is found.

// Loops over the index of whole rows become whole registers; the iterators of `zip` were not inlined here.
#![allow(clippy::needless_range_loop)]

/// Number of states.
pub(crate) const N_STATES: usize = 12;
/// Scores of one token, or one row of weights.
pub(crate) type Row = [f32; N_STATES];
/// A score that no way may have.
pub(crate) const NEVER: f32 = -1.0e9;

/// What a token is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// A source whose cue stands before it.
    SourceAfter,
    /// A source whose cue follows.
    SourceBefore,
    /// A cue.
    Cue,
    /// Content whose cue follows.
    ContentBefore,
    /// Content whose cue stands before it.
    ContentAfter,
}

impl Part {
    /// All parts in order of their states.
    pub(crate) const ALL: [Part; 5] =
        [Part::SourceAfter, Part::SourceBefore, Part::Cue, Part::ContentBefore, Part::ContentAfter];

    /// The state of its first token; that of the others is one higher.
    pub(crate) fn begin(self) -> usize {
        2 + 2 * self as usize
    }

    /// Whether it is content.
    pub(crate) fn is_content(self) -> bool {
        matches!(self, Part::ContentBefore | Part::ContentAfter)
    }

    /// Whether it is a source.
    pub(crate) fn is_source(self) -> bool {
        matches!(self, Part::SourceAfter | Part::SourceBefore)
    }
}

/// Outside of all attributions.
pub(crate) const OUTSIDE: usize = 0;
/// Between the parts of one attribution.
pub(crate) const GAP: usize = 1;

/// Whether `to` may follow `from`.
pub(crate) fn allowed(from: usize, to: usize) -> bool {
    let inside = to >= 2 && to % 2 == 1;
    !inside || from == to || from + 1 == to
}

/// Whether a paragraph may begin with `state`.
pub(crate) fn starts(state: usize) -> bool {
    state < 2 || state.is_multiple_of(2)
}

/// A stretch of tokens that are one part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment {
    /// What it is.
    pub(crate) part: Part,
    /// First token.
    pub(crate) start: usize,
    /// One past the last.
    pub(crate) end: usize,
}

/// The segments in a sequence of states.
pub(crate) fn segments(states: &[u8]) -> Vec<Segment> {
    let mut out: Vec<Segment> = Vec::new();
    for (i, &state) in states.iter().enumerate() {
        let state = state as usize;
        if state < 2 {
            continue;
        }
        let part = Part::ALL[(state - 2) / 2];
        match out.last_mut() {
            Some(last) if state % 2 == 1 && last.end == i && last.part == part => last.end = i + 1,
            _ => out.push(Segment { part, start: i, end: i + 1 }),
        }
    }
    out
}

/// A row for each state, placed so that the processor adds and multiplies with it where it stands: a sixth fewer
/// instructions in the walks along the chain.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(16))]
struct Square([Row; N_STATES]);

impl Square {
    /// Rows and columns exchanged.
    fn turned(&self) -> Self {
        Self(std::array::from_fn(|to| std::array::from_fn(|from| self.0[from][to])))
    }
}

/// Scores of moving from one state to the next.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Transitions {
    /// `between[from][to]`.
    pub(crate) between: [Row; N_STATES],
    /// Score of beginning with a state.
    pub(crate) start: Row,
    /// Score of ending with a state.
    pub(crate) end: Row,
}

impl Transitions {
    /// All zero, with [`NEVER`] where no way leads.
    pub(crate) fn new() -> Self {
        let mut t = Self { between: [[0.0; N_STATES]; N_STATES], start: [0.0; N_STATES], end: [0.0; N_STATES] };
        t.forbid();
        t
    }

    /// Writes [`NEVER`] where no way leads.
    pub(crate) fn forbid(&mut self) {
        for from in 0..N_STATES {
            for to in 0..N_STATES {
                if !allowed(from, to) {
                    self.between[from][to] = NEVER;
                }
            }
            if !starts(from) {
                self.start[from] = NEVER;
            }
        }
    }

    /// The best sequence of states for these scores, written to `states`; `best` is memory. Time O(tokens x states^2).
    ///
    /// Where each best way comes from is not written down but found again on the way back, for the one state of each token
    /// that counts: half the time of the walk.
    pub(crate) fn viterbi(&self, scores: &[Row], best: &mut Vec<Row>, states: &mut Vec<u8>) {
        states.clear();
        best.clear();
        let Some(first) = scores.first() else { return };
        let between = Square(self.between);
        let into = between.turned();
        let mut now = self.start;
        add(&mut now, first);
        best.push(now);
        for row in &scores[1..] {
            now = best_ways(&now, &between);
            add(&mut now, row);
            best.push(now);
        }
        add(&mut now, &self.end);
        let mut state = first_of_best(&now);
        states.push(state as u8);
        for before in best[..scores.len() - 1].iter().rev() {
            let mut ways = into.0[state];
            add(&mut ways, before);
            state = if state >= 2 && state % 2 == 1 {
                // Inside a part one can only have been in it.
                if ways[state] > ways[state - 1] { state } else { state - 1 }
            } else {
                first_of_best(&ways)
            };
            states.push(state as u8);
        }
        states.reverse();
    }
}

/// The score of the best way to each state from those of the token before. A function of its own: inlined, it was at times not
/// vectorised, which took 4 % more instructions of `extract`.
#[inline(never)]
fn best_ways(now: &Row, between: &Square) -> Row {
    let mut next = [f32::MIN; N_STATES];
    for from in 0..N_STATES {
        for to in 0..N_STATES {
            let s = now[from] + between.0[from][to];
            next[to] = if s > next[to] { s } else { next[to] };
        }
    }
    next
}

/// The best score of a row, four at a time.
#[inline]
fn best_of(scores: &Row) -> f32 {
    let larger = |a: f32, b: f32| if b > a { b } else { a };
    let four: [f32; 4] = std::array::from_fn(|i| larger(larger(scores[i], scores[i + 4]), scores[i + 8]));
    larger(larger(four[0], four[1]), larger(four[2], four[3]))
}

/// The first state with the best score.
#[inline]
fn first_of_best(scores: &Row) -> usize {
    let best = best_of(scores);
    scores.iter().position(|&s| s == best).unwrap_or(0)
}

/// `a += b`.
#[inline]
pub(crate) fn add(a: &mut Row, b: &Row) {
    for i in 0..N_STATES {
        a[i] += b[i];
    }
}

/// Sum in order of the states, never 0.
#[inline]
fn total(row: &Row) -> f32 {
    let mut sum = 0.0;
    for i in 0..N_STATES {
        sum += row[i];
    }
    sum.max(f32::MIN_POSITIVE)
}

/// `a /= b`.
#[inline]
fn divide(a: &mut Row, b: f32) {
    for x in a {
        *x /= b;
    }
}

/// `a *= b`.
#[inline]
fn multiply(a: &mut Row, b: &Row) {
    for i in 0..N_STATES {
        a[i] *= b[i];
    }
}

/// Forward and backward sums of a chain, scaled token by token.
#[derive(Debug, Default)]
pub(crate) struct Marginals {
    /// exp(score), shifted by the largest of its token.
    local: Vec<Row>,
    forward: Vec<Row>,
    backward: Vec<Row>,
    /// `exp(between)`, and the same with rows and columns exchanged.
    between: Square,
    backwards: Square,
    start: Row,
    end: Row,
    /// What the sums were divided by: as logarithm, or (`true`) as it is.
    log_scales: Vec<(f32, bool)>,
}

/// `e^x` for each `x - top <= 0`, to 2e-7 of its value (0 stands for less than 2e-38): the polynomial of Cephes' `expf`. The library's
/// took eight times as long, one number after another, and is not the same on every system. Step by step for all, so that
/// each step is one of whole registers: 400 instructions a row were 100.
#[inline]
fn exp(row: &Row, top: f32) -> Row {
    /// Adding and taking it away rounds to the next whole number.
    const ROUND: f32 = 12_582_912.0;
    const LEAST: f32 = -87.0;
    let mut x = *row;
    for i in 0..N_STATES {
        x[i] -= top;
        x[i] = if x[i] > LEAST { x[i] } else { LEAST };
    }
    let (mut rounded, mut r) = ([0.0; N_STATES], [0.0; N_STATES]);
    for i in 0..N_STATES {
        rounded[i] = x[i] * std::f32::consts::LOG2_E + ROUND;
    }
    for i in 0..N_STATES {
        let n = rounded[i] - ROUND;
        r[i] = x[i] - n * 0.693_359_4 + n * 2.121_944_4e-4;
    }
    let mut p = [1.987_569_1e-4; N_STATES];
    for c in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        for i in 0..N_STATES {
            p[i] = p[i] * r[i] + c;
        }
    }
    for i in 0..N_STATES {
        // The last bits of the rounded number are the whole number; a conversion takes many more steps.
        let power = rounded[i].to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127);
        x[i] = (p[i] * r[i] * r[i] + r[i] + 1.0) * f32::from_bits(power << 23);
    }
    x
}

impl Marginals {
    /// Takes over transition scores.
    pub(crate) fn set(&mut self, t: &Transitions) {
        self.between = Square(t.between.map(|row| row.map(f32::exp)));
        self.backwards = self.between.turned();
        self.start = t.start.map(f32::exp);
        self.end = t.end.map(f32::exp);
    }

    /// Sums over all ways for these scores. Time O(tokens x states^2).
    pub(crate) fn run(&mut self, scores: &[Row]) {
        let n = scores.len();
        for rows in [&mut self.local, &mut self.forward, &mut self.backward] {
            rows.clear();
            rows.resize(n, [0.0; N_STATES]);
        }
        self.log_scales.clear();
        self.log_scales.reserve(2 * n + 1);
        if n == 0 {
            return;
        }
        for (local, row) in self.local.iter_mut().zip(scores) {
            let top = best_of(row);
            self.log_scales.push((top, false));
            *local = exp(row, top);
        }
        let mut now = self.start;
        for i in 0..n {
            if i > 0 {
                let before = now;
                now = [0.0; N_STATES];
                for from in 0..N_STATES {
                    for to in 0..N_STATES {
                        now[to] += before[from] * self.between.0[from][to];
                    }
                }
            }
            multiply(&mut now, &self.local[i]);
            let sum = total(&now);
            self.log_scales.push((sum, true));
            divide(&mut now, sum);
            self.forward[i] = now;
        }
        let last = &self.forward[n - 1];
        let ending: f32 = last.iter().zip(&self.end).map(|(a, b)| a * b).sum::<f32>().max(f32::MIN_POSITIVE);
        self.log_scales.push((ending, true));
        // The product of forward and backward sums to 1 at every token.
        self.backward[n - 1] = self.end.map(|x| x / ending);
        for i in (1..n).rev() {
            let mut after = self.backward[i];
            multiply(&mut after, &self.local[i]);
            // Column by column: whole registers, and for every state the same order of additions as row by row.
            let mut before = [0.0; N_STATES];
            for to in 0..N_STATES {
                for from in 0..N_STATES {
                    before[from] += after[to] * self.backwards.0[to][from];
                }
            }
            let mut product = self.forward[i - 1];
            multiply(&mut product, &before);
            let sum = total(&product);
            divide(&mut before, sum);
            self.backward[i - 1] = before;
        }
    }

    /// Probability of each state at token `i`.
    pub(crate) fn at(&self, i: usize) -> Row {
        let mut p = self.forward[i];
        for (x, y) in p.iter_mut().zip(&self.backward[i]) {
            *x *= y;
        }
        p
    }

    /// Adds the expected number of each transition before token `i` to `counts`.
    pub(crate) fn expected(&self, i: usize, counts: &mut [Row; N_STATES]) {
        let mut after = self.backward[i];
        for (x, y) in after.iter_mut().zip(&self.local[i]) {
            *x *= y;
        }
        let mut pairs = [[0.0; N_STATES]; N_STATES];
        let mut sum = 0.0;
        for (pair, (p, between)) in pairs.iter_mut().zip(self.forward[i - 1].iter().zip(&self.between.0)) {
            for (x, (b, a)) in pair.iter_mut().zip(between.iter().zip(&after)) {
                *x = p * b * a;
                sum += *x;
            }
        }
        let scale = 1.0 / sum.max(f32::MIN_POSITIVE);
        for (row, pair) in counts.iter_mut().zip(&pairs) {
            for (x, y) in row.iter_mut().zip(pair) {
                *x += y * scale;
            }
        }
    }

    /// Logarithm of the sum over all ways.
    pub(crate) fn log_z(&self) -> f64 {
        self.log_scales.iter().map(|&(x, plain)| f64::from(if plain { x.ln() } else { x })).sum()
    }

    /// Number of tokens of the last run.
    pub(crate) fn len(&self) -> usize {
        self.forward.len()
    }

    /// Probability that a stretch of `part` begins with token `i`.
    pub(crate) fn begins(&self, part: Part, i: usize) -> f32 {
        self.forward.get(i).map_or(0.0, |f| f[part.begin()] * self.backward[i][part.begin()])
    }

    /// Probability that token `i` is `part`.
    pub(crate) fn part(&self, part: Part, i: usize) -> f32 {
        let b = part.begin();
        self.forward.get(i).map_or(0.0, |f| f[b] * self.backward[i][b] + f[b + 1] * self.backward[i][b + 1])
    }

    /// Probability that token `i` is inside `part` and not its first.
    fn goes_on(&self, part: Part, i: usize) -> f32 {
        let inside = part.begin() + 1;
        self.forward.get(i).map_or(0.0, |f| f[inside] * self.backward[i][inside])
    }

    /// Probability that token `i` is content.
    pub(crate) fn content(&self, i: usize) -> f32 {
        self.part(Part::ContentBefore, i) + self.part(Part::ContentAfter, i)
    }

    /// Probability that a stretch of `part` ends before token `i`.
    pub(crate) fn ends(&self, part: Part, i: usize) -> f32 {
        if i == 0 { 0.0 } else { (self.part(part, i - 1) - self.goes_on(part, i)).max(0.0) }
    }

    /// Logarithm of the probability that exactly the tokens `start..end` are a stretch of `part`; what may follow is
    /// taken to be alike for its first token and the others.
    pub(crate) fn log_span(&self, part: Part, start: usize, end: usize) -> f32 {
        let goes_on = (start + 1..end).map(|i| self.log_goes_on(part, i));
        goes_on.fold(self.log_begins(part, start), |sum, p| sum + p) + self.log_ends(part, end)
    }

    /// Logarithm of the probability that a stretch of `part` begins with token `i`.
    pub(crate) fn log_begins(&self, part: Part, i: usize) -> f32 {
        self.begins(part, i).max(TINY).ln()
    }

    /// Logarithm of the probability that a stretch of `part` goes on with token `i`, if it holds the one before.
    pub(crate) fn log_goes_on(&self, part: Part, i: usize) -> f32 {
        (self.goes_on(part, i) / self.part(part, i - 1).max(TINY)).clamp(TINY, 1.0).ln()
    }

    /// Logarithm of the probability that it does not.
    pub(crate) fn log_ends(&self, part: Part, i: usize) -> f32 {
        (1.0 - self.goes_on(part, i) / self.part(part, i - 1).max(TINY)).clamp(TINY, 1.0).ln()
    }
}

/// Probabilities below this are taken for it where their logarithm is wanted.
const TINY: f32 = 1e-9;

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(n: usize) -> (Transitions, Vec<Row>) {
        let mut state = 7_u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1 << 23) as f32 - 1.0
        };
        let mut t = Transitions::new();
        t.between.iter_mut().chain([&mut t.start, &mut t.end]).flatten().for_each(|x| *x = random());
        t.forbid();
        let scores = (0..n).map(|_| std::array::from_fn(|_| 2.0 * random())).collect();
        (t, scores)
    }

    /// All ways of `n` tokens with their scores.
    fn ways(t: &Transitions, scores: &[Row]) -> Vec<(Vec<u8>, f64)> {
        let mut all = vec![(Vec::new(), 0.0_f64)];
        for (i, row) in scores.iter().enumerate() {
            let mut longer = Vec::new();
            for (way, score) in &all {
                for (s, local) in row.iter().enumerate() {
                    let into = match way.last() {
                        None => t.start[s],
                        Some(&before) => t.between[before as usize][s],
                    };
                    let out = if i + 1 == scores.len() { t.end[s] } else { 0.0 };
                    if into > NEVER {
                        let mut way: Vec<u8> = way.clone();
                        way.push(s as u8);
                        longer.push((way, score + f64::from(into + local + out)));
                    }
                }
            }
            all = longer;
        }
        all
    }

    #[test]
    fn the_best_way_and_the_sums_are_those_of_all_ways() {
        let (mut t, scores) = chain(4);
        // `log_span` takes the first token of a stretch and the others alike in what may follow.
        let part = Part::ContentAfter;
        t.between[part.begin()] = t.between[part.begin() + 1];
        t.end[part.begin()] = t.end[part.begin() + 1];
        let all = ways(&t, &scores);
        let best = all.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
        let (mut best_scores, mut states) = (Vec::new(), Vec::new());
        t.viterbi(&scores, &mut best_scores, &mut states);
        assert_eq!(states, best.0);

        let z: f64 = all.iter().map(|w| w.1.exp()).sum();
        let mut marginals = Marginals::default();
        marginals.set(&t);
        marginals.run(&scores);
        assert!((marginals.log_z() - z.ln()).abs() < 1e-3);
        for i in 0..4 {
            for s in 0..N_STATES {
                let p: f64 = all.iter().filter(|w| w.0[i] == s as u8).map(|w| w.1.exp() / z).sum();
                assert!((p - f64::from(marginals.at(i)[s])).abs() < 1e-4, "token {i} state {s}");
            }
        }
        let is_span = |w: &[u8]| segments(w).contains(&Segment { part, start: 1, end: 3 });
        let p: f64 = all.iter().filter(|w| is_span(&w.0)).map(|w| w.1.exp() / z).sum();
        assert!((p.ln() - f64::from(marginals.log_span(part, 1, 3))).abs() < 1e-3);
    }

    #[test]
    fn powers_are_near() {
        for i in 0..8700 {
            let x = -(i as f32) / 100.0;
            let want = f64::from(x).exp();
            assert!((f64::from(exp(&[x; N_STATES], 0.0)[0]) - want).abs() <= 3e-7 * want, "{x}");
        }
        assert!(exp(&[-1e30; N_STATES], 0.0)[1] < 2e-38 && exp(&[0.0; N_STATES], 0.0)[2] == 1.0);
    }

    #[test]
    fn segments_of_states() {
        let b = Part::Cue.begin() as u8;
        assert_eq!(
            segments(&[0, b, b + 1, b, 1]),
            [Segment { part: Part::Cue, start: 1, end: 3 }, Segment { part: Part::Cue, start: 3, end: 4 }]
        );
        assert_eq!(segments(&[]), []);
    }
}
