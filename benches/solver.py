#!/usr/bin/env python3
"""Our logistic solvers beside scikit-learn's on the same matrix, one thread each.

    pip install --target /tmp/skl scikit-learn
    PYTHONPATH=/tmp/skl python3 benches/solver.py [--quick] FILE.jsonl.gz|FILE.csv ... 

A .jsonl.gz of articles (`text`, `publisher`) gives its sentences, labelled with the publisher; a .csv its rows (`text`,
`label`). For each file: writes the matrix below $DEMARCHE_SOLVER_FOLDER (default /tmp/demarche-solver), runs
`cargo bench --bench solver` on it ($DEMARCHE_SOLVER_BENCH names a binary already built), then scikit-learn in several
ways, and prints tables: CPU seconds (the least of 5 and of runs before and behind; other work on the machine only adds to
them; of the multinomial and sparse fits of 1), objective, relative gap to the best (which is our fit at tolerance 1e-8, unless another is better). Objectives are evaluated here in float64 by our
definition (the intercept is free): C * sum log(1 + exp(-y (w.x + b))) + |w|^2 / 2. C = 1 / alpha.
--quick leaves out the multinomial and sparse fits of scikit-learn, which take minutes.
"""
import csv, gzip, json, os, re, subprocess, sys, time
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"
import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logsumexp
from sklearn.datasets import dump_svmlight_file
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

REPEATS = 5
COSTS = (1.0, 10.0)
ENOUGH = 1e-6


def sentences(path):
    """(sentence, publisher) pairs; a sentence ends at . ! ? before a blank and a capital or a quote mark."""
    for line in gzip.open(path, "rt", encoding="utf-8"):
        article = json.loads(line)
        for paragraph in article["text"].split("\n"):
            for sentence in re.split(r"(?<=[.!?])[\"”’)]*\s+(?=[A-Z\"“‘(])", paragraph):
                if len(sentence.split()) >= 3:
                    yield sentence, article["publisher"]


def labelled(path):
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["text"], row["label"]


def matrix(path):
    texts, classes = zip(*(labelled(path) if path.endswith(".csv") else sentences(path)))
    names = sorted(set(classes))
    rows = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, dtype=np.float32).fit_transform(texts)
    rows.sort_indices()
    return rows, np.array([names.index(c) for c in classes])


def objective(rows, y, weights, intercept, cost):
    margins = y * (rows @ weights + intercept)
    return cost * np.logaddexp(0, -margins).sum() + 0.5 * weights @ weights


def multinomial_objective(rows, labels, weights, intercepts, cost):
    logits = rows @ weights.T + intercepts
    loss = logsumexp(logits, axis=1) - logits[np.arange(len(labels)), labels]
    return cost * loss.sum() + 0.5 * (weights**2).sum()


def net_objective(rows, y, weights, intercept, cost):
    margins = y * (rows @ weights + intercept)
    return cost * np.logaddexp(0, -margins).sum() + 0.5 * np.abs(weights).sum() + 0.25 * weights @ weights


def fitted(rows, targets, repeats=REPEATS, **options):
    """Least CPU seconds and the fitted model."""
    seconds = []
    for _ in range(repeats):
        model = LogisticRegression(random_state=0, **options)
        start = time.process_time()
        model.fit(rows, targets)
        seconds.append(time.process_time() - start)
    return min(seconds), model


def best_intercept(rows, y, weights):
    margins, positives = rows @ weights, (y > 0).sum()
    return brentq(lambda b: expit(margins + b).sum() - positives, -50, 50, xtol=1e-12)


def run(path, **settings):
    """The JSON lines of our bench; its solutions stand beside the matrix afterwards."""
    env = dict(os.environ, DEMARCHE_SOLVER_DATA=path)
    env.update({f"DEMARCHE_SOLVER_{key.upper()}": value for key, value in settings.items()})
    built = os.environ.get("DEMARCHE_SOLVER_BENCH")
    command = [built] if built else ["cargo", "bench", "-q", "--bench", "solver"]
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def solution(folder, name, cost):
    numbers = np.loadtxt(os.path.join(folder, f"demarche-{name}-{cost:g}.txt"), ndmin=2)
    return numbers[:, :-1], numbers[:, -1]


def table(title, entries, best):
    print(f"\n{title:62} CPU s     objective       gap")
    for name, seconds, value in entries:
        print(f"{name:60} {seconds:7.3f}   {value:.6f}   {value / best - 1:.1e}")


