"""Agents in the jobs of a real Slurm: many trials in two allocations, and what happens when parts of it are killed."""
import json
import os

from cluster_lab import ClusterTest, cpu_list, main, program, wait_for
from lab import COUNTED

import readme_test

# Counts its steps in its checkpoint, and tells which CPUs it had, from when to when. After a step it stays where it is
# while there is a file held.AGENT, and says so.
TRAIN = COUNTED + '''cpus=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
begin=$(date +%%s.%%N)
n=$(cat "$TRIAL_CHECKPOINT/n" 2>/dev/null || echo 0)
echo "$TRIAL_ID $TRIAL_ATTEMPT from $n" >> "$TRIAL_EXPERIMENT/resumed.log"
while [ %s ]; do
    n=$((n + 1)); echo "$n" > "$TRIAL_CHECKPOINT/n.new"; mv "$TRIAL_CHECKPOINT/n.new" "$TRIAL_CHECKPOINT/n"; sleep 0.1
    while [ -e "$TRIAL_EXPERIMENT/held.$TRIALWATCH_AGENT" ]; do touch holds; sleep 0.1; done
done
echo "$TRIALWATCH_AGENT $begin $(date +%%s.%%N) $cpus" >> "$TRIAL_EXPERIMENT/cpus.log"
echo '{"cost": 1}' > result.json
'''
STAGES = [{"name": "train", "command": ["./train.sh"], "done": "result.json"}]
BACKEND = {"type": "agents", "options": {"silence": "30s", "poll": 0.5, "slots": 8}}


