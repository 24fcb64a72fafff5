"""The one-file programs in a root that holds nothing but them and a shell."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest

from lab import BIN

PROGRAMS = ("trialwatch", "trialctl", "trialopt", "trialagent")


def busybox():
    found = shutil.which("busybox", path="/bin:/usr/bin")
    linked = found and "dynamically linked" in subprocess.run(["file", "-L", found], capture_output=True, text=True).stdout
    return None if linked else found


@unittest.skipUnless(os.geteuid() == 0, "chroot needs root")
@unittest.skipUnless(os.path.exists(os.path.join(BIN, "static", "trialwatch")), "no one-file programs in this build")
@unittest.skipUnless(busybox(), "needs a statically linked busybox for /bin/sh")
class Static(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="trialwatch-root-")
        self.addCleanup(shutil.rmtree, self.root, True)
        for folder in ("bin", "proc", "tmp", "dev"):
            os.makedirs(os.path.join(self.root, folder))
        for name in PROGRAMS:
            shutil.copy(os.path.join(BIN, "static", name), os.path.join(self.root, "bin", name))
        shutil.copy(busybox(), os.path.join(self.root, "bin", "busybox"))
        for name in ("sh", "touch", "mkdir"):
            os.symlink("busybox", os.path.join(self.root, "bin", name))
        for folder in ("proc", "dev"):
            if subprocess.run(["mount", "--bind", "/" + folder, os.path.join(self.root, folder)]).returncode != 0:
                self.skipTest("bind mounts are not allowed here")
            self.addCleanup(subprocess.run, ["umount", "-l", os.path.join(self.root, folder)])

    def inside(self, *command):
        return subprocess.run(["/usr/sbin/chroot", self.root, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=60, env={"PATH": "/bin"})

    def test_a_search_runs_where_none_of_our_libraries_are(self):
        path = os.path.join(self.root, "experiment")
        os.makedirs(path)
        with open(os.path.join(path, "experiment.json"), "w") as file:
            json.dump({"format": 1, "space": {"x": {"type": "float", "low": 0, "high": 1}},
                       "optimizer": {"trials": 3}, "stages": [{"name": "only", "command": ["./only.sh"]}]}, file)
        with open(os.path.join(path, "only.sh"), "w") as file:
            file.write("#!/bin/sh\necho \"{\\\"cost\\\": $($TRIALCTL get x)}\" > result.json\n")
        os.chmod(os.path.join(path, "only.sh"), 0o755)
        ran = self.inside("trialctl", "run", "/experiment")
        self.assertEqual(ran.returncode, 0, ran.stdout)
        self.assertEqual(len(os.listdir(os.path.join(path, "trials"))), 3)


if __name__ == "__main__":
    unittest.main()
