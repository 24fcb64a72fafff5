#include "optimize/cmaes/axes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tw::cmaes {
namespace {

double mirrored(double x) {
    const double phase = std::abs(std::remainder(x, 2.0));  // a period is there and back
    return std::min(phase, 1.0);
}

double nearest_image(double u, double mean) {
    const double same = u + 2 * std::round((mean - u) / 2), turned = -u + 2 * std::round((mean + u) / 2);
    return std::abs(same - mean) <= std::abs(turned - mean) ? same : turned;
}

}  // namespace

bool Axes::has_steps(std::size_t axis) const {
    return value_count(parameters_[axis]) > 0;
}

Share Axes::cell(std::size_t axis, double x) const {
    const Parameter& p = parameters_[axis];
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const std::int64_t index = index_of(p, from_unit(p, x)).value_or(0);
    Share cell = share_at(p, index);
    if (index == 0) cell.low = -infinity;
    if (index == value_count(p) - 1) cell.high = infinity;
    return cell;
}

Point Axes::inside(const Vector& x) const {
    Point point;
    for (std::size_t i = 0; i < size(); ++i) {
        const double at = x[static_cast<Eigen::Index>(i)];
        point.push_back(has_steps(i) ? std::clamp(at, 0.0, 1.0) : mirrored(at));
    }
    return point;
}

Vector Axes::nearest(const Point& point, const Vector& mean) const {
    Vector x = mean;
    for (std::size_t i = 0; i < size(); ++i) {
        double& at = x[static_cast<Eigen::Index>(i)];
        if (!std::isfinite(point[i])) continue;
        if (!has_steps(i)) {
            at = nearest_image(point[i], at);
            continue;
        }
        const Share share = cell(i, point[i]);
        at = std::clamp(at, share.low, share.high);
    }
    return x;
}

}  // namespace tw::cmaes
