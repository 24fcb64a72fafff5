#!/usr/bin/env python3
"""An agent of several hosts, which templates reach: here each is this machine under another name."""
import contextlib
import json
import os
import shutil
import signal
import unittest

from lab import COUNTED, LabTest, end_all, processes_with, program, wait_for

# What a remote shell and an mpiexec do, for hosts that are all here. A host is down while there is a file down.HOST.
# Daemons of one mpiexec do not expect to share /tmp.
REACH = '''#!/bin/sh
[ ! -e "$(dirname "$0")/down.$1" ] || exit 255
export SLURMD_NODENAME=$1; shift
echo "Welcome to $SLURMD_NODENAME"
case $1 in /*) exec "$@" ;; esac
TMPDIR=$(mktemp -d "$(dirname "$0")/../t.XXXXXX") exec sh -c "$*"
'''

MPIEXEC = '''#!/bin/sh
shift
hosts=$(cat "$1"); shift
rank=0
trap 'kill $pids 2>/dev/null' TERM
for host in $hosts; do
    SLURMD_NODENAME=$host SLURM_LOCALID=0 RANK=$rank setsid "$@" & pids="$pids $!" rank=$((rank + 1))
done
wait
'''
WIDE = COUNTED + '''$TRIAL_MPIEXEC "$TRIAL_EXPERIMENT/rank.sh" || exit 1
echo '{"cost": 1}' > result.json
'''
RANK = '#!/bin/sh\necho "$TRIAL_ID $RANK $SLURMD_NODENAME $OMP_NUM_THREADS" >> "$TRIAL_EXPERIMENT/ranks.log"\n'
# As long as the test wants.
HELD = 'while [ ! -e "$TRIAL_EXPERIMENT/go" ]; do sleep 0.1; done\n'
SLOW = "trap '' TERM\nsleep 1000 & while :; do sleep 1; done\n"
STAGES = [{"name": "train", "command": ["./train.sh"], "done": "training_done"},
          {"name": "metric", "command": ["./metric.sh"], "done": "result.json", "grace": 1,
           "resources": {"nodes": 2, "ranks": 2}}]


class Ranks:
    """What must be so whoever starts them: mixed into a LabTest."""
    rank = RANK
    starter = ["--mpiexec-template", "{path}/mpi.sh -f {{hostfile}}"]
    variables = {}

    def wide_lab(self, rank="", trials=2, silence="10m", **settings):
        settings.setdefault("stages", STAGES)
        backend = {"type": "agents", "options": {"silence": silence, "poll": 0.2, "slots": 4}}
        lab = self.lab(metric=WIDE, backend=backend, **settings)
        for name, text in (("reach.sh", REACH), ("mpi.sh", MPIEXEC), ("rank.sh", self.rank + rank)):
            lab.script(name, text)
        for number in range(trials):
            lab.trial(f"{number:06}", x=0.1)
        return lab

    def agent(self, lab, *args):
        environment = {**os.environ, "SLURMD_NODENAME": "here"}
        environment.update((name, value.format(path=lab.path)) for name, value in self.variables.items())
        words = ["--hosts", "here:2,there:2", "--remote-template", f"{lab.path}/reach.sh {{host}}",
                 *(word.format(path=lab.path) for word in self.starter), "--no-pin", "--poll", "0.1", "--beat", "0.5", *args]
        return lab.start("trialagent", *words, start_new_session=True, env=environment)

    def agents(self, lab):
        return json.loads(lab.ctl("agents", "--json").stdout)["agents"]

    def complete(self, lab):
        for number in range(2):
            self.assertEqual(lab.outcome(f"{number:06}")["state"], "complete", lab.ctl("logs", f"{number:06}").stdout)

    def test_ranks_run_on_the_hosts_of_their_job(self):
        lab = self.wide_lab()
        agent = self.agent(lab)
        done = lab.watch()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.complete(lab)
        self.assertEqual(sorted(lab.read("ranks.log").splitlines()),
                         [f"{number:06} {rank} {host} 1" for number in range(2) for rank, host in enumerate(("here", "there"))])
        self.assert_started_once(lab)
        self.assert_clean(lab)
        self.assertEqual(agent.wait(timeout=60), 0)
        self.assertEqual(lab.living(), [])

    # The ranks here lead sessions of their own: nothing that is known of their starter reaches them.
    def test_a_kill_reaches_ranks_that_nobody_else_would_find(self):
        lab = self.wide_lab(rank=SLOW, trials=1)
        self.agent(lab)
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: lab.exists("ranks.log") and len(lab.read("ranks.log").splitlines()) == 2))
        lab.ctl("kill", "--all")
        self.assertEqual(watcher.wait(timeout=60), 0)
        self.assertEqual(lab.outcome("000000")["state"], "killed")
        self.assertTrue(wait_for(lambda: lab.living() == []), "ranks live on")


def words_of(pid):
    with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline") as file:
        return file.read()
    return ""


def sleeps(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] == "S"


