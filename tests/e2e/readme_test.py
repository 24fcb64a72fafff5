#!/usr/bin/env python3
"""README.md is true: its ```sh blocks run in order in one shell, and print what the ```text blocks show.

Blocks marked "sh bootstrap" install and build; they are only read. In a ```text block a line "..." stands
for any lines, numbers stand for any numbers, paths for any paths, and "name=word" for any word: which configuration is
the best depends on the order in which trials end."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ["TRIALWATCH_BIN"]
PAGES = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"]
README = (ROOT / "README.md").read_text()
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LONGEST = 240  # seconds on a busy machine; 10 on an idle one


def blocks(kind):
    return [text for info, text in FENCE.findall(README) if info.strip() == kind]


def shapes(text):
    """Lines without what differs from run to run."""
    for line in text.splitlines():
        line = re.sub(r"/\S*/([^\s/]+)", r"/PATH/\1", line)
        line = re.sub(r"(?<![A-Za-z])-?\d[\d.]*(e-?\d+)?(ms|s|m)?(?![A-Za-z])", "#", line)
        yield " ".join(re.sub(r"(\w=)[a-z]+", r"\1*", line).split())


def first_missing(shown, printed):
    """The first shown line that is not among the printed ones after the one before, or None."""
    rest = iter(list(shapes(printed)))
    for line in shapes(shown):
        if line not in ("", "...") and line not in rest:
            return line
    return None


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIAL")}
    return {**kept, "PATH": BIN + os.pathsep + os.environ["PATH"], "LC_ALL": "C.UTF-8", **more}


def run_page(test, page, **variables):
    """Its ```sh blocks run in one shell and print what is shown."""
    expected = [(info.strip(), text) for info, text in FENCE.findall(page) if info.strip() in ("sh", "text")]
    commands = [text for kind, text in expected if kind == "sh"]
    script = "set -eu\n" + "".join(f"{text}echo '=== block'\n" for text in commands)
    with tempfile.TemporaryDirectory(prefix="trialwatch-readme-") as home:
        done = subprocess.run(["sh", "-c", script], cwd=home, env=environment(**variables), text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LONGEST)
    test.assertEqual(done.returncode, 0, done.stdout)
    printed = dict(zip(commands, done.stdout.split("=== block\n")))
    for (_, command), (kind, shown) in zip(expected, expected[1:]):
        if command in printed and kind == "text":
            with test.subTest(command.splitlines()[0]):
                test.assertIsNone(first_missing(shown, printed[command]), printed[command])


class Commands(unittest.TestCase):
    def test_blocks_run_and_print_what_is_shown(self):
        self.assertGreater(len(blocks("sh")), 3)
        begin = time.monotonic()
        run_page(self, README)
        print(f"README's commands took {time.monotonic() - begin:.1f} s")

    def test_each_shown_output_follows_its_commands(self):
        kinds = [info.strip() for info, _ in FENCE.findall(README)]
        for before, kind in zip(kinds, kinds[1:]):
            if kind == "text":
                self.assertEqual(before, "sh")

    def test_bootstrap_lines_name_what_bootstrap_knows(self):
        known = re.findall(r"^    (\w+)\)$", (ROOT / "bootstrap").read_text(), re.MULTILINE)
        lines = [line for text in blocks("sh bootstrap") for line in text.splitlines()]
        self.assertIn("./bootstrap demo", lines)
        self.assertIn("./bootstrap test", lines)
        for line in lines:
            if not line.startswith("export PATH="):
                self.assertRegex(line, r"^\./bootstrap \w+$")
                self.assertIn(line.split()[1], known)


class Tables(unittest.TestCase):
    def test_variables_are_those_that_jobs_get(self):
        trialctl = os.path.join(BIN, "trialctl")
        with tempfile.TemporaryDirectory(prefix="trialwatch-readme-") as home:
            subprocess.run([trialctl, "init", home + "/e"], check=True, stdout=subprocess.DEVNULL)
            text = subprocess.run([trialctl, "submit", home + "/e", "--dry-run", "--json"], check=True, text=True,
                                  stdout=subprocess.PIPE).stdout
        given = {entry.split("=")[0] for stage in json.loads(text) for entry in stage["environment"]}
        rows = re.findall(r"^\|((?: `TRIAL\w+`)+) \|", README, re.MULTILINE)
        told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
        self.assertEqual(told, given)


class Pages(unittest.TestCase):
    def test_links_lead_somewhere(self):
        for page in PAGES:
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / page).read_text()):
                with self.subTest(page=page, target=target):
                    self.assertTrue((ROOT / target).exists())


class Shapes(unittest.TestCase):
    def test_numbers_and_paths_may_differ(self):
        shown = "best  000013  cost=0.666667  x=1\nlook: /home/ann/first -k 5\n...\nend 3.4s\n"
        self.assertIsNone(first_missing(shown, "best 000001 cost=1.5e-7  x=-2\nlook: /tmp/a_b/first -k 5\n\nend 12ms\n"))

    def test_so_may_the_value_of_a_category(self):
        self.assertIsNone(first_missing("000013  shape=smooth x=1\n", "000002 shape=rippled x=2\n"))
        self.assertIsNotNone(first_missing("000013  shape=smooth x=1\n", "000002 form=smooth x=2\n"))

    def test_words_and_order_may_not(self):
        self.assertEqual(first_missing("13 complete\n", "13 failed\n"), "# complete")
        self.assertEqual(first_missing("a\nb\n", "b\na\n"), "b")


if __name__ == "__main__":
    unittest.main()
