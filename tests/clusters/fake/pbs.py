#!/usr/bin/env python3
"""qsub, qstat, qdel and qsig of OpenPBS 23, by the name that this file is called by. After qsub(1B), qstat(1B), qdel(1B)
and qsig(1B) of its sources, doc/man1: ids "101.server", arrays "101[].server", subjobs "101[3].server"; the default
format of qstat with 17, 16 and 16 columns; -J wants X < Y; jobs that have ended are shown by -x only, subjobs that have
ended as X while their array is there."""
import argparse
import os
import re
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from fake_batch import ENDED, Batch, environment_of, numbers_in  # noqa: E402

SERVER = ".pbs-server"
LETTERS = {"queued": "Q", "running": "R", "held": "H", ENDED: "X"}


def fail(text, status):
    print(text, file=sys.stderr)
    sys.exit(status)


def qsub():
    parser = argparse.ArgumentParser()
    for option in ("-N", "-r", "-j", "-o", "-q", "-A", "-v", "-J"):
        parser.add_argument(option)
    parser.add_argument("-l", action="append", default=[])
    options = parser.parse_args()
    if options.q and options.q != "workq":
        fail("qsub: Unknown queue", 170)
    if options.J and not re.fullmatch(r"\d+-\d+(:\d+)?", options.J):
        fail("qsub: illegal -J value", 2)
    if options.J and int(options.J.split("-")[0]) >= int(options.J.split("-")[1].split(":")[0]):
        fail("qsub: illegal -J value", 2)
    cpus = re.search(r"ncpus=(\d+)", ",".join(options.l))
    with Batch() as batch:
        number = batch.next_id()
        for index in numbers_in(options.J) if options.J else [0]:
            batch.add(number, index, name=options.N, cpus=int(cpus.group(1)) if cpus else 1, log=options.o, words=None,
                      script=SCRIPT, environment=environment_of((options.v or "").split(",")),
                      variables={"PBS_JOBID": id_of({"id": number, "index": index}), "PBS_ENVIRONMENT": "PBS_BATCH",
                                 **({"PBS_ARRAY_INDEX": str(index)} if index else {})})
    print(f"{number}{'[]' if options.J else ''}{SERVER}")


def id_of(job):
    return f"{job['id']}[{job['index']}]{SERVER}" if job["index"] else f"{job['id']}{SERVER}"


def line(identifier, name, state):
    return f"{identifier[:17]:<17} {name[:16]:<16} {'user':<16}  {'00:00:00' if state == 'R' else 0:>8} {state} workq"


def qstat():
    with Batch() as batch:
        jobs = batch.ordered()
    arrays = {job["id"] for job in jobs if job["index"] and job["state"] != ENDED}
    shown, seen = [], set()
    for job in jobs:
        if job["index"] and job["id"] in arrays and job["id"] not in seen:
            seen.add(job["id"])
            shown.append(line(f"{job['id']}[]{SERVER}", job["name"], "B"))
        if job["state"] != ENDED or job["id"] in arrays:
            shown.append(line(id_of(job), job["name"], LETTERS[job["state"]]))
    if shown:
        print("Job id            Name             User              Time Use S Queue")
        print("----------------  ---------------- ----------------  -------- - -----")
        print("\n".join(shown))


def each(words, act):
    status = 0
    with Batch() as batch:
        for word in words:
            found = re.match(r"(\d+)(?:\[(\d+)\])?", word)
            job = found and batch.jobs.get((int(found.group(1)), int(found.group(2) or 0)))
            if not job:
                print(f"{sys.argv[0]}: Unknown Job Id {word}", file=sys.stderr)
                status = 153
            elif job["state"] == ENDED:
                print(f"{sys.argv[0]}: Job has finished {word}", file=sys.stderr)
                status = 35
            else:
                act(batch, job)
    sys.exit(status)


def qsig():
    if sys.argv[1] != "-s":
        fail("usage: qsig [-s signal] job_identifier...", 2)
    each(sys.argv[3:], lambda batch, job: batch.signal(job, signal.Signals["SIG" + sys.argv[2].removeprefix("SIG")]))


command = os.path.basename(sys.argv[0])
SCRIPT = sys.stdin.read() if command == "qsub" else ""
{"qsub": qsub, "qstat": qstat, "qsig": qsig, "qdel": lambda: each(sys.argv[1:], lambda batch, job: batch.end(job))}[command]()
