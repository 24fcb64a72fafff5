#include "records/outcome_constraint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace tw {

namespace {

constexpr double most = 1e300;  // the sum of all stays finite

double relative(double excess, double bound) {
    const double size = std::abs(bound);
    return std::clamp(size > 0 ? excess / size : excess, -most, most);
}

}  // namespace

std::optional<std::vector<double>> excess_of(const std::vector<OutcomeConstraint>& constraints,
                                             const std::map<std::string, double>& values) {
    std::vector<double> excess;
    for (const OutcomeConstraint& constraint : constraints) {
        const auto found = values.find(constraint.name);
        if (found == values.end() || !std::isfinite(found->second)) return std::nullopt;
        if (constraint.lower)
            excess.push_back(relative(*constraint.lower - found->second, *constraint.lower));
        if (constraint.upper)
            excess.push_back(relative(found->second - *constraint.upper, *constraint.upper));
    }
    return excess;
}

std::string describe_violation(const std::vector<OutcomeConstraint>& constraints,
                               const std::map<std::string, double>& values) {
    std::vector<std::string> parts;
    for (const OutcomeConstraint& constraint : constraints) {
        const auto found = values.find(constraint.name);
        if (found == values.end() || !std::isfinite(found->second))
            parts.push_back(constraint.name + " is not known");
        else if (constraint.lower && found->second < *constraint.lower)
            parts.push_back(
                fmt::format("{} = {:.6g} is below {}", constraint.name, found->second, *constraint.lower));
        else if (constraint.upper && found->second > *constraint.upper)
            parts.push_back(
                fmt::format("{} = {:.6g} is above {}", constraint.name, found->second, *constraint.upper));
    }
    return join(parts, ", ");
}

double violation_of(const std::vector<double>& excess) {
    double sum = 0;
    for (const double part : excess) sum += std::max(part, 0.0);
    return sum;
}

}  // namespace tw
