#!/usr/bin/env python3
"""Overhead of the toolkit: jobs per second through the whole pipeline, next to what the machine can do at all.

usage: tests/bench/throughput.py [--bin build/release/bin] [--trials 100] [--rounds 3] [--dir DIR]

Each trial is train, 4 flows, metric: 6 no-op jobs, everything durable. The floor is two spawns per job,
`xargs -P2 sh -c 'sh -c true; :'`; GNU parallel (if installed) does the same work. The three are measured
in turn, several rounds, so that a noisy machine troubles all alike; compare ratios, not rates.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time

# Scripts that do nothing but what the protocol asks of them, with builtins.
SCRIPTS = {
    "train.sh": "#!/bin/sh\nmkdir flows; for i in 1 2 3 4; do : > flows/$i.json; done; : > training_done\n",
    "flow.sh": "#!/bin/sh\n:\n",
    "metric.sh": "#!/bin/sh\necho '{\"cost\": 1}' > result.json\n",
}


def timed(command, **options):
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    return time.perf_counter() - begin


def make_experiment(home, trials):
    path = os.path.join(home, "experiment")
    os.makedirs(path)
    with open(os.path.join(path, "experiment.json"), "w") as file:
        json.dump({"format": 1, "space": {"x": {"type": "float", "low": 0, "high": 1}}}, file)
    for name, text in SCRIPTS.items():
        with open(os.path.join(path, name), "w") as file:
            file.write(text)
        os.chmod(os.path.join(path, name), 0o755)
    for number in range(trials):
        os.makedirs(os.path.join(path, "trials", f"{number:06}"))
        with open(os.path.join(path, "trials", f"{number:06}", "config.json"), "w") as file:
            file.write('{"x": 0.5}\n')
    return path


def trialwatch(options):
    path = make_experiment(tempfile.mkdtemp(dir=options.dir), options.trials)
    seconds = timed([os.path.join(options.bin, "trialwatch"), path, "--until-done", "--jobs", "2", "-q"])
    trials = os.path.join(path, "trials")
    done = [os.path.exists(os.path.join(trials, name, "outcome.json")) for name in os.listdir(trials)]
    assert all(done), "not every trial ended"
    return options.trials * 6 / seconds


def floor(options):
    jobs = options.trials * 6
    return jobs / timed(f"seq {jobs} | xargs -P2 -I@ sh -c 'sh -c true; :'", shell=True)


def parallel(options):
    jobs = options.trials * 6
    return jobs / timed(f"seq {jobs} | parallel -j2 \"sh -c 'sh -c true; :' #\"", shell=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dir", help="where the experiment is made (default: the temporary directory)")
    options = parser.parse_args()
    candidates = {"floor (xargs -P2)": floor, "trialwatch --jobs 2": trialwatch}
    if shutil.which("parallel"):
        candidates["GNU parallel -j2"] = parallel
    rates = {name: [] for name in candidates}
    # Removed at the end only: for some seconds after many files went, ext4 may be slow to make new ones.
    with tempfile.TemporaryDirectory(prefix="bench-", dir=options.dir) as options.dir:
        for _ in range(options.rounds):
            for name, measure in candidates.items():
                rates[name].append(measure(options))
    for name, values in rates.items():
        ratios = [a / b for a, b in zip(values, rates["floor (xargs -P2)"])]
        print(f"{name:22} {statistics.median(values):7.0f} jobs/s   {statistics.median(ratios):5.2f} of the floor"
              f"   ({min(values):.0f} to {max(values):.0f})")


if __name__ == "__main__":
    main()
