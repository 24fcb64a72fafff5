"""Whole searches on a real Grid Engine."""
import subprocess

from cluster_lab import HERE, ClusterTest, main, wait_for
from searches import Searches


class GridEngine(Searches, ClusterTest):
    kind = "gridengine"
    submit_command = "qsub"
    status_commands = ("qstat", "qacct", "qhost")

    @classmethod
    def settings(cls):
        return {"SLOTS": 32}  # the scheduler fills free slots once a second

    def most_queries(self, minutes):
        return 2 + int(minutes)  # at the start the slots are counted

    def jobs_left(self):
        return self.cluster.run("qstat", "-g", "d").stdout.count("\n")

    def daemon(self, verb):
        subprocess.run([str(HERE / "gridengine/daemon.sh"), self.cluster.directory, "qmaster", verb], check=True)

    # A job that is being handed to its host (state t) when the qmaster dies is handed over again five minutes later.
    def stop_system(self):
        wait_for(lambda: not self.states() & {"qw", "t"}, 10, 0.01)
        self.daemon("kill")

    def states(self):
        return {words[4] for words in map(str.split, self.cluster.run("qstat").stdout.splitlines()[2:]) if len(words) > 4}

    def start_system(self):
        self.daemon("start")


if __name__ == "__main__":
    main()
