// What is believed of parameters before there are results, as distributions over the unit interval. Models
// see the same cube with priors and without: bent by them, it would show a model distances that one wrong
// belief had made up.
#pragma once

#include <optional>
#include <vector>

#include "optimize/unit.hpp"

namespace tw {

// Of one coordinate; uniform where nothing is stated. Immutable.
class AxisPrior {
public:
    AxisPrior() = default;
    explicit AxisPrior(Parameter parameter);

    bool stated() const { return parameter_.prior.has_value(); }

    // Where `u` in [0, 1], drawn uniformly, lies under it: in [0, 1], never less for more.
    double quantile(double u) const;

    // Relative to the uniform density, of a parameter with values over the share that `u` is in. Finite: what
    // is believed to be impossible is very unlikely.
    double log_density(double u) const;

    // Its derivative; 0 where there are values instead of a continuum.
    double slope(double u) const;

    // The mean and the deviation before it is cut off; nothing for choices.
    const std::optional<UnitNormal>& normal() const { return normal_; }

private:
    double log_mass(const Share& share) const;

    Parameter parameter_;
    std::optional<UnitNormal> normal_;
    double below_ = 0, above_ = 1;    // of the normal distribution at 0 and at 1
    std::vector<double> cumulative_;  // of the weights, from 0 to 1
};

// By coordinate of the cube.
std::vector<AxisPrior> priors_of(const UnitCube& cube);

// A configuration drawn from the priors: `uniform` has a number in [0, 1] for each coordinate.
Params draw_params(const UnitCube& cube, const std::vector<AxisPrior>& priors, std::vector<double> uniform);

}  // namespace tw
