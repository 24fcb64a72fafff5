// A Gaussian process for several objectives. Private to lib/optimize.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "optimize/feasible.hpp"
#include "optimize/history.hpp"

namespace tw::gp {

// Above: less is better. The largest weighted distance from the best of each objective, where 1 is the spread
// of the trials that no other one beats; `share` of the sum: Knowles, "ParEGO: A Hybrid Algorithm With
// On-Line Landscape Approximation for Expensive Multiobjective Optimization Problems" (2006), (2), where the
// share is small, so that of equals the better one is less. `weights`: one per objective, not negative.
std::function<double(const Told&)> chebyshev(const History& history, const std::vector<double>& weights,
                                             double share);

// Of two objectives: hypervolume_search.hpp. With trials under way, whose imagined ends are the less certain
// the more there are, one proposal in three is by weights all the same, which cannot be misled by both models
// at once. Of more than two all are: weights are drawn evenly, and the proposal is the Gaussian process's for
// that one sum. In two of three of these the sum has a large share: that is smoother, so that it is learned
// sooner; without it nothing would be found where the front is hollow.
std::unique_ptr<Sampler> make_front_sampler(std::unique_ptr<Sampler> start, History history,
                                            Feasible feasible, std::uint64_t seed);

}  // namespace tw::gp
