//! Models with several targets: each word, phrase and character n-gram once for all targets and once for its own.
//!
//! What holds for every target is learnt from all rows, what holds for one from its own. Reference: Daumé 2007,
//! "Frustratingly Easy Domain Adaptation".

use std::collections::BTreeMap;

use crate::features::family::{Family, Sink, combine, hash_bytes, string_key};
use crate::statement::Statement;
use crate::text::{Span, text_key};

/// The targets that get copies: those with `min_rows` statements, if these are together at least half of all. Ascending.
pub(super) fn targets(statements: &[&Statement], min_rows: u32) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for target in statements.iter().filter_map(|s| s.target.as_deref()) {
        *counts.entry(text_key(target)).or_insert(0) += 1;
    }
    counts.retain(|key, count| !key.is_empty() && *count >= min_rows as usize);
    let n_covered: usize = counts.values().sum();
    if min_rows == 0 || n_covered * 2 < statements.len() { Vec::new() } else { counts.into_keys().collect() }
}

/// The name of the statement's target, if it is one of `targets` (ascending).
pub(super) fn topic<'t>(statement: &Statement, targets: &'t [String]) -> Option<&'t str> {
    if targets.is_empty() {
        return None;
    }
    let key = text_key(statement.target.as_deref()?);
    targets.binary_search(&key).ok().map(|i| targets[i].as_str())
}

/// Passes features on, with a copy for the target.
pub(super) struct Copies<'a, S> {
    inner: &'a mut S,
    target: &'a str,
    hash: u64,
}

impl<'a, S: Sink> Copies<'a, S> {
    /// Also sends the target itself.
    pub(super) fn new(inner: &'a mut S, target: &'a str) -> Self {
        inner.feature(Family::Topic, string_key(Family::Topic, target), None, || target.to_owned());
        Self { inner, target, hash: hash_bytes(target.as_bytes()) }
    }
}

impl<S: Sink> Sink for Copies<'_, S> {
    fn feature(&mut self, family: Family, key: u64, span: Option<Span>, name: impl FnOnce() -> String) {
        let Some(copies) = family.copies() else { return self.inner.feature(family, key, span, name) };
        let mut own = None;
        let mut name = Some(name);
        // The name is made at most once, and only if one of the two asks for it.
        let mut make = || own.get_or_insert_with(|| name.take().map(|n| n()).unwrap_or_default()).clone();
        self.inner.feature(family, key, span, &mut make);
        let target = self.target;
        self.inner.feature(copies, combine(self.hash, key), span, || format!("{target}|{}", make()));
    }

    fn weighed(&mut self, family: Family, key: u64, span: Option<Span>, value: f32, name: impl FnOnce() -> String) {
        self.inner.weighed(family, key, span, value, name);
    }
}

/// The key of a copy whose name is `name`; `key` gives the key of what it is a copy of.
pub(super) fn copy_key(name: &str, key: impl FnOnce(&str) -> u64) -> u64 {
    let (target, rest) = name.split_once('|').unwrap_or(("", name));
    combine(hash_bytes(target.as_bytes()), key(rest))
}
