// What a search tries before its sampler is asked.
#pragma once

#include <vector>

#include "optimize/sampler.hpp"
#include "records/experiment.hpp"

namespace tw {

// Proposals from 0 on: the configuration of the defaults, by "default", if there is one; then those of
// `spec.first`, by "first". What these leave out is drawn from the priors, by the spec's seed and the place
// in the list. One that is the same as an earlier one is left out. fits() holds for each, and each value is
// of its parameter's type. Pure.
std::vector<Suggestion> first_configurations(const Space& space, const OptimizerSpec& spec);

}  // namespace tw
