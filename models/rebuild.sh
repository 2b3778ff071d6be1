#!/bin/sh
# Rebuilds the shipped models. Version 1 needs this repository alone; version 2 and the extractor need the public sets named
# in data/README.md, given as NEWS (the articles, see data/join_news.py), POLNEAR (its train part) and RAW (plain news articles).
set -eu
cd "$(dirname "$0")/.."
demarche=${DEMARCHE:-target/release/demarche}
llm="labels are by a large language model under the codebook, not by human coders; agreement figures in data/README.md"
# Characters gain nothing on news and take five times as long (docs/FEATURES.md); without them words count in full.
blocks="--character-ngrams 0-0 --block word=1 --block phrase=1"
"$demarche" train data/quotes.csv $blocks -c 1,2,4 -o models/diplomatic-core-en-1.model --name diplomatic-core-en --model-version 1 -q \
  --note "texts were written and labelled for this project; $llm"
if [ -n "${NEWS:-}" ]; then
  for part in held taught; do python3 data/join_news.py "$NEWS" target/news-$part.csv --part $part; done
  for doubt in none with without; do
    python3 data/join_news.py "$NEWS" target/silver-$doubt.csv --labels data/news-labels-silver.csv.gz --doubt $doubt
  done
  # News that the teacher of the silver labels was fitted on is learnt from alone: it must not judge. (It saw quotes.csv too, but
  # labels news only.)
  "$demarche" train data/quotes.csv=1.4 target/news-held.csv --silver target/news-taught.csv --silver target/silver-none.csv=0.3 \
    --silver target/silver-with.csv=0.15 --silver target/silver-without.csv=0.15 -o models/diplomatic-core-en-2.model \
    --name diplomatic-core-en --model-version 2 $blocks -c 3 --skip-grams 5 --min-phrase-documents 5 \
    --compact --split article --folds 3 --other-splits speaker --abstain stance:coverage=0.85 -q \
    --note "news-held.csv and news-taught.csv: 35,503 real quotations of United States and British outlets, 2012-2020, from the public collection ramybaly/Article-Bias-Prediction (Baly et al., EMNLP 2020; Apache-2.0); its texts are not shipped" \
    --note "silver-*.csv: 180,339 more of its quotations, labelled by a small transformer (models/teacher.py; three in eight, of which it is not sure, twice: with and without the labels it doubts) that was fitted on news-taught.csv and quotes.csv and never saw an article of news-held.csv; figures, calibration and thresholds come from quotes.csv and news-held.csv" \
    --note "$llm" \
    --note "shares of labels in the training rows are by design and not those of news: correct counts for the errors before you report them"
fi
if [ -n "${POLNEAR:-}" ] && [ -n "${RAW:-}" ]; then
  cat "$POLNEAR" data/extractor-articles.jsonl > target/annotated.jsonl
  "$demarche" train-extractor target/annotated.jsonl --raw-text "$RAW" -o target/chain.extractor
  # Who speaks is learnt from more articles than what is said (docs/EXTRACTOR.md).
  cat data/speaker-articles.jsonl >> target/annotated.jsonl
  "$demarche" train-extractor target/annotated.jsonl --base target/chain.extractor -o models/extractor-en.extractor
fi