class WideAgent(Ranks, LabTest):
    # Its jobs go on, as those of a single agent that dies.
    def test_the_end_of_the_agent_is_not_the_end_of_its_jobs(self):
        stages = [{"name": "train", "command": ["./slow.sh"], "done": "result.json"}]
        lab = self.wide_lab(trials=3, stages=stages)
        lab.script("slow.sh", COUNTED + 'sleep 2; echo "{\\"cost\\": 1}" > result.json\n')
        agent = self.agent(lab)
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: len(lab.starts()) == 3))
        agent.send_signal(signal.SIGKILL)
        self.assertEqual(watcher.wait(timeout=60), 0)
        self.assertEqual(len(lab.starts()), 3)
        for number in range(3):
            self.assertEqual(lab.outcome(f"{number:06}")["state"], "complete")
        self.assertTrue(wait_for(lambda: lab.living() == []))

    def test_the_work_of_a_host_that_was_lost_is_done_by_another_agent(self):
        stages = [{"name": "train", "command": ["./slow.sh"], "done": "result.json"}]
        lab = self.wide_lab(trials=3, stages=stages, silence="30s")
        lab.script("slow.sh", COUNTED + HELD + 'echo "{\\"cost\\": 1}" > result.json\n')
        first = self.agent(lab, "--idle", "1")
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: len(lab.starts()) == 3))
        lab.script("down.there", "")  # or another helper would tell how its jobs ended
        helper, jobs = self.there(lab)
        end_all([helper, *jobs])
        lab.script("go", "")
        self.assertEqual(first.wait(timeout=60), 1)  # it cannot answer for what ran there
        self.assertIn("falls silent", lab.said("trialagent"))
        os.unlink(os.path.join(lab.path, "down.there"))
        self.agent(lab)
        self.assertEqual(watcher.wait(timeout=120), 0)
        for number in range(3):
            self.assertEqual(lab.outcome(f"{number:06}")["state"], "complete")
        self.assert_started_once(lab)
        self.assertEqual(sorted(lab.outcome(f"{number:06}")["attempts"] for number in range(3)), [1, 1, 2])

    def test_a_helper_that_is_lost_is_followed_by_another(self):
        stages = [{"name": "train", "command": ["./slow.sh"], "done": "result.json"}]
        lab = self.wide_lab(trials=3, stages=stages)
        lab.script("slow.sh", COUNTED + HELD + 'echo "{\\"cost\\": 1}" > result.json\n')
        agent = self.agent(lab)
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: len(lab.starts()) == 3))
        helper, _ = self.there(lab)
        self.assertTrue(wait_for(lambda: sleeps(helper)))  # it has said that its job has begun
        os.kill(helper, signal.SIGKILL)
        self.assertTrue(wait_for(lambda: "on there another helper answers" in lab.said("trialagent"), 60))
        lab.script("go", "")
        self.assertEqual(watcher.wait(timeout=60), 0)
        self.assertEqual(agent.wait(timeout=90), 0)  # it knows how all of them ended
        self.assertEqual([lab.outcome(f"{number:06}")["attempts"] for number in range(3)], [1, 1, 1])

    def there(self, lab):
        """The pid of the helper on that host, and those of its jobs."""
        on_host, living = processes_with("SLURMD_NODENAME=there"), lab.living()
        (helper,) = [pid for pid in on_host if all(word in words_of(pid) for word in ("--as-host", lab.path))]
        jobs = [pid for pid in on_host if pid in living]
        self.assertGreaterEqual(len(jobs), 1)
        return helper, jobs

    def test_a_rank_of_a_job_that_is_over_does_not_start(self):
        lab = self.wide_lab(trials=0)
        done = lab.run("trialagent", "--as-rank", f"{lab.path}:here.abc:000000.1.metric.0.1", "touch", f"{lab.home}/started")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("is over", done.stdout)
        self.assertFalse(os.path.exists(f"{lab.home}/started"))

    # Else a search that finds no rank could come between the look and the start.
    @unittest.skipUnless(shutil.which("strace"), "needs strace to see what comes first")
    def test_a_rank_can_be_found_before_it_looks_whether_it_may_start(self):
        lab = self.wide_lab(trials=0)
        log = os.path.join(lab.home, "calls")
        done = lab.run_words(["strace", "-v", "-s", "9999", "-e", "trace=execve,openat,openat2", "-o", log, program("trialagent"), "--as-rank",
                              f"{lab.path}:here.abc:000000.1.metric.0.1", "true"])
        self.assertEqual(done.returncode, 1, done.stdout)
        with open(log) as file:
            calls = file.read().splitlines()
        (look,) = [number for number, call in enumerate(calls) if "ranks.000000.1.metric.0.1" in call and call.startswith("openat")]
        starts = [call for call in calls[:look] if call.startswith("execve")]
        self.assertIn('"TRIALWATCH_RANK=here.abc/000000.1.metric.0.1"', starts[-1])

    def test_what_cannot_be_used_is_refused(self):
        lab = self.wide_lab(trials=0)
        for words, said in ((["--hosts", "a:x"], "HOST:CPUS"), (["--hosts", "auto"], "PBS_NODEFILE"),
                            (["--hosts", "a", "--remote-template", "ssh"], "{host}"),
                            (["--hosts", "a", "--mpiexec-template", "mpiexec {rank}"], "rank"),
                            (["--mpiexec-template", "mpiexec"], "--hosts"), (["--hosts", "a", "--launcher", "srun"], "--hosts")):
            done = lab.run("trialagent", lab.path, *words)
            self.assertEqual(done.returncode, 2, done.stdout)
            self.assertIn(said, done.stdout)


if __name__ == "__main__":
    unittest.main()
