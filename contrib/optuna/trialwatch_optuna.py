#!/usr/bin/env python3
"""An Optuna study as the optimizer of an experiment: what it proposes and hears are files, a watcher runs the trials.

Killed at any moment and started again it goes on: all that it knows is in the directory."""
import argparse
import contextlib
import importlib
import os
import signal
import sys
import time
import warnings

sys.path.append(os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "python"))

import optuna  # noqa: E402
import trialwatch  # noqa: E402

from optimizer_role import Held, Role  # noqa: E402
from study_record import StudyRecord  # noqa: E402
from trial_book import TrialBook  # noqa: E402

LOOK_EVERY = 10  # seconds between looks at all of trials/

SAMPLERS = {
    "tpe": lambda seed: optuna.samplers.TPESampler(seed=seed),
    "random": lambda seed: optuna.samplers.RandomSampler(seed=seed),
    "gp": lambda seed: optuna.samplers.GPSampler(seed=seed),
    "cmaes": lambda seed: optuna.samplers.CmaEsSampler(seed=seed),
    "nsga2": lambda seed: optuna.samplers.NSGAIISampler(seed=seed),
    "nsga3": lambda seed: optuna.samplers.NSGAIIISampler(seed=seed),
    "qmc": lambda seed: optuna.samplers.QMCSampler(seed=seed),
}
PRUNERS = {
    "none": optuna.pruners.NopPruner,
    "median": optuna.pruners.MedianPruner,
    "percentile": lambda: optuna.pruners.PercentilePruner(25.0),
    "asha": optuna.pruners.SuccessiveHalvingPruner,
    "hyperband": optuna.pruners.HyperbandPruner,
}


class Search:
    def __init__(self, experiment, options):
        self.experiment, self.options = experiment, options
        self.book, self.role = TrialBook(experiment), Role(experiment)
        self.tag = self._tag()
        self._read(experiment.settings())
        self.stale = True  # the study does not know what the directory holds
        self.last_look = None

    def run(self):
        self.role.take(self.options.takeover)
        with contextlib.ExitStack() as stack:
            stack.callback(self.role.release)
            self._start()
            while not self.is_finished():
                self._step_or_say()
                time.sleep(0 if self.is_finished() else self.options.poll)
        self._say_best()

    def _start(self):
        if self.role.owner() != self.book.owner and not self.group:
            raise trialwatch.ProtocolError("the experiment belongs to another user: a watcher would leave our trials alone")
        self._look()
        self.wanted = self.role.goal(self.declared)
        if self.options.trials:
            more = self.options.trials.startswith("+")
            self.wanted = int(self.options.trials) + (self.book.proposals() if more else 0)
            self.role.publish_goal(self.wanted, self.declared)
        say("%d of %d trials proposed, at most %d in flight" % (self.book.proposals(), self.wanted, self.parallel))
        if self.record.left_out:
            say("%d trials are left out: not of this space" % self.record.left_out)

    def is_finished(self):
        return self.book.proposals() >= self.wanted and not self.book.live()

    def _step_or_say(self):
        """What could not be read or written may be there nevertheless: only a look at everything tells."""
        try:
            self._step()
        except OSError as error:
            say("%s; nothing is proposed until this is mended" % error)
            self.stale = True

    def _step(self):
        self.role.keep()
        self._look()
        for trial in list(self.record.running):
            if self.record.report(trial) and trial not in self.stopped:
                self.experiment.stop(trial, "not promising", by="pruner")
                self.stopped.add(trial)
                say("trial %s: stop asked for" % trial)
        while self._has_room() and not self.experiment.is_paused():
            self.role.keep()
            self._propose()

    def _look(self):
        if self.stale or self.last_look is None or time.monotonic() - self.last_look >= LOOK_EVERY:
            news = [self._reread_experiment(), self.book.look_at_all(self.group)]
            self.stale = self.stale or any(news)
            self.last_look = time.monotonic()
        else:
            self.book.look_at_live()
        if self.stale:
            self.record.rebuild(self.book)
            self.stopped = set()
            self.stale = False
        for trial in list(self.record.running):
            if self.book.trials[trial].outcome:
                self._hear(trial, self.book.trials[trial].outcome)

    def _hear(self, trial, outcome):
        self.record.hear(trial, outcome)
        values = " ".join("%s=%g" % (name, outcome["values"][name]) for name, _ in self.record.objectives
                          if name in outcome["values"])
        say("trial %s is %s  %s" % (trial, outcome["state"], values or outcome.get("reason", "")))

    def _has_room(self):
        return self.book.proposals() < self.wanted and len(self.book.live()) < self.parallel

    def _propose(self):
        config, proposal = self.record.propose(self.book.seen())
        trial = self.experiment.submit(config, **proposal)
        self.record.published(trial)
        self.book.add(trial, {**config, "_trial": proposal})
        say("trial %s proposed (k=%d)  %s" % (trial, proposal["k"], " ".join("%s=%s" % one for one in config.items())))

    def _reread_experiment(self):
        tag = self._tag()
        if tag == self.tag:
            return False
        self.tag = tag
        before = self.declared
        try:
            self._read(self.experiment.settings())
        except (trialwatch.ProtocolError, ValueError, KeyError, TypeError) as error:
            say("experiment.json: %s; the search goes on as before" % error)
            return False
        if self.declared != before:
            self.wanted = self.declared
        return True

    def _read(self, settings):
        optimizer = settings.get("optimizer", {})
        told = optimizer.get("pruner", {})
        metric = (told["metric"], told.get("direction", "minimize")) if told.get("metric") else None
        self.record = StudyRecord(self.experiment, settings, self.options.sampler, self.options.pruner(), metric)
        self.group, self.declared = settings.get("group", False), optimizer.get("trials", 100)
        self.parallel = self.options.parallel or optimizer.get("parallel", 0) or _slots(settings)

    def _tag(self):
        found = os.stat(self.experiment.file("experiment.json"))
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _say_best(self):
        for trial, values in self.record.best()[:5]:
            pairs = zip(self.record.objectives, values)
            say("best: %s  %s" % (trial, " ".join("%s=%g" % (name, value) for (name, _), value in pairs)))


