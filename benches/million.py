#!/usr/bin/env python3
"""A labelled CSV of many short rows, to see what training on it takes.

    python3 benches/million.py [ROWS [FILE]]      # 1,000,000 rows of about 130 bytes
    /usr/bin/time -v demarche train FILE --task label=single -o /tmp/m.model --folds 0 -c 1 \
        --word-ngrams 2 --character-ngrams 0-0 --min-documents 5

Words are drawn by Zipf's law from 200,000 made-up ones; a tenth of them lean to one of three labels.
"""
import csv, random, sys

n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
path = sys.argv[2] if len(sys.argv) > 2 else "/tmp/demarche-million.csv"
dice = random.Random(0)
words = ["".join(dice.choice("bcdfghklmnprstvz") + dice.choice("aeiou") for _ in range(dice.choice((1, 2, 2, 3, 3, 4)))) for _ in range(200_000)]
weights = [1 / (rank + 3) for rank in range(len(words))]
total, cumulated = 0.0, []
for weight in weights:
    total += weight
    cumulated.append(total)
leaning = [dice.randrange(30) for _ in words]  # 0, 1, 2: leans to that label
with open(path, "w", encoding="utf-8", newline="") as out:
    table = csv.writer(out)
    table.writerow(["id", "text", "label"])
    for row in range(n):
        drawn = dice.choices(range(len(words)), cum_weights=cumulated, k=22)
        votes = [0, 0, 0]
        for word in drawn:
            if leaning[word] < 3:
                votes[leaning[word]] += 1
        best = max(range(3), key=lambda k: votes[k] + dice.random())
        table.writerow([row, " ".join(words[w] for w in drawn), "abc"[best]])
