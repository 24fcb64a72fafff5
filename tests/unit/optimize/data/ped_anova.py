#!/usr/bin/env python3
"""Makes ped_anova.csv: a search, and what PedAnovaImportanceEvaluator of Optuna 5.0.0 says of it.

    build/venv/bin/python tests/unit/optimize/data/ped_anova.py > tests/unit/optimize/data/ped_anova.csv
"""
import math
import warnings

import optuna
from optuna.importance import PedAnovaImportanceEvaluator

NAMES = ["x", "lr", "layers", "batch", "act", "momentum", "dropout", "idle"]


def objective(trial):
    x = trial.suggest_float("x", -5, 5)
    lr = trial.suggest_float("lr", 1e-5, 0.1, log=True)
    layers = trial.suggest_int("layers", 1, 8)
    batch = trial.suggest_int("batch", 1, 1024, log=True)
    act = trial.suggest_categorical("act", ["relu", "tanh", "gelu", "none"])
    momentum = trial.suggest_float("momentum", 0, 1) if act in ("relu", "tanh") else 0.3
    dropout = trial.suggest_float("dropout", 0, 0.5, step=0.1)
    trial.suggest_float("idle", 0, 1)
    return ((x - 1) ** 2 + 2 * (math.log10(lr) + 3) ** 2 + 0.3 * abs(layers - 5) + 0.1 * math.log2(batch)
            + {"relu": 0, "tanh": 1, "gelu": 2, "none": 6}[act] + 3 * (momentum - 0.6) ** 2 + dropout)


def main():
    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=1, n_startup_trials=60))
    study.optimize(objective, n_trials=150)
    print("value," + ",".join(NAMES))
    for trial in study.trials:
        print(",".join([repr(trial.value)] + [str(trial.params.get(name, "")) for name in NAMES]))
    for top in (0.1, 0.25):
        found = PedAnovaImportanceEvaluator(target_quantile=top).evaluate(study)
        print(f"top {top}," + ",".join(repr(found[name]) for name in NAMES))


if __name__ == "__main__":
    main()
