#!/usr/bin/env python3
"""Counts the instructions of demarche on fixed small inputs: a guard against slower code that no busy machine disturbs.

usage: benches/instructions.py [--update] [DEMARCHE]

Runs the program (target/release/demarche unless given) under `valgrind --tool=cachegrind` on each case below and compares
with benches/instructions.toml: a difference of more than the tolerance, up or down, or a case without a count is an error
(exit code 1); --update writes the counts down. Counts belong to the shipped build, which the file names: the profile `release`
of Cargo.toml and one rustc. Other builds are shown for information (exit code 0), and nothing is written for them. Such a
build is known by the environment (CARGO_PROFILE_RELEASE_*, flags for rustc), by the symbols that the shipped profile strips,
and by the commit of rustc that the program holds. Without valgrind nothing is done and that is said (exit code 0).
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


def shipped():
    """The build that counts belong to."""
    rustc = subprocess.run(["rustc", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    with open(ROOT + "/Cargo.toml", "rb") as manifest:
        return {"rustc": rustc, "profile": tomllib.load(manifest)["profile"]["release"]}


def differences(program, build):
    """What tells that `program` is not of this build, as far as can be known."""
    flags = ("RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS")
    for name in sorted(os.environ):
        if name.startswith("CARGO_PROFILE_RELEASE_") or name in flags and os.environ[name]:
            yield f"{name}={os.environ[name]}"
    with open(program, "rb") as file:
        code = file.read()
    if build["profile"].get("strip") is True and b"\0.symtab\0" in code:
        yield "it has symbols, which the profile strips"
    # The places in the standard library that a panic names.
    commits = {commit.decode() for commit in re.findall(rb"/rustc/([0-9a-f]{40})/", code)}
    short = re.search(r"\(([0-9a-f]{7,40}) ", build["rustc"])
    if commits and short and not any(commit.startswith(short[1]) for commit in commits):
        yield f"it was compiled by rustc of {', '.join(sorted(commits))}"


def written(build, found):
    """The file of counts."""
    value = lambda v: str(v).lower() if isinstance(v, bool) else f'"{v}"' if isinstance(v, str) else str(v)
    yield "# Instructions of `demarche` by benches/instructions.py, which see; --update writes this file.\n"
    yield f'rustc = "{build["rustc"]}"\n# In percent.\ntolerance = 3\n\n# As in Cargo.toml.\n[profile]\n'
    yield from (f"{name} = {value(setting)}\n" for name, setting in build["profile"].items())
    yield "\n[counts]\n"
    yield from (f"{name} = {n}\n" for name, n in found.items())


def main():
    arguments = [a for a in sys.argv[1:] if a != "--update"]
    program = os.path.abspath(arguments[0]) if arguments else ROOT + "/target/release/demarche"
    if shutil.which("valgrind") is None:
        return print("instructions are not counted: there is no valgrind")
    if not os.path.exists(program):
        sys.exit(f"{program} is not there; build it with cargo build --release")
    update = "--update" in sys.argv
    build = shipped()
    other = list(differences(program, build))
    if other and update:
        sys.exit(f"counts are written of the shipped build alone; this is another: {'; '.join(other)}")
    with tempfile.TemporaryDirectory() as folder:
        found = {name: count(program, a, folder) for name, a in cases(folder)}
    if update:
        with open(COUNTS, "w") as out:
            out.writelines(written(build, found))
    with open(COUNTS, "rb") as counts:
        known = tomllib.load(counts)
    other += [f"{key}: counted with {known[key]}, now {build[key]}" for key in build if known[key] != build[key]]
    if other:
        print(f"not the build that was counted, for information only: {'; '.join(other)}")
    differ = False
    for name, n in found.items():
        was = known["counts"].get(name)
        change = 100 * (n / was - 1) if was else 0.0
        verdict = "not counted yet" if was is None else "more" if change > known["tolerance"] else "less" if change < -known["tolerance"] else "as it was"
        differ |= verdict != "as it was"
        print(f"{name:<20} {n:>15,} {change:+7.2f} %  {verdict}")
    if differ and not other:
        sys.exit("other counts than before; find out why, or --update and say why")


main()
