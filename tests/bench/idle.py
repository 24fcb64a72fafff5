#!/usr/bin/env python3
"""What an idle watcher costs: share of one core over 1,000 finished and 100 live trials, one poll a second.

usage: tests/bench/idle.py [--bin build/release/bin] [--seconds 30] [--finished 1000] [--live 100]
"""
import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def add_trials(path, first, count):
    for number in range(first, first + count):
        os.makedirs(os.path.join(path, "trials", f"{number:06}"))
        with open(os.path.join(path, "trials", f"{number:06}", "config.json"), "w") as file:
            file.write('{"x": 0.5}\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--finished", type=int, default=1000)
    parser.add_argument("--live", type=int, default=100)
    options = parser.parse_args()
    home = tempfile.mkdtemp(prefix="bench-")
    path = os.path.join(home, "experiment")
    os.makedirs(path)
    with open(os.path.join(path, "experiment.json"), "w") as file:
        json.dump({"format": 1, "space": {"x": {"type": "float", "low": 0, "high": 1}},
                   "stages": [{"name": "only", "command": ["./only.sh"]}]}, file)
    with open(os.path.join(path, "only.sh"), "w") as file:
        file.write('#!/bin/sh\necho \'{"cost": 1}\' > result.json\n[ ! -e "$TRIAL_EXPERIMENT/wait" ] || exec sleep 600\n')
    os.chmod(os.path.join(path, "only.sh"), 0o755)
    watcher = None
    program = os.path.join(options.bin, "trialwatch")
    try:
        add_trials(path, 0, options.finished)
        subprocess.run([program, path, "--until-done", "-q"], check=True)
        open(os.path.join(path, "wait"), "w").close()
        add_trials(path, options.finished, options.live)
        watcher = subprocess.Popen([program, path, "--jobs", str(options.live), "--kill-on-exit", "-q"])
        time.sleep(5)
        before, begin = cpu_seconds(watcher.pid), time.monotonic()
        time.sleep(options.seconds)
        share = (cpu_seconds(watcher.pid) - before) / (time.monotonic() - begin)
        print(f"{options.finished} finished, {options.live} live trials: {100 * share:.2f}% of a core")
    finally:
        if watcher:
            watcher.terminate()
            watcher.wait()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
