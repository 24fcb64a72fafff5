#!/usr/bin/env python3
"""Runs of unknown length in allocations that end: had each its signal and its grace before it was killed?

usage: tests/bench/walltime.py [--bin build/release/bin] [--walltime 60] [--grace 5] [--trials 24]

One agent after the other with four slots. Runs take 4, 8 or 45 s, by chance; every second one is deaf to TERM. A run tells by its own clock, in
steps of 0.2 s, when it was told and that it lives. Fails where a run was killed without its signal or within its grace.
"""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time

STEP = 0.2
TRAIN = f"""#!/usr/bin/env python3
import json, os, random, signal, time
me = os.environ["TRIAL_ID"] + "." + os.environ["TRIAL_ATTEMPT"]
log = os.open(os.environ["TRIAL_EXPERIMENT"] + "/log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
say = lambda word: os.write(log, f"{{me}} {{word}} {{time.time():.2f}}\\n".encode())
draw = random.Random(me)
def told(*_):
    say("told")
    if int(os.environ["TRIAL_ID"]) % 2 == 0:
        time.sleep(draw.uniform(0, 3))
        say("left")
        os._exit(9)
signal.signal(signal.SIGTERM, told)
end = time.time() + draw.choice([4, 8, 45])
while time.time() < end:
    time.sleep({STEP})
    say("lives")
json.dump({{"cost": 1}}, open("result.json", "w"))
say("done")
"""


def make_experiment(path, options):
    path.mkdir()
    (path / "train.py").write_text(TRAIN)
    (path / "train.py").chmod(0o755)
    stage = {"name": "train", "command": ["./train.py"], "done": "result.json", "grace": options.grace, "retry_delay": 0.5}
    (path / "experiment.json").write_text(json.dumps({
        "format": 1, "space": {"x": {"type": "float", "low": 0, "high": 1}}, "stages": [stage],
        "backend": {"type": "agents", "options": {"slots": 4}},
        "optimizer": {"sampler": "random", "trials": options.trials, "parallel": 8}}))


def read_runs(path):
    """Run -> when it said each word first, and anything last."""
    runs = {}
    for line in (path / "log").read_text().splitlines():
        run, word, when = line.split()
        runs.setdefault(run, {}).setdefault(word, float(when))
        runs[run]["last"] = float(when)
    return runs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--walltime", type=float, default=60)
    parser.add_argument("--grace", type=float, default=5)
    parser.add_argument("--trials", type=int, default=24)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        path = pathlib.Path(home) / "experiment"
        make_experiment(path, options)
        start = lambda name, *words: subprocess.Popen([os.path.join(options.bin, name), str(path), "-q", *words])  # noqa: E731
        optimizer, watcher = start("trialopt"), start("trialwatch", "--until-done")
        while watcher.poll() is None:
            begin = time.monotonic()
            start("trialagent", "--slots", "4", "--no-pin", "--walltime", f"{options.walltime}s", "--idle", "20s").wait()
            print(f"an agent left after {time.monotonic() - begin:.1f} s", flush=True)
        optimizer.wait()
        assert watcher.returncode == 0, "the watcher failed"
        runs = read_runs(path)
    killed = [run for run in runs.values() if "done" not in run and "left" not in run]
    left = sum("left" in run for run in runs.values())
    silent = [run for run in killed if "told" not in run]
    graces = [run["last"] - run["told"] for run in killed if "told" in run]
    print(f"{len(runs)} runs: {len(runs) - left - len(killed)} ended by themselves, {left} when told, {len(killed)} were killed, "
          f"{[f'{grace:.2f}' for grace in graces]} s after their signal; {len(silent)} without one")
    assert left or killed, "no run met the end of its allocation"
    assert not silent and all(grace >= options.grace - 2 * STEP for grace in graces), "a run had no signal, or less than its grace"


if __name__ == "__main__":
    main()
