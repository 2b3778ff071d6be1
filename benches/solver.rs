//! CPU time of the logistic solver on a matrix in LIBSVM text format (`label column:value ...`, columns from 1).
//!
//! `DEMARCHE_SOLVER_DATA=file cargo bench --bench solver`: one JSON line for each fit, the weights beside the file.
//! `benches/solver.py` makes such a matrix, runs scikit-learn on the same problem and prints both side by side.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use demarche::features::sparse::{RowView, SparseRows};
use demarche::training::dual::fit_dual;
use demarche::training::elastic_net::fit_elastic_net;
use demarche::training::logistic::{BinaryFit, LogisticParams, fit_one_vs_rest};
use demarche::training::multinomial::fit_multinomial;

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
        // Of the elastic net: half L1, at a tenth of the cost, where most weights are 0.
        let sparse = params.clone().cost(0.1 * cost);
        let fit = |name: &str| match name {
            "first" => fit_one_vs_rest(&rows, &targets[..1], None, None, &params, None),
            "all" => fit_one_vs_rest(&rows, &targets, None, None, &params, None),
            "dual" => fit_dual(&rows, &targets[0], None, None, &params, None).map(|fit| vec![fit]),
            "elastic-net" => fit_elastic_net(&rows, &targets[0], None, None, 0.5, &sparse, None).map(|fit| vec![fit]),
            _ => fit_multinomial(&rows, &labels, n_labels, None, None, &params, None),
        };
        for name in ["first", "all", "dual", "elastic-net", "multinomial"] {
            let (mut seconds, mut fits) = (Vec::new(), Vec::new());
            for _ in 0..if name == "first" || name == "dual" { N_REPEATS } else { 1 } {
                let (result, time) = pool
                    .install(|| -> Result<_, Box<dyn Error + Send + Sync>> {
                        let start = cpu_seconds()?;
                        let fits = fit(name)?;
                        Ok((fits, cpu_seconds()? - start))
                    })
                    .map_err(|error| error as Box<dyn Error>)?;
                fits = result;
                seconds.push(time);
            }
            print(name, cost, &mut seconds, &fits);
            if let Some(folder) = path.parent().filter(|_| name != "all") {
                let mut text = String::new();
                for fit in &fits {
                    let numbers = fit.weights.iter().chain([&fit.intercept]).map(|w| format!("{w:e}"));
                    text.push_str(&numbers.collect::<Vec<_>>().join(" "));
                    text.push('\n');
                }
                fs::write(folder.join(format!("demarche-{name}-{cost}.txt")), text)?;
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
        "objective": fits.iter().take(if name == "multinomial" { 1 } else { fits.len() }).map(|fit| fit.report.objective).sum::<f64>(),
        "gradient_ratio": fits.iter().map(|fit| fit.report.gradient_ratio).fold(0.0, f64::max),
        "n_nonzero": fits.iter().map(|fit| fit.weights.iter().filter(|w| **w != 0.0).count()).sum::<usize>(),
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