class SlurmAgents(ClusterTest):
    kind = "slurm"

    def agents_lab(self, trials, on='"$n" -lt 5', **stage):
        """Runs go on while `on` is true."""
        return self.lab(train=TRAIN % on, backend=BACKEND, stages=[dict(STAGES[0], **stage)],
                        optimizer={"sampler": "random", "trials": trials, "parallel": 16})

    def sbatch(self, lab, script, *words):
        path = os.path.join(lab.home, "job.sh")
        with open(path, "w") as file:
            file.write("#!/bin/sh\n" + script)
        said = self.cluster.run("sbatch", "--parsable", "-o", os.path.join(lab.home, "job-%j.log"), *words, path)
        self.assertEqual(said.returncode, 0, said.stdout)
        return said.stdout.strip()

    def slurmd(self, node, what):
        self.cluster.run(os.path.join(os.path.dirname(os.path.abspath(__file__)), "slurm", "daemon.sh"),
                         self.cluster.directory, f"slurmd.{node}", what)

    def agents(self, lab):
        return json.loads(lab.ctl("agents", "--json").stdout)["agents"]

    def assert_all_complete(self, lab, trials):
        states = [lab.outcome(f"{number:06}") for number in range(trials)]
        self.assertEqual([state for state in states if not state or state["state"] != "complete"], [])
        self.assert_started_once(lab)

    def in_mid_run(self, lab, agent, runs):
        (jobs,) = [found["jobs"] for found in self.agents(lab) if found["agent"] == agent]
        return len(jobs) == runs and all(lab.exists(f"trials/{job['id']}/holds") for job in jobs)

    def assert_cpus_apart(self, lab):
        """Of runs that overlap in one agent no two share a CPU."""
        runs = [line.split() for line in lab.read("cpus.log").splitlines()]
        overlapping = 0
        for i, (agent, begin, end, cpus) in enumerate(runs):
            for other, its_begin, its_end, its_cpus in runs[:i]:
                if agent != other or float(its_begin) >= float(end) or float(begin) >= float(its_end):
                    continue
                overlapping += 1
                self.assertEqual(cpu_list(cpus) & cpu_list(its_cpus), set(), f"{runs[i]}")
        return overlapping

    def test_200_trials_in_two_jobs_of_which_one_dies_with_its_slurmd(self):
        trials, cpus = 200, min(2, os.cpu_count())
        lab = self.agents_lab(trials, '"$n" -lt 6')
        agent = f"exec taskset -c 0-{cpus - 1} {program('trialagent')} {lab.path} --slots {cpus} --poll 0.2 --beat 0.5 --idle 1m\n"
        jobs = [self.sbatch(lab, agent, "-N1", "--exclusive", "-t10", "--no-requeue", "-w", node) for node in ("n1", "n2")]
        search = lab.spawn([program("trialctl"), "run", lab.path])
        self.assertTrue(wait_for(lambda: len(lab.starts()) > 40, 120))
        (first,) = [found["agent"] for found in self.agents(lab) if found["allocation"] == f"slurm {jobs[0]}"]
        lab.put(f"held.{first}", "")
        self.assertTrue(wait_for(lambda: self.in_mid_run(lab, first, cpus), 60), self.agents(lab))
        lab.end_node(first)
        self.addCleanup(self.slurmd, "n2", "start")
        self.slurmd("n2", "KILL")
        self.assertEqual(search.wait(timeout=400), 0)
        self.assert_all_complete(lab, trials)
        again = [line.split() for line in lab.read("resumed.log").splitlines() if line.split()[1] != "1"]
        self.assertGreaterEqual(len([line for line in again if int(line[3]) > 0]), cpus, f"went on from their checkpoints: {again}")
        overlapping = self.assert_cpus_apart(lab)
        self.assertTrue(cpus < 2 or overlapping > 0, "no two runs were concurrent")
        print(f"200 trials, 2 jobs, {len(again)} lost and resumed at steps {[int(line[3]) for line in again]}, "
              f"{overlapping} pairs of concurrent runs on CPUs of their own", flush=True)

    def test_the_script_of_the_readme(self):
        lab = self.agents_lab(8, '! -e "$TRIAL_EXPERIMENT/enough"')
        (script,) = readme_test.blocks("sh sbatch")
        for shown, meant in (("trialagent", program("trialagent")), ("$HOME/experiment", lab.path), ("--slots 18", "--slots 1"),
                             ("12:00:00", "00:05:00")):
            self.assertEqual(script.count(shown), 1, shown)
            script = script.replace(shown, meant)
        self.sbatch(lab, script)
        search = lab.spawn([program("trialctl"), "run", lab.path])
        agents = []

        def both_are_there():
            agents[:] = self.agents(lab)
            return len(agents) == 2
        self.assertTrue(wait_for(both_are_there, 120), self.logs(lab))
        self.assertEqual(len({agent["allocation"] for agent in agents}), 1)
        lab.put("enough", "")
        self.assertEqual(search.wait(timeout=120), 0)
        self.assert_all_complete(lab, 8)
        self.assert_queue_empties(lab)

    # The end of its allocation comes from Slurm; the same script again goes on with the same search.
    def test_a_whole_search_in_one_allocation_that_was_too_short_and_again(self):
        lab = self.agents_lab(4, '! -e "$TRIAL_EXPERIMENT/enough"', grace=2, retry_delay=0.5)
        script = f"{program('trialctl')} run {lab.path}\n", "-N2", "--exclusive", "-t1"
        self.sbatch(lab, *script)
        self.assertTrue(wait_for(lambda: len([a for a in self.agents(lab) if a["state"] == "busy"]) == 2, 60), self.logs(lab))
        self.assert_queue_empties(lab)
        started = sorted(lab.starts())
        self.assertEqual(len(started), 4)
        self.assertIsNone(lab.outcome("000000"))
        lab.put("enough", "")
        self.sbatch(lab, *script)
        self.assert_queue_empties(lab)
        self.assert_all_complete(lab, 4)
        again = [line.split() for line in lab.read("resumed.log").splitlines() if line.split()[1] == "2"]
        self.assertEqual(len(again), 4, self.logs(lab))
        self.assertTrue(all(int(line[3]) > 0 for line in again), again)

    def assert_queue_empties(self, lab):
        self.assertTrue(wait_for(lambda: not self.cluster.run("squeue", "-h").stdout, 240, step=0.5), self.logs(lab))

    def logs(self, lab):
        return [lab.read(".trialwatch/run.log")[-3000:]] if lab.exists(".trialwatch/run.log") else []


if __name__ == "__main__":
    main()
