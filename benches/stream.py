#!/usr/bin/env python3
"""Writes texts over and over, as a stream of any length: `benches/stream.py MEGABYTES [--rows] [FILE.jsonl[.gz]]...`.

JSON Lines with `id` and `text`: the articles of the files (data/extractor-articles.jsonl unless given) again and again, each
time with a number in front, so that no two are copies byte by byte. --rows: their sentences instead, as a CSV with `id` and
`text`. With it memory is measured on inputs that fit on no disk; through a pipe, so that nothing is written:

    benches/stream.py 1000 | /usr/bin/time -v demarche score - -j 2 -f jsonl -q | wc -c
    benches/stream.py 3000 --rows | /usr/bin/time -v demarche score --statements - -j 2 -f csv -q | wc -c
"""
import csv, gzip, io, json, os, re, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
arguments = [a for a in sys.argv[1:] if a != "--rows"]
if not arguments:
    sys.exit(__doc__)
left = int(float(arguments[0]) * 1e6)
files = arguments[1:] or [ROOT + "/data/extractor-articles.jsonl"]
texts = []
for path in files:
    lines = gzip.open(path, "rt", encoding="utf-8") if path.endswith(".gz") else open(path, encoding="utf-8")
    texts += [json.loads(line)["text"] for line in lines]
rows = "--rows" in sys.argv
if rows:
    sentences = (s.strip() for t in texts for p in t.split("\n") for s in re.split(r"(?<=[.!?])\s+(?=[A-Z])", p))
    texts = [s for s in sentences if len(s) > 40]


def line(text, n):
    # Made once: %d is where the number goes.
    if rows:
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerow(["r\0", f"\0 {text}"])
        return out.getvalue().replace("%", "%%").replace("\0", "%d")
    return (json.dumps({"id": "a\0", "text": f"\0 {text}"}, ensure_ascii=False) + "\n").replace("%", "%%").replace("\\u0000", "%d")


made = [line(t, 0) for t in texts]
out = sys.stdout
try:
    if rows:
        out.write("id,text\n")
    n = 0
    while left > 0:
        piece = "".join(m % (n + i, n + i) for i, m in enumerate(made))
        n += len(made)
        left -= len(piece.encode())
        out.write(piece)
except BrokenPipeError:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
