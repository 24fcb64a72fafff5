#!/usr/bin/env python3
"""The models of protocol/model hold, and fail as soon as one of their rules is taken out.

Normally small sizes, about a minute; TRIALWATCH_PROOF=full searches the large ones. What must be there: spin, gcc."""
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import story

MODELS = pathlib.Path(__file__).resolve().parents[2] / "protocol" / "model"
FULL = os.environ.get("TRIALWATCH_PROOF") == "full"
TOOLS = [tool for tool in ("spin", "gcc") if not shutil.which(tool)]
MEMORY = 5500 if FULL else 1500  # megabytes
SECONDS = 3000 if FULL else 120  # of one search
DEPTH = 2000000

# Sizes that are searched, as "NAME=value ..."; the rules are removed in the first of them unless said otherwise.
SMALL = {
    "attempts": ["FAULTS=2 RIVALS=0", "FAULTS=0 RIVALS=1"],
    "journal": ["FAULTS=1 RIVALS=1"],
    "proposals": ["FAULTS=1 RIVALS=1"],
    "requests": ["FAULTS=1"],
    "agents": ["FAULTS=2"],
}
LARGE = {
    "attempts": ["FAULTS=1 RIVALS=1"],
    "journal": ["FAULTS=2 RIVALS=1", "FAULTS=0 RIVALS=2"],
    "proposals": ["FAULTS=2 RIVALS=1"],
    "requests": [],  # FAULTS=2 does not fit
    "agents": ["FAULTS=3"],
}
REMOVED_AT = {
    ("attempts", "NO_VOID"): "FAULTS=0 RIVALS=1",
    ("attempts", "NO_VOID_DIRECTORY"): "FAULTS=0 RIVALS=1",
    ("attempts", "NO_ADOPTION"): "FAULTS=0 RIVALS=1",
    ("attempts", "NO_LIST_FIRST"): "FAULTS=0 RIVALS=1",
    ("attempts", "NO_KEEP_EVENTS"): "FAULTS=0 RIVALS=1",
    ("attempts", "NO_OUTCOME_LOOK"): "FAULTS=0 RIVALS=1",
    ("attempts", "NO_LISTING"): "FAULTS=1 RIVALS=1",
    ("journal", "NO_OWN_RECORD"): "FAULTS=1 RIVALS=2",
    ("journal", "NO_LAST_LOOK"): "FAULTS=0 RIVALS=2",
}

ROW = re.compile(r"^\| (\w+) \| `(NO_\w+)` \| ([^|]+) \| ([A-Z_]+) \|$", re.M)  # of the table in the README
TRUNCATED = ("max search depth too small", "reached -DMEMLIM", "out of memory", "Search not completed", "time limit")


def removed_rules():
    """(model, switch, rules, property) of each row."""
    return ROW.findall((MODELS / "README.md").read_text(encoding="utf-8"))


class Search:
    """One exhaustive search. `broken`: the property that a counterexample violates."""

    def __init__(self, model, defines):
        self.defines = ["-D" + define for define in defines.split()]
        with tempfile.TemporaryDirectory() as directory:
            self.directory, self.file = directory, model + ".pml"
            shutil.copy(MODELS / self.file, directory)
            self.search()

    def run(self, *argv, **options):
        return subprocess.run(argv, cwd=self.directory, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, **options)

    def search(self):
        self.run("spin", *self.defines, "-a", self.file, check=True)
        build = self.run("gcc", "-w", "-O1", "-DSAFETY", "-DCOLLAPSE", "-DVECTORSZ=2048", "-DMEMLIM=%d" % MEMORY,
                         "-o", "pan", "pan.c")
        if build.returncode:
            raise AssertionError(build.stdout)
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        try:
            said = self.run("./pan", "-m%d" % DEPTH, timeout=SECONDS * 10,
                            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))).stdout
        except subprocess.TimeoutExpired:
            said = "time limit"
        self.seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        self.said = said
        found = re.search(r"errors: (\d+)", said)
        self.errors = int(found[1]) if found else -1
        states = re.search(r"(\d+) states, stored", said)
        self.states = int(states[1]) if states else 0
        self.truncated = self.errors < 0 or any(words in said for words in TRUNCATED)
        self.broken, self.story = "", ""
        if self.errors > 0:
            self.replay()

    def replay(self):
        source = (MODELS / self.file).read_text(encoding="utf-8").splitlines()
        trail = self.run("spin", *self.defines, "-t", "-p", self.file).stdout
        failed = re.search(r"%s:(\d+), Error: assertion violated" % re.escape(self.file), trail)
        if failed:
            name = re.search(r"/\* ([A-Z_]+) \*/", source[int(failed[1]) - 1])
            self.broken = name[1] if name else "line " + failed[1]
        else:
            self.broken = re.search(r"pan:1: (.*)", self.said)[1]
        self.story = story.tell(trail, source)


def say(text):
    print(text, file=sys.stderr, flush=True)


def sizes(model):
    return SMALL[model] + (LARGE[model] if FULL else [])


@unittest.skipIf(TOOLS, "SKIPPED, not proven here: there is no " + " and no ".join(TOOLS))
class Models(unittest.TestCase):
    def test_every_property_holds(self):
        for path in sorted(MODELS.glob("*.pml")):
            for size in sizes(path.stem):
                with self.subTest(path.stem, size=size):
                    search = Search(path.stem, size)
                    say("%-10s %-20s %9d states %6.1f s" % (path.stem, size, search.states, search.seconds))
                    self.assertFalse(search.broken, "%s is violated\n%s" % (search.broken, search.story))
                    self.assertFalse(search.truncated, search.said)

    def test_no_property_holds_without_its_rule(self):
        begin = time.monotonic()
        for model, switch, _, broken in removed_rules():
            with self.subTest(model, removed=switch):
                size = REMOVED_AT.get((model, switch), SMALL[model][0])
                search = Search(model, size + " " + switch)
                self.assertEqual(search.broken, broken, search.said if search.errors <= 0 else search.story)
        say("%d removed rules are missed, %.0f s" % (len(removed_rules()), time.monotonic() - begin))

    def test_every_switch_is_in_the_table(self):
        written = {(path.stem, switch) for path in MODELS.glob("*.pml")
                   for switch in re.findall(r"\bNO_\w+", path.read_text(encoding="utf-8"))}
        self.assertEqual({(model, switch) for model, switch, _, _ in removed_rules()}, written)
        self.assertGreaterEqual(len(written), 8)

    def test_a_search_that_is_cut_short_is_not_taken_for_a_proof(self):
        global DEPTH
        DEPTH, before = 30, DEPTH
        try:
            self.assertTrue(Search("attempts", SMALL["attempts"][0]).truncated)
        finally:
            DEPTH = before


if __name__ == "__main__":
    if TOOLS:
        print("SKIPPED, not proven here: there is no " + " and no ".join(TOOLS))
        sys.exit(77)  # ctest shows it as skipped
    unittest.main()
