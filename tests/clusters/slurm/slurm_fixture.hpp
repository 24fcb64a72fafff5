// A private Slurm of two nodes with eight CPUs each, and the suite's fixture on it.
#pragma once

#include "batch/slurm/slurm.hpp"
#include "clusters/cluster_harness.hpp"
#include "clusters/private_cluster.hpp"

namespace tw::clusters {

extern const PrivateCluster* slurm;

std::unique_ptr<conformance::SchedulerHarness> make_slurm_harness();

// What a shell command prints.
std::string shell(const std::string& line);

}  // namespace tw::clusters

namespace tw::conformance {

class SlurmCluster : public SchedulerConformance {
protected:
    JobEnd end_of(const JobRef& job) {
        JobEnd end;
        EXPECT_TRUE(eventually([&] {
            Listing listing = scheduler_->list();
            auto found = listing.ends.find(job);
            if (found != listing.ends.end()) end = found->second;
            return found != listing.ends.end() && end.cause != EndCause::unknown;
        })) << "nothing is known of the end";
        return end;
    }
    std::string token_of(const JobRef& job) { return make_token(JobSite::id(), job.trial, job.key); }

    // For one job without an array, as submitted by submit().
    std::string slurm_id(const JobRef& job, const std::string& format = "%A") {
        return clusters::shell("squeue -h --states=all --name=" + make_tag(JobSite::id(), job, 1000).token + " -o " + format);
    }
    // Submits with options of sbatch.
    void submit_with(const JobRef& job, const std::string& script, const OptionTable& options) {
        Resources resources;
        resources.options = options;
        submit(job, script, resources);
    }
    void daemon(const std::string& arguments) { ASSERT_EQ(clusters::slurm->script("daemon.sh", arguments), 0) << arguments; }
};

}  // namespace tw::conformance
