#!/usr/bin/env python3
"""Reference traces: keeps what run.py wrote, thinned, beside this file, and checks that it still comes out.

  reference.py keep TRACES [--samplers optuna-tpe,...]     TRACES/SAMPLER.jsonl becomes reference/SAMPLER.jsonl
  reference.py check [--samplers optuna-tpe] [--count 5]   runs a sample of them again, drawn from the date, and compares

A line of reference/ is that of a trace with "at" in the curve's place: the best value after so many trials. table.py reads both.
reference/MADE.md says by which command and versions they were made.
"""
import argparse
import datetime
import json
import math
import pathlib
import random
import sys

HERE = pathlib.Path(__file__).resolve().parent
REFERENCE = HERE / "reference"
KEPT = [10, 25, 50, 100, 150, 200]


def thinned(trace):
    at = {str(n): trace["curve"][n - 1] for n in KEPT if n <= len(trace["curve"])}
    return {"problem": trace["problem"], "seed": trace["seed"], "workers": trace["workers"], "at": at}


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def keep(args):
    for path in sorted(args.traces.glob("*.jsonl")):
        if args.samplers and path.stem not in args.samplers.split(","):
            continue
        traces = sorted(lines_of(path), key=lambda t: len(t["curve"]))  # of several of one search the longest counts
        kept = {(t["problem"], t["workers"], t["seed"]): thinned(t) for t in traces}
        lines = (json.dumps(kept[search], separators=(",", ":")) + "\n" for search in sorted(kept))
        (REFERENCE / path.name).write_text("".join(lines))


def same(a, b):
    return a == b or (None not in (a, b) and math.isclose(a, b, rel_tol=1e-4))


def check(args):
    import run
    rng = random.Random(str(datetime.date.today()))
    different = 0
    for name in args.samplers.split(","):
        known = lines_of(REFERENCE / f"{name}.jsonl")
        for line in rng.sample(known, min(args.count, len(known))):
            trials = max(map(int, line["at"]))
            curve, _, _ = run.search(name, run.problems.MAKERS[line["problem"]](line["seed"]), line["seed"], trials, line["workers"])
            ok = all(same(curve[int(n) - 1], value) for n, value in line["at"].items())
            different += not ok
            print(f"{name}: {line['problem']}, seed {line['seed']}, {line['workers']} at once: {'the same' if ok else 'DIFFERENT'}", flush=True)
    return 1 if different else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(required=True)
    keeper = verbs.add_parser("keep")
    keeper.add_argument("traces", type=pathlib.Path)
    keeper.add_argument("--samplers", default="")
    keeper.set_defaults(verb=keep)
    checker = verbs.add_parser("check")
    checker.add_argument("--samplers", default="optuna-tpe")
    checker.add_argument("--count", type=int, default=5)
    checker.set_defaults(verb=check)
    args = parser.parse_args()
    sys.exit(args.verb(args))


if __name__ == "__main__":
    main()
