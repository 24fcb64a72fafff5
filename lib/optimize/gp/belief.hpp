// What the user believes, as part of an acquisition function. Private to lib/optimize.
#pragma once

#include "optimize/gp/features.hpp"

namespace tw::gp {

// The logarithm of the prior to the power of `weight`, which fades as results come: Hvarfner, Stoll, Souza,
// Lindauer, Hutter, Nardi, "piBO: Augmenting acquisition functions with user beliefs for Bayesian
// optimization" (2022), (6). Inactive parameters say nothing.
class Belief {
public:
    Belief(const UnitCube& cube, const std::vector<Column>& columns, double weight);

    double log_at(const Vector& row) const;
    void add_slope(const Vector& row,
                   Vector& gradient) const;  // by the coordinates of the row; 0 but for reals

private:
    const UnitCube& cube_;
    const std::vector<Column>& columns_;
    double weight_;
    bool stated_ = false;
};

}  // namespace tw::gp
