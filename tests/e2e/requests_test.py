"""Kill, stop, retry, pause: by trialctl and by hand."""
import time
import unittest

from lab import COUNTED, FLOW, LabTest, METRIC, TRAIN, wait_for

SLEEP = COUNTED + "touch here; sleep 60 & wait $!\n"
STAGES = [{"name": "train", "command": ["./train.sh"], "done": "training_done", "grace": 0.5},
          {"name": "flow", "command": ["./flow.sh"], "array": "flows/*.json", "grace": 0.5},
          {"name": "metric", "command": ["./metric.sh"], "grace": 0.5}]


class Kill(LabTest):
    def killed_in(self, stage, **scripts):
        lab = self.lab(stages=STAGES, **scripts)
        lab.trial("000000")
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: any(stage in line for line in lab.starts())))
        self.assertEqual(lab.ctl("kill", "000000").returncode, 0)
        self.assertEqual(watcher.wait(30), 0)
        self.assertEqual(lab.outcome("000000")["state"], "killed")
        self.assert_clean(lab)
        return lab

    def test_in_the_train_stage(self):
        self.killed_in("train", train=SLEEP)

    def test_in_the_flow_stage(self):
        lab = self.killed_in("flow", flow=SLEEP)
        self.assertFalse([line for line in lab.starts() if "metric" in line])

    def test_in_the_metric_stage(self):
        self.killed_in("metric", metric=SLEEP)

    def test_a_script_that_ignores_TERM_is_killed_after_its_grace(self):
        self.killed_in("train", train=COUNTED + "trap '' TERM\nwhile :; do sleep 1; done\n")

    def test_of_an_ended_trial_says_so(self):
        lab = self.lab()
        lab.trial("000000")
        lab.watch()
        answer = lab.ctl("kill", "000000")
        self.assertIn("complete", answer.stdout)
        self.assertFalse(lab.exists("trials/000000/kill"))

    def test_of_an_unknown_trial_is_an_error(self):
        lab = self.lab()
        lab.trial("000000")
        self.assertEqual(lab.ctl("kill", "000009").returncode, 2)


class Stop(LabTest):
    def test_by_a_person_skips_to_the_end(self):
        lab = self.lab(train=SLEEP, stages=STAGES)
        lab.trial("000000")
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: lab.exists("trials/000000/here")))
        lab.ctl("stop", "000000")
        self.assertEqual(watcher.wait(30), 0)
        self.assertEqual(lab.outcome("000000")["state"], "pruned")
        self.assertEqual(len(lab.starts()), 1)

    def test_continue_lets_the_stage_finish_early_and_later_ones_run(self):
        stages = [dict(STAGES[0], on_stop="continue"), STAGES[1], STAGES[2]]
        train = COUNTED + "touch here; while [ ! -e stop ]; do sleep 0.05; done\n" + TRAIN.split("\n", 2)[2]
        lab = self.lab(train=train, flow=FLOW + "[ ! -e stop ] || exit 9\n", stages=stages)
        lab.trial("000000")
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: lab.exists("trials/000000/here")))
        lab.ctl("stop", "000000")
        self.assertEqual(watcher.wait(30), 0)
        self.assertEqual(lab.outcome("000000")["state"], "complete")
        self.assertFalse(lab.exists("trials/000000/stop"))

    def test_a_job_may_have_obeyed_before_a_watcher_knew(self):
        stages = [dict(STAGES[0], on_stop="continue"), STAGES[1], STAGES[2]]
        train = COUNTED + "touch here; while [ ! -e stop ]; do sleep 0.05; done\n" + TRAIN.split("\n", 2)[2] + "exit 9\n"
        lab = self.lab(train=train, stages=stages)
        lab.trial("000000")
        watcher = lab.start("trialwatch", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: lab.exists("trials/000000/here")))
        watcher.kill()
        watcher.wait()
        lab.put("trials/000000/stop", "")
        shards = [f".trialwatch/spool/{shard}" for shard in lab.names(".trialwatch/spool")]
        self.assertTrue(wait_for(lambda: any(name.startswith("x.") for shard in shards for name in lab.names(shard))))
        self.assertEqual(lab.watch().returncode, 0)
        self.assertEqual(lab.outcome("000000")["state"], "complete")

    def test_from_a_pruner_prunes_whatever_on_stop_says(self):
        stages = [dict(STAGES[0], on_stop="continue"), STAGES[2]]
        lab = self.lab(train=SLEEP, stages=stages)
        lab.trial("000000")
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: lab.exists("trials/000000/here")))
        lab.put("trials/000000/stop", '{"by": "pruner"}')
        self.assertEqual(watcher.wait(30), 0)
        self.assertEqual(lab.outcome("000000")["state"], "pruned")

    def test_touched_by_hand_is_found_without_a_bell(self):
        lab = self.lab(train=SLEEP, stages=STAGES)
        lab.trial("000000")
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: lab.exists("trials/000000/here")))
        lab.put("trials/000000/stop", "")
        self.assertEqual(watcher.wait(30), 0)
        self.assertEqual(lab.outcome("000000")["state"], "pruned")


