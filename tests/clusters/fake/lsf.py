#!/usr/bin/env python3
"""bsub, bjobs and bkill of IBM Spectrum LSF 10.1, by the name that this file is called by. After its command reference:
"Job <101> is submitted to default queue <normal>."; names of array elements are NAME[INDEX]; bjobs -o with a delimiter;
"No job found" and status 255 where there are none; bkill -s."""
import argparse
import os
import re
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from fake_batch import ENDED, Batch, environment_of, numbers_in  # noqa: E402

STATES = {"queued": "PEND", "running": "RUN", "held": "PSUSP", ENDED: "DONE"}


def bsub():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for option in ("-J", "-o", "-q", "-P", "-env", "-W", "-n", "-M", "-gpu"):
        parser.add_argument(option)
    parser.add_argument("-rn", action="store_true")
    parser.add_argument("-R", action="append", default=[])
    options = parser.parse_args()
    if options.q and options.q != "normal":
        print(f"{options.q}: No such queue. Job not submitted.", file=sys.stderr)
        sys.exit(255)
    name, bracket, ranges = options.J.partition("[")
    script = sys.stdin.read()
    with Batch() as batch:
        number = batch.next_id()
        for index in numbers_in(ranges.rstrip("]")) if bracket else [0]:
            batch.add(number, index, name=name, cpus=int(options.n or 1), log=options.o, words=None, script=script,
                      environment=environment_of(options.env.split(",") if options.env else None),
                      variables={"LSB_JOBID": str(number), "LSB_JOBINDEX": str(index)})
    print(f"Job <{number}> is submitted to default queue <normal>.")


def bjobs():
    every = "-a" in sys.argv
    with Batch() as batch:
        jobs = [job for job in batch.ordered() if every or job["state"] != ENDED]
    if not jobs:
        print("No job found" if every else "No unfinished job found", file=sys.stderr)
        sys.exit(255)
    for job in jobs:
        name = job["name"] + (f"[{job['index']}]" if job["index"] else "")
        print(f"{job['id']};{job['index']};{name};{STATES[job['state']]};{'hosta' if job['state'] == 'running' else '-'}")


def bkill():
    words, number, status = sys.argv[1:], None, 0
    if words[0] == "-s":
        number, words = signal.Signals["SIG" + words[1]], words[2:]
    with Batch() as batch:
        for word in words:
            found = re.fullmatch(r"(\d+)(?:\[(\d+)\])?", word)
            job = found and batch.jobs.get((int(found.group(1)), int(found.group(2) or 0)))
            if not job:
                print(f"Job <{word}>: No matching job found", file=sys.stderr)
                status = 255
            elif job["state"] == ENDED:
                print(f"Job <{word}>: Job has already finished", file=sys.stderr)
                status = 255
            elif number:
                batch.signal(job, number)
                print(f"Job <{word}> is being signaled")
            else:
                batch.end(job)
                print(f"Job <{word}> is being terminated")
    sys.exit(status)


{"bsub": bsub, "bjobs": bjobs, "bkill": bkill}[os.path.basename(sys.argv[0])]()
