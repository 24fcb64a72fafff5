// The hosts of an allocation that can be reached, and what each has, as its helper says.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/agent/host_link.hpp"
#include "app/agent/templates.hpp"
#include "app/ports.hpp"
#include "batch/hosts.hpp"
#include "ports/conversation.hpp"

namespace tw {

struct WideOptions {
    std::vector<HostCount> hosts;
    std::string own;                               // the agent's host, as it is called among them
    int slots = 0;                                 // at most so many CPUs of each; 0: all
    std::int64_t memory = 0;                       // of each; 0: what its helper finds
    std::optional<std::vector<std::string>> gpus;  // of each; unset: what its helper finds
    bool pin = true;
    Seconds patience{60};  // for a helper's first word; then another one is started
    std::string program;   // trialagent, the same path on each host
    std::string tmp;       // where each job has a TMPDIR of its own; "": they have none
};

struct ReachedHosts {
    std::vector<HostSize> sizes;
    std::vector<std::unique_ptr<HostLink>> links;  // as many; none to the agent's own host
};

// Starts the helpers and waits for them. A host whose helper does not answer is left out with a warning;
// Code::io where none is left.
Result<ReachedHosts> reach_hosts(Ports ports, Conversations& conversations, const WideOptions& options,
                                 const LaunchTemplates& templates, const std::string& experiment_id);

// What a helper says of its host.
HostSize size_of_this_host(Processes& processes);

}  // namespace tw
