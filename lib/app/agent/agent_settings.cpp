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

// As squeue(1) prints what is left: [days-][hours:]minutes:seconds. Anything else (UNLIMITED, NOT_SET) is no
// end.
std::optional<Seconds> time_left(std::string_view text) {
    double days = 0, seconds = 0;
    auto whole = [](std::string_view digits, double& out) {
        int number = 0;
        auto [stop, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
        out = number;
        return failure == std::errc() && stop == digits.data() + digits.size() && number >= 0;
    };
    auto dash = text.find('-');
    if (dash != text.npos && !whole(text.substr(0, dash), days)) return std::nullopt;
    auto parts = split(dash == text.npos ? text : text.substr(dash + 1), ':');
    if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
    for (const std::string& part : parts) {
        double number = 0;
        if (!whole(part, number)) return std::nullopt;
        seconds = seconds * 60 + number;
    }
    return Seconds(days * 86400 + seconds);
}

// Releases of Slurm that do not tell a job its end are asked for it, once.
std::optional<Seconds> ask_slurm(const std::string& job, const std::vector<std::string>& environment,
                                 Commands& commands) {
    auto said = commands.run({{"squeue", "-h", "-j", job, "-o", "%L"}, environment, "", "", Seconds(30)});
    return said && said->status == 0 ? time_left(trim(said->output)) : std::nullopt;
}

// Which allocation this is, for people, and when it ends: SLURM_JOB_END_TIME is seconds since 1970
// (sbatch(1), "output environment variables", since 23.02). Others do not say.
void look_around(const std::vector<std::string>& environment, Instant now, Commands& commands,
                 AgentOptions& agent) {
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
    if (!agent.ends && !text.empty() && whole && end > 0)
        agent.ends = Instant(Seconds(static_cast<double>(end)));
    std::string job = variable(environment, "SLURM_JOB_ID");
    if (agent.ends || job.empty()) return;
    if (auto left = ask_slurm(job, environment, commands)) agent.ends = now + *left;
}

// Where somebody else fills a part of these CPUs nobody knows which of them are whose.
bool owns_its_cpus(int slots, Processes& processes) {
    int cpus = static_cast<int>(processes.cpu_places().size());
    int given = 0;  // of this node, to this job
    std::string text = variable(processes.environment(), "SLURM_CPUS_ON_NODE");
    std::from_chars(text.data(), text.data() + text.size(), given);
    return slots == 0 || slots >= cpus || given >= cpus;
}

Status take_local(AgentSettings& settings, Processes& processes) {
    std::map<std::string, std::string> options;
    if (settings.slots > 0) options["cpus"] = std::to_string(settings.slots);
    if (!settings.memory.empty()) options["memory"] = settings.memory;
    if (!settings.gpus.empty()) options["gpus"] = settings.gpus;
    auto local = read_local_options(options);
    if (!local) return fail(Code::usage, local.error().what);
    settings.local = *local;
    settings.local.pin = !settings.no_pin && owns_its_cpus(settings.slots, processes);
    return {};
}

Status take_tmp(const std::vector<std::string>& environment, std::string& tmp) {
    std::string inherited = variable(environment, "TMPDIR");
    if (tmp.empty()) tmp = inherited.starts_with('/') ? inherited : "/tmp";
    if (tmp == "none") tmp.clear();
    if (tmp.empty() || tmp.starts_with('/')) return {};
    return fail(Code::usage, "--tmp must be an absolute path, or none");
}

}  // namespace

Status complete(AgentSettings& settings, Ports ports, Commands& commands) {
    AgentOptions& agent = settings.agent;
    Seconds walltime{0};
    for (auto& [option, text, out] : {std::tuple{"--stagger", &settings.stagger, &agent.stagger},
                                      std::tuple{"--walltime", &settings.walltime, &walltime},
                                      std::tuple{"--idle", &settings.idle, &agent.idle},
                                      std::tuple{"--poll", &settings.poll, &agent.poll},
                                      std::tuple{"--beat", &settings.beat, &agent.beat}})
        if (auto read = take_duration(option, *text, *out); !read) return read;
    if (agent.poll <= Seconds(0) || agent.beat <= Seconds(0))
        return fail(Code::usage, "--poll and --beat must be more than 0");
    if (auto local = take_local(settings, ports.processes); !local) return local;
    if (auto tmp = take_tmp(ports.processes.environment(), settings.tmp); !tmp) return tmp;
    Instant now = ports.clock.now();
    if (walltime > Seconds(0)) agent.ends = now + walltime;
    look_around(ports.processes.environment(), now, commands, agent);
    agent.memory = settings.local.memory > 0 ? settings.local.memory : ports.processes.memory();
    agent.gpus =
        static_cast<int>(settings.local.gpus ? settings.local.gpus->size() : ports.processes.gpus().size());
    return {};
}

}  // namespace tw
