// The logarithm of the expected improvement, averaged over scenarios, weighted by what is believed. Private
// to lib/optimize.
#pragma once

#include <span>

#include "optimize/gp/belief.hpp"
#include "optimize/gp/limits.hpp"
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
    // Improvement over `least`, one number for each scenario; none: nothing feasible is known, and it does
    // not count. Times the probability that the limits are kept: Gardner et al. (2014), in logarithms.
    // `belief` null: none is stated.
    Acquisition(const Posterior& posterior, Vector least, const Belief* belief = nullptr,
                std::span<const Limit> limits = {})
        : posterior_(posterior), least_(std::move(least)), belief_(belief), limits_(limits) {}

    Vector at(const Matrix& rows) const;

    // With the gradient by the coordinates of x; 0 for categories.
    double around(const Vector& x, Vector& gradient) const;

private:
    double improvement_around(const Vector& x, Vector& gradient) const;

    const Posterior& posterior_;
    Vector least_;  // by scenario
    const Belief* belief_;
    std::span<const Limit> limits_;
};

}  // namespace tw::gp
