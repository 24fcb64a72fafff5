#!/usr/bin/env python3
"""Compares traces, as Markdown: table.py DIR... [--at 50,100,200] [--workers 1,8] [--base auto] [--samplers ...] [--ranks].

Per problem each sampler's median [quartiles] over its seeds; its mean rank over the problems (each weighs the same), of seeds that all
samplers have; and where the base is significantly better or worse than it at 5 %: Wilcoxon's signed-rank test over the seeds that the two
have, corrected after Holm over the problems. --ranks prints one table of mean ranks only. Lower is better everywhere.

The AutoSampler of Optuna's hub takes GPSampler for up to 250 trials in spaces of numbers: there optuna-gp's traces are its own.
"""
import argparse
import collections
import json
import math
import pathlib
import statistics

from significance import holm, wilcoxon


def best_after(trace):
    """Of a trace, or of a line of reference/, by the number of trials."""
    if "at" in trace:
        return {int(n): best for n, best in trace["at"].items()}
    return {i + 1: best for i, best in enumerate(trace["curve"])}


def load(directories):
    """By (problem, workers): by sampler: by seed: best after so many trials. Of two traces the one of the first directory counts."""
    runs = collections.defaultdict(lambda: collections.defaultdict(dict))
    for directory in directories:
        for path in sorted(pathlib.Path(directory).glob("*.jsonl")):
            for line in path.read_text().splitlines():
                trace = json.loads(line)
                known = runs[trace["problem"], trace["workers"]][path.stem].setdefault(trace["seed"], {})
                known.update({n: best for n, best in best_after(trace).items() if n not in known})
    for samplers in runs.values():
        if "optuna-gp" in samplers and "optuna-auto" not in samplers:
            samplers["optuna-auto"] = samplers["optuna-gp"]
    return runs


def values_of(seeds, at):
    return {seed: math.inf if best[at] is None else best[at] for seed, best in seeds.items() if at in best}


def columns_of(runs, workers, at, samplers):
    """By problem: by sampler: by seed: the value."""
    columns = {}
    for (problem, w), of in runs.items():
        here = {name: values_of(of[name], at) for name in samplers if name in of} if w == workers else {}
        here = {name: seeds for name, seeds in here.items() if len(seeds) > 1}
        if here:
            columns[problem] = here
    return columns


def ranks_in(here):
    """By sampler its mean rank over the seeds that all have, equal ones sharing theirs."""
    common = set.intersection(*(set(seeds) for seeds in here.values()))

    def rank(name, seed):
        mine = here[name][seed]
        return 1 + sum(o[seed] < mine for o in here.values()) + sum(n != name and o[seed] == mine for n, o in here.items()) / 2

    return {name: statistics.mean(rank(name, seed) for seed in common) for name in here} if common else {}


def against(columns, base, name):
    """The problems on which the base is significantly worse, and better, than the other."""
    worse, better = {}, {}
    for problem, here in columns.items():
        if base not in here or name not in here:
            continue
        seeds = sorted(set(here[base]) & set(here[name]))
        p, sign = wilcoxon([here[base][s] for s in seeds], [here[name][s] for s in seeds])
        worse[problem], better[problem] = (p if sign > 0 else 1.0), (p if sign < 0 else 1.0)
    return holm(worse), holm(better)


def cell(seeds):
    low, middle, high = statistics.quantiles(seeds.values(), n=4, method="inclusive")
    return f"{middle:.3g} [{low:.3g}, {high:.3g}]" + (f" ({len(seeds)})" if len(seeds) != 20 else "")


def row(title, cells):
    print(f"| {title} | " + " | ".join(cells) + " |")


def mean_ranks(columns, samplers):
    ranks = [r for r in map(ranks_in, columns.values()) if r]
    mine = {name: [r[name] for r in ranks if name in r] for name in samplers}
    return [f"{statistics.mean(mine[n]):.2f}" if mine[n] else "-" for n in samplers]


def names(problems):
    return ", ".join(sorted(problems)) or "none"


def head(titles):
    row("", titles)
    print("|---" * (len(titles) + 1) + "|")


def report(columns, base, samplers):
    head(samplers)
    for problem, here in columns.items():
        row(problem, [cell(here[name]) if name in here else "-" for name in samplers])
    row("mean rank", mean_ranks(columns, samplers))
    told = {name: against(columns, base, name) for name in samplers}
    row(f"problems on which {base} is better", ["" if n == base else str(len(told[n][1])) for n in samplers])
    row(f"problems on which {base} is worse", ["" if n == base else names(told[n][0]) for n in samplers])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directories", nargs="+")
    parser.add_argument("--at", default="50,100,200")
    parser.add_argument("--workers", default="1,8")
    parser.add_argument("--base", default="auto")
    parser.add_argument("--samplers", default="auto,random,optuna-tpe,optuna-tpe-multi,optuna-gp,optuna-cmaes,optuna-auto")
    parser.add_argument("--ranks", action="store_true")
    args = parser.parse_args()
    runs, samplers = load(args.directories), args.samplers.split(",")
    if args.ranks:
        head(samplers)
    for workers in map(int, args.workers.split(",")):
        for at in map(int, args.at.split(",")):
            columns = columns_of(runs, workers, at, samplers)
            if args.ranks:
                row(f"{at} trials, {workers} at once", mean_ranks(columns, samplers))
                continue
            print(f"\nAfter {at} trials, {workers} at once:\n")
            report(columns, args.base, samplers)


if __name__ == "__main__":
    main()
