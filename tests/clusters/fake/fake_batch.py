"""What the fake batch systems have in common: jobs are real background processes, and one directory, $FAKE_BATCH, knows
of them. No daemon: each command first starts what fits (CPUS slots) and notes what ended.

A job is a directory FAKE_BATCH/jobs/ID.INDEX with `job` (JSON) and, written by the process itself, `rc`.
"""
import fcntl
import json
import os
import signal
import subprocess
import time

ROOT = os.environ.get("FAKE_BATCH", "/nonexistent")
CPUS = int(os.environ.get("FAKE_BATCH_CPUS", "8"))
ENDED = "ended"


class Batch:
    """Used as `with Batch() as batch`: alone, and up to date."""

    def __enter__(self):
        os.makedirs(ROOT + "/jobs", exist_ok=True)
        self.lock = open(ROOT + "/lock", "w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.jobs = {}
        for name in os.listdir(ROOT + "/jobs"):
            try:
                with open(f"{ROOT}/jobs/{name}/job") as file:
                    job = json.load(file)
            except FileNotFoundError:  # its submitter was killed
                continue
            self.jobs[job["id"], job["index"]] = job
        self.refresh()
        return self

    def __exit__(self, *_):
        self.refresh()
        self.lock.close()

    def next_id(self):
        return 1 + max([number for number, _ in self.jobs], default=100)

    def add(self, number, index, **job):
        job.update(id=number, index=index, state="queued", pid=0)
        self.jobs[number, index] = job
        os.makedirs(self.place(job))
        self.save(job)

    def place(self, job):
        return f"{ROOT}/jobs/{job['id']}.{job['index']}"

    def save(self, job):
        with open(self.place(job) + "/job.new", "w") as file:
            json.dump(job, file)
        os.rename(self.place(job) + "/job.new", self.place(job) + "/job")

    def ordered(self):
        return [self.jobs[key] for key in sorted(self.jobs)]

    def refresh(self):
        for job in self.ordered():
            if job["state"] == "running" and not lives(job["pid"], self.place(job)):
                job["state"] = ENDED
                self.save(job)
        used = sum(job["cpus"] for job in self.jobs.values() if job["state"] == "running")
        for job in self.ordered():
            if job["state"] == "queued" and used + job["cpus"] <= CPUS:
                used += job["cpus"]
                self.start(job)

    def start(self, job):
        place = self.place(job)
        with open(place + "/script", "w") as file:
            file.write(job["script"])
        words = job["words"] or ["/bin/sh", place + "/script"]
        environment = {**job["environment"], **job["variables"]}
        with open(job["log"], "a") as log:
            process = subprocess.Popen(words, cwd="/", env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       start_new_session=True)
        job.update(state="running", pid=process.pid)
        self.save(job)

    def end(self, job):
        """Removed at once, with everything that it runs."""
        if job["state"] == "running":
            self.signal(job, signal.SIGKILL)
            while lives(job["pid"], self.place(job)):
                time.sleep(0.01)
        job["state"] = ENDED
        self.save(job)

    def signal(self, job, number):
        try:
            os.killpg(job["pid"], number)
        except ProcessLookupError:
            pass


def lives(pid, place):
    """A process of this job: numbers are given again, and whoever has it then leads another session."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # gone before it was opened, or before it was read
        return False


def numbers_in(ranges):
    """1-4,7,9-13:2"""
    for part in ranges.split(","):
        span, _, step = part.partition(":")
        first, _, last = span.partition("-")
        yield from range(int(first), int(last or first) + 1, int(step or 1))


def environment_of(names=None):
    """The submitter's variables by name; None: all."""
    kept = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "FAKE_BATCH": ROOT}
    return {**(dict(os.environ) if names is None else {name: os.environ[name] for name in names if name in os.environ}), **kept}