class Retry(LabTest):
    def test_keeps_id_config_and_checkpoint_and_runs_what_failed(self):
        train = TRAIN + "echo kept > checkpoint/state\n"
        metric = COUNTED + 'cat checkpoint/state; [ -e "$TRIAL_EXPERIMENT/mended" ] || exit 4\n' + METRIC
        lab = self.lab(train=train, metric=metric)
        lab.trial("000000", x=0.125)
        lab.watch()
        self.assertEqual(lab.outcome("000000")["state"], "failed")
        lab.put("mended", "")
        self.assertEqual(lab.ctl("retry", "000000").returncode, 0)
        lab.watch()
        outcome = lab.outcome("000000")
        self.assertEqual((outcome["state"], outcome["values"]["cost"]), ("complete", 0.125))
        self.assertEqual(len([line for line in lab.starts() if "train" in line]), 1)
        self.assertTrue([n for n in lab.names("trials/000000") if n.startswith("outcome.") and n != "outcome.json"])

    def test_goes_on_with_the_mended_script(self):
        lab = self.lab(metric=COUNTED + "exit 4\n")
        lab.trial("000000")
        lab.watch()
        lab.script("metric.sh", METRIC)
        lab.ctl("retry", "000000")
        lab.watch()
        self.assertEqual(lab.outcome("000000")["state"], "complete")

    def test_of_a_complete_trial_is_refused(self):
        lab = self.lab()
        lab.trial("000000")
        lab.watch()
        self.assertEqual(lab.ctl("retry", "000000").returncode, 1)
        lab.put("trials/000000/retry", "")
        lab.watch()
        self.assertEqual(lab.outcome("000000")["seq"], 1)

    def test_an_old_marker_is_not_taken_for_the_new_attempts(self):
        stages = [{"name": "train", "command": ["./train.sh"], "done": "training_done", "retries": 1,
                   "retry_delay": 0.1}, {"name": "metric", "command": ["./metric.sh"]}]
        lab = self.lab(train=COUNTED + '[ "$TRIAL_ATTEMPT" = 1 ] && touch training_done && exit 1\nexit 0\n',
                       stages=stages)
        lab.trial("000000")
        lab.watch()
        self.assertEqual(lab.outcome("000000")["kind"], "marker")


    def test_an_old_marker_is_not_taken_for_a_retried_trials(self):
        lab = self.lab(train=COUNTED + "touch training_done; exit 1\n", limits={"pause_after": 1})
        lab.trial("000000")
        lab.watch()
        lab.script("train.sh", TRAIN)
        lab.ctl("retry", "000000")
        lab.watch()  # still paused: the retried train cannot start, the old marker lies there
        lab.ctl("resume")
        self.assertEqual(lab.watch().returncode, 0)
        self.assertEqual(len([line for line in lab.starts() if "train" in line]), 2)

    def test_the_reason_that_was_given_is_kept(self):
        lab = self.lab(train=SLEEP, stages=STAGES)
        lab.trial("000000")
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: lab.exists("trials/000000/here")))
        lab.ctl("kill", "000000", "--reason", "too slow")
        self.assertEqual(watcher.wait(30), 0)
        self.assertIn("too slow", lab.outcome("000000")["reason"])


class Pause(LabTest):
    def test_after_failures_alike_and_resume_goes_on(self):
        lab = self.lab(train=COUNTED + "exit 1\n", limits={"pause_after": 3})
        for i in range(30):
            lab.trial(f"{i:06}")
        paused = lab.watch("--jobs", "1")
        self.assertEqual(paused.returncode, 1)
        self.assertIn("in a row failed alike", paused.stdout)
        ended = [i for i in range(30) if lab.outcome(f"{i:06}")]
        self.assertLess(len(ended), 15)  # three, and those that were handed over by then
        status = lab.ctl("status").stdout
        self.assertIn("paused", status)
        self.assertNotIn("dead", status)
        lab.script("train.sh", TRAIN)
        self.assertEqual(lab.ctl("resume").returncode, 0)
        self.assertEqual(lab.watch().returncode, 0)
        states = [lab.outcome(f"{i:06}")["state"] for i in range(30)]
        self.assertEqual(states.count("complete"), 30 - len(ended))

    def test_by_a_person_starts_nothing_new(self):
        lab = self.lab()
        lab.trial("000000")
        lab.run("trialwatch", lab.path, "--once")
        lab.ctl("pause")
        lab.trial("000001")
        lab.watch()
        self.assertFalse([line for line in lab.starts() if line.startswith("000001")])

    def test_the_later_of_pause_and_resume_holds(self):
        lab = self.lab()
        lab.trial("000000")
        lab.run("trialwatch", lab.path, "--once")
        for request, paused in (("resume.1", False), ("pause.2", True), ("resume.3", False), ("pause.0", True)):
            lab.put(f".trialwatch/requests/{request}", "")
            time.sleep(0.02)
            lab.run("trialwatch", lab.path, "--once")
            self.assertEqual(lab.exists(".trialwatch/paused"), paused, request)
        lab.put(".trialwatch/requests/resume.5", "")
        time.sleep(0.02)
        lab.put(".trialwatch/requests/pause.4", "")
        lab.run("trialwatch", lab.path, "--once")
        self.assertTrue(lab.exists(".trialwatch/paused"))

    def test_the_hook_is_run(self):
        lab = self.lab(train=COUNTED + "exit 1\n", limits={"pause_after": 1},
                       hooks={"paused": 'echo "$TRIALWATCH_TEXT" > hook', "failed": 'echo "$TRIAL_ID" > hook-failed'})
        lab.trial("000000")
        lab.watch()
        self.assertTrue(wait_for(lambda: lab.exists("hook") and "failed alike" in lab.read("hook")))
        self.assertTrue(wait_for(lambda: lab.exists("hook-failed") and "000000" in lab.read("hook-failed")))


if __name__ == "__main__":
    unittest.main()
