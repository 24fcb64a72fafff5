"""The `space` of an experiment.json as Optuna's suggestions."""
import math
from decimal import Decimal


class Misfit(ValueError):
    """A configuration that is not of the space."""


class SearchSpace:
    """Parameters in an order in which parents come before those that depend on them."""

    def __init__(self, declared):
        self.declared = declared
        self.order = []
        for name in declared:
            self._place(name)
        for name in self.order:
            _check(name, declared[name])

    def _place(self, name):
        if name in self.order:
            return
        for parent in self.declared[name].get("when", {}):
            self._place(parent)
        self.order.append(name)

    def walk(self, choose):
        """The configuration whose active parameters get choose(name, declaration)."""
        chosen = {}
        for name in self.order:
            parameter = self.declared[name]
            if is_active(parameter, chosen):
                chosen[name] = parameter["value"] if parameter["type"] == "fixed" else choose(name, parameter)
        return chosen

    def suggest(self, trial):
        """A configuration that the sampler of an Optuna trial proposes."""
        return self.walk(lambda name, parameter: on_grid(parameter, suggest(trial, name, parameter)))

    def adopt(self, params):
        """A configuration of an older or a written one: without what is not active here, with defaults for what it does
        not have. Misfit if that does not give one of this space."""
        def value_of(name, parameter):
            if name not in params and "default" not in parameter:
                raise Misfit("%s has neither a value nor a default" % name)
            return in_domain(name, parameter, params.get(name, parameter.get("default")))
        return self.walk(value_of)

    def default(self):
        """The configuration of defaults; None if an active parameter has none."""
        try:
            return self.adopt({})
        except Misfit:
            return None

    def searched(self, config):
        """What Optuna knows of it."""
        return {name: value for name, value in config.items() if self.declared[name]["type"] != "fixed"}


def suggest(trial, name, parameter):
    if parameter["type"] == "categorical":
        return trial.suggest_categorical(name, parameter["choices"])
    low, high, step, log = parameter["low"], highest(parameter), parameter.get("step"), parameter.get("log", False)
    if parameter["type"] == "float":
        return trial.suggest_float(name, low, high, step=step, log=log)
    return trial.suggest_int(name, int(low), int(high), step=1 if log else int(step or 1), log=log)


def highest(parameter):
    """The last value on the grid; Optuna warns of others."""
    if not parameter.get("step"):
        return parameter["high"]
    low, step = Decimal(str(parameter["low"])), Decimal(str(parameter["step"]))
    high = low + (Decimal(str(parameter["high"])) - low) // step * step
    return float(high) if parameter["type"] == "float" else int(high)


def on_grid(parameter, value):
    """Optuna has no integers that are both logarithmic and on a grid."""
    if parameter["type"] != "int" or not parameter.get("log") or not parameter.get("step"):
        return value
    return parameter["low"] + round((value - parameter["low"]) / parameter["step"]) * parameter["step"]


def in_domain(name, parameter, value):
    """The value as Optuna has it. Numbers are met up to rounding."""
    if parameter["type"] == "categorical":
        for choice in parameter["choices"]:
            if same(choice, value):
                return choice
        raise Misfit("%s = %r is not one of the choices" % (name, value))
    low, high, step = parameter["low"], highest(parameter), parameter.get("step")
    slack = (high - low) * 1e-9 if parameter["type"] == "float" else 0
    if not is_number(value) or not low - slack <= value <= high + slack:
        raise Misfit("%s = %r is not from %r to %r" % (name, value, low, high))
    if parameter["type"] == "int" and value != int(value):
        raise Misfit("%s = %r is not a whole number" % (name, value))
    steps = (value - low) / step if step else 0
    if abs(steps - round(steps)) > 1e-6:
        raise Misfit("%s = %r is not on the grid" % (name, value))
    return int(value) if parameter["type"] == "int" else min(max(float(value), low), high)


def is_active(parameter, chosen):
    return all(parent in chosen and holds(wanted, chosen[parent]) for parent, wanted in parameter.get("when", {}).items())


def holds(wanted, value):
    if isinstance(wanted, dict):
        return is_number(value) and wanted.get("ge", -math.inf) <= value <= wanted.get("le", math.inf) and (
            wanted.get("gt", -math.inf) < value < wanted.get("lt", math.inf))
    return any(same(one, value) for one in (wanted if isinstance(wanted, list) else [wanted]))


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def same(one, other):
    """2.0 is 2, and true is not 1."""
    return one == other and (type(one) is type(other) or (is_number(one) and is_number(other)))


def _check(name, parameter):
    if parameter["type"] not in ("float", "int", "categorical", "fixed"):
        raise ValueError("%s: there is no type %r" % (name, parameter["type"]))
    choices = parameter.get("choices", [])
    if len(set(choices)) < len(choices):
        raise ValueError("%s: Optuna does not tell some of its choices from each other" % name)
