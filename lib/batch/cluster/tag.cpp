#include "batch/cluster/batch_system.hpp"

namespace tw {

JobTag make_tag(const std::string& experiment_id, const JobRef& job, std::int64_t block) {
    if (job.key.task == 0) return {make_token(experiment_id, job.trial, job.key), 0};
    std::int64_t before = (job.key.task - 1) / block * block;
    AttemptKey first = job.key;
    first.task = before + 1;
    return {make_token(experiment_id, job.trial, first), job.key.task - before};
}

}  // namespace tw
