"""Early stopping with the real programs: a job of 27 steps that reports, and leaves when it is told to."""
import json
import unittest

from lab import COUNTED, LabTest

STEPS = 27

# The loss of a trial goes down to its x: what is worse in the end is worse at every step.
REPORTING = COUNTED + f"""x=$("$TRIALCTL" get x)
for step in $(seq {STEPS}); do
    echo "$TRIAL_ID $step" >> "$TRIAL_EXPERIMENT/steps.log"
    sleep 0.15
    "$TRIALCTL" report --step $step loss=$(echo "$x $step" | awk '{{ print $1 + 1 / $2 }}')
    if [ $? -eq 3 ]; then exit 7; fi
    [ $step != 9 ] || [ ! -e "$TRIAL_EXPERIMENT/patient" ] || for n in $(seq 75); do [ -e stop ] || sleep 0.2; done
done
echo "{{\\"cost\\": $x}}" > result.json
"""

ASHA = {"type": "asha", "metric": "loss", "min": 1, "max": STEPS, "eta": 3}


class Pruning(LabTest):
    def search(self, pruner, **settings):
        lab = self.lab(metric=REPORTING, stages=[{"name": "metric", "command": ["./metric.sh"], **settings}],
                       optimizer={"sampler": "sobol", "trials": 12, "parallel": 4, "pruner": pruner},
                       backend={"type": "local", "options": {"cpus": 4}})
        if pruner["type"] != "none":
            lab.put("patient", "")  # after the last rung a job waits 15 s: a pruner that is held up may still end it there
        done = lab.ctl("run", timeout=240)
        self.assertEqual(done.returncode, 0, done.stdout)
        return lab

    def outcomes(self, lab):
        return {name: lab.outcome(name) for name in lab.names("trials")}

    def best(self, lab):
        return min(json.loads(lab.read(f"trials/{name}/config.json"))["x"]
                   for name, outcome in self.outcomes(lab).items() if outcome["state"] == "complete")

    def steps(self, lab):
        return len(lab.read("steps.log").splitlines())

    def test_bad_trials_are_pruned_and_the_best_is_the_same(self):
        whole, short = self.search({"type": "none"}), self.search(ASHA)
        self.assertEqual(self.steps(whole), 12 * STEPS)
        self.assertEqual({outcome["state"] for outcome in self.outcomes(whole).values()}, {"complete"})
        self.assertEqual(self.best(short), self.best(whole))
        self.assertLess(self.steps(short), 0.7 * self.steps(whole))
        pruned = [outcome for outcome in self.outcomes(short).values() if outcome["state"] == "pruned"]
        self.assertGreaterEqual(len(pruned), 4)
        for outcome in pruned:
            self.assertEqual(outcome["by"], "pruner")
            self.assertRegex(outcome["reason"], r"^pruned: asha: loss [\d.]+ at step \d+ is not among the best \d+ of \d+$")
        self.assertEqual({outcome["state"] for outcome in self.outcomes(short).values()}, {"complete", "pruned"})
        self.assert_started_once(short)
        self.assert_clean(short)

    def test_a_stage_that_finishes_early_for_a_person_is_pruned_too(self):
        lab = self.search(ASHA, on_stop="continue")
        self.assertIn("pruned", {outcome["state"] for outcome in self.outcomes(lab).values()})

    def test_check_says_who_prunes(self):
        lab = self.lab(optimizer={"pruner": ASHA})
        self.assertIn("the pruner is asha (loss minimized, rungs at steps 1, 3, 9)", lab.ctl("check").stdout)


if __name__ == "__main__":
    unittest.main()
