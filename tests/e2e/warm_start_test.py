"""A search that begins with what an earlier one has found."""
import json
import os
import shutil
import unittest

from lab import LabTest

SPACE = {"x": {"type": "float", "low": 0, "high": 1}}  # without a default, which would come first
QUICK = {"space": SPACE, "stages": [{"name": "metric", "command": ["./metric.sh"]}]}


def proposals(lab):
    return [lab.read(f"trials/{name}/config.json") for name in lab.names("trials")]


class WarmStart(LabTest):
    def earlier(self):
        lab = self.lab(optimizer={"sampler": "sobol", "trials": 16, "parallel": 4}, **QUICK)
        done = lab.ctl("run")
        self.assertEqual(done.returncode, 0, done.stdout)
        return lab

    def search(self, path, *words):
        lab = self.lab(optimizer={"sampler": "tpe", "trials": 6, "parallel": 2, "warm_start": [path]}, **QUICK)
        return lab, lab.run("trialopt", lab.path, "--once", *words)

    def test_the_first_proposals_are_near_the_best_of_before(self):
        earlier = self.earlier()
        lab, done = self.search(os.path.relpath(earlier.path, earlier.home + "/other"))  # not from there
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("warm start", done.stdout)
        lab.write_settings(optimizer={**lab.settings["optimizer"], "warm_start": [os.path.relpath(earlier.path, lab.path)]})
        done = lab.run("trialopt", lab.path, "--once")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("16 trials of earlier experiments are known from the beginning", done.stdout)
        self.assertEqual(len(lab.names("trials")), 2)
        for text in proposals(lab):  # the cost is x
            self.assertLess(json.loads(text)["x"], 0.35)
            self.assertEqual(json.loads(text)["_trial"]["sampler"], "tpe")

    def test_check_looks_at_the_earlier_one(self):
        earlier = self.earlier()
        lab, _ = self.search(earlier.path, "--trials", "0")
        checked = lab.ctl("check")
        self.assertEqual(checked.returncode, 0, checked.stdout)
        self.assertIn(f"the search begins with 16 complete trials of {earlier.path}", checked.stdout)
        for wrong, why in (("../nowhere", "there is no such directory"), (".", "it is this one"),
                           (os.path.join(earlier.path, "trials"), "there is no experiment.json")):
            lab.write_settings(optimizer={**lab.settings["optimizer"], "warm_start": [wrong]})
            checked = lab.ctl("check")
            self.assertEqual(checked.returncode, 2, checked.stdout)
            self.assertIn(f"cannot warm start from '{wrong}'", checked.stdout)
            self.assertIn(why, checked.stdout)
            self.assertEqual(lab.ctl("run").returncode, 2)
        lab.write_settings(space={"y": SPACE["x"]}, optimizer={**lab.settings["optimizer"], "warm_start": [earlier.path]})
        checked = lab.ctl("check")
        self.assertEqual(checked.returncode, 2, checked.stdout)
        self.assertIn("none of its 16 complete trials fits", checked.stdout)
        self.assertEqual(lab.names("trials"), [])

    def test_it_does_not_need_the_earlier_one_again(self):
        earlier = self.earlier()
        lab, done = self.search(earlier.path)
        self.assertEqual(done.returncode, 0, done.stdout)
        before = proposals(lab)
        shutil.rmtree(earlier.path)
        done = lab.ctl("run")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(len(lab.names("trials")), 6)
        self.assertEqual(proposals(lab)[:2], before)
        self.assertEqual({json.loads(text)["_trial"]["run"] for text in proposals(lab)},
                         {json.loads(before[0])["_trial"]["run"]})
        self.assertIn("6 of 6", lab.ctl("status").stdout)


if __name__ == "__main__":
    unittest.main()
