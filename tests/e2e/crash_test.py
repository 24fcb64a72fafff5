"""The watcher is killed, doubled, copied, starved of disk: nothing is lost, nothing runs twice."""
import os
import random
import select
import shutil
import signal
import subprocess
import time
import unittest

from lab import COUNTED, HELD_TRAIN, Lab, LabTest, TRAIN, program, wait_for

SLOW_FLOW = COUNTED + 'sleep 0.05; echo "{}" > "flows/results/$(basename "$1")"\n'


class Killed(LabTest):
    # The last trial waits for the last kill, so that every kill meets a search that goes on.
    def killed_at_random(self, seed, trials, kills, flow=SLOW_FLOW):
        random.seed(seed)
        wait = f'[ "$TRIAL_ID" != {trials - 1:06} ] || until [ -e "$TRIAL_EXPERIMENT/last-kill" ]; do sleep 0.05; done\n'
        lab = self.lab(train=COUNTED + wait + TRAIN.split("\n", 2)[2], flow=flow)
        for i in range(trials):
            lab.trial(f"{i:06}", x=i / trials)
        for _ in range(kills):
            watcher = lab.start("trialwatch", "--poll", "0.1", "--jobs", "4")
            time.sleep(random.uniform(0.01, 0.3))
            watcher.kill()
            watcher.wait()
        self.assertIsNone(lab.outcome(f"{trials - 1:06}"))
        lab.put("last-kill", "")
        done = lab.watch("--jobs", "4")
        self.assertEqual(done.returncode, 0, done.stdout)
        for i in range(trials):
            outcome = lab.outcome(f"{i:06}")
            self.assertEqual((outcome["state"], outcome["values"]["cost"]), ("complete", i / trials))
        self.assert_started_once(lab)
        self.assert_clean(lab)

    def test_at_random_points_nothing_is_lost_and_nothing_starts_twice(self):
        for seed in range(3):
            with self.subTest(seed):
                self.killed_at_random(seed, trials=8, kills=8)

    def test_a_hundred_times_in_one_search_of_fifty_trials(self):
        self.killed_at_random(seed=100, trials=50, kills=100, flow=SLOW_FLOW.replace("0.05", "0.4"))

    def test_jobs_run_on_and_are_adopted(self):
        lab = self.lab(train=COUNTED + "sleep 1.5\n" + TRAIN.split("\n", 2)[2])
        lab.trial("000000")
        watcher = lab.start("trialwatch", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: lab.starts()))
        watcher.kill()
        watcher.wait()
        self.assertEqual(lab.watch().returncode, 0)
        self.assertEqual(lab.outcome("000000")["state"], "complete")
        self.assertEqual(lab.starts()[0], "000000 train 0 1")
        self.assertEqual(len([line for line in lab.starts() if "train" in line]), 1)

    def test_a_job_whose_wrapper_was_killed_is_lost_uncharged_and_runs_again(self):
        train = COUNTED + '[ "$TRIAL_ATTEMPT" -gt 1 ] || { kill -9 $PPID; sleep 5; }\n' + TRAIN.split("\n", 2)[2]
        lab = self.lab(train=train)
        lab.trial("000000")
        self.assertEqual(lab.watch().returncode, 0)
        self.assertEqual(lab.outcome("000000")["state"], "complete")
        self.assertEqual([line for line in lab.starts() if "train" in line],
                         ["000000 train 0 1", "000000 train 0 2"])

    def test_terminated_it_leaves_in_order_and_says_how_to_resume(self):
        lab = self.lab(train=HELD_TRAIN)
        lab.trial("000000")
        watcher = lab.start("trialwatch", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: lab.starts()))
        watcher.send_signal(signal.SIGTERM)
        self.assertEqual(watcher.wait(60), 0)
        self.assertIn("1 job runs on", lab.said("trialwatch"))
        lab.put("go", "")
        self.assertEqual(lab.watch().returncode, 0)
        self.assert_started_once(lab)

    def test_kill_on_exit_ends_the_jobs(self):
        lab = self.lab(train=COUNTED + "sleep 60 & wait $!\n")
        lab.trial("000000")
        watcher = lab.start("trialwatch", "--poll", "0.1", "--kill-on-exit")
        self.assertTrue(wait_for(lambda: lab.starts()))
        watcher.send_signal(signal.SIGINT)
        self.assertEqual(watcher.wait(60), 0)
        self.assertEqual(lab.outcome("000000")["state"], "killed")

    def interrupted_twice(self, lab, *command):
        ours, theirs = os.openpty()
        self.addCleanup(os.close, ours)
        process = subprocess.Popen([program(command[0]), *command[1:]], stdin=theirs, stdout=theirs, stderr=theirs)
        lab.processes.append(process)
        os.close(theirs)
        self.assertTrue(wait_for(lambda: lab.starts()))
        process.send_signal(signal.SIGINT)
        said = b""
        while b"once more within" not in said:  # two at once may arrive as one
            self.assertTrue(select.select([ours], [], [], 60)[0], said)
            said += os.read(ours, 4096)
        process.send_signal(signal.SIGINT)
        return process.wait(60)

    def test_a_second_interrupt_on_a_terminal_ends_the_jobs(self):
        for command in (["trialwatch"], ["trialctl", "run"]):
            with self.subTest(command):
                lab = self.lab(train=COUNTED + "sleep 60 & wait $!\n")
                lab.trial("000000")
                self.assertEqual(self.interrupted_twice(lab, *command, lab.path), len(command) - 1)
                self.assertEqual(lab.outcome("000000")["state"], "killed")


