//! Folds: which rows are held back together.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use crate::dataset::duplicates::{Duplicates, UnionFind, near_duplicates};
use crate::dataset::stratify::{Holdings, stratified};
use crate::dataset::time::{blocks_in_time, blocks_not_after};
use crate::dataset::{Dataset, Example, shortened};
use crate::error::{Error, Result};
use crate::text::nearest;

/// By what rows are kept together when some are held back.
///
/// Its names are `speaker`, `article`, `outlet`, `time`, `random`; any other name is a column.
///
/// # Examples
/// ```
/// use demarche::dataset::split::Split;
///
/// assert_eq!("speaker".parse::<Split>()?, Split::Speaker);
/// assert_eq!("coder".parse::<Split>()?.to_string(), "coder");
/// # Ok::<(), demarche::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Split {
    /// All rows of a speaker are in one fold: how good is the model on people it never met? Case and white space in
    /// names do not count.
    Speaker,
    /// All rows of an article are in one fold.
    Article,
    /// All rows of an outlet are in one fold.
    Outlet,
    /// Folds follow each other in time, and only the past is learnt from.
    Time,
    /// Every row for itself; flatters a model that knows the speakers.
    Random,
    /// All rows with the same cell in this column are in one fold.
    Column(String),
}

impl FromStr for Split {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Ok(match name.trim() {
            "" => return Err(Error::usage("empty split; known: speaker, article, outlet, time, random, or a column")),
            "speaker" => Self::Speaker,
            "article" => Self::Article,
            "outlet" => Self::Outlet,
            "time" => Self::Time,
            "random" => Self::Random,
            column => Self::Column(column.to_owned()),
        })
    }
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Speaker => "speaker",
            Self::Article => "article",
            Self::Outlet => "outlet",
            Self::Time => "time",
            Self::Random => "random",
            Self::Column(name) => name,
        })
    }
}

impl Split {
    /// What keeps `example` together with others; `None` where it has no value (or for `Time` and `Random`).
    pub fn value(&self, example: &Example) -> Option<String> {
        let statement = &example.statement;
        let cell = match self {
            Self::Speaker => {
                let name = statement.speaker.as_deref()?;
                return Some(name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase())
                    .filter(|n| !n.is_empty());
            }
            Self::Article => example.article.as_deref(),
            Self::Outlet => example.outlet.as_deref(),
            Self::Time | Self::Random => None,
            Self::Column(name) => match name.as_str() {
                "holder" => statement.holder.as_deref(),
                "target" => statement.target.as_deref(),
                "role" => statement.role.as_deref(),
                "organization" => statement.organization.as_deref(),
                "country" => statement.country.as_deref(),
                "cue" => statement.cue.as_deref(),
                "kind" => statement.kind.map(|k| k.name()),
                "date" => example.date.as_deref(),
                _ => example.extra.iter().find(|(column, _)| column == name).map(|(_, cell)| cell.as_str()),
            },
        };
        cell.map(str::trim).filter(|c| !c.is_empty()).map(str::to_owned)
    }
}

/// A fold for every row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    /// The fold of each row, in `0..n_folds`.
    pub fold_of: Vec<usize>,
    /// Number of folds; none is empty.
    pub n_folds: usize,
    /// Number of groups that no fold boundary cuts: groups that near duplicates join count as one; for [`Split::Time`] the days.
    pub n_groups: usize,
    /// What a reader of the figures must know, in words: near duplicates found, rows without a value.
    pub notes: Vec<String>,
    /// Whether only the past may be learnt from.
    in_time: bool,
    /// The set of near duplicates of each row.
    set_of: Vec<usize>,
    barred: Barred,
}

/// What keeps silver rows from being learnt from while others are tested.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Barred {
    /// The first fold in which each row must not be learnt from, and one past the last.
    folds: Vec<Range<usize>>,
    /// The set of near duplicates of each row, the silver ones behind the others; empty without silver rows.
    set_of: Vec<usize>,
}

impl Folds {
    /// The folds that are tested, ascending: all, but for [`Split::Time`] the first, which has no past.
    pub fn tested(&self) -> std::ops::Range<usize> {
        usize::from(self.in_time)..self.n_folds
    }

    /// Rows that may be learnt from when `fold` is tested, ascending: all others, for [`Split::Time`] the earlier, but
    /// for near duplicates of the tested.
    pub fn train_rows(&self, fold: usize) -> Vec<usize> {
        let mut is_tested = vec![false; self.fold_of.len()];
        for row in self.test_rows(fold) {
            is_tested[self.set_of[row]] = true;
        }
        let may_learn = |other: usize| if self.in_time { other < fold } else { other != fold };
        (0..self.fold_of.len()).filter(|&row| may_learn(self.fold_of[row]) && !is_tested[self.set_of[row]]).collect()
    }

