#include "power_flow/network.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "cases.hpp"
#include "power_flow/model.hpp"
#include "power_flow/optimizer.hpp"
#include "power_flow/random.hpp"

namespace power_flow {
namespace {

MatrixXd random_matrix(int rows, int columns, std::uint64_t seed) {
    Random random(seed);
    return MatrixXd::NullaryExpr(rows, columns, [&] { return uniform(random, -1, 1); });
}

class Gradient : public testing::TestWithParam<Activation> {};

TEST_P(Gradient, matches_finite_differences) {
    Network network({3, 5, 4, 2}, GetParam(), 7);
    const MatrixXd inputs = random_matrix(3, 6, 1), targets = random_matrix(2, 6, 2);
    VectorXd gradient;
    EXPECT_DOUBLE_EQ(network.loss_and_gradient(inputs, targets, gradient), network.loss(inputs, targets));
    const double h = 1e-6;
    for (Eigen::Index i = 0; i < gradient.size(); ++i) {
        const double weight = network.weights()[i];
        network.weights()[i] = weight + h;
        const double up = network.loss(inputs, targets);
        network.weights()[i] = weight - h;
        const double down = network.loss(inputs, targets);
        network.weights()[i] = weight;
        EXPECT_NEAR(gradient[i], (up - down) / (2 * h), 1e-7) << "weight " << i;
    }
}

INSTANTIATE_TEST_SUITE_P(Network, Gradient,
                         testing::Values(Activation::relu, Activation::tanh, Activation::silu),
                         [](const auto& each) { return name_of(each.param); });

TEST(Network, text_round_trip_keeps_every_bit) {
    const Network network({4, 9, 3}, Activation::silu, 11);
    const Network back = Network::from_json(nlohmann::json::parse(network.to_json().dump()));
    EXPECT_EQ(back.weights(), network.weights());
    EXPECT_EQ(back.sizes(), network.sizes());
    EXPECT_EQ(back.activation(), Activation::silu);
}

TEST(Network, a_damaged_file_is_refused) {
    nlohmann::json json = Network({2, 2}, Activation::relu, 1).to_json();
    json["weights"].erase(0);
    EXPECT_THROW(Network::from_json(json), std::runtime_error);
    json["activation"] = "step";
    EXPECT_THROW(Network::from_json(json), std::runtime_error);
}

TEST(Network, the_seed_decides_the_weights) {
    const std::vector<int> sizes{3, 4, 2};
    EXPECT_EQ(Network(sizes, Activation::relu, 5).weights(), Network(sizes, Activation::relu, 5).weights());
    EXPECT_NE(Network(sizes, Activation::relu, 5).weights(), Network(sizes, Activation::relu, 6).weights());
}

class Descent : public testing::TestWithParam<std::string> {};

TEST_P(Descent, lowers_the_loss) {
    Network network({3, 8, 2}, Activation::tanh, 3);
    const MatrixXd inputs = random_matrix(3, 20, 4), targets = random_matrix(2, 20, 5);
    Optimizer optimizer({GetParam(), 0.9, 1e-4}, network.weights().size());
    const double before = network.loss(inputs, targets);
    VectorXd gradient;
    for (int i = 0; i < 1000; ++i) {
        network.loss_and_gradient(inputs, targets, gradient);
        optimizer.step(network.weights(), gradient, 0.02);
    }
    EXPECT_LT(network.loss(inputs, targets), 0.5 * before);
}

INSTANTIATE_TEST_SUITE_P(Optimizer, Descent, testing::Values("adam", "sgd"),
                         [](const auto& each) { return each.param; });

TEST(Optimizer, a_state_of_another_kind_is_refused) {
    const Optimizer adam({"adam", 0, 0}, 3);
    EXPECT_THROW(Optimizer({"sgd", 0.9, 0}, 3).restore(adam.to_json()), std::runtime_error);
    EXPECT_THROW(Optimizer({"adam", 0, 0}, 4).restore(adam.to_json()), std::runtime_error);
    EXPECT_THROW(Optimizer({"newton", 0, 0}, 3), std::runtime_error);
}

TEST(Model, predictions_stay_in_bounds_however_bad_the_network) {
    const Grid grid = shipped_grid("case14.m");
    const Scenario scenario{grid.load_p, grid.load_q, grid.generation_p};
    const int in = static_cast<int>(features(grid, scenario).size());
    const int out = static_cast<int>(targets(grid, flat_start(grid)).size());
    Network network({in, out}, Activation::relu, 1);
    for (const double weight : {1e300, -1e10, std::numeric_limits<double>::quiet_NaN()}) {
        network.weights().setConstant(weight);
        const Model model{
            network, {VectorXd::Zero(in), VectorXd::Ones(in)}, {VectorXd::Zero(out), VectorXd::Ones(out)}};
        const Voltage voltage = model.predict(grid, scenario);
        EXPECT_GE(voltage.magnitude.minCoeff(), 0.5);
        EXPECT_LE(voltage.magnitude.maxCoeff(), 1.5);
        EXPECT_LE(voltage.angle.cwiseAbs().maxCoeff(), 3.1416);
    }
}

}  // namespace
}  // namespace power_flow
