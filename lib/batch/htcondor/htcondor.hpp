// HTCondor as a batch system: submissions by condor_submit, news from the job event log.
//
// The log costs nothing to read, so looks may be as often as one likes; condor_q and condor_history are asked
// only where the log cannot know (a submission whose answer was never read and that is not in it, a log that
// cannot be written or has been silent for long), at most once in `poll`.
#pragma once

#include <memory>

#include "batch/cluster/batch_system.hpp"
#include "batch/cluster/system_settings.hpp"

namespace tw {

// Relative to the experiment. Many clusters, one log.
inline constexpr const char* htcondor_log = ".trialwatch/htcondor/events.log";

Result<std::unique_ptr<BatchSystem>> make_htcondor(const BatchPorts& ports, const SystemSettings& settings);

// Pure. Pointers "/options/KEY" in the BackendSpec; "/nodes", "/options/KEY" in the resources.
Status check_htcondor_options(const OptionTable& options);
Status check_htcondor_resources(const Resources& resources);

}  // namespace tw
