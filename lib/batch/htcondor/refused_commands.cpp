#include "batch/htcondor/refused_commands.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "batch/htcondor/submit_text.hpp"
#include "batch/submit_commands.hpp"
#include "batch/submit_lines.hpp"

namespace tw {

namespace {

struct Refused {
    std::vector<std::string> names;
    const char* why;
};

constexpr const char* transfer_reason =
    "jobs work in the experiment's directory, so the machines must share its filesystem: nothing is "
    "transferred";

// Names in lower case; a name that ends with '*' is a beginning.
const std::vector<Refused>& refused_commands() {
    static const std::vector<Refused> table{
        {{"executable", "arguments", "args", "universe", "initialdir", "initial_dir", "job_iwd", "input",
          "in", "output", "out", "error", "err", "stream_*", "append_files"},
         "the stage's command says what runs, and where its output goes"},
        {{"queue", "include", "if", "elif", "else", "endif", "use", "warning"},
         "it is a statement of the submit language, not a command"},
        {{"log", "log_xml", "dagman_log", "submit_event_notes", "batch_name", "jobbatchname",
          "job_batch_name", "+trialwatchexperiment", "+trialwatchtoken", "+trialwatchindex", "noop_job"},
         "trialwatch finds its jobs by it"},
        {{"should_transfer_files", "when_to_transfer_output", "transfer_*", "output_destination",
          "copy_to_spool"},
         transfer_reason},
        {{"environment", "env", "getenv"},
         "values would be seen by everybody: name the variables in the backend's option 'forward', or use "
         "'env_file'"},
        {{"max_retries", "retry_until", "success_exit_code", "success_exit_signal", "on_exit_*", "cron_*",
          "+onexitremove", "+onexithold"},
         "an attempt is started once: say how often a stage is tried by its 'retries'"},
        {{"checkpoint_exit_code", "success_checkpoint_exit_code", "+successcheckpointexitcode"},
         "an attempt is started once: say it by the stage's 'checkpoint_exit_code'"},
        {{"kill_sig", "remove_kill_sig", "hold_kill_sig", "want_graceful_removal", "job_max_vacate_time",
          "kill_sig_timeout"},
         "the job wrapper waits for TERM, and for the grace of experiment.json"},
        {{"allowed_job_duration"}, "the stage's resources say the time"},
    };
    return table;
}

bool is_named(const std::string& pattern, const std::string& name) {
    if (pattern.back() != '*') return pattern == name;
    return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

const char* refusal_of(const std::string& name) {
    for (const Refused& refused : refused_commands()) {
        for (const std::string& pattern : refused.names)
            if (is_named(pattern, name)) return refused.why;
    }
    return nullptr;
}

// Commands that a user may well want and that the reader of submit files need not know.
const std::vector<std::string>& further_commands() {
    static const std::vector<std::string> names{
        "container_image",      "cuda_version", "deferral_time",      "deferral_window",
        "deferral_prep_time",   "docker_image", "job_lease_duration", "max_job_retirement_time",
        "next_job_start_delay", "stack_size",   "use_oauth_services", "x509userproxy",
        "use_x509userproxy",    "load_profile", "coresize",           "ulog_execute_attrs",
        "starter_debug",        "starter_log",  "keep_claim_idle",    "batch_project",
        "primary_unix_group"};
    return names;
}

bool is_known(const std::string& name) {
    if (name == "throttle" || name.starts_with("request_") || is_ignored_command(name)) return true;
    return std::find(further_commands().begin(), further_commands().end(), name) != further_commands().end();
}

bool is_attribute(const std::string& name) {
    return is_submit_name(name.starts_with('+') ? name.substr(1) : name);
}

}  // namespace

Status check_submit_command(const std::string& name, const std::string& value,
                            const std::vector<std::string>& others) {
    auto wrong = [](std::string what, std::string hint = {}) {
        return fail({Code::invalid, std::move(what), {}, {}, 0, std::move(hint)});
    };
    std::string key = lower_case(name);
    if (key.starts_with("my.")) key = "+" + key.substr(3);
    if (!is_attribute(key)) return wrong("is no name of a submit command, nor +Attribute");
    // That is what everybody has to write who has a shared filesystem; it says what is done anyway.
    if (key == "should_transfer_files" && lower_case(trim(value)) == "no") return {};
    if (const char* why = refusal_of(key)) return wrong(fmt::format("cannot be set here: {}", why));
    if (!is_known(key)) {
        auto names = submit_command_names();
        names.insert(names.end(), others.begin(), others.end());
        std::string meant = did_you_mean(key, names);
        return wrong("is neither an option of the htcondor backend nor a submit command",
                     meant.empty() ? fmt::format("an attribute of the job is written +{}", name)
                                   : fmt::format("did you mean '{}'?", meant));
    }
    return check_submit_text(value, "the value");
}

}  // namespace tw
