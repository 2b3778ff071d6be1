//! What several coders said of the same rows: one file a coder, one file with a coder column, or a column a coder.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use crate::dataset::csv::labels::{Column, Labels};
use crate::dataset::csv::problems::Problems;
use crate::dataset::csv::{TaskSpec, guard};
use crate::dataset::shortened;
use crate::document::source::Source;
use crate::document::table::Header;
use crate::error::{Error, Result};
use crate::label::{Label, LabelSet, Task, TaskKind};

/// How files of codings are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodingOptions {
    /// Label columns; none: `stance`, `sentiment` and `label` where present.
    pub tasks: Vec<TaskSpec>,
    /// Column of unique names of rows, by which files are joined; where a file lacks it, all are joined by the text.
    pub id_column: String,
    /// Column of the text.
    pub text_column: String,
    /// Column that names the coder, of a single file.
    pub coder_column: Option<String>,
    /// Column whose rows belong together, for the intervals.
    pub group_column: Option<String>,
}

/// A row that coders labelled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodedUnit {
    /// Its id, else its text.
    pub name: String,
    /// Its text, where a file has it.
    pub text: Option<String>,
    /// Its cell in the group column.
    pub group: Option<String>,
}

/// Codings of the same units, joined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodedFiles {
    /// The coders: names of files, cells of the coder column, or endings of columns.
    pub coders: Vec<String>,
    /// The units in the order in which they first come.
    pub units: Vec<CodedUnit>,
    /// The tasks; labels are those that anyone gave.
    pub tasks: Vec<Task>,
    /// By task, `n_units` x `n_coders`: the labels given; `None` where a coder did not label the unit.
    pub codes: Vec<Vec<Vec<Option<Vec<usize>>>>>,
}

/// One file while it is read: for each coding its unit, coder and line, and the label cells of each task.
struct CodedFile {
    name: String,
    codings: Vec<(usize, usize, u64)>,
    /// A column a task; one cell a coding.
    columns: Vec<Column>,
}

