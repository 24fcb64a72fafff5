// submit --dry-run: what each stage would run.
#include <fmt/format.h>

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

Result<Config> config_for(FileSystem& fs, const Experiment& experiment, const std::string& id) {
    Config config;
    if (id.empty()) {
        auto params = complete_params(experiment.space, {});
        if (!params) return fail(params.error());
        config.params = *params;
        return config;
    }
    auto text = fs.read(layout::config(id), 0, document_limit);
    return text ? read_config(*text, layout::config(id)) : Result<Config>(fail(text.error()));
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

std::string describe(const Resources& resources) {
    std::string text = fmt::format("{} cpus, {} gpus", resources.cpus, resources.gpus);
    if (resources.memory > 0) text += ", memory " + format_bytes(resources.memory);
    if (resources.time) text += ", time " + format_duration(*resources.time);
    if (resources.nodes > 1) text += fmt::format(", {} nodes", resources.nodes);
    if (resources.ranks > 1) text += fmt::format(", {} ranks", resources.ranks);
    for (auto& [name, value] : resources.options) text += ", " + name + "=" + value;
    return text;
}

std::string quoted(const std::vector<std::string>& words) {
    std::vector<std::string> list;
    for (auto& word : words) list.push_back(shell_quote(word));
    return join(list, " ");
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
                         {"gpus", wanted.gpus},
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
    auto config = config_for(fs, *experiment, options.id);
    if (!config) return complain(context, config.error());
    TrialId id = options.id.empty() ? numbered_trial(0) : options.id;
    auto plans = make_plans(context, fs, *experiment, id, std::move(*config));
    if (!plans) return complain(context, plans.error());
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
