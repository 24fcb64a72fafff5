"""Constraints on parameters and on outcomes, and configurations that fail, through the real programs."""
import json
import signal
import unittest

from lab import COUNTED, LabTest, wait_for

SPACE = {"x": {"type": "float", "low": 0, "high": 1}, "y": {"type": "float", "low": 0, "high": 1}}
METRIC = COUNTED + """awk -v x="$("$TRIALCTL" get x)" -v y="$("$TRIALCTL" get y)" 'BEGIN {
  if (x > 0.9) exit 1
  printf "{\\"cost\\": %.9f, \\"ms\\": %.9f}\\n", x + y, 100 * (1.2 - x - 0.5 * y)
}' > result.tmp || { rm result.tmp; exit 1; }
mv result.tmp result.json
"""
QUICK = {"stages": [{"name": "metric", "command": ["./metric.sh"]}], "space": SPACE, "limits": {"pause_after": 0}}


def configs(lab):
    return {name: json.loads(lab.read(f"trials/{name}/config.json")) for name in lab.names("trials")
            if lab.exists(f"trials/{name}/config.json")}


def points(lab):
    """By k: what was proposed."""
    found = {}
    for config in configs(lab).values():
        trial = config.pop("_trial")
        found[trial["k"]] = config
    return found


class Constraints(LabTest):
    def test_no_proposal_violates_one_and_the_best_keeps_to_the_outcomes(self):
        lab = self.lab(metric=METRIC, optimizer={"trials": 40, "parallel": 2},
                       constraints={"parameters": ["x + y <= 1.2", "y >= x / 8"], "outcomes": [{"name": "ms", "upper": 40}]}, **QUICK)
        done = lab.ctl("run")
        self.assertEqual(done.returncode, 0, done.stdout)
        for point in points(lab).values():
            self.assertLessEqual(point["x"] + point["y"], 1.2)
            self.assertGreaterEqual(point["y"], point["x"] / 8)
        best = json.loads(lab.ctl("best", "--json").stdout)[0]["values"]
        self.assertLessEqual(best["ms"], 40)
        ends = [lab.outcome(name) for name in lab.names("trials")]
        feasible = [end["values"]["cost"] for end in ends if end["state"] == "complete" and end["values"]["ms"] <= 40]
        self.assertEqual(best["cost"], min(feasible))
        infeasible = [end["values"]["cost"] for end in ends if end["state"] == "complete" and end["values"]["ms"] > 40]
        self.assertLess(min(infeasible), best["cost"])
        self.assertIn("40/40 trials ended", done.stdout)
        self.assert_clean(lab)

    def test_killed_between_any_two_proposals_it_proposes_the_same(self):
        settings = {"optimizer": {"sampler": "gp", "trials": 24, "parallel": 1, "seed": 3},
                    "constraints": {"parameters": ["x + y <= 1.5"], "outcomes": [{"name": "ms", "upper": 40}]}, **QUICK}
        whole, killed = self.lab(metric=METRIC, **settings), self.lab(metric=METRIC, **settings)
        self.assertEqual(whole.ctl("run").returncode, 0)
        watcher = killed.start("trialwatch", "--poll", "0.1")
        for count in (5, 12, 15, 18, 21):
            optimizer = killed.start("trialopt", "--poll", "0.1")
            self.assertTrue(wait_for(lambda: killed.exists("trials") and len(killed.names("trials")) >= count))
            optimizer.kill()
            optimizer.wait()
        self.assertEqual(killed.start("trialopt", "--poll", "0.1").wait(60), 0)
        watcher.send_signal(signal.SIGINT)
        watcher.wait(30)
        self.assertEqual(points(whole), points(killed))

    def test_a_result_without_the_value_fails(self):
        lab = self.lab(optimizer={"sampler": "random", "trials": 1}, constraints={"outcomes": [{"name": "ms", "upper": 40}]},
                       stages=QUICK["stages"])
        lab.ctl("run")
        outcome = lab.outcome("000000")
        self.assertEqual((outcome["state"], outcome["kind"]), ("failed", "result"))
        self.assertIn("no number 'ms'", outcome["reason"])

    def test_where_nothing_is_feasible_the_nearest_is_shown_as_such(self):
        lab = self.lab(metric=METRIC, optimizer={"trials": 6}, constraints={"outcomes": [{"name": "ms", "upper": -100}]}, **QUICK)
        done = lab.ctl("run")
        self.assertIn("none is feasible", done.stdout)
        self.assertIn("no trial meets the constraints; nearest:", done.stdout)
        best = lab.ctl("best")
        self.assertIn("no trial meets the constraints", best.stdout)
        self.assertIn("is above -100", best.stdout)
        self.assertIn("infeasible: ms = ", lab.ctl("status").stdout)

    def test_check_tells_the_share_and_what_is_never_met(self):
        lab = self.lab(constraints={"parameters": ["x + y <= 1"]}, **QUICK)
        self.assertRegex(lab.ctl("check").stdout, r"about (49|50|51) % of the space meets the constraints")
        lab.write_settings(constraints={"parameters": ["x + y <= 1", "x > y + 1"]})
        for verb, program in (("check", None), ("run", None), (None, "trialopt")):
            answer = lab.ctl(verb) if verb else lab.run(program, lab.path, "--once")
            self.assertEqual(answer.returncode, 2, answer.stdout)
            self.assertIn("none of 100000 configurations drawn at random meets the constraint 'x > y + 1'", answer.stdout)
        lab.write_settings(constraints={"parameters": ["x + z <= 1"]})
        answer = lab.ctl("check")
        self.assertEqual(answer.returncode, 2, answer.stdout)
        self.assertIn("/constraints/parameters/0: line 1, column 5: there is no parameter 'z'", answer.stdout)

    def test_a_person_is_refused_but_a_trial_made_by_hand_runs_and_counts(self):
        lab = self.lab(metric=METRIC, optimizer={"sampler": "tpe", "trials": 2}, constraints={"parameters": ["x + y <= 1"]}, **QUICK)
        answer = lab.ctl("new", "--set", "x=0.7", "--set", "y=0.8")
        self.assertEqual(answer.returncode, 2, answer.stdout)
        self.assertIn("the constraint 'x + y <= 1' does not hold with x = 0.7, y = 0.8", answer.stdout)
        lab.trial("mine", x=0.7, y=0.8)
        self.assertIn("the constraint 'x + y <= 1' does not hold", lab.ctl("check").stdout)
        self.assertEqual(lab.ctl("run").returncode, 0)
        self.assertEqual(lab.outcome("mine")["state"], "complete")
        self.assertEqual(len(lab.names("trials")), 3)


if __name__ == "__main__":
    unittest.main()
