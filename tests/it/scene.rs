//! What many tests start from: a folder of small files, the program, and one small model trained from them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use assert_cmd::Command;
use demarche::dataset::Dataset;
use demarche::dataset::csv::{CsvOptions, read_dataset};
use demarche::evaluation::Bootstrap;
use demarche::model::Model;
use demarche::pipeline::train::{Origin, train_model};
use demarche::training::trainer::TrainSettings;
use serde_json::Value;
use tempfile::TempDir;

/// Sixty labelled quotations; also the data of the golden files.
pub(crate) const QUOTES: &str = include_str!("../golden/quotes.csv");
/// A wire text with five quotations by two speakers.
pub(crate) const HARBOUR: &str = include_str!("../golden/articles/harbour.txt");

/// The folder of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program, without settings from outside.
pub(crate) fn demarche() -> Command {
    let mut command = Command::cargo_bin("demarche").unwrap();
    for name in ["DEMARCHE_MODEL", "DEMARCHE_THREADS", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(name);
    }
    command
}

/// A temporary folder with `quotes.csv`, `articles/`, and the small model `small.model`.
pub(crate) struct Scene {
    folder: TempDir,
}

/// What a run gave.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let scene = Self { folder: tempfile::tempdir().unwrap() };
        scene.write("quotes.csv", QUOTES);
        scene.write("articles/harbour.txt", HARBOUR);
        scene.write("articles/two.jsonl", include_str!("../golden/articles/two.jsonl"));
        scene.write("small.model", small_model_bytes());
        scene
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// All names in the folder, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = demarche();
        command.current_dir(self.folder.path()).args(arguments).timeout(std::time::Duration::from_secs(120));
        command
    }

    /// Runs the program in the folder; it must end by itself and never panic.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, "")
    }

    /// As [`Scene::run`], with something on standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], stdin: impl Into<Vec<u8>>) -> Run {
        let output = self.command(arguments).write_stdin(stdin).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!stderr.contains("panicked"), "{arguments:?}: {stderr}");
        let code = output.status.code().unwrap_or_else(|| panic!("{arguments:?} was ended by a signal: {stderr}"));
        Run { code, stdout: output.stdout, stderr }
    }

    /// Runs the program, which must succeed; gives its standard output.
    pub(crate) fn text(&self, arguments: &[&str]) -> String {
        let run = self.run(arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.stderr);
        String::from_utf8(run.stdout).unwrap()
    }

    /// As [`Scene::text`], one JSON value a line.
    pub(crate) fn lines(&self, arguments: &[&str]) -> Vec<Value> {
        self.text(arguments).lines().map(|l| serde_json::from_str(l).unwrap()).collect()
    }
}

/// The labelled statements in `csv`.
pub(crate) fn dataset(csv: &str) -> Dataset {
    read_dataset("test.csv", csv.as_bytes(), &CsvOptions::default()).unwrap().0
}

/// A model of `csv` at fixed cost, for tests of anything but training.
pub(crate) fn model(csv: &str, settings: &TrainSettings) -> Model {
    let origin = Origin { name: "small".to_owned(), version: "1".to_owned(), ..Origin::default() };
    let bootstrap = Bootstrap { n_draws: 50, ..Bootstrap::default() };
    train_model(&dataset(csv), settings, &origin, &bootstrap, &|_, _| {}).unwrap().0
}

/// The file of the small model, trained once.
pub(crate) fn small_model_bytes() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let settings = TrainSettings { costs: vec![2.0], n_folds: 3, ..TrainSettings::default() };
        model(QUOTES, &settings).to_bytes().unwrap()
    })
}

/// The small model.
pub(crate) fn small_model() -> Model {
    Model::from_bytes(small_model_bytes()).unwrap()
}

/// Rows of a CSV as maps from column to cell.
pub(crate) fn rows(csv: &[u8]) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(csv).deserialize().map(|r| r.unwrap()).collect()
}

/// The header of a CSV.
pub(crate) fn header(csv: &[u8]) -> Vec<String> {
    csv::Reader::from_reader(csv).headers().unwrap().iter().map(str::to_owned).collect()
}

/// What a command writes as one JSON object.
pub(crate) fn json(scene: &Scene, arguments: &[&str]) -> serde_json::Value {
    serde_json::from_str(&scene.text(arguments)).unwrap()
}
