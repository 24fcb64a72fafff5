#include "app/agent/wide_settings.hpp"

#include "app/agent/ranks.hpp"
#include "base/environment.hpp"
#include "base/text.hpp"

namespace tw {

namespace {

using Environment = std::vector<std::string>;
using ReadFile = std::function<Result<std::string>(const std::string&)>;

Result<std::vector<HostCount>> ask_slurm(const Environment& environment, Commands& commands) {
    auto said =
        commands.run({{"scontrol", "show", "hostnames", variable_of(environment, "SLURM_JOB_NODELIST")},
                      environment,
                      "",
                      "",
                      Seconds(30)});
    if (!said) return fail(said.error());
    if (said->status != 0)
        return fail(Code::io, "scontrol show hostnames: " + std::string(trim(said->error)));
    return slurm_hosts(said->output, variable_of(environment, "SLURM_JOB_CPUS_PER_NODE"));
}

Result<std::vector<HostCount>> find_hosts(const Environment& environment, Commands& commands,
                                          const ReadFile& read_file) {
    if (!variable_of(environment, "SLURM_JOB_NODELIST").empty()) return ask_slurm(environment, commands);
    for (auto& [variable, read] :
         {std::pair{"PE_HOSTFILE", &pe_hosts}, std::pair{"PBS_NODEFILE", &nodefile_hosts}}) {
        std::string path = variable_of(environment, variable);
        if (path.empty()) continue;
        auto text = read_file(path);
        if (!text) return fail(text.error());
        return read(*text);
    }
    return fail(
        {Code::usage,
         "nothing here says which hosts the allocation has",
         {},
         {},
         0,
         "SLURM_JOB_NODELIST, PBS_NODEFILE and PE_HOSTFILE are not set; name the hosts: --hosts a:18,b:18"});
}

// As the allocation calls it: virtual nodes of Slurm have names of their own.
std::string own_name(const Environment& environment, Processes& processes) {
    std::string name = variable_of(environment, "SLURMD_NODENAME");
    return name.empty() ? processes.self().name : name;
}

// Where the allocation was given a part of this host's it was of the others', too.
std::int64_t memory_of_each(const AgentSettings& settings, Processes& processes) {
    bool all = settings.memory.empty() && settings.local.memory >= processes.memory();
    return all ? 0 : settings.local.memory;
}

}  // namespace

Result<WidePlan> plan_wide(const WideSettings& wide, const AgentSettings& settings, Ports ports,
                           Commands& commands, const ReadFile& read_file) {
    Environment environment = ports.processes.environment();
    bool slurm = !variable_of(environment, "SLURM_JOB_ID").empty();
    auto templates = LaunchTemplates::read(wide.remote_template, wide.mpiexec_template, slurm);
    if (!templates) return fail(templates.error());
    auto hosts =
        wide.hosts == "auto" ? find_hosts(environment, commands, read_file) : parse_hosts(wide.hosts);
    if (!hosts && wide.hosts != "auto") return fail(Code::usage, "--hosts: " + hosts.error().text());
    if (!hosts) return fail(hosts.error());
    WidePlan plan{{}, std::move(*templates)};
    plan.options.hosts = std::move(*hosts);
    plan.options.own = own_name(environment, ports.processes);
    plan.options.slots = settings.slots;
    plan.options.memory = memory_of_each(settings, ports.processes);
    plan.options.gpus = settings.local.gpus;
    plan.options.pin = !settings.no_pin;
    plan.options.tmp = settings.tmp;
    return plan;
}

}  // namespace tw