def binary(folder, rows, labels, ours, exact, cost):
    y = np.where(labels == 0, 1.0, -1.0)
    value_of = lambda weights, intercepts: objective(rows, y, weights[0], intercepts[0], cost)
    entries = []
    for solver, name in (("first", "newton"), ("dual", "dual")):
        entry = next(e for e in ours if e["cost"] == cost and e["labels"] == solver)
        counts = f"{entry['n_iterations']} iterations, {entry['n_hessian_products']} Hv"
        entries.append((f"demarche {name} ({counts})", entry["cpu_seconds"], value_of(*solution(folder, solver, cost))))
    ways = {
        "primal, tol 1e-4 (default)": dict(),
        "primal, tol 1e-5": dict(tol=1e-5),
        "primal, tol 1e-5, scaling 10": dict(tol=1e-5, intercept_scaling=10.0),
        "primal, tol 1e-6, scaling 100": dict(tol=1e-6, intercept_scaling=100.0, max_iter=1000),
        "dual, tol 1e-1": dict(dual=True, tol=1e-1, max_iter=1000),
        "dual, tol 1e-2": dict(dual=True, tol=1e-2, max_iter=1000),
        "dual, tol 1e-2, scaling 10": dict(dual=True, tol=1e-2, intercept_scaling=10.0, max_iter=1000),
    }
    mended = []
    for name, options in ways.items():
        seconds, model = fitted(rows, labels == 0, solver="liblinear", C=cost, **options)
        weights, intercept = model.coef_[0], float(model.intercept_[0])
        entries.append((f"liblinear {name} ({int(model.n_iter_[0])} iterations)", seconds, objective(rows, y, weights, intercept, cost)))
        # liblinear penalises the intercept: the intercept is made exact afterwards, which is not timed.
        mended.append((f"liblinear {name}, intercept mended", seconds, objective(rows, y, weights, best_intercept(rows, y, weights), cost)))
    entries += mended
    best = min([value_of(*exact[cost])] + [entry[2] for entry in entries])
    table(f"C = {cost:g}, first label", entries, best)
    there = [entry for entry in entries if entry[2] / best - 1 <= ENOUGH]
    theirs = min((e for e in there if e[0].startswith("lib")), key=lambda e: e[1], default=None)
    mine = min((e for e in there if e[0].startswith("dem")), key=lambda e: e[1], default=None)
    if theirs and mine:
        default = next((e for e in there if e[0].startswith("demarche dual")), mine)
        print(f"to {ENOUGH:g}: {default[0]} {default[1]:.3f} s = {default[1] / theirs[1]:.2f} x {theirs[0]}, {theirs[1]:.3f} s")


def several(folder, rows, labels, ours, exact, cost):
    entry = next(e for e in ours if e["cost"] == cost and e["labels"] == "multinomial")
    counts = f"{entry['n_iterations']} iterations, {entry['n_hessian_products']} Hv"
    value = lambda weights, intercepts: multinomial_objective(rows, labels, weights, intercepts, cost)
    entries = [(f"demarche multinomial ({counts})", entry["cpu_seconds"], value(*solution(folder, "multinomial", cost)))]
    for name, options in {
        "newton-cg, tol 1e-4": dict(solver="newton-cg", tol=1e-4),
        "lbfgs, tol 1e-4 (default)": dict(solver="lbfgs", tol=1e-4, max_iter=1000),
        "lbfgs, tol 1e-6": dict(solver="lbfgs", tol=1e-6, max_iter=5000),
    }.items():
        seconds, model = fitted(rows, labels, 1, C=cost, **options)
        entries.append((f"scikit-learn {name}", seconds, value(model.coef_, model.intercept_)))
    table(f"C = {cost:g}, multinomial", entries, min([exact[cost]] + [e[2] for e in entries]))
    cost = 0.1 * cost
    y = np.where(labels == 0, 1.0, -1.0)
    entry = next(e for e in ours if abs(e["cost"] - 10 * cost) < 1e-9 and e["labels"] == "elastic-net")
    weights, intercepts = solution(folder, "elastic-net", 10 * cost)
    entries = [(f"demarche elastic-net ({entry['n_nonzero']} weights)", entry["cpu_seconds"], net_objective(rows, y, weights[0], intercepts[0], cost))]
    for tol in (1e-3, 1e-5):
        seconds, model = fitted(rows, labels == 0, 1, C=cost, solver="saga", l1_ratio=0.5, tol=tol, max_iter=2000)
        value = net_objective(rows, y, model.coef_[0], float(model.intercept_[0]), cost)
        entries.append((f"saga, tol {tol:g} ({np.count_nonzero(model.coef_)} weights)", seconds, value))
    table(f"C = {cost:g}, half L1, first label", entries, min(e[2] for e in entries))


def main():
    files = [name for name in sys.argv[1:] if not name.startswith("--")]
    for number, name in enumerate(files):
        folder = os.path.join(os.environ.get("DEMARCHE_SOLVER_FOLDER", "/tmp/demarche-solver"), str(number))
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, "matrix.svm")
        rows, labels = matrix(name)
        dump_svmlight_file(rows, labels, path, zero_based=False)
        print(f"\n== {name}: {rows.shape[0]} x {rows.shape[1]}, {rows.nnz} non-zeros, {(labels == 0).sum()} positive")
        rows = rows.astype(np.float64)
        run(path, tolerance="1e-8")
        exact = {cost: solution(folder, "first", cost) for cost in COSTS}
        whole = {c: multinomial_objective(rows, labels, *solution(folder, "multinomial", c), c) for c in COSTS}
        ours = run(path)
        for cost in COSTS:
            again = run(path)
            for entry, other in zip(ours, again):
                entry["cpu_seconds"] = min(entry["cpu_seconds"], other["cpu_seconds"])
            binary(folder, rows, labels, ours, exact, cost)
        if "--quick" not in sys.argv:
            for cost in COSTS:
                several(folder, rows, labels, ours, whole, cost)


if __name__ == "__main__":
    main()
