#include "batch/htcondor/describe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "batch/htcondor/condor_calls.hpp"
#include "batch/submit_lines.hpp"

namespace tw {

namespace {

// The value of a macro as a number, also where it is "3 + 1".
constexpr const char* index_macro = "$INT(TrialwatchIndex)";

std::string whole(Seconds seconds) {
    return std::to_string(std::max(1L, std::lround(std::ceil(seconds.count()))));
}

// The shell that reads the launch script has its output in the group's log, so that a script that cannot be
// read is told somewhere. Condor's own output and error would be emptied at each start.
Result<std::string> launch_arguments(const JobGroup& group) {
    auto launch = submit_word(group.launch, "the path of the experiment");
    auto log = submit_word(group.log, "the path of the experiment");
    auto shell = submit_word(R"(exec /bin/sh "$0" "$1" >>"$2" 2>&1)", "the shell's command");
    for (const auto* word : {&launch, &log, &shell})
        if (!*word) return fail(word->error());
    return submit_arguments({"-c", *shell, *launch, index_macro, *log});
}

// How the job becomes ours and stays one start: also for a file that somebody else wrote.
Result<SubmitCommandList> identity(const JobGroup& group, const Describing& by,
                                   const std::string& log_command) {
    auto arguments = launch_arguments(group);
    if (!arguments) return fail(arguments.error());
    auto log = submit_value(by.log, "the path of the experiment");
    if (!log) return fail(log.error());
    return SubmitCommandList{{"executable", "/bin/sh"},
                             {"arguments", *arguments},
                             {"input", "/dev/null"},
                             {"output", "/dev/null"},
                             {"error", "/dev/null"},
                             {log_command, *log},
                             {"submit_event_notes", condor_notes(group.token, index_macro)},
                             {"+TrialwatchExperiment", submit_string(by.experiment_id)},
                             {"+TrialwatchToken", submit_string(group.token)},
                             {"+TrialwatchIndex", index_macro},
                             {"should_transfer_files", "NO"},
                             {"on_exit_remove", "true"},
                             {"on_exit_hold", "false"}};
}

void add_resources(const JobGroup& group, SubmitCommandList& list) {
    const Resources& wanted = group.resources;
    constexpr std::int64_t mebibyte = 1 << 20;
    list.emplace_back("request_cpus", std::to_string(wanted.cpus));
    if (wanted.gpus > 0) list.emplace_back("request_gpus", std::to_string(wanted.gpus));
    if (wanted.memory > 0)
        list.emplace_back("request_memory", std::to_string((wanted.memory + mebibyte - 1) / mebibyte));
    // TERM comes when the duration is over, the end a grace later; the watcher's own limit comes first.
    if (wanted.time) list.emplace_back("allowed_job_duration", whole(*wanted.time + group.grace));
    list.emplace_back("job_max_vacate_time", whole(group.grace));
    list.emplace_back("kill_sig", "SIGTERM");
}

bool is_host(const std::string& name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return c == '.' || c == '-' || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
               (c >= 'A' && c <= 'Z');
    });
}

// Replaces what is there by that name; keys are compared as HTCondor does.
void put(SubmitCommandList& list, const std::string& key, const std::string& value) {
    for (auto& [name, old] : list) {
        if (lower_case(name) == lower_case(key)) {
            old = value;
            return;
        }
    }
    list.emplace_back(key, value);
}

void avoid_hosts(const JobGroup& group, SubmitCommandList& list) {
    std::vector<std::string> terms;
    auto own = std::find_if(list.begin(), list.end(),
                            [](auto& entry) { return lower_case(entry.first) == "requirements"; });
    if (own != list.end()) terms.push_back("(" + own->second + ")");
    for (const std::string& host : group.avoid)
        if (is_host(host)) terms.push_back(fmt::format("(TARGET.Machine =!= \"{}\")", host));
    if (!terms.empty()) put(list, "requirements", join(terms, " && "));
}

bool sets(const std::string& text, const std::vector<std::string>& names) {
    for (const SubmitLine& line : submit_lines(text)) {
        std::string key, value;
        if (!split_assignment(line.text, key, value)) continue;
        if (std::find(names.begin(), names.end(), lower_case(key)) != names.end()) return true;
    }
    return false;
}

}  // namespace

Result<std::string> describe(const JobGroup& group, const Describing& by) {
    auto list = identity(group, by, "log");
    if (!list) return fail(list.error());
    auto directory = submit_value(group.directory, "the path of the trial");
    if (!directory) return fail(directory.error());
    auto options = stage_commands(by.options, group.resources.options);
    if (!options) return fail(options.error());
    list->emplace_back("universe", "vanilla");
    list->emplace_back("initialdir", *directory);
    list->emplace_back("batch_name", group.token);
    if (!by.forward.empty()) list->emplace_back("getenv", join(by.forward, ","));
    add_resources(group, *list);
    for (const auto& [key, value] : *options) put(*list, key, value);
    avoid_hosts(group, *list);
    std::string text = description_text(*list) + "queue TrialwatchIndex from (\n";
    for (std::int64_t index : group.indexes) text += std::to_string(index) + "\n";
    return text + ")\n";
}

Result<SubmitCommandList> additions(const JobGroup& group, const Describing& by) {
    // The file's own log stays: DAGMan's way to have a second one.
    auto list = identity(group, by, "dagman_log");
    if (!list) return fail(list.error());
    std::vector<std::int64_t> wanted;
    for (std::int64_t index : group.indexes) wanted.push_back(index - 1);
    list->insert(list->begin(), {"TrialwatchIndex", "$(Process) + 1"});
    list->emplace_back("max_retries", "0");
    list->emplace_back("noop_job", "!" + is_one_of("ProcId", wanted));
    if (!sets(group.generated, {"job_max_vacate_time"}))
        list->emplace_back("job_max_vacate_time", whole(group.grace));
    if (!sets(group.generated, {"getenv"}) && !by.forward.empty())
        list->emplace_back("getenv", join(by.forward, ","));
    return list;
}

}  // namespace tw
