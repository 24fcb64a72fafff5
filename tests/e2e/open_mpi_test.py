#!/usr/bin/env python3
"""The standard template with the real mpiexec of Open MPI. Without it: skipped (77)."""
import os
import subprocess
import sys
import unittest

import wide_agent_test
from lab import LabTest

try:
    said = subprocess.run(["mpiexec", "--version"], stdout=subprocess.PIPE, text=True).stdout
except FileNotFoundError:
    said = ""
if "Open" not in said:
    print("skipped: no mpiexec of Open MPI; ./bootstrap test installs openmpi-bin")
    sys.exit(77)


CPUS = """#!/bin/sh
list="sed -n s/^Cpus_allowed_list:[[:space:]]*//p /proc/self/status"
$list > cpus
$TRIAL_MPIEXEC $list >> cpus || exit 1
until [ -s ../000000/cpus ] && [ -s ../000001/cpus ]; do sleep 0.1; done  # both run at once
echo '{"cost": 1}' > result.json
"""


class OpenMpi(wide_agent_test.Ranks, LabTest):
    rank = wide_agent_test.RANK.replace("$RANK", "$OMPI_COMM_WORLD_RANK")
    starter = []
    variables = {"OMPI_MCA_plm_rsh_agent": "{path}/reach.sh", "OMPI_ALLOW_RUN_AS_ROOT": "1",
                 "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}

    # Each mpiexec knows of its own job alone, and would bind the ranks of each to the first CPU.
    def test_it_binds_nothing(self):
        lab = self.wide_lab(rank="sed -n 's/^Cpus_allowed_list:[[:space:]]*/cpus /p' /proc/self/status >> \"$TRIAL_EXPERIMENT/cpus.log\"\n")
        self.agent(lab)
        self.assertEqual(lab.watch().returncode, 0)
        self.complete(lab)
        with open("/proc/self/status") as file:
            (own,) = [line.split()[1] for line in file if line.startswith("Cpus_allowed_list:")]
        self.assertEqual(lab.read("cpus.log").splitlines(), [f"cpus {own}"] * 4)

    # Left to itself it would leave the CPUs that its job is pinned to.
    def test_ranks_stay_on_the_cpus_of_their_job(self):
        if len(os.sched_getaffinity(0)) < 2:
            self.skipTest("needs 2 CPUs to pin to")
        lab = self.lab(train=CPUS, stages=[{"name": "train", "command": ["./train.sh"], "done": "result.json"}],
                       backend={"type": "agents", "options": {"poll": 0.2, "slots": 2}})
        for number in range(2):
            lab.trial(f"{number:06}", x=0.1)
        lab.start("trialagent", "--slots", str(len(os.sched_getaffinity(0))), "--poll", "0.1",
                  env={**os.environ, **{name: "1" for name in self.variables if "ROOT" in name}})
        self.assertEqual(lab.watch().returncode, 0)
        self.complete(lab)
        lines = [lab.read(f"trials/{number:06}/cpus").split() for number in range(2)]
        self.assertEqual([own for own, _ in lines], [rank for _, rank in lines])
        self.assertNotEqual(lines[0], lines[1])


if __name__ == "__main__":
    unittest.main()
