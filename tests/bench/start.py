#!/usr/bin/env python3
"""How long trialopt takes to begin where many trials have ended.

usage: tests/bench/start.py [--trials 50000] [--parameters 10,30] [--samplers random,tpe,auto] [--unwatched]

Makes an experiment through files alone: trials that this search proposed, eight at a time, and that have ended, and a
valid journal (without it where no watcher ever ran). trialopt is started with nothing to propose: first from the directories, then from its record. Printed
are the seconds from the start of the process to its line "run ...: N told", the CPU seconds of the whole process,
and how many times faster the record is. With --cold the page cache is dropped before the first start (root).
"""
import argparse
import json
import os
import pathlib
import random
import re
import resource
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("TRIALWATCH_BIN", ROOT / "build/release/bin"))


def crc_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


TABLE = crc_table()


def frame(document):
    payload = json.dumps(document, separators=(",", ":")).encode()
    crc = 0xFFFFFFFF
    for byte in payload:
        crc = TABLE[(crc ^ byte) & 255] ^ crc >> 8
    return struct.pack("<II", len(payload), crc ^ 0xFFFFFFFF) + payload


def experiment_text(parameters, sampler, count):
    space = {f"x{i}": {"type": "float", "low": 0, "high": 1} for i in range(parameters)}
    return json.dumps({"format": 1, "objectives": [{"name": "cost", "direction": "minimize"}], "space": space,
                       "optimizer": {"sampler": sampler, "trials": count},
                       "stages": [{"name": "train", "command": ["true"], "done": "result.json"}]})


def name_of_run(path):
    said = subprocess.run([BIN / "trialopt", path, "--once", "--trials", "0"], capture_output=True, text=True)
    return re.search(r"run ([0-9a-f]{12}):", said.stdout + said.stderr)[1]


def make_trials(path, count, parameters, run):
    """One by one as a proposer and a watcher would have left them; the outcomes, for the journal."""
    rng = random.Random(1)
    for i in range(count):
        trial = path / f"trials/{i:06}"
        trial.mkdir(parents=True)
        config = {f"x{j}": rng.random() for j in range(parameters)}
        (trial / "config.json").write_text(json.dumps(
            {**config, "_trial": {"run": run, "k": i, "seen": max(0, i - 7), "seed": rng.randrange(2**31), "sampler": "random"}}))
        outcome = {"seq": i + 1, "state": "complete", "values": {"cost": sum(config.values())}, "attempts": 1,
                   "seconds": 12.5}
        full = {"format": 1, "reason": "", "kind": "", "stage": "", "failed_tasks": {}, "by": "",
                "ended": "2026-01-01T00:00:00.000Z", **outcome}
        (trial / "outcome.json").write_text(json.dumps(full, indent=2))
        yield f"{i:06}", i, trial.stat().st_ino, {**outcome, "ended": 1767225600.0}


def write_identity(path):
    (path / ".trialwatch").mkdir()
    (path / ".trialwatch/id").write_text(json.dumps({"format": 1, "id": "0123456789abcdef", "path": str(path),
                                                     "inode": path.stat().st_ino}, separators=(",", ":")) + "\n")


def write_journal(path, trials, run, experiment, count):
    owner = {"format": 1, "experiment": "0123456789abcdef", "epoch": 1, "host": "elsewhere", "boot_id": "b",
             "user": "anna", "pid": 1, "start_time": 1, "since": 1767225600.0}
    with open(path / ".trialwatch/journal/0000000001", "wb") as journal:
        journal.write(b"trialwatch journal 1\n" + frame(owner))
        journal.write(frame({"event": "revision", "at": 1767225600.0, "text": experiment, "number": 1}))
        for trial, k, inode, outcome in trials:
            state = {"id": trial, "state": "complete", "incarnation": 1, "revision": 1, "inode": inode,
                     "config_hash": "0" * 32, "run": run, "k": k, "created": 1767225600.0, "starts": 1,
                     "first_start": 1767225600.0, "settled": True, "outcome": outcome}
            journal.write(frame({"event": "snapshot", "at": 0.0, "number": count, "state": state}))
        journal.write(frame({"event": "released", "at": 1767225600.0}))


def start(path):
    """Wall seconds until it knows everything, and CPU seconds of the process."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen([BIN / "trialopt", path, "--once", "--trials", "1"], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    said, known = [], None
    for line in process.stdout:
        said.append(line)
        if " told" in line and known is None:
            known = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN) if process.wait() == 0 else None
    if known is None or after is None:
        sys.exit("".join(said))
    return known, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def drop_caches():
    os.sync()
    pathlib.Path("/proc/sys/vm/drop_caches").write_text("3")


def measure(args, parameters, sampler):
    with tempfile.TemporaryDirectory(prefix="bench-", dir=args.dir) as home:
        path = pathlib.Path(home).resolve()
        experiment = experiment_text(parameters, sampler, args.trials)
        (path / "experiment.json").write_text(experiment)
        write_identity(path)
        run = name_of_run(path)
        trials = list(make_trials(path, args.trials, parameters, run))
        if not args.unwatched:
            write_journal(path, trials, run, experiment, args.trials)
        time.sleep(4)  # a directory's time is believed when it is older
        if args.cold:
            drop_caches()
        directories = start(path)
        again = [start(path) for _ in range(5)]
        record = min(wall for wall, _ in again), min(cpu for _, cpu in again)
        print(f"{args.trials:7} {parameters:10} {sampler:8} {directories[0]:11.2f} {directories[1]:8.2f}"
              f" {record[0]:9.2f} {record[1]:8.2f} {directories[0] / record[0]:7.1f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=50000)
    parser.add_argument("--parameters", default="10,30")
    parser.add_argument("--samplers", default="random,tpe,auto")
    parser.add_argument("--unwatched", action="store_true")
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--dir", help="where the experiments are made")
    args = parser.parse_args()
    print(" trials parameters sampler  directories    (cpu)    record    (cpu)   ratio")
    for parameters in args.parameters.split(","):
        for sampler in args.samplers.split(","):
            measure(args, int(parameters), sampler)


if __name__ == "__main__":
    main()
