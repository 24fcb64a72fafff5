// The hypervolume that two costs may add to a front. Private to lib/optimize.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "optimize/gp/acquisition.hpp"

namespace tw::gp {

using Pair = std::array<double, 2>;  // of costs: less is better

// A normal distribution of either cost, independent of the other's. The deviations are above 0.
struct Normals {
    Pair means, deviations;
};

// What no point of a front beats, below a reference.
class Staircase {
public:
    // Points that are not below the reference in both, and those that others beat, are left out.
    Staircase(std::vector<Pair> points, const Pair& reference);

    // The logarithm of the expected hypervolume that one more point adds, and its derivatives. Exact: the
    // strips of Emmerich, Deutz, Klinkenberg, "Hypervolume-based expected improvement: Monotonicity
    // properties and exact computation" (2011), in the form of Yang, Emmerich, Deutz, Baeck, "Efficient
    // computation of expected hypervolume improvement using box decomposition algorithms" (2019), 4.1; in
    // logarithms where it would underflow.
    struct Expected {
        double log = 0;
        Pair by_mean{}, by_deviation{};
    };
    Expected expected(const Normals& normals) const;

    // Of the box from the least of either cost to the reference.
    double area() const { return (edges_.back() - edges_.front()) * (heights_.front() - heights_.back()); }

private:
    Expected expected_of_logs(const Normals& normals) const;

    // Strip i lies below edges_[i] in the first cost, from the edge before on, and below heights_[i] in the
    // second. The first strip has no end.
    std::vector<double> edges_, heights_;
};

// Those of `points` that no other one beats, each once, by the first cost.
std::vector<Pair> front_of(std::vector<Pair> points);

// Where the hypervolume ends, in either cost: beyond the worst of the front by the front's extent, and beyond
// the worst of all points by a tenth of theirs at most. So there is something to be had beside the ends of
// the front, but no end counts more than the rest. The front is that of the first `feasible` points, at
// least one; all are finite.
Pair reference_of(const std::vector<Pair>& points, std::size_t feasible);

// Averaged over the scenarios of both posteriors, which have as many; `fronts`: one for each. The posteriors
// are referred to.
std::unique_ptr<const Improvement> hypervolume_improvement(const Posterior& first, const Posterior& second,
                                                           std::vector<Staircase> fronts);

}  // namespace tw::gp
