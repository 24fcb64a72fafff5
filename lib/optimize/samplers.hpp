// The samplers that make_sampler chooses from; see optimize/make_sampler.hpp for the way in.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "optimize/grid.hpp"
#include "optimize/sampler.hpp"
#include "records/experiment.hpp"
#include "records/space.hpp"

namespace tw {

using SamplerResult = Result<std::unique_ptr<Sampler>>;

// Each expects k >= 0; with_first checks it.

// Independent draws from the priors. No error.
SamplerResult make_random(Space space, std::uint64_t seed);

// Sobol's low-discrepancy sequence under a random digital shift, as the priors bend it. Code::invalid when
// the space has more parameters than there are direction numbers.
SamplerResult make_sobol(Space space, std::uint64_t seed);

// A Gaussian process, for up to some hundred trials.
SamplerResult make_gp(Space space, std::uint64_t seed, const std::vector<Objective>& objectives);

// Parzen estimators, for any space and any number of objectives.
SamplerResult make_tpe(Space space, std::uint64_t seed, const std::vector<Objective>& objectives);

// One of the others, and why: see its reason().
SamplerResult make_auto(Space space, std::uint64_t seed, const std::vector<Objective>& objectives);

// CMA-ES with restarts and the margin for integers and steps. Code::invalid for choices, conditional
// parameters and more than one objective.
SamplerResult make_cmaes(Space space, std::uint64_t seed, const std::vector<Objective>& objectives);

// NSGA-II: for several objectives; one is served too. `trials` are expected; few make the population smaller.
// No error.
SamplerResult make_nsga2(Space space, std::uint64_t seed, const std::vector<Objective>& objectives,
                         std::int64_t trials);

// The points of a grid in its order.
std::unique_ptr<Sampler> make_grid_sampler(Grid grid);

// Proposes `first` in its order, then what `inner` proposes from 0 on. `repeated`: the numbers at which a
// finite `inner` has one of these configurations too; they are left out there.
std::unique_ptr<Sampler> with_first(std::vector<Suggestion> first, std::unique_ptr<Sampler> inner,
                                    std::set<std::int64_t> repeated = {});

}  // namespace tw
