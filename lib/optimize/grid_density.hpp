// Densities of one parameter on a few places, for importance. Private to lib/optimize.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "records/space.hpp"

namespace tw {

// The places that the values of a parameter fall on: its choices, or at most 50 evenly spaced numbers (in the
// logarithm where it is one).
class GridAxis {
public:
    explicit GridAxis(const Parameter& parameter);

    std::size_t size() const { return size_; }
    bool category() const { return category_; }
    std::optional<std::size_t> place(const Scalar& value) const;  // nothing outside the domain

private:
    double scaled(double value) const;

    const Parameter& parameter_;
    bool category_;
    std::size_t size_ = 1;
    double low_ = 0, high_ = 0;  // as scaled
};

// The probability of each place, from how many trials are there (at least one), with a uniform trial added.
// Kernels as wide as Scott's rule says: "Multivariate Density Estimation" (1992).
std::vector<double> density_on(const GridAxis& axis, const std::vector<double>& counts);

}  // namespace tw
