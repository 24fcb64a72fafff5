#include "power_flow/scenario.hpp"

#include <cmath>
#include <stdexcept>

#include "power_flow/files.hpp"

namespace power_flow {

Injection injection_of(const Scenario& scenario) {
    return {scenario.generation_p - scenario.load_p, -scenario.load_q};
}

Scenario draw_scenario(const Grid& grid, double spread, Random& random) {
    const double low = 1 - spread, high = 1 + spread;
    const double level = uniform(random, low, high);
    Scenario result{grid.load_p * level, grid.load_q * level, grid.generation_p * level};
    for (int i = 0; i < grid.size(); ++i) {
        result.load_p[i] *= uniform(random, low, high);
        result.load_q[i] *= uniform(random, low, high);
    }
    return result;
}

std::vector<SolvedScenario> draw_solved(const Grid& grid, double spread, int count, Random random) {
    const Voltage start = flat_start(grid);
    std::vector<SolvedScenario> result;
    for (int draws = 0; static_cast<int>(result.size()) < count; ++draws) {
        if (draws >= 2 * count + 20)
            throw std::runtime_error("most load scenarios have no power flow solution; lower load_spread");
        Scenario scenario = draw_scenario(grid, spread, random);
        FlowResult flow = solve(grid, injection_of(scenario), start);
        if (flow.converged) result.push_back({std::move(scenario), std::move(flow.voltage)});
    }
    return result;
}

double voltage_error(const Voltage& a, const Voltage& b) {
    return (a.phasors() - b.phasors()).norm() / std::sqrt(static_cast<double>(a.magnitude.size()));
}

nlohmann::json to_json(const Scenario& scenario) {
    return {{"load_p", to_json(scenario.load_p)},
            {"load_q", to_json(scenario.load_q)},
            {"generation_p", to_json(scenario.generation_p)}};
}

Scenario scenario_from(const nlohmann::json& json, const Grid& grid) {
    Scenario result{vector_from(json.at("load_p")), vector_from(json.at("load_q")),
                    vector_from(json.at("generation_p"))};
    for (const VectorXd* values : {&result.load_p, &result.load_q, &result.generation_p})
        if (values->size() != grid.size()) throw std::runtime_error("a scenario is of another grid");
    return result;
}

}  // namespace power_flow
