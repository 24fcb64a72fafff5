"""An Optuna study that is rebuilt from the directory: proposal k of the run is Optuna's trial number k."""
import hashlib

import optuna
from optuna.trial import TrialState, create_trial

from search_space import Misfit, SearchSpace

RUN = "optuna"

# What they propose follows from what they proposed before: their state is rebuilt by letting them propose again.
WITH_STATE = (optuna.samplers.BaseGASampler, optuna.samplers.CmaEsSampler, optuna.samplers.QMCSampler)


class Running:
    """A trial that Optuna waits for."""

    def __init__(self, asked):
        self.asked, self.offset, self.steps = asked, 0, set()

    def report(self, step, value):
        """Whether the pruner would end it."""
        if step in self.steps:  # an earlier attempt told it
            return False
        self.steps.add(step)
        self.asked.report(value, step)
        return self.asked.should_prune()


class StudyRecord:
    """`samplers` makes a sampler from a seed; `metric` is (name, direction) of the intermediate values."""

    def __init__(self, experiment, settings, samplers, pruner, metric):
        self.experiment, self.samplers, self.pruner = experiment, samplers, pruner
        self.space = SearchSpace(settings.get("space", {}))
        self.objectives = experiment.objectives(settings)
        self.seed = settings.get("optimizer", {}).get("seed", 1)
        self.metric, direction = metric or self.objectives[0]
        self.sign = 1 if direction == self.objectives[0][1] else -1
        self.running, self.left_out = {}, 0

    def rebuild(self, book):
        """Forgets everything, and hears of all trials: ours by their numbers, other people's in the gaps and after."""
        ours, others = book.of_run(RUN), self._others(book)
        after = max(ours, default=-1) + 1
        sampler = self.samplers(self._seed_of(after))
        replayer = sampler if isinstance(sampler, WITH_STATE) else optuna.samplers.RandomSampler()
        self.study = optuna.create_study(directions=[direction for _, direction in self.objectives],
                                         sampler=replayer, pruner=self.pruner)
        self.running, self.left_out = {}, 0
        for number in range(after):
            trial = ours[number] if number in ours else others.pop(0) if others else None
            if trial is None or not self._hear_again(trial, book.trials[trial]):
                self.study.add_trial(create_trial(state=TrialState.FAIL))
        for trial in others:
            self._hear_again(trial, book.trials[trial])
        self.study.sampler = sampler
        self._enqueue_default(bool(ours))

    def propose(self, seen):
        """(config, what stands in its `_trial`); published() follows, or rebuild()."""
        self.asked = self.study.ask()
        config = self.space.suggest(self.asked)
        number = self.asked.number
        return config, {"run": RUN, "k": number, "seen": seen, "seed": self._seed_of(number),
                        "sampler": "optuna " + type(self.study.sampler).__name__}

    def published(self, trial):
        self.asked.set_user_attr("trial", trial)
        self.running[trial] = Running(self.asked)

    def report(self, trial):
        """Tells new intermediate values. Whether the pruner would end the trial."""
        if len(self.objectives) > 1:
            return False  # Optuna has none then
        running = self.running[trial]
        lines, running.offset = self.experiment.metrics(trial, running.offset)
        return any([running.report(line["step"], self.sign * line[self.metric]) for line in lines if self.metric in line])

    def hear(self, trial, outcome):
        """Tells how it ended. A trial that is not running here is not of this space."""
        if trial not in self.running:
            return
        self.report(trial)
        asked = self.running.pop(trial).asked
        values = [outcome["values"].get(name) for name, _ in self.objectives]
        if outcome["state"] == "complete" and None not in values:
            self.study.tell(asked, values)
        else:
            self.study.tell(asked, state=TrialState.PRUNED if outcome["state"] == "pruned" else TrialState.FAIL)

    def best(self):
        """[(trial id, values)]: the best, or the Pareto front."""
        complete = any(trial.state == TrialState.COMPLETE for trial in self.study.trials)
        return [(trial.user_attrs["trial"], trial.values) for trial in (self.study.best_trials if complete else [])]

    def _hear_again(self, trial, booked):
        try:
            config = self.space.adopt(booked.params)
        except Misfit:
            self.left_out += 1
            return False
        self.study.enqueue_trial(self.space.searched(config))
        self.asked = self.study.ask()
        if isinstance(self.study.sampler, WITH_STATE):
            self.asked.relative_params  # drawn when it is looked at, which fixed values alone do not ask for
        self.space.suggest(self.asked)
        self.published(trial)
        self.report(trial)
        if booked.outcome:
            self.hear(trial, booked.outcome)
        return True

    def _others(self, book):
        """Complete trials of people and of other runs, in the order in which they ended."""
        found = [(booked.outcome.get("seq", 0), trial) for trial, booked in book.trials.items()
                 if (booked.key is None or booked.key[0] != RUN) and booked.outcome
                 and booked.outcome["state"] == "complete"]
        return [trial for _, trial in sorted(found)]

    def _enqueue_default(self, proposed):
        default = self.space.default()
        if default is None or proposed:
            return
        default = self.space.searched(default)
        if not any(trial.params == default for trial in self.study.trials):
            self.study.enqueue_trial(default)

    def _seed_of(self, number):
        """Another one for each number: who was started again must not draw what was drawn before."""
        digits = hashlib.sha256(("%d %d" % (self.seed, number)).encode()).hexdigest()
        return int(digits[:8], 16) & 0x7FFFFFFF or 1
