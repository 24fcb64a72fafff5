"""The watcher submits its agents to a real HTCondor pool, as a glide-in does."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from agents_pool import AgentsPool  # noqa: E402
from cluster_lab import ClusterTest, main  # noqa: E402


class HtcondorAgentsPool(AgentsPool, ClusterTest):
    kind = "htcondor"

    @classmethod
    def settings(cls):
        return {"SLOTS": 8}

    def jobs_left(self):
        states = self.answer("condor_q", "-allusers", "-af", "JobStatus").split()
        return sum(state in ("1", "2") for state in states)

    def large(self):
        return {"cpus": 4}


if __name__ == "__main__":
    main()
