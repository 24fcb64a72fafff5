// The covariance matrix of CMA-ES with its square root. Not installed.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "optimize/cmaes/weights.hpp"

namespace tw::cmaes {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

// A result as the covariance learns from it: from the mean, in units of the step size.
struct Step {
    Vector y;
    bool fresh = true;  // sampled from the distribution as it is
};

// Positive definite at all times, its condition limited. A separable one is diagonal: Ros & Hansen, "A Simple
// Modification in CMA-ES Achieving Linear Time and Space Complexity", PPSN 2008.
class Shape {
public:
    // A square matrix, or the variances alone: then it is separable.
    explicit Shape(const Matrix& covariance);

    Vector colour(const Vector& z) const;  // C^1/2 z
    Vector whiten(const Vector& y) const;  // C^-1/2 y
    Vector deviations() const;             // square roots of the diagonal
    bool separable() const { return separable_; }
    const Vector& lengths() const { return lengths_; }  // of the axes of its ellipsoid

    // Rank-one and rank-mu update. `steps` best first, as many as there are weights; `lost`: the variance
    // that a stalled path leaves out. Bad steps that are not fresh are left out: they lie where the mean came
    // from, and would make the shape narrow in the direction it goes.
    void update(const Weights& weights, const Vector& path, double lost, const std::vector<Step>& steps);

private:
    void decompose();

    bool separable_;
    Matrix covariance_;  // a separable one: one column, its diagonal
    Matrix axes_;        // eigenvectors; empty if separable
    Vector lengths_;     // square roots of the eigenvalues
};

}  // namespace tw::cmaes
