#!/usr/bin/env python3
"""sweep.py EXPERIMENT [TRIALS]: adds trials and reads results while agents work. Nothing but the standard library.

First a grid, then steps around the best so far, eight trials at a time. Killed and started again it goes on."""
import json
import os
import pathlib
import random
import sys
import time

TRIALS, WANTED, AT_ONCE = pathlib.Path(sys.argv[1], "trials"), int(sys.argv[2]) if len(sys.argv) > 2 else 40, 8
GRID = [{"rate": rate, "momentum": momentum} for rate in (0.003, 0.03, 0.3) for momentum in (0.0, 0.5, 0.9)]


def sync(path):
    handle = os.open(path, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def add(config):
    """The directory takes the number; the link makes the trial, whole and durable."""
    number = len(os.listdir(TRIALS))
    while True:
        folder = TRIALS / f"{number:06}"
        try:
            folder.mkdir()
            break
        except FileExistsError:
            number += 1
    aside = folder / f".config.json.{os.getpid()}.tmp"
    aside.write_text(json.dumps(config))
    sync(aside)
    os.link(aside, folder / "config.json")
    os.unlink(aside)
    sync(folder)
    sync(TRIALS)


def read(folder, name):
    """What is not there yet, or not whole, is nothing yet. Listed first: a network client remembers what was not there."""
    try:
        return json.loads((folder / name).read_text()) if name in os.listdir(folder) else None
    except (OSError, ValueError):
        return None


def near(config):
    rate = min(1.0, max(0.001, config["rate"] * 2 ** random.gauss(0, 0.5)))
    return {"rate": rate, "momentum": min(0.99, max(0.0, config["momentum"] + random.gauss(0, 0.1)))}


TRIALS.mkdir(exist_ok=True)
while True:
    made = [(read(folder, "config.json"), read(folder, "outcome.json")) for folder in sorted(TRIALS.iterdir())]
    ended = [(config, outcome) for config, outcome in made if outcome]
    good = [(outcome["values"]["loss"], config) for config, outcome in ended if outcome["state"] == "complete"]
    best = min(good, key=lambda pair: pair[0], default=None)
    if len(ended) >= WANTED:
        sys.exit(print(f"{len(good)} of {len(ended)} trials complete; best: loss {best[0]:.3g} with {best[1]}" if best else "none"))
    if len(made) < WANTED and len(made) - len(ended) < AT_ONCE:
        add(GRID[len(made)] if len(made) < len(GRID) else near(best[1] if best else random.choice(GRID)))
    else:
        time.sleep(0.1)
