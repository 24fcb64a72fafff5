"""contrib/optuna with the real Optuna of build/venv, which bootstrap makes. Without it: skipped (77)."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
VENV = ROOT / "build" / "venv"
if os.path.realpath(sys.prefix) != os.path.realpath(VENV):
    python = VENV / "bin" / "python"
    if not python.exists() or subprocess.run([python, "-c", "import optuna"], stderr=subprocess.DEVNULL).returncode:
        print("skipped: Optuna is not in build/venv; ./bootstrap test puts it there")
        sys.exit(77)
    os.execv(python, [str(python), os.path.abspath(__file__), *sys.argv[1:]])

sys.path[:0] = [str(ROOT / "contrib" / "optuna"), str(ROOT / "contrib" / "python")]
import optuna  # noqa: E402
import trialwatch as tw  # noqa: E402

import readme_test  # noqa: E402
import trialwatch_optuna  # noqa: E402
from lab import BIN, LabTest, wait_for  # noqa: E402
from search_space import Misfit, SearchSpace  # noqa: E402
from study_record import StudyRecord  # noqa: E402
from trial_book import TrialBook  # noqa: E402

SCRIPT = str(ROOT / "contrib" / "optuna" / "trialwatch_optuna.py")
optuna.logging.set_verbosity(optuna.logging.WARNING)

SPACE = {"x": {"type": "float", "low": 0, "high": 1, "default": 0.5},
         "kind": {"type": "categorical", "choices": ["a", "b"], "default": "a"},
         "n": {"type": "int", "low": 1, "high": 64, "log": True, "default": 8, "when": {"kind": "b"}}}
JOB = """#!/bin/sh
echo "$TRIAL_ID" >> "$TRIAL_EXPERIMENT/starts.log"
echo "{\\"cost\\": $("$TRIALCTL" get x)}" > result.json
"""
CURVE = """#!/bin/sh
x=$("$TRIALCTL" get x) step=0
while [ $step -lt 3000 ]; do  # until it is stopped, or good
    "$TRIALCTL" report --step $step loss=$x || exit 0
    case $x in 0.*) [ $step -lt 3 ] || break ;; esac
    step=$((step + 1)); sleep 0.1