    /// Silver rows that may be learnt from when `fold` is tested, ascending: those of other groups (for [`Split::Time`] of
    /// earlier days) that are no near duplicates of the tested.
    pub fn train_silver(&self, fold: usize) -> Vec<usize> {
        let Barred { folds, set_of } = &self.barred;
        let mut is_tested = vec![false; set_of.len()];
        if !folds.is_empty() {
            self.test_rows(fold).into_iter().for_each(|row| is_tested[set_of[row]] = true);
        }
        let behind = self.fold_of.len();
        (0..folds.len()).filter(|&row| !folds[row].contains(&fold) && !is_tested[set_of[behind + row]]).collect()
    }

    /// Rows that are tested in `fold`, ascending; none where it is not among [`Folds::tested`].
    pub fn test_rows(&self, fold: usize) -> Vec<usize> {
        let tested = self.tested().contains(&fold);
        (0..self.fold_of.len()).filter(|&row| tested && self.fold_of[row] == fold).collect()
    }
}

impl Folds {
    /// Whether each label is learnt in some fold that tests it too. One that is not, because its rows are all held back together,
    /// gets probabilities from models that never saw it: its calibration would be turned upside down.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Data`] naming the first such label, and the group that has all its rows.
    pub fn check_labels(&self, dataset: &Dataset, split: &Split) -> Result<()> {
        let of_rows = |rows: &[usize]| -> HashSet<(usize, usize)> {
            let labels = |&row: &usize| dataset.examples[row].labels.iter().enumerate();
            let given = rows.iter().flat_map(labels).filter_map(|(t, labels)| Some((t, labels.as_ref()?)));
            given.flat_map(|(t, labels)| labels.iter().map(move |&k| (t, k))).collect()
        };
        let mut sound = HashSet::new();
        for fold in self.tested() {
            let learnt = of_rows(&self.train_rows(fold));
            sound.extend(of_rows(&self.test_rows(fold)).into_iter().filter(|label| learnt.contains(label)));
        }
        for (t, task) in dataset.tasks.iter().enumerate() {
            let Some(k) = (0..task.labels.len()).find(|&k| !sound.contains(&(t, k))) else { continue };
            let has = |e: &&Example| e.labels[t].as_ref().is_some_and(|labels| labels.contains(&k));
            let values: Vec<Option<String>> = dataset.examples.iter().filter(has).map(|e| split.value(e)).collect();
            let (n, first) = (values.len(), values.first().cloned().flatten());
            let (place, advice) = match first.filter(|first| values.iter().all(|v| v.as_ref() == Some(first))) {
                Some(group) => {
                    let place = format!("have the {split} \"{}\"", shortened(&group));
                    (place, "take another --split, label rows of others")
                }
                None if *split == Split::Time => {
                    ("are of one stretch of time".to_owned(), "take another --split, label rows of other days")
                }
                None => ("belong together (near duplicates do)".to_owned(), "label rows that differ more"),
            };
            return Err(Error::data(format!(
                "all {n} row(s) with \"{}\" {place}, so that no fold can learn this label while another tests it; {advice}, or remove \
                 the label",
                task.labels.name(k)
            ))
            .in_column(&task.name));
        }
        Ok(())
    }
}

