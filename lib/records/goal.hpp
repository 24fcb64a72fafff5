// How many proposals a person asked for on a command line: .trialwatch/optimizer/goal.<epoch>.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "records/experiment.hpp"

namespace tw {

struct Goal {
    std::int64_t trials = 0;               // proposals in all
    std::int64_t declared = 0;             // optimizer.trials when they were asked for
    std::map<std::string, double> passed;  // rules of optimizer.stop that had ended the search then, and what
                                           // they said: they count again when they are edited
};

Result<Goal> read_goal(const std::string& text, const std::string& file);
std::string write_goal(const Goal& goal);

// Proposals in all. The newer word counts: a goal until optimizer.trials is edited.
std::int64_t wanted_proposals(const OptimizerSpec& optimizer, const std::optional<Goal>& goal);

}  // namespace tw
