#include <fmt/format.h>

#include <algorithm>

#include "records/experiment_reader.hpp"
#include "records/space_reader.hpp"

namespace tw {

namespace {

constexpr std::size_t most_first = 1000;

// What a configuration settles: its own values, and the fixed ones.
Params with_fixed(const Space& space, Params params) {
    for (const Parameter* parameter : decision_order(space))
        if (parameter->type == ParameterType::fixed && is_active(space, *parameter, params))
            params.try_emplace(parameter->name, parameter->value);
    return params;
}

// Parents that are drawn later could switch off what is given here.
bool parents_known(const Parameter& parameter, const Params& known, const std::string& pointer,
                   Mistakes& mistakes) {
    for (const Condition& condition : parameter.when) {
        if (known.contains(condition.parent)) continue;
        mistakes.add(pointer,
                     fmt::format("whether '{}' takes part depends on '{}'", parameter.name, condition.parent),
                     fmt::format("give '{}' too", condition.parent));
        return false;
    }
    return true;
}

void check_value(const Space& space, const Parameter& parameter, const Params& known,
                 const std::string& pointer, Mistakes& mistakes) {
    if (const Status inside = in_domain(parameter, known.at(parameter.name)); !inside)
        mistakes.add(pointer, inside.error().what, inside.error().hint);
    else if (parents_known(parameter, known, pointer, mistakes) && !is_active(space, parameter, known))
        mistakes.add(pointer,
                     fmt::format("'{}' is given although its conditions do not hold", parameter.name));
}

Params read_values(const json::Value& value, const std::string& pointer, Mistakes& mistakes) {
    Params params;
    for (const auto& [name, item] : value.items())
        if (Scalar scalar; read_scalar(item, scalar))
            params[name] = std::move(scalar);
        else
            mistakes.add(pointer + "/" + json::escape_pointer(name),
                         "a parameter's value must be a string, a number, true, false or null");
    return params;
}

void check_values(const Space& space, const Params& params, const std::string& pointer, Mistakes& mistakes) {
    std::vector<std::string> names;
    for (const Parameter& parameter : space.parameters) names.push_back(parameter.name);
    const Params known = with_fixed(space, params);
    for (const auto& [name, value] : params) {
        const std::string place = pointer + "/" + json::escape_pointer(name);
        if (const Parameter* parameter = space.find(name))
            check_value(space, *parameter, known, place, mistakes);
        else
            mistakes.add(place, fmt::format("the space has no parameter '{}'", name),
                         suggestion(name, names));
    }
}

bool same_params(const Params& a, const Params& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return x.first == y.first && same_value(x.second, y.second);
    });
}

// What is drawn meets the constraints; so must what is not.
void check_constraints(const Space& space, const Params& params, const std::string& pointer,
                       Mistakes& mistakes) {
    const Params whole = with_fixed(space, params);
    if (!fits(space, whole)) return;
    if (const Status met = meets_constraints(space, whole); !met) mistakes.add(pointer, met.error().what);
}

// Of what is drawn there may be several.
void check_repeated(const Space& space, const std::vector<Params>& earlier, const Params& params,
                    const std::string& pointer, Mistakes& mistakes) {
    const Params whole = with_fixed(space, params);
    if (!fits(space, whole)) return;
    for (std::size_t i = 0; i < earlier.size(); ++i)
        if (same_params(with_fixed(space, earlier[i]), whole))
            return mistakes.add(pointer,
                                fmt::format("the same configuration is there already, as number {}", i));
}

}  // namespace

std::vector<Params> read_first(const json::Value& value, const std::string& pointer, const Space* space,
                               Mistakes& mistakes) {
    std::vector<Params> first;
    if (!value.is_array()) {
        mistakes.add(pointer, "'first' must be a list of configurations", R"([{"lr": 0.001}])");
        return first;
    }
    if (value.size() > most_first)
        mistakes.add(pointer, fmt::format("more than {} configurations to try first", most_first));
    for (std::size_t i = 0; i < std::min(value.size(), most_first) && !mistakes.full(); ++i) {
        const std::string place = fmt::format("{}/{}", pointer, i);
        if (!value[i].is_object()) {
            mistakes.add(place,
                         fmt::format("a configuration must be an object, not {}", json::kind_name(value[i])));
            first.emplace_back();
            continue;
        }
        const std::size_t before = mistakes.errors.size();
        Params params = read_values(value[i], place, mistakes);
        if (space) check_values(*space, params, place, mistakes);
        if (space && mistakes.errors.size() == before) check_constraints(*space, params, place, mistakes);
        if (space && mistakes.errors.size() == before) check_repeated(*space, first, params, place, mistakes);
        first.push_back(std::move(params));
    }
    return first;
}

}  // namespace tw
