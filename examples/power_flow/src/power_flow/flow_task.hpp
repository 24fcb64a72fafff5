// What one flow job does: solve its scenarios from the network's voltages and from a flat start.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "power_flow/model.hpp"

namespace power_flow {

// `input` is flows/N.json: {"scenarios": [{"load_p": [...], "load_q": [...],
// "generation_p": [...]}, ...]}. The answer, flows/results/N.json, has one entry for each:
// {"scenarios": [{"flat_iterations": 4, "warm_iterations": 2, "converged": true,
// "voltage_error": 0.002}, ...]}. "converged" says that the warm start reached the flat start's
// solution; "voltage_error" is the network's, in per unit, before any iteration.
nlohmann::json solve_task(const Grid& grid, const Model& model, const nlohmann::json& input);

// flows/N.json for the given scenarios.
nlohmann::json task_input(const std::vector<SolvedScenario>& scenarios, std::size_t begin, std::size_t end);

// "flows/3.json" -> "flows/results/3.json".
std::string result_path(const std::string& input_path);

}  // namespace power_flow
