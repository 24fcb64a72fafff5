#include "app/launcher.hpp"

#include <fmt/format.h>

#include "app/scripts.hpp"
#include "base/text.hpp"
#include "batch/wrapper.hpp"
#include "records/documents.hpp"
#include "trialdir/claims.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

struct Launcher::Job {
    const Trial& trial;
    const Revision& revision;
    const Stage& stage;
    const StageRun& run;
    const Config& config;
    AttemptKey key;
    std::string directory;  // absolute
    std::string input;      // relative to the trial directory
    std::optional<SubmitItem> item;
};

namespace {

std::string stem_of(const std::string& path) {
    std::string name = name_of(path);
    auto dot = name.rfind('.');
    return dot == std::string::npos || dot == 0 ? name : name.substr(0, dot);
}

// Replaces every {name} that has a value, once: what a value contains is not looked at again.
std::string expand(const std::string& text, const std::map<std::string, std::string>& values) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        auto close = text[at] == '{' ? text.find('}', at) : std::string::npos;
        auto value =
            close == std::string::npos ? values.end() : values.find(text.substr(at + 1, close - at - 1));
        if (value == values.end()) {
            out += text[at++];
        } else {
            out += value->second;
            at = close + 1;
        }
    }
    return out;
}

std::string absolute(const std::string& directory, const std::string& path) {
    return path.starts_with('/') ? path : directory + "/" + path;
}

// The shell lines of `setup`, then the command in their environment.
std::vector<std::string> with_setup(const Experiment& experiment, std::vector<std::string> command) {
    if (experiment.setup.empty()) return command;
    std::string lines = join(experiment.setup, "\n") + "\nexec \"$@\"";
    std::vector<std::string> wrapped{experiment.setup_shell, "-c", lines, "setup"};
    wrapped.insert(wrapped.end(), command.begin(), command.end());
    return wrapped;
}

void add_arguments(std::vector<std::string>& command, const Stage& stage, const Params& params) {
    for (auto& [name, value] : params) {
        if (stage.args == ArgumentStyle::flags) {
            command.push_back("--" + name);
            command.push_back(to_text(value));
        } else if (stage.args == ArgumentStyle::hydra) {
            command.push_back(name + "=" + to_text(value));
        }
    }
}

std::string numbers_of(const Trial& trial, TaskState state) {
    std::vector<std::string> numbers;
    for (auto& run : trial.stages)
        for (std::size_t i = 0; run.frozen && i < run.tasks.size(); ++i)
            if (run.tasks[i].state == state) numbers.push_back(std::to_string(i + 1));
    return join(numbers, " ");
}

}  // namespace

Status Launcher::install_wrapper(const std::string& nonce) {
    std::string path = layout::programs + "/" + wrapper_name();
    if (is_listed(fs_, path)) return {};
    auto made = publish(fs_, path, wrapper_text(), nonce);
    if (!made && made.error().code == Code::exists) return {};
    return made;
}

Status Launcher::prepare(const Trial& trial, const Revision& revision, const std::vector<TaskLaunch>& tasks) {
    std::string directory = layout::trial(trial.id);
    for (auto& task : tasks) {
        if (task.key.attempt == 1 && task.key.incarnation == 1) continue;
        const Stage& stage = *revision.experiment.find_stage(task.key.stage);
        std::string done = done_path(stage, *trial.find_stage(task.key.stage), task.key.task);
        if (done.empty()) continue;
        if (auto removed = remove_if_there(fs_, directory + "/" + done); !removed) return removed;
    }
    for (auto& name : {"/logs", "/checkpoint"})
        if (auto made = make_directory_if_absent(fs_, directory + name); !made) return made;
    return open_gate(fs_, trial.id, trial.incarnation);
}

Result<const Config*> Launcher::config_of(const TrialId& id) {
    if (auto known = configs_.find(id); known != configs_.end()) return &known->second;
    if (id.starts_with('@')) return &(configs_[id] = Config{});
    auto text = read_document(fs_, layout::config(id), document_limit);
    if (!text) return fail(text.error());
    auto config = read_config(*text, layout::config(id));
    if (!config) return fail(config.error());
    return &(configs_[id] = std::move(*config));
}

std::string Launcher::done_path(const Stage& stage, const StageRun& run, std::int64_t task) {
    if (task == 0 || run.inputs.empty()) return stage.done;
    std::string input = run.inputs[static_cast<std::size_t>(task - 1)];
    if (run.generated) {
        auto item = read_submit_item(input);
        input = item ? item->input_name : "";
    }
    return expand(stage.done, {{"task", std::to_string(task)}, {"input", input}, {"stem", stem_of(input)}});
}

// The input is the last word, so that `python3 flow.py` gets it as the script's own argument.
std::vector<std::string> Launcher::command_of(const Job& job) const {
    std::map<std::string, std::string> values{{"experiment", fs_.root()}, {"trial", job.trial.id}};
    for (auto& [name, value] : job.config.params) values.emplace(name, to_text(value));
    std::vector<std::string> command = job.stage.command;
    for (auto& word : command) word = expand(word, values);
    if (command[0].starts_with("./"))
        command[0] = fs_.root() + "/" + script_path(job.revision.scripts, command[0].substr(2));
    if (!job.input.empty()) command.push_back(job.input);
    add_arguments(command, job.stage, job.config.params);
    return command;
}

