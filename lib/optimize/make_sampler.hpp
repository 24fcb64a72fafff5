// From experiment.json's "optimizer" to a sampler.
#pragma once

#include <memory>
#include <vector>

#include "optimize/sampler.hpp"
#include "records/experiment.hpp"

namespace tw {

// The sampler that `spec` names, drawing from `space` with the spec's seed. "auto" chooses, and reason()
// says why. Proposals from 0 on are first_configurations(). An unknown name is
// Code::invalid and is named, with the names there are.
Result<std::unique_ptr<Sampler>> make_sampler(const Space& space, const OptimizerSpec& spec,
                                              const std::vector<Objective>& objectives);

}  // namespace tw
