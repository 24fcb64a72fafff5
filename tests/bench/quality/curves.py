#!/usr/bin/env python3
"""What a pruner saves on real learning curves: curves.py --tables DIR [--configurations 200] [--seeds 10] [--pruners asha,...].

DIR/curves/*.csv.xz hold validation losses of configurations by epoch. As many as are asked for are drawn and trained in an order
drawn by the seed, one at a time or eight, once to the end of each and once with the pruner. Shown are the part of the epochs that
the pruner's search takes until it has a loss as low as the best of full training (median; "-": it never has, in most seeds), in how
many of the seeds it gets there, and the loss at a quarter of the epochs above that best, in parts of the spread of final losses.
"""
import argparse
import csv
import heapq
import io
import lzma
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


def read_curves(path):
    with lzma.open(path, "rt") as file:
        rows = list(csv.DictReader(io.StringIO(file.read())))
    curves = [[float(row[f"valid{i}"]) for i in range(1, EPOCHS + 1)] for row in rows]
    return [curve for curve in curves if all(v == v and abs(v) < 1e6 for v in curve)]


def search(curves, pruner, workers):
    """(epochs so far, loss) each time a lower loss was seen, and all epochs."""
    problem = problems.Problem("curves", {"x": problems.real(0, 1)}, None)
    settings = {"type": pruner, "metric": "loss", "direction": "minimize"}
    if pruner in ("asha", "hyperband", "bohb"):
        settings.update(min=1, max=EPOCHS, eta=3)
    server = samplers.Ours("random", problem, 1, len(curves), workers, settings)
    running, waiting, best, seen, spent, clock = [], list(range(len(curves)))[::-1], float("inf"), [], 0, 0
    while running or waiting:
        while waiting and len(running) < workers:
            heapq.heappush(running, (clock + 1, waiting.pop(), 1))
        clock, trial, epoch = heapq.heappop(running)
        spent += 1
        loss = curves[trial][epoch - 1]
        if loss < best:
            best = loss
            seen.append((spent, loss))
        stop = server.report(str(trial), epoch, loss)
        if stop or epoch == EPOCHS:
            server.end(str(trial), loss if epoch == EPOCHS else None)
        else:
            heapq.heappush(running, (clock + 1, trial, epoch + 1))
    server.close()
    return seen, spent


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tables", type=pathlib.Path, required=True)
    parser.add_argument("--configurations", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--pruners", default="asha,hyperband,bohb,median")
    args = parser.parse_args()
    print(f"{'curves':44}{'pruner':>11}{'at once':>9}{'part':>8}{'reached':>9}{'gap at 1/4':>12}{'all':>7}")
    for path in sorted((args.tables / "curves").glob("*.csv.xz")):
        curves = read_curves(path)
        for pruner in args.pruners.split(","):
            for workers in (1, 8):
                parts, gaps, alls = [], [], []
                for seed in range(args.seeds):
                    drawn = random.Random(seed).sample(curves, args.configurations)
                    full = len(drawn) * EPOCHS
                    best = min(min(curve) for curve in drawn)
                    finals = sorted(curve[-1] for curve in drawn)
                    spread = finals[len(finals) // 2] - finals[0]
                    seen, spent = search(drawn, pruner, workers)
                    parts.append(next((s / full for s, loss in seen if loss <= best), float("inf")))
                    quarter = [loss for s, loss in seen if s <= full / 4]
                    gaps.append((quarter[-1] - best) / spread if spread > 0 else 0.0)
                    alls.append(spent / full)
                part = statistics.median(parts)
                print(f"{path.name.split('.')[0]:44}{pruner:>11}{workers:>9}{'-' if part == float('inf') else f'{part:.3f}':>8}"
                      f"{sum(p < float('inf') for p in parts):>6}/{args.seeds:<2}{statistics.median(gaps):>12.4f}"
                      f"{statistics.median(alls):>7.3f}", flush=True)


if __name__ == "__main__":
    main()
