// The options that every cluster backend has.
#pragma once

#include "batch/cluster/system_settings.hpp"

namespace tw {

struct ClusterOptions {
    Seconds visibility{90};        // after which every host sees what another one wrote
    int max_queued = 2000;         // tasks handed over and not ended
    int submits_per_minute = 120;  // half of them may come at once
    std::int64_t array = 1000;     // tasks of one array at most; the same for a whole search
    std::string env_file;          // absolute; a shell file that each job reads before it starts
    SystemSettings system;         // with all other options
};

// Code::invalid with the pointer "/options/KEY" in the BackendSpec.
Result<ClusterOptions> read_cluster_options(const OptionTable& options);

// The names that read_cluster_options() takes, for suggestions.
std::vector<std::string> cluster_option_names();

}  // namespace tw
