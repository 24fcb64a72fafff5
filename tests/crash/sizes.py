"""How many points: a few that are evenly spread in each run of the tests, all with TRIALWATCH_PROOF=full."""
import concurrent.futures
import glob
import os
import subprocess
import threading
import time
import unittest

from point import Point, describe, run_point
from search import STRIKE, Search

FULL = os.environ.get("TRIALWATCH_PROOF") == "full"
AT_ONCE = int(os.environ.get("TRIALWATCH_PROOF_JOBS", "2"))


def why_not_struck():
    """What is missing on this machine; "" if nothing."""
    if not os.access(STRIKE, os.X_OK):
        return "test_strike is not built: x86_64 without sanitizers only"
    tried = subprocess.run([STRIKE, "--log", os.devnull, "--under", "/", "--", "true"], capture_output=True, text=True)
    return (tried.stderr.strip() or "test_strike fails") if tried.returncode else ""


not_struck = why_not_struck()
needs_strike = unittest.skipIf(not_struck, f"NOTHING IS STRUCK: {not_struck}")


def evenly(points, wanted):
    """`wanted` of them, in the middle of equal parts."""
    if wanted >= len(points):
        return points
    return [points[(2 * i + 1) * len(points) // (2 * wanted)] for i in range(wanted)]


def count_calls():
    """How many durable calls each program makes in a search that is not disturbed."""
    search = Search("all")
    try:
        search.run()
        counts = {}
        for path in sorted(glob.glob(search.log_of("*"))):
            name = os.path.basename(path).removeprefix("strike-").removesuffix(".log")
            with open(path) as log:
                counts[name.replace("_", "/", 1) if name.startswith("wrapper:") else name] = sum(
                    line[0].isdigit() for line in log)
        return counts
    finally:
        search.close()


def all_points(counts):
    return [Point(program, number) for program, count in counts.items() for number in range(1, count + 1)]


class Tally:
    """Runs points, a few at once, and says what came out."""

    def __init__(self, what):
        self.what, self.begin, self.done, self.reached, self.failed = what, time.monotonic(), 0, {}, []
        self.lock = threading.Lock()

    def run(self, points):
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for future in [pool.submit(self.one, point) for point in points]:
                future.result()
        self.say()
        return self.failed

    def one(self, point):
        struck, wrong = run_point(point)
        with self.lock:
            self.done += 1
            kind = point.program.split(":")[0]
            self.reached[kind] = self.reached.get(kind, 0) + bool(struck)
            if wrong:
                self.failed.append(describe(point) + "\n    " + "\n    ".join(wrong))
                print("FAILED:", self.failed[-1], flush=True)
            elif not FULL:
                print("  ", point.program, struck or "not reached", point.error, flush=True)
            if self.done % 100 == 0:
                print(f"{self.what}: {self.done} points so far", flush=True)

    def say(self):
        programs = ", ".join(f"{count} in {name}" for name, count in self.reached.items())
        print(f"{self.what}: {sum(self.reached.values())} of {self.done} points reached ({programs}), "
              f"{len(self.failed)} violations, {time.monotonic() - self.begin:.0f} s", flush=True)