def _slots(settings):
    local = settings.get("backend", {}).get("type", "local") == "local"
    cpus = settings.get("backend", {}).get("options", {}).get("cpus", 0) if local else 0
    return int(cpus) or len(os.sched_getaffinity(0))


def say(text):
    print(text, flush=True)


def chosen(table):
    """NAME of the table, or MODULE:FUNCTION, looked for where we were started."""
    def choose(word):
        if word in table:
            return table[word]
        module, _, function = word.partition(":")
        if not function:
            raise argparse.ArgumentTypeError("%r is neither one of %s nor MODULE:FUNCTION" % (word, ", ".join(table)))
        sys.path.append(os.getcwd())
        return getattr(importlib.import_module(module), function)
    return choose


def number_of_trials(word):
    if not word.lstrip("+").isdigit():
        raise argparse.ArgumentTypeError("write 200, or +100 for so many more")
    return word


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("experiment")
    parser.add_argument("--sampler", type=chosen(SAMPLERS), default="tpe", metavar="NAME",
                        help="%s, or MODULE:FUNCTION, which is called with a seed; tpe unless said" % ", ".join(SAMPLERS))
    parser.add_argument("--pruner", type=chosen(PRUNERS), default="none", metavar="NAME",
                        help="%s, or MODULE:FUNCTION; none unless said" % ", ".join(PRUNERS))
    parser.add_argument("--trials", type=number_of_trials, metavar="N", help="how many are proposed, or +N more")
    parser.add_argument("--parallel", type=int, metavar="N", help="in flight; unless said as in experiment.json")
    parser.add_argument("--poll", type=float, default=0.5, metavar="SECONDS", help="between looks at live trials")
    parser.add_argument("--takeover", action="store_true", help="do not wait for an optimizer on another host")
    return parser.parse_args()


def main():
    warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    options = read_options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        experiment = trialwatch.Experiment(options.experiment)
        if len(experiment.objectives()) > 1 and options.pruner is not PRUNERS["none"]:
            raise trialwatch.ProtocolError("Optuna prunes where there is one objective only")
        Search(experiment, options).run()
    except KeyboardInterrupt:
        say("leaving; what runs goes on. The same command takes up")
        return 1
    except Held as error:
        say(str(error))
        return 1
    except (OSError, ValueError) as error:
        say("trialwatch_optuna: %s" % error)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
