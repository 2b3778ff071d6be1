#!/usr/bin/env python3
"""From a CSV to a model: `demarche train` beside scikit-learn's TfidfVectorizer + liblinear, CPU seconds of one thread.

    pip install --target /tmp/skl scikit-learn
    PYTHONPATH=/tmp/skl python3 benches/train.py ARTICLES.jsonl[.gz] [ROWS]

Writes the first ROWS (default 100,000) distinct sentences of the articles (`text`, `outlet`) to a CSV, each with one of
three labels by its outlet: nothing is meant by them, but they can be learnt in part, as real ones. Features on both
sides: words, pairs and triples as written, in two sentences at least, sublinear tf-idf. Both read the CSV, fit one cost
C = 1 and write the model; nothing is held back (`--folds 0`). With ROWS of a million, only demarche runs.
$DEMARCHE names the program (default target/release/demarche).
"""
import csv, gzip, json, os, re, resource, subprocess, sys, time, zlib
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

FOLDER = os.environ.get("DEMARCHE_TRAIN_FOLDER", "/tmp/demarche-train")
PROGRAM = os.environ.get("DEMARCHE", "target/release/demarche")


def write(path, articles, n):
    """Distinct sentences; where the articles have too few, they come again with a number behind."""
    opener = gzip.open if articles.endswith(".gz") else open
    with open(path, "w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(["id", "text", "label", "article"])
        number = turn = 0
        while number < n:
            seen = set()
            with opener(articles, "rt", encoding="utf-8") as lines:
                for line in lines:
                    article = json.loads(line)
                    label = ("a", "b", "c")[zlib.crc32(str(article["outlet"]).encode()) % 3]
                    for sentence in re.split(r"(?<=[.!?])[\"”’)]*\s+(?=[A-Z\"“‘(])|\n", article["text"]):
                        sentence = " ".join(sentence.split())
                        if not 40 <= len(sentence) <= 400 or sentence in seen:
                            continue
                        seen.add(sentence)
                        text = sentence if turn == 0 else f"{sentence} {article['id']} {turn}"
                        table.writerow([number, text, label, f"{article['id']}-{turn}"])
                        number += 1
                        if number == n:
                            return
            turn += 1


def run(*command):
    """CPU seconds, peak memory in MB and what was printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(["/usr/bin/time", "-f", "peak %M", *command], check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = float(re.findall(r"peak (\d+)", done.stderr)[-1]) / 1024
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return cpu, peak, done.stderr


def theirs(path):
    """Runs in a process of its own: read, fit, write."""
    import pickle
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    with open(path, encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["label"]) for row in csv.DictReader(file)]
    vectorizer = TfidfVectorizer(ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    matrix = vectorizer.fit_transform([text for text, _ in rows])
    fitted = time.process_time()
    model = OneVsRestClassifier(LogisticRegression(solver="liblinear", C=1.0))
    model.fit(matrix, np.array([label for _, label in rows]))
    print(f"features {matrix.shape[1]}, of it fit {time.process_time() - fitted:.2f} s", file=sys.stderr)
    with open(os.path.join(FOLDER, "model.pickle"), "wb") as file:
        pickle.dump((vectorizer, model), file)


def main():
    if sys.argv[1] == "--theirs":
        return theirs(sys.argv[2])
    n = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    os.makedirs(FOLDER, exist_ok=True)
    path = os.path.join(FOLDER, f"rows-{n}.csv")
    if not os.path.exists(path):
        write(path, sys.argv[1], n)
    print(f"{n} rows, {os.path.getsize(path) / 1e6:.1f} MB")
    flags = "--character-ngrams 0-0 --no-lexicon --no-stemming --no-negation --no-cue --keep-names --speaker-features none --min-phrase-documents 2 --folds 0 --cost 1 -q -j 1".split()
    ours = None
    for name, more in (("dual", ["--solver", "dual"]), ("multinomial", ["--solver", "multinomial"])):
        model = os.path.join(FOLDER, f"{name}.model")
        cpu, peak, _ = run(PROGRAM, "train", path, "--task", "label=single", "-o", model, *flags, *more)
        ours = ours or cpu
        print(f"demarche, {name}: {cpu:.2f} CPU s, peak {peak:.0f} MB, model {os.path.getsize(model) / 1e6:.1f} MB")
    if n < 1_000_000:
        cpu, peak, said = run(sys.executable, __file__, "--theirs", path)
        print(f"scikit-learn, liblinear: {cpu:.2f} CPU s, peak {peak:.0f} MB ({said.splitlines()[0]})")
        print(f"dual / liblinear: {ours / cpu:.3f}")


if __name__ == "__main__":
    main()
