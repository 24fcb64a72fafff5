#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "records/experiment_reader.hpp"
#include "records/space_reader.hpp"

namespace tw {

namespace {

Objective read_objective(const json::Value& value, const std::string& pointer, Mistakes& mistakes) {
    Objective objective;
    ObjectReader reader(value, pointer, mistakes);
    reader.require("name");
    if (reader.text("name", objective.name) && objective.name.empty())
        reader.wrong("name", "an objective needs a name");
    if (const int word = reader.one_of("direction", {"minimize", "maximize"}); word >= 0)
        objective.direction = static_cast<Direction>(word);
    reader.refuse_unknown();
    return objective;
}

std::vector<Objective> read_objectives(const json::Value* list, Mistakes& mistakes) {
    const std::string pointer = "/objectives";
    if (!list) return {{"cost", Direction::minimize}};
    std::vector<Objective> objectives;
    if (!list->is_array() || list->empty()) {
        mistakes.add(pointer, "'objectives' must be a list with at least one objective",
                     R"([{"name": "cost", "direction": "minimize"}])");
        return objectives;
    }
    std::set<std::string> names;
    for (const json::Value& item : *list) {
        if (mistakes.full()) break;
        const std::string place = pointer + "/" + std::to_string(objectives.size());
        const Objective objective = read_objective(item, place, mistakes);
        if (!objective.name.empty() && !names.insert(objective.name).second)
            mistakes.add(place, fmt::format("the objective '{}' is there twice", objective.name));
        objectives.push_back(objective);
    }
    return objectives;
}

Limits read_limits(const json::Value& value, Mistakes& mistakes) {
    Limits limits;
    ObjectReader reader(value, "/limits", mistakes);
    reader.whole("pause_after", limits.pause_after, 0);
    reader.whole("infra_retries", limits.infra_retries, 0);
    reader.seconds("infra_delay", limits.infra_delay);
    reader.seconds("kill_patience", limits.kill_patience);
    reader.whole("max_queued", limits.max_queued, 0);
    reader.refuse_unknown();
    return limits;
}

Hooks read_hooks(const json::Value& value, Mistakes& mistakes) {
    Hooks hooks;
    ObjectReader reader(value, "/hooks", mistakes);
    reader.text("paused", hooks.paused);
    reader.text("done", hooks.done);
    reader.text("failed", hooks.failed);
    reader.refuse_unknown();
    return hooks;
}

void read_sections(ObjectReader& reader, Experiment& experiment, Mistakes& mistakes) {
    experiment.objectives = read_objectives(reader.find("objectives"), mistakes);
    std::set<std::string> broken;
    const std::size_t before = mistakes.errors.size();
    if (const auto* space = reader.find("space"))
        experiment.space = read_space(*space, "/space", mistakes, broken);
    const Space* sound = mistakes.errors.size() == before ? &experiment.space : nullptr;
    if (const auto* constraints = reader.find("constraints"))
        read_constraints(*constraints, "/constraints", broken, experiment, mistakes);
    if (const auto* optimizer = reader.find("optimizer"))
        experiment.optimizer =
            read_optimizer(*optimizer, "/optimizer", experiment.objectives, sound, mistakes);
    if (const auto* backend = reader.find("backend"))
        experiment.backend = read_backend(*backend, "/backend", mistakes);
    const auto* stages = reader.find("stages");
    experiment.stages = stages ? read_stages(*stages, "/stages", mistakes) : default_stages();
    if (const auto* agents = reader.find("agents")) {
        experiment.agents = read_pool(*agents, "/agents", mistakes);
        if (!experiment.uses_agents())
            reader.wrong("agents", "no stage has the backend 'agents', so nothing is there for them to do",
                         R"("backend": {"type": "agents"}, or leave 'agents' out)");
    }
    if (const auto* limits = reader.find("limits")) experiment.limits = read_limits(*limits, mistakes);
    if (const auto* hooks = reader.find("hooks")) experiment.hooks = read_hooks(*hooks, mistakes);
}

Experiment read_all(ObjectReader& reader, Mistakes& mistakes) {
    Experiment experiment;
    std::string schema;
    reader.text("$schema", schema);  // for editors only
    reader.text("name", experiment.name);
    reader.texts("setup", experiment.setup);
    if (reader.text("setup_shell", experiment.setup_shell) && experiment.setup_shell.empty())
        reader.wrong("setup_shell", "'setup_shell' must name a shell");
    reader.boolean("group", experiment.group);
    read_sections(reader, experiment, mistakes);
    reader.refuse_unknown();
    return experiment;
}

// Each line costs a walk over the text; nobody reads beyond the first hundred mistakes.
std::vector<Error> with_lines(std::vector<Error> errors, const std::string& text) {
    constexpr std::size_t most = 100;
    for (std::size_t i = 0; i < errors.size() && i < most; ++i)
        errors[i].line = json::line_of(text, errors[i].pointer);
    return errors;
}

}  // namespace

const Stage* Experiment::find_stage(std::string_view wanted) const {
    for (const Stage& stage : stages)
        if (stage.name == wanted) return &stage;
    return nullptr;
}

bool Experiment::uses_agents() const {
    return std::any_of(stages.begin(), stages.end(),
                       [&](const Stage& stage) { return backend_of(stage).type == "agents"; });
}

tl::expected<Experiment, std::vector<Error>> read_experiment(const std::string& text,
                                                             const std::string& file) {
    Mistakes mistakes{file, {}};
    const auto document = json::parse(text, file, {.comments = true}, &mistakes.errors);
    if (!document) {
        Error error = document.error();
        error.code = Code::invalid;
        return tl::unexpected(std::vector<Error>{error});
    }
    Experiment experiment;
    ObjectReader reader(*document, "", mistakes);
    reader.format(experiment_format);
    // Another release's file is not read any further: what it means is not known here.
    const bool newer = !mistakes.errors.empty() && mistakes.errors.back().code == Code::newer_version;
    if (document->is_object() && !newer) experiment = read_all(reader, mistakes);
    if (mistakes.errors.empty()) return experiment;
    return tl::unexpected(with_lines(std::move(mistakes.errors), text));
}

int line_of_pointer(const std::string& text, std::string pointer) {
    if (!json::parse(text, "", {.comments = true, .bare_nan = true})) return 0;
    for (;;) {
        if (int line = json::line_of(text, pointer); line > 0 || pointer.empty()) return line;
        pointer.erase(pointer.rfind('/'));
    }
}

std::vector<std::string> script_paths(const Experiment& experiment) {
    std::vector<std::string> paths;
    for (const Stage& stage : experiment.stages) {
        if (stage.command.empty() || !stage.command[0].starts_with("./")) continue;
        const std::string path = stage.command[0].substr(2);
        if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
    }
    return paths;
}

}  // namespace tw
