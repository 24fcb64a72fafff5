"""Promotion and pbt with the real programs: a job that trains up to its budget, from its parent's checkpoint."""
import json
import os
import signal
import unittest

from lab import COUNTED, LabTest, wait_for

# The checkpoint is the number of the last step; what was trained is written down as "trial from to".
TRAINING = COUNTED + """step=0
for place in "$TRIAL_CHECKPOINT" "$TRIAL_CHECKPOINT_FROM"; do
    if [ -n "$place" ] && [ -f "$place/step" ]; then step=$(cat "$place/step"); break; fi
done
begin=$step
while [ "$step" -lt "$TRIAL_BUDGET" ]; do step=$((step + 1)); done
echo "$step" > "$TRIAL_CHECKPOINT/.step.tmp" && mv "$TRIAL_CHECKPOINT/.step.tmp" "$TRIAL_CHECKPOINT/step"
echo "$TRIAL_ID $begin $step" >> "$TRIAL_EXPERIMENT/trained.log"
cost=$("$TRIALCTL" get x | awk -v step="$step" '{ print $1 + 1 / step }')
echo "{\\"cost\\": $cost}" > result.json
"""

STAGES = [{"name": "metric", "command": ["./metric.sh"]}]
ASHA = {"type": "asha", "min": 1, "max": 9, "eta": 3, "promote": True}


