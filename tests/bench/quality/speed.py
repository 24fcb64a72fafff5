#!/usr/bin/env python3
"""Time for one proposal after so many finished trials: speed.py [--samplers auto,tpe,gp,optuna-tpe] [--trials 100,1000,10000].

The median of ten proposals (three of the slowest), each told before the next, with the pipe or the call around it. The trials before
are drawn at random: a sampler that fits a model has to take them all.
"""
import argparse
import os
import pathlib
import random
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
os.environ.setdefault("TRIALWATCH_BIN", str(pathlib.Path(__file__).resolve().parents[3] / "build/release/bin"))

import problems  # noqa: E402
import samplers  # noqa: E402

SLOW = 1.0  # seconds


def sphere(dimension):
    def evaluate(params):
        return problems.Answer([sum((x - 0.3 * i / dimension) ** 2 for i, x in enumerate(params.values()))])
    return problems.Problem(f"sphere-{dimension}", problems.cube(dimension, -5, 5), evaluate)


def tell_random(name, sampler, problem, count, rng):
    for i in range(count):
        params = {key: rng.uniform(spec["low"], spec["high"]) for key, spec in problem.space.items()}
        sampler.add(f"before{i}", params, problem.evaluate(params))


def measure(name, dimension, count):
    problem = sphere(dimension)
    sampler = samplers.make(name, problem, 1, count + 20, 1)
    tell_random(name, sampler, problem, count, random.Random(1))
    times = []
    for k in range(count, count + 11):
        begin = time.perf_counter()
        params = sampler.ask(k)
        times.append(time.perf_counter() - begin)
        sampler.tell(k, problem.evaluate(params))
        if len(times) >= 4 and times[-1] > SLOW:
            break
    sampler.close()
    return statistics.median(times[1:])  # the first also pays for what is made once


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--samplers", default="auto,tpe,gp")
    parser.add_argument("--trials", default="100,1000,10000")
    parser.add_argument("--dimensions", default="10,30")
    args = parser.parse_args()
    print(f"{'ms per proposal':24}{'dims':>6}" + "".join(f"{n:>12}" for n in args.trials.split(",")))
    for name in args.samplers.split(","):
        for dimension in map(int, args.dimensions.split(",")):
            row = [f"{1000 * measure(name, dimension, int(count)):>12.2f}" for count in args.trials.split(",")]
            print(f"{name:24}{dimension:>6}" + "".join(row), flush=True)


if __name__ == "__main__":
    main()
