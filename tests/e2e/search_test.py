"""A whole search: optimizer and watcher together, through trialctl run."""
import json
import os
import shutil
import signal
import subprocess
import unittest

from lab import COUNTED, HELD_TRAIN, LabTest, program, wait_for

QUICK = {"stages": [{"name": "metric", "command": ["./metric.sh"]}]}


def configs(lab):
    """Of the trials that there are: who was killed between taking a number and proposing leaves an empty directory."""
    return {name: json.loads(lab.read(f"trials/{name}/config.json")) for name in lab.names("trials")
            if lab.exists(f"trials/{name}/config.json")}


class Search(LabTest):
    def test_ends_with_every_trial_told(self):
        lab = self.lab(optimizer={"sampler": "sobol", "trials": 6, "parallel": 2})
        done = lab.ctl("run")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(len(lab.names("trials")), 6)
        self.assertEqual({lab.outcome(name)["state"] for name in lab.names("trials")}, {"complete"})
        self.assertEqual(configs(lab)["000000"]["x"], 0.5)
        self.assert_clean(lab)

    def test_what_is_given_is_tried_first_and_not_again_after_an_edit(self):
        lab = self.lab(optimizer={"sampler": "tpe", "trials": 4, "parallel": 1, "first": [{"x": 0.25}, {"x": 0.75}]}, **QUICK)
        done = lab.ctl("run")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual([config["x"] for config in configs(lab).values()][:3], [0.5, 0.25, 0.75])
        lab.write_settings(optimizer={"sampler": "tpe", "trials": 6, "parallel": 1, "first": [{"x": 0.75}, {"x": 0.125}]})
        done = lab.ctl("run")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual([config["x"] for config in configs(lab).values()][4], 0.125)
        self.assertEqual(len(lab.names("trials")), 6)

    def test_plus_n_goes_on_with_new_configurations(self):
        lab = self.lab(optimizer={"sampler": "random", "trials": 3}, **QUICK)
        lab.ctl("run")
        done = lab.ctl("run", "--trials", "+4")
        self.assertEqual(done.returncode, 0, done.stdout)
        values = [config["x"] for config in configs(lab).values()]
        self.assertEqual((len(values), len(set(values))), (7, 7))

    def test_a_goal_is_kept_until_the_declaration_is_edited(self):
        lab = self.lab(optimizer={"sampler": "random", "trials": 3}, **QUICK)
        lab.trial("mine", x=0.25)
        for words, proposals in ((("--trials", "2"), 2), ((), 2), (("--trials", "+2"), 4), ((), 4)):
            done = lab.ctl("run", *words)
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertIn(f"{proposals + 1}/{proposals + 1} trials ended", done.stdout)
            self.assertEqual(len(lab.names("trials")), proposals + 1)
        self.assertIn("5 of 5", lab.ctl("status").stdout)
        lab.write_settings(optimizer={"sampler": "random", "trials": 5})
        self.assertIn("5 of 6", lab.ctl("status").stdout)
        lab.ctl("run")
        self.assertEqual(len(lab.names("trials")), 6)

    def test_the_default_configuration_is_not_tried_twice(self):
        lab = self.lab(optimizer={"sampler": "sobol", "trials": 3}, **QUICK)
        tried = lab.ctl("try")
        self.assertEqual(tried.returncode, 0, tried.stdout)
        for _ in range(2):
            done = lab.ctl("run")
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertEqual(len(lab.names("trials")), 4)
        values = [config["x"] for config in configs(lab).values()]
        self.assertEqual((values.count(0.5), len(set(values))), (1, 4))

    def test_each_line_of_progress_is_said_once(self):
        lab = self.lab(optimizer={"sampler": "random", "trials": 2}, **QUICK)
        for _ in range(2):
            lines = [line for line in lab.ctl("run").stdout.splitlines() if "trials ended" in line]
            self.assertEqual(len(lines), len(set(lines)), lines)
            self.assertIn("2/2 trials ended, 0 running", lines[-1])

    def test_who_had_nothing_to_do_leaves_in_good_order_too(self):
        lab = self.lab(optimizer={"sampler": "random", "trials": 1}, **QUICK)
        for _ in range(3):
            lab.ctl("run")
            status = json.loads(lab.ctl("status", "--json").stdout)
            self.assertEqual((status["watcher"]["state"], status["optimizer"]["state"]), ("released", "released"))

    def test_the_same_seed_proposes_the_same(self):
        first = self.lab(optimizer={"sampler": "random", "trials": 5, "seed": 7}, **QUICK)
        second = self.lab(optimizer={"sampler": "random", "trials": 5, "seed": 7}, **QUICK)
        other = self.lab(optimizer={"sampler": "random", "trials": 5, "seed": 8}, **QUICK)
        for lab in (first, second, other):
            lab.ctl("run")
        xs = [[config["x"] for config in configs(lab).values()] for lab in (first, second, other)]
        self.assertEqual(xs[0], xs[1])
        self.assertNotEqual(xs[0], xs[2])

    def test_a_changed_space_goes_on_in_the_new_one(self):
        lab = self.lab(optimizer={"sampler": "random", "trials": 3}, **QUICK)
        lab.ctl("run")
        lab.write_settings(space={"x": {"type": "float", "low": 2, "high": 3}},
                           optimizer={"sampler": "random", "trials": 6})
        done = lab.ctl("run")
        self.assertEqual(done.returncode, 0, done.stdout)
        values = [config["x"] for name, config in sorted(configs(lab).items())]
        self.assertEqual(len(values), 6)
        self.assertTrue(all(2 <= x <= 3 for x in values[3:]))

    def test_the_optimizer_is_killed_and_started_again_without_a_proposal_twice(self):
        lab = self.lab(optimizer={"sampler": "random", "trials": 12, "parallel": 3}, **QUICK)
        lab.start("trialwatch", "--poll", "0.1")
        for count in (2, 5, 8):
            optimizer = lab.start("trialopt", "--poll", "0.1")
            wait_for(lambda: lab.exists("trials") and len(lab.names("trials")) >= count)
            optimizer.kill()
            optimizer.wait()
        last = lab.start("trialopt", "--poll", "0.1")
        self.assertEqual(last.wait(60), 0)
        proposals = [config["_trial"]["k"] for config in configs(lab).values() if "_trial" in config]
        self.assertEqual(sorted(proposals), list(range(12)))

    def test_interrupted_it_leaves_jobs_running_and_resumes(self):
        lab = self.lab(train=HELD_TRAIN, optimizer={"sampler": "random", "trials": 3, "parallel": 1})
        run = subprocess.Popen([program("trialctl"), "run", lab.path], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, start_new_session=True)
        lab.processes.append(run)
        self.assertTrue(wait_for(lambda: lab.starts()))
        os.kill(run.pid, signal.SIGINT)
        told = run.communicate(timeout=30)[0]
        self.assertIn("trialctl run", told)
        lab.put("go", "")
        done = lab.ctl("run")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual([lab.outcome(name)["state"] for name in lab.names("trials")], ["complete"] * 3)
        self.assert_started_once(lab)

    def test_detached_it_survives_and_can_be_waited_for(self):
        lab = self.lab(optimizer={"sampler": "random", "trials": 3}, **QUICK)
        self.assertEqual(lab.ctl("run", "--detach").returncode, 0)
        self.assertEqual(lab.ctl("wait", timeout=60).returncode, 0)
        self.assertEqual(len([n for n in lab.names("trials") if lab.outcome(n)]), 3)

    def test_mistakes_end_with_status_2_and_are_all_named(self):
        lab = self.lab(space={"x": {"type": "flot", "low": 0, "high": 1}}, optimiser={})
        for command in ("run", "check"):
            answer = lab.ctl(command)
            self.assertEqual(answer.returncode, 2, answer.stdout)
            self.assertIn("float", answer.stdout)
            self.assertIn("optimizer", answer.stdout)
        self.assertEqual(lab.run("trialwatch", lab.path, "--once").returncode, 2)
        self.assertEqual(lab.run("trialopt", lab.path, "--once").returncode, 2)

    def test_without_its_scripts_it_makes_no_trial(self):
        lab = self.lab()
        os.remove(os.path.join(lab.path, "flow.sh"))
        for verb in ("run", "try", "check"):
            answer = lab.ctl(verb)
            self.assertEqual(answer.returncode, 2, answer.stdout)
            self.assertIn("there is no ./flow.sh", answer.stdout)
        self.assertFalse(lab.exists("trials"))

    def test_interrupted_it_is_not_done_for_who_waits(self):
        lab = self.lab(train=HELD_TRAIN, optimizer={"sampler": "random", "trials": 3, "parallel": 1})
        run = subprocess.Popen([program("trialctl"), "run", lab.path], stdout=subprocess.DEVNULL,
                               stderr=subprocess.STDOUT, start_new_session=True)
        lab.processes.append(run)
        self.assertTrue(wait_for(lambda: lab.starts()))
        os.kill(run.pid, signal.SIGINT)
        run.wait(30)
        waited = lab.ctl("wait")
        self.assertEqual(waited.returncode, 1, waited.stdout)
        self.assertIn("trialctl run", waited.stdout)

    def test_without_a_watcher_a_result_completes_a_trial(self):
        lab = self.lab(optimizer={"sampler": "random", "trials": 2, "parallel": 1})
        optimizer = lab.start("trialopt", "--poll", "0.1")
        for name in ("000000", "000001"):
            self.assertTrue(wait_for(lambda: lab.exists(f"trials/{name}/config.json")))
            lab.put(f"trials/{name}/result.json", '{"cost": 1.5}')
        self.assertEqual(optimizer.wait(30), 0)


