// What the values of a complete trial must keep to, for it to be feasible.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tw {

struct OutcomeConstraint {
    std::string name;                    // a number in result.json
    std::optional<double> lower, upper;  // at least one; both included
};

// How far `values` lie beyond each bound that is stated, in the constraints' order, the lower one first: more
// than 0 where it is not kept. As a part of the bound's size, so that constraints compare; of a bound of 0 as
// it is. Finite. Nothing when a value is missing or not finite.
std::optional<std::vector<double>> excess_of(const std::vector<OutcomeConstraint>& constraints,
                                             const std::map<std::string, double>& values);

// Of all bounds that are not kept, in sum; 0: feasible. Deb, "An efficient constraint handling method for
// genetic algorithms" (2000).
double violation_of(const std::vector<double>& excess);

// "latency_ms = 130 is above 100, memory is not known"; "" where all bounds are kept.
std::string describe_violation(const std::vector<OutcomeConstraint>& constraints,
                               const std::map<std::string, double>& values);

}  // namespace tw
