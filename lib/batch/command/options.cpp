#include "batch/command/options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "batch/command/command.hpp"
#include "batch/command/profiles.hpp"

namespace tw::command {

namespace {

const std::vector<std::string> submit_values{"account", "args",  "array", "cpus",    "directory", "forward",
                                             "gpus",    "hms",   "index", "launch",  "log",       "memory_mb",
                                             "minutes", "nodes", "queue", "seconds", "token"};
const std::vector<std::string> job_values{"id", "ids", "user"};
const std::vector<std::string> array_values{"end", "first", "list", "step"};
const std::vector<std::string> element_values{"id", "index"};
const std::vector<std::string> stage_options{"account", "args", "queue"};
const std::vector<std::string> all_options{
    "absent",  "account", "args",    "array_format", "busy",   "cancel",  "element", "ended",
    "gone",    "held",    "history", "ignore",       "index",  "invalid", "job_id",  "line",
    "profile", "queue",   "queued",  "running",      "signal", "status",  "submit"};

Status wrong(const std::string& key, std::string what, std::string hint = {}) {
    return fail({Code::invalid, std::move(what), {}, "/options/" + key, 0, std::move(hint)});
}

Status unknown(const std::string& key, const std::vector<std::string>& known) {
    std::string meant = did_you_mean(key, known);
    return wrong(key, fmt::format("the command backend has no option '{}' here", key),
                 meant.empty() ? "" : fmt::format("did you mean '{}'?", meant));
}

// Reads one option after the other; the first mistake stays.
class Table {
public:
    explicit Table(const OptionTable& options) : options_(options) {}

    void words(const char* key, const std::vector<std::string>& names, CommandWords& out) {
        if (auto* text = needed(key)) keep(key, CommandWords::parse(*text, names), out);
    }
    void words(const char* key, const std::vector<std::string>& names, std::optional<CommandWords>& out) {
        if (auto* text = find(key)) keep(key, CommandWords::parse(*text, names), out);
    }
    void pattern(const char* key, Pattern& out) {
        if (auto* text = needed(key)) keep(key, Pattern::parse(*text), out);
    }
    void pattern(const char* key, std::optional<Pattern>& out) {
        if (auto* text = find(key)) keep(key, Pattern::parse(*text), out);
    }
    void groups(const char* key, const Pattern& pattern, std::initializer_list<const char*> names) {
        for (const char* name : names)
            if (status && !pattern.has(name))
                status = wrong(key, fmt::format("{} has no group (?<{}>...)", key, name));
    }

    Status status;

private:
    const std::string* find(const char* key) const {
        auto found = options_.find(key);
        return !status || found == options_.end() || found->second.empty() ? nullptr : &found->second;
    }
    const std::string* needed(const char* key) {
        auto* text = find(key);
        if (status && !text)
            status = wrong(key, fmt::format("the command backend needs the option {}", key),
                           fmt::format("or a profile: {}", join(profile_names(), ", ")));
        return text;
    }
    template <class Read, class Out>
    void keep(const char* key, Result<Read> read, Out& out) {
        if (read)
            out = std::move(*read);
        else
            status = wrong(key, fmt::format("{}: {}", key, read.error().what));
    }

    const OptionTable& options_;
};

Result<OptionTable> with_profile(const OptionTable& options) {
    OptionTable merged = options;
    if (auto name = options.find("profile"); name != options.end()) {
        auto* profile = find_profile(name->second);
        if (!profile) {
            auto status = wrong("profile", fmt::format("there is no profile '{}'", name->second),
                                fmt::format("there are {}", join(profile_names(), ", ")));
            return fail(status.error());
        }
        merged.insert(profile->begin(), profile->end());
    }
    return merged;
}

bool is_variable(const std::string& name) {
    auto allowed = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
    return !name.empty() && !std::isdigit(static_cast<unsigned char>(name[0])) &&
           std::all_of(name.begin(), name.end(), allowed);
}

Status read_index(const OptionTable& options, std::vector<std::string>& out) {
    auto found = options.find("index");
    if (found == options.end()) return {};
    for (const std::string& name : split(found->second, ' ')) {
        if (!is_variable(name))
            return wrong("index", fmt::format("'{}' is not the name of a variable", name));
        out.push_back(name);
    }
    return {};
}

}  // namespace

// No word that could be taken for an option of the batch system, where a value is meant.
Status check_words(const OptionTable& words) {
    for (const auto& [key, text] : words) {
        if (std::find(stage_options.begin(), stage_options.end(), key) == stage_options.end())
            return unknown(key, stage_options);
        auto control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
        if (std::any_of(text.begin(), text.end(), control))
            return wrong(key, key + " has a character that cannot be printed");
        if (key == "args") {
            if (auto read = CommandWords::parse(text, {}); !read)
                return wrong(key, "args: " + read.error().what);
        } else if (text.empty() || text[0] == '-') {
            return wrong(key, fmt::format("{} cannot be '{}'", key, shortened(text, 60)));
        }
    }
    return {};
}

std::vector<std::string> args_of(const OptionTable& words) {
    auto found = words.find("args");
    if (found == words.end()) return {};
    auto read = CommandWords::parse(found->second, {});
    return read ? read->fill({}) : std::vector<std::string>{};
}

Result<Options> read_options(const OptionTable& given) {
    for (const auto& [key, text] : given)
        if (std::find(all_options.begin(), all_options.end(), key) == all_options.end())
            return fail(unknown(key, all_options).error());
    auto merged = with_profile(given);
    if (!merged) return fail(merged.error());
    Options options;
    Table table(*merged);
    table.words("submit", submit_values, options.submit);
    table.words("status", job_values, options.status);
    table.words("cancel", job_values, options.cancel);
    table.words("signal", job_values, options.signal);
    table.words("history", job_values, options.history);
    table.words("array_format", array_values, options.array);
    table.words("element", element_values, options.element);
    table.pattern("job_id", options.job_id);
    table.pattern("line", options.line);
    for (auto& [key, out] :
         std::initializer_list<std::pair<const char*, std::optional<Pattern>*>>{{"ignore", &options.ignore},
                                                                                {"queued", &options.queued},
                                                                                {"running", &options.running},
                                                                                {"held", &options.held},
                                                                                {"ended", &options.ended},
                                                                                {"absent", &options.absent},
                                                                                {"gone", &options.gone},
                                                                                {"invalid", &options.invalid},
                                                                                {"busy", &options.busy}})
        table.pattern(key, *out);
    table.groups("job_id", options.job_id, {"id"});
    table.groups("line", options.line, {"id", "name", "state"});
    if (options.array) table.groups("line", options.line, {"index"});
    if (!table.status) return fail(table.status.error());
    if (auto read = read_index(*merged, options.index); !read) return fail(read.error());
    if (options.array && options.index.empty())
        return fail(
            wrong("index", "an array needs the option index: the variable that tells a task its number")
                .error());
    for (const std::string& key : stage_options)
        if (auto found = merged->find(key); found != merged->end()) options.words[key] = found->second;
    if (auto checked = check_words(options.words); !checked) return fail(checked.error());
    return options;
}

}  // namespace tw::command

namespace tw {

Status check_command_options(const OptionTable& options) {
    auto read = command::read_options(options);
    if (!read) return fail(read.error());
    return {};
}

Status check_command_resources(const Resources& resources) {
    return command::check_words(resources.options);
}

}  // namespace tw
