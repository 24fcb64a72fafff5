#include "batch/htcondor/htcondor_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <sstream>

#include "base/text.hpp"
#include "batch/htcondor/refused_commands.hpp"
#include "batch/submit_lines.hpp"

namespace tw {

namespace {

Status read_count(const std::string& text, int& out, int least = 1) {
    auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (failure == std::errc() && stop == text.data() + text.size() && out >= least) return {};
    return fail(Code::invalid, fmt::format("must be a whole number from {} on, not '{}'", least, text));
}

Status read_words(const std::string& text, std::vector<std::string>& out) {
    std::istringstream words(text);
    for (std::string word; words >> word;) out.push_back(word);
    if (!out.empty()) return {};
    return fail(Code::invalid, "names no program");
}

Status read_directory(const std::string& text, std::string& out) {
    if (!text.starts_with('/'))
        return fail(Code::invalid, fmt::format("must be an absolute path, not '{}'", text));
    out = text;
    return {};
}

template <class Out, class In>
Status put(Out& out, Result<In> value) {
    if (!value) return fail(value.error());
    out = std::move(*value);
    return {};
}

using Reader = std::function<Status(const std::string&, HtcondorOptions&)>;

const std::vector<std::pair<std::string, Reader>>& readers() {
    static const std::vector<std::pair<std::string, Reader>> table{
        {"bin", [](auto& text, auto& out) { return read_directory(text, out.bin); }},
        {"hold_advisor", [](auto& text, auto& out) { return read_words(text, out.hold_advisor); }},
        {"max_cpus", [](auto& text, auto& out) { return read_count(text, out.max_cpus); }},
        {"max_gpus", [](auto& text, auto& out) { return read_count(text, out.max_gpus, 0); }},
        {"max_memory", [](auto& text, auto& out) { return put(out.max_memory, parse_bytes(text)); }},
        {"silence", [](auto& text, auto& out) { return put(out.silence, parse_duration(text)); }},
        {"slots", [](auto& text, auto& out) { return read_count(text, out.slots); }},
    };
    return table;
}

std::vector<std::string> own_names() {
    std::vector<std::string> names{"hold", "throttle"};
    for (const auto& [name, read] : readers()) names.push_back(name);
    return names;
}

tl::unexpected<Error> about(const std::string& name, Error error) {
    if (error.pointer.empty()) {
        error.what = name + " " + error.what;
        error.pointer = "/options/" + name;
    }
    return fail(std::move(error));
}

// A key as HTCondor compares it; "My.X" is "+X".
std::string normal_key(const std::string& name) {
    std::string lower = lower_case(name);
    return lower.starts_with("my.") ? "+" + lower.substr(3) : lower;
}

Status add_command(const std::string& name, const std::string& value, OptionTable& commands) {
    if (auto allowed = check_submit_command(name, value, own_names()); !allowed)
        return about(name, allowed.error());
    if (name == "throttle") {
        int jobs = 0;
        if (auto read = read_count(value, jobs); !read) return about(name, read.error());
        commands["max_materialize"] = value;
    } else {
        commands[normal_key(name)] = std::string(trim(value));
    }
    return {};
}

}  // namespace

Result<HtcondorOptions> read_htcondor_options(const OptionTable& options) {
    HtcondorOptions result;
    auto holds = HoldPolicy::read(options);
    if (!holds) return fail(holds.error());
    result.holds = *holds;
    for (const auto& [name, text] : options) {
        if (HoldPolicy::is_option(name)) continue;
        auto own = std::find_if(readers().begin(), readers().end(),
                                [&name = name](auto& entry) { return entry.first == name; });
        auto read =
            own != readers().end() ? own->second(text, result) : add_command(name, text, result.commands);
        if (!read) return about(name, read.error());
    }
    return result;
}

Result<OptionTable> stage_commands(const HtcondorOptions& options, const OptionTable& stage) {
    OptionTable commands = options.commands;
    for (const auto& [name, text] : stage) {
        bool of_backend =
            HoldPolicy::is_option(name) ||
            std::any_of(readers().begin(), readers().end(), [&name = name](auto& entry) { return entry.first == name; });
        if (of_backend)
            return about(name, {Code::invalid, "is an option of the backend, not of a stage", {}, {}, 0, {}});
        if (auto added = add_command(name, text, commands); !added) return fail(added.error());
    }
    return commands;
}

}  // namespace tw
