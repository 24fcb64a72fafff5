#!/usr/bin/env python3
"""Runs samplers on problems and keeps the traces: run.py --samplers auto,optuna-tpe --seeds 20 --trials 200 --workers 1,8 OUT.
With --tables DIR on finished tabular searches instead.

A trace is one line of OUT/SAMPLER.jsonl: {"problem", "seed", "workers", "curve": best true value after each ended trial, "useless":
which trials failed or were infeasible, from 1}. What is there already is not run again. With several workers the trials take differing times, drawn from the seed.
"""
import argparse
import heapq
import json
import os
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
os.environ.setdefault("TRIALWATCH_BIN", str(pathlib.Path(__file__).resolve().parents[3] / "build/release/bin"))

import problems  # noqa: E402
import samplers  # noqa: E402
import tables  # noqa: E402


def hypervolume(points, reference):
    """Of two objectives to be minimised."""
    area, right = 0.0, reference[1]
    for x, y in sorted(points):
        if x < reference[0] and y < right:
            area += (reference[0] - x) * (right - y)
            right = y
    return area


class Score:
    """How good everything told so far is, as one number to be minimised."""

    def __init__(self, problem):
        self.problem, self.points, self.best = problem, [], None

    def add(self, answer):
        if answer.values is None:
            return self.best
        if self.problem.reference:
            self.points.append(tuple(answer.true))
            self.best = -hypervolume(self.points, self.problem.reference)
        elif all(c <= 0 for c in answer.constraints):
            self.best = answer.true[0] if self.best is None else min(self.best, answer.true[0])
        return self.best


def search(name, problem, seed, trials, workers):
    """The curve, the seconds that asking and telling took, and which trials failed or were infeasible."""
    rng = random.Random(f"durations {seed}")
    sampler = samplers.make(name, problem, seed, trials, workers)
    score, curve, running, asked, clock, spent, useless = Score(problem), [], [], 0, 0.0, 0.0, []
    while len(curve) < trials:
        while asked < trials and len(running) < workers:
            begin = time.perf_counter()
            params = sampler.ask(asked)
            spent += time.perf_counter() - begin
            heapq.heappush(running, (clock + (1 if workers == 1 else rng.uniform(0.5, 1.5)), asked, params))
            asked += 1
        clock, k, params = heapq.heappop(running)
        answer = problem.evaluate(params)
        begin = time.perf_counter()
        sampler.tell(k, answer)
        spent += time.perf_counter() - begin
        curve.append(score.add(answer))
        if answer.values is None or any(c > 0 for c in answer.constraints):
            useless.append(len(curve))
    sampler.close()
    return curve, spent, useless


def known(path):
    if not path.exists():
        return set()
    return {(t["problem"], t["seed"], t["workers"], len(t["curve"])) for t in map(json.loads, path.read_text().splitlines())}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--samplers", default="auto")
    parser.add_argument("--problems", help="some of them, with commas")
    parser.add_argument("--tables", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--workers", default="1,8")
    args = parser.parse_args()
    makers = tables.makers(args.tables) if args.tables else problems.MAKERS
    args.out.mkdir(parents=True, exist_ok=True)
    for seed in range(args.seeds):
        for name in args.samplers.split(","):
            path = args.out / f"{name}.jsonl"
            done = known(path)
            for problem_name in (args.problems.split(",") if args.problems else makers):
                for workers in map(int, args.workers.split(",")):
                    if (problem_name, seed, workers, args.trials) in done:
                        continue
                    problem = makers[problem_name](seed)
                    try:
                        curve, spent, useless = search(name, problem, seed, args.trials, workers)
                    except (RuntimeError, ValueError) as error:  # a sampler that does not take such a space
                        print(f"{name}: {problem_name}: {error}", file=sys.stderr)
                        continue
                    line = {"problem": problem_name, "seed": seed, "workers": workers, "seconds": round(spent, 3),
                            "curve": [None if v is None else float(f"{v:.6g}") for v in curve], **({"useless": useless} if useless else {})}
                    with path.open("a") as file:
                        file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
