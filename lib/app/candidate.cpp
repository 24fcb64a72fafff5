#include "app/candidate.hpp"

#include <limits>

namespace tw {

Candidate measured(Candidate trial, const std::map<std::string, double>& values,
                   const std::vector<Objective>& objectives,
                   const std::vector<OutcomeConstraint>& constraints) {
    const auto excess = excess_of(constraints, values);
    trial.violation = excess ? violation_of(*excess) : std::numeric_limits<double>::infinity();
    for (auto& objective : objectives)
        if (auto found = values.find(objective.name); found != values.end())
            trial.values.push_back(found->second);
    return trial;
}

}  // namespace tw
