// What experiment.json says of the agents backend.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "batch/cluster/batch_ports.hpp"
#include "records/experiment.hpp"

namespace tw {

struct AgentsOptions {
    int max_queued = 2000;  // jobs published and not ended
    Seconds silence{300};   // without a new beat an agent counts as dead, and its jobs are taken back
    Seconds poll{2};        // at least, between two looks at the folders
    int slots = 0;  // for deciding how many trials to keep in flight; 0: the CPUs of the agents that live
};

// Code::invalid with the pointer "/options/KEY" in the BackendSpec.
Result<AgentsOptions> read_agents_options(const OptionTable& options);

// `options` of a stage's resources: there are none here. Pointer in the resources.
Status check_agents_resources(const Resources& resources);

}  // namespace tw
