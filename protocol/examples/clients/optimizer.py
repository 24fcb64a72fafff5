#!/usr/bin/env python3
"""An optimizer: optimizer.py EXPERIMENT TRIALS. Steps around the best x so far, two trials at a time.

Killed and started again it goes on: what it knows is in trials/. Rules: chapters 1, 3, 4 of the protocol."""
import json, os, random, sys, time
RUN, TRIALS, WANTED = "steps", os.path.join(sys.argv[1], "trials"), int(sys.argv[2])

def sync(path):
    fd = os.open(path, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)

def propose(config, number=0):
    while os.path.isdir(folder := f"{TRIALS}/{number:06}") or not take(folder):
        number += 1
    with open(aside := f"{folder}/.config.json.{os.getpid()}.tmp", "x") as file:
        json.dump(config, file)
    sync(aside)
    os.link(aside, f"{folder}/config.json")  # [3.2] the commit
    os.unlink(aside)
    sync(folder), sync(TRIALS)

def take(folder):  # [1.2] one mkdir wins
    try:
        return os.mkdir(folder) is None
    except FileExistsError:
        return False

def look():  # [4.5] configs and outcomes of this run
    folders = [os.path.join(TRIALS, name) for name in os.listdir(TRIALS)]
    found = {folder: os.listdir(folder) for folder in folders if os.path.isdir(folder)}
    read = lambda folder, name: json.load(open(f"{folder}/{name}")) if name in found[folder] else {}
    ours = [(read(folder, "config.json"), read(folder, "outcome.json")) for folder in found]
    return [(config, outcome) for config, outcome in ours if config.get("_trial", {}).get("run") == RUN]
