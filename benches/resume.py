#!/usr/bin/env python3
"""Kills `demarche score --resume` again and again and compares what it has written in the end with an uninterrupted run.

usage: benches/resume.py [N_KILLS] [FILE.jsonl[.gz]]

Scores the articles (data/extractor-articles.jsonl unless given) to JSON Lines, kills the process (SIGKILL) after a random
share of the time that is left, starts it again, until it was killed N_KILLS times (20), and then lets it finish. Begins anew
where a run finishes before. Prints one line; exit code 1 if the bytes differ. $DEMARCHE names the program.
"""
import os, random, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.environ.get("DEMARCHE", ROOT + "/target/release/demarche")
n_kills = int(sys.argv[1]) if len(sys.argv) > 1 else 20
articles = sys.argv[2] if len(sys.argv) > 2 else ROOT + "/data/extractor-articles.jsonl"
folder = tempfile.mkdtemp()
whole, out = folder + "/whole.jsonl", folder + "/killed.jsonl"
command = [BIN, "score", articles, "-f", "jsonl", "-q"]
start = time.monotonic()
subprocess.run([*command, "-o", whole], check=True)
duration = time.monotonic() - start
expected = open(whole, "rb").read()
rng = random.Random(0)
killed = finished = 0


def check():
    if open(out, "rb").read() != expected:
        sys.exit(f"{killed} kills: {out} differs from {whole}")


while killed < n_kills:
    run = subprocess.Popen([*command, "-o", out, "--resume"])
    try:
        run.wait(rng.uniform(0.02, 0.4) * duration)
        check()
        finished += 1
        os.remove(out)
    except subprocess.TimeoutExpired:
        run.kill()
        run.wait()
        killed += 1
subprocess.run([*command, "-o", out, "--resume"], check=True)
check()
print(f"{killed} kills, {finished + 1} runs finished: the same {len(expected)} bytes each time ({duration:.1f} s in one go)")
