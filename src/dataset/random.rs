//! Seeded random numbers that never change: folds and bootstrap draws are the same in every version.

/// A small random number generator: xoshiro256** (Blackman and Vigna 2021), its state filled by splitmix64.
///
/// The numbers of a seed are part of this crate's contract: the same on every machine and in every version. It is
/// made for sampling, not for secrets.
///
/// # Examples
/// ```
/// use demarche::dataset::random::Random;
///
/// let mut one = Random::new(7);
/// let mut other = Random::new(7);
/// assert_eq!(one.below(1000), other.below(1000));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Random {
    state: [u64; 4],
}

impl Random {
    /// The generator of `seed`; any seed will do, also 0.
    pub fn new(seed: u64) -> Self {
        let mut mixer = seed;
        Self { state: [(); 4].map(|()| splitmix64(&mut mixer)) }
    }

    /// The generator number `stream` of `seed`: one for each draw of a bootstrap, so that draws can run on any number
    /// of threads and give the same figures.
    pub fn stream(seed: u64, stream: u64) -> Self {
        let (mut a, mut b) = (seed, stream ^ 0x6a09_e667_f3bc_c909);
        Self::new(splitmix64(&mut a) ^ splitmix64(&mut b).rotate_left(32))
    }

    /// The next 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[1].wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// A whole number in `0..n`, each equally likely; 0 where `n` is 0. Reference: Lemire 2019, "Fast random integer
    /// generation in an interval".
    pub fn below(&mut self, n: usize) -> usize {
        let n = n as u64;
        if n == 0 {
            return 0;
        }
        let rejected = n.wrapping_neg() % n;
        loop {
            let product = u128::from(self.next_u64()) * u128::from(n);
            if product as u64 >= rejected {
                return (product >> 64) as usize;
            }
        }
    }

    /// A number in 0..1, each multiple of 2^-53 equally likely.
    pub fn uniform(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number of the standard normal distribution. Reference: Marsaglia and Bray 1964 (polar method).
    pub fn normal(&mut self) -> f64 {
        loop {
            let (x, y) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                return x * (-2.0 * square.ln() / square).sqrt();
            }
        }
    }

    /// A number of the gamma distribution of this shape and scale 1; 0 where the shape is not above 0. Reference:
    /// Marsaglia and Tsang 2000, "A simple method for generating gamma variables".
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape.is_nan() || shape <= 0.0 {
            return 0.0;
        }
        if shape < 1.0 {
            let power = self.uniform().powf(1.0 / shape);
            return self.gamma(shape + 1.0) * power;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && (1.0 - self.uniform()).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    /// Puts `items` into random order, each order equally likely (Fisher-Yates, from the end).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

fn splitmix64(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_reference_implementations() {
        let mut state = 0;
        assert_eq!(splitmix64(&mut state), 0xe220_a839_7b1d_cdaf);
        let mut random = Random { state: [1, 2, 3, 4] };
        let numbers = [(); 4].map(|()| random.next_u64());
        assert_eq!(numbers, [11520, 0, 1_509_978_240, 1_215_971_899_390_074_240]);
    }

    #[test]
    fn below_is_even_and_within_bounds() {
        let mut random = Random::new(0);
        let mut counts = [0usize; 7];
        for _ in 0..70_000 {
            counts[random.below(7)] += 1;
        }
        assert!(counts.iter().all(|&c| (9_600..10_400).contains(&c)), "{counts:?}");
        assert_eq!((random.below(0), random.below(1)), (0, 0));
    }

    #[test]
    fn normal_and_gamma_have_their_moments() {
        let mut random = Random::new(2);
        let moments = |values: Vec<f64>| {
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            (mean, values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n)
        };
        let (mean, variance) = moments((0..40_000).map(|_| random.normal()).collect());
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
        for shape in [0.5, 1.0, 7.5] {
            let (mean, variance) = moments((0..40_000).map(|_| random.gamma(shape)).collect());
            assert!((mean / shape - 1.0).abs() < 0.03 && (variance / shape - 1.0).abs() < 0.06, "{mean} {variance}");
        }
        assert_eq!((random.gamma(0.0), random.gamma(f64::NAN)), (0.0, 0.0));
    }

    #[test]
    fn streams_differ_and_shuffle_keeps_all() {
        let firsts: Vec<u64> = (0..100).map(|i| Random::stream(0, i).next_u64()).collect();
        let mut unique = firsts.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), 100);
        assert_ne!(Random::stream(1, 0), Random::stream(0, 1));
        let mut items: Vec<usize> = (0..50).collect();
        Random::new(3).shuffle(&mut items);
        assert_ne!(items, (0..50).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..50).collect::<Vec<_>>());
    }
}
