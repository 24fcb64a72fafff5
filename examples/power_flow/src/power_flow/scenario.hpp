// Operating points of a grid, drawn around its base case.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "power_flow/newton.hpp"
#include "power_flow/random.hpp"

namespace power_flow {

// Per unit, one entry a bus.
struct Scenario {
    VectorXd load_p, load_q, generation_p;
};

struct SolvedScenario {
    Scenario scenario;
    Voltage voltage;
};

Injection injection_of(const Scenario& scenario);

// A common level for all loads and generators times a factor for each load (one for P, one for
// Q), all uniform in [1 - spread, 1 + spread].
Scenario draw_scenario(const Grid& grid, double spread, Random& random);

// `count` scenarios that have a solution from a flat start. Throws std::runtime_error when most
// draws have none: the grid cannot carry such loads.
std::vector<SolvedScenario> draw_solved(const Grid& grid, double spread, int count, Random random);

// Root mean square over the buses of the distance between the voltage phasors, per unit.
double voltage_error(const Voltage& a, const Voltage& b);

nlohmann::json to_json(const Scenario& scenario);
Scenario scenario_from(const nlohmann::json& json, const Grid& grid);  // throws if it does not fit

}  // namespace power_flow
