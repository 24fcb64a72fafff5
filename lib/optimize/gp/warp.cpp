#include "optimize/gp/warp.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "optimize/normal.hpp"

namespace tw::gp {
namespace {

// Made smaller first: squares of what is huge would be infinite.
Scaled standardise(const Vector& values) {
    const double most = values.cwiseAbs().maxCoeff();
    if (!(most > 0)) return {Vector::Zero(values.size()), 0};
    const Vector small = values / most;
    const Vector centred = small.array() - small.mean();
    const double deviation = std::sqrt(centred.squaredNorm() / static_cast<double>(values.size()));
    if (!(deviation > 1e-14)) return {Vector::Zero(values.size()), 0};
    return {centred / deviation, most * deviation};
}

// Above the median by rank, at the deviation that the good half has: Song et al., "The Vizier Gaussian
// Process Bandit Algorithm" (2024), 3.2, half-rank warping.
Vector half_ranked(const Vector& values) {
    const auto n = static_cast<std::size_t>(values.size());
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), 0);
    const auto at = [&](std::size_t i) { return values(static_cast<Eigen::Index>(i)); };
    std::sort(order.begin(), order.end(),
              [&](auto a, auto b) { return at(a) != at(b) ? at(a) < at(b) : a < b; });
    const std::size_t half = (n - 1) / 2;
    const double median = at(order[half]), widest = median - at(order[0]);
    double squares = 0;
    for (std::size_t i = 0; i <= half && widest > 0; ++i)
        squares += std::pow((at(order[i]) - median) / widest, 2);
    const double deviation = widest * std::sqrt(squares / static_cast<double>(half + 1));
    if (!(deviation > 0) || !std::isfinite(deviation)) return values;
    Vector result = values;
    for (std::size_t i = half + 1, first = i; i < n; ++i) {
        if (at(order[i]) != at(order[first])) first = i;
        if (at(order[i]) == median) continue;
        const double rank = (static_cast<double>(first) + 0.5) / static_cast<double>(n);
        result(static_cast<Eigen::Index>(order[i])) =
            median + deviation * normal_quantile(std::max(rank, 0.5));
    }
    return result;
}

// Yeo & Johnson, "A new family of power transformations to improve normality or symmetry", Biometrika 87
// (2000).
double power(double y, double lambda) {
    const double sign = y < 0 ? -1 : 1, exponent = y < 0 ? 2 - lambda : lambda;
    const double grown = std::log1p(std::abs(y));
    return sign * (std::abs(exponent) < 1e-9 ? grown : std::expm1(exponent * grown) / exponent);
}

// Minus the logarithm of the likelihood of normal values, up to a constant.
double cost_of_power(const Vector& values, double lambda) {
    const auto n = static_cast<double>(values.size());
    const Vector powered = values.unaryExpr([&](double y) { return power(y, lambda); });
    const double variance = (powered.array() - powered.mean()).square().sum() / n;
    double jacobian = 0;
    for (const double y : values) jacobian += (y < 0 ? -1 : 1) * std::log1p(std::abs(y));
    return n / 2 * std::log(std::max(variance, 1e-300)) - (lambda - 1) * jacobian;
}

}  // namespace

Vector standardised(const Vector& values) {
    return standardise(values).values;
}

Vector warped(const Vector& values, bool ranked) {
    const Vector plain = standardised(ranked ? half_ranked(values) : values);
    double best = 1, least = cost_of_power(plain, 1);
    for (double lambda = -1; lambda <= 2.01; lambda += 0.1)
        if (const double cost = cost_of_power(plain, lambda); cost < least) least = cost, best = lambda;
    return standardised(plain.unaryExpr([&](double y) { return power(y, best); }));
}

Vector without_outliers(const Vector& values) {
    Vector sorted = values;
    const auto middle = sorted.begin() + (sorted.size() - 1) / 2;
    std::nth_element(sorted.begin(), middle, sorted.end());
    const double below = *middle - values.minCoeff(), most = *middle + 100 * below;
    return below > 0 && std::isfinite(most) ? Vector(values.cwiseMin(most)) : values;
}

Scaled scaled(const Vector& values) {
    return standardise(half_ranked(values));
}

}  // namespace tw::gp
