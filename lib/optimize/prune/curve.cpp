#include "optimize/prune/curve.hpp"

#include <algorithm>

namespace tw {

std::vector<Measured>::const_iterator Curve::from(std::int64_t step) const {
    return std::lower_bound(points_.begin(), points_.end(), step,
                            [](const Measured& point, std::int64_t wanted) { return point.step < wanted; });
}

void Curve::add(std::int64_t step, double value) {
    const auto place = from(step);
    if (place == points_.end() || place->step != step) points_.insert(place, {step, value});
}

std::optional<double> Curve::at_or_before(std::int64_t step) const {
    auto place = from(step);
    if (place != points_.end() && place->step == step) return place->value;
    if (place == points_.begin()) return std::nullopt;
    return std::prev(place)->value;
}

}  // namespace tw
