// What the user says of one backend, as far as its batch system needs it.
#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"
#include "batch/cluster/batch_ports.hpp"

namespace tw {

struct SystemSettings {
    OptionTable options;               // the backend's options that are not common to all clusters
    std::vector<std::string> forward;  // names of the environment variables that jobs get
    Seconds timeout{30};               // of one command
    Seconds poll{60};                  // at least, between two status commands
};

}  // namespace tw
