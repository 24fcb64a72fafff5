#!/usr/bin/env python3
"""Many agents that race for no-op jobs on one machine: is each run once, and what does a job cost?

usage: tests/bench/agents.py [--bin build/release/bin] [--agents 50] [--jobs 5000] [--rounds 3] [--dir DIR]
                             [--hyperqueue PYTHON]

The jobs are arrays of 1,000 tasks. The clock runs from the start of watcher and agents to the watcher's end. The floor is
two spawns per job, `xargs -P2 sh -c 'sh -c true; :'`, measured in turn; so is GNU parallel where it is installed,
and HyperQueue with as many workers, of a python3 that has it (pip install hyperqueue). The first two make no file: on a disk
the filesystem's own work for ours, some six files per job, is in our time (--dir /dev/shm leaves it out). Compare ratios, not rates. Fails where a task was started twice or not at all.
"""
import argparse
import collections
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

BLOCK = 1000
TRAIN = f'#!/bin/sh\nmkdir flows; i=0; while [ $i -lt {BLOCK} ]; do i=$((i + 1)); : > flows/$i.json; done; : > training_done\n'
# One write of one line, appended: whole also where many do it at once (write(2), O_APPEND).
FLOW = '#!/bin/sh\necho "$TRIAL_ID $TRIAL_TASK" >> "$TRIAL_EXPERIMENT/starts"\n'
# Makes two files for each task, as we do for what a job writes.
HYPERQUEUE = """
import sys, time
from hyperqueue import Job
from hyperqueue.cluster import LocalCluster, WorkerConfig
with LocalCluster() as cluster:
    for _ in range(int(sys.argv[1])):
        cluster.start_worker(WorkerConfig(cores=1))
    client, begin, job = cluster.client(), time.perf_counter(), Job()
    for _ in range(int(sys.argv[2])):
        job.program(["sh", "-c", "sh -c true; :"])
    client.wait_for_jobs([client.submit(job)])
    print("seconds", time.perf_counter() - begin)
"""
METRIC = "#!/bin/sh\necho '{\"cost\": 1}' > result.json\n"


def timed(command, **options):
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    return time.perf_counter() - begin


def make_experiment(options):
    path = pathlib.Path(tempfile.mkdtemp(dir=options.dir)) / "experiment"
    path.mkdir()
    backend = {"type": "agents", "options": {"max_queued": 10000, "slots": options.agents}}
    (path / "experiment.json").write_text(json.dumps(
        {"format": 1, "space": {"x": {"type": "float", "low": 0, "high": 1}}, "backend": backend}))
    for name, text in (("train.sh", TRAIN), ("flow.sh", FLOW), ("metric.sh", METRIC)):
        (path / name).write_text(text)
        (path / name).chmod(0o755)
    for number in range(options.jobs // BLOCK):
        (path / "trials" / f"{number:06}").mkdir(parents=True)
        (path / "trials" / f"{number:06}" / "config.json").write_text('{"x": 0.5}\n')
    return path


def agents(options):
    path = make_experiment(options)
    words = [os.path.join(options.bin, "trialagent"), str(path), "--slots", "1", "--tmp", "none", "-q"]
    running = [subprocess.Popen(words) for _ in range(options.agents)]
    seconds = timed([os.path.join(options.bin, "trialwatch"), str(path), "--until-done", "-q"])
    for agent in running:
        assert agent.wait(timeout=60) == 0, "an agent failed"
    starts = collections.Counter((path / "starts").read_text().splitlines())
    assert len(starts) == options.jobs, f"{len(starts)} of {options.jobs} tasks were started"
    assert max(starts.values()) == 1, "a task was started twice"
    return options.jobs / seconds


def floor(options):
    return options.jobs / timed(f"seq {options.jobs} | xargs -P2 -I@ sh -c 'sh -c true; :'", shell=True)


def parallel(options):
    return options.jobs / timed(f"seq {options.jobs} | parallel -j2 \"sh -c 'sh -c true; :' #\"", shell=True)


def hyperqueue(options):
    words = [options.hyperqueue, "-c", HYPERQUEUE, str(options.agents), str(options.jobs)]
    with tempfile.TemporaryDirectory(dir=options.dir) as place:
        said = subprocess.run(words, cwd=place, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return options.jobs / float(said.stdout.split("seconds")[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--jobs", type=int, default=5000, help="a multiple of 1000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dir", help="where the experiments are made (default: the temporary directory)")
    parser.add_argument("--hyperqueue", metavar="PYTHON", help="a python3 that has the package hyperqueue")
    options = parser.parse_args()
    candidates = {"floor (xargs -P2)": floor, f"{options.agents} agents": agents}
    if shutil.which("parallel"):
        candidates["GNU parallel -j2"] = parallel
    if options.hyperqueue:
        candidates[f"HyperQueue, {options.agents} workers"] = hyperqueue
    rates = {name: [] for name in candidates}
    with tempfile.TemporaryDirectory(prefix="bench-", dir=options.dir) as options.dir:
        for _ in range(options.rounds):
            for name, measure in candidates.items():
                rates[name].append(measure(options))
    least = statistics.median(rates["floor (xargs -P2)"])
    print(f"{'':24} {'jobs/s':>8} {'of the floor':>13} {'ms per job':>11}")
    for name, measured in rates.items():
        rate = statistics.median(measured)
        print(f"{name:24} {rate:8.0f} {rate / least:13.2f} {1000 / rate:11.2f}")


if __name__ == "__main__":
    main()
