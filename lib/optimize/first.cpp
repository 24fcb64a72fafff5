#include "optimize/first.hpp"

#include <algorithm>

#include "optimize/prior.hpp"
#include "optimize/stream.hpp"

namespace tw {
namespace {

// It may be written 1 for a real and 2.0 for an integer; a proposal has the declared type.
Scalar typed(const Parameter& parameter, const Scalar& value) {
    double number = 0;
    if (parameter.type == ParameterType::real && as_number(value, number)) return number;
    if (parameter.type == ParameterType::integer && as_number(value, number))
        return static_cast<std::int64_t>(number);
    return value;
}

Params typed(const Space& space, Params params) {
    for (auto& [name, value] : params) value = typed(*space.find(name), value);
    return params;
}

// Also what will turn out to be inactive is drawn, so that a value depends on nothing else that is given.
Params completed_once(const UnitCube& cube, const Params& given, Stream& stream) {
    const Space& space = cube.space();
    Params drawn;
    for (const Parameter& axis : cube.axes())
        drawn[axis.name] = from_unit(axis, AxisPrior(axis).quantile(draw_unit(stream)));
    Params chosen;
    for (const Parameter* parameter : decision_order(space)) {
        if (!is_active(space, *parameter, chosen)) continue;
        const auto value = given.find(parameter->name);
        if (value != given.end())
            chosen[parameter->name] = typed(*parameter, value->second);
        else
            chosen[parameter->name] =
                parameter->type == ParameterType::fixed ? parameter->value : drawn[parameter->name];
    }
    return chosen;
}

// Nothing where what is given leaves no room for the constraints that was found.
std::optional<Params> completed(const Space& space, const Params& given, Stream stream) {
    constexpr int tries = 1000;
    const UnitCube cube(space);
    for (int i = 0; i < tries; ++i)
        if (Params params = completed_once(cube, given, stream); !broken_constraint(space, params))
            return params;
    return std::nullopt;
}

}  // namespace

std::vector<Suggestion> first_configurations(const Space& space, const OptimizerSpec& spec) {
    std::vector<Suggestion> first;
    if (auto defaults = default_configuration(space))
        first.push_back({typed(space, std::move(*defaults)), "default"});
    for (std::size_t i = 0; i < spec.first.size(); ++i) {
        auto params = completed(space, spec.first[i], make_stream(spec.seed, i, "first"));
        if (!params) continue;
        const bool there = std::any_of(first.begin(), first.end(),
                                       [&](const Suggestion& earlier) { return earlier.params == *params; });
        if (!there) first.push_back({std::move(*params), "first"});
    }
    return first;
}

}  // namespace tw
