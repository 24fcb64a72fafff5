#!/usr/bin/env python3
"""What pruners and promotion save on real learning curves: curves.py --tables DIR [--configurations 200] [--seeds 10]
[--pruners asha,asha+,bohb,...].

DIR/curves/*.csv.xz hold validation losses of configurations by epoch, and their parameters. As many as are asked for are drawn by the
seed. They are trained one at a time or eight, once to the end of each and once with the pruner; with a "+" by its type that promotes
("promote": true). A proposal of a model takes the nearest that is left, any other the next in an order drawn by the seed; bohb has its
model, the others none. Medians over the seeds, as Markdown: the part of the epochs until some trial has shown a loss as low as full
training of every configuration ends with ("final"), and as low as full training shows at any epoch of any configuration ("best"; in
how many seeds it gets there; "-": in most it never does); the loss at a quarter of the epochs above that best, in parts of the spread
of final losses; and the part of the epochs in the end.
"""
import argparse
import csv
import heapq
import io
import lzma
import math
import os
import pathlib
import random
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
os.environ.setdefault("TRIALWATCH_BIN", str(pathlib.Path(__file__).resolve().parents[3] / "build/release/bin"))

import problems  # noqa: E402
import samplers  # noqa: E402

EPOCHS = 50


class Configuration:
    def __init__(self, row):
        self.losses = [float(row[f"valid{i}"]) for i in range(1, EPOCHS + 1)]
        self.params = {name: float(value) for name, value in row.items() if not name.startswith("valid")}
        self.finite = all(v == v and abs(v) < 1e6 for v in self.losses)


class Pool:
    """Configurations that were not tried yet."""

    def __init__(self, configurations):
        self.left = list(configurations)
        logs = {name: [math.log(c.params[name]) for c in configurations] for name in configurations[0].params}
        self.bounds = {name: (min(values), max(values)) for name, values in logs.items()}
        self.space = {name: problems.real(math.exp(low), math.exp(high) * (1 + 1e-9), log=True)
                      for name, (low, high) in self.bounds.items()}

    def distance(self, configuration, params):
        return sum(((math.log(configuration.params[name]) - math.log(params[name])) / (high - low or 1)) ** 2
                   for name, (low, high) in self.bounds.items())

    def take(self, params, modelled):
        if not modelled:
            return self.left.pop()
        nearest = min(self.left, key=lambda c: self.distance(c, params))
        self.left.remove(nearest)
        return nearest


class Search:
    """Trains epoch by epoch; `seen` is (epochs so far, loss) each time a lower loss was seen."""

    def __init__(self, drawn, pruner, workers, seed):
        self.pool = Pool(drawn)
        self.promotes = pruner.endswith("+")
        kind = pruner.rstrip("+")
        settings = {"type": kind}
        if not self.promotes:
            settings.update(metric="loss", direction="minimize")
        if kind in ("asha", "hyperband", "bohb"):
            settings.update(min=1, max=EPOCHS, eta=3, **({"promote": True} if self.promotes else {}))
        problem = problems.Problem("curves", self.pool.space, None)
        self.server = samplers.Ours("auto" if kind == "bohb" else "random", problem, seed, 100000, workers, settings)
        self.trials, self.running, self.workers = {}, [], workers
        self.best, self.seen, self.spent, self.most = math.inf, [], 0, len(drawn) * EPOCHS

    def propose(self, clock):
        """Whether there was something to propose."""
        k = len(self.trials)
        made = self.server.suggest(k) if self.pool.left or self.promotes else None
        if not made or (not self.pool.left and not made["parent"]):
            return False
        begin, configuration = 0, None
        if made["parent"]:
            configuration, begin = self.trials[int(made["parent"])]
        else:
            configuration = self.pool.take(made["params"], made["by"] not in ("random", "sobol"))
        end = int(made.get("budget", EPOCHS))
        self.trials[k] = (configuration, end)
        heapq.heappush(self.running, (clock + 1, k, begin + 1))
        return True

    def train(self):
        clock, k, epoch = heapq.heappop(self.running)
        configuration, end = self.trials[k]
        loss = configuration.losses[epoch - 1]
        self.spent += 1
        if loss < self.best:
            self.best = loss
            self.seen.append((self.spent, loss))
        stop = not self.promotes and self.server.report(str(k), epoch, loss)
        if not stop and epoch < end:
            heapq.heappush(self.running, (clock + 1, k, epoch + 1))
            return clock
        if not self.promotes:
            self.server.end(str(k), loss if epoch == end else None)
        self.server.tell_curve(k, loss if epoch == end else None, [epoch, loss])
        return clock

    def run(self):
        clock = 0
        while self.spent < self.most:
            while len(self.running) < self.workers and self.propose(clock):
                pass
            if not self.running:
                break
            clock = self.train()
        self.server.close()
        return self.seen, self.spent


def measure(drawn, pruner, workers, seed):
    """Parts of the epochs until "final" and "best", the gap at a quarter, the part in the end."""
    full = len(drawn) * EPOCHS
    best, finals = min(min(c.losses) for c in drawn), sorted(c.losses[-1] for c in drawn)
    spread = finals[len(finals) // 2] - finals[0]
    seen, spent = Search(drawn, pruner, workers, seed + 1).run()

    def until(target):
        return next((epochs / full for epochs, loss in seen if loss <= target), math.inf)

    quarter = [loss for epochs, loss in seen if epochs <= full / 4][-1]
    return until(finals[0]), until(best), (quarter - best) / spread if spread > 0 else 0.0, spent / full


def shown(parts):
    middle = statistics.median(parts)
    reached = sum(part < math.inf for part in parts)
    return ("-" if middle == math.inf else f"{middle:.3f}") + (f" ({reached}/{len(parts)})" if reached < len(parts) else "")


def read_configurations(path):
    with lzma.open(path, "rt") as file:
        return [c for c in map(Configuration, csv.DictReader(io.StringIO(file.read()))) if c.finite]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tables", type=pathlib.Path, required=True)
    parser.add_argument("--configurations", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--pruners", default="asha,asha+,hyperband,hyperband+,bohb,bohb+,median")
    parser.add_argument("--workers", default="1,8")
    args = parser.parse_args()
    print("| curves | pruner | at once | final | best | gap at 1/4 | in the end |\n|---|---|---|---|---|---|---|")
    for path in sorted((args.tables / "curves").glob("*.csv.xz")):
        configurations = read_configurations(path)
        for pruner in args.pruners.split(","):
            for workers in map(int, args.workers.split(",")):
                draws = [random.Random(seed).sample(configurations, args.configurations) for seed in range(args.seeds)]
                final, best, gaps, ends = zip(*(measure(drawn, pruner, workers, seed) for seed, drawn in enumerate(draws)))
                print(f"| {path.name.split('.')[0]} | {pruner} | {workers} | {shown(final)} | {shown(best)} | {statistics.median(gaps):.4f} "
                      f"| {statistics.median(ends):.3f} |", flush=True)


if __name__ == "__main__":
    main()
