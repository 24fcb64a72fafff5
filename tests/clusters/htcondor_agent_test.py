"""README's submit file for agents, on a real HTCondor."""
import os

from agent_in_a_job import LIMIT, AgentInAJob
from cluster_lab import ClusterTest, main, program

import readme_test


class HtcondorAgent(AgentInAJob, ClusterTest):
    kind = "htcondor"

    @classmethod
    def settings(cls):
        return {"SLOTS": 4}

    def submit(self, lab):
        (text,) = readme_test.blocks("text submit")
        for shown, meant in (("/usr/bin/trialagent", program("trialagent")), ("/shared/experiment", lab.path),
                             ("--idle 20m", "--poll 0.2 --beat 0.5"), ("request_cpus = 16", "request_cpus = 2"),
                             ("--walltime 8h ", ""), ("queue 10", f"allowed_job_duration = {LIMIT}\nqueue 2")):
            self.assertEqual(text.count(shown), 1, shown)
            text = text.replace(shown, meant)
        path = os.path.join(lab.home, "agents.sub")
        with open(path, "w") as file:
            file.write(text)
        done = self.cluster.run("condor_submit", path)
        self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == "__main__":
    main()
