// The command lines of qsub for one group of tasks.
#pragma once

#include <string>
#include <vector>

#include "batch/cluster/batch_system.hpp"
#include "batch/cluster/task_ranges.hpp"
#include "batch/gridengine/options.hpp"

namespace tw::gridengine {

// qsub takes one range a call: an array with gaps, as retries have them, takes several calls. Tasks that do
// nothing in the gaps would save calls, and would be found later as ended jobs of tasks that never ran.

// qsub's words without the program. `forward`: names that are in the environment of the command.
// Code::invalid where the options do not tell how to ask for it.
Result<std::vector<std::string>> submit_words(const JobGroup& group, const Options& options,
                                              const std::vector<std::string>& forward,
                                              const TaskRange& range);

// What submit_words() would not know how to ask for.
Status can_ask_for(const Resources& resources, const Options& options);

}  // namespace tw::gridengine
