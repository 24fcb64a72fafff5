"""Whole searches on a real HTCondor pool."""
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from cluster_lab import ClusterTest, main, wait_for  # noqa: E402
from searches import Searches  # noqa: E402

# What a train job writes for the flows of its trial. The retries and the log are its author's; the first are overridden.
SUBMIT = """universe = vanilla
executable = ../../flow.sh
arguments = $(flow)
log = condor.log
max_retries = 2
queue flow matching files flows/*.json
"""


class HtcondorSearches(Searches, ClusterTest):
    kind = "htcondor"
    submit_command = "condor_submit"
    status_commands = ("condor_q", "condor_history")
    generated = ("run_flow.cmd", SUBMIT)

    @classmethod
    def settings(cls):
        return {"SLOTS": 16}

    def killed_settings(self):
        return {"stages": [
            {"name": "train", "command": ["./train.sh"], "done": "training_done"},
            {"name": "flow", "command": ["./flow.sh"], "array": "flows/*.json", "submit": "run_flow.cmd"},
            {"name": "metric", "command": ["./metric.sh"], "done": "result.json"}]}

    def daemons(self, name):
        """This pool's, as /proc tells them."""
        mark = f"CONDOR_CONFIG={self.cluster.directory}/condor_config".encode()
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/comm") as comm, open(f"/proc/{pid}/environ", "rb") as environment:
                    if comm.read().strip() == name and mark in environment.read().split(b"\0"):
                        found.append(int(pid))
            except OSError:
                pass
        return found

    # The master would start the schedd again at once.
    def stop_system(self):
        for name, number in (("condor_master", signal.SIGSTOP), ("condor_schedd", signal.SIGKILL)):
            for pid in self.daemons(name):
                os.kill(pid, number)

    def start_system(self):
        for pid in self.daemons("condor_master"):
            os.kill(pid, signal.SIGCONT)
        self.assertTrue(wait_for(lambda: self.daemons("condor_schedd"), 60))

    def jobs_left(self):
        shown = self.cluster.run("condor_q", "-allusers", "-af", "ClusterId", "ProcId")
        self.assertEqual(shown.returncode, 0, shown.stdout)
        return len(shown.stdout.split("\n")) - 1

    def most_queries(self, minutes):
        return 0


if __name__ == "__main__":
    main()
