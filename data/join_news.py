#!/usr/bin/env python3
"""Joins the stand-off labels of data/news-labels.csv to the public articles they were made on: a training file.

usage: data/join_news.py ARTICLES OUT.csv [--part train|test|held|taught|all] [--labels FILE] [--doubt none|with|without]

ARTICLES is the folder data/jsons of a copy of github.com/ramybaly/Article-Bias-Prediction (one JSON file an article), or a
JSONL file (plain or .gz) with id, text, outlet and date of its articles. Offsets of the labels are half-open Unicode scalar
offsets into the article's text (content_original there). What is done: the spans of a quotation are joined by one blank;
outer quotation marks are cut off and the kind is told from them; a source that holds a capitalised name becomes the speaker
(its last name word), any other stays unknown. One article in ten (by a hash of its id) is the part `test`, set aside for one
final measurement; the default is `all`. `held` are the two articles in ten that the teacher of the silver labels never saw
(models/teacher.py), `taught` the others. `--labels data/news-labels-silver.csv.gz` joins the teacher's labels instead,
`--labels data/news-labels-fast.csv` those of rows that were read fast. Labels that the teacher doubts end in `?`: `--doubt none`
(the default) gives the rows without such labels; `--doubt with` and `--doubt without` the others, once with these labels and
once without: at half the weight each, what it doubts counts half.
Standard library only.
"""
import argparse, csv, gzip, hashlib, json, os, re, sys

PRONOUNS = {"he", "she", "they", "we", "i", "it", "you", "who"}
MARK = "\"“”„«»"


def articles(path, wanted):
    """id -> (text, outlet, date) of the wanted articles."""
    found = {}
    if os.path.isdir(path):
        for article in sorted(wanted):
            name = os.path.join(path, article + ".json")
            if os.path.exists(name):
                d = json.load(open(name, encoding="utf-8"))
                found[article] = (d["content_original"], d.get("source") or "", d.get("date") or "")
    else:
        opened = gzip.open if path.endswith(".gz") else open
        for line in opened(path, "rt", encoding="utf-8"):
            d = json.loads(line)
            if d["id"] in wanted:
                found[d["id"]] = (d["text"], d.get("outlet") or "", d.get("date") or "")
    return found


def spans(offsets):
    return [tuple(int(n) for n in span.split("-")) for span in offsets.split()]


def cut(text, offsets):
    return re.sub(r"\s+", " ", " ".join(text[s:e] for s, e in spans(offsets))).strip()


def tenth(article):
    return hashlib.sha256(article.encode()).digest()[0] % 10


def is_held(article):
    return tenth(article) < 2


DOUBT = "?"
PARTS = {"all": lambda a: True, "test": lambda a: tenth(a) == 0, "train": lambda a: tenth(a) > 0, "held": is_held,
         "taught": lambda a: not is_held(a)}


def parts(text):
    """(text without outer marks, kind): marks inside one quoted stretch are kept."""
    inside, depth, spans = [], False, []
    for c in text:
        if c in "“„«" or (c == '"' and not depth):
            depth = True
            inside.append(None)
        elif c in "”»" or (c == '"' and depth):
            depth = False
            inside.append(None)
        else:
            inside.append(depth)
    words = [inside[m.start()] for m in re.finditer(r"\w+", text)]
    quoted = [w for w in words if w]
    kind = "direct" if words and len(quoted) == len(words) else "indirect" if not quoted else "mixed"
    if kind == "direct":
        text = "".join(c for c, i in zip(text, inside) if i is not None)
    else:
        text = text.strip(MARK + " ") if text.count('"') % 2 or kind == "indirect" else text
    return re.sub(r"\s+", " ", text).strip(), kind


def speaker(source):
    names = [w for w in re.findall(r"[^\W\d_][\w’'-]*", source) if w[0].isupper() and w.lower() not in PRONOUNS]
    names = [re.sub(r"[’']s$", "", w) for w in names if w.lower() not in {"the", "a", "an", "mr", "mrs", "ms", "dr"}]
    return names[-1] if names else ""


def labels(cell, doubt):
    """The labels of a cell, with or without those that are doubted."""
    names = [name.rstrip(DOUBT) for name in cell.split("|") if doubt == "with" or not name.endswith(DOUBT)]
    return "|".join(names) or "none"


def sentiment(cell, doubt):
    """The first is the more probable one; a second, doubted one stands in for it in `with`."""
    return cell.split("|")[-1 if doubt == "with" else 0].rstrip(DOUBT)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("articles")
    arguments.add_argument("out")
    arguments.add_argument("--part", choices=list(PARTS), default="all")
    here = os.path.dirname(os.path.abspath(__file__))
    arguments.add_argument("--labels", default=os.path.join(here, "news-labels.csv"), metavar="FILE")
    arguments.add_argument("--doubt", choices=["none", "with", "without"], default="none")
    a = arguments.parse_args()
    opened = gzip.open if a.labels.endswith(".gz") else open
    rows = [r for r in csv.DictReader(opened(a.labels, "rt", encoding="utf-8", newline="")) if PARTS[a.part](r["article"])]
    rows = [r for r in rows if (DOUBT in r["stance"] + r["sentiment"]) == (a.doubt != "none")]
    rows = [r | {"stance": labels(r["stance"], a.doubt), "sentiment": sentiment(r["sentiment"], a.doubt)} for r in rows]
    texts = articles(a.articles, {r["article"] for r in rows})
    missing = sorted({r["article"] for r in rows} - set(texts))
    if missing:
        sys.exit(f"{a.articles}: {len(missing)} articles are missing, the first is {missing[0]}; is it the whole public set?")
    seen, n = {}, 0
    with open(a.out, "w", encoding="utf-8", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(["id", "text", "stance", "sentiment", "speaker", "cue", "kind", "article", "outlet", "date"])
        for r in rows:
            article, outlet, date = texts[r["article"]]
            text, kind = parts(cut(article, r["content_offsets"]))
            who, cue = speaker(cut(article, r["source_offsets"])), cut(article, r["cue_offsets"])
            key = (re.sub(r"\W+", " ", text.lower()).strip(), who.lower())
            if not key[0] or seen.setdefault(key, (r["stance"], r["sentiment"])) != (r["stance"], r["sentiment"]):
                n += 1
                continue
            date = date if re.fullmatch(r"\d{4}-\d\d-\d\d", date) else ""
            out.writerow([r["id"], text, r["stance"], r["sentiment"], who, cue, kind, r["article"], outlet, date])
    print(f"{len(rows) - n} rows, {n} left out (no text, or the same text with other labels)", file=sys.stderr)


if __name__ == "__main__":
    main()
