#include "records/goal.hpp"

#include "records/object_reader.hpp"
#include "records/stopped.hpp"

namespace tw {

namespace {

constexpr int goal_format = 1;

Goal read_fields(ObjectReader& reader, Mistakes& mistakes) {
    Goal goal;
    reader.require("trials");
    reader.whole("trials", goal.trials, 0);
    reader.require("declared");
    reader.whole("declared", goal.declared, 0);
    if (const json::Value* passed = reader.find("passed")) {
        ObjectReader rules(*passed, reader.at("passed"), mistakes);
        for (const char* rule : stop_rules)
            if (double setting = 0; rules.real(rule, setting)) goal.passed[rule] = setting;
    }
    return goal;
}

}  // namespace

Result<Goal> read_goal(const std::string& text, const std::string& file) {
    const auto document = json::parse(text, file);
    if (!document) return fail(document.error());
    Mistakes mistakes{file, {}};
    ObjectReader reader(*document, "", mistakes);
    Goal goal;
    if (reader.format(goal_format)) goal = read_fields(reader, mistakes);
    if (mistakes.errors.empty()) return goal;
    return fail(mistakes.first(text));
}

std::string write_goal(const Goal& goal) {
    json::Value document;
    document["format"] = goal_format;
    document["trials"] = goal.trials;
    document["declared"] = goal.declared;
    for (auto& [rule, setting] : goal.passed) document["passed"][rule] = setting;
    return json::dump(document);
}

std::int64_t wanted_proposals(const OptimizerSpec& optimizer, const std::optional<Goal>& goal) {
    return goal && goal->declared == optimizer.trials ? goal->trials : optimizer.trials;
}

}  // namespace tw
