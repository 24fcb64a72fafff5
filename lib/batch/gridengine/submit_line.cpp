#include "batch/gridengine/submit_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace tw::gridengine {

namespace {

// Where Grid Engine writes its own words. `-o` takes a list of [HOST:]PATH with $HOME and the like: a path
// that cannot be said there is done without.
std::string log_word(const std::string& path) {
    return path.find_first_of(",$~\n") == path.npos ? ":" + path : "/dev/null";
}

bool is_host(const std::string& name) {
    auto allowed = [](unsigned char c) { return std::isalnum(c) || c == '.' || c == '-'; };
    return !name.empty() && name[0] != '-' && std::all_of(name.begin(), name.end(), allowed);
}

// "hostname=!(a|b)", see sge_types(5), resource expressions.
std::string avoid_request(const std::vector<std::string>& avoid) {
    std::vector<std::string> hosts;
    std::copy_if(avoid.begin(), avoid.end(), std::back_inserter(hosts), is_host);
    return hosts.empty() ? "" : fmt::format("hostname=!({})", join(hosts, "|"));
}

void add_resources(const JobGroup& group, const Options& options, std::vector<std::string>& words) {
    const Resources& resources = group.resources;
    auto request = [&](const std::string& what) { words.insert(words.end(), {"-l", what}); };
    int slots = slots_of(resources);
    if (!options.pe.empty() && slots > 1)
        words.insert(words.end(), {"-pe", options.pe, std::to_string(slots)});
    if (resources.time)
        request(fmt::format("h_rt={}", std::max(1L, static_cast<long>(std::ceil(resources.time->count())))));
    if (resources.memory > 0) {
        std::int64_t bytes = resources.memory / (options.memory_per_slot ? slots : 1);
        request(fmt::format("{}={}", options.memory_resource, std::max<std::int64_t>(1, bytes)));
    }
    if (resources.gpus > 0) request(fmt::format("{}={}", options.gpu_resource, resources.gpus));
    if (auto avoided = avoid_request(group.avoid); !avoided.empty()) request(avoided);
}

}  // namespace

Status can_ask_for(const Resources& resources, const Options& options) {
    auto missing = [](std::string what, std::string hint, std::string pointer) {
        return fail({Code::invalid, std::move(what), {}, std::move(pointer), 0, std::move(hint)});
    };
    if (slots_of(resources) > 1 && options.pe.empty())
        return missing("more than one slot needs a parallel environment",
                       "name one in the option pe; `qconf -spl` lists them", "/cpus");
    if (resources.nodes > 1 && options.pe.empty())
        return missing("more than one node needs a parallel environment that spreads its slots",
                       "name one in the option pe; `qconf -spl` lists them", "/nodes");
    if (resources.gpus > 0 && options.gpu_resource.empty())
        return missing("Grid Engine has no name of its own for GPUs",
                       "name the cluster's resource in the option gpu_resource; `qconf -sc` lists them",
                       "/gpus");
    return {};
}

// The user's options come first: of two that contradict each other qsub takes the last.
Result<std::vector<std::string>> submit_words(const JobGroup& group, const Options& options,
                                              const std::vector<std::string>& forward,
                                              const TaskRange& range) {
    if (auto known = can_ask_for(group.resources, options); !known) return fail(known.error());
    std::vector<std::string> words = flag_words(options.flags);
    add_resources(group, options, words);
    for (const char* word : {"-C", "", "-terse", "-r", "n", "-notify", "-S", "/bin/sh", "-j", "y"})
        words.push_back(word);
    words.insert(words.end(), {"-N", group.token, "-o", log_word(group.log), "-wd", group.directory});
    if (range.first > 0) words.insert(words.end(), {"-t", range.text()});
    if (!forward.empty()) words.insert(words.end(), {"-v", join(forward, ",")});
    return words;
}

}  // namespace tw::gridengine
