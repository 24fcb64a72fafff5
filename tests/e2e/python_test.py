"""contrib/python/trialwatch.py: in jobs under the real programs, in drivers beside them, and its README."""
import csv
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import readme_test
from lab import LabTest, wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = str(ROOT / "contrib" / "python")
EXAMPLES = ROOT / "protocol" / "examples"
for name in [name for name in os.environ if name.startswith("TRIAL_")]:
    del os.environ[name]  # this is no job
sys.path.insert(0, FOLDER)
import trialwatch as tw  # noqa: E402

HEAD = f"#!{sys.executable}\nimport json, os, sys, time\nsys.path.insert(0, {FOLDER!r})\nimport trialwatch as tw\n"
JOB = HEAD + """
x = tw.config()["x"]
for step in range(3):
    tw.log({"cost": x + 1 / (step + 1)}, step)
tw.finish({"cost": x, "budget": tw.budget(7), "seed": tw.seed(), "note": tw.checkpoint()})
"""
STEPS = HEAD + """
path = os.path.join(tw.checkpoint(), "step")
step = int(open(path).read()) if os.path.exists(path) else 0
try:
    while step < 4000:
        tw.log({"cost": 1.0}, step)
        step += 1
        with tw.replacing(path) as aside:
            open(aside, "w").write(str(step))
        time.sleep(0.05)
except tw.TrialPruned:
    if os.path.exists("../../strict"):
        raise
tw.finish({"cost": step})
"""


def stage(**more):
    return [{"name": "train", "command": ["./train.sh"], "done": "result.json", **more}]


class Jobs(LabTest):
    def steps(self, lab, trial):
        path = f"trials/{trial}/metrics.jsonl"
        return [json.loads(line)["step"] for line in lab.read(path).splitlines()] if lab.exists(path) else []

    def test_a_search_whose_jobs_use_it(self):
        lab = self.lab(train=JOB, stages=stage(), optimizer={"sampler": "random", "trials": 3})
        done = lab.ctl("run")
        self.assertEqual(done.returncode, 0, done.stdout)
        for trial in lab.names("trials"):
            config, outcome = json.loads(lab.read(f"trials/{trial}/config.json")), lab.outcome(trial)
            self.assertEqual((outcome["state"], outcome["attempts"]), ("complete", 1))
            self.assertEqual(outcome["values"], {"cost": config["x"], "budget": 7, "seed": config["_trial"]["seed"]})
            self.assertEqual(self.steps(lab, trial), [0, 1, 2])
            self.assertEqual(json.loads(lab.read(f"trials/{trial}/result.json"))["note"],
                             os.path.join(lab.path, "trials", trial, "checkpoint"))
        self.assertEqual(lab.leftovers(), [])

    def test_one_goes_on_from_another_up_to_its_budget(self):
        job = HEAD + """
step = int(open(os.path.join(tw.checkpoint_from(), "step")).read()) if tw.checkpoint_from() else 0
for step in range(step, tw.budget()):
    tw.log({"cost": 1.0}, step)
with tw.replacing(os.path.join(tw.checkpoint(), "step")) as aside:
    open(aside, "w").write(str(step + 1))
tw.finish({"cost": step})
"""
        lab = self.lab(train=job, stages=stage())
        for name, own in (("000001", {"budget": 3}), ("000002", {"budget": 5, "parent": "000001"})):
            lab.trial(name, x=0.5, _trial=own)
            self.assertEqual(lab.watch().returncode, 0)
        self.assertEqual([self.steps(lab, name) for name in ("000001", "000002")], [[0, 1, 2], [3, 4]])

    def started(self, lab):
        lab.trial("000000", x=0.5)
        lab.start("trialwatch", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: self.steps(lab, "000000")))
        return tw.Experiment(lab.path)

    def test_a_stop_raises_and_the_job_answers_early(self):
        lab = self.lab(train=STEPS, stages=stage(on_stop="continue"))
        experiment = self.started(lab)
        experiment.stop("000000", "enough")
        (_, outcome), = experiment.wait(["000000"], timeout=60)
        self.assertEqual(outcome["state"], "complete", outcome)
        self.assertLess(outcome["values"]["cost"], 4000)

    def test_a_stop_that_is_not_caught_is_no_failure(self):
        lab = self.lab(train=STEPS, stages=stage(on_stop="end"))
        lab.put("strict", "")
        experiment = self.started(lab)
        experiment.stop("000000")
        (_, outcome), = experiment.wait(["000000"], timeout=60)
        self.assertEqual(outcome["state"], "pruned", outcome)

    def test_a_pruner_prunes_whatever_the_stage_says(self):
        lab = self.lab(train=STEPS, stages=stage(on_stop="continue", grace=1))
        lab.put("strict", "")
        experiment = self.started(lab)
        experiment.stop("000000", "not promising", by="pruner")
        (_, outcome), = experiment.wait(["000000"], timeout=60)
        self.assertEqual((outcome["state"], outcome["by"]), ("pruned", "pruner"), outcome)

    def test_killed_and_tried_again_it_goes_on_from_its_checkpoint(self):
        lab = self.lab(train=STEPS, stages=stage(on_stop="continue"))
        experiment = self.started(lab)
        self.assertTrue(wait_for(lambda: len(self.steps(lab, "000000")) > 3))
        experiment.kill("000000")
        self.assertEqual([outcome["state"] for _, outcome in experiment.wait(["000000"], timeout=60)], ["killed"])
        before = len(self.steps(lab, "000000"))
        self.assertEqual(lab.ctl("retry", "000000").returncode, 0)
        self.assertTrue(wait_for(lambda: len(self.steps(lab, "000000")) > before + 1))
        experiment.stop("000000")
        self.assertEqual([outcome["state"] for _, outcome in experiment.wait(["000000"], timeout=60)], ["complete"])
        steps = self.steps(lab, "000000")
        self.assertLessEqual(len(steps), len(set(steps)) + 1)  # the step that it was killed in is done twice
        self.assertEqual(sorted(set(steps)), list(range(max(steps) + 1)))


