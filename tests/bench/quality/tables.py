"""Finished searches as problems: DIR/tables/NAME.csv.xz has one row for each configuration and the objective of each repetition,
NAME.meta.json its parameters' choices. A trial answers one repetition, drawn by the seed; true is the mean of all.

Choices that are numbers or booleans have an order; the operations of nasbench201 have none.
"""
import csv
import json
import lzma
import random
import statistics

import problems

UNORDERED = {"nasbench201_cifar10"}


def read_rows(path):
    with lzma.open(path, "rt") as file:
        rows = csv.reader(file)
        next(rows)
        return {row[0]: [float(value) for value in row[1:]] for row in rows}


class Table:
    """Read when the first problem of it is made."""

    def __init__(self, meta_path):
        self.path, self.meta, self.rows = meta_path, json.loads(meta_path.read_text()), None
        self.name = meta_path.name.removesuffix(".meta.json")

    def space(self):
        def parameter(choices):
            ordered = self.name not in UNORDERED and all(isinstance(c, (int, float)) for c in choices)
            return {**problems.choice(*choices), **({"ordered": True} if ordered else {})}
        return {name: parameter(choices) for name, choices in zip(self.meta["order"], self.meta["choices"])}

    def problem(self, seed):
        self.rows = self.rows or read_rows(self.path.with_name(f"{self.name}.csv.xz"))
        rng = random.Random(f"{self.name} {seed}")
        sign = -1 if self.meta["direction"] == "maximize" else 1

        def evaluate(params):
            key = "".join(str(choices.index(params[name])) for name, choices in zip(self.meta["order"], self.meta["choices"]))
            return problems.Answer([sign * rng.choice(self.rows[key])], [sign * statistics.mean(self.rows[key])])

        space = self.space()
        kind = "numeric" if all(parameter.get("ordered") for parameter in space.values()) else "mixed"
        return problems.Problem(self.name, space, evaluate, kind=kind)


def makers(directory):
    tables = [Table(path) for path in sorted((directory / "tables").glob("*.meta.json"))]
    return {table.name: table.problem for table in tables}
