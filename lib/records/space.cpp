#include "records/space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "base/text.hpp"

namespace tw {

namespace {

// Bounds and grids are met up to this part of the range: values went through exp, log and text.
constexpr double rounding = 1e-9;

Status outside(const Parameter& parameter, const Scalar& value, const std::string& why) {
    const char* quote = std::holds_alternative<std::string>(value) ? "'" : "";
    Error error{Code::invalid,
                fmt::format("{} = {}{}{} {}", parameter.name, quote, to_text(value), quote, why)};
    error.pointer = "/" + parameter.name;
    return fail(error);
}

Status not_a_choice(const Parameter& parameter, const Scalar& value) {
    std::vector<std::string> choices;
    for (const Scalar& choice : parameter.choices) choices.push_back(to_text(choice));
    Error error = outside(parameter, value, "is not one of the choices").error();
    const std::string near = did_you_mean(to_text(value), choices);
    error.hint =
        (near.empty() ? "" : fmt::format("did you mean '{}'? ", near)) + "one of " + join(choices, ", ");
    return fail(error);
}

bool on_grid(const Parameter& parameter, double value) {
    if (parameter.step <= 0) return true;
    const double steps = (value - parameter.low) / parameter.step;
    return std::abs(steps - std::round(steps)) <= 1e-6;
}

Status in_range(const Parameter& parameter, const Scalar& value) {
    double number = 0;
    if (!as_number(value, number)) return outside(parameter, value, "is not a number");
    const bool integer = parameter.type == ParameterType::integer;
    if (integer && std::floor(number) != number) return outside(parameter, value, "is not a whole number");
    const double slack = integer ? 0 : (parameter.high - parameter.low) * rounding;
    if (!(number >= parameter.low - slack && number <= parameter.high + slack))
        return outside(parameter, value, fmt::format("is not from {} to {}", parameter.low, parameter.high));
    if (!on_grid(parameter, number))
        return outside(parameter, value,
                       fmt::format("is not on the grid {} + n * {}", parameter.low, parameter.step));
    Status inside;  // {} would clear the memory of an error as well, for every value of every trial
    return inside;
}

bool holds(const Condition& condition, const Scalar& value) {
    auto same = [&](const Scalar& wanted) { return same_value(wanted, value); };
    if (!condition.values.empty()) return std::any_of(condition.values.begin(), condition.values.end(), same);
    double number = 0;
    return as_number(value, number) && !(condition.ge && number < *condition.ge) &&
           !(condition.gt && number <= *condition.gt) && !(condition.le && number > *condition.le) &&
           !(condition.lt && number >= *condition.lt);
}

std::optional<Scalar> default_of(const Parameter& parameter) {
    return parameter.type == ParameterType::fixed ? parameter.value : parameter.default_value;
}

Status unknown_parameter(const Space& space, const std::string& name) {
    std::vector<std::string> names;
    for (const Parameter& parameter : space.parameters) names.push_back(parameter.name);
    Error error{Code::invalid, fmt::format("the space has no parameter '{}'", name)};
    error.pointer = "/" + name;
    if (const std::string near = did_you_mean(name, names); !near.empty())
        error.hint = fmt::format("did you mean '{}'?", near);
    else
        error.hint = "it has " + join(names, ", ");
    return fail(error);
}

}  // namespace

const Parameter* Space::find(std::string_view name) const {
    for (const Parameter& parameter : parameters)
        if (parameter.name == name) return &parameter;
    return nullptr;
}

Status in_domain(const Parameter& parameter, const Scalar& value) {
    auto same = [&](const Scalar& choice) { return same_value(choice, value); };
    switch (parameter.type) {
        case ParameterType::real:
        case ParameterType::integer: return in_range(parameter, value);
        case ParameterType::categorical:
            if (std::any_of(parameter.choices.begin(), parameter.choices.end(), same)) return {};
            return not_a_choice(parameter, value);
        case ParameterType::fixed:
            if (same_value(parameter.value, value)) return {};
            return outside(parameter, value,
                           fmt::format("is not the fixed value {}", to_text(parameter.value)));
    }
    return {};
}

// `chosen` holds active parents only, so an absent parent is an inactive one.
bool is_active(const Space&, const Parameter& parameter, const Params& chosen) {
    return std::all_of(parameter.when.begin(), parameter.when.end(), [&](const Condition& condition) {
        const auto parent = chosen.find(condition.parent);
        return parent != chosen.end() && holds(condition, parent->second);
    });
}

std::vector<const Parameter*> decision_order(const Space& space) {
    std::vector<const Parameter*> order;
    if (std::all_of(space.parameters.begin(), space.parameters.end(),
                    [](auto& p) { return p.when.empty(); })) {
        for (const Parameter& parameter : space.parameters) order.push_back(&parameter);
        return order;
    }
    std::set<const Parameter*> seen;
    std::function<void(const Parameter*)> visit = [&](const Parameter* parameter) {
        if (!parameter || !seen.insert(parameter).second) return;
        for (const Condition& condition : parameter->when) visit(space.find(condition.parent));
        order.push_back(parameter);
    };
    for (const Parameter& parameter : space.parameters) visit(&parameter);
    return order;
}

Status fits(const Space& space, const Params& params) {
    for (const auto& [name, value] : params)
        if (!space.find(name)) return unknown_parameter(space, name);
    Params chosen;
    for (const Parameter* parameter : decision_order(space)) {
        const auto given = params.find(parameter->name);
        if (!is_active(space, *parameter, chosen)) {
            if (given != params.end())
                return outside(*parameter, given->second, "is given although its conditions do not hold");
            continue;
        }
        if (given == params.end()) {
            Error error{Code::invalid, fmt::format("the parameter '{}' has no value", parameter->name)};
            return fail(error);
        }
        if (Status inside = in_domain(*parameter, given->second); !inside) return inside;
        chosen.insert(*given);
    }
    return {};
}

const Expression* broken_constraint(const Space& space, const Params& params) {
    for (const Expression& constraint : space.constraints)
        if (!constraint.holds(params)) return &constraint;
    return nullptr;
}

Status meets_constraints(const Space& space, const Params& params) {
    const Expression* broken = broken_constraint(space, params);
    if (!broken) return {};
    std::vector<std::string> values;
    for (const std::string& name : broken->mentioned())
        if (const auto found = params.find(name); found != params.end())
            values.push_back(fmt::format("{} = {}", name, to_text(found->second)));
    const std::string with = values.empty() ? "" : " with " + join(values, ", ");
    return fail(Code::invalid, fmt::format("the constraint '{}' does not hold{}", broken->text(), with));
}

std::optional<Params> default_configuration(const Space& space) {
    Params chosen;
    for (const Parameter* parameter : decision_order(space)) {
        if (!is_active(space, *parameter, chosen)) continue;
        const auto value = default_of(*parameter);
        if (!value) return {};
        chosen[parameter->name] = *value;
    }
    if (broken_constraint(space, chosen)) return {};
    return chosen;
}

// A value whose parameter is inactive in this space is dropped like one that no longer exists.
Result<Params> carry_over(const Space& space, const Params& params) {
    Params chosen;
    for (const Parameter* parameter : decision_order(space)) {
        if (!is_active(space, *parameter, chosen)) continue;
        const auto given = params.find(parameter->name);
        const auto missing = given == params.end() ? default_of(*parameter) : std::nullopt;
        if (given == params.end() && !missing) {
            Error error{Code::invalid, fmt::format("the new parameter '{}' has no default", parameter->name)};
            return fail(error);
        }
        const Scalar& value = missing ? *missing : given->second;
        if (Status inside = in_domain(*parameter, value); !inside) return fail(inside.error());
        chosen.emplace(parameter->name, value);
    }
    return chosen;
}

}  // namespace tw
