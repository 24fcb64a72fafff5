// The Gaussian process on a history of one objective. Private to lib/optimize.
#pragma once

#include <algorithm>
#include <memory>

#include "optimize/feasible.hpp"
#include "optimize/history.hpp"

namespace tw::gp {

constexpr std::size_t startup = 10;  // complete trials

// How many trials the hyperparameters are fitted to that are used with so many: anew when a tenth has been
// added.
constexpr std::size_t due_fit(std::size_t known) {
    std::size_t due = startup;
    for (std::size_t next = due; next <= known; next += std::max<std::size_t>(1, next / 10)) due = next;
    return due;
}

// `start` proposes until so many are complete; it may be null where they are.
std::unique_ptr<Sampler> make_gp_sampler(std::unique_ptr<Sampler> start, History history, Feasible feasible,
                                         std::uint64_t seed);

}  // namespace tw::gp
