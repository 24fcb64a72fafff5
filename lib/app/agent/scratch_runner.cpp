#include "app/agent/scratch_runner.hpp"

namespace tw {

// Without one the job shares the agent's: it is no reason to fail.
void ScratchRunner::start(const AgentJobName& job, const AgentJob& content) {
    AgentJob own = content;
    if (auto directory = scratch_.make()) {
        own.environment.push_back("TMPDIR=" + *directory);
        directories_[{job.trial, job.key}] = *directory;
    } else {
        log_.warn("trial {}: no TMPDIR of its own: {}", job.trial, directory.error().text());
    }
    runner_.start(job, own);
}

std::vector<JobRef> ScratchRunner::over(bool thorough) {
    auto jobs = runner_.over(thorough);
    for (const JobRef& job : jobs)
        if (auto directory = directories_.extract(job)) scratch_.remove(directory.mapped());
    return jobs;
}

}  // namespace tw
