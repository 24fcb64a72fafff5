"""One agent over both nodes of an allocation of a real Slurm: stages of several hosts beside serial ones."""
import json
import os
import signal
import time

from cluster_lab import ClusterTest, cpu_list, main, program, wait_for
from lab import COUNTED

# Who ran where, on which CPUs, from when to when; one line, appended at once.
NOTE = '''note() {
    cpus=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
    begin=$(date +%s.%N); sleep 0.3
    echo "$TRIAL_ID $1 $SLURMD_NODENAME $cpus $begin $(date +%s.%N)" >> "$TRIAL_EXPERIMENT/ran.log"
}
'''
TRAIN = COUNTED + NOTE + 'note train\nmkdir -p flows/results; for i in 1 2 3; do echo "{}" > flows/$i.json; done; touch training_done\n'
FLOW = COUNTED + NOTE + 'note flow\necho "{}" > "flows/results/$(basename "$1")"\n'
RANK = '#!/bin/sh\n' + NOTE + 'note "rank$SLURM_PROCID"\n'
METRIC = COUNTED + '''$TRIAL_MPIEXEC "$TRIAL_EXPERIMENT/rank.sh" || exit 1
echo "$TRIAL_HOSTS $TRIAL_NODES $TRIAL_RANKS" >> "$TRIAL_EXPERIMENT/told.log"
echo '{"cost": 1}' > result.json
'''
STAGES = [{"name": "train", "command": ["./train.sh"], "done": "training_done"},
          {"name": "flow", "command": ["./flow.sh"], "array": "flows/*.json", "done": "flows/results/{stem}.json"},
          {"name": "metric", "command": ["./metric.sh"], "done": "result.json", "resources": {"nodes": 2, "ranks": 2}}]
BACKEND = {"type": "agents", "options": {"silence": "2m", "poll": 0.3, "slots": 6}}
# Deaf to TERM, and it leaves somebody behind.
DEAF = '''#!/bin/sh
trap '' TERM
echo "$SLURMD_NODENAME" >> "$TRIAL_EXPERIMENT/deaf.log"
sleep 1000 &
while :; do sleep 1; done
'''


