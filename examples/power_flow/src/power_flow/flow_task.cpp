#include "power_flow/flow_task.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace power_flow {
namespace {

// Two solutions this close are the same one; the low-voltage one is much further away.
constexpr double same_solution = 1e-4;

nlohmann::json solve_scenario(const Grid& grid, const Model& model, const Scenario& scenario) {
    const Injection injection = injection_of(scenario);
    const Voltage predicted = model.predict(grid, scenario);
    const FlowResult flat = solve(grid, injection, flat_start(grid));
    if (!flat.converged) throw std::runtime_error("a scenario has no solution from a flat start");
    const FlowResult warm = solve(grid, injection, predicted);
    const bool same = warm.converged && voltage_error(warm.voltage, flat.voltage) < same_solution;
    return {{"flat_iterations", flat.iterations},
            {"warm_iterations", warm.iterations},
            {"converged", same},
            {"voltage_error", voltage_error(predicted, flat.voltage)}};
}

}  // namespace

nlohmann::json solve_task(const Grid& grid, const Model& model, const nlohmann::json& input) {
    nlohmann::json results = nlohmann::json::array();
    for (const auto& scenario : input.at("scenarios"))
        results.push_back(solve_scenario(grid, model, scenario_from(scenario, grid)));
    return {{"scenarios", results}};
}

nlohmann::json task_input(const std::vector<SolvedScenario>& scenarios, std::size_t begin, std::size_t end) {
    nlohmann::json list = nlohmann::json::array();
    for (std::size_t i = begin; i < end; ++i) list.push_back(to_json(scenarios.at(i).scenario));
    return {{"scenarios", list}};
}

std::string result_path(const std::string& input_path) {
    const auto slash = input_path.find_last_of('/');
    if (slash == std::string::npos) return "results/" + input_path;
    return input_path.substr(0, slash) + "/results" + input_path.substr(slash);
}

}  // namespace power_flow
