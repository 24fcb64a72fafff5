#!/usr/bin/env python3
"""The standard template with the real mpiexec of Open MPI. Without it: skipped (77)."""
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


if __name__ == "__main__":
    unittest.main()