class JobFunctions(unittest.TestCase):
    """In a directory that looks like a trial's."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="trialwatch-test-")
        self.addCleanup(shutil.rmtree, self.folder)

    def start(self, code, inside=True, **environment):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLURM", "PMI", "OMPI", "RANK"))}
        trial = {"TRIAL_DIR": self.folder} if inside else {}
        return subprocess.Popen([sys.executable, "-c", HEAD + code], cwd=self.folder, env={**kept, **trial, **environment},
                                text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def ran(self, code, **options):
        process = self.start(code, **options)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, err)
        return out, err

    def put(self, name, text):
        with open(os.path.join(self.folder, name), "w") as file:
            file.write(text)

    def read(self, name):
        with open(os.path.join(self.folder, name)) as file:
            return file.read()

    def test_config_is_without_what_is_trialwatchs(self):
        self.put("config.json", '{"lr": 0.1, "name": "a", "layers": [1], "_trial": {"k": 1}}')
        self.assertEqual(self.ran("print(json.dumps(tw.config()))")[0], '{"lr": 0.1, "name": "a", "layers": [1]}\n')

    def test_outside_it_prints(self):
        out, _ = self.ran("tw.log({'loss': 0.5}, 3); tw.finish({'loss': 1, 'note': 'x'})\n"
                          "print(tw.config(), tw.budget(), tw.seed(), tw.checkpoint_from(), tw.should_stop())", inside=False)
        self.assertEqual(out, '{"step": 3, "loss": 0.5}\nresult: {"loss": 1, "note": "x"}\n{} None 0 None False\n')
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_torn_line_of_a_killed_writer_is_ended_first(self):
        self.put("metrics.jsonl", '{"step": 0, "loss": 1}\n{"step": 1, "lo')
        self.ran("tw.log({'loss': 0.5}, 1); tw.log({'loss': 0.25}, 2)")
        self.assertEqual(self.read("metrics.jsonl").split("\n")[1:],
                         ['{"step": 1, "lo', '{"step": 1, "loss": 0.5}', '{"step": 2, "loss": 0.25}', ""])

    def test_what_is_not_finite_is_left_out_and_said(self):
        _, said = self.ran("tw.log({'a': float('nan'), 'b': float('inf'), 'c': 1}, 0)\n"
                           "tw.log({'a': float('nan')}, 1); tw.finish({'cost': float('nan'), 'time': 2.5})")
        self.assertEqual(self.read("metrics.jsonl"), '{"step": 0, "c": 1}\n')
        self.assertEqual(json.loads(self.read("result.json")), {"time": 2.5})
        self.assertIn("a is nan, which is not recorded", said)

    def test_numbers_of_other_libraries_are_numbers(self):
        self.ran("class Scalar:\n    def __float__(self): return 0.25\n"
                 "tw.log({'loss': Scalar()}, 0); tw.finish({'cost': Scalar()})")
        self.assertEqual(self.read("metrics.jsonl"), '{"step": 0, "loss": 0.25}\n')
        self.assertEqual(self.read("result.json"), '{"cost": 0.25}\n')

    def test_a_step_is_a_whole_number(self):
        for step in ("-1", "0.5"):
            process = self.start(f"tw.log({{'loss': 1}}, {step})")
            self.assertIn("a step is a whole number", process.communicate()[1])

    def test_a_job_that_changes_its_directory_writes_where_it_was(self):
        self.ran("os.mkdir('out'); os.chdir('out'); tw.log({'loss': 1}, 0); tw.finish({'cost': 1})")
        self.assertEqual(sorted(os.listdir(self.folder)), ["metrics.jsonl", "out", "result.json"])

    def test_a_full_disk_is_no_failure(self):
        os.mkdir(os.path.join(self.folder, "metrics.jsonl"))
        self.assertIn("trialwatch: metrics.jsonl", self.ran("tw.log({'loss': 1}, 0)")[1])

    def test_many_writers_leave_whole_lines(self):
        code = "for step in range(200): tw.log({'loss': 1 / 3, 'x' * 50: step}, step)"
        for process in [self.start(code) for _ in range(4)]:
            self.assertEqual(process.communicate()[1], "")
        self.assertEqual(sorted(json.loads(line)["step"] for line in self.read("metrics.jsonl").split("\n") if line),
                         sorted(4 * list(range(200))))

    def test_of_several_ranks_the_first_writes_and_none_is_told_alone(self):
        self.put("stop", "")
        code = "tw.log({'rank': tw.rank()}, 0); tw.finish({'rank': tw.rank()}); print(tw.ranks(), tw.should_stop())"
        for rank, ranks in (("RANK", "WORLD_SIZE"), ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS"),
                            ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE")):
            processes = [self.start(code, **{rank: str(number), ranks: "3"}) for number in range(3)]
            self.assertEqual([process.communicate()[0] for process in processes], 3 * ["3 True\n"])
            self.assertEqual(self.read("metrics.jsonl"), '{"step": 0, "rank": 0}\n')
            self.assertEqual(self.read("result.json"), '{"rank": 0}\n')
            os.unlink(os.path.join(self.folder, "metrics.jsonl"))

    def test_ranks_agree_by_what_they_are_given(self):
        self.assertEqual(self.ran("print(tw.should_stop(lambda seen: not seen))")[0], "True\n")
        self.put("stop", "")
        self.assertEqual(self.ran("print(tw.should_stop(lambda seen: not seen))")[0], "False\n")

    def test_a_batch_script_of_slurm_is_alone_whatever_it_has(self):
        self.put("stop", "")
        process = self.start("tw.log({'loss': 1}, 0)", SLURM_NTASKS="8", SLURM_PROCID="0")
        self.assertIn("TrialPruned", process.communicate()[1])


class Drivers(LabTest):
    def experiment(self, **settings):
        lab = self.lab(train=JOB, stages=stage(), **settings)
        return lab, tw.Experiment(lab.path)

    def test_trials_are_made_waited_for_and_listed(self):
        lab, experiment = self.experiment()
        ids = [experiment.submit({"x": x}, run="mine", k=k, seed=5) for k, x in enumerate((0.25, 0.5))]
        self.assertEqual(ids, ["000000", "000001"])
        self.assertEqual(lab.names("trials/000000"), ["config.json"])
        lab.start("trialwatch", "--poll", "0.1")
        ended = dict(experiment.wait(timeout=60))
        self.assertEqual({trial: outcome["values"]["cost"] for trial, outcome in ended.items()},
                         {"000000": 0.25, "000001": 0.5})
        self.assertEqual(experiment.outcomes(), ended)
        lines, offset = experiment.metrics("000000")
        self.assertEqual([line["step"] for line in lines], [0, 1, 2])
        self.assertEqual(experiment.metrics("000000", offset), ([], offset))
        self.assert_rows_are_those_of_trialctl(lab, experiment.to_rows())

    def assert_rows_are_those_of_trialctl(self, lab, rows):
        told = list(csv.DictReader(io.StringIO(lab.ctl("list", "--csv").stdout)))
        for row, line in zip(rows, told):
            self.assertEqual(list(row), list(line))
            self.assertEqual({name: str(value) for name, value in row.items() if name not in ("seconds",)},
                             {name: text for name, text in line.items() if name not in ("seconds",)})

    def test_a_table_needs_pandas_and_says_so(self):
        _, experiment = self.experiment()
        sys.modules["pandas"] = None
        self.addCleanup(sys.modules.pop, "pandas")
        with self.assertRaisesRegex(ImportError, "to_rows"):
            experiment.to_dataframe()

    def test_drivers_that_race_take_numbers_of_their_own(self):
        lab, experiment = self.experiment()
        code = HEAD + "e = tw.Experiment(sys.argv[1])\nfor k in range(25): e.submit({'x': 0.5}, run=sys.argv[2], k=k)"
        drivers = [lab.spawn([sys.executable, "-c", code, lab.path, name]) for name in "abc"]
        self.assertEqual([driver.wait(60) for driver in drivers], [0, 0, 0])
        self.assertEqual(experiment.ids(), [f"{number:06}" for number in range(75)])
        made = {(own["run"], own["k"]) for own in (experiment.config(trial)["_trial"] for trial in experiment.ids())}
        self.assertEqual(len(made), 75)
        self.assertEqual(lab.leftovers(), [])

    def test_a_name_that_is_taken_stays(self):
        lab, experiment = self.experiment()
        trial = experiment.submit({"x": 1})
        with self.assertRaises(FileExistsError):
            tw.publish(lab.path + "/trials/" + trial, "config.json", "{}")
        self.assertEqual((experiment.config(trial), lab.names("trials/" + trial)), ({"x": 1}, ["config.json"]))

    def test_a_number_that_was_set_aside_is_not_taken(self):
        lab, experiment = self.experiment()
        os.makedirs(lab.path + "/.trialwatch/zombies/000007.1234")
        self.assertEqual(experiment.submit({"x": 0.5}), "000008")

    def test_what_no_config_can_hold_makes_no_trial(self):
        lab, experiment = self.experiment()
        for params, error in (({"x": float("nan")}, ValueError), ({"_x": 1}, ValueError), ({"x": object()}, TypeError)):
            with self.assertRaises(error):
                experiment.submit(params)
        self.assertEqual(experiment.ids(), [])

    def test_without_a_watcher_a_whole_result_ends_a_trial(self):
        lab, experiment = self.experiment()
        results = (("a", '{"cost": 1.5, "x": NaN}', "complete"), ("b", '{"cost": 1.', None), ("c", "", None),
                   ("d", '{"cost": NaN}', "failed"), ("e", "[1]", "failed"), ("f", '{"cost": nan}', "failed"))
        for trial, text, state in results:
            lab.trial(trial)
            lab.put(f"trials/{trial}/result.json", text)
            self.assertEqual((experiment.outcome(trial) or {}).get("state"), state, text)
        self.assertEqual(experiment.outcome("a")["values"], {"cost": 1.5})
        os.makedirs(lab.path + "/.trialwatch/journal")
        lab.put(".trialwatch/journal/0000000001", "")
        self.assertEqual(experiment.outcomes(), {})

    def test_a_kill_after_a_retry_wins(self):
        lab, experiment = self.experiment()
        lab.trial("000000")
        lab.put("trials/000000/outcome.json", '{"format": 1, "seq": 1, "state": "failed", "values": {}}')
        lab.put("trials/000000/retry", "")
        experiment.kill("000000", "no more", by="anna")
        experiment.kill("000000", "twice")
        self.assertEqual(lab.names("trials/000000"), ["config.json", "kill", "outcome.json"])
        self.assertEqual(json.loads(lab.read("trials/000000/kill")), {"by": "anna", "reason": "no more"})

    def test_a_directory_that_was_moved_is_read_only(self):
        lab, experiment = self.experiment()
        experiment.submit({"x": 0.5})
        self.assertEqual(lab.watch().returncode, 0)
        moved = lab.path + "-moved"
        shutil.copytree(lab.path, moved)
        copy = tw.Experiment(moved)
        self.assertEqual(copy.outcomes(), experiment.outcomes())
        for write in (lambda: copy.submit({"x": 1}), lambda: copy.stop("000000")):
            with self.assertRaisesRegex(tw.ProtocolError, "trialctl identity"):
                write()

    def test_symbolic_links_and_special_files_are_not_read(self):
        lab, experiment = self.experiment()
        os.makedirs(lab.path + "/trials/000000")
        os.mkfifo(lab.path + "/trials/000000/config.json")
        os.symlink(lab.path + "/trials/000000", lab.path + "/trials/000001")
        self.assertEqual((experiment.ids(), experiment.config("000000")), (["000000"], None))


class Documents(LabTest):
    def test_lines_that_are_no_metric_are_passed_over(self):
        lab = self.lab()
        valid, invalid = ([path.read_bytes().strip() for path in sorted((EXAMPLES / verdict).glob("metrics-line/*.json"))]
                          for verdict in ("valid", "invalid"))
        lab.trial("000000")
        with open(lab.path + "/trials/000000/metrics.jsonl", "wb") as file:
            file.write(b"\n".join(invalid + valid + [b'{"step": 1, "torn']))
        lines, offset = tw.Experiment(lab.path).metrics("000000")
        self.assertEqual((len(lines), offset), (len(valid), len(b"\n".join(invalid + valid)) + 1))

    def test_examples_of_the_protocol(self):
        for verdict in ("valid", "invalid", "refused"):
            for kind in ("config", "outcome", "result"):
                for path in sorted((EXAMPLES / verdict / kind).glob("*.json")):
                    with self.subTest(path=path):
                        self.check(path, verdict, kind)

    def check(self, path, verdict, kind):
        told = path.with_suffix(".expect").read_text() if verdict != "valid" else ""
        syntax = any(word in told for word in ("not valid JSON", "twice", "levels", "longer than", "overflow"))
        expected = tw.NotYet if "ends before" in told else tw.ProtocolError if syntax else None
        options = {"bare_nan": kind == "result",
                   "longest": tw.LONGEST_OUTCOME if kind == "outcome" else tw.LONGEST_DOCUMENT}
        if expected is None:
            return tw.parse(path.read_bytes(), **options)
        with self.assertRaises(expected):
            tw.parse(path.read_bytes(), **options)

    def test_each_beginning_is_not_yet(self):
        text = '{"a": [1, -2.5e-3, "x\\u00e4ä\\n", true, null, NaN, -Infinity, {"b": false}]}'.encode()
        tw.parse(text, bare_nan=True)
        for size in range(len(text)):
            with self.subTest(text[:size]), self.assertRaises(tw.NotYet):
                tw.parse(text[:size], bare_nan=True)


class Readme(unittest.TestCase):
    def test_blocks_run_and_print_what_is_shown(self):
        readme_test.run_page(self, (ROOT / "contrib" / "python" / "README.md").read_text(), TRIALWATCH=str(ROOT))


if __name__ == "__main__":
    unittest.main()
