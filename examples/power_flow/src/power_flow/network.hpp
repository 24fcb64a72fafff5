// A fully connected network for regression. All weights are one vector, so that optimizers,
// checkpoints and gradient tests need not know the layers.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace power_flow {

using Eigen::MatrixXd;
using Eigen::VectorXd;

enum class Activation { relu, tanh, silu };

// Throws std::runtime_error for a name that is none of these.
Activation activation_from(const std::string& name);
std::string name_of(Activation activation);

class Network {
public:
    // `sizes` are the units of input, hidden layers and output; weights are drawn from `seed`
    // (He's rule for relu and silu, Glorot's for tanh), biases begin at 0.
    Network(std::vector<int> sizes, Activation activation, std::uint64_t seed);

    // One sample a column, here and below.
    MatrixXd predict(const MatrixXd& inputs) const;

    // Half the squared distance of predict(inputs) from targets, mean over the samples; its
    // gradient by the weights goes to `gradient`.
    double loss_and_gradient(const MatrixXd& inputs, const MatrixXd& targets, VectorXd& gradient) const;
    double loss(const MatrixXd& inputs, const MatrixXd& targets) const;

    VectorXd& weights() { return weights_; }
    const VectorXd& weights() const { return weights_; }
    const std::vector<int>& sizes() const { return sizes_; }
    Activation activation() const { return activation_; }

    nlohmann::json to_json() const;
    static Network from_json(const nlohmann::json& json);  // throws std::runtime_error if damaged

private:
    struct Layer;
    std::vector<Layer> layers() const;
    void initialise(std::uint64_t seed);

    std::vector<int> sizes_;
    Activation activation_;
    VectorXd weights_;
};

}  // namespace power_flow
