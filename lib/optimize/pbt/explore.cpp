#include "optimize/pbt/explore.hpp"

#include <algorithm>
#include <cmath>

namespace tw::pbt {
namespace {

constexpr double resampled = 0.25, less = 0.8, more = 1.2;

double number_at(const Parameter& axis, double u) {
    double number = 0;
    as_number(from_unit(axis, u), number);
    return number;
}

// The coordinate of the value that is nearest to `number`.
double coordinate_of(const Parameter& axis, double number) {
    if (value_count(axis) == 0) return to_unit(axis, std::clamp(number, axis.low, axis.high)).value_or(0);
    const double place = std::round((number - axis.low) / (axis.step > 0 ? axis.step : 1));
    const auto last = static_cast<double>(value_count(axis) - 1);
    const auto [low, high] = share_at(axis, static_cast<std::int64_t>(std::clamp(place, 0.0, last)));
    return (low + high) / 2;
}

double perturb(const Parameter& axis, double u, bool up) {
    if (axis.type == ParameterType::categorical) return neighbouring(axis, u, up);
    const double moved = coordinate_of(axis, number_at(axis, u) * (up ? more : less));
    const bool stays = value_count(axis) > 0 && same_value(from_unit(axis, u), from_unit(axis, moved));
    return stays ? neighbouring(axis, u, up) : moved;
}

}  // namespace

Params explore(const UnitCube& cube, const Params& params, Stream& stream) {
    const auto point = cube.point(params);
    const auto axes = cube.axes();
    std::vector<double> moved;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const bool anew = draw_unit(stream) < resampled || !point[i];
        const bool up = draw_unit(stream) < 0.5;
        const double fresh = draw_unit(stream);
        moved.push_back(anew ? fresh : perturb(axes[i], *point[i], up));
    }
    return cube.params(moved);
}

}  // namespace tw::pbt
