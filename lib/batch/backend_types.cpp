#include "batch/backend_types.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "batch/agents/agents_scheduler.hpp"
#include "batch/cluster/cluster_scheduler.hpp"
#include "batch/command/command.hpp"
#include "batch/gridengine/gridengine.hpp"
#include "batch/htcondor/htcondor.hpp"
#include "batch/local.hpp"
#include "batch/slurm/slurm.hpp"

namespace tw {

namespace {

Result<std::unique_ptr<Scheduler>> make_local(const BackendSpec& spec, const BatchPorts& ports, int slots) {
    auto options = read_local_options(spec.options);
    if (!options) return fail(options.error());
    if (slots > 0) options->cpus = slots;
    return std::unique_ptr<Scheduler>(
        new LocalScheduler(ports.processes, *options, ports.processes.environment(), ports.experiment_id));
}

// It holds secrets: what others can read, or write, is refused. By stat(1), for it lies outside of the experiment.
Status check_env_file(const BatchPorts& ports, const std::string& path) {
    auto wrong = [&](std::string what) {
        return fail({Code::invalid, "env_file " + path + " " + what, {}, "/options/env_file", 0, "chmod 600 " + shell_quote(path)});
    };
    Command command{{"stat", "-L", "-c", "%a %u", "--", path}, ports.processes.environment(), "", "", Seconds(30)};
    auto said = ports.commands.run(command);
    if (!said) return fail(said.error());
    auto words = split(trim(said->output), ' ');
    if (said->status != 0 || words.size() != 2) return wrong("cannot be read");
    if (words[1] != std::to_string(ports.processes.self().uid)) return wrong("belongs to somebody else");
    if (!words[0].ends_with("00")) return wrong("can be read by others");
    return {};
}

using MakeSystem = Result<std::unique_ptr<BatchSystem>> (*)(const BatchPorts& ports, const SystemSettings& settings);
using CheckOptions = Status (*)(const OptionTable& options);  // pointer "/options/KEY"
using CheckResources = Status (*)(const Resources& resources);

Result<std::unique_ptr<Scheduler>> make_cluster(const BackendSpec& spec, const BatchPorts& ports, MakeSystem make_system) {
    auto options = read_cluster_options(spec.options);
    if (!options) return fail(options.error());
    if (auto good = options->env_file.empty() ? Status{} : check_env_file(ports, options->env_file); !good)
        return fail(good.error());
    auto system = make_system(ports, options->system);
    if (!system) return fail(system.error());
    std::int64_t most = (*system)->largest_array();
    if (most > 1 && most < options->array)
        return fail({Code::invalid, "an array may have " + std::to_string(most) + " tasks here", {}, "/options/array", 0,
                     "\"array\": " + std::to_string(most)});
    return std::unique_ptr<Scheduler>(new ClusterScheduler(spec.type, ports, *options, std::move(*system)));
}

// A batch system behind ClusterScheduler.
BackendType cluster(const std::string& name, MakeSystem make_system, CheckOptions check_options, CheckResources check_resources) {
    auto make = [make_system](auto& spec, auto& ports) { return make_cluster(spec, ports, make_system); };
    auto check = [check_options](const BackendSpec& spec) -> Status {
        auto common = read_cluster_options(spec.options);
        if (!common) return fail(common.error());
        return check_options(common->system.options);
    };
    return {name, make, check, check_resources};
}

Result<std::unique_ptr<Scheduler>> make_agents(const BackendSpec& spec, const BatchPorts& ports) {
    auto options = read_agents_options(spec.options);
    if (!options) return fail(options.error());
    return std::unique_ptr<Scheduler>(new AgentsScheduler(ports, *options));
}

Status check_agents(const BackendSpec& spec) {
    auto options = read_agents_options(spec.options);
    return options ? Status{} : fail(options.error());
}

const std::vector<BackendType>& backend_types() {
    static const std::vector<BackendType> types{
        {"agents", &make_agents, &check_agents, &check_agents_resources},
        cluster("command", &make_command, &check_command_options, &check_command_resources),
        cluster("gridengine", &make_gridengine, &check_gridengine_options, &check_gridengine_resources),
        cluster("htcondor", &make_htcondor, &check_htcondor_options, &check_htcondor_resources),
        cluster("slurm", &make_slurm, &check_slurm_options, &check_slurm_resources),
    };
    return types;
}

}  // namespace

const BackendType* find_backend_type(const std::string& name) {
    auto found = std::find_if(backend_types().begin(), backend_types().end(), [&](auto& type) { return type.name == name; });
    return found == backend_types().end() ? nullptr : &*found;
}

Result<std::unique_ptr<Scheduler>> make_scheduler(const BackendSpec& spec, const BatchPorts& ports, int slots) {
    if (spec.type == "local") return make_local(spec, ports, slots);
    const BackendType* type = find_backend_type(spec.type);
    if (!type) return fail({Code::invalid, "there is no backend '" + spec.type + "'", {}, "/type", 0, {}});
    return type->make(spec, ports);
}

}  // namespace tw