class Budgets(LabTest):
    def make(self, **optimizer):
        return self.lab(metric=TRAINING, stages=STAGES, optimizer={"parallel": 4, **optimizer},
                        space={"x": {"type": "float", "low": 0, "high": 1}},
                        backend={"type": "local", "options": {"cpus": 4}})

    def proposals(self, lab):
        """Who was killed may leave a directory without a config."""
        return {name: json.loads(lab.read(f"trials/{name}/config.json")) for name in lab.names("trials")
                if lab.exists(f"trials/{name}/config.json")}

    def assert_each_went_on_from_its_parent(self, lab):
        """Exactly where that one had ended. Returns the configs."""
        trained = {words[0]: (int(words[1]), int(words[2])) for words in map(str.split, lab.read("trained.log").splitlines())}
        configs = self.proposals(lab)
        self.assertEqual(sorted(trained), sorted(configs))
        for name, config in configs.items():
            own = config["_trial"]
            begin = configs[own["parent"]]["_trial"]["budget"] if "parent" in own else 0
            self.assertEqual(trained[name], (begin, own["budget"]), name)
        return configs

    def assert_promoted_once(self, configs):
        parents = [config["_trial"]["parent"] for config in configs.values() if "parent" in config["_trial"]]
        self.assertEqual(len(set(parents)), len(parents))
        for config in configs.values():
            if "parent" in config["_trial"]:
                parent = configs[config["_trial"]["parent"]]
                self.assertEqual(config["x"], parent["x"])
                self.assertEqual(config["_trial"]["budget"], 3 * parent["_trial"]["budget"])
        return parents

    def test_asha_promotes_and_the_best_is_one_of_the_whole_budget(self):
        lab = self.make(sampler="sobol", trials=30, pruner=ASHA)
        self.assertIn("the pruner is asha (cost minimized, promotion to steps 1, 3, 9)", lab.ctl("check").stdout)
        done = lab.ctl("run", timeout=240)
        self.assertEqual(done.returncode, 0, done.stdout)
        configs = self.assert_each_went_on_from_its_parent(lab)
        self.assertEqual(len(configs), 30)
        self.assert_promoted_once(configs)
        budgets = [config["_trial"]["budget"] for config in configs.values()]
        self.assertEqual(set(budgets), {1, 3, 9})
        self.assertGreater(budgets.count(1), budgets.count(3))
        whole = {name: lab.outcome(name)["values"]["cost"] for name, config in configs.items() if config["_trial"]["budget"] == 9}
        best = json.loads(lab.ctl("best", "--json").stdout)[0]
        self.assertEqual((best["id"], best["budget"]), (min(whole, key=whole.get), 9))
        self.assertEqual(best["parent"], configs[best["id"]]["_trial"]["parent"])
        grandparent = configs[best["parent"]]["_trial"]["parent"]
        shown = lab.ctl("show", best["id"]).stdout
        self.assertRegex(shown, r"budget +9\n")
        self.assertRegex(shown, rf"continues +{best['parent']} \(budget 3\), {grandparent} \(budget 1\)\n")
        listed = lab.ctl("list", "--sort", "budget", "--reverse").stdout.splitlines()
        self.assertIn("budget", listed[0])
        self.assertRegex(listed[1], r"\b9  [0-9]{6}\b")
        self.assert_started_once(lab)
        self.assert_clean(lab)

    def test_an_optimizer_that_is_killed_promotes_nobody_twice(self):
        lab = self.make(sampler="tpe", trials=40, pruner={**ASHA, "type": "bohb"})
        # None of those that are killed gets through.
        wait = 'case $TRIAL_ID in 00003[3-9]) until [ -e "$TRIAL_EXPERIMENT/last-kill" ]; do sleep 0.05; done ;; esac\n'
        lab.script("metric.sh", TRAINING.replace("step=0\n", wait + "step=0\n", 1))
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1")
        for count in (3, 7, 12, 15, 20, 24, 29, 33):
            optimizer = lab.start("trialopt", "--poll", "0.05")
            self.assertTrue(wait_for(lambda: lab.exists("trials") and len(lab.names("trials")) >= count))
            self.assertIsNone(optimizer.poll())
            os.kill(optimizer.pid, signal.SIGKILL)
            optimizer.wait()
        lab.put("last-kill", "")
        optimizer = lab.start("trialopt", "--poll", "0.05")
        self.assertEqual(optimizer.wait(60), 0)
        self.assertEqual(watcher.wait(60), 0)
        configs = self.assert_each_went_on_from_its_parent(lab)
        self.assertEqual(len(configs), 40)
        self.assertGreater(len(self.assert_promoted_once(configs)), 5)
        self.assertEqual({lab.outcome(name)["state"] for name in configs}, {"complete"})

    def test_without_its_parent_a_trial_trains_from_nothing(self):
        lab = self.make(sampler="sobol", trials=0)
        lab.trial("orphan", x=0.5, _trial={"budget": 4, "parent": "000007"})
        self.assertEqual(lab.watch().returncode, 0)
        lab.trial("child", x=0.5, _trial={"budget": 6, "parent": "orphan"})
        self.assertEqual(lab.watch().returncode, 0)
        self.assertEqual(lab.read("trained.log").splitlines(), ["orphan 0 4", "child 4 6"])

    def test_a_population_trains_to_the_end(self):
        lab = self.make(sampler="pbt", trials=100, pbt={"population": 5, "interval": 2, "max": 8})
        done = lab.ctl("run", timeout=240)
        self.assertEqual(done.returncode, 0, done.stdout)
        configs = self.assert_each_went_on_from_its_parent(lab)
        self.assertLess(len(configs), 50)  # 20, and more where somebody went on from one that is not as far
        moved = [config for config in configs.values()
                 if "parent" in config["_trial"] and config["x"] != configs[config["_trial"]["parent"]]["x"]]
        self.assertGreater(len(moved), 0)
        self.assertEqual(max(config["_trial"]["budget"] for config in configs.values()), 8)
        self.assertEqual(lab.ctl("wait").returncode, 0)  # nothing more is planned
        self.assert_started_once(lab)

    def test_what_does_not_go_together_is_refused(self):
        for optimizer, words in (({"sampler": "pbt", "pruner": ASHA}, "both give trials their budgets"),
                                 ({"pruner": {**ASHA, "metric": "loss"}}, "has no meaning with 'promote'"),
                                 ({"sampler": "tpe", "pbt": {}}, "'pbt' is a key of the sampler pbt")):
            answer = self.lab(optimizer=optimizer).ctl("check")
            self.assertEqual(answer.returncode, 2)
            self.assertIn(words, answer.stdout)


if __name__ == "__main__":
    unittest.main()
