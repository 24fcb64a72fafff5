// The Gaussian process on a history of one objective. Private to lib/optimize.
#pragma once

#include <memory>

#include "optimize/feasible.hpp"
#include "optimize/history.hpp"

namespace tw::gp {

constexpr std::size_t startup = 10;  // complete trials

// `start` proposes until so many are complete; it may be null where they are.
std::unique_ptr<Sampler> make_gp_sampler(std::unique_ptr<Sampler> start, History history, Feasible feasible,
                                         std::uint64_t seed);

}  // namespace tw::gp
