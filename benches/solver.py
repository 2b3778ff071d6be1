#!/usr/bin/env python3
"""Our logistic solver beside scikit-learn's liblinear on the same sentences, one thread each.

    pip install --target /tmp/skl scikit-learn
    PYTHONPATH=/tmp/skl python3 benches/solver.py polnear-train.jsonl.gz [folder]

Writes the matrix to the folder (default /tmp/demarche-solver), runs `cargo bench --bench solver` on it, then liblinear
in several ways, and prints one table: CPU seconds (median of 5), objective, relative gap to the best (which
is our fit at tolerance 1e-8, unless another is better). Objectives are
evaluated here in float64 by our definition (the intercept is free): C * sum log(1 + exp(-y (w.x + b))) + |w|^2 / 2.
"""
import gzip, json, os, re, subprocess, sys, time
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"
import numpy as np
from scipy.optimize import brentq
from scipy.special import expit
from sklearn.datasets import dump_svmlight_file
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

REPEATS = 5
COSTS = (1.0, 10.0)


def sentences(path):
    """(sentence, publisher) pairs; a sentence ends at . ! ? before a blank and a capital or a quote mark."""
    for line in gzip.open(path, "rt", encoding="utf-8"):
        article = json.loads(line)
        for paragraph in article["text"].split("\n"):
            for sentence in re.split(r"(?<=[.!?])[\"”’)]*\s+(?=[A-Z\"“‘(])", paragraph):
                if len(sentence.split()) >= 3:
                    yield sentence, article["publisher"]


def matrix(path):
    texts, publishers = zip(*sentences(path))
    names = sorted(set(publishers))
    rows = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, dtype=np.float32).fit_transform(texts)
    rows.sort_indices()
    return rows, np.array([names.index(p) for p in publishers])


def objective(rows, y, weights, intercept, cost):
    margins = y * (rows @ weights + intercept)
    return cost * np.logaddexp(0, -margins).sum() + 0.5 * weights @ weights


def liblinear(rows, labels, cost, **options):
    """Median CPU seconds and the fitted weights; the intercept is made exact afterwards (not timed)."""
    seconds = []
    for _ in range(REPEATS):
        model = LogisticRegression(solver="liblinear", C=cost, random_state=0, **options)
        start = time.process_time()
        model.fit(rows, labels == 0)
        seconds.append(time.process_time() - start)
    return float(np.median(seconds)), model.coef_[0], float(model.intercept_[0]), int(model.n_iter_[0])


def best_intercept(rows, y, weights):
    margins, positives = rows @ weights, (y > 0).sum()
    return brentq(lambda b: expit(margins + b).sum() - positives, -50, 50, xtol=1e-12)


def run(path, **settings):
    """The JSON lines of our bench; its first-label solutions stand beside the matrix afterwards."""
    env = dict(os.environ, DEMARCHE_SOLVER_DATA=path)
    env.update({f"DEMARCHE_SOLVER_{key.upper()}": value for key, value in settings.items()})
    command = ["cargo", "bench", "-q", "--bench", "solver"]
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def solution(folder, cost):
    numbers = np.loadtxt(os.path.join(folder, f"demarche-{cost:g}.txt"))
    return numbers[:-1], numbers[-1]


def main():
    folder = sys.argv[2] if len(sys.argv) > 2 else "/tmp/demarche-solver"
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "matrix.svm")
    rows, labels = matrix(sys.argv[1])
    dump_svmlight_file(rows, labels, path, zero_based=False)
    print(f"{rows.shape[0]} x {rows.shape[1]}, {rows.nnz} non-zeros, {(labels == 0).sum()} positive")
    run(path, tolerance="1e-8")
    exact = {cost: solution(folder, cost) for cost in COSTS}
    ours = run(path)
    rows = rows.astype(np.float64)
    y = np.where(labels == 0, 1.0, -1.0)
    ways = {
        "liblinear primal, tol 1e-4 (default)": dict(),
        "liblinear primal, tol 1e-5": dict(tol=1e-5),
        "liblinear primal, tol 1e-5, scaling 10": dict(tol=1e-5, intercept_scaling=10.0),
        "liblinear primal, tol 1e-6, scaling 100": dict(tol=1e-6, intercept_scaling=100.0, max_iter=1000),
        "liblinear dual, tol 1e-2": dict(dual=True, tol=1e-2, max_iter=1000),
        "liblinear dual, tol 1e-2, scaling 10": dict(dual=True, tol=1e-2, intercept_scaling=10.0, max_iter=1000),
    }
    for cost in COSTS:
        table = []
        for entry in ours:
            if entry["cost"] == cost and entry["labels"] == "first":
                name = f"demarche, default ({entry['n_iterations']} iterations, {entry['n_hessian_products']} Hv)"
                value = objective(rows, y, *solution(folder, cost), cost)
                table.append((name, entry["cpu_seconds"], value, value))
        for name, options in ways.items():
            seconds, weights, intercept, n_iterations = liblinear(rows, labels, cost, **options)
            value = objective(rows, y, weights, intercept, cost)
            mended = objective(rows, y, weights, best_intercept(rows, y, weights), cost)
            table.append((f"{name} ({n_iterations} iterations)", seconds, value, mended))
        best = min(objective(rows, y, *exact[cost], cost), *(min(entry[2:]) for entry in table))
        print(f"\nC = {cost:g}{'':45} CPU s   objective        gap        gap with the best intercept")
        for name, seconds, value, mended in table:
            print(f"{name:50} {seconds:6.3f}   {value:.6f}   {value / best - 1:.1e}   {mended / best - 1:.1e}")
    print()
    for entry in ours:
        print(json.dumps(entry))


if __name__ == "__main__":
    main()
