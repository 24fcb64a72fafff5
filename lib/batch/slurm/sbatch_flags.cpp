#include "batch/slurm/sbatch_flags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"

namespace tw::slurm {

namespace {

const std::map<std::string, std::string>& refused() {
    static const std::string names = "jobs are found again by their names", arrays = "the stage's tasks are the array",
                             logs = "logs go to the trial's directory", asks = "then no job would be submitted",
                             forward = "the backend's option forward names the variables that jobs get",
                             restart = "a second start is a new attempt, and the stage's retries say how many";
    static const std::map<std::string, std::string> reasons{
        {"job-name", names}, {"comment", names}, {"array", arrays}, {"output", logs}, {"error", logs},
        {"open-mode", logs}, {"export", forward}, {"export-file", forward}, {"requeue", restart}, {"no-requeue", restart},
        {"help", asks}, {"usage", asks}, {"version", asks}, {"test-only", asks},
        {"parsable", "trialwatch reads what sbatch prints"},
        {"wrap", "the stage's command is what runs"},
        {"wait", "trialwatch would stand still until the job has ended"},
        {"chdir", "jobs start in the trial's directory"},
        {"clusters", "jobs of another cluster would not be found again; set SLURM_CONF where trialwatch runs"},
        {"signal", "jobs get TERM before their limit, the stage's grace before KILL"},
        {"time", "say it as resources.time"}, {"mem", "say it as resources.memory"},
        {"cpus-per-task", "say it as resources.cpus"}, {"ntasks", "say it as resources.ranks"},
        {"nodes", "say it as resources.nodes"}, {"gpus", "say it as resources.gpus"},
    };
    return reasons;
}

// Of sbatch 22.05, without those above.
const std::vector<std::string>& known() {
    static const std::vector<std::string> names{
        "account", "acctg-freq", "batch", "bb", "bbf", "begin", "cluster-constraint", "constraint", "container", "contiguous",
        "core-spec", "cores-per-socket", "cpu-freq", "cpus-per-gpu", "deadline", "delay-boot", "dependency", "distribution",
        "exclude", "exclusive", "extra-node-info", "get-user-env", "gid", "gpu-bind", "gpu-freq", "gpus-per-node",
        "gpus-per-socket", "gpus-per-task", "gres", "gres-flags", "hint", "hold", "ignore-pbs", "input",
        "kill-on-invalid-dep", "licenses", "mail-type", "mail-user", "mcs-label", "mem-bind", "mem-per-cpu", "mem-per-gpu",
        "mincpus", "network", "nice", "no-kill", "nodefile", "nodelist", "ntasks-per-core", "ntasks-per-gpu",
        "ntasks-per-node", "ntasks-per-socket", "overcommit", "oversubscribe", "partition", "power", "prefer", "priority",
        "profile", "propagate", "qos", "quiet", "reboot", "reservation", "sockets-per-node", "spread-job", "switches",
        "thread-spec", "threads-per-core", "time-min", "tmp", "tres-per-task", "uid", "use-min-nodes", "verbose",
        "wait-all-nodes", "wckey"};
    return names;
}

bool is_name(const std::string& name) {
    auto allowed = [](char c) { return c == '-' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return name.size() > 1 && name[0] >= 'a' && name[0] <= 'z' && std::all_of(name.begin(), name.end(), allowed);
}

}  // namespace

std::string refused_flag(const std::string& name) {
    if (std::find(known().begin(), known().end(), name) != known().end()) return {};
    if (auto exact = refused().find(name); exact != refused().end()) return exact->second;
    for (auto& [full, reason] : refused())
        if (full.starts_with(name)) return fmt::format("it would be taken for --{}: {}", full, reason);
    return {};
}

Status check_sbatch_flag(const std::string& name, const std::vector<std::string>& ours) {
    auto wrong = [](std::string what, std::string hint) {
        return fail({Code::invalid, std::move(what), {}, {}, 0, std::move(hint)});
    };
    if (!is_name(name))
        return wrong(fmt::format("'{}' is no long option of sbatch", name), "written without the leading dashes: \"partition\"");
    if (std::string reason = refused_flag(name); !reason.empty())
        return wrong(fmt::format("the option '{}' of sbatch cannot be used", name), reason);
    if (std::find(known().begin(), known().end(), name) != known().end()) return {};
    std::vector<std::string> candidates = known();
    candidates.insert(candidates.end(), ours.begin(), ours.end());
    std::string meant = did_you_mean(name, candidates);
    if (meant.empty()) return {};
    return wrong(fmt::format("the slurm backend has no option '{}'", name), fmt::format("did you mean '{}'?", meant));
}

}  // namespace tw::slurm
