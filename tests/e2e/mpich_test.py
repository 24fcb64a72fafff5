#!/usr/bin/env python3
"""README's template for MPICH with its real mpiexec. Without it, or not as root: skipped (77)."""
import os
import re
import shutil
import sys
import unittest

import readme_test
import wide_agent_test
from lab import LabTest

if not shutil.which("mpiexec.hydra") or os.geteuid() != 0:
    print("skipped: no mpiexec of MPICH, which ./bootstrap test installs, or not root, who gives hosts their names")
    sys.exit(77)

# Called as ssh(1) is: -x HOST COMMAND. Hydra hands the variables of the first host to all ranks, SLURMD_NODENAME, too:
# so each host has its own name here.
SSH = """#!/bin/sh
shift
exec unshare --uts sh -c 'hostname "$1"; exec "$0" "$@"' "$(dirname "$0")/reach.sh" "$@"
"""


class Mpich(wide_agent_test.Ranks, LabTest):
    rank = wide_agent_test.RANK.replace("$RANK", "$PMI_RANK").replace("$SLURMD_NODENAME", "$(uname -n)")
    variables = {"HYDRA_LAUNCHER": "ssh", "HYDRA_LAUNCHER_EXEC": "{path}/ssh.sh"}
    (template,) = re.findall(r'`--mpiexec-template "(mpiexec [^"]*-hosts [^"]*)"`', readme_test.README)
    starter = ["--mpiexec-template", template.replace("mpiexec", "mpiexec.hydra", 1).replace("{", "{{").replace("}", "}}")]

    def wide_lab(self, **settings):
        lab = super().wide_lab(**settings)
        lab.script("ssh.sh", SSH)
        return lab


if __name__ == "__main__":
    unittest.main()