// "" where it is not there: then the job trains from nothing.
std::string Launcher::checkpoint_of(const TrialId& parent) const {
    if (!check_trial_id(parent)) return "";
    std::string path = layout::trial(parent) + "/checkpoint";
    bool gone = is_surely_gone(fs_, path) || is_surely_gone(fs_, layout::trial(parent));
    return gone ? "" : fs_.root() + "/" + path;
}

std::vector<std::string> Launcher::environment_of(const Job& job) const {
    const Proposal& proposal = job.config.proposal;
    std::vector<std::string> list;
    auto set = [&](const char* name, const std::string& value) {
        list.push_back(std::string(name) + "=" + value);
    };
    auto& backend = job.revision.experiment.backend_of(job.stage);
    set("TRIAL_EXPERIMENT", fs_.root());
    set("TRIAL_DIR", job.directory);
    set("TRIAL_ID", job.trial.id);
    set("TRIAL_CONFIG", job.directory + "/config.json");
    set("TRIAL_STAGE", job.stage.name);
    set("TRIAL_ATTEMPT", std::to_string(job.key.attempt));
    set("TRIAL_TASK", std::to_string(job.key.task));
    set("TRIAL_INPUT", job.input);
    set("TRIAL_CHECKPOINT", job.directory + "/checkpoint");
    set("TRIAL_CHECKPOINT_FROM", checkpoint_of(proposal.parent));
    set("TRIAL_BUDGET", proposal.budget ? to_text(whole_if_possible(*proposal.budget)) : "");
    set("TRIAL_SEED", std::to_string(proposal.seed));
    set("TRIAL_BACKEND", backend.type);
    const Resources& resources = job.stage.resources;
    set("TRIAL_NODES", std::to_string(resources.nodes));
    set("TRIAL_RANKS", std::to_string(resources.ranks));
    set("TRIAL_MPIEXEC", backend.type == "slurm" ? "srun" : fmt::format("mpiexec -n {}", resources.ranks));
    set("TRIAL_FAILED_TASKS", numbers_of(job.trial, TaskState::failed));
    set("TRIALCTL", trialctl_);
    return list;
}

// What a generated submit file asks for: its own program, environment, directory and output files.
void Launcher::apply_submit_item(const Job& job, TaskLaunch& launch,
                                 std::vector<std::string>& command) const {
    const SubmitItem& item = *job.item;
    std::string directory = absolute(job.directory, item.directory);
    command = item.arguments;
    // condor_submit(1): a relative executable is looked up where the file was submitted.
    command.insert(command.begin(), absolute(job.directory, item.executable));
    if (!item.directory.empty()) {
        std::vector<std::string> there{"/bin/sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "sh", directory};
        command.insert(command.begin(), there.begin(), there.end());
    }
    launch.environment.insert(launch.environment.end(), item.environment.begin(), item.environment.end());
    if (!item.output.empty()) launch.output = absolute(directory, item.output);
    if (!item.error.empty()) launch.error = absolute(directory, item.error);
}

Result<JobRequest> Launcher::request(const Trial& trial, const Revision& revision, const TaskName& name) {
    auto config = config_of(trial.id);
    if (!config) return fail(config.error());
    const StageRun& run = *trial.find_stage(name.stage);
    Job job{trial, revision, *revision.experiment.find_stage(name.stage), run, **config, {}, {}, {}, {}};
    job.key = {trial.incarnation, name.stage, name.task, name.attempt};
    job.directory = fs_.root() + "/" + layout::trial(trial.id);
    if (name.task > 0) job.input = run.inputs[static_cast<std::size_t>(name.task - 1)];
    if (run.generated) {
        auto item = read_submit_item(job.input);
        if (!item) return fail(item.error());
        job.item = *item;
        job.input = item->input_name;
    }
    TaskLaunch launch;
    launch.key = job.key;
    launch.environment = environment_of(job);
    std::string task = name.task > 0 ? "." + std::to_string(name.task) : "";
    std::string log = fmt::format("{}/logs/{}{}.{}", job.directory, name.stage, task, name.attempt);
    launch.output = log + ".out";
    launch.error = log + ".err";
    auto command = job.item ? std::vector<std::string>{} : command_of(job);
    if (job.item) apply_submit_item(job, launch, command);
    launch.argv =
        wrapper_argv(fs_.root(), experiment_id_, trial.id, job.key, done_path(job.stage, run, name.task),
                     with_setup(revision.experiment, std::move(command)));
    JobRequest request{
        make_token(experiment_id_, trial.id, job.key), trial.id, job.directory, job.stage.resources, {}};
    request.tasks.push_back(std::move(launch));
    request.grace = job.stage.grace;
    request.generated = run.submit_text;
    return request;
}

}  // namespace tw
