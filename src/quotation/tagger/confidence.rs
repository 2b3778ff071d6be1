//! How sure is it that an attribution is one, with these words?

use crate::quotation::passage::Passage;
use crate::quotation::tagger::decode::{Marginals, Segment};
use crate::quotation::tagger::link::Link;

/// Number of features of an attribution.
pub(crate) const N_ATTRIBUTION: usize = 24;
/// Features of an attribution.
pub(crate) type AttributionFeatures = [f64; N_ATTRIBUTION];

fn odds(p: f32) -> f64 {
    let p = f64::from(p).clamp(1e-4, 1.0 - 1e-4);
    (p / (1.0 - p)).ln()
}

/// Features of an attribution.
pub(crate) fn features(
    passage: &Passage,
    segments: &[Segment],
    link: &Link,
    marginals: &Marginals,
) -> AttributionFeatures {
    let yes = |b: bool| f64::from(u8::from(b));
    let (mut sum, mut least, mut n, mut quoted) = (0.0_f32, 1.0_f32, 0_usize, 0_usize);
    let mut longest = 0;
    let mut main = None;
    for &c in &link.content {
        let s = segments[c];
        for i in s.start..s.end {
            let p = marginals.content(i);
            sum += p;
            least = least.min(p);
            quoted += usize::from(passage.depth[i] > 0);
        }
        n += s.end - s.start;
        if s.end - s.start > longest {
            longest = s.end - s.start;
            main = Some(s);
        }
    }
    let mean = sum / n.max(1) as f32;
    let (begin, end, span) = main.map_or((0.0, 0.0, -20.0), |s| {
        (marginals.begins(s.part, s.start), marginals.ends(s.part, s.end), marginals.log_span(s.part, s.start, s.end))
    });
    let certain = |number: Option<usize>| -> f32 {
        let Some(s) = number.map(|c| segments[c]) else { return 0.0 };
        (s.start..s.end).map(|i| marginals.part(s.part, i)).sum::<f32>() / (s.end - s.start) as f32
    };
    let (cue, source) = (certain(link.cue), certain(link.source));
    let direct = quoted == n;
    let indirect = quoted == 0;
    [
        odds(mean),
        odds(least),
        odds(begin),
        odds(end),
        f64::from(span).max(-10.0),
        yes(link.cue.is_some()) * odds(cue),
        yes(link.source.is_some()) * odds(source),
        yes(link.source.is_some()),
        yes(link.cue.is_some()),
        yes(direct),
        yes(indirect),
        (1.0 + n as f64).ln(),
        yes(n <= 2),
        yes(n <= 4),
        link.content.len().min(4) as f64,
        yes(indirect) * odds(mean),
        yes(indirect) * odds(begin),
        yes(indirect) * odds(end),
        yes(indirect) * odds(cue),
        yes(direct) * odds(mean),
        f64::from(mean),
        f64::from(begin * end),
        segments.len().min(12) as f64,
        yes(passage.index == 0),
    ]
}