/// Distributes the rows over `n_folds` folds.
///
/// No group of `split` is in two folds; a row without a group value is a group of its own. Near-duplicate texts (see
/// [`near_duplicates`]) are in one fold too, unless that would chain groups into one larger than half a fold; in any
/// case no row is learnt from while a copy of it is tested ([`Folds::train_rows`]). Within that, each fold gets its share of every label of every task. The same
/// `seed` gives the same folds, in whatever order the rows are. [`Split::Time`] cuts by day into blocks of about the same size and needs no seed; near
/// duplicates go with the latest of them, so that nothing is learnt from the days that are tested.
///
/// # Errors
/// [`crate::error::ErrorKind::Usage`] if `n_folds` is below 2, or no row has a value for `split`;
/// [`crate::error::ErrorKind::Data`] if there are fewer groups than folds or no date can be read.
pub fn folds(dataset: &Dataset, split: &Split, n_folds: usize, seed: u64) -> Result<Folds> {
    if n_folds < 2 {
        return Err(Error::usage(format!("--folds {n_folds}: at least 2 are needed, or 0 to hold no rows back")));
    }
    let examples = &dataset.examples;
    let values: Vec<Option<String>> = examples.iter().map(|e| split.value(e)).collect();
    let mut notes = Vec::new();
    if !matches!(split, Split::Time | Split::Random) {
        let n_missing = values.iter().filter(|v| v.is_none()).count();
        if n_missing == values.len() {
            return Err(no_values(dataset, split));
        }
        if n_missing > 0 {
            notes.push(format!("{n_missing} of {} rows have no {split}; each is a group of its own", values.len()));
        }
    }

    let texts: Vec<&str> = examples.iter().map(|e| e.statement.text.as_str()).collect();
    let duplicates = near_duplicates(&texts);
    if duplicates.n_rows > 0 {
        notes.push(format!(
            "{} of {} rows are near duplicates (sets: {}); no copy of a tested row is learnt from",
            duplicates.n_rows,
            texts.len(),
            duplicates.n_sets
        ));
    }
    let (group_of, n_apart) = joined(&values, &texts, &duplicates, n_folds);
    if n_apart > 0 {
        notes.push(format!(
            "{n_apart} sets of near duplicates would chain groups by {split} into one of more than {} rows; they are not \
             kept together, but no row is learnt from while a copy of it is tested",
            most_joined(&values, n_folds)
        ));
    }

    let (fold_of, n_groups) = if *split == Split::Time {
        blocks_in_time(examples, &group_of, n_folds, &mut notes)?
    } else {
        balanced(dataset, &group_of, split, n_folds, seed)?
    };
    notes.extend(oversized(&group_of, split, n_folds));
    let barred = barred(dataset, split, &values, &fold_of, n_folds);
    Ok(Folds { fold_of, n_folds, n_groups, notes, in_time: *split == Split::Time, set_of: duplicates.set_of, barred })
}

/// Where silver rows are not learnt from; `values` and `fold_of` are those of the other rows.
fn barred(dataset: &Dataset, split: &Split, values: &[Option<String>], fold_of: &[usize], n_folds: usize) -> Barred {
    if dataset.silver.is_empty() {
        return Barred::default();
    }
    let folds = if *split == Split::Time {
        blocks_not_after(&dataset.silver, &dataset.examples, fold_of, n_folds).into_iter().map(|n| 0..n).collect()
    } else {
        let groups: HashMap<&str, usize> =
            values.iter().zip(fold_of).filter_map(|(value, &fold)| Some((value.as_deref()?, fold))).collect();
        let fold = |e| split.value(e).and_then(|value| groups.get(value.as_str()).copied());
        dataset.silver.iter().map(|s| fold(&s.example).map_or(0..0, |fold| fold..fold + 1)).collect()
    };
    let texts: Vec<&str> = dataset
        .examples
        .iter()
        .chain(dataset.silver.iter().map(|s| &s.example))
        .map(|e| e.statement.text.as_str())
        .collect();
    Barred { folds, set_of: near_duplicates(&texts).set_of }
}

/// Rows that groups joined by near duplicates may have together: half a fold, or the largest single group.
///
/// Without a limit chains grow: a stock phrase in 300 of 2,600 articles would make one group of them all.
fn most_joined(values: &[Option<String>], n_folds: usize) -> usize {
    if values.iter().all(Option::is_none) {
        return usize::MAX;
    }
    let mut sizes: HashMap<&str, usize> = HashMap::new();
    for value in values.iter().flatten() {
        *sizes.entry(value).or_insert(0) += 1;
    }
    sizes.into_values().max().unwrap_or(0).max(values.len() / (2 * n_folds))
}

/// The first row of the group of each row, and how many sets of near duplicates lie in more than one group.
///
/// Rows of one value are one group; a set of near duplicates joins its groups where they do not become too large
/// ([`most_joined`]), small sets first.
fn joined(values: &[Option<String>], texts: &[&str], duplicates: &Duplicates, n_folds: usize) -> (Vec<usize>, usize) {
    let n_rows = values.len();
    let mut groups = UnionFind::new(n_rows);
    let mut first_with: HashMap<&str, usize> = HashMap::new();
    for (row, value) in values.iter().enumerate() {
        if let Some(value) = value {
            groups.union(row, *first_with.entry(value).or_insert(row));
        }
    }
    let mut size = vec![0usize; n_rows];
    for row in 0..n_rows {
        size[groups.find(row)] += 1;
    }
    let mut sets: Vec<Vec<usize>> = vec![Vec::new(); n_rows];
    for (row, &set) in duplicates.set_of.iter().enumerate() {
        sets[set].push(row);
    }
    sets.retain(|set| set.len() > 1);
    // By their texts, not by their place: the order of the rows in their file must not change a fold.
    let first_text = |set: &[usize]| set.iter().map(|&row| texts[row]).min();
    sets.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| first_text(a).cmp(&first_text(b))));
    let most = most_joined(values, n_folds);
    let mut n_apart = 0;
    for set in &sets {
        let mut roots: Vec<usize> = set.iter().map(|&row| groups.find(row)).collect();
        roots.sort_unstable();
        roots.dedup();
        let together: usize = roots.iter().map(|&root| size[root]).sum();
        if roots.len() > 1 && together > most {
            n_apart += 1;
            continue;
        }
        for pair in roots.windows(2) {
            groups.union(pair[0], pair[1]);
        }
        size[groups.find(roots[0])] = together;
    }
    ((0..n_rows).map(|row| groups.find(row)).collect(), n_apart)
}

