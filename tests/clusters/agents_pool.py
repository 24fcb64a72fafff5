"""What holds for a pool of agents that the watcher submits, whatever the batch system is."""
import signal

from cluster_lab import program, wait_for
from lab import COUNTED

TRAIN = COUNTED + '''n=$(cat "$TRIAL_CHECKPOINT/n" 2>/dev/null || echo 0)
while [ "$n" -lt 8 ]; do n=$((n + 1)); echo "$n" > "$TRIAL_CHECKPOINT/n"; sleep 0.1; done
echo "$TRIALWATCH_AGENT" >> "$TRIAL_EXPERIMENT/agents.log"
echo '{"cost": 1}' > result.json
'''
STAGES = [{"name": "train", "command": ["./train.sh"], "done": "result.json"}]


class AgentsPool:
    options = {}  # of the backend
    resources = {}

    def jobs_left(self):
        """How many jobs wait or run."""
        raise NotImplementedError

    def answer(self, *words):
        """Of a system that may have no time at first."""
        while True:
            done = self.cluster.run(*words)
            if done.returncode == 0:
                return done.stdout

    def pool_lab(self, trials, **pool):
        submit = {"backend": {"type": self.kind, "options": {"visibility": "2s", "poll": "1s", **self.options}},
                  "resources": {"cpus": 2, "time": "10m", **self.resources}}
        agents = {"max": 2, "arguments": ["--poll", "0.2", "--beat", "0.5"], "submit": submit, **pool}
        return self.lab(train=TRAIN, backend={"type": "agents", "options": {"silence": "2m", "poll": 0.5}}, stages=STAGES,
                        agents=agents, optimizer={"sampler": "random", "trials": trials})

    def numbers(self, lab):
        place = ".trialwatch/agents/pool"
        return {int(name.split(".")[0]) for name in lab.names(place)} if lab.exists(place) else set()

    def watch(self, lab):
        return lab.start("trialwatch", "--until-done", "--poll", "0.2")

    def said(self, lab):
        return lab.said("trialwatch")[-4000:]

    def test_60_trials_from_no_agent_with_a_watcher_that_is_killed(self):
        trials, most = 60, 0
        lab = self.pool_lab(trials)
        self.assertEqual(self.jobs_left(), 0)
        lab.start("trialopt")
        watcher = self.watch(lab)
        self.assertTrue(wait_for(lambda: len(lab.starts()) >= 12, 60), self.said(lab))
        self.assertEqual(self.jobs_left(), 2)
        watcher.send_signal(signal.SIGKILL)
        watcher.wait()
        watcher = self.watch(lab)
        while not wait_for(lambda: watcher.poll() is not None, 0.3):
            most = max(most, self.jobs_left())
        self.assertEqual(watcher.returncode, 0, self.said(lab))
        self.assertEqual(most, 2, "max was exceeded, or its agents were not there")
        self.assertEqual(self.numbers(lab), {1, 2}, "agents were submitted again")
        states = [lab.outcome(f"{number:06}") for number in range(trials)]
        self.assertEqual([state for state in states if not state or state["state"] != "complete"], [])
        self.assert_started_once(lab)
        self.assertEqual(len(set(lab.read("agents.log").split())), 2)
        self.assertTrue(wait_for(lambda: self.jobs_left() == 0, 30, step=0.5), "the search has ended, and jobs are left")
        self.assertEqual(lab.leftovers(), [])

    # The last are in the queue when the search ends: they are taken out of it.
    def test_agents_that_still_wait_when_the_search_ends_are_taken_out(self):
        lab = self.pool_lab(12, max=6)
        lab.settings["agents"]["submit"]["resources"].update(self.large())
        lab.settings["optimizer"]["parallel"] = 60
        lab.write_settings()
        search = lab.spawn([program("trialctl"), "run", lab.path])
        self.assertEqual(search.wait(timeout=90), 0, lab.read(".trialwatch/run.log")[-4000:])
        self.assertTrue(wait_for(lambda: self.jobs_left() == 0, 30, step=0.5), "the search has ended, and jobs are left")
        self.assertLess(len(set(lab.read("agents.log").split())), len(self.numbers(lab)), "all of them had begun")
        self.assert_started_once(lab)

    def large(self):
        """Resources of an agent of which few fit at once, and two of the trials' runs fill one."""
        raise NotImplementedError