/// Reads and joins codings. `files`: the name for messages and the bytes of each; with one file and no coder column, the
/// columns `TASK_CODER` of it are taken, as `stance_a` and `stance_b`.
///
/// # Errors
/// [`crate::error::ErrorKind::Data`] with file and line for malformed tables and labels, as
/// [`crate::dataset::csv::read_dataset`]; where a coder has a unit twice; where most rows of one id have different texts; where there are not two coders, or no unit that
/// two of them have; [`crate::error::ErrorKind::Usage`] for a coder column beside several files.
pub fn read_codings<R: Read + Send>(
    files: Vec<(String, R)>,
    options: &CodingOptions,
) -> Result<(CodedFiles, Vec<String>)> {
    let n_files = files.len();
    if options.coder_column.is_some() && n_files != 1 {
        return Err(Error::usage("--coder-column is for a single file; several files are one coder each"));
    }
    let mut out = CodedFiles::default();
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut read = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut tables = Vec::new();
    for (name, reader) in files {
        let table = guard::table(&name, Source::new(&name, reader)?)?;
        tables.push((name, table));
    }
    // One key for all: an id of one file is no text of another.
    let by_id = tables.iter().all(|(_, table)| table.header().column(&options.id_column).is_some());
    let mut texts = Texts::default();
    for (name, mut table) in tables {
        let header = table.header().clone();
        let layout = Layout::new(&header, options, n_files, by_id, &out.coders)?;
        let tasks: Vec<String> = layout.tasks.iter().map(|(spec, _)| spec.column.clone()).collect();
        if names.is_empty() {
            names = tasks;
        } else if names != tasks {
            return Err(header.fault(format!(
                "has the label columns {}, the files before have {}",
                tasks.join(", "),
                names.join(", ")
            )));
        }
        let mut file = CodedFile {
            name: name.clone(),
            codings: Vec::new(),
            columns: layout.tasks.iter().map(|(spec, _)| Column::new(0, spec.clone())).collect(),
        };
        let mut seen: BTreeMap<(usize, usize), u64> = BTreeMap::new();
        while let Some(row) = table.next_row()? {
            let cell = |at: Option<usize>| {
                at.and_then(|at| row.cells.get(at)).map(|c| c.trim().to_owned()).filter(|c| !c.is_empty())
            };
            let fault = |message: String| Error::data(message).in_file(Path::new(&name)).at_line(row.line);
            let key = cell(Some(layout.key))
                .ok_or_else(|| fault(format!("empty \"{}\"; rows are joined by it", header.names[layout.key])))?;
            let next = out.units.len();
            let unit = *numbers.entry(key.clone()).or_insert(next);
            if unit == next {
                let name = cell(header.column(&options.id_column)).unwrap_or(key);
                out.units.push(CodedUnit { name, ..CodedUnit::default() });
            }
            let known = &mut out.units[unit];
            texts.compare(known, cell(layout.text).as_deref(), &name, row.line);
            known.text = known.text.take().or_else(|| cell(layout.text));
            known.group = known.group.take().or_else(|| cell(layout.group));
            let coders: Vec<(usize, usize)> = match layout.coder {
                Some(at) => {
                    let coder = cell(Some(at)).ok_or_else(|| fault("empty coder; fill it in".to_owned()))?;
                    vec![(coder_number(&mut out.coders, &coder), 0)]
                }
                None => layout.coders.iter().enumerate().map(|(i, c)| (coder_number(&mut out.coders, c), i)).collect(),
            };
            for (coder, place) in coders {
                if let Some(line) = seen.insert((unit, coder), row.line) {
                    return Err(fault(format!(
                        "coder \"{}\" has this row on line {line} already; keep one",
                        out.coders[coder]
                    )));
                }
                file.codings.push((unit, coder, row.line));
                for (column, (_, places)) in file.columns.iter_mut().zip(&layout.tasks) {
                    column.cells.push(cell(places[place]).unwrap_or_default());
                }
            }
        }
        if file.codings.is_empty() {
            return Err(Error::data("no row below the header; nothing to read").in_file(Path::new(&name)));
        }
        read.push(file);
    }
    if out.coders.len() < 2 {
        return Err(Error::usage(format!(
            "codings of {} coder(s); give two files, or one with --coder-column NAME, or one with columns like {}_a and {}_b",
            out.coders.len(),
            names.first().map_or("stance", String::as_str),
            names.first().map_or("stance", String::as_str)
        )));
    }
    let mut warnings: Vec<String> = texts.checked(&options.id_column)?.into_iter().collect();
    for t in 0..names.len() {
        let (task, codes) = joined(&mut read, t, out.units.len(), out.coders.len(), &mut warnings)?;
        out.tasks.push(task);
        out.codes.push(codes);
    }
    let n_both =
        (0..out.units.len()).filter(|&u| out.codes.iter().any(|codes| codes[u].iter().flatten().count() >= 2)).count();
    if n_both == 0 {
        return Err(Error::data(format!(
            "no row was labelled by two coders; rows are joined by \"{}\"{}",
            if by_id { &options.id_column } else { &options.text_column },
            if by_id { String::new() } else { format!(", as a file has no column \"{}\"", options.id_column) }
        )));
    }
    let has_two = |codes: &Vec<Labels>| codes.iter().any(|unit| unit.iter().flatten().count() >= 2);
    let is_coded: Vec<bool> = out.codes.iter().map(has_two).collect();
    for (task, _) in out.tasks.iter().zip(&is_coded).filter(|(_, is_coded)| !**is_coded) {
        warnings.push(format!("column \"{}\": no row was labelled by two coders; the task is left out", task.name));
    }
    let (mut tasks, mut codes) = (is_coded.iter(), is_coded.iter());
    out.tasks.retain(|_| tasks.next() == Some(&true));
    out.codes.retain(|_| codes.next() == Some(&true));
    if n_both < out.units.len() {
        let n_alone = out.units.len() - n_both;
        warnings
            .push(format!("{n_alone} of {} rows were labelled by one coder only and are left out", out.units.len()));
    }
    Ok((out, warnings))
}

fn coder_number(coders: &mut Vec<String>, name: &str) -> usize {
    coders.iter().position(|c| c == name).unwrap_or_else(|| {
        coders.push(name.to_owned());
        coders.len() - 1
    })
}

