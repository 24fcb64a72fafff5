"""Search spaces of other tools, from the file to an experiment that runs."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from lab import program

DATA = pathlib.Path(__file__).resolve().parents[1] / "unit" / "import" / "data"
TRAIN = """#!/bin/sh
echo '{"cost": 1, "default": 1, "validation_loss": 1, "mean_loss": 1, "accuracy": 1}' > result.json
"""


def import_space(*words, stdin=None):
    return subprocess.run([program("trialctl"), "import-space", *map(str, words)], input=stdin, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)


class Import(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="trialwatch-import-")
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)

    def test_every_example_becomes_an_experiment_that_check_accepts(self):
        for number, path in enumerate(sorted(DATA.iterdir())):
            with self.subTest(path.name):
                into = self.directory / f"made {number}"
                made = import_space(path, "--into", into)
                self.assertEqual(made.returncode, 0, made.stderr)
                self.assertIn("trialctl check", made.stdout)
                checked = subprocess.run([program("trialctl"), "check", into], text=True, stdout=subprocess.PIPE)
                self.assertEqual(checked.returncode, 0, checked.stdout)
                printed = import_space(path)
                written = json.loads((into / "experiment.json").read_text())
                self.assertEqual({k: v for k, v in written.items() if k != "stages"}, json.loads(printed.stdout))

    def test_what_was_imported_runs(self):
        into = self.directory / "made"
        self.assertEqual(import_space(DATA / "nni_nested.json", "--into", into).returncode, 0)
        (into / "train.sh").write_text(TRAIN)
        done = subprocess.run([program("trialctl"), "run", into, "--trials", "3"], text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(len(list((into / "trials").iterdir())), 3)

    def test_the_script_that_is_made_says_what_to_do(self):
        into = self.directory / "made"
        import_space(DATA / "optuna_distributions.json", "--into", into)
        done = subprocess.run([str(into / "train.sh")], text=True, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 1)
        self.assertIn("write here what a trial does", done.stderr)

    def test_nothing_is_overwritten(self):
        into = self.directory / "made"
        into.mkdir()
        (into / "experiment.json").write_text("mine")
        done = import_space(DATA / "nni_nested.json", "--into", into)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("not empty", done.stderr)
        self.assertEqual(os.listdir(into), ["experiment.json"])
        self.assertEqual((into / "experiment.json").read_text(), "mine")

    def test_what_is_not_carried_over_is_said_with_its_line(self):
        done = import_space(DATA / "configspace_old.json")
        self.assertEqual(done.returncode, 0)
        self.assertIn("configspace_old.json:25: /forbiddens/0: a forbidden clause is not carried over", done.stderr)

    def test_standard_input_and_mistakes(self):
        done = import_space("-", stdin="parameters:\n  lr: {min: 0.0, max: 1.0}\n")
        self.assertEqual((done.returncode, json.loads(done.stdout)["space"]),
                         (0, {"lr": {"type": "float", "low": 0.0, "high": 1.0}}))
        wrong = import_space("-", stdin="parameters:\n  lr: {min: 2, max: 1}\n  n: {min: 0}\n")
        self.assertEqual((wrong.returncode, wrong.stdout), (2, ""))
        self.assertIn("standard input:2: /parameters/lr: the lower bound 2", wrong.stderr)
        self.assertIn("standard input:3: /parameters/n: the key 'max' is missing", wrong.stderr)
        absent = import_space(self.directory / "absent.json")
        self.assertNotEqual(absent.returncode, 0)
        self.assertIn("absent.json", absent.stderr)
        self.assertEqual(import_space(DATA / "nni_nested.json", "--from", "nnni").returncode, 2)


if __name__ == "__main__":
    unittest.main()
