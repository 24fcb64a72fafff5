#include "optimize/make_sampler.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "optimize/samplers.hpp"

namespace tw {
namespace {

const std::vector<std::string> names{"auto", "random", "grid", "sobol"};

SamplerResult refuse(const std::string& name) {
    const std::string meant = did_you_mean(name, names);
    return fail({Code::invalid,
                 fmt::format("there is no sampler \"{}\"; there are {}", name, join(names, ", ")),
                 {},
                 "/optimizer/sampler",
                 0,
                 meant.empty() ? "" : fmt::format("did you mean \"{}\"?", meant)});
}

SamplerResult make_grid(const Space& space, std::optional<Params> first) {
    auto grid = Grid::make(space);
    if (!grid) return fail(std::move(grid.error()));
    const auto repeated = first ? grid->find(*first) : std::nullopt;
    return defaults_first(std::move(first), make_grid_sampler(std::move(*grid)), repeated, "");
}

}  // namespace

// The objectives are for samplers that learn from them; none of these does.
SamplerResult make_sampler(const Space& space, const OptimizerSpec& spec, const std::vector<Objective>&) {
    const std::string& name = spec.sampler;
    if (std::find(names.begin(), names.end(), name) == names.end()) return refuse(name);
    auto first = default_configuration(space);
    if (name == "grid") return make_grid(space, std::move(first));
    auto inner = name == "random" ? make_random(space, spec.seed) : make_sobol(space, spec.seed);
    if (!inner) return inner;
    const char* reason = name == "auto" ? "sobol (auto: no model-based sampler yet)" : "";
    return defaults_first(std::move(first), std::move(*inner), std::nullopt, reason);
}

}  // namespace tw
