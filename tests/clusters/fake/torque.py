#!/usr/bin/env python3
"""qsub, qstat, qdel and qsig of Torque 6.1, by the name that this file is called by. After its documentation: -t takes
lists of ranges, tasks are named NAME-INDEX, and jobs that have ended stay in qstat as C for keep_completed seconds."""
import argparse
import os
import re
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from fake_batch import ENDED, Batch, environment_of, numbers_in  # noqa: E402

LETTERS = {"queued": "Q", "running": "R", "held": "H", ENDED: "C"}


def qsub():
    parser = argparse.ArgumentParser()
    for option in ("-N", "-r", "-j", "-o", "-q", "-A", "-v", "-t"):
        parser.add_argument(option)
    parser.add_argument("-l", action="append", default=[])
    options = parser.parse_args()
    if options.q and options.q != "batch":
        print("qsub: submit error (Unknown queue MSG=requested queue not found)", file=sys.stderr)
        sys.exit(170)
    cpus = re.search(r"ppn=(\d+)", ",".join(options.l))
    script = sys.stdin.read()
    with Batch() as batch:
        number = batch.next_id()
        for index in numbers_in(options.t) if options.t else [0]:
            batch.add(number, index, name=options.N, cpus=int(cpus.group(1)) if cpus else 1, log=options.o, words=None,
                      script=script, environment=environment_of((options.v or "").split(",")),
                      variables={"PBS_JOBID": str(number), **({"PBS_ARRAYID": str(index)} if index else {})})
    print(f"{number}{'[]' if options.t else ''}.torque")


def qstat():
    with Batch() as batch:
        jobs = batch.ordered()
    if jobs:
        print("Job ID                    Name             User            Time Use S Queue")
        print("------------------------- ---------------- --------------- -------- - -----")
    for job in jobs:
        identifier = f"{job['id']}[{job['index']}].torque" if job["index"] else f"{job['id']}.torque"
        name = job["name"] + (f"-{job['index']}" if job["index"] else "")
        print(f"{identifier:<25} {name[:16]:<16} {'user':<15} {0:>8} {LETTERS[job['state']]} batch")


def each(words, act):
    status = 0
    with Batch() as batch:
        for word in words:
            found = re.match(r"(\d+)(?:\[(\d+)\])?", word)
            job = found and batch.jobs.get((int(found.group(1)), int(found.group(2) or 0)))
            if not job:
                print(f"qdel: nonexistent job id: Unknown Job Id Error {word}", file=sys.stderr)
                status = 153
            elif job["state"] == ENDED:
                print(f"qdel: Request invalid for state of job MSG=invalid state for job - COMPLETE {word}", file=sys.stderr)
                status = 170
            else:
                act(batch, job)
    sys.exit(status)


{"qsub": qsub, "qstat": qstat, "qdel": lambda: each(sys.argv[1:], lambda batch, job: batch.end(job)),
 "qsig": lambda: each(sys.argv[3:], lambda batch, job: batch.signal(job, signal.Signals["SIG" + sys.argv[2]]))}[os.path.basename(sys.argv[0])]()
