// Where an acquisition function is largest. Private to lib/optimize.
#pragma once

#include <functional>

#include "optimize/gp/acquisition.hpp"

namespace tw::gp {

// Where to look: in each column from `low` to `high`, categories by their numbers; at first everywhere.
struct SearchSpace {
    SearchSpace(const std::vector<Column>& columns, const Snap& snap);

    const std::vector<Column>& columns;
    const Snap& snap;
    Vector low, high;
};

// Every other one under the priors, where any are stated.
Vector random_row(const SearchSpace& space, Stream& stream);

// Rows to begin with: half of them anywhere, half around the anchors (good rows, at least one); fewer,
// perhaps none, where the constraints on parameters leave little room.
Matrix candidates(const SearchSpace& space, const Matrix& anchors, Stream& stream);

// The best of so many rows drawn at random, which may violate the constraints on parameters where these leave
// little room. What is uncertain is the border above all, which a climb would end at.
Vector best_of(const Acquisition& acquisition, const SearchSpace& space, Eigen::Index count, Stream& stream);

// The best row found that is none of `taken` (unless every row that was looked at is): candidates over the
// whole space and around the anchors (good rows, best first), the best of them climbed from by L-BFGS-B in
// the real columns and value by value in the others. All meet the constraints on parameters, unless that
// leaves none.
Vector maximise(const Acquisition& acquisition, const SearchSpace& space, const Matrix& anchors,
                const Matrix& taken, Stream& stream);

}  // namespace tw::gp
