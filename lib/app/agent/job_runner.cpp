#include "app/agent/job_runner.hpp"

#include <limits>

namespace tw {

LocalRunner::LocalRunner(Processes& processes, const LocalOptions& options, std::string experiment_id)
    : self_(processes.self()),
      scheduler_(processes, options, processes.environment(), std::move(experiment_id)) {
}

std::unique_ptr<LocalRunner> LocalRunner::without_books(Processes& processes, std::string experiment_id) {
    LocalOptions options;
    options.cpus = 1'000'000;
    options.queue_depth = 1;
    options.memory = std::numeric_limits<std::int64_t>::max();
    options.gpus.emplace();
    auto runner = std::make_unique<LocalRunner>(processes, options, std::move(experiment_id));
    runner->keeps_books_ = false;
    return runner;
}

void LocalRunner::start(const AgentJobName& job, const AgentJob& content) {
    TaskLaunch task{job.key, content.argv, content.environment, content.output, content.error, content.cpus};
    Resources resources = job.resources;
    if (!keeps_books_) resources = {};
    resources.cpus = job.resources.cpus;  // OMP_NUM_THREADS
    JobRequest request;
    request.trial = job.trial;
    request.directory = content.directory;
    request.resources = std::move(resources);
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

std::optional<StartedWrapper> LocalRunner::wrapper_of(const JobRef& job) const {
    auto id = scheduler_.wrapper_of(job);
    return id ? std::optional(StartedWrapper{self_.boot_id, *id}) : std::nullopt;
}

void LocalRunner::adopt(const AgentJobName& job, const StartedWrapper& wrapper) {
    Claim claim;
    claim.host = self_.name;
    claim.boot_id = wrapper.boot_id;
    claim.pid = wrapper.id.pid;
    claim.start_time = wrapper.id.start_time;
    running_.insert({job.trial, job.key});
    scheduler_.adopt({job.trial, job.key}, claim, {});
}

}  // namespace tw
