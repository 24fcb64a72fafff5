// Every backend by the name that experiment.json gives it. The one place where a new one is added.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "batch/cluster/batch_system.hpp"
#include "batch/cluster/cluster_options.hpp"

namespace tw {

// A batch system behind ClusterScheduler.
struct ClusterType {
    std::string name;
    // Runs commands, and does without their answers where the system is away. Code::invalid as check_options.
    Result<std::unique_ptr<BatchSystem>> (*make)(const BatchPorts& ports, const SystemSettings& settings);
    Status (*check_options)(const OptionTable& options);      // pointer "/options/KEY" in the BackendSpec
    Status (*check_resources)(const Resources& resources);    // pointer in the stage's resources
};

// Null for "local" and for names that are none.
const ClusterType* find_cluster_type(const std::string& name);

// What experiment.json says of a backend and of a stage's resources there, as far as it can be told without asking the
// system. Pointers are relative to the BackendSpec, and to the resources.
Status check_cluster_backend(const ClusterType& type, const BackendSpec& spec);

// The scheduler for a backend. `slots`: CPUs of the local one; 0: as its options say.
Result<std::unique_ptr<Scheduler>> make_scheduler(const BackendSpec& spec, const BatchPorts& ports, int slots);

}  // namespace tw
