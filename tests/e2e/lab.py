"""An experiment directory to test the real programs in: scripts that count their own starts."""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

BIN = os.environ["TRIALWATCH_BIN"]

# Every script notes its start in starts.log, one line per start, before anything else.
COUNTED = '#!/bin/sh\necho "$TRIAL_ID $TRIAL_STAGE $TRIAL_TASK $TRIAL_ATTEMPT" >> "$TRIAL_EXPERIMENT/starts.log"\n'

TRAIN = COUNTED + 'mkdir -p flows/results; for i in 1 2 3; do echo "{}" > flows/$i.json; done; touch training_done\n'
# As long as the test wants: until there is a file `go`.
HELD_TRAIN = COUNTED + 'until [ -e "$TRIAL_EXPERIMENT/go" ]; do sleep 0.05; done\n' + TRAIN.split("\n", 2)[2]
FLOW = COUNTED + 'echo "{}" > "flows/results/$(basename "$1")"\n'
METRIC = COUNTED + 'echo "{\\"cost\\": $("$TRIALCTL" get x)}" > result.json\n'

SPACE = {"x": {"type": "float", "low": 0, "high": 1, "default": 0.5}}


def program(name):
    return os.path.join(BIN, name)


class Lab:
    """One experiment in a fresh directory. Keyword arguments are put into experiment.json."""

    def __init__(self, train=TRAIN, flow=FLOW, metric=METRIC, directory=None, path=None, **settings):
        self.home = directory or tempfile.mkdtemp(prefix="trialwatch-test-")
        self.path = path or os.path.join(self.home, "experiment")
        os.makedirs(self.path)
        self.processes = []
        self.prefix = []  # words before every command
        self.settings = {"format": 1, "space": SPACE, "optimizer": {"sampler": "random", "trials": 4},
                         "limits": {"infra_delay": 0.2}}
        self.settings.update(settings)
        self.write_settings()
        for name, text in (("train.sh", train), ("flow.sh", flow), ("metric.sh", metric)):
            self.script(name, text)

    def write_settings(self, **settings):
        self.settings.update(settings)
        self.put("experiment.json", json.dumps(self.settings))

    def put(self, name, text):
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".new", "w") as file:
            file.write(text)
        os.rename(path + ".new", path)

    def script(self, name, text):
        path = os.path.join(self.path, name)
        self.put(name, text)
        os.chmod(path, 0o755)

    def trial(self, name, **params):
        self.put(f"trials/{name}/config.json", json.dumps(params or {"x": 0.5}))

    def run(self, name, *args, **options):
        return self.run_words([program(name), *args], **options)

    def run_words(self, words, timeout=120, **options):
        return subprocess.run(self.prefix + words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout,
                              **options)

    def ctl(self, verb, *args, **options):
        return self.run("trialctl", verb, self.path, *args, **options)

    def start(self, name, *args, terminal=None, **options):
        """Runs in the background; what it says goes to NAME.log, or to the terminal that is given."""
        with open(os.path.join(self.home, name + ".log"), "a") as log:
            out = terminal if terminal is not None else log
            return self.spawn([program(name), self.path, *args], stdout=out, stderr=out, **options)

    def spawn(self, words, **options):
        process = subprocess.Popen(self.prefix + words, **options)
        self.processes.append(process)
        return process

    def watch(self, *args, timeout=120, **options):
        """Runs the watcher until every trial has ended."""
        return self.run("trialwatch", self.path, "--until-done", "--poll", "0.1", *args, timeout=timeout, **options)

    def read(self, name):
        with open(os.path.join(self.path, name)) as file:
            return file.read()

    def said(self, name):
        """What a program that start() began has said."""
        with open(os.path.join(self.home, name + ".log")) as log:
            return log.read()

    def outcome(self, trial):
        try:
            return json.loads(self.read(f"trials/{trial}/outcome.json"))
        except FileNotFoundError:
            return None

    def exists(self, name):
        return os.path.lexists(os.path.join(self.path, name))

    def names(self, directory):
        return sorted(os.listdir(os.path.join(self.path, directory)))

    def starts(self):
        """Lines "trial stage task attempt", one per start of a script."""
        return self.read("starts.log").splitlines() if self.exists("starts.log") else []

    def leftovers(self):
        """What an ended search must not leave behind."""
        private = os.path.join(self.path, ".trialwatch")
        found = []
        for place in ("claims", "spool"):
            for folder, folders, files in os.walk(os.path.join(private, place)):
                found += [os.path.join(folder, name) for name in files]
        for folder, folders, files in os.walk(self.path):
            found += [os.path.join(folder, name) for name in files if name.endswith(".tmp")]
        return found

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()
        self.end_jobs()
        shutil.rmtree(self.home, ignore_errors=True)

    def end_node(self, agent):
        """The agent of this id and all that it runs, at once, as when a node loses its power."""
        os.kill(json.loads(self.read(f".trialwatch/agents/{agent}/agent.json"))["pid"], signal.SIGKILL)
        end_all(processes_with(f"TRIALWATCH_AGENT={agent}"))

    def living(self):
        """Wrappers and scripts of this experiment, and what they started."""
        return [pid for pid in processes_with(f"TRIAL_EXPERIMENT={self.path}") if pid != os.getpid()]

    def end_jobs(self):
        end_all(self.living())


def processes_with(entry):
    """Those with this entry in their environment. One that ends meanwhile, or is another user's, is none."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/environ", "rb") as file:
            if f"{entry}\0".encode() in file.read():
                found.append(int(pid))
    return found


def end_all(pids):
    """As a machine that loses its power does: none of them sees the end of another."""
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


def wait_for(what, seconds=120, step=0.02):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(step)
    return False


class LabTest(unittest.TestCase):
    def lab(self, **settings):
        lab = Lab(**settings)
        self.addCleanup(lab.close)
        return lab

    def assert_clean(self, lab):
        self.assertEqual(lab.leftovers(), [])

    def assert_started_once(self, lab):
        starts = lab.starts()
        self.assertEqual(len(starts), len(set(starts)), "a script was started twice for one attempt")
