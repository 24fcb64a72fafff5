#include "power_flow/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "power_flow/files.hpp"

namespace power_flow {
namespace {

std::vector<int> layer_sizes(const Settings& settings, const Samples& samples) {
    std::vector<int> sizes(static_cast<std::size_t>(settings.layers), settings.width);
    sizes.insert(sizes.begin(), static_cast<int>(samples.inputs.rows()));
    sizes.push_back(static_cast<int>(samples.outputs.rows()));
    return sizes;
}

OptimizerOptions optimizer_options(const Settings& settings) {
    return {settings.optimizer, settings.momentum, settings.weight_decay};
}

}  // namespace

Trainer::Trainer(const Settings& settings, const Grid& grid, const std::vector<SolvedScenario>& training,
                 const std::vector<SolvedScenario>& validation, std::uint64_t seed)
    : settings_(settings),
      seed_(seed),
      input_scaling_(Scaling::of(feature_matrix(grid, training))),
      output_scaling_(Scaling::of(target_matrix(grid, training))),
      training_{input_scaling_.apply(feature_matrix(grid, training)),
                output_scaling_.apply(target_matrix(grid, training))},
      validation_{input_scaling_.apply(feature_matrix(grid, validation)),
                  output_scaling_.apply(target_matrix(grid, validation))},
      network_(layer_sizes(settings, training_), activation_from(settings.activation), seed),
      optimizer_(optimizer_options(settings), network_.weights().size()),
      loss_(network_.loss(validation_.inputs, validation_.outputs)) {
}

double Trainer::learning_rate(double progress) const {
    if (settings_.schedule == "constant") return settings_.lr;
    return settings_.lr * 0.5 * (1 + std::cos(std::numbers::pi * std::min(progress, 1.0)));
}

void Trainer::pass(Network& network, Optimizer& optimizer) const {
    std::vector<int> order(static_cast<std::size_t>(training_.inputs.cols()));
    std::iota(order.begin(), order.end(), 0);
    Random random = random_stream(seed_, static_cast<std::uint64_t>(epoch_) + 1);
    shuffle(order, random);
    VectorXd gradient;
    for (std::size_t begin = 0; begin < order.size(); begin += static_cast<std::size_t>(settings_.batch)) {
        const std::size_t end = std::min(order.size(), begin + static_cast<std::size_t>(settings_.batch));
        const std::vector<int> batch(order.begin() + static_cast<long>(begin),
                                     order.begin() + static_cast<long>(end));
        network.loss_and_gradient(training_.inputs(Eigen::all, batch), training_.outputs(Eigen::all, batch),
                                  gradient);
        const double done = epoch_ + static_cast<double>(begin) / static_cast<double>(order.size());
        optimizer.step(network.weights(), gradient, learning_rate(done / settings_.epochs));
    }
}

bool Trainer::run_epoch() {
    if (diverged_) return false;
    Network network = network_;
    Optimizer optimizer = optimizer_;
    pass(network, optimizer);
    const double loss = network.loss(validation_.inputs, validation_.outputs);
    diverged_ = !std::isfinite(loss);
    if (diverged_) return false;
    network_ = std::move(network);
    optimizer_ = std::move(optimizer);
    loss_ = loss;
    ++epoch_;
    return true;
}

nlohmann::json Trainer::checkpoint() const {
    return {{"epoch", epoch_}, {"network", network_.to_json()}, {"optimizer", optimizer_.to_json()}};
}

bool Trainer::resume(const nlohmann::json& checkpoint) try {
    Network network = Network::from_json(checkpoint.at("network"));
    if (network.sizes() != network_.sizes() || network.activation() != network_.activation()) return false;
    Optimizer optimizer(optimizer_options(settings_), network.weights().size());
    optimizer.restore(checkpoint.at("optimizer"));
    epoch_ = checkpoint.at("epoch").get<int>();
    network_ = std::move(network);
    optimizer_ = std::move(optimizer);
    loss_ = network_.loss(validation_.inputs, validation_.outputs);
    return true;
} catch (const std::exception&) {
    return false;
}

}  // namespace power_flow
