#include "batch/submit_commands.hpp"

#include <algorithm>

#include "batch/submit_lines.hpp"

namespace tw {

namespace {

// Where, when and how the job runs is experiment.json's to say, and file transfer is not needed on a
// shared filesystem.
const std::vector<std::string>& ignored_names() {
    static const std::vector<std::string> names{"allowed_execute_duration",
                                                "allowed_job_duration",
                                                "batch_name",
                                                "batch_project",
                                                "concurrency_limits",
                                                "concurrency_limits_expr",
                                                "copy_to_spool",
                                                "dagman_log",
                                                "description",
                                                "email_attributes",
                                                "getenv",
                                                "image_size",
                                                "job_ad_information_attrs",
                                                "job_lease_duration",
                                                "job_machine_attrs",
                                                "job_max_vacate_time",
                                                "jobbatchname",
                                                "job_batch_name",
                                                "keep_claim_idle",
                                                "kill_sig",
                                                "leave_in_queue",
                                                "log",
                                                "log_xml",
                                                "match_list_length",
                                                "max_idle",
                                                "max_job_retirement_time",
                                                "max_materialize",
                                                "max_retries",
                                                "nice_user",
                                                "notification",
                                                "notify_user",
                                                "preserve_relative_paths",
                                                "prio",
                                                "priority",
                                                "rank",
                                                "requirements",
                                                "retry_until",
                                                "run_as_owner",
                                                "should_transfer_files",
                                                "submit_event_notes",
                                                "success_exit_code",
                                                "success_exit_signal",
                                                "want_graceful_removal",
                                                "when_to_transfer_output"};
    return names;
}

// request_cpus, request_gpus, ... ; transfer_input_files, ... ; and so on.
constexpr std::string_view ignored_prefixes[] = {"request_",  "require_gpus",     "gpus_",
                                                 "transfer_", "periodic_",        "on_exit_",
                                                 "stream_",   "accounting_group", "my."};

std::vector<const SubmitCommand*> used() {
    const SubmitCommands& all = submit_commands();
    return {&all.executable, &all.arguments, &all.environment, &all.directory,
            &all.output,     &all.error,     &all.input,       &all.universe};
}

}  // namespace

const SubmitCommands& submit_commands() {
    static const SubmitCommands commands;
    return commands;
}

bool is_used_command(std::string_view key) {
    const std::string lower = lower_case(key);
    for (const SubmitCommand* command : used()) {
        if (std::find(command->begin(), command->end(), lower) != command->end()) return true;
    }
    return false;
}

bool is_ignored_command(std::string_view key) {
    const std::string lower = lower_case(key);
    if (!lower.empty() && lower[0] == '+') return true;
    for (std::string_view prefix : ignored_prefixes) {
        if (lower.starts_with(prefix)) return true;
    }
    const auto& names = ignored_names();
    return std::find(names.begin(), names.end(), lower) != names.end();
}

std::vector<std::string> submit_command_names() {
    std::vector<std::string> names = ignored_names();
    for (const SubmitCommand* command : used()) names.insert(names.end(), command->begin(), command->end());
    for (const char* name : {"request_cpus", "request_gpus", "request_memory", "request_disk",
                             "transfer_input_files", "transfer_output_files", "transfer_executable",
                             "accounting_group", "accounting_group_user", "queue"}) {
        names.emplace_back(name);
    }
    return names;
}

}  // namespace tw
