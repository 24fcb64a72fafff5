#!/usr/bin/env python3
"""Agents take jobs from files: whole searches, killed and stopped agents, the end of an allocation."""
import json
import os
import re
import signal
import time
import unittest

import readme_test
from lab import COUNTED, LabTest, wait_for

# What a job knows: it counts its steps in its checkpoint, and goes on from there; for more steps while there is a file `hold`.
STEPS = COUNTED + '''n=$(cat "$TRIAL_CHECKPOINT/n" 2>/dev/null || echo 0)
echo "$TRIAL_ID from $n" >> "$TRIAL_EXPERIMENT/resumed.log"
while [ "$n" -lt %d ] || [ -e "$TRIAL_EXPERIMENT/hold" ]; do n=$((n + 1)); echo "$n" > "$TRIAL_CHECKPOINT/n.new"; mv "$TRIAL_CHECKPOINT/n.new" "$TRIAL_CHECKPOINT/n"; sleep 0.1; done
echo '{"cost": 1}' > result.json
'''
# The same, and it says when it was told to end.
TOLD = COUNTED + '''trap 'echo "$TRIAL_ID $TRIAL_ATTEMPT" >> "$TRIAL_EXPERIMENT/told.log"; exit 9' TERM
n=$(cat "$TRIAL_CHECKPOINT/n" 2>/dev/null || echo 0)
while [ "$n" -lt %d ] || [ -e "$TRIAL_EXPERIMENT/hold" ]; do n=$((n + 1)); echo "$n" > "$TRIAL_CHECKPOINT/n"; sleep 0.1; done
echo '{"cost": 1}' > result.json
'''
ONE_STAGE = [{"name": "train", "command": ["./train.sh"], "done": "result.json", "retry_delay": 0.1}]
SILENCE = "30s"  # where it has to pass: longer than a slow machine may stall an agent, twice


