#include <fmt/format.h>

#include <cmath>

#include "base/text.hpp"
#include "batch/cluster/submit_environment.hpp"
#include "batch/command/command.hpp"
#include "batch/command/system.hpp"

namespace tw::command {

namespace {

std::string clock_text(long seconds) {
    return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

// Of the array option's values only these: they are made here.
std::string array_text(const CommandWords& array, const Values& values) {
    return join(array.fill(values), "");
}

std::string first_line(const CommandResult& result) {
    for (const std::string* stream : {&result.error, &result.output})
        for (const std::string& line : split(*stream, '\n'))
            if (!trim(line).empty()) return shortened(std::string(trim(line)), 300);
    return fmt::format("it left with {}", result.status);
}

}  // namespace

System::System(const BatchPorts& ports, const SystemSettings& settings, Options options)
    : ports_(ports),
      settings_(settings),
      options_(std::move(options)),
      environment_(ports.processes.environment()) {
}

// What a cluster cannot run is not known here; what the template cannot say, is.
Status System::possible(const Resources& resources) const {
    auto missing = [](const char* value, const char* pointer) {
        return fail({Code::invalid,
                     fmt::format("the option submit has no place for {{{}}}", value),
                     {},
                     pointer,
                     0,
                     {}});
    };
    if (resources.cpus > 100'000)
        return fail(
            {Code::invalid, fmt::format("no machine has {} CPUs", resources.cpus), {}, "/cpus", 0, {}});
    if (resources.cpus > 1 && !options_.submit.mentions("cpus")) return missing("cpus", "/cpus");
    if (resources.gpus > 0 && !options_.submit.mentions("gpus")) return missing("gpus", "/gpus");
    if (resources.nodes > 1 && !options_.submit.mentions("nodes")) return missing("nodes", "/nodes");
    return check_words(resources.options);
}

Result<CommandResult> System::run(const std::vector<std::string>& words, const std::string& input,
                                  bool filtered) {
    Command command;
    command.argv = words;
    static const std::vector<std::string> own{"PBS_CONF", "PBS_DEFAULT", "PBS_SERVER", "PBS_EXEC",
                                              "LSF_",     "EGO_",        "XLSF_",      "FLUX_"};
    command.environment = filtered ? submit_environment(environment_, settings_.forward, own) : environment_;
    command.input = input;
    command.timeout = settings_.timeout;
    return ports_.commands.run(command);
}

// The variables say nothing of a single job: they may have come from a job in which the watcher runs.
std::string System::script_of(const JobGroup& group) const {
    std::string text = fmt::format("#!/bin/sh\ntw_index={}\n", group.indexes.front());
    if (group.indexes.front() > 0 && options_.array)
        for (const std::string& name : options_.index)
            text += fmt::format("case ${{{0}-}} in '' | 0 | *[!0-9]*) ;; *) tw_index=${0} ;; esac\n", name);
    return text + fmt::format("exec /bin/sh {} \"$tw_index\"\n", shell_quote(group.launch));
}

Values System::values_of(const JobGroup& group, const std::string& array) const {
    const Resources& resources = group.resources;
    OptionTable words = resources.options;
    words.insert(options_.words.begin(), options_.words.end());
    Values values;
    auto set = [&](const char* name, std::string text) {
        if (!text.empty()) values[name] = {std::move(text)};
    };
    set("token", group.token);
    set("index", std::to_string(group.indexes.front()));
    set("array", array);
    set("launch", group.launch);
    set("log", group.log);
    set("directory", group.directory);
    set("cpus", std::to_string(std::max(1, resources.cpus)));
    set("nodes", std::to_string(std::max(1, resources.nodes)));
    if (resources.gpus > 0) set("gpus", std::to_string(resources.gpus));
    if (resources.memory > 0) set("memory_mb", std::to_string((resources.memory + (1 << 20) - 1) >> 20));
    if (resources.time) {
        long seconds = std::max(1L, static_cast<long>(std::ceil(resources.time->count())));
        set("seconds", std::to_string(seconds));
        set("minutes", std::to_string((seconds + 59) / 60));
        set("hms", clock_text(seconds));
    }
    set("forward", join(forwarded_names(environment_, settings_.forward), ","));
    for (const char* name : {"queue", "account"})
        if (auto found = words.find(name); found != words.end()) set(name, found->second);
    values["args"] = args_of(words);
    return values;
}

Error System::refused(const std::string& program, const CommandResult& result) const {
    Error error{Code::io, fmt::format("{}: {}", program, first_line(result)), {}, {}, 0, {}};
    std::string said = (result.error + result.output).substr(0, longest_text);
    if (options_.busy && options_.busy->is_in(said))
        error.code = Code::busy;
    else if (options_.invalid && options_.invalid->is_in(said))
        error.code = Code::invalid;
    return error;
}

Result<std::string> System::submit_range(const JobGroup& group, const std::string& array) {
    auto words = options_.submit.fill(values_of(group, array));
    auto answer = run(words, script_of(group), true);
    if (!answer) return fail(answer.error());
    if (answer->status != 0) return fail(refused(words.front(), *answer));
    for (const std::string& line : split(answer->output, '\n')) {
        std::map<std::string, std::string> groups;
        if (options_.job_id.find(line, groups) && !groups["id"].empty()) return groups["id"];
    }
    return fail(Code::io, fmt::format("{} printed no job id: {}", words.front(), first_line(*answer)));
}

// The ids of all calls with commas between.
Result<std::string> System::submit(const JobGroup& group) {
    if (group.indexes.front() == 0 || !options_.array) return submit_range(group, "");
    std::vector<std::string> lists, ids;
    for (const TaskRange& range : ranges_of(group.indexes)) lists.push_back(range.text());
    if (options_.lists_tasks())
        return submit_range(group, array_text(*options_.array, {{"list", {join(lists, ",")}}}));
    for (const TaskRange& range : ranges_of(group.indexes)) {
        bool single = range.first == range.last;
        Values values{{"first", {std::to_string(range.first)}},
                      {"end", {std::to_string(single ? range.first + 1 : range.last)}},
                      {"step", {std::to_string(single ? 2 : range.step)}}};
        auto id = submit_range(group, array_text(*options_.array, values));
        if (!id) return id;
        ids.push_back(*id);
    }
    return join(ids, ",");
}

}  // namespace tw::command

namespace tw {

Result<std::unique_ptr<BatchSystem>> make_command(const BatchPorts& ports, const SystemSettings& settings) {
    auto options = command::read_options(settings.options);
    if (!options) return fail(options.error());
    return std::make_unique<command::System>(ports, settings, std::move(*options));
}

}  // namespace tw
