// What the searches with Gaussian processes have in common. Private to lib/optimize.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <limits>

namespace tw::gp {

// What a proposal may cost: a factorisation of so many rows, a fit of so many.
constexpr std::size_t most_rows = 400, most_fitted = 150;
constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();  // complete trials
constexpr Eigen::Index most_anchors = 10;
constexpr double conviction = 10;  // beta of piBO: so many results, and a prior weighs as much as improvement

}  // namespace tw::gp
