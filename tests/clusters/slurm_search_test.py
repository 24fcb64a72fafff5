"""Whole searches on a real Slurm."""
import os
import signal
import subprocess

from cluster_lab import ClusterTest, main
from searches import Searches


class Slurm(Searches, ClusterTest):
    kind = "slurm"
    submit_command = "sbatch"
    status_commands = ("squeue", "sacct")

    def jobs_left(self):
        return len(self.cluster.run("squeue", "-h", "-r").stdout.split())

    def pid(self):
        with open(os.path.join(self.cluster.directory, "pid", "slurmctld")) as file:
            return int(file.read())

    def stop_system(self):
        os.kill(self.pid(), signal.SIGTERM)

    def start_system(self):
        subprocess.run(["slurmctld", "-f", self.cluster.environment["SLURM_CONF"]], env=self.cluster.environment, check=True)


if __name__ == "__main__":
    main()
