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
    // Slurm remembers jobs of the tests before, and an attempt is never submitted twice on purpose: each has its own.
    SlurmCluster() {
        static std::int64_t attempts = 100;
        ++attempts;
        a_.key.attempt = b_.key.attempt = c_.key.attempt = attempts;
    }
    JobRef task(std::int64_t number) { return JobSite::job(number, a_.key.attempt); }

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
    std::string slurm_id(const JobRef& job, const std::string& format = "%A") {
        JobTag tag = make_tag(JobSite::id(), job, 1000);
        return clusters::shell("squeue -h --states=all --name=" + tag.token + " -o '%K " + format + "' | awk '$1 == " +
                               std::to_string(tag.index) + " {print $2}'");
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
