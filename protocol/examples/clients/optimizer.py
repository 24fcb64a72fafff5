#!/usr/bin/env python3
"""An optimizer: optimizer.py EXPERIMENT TRIALS. Steps around the best x so far, two trials at a time.

Killed and started again it goes on: all that it knows is in trials/. Rules: chapters 1, 3 and 4."""
import itertools, json, os, pathlib, random, sys, time

RUN, TRIALS, WANTED = "steps", pathlib.Path(sys.argv[1], "trials"), int(sys.argv[2])

def sync(path):
    fd = os.open(path, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)

def propose(config):
    for number in itertools.count(len(os.listdir(TRIALS))):
        try: os.mkdir(folder := TRIALS / f"{number:06}")  # [1.2] of all who try, one wins
        except FileExistsError: continue
        break
    (aside := folder / f".config.json.{os.getpid()}.tmp").write_text(json.dumps(config))
    sync(aside)
    os.link(aside, folder / "config.json")  # [3.2] the commit
    os.unlink(aside)
    sync(folder), sync(TRIALS)

def read(folder, name):  # [3.14] listed before it is opened; [3.13] what is no document is none
    try: document = json.loads((folder / name).read_text()) if name in os.listdir(folder) else {}
    except (OSError, ValueError): return {}
    return document if isinstance(document, dict) else {}

os.makedirs(TRIALS, exist_ok=True)
while True:
    trials = [(read(folder, "config.json"), read(folder, "outcome.json")) for folder in TRIALS.iterdir()]
    ours = [(c, o) for c, o in trials if isinstance(c.get("_trial"), dict) and c["_trial"].get("run") == RUN]
    k, live = max((c["_trial"]["k"] + 1 for c, o in ours), default=0), sum(not o for c, o in ours)
    best = min(((o["values"]["cost"], c["x"]) for c, o in ours if o.get("state") == "complete"), default=None)
    if k >= WANTED and not live: sys.exit(print("best: cost %g at x = %g" % best if best else "none is complete"))
    if k < WANTED and live < 2 and not any(TRIALS.parent.glob(".trialwatch/pause[d]")):  # [4.6]
        x = min(1, max(0, random.gauss(best[1], 0.1))) if best else random.random()
        propose({"x": x, "_trial": {"run": RUN, "k": k, "seed": random.getrandbits(31)}})
    else: time.sleep(0.2)
