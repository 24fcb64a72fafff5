#include "app/agent/job_runner.hpp"

namespace tw {

LocalRunner::LocalRunner(Processes& processes, const LocalOptions& options, std::string experiment_id)
    : scheduler_(processes, options, processes.environment(), std::move(experiment_id)) {
}

void LocalRunner::start(const AgentJobName& job, const AgentJob& content) {
    TaskLaunch task{job.key, content.argv, content.environment, content.output, content.error};
    JobRequest request;
    request.trial = job.trial;
    request.directory = content.directory;
    request.resources = job.resources;
    request.tasks.push_back(std::move(task));
    request.grace = job.grace;
    running_.insert({job.trial, job.key});
    (void)scheduler_.submit({request});  // one that cannot be started is over at the next look
}

// A wrapper that left by itself has posted, or could not: its file may go at once. The others are over when a
// listing does not show them any more.
std::vector<JobRef> LocalRunner::over(bool thorough) {
    scheduler_.pump();
    std::vector<JobRef> over = scheduler_.left();
    for (const JobRef& job : over) {
        scheduler_.ended(job);
        running_.erase(job);
    }
    if (!thorough) return over;
    std::set<JobRef> listed;
    for (auto& status : scheduler_.list().jobs) listed.insert(status.job);
    for (auto job = running_.begin(); job != running_.end();) {
        bool gone = !listed.contains(*job);
        if (gone) over.push_back(*job);
        job = gone ? running_.erase(job) : std::next(job);
    }
    return over;
}

}  // namespace tw
