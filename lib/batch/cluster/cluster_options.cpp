#include "batch/cluster/cluster_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>

#include "base/text.hpp"
#include "batch/cluster/submit_environment.hpp"

namespace tw {

namespace {

// What programs need to find their files and to print, and nothing that may be a secret.
const std::vector<std::string> forwarded_by_default{"HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "USER"};

Status wrong(std::string what, std::string hint = {}) {
    return fail({Code::invalid, std::move(what), {}, {}, 0, std::move(hint)});
}

template <class Number>
Status read_count(const std::string& text, Number& out) {
    const char* end = text.data() + text.size();
    auto [stop, failure] = std::from_chars(text.data(), end, out);
    if (failure == std::errc() && stop == end && out > 0) return {};
    return wrong(fmt::format("must be a whole number above 0, not '{}'", text));
}

Status read_seconds(const std::string& text, Seconds& out) {
    auto seconds = parse_duration(text);
    if (!seconds) return fail(seconds.error());
    out = *seconds;
    return {};
}

// Names alone: a value would stand in experiment.json, in the journal, and in what the batch system shows to all.
Status read_names(const std::string& text, std::vector<std::string>& out) {
    out.clear();
    for (const std::string& part : split(text, ',')) {
        std::string name(trim(part));
        if (name.empty()) continue;
        if (!is_variable(name))
            return wrong(fmt::format("'{}' is not the name of an environment variable", name),
                         "names with commas between; values come from the environment of trialwatch or from env_file");
        out.push_back(name);
    }
    return {};
}

Status read_path(const std::string& text, std::string& out) {
    if (!text.starts_with('/')) return wrong(fmt::format("must be an absolute path, not '{}'", text));
    out = text;
    return {};
}

using Reader = std::function<Status(const std::string&, ClusterOptions&)>;

const std::vector<std::pair<std::string, Reader>>& readers() {
    static const std::vector<std::pair<std::string, Reader>> table{
        {"array", [](auto& text, auto& out) { return read_count(text, out.array); }},
        {"env_file", [](auto& text, auto& out) { return read_path(text, out.env_file); }},
        {"forward", [](auto& text, auto& out) { return read_names(text, out.system.forward); }},
        {"max_queued", [](auto& text, auto& out) { return read_count(text, out.max_queued); }},
        {"poll", [](auto& text, auto& out) { return read_seconds(text, out.system.poll); }},
        {"submits_per_minute", [](auto& text, auto& out) { return read_count(text, out.submits_per_minute); }},
        {"timeout", [](auto& text, auto& out) { return read_seconds(text, out.system.timeout); }},
        {"visibility", [](auto& text, auto& out) { return read_seconds(text, out.visibility); }},
    };
    return table;
}

}  // namespace

std::vector<std::string> cluster_option_names() {
    std::vector<std::string> names;
    for (auto& [name, read] : readers()) names.push_back(name);
    return names;
}

Result<ClusterOptions> read_cluster_options(const OptionTable& options) {
    ClusterOptions result;
    result.system.forward = forwarded_by_default;
    for (const auto& [name, text] : options) {
        auto known = std::find_if(readers().begin(), readers().end(), [&name = name](auto& entry) { return entry.first == name; });
        if (known == readers().end()) {
            result.system.options[name] = text;
            continue;
        }
        if (auto read = known->second(text, result); !read) {
            Error error = read.error();
            error.what = name + " " + error.what;
            error.pointer = "/options/" + name;
            return fail(error);
        }
    }
    if (result.system.timeout < Seconds(1))
        return fail({Code::invalid, "timeout must be at least 1 s", {}, "/options/timeout", 0, {}});
    return result;
}

}  // namespace tw
