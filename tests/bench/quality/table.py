#!/usr/bin/env python3
"""Compares traces: table.py DIR... [--at 50,100,200] [--workers 1,8] [--base auto].

Per problem the median (and quartiles) of each sampler, its mean rank over problems and seeds, and where the base is significantly
worse or better by Wilcoxon's signed-rank test over the seeds, corrected after Holm over the problems.
"""
import argparse
import collections
import json
import math
import pathlib
import statistics


def best_after(trace):
    """Of a trace, or of a line of reference/, by the number of trials."""
    if "at" in trace:
        return {int(n): best for n, best in trace["at"].items()}
    return {i + 1: best for i, best in enumerate(trace["curve"])}


def load(directories):
    traces = collections.defaultdict(dict)  # (problem, workers) -> (sampler, seed) -> best after so many trials
    for directory in directories:
        for path in sorted(pathlib.Path(directory).glob("*.jsonl")):
            for line in path.read_text().splitlines():
                trace = json.loads(line)
                traces[trace["problem"], trace["workers"]][path.stem, trace["seed"]] = best_after(trace)
    return traces


def wilcoxon(a, b):
    """Two-sided p and the sign of a - b: exact by counting for up to 25 pairs, else by the normal distribution."""
    differences = [x - y for x, y in zip(a, b) if x != y]
    n = len(differences)
    if n == 0:
        return 1.0, 0
    order = sorted(range(n), key=lambda i: abs(differences[i]))
    ranks = [0.0] * n
    for begin in range(n):
        same = [i for i in order if abs(differences[i]) == abs(differences[order[begin]])]
        ranks[order[begin]] = statistics.mean(order.index(i) + 1 for i in same)
    plus = sum(rank for rank, d in zip(ranks, differences) if d > 0)
    total = n * (n + 1) / 2
    low = min(plus, total - plus)
    if n > 25:
        z = (low - total / 2) / math.sqrt(n * (n + 1) * (2 * n + 1) / 24)
        return min(1.0, math.erfc(-z / math.sqrt(2))), 1 if plus > total / 2 else -1
    counts = [1] + [0] * int(total)
    for rank in range(1, n + 1):
        for value in range(len(counts) - 1, rank - 1, -1):
            counts[value] += counts[value - rank]
    p = min(1.0, 2 * sum(counts[:int(low) + 1]) / 2 ** n)
    return p, 1 if plus > total / 2 else -1


def holm(tests):
    """Names whose null hypothesis falls at 5 %."""
    found = set()
    for place, (name, p) in enumerate(sorted(tests.items(), key=lambda item: item[1])):
        if p > 0.05 / (len(tests) - place):
            break
        found.add(name)
    return found


def value(best_after, at):
    best = best_after[at]
    return math.inf if best is None else best


def report(traces, at, workers, base, samplers):
    print(f"\nafter {at} trials, {workers} at once: median [quartiles]")
    names = [n for n in samplers if any(w == workers and any(s == n for s, _ in runs) for (_, w), runs in traces.items())]
    ranks, worse, better = collections.defaultdict(list), collections.defaultdict(dict), collections.defaultdict(dict)
    print(f"{'':20}" + "".join(f"{n:>26}" for n in names))
    for (problem, w), runs in traces.items():
        if w != workers:
            continue
        here = [n for n in names if any(s == n for s, _ in runs)]
        seeds = [s for s in sorted({s for _, s in runs}) if all((n, s) in runs and at in runs[n, s] for n in here)]
        if len(seeds) < 2 or base not in here:
            continue
        columns = {n: [value(runs[n, s], at) for s in seeds] for n in here}
        row = f"{problem:20}"
        for n in names:
            if n not in here:
                row += f"{'-':>26}"
                continue
            low, middle, high = statistics.quantiles(columns[n], n=4)
            row += f"{f'{middle:.4g} [{low:.3g} {high:.3g}]':>26}"
            if n != base:
                p, sign = wilcoxon(columns[base], columns[n])
                worse[n][problem] = p if sign > 0 else 1.0
                better[n][problem] = p if sign < 0 else 1.0
        print(row + f"   ({len(seeds)} seeds)")
        for i, _ in enumerate(seeds):
            for n in here:
                ours = columns[n][i]
                ranks[n].append(1 + sum(columns[m][i] < ours for m in here) + sum(columns[m][i] == ours for m in here if m != n) / 2)
    print(f"{'mean rank':20}" + "".join(f"{statistics.mean(ranks[n]):>26.2f}" if ranks[n] else f"{'-':>26}" for n in names))
    for n in names:
        if n != base and worse[n]:
            print(f"{base} against {n}: significantly worse on {sorted(holm(worse[n])) or 'none'}, better on {sorted(holm(better[n])) or 'none'}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directories", nargs="+")
    parser.add_argument("--at", default="50,100,200")
    parser.add_argument("--workers", default="1,8")
    parser.add_argument("--base", default="auto")
    parser.add_argument("--samplers", default="")
    args = parser.parse_args()
    traces = load(args.directories)
    samplers = args.samplers.split(",") if args.samplers else sorted({s for runs in traces.values() for s, _ in runs})
    for workers in map(int, args.workers.split(",")):
        for at in map(int, args.at.split(",")):
            report(traces, at, workers, args.base, samplers)


if __name__ == "__main__":
    main()
