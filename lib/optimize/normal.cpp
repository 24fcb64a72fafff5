#include "optimize/normal.hpp"

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>

namespace tw {

double normal_density(double z) {
    return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
}

double normal_below(double z) {
    return std::erfc(-z / std::numbers::sqrt2) / 2;
}

double normal_between(double a, double b) {
    return a > 0 ? normal_below(-a) - normal_below(-b) : normal_below(b) - normal_below(a);
}

double normal_quantile(double p) {
    p = std::clamp(p, 1e-16, 1 - 1e-16);
    return std::numbers::sqrt2 * boost::math::erf_inv(2 * p - 1);
}

double normal_quantile_above(double p) {
    return std::numbers::sqrt2 * boost::math::erfc_inv(2 * p);
}

}  // namespace tw
