// The logarithm of the expected improvement, averaged over scenarios, weighted by what is believed. Private
// to lib/optimize.
#pragma once

#include "optimize/gp/belief.hpp"
#include "optimize/gp/posterior.hpp"

namespace tw::gp {

// log(phi(z) + z Phi(z)) and its derivative, exact to far below where the plain formula underflows: Ament,
// Daulton, Eriksson, Balandat, Bakshy, "Unexpected Improvements to Expected Improvement for Bayesian
// Optimization" (2023), (9).
struct LogImprovement {
    double value, slope;
};
LogImprovement log_improvement(double z);

class Acquisition {
public:
    // Improvement over `least`, one number for each scenario.
    Acquisition(const Posterior& posterior, Vector least, const Belief* belief = nullptr)
        : posterior_(posterior), least_(std::move(least)), belief_(belief) {}

    Vector at(const Matrix& rows) const;

    // With the gradient by the coordinates of x; 0 for categories.
    double around(const Vector& x, Vector& gradient) const;

private:
    const Posterior& posterior_;
    Vector least_;  // by scenario
    const Belief* belief_;  // nothing: none is stated
};

}  // namespace tw::gp
