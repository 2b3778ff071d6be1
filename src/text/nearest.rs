//! Which of some names did the user mean?

/// The one of `names` that differs least from `name`, if it differs by at most a third of its letters (and at least
/// one). Case, blanks, hyphens and underscores are folded first. Distance: Damerau-Levenshtein (adjacent swaps count 1).
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let fold = |s: &str| -> Vec<char> {
        s.trim()
            .chars()
            .map(|c| if c == '_' || c == ' ' { '-' } else { c })
            .flat_map(char::to_lowercase)
            .take(64)
            .collect()
    };
    let wanted = fold(name);
    names
        .into_iter()
        .map(|n| (edit_distance(&wanted, &fold(n)), n))
        .min_by_key(|(d, _)| *d)
        .filter(|(d, n)| *d <= (n.chars().count() / 3).max(1))
        .map(|(_, n)| n.to_owned())
}

/// Number of letters to insert, remove, replace or swap with their neighbour to make `b` of `a`. O(a x b).
pub fn edit_distance(a: &[char], b: &[char]) -> usize {
    let width = b.len() + 1;
    let mut table = vec![0usize; (a.len() + 1) * width];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i * width + j] = if i == 0 || j == 0 {
                i + j
            } else {
                let substitution = usize::from(a[i - 1] != b[j - 1]);
                let mut best = (table[(i - 1) * width + j] + 1)
                    .min(table[i * width + j - 1] + 1)
                    .min(table[(i - 1) * width + j - 1] + substitution);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best = best.min(table[(i - 2) * width + j - 2] + 1);
                }
                best
            };
        }
    }
    table[a.len() * width + b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_swaps_once() {
        let d = |a: &str, b: &str| edit_distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        assert_eq!((d("", "ab"), d("stance", "stnace"), d("stance", "stances"), d("a", "b")), (2, 1, 1, 1));
        assert_eq!(nearest("Texts", ["id", "text"]).as_deref(), Some("text"));
        assert_eq!(nearest("body", ["id", "text"]), None);
    }
}