/// A note if one group alone is at least half as large again as a fold should be.
fn oversized(group_of: &[usize], split: &Split, n_folds: usize) -> Option<String> {
    let mut sizes = vec![0usize; group_of.len()];
    for &group in group_of {
        sizes[group] += 1;
    }
    let (largest, n_rows) = (sizes.into_iter().max().unwrap_or(0), group_of.len());
    (2 * n_folds * largest >= 3 * n_rows).then(|| {
        format!(
            "one group holds {largest} of {n_rows} rows, so folds by {split} are uneven; use fewer folds or another split"
        )
    })
}

fn no_values(dataset: &Dataset, split: &Split) -> Error {
    if dataset.examples.is_empty() {
        return Error::data("no rows to split");
    }
    let Split::Column(name) = split else {
        return Error::usage(format!(
            "no row has a value for \"{split}\", so rows can not be split by it; use another split"
        ));
    };
    let columns: Vec<&str> = dataset.examples[0].extra.iter().map(|(column, _)| column.as_str()).collect();
    let known = ["speaker", "article", "outlet", "time", "random"];
    let hint = match nearest(name, known.into_iter().chain(columns.iter().copied()).filter(|c| c != name)) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("known: {}", known.into_iter().chain(columns).collect::<Vec<_>>().join(", ")),
    };
    Error::usage(format!("no row has a value in column \"{name}\", so rows can not be split by it; {hint}"))
}

/// The error of fewer groups than folds; `what` one of them is called, and by what it was made.
pub(super) fn too_few(n_groups: usize, (what, by): (&str, &str), n_folds: usize) -> Error {
    let plural = if n_groups == 1 { "" } else { "s" };
    let advice = if n_groups < 2 { "use another split".to_owned() } else { format!("use {n_groups} folds or fewer") };
    Error::data(format!("{n_groups} {what}{plural}{by} can not fill {n_folds} folds; {advice}, or add rows"))
}

fn balanced(
    dataset: &Dataset,
    group_of: &[usize],
    split: &Split,
    n_folds: usize,
    seed: u64,
) -> Result<(Vec<usize>, usize)> {
    let mut index_of = vec![usize::MAX; group_of.len()];
    let mut groups: Vec<Holdings> = Vec::new();
    let mut first_texts: Vec<&str> = Vec::new();
    for (row, example) in dataset.examples.iter().enumerate() {
        // A group is known by its first row, so that its holdings are pushed when that row is met.
        if group_of[row] == row {
            index_of[row] = groups.len();
            groups.push(Holdings::new());
            first_texts.push(&example.statement.text);
        }
        let group = index_of[group_of[row]];
        first_texts[group] = first_texts[group].min(&example.statement.text);
        groups[group].extend(things(dataset, example).into_iter().map(|thing| (thing, 1)));
    }
    if groups.len() < n_folds {
        let by = format!(" by {split}");
        let what = if *split == Split::Random { ("distinct text", "") } else { ("group", by.as_str()) };
        return Err(too_few(groups.len(), what, n_folds));
    }
    for holdings in &mut groups {
        holdings.sort_unstable();
        holdings.dedup_by(|next, kept| {
            next.0 == kept.0 && {
                kept.1 += next.1;
                true
            }
        });
    }
    // Dealt out by text, not by place: the order of the rows in their file must not change a figure.
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|&group| first_texts[group]);
    let sorted: Vec<Holdings> = order.iter().map(|&group| std::mem::take(&mut groups[group])).collect();
    let mut fold_of = vec![0; order.len()];
    for (&group, fold) in order.iter().zip(stratified(&sorted, n_folds, seed)) {
        fold_of[group] = fold;
    }
    Ok((group_of.iter().map(|&group| fold_of[index_of[group]]).collect(), order.len()))
}

/// What is counted of a row: itself (0), then for each task its labels, and that it is labelled without any.
fn things(dataset: &Dataset, example: &Example) -> Vec<usize> {
    let mut things = vec![0];
    let mut first = 1;
    for (task, labels) in dataset.tasks.iter().zip(&example.labels) {
        if let Some(labels) = labels {
            things.extend(labels.iter().map(|label| first + label));
            if labels.is_empty() {
                things.push(first + task.labels.len());
            }
        }
        first += task.labels.len() + 1;
    }
    things
}

#[cfg(test)]
mod tests;
