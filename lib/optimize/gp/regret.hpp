// How much better than what was found a search may still become. Private to lib/optimize.
#pragma once

#include <optional>

#include "optimize/history.hpp"

namespace tw::gp {

// In units of the one objective, not below 0: the least upper confidence bound among the trials, less the
// least lower one in the whole space, of a Gaussian process of its own: Makarova et al., "Automatic
// Termination for Hyperparameter Optimization" (AutoML 2022), (5). The space is searched by sampling, so it
// is an estimate. Nothing where nothing can be said: no parameters, no complete trial. The work is bounded
// whatever the number of trials; the same history has the same answer.
std::optional<double> regret_bound(const History& history);

}  // namespace tw::gp
