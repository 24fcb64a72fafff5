// A density over the unit cube that is a sum of kernels around trials, each a product over all coordinates,
// so that interactions are kept. Private to lib/optimize.
#pragma once

#include <Eigen/Dense>
#include <vector>

#include "optimize/history.hpp"
#include "optimize/prior.hpp"
#include "optimize/stream.hpp"

namespace tw::tpe {

// What a kernel does in one coordinate.
struct Axis {
    bool category = false;
    std::vector<double> levels;  // unit coordinates of every value, where they are few; else a continuum
    AxisPrior prior;
};

std::vector<Axis> axes_of(const UnitCube& cube);

// How wide kernels are.
enum class Width {
    gaps,   // each, in each coordinate, as far as its farther neighbour: follows where trials crowd
    scott,  // all alike, by the number of trials and of coordinates: Scott, "Multivariate Density Estimation"
            // (1992)
};

// Relative to the uniform density. The prior is one more kernel of the mean weight, which is uniform where
// nothing is believed: against getting stuck. A coordinate in which a member is inactive is drawn from it as
// well, and one in which the point is inactive says nothing.
class Parzen {
public:
    // `weights` with mean 1; empty: all 1.
    Parzen(const std::vector<Axis>& axes, const std::vector<Point>& members,
           const std::vector<double>& weights, Width width);

    // A point with all coordinates, inactive ones included.
    Point draw(Stream& stream) const;

    double log_density(const Point& point) const;

private:
    using Column = Eigen::ArrayXd;

    void set_widths(const std::vector<Point>& members, std::size_t axis, Width width);
    double log_mass(const Axis& axis, double u, double width) const;
    void set_terms(const std::vector<Point>& members, std::size_t axis);
    double drawn(std::size_t axis, Eigen::Index member, Stream& stream) const;

    const std::vector<Axis>& axes_;
    Eigen::Index count_;
    double mix_;                      // the share of a category that is spread over all of them
    std::vector<double> masses_;      // logarithms over a continuum, of kernels as wide as all, evenly spaced
    Column log_weights_;              // of the members, then of the prior
    std::vector<double> cumulative_;  // of the weights
    // By axis, one entry per member; an inactive member has scales and offsets of 0.
    std::vector<Column> points_, widths_;
    std::vector<Column> scales_;   // of the squared distance; of a category: what differing costs
    std::vector<Column> offsets_;  // the kernel's logarithm at its middle
};

}  // namespace tw::tpe
