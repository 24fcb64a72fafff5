#include "records/journal_json.hpp"

#include <cmath>
#include <stdexcept>

namespace tw {

namespace {

// Task states are written as numbers: a snapshot of a large array holds thousands.
JournalJson task_to_json(const Task& task) {
    JournalJson json;
    json["state"] = static_cast<int>(task.state);
    json["attempt"] = task.attempt;
    put(json, "counted", task.counted);
    put(json, "uncounted", task.uncounted);
    put(json, "started", task.started);
    put(json, "due", task.due);
    put(json, "rc", task.rc);
    put(json, "why", task.why);
    put(json, "kind", task.kind);
    put(json, "host", task.host);
    put(json, "job", task.job);
    return json;
}

// Nothing where the key is not there.
const JournalJson& list_at(const JournalJson& json, const char* key) {
    static const JournalJson none = JournalJson::array();
    const auto found = json.find(key);
    if (found == json.end()) return none;
    if (!found->is_array()) throw std::runtime_error(std::string(key) + " is no list");
    return *found;
}

Task task_from_json(const JournalJson& json) {
    Task task;
    task.state = static_cast<TaskState>(whole<int>(json.at("state"), 0, task_states - 1));
    take_count(json, "attempt", task.attempt, 1);
    take_count(json, "counted", task.counted);
    take_count(json, "uncounted", task.uncounted);
    take(json, "started", task.started);
    take(json, "due", task.due);
    take(json, "rc", task.rc);
    take(json, "why", task.why);
    take(json, "kind", task.kind);
    take(json, "host", task.host);
    take(json, "job", task.job);
    return task;
}

JournalJson stage_to_json(const StageRun& run) {
    JournalJson json;
    json["name"] = run.name;
    json["state"] = to_string(run.state);
    put(json, "frozen", run.frozen);
    put(json, "marker", run.marker);
    put(json, "stopped", run.stopped);
    put(json, "inputs", run.inputs);
    put(json, "generated", run.generated);
    put(json, "submit_text", run.submit_text);
    for (auto& task : run.tasks) json["tasks"].push_back(task_to_json(task));
    return json;
}

StageState stage_state_from(const std::string& word) {
    for (auto state :
         {StageState::blocked, StageState::open, StageState::done, StageState::failed, StageState::skipped})
        if (to_string(state) == word) return state;
    throw std::runtime_error("unknown stage state '" + word + "'");
}

StageRun stage_from_json(const JournalJson& json) {
    StageRun run;
    take(json, "name", run.name);
    run.state = stage_state_from(json.at("state").get<std::string>());
    take(json, "frozen", run.frozen);
    take(json, "marker", run.marker);
    take(json, "stopped", run.stopped);
    take(json, "inputs", run.inputs);
    take(json, "generated", run.generated);
    take(json, "submit_text", run.submit_text);
    for (auto& task : list_at(json, "tasks")) run.tasks.push_back(task_from_json(task));
    return run;
}

EndState end_state(const JournalJson& json) {
    auto word = json.at("state").get<std::string>();
    auto state = end_state_from(word);
    if (!state) throw std::runtime_error("unknown end '" + word + "'");
    return *state;
}

}  // namespace

JournalJson parse_record(const std::string& text) {
    auto json = json::parse(text, {}, {.longest = std::numeric_limits<std::int64_t>::max()});
    if (!json) throw std::runtime_error(json.error().what);
    if (!json->is_object()) throw std::runtime_error("it is no object");
    return std::move(*json);
}

JournalJson outcome_to_json(const Outcome& outcome) {
    JournalJson json;
    json["seq"] = outcome.seq;
    json["state"] = to_string(outcome.state);
    JournalJson values = JournalJson::object();
    for (auto& [name, value] : outcome.values)
        if (std::isfinite(value)) json::append(values, name, value);  // JSON has no NaN
    if (!values.empty()) json["values"] = std::move(values);
    put(json, "reason", outcome.reason);
    put(json, "kind", outcome.kind);
    put(json, "stage", outcome.stage);
    put(json, "failed_tasks", outcome.failed_tasks);
    put(json, "attempts", outcome.attempts);
    put(json, "seconds", outcome.seconds);
    put(json, "ended", outcome.ended);
    put(json, "by", outcome.by);
    return json;
}

Outcome outcome_from_json(const JournalJson& json) {
    Outcome outcome;
    take_count(json, "seq", outcome.seq);
    outcome.state = end_state(json);
    take(json, "values", outcome.values);
    take(json, "reason", outcome.reason);
    take(json, "kind", outcome.kind);
    take(json, "stage", outcome.stage);
    if (auto found = json.find("failed_tasks"); found != json.end())
        for (auto& [stage, tasks] : found->items())
            for (auto& task : list_at(*found, stage.c_str()))
                outcome.failed_tasks[stage].push_back(whole<std::int64_t>(task, 0, INT64_MAX));
    take_count(json, "attempts", outcome.attempts);
    take(json, "seconds", outcome.seconds);
    take(json, "ended", outcome.ended);
    take(json, "by", outcome.by);
    return outcome;
}

JournalJson trial_to_json(const Trial& trial) {
    JournalJson json;
    json["id"] = trial.id;
    json["state"] = to_string(trial.state);
    json["incarnation"] = trial.incarnation;
    put(json, "revision", trial.revision);
    put(json, "inode", trial.inode);
    put(json, "config_hash", trial.config_hash);
    put(json, "run", trial.run);
    json["k"] = trial.k;
    put(json, "created", trial.created);
    put(json, "closing_since", trial.closing_since);
    put(json, "quarantine", trial.quarantine);
    put(json, "starts", trial.starts);
    put(json, "first_start", trial.first_start);
    put(json, "settled", trial.settled);
    if (trial.verdict)
        json["verdict"] = {{"state", to_string(trial.verdict->state)},
                           {"kind", trial.verdict->kind},
                           {"reason", trial.verdict->reason},
                           {"stage", trial.verdict->stage},
                           {"by", trial.verdict->by}};
    if (trial.outcome) json["outcome"] = outcome_to_json(*trial.outcome);
    for (auto& run : trial.stages) json["stages"].push_back(stage_to_json(run));
    return json;
}

Trial trial_from_json(const JournalJson& json) {
    Trial trial;
    take(json, "id", trial.id);
    auto state = trial_state_from(json.at("state").get<std::string>());
    if (!state) throw std::runtime_error("unknown trial state");
    trial.state = *state;
    take_count(json, "incarnation", trial.incarnation, 1);
    take(json, "revision", trial.revision);
    take(json, "inode", trial.inode);
    take(json, "config_hash", trial.config_hash);
    take(json, "run", trial.run);
    take_count(json, "k", trial.k, -1);
    take(json, "created", trial.created);
    take(json, "closing_since", trial.closing_since);
    take(json, "quarantine", trial.quarantine);
    take_count(json, "starts", trial.starts);
    take(json, "first_start", trial.first_start);
    take(json, "settled", trial.settled);
    if (auto found = json.find("verdict"); found != json.end())
        trial.verdict = Verdict{end_state(*found), found->value("kind", ""), found->value("reason", ""),
                                found->value("stage", ""), found->value("by", "")};
    if (auto found = json.find("outcome"); found != json.end()) trial.outcome = outcome_from_json(*found);
    for (auto& run : list_at(json, "stages")) trial.stages.push_back(stage_from_json(run));
    return trial;
}

std::string write_trial(const Trial& trial) {
    return trial_to_json(trial).dump(-1, ' ', false, JournalJson::error_handler_t::replace);
}

Result<Trial> read_trial(const std::string& text) try {
    return trial_from_json(parse_record(text));
} catch (const std::exception& error) {
    return fail(Code::invalid, std::string("a journalled trial cannot be read: ") + error.what());
}

}  // namespace tw
