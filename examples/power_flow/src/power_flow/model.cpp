#include "power_flow/model.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "power_flow/files.hpp"

namespace power_flow {
namespace {

double bounded(double value, double low, double high, double otherwise) {
    return std::isfinite(value) ? std::clamp(value, low, high) : otherwise;
}

template <class Vector, class Column>
MatrixXd columns(const Vector& samples, const Column& column) {
    MatrixXd result;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const VectorXd values = column(samples[i]);
        if (i == 0) result.resize(values.size(), static_cast<Eigen::Index>(samples.size()));
        result.col(static_cast<Eigen::Index>(i)) = values;
    }
    return result;
}

nlohmann::json scaling_json(const Scaling& scaling) {
    return {{"mean", to_json(scaling.mean)}, {"deviation", to_json(scaling.deviation)}};
}

Scaling scaling_from(const nlohmann::json& json, int size) {
    Scaling result{vector_from(json.at("mean")), vector_from(json.at("deviation"))};
    if (result.mean.size() != size || result.deviation.size() != size)
        throw std::runtime_error("a stored scaling does not fit its network");
    return result;
}

}  // namespace

Scaling Scaling::of(const MatrixXd& samples) {
    const VectorXd mean = samples.rowwise().mean();
    const VectorXd variance =
        (samples.colwise() - mean).rowwise().squaredNorm() / static_cast<double>(samples.cols());
    const VectorXd deviation = variance.cwiseSqrt();
    return {mean, (deviation.array() > 1e-12).select(deviation, 1.0)};
}

MatrixXd Scaling::apply(const MatrixXd& samples) const {
    return (samples.colwise() - mean).array().colwise() / deviation.array();
}

MatrixXd Scaling::undo(const MatrixXd& samples) const {
    return (samples.array().colwise() * deviation.array()).matrix().colwise() + mean;
}

VectorXd features(const Grid& grid, const Scenario& scenario) {
    std::vector<double> values;
    for (int i = 0; i < grid.size(); ++i) {
        if (grid.load_p[i] != 0) values.push_back(scenario.load_p[i]);
        if (grid.load_q[i] != 0) values.push_back(scenario.load_q[i]);
        if (i != grid.slack && grid.generation_p[i] != 0) values.push_back(scenario.generation_p[i]);
    }
    if (values.empty()) throw std::runtime_error("the case has no load: there is nothing to learn");
    return Eigen::Map<VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
}

VectorXd targets(const Grid& grid, const Voltage& voltage) {
    std::vector<double> values;
    for (const int i : grid.pq) values.push_back(voltage.magnitude[i]);
    for (int i = 0; i < grid.size(); ++i)
        if (i != grid.slack) values.push_back(voltage.angle[i]);
    return Eigen::Map<VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
}

MatrixXd feature_matrix(const Grid& grid, const std::vector<SolvedScenario>& scenarios) {
    return columns(scenarios, [&](const SolvedScenario& each) { return features(grid, each.scenario); });
}

MatrixXd target_matrix(const Grid& grid, const std::vector<SolvedScenario>& scenarios) {
    return columns(scenarios, [&](const SolvedScenario& each) { return targets(grid, each.voltage); });
}

Voltage Model::predict(const Grid& grid, const Scenario& scenario) const {
    const VectorXd seen = features(grid, scenario);
    Voltage result = flat_start(grid);
    if (seen.size() != network.sizes().front() || targets(grid, result).size() != network.sizes().back())
        throw std::runtime_error("the network was trained for another grid");
    const VectorXd answer = outputs.undo(network.predict(inputs.apply(seen)));
    Eigen::Index next = 0;
    for (const int i : grid.pq) result.magnitude[i] = bounded(answer[next++], 0.5, 1.5, 0.5);
    for (int i = 0; i < grid.size(); ++i)
        if (i != grid.slack)
            result.angle[i] = bounded(answer[next++], -std::numbers::pi, std::numbers::pi, std::numbers::pi);
    return result;
}

nlohmann::json Model::to_json() const {
    return {
        {"network", network.to_json()}, {"inputs", scaling_json(inputs)}, {"outputs", scaling_json(outputs)}};
}

Model Model::from_json(const nlohmann::json& json) {
    Network network = Network::from_json(json.at("network"));
    const int first = network.sizes().front(), last = network.sizes().back();
    return {std::move(network), scaling_from(json.at("inputs"), first),
            scaling_from(json.at("outputs"), last)};
}

}  // namespace power_flow
