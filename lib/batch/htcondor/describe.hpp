// What condor_submit is told for a group of tasks. Pure.
#pragma once

#include <string>
#include <vector>

#include "batch/cluster/batch_system.hpp"
#include "batch/htcondor/htcondor_options.hpp"

namespace tw {

struct Describing {
    const HtcondorOptions& options;
    const std::vector<std::string>& forward;  // names of variables
    std::string log;                          // absolute; our event log
    std::string experiment_id;
};

// A whole description: one cluster with one job for each index.
Result<std::string> describe(const JobGroup& group, const Describing& by);

// What is added to a job-written file so that it runs our tasks, and nothing beyond. Job n of the file is
// element n + 1; jobs that are not among the group's do nothing.
Result<SubmitCommandList> additions(const JobGroup& group, const Describing& by);

}  // namespace tw
