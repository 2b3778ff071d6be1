"""Writes agreement.json: random codings and what other programs say of them.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install scikit-learn krippendorff nltk
    /tmp/venv/bin/python tests/expected/agreement.py

The test `figures_are_those_of_the_krippendorff_package` in src/evaluation/agreement.rs reads the file. Nominal alpha is
that of the package krippendorff; alpha over sets is nltk's AnnotationTask with its masi_distance where no code is missing,
and krippendorff's with the same distance where some are. F1 pools all pairs of coders.
"""

import itertools
import json
import pathlib
from importlib.metadata import version

import krippendorff
import numpy as np
from nltk.metrics.agreement import AnnotationTask
from nltk.metrics.distance import masi_distance
from sklearn.metrics import f1_score

rng = np.random.default_rng(7)


def distance(a, b):
    return 0.0 if a == b else masi_distance(a, b)


def nominal(matrix):
    """matrix: coders x units, NaN where missing."""
    paired = matrix[:, (~np.isnan(matrix)).sum(axis=0) >= 2]
    values = np.unique(paired[~np.isnan(paired)])
    return None if len(values) < 2 else float(krippendorff.alpha(reliability_data=matrix, level_of_measurement="nominal"))


def case(name, kind, codes, n_labels):
    """codes: units x coders of sets or None."""
    n_coders = len(codes[0])
    binary = [
        np.array([[np.nan if u[c] is None else float(k in u[c]) for u in codes] for c in range(n_coders)])
        for k in range(n_labels)
    ]
    pairs = [
        (u[i], u[j])
        for u in codes
        for i, j in itertools.combinations(range(n_coders), 2)
        if u[i] is not None and u[j] is not None
    ]
    y = np.array([[k in a for k in range(n_labels)] for a, _ in pairs]).astype(int)
    z = np.array([[k in b for k in range(n_labels)] for _, b in pairs]).astype(int)
    if kind == "single":
        matrix = np.array(
            [[np.nan if u[c] is None else float(next(iter(u[c]))) for u in codes] for c in range(n_coders)]
        )
        alpha = nominal(matrix)
    else:
        distinct = sorted({tuple(sorted(c)) for u in codes for c in u if c is not None})
        number = {s: i for i, s in enumerate(distinct)}
        matrix = np.array(
            [[np.nan if u[c] is None else float(number[tuple(sorted(u[c]))]) for u in codes] for c in range(n_coders)]
        )

        def metric(v1, v2, i1, i2, n_v, dtype=np.float64):
            table = np.array([[distance(frozenset(a), frozenset(b)) for b in distinct] for a in distinct])
            return table[v1.astype(int), v2.astype(int)].astype(dtype)

        alpha = float(krippendorff.alpha(reliability_data=matrix, level_of_measurement=metric))
        if all(c is not None for u in codes for c in u):
            data = [(f"c{c}", f"u{i}", frozenset(u[c])) for i, u in enumerate(codes) for c in range(n_coders)]
            other = AnnotationTask(data=data, distance=distance).alpha()
            assert abs(other - alpha) < 1e-9, (name, other, alpha)
    return {
        "name": name,
        "kind": kind,
        "n_labels": n_labels,
        "codes": [[None if c is None else sorted(c) for c in u] for u in codes],
        "alpha": alpha,
        "label_alpha": [nominal(m) for m in binary],
        "micro_f1": float(f1_score(y, z, average="micro", zero_division=0)),
        "label_f1": f1_score(y, z, average=None, zero_division=0).tolist(),
    }


def coders(n_units, n_coders, n_labels, kind, noise, missing):
    codes = []
    for _ in range(n_units):
        truth = (
            {int(rng.integers(n_labels))} if kind == "single" else {k for k in range(n_labels) if rng.random() < 0.3}
        )
        unit = []
        for _ in range(n_coders):
            if rng.random() < missing:
                unit.append(None)
            elif kind == "single":
                unit.append({int(rng.integers(n_labels))} if rng.random() < noise else set(truth))
            else:
                unit.append({k for k in range(n_labels) if (k in truth) != (rng.random() < noise)})
        codes.append(unit)
    return codes


cases = []
for kind in ["single", "multi"]:
    for n_units, n_coders, n_labels, noise, missing in [
        (60, 2, 3, 0.1, 0.0),
        (80, 3, 4, 0.2, 0.25),
        (40, 5, 2, 0.3, 0.5),
        (100, 2, 6, 0.15, 0.1),
    ]:
        name = f"{kind}, {n_coders} coders, {n_labels} labels, noise {noise}, missing {missing}"
        cases.append(case(name, kind, coders(n_units, n_coders, n_labels, kind, noise, missing), n_labels))
never = coders(30, 2, 3, "multi", 0.2, 0.0)
cases.append(case("multi, a label that nobody gives", "multi", [[c - {1} for c in u] for u in never], 3))

path = pathlib.Path(__file__).with_name("agreement.json")
path.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
print(f"{len(cases)} cases with krippendorff {version('krippendorff')}, nltk {version('nltk')}")
