// What condor_q and condor_history tell of our jobs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "batch/htcondor/condor_calls.hpp"

namespace tw {

struct QueueEntry {
    CondorId id;
    JobTag tag;
    CondorJob::Phase phase = CondorJob::Phase::idle;
    std::string host, detail;
    int hold_code = 0, hold_subcode = 0;
    int starts = 0;
    JobEnd end{};  // of one that has ended
};

// Every job of the experiment that the schedd has.
Result<std::vector<QueueEntry>> ask_queue(const CondorCalls& calls, const std::string& experiment_id);

// What has become of these, as far as the schedd remembers.
Result<std::vector<QueueEntry>> ask_history(const CondorCalls& calls, const std::vector<JobTag>& tags);

}  // namespace tw
