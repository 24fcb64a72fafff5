// Rules that turn gradients into steps: Adam, and gradient descent with momentum.
#pragma once

#include <Eigen/Core>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace power_flow {

using Eigen::VectorXd;

struct OptimizerOptions {
    std::string kind = "adam";  // or "sgd"
    double momentum = 0;        // of sgd
    double weight_decay = 0;    // decoupled from the gradient, as in AdamW
};

// Throws std::runtime_error for an unknown kind.
class Optimizer {
public:
    Optimizer(const OptimizerOptions& options, Eigen::Index weight_count);

    void step(VectorXd& weights, const VectorXd& gradient, double learning_rate);

    // The state, without the options: what a checkpoint has to keep.
    nlohmann::json to_json() const;
    void restore(const nlohmann::json& json);  // throws if it is of another kind or size

private:
    OptimizerOptions options_;
    long steps_ = 0;
    VectorXd first_, second_;  // running means of gradient and squared gradient; sgd uses the first
};

}  // namespace power_flow
