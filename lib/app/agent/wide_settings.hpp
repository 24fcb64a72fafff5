// Which hosts a wide agent covers, and how, from its command line and its allocation.
#pragma once

#include <functional>
#include <string>

#include "app/agent/agent_settings.hpp"
#include "app/agent/reach_hosts.hpp"

namespace tw {

struct WideSettings {
    // As they stand on the command line.
    std::string hosts, remote_template, mpiexec_template;
};

struct WidePlan {
    WideOptions options;
    LaunchTemplates templates;
};

// `settings` as complete() left them. `read_file` reads a file of this host by its absolute path:
// PBS_NODEFILE, PE_HOSTFILE. Code::usage where it cannot be made out.
Result<WidePlan> plan_wide(const WideSettings& wide, const AgentSettings& settings, Ports ports,
                           Commands& commands,
                           const std::function<Result<std::string>(const std::string&)>& read_file);

}  // namespace tw
