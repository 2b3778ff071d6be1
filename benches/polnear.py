#!/usr/bin/env python3
"""Scores `demarche extract` on PolNeAR-style gold (JSONL or JSONL.gz) with the corpus's score.py.

usage: benches/polnear.py GOLD [SCORE.PY] [-- further arguments of demarche extract]

Writes the predictions to target/polnear-pred.jsonl. Needs a release build. Skips with a reason where GOLD is missing.
"""
import gzip, json, os, subprocess, sys, time

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
args = sys.argv[1:]
more = args[args.index("--") + 1:] if "--" in args else []
args = args[:args.index("--")] if "--" in args else args
near = [os.path.join(root, up, "shared/data/polnear/polnear-dev.jsonl.gz") for up in ("..", "../..", "../../..")]
gold = args[0] if args else next((p for p in near if os.path.exists(p)), near[0])
if not os.path.exists(gold):
    sys.exit(print(f"skipped: no {gold}"))
scorer = args[1] if len(args) > 1 else os.path.join(os.path.dirname(gold), "score.py")
opener = gzip.open if gold.endswith(".gz") else open
ids, lines = [], []
with opener(gold, "rt", encoding="utf-8") as f:
    for line in f:
        row = json.loads(line)
        ids.append(row["id"])
        lines.append(json.dumps({"id": row["id"], "text": row["text"]}))
start = time.time()
run = subprocess.run([os.path.join(root, "target/release/demarche"), "extract", "-", "--input", "jsonl", "-f", "jsonl", *more],
                     input="\n".join(lines), capture_output=True, text=True)
print(run.stderr.strip().splitlines()[-1], "wall %.2f s" % (time.time() - start), file=sys.stderr)
quotes = {i: [] for i in ids}
for line in run.stdout.splitlines():
    r = json.loads(line)
    source = r["source"] and [r["source"]["start"], r["source"]["end"]]
    quotes[r["article"]["id"]].append({"content": r["quotation"]["content"], "source": source, "speaker": r["speaker"]["name"]})
out = os.path.join(root, "target/polnear-pred.jsonl")
with open(out, "w") as f:
    for i in ids:
        f.write(json.dumps({"id": i, "quotes": quotes[i]}) + "\n")
sys.exit(subprocess.run([sys.executable, scorer, gold, out]).returncode)
