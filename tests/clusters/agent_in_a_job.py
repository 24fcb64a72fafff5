"""An agent as a job of a batch system: what it is told there of its allocation."""
import datetime
import json
import time

from cluster_lab import wait_for
from lab import COUNTED

LIMIT = 600  # seconds, of the job
# As long as somebody looks at who is there.
TRAIN = COUNTED + """until [ -e "$TRIAL_EXPERIMENT/seen" ]; do sleep 0.1; done\necho '{"cost": 1}' > result.json\n"""
STAGES = [{"name": "train", "command": ["./train.sh"], "done": "result.json"}]


class AgentInAJob:
    def submit(self, lab):
        """Submits two agents, each with 2 CPUs for LIMIT seconds."""
        raise NotImplementedError

    def test_it_knows_its_end_and_what_it_was_given(self):
        lab = self.lab(train=TRAIN, stages=STAGES, backend={"type": "agents", "options": {"silence": "2m", "poll": 0.5}},
                       optimizer={"sampler": "random", "trials": 8, "parallel": 8})
        lab.start("trialopt")
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.2")
        before = time.time()
        self.submit(lab)
        agents = []

        def both_are_busy():
            agents[:] = json.loads(lab.ctl("agents", "--json").stdout)["agents"]
            return [agent["state"] for agent in agents] == ["busy"] * 2
        self.assertTrue(wait_for(both_are_busy, 120), agents)
        lab.put("seen", "")
        for agent in agents:
            self.assertRegex(agent["allocation"], self.kind + r" \d+")
            self.assertEqual(agent["cpus"], 2)
            self.assertIsNotNone(agent["ends"])
            ends = datetime.datetime.fromisoformat(agent["ends"]).timestamp()
            self.assertGreater(ends, before + LIMIT - 30)  # clocks of the system's daemons, whole seconds
            self.assertLess(ends, time.time() + LIMIT + 2)
        self.assertEqual(len({agent["allocation"] for agent in agents}), 2)
        self.assertEqual(watcher.wait(timeout=120), 0)
        self.assertEqual([lab.outcome(f"{number:06}")["state"] for number in range(8)], ["complete"] * 8)
        self.assert_started_once(lab)
