// The samplers that make_sampler chooses from; see optimize/make_sampler.hpp for the way in.
#pragma once

#include <cstdint>
#include <functional>
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

// Population based training; `first` proposes what members begin with. Code::invalid for more than one
// objective.
SamplerResult make_pbt(Space space, const OptimizerSpec& spec, const std::vector<Objective>& objectives,
                       std::unique_ptr<Sampler> first);

// Gives every proposal of `inner` a budget, that of its bracket's first rung, and proposes first of all the
// good ones anew for the next rung: for the pruners asha, hyperband and bohb with `promote`. Good is who is
// so in the first objective. Trials of other runs and of people compete where they have a budget, and are not
// promoted.
std::unique_ptr<Sampler> make_promoting(std::unique_ptr<Sampler> inner, const PrunerSpec& spec,
                                        std::uint64_t seed, const std::vector<Objective>& objectives);

// A sampler that learns for each budget of the pruner's, and proposals by that of the highest budget with
// results enough. With `promote` a trial counts at its budget. Else it counts, by the last value that it
// reported, at every rung that it reached, so that pruned ones count too, and with its objectives for the
// whole. "auto" is tpe where the pruner is bohb.
using ModelMaker =
    std::function<SamplerResult(const Space&, const OptimizerSpec&, const std::vector<Objective>&)>;
SamplerResult make_budget_models(Space space, OptimizerSpec spec, const std::vector<Objective>& objectives,
                                 ModelMaker maker);

// The points of a grid in its order.
std::unique_ptr<Sampler> make_grid_sampler(Grid grid);

// Proposes `first` in its order, then what `inner` proposes from 0 on. `repeated`: the numbers at which a
// finite `inner` has one of these configurations too; they are left out there.
std::unique_ptr<Sampler> with_first(std::vector<Suggestion> first, std::unique_ptr<Sampler> inner,
                                    std::set<std::int64_t> repeated = {});

}  // namespace tw
