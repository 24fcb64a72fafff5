// submit --dry-run: what each stage would run.
#include <fmt/format.h>

#include <algorithm>

#include "app/ctl/create.hpp"
#include "app/ctl/drafts.hpp"
#include "app/ctl/json.hpp"
#include "app/ctl/settings.hpp"
#include "app/ctl/table.hpp"
#include "app/launcher.hpp"
#include "app/scripts.hpp"
#include "base/text.hpp"
#include "lifecycle/step.hpp"
#include "trialdir/experiment_dir.hpp"
#include "trialdir/layout.hpp"

namespace tw {

namespace {

// Words of the job wrapper before the command (batch/wrapper.hpp).
constexpr std::ptrdiff_t wrapper_words = 8;

struct Plan {
    const Stage* stage = nullptr;
    JobRequest request;
    std::vector<std::string> command;
};

// An array's list is not known yet: its pattern stands for an input.
Trial imagine_trial(const TrialId& id, const Experiment& experiment) {
    Event event;
    event.kind = EventKind::created;
    event.trial = id;
    Trial trial = create_trial(event, experiment);
    for (auto& run : trial.stages) {
        const Stage* stage = experiment.find_stage(run.name);
        run.frozen = !stage->array.empty();
        if (run.frozen) run.inputs = {stage->array};
        run.tasks.assign(1, Task{});
    }
    return trial;
}

struct Subject {
    TrialId id;
    Config config;
    bool made = false;
};

// The next trial, as if somebody made it from the defaults.
Result<Subject> imagine_subject(FileSystem& fs, const Experiment& experiment) {
    auto params = complete_params(experiment.space, {});
    if (!params) return fail(params.error());
    auto number = next_number(fs);
    if (!number) return fail(number.error());
    return Subject{numbered_trial(*number), Config{*params, {}, {}}, false};
}

Result<Subject> find_subject(CtlContext& context, FileSystem& fs, const Experiment& experiment,
                             const std::string& word) {
    if (word.empty()) return imagine_subject(fs, experiment);
    auto view = read_view(fs, context.clock, context.processes);
    if (!view) return fail(view.error());
    auto trial = find_trial(*view, word);
    if (!trial) return fail(trial.error());
    TrialId id = (*trial)->id;
    auto text = fs.read(layout::config(id), 0, document_limit);
    auto config = text ? read_config(*text, layout::config(id)) : Result<Config>(fail(text.error()));
    if (!config) return fail(config.error());
    return Subject{id, std::move(*config), true};
}

Result<std::vector<Plan>> make_plans(CtlContext& context, FileSystem& fs, const Experiment& experiment,
                                     const TrialId& id, Config config) {
    auto identity = read_identity_file(fs);
    if (!identity) return fail(identity.error());
    auto scripts = hash_scripts(fs, experiment);
    if (!scripts) return fail(scripts.error());
    Revision revision{1, "", *scripts, experiment};
    Launcher launcher(fs, *identity ? (*identity)->id : std::string(16, '0'), context.program);
    launcher.assume(id, std::move(config));
    Trial trial = imagine_trial(id, revision.experiment);
    std::vector<Plan> plans;
    for (auto* stage : stages_of(revision.experiment, id)) {
        auto request = launcher.request(trial, revision, {stage->name, stage->array.empty() ? 0 : 1, 1});
        if (!request) return fail(request.error());
        auto& argv = request->tasks[0].argv;
        std::vector<std::string> command(argv.begin() + wrapper_words, argv.end());
        plans.push_back({experiment.find_stage(stage->name), std::move(*request), std::move(command)});
    }
    return plans;
}

double gpus_of(const Resources& resources) {
    return resources.gpus == 1 ? resources.gpu_share / 1000.0 : resources.gpus;
}

std::string describe(const Resources& resources) {
    std::string text = fmt::format("{} cpus, {} gpus", resources.cpus, gpus_of(resources));
    if (resources.memory > 0) text += ", memory " + format_bytes(resources.memory);
    if (resources.time) text += ", time " + format_duration(*resources.time);
    if (resources.nodes > 1) text += fmt::format(", {} nodes", resources.nodes);
    if (resources.ranks > 1) text += fmt::format(", {} ranks", resources.ranks);
    for (auto& [name, value] : resources.options) text += ", " + name + "=" + value;
    return text;
}

// On one line, also where the word has several: bash, zsh and ksh read $'...'.
std::string quote_word(const std::string& word) {
    auto control = [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; };
    if (std::none_of(word.begin(), word.end(), control)) return shell_quote(word);
    std::string quoted = "$'";
    for (char c : word) {
        if (c == '\n')
            quoted += "\\n";
        else if (control(c))
            quoted += fmt::format("\\{:03o}", static_cast<int>(c));
        else
            quoted += (c == '\'' || c == '\\' ? "\\" : "") + std::string(1, c);
    }
    return quoted + "'";
}

std::string quoted(const std::vector<std::string>& words) {
    std::vector<std::string> list;
    for (auto& word : words) list.push_back(quote_word(word));
    return join(list, " ");
}

void print_subject(CtlContext& context, const Subject& subject) {
    context.out << painted("trial " + subject.id, Paint::strong, context.colour) << "  "
                << one_line(format_params(subject.config.params))
                << (subject.made ? "" : "  (not made: the next number, the default configuration)") << "\n\n";
}

void print_plan(CtlContext& context, const Plan& plan) {
    const TaskLaunch& launch = plan.request.tasks[0];
    Table table({{}, {}});
    auto add = [&](const char* title, const std::string& text) {
        table.add({{title, Paint::strong}, {text}});
    };
    add("stage",
        plan.stage->name + (plan.stage->array.empty() ? "" : ", once for each of " + plan.stage->array));
    if (!plan.stage->submit.empty()) add("", "unless the job before it writes " + plan.stage->submit);
    add("command", quoted(plan.command));
    add("directory", plan.request.directory);
    add("resources", describe(plan.request.resources));
    for (auto& entry : launch.environment) add(&entry == &launch.environment[0] ? "environment" : "", entry);
    add("output", launch.output);
    table.print(context.out, 0, context.colour);
    context.out << "\n";
}

Json plan_json(const Plan& plan) {
    const TaskLaunch& launch = plan.request.tasks[0];
    const Resources& wanted = plan.request.resources;
    Json json;
    json["stage"] = plan.stage->name;
    json["array"] = plan.stage->array;
    json["command"] = plan.command;
    json["argv"] = launch.argv;
    json["directory"] = plan.request.directory;
    json["environment"] = launch.environment;
    json["output"] = launch.output;
    json["error"] = launch.error;
    json["resources"] = {{"cpus", wanted.cpus},
                         {"gpus", gpus_of(wanted)},
                         {"memory", wanted.memory},
                         {"nodes", wanted.nodes},
                         {"ranks", wanted.ranks}};
    json["resources"]["time"] = wanted.time ? Json(wanted.time->count()) : Json(nullptr);
    json["resources"]["options"] = wanted.options;
    return json;
}

}  // namespace

int submit_verb(CtlContext& context, FileSystem& fs, const SubmitOptions& options) {
    int status = 0;
    auto experiment = require_experiment(context, fs, status);
    if (!experiment) return status;
    auto subject = find_subject(context, fs, *experiment, options.id);
    if (!subject) return complain(context, subject.error());
    auto plans = make_plans(context, fs, *experiment, subject->id, subject->config);
    if (!plans) return complain(context, plans.error());
    if (!options.json) print_subject(context, *subject);
    Json list = Json::array();
    for (auto& plan : *plans) {
        if (options.json)
            list.push_back(plan_json(plan));
        else
            print_plan(context, plan);
    }
    if (options.json) print_json(context, list);
    return 0;
}

}  // namespace tw
