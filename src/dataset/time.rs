//! Which days form which fold, if only the past may be learnt from?

use crate::dataset::split::too_few;
use crate::dataset::{Example, Silver};
use crate::error::{Error, Result};

/// The block of each row, and how many days there are; `group_of` names the first row of each row's group.
///
/// A group stands in the block of its latest day, so that nothing is learnt from days that are tested. Rows without a
/// readable date stand in the first block, which is not tested.
///
/// # Errors
/// [`crate::error::ErrorKind::Usage`] if no row has a date; [`crate::error::ErrorKind::Data`] if none can be read or
/// there are fewer days than folds.
pub(super) fn blocks_in_time(
    examples: &[Example],
    group_of: &[usize],
    n_folds: usize,
    notes: &mut Vec<String>,
) -> Result<(Vec<usize>, usize)> {
    let mut latest: Vec<Option<Day>> = vec![None; examples.len()];
    let (mut n_undated, mut n_unreadable, mut first_unreadable) = (0, 0, None);
    for (example, &group) in examples.iter().zip(group_of) {
        match example.date.as_deref().map(str::trim).filter(|d| !d.is_empty()) {
            None => n_undated += 1,
            Some(date) => match day(date) {
                Some(day) => latest[group] = latest[group].max(Some(day)),
                None => {
                    n_unreadable += 1;
                    first_unreadable.get_or_insert((example.line, date));
                }
            },
        }
    }
    let n_rows = examples.len();
    if n_undated + n_unreadable == n_rows {
        return Err(match first_unreadable {
            Some((line, date)) => {
                let message = format!(
                    "date \"{date}\" is not of the form 2018-09-10 (year-month-day), nor is that of any other row"
                );
                Error::data(message).at_line(line).in_column("date")
            }
            None => Error::usage(
                "no row has a date, so rows can not be split by time; name the column with --date-column, or use another split",
            ),
        });
    }
    let fate = "they are learnt from, though they may be later than the tested rows, and are not tested";
    if n_undated > 0 {
        notes.push(format!("{n_undated} of {n_rows} rows have no date; {fate}"));
    }
    if let Some((line, date)) = first_unreadable {
        notes.push(format!(
            "{n_unreadable} of {n_rows} rows have a date that is not of the form 2018-09-10, the first in line {line} \
             (\"{date}\"); {fate}"
        ));
    }

    let mut dated: Vec<Day> = group_of.iter().filter_map(|&group| latest[group]).collect();
    dated.sort_unstable();
    let mut days: Vec<(Day, usize)> = Vec::new();
    for day in dated {
        match days.last_mut() {
            Some((last, count)) if *last == day => *count += 1,
            _ => days.push((day, 1)),
        }
    }
    if days.len() < n_folds {
        return Err(too_few(days.len(), ("day", ""), n_folds));
    }
    let starts = block_starts(&days, n_folds);
    let block_of = |day: Day| starts.iter().filter(|&&start| day >= start).count();
    Ok((group_of.iter().map(|&group| latest[group].map_or(0, block_of)).collect(), days.len()))
}

/// For each of `others` how many blocks, from the first on, begin on its day or before: of these it is no past. All, where it
/// has no readable date.
pub(super) fn blocks_not_after(
    others: &[Silver],
    examples: &[Example],
    block_of: &[usize],
    n_blocks: usize,
) -> Vec<usize> {
    let day_of = |example: &Example| example.date.as_deref().and_then(|date| day(date.trim()));
    let mut first: Vec<Option<Day>> = vec![None; n_blocks];
    for (example, &block) in examples.iter().zip(block_of) {
        if let Some(day) = day_of(example) {
            first[block] = Some(first[block].map_or(day, |first| first.min(day)));
        }
    }
    let not_after = |day: Day| first.iter().rposition(|first| first.is_some_and(|first| first <= day));
    others
        .iter()
        .map(|other| day_of(&other.example).map_or(n_blocks, |day| not_after(day).map_or(0, |block| block + 1)))
        .collect()
}

/// The first days of the second and all later blocks: a block ends where it has its share of the rows that remain.
fn block_starts(days: &[(Day, usize)], n_folds: usize) -> Vec<Day> {
    let mut remaining: usize = days.iter().map(|(_, count)| count).sum();
    let mut starts = Vec::new();
    let mut size = 0;
    for (i, &(day, count)) in days.iter().enumerate() {
        let blocks_left = n_folds - starts.len();
        let full = blocks_left > 1 && size > 0 && (2 * size + count) * blocks_left > 2 * (size + remaining);
        if full || (size > 0 && days.len() - i < blocks_left) {
            starts.push(day);
            size = 0;
        }
        size += count;
        remaining -= count;
    }
    starts
}

/// Year, month, day; 0 for what a date does not say.
type Day = (u16, u8, u8);

/// The day of an ISO 8601 date: `2018`, `2018-09`, `2018-09-10`, or that followed by a time.
fn day(date: &str) -> Option<Day> {
    let date_part = date.split(['T', ' ']).next().unwrap_or_default();
    let parts: Vec<&str> = date_part.split('-').collect();
    let number = |i: usize, width: usize, most: u16| match parts.get(i) {
        None => Some(0),
        Some(p) if p.len() == width && p.bytes().all(|b| b.is_ascii_digit()) => {
            p.parse::<u16>().ok().filter(|n| (1..=most).contains(n))
        }
        Some(_) => None,
    };
    match (number(0, 4, 9999), number(1, 2, 12), number(2, 2, 31)) {
        (Some(year), Some(month), Some(day)) if parts.len() <= 3 => Some((year, month as u8, day as u8)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_fill_even_when_one_day_has_nearly_all() {
        let days: Vec<(Day, usize)> = [1, 1, 90, 1, 1].iter().zip(1..).map(|(&n, d)| ((2020, 1, d), n)).collect();
        for n_folds in 2..=5 {
            assert_eq!(block_starts(&days, n_folds).len(), n_folds - 1);
        }
    }

    #[test]
    fn dates_are_read_strictly() {
        assert_eq!(day("2018-09-10").unwrap(), (2018, 9, 10));
        assert_eq!(day("2018-09-10 08:00").unwrap(), (2018, 9, 10));
        assert_eq!((day("2018").unwrap(), day("2018-09").unwrap()), ((2018, 0, 0), (2018, 9, 0)));
        for bad in ["", "18-09-10", "2018-13-01", "2018-9-1", "2018-09-10-11", "10.09.2018", "2018-09-", "yesterday"] {
            assert!(day(bad).is_none(), "{bad}");
        }
    }
}
