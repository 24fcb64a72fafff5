// A complete trial as the ranking of lib/optimize takes it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "optimize/ranking.hpp"
#include "records/experiment.hpp"

namespace tw {

// `trial` with what its outcome's `values` say of the objectives and of the constraints on outcomes. Where a
// constraint's number is missing, for the declaration was an older one, it comes behind all of which it is
// known.
Candidate measured(Candidate trial, const std::map<std::string, double>& values,
                   const std::vector<Objective>& objectives,
                   const std::vector<OutcomeConstraint>& constraints);

}  // namespace tw
