#include "optimize/make_sampler.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "optimize/first.hpp"
#include "optimize/samplers.hpp"

namespace tw {
namespace {

const std::vector<std::string> names{"auto", "random", "grid", "sobol", "tpe", "gp", "cmaes", "nsga2", "pbt"};

SamplerResult refuse(const std::string& name) {
    const std::string meant = did_you_mean(name, names);
    return fail({Code::invalid,
                 fmt::format("there is no sampler \"{}\"; there are {}", name, join(names, ", ")),
                 {},
                 "/optimizer/sampler",
                 0,
                 meant.empty() ? "" : fmt::format("did you mean \"{}\"?", meant)});
}

SamplerResult make_grid(const Space& space, std::vector<Suggestion> first) {
    auto grid = Grid::make(space);
    if (!grid) return fail(std::move(grid.error()));
    std::set<std::int64_t> repeated;
    for (const Suggestion& one : first)
        if (const auto k = grid->find(one.params)) repeated.insert(*k);
    return with_first(std::move(first), make_grid_sampler(std::move(*grid)), std::move(repeated));
}

SamplerResult make_plain(const Space& space, const OptimizerSpec& spec,
                         const std::vector<Objective>& objectives) {
    if (spec.sampler == "random") return make_random(space, spec.seed);
    if (spec.sampler == "sobol") return make_sobol(space, spec.seed);
    if (spec.sampler == "tpe") return make_tpe(space, spec.seed, objectives);
    if (spec.sampler == "gp") return make_gp(space, spec.seed, objectives);
    if (spec.sampler == "cmaes") return make_cmaes(space, spec.seed, objectives);
    if (spec.sampler == "nsga2") return make_nsga2(space, spec.seed, objectives, spec.trials);
    return make_auto(space, spec.seed, objectives);
}

bool learns(const std::string& name) {
    return name != "random" && name != "sobol";
}

SamplerResult make_inner(const Space& space, const OptimizerSpec& spec,
                         const std::vector<Objective>& objectives) {
    const bool by_budget = learns(spec.sampler) && (spec.pruner.promote || spec.pruner.type == "bohb");
    return by_budget ? make_budget_models(space, spec, objectives, make_plain)
                     : make_plain(space, spec, objectives);
}

SamplerResult make_beginning(const Space& space, std::uint64_t seed, std::vector<Suggestion> first) {
    auto sobol = make_sobol(space, seed);
    if (!sobol) sobol = make_random(space, seed);
    if (!sobol) return sobol;
    return with_first(std::move(first), std::move(*sobol));
}

SamplerResult make_one(const Space& space, const OptimizerSpec& spec,
                       const std::vector<Objective>& objectives) {
    auto first = first_configurations(space, spec);
    if (spec.sampler == "grid") return make_grid(space, std::move(first));
    if (spec.sampler == "pbt") {
        auto beginning = make_beginning(space, spec.seed, std::move(first));
        return beginning ? make_pbt(space, spec, objectives, std::move(*beginning)) : std::move(beginning);
    }
    auto inner = make_inner(space, spec, objectives);
    if (!inner) return inner;
    return with_first(std::move(first), std::move(*inner));
}

}  // namespace

SamplerResult make_sampler(const Space& space, const OptimizerSpec& spec,
                           const std::vector<Objective>& objectives) {
    const std::string& name = spec.sampler;
    if (std::find(names.begin(), names.end(), name) == names.end()) return refuse(name);
    auto sampler = make_one(space, spec, objectives);
    if (!sampler || !spec.pruner.promote) return sampler;
    return make_promoting(std::move(*sampler), spec.pruner, spec.seed, objectives);
}

}  // namespace tw
