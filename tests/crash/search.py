"""One small search with every kind of request in it, which must come to the same end whatever is struck.

Two trials made by hand (one is stopped, one is killed) and five that trialopt proposes: train -> flow x 2 -> metric.
One proposal's metric fails once and is tried again by itself, another's until a person mends it and asks for a
retry. Meanwhile the search is paused and resumed, and at last one more trial is made by hand.
"""
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "e2e"))
import wrapper  # noqa: E402
from lab import Lab, program, wait_for  # noqa: E402

STRIKE = os.path.abspath(os.environ.get("TRIALWATCH_STRIKE", program("test_strike")))

PATIENCE = 90  # seconds without a turn for the better; a search takes about one

SCRIPT = '#!/bin/sh\necho "$TRIAL_ID $TRIAL_STAGE $TRIAL_TASK $TRIAL_ATTEMPT" >> \'{starts}\'\n'
# Trials made by hand wait for their request: x tells them apart.
TRAIN = SCRIPT + """mkdir -p flows/results
for i in 1 2; do echo '{{}}' > flows/$i.json; done
case $(cat config.json) in
    *0.25*|*0.75*) touch waiting; until [ -e stop ]; do sleep 0.05; done ;;
esac
touch training_done
"""
FLOW = SCRIPT + 'echo "{{}}" > "flows/results/${{1##*/}}"\n'
METRIC = SCRIPT + """case $(cat config.json) in
    *'"k":1,'*) [ -e '{failed}' ] || {{ touch '{failed}'; exit 3; }} ;;
    *'"k":2,'*) [ -e '{mended}' ] || exit 4 ;;
esac
echo "{{\\"cost\\": $("$TRIALCTL" get x)}}" > result.json
"""

SETTINGS = {
    "optimizer": {"sampler": "random", "trials": 5, "seed": 7, "parallel": 3},
    "limits": {"infra_delay": 0.05},
    "stages": [{"name": "train", "command": ["./train.sh"], "done": "training_done", "grace": 0.5},
               {"name": "flow", "command": ["./flow.sh"], "array": "flows/*.json"},
               {"name": "metric", "command": ["./metric.sh"], "retries": 1, "retry_delay": 0.05}]}

ARGUMENTS = {"trialwatch": ["--until-done", "--poll", "0.05", "--jobs", "6"], "trialopt": ["--poll", "0.05"]}


class Stuck(Exception):
    """The search did not come to its end, or a program did what none may do."""


