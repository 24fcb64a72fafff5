// The surrogate: predicts all bus voltages from loads and generation.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "power_flow/network.hpp"
#include "power_flow/scenario.hpp"

namespace power_flow {

// Rows are brought to mean 0 and deviation 1 over the training samples.
struct Scaling {
    VectorXd mean, deviation;

    static Scaling of(const MatrixXd& samples);
    MatrixXd apply(const MatrixXd& samples) const;
    MatrixXd undo(const MatrixXd& samples) const;
};

// What the network sees of a scenario: the loads that exist and the generators' power.
VectorXd features(const Grid& grid, const Scenario& scenario);

// What it answers: magnitudes at PQ buses, then angles at all but the slack bus.
VectorXd targets(const Grid& grid, const Voltage& voltage);

// One sample a column.
MatrixXd feature_matrix(const Grid& grid, const std::vector<SolvedScenario>& scenarios);
MatrixXd target_matrix(const Grid& grid, const std::vector<SolvedScenario>& scenarios);

struct Model {
    Network network;
    Scaling inputs, outputs;

    // Finite and within magnitudes of 0.5 .. 1.5 pu and angles of +-pi, however badly the
    // network was trained.
    Voltage predict(const Grid& grid, const Scenario& scenario) const;

    nlohmann::json to_json() const;
    static Model from_json(const nlohmann::json& json);
};

}  // namespace power_flow
