// Conditions that a proposal should meet, as far as trials tell: constraints on outcomes, and not to fail.
// Private to lib/optimize.
#pragma once

#include <map>
#include <vector>

#include "optimize/gp/posterior.hpp"
#include "optimize/history.hpp"

namespace tw::gp {

// That what a process models is at most `most`, noise included.
class Limit {
public:
    Limit(Posterior posterior, double most) : posterior_(std::move(posterior)), most_(most) {}

    // The logarithm of its probability, at each row.
    Vector at(const Matrix& rows) const;

    // With the gradient by the coordinates of x; 0 for categories.
    double around(const Vector& x, Vector& gradient) const;

private:
    Posterior posterior_;
    double most_;
};

// log Phi(z) and its derivative, exact to where Phi underflows and beyond.
struct LogNormal {
    double value, slope;
};
LogNormal log_normal(double z);

// One process for each bound of the constraints on outcomes, after Gardner, Kusner, Xu, Weinberger,
// Cunningham, "Bayesian Optimization with Inequality Constraints" (2014), on a scale that shows best what is
// near the bound (Eriksson & Poloczek, "Scalable constrained Bayesian optimization" (2021), 3.2); and one, of
// least squares (Rasmussen & Williams 6.5), for failing as such, once a trial has. How much each depends on
// which parameter is learned from its own data, so that what fails anywhere by chance puts nobody off
// anything.
class LimitModels {
public:
    explicit LimitModels(std::vector<Column> columns) : columns_(std::move(columns)) {}

    // `pending` rows are imagined, once.
    std::vector<Limit> all(const History& history, const Matrix& pending, Stream& stream);

private:
    struct Fit {
        std::size_t trials = 0;
        Hyperparameters parameters;
    };

    std::vector<Column> columns_;
    std::map<int, Fit> fits_;  // by bound; -1: failing
};

}  // namespace tw::gp
