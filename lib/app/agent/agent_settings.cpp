#include "app/agent/agent_settings.hpp"

#include <algorithm>
#include <charconv>

#include "base/environment.hpp"
#include "batch/allocation.hpp"

namespace tw {

namespace {

Status take_duration(const char* option, const std::string& text, Seconds& out) {
    if (text.empty()) return {};
    auto duration = parse_duration(text);
    if (!duration) return fail(Code::usage, std::string(option) + ": " + duration.error().what);
    out = *duration;
    return {};
}

// Three words by which the local backend finds it, and how many of its like stay without work.
Status take_pool(const std::vector<std::string>& words, AgentOptions& agent) {
    if (words.empty()) return {};
    auto key = words.size() == 4 ? AttemptKey::parse(words[2]) : Result<AttemptKey>(fail(Code::usage, ""));
    if (!key) return fail(Code::usage, "--pool is said by the watcher alone");
    const std::string& least = words[3];
    auto [stop, failure] = std::from_chars(least.data(), least.data() + least.size(), agent.pool_least);
    if (failure != std::errc() || stop != least.data() + least.size())
        return fail(Code::usage, "--pool is said by the watcher alone");
    agent.pool = key->incarnation;
    return {};
}

// The CPUs and the memory that the allocation was given, where they are fewer than this host shows.
Status take_local(AgentSettings& settings, Processes& processes, const Allocation& allocation) {
    std::map<std::string, std::string> options;
    if (settings.slots > 0) options["cpus"] = std::to_string(settings.slots);
    if (!settings.memory.empty()) options["memory"] = settings.memory;
    if (!settings.gpus.empty()) options["gpus"] = settings.gpus;
    auto local = read_local_options(options);
    if (!local) return fail(Code::usage, local.error().what);
    settings.local = *local;
    int cpus = allocation.cpus > 0 ? std::min(allocation.cpus, processes.cpus()) : processes.cpus();
    if (settings.local.cpus == 0) settings.local.cpus = cpus;
    std::int64_t memory = processes.memory();
    if (allocation.memory > 0) memory = std::min(memory, allocation.memory);
    if (settings.local.memory == 0) settings.local.memory = memory;
    // Where somebody else fills a part of these CPUs nobody knows which of them are whose.
    int places = static_cast<int>(processes.cpu_places().size());
    settings.local.pin = !settings.no_pin && (settings.local.cpus >= places || allocation.cpus >= places);
    return {};
}

Status take_tmp(const std::vector<std::string>& environment, std::string& tmp) {
    std::string inherited = variable_of(environment, "TMPDIR");
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
    if (auto pool = take_pool(settings.pool, agent); !pool) return pool;
    if (auto tmp = take_tmp(ports.processes.environment(), settings.tmp); !tmp) return tmp;
    Instant now = ports.clock.now();
    Allocation allocation = find_allocation(ports.processes.environment(), now, commands);
    if (auto local = take_local(settings, ports.processes, allocation); !local) return local;
    agent.allocation = allocation.name;
    agent.ends = allocation.ends;
    if (walltime > Seconds(0))
        agent.ends = std::min(now + walltime, allocation.ends.value_or(now + walltime));
    agent.memory = settings.local.memory;
    agent.gpus =
        static_cast<int>(settings.local.gpus ? settings.local.gpus->size() : ports.processes.gpus().size());
    return {};
}

}  // namespace tw
