// The axes of a grid and how their values switch other axes off.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "base/scalar.hpp"
#include "records/space.hpp"

namespace tw {

// Values of a real without step: ends included, evenly spaced, or evenly in the logarithm. An integer has
// all its values, logarithmic or not.
inline constexpr std::int64_t grid_points = 10;

std::int64_t axis_count(const Parameter& parameter);
Scalar axis_value(const Parameter& parameter, std::int64_t index);
std::optional<std::int64_t> axis_index(const Parameter& parameter, const Scalar& value);

// Consecutive values that switch off the same axes.
struct GridSegment {
    std::int64_t first = 0, size = 0;
    std::vector<std::size_t> kills;  // axes that have a condition which these values fail
};

struct GridAxis {
    Parameter parameter;
    std::vector<std::size_t> children;  // axes with a condition on this one
    std::vector<GridSegment> segments;  // ascending, all values
};

// Parents first, and each child as early as it can be, so that few conditions are open at a time.
// Code::invalid when a parent has too many values to try the conditions on each.
Result<std::vector<GridAxis>> cut_axes(const Space& space);

}  // namespace tw
