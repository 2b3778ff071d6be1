//! CPU time of the logistic solver on a matrix in LIBSVM text format (`label column:value ...`, columns from 1).
//!
//! `DEMARCHE_SOLVER_DATA=file cargo bench --bench solver`: one JSON line for each fit. `benches/solver.py` makes such a
//! matrix, runs scikit-learn's liblinear on the same problem and prints both side by side.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use demarche::features::sparse::{RowView, SparseRows};
use demarche::training::logistic::{BinaryFit, LogisticParams, fit_one_vs_rest};

const N_REPEATS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let Some(path) = std::env::var_os("DEMARCHE_SOLVER_DATA").map(PathBuf::from) else {
        println!("solver: skipped, DEMARCHE_SOLVER_DATA does not name a LIBSVM file (see benches/solver.py)");
        return Ok(());
    };
    let tolerance: Option<f64> = std::env::var("DEMARCHE_SOLVER_TOLERANCE").ok().map(|t| t.parse()).transpose()?;
    let (rows, labels) = read(&path)?;
    let n_labels = labels.iter().max().map_or(0, |&last| last + 1);
    let targets: Vec<Vec<bool>> = (0..n_labels).map(|label| labels.iter().map(|&l| l == label).collect()).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    for cost in [1.0, 10.0] {
        let mut params = LogisticParams::default().cost(cost);
        if let Some(tolerance) = tolerance {
            params = params.tolerance(tolerance);
        }
        for (name, targets) in [("first", &targets[..1]), ("all", &targets[..])] {
            let (mut seconds, mut fits) = (Vec::new(), Vec::new());
            for _ in 0..N_REPEATS {
                let (result, time) = pool
                    .install(|| -> Result<_, Box<dyn Error + Send + Sync>> {
                        let start = cpu_seconds()?;
                        let fits = fit_one_vs_rest(&rows, targets, None, None, &params, None)?;
                        Ok((fits, cpu_seconds()? - start))
                    })
                    .map_err(|error| error as Box<dyn Error>)?;
                fits = result;
                seconds.push(time);
            }
            print(name, cost, &mut seconds, &fits);
            if let Some(folder) = path.parent().filter(|_| name == "first") {
                let weights: Vec<f64> = fits[0].weights.iter().copied().chain([fits[0].intercept]).collect();
                let text: Vec<String> = weights.iter().map(|w| format!("{w:e}")).collect();
                fs::write(folder.join(format!("demarche-{cost}.txt")), text.join("\n"))?;
            }
        }
    }
    Ok(())
}

fn print(name: &str, cost: f64, seconds: &mut [f64], fits: &[BinaryFit]) {
    seconds.sort_by(f64::total_cmp);
    let line = serde_json::json!({
        "labels": name,
        "cost": cost,
        "cpu_seconds": seconds[seconds.len() / 2],
        "objective": fits.iter().map(|fit| fit.report.objective).sum::<f64>(),
        "gradient_ratio": fits.iter().map(|fit| fit.report.gradient_ratio).fold(0.0, f64::max),
        "n_iterations": fits.iter().map(|fit| fit.report.n_iterations).sum::<usize>(),
        "n_hessian_products": fits.iter().map(|fit| fit.report.n_hessian_products).sum::<usize>(),
        "converged": fits.iter().all(|fit| fit.report.converged),
    });
    println!("{line}");
}

/// CPU seconds of the calling thread; Linux only, nanosecond steps.
fn cpu_seconds() -> Result<f64, Box<dyn Error + Send + Sync>> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: f64 = text.split_whitespace().next().ok_or("empty schedstat")?.parse()?;
    Ok(nanoseconds * 1e-9)
}

fn read(path: &Path) -> Result<(SparseRows, Vec<usize>), Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    let mut parsed: Vec<(Vec<u32>, Vec<f32>)> = Vec::new();
    let mut labels = Vec::new();
    for line in text.lines() {
        let mut parts = line.split_whitespace();
        labels.push(parts.next().ok_or("a line without a label")?.parse()?);
        let (mut columns, mut values) = (Vec::new(), Vec::new());
        for part in parts {
            let (column, value) = part.split_once(':').ok_or("a value without a column")?;
            columns.push(column.parse::<u32>()?.checked_sub(1).ok_or("columns count from 1")?);
            values.push(value.parse()?);
        }
        parsed.push((columns, values));
    }
    let n_columns = parsed.iter().filter_map(|(columns, _)| columns.last()).max().map_or(0, |&last| last as usize + 1);
    let mut rows = SparseRows::new(n_columns);
    for (columns, values) in &parsed {
        rows.push(RowView { columns, values });
    }
    Ok((rows, labels))
}
