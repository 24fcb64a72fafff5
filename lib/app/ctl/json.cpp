#include "app/ctl/json.hpp"

#include <cmath>

#include "trialdir/layout.hpp"

namespace tw {

namespace {

Json number_json(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json task_json(const Task& task, std::size_t number) {
    Json json;
    json["task"] = number;
    json["state"] = std::string(to_string(task.state));
    json["attempt"] = task.attempt;
    json["rc"] = task.rc;
    json["why"] = task.why;
    json["host"] = task.host;
    json["job"] = task.job;
    json["started"] = instant_json(task.started);
    return json;
}

Json stage_json(const StageRun& run) {
    Json json;
    json["name"] = run.name;
    json["state"] = std::string(to_string(run.state));
    json["tasks"] = Json::array();
    for (std::size_t i = 0; i < run.tasks.size(); ++i) {
        Json task = task_json(run.tasks[i], run.frozen ? i + 1 : 0);
        if (run.frozen && !run.generated) task["input"] = run.inputs[i];
        json["tasks"].push_back(std::move(task));
    }
    return json;
}

}  // namespace

Json instant_json(Instant instant) {
    return instant == Instant{} ? Json(nullptr) : Json(format_instant(instant, true));
}

Json to_json(const Scalar& value) {
    return std::visit([](auto& held) { return Json(held); }, value);
}

Json to_json(const TrialView& trial, FileSystem& fs) {
    Json json;
    json["id"] = trial.id;
    json["state"] = std::string(to_string(trial.state));
    json["stage"] = trial.stage;
    json["config"] = Json::object();
    for (auto& [name, value] : trial.params) json["config"][name] = to_json(value);
    json["values"] = Json::object();
    for (auto& [name, value] : trial.values) json["values"][name] = number_json(value);
    json["reason"] = trial.reason;
    json["kind"] = trial.kind;
    json["by"] = trial.by;
    json["attempts"] = trial.attempts;
    json["seconds"] = number_json(trial.seconds);
    json["queued"] = trial.queued;
    json["running"] = trial.running;
    json["seq"] = trial.seq;
    json["run"] = trial.run;
    json["k"] = trial.k;
    json["budget"] = trial.budget ? to_json(whole_if_possible(*trial.budget)) : Json(nullptr);
    json["parent"] = trial.parent;
    json["created"] = instant_json(trial.created);
    json["ended"] = instant_json(trial.ended);
    json["directory"] = fs.root() + "/" + layout::trial(trial.id);
    return json;
}

Json trial_in_full(const TrialView& trial, FileSystem& fs) {
    Json json = to_json(trial, fs);
    json["stages"] = Json::array();
    if (!trial.trial) return json;
    json["incarnation"] = trial.trial->incarnation;
    json["revision"] = trial.trial->revision;
    for (auto& run : trial.trial->stages) json["stages"].push_back(stage_json(run));
    return json;
}

Json to_json(const RoleView& role) {
    Json json;
    json["state"] = std::string(to_string(role.state));
    bool known = role.state != RoleView::State::absent;
    json["host"] = known ? Json(role.owner.host) : Json(nullptr);
    json["pid"] = known ? Json(role.owner.pid) : Json(nullptr);
    json["user"] = known ? Json(role.owner.user) : Json(nullptr);
    json["since"] = instant_json(role.owner.since);
    json["seen"] = instant_json(role.seen);
    return json;
}

Json to_json(const Error& error) {
    Json json;
    json["file"] = error.file;
    json["line"] = error.line;
    json["pointer"] = error.pointer;
    json["message"] = error.what;
    json["hint"] = error.hint;
    return json;
}

void print_json(CtlContext& context, const Json& json) {
    context.out << json.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
}

}  // namespace tw
