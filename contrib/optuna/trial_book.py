"""What lies in trials/, as an optimizer needs it."""
import os

import trialwatch


class BookedTrial:
    """A trial of the experiment's owner. `key` is (run, k), None in one that no optimizer proposed."""

    def __init__(self, config):
        own = config.get("_trial")
        own = own if isinstance(own, dict) else {}
        proposed = isinstance(own.get("run"), str) and own["run"] and isinstance(own.get("k"), int) and own["k"] >= 0
        self.key = (own["run"], own["k"]) if proposed else None
        self.params = trialwatch.parameters(config)
        self.outcome = None


class TrialBook:
    def __init__(self, experiment):
        self.experiment, self.trials = experiment, {}
        self.owner = os.stat(experiment.path).st_uid

    def look_at_all(self, group):
        """Whether an ending that was known is no more: somebody tried the trial again. OSError: not all was seen."""
        listed = self.experiment.ids()
        for trial in listed:
            if trial not in self.trials:
                self._admit(trial, group)
        for trial in set(self.trials) - set(listed):
            self._miss(trial)
        return any([self._look_again(trial) for trial in listed if trial in self.trials])

    def look_at_live(self):
        for trial, booked in self.trials.items():
            if booked.outcome is None:
                booked.outcome = self.experiment.outcome(trial)

    def add(self, trial, config):
        self.trials[trial] = BookedTrial(config)

    def of_run(self, run):
        """{k: id}. Of two with the same k the watcher refuses one."""
        found = {}
        for trial, booked in sorted(self.trials.items(), key=lambda item: (_is_refused(item[1]), item[0])):
            if booked.key and booked.key[0] == run:
                found.setdefault(booked.key[1], trial)
        return found

    def proposals(self):
        """Of all runs."""
        return len({booked.key for booked in self.trials.values() if booked.key})

    def live(self):
        return [trial for trial, booked in self.trials.items() if booked.key and booked.outcome is None]

    def seen(self):
        return max((booked.outcome.get("seq", 0) for booked in self.trials.values() if booked.outcome), default=0)

    def _admit(self, trial, group):
        config = self.experiment.config(trial)
        if config is None:
            return
        mine = os.stat(self.experiment.file("trials", trial, "config.json")).st_uid == self.owner
        if mine or group:  # [5.7]
            self.add(trial, config)

    def _look_again(self, trial):
        booked = self.trials[trial]
        if booked.outcome and booked.outcome["state"] == "complete":  # for good ([5.5])
            return False
        before, booked.outcome = booked.outcome, self.experiment.outcome(trial)
        return before is not None and before != booked.outcome

    def _miss(self, trial):
        """A person removed it, unless a watcher is making it anew."""
        booked = self.trials[trial]
        try:
            set_aside = os.listdir(self.experiment.file(".trialwatch", "zombies"))
        except FileNotFoundError:
            set_aside = []
        if booked.outcome is None and not any(name.startswith(trial + ".") for name in set_aside):
            booked.outcome = {"state": "killed", "reason": "its directory was removed", "values": {}}


def _is_refused(booked):
    return bool(booked.outcome) and booked.outcome.get("kind") == "duplicate"
