// Where CMA-ES begins. Not installed.
#pragma once

#include "optimize/cmaes/axes.hpp"
#include "optimize/cmaes/evolution.hpp"

namespace tw::cmaes {

inline constexpr double first_sigma = 0.3;

// From the middle of the best that is known before the first proposal: one of a few, or the best tenth with
// their scatter, as Nomura et al., "Warm Starting CMA-ES for Hyperparameter Optimization", AAAI 2021. Without
// any from the priors, the default configuration, else near the middle of the cube.
Start first_start(const History& history, std::uint64_t seed);

// From anywhere.
Start random_start(std::size_t dimension, double sigma, int lambda, Stream& stream);

}  // namespace tw::cmaes