/// The codes of task number `t` over all files: labels are matched by name.
fn joined(
    files: &mut [CodedFile],
    t: usize,
    n_units: usize,
    n_coders: usize,
    warnings: &mut Vec<String>,
) -> Result<(Task, Vec<Labels>)> {
    // One kind for all: a file in which no coder joined two labels looks like one of a Single task.
    let kinds: Vec<TaskKind> = files.iter().map(|f| f.columns[t].kind()).collect();
    let kind = if kinds.contains(&TaskKind::Multi) { TaskKind::Multi } else { TaskKind::Single };
    let mut labels: Vec<Label> = Vec::new();
    let mut codes = vec![vec![None; n_coders]; n_units];
    let mut name = String::new();
    for file in files {
        file.columns[t].spec.kind = Some(kind);
        let lines: Vec<u64> = file.codings.iter().map(|(_, _, line)| *line).collect();
        let mut problems = Problems::new(&file.name, false);
        let (task, given) = file.columns[t].task(&lines, None, &mut problems)?;
        // Labels that nobody gave are no news among coders.
        warnings.extend(problems.finish()?.into_iter().filter(|w| !w.contains("no row has")));
        let numbers: Vec<usize> = task
            .labels
            .iter()
            .map(|label| {
                labels.iter().position(|l| l.name == label.name).unwrap_or_else(|| {
                    labels.push(label.clone());
                    labels.len() - 1
                })
            })
            .collect();
        for (&(unit, coder, _), given) in file.codings.iter().zip(given) {
            codes[unit][coder] = given.map(|given| {
                let mut mapped: Vec<usize> = given.into_iter().map(|k| numbers[k]).collect();
                mapped.sort_unstable();
                mapped
            });
        }
        name = task.name;
    }
    Ok((Task { name, kind, labels: LabelSet::from_labels(labels)? }, codes))
}

/// Whether rows that are joined have one text.
#[derive(Default)]
struct Texts {
    n_compared: usize,
    n_other: usize,
    /// The first pair: id, text before, and text, file and line of the other.
    first: Option<(String, String, String, String, u64)>,
}

impl Texts {
    fn compare(&mut self, known: &CodedUnit, text: Option<&str>, file: &str, line: u64) {
        let (Some(before), Some(text)) = (known.text.as_deref(), text) else { return };
        self.n_compared += 1;
        if !before.split_whitespace().eq(text.split_whitespace()) {
            self.n_other += 1;
            let pair = || (known.name.clone(), shortened(before), shortened(text), file.to_owned(), line);
            self.first = self.first.take().or_else(|| Some(pair()));
        }
    }

    /// A warning where some differ.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Data`] where most do.
    fn checked(self, id_column: &str) -> Result<Option<String>> {
        let Some((id, before, text, file, line)) = self.first else { return Ok(None) };
        let error = Error::data(format!(
            "{} of {} rows with the same \"{id_column}\" have another text, first \"{id}\": \"{text}\" here, \"{before}\" before; are the \
             ids those of the same rows?",
            self.n_other, self.n_compared
        ));
        let error = error.in_file(Path::new(&file)).at_line(line);
        if 2 * self.n_other > self.n_compared { Err(error) } else { Ok(Some(error.to_string())) }
    }
}

/// Where things stand in one file.
struct Layout {
    key: usize,
    text: Option<usize>,
    group: Option<usize>,
    coder: Option<usize>,
    /// Coders of a row, where the coder is no cell.
    coders: Vec<String>,
    /// Each task with the column of each coder.
    tasks: Vec<(TaskSpec, Vec<Option<usize>>)>,
}

impl Layout {
    fn new(header: &Header, options: &CodingOptions, n_files: usize, by_id: bool, before: &[String]) -> Result<Self> {
        let text = header.column(&options.text_column);
        let key = match (by_id, text) {
            (false, Some(text)) => text,
            (false, None) if header.column(&options.id_column).is_some() => {
                return Err(header.fault(format!(
                    "no column \"{}\" to join by; another file has no column \"{}\"",
                    options.text_column, options.id_column
                )));
            }
            (false, None) => {
                return Err(header.fault(format!(
                    "no column \"{}\" or \"{}\" to join rows by; name one with --id-column or --text-column; the file has: {}",
                    options.id_column,
                    options.text_column,
                    header.names.join(", ")
                )));
            }
            (true, _) => header.require(&options.id_column)?,
        };
        let group = options.group_column.as_ref().map(|c| header.require(c)).transpose()?;
        let group = group.or_else(|| ["speaker", "article"].iter().find_map(|c| header.column(c)));
        let coder = options.coder_column.as_ref().map(|c| header.require(c)).transpose()?;
        let specs: Vec<TaskSpec> = if options.tasks.is_empty() {
            ["stance", "sentiment", "label"].map(|c| TaskSpec { column: c.to_owned(), kind: None }).to_vec()
        } else {
            options.tasks.clone()
        };
        if n_files == 1 && coder.is_none() {
            return Self::wide(
                header,
                options,
                specs,
                Self { key, text, group, coder, coders: Vec::new(), tasks: Vec::new() },
            );
        }
        let tasks: Vec<(TaskSpec, Vec<Option<usize>>)> = if options.tasks.is_empty() {
            specs.into_iter().filter_map(|s| header.column(&s.column).map(|at| (s, vec![Some(at)]))).collect()
        } else {
            specs.into_iter().map(|s| Ok((s.clone(), vec![Some(header.require(&s.column)?)]))).collect::<Result<_>>()?
        };
        if tasks.is_empty() {
            return Err(header.fault(format!(
                "no column \"stance\", \"sentiment\" or \"label\"; name the label column with --task; the file has: {}",
                header.names.join(", ")
            )));
        }
        let mut name =
            Path::new(&header.file).file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        while before.contains(&name) {
            name.push('\'');
        }
        Ok(Self { key, text, group, coder, coders: vec![name], tasks })
    }

