"""Searches that end before their goal, by each rule of optimizer.stop; and what trialctl insight says of a finished one."""
import json
import unittest

from lab import COUNTED, LabTest, wait_for

QUICK = {"stages": [{"name": "metric", "command": ["./metric.sh"]}]}
SLOW = COUNTED + 'sleep 0.2; echo "{\\"cost\\": $("$TRIALCTL" get x)}" > result.json\n'

# All but the first take ten minutes, or as long as nobody asks them to stop.
LONG = COUNTED + ('[ "$TRIAL_ID" = 000000 ] || { n=0; while [ ! -e stop ] && [ $n -lt 3000 ]; do sleep 0.2; n=$((n + 1)); done; }\n'
                  'echo "{\\"cost\\": $("$TRIALCTL" get x)}" > result.json\n')


class Stopping(LabTest):
    def search(self, stop, **settings):
        optimizer = {"sampler": "random", "trials": 60, "parallel": 2, "stop": stop, **settings.pop("optimizer", {})}
        return self.lab(optimizer=optimizer, **{**QUICK, **settings})

    def values(self, lab):
        """Of the complete trials, in the order of their ends."""
        outcomes = [lab.outcome(name) for name in lab.names("trials")]
        return [outcome["values"]["cost"] for outcome in sorted(outcomes, key=lambda o: o["seq"])]

    def words_of_the_optimizer(self, lab):
        return lab.names(".trialwatch/optimizer") if lab.exists(".trialwatch/optimizer") else []

    def assert_ended_by(self, lab, rule, done):
        self.assertEqual(done.returncode, 0, done.stdout)
        status = json.loads(lab.ctl("status", "--json").stdout)
        self.assertEqual(status["stopped"]["rule"], rule)
        self.assertEqual((status["watcher"]["state"], status["optimizer"]["state"]), ("released", "released"))
        self.assertEqual((status["watcher"]["command"], status["optimizer"]["command"]), ("", ""))
        self.assertEqual(status["trials"]["planned"], status["trials"]["total"])
        self.assertIn(status["stopped"]["reason"], done.stdout)
        self.assertIn(f"optimizer.stop.{rule}: ", lab.ctl("status").stdout)
        self.assertEqual(lab.ctl("wait", timeout=30).returncode, 0)
        self.assert_clean(lab)

    def test_target(self):
        lab = self.search({"target": 0.2})
        self.assert_ended_by(lab, "target", lab.ctl("run"))
        values = self.values(lab)
        first = next(n for n, value in enumerate(values) if value <= 0.2)
        self.assertLessEqual(len(values), first + 3, "those in flight are finished, and no more")

    def test_patience_and_more_trials(self):
        lab = self.search({"patience": 5})
        self.assert_ended_by(lab, "patience", lab.ctl("run"))
        count = len(lab.names("trials"))
        again = lab.ctl("run")
        self.assertEqual(again.returncode, 0, again.stdout)
        self.assertEqual(len(lab.names("trials")), count, "the same endings end it again")
        more = lab.ctl("run", "--trials", "+4")
        self.assertEqual(more.returncode, 0, more.stdout)
        self.assertEqual(len(lab.names("trials")), count + 4)
        self.assertIsNone(json.loads(lab.ctl("status", "--json").stdout)["stopped"])

    def test_an_edited_rule_lets_it_go_on(self):
        lab = self.search({"patience": 3})
        lab.ctl("run")
        count = len(lab.names("trials"))
        lab.write_settings(optimizer={"sampler": "random", "trials": count + 3, "stop": {"patience": 50}})
        self.assertIsNone(json.loads(lab.ctl("status", "--json").stdout)["stopped"])
        self.assertEqual(lab.ctl("wait", timeout=30).returncode, 1, "nobody proposes what is planned now")
        lab.ctl("run")
        self.assertEqual(len(lab.names("trials")), count + 3)

    def test_time(self):
        lab = self.search({"time": "1s"}, metric=SLOW, optimizer={"trials": 5000})
        self.assert_ended_by(lab, "time", lab.ctl("run"))
        self.assertLess(len(lab.names("trials")), 5000)

    def test_regret(self):
        lab = self.search({"regret": 1000}, optimizer={"sampler": "gp"})
        self.assert_ended_by(lab, "regret", lab.ctl("run"))
        self.assertIn(len(lab.names("trials")), range(20, 23))

    def test_what_runs_is_asked_to_stop(self):
        lab = self.lab(optimizer={"sampler": "random", "trials": 60, "parallel": 3,
                                  "stop": {"target": 1, "running": "stop"}},
                       metric=LONG, stages=[{"name": "metric", "command": ["./metric.sh"], "on_stop": "continue"}])
        self.assert_ended_by(lab, "target", lab.ctl("run", timeout=240))
        outcomes = [lab.outcome(name) for name in lab.names("trials")]
        self.assertEqual({outcome["state"] for outcome in outcomes}, {"complete"}, outcomes)

    def test_killed_while_it_ends_it_ends_at_the_same_trial(self):
        lab = self.lab(optimizer={"sampler": "random", "trials": 60, "parallel": 2, "stop": {"target": 1}},
                       metric=LONG, **QUICK)
        optimizer = lab.start("trialopt", "--poll", "0.1")
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: any(n.startswith("stopped.") for n in self.words_of_the_optimizer(lab))))
        optimizer.kill()
        optimizer.wait()
        count = len(lab.names("trials"))
        status = json.loads(lab.ctl("status", "--json").stdout)
        self.assertEqual((status["stopped"]["rule"], status["trials"]["planned"]), ("target", count))
        again = lab.start("trialopt", "--poll", "0.1")
        for name in lab.names("trials"):
            if not lab.outcome(name):
                lab.put(f"trials/{name}/stop", "")
        self.assertEqual((again.wait(60), watcher.wait(60)), (0, 0))
        self.assertEqual(len(lab.names("trials")), count)
        self.assertEqual(lab.ctl("wait", timeout=30).returncode, 0)

    def test_mistakes_are_named(self):
        for stop, said in (({"target": "0.2"}, "'target' must be a number"), ({"time": "soon"}, "'time'"),
                           ({"patience": 2.5}, "'patience'"), ({"targte": 1}, "did you mean 'target'?"),
                           ({"regret": 0.1}, "sampler random")):
            answer = self.search(stop).ctl("check")
            self.assertEqual(answer.returncode, 2, answer.stdout)
            self.assertIn(said, answer.stdout)
        self.assertIn("the search ends early after 5 complete trials without an improvement",
                      self.search({"patience": 5}).ctl("check").stdout)


