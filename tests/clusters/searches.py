"""What every cluster must get through, whatever its batch system: mixed into a ClusterTest with a `kind`.

Small in each run of the tests, at full size with TRIALWATCH_PROOF=full.
"""
import os
import random
import re
import shutil
import time

from cluster_lab import ROOT, Lab, program, values, wait_for
from lab import COUNTED, METRIC

FULL = os.environ.get("TRIALWATCH_PROOF") == "full"
FLOWS = 20
TRIALS, KILLS, OUTAGE, MANY = (20, 20, 60, 100) if FULL else (4, 6, 15, 10)


def power_flow(lab, backend, trials=TRIALS, flows=FLOWS):
    """The example as it stands, but for the backend, the sizes, and trials that take seconds."""
    source = ROOT / "examples/power_flow"
    text = (source / "experiment.json").read_text()
    for pattern, value in ((r'"trials": \d+', f'"trials": {trials}'), (r'("flow_tasks":\s*\{[^}]*"value": )\d+', rf"\g<1>{flows}"),
                           (r'("train_scenarios":\s*\{[^}]*"value": )\d+', r"\g<1>64"), (r'("epochs":\s*\{[^}]*"value": )\d+', r"\g<1>9"),
                           (r'"backend": \{.*\}', f'"backend": {backend}'), (r'"parallel": \d+', '"parallel": 4')):
        text, count = re.subn(pattern, value, text)
        assert count == 1, pattern
    for name in os.listdir(source):
        if name.endswith((".sh", ".m")):
            shutil.copy(source / name, lab.path)
    os.makedirs(os.path.join(lab.path, "bin"), exist_ok=True)
    for name in ("power_flow_train", "power_flow_flow", "power_flow_metric"):
        shutil.copy(program(name), os.path.join(lab.path, "bin", name))
    lab.put("experiment.json", text)


# How many flow jobs a trial has; it writes a submit file too where the test says so.
def train_of(flows, submit=None):
    script = COUNTED + "mkdir -p flows/results\ni=0\nwhile [ $i -lt " + str(flows) + " ]; do i=$((i+1)); echo {} > flows/$i.json; done\n"
    if submit:
        script += f"cat > {submit[0]} <<'END'\n{submit[1]}END\n"
    return script + "touch training_done\n"


FLOW = COUNTED + 'echo "{}" > "flows/results/$(basename "$1")"\n'


def slow_flow(seconds):
    return COUNTED + f'sleep {seconds}; echo "{{}}" > "flows/results/$(basename "$1")"\n'