    /// A column a coder: `stance_a`, `stance_b`.
    fn wide(header: &Header, options: &CodingOptions, specs: Vec<TaskSpec>, mut layout: Self) -> Result<Self> {
        for spec in &specs {
            for name in &header.names {
                let coder = name.strip_prefix(spec.column.as_str()).and_then(|rest| rest.strip_prefix('_'));
                if let Some(coder) = coder.filter(|c| !c.is_empty()) {
                    coder_number(&mut layout.coders, coder);
                }
            }
        }
        for spec in specs {
            let places: Vec<Option<usize>> =
                layout.coders.iter().map(|coder| header.column(&format!("{}_{coder}", spec.column))).collect();
            if places.iter().flatten().count() >= 2 {
                layout.tasks.push((spec, places));
            } else if options.tasks.iter().any(|t| t.column == spec.column) {
                return Err(header.fault(format!(
                    "one file without a coder column needs columns like \"{0}_a\" and \"{0}_b\"; give --coder-column NAME or a \
                     second file; the file has: {1}",
                    spec.column,
                    header.names.join(", ")
                )));
            }
        }
        if layout.tasks.is_empty() {
            return Err(header.fault(format!(
                "one file without a coder column needs columns like \"stance_a\" and \"stance_b\"; give --coder-column NAME or a \
                 second file; the file has: {}",
                header.names.join(", ")
            )));
        }
        Ok(layout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> CodingOptions {
        CodingOptions {
            tasks: Vec::new(),
            id_column: "id".to_owned(),
            text_column: "text".to_owned(),
            coder_column: None,
            group_column: None,
        }
    }

    fn read(files: &[(&str, &str)], options: &CodingOptions) -> Result<(CodedFiles, Vec<String>)> {
        read_codings(files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes())).collect(), options)
    }

    #[test]
    fn a_file_without_rows_is_named() {
        let files = [("anna.csv", "id,label\n1,x\n"), ("ben.csv", "id,label\n")];
        let error = read(&files, &options()).unwrap_err();
        assert_eq!(error.to_string(), "ben.csv: no row below the header; nothing to read");
    }

    #[test]
    fn three_ways_to_write_the_same_codings() {
        let two = read(
            &[
                ("anna.csv", "id,stance,label\n1,praise|demand,x\n2,none,y\n3,,y\n"),
                ("ben.csv", "id,label,stance\n2,y,praise\n1,y,praise\n3,x,none\n4,x,none\n"),
            ],
            &options(),
        );
        let (two, warnings) = two.unwrap();
        assert_eq!(two.coders, ["anna", "ben"]);
        assert!(warnings[0].starts_with("1 of 4 rows"), "{warnings:?}");
        let stance = |found: &CodedFiles| -> Vec<Vec<Option<Vec<String>>>> {
            let name = |k: &usize| found.tasks[0].labels.name(*k).to_owned();
            let named = |code: &Option<Vec<usize>>| {
                code.as_ref().map(|c| {
                    let mut names: Vec<String> = c.iter().map(name).collect();
                    names.sort();
                    names
                })
            };
            found.codes[0].iter().map(|unit| unit.iter().map(named).collect()).collect()
        };
        let long = "id,who,stance,label\n1,anna,praise|demand,x\n1,ben,praise,y\n2,anna,none,y\n2,ben,praise,y\n3,ben,none,x\n3,anna,,y\n4,ben,none,x\n";
        let long_options = CodingOptions { coder_column: Some("who".to_owned()), ..options() };
        let (long, _) = read(&[("all.csv", long)], &long_options).unwrap();
        let wide = "id,stance_anna,stance_ben,label_anna,label_ben\n1,praise|demand,praise,x,y\n2,none,praise,y,y\n3,,none,y,x\n4,,none,,x\n";
        let (wide, _) = read(&[("wide.csv", wide)], &options()).unwrap();
        assert_eq!(stance(&two), stance(&long));
        assert_eq!(stance(&two), stance(&wide));
        assert_eq!(stance(&two)[1], [Some(vec![]), Some(vec!["praise".to_owned()])]);
        assert_eq!(two.tasks[1].kind, TaskKind::Single);
    }

