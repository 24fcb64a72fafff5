#!/usr/bin/env python3
"""What a new result costs trialopt where many trials have ended: CPU time, system calls and bytes written (strace).

usage: tests/bench/result.py [--ended 10,1000,10000] [--results 50] [--every 0.5] [--sampler random]

Each time two trials are live; one ends, and trialopt tells it and proposes the next. It must cost the same however many
have ended, but for what the sampler itself thinks (--sampler tpe), and for one listing of trials/ every 10 seconds, which is
a call for each thousand of them.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

import start


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def live(path, first):
    found = []
    for number in range(first, first + 100000):
        trial = path / f"trials/{number:06}"
        if not (trial / "config.json").exists():
            return found
        if not (trial / "outcome.json").exists():
            found.append(trial.name)


def wait_for_two(path, first):
    deadline = time.monotonic() + 60
    while len(found := live(path, first)) < 2:
        if time.monotonic() > deadline:
            raise SystemExit("trialopt does not propose")
        time.sleep(0.01)
    return found


def end(path, trial, seq):
    outcome = {"format": 1, "seq": seq, "state": "complete", "values": {"cost": 1.0 / seq}}
    aside = path / "trials" / trial / ".outcome.tmp"
    aside.write_text(json.dumps(outcome))
    aside.rename(path / "trials" / trial / "outcome.json")


def give_results(path, count, first, every):
    """Where so many have ended, in order."""
    for i in range(count):
        end(path, wait_for_two(path, first + i)[0], first + i + 1)
        time.sleep(every)
    wait_for_two(path, first + count)


def measure(args, ended):
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        path = pathlib.Path(home).resolve()
        wanted = ended + 10 * args.results
        experiment = start.experiment_text(10, args.sampler, wanted)
        (path / "experiment.json").write_text(experiment)
        start.write_identity(path)
        run = start.name_of_run(path)
        start.write_journal(path, list(start.make_trials(path, ended, 10, run)), run, experiment, ended)
        time.sleep(4)
        optimizer = subprocess.Popen([start.BIN / "trialopt", path, "--trials", str(wanted), "--parallel", "2", "--poll", "0.5", "-q"])
        try:
            give_results(path, 5, ended, 0)
            before = cpu_seconds(optimizer.pid)
            give_results(path, args.results, ended + 5, 0)
            cpu = cpu_seconds(optimizer.pid) - before
            calls, written = count_calls(
                optimizer.pid, lambda: give_results(path, args.results, ended + 5 + args.results, args.every))
        finally:
            optimizer.send_signal(signal.SIGTERM)
            optimizer.wait()
    print(f"{ended:7} ended  {1000 * cpu / args.results:8.2f} ms CPU  {calls / args.results:8.1f} calls"
          f"  {written / args.results:8.0f} bytes", flush=True)


def count_calls(pid, work):
    if not shutil.which("strace"):
        work()
        return float("nan"), float("nan")
    with tempfile.NamedTemporaryFile() as file:
        tracer = subprocess.Popen(["strace", "-f", "-o", file.name, "-p", str(pid)], stderr=subprocess.DEVNULL)
        time.sleep(1)
        work()
        tracer.send_signal(signal.SIGINT)
        tracer.wait()
        text = file.read().decode()
    written = sum(int(size) for size in re.findall(r" p?write(?:64)?\(.* = (\d+)$", text, re.M))
    return len(re.findall(r"^\d+ +\w+\(", text, re.M)), written


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ended", default="10,1000,10000")
    parser.add_argument("--results", type=int, default=50)
    parser.add_argument("--every", type=float, default=0.5, help="seconds from one result to the next, where calls are counted")
    parser.add_argument("--sampler", default="random")
    args = parser.parse_args()
    print(f"sampler {args.sampler}, for each result:")
    for ended in args.ended.split(","):
        measure(args, int(ended))


if __name__ == "__main__":
    main()
