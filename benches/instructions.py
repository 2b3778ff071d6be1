#!/usr/bin/env python3
"""Counts the instructions of demarche on fixed small inputs: a guard against slower code that no busy machine disturbs.

usage: benches/instructions.py [--update] [DEMARCHE]

Runs the program (target/release/demarche unless given) under `valgrind --tool=cachegrind` on each case below and compares
with benches/instructions.toml: more than the tolerance above a count is an error (exit code 1), more than the tolerance
below it a hint. --update writes the counts down. Counts belong to one compiler, profile and C library: the file names the
`rustc` and the profile; with others they are only shown. Without valgrind nothing is done and that is said (exit code 0).
The inputs are files of data/, so counts change with them and with the models: --update then, and say so in the commit.
"""
import os, re, shutil, subprocess, sys, tempfile, tomllib

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COUNTS = ROOT + "/benches/instructions.toml"
N_ROWS = 2000


def cases(folder):
    """Name, arguments."""
    table = folder + "/rows.csv"
    with open(ROOT + "/data/quotes.csv", encoding="utf-8", newline="") as lines, open(table, "w", encoding="utf-8") as out:
        # No cell of the first rows holds a line break.
        out.writelines(line for line, _ in zip(lines, range(N_ROWS + 1)))
    article = ROOT + "/data/articles/nord-syrdarya-2018.txt"
    return [
        ("start", ["--version"]),
        ("explain", ["explain", "We hope for reciprocal steps and are ready for talks, the minister said."]),
        ("article", ["score", article, "-f", "jsonl"]),
        ("articles", ["score", ROOT + "/data/articles", "-f", "jsonl"]),
        ("statements-csv", ["score", "--statements", table, "-f", "csv"]),
        ("statements-jsonl", ["score", "--statements", table, "-f", "jsonl"]),
    ]


def count(program, arguments, folder):
    report = folder + "/cachegrind.out"
    run = subprocess.run(["valgrind", "--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={report}", program,
                          *arguments, *([] if arguments == ["--version"] else ["-j", "1", "-q"])],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if run.returncode or not run.stdout:
        sys.exit(f"{program} {' '.join(arguments)}: exit code {run.returncode}\n{run.stderr[-500:]}")
    return int(re.search(r"^summary: (\d+)", open(report).read(), re.M)[1])


def build(program):
    """What the counts belong to."""
    rustc = subprocess.run(["rustc", "--version"], stdout=subprocess.PIPE, text=True).stdout.strip()
    profile = os.environ.get("DEMARCHE_PROFILE", "release")
    return f"{rustc}, {profile}"


def main():
    arguments = [a for a in sys.argv[1:] if a != "--update"]
    program = arguments[0] if arguments else ROOT + "/target/release/demarche"
    if shutil.which("valgrind") is None:
        return print("instructions are not counted: there is no valgrind")
    if not os.path.exists(program):
        sys.exit(f"{program} is not there; build it with cargo build --release")
    with tempfile.TemporaryDirectory() as folder:
        found = {name: count(program, a, folder) for name, a in cases(folder)}
    if "--update" in sys.argv:
        with open(COUNTS, "w") as out:
            out.write("# Instructions of `demarche` by benches/instructions.py, which see; --update writes this file.\n")
            out.write(f'build = "{build(program)}"\n# In percent.\ntolerance = 3\n\n[counts]\n')
            out.writelines(f"{name} = {n}\n" for name, n in found.items())
    known = tomllib.load(open(COUNTS, "rb"))
    same_build = known["build"] == build(program)
    if not same_build:
        print(f"counted for {known['build']}, this is {build(program)}: for information only")
    worse = False
    for name, n in found.items():
        was = known["counts"].get(name)
        change = 100 * (n / was - 1) if was else 0.0
        verdict = "new" if was is None else "more" if change > known["tolerance"] else "less: --update" if change < -known["tolerance"] else "as it was"
        worse |= verdict == "more"
        print(f"{name:<20} {n:>15,} {change:+7.2f} %  {verdict}")
    if worse and same_build:
        sys.exit("more instructions than before; find out why, or --update and say why")


main()