class Doubled(LabTest):
    def test_a_second_watcher_is_told_who_owns_it(self):
        lab = self.lab(train=HELD_TRAIN)
        lab.trial("000000")
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: lab.starts()))
        second = lab.watch()
        self.assertEqual(second.returncode, 1)
        self.assertIn(f"pid {watcher.pid}", second.stdout)
        lab.put("go", "")
        self.assertEqual(watcher.wait(30), 0)
        self.assert_started_once(lab)

    def test_many_started_at_once_leave_one(self):
        lab = self.lab()
        for i in range(6):
            lab.trial(f"{i:06}")
        crowd = [lab.start("trialwatch", "--until-done", "--poll", "0.1") for _ in range(6)]
        codes = [watcher.wait(60) for watcher in crowd]
        self.assertIn(0, codes)
        self.assertEqual([lab.outcome(f"{i:06}")["state"] for i in range(6)], ["complete"] * 6)
        self.assert_started_once(lab)


class Copied(LabTest):
    def test_a_copy_is_refused_until_it_is_named(self):
        lab = self.lab()
        lab.trial("000000")
        lab.watch()
        copy = os.path.join(lab.home, "copy")
        shutil.copytree(lab.path, copy, symlinks=True)
        refused = lab.run("trialwatch", copy, "--once")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("--copied", refused.stdout)
        self.assertEqual(lab.run("trialctl", "identity", copy, "--copied").returncode, 0)
        os.makedirs(os.path.join(copy, "trials/000001"))
        with open(os.path.join(copy, "trials/000001/config.json"), "w") as file:
            file.write('{"x": 0.25}')
        went_on = lab.run("trialwatch", copy, "--until-done", "--poll", "0.1")
        self.assertEqual(went_on.returncode, 0, went_on.stdout)
        self.assertTrue(os.path.exists(os.path.join(copy, "trials/000001/outcome.json")))
        self.assertEqual(len(lab.starts()), 5)

    def test_a_copy_is_left_untouched_by_every_verb_that_would_write(self):
        lab = self.lab(metric=COUNTED + "exit 4\n")
        lab.trial("000000")
        lab.watch()
        original, lab.path = lab.path, os.path.join(lab.home, "copy")
        shutil.copytree(original, lab.path, symlinks=True)
        tree = lambda: sorted(path for path, _, _ in os.walk(lab.path)) + sorted(
            os.path.join(path, name) for path, _, names in os.walk(lab.path) for name in names)
        before = tree()
        for verb in (["new"], ["stop", "0"], ["kill", "0"], ["retry", "0"], ["pause"], ["resume"], ["try"], ["run"],
                     ["run", "--overwrite", "--yes"], ["wait"]):
            answer = lab.ctl(*verb)
            self.assertEqual((answer.returncode, tree()), (1, before), verb)
            self.assertIn("--copied", answer.stdout)
        self.assertIn("--copied", lab.ctl("status").stdout)

    def test_a_moved_one_goes_on_as_the_same(self):
        lab = self.lab()
        lab.trial("000000")
        lab.watch()
        moved = os.path.join(lab.home, "moved")
        os.rename(lab.path, moved)
        lab.path = moved
        self.assertNotEqual(lab.watch().returncode, 0)
        self.assertEqual(lab.ctl("identity", "--moved").returncode, 0)
        lab.trial("000001")
        self.assertEqual(lab.watch().returncode, 0)
        self.assertEqual(lab.outcome("000001")["seq"], 2)


class Cron(LabTest):
    def test_once_in_a_loop_finishes_a_search(self):
        lab = self.lab()
        for i in range(3):
            lab.trial(f"{i:06}")

        def tick():
            done = lab.run("trialwatch", lab.path, "--once")
            self.assertEqual(done.returncode, 0, done.stdout)
            return all(lab.outcome(f"{i:06}") for i in range(3))

        self.assertTrue(wait_for(tick, seconds=60, step=0.1))
        self.assert_started_once(lab)


@unittest.skipUnless(os.geteuid() == 0, "mounting a small tmpfs needs root")
class Full(LabTest):
    def log_of(self, lab):
        return lab.said("trialwatch")[-3000:]

    def test_a_full_disk_stops_new_work_and_loses_nothing(self):
        outside = self.lab()
        mount, go = os.path.join(outside.home, "mount"), os.path.join(outside.path, "go")
        os.makedirs(mount)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", mount]).returncode != 0:
            self.skipTest("tmpfs cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", mount])
        wait = f'[ "$TRIAL_ID" != 000011 ] || until [ -e {go} ]; do sleep 0.05; done\n'  # else it may be over by then
        lab = Lab(directory=mount, train=COUNTED + wait + TRAIN.split("\n", 2)[2], flow=SLOW_FLOW)
        self.addCleanup(lab.close)
        for i in range(12):
            lab.trial(f"{i:06}", x=i / 16)
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1", "--jobs", "1", "--max-queued", "2")
        self.assertTrue(wait_for(lambda: lab.outcome("000000")))
        filler = os.path.join(mount, "filler")
        subprocess.run(["dd", "if=/dev/zero", f"of={filler}", "bs=64k"], stderr=subprocess.DEVNULL)
        time.sleep(2)
        self.assertIsNone(watcher.poll(), "the watcher must wait out a full disk")
        os.remove(filler)
        outside.put("go", "")
        self.assertTrue(wait_for(lambda: watcher.poll() is not None, 60), self.log_of(lab))
        self.assertEqual(watcher.returncode, 0, self.log_of(lab))
        states = [lab.outcome(f"{i:06}")["state"] for i in range(12)]
        self.assertGreater(states.count("complete"), 8, states)  # but for those whose scripts met the full disk
        self.assert_started_once(lab)


if __name__ == "__main__":
    unittest.main()
