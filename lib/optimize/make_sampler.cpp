#include "optimize/make_sampler.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "optimize/samplers.hpp"

namespace tw {
namespace {

const std::vector<std::string> names{"auto", "random", "grid", "sobol", "tpe", "gp", "cmaes", "nsga2"};

SamplerResult refuse(const std::string& name) {
    const std::string meant = did_you_mean(name, names);
    return fail({Code::invalid,
                 fmt::format("there is no sampler \"{}\"; there are {}", name, join(names, ", ")),
                 {},
                 "/optimizer/sampler",
                 0,
                 meant.empty() ? "" : fmt::format("did you mean \"{}\"?", meant)});
}

// A default may be written 1 for a real and 2.0 for an integer; a proposal has the declared type.
std::optional<Params> first_configuration(const Space& space) {
    auto first = default_configuration(space);
    if (!first) return first;
    for (auto& [name, value] : *first) {
        const ParameterType type = space.find(name)->type;
        double number = 0;
        if (!as_number(value, number)) continue;
        if (type == ParameterType::real) value = number;
        if (type == ParameterType::integer) value = static_cast<std::int64_t>(number);
    }
    return first;
}

SamplerResult make_grid(const Space& space, std::optional<Params> first) {
    auto grid = Grid::make(space);
    if (!grid) return fail(std::move(grid.error()));
    const auto repeated = first ? grid->find(*first) : std::nullopt;
    return defaults_first(std::move(first), make_grid_sampler(std::move(*grid)), repeated);
}

SamplerResult make_inner(const Space& space, const OptimizerSpec& spec, const std::vector<Objective>& objectives) {
    if (spec.sampler == "random") return make_random(space, spec.seed);
    if (spec.sampler == "sobol") return make_sobol(space, spec.seed);
    if (spec.sampler == "tpe") return make_tpe(space, spec.seed, objectives);
    if (spec.sampler == "gp") return make_gp(space, spec.seed, objectives);
    if (spec.sampler == "cmaes") return make_cmaes(space, spec.seed, objectives);
    if (spec.sampler == "nsga2") return make_nsga2(space, spec.seed, objectives, spec.trials);
    return make_auto(space, spec.seed, objectives);
}

}  // namespace

SamplerResult make_sampler(const Space& space, const OptimizerSpec& spec, const std::vector<Objective>& objectives) {
    const std::string& name = spec.sampler;
    if (std::find(names.begin(), names.end(), name) == names.end()) return refuse(name);
    auto first = first_configuration(space);
    if (name == "grid") return make_grid(space, std::move(first));
    auto inner = make_inner(space, spec, objectives);
    if (!inner) return inner;
    return defaults_first(std::move(first), std::move(*inner), std::nullopt);
}

}  // namespace tw
