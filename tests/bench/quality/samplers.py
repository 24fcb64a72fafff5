"""Samplers to compare, all with ask(k) -> params and tell(k, answer): ours behind a pipe, Optuna's and Rustuna's in this process."""
import importlib
import json
import os
import subprocess
import warnings


class Ours:
    def __init__(self, name, problem, seed, trials, workers, pruner=None):
        objectives = [{"name": f"y{i}", "direction": d} for i, d in enumerate(problem.directions)]
        experiment = {"format": 1, "objectives": objectives, "space": problem.space,
                      "optimizer": {"sampler": name, "trials": trials, "parallel": workers, "seed": seed,
                                    **({"pruner": pruner} if pruner else {})},
                      "stages": [{"name": "s", "command": ["true"], "done": "result.json"}]}
        if problem.constraints:
            experiment["constraints"] = {"outcomes": [{"name": f"c{i}", "upper": 0} for i in range(problem.constraints)]}
        server = os.path.join(os.environ["TRIALWATCH_BIN"], "sampler_server")
        self.server = subprocess.Popen([server], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.call({"experiment": json.dumps(experiment)})

    def send(self, request):
        self.server.stdin.write(json.dumps(request) + "\n")
        self.server.stdin.flush()

    def call(self, request):
        self.send(request)
        answer = json.loads(self.server.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def ask(self, k):
        return self.suggest(k)["params"]

    def suggest(self, k):
        """With "budget" and "parent" where there are any; nothing as long as more must end first."""
        try:
            return self.call({"ask": k})
        except RuntimeError as error:
            if "when those at work have ended" in str(error):
                return None
            raise

    def tell(self, k, answer):
        self.send({"tell": k, "values": answer.values,
                   "outcomes": {f"c{i}": value for i, value in enumerate(answer.constraints)}})

    def tell_curve(self, k, value, last):
        """Of a learning curve: its result, or nothing where it was stopped, and the last step with its value."""
        self.send({"tell": k, "values": None if value is None else [value], "last": last})

    def report(self, trial, step, value):
        """Whether the pruner stops it."""
        return self.call({"report": trial, "step": step, "value": value})["stop"]

    def end(self, trial, value):
        self.send({"end": trial, "value": value})

    def add(self, trial, params, answer):
        """Somebody else's trial."""
        self.send({"add": trial, "params": params, "values": answer.values})

    def close(self):
        self.server.stdin.close()
        self.server.wait()


def optuna_sampler(optuna, name, problem, seed, workers):
    samplers = optuna.samplers
    limits = {"constraints_func": lambda trial: trial.user_attrs["constraints"]} if problem.constraints else {}
    if name == "optuna-auto":  # what the AutoSampler of Optuna's hub (November 2026) takes for up to 250 trials
        if problem.kind in ("conditional", "mixed"):
            return samplers.TPESampler(seed=seed, multivariate=True, constant_liar=True, warn_independent_sampling=False, **limits)
        name = "optuna-gp"
    if name == "optuna-tpe":
        return samplers.TPESampler(seed=seed, **limits)
    if name == "optuna-tpe-multi":
        return samplers.TPESampler(seed=seed, multivariate=True, group=True, constant_liar=workers > 1, **limits)
    if name == "optuna-gp":
        return samplers.GPSampler(seed=seed, **limits)
    if name == "optuna-cmaes":
        return samplers.CmaEsSampler(seed=seed)
    if name == "optuna-nsga2":
        return samplers.NSGAIISampler(seed=seed, **limits)
    if name == "optuna-random":
        return samplers.RandomSampler(seed=seed)
    raise ValueError(name)


def rustuna_sampler(rustuna, name, problem, seed, workers):
    return rustuna.samplers.TPESampler(seed=seed, multivariate={"rustuna-tpe": False, "rustuna-tpe-multi": True}[name])


class Study:
    """Of Optuna, or of Rustuna, which has the same calls."""

    def __init__(self, name, problem, seed, trials, workers):
        package = self.package = importlib.import_module(name.split("-")[0])
        importlib.import_module(f"{package.__name__}.trial")
        if package.__name__ == "optuna":
            package.logging.set_verbosity(package.logging.ERROR)
        warnings.simplefilter("ignore")
        make_sampler = optuna_sampler if package.__name__ == "optuna" else rustuna_sampler
        self.study = package.create_study(directions=list(problem.directions),
                                          sampler=make_sampler(package, name, problem, seed, workers))
        self.space = problem.space
        self.trials = {}

    def draw(self, trial, name, spec):
        if spec.get("ordered"):  # Optuna knows an order of numbers only
            return spec["choices"][trial.suggest_int(name, 0, len(spec["choices"]) - 1)]
        if spec["type"] == "categorical":
            return trial.suggest_categorical(name, spec["choices"])
        if spec["type"] == "int":
            return trial.suggest_int(name, spec["low"], spec["high"], log=spec.get("log", False))
        return trial.suggest_float(name, spec["low"], spec["high"], log=spec.get("log", False))

    def ask(self, k):
        trial = self.trials[k] = self.study.ask()
        params = {}
        for name, spec in self.space.items():
            wanted = spec.get("when", {})
            if all(params.get(parent) == value for parent, value in wanted.items()):
                params[name] = self.draw(trial, name, spec)
        return params

    def tell(self, k, answer):
        trial = self.trials.pop(k)
        trial.set_user_attr("constraints", answer.constraints)
        if answer.values is None:
            self.study.tell(trial.number, state=self.package.trial.TrialState.FAIL)
        else:
            self.study.tell(trial.number, answer.values)

    def add(self, trial, params, answer):
        kinds = {name: self.package.distributions.FloatDistribution(spec["low"], spec["high"]) for name, spec in self.space.items()}
        make = getattr(self.package, "create_trial", None) or self.package.trial.create_trial
        self.study.add_trial(make(params=params, distributions=kinds, values=answer.values))

    def close(self):
        pass


def make(name, problem, seed, trials, workers):
    return (Study if name.startswith(("optuna-", "rustuna-")) else Ours)(name, problem, seed, trials, workers)