class Search:
    """`struck` names the program that is struck once, `blow` is what strike(1) is told about it. Struck "all"
    traces every program and wrapper, each to a log of its own."""

    def __init__(self, struck="", blow=(), home=None, path=None):
        self.struck, self.blow = struck, list(blow)
        self.lab = Lab(directory=home, path=path, **SETTINGS)
        self.home, self.path = self.lab.home, self.lab.path
        # What the test itself remembers lies outside: a power loss takes nothing of it.
        self.starts_log, self.mended = os.path.join(self.home, "starts.log"), os.path.join(self.home, "mended")
        ours = {"starts": self.starts_log, "mended": self.mended, "failed": os.path.join(self.home, "failed")}
        for name, text in (("train.sh", TRAIN), ("flow.sh", FLOW), ("metric.sh", METRIC)):
            self.lab.script(name, text.format(**ours))
        if struck == "all" or struck.startswith("wrapper:"):
            wrapper.install_shim(self)
        self.running, self.ended, self.left = {}, set(), []

    def close(self):
        self.lab.close()

    # --- what is struck ---

    def log_of(self, name):
        return os.path.join(self.home, "strike-" + name.replace("/", "_") + ".log")

    def strike(self, name):
        """The words that come before a traced program's."""
        return [STRIKE, "--log", self.log_of(name), "--under", self.path, *self.blow, "--"]

    def before(self, name):
        if self.struck == "all":
            return self.strike(name)
        if name != self.struck:
            return []
        self.struck = ""  # once
        return self.strike(name)

    # --- programs ---

    def start(self, name):
        with open(os.path.join(self.home, name + ".log"), "a") as log:
            words = [*self.before(name), program(name), self.path, *ARGUMENTS[name]]
            self.running[name] = self.lab.spawn(words, stdout=log, stderr=log)

    def tend(self):
        """Starts again what was struck down, and what left because of an error."""
        for name, process in list(self.running.items()):
            if process.poll() is None:
                continue
            del self.running[name]
            if process.returncode == 0:
                self.ended.add(name)
            else:
                self.note_leaving(name, process.returncode, self.last_words(name)[-400:])
                self.start(name)

    def note_leaving(self, name, status, said=""):
        self.left.append((name, status, said))
        if len(self.left) > 6:
            raise Stuck(f"programs leave again and again: {self.left}")

    def ctl(self, verb, *words, called=None, obeyed=()):
        """One command of a person, who gives it again when it failed or was killed. Refused with one of the words
        of `obeyed` it was obeyed the first time."""
        name = "trialctl:" + (called or verb)
        while True:
            done = self.lab.run_words([*self.before(name), program("trialctl"), verb, self.path, *words])
            if done.returncode == 0 or any(words in done.stdout for words in obeyed):
                return
            self.note_leaving(name, done.returncode, done.stdout.strip())
            self.tend()

    def last_words(self, name):
        try:
            with open(os.path.join(self.home, name + ".log")) as log:
                return log.read().strip()
        except FileNotFoundError:
            return ""

    # --- the story ---

    def run(self):
        self.ctl("new", "--set", "x=0.25")
        self.ctl("new", "--set", "x=0.75")
        for name in ARGUMENTS:
            self.start(name)
        self.requests()
        self.until("both programs have ended", lambda: not self.running)

    def requests(self):
        self.until("k=2 has failed", lambda: self.states(k=2) == ["failed"])
        open(self.mended, "w").close()
        self.ctl("retry", *self.trials(k=2), obeyed=("is running", "is complete"))
        self.until("the optimizer has ended", lambda: "trialopt" in self.ended)
        self.ctl("pause")
        self.until("the search is paused", lambda: self.lab.exists(".trialwatch/paused"))
        self.ctl("resume")
        self.until("the search is resumed", lambda: not self.lab.exists(".trialwatch/paused"))
        self.end_waiting("kill", 0.75)
        self.ctl("new", "--set", "x=0.5", called="another")
        self.end_waiting("stop", 0.25)

    def end_waiting(self, verb, x):
        trials = self.trials(x=x, k=None)
        self.until(f"x={x} waits", lambda: all(self.lab.exists(f"trials/{trial}/waiting") for trial in trials))
        self.ctl(verb, *trials)

    def until(self, what, holds):
        end = time.monotonic() + PATIENCE
        while True:
            self.tend()
            if holds():
                return
            if time.monotonic() > end:
                raise Stuck("never seen: " + what)
            time.sleep(0.01)

    # --- what came out ---

    def config(self, trial):
        """(k or None, x); None where no config is."""
        try:
            config = json.loads(self.lab.read(f"trials/{trial}/config.json"))
        except (FileNotFoundError, NotADirectoryError):
            return None
        return config.get("_trial", {}).get("k"), config["x"]

    def trials(self, **wanted):
        found = []
        for trial in self.lab.names("trials"):
            config = self.config(trial)
            if config and all(dict(zip("kx", config))[name] == value for name, value in wanted.items()):
                found.append(trial)
        return found

    def states(self, **wanted):
        return [(self.lab.outcome(trial) or {}).get("state") for trial in self.trials(**wanted)]

    def results(self):
        """(k or None, x, state, values) by trial."""
        found = {}
        for trial in self.trials():
            outcome = self.lab.outcome(trial) or {}
            found[trial] = (*self.config(trial), outcome.get("state"), outcome.get("values"))
        return found

    def numbers(self):
        return [(self.lab.outcome(trial) or {}).get("seq") for trial in self.trials()]

    def starts(self):
        with open(self.starts_log) as file:
            return file.read().splitlines()

    def empty_trials(self):
        """Numbers that were reserved and no more: the proposer was struck between mkdir and the first file."""
        return [name for name in self.lab.names("trials") if not self.lab.names("trials/" + name)]

    def left_behind(self):
        found = [os.path.relpath(path, self.path) for path in self.lab.leftovers()]
        found += ["claims/" + name for name in self.lab.names(".trialwatch/claims")]
        found += [place + "/" + name for place in ("trials", ".trialwatch/zombies", ".trialwatch/scripts")
                  for name in self.lab.names(place) if name.startswith(".")]
        return found
