#!/usr/bin/env python3
"""How long trialopt takes to begin where many trials have ended: start.py [--trials 50000] [--parameters 10].

First from the trials' directories alone, then from its record; each time it is asked for nothing new.
"""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("TRIALWATCH_BIN", ROOT / "build/release/bin"))


def make(path, count, parameters, sampler):
    names = [f"x{i}" for i in range(parameters)]
    experiment = {"format": 1, "objectives": [{"name": "cost", "direction": "minimize"}],
                  "space": {name: {"type": "float", "low": 0, "high": 1} for name in names},
                  "optimizer": {"sampler": sampler, "trials": count},
                  "stages": [{"name": "train", "command": ["true"], "done": "result.json"}]}
    (path / "experiment.json").write_text(json.dumps(experiment))
    rng = random.Random(1)
    for i in range(count):
        trial = path / f"trials/{i:06}"
        trial.mkdir(parents=True)
        config = {name: rng.random() for name in names}
        (trial / "config.json").write_text(json.dumps({**config, "_trial": {"run": "before", "k": i, "sampler": "random"}}))
        outcome = {"format": 1, "seq": i + 1, "state": "complete", "reason": "", "kind": "", "stage": "",
                   "values": {"cost": sum(config.values())}, "failed_tasks": {}, "attempts": 3, "seconds": 12.5,
                   "ended": "2026-01-01T00:00:00.000Z", "by": ""}
        (trial / "outcome.json").write_text(json.dumps(outcome, indent=2))


def start(path):
    begin = time.perf_counter()
    done = subprocess.run([BIN / "trialopt", path, "--once", "--trials", "1"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(done.stdout)
    return time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=50000)
    parser.add_argument("--parameters", type=int, default=10)
    parser.add_argument("--sampler", default="auto")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="trialwatch-bench-") as home:
        path = pathlib.Path(home)
        make(path, args.trials, args.parameters, args.sampler)
        print(f"{args.trials} ended trials of {args.parameters} parameters")
        print(f"from their directories   {start(path):.2f} s", flush=True)
        print(f"from the record          {min(start(path) for _ in range(3)):.2f} s")


if __name__ == "__main__":
    main()
