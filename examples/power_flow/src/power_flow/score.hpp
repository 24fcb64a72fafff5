// Folds the answers of the flow jobs into the trial's result.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "power_flow/settings.hpp"

namespace power_flow {

struct Tally {
    int missing_tasks = 0;
    int scenarios = 0;  // all there should be
    int failures = 0;   // without an answer, or not converged to the right solution
    int solved = 0;     // with an answer: the base of the sums below
    double squared_error = 0;
    double flat_iterations = 0, warm_iterations = 0;
};

// Adds one flows/results/N.json; throws if it does not look like one. A scenario whose warm
// start failed costs both attempts' iterations.
void add_answer(Tally& tally, const nlohmann::json& answer);

// All the answers below the trial directory; a task without one failed with all its scenarios.
Tally collect_answers(const Settings& settings, const std::string& trial);

// {"cost": error_weight * error + iterations_weight * warm / flat iterations
//          + failure_weight * failures / scenarios,
//  "error": root mean square voltage error in percent of 1 pu,
//  "iterations_saved": mean per flow, "failures": how many}
// All finite. Throws std::runtime_error when no task has answered.
nlohmann::json result_of(const Tally& tally, const Settings& settings);

}  // namespace power_flow
