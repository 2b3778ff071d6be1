#!/usr/bin/env python3
"""Makes a training file of labelled news quotations for the shipped model.

usage: data/prepare_news.py NEWS_QUOTES.csv OUT.csv

NEWS_QUOTES has the columns of the set described in data/README.md (id, article, outlet, date, source, cue, text, stance,
sentiment ...). What is done: outer quotation marks are cut off and the kind is told from them; a source that holds a
capitalised name becomes the speaker (its last name word), any other stays unknown. Standard library only.
"""
import csv, re, sys

PRONOUNS = {"he", "she", "they", "we", "i", "it", "you", "who"}
MARK = "\"“”„«»"


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


def main():
    rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")))
    columns = ["id", "text", "stance", "sentiment", "speaker", "cue", "kind", "article", "outlet", "date"]
    seen, n = {}, 0
    with open(sys.argv[2], "w", encoding="utf-8", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(columns)
        for r in rows:
            text, kind = parts(r["text"])
            key = (re.sub(r"\W+", " ", text.lower()).strip(), speaker(r["source"]).lower())
            if not key[0] or seen.setdefault(key, (r["stance"], r["sentiment"])) != (r["stance"], r["sentiment"]):
                n += 1
                continue
            date = r["date"] if re.fullmatch(r"\d{4}-\d\d-\d\d", r["date"]) else ""
            out.writerow([r["id"], text, r["stance"], r["sentiment"], speaker(r["source"]), r["cue"], kind, r["article"], r["outlet"], date])
    print(f"{len(rows) - n} rows, {n} left out (no text, or the same text with other labels)", file=sys.stderr)


if __name__ == "__main__":
    main()
