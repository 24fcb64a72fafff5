// The logarithm of the expected improvement, averaged over scenarios, weighted by what is believed. Private
// to lib/optimize.
#pragma once

#include <memory>
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

// log of the mean of exp(values); at least one, finite.
double log_mean(const Eigen::ArrayXd& values);

// How much better than what is known a row may turn out, as the logarithm of an expectation; finite.
class Improvement {
public:
    virtual ~Improvement() = default;

    // Of each row.
    virtual Vector at(const Matrix& rows) const = 0;

    // With the gradient by the coordinates of x; 0 for categories.
    virtual double around(const Vector& x, Vector& gradient) const = 0;

    // What is less is not worth a risk, where there are limits. Else where nothing better is left but what is
    // surely infeasible, that is proposed.
    virtual double log_least() const = 0;
};

// Improvement over `least`, one number for each scenario. Null where there are none: nothing feasible is
// known. The posterior is referred to.
std::unique_ptr<const Improvement> expected_improvement(const Posterior& posterior, Vector least);

class Acquisition {
public:
    // `improvement` null: it does not count. Times the probability that the limits are kept: Gardner et al.
    // (2014), in logarithms. `belief` null: none is stated.
    explicit Acquisition(std::unique_ptr<const Improvement> improvement, const Belief* belief = nullptr,
                         std::span<const Limit> limits = {})
        : improvement_(std::move(improvement)), belief_(belief), limits_(limits) {}

    Vector at(const Matrix& rows) const;

    // With the gradient by the coordinates of x; 0 for categories.
    double around(const Vector& x, Vector& gradient) const;

private:
    std::unique_ptr<const Improvement> improvement_;
    const Belief* belief_;
    std::span<const Limit> limits_;
};

}  // namespace tw::gp
