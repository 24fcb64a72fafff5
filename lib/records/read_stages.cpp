#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/ids.hpp"
#include "base/text.hpp"
#include "records/experiment_reader.hpp"

namespace tw {

namespace {

constexpr const char* result_file = "result.json";
constexpr std::size_t most_stages = 1000;  // each is compared with all

// Relative, and it stays inside the directory that it is relative to.
bool stays_inside(const std::string& path) {
    if (path.empty() || path[0] == '/' || path.find('\0') != std::string::npos) return false;
    const auto parts = split(path, '/');
    return std::find(parts.begin(), parts.end(), "..") == parts.end();
}

void read_path(ObjectReader& reader, const std::string& key, std::string& out) {
    if (reader.text(key, out) && !stays_inside(out))
        reader.wrong(key, fmt::format("'{}' must be a path inside the trial directory, without '..'", key));
}

void read_command(ObjectReader& reader, std::vector<std::string>& command) {
    const json::Value* found = reader.require("command");
    if (!found) return;
    if (found->is_string()) {
        reader.wrong("command", "'command' must be a list of words, not one string",
                     R"(such as ["./train.sh", "--fast"])");
        return;
    }
    if (!reader.texts("command", command)) return;
    auto has_zero = [](const std::string& word) { return word.find('\0') != std::string::npos; };
    if (command.empty() || command[0].empty())
        reader.wrong("command", "'command' must name a program");
    else if (std::any_of(command.begin(), command.end(), has_zero))
        reader.wrong("command", "a word of 'command' contains a zero byte");
    else if (command[0].starts_with("./") && !stays_inside(command[0]))
        reader.wrong("command", "the script must lie in the experiment directory, without '..'");
}

void read_array(ObjectReader& reader, Stage& stage) {
    read_path(reader, "array", stage.array);
    read_path(reader, "submit", stage.submit);
    reader.boolean("allow_empty", stage.allow_empty);
    if (!stage.submit.empty() && stage.array.empty())
        reader.wrong("submit", "'submit' is for stages with an 'array'");
    if (!reader.real("max_failed", stage.max_failed)) return;
    if (stage.max_failed < 0 || (stage.max_failed >= 1 && std::floor(stage.max_failed) != stage.max_failed))
        reader.wrong("max_failed", "'max_failed' must be a fraction below 1 or a whole number of tasks");
}

void read_behaviour(ObjectReader& reader, Stage& stage) {
    reader.whole("retries", stage.retries, 0);
    reader.seconds("retry_delay", stage.retry_delay);
    reader.seconds("grace", stage.grace);
    if (reader.whole("checkpoint_exit_code", stage.checkpoint_exit_code, 1) && stage.checkpoint_exit_code > 255)
        reader.wrong("checkpoint_exit_code", "'checkpoint_exit_code' must be an exit status from 1 to 255");
    if (const int word = reader.one_of("start_on", {"exit", "marker"}); word >= 0)
        stage.start_on = static_cast<StartOn>(word);
    if (const int word = reader.one_of("on_stop", {"end", "continue"}); word >= 0)
        stage.on_stop = static_cast<OnStop>(word);
    if (const int word = reader.one_of("once", {"before", "after"}); word >= 0)
        stage.once = word == 0 ? Once::before : Once::after;
    if (const int word = reader.one_of("args", {"none", "flags", "hydra"}); word >= 0)
        stage.args = static_cast<ArgumentStyle>(word);
}

Stage read_stage(const json::Value& value, const std::string& pointer, Mistakes& mistakes,
                 bool& states_after) {
    Stage stage;
    ObjectReader reader(value, pointer, mistakes);
    reader.require("name");
    if (reader.text("name", stage.name))
        if (const Status name = check_stage_name(stage.name); !name)
            reader.wrong("name", name.error().what, name.error().hint);
    read_command(reader, stage.command);
    states_after = reader.texts("after", stage.after);
    read_array(reader, stage);
    read_path(reader, "done", stage.done);
    read_behaviour(reader, stage);
    if (const auto* resources = reader.find("resources"))
        stage.resources = read_resources(*resources, reader.at("resources"), mistakes);
    if (const auto* backend = reader.find("backend"))
        stage.backend = read_backend(*backend, reader.at("backend"), mistakes);
    reader.refuse_unknown();
    return stage;
}

void check_names(const std::vector<Stage>& stages, const std::string& pointer, Mistakes& mistakes) {
    std::set<std::string> names;
    for (std::size_t i = 0; i < stages.size(); ++i)
        if (!stages[i].name.empty() && !names.insert(stages[i].name).second)
            mistakes.add(fmt::format("{}/{}/name", pointer, i),
                         fmt::format("the stage '{}' is there twice", stages[i].name));
}

void complete_last(std::vector<Stage>& stages, const std::string& pointer, Mistakes& mistakes) {
    const auto last = std::find_if(stages.rbegin(), stages.rend(),
                                   [](const Stage& stage) { return stage.once == Once::no; });
    if (last != stages.rend() && last->array.empty() && last->done.empty()) last->done = result_file;
    if (last != stages.rend() && !last->array.empty())
        mistakes.add(fmt::format("{}/{}/array", pointer, stages.rend() - last - 1),
                     "the last stage writes the trial's result and must be a single task",
                     "add a stage after it that folds the answers into result.json");
}

}  // namespace

std::vector<Stage> read_stages(const json::Value& value, const std::string& pointer, Mistakes& mistakes) {
    std::vector<Stage> stages;
    std::vector<bool> stated;
    if (!value.is_array()) {
        mistakes.add(pointer,
                     fmt::format("'stages' must be a list of stages, not {}", json::kind_name(value)));
        return stages;
    }
    if (value.size() > most_stages) {
        mistakes.add(pointer, fmt::format("more than {} stages", most_stages));
        return stages;
    }
    for (const json::Value& item : value) {
        bool states_after = false;
        const std::string place = fmt::format("{}/{}", pointer, stages.size());
        stages.push_back(read_stage(item, place, mistakes, states_after));
        stated.push_back(states_after);
    }
    if (std::none_of(stages.begin(), stages.end(), [](const Stage& stage) { return stage.once == Once::no; }))
        mistakes.add(pointer, "no stage runs for each trial",
                     "leave 'stages' out for train, flow and metric");
    check_names(stages, pointer, mistakes);
    link_stages(stages, stated, pointer, mistakes);
    complete_last(stages, pointer, mistakes);
    return stages;
}

std::vector<Stage> default_stages() {
    Stage train, flow, metric;
    train.name = "train";
    train.command = {"./train.sh"};
    train.done = "training_done";
    flow.name = "flow";
    flow.command = {"./flow.sh"};
    flow.after = {"train"};
    flow.array = "flows/*.json";
    flow.submit = "run_flow.cmd";
    metric.name = "metric";
    metric.command = {"./metric.sh"};
    metric.after = {"flow"};
    metric.done = result_file;
    return {train, flow, metric};
}

}  // namespace tw
