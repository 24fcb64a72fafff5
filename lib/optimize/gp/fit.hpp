// Which hyperparameters explain the observations best. Private to lib/optimize.
#pragma once

#include "optimize/gp/kernel.hpp"

namespace tw::gp {

// The maximum of marginal likelihood times prior, searched with L-BFGS-B from little and from much noise.
// `values` are standardised. The work is bounded by the number of rows alone.
//
// The priors: a length scale is log-normal around half the cube's diagonal, wide, so that high dimensions
// begin smooth (Hvarfner, Hellsten, Nardi, "Vanilla Bayesian Optimization Performs Great in High Dimensions",
// ICML 2024); the noise is log-normal around a small one.
Hyperparameters fit(const Matrix& rows, const std::vector<ColumnKind>& kinds, const Vector& values);

// Its objective, for tests: minus the logarithm of likelihood times prior at theta = logarithms of the length
// scales, of the signal's and of the noise's variance; and its gradient.
double cost_of_fit(const Matrix& rows, const std::vector<ColumnKind>& kinds, const Vector& values,
                   const Vector& theta, Vector& gradient);

}  // namespace tw::gp