done
echo "{\\"cost\\": $x}" > result.json
"""
STAGES = [{"name": "train", "command": ["./train.sh"], "done": "result.json"}]


class OptunaTest(LabTest):
    def experiment(self, train=JOB, **settings):
        lab = self.lab(**{"train": train, "stages": STAGES, "space": SPACE, **settings})
        return lab, tw.Experiment(lab.path)

    def search(self, lab, *args):
        words = [sys.executable, SCRIPT, lab.path, "--poll", "0.1", "--parallel", "3", *args]
        return lab.spawn(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def done(self, process, status=0):
        said = process.communicate(timeout=120)[0]
        self.assertEqual(process.returncode, status, said)
        return said

    def configs(self, experiment):
        """Of the trials there are: a search killed between a directory and its config leaves one that is none."""
        return [config for trial in experiment.ids() if (config := experiment.config(trial)) is not None]

    def ks(self, experiment):
        return sorted(config["_trial"]["k"] for config in self.configs(experiment))

    def record(self, experiment, sampler="random", pruner=optuna.pruners.NopPruner, metric=None):
        book = TrialBook(experiment)
        book.look_at_all(False)
        record = StudyRecord(experiment, experiment.settings(), trialwatch_optuna.SAMPLERS[sampler], pruner(), metric)
        record.rebuild(book)
        return record


class Searches(OptunaTest):
    def test_a_study_that_is_killed_twice_goes_on_where_it_was(self):
        lab, experiment = self.experiment()
        lab.start("trialwatch", "--poll", "0.1")
        for count in (5, 12):
            search = self.search(lab, "--trials", "20")
            self.assertTrue(wait_for(lambda: len(self.ks(experiment)) >= count))
            search.kill()
            search.communicate()
        said = self.done(self.search(lab, "--trials", "20"))
        self.assertEqual(self.ks(experiment), list(range(20)))
        configs = self.configs(experiment)
        self.assertEqual(len({json.dumps(tw.parameters(config), sort_keys=True) for config in configs}), 20)
        self.assertEqual({(outcome["state"], outcome["attempts"]) for outcome in experiment.outcomes().values()},
                         {("complete", 1)})
        self.assertEqual(len(lab.starts()), 20)
        best = min(experiment.outcomes().items(), key=lambda item: item[1]["values"]["cost"])
        self.assertIn(f"best: {best[0]}  cost={best[1]['values']['cost']:g}", said)
        self.assertTrue(wait_for(lambda: not lab.leftovers()), lab.leftovers())
        self.assertEqual(json.loads(lab.ctl("status", "--json").stdout)["trials"]["planned"], 20)

    def test_a_pruner_ends_trials(self):
        lab, experiment = self.experiment(train=CURVE, optimizer={"pruner": {"type": "none", "metric": "loss"}}, stages=[
            {"name": "train", "command": ["./train.sh"], "done": "result.json", "grace": 1}])
        lab.write_settings(space={"x": {"type": "float", "low": 0, "high": 9}})
        for number in range(5):
            experiment.submit({"x": 0.1 + number / 100})
        self.assertEqual(lab.watch().returncode, 0)
        lab.start("trialwatch", "--poll", "0.1")
        said = self.done(self.search(lab, "--sampler", "random", "--pruner", "median", "--trials", "4"))
        ours = [outcome for trial, outcome in experiment.outcomes().items() if "_trial" in experiment.config(trial)]
        pruned = [outcome for outcome in ours if outcome["state"] == "pruned"]
        self.assertGreaterEqual(len(pruned), 2, said)
        self.assertEqual({outcome["by"] for outcome in pruned}, {"pruner"})
        states = [trial.state.name for trial in self.record(experiment, metric=("loss", "minimize")).study.trials]
        self.assertEqual(states.count("PRUNED"), len(pruned))

    def test_a_watcher_waits_until_the_study_is_done_and_trialopt_is_refused(self):
        lab, experiment = self.experiment()
        search = self.search(lab, "--trials", "6")
        self.assertTrue(wait_for(lambda: self.ks(experiment)))
        self.assertIn("another trialopt lives", lab.run("trialopt", lab.path, "--once").stdout)
        self.assertIn("has the optimizer's role", self.done(self.search(lab), status=1))
        watched = lab.watch()
        self.assertEqual(watched.returncode, 0, watched.stdout)
        self.done(search)
        self.assertEqual(len(experiment.outcomes()), 6)
        self.assertEqual(json.loads(lab.ctl("status", "--json").stdout)["optimizer"]["state"], "released")

    def test_terminated_it_gives_the_role_back_and_trialopt_takes_up(self):
        lab, experiment = self.experiment(optimizer={"trials": 5, "sampler": "random"})
        search = self.search(lab)
        self.assertTrue(wait_for(lambda: len(self.ks(experiment)) == 3))
        search.terminate()
        self.done(search, status=1)
        done = lab.ctl("run")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(len(experiment.outcomes()), 5)
        self.done(self.search(lab, "--trials", "+0"))
        self.assertEqual(len(experiment.ids()), 5)

    def test_failed_trials_are_told_as_failed_and_a_retry_is_heard(self):
        lab, experiment = self.experiment(
            train="#!/bin/sh\n[ -e ../../mended ] || exit 3\necho '{\"cost\": 1}' > result.json\n")
        lab.start("trialwatch", "--poll", "0.1")
        self.done(self.search(lab, "--trials", "2"))
        self.assertEqual([trial.state.name for trial in self.record(experiment).study.trials], ["FAIL", "FAIL"])
        lab.put("mended", "")
        lab.ctl("retry", "0")
        self.done(self.search(lab, "--trials", "3"))
        self.assertTrue(wait_for(lambda: (experiment.outcome("000000") or {}).get("state") == "complete"))
        states = [trial.state.name for trial in self.record(experiment).study.trials]
        self.assertEqual(states, ["COMPLETE", "FAIL", "COMPLETE"])

    def test_paused_it_proposes_nothing(self):
        lab, experiment = self.experiment()
        lab.put(".trialwatch/paused", "{}")
        search = self.search(lab, "--trials", "2")
        self.assertFalse(wait_for(experiment.ids, seconds=1))
        os.unlink(lab.path + "/.trialwatch/paused")
        self.assertTrue(wait_for(lambda: len(self.ks(experiment)) == 2))
        search.terminate()
        self.done(search, status=1)

    def test_the_space_may_be_edited_meanwhile(self):
        lab, experiment = self.experiment(optimizer={"trials": 3})
        lab.start("trialwatch", "--poll", "0.1")
        self.done(self.search(lab))
        lab.write_settings(space={"x": {"type": "float", "low": 2, "high": 3}}, optimizer={"trials": 5})
        said = self.done(self.search(lab))
        self.assertIn("3 trials are left out", said)
        self.assertEqual(self.ks(experiment), list(range(5)))
        self.assertTrue(all(2 <= experiment.config(f"{number:06}")["x"] <= 3 for number in (3, 4)))

    def test_mistakes_are_told(self):
        lab, experiment = self.experiment(objectives=[{"name": "a"}, {"name": "b"}])
        self.assertIn("one objective only", self.done(self.search(lab, "--pruner", "median"), status=2))
        self.assertIn("neither one of tpe", self.done(self.search(lab, "--sampler", "magic"), status=2))
        os.unlink(lab.path + "/experiment.json")
        self.assertIn("there is no experiment.json", self.done(self.search(lab), status=2))


class Records(OptunaTest):
    """What is rebuilt from a directory, without a watcher."""

    def ended(self, lab, trial, text, **config):
        lab.trial(trial, **config)
        lab.put(f"trials/{trial}/result.json", text)

    def test_numbers_are_ks_and_other_peoples_trials_fill_the_gaps(self):
        lab, experiment = self.experiment()
        for k in (0, 3):
            self.ended(lab, f"00000{k}", '{"cost": 1}', x=k / 10, kind="a", _trial={"run": "optuna", "k": k})
        lab.trial("000004", x=0.4, kind="a", _trial={"run": "optuna", "k": 4})
        self.ended(lab, "anna", '{"cost": 2}', x=0.9, kind="b", n=3)
        self.ended(lab, "berta", '{"cost": 2}', x=7, kind="b", n=3)
        self.ended(lab, "carl", '{"cost": 3}', x=0.8)
        trials = self.record(experiment).study.trials
        self.assertEqual([(trial.user_attrs.get("trial"), trial.state.name) for trial in trials],
                         [("000000", "COMPLETE"), ("anna", "COMPLETE"), (None, "FAIL"), ("000003", "COMPLETE"),
                          ("000004", "RUNNING"), ("carl", "COMPLETE")])
        self.assertEqual((trials[1].params, trials[5].params), ({"x": 0.9, "kind": "b", "n": 3}, {"x": 0.8, "kind": "a"}))

    def test_of_two_with_one_number_the_refused_one_is_left_out(self):
        lab, experiment = self.experiment()
        for trial in ("000000", "000001"):
            lab.trial(trial, x=0.5, kind="a", _trial={"run": "optuna", "k": 0})
        refused = {"format": 1, "seq": 1, "state": "failed", "kind": "duplicate", "values": {}}
        lab.put("trials/000000/outcome.json", json.dumps(refused))
        trials = self.record(experiment).study.trials
        self.assertEqual([(trial.state.name, trial.user_attrs["trial"]) for trial in trials], [("RUNNING", "000001")])

    def test_several_objectives_have_a_front(self):
        lab, experiment = self.experiment(objectives=[{"name": "a"}, {"name": "b", "direction": "maximize"}])
        for trial, a, b in (("anna", 1, 1), ("berta", 2, 2), ("carl", 2, 1)):
            self.ended(lab, trial, json.dumps({"a": a, "b": b}), x=a / 10, kind="a")
        record = self.record(experiment, "nsga2")
        self.assertEqual(sorted(record.best()), [("anna", [1, 1]), ("berta", [2, 2])])
        config, proposal = record.propose(0)
        trial = experiment.submit(config, **proposal)
        record.published(trial)
        record.hear(trial, {"state": "complete", "values": {"a": 0, "b": 9}})
        self.assertEqual(record.best(), [(trial, [0, 9])])

    @unittest.skipUnless(os.geteuid() == 0, "only root can give files away")
    def test_trials_of_another_user_are_left_out(self):
        lab, experiment = self.experiment()
        self.ended(lab, "anna", '{"cost": 1}', x=0.5)
        os.chown(lab.path + "/trials/anna/config.json", 65534, 65534)
        self.assertEqual(self.record(experiment).study.trials[0].state.name, "WAITING")  # the default
        book = TrialBook(experiment)
        book.look_at_all(True)
        self.assertEqual(list(book.trials), ["anna"])

    def test_the_first_proposal_is_the_default_unless_it_was_tried(self):
        lab, experiment = self.experiment()
        self.assertEqual(self.record(experiment).propose(0)[0], {"x": 0.5, "kind": "a"})
        self.ended(lab, "anna", '{"cost": 1}', x=0.5, kind="a")
        self.assertNotEqual(self.record(experiment).propose(0)[0], {"x": 0.5, "kind": "a"})

    def test_nothing_is_proposed_again_by_who_was_killed(self):
        for sampler in ("random", "tpe", "nsga2"):
            lab, experiment = self.experiment()
            seen = set()
            for _ in range(12):
                config, proposal = self.record(experiment, sampler).propose(0)
                trial = experiment.submit(config, **proposal)
                lab.put(f"trials/{trial}/result.json", '{"cost": %r}' % config["x"])
                seen.add(config["x"])
            self.assertEqual((len(seen), self.ks(experiment)), (12, list(range(12))), sampler)

    def test_generations_are_those_of_a_study_that_was_not_killed(self):
        lab, experiment = self.experiment(space={"x": {"type": "float", "low": 0, "high": 1}})
        whole = self.record(experiment, "nsga2")
        whole.study.sampler = optuna.samplers.NSGAIISampler(population_size=4, seed=1)
        for _ in range(10):
            config, proposal = whole.propose(0)
            trial = experiment.submit(config, **proposal)
            lab.put(f"trials/{trial}/result.json", '{"cost": %r}' % config["x"])
            whole.published(trial)
            whole.hear(trial, experiment.outcome(trial))
        again = StudyRecord(experiment, experiment.settings(), lambda seed: optuna.samplers.NSGAIISampler(population_size=4),
                            None, None)
        book = TrialBook(experiment)
        book.look_at_all(False)
        again.rebuild(book)
        generations = [[trial.system_attrs["NSGAIISampler:generation"] for trial in record.study.trials]
                       for record in (whole, again)]
        self.assertEqual(generations, 2 * [[0, 0, 0, 0, 1, 1, 1, 1, 2, 2]])

    def test_intermediate_values_are_told_once_and_in_the_objectives_direction(self):
        lab, experiment = self.experiment()
        lab.trial("000000", x=0.5, kind="a", _trial={"run": "optuna", "k": 0})
        lab.put("trials/000000/metrics.jsonl",
                '{"step":0,"acc":0.5}\n{"step":1,"loss":1}\n{"step":0,"acc":1}\n{"step":2,"acc":Na')
        record = self.record(experiment, metric=("acc", "maximize"))
        self.assertEqual(record.study.trials[0].intermediate_values, {0: -0.5})
        with open(lab.path + "/trials/000000/metrics.jsonl", "a") as file:
            file.write('N}\n{"step":3,"acc":2}\n')
        record.report("000000")
        self.assertEqual(sorted(record.study.trials[0].intermediate_values), [0, 2, 3])


class Spaces(unittest.TestCase):
    def test_every_kind_is_suggested_inside_its_domain(self):
        space = SearchSpace({
            "late": {"type": "float", "low": 0, "high": 1, "step": 0.3, "when": {"mode": ["b", 2], "size": {"gt": 3}}},
            "mode": {"type": "categorical", "choices": ["a", "b", 2, None]},
            "size": {"type": "int", "low": 1, "high": 10, "step": 4},
            "grid": {"type": "int", "low": 1, "high": 64, "step": 9, "log": True},
            "rate": {"type": "float", "low": 1e-4, "high": 1, "log": True},
            "epochs": {"type": "fixed", "value": 3, "when": {"size": {"le": 5}}}})
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
        configs = [space.suggest(study.ask()) for _ in range(300)]
        self.assertEqual({config["mode"] for config in configs}, {"a", "b", 2, None})
        self.assertEqual({config["size"] for config in configs}, {1, 5, 9})
        self.assertLessEqual({config["grid"] for config in configs}, {1, 10, 19, 28, 37, 46, 55, 64})
        self.assertEqual({round(config["late"], 9) for config in configs if "late" in config}, {0, 0.3, 0.6, 0.9})
        for config in configs:
            self.assertEqual("late" in config, config["mode"] in ("b", 2) and config["size"] > 3)
            self.assertEqual("epochs" in config, config["size"] <= 5)
            self.assertEqual(space.adopt(config), config)

    def test_what_does_not_fit_is_told(self):
        space = SearchSpace({"x": {"type": "float", "low": 0, "high": 1},
                             "n": {"type": "int", "low": 1, "high": 9, "step": 2},
                             "c": {"type": "categorical", "choices": [1, "1"], "default": "1"}})
        self.assertEqual(space.adopt({"x": 1, "n": 3.0, "old": 4}), {"x": 1.0, "n": 3, "c": "1"})
        for params in ({"n": 1}, {"x": 2, "n": 1}, {"x": True, "n": 1}, {"x": 0, "n": 2}, {"x": 0, "n": 1.5},
                       {"x": 0, "n": 1, "c": True}):
            with self.assertRaises(Misfit):
                space.adopt(params)

    def test_choices_that_optuna_takes_for_one_are_refused(self):
        with self.assertRaises(ValueError):
            SearchSpace({"c": {"type": "categorical", "choices": [1, True]}})


class Readme(unittest.TestCase):
    def test_blocks_run_and_print_what_is_shown(self):
        path = os.pathsep.join([BIN, str(VENV / "bin"), os.environ["PATH"]])
        readme_test.run_page(self, (ROOT / "contrib" / "optuna" / "README.md").read_text(), PATH=path, TRIALWATCH=str(ROOT))


if __name__ == "__main__":
    unittest.main()