class SlurmWide(ClusterTest):
    kind = "slurm"

    def wide_lab(self, trials, **settings):
        settings.setdefault("stages", STAGES)
        lab = self.lab(train=TRAIN, flow=FLOW, metric=METRIC, backend=BACKEND,
                       optimizer={"sampler": "random", "trials": trials, "parallel": 4}, **settings)
        lab.script("rank.sh", RANK)
        return lab

    def sbatch(self, lab, *options):
        path = os.path.join(lab.home, "job.sh")
        with open(path, "w") as file:
            file.write(f"#!/bin/sh\nexec {program('trialagent')} {lab.path} --hosts auto --slots 2 --poll 0.2 --beat 1 {' '.join(options)}\n")
        said = self.cluster.run("sbatch", "--parsable", "-N2", "--exclusive", "-t5", "--no-requeue",
                                "-o", os.path.join(lab.home, "job.log"), path)
        self.assertEqual(said.returncode, 0, said.stdout)
        self.addCleanup(self.end, said.stdout.strip())
        return said.stdout.strip()

    def end(self, job):
        """The nodes are the next test's."""
        self.cluster.run("scancel", job)
        self.assertTrue(wait_for(lambda: not self.cluster.run("squeue", "-h").stdout, 30))

    def log(self, lab):
        with open(os.path.join(lab.home, "job.log")) as file:
            return file.read()[-3000:]

    def assert_never_more_than_there_is(self, runs, most):
        """Of what runs on a host at one time no two share a CPU, and it is no more than the host has."""
        for _, what, host, cpus, begin, end in runs:
            beside = [run for run in runs if run[2] == host and run[4] <= begin < run[5]]
            used = [cpu for run in beside for cpu in cpu_list(run[3])]
            self.assertLessEqual(len(used), most, beside)
            self.assertEqual(len(used), len(set(used)), beside)

    def test_wide_stages_beside_serial_ones(self):
        if os.cpu_count() < 2:
            self.skipTest("needs 2 CPUs to pin to")
        lab = self.wide_lab(4)
        self.sbatch(lab)
        self.assertTrue(wait_for(lambda: json.loads(lab.ctl("agents", "--json").stdout)["agents"], 40), "no agent")
        card = json.loads(lab.ctl("agents", "--json").stdout)["agents"][0]
        self.assertEqual((card["cpus"], [host["name"] for host in card["hosts"]]), (4, ["n1", "n2"]))
        done = lab.run_words([program("trialctl"), "run", lab.path])
        self.assertEqual(done.returncode, 0, done.stdout + self.log(lab) + lab.ctl("logs", "000000").stdout + str(lab.outcome("000000")))
        for number in range(4):
            self.assertEqual(lab.outcome(f"{number:06}")["state"], "complete", self.log(lab))
        self.assert_started_once(lab)
        runs = [(*line.split()[:4], *map(float, line.split()[4:])) for line in lab.read("ran.log").splitlines()]
        self.assertEqual(len(runs), 4 * (1 + 3 + 2))
        for number in range(4):
            ranks = sorted(run[1:3] for run in runs if run[0] == f"{number:06}" and run[1].startswith("rank"))
            self.assertEqual(ranks, [("rank0", "n1"), ("rank1", "n2")])
        self.assertEqual({run[2] for run in runs if run[1] == "flow"}, {"n1", "n2"})
        self.assertEqual(set(lab.read("told.log").splitlines()), {"n1,n2 2 2"})
        self.assert_never_more_than_there_is(runs, 2)
        self.assertTrue(wait_for(lambda: not self.cluster.run("squeue", "-h").stdout, 30), "the agent did not leave")
        self.assertEqual(lab.living(), [])

    def deaf_lab(self):
        """Two ranks on two hosts, and two serial jobs, one on each, that nothing but KILL ends."""
        lab = self.wide_lab(3, limits={"infra_delay": 0.2, "kill_patience": "20s"})
        wide = [dict(STAGES[2], name="train", command=["./wide.sh"], grace=1)]
        lab.script("wide.sh", '#!/bin/sh\nif [ "$TRIAL_ID" = 000000 ]; then $TRIAL_MPIEXEC "$TRIAL_EXPERIMENT/deaf.sh"; else exec "$TRIAL_EXPERIMENT/deaf.sh"; fi\n')
        lab.script("deaf.sh", DEAF)
        lab.write_settings(stages=wide)
        return lab

    def test_a_kill_reaches_ranks_on_every_host(self):
        lab = self.deaf_lab()
        lab.trial("000000", x=0.1)
        self.sbatch(lab)
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.2")
        self.assertTrue(wait_for(lambda: lab.exists("deaf.log") and len(lab.read("deaf.log").split()) == 2, 40), self.log(lab))
        self.assertEqual(sorted(lab.read("deaf.log").split()), ["n1", "n2"])
        self.assertGreater(len(lab.living()), 0)
        lab.ctl("kill", "--all")
        self.assertEqual(watcher.wait(timeout=60), 0)
        self.assertEqual(lab.outcome("000000")["state"], "killed")
        self.assertTrue(wait_for(lambda: lab.living() == [], 20), "something of it lives")

    # Told to end, the agent gives each job its grace, and nothing of any of them is left on either host.
    def test_an_agent_that_is_told_to_end_leaves_nothing_running(self):
        lab = self.deaf_lab()
        lab.write_settings(stages=[dict(STAGES[0], command=["./deaf.sh"], grace=1)])
        for number in range(4):
            lab.trial(f"{number:06}", x=0.1)
        job = self.sbatch(lab)
        watcher = lab.start("trialwatch", "--poll", "0.2")
        self.assertTrue(wait_for(lambda: lab.exists("deaf.log") and len(lab.read("deaf.log").split()) == 4, 40), self.log(lab))
        self.assertEqual(sorted(lab.read("deaf.log").split()), ["n1", "n1", "n2", "n2"])
        self.cluster.run("scancel", "--batch", "--signal=TERM", job)
        time.sleep(2)
        self.cluster.run("scancel", "--batch", "--signal=TERM", job)
        self.assertTrue(wait_for(lambda: lab.living() == [], 20), self.log(lab))
        self.assertTrue(wait_for(lambda: "leaves after 4 runs" in self.log(lab), 20), self.log(lab))
        watcher.send_signal(signal.SIGTERM)
        watcher.wait(timeout=20)


if __name__ == "__main__":
    main()