class AgentsTest(LabTest):
    def agents_lab(self, train=None, stages=None, trials=4, silence="10m", **settings):
        more = {"train": train} if train else {}
        if stages:
            settings["stages"] = stages
        settings.setdefault("limits", {"infra_delay": 0.2})
        backend = {"type": "agents", "options": {"silence": silence, "poll": 0.2, "slots": 4}}
        lab = self.lab(backend=backend, optimizer={"sampler": "random", "trials": trials}, **settings, **more)
        for number in range(trials):
            lab.trial(f"{number:06}", x=0.1 * number)
        return lab

    def agent(self, lab, *args):
        return lab.start("trialagent", "--poll", "0.1", "--beat", "0.5", *args, start_new_session=True)

    def release(self, lab):
        os.unlink(os.path.join(lab.path, "hold"))

    def agents(self, lab):
        return json.loads(lab.ctl("agents", "--json").stdout)

    def complete(self, lab, trials=4):
        for number in range(trials):
            self.assertEqual(lab.outcome(f"{number:06}")["state"], "complete", lab.outcome(f"{number:06}"))

    def test_a_search_through_two_agents(self):
        lab = self.agents_lab()
        both = [self.agent(lab, "--slots", "2") for _ in range(2)]
        self.assertTrue(wait_for(lambda: len(self.agents(lab)["agents"]) == 2))
        done = lab.watch()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.complete(lab)
        self.assertEqual(len(lab.starts()), 4 * 5)
        self.assert_started_once(lab)
        self.assert_clean(lab)
        for agent in both:  # the search has ended: they go
            self.assertEqual(agent.wait(timeout=60), 0)

    def test_each_run_has_a_temporary_directory_of_its_own_that_goes_with_it(self):
        train = COUNTED + 'echo "$TMPDIR" >> "$TRIAL_EXPERIMENT/tmp.log"; mkdir "$TMPDIR/d"; echo x > "$TMPDIR/d/x"\necho \'{"cost": 1}\' > result.json\n'
        lab = self.agents_lab(train=train, stages=ONE_STAGE)
        parent = os.path.join(lab.home, "tmp")
        os.mkdir(parent)
        self.agent(lab, "--slots", "2", "--tmp", parent)
        self.assertEqual(lab.watch().returncode, 0)
        self.complete(lab)
        directories = lab.read("tmp.log").splitlines()
        self.assertEqual(len(set(directories)), 4)
        self.assertTrue(all(path.startswith(parent + "/") for path in directories), directories)
        self.assertTrue(wait_for(lambda: not os.listdir(parent)), os.listdir(parent))

    def test_four_runs_share_a_gpu(self):
        train = COUNTED + 'echo "$CUDA_VISIBLE_DEVICES $ROCR_VISIBLE_DEVICES" >> "$TRIAL_EXPERIMENT/gpus.log"\nsleep 0.5\necho \'{"cost": 1}\' > result.json\n'
        (share,) = [json.loads("{%s}" % text) for text in re.findall(r'`("resources": .*?})`', readme_test.README) if "gpus" in text]
        lab = self.agents_lab(train=train, stages=[{**ONE_STAGE[0], **share}], trials=8)
        self.agent(lab, "--slots", "8", "--gpus", "3,5")
        self.assertEqual(lab.watch().returncode, 0)
        self.complete(lab, 8)
        self.assertEqual(sorted(set(lab.read("gpus.log").splitlines())), ["3 3", "5 5"])
        self.assertEqual(len(lab.read("gpus.log").splitlines()), 8)

    def test_the_work_of_a_node_that_died_is_resumed_by_another(self):
        lab = self.agents_lab(train=STEPS % 0, stages=ONE_STAGE, trials=2, silence=SILENCE)
        lab.put("hold", "")
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1")
        first = self.agent(lab, "--slots", "2")
        self.assertTrue(wait_for(lambda: lab.exists("trials/000000/checkpoint/n") and lab.exists("trials/000001/checkpoint/n")))
        lab.end_node(self.agents(lab)["agents"][0]["agent"])
        first.wait()
        self.release(lab)
        self.agent(lab, "--slots", "2")
        self.assertEqual(watcher.wait(timeout=120), 0)
        self.complete(lab, 2)
        self.assert_started_once(lab)
        resumed = lab.read("resumed.log").splitlines()
        self.assertEqual(len(resumed), 4)
        for line in resumed[2:]:
            self.assertGreater(int(line.split()[-1]), 0, "it did not go on from its checkpoint")
        for number in range(2):
            self.assertEqual(lab.outcome(f"{number:06}")["attempts"], 2)

    # Its jobs live on and post as ever: nothing is lost, nothing is started twice.
    def test_an_agent_alone_that_is_killed_loses_nothing(self):
        lab = self.agents_lab(train=STEPS % 5, stages=ONE_STAGE, trials=2)
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1")
        first = self.agent(lab, "--slots", "2")
        self.assertTrue(wait_for(lambda: len(lab.starts()) == 2))
        first.kill()
        self.assertEqual(watcher.wait(timeout=60), 0)
        self.complete(lab, 2)
        self.assertEqual(sorted(lab.starts()), ["000000 train 0 1", "000001 train 0 1"])

    def test_an_agent_that_slept_through_its_silence_ends_what_it_had(self):
        lab = self.agents_lab(train=STEPS % 0, stages=ONE_STAGE, trials=1, silence=SILENCE)
        lab.put("hold", "")
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1")
        first = self.agent(lab, "--slots", "1", "--total-runs", "1")  # what it had it leaves to the other
        self.assertTrue(wait_for(lambda: lab.exists("trials/000000/checkpoint/n")))
        first.send_signal(signal.SIGSTOP)
        self.assertTrue(wait_for(lambda: lab.names(".trialwatch/zombies"), 90), "it was not taken back")
        self.agent(lab, "--slots", "1")
        first.send_signal(signal.SIGCONT)
        self.assertTrue(wait_for(lambda: "it is ended, for it may run elsewhere" in lab.said("trialagent")), lab.said("trialagent"))
        self.release(lab)
        self.assertEqual(watcher.wait(timeout=60), 0)
        self.complete(lab, 1)
        self.assert_started_once(lab)
        self.assertEqual(lab.outcome("000000")["attempts"], 2)

    def test_before_its_time_is_over_jobs_are_told_and_the_next_agent_goes_on(self):
        stages = [dict(ONE_STAGE[0], grace=20)]
        lab = self.agents_lab(train=TOLD % 0, stages=stages, trials=2)
        lab.put("hold", "")
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1")
        first = self.agent(lab, "--slots", "2", "--walltime", "45s")
        begin = time.monotonic()
        self.assertEqual(first.wait(timeout=90), 0)
        self.assertLess(time.monotonic() - begin, 45)
        self.assertEqual(sorted(lab.read("told.log").splitlines()), ["000000 1", "000001 1"])
        self.release(lab)
        self.agent(lab, "--slots", "2")
        self.assertEqual(watcher.wait(timeout=60), 0)
        self.complete(lab, 2)  # with no retries: it was not charged
        for number in range(2):
            self.assertEqual(lab.outcome(f"{number:06}")["attempts"], 2)
        self.assert_clean(lab)

    def test_a_kill_reaches_a_job_through_its_agent(self):
        lab = self.agents_lab(train=STEPS % 1000, stages=ONE_STAGE, trials=2)
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1")
        self.agent(lab, "--slots", "1")
        self.assertTrue(wait_for(lambda: len(lab.starts()) == 1))
        running = lab.starts()[0].split()[0]
        waiting = "000001" if running == "000000" else "000000"
        lab.ctl("kill", waiting)
        self.assertTrue(wait_for(lambda: (lab.outcome(waiting) or {}).get("state") == "killed"))
        lab.ctl("kill", running)
        self.assertEqual(watcher.wait(timeout=60), 0)
        self.assertEqual(lab.outcome(running)["state"], "killed")
        self.assertEqual(len(lab.starts()), 1)

    def test_a_drained_one_finishes_and_leaves(self):
        lab = self.agents_lab(train=STEPS % 0, stages=ONE_STAGE, trials=3)
        lab.put("hold", "")
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1")
        first = self.agent(lab, "--slots", "1")
        self.assertTrue(wait_for(lambda: len(lab.starts()) == 1))
        name = self.agents(lab)["agents"][0]["agent"]
        said = lab.ctl("drain", name)
        self.assertEqual(said.returncode, 0, said.stdout)
        self.assertTrue(wait_for(lambda: "claims nothing more: drained; 1 still run" in lab.said("trialagent")), lab.said("trialagent"))
        self.release(lab)
        self.assertEqual(first.wait(timeout=60), 0)
        self.assertEqual(len(lab.starts()), 1)
        self.assertEqual(lab.ctl("drain", "nobody.1").returncode, 2)
        self.agent(lab, "--slots", "2")
        self.assertEqual(watcher.wait(timeout=60), 0)
        self.complete(lab, 3)
        self.assert_started_once(lab)

    def test_a_watcher_that_is_killed_and_started_again_finds_the_jobs(self):
        lab = self.agents_lab(train=STEPS % 0, stages=ONE_STAGE, trials=3)
        lab.put("hold", "")
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1")
        self.agent(lab, "--slots", "2")
        self.assertTrue(wait_for(lambda: len(lab.starts()) == 2))
        watcher.kill()
        watcher.wait()
        self.release(lab)
        done = lab.watch()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.complete(lab, 3)
        self.assertEqual(len(lab.starts()), 3)

    def test_agents_are_listed(self):
        lab = self.agents_lab(train=STEPS % 1000, stages=ONE_STAGE, trials=3)
        self.assertIn("no agent is here", lab.ctl("agents").stdout)
        lab.start("trialwatch", "--until-done", "--poll", "0.1")
        self.agent(lab, "--slots", "2", "--walltime", "1h")

        def listed():
            told = self.agents(lab)
            return [(told["waiting"], found["state"], found["cpus"], found["busy"], len(found["jobs"])) for found in told["agents"]]
        self.assertTrue(wait_for(lambda: listed() == [(1, "busy", 2, 2, 2)]), listed())
        self.assertIsNotNone(self.agents(lab)["agents"][0]["ends"])
        self.assertIn("2/2", lab.ctl("agents").stdout)

    def test_what_cannot_be_used_is_refused(self):
        lab = self.agents_lab()
        for words in (["--walltime", "soon"], ["--slots", "0"], ["--gpus", ","], ["--nonsense"]):
            self.assertEqual(lab.run("trialagent", lab.path, *words).returncode, 2, words)
        self.assertEqual(lab.run("trialagent", lab.path + "/nowhere").returncode, 2)

    def test_the_example_is_what_its_page_says(self):
        readme_test.run_page(self, (readme_test.ROOT / "examples/agents/README.md").read_text())


if __name__ == "__main__":
    unittest.main()
