#include "power_flow/newton.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "cases.hpp"

namespace power_flow {
namespace {

constexpr double degree = std::numbers::pi / 180;

FlowResult solve_base(const Grid& grid) {
    return solve(grid, base_injection(grid), flat_start(grid));
}

// The archive prints three decimals of the magnitudes and two of the angles, of a solution that
// was itself not iterated to the end: at bus 4 it stands 0.0013 from the exact one.
TEST(Newton, reproduces_the_published_ieee_14_bus_solution) {
    const Case source = load_case(POWER_FLOW_CASES "/case14.m");
    const Grid grid = make_grid(source);
    const FlowResult flow = solve_base(grid);
    ASSERT_TRUE(flow.converged);
    EXPECT_LE(flow.iterations, 4);
    for (int i = 0; i < grid.size(); ++i) {
        EXPECT_NEAR(flow.voltage.magnitude[i], source.buses[i].vm, 1.5e-3) << "bus " << i + 1;
        EXPECT_NEAR(flow.voltage.angle[i] / degree, source.buses[i].va, 2e-2) << "bus " << i + 1;
    }
    EXPECT_NEAR(flow.voltage.magnitude[13], 1.036, 5e-4);
    EXPECT_NEAR(flow.voltage.angle[13] / degree, -16.03, 1e-2);
}

TEST(Newton, holds_set_points_and_balances_power_on_ieee_14) {
    const Grid grid = shipped_grid("case14.m");
    const FlowResult flow = solve_base(grid);
    const Injection injected = calculated_injection(grid, flow.voltage);
    EXPECT_DOUBLE_EQ(flow.voltage.magnitude[0], 1.06);
    EXPECT_DOUBLE_EQ(flow.voltage.magnitude[1], 1.045);
    EXPECT_DOUBLE_EQ(flow.voltage.magnitude[2], 1.01);
    EXPECT_DOUBLE_EQ(flow.voltage.magnitude[5], 1.07);
    EXPECT_DOUBLE_EQ(flow.voltage.magnitude[7], 1.09);
    EXPECT_DOUBLE_EQ(flow.voltage.angle[0], 0);
    EXPECT_NEAR(injected.p[0] * 100, 232.39, 0.01);
    EXPECT_NEAR(losses(grid, flow.voltage) * 100, 13.393, 0.001);
    EXPECT_NEAR(losses(grid, flow.voltage), injected.p.sum(), 1e-10);
}

TEST(Newton, the_shunt_of_case4_takes_its_share) {
    const Grid grid = shipped_grid("case4.m");
    ASSERT_EQ(grid.size(), 4);  // the isolated bus is gone
    const FlowResult flow = solve_base(grid);
    ASSERT_TRUE(flow.converged);
    const double shunt = 0.5 / 50 * std::pow(flow.voltage.magnitude[2], 2);
    EXPECT_NEAR(calculated_injection(grid, flow.voltage).p.sum(), losses(grid, flow.voltage) + shunt, 1e-10);
    EXPECT_NEAR(flow.voltage.angle[0], 5 * degree, 1e-12);
    EXPECT_DOUBLE_EQ(flow.voltage.magnitude[1], 1.01);
    EXPECT_NE(flow.voltage.magnitude[3], 1.05);  // its generator is off
}

void expect_jacobian_matches_differences(const Grid& grid) {
    const Voltage at = uneven_voltage(grid);
    const Injection none{VectorXd::Zero(grid.size()), VectorXd::Zero(grid.size())};
    const Eigen::MatrixXd analytic = jacobian(grid, at);
    std::vector<int> angles = grid.pv;
    angles.insert(angles.end(), grid.pq.begin(), grid.pq.end());
    const double h = 1e-6;
    for (int column = 0; column < analytic.cols(); ++column) {
        const bool is_angle = column < static_cast<int>(angles.size());
        const int i = is_angle ? angles[column] : grid.pq[column - angles.size()];
        Voltage up = at, down = at;
        (is_angle ? up.angle : up.magnitude)[i] += h;
        (is_angle ? down.angle : down.magnitude)[i] -= h;
        const VectorXd difference = (mismatch(grid, none, down) - mismatch(grid, none, up)) / (2 * h);
        EXPECT_LT((analytic.col(column) - difference).cwiseAbs().maxCoeff(), 1e-6) << "column " << column;
    }
}

TEST(Newton, jacobian_matches_finite_differences) {
    expect_jacobian_matches_differences(shipped_grid("case14.m"));
    expect_jacobian_matches_differences(shipped_grid("case4.m"));
}

// Slack and load over a reactance x behind a transformer: solvable by hand.
Grid two_buses(double p, double q, double x, double ratio, double angle) {
    Case source;
    source.base_mva = 1;
    source.buses = {{1, BusType::slack, 0, 0, 0, 0, 1, 0}, {2, BusType::pq, p, q, 0, 0, 1, 0}};
    source.generators = {{1, 0, 1.0, true}};
    source.branches = {{1, 2, 0, x, 0, ratio, angle, true}};
    return make_grid(source);
}

TEST(Newton, agrees_with_the_closed_form_of_two_buses) {
    const double p = 0.5, q = 0.2, x = 0.3, ratio = 0.95, shift = 10;
    const FlowResult flow = solve_base(two_buses(p, q, x, ratio, shift));
    ASSERT_TRUE(flow.converged);
    const double source = 1 / ratio;  // behind the transformer: V^4 + (2qx - E^2) V^2 + x^2 (p^2 + q^2) = 0
    const double b = 2 * q * x - source * source;
    const double square = (-b + std::sqrt(b * b - 4 * x * x * (p * p + q * q))) / 2;
    EXPECT_NEAR(flow.voltage.magnitude[1], std::sqrt(square), 1e-9);
    const double lag = std::asin(p * x / (source * std::sqrt(square)));
    EXPECT_NEAR(flow.voltage.angle[1], -shift * degree - lag, 1e-9);
}

TEST(Newton, says_when_there_is_no_solution) {
    const FlowResult flow = solve_base(two_buses(5, 0, 0.3, 0, 0));
    EXPECT_FALSE(flow.converged);
    EXPECT_LE(flow.iterations, FlowOptions().max_iterations);
}

TEST(Newton, a_start_at_the_solution_needs_no_iteration) {
    const Grid grid = shipped_grid("case14.m");
    const FlowResult again = solve(grid, base_injection(grid), solve_base(grid).voltage);
    EXPECT_TRUE(again.converged);
    EXPECT_EQ(again.iterations, 0);
}

TEST(Newton, survives_a_start_that_is_no_number) {
    const Grid grid = shipped_grid("case14.m");
    Voltage start = flat_start(grid);
    start.angle[5] = std::nan("");
    EXPECT_FALSE(solve(grid, base_injection(grid), start).converged);
}

}  // namespace
}  // namespace power_flow