SPACE = {"lr": {"type": "float", "low": 1e-5, "high": 0.1, "log": True}, "idle": {"type": "float", "low": 0, "high": 1},
         "act": {"type": "categorical", "choices": ["relu", "tanh"]}}
JOB = COUNTED + ('lr=$("$TRIALCTL" get lr); act=$("$TRIALCTL" get act); idle=$("$TRIALCTL" get idle)\n'
                 '[ "$act" = relu ] || awk "BEGIN { exit !($idle < 0.3) }" || exit 3\n'
                 'echo "{\\"cost\\": $(awk "BEGIN { print log($lr) ^ 2 }")}" > result.json\n')


class Insight(LabTest):
    def test_of_a_finished_search(self):
        lab = self.lab(space=SPACE, metric=JOB, limits={"pause_after": 0},
                       optimizer={"sampler": "random", "trials": 90}, **QUICK)
        done = lab.ctl("run", timeout=200)
        self.assertEqual(done.returncode, 0, done.stdout)
        facts = json.loads(lab.ctl("insight", "--json").stdout)
        self.assertEqual(facts["trials"]["total"], 90)
        self.assertEqual(facts["complete"] + facts["failed"]["own"], 90)
        by_name = {parameter["name"]: parameter for parameter in facts["parameters"]}
        self.assertGreater(by_name["lr"]["importance"]["cost"], 0.8)
        self.assertEqual(by_name["lr"]["edge"], "high")
        self.assertIsNone(by_name["idle"]["edge"])
        self.assertEqual(facts["failed"]["trait"]["parameter"], "act")
        self.assertEqual(facts["failed"]["trait"]["choice"], "tanh")
        best = json.loads(lab.ctl("best", "--json").stdout)
        self.assertEqual([trial["id"] for trial in facts["best"]], [trial["id"] for trial in best])
        self.assertEqual(facts["quarters"]["cost"][-1], best[0]["values"]["cost"])
        self.assertEqual(facts["quarters"]["cost"], sorted(facts["quarters"]["cost"], reverse=True))
        text = lab.ctl("insight").stdout
        for words in ("the best trials have lr near its upper end 0.1: consider a wider range", "act = tanh",
                      "no effect seen", "could be fixed"):
            self.assertIn(words, text)
        self.assertNotIn("\x1b", text)

    def test_of_few_trials_little_is_said(self):
        lab = self.lab(space=SPACE, metric=JOB, optimizer={"sampler": "random", "trials": 6},
                       limits={"pause_after": 0}, **QUICK)
        empty = lab.ctl("insight")
        self.assertEqual(empty.returncode, 0, empty.stdout)
        self.assertIn("no complete trial: too few to tell", empty.stdout)
        lab.ctl("run")
        facts = json.loads(lab.ctl("insight", "--json").stdout)
        self.assertEqual((facts["parameters"], facts["top"]), ([], 0))
        text = lab.ctl("insight").stdout
        self.assertIn("too few to tell which parameters matter", text)
        self.assertNotIn("consider", text)

    def test_of_several_objectives_each_has_a_column(self):
        lab = self.lab(space={"x": {"type": "float", "low": 0, "high": 1}, "y": {"type": "float", "low": 0, "high": 1}},
                       objectives=[{"name": "a"}, {"name": "b", "direction": "maximize"}],
                       metric=COUNTED + 'echo "{\\"a\\": $("$TRIALCTL" get x), \\"b\\": $("$TRIALCTL" get y)}" > result.json\n',
                       optimizer={"sampler": "random", "trials": 60}, **QUICK)
        done = lab.ctl("run", timeout=200)
        self.assertEqual(done.returncode, 0, done.stdout)
        facts = json.loads(lab.ctl("insight", "--json").stdout)
        x, y = facts["parameters"]
        self.assertGreater(x["importance"]["a"], y["importance"]["a"])
        self.assertGreater(y["importance"]["b"], x["importance"]["b"])
        text = lab.ctl("insight").stdout
        self.assertIn(f"The Pareto front, {len(facts['best'])} trial", text)


if __name__ == "__main__":
    unittest.main()
