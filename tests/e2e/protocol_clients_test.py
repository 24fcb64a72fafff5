"""The clients of protocol/examples/clients, written from the protocol alone, against the real watcher."""
import json
import os
import shutil
import subprocess
import sys
import time
import unittest

from lab import LabTest, wait_for

CLIENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "protocol", "examples", "clients")
TRIALS = 8


class Clients(LabTest):
    def setUp(self):
        self.bench = self.lab()
        for name in ("train.sh", "flow.sh", "metric.sh"):
            os.remove(os.path.join(self.bench.path, name))
        for name in ("experiment.json", "train.sh"):
            shutil.copy(os.path.join(CLIENTS, name), self.bench.path)

    def optimize(self):
        process = subprocess.Popen([sys.executable, os.path.join(CLIENTS, "optimizer.py"), self.bench.path,
                                    str(TRIALS)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

        def end():
            process.kill()
            process.communicate()
        self.addCleanup(end)
        return process

    def configs(self):
        found = []
        for name in self.bench.names("trials") if self.bench.exists("trials") else []:
            if self.bench.exists(f"trials/{name}/config.json"):
                found.append(json.loads(self.bench.read(f"trials/{name}/config.json")))
        return found

    def slow_train(self):
        """train.sh with a pause in each step, so that it can be met while it runs."""
        text = self.bench.read("train.sh").replace("    step=$((step + 1))\n", "    step=$((step + 1))\n    sleep 0.3\n")
        self.assertIn("sleep", text)
        self.bench.script("train.sh", text)

    def held_train(self):
        """train.sh, which waits for a file in its third step."""
        wait = '    [ "$step" != 3 ] || until [ -e "$TRIAL_EXPERIMENT/go" ]; do sleep 0.1; done\n'
        text = self.bench.read("train.sh").replace("    step=$((step + 1))\n", "    step=$((step + 1))\n" + wait)
        self.assertIn("until", text)
        self.bench.script("train.sh", text)

    def steps(self, trial):
        path = f"trials/{trial}/metrics.jsonl"
        lines = self.bench.read(path).splitlines() if self.bench.exists(path) else []
        return [json.loads(line)["step"] for line in lines]

    def test_the_experiment_has_no_mistakes(self):
        checked = self.bench.ctl("check")
        self.assertEqual(checked.returncode, 0, checked.stdout)
        self.assertNotIn("error", checked.stdout)

    def test_a_search_from_beginning_to_end(self):
        self.bench.start("trialwatch", "--poll", "0.1")
        optimizer = self.optimize()
        said, _ = optimizer.communicate(timeout=120)
        self.assertEqual(optimizer.returncode, 0, said)
        self.assertRegex(said, r"^best: cost \S+ at x = \S+\n$")
        outcomes = [self.bench.outcome(name) for name in self.bench.names("trials")]
        self.assertEqual(len(outcomes), TRIALS)
        for outcome in outcomes:
            self.assertEqual((outcome["state"], outcome["attempts"]), ("complete", 1), outcome)
        self.assertEqual(self.steps("000000"), [1, 2, 3, 4, 5])
        self.assertTrue(wait_for(lambda: not self.bench.leftovers()), self.bench.leftovers())

    def test_an_optimizer_that_is_killed_goes_on_where_it_was(self):
        self.bench.start("trialwatch", "--poll", "0.1")
        for seen in (2, 4, 6):
            optimizer = self.optimize()
            self.assertTrue(wait_for(lambda: len(self.configs()) >= seen))
            optimizer.kill()
            optimizer.wait()
        optimizer = self.optimize()
        said, _ = optimizer.communicate(timeout=120)
        self.assertEqual(optimizer.returncode, 0, said)
        self.assertEqual(sorted(config["_trial"]["k"] for config in self.configs()), list(range(TRIALS)))

    def test_what_others_wrote_does_no_harm(self):
        for name, text in (("anna", "{not json"), ("berta", "[1]"), ("carl", '{"x": 0.5}')):
            self.bench.put(f"trials/{name}/config.json", text)
        os.mkdir(os.path.join(self.bench.path, "trials", "000001"))
        self.bench.put("trials/notes.txt", "mine")
        self.bench.start("trialwatch", "--poll", "0.1")
        optimizer = self.optimize()
        said, _ = optimizer.communicate(timeout=120)
        self.assertEqual(optimizer.returncode, 0, said)
        self.assertTrue(wait_for(lambda: self.bench.outcome("carl") and self.bench.outcome("anna")))
        self.assertEqual(self.bench.outcome("carl")["state"], "complete")
        self.assertEqual(self.bench.outcome("anna")["kind"], "config")
        self.assertEqual(self.bench.names("trials/000001"), [])  # reserved, and not filled yet

    def test_a_config_that_is_still_being_written_is_waited_for(self):
        self.bench.start("trialwatch", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: self.bench.exists(".trialwatch/requests")))
        for number in range(20):  # again, where this process was held up for as long as is waited
            name, begin = f"slow{number}", time.monotonic()
            self.bench.put(f"trials/{name}/config.json", '{"x": ')
            refused = wait_for(lambda: self.bench.outcome(name), seconds=1.5)
            with open(os.path.join(self.bench.path, f"trials/{name}/config.json"), "a") as file:
                file.write("0.5}")
            if time.monotonic() - begin < 3:
                break
        self.assertFalse(refused)
        self.assertTrue(wait_for(lambda: self.bench.outcome(name)))
        self.assertEqual(self.bench.outcome(name)["state"], "complete")

    def test_the_same_proposal_twice_is_refused(self):
        for name in ("anna", "berta"):
            self.bench.trial(name, x=0.5, _trial={"run": "mine", "k": 0})
        self.assertEqual(self.bench.watch().returncode, 0)
        outcomes = sorted((self.bench.outcome(name) for name in ("anna", "berta")), key=lambda one: one["state"])
        self.assertEqual([one["state"] for one in outcomes], ["complete", "failed"])
        self.assertEqual((outcomes[1]["kind"], outcomes[1]["attempts"]), ("duplicate", 0))

    def test_a_request_that_was_there_before_the_trial_is_taken(self):
        self.bench.put("trials/anna/stop", "")
        self.bench.trial("anna", x=0.5)
        self.assertEqual(self.bench.watch().returncode, 0)
        self.assertEqual(self.bench.outcome("anna")["state"], "pruned")
        self.assertFalse(self.bench.exists("trials/anna/stop"))

    @unittest.skipUnless(os.geteuid() == 0, "only root can give files away")
    def test_what_belongs_to_another_user_is_left_alone(self):
        def give_away(name):
            os.chown(os.path.join(self.bench.path, name), 65534, 65534)
        self.slow_train()
        self.bench.trial("foreign", x=0.5)
        give_away("trials/foreign/config.json")
        self.bench.trial("mine", x=0.5)
        self.bench.put("trials/mine/kill", "")
        give_away("trials/mine/kill")
        self.bench.start("trialwatch", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: self.bench.outcome("mine")))
        self.assertEqual(self.bench.outcome("mine")["state"], "complete")
        self.assertEqual(self.bench.names("trials/foreign"), ["config.json"])
        text = self.bench.read("experiment.json")
        self.bench.put("experiment.json", text.replace('"format": 1,', '"format": 1, "group": true,'))
        self.assertTrue(wait_for(lambda: self.bench.outcome("foreign"), seconds=60))

    def test_the_optimizer_waits_while_it_is_paused(self):
        self.bench.start("trialwatch", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: self.bench.exists(".trialwatch/requests")))
        self.assertEqual(self.bench.ctl("pause").returncode, 0)
        self.assertTrue(wait_for(lambda: self.bench.exists(".trialwatch/paused")))
        optimizer = self.optimize()
        self.assertFalse(wait_for(lambda: self.bench.names("trials"), seconds=2))
        self.bench.ctl("resume")
        optimizer.communicate(timeout=120)
        self.assertEqual(optimizer.returncode, 0)

    def test_the_job_ends_early_when_it_is_stopped(self):
        self.held_train()
        self.bench.trial("000000", x=0.5)
        self.bench.start("trialwatch", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: self.steps("000000")))
        self.assertEqual(self.bench.ctl("stop", "000000").returncode, 0)
        self.bench.put("go", "")
        self.assertTrue(wait_for(lambda: self.bench.outcome("000000")))
        outcome = self.bench.outcome("000000")
        self.assertEqual(outcome["state"], "complete", outcome)
        self.assertLess(outcome["values"]["steps"], 5)

    def test_the_job_goes_on_from_its_checkpoint(self):
        self.held_train()
        self.bench.trial("000000", x=0.5)
        self.bench.start("trialwatch", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: len(self.steps("000000")) >= 2))
        self.assertEqual(self.bench.ctl("kill", "000000").returncode, 0)
        self.assertTrue(wait_for(lambda: self.bench.outcome("000000")))
        self.assertEqual(self.bench.outcome("000000")["state"], "killed")
        self.bench.put("go", "")
        self.assertEqual(self.bench.ctl("retry", "000000").returncode, 0)
        self.assertTrue(wait_for(lambda: (self.bench.outcome("000000") or {}).get("state") == "complete"))
        steps = self.steps("000000")
        self.assertEqual(sorted(set(steps)), [1, 2, 3, 4, 5])
        self.assertLessEqual(len(steps), 6)  # at most the step that it was killed in is done twice

    def test_the_optimizer_is_as_short_as_the_readme_says(self):
        with open(os.path.join(CLIENTS, "optimizer.py")) as file:
            code = file.read().split('"""')[2]
        lines = [line for line in code.splitlines() if line.strip()]
        self.assertLessEqual(len(lines), 33)


if __name__ == "__main__":
    unittest.main()
