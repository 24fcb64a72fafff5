#!/usr/bin/env python3
"""flux submit, jobs, cancel and job kill of flux-core. After flux-submit(1), flux-jobs(1), flux-cancel(1) and flux-job(1):
submit prints an id in F58 ("ƒ..."), the environment goes along, jobs shows active ones of the user and 1000 at most."""
import argparse
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from fake_batch import ENDED, Batch, environment_of  # noqa: E402

STATES = {"queued": "SCHED", "running": "RUN", "held": "SCHED"}


def fail(text):
    print(text, file=sys.stderr)
    sys.exit(1)


def submit(words):
    parser = argparse.ArgumentParser()
    for option in ("--job-name", "--output", "--error", "-n", "-c", "-g", "-t", "-q", "-B"):
        parser.add_argument(option)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args(words)
    if options.q and options.q != "batch":
        fail(f"flux-submit: ERROR: Invalid queue '{options.q}' specified: unknown queue")
    with Batch() as batch:
        number = batch.next_id()
        batch.add(number, 0, name=options.job_name, cpus=int(options.c or 1), log=options.output, words=options.command,
                  script="", environment=environment_of(), variables={"FLUX_JOB_ID": f"ƒ{number}"})
    print(f"ƒ{number}")


def jobs(words):
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", action="store_true")
    parser.add_argument("-c", type=int, default=1000)
    parser.add_argument("-o")
    options = parser.parse_args(words)
    with Batch() as batch:
        active = [job for job in batch.ordered() if job["state"] != ENDED][::-1][: options.c]
        lines = [line_of(job, options.o) for job in active]  # states may change when the batch is left
    print("".join(line + "\n" for line in lines), end="")


def line_of(job, text):
    for name, value in (("id.dec", job["id"]), ("name", job["name"]), ("state", STATES[job["state"]]),
                        ("nodelist", "node1" if job["state"] == "running" else "")):
        text = text.replace("{" + name + "}", str(value))
    return text


def each(words, act):
    failed = False
    with Batch() as batch:
        for word in words:
            job = batch.jobs.get((int(word.lstrip("ƒ")), 0))
            if not job or job["state"] == ENDED:
                print(f"flux: ERROR: {word}: job is inactive" if job else f"flux: ERROR: {word}: unknown job id", file=sys.stderr)
                failed = True
            else:
                act(batch, job)
    sys.exit(1 if failed else 0)


verb, rest = sys.argv[1], sys.argv[2:]
if verb == "submit":
    submit(rest)
elif verb == "jobs":
    jobs(rest)
elif verb == "cancel":
    each(rest, lambda batch, job: batch.end(job))
elif verb == "job" and rest[:2] == ["kill", "-s"]:
    each(rest[3:], lambda batch, job: batch.signal(job, signal.Signals["SIG" + rest[2]]))
else:
    fail(f"flux: unknown command {verb}")
