// Every backend by the name that experiment.json gives it. The one place where a new one is added.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "batch/cluster/batch_system.hpp"
#include "batch/cluster/cluster_options.hpp"

namespace tw {

// A backend other than "local".
struct BackendType {
    std::string name;
    // Code::invalid as check().
    std::function<Result<std::unique_ptr<Scheduler>>(const BackendSpec& spec, const BatchPorts& ports)> make;
    // What experiment.json says of it, and of a stage's resources there, as far as it can be told without asking anybody.
    // Pointers are relative to the BackendSpec, and to the resources.
    std::function<Status(const BackendSpec& spec)> check;
    std::function<Status(const Resources& resources)> check_resources;
};

// Null for "local" and for names that are none.
const BackendType* find_backend_type(const std::string& name);

// The scheduler for a backend. `slots`: CPUs of the local one; 0: as its options say.
Result<std::unique_ptr<Scheduler>> make_scheduler(const BackendSpec& spec, const BatchPorts& ports, int slots);

}  // namespace tw
