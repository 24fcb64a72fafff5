"""The pipeline train -> flows -> metric through the real watcher: how trials succeed and fail."""
import unittest

from lab import COUNTED, FLOW, LabTest, METRIC, TRAIN


class Pipeline(LabTest):
    def test_a_trial_runs_its_three_stages_in_order(self):
        lab = self.lab()
        lab.trial("000000", x=0.25)
        done = lab.watch()
        self.assertEqual(done.returncode, 0, done.stdout)
        outcome = lab.outcome("000000")
        self.assertEqual((outcome["state"], outcome["values"]["cost"]), ("complete", 0.25))
        self.assertEqual(outcome["attempts"], 5)
        starts = lab.starts()
        self.assertEqual(starts[0], "000000 train 0 1")
        self.assertEqual(sorted(starts[1:4]), [f"000000 flow {i} 1" for i in (1, 2, 3)])
        self.assertEqual(starts[4], "000000 metric 0 1")
        self.assert_clean(lab)

    def test_many_trials_and_outcomes_are_numbered_without_gaps(self):
        lab = self.lab()
        for i in range(12):
            lab.trial(f"{i:06}", x=i / 12)
        self.assertEqual(lab.watch("--jobs", "4").returncode, 0)
        outcomes = [lab.outcome(f"{i:06}") for i in range(12)]
        self.assertEqual(sorted(o["seq"] for o in outcomes), list(range(1, 13)))
        self.assert_started_once(lab)
        self.assertEqual(len(lab.starts()), 12 * 5)

    def test_a_failing_train_fails_the_trial_at_once(self):
        lab = self.lab(train=COUNTED + "exit 3\n")
        lab.trial("000000")
        lab.watch()
        outcome = lab.outcome("000000")
        self.assertEqual((outcome["state"], outcome["kind"], outcome["stage"]), ("failed", "exit", "train"))
        self.assertIn("exit status 3", outcome["reason"])
        self.assertEqual(len(lab.starts()), 1)

    def complete_in_three_attempts(self, script, **settings):
        stages = [{"name": "train", "command": ["./train.sh"], "done": "training_done", "retry_delay": 0.1, **settings},
                  {"name": "metric", "command": ["./metric.sh"]}]
        lab = self.lab(train=COUNTED + script + "touch training_done\n", stages=stages)
        lab.trial("000000")
        lab.watch()
        self.assertEqual(lab.outcome("000000")["state"], "complete")
        self.assertEqual(lab.starts()[:3], [f"000000 train 0 {i}" for i in (1, 2, 3)])

    def test_retries_are_taken_and_counted(self):
        self.complete_in_three_attempts('[ "$TRIAL_ATTEMPT" -ge 3 ] || exit 1\n', retries=2)

    def test_a_job_that_leaves_with_the_checkpoint_status_goes_on_and_is_not_charged(self):
        self.complete_in_three_attempts('echo >> checkpoint/steps\n[ "$(wc -l < checkpoint/steps)" -ge 3 ] || exit 85\n',
                                        checkpoint_exit_code=85)

    def test_exit_0_without_the_marker_names_the_file(self):
        lab = self.lab(train=COUNTED)
        lab.trial("000000")
        lab.watch()
        outcome = lab.outcome("000000")
        self.assertEqual(outcome["kind"], "marker")
        self.assertIn("training_done", outcome["reason"])

    def test_failed_flows_within_the_limit_are_named_to_the_metric(self):
        stages = [{"name": "train", "command": ["./train.sh"], "done": "training_done"},
                  {"name": "flow", "command": ["./flow.sh"], "array": "flows/*.json", "max_failed": 1},
                  {"name": "metric", "command": ["./metric.sh"]}]
        metric = METRIC.replace('echo "{', 'echo "$TRIAL_FAILED_TASKS" > failed; echo "{')
        lab = self.lab(flow=COUNTED + '[ "$TRIAL_TASK" != 2 ] || exit 9\n', metric=metric, stages=stages)
        lab.trial("000000")
        lab.watch()
        outcome = lab.outcome("000000")
        self.assertEqual(outcome["state"], "complete")
        self.assertEqual(outcome["failed_tasks"], {"flow": [2]})
        self.assertEqual(lab.read("trials/000000/failed").strip(), "2")

    def test_one_failed_flow_too_many_fails_and_the_metric_never_starts(self):
        lab = self.lab(flow=COUNTED + '[ "$TRIAL_TASK" != 2 ] || exit 9\n')
        lab.trial("000000")
        lab.watch()
        outcome = lab.outcome("000000")
        self.assertEqual((outcome["state"], outcome["stage"]), ("failed", "flow"))
        self.assertIn("1 of 3 tasks failed", outcome["reason"])
        self.assertFalse([line for line in lab.starts() if "metric" in line])

    def test_a_missing_flow_answer_counts_as_failed(self):
        stages = [{"name": "train", "command": ["./train.sh"], "done": "training_done"},
                  {"name": "flow", "command": ["./flow.sh"], "array": "flows/*.json",
                   "done": "flows/results/{stem}.json"},
                  {"name": "metric", "command": ["./metric.sh"]}]
        lab = self.lab(flow=COUNTED + '[ "$TRIAL_TASK" = 3 ] || echo "{}" > "flows/results/$(basename "$1")"\n',
                       stages=stages)
        lab.trial("000000")
        lab.watch()
        self.assertIn("flows/results/3.json", lab.outcome("000000")["reason"])

    def test_a_list_without_inputs_is_an_error(self):
        lab = self.lab(train=COUNTED + "mkdir flows; touch training_done\n")
        lab.trial("000000")
        lab.watch()
        self.assertEqual(lab.outcome("000000")["kind"], "empty")

    def test_a_generated_submit_file_is_followed(self):
        train = TRAIN + """cat > run_flow.cmd <<'X'
executable = $(home)/flow.sh
home = EXPERIMENT
arguments = $(input_file)
environment = "NOTE=from-the-file"
output = logs/f.$(Process).txt
request_cpus = 1
queue input_file matching files flows/*.json
X
sed -i "s|EXPERIMENT|$TRIAL_EXPERIMENT|" run_flow.cmd
"""
        lab = self.lab(train=train, flow=FLOW + 'echo "$NOTE"\n')
        lab.trial("000000")
        self.assertEqual(lab.watch().returncode, 0)
        self.assertEqual(lab.outcome("000000")["state"], "complete", lab.outcome("000000"))
        self.assertEqual(lab.read("trials/000000/logs/f.1.txt").strip(), "from-the-file")

    def test_a_wrong_submit_file_fails_the_trial_and_names_the_line(self):
        lab = self.lab(train=TRAIN + "printf 'executable = /bin/true\\nexecutible = x\\nqueue\\n' > run_flow.cmd\n")
        lab.trial("000000")
        lab.watch()
        outcome = lab.outcome("000000")
        self.assertEqual(outcome["kind"], "submit")
        self.assertIn("run_flow.cmd:2", outcome["reason"])

    def test_frozen_lists_do_not_grow(self):
        lab = self.lab(flow=FLOW + 'echo "{}" > flows/99.json\n')
        lab.trial("000000")
        lab.watch()
        self.assertEqual(lab.outcome("000000")["attempts"], 5)

    def test_time_limits_end_a_script_and_say_so(self):
        stages = [{"name": "train", "command": ["./train.sh"], "resources": {"time": 0.5}, "grace": 0.3,
                   "done": "result.json"}]
        lab = self.lab(train=COUNTED + "trap '' TERM\nsleep 60 & wait; sleep 60\n", stages=stages)
        lab.trial("000000")
        lab.watch()
        outcome = lab.outcome("000000")
        self.assertEqual(outcome["state"], "failed", outcome)

    def test_a_general_graph_of_stages(self):
        note = COUNTED + 'echo "$TRIAL_STAGE" >> order\n'
        stages = [{"name": "last", "command": ["./metric.sh"], "after": ["left", "right"]},
                  {"name": "left", "command": ["./train.sh"], "after": ["first"]},
                  {"name": "right", "command": ["./train.sh"], "after": ["first"]},
                  {"name": "first", "command": ["./train.sh"], "after": []}]
        stages.append(stages.pop(0))
        lab = self.lab(train=note, metric=note + 'echo "{\\"cost\\": 1}" > result.json\n', stages=stages)
        lab.trial("000000")
        lab.watch()
        order = lab.read("trials/000000/order").split()
        self.assertEqual((order[0], order[-1], sorted(order[1:3])), ("first", "last", ["left", "right"]))

    def test_once_stages_frame_the_search(self):
        stages = [{"name": "prepare", "command": ["./train.sh"], "once": "before"},
                  {"name": "metric", "command": ["./metric.sh"]},
                  {"name": "clean", "command": ["./flow.sh"], "once": "after"}]
        lab = self.lab(train=COUNTED, flow=COUNTED, stages=stages)
        for i in range(3):
            lab.trial(f"{i:06}")
        self.assertEqual(lab.watch().returncode, 0)
        stages_run = [line.split()[1] for line in lab.starts()]
        self.assertEqual(stages_run, ["prepare"] + ["metric"] * 3 + ["clean"])

    def test_arguments_and_environment_reach_the_script(self):
        stages = [{"name": "train", "command": ["./train.sh", "{trial}", "x is {x}"], "args": "hydra"}]
        train = COUNTED + 'printf "%s|" "$@" > seen; echo "$MODULE" > module\necho "{\\"cost\\": 1}" > result.json\n'
        lab = self.lab(train=train, stages=stages, setup=["export MODULE=loaded"])
        lab.trial("000000", x=0.5)
        lab.watch()
        self.assertEqual(lab.read("trials/000000/seen"), "000000|x is 0.5|x=0.5|")
        self.assertEqual(lab.read("trials/000000/module").strip(), "loaded")

    def test_scripts_are_those_of_the_trials_start(self):
        lab = self.lab(train=TRAIN + 'printf "#!/bin/sh\\nexit 1\\n" > "$TRIAL_EXPERIMENT/metric.sh"\n')
        lab.trial("000000")
        lab.watch()
        self.assertEqual(lab.outcome("000000")["state"], "complete")


