"""Agents in jobs of a real Grid Engine."""
import os

from agent_in_a_job import LIMIT, AgentInAJob
from cluster_lab import ClusterTest, main, program


class GridEngineAgent(AgentInAJob, ClusterTest):
    kind = "gridengine"

    @classmethod
    def settings(cls):
        return {"SLOTS": 4}

    def submit(self, lab):
        path = os.path.join(lab.home, "agent.sh")
        with open(path, "w") as file:
            file.write(f"#!/bin/sh\nexec {program('trialagent')} {lab.path} --poll 0.2 --beat 0.5\n")
        for _ in range(2):
            done = self.cluster.run("qsub", "-cwd", "-j", "y", "-o", lab.home, "-l", f"h_rt={LIMIT}", "-pe", "smp", "2", path)
            self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == "__main__":
    main()
