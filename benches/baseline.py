#!/usr/bin/env python3
"""What scikit-learn makes of the same labelled rows: TfidfVectorizer and LogisticRegression beside demarche's scores.

usage: benches/baseline.py [--train A.csv B.csv ...] --test T.csv [--scores SCORED.csv ...]

Fits words 1-3, characters 3-5 and the cue (C = 10, one classifier a label) on the rows of --train and tests on those of
--test, in two halves by article: Platt scaling and the threshold of each label come from the other half. Each file of
--scores (`demarche score --statements T.csv -f csv`) is measured in the same way, but that a label gives way to likelier others, as `train`
has it (docs/FEATURES.md). Needs scikit-learn; eight minutes for 33,000 rows. Without --train only --scores are measured.
"""
import argparse, csv, hashlib, warnings

import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score

STANCES = ("call-for-reciprocity call-for-dialogue call-for-easing call-for-pressure demand commitment refusal "
           "positive-expectation negative-expectation warning concern denial praise criticism").split()
SENTIMENTS = ["negative", "neutral", "positive"]
DRAWS = 1000
warnings.filterwarnings("ignore")


def read(*paths):
    return [row for path in paths for row in csv.DictReader(open(path, encoding="utf-8", newline=""))]


def predict(train, test):
    """Log-odds of each stance, log-probabilities of each sentiment, for the rows of `test`."""
    text = lambda rows: [r["text"] for r in rows]
    cue = lambda rows: [r.get("cue") or "" for r in rows]
    views = [(TfidfVectorizer(ngram_range=(1, 3), min_df=2, sublinear_tf=True), text),
             (TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=2, sublinear_tf=True), text),
             (TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\S+"), cue)]
    x = hstack([v.fit_transform(of(train)) for v, of in views]).tocsr()
    z = hstack([v.transform(of(test)) for v, of in views]).tocsr()
    new = lambda: LogisticRegression(C=10, solver="liblinear")
    stance = [new().fit(x, [s in r["stance"].split("|") for r in train]).decision_function(z) for s in STANCES]
    sentiment = [new().fit(x, [r["sentiment"] == s for r in train]).decision_function(z) for s in SENTIMENTS]
    return np.array(stance).T, np.array(sentiment).T


def scored(path):
    log = lambda rows, names: np.log(np.clip([[float(r[n]) for n in names] for r in rows], 1e-9, 1 - 1e-9))
    rows = read(path)
    p = np.exp(log(rows, [f"stance.p.{s}" for s in STANCES]))
    return np.log(p / (1 - p)), log(rows, [f"sentiment.p.{s}" for s in SENTIMENTS])


def best_threshold(truth, p):
    order = np.argsort(-p)
    hits = np.cumsum(truth[order])
    return p[order][(2 * hits / (np.arange(1, len(p) + 1) + truth.sum())).argmax()]


def measure(name, stance, sentiment, test, gives_way=False):
    truth = np.array([[s in r["stance"].split("|") for s in STANCES] for r in test])
    sign = np.array([SENTIMENTS.index(r["sentiment"]) for r in test])
    article = np.array([int(hashlib.sha256(r["article"].encode()).hexdigest()[:15], 16) for r in test])
    said, p = np.zeros_like(truth), np.zeros(truth.shape)
    guess = np.zeros(len(test), int)
    for half in (0, 1):
        of, other = article % 2 == half, article % 2 != half
        fit = lambda x, k: LogisticRegression(C=1e4).fit(x[other], truth[other, k])
        z = np.array([fit(stance[:, k:k + 1], k).decision_function(stance[:, k:k + 1]) for k in range(len(STANCES))]).T
        soft = np.logaddexp(0, z)
        for k in range(len(STANCES)):
            x = np.column_stack([z[:, k], soft.sum(1) - soft[:, k]][:1 + gives_way])
            q = fit(x, k).predict_proba(x)[:, 1]
            said[of, k] = q[of] >= best_threshold(truth[other, k], q[other])
            p[of, k] = q[of]
        guess[of] = LogisticRegression(C=1e4).fit(sentiment[other], sign[other]).predict(sentiment[of])

    def figures(rows):
        y, s = truth[rows], said[rows]
        hits, both = (y & s).sum(0), y.sum(0) + s.sum(0)
        return (2 * hits / np.maximum(both, 1)).mean(), 2 * hits.sum() / both.sum(), f1_score(sign[rows], guess[rows], average="macro")

    groups = [np.flatnonzero(article == a) for a in np.unique(article)]
    random = np.random.default_rng(0)
    draws = [figures(np.concatenate([groups[i] for i in random.integers(0, len(groups), len(groups))])) for _ in range(DRAWS)]
    low, high = np.percentile(draws, [2.5, 97.5], axis=0)
    sure = sorted(zip(p[said], truth[said]), reverse=True)
    half_right = np.mean([right for _, right in sure[:len(sure) // 2]])
    ap = np.mean([average_precision_score(truth[:, k], stance[:, k]) for k in range(len(STANCES))])
    cells = [f"{100 * v:.1f} [{100 * a:.1f}, {100 * b:.1f}]" for v, a, b in zip(figures(np.arange(len(test))), low, high)]
    print(f"| {name} | {' | '.join(cells)} | {100 * ap:.1f} | {100 * half_right:.1f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", nargs="*", default=[])
    parser.add_argument("--test", required=True)
    parser.add_argument("--scores", nargs="*", default=[])
    args = parser.parse_args()
    test = read(args.test)
    print("| | stance macro F1 | micro F1 | sentiment macro F1 | MAP | surest half right |\n| --- | ---: | ---: | ---: | ---: | ---: |")
    for path in args.scores:
        measure(path, *scored(path), test, gives_way=True)
    if args.train:
        measure("scikit-learn", *predict(read(*args.train), test), test)


if __name__ == "__main__":
    main()