class Results(LabTest):
    def answer(self, text):
        lab = self.lab(metric=COUNTED + f"printf '%s' '{text}' > result.json\n")
        lab.trial("000000")
        lab.watch()
        return lab.outcome("000000")

    def test_what_cannot_be_a_result(self):
        for text, words in (('{"cost": 1', "beginning"), ("garbage", "result.json"), ('{"loss": 1}', "cost"),
                            ('{"cost": NaN}', "cost"), ('{"cost": "1"}', "cost"), ("[1]", "result.json"),
                            ("", "beginning")):
            with self.subTest(text):
                outcome = self.answer(text)
                self.assertEqual((outcome["state"], outcome["kind"]), ("failed", "result"))
                self.assertIn(words, outcome["reason"])

    def test_a_huge_result_is_refused(self):
        lab = self.lab(metric=COUNTED + "head -c 3000000 /dev/zero > result.json\n")
        lab.trial("000000")
        lab.watch()
        self.assertIn("longer than", lab.outcome("000000")["reason"])

    def test_nan_elsewhere_is_read(self):
        outcome = self.answer('{"cost": 2, "other": NaN, "third": 3}')
        self.assertEqual(outcome["state"], "complete")
        self.assertEqual(outcome["values"]["third"], 3)


if __name__ == "__main__":
    unittest.main()
