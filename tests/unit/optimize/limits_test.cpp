#include "optimize/gp/limits.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "optimize/gp/acquisition.hpp"

namespace tw::gp {
namespace {

TEST(LogNormal, IsExactFarBelowUnderflow) {
    EXPECT_NEAR(log_normal(0).value, std::log(0.5), 1e-12);
    EXPECT_NEAR(log_normal(-1).value, std::log(0.15865525393145705), 1e-12);
    EXPECT_NEAR(log_normal(8).value, -6.22096e-16, 1e-15);
    EXPECT_NEAR(log_normal(-40).value, -804.6084420137538, 1e-6);
    EXPECT_TRUE(std::isfinite(log_normal(-1e8).value));
    EXPECT_NEAR(log_normal(-25 - 1e-9).value, log_normal(-25 + 1e-9).value, 1e-5);
    for (const double z : {-60.0, -26.0, -24.0, -3.0, 0.0, 2.0}) {
        const double step = 1e-5,
                     slope = (log_normal(z + step).value - log_normal(z - step).value) / (2 * step);
        EXPECT_NEAR(log_normal(z).slope, slope, 1e-4 * std::max(1.0, std::abs(slope))) << z;
    }
}

Posterior some_posterior() {
    const Matrix rows{{0.1, 0.2}, {0.8, 0.3}, {0.5, 0.9}, {0.4, 0.4}};
    const Vector values{{-1, 0.3, 1.2, -0.4}};
    Hyperparameters parameters{Vector{{0.4, 0.6}}, 1.1, 0.01};
    return {Kernel({ColumnKind::real, ColumnKind::real}, parameters), rows, values};
}

TEST(Limits, TheGradientIsThatOfTheLimitsAndTheImprovement) {
    const Posterior posterior = some_posterior();
    const std::vector<Limit> limits{{some_posterior(), -0.2}, {some_posterior(), 1.0}};
    for (const Vector& least : {Vector(Vector::Constant(1, -0.5)), Vector()}) {
        const Acquisition acquisition(expected_improvement(posterior, least), nullptr, limits);
        for (const Vector& x : {Vector{{0.3, 0.3}}, Vector{{0.9, 0.9}}, Vector{{0.45, 0.8}}}) {
            Vector gradient;
            const double value = acquisition.around(x, gradient);
            EXPECT_NEAR(value, acquisition.at(x.transpose())(0), 1e-9);
            for (Eigen::Index i = 0; i < 2; ++i) {
                Vector up = x, down = x;
                up(i) += 1e-6, down(i) -= 1e-6;
                const double slope =
                    (acquisition.at(up.transpose())(0) - acquisition.at(down.transpose())(0)) / 2e-6;
                EXPECT_NEAR(gradient(i), slope, 1e-4 * std::max(1.0, std::abs(slope)));
            }
        }
    }
}

// Trials on a grid: the right third fails, of the others the upper half is infeasible.
History story() {
    Parameter x{"x", ParameterType::real}, y{"y", ParameterType::real};
    x.high = y.high = 1;
    History history(UnitCube(Space{{x, y}}), {{"cost"}});
    for (int i = 0; i < 36; ++i) {
        const double u = (i % 6 + 0.5) / 6, v = (i / 6 + 0.5) / 6.0;
        Observation observation{std::to_string(i), i + 1, i, {{"x", u}, {"y", v}}};
        observation.state = u > 0.667 ? EndState::failed : EndState::complete;
        observation.own_fault = u > 0.667;
        if (u < 0.667) observation.objectives = {u}, observation.excess = {v - 0.5};
        history.tell(observation);
    }
    return history;
}

TEST(Limits, LearnWhereTrialsFailAndWhereTheyAreInfeasible) {
    const History history = story();
    Stream stream = make_stream(1, 1, "limits");
    LimitModels limits(columns_of(history.cube()));
    const auto all = limits.all(history, Matrix(0, 2), stream);
    ASSERT_EQ(all.size(), 2u);
    const Matrix rows{{0.3, 0.2}, {0.3, 0.8}, {0.9, 0.2}};
    const Vector outcome = all[0].at(rows), success = all[1].at(rows);
    EXPECT_GT(outcome(0), std::log(0.9));
    EXPECT_LT(outcome(1), std::log(0.1));
    EXPECT_GT(success(0), std::log(0.9));
    EXPECT_GT(success(1), std::log(0.9)) << "infeasible is not failed";
    EXPECT_LT(success(2), std::log(0.1));
}

}  // namespace
}  // namespace tw::gp
