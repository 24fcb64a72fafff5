#include "power_flow/network.hpp"

#include <cmath>
#include <stdexcept>

#include "power_flow/files.hpp"
#include "power_flow/random.hpp"

namespace power_flow {
namespace {

using Eigen::ArrayXXd;
using Weights = Eigen::Map<const MatrixXd>;
using Biases = Eigen::Map<const VectorXd>;

const std::vector<std::pair<std::string, Activation>> activations = {
    {"relu", Activation::relu}, {"tanh", Activation::tanh}, {"silu", Activation::silu}};

ArrayXXd sigmoid(const ArrayXXd& x) {
    return 1 / (1 + (-x).exp());
}

MatrixXd activated(Activation activation, const MatrixXd& x) {
    switch (activation) {
        case Activation::relu: return x.cwiseMax(0.0);
        case Activation::tanh: return x.array().tanh();
        case Activation::silu: return x.array() * sigmoid(x.array());
    }
    return x;
}

ArrayXXd slope(Activation activation, const MatrixXd& x) {
    switch (activation) {
        case Activation::relu: return (x.array() > 0).cast<double>();
        case Activation::tanh: return 1 - x.array().tanh().square();
        case Activation::silu: {
            const ArrayXXd s = sigmoid(x.array());
            return s * (1 + x.array() * (1 - s));
        }
    }
    return x;
}

Eigen::Index weight_count(const std::vector<int>& sizes) {
    Eigen::Index count = 0;
    for (std::size_t l = 1; l < sizes.size(); ++l) count += Eigen::Index(sizes[l]) * (sizes[l - 1] + 1);
    return count;
}

}  // namespace

Activation activation_from(const std::string& name) {
    for (const auto& [known, activation] : activations)
        if (known == name) return activation;
    throw std::runtime_error("activation \"" + name + "\" is none of relu, tanh, silu");
}

std::string name_of(Activation activation) {
    return activations[static_cast<std::size_t>(activation)].first;
}

// Where a layer's weights (outputs x inputs, then biases) begin in the vector.
struct Network::Layer {
    Eigen::Index begin;
    int inputs, outputs;

    Weights weights(const VectorXd& all) const { return {all.data() + begin, outputs, inputs}; }
    Biases biases(const VectorXd& all) const {
        return {all.data() + begin + Eigen::Index(inputs) * outputs, outputs};
    }
};

Network::Network(std::vector<int> sizes, Activation activation, std::uint64_t seed)
    : sizes_(std::move(sizes)), activation_(activation), weights_(VectorXd::Zero(weight_count(sizes_))) {
    if (sizes_.size() < 2) throw std::runtime_error("a network needs an input and an output layer");
    initialise(seed);
}

std::vector<Network::Layer> Network::layers() const {
    std::vector<Layer> result;
    Eigen::Index begin = 0;
    for (std::size_t l = 1; l < sizes_.size(); ++l) {
        result.push_back({begin, sizes_[l - 1], sizes_[l]});
        begin += Eigen::Index(sizes_[l]) * (sizes_[l - 1] + 1);
    }
    return result;
}

void Network::initialise(std::uint64_t seed) {
    Random random = random_stream(seed, 0);
    for (const Layer& layer : layers()) {
        const bool glorot = activation_ == Activation::tanh || layer.outputs == sizes_.back();
        const double limit =
            glorot ? std::sqrt(6.0 / (layer.inputs + layer.outputs)) : std::sqrt(6.0 / layer.inputs);
        for (Eigen::Index i = 0; i < Eigen::Index(layer.inputs) * layer.outputs; ++i)
            weights_[layer.begin + i] = uniform(random, -limit, limit);
    }
}

MatrixXd Network::predict(const MatrixXd& inputs) const {
    MatrixXd values = inputs;
    const std::vector<Layer> all = layers();
    for (std::size_t l = 0; l < all.size(); ++l) {
        MatrixXd sums = (all[l].weights(weights_) * values).colwise() + all[l].biases(weights_);
        values = l + 1 < all.size() ? activated(activation_, sums) : std::move(sums);
    }
    return values;
}

double Network::loss(const MatrixXd& inputs, const MatrixXd& targets) const {
    return (predict(inputs) - targets).squaredNorm() / (2.0 * static_cast<double>(targets.cols()));
}

double Network::loss_and_gradient(const MatrixXd& inputs, const MatrixXd& targets, VectorXd& gradient) const {
    const std::vector<Layer> all = layers();
    std::vector<MatrixXd> values{inputs};  // what goes into each layer
    std::vector<MatrixXd> sums;            // what it makes of that, before activation
    for (std::size_t l = 0; l < all.size(); ++l) {
        sums.push_back((all[l].weights(weights_) * values[l]).colwise() + all[l].biases(weights_));
        if (l + 1 < all.size()) values.push_back(activated(activation_, sums[l]));
    }
    const double scale = 1.0 / static_cast<double>(targets.cols());
    MatrixXd delta = (sums.back() - targets) * scale;  // derivative by the sums of layer l
    const double loss = delta.squaredNorm() / (2 * scale);
    gradient.resize(weights_.size());
    for (std::size_t l = all.size(); l-- > 0;) {
        const Layer& layer = all[l];
        double* const begin = gradient.data() + layer.begin;
        Eigen::Map<MatrixXd>(begin, layer.outputs, layer.inputs).noalias() = delta * values[l].transpose();
        Eigen::Map<VectorXd>(begin + Eigen::Index(layer.inputs) * layer.outputs, layer.outputs) =
            delta.rowwise().sum();
        if (l > 0)
            delta = (layer.weights(weights_).transpose() * delta).array() * slope(activation_, sums[l - 1]);
    }
    return loss;
}

nlohmann::json Network::to_json() const {
    return {
        {"sizes", sizes_}, {"activation", name_of(activation_)}, {"weights", power_flow::to_json(weights_)}};
}

Network Network::from_json(const nlohmann::json& json) {
    Network result(json.at("sizes").get<std::vector<int>>(), activation_from(json.at("activation")), 0);
    VectorXd weights = vector_from(json.at("weights"));
    if (weights.size() != result.weights_.size())
        throw std::runtime_error("a stored network's weights do not fit its layers");
    result.weights_ = std::move(weights);
    return result;
}

}  // namespace power_flow