class Hostile(LabTest):
    def test_names_that_no_trial_may_have_are_refused_and_left_alone(self):
        lab = self.lab()
        strange = ["with space", "new\nline", "..hidden", "a.b", "12"]
        for name in strange:
            lab.trial(name)
        lab.trial("fine")
        os.symlink(os.path.join(lab.path, "trials", "fine"), os.path.join(lab.path, "trials", "linked"))
        done = lab.watch()
        self.assertEqual(lab.outcome("fine")["state"], "complete")
        self.assertIn("symbolic link", done.stdout)
        self.assertIn("with space", done.stdout)
        for name in strange:
            self.assertIsNone(lab.outcome(name))
        self.assertEqual(len(lab.starts()), 5)

    def test_inputs_with_newlines_are_refused_and_with_spaces_work(self):
        lab = self.lab(train=COUNTED + 'mkdir -p flows/results; echo "{}" > "flows/a b.json"; touch training_done\n')
        lab.trial("000000")
        lab.watch()
        self.assertEqual(lab.outcome("000000")["state"], "complete")
        self.assertTrue(lab.exists("trials/000000/flows/results/a b.json"))
        lab.script("train.sh", COUNTED + "mkdir flows; echo > 'flows/a\nb.json'; touch training_done\n")
        lab.trial("000001")
        lab.watch()
        self.assertIn("control characters", lab.outcome("000001")["reason"])

    def test_garbage_configs_fail_the_trial_with_the_place(self):
        lab = self.lab()
        lab.put("trials/000000/config.json", '{"x": ')
        lab.put("trials/000001/config.json", '["x"]')
        lab.watch()
        for name in ("000000", "000001"):
            self.assertEqual(lab.outcome(name)["kind"], "config")
            self.assertIn("config.json", lab.outcome(name)["reason"])
        self.assertEqual(lab.starts(), [])

    def test_an_experiment_path_with_spaces_and_quotes(self):
        lab = self.lab()
        odd = os.path.join(lab.home, "it's a \"test\"")
        os.rename(lab.path, odd)
        lab.path = odd
        lab.trial("000000")
        self.assertEqual(lab.watch().returncode, 0)
        self.assertEqual(lab.outcome("000000")["state"], "complete")

    def test_a_removed_trial_directory_ends_it(self):
        lab = self.lab(train=COUNTED + "sleep 60 & wait $!\n")
        lab.trial("000000")
        watcher = lab.start("trialwatch", "--until-done", "--poll", "0.1")
        self.assertTrue(wait_for(lambda: lab.starts()))
        shutil.rmtree(os.path.join(lab.path, "trials", "000000"))
        self.assertEqual(watcher.wait(60), 0)
        self.assertFalse(lab.exists("trials/000000"))


