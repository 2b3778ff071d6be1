"""Writes metrics.json: random inputs and what scikit-learn says of them.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install scikit-learn
    /tmp/venv/bin/python tests/expected/metrics.py

The test `figures_are_those_of_scikit_learn` in src/evaluation/metrics.rs reads the file. Calibration errors are not in
scikit-learn and are written out here (15 bins of equal mass, equal probabilities stay together in the bin of their middle rank).
"""

import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    brier_score_loss,
    confusion_matrix,
    f1_score,
    log_loss,
    precision_recall_fscore_support,
)

warnings.filterwarnings("ignore")
rng = np.random.default_rng(20)


def bins_of(p, y, bins=15):
    """The (probabilities, outcomes) of each bin that is not empty."""
    order = np.argsort(p, kind="stable")
    p, y = p[order], y[order]
    n = len(p)
    bin_of = np.empty(n, dtype=int)
    for value in np.unique(p):
        where = np.flatnonzero(p == value)
        middle = (where[0] + where[-1]) / 2
        bin_of[where] = int((2 * middle + 1e-9) * bins / (2 * n)) if n else 0
    return [(p[bin_of == b], y[bin_of == b]) for b in range(bins) if (bin_of == b).any()]


def ece(p, y):
    return sum(len(q) / len(p) * abs(q.mean() - z.mean()) for q, z in bins_of(p, y))


def debiased_square(p, y):
    """Kumar, Liang and Ma 2019, "Verified uncertainty calibration", as in their package uncertainty-calibration."""
    parts = [(q, z) for q, z in bins_of(p, y) if len(q) > 1]
    return sum(len(q) / len(p) * ((q.mean() - z.mean()) ** 2 - z.mean() * (1 - z.mean()) / (len(q) - 1)) for q, z in parts)


def rms(squares):
    return float(np.sqrt(max(0.0, np.mean(squares))))


def case(name, kind, gold, predicted, p):
    """gold, predicted: 0/1 matrices of rows x labels; p: probabilities of the same shape."""
    n_labels = gold.shape[1]
    precision, recall, f1, support = precision_recall_fscore_support(
        gold, predicted, average=None, labels=range(n_labels), zero_division=0
    )
    supported = [int(i) for i in np.flatnonzero(support > 0)]
    expected = {
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "average_precision": [float(average_precision_score(gold[:, i], p[:, i])) for i in range(n_labels)],
        "support": support.tolist(),
        "macro_f1": float(f1_score(gold, predicted, average="macro", labels=supported, zero_division=0))
        if supported
        else 0.0,
        "micro_f1": float(f1_score(gold, predicted, average="micro", zero_division=0)),
        "accuracy": float(accuracy_score(gold, predicted)),
    }
    if kind == "single":
        g, top = gold.argmax(axis=1), p.argmax(axis=1)
        expected["confusion"] = confusion_matrix(g, predicted.argmax(axis=1), labels=range(n_labels)).tolist()
        expected["ece"] = ece(p.max(axis=1), (g == top).astype(float))
        expected["rms_calibration_error"] = rms([debiased_square(p.max(axis=1), (g == top).astype(float))])
        expected["brier"] = float(brier_score_loss(g, p, labels=range(n_labels), scale_by_half=False))
        expected["log_loss"] = float(log_loss(g, p, labels=range(n_labels)))
    else:
        expected["ece"] = float(np.mean([ece(p[:, i], gold[:, i].astype(float)) for i in range(n_labels)]))
        expected["rms_calibration_error"] = rms(
            [debiased_square(p[:, i], gold[:, i].astype(float)) for i in range(n_labels)]
        )
        expected["brier"] = float(np.mean([brier_score_loss(gold[:, i], p[:, i], pos_label=1) for i in range(n_labels)]))
        clipped = np.clip(p, 1e-15, 1 - 1e-15)
        expected["log_loss"] = float(np.mean([log_loss(gold[:, i], clipped[:, i], labels=[0, 1]) for i in range(n_labels)]))
    rows = lambda matrix: [np.flatnonzero(row).tolist() for row in matrix]
    return {
        "name": name,
        "kind": kind,
        "n_labels": n_labels,
        "gold": rows(gold),
        "predicted": rows(predicted),
        "probabilities": p.ravel().tolist(),
        "expected": expected,
    }


def multi(n, shares, digits):
    gold = (rng.random((n, len(shares))) < shares).astype(int)
    p = np.round(np.clip(rng.beta(1.2, 3, gold.shape) + 0.35 * gold * rng.random(gold.shape), 0.001, 0.999), digits)
    return gold, (p >= 0.4).astype(int), p


def single(n, shares, digits):
    gold = np.eye(len(shares), dtype=int)[rng.choice(len(shares), n, p=shares)]
    p = np.round(rng.dirichlet(np.ones(len(shares)), n) + 0.5 * gold, digits) + 1e-3
    p /= p.sum(axis=1, keepdims=True)
    return gold, np.eye(len(shares), dtype=int)[p.argmax(axis=1)], p


cases = [
    case("multi", "multi", *multi(150, [0.5, 0.2, 0.05], 6)),
    case("multi, ties", "multi", *multi(120, [0.4, 0.3], 1)),
    case("multi, a label without positives", "multi", *multi(60, [0.3, 0.0, 0.2], 3)),
    case("single", "single", *single(150, [0.5, 0.3, 0.2], 6)),
    case("single, ties", "single", *single(100, [0.6, 0.3, 0.1], 1)),
    case("single, a class that never holds", "single", *single(60, [0.5, 0.5, 0.0], 4)),
]
gold, _, p = multi(40, [0.5, 0.3], 3)
constant = np.tile([0.5, 0.3], (40, 1))
cases.append(case("multi, constant probabilities", "multi", gold, (constant >= 0.4).astype(int), constant))
cases.append(case("multi, nothing predicted", "multi", gold, np.zeros_like(gold), p))
cases.append(case("multi, all labels hold everywhere", "multi", np.ones_like(gold), (p >= 0.4).astype(int), p))
cases.append(case("multi, one row", "multi", gold[:1], gold[:1], p[:1]))
sure = np.where(rng.random(gold.shape) < 0.1, 1 - gold, gold).astype(float)
cases.append(case("multi, sure and sometimes wrong", "multi", gold, (sure > 0.5).astype(int), sure))
gold, predicted, _ = single(30, [0.5, 0.3, 0.2], 6)
cases.append(case("single, constant probabilities", "single", gold, np.tile([1, 0, 0], (30, 1)), np.tile([0.5, 0.25, 0.25], (30, 1))))

path = pathlib.Path(__file__).with_name("metrics.json")
path.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
print(f"{len(cases)} cases with scikit-learn {sklearn.__version__}")