    #[test]
    fn text_joins_where_there_is_no_id() {
        let files = [("a.csv", "text,label\nOne,x\nTwo,y\n"), ("b.csv", "label,text\ny,Two\nx,One\n")];
        let (found, _) = read(&files, &options()).unwrap();
        assert_eq!(found.codes[0], [[Some(vec![0]), Some(vec![0])], [Some(vec![1]), Some(vec![1])]]);
        assert_eq!(found.units[1].text.as_deref(), Some("Two"));
    }

    #[test]
    fn text_joins_all_where_one_file_has_no_id() {
        let files = [("a.csv", "id,text,label\n7,One,x\n8,Two,y\n"), ("b.csv", "label,text\ny,Two\nx,One\n")];
        let (found, warnings) = read(&files, &options()).unwrap();
        assert_eq!(found.codes[0], [[Some(vec![0]), Some(vec![0])], [Some(vec![1]), Some(vec![1])]]);
        assert_eq!((found.units[1].name.as_str(), warnings.len()), ("8", 0));
        let error = read(&[("a.csv", "id,label\n7,x\n"), files[1]], &options()).unwrap_err().to_string();
        assert_eq!(error, "a.csv:1: no column \"text\" to join by; another file has no column \"id\"");
    }

    #[test]
    fn ids_of_other_texts_are_told() {
        let anna = ("a.csv", "id,text,label\n1,One,x\n2,Two,y\n3,Three,y\n");
        let (found, warnings) =
            read(&[anna, ("b.csv", "id,text,label\n1,One ,x\n2,Six,y\n3,Three,y\n")], &options()).unwrap();
        assert_eq!(found.units.len(), 3);
        assert!(
            warnings[0]
                .starts_with("b.csv:3: 1 of 3 rows with the same \"id\" have another text, first \"2\": \"Six\""),
            "{warnings:?}"
        );
        let error = read(&[anna, ("b.csv", "id,text,label\n1,Five,x\n2,Six,y\n3,Three,y\n")], &options()).unwrap_err();
        assert!(error.to_string().starts_with("b.csv:2: 2 of 3 rows"), "{error}");
    }

    #[test]
    fn a_task_that_one_coder_left_out_does_not_stop_the_others() {
        let files = [
            ("a.csv", "id,stance,sentiment\n1,praise,neutral\n2,none,neutral\n"),
            ("b.csv", "id,stance,sentiment\n1,praise,\n2,praise,\n"),
        ];
        let (found, warnings) = read(&files, &options()).unwrap();
        assert_eq!((found.tasks.len(), found.codes.len(), found.tasks[0].name.as_str()), (1, 1, "stance"));
        assert!(warnings.iter().any(|w| w.starts_with("column \"sentiment\": no row was")), "{warnings:?}");
    }

    #[test]
    fn what_can_not_be_joined_is_told_with_its_place() {
        let message = |files: &[(&str, &str)]| read(files, &options()).unwrap_err().to_string();
        let one = ("a.csv", "id,stance\n1,praise\n");
        assert!(message(&[one]).contains("--coder-column"));
        assert!(message(&[one, ("b.csv", "id,stance\n2,praise\n")]).contains("no row was labelled by two"));
        assert!(message(&[one, ("b.csv", "id,label\n1,praise\n")]).starts_with("b.csv:1: has the label columns label"));
        assert!(
            message(&[one, ("b.csv", "id,stance\n1,praise\n1,demand\n")])
                .starts_with("b.csv:3: coder \"b\" has this row")
        );
        let misspelt = message(&[one, ("b.csv", "id,stance\n1,prase\n2,praise\n3,demand\n")]);
        assert!(misspelt.starts_with("b.csv:2: column \"stance\": unknown label \"prase\""), "{misspelt}");
        assert!(message(&[one, ("b.csv", "id,stance\n,praise\n")]).contains("empty \"id\""));
    }
}
