#include "batch/backend_types.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "batch/cluster/cluster_scheduler.hpp"
#include "batch/command/command.hpp"
#include "batch/gridengine/gridengine.hpp"
#include "batch/htcondor/htcondor.hpp"
#include "batch/local.hpp"
#include "batch/slurm/slurm.hpp"

namespace tw {

namespace {

const std::vector<ClusterType>& cluster_types() {
    static const std::vector<ClusterType> types{
        {"command", &make_command, &check_command_options, &check_command_resources},
        {"gridengine", &make_gridengine, &check_gridengine_options, &check_gridengine_resources},
        {"htcondor", &make_htcondor, &check_htcondor_options, &check_htcondor_resources},
        {"slurm", &make_slurm, &check_slurm_options, &check_slurm_resources},
    };
    return types;
}

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

}  // namespace

const ClusterType* find_cluster_type(const std::string& name) {
    auto found = std::find_if(cluster_types().begin(), cluster_types().end(), [&](auto& type) { return type.name == name; });
    return found == cluster_types().end() ? nullptr : &*found;
}

Status check_cluster_backend(const ClusterType& type, const BackendSpec& spec) {
    auto common = read_cluster_options(spec.options);
    if (!common) return fail(common.error());
    return type.check_options(common->system.options);
}

Result<std::unique_ptr<Scheduler>> make_scheduler(const BackendSpec& spec, const BatchPorts& ports, int slots) {
    if (spec.type == "local") return make_local(spec, ports, slots);
    const ClusterType* type = find_cluster_type(spec.type);
    if (!type) return fail({Code::invalid, "there is no backend '" + spec.type + "'", {}, "/type", 0, {}});
    auto options = read_cluster_options(spec.options);
    if (!options) return fail(options.error());
    if (auto good = options->env_file.empty() ? Status{} : check_env_file(ports, options->env_file); !good)
        return fail(good.error());
    auto system = type->make(ports, options->system);
    if (!system) return fail(system.error());
    std::int64_t most = (*system)->largest_array();
    if (most > 1 && most < options->array)
        return fail({Code::invalid, "an array may have " + std::to_string(most) + " tasks here", {}, "/options/array", 0,
                     "\"array\": " + std::to_string(most)});
    return std::unique_ptr<Scheduler>(new ClusterScheduler(type->name, ports, *options, std::move(*system)));
}

}  // namespace tw
