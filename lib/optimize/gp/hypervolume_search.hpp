// A Gaussian process for either of two objectives. Private to lib/optimize.
#pragma once

#include <array>
#include <memory>

#include "optimize/feasible.hpp"
#include "optimize/gp/acquisition.hpp"
#include "optimize/gp/branches.hpp"
#include "optimize/gp/limits.hpp"
#include "optimize/gp/observations.hpp"

namespace tw::gp {

// The largest expected hypervolume improvement on the front that the processes believe to have seen, trials
// that are under way imagined. Where a space has branches one proposal in four goes to one of them drawn at
// random, measured by the front that is known there.
class HypervolumeSearch {
public:
    // The history, of two objectives, is referred to; so is `feasible`, of its cube.
    HypervolumeSearch(const History& history, const Feasible& feasible, std::uint64_t seed);

    // Proposal k, of what the history tells; `startup` trials are complete, and there are parameters.
    Point choose(std::int64_t k);

private:
    using Both = std::array<Hyperparameters, 2>;  // of either objective

    std::unique_ptr<const Improvement> improvement(const Posterior& first, const Posterior& second,
                                                   const FrontObservations& observed,
                                                   const SearchSpace& measured) const;
    const Both& hyperparameters();

    const History& history_;
    const Feasible& feasible_;
    std::vector<Column> columns_;
    Snap snap_;
    Branches branches_;
    LimitModels limits_;
    std::uint64_t seed_;
    std::size_t fitted_ = 0;  // trials, to which these are:
    Both parameters_;
};

}  // namespace tw::gp
