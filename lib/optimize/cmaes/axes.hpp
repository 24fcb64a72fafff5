// How a search over all real numbers stands in the unit cube: reals are mirrored at its sides, so that a mean
// may lie on one; numbers with steps are clamped, so that the last value's share goes on for ever. Not
// installed.
#pragma once

#include <optional>
#include <vector>

#include "optimize/cmaes/shape.hpp"
#include "optimize/history.hpp"

namespace tw::cmaes {

class Axes {
public:
    // A cube of numbers only.
    explicit Axes(const UnitCube& cube) : parameters_(cube.axes()) {}

    std::size_t size() const { return parameters_.size(); }
    bool has_steps(std::size_t axis) const;

    // The cell of a parameter with steps that `x` is in; infinite at the ends.
    Share cell(std::size_t axis, double x) const;

    Point inside(const Vector& x) const;

    // Of all that inside() maps to the same configuration as `point`, what is nearest to `mean`.
    Vector nearest(const Point& point, const Vector& mean) const;

private:
    std::vector<Parameter> parameters_;
};

}  // namespace tw::cmaes
