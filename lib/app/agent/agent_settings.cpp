#include "app/agent/agent_settings.hpp"

#include <charconv>

#include "base/text.hpp"

namespace tw {

namespace {

Status take_duration(const char* option, const std::string& text, Seconds& out) {
    if (text.empty()) return {};
    auto duration = parse_duration(text);
    if (!duration) return fail(Code::usage, std::string(option) + ": " + duration.error().what);
    out = *duration;
    return {};
}

std::string variable(const std::vector<std::string>& environment, const std::string& name) {
    for (const std::string& entry : environment)
        if (entry.starts_with(name + "=")) return entry.substr(name.size() + 1);
    return "";
}

// Which allocation this is, for people, and when it ends: SLURM_JOB_END_TIME is seconds since 1970 (sbatch(1), "output
// environment variables"). Others do not say.
void look_around(const std::vector<std::string>& environment, AgentOptions& agent) {
    for (auto& [name, word] : {std::pair{"SLURM_JOB_ID", "slurm "}, std::pair{"_CONDOR_JOB_AD", "htcondor "},
                               std::pair{"JOB_ID", "gridengine "}, std::pair{"PBS_JOBID", "pbs "}}) {
        std::string id = variable(environment, name);
        if (id.empty()) continue;
        agent.allocation = word + id;
        break;
    }
    std::string text = variable(environment, "SLURM_JOB_END_TIME");
    std::int64_t end = 0;
    auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), end);
    bool whole = failure == std::errc() && stop == text.data() + text.size();
    if (!text.empty() && whole && end > 0) agent.ends = Instant(Seconds(static_cast<double>(end)));
}

Status take_local(AgentSettings& settings) {
    std::map<std::string, std::string> options;
    if (settings.slots > 0) options["cpus"] = std::to_string(settings.slots);
    if (!settings.memory.empty()) options["memory"] = settings.memory;
    if (!settings.gpus.empty()) options["gpus"] = settings.gpus;
    auto local = read_local_options(options);
    if (!local) return fail(Code::usage, local.error().what);
    settings.local = *local;
    settings.local.pin = !settings.no_pin;
    return {};
}

}  // namespace

Status complete(AgentSettings& settings, Ports ports) {
    AgentOptions& agent = settings.agent;
    Seconds walltime{0};
    for (auto& [option, text, out] :
         {std::tuple{"--stagger", &settings.stagger, &agent.stagger}, std::tuple{"--walltime", &settings.walltime, &walltime},
          std::tuple{"--idle", &settings.idle, &agent.idle}, std::tuple{"--poll", &settings.poll, &agent.poll},
          std::tuple{"--beat", &settings.beat, &agent.beat}})
        if (auto read = take_duration(option, *text, *out); !read) return read;
    if (agent.poll <= Seconds(0) || agent.beat <= Seconds(0))
        return fail(Code::usage, "--poll and --beat must be more than 0");
    if (auto local = take_local(settings); !local) return local;
    look_around(ports.processes.environment(), agent);
    if (walltime > Seconds(0)) agent.ends = ports.clock.now() + walltime;
    agent.memory = settings.local.memory > 0 ? settings.local.memory : ports.processes.memory();
    agent.gpus = static_cast<int>(settings.local.gpus ? settings.local.gpus->size() : ports.processes.gpus().size());
    return {};
}

}  // namespace tw