class Searches:
    def run_search(self, lab, timeout=600):
        done = lab.run("trialctl", "run", lab.path, timeout=timeout)
        self.assertEqual(done.returncode, 0, done.stdout[-3000:])
        return done.stdout

    def test_the_power_flow_search_gives_the_same_results_as_on_the_local_backend(self):
        local = Lab()
        self.addCleanup(local.close)
        power_flow(local, '{"type": "local", "options": {}}')
        done = local.run("trialctl", "run", local.path, timeout=600)
        self.assertEqual(done.returncode, 0, done.stdout[-3000:])
        lab = self.lab()
        power_flow(lab, f'{{"type": "{self.kind}", "options": {{}}}}')
        self.run_search(lab)
        self.assertEqual(len(values(lab)), TRIALS)
        self.assertEqual(values(lab), values(local))
        self.assert_clean(lab)

    def test_a_thousand_flows_cost_one_submit_call(self):
        lab = self.lab(train=train_of(1000), flow="#!/bin/sh\nexit 0\n", options={"visibility": "30s"},
                       optimizer={"sampler": "random", "trials": 1})
        self.cluster.count_calls()
        before = len(self.cluster.calls(self.submit_command))
        self.run_search(lab)
        self.assertEqual(len(self.cluster.calls(self.submit_command)) - before, 3, "train, flow, metric")
        self.assertEqual(len(values(lab)), 1)

    def test_a_search_asks_for_no_status_more_often_than_once_a_minute(self):
        lab = self.lab(train=train_of(3), optimizer={"sampler": "random", "trials": MANY, "parallel": 8},
                       options={"visibility": "30s"})
        self.cluster.count_calls()
        begin = time.time()
        shown = self.run_search(lab, timeout=1200)
        end = time.time()
        asked = [call for call in self.cluster.calls() if call[1] in self.status_commands and begin <= call[0] <= end]
        self.assertEqual(len(values(lab)), MANY)
        print(f"{self.kind}: {MANY} trials, {end - begin:.0f} s, {len(asked)} status queries", flush=True)
        self.assertLessEqual(len(asked), self.most_queries((end - begin) / 60), f"{asked}\n{shown}")

    def most_queries(self, minutes):
        return 1 + int(minutes)

    def test_a_stage_may_run_beside_the_watcher(self):
        lab = self.lab(train=train_of(3), metric='#!/bin/sh\necho "{\\"cost\\": 1}" > result.json; echo "$TRIAL_BACKEND" > where\n',
                       stages=[{"name": "train", "command": ["./train.sh"], "done": "training_done"},
                               {"name": "flow", "command": ["./flow.sh"], "array": "flows/*.json"},
                               {"name": "metric", "command": ["./metric.sh"], "done": "result.json", "backend": {"type": "local"}}])
        lab.trial("000000")
        self.cluster.count_calls()
        before = len(self.cluster.calls(self.submit_command))
        done = lab.watch(timeout=200)
        self.assertEqual(done.returncode, 0, done.stdout[-3000:])
        self.assertEqual(lab.read("trials/000000/where"), "local\n")
        self.assertEqual(len(self.cluster.calls(self.submit_command)) - before, 2)

    def test_a_while_without_the_system_costs_time_and_nothing_else(self):
        lab = self.lab(train=train_of(8), flow=slow_flow(1), optimizer={"sampler": "random", "trials": 12, "parallel": 4})
        search = lab.spawn([program("trialctl"), "run", lab.path])
        self.assertTrue(wait_for(lambda: len(lab.starts()) > 15, 60))
        self.stop_system()
        time.sleep(OUTAGE)
        self.start_system()
        self.assertEqual(search.wait(900), 0)
        self.assertEqual(len(values(lab)), 12)
        self.assert_started_once(lab)
        self.assert_clean(lab)

    def test_killed_again_and_again_nothing_is_lost_and_nothing_starts_twice(self):
        random.seed(4)
        wait = '[ "$TRIAL_ID" != 000007 ] || until [ -e "$TRIAL_EXPERIMENT/last-kill" ]; do sleep 0.1; done\n'
        train = train_of(10, self.generated)
        lab = self.lab(train=train.replace("\nmkdir", "\n" + wait + "mkdir", 1), flow=slow_flow(0.3),
                       metric=METRIC, **self.killed_settings())
        for i in range(8):
            lab.trial(f"{i:06}", x=i / 8)
        for _ in range(KILLS):
            watcher = lab.start("trialwatch", "--poll", "0.2")
            time.sleep(random.uniform(0.1, 2))
            watcher.kill()
            watcher.wait()
        self.assertIsNone(lab.outcome("000007"))
        lab.put("last-kill", "")
        done = lab.watch(timeout=400)
        self.assertEqual(done.returncode, 0, done.stdout[-3000:])
        self.assertEqual([lab.outcome(t)["reason"] for t in lab.names("trials") if lab.outcome(t)["state"] != "complete"], [])
        self.assertEqual({trial: one["cost"] for trial, one in values(lab).items()}, {f"{i:06}": i / 8 for i in range(8)})
        self.assert_started_once(lab)
        self.assert_clean(lab)

    generated = None  # name and text of a submit file that the train job writes

    def killed_settings(self):
        return {}

    def test_a_kill_takes_queued_and_running_jobs_out(self):
        lab = self.lab(train=train_of(50), flow=slow_flow(100), options={"visibility": "2s"})
        lab.trial("000000")
        watcher = lab.start("trialwatch", "--poll", "0.2", "--until-done")
        self.assertTrue(wait_for(lambda: any("flow" in line for line in lab.starts()), 60))
        self.assertEqual(lab.ctl("kill", "000000").returncode, 0)
        self.assertEqual(watcher.wait(120), 0)
        self.assertEqual(lab.outcome("000000")["state"], "killed")
        self.assertEqual(lab.outcome("000000")["reason"], "killed")
        self.assertTrue(wait_for(lambda: self.jobs_left() == 0, 60), "jobs are left in the queue")
        self.assert_clean(lab)
