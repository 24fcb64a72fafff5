// Densities over the unit cube that are sums of kernels around trials, one product over all coordinates for each trial, so that
// interactions are kept. Private to lib/optimize.
#pragma once

#include <Eigen/Dense>
#include <vector>

#include "optimize/history.hpp"
#include "optimize/stream.hpp"

namespace tw::tpe {

// What a kernel does in one coordinate.
struct Axis {
    bool category = false;
    std::vector<double> levels;  // unit coordinates of every value, where they are few; else a continuum
};

std::vector<Axis> axes_of(const UnitCube& cube);

// Trials as a matrix that only grows. Where a parameter is inactive the coordinate is 0 and its mask too.
class Rows {
public:
    explicit Rows(std::vector<Axis> axes);

    void add(const Point& point);
    std::size_t size() const { return count_; }
    const std::vector<Axis>& axes() const { return axes_; }

    Rows of_points(const std::vector<Point>& points) const;  // others, over the same axes

    auto points() const { return points_.leftCols(static_cast<Eigen::Index>(count_)); }
    auto masks() const { return masks_.leftCols(static_cast<Eigen::Index>(count_)); }

private:
    std::vector<Axis> axes_;
    Eigen::MatrixXd points_, masks_;  // a column per trial
    std::size_t count_ = 0;
};

// Points to be judged, and what two densities over the same rows share.
struct Candidates {
    Candidates(const Rows& rows, const std::vector<Point>& points);

    Eigen::MatrixXd points, masks;  // a column per candidate
    Eigen::MatrixXd squares;        // rows x candidates: squared distances over numbers
};

// Kernels of one width around some of the rows, and a uniform one of the mean weight, against getting stuck. Relative to the
// uniform density: a coordinate in which either side is inactive says nothing.
class Parzen {
public:
    // `members` into `rows`, `weights` with mean 1 (empty: all 1).
    Parzen(const Rows& rows, std::vector<std::size_t> members, std::vector<double> weights);

    // A point with all coordinates, inactive ones included.
    Point draw(Stream& stream) const;

    // The logarithm at each of the candidates.
    Eigen::VectorXd log_density(const Candidates& candidates) const;

private:
    double log_norm(std::size_t axis, double u) const;
    double drawn(std::size_t axis, double u, Stream& stream) const;
    void add_categories(const Candidates& candidates, Eigen::Index candidate, Eigen::ArrayXd& logs) const;

    const Rows& rows_;
    std::vector<std::size_t> members_;
    std::vector<double> cumulative_;  // of the weights; the uniform kernel comes last
    double width_;                    // of numbers
    double mix_;                      // the share of a category that is spread over all of them
    Eigen::ArrayXd log_weights_;      // of the members, then of the uniform kernel
    Eigen::MatrixXd log_norms_;       // coordinates x members; 0 where a member is inactive
    std::vector<double> edge_;        // log_norm of a continuum at evenly spaced points
};

}  // namespace tw::tpe
