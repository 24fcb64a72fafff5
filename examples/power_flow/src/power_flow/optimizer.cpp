#include "power_flow/optimizer.hpp"

#include <cmath>
#include <stdexcept>

#include "power_flow/files.hpp"

namespace power_flow {
namespace {

// D. P. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015.
constexpr double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;

}  // namespace

Optimizer::Optimizer(const OptimizerOptions& options, Eigen::Index weight_count)
    : options_(options), first_(VectorXd::Zero(weight_count)) {
    if (options.kind != "adam" && options.kind != "sgd")
        throw std::runtime_error("optimizer \"" + options.kind + "\" is neither adam nor sgd");
    if (options.kind == "adam") second_ = first_;
}

void Optimizer::step(VectorXd& weights, const VectorXd& gradient, double learning_rate) {
    ++steps_;
    weights *= 1 - learning_rate * options_.weight_decay;
    if (options_.kind == "sgd") {
        first_ = options_.momentum * first_ + gradient;
        weights -= learning_rate * first_;
        return;
    }
    first_ = beta1 * first_ + (1 - beta1) * gradient;
    second_ = beta2 * second_ + (1 - beta2) * gradient.cwiseAbs2();
    const double correction1 = 1 - std::pow(beta1, steps_), correction2 = 1 - std::pow(beta2, steps_);
    weights.array() -=
        learning_rate / correction1 * first_.array() / ((second_.array() / correction2).sqrt() + epsilon);
}

nlohmann::json Optimizer::to_json() const {
    return {{"kind", options_.kind},
            {"steps", steps_},
            {"first", power_flow::to_json(first_)},
            {"second", power_flow::to_json(second_)}};
}

void Optimizer::restore(const nlohmann::json& json) {
    VectorXd first = vector_from(json.at("first")), second = vector_from(json.at("second"));
    if (json.at("kind") != options_.kind || first.size() != first_.size() || second.size() != second_.size())
        throw std::runtime_error("a stored optimizer state is of another kind or size");
    steps_ = json.at("steps").get<long>();
    first_ = std::move(first);
    second_ = std::move(second);
}

}  // namespace power_flow
