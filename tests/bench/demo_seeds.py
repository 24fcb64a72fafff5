#!/usr/bin/env python3
"""How much better than the default configuration the demo's search gets, for several optimizer seeds.

usage: tests/bench/demo_seeds.py [--bin build/release/bin] [--seeds 10]
"""
import argparse
import json
import os
import re
import subprocess
import tempfile
import time


def search(bin_directory, home, seed):
    path = os.path.join(home, str(seed))
    subprocess.run([os.path.join(bin_directory, "trialctl"), "init", path, "--template", "power-flow"], check=True,
                   stdout=subprocess.DEVNULL)
    file = os.path.join(path, "experiment.json")
    with open(file) as opened:
        text = re.sub(r'"seed": \d+\}', f'"seed": {seed}}}', opened.read())
    with open(file, "w") as opened:
        opened.write(text)
    begin = time.monotonic()
    subprocess.run([os.path.join(bin_directory, "trialctl"), "run", path], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, env=dict(os.environ, POWER_FLOW_BIN=os.path.abspath(bin_directory)))
    seconds = time.monotonic() - begin
    costs = {}
    for name in os.listdir(os.path.join(path, "trials")):
        with open(os.path.join(path, "trials", name, "outcome.json")) as opened:
            costs[name] = json.load(opened)["values"].get("cost")
    return costs["000000"], min(cost for cost in costs.values() if cost is not None), seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--seeds", type=int, default=10)
    options = parser.parse_args()
    better = 0
    with tempfile.TemporaryDirectory() as home:
        for seed in range(1, options.seeds + 1):
            default, best, seconds = search(options.bin, home, seed)
            better += best <= 0.9 * default
            print(f"seed {seed:2}: default {default:.3f}, best {best:.3f} ({100 * (1 - best / default):.0f}% below), "
                  f"{seconds:.1f} s", flush=True)
    print(f"at least 10% below the default for {better} of {options.seeds} seeds")


if __name__ == "__main__":
    main()
