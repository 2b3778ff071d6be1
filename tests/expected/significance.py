"""Writes significance.json: what scipy and statsmodels say of counts and p values.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install scipy statsmodels
    /tmp/venv/bin/python tests/expected/significance.py

The test `values_are_those_of_statsmodels` in src/evaluation/significance.rs reads the file.
"""

import json
import pathlib

import numpy as np
from scipy.stats import binom
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(5)
tests = []
for only_old, only_new in [(0, 0), (1, 0), (7, 7), *map(tuple, rng.integers(0, 60, (20, 2))), (400, 460), (1200, 1150)]:
    only_old, only_new = int(only_old), int(only_new)
    n, least = only_old + only_new, min(only_old, only_new)
    exact = mcnemar([[50, only_old], [only_new, 50]], exact=True).pvalue if n else 1.0
    mid = min(1.0, 2 * binom.cdf(least, n, 0.5) - binom.pmf(least, n, 0.5)) if n else 1.0
    tests.append({"only_old": only_old, "only_new": only_new, "exact": float(exact), "mid": float(mid)})
families = []
for n in [1, 3, 14]:
    p = rng.random(n) ** 2
    families.append({"p": p.tolist(), "holm": multipletests(p, method="holm")[1].tolist()})
path = pathlib.Path(__file__).with_name("significance.json")
path.write_text(json.dumps({"mcnemar": tests, "holm": families}, indent=0).replace("\n", "") + "\n")
