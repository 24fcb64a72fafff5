"""The watcher submits its agents to a real Slurm."""
from agents_pool import AgentsPool
from cluster_lab import ClusterTest, main


class SlurmAgentsPool(AgentsPool, ClusterTest):
    kind = "slurm"

    def jobs_left(self):
        return len(self.answer("squeue", "-h", "-o", "%i").split())

    def large(self):
        return {"options": {"exclusive": True}}


if __name__ == "__main__":
    main()
