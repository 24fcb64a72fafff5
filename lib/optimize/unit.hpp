// The one mapping between parameters and the unit interval; random, sobol and models share it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/scalar.hpp"
#include "records/space.hpp"

namespace tw {

// Its values have no order: models compare them as the same or not the same.
bool is_category(const Parameter& parameter);

// Number of distinct values: a fixed parameter has 1, a real without step 0 (a continuum).
std::int64_t value_count(const Parameter& parameter);

// Value number `index` of a parameter with value_count() > 0, ascending or in the order of the choices.
// Step grids are cleaned of rounding noise: 0.3, not 0.30000000000000004.
Scalar value_at(const Parameter& parameter, std::int64_t index);

// Its reverse; nothing if the value is none of them. Reals off the grid by rounding only are found.
std::optional<std::int64_t> index_of(const Parameter& parameter, const Scalar& value);

// The value at `u` in [0, 1] (anything else is clamped, NaN is 0). Choices and grid points have equal
// shares; a log real is log-uniform; a log integer is log-uniform over [low - 1/2, high + 1/2] and
// rounded, as Optuna does. The value is always in the domain, of type int64 for an integer and
// double for a real.
Scalar from_unit(const Parameter& parameter, double u);

// Where from_unit gives this value: the middle of its share (of a log integer the value's own logarithm).
// Nothing if it is outside the domain.
std::optional<double> to_unit(const Parameter& parameter, const Scalar& value);

// to_unit of every value, ascending; empty for a continuum, and where there are more than `most`.
std::vector<double> levels_of(const Parameter& parameter, std::int64_t most);

// Which of `levels` (ascending, at least one) is nearest to `u`.
double nearest_level(const std::vector<double>& levels, double u);

// The part of [0, 1] at which from_unit gives value number `index` of a parameter with value_count() > 0.
struct Share {
    double low = 0, high = 1;
};
Share share_at(const Parameter& parameter, std::int64_t index);

// The normal distribution of a number's prior in the unit coordinate; both finite, the deviation from 1e-6 to
// 100.
struct UnitNormal {
    double mean = 0.5, deviation = 1;
};
UnitNormal normal_prior(const Parameter& parameter);

// The middle of the share beside that of `u`, above or below; at the end beside it the other way. Of a
// parameter with value_count() > 0; where that is 1, its own.
double neighbouring(const Parameter& parameter, double u, bool up);

// A space as a cube: one coordinate per parameter that is not fixed, in declaration order. A conditional
// parameter keeps its coordinate while it is inactive. Immutable, so safe to share between threads.
class UnitCube {
public:
    explicit UnitCube(Space space);

    const Space& space() const { return space_; }
    bool conditional() const;  // a parameter may be inactive
    std::size_t dimension() const { return dimension_; }
    std::vector<Parameter> axes() const;  // by coordinate

    // The configuration at a point with dimension() coordinates; inactive parameters are left out.
    Params params(const std::vector<double>& point) const;

    // Whether the configuration at a point meets the constraints on parameters.
    bool feasible(const std::vector<double>& point) const;

    // Its reverse: nothing at a coordinate whose parameter is inactive or does not fit.
    std::vector<std::optional<double>> point(const Params& params) const;

private:
    struct Axis {
        std::size_t parameter;   // index into space_.parameters
        std::size_t coordinate;  // unused if fixed
    };

    Space space_;
    std::vector<Axis> order_;    // parents first
    std::vector<Axis> by_name_;  // as Params have them; without the fixed ones
    std::size_t dimension_ = 0;
};

}  // namespace tw
