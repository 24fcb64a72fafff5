#include "batch/gridengine/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>

#include "base/text.hpp"
#include "batch/gridengine/gridengine.hpp"

namespace tw::gridengine {

namespace {

// Options of qsub that leave the protocol alone; true: with a value. sge_submit(1).
const std::map<std::string, bool> flags_allowed{
    {"A", true},        {"M", true},       {"P", true},      {"R", true},  {"a", true},  {"ac", true},
    {"ar", true},       {"binding", true}, {"clear", false}, {"dl", true}, {"h", false}, {"hard", false},
    {"hold_jid", true}, {"js", true},      {"jsv", true},    {"l", true},  {"m", true},  {"masterq", true},
    {"p", true},        {"q", true},       {"soft", false},  {"tc", true},
};

const std::map<std::string, std::string> flags_refused{
    {"@", "it reads further options from a file"},
    {"C", "nothing of the script is read as options"},
    {"N", "the name is how the job is found again"},
    {"S", "the script is written for /bin/sh"},
    {"V", "it would write the whole environment into the job; name the variables in forward"},
    {"b", "the script is handed over by standard input"},
    {"c", "a checkpointing environment starts jobs again by itself"},
    {"ckpt", "a checkpointing environment starts jobs again by itself"},
    {"cwd", "jobs start in the trial's directory"},
    {"e", "output goes into the trial's logs"},
    {"hold_jid_ad", "arrays are not always handed over as one job"},
    {"i", "jobs read nothing from standard input"},
    {"j", "output goes into the trial's logs"},
    {"notify", "it is always given: it is how a job is told to end"},
    {"now", "a job that cannot start at once would be dropped"},
    {"o", "output goes into the trial's logs"},
    {"r", "each attempt is started once; retries are the stage's"},
    {"sync", "qsub would wait for the job"},
    {"t", "arrays are the stage's"},
    {"terse", "it is always given"},
    {"v", "values would stand in the job for all to see; name the variables in forward"},
    {"verify", "nothing would be submitted"},
    {"w", "it may keep the job from being submitted"},
    {"wd", "jobs start in the trial's directory"},
};

Status wrong(const std::string& key, std::string what, std::string hint = {}) {
    return fail({Code::invalid, std::move(what), {}, "/options/" + key, 0, std::move(hint)});
}

bool is_attribute(const std::string& name) {
    auto allowed = [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '.' || c == '-'; };
    return !name.empty() && name[0] != '-' && std::all_of(name.begin(), name.end(), allowed);
}

Status read_name(const std::string& key, const std::string& text, std::string& out) {
    if (!is_attribute(text)) return wrong(key, fmt::format("{} is no name of Grid Engine: '{}'", key, text));
    out = text;
    return {};
}

Status read_directory(const std::string& key, const std::string& text, std::string& out) {
    if (!text.starts_with('/'))
        return wrong(key, fmt::format("{} must be an absolute path, not '{}'", key, text));
    out = text;
    return {};
}

Status read_memory_per(const std::string& text, bool& per_slot) {
    if (text != "slot" && text != "job")
        return wrong("memory_per", fmt::format("memory_per must be slot or job, not '{}'", text));
    per_slot = text == "slot";
    return {};
}

// "fail", or "clear" (three times), or "clear:N".
Status read_error_state(const std::string& text, int& clears) {
    clears = text == "clear" ? 3 : 0;
    if (text == "fail" || text == "clear") return {};
    const char* end = text.data() + text.size();
    if (text.starts_with("clear:")) {
        auto [stop, failure] = std::from_chars(text.data() + 6, end, clears);
        if (failure == std::errc() && stop == end && clears > 0) return {};
    }
    return wrong("error_state", fmt::format("error_state must be fail, clear or clear:N, not '{}'", text));
}

using Reader = std::function<Status(const std::string&, Options&)>;

const std::map<std::string, Reader>& readers() {
    static const std::map<std::string, Reader> table{
        {"bin", [](auto& text, Options& out) { return read_directory("bin", text, out.bin); }},
        {"error_state", [](auto& text, Options& out) { return read_error_state(text, out.clears); }},
        {"gpu_resource",
         [](auto& text, Options& out) { return read_name("gpu_resource", text, out.gpu_resource); }},
        {"memory_per", [](auto& text, Options& out) { return read_memory_per(text, out.memory_per_slot); }},
        {"memory_resource",
         [](auto& text, Options& out) { return read_name("memory_resource", text, out.memory_resource); }},
        {"pe", [](auto& text, Options& out) { return read_name("pe", text, out.pe); }},
        {"sge_cell", [](auto& text, Options& out) { return read_name("sge_cell", text, out.cell); }},
        {"sge_root", [](auto& text, Options& out) { return read_directory("sge_root", text, out.root); }},
    };
    return table;
}

Status unknown(const std::string& key) {
    std::vector<std::string> names;
    for (auto& [name, read] : readers()) names.push_back(name);
    for (auto& [name, with_value] : flags_allowed) names.push_back(name);
    std::string meant = did_you_mean(key, names);
    return wrong(
        key,
        fmt::format("neither the gridengine backend nor qsub has an option '{}' that may be used here", key),
        meant.empty() ? "" : fmt::format("did you mean '{}'?", meant));
}

// "true" asks for an option that has no value.
Status check_flag(const std::string& key, const std::string& text) {
    if (auto refused = flags_refused.find(key); refused != flags_refused.end())
        return wrong(key, fmt::format("qsub's option -{} cannot be used: {}", key, refused->second));
    auto allowed = flags_allowed.find(key);
    if (allowed == flags_allowed.end()) return unknown(key);
    if (!allowed->second && text != "true")
        return wrong(key, fmt::format("qsub's option -{} takes no value", key), "write true");
    bool priority =
        key == "p" && text.size() > 1 && text[0] == '-' && std::isdigit(static_cast<unsigned char>(text[1]));
    if (allowed->second && !priority && !is_plain_value(text))
        return wrong(key,
                     fmt::format("'{}' cannot be a value of qsub's option -{}", shortened(text, 60), key));
    return {};
}

}  // namespace

bool is_plain_value(const std::string& text) {
    auto control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
    return !text.empty() && text[0] != '-' && std::none_of(text.begin(), text.end(), control);
}

Result<Options> read_options(const OptionTable& options) {
    Options result;
    for (const auto& [key, text] : options) {
        auto reader = readers().find(key);
        auto read = reader == readers().end() ? check_flag(key, text) : reader->second(text, result);
        if (!read) return fail(read.error());
        if (reader == readers().end()) result.flags[key] = text;
    }
    // What a queue may give away is given away slot by slot; mem_free is what the host measures.
    if (!options.contains("memory_per")) result.memory_per_slot = result.memory_resource != "mem_free";
    return result;
}

Result<Options> read_options(const OptionTable& backend, const OptionTable& stage) {
    OptionTable merged = stage;
    merged.insert(backend.begin(), backend.end());
    return read_options(merged);
}

// -clear forgets what stands before it, -soft and -hard change what comes after: they go first.
std::vector<std::string> flag_words(const OptionTable& flags) {
    std::vector<std::string> words;
    for (const char* first : {"clear", "hard", "soft"})
        if (flags.contains(first)) words.push_back(std::string("-") + first);
    for (const auto& [key, text] : flags) {
        if (key == "clear" || key == "hard" || key == "soft") continue;
        words.push_back("-" + key);
        if (flags_allowed.at(key)) words.push_back(text);
    }
    if (flags.contains("soft")) words.push_back("-hard");
    return words;
}

int slots_of(const Resources& resources) {
    return std::max(1, resources.cpus) * std::max(1, resources.ranks);
}

}  // namespace tw::gridengine

namespace tw {

Status check_gridengine_options(const OptionTable& options) {
    auto read = gridengine::read_options(options);
    if (!read) return fail(read.error());
    return {};
}

Status check_gridengine_resources(const Resources& resources) {
    for (const char* key : {"bin", "error_state", "sge_cell", "sge_root"})
        if (resources.options.contains(key))
            return gridengine::wrong(key, fmt::format("{} is an option of the backend, not of a stage", key));
    auto read = gridengine::read_options(resources.options);
    if (!read) return fail(read.error());
    return {};
}

}  // namespace tw
