"""A real batch system of its own for a test, and an experiment whose jobs run there.

tests/clusters/KIND/up.sh DIR starts it and leaves DIR/env, which puts its commands into a shell's reach; down.sh DIR
stops it. up.sh leaves with 77 where the system is not installed: the test is skipped, and says so.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

from lab import BIN, Lab, LabTest, program, wait_for  # noqa: E402

ROOT = HERE.parent.parent
COMMANDS = {
    "slurm": ["sbatch", "squeue", "scancel", "scontrol", "sacct", "sinfo"],
    "htcondor": ["condor_submit", "condor_q", "condor_rm", "condor_history", "condor_release", "condor_status"],
    "gridengine": ["qsub", "qstat", "qdel", "qacct", "qmod", "qhost"],
}
SKIPPED = 77
SHIM = """#!/bin/bash
words="$*"
printf "%s %s %s\\n" "$EPOCHREALTIME" {name} "${{words//[[:space:]]/ }}" >> "{log}"
exec "{real}" "$@"
"""


def cpu_list(text):
    cpus = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        cpus |= set(range(int(first), int(last or first) + 1))
    return cpus


class Cluster:
    def __init__(self, kind, **settings):
        """`settings` are environment variables of up.sh."""
        self.kind = kind
        self.directory = tempfile.mkdtemp(prefix=f"tw-{kind[:2]}-", dir="/tmp")
        self.settings = {key: str(value) for key, value in settings.items()}
        self.call("up.sh")
        self.environment = self.read_environment()
        self.log = None

    def call(self, script):
        done = subprocess.run([str(HERE / self.kind / script), self.directory], env={**os.environ, **self.settings},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
        if done.returncode == SKIPPED:
            shutil.rmtree(self.directory, ignore_errors=True)
            raise unittest.SkipTest(done.stdout.strip())
        if done.returncode != 0:
            raise RuntimeError(f"{self.kind}/{script}: {done.stdout}")

    def read_environment(self):
        shown = subprocess.run(["bash", "-c", f". '{self.directory}/env' && env -0"], stdout=subprocess.PIPE, check=True)
        return dict(entry.split("=", 1) for entry in shown.stdout.decode().split("\0") if "=" in entry)

    def count_calls(self):
        """From now on each command of the system is noted, with its time, before it is run."""
        if self.log:
            return
        shims = os.path.join(self.directory, "shims")
        self.log = os.path.join(self.directory, "calls.log")
        os.makedirs(shims, exist_ok=True)
        for name in COMMANDS[self.kind]:
            real = shutil.which(name, path=self.environment["PATH"])
            if not real:
                continue
            shim = os.path.join(shims, name)
            with open(shim, "w") as file:
                file.write(SHIM.format(name=name, log=self.log, real=real))
            os.chmod(shim, 0o755)
        self.environment["PATH"] = shims + ":" + self.environment["PATH"]

    def calls(self, name=None):
        """(time, command, its words) of each call; of one command if it is named."""
        if not os.path.exists(self.log):
            return []
        with open(self.log) as file:
            calls = [line.split(" ", 2) for line in file]
        return [(float(call[0]), *call[1:]) for call in calls if name in (None, call[1])]

    def run(self, *words, **options):
        return subprocess.run(words, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=120, **options)

    def close(self):
        self.call("down.sh")
        shutil.rmtree(self.directory, ignore_errors=True)


class ClusterLab(Lab):
    """An experiment on a cluster; programs run in its environment."""

    def __init__(self, cluster, options=None, **settings):
        self.cluster = cluster
        settings.setdefault("backend", {"type": cluster.kind, "options": {"visibility": "2s", **(options or {})}})
        super().__init__(**settings)

    def run_words(self, words, **options):
        return super().run_words(words, env=self.cluster.environment, **options)

    def spawn(self, words, **options):
        return super().spawn(words, env=self.cluster.environment, **options)


def values(lab):
    """Trial -> its values."""
    outcomes = {trial: lab.outcome(trial) for trial in lab.names("trials")}
    return {trial: outcome["values"] for trial, outcome in outcomes.items() if outcome and outcome["state"] == "complete"}


class ClusterTest(LabTest):
    kind = ""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(cls.kind, **cls.settings())
        cls.addClassCleanup(cls.cluster.close)

    @classmethod
    def settings(cls):
        return {}

    def lab(self, **settings):
        lab = ClusterLab(self.cluster, **settings)
        self.addCleanup(lab.close)
        return lab


def main():
    """As unittest.main(), but a run in which nothing ran because the system is not there leaves with 77."""
    done = unittest.main(module="__main__", exit=False, verbosity=2).result
    ran = done.testsRun - len(done.skipped)
    if done.wasSuccessful() and done.skipped and ran <= 0:
        for test, reason in done.skipped:
            print(f"SKIPPED: {reason}")
        sys.exit(SKIPPED)
    sys.exit(0 if done.wasSuccessful() else 1)
