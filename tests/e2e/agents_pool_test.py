#!/usr/bin/env python3
"""The watcher submits agents by itself, here to the local backend: they come, work, leave, and come again."""
import contextlib
import json
import os
import re
import signal
import time
import unittest

from lab import COUNTED, LabTest, wait_for

QUICK = COUNTED + '''echo '{"cost": 1}' > result.json\n'''
# It runs while there is a file `hold`.
HELD = COUNTED + '''while [ -e "$TRIAL_EXPERIMENT/hold" ]; do sleep 0.1; done
echo '{"cost": 1}' > result.json
'''
ONE_STAGE = [{"name": "train", "command": ["./train.sh"], "done": "result.json", "retry_delay": 0.1}]
BACKEND = {"type": "agents", "options": {"silence": "10m", "poll": 0.2}}
MACHINE = {"type": "local", "options": {"cpus": 8}}


class AgentsPoolTest(LabTest):
    def pool_lab(self, train, trials, idle=600, backend=None, resources=None, **pool):
        agents = {"idle": idle, "arguments": ["--poll", "0.1", "--beat", "0.5"],
                  "submit": {"backend": backend or MACHINE, "resources": resources or {"cpus": 2}}, **pool}
        lab = self.lab(backend=BACKEND, stages=ONE_STAGE, agents=agents, train=train,
                       optimizer={"sampler": "random", "trials": trials})
        self.addCleanup(self.end_agents, lab)
        for number in range(trials):
            lab.trial(f"{number:06}", x=0.01 * number)
        lab.put("hold", "")
        return lab

    def release(self, lab):
        os.unlink(os.path.join(lab.path, "hold"))

    def agents_of(self, lab):
        """pid of each process that is an agent of this experiment, or has not become a job of it yet."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    words = file.read().decode(errors="replace").split("\0")
            except OSError:
                continue
            if os.path.basename(words[0]) == "trialagent" and lab.path in words:
                found.append(int(pid))
        return found

    def end_agents(self, lab):
        for pid in self.agents_of(lab):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def entries(self, lab):
        """number -> state"""
        names = lab.names(".trialwatch/agents/pool") if lab.exists(".trialwatch/agents/pool") else []
        return {int(name.split(".")[0]): name.split(".")[2] for name in names if not name.endswith(".log")}

    def watcher(self, lab, *args):
        return lab.start("trialwatch", "--poll", "0.1", *args)

    def log(self, lab):
        return lab.said("trialwatch")

    def failed(self, lab):
        """So many agents were told to have ended before they began: both at once, or one after the other."""
        return sum(map(int, re.findall(r"(\d+) agents? ended before", self.log(lab))))

    def complete(self, lab, trials):
        for number in range(trials):
            outcome = lab.outcome(f"{number:06}")
            self.assertEqual(outcome["state"], "complete", outcome)
        self.assert_started_once(lab)
        self.assert_clean(lab)

    def test_a_search_from_nothing_but_a_watcher(self):
        lab = self.pool_lab(HELD, 12, max=2)
        watcher = self.watcher(lab, "--until-done")
        self.assertTrue(wait_for(lambda: len(lab.starts()) == 4))  # both run some
        self.release(lab)
        self.assertEqual(watcher.wait(timeout=60), 0, self.log(lab))
        self.complete(lab, 12)
        self.assertTrue(wait_for(lambda: not self.agents_of(lab)), "the search has ended, and they stay")
        self.assertEqual(self.entries(lab), {1: "left", 2: "left"})

    def test_a_watcher_that_is_killed_and_started_again_finds_its_agents(self):
        lab = self.pool_lab(HELD, 8, max=2)
        first = self.watcher(lab)
        self.assertTrue(wait_for(lambda: len(lab.starts()) == 4))
        first.kill()
        first.wait()
        self.assertEqual(self.entries(lab), {1: "begun", 2: "begun"})
        self.release(lab)
        second = self.watcher(lab, "--until-done")
        self.assertEqual(second.wait(timeout=60), 0, self.log(lab))
        self.assertEqual(set(self.entries(lab)), {1, 2}, "others were submitted")
        self.complete(lab, 8)

    def test_they_leave_without_work_and_come_again(self):
        lab = self.pool_lab(QUICK, 4, idle=1, max=3)
        self.watcher(lab)
        self.assertTrue(wait_for(lambda: lab.outcome("000003")))
        self.assertTrue(wait_for(lambda: not self.agents_of(lab)), "they have nothing to do, and stay")
        self.assertTrue(wait_for(lambda: set(self.entries(lab).values()) == {"over"}))  # seen while nothing waited
        lab.trial("000009", x=0.5)
        self.assertTrue(wait_for(lambda: lab.outcome("000009")), self.log(lab))

    def test_some_stay_without_work(self):
        lab = self.pool_lab(QUICK, 6, idle=1, min=1, max=3)
        watcher = self.watcher(lab)
        self.assertTrue(wait_for(lambda: lab.outcome("000005")))
        self.assertTrue(wait_for(lambda: len(self.agents_of(lab)) == 1))
        stays = self.agents_of(lab)
        time.sleep(3)
        self.assertEqual(self.agents_of(lab), stays)
        watcher.terminate()  # not the end of the search
        watcher.wait()
        self.assertEqual(self.agents_of(lab), stays)
        self.assertEqual(self.watcher(lab, "--until-done").wait(timeout=60), 0)
        self.assertTrue(wait_for(lambda: not self.agents_of(lab)))

    def test_a_program_that_fails_is_told_and_does_not_storm(self):
        lab = self.pool_lab(QUICK, 4, max=2, arguments=["--nonsense"])
        self.watcher(lab)
        self.assertTrue(wait_for(lambda: self.failed(lab) == 2), self.log(lab))
        time.sleep(2)
        self.assertEqual(self.failed(lab), 2)
        self.assertEqual(max(self.entries(lab)), 2)
        self.assertIn("nonsense", lab.read(".trialwatch/agents/pool/1.log"))
        # mended, it goes on at once
        agents = dict(lab.settings["agents"], arguments=[])
        lab.write_settings(agents=agents)
        self.assertTrue(wait_for(lambda: all(lab.outcome(f"{n:06}") for n in range(4))), self.log(lab))

    def test_those_that_wait_are_taken_back_when_the_search_ends(self):
        lab = self.pool_lab(HELD, 4, max=4, backend={"type": "local", "options": {"cpus": 2}}, resources={"cpus": 1})
        watcher = self.watcher(lab, "--until-done")
        self.assertTrue(wait_for(lambda: len(lab.starts()) == 2))
        self.assertEqual(sorted(self.entries(lab).values()), ["begun", "begun", "wanted", "wanted"])
        self.assertEqual(json.loads(lab.ctl("agents", "--json").stdout)["awaited"], 2)
        self.assertIn("2 agents are submitted and have not begun", lab.ctl("agents").stdout)
        self.release(lab)
        self.assertEqual(watcher.wait(timeout=60), 0)
        self.complete(lab, 4)
        self.assertTrue(wait_for(lambda: sorted(self.entries(lab).values()) == ["left", "left", "withdrawn", "withdrawn"]), self.entries(lab))
        self.assertTrue(wait_for(lambda: not self.agents_of(lab)))

    def test_what_cannot_be_is_refused(self):
        lab = self.pool_lab(QUICK, 1, max=2)
        good = lab.settings["agents"]
        for change, words in (({"submit": {"backend": {"type": "slurm", "options": {"no-such-option": [1]}}}}, "no-such-option"),
                              ({"submit": {"backend": {"type": "command"}}}, "/agents/submit/backend"),
                              ({"min": 3}, "'min' must not be more than 'max'")):
            lab.write_settings(agents=dict(good, **change))
            said = lab.ctl("check")
            self.assertEqual(said.returncode, 2, (change, said.stdout))
            self.assertIn(words, said.stdout)
        lab.write_settings(agents=dict(good, submit={"backend": MACHINE, "resources": {"cpus": 100}}))
        self.assertIn("an agent needs 100 CPUs", lab.ctl("check").stdout)
        lab.write_settings(agents=good, stages=[dict(ONE_STAGE[0], resources={"cpus": 3})])
        said = lab.ctl("check").stdout
        self.assertIn("larger, or takes longer", said)


if __name__ == "__main__":
    unittest.main()
