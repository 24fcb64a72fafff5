#include "batch/agents/agents_options.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/text.hpp"

namespace tw {

namespace {

const std::vector<std::string> names{"max_queued", "silence", "poll", "slots"};

Status read_count(const std::string& text, int& out) {
    const char* end = text.data() + text.size();
    auto [stop, failure] = std::from_chars(text.data(), end, out);
    if (failure == std::errc() && stop == end && out > 0) return {};
    return fail(Code::invalid, fmt::format("must be a whole number above 0, not '{}'", text));
}

Status read_seconds(const std::string& text, Seconds& out) {
    auto seconds = parse_duration(text);
    if (!seconds) return fail(seconds.error());
    out = *seconds;
    if (out > Seconds(0)) return {};
    return fail(Code::invalid, "must be more than 0");
}

Status read_option(const std::string& name, const std::string& text, AgentsOptions& out) {
    if (name == "max_queued") return read_count(text, out.max_queued);
    if (name == "silence") return read_seconds(text, out.silence);
    if (name == "poll") return read_seconds(text, out.poll);
    if (name == "slots") return read_count(text, out.slots);
    Error error{Code::invalid, "is no option of the agents backend", {}, {}, 0, {}};
    std::string meant = did_you_mean(name, names);
    error.hint = meant.empty() ? "it has: " + join(names, ", ") : fmt::format("did you mean '{}'?", meant);
    return fail(error);
}

}  // namespace

Result<AgentsOptions> read_agents_options(const OptionTable& options) {
    AgentsOptions result;
    for (const auto& [name, text] : options) {
        auto read = read_option(name, text, result);
        if (read) continue;
        Error error = read.error();
        error.what = name + " " + error.what;
        error.pointer = "/options/" + name;
        return fail(error);
    }
    return result;
}

Status check_agents_resources(const Resources& resources) {
    if (resources.options.empty()) return {};
    const std::string& name = resources.options.begin()->first;
    return fail({Code::invalid,
                 "the agents backend has no options for a stage",
                 {},
                 "/options/" + name,
                 0,
                 "say them where the agent's own job is submitted"});
}

}  // namespace tw
