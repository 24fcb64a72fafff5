#include <fmt/format.h>

#include "records/experiment_reader.hpp"

namespace tw {

namespace {

constexpr std::size_t most_constraints = 1000;

const json::Value* find_list(ObjectReader& reader, const std::string& key, const char* example) {
    const json::Value* list = reader.find(key);
    if (!list) return nullptr;
    if (!list->is_array())
        reader.wrong(key, fmt::format("'{}' must be a list, not {}", key, json::kind_name(*list)), example);
    else if (list->size() > most_constraints)
        reader.wrong(key, fmt::format("more than {} constraints", most_constraints));
    else
        return list;
    return nullptr;
}

void read_parameter_constraint(const json::Value& value, const std::string& pointer,
                               const std::set<std::string>& unsure, Space& space, Mistakes& mistakes) {
    if (!value.is_string())
        return mistakes.add(pointer,
                            fmt::format("a constraint must be a string, not {}", json::kind_name(value)),
                            "such as \"layers * width <= 4096\"");
    auto parsed = Expression::parse(value.get<std::string>(), space, unsure);
    if (parsed)
        space.constraints.push_back(std::move(*parsed));
    else
        mistakes.add(pointer, parsed.error().what, parsed.error().hint);
}

OutcomeConstraint read_outcome_constraint(const json::Value& value, const std::string& pointer,
                                          Mistakes& mistakes) {
    OutcomeConstraint constraint;
    ObjectReader reader(value, pointer, mistakes);
    reader.require("name");
    if (reader.text("name", constraint.name) && constraint.name.empty())
        reader.wrong("name", "a constraint needs the name of a value");
    const auto bound = [&](const char* key, std::optional<double>& out) {
        double number = 0;
        if (reader.real(key, number)) out = number;
        return reader.find(key) != nullptr;
    };
    const bool lower = bound("lower", constraint.lower), upper = bound("upper", constraint.upper);
    reader.refuse_unknown();
    if (value.is_object() && !lower && !upper)
        mistakes.add(pointer, "a constraint needs 'lower', 'upper' or both");
    if (constraint.lower && constraint.upper && *constraint.lower > *constraint.upper)
        reader.wrong("lower", "'lower' must not be more than 'upper'");
    return constraint;
}

}  // namespace

void read_constraints(const json::Value& value, const std::string& pointer,
                      const std::set<std::string>& unsure, Experiment& experiment, Mistakes& mistakes) {
    ObjectReader reader(value, pointer, mistakes);
    if (const auto* list = find_list(reader, "parameters", R"(["layers * width <= 4096"])"))
        for (std::size_t i = 0; i < list->size() && !mistakes.full(); ++i)
            read_parameter_constraint((*list)[i], pointer + "/parameters/" + std::to_string(i), unsure,
                                      experiment.space, mistakes);
    std::set<std::string> names;
    if (const auto* list = find_list(reader, "outcomes", R"([{"name": "latency_ms", "upper": 100}])"))
        for (std::size_t i = 0; i < list->size() && !mistakes.full(); ++i) {
            const std::string place = pointer + "/outcomes/" + std::to_string(i);
            auto constraint = read_outcome_constraint((*list)[i], place, mistakes);
            if (!constraint.name.empty() && !names.insert(constraint.name).second)
                mistakes.add(place, fmt::format("the constraint on '{}' is there twice", constraint.name),
                             "one constraint may have both bounds");
            experiment.outcome_constraints.push_back(std::move(constraint));
        }
    reader.refuse_unknown();
}

}  // namespace tw