@unittest.skipUnless(os.geteuid() == 0, "becoming another user needs root")
class Colleague(LabTest):
    def test_reads_everything_and_changes_nothing(self):
        lab = self.lab()
        lab.trial("000000")
        lab.watch()
        subprocess.run(["chmod", "-R", "go+rX", lab.home])
        trialctl = shutil.copy(program("trialctl"), lab.home)  # the build may be where only root can look

        def ask(verb, *args):
            return subprocess.run([trialctl, verb, lab.path, *args], user=65534, group=65534, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)

        for verb in (["status"], ["list"], ["best"], ["list", "--csv"]):
            answer = ask(*verb)
            self.assertEqual(answer.returncode, 0, answer.stdout)
        self.assertIn("000000", ask("list").stdout)
        for verb in ("pause", "new"):
            self.assertEqual(ask(verb).returncode, 1)

    def test_whose_trials_are_not_taken_unless_the_group_may(self):
        lab = self.lab()
        lab.trial("000000")
        lab.trial("mine")
        for path in ("trials/mine", "trials/mine/config.json"):
            os.chown(os.path.join(lab.path, path), 65534, 65534)
        lab.watch()
        self.assertIsNone(lab.outcome("mine"))
        lab.write_settings(group=True)
        lab.watch()
        self.assertEqual(lab.outcome("mine")["state"], "complete")


if __name__ == "__main__":
    unittest.main()
